/* The frame of the tool's commands. Invariant: a command that ends with another code than CLI_OK
 * has said why in one line on stderr. */
#include "cli/tool_command.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Without a password a meter hides what it has: not there, and not to be seen, are the same. */
static bool lacks_password(const struct tool_work *work, const struct tool_failure *failure)
{
    const bool is_refusal = failure->code == TOOL_REFUSED || failure->code == TOOL_ABSENT;
    return is_refusal && work->meter.session != NULL && tool_meter_is_public(&work->meter) &&
           strstr(failure->text, "password") == NULL;
}

int tool_report(const struct tool_work *work, const char *what, const struct tool_failure *failure)
{
    fprintf(stderr, "watthour %s: %s%s%s%s\n", work->command->name, what != NULL ? what : "",
            what != NULL ? ": " : "", failure->text,
            lacks_password(work, failure) ? "; asked as the public client: a password may be needed"
                                          : "");
    return failure->code;
}

void tool_note(const struct tool_work *work, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fprintf(stderr, "watthour %s: ", work->command->name);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
}

int tool_prepare(struct tool_work *work, const struct cli_command *command, int argc, char **argv)
{
    struct tool_failure failure;
    char error[CLI_ERROR_SIZE];
    *work = (struct tool_work){.command = command};
    if (!cli_parse(command, argc, argv, &work->arguments)) {
        return CLI_BAD_INPUT;
    }
    const char *const *value = work->arguments.value;
    const struct tool_secret_options secrets = {
        .password_file = value[TOOL_OPTION_PASSWORD_FILE],
        .key_file = value[TOOL_OPTION_KEY_FILE],
        .default_password = value[TOOL_OPTION_DEFAULT_PASSWORD] != NULL,
    };
    work->json = value[TOOL_OPTION_JSON] != NULL;
    if (!endpoint_parse(work->arguments.argument, &work->meter.endpoint, error, sizeof error)) {
        return cli_refuse(command, "%s: %s", work->arguments.argument, error);
    }
    if (!tool_secrets_load(&work->secrets, &secrets, &failure)) {
        return tool_report(work, NULL, &failure);
    }
    return CLI_OK;
}

int tool_connect(struct tool_work *work)
{
    struct tool_failure failure;
    const struct endpoint endpoint = work->meter.endpoint;
    if (!tool_meter_open(&work->meter, &endpoint, &work->secrets, &failure)) {
        tool_meter_close(&work->meter);
        return tool_report(work, NULL, &failure);
    }
    return CLI_OK;
}

int tool_begin(struct tool_work *work, const struct cli_command *command, int argc, char **argv)
{
    const int status = tool_prepare(work, command, argc, argv);
    return status == CLI_OK ? tool_connect(work) : status;
}

int tool_end(struct tool_work *work, int status)
{
    tool_meter_close(&work->meter);
    memset(&work->secrets, 0, sizeof work->secrets);
    return status;
}

int tool_print_json(const struct tool_work *work, json_t *json)
{
    const bool printed =
        json != NULL && json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) == 0;
    json_decref(json);
    if (!printed) {
        fprintf(stderr, "watthour %s: cannot print the result\n", work->command->name);
        return CLI_FAILED;
    }
    putchar('\n');
    return CLI_OK;
}
