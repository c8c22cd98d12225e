/* Factory and power-up of the application. Invariant: a start from any state of the flash that a power cut can leave gives an
 * application whose records and counters are those of some moment not before the last thing it acknowledged. */
#include "app/application_parts.h"
#include "common/bytes.h"
#include <string.h>

enum { PLAN_HEAD_SIZE = 2, CHUNK_SIZE = 256 };

static enum wh_err is_erased(const struct wh_flash *flash, uint32_t address, bool *erased)
{
    uint8_t chunk[CHUNK_SIZE];
    *erased = true;
    for (uint32_t at = 0; *erased && at < flash->sector_size_bytes; at += CHUNK_SIZE) {
        const enum wh_err err = flash->read(flash->context, address + at, chunk, sizeof chunk);
        if (err != WH_OK) {
            return err;
        }
        for (size_t b = 0; b < sizeof chunk; b++) {
            *erased = *erased && chunk[b] == 0xff;
        }
    }
    return WH_OK;
}

static enum wh_err erase_all(const struct wh_flash *flash)
{
    for (uint32_t at = 0; at < flash->size_bytes; at += flash->sector_size_bytes) {
        bool erased;
        enum wh_err err = is_erased(flash, at, &erased);
        if (err == WH_OK && !erased) {
            err = flash->erase(flash->context, at);
        }
        if (err != WH_OK) {
            return err;
        }
    }
    return WH_OK;
}

enum wh_err wh_application_manufacture(const struct wh_flash *flash,
                                       const struct wh_variant *variant,
                                       const struct wh_config *config,
                                       struct wh_config_fault *fault)
{
    enum wh_err err = wh_config_check(config, variant, fault);
    if (err != WH_OK) {
        return err;
    }
    if (flash->size_bytes < WH_LOGS_FLASH_SIZE) {
        return WH_ERR_SPACE;
    }
    struct wh_application app = {.logs = {.flash = flash}};
    err = erase_all(flash);
    if (err == WH_OK) {
        err = wh_logs_mount(&app.logs, WH_LOG_CONFIG, 0, 0);
    }
    const struct wh_log_contents contents = {.profile_min = config->profile_min,
                                             .logger_min = config->logger_min};
    return err == WH_OK ? wh_application_save_config(&app, config, &contents) : err;
}

static enum wh_err read_config(struct wh_application *app, struct wh_application_start *found)
{
    uint8_t payload[WH_LOGS_CONFIG_SIZE];
    struct wh_log_record record;
    app->config = wh_config_default(app->variant);
    const enum wh_err err = wh_logs_newest(&app->logs, WH_LOG_CONFIG, payload, &record);
    if (err != WH_OK) {
        found->config_default = true;
        return err == WH_ERR_NOT_FOUND ? WH_OK : err;
    }
    const uint16_t length = wh_get_u16le(payload + 7);
    struct wh_config_fault fault;
    struct wh_config stored = app->config;
    app->contents = (struct wh_log_contents){
        .profile_epoch = wh_get_u16le(payload),
        .logger_epoch = wh_get_u16le(payload + 2),
        .logger_min = wh_get_u16le(payload + 4),
        .profile_min = payload[6],
    };
    found->config_default =
        length > WH_LOGS_CONFIG_SIZE - WH_CONFIG_HEAD_SIZE ||
        wh_config_decode(&stored, payload + WH_CONFIG_HEAD_SIZE, length) != WH_OK ||
        wh_config_check(&stored, app->variant, &fault) != WH_OK;
    if (!found->config_default) {
        app->config = stored;
    }
    return WH_OK;
}

static enum wh_err read_plan(struct wh_application *app)
{
    uint8_t payload[WH_LOGS_PLAN_SIZE];
    struct wh_log_record record;
    wh_tariff_plan_flat(&app->plan);
    const enum wh_err err = wh_logs_newest(&app->logs, WH_LOG_PLAN, payload, &record);
    if (err != WH_OK) {
        return err == WH_ERR_NOT_FOUND ? WH_OK : err;
    }
    const uint16_t length = wh_get_u16le(payload);
    if (length <= WH_PLAN_BYTES_MAX) {
        (void)wh_tariff_plan_decode(payload + PLAN_HEAD_SIZE, length, &app->plan, NULL);
    }
    return WH_OK;
}

