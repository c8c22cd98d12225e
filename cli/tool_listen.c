/* watthour listen: takes what meters push. Invariant: a connection is in the list from accept until
 * its close callback; what it sends is judged before it is printed; and none keeps its place by
 * sending anything less than pushes that are taken. */
#include "cli/tool.h"
#include "cli/tool_command.h"
#include "cli/tool_push.h"
#include "dlms/wrapper.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { KEY_FILE, JSON, COUNT };

static const struct cli_option options[] = {
    [KEY_FILE] = {"--key-file", "FILE.yaml", "keys that pushes are protected with; docs/tool.md"},
    [JSON] = {"--json", NULL, "a line of JSON for each push instead of text"},
    [COUNT] = {"--count", "N", "ends after N pushes, good or not"},
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_listen = {
    .name = "listen",
    .argument = "[PORT]",
    .summary =
        "Takes what meters push, and prints it.\n"
        "Over TCP with the DLMS wrapper, on [HOST:]PORT or 127.0.0.1:4060. With keys only what is\n"
        "genuine and was not there before is taken; counters are kept in FILE.received.\n",
    .options = options,
    .run = run,
};

enum {
    PORT = 4060,
    CONNECTIONS_MAX = 64,
    IDLE_MS = 60000,
    WHOLE_MS = 300000, /* for one push; the longest takes that at 600 Bd */
    COUNT_MAX = 1000000000,
};

struct listening {
    uv_loop_t loop;
    uv_tcp_t tcp;
    uv_signal_t interrupt, terminate;
    struct cli_endpoint at;
    struct tool_push_receiver receiver;
    struct connection *connections;
    size_t open_count; /* of those that are not being closed */
    bool has_json;
    bool is_over; /* as many pushes as wanted have come */
    double most;  /* pushes; 0: any number */
    double taken;
};

struct connection {
    uv_tcp_t tcp;
    uv_timer_t late;
    struct listening *listening;
    struct connection *next;
    unsigned handles;
    uint64_t since_ms; /* the last push that was taken, or accept */
    struct dlms_wrapper wrapper;
    char peer[64];
    char received[2048];
    uint8_t apdu[TOOL_PUSH_APDU];
};

/* ---- Pushes ---- */

static void print(struct connection *connection, const struct tool_push *push)
{
    if (!connection->listening->has_json) {
        tool_push_print(push, connection->peer);
    } else {
        json_t *json = tool_push_json(push);
        json_object_set_new(json, "from", json_string(connection->peer));
        json_dumpf(json, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15));
        json_decref(json);
        putchar('\n');
    }
    fflush(stdout);
}

static void take(struct connection *connection, const struct dlms_wrapper_frame *frame)
{
    struct listening *listening = connection->listening;
    struct tool_push push;
    tool_push_take(&listening->receiver, frame->apdu, &push);
    print(connection, &push);
    if (push.status == TOOL_PUSH_GOOD) {
        connection->since_ms = uv_now(&listening->loop);
    }
    listening->taken++;
    listening->is_over = listening->most > 0 && listening->taken >= listening->most;
    if (listening->is_over) {
        uv_stop(&listening->loop);
    }
}

/* ---- Connections ---- */

static void on_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;
    struct listening *listening = connection->listening;
    if (--connection->handles > 0) {
        return;
    }
    struct connection **at = &listening->connections;
    while (*at != connection) {
        at = &(*at)->next;
    }
    *at = connection->next;
    free(connection);
}

static void close_connection(struct connection *connection)
{
    if (!uv_is_closing((uv_handle_t *)&connection->tcp)) {
        connection->listening->open_count--;
        uv_close((uv_handle_t *)&connection->tcp, on_closed);
        uv_close((uv_handle_t *)&connection->late, on_closed);
    }
}

static void on_late(uv_timer_t *timer)
{
    close_connection(timer->data);
}

/* It may be silent for a while, but not longer than there is left for a whole push. */
static void wait_for_more(struct connection *connection)
{
    const uint64_t used_ms = uv_now(&connection->listening->loop) - connection->since_ms;
    const uint64_t left_ms = used_ms < WHOLE_MS ? WHOLE_MS - used_ms : 0;
    uv_timer_start(&connection->late, on_late, left_ms < IDLE_MS ? left_ms : IDLE_MS, 0);
}

/* The one that has gone longest without a push that was taken makes room; the list has the newest
 * first. */
static void close_oldest(const struct listening *listening)
{
    struct connection *oldest = NULL;
    for (struct connection *c = listening->connections; c != NULL; c = c->next) {
        if (!uv_is_closing((uv_handle_t *)&c->tcp) &&
            (oldest == NULL || c->since_ms <= oldest->since_ms)) {
            oldest = c;
        }
    }
    if (oldest != NULL) {
        close_connection(oldest);
    }
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct connection *connection = handle->data;
    (void)suggested;
    *buffer = uv_buf_init(connection->received, sizeof connection->received);
}

/* Bytes that are no wrapper end the connection: nothing behind them can be trusted. */
static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct connection *connection = stream->data;
    const uint8_t *data = (const uint8_t *)buffer->base;
    if (length < 0) {
        close_connection(connection);
        return;
    }
    for (size_t left = (size_t)length; left > 0 && !connection->listening->is_over;) {
        struct dlms_wrapper_frame frame;
        size_t used = 0;
        const enum dlms_err err =
            dlms_wrapper_feed(&connection->wrapper, data, left, &used, &frame);
        if (err == DLMS_OK) {
            take(connection, &frame);
        } else if (err != DLMS_ERR_MORE) {
            fprintf(stderr, "watthour listen: %s does not speak the DLMS wrapper\n",
                    connection->peer);
            close_connection(connection);
            return;
        }
        data += used;
        left -= used;
    }
    wait_for_more(connection);
}

