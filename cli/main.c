/* The program watthour: one command a row. */
#include "cli/accuracy.h"
#include "cli/calibrate.h"
#include "cli/decode.h"
#include "cli/info.h"
#include "cli/monitor.h"
#include "cli/options.h"
#include "cli/replay.h"
#include "cli/run.h"
#include "cli/show.h"
#include "cli/simulate.h"
#include "cli/tool.h"
#include "legal/interface.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int help(const struct cli_command *command, int argc, char **argv);
static int version(const struct cli_command *command, int argc, char **argv);

static const struct cli_option no_options[] = {{NULL, NULL, NULL}};

static const struct cli_command help_command = {
    .name = "help",
    .argument = NULL,
    .summary = "This overview, or the options of a command.\n",
    .options = no_options,
    .run = help,
};

static const struct cli_command version_command = {
    .name = "version",
    .argument = NULL,
    .summary = "Versions of the program and of its legally relevant part.\n",
    .options = no_options,
    .run = version,
};

static const struct cli_command *const commands[] = {
    &cli_run,
    &cli_simulate,
    &cli_replay,
    &cli_accuracy,
    &cli_calibrate,
    &cli_show,
    &cli_info,
    &cli_decode,
    &cli_monitor,
    /* of a meter elsewhere */
    &cli_read,
    &cli_profile,
    &cli_debiting,
    &cli_events,
    &cli_clock,
    &cli_set,
    &cli_tariff,
    &cli_breaker,
    &cli_prepay,
    &cli_display,
    &cli_dump,
    &cli_restore,
    &cli_objects,
    &cli_listen,
    &cli_scan,
    &cli_firmware,
    &cli_keys,
    &help_command,
    &version_command,
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static const struct cli_command *find_command(const char *name)
{
    for (int c = 0; c < COMMANDS; c++) {
        if (strcmp(commands[c]->name, name) == 0) {
            return commands[c];
        }
    }
    return NULL;
}

static int help(const struct cli_command *command, int argc, char **argv)
{
    if (argc > 1) {
        return cli_refuse(command, "unexpected argument \"%s\"", argv[1]);
    }
    if (argc > 0) {
        const struct cli_command *about = find_command(argv[0]);
        if (about == NULL) {
            return cli_refuse(command, "there is no command %s", argv[0]);
        }
        cli_print_help(about);
        return CLI_OK;
    }
    printf("watthour: an open smart electricity meter\n\n");
    for (int c = 0; c < COMMANDS; c++) {
        const char *summary = commands[c]->summary;
        printf("  watthour %-9s %.*s\n", commands[c]->name, (int)strcspn(summary, "\n"), summary);
    }
    printf("\nwatthour help COMMAND tells its options.\n");
    return CLI_OK;
}

static int version(const struct cli_command *command, int argc, char **argv)
{
    struct cli_arguments arguments;
    if (!cli_parse(command, argc, argv, &arguments)) {
        return CLI_BAD_INPUT;
    }
    const struct wh_software_id id = wh_legal_software_id();
    printf("watthour %s\nlegally relevant part %s, SHA-256 %s\n", WATTHOUR_VERSION, id.version,
           id.checksum_hex);
    return CLI_OK;
}

static bool asks_for_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

/* -h or --help anywhere behind a command is all that matters. */
static int run_or_help(const struct cli_command *command, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (asks_for_help(argv[i])) {
            cli_print_help(command);
            return CLI_OK;
        }
    }
    return command->run(command, argc, argv);
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        return help(&help_command, 0, NULL);
    }
    if (asks_for_help(argv[1])) {
        return help(&help_command, argc - 2, argv + 2);
    }
    if (strcmp(argv[1], "--version") == 0) {
        return version(&version_command, argc - 2, argv + 2);
    }
    const struct cli_command *command = find_command(argv[1]);
    if (command == NULL) {
        fprintf(stderr, "watthour: there is no command %s; see watthour help\n", argv[1]);
        return CLI_BAD_INPUT;
    }
    return run_or_help(command, argc - 2, argv + 2);
}

/* What was printed must have arrived: a result that is cut must not look like one. */
static int finish_output(int status)
{
    errno = 0;
    const bool flushed = fflush(stdout) == 0;
    if (flushed && !ferror(stdout)) {
        return status;
    }
    fprintf(stderr, "watthour: cannot write to standard output%s%s\n", errno != 0 ? ": " : "",
            errno != 0 ? strerror(errno) : "");
    return status == CLI_OK ? CLI_FAILED : status;
}

int main(int argc, char **argv)
{
    return finish_output(dispatch(argc, argv));
}
