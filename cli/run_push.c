/* Sending pushes. Invariant: the meter is told of each push once, by the life that made it; a sending
 * is freed when its last handle and request are. */
#include "cli/run_push.h"
#include "cli/endpoint.h"
#include "dlms/wrapper.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LIMIT_MS = 20000
}; /* for all of it: looking up, connecting, sending, the other side's end */

struct cli_push_sending {
    struct cli_push *push; /* NULL: the meter does not want to know any more */
    enum wh_push_id id;
    uv_getaddrinfo_t lookup;
    uv_tcp_t tcp;
    uv_timer_t limit;
    uv_connect_t connect;
    uv_write_t write;
    uv_shutdown_t shutdown;
    bool is_looking_up, is_sent, is_closing;
    unsigned handles;
    size_t length;
    char destination[WH_PUSH_DESTINATION + 1];
    char received[64];
    uint8_t frame[DLMS_WRAPPER_HEADER + WH_MODERN_PUSH_SIZE];
};

static void free_if_over(struct cli_push_sending *s)
{
    if (s->handles == 0 && !s->is_looking_up) {
        free(s);
    }
}

static void on_closed(uv_handle_t *handle)
{
    struct cli_push_sending *s = handle->data;
    s->handles--;
    free_if_over(s);
}

static void close_all(struct cli_push_sending *s)
{
    if (s->is_closing) {
        return;
    }
    s->is_closing = true;
    if (s->is_looking_up) {
        uv_cancel((uv_req_t *)&s->lookup);
    }
    uv_close((uv_handle_t *)&s->tcp, on_closed);
    uv_close((uv_handle_t *)&s->limit, on_closed);
}

static void journal(struct cli_push *push, const struct cli_push_sending *s, const char *reason)
{
    static const char *const names[WH_PUSH_SETUPS] = {"interval", "alarm"};
    if (reason == NULL) {
        push->failures[s->id] = 0;
        cli_journal_write(push->journal, "%s push to %s delivered", names[s->id], s->destination);
        return;
    }
    push->failures[s->id]++;
    cli_journal_write(push->journal, "%s push to %s failed: %s (%u in a row)", names[s->id],
                      s->destination, reason, push->failures[s->id]);
}

/* reason NULL: it was delivered. */
static void finish(struct cli_push_sending *s, const char *reason)
{
    struct cli_push *push = s->push;
    if (push != NULL) {
        s->push = NULL;
        push->sending[s->id] = NULL;
        journal(push, s, reason);
        wh_modern_pushed(push->modern, s->id, reason == NULL);
    }
    close_all(s);
}

/* A receiver that keeps the connection open has the push all the same. */
static void on_limit(uv_timer_t *timer)
{
    struct cli_push_sending *s = timer->data;
    finish(s, s->is_sent ? NULL : "no answer");
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct cli_push_sending *s = handle->data;
    (void)suggested;
    *buffer = uv_buf_init(s->received, sizeof s->received);
}

/* Nothing is expected but the other side's end; what it says is passed over. */
static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct cli_push_sending *s = stream->data;
    (void)buffer;
    if (length < 0) {
        finish(s, length == UV_EOF && s->is_sent ? NULL : uv_strerror((int)length));
    }
}

static void on_shut(uv_shutdown_t *request, int status)
{
    struct cli_push_sending *s = request->handle->data;
    if (status != 0) {
        finish(s, uv_strerror(status));
    }
}

static void on_written(uv_write_t *request, int status)
{
    struct cli_push_sending *s = request->handle->data;
    s->is_sent = status == 0;
    if (status == 0 && !s->is_closing) {
        status = uv_shutdown(&s->shutdown, (uv_stream_t *)&s->tcp, on_shut);
    }
    if (status != 0) {
        finish(s, uv_strerror(status));
    }
}

static void on_connected(uv_connect_t *request, int status)
{
    struct cli_push_sending *s = request->handle->data;
    const uv_buf_t buffer = uv_buf_init((char *)s->frame, (unsigned)s->length);
    if (status == 0) {
        status = uv_read_start((uv_stream_t *)&s->tcp, on_allocate, on_read);
    }
    if (status == 0) {
        status = uv_write(&s->write, (uv_stream_t *)&s->tcp, &buffer, 1, on_written);
    }
    if (status != 0) {
        finish(s, uv_strerror(status));
    }
}

