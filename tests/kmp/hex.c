/* Hexadecimal text and back. */
#include "hex.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'A' + 10);
}

size_t hex_bytes(const char *hex, uint8_t *bytes, size_t size)
{
    size_t digits = 0;
    for (; *hex != '\0'; hex++) {
        if (*hex == ' ') {
            continue;
        }
        if (digits / 2 >= size) {
            abort();
        }
        const unsigned high = digits % 2 == 0 ? 0 : bytes[digits / 2];
        bytes[digits / 2] = (uint8_t)(high << 4 | digit(*hex));
        digits++;
    }
    return digits / 2;
}

const char *hex_text(const uint8_t *bytes, size_t length, char text[2 * HEX_SIZE + 1])
{
    if (length > HEX_SIZE) {
        abort();
    }
    text[0] = '\0';
    for (size_t i = 0; i < length; i++) {
        snprintf(text + 2 * i, 3, "%02X", bytes[i]);
    }
    return text;
}
