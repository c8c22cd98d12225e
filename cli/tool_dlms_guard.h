/* Keys and challenges of a session: what dlms/client_security.h needs, with the invocation
 * counter in a file beside the key file. Internal to tool_dlms.
 */
#ifndef CLI_TOOL_DLMS_GUARD_H
#define CLI_TOOL_DLMS_GUARD_H

#include "cli/tool_secret.h"
#include "dlms/client_security.h"
#include "ports/linux/crypto_openssl.h"

struct tool_dlms_guard {
    struct dlms_openssl *openssl; /* NULL: not in use */
    struct dlms_counter_store store;
    struct dlms_security security;
    struct dlms_client_hls hls;
    struct dlms_client_cover cover;
    const struct tool_secrets *secrets;
    char counter_path[512];
    int lock_fd; /* when has_lock: held until close */
    bool has_lock;
    uint8_t plain[66000];
};

/* Puts protection (is_ciphered: if there is an encryption key) and high level authentication into
 * settings, as mechanism and secrets ask for;
 * with neither it does nothing. With an encryption key FILE.counter.lock is held until close, since
 * two sessions with one key would use the same counters, or send them out of order; it is waited
 * for a minute at most. guard is all zero before; secrets stay in place until close. CLI_BAD_INPUT: a key that is needed is missing,
 * or the counter cannot be read or locked. CLI_FAILED: another session still has it. */
bool tool_dlms_guard_init(struct tool_dlms_guard *guard, const struct tool_secrets *secrets,
                          enum dlms_mechanism mechanism, bool is_ciphered,
                          const struct dlms_client *client, struct dlms_client_settings *settings,
                          struct tool_failure *failure);

void tool_dlms_guard_close(struct tool_dlms_guard *guard);

#endif
