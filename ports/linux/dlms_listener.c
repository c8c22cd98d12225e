/* TCP connections to a DLMS server. Invariant: a connection is in the listener's list from accept until
 * its close callback, and is freed only there. */
#include "ports/linux/dlms_listener.h"
#include "dlms/wrapper.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    APDU_SIZE = 2048,
    LONG_BUFFER_SIZE = 8192,
    BLOCKS_SIZE = 16384,
    WINDOW = 8,
    BACKLOG = DLMS_LISTENER_CONNECTIONS_MAX,
};

struct connection {
    uv_tcp_t tcp;
    uv_timer_t idle;
    struct dlms_listener *listener;
    struct connection *next;
    struct dlms_link link;
    struct dlms_link_blocks blocks;
    struct dlms_link_security security;
    struct dlms_wrapper wrapper;
    uint8_t handles_open;
    uint8_t apdu[APDU_SIZE];
    uint8_t long_buffer[LONG_BUFFER_SIZE];
    uint8_t blocks_buffer[BLOCKS_SIZE];
    uint8_t plain[BLOCKS_SIZE]; /* a deciphered request */
    char received[APDU_SIZE];
};

struct dlms_listener {
    uv_tcp_t tcp;
    const struct dlms_server *server;
    uint64_t inactivity_ms;
    struct connection *connections;
    size_t connection_count;
    uint16_t port;
    bool supplied;
    bool closed; /* the listening handle is */
};

struct answer {
    uv_write_t request;
    uint8_t bytes[DLMS_WRAPPER_HEADER + APDU_SIZE];
};

/* The listener goes with the last of its handles. */
static void free_when_closed(struct dlms_listener *listener)
{
    if (listener->closed && listener->connections == NULL) {
        free(listener);
    }
}

static void unlink_connection(struct connection *connection)
{
    struct dlms_listener *listener = connection->listener;
    struct connection **at = &listener->connections;
    while (*at != connection) {
        at = &(*at)->next;
    }
    *at = connection->next;
    listener->connection_count--;
    dlms_wipe(connection, sizeof *connection); /* keys of its association */
    free(connection);
    free_when_closed(listener);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;
    if (--connection->handles_open == 0) {
        unlink_connection(connection);
    }
}

static void close_connection(struct connection *connection)
{
    if (!uv_is_closing((uv_handle_t *)&connection->tcp)) {
        uv_close((uv_handle_t *)&connection->tcp, on_handle_closed);
        uv_close((uv_handle_t *)&connection->idle, on_handle_closed);
    }
}

static void on_idle(uv_timer_t *timer)
{
    close_connection(timer->data);
}

static void restart_idle(struct connection *connection)
{
    if (connection->listener->inactivity_ms > 0) {
        uv_timer_start(&connection->idle, on_idle, connection->listener->inactivity_ms, 0);
    }
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer);
static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer);

static bool start_reading(struct connection *connection)
{
    const int status = uv_read_start((uv_stream_t *)&connection->tcp, on_allocate, on_read);
    return status == 0 || status == UV_EALREADY;
}

/* Answers that the client has not taken yet. */
static bool has_backlog(const struct connection *connection)
{
    return uv_stream_get_write_queue_size((const uv_stream_t *)&connection->tcp) > 0;
}

static void on_written(uv_write_t *request, int status)
{
    struct connection *connection = request->handle->data;
    free(request->data);
    if (uv_is_closing((uv_handle_t *)&connection->tcp)) {
        return;
    }
    if (status < 0 || (!has_backlog(connection) && !start_reading(connection))) {
        close_connection(connection);
    }
}

/* Sends the answer to a frame, or with is_first unset what follows it without being asked for. False:
 * there is nothing more to send. */
static bool answer_frame(struct connection *connection, const struct dlms_wrapper_frame *frame,
                         bool is_first)
{
    struct answer *answer = malloc(sizeof *answer);
    if (answer == NULL) {
        close_connection(connection);
        return false;
    }
    const struct dlms_request request = {frame->source, frame->destination, frame->apdu};
    uint8_t *const apdu = answer->bytes + DLMS_WRAPPER_HEADER;
    const size_t length = is_first ? dlms_link_handle(&connection->link, &request, apdu, APDU_SIZE)
                                   : dlms_link_more(&connection->link, frame->source,
                                                    frame->destination, apdu, APDU_SIZE);
    if (length == 0) {
        free(answer);
        return false;
    }
    /* The answer goes back with the addresses swapped. */
    dlms_wrapper_header(answer->bytes, frame->destination, frame->source, (uint16_t)length);
    answer->request.data = answer;
    const uv_buf_t buffer =
        uv_buf_init((char *)answer->bytes, (unsigned)(DLMS_WRAPPER_HEADER + length));
    if (uv_write(&answer->request, (uv_stream_t *)&connection->tcp, &buffer, 1, on_written) != 0) {
        free(answer);
        close_connection(connection);
        return false;
    }
    return true;
}

