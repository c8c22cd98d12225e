/* Analysis logger (LOG-4): up to 16 chosen quantities at a chosen interval, in normal time. */
#ifndef WH_APP_LOGGER_H
#define WH_APP_LOGGER_H

#include "app/capture.h"
#include "app/config.h"
#include "app/logs.h"

struct wh_logger_record {
    uint32_t sequence;
    uint32_t utc_s;
    uint32_t status; /* set of enum wh_profile_status (app/profile.h) */
    uint8_t count;
    uint8_t quantity[WH_LOGGER_QUANTITIES]; /* enum wh_quantity_id */
    int64_t value[WH_LOGGER_QUANTITIES];    /* see app/capture.h */
};

/* The quantities of a configuration in the order of the record; returns how many. */
uint8_t wh_logger_quantities(const struct wh_config *config,
                             uint8_t quantity[WH_LOGGER_QUANTITIES]);

uint16_t wh_logger_payload_size(const struct wh_config *config);

/* As wh_profile_depth_days, in hours. */
uint32_t wh_logger_depth_hours(const struct wh_logs *logs, const struct wh_config *config);

enum wh_err wh_logger_store(struct wh_log *log, const struct wh_reading_source *source,
                            const struct wh_config *config, uint32_t utc_s, uint32_t status);

enum wh_err wh_logger_next(struct wh_log_range *range, const struct wh_config *config,
                           struct wh_logger_record *record);

#endif
