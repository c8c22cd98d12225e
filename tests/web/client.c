/* The client reads without blocking and turns the loop in between. */
#include "client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 20000 }; /* far more than anything here takes, on a busy machine too */

static uint64_t deadline(void)
{
    return uv_hrtime() + PATIENCE_MS * UINT64_C(1000000);
}

static char *state_of(void *context)
{
    struct bench *bench = context;
    bench->states_asked++;
    return strdup(bench->state);
}

static bool command_of(void *context, const char *json, size_t length, char *error,
                       size_t error_size)
{
    struct bench *bench = context;
    assert_true(length < sizeof bench->last_command);
    memcpy(bench->last_command, json, length);
    bench->last_command[length] = '\0';
    bench->commands++;
    if (bench->refuse) {
        snprintf(error, error_size, "no \"kettle\" here");
    }
    return !bench->refuse;
}

void bench_start(struct bench *bench, const char *host)
{
    char error[256] = "";
    struct web_server_config config = {.loop = &bench->loop,
                                       .host = host,
                                       .state = state_of,
                                       .command = command_of,
                                       .context = bench};
    memset(bench, 0, sizeof *bench);
    bench->state = "{\"model\":\"382M\"}";
    uv_loop_init(&bench->loop);
    bench->server = web_server_start(&config, error, sizeof error);
    assert_string_equal(error, "");
    assert_non_null(bench->server);
}

void bench_stop(struct bench *bench)
{
    web_server_stop(bench->server);
    assert_int_equal(uv_run(&bench->loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(uv_loop_close(&bench->loop), 0);
}

void bench_turn(struct bench *bench, unsigned turns)
{
    while (turns--) {
        uv_run(&bench->loop, UV_RUN_NOWAIT);
    }
}

void client_open(struct client *client, struct bench *bench)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(web_server_port(bench->server)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    client->bench = bench;
    client->closed = false;
    client->length = 0;
    client->received[0] = '\0';
    client->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(client->socket >= 0);
    assert_int_equal(connect(client->socket, (struct sockaddr *)&address, sizeof address), 0);
    bench_turn(bench, 2); /* the backlog is shorter than some crowds */
}

void client_close(struct client *client)
{
    close(client->socket);
    bench_turn(client->bench, 20);
}

void client_send(struct client *client, const void *bytes, size_t length)
{
    const char *at = bytes;
    for (uint64_t end = deadline(); length > 0 && uv_hrtime() < end;) {
        ssize_t sent = send(client->socket, at, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        bench_turn(client->bench, 1);
        if (sent > 0) {
            at += sent;
            length -= (size_t)sent;
        }
    }
    assert_int_equal(length, 0);
}

static void receive(struct client *client)
{
    size_t room = sizeof client->received - 1 - client->length;

    bench_turn(client->bench, 1);
    ssize_t got = recv(client->socket, client->received + client->length, room, MSG_DONTWAIT);
    if (got > 0) {
        client->length += (size_t)got;
    }
    if (got == 0 && room > 0) {
        client->closed = true;
    }
    client->received[client->length] = '\0';
}

static size_t head_length(const struct client *client)
{
    const char *end = strstr(client->received, "\r\n\r\n");
    return end ? (size_t)(end - client->received) + 4 : 0;
}

static size_t response_length(const struct client *client)
{
    size_t head = head_length(client);
    const char *length = head ? client_header(client, "content-length") : NULL;
    return head + (length ? strtoul(length, NULL, 10) : 0);
}

int client_response(struct client *client)
{
    for (uint64_t end = deadline(); uv_hrtime() < end;) {
        size_t head = head_length(client);
        bool bodiless = strncmp(client->received, "HTTP/1.1 304", 12) == 0;
        if (head && (bodiless || client->length >= response_length(client))) {
            return (int)strtol(client->received + strlen("HTTP/1.1 "), NULL, 10);
        }
        if (client->closed) {
            return -1;
        }
        receive(client);
    }
    fail_msg("no response; so far: %s", client->received);
    return -1;
}

const char *client_header(const struct client *client, const char *name)
{
    static char value[1024];
    const char *line = client->received;
    const char *end = client->received + head_length(client);

    while ((line = strstr(line, "\r\n")) && (line += 2) < end) {
        size_t length = strcspn(line, ":");
        if (length == strlen(name) && strncasecmp(line, name, length) == 0) {
            const char *text = line + length + 1 + strspn(line + length + 1, " ");
            snprintf(value, sizeof value, "%.*s", (int)strcspn(text, "\r"), text);
            return value;
        }
    }
    return NULL;
}

const char *client_body(const struct client *client)
{
    return client->received + head_length(client);
}

void client_next(struct client *client)
{
    size_t used = response_length(client);
    client->length -= used;
    memmove(client->received, client->received + used, client->length + 1);
}

int client_request(struct client *client, struct bench *bench, const char *request)
{
    client_open(client, bench);
    client_send(client, request, strlen(request));
    return client_response(client);
}

void client_await_close(struct client *client)
{
    for (uint64_t end = deadline(); !client->closed && uv_hrtime() < end;) {
        receive(client);
    }
    assert_true(client->closed);
}

void client_send_frame(struct client *client, unsigned opcode, bool final, const char *payload,
                       size_t length)
{
    static const unsigned char mask[4] = {0x12, 0x34, 0x56, 0x78};
    unsigned char *frame = malloc(length + 8);
    size_t at = 0;

    assert_true(length < 65536);
    frame[at++] = (unsigned char)(opcode | (final ? 0x80 : 0));
    if (length < 126) {
        frame[at++] = (unsigned char)(0x80 | length);
    } else {
        frame[at++] = 0x80 | 126;
        frame[at++] = (unsigned char)(length >> 8);
        frame[at++] = (unsigned char)length;
    }
    memcpy(frame + at, mask, sizeof mask);
    at += sizeof mask;
    for (size_t i = 0; i < length; i++) {
        frame[at++] = (unsigned char)payload[i] ^ mask[i % 4];
    }
    client_send(client, frame, at);
    free(frame);
}

/* Whole length of the frame at the front, 0 while that is not known; head is the header's part. */
static uint64_t frame_length(const struct client *client, size_t *head)
{
    const unsigned char *bytes = (const unsigned char *)client->received;
    uint64_t payload = client->length < 2 ? 0 : bytes[1] & 0x7f;
    unsigned extra = payload == 127 ? 8 : payload == 126 ? 2 : 0;

    *head = 2 + extra;
    if (client->length < *head) {
        return 0;
    }
    if (extra) {
        payload = 0;
    }
    for (unsigned i = 0; i < extra; i++) {
        payload = payload << 8 | bytes[2 + i];
    }
    return *head + payload;
}

int client_frame(struct client *client, char *payload, size_t payload_size)
{
    for (uint64_t end = deadline(); uv_hrtime() < end;) {
        size_t head;
        uint64_t whole = frame_length(client, &head);
        if (whole && client->length >= whole) {
            int opcode = client->received[0] & 0x0f;
            snprintf(payload, payload_size, "%.*s", (int)(whole - head), client->received + head);
            client->length -= whole;
            memmove(client->received, client->received + whole, client->length + 1);
            return opcode;
        }
        if (client->closed) {
            return -1;
        }
        receive(client);
    }
    fail_msg("no frame");
    return -1;
}
