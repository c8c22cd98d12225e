/* Stamps of rows, in order of time. Invariant: each time stands there once. */
#include "cli/tool_stamps.h"
#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 256 };

/* The first place that is not before the time; rows mostly come in its order. */
static size_t place_of(const struct tool_stamps *stamps, int64_t time_s)
{
    size_t low = 0;
    size_t high = stamps->count;
    if (high > 0 && stamps->stamp[high - 1].time_s < time_s) {
        return high;
    }
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (stamps->stamp[middle].time_s < time_s) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool has_room(struct tool_stamps *stamps)
{
    if (stamps->count < stamps->size) {
        return true;
    }
    const size_t size = stamps->size == 0 ? FIRST_SIZE : 2 * stamps->size;
    struct tool_stamp *grown = reallocarray(stamps->stamp, size, sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    stamps->stamp = grown;
    stamps->size = size;
    return true;
}

/* NULL: no memory. */
static struct tool_stamp *find(struct tool_stamps *stamps, int64_t time_s)
{
    const size_t at = place_of(stamps, time_s);
    if (at < stamps->count && stamps->stamp[at].time_s == time_s) {
        return &stamps->stamp[at];
    }
    if (!has_room(stamps)) {
        return NULL;
    }
    struct tool_stamp *stamp = &stamps->stamp[at];
    memmove(stamp + 1, stamp, (stamps->count - at) * sizeof *stamp);
    *stamp = (struct tool_stamp){.time_s = time_s};
    stamps->count++;
    return stamp;
}

bool tool_stamps_add(struct tool_stamps *stamps, int64_t time_s)
{
    struct tool_stamp *stamp = find(stamps, time_s);
    if (stamp != NULL) {
        stamp->had++;
    }
    return stamp != NULL;
}

void tool_stamps_begin(struct tool_stamps *stamps)
{
    for (size_t s = 0; s < stamps->count; s++) {
        stamps->stamp[s].seen = 0;
    }
}

bool tool_stamps_take(struct tool_stamps *stamps, int64_t time_s, bool *is_new)
{
    struct tool_stamp *stamp = find(stamps, time_s);
    if (stamp == NULL) {
        return false;
    }
    stamp->seen++;
    *is_new = stamp->seen > stamp->had;
    stamp->had = *is_new ? stamp->seen : stamp->had;
    return true;
}

void tool_stamps_free(struct tool_stamps *stamps)
{
    free(stamps->stamp);
    *stamps = (struct tool_stamps){0};
}
