/* A tap: passes TCP connections through to a meter and decodes what passes.
 */
#ifndef CLI_MONITOR_TAP_H
#define CLI_MONITOR_TAP_H

#include "cli/monitor_output.h"
#include "cli/options.h"

enum {
    MONITOR_TAP_CONNECTIONS = 16,
    MONITOR_TAP_SILENCE_MS = 2000,
    MONITOR_TAP_CONNECT_MS = 10000,
};

struct monitor_tap {
    const struct cli_command *command;
    const struct decode_keys *keys;
    struct monitor_output *output;
    struct cli_endpoint listen;
    struct cli_endpoint meter;
};

/* Runs until Ctrl-C or SIGTERM, up to MONITOR_TAP_CONNECTIONS connections at a time; each is a
 * conversation of its own. A frame that stays incomplete for MONITOR_TAP_SILENCE_MS is reported
 * as it is. A meter that cannot be reached within MONITOR_TAP_CONNECT_MS is one line on stderr, and
 * its client is hung up; the other connections go on meanwhile. The bytes pass unchanged, whatever
 * the decoder makes of them. */
int monitor_tap_run(const struct monitor_tap *tap);

#endif
