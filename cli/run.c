/* watthour run. The loop gives the meter as many samples as real time has passed; everything else –
 * page, DLMS, terminal – looks at the meter between two such steps. */
#include "cli/run.h"
#include "cli/model.h"
#include "cli/page.h"
#include "cli/run_meter.h"
#include "cli/run_ports.h"
#include "cli/run_push.h"
#include "cli/terminal.h"
#include "cli/virtual_meter.h"
#include "ports/linux/dlms_listener.h"
#include "web/server.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum option {
    MODEL,
    CODES,
    SCENARIO,
    RECORDING,
    THREE_PHASE,
    STATE,
    BREAKER,
    DLMS,
    KEYS,
    AUTHORITY,
    FIRMWARE_KEY,
    PUSH,
    MODULE,
    OPTICAL,
    OPTICAL_TCP,
    LINE_SPEED,
    WEB,
    NO_WEB,
    TTY,
    OPEN,
};

static const struct cli_option options[] = {
    [MODEL] = {"--model", "MODEL", CLI_MODEL_HELP},
    [CODES] = {"--codes", "\"CODE ...\"",
               "a new meter is one ordered by these codes, as watthour decode takes them"},
    [SCENARIO] = {"--scenario", "FILE.yaml",
                  "home to simulate (a built-in one); docs/scenarios.md"},
    [RECORDING] = {"--recording", "FILE.cfg", "real waveforms, in a loop, instead of a home"},
    [THREE_PHASE] = {"--three-phase", NULL, "a single-phase recording on all three phases"},
    [STATE] = {"--state", "DIR", "where the meter's memory is kept (your data folder)"},
    [BREAKER] = {"--breaker", NULL,
                 "a new meter is one with breaker (382M, 382L), which is never a safety function"},
    [DLMS] = {"--dlms", "HOST:PORT", "DLMS/COSEM on TCP (127.0.0.1:4059)"},
    [KEYS] = {"--keys", "FILE",
              "offers secure DLMS clients 1 and 2 with these keys; docs/cosem.md"},
    [AUTHORITY] = {"--authority", "FILE.pem",
                   "whose certificates management may import, in suites 1 and 2; docs/cosem.md"},
    [FIRMWARE_KEY] = {"--firmware-key", "FILE.pem",
                      "takes software images signed with this key's other half; docs/firmware.md"},
    [PUSH] = {"--push", "HOST:PORT",
              "where alarms are pushed to as long as the meter's set-up names nobody"},
    [MODULE] = {"--module-port", "HOST:PORT",
                "the module's UART on TCP: KMP, HDLC, IEC 62056-21 (127.0.0.1:1025)"},
    [OPTICAL] = {"--optical", "PATH", "the optical head as a pseudo-terminal, PATH a link to it"},
    [OPTICAL_TCP] = {"--optical-tcp", "HOST:PORT", "the optical head on TCP"},
    [LINE_SPEED] = {"--line-speed", NULL, "the optical head answers at its true speed"},
    [WEB] = {"--web", "HOST:PORT", "the bench page (127.0.0.1:8382)"},
    [NO_WEB] = {"--no-web", NULL, "no page"},
    [TTY] = {"--tty", NULL, "the LCD in this terminal"},
    [OPEN] = {"--open", NULL, "open the page in a browser, if there is a desktop"},
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_run = {
    .name = "run",
    .argument = NULL,
    .summary = "Runs a virtual meter in real time on a simulated home.\n",
    .options = options,
    .run = run,
};

enum {
    TICK_MS = 20,
    TICKS_PER_PUBLISH = 10,      /* the page gets five states a second */
    SAMPLES_PER_TICK_MAX = 4096, /* catches up after a short hold-up … */
    BEHIND_MAX_S = 10,           /* … but not after a long one: then it was a stop of time */
    DLMS_INACTIVITY_S = 180,     /* IEC 62056-47 class 41, default */
};

struct session {
    uv_loop_t loop;
    uv_timer_t tick;
    uv_signal_t interrupt;
    uv_signal_t terminate;
    struct virtual_meter vm;
    struct wh_code_set codes; /* of a new meter */
    struct dlms_listener *dlms;
    struct cli_push push;
    struct cli_ports ports;
    struct web_server *web;
    struct cli_endpoint dlms_at, web_at;
    struct cli_terminal terminal;
    uv_process_t browser;
    bool has_browser; /* the handle is to be closed */
    bool on_terminal;
    unsigned tick_count;
    uint64_t start_ns;
    uint64_t samples; /* given to the meter since start_ns */
};

static void stop(struct session *session)
{
    uv_stop(&session->loop);
}

static void on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    stop(handle->data);
}