static enum wh_err read_counters(struct wh_application *app)
{
    uint8_t payload[WH_LOGS_COUNTERS_SIZE];
    struct wh_log_record record;
    const enum wh_err err = wh_logs_newest(&app->logs, WH_LOG_COUNTERS, payload, &record);
    if (err != WH_OK) {
        return err == WH_ERR_NOT_FOUND ? WH_OK : err;
    }
    app->on_seconds = wh_get_u32le(payload);
    app->pulse_input.count_milli = wh_get_u64le(payload + 4);
    app->pulse_input.rest_parts = wh_get_u32le(payload + 12);
    return WH_OK;
}

/* WH_ERR_NOT_FOUND on the first start of a meter. */
static enum wh_err read_running(struct wh_application *app)
{
    uint8_t payload[WH_RUNNING_STORED_SIZE];
    struct wh_log_record record;
    const enum wh_err err = wh_logs_newest(&app->logs, WH_LOG_RUNNING, payload, &record);
    if (err == WH_OK) {
        wh_running_decode(&app->running, payload);
    }
    return err;
}

static enum wh_err mount_all(struct wh_application *app, struct wh_application_start *found)
{
    enum wh_err err = wh_logs_mount(&app->logs, WH_LOG_CONFIG, 0, 0);
    if (err == WH_OK) {
        err = read_config(app, found);
    }
    for (int n = 0; err == WH_OK && n < WH_LOG_COUNT; n++) {
        const enum wh_log_name name = (enum wh_log_name)n;
        const bool profile = name == WH_LOG_PROFILE;
        const bool logger = name == WH_LOG_LOGGER;
        const uint16_t size = profile  ? wh_profile_payload_size(&app->config)
                              : logger ? wh_logger_payload_size(&app->config)
                                       : 0;
        const uint16_t epoch = profile  ? app->contents.profile_epoch
                               : logger ? app->contents.logger_epoch
                                        : 0;
        err = wh_logs_mount(&app->logs, name, size, epoch);
    }
    found->damaged_logs = app->logs.damaged;
    return err;
}

/* Power was cut after the record of a debiting period and before the running state that goes with it: do the rest. Then
 * *alive_s is the moment of the stop, as all that comes before a stop in a minute had been stored. */
static enum wh_err finish_debiting(struct wh_application *app, const struct wh_legal *legal,
                                   bool lived, uint32_t *alive_s)
{
    struct wh_log_range range;
    struct wh_debiting_record newest;
    *alive_s = 0;
    enum wh_err err = wh_log_range_begin_entries(&app->logs.log[WH_LOG_DEBITING], 0, 0, &range);
    if (err == WH_OK) {
        err = wh_debiting_next(&range, &newest);
    }
    if (err != WH_OK) {
        return err == WH_ERR_NOT_FOUND ? WH_OK : err;
    }
    if (!lived) {
        app->running.debiting_count = newest.number;
        app->running.debiting_stop_s = newest.utc_s;
    } else if (newest.number > app->running.debiting_count) {
        wh_clock_set(&app->clock, newest.utc_s); /* for the event; start_clock sets it right */
        wh_application_end_period(app, legal, newest.utc_s);
        wh_demand_reset(&app->running.demand);
        wh_application_count_debiting(app, newest.utc_s, newest.number, newest.cause);
        *alive_s = newest.utc_s;
    }
    return WH_OK;
}

