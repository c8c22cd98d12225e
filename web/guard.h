/* Who may talk to the bench page.
 *
 * The page can switch loads and cut the mains of a simulated meter, so a foreign web site open in
 * the same browser must not reach it: neither by posting across origins, nor by a name of its own
 * that it lets resolve to 127.0.0.1 (DNS rebinding).
 */
#ifndef WEB_GUARD_H
#define WEB_GUARD_H

#include <stdbool.h>

struct web_guard {
    bool loopback;  /* listening on a loopback address: only names of this machine are believed */
    char host[256]; /* as the server was told to listen on */
};

/* May a request with this Host header ("name", "name:port", "[v6]:port") be answered? An empty one
 * may not. Listening on a loopback address, the name has to be the listening host, localhost,
 * 127.0.0.1 or [::1]; otherwise the machine goes by names unknown here, and any is accepted. */
bool web_host_allowed(const struct web_guard *guard, const char *host);

/* Does a request with this Origin header ("http://host:port"; NULL: none) come from a page that was
 * itself loaded from this Host? Without an Origin it comes from no web page at all. */
bool web_same_origin(const char *origin, const char *host);

#endif
