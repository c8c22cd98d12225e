/* watthour dump and restore: the settings of a meter as YAML. */
#include "cli/tool.h"
#include "cli/tool_change.h"
#include "cli/tool_yaml.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { OUTPUT = TOOL_OPTIONS };
enum { DRY_RUN = TOOL_OPTIONS, ANY_TYPE };

static const struct cli_option dump_options[] = {
    TOOL_OPTION_ROWS,
    [OUTPUT] = {"--output", "FILE.yaml", "a file, made anew, instead of standard output"},
    {NULL, NULL, NULL},
};

static const struct cli_option restore_options[] = {
    TOOL_OPTION_ROWS,
    [DRY_RUN] = {"--dry-run", NULL, "only says what differs"},
    [ANY_TYPE] = {"--any-type", NULL, "also into a meter of another type than the file is from"},
    {NULL, NULL, NULL},
};

static int run_dump(const struct cli_command *command, int argc, char **argv);
static int run_restore(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_dump = {
    .name = "dump",
    .argument = "ENDPOINT",
    .summary = "Writes the settings of a meter as YAML, for watthour restore.\n",
    .options = dump_options,
    .run = run_dump,
};

const struct cli_command cli_restore = {
    .name = "restore",
    .argument = "ENDPOINT FILE.yaml...",
    .summary =
        "Puts settings from a file into a meter.\n"
        "All of them or, if anything does not fit, none. Only what differs is written. Legal\n"
        "data are no settings. Another profile_min or logger_min deletes its log for good; it is\n"
        "written last, and --dry-run tells.\n",
    .options = restore_options,
    .run = run_restore,
};

/* ---- Dump ---- */

/* What cannot be read is left out, but not for a line or a password that is of no use. */
static bool ends_dump(const struct tool_meter *meter, const struct tool_failure *failure)
{
    return failure->code == TOOL_NO_ANSWER || tool_meter_is_locked(meter);
}

static bool read_text(struct tool_meter *meter, enum wh_quantity_id id, char text[TOOL_VALUE_SIZE],
                      struct tool_failure *failure)
{
    const struct tool_target target = tool_target_of_quantity(wh_catalog_get(id));
    struct tool_value value;
    text[0] = '\0';
    if (meter->language->read(meter, &target, &value, failure)) {
        tool_value_plain(&value, text);
        return true;
    }
    return !ends_dump(meter, failure);
}

/* The parameters that the meter has, as {name: number or text}. NULL: the line or the password
 * failed. */
static json_t *read_settings(struct tool_meter *meter, struct tool_failure *failure)
{
    json_t *settings = json_object();
    const struct tool_item *item;
    for (int i = 0; (item = tool_item_at(i)) != NULL; i++) {
        struct tool_setting setting;
        if (item->kind != TOOL_ITEM_SETTING) {
            continue;
        }
        if (tool_meter_get(meter, item, &setting, failure)) {
            json_object_set_new(settings, item->name, tool_setting_json(item, &setting));
        } else if (ends_dump(meter, failure)) {
            json_decref(settings);
            return NULL;
        }
    }
    if (json_object_get(settings, "tariff_plan") != NULL) {
        json_object_del(settings, "working_days"); /* it has them */
    }
    return settings;
}

/* A text in quotes, which needs no escapes; a line for each of its parts. */
static void write_quoted(FILE *file, const char *text)
{
    fputc('"', file);
    for (; *text != '\0'; text++) {
        fputc(*text, file);
        if (*text == ';' && text[1] == ' ') {
            fputs("\n    ", file);
            text++;
        }
    }
    fputs("\"\n", file);
}

static void write_yaml(FILE *file, const char *type, const char *serial, json_t *settings)
{
    const char *name;
    json_t *value;
    fprintf(file, "# settings of a meter, read by watthour dump\n");
    fprintf(file, "type: \"%s\"\nserial_number: \"%s\"\nsettings:\n", type, serial);
    json_object_foreach(settings, name, value)
    {
        if (json_is_integer(value)) {
            fprintf(file, "  %s: %" JSON_INTEGER_FORMAT " # %s\n", name, json_integer_value(value),
                    tool_item_find(name)->text);
        } else {
            fprintf(file, "  # %s\n  %s: ", tool_item_find(name)->text, name);
            write_quoted(file, json_string_value(value));
        }
    }
}

static int put_dump(const struct tool_work *work, const char *type, const char *serial,
                    json_t *settings)
{
    const char *path = work->arguments.value[OUTPUT];
    if (work->json && path == NULL) {
        return tool_print_json(work, json_pack("{s:s, s:s, s:O}", "type", type, "serial_number",
                                               serial, "settings", settings));
    }
    FILE *file = path != NULL ? fopen(path, "we") : stdout;
    struct tool_failure failure;
    if (file == NULL) {
        tool_fail_errno(&failure, CLI_BAD_INPUT, errno, "--output %s", path);
        return tool_report(work, NULL, &failure);
    }
    write_yaml(file, type, serial, settings);
    if (path != NULL && fclose(file) != 0) {
        tool_fail_errno(&failure, CLI_FAILED, errno, "--output %s", path);
        return tool_report(work, NULL, &failure);
    }
    return CLI_OK;
}

static int dump(struct tool_work *work)
{
    struct tool_failure failure;
    char type[TOOL_VALUE_SIZE];
    char serial[TOOL_VALUE_SIZE];
    if (!read_text(&work->meter, WH_QUANTITY_TYPE, type, &failure) ||
        !read_text(&work->meter, WH_QUANTITY_SERIAL_NUMBER, serial, &failure)) {
        return tool_report(work, NULL, &failure);
    }
    json_t *settings = read_settings(&work->meter, &failure);
    if (settings == NULL) {
        return tool_report(work, NULL, &failure);
    }
    int status;
    if (tool_meter_is_public(&work->meter)) {
        tool_note(work, "read as the public client; there are more settings with a password");
    }
    if (json_object_size(settings) == 0) {
        tool_fail(&failure, TOOL_ABSENT, "none of the settings can be read by this client%s",
                  work->secrets.has_password ? "" : "; a password may be needed");
        status = tool_report(work, NULL, &failure);
    } else {
        status = put_dump(work, type, serial, settings);
    }
    json_decref(settings);
    return status;
}

static int run_dump(const struct cli_command *command, int argc, char **argv)
{
    struct tool_work work;
    const int status = tool_begin(&work, command, argc, argv);
    return status != CLI_OK ? status : tool_end(&work, dump(&work));
}

/* ---- Restore ---- */

struct file {
    const char *path;
    char type[TOOL_VALUE_SIZE];
    struct tool_changes changes;
};

static bool take_line(void *context, const char *name, const char *value, size_t line,
                      struct tool_failure *failure)
{
    struct file *file = context;
    char where[CLI_ERROR_SIZE / 2];
    if (strcmp(name, "type") == 0) {
        snprintf(file->type, sizeof file->type, "%s", value);
        return true;
    }
    if (strcmp(name, "serial_number") == 0) {
        return true;
    }
    snprintf(where, sizeof where, "%s:%zu", file->path, line);
    if (strncmp(name, "settings.", 9) != 0) {
        return tool_fail(failure, CLI_BAD_INPUT, "%s: \"%s\" is not known", where, name);
    }
    const struct tool_item *item = tool_item_find(name + 9);
    if (item != NULL && item->kind != TOOL_ITEM_SETTING) {
        return tool_fail(failure, CLI_BAD_INPUT, "%s: %s is no setting", where, name + 9);
    }
    return tool_changes_add(&file->changes, where, name + 9, value, failure);
}

static bool check_type(struct tool_work *work, const struct file *file,
                       struct tool_failure *failure)
{
    char type[TOOL_VALUE_SIZE];
    if (file->type[0] == '\0' || work->arguments.value[ANY_TYPE] != NULL) {
        return true;
    }
    if (!read_text(&work->meter, WH_QUANTITY_TYPE, type, failure)) {
        return false;
    }
    return type[0] == '\0' || strcmp(type, file->type) == 0 ||
           tool_fail(failure, TOOL_REFUSED,
                     "the meter is a %s, the file is from a %s; --any-type if that is meant", type,
                     file->type);
}

static int tell(const struct tool_work *work, const struct tool_changes *changes)
{
    if (work->json) {
        return tool_print_json(work, json_pack("{s:o, s:b}", "changes", tool_changes_json(changes),
                                               "dry_run", work->arguments.value[DRY_RUN] != NULL));
    }
    tool_changes_print(changes, true);
    return CLI_OK;
}

static int restore(struct tool_work *work, struct file *file)
{
    struct tool_failure failure;
    const bool is_dry = work->arguments.value[DRY_RUN] != NULL;
    const bool done = check_type(work, file, &failure) &&
                      tool_changes_compare(&file->changes, &work->meter, &failure) &&
                      (is_dry || tool_changes_apply(&file->changes, &work->meter, &failure));
    return done ? tell(work, &file->changes) : tool_report(work, NULL, &failure);
}

static int run_restore(const struct cli_command *command, int argc, char **argv)
{
    struct tool_work work;
    struct tool_failure failure;
    struct file file = {.path = NULL};
    int status = tool_prepare(&work, command, argc, argv);
    if (status != CLI_OK) {
        return status;
    }
    if (work.arguments.list_count != 2) {
        return cli_refuse(command, "one endpoint and one file are needed");
    }
    file.path = work.arguments.list[1];
    if (!tool_yaml_read(file.path, take_line, &file, &failure)) {
        return tool_report(&work, NULL, &failure);
    }
    if (file.changes.count == 0) {
        return cli_refuse(command, "%s: has no settings", file.path);
    }
    status = tool_connect(&work);
    return status != CLI_OK ? status : tool_end(&work, restore(&work, &file));
}
