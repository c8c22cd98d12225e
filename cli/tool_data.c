/* COSEM data to values. Invariant: whatever bytes come, they are read by dlms/axdr.h and nothing is
 * believed beyond their end. */
#include "cli/tool_data.h"
#include <stdio.h>
#include <string.h>

enum { LEVELS = 16, DATE_TIME = 12 };

/* Unit enumeration of IEC 62056-6-2, with its power of ten where the unit has a prefix or is a
 * multiple. */
static const struct {
    uint8_t code;
    const char *text;
} units[] = {
    {1, "a"},     {2, "mo"},    {3, "wk"},  {4, "d"},   {5, "h"},    {6, "min"},
    {7, "s"},     {8, "deg"},   {9, "°C"},  {11, "m"},  {13, "m3"},  {14, "m3"},
    {15, "m3/h"}, {16, "m3/h"}, {19, "l"},  {20, "kg"}, {22, "N"},   {24, "Pa"},
    {25, "bar"},  {26, "J"},    {27, "W"},  {28, "VA"}, {29, "var"}, {30, "Wh"},
    {31, "VAh"},  {32, "varh"}, {33, "A"},  {34, "C"},  {35, "V"},   {36, "V/m"},
    {37, "F"},    {38, "Ohm"},  {44, "Hz"}, {56, "%"},  {57, "Ah"},  {70, "dBm"},
};

static const char *unit_text(uint8_t code)
{
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
        if (units[u].code == code) {
            return units[u].text;
        }
    }
    return "";
}

/* ---- Values ---- */

static struct tool_value time_value(struct dlms_span bytes)
{
    struct dlms_date_time t;
    struct tool_value value = {.kind = TOOL_TIME};
    if (!dlms_date_time_parse(bytes, &t)) {
        return tool_bytes(bytes.data, bytes.length);
    }
    value.time = (struct wh_datetime){.year = t.year,
                                      .month = t.month,
                                      .day = t.day,
                                      .hour = t.hour,
                                      .minute = t.minute,
                                      .second = t.second};
    if (t.second == DLMS_UNSPECIFIED) {
        value.time.second = 0;
    }
    if (wh_calendar_fault(&value.time) != NULL) {
        value.time = (struct wh_datetime){0};
    }
    value.is_summer = t.status != 0xFF && (t.status & DLMS_CLOCK_DAYLIGHT_SAVING) != 0;
    value.is_time_doubtful = t.status != 0xFF && (t.status & DLMS_CLOCK_INVALID) != 0;
    return value;
}

static struct tool_value bits_value(const struct dlms_value *element)
{
    struct tool_value value = {.kind = TOOL_TEXT};
    size_t i = 0;
    for (; i < element->count && i < sizeof value.text - 1; i++) {
        value.text[i] = (element->bytes.data[i / 8] >> (7 - i % 8) & 1) != 0 ? '1' : '0';
    }
    return value;
}

static struct tool_value real_value(const struct dlms_value *element)
{
    struct tool_value value = {.kind = TOOL_REAL};
    const uint32_t half = (uint32_t)element->bits;
    float small;
    if (element->tag == DLMS_TAG_FLOAT64) {
        memcpy(&value.real, &element->bits, sizeof value.real);
    } else {
        memcpy(&small, &half, sizeof small);
        value.real = (double)small;
    }
    return value;
}

static struct tool_value number_value(const struct dlms_value *element)
{
    if (element->tag == DLMS_TAG_U64 && element->bits > INT64_MAX) {
        struct tool_value value = {.kind = TOOL_REAL, .real = (double)element->bits};
        return value;
    }
    return tool_number(element->tag == DLMS_TAG_U64 ? (int64_t)element->bits : element->integer, 0,
                       "");
}

