/* Byte ports on libuv. Invariant: a line is in its port's list from its making until its last close callback, and is freed
 * only there; what a meter says is pulled only when the line has taken what was said before. */
#include "ports/linux/byte_port.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum {
    CHUNK = 1024,
    BITS_PER_CHARACTER = 10,
    PIPE_START_BAUD = 9600,
    LINE_START_BAUD = 300,
    PATH_SIZE = 4096,
};

union stream {
    uv_stream_t base;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
};

struct line {
    union stream stream;
    uv_timer_t timer; /* when the meter has something to say by itself, or may go on */
    uv_timer_t idle;
    uv_write_t write;
    struct byte_port *owner;
    struct line *next;
    bool is_writing;
    uint8_t handles_open;
    size_t in_length, in_at;
    uint64_t free_ms; /* with line speed: the last answer has left by then */
    uint8_t in[CHUNK];
    uint8_t out[CHUNK];
    struct wh_port port;
};

struct byte_port {
    uv_tcp_t listener;
    struct byte_port_config config;
    struct line *lines;
    size_t line_count;
    uint16_t number;
    bool is_listening;
    bool is_supplied;
    bool is_closed; /* the listener is, or there is none */
    int slave;      /* of the pseudo-terminal, kept open so that nobody's leaving ends it; -1 */
    char path[PATH_SIZE];
};

/* ---- Life ------------------------------------------------------------------------------------ */

static void free_when_closed(struct byte_port *port)
{
    if (port->is_closed && port->lines == NULL) {
        free(port);
    }
}

static void unlink_line(struct line *line)
{
    struct byte_port *owner = line->owner;
    struct line **at = &owner->lines;
    while (*at != line) {
        at = &(*at)->next;
    }
    *at = line->next;
    owner->line_count--;
    free(line);
    free_when_closed(owner);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct line *line = handle->data;
    if (--line->handles_open == 0) {
        unlink_line(line);
    }
}

static bool is_closing(struct line *line)
{
    return uv_is_closing((uv_handle_t *)&line->stream.base);
}

static void close_line(struct line *line)
{
    if (!is_closing(line)) {
        uv_close((uv_handle_t *)&line->stream.base, on_handle_closed);
        uv_close((uv_handle_t *)&line->timer, on_handle_closed);
        uv_close((uv_handle_t *)&line->idle, on_handle_closed);
    }
}

static void on_idle(uv_timer_t *timer)
{
    close_line(timer->data);
}

static void restart_idle(struct line *line)
{
    const struct byte_port *owner = line->owner;
    if (owner->config.inactivity_s > 0 && owner->is_listening) {
        uv_timer_start(&line->idle, on_idle, (uint64_t)owner->config.inactivity_s * 1000, 0);
    }
}

static bool start_port(struct line *line)
{
    const struct byte_port_config *config = &line->owner->config;
    const struct wh_port_setup setup = {
        .access = config->access,
        .cosem = config->cosem,
        .origin = config->origin,
        .kind = config->has_line_speed ? WH_PORT_LINE : WH_PORT_PIPE,
        .start_baud = config->has_line_speed ? LINE_START_BAUD : PIPE_START_BAUD,
    };
    line->in_length = 0;
    line->in_at = 0;
    return wh_port_init(&line->port, &setup) == WH_OK;
}

static struct line *new_line(struct byte_port *owner)
{
    struct line *line = calloc(1, sizeof *line);
    if (line == NULL) {
        return NULL;
    }
    line->owner = owner;
    line->timer.data = line;
    line->idle.data = line;
    line->handles_open = 3;
    uv_timer_init(owner->config.loop, &line->timer);
    uv_timer_init(owner->config.loop, &line->idle);
    line->next = owner->lines;
    owner->lines = line;
    owner->line_count++;
    return line;
}

/* ---- The conversation ------------------------------------------------------------------------ */

static void run(struct line *line);

static uint32_t now_ms(const struct line *line)
{
    return (uint32_t)uv_now(line->owner->config.loop);
}

static void on_timer(uv_timer_t *timer)
{
    run(timer->data);
}

static void wait_for(struct line *line, uint64_t wait_ms)
{
    uv_timer_start(&line->timer, on_timer, wait_ms, 0);
}

static void on_written(uv_write_t *request, int status)
{
    struct line *line = request->data;
    line->is_writing = false;
    if (is_closing(line)) {
        return;
    }
    if (status < 0) {
        close_line(line);
    } else {
        run(line);
    }
}

static void write_out(struct line *line, size_t length)
{
    const uv_buf_t buffer = uv_buf_init((char *)line->out, (unsigned)length);
    line->write.data = line;
    line->is_writing = true;
    if (uv_write(&line->write, &line->stream.base, &buffer, 1, on_written) != 0) {
        line->is_writing = false;
        close_line(line);
    }
}

