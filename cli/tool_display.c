/* watthour display: the lists of readings on a meter's display. */
#include "cli/tool.h"
#include "cli/tool_command.h"
#include "cli/tool_kmp.h"
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
               "makes a new list. Legal readings stay in the manual list. Over KMP.\n",
    .options = options,
    .run = run,
};

/* The layout of face/display_block.h. */
enum { FIRST_BLOCK = 1202, BLOCK = 16, NONE = 255, BLOCKS_MAX = 2, LISTS = 3 };

struct list {
    const char *name;
    uint16_t id;    /* of its first block */
    uint8_t blocks; /* of BLOCK readings each */
    uint8_t most;   /* readings */
};

static const struct list lists[LISTS] = {
    {"automatic", FIRST_BLOCK, 1, 16},
    {"manual", FIRST_BLOCK + 1, 2, 30},
    {"backup", FIRST_BLOCK + 3, 1, 8},
};

struct readings {
    uint8_t id[BLOCKS_MAX * BLOCK];
};

/* ---- Reading ---- */

/* Quantities, and nothing behind the last. */
static bool is_list(const struct readings *readings, size_t size)
{
    size_t count = 0;
    while (count < size && readings->id[count] < WH_QUANTITY_COUNT) {
        count++;
    }
    for (size_t i = count; i < size; i++) {
        if (readings->id[i] != NONE) {
            return false;
        }
    }
    return count > 0;
}

static bool read_list(struct tool_kmp *kmp, const struct list *list, struct readings *readings,
                      struct tool_failure *failure)
{
    struct kmp_value value;
    memset(readings, NONE, sizeof *readings);
    for (int b = 0; b < list->blocks; b++) {
        if (!tool_kmp_register(kmp, (uint16_t)(list->id + b), &value, failure)) {
            return false;
        }
        if (value.size == BLOCK) {
            memcpy(readings->id + b * BLOCK, value.bytes, BLOCK);
        }
    }
    return is_list(readings, (size_t)list->blocks * BLOCK) ||
           tool_fail(failure, TOOL_ABSENT,
                     "the meter keeps its display lists in another form, which is not public");
}

static json_t *list_json(const struct readings *readings)
{
    json_t *array = json_array();
    for (size_t i = 0; i < sizeof readings->id && readings->id[i] != NONE; i++) {
        const struct wh_quantity *quantity = wh_catalog_get((enum wh_quantity_id)readings->id[i]);
        json_array_append_new(array, json_string(quantity->name));
    }
    return array;
}

static void print_list(const struct list *list, const struct readings *readings)
{
    printf("%s\n", list->name);
    for (size_t i = 0; i < sizeof readings->id && readings->id[i] != NONE; i++) {
        const struct wh_quantity *quantity = wh_catalog_get((enum wh_quantity_id)readings->id[i]);
        printf("  %2zu  %-20s %-10s %s\n", i + 1, quantity->name, quantity->display.id,
               quantity->display.text);
    }
}

/* One list, or all of them when chosen is NULL. */
static int show(struct tool_work *work, const struct list *chosen)
{
    struct tool_failure failure;
    json_t *json = json_object();
    for (int l = 0; l < LISTS; l++) {
        struct readings readings;
        if (chosen != NULL && chosen != &lists[l]) {
            continue;
        }
        if (!read_list(work->meter.session, &lists[l], &readings, &failure)) {
            json_decref(json);
            return tool_report(work, lists[l].name, &failure);
        }
        if (work->json) {
            json_object_set_new(json, lists[l].name, list_json(&readings));
        } else {
            print_list(&lists[l], &readings);
        }
    }
    if (work->json) {
        return tool_print_json(work, json);
    }
    json_decref(json);
    return CLI_OK;
}

/* ---- Writing ---- */

static bool take_readings(const struct cli_arguments *arguments, const struct list *list,
                          struct readings *readings)
{
    const size_t count = arguments->list_count - 2;
    memset(readings, NONE, sizeof *readings);
    if (count > list->most) {
        cli_refuse(&cli_display, "the %s list has room for %u readings", list->name, list->most);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct wh_quantity *quantity = wh_catalog_find_name(arguments->list[i + 2]);
        if (quantity == NULL || quantity->display.id[0] == '\0') {
            cli_refuse(&cli_display, "\"%s\" is no reading of the display", arguments->list[i + 2]);
            return false;
        }
        readings->id[i] = (uint8_t)(quantity - wh_catalog_get((enum wh_quantity_id)0));
    }
    return true;
}

/* What the meter has is looked at first: nothing is written into a form that is not understood. */
static bool write_list(struct tool_work *work, const struct list *list,
                       const struct readings *wanted, struct tool_failure *failure)
{
    struct tool_kmp *kmp = work->meter.session;
    struct readings now;
    if (!read_list(kmp, list, &now, failure)) {
        return false;
    }
    for (int b = 0; b < list->blocks; b++) {
        struct kmp_value value = {.unit = KMP_UNIT_NUMBER, .size = BLOCK};
        memcpy(value.bytes, wanted->id + b * BLOCK, BLOCK);
        if (!tool_kmp_put(kmp, &work->secrets, (uint16_t)(list->id + b), &value, failure)) {
            return false;
        }
    }
    return read_list(kmp, list, &now, failure) &&
           (memcmp(&now, wanted, sizeof now) == 0 ||
            tool_fail(failure, TOOL_REFUSED, "the meter has not taken the list"));
}

static const struct list *find_list(const char *name)
{
    for (int l = 0; l < LISTS; l++) {
        if (strcmp(lists[l].name, name) == 0) {
            return &lists[l];
        }
    }
    return NULL;
}

static int work_on(struct tool_work *work, const struct list *list, const struct readings *wanted)
{
    struct tool_failure failure;
    if (work->meter.language != &tool_language_kmp) {
        tool_fail(&failure, TOOL_ABSENT, "display lists are read and set over kmp:// only");
        return tool_report(work, NULL, &failure);
    }
    if (wanted != NULL && !write_list(work, list, wanted, &failure)) {
        return tool_report(work, list->name, &failure);
    }
    return show(work, list);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct tool_work work;
    struct readings wanted;
    const struct list *list = NULL;
    int status = tool_prepare(&work, command, argc, argv);
    if (status != CLI_OK) {
        return status;
    }
    const struct cli_arguments *arguments = &work.arguments;
    if (arguments->list_count > 1) {
        list = find_list(arguments->list[1]);
        if (list == NULL) {
            return cli_refuse(command, "there is no list \"%s\"; automatic, manual and backup are",
                              arguments->list[1]);
        }
    }
    const bool is_new = arguments->list_count > 2;
    if (is_new && !take_readings(arguments, list, &wanted)) {
        return CLI_BAD_INPUT;
    }
    status = tool_connect(&work);
    return status != CLI_OK ? status
                            : tool_end(&work, work_on(&work, list, is_new ? &wanted : NULL));
}
