/* Values of IEC 62056-21 data sets as the tool's values.
 */
#ifndef CLI_TOOL_IEC_VALUE_H
#define CLI_TOOL_IEC_VALUE_H

#include "cli/tool_value.h"
#include "iec62056_21/data_set.h"

/* A number, the time of the clock (address "1.0.0"), or a text. Units lose their prefix. */
struct tool_value tool_iec_value(const char *address, struct iec21_span text,
                                 struct iec21_span unit);

/* The exponent of a unit's prefix, which is taken off: 3 for "kWh", which becomes "Wh". */
int tool_iec_prefix(struct iec21_span *unit);

#endif
