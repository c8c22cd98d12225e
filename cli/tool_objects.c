/* watthour objects: what a DLMS/COSEM meter has, as its association says. */
#include "cli/progress.h"
#include "cli/tool.h"
#include "cli/tool_command.h"
#include "cli/tool_data.h"
#include "cli/tool_dlms.h"
#include "cli/tool_table.h"
#include "cli/tool_words.h"
#include "dlms/classes.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES = TOOL_OPTIONS, CSV, ATTRIBUTES };

static const struct cli_option options[] = {
    TOOL_OPTION_ROWS,
    [VALUES] = {"--values", NULL, "reads attribute 2 of each, with unit"},
    [CSV] = {"--csv", NULL, "CSV instead of text"},
    [ATTRIBUTES] = {"--attributes", NULL, "names attributes and methods, a line each"},
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_objects = {
    .name = "objects",
    .argument = "ENDPOINT",
    .summary = "Lists the COSEM objects of a meter that this client may see.\n"
               "With classes, names and access: r read and w write of attributes 2, 3, …, x of\n"
               "methods 1, 2, … (DLMS only).\n",
    .options = options,
    .run = run,
};

enum { RIGHTS = 96, READ = 1, WRITE = 2, CLASS_PROFILE = 7, CLASS_ASSOCIATION = 15 };

struct object {
    uint16_t class_id;
    uint8_t version;
    uint8_t obis[6];
    char attributes[RIGHTS]; /* "r", "rw" … of each from 2 on, with spaces */
    char methods[RIGHTS];
    bool is_readable; /* attribute 2 */
};

struct browsing {
    struct tool_work work;
    struct object *objects;
    size_t count;
};

/* ---- The association's list ---- */

static void add_right(char rights[RIGHTS], int64_t number, const char *text)
{
    const size_t used = strlen(rights);
    snprintf(rights + used, RIGHTS - used, "%s%lld%s", used > 0 ? " " : "", (long long)number,
             text);
}

/* Access modes of versions 0 to 2 are an enumeration, of version 3 bits; both have read as the
 * lowest. */
static void take_attribute(struct object *object, int64_t index, int64_t mode)
{
    static const char *const texts[] = {"-", "r", "w", "rw"};
    add_right(object->attributes, index, texts[mode & (READ | WRITE)]);
    object->is_readable |= index == 2 && (mode & READ) != 0;
}

/* attribute_access_item: index, mode, selectors. */
static void read_attributes(struct dlms_reader *reader, struct object *object)
{
    const struct dlms_value array = dlms_read_value(reader);
    for (size_t a = 0; a < array.count && !reader->failed; a++) {
        dlms_read_value(reader);
        const struct dlms_value index = dlms_read_value(reader);
        const struct dlms_value mode = dlms_read_value(reader);
        dlms_skip_data(reader);
        if (!reader->failed && index.integer != 1) {
            take_attribute(object, index.integer, mode.integer);
        }
    }
}

/* method_access_item: index, mode. */
static void read_methods(struct dlms_reader *reader, struct object *object)
{
    const struct dlms_value array = dlms_read_value(reader);
    for (size_t m = 0; m < array.count && !reader->failed; m++) {
        dlms_read_value(reader);
        const struct dlms_value index = dlms_read_value(reader);
        const struct dlms_value mode = dlms_read_value(reader);
        if (!reader->failed && mode.integer != 0) {
            add_right(object->methods, index.integer, "x");
        }
    }
}

static bool read_object(struct dlms_reader *reader, struct object *object)
{
    const struct dlms_value head = dlms_read_value(reader);
    const struct dlms_value class_id = dlms_read_value(reader);
    const struct dlms_value version = dlms_read_value(reader);
    const struct dlms_value obis = dlms_read_value(reader);
    const struct dlms_value rights = dlms_read_value(reader);
    if (reader->failed || head.count != 4 || obis.bytes.length != 6 || rights.count != 2) {
        return false;
    }
    *object = (struct object){.class_id = (uint16_t)class_id.integer,
                              .version = (uint8_t)version.integer};
    memcpy(object->obis, obis.bytes.data, sizeof object->obis);
    read_attributes(reader, object);
    read_methods(reader, object);
    return !reader->failed;
}

static bool read_list(struct browsing *browsing, struct tool_failure *failure)
{
    static const uint8_t association[6] = {0, 0, 40, 0, 0, 255};
    const struct dlms_client_attribute attribute =
        tool_dlms_attribute(CLASS_ASSOCIATION, association, 2);
    struct dlms_span data;
    if (!tool_dlms_get(browsing->work.meter.session, &attribute, &data, failure)) {
        return false;
    }
    struct dlms_reader reader = dlms_reader(data.data, data.length);
    const struct dlms_value array = dlms_read_value(&reader);
    browsing->objects = calloc(array.count + 1, sizeof *browsing->objects);
    if (browsing->objects == NULL) {
        return tool_fail(failure, CLI_FAILED, "no memory");
    }
    while (browsing->count < array.count &&
           read_object(&reader, &browsing->objects[browsing->count])) {
        browsing->count++;
    }
    return (browsing->count == array.count && dlms_reader_done(&reader)) ||
           tool_fail(failure, TOOL_NO_ANSWER, "the list of objects is malformed");
}

/* ---- Printing ---- */

static const char *class_text(uint16_t class_id)
{
    const struct dlms_class *row = dlms_class_find(class_id);
    return row != NULL ? row->name : "";
}

/* Attribute 2; of profiles and associations it is the list or log itself, which is not for here. */
static bool read_value(struct browsing *browsing, const struct object *object,
                       struct tool_value *value, struct tool_failure *failure)
{
    struct tool_target target = {.has_obis = true,
                                 .has_medium = true,
                                 .is_exact = true,
                                 .class_id = object->class_id,
                                 .attribute = 2};
    memcpy(target.obis, object->obis, sizeof target.obis);
    *value = (struct tool_value){.kind = TOOL_NOTHING};
    if (!object->is_readable || object->class_id == CLASS_PROFILE ||
        object->class_id == CLASS_ASSOCIATION) {
        return true;
    }
    struct tool_meter *meter = &browsing->work.meter;
    return meter->language->read(meter, &target, value, failure) || failure->code != TOOL_NO_ANSWER;
}

/* "2 output_state r", "method 1 remote_disconnect x": rights is a list of number and access. */
static void print_names(uint16_t class_id, const char *rights, bool is_method)
{
    const char *at = rights;
    while (*at != '\0') {
        char *access;
        const int number = (int)strtol(at, &access, 10);
        const int length = (int)strcspn(access, " ");
        const char *text = is_method ? dlms_class_method(class_id, number)
                                     : dlms_class_attribute(class_id, number);
        printf("      %s%d %s %.*s\n", is_method ? "method " : "", number,
               text != NULL ? text : "?", length, access);
        at = access + length + (access[length] == ' ');
    }
}

static void print_object(const struct browsing *browsing, const struct object *object,
                         const struct tool_value *value)
{
    const bool csv = browsing->work.arguments.value[CSV] != NULL;
    char code[TOOL_OBIS_SIZE];
    char text[TOOL_VALUE_SIZE] = "";
    char unit[TOOL_UNIT_SIZE + 2] = "";
    tool_obis_text(object->obis, code);
    if (csv) {
        tool_value_plain(value, text);
        tool_value_unit(value->unit, unit);
        printf("%u,%u,%s,%s,%s,%s,", object->class_id, object->version, code,
               tool_obis_name(object->obis), object->attributes, object->methods);
        tool_csv_field(stdout, text);
        printf(",%s\n", unit);
        return;
    }
    if (browsing->work.arguments.value[VALUES] != NULL) {
        tool_value_text(value, text);
    }
    printf("%3u v%u  %-18s %-26s %-18s %s%s%s%s%s\n", object->class_id, object->version, code,
           tool_obis_name(object->obis), class_text(object->class_id), object->attributes,
           object->methods[0] != '\0' ? ", " : "", object->methods, text[0] != '\0' ? "  " : "",
           text);
    if (browsing->work.arguments.value[ATTRIBUTES] != NULL) {
        print_names(object->class_id, object->attributes, false);
        print_names(object->class_id, object->methods, true);
    }
}

static json_t *object_json(const struct browsing *browsing, const struct object *object,
                           const struct tool_value *value)
{
    char code[TOOL_OBIS_SIZE];
    tool_obis_text(object->obis, code);
    json_t *json = json_pack("{s:i, s:s, s:i, s:s, s:s, s:s, s:s}", "class", object->class_id,
                             "class_name", class_text(object->class_id), "version", object->version,
                             "obis", code, "name", tool_obis_name(object->obis), "attributes",
                             object->attributes, "methods", object->methods);
    if (browsing->work.arguments.value[VALUES] != NULL) {
        json_object_set_new(json, "value", tool_value_json(value));
        json_object_set_new(json, "unit", json_string(value->unit));
    }
    return json;
}

static int print_all(struct browsing *browsing)
{
    const bool with_values = browsing->work.arguments.value[VALUES] != NULL;
    struct cli_progress progress;
    struct tool_failure failure;
    json_t *array = json_array();
    if (browsing->work.arguments.value[CSV] != NULL) {
        printf("class,version,obis,name,attributes,methods,value,unit\n");
    }
    cli_progress_start(&progress, "objects");
    for (size_t o = 0; o < browsing->count; o++) {
        const struct object *object = &browsing->objects[o];
        struct tool_value value = {.kind = TOOL_NOTHING};
        if (with_values && !read_value(browsing, object, &value, &failure)) {
            cli_progress_end(&progress);
            json_decref(array);
            return tool_report(&browsing->work, "objects", &failure);
        }
        cli_progress_show(&progress, (double)o / (double)browsing->count);
        if (browsing->work.json) {
            json_array_append_new(array, object_json(browsing, object, &value));
        } else {
            print_object(browsing, object, &value);
        }
    }
    cli_progress_end(&progress);
    if (browsing->work.json) {
        return tool_print_json(&browsing->work, array);
    }
    json_decref(array);
    return CLI_OK;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct browsing browsing = {.count = 0};
    struct tool_failure failure;
    int status = tool_begin(&browsing.work, command, argc, argv);
    if (status != CLI_OK) {
        return status;
    }
    if (browsing.work.meter.language != &tool_language_dlms) {
        tool_fail(&failure, TOOL_ABSENT, "only DLMS/COSEM has objects; use dlms:// or hdlc://");
        return tool_end(&browsing.work, tool_report(&browsing.work, NULL, &failure));
    }
    status = read_list(&browsing, &failure) ? print_all(&browsing)
                                            : tool_report(&browsing.work, "objects", &failure);
    free(browsing.objects);
    return tool_end(&browsing.work, status);
}
