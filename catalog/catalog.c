/* The table of quantities. OBIS codes and KMP ids are those of the public interface description of
 * the meter family; display texts those of its display list. */
#include "catalog/catalog.h"
#include "legal/interface.h"
#include <string.h>

/* clang-format off */
#define OBIS(a, b, c, d, e, f) {a, b, c, d, e, f}
#define SHOW(id, text, unit, exponent, decimals) {id, text, unit, exponent, decimals}
#define KMP(id, unit, exponent, size) {id, unit, exponent, size}
#define NO_KMP {0, 0, 0, 0}

/* A main register: whole Wh to protocols, 6.1 kWh on the display. */
#define REGISTER(name, energy, c, unit, id, text, shown, kmp) \
    {name, OBIS(1, 1, c, 8, 0, 255), WH_SOURCE_ENERGY, energy, WH_FORM_U32, unit, 0, \
     SHOW(id, text, shown, 2, 1), kmp}
/* The same register in verification resolution: 3.4 kWh. */
#define FINE(name, energy, c, unit, id, text, shown, kmp) \
    {name, OBIS(1, 1, c, 8, 0, 128), WH_SOURCE_ENERGY, energy, WH_FORM_U32, unit, -1, \
     SHOW(id, text, shown, -1, 4), kmp}
/* Power by direction: W to protocols, 2.3 kW on the display. */
#define POWER(name, side, instant, c, unit, id, text, shown, kmp) \
    {name, OBIS(1, 1, c, 7, 0, 255), WH_SOURCE_INSTANT_##side, instant, WH_FORM_U32, unit, 0, \
     SHOW(id, text, shown, 0, 3), kmp}
#define VOLTAGE(name, instant, c, id, text, kmp) \
    {name, OBIS(1, 1, c, 7, 0, 255), WH_SOURCE_INSTANT, instant, WH_FORM_U16, WH_UNIT_V, -1, \
     SHOW(id, text, "V", 0, 0), kmp}
#define CURRENT(name, instant, c, id, text, kmp) \
    {name, OBIS(1, 1, c, 7, 0, 255), WH_SOURCE_INSTANT, instant, WH_FORM_U32, WH_UNIT_A, -2, \
     SHOW(id, text, "A", -2, 2), kmp}
#define FACTOR(name, instant, c, id, text, kmp) \
    {name, OBIS(1, 1, c, 7, 0, 255), WH_SOURCE_INSTANT, instant, WH_FORM_I16, WH_UNIT_NONE, -3, \
     SHOW(id, text, "", -3, 3), kmp}
#define DATA(name, obis, source, form, id, text, kmp) \
    {name, obis, source, 0, form, WH_UNIT_NONE, 0, SHOW(id, text, "", 0, 0), kmp}

