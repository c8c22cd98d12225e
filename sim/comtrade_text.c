/* Text of COMTRADE files in slices. Invariant: no slice ever reaches outside the bytes it came
 * from. */
#include "sim/comtrade_text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    NUMBER_LENGTH_MAX = 63,
    INTEGER_DIGITS_MAX = 15, /* every such integer is exact in a double */
    QUOTE_LENGTH_MAX = 24,
    END_OF_TEXT = 0x1a,
};

struct sim_comtrade_reader sim_comtrade_reader(const struct sim_comtrade_bytes *source)
{
    return (struct sim_comtrade_reader){.source = source, .line = source->line - 1};
}

bool sim_comtrade_next_line(struct sim_comtrade_reader *reader, struct sim_comtrade_slice *line)
{
    const char *text = (const char *)reader->source->bytes + reader->at;
    size_t left = reader->source->length - reader->at;
    if (left == 0 || *text == END_OF_TEXT) {
        return false;
    }
    const char *end = memchr(text, '\n', left);
    line->text = text;
    line->length = end == NULL ? left : (size_t)(end - text);
    reader->at += line->length + (end != NULL);
    reader->line++;
    if (line->length > 0 && text[line->length - 1] == '\r') {
        line->length--;
    }
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

struct sim_comtrade_slice sim_comtrade_trim(struct sim_comtrade_slice slice)
{
    while (slice.length > 0 && is_blank(slice.text[0])) {
        slice.text++;
        slice.length--;
    }
    while (slice.length > 0 && is_blank(slice.text[slice.length - 1])) {
        slice.length--;
    }
    return slice;
}

bool sim_comtrade_next_field(struct sim_comtrade_slice *rest, struct sim_comtrade_slice *field)
{
    if (rest->text == NULL) {
        return false;
    }
    const char *comma = rest->length > 0 ? memchr(rest->text, ',', rest->length) : NULL;
    size_t length = comma == NULL ? rest->length : (size_t)(comma - rest->text);
    *field = sim_comtrade_trim((struct sim_comtrade_slice){rest->text, length});
    rest->text = comma == NULL ? NULL : comma + 1;
    rest->length = comma == NULL ? 0 : rest->length - length - 1;
    return true;
}

bool sim_comtrade_is(struct sim_comtrade_slice slice, const char *word)
{
    /* A field that is not there has no text at all, and is the empty word. */
    return slice.length == strlen(word) &&
           (slice.length == 0 || strncasecmp(slice.text, word, slice.length) == 0);
}

bool sim_comtrade_integer(struct sim_comtrade_slice slice, uint64_t *value)
{
    if (slice.length == 0 || slice.length > INTEGER_DIGITS_MAX) {
        return false;
    }
    uint64_t sum = 0;
    for (size_t k = 0; k < slice.length; k++) {
        if (slice.text[k] < '0' || slice.text[k] > '9') {
            return false;
        }
        sum = 10 * sum + (uint64_t)(slice.text[k] - '0');
    }
    *value = sum;
    return true;
}

/* The samples of an ASCII file are nearly all short integers: no need of strtod for them. */
static bool signed_integer(struct sim_comtrade_slice slice, double *value)
{
    bool negative = slice.length > 0 && slice.text[0] == '-';
    uint64_t magnitude;
    slice.text += negative;
    slice.length -= negative;
    if (!sim_comtrade_integer(slice, &magnitude)) {
        return false;
    }
    *value = negative ? -(double)magnitude : (double)magnitude;
    return true;
}

bool sim_comtrade_real(struct sim_comtrade_slice slice, double *value)
{
    if (signed_integer(slice, value)) {
        return true;
    }
    if (slice.length == 0 || slice.length > NUMBER_LENGTH_MAX) {
        return false;
    }
    char copy[NUMBER_LENGTH_MAX + 1];
    memcpy(copy, slice.text, slice.length);
    copy[slice.length] = '\0';
    if (strspn(copy, "0123456789+-.eE") != slice.length) {
        return false;
    }
    char *end;
    *value = strtod(copy, &end);
    return *end == '\0' && end != copy && isfinite(*value);
}

struct sim_comtrade_quote sim_comtrade_quote(struct sim_comtrade_slice slice)
{
    struct sim_comtrade_quote quote = {{0}};
    size_t length = slice.length < QUOTE_LENGTH_MAX ? slice.length : QUOTE_LENGTH_MAX;
    for (size_t k = 0; k < length; k++) {
        char c = slice.text[k];
        quote.text[k] = '?';
        if (c >= ' ' && c <= '~') {
            quote.text[k] = c;
        }
    }
    if (slice.length > QUOTE_LENGTH_MAX) {
        memcpy(quote.text + QUOTE_LENGTH_MAX, "...", 4);
    }
    return quote;
}

bool sim_comtrade_fail(struct sim_comtrade_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return false;
}

bool sim_comtrade_fail_line(struct sim_comtrade_error *error,
                            const struct sim_comtrade_reader *reader, const char *format, ...)
{
    int length = snprintf(error->text, sizeof error->text,
                          "%.64s: line %zu: ", reader->source->name, reader->line);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text + length, sizeof error->text - (size_t)length, format, arguments);
    va_end(arguments);
    return false;
}
