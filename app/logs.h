/* The logs of the application and where they lie on the flash memory: one table.
 *
 * A log's epoch is stored with the configuration; raising it deletes the log at once (a change of what a record holds).
 */
#ifndef WH_APP_LOGS_H
#define WH_APP_LOGS_H

#include "app/tariff_plan_bytes.h"
#include "store/log.h"

enum wh_log_name {
    WH_LOG_CONFIG,     /* parameters, newest counts */
    WH_LOG_PLAN,       /* tariff plan, newest counts */
    WH_LOG_RUNNING,    /* running state, newest counts */
    WH_LOG_COUNTERS,   /* hour counter and pulse input, newest counts */
    WH_LOG_PROFILE,    /* LOG-1 */
    WH_LOG_LOGGER,     /* LOG-4 */
    WH_LOG_DEBITING,   /* REG-5 */
    WH_LOG_DEBITING_2, /* REG-6 */
    WH_LOG_STATUS,     /* event logs (LOG-5): meter status, covers, magnet, power */
    WH_LOG_CLOCK,
    WH_LOG_QUALITY, /* LOG-7 */
    WH_LOG_BREAKER,
    WH_LOG_RATIO,
    WH_LOG_PROFILE_EVENTS,
    WH_LOG_NEUTRAL,
    WH_LOG_CONTROL,    /* breaker and prepayment, newest counts */
    WH_LOG_PAYMENTS,   /* BRK-5 */
    WH_LOG_READ_MARKS, /* how far readers have read, newest counts */
    WH_LOG_PUSH,       /* settings of alarms and pushes (COM-14), newest counts */
    WH_LOG_SCHEDULE,   /* what is to be done at a moment (app/schedule.h), newest counts */
    WH_LOG_COUNT,
};

enum { WH_LOGS_FLASH_SIZE = 4 * 1024 * 1024 }; /* bytes that the table fills */

/* Payloads of the logs of which the newest record counts. */
enum {
    WH_LOGS_CONFIG_SIZE = 512, /* what profile and logger hold, length, configuration */
    WH_LOGS_PLAN_SIZE = 2 + WH_PLAN_BYTES_MAX, /* length, plan */
    WH_LOGS_COUNTERS_SIZE = 16,                /* seconds with supply, pulse input */
    WH_LOGS_READ_MARKS_SIZE = 192,             /* 6 bytes for each log */
    WH_LOGS_SCHEDULE_SIZE = 832,               /* two times, what for, length, plan */
};

struct wh_logs {
    struct wh_log log[WH_LOG_COUNT];
    struct wh_log_design design[WH_LOG_COUNT];
    const struct wh_flash *flash;
    uint32_t damaged; /* bit by enum wh_log_name: damaged records were seen at the start */
};

/* Mounts one log with that payload size and epoch; the others are as they were. Payload 0 takes the size of the
 * table. Errors as wh_log_mount. */
enum wh_err wh_logs_mount(struct wh_logs *logs, enum wh_log_name name, uint16_t payload_size,
                          uint16_t epoch);

/* The newest record that can be read. WH_ERR_NOT_FOUND if there is none; others as wh_log_read. */
enum wh_err wh_logs_newest(const struct wh_logs *logs, enum wh_log_name name, void *payload,
                           struct wh_log_record *record);

#endif
