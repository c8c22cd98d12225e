/* watthour display: the lists of readings on a meter's display. */
#include "cli/tool.h"
#include "cli/tool_change.h"
#include <stdio.h>
#include <string.h>

static const struct cli_option options[] = {
    TOOL_OPTION_ROWS,
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_display = {
    .name = "display",
    .argument = "ENDPOINT [LIST] [QUANTITY...]",
    .summary = "Shows the lists of a meter's display, or sets one.\n"
               "LIST is automatic, manual (by the button) or backup (without mains); a QUANTITY "
               "behind it\n"
               "makes a new list. Legal readings stay in the manual list. Not over IEC 62056-21.\n",
    .options = options,
    .run = run,
};

enum { LISTS = 3 };

static const char *const lists[LISTS] = {"automatic", "manual", "backup"};

/* The parameter of a list. */
static const struct tool_item *item_of(int list)
{
    static const char *const names[LISTS] = {"automatic_list", "manual_list", "backup_list"};
    return tool_item_find(names[list]);
}

/* ---- Showing ---- */

static const struct wh_quantity *reading_at(const struct tool_setting *setting, size_t index)
{
    return index < setting->length && setting->octets[index] < WH_QUANTITY_COUNT
               ? wh_catalog_get((enum wh_quantity_id)setting->octets[index])
               : NULL;
}

static json_t *list_json(const struct tool_setting *setting)
{
    json_t *array = json_array();
    const struct wh_quantity *quantity;
    for (size_t i = 0; (quantity = reading_at(setting, i)) != NULL; i++) {
        json_array_append_new(array, json_string(quantity->name));
    }
    return array;
}

static void print_list(int list, const struct tool_setting *setting)
{
    const struct wh_quantity *quantity;
    printf("%s\n", lists[list]);
    for (size_t i = 0; (quantity = reading_at(setting, i)) != NULL; i++) {
        printf("  %2zu  %-20s %-10s %s\n", i + 1, quantity->name, quantity->display.id,
               quantity->display.text);
    }
}

/* One list, or all of them when chosen is LISTS. */
static int show(struct tool_work *work, int chosen)
{
    struct tool_failure failure;
    json_t *json = json_object();
    for (int l = 0; l < LISTS; l++) {
        struct tool_setting setting;
        if (chosen != LISTS && chosen != l) {
            continue;
        }
        if (!tool_meter_get(&work->meter, item_of(l), &setting, &failure)) {
            json_decref(json);
            return tool_report(work, lists[l], &failure);
        }
        if (work->json) {
            json_object_set_new(json, lists[l], list_json(&setting));
        } else {
            print_list(l, &setting);
        }
    }
    if (work->json) {
        return tool_print_json(work, json);
    }
    json_decref(json);
    return CLI_OK;
}

/* ---- Writing ---- */

static bool take_readings(const struct cli_arguments *arguments, int list,
                          struct tool_changes *changes)
{
    char names[TOOL_SETTING_TEXT] = "";
    struct tool_failure failure;
    for (size_t i = 2; i < arguments->list_count; i++) {
        const size_t used = strlen(names);
        const struct wh_quantity *quantity = wh_catalog_find_name(arguments->list[i]);
        if (quantity == NULL || quantity->display.id[0] == '\0') {
            cli_refuse(&cli_display, "\"%s\" is no reading of the display", arguments->list[i]);
            return false;
        }
        snprintf(names + used, sizeof names - used, "%s ", arguments->list[i]);
    }
    if (!tool_changes_add(changes, "command line", item_of(list)->name, names, &failure)) {
        cli_refuse(&cli_display, "%s", failure.text);
        return false;
    }
    return true;
}

static int find_list(const char *name)
{
    int list = 0;
    while (list < LISTS && strcmp(lists[list], name) != 0) {
        list++;
    }
    return list;
}

static int work_on(struct tool_work *work, int list, struct tool_changes *changes)
{
    struct tool_failure failure;
    if (changes->count > 0 && !(tool_changes_compare(changes, &work->meter, &failure) &&
                                tool_changes_apply(changes, &work->meter, &failure))) {
        return tool_report(work, NULL, &failure);
    }
    return show(work, list);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct tool_work work;
    struct tool_changes changes = {.count = 0};
    int list = LISTS;
    int status = tool_prepare(&work, command, argc, argv);
    if (status != CLI_OK) {
        return status;
    }
    const struct cli_arguments *arguments = &work.arguments;
    if (arguments->list_count > 1) {
        list = find_list(arguments->list[1]);
        if (list == LISTS) {
            return cli_refuse(command, "there is no list \"%s\"; automatic, manual and backup are",
                              arguments->list[1]);
        }
    }
    if (arguments->list_count > 2 && !take_readings(arguments, list, &changes)) {
        return CLI_BAD_INPUT;
    }
    status = tool_connect(&work);
    return status != CLI_OK ? status : tool_end(&work, work_on(&work, list, &changes));
}