/* Samples that real time asks for now. */
static uint64_t samples_due(struct session *session)
{
    const uint64_t passed_ns = uv_hrtime() - session->start_ns;
    const uint64_t seconds = passed_ns / 1000000000u;
    const uint64_t part = passed_ns % 1000000000u * WH_SAMPLE_RATE_HZ / 1000000000u;
    return seconds * WH_SAMPLE_RATE_HZ + part - session->samples;
}

static void skip_hold_up(struct session *session, uint64_t due)
{
    cli_journal_write(&session->vm.journal,
                      "this computer stood still for %.0f s, and the meter with it",
                      (double)due / WH_SAMPLE_RATE_HZ);
    session->samples += due;
    virtual_meter_set_clock(&session->vm);
}

static void give_samples(struct session *session)
{
    const uint64_t due = samples_due(session);
    if (due > (uint64_t)BEHIND_MAX_S * WH_SAMPLE_RATE_HZ) {
        skip_hold_up(session, due);
        return;
    }
    const uint64_t count = due < SAMPLES_PER_TICK_MAX ? due : SAMPLES_PER_TICK_MAX;
    session->samples += count;
    const unsigned losses = session->vm.supply_losses;
    virtual_meter_run(&session->vm, (size_t)count);
    if (session->vm.supply_losses != losses) {
        dlms_listener_supply(session->dlms,
                             false); /* even if it is back: no association survives */
        cli_ports_supply(&session->ports, false);
        cli_push_cut(&session->push);
    }
    dlms_listener_supply(session->dlms, session->vm.powered);
    cli_ports_supply(&session->ports, session->vm.powered);
    if (session->vm.powered && session->vm.face.modern != NULL) {
        cli_push_poll(&session->push, session->vm.face.modern);
    }
}

static void show(struct session *session)
{
    if (session->web != NULL) {
        web_server_publish(session->web);
    }
    if (session->on_terminal) {
        struct wh_lcd lcd;
        wh_meter_lcd(&session->vm.meter, &lcd);
        const bool led = session->vm.powered && wh_meter_led(&session->vm.meter);
        cli_terminal_show(&lcd, led, "space: button   m: mains off/on   q: stop");
    }
}

static void on_tick(uv_timer_t *timer)
{
    struct session *session = timer->data;
    give_samples(session);
    if (++session->tick_count % TICKS_PER_PUBLISH == 0) {
        show(session);
    }
}

static void on_key(void *context, char key)
{
    struct session *session = context;
    enum { CONTROL_C = 3 };
    if (key == ' ') {
        wh_meter_button(&session->vm.meter);
    } else if (key == 'm') {
        virtual_meter_cut(&session->vm, !virtual_meter_is_cut(&session->vm));
    } else if (key == 'q' || key == CONTROL_C) {
        stop(session);
    }
}

static char *page_state(void *context)
{
    const struct session *session = context;
    return cli_page_state(&session->vm);
}

static bool page_command(void *context, const char *json, size_t length, char *error,
                         size_t error_size)
{
    struct session *session = context;
    const bool done = cli_page_command(&session->vm, json, length, error, error_size);
    if (done) {
        web_server_publish(session->web); /* the page sees at once what it did */
    }
    return done;
}

static struct cli_run_meter chosen_meter(const struct cli_arguments *arguments)
{
    const char *const *value = arguments->value;
    return (struct cli_run_meter){
        .model = value[MODEL],
        .codes = value[CODES],
        .state = value[STATE],
        .scenario = value[SCENARIO],
        .recording = value[RECORDING],
        .keys = value[KEYS],
        .authority = value[AUTHORITY],
        .firmware_key = value[FIRMWARE_KEY],
        .push = value[PUSH],
        .is_three_phase = value[THREE_PHASE] != NULL,
        .has_breaker = value[BREAKER] != NULL,
    };
}

