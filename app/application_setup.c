/* Changing the application: configuration, plan, tariff, clock, ratio. Invariant: what is refused has changed nothing; what
 * is accepted is stored before it is in use. */
#include "app/application_parts.h"
#include "common/bytes.h"
#include <string.h>

enum { PLAN_VERSION = 1, PLAN_HEAD_SIZE = 2, VERIFICATION_HOURS = 16, SECONDS_PER_HOUR = 3600 };

/* Protection by protection: what must be open. */
static bool is_open(const struct wh_legal *legal, enum wh_protection protection)
{
    switch (protection) {
    case WH_PROTECTED_BY_UTILITY_SEAL:
        return wh_legal_is_open(legal, WH_SWITCH_UTILITY_SEAL);
    case WH_PROTECTED_BY_TERMINAL_COVER:
        return wh_legal_is_open(legal, WH_SWITCH_TERMINAL_COVER);
    case WH_PROTECTED_BY_VERIFICATION_SEAL:
        return wh_legal_is_open(legal, WH_SWITCH_VERIFICATION_SEAL);
    default:
        return true;
    }
}

static bool differs(const struct wh_parameter *parameter, const struct wh_config *a,
                    const struct wh_config *b, uint8_t *index)
{
    for (*index = 0; *index < parameter->count; (*index)++) {
        if (wh_parameter_get(parameter, a, *index) != wh_parameter_get(parameter, b, *index)) {
            return true;
        }
    }
    return false;
}

static enum wh_err check_protection(const struct wh_application *app, const struct wh_legal *legal,
                                    const struct wh_config *config, struct wh_config_fault *fault)
{
    const struct wh_parameter *parameter;
    uint8_t index;
    for (size_t i = 0; (parameter = wh_parameter_at(i)) != NULL; i++) {
        if (!is_open(legal, parameter->protection) &&
            differs(parameter, &app->config, config, &index)) {
            *fault = (struct wh_config_fault){parameter, index, "protected by a closed seal"};
            return WH_ERR_SEALED;
        }
    }
    return WH_OK;
}

static void count_changes(const struct wh_config *from, const struct wh_config *to, uint32_t *count,
                          uint32_t *first)
{
    const struct wh_parameter *parameter;
    uint8_t index;
    *count = 0;
    *first = 0;
    for (size_t i = 0; (parameter = wh_parameter_at(i)) != NULL; i++) {
        if (differs(parameter, from, to, &index)) {
            *first = *count == 0 ? parameter->id : *first;
            (*count)++;
        }
    }
}

/* Why a change deletes the load profile, as its event log has it; 0: it does not. */
static uint32_t profile_reason(const struct wh_config *from, const struct wh_config *to)
{
    enum { REGISTERS_CHANGED = 2, INTERVAL_CHANGED = 5 };
    if (from->energy_type != to->energy_type || from->profile_side != to->profile_side ||
        from->profile_of_power != to->profile_of_power) {
        return REGISTERS_CHANGED;
    }
    const bool interval =
        from->profile_min != to->profile_min && to->profile_min != 0 && from->profile_min != 0;
    return interval ? INTERVAL_CHANGED : 0;
}

static bool logger_changes(const struct wh_config *from, const struct wh_config *to)
{
    return memcmp(from->logger, to->logger, sizeof from->logger) != 0 ||
           from->display_side != to->display_side ||
           (from->logger_min != to->logger_min && to->logger_min != 0 && from->logger_min != 0);
}

static enum wh_err mount_profile(struct wh_application *app)
{
    app->has_profile_before = false;
    app->running.profile_s = 0;
    return wh_logs_mount(&app->logs, WH_LOG_PROFILE, wh_profile_payload_size(&app->config),
                         app->profile_epoch);
}

static enum wh_err mount_logger(struct wh_application *app)
{
    app->running.logger_s = 0;
    return wh_logs_mount(&app->logs, WH_LOG_LOGGER, wh_logger_payload_size(&app->config),
                         app->logger_epoch);
}