static void feed(struct connection *connection, const uint8_t *data, size_t length)
{
    while (length > 0 && !uv_is_closing((uv_handle_t *)&connection->tcp)) {
        struct dlms_wrapper_frame frame;
        size_t used = 0;
        const enum dlms_err err =
            dlms_wrapper_feed(&connection->wrapper, data, length, &used, &frame);
        if (err == DLMS_OK) {
            bool is_first = true;
            while (answer_frame(connection, &frame, is_first)) {
                is_first = false;
            }
        } else if (err != DLMS_ERR_MORE) {
            close_connection(connection);
            return;
        }
        data += used;
        length -= used;
    }
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    struct connection *connection = handle->data;
    *buffer = uv_buf_init(connection->received, sizeof connection->received);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct connection *connection = stream->data;
    if (length < 0) {
        close_connection(connection);
        return;
    }
    restart_idle(connection);
    feed(connection, (const uint8_t *)buffer->base, (size_t)length);
    /* Who asks without listening gets no further: answers to one buffer are the most that is kept. */
    if (!uv_is_closing((uv_handle_t *)stream) && has_backlog(connection)) {
        uv_read_stop(stream);
    }
}

static struct connection *new_connection(struct dlms_listener *listener)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        return NULL;
    }
    connection->listener = listener;
    connection->tcp.data = connection;
    connection->idle.data = connection;
    connection->handles_open = 2;
    uv_tcp_init(listener->tcp.loop, &connection->tcp);
    uv_timer_init(listener->tcp.loop, &connection->idle);
    connection->next = listener->connections;
    listener->connections = connection;
    listener->connection_count++;
    dlms_link_init(&connection->link, listener->server, connection->long_buffer,
                   sizeof connection->long_buffer);
    dlms_link_secure(&connection->link, &connection->security, connection->plain,
                     sizeof connection->plain);
    dlms_link_use_blocks(&connection->link, &connection->blocks, connection->blocks_buffer,
                         sizeof connection->blocks_buffer, WINDOW);
    dlms_wrapper_init(&connection->wrapper, connection->apdu, sizeof connection->apdu);
    return connection;
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct dlms_listener *listener = stream->data;
    if (status < 0) {
        return;
    }
    struct connection *connection = new_connection(listener);
    if (connection == NULL) {
        return;
    }
    const bool refused =
        !listener->supplied || listener->connection_count > DLMS_LISTENER_CONNECTIONS_MAX;
    if (uv_accept(stream, (uv_stream_t *)&connection->tcp) != 0 || refused ||
        !start_reading(connection)) {
        close_connection(connection);
        return;
    }
    restart_idle(connection);
}

static int bind_and_listen(struct dlms_listener *listener, const char *host, uint16_t port)
{
    const struct addrinfo hints = {
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
    };
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    uv_getaddrinfo_t found; /* without a callback the call waits for the answer */
    int status = uv_getaddrinfo(listener->tcp.loop, &found, NULL, host, service, &hints);
    if (status != 0) {
        return status;
    }
    status = uv_tcp_bind(&listener->tcp, found.addrinfo->ai_addr, 0);
    uv_freeaddrinfo(found.addrinfo);
    if (status == 0) {
        status = uv_listen((uv_stream_t *)&listener->tcp, BACKLOG, on_connection);
    }
    return status;
}

static uint16_t bound_port(const uv_tcp_t *tcp)
{
    struct sockaddr_storage address;
    int length = sizeof address;
    if (uv_tcp_getsockname(tcp, (struct sockaddr *)&address, &length) != 0) {
        return 0;
    }
    /* The port is at the same place in both families. */
    return ntohs(((const struct sockaddr_in *)&address)->sin_port);
}

static void on_listener_closed(uv_handle_t *handle)
{
    struct dlms_listener *listener = handle->data;
    listener->closed = true;
    free_when_closed(listener);
}

struct dlms_listener *dlms_listener_start(const struct dlms_listener_config *config, char *error,
                                          size_t error_size)
{
    struct dlms_listener *listener = calloc(1, sizeof *listener);
    if (listener == NULL) {
        snprintf(error, error_size, "no memory for the DLMS listener");
        return NULL;
    }
    listener->server = config->server;
    listener->inactivity_ms = (uint64_t)config->inactivity_s * 1000;
    listener->supplied = true;
    listener->tcp.data = listener;
    uv_tcp_init(config->loop, &listener->tcp);
    const int status = bind_and_listen(listener, config->host, config->port);
    if (status != 0) {
        snprintf(error, error_size,
                 "cannot listen on %s:%u for DLMS: %s; choose another with --dlms HOST:PORT",
                 config->host, config->port, uv_strerror(status));
        dlms_listener_stop(listener);
        return NULL;
    }
    listener->port = bound_port(&listener->tcp);
    return listener;
}

uint16_t dlms_listener_port(const struct dlms_listener *listener)
{
    return listener->port;
}

static void close_all(struct dlms_listener *listener)
{
    for (struct connection *c = listener->connections; c != NULL; c = c->next) {
        close_connection(c);
    }
}

void dlms_listener_supply(struct dlms_listener *listener, bool on)
{
    listener->supplied = on;
    if (!on) {
        close_all(listener);
    }
}

void dlms_listener_stop(struct dlms_listener *listener)
{
    close_all(listener);
    uv_close((uv_handle_t *)&listener->tcp, on_listener_closed);
}
