/* The tap: two sockets a connection and a buffer each way. Invariants: a byte is decoded once,
 * when it is read, and passed on whatever comes of that; a side is read only when all it sent
 * before is passed on; only poll() waits, so that no connection holds up another. */
#include "cli/monitor_tap.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 4096, CLIENT = 0, METER = 1, TICK_MS = 250, TIME_TEXT = 64 };

/* What one side sent and the other has not taken yet. */
struct way {
    uint8_t bytes[PIECE];
    size_t length;
    size_t at;
    bool is_ended;  /* nothing more will come */
    bool is_closed; /* and the other side knows */
};

struct connection {
    const struct monitor_tap *tap;
    int socket[2];     /* of client and meter; -1: this row is free */
    struct way way[2]; /* by who sends */
    struct decode_session *session;
    const struct addrinfo *next; /* to be tried when the present attempt fails */
    bool is_connecting;          /* to the meter; the client is not read yet */
    uint64_t heard_ms;           /* or began to connect */
    char channel[32];
};

struct tap_state {
    const struct monitor_tap *tap;
    struct addrinfo *meter; /* where it is, looked up once */
    int listener;
    uint64_t accepted;
    struct connection connections[MONITOR_TAP_CONNECTIONS];
};

static volatile sig_atomic_t is_stopped;

static void stop(int signal_number)
{
    (void)signal_number;
    is_stopped = 1;
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- Sockets ---- */

/* NULL and *why; freed by freeaddrinfo. */
static struct addrinfo *look_up(const struct cli_endpoint *endpoint, const char **why)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char port[8];
    snprintf(port, sizeof port, "%u", endpoint->port);
    const int result = getaddrinfo(endpoint->host, port, &hints, &found);
    *why = result != 0 ? gai_strerror(result) : NULL;
    return result == 0 ? found : NULL;
}

/* -1 and errno. */
static int listen_at(const struct addrinfo *address)
{
    const int fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, 0);
    const int yes = 1;
    if (fd < 0) {
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, address->ai_addr, address->ai_addrlen) != 0 ||
        listen(fd, MONITOR_TAP_CONNECTIONS) != 0) {
        const int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

static int open_listener(const struct cli_endpoint *endpoint, const char **why)
{
    struct addrinfo *found = look_up(endpoint, why);
    int fd = -1;
    for (const struct addrinfo *a = found; a != NULL && fd < 0; a = a->ai_next) {
        fd = listen_at(a);
        *why = strerror(errno);
    }
    if (found != NULL) {
        freeaddrinfo(found);
    }
    return fd;
}

static unsigned port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    char port[8] = "0";
    if (getsockname(fd, (struct sockaddr *)&address, &size) == 0) {
        getnameinfo((struct sockaddr *)&address, size, NULL, 0, port, sizeof port, NI_NUMERICSERV);
    }
    return (unsigned)strtoul(port, NULL, 10);
}

/* ---- Connections ---- */

static void report(void *context, const struct decode_report *made)
{
    const struct connection *connection = context;
    struct timespec now;
    struct tm utc;
    char day[TIME_TEXT / 2], text[TIME_TEXT];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S", &utc);
    snprintf(text, sizeof text, "%s.%03u", day, (unsigned)(now.tv_nsec / 1000000));
    const struct decode_origin origin = {.time = text, .channel = connection->channel};
    monitor_output_report(connection->tap->output, made, &origin);
}

static void close_side(struct connection *connection, int side)
{
    if (connection->socket[side] >= 0) {
        close(connection->socket[side]);
    }
    connection->socket[side] = -1;
}

static void end_connection(struct connection *connection)
{
    decode_flush(connection->session);
    decode_session_free(connection->session);
    connection->session = NULL;
    close_side(connection, CLIENT);
    close_side(connection, METER);
}

static void complain(const struct monitor_tap *tap, const char *why)
{
    fprintf(stderr, "watthour monitor: %s:%u: %s\n", tap->meter.host, tap->meter.port, why);
}

