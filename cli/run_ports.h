/* The byte ports of `watthour run`: the module's UART on TCP, and the optical head as pseudo-terminal or on TCP.
 */
#ifndef CLI_RUN_PORTS_H
#define CLI_RUN_PORTS_H

#include "cli/journal.h"
#include "cli/options.h"
#include "ports/linux/byte_port.h"

struct cli_ports {
    struct byte_port *module;
    struct byte_port *optical; /* NULL: not wanted */
    struct byte_port *optical_tcp;
    struct cli_endpoint module_at, optical_tcp_at;
    const char *optical_path;
};

/* Values of options as they were given, NULL if not; borrowed while the ports are used. */
struct cli_ports_config {
    uv_loop_t *loop;
    struct wh_access *access;
    const struct wh_cosem_face *cosem;
    const char *module, *optical, *optical_tcp;
    bool has_line_speed;
};

/* Opens what is wanted; nobody is answered before cli_ports_supply. False: a line on stderr has told why; what was opened
 * is closed by cli_ports_close. */
bool cli_ports_open(struct cli_ports *ports, const struct cli_command *command,
                    const struct cli_ports_config *config);

/* See byte_port_supply. */
void cli_ports_supply(struct cli_ports *ports, bool on);

/* Says where they are. */
void cli_ports_announce(const struct cli_ports *ports, struct cli_journal *journal);

/* Closes what is open. */
void cli_ports_close(struct cli_ports *ports);

#endif
