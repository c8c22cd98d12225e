/* Rows of a log known by their stamps: how many of each are there already, so that a log that is
 * read again gives only what is new. Two rows of one stamp – a clock that was set back, events of
 * the same second – are two rows.
 */
#ifndef CLI_TOOL_STAMPS_H
#define CLI_TOOL_STAMPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tool_stamp {
    int64_t time_s;
    size_t had;  /* rows that are there */
    size_t seen; /* rows that came in the present reading */
};

/* Starts as all zero; freed by tool_stamps_free. */
struct tool_stamps {
    struct tool_stamp *stamp; /* times rise */
    size_t count, size;
};

/* One more row of that time is there. False: no memory. */
bool tool_stamps_add(struct tool_stamps *stamps, int64_t time_s);

/* A reading begins, which gives rows that are there once more, in the same order. */
void tool_stamps_begin(struct tool_stamps *stamps);

/* A row came: *is_new if it was not there before, and it is from now on. False: no memory. */
bool tool_stamps_take(struct tool_stamps *stamps, int64_t time_s, bool *is_new);

void tool_stamps_free(struct tool_stamps *stamps);

#endif
