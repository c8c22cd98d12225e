/* Changes as a whole. Invariants: nothing is written before every change was understood and
 * compared; nothing that deletes a log before all else is done that can be without it. */
#include "cli/tool_change.h"
#include "cli/tool_obis.h"
#include <stdio.h>
#include <string.h>

static bool differs(const struct tool_change *change)
{
    return !change->is_readable || !tool_setting_is_same(&change->before, &change->wanted);
}

enum turn { FIRST, NEEDED, LAST };

static enum turn turn_of(const struct tool_item *item)
{
    return item->deletes == NULL ? FIRST : tool_item_has_dependents(item) ? NEEDED : LAST;
}

/* Behind those before it, but before those whose turn comes later. */
static void insert(struct tool_changes *changes, const struct tool_item *item,
                   const struct tool_setting *wanted)
{
    size_t at = changes->count++;
    while (at > 0 && turn_of(changes->change[at - 1].item) > turn_of(item)) {
        changes->change[at] = changes->change[at - 1];
        at--;
    }
    changes->change[at] = (struct tool_change){.item = item, .wanted = *wanted};
}

/* By name; by OBIS code, in all its forms. */
static const struct tool_item *find(const char *name)
{
    const struct tool_item *item = tool_item_find(name);
    struct tool_obis obis;
    if (item == NULL && tool_obis_parse(name, &obis)) {
        item = tool_item_find_obis(obis.code);
    }
    const struct tool_item *other;
    for (int i = 0; item == NULL && (other = tool_item_at(i)) != NULL; i++) {
        item = other->iec != NULL && strcmp(other->iec, name) == 0 ? other : NULL;
    }
    return item;
}

bool tool_changes_add(struct tool_changes *changes, const char *where, const char *name,
                      const char *value, struct tool_failure *failure)
{
    const struct tool_item *item = find(name);
    struct tool_setting wanted;
    char error[CLI_ERROR_SIZE / 2];
    if (item == NULL) {
        return tool_fail(failure, CLI_BAD_INPUT,
                         "%s: there is no parameter \"%s\"; see docs/tool.md", where, name);
    }
    if (item->kind == TOOL_ITEM_SHOWN) {
        return tool_fail(failure, CLI_BAD_INPUT, "%s: %s can only be read", where, name);
    }
    if (!tool_setting_parse(item, value, &wanted, error, sizeof error)) {
        return tool_fail(failure, CLI_BAD_INPUT, "%s: %s=%.60s%s%s", where, name, value,
                         item->form == TOOL_FORM_NUMBER ? " " : ": ", error);
    }
    for (size_t c = 0; c < changes->count; c++) {
        if (changes->change[c].item == item) {
            return tool_fail(failure, CLI_BAD_INPUT, "%s: %s comes twice", where, name);
        }
    }
    if (changes->count == TOOL_CHANGES_MAX) {
        return tool_fail(failure, CLI_BAD_INPUT, "%s: too many parameters", where);
    }
    insert(changes, item, &wanted);
    return true;
}

/* A refused reading is no obstacle: there are parameters that can only be written. */
bool tool_changes_compare(struct tool_changes *changes, struct tool_meter *meter,
                          struct tool_failure *failure)
{
    for (size_t c = 0; c < changes->count; c++) {
        struct tool_change *change = &changes->change[c];
        struct tool_failure unread;
        change->is_readable = tool_meter_get(meter, change->item, &change->before, &unread);
        if (!change->is_readable && unread.code != TOOL_REFUSED) {
            return tool_fail(failure, unread.code, "%s: %.400s", change->item->name, unread.text);
        }
    }
    return true;
}

/* ---- Writing ---- */

/* KMP refuses by silence: there it is the value that tells a lost answer from a refusal. */
static bool is_written(struct tool_meter *meter, const struct tool_change *change,
                       struct tool_failure *why)
{
    struct tool_failure unread;
    struct tool_setting after;
    if (why->code != TOOL_REFUSED || !change->is_readable) {
        return false;
    }
    if (tool_meter_get(meter, change->item, &after, &unread)) {
        return tool_setting_is_same(&after, &change->wanted);
    }
    if (unread.code == TOOL_NO_ANSWER) {
        *why = unread;
    }
    return false;
}

static bool write_one(struct tool_meter *meter, struct tool_change *change,
                      struct tool_failure *failure)
{
    struct tool_failure why;
    struct tool_setting after;
    char wanted_text[TOOL_SETTING_TEXT];
    char after_text[TOOL_SETTING_TEXT];
    if (!tool_meter_set(meter, change->item, &change->wanted, &why) &&
        !is_written(meter, change, &why)) {
        tool_fail_unsure(&why, "may have been changed");
        return tool_fail(failure, why.code, "%s: %.400s", change->item->name, why.text);
    }
    change->is_done = true;
    if (!change->is_readable) {
        return true;
    }
    if (!tool_meter_get(meter, change->item, &after, &why)) {
        return tool_fail(failure, why.code, "%s: written, but not read back: %.400s",
                         change->item->name, why.text);
    }
    if (tool_setting_is_same(&after, &change->wanted)) {
        return true;
    }
    tool_setting_text(change->item, &change->wanted, wanted_text);
    tool_setting_text(change->item, &after, after_text);
    return tool_fail(failure, TOOL_REFUSED, "%s: the meter accepted %.150s and has %.150s",
                     change->item->name, wanted_text, after_text);
}

