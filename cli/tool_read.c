/* watthour read: quantities of a meter, now. */
#include "cli/tool.h"
#include "cli/tool_command.h"
#include "cli/tool_table.h"
#include "cli/tool_words.h"
#include <stdio.h>
#include <string.h>

enum { CSV = TOOL_OPTIONS };

static const struct cli_option options[] = {
    TOOL_OPTION_ROWS,
    [CSV] = {"--csv", NULL, "CSV instead of text"},
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_read = {
    .name = "read",
    .argument = "ENDPOINT [QUANTITY...]",
    .summary =
        "Reads a meter: what is named, or what is usual.\n"
        "QUANTITY is a name (a_plus, u_l1, profile_min), an OBIS code (1-1:1.8.0, 1.8.0),\n"
        "CLASS/OBIS/ATTRIBUTE or kmp:NUMBER. ENDPOINT is dlms://, hdlc://, kmp:// or iec://\n"
        "and HOST[:PORT] or /dev/…; without a language, whatever answers. docs/tool.md\n",
    .options = options,
    .run = run,
};

struct reading {
    struct tool_work work;
    bool csv;
    json_t *values, *errors;
    size_t count;
    int status; /* of the first that failed */
};

static void code_text(const struct tool_target *target, char text[TOOL_OBIS_SIZE])
{
    text[0] = '\0';
    if (target->has_obis) {
        tool_obis_text(target->obis, text);
    }
}

static void print_text(const struct tool_target *target, const struct tool_value *value)
{
    char text[TOOL_VALUE_SIZE];
    char words[512] = "";
    tool_value_text(value, text);
    if (value->kind == TOOL_NUMBER) {
        tool_words(target->name, value->number, words, sizeof words);
    }
    printf("%-24s %s%s%s%s\n", target->name, text, words[0] != '\0' ? " (" : "", words,
           words[0] != '\0' ? ")" : "");
}

static void print_csv(const struct tool_target *target, const struct tool_value *value)
{
    char code[TOOL_OBIS_SIZE];
    char text[TOOL_VALUE_SIZE];
    char unit[TOOL_UNIT_SIZE + 2];
    code_text(target, code);
    tool_value_plain(value, text);
    tool_value_unit(value->unit, unit);
    tool_csv_field(stdout, target->name);
    printf(",%s,", code);
    tool_csv_field(stdout, text);
    printf(",%s\n", unit);
}

static void keep_json(struct reading *reading, const struct tool_target *target,
                      const struct tool_value *value)
{
    char code[TOOL_OBIS_SIZE];
    code_text(target, code);
    json_t *item = json_pack("{s:s, s:s, s:o, s:s}", "name", target->name, "obis", code, "value",
                             tool_value_json(value), "unit", value->unit);
    if (value->kind == TOOL_TIME) {
        json_object_set_new(item, "summer_time", json_boolean(value->is_summer));
        json_object_set_new(item, "valid", json_boolean(!value->is_time_doubtful));
    }
    json_array_append_new(reading->values, item);
}

static bool take(void *context, const struct tool_target *target, const struct tool_value *value)
{
    struct reading *reading = context;
    reading->count++;
    if (reading->work.json) {
        keep_json(reading, target, value);
    } else if (reading->csv) {
        print_csv(target, value);
    } else {
        print_text(target, value);
    }
    return true;
}

static void keep_failure(struct reading *reading, const char *name,
                         const struct tool_failure *failure)
{
    reading->status = reading->status == CLI_OK ? failure->code : reading->status;
    if (reading->work.json) {
        json_array_append_new(reading->errors,
                              json_pack("{s:s, s:s}", "name", name, "error", failure->text));
    }
    tool_report(&reading->work, name, failure);
}

/* Without a password a meter hides what it has: not there, and not to be seen, are the same. */
static void say_public(const struct tool_meter *meter, struct tool_failure *failure)
{
    const size_t used = strlen(failure->text);
    if (failure->code != TOOL_NO_ANSWER && tool_meter_is_public(meter)) {
        snprintf(failure->text + used, sizeof failure->text - used,
                 "; read as the public client; a password may be needed");
    }
}

/* Each of the named; a line that is gone ends it. */
static void read_named(struct reading *reading, const struct tool_target *targets, size_t count)
{
    struct tool_meter *meter = &reading->work.meter;
    for (size_t t = 0; t < count; t++) {
        struct tool_value value;
        struct tool_failure failure;
        if (tool_meter_read(meter, &targets[t], &value, &failure)) {
            take(reading, &targets[t], &value);
            continue;
        }
        say_public(meter, &failure);
        keep_failure(reading, targets[t].name, &failure);
        if (failure.code == TOOL_NO_ANSWER) {
            return;
        }
    }
}

static void read_usual(struct reading *reading)
{
    struct tool_meter *meter = &reading->work.meter;
    struct tool_failure failure;
    if (!meter->language->read_default(meter, &failure, take, reading)) {
        keep_failure(reading, "meter", &failure);
    } else if (reading->count == 0) {
        tool_fail(&failure, TOOL_ABSENT,
                  "has none of the usual quantities; name some (see "
                  "watthour objects)");
        keep_failure(reading, "meter", &failure);
    } else if (tool_meter_is_public(meter)) {
        tool_note(&reading->work, "read as the public client; there is more with a password");
    }
}

/* What is named behind the endpoint. */
static bool find_targets(const struct reading *reading, struct tool_target *targets, size_t *count)
{
    const struct cli_arguments *arguments = &reading->work.arguments;
    *count = 0;
    for (size_t a = 1; a < arguments->list_count; a++) {
        char error[CLI_ERROR_SIZE];
        if (!tool_target_find(arguments->list[a], &targets[*count], error, sizeof error)) {
            cli_refuse(&cli_read, "%s", error);
            return false;
        }
        *count += 1;
    }
    return true;
}

static int print_collected(struct reading *reading)
{
    char text[ENDPOINT_TEXT_SIZE];
    endpoint_text(&reading->work.meter.endpoint, text);
    const int printed =
        tool_print_json(&reading->work, json_pack("{s:s, s:o, s:o}", "endpoint", text, "values",
                                                  reading->values, "errors", reading->errors));
    return reading->status == CLI_OK ? printed : reading->status;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct reading reading = {0};
    struct tool_target targets[CLI_LIST_MAX];
    size_t named;
    int status = tool_prepare(&reading.work, command, argc, argv);
    if (status != CLI_OK || !find_targets(&reading, targets, &named)) {
        return CLI_BAD_INPUT;
    }
    status = tool_connect(&reading.work);
    if (status != CLI_OK) {
        return status;
    }
    reading.csv = reading.work.arguments.value[CSV] != NULL;
    if (reading.work.json) {
        reading.values = json_array();
        reading.errors = json_array();
    } else if (reading.csv) {
        printf("name,obis,value,unit\n");
    }
    if (named > 0) {
        read_named(&reading, targets, named);
    } else {
        read_usual(&reading);
    }
    status = reading.work.json ? print_collected(&reading) : reading.status;
    return tool_end(&reading.work, status);
}
