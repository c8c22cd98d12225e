/* Security of a session. Invariant: the counter in the file is above every one that was used,
 * before it is used, whatever is cut when; and one session at a time reads and raises it. */
#include "cli/tool_dlms_guard.h"
#include "cli/endpoint_line.h"
#include "ports/linux/record_file.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { COUNTERS_AHEAD = 100, LOCK_WAIT_MS = 60000, LOCK_POLL_MS = 10 };

/* ---- The file of the counter ---- */

static bool reserve(void *context, enum dlms_counter_id id, uint32_t limit)
{
    const struct tool_dlms_guard *guard = context;
    if (id != DLMS_COUNTER_SEND) {
        return true; /* answers are to requests of this session: an old one fits none */
    }
    char text[16];
    snprintf(text, sizeof text, "%" PRIu32 "\n", limit);
    return record_file_save(guard->counter_path, text, strlen(text)) == WH_OK;
}

/* A lock of the file beside it: the counter's own is another one after each rename. */
static bool lock_counter(struct tool_dlms_guard *guard, struct tool_failure *failure)
{
    char path[sizeof guard->counter_path + 8];
    const uint32_t start_ms = endpoint_now_ms();
    snprintf(path, sizeof path, "%s.lock", guard->counter_path);
    guard->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    guard->has_lock = guard->lock_fd >= 0;
    if (!guard->has_lock) {
        return tool_fail_errno(failure, CLI_BAD_INPUT, errno, "%s", path);
    }
    while (flock(guard->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return tool_fail_errno(failure, CLI_BAD_INPUT, errno, "%s", path);
        }
        if (endpoint_now_ms() - start_ms >= LOCK_WAIT_MS) {
            return tool_fail(failure, CLI_FAILED, "%s: another session is still using this key",
                             path);
        }
        poll(NULL, 0, LOCK_POLL_MS);
    }
    return true;
}

/* No file: a key that was never used. */
static bool read_counter(const char *path, uint32_t *counter, struct tool_failure *failure)
{
    char text[16] = "";
    *counter = 0;
    FILE *file = fopen(path, "re");
    if (file == NULL && errno == ENOENT) {
        return true;
    }
    if (file == NULL) {
        return tool_fail_errno(failure, CLI_BAD_INPUT, errno, "%s", path);
    }
    const bool got = fgets(text, sizeof text, file) != NULL;
    fclose(file);
    char *end;
    const unsigned long value = strtoul(text, &end, 10);
    if (!got || end == text || *end != '\n' || value > UINT32_MAX) {
        return tool_fail(failure, CLI_BAD_INPUT, "%s: holds no invocation counter", path);
    }
    *counter = (uint32_t)value;
    return true;
}

/* ---- Set-up ---- */

/* What the authentication needs and the key file does not have; NULL: nothing. */
static const char *missing_of(const struct tool_secrets *secrets, enum dlms_mechanism mechanism)
{
    const bool needs_secret = mechanism == DLMS_MECHANISM_MD5 || mechanism == DLMS_MECHANISM_SHA1 ||
                              mechanism == DLMS_MECHANISM_SHA256;
    const bool has_keys = secrets->encryption_key.length != 0;
    const bool needs_pairs = mechanism == DLMS_MECHANISM_ECDSA || secrets->is_signed;
    if (needs_secret && secrets->secret[0] == '\0') {
        return "secret";
    }
    if (mechanism == DLMS_MECHANISM_GMAC && !has_keys) {
        return "encryption_key";
    }
    if (has_keys && secrets->authentication_key.length == 0) {
        return "authentication_key";
    }
    if (needs_pairs && secrets->suite == 0) {
        return "suite 1 or 2";
    }
    if (needs_pairs && secrets->signing_key.length == 0) {
        return "signing_key";
    }
    if (needs_pairs && secrets->meter_signing_key.length == 0) {
        return "meter_signing_key";
    }
    const bool needs_title = has_keys || needs_pairs || mechanism == DLMS_MECHANISM_SHA256;
    return needs_title && secrets->system_title.length == 0 ? "system_title" : NULL;
}

static bool check(const struct tool_secrets *secrets, enum dlms_mechanism mechanism,
                  struct tool_failure *failure)
{
    const char *missing = missing_of(secrets, mechanism);
    return missing == NULL || tool_fail(failure, CLI_BAD_INPUT,
                                        "the key file (--key-file) has no %s, which this "
                                        "authentication needs",
                                        missing);
}

/* A meter that has started again expects a number that may be as far ahead of the last one it took as it
 * stores them. */
static void skip(uint32_t *counter)
{
    if (*counter > 0 && *counter <= UINT32_MAX - COUNTERS_AHEAD) {
        *counter += COUNTERS_AHEAD;
    }
}

static struct dlms_span span_of(const struct tool_key *key)
{
    return (struct dlms_span){key->octets, key->length};
}

