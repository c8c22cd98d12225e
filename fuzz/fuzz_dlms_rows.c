/* The reader of profile buffers. The first octet is the number of columns, the second the clock column, the
 * third the period in units of 100 s; the rest the buffer. What it takes can be put in every form, and comes
 * back. */
#include <stdlib.h>
#include <string.h>

#include "dlms/rows.h"

enum { ROWS = 16, ROOM = 256, OUT = 8192 };

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

struct rows {
    uint8_t bytes[ROWS][ROOM / 2];
    size_t length[ROWS];
    size_t count;
};

static void put_row(void *context, size_t index, struct dlms_writer *row)
{
    const struct rows *rows = context;
    dlms_raw_bytes(row, rows->bytes[index], rows->length[index]);
}

/* False: the buffer is no good, or longer than there is room for here. */
static bool read_rows(struct dlms_span buffer, const struct dlms_rows_layout *layout,
                      struct rows *rows)
{
    uint8_t *room = malloc(ROOM);
    struct dlms_rows_reader reader;
    struct dlms_span row;
    require(room != NULL);
    rows->count = 0;
    enum dlms_err err = dlms_rows_begin(&reader, buffer, layout, room, ROOM);
    while (err == DLMS_OK && rows->count < ROWS) {
        err = dlms_rows_next(&reader, &row);
        if (err == DLMS_OK) {
            struct dlms_reader data = dlms_reader(row.data, row.length);
            dlms_skip_data(&data);
            require(dlms_reader_done(&data) && row.length <= ROOM / 2);
            memcpy(rows->bytes[rows->count], row.data, row.length);
            rows->length[rows->count++] = row.length;
        }
    }
    free(room);
    return err == DLMS_ERR_MORE;
}

static bool has_null(const struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct dlms_reader reader = dlms_reader(rows->bytes[i], rows->length[i]);
        const struct dlms_value head = dlms_read_value(&reader);
        for (size_t column = 0; column < head.count; column++) {
            if (dlms_skip_data(&reader).data[0] == DLMS_TAG_NULL) {
                return true;
            }
        }
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[OUT];
    uint8_t room[ROOM];
    struct rows rows;
    struct rows again;
    if (size < 3) {
        return 0;
    }
    const struct dlms_rows_layout layout = {data[0] % 9, data[1], data[2] * 100u};
    if (!read_rows((struct dlms_span){data + 3, size - 3}, &layout, &rows) || has_null(&rows)) {
        return 0;
    }
    const struct dlms_rows_source source = {layout, rows.count, put_row, &rows, room, ROOM};
    for (int form = DLMS_ROWS_PLAIN; form <= DLMS_ROWS_COMPACT; form++) {
        struct dlms_writer writer = dlms_writer(out, sizeof out);
        require(dlms_put_rows(&writer, (enum dlms_rows_form)form, &source));
        require(read_rows((struct dlms_span){out, writer.total}, &layout, &again));
        require(again.count == rows.count);
        for (size_t i = 0; i < rows.count; i++) {
            require(again.length[i] == rows.length[i] &&
                    memcmp(again.bytes[i], rows.bytes[i], rows.length[i]) == 0);
        }
    }
    return 0;
}
