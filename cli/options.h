/* Command-line options by table: one row is the parser, the check and the line of help.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CLI_OPTIONS_MAX = 24, CLI_LIST_MAX = 32, CLI_ERROR_SIZE = 512 };

struct cli_option {
    const char *name;  /* "--model" */
    const char *value; /* what follows it, as help calls it; NULL for a flag */
    const char *help;
};

struct cli_command {
    const char *name;
    /* What is no option, as help calls it: "FILE" one, "[MODEL]" one or none, "CODE..." one or
     * more. NULL if there is none. */
    const char *argument;
    const char *summary;
    const struct cli_option *options; /* ends with a row without name */
    int (*run)(const struct cli_command *command, int argc, char **argv);
};

/* Exit codes of the program. */
enum {
    CLI_OK = 0,
    CLI_FAILED = 1, /* the work itself failed */
    CLI_BAD_INPUT =
        2, /* the command line, a file or a stored state is not usable; nothing was written */
};

struct cli_arguments {
    const char *value[CLI_OPTIONS_MAX]; /* by row; NULL when not given, "" for a given flag */
    const char *argument;               /* the first, NULL when not given */
    const char *list[CLI_LIST_MAX];     /* all of them */
    size_t list_count;
};

/* Parses argv[0 … argc-1] (what follows the command's name) against the command's table. Both
 * "--name value" and "--name=value" are understood. On failure prints one line on stderr that names the
 * argument and returns false. */
bool cli_parse(const struct cli_command *command, int argc, char **argv,
               struct cli_arguments *arguments);

/* The help of one command on stdout. */
void cli_print_help(const struct cli_command *command);

/* Prints "watthour COMMAND: message" on stderr and returns CLI_BAD_INPUT. */
int cli_refuse(const struct cli_command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A number of an option: text in lowest … highest. On failure prints a line that names the option. A NULL
 * text leaves *number as it is. */
bool cli_number(const struct cli_command *command, const char *option, const char *text,
                double lowest, double highest, double *number);

/* "HOST:PORT", "[IPV6]:PORT" or "PORT" (then host stays as it is). */
struct cli_endpoint {
    char host[64];
    uint16_t port;
};
bool cli_endpoint(const struct cli_command *command, const char *option, const char *text,
                  struct cli_endpoint *endpoint);

#endif
