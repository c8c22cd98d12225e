/* The listening socket of the bench page, on a libuv loop. */
#ifndef WEB_LISTENER_H
#define WEB_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct web_listener {
    uv_poll_t poll;
    int socket;
    uint16_t port; /* the one in use */
    bool running;
    bool loopback; /* bound to 127.0.0.0/8 or ::1 */
    void (*accepted)(void *context, int socket);
    void *context;
};

/* Binds to host (a name or an address, IPv6 with or without brackets) and port (0: any free one)
 * and listens; the loop is not involved yet. Returns false with one line in error: host, port,
 * reason. */
bool web_listener_open(struct web_listener *listener, const char *host, uint16_t port, char *error,
                       size_t error_size);

/* Gives every connection made from now on to accepted(), which owns the socket. False without
 * memory. */
bool web_listener_run(struct web_listener *listener, uv_loop_t *loop,
                      void (*accepted)(void *context, int socket), void *context);

/* Closes a listener, running or not. The memory of a running one has to stay until the loop has run
 * its close callbacks. */
void web_listener_close(struct web_listener *listener);

#endif
