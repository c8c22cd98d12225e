/* Selective access. Invariant: what comes out selects columns that the layout has, one at least. */
#include "cosem/selection.h"
#include "cosem/moment.h"
#include <string.h>

enum { WHOLE_BUFFER = 0, BY_RANGE = 1, BY_ENTRY = 2 };

static void select_columns(struct wh_cosem_selected *selected, uint32_t first, uint32_t last)
{
    for (uint32_t c = first; c <= last; c++) {
        selected->column[selected->count++] = (uint8_t)c;
    }
}

static bool read_container(struct dlms_reader *reader, uint8_t tag, size_t *count)
{
    const struct dlms_value value = dlms_read_value(reader);
    *count = value.count;
    return !reader->failed && value.tag == tag;
}

static bool read_unsigned(struct dlms_reader *reader, uint8_t tag, uint32_t *number)
{
    const struct dlms_value value = dlms_read_value(reader);
    *number = (uint32_t)value.bits;
    return !reader->failed && value.tag == tag;
}

/* capture_object_definition: class, logical name, attribute, data index. */
static bool read_place(struct dlms_reader *reader, struct wh_cosem_place *place)
{
    size_t count;
    uint32_t class_id;
    uint32_t data_index;
    bool ok = read_container(reader, DLMS_TAG_STRUCTURE, &count) && count == 4 &&
              read_unsigned(reader, DLMS_TAG_U16, &class_id);
    const struct dlms_value name = dlms_read_value(reader);
    const struct dlms_value attribute = dlms_read_value(reader);
    ok = ok && read_unsigned(reader, DLMS_TAG_U16, &data_index) && data_index == 0 &&
         name.tag == DLMS_TAG_OCTET_STRING && name.bytes.length == 6 &&
         attribute.tag == DLMS_TAG_I8;
    if (ok) {
        place->class_id = (uint16_t)class_id;
        place->logical_name = name.bytes.data;
        place->attribute = (int8_t)attribute.integer;
    }
    return ok;
}

static bool is_place(const struct wh_cosem_place *a, const struct wh_cosem_place *b)
{
    return a->class_id == b->class_id && a->attribute == b->attribute &&
           memcmp(a->logical_name, b->logical_name, 6) == 0;
}

/* The number of a column by its capture object; count of columns if there is none. */
static uint8_t find_column(const struct wh_cosem_layout *layout,
                           const struct wh_cosem_place *wanted)
{
    uint8_t c = 0;
    for (; c < layout->count; c++) {
        const struct wh_cosem_place column = wh_cosem_column(layout, c);
        if (is_place(&column, wanted)) {
            break;
        }
    }
    return c;
}

static enum dlms_result read_columns(struct dlms_reader *reader,
                                     const struct wh_cosem_layout *layout,
                                     struct wh_cosem_selected *selected)
{
    size_t count;
    if (!read_container(reader, DLMS_TAG_ARRAY, &count)) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    if (count == 0) {
        select_columns(selected, 0, layout->count - 1u);
    }
    for (size_t i = 0; i < count; i++) {
        struct wh_cosem_place wanted;
        if (!read_place(reader, &wanted)) {
            return DLMS_RESULT_TYPE_UNMATCHED;
        }
        const uint8_t column = find_column(layout, &wanted);
        if (column == layout->count || selected->count == WH_COSEM_COLUMNS_MAX) {
            return DLMS_RESULT_OTHER_REASON;
        }
        select_columns(selected, column, column);
    }
    return DLMS_RESULT_SUCCESS;
}

static enum dlms_result read_end(const struct wh_clock *clock, struct dlms_reader *reader,
                                 enum wh_range_end end, uint32_t *utc_s)
{
    const struct dlms_value value = dlms_read_value(reader);
    struct dlms_date_time time;
    if (!wh_cosem_is_date_time(&value, &time)) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    return wh_cosem_moment_of_range(clock, &time, end, utc_s) == WH_OK ? DLMS_RESULT_SUCCESS
                                                                       : DLMS_RESULT_OTHER_REASON;
}

/* The stamp under its own name, or under that which clients give it that ask every meter alike. */
static bool is_stamp(const struct wh_cosem_layout *layout, const struct wh_cosem_place *place)
{
    static const uint8_t any_clock[6] = {0, 0, 1, 0, 0, 255};
    const struct wh_cosem_place own = wh_cosem_column(layout, 0);
    const struct wh_cosem_place common = {own.class_id, any_clock, own.attribute};
    return is_place(place, &own) || is_place(place, &common);
}

static enum dlms_result read_range(const struct wh_cosem_face *face,
                                   const struct wh_cosem_layout *layout, struct dlms_reader *reader,
                                   struct wh_cosem_selected *selected)
{
    struct wh_cosem_place restricting;
    size_t count;
    if (!read_container(reader, DLMS_TAG_STRUCTURE, &count) || count != 4 ||
        !read_place(reader, &restricting)) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    if (!is_stamp(layout, &restricting)) {
        return DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED;
    }
    enum dlms_result result = read_end(face->source.clock, reader, WH_RANGE_FROM, &selected->from);
    if (result == DLMS_RESULT_SUCCESS) {
        result = read_end(face->source.clock, reader, WH_RANGE_TO, &selected->to);
    }
    return result == DLMS_RESULT_SUCCESS ? read_columns(reader, layout, selected) : result;
}

static enum dlms_result read_entries(const struct wh_cosem_layout *layout,
                                     struct dlms_reader *reader, struct wh_cosem_selected *selected)
{
    size_t count;
    uint32_t first;
    uint32_t last;
    if (!read_container(reader, DLMS_TAG_STRUCTURE, &count) || count != 4 ||
        !read_unsigned(reader, DLMS_TAG_U32, &selected->from) ||
        !read_unsigned(reader, DLMS_TAG_U32, &selected->to) ||
        !read_unsigned(reader, DLMS_TAG_U16, &first) ||
        !read_unsigned(reader, DLMS_TAG_U16, &last)) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    last = last == 0 || last > layout->count ? layout->count : last;
    if (first == 0 || first > last) {
        return DLMS_RESULT_OTHER_REASON;
    }
    selected->by_entry = true;
    select_columns(selected, first - 1, last - 1);
    return DLMS_RESULT_SUCCESS;
}

enum dlms_result wh_cosem_select(const struct wh_cosem_face *face,
                                 const struct wh_cosem_layout *layout,
                                 const struct dlms_selection *selection,
                                 struct wh_cosem_selected *selected)
{
    *selected = (struct wh_cosem_selected){.to = UINT32_MAX};
    if (selection == NULL || selection->selector == WHOLE_BUFFER) {
        select_columns(selected, 0, layout->count - 1u);
        return DLMS_RESULT_SUCCESS;
    }
    struct dlms_reader reader =
        dlms_reader(selection->parameters.data, selection->parameters.length);
    return selection->selector == BY_RANGE ? read_range(face, layout, &reader, selected)
                                           : read_entries(layout, &reader, selected);
}
