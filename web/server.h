/* The bench page: an HTTP and WebSocket server on a libuv loop, with all files inside the executable.
 *
 * It knows nothing of meters: it serves the embedded page, hands out a state as JSON, and passes
 * commands on. GET / and the page's files; GET /api/state; POST /api/command (JSON in, 200 or 400
 * with {"error": "…"}); WebSocket /ws, subprotocol "watthour", which sends the state whenever
 * web_server_publish is called and accepts the same commands.
 */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct web_server;

struct web_server_config {
    uv_loop_t *loop; /* borrowed; must outlive the server */
    const char *host;
    uint16_t port; /* 0: any free port, see web_server_port */

    /* Returns the state as a NUL-terminated JSON object in malloc'ed memory; the server frees it. */
    char *(*state)(void *context);

    /* Carries out one command. Returns false and fills error (a readable reason) if it is refused;
     * then nothing has changed. json is borrowed for the call, length bytes, not NUL-terminated. */
    bool (*command)(void *context, const char *json, size_t length, char *error, size_t error_size);
    void *context;
};

/* Starts listening. NULL on failure, with one line in error that names host and port and the reason. */
struct web_server *web_server_start(const struct web_server_config *config, char *error,
                                    size_t error_size);

/* The port in use, also when 0 was asked for. */
uint16_t web_server_port(const struct web_server *server);

/* Sends the present state to every connected page. Cheap when none is. */
void web_server_publish(struct web_server *server);

/* Stops and frees everything; afterwards the loop holds no handle of the server once it has run its
 * pending close callbacks. */
void web_server_stop(struct web_server *server);

#endif
