/* The table of parameters. Sources: objects, types and ranges of the public interface description
 * of the meter family; KMP registers of public reader software. */
#include "cli/tool_item.h"
#include "app/config.h"
#include "dlms/axdr.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum {
    NUMBER = 51,
    SECONDS = 60,
    KILOWATT = 22,
    KILOWATTHOUR = 2,
    DATA = 1,
    REGISTER = 3,
    PROFILE = 7,
    OWN = 199, /* C of this project's own places: 1.1.199.ID.ELEMENT */
};

#define OBIS(a, b, c, d, e)                                                                        \
    {                                                                                              \
        a, b, c, d, e, 255                                                                         \
    }
#define OBIS_F(a, b, c, d, e, f)                                                                   \
    {                                                                                              \
        a, b, c, d, e, f                                                                           \
    }
/* Class 1, attribute 2. */
#define VALUE(obis, tag) obis, DATA, 2, DLMS_TAG_##tag, 1, NULL
/* Class 7, capture period of that log. */
#define PERIOD(obis, log) obis, PROFILE, 4, DLMS_TAG_U32, 60, log
#define KMP(id, size)     id, NUMBER, 0, size
#define KMP_S(id)         id, SECONDS, 0, 2
#define NO_KMP            0, 0, 0, 0
#define ALARMS(e)         VALUE(OBIS(0, 0, 97, 98, e), U32), NO_KMP, NULL, 0, UINT32_MAX
#define OF_IEC            {0, 0, 0, 0, 0, 0}, 0, 0, 0, 1, NULL, NO_KMP
#define SETTING           TOOL_ITEM_SETTING, TOOL_FORM_NUMBER
#define STATE             TOOL_ITEM_STATE, TOOL_FORM_NUMBER
#define SHOWN             TOOL_ITEM_SHOWN, TOOL_FORM_NUMBER
#define LIST              TOOL_ITEM_SETTING, TOOL_FORM_LIST
#define PLAN              TOOL_ITEM_SETTING, TOOL_FORM_PLAN
/* Octets in this project's own place; over KMP in blocks of 16 from that register on. */
#define OCTETS(id)      OBIS(1, 1, OWN, id, 0), DATA, 2, DLMS_TAG_OCTET_STRING, 1
#define OCTETS_KMP(kmp) kmp, NUMBER, 0, 16, NULL

