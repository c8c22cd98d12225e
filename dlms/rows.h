/* The buffer of a profile in fewer octets, 5-3 and 6-2 class 7, and back again.
 *
 *     plain     an array of structures
 *     null      null-data for what the row before tells: a clock one capture period later, any other
 *               column unchanged
 *     delta     besides, an integer that changed as the difference to the row before, where that is
 *               shorter: tags 28 … 33 (DLMS_CONFORMANCE_DELTA_VALUE)
 *     compact   a compact-array: the types once, then contents without tags
 *
 * Nothing in the protocol says that a client reads null or compact; the owner of the device knows
 * (struct dlms_association, rows). dlms_rows_next reads all four alike.
 */
#ifndef DLMS_ROWS_H
#define DLMS_ROWS_H

#include "dlms/axdr.h"

enum dlms_rows_form { DLMS_ROWS_PLAIN, DLMS_ROWS_NULL, DLMS_ROWS_DELTA, DLMS_ROWS_COMPACT };

enum { DLMS_ROWS_NO_CLOCK = 0xFF };

/* What both sides know of a profile, from its capture_objects and capture_period. */
struct dlms_rows_layout {
    uint8_t columns;      /* of a row, as selected */
    uint8_t clock_column; /* counted from 0: a date-time; DLMS_ROWS_NO_CLOCK: none */
    uint32_t period_s;    /* 0: not periodic */
};

/* ---- Writing ---- */

/* Writes row number index of an answer to row: a structure of all columns. Called in order, once or twice
 * for each, and must write the same both times. */
typedef void dlms_put_row(void *context, size_t index, struct dlms_writer *row);

struct dlms_rows_source {
    struct dlms_rows_layout layout;
    size_t count;
    dlms_put_row *put;
    void *context;
    uint8_t *room; /* for two rows as plain Data */
    size_t room_size;
};

/* Writes the buffer as one Data in the form, or plain when the rows do not allow it: null-data among them,
 * or in a compact array columns of several types, arrays or structures. False: a row is no structure of
 * layout.columns, or too long for the room; what was written is then of no use. */
bool dlms_put_rows(struct dlms_writer *out, enum dlms_rows_form form,
                   const struct dlms_rows_source *source);

/* ---- Reading ---- */

/* All internal. */
struct dlms_rows_reader {
    struct dlms_rows_layout layout;
    struct dlms_reader rest;
    struct dlms_span types; /* of a compact array: one tag for each column */
    size_t left;            /* rows of an array */
    uint8_t *room;
    size_t half;
    size_t previous_length; /* of the row before, in one half of the room; 0: there is none */
    bool is_second;         /* half that the row before is in */
};

/* Begins to read the value of a buffer, which must stay in place. room holds two rows as plain Data.
 * DLMS_ERR_FORMAT: it is neither array nor compact-array of structures of layout.columns. */
enum dlms_err dlms_rows_begin(struct dlms_rows_reader *reader, struct dlms_span buffer,
                              const struct dlms_rows_layout *layout, uint8_t *room,
                              size_t room_size);

/* The next row as plain Data, valid until the one after the next is read. DLMS_ERR_MORE: there is none.
 * DLMS_ERR_FORMAT: malformed, or it refers to a row before that does not have it. DLMS_ERR_SPACE. */
enum dlms_err dlms_rows_next(struct dlms_rows_reader *reader, struct dlms_span *row);

/* Puts time forward by so many seconds of the clock it shows; weekday, where it is told, goes along. False,
 * nothing changed: not all of date and time is specified. */
bool dlms_date_time_add(struct dlms_date_time *time, uint32_t seconds);

#endif
