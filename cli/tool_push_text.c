/* What a push says. Invariant: nothing is believed beyond the end of a Data, and a name comes from
 * the push itself or is not there. */
#include "app/alarm.h"
#include "catalog/catalog.h"
#include "cli/tool_data.h"
#include "cli/tool_obis.h"
#include "cli/tool_push.h"
#include "cli/tool_words.h"
#include <stdio.h>
#include <string.h>

enum {
    CLASS_REGISTER = 3,
    CLASS_EXTENDED_REGISTER = 4,
    CLASS_CLOCK = 8,
    VALUE = 2,
    WORDS_SIZE = 512,
};

static const uint8_t device_name[6] = {0, 0, 42, 0, 0, 255};
static const uint8_t descriptors[WH_ALARM_REGISTERS][6] = {{0, 0, 97, 98, 20, 255},
                                                           {0, 0, 97, 98, 21, 255}};

/* ---- Walking ---- */

/* An entry of a push_object_list of any version: class, name, attribute, and more. */
static bool read_entry(struct dlms_reader *list, struct tool_push_value *value)
{
    const struct dlms_value head = dlms_read_value(list);
    const struct dlms_value class_id = dlms_read_value(list);
    const struct dlms_value name = dlms_read_value(list);
    const struct dlms_value attribute = dlms_read_value(list);
    for (size_t more = 3; more < head.count && !list->failed; more++) {
        dlms_skip_data(list);
    }
    if (list->failed || head.tag != DLMS_TAG_STRUCTURE || head.count < 3 ||
        class_id.tag != DLMS_TAG_U16 || name.tag != DLMS_TAG_OCTET_STRING ||
        name.bytes.length != sizeof value->obis || attribute.tag != DLMS_TAG_I8) {
        return false;
    }
    value->class_id = (uint16_t)class_id.integer;
    memcpy(value->obis, name.bytes.data, sizeof value->obis);
    value->attribute = (int8_t)attribute.integer;
    return true;
}

/* The list has an entry for each value, itself among them. */
static bool is_list(struct dlms_span data, size_t count, struct dlms_reader *list)
{
    struct tool_push_value ignored;
    struct dlms_reader entries = dlms_reader(data.data, data.length);
    const struct dlms_value head = dlms_read_value(&entries);
    *list = entries;
    bool is_good = head.tag == DLMS_TAG_ARRAY && head.count == count;
    for (size_t e = 0; is_good && e < count; e++) {
        is_good = read_entry(&entries, &ignored);
        if (e == 0) {
            *list = entries; /* past the entry of the list itself */
        }
    }
    return is_good && dlms_reader_done(&entries);
}

struct tool_push_walk tool_push_values(const struct tool_push *push)
{
    const struct dlms_span body = push->notification.body;
    struct tool_push_walk walk = {.values = dlms_reader(body.data, body.length)};
    const struct dlms_value head = dlms_read_value(&walk.values);
    if (head.tag != DLMS_TAG_STRUCTURE || head.count == 0) {
        walk.values = dlms_reader(body.data, body.length);
        walk.left = body.length > 0;
        return walk;
    }
    const struct dlms_reader first = walk.values;
    walk.left = head.count;
    walk.has_list = is_list(dlms_skip_data(&walk.values), head.count, &walk.list);
    if (walk.has_list) {
        walk.left--;
    } else {
        walk.values = first;
    }
    return walk;
}

bool tool_push_next(struct tool_push_walk *walk, struct tool_push_value *value)
{
    *value = (struct tool_push_value){0};
    if (walk->left == 0) {
        return false;
    }
    walk->left--;
    value->data = dlms_skip_data(&walk->values);
    return !walk->values.failed && (!walk->has_list || read_entry(&walk->list, value));
}

/* ---- A value ---- */

static bool is_register(const struct tool_push_value *value)
{
    return (value->class_id == CLASS_REGISTER || value->class_id == CLASS_EXTENDED_REGISTER) &&
           value->attribute == VALUE;
}