/* clang-format off */
static const struct tool_item items[] = {
    {"number_1", SETTING, VALUE(OBIS(1, 1, 0, 0, 1), U32), KMP(51, 4), "0.0.1", 0, 99999999, "meter number 1"},
    {"number_2", SETTING, VALUE(OBIS(1, 1, 0, 0, 2), U32), KMP(52, 4), "0.0.2", 0, 99999999, "meter number 2"},
    {"number_3", SETTING, VALUE(OBIS(1, 1, 0, 0, 3), U32), KMP(53, 4), "0.0.3", 0, 99999999, "meter number 3"},
    {"special_1", SETTING, VALUE(OBIS(1, 1, 0, 130, 1), U32), KMP(57, 4), "0.130.1", 0, 99999999, "special data 1"},
    {"special_2", SETTING, VALUE(OBIS(1, 1, 0, 130, 2), U32), KMP(1021, 4), "0.130.2", 0, 99999999, "special data 2"},
    {"daylight", SETTING, VALUE(OBIS(1, 1, 96, 52, 11), U8), KMP(1240, 1), NULL, 0, 255, "daylight saving: 0 none, 1 European"},
    {"working_days", SETTING, VALUE(OBIS(1, 1, 96, 52, 6), U8), KMP(1233, 1), NULL, 0, 127, "working days, bit 0 Monday ... bit 6 Sunday"},
    {"profile_min", SETTING, PERIOD(OBIS(1, 1, 99, 1, 0), "load profile"), KMP(199, 1), NULL, 0, 60, "interval of the load profile, minutes; a change deletes it"},
    {"logger_min", SETTING, PERIOD(OBIS(1, 1, 99, 1, 1), "analysis logger"), KMP(1195, 2), NULL, 0, 1440, "interval of the analysis logger, minutes; a change deletes it"},
    {"debiting_2_interval", SETTING, VALUE(OBIS_F(1, 1, 0, 1, 6, 128), U8), KMP(1175, 1), NULL, 0, 2, "second debiting log: 0 daily, 1 Mondays, 2 first of the month"},
    {"power_threshold_w", SETTING, OBIS(1, 1, 96, 51, 1), REGISTER, 2, DLMS_TAG_U32, 1, NULL, 1039, KILOWATT, -3, 4, "96.51.1", 0, 10000000, "power threshold, W: periods above it are counted"},
    {"module_io", SETTING, VALUE(OBIS(0, 1, 96, 3, 1), U8), KMP(1102, 1), NULL, 0, 255, "inputs and outputs of the module"},
    {"tariff_source", SETTING, VALUE(OBIS(1, 1, 96, 52, 21), U8), KMP(2011, 1), NULL, 0, 3, "tariff by: 0 nothing, 1 module, 2 command, 3 internal plan"},
    {"transformer_ratio", STATE, VALUE(OBIS(1, 1, 0, 4, 2), U16), NO_KMP, "0.4.2", 1, 600, "transformer ratio, primary current in 5 A; module port only"},
    {"tariff", STATE, VALUE(OBIS(1, 1, 129, 0, 0), U8), KMP(2010, 1), "129.0.0", 1, 8, "active tariff"},
    {"operation", STATE, VALUE(OBIS(1, 1, 96, 5, 1), U8), KMP(1032, 4), "96.5.1", 1, 5, "1 normal; pulse LED by 2 A+, 3 A-, 4 R+, 5 R- (verification)"},
    {"pulse_input", STATE, VALUE(OBIS(1, 1, 0, 128, 1), U32), KMP(58, 4), NULL, 0, UINT32_MAX, "pulse input"},
    {"events_b", STATE, VALUE(OBIS(0, 1, 96, 10, 2), U32), KMP(1237, 4), NULL, 0, UINT32_MAX, "event status B"},
    {"load_1_active", STATE, VALUE(OBIS(1, 1, 96, 52, 1), U8), KMP(1226, 1), NULL, 0, 1, "load relay 1"},
    {"load_2_active", STATE, VALUE(OBIS(1, 1, 96, 52, 3), U8), KMP(1229, 1), NULL, 0, 1, "load relay 2"},
    {"load_1_tariffs", SETTING, VALUE(OBIS(1, 1, 96, 52, 2), U8), KMP(1228, 1), NULL, 0, 255, "tariff to position of load relay 1"},
    {"load_2_tariffs", SETTING, VALUE(OBIS(1, 1, 96, 52, 4), U8), KMP(1231, 1), NULL, 0, 255, "tariff to position of load relay 2"},
    {"load_delay_s", SETTING, VALUE(OBIS(1, 1, 96, 52, 5), U16), KMP(1232, 2), NULL, 0, 65535, "longest delay of the load relays, s"},

    {"breaker_state", SHOWN, VALUE(OBIS(1, 1, 128, 0, 0), U8), KMP(1087, 1), NULL, 0, 255, "breaker: state"},
    {"breaker_feedback", SHOWN, VALUE(OBIS(1, 1, 128, 0, 18), U8), KMP(1088, 1), NULL, 0, 255, "breaker: feedback bits"},
    {"breaker_short_circuit_a", SETTING, VALUE(OBIS(1, 1, 128, 0, 1), U8), KMP(1108, 1), NULL, 0, 255, "breaker: short-circuit current limit, A"},
    {"disconnect_k1_tenths", SETTING, VALUE(OBIS(1, 1, 128, 0, 2), U8), KMP(1109, 1), NULL, 0, 99, "Smart Disconnect: k1, tenths"},
    {"disconnect_k2_tenths", SETTING, VALUE(OBIS(1, 1, 128, 0, 3), U8), KMP(1110, 1), NULL, 0, 99, "Smart Disconnect: k2, tenths"},
    {"disconnect_k3_tenths", SETTING, VALUE(OBIS(1, 1, 128, 0, 4), U8), KMP(1111, 1), NULL, 0, 99, "Smart Disconnect: k3, tenths"},
    {"disconnect_t1_s", SETTING, VALUE(OBIS(1, 1, 128, 0, 5), U16), KMP_S(1112), NULL, 0, 65535, "Smart Disconnect: t1, s"},
    {"disconnect_t2_s", SETTING, VALUE(OBIS(1, 1, 128, 0, 6), U16), KMP_S(1113), NULL, 0, 65535, "Smart Disconnect: t2, s"},
    {"disconnect_t3_s", SETTING, VALUE(OBIS(1, 1, 128, 0, 7), U16), KMP_S(1114), NULL, 0, 65535, "Smart Disconnect: t3, s"},
    {"reconnect_wait_s", SETTING, VALUE(OBIS(1, 1, 128, 0, 8), U16), KMP_S(1115), NULL, 0, 65535, "breaker: wait before it closes again, s"},
    {"prepayment_low_days", SETTING, VALUE(OBIS(1, 1, 128, 0, 9), U8), KMP(1116, 1), NULL, 0, 255, "prepayment: days of low load after the balance is used up; 0 none"},
    {"reconnect_automatic", SETTING, VALUE(OBIS(1, 1, 128, 0, 10), U8), KMP(1117, 1), NULL, 0, 1, "breaker closes: 0 by hand, 1 by itself"},
    {"cut_off_basis", SETTING, VALUE(OBIS(1, 1, 128, 0, 11), U8), KMP(1118, 1), NULL, 0, 127, "breaker opens by, bits: 0 load, 1 prepayment, 2 power (not current), 3 neutral fault, 4 log only, 5 prepayment without restriction, 6 over-voltage; module port only"},
    {"disconnect_low", SETTING, VALUE(OBIS(1, 1, 128, 0, 12), U8), KMP(1119, 1), NULL, 0, 255, "Smart Disconnect: low threshold, A or kW"},
    {"disconnect_high", SETTING, VALUE(OBIS(1, 1, 128, 0, 13), U8), KMP(1120, 1), NULL, 0, 255, "Smart Disconnect: high threshold, A or kW"},
    {"disconnect_threshold", SHOWN, VALUE(OBIS(1, 1, 128, 0, 14), U8), KMP(1122, 1), NULL, 0, 255, "Smart Disconnect: threshold in use, A or kW"},
    {"over_disconnect_v", SETTING, VALUE(OBIS(1, 1, 128, 0, 19), U16), NO_KMP, NULL, 260, 320, "breaker opens above, V"},
    {"over_disconnect_s", SETTING, VALUE(OBIS(1, 1, 128, 0, 20), U16), NO_KMP, NULL, 1, 3600, "... for, s"},
    {"over_reconnect_v", SETTING, VALUE(OBIS(1, 1, 128, 0, 21), U16), NO_KMP, NULL, 250, 270, "breaker closes again below, V"},
    {"over_reconnect_s", SETTING, VALUE(OBIS(1, 1, 128, 0, 22), U16), NO_KMP, NULL, 1, 3600, "... for, s"},
    {"prepayment_balance_wh", STATE, OBIS(1, 1, 130, 0, 0), REGISTER, 2, DLMS_TAG_U32, 1, NULL, 1121, KILOWATTHOUR, -3, 4, NULL, 0, UINT32_MAX, "prepayment: balance, Wh; module port only"},
    {"prepayment_credit_wh", SHOWN, OBIS(1, 1, 130, 0, 1), REGISTER, 2, DLMS_TAG_U32, 1, NULL, 1408, KILOWATTHOUR, -3, 4, NULL, 0, UINT32_MAX, "prepayment: credit used, Wh"},

    {"alarms_1", SHOWN, ALARMS(0), "alarms that are on, 1 (docs/cosem.md)"},
    {"alarms_2", SHOWN, ALARMS(1), "... 2"},
    {"alarm_descriptor_1", STATE, ALARMS(20), "alarms that came on since they were taken away here, 1; 0 acknowledges all"},
    {"alarm_descriptor_2", STATE, ALARMS(21), "... 2"},
    {"alarm_filter_1", STATE, ALARMS(10), "alarms that count, 1"},
    {"alarm_filter_2", STATE, ALARMS(11), "... 2"},

    {"iec_list_module", SETTING, OF_IEC, "131.0.1", 0, 1, "IEC 62056-21 read-out at the module port: 0 list 1, 1 list 2"},
    {"iec_list_ccc", SETTING, OF_IEC, "131.0.2", 0, 1, "... at the consumer port"},
    {"iec_list_optical", SETTING, OF_IEC, "131.0.3", 0, 1, "... at the optical port"},
    {"iec_protocol_module", SETTING, OF_IEC, "131.0.10", 0, 2, "IEC 62056-21 at the module port: 0 none, 1 modes A and C, 2 and D"},
    {"iec_protocol_ccc", SETTING, OF_IEC, "131.0.11", 0, 2, "... at the consumer port"},
    {"iec_protocol_optical", SETTING, OF_IEC, "131.0.12", 0, 2, "... at the optical port"},
    {"iec_ta_ms", SETTING, OF_IEC, "131.0.13", 1000, 65000, "IEC 62056-21: time between characters, ms"},
    {"iec_tr_ms", SETTING, OF_IEC, "131.0.14", 1000, 65000, "IEC 62056-21: message to answer, ms"},
    {"iec_tt_ms", SETTING, OF_IEC, "131.0.15", 1000, 65000, "IEC 62056-21: wait for the option select, ms"},
    {"iec_ti_s", SETTING, OF_IEC, "131.0.16", 5, 240, "IEC 62056-21: silence that ends programming mode, s"},

    {"automatic_list", LIST, OCTETS(39), NULL, OCTETS_KMP(1202), 1, 16, "display: automatic list"},
    {"manual_list", LIST, OCTETS(40), NULL, OCTETS_KMP(1203), 1, 30, "display: list of the button"},
    {"backup_list", LIST, OCTETS(41), NULL, OCTETS_KMP(1205), 1, 8, "display: list without mains"},
    {"logger", LIST, OCTETS(17), "analysis logger", OCTETS_KMP(61984), 1, 16, "quantities of the analysis logger; a change deletes it"},
    {"tariff_plan", PLAN, OCTETS(0), NULL, OCTETS_KMP(57344), 1, 816, "tariff plan, for tariff_source 3"},
};
/* clang-format on */

