/* Byte ports of the program. Invariant: a port that is not wanted, or could not be opened, is NULL. */
#include "cli/run_ports.h"

enum {
    MODULE_PORT = 1025, /* of the family's IP module, channel A */
    INACTIVITY_S = 600,
};

static bool open_tcp(struct byte_port **port, const struct cli_command *command,
                     const struct byte_port_config *config, const char *text,
                     struct cli_endpoint *at)
{
    char error[CLI_ERROR_SIZE];
    if (!cli_endpoint(command, config->option, text, at)) {
        return false;
    }
    *port = byte_port_listen(config, at->host, at->port, error, sizeof error);
    if (*port == NULL) {
        cli_refuse(command, "%s", error);
    }
    return *port != NULL;
}

static bool open_module(struct cli_ports *ports, const struct cli_command *command,
                        const struct cli_ports_config *from)
{
    const struct byte_port_config config = {
        .loop = from->loop,
        .access = from->access,
        .cosem = from->cosem,
        .origin = WH_ORIGIN_MODULE,
        .option = "--module-port",
        .inactivity_s = INACTIVITY_S,
    };
    ports->module_at = (struct cli_endpoint){"127.0.0.1", MODULE_PORT};
    return open_tcp(&ports->module, command, &config, from->module, &ports->module_at);
}

static bool open_optical(struct cli_ports *ports, const struct cli_command *command,
                         const struct cli_ports_config *from)
{
    char error[CLI_ERROR_SIZE];
    struct byte_port_config config = {
        .loop = from->loop,
        .access = from->access,
        .cosem = from->cosem,
        .origin = WH_ORIGIN_OPTICAL,
        .option = "--optical",
        .inactivity_s = INACTIVITY_S,
        .has_line_speed = from->has_line_speed,
    };
    if (from->optical != NULL) {
        ports->optical_path = from->optical;
        ports->optical = byte_port_pseudo_terminal(&config, from->optical, error, sizeof error);
        if (ports->optical == NULL) {
            cli_refuse(command, "%s", error);
            return false;
        }
    }
    config.option = "--optical-tcp";
    ports->optical_tcp_at = (struct cli_endpoint){"127.0.0.1", 0};
    return from->optical_tcp == NULL || open_tcp(&ports->optical_tcp, command, &config,
                                                 from->optical_tcp, &ports->optical_tcp_at);
}

bool cli_ports_open(struct cli_ports *ports, const struct cli_command *command,
                    const struct cli_ports_config *config)
{
    if (config->has_line_speed && config->optical == NULL && config->optical_tcp == NULL) {
        cli_refuse(command, "--line-speed goes with --optical or --optical-tcp");
        return false;
    }
    return open_module(ports, command, config) && open_optical(ports, command, config);
}

static void supply(struct byte_port *port, bool on)
{
    if (port != NULL) {
        byte_port_supply(port, on);
    }
}

void cli_ports_supply(struct cli_ports *ports, bool on)
{
    supply(ports->module, on);
    supply(ports->optical, on);
    supply(ports->optical_tcp, on);
}

void cli_ports_announce(const struct cli_ports *ports, struct cli_journal *journal)
{
    cli_journal_write(journal, "module port on %s:%u (KMP, IEC 62056-21, HDLC client 18)",
                      ports->module_at.host, byte_port_number(ports->module));
    if (ports->optical != NULL) {
        cli_journal_write(journal, "optical head at %s (KMP, IEC 62056-21, HDLC client 19)",
                          ports->optical_path);
    }
    if (ports->optical_tcp != NULL) {
        cli_journal_write(journal, "optical head on %s:%u", ports->optical_tcp_at.host,
                          byte_port_number(ports->optical_tcp));
    }
}

static void stop(struct byte_port **port)
{
    if (*port != NULL) {
        byte_port_stop(*port);
        *port = NULL;
    }
}

void cli_ports_close(struct cli_ports *ports)
{
    stop(&ports->module);
    stop(&ports->optical);
    stop(&ports->optical_tcp);
}
