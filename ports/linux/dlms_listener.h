/* DLMS on TCP: a listener on a libuv loop that feeds connections to a DLMS server (IEC 62056-47).
 *
 * Each connection has its own link, so several clients read at once. A connection whose bytes cannot be
 * wrapper frames is closed.
 */
#ifndef PORTS_LINUX_DLMS_LISTENER_H
#define PORTS_LINUX_DLMS_LISTENER_H

#include "dlms/server.h"
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

enum { DLMS_LISTENER_CONNECTIONS_MAX = 32 };

struct dlms_listener;

struct dlms_listener_config {
    uv_loop_t *loop;                  /* borrowed; must outlive the listener */
    const char *host;                 /* an address, or a name: then its first address */
    uint16_t port;                    /* 0: any free port */
    const struct dlms_server *server; /* borrowed; must outlive the listener */
    uint32_t inactivity_s;            /* a silent connection is closed after this; 0: never */
};

/* Starts listening; waits while a name is looked up. NULL on failure, with one line in error that names host, port and reason. */
struct dlms_listener *dlms_listener_start(const struct dlms_listener_config *config, char *error,
                                          size_t error_size);

/* The port in use, also when 0 was asked for. */
uint16_t dlms_listener_port(const struct dlms_listener *listener);

/* Whether the meter has supply; it has at the start. Without it connections are closed, and new ones at once. */
void dlms_listener_supply(struct dlms_listener *listener, bool on);

/* Stops; memory is freed once the loop has run the pending close callbacks. */
void dlms_listener_stop(struct dlms_listener *listener);

#endif
