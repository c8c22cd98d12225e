/* A place in bytes that are read field by field: what is missing becomes one fault, and
 * everything read after it is absent. Internal. */
#ifndef DECODE_CURSOR_H
#define DECODE_CURSOR_H

#include "decode/tree.h"

struct decode_cursor {
    struct decode_tree *tree;
    const uint8_t *data;
    size_t length;
    size_t at;
    bool is_failed;
};

struct decode_cursor decode_cursor(struct decode_tree *tree, const uint8_t *data, size_t length);

/* The next length bytes; NULL, with a fault that names the field, when they are not all there. */
const uint8_t *decode_take(struct decode_cursor *cursor, const char *name, size_t length);

/* The same for one byte, shown by the caller. False when it is missing. */
bool decode_take_u8(struct decode_cursor *cursor, const char *name, uint8_t *value);

/* A big-endian number of up to 4 octets; 0 when it is missing. */
uint32_t decode_take_number(struct decode_cursor *cursor, const char *name, size_t octets);

/* A length of A-XDR or BER; 0 and a fault when it is missing, of no known form, or more than is
 * left. */
size_t decode_take_length(struct decode_cursor *cursor, const char *name);

/* What is left. */
const uint8_t *decode_rest(const struct decode_cursor *cursor, size_t *length);

/* A fault if anything is left. */
void decode_expect_end(struct decode_cursor *cursor);

#endif