static void name_peer(struct connection *connection)
{
    struct sockaddr_storage address;
    int length = sizeof address;
    char host[46] = "?";
    if (uv_tcp_getpeername(&connection->tcp, (struct sockaddr *)&address, &length) == 0) {
        uv_ip_name((const struct sockaddr *)&address, host, sizeof host);
    }
    snprintf(connection->peer, sizeof connection->peer, "%s", host);
}

static struct connection *add_connection(struct listening *listening)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        return NULL;
    }
    connection->listening = listening;
    connection->tcp.data = connection;
    connection->late.data = connection;
    connection->handles = 2;
    connection->since_ms = uv_now(&listening->loop);
    connection->next = listening->connections;
    listening->connections = connection;
    listening->open_count++;
    uv_tcp_init(&listening->loop, &connection->tcp);
    uv_timer_init(&listening->loop, &connection->late);
    dlms_wrapper_init(&connection->wrapper, connection->apdu, sizeof connection->apdu);
    return connection;
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct listening *listening = stream->data;
    if (status == 0 && listening->open_count == CONNECTIONS_MAX) {
        close_oldest(listening);
    }
    struct connection *connection = status == 0 ? add_connection(listening) : NULL;
    if (connection == NULL) {
        return;
    }
    if (uv_accept(stream, (uv_stream_t *)&connection->tcp) != 0 ||
        uv_read_start((uv_stream_t *)&connection->tcp, on_allocate, on_read) != 0) {
        close_connection(connection);
        return;
    }
    name_peer(connection);
    wait_for_more(connection);
}

/* ---- The command ---- */

static void on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    uv_stop(handle->loop);
}

static int listen_at(struct listening *listening)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    char service[8];
    uv_getaddrinfo_t found; /* without a callback the call waits for the answer */
    snprintf(service, sizeof service, "%u", listening->at.port);
    int status =
        uv_getaddrinfo(&listening->loop, &found, NULL, listening->at.host, service, &hints);
    if (status != 0) {
        return status;
    }
    status = uv_tcp_bind(&listening->tcp, found.addrinfo->ai_addr, 0);
    uv_freeaddrinfo(found.addrinfo);
    return status == 0 ? uv_listen((uv_stream_t *)&listening->tcp, CONNECTIONS_MAX, on_connection)
                       : status;
}

static void announce(const struct listening *listening)
{
    struct sockaddr_storage address;
    int length = sizeof address;
    uint16_t port = listening->at.port;
    if (uv_tcp_getsockname(&listening->tcp, (struct sockaddr *)&address, &length) == 0) {
        /* The port is at the same place in both families. */
        port = ntohs(((const struct sockaddr_in *)&address)->sin_port);
    }
    fprintf(stderr, "watthour listen: on %s:%u, %s\n", listening->at.host, port,
            listening->receiver.has_keys ? "with keys" : "without keys: what comes may be forged");
}

static int live(struct listening *listening)
{
    const int status = listen_at(listening);
    if (status != 0) {
        fprintf(stderr, "watthour listen: %s:%u: %s\n", listening->at.host, listening->at.port,
                uv_strerror(status));
        return CLI_BAD_INPUT;
    }
    announce(listening);
    uv_signal_start(&listening->interrupt, on_signal, SIGINT);
    uv_signal_start(&listening->terminate, on_signal, SIGTERM);
    uv_run(&listening->loop, UV_RUN_DEFAULT);
    return CLI_OK;
}

static int serve(struct listening *listening)
{
    uv_loop_init(&listening->loop);
    uv_tcp_init(&listening->loop, &listening->tcp);
    uv_signal_init(&listening->loop, &listening->interrupt);
    uv_signal_init(&listening->loop, &listening->terminate);
    listening->tcp.data = listening;
    const int status = live(listening);
    for (struct connection *c = listening->connections; c != NULL; c = c->next) {
        close_connection(c);
    }
    uv_close((uv_handle_t *)&listening->tcp, NULL);
    uv_close((uv_handle_t *)&listening->interrupt, NULL);
    uv_close((uv_handle_t *)&listening->terminate, NULL);
    uv_run(&listening->loop, UV_RUN_DEFAULT); /* the close callbacks */
    uv_loop_close(&listening->loop);
    return status;
}

static int open_receiver(struct listening *listening, const struct cli_arguments *arguments)
{
    const struct tool_secret_options options_given = {.key_file = arguments->value[KEY_FILE]};
    struct tool_secrets secrets;
    struct tool_failure failure;
    const bool is_open = tool_secrets_load(&secrets, &options_given, &failure) &&
                         tool_push_open(&listening->receiver, &secrets, &failure);
    dlms_wipe(&secrets, sizeof secrets);
    if (!is_open) {
        fprintf(stderr, "watthour listen: %s\n", failure.text);
    }
    return is_open ? CLI_OK : failure.code;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct cli_arguments arguments;
    struct listening *listening = calloc(1, sizeof *listening);
    if (listening == NULL) {
        return CLI_FAILED;
    }
    listening->at = (struct cli_endpoint){"127.0.0.1", PORT};
    int status = CLI_BAD_INPUT;
    if (cli_parse(command, argc, argv, &arguments) &&
        cli_number(command, "--count", arguments.value[COUNT], 1, COUNT_MAX, &listening->most) &&
        cli_endpoint(command, "PORT", arguments.argument, &listening->at)) {
        listening->has_json = arguments.value[JSON] != NULL;
        status = open_receiver(listening, &arguments);
        status = status == CLI_OK ? serve(listening) : status;
        tool_push_close(&listening->receiver);
    }
    free(listening);
    return status;
}
