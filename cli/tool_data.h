/* COSEM data as values, as JSON, and from numbers.
 */
#ifndef CLI_TOOL_DATA_H
#define CLI_TOOL_DATA_H

#include "cli/tool_value.h"
#include "dlms/axdr.h"

/* One Data. 12 octets are a time when is_time, and containers a text. False: it is malformed. */
bool tool_data_value(struct dlms_span data, bool is_time, struct tool_value *value);

/* The same of a value already read, which is no container. */
struct tool_value tool_data_element(const struct dlms_value *element, bool is_time);

/* Puts a scaler and a unit (attribute 3 of class 3 or 4) on a number. False: data is no
 * scaler_unit. */
bool tool_data_scale(struct dlms_span scaler_unit, struct tool_value *value);

/* One Data of any nesting (up to 16 levels); octets are hexadecimal unless they are a text. NULL:
 * malformed or deeper. A new reference. */
json_t *tool_data_json(struct dlms_span data);

/* A whole number with that tag (enum dlms_tag). False: it does not fit, or the tag is no
 * number's. */
bool tool_data_put_number(struct dlms_writer *writer, uint8_t tag, int64_t number);

/* A COSEM date-time with what is not known left open. */
struct dlms_date_time tool_data_time(const struct wh_datetime *time, bool is_summer);

#endif
