/* The commands that talk to a meter (TOOL-1): one translation unit each.
 */
#ifndef CLI_TOOL_H
#define CLI_TOOL_H

#include "cli/options.h"

extern const struct cli_command cli_read;
extern const struct cli_command cli_profile;
extern const struct cli_command cli_debiting;
extern const struct cli_command cli_events;
extern const struct cli_command cli_set;
extern const struct cli_command cli_clock;
extern const struct cli_command cli_tariff;
extern const struct cli_command cli_breaker;
extern const struct cli_command cli_prepay;
extern const struct cli_command cli_display;
extern const struct cli_command cli_dump;
extern const struct cli_command cli_restore;
extern const struct cli_command cli_listen;
extern const struct cli_command cli_objects;
extern const struct cli_command cli_scan;
extern const struct cli_command cli_firmware;
extern const struct cli_command cli_keys;

#endif
