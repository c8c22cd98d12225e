/* Rows. Invariant: the memo only saves work. What it holds of an answer is used for the same
 * selection of the same records, and its place in the answer only behind bytes whose checksum is
 * the same; so the bytes are those that writing anew would give, or the server sees by its own
 * checksum that they are not. */
#include "cosem/rows.h"
#include <string.h>

static bool is_backwards(const struct wh_cosem_selected *selected)
{
    return selected->by_entry && selected->from < selected->to;
}

static enum wh_err begin(const struct wh_log *log, const struct wh_cosem_selected *selected,
                         struct wh_cosem_walk *walk)
{
    *walk = (struct wh_cosem_walk){
        .backwards = is_backwards(selected),
        .entry = selected->from,
        .end = selected->to,
    };
    if (!selected->by_entry) {
        return wh_log_range_begin(log, selected->from, selected->to, &walk->range);
    }
    if (!walk->backwards) {
        return wh_log_range_begin_entries(log, selected->from, selected->to, &walk->range);
    }
    uint32_t count;
    const enum wh_err err = wh_log_count(log, &count);
    if (count == 0) {
        walk->entry = 1; /* behind the end */
        walk->end = 0;
    } else if (walk->end >= count) {
        walk->end = count - 1;
    }
    return err;
}

/* Damaged entries are passed over. */
static enum wh_err step_backwards(const struct wh_cosem_face *face,
                                  const struct wh_cosem_layout *layout, struct wh_cosem_walk *walk,
                                  union wh_cosem_record *record)
{
    const struct wh_log *log = &face->application->logs.log[layout->profile->log];
    enum wh_err err = WH_ERR_NOT_FOUND;
    while (err == WH_ERR_NOT_FOUND && walk->entry <= walk->end) {
        err = wh_log_range_begin_entries(log, walk->entry, walk->entry, &walk->range);
        if (err == WH_OK) {
            err = wh_cosem_next(face, layout, &walk->range, record);
        }
        walk->entry++;
    }
    return err;
}

static enum wh_err step(const struct wh_cosem_face *face, const struct wh_cosem_layout *layout,
                        struct wh_cosem_walk *walk, union wh_cosem_record *record)
{
    return walk->backwards ? step_backwards(face, layout, walk, record)
                           : wh_cosem_next(face, layout, &walk->range, record);
}

/* ---- What is known of an answer ---- */

static struct wh_cosem_answer answer_of(const struct wh_cosem_face *face,
                                        const struct wh_cosem_profile *profile,
                                        const struct wh_cosem_selected *selected)
{
    const struct wh_application *app = face->application;
    const struct wh_cosem_answer answer = {
        .profile = profile,
        .selected = *selected,
        .newest = wh_log_newest(&app->logs.log[profile->log]),
        .epoch = app->logs.design[profile->log].epoch,
        .configuration_count = app->running.configuration_count,
    };
    return answer;
}

static bool same_selection(const struct wh_cosem_selected *a, const struct wh_cosem_selected *b)
{
    return a->by_entry == b->by_entry && a->from == b->from && a->to == b->to &&
           a->count == b->count && memcmp(a->column, b->column, a->count) == 0;
}

/* An answer that is being sent goes on with the records it began with. */
static bool is_known(const struct wh_cosem_memo *memo, const struct wh_cosem_answer *asked,
                     bool goes_on)
{
    const struct wh_cosem_answer *known = &memo->answer;
    const bool moves = is_backwards(&asked->selected); /* each entry is looked up anew */
    return known->profile == asked->profile && same_selection(&known->selected, &asked->selected) &&
           known->epoch == asked->epoch &&
           known->configuration_count == asked->configuration_count &&
           (known->newest == asked->newest || (goes_on && !moves));
}

/* Past a record without a look at what is in it. */
static enum wh_err pass(const struct wh_cosem_face *face, const struct wh_cosem_layout *layout,
                        struct wh_cosem_walk *walk)
{
    union wh_cosem_record record;
    return walk->backwards ? step(face, layout, walk, &record)
                           : wh_log_range_next(&walk->range, NULL, NULL);
}

