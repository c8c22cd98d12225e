/* Reports as JSON. A field's children are rebuilt from depths. Invariant: texts of frames, which
 * may be anything, are made valid UTF-8. */
#include "decode/print.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 64 };

static json_t *hex_json(const uint8_t *bytes, size_t length)
{
    static const char digits[] = "0123456789ABCDEF";
    char *text = malloc(2 * length + 1);
    if (text == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < length; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 0x0F];
    }
    text[2 * length] = '\0';
    json_t *json = json_string(text);
    free(text);
    return json;
}

/* Octets that are no UTF-8, as of a text cut in the middle of a character, become '?'. */
static json_t *text_json(const char *text)
{
    json_t *json = json_string(text);
    if (json != NULL) {
        return json;
    }
    char copy[DECODE_TEXT_SIZE];
    size_t length = 0;
    for (; text[length] != '\0' && length + 1 < sizeof copy; length++) {
        copy[length] = (char)(((unsigned char)text[length] & 0x80) != 0 ? '?' : text[length]);
    }
    copy[length] = '\0';
    return json_string(copy);
}

static json_t *field_json(const struct decode_field *field)
{
    json_t *json = json_object();
    json_object_set_new(json, "name", text_json(field->name));
    if (field->meaning[0] != '\0') {
        json_object_set_new(json, "meaning", text_json(field->meaning));
    }
    if (field->length > 0 && field->bytes != NULL) {
        json_object_set_new(json, "hex", hex_json(field->bytes, field->length));
    }
    if (field->is_fault) {
        json_object_set_new(json, "fault", json_true());
    }
    return json;
}

/* The list of children of the last field one depth up. */
static json_t *children_of(json_t *parent)
{
    json_t *last = json_array_get(parent, json_array_size(parent) - 1);
    json_t *children = json_object_get(last, "fields");
    if (children == NULL && last != NULL) {
        children = json_array();
        json_object_set_new(last, "fields", children);
    }
    return children;
}

static json_t *fields_json(const struct decode_tree *tree)
{
    json_t *lists[DEPTH_MAX];
    unsigned depth = 0;
    lists[0] = json_array();
    for (size_t i = 0; i < tree->count; i++) {
        const unsigned wanted =
            tree->fields[i].depth < DEPTH_MAX ? tree->fields[i].depth : DEPTH_MAX - 1;
        while (depth < wanted && json_array_size(lists[depth]) > 0) {
            lists[depth + 1] = children_of(lists[depth]);
            depth++;
        }
        depth = wanted < depth ? wanted : depth;
        json_array_append_new(lists[depth], field_json(&tree->fields[i]));
    }
    return lists[0];
}

static json_t *faults_json(const struct decode_tree *tree)
{
    json_t *faults = json_array();
    for (size_t i = 0; i < tree->count; i++) {
        if (tree->fields[i].is_fault) {
            char text[2 * DECODE_TEXT_SIZE];
            snprintf(text, sizeof text, "%s: %s", tree->fields[i].name, tree->fields[i].meaning);
            json_array_append_new(faults, text_json(text));
        }
    }
    return faults;
}

json_t *decode_json(const struct decode_report *report, const struct decode_origin *origin)
{
    static const char *const directions[DECODE_DIRECTIONS] = {NULL, "to-meter", "from-meter"};
    json_t *json = json_object();
    json_object_set_new(json, "n", json_integer((json_int_t)report->number));
    if (origin->time != NULL) {
        json_object_set_new(json, "time", json_string(origin->time));
    }
    if (origin->channel != NULL) {
        json_object_set_new(json, "channel", json_string(origin->channel));
    }
    if (origin->line > 0) {
        json_object_set_new(json, "line", json_integer((json_int_t)origin->line));
    }
    json_object_set_new(json, "offset", json_integer((json_int_t)report->offset));
    json_object_set_new(json, "direction",
                        report->direction != DECODE_UNKNOWN
                            ? json_string(directions[report->direction])
                            : json_null());
    json_object_set_new(json, "language", json_string(decode_language_text(report->language)));
    json_object_set_new(json, "ok", json_boolean(report->tree->faults == 0));
    json_object_set_new(json, "summary", text_json(report->tree->summary));
    json_object_set_new(json, "hex", hex_json(report->bytes, report->length));
    json_object_set_new(json, "faults", faults_json(report->tree));
    json_object_set_new(json, "fields", fields_json(report->tree));
    if (report->tree->is_cut) {
        json_object_set_new(json, "cut", json_true());
    }
    return json;
}