/* Pieces go on as they come: waiting for more would change the timing that is being watched. */
static void pass_at_once(int fd)
{
    const int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

static struct connection *free_row(struct tap_state *state)
{
    for (int i = 0; i < MONITOR_TAP_CONNECTIONS; i++) {
        if (state->connections[i].socket[CLIENT] < 0) {
            return &state->connections[i];
        }
    }
    return NULL;
}

/* Begins to connect to the next address that there is. False: none is left; errno says why. */
static bool connect_next(struct connection *connection)
{
    for (; connection->next != NULL; close_side(connection, METER)) {
        const struct addrinfo *address = connection->next;
        const int type = address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK;
        connection->next = address->ai_next;
        connection->socket[METER] = socket(address->ai_family, type, 0);
        connection->heard_ms = now_ms();
        if (connection->socket[METER] >= 0 &&
            (connect(connection->socket[METER], address->ai_addr, address->ai_addrlen) == 0 ||
             errno == EINPROGRESS)) {
            return true;
        }
    }
    return false;
}

/* An attempt has ended, or lasts too long. */
static void see_connected(struct connection *connection)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (now_ms() - connection->heard_ms > MONITOR_TAP_CONNECT_MS) {
        error = ETIMEDOUT;
    } else if (getsockopt(connection->socket[METER], SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
        error = errno;
    }
    if (error == 0) {
        connection->is_connecting = false;
        pass_at_once(connection->socket[METER]);
        return;
    }
    close_side(connection, METER);
    if (!connect_next(connection)) {
        complain(connection->tap, strerror(error));
        end_connection(connection);
    }
}

static void accept_client(struct tap_state *state)
{
    const int client = accept4(state->listener, NULL, NULL, SOCK_CLOEXEC);
    struct connection *row = free_row(state);
    if (client < 0) {
        return;
    }
    struct decode_session *session =
        row != NULL ? decode_session_new(state->tap->keys, report, row) : NULL;
    if (session == NULL) {
        complain(state->tap, row != NULL ? "not enough memory" : "too many connections");
        close(client);
        return;
    }
    pass_at_once(client);
    *row = (struct connection){.tap = state->tap,
                               .socket = {client, -1},
                               .session = session,
                               .next = state->meter,
                               .is_connecting = true};
    snprintf(row->channel, sizeof row->channel, "%llu", (unsigned long long)++state->accepted);
    if (!connect_next(row)) {
        complain(state->tap, strerror(errno));
        end_connection(row);
    }
}

/* ---- Passing on ---- */

static void read_side(struct connection *connection, int side)
{
    struct way *way = &connection->way[side];
    const ssize_t got = recv(connection->socket[side], way->bytes, sizeof way->bytes, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got <= 0) {
        way->is_ended = true;
        return;
    }
    way->length = (size_t)got;
    way->at = 0;
    connection->heard_ms = now_ms();
    decode_feed(connection->session, side == CLIENT ? DECODE_TO_METER : DECODE_FROM_METER,
                way->bytes, way->length);
}

static void write_side(struct connection *connection, int side)
{
    struct way *way = &connection->way[1 - side];
    const ssize_t sent = send(connection->socket[side], way->bytes + way->at, way->length - way->at,
                              MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
        way->at += (size_t)sent;
    } else if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        way->at = way->length;
        way->is_ended = true;
        connection->way[side].is_ended = true;
    }
}

/* An end of one side is told to the other once all is passed on. True: both have ended. */
static bool close_ways(struct connection *connection)
{
    for (int side = 0; side < 2; side++) {
        struct way *way = &connection->way[side];
        if (way->is_ended && !way->is_closed && way->at == way->length) {
            shutdown(connection->socket[1 - side], SHUT_WR);
            way->is_closed = true;
        }
    }
    return connection->way[CLIENT].is_closed && connection->way[METER].is_closed;
}

