/* The fields of the codes as the data sheets list them: the 382L's ("Bryder", "Integreret radio")
 * and the ordering data of the 351C's. What a sheet calls "not used" is a value of the field, and
 * said to be so. */
#include "catalog/code.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Rows of the field tables. */
#define CHOICES(name, title, width, table)                                                         \
    {                                                                                              \
        name, title, width, false, table, COUNT(table), 0, 0, "", 0, ""                            \
    }
#define NUMBERS(name, title, width, low, high, before)                                             \
    {                                                                                              \
        name, title, width, false, NULL, 0, low, high, before, 1, ""                               \
    }

static const struct wh_code_choice letters[] = {
    {"2", '2', "without breaker, without radio"},
    {"3", '3', "without breaker, without radio"},
    {"4", '4', "without breaker, with integrated radio"},
    {"5", '5', "without breaker, with integrated radio"},
    {"6", '6', "without breaker, with integrated radio"},
    {"7", '7', "without breaker, with integrated radio"},
    {"8", '8', "without breaker, without radio"},
    {"9", '9', "without breaker, without radio"},
    {"B", 'B', "with breaker, without radio"},
    {"C", 'C', "with breaker, without radio"},
    {"D", 'D', "with breaker, with integrated radio"},
    {"E", 'E', "with breaker, with integrated radio"},
    {"F", 'F', "with breaker, with integrated radio"},
    {"G", 'G', "with breaker, with integrated radio"},
};

static const struct wh_code_field type_382l[] = {
    CHOICES("letter", "variant", 1, letters),
};

/* The value is an index of catalog/code.c's table of connections and frequencies. */
static const struct wh_code_choice x1[] = {
    {"2", 0, "3×230 V (Aron), 50 Hz"},
    {"3", 1, "3×230/400 V, 50 Hz"},
    {"4", 2, "3×230/400 V, 60 Hz"},
};

static const struct wh_code_choice x2[] = {{"5", 0, "5(6) A"}};

static const struct wh_code_choice x3[] = {
    {"B", WH_CLASS_351C_MID_B, "B (MID)"},
    {"C", WH_CLASS_351C_MID_C, "C (MID)"},
    {"1", WH_CLASS_351C_1, "1.0 (GOST, IEC)"},
    {"5", WH_CLASS_351C_05, "0.5 (GOST, IEC)"},
};

static const struct wh_code_choice x4[] = {{"C", 0, "C"}};

static const struct wh_code_choice x5[] = {
    {"1", WH_ENERGY_TYPE_A_PLUS, "A+"},
    {"2", WH_ENERGY_TYPE_A_PLUS_MINUS, "A+/A−"},
    {"3", WH_ENERGY_TYPE_A_R_PLUS, "A+/R+"},
    {"4", WH_ENERGY_TYPE_FOUR_QUADRANTS, "A+/A−/R+/R−"},
};

static const struct wh_code_choice x6[] = {
    {"2", false, "battery and supercap"},
    {"5", true, "integrated radio, battery and supercap"},
};

static const struct wh_code_choice x7[] = {{"3", 0, "programmable"}};

static const struct wh_code_choice countries[] = {{"010", 10, "Russia"}};

static const struct wh_code_field type_351c[] = {
    CHOICES("X1", "voltage and frequency", 1, x1),
    CHOICES("X2", "current", 1, x2),
    CHOICES("X3", "accuracy class", 1, x3),
    CHOICES("X4", "model", 1, x4),
    CHOICES("X5", "energy type", 1, x5),
    CHOICES("X6", "build", 1, x6),
    CHOICES("X7", "tariffs", 1, x7),
    {"X8-X10", "country", 3, true, countries, COUNT(countries), 0, 0, "", 0, ""},
};

static const struct wh_code_choice decimals[] = {
    {"1", 0, "7.0: 7 digits, with the transformer ratio"},
    {"2", 1, "7.1: 7 digits and 1 decimal, with the transformer ratio"},
    {"3", 2, "7.2: 7 digits and 2 decimals, with the transformer ratio"},
};

static const struct wh_code_choice idle_led[] = {
    {"1", false, "dark while nothing is consumed"},
    {"2", true, "lit while nothing is consumed"},
};

