/* watthour keys ENDPOINT change: new global keys for the client of a key file, wrapped with the master key (6-2,
 * key_transfer). Invariant: the new keys are in FILE.next, on the disk, before the meter hears of them; and FILE is
 * replaced only after an association was opened with them. */
#include "cli/tool_dlms.h"
#include "cli/tool_keys.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CLASS_SECURITY_SETUP = 64, KEY_TRANSFER = 2, NEW_KEYS = 2, PARAMETERS = 128 };

/* New keys; a secret. */
struct change {
    size_t size;
    uint8_t encryption[DLMS_KEY_MAX];
    uint8_t authentication[DLMS_KEY_MAX];
    uint8_t parameters[PARAMETERS]; /* of key_transfer */
    size_t length;
    char text[TOOL_KEYS_TEXT]; /* of FILE.next */
};

/* The master key of a key file wraps the client's own keys: class 64 of the association. */
static const uint8_t own_setup[6] = {0, 0, 43, 0, 0, 255};

static bool wrap(const struct tool_secrets *secrets, const struct dlms_crypto *crypto,
                 const uint8_t *key, enum dlms_key id, struct dlms_writer *out)
{
    const struct dlms_span master = {secrets->master_key.octets, secrets->master_key.length};
    uint8_t wrapped[DLMS_KEY_MAX + DLMS_KEY_WRAP];
    dlms_put_structure(out, 2);
    dlms_put_enum(out, (uint8_t)id);
    const bool done =
        crypto->wrap(crypto->context, master, key, secrets->master_key.length, wrapped);
    dlms_put_octet_string(out, wrapped, secrets->master_key.length + DLMS_KEY_WRAP);
    return done;
}

static bool make_change(struct change *change, const struct tool_secrets *secrets,
                        struct tool_failure *failure)
{
    struct dlms_openssl *openssl = dlms_openssl_new();
    const struct dlms_crypto *crypto = openssl != NULL ? dlms_openssl_crypto(openssl) : NULL;
    struct dlms_writer out = dlms_writer(change->parameters, sizeof change->parameters);
    change->size = dlms_suite_key_size(secrets->suite);
    dlms_put_array(&out, NEW_KEYS);
    const bool done = crypto != NULL &&
                      crypto->random(crypto->context, change->encryption, change->size) &&
                      crypto->random(crypto->context, change->authentication, change->size) &&
                      wrap(secrets, crypto, change->encryption, DLMS_KEY_UNICAST, &out) &&
                      wrap(secrets, crypto, change->authentication, DLMS_KEY_AUTHENTICATION, &out);
    change->length = out.total;
    dlms_openssl_free(openssl);
    return done || tool_fail(failure, CLI_FAILED, "OpenSSL makes no keys");
}

/* FILE.next is FILE with the new keys; it begins a count of its own, as the meter does. */
static bool keep_change(struct change *change, const char *path, struct tool_failure *failure)
{
    char next[TOOL_KEYS_PATH];
    const struct tool_keys_line lines[NEW_KEYS] = {
        {"encryption_key", change->encryption, change->size},
        {"authentication_key", change->authentication, change->size},
    };
    tool_keys_next(path, next);
    return tool_keys_rewrite(path, lines, NEW_KEYS, change->text, failure) &&
           tool_keys_create(next, change->text, failure);
}

/* ---- Sessions ---- */

static struct tool_dlms *open_with(const struct tool_work *work, const char *path,
                                   struct tool_secrets *secrets, struct tool_failure *failure)
{
    const struct tool_secret_options options = {.key_file = path};
    return tool_secrets_load(secrets, &options, failure)
               ? tool_dlms_open(&work->meter.endpoint, secrets, failure)
               : NULL;
}

/* An association with the keys of FILE.next: they are in force. */
static bool confirm(const struct tool_work *work, const char *path, struct tool_failure *failure)
{
    char next[TOOL_KEYS_PATH];
    struct tool_secrets secrets;
    tool_keys_next(path, next);
    struct tool_dlms *dlms = open_with(work, next, &secrets, failure);
    const bool is_open = dlms != NULL;
    tool_dlms_close(dlms);
    dlms_wipe(&secrets, sizeof secrets);
    return is_open;
}

