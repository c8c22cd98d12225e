/* Small texts. Invariant: everything written is NUL-terminated within its size. */
#include "decode/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *decode_name_of(const struct decode_name *names, size_t count, uint32_t code,
                           const char *otherwise)
{
    for (size_t i = 0; i < count; i++) {
        if (names[i].code == code) {
            return names[i].text;
        }
    }
    return otherwise;
}

void decode_append(char *text, size_t size, const char *format, ...)
{
    const size_t used = strlen(text);
    va_list list;
    va_start(list, format);
    vsnprintf(text + used, size - used, format, list);
    va_end(list);
}

void decode_bits(char *text, size_t size, const struct decode_name *names, size_t count,
                 uint32_t value)
{
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if ((value & names[i].code) != 0) {
            decode_append(text, size, "%s%s", text[0] != '\0' ? " + " : "", names[i].text);
            value &= ~names[i].code;
        }
    }
    if (value != 0) {
        decode_append(text, size, "%s%Xh", text[0] != '\0' ? " + " : "", (unsigned)value);
    } else if (text[0] == '\0') {
        decode_append(text, size, "none");
    }
}

void decode_decimal(char *text, size_t size, int64_t number, int exponent)
{
    char digits[24];
    const uint64_t magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    const int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)magnitude);
    text[0] = '\0';
    decode_append(text, size, "%s", number < 0 ? "-" : "");
    if (exponent >= 0) {
        decode_append(text, size, "%s%.*s", digits, magnitude != 0 ? exponent : 0,
                      "0000000000000000000000000000000000000000000000000000000000000000");
        return;
    }
    const int whole = length + exponent; /* digits in front of the point, or minus the zeros */
    if (whole > 0) {
        decode_append(text, size, "%.*s.%s", whole, digits, digits + whole);
    } else {
        decode_append(text, size, "0.%.*s%s", -whole,
                      "0000000000000000000000000000000000000000000000000000000000000000", digits);
    }
}

void decode_hex(char *text, size_t size, const uint8_t *bytes, size_t length)
{
    text[0] = '\0';
    for (size_t i = 0; i < length; i++) {
        if (3 * i + 8 > size) {
            decode_append(text, size, "…");
            return;
        }
        decode_append(text, size, "%02X", bytes[i]);
    }
}

void decode_quote(char *text, size_t size, const uint8_t *bytes, size_t length)
{
    const size_t room = size > 8 ? size - 8 : 0;
    const size_t shown = length < room ? length : room;
    size_t at = 0;
    if (size < 3) {
        text[0] = '\0';
        return;
    }
    text[at++] = '"';
    for (size_t i = 0; i < shown; i++) {
        text[at++] = (char)(bytes[i] >= 0x20 && bytes[i] < 0x7F ? bytes[i] : '.');
    }
    text[at++] = '"';
    text[at] = '\0';
    if (shown < length) {
        decode_append(text, size, "…");
    }
}

bool decode_is_text(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] < 0x20 || bytes[i] >= 0x7F) {
            return false;
        }
    }
    return length > 0;
}
