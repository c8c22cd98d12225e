/* Lines of hex. Invariant: every character is a digit of a pair, a separator, the mark in front,
 * or an error with its column. */
#include "decode/hexline.h"

#include <string.h>

struct mark {
    const char *text;
    enum decode_direction direction;
};

static const struct mark marks[] = {
    {"->", DECODE_TO_METER},  {">", DECODE_TO_METER},    {"→", DECODE_TO_METER},
    {"TX", DECODE_TO_METER},  {"<-", DECODE_FROM_METER}, {"<", DECODE_FROM_METER},
    {"←", DECODE_FROM_METER}, {"RX", DECODE_FROM_METER},
};

static bool is_separator(char c)
{
    return c != '\0' && strchr(" \t\r,:;-`", c) != NULL;
}

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? (int)((at - digits) % 16) : -1;
}

static size_t skip_blanks(const char *line, size_t length, size_t at)
{
    while (at < length && (line[at] == ' ' || line[at] == '\t')) {
        at++;
    }
    return at;
}

/* The mark in front of the bytes; returns where it ends. */
static size_t take_mark(const char *line, size_t length, enum decode_direction *direction)
{
    const size_t start = skip_blanks(line, length, 0);
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const size_t size = strlen(marks[i].text);
        if (length - start >= size && memcmp(line + start, marks[i].text, size) == 0) {
            *direction = marks[i].direction;
            return start + size;
        }
    }
    return start;
}

static bool is_prefix(const char *line, size_t length, size_t at)
{
    return at + 1 < length && line[at] == '0' && (line[at + 1] == 'x' || line[at + 1] == 'X');
}

void decode_hexline_read(const char *line, size_t length, uint8_t *bytes,
                         struct decode_hexline *result)
{
    *result = (struct decode_hexline){.direction = DECODE_UNKNOWN};
    const char *comment = memchr(line, '#', length);
    const size_t end = comment != NULL ? (size_t)(comment - line) : length;
    size_t at = take_mark(line, end, &result->direction);
    while (at < end) {
        if (is_separator(line[at])) {
            at++;
            continue;
        }
        at += is_prefix(line, end, at) ? 2 : 0;
        const int high = at < end ? digit(line[at]) : -1;
        const int low = at + 1 < end ? digit(line[at + 1]) : -1;
        if (high < 0 || low < 0) {
            const bool is_half = high >= 0 && (at + 1 >= end || is_separator(line[at + 1]));
            result->error = is_half ? "half a byte: one hex digit" : "no hex digit";
            result->column = at + (high < 0 || is_half ? 1 : 2);
            return;
        }
        bytes[result->length++] = (uint8_t)(high * 16 + low);
        at += 2;
    }
}
