/* A raw HTTP and WebSocket client for the server's tests, in one thread with the server: whenever
 * it waits, it turns the server's loop. Nothing sleeps; a wait that does not end fails the test. */
#ifndef TESTS_WEB_CLIENT_H
#define TESTS_WEB_CLIENT_H

#include "web/server.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/* The server under test and what its callbacks saw and shall say. */
struct bench {
    uv_loop_t loop;
    struct web_server *server;
    char *state; /* borrowed */
    unsigned states_asked;
    char last_command[5000];
    unsigned commands;
    bool refuse; /* the next commands, with the reason `no "kettle" here` */
};

void bench_start(struct bench *bench, const char *host);

/* Stops the server and fails the test if anything of it stays on the loop. */
void bench_stop(struct bench *bench);

void bench_turn(struct bench *bench, unsigned turns);

struct client {
    struct bench *bench;
    int socket;
    bool closed; /* by the server */
    size_t length;
    char received[1 << 18]; /* NUL-terminated */
};

void client_open(struct client *client, struct bench *bench);
void client_close(struct client *client);
void client_send(struct client *client, const void *bytes, size_t length);

/* Waits for one whole HTTP response at the front of received. Returns its status; -1 if the server
 * closed the connection without one. */
int client_response(struct client *client);

/* The value of a header of that response, or NULL; lives until the next call. */
const char *client_header(const struct client *client, const char *name);
const char *client_body(const struct client *client);

/* Forgets the response, so that the next one can be waited for. */
void client_next(struct client *client);

/* Opens, sends, waits for the response. */
int client_request(struct client *client, struct bench *bench, const char *request);

/* Waits until the server has closed the connection. */
void client_await_close(struct client *client);

/* Sends one masked WebSocket frame. */
void client_send_frame(struct client *client, unsigned opcode, bool final, const char *payload,
                       size_t length);

/* Waits for one frame, copies its payload as text. Returns its opcode, -1 if the server closed. */
int client_frame(struct client *client, char *payload, size_t payload_size);

#endif
