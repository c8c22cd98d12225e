/* Selective access parameters. Invariant: each function writes exactly one Data. */
#include "dlms/client_selection.h"

static void put_column(struct dlms_writer *out, const struct dlms_column *column)
{
    dlms_put_structure(out, 4);
    dlms_put_u16(out, column->class_id);
    dlms_put_octet_string(out, column->logical_name, sizeof column->logical_name);
    dlms_put_i8(out, column->attribute);
    dlms_put_u16(out, column->data_index);
}

void dlms_put_range(struct dlms_writer *out, const struct dlms_column *restricting,
                    const struct dlms_date_time *from, const struct dlms_date_time *to,
                    const struct dlms_column *columns, size_t count)
{
    dlms_put_structure(out, 4);
    put_column(out, restricting);
    dlms_put_date_time(out, from);
    dlms_put_date_time(out, to);
    dlms_put_array(out, count);
    for (size_t i = 0; i < count; i++) {
        put_column(out, &columns[i]);
    }
}

void dlms_put_entries(struct dlms_writer *out, uint32_t from_entry, uint32_t to_entry,
                      uint16_t from_column, uint16_t to_column)
{
    dlms_put_structure(out, 4);
    dlms_put_u32(out, from_entry);
    dlms_put_u32(out, to_entry);
    dlms_put_u16(out, from_column);
    dlms_put_u16(out, to_column);
}