/* Counts rows and bytes. Of rows that are all as long one is enough. */
static enum wh_err measure(const struct wh_cosem_face *face, const struct wh_cosem_layout *layout,
                           struct wh_cosem_memo *memo)
{
    const struct wh_log *log = &face->application->logs.log[layout->profile->log];
    const bool is_even = wh_cosem_rows_are_even(layout);
    struct dlms_writer rows = dlms_writer(NULL, 0);
    struct dlms_writer head = dlms_writer(NULL, 0);
    struct wh_cosem_walk walk;
    enum wh_err err = begin(log, &memo->answer.selected, &walk);
    memo->rows = 0;
    while (err == WH_OK) {
        union wh_cosem_record record;
        const bool is_told = is_even && memo->rows > 0;
        err = is_told ? pass(face, layout, &walk) : step(face, layout, &walk, &record);
        if (err == WH_OK && !is_told) {
            wh_cosem_put_row(face, layout, &memo->answer.selected, &record, &rows);
        }
        memo->rows += err == WH_OK;
    }
    dlms_put_array(&head, memo->rows);
    memo->length = head.total + rows.total * (is_even ? memo->rows : 1);
    return err == WH_ERR_NOT_FOUND ? WH_OK : err;
}

/* ---- Writing ---- */

static bool is_full(const struct dlms_writer *out)
{
    return out->total >= out->skip && out->total - out->skip >= out->size;
}

/* Goes to where the last window ended, or to the beginning. Everything in front of a place is left
 * out of the window, so that the writer's checksum is that of all of it. */
static enum wh_err find_place(const struct wh_cosem_face *face,
                              const struct wh_cosem_layout *layout, struct dlms_writer *out,
                              struct wh_cosem_row_place *place)
{
    const struct wh_cosem_memo *memo = &face->memo;
    if (memo->place.total != 0 && memo->place.total <= out->skip && memo->start == out->total &&
        memo->start_check == out->check) {
        *place = memo->place;
        out->total = place->total;
        out->check = place->check;
        return WH_OK;
    }
    *place = (struct wh_cosem_row_place){0};
    dlms_put_array(out, memo->rows);
    return begin(&face->application->logs.log[layout->profile->log], &memo->answer.selected,
                 &place->walk);
}

/* Where the next window goes on: at the last row that begins in this one, or in front of it. */
static void keep_place(struct wh_cosem_memo *memo, const struct wh_cosem_row_place *place,
                       const struct dlms_writer *out)
{
    memo->place = *place;
    memo->place.total = out->total;
    memo->place.check = out->check;
}

/* The writer's checksum ends where its window begins; that of a place in the window goes on from there. */
static void finish_place(struct wh_cosem_row_place *place, const struct dlms_writer *out)
{
    if (place->total > out->skip) {
        place->check = dlms_check(place->check, out->data, place->total - out->skip);
    }
}

static enum wh_err put_array(struct wh_cosem_face *face, const struct wh_cosem_layout *layout,
                             struct dlms_writer *out)
{
    struct wh_cosem_memo *memo = &face->memo;
    const size_t start = out->total;
    const uint32_t start_check = out->check;
    struct wh_cosem_row_place place;
    enum wh_err err = find_place(face, layout, out, &place);
    memo->start = start;
    memo->start_check = start_check;
    memo->place.total = 0;
    while (err == WH_OK && place.row < memo->rows && !is_full(out)) {
        union wh_cosem_record record;
        keep_place(memo, &place, out);
        err = step(face, layout, &place.walk, &record);
        if (err == WH_OK) {
            wh_cosem_put_row(face, layout, &memo->answer.selected, &record, out);
            place.row++;
        }
    }
    if (is_full(out)) {
        finish_place(&memo->place, out);
    }
    out->total = start + memo->length; /* rows behind the window are counted only */
    return err;
}

enum dlms_result wh_cosem_put_rows(struct wh_cosem_face *face,
                                   const struct wh_cosem_profile *profile,
                                   const struct dlms_selection *selection, struct dlms_writer *out)
{
    struct wh_cosem_memo *memo = &face->memo;
    struct wh_cosem_layout layout;
    struct wh_cosem_selected selected;
    wh_cosem_lay_out(face, profile, &layout);
    const enum dlms_result result = wh_cosem_select(face, &layout, selection, &selected);
    if (result != DLMS_RESULT_SUCCESS) {
        return result;
    }
    const struct wh_cosem_answer asked = answer_of(face, profile, &selected);
    enum wh_err err = WH_OK;
    if (!is_known(memo, &asked, out->skip > 0)) {
        *memo = (struct wh_cosem_memo){.answer = asked};
        err = measure(face, &layout, memo);
    }
    if (err == WH_OK) {
        err = put_array(face, &layout, out);
    }
    if (err != WH_OK) {
        *memo = (struct wh_cosem_memo){0};
    }
    return err == WH_OK              ? DLMS_RESULT_SUCCESS
           : err == WH_ERR_NOT_FOUND ? DLMS_RESULT_TEMPORARY_FAILURE
                                     : DLMS_RESULT_HARDWARE_FAULT;
}
