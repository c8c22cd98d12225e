/* Decides on the Host and Origin headers. Invariant: what cannot be parsed is refused. */
#include "web/guard.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static bool all_digits(const char *text)
{
    return text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

/* Length of the name in "name[:port]", brackets of an IPv6 address included; 0 if malformed. */
static size_t name_length(const char *host)
{
    size_t length = strcspn(host, ":");
    if (host[0] == '[') {
        const char *end = strchr(host, ']');
        if (!end) {
            return 0;
        }
        length = (size_t)(end - host) + 1;
    }
    const char *rest = host + length;
    if (rest[0] != '\0' && (rest[0] != ':' || !all_digits(rest + 1))) {
        return 0;
    }
    return length;
}

static bool is_name(const char *host, size_t length, const char *name)
{
    return strlen(name) == length && strncasecmp(host, name, length) == 0;
}

/* The listening host may be an IPv6 address without the brackets that it has in a header. */
static bool is_listening_host(const char *host, size_t length, const char *name)
{
    if (host[0] == '[' && name[0] != '[') {
        return is_name(host + 1, length - 2, name);
    }
    return is_name(host, length, name);
}

bool web_host_allowed(const struct web_guard *guard, const char *host)
{
    static const char *const local[] = {"localhost", "127.0.0.1", "[::1]"};
    size_t length = name_length(host);

    if (length == 0) {
        return false;
    }
    if (!guard->loopback || is_listening_host(host, length, guard->host)) {
        return true;
    }
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++) {
        if (is_name(host, length, local[i])) {
            return true;
        }
    }
    return false;
}

bool web_same_origin(const char *origin, const char *host)
{
    static const char scheme[] = "http://";

    if (!origin) {
        return true;
    }
    return strncasecmp(origin, scheme, strlen(scheme)) == 0 &&
           strcasecmp(origin + strlen(scheme), host) == 0;
}
