/* Big-endian numbers of KMP frames: a writer that remembers when it was full, and a reader that
 * remembers when it was empty, so that a message is checked once, at its end. Internal. */
#ifndef KMP_BYTES_H
#define KMP_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct kmp_writer {
    uint8_t *bytes;
    size_t size;
    size_t length;
    bool is_full; /* something did not fit; it and all after it was dropped */
};

static inline void kmp_put(struct kmp_writer *writer, const void *data, size_t length)
{
    if (writer->is_full || length > writer->size - writer->length) {
        writer->is_full = true;
        return;
    }
    if (length > 0) {
        memcpy(writer->bytes + writer->length, data, length);
        writer->length += length;
    }
}

static inline void kmp_put_u8(struct kmp_writer *writer, unsigned value)
{
    const uint8_t byte = (uint8_t)value;
    kmp_put(writer, &byte, 1);
}

static inline void kmp_put_u16(struct kmp_writer *writer, unsigned value)
{
    const uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};
    kmp_put(writer, bytes, sizeof bytes);
}

static inline void kmp_put_u32(struct kmp_writer *writer, uint32_t value)
{
    kmp_put_u16(writer, value >> 16);
    kmp_put_u16(writer, value & 0xFFFF);
}

struct kmp_reader {
    const uint8_t *bytes;
    size_t left;
    bool is_short; /* something was not there; it and all after it reads as 0 */
};

/* The next length bytes; NULL when they are not there. */
static inline const uint8_t *kmp_take(struct kmp_reader *reader, size_t length)
{
    if (reader->is_short || length > reader->left) {
        reader->is_short = true;
        return NULL;
    }
    const uint8_t *bytes = reader->bytes;
    reader->bytes += length;
    reader->left -= length;
    return bytes;
}

static inline uint8_t kmp_take_u8(struct kmp_reader *reader)
{
    const uint8_t *p = kmp_take(reader, 1);
    return p != NULL ? p[0] : 0;
}

static inline uint16_t kmp_take_u16(struct kmp_reader *reader)
{
    const uint8_t *p = kmp_take(reader, 2);
    return p != NULL ? (uint16_t)((unsigned)p[0] << 8 | p[1]) : 0;
}

static inline uint32_t kmp_take_u32(struct kmp_reader *reader)
{
    const uint32_t high = kmp_take_u16(reader);
    return high << 16 | kmp_take_u16(reader);
}

/* Everything was there, and nothing is left. */
static inline bool kmp_is_done(const struct kmp_reader *reader)
{
    return !reader->is_short && reader->left == 0;
}

#endif
