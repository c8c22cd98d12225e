/* Alarms of the application, and the settings of what tells them. Invariant: an alarm that came on is
 * stored within a second, if the memory takes it, and in the descriptor until a client takes it away. */
#include "app/application_parts.h"
#include "app/push_record.h"
#include <string.h>

enum { RECORD_VERSION = 1 };

/* Damaged or of a later version: that of the factory, which sends nothing. */
enum wh_err wh_application_restore_push(struct wh_application *app)
{
    uint8_t payload[WH_PUSH_RECORD_SIZE];
    struct wh_log_record record;
    app->push = wh_push_default();
    const enum wh_err err = wh_logs_newest(&app->logs, WH_LOG_PUSH, payload, &record);
    if (err == WH_OK) {
        (void)wh_push_record_decode(&app->push, payload);
    }
    return err == WH_ERR_NOT_FOUND ? WH_OK : err;
}

enum wh_err wh_application_set_push(struct wh_application *app,
                                    const struct wh_push_settings *settings)
{
    uint8_t payload[WH_PUSH_RECORD_SIZE];
    uint8_t before[WH_PUSH_RECORD_SIZE];
    if (wh_push_check(settings) != WH_OK) {
        return WH_ERR_ARGUMENT;
    }
    wh_push_record_encode(&app->push, before);
    wh_push_record_encode(settings, payload);
    if (memcmp(payload, before, sizeof payload) == 0) {
        return WH_OK; /* the memory is spared */
    }
    const enum wh_err err =
        wh_log_append(&app->logs.log[WH_LOG_PUSH], RECORD_VERSION, app->clock.utc_s, payload);
    if (err != WH_OK) {
        app->running.event_a |= WH_EVENT_A_FLASH;
        return err;
    }
    app->push = *settings;
    app->running.configuration_count++;
    wh_application_note(app, WH_EVENT_PUSH_SET, 0, 0, 0);
    return WH_OK;
}

static void raise(struct wh_application *app, uint64_t risen)
{
    if (wh_alarms_raise(&app->running.alarms, risen, app->push.alarm_filter)) {
        app->alarms_unsaved = true;
    }
}

void wh_application_alarm_by_event(struct wh_application *app, const struct wh_event *event)
{
    raise(app, wh_alarms_of_event(event));
}

void wh_application_watch_alarms(struct wh_application *app, const struct wh_legal *legal,
                                 uint32_t seconds)
{
    const struct wh_alarm_view view = {
        .legal_status = wh_legal_status(legal),
        .event_a = app->running.event_a,
        .event_b = app->running.event_b,
        .input_levels = app->running.input_levels,
        .clock_valid = app->clock.valid,
        .breaker_is_faulty = app->breaker.is_faulty,
    };
    const uint64_t on =
        wh_alarms_settled(&app->settling, wh_alarms_watched(&app->alarm_watch, &view), seconds);
    if (on != app->alarms_on) {
        raise(app, wh_alarms_risen(app->alarms_on, on));
        app->alarms_on = on;
    }
    if (app->alarms_unsaved) {
        app->alarms_unsaved = false;
        (void)wh_application_save(
            app); /* one that refuses is spared: whatever is stored next has it */
    }
}

static enum wh_err change(struct wh_application *app, const struct wh_alarms *next)
{
    const struct wh_alarms before = app->running.alarms;
    app->running.alarms = *next;
    const enum wh_err err = wh_application_save(app);
    if (err != WH_OK) {
        app->running.alarms = before;
    }
    return err;
}

enum wh_err wh_application_acknowledge_alarms(struct wh_application *app, uint64_t keep)
{
    struct wh_alarms next = app->running.alarms;
    wh_alarms_acknowledge(&next, keep);
    return next.descriptor == app->running.alarms.descriptor ? WH_OK : change(app, &next);
}

void wh_application_told_alarms(struct wh_application *app, uint64_t told)
{
    if ((app->running.alarms.pending & told) != 0) {
        app->running.alarms.pending &= ~told;
        (void)wh_application_save(app); /* if refused it may be told a second time */
    }
}

void wh_application_note_push_failed(struct wh_application *app, enum wh_push_id id)
{
    wh_application_note(app, WH_EVENT_PUSH_FAILED, 0, id, 0);
}