/* With line speed one character leaves after the other; the time that they take is kept, not the moment of each. */
static size_t pull(struct line *line)
{
    const uint64_t now = uv_now(line->owner->config.loop);
    enum { MS = 1000, PORTION_MS = 50 };
    if (!line->owner->config.has_line_speed) {
        return wh_port_output(&line->port, (uint32_t)now, line->out, sizeof line->out);
    }
    if (now < line->free_ms) {
        wait_for(line, line->free_ms - now);
        return 0;
    }
    const uint32_t baud = wh_port_line(&line->port).baud;
    const size_t portion = 1 + (size_t)baud * PORTION_MS / MS / BITS_PER_CHARACTER;
    const size_t length = wh_port_output(&line->port, (uint32_t)now, line->out, portion);
    line->free_ms = now + (length * BITS_PER_CHARACTER * MS + baud - 1) / baud;
    return length;
}

static bool is_paused(const struct line *line)
{
    return line->owner->config.has_line_speed && uv_now(line->owner->config.loop) < line->free_ms;
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer);
static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer);

static void listen_to(struct line *line)
{
    const int status = uv_read_start(&line->stream.base, on_allocate, on_read);
    if (status != 0 && status != UV_EALREADY) {
        close_line(line);
    }
}

/* Pulls and feeds by turns until there is nothing to do but to wait: for the line, for bytes, for time. */
static void run(struct line *line)
{
    if (!line->owner->is_supplied) {
        return;
    }
    while (!line->is_writing && !is_paused(line)) {
        const size_t length = pull(line);
        if (length > 0) {
            write_out(line, length);
            break;
        }
        const size_t left = line->in_length - line->in_at;
        if (left == 0) {
            break;
        }
        const size_t taken = wh_port_input(&line->port, line->in + line->in_at, left, now_ms(line));
        line->in_at += taken;
        if (taken == 0 && wh_port_wait_ms(&line->port, now_ms(line)) > 0) {
            break; /* an answer comes after a pause, and then the rest is fed */
        }
    }
    if (is_closing(line)) {
        return;
    }
    if (is_paused(line)) {
        wait_for(line, line->free_ms - uv_now(line->owner->config.loop));
    } else if (!line->is_writing) {
        const uint32_t wait_ms = wh_port_wait_ms(&line->port, now_ms(line));
        if (wait_ms != UINT32_MAX) {
            wait_for(line, wait_ms);
        }
    }
    if (line->in_at == line->in_length) {
        listen_to(line);
    }
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    struct line *line = handle->data;
    *buffer = uv_buf_init((char *)line->in, sizeof line->in);
}

/* Who talks without listening is not heard until what was said is answered. */
static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct line *line = stream->data;
    (void)buffer;
    if (length < 0) {
        close_line(line);
        return;
    }
    if (length == 0) {
        return;
    }
    if (!line->owner->is_supplied) {
        return; /* a meter without supply is deaf */
    }
    restart_idle(line);
    uv_read_stop(stream);
    line->in_at = 0;
    line->in_length = (size_t)length;
    run(line);
}

/* ---- TCP ------------------------------------------------------------------------------------- */

static void on_connection(uv_stream_t *stream, int status)
{
    struct byte_port *port = stream->data;
    struct line *line = status < 0 ? NULL : new_line(port);
    if (line == NULL) {
        return;
    }
    line->stream.tcp.data = line;
    uv_tcp_init(port->config.loop, &line->stream.tcp);
    const bool is_refused = !port->is_supplied || port->line_count > BYTE_PORT_CONNECTIONS_MAX;
    if (uv_accept(stream, &line->stream.base) != 0 || is_refused || !start_port(line)) {
        close_line(line);
        return;
    }
    (void)uv_tcp_nodelay(&line->stream.tcp, 1);
    restart_idle(line);
    listen_to(line);
}

static int bind_and_listen(struct byte_port *port, const char *host, uint16_t number)
{
    const struct addrinfo hints = {
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
    };
    char service[8];
    snprintf(service, sizeof service, "%u", number);
    uv_getaddrinfo_t found; /* without a callback the call waits for the answer */
    int status = uv_getaddrinfo(port->config.loop, &found, NULL, host, service, &hints);
    if (status != 0) {
        return status;
    }
    status = uv_tcp_bind(&port->listener, found.addrinfo->ai_addr, 0);
    uv_freeaddrinfo(found.addrinfo);
    return status == 0
               ? uv_listen((uv_stream_t *)&port->listener, BYTE_PORT_CONNECTIONS_MAX, on_connection)
               : status;
}

static uint16_t bound_number(const uv_tcp_t *tcp)
{
    struct sockaddr_storage address;
    int length = sizeof address;
    if (uv_tcp_getsockname(tcp, (struct sockaddr *)&address, &length) != 0) {
        return 0;
    }
    /* The port is at the same place in both families. */
    return ntohs(((const struct sockaddr_in *)&address)->sin_port);
}

static struct byte_port *new_port(const struct byte_port_config *config, char *error,
                                  size_t error_size)
{
    struct byte_port *port = calloc(1, sizeof *port);
    if (port == NULL) {
        snprintf(error, error_size, "%s: no memory for the port", config->option);
        return NULL;
    }
    port->config = *config;
    port->slave = -1;
    return port;
}

