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

/* The same register of one tariff, and of the secondary side. */
#define TARIFF(name, index, c, tariff, unit, id, text, shown, kmp) \
    {name, OBIS(1, 1, c, 8, tariff, 255), WH_SOURCE_TARIFF_ENERGY, index, WH_FORM_U32, unit, 0, \
     SHOW(id, text, shown, 2, 1), kmp}
#define SECONDARY(name, energy, c, unit, id, text, shown, kmp) \
    {name, OBIS(1, 1, c, 8, 0, 129), WH_SOURCE_SECONDARY_ENERGY, energy, WH_FORM_U32, unit, 0, \
     SHOW(id, text, shown, 2, 1), kmp}
/* Mean power of a period, its peak, the sum of peaks: W to protocols, 2.3 kW on the display. */
#define DEMAND(name, kind, channel, c, d, e, unit, id, text, shown, kmp) \
    {name, OBIS(1, 1, c, d, e, 255), WH_SOURCE_DEMAND_##kind, channel, WH_FORM_U32, unit, 0, \
     SHOW(id, text, shown, 0, 3), kmp}
/* A time has no object of its own in the family's list, being an attribute of the peak: F is 254. */
#define PEAK_TIME(name, channel, c, e, id, kmp) \
    {name, OBIS(1, 1, c, 6, e, 254), WH_SOURCE_DEMAND_TIME, channel, WH_FORM_TIME, WH_UNIT_NONE, 0, \
     SHOW(id, "TIME", "", 0, 0), kmp}
