/* Changes of parameters: all or none, as far as the meter lets that be.
 */
#ifndef CLI_TOOL_CHANGE_H
#define CLI_TOOL_CHANGE_H

#include "cli/tool_command.h"

enum { TOOL_CHANGES_MAX = 160 };

struct tool_change {
    const struct tool_item *item;
    struct tool_setting wanted;
    struct tool_setting before; /* what the meter had; of one that cannot be read, nothing */
    bool is_readable;
    bool is_done;  /* written and read back */
    size_t number; /* internal: the first that was written has 1, the next one 2 …; others 0 */
};

struct tool_changes {
    struct tool_change change[TOOL_CHANGES_MAX]; /* in the order of writing */
    size_t count;
    size_t written; /* internal: how many were and are not put back */
    bool
        is_proven; /* internal: the meter has taken the password, which KMP shows by a write only */
};

/* Adds one from text, before those that delete a log, so that a refusal of anything else comes
 * while nothing is lost; of these energy_type, which others depend on, is the first. where names
 * the place for messages. CLI_BAD_INPUT: no such parameter, one that can only be read, a value out
 * of range, or the same parameter again. */
bool tool_changes_add(struct tool_changes *changes, const char *where, const char *name,
                      const char *value, struct tool_failure *failure);

/* Reads what the meter has now. TOOL_ABSENT: it does not have one of them. */
bool tool_changes_compare(struct tool_changes *changes, struct tool_meter *meter,
                          struct tool_failure *failure);

/* Writes what differs and reads it back. What the meter refuses is tried again when others are
 * written, as long as that helps: parameters depend on each other. When one stays refused, all are
 * put back, and *failure says which was refused, what could not be put back, and which log is gone; of
 * one whose answer was lost (TOOL_NO_ANSWER), that it may have been changed. */
bool tool_changes_apply(struct tool_changes *changes, struct tool_meter *meter,
                        struct tool_failure *failure);

/* What is asked, one line each – is_brief: what differs, and how many do not –, or a JSON array:
 * {"name", "before", "after", "changed", "deletes"}; the last is the log that the change deletes, or null. */
void tool_changes_print(const struct tool_changes *changes, bool is_brief);
json_t *tool_changes_json(const struct tool_changes *changes);

/* A number, or the text of a list or plan. A new reference. */
json_t *tool_setting_json(const struct tool_item *item, const struct tool_setting *setting);

#endif