static short wanted(const struct connection *connection, int side)
{
    const struct way *in = &connection->way[side];
    const struct way *out = &connection->way[1 - side];
    if (connection->is_connecting) {
        return side == METER ? POLLOUT : 0;
    }
    const bool reads = !in->is_ended && in->at == in->length;
    const bool writes = out->at < out->length;
    return (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0));
}

static void serve(struct connection *connection, const struct pollfd polled[2])
{
    if (connection->is_connecting) {
        if (polled[METER].revents != 0 ||
            now_ms() - connection->heard_ms > MONITOR_TAP_CONNECT_MS) {
            see_connected(connection);
        }
        return;
    }
    for (int side = 0; side < 2; side++) {
        if ((polled[side].revents & POLLOUT) != 0) {
            write_side(connection, side);
        }
        if ((polled[side].revents & (POLLIN | POLLHUP | POLLERR)) != 0 &&
            (polled[side].events & POLLIN) != 0) {
            read_side(connection, side);
        }
    }
    if (now_ms() - connection->heard_ms > MONITOR_TAP_SILENCE_MS) {
        decode_flush(connection->session);
    }
    if (close_ways(connection)) {
        end_connection(connection);
    }
}

static void turn(struct tap_state *state)
{
    struct pollfd polled[1 + 2 * MONITOR_TAP_CONNECTIONS] = {{state->listener, POLLIN, 0}};
    for (int i = 0; i < MONITOR_TAP_CONNECTIONS; i++) {
        const struct connection *connection = &state->connections[i];
        for (int side = 0; side < 2; side++) {
            const short events = connection->socket[side] >= 0 ? wanted(connection, side) : 0;
            polled[1 + 2 * i + side] =
                (struct pollfd){events != 0 ? connection->socket[side] : -1, events, 0};
        }
    }
    if (poll(polled, sizeof polled / sizeof polled[0], TICK_MS) < 0) {
        return;
    }
    for (int i = 0; i < MONITOR_TAP_CONNECTIONS; i++) {
        if (state->connections[i].socket[CLIENT] >= 0) {
            serve(&state->connections[i], &polled[1 + 2 * i]);
        }
    }
    if ((polled[0].revents & POLLIN) != 0) {
        accept_client(state);
    }
}

static void run(struct tap_state *state)
{
    const struct sigaction action = {.sa_handler = stop};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    fprintf(stderr, "tap on %s:%u to %s:%u, Ctrl-C stops\n", state->tap->listen.host,
            port_of(state->listener), state->tap->meter.host, state->tap->meter.port);
    while (!is_stopped) {
        turn(state);
    }
    for (int i = 0; i < MONITOR_TAP_CONNECTIONS; i++) {
        if (state->connections[i].socket[CLIENT] >= 0) {
            end_connection(&state->connections[i]);
        }
    }
}

static int run_state(const struct monitor_tap *tap, struct tap_state *state)
{
    const char *why = NULL;
    state->tap = tap;
    for (int i = 0; i < MONITOR_TAP_CONNECTIONS; i++) {
        state->connections[i].socket[CLIENT] = state->connections[i].socket[METER] = -1;
    }
    state->meter = look_up(&tap->meter, &why);
    if (state->meter == NULL) {
        return cli_refuse(tap->command, "the meter: %s: %s", tap->meter.host, why);
    }
    state->listener = open_listener(&tap->listen, &why);
    if (state->listener < 0) {
        return cli_refuse(tap->command, "--tap: %s:%u: %s", tap->listen.host, tap->listen.port,
                          why);
    }
    run(state);
    close(state->listener);
    return CLI_OK;
}

int monitor_tap_run(const struct monitor_tap *tap)
{
    struct tap_state *state = calloc(1, sizeof *state);
    if (state == NULL) {
        return cli_refuse(tap->command, "not enough memory");
    }
    const int status = run_state(tap, state);
    if (state->meter != NULL) {
        freeaddrinfo(state->meter);
    }
    free(state);
    return status;
}