/* Scaler and unit of the family's registers are in the catalog; of others they are not known. */
static struct tool_value value_of(const struct tool_push_value *pushed)
{
    struct tool_value value = {.kind = TOOL_NOTHING};
    const struct wh_quantity *quantity = wh_catalog_find_obis(pushed->obis);
    tool_data_value(pushed->data, pushed->class_id == CLASS_CLOCK, &value);
    if (is_register(pushed) && quantity != NULL && value.kind == TOOL_NUMBER) {
        return tool_number(value.number, quantity->scaler, wh_unit_text(quantity->unit));
    }
    return value;
}

static const char *name_of(const struct tool_push_value *value)
{
    return value->class_id != 0 && value->attribute == VALUE ? tool_obis_name(value->obis) : "";
}

static void words_of(const struct tool_push_value *pushed, const struct tool_value *value,
                     char words[WORDS_SIZE])
{
    words[0] = '\0';
    if (value->kind == TOOL_NUMBER) {
        tool_words(name_of(pushed), value->number, words, WORDS_SIZE);
    }
}

static json_t *value_json(const struct tool_push_value *pushed)
{
    char code[TOOL_OBIS_SIZE];
    char words[WORDS_SIZE];
    const struct tool_value value = value_of(pushed);
    json_t *json = json_object();
    if (pushed->class_id != 0) {
        tool_obis_text(pushed->obis, code);
        json_object_set_new(json, "class", json_integer(pushed->class_id));
        json_object_set_new(json, "obis", json_string(code));
        json_object_set_new(json, "attribute", json_integer(pushed->attribute));
        json_object_set_new(json, "name", json_string(name_of(pushed)));
    }
    json_t *data = is_register(pushed) ? tool_value_json(&value) : tool_data_json(pushed->data);
    json_object_set_new(json, "value", data != NULL ? data : json_null());
    if (value.unit[0] != '\0') {
        json_object_set_new(json, "unit", json_string(value.unit));
    }
    words_of(pushed, &value, words);
    if (words[0] != '\0') {
        json_object_set_new(json, "text", json_string(words));
    }
    return json;
}

/* ---- The whole ---- */

static uint64_t alarms_of(const struct tool_push *push)
{
    struct tool_push_walk walk = tool_push_values(push);
    struct tool_push_value pushed;
    uint64_t alarms = 0;
    while (tool_push_next(&walk, &pushed)) {
        const struct tool_value value = value_of(&pushed);
        for (int r = 0; r < WH_ALARM_REGISTERS && value.kind == TOOL_NUMBER; r++) {
            const bool is_it = pushed.class_id == 1 && pushed.attribute == VALUE &&
                               memcmp(pushed.obis, descriptors[r], sizeof pushed.obis) == 0;
            alarms |= is_it ? (uint64_t)(uint32_t)value.number << WH_ALARM_BITS * r : 0;
        }
    }
    return alarms;
}

static void meter_of(const struct tool_push *push, char text[TOOL_TEXT_SIZE])
{
    struct tool_push_walk walk = tool_push_values(push);
    struct tool_push_value pushed;
    text[0] = '\0';
    while (tool_push_next(&walk, &pushed)) {
        const struct tool_value value = value_of(&pushed);
        if (pushed.class_id == 1 && value.kind == TOOL_TEXT &&
            memcmp(pushed.obis, device_name, sizeof device_name) == 0) {
            memcpy(text, value.text, TOOL_TEXT_SIZE);
        }
    }
}

static struct tool_value time_of(const struct tool_push *push)
{
    const struct dlms_value raw = {.tag = DLMS_TAG_DATE_TIME, .bytes = push->notification.time};
    const struct tool_value none = {.kind = TOOL_NOTHING};
    return raw.bytes.length > 0 ? tool_data_element(&raw, true) : none;
}

static void title_text(const struct tool_push *push, char text[2 * DLMS_TITLE + 1])
{
    for (int i = 0; i < DLMS_TITLE; i++) {
        snprintf(text + 2 * i, 3, "%02X", push->title[i]);
    }
}

