/* The flash map. Invariant: the rows follow each other without overlap; a row's id is stored and never used for another. */
#include "app/logs.h"
#include "app/breaker_record.h"
#include "app/debiting.h"
#include "app/events.h"
#include "app/push_record.h"
#include "app/running.h"

/* Sizes for a chip of 4 MiB (docs/store.md): a record needs up to two slots, since every start of the meter may use
 * one up, and one sector of a log is always being renewed. */
static const struct {
    uint16_t id;
    uint16_t sectors;
    uint16_t payload_size; /* 0: by configuration */
} rows[WH_LOG_COUNT] = {
    [WH_LOG_CONFIG] = {1, 4, WH_LOGS_CONFIG_SIZE},
    [WH_LOG_PLAN] = {2, 4, WH_LOGS_PLAN_SIZE},
    [WH_LOG_RUNNING] = {3, 64, WH_RUNNING_STORED_SIZE},
    [WH_LOG_COUNTERS] = {4, 8, WH_LOGS_COUNTERS_SIZE},
    [WH_LOG_PROFILE] = {5, 512, 0},
    [WH_LOG_LOGGER] = {6, 256, 0},
    [WH_LOG_DEBITING] = {7, 14, WH_DEBITING_PAYLOAD_MAX},
    [WH_LOG_DEBITING_2] = {8, 18, WH_DEBITING_2_PAYLOAD_MAX},
    [WH_LOG_STATUS] = {9, 6, WH_EVENT_PAYLOAD_SIZE},
    [WH_LOG_CLOCK] = {10, 5, WH_EVENT_PAYLOAD_SIZE},
    [WH_LOG_QUALITY] = {11, 32, WH_EVENT_PAYLOAD_SIZE},
    [WH_LOG_BREAKER] = {12, 5, WH_EVENT_PAYLOAD_SIZE},
    [WH_LOG_RATIO] = {13, 5, WH_EVENT_PAYLOAD_SIZE},
    [WH_LOG_PROFILE_EVENTS] = {14, 5, WH_EVENT_PAYLOAD_SIZE},
    [WH_LOG_NEUTRAL] = {15, 5, WH_EVENT_PAYLOAD_SIZE},
    [WH_LOG_CONTROL] = {16, 16, WH_BREAKER_RECORD_SIZE},
    [WH_LOG_PAYMENTS] = {17, 5, WH_EVENT_PAYLOAD_SIZE},
    [WH_LOG_READ_MARKS] = {18, 4, WH_LOGS_READ_MARKS_SIZE},
    [WH_LOG_PUSH] = {19, 4, WH_PUSH_RECORD_SIZE},
    [WH_LOG_SCHEDULE] = {20, 4, WH_LOGS_SCHEDULE_SIZE},
};

static uint32_t first_sector(enum wh_log_name name)
{
    uint32_t first = 0;
    for (int n = 0; n < (int)name; n++) {
        first += rows[n].sectors;
    }
    return first;
}

enum wh_err wh_logs_mount(struct wh_logs *logs, enum wh_log_name name, uint16_t payload_size,
                          uint16_t epoch)
{
    struct wh_log_report found;
    logs->design[name] = (struct wh_log_design){
        .id = rows[name].id,
        .epoch = epoch,
        .payload_size = payload_size != 0 ? payload_size : rows[name].payload_size,
        .sector_count = rows[name].sectors,
        .first_sector = first_sector(name),
    };
    const enum wh_err err =
        wh_log_mount(&logs->log[name], logs->flash, &logs->design[name], &found);
    if (err == WH_OK && found.damaged_count > 0) {
        logs->damaged |= 1u << name;
    }
    return err;
}

/* Damaged records are passed over: an older state is better than none. */
enum wh_err wh_logs_newest(const struct wh_logs *logs, enum wh_log_name name, void *payload,
                           struct wh_log_record *record)
{
    const struct wh_log *log = &logs->log[name];
    uint32_t count;
    enum wh_err err = wh_log_count(log, &count);
    for (uint32_t entry = 0; err == WH_OK && entry < count; entry++) {
        struct wh_log_range range;
        err = wh_log_range_begin_entries(log, entry, entry, &range);
        if (err != WH_OK) {
            return err;
        }
        err = wh_log_range_next(&range, payload, record);
        if (err != WH_ERR_NOT_FOUND) {
            return err;
        }
        err = WH_OK;
    }
    return err == WH_OK ? WH_ERR_NOT_FOUND : err;
}
