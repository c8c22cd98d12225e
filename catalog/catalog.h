/* The catalog: every quantity of the meter once, in one table row. The display, COSEM objects, KMP
 * registers and the names in JSON are projections of the row.
 *
 * A row says what a quantity is and how each view writes it; it does not fetch it. app/reading.h
 * turns a row into a value.
 */
#ifndef WH_CATALOG_CATALOG_H
#define WH_CATALOG_CATALOG_H

#include "catalog/unit.h"
#include <stddef.h>
#include <stdint.h>

/* Every row, so that code can name one. Same order as the table. */
enum wh_quantity_id {
    /* main registers */
    WH_QUANTITY_A_PLUS,
    WH_QUANTITY_A_MINUS,
    WH_QUANTITY_R_PLUS,
    WH_QUANTITY_R_MINUS,
    WH_QUANTITY_R1,
    WH_QUANTITY_R2,
    WH_QUANTITY_R3,
    WH_QUANTITY_R4,
    /* the same in verification resolution */
    WH_QUANTITY_A_PLUS_FINE,
    WH_QUANTITY_A_MINUS_FINE,
    WH_QUANTITY_R_PLUS_FINE,
    WH_QUANTITY_R_MINUS_FINE,
    /* energies of the phases, and sums */
    WH_QUANTITY_A_PLUS_L1,
    WH_QUANTITY_A_PLUS_L2,
    WH_QUANTITY_A_PLUS_L3,
    WH_QUANTITY_A_MINUS_L1,
    WH_QUANTITY_A_MINUS_L2,
    WH_QUANTITY_A_MINUS_L3,
    WH_QUANTITY_A_ABSOLUTE,
    WH_QUANTITY_A_NET,
    /* power, totals */
    WH_QUANTITY_P_PLUS,
    WH_QUANTITY_P_MINUS,
    WH_QUANTITY_Q_PLUS,
    WH_QUANTITY_Q_MINUS,
    /* per phase */
    WH_QUANTITY_P_PLUS_L1,
    WH_QUANTITY_P_PLUS_L2,
    WH_QUANTITY_P_PLUS_L3,
    WH_QUANTITY_P_MINUS_L1,
    WH_QUANTITY_P_MINUS_L2,
    WH_QUANTITY_P_MINUS_L3,
    WH_QUANTITY_Q_PLUS_L1,
    WH_QUANTITY_Q_PLUS_L2,
    WH_QUANTITY_Q_PLUS_L3,
    WH_QUANTITY_Q_MINUS_L1,
    WH_QUANTITY_Q_MINUS_L2,
    WH_QUANTITY_Q_MINUS_L3,
    WH_QUANTITY_S_L1,
    WH_QUANTITY_S_L2,
    WH_QUANTITY_S_L3,
    WH_QUANTITY_U_L1,
    WH_QUANTITY_U_L2,
    WH_QUANTITY_U_L3,
    WH_QUANTITY_I_L1,
    WH_QUANTITY_I_L2,
    WH_QUANTITY_I_L3,
    WH_QUANTITY_PF_L1,
    WH_QUANTITY_PF_L2,
    WH_QUANTITY_PF_L3,
    WH_QUANTITY_PF,
    WH_QUANTITY_FREQUENCY,
    /* data */
    WH_QUANTITY_CLOCK,
    WH_QUANTITY_METER_NUMBER,
    WH_QUANTITY_METER_NUMBER_1,
    WH_QUANTITY_SERIAL_NUMBER,
    WH_QUANTITY_TYPE,
    WH_QUANTITY_SOFTWARE,
    WH_QUANTITY_CHECKSUM,
    WH_QUANTITY_STATUS,
    WH_QUANTITY_COUNT,
};

/* Where a value comes from; index is of the enum named. */
enum wh_source {
    WH_SOURCE_ENERGY,           /* enum wh_energy, 0.1 Wh */
    WH_SOURCE_ENERGY_ABSOLUTE,  /* A+ plus A-, 0.1 Wh */
    WH_SOURCE_ENERGY_NET,       /* A+ minus A-, 0.1 Wh, signed */
    WH_SOURCE_INSTANT,          /* enum wh_instant */
    WH_SOURCE_INSTANT_POSITIVE, /* its positive part */
    WH_SOURCE_INSTANT_NEGATIVE, /* its negative part, without the sign */
    WH_SOURCE_CLOCK,
    WH_SOURCE_SERIAL_NUMBER,
    WH_SOURCE_METER_NUMBER,
    WH_SOURCE_METER_NUMBER_TEXT,
    WH_SOURCE_TYPE_TEXT,
    WH_SOURCE_SOFTWARE_TEXT,
    WH_SOURCE_CHECKSUM,
    WH_SOURCE_STATUS,
};

/* How a number or text is carried. */
enum wh_form {
    WH_FORM_U8,
    WH_FORM_U16,
    WH_FORM_I16,
    WH_FORM_U32,
    WH_FORM_I32,
    WH_FORM_OCTETS,
    WH_FORM_TEXT,
    WH_FORM_CLOCK,
};

/* On the LCD (DSP-1). */
struct wh_display_format {
    const char *id;   /* identification field, "" when the quantity is not shown */
    const char *text; /* text field */
    const char *unit; /* unit field */
    int8_t exponent;  /* the last digit is worth 10^exponent of the base unit */
    uint8_t decimals; /* digits behind the point */
};

/* As a KMP register (reference: vendor register lists). */
struct wh_kmp_format {
    uint16_t id; /* 0: not a KMP register */
    uint8_t unit;
    int8_t exponent; /* of the KMP unit */
    uint8_t size;    /* bytes of the value */
};

struct wh_quantity {
    const char *name; /* in JSON and on the command line */
    uint8_t obis[6];
    enum wh_source source;
    uint8_t index;
    enum wh_form form;
    enum wh_unit unit;
    int8_t scaler; /* a protocol's number is in 10^scaler of the unit */
    struct wh_display_format display;
    struct wh_kmp_format kmp;
};

/* The row; NULL if id is not below WH_QUANTITY_COUNT. Static storage. */
const struct wh_quantity *wh_catalog_get(enum wh_quantity_id id);

/* The row with that OBIS code or that name; NULL if there is none. */
const struct wh_quantity *wh_catalog_find_obis(const uint8_t obis[6]);
const struct wh_quantity *wh_catalog_find_name(const char *name);

#endif
