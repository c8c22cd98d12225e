/* Data sets: C.D.E(value*unit), as read-outs and answers hold them. */
#ifndef IEC21_DATA_SET_H
#define IEC21_DATA_SET_H

#include "common/err.h"
#include <stddef.h>

enum {
    IEC21_ADDRESS_SIZE = 17, /* with NUL: 16 characters by the standard */
    IEC21_VALUE_SIZE = 33,
    IEC21_UNIT_SIZE = 17,
    /* A line with both values, brackets, asterisk, CR LF and NUL. */
    IEC21_LINE_SIZE = IEC21_ADDRESS_SIZE + 2 * IEC21_VALUE_SIZE + IEC21_UNIT_SIZE + 8,
};

/* One data set to be sent; the texts are NUL-terminated and hold none of ( ) / ! *. */
struct iec21_data_set {
    char address[IEC21_ADDRESS_SIZE];
    char value[IEC21_VALUE_SIZE];  /* exactly as the display shows it */
    char unit[IEC21_UNIT_SIZE];    /* "" for none */
    char second[IEC21_VALUE_SIZE]; /* in brackets of its own, a maximum's time; "" for none */
};

/* Writes a line with CR LF, NUL-terminated. Returns its length; 0 if it does not fit size. */
size_t iec21_write_data_set(char *line, size_t size, const struct iec21_data_set *data_set);

/* A piece of a text, not terminated. */
struct iec21_span {
    const char *text;
    size_t length;
};

/* One data set found in a block: into the block, without copies. */
struct iec21_found {
    struct iec21_span address;
    struct iec21_span value;
    struct iec21_span unit;
    struct iec21_span rest; /* further groups with their brackets, "(…)(…)" */
};

/* Walks the data sets of a block received: set *at to 0 first. WH_ERR_NOT_FOUND: no more, at "!"
 * or the end. WH_ERR_FORMAT: what stands there is no data set; nothing moves. */
enum wh_err iec21_next_data_set(const char *block, size_t length, size_t *at,
                                struct iec21_found *found);

/* Walks the groups of an argument as a command holds it, without the outer brackets:
 * "3)(1.0.0)(1.8.0" gives 3, 1.0.0 and 1.8.0. Set *at to 0 first. WH_ERR_NOT_FOUND at the end,
 * WH_ERR_FORMAT. */
enum wh_err iec21_next_group(const char *argument, size_t *at, struct iec21_span *group);

#endif