static bool open_dlms(struct session *session, const struct cli_arguments *arguments)
{
    struct cli_endpoint *at = &session->dlms_at;
    char error[CLI_ERROR_SIZE];
    *at = (struct cli_endpoint){"127.0.0.1", 4059};
    if (!cli_endpoint(&cli_run, "--dlms", arguments->value[DLMS], at)) {
        return false;
    }
    const struct dlms_listener_config config = {
        .loop = &session->loop,
        .host = at->host,
        .port = at->port,
        .server = &session->vm.face.server,
        .inactivity_s = DLMS_INACTIVITY_S,
    };
    session->dlms = dlms_listener_start(&config, error, sizeof error);
    if (session->dlms == NULL) {
        cli_refuse(&cli_run, "%s", error);
        return false;
    }
    const struct wh_modern_tcp tcp = {dlms_listener_port(session->dlms),
                                      DLMS_LISTENER_CONNECTIONS_MAX, DLMS_INACTIVITY_S};
    cli_modern_is_at(&session->vm.modern, &tcp);
    return true;
}

static bool open_ports(struct session *session, const struct cli_arguments *arguments)
{
    const struct cli_ports_config config = {
        .loop = &session->loop,
        .access = &session->vm.access,
        .cosem = &session->vm.face,
        .module = arguments->value[MODULE],
        .optical = arguments->value[OPTICAL],
        .optical_tcp = arguments->value[OPTICAL_TCP],
        .has_line_speed = arguments->value[LINE_SPEED] != NULL,
    };
    return cli_ports_open(&session->ports, &cli_run, &config);
}

/* Best effort: a computer without a desktop just shows the address. */
static void open_browser(struct session *session, char *url)
{
    if (getenv("DISPLAY") == NULL && getenv("WAYLAND_DISPLAY") == NULL) {
        return;
    }
    char *arguments[] = {"xdg-open", url, NULL};
    const uv_process_options_t process = {
        .file = "xdg-open", .args = arguments, .flags = UV_PROCESS_DETACHED};
    (void)uv_spawn(&session->loop, &session->browser, &process);
    uv_unref((uv_handle_t *)&session->browser);
    session->has_browser = true; /* also if it did not start */
}

static bool open_web(struct session *session, const struct cli_arguments *arguments)
{
    struct cli_endpoint *at = &session->web_at;
    char error[CLI_ERROR_SIZE];
    if (arguments->value[NO_WEB] != NULL) {
        return true;
    }
    *at = (struct cli_endpoint){"127.0.0.1", 8382};
    if (!cli_endpoint(&cli_run, "--web", arguments->value[WEB], at)) {
        return false;
    }
    const struct web_server_config config = {
        .loop = &session->loop,
        .host = at->host,
        .port = at->port,
        .state = page_state,
        .command = page_command,
        .context = session,
    };
    session->web = web_server_start(&config, error, sizeof error);
    if (session->web == NULL) {
        cli_refuse(&cli_run, "%s", error);
        return false;
    }
    return true;
}

/* Says where everything is, once nothing can be refused any more. */
static void announce(struct session *session, bool browser)
{
    struct cli_journal *journal = &session->vm.journal;
    cli_journal_write(journal, "DLMS on %s:%u (client 16 public; 18, 19, 20 with password 12345)",
                      session->dlms_at.host, dlms_listener_port(session->dlms));
    if (session->vm.face.modern != NULL) {
        cli_journal_write(journal, "and there client 1 management, 2 reading with their keys");
    }
    if (session->vm.modern.push_to[0] != '\0') {
        cli_journal_write(journal, "pushes to %s, under the keys of client 2",
                          session->vm.modern.push_to);
    }
    cli_ports_announce(&session->ports, journal);
    if (session->web == NULL) {
        return;
    }
    char url[128];
    const char *host = session->web_at.host;
    snprintf(url, sizeof url, strchr(host, ':') != NULL ? "http://[%s]:%u/" : "http://%s:%u/", host,
             web_server_port(session->web));
    cli_journal_write(journal, "page on %s", url);
    if (browser) {
        open_browser(session, url);
    }
}

