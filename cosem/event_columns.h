/* What the event logs tell of an event, log by log. Private to cosem/.
 */
#ifndef WH_COSEM_EVENT_COLUMNS_H
#define WH_COSEM_EVENT_COLUMNS_H

#include "cosem/objects.h"

struct wh_cosem_event_column {
    uint16_t class_id;
    uint8_t name[6];
    void (*put)(struct dlms_writer *out, const struct wh_clock *clock,
                const struct wh_event *event);
};

/* The columns behind stamp, status and format; *count receives how many. Static storage. */
const struct wh_cosem_event_column *wh_cosem_event_columns(enum wh_log_name log, size_t *count);

#endif
