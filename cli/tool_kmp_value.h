/* Values of KMP registers as the tool's values and back.
 */
#ifndef CLI_TOOL_KMP_VALUE_H
#define CLI_TOOL_KMP_VALUE_H

#include "cli/tool_failure.h"
#include "cli/tool_value.h"
#include "kmp/value.h"

/* Units lose their prefix: kWh become Wh. */
struct tool_value tool_kmp_value(const struct kmp_value *raw);

/* Puts number, in the unit without prefix, into a register's value with the unit, size and
 * exponent that it has. CLI_BAD_INPUT: it does not fit, or has digits that the register has not. */
bool tool_kmp_put_number(struct kmp_value *value, const char *name, int64_t number,
                         struct tool_failure *failure);

#endif