/* Directions of their ports: catalog/code_check.c. */
static const struct wh_code_choice modules[] = {
    {"000", 0, "none"},
    {"001", 1, "not used; port 2 output"},
    {"008", 8, "not used; ports 1 and 2 input"},
    {"018", 18, "not used; ports 1 and 2 input"},
    {"040", 40, "IP101i, TCP/IP; port 1 input"},
    {"053", 53, "GSM8i, also with RF or 2×5 A control; ports by its own description"},
    {"058", 58, "load control 5 A; port 1 input, port 2 output"},
    {"064", 64, "wireless M-Bus; port 1 input"},
    {"068", 68, "M-Bus with secondary addressing; ports 1 and 2 input"},
    {"069", 69, "load control 2×5 A; ports 1 and 2 output"},
    {"071", 71, "MUC"},
    {"072", 72, "RS-485; port 1 input, port 2 output"},
};

static const struct wh_code_choice ports[] = {
    {"00", WH_IO_NONE, "none"},
    {"03", WH_IO_PULSE_ALARM, "pulse input, alarm input"},
    {"04", WH_IO_PULSE_ALARM_INVERTED, "pulse input, inverted alarm input"},
    {"05", WH_IO_PULSE_A_PLUS, "pulse input, A+ output"},
    {"06", WH_IO_R_PLUS_A_PLUS, "R+ output, A+ output"},
    {"16", WH_IO_A_MINUS_A_PLUS, "A− output, A+ output"},
    {"17", WH_IO_LOAD_CONTROL_ERROR, "load control, error"},
};

static const struct wh_code_field config_1[] = {
    CHOICES("A", "decimals of the display", 1, decimals),
    CHOICES("B", "pulse LED", 1, idle_led),
    CHOICES("CCC", "communication module", 3, modules),
    CHOICES("DD", "input and output", 2, ports),
};

static const struct wh_code_choice integration[] = {
    {"1", 5, "5 min"},
    {"2", 15, "15 min"},
    {"3", 30, "30 min"},
    {"4", 60, "60 min"},
};

static const struct wh_code_choice no_day[] = {{"00", 0, "none"}};

static const struct wh_code_choice debiting[] = {
    {"00", 0, "none"},
    {"01", 1, "monthly"},
    {"13", 13, "yearly in January"},
    {"14", 14, "yearly in February"},
    {"15", 15, "yearly in March"},
    {"16", 16, "yearly in April"},
    {"17", 17, "yearly in May"},
    {"18", 18, "yearly in June"},
    {"19", 19, "yearly in July"},
    {"20", 20, "yearly in August"},
    {"21", 21, "yearly in September"},
    {"22", 22, "yearly in October"},
    {"23", 23, "yearly in November"},
    {"24", 24, "yearly in December"},
};

/* The value is the pulse length, made negative where there is an alarm input. */
static const struct wh_code_choice pulses[] = {
    {"1", 30, "30 ms, no alarm input"},
    {"2", -30, "30 ms, alarm input"},
    {"3", 80, "80 ms, no alarm input"},
    {"4", -80, "80 ms, alarm input"},
};

static const struct wh_code_field config_2[] = {
    CHOICES("E", "integration period", 1, integration),
    NUMBERS("FFF", "display list", 3, 0, 999, "list "),
    {"GG", "auto-reading day", 2, false, no_day, COUNT(no_day), 1, 28, "day ", 1, " of the month"},
    CHOICES("HH", "auto-reading interval", 2, debiting),
    CHOICES("I", "pulse length and alarm input", 1, pulses),
};

static const struct wh_code_choice unused_2[] = {{"00", 0, "none"}};
static const struct wh_code_choice unused_1[] = {{"0", 0, "none"}};

static const struct wh_code_choice zones[] = {
    {"00", 0, "UTC"},
    {"01", 60, "UTC+1 h, CET"},
    {"02", 120, "UTC+2 h, Kaliningrad"},
    {"03", 180, "UTC+3 h, Moscow"},
    {"04", 240, "UTC+4 h"},
    {"05", 300, "UTC+5 h"},
    {"06", 360, "UTC+6 h"},
    {"07", 420, "UTC+7 h"},
    {"08", 480, "UTC+8 h"},
    {"09", 540, "UTC+9 h"},
    {"10", 600, "UTC+10 h"},
    {"11", 660, "UTC+11 h"},
    {"12", 720, "UTC+12 h"},
    {"13", -660, "UTC−11 h"},
    {"14", -600, "UTC−10 h"},
    {"15", -540, "UTC−9 h"},
    {"16", -480, "UTC−8 h"},
    {"17", -420, "UTC−7 h"},
    {"18", -360, "UTC−6 h"},
    {"19", -300, "UTC−5 h"},
    {"20", -240, "UTC−4 h"},
    {"21", -180, "UTC−3 h"},
    {"22", -120, "UTC−2 h"},
    {"23", -60, "UTC−1 h"},
};