static void start_handles(struct session *session)
{
    uv_timer_init(&session->loop, &session->tick);
    uv_signal_init(&session->loop, &session->interrupt);
    uv_signal_init(&session->loop, &session->terminate);
    session->tick.data = session;
    session->interrupt.data = session;
    session->terminate.data = session;
    uv_signal_start(&session->interrupt, on_signal, SIGINT);
    uv_signal_start(&session->terminate, on_signal, SIGTERM);
    session->start_ns = uv_hrtime();
    uv_timer_start(&session->tick, on_tick, TICK_MS, TICK_MS);
}

static void close_handles(struct session *session)
{
    uv_close((uv_handle_t *)&session->tick, NULL);
    uv_close((uv_handle_t *)&session->interrupt, NULL);
    uv_close((uv_handle_t *)&session->terminate, NULL);
}

static void live(struct session *session)
{
    start_handles(session);
    if (session->on_terminal) {
        session->vm.journal.echo = false;
        cli_terminal_start(&session->terminal, &session->loop, on_key, session);
    } else {
        printf("Ctrl-C stores and stops\n");
        fflush(stdout);
    }
    uv_run(&session->loop, UV_RUN_DEFAULT);
    if (session->on_terminal) {
        cli_terminal_stop(&session->terminal);
    }
    close_handles(session);
}

/* Errors as virtual_meter_close. */
static enum wh_err close_session(struct session *session)
{
    if (session->web != NULL) {
        web_server_stop(session->web);
    }
    if (session->dlms != NULL) {
        dlms_listener_stop(session->dlms);
    }
    cli_ports_close(&session->ports);
    cli_push_cut(&session->push);
    if (session->has_browser) {
        uv_close((uv_handle_t *)&session->browser, NULL);
    }
    uv_run(&session->loop, UV_RUN_DEFAULT); /* the close callbacks */
    const enum wh_err err = virtual_meter_close(&session->vm);
    uv_loop_close(&session->loop);
    return err;
}

static int tell_failure(bool not_started, enum wh_err err)
{
    if (not_started) {
        fprintf(stderr, "watthour run: the meter did not start again after a power cut\n");
    } else {
        fprintf(stderr, "watthour run: the registers could not be stored: %s\n", wh_err_text(err));
    }
    return CLI_FAILED;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct cli_arguments arguments;
    if (!cli_parse(command, argc, argv, &arguments)) {
        return CLI_BAD_INPUT;
    }
    const struct cli_run_meter chosen = chosen_meter(&arguments);
    if (!cli_run_meter_check(command, &chosen)) {
        return CLI_BAD_INPUT;
    }
    struct session *session = calloc(1, sizeof *session);
    if (session == NULL || uv_loop_init(&session->loop) != 0) {
        free(session);
        return CLI_FAILED;
    }
    cli_push_open(&session->push, &session->loop, &session->vm.journal);
    session->vm.memory.descriptor = -1;
    session->vm.journal.echo = true;
    session->on_terminal = arguments.value[TTY] != NULL;
    signal(SIGPIPE, SIG_IGN); /* a client that hangs up is no reason to stop measuring */
    signal(SIGXFSZ, SIG_IGN); /* nor is a file that must not grow: the write fails */
    /* The memory last: opening it may write. */
    const bool ready = open_dlms(session, &arguments) && open_ports(session, &arguments) &&
                       open_web(session, &arguments) &&
                       cli_run_meter_open(command, &chosen, &session->codes, &session->vm);
    if (ready) {
        cli_ports_supply(&session->ports, true);
        announce(session, arguments.value[OPEN] != NULL);
        live(session);
    }
    const enum wh_err err = close_session(session);
    const bool failed = session->vm.failed;
    free(session);
    if (!ready) {
        return CLI_BAD_INPUT;
    }
    return err == WH_OK ? CLI_OK : tell_failure(failed, err);
}