struct tool_value tool_data_element(const struct dlms_value *element, bool is_time)
{
    switch (element->tag) {
    case DLMS_TAG_NULL:
        return (struct tool_value){.kind = TOOL_NOTHING};
    case DLMS_TAG_OCTET_STRING:
        return is_time && element->bytes.length == DATE_TIME
                   ? time_value(element->bytes)
                   : tool_bytes(element->bytes.data, element->bytes.length);
    case DLMS_TAG_DATE_TIME:
        return time_value(element->bytes);
    case DLMS_TAG_VISIBLE_STRING:
    case DLMS_TAG_UTF8_STRING:
    case DLMS_TAG_DATE:
    case DLMS_TAG_TIME:
    case DLMS_TAG_COMPACT_ARRAY:
        return tool_bytes(element->bytes.data, element->bytes.length);
    case DLMS_TAG_BIT_STRING:
        return bits_value(element);
    case DLMS_TAG_FLOAT32:
    case DLMS_TAG_FLOAT64:
        return real_value(element);
    default:
        return number_value(element);
    }
}

static bool is_container(uint8_t tag)
{
    return tag == DLMS_TAG_ARRAY || tag == DLMS_TAG_STRUCTURE;
}

static bool container_value(struct dlms_span data, struct tool_value *value)
{
    json_t *json = tool_data_json(data);
    if (json == NULL) {
        return false;
    }
    char text[TOOL_TEXT_SIZE];
    const size_t length = json_dumpb(json, text, sizeof text - 1, JSON_COMPACT);
    text[length < sizeof text ? length : 0] = '\0';
    *value = tool_text(length < sizeof text ? text : "(long; see --json)");
    json_decref(json);
    return true;
}

bool tool_data_value(struct dlms_span data, bool is_time, struct tool_value *value)
{
    struct dlms_reader reader = dlms_reader(data.data, data.length);
    const struct dlms_value element = dlms_read_value(&reader);
    if (!reader.failed && is_container(element.tag)) {
        return container_value(data, value);
    }
    if (!dlms_reader_done(&reader)) {
        return false;
    }
    *value = tool_data_element(&element, is_time);
    return true;
}

bool tool_data_scale(struct dlms_span scaler_unit, struct tool_value *value)
{
    struct dlms_reader reader = dlms_reader(scaler_unit.data, scaler_unit.length);
    const struct dlms_value head = dlms_read_value(&reader);
    const struct dlms_value scaler = dlms_read_value(&reader);
    const struct dlms_value unit = dlms_read_value(&reader);
    if (!dlms_reader_done(&reader) || head.tag != DLMS_TAG_STRUCTURE || head.count != 2 ||
        scaler.tag != DLMS_TAG_I8 || unit.tag != DLMS_TAG_ENUM) {
        return false;
    }
    value->exponent += (int)scaler.integer;
    for (int64_t s = scaler.integer; s != 0; s += s < 0 ? 1 : -1) {
        value->real = s < 0 ? value->real / 10 : value->real * 10;
    }
    snprintf(value->unit, sizeof value->unit, "%s", unit_text((uint8_t)unit.integer));
    return true;
}

/* ---- JSON ---- */

struct level {
    json_t *array;
    size_t left;
};

static json_t *element_json(const struct dlms_value *element)
{
    if (element->tag == DLMS_TAG_BOOL) {
        return json_boolean(element->integer != 0);
    }
    if (element->tag == DLMS_TAG_OCTET_STRING && element->bytes.length == 6) {
        char code[TOOL_TEXT_SIZE];
        const uint8_t *b = element->bytes.data;
        snprintf(code, sizeof code, "%u.%u.%u.%u.%u.%u", b[0], b[1], b[2], b[3], b[4], b[5]);
        return json_string(code);
    }
    const struct tool_value value = tool_data_element(element, true);
    return tool_value_json(&value);
}

/* Goes up past the containers that are full. */
static int close_full(struct level levels[LEVELS], int depth)
{
    while (depth > 0 && depth < LEVELS && levels[depth].left == 0) {
        depth--;
    }
    return depth;
}