static enum wh_err renew_profile(struct wh_application *app, const struct wh_config *before)
{
    const uint32_t reason = profile_reason(before, &app->config);
    if ((before->profile_min == 0) != (app->config.profile_min == 0)) {
        wh_application_note(
            app, app->config.profile_min == 0 ? WH_EVENT_PROFILE_OFF : WH_EVENT_PROFILE_ON, 0, 0,
            0);
    }
    if (reason == 0) {
        return WH_OK;
    }
    wh_application_note(app, WH_EVENT_PROFILE_DELETED, 0, reason, 0);
    wh_application_flag(app,
                        reason == 2 ? WH_PROFILE_REGISTERS_CHANGED : WH_PROFILE_INTERVAL_CHANGED);
    return mount_profile(app);
}

/* The new configuration is stored: make it the one in use. */
static enum wh_err put_to_use(struct wh_application *app, struct wh_legal *legal,
                              const struct wh_config *config)
{
    const struct wh_config before = app->config;
    uint32_t count;
    uint32_t first;
    count_changes(&before, config, &count, &first);
    app->config = *config;
    (void)wh_clock_configure(&app->clock, config->zone_min, (enum wh_daylight)config->daylight);
    app->minute = wh_application_minute_of(app, app->clock.utc_s);
    app->running.configuration_count++;
    wh_application_note(app, WH_EVENT_CONFIGURED, 0, count, first);
    enum wh_err err = renew_profile(app, &before);
    if (err == WH_OK && logger_changes(&before, config)) {
        wh_application_note(app, WH_EVENT_LOGGER_DELETED, 0, 0, 0);
        err = mount_logger(app);
    }
    wh_application_choose_tariff(app, legal);
    return err == WH_OK ? wh_application_save(app) : err;
}

static enum wh_err note_factory_change(struct wh_application *app, struct wh_legal *legal,
                                       const struct wh_config *config, enum wh_origin origin)
{
    const uint32_t checksum = wh_config_factory_checksum(config);
    if (checksum == wh_config_factory_checksum(&app->config)) {
        return WH_OK;
    }
    const struct wh_command_context context = wh_application_context(app, origin);
    return wh_legal_command(legal, WH_COMMAND_NOTE_FACTORY_SETUP, checksum, &context);
}

enum wh_err wh_application_configure(struct wh_application *app, struct wh_legal *legal,
                                     const struct wh_config *config, enum wh_origin origin,
                                     struct wh_config_fault *fault)
{
    enum wh_err err = wh_config_check(config, app->variant, fault);
    if (err == WH_OK) {
        err = check_protection(app, legal, config, fault);
    }
    if (err == WH_OK) {
        err = note_factory_change(app, legal, config, origin);
    }
    if (err != WH_OK) {
        return err;
    }
    const uint16_t profile_epoch =
        (uint16_t)(app->profile_epoch + (profile_reason(&app->config, config) != 0));
    const uint16_t logger_epoch =
        (uint16_t)(app->logger_epoch + logger_changes(&app->config, config));
    err = wh_application_save_config(app, config, profile_epoch, logger_epoch);
    if (err != WH_OK) {
        return err;
    }
    app->profile_epoch = profile_epoch;
    app->logger_epoch = logger_epoch;
    return put_to_use(app, legal, config);
}

enum wh_err wh_application_set_plan(struct wh_application *app, struct wh_legal *legal,
                                    const struct wh_tariff_plan *plan, struct wh_plan_fault *fault)
{
    uint8_t payload[WH_LOGS_PLAN_SIZE] = {0};
    enum wh_err err = wh_tariff_plan_check(plan, fault);
    if (err == WH_OK) {
        const int32_t today = wh_application_minute_of(app, app->clock.utc_s) / 1440;
        err = wh_tariff_plan_check_ahead(plan, today, fault);
    }
    if (err != WH_OK) {
        return err;
    }
    wh_put_u16le(payload, (uint16_t)wh_tariff_plan_encode(plan, payload + PLAN_HEAD_SIZE));
    err = wh_log_append(&app->logs.log[WH_LOG_PLAN], PLAN_VERSION, app->clock.utc_s, payload);
    if (err != WH_OK) {
        return err;
    }
    app->plan = *plan;
    app->running.configuration_count++;
    wh_application_note(app, WH_EVENT_PLAN_CHANGED, 0, 0, 0);
    wh_application_choose_tariff(app, legal);
    return wh_application_save(app);
}

