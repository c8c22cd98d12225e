/* Storing what the application must not forget, and noting events. Invariant: what the flash refuses is in the event status,
 * and nothing else changes by it. */
#include "app/application_parts.h"
#include "common/bytes.h"
#include <string.h>

enum { RUNNING_VERSION = 1, COUNTERS_VERSION = 1, CONFIG_VERSION = 1 };

static enum wh_err append(struct wh_application *app, enum wh_log_name name, uint16_t version,
                          const void *payload)
{
    const enum wh_err err = wh_log_append(&app->logs.log[name], version, app->clock.utc_s, payload);
    if (err != WH_OK) {
        app->running.event_a |= WH_EVENT_A_FLASH;
    }
    return err;
}

enum wh_err wh_application_save(struct wh_application *app)
{
    uint8_t payload[WH_RUNNING_STORED_SIZE];
    app->running.utc_s = app->second;
    app->running.clock_valid = app->clock.valid;
    wh_running_encode(&app->running, payload);
    return append(app, WH_LOG_RUNNING, RUNNING_VERSION, payload);
}

enum wh_err wh_application_save_counters(struct wh_application *app)
{
    uint8_t payload[WH_LOGS_COUNTERS_SIZE] = {0};
    wh_put_u32le(payload, app->on_seconds);
    wh_put_u64le(payload + 4, app->pulse_input.count_milli); /* the upper two bytes stay 0 */
    wh_put_u32le(payload + 12, app->pulse_input.rest_parts);
    return append(app, WH_LOG_COUNTERS, COUNTERS_VERSION, payload);
}

enum wh_err wh_application_set_pulse_input(struct wh_application *app, uint32_t count)
{
    const struct wh_pulse_input before = app->pulse_input;
    app->pulse_input = (struct wh_pulse_input){.count_milli = (uint64_t)count * 1000};
    const enum wh_err err = wh_application_save_counters(app);
    if (err != WH_OK) {
        app->pulse_input = before;
    }
    return err;
}

enum wh_err wh_application_save_config(struct wh_application *app, const struct wh_config *config,
                                       const struct wh_log_contents *contents)
{
    uint8_t payload[WH_LOGS_CONFIG_SIZE] = {0};
    wh_put_u16le(payload, contents->profile_epoch);
    wh_put_u16le(payload + 2, contents->logger_epoch);
    wh_put_u16le(payload + 4, contents->logger_min);
    payload[6] = contents->profile_min;
    wh_put_u16le(payload + 7, (uint16_t)wh_config_encode(config, payload + WH_CONFIG_HEAD_SIZE));
    return append(app, WH_LOG_CONFIG, CONFIG_VERSION, payload);
}

void wh_application_flag(struct wh_application *app, uint32_t status)
{
    app->running.interval_status |= status;
    app->running.logger_status |= status;
}

/* What an event means for the intervals that it falls into. */
static uint32_t interval_status_of(enum wh_event_code code)
{
    switch (code) {
    case WH_EVENT_OVER_VOLTAGE:
        return WH_PROFILE_OVER_VOLTAGE;
    case WH_EVENT_UNDER_VOLTAGE:
    case WH_EVENT_PHASE_LOST:
        return WH_PROFILE_UNDER_VOLTAGE;
    case WH_EVENT_INTERRUPTION:
    case WH_EVENT_POWER_FAILED:
        return WH_PROFILE_OUTAGE;
    case WH_EVENT_PROGRAM_CHANGED:
    case WH_EVENT_PARAMETER_CHANGED:
    case WH_EVENT_STORE_FAILED:
        return WH_PROFILE_PARAMETER_ERROR;
    case WH_EVENT_NEUTRAL_FAULT_ON:
        return WH_PROFILE_NEUTRAL_ERROR;
    default:
        return 0;
    }
}

void wh_application_note_event(struct wh_application *app, const struct wh_event *event)
{
    const enum wh_quality_count count = wh_quality_count_of(event);
    if (count < WH_QUALITY_COUNTS && app->running.quality_count[count] < UINT16_MAX) {
        app->running.quality_count[count]++;
    }
    wh_application_flag(app, interval_status_of(event->code));
    wh_application_alarm_by_event(app, event);
    /* A refusal raises its bit there; the event itself is lost, as it must be. */
    (void)wh_events_add(&app->logs, event, &app->running.event_a, &app->running.event_b);
}

void wh_application_note(struct wh_application *app, enum wh_event_code code, uint8_t detail,
                         uint32_t value_a, uint32_t value_b)
{
    const struct wh_event event = {
        .utc_s = app->clock.utc_s,
        .code = code,
        .detail = detail,
        .clock_valid = app->clock.valid,
        .value_a = value_a,
        .value_b = value_b,
    };
    wh_application_note_event(app, &event);
}

struct wh_command_context wh_application_context(const struct wh_application *app,
                                                 enum wh_origin origin)
{
    const struct wh_command_context context = {.origin = origin,
                                               .utc_s = app->clock.valid ? app->clock.utc_s : 0};
    return context;
}
