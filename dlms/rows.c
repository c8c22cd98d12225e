/* Rows of a profile in few octets, and back. Invariant: what a row leaves out is exactly what expand makes of
 * the row before, since the writer asks the same functions. */
#include "dlms/rows.h"

#include <string.h>

enum { CLOCK_SIZE = 14 }; /* tag, length, 12 octets */

/* ---- What the row before tells ---- */

/* The clock one period later, as Data. False: it cannot be told. */
static bool next_clock(const struct dlms_rows_layout *layout, struct dlms_span previous,
                       uint8_t clock[CLOCK_SIZE])
{
    struct dlms_date_time time;
    if (layout->period_s == 0 || previous.length != CLOCK_SIZE ||
        previous.data[0] != DLMS_TAG_OCTET_STRING ||
        !dlms_date_time_parse((struct dlms_span){previous.data + 2, CLOCK_SIZE - 2}, &time) ||
        !dlms_date_time_add(&time, layout->period_s)) {
        return false;
    }
    struct dlms_writer out = dlms_writer(clock, CLOCK_SIZE);
    dlms_put_date_time(&out, &time);
    return true;
}

/* What null-data in this column stands for; room for a clock. False: nothing. */
static bool implied(const struct dlms_rows_layout *layout, size_t column, struct dlms_span previous,
                    uint8_t clock[CLOCK_SIZE], struct dlms_span *cell)
{
    *cell = previous;
    if (previous.length == 0) {
        return false;
    }
    if (column != layout->clock_column) {
        return true;
    }
    *cell = (struct dlms_span){clock, CLOCK_SIZE};
    return next_clock(layout, previous, clock);
}

static bool same(struct dlms_span a, struct dlms_span b)
{
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

/* Octets of an integer that differences may stand for; 0: it is none. */
static unsigned integer_width(uint8_t tag)
{
    static const struct {
        uint8_t tag;
        uint8_t width;
    } rows[] = {
        {DLMS_TAG_I8, 1},  {DLMS_TAG_U8, 1},  {DLMS_TAG_I16, 2}, {DLMS_TAG_U16, 2},
        {DLMS_TAG_I32, 4}, {DLMS_TAG_U32, 4}, {DLMS_TAG_I64, 8}, {DLMS_TAG_U64, 8},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].tag == tag) {
            return rows[i].width;
        }
    }
    return 0;
}

/* The delta types by width: signed 28 …, unsigned 31 …; 0: it is none. */
static unsigned delta_width(uint8_t tag)
{
    static const uint8_t widths[] = {1, 2, 4, 1, 2, 4};
    return tag >= 28 && tag <= 33 ? widths[tag - 28] : 0;
}

static uint64_t bits_of(struct dlms_span cell, uint8_t *tag)
{
    struct dlms_reader reader = dlms_reader(cell.data, cell.length);
    const struct dlms_value value = dlms_read_value(&reader);
    *tag = value.tag;
    return value.bits;
}

static void put_integer(struct dlms_writer *out, uint8_t tag, uint64_t bits, unsigned width)
{
    dlms_raw_u8(out, tag);
    while (width-- > 0) {
        dlms_raw_u8(out, (uint8_t)(bits >> (8 * width)));
    }
}

/* A cell as difference to the one before. False: it is none, or no shorter. */
static bool put_delta(struct dlms_writer *out, struct dlms_span previous, struct dlms_span cell)
{
    static const uint64_t limits[] = {UINT8_MAX, UINT16_MAX, UINT32_MAX};
    uint8_t tag;
    uint8_t tag_before;
    const uint64_t bits = bits_of(cell, &tag);
    const uint64_t before = bits_of(previous, &tag_before);
    const unsigned width = integer_width(tag);
    if (tag != tag_before || width < 2) {
        return false;
    }
    const uint64_t up = bits - before;
    const uint64_t down = before - bits;
    for (unsigned i = 0; i < 3 && 1u << i < width; i++) {
        if (up <= limits[i]) {
            put_integer(out, (uint8_t)(31 + i), up, 1u << i);
            return true;
        }
        if (down <= limits[i] / 2) {
            put_integer(out, (uint8_t)(28 + i), up, 1u << i);
            return true;
        }
    }
    return false;
}

/* ---- Writing ---- */

/* The row number index in a half of the room; empty: it is none. */
static struct dlms_span make_row(const struct dlms_rows_source *source, size_t index)
{
    const size_t half = source->room_size / 2;
    uint8_t *room = source->room + (index % 2) * half;
    struct dlms_writer row = dlms_writer(room, half);
    source->put(source->context, index, &row);
    const size_t length = dlms_writer_overflowed(&row) ? 0 : row.total;
    struct dlms_reader reader = dlms_reader(room, length);
    const bool is_row = dlms_read_u8(&reader) == DLMS_TAG_STRUCTURE &&
                        dlms_read_length(&reader) == source->layout.columns && !reader.failed;
    return (struct dlms_span){room, is_row ? length : 0};
}

/* A reader in front of the first cell. */
static struct dlms_reader cells_of(struct dlms_span row)
{
    struct dlms_reader reader = dlms_reader(row.data, row.length);
    if (row.length > 0) {
        dlms_read_u8(&reader);
        dlms_read_length(&reader);
    }
    return reader;
}

