/* Keys and record of the modern profile. Invariant: a key is never in a message. */
#include "cli/modern.h"
#include "cosem/modern_push.h"
#include "ports/linux/record_file.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_SIZE = 320, NAMES = 13, SUITE_0_NAMES = 7 };

/* Octets of a key in the suite. */
enum key_kind { SYMMETRIC, TITLE, PRIVATE, PUBLIC };

struct named_key {
    const char *name;
    enum key_kind kind;
    size_t offset;
};

#define AT(member) offsetof(struct wh_modern_keys, member)

static const struct named_key names[NAMES] = {
    {"management.encryption", SYMMETRIC, AT(encryption[0])},
    {"management.authentication", SYMMETRIC, AT(authentication[0])},
    {"management.master", SYMMETRIC, AT(master)},
    {"reading.encryption", SYMMETRIC, AT(encryption[1])},
    {"reading.authentication", SYMMETRIC, AT(authentication[1])},
    {"management.title", TITLE, AT(title[0])},
    {"reading.title", TITLE, AT(title[1])},
    {"meter.signing_private", PRIVATE, AT(meter.signing)},
    {"meter.agreement_private", PRIVATE, AT(meter.agreement)},
    {"management.signing_public", PUBLIC, AT(client[0].signing)},
    {"management.agreement_public", PUBLIC, AT(client[0].agreement)},
    {"reading.signing_public", PUBLIC, AT(client[1].signing)},
    {"reading.agreement_public", PUBLIC, AT(client[1].agreement)},
};

static size_t key_size(enum key_kind kind, uint8_t suite)
{
    const size_t sizes[] = {
        [SYMMETRIC] = dlms_suite_key_size(suite),
        [TITLE] = DLMS_TITLE,
        [PRIVATE] = dlms_suite_coordinate(suite),
        [PUBLIC] = 2 * dlms_suite_coordinate(suite),
    };
    return sizes[kind];
}

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

static bool read_hex(const char *text, uint8_t *key, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const int high = digit_of(text[2 * i]);
        const int low = high >= 0 ? digit_of(text[2 * i + 1]) : -1;
        if (low < 0) {
            return false;
        }
        key[i] = (uint8_t)(high << 4 | low);
    }
    return text[2 * size] == '\0';
}

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1])) {
        text[--length] = '\0';
    }
    return text;
}

/* Sizes of keys follow from it, so it stands before them. */
static const char *take_suite(const char *value, struct wh_modern_keys *keys, unsigned found)
{
    if (found != 0) {
        return "gives the suite behind a key";
    }
    if (value[0] < '0' || value[0] > '2' || value[1] != '\0') {
        return "has no suite 0, 1 or 2";
    }
    keys->suite = (uint8_t)(value[0] - '0');
    return NULL;
}

static const char *take_key(const char *name, const char *value, struct wh_modern_keys *keys,
                            unsigned *found)
{
    const unsigned count = keys->suite == 0 ? SUITE_0_NAMES : NAMES;
    unsigned k = 0;
    while (k < count && strcmp(names[k].name, name) != 0) {
        k++;
    }
    if (k == count) {
        return "has no name of a key of this suite";
    }
    if ((*found & 1u << k) != 0) {
        return "gives a key a second time";
    }
    *found |= 1u << k;
    const size_t size = key_size(names[k].kind, keys->suite);
    static const char *const reasons[] = {[8] = "has no title of 16 hexadecimal digits",
                                          [16] = "has no key of 32 hexadecimal digits",
                                          [32] = "has no key of 64 hexadecimal digits",
                                          [48] = "has no key of 96 hexadecimal digits",
                                          [64] = "has no key of 128 hexadecimal digits",
                                          [96] = "has no key of 192 hexadecimal digits"};
    return read_hex(value, (uint8_t *)keys + names[k].offset, size) ? NULL : reasons[size];
}

/* What is wrong with a line, NULL for nothing; found gets the bit of its key. */
static const char *take_line(char *line, struct wh_modern_keys *keys, unsigned *found)
{
    char *name = trim(line);
    char *equals = strchr(name, '=');
    if (name[0] == '\0' || name[0] == '#') {
        return NULL;
    }
    if (equals == NULL) {
        return "is no \"name = key\"";
    }
    *equals = '\0';
    name = trim(name);
    const char *value = trim(equals + 1);
    return strcmp(name, "suite") == 0 ? take_suite(value, keys, *found)
                                      : take_key(name, value, keys, found);
}

static enum wh_err check_keys(const struct wh_modern_keys *keys, unsigned found, const char *path,
                              char *error, size_t error_size)
{
    const unsigned count = keys->suite == 0 ? SUITE_0_NAMES : NAMES;
    for (unsigned k = 0; k < count; k++) {
        if (names[k].kind != TITLE && (found & 1u << k) == 0) {
            snprintf(error, error_size, "%s: the key %s is missing", path, names[k].name);
            return WH_ERR_FORMAT;
        }
    }
    if (!wh_modern_keys_are_safe(keys)) {
        snprintf(error, error_size, "%s: two keys are the same, or one is all zero", path);
        return WH_ERR_FORMAT;
    }
    return WH_OK;
}