#define NUMBER(name, obis, source, index, form, id, text, kmp) \
    {name, obis, WH_SOURCE_##source, index, WH_FORM_##form, WH_UNIT_NONE, 0, SHOW(id, text, "", 0, 0), kmp}

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

    [WH_QUANTITY_A_PLUS_T1] = TARIFF("a_plus_t1", 0, 1, 1, WH_UNIT_WH, "1.8.1", "A+/T1", "kWh", KMP(19, 2, -1, 4)),
    [WH_QUANTITY_A_PLUS_T2] = TARIFF("a_plus_t2", 4, 1, 2, WH_UNIT_WH, "1.8.2", "A+/T2", "kWh", KMP(23, 2, -1, 4)),
    [WH_QUANTITY_A_PLUS_T3] = TARIFF("a_plus_t3", 8, 1, 3, WH_UNIT_WH, "1.8.3", "A+/T3", "kWh", KMP(27, 2, -1, 4)),
    [WH_QUANTITY_A_PLUS_T4] = TARIFF("a_plus_t4", 12, 1, 4, WH_UNIT_WH, "1.8.4", "A+/T4", "kWh", KMP(31, 2, -1, 4)),
    [WH_QUANTITY_A_MINUS_T1] = TARIFF("a_minus_t1", 1, 2, 1, WH_UNIT_WH, "2.8.1", "A-/T1", "kWh", KMP(20, 2, -1, 4)),
    [WH_QUANTITY_A_MINUS_T2] = TARIFF("a_minus_t2", 5, 2, 2, WH_UNIT_WH, "2.8.2", "A-/T2", "kWh", KMP(24, 2, -1, 4)),
    [WH_QUANTITY_A_MINUS_T3] = TARIFF("a_minus_t3", 9, 2, 3, WH_UNIT_WH, "2.8.3", "A-/T3", "kWh", KMP(28, 2, -1, 4)),
    [WH_QUANTITY_A_MINUS_T4] = TARIFF("a_minus_t4", 13, 2, 4, WH_UNIT_WH, "2.8.4", "A-/T4", "kWh", KMP(32, 2, -1, 4)),
    [WH_QUANTITY_R_PLUS_T1] = TARIFF("r_plus_t1", 2, 3, 1, WH_UNIT_VARH, "3.8.1", "R+/T1", "kvarh", KMP(21, 14, -1, 4)),
    [WH_QUANTITY_R_PLUS_T2] = TARIFF("r_plus_t2", 6, 3, 2, WH_UNIT_VARH, "3.8.2", "R+/T2", "kvarh", KMP(25, 14, -1, 4)),
    [WH_QUANTITY_R_PLUS_T3] = TARIFF("r_plus_t3", 10, 3, 3, WH_UNIT_VARH, "3.8.3", "R+/T3", "kvarh", KMP(29, 14, -1, 4)),
    [WH_QUANTITY_R_PLUS_T4] = TARIFF("r_plus_t4", 14, 3, 4, WH_UNIT_VARH, "3.8.4", "R+/T4", "kvarh", KMP(33, 14, -1, 4)),
    [WH_QUANTITY_R_MINUS_T1] = TARIFF("r_minus_t1", 3, 4, 1, WH_UNIT_VARH, "4.8.1", "R-/T1", "kvarh", KMP(22, 14, -1, 4)),
    [WH_QUANTITY_R_MINUS_T2] = TARIFF("r_minus_t2", 7, 4, 2, WH_UNIT_VARH, "4.8.2", "R-/T2", "kvarh", KMP(26, 14, -1, 4)),
    [WH_QUANTITY_R_MINUS_T3] = TARIFF("r_minus_t3", 11, 4, 3, WH_UNIT_VARH, "4.8.3", "R-/T3", "kvarh", KMP(30, 14, -1, 4)),
    [WH_QUANTITY_R_MINUS_T4] = TARIFF("r_minus_t4", 15, 4, 4, WH_UNIT_VARH, "4.8.4", "R-/T4", "kvarh", KMP(34, 14, -1, 4)),

    [WH_QUANTITY_A_PLUS_SECONDARY] = SECONDARY("a_plus_secondary", WH_A_PLUS, 1, WH_UNIT_WH, "1.8.0", "A+/SEC", "kWh", KMP(7, 2, -1, 4)),
    [WH_QUANTITY_A_MINUS_SECONDARY] = SECONDARY("a_minus_secondary", WH_A_MINUS, 2, WH_UNIT_WH, "2.8.0", "A-/SEC", "kWh", KMP(8, 2, -1, 4)),
    [WH_QUANTITY_R_PLUS_SECONDARY] = SECONDARY("r_plus_secondary", WH_R_PLUS, 3, WH_UNIT_VARH, "3.8.0", "R+/SEC", "kvarh", KMP(9, 14, -1, 4)),
    [WH_QUANTITY_R_MINUS_SECONDARY] = SECONDARY("r_minus_secondary", WH_R_MINUS, 4, WH_UNIT_VARH, "4.8.0", "R-/SEC", "kvarh", KMP(10, 14, -1, 4)),
    [WH_QUANTITY_R1_SECONDARY] = SECONDARY("r1_secondary", WH_R1, 5, WH_UNIT_VARH, "5.8.0", "R1/SEC", "kvarh", KMP(11, 14, -1, 4)),
    [WH_QUANTITY_R4_SECONDARY] = SECONDARY("r4_secondary", WH_R4, 8, WH_UNIT_VARH, "8.8.0", "R4/SEC", "kvarh", KMP(12, 14, -1, 4)),
    [WH_QUANTITY_S_TOTAL] = POWER("s_total", POSITIVE, WH_S_MVA, 9, WH_UNIT_VA, "9.7.0", "S", "kVA", KMP(1305, 30, -3, 4)),

    [WH_QUANTITY_P_PLUS_MEAN] = DEMAND("p_plus_mean", MEAN, WH_DEMAND_P_PLUS, 1, 25, 0, WH_UNIT_W, "1.25.0", "P+AVG", "kW", KMP(35, 22, -3, 4)),
    [WH_QUANTITY_P_MINUS_MEAN] = DEMAND("p_minus_mean", MEAN, WH_DEMAND_P_MINUS, 2, 25, 0, WH_UNIT_W, "2.25.0", "P-AVG", "kW", KMP(36, 22, -3, 4)),
    [WH_QUANTITY_Q_PLUS_MEAN] = DEMAND("q_plus_mean", MEAN, WH_DEMAND_Q_PLUS, 3, 25, 0, WH_UNIT_VAR, "3.25.0", "Q+AVG", "kvar", KMP(37, 26, -3, 4)),
    [WH_QUANTITY_Q_MINUS_MEAN] = DEMAND("q_minus_mean", MEAN, WH_DEMAND_Q_MINUS, 4, 25, 0, WH_UNIT_VAR, "4.25.0", "Q-AVG", "kvar", KMP(38, 26, -3, 4)),
    [WH_QUANTITY_S_PLUS_MEAN] = DEMAND("s_plus_mean", MEAN, WH_DEMAND_S_PLUS, 9, 25, 0, WH_UNIT_VA, "9.25.0", "S+AVG", "kVA", KMP(1308, 30, -3, 4)),
    [WH_QUANTITY_S_MINUS_MEAN] = DEMAND("s_minus_mean", MEAN, WH_DEMAND_S_MINUS, 10, 25, 0, WH_UNIT_VA, "10.25.0", "S-AVG", "kVA", KMP(1309, 30, -3, 4)),
    [WH_QUANTITY_P_PLUS_MAX] = DEMAND("p_plus_max", PEAK, WH_DEMAND_P_PLUS, 1, 6, 0, WH_UNIT_W, "1.6.0", "P+M", "kW", KMP(39, 22, -3, 4)),
    [WH_QUANTITY_P_MINUS_MAX] = DEMAND("p_minus_max", PEAK, WH_DEMAND_P_MINUS, 2, 6, 0, WH_UNIT_W, "2.6.0", "P-M", "kW", KMP(40, 22, -3, 4)),
    [WH_QUANTITY_Q_PLUS_MAX] = DEMAND("q_plus_max", PEAK, WH_DEMAND_Q_PLUS, 3, 6, 0, WH_UNIT_VAR, "3.6.0", "Q+M", "kvar", KMP(41, 26, -3, 4)),
    [WH_QUANTITY_Q_MINUS_MAX] = DEMAND("q_minus_max", PEAK, WH_DEMAND_Q_MINUS, 4, 6, 0, WH_UNIT_VAR, "4.6.0", "Q-M", "kvar", KMP(42, 26, -3, 4)),
    [WH_QUANTITY_S_PLUS_MAX] = DEMAND("s_plus_max", PEAK, WH_DEMAND_S_PLUS, 9, 6, 0, WH_UNIT_VA, "9.6.0", "S+M", "kVA", KMP(1326, 30, -3, 4)),
    [WH_QUANTITY_S_MINUS_MAX] = DEMAND("s_minus_max", PEAK, WH_DEMAND_S_MINUS, 10, 6, 0, WH_UNIT_VA, "10.6.0", "S-M", "kVA", KMP(1310, 30, -3, 4)),
    [WH_QUANTITY_P_PLUS_T1_MAX] = DEMAND("p_plus_t1_max", PEAK, WH_DEMAND_P_PLUS_T1, 1, 6, 1, WH_UNIT_W, "1.6.1", "P+M/T1", "kW", KMP(1033, 22, -3, 4)),
    [WH_QUANTITY_P_PLUS_T2_MAX] = DEMAND("p_plus_t2_max", PEAK, WH_DEMAND_P_PLUS_T2, 1, 6, 2, WH_UNIT_W, "1.6.2", "P+M/T2", "kW", KMP(1036, 22, -3, 4)),
    [WH_QUANTITY_Q_PLUS_T1_MAX] = DEMAND("q_plus_t1_max", PEAK, WH_DEMAND_Q_PLUS_T1, 3, 6, 1, WH_UNIT_VAR, "3.6.1", "Q+M/T1", "kvar", KMP(1130, 26, -3, 4)),
    [WH_QUANTITY_Q_PLUS_T2_MAX] = DEMAND("q_plus_t2_max", PEAK, WH_DEMAND_Q_PLUS_T2, 3, 6, 2, WH_UNIT_VAR, "3.6.2", "Q+M/T2", "kvar", KMP(1134, 26, -3, 4)),
    [WH_QUANTITY_P_PLUS_MAX_TIME] = PEAK_TIME("p_plus_max_time", WH_DEMAND_P_PLUS, 1, 0, "1.6.0", KMP(1049, 53, 0, 8)),
    [WH_QUANTITY_P_MINUS_MAX_TIME] = PEAK_TIME("p_minus_max_time", WH_DEMAND_P_MINUS, 2, 0, "2.6.0", NO_KMP),
    [WH_QUANTITY_Q_PLUS_MAX_TIME] = PEAK_TIME("q_plus_max_time", WH_DEMAND_Q_PLUS, 3, 0, "3.6.0", KMP(1127, 53, 0, 8)),
    [WH_QUANTITY_Q_MINUS_MAX_TIME] = PEAK_TIME("q_minus_max_time", WH_DEMAND_Q_MINUS, 4, 0, "4.6.0", NO_KMP),
    [WH_QUANTITY_S_PLUS_MAX_TIME] = PEAK_TIME("s_plus_max_time", WH_DEMAND_S_PLUS, 9, 0, "9.6.0", KMP(1327, 53, 0, 8)),
    [WH_QUANTITY_S_MINUS_MAX_TIME] = PEAK_TIME("s_minus_max_time", WH_DEMAND_S_MINUS, 10, 0, "10.6.0", KMP(1311, 53, 0, 8)),
    [WH_QUANTITY_P_PLUS_T1_MAX_TIME] = PEAK_TIME("p_plus_t1_max_time", WH_DEMAND_P_PLUS_T1, 1, 1, "1.6.1", KMP(1050, 53, 0, 8)),
    [WH_QUANTITY_P_PLUS_T2_MAX_TIME] = PEAK_TIME("p_plus_t2_max_time", WH_DEMAND_P_PLUS_T2, 1, 2, "1.6.2", KMP(1051, 53, 0, 8)),
    [WH_QUANTITY_Q_PLUS_T1_MAX_TIME] = PEAK_TIME("q_plus_t1_max_time", WH_DEMAND_Q_PLUS_T1, 3, 1, "3.6.1", KMP(1131, 53, 0, 8)),
    [WH_QUANTITY_Q_PLUS_T2_MAX_TIME] = PEAK_TIME("q_plus_t2_max_time", WH_DEMAND_Q_PLUS_T2, 3, 2, "3.6.2", KMP(1135, 53, 0, 8)),
    [WH_QUANTITY_P_PLUS_MAX_SUM] = DEMAND("p_plus_max_sum", SUM, WH_DEMAND_P_PLUS, 1, 2, 0, WH_UNIT_W, "1.2.0", "P+M/ACC", "kW", KMP(43, 22, -3, 4)),
    [WH_QUANTITY_P_MINUS_MAX_SUM] = DEMAND("p_minus_max_sum", SUM, WH_DEMAND_P_MINUS, 2, 2, 0, WH_UNIT_W, "2.2.0", "P-M/ACC", "kW", KMP(44, 22, -3, 4)),
    [WH_QUANTITY_Q_PLUS_MAX_SUM] = DEMAND("q_plus_max_sum", SUM, WH_DEMAND_Q_PLUS, 3, 2, 0, WH_UNIT_VAR, "3.2.0", "Q+M/ACC", "kvar", KMP(45, 26, -3, 4)),
    [WH_QUANTITY_Q_MINUS_MAX_SUM] = DEMAND("q_minus_max_sum", SUM, WH_DEMAND_Q_MINUS, 4, 2, 0, WH_UNIT_VAR, "4.2.0", "Q-M/ACC", "kvar", KMP(46, 26, -3, 4)),
    [WH_QUANTITY_S_PLUS_MAX_SUM] = DEMAND("s_plus_max_sum", SUM, WH_DEMAND_S_PLUS, 9, 2, 0, WH_UNIT_VA, "9.2.0", "S+M/ACC", "kVA", NO_KMP),
    [WH_QUANTITY_S_MINUS_MAX_SUM] = DEMAND("s_minus_max_sum", SUM, WH_DEMAND_S_MINUS, 10, 2, 0, WH_UNIT_VA, "10.2.0", "S-M/ACC", "kVA", NO_KMP),
    [WH_QUANTITY_P_PLUS_T1_MAX_SUM] = DEMAND("p_plus_t1_max_sum", SUM, WH_DEMAND_P_PLUS_T1, 1, 2, 1, WH_UNIT_W, "1.2.1", "P+M/ACC", "kW", NO_KMP),
    [WH_QUANTITY_P_PLUS_T2_MAX_SUM] = DEMAND("p_plus_t2_max_sum", SUM, WH_DEMAND_P_PLUS_T2, 1, 2, 2, WH_UNIT_W, "1.2.2", "P+M/ACC", "kW", NO_KMP),
    [WH_QUANTITY_Q_PLUS_T1_MAX_SUM] = DEMAND("q_plus_t1_max_sum", SUM, WH_DEMAND_Q_PLUS_T1, 3, 2, 1, WH_UNIT_VAR, "3.2.1", "Q+M/ACC", "kvar", NO_KMP),
    [WH_QUANTITY_Q_PLUS_T2_MAX_SUM] = DEMAND("q_plus_t2_max_sum", SUM, WH_DEMAND_Q_PLUS_T2, 3, 2, 2, WH_UNIT_VAR, "3.2.2", "Q+M/ACC", "kvar", NO_KMP),

    [WH_QUANTITY_HOURS] = {"hours", OBIS(0, 1, 96, 8, 0, 255), WH_SOURCE_HOURS, 0, WH_FORM_U32, WH_UNIT_HOUR, 0, SHOW("96.8.0", "HRS", "h", 0, 0), KMP(1004, 46, 0, 4)},
    [WH_QUANTITY_PULSE_INPUT] = {"pulse_input", OBIS(1, 1, 0, 128, 1, 255), WH_SOURCE_PULSE_INPUT, 0, WH_FORM_U32, WH_UNIT_NONE, 0, SHOW("0.128.1", "INPUT", "", 0, 0), KMP(58, 0, 0, 4)},
    [WH_QUANTITY_POWER_THRESHOLD] = {"power_threshold", OBIS(1, 1, 96, 51, 1, 255), WH_SOURCE_POWER_THRESHOLD, 0, WH_FORM_U32, WH_UNIT_W, 0, SHOW("96.51.1", "PTH", "kW", 0, 3), KMP(1039, 22, -3, 4)},
    [WH_QUANTITY_DEBITING_COUNT] = NUMBER("debiting_count", OBIS(1, 1, 0, 1, 0, 255), STATE, WH_STATE_DEBITING_COUNT, U8, "0.1.0", "RST", KMP(47, 51, 0, 4)),
    [WH_QUANTITY_THRESHOLD_COUNT] = NUMBER("threshold_count", OBIS(1, 1, 96, 51, 2, 255), STATE, WH_STATE_THRESHOLD_COUNT, U8, "96.51.2", "PTH/CNT", KMP(1040, 51, 0, 4)),
    [WH_QUANTITY_TARIFF] = NUMBER("tariff", OBIS(1, 1, 129, 0, 0, 255), STATE, WH_STATE_TARIFF, U8, "129.0.0", "TARIFF", KMP(2010, 51, 0, 1)),
    [WH_QUANTITY_RATIO] = NUMBER("transformer_ratio", OBIS(1, 1, 0, 4, 2, 255), STATE, WH_STATE_RATIO, U16, "0.4.2", "CTR", NO_KMP),
    [WH_QUANTITY_EVENTS_A] = NUMBER("events_a", OBIS(0, 1, 96, 10, 1, 255), STATE, WH_STATE_EVENTS_A, U32, "", "", KMP(1235, 51, 0, 4)),
    [WH_QUANTITY_EVENTS_B] = NUMBER("events_b", OBIS(0, 1, 96, 10, 2, 255), STATE, WH_STATE_EVENTS_B, U32, "", "", KMP(1237, 51, 0, 4)),
    [WH_QUANTITY_UNDER_VOLTAGES] = NUMBER("under_voltages", OBIS(1, 1, 133, 0, 10, 255), STATE, WH_STATE_UNDER_VOLTAGES, U16, "133.0.10", "U LOW", KMP(1423, 51, 0, 2)),
    [WH_QUANTITY_OVER_VOLTAGES] = NUMBER("over_voltages", OBIS(1, 1, 133, 0, 11, 255), STATE, WH_STATE_OVER_VOLTAGES, U16, "133.0.11", "U HIGH", KMP(1424, 51, 0, 2)),
    [WH_QUANTITY_PHASE_LOSSES] = NUMBER("phase_losses", OBIS(1, 1, 133, 0, 9, 255), STATE, WH_STATE_PHASE_LOSSES, U16, "133.0.9", "U LOST", NO_KMP),
    [WH_QUANTITY_INTERRUPTIONS_SHORT] = NUMBER("interruptions_short", OBIS(1, 1, 133, 0, 15, 255), STATE, WH_STATE_INTERRUPTIONS_SHORT, U16, "133.0.15", "U SHORT", KMP(1428, 51, 0, 2)),
    [WH_QUANTITY_INTERRUPTIONS_LONG] = NUMBER("interruptions_long", OBIS(1, 1, 133, 0, 14, 255), STATE, WH_STATE_INTERRUPTIONS_LONG, U16, "133.0.14", "U LONG", KMP(1427, 51, 0, 2)),
    [WH_QUANTITY_CONFIGURATION_COUNT] = NUMBER("configuration_count", OBIS(1, 1, 96, 2, 0, 255), STATE, WH_STATE_CONFIGURATION_COUNT, U32, "", "", KMP(222, 51, 0, 4)),
    [WH_QUANTITY_METER_NUMBER_2] = NUMBER("meter_number_2", OBIS(1, 1, 0, 0, 2, 255), PARAMETER, WH_PARAMETER_METER_NUMBER_2, U32, "0.0.2", "NUM/2", KMP(52, 51, 0, 4)),
    [WH_QUANTITY_METER_NUMBER_3] = NUMBER("meter_number_3", OBIS(1, 1, 0, 0, 3, 255), PARAMETER, WH_PARAMETER_METER_NUMBER_3, U32, "0.0.3", "NUM/3", KMP(53, 51, 0, 4)),
    [WH_QUANTITY_SPECIAL_1] = NUMBER("special_1", OBIS(1, 1, 0, 130, 1, 255), PARAMETER, WH_PARAMETER_SPECIAL_1, U32, "0.130.1", "SPC/1", KMP(57, 51, 0, 4)),
    [WH_QUANTITY_SPECIAL_2] = NUMBER("special_2", OBIS(1, 1, 0, 130, 2, 255), PARAMETER, WH_PARAMETER_SPECIAL_2, U32, "0.130.2", "SPC/2", KMP(1021, 51, 0, 4)),
    [WH_QUANTITY_CONFIG_1] = NUMBER("config_1", OBIS(1, 1, 0, 129, 1, 255), PARAMETER, WH_PARAMETER_CONFIG_1 + 0, U32, "0.129.1", "CONF/1", KMP(54, 51, 0, 4)),
    [WH_QUANTITY_CONFIG_2] = NUMBER("config_2", OBIS(1, 1, 0, 129, 2, 255), PARAMETER, WH_PARAMETER_CONFIG_1 + 1, U32, "0.129.2", "CONF/2", KMP(55, 51, 0, 4)),
    [WH_QUANTITY_CONFIG_3] = NUMBER("config_3", OBIS(1, 1, 0, 129, 3, 255), PARAMETER, WH_PARAMETER_CONFIG_1 + 2, U32, "0.129.3", "CONF/3", KMP(56, 51, 0, 4)),
    [WH_QUANTITY_CONFIG_4] = NUMBER("config_4", OBIS(1, 1, 0, 129, 4, 255), PARAMETER, WH_PARAMETER_CONFIG_1 + 3, U32, "0.129.4", "CONF/4", KMP(1029, 51, 0, 4)),
    [WH_QUANTITY_CONFIG_5] = NUMBER("config_5", OBIS(1, 1, 0, 129, 5, 255), PARAMETER, WH_PARAMETER_CONFIG_1 + 4, U32, "0.129.5", "CONF/5", KMP(1075, 51, 0, 4)),
    /* The breaker is never a safety function: its reading says so (BRK-6). */
    [WH_QUANTITY_BREAKER_STATE] = NUMBER("breaker_state", OBIS(1, 1, 128, 0, 0, 255), BREAKER, WH_BREAKER_NUMBER_STATE, U8, "128.0.0", "NOSAFETY", KMP(1087, 51, 0, 1)),
    [WH_QUANTITY_BREAKER_FEEDBACK] = NUMBER("breaker_feedback", OBIS(1, 1, 128, 0, 18, 255), BREAKER, WH_BREAKER_NUMBER_FEEDBACK, U8, "", "", KMP(1088, 51, 0, 1)),
    [WH_QUANTITY_DISCONNECT_THRESHOLD] = NUMBER("disconnect_threshold", OBIS(1, 1, 128, 0, 14, 255), BREAKER, WH_BREAKER_NUMBER_THRESHOLD, U8, "", "", KMP(1122, 51, 0, 1)),
    [WH_QUANTITY_PREPAYMENT_BALANCE] = {"prepayment_balance", OBIS(1, 1, 130, 0, 0, 255), WH_SOURCE_PREPAYMENT, 0, WH_FORM_U32, WH_UNIT_WH, 0, SHOW("130.0.0", "PAY", "kWh", 2, 1), KMP(1121, 2, -1, 4)},
    [WH_QUANTITY_PREPAYMENT_CREDIT] = {"prepayment_credit", OBIS(1, 1, 130, 0, 1, 255), WH_SOURCE_PREPAYMENT, 1, WH_FORM_U32, WH_UNIT_WH, 0, SHOW("130.0.1", "CREDIT", "kWh", 2, 1), KMP(1408, 2, -1, 4)},
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