static void append(struct tool_failure *failure, const char *name, const char *what)
{
    const size_t used = strlen(failure->text);
    snprintf(failure->text + used, sizeof failure->text - used, "; %s %s", name, what);
}

static struct tool_change *written_as(struct tool_changes *changes, size_t number)
{
    struct tool_change *change = changes->change;
    while (change->number != number) {
        change++;
    }
    return change;
}

/* Backwards in the order of writing, so that every state in between is one that the meter was in. */
static void put_back(struct tool_changes *changes, struct tool_meter *meter,
                     struct tool_failure *failure)
{
    for (; changes->written > 0; changes->written--) {
        struct tool_change *change = written_as(changes, changes->written);
        struct tool_failure why = {.code = CLI_OK};
        change->number = 0;
        change->is_done = false;
        if (!change->is_readable || !tool_meter_set(meter, change->item, &change->before, &why)) {
            change->is_done = true;
            append(failure, change->item->name,
                   why.code == TOOL_NO_ANSWER ? "may stay changed" : "stays changed");
        }
        if (change->item->deletes != NULL) {
            append(failure, change->item->deletes, "is deleted");
        }
    }
}

/* One round over what is still to be written. What is refused waits for the next round: it may
 * depend on something that comes behind it. False: the line failed. */
static bool write_round(struct tool_changes *changes, struct tool_meter *meter, size_t *written,
                        size_t *refused, struct tool_failure *failure)
{
    *written = *refused = 0;
    for (size_t c = 0; c < changes->count; c++) {
        struct tool_change *change = &changes->change[c];
        struct tool_failure why;
        if (change->is_done || !differs(change)) {
            continue;
        }
        /* Nothing that deletes a log before all else is done, but for what that may be waiting
         * for. And a password that may be wrong is not sent again. */
        if (*refused > 0 && (turn_of(change->item) == LAST || !changes->is_proven)) {
            return true;
        }
        const bool is_good = write_one(meter, change, &why);
        change->number = change->is_done ? ++changes->written : 0;
        if (is_good) {
            ++*written;
            changes->is_proven = true;
            continue;
        }
        *failure = *refused == 0 ? why : *failure;
        ++*refused;
        if (why.code != TOOL_REFUSED || change->is_done) {
            *failure = why;
            return false;
        }
    }
    return true;
}

bool tool_changes_apply(struct tool_changes *changes, struct tool_meter *meter,
                        struct tool_failure *failure)
{
    size_t written;
    size_t refused;
    changes->is_proven = meter->language != &tool_language_kmp;
    do {
        if (!write_round(changes, meter, &written, &refused, failure)) {
            put_back(changes, meter, failure);
            return false;
        }
    } while (refused > 0 && written > 0);
    if (refused > 0) {
        put_back(changes, meter, failure);
    }
    return refused == 0;
}

/* ---- Telling ---- */

/* "before -> after"; of a plan, which is long, only that it changes. */
static void print_change(const struct tool_change *change)
{
    char text[TOOL_SETTING_TEXT];
    printf("%-24s ", change->item->name);
    if (change->item->form == TOOL_FORM_PLAN) {
        printf("-> a new one");
    } else {
        if (change->is_readable) {
            tool_setting_text(change->item, &change->before, text);
            printf("%s ", text);
        }
        tool_setting_text(change->item, &change->wanted, text);
        printf("-> %s", text);
    }
    if (change->item->deletes != NULL) {
        printf(" (deletes: %s)", change->item->deletes);
    }
    printf("\n");
}

static void print_same(const struct tool_change *change)
{
    char text[TOOL_SETTING_TEXT];
    tool_setting_text(change->item, &change->wanted, text);
    printf("%-24s %s (as it was)\n", change->item->name,
           change->item->form == TOOL_FORM_PLAN ? "" : text);
}

void tool_changes_print(const struct tool_changes *changes, bool is_brief)
{
    size_t same = 0;
    for (size_t c = 0; c < changes->count; c++) {
        const struct tool_change *change = &changes->change[c];
        same += !differs(change);
        if (differs(change)) {
            print_change(change);
        } else if (!is_brief) {
            print_same(change);
        }
    }
    if (is_brief) {
        printf("%zu of %zu as they were\n", same, changes->count);
    }
}

json_t *tool_setting_json(const struct tool_item *item, const struct tool_setting *setting)
{
    char text[TOOL_SETTING_TEXT];
    if (item->form == TOOL_FORM_NUMBER) {
        return json_integer(setting->number);
    }
    tool_setting_text(item, setting, text);
    return json_string(text);
}

json_t *tool_changes_json(const struct tool_changes *changes)
{
    json_t *array = json_array();
    for (size_t c = 0; c < changes->count; c++) {
        const struct tool_change *change = &changes->change[c];
        json_t *before =
            change->is_readable ? tool_setting_json(change->item, &change->before) : json_null();
        json_array_append_new(array, json_pack("{s:s, s:o, s:o, s:b, s:s?}", "name",
                                               change->item->name, "before", before, "after",
                                               tool_setting_json(change->item, &change->wanted),
                                               "changed", (int)change->is_done, "deletes",
                                               differs(change) ? change->item->deletes : NULL));
    }
    return array;
}
