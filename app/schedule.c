/* What is to be done at a moment. Invariant: the newest record of its log says what still is to be
 * done, and what it says twice has the effect of once. */
#include "app/schedule.h"
#include "app/application_parts.h"
#include "common/bytes.h"
#include <string.h>

enum {
    VERSION = 1,
    PLAN_S = 0, /* offsets in the record */
    BREAKER_S = 4,
    BREAKER = 8,
    LENGTH = 9, /* of the plan */
    PLAN = 11,
    RETRY_S = 60,
};

_Static_assert((int)PLAN + (int)WH_PLAN_BYTES_MAX <= (int)WH_LOGS_SCHEDULE_SIZE,
               "the record has room for every plan");

static enum wh_err read_record(const struct wh_application *app,
                               uint8_t record[WH_LOGS_SCHEDULE_SIZE])
{
    struct wh_log_record found;
    memset(record, 0, WH_LOGS_SCHEDULE_SIZE);
    const enum wh_err err = wh_logs_newest(&app->logs, WH_LOG_SCHEDULE, record, &found);
    return err == WH_ERR_NOT_FOUND ? WH_OK : err;
}

/* The times of next, with the plan of the record. */
static enum wh_err store(struct wh_application *app, const struct wh_schedule *next,
                         uint8_t record[WH_LOGS_SCHEDULE_SIZE])
{
    wh_put_u32le(record + PLAN_S, next->plan_s);
    wh_put_u32le(record + BREAKER_S, next->breaker_s);
    record[BREAKER] = next->breaker;
    const enum wh_err err =
        wh_log_append(&app->logs.log[WH_LOG_SCHEDULE], VERSION, app->clock.utc_s, record);
    if (err == WH_OK) {
        app->schedule = *next;
    } else {
        app->running.event_a |= WH_EVENT_A_FLASH;
    }
    return err;
}

/* The same with the plan that is stored. */
static enum wh_err store_times(struct wh_application *app, const struct wh_schedule *next)
{
    uint8_t record[WH_LOGS_SCHEDULE_SIZE];
    const enum wh_err err = read_record(app, record);
    return err == WH_OK ? store(app, next, record) : err;
}

static enum wh_err decode_plan(const uint8_t record[WH_LOGS_SCHEDULE_SIZE],
                               struct wh_tariff_plan *plan)
{
    const uint16_t length = wh_get_u16le(record + LENGTH);
    return length <= (uint16_t)WH_PLAN_BYTES_MAX &&
                   wh_tariff_plan_decode(record + PLAN, length, plan, NULL) == WH_OK
               ? WH_OK
               : WH_ERR_NOT_FOUND;
}

enum wh_err wh_application_schedule_plan(struct wh_application *app,
                                         const struct wh_tariff_plan *plan, uint32_t utc_s,
                                         struct wh_plan_fault *fault)
{
    uint8_t record[WH_LOGS_SCHEDULE_SIZE] = {0};
    struct wh_schedule next = app->schedule;
    next.plan_s = utc_s;
    if (utc_s != 0) {
        const enum wh_err err = wh_tariff_plan_check(plan, fault);
        if (err != WH_OK) {
            return err;
        }
        wh_put_u16le(record + LENGTH, (uint16_t)wh_tariff_plan_encode(plan, record + PLAN));
    }
    return store(app, &next, record);
}

enum wh_err wh_application_scheduled_plan(const struct wh_application *app,
                                          struct wh_tariff_plan *plan)
{
    uint8_t record[WH_LOGS_SCHEDULE_SIZE];
    if (app->schedule.plan_s == 0) {
        return WH_ERR_NOT_FOUND;
    }
    const enum wh_err err = read_record(app, record);
    return err == WH_OK ? decode_plan(record, plan) : err;
}

enum wh_err wh_application_schedule_breaker(struct wh_application *app,
                                            enum wh_scheduled_breaker breaker, uint32_t utc_s)
{
    struct wh_schedule next = app->schedule;
    if (app->config.breaker == 0) {
        return WH_ERR_UNSUPPORTED;
    }
    next.breaker = (uint8_t)breaker;
    next.breaker_s = utc_s;
    return store_times(app, &next);
}

enum wh_err wh_application_restore_schedule(struct wh_application *app)
{
    uint8_t record[WH_LOGS_SCHEDULE_SIZE];
    const enum wh_err err = read_record(app, record);
    app->schedule = (struct wh_schedule){0};
    if (err == WH_OK) {
        app->schedule.plan_s = wh_get_u32le(record + PLAN_S);
        app->schedule.breaker_s = wh_get_u32le(record + BREAKER_S);
        app->schedule.breaker = record[BREAKER];
    }
    return err;
}

static bool is_due(const struct wh_application *app, uint32_t utc_s)
{
    return utc_s != 0 && app->clock.valid && app->clock.utc_s >= utc_s;
}

/* A plan that cannot be in force any more, for its exception days lie too far ahead by a clock that
 * was set, is dropped. */
static enum wh_err put_plan_in_force(struct wh_application *app, struct wh_legal *legal)
{
    struct wh_tariff_plan plan;
    struct wh_plan_fault fault;
    struct wh_schedule next = app->schedule;
    enum wh_err err = wh_application_scheduled_plan(app, &plan);
    if (err == WH_OK) {
        err = wh_application_set_plan(app, legal, &plan, &fault);
    }
    if (err != WH_OK && err != WH_ERR_ARGUMENT && err != WH_ERR_NOT_FOUND) {
        return err;
    }
    next.plan_s = 0;
    return store_times(app, &next);
}

static enum wh_err switch_breaker(struct wh_application *app, struct wh_legal *legal)
{
    struct wh_schedule next = app->schedule;
    const enum wh_err err =
        app->schedule.breaker == WH_SCHEDULED_RECONNECT
            ? wh_application_reconnect(app, legal, WH_ORIGIN_METER)
            : wh_application_breaker(app, legal, WH_BREAKER_DISCONNECT, WH_ORIGIN_METER);
    if (err != WH_OK && err != WH_ERR_STATE && err != WH_ERR_UNSUPPORTED) {
        return err;
    }
    next.breaker_s = 0;
    return store_times(app, &next);
}

void wh_application_work_schedule(struct wh_application *app, struct wh_legal *legal)
{
    enum wh_err err = WH_OK;
    if (app->on_seconds < app->schedule.retry_s) {
        return;
    }
    if (is_due(app, app->schedule.plan_s)) {
        err = put_plan_in_force(app, legal);
    }
    if (is_due(app, app->schedule.breaker_s)) {
        const enum wh_err switched = switch_breaker(app, legal);
        err = err == WH_OK ? switched : err;
    }
    if (err != WH_OK) {
        app->schedule.retry_s = app->on_seconds + RETRY_S;
    }
}