/* The newest boundaries are those of the logs themselves: the running state may be behind them. */
static enum wh_err find_newest(struct wh_application *app)
{
    struct wh_log_range range;
    struct wh_logger_record logged;
    struct wh_debiting_record second;
    enum wh_err err =
        wh_profile_newest(&app->logs.log[WH_LOG_PROFILE], &app->config, &app->profile_before);
    app->has_profile_before = err == WH_OK;
    app->running.profile_s = err == WH_OK ? app->profile_before.utc_s : 0;
    if (err != WH_OK && err != WH_ERR_NOT_FOUND) {
        return err;
    }
    err = wh_log_range_begin_entries(&app->logs.log[WH_LOG_LOGGER], 0, 0, &range);
    if (err == WH_OK) {
        err = wh_logger_next(&range, &app->config, &logged);
    }
    app->running.logger_s = err == WH_OK ? logged.utc_s : 0;
    if (err != WH_OK && err != WH_ERR_NOT_FOUND) {
        return err;
    }
    err = wh_log_range_begin_entries(&app->logs.log[WH_LOG_DEBITING_2], 0, 0, &range);
    if (err == WH_OK) {
        err = wh_debiting_2_next(&range, &second);
    }
    app->running.debiting_2_s = err == WH_OK ? second.utc_s : 0;
    return err == WH_ERR_NOT_FOUND ? WH_OK : err;
}

/* Whether a meter without running state has lived all the same. */
static bool has_lived(const struct wh_application *app)
{
    bool lived = app->on_seconds > 0;
    for (int n = WH_LOG_COUNTERS; n < WH_LOG_COUNT; n++) {
        lived = lived || wh_log_newest(&app->logs.log[n]) != 0;
    }
    return lived;
}

