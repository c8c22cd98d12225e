/* Reading field by field. Invariant: at never exceeds length, and one cursor gives at most one
 * fault for what is missing. */
#include "decode/cursor.h"

struct decode_cursor decode_cursor(struct decode_tree *tree, const uint8_t *data, size_t length)
{
    return (struct decode_cursor){.tree = tree, .data = data, .length = length};
}

static void fail(struct decode_cursor *cursor, const char *name)
{
    if (!cursor->is_failed) {
        decode_fault(cursor->tree, name, cursor->data + cursor->at, cursor->length - cursor->at,
                     "ends inside %s, %zu octets in", name, cursor->at);
    }
    cursor->is_failed = true;
}

const uint8_t *decode_take(struct decode_cursor *cursor, const char *name, size_t length)
{
    if (cursor->is_failed || cursor->length - cursor->at < length) {
        fail(cursor, name);
        return NULL;
    }
    const uint8_t *bytes = cursor->data + cursor->at;
    cursor->at += length;
    return bytes;
}

bool decode_take_u8(struct decode_cursor *cursor, const char *name, uint8_t *value)
{
    const uint8_t *byte = decode_take(cursor, name, 1);
    *value = byte != NULL ? *byte : 0;
    return byte != NULL;
}

uint32_t decode_take_number(struct decode_cursor *cursor, const char *name, size_t octets)
{
    const uint8_t *bytes = decode_take(cursor, name, octets);
    uint32_t number = 0;
    for (size_t i = 0; bytes != NULL && i < octets; i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

size_t decode_take_length(struct decode_cursor *cursor, const char *name)
{
    uint8_t first;
    size_t length = 0;
    if (!decode_take_u8(cursor, name, &first)) {
        return 0;
    }
    if (first < 0x80) {
        length = first;
    } else if (first == 0x80 || first > 0x84) {
        decode_fault(cursor->tree, name, cursor->data + cursor->at - 1, 1, "no length");
        cursor->is_failed = true;
        return 0;
    } else {
        length = decode_take_number(cursor, name, first - 0x80u);
    }
    if (!cursor->is_failed && length > cursor->length - cursor->at) {
        decode_fault(cursor->tree, name, cursor->data + cursor->at, cursor->length - cursor->at,
                     "says %zu octets, %zu are there", length, cursor->length - cursor->at);
        cursor->is_failed = true;
    }
    return cursor->is_failed ? 0 : length;
}

const uint8_t *decode_rest(const struct decode_cursor *cursor, size_t *length)
{
    *length = cursor->is_failed ? 0 : cursor->length - cursor->at;
    return cursor->data + cursor->at;
}

void decode_expect_end(struct decode_cursor *cursor)
{
    if (!cursor->is_failed && cursor->at < cursor->length) {
        decode_fault(cursor->tree, "left over", cursor->data + cursor->at,
                     cursor->length - cursor->at, "%zu octets behind the end",
                     cursor->length - cursor->at);
    }
}