static bool put_plain(struct dlms_writer *out, const struct dlms_rows_source *source)
{
    dlms_put_array(out, source->count);
    for (size_t i = 0; i < source->count; i++) {
        const struct dlms_span row = make_row(source, i);
        if (row.length == 0) {
            return false;
        }
        dlms_raw_bytes(out, row.data, row.length);
    }
    return true;
}

static void put_cell(struct dlms_writer *out, enum dlms_rows_form form,
                     const struct dlms_rows_layout *layout, size_t column,
                     struct dlms_span previous, struct dlms_span cell)
{
    uint8_t clock[CLOCK_SIZE];
    struct dlms_span told;
    if (implied(layout, column, previous, clock, &told) && same(told, cell)) {
        dlms_put_null(out);
    } else if (form != DLMS_ROWS_DELTA || previous.length == 0 || !put_delta(out, previous, cell)) {
        dlms_raw_bytes(out, cell.data, cell.length);
    }
}

/* False: null-data among the cells, which would be taken for something else, or no row. */
static bool put_short(struct dlms_writer *out, enum dlms_rows_form form,
                      const struct dlms_rows_source *source)
{
    const struct dlms_rows_layout *layout = &source->layout;
    struct dlms_span before = {NULL, 0};
    dlms_put_array(out, source->count);
    for (size_t i = 0; i < source->count; i++) {
        const struct dlms_span row = make_row(source, i);
        struct dlms_reader cells = cells_of(row);
        struct dlms_reader cells_before = cells_of(before);
        if (row.length == 0) {
            return false;
        }
        dlms_put_structure(out, layout->columns);
        for (size_t column = 0; column < layout->columns; column++) {
            const struct dlms_span cell = dlms_skip_data(&cells);
            const struct dlms_span previous = dlms_skip_data(&cells_before);
            if (cell.length == 0 || cell.data[0] == DLMS_TAG_NULL) {
                return false;
            }
            put_cell(out, form, layout, column, previous, cell);
        }
        if (!dlms_reader_done(&cells)) {
            return false;
        }
        before = row;
    }
    return true;
}

/* Has contents of its own: a row of nothing could not be told from no row. */
static bool is_simple(uint8_t tag)
{
    static const uint8_t others[] = {DLMS_TAG_NULL, DLMS_TAG_ARRAY, DLMS_TAG_STRUCTURE,
                                     DLMS_TAG_COMPACT_ARRAY, DLMS_TAG_DONT_CARE};
    return memchr(others, tag, sizeof others) == NULL;
}

/* The contents of a row. False: it has not the types of the row before. */
static bool put_contents(struct dlms_writer *out, size_t columns, struct dlms_span row,
                         struct dlms_span before)
{
    struct dlms_reader cells = cells_of(row);
    struct dlms_reader cells_before = cells_of(before);
    for (size_t column = 0; column < columns; column++) {
        const struct dlms_span cell = dlms_skip_data(&cells);
        const struct dlms_span previous = dlms_skip_data(&cells_before);
        if (cell.length == 0 || !is_simple(cell.data[0]) ||
            (previous.length > 0 && previous.data[0] != cell.data[0])) {
            return false;
        }
        dlms_raw_bytes(out, cell.data + 1, cell.length - 1);
    }
    return dlms_reader_done(&cells);
}

static bool put_all_contents(struct dlms_writer *out, const struct dlms_rows_source *source)
{
    struct dlms_span before = {NULL, 0};
    for (size_t i = 0; i < source->count; i++) {
        const struct dlms_span row = make_row(source, i);
        if (row.length == 0 || !put_contents(out, source->layout.columns, row, before)) {
            return false;
        }
        before = row;
    }
    return true;
}

/* Twice: how long, then what. */
static bool put_compact(struct dlms_writer *out, const struct dlms_rows_source *source)
{
    struct dlms_writer length = dlms_writer(NULL, 0);
    if (source->count == 0 || source->layout.columns == 0 || !put_all_contents(&length, source)) {
        return false;
    }
    const struct dlms_span first = make_row(source, 0);
    struct dlms_reader cells = cells_of(first);
    dlms_raw_u8(out, DLMS_TAG_COMPACT_ARRAY);
    dlms_raw_u8(out, DLMS_TAG_STRUCTURE);
    dlms_raw_length(out, source->layout.columns);
    for (size_t column = 0; first.length > 0 && column < source->layout.columns; column++) {
        dlms_raw_u8(out, dlms_skip_data(&cells).data[0]);
    }
    dlms_raw_length(out, length.total);
    return put_all_contents(out, source);
}

bool dlms_put_rows(struct dlms_writer *out, enum dlms_rows_form form,
                   const struct dlms_rows_source *source)
{
    const struct dlms_writer before = *out;
    bool done = false;
    if (form == DLMS_ROWS_COMPACT) {
        done = put_compact(out, source);
    } else if (form != DLMS_ROWS_PLAIN) {
        done = put_short(out, form, source);
    }
    if (!done) {
        *out = before;
        done = put_plain(out, source);
    }
    return done;
}