static enum wh_err take_lines(struct wh_modern_keys *keys, FILE *file, const char *path,
                              char *error, size_t error_size)
{
    char line[LINE_MAX_SIZE];
    const char *reason = NULL;
    unsigned found = 0;
    unsigned number = 0;
    *keys = (struct wh_modern_keys){0};
    while (reason == NULL && fgets(line, sizeof line, file) != NULL) {
        number++;
        reason = strlen(line) + 1 == sizeof line ? "is too long" : take_line(line, keys, &found);
    }
    dlms_wipe(line, sizeof line);
    if (reason != NULL) {
        snprintf(error, error_size, "%s: line %u %s", path, number, reason);
        return WH_ERR_FORMAT;
    }
    return check_keys(keys, found, path, error, error_size);
}

enum wh_err cli_modern_read_keys(struct wh_modern_keys *keys, const char *path, char *error,
                                 size_t error_size)
{
    static char buffer[BUFSIZ]; /* the stream's, so that it can be wiped */
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        snprintf(error, error_size, "%s: cannot be opened", path);
        return WH_ERR_IO;
    }
    setvbuf(file, buffer, _IOFBF, sizeof buffer);
    enum wh_err err = take_lines(keys, file, path, error, error_size);
    if (ferror(file)) {
        snprintf(error, error_size, "%s: cannot be read", path);
        err = WH_ERR_IO;
    }
    fclose(file);
    dlms_wipe(buffer, sizeof buffer);
    return err;
}

static enum wh_err load(void *context, uint8_t kept[WH_MODERN_KEPT_SIZE])
{
    const struct cli_modern *modern = context;
    return record_file_load(modern->path, kept, WH_MODERN_KEPT_SIZE);
}

static bool save(void *context, const uint8_t kept[WH_MODERN_KEPT_SIZE])
{
    const struct cli_modern *modern = context;
    return record_file_save(modern->path, kept, WH_MODERN_KEPT_SIZE) == WH_OK;
}

enum wh_err cli_modern_open(struct cli_modern *modern, const char *state, const char *keys,
                            char *error, size_t error_size)
{
    snprintf(modern->path, sizeof modern->path, "%s/dlms.bin", state);
    modern->store = (struct wh_modern_store){modern, load, save};
    const enum wh_err err = cli_modern_read_keys(&modern->keys, keys, error, error_size);
    if (err != WH_OK) {
        return err;
    }
    modern->openssl = dlms_openssl_new();
    if (modern->openssl == NULL) {
        snprintf(error, error_size, "%s: OpenSSL lacks an algorithm of the modern profile", keys);
        return WH_ERR_UNSUPPORTED;
    }
    return WH_OK;
}

enum wh_err cli_modern_trust(struct cli_modern *modern, const char *state, const char *authority,
                             char *error, size_t error_size)
{
    if (modern->keys.suite == 0) {
        snprintf(error, error_size, "--authority: keys of suite 0 have no certificates");
        return WH_ERR_UNSUPPORTED;
    }
    return cli_certificates_open(&modern->certificates, state, authority, error, error_size);
}

/* Without certificates that can be read nobody is offered keys that they may have replaced. */
static void offer_certificates(struct cli_modern *modern, struct wh_cosem_face *face)
{
    modern->err = cli_certificates_offer(&modern->certificates, &modern->modern.client[0].security);
    modern->is_certificates = modern->err != WH_OK;
    if (modern->is_certificates) {
        face->modern = NULL;
        face->server.association_count = WH_COSEM_ASSOCIATIONS;
    }
}

enum wh_err cli_modern_offer(struct cli_modern *modern, struct wh_cosem_face *face)
{
    modern->is_certificates = false;
    if (modern->openssl != NULL) {
        modern->err =
            wh_cosem_modern_init(&modern->modern, face, dlms_openssl_crypto(modern->openssl),
                                 &modern->store, &modern->keys);
    }
    if (modern->openssl != NULL && modern->err == WH_OK) {
        modern->err = wh_modern_push_to(&modern->modern, modern->push_to);
    }
    if (modern->openssl != NULL && modern->err == WH_OK) {
        offer_certificates(modern, face);
    }
    modern->modern.tcp = modern->tcp;
    return modern->err;
}

void cli_modern_is_at(struct cli_modern *modern, const struct wh_modern_tcp *tcp)
{
    modern->tcp = *tcp;
    modern->modern.tcp = *tcp;
}

void cli_modern_explain(const struct cli_modern *modern, char *error, size_t error_size)
{
    if (modern->is_certificates) {
        snprintf(
            error, error_size,
            "%s: cannot be read, or is damaged or of another suite, authority or title (delete "
            "it then); or --authority is none on the suite's curve",
            modern->certificates.path);
    } else if (modern->err == WH_ERR_CORRUPT) {
        snprintf(error, error_size,
                 "%s: damaged, and the counters of the keys with it; delete it, and give new keys",
                 modern->path);
    } else {
        snprintf(error, error_size, "%s: %s", modern->path, wh_err_text(modern->err));
    }
}

void cli_modern_close(struct cli_modern *modern)
{
    cli_certificates_close(&modern->certificates);
    dlms_openssl_free(modern->openssl);
    dlms_wipe(modern, sizeof *modern);
}
