/* What watthour monitor reads from files: hex text, bytes as they are, captures.
 */
#ifndef CLI_MONITOR_INPUT_H
#define CLI_MONITOR_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/monitor_output.h"
#include "cli/options.h"

struct monitor_input {
    const struct cli_command *command;
    const struct decode_keys *keys;
    struct monitor_output *output;
    const char *path; /* "-": standard input */
    bool is_binary;
    uint16_t ports[2]; /* of the meter, in captures */
    size_t port_count;
};

/* Reads it to its end; CLI_OK when everything was decoded, CLI_FAILED when something was not,
 * CLI_BAD_INPUT when there is nothing that can be read. */
int monitor_input_run(const struct monitor_input *input);

#endif
