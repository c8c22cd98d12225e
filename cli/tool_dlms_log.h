/* Reading of profiles (class 7): by ranges of time of some hundred rows each, or whole.
 */
#ifndef CLI_TOOL_DLMS_LOG_H
#define CLI_TOOL_DLMS_LOG_H

#include "cli/tool_dlms.h"
#include "cli/tool_meter.h"

/* As tool_language.log. */
bool tool_dlms_log(struct tool_dlms *dlms, const struct tool_log_query *query,
                   const struct tool_log_sink *sink, struct tool_failure *failure);

#endif
