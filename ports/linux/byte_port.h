/* Byte ports of a meter on Linux: a pseudo-terminal that stands for the optical head, and TCP listeners that stand for it or
 * for the module's UART. On a libuv loop.
 *
 * Each TCP connection is a port of its own, so clients do not disturb each other. A pseudo-terminal is one port for all who
 * open it. Bytes are 8N1; characters of IEC 62056-21 may carry their parity in bit 7.
 */
#ifndef PORTS_LINUX_BYTE_PORT_H
#define PORTS_LINUX_BYTE_PORT_H

#include "face/port.h"
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

enum { BYTE_PORT_CONNECTIONS_MAX = 16 };

struct byte_port;

struct byte_port_config {
    uv_loop_t *loop;          /* borrowed; must outlive the port */
    struct wh_access *access; /* borrowed, as cosem; both of the same meter */
    const struct wh_cosem_face *cosem;
    enum wh_origin origin;
    const char *option;    /* of the command line, for messages: "--module-port" */
    uint32_t inactivity_s; /* a silent connection is closed after this; 0: never */
    bool has_line_speed;   /* as on a line: see below */
};

/* Listens on TCP. host is an address or a name; port 0: any free one. NULL on failure, with one line in error that names host,
 * port and reason.
 *
 * With line speed: pauses count as on a line, sign-ons of IEC 62056-21 come at 300 Bd, and answers leave at the speed that
 * the language has then (KMP and HDLC 9600 Bd). */
struct byte_port *byte_port_listen(const struct byte_port_config *config, const char *host,
                                   uint16_t port, char *error, size_t error_size);

/* Makes a pseudo-terminal, and path a symbolic link to it; a link that is there already is replaced, anything else refused.
 * NULL on failure, with one line in error that names path and reason. With line speed: as above. */
struct byte_port *byte_port_pseudo_terminal(const struct byte_port_config *config, const char *path,
                                            char *error, size_t error_size);

/* The TCP port in use, also when 0 was asked for; 0 of a pseudo-terminal. */
uint16_t byte_port_number(const struct byte_port *port);

/* Whether the meter has supply; it counts as without until told. Without it connections are closed, new ones at once, and
 * nothing is answered. Call it with true when access and cosem are those of a started meter, and with false and true when
 * it was started again: no session survives that. */
void byte_port_supply(struct byte_port *port, bool on);

/* Stops and removes the link; memory is freed once the loop has run the pending close callbacks. */
void byte_port_stop(struct byte_port *port);

#endif
