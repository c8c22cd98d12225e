/* Columns of the profiles: what a record of a log is as a row (interface description, section on
 * profiles). Private to cosem/.
 *
 * A row of a data log: time stamp, logger status (u16), data quality (u32), energy format (i8),
 * then the registers. A row of an event log has no data quality. Stamps are normal time. */
#ifndef WH_COSEM_COLUMNS_H
#define WH_COSEM_COLUMNS_H

#include "cosem/quantity.h"

union wh_cosem_record {
    struct wh_profile_record profile;
    struct wh_logger_record logger;
    struct wh_debiting_record debiting;
    struct wh_event event;
};

/* One log of the meter as an object of class 7. */
struct wh_cosem_profile {
    uint8_t name[6];
    enum wh_log_name log;
    uint8_t models;     /* bit by enum wh_model */
    const char *period; /* parameter with the interval in minutes; NULL: written at events */
    const struct wh_cosem_log_kind *kind;
    enum wh_err (*erase)(struct wh_application *app); /* NULL: no hand can */
};

extern const struct wh_cosem_log_kind wh_cosem_load_profile, wh_cosem_logger, wh_cosem_debiting,
    wh_cosem_debiting_2, wh_cosem_events;

/* The columns that a profile has in this meter, with its present configuration. */
struct wh_cosem_layout {
    const struct wh_cosem_profile *profile;
    uint8_t head;  /* columns in front of the values: 4, or 3 without data quality */
    uint8_t count; /* all columns */
    struct {
        struct wh_cosem_capture capture;
        uint8_t at; /* number of the value in the record */
    } value[WH_DEBITING_VALUES_MAX];
};

void wh_cosem_lay_out(const struct wh_cosem_face *face, const struct wh_cosem_profile *profile,
                      struct wh_cosem_layout *layout);

/* Column c < count: its capture object. */
struct wh_cosem_place wh_cosem_column(const struct wh_cosem_layout *layout, uint8_t c);

/* The next record of a range of the log. Errors as wh_log_range_next. */
enum wh_err wh_cosem_next(const struct wh_cosem_face *face, const struct wh_cosem_layout *layout,
                          struct wh_log_range *range, union wh_cosem_record *record);

/* All rows take the same number of bytes. */
bool wh_cosem_rows_are_even(const struct wh_cosem_layout *layout);

/* A record as a structure of the columns selected. */
void wh_cosem_put_row(const struct wh_cosem_face *face, const struct wh_cosem_layout *layout,
                      const struct wh_cosem_selected *selected, const union wh_cosem_record *record,
                      struct dlms_writer *out);

#endif
