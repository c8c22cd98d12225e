/* Option parsing. Invariant: whatever is not in the table is refused by name. */
#include "cli/options.h"
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cli_refuse(const struct cli_command *command, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fprintf(stderr, "watthour %s: ", command->name);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    return CLI_BAD_INPUT;
}

/* Row of the option that the argument names, either alone or before '='; -1 if none. */
static int find_option(const struct cli_command *command, const char *argument)
{
    const size_t length = strcspn(argument, "=");
    for (int o = 0; command->options[o].name != NULL; o++) {
        const char *name = command->options[o].name;
        if (strlen(name) == length && strncmp(name, argument, length) == 0) {
            return o;
        }
    }
    return -1;
}

static bool take_positional(const struct cli_command *command, const char *argument,
                            struct cli_arguments *arguments)
{
    const bool many = command->argument != NULL && strstr(command->argument, "...") != NULL;
    if (command->argument == NULL || (arguments->list_count > 0 && !many)) {
        cli_refuse(command, "unexpected argument \"%s\"", argument);
        return false;
    }
    if (arguments->list_count == CLI_LIST_MAX) {
        cli_refuse(command, "more than %d arguments; \"%s\" is one too many", CLI_LIST_MAX,
                   argument);
        return false;
    }
    arguments->list[arguments->list_count++] = argument;
    arguments->argument = arguments->list[0];
    return true;
}

static bool take_option(const struct cli_command *command, int argc, char **argv, int *at,
                        struct cli_arguments *arguments)
{
    const char *argument = argv[*at];
    const int o = find_option(command, argument);
    if (o < 0) {
        cli_refuse(command, "unknown option %s; see watthour help %s", argument, command->name);
        return false;
    }
    const struct cli_option *option = &command->options[o];
    const char *equals = strchr(argument, '=');
    if (option->value == NULL) {
        if (equals != NULL) {
            cli_refuse(command, "%s takes no value", option->name);
            return false;
        }
        arguments->value[o] = "";
        return true;
    }
    if (equals == NULL && *at + 1 >= argc) {
        cli_refuse(command, "%s needs %s", option->name, option->value);
        return false;
    }
    arguments->value[o] = equals != NULL ? equals + 1 : argv[++*at];
    return true;
}

bool cli_parse(const struct cli_command *command, int argc, char **argv,
               struct cli_arguments *arguments)
{
    *arguments = (struct cli_arguments){0};
    for (int i = 0; i < argc; i++) {
        const bool is_option = argv[i][0] == '-' && argv[i][1] == '-';
        const bool taken = is_option ? take_option(command, argc, argv, &i, arguments)
                                     : take_positional(command, argv[i], arguments);
        if (!taken) {
            return false;
        }
    }
    if (command->argument != NULL && command->argument[0] != '[' && arguments->argument == NULL) {
        cli_refuse(command, "%s is missing; see watthour help %s", command->argument,
                   command->name);
        return false;
    }
    return true;
}

void cli_print_help(const struct cli_command *command)
{
    printf("watthour %s%s%s%s\n\n%s\n", command->name, command->argument != NULL ? " " : "",
           command->argument != NULL ? command->argument : "",
           command->options[0].name != NULL ? " [options]" : "", command->summary);
    for (const struct cli_option *o = command->options; o->name != NULL; o++) {
        char left[48];
        snprintf(left, sizeof left, "%s %s", o->name, o->value != NULL ? o->value : "");
        printf("  %-26s %s\n", left, o->help);
    }
}

bool cli_number(const struct cli_command *command, const char *option, const char *text,
                double lowest, double highest, double *number)
{
    if (text == NULL) {
        return true;
    }
    char *end;
    errno = 0;
    const double value = strtod(text, &end);
    if (end == text || *end != '\0' || errno != 0 || !isfinite(value)) {
        cli_refuse(command, "%s: \"%s\" is not a number", option, text);
        return false;
    }
    if (value < lowest || value > highest) {
        cli_refuse(command, "%s: %s is not in %g … %g", option, text, lowest, highest);
        return false;
    }
    *number = value;
    return true;
}

static bool parse_port(const char *text, uint16_t *port)
{
    char *end;
    const unsigned long value = strtoul(text, &end, 10);
    if (end == text || *end != '\0' || value > 65535 || text[0] == '-') {
        return false;
    }
    *port = (uint16_t)value;
    return true;
}

bool cli_endpoint(const struct cli_command *command, const char *option, const char *text,
                  struct cli_endpoint *endpoint)
{
    if (text == NULL) {
        return true;
    }
    const char *colon = strrchr(text, ':');
    const char *port = colon != NULL ? colon + 1 : text;
    const char *host = text;
    size_t host_length = colon != NULL ? (size_t)(colon - text) : 0;
    if (host_length >= 2 && host[0] == '[' && host[host_length - 1] == ']') {
        host++;
        host_length -= 2;
    }
    if (host_length >= sizeof endpoint->host || !parse_port(port, &endpoint->port)) {
        cli_refuse(command, "%s: \"%s\" is not HOST:PORT", option, text);
        return false;
    }
    if (host_length > 0) {
        memcpy(endpoint->host, host, host_length);
        endpoint->host[host_length] = '\0';
    }
    return true;
}