/* While the time is not valid the plan cannot tell: the tariff stays. */
static uint8_t tariff_due(const struct wh_application *app, const struct wh_legal *legal)
{
    const struct wh_config *config = &app->config;
    switch (config->tariff_source) {
    case WH_TARIFF_BY_INPUTS:
        return wh_inputs_tariff(app->input_levels & 3u, config->tariff_inputs,
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
    app->running.remote_tariff = tariff;
    wh_application_note(app, WH_EVENT_TARIFF_COMMANDED, 0, tariff, 0);
    wh_application_choose_tariff(app, legal);
    return wh_application_save(app);
}

enum wh_err wh_application_stop_debiting(struct wh_application *app, struct wh_legal *legal,
                                         enum wh_debiting_cause cause)
{
    wh_application_end_period(app, legal, app->clock.utc_s);
    const enum wh_err err = wh_application_end_debiting(app, legal, app->clock.utc_s, cause);
    return err == WH_OK ? wh_application_save(app) : err;
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

/* Set back over a boundary, the running integration period ends early: its energy must not count twice. */
static void jump(struct wh_application *app, struct wh_legal *legal, int32_t before)
{
    const int32_t now = app->minute;
    if (now > before) {
        wh_application_pass_minutes(app, legal, before, now);
    } else if (now / app->config.integration_min != before / app->config.integration_min) {
        wh_application_end_period(app, legal, app->clock.utc_s);
    }
}

enum wh_err wh_application_set_clock(struct wh_application *app, struct wh_legal *legal,
                                     uint32_t utc_s)
{
    const uint32_t from_s = app->clock.utc_s;
    const bool was_valid = app->clock.valid;
    const uint32_t by_s = utc_s > from_s ? utc_s - from_s : from_s - utc_s;
    wh_clock_set(&app->clock, utc_s);
    wh_legal_set_time(legal, utc_s);
    if (!was_valid || by_s >= app->config.clock_log_s) {
        wh_application_note(app, WH_EVENT_CLOCK_SET, 0, from_s, utc_s);
        wh_application_flag(app, status_of_change(from_s, utc_s));
    }
    const int32_t before = app->minute;
    app->second = utc_s;
    app->minute = wh_application_minute_of(app, utc_s);
    jump(app, legal, before);
    wh_application_choose_tariff(app, legal);
    return wh_application_save(app);
}

static enum wh_err delete_log(struct wh_application *app, uint16_t profile_epoch,
                              uint16_t logger_epoch)
{
    const enum wh_err err =
        wh_application_save_config(app, &app->config, profile_epoch, logger_epoch);
    if (err == WH_OK) {
        app->profile_epoch = profile_epoch;
        app->logger_epoch = logger_epoch;
    }
    return err;
}

enum wh_err wh_application_delete_profile(struct wh_application *app)
{
    enum { BY_HAND = 4 };
    const enum wh_err err = delete_log(app, (uint16_t)(app->profile_epoch + 1), app->logger_epoch);
    if (err != WH_OK) {
        return err;
    }
    wh_application_note(app, WH_EVENT_PROFILE_DELETED, 0, BY_HAND, 0);
    return mount_profile(app);
}

enum wh_err wh_application_delete_logger(struct wh_application *app)
{
    const enum wh_err err = delete_log(app, app->profile_epoch, (uint16_t)(app->logger_epoch + 1));
    if (err != WH_OK) {
        return err;
    }
    wh_application_note(app, WH_EVENT_LOGGER_DELETED, 0, 0, 0);
    return mount_logger(app);
}
