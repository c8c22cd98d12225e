/* watthour monitor: what meters and readers say to each other, decoded.
 */
#ifndef CLI_MONITOR_H
#define CLI_MONITOR_H

#include "cli/options.h"

extern const struct cli_command cli_monitor;

#endif
