/* Data sets written and found. Invariant: spans found lie within the block, and *at only moves
 * forward. */
#include "iec62056_21/data_set.h"

#include <stdbool.h>
#include <string.h>

/* ---- Writing --------------------------------------------------------------------------------- */

struct out {
    char *line;
    size_t size;
    size_t length;
};

static void put(struct out *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (out->length < out->size) {
            out->line[out->length] = *text;
        }
        out->length++;
    }
}

size_t iec21_write_data_set(char *line, size_t size, const struct iec21_data_set *data_set)
{
    struct out out = {.line = line, .size = size};
    put(&out, data_set->address);
    put(&out, "(");
    put(&out, data_set->value);
    put(&out, data_set->unit[0] != '\0' ? "*" : "");
    put(&out, data_set->unit);
    put(&out, data_set->second[0] != '\0' ? ")(" : "");
    put(&out, data_set->second);
    put(&out, ")\r\n");
    if (out.length >= size) {
        return 0;
    }
    line[out.length] = '\0';
    return out.length;
}

/* ---- Finding --------------------------------------------------------------------------------- */

static bool is_line_end(char c)
{
    return c == '\r' || c == '\n';
}

/* From at to before the first of the three characters, or to length. */
static size_t find(const char *text, size_t length, size_t at, const char *any)
{
    while (at < length && strchr(any, text[at]) == NULL) {
        at++;
    }
    return at;
}

static void split_value(struct iec21_found *found, const char *text, size_t length)
{
    const size_t star = find(text, length, 0, "*");
    found->value = (struct iec21_span){text, star};
    found->unit = star < length ? (struct iec21_span){text + star + 1, length - star - 1}
                                : (struct iec21_span){text + length, 0};
}

/* End of the group that begins at the bracket at; 0 if it has none. */
static size_t end_of_group(const char *block, size_t length, size_t at)
{
    const size_t close = find(block, length, at + 1, "()\r\n");
    return close < length && block[close] == ')' ? close + 1 : 0;
}

enum wh_err iec21_next_data_set(const char *block, size_t length, size_t *at,
                                struct iec21_found *found)
{
    size_t start = *at;
    while (start < length && is_line_end(block[start])) {
        start++;
    }
    if (start == length || block[start] == '!') {
        return WH_ERR_NOT_FOUND;
    }
    const size_t open = find(block, length, start, "()\r\n");
    if (open == length || block[open] != '(') {
        return WH_ERR_FORMAT;
    }
    size_t end = end_of_group(block, length, open);
    if (end == 0) {
        return WH_ERR_FORMAT;
    }
    const size_t rest = end;
    found->address = (struct iec21_span){block + start, open - start};
    split_value(found, block + open + 1, end - open - 2);
    while (end < length && block[end] == '(') {
        const size_t next = end_of_group(block, length, end);
        if (next == 0) {
            return WH_ERR_FORMAT;
        }
        end = next;
    }
    found->rest = (struct iec21_span){block + rest, end - rest};
    *at = end;
    return WH_OK;
}

enum wh_err iec21_next_group(const char *argument, size_t *at, struct iec21_span *group)
{
    const size_t length = strlen(argument);
    if (*at > length) {
        return WH_ERR_NOT_FOUND;
    }
    const size_t end = find(argument, length, *at, "()");
    if (end < length && (argument[end] != ')' || argument[end + 1] != '(')) {
        return WH_ERR_FORMAT;
    }
    *group = (struct iec21_span){argument + *at, end - *at};
    *at = end < length ? end + 2 : length + 1;
    return WH_OK;
}