struct byte_port *byte_port_listen(const struct byte_port_config *config, const char *host,
                                   uint16_t number, char *error, size_t error_size)
{
    struct byte_port *port = new_port(config, error, error_size);
    if (port == NULL) {
        return NULL;
    }
    port->listener.data = port;
    port->is_listening = true;
    uv_tcp_init(config->loop, &port->listener);
    const int status = bind_and_listen(port, host, number);
    if (status != 0) {
        snprintf(error, error_size, "cannot listen on %s:%u: %s; choose another with %s HOST:PORT",
                 host, number, uv_strerror(status), config->option);
        byte_port_stop(port);
        return NULL;
    }
    port->number = bound_number(&port->listener);
    return port;
}

/* ---- Pseudo-terminal ------------------------------------------------------------------------- */

/* Bytes as they come. What a reader sets afterwards – speed, parity – is of no account. */
static bool make_raw(int descriptor)
{
    struct termios mode;
    if (tcgetattr(descriptor, &mode) != 0) {
        return false;
    }
    cfmakeraw(&mode);
    return cfsetspeed(&mode, B9600) == 0 && tcsetattr(descriptor, TCSANOW, &mode) == 0;
}

/* -1 with errno on failure. name is the slave's. */
static int open_master(char *name, size_t size, int *slave)
{
    const int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (master < 0) {
        return -1;
    }
    if (grantpt(master) == 0 && unlockpt(master) == 0 && ptsname_r(master, name, size) == 0) {
        *slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (*slave >= 0 && make_raw(*slave)) {
            return master;
        }
    }
    const int reason = errno;
    if (*slave >= 0) {
        close(*slave);
        *slave = -1;
    }
    close(master);
    errno = reason;
    return -1;
}

/* Only a link may be in the way: of a meter that was killed. */
static bool make_link(const char *name, const char *path)
{
    struct stat found;
    if (lstat(path, &found) == 0) {
        if (!S_ISLNK(found.st_mode)) {
            errno = EEXIST;
            return false;
        }
        if (unlink(path) != 0) {
            return false;
        }
    }
    return symlink(name, path) == 0;
}

static bool open_line(struct byte_port *port, int master)
{
    struct line *line = new_line(port);
    if (line == NULL) {
        close(master);
        errno = ENOMEM;
        return false;
    }
    line->stream.pipe.data = line;
    uv_pipe_init(port->config.loop, &line->stream.pipe, 0);
    const int status = uv_pipe_open(&line->stream.pipe, master);
    if (status != 0) {
        close(master);
        close_line(line);
        errno = -status;
        return false;
    }
    listen_to(line);
    return true;
}

static bool open_terminal(struct byte_port *port, const char *path)
{
    char name[64];
    if (strlen(path) >= sizeof port->path) {
        errno = ENAMETOOLONG;
        return false;
    }
    const int master = open_master(name, sizeof name, &port->slave);
    if (master < 0) {
        return false;
    }
    if (!make_link(name, path)) {
        const int reason = errno;
        close(master);
        errno = reason;
        return false;
    }
    memcpy(port->path, path, strlen(path) + 1);
    return open_line(port, master);
}

struct byte_port *byte_port_pseudo_terminal(const struct byte_port_config *config, const char *path,
                                            char *error, size_t error_size)
{
    struct byte_port *port = new_port(config, error, error_size);
    if (port == NULL) {
        return NULL;
    }
    port->is_closed = true; /* there is no listener */
    if (!open_terminal(port, path)) {
        snprintf(error, error_size, "%s: %s: %s", config->option, path, strerror(errno));
        byte_port_stop(port);
        return NULL;
    }
    return port;
}

/* ---- All ------------------------------------------------------------------------------------- */

uint16_t byte_port_number(const struct byte_port *port)
{
    return port->number;
}

static void close_all(struct byte_port *port)
{
    struct line *next;
    for (struct line *line = port->lines; line != NULL; line = next) {
        next = line->next;
        close_line(line);
    }
}

/* A head stays where it is; what it said, and what it was told, is forgotten. */
static void start_all(struct byte_port *port)
{
    for (struct line *line = port->lines; line != NULL; line = line->next) {
        uv_timer_stop(&line->timer);
        if (!start_port(line)) {
            close_line(line);
        } else {
            listen_to(line);
        }
    }
}

void byte_port_supply(struct byte_port *port, bool on)
{
    if (!on && port->is_listening) {
        close_all(port);
    } else if (on && !port->is_supplied) {
        start_all(port);
    }
    port->is_supplied = on;
}

static void on_listener_closed(uv_handle_t *handle)
{
    struct byte_port *port = handle->data;
    port->is_closed = true;
    free_when_closed(port);
}

void byte_port_stop(struct byte_port *port)
{
    if (port->path[0] != '\0') {
        (void)unlink(port->path);
    }
    if (port->slave >= 0) {
        close(port->slave);
    }
    close_all(port);
    if (port->is_listening) {
        uv_close((uv_handle_t *)&port->listener, on_listener_closed);
    } else {
        free_when_closed(port);
    }
}