/* An association with the keys of FILE: they are still in force. */
static bool is_unchanged(const struct tool_work *work, const char *path,
                         struct tool_failure *failure)
{
    struct tool_secrets secrets;
    struct tool_dlms *dlms = open_with(work, path, &secrets, failure);
    const bool is_open = dlms != NULL;
    tool_dlms_close(dlms);
    dlms_wipe(&secrets, sizeof secrets);
    return is_open;
}

/* What an earlier change left. *is_done: its keys are in force, and now in FILE. */
static bool settle_earlier(const struct tool_work *work, const char *path, bool *is_done,
                           struct tool_failure *failure)
{
    char next[TOOL_KEYS_PATH];
    tool_keys_next(path, next);
    *is_done = false;
    if (access(next, F_OK) != 0) {
        return true;
    }
    if (confirm(work, path, failure)) {
        *is_done = true;
        return tool_keys_promote(path, failure);
    }
    if (failure->code != TOOL_REFUSED) {
        return false;
    }
    if (is_unchanged(work, path, failure)) {
        tool_keys_drop(path);
        return true;
    }
    return failure->code != TOOL_REFUSED ? false
                                         : tool_fail(failure, TOOL_REFUSED,
                                                     "the meter takes neither the keys of %s nor "
                                                     "those of %s; both are kept",
                                                     path, next);
}

/* ---- The change ---- */

static bool transfer(struct tool_dlms *dlms, const struct change *change,
                     struct tool_failure *failure)
{
    const struct dlms_client_attribute method =
        tool_dlms_attribute(CLASS_SECURITY_SETUP, own_setup, KEY_TRANSFER);
    const struct dlms_span parameters = {change->parameters, change->length};
    return tool_dlms_invoke(dlms, &method, parameters, failure);
}

/* FILE.next stays when nobody knows what the meter did. Nor does who hears a refusal: an exception-response has
 * no protection, so anybody on the line may have put it in the place of the answer. */
static bool hand_over(const struct tool_work *work, struct change *change, const char *path,
                      struct tool_failure *failure)
{
    struct tool_dlms *dlms = tool_dlms_open(&work->meter.endpoint, &work->secrets, failure);
    struct tool_failure why = {.code = CLI_OK};
    struct tool_failure none;
    const bool is_kept = dlms != NULL && make_change(change, &work->secrets, failure) &&
                         keep_change(change, path, failure);
    const bool is_refused = is_kept && !transfer(dlms, change, &why) && why.code != TOOL_NO_ANSWER;
    tool_dlms_close(dlms);
    if (is_refused && is_unchanged(work, path, &none)) {
        tool_keys_drop(path);
        *failure = why;
        return false;
    }
    return is_kept;
}

static bool change_keys(const struct tool_work *work, struct change *change, const char *path,
                        struct tool_failure *failure)
{
    struct tool_failure why;
    if (!hand_over(work, change, path, failure)) {
        return false;
    }
    if (!confirm(work, path, &why)) {
        return tool_fail(failure, why.code,
                         "the meter may have the keys of %s.next or still those of %s; keep both, "
                         "and run this again: %s",
                         path, path, why.text);
    }
    return tool_keys_promote(path, failure);
}

static bool check(const struct tool_work *work, struct tool_failure *failure)
{
    const struct tool_secrets *secrets = &work->secrets;
    if (secrets->key_file == NULL || secrets->encryption_key.length == 0) {
        return tool_fail(failure, CLI_BAD_INPUT,
                         "a key file is needed: --key-file or WATTHOUR_KEY_FILE");
    }
    if (secrets->master_key.length == 0) {
        return tool_fail(failure, CLI_BAD_INPUT, "%s: has no master_key, which wraps the new keys",
                         secrets->key_file);
    }
    return strlen(secrets->key_file) + sizeof ".next.counter.lock" <= TOOL_KEYS_PATH ||
           tool_fail(failure, CLI_BAD_INPUT, "%s: too long a name", secrets->key_file);
}

int tool_keys_change(struct tool_work *work)
{
    struct tool_failure failure;
    struct change change = {.size = 0};
    bool was_done = false;
    const char *path = work->secrets.key_file;
    bool done = check(work, &failure) && settle_earlier(work, path, &was_done, &failure);
    if (done && was_done) {
        printf("%s: the keys of a change that was begun before are in force\n", path);
    } else if (done) {
        done = change_keys(work, &change, path, &failure);
        if (done) {
            printf("%s: new keys are in force\n", path);
        }
    }
    dlms_wipe(&change, sizeof change);
    return done ? CLI_OK : tool_report(work, NULL, &failure);
}
