/* The value of a parameter – a number, a list of quantities, a tariff plan – and its text, both
 * ways.
 */
#ifndef CLI_TOOL_SETTING_H
#define CLI_TOOL_SETTING_H

#include "app/tariff_plan_bytes.h"
#include "cli/tool_item.h"
#include "cli/tool_plan.h"
#include <stddef.h>

enum { TOOL_SETTING_TEXT = TOOL_PLAN_TEXT };

struct tool_setting {
    int64_t number; /* in whole units; or octets as the meter has them */
    size_t length;
    uint8_t octets[WH_PLAN_BYTES_MAX];
};

bool tool_setting_is_same(const struct tool_setting *a, const struct tool_setting *b);

/* "15"; "a_plus a_minus"; a plan as cli/tool_plan.h has it. Octets that mean nothing are written in
 * hexadecimal. */
void tool_setting_text(const struct tool_item *item, const struct tool_setting *setting,
                       char text[TOOL_SETTING_TEXT]);

/* Names of a list have blanks or commas between them. False, with one line in error that does not
 * name the item. */
bool tool_setting_parse(const struct tool_item *item, const char *text,
                        struct tool_setting *setting, char *error, size_t error_size);

#endif