enum { ITEMS = sizeof items / sizeof items[0], MORE = 128, NAME_SIZE = 40 };

/* ---- Parameters ---- */

/* Items whose names are not the parameter's. */
static const struct {
    const char *name, *parameter;
    uint8_t element;
} aliases[] = {
    {"disconnect_k1_tenths", "disconnect_k_tenths", 0},
    {"disconnect_k2_tenths", "disconnect_k_tenths", 1},
    {"disconnect_k3_tenths", "disconnect_k_tenths", 2},
    {"disconnect_t1_s", "disconnect_t_s", 0},
    {"disconnect_t2_s", "disconnect_t_s", 1},
    {"disconnect_t3_s", "disconnect_t_s", 2},
};

/* The parameter, and which element of it, that a name says. NULL: none. */
static const struct wh_parameter *parameter_of(const char *name, uint8_t *element)
{
    for (size_t a = 0; a < sizeof aliases / sizeof aliases[0]; a++) {
        if (strcmp(aliases[a].name, name) == 0) {
            *element = aliases[a].element;
            return wh_parameter_find(aliases[a].parameter);
        }
    }
    const struct wh_parameter *parameter = wh_parameter_find(name);
    char whole[NAME_SIZE];
    snprintf(whole, sizeof whole, "%s", name);
    char *mark = strrchr(whole, '_');
    *element = 0;
    if (parameter == NULL && mark != NULL && mark[1] >= '1' && mark[1] <= '9' && mark[2] == '\0') {
        *element = (uint8_t)(mark[1] - '1');
        *mark = '\0';
        parameter = wh_parameter_find(whole);
    }
    const bool is_one = parameter != NULL && !wh_parameter_is_list(parameter) &&
                        *element < parameter->count &&
                        (mark == NULL || *mark != '\0' || parameter->count > 1);
    return is_one ? parameter : NULL;
}