static const struct wh_code_choice pulse_sides[] = {
    {"0", WH_SIDE_PRIMARY, "primary side"},
    {"1", WH_SIDE_SECONDARY, "secondary side"},
};

static const struct wh_code_choice pulse_units[] = {
    {"00", WH_PULSE_UNIT_NONE, "none"},
    {"01", WH_PULSE_UNIT_KWH, "kWh"},
    {"02", WH_PULSE_UNIT_M3, "m³"},
    {"03", WH_PULSE_UNIT_L, "L"},
};

static const struct wh_code_choice daylight_saving[] = {
    {"000", false, "none"},
    {"001", true, "European"},
};

static const struct wh_code_choice profile_sides[] = {
    {"01", WH_SIDE_PRIMARY, "primary side"},
    {"02", WH_SIDE_SECONDARY, "secondary side"},
};

static const struct wh_code_field config_3[] = {
    CHOICES("JJ", "unused", 2, unused_2),
    CHOICES("K", "unused", 1, unused_1),
    CHOICES("LL", "time zone", 2, zones),
    CHOICES("M", "pulse output of the module", 1, pulse_sides),
    CHOICES("NN", "unit of the pulse input", 2, pulse_units),
    NUMBERS("OOO", "tariff schedule and holiday table", 3, 0, 999, "schedule "),
    CHOICES("PPP", "daylight saving", 3, daylight_saving),
    CHOICES("QQ", "load profile", 2, profile_sides),
};

static const struct wh_code_choice radio_codes[] = {
    {"000", 0, "none"},
    {"319", 319, "EU"},
};

static const struct wh_code_choice locks[] = {
    {"1", true, "yes"},
    {"2", false, "no"},
};

static const struct wh_code_choice debiting_2[] = {
    {"1", WH_DEBITING_2_DAILY, "daily"},
    {"2", WH_DEBITING_2_WEEKLY, "weekly"},
    {"3", WH_DEBITING_2_MONTHLY, "monthly"},
};

static const struct wh_code_field config_5[] = {
    CHOICES("RRR", "radio code", 3, radio_codes),
    {"SSS", "current transformers", 3, false, NULL, 0, 1, 600, "", 5, "/5 A"},
    CHOICES("T", "ratio may be reprogrammed", 1, locks),
    CHOICES("U", "auto-reading register 2", 1, debiting_2),
};

static const struct wh_code_form forms[WH_CODE_KINDS] = {
    [WH_CODE_TYPE_382L] = {WH_MODEL_382L, "letter", "type letter of the 382L", "382LxB", "382Lx",
                           true, "", type_382l, COUNT(type_382l)},
    [WH_CODE_TYPE_351C] = {WH_MODEL_351C, "type", "type number of the 351C", "685-X1…X10", "685-",
                           false, "", type_351c, COUNT(type_351c)},
    [WH_CODE_CONFIG_1] = {WH_MODEL_351C, "config1", "configuration 1 of the 351C", "A-B-CCC-DD", "",
                          false, "-", config_1, COUNT(config_1)},
    [WH_CODE_CONFIG_2] = {WH_MODEL_351C, "config2", "configuration 2 of the 351C", "E-FFF-GG-HH-I",
                          "", false, "-", config_2, COUNT(config_2)},
    [WH_CODE_CONFIG_3] = {WH_MODEL_351C, "config3", "configuration 3 of the 351C",
                          "JJ-K-LL-M-NN-OOO-PPP-QQ", "", false, "-", config_3, COUNT(config_3)},
    [WH_CODE_CONFIG_5] = {WH_MODEL_351C, "config5", "configuration 5 of the 351C", "RRR-SSS-T-U",
                          "", false, "-", config_5, COUNT(config_5)},
};

const struct wh_code_form *wh_code_form(enum wh_code_kind kind)
{
    return kind < WH_CODE_KINDS ? &forms[kind] : NULL;
}
