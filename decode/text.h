/* Small texts that several decoders need. Internal. */
#ifndef DECODE_TEXT_H
#define DECODE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A code and what it is called; tables of them are in no order. */
struct decode_name {
    uint32_t code;
    const char *text;
};

/* The text of the code, otherwise if there is none. */
const char *decode_name_of(const struct decode_name *names, size_t count, uint32_t code,
                           const char *otherwise);

#define DECODE_NAME(names, code)                                                                   \
    decode_name_of((names), sizeof(names) / sizeof((names)[0]), (code), "unknown")

/* The names of the bits set in value, " + " between them; rows hold one bit each. Bits without a
 * row are shown in hex, no bit at all as "none". */
void decode_bits(char *text, size_t size, const struct decode_name *names, size_t count,
                 uint32_t value);

/* Continues a text that may be full. */
void decode_append(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* number · 10^exponent as a decimal, exactly: 12345, -2 gives "123.45". */
void decode_decimal(char *text, size_t size, int64_t number, int exponent);

/* Hex without spaces; what does not fit is left out behind "…". */
void decode_hex(char *text, size_t size, const uint8_t *bytes, size_t length);

/* The bytes in quotes, what cannot be printed as '.'. */
void decode_quote(char *text, size_t size, const uint8_t *bytes, size_t length);

/* All bytes can be printed, and there is one. */
bool decode_is_text(const uint8_t *bytes, size_t length);

#endif
