/* Table of units. COSEM codes: Blue Book part 2, table of the unit enumeration. */
#include "catalog/unit.h"

static const struct {
    const char *text;
    uint8_t cosem_code;
} units[WH_UNIT_COUNT] = {
    [WH_UNIT_NONE] = {"", 255},    [WH_UNIT_WH] = {"Wh", 30},   [WH_UNIT_VARH] = {"varh", 32},
    [WH_UNIT_W] = {"W", 27},       [WH_UNIT_VAR] = {"var", 29}, [WH_UNIT_VA] = {"VA", 28},
    [WH_UNIT_V] = {"V", 35},       [WH_UNIT_A] = {"A", 33},     [WH_UNIT_HZ] = {"Hz", 44},
    [WH_UNIT_DEGREE] = {"deg", 8}, [WH_UNIT_HOUR] = {"h", 5},
};

const char *wh_unit_text(enum wh_unit unit)
{
    return unit < WH_UNIT_COUNT ? units[unit].text : "";
}

uint8_t wh_unit_cosem_code(enum wh_unit unit)
{
    return unit < WH_UNIT_COUNT ? units[unit].cosem_code : 255;
}
