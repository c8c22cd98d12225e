/* Ranges of a ring log by time and by entry. Invariant: what is handed out was checked as a whole;
 * heads alone only decide where to look, and a slot that cannot be read only costs a look at its
 * neighbour. */
#include "store/log_slot.h"

/* What a search aims at: a later run, or in this run this time; or an entry. */
struct aim {
    uint32_t run;
    uint32_t time_s;
    uint32_t entry;
};

typedef bool reached_fn(const struct wh_log *log, const struct wh_log_head *head,
                        const struct aim *aim);

static bool reached_later_run(const struct wh_log *log, const struct wh_log_head *head,
                              const struct aim *aim)
{
    (void)log;
    return head->run > aim->run;
}

static bool reached_time(const struct wh_log *log, const struct wh_log_head *head,
                         const struct aim *aim)
{
    (void)log;
    return head->run > aim->run || head->time_s >= aim->time_s;
}

static bool reached_entry(const struct wh_log *log, const struct wh_log_head *head,
                          const struct aim *aim)
{
    return wh_log_slot_entry(log, head) <= aim->entry;
}

/* The lowest readable sequence of first…last that reached the aim, after which all have; last + 1
 * if none did. A binary search that moves up from slots which cannot be read. */
static enum wh_err search(const struct wh_log *log, uint32_t first, uint32_t last,
                          reached_fn *reached, const struct aim *aim, uint32_t *found)
{
    uint32_t end = last + 1;
    *found = end;
    while (first < end) {
        const uint32_t middle = first + (end - first) / 2;
        struct wh_log_head head;
        if (wh_log_slot_lowest(log, middle, end - 1, &head) != WH_OK) {
            return WH_ERR_IO;
        }
        if (head.sequence == 0) {
            end = middle;
        } else if (reached(log, &head, aim)) {
            *found = head.sequence;
            end = middle;
        } else {
            first = head.sequence + 1;
        }
    }
    return WH_OK;
}

/* An empty range, until something is found. */
static enum wh_err begin(const struct wh_log *log, struct wh_log_range *range)
{
    *range = (struct wh_log_range){.log = log, .next = 1, .to_s = UINT32_MAX};
    return log->design == NULL ? WH_ERR_STATE : WH_OK;
}

/* Takes a run into the range if its times overlap. last is the head of its last record. */
static enum wh_err take_run(struct wh_log_range *range, uint32_t start,
                            const struct wh_log_head *last)
{
    struct wh_log_head first;
    if (last->time_s < range->from_s) {
        return WH_OK;
    }
    if (wh_log_slot_lowest(range->log, start, last->sequence, &first) != WH_OK) {
        return WH_ERR_IO;
    }
    if (first.sequence == 0 || first.time_s > range->to_s) {
        return WH_OK;
    }
    range->next = first.sequence;
    if (range->last == 0) {
        range->last = last->sequence;
        range->last_run = last->run;
    }
    return WH_OK;
}

enum wh_err wh_log_range_begin(const struct wh_log *log, uint32_t from_s, uint32_t to_s,
                               struct wh_log_range *range)
{
    enum wh_err err = begin(log, range);
    if (err != WH_OK || log->newest == 0 || from_s > to_s) {
        return err;
    }
    const uint32_t oldest = wh_log_oldest(log);
    range->from_s = from_s;
    range->to_s = to_s;
    for (uint32_t end = log->newest; err == WH_OK && end >= oldest;) {
        struct wh_log_head last;
        err = wh_log_slot_highest(log, oldest, end, &last);
        if (err != WH_OK || last.sequence == 0) {
            break;
        }
        const uint32_t start = last.run > oldest ? last.run : oldest;
        err = take_run(range, start, &last);
        end = start - 1;
    }
    if (err != WH_OK) {
        (void)begin(log, range);
    }
    return err;
}

enum wh_err wh_log_range_begin_entries(const struct wh_log *log, uint32_t oldest_entry,
                                       uint32_t newest_entry, struct wh_log_range *range)
{
    enum wh_err err = begin(log, range);
    if (err != WH_OK || log->newest == 0 || oldest_entry < newest_entry) {
        return err;
    }
    const uint32_t oldest = wh_log_oldest(log);
    uint32_t first;
    uint32_t end = log->newest + 1;
    err = search(log, oldest, log->newest, reached_entry, &(struct aim){.entry = oldest_entry},
                 &first);
    if (err == WH_OK && newest_entry > 0) {
        err = search(log, oldest, log->newest, reached_entry,
                     &(struct aim){.entry = newest_entry - 1}, &end);
    }
    if (err == WH_OK) {
        range->next = first;
        range->last = end - 1;
    }
    return err;
}

/* From a record outside the times to the next one that may be inside. */
static enum wh_err skip(struct wh_log_range *range, const struct wh_log_head *head)
{
    const bool is_before = head->time_s < range->from_s;
    const struct aim aim = {.run = head->run, .time_s = range->from_s};
    if (!is_before && head->run >= range->last_run) {
        range->next = range->last + 1;
        return WH_OK;
    }
    return search(range->log, head->sequence + 1, range->last,
                  is_before ? reached_time : reached_later_run, &aim, &range->next);
}

/* Appending has gone on, and what the range was about to look at is no longer kept. */
static void catch_up(struct wh_log_range *range)
{
    const uint32_t oldest = wh_log_oldest(range->log);
    range->next = range->next < oldest ? oldest : range->next;
}

enum wh_err wh_log_range_next(struct wh_log_range *range, void *payload,
                              struct wh_log_record *record)
{
    for (catch_up(range); range->next <= range->last;) {
        struct wh_log_head head;
        enum wh_err err = wh_log_slot_read(range->log, range->next, payload, &head);
        if (err == WH_ERR_CORRUPT) {
            range->next++;
        } else if (err == WH_OK && head.time_s >= range->from_s && head.time_s <= range->to_s) {
            range->next++;
            if (record != NULL) {
                *record = wh_log_slot_public(range->log, &head);
            }
            return WH_OK;
        } else if (err == WH_OK) {
            err = skip(range, &head);
        }
        if (err == WH_ERR_IO) {
            return err;
        }
    }
    return WH_ERR_NOT_FOUND;
}
