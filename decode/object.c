/* COSEM objects by name. The catalog comes first; what it does not have is in tables of the
 * interface classes (IEC 62056-6-2) and of the codes of the meter family and IEC 62056-6-1. */
#include "decode/object.h"

#include <stdio.h>
#include <string.h>

#include "catalog/catalog.h"
#include "decode/text.h"

enum { ATTRIBUTES = 12, METHODS = 9 };

struct class_row {
    uint16_t id;
    const char *name;
    const char *attribute[ATTRIBUTES]; /* from 2 on */
    const char *method[METHODS];       /* from 1 on */
};

static const struct class_row classes[] = {
    {1, "data", {"value"}, {NULL}},
    {3, "register", {"value", "scaler_unit"}, {"reset"}},
    {4, "extended register", {"value", "scaler_unit", "status", "capture_time"}, {"reset"}},
    {5,
     "demand register",
     {"current_average_value", "last_average_value", "scaler_unit", "status", "capture_time",
      "start_time_current", "period", "number_of_periods"},
     {"reset", "next_period"}},
    {6,
     "register activation",
     {"register_assignment", "mask_list", "active_mask"},
     {"add_register", "add_mask", "delete_mask"}},
    {7,
     "profile generic",
     {"buffer", "capture_objects", "capture_period", "sort_method", "sort_object", "entries_in_use",
      "profile_entries"},
     {"reset", "capture"}},
    {8,
     "clock",
     {"time", "time_zone", "status", "daylight_savings_begin", "daylight_savings_end",
      "daylight_savings_deviation", "daylight_savings_enabled", "clock_base"},
     {"adjust_to_quarter", "adjust_to_measuring_period", "adjust_to_minute",
      "adjust_to_preset_time", "preset_adjusting_time", "shift_time"}},
    {9, "script table", {"scripts"}, {"execute"}},
    {10, "schedule", {"entries"}, {"enable_disable", "insert", "delete"}},
    {11, "special days table", {"entries"}, {"insert", "delete"}},
    {12,
     "association SN",
     {"object_list", "access_rights_list", "security_setup_reference"},
     {NULL}},
    {15,
     "association LN",
     {"object_list", "associated_partners_id", "application_context_name", "xDLMS_context_info",
      "authentication_mechanism_name", "secret", "association_status", "security_setup_reference",
      "user_list", "current_user"},
     {"reply_to_HLS_authentication", "change_HLS_secret", "add_object", "remove_object", "add_user",
      "remove_user"}},
    {17, "SAP assignment", {"SAP_assignment_list"}, {"connect_logical_device"}},
    {18,
     "image transfer",
     {"image_block_size", "image_transferred_blocks_status",
      "image_first_not_transferred_block_number", "image_transfer_enabled", "image_transfer_status",
      "image_to_activate_info"},
     {"image_transfer_initiate", "image_block_transfer", "image_verify", "image_activate"}},
    {19,
     "IEC local port set-up",
     {"default_mode", "default_baud", "prop_baud", "response_time", "device_addr", "pass_p1",
      "pass_p2", "pass_w5"},
     {NULL}},
    {20,
     "activity calendar",
     {"calendar_name_active", "season_profile_active", "week_profile_table_active",
      "day_profile_table_active", "calendar_name_passive", "season_profile_passive",
      "week_profile_table_passive", "day_profile_table_passive", "activate_passive_calendar_time"},
     {"activate_passive_calendar"}},
    {21, "register monitor", {"thresholds", "monitored_value", "actions"}, {NULL}},
    {22, "single action schedule", {"executed_script", "type", "execution_time"}, {NULL}},
    {23,
     "IEC HDLC set-up",
     {"comm_speed", "window_size_transmit", "window_size_receive", "max_info_field_length_transmit",
      "max_info_field_length_receive", "inter_octet_time_out", "inactivity_time_out",
      "device_address"},
     {NULL}},
    {40,
     "push set-up",
     {"push_object_list", "send_destination_and_method", "communication_window",
      "randomisation_start_interval", "number_of_retries", "repetition_delay"},
     {"push"}},
    {41,
     "TCP-UDP set-up",
     {"TCP-UDP_port", "IP_reference", "MSS", "nb_of_sim_conn", "inactivity_time_out"},
     {NULL}},
    {62,
     "compact data",
     {"compact_buffer", "capture_objects", "template_id", "template_description", "capture_method"},
     {"reset", "capture"}},
    {64,
     "security set-up",
     {"security_policy", "security_suite", "client_system_title", "server_system_title",
      "certificates"},
     {"security_activate", "key_transfer", "key_agreement", "generate_key_pair",
      "generate_certificate_request", "import_certificate", "export_certificate",
      "remove_certificate"}},
    {70,
     "disconnect control",
     {"output_state", "control_state", "control_mode"},
     {"remote_disconnect", "remote_reconnect"}},
    {71,
     "limiter",
     {"monitored_value", "threshold_active", "threshold_normal", "threshold_emergency",
      "min_over_threshold_duration", "min_under_threshold_duration", "emergency_profile",
      "emergency_profile_group_id_list", "emergency_profile_active", "actions"},
     {NULL}},
    {72,
     "M-Bus client",
     {"mbus_port_reference", "capture_definition", "capture_period"},
     {"slave_install", "slave_deinstall", "capture"}},
};

