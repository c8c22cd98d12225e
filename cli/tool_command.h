/* What the commands that talk to a meter have in common: options, opening the meter, printing.
 */
#ifndef CLI_TOOL_COMMAND_H
#define CLI_TOOL_COMMAND_H

#include "cli/options.h"
#include "cli/tool_meter.h"
#include <jansson.h>

/* The first rows of every such command's options, and their numbers. */
enum tool_option {
    TOOL_OPTION_PASSWORD_FILE,
    TOOL_OPTION_KEY_FILE,
    TOOL_OPTION_DEFAULT_PASSWORD,
    TOOL_OPTION_JSON,
    TOOL_OPTIONS,
};

#define TOOL_OPTION_ROWS                                                                           \
    [TOOL_OPTION_PASSWORD_FILE] = {"--password-file", "FILE",                                      \
                                   "its first line is the password (or WATTHOUR_PASSWORD)"},       \
    [TOOL_OPTION_KEY_FILE] = {"--key-file", "FILE.yaml",                                           \
                              "keys of ciphering and authentication; docs/tool.md"},               \
    [TOOL_OPTION_DEFAULT_PASSWORD] = {"--default-password", NULL,                                  \
                                      "the password of a meter as delivered"},                     \
    [TOOL_OPTION_JSON] = {"--json", NULL, "JSON instead of text"}

/* A command at work. */
struct tool_work {
    const struct cli_command *command;
    struct cli_arguments arguments;
    struct tool_secrets secrets;
    struct tool_meter meter;
    bool json;
};

/* Parses the command line and loads the secrets; the first argument is the endpoint. CLI_OK, or
 * an exit code after a line on stderr. The meter is not asked yet. */
int tool_prepare(struct tool_work *work, const struct cli_command *command, int argc, char **argv);

/* Opens the meter. CLI_OK, or an exit code after a line on stderr. */
int tool_connect(struct tool_work *work);

/* Both, for commands that check nothing in between. */
int tool_begin(struct tool_work *work, const struct cli_command *command, int argc, char **argv);

/* Closes the meter; status is handed through. */
int tool_end(struct tool_work *work, int status);

/* Prints "watthour COMMAND: [what: ]failure" on stderr and gives its exit code. what may be NULL.
 */
int tool_report(const struct tool_work *work, const char *what, const struct tool_failure *failure);

/* Prints a line on stderr that is no failure. */
void tool_note(const struct tool_work *work, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints and drops json. CLI_OK, or CLI_FAILED. */
int tool_print_json(const struct tool_work *work, json_t *json);

#endif
