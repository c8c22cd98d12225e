/* What the VIF of an M-Bus record says (EN 13757-3). Internal. */
#ifndef DECODE_MBUS_VIF_H
#define DECODE_MBUS_VIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a value with this VIF is written. */
enum decode_mbus_form {
    DECODE_MBUS_NUMBER, /* integer · 10^exponent unit */
    DECODE_MBUS_DATE,   /* type G, of 2 bytes */
    DECODE_MBUS_TIME,   /* type F or I */
    DECODE_MBUS_PLAIN,  /* an identification, without exponent: leading zeros of BCD count */
    DECODE_MBUS_BITS,
};

struct decode_mbus_quantity {
    const char *name;
    const char *unit;
    int exponent;
    enum decode_mbus_form form;
};

/* table: 0 for a primary VIF, FB or FD for those behind these; vif without its extension bit.
 * Always gives a name. */
struct decode_mbus_quantity decode_mbus_vif(uint8_t table, uint8_t vif);

/* A VIFE that is no maker's: what it says of the quantity; table 0 for the ordinary ones, FC for
 * those behind FC. *exponent is added to the value's. */
const char *decode_mbus_vife(uint8_t table, uint8_t vife, int *exponent);

#endif
