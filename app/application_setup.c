/* Changing the application beside its configuration: plan, tariff, clock, ratio. Invariant: what is refused has changed
 * nothing; what is accepted is stored before it is in use. */
#include "app/application_parts.h"
#include "common/bytes.h"

enum { PLAN_VERSION = 1, PLAN_HEAD_SIZE = 2, VERIFICATION_HOURS = 16, SECONDS_PER_HOUR = 3600 };

enum wh_err wh_application_set_plan(struct wh_application *app, struct wh_legal *legal,
                                    const struct wh_tariff_plan *plan, struct wh_plan_fault *fault)
{
    uint8_t payload[WH_LOGS_PLAN_SIZE] = {0};
    enum wh_err err = wh_tariff_plan_check(plan, fault);
    if (err == WH_OK && app->clock.valid) {
        const int32_t today = wh_application_minute_of(app, app->clock.utc_s) / 1440;
        err = wh_tariff_plan_check_ahead(plan, today, fault);
    }
    if (err != WH_OK) {
        return err;
    }
    wh_put_u16le(payload, (uint16_t)wh_tariff_plan_encode(plan, payload + PLAN_HEAD_SIZE));
    err = wh_log_append(&app->logs.log[WH_LOG_PLAN], PLAN_VERSION, app->clock.utc_s, payload);
    if (err != WH_OK) {
        app->running.event_a |= WH_EVENT_A_FLASH;
        return err;
    }
    app->plan = *plan;
    app->running.configuration_count++;
    wh_application_note(app, WH_EVENT_PLAN_CHANGED, 0, 0, 0);
    wh_application_choose_tariff(app, legal);
    (void)wh_application_save(app); /* the plan is stored: a refusal here is in the status */
    return WH_OK;
}

/* While the time is not valid the plan cannot tell: the tariff stays. */
static uint8_t tariff_due(const struct wh_application *app, const struct wh_legal *legal)
{
    const struct wh_config *config = &app->config;
    switch (config->tariff_source) {
    case WH_TARIFF_BY_INPUTS:
        return wh_inputs_tariff(app->running.input_levels & 3u, config->tariff_inputs,
                                config->tariff_inputs_inverted != 0);
    case WH_TARIFF_BY_COMMAND:
        return app->running.remote_tariff;
    case WH_TARIFF_BY_PLAN: {
        const struct wh_datetime local = wh_clock_local(&app->clock);
        return app->clock.valid ? wh_tariff_plan_tariff(&app->plan, &local)
                                : wh_legal_tariff(legal);
    }
    default:
        return 1;
    }
}

void wh_application_choose_tariff(struct wh_application *app, struct wh_legal *legal)
{
    const uint8_t due = tariff_due(app, legal);
    if (due != wh_legal_tariff(legal)) {
        const struct wh_command_context context = wh_application_context(app, WH_ORIGIN_METER);
        /* A memory that refuses is in the status of the legal part; the tariff is selected all the same. */
        (void)wh_legal_command(legal, WH_COMMAND_SELECT_TARIFF, due, &context);
    }
}

enum wh_err wh_application_select_tariff(struct wh_application *app, struct wh_legal *legal,
                                         uint8_t tariff)
{
    if (tariff < 1 || tariff > WH_TARIFFS) {
        return WH_ERR_ARGUMENT;
    }
    if (app->config.tariff_source != WH_TARIFF_BY_COMMAND) {
        return WH_ERR_STATE;
    }
    const uint8_t before = app->running.remote_tariff;
    app->running.remote_tariff = tariff;
    const enum wh_err err = wh_application_save(app);
    if (err != WH_OK) {
        app->running.remote_tariff = before;
        return err;
    }
    wh_application_note(app, WH_EVENT_TARIFF_COMMANDED, 0, tariff, 0);
    wh_application_choose_tariff(app, legal);
    return WH_OK;
}

enum wh_err wh_application_stop_debiting(struct wh_application *app, struct wh_legal *legal,
                                         enum wh_debiting_cause cause)
{
    wh_application_end_period(app, legal, app->clock.utc_s);
    const enum wh_err err = wh_application_end_debiting(app, legal, app->clock.utc_s, cause);
    if (err == WH_OK) {
        (void)wh_application_save(app); /* the period is stored: a start makes up for a refusal */
    }
    return err;
}

enum wh_err wh_application_set_ratio(struct wh_application *app, struct wh_legal *legal,
                                     uint16_t ratio, enum wh_origin origin)
{
    if (!wh_variant_has(app->variant, WH_FEATURE_TRANSFORMER_RATIO)) {
        return WH_ERR_UNSUPPORTED;
    }
    const struct wh_command_context context = wh_application_context(app, origin);
    const uint16_t before = wh_legal_ratio(legal);
    const enum wh_err err = wh_legal_command(legal, WH_COMMAND_SET_RATIO, ratio, &context);
    if (err == WH_OK) {
        wh_application_note(app, WH_EVENT_RATIO_CHANGED, 0, before, ratio);
    }
    return err;
}

enum wh_err wh_application_verify(struct wh_application *app, struct wh_legal *legal, uint8_t led)
{
    const struct wh_command_context context = wh_application_context(app, WH_ORIGIN_METER);
    const enum wh_err err = wh_legal_command(legal, WH_COMMAND_SELECT_LED, led, &context);
    if (err == WH_OK) {
        app->verification_s =
            led != 0 ? app->on_seconds + VERIFICATION_HOURS * SECONDS_PER_HOUR : 0;
        wh_application_note(app, WH_EVENT_VERIFICATION_MODE, 0, led, 0);
    }
    return err;
}

static uint32_t status_of_change(uint32_t from_s, uint32_t to_s)
{
    const uint32_t by_s = to_s > from_s ? to_s - from_s : from_s - to_s;
    const uint32_t direction = to_s > from_s ? WH_PROFILE_CLOCK_FORWARD : WH_PROFILE_CLOCK_BACKWARD;
    const uint32_t size = by_s > 60   ? WH_PROFILE_CLOCK_SET_60_S
                          : by_s > 30 ? WH_PROFILE_CLOCK_SET_30_S
                          : by_s > 15 ? WH_PROFILE_CLOCK_SET_15_S
                                      : WH_PROFILE_CLOCK_SET_7_S;
    return direction | size;
}

enum wh_err wh_application_set_clock(struct wh_application *app, struct wh_legal *legal,
                                     uint32_t utc_s)
{
    const uint32_t from_s = app->clock.utc_s;
    const int32_t before = app->minute;
    const bool was_valid = app->clock.valid;
    const uint32_t by_s = utc_s > from_s ? utc_s - from_s : from_s - utc_s;
    uint32_t status = was_valid ? 0 : (uint32_t)WH_PROFILE_TIME_INVALID;
    wh_clock_set(&app->clock, utc_s);
    wh_legal_set_time(legal, utc_s);
    if (!was_valid || by_s >= app->config.clock_log_s) {
        wh_application_note(app, WH_EVENT_CLOCK_SET, 0, from_s, utc_s);
        status |= status_of_change(from_s, utc_s);
    }
    app->second = utc_s;
    app->minute = wh_application_minute_of(app, utc_s);
    wh_application_flag(app, status);
    wh_application_jump(app, legal, before, from_s);
    wh_application_flag(app, status & ~(uint32_t)WH_PROFILE_TIME_INVALID); /* of both intervals */
    wh_application_choose_tariff(app, legal);
    (void)wh_application_save(
        app); /* the clock is set, whatever the memory says; its refusal is in the status */
    return WH_OK;
}