static const struct wh_quantity quantities[WH_QUANTITY_COUNT] = {
    [WH_QUANTITY_A_PLUS] = REGISTER("a_plus", WH_A_PLUS, 1, WH_UNIT_WH, "1.8.0", "A+", "kWh", KMP(1, 2, -1, 4)),
    [WH_QUANTITY_A_MINUS] = REGISTER("a_minus", WH_A_MINUS, 2, WH_UNIT_WH, "2.8.0", "A-", "kWh", KMP(2, 2, -1, 4)),
    [WH_QUANTITY_R_PLUS] = REGISTER("r_plus", WH_R_PLUS, 3, WH_UNIT_VARH, "3.8.0", "R+", "kvarh", KMP(3, 14, -1, 4)),
    [WH_QUANTITY_R_MINUS] = REGISTER("r_minus", WH_R_MINUS, 4, WH_UNIT_VARH, "4.8.0", "R-", "kvarh", KMP(4, 14, -1, 4)),
    [WH_QUANTITY_R1] = REGISTER("r1", WH_R1, 5, WH_UNIT_VARH, "5.8.0", "R1", "kvarh", KMP(5, 14, -1, 4)),
    [WH_QUANTITY_R2] = REGISTER("r2", WH_R2, 6, WH_UNIT_VARH, "6.8.0", "R2", "kvarh", KMP(1275, 14, -1, 4)),
    [WH_QUANTITY_R3] = REGISTER("r3", WH_R3, 7, WH_UNIT_VARH, "7.8.0", "R3", "kvarh", KMP(1276, 14, -1, 4)),
    [WH_QUANTITY_R4] = REGISTER("r4", WH_R4, 8, WH_UNIT_VARH, "8.8.0", "R4", "kvarh", KMP(6, 14, -1, 4)),

    [WH_QUANTITY_A_PLUS_FINE] = FINE("a_plus_fine", WH_A_PLUS, 1, WH_UNIT_WH, "1.8.0", "A+/HR", "kWh", KMP(13, 2, -4, 4)),
    [WH_QUANTITY_A_MINUS_FINE] = FINE("a_minus_fine", WH_A_MINUS, 2, WH_UNIT_WH, "2.8.0", "A-/HR", "kWh", KMP(14, 2, -4, 4)),
    [WH_QUANTITY_R_PLUS_FINE] = FINE("r_plus_fine", WH_R_PLUS, 3, WH_UNIT_VARH, "3.8.0", "R+/HR", "kvarh", KMP(15, 14, -4, 4)),
    [WH_QUANTITY_R_MINUS_FINE] = FINE("r_minus_fine", WH_R_MINUS, 4, WH_UNIT_VARH, "4.8.0", "R-/HR", "kvarh", KMP(16, 14, -4, 4)),

    [WH_QUANTITY_A_PLUS_L1] = REGISTER("a_plus_l1", WH_A_PLUS_L1, 21, WH_UNIT_WH, "21.8.0", "A+/L1", "kWh", KMP(1299, 2, -1, 4)),
    [WH_QUANTITY_A_PLUS_L2] = REGISTER("a_plus_l2", WH_A_PLUS_L2, 41, WH_UNIT_WH, "41.8.0", "A+/L2", "kWh", KMP(1300, 2, -1, 4)),
    [WH_QUANTITY_A_PLUS_L3] = REGISTER("a_plus_l3", WH_A_PLUS_L3, 61, WH_UNIT_WH, "61.8.0", "A+/L3", "kWh", KMP(1301, 2, -1, 4)),
    [WH_QUANTITY_A_MINUS_L1] = REGISTER("a_minus_l1", WH_A_MINUS_L1, 22, WH_UNIT_WH, "22.8.0", "A-/L1", "kWh", KMP(1302, 2, -1, 4)),
    [WH_QUANTITY_A_MINUS_L2] = REGISTER("a_minus_l2", WH_A_MINUS_L2, 42, WH_UNIT_WH, "42.8.0", "A-/L2", "kWh", KMP(1303, 2, -1, 4)),
    [WH_QUANTITY_A_MINUS_L3] = REGISTER("a_minus_l3", WH_A_MINUS_L3, 62, WH_UNIT_WH, "62.8.0", "A-/L3", "kWh", KMP(1304, 2, -1, 4)),
    [WH_QUANTITY_A_ABSOLUTE] = {"a_absolute", OBIS(1, 1, 15, 8, 0, 255), WH_SOURCE_ENERGY_ABSOLUTE, 0, WH_FORM_U32, WH_UNIT_WH, 0, SHOW("15.8.0", "A1234", "kWh", 2, 1), KMP(1031, 2, -1, 4)},
    [WH_QUANTITY_A_NET] = {"a_net", OBIS(1, 1, 16, 8, 0, 255), WH_SOURCE_ENERGY_NET, 0, WH_FORM_I32, WH_UNIT_WH, 0, SHOW("16.8.0", "A NET", "kWh", 2, 1), KMP(1274, 2, -1, 4)},

    [WH_QUANTITY_P_PLUS] = POWER("p_plus", POSITIVE, WH_P_MW, 1, WH_UNIT_W, "1.7.0", "P+", "kW", KMP(1023, 22, -3, 4)),
    [WH_QUANTITY_P_MINUS] = POWER("p_minus", NEGATIVE, WH_P_MW, 2, WH_UNIT_W, "2.7.0", "P-", "kW", KMP(1024, 22, -3, 4)),
    [WH_QUANTITY_Q_PLUS] = POWER("q_plus", POSITIVE, WH_Q_MVAR, 3, WH_UNIT_VAR, "3.7.0", "Q+", "kvar", KMP(1025, 26, -3, 4)),
    [WH_QUANTITY_Q_MINUS] = POWER("q_minus", NEGATIVE, WH_Q_MVAR, 4, WH_UNIT_VAR, "4.7.0", "Q-", "kvar", KMP(1026, 26, -3, 4)),

    [WH_QUANTITY_P_PLUS_L1] = POWER("p_plus_l1", POSITIVE, WH_P_L1_MW, 21, WH_UNIT_W, "21.7.0", "P+/L1", "kW", KMP(1080, 22, -3, 2)),
    [WH_QUANTITY_P_PLUS_L2] = POWER("p_plus_l2", POSITIVE, WH_P_L2_MW, 41, WH_UNIT_W, "41.7.0", "P+/L2", "kW", KMP(1081, 22, -3, 2)),
    [WH_QUANTITY_P_PLUS_L3] = POWER("p_plus_l3", POSITIVE, WH_P_L3_MW, 61, WH_UNIT_W, "61.7.0", "P+/L3", "kW", KMP(1082, 22, -3, 2)),
    [WH_QUANTITY_P_MINUS_L1] = POWER("p_minus_l1", NEGATIVE, WH_P_L1_MW, 22, WH_UNIT_W, "22.7.0", "P-/L1", "kW", KMP(1344, 22, -3, 2)),
    [WH_QUANTITY_P_MINUS_L2] = POWER("p_minus_l2", NEGATIVE, WH_P_L2_MW, 42, WH_UNIT_W, "42.7.0", "P-/L2", "kW", KMP(1345, 22, -3, 2)),
    [WH_QUANTITY_P_MINUS_L3] = POWER("p_minus_l3", NEGATIVE, WH_P_L3_MW, 62, WH_UNIT_W, "62.7.0", "P-/L3", "kW", KMP(1346, 22, -3, 2)),
    [WH_QUANTITY_Q_PLUS_L1] = POWER("q_plus_l1", POSITIVE, WH_Q_L1_MVAR, 23, WH_UNIT_VAR, "23.7.0", "Q+/L1", "kvar", KMP(1347, 26, -3, 2)),
    [WH_QUANTITY_Q_PLUS_L2] = POWER("q_plus_l2", POSITIVE, WH_Q_L2_MVAR, 43, WH_UNIT_VAR, "43.7.0", "Q+/L2", "kvar", KMP(1348, 26, -3, 2)),
    [WH_QUANTITY_Q_PLUS_L3] = POWER("q_plus_l3", POSITIVE, WH_Q_L3_MVAR, 63, WH_UNIT_VAR, "63.7.0", "Q+/L3", "kvar", KMP(1349, 26, -3, 2)),
    [WH_QUANTITY_Q_MINUS_L1] = POWER("q_minus_l1", NEGATIVE, WH_Q_L1_MVAR, 24, WH_UNIT_VAR, "24.7.0", "Q-/L1", "kvar", KMP(1350, 26, -3, 2)),
    [WH_QUANTITY_Q_MINUS_L2] = POWER("q_minus_l2", NEGATIVE, WH_Q_L2_MVAR, 44, WH_UNIT_VAR, "44.7.0", "Q-/L2", "kvar", KMP(1351, 26, -3, 2)),
    [WH_QUANTITY_Q_MINUS_L3] = POWER("q_minus_l3", NEGATIVE, WH_Q_L3_MVAR, 64, WH_UNIT_VAR, "64.7.0", "Q-/L3", "kvar", KMP(1352, 26, -3, 2)),
    [WH_QUANTITY_S_L1] = POWER("s_l1", POSITIVE, WH_S_L1_MVA, 29, WH_UNIT_VA, "29.7.0", "S/L1", "kVA", KMP(1353, 30, -3, 2)),
    [WH_QUANTITY_S_L2] = POWER("s_l2", POSITIVE, WH_S_L2_MVA, 49, WH_UNIT_VA, "49.7.0", "S/L2", "kVA", KMP(1354, 30, -3, 2)),
    [WH_QUANTITY_S_L3] = POWER("s_l3", POSITIVE, WH_S_L3_MVA, 69, WH_UNIT_VA, "69.7.0", "S/L3", "kVA", KMP(1355, 30, -3, 2)),
    [WH_QUANTITY_U_L1] = VOLTAGE("u_l1", WH_U_L1_MV, 32, "32.7.0", "U-L1", KMP(1054, 33, 0, 2)),
    [WH_QUANTITY_U_L2] = VOLTAGE("u_l2", WH_U_L2_MV, 52, "52.7.0", "U-L2", KMP(1055, 33, 0, 2)),
    [WH_QUANTITY_U_L3] = VOLTAGE("u_l3", WH_U_L3_MV, 72, "72.7.0", "U-L3", KMP(1056, 33, 0, 2)),
    [WH_QUANTITY_I_L1] = CURRENT("i_l1", WH_I_L1_UA, 31, "31.7.0", "I-L1", KMP(1076, 34, -2, 4)),
    [WH_QUANTITY_I_L2] = CURRENT("i_l2", WH_I_L2_UA, 51, "51.7.0", "I-L2", KMP(1077, 34, -2, 4)),
    [WH_QUANTITY_I_L3] = CURRENT("i_l3", WH_I_L3_UA, 71, "71.7.0", "I-L3", KMP(1078, 34, -2, 4)),
    [WH_QUANTITY_PF_L1] = FACTOR("pf_l1", WH_PF_L1_E4, 33, "33.7.0", "PF-1", KMP(1170, 51, -3, 2)),
    [WH_QUANTITY_PF_L2] = FACTOR("pf_l2", WH_PF_L2_E4, 53, "53.7.0", "PF-2", KMP(1171, 51, -3, 2)),
    [WH_QUANTITY_PF_L3] = FACTOR("pf_l3", WH_PF_L3_E4, 73, "73.7.0", "PF-3", KMP(1172, 51, -3, 2)),
    [WH_QUANTITY_PF] = FACTOR("pf", WH_PF_E4, 13, "13.7.0", "PF", KMP(1173, 51, -3, 2)),
    [WH_QUANTITY_FREQUENCY] = {"frequency", OBIS(1, 1, 14, 7, 0, 255), WH_SOURCE_INSTANT, WH_F_UHZ, WH_FORM_U16, WH_UNIT_HZ, -2, SHOW("14.7.0", "FREQ", "Hz", -2, 2), KMP(1390, 67, -2, 2)},

    [WH_QUANTITY_CLOCK] = DATA("clock", OBIS(0, 1, 1, 0, 0, 255), WH_SOURCE_CLOCK, WH_FORM_CLOCK, "1.0.0", "CLOCK", KMP(1002, 47, 0, 4)),
    [WH_QUANTITY_METER_NUMBER] = DATA("meter_number_text", OBIS(1, 1, 0, 0, 0, 255), WH_SOURCE_METER_NUMBER_TEXT, WH_FORM_OCTETS, "", "", NO_KMP),
    [WH_QUANTITY_METER_NUMBER_1] = DATA("meter_number", OBIS(1, 1, 0, 0, 1, 255), WH_SOURCE_METER_NUMBER, WH_FORM_U32, "0.0.1", "NUM/1", KMP(51, 51, 0, 4)),
    [WH_QUANTITY_SERIAL_NUMBER] = DATA("serial_number", OBIS(1, 1, 96, 1, 0, 255), WH_SOURCE_SERIAL_NUMBER, WH_FORM_U32, "96.1.0", "SER/NUM", KMP(1001, 51, 0, 4)),
    [WH_QUANTITY_TYPE] = DATA("type", OBIS(1, 1, 96, 1, 1, 255), WH_SOURCE_TYPE_TEXT, WH_FORM_TEXT, "", "", KMP(1058, 54, 0, 10)),
    [WH_QUANTITY_SOFTWARE] = DATA("software", OBIS(1, 1, 0, 2, 0, 255), WH_SOURCE_SOFTWARE_TEXT, WH_FORM_TEXT, "0.2.0", "SOFTW", NO_KMP),
    [WH_QUANTITY_CHECKSUM] = DATA("checksum", OBIS(1, 1, 96, 54, 1, 255), WH_SOURCE_CHECKSUM, WH_FORM_U32, "96.54.1", "CSUM", KMP(1083, 51, 0, 2)),
    [WH_QUANTITY_STATUS] = DATA("status", OBIS(1, 1, 97, 97, 0, 255), WH_SOURCE_STATUS, WH_FORM_U8, "97.97.0", "INFO", KMP(50, 51, 0, 4)),
};
/* clang-format on */

const struct wh_quantity *wh_catalog_get(enum wh_quantity_id id)
{
    return (unsigned)id < WH_QUANTITY_COUNT ? &quantities[id] : NULL;
}

const struct wh_quantity *wh_catalog_find_obis(const uint8_t obis[6])
{
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        if (memcmp(quantities[q].obis, obis, sizeof quantities[q].obis) == 0) {
            return &quantities[q];
        }
    }
    return NULL;
}

const struct wh_quantity *wh_catalog_find_name(const char *name)
{
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        if (strcmp(quantities[q].name, name) == 0) {
            return &quantities[q];
        }
    }
    return NULL;
}
