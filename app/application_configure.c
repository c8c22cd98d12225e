/* Another configuration, and what it does to the logs of profile and logger. Invariant: a configuration is in use as a whole
 * or not at all, and a log holds records of one kind and one interval only. */
#include "app/application_parts.h"
#include <string.h>

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

/* The set-up of breaker and prepayment comes through the module port only (BRK). */
static enum wh_err check_port(const struct wh_application *app, const struct wh_config *config,
                              enum wh_origin origin, struct wh_config_fault *fault)
{
    const struct wh_parameter *parameter;
    uint8_t index;
    const bool allowed = origin == WH_ORIGIN_MODULE || origin == WH_ORIGIN_FACTORY;
    for (size_t i = 0; !allowed && (parameter = wh_parameter_at(i)) != NULL; i++) {
        if (parameter->is_of_module && differs(parameter, &app->config, config, &index)) {
            *fault = (struct wh_config_fault){parameter, index, "through the module port only"};
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

/* Why a log is deleted, as its event log has it. */
enum { KEPT = 0, REGISTERS_CHANGED = 2, BY_HAND = 4, INTERVAL_CHANGED = 5 };

/* Another interval than that of the records; while it is off there is none. */
static bool interval_changes(uint16_t recorded_min, uint16_t to_min)
{
    return recorded_min != 0 && to_min != 0 && recorded_min != to_min;
}

static uint32_t profile_reason(const struct wh_application *app, const struct wh_config *to)
{
    const struct wh_config *from = &app->config;
    if (from->energy_type != to->energy_type || from->profile_side != to->profile_side ||
        from->profile_of_power != to->profile_of_power) {
        return REGISTERS_CHANGED;
    }
    return interval_changes(app->contents.profile_min, to->profile_min) ? INTERVAL_CHANGED : KEPT;
}

static uint32_t logger_reason(const struct wh_application *app, const struct wh_config *to)
{
    const struct wh_config *from = &app->config;
    if (memcmp(from->logger, to->logger, sizeof from->logger) != 0 ||
        from->display_side != to->display_side) {
        return REGISTERS_CHANGED;
    }
    return interval_changes(app->contents.logger_min, to->logger_min) ? INTERVAL_CHANGED : KEPT;
}

static struct wh_log_contents contents_by(const struct wh_application *app,
                                          const struct wh_config *to)
{
    struct wh_log_contents contents = app->contents;
    contents.profile_epoch = (uint16_t)(contents.profile_epoch + (profile_reason(app, to) != KEPT));
    contents.logger_epoch = (uint16_t)(contents.logger_epoch + (logger_reason(app, to) != KEPT));
    contents.profile_min = to->profile_min != 0 ? to->profile_min : contents.profile_min;
    contents.logger_min = to->logger_min != 0 ? to->logger_min : contents.logger_min;
    return contents;
}

static enum wh_err mount_profile(struct wh_application *app)
{
    app->has_profile_before = false;
    app->running.profile_s = 0;
    app->running.profile_longer_s = 0;
    return wh_logs_mount(&app->logs, WH_LOG_PROFILE, wh_profile_payload_size(&app->config),
                         app->contents.profile_epoch);
}

static enum wh_err mount_logger(struct wh_application *app)
{
    app->running.logger_s = 0;
    return wh_logs_mount(&app->logs, WH_LOG_LOGGER, wh_logger_payload_size(&app->config),
                         app->contents.logger_epoch);
}

/* The log of another kind of records begins. */
static enum wh_err renew_profile(struct wh_application *app, uint32_t reason)
{
    if (reason == KEPT) {
        return WH_OK;
    }
    wh_application_note(app, WH_EVENT_PROFILE_DELETED, 0, reason, 0);
    wh_application_flag(app, reason == REGISTERS_CHANGED  ? WH_PROFILE_REGISTERS_CHANGED
                             : reason == INTERVAL_CHANGED ? WH_PROFILE_INTERVAL_CHANGED
                                                          : 0);
    return mount_profile(app);
}

static enum wh_err renew_logger(struct wh_application *app, uint32_t reason)
{
    if (reason == KEPT) {
        return WH_OK;
    }
    wh_application_note(app, WH_EVENT_LOGGER_DELETED, 0, reason, 0);
    return mount_logger(app);
}

/* What was counted under the old configuration is closed by it. */
static void close_periods(struct wh_application *app, const struct wh_legal *legal,
                          const struct wh_config *to)
{
    const struct wh_config *from = &app->config;
    if (from->integration_min != to->integration_min || from->zone_min != to->zone_min) {
        wh_application_end_period(app, legal, app->clock.utc_s);
    }
    if (from->zone_min != to->zone_min || from->profile_min != to->profile_min) {
        app->has_profile_before = false; /* an interval of another length is no mean */
    }
    if (from->pulse_factor_milli != to->pulse_factor_milli) {
        wh_application_renew_pulses(app);
        wh_pulse_input_convert(&app->pulse_input, from->pulse_factor_milli, to->pulse_factor_milli);
        (void)wh_application_save_counters(app);
    }
    if ((from->profile_min == 0) != (to->profile_min == 0)) {
        wh_application_note(app, to->profile_min == 0 ? WH_EVENT_PROFILE_OFF : WH_EVENT_PROFILE_ON,
                            0, 0, 0);
    }
}

/* In another zone it is another time of day: a debiting date may have begun by that. */
static void put_clock_to_use(struct wh_application *app, const struct wh_config *from)
{
    const struct wh_config *to = &app->config;
    (void)wh_clock_configure(&app->clock, to->zone_min, (enum wh_daylight)to->daylight);
    /* Of the last second worked off: the clock may be ahead of it by a window, in which a boundary is still to come. */
    app->minute = wh_application_minute_of(app, app->second);
    if (app->running.days_s != 0) {
        app->running.days_s += (uint32_t)((from->zone_min - to->zone_min) * 60);
    }
}

/* The new configuration is stored: make it the one in use. */
static enum wh_err put_to_use(struct wh_application *app, struct wh_legal *legal,
                              const struct wh_config *config)
{
    const struct wh_config before = app->config;
    const uint32_t profile = profile_reason(app, config);
    const uint32_t logger = logger_reason(app, config);
    uint32_t count;
    uint32_t first;
    count_changes(&before, config, &count, &first);
    close_periods(app, legal, config);
    app->contents = contents_by(app, config);
    app->config = *config;
    put_clock_to_use(app, &before);
    app->running.configuration_count++;
    wh_application_note(app, WH_EVENT_CONFIGURED, 0, count, first);
    const enum wh_err mounted = renew_profile(app, profile);
    const enum wh_err err = renew_logger(app, logger);
    wh_application_pass_minutes(app, legal, app->minute, app->minute);
    const enum wh_err fitted = wh_application_configure_breaker(app, legal);
    (void)wh_application_save(
        app); /* the configuration itself is stored: a refusal here is in the status */
    return mounted != WH_OK ? mounted : err != WH_OK ? err : fitted;
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
    enum wh_err err = check_protection(app, legal, config, fault);
    if (err == WH_OK) {
        err = check_port(app, config, origin, fault);
    }
    if (err == WH_OK) {
        err = wh_config_check(config, app->variant, fault);
    }
    if (err == WH_OK) {
        err = note_factory_change(app, legal, config, origin);
    }
    if (err != WH_OK || wh_config_protections(&app->config, config) == 0) {
        return err; /* nothing changes: nothing to store or to tell */
    }
    const struct wh_log_contents contents = contents_by(app, config);
    err = wh_application_save_config(app, config, &contents);
    return err == WH_OK ? put_to_use(app, legal, config) : err;
}

static enum wh_err store_contents(struct wh_application *app,
                                  const struct wh_log_contents *contents)
{
    const enum wh_err err = wh_application_save_config(app, &app->config, contents);
    if (err == WH_OK) {
        app->contents = *contents;
    }
    return err;
}

enum wh_err wh_application_delete_profile(struct wh_application *app)
{
    struct wh_log_contents contents = app->contents;
    contents.profile_epoch++;
    contents.profile_min = app->config.profile_min;
    const enum wh_err err = store_contents(app, &contents);
    return err == WH_OK ? renew_profile(app, BY_HAND) : err;
}

enum wh_err wh_application_delete_logger(struct wh_application *app)
{
    struct wh_log_contents contents = app->contents;
    contents.logger_epoch++;
    contents.logger_min = app->config.logger_min;
    const enum wh_err err = store_contents(app, &contents);
    return err == WH_OK ? renew_logger(app, BY_HAND) : err;
}