static const struct class_row *find_class(uint16_t class_id)
{
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (classes[i].id == class_id) {
            return &classes[i];
        }
    }
    return NULL;
}

const char *decode_class_text(uint16_t class_id)
{
    const struct class_row *row = find_class(class_id);
    return row != NULL ? row->name : NULL;
}

const char *decode_attribute_text(uint16_t class_id, int index)
{
    const struct class_row *row = find_class(class_id);
    if (index == 0) {
        return "all attributes";
    }
    if (index == 1) {
        return "logical_name";
    }
    return row != NULL && index > 1 && index < 2 + ATTRIBUTES ? row->attribute[index - 2] : NULL;
}

const char *decode_method_text(uint16_t class_id, int index)
{
    const struct class_row *row = find_class(class_id);
    return row != NULL && index > 0 && index <= METHODS ? row->method[index - 1] : NULL;
}

/* ---- OBIS codes ---- */

enum { ANY = 0x100 }; /* this group may be anything */

struct obis_row {
    uint16_t group[6];
    const char *name;
};

/* Objects that are no quantity of the catalog. */
static const struct obis_row objects[] = {
    {{0, ANY, 1, 0, 0, 255}, "clock"},
    {{0, ANY, 10, 0, ANY, 255}, "script table"},
    {{0, ANY, 11, 0, ANY, 255}, "special days"},
    {{0, ANY, 13, 0, ANY, 255}, "activity calendar"},
    {{0, ANY, 14, 0, ANY, 255}, "register activation"},
    {{0, ANY, 15, 0, ANY, 255}, "single action schedule"},
    {{0, ANY, 16, 0, ANY, 255}, "register monitor"},
    {{0, ANY, 17, 0, ANY, 255}, "limiter"},
    {{0, ANY, 20, 0, ANY, 255}, "local port set-up"},
    {{0, ANY, 21, 0, ANY, 255}, "read-out list"},
    {{0, ANY, 22, 0, 0, 255}, "HDLC set-up"},
    {{0, ANY, 24, 1, ANY, 255}, "M-Bus client"},
    {{0, ANY, 25, 0, 0, 255}, "TCP-UDP set-up"},
    {{0, ANY, 25, 9, 0, 255}, "push set-up"},
    {{0, 0, 40, 0, ANY, 255}, "association"},
    {{0, 0, 41, 0, 0, 255}, "SAP assignment"},
    {{0, 0, 42, 0, 0, 255}, "logical device name"},
    {{0, 0, 43, 0, ANY, 255}, "security set-up"},
    {{0, 0, 43, 1, ANY, 255}, "invocation counter"},
    {{0, 0, 44, 0, ANY, 255}, "image transfer"},
    {{0, ANY, 96, 1, ANY, 255}, "device identification"},
    {{0, ANY, 96, 3, 10, 255}, "disconnect control"},
    {{0, 1, 96, 3, 0, 255}, "module port set-up"},
    {{0, 1, 96, 3, 1, 255}, "module inputs and outputs"},
    {{0, 1, 96, 10, 3, 255}, "clock change"},
    {{0, ANY, 96, 11, ANY, 255}, "event code"},
    {{0, ANY, 96, 14, ANY, 255}, "active tariff"},
    {{0, ANY, 97, 98, ANY, 255}, "alarm"},
    {{1, 1, 0, 1, 5, 128}, "debiting stop"},
    {{1, 1, 0, 1, 6, 128}, "interval of debiting log 2"},
    {{1, 1, 0, 2, 1, 128}, "software revision"},
    {{1, 1, 0, 2, 2, 128}, "revision"},
    {{1, ANY, 0, 4, 2, 255}, "current transformer ratio, numerator"},
    {{1, ANY, 0, 4, 5, 255}, "current transformer ratio, denominator"},
    {{1, 1, 0, 0, 4, 255}, "identification number"},
    {{1, 1, 96, 1, 2, 255}, "module identity"},
    {{1, 1, 96, 5, 1, 255}, "operation of the LED"},
    {{1, 1, 96, 5, 3, 255}, "load profile event"},
    {{1, 1, 96, 52, 6, 255}, "working days"},
    {{1, 1, 96, 52, 11, 255}, "daylight saving configuration"},
    {{1, 1, 98, 1, 0, 255}, "debiting log"},
    {{1, 1, 98, 2, 0, 255}, "debiting log 2"},
    {{1, ANY, 99, 1, 0, 255}, "load profile"},
    {{1, 1, 99, 1, 1, 255}, "analysis log"},
    {{1, 0, 99, 2, 0, 255}, "load profile 2"},
    {{1, 1, 99, 98, 2, 255}, "meter status log"},
    {{1, 1, 99, 98, 3, 255}, "clock log"},
    {{1, 1, 99, 98, 4, 255}, "voltage quality log"},
    {{1, 1, 99, 98, 5, 255}, "breaker log"},
    {{1, 1, 99, 98, 9, 255}, "transformer ratio log"},
    {{1, 1, 99, 98, 10, 255}, "load profile event log"},
    {{1, 1, 99, 98, 12, 255}, "neutral fault log"},
    {{ANY, ANY, 99, 98, ANY, 255}, "event log"},
    {{1, 1, 99, 1, 0, 254}, "data quality"},
    {{1, 1, 128, 0, 0, 255}, "breaker"},
    {{1, 1, 130, 0, 0, 255}, "prepayment balance"},
    {{1, 1, 134, 0, 1, 255}, "energy format"},
};

