/* The key file, one row a name. Invariant: no message repeats a value. */
#include "cli/monitor_keys.h"

#include <string.h>

#include "cli/tool_yaml.h"
#include "decode/hexline.h"
#include "dlms/crypto.h"

enum { VALUE_MAX = 128 };

enum row_kind { ROW_KEY, ROW_TITLE, ROW_IGNORED };

struct key_row {
    const char *name;
    enum row_kind kind;
    int index; /* enum dlms_key, or enum decode_direction of who sends */
};

static const struct key_row rows[] = {
    {"encryption_key", ROW_KEY, DLMS_KEY_UNICAST},
    {"authentication_key", ROW_KEY, DLMS_KEY_AUTHENTICATION},
    {"broadcast_key", ROW_KEY, DLMS_KEY_BROADCAST},
    {"system_title", ROW_TITLE, DECODE_TO_METER},
    {"server_title", ROW_TITLE, DECODE_FROM_METER},
    /* of the same file, for who takes part (tool_secret.c) */
    {"secret", ROW_IGNORED, 0},
    {"suite", ROW_IGNORED, 0},
    {"client", ROW_IGNORED, 0},
    {"server", ROW_IGNORED, 0},
    {"dedicated", ROW_IGNORED, 0},
    {"signed", ROW_IGNORED, 0},
    {"master_key", ROW_IGNORED, 0},
    {"signing_key", ROW_IGNORED, 0},
    {"agreement_key", ROW_IGNORED, 0},
    {"meter_signing_key", ROW_IGNORED, 0},
    {"meter_agreement_key", ROW_IGNORED, 0},
};

static const struct key_row *find_row(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

static bool store(struct decode_keys *keys, const struct key_row *row, const uint8_t *bytes,
                  size_t length)
{
    if (row->kind == ROW_TITLE) {
        if (length != DLMS_TITLE) {
            return false;
        }
        memcpy(keys->title[row->index], bytes, length);
        keys->knows_title[row->index] = true;
        return true;
    }
    if (length != 16 && length != DLMS_KEY_MAX) {
        return false;
    }
    memcpy(keys->key[row->index], bytes, length);
    keys->knows_key[row->index] = true;
    return true;
}

static bool take(void *context, const char *name, const char *value, size_t line,
                 struct tool_failure *failure)
{
    const struct key_row *row = find_row(name);
    uint8_t bytes[VALUE_MAX];
    struct decode_hexline hex;
    if (row == NULL) {
        return tool_fail(failure, CLI_BAD_INPUT, "line %zu: %s is not known", line, name);
    }
    if (row->kind == ROW_IGNORED) {
        return true;
    }
    if (strlen(value) / 2 >= sizeof bytes) {
        return tool_fail(failure, CLI_BAD_INPUT, "line %zu: %s is too long", line, name);
    }
    decode_hexline_read(value, strlen(value), bytes, &hex);
    const bool is_stored = hex.error == NULL && store(context, row, bytes, hex.length);
    dlms_wipe(bytes, sizeof bytes);
    return is_stored ||
           tool_fail(failure, CLI_BAD_INPUT, "line %zu: %s has not %s", line, name,
                     row->kind == ROW_TITLE ? "8 octets in hex" : "16 or 32 octets in hex");
}

bool monitor_keys_read(const char *path, struct decode_keys *keys, struct tool_failure *failure)
{
    return tool_yaml_read(path, take, keys, failure);
}