static uint32_t later_of(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* The last moment whose boundaries are known to have been worked off, by the clock it had then. A record of registers
 * counts only if it is not before the running state and not after now: the clock may have been set in between. It is
 * written before the boundaries of its own second are looked at. */
static uint32_t last_alive_s(const struct wh_application *app, const struct wh_legal *legal,
                             const struct wh_rtc_reading *rtc)
{
    enum { RUNNING_AT_LEAST_EVERY_S = 3600 };
    const uint32_t running_s = app->running.utc_s;
    const uint32_t stored_s = wh_legal_stored_s(legal);
    const bool near = stored_s > running_s &&
                      stored_s - running_s <= RUNNING_AT_LEAST_EVERY_S + 60 &&
                      (!rtc->valid || stored_s <= rtc->utc_s);
    return near ? later_of(running_s, stored_s - 1) : running_s;
}

static void start_clock(struct wh_application *app, struct wh_legal *legal,
                        const struct wh_rtc_reading *rtc, uint32_t alive_s, bool valid)
{
    wh_clock_set(&app->clock, rtc->valid ? rtc->utc_s : alive_s);
    wh_clock_run(&app->clock, rtc->valid ? rtc->ticks : 0);
    if (!valid) {
        wh_clock_invalidate(&app->clock);
    }
    app->second = app->clock.utc_s;
    app->minute = wh_application_minute_of(app, app->clock.utc_s);
    wh_legal_set_time(legal, app->clock.valid ? app->clock.utc_s : 0);
}

static void note_outage(struct wh_application *app, uint32_t alive_s, uint32_t outage_s)
{
    const bool known = outage_s != WH_DURATION_UNKNOWN_S;
    const uint32_t most_ms = 0xfffffffe;
    const uint32_t ms = outage_s < most_ms / 1000 ? outage_s * 1000 : most_ms;
    const struct wh_event failed = {.utc_s = alive_s,
                                    .code = WH_EVENT_POWER_FAILED,
                                    .clock_valid = app->running.clock_valid,
                                    .value_a = 1};
    const struct wh_event interruption = {.utc_s = alive_s,
                                          .code = WH_EVENT_INTERRUPTION,
                                          .clock_valid = app->running.clock_valid,
                                          .value_a = known ? ms : WH_DURATION_UNKNOWN_S};
    if (!app->running.supply_lost) {
        wh_application_note_event(app, &failed);
    }
    wh_application_note_event(app, &interruption);
    wh_application_note(app, WH_EVENT_POWER_RETURNED, 0, outage_s, 0);
    if (app->running.clock_valid && !app->clock.valid) {
        wh_application_note(app, WH_EVENT_CLOCK_LOST, 0, alive_s, 0);
    }
    app->running.supply_lost = false;
}

/* A meter that has lived before: what the time without supply means. */
static void resume(struct wh_application *app, struct wh_legal *legal,
                   const struct wh_rtc_reading *rtc, uint32_t stopped_s,
                   struct wh_application_start *found)
{
    const uint32_t alive_s = later_of(last_alive_s(app, legal, rtc), stopped_s);
    start_clock(app, legal, rtc, alive_s, rtc->valid && app->running.clock_valid);
    const bool forward = app->clock.utc_s >= alive_s;
    found->outage_s = rtc->valid && forward ? app->clock.utc_s - alive_s : WH_DURATION_UNKNOWN_S;
    note_outage(app, alive_s, found->outage_s);
    if (!rtc->valid) { /* how long the running period has been is not known: it ends */
        wh_application_end_period(app, legal, alive_s);
        app->has_profile_before = false;
    }
    wh_application_jump(app, legal, wh_application_minute_of(app, alive_s), alive_s);
    wh_application_flag(app,
                        WH_PROFILE_OUTAGE); /* the interval in which it ended has its part of it */
}

/* Inputs of tariff and alarm go on as they were; what else event status B tells begins anew. */
static void restore_inputs(struct wh_application *app)
{
    app->running.input_levels &=
        (uint8_t)(1u << WH_INPUT_TARIFF_1 | 1u << WH_INPUT_TARIFF_2 | 1u << WH_INPUT_ALARM);
    app->running.event_b &= WH_EVENT_B_ALARM_INPUT | WH_EVENT_B_PREPAYMENT;
}

/* What was set, and what counts beside the running state. */
static enum wh_err read_settings(struct wh_application *app)
{
    static enum wh_err (*const reads[])(struct wh_application *) = {
        read_plan, wh_application_restore_schedule, read_counters,
        wh_application_restore_read_marks, wh_application_restore_push};
    enum wh_err err = WH_OK;
    for (size_t r = 0; err == WH_OK && r < sizeof reads / sizeof reads[0]; r++) {
        err = reads[r](app);
    }
    return err;
}

enum wh_err wh_application_start(struct wh_application *app, struct wh_legal *legal,
                                 const struct wh_flash *flash, const struct wh_variant *variant,
                                 const struct wh_rtc_reading *rtc,
                                 struct wh_application_start *found)
{
    *app = (struct wh_application){.variant = variant, .logs = {.flash = flash}};
    *found = (struct wh_application_start){0};
    app->running.remote_tariff = 1;
    enum wh_err err = mount_all(app, found);
    if (err == WH_OK) {
        err = read_settings(app);
    }
    const enum wh_err lived = err == WH_OK ? read_running(app) : err;
    if (lived != WH_OK && lived != WH_ERR_NOT_FOUND) {
        return lived;
    }
    uint32_t stopped_s;
    found->running_lost = lived != WH_OK && has_lived(app);
    (void)wh_clock_configure(&app->clock, app->config.zone_min,
                             (enum wh_daylight)app->config.daylight);
    restore_inputs(app);
    err = finish_debiting(app, legal, lived == WH_OK, &stopped_s);
    if (err == WH_OK) {
        err = find_newest(app);
    }
    if (err != WH_OK) {
        return err;
    }
    if (lived == WH_OK) {
        resume(app, legal, rtc, stopped_s, found);
    } else {
        start_clock(app, legal, rtc, 0, rtc->valid);
        wh_demand_begin(&app->running.demand, legal);
        app->running.days_s = app->clock.valid ? app->clock.utc_s : 0;
    }
    wh_application_note(app, WH_EVENT_RESET, 0, 0, 0);
    wh_application_choose_tariff(app, legal);
    err = wh_application_start_breaker(app, legal);
    found->damaged_logs = app->logs.damaged;
    return err == WH_OK ? wh_application_save(app) : err;
}
