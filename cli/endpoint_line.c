/* Lines by poll. Invariant: nothing here waits longer than it was told to. */
#include "cli/endpoint_line.h"
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { WRITE_MS = 10000 };

uint32_t endpoint_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

/* ---- TCP ---- */

/* The result of a connect that goes on in the background: 0 or errno. */
static int await_connection(int fd, uint32_t timeout_ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    int error = 0;
    socklen_t size = sizeof error;
    if (poll(&wait, 1, (int)timeout_ms) <= 0) {
        return ETIMEDOUT;
    }
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

/* A connection, or -1 with errno. */
static int connect_one(const struct addrinfo *address, uint32_t timeout_ms)
{
    const int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    int error = 0;
    if (connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
        error = errno == EINPROGRESS ? await_connection(fd, timeout_ms) : errno;
    }
    if (error != 0) {
        close(fd);
        errno = error;
        return -1;
    }
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static bool open_tcp(struct endpoint_line *line, const struct endpoint *endpoint,
                     uint32_t timeout_ms, struct tool_failure *failure)
{
    char port[8];
    snprintf(port, sizeof port, "%u", endpoint->port);
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    const int unknown = getaddrinfo(endpoint->place, port, &hints, &found);
    if (unknown != 0) {
        return tool_fail(failure, TOOL_NO_ANSWER, "%s: %s", line->name, gai_strerror(unknown));
    }
    int error = EHOSTUNREACH;
    for (const struct addrinfo *a = found; a != NULL && line->fd < 0; a = a->ai_next) {
        line->fd = connect_one(a, timeout_ms);
        error = errno;
    }
    freeaddrinfo(found);
    if (line->fd < 0) {
        return tool_fail_errno(failure, TOOL_NO_ANSWER, error, "%s: cannot be reached", line->name);
    }
    line->has_no_parity = true;
    return true;
}

/* ---- Serial port ---- */

static bool open_serial(struct endpoint_line *line, const struct endpoint *endpoint,
                        struct tool_failure *failure)
{
    line->is_serial = true;
    line->fd = open(endpoint->place, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (line->fd < 0) {
        return tool_fail_errno(failure, TOOL_NO_ANSWER, errno, "%s: cannot be opened", line->name);
    }
    if (!isatty(line->fd)) {
        endpoint_line_close(line);
        return tool_fail(failure, CLI_BAD_INPUT, "%s: is not a serial port", line->name);
    }
    return endpoint_line_set(line, endpoint->baud != 0 ? endpoint->baud : 9600, ENDPOINT_8N1,
                             failure);
}

static const struct {
    uint32_t baud;
    speed_t speed;
} speeds[] = {{300, B300},      {600, B600},       {1200, B1200},     {2400, B2400},
              {4800, B4800},    {9600, B9600},     {19200, B19200},   {38400, B38400},
              {57600, B57600},  {115200, B115200}, {230400, B230400}, {460800, B460800},
              {921600, B921600}};

static bool find_speed(uint32_t baud, speed_t *speed)
{
    for (size_t s = 0; s < sizeof speeds / sizeof speeds[0]; s++) {
        if (speeds[s].baud == baud) {
            *speed = speeds[s].speed;
            return true;
        }
    }
    return false;
}

static void make_raw(struct termios *settings, speed_t speed, enum endpoint_format format)
{
    static const tcflag_t flags[] = {
        [ENDPOINT_8N1] = CS8, [ENDPOINT_8N2] = CS8 | CSTOPB, [ENDPOINT_7E1] = CS7 | PARENB};
    cfmakeraw(settings);
    settings->c_cflag &= ~(tcflag_t)(CSIZE | CSTOPB | PARENB | PARODD | CRTSCTS);
    settings->c_cflag |= flags[format] | CLOCAL | CREAD;
    cfsetspeed(settings, speed);
}

/* glibc says EINVAL when a port took a part only, as a pseudo-terminal does with parity. */
static bool apply(struct endpoint_line *line, struct termios *settings, speed_t speed,
                  enum endpoint_format format)
{
    make_raw(settings, speed, format);
    line->has_no_parity = false;
    if (tcsetattr(line->fd, TCSADRAIN, settings) == 0) {
        return true;
    }
    make_raw(settings, speed, ENDPOINT_8N1);
    line->has_no_parity = true;
    return format == ENDPOINT_7E1 && tcsetattr(line->fd, TCSADRAIN, settings) == 0;
}

bool endpoint_line_set(struct endpoint_line *line, uint32_t baud, enum endpoint_format format,
                       struct tool_failure *failure)
{
    if (!line->is_serial || (line->baud == baud && line->format == format)) {
        return true;
    }
    speed_t speed;
    struct termios settings;
    if (!find_speed(baud, &speed)) {
        return tool_fail(failure, CLI_BAD_INPUT, "%s: %u Bd is no usual speed", line->name, baud);
    }
    if (tcgetattr(line->fd, &settings) != 0 || !apply(line, &settings, speed, format)) {
        return tool_fail_errno(failure, TOOL_NO_ANSWER, errno, "%s: cannot be set to %u Bd",
                               line->name, baud);
    }
    line->baud = baud;
    line->format = format;
    return true;
}

/* ---- Either ---- */

bool endpoint_line_open(struct endpoint_line *line, const struct endpoint *endpoint,
                        uint32_t timeout_ms, struct tool_failure *failure)
{
    *line = (struct endpoint_line){.fd = -1};
    endpoint_text(endpoint, line->name);
    return endpoint->is_serial ? open_serial(line, endpoint, failure)
                               : open_tcp(line, endpoint, timeout_ms, failure);
}

bool endpoint_line_write(struct endpoint_line *line, const uint8_t *data, size_t length,
                         struct tool_failure *failure)
{
    while (length > 0) {
        const ssize_t sent = line->is_serial ? write(line->fd, data, length)
                                             : send(line->fd, data, length, MSG_NOSIGNAL);
        if (sent >= 0) {
            data += sent;
            length -= (size_t)sent;
            continue;
        }
        struct pollfd wait = {.fd = line->fd, .events = POLLOUT};
        if ((errno != EAGAIN && errno != EINTR) || poll(&wait, 1, WRITE_MS) == 0) {
            return tool_fail_errno(failure, TOOL_NO_ANSWER, errno, "%s: cannot send", line->name);
        }
    }
    return true;
}

bool endpoint_line_read(struct endpoint_line *line, uint8_t *data, size_t size, uint32_t wait_ms,
                        size_t *length, struct tool_failure *failure)
{
    *length = 0;
    struct pollfd wait = {.fd = line->fd, .events = POLLIN};
    if (poll(&wait, 1, (int)wait_ms) <= 0) {
        return true;
    }
    const ssize_t got = read(line->fd, data, size);
    if (got > 0) {
        *length = (size_t)got;
        return true;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return true;
    }
    return tool_fail(failure, TOOL_NO_ANSWER, "%s: the other side hung up%s%s", line->name,
                     got < 0 ? ": " : "", got < 0 ? strerror(errno) : "");
}

void endpoint_line_close(struct endpoint_line *line)
{
    if (line->fd >= 0) {
        close(line->fd);
    }
    line->fd = -1;
}