static void add_contents(json_t *json, const struct tool_push *push)
{
    char meter[TOOL_TEXT_SIZE];
    const uint64_t on = alarms_of(push);
    const struct tool_value time = time_of(push);
    json_t *alarms = json_array();
    json_t *values = json_array();
    for (unsigned a = 0; a < WH_ALARMS; a++) {
        if ((on >> a & 1) != 0 && wh_alarm_text(a) != NULL) {
            json_array_append_new(alarms, json_string(wh_alarm_text(a)));
        }
    }
    struct tool_push_walk walk = tool_push_values(push);
    struct tool_push_value pushed;
    while (tool_push_next(&walk, &pushed)) {
        json_array_append_new(values, value_json(&pushed));
    }
    meter_of(push, meter);
    json_object_set_new(json, "time", tool_value_json(&time));
    json_object_set_new(json, "meter", meter[0] != '\0' ? json_string(meter) : json_null());
    json_object_set_new(json, "alarms", alarms);
    json_object_set_new(json, "values", values);
}

json_t *tool_push_json(const struct tool_push *push)
{
    json_t *json = json_object();
    json_object_set_new(json, "status", json_string(tool_push_status_text(push->status)));
    json_object_set_new(json, "ciphered", json_boolean(push->is_ciphered));
    if (push->is_ciphered) {
        char title[2 * DLMS_TITLE + 1];
        title_text(push, title);
        json_object_set_new(json, "system_title", json_string(title));
        json_object_set_new(json, "counter", json_integer(push->counter));
    }
    if (push->status == TOOL_PUSH_GOOD) {
        add_contents(json, push);
    }
    return json;
}

static void print_value(const struct tool_push_value *pushed)
{
    char code[TOOL_OBIS_SIZE] = "";
    char text[TOOL_VALUE_SIZE];
    char words[WORDS_SIZE];
    const struct tool_value value = value_of(pushed);
    if (pushed->class_id != 0) {
        tool_obis_text(pushed->obis, code);
    }
    tool_value_text(&value, text);
    words_of(pushed, &value, words);
    printf("    %-13s %-19s %s%s%s%s\n", code, name_of(pushed), text, words[0] != '\0' ? " (" : "",
           words, words[0] != '\0' ? ")" : "");
}

static void print_alarms(uint64_t alarms)
{
    const char *before = ": ";
    for (unsigned a = 0; a < WH_ALARMS; a++) {
        if ((alarms >> a & 1) != 0 && wh_alarm_text(a) != NULL) {
            printf("%s%s", before, wh_alarm_text(a));
            before = ", ";
        }
    }
}

static void print_contents(const struct tool_push *push)
{
    char meter[TOOL_TEXT_SIZE];
    char text[TOOL_VALUE_SIZE];
    const struct tool_value time = time_of(push);
    struct tool_push_walk walk = tool_push_values(push);
    struct tool_push_value pushed;
    meter_of(push, meter);
    tool_value_text(&time, text);
    printf(", %s%s%s", text, meter[0] != '\0' ? ", " : "", meter);
    print_alarms(alarms_of(push));
    putchar('\n');
    while (tool_push_next(&walk, &pushed)) {
        print_value(&pushed);
    }
}

/* A title is the sender's name only where it is proven. */
static void print_sender(const struct tool_push *push, const char *peer)
{
    char title[2 * DLMS_TITLE + 1];
    if (!push->is_ciphered) {
        printf("in clear from %s", peer);
        return;
    }
    title_text(push, title);
    printf("%s, counter %u", title, push->counter);
    if (push->status != TOOL_PUSH_GOOD) {
        printf(", from %s", peer);
    }
}

void tool_push_print(const struct tool_push *push, const char *peer)
{
    print_sender(push, peer);
    if (push->status == TOOL_PUSH_GOOD) {
        print_contents(push);
    } else {
        printf(": NOT TAKEN, %s\n", tool_push_status_text(push->status));
    }
}
