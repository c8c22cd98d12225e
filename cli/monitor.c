/* watthour monitor: the command line, and which of the two it is, a file or a tap. */
#include "cli/monitor.h"

#include <string.h>

#include "cli/monitor_input.h"
#include "cli/monitor_keys.h"
#include "cli/monitor_tap.h"
#include "dlms/crypto.h"
#include "dlms/wrapper.h"
#include "ports/linux/crypto_openssl.h"

enum option {
    BRIEF,
    JSON,
    KEY_FILE,
    BINARY,
    PORT,
    TAP,
};

enum { MODULE_PORT = 1025 };

static const struct cli_option options[] = {
    [BRIEF] = {"--brief", NULL, "one line a frame"},
    [JSON] = {"--json", NULL, "one JSON object a line and frame"},
    [KEY_FILE] = {"--key-file", "FILE", "decipher with these keys (docs/monitor.md)"},
    [BINARY] = {"--binary", NULL, "the file is the bytes themselves, not hex"},
    [PORT] = {"--port", "PORT", "of the meter in a capture (4059 and 1025)"},
    [TAP] = {"--tap", "HOST:PORT", "listen there, pass on to the meter at HOST:PORT and decode"},
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_monitor = {
    .name = "monitor",
    .argument = "FILE",
    .summary =
        "What meters and readers say to each other, decoded: DLMS over HDLC or TCP, KMP,\n"
        "IEC 62056-21, M-Bus. FILE is hex text (- is standard input; -> and <- in front of a line\n"
        "tell the direction, # begins a comment), a pcap or pcapng capture, or with --tap the\n"
        "HOST:PORT of a meter. Ends with 1 when a frame was damaged.\n",
    .options = options,
    .run = run,
};

/* Everything a run needs. */
struct monitor {
    struct cli_arguments arguments;
    struct decode_keys keys;
    struct monitor_output output;
    struct dlms_openssl *openssl;
};

static bool read_keys(const struct cli_command *command, struct monitor *monitor)
{
    struct tool_failure failure = {.code = CLI_OK};
    const char *path = monitor->arguments.value[KEY_FILE];
    if (path == NULL) {
        return true;
    }
    if (!monitor_keys_read(path, &monitor->keys, &failure)) {
        cli_refuse(command, "--key-file: %s", failure.text);
        return false;
    }
    monitor->openssl = dlms_openssl_new();
    if (monitor->openssl == NULL) {
        cli_refuse(command, "OpenSSL lacks an algorithm");
        return false;
    }
    monitor->keys.crypto = dlms_openssl_crypto(monitor->openssl);
    return true;
}

static int run_tap(const struct cli_command *command, struct monitor *monitor)
{
    struct monitor_tap tap = {
        .command = command,
        .keys = &monitor->keys,
        .output = &monitor->output,
        .listen = {.host = "127.0.0.1"},
        .meter = {.host = "127.0.0.1"},
    };
    if (!cli_endpoint(command, "--tap", monitor->arguments.value[TAP], &tap.listen) ||
        !cli_endpoint(command, "the meter", monitor->arguments.argument, &tap.meter)) {
        return CLI_BAD_INPUT;
    }
    monitor->output.is_live = true;
    return monitor_tap_run(&tap);
}

static int run_file(const struct cli_command *command, struct monitor *monitor)
{
    struct monitor_input input = {
        .command = command,
        .keys = &monitor->keys,
        .output = &monitor->output,
        .path = monitor->arguments.argument,
        .is_binary = monitor->arguments.value[BINARY] != NULL,
        .ports = {DLMS_WRAPPER_TCP_PORT, MODULE_PORT},
        .port_count = 2,
    };
    if (monitor->arguments.value[PORT] != NULL) {
        double port = 0;
        if (!cli_number(command, "--port", monitor->arguments.value[PORT], 1, UINT16_MAX, &port)) {
            return CLI_BAD_INPUT;
        }
        input.ports[0] = (uint16_t)port;
        input.port_count = 1;
    }
    monitor->output.is_live = strcmp(input.path, "-") == 0;
    return monitor_input_run(&input);
}

static bool fits_together(const struct cli_command *command, const struct cli_arguments *arguments)
{
    if (arguments->value[BRIEF] != NULL && arguments->value[JSON] != NULL) {
        cli_refuse(command, "--brief and --json exclude each other");
        return false;
    }
    if (arguments->value[TAP] != NULL &&
        (arguments->value[BINARY] != NULL || arguments->value[PORT] != NULL)) {
        cli_refuse(command, "--tap goes with neither --binary nor --port");
        return false;
    }
    return true;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct monitor monitor = {.openssl = NULL};
    int status = CLI_BAD_INPUT;
    if (!cli_parse(command, argc, argv, &monitor.arguments) ||
        !fits_together(command, &monitor.arguments)) {
        return CLI_BAD_INPUT;
    }
    monitor.output.form = monitor.arguments.value[JSON] != NULL    ? MONITOR_JSON
                          : monitor.arguments.value[BRIEF] != NULL ? MONITOR_BRIEF
                                                                   : MONITOR_TREE;
    if (read_keys(command, &monitor)) {
        status = monitor.arguments.value[TAP] != NULL ? run_tap(command, &monitor)
                                                      : run_file(command, &monitor);
    }
    dlms_wipe(&monitor.keys, sizeof monitor.keys);
    dlms_openssl_free(monitor.openssl);
    return status;
}
