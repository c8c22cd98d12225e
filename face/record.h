/* Records of all logs in one shape: a moment, and either values of quantities or an event. Private to face/. */
#ifndef WH_FACE_RECORD_H
#define WH_FACE_RECORD_H

#include "app/application.h"

enum { WH_RECORD_VALUES = WH_DEBITING_VALUES_MAX };

struct wh_record {
    uint32_t sequence;
    uint32_t utc_s;
    uint32_t status; /* enum wh_profile_status; 0 in logs that have none */
    bool is_clock_valid;
    bool is_event;
    struct wh_event event;
    size_t count; /* of values; 0 for an event */
    uint8_t quantity[WH_RECORD_VALUES];
    int64_t value[WH_RECORD_VALUES]; /* app/capture.h */
};

/* Whether records of the log carry a status. */
bool wh_record_has_status(enum wh_log_name name);

/* The columns of a log as it is set up now; returns how many. 0 for an event log. */
size_t wh_record_columns(const struct wh_application *app, enum wh_log_name name,
                         uint8_t quantity[WH_RECORD_VALUES]);

/* The next record of a range begun on that log. Errors as wh_log_range_next. */
enum wh_err wh_record_next(const struct wh_application *app, enum wh_log_name name,
                           struct wh_log_range *range, struct wh_record *record);

/* The record with that sequence. Errors as wh_log_read. */
enum wh_err wh_record_read(const struct wh_application *app, enum wh_log_name name,
                           uint32_t sequence, struct wh_record *record);

/* The value of a quantity as a reading. WH_ERR_NOT_FOUND: the record does not hold it; WH_ERR_STATE: it was not known. */
enum wh_err wh_record_reading(const struct wh_record *record, enum wh_quantity_id id,
                              struct wh_reading *reading);

/* The sequence of the oldest record not before a moment, or towards the past of the newest not after it. Where the clock
 * was set back, towards the past, a stamp close to the moment comes before a newer record. WH_ERR_NOT_FOUND: there is
 * none; others as wh_log_range_next. */
enum wh_err wh_record_find(const struct wh_application *app, enum wh_log_name name, uint32_t utc_s,
                           bool is_towards_past, uint32_t *sequence);

#endif
