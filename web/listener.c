/* Opens the listening socket itself rather than leaving that to libwebsockets, which retries in the
 * background and hides the reason when a port is taken. Invariant: the socket listens on exactly
 * one address, the one asked for.
 */
#include "web/listener.h"

#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BACKLOG = 16,
    ACCEPTS_PER_TURN = 16, /* then the rest of the loop has its turn */
};

static bool fail(const char *host, uint16_t port, const char *reason, char *error,
                 size_t error_size)
{
    bool bare_ipv6 = strchr(host, ':') && host[0] != '[';
    snprintf(error, error_size,
             "cannot listen on %s%s%s:%u: %c%s; choose another with --web HOST:PORT",
             bare_ipv6 ? "[" : "", host, bare_ipv6 ? "]" : "", (unsigned)port,
             tolower((unsigned char)reason[0]), reason + 1);
    return false;
}

static void strip_brackets(const char *host, char *name, size_t name_size)
{
    size_t length = strlen(host);
    bool bracketed = length >= 2 && host[0] == '[' && host[length - 1] == ']';
    if (bracketed) {
        snprintf(name, name_size, "%.*s", (int)(length - 2), host + 1);
    } else {
        snprintf(name, name_size, "%s", host);
    }
}

/* Returns the first address of host, to be freed with freeaddrinfo, or NULL with the reason. */
static struct addrinfo *resolve(const char *host, uint16_t port, const char **reason)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char name[NI_MAXHOST];
    char service[8];

    strip_brackets(host, name, sizeof name);
    snprintf(service, sizeof service, "%u", (unsigned)port);
    int failure = getaddrinfo(name, service, &hints, &found);
    if (failure) {
        *reason = gai_strerror(failure);
        return NULL;
    }
    return found;
}

static int listening_socket(const struct addrinfo *address)
{
    int one = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (address->ai_family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    }
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0) {
        return fd;
    }
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

/* Notes port and kind of the address that the socket was really bound to. */
static void note_address(struct web_listener *listener)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } bound;
    socklen_t size = sizeof bound;

    memset(&bound, 0, sizeof bound);
    getsockname(listener->socket, &bound.any, &size);
    if (bound.any.sa_family == AF_INET6) {
        listener->port = ntohs(bound.v6.sin6_port);
        listener->loopback = IN6_IS_ADDR_LOOPBACK(&bound.v6.sin6_addr);
    } else {
        listener->port = ntohs(bound.v4.sin_port);
        listener->loopback = ntohl(bound.v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    }
}

bool web_listener_open(struct web_listener *listener, const char *host, uint16_t port, char *error,
                       size_t error_size)
{
    const char *reason = "unknown host";
    struct addrinfo *address = resolve(host, port, &reason);
    if (!address) {
        return fail(host, port, reason, error, error_size);
    }
    listener->socket = listening_socket(address);
    reason = strerror(errno);
    freeaddrinfo(address);
    if (listener->socket < 0) {
        return fail(host, port, reason, error, error_size);
    }
    note_address(listener);
    return true;
}

static void on_connection(uv_poll_t *poll, int status, int events)
{
    struct web_listener *listener = poll->data;
    (void)events;

    for (int i = 0; status == 0 && i < ACCEPTS_PER_TURN; i++) {
        int fd = accept4(listener->socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) {
            return;
        }
        listener->accepted(listener->context, fd);
    }
}

bool web_listener_run(struct web_listener *listener, uv_loop_t *loop,
                      void (*accepted)(void *context, int socket), void *context)
{
    listener->accepted = accepted;
    listener->context = context;
    listener->poll.data = listener;
    listener->running = uv_poll_init(loop, &listener->poll, listener->socket) == 0;
    return listener->running && uv_poll_start(&listener->poll, UV_READABLE, on_connection) == 0;
}

void web_listener_close(struct web_listener *listener)
{
    if (listener->running) {
        uv_close((uv_handle_t *)&listener->poll, NULL);
    }
    close(listener->socket);
}
