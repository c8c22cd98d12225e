/* watthour keys generate: keys for a meter and its clients. Invariant: no file is overwritten, and what is made is made
 * whole, for its owner only. */
#include "cli/tool_keys.h"
#include "cosem/modern.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MANAGEMENT, READING, METER, PARTIES };

/* Everybody's keys; a secret. */
struct generated {
    uint8_t suite;
    uint8_t encryption[WH_MODERN_CLIENTS][WH_MODERN_KEY];
    uint8_t authentication[WH_MODERN_CLIENTS][WH_MODERN_KEY];
    uint8_t master[WH_MODERN_KEY];
    uint8_t title[WH_MODERN_CLIENTS][DLMS_TITLE];
    struct wh_modern_private own[PARTIES];
    struct wh_modern_public public[PARTIES];
};

static const char *const clients[WH_MODERN_CLIENTS] = {"management", "reading"};

static bool make_pairs(struct generated *keys, const struct dlms_crypto *crypto)
{
    const enum dlms_curve curve = dlms_suite_curve(keys->suite);
    bool done = true;
    for (int p = 0; done && p < PARTIES; p++) {
        done = crypto->generate(crypto->context, curve, keys->own[p].signing,
                                keys->public[p].signing) &&
               crypto->generate(crypto->context, curve, keys->own[p].agreement,
                                keys->public[p].agreement);
    }
    return done;
}

/* Titles: the maker of this reader, then random numbers, so that no two readers have the same. */
static bool make_keys(struct generated *keys, const struct dlms_crypto *crypto)
{
    bool done =
        crypto->random(crypto->context, keys->encryption[0], sizeof keys->encryption) &&
        crypto->random(crypto->context, keys->authentication[0], sizeof keys->authentication) &&
        crypto->random(crypto->context, keys->master, sizeof keys->master) &&
        crypto->random(crypto->context, keys->title[0], sizeof keys->title);
    for (int c = 0; c < WH_MODERN_CLIENTS; c++) {
        memcpy(keys->title[c], "WTC", 3);
    }
    return done && (keys->suite == 0 || make_pairs(keys, crypto));
}

/* ---- Texts ---- */

struct text {
    char at[TOOL_KEYS_TEXT];
    size_t length;
};

static void add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const int length =
        vsnprintf(text->at + text->length, sizeof text->at - text->length, format, list);
    va_end(list);
    text->length += length > 0 ? (size_t)length : 0;
}

static void add_key(struct text *text, const uint8_t *octets, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        add(text, "%02X", octets[i]);
    }
    add(text, "\n");
}

static void write_meter(struct text *text, const struct generated *keys)
{
    const size_t size = dlms_suite_key_size(keys->suite);
    const size_t coordinate = dlms_suite_coordinate(keys->suite);
    add(text, "# Keys of a meter: watthour run --keys. Keep it secret.\nsuite = %u\n", keys->suite);
    for (int c = 0; c < WH_MODERN_CLIENTS; c++) {
        add(text, "%s.title = ", clients[c]);
        add_key(text, keys->title[c], DLMS_TITLE);
        add(text, "%s.encryption = ", clients[c]);
        add_key(text, keys->encryption[c], size);
        add(text, "%s.authentication = ", clients[c]);
        add_key(text, keys->authentication[c], size);
    }
    add(text, "management.master = ");
    add_key(text, keys->master, size);
    if (keys->suite == 0) {
        return;
    }
    add(text, "meter.signing_private = ");
    add_key(text, keys->own[METER].signing, coordinate);
    add(text, "meter.agreement_private = ");
    add_key(text, keys->own[METER].agreement, coordinate);
    for (int c = 0; c < WH_MODERN_CLIENTS; c++) {
        add(text, "%s.signing_public = ", clients[c]);
        add_key(text, keys->public[c].signing, 2 * coordinate);
        add(text, "%s.agreement_public = ", clients[c]);
        add_key(text, keys->public[c].agreement, 2 * coordinate);
    }
}

static void write_client(struct text *text, const struct generated *keys, int c)
{
    const size_t size = dlms_suite_key_size(keys->suite);
    const size_t coordinate = dlms_suite_coordinate(keys->suite);
    add(text,
        "# Keys of client %s: --key-file. Keep it secret.\nsuite: %u\nclient: %d\nserver: 1\n",
        clients[c], keys->suite, c + 1);
    add(text, "system_title: ");
    add_key(text, keys->title[c], DLMS_TITLE);
    add(text, "encryption_key: ");
    add_key(text, keys->encryption[c], size);
    add(text, "authentication_key: ");
    add_key(text, keys->authentication[c], size);
    if (c == MANAGEMENT) {
        add(text, "master_key: ");
        add_key(text, keys->master, size);
    }
    if (keys->suite > 0) {
        add(text, "signing_key: ");
        add_key(text, keys->own[c].signing, coordinate);
        add(text, "agreement_key: ");
        add_key(text, keys->own[c].agreement, coordinate);
        add(text, "meter_signing_key: ");
        add_key(text, keys->public[METER].signing, 2 * coordinate);
        add(text, "meter_agreement_key: ");
        add_key(text, keys->public[METER].agreement, 2 * coordinate);
    }
}

/* ---- Files ---- */

static bool write_files(const char *path, const struct generated *keys,
                        struct tool_failure *failure)
{
    char names[PARTIES][TOOL_KEYS_PATH];
    bool done = true;
    snprintf(names[METER], sizeof names[METER], "%s", path);
    for (int c = 0; c < WH_MODERN_CLIENTS; c++) {
        snprintf(names[c], sizeof names[c], "%s.%s.yaml", path, clients[c]);
    }
    for (int p = 0; done && p < PARTIES; p++) {
        struct text text = {.length = 0};
        if (p == METER) {
            write_meter(&text, keys);
        } else {
            write_client(&text, keys, p);
        }
        done = tool_keys_create(names[p], text.at, failure);
        dlms_wipe(&text, sizeof text);
        for (int made = 0; !done && made < p; made++) {
            unlink(names[made]);
        }
    }
    for (int p = 0; done && p < PARTIES; p++) { /* the meter's file first */
        printf("%s\n", names[PARTIES - 1 - p]);
    }
    return done;
}

int tool_keys_generate(const struct cli_command *command, const char *path, uint8_t suite)
{
    struct tool_failure failure;
    struct generated keys = {.suite = suite};
    struct dlms_openssl *openssl = dlms_openssl_new();
    bool done = openssl != NULL && make_keys(&keys, dlms_openssl_crypto(openssl));
    if (!done) {
        tool_fail(&failure, CLI_FAILED, "there are no random numbers, or OpenSSL lacks a curve");
    } else if (strlen(path) + sizeof ".management.yaml" > TOOL_KEYS_PATH) {
        done = tool_fail(&failure, CLI_BAD_INPUT, "%s: too long a name", path);
    } else {
        done = write_files(path, &keys, &failure);
    }
    dlms_wipe(&keys, sizeof keys);
    dlms_openssl_free(openssl);
    if (!done) {
        fprintf(stderr, "watthour %s: %s\n", command->name, failure.text);
    }
    return done ? CLI_OK : failure.code;
}