static bool matches(const struct obis_row *row, const uint8_t obis[6])
{
    for (size_t i = 0; i < 6; i++) {
        if (row->group[i] != ANY && row->group[i] != obis[i]) {
            return false;
        }
    }
    return true;
}

/* The catalog's row: other makers mostly have 0 where this family has 1 in group B. */
static const struct wh_quantity *find_quantity(const uint8_t obis[6])
{
    const struct wh_quantity *quantity = wh_catalog_find_obis(obis);
    if (quantity == NULL && obis[1] == 0) {
        const uint8_t other[6] = {obis[0], 1, obis[2], obis[3], obis[4], obis[5]};
        quantity = wh_catalog_find_obis(other);
    }
    return quantity;
}

/* Electricity by groups C, D and E, as IEC 62056-6-1 builds them. */
static bool compose(char text[DECODE_OBIS_TEXT], const uint8_t obis[6])
{
    static const struct decode_name quantities[] = {
        {1, "active +"},      {2, "active -"},    {3, "reactive +"},       {4, "reactive -"},
        {5, "reactive Q1"},   {6, "reactive Q2"}, {7, "reactive Q3"},      {8, "reactive Q4"},
        {9, "apparent +"},    {10, "apparent -"}, {11, "current"},         {12, "voltage"},
        {13, "power factor"}, {14, "frequency"},  {15, "active absolute"}, {16, "active net"},
    };
    static const struct decode_name kinds[] = {
        {2, "accumulated maximum"},
        {4, "demand, current"},
        {5, "demand, last"},
        {6, "maximum demand"},
        {7, "instantaneous"},
        {8, "energy"},
        {24, "average"},
        {25, "last average"},
        {29, "energy of the interval"},
    };
    const bool is_phase = obis[2] > 20 && obis[2] <= 80;
    const unsigned phase = is_phase ? (obis[2] - 1u) / 20 : 0;
    const unsigned total = obis[2] - 20 * phase;
    const char *quantity =
        decode_name_of(quantities, sizeof quantities / sizeof quantities[0], total, NULL);
    const char *kind = decode_name_of(kinds, sizeof kinds / sizeof kinds[0], obis[3], NULL);
    if (obis[0] != 1 || quantity == NULL || kind == NULL) {
        return false;
    }
    text[0] = '\0';
    decode_append(text, DECODE_OBIS_TEXT, "%s", quantity);
    if (phase > 0) {
        decode_append(text, DECODE_OBIS_TEXT, " L%u", phase);
    }
    decode_append(text, DECODE_OBIS_TEXT, ", %s", kind);
    if (obis[4] > 0) {
        decode_append(text, DECODE_OBIS_TEXT, ", %s %u", obis[3] == 7 ? "harmonic" : "tariff",
                      obis[4]);
    }
    return true;
}

