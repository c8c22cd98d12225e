/* Reading of logs by IEC 62056-21: command R6 in programming mode.
 */
#ifndef CLI_TOOL_IEC_LOG_H
#define CLI_TOOL_IEC_LOG_H

#include "cli/tool_iec.h"
#include "cli/tool_meter.h"

/* As tool_language.log; programming mode is open. */
bool tool_iec_log(struct tool_iec *iec, const struct tool_log_query *query,
                  const struct tool_log_sink *sink, struct tool_failure *failure);

#endif
