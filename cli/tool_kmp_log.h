/* Reading of logs by KMP: commands A0 and A2, some records at a time.
 */
#ifndef CLI_TOOL_KMP_LOG_H
#define CLI_TOOL_KMP_LOG_H

#include "cli/tool_kmp.h"
#include "cli/tool_meter.h"

/* As tool_language.log. */
bool tool_kmp_log(struct tool_kmp *kmp, const struct tool_log_query *query,
                  const struct tool_log_sink *sink, struct tool_failure *failure);

#endif
