/* Texts of the units. Codes: 5512-447, section 5.1, and the tables of public readers; 21 and 25
 * are W and var, though many tables print them as kW and kvar. */
#include "kmp/value.h"

static const char texts[][6] = {
    "",     "Wh",   "kWh",  "MWh",  "GWh",   "J",     "kJ",    "MJ",    "GJ",   "cal",
    "kcal", "Mcal", "Gcal", "varh", "kvarh", "Mvarh", "Gvarh", "VAh",   "kVAh", "MVAh",
    "GVAh", "W",    "kW",   "MW",   "GW",    "var",   "kvar",  "Mvar",  "Gvar", "VA",
    "kVA",  "MVA",  "GVA",  "V",    "A",     "kV",    "kA",    "C",     "K",    "l",
    "m3",   "l/h",  "m3/h", "m3*C", "t",     "t/h",   "h",     "",      "",     "",
    "",     "",     "bar",  "",     "",      "m3x10", "tx10",  "GJx10", "min",  "",
    "s",    "ms",   "d",    "",     "",      "imp/l", "l/imp", "Hz",    "deg",
};

const char *kmp_unit_text(uint8_t unit)
{
    return unit < sizeof texts / sizeof texts[0] ? texts[unit] : "";
}