static void on_found(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
    struct cli_push_sending *s = request->data;
    s->is_looking_up = false;
    if (s->is_closing) {
        uv_freeaddrinfo(found);
        free_if_over(s);
        return;
    }
    if (status == 0) {
        status = uv_tcp_connect(&s->connect, &s->tcp, found->ai_addr, on_connected);
    }
    uv_freeaddrinfo(found);
    if (status != 0) {
        finish(s, uv_strerror(status));
    }
}

static void look_up(struct cli_push_sending *s)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    char text[sizeof "dlms://" + WH_PUSH_DESTINATION];
    char error[CLI_ERROR_SIZE];
    char service[8];
    struct endpoint at;
    snprintf(text, sizeof text, "dlms://%s", s->destination);
    if (!endpoint_parse(text, &at, error, sizeof error)) {
        finish(s, error);
        return;
    }
    at = endpoint_in(&at, ENDPOINT_DLMS);
    snprintf(service, sizeof service, "%u", at.port);
    const int status = uv_getaddrinfo(s->tcp.loop, &s->lookup, on_found, at.place, service, &hints);
    s->is_looking_up = status == 0;
    if (status != 0) {
        finish(s, uv_strerror(status));
    }
}

static void init_handles(struct cli_push_sending *s, uv_loop_t *loop)
{
    uv_tcp_init(loop, &s->tcp);
    uv_timer_init(loop, &s->limit);
    s->tcp.data = s;
    s->limit.data = s;
    s->lookup.data = s;
    s->handles = 2;
    uv_timer_start(&s->limit, on_limit, LIMIT_MS, 0);
}

static void send_message(struct cli_push *push, const struct wh_modern_message *message,
                         const uint8_t *apdu)
{
    struct cli_push_sending *s = calloc(1, sizeof *s);
    if (s == NULL) {
        wh_modern_pushed(push->modern, message->id, false);
        return;
    }
    s->push = push;
    s->id = message->id;
    s->length = DLMS_WRAPPER_HEADER + message->length;
    memcpy(s->destination, message->destination, sizeof s->destination);
    dlms_wrapper_header(s->frame, WH_COSEM_DEVICE_MANAGEMENT, WH_COSEM_CLIENT_PUSH,
                        (uint16_t)message->length);
    memcpy(s->frame + DLMS_WRAPPER_HEADER, apdu, message->length);
    push->sending[s->id] = s;
    init_handles(s, push->loop);
    look_up(s);
}

bool cli_push_choose(const struct cli_command *command, const char *text, bool has_keys,
                     char to[WH_PUSH_DESTINATION + 1])
{
    const size_t size = WH_PUSH_DESTINATION + 1;
    struct cli_endpoint at = {.host = "127.0.0.1"};
    if (text == NULL) {
        return true;
    }
    if (!has_keys) {
        cli_refuse(command, "--push goes with --keys: what is pushed is encrypted");
        return false;
    }
    if (!cli_endpoint(command, "--push", text, &at)) {
        return false;
    }
    const bool has_colon = strchr(at.host, ':') != NULL;
    const int length = snprintf(to, size, has_colon ? "[%s]:%u" : "%s:%u", at.host, at.port);
    if (length < 0 || (size_t)length >= size || at.port == 0) {
        cli_refuse(command, "--push: \"%s\" is no destination", text);
        return false;
    }
    return true;
}

void cli_push_open(struct cli_push *push, uv_loop_t *loop, struct cli_journal *journal)
{
    *push = (struct cli_push){.loop = loop, .journal = journal};
}

void cli_push_poll(struct cli_push *push, struct wh_modern *modern)
{
    struct wh_modern_message message;
    uint8_t apdu[WH_MODERN_PUSH_SIZE];
    push->modern = modern;
    while (wh_modern_push_next(modern, &message, apdu, sizeof apdu)) {
        send_message(push, &message, apdu);
    }
}

void cli_push_cut(struct cli_push *push)
{
    for (int id = 0; id < WH_PUSH_SETUPS; id++) {
        struct cli_push_sending *s = push->sending[id];
        push->sending[id] = NULL;
        if (s != NULL) {
            s->push = NULL;
            close_all(s);
        }
    }
}