bool tool_item_place(const struct tool_item *item, struct tool_place *place)
{
    enum { FIRST_REGISTER = 61440, ELEMENTS = 32, VALUE_ATTRIBUTE = 2, REGISTER_SIZE = 4 };
    uint8_t element;
    const struct wh_parameter *parameter = parameter_of(item->name, &element);
    if (parameter == NULL) {
        return false;
    }
    const uint8_t id = parameter->id;
    *place = (struct tool_place){.item = *item};
    snprintf(place->iec, sizeof place->iec, "199.%u.%u", id, element);
    place->item.class_id = DATA;
    place->item.attribute = VALUE_ATTRIBUTE;
    memcpy(place->item.obis, (const uint8_t[]){1, 1, OWN, id, element, 255}, 6);
    place->item.tag = DLMS_TAG_U32;
    place->item.factor = 1;
    place->item.kmp_id = (uint16_t)(FIRST_REGISTER + ELEMENTS * id + element);
    place->item.kmp_unit = NUMBER;
    place->item.kmp_exponent = 0;
    place->item.kmp_size = REGISTER_SIZE;
    place->item.iec = place->iec;
    return true;
}

static bool is_listed(const struct wh_parameter *parameter)
{
    for (size_t a = 0; a < sizeof aliases / sizeof aliases[0]; a++) {
        if (strcmp(aliases[a].parameter, parameter->name) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < ITEMS; i++) {
        if (strcmp(items[i].name, parameter->name) == 0) {
            return true;
        }
    }
    return false;
}

static const char energy_type[] = "energy_type"; /* what lists may hold goes by it */

bool tool_item_has_dependents(const struct tool_item *item)
{
    return strcmp(item->name, energy_type) == 0;
}

static const char *deleted_by(const char *name)
{
    return strncmp(name, "profile_", 8) == 0 || strcmp(name, energy_type) == 0 ? "load profile"
           : strcmp(name, "display_side") == 0                                 ? "analysis logger"
                                                                               : NULL;
}

/* Rows of parameters that the table above has not. */
static struct tool_item more[MORE];
static char more_names[MORE][NAME_SIZE];
static int more_count;

static void add(const struct wh_parameter *parameter, uint8_t element)
{
    char *name = more_names[more_count];
    if (parameter->count == 1) {
        snprintf(name, NAME_SIZE, "%s", parameter->name);
    } else {
        snprintf(name, NAME_SIZE, "%s_%u", parameter->name, element + 1u);
    }
    more[more_count++] = (struct tool_item){
        .name = name,
        .kind = TOOL_ITEM_SETTING,
        .factor = 1,
        .deletes = deleted_by(name),
        .least = parameter->least,
        .greatest = parameter->greatest,
        .text = parameter->text,
    };
}

static void add_all(void)
{
    const struct wh_parameter *parameter;
    for (size_t p = 0; (parameter = wh_parameter_at(p)) != NULL; p++) {
        const bool is_new = !is_listed(parameter) && !wh_parameter_is_list(parameter);
        for (uint8_t e = 0; is_new && e < parameter->count && more_count < MORE; e++) {
            add(parameter, e);
        }
    }
}

const struct tool_item *tool_item_at(int index)
{
    if (more_count == 0) {
        add_all();
    }
    if (index < 0 || index >= ITEMS + more_count) {
        return NULL;
    }
    return index < ITEMS ? &items[index] : &more[index - ITEMS];
}

const struct tool_item *tool_item_find(const char *name)
{
    const struct tool_item *item;
    for (int i = 0; (item = tool_item_at(i)) != NULL; i++) {
        if (strcmp(item->name, name) == 0) {
            return item;
        }
    }
    return NULL;
}

static const struct tool_item *find_place(const uint8_t obis[6])
{
    enum { C = 2 };
    const struct tool_item *item;
    struct tool_place place;
    for (int i = 0; obis[C] == OWN && (item = tool_item_at(i)) != NULL; i++) {
        if (tool_item_place(item, &place) && memcmp(place.item.obis, obis, 6) == 0) {
            return item;
        }
    }
    return NULL;
}

const struct tool_item *tool_item_find_obis(const uint8_t obis[6])
{
    const struct tool_item *item;
    for (int i = 0; (item = tool_item_at(i)) != NULL; i++) {
        if (item->class_id != 0 && item->class_id != PROFILE &&
            memcmp(item->obis, obis, sizeof item->obis) == 0) {
            return item;
        }
    }
    return find_place(obis);
}