json_t *tool_data_json(struct dlms_span data)
{
    /* Level 0 holds the one value. */
    struct level levels[LEVELS] = {{json_array(), 1}};
    struct dlms_reader reader = dlms_reader(data.data, data.length);
    int depth = 0;
    while ((depth = close_full(levels, depth)) > 0 || levels[0].left > 0) {
        const struct dlms_value element = dlms_read_value(&reader);
        if (reader.failed || (is_container(element.tag) && depth + 1 == LEVELS)) {
            json_decref(levels[0].array);
            return NULL;
        }
        levels[depth].left--;
        json_t *item = is_container(element.tag) ? json_array() : element_json(&element);
        json_array_append_new(levels[depth].array, item);
        if (is_container(element.tag)) {
            levels[++depth] = (struct level){item, element.count};
        }
    }
    json_t *whole = json_incref(json_array_get(levels[0].array, 0));
    json_decref(levels[0].array);
    return whole;
}

/* ---- To the meter ---- */

static const struct {
    uint8_t tag;
    int64_t least, greatest;
} ranges[] = {
    {DLMS_TAG_BOOL, 0, 1},
    {DLMS_TAG_I8, INT8_MIN, INT8_MAX},
    {DLMS_TAG_I16, INT16_MIN, INT16_MAX},
    {DLMS_TAG_I32, INT32_MIN, INT32_MAX},
    {DLMS_TAG_I64, INT64_MIN, INT64_MAX},
    {DLMS_TAG_U8, 0, UINT8_MAX},
    {DLMS_TAG_U16, 0, UINT16_MAX},
    {DLMS_TAG_U32, 0, UINT32_MAX},
    {DLMS_TAG_U64, 0, INT64_MAX},
    {DLMS_TAG_ENUM, 0, UINT8_MAX},
};

static bool fits(uint8_t tag, int64_t number)
{
    for (size_t r = 0; r < sizeof ranges / sizeof ranges[0]; r++) {
        if (ranges[r].tag == tag) {
            return number >= ranges[r].least && number <= ranges[r].greatest;
        }
    }
    return false;
}

bool tool_data_put_number(struct dlms_writer *writer, uint8_t tag, int64_t number)
{
    if (!fits(tag, number)) {
        return false;
    }
    switch (tag) {
    case DLMS_TAG_BOOL:
        dlms_put_bool(writer, number != 0);
        break;
    case DLMS_TAG_I8:
        dlms_put_i8(writer, (int8_t)number);
        break;
    case DLMS_TAG_I16:
        dlms_put_i16(writer, (int16_t)number);
        break;
    case DLMS_TAG_I32:
        dlms_put_i32(writer, (int32_t)number);
        break;
    case DLMS_TAG_I64:
        dlms_put_i64(writer, number);
        break;
    case DLMS_TAG_U8:
        dlms_put_u8(writer, (uint8_t)number);
        break;
    case DLMS_TAG_U16:
        dlms_put_u16(writer, (uint16_t)number);
        break;
    case DLMS_TAG_U32:
        dlms_put_u32(writer, (uint32_t)number);
        break;
    case DLMS_TAG_U64:
        dlms_put_u64(writer, (uint64_t)number);
        break;
    default:
        dlms_put_enum(writer, (uint8_t)number);
        break;
    }
    return true;
}

struct dlms_date_time tool_data_time(const struct wh_datetime *time, bool is_summer)
{
    return (struct dlms_date_time){.year = time->year,
                                   .month = time->month,
                                   .day = time->day,
                                   .weekday = DLMS_UNSPECIFIED,
                                   .hour = time->hour,
                                   .minute = time->minute,
                                   .second = time->second,
                                   .hundredths = DLMS_UNSPECIFIED,
                                   .deviation = DLMS_DEVIATION_UNSPECIFIED,
                                   .status = is_summer ? DLMS_CLOCK_DAYLIGHT_SAVING : 0};
}