static bool open_keys(struct tool_dlms_guard *guard, struct tool_failure *failure)
{
    const struct tool_secrets *secrets = guard->secrets;
    struct dlms_security *security = &guard->security;
    uint32_t limits[DLMS_COUNTER_COUNT] = {0};
    snprintf(guard->counter_path, sizeof guard->counter_path, "%s.counter", secrets->key_file);
    if (!lock_counter(guard, failure) ||
        !read_counter(guard->counter_path, &limits[DLMS_COUNTER_SEND], failure)) {
        return false;
    }
    skip(&limits[DLMS_COUNTER_SEND]);
    guard->store = (struct dlms_counter_store){guard, reserve, COUNTERS_AHEAD};
    security->store = &guard->store;
    memcpy(security->key[DLMS_KEY_UNICAST], secrets->encryption_key.octets, DLMS_KEY_MAX);
    memcpy(security->key[DLMS_KEY_AUTHENTICATION], secrets->authentication_key.octets,
           DLMS_KEY_MAX);
    memcpy(security->key[DLMS_KEY_MASTER], secrets->master_key.octets, DLMS_KEY_MAX);
    dlms_security_restore(security, limits);
    return true;
}

/* Spans into the secrets, which stay in place while the session lasts. */
static void put_pairs(struct dlms_security *security, const struct tool_secrets *secrets)
{
    security->suite = secrets->suite;
    security->private_key = span_of(&secrets->signing_key);
    security->public_key = span_of(&secrets->meter_signing_key);
    security->agreement_private = span_of(&secrets->agreement_key);
    security->agreement_public = span_of(&secrets->meter_agreement_key);
    security->asymmetric = secrets->suite > 0 ? &dlms_asymmetric : NULL;
}

/* Counters of what is received begin at 0. So where no challenge does it, a new key makes sure that
 * answers are of this session and no recording. */
static bool is_dedicated(const struct tool_secrets *secrets, enum dlms_mechanism mechanism)
{
    return secrets->says_dedicated ? secrets->is_dedicated : mechanism <= DLMS_MECHANISM_PASSWORD;
}

static uint8_t envelope_of(const struct tool_secrets *secrets, bool has_own_key)
{
    if (secrets->is_signed) {
        return (uint8_t)((has_own_key ? DLMS_ENVELOPE_GENERAL_DED : DLMS_ENVELOPE_GENERAL_GLO) |
                         DLMS_SIGNED_INSIDE);
    }
    return has_own_key ? DLMS_ENVELOPE_DED : DLMS_ENVELOPE_GLO;
}

static bool put_cover(struct tool_dlms_guard *guard, enum dlms_mechanism mechanism,
                      const struct dlms_client *client, struct dlms_client_settings *settings)
{
    const bool has_own_key = is_dedicated(guard->secrets, mechanism);
    const struct dlms_cover how = {
        envelope_of(guard->secrets, has_own_key),
        (uint8_t)(guard->secrets->suite | DLMS_CONTROL_AUTHENTICATED | DLMS_CONTROL_ENCRYPTED)};
    dlms_client_cover_init(&guard->cover, client, &guard->security, how, guard->plain,
                           sizeof guard->plain);
    settings->protection = &guard->cover.protection;
    settings->conformance |= guard->secrets->is_signed ? DLMS_CONFORMANCE_GENERAL_PROTECTION : 0;
    return !has_own_key || dlms_client_dedicate(&guard->cover, settings);
}

bool tool_dlms_guard_init(struct tool_dlms_guard *guard, const struct tool_secrets *secrets,
                          enum dlms_mechanism mechanism, bool is_ciphered,
                          const struct dlms_client *client, struct dlms_client_settings *settings,
                          struct tool_failure *failure)
{
    const bool has_keys = secrets->encryption_key.length != 0;
    guard->secrets = secrets;
    if (mechanism <= DLMS_MECHANISM_PASSWORD && !(has_keys && is_ciphered)) {
        return true;
    }
    guard->openssl = dlms_openssl_new();
    if (guard->openssl == NULL) {
        return tool_fail(failure, CLI_FAILED, "OpenSSL lacks an algorithm");
    }
    guard->security.crypto = dlms_openssl_crypto(guard->openssl);
    memcpy(guard->security.own_title, secrets->system_title.octets, DLMS_TITLE);
    put_pairs(&guard->security, secrets);
    if (!check(secrets, mechanism, failure) || (has_keys && !open_keys(guard, failure))) {
        return false;
    }
    if (has_keys && is_ciphered && !put_cover(guard, mechanism, client, settings)) {
        return tool_fail(failure, CLI_FAILED, "there are no random numbers");
    }
    if (secrets->system_title.length != 0) {
        settings->title = (struct dlms_span){guard->security.own_title, DLMS_TITLE};
    }
    guard->hls.hls = (struct dlms_hls){
        .mechanism = mechanism,
        .crypto = guard->security.crypto,
        .security = &guard->security,
        .secret = {(const uint8_t *)secrets->secret, strlen(secrets->secret)},
        .own_title = guard->security.own_title,
    };
    return mechanism <= DLMS_MECHANISM_PASSWORD || dlms_client_challenge(&guard->hls, settings) ||
           tool_fail(failure, CLI_FAILED, "there are no random numbers");
}

void tool_dlms_guard_close(struct tool_dlms_guard *guard)
{
    dlms_openssl_free(guard->openssl);
    dlms_wipe(&guard->security, sizeof guard->security);
    dlms_wipe(&guard->cover.dedicated, sizeof guard->cover.dedicated);
    guard->openssl = NULL;
    if (guard->has_lock) {
        close(guard->lock_fd);
        guard->has_lock = false;
    }
}
