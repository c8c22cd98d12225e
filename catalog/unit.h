/* Units of measured quantities, once for all views. */
#ifndef WH_CATALOG_UNIT_H
#define WH_CATALOG_UNIT_H

#include <stdint.h>

enum wh_unit {
    WH_UNIT_NONE,
    WH_UNIT_WH,
    WH_UNIT_VARH,
    WH_UNIT_W,
    WH_UNIT_VAR,
    WH_UNIT_VA,
    WH_UNIT_V,
    WH_UNIT_A,
    WH_UNIT_HZ,
    WH_UNIT_DEGREE,
    WH_UNIT_HOUR,
    WH_UNIT_COUNT,
};

/* The text of a unit, "Wh"; "" for none. Static storage. */
const char *wh_unit_text(enum wh_unit unit);

/* The code in a COSEM scaler_unit (Blue Book, class 3), 255 for none. */
uint8_t wh_unit_cosem_code(enum wh_unit unit);

#endif