bool decode_obis_name(char text[DECODE_OBIS_TEXT], const uint8_t obis[6])
{
    const struct wh_quantity *quantity = find_quantity(obis);
    if (quantity != NULL) {
        snprintf(text, DECODE_OBIS_TEXT, "%s", quantity->name);
        return true;
    }
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        if (matches(&objects[i], obis)) {
            snprintf(text, DECODE_OBIS_TEXT, "%s", objects[i].name);
            return true;
        }
    }
    return compose(text, obis);
}

void decode_obis_text(char text[DECODE_OBIS_TEXT], const uint8_t obis[6])
{
    char name[DECODE_OBIS_TEXT];
    snprintf(text, DECODE_OBIS_TEXT, "%u.%u.%u.%u.%u.%u", obis[0], obis[1], obis[2], obis[3],
             obis[4], obis[5]);
    if (decode_obis_name(name, obis)) {
        decode_append(text, DECODE_OBIS_TEXT, " %s", name);
    }
}

void decode_subject_text(char *text, size_t size, const struct decode_subject *subject)
{
    char obis[DECODE_OBIS_TEXT];
    const char *class_text = decode_class_text(subject->class_id);
    const char *index_text = subject->is_method
                                 ? decode_method_text(subject->class_id, subject->index)
                                 : decode_attribute_text(subject->class_id, subject->index);
    decode_obis_text(obis, subject->obis);
    text[0] = '\0';
    if (class_text != NULL) {
        decode_append(text, size, "%s ", class_text);
    } else {
        decode_append(text, size, "class %u ", subject->class_id);
    }
    decode_append(text, size, "%s, %s%d%s%s", obis, subject->is_method ? "method " : "",
                  subject->index, index_text != NULL ? " " : "",
                  index_text != NULL ? index_text : "");
}

const char *decode_unit_text(uint8_t unit)
{
    static const struct decode_name names[] = {
        {1, "year"},      {2, "month"}, {3, "week"},  {4, "day"},    {5, "h"},     {6, "min"},
        {7, "s"},         {8, "°"},     {9, "°C"},    {10, "money"}, {11, "m"},    {12, "m/s"},
        {13, "m³"},       {15, "m³/h"}, {19, "l"},    {20, "kg"},    {21, "N"},    {23, "Pa"},
        {24, "bar"},      {25, "J"},    {26, "J/h"},  {27, "W"},     {28, "VA"},   {29, "var"},
        {30, "Wh"},       {31, "VAh"},  {32, "varh"}, {33, "A"},     {34, "C"},    {35, "V"},
        {36, "V/m"},      {37, "F"},    {38, "Ω"},    {44, "Hz"},    {45, "1/Wh"}, {46, "1/varh"},
        {47, "1/VAh"},    {48, "V²h"},  {49, "A²h"},  {50, "kg/s"},  {51, "S"},    {52, "K"},
        {56, "%"},        {57, "Ah"},   {70, "dBm"},  {71, "dBµV"},  {72, "dB"},   {254, "other"},
        {255, "no unit"},
    };
    return decode_name_of(names, sizeof names / sizeof names[0], unit, NULL);
}
