/* Selective access to the buffer of a Profile generic (class 7), 6-2: the parameters of a GET, written
 * by the client. The selector goes into struct dlms_client_attribute, what is written here into its
 * parameters.
 */
#ifndef DLMS_CLIENT_SELECTION_H
#define DLMS_CLIENT_SELECTION_H

#include <stddef.h>
#include <stdint.h>

#include "dlms/axdr.h"

enum {
    DLMS_SELECT_RANGE = 1,
    DLMS_SELECT_ENTRIES = 2,
};

/* capture_object_definition. */
struct dlms_column {
    uint16_t class_id;
    uint8_t logical_name[6];
    int8_t attribute;
    uint16_t data_index; /* 0: the whole attribute */
};

/* range_descriptor: rows whose restricting column, a clock's time, is from … to, both included; count
 * columns of them, in this order, or all with count 0. */
void dlms_put_range(struct dlms_writer *out, const struct dlms_column *restricting,
                    const struct dlms_date_time *from, const struct dlms_date_time *to,
                    const struct dlms_column *columns, size_t count);

/* entry_descriptor: rows from_entry … to_entry, columns from_column … to_column; 1 is the first, 0 as
 * an end the last. (Some meters count rows otherwise; see their documents.) */
void dlms_put_entries(struct dlms_writer *out, uint32_t from_entry, uint32_t to_entry,
                      uint16_t from_column, uint16_t to_column);

#endif
