/* watthour set: parameters of a meter, by name. */
#include "cli/tool.h"
#include "cli/tool_change.h"
#include <stdio.h>
#include <string.h>

static const struct cli_option options[] = {
    TOOL_OPTION_ROWS,
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_set = {
    .name = "set",
    .argument = "ENDPOINT [NAME=VALUE...]",
    .summary = "Sets parameters of a meter; without any, lists what can be set.\n"
               "All are set or none: what the meter had is put back when it refuses one.\n"
               "Another profile_min or logger_min deletes its log for good; it is written last.\n",
    .options = options,
    .run = run,
};

static bool take_all(const struct cli_arguments *arguments, struct tool_changes *changes,
                     struct tool_failure *failure)
{
    for (size_t a = 1; a < arguments->list_count; a++) {
        char name[TOOL_NAME_SIZE];
        const char *equals = strchr(arguments->list[a], '=');
        const size_t length = equals != NULL ? (size_t)(equals - arguments->list[a]) : 0;
        if (length == 0 || length >= sizeof name) {
            return tool_fail(failure, CLI_BAD_INPUT, "\"%s\" is not NAME=VALUE",
                             arguments->list[a]);
        }
        memcpy(name, arguments->list[a], length);
        name[length] = '\0';
        if (!tool_changes_add(changes, "command line", name, equals + 1, failure)) {
            return false;
        }
    }
    return true;
}

/* The parameters that this meter has, with what they are. */
static int list(struct tool_work *work)
{
    json_t *array = json_array();
    char text[TOOL_SETTING_TEXT];
    const struct tool_item *item;
    for (int i = 0; (item = tool_item_at(i)) != NULL; i++) {
        struct tool_failure failure;
        struct tool_setting setting;
        if (!tool_meter_get(&work->meter, item, &setting, &failure)) {
            if (failure.code == TOOL_NO_ANSWER || tool_meter_is_locked(&work->meter)) {
                json_decref(array);
                return tool_report(work, item->name, &failure);
            }
            continue;
        }
        if (work->json) {
            json_array_append_new(array,
                                  json_pack("{s:s, s:o, s:b, s:s}", "name", item->name, "value",
                                            tool_setting_json(item, &setting), "writable",
                                            item->kind != TOOL_ITEM_SHOWN, "text", item->text));
        } else {
            tool_setting_text(item, &setting, text);
            printf("%-24s %10s  %s%s\n", item->name, text,
                   item->kind == TOOL_ITEM_SHOWN ? "(read only) " : "", item->text);
        }
    }
    if (work->json) {
        return tool_print_json(work, array);
    }
    json_decref(array);
    return CLI_OK;
}

static int change(struct tool_work *work, struct tool_changes *changes)
{
    struct tool_failure failure;
    const bool done = tool_changes_compare(changes, &work->meter, &failure) &&
                      tool_changes_apply(changes, &work->meter, &failure);
    if (!done) {
        return tool_report(work, NULL, &failure);
    }
    if (work->json) {
        return tool_print_json(work, json_pack("{s:o}", "changes", tool_changes_json(changes)));
    }
    tool_changes_print(changes, false);
    return CLI_OK;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct tool_work work;
    struct tool_changes changes = {.count = 0};
    struct tool_failure failure;
    int status = tool_prepare(&work, command, argc, argv);
    if (status != CLI_OK) {
        return status;
    }
    if (!take_all(&work.arguments, &changes, &failure)) {
        return tool_report(&work, NULL, &failure);
    }
    status = tool_connect(&work);
    if (status != CLI_OK) {
        return status;
    }
    return tool_end(&work, changes.count > 0 ? change(&work, &changes) : list(&work));
}