/* ---- Reading ---- */

enum dlms_err dlms_rows_begin(struct dlms_rows_reader *reader, struct dlms_span buffer,
                              const struct dlms_rows_layout *layout, uint8_t *room,
                              size_t room_size)
{
    *reader = (struct dlms_rows_reader){
        .layout = *layout,
        .rest = dlms_reader(buffer.data, buffer.length),
        .room = room,
        .half = room_size / 2,
    };
    struct dlms_reader *rest = &reader->rest;
    const uint8_t tag = dlms_read_u8(rest);
    if (tag == DLMS_TAG_ARRAY) {
        reader->left = dlms_read_length(rest);
        return DLMS_OK;
    }
    if (tag != DLMS_TAG_COMPACT_ARRAY || dlms_read_u8(rest) != DLMS_TAG_STRUCTURE ||
        dlms_read_length(rest) != layout->columns) {
        return DLMS_ERR_FORMAT;
    }
    reader->types = dlms_read_bytes(rest, layout->columns);
    for (size_t i = 0; i < reader->types.length; i++) {
        if (delta_width(reader->types.data[i]) != 0) {
            return DLMS_ERR_FORMAT; /* to what it would be a difference is nowhere said */
        }
    }
    const size_t length = dlms_read_length(rest);
    return length == rest->length && !rest->failed && layout->columns > 0 ? DLMS_OK
                                                                          : DLMS_ERR_FORMAT;
}

/* A cell as it came: null-data and differences become what they stand for. False: there is no such. */
static bool expand(const struct dlms_rows_layout *layout, size_t column, struct dlms_span previous,
                   struct dlms_span cell, struct dlms_writer *out)
{
    uint8_t tag;
    if (cell.data[0] == DLMS_TAG_NULL && previous.length > 0) {
        uint8_t clock[CLOCK_SIZE];
        struct dlms_span told;
        const bool is_told = implied(layout, column, previous, clock, &told);
        dlms_raw_bytes(out, told.data, is_told ? told.length : 0);
        return is_told;
    }
    if (delta_width(cell.data[0]) == 0) {
        dlms_raw_bytes(out, cell.data, cell.length);
        return true;
    }
    uint8_t tag_before = 0;
    const uint64_t before = previous.length > 0 ? bits_of(previous, &tag_before) : 0;
    const uint64_t bits = bits_of(cell, &tag);
    const unsigned width = integer_width(tag_before);
    put_integer(out, tag_before, before + bits, width);
    return width > 0;
}

/* The next row of a compact array, or an array, of which previous tells what is left out. */
static bool read_row(struct dlms_rows_reader *reader, struct dlms_reader *previous,
                     struct dlms_writer *out)
{
    const size_t columns = reader->layout.columns;
    const bool is_compact = reader->types.data != NULL;
    if (!is_compact && (dlms_read_u8(&reader->rest) != DLMS_TAG_STRUCTURE ||
                        dlms_read_length(&reader->rest) != columns)) {
        return false;
    }
    dlms_put_structure(out, columns);
    for (size_t column = 0; column < columns && !reader->rest.failed; column++) {
        const uint8_t *start = reader->rest.data;
        if (is_compact) {
            dlms_read_untagged(&reader->rest, reader->types.data[column]);
            dlms_raw_u8(out, reader->types.data[column]);
            dlms_raw_bytes(out, start, (size_t)(reader->rest.data - start));
            continue;
        }
        const struct dlms_span cell = dlms_skip_data(&reader->rest);
        const struct dlms_span before = dlms_skip_data(previous);
        if (cell.length == 0 || !expand(&reader->layout, column, before, cell, out)) {
            return false;
        }
    }
    return !reader->rest.failed;
}

enum dlms_err dlms_rows_next(struct dlms_rows_reader *reader, struct dlms_span *row)
{
    const bool is_compact = reader->types.data != NULL;
    const bool is_left = is_compact ? reader->rest.length > 0 : reader->left > 0;
    const struct dlms_span before = {reader->room + (reader->is_second ? reader->half : 0),
                                     reader->previous_length};
    uint8_t *room = reader->room + (reader->is_second ? 0 : reader->half);
    if (reader->rest.failed) {
        return DLMS_ERR_FORMAT;
    }
    if (!is_left) {
        return reader->rest.length == 0 ? DLMS_ERR_MORE : DLMS_ERR_FORMAT;
    }
    struct dlms_reader previous = cells_of(before);
    struct dlms_writer out = dlms_writer(room, reader->half);
    const size_t rest = reader->rest.length;
    if (!read_row(reader, &previous, &out) || reader->rest.length == rest) {
        dlms_reader_fail(&reader->rest);
        return DLMS_ERR_FORMAT;
    }
    if (dlms_writer_overflowed(&out)) {
        dlms_reader_fail(&reader->rest);
        return DLMS_ERR_SPACE;
    }
    reader->left -= is_compact ? 0 : 1;
    reader->is_second = !reader->is_second;
    reader->previous_length = out.total;
    *row = (struct dlms_span){room, out.total};
    return DLMS_OK;
}
