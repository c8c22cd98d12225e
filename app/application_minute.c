/* What happens at boundaries of the clock: integration periods, load profile, logger, debiting, tariffs.
 *
 * Boundaries are of normal time. Usually one minute passes; after an outage or when the clock is set forward it may be many.
 * Then every interval that was running ends at its own boundary, the first that was crossed, since that is when its
 * energy had been counted; those that lie wholly in between leave no record. A boundary that is already in a log, after a
 * power cut or because the clock was set back by less than an interval, is not stored again. Invariant: what ends at a
 * boundary is taken before anything that begins there – the tariff comes last. */
#include "app/application_parts.h"

enum { SECONDS_PER_MINUTE = 60, MINUTES_PER_DAY = 1440, SECONDS_PER_DAY = 86400 };

/* Division that rounds down: zones west of Greenwich begin before 2000. */
static int32_t floor_div(int32_t value, int32_t divisor)
{
    const int32_t quotient = value / divisor;
    return value % divisor < 0 ? quotient - 1 : quotient;
}

int32_t wh_application_minute_of(const struct wh_application *app, uint32_t utc_s)
{
    return (int32_t)(utc_s / SECONDS_PER_MINUTE) + app->clock.zone_min;
}

static uint32_t utc_of(const struct wh_application *app, int32_t minute)
{
    return (uint32_t)(minute - app->clock.zone_min) * SECONDS_PER_MINUTE;
}

/* The first boundary of an interval after a minute, if it is not later than now. */
static bool crossed(int32_t before, int32_t now, int32_t interval_min, int32_t *boundary)
{
    *boundary = (floor_div(before, interval_min) + 1) * interval_min;
    return *boundary <= now;
}

void wh_application_end_period(struct wh_application *app, const struct wh_legal *legal,
                               uint32_t utc_s)
{
    wh_demand_end_period(&app->running.demand, legal, utc_s, app->config.integration_min,
                         app->config.power_threshold_w);
}

static uint32_t status_now(const struct wh_application *app, uint32_t utc_s)
{
    bool summer;
    (void)wh_clock_local_of(&app->clock, utc_s, &summer);
    return (app->clock.valid ? 0 : WH_PROFILE_TIME_INVALID) | (summer ? WH_PROFILE_SUMMER : 0);
}

static uint32_t gap(uint32_t before_s, uint32_t utc_s, uint32_t interval_min)
{
    const bool follows = utc_s - before_s == interval_min * SECONDS_PER_MINUTE;
    return before_s != 0 && !follows ? WH_PROFILE_DISCONTINUITY : 0;
}

static void end_profile_interval(struct wh_application *app, const struct wh_legal *legal,
                                 uint32_t utc_s)
{
    struct wh_log *log = &app->logs.log[WH_LOG_PROFILE];
    const uint32_t status = app->running.interval_status | status_now(app, utc_s) |
                            gap(app->running.profile_s, utc_s, app->config.profile_min);
    const struct wh_profile_record *before = app->has_profile_before ? &app->profile_before : NULL;
    if (utc_s == app->running.profile_s) {
        return;
    }
    if (wh_profile_store(log, legal, &app->config, utc_s, status, before,
                         app->running.profile_longer_s) != WH_OK) {
        /* The next record holds the energy of both, and its powers are means of both. */
        app->running.event_a |= WH_EVENT_A_FLASH;
        app->running.profile_longer_s += (uint32_t)app->config.profile_min * SECONDS_PER_MINUTE;
        return;
    }
    app->running.profile_longer_s = 0;
    app->running.interval_status = 0;
    app->running.profile_s = utc_s;
    app->running.event_a |= WH_EVENT_A_PROFILE;
    app->has_profile_before = app->config.profile_of_power != 0 &&
                              wh_profile_newest(log, &app->config, &app->profile_before) == WH_OK;
}

static void end_logger_interval(struct wh_application *app, const struct wh_legal *legal,
                                uint32_t utc_s)
{
    const struct wh_reading_source source = wh_application_readings(app, legal);
    const uint32_t status = app->running.logger_status | status_now(app, utc_s) |
                            gap(app->running.logger_s, utc_s, app->config.logger_min);
    if (utc_s == app->running.logger_s) {
        return;
    }
    if (wh_logger_store(&app->logs.log[WH_LOG_LOGGER], &source, &app->config, utc_s, status) !=
        WH_OK) {
        app->running.event_a |= WH_EVENT_A_FLASH;
        return;
    }
    app->running.logger_status = 0;
    app->running.logger_s = utc_s;
    app->running.event_a |= WH_EVENT_A_LOGGER;
}

static struct wh_datetime date_of(int32_t minute)
{
    return wh_calendar_datetime((int64_t)minute * SECONDS_PER_MINUTE);
}

static bool is_debiting_day(const struct wh_config *config, const struct wh_datetime *date)
{
    return config->debiting_day != 0 && date->day == config->debiting_day &&
           wh_debiting_is_month(config->debiting_interval, date->month);
}

static bool is_debiting_2_day(const struct wh_config *config, const struct wh_datetime *date)
{
    switch (config->debiting_2_interval) {
    case WH_DEBITING_2_WEEKLY:
        return date->weekday == 1;
    case WH_DEBITING_2_MONTHLY:
        return date->day == 1;
    default:
        return true;
    }
}

typedef bool is_day(const struct wh_config *config, const struct wh_datetime *date);

/* The first midnight after a minute and not later than now that is such a day. More than a year is never looked
 * through: there is one in every year. */
static bool crossed_day(const struct wh_application *app, int32_t before, int32_t now, is_day *is,
                        int32_t *midnight)
{
    enum { DAYS_MAX = 367 };
    int32_t boundary;
    for (int d = 0; d < DAYS_MAX && crossed(before, now, MINUTES_PER_DAY, &boundary); d++) {
        const struct wh_datetime date = date_of(boundary);
        if (is(&app->config, &date)) {
            *midnight = boundary;
            return true;
        }
        before = boundary;
    }
    return false;
}

enum wh_err wh_application_end_debiting(struct wh_application *app, struct wh_legal *legal,
                                        uint32_t utc_s, enum wh_debiting_cause cause)
{
    const struct wh_reading_source source = wh_application_readings(app, legal);
    bool summer;
    (void)wh_clock_local_of(&app->clock, utc_s, &summer);
    const uint32_t number = app->running.debiting_count + 1;
    const enum wh_err err =
        wh_debiting_store(&app->logs.log[WH_LOG_DEBITING], &source, utc_s, number, cause, summer);
    if (err != WH_OK) {
        app->running.event_a |= WH_EVENT_A_FLASH;
        return err;
    }
    wh_demand_reset(&app->running.demand);
    wh_application_count_debiting(app, utc_s, number, cause);
    return WH_OK;
}

void wh_application_count_debiting(struct wh_application *app, uint32_t utc_s, uint32_t number,
                                   enum wh_debiting_cause cause)
{
    app->running.debiting_count = number;
    app->running.debiting_stop_s = utc_s;
    if (cause == WH_DEBITING_BY_DATE) {
        app->running.debiting_day =
            (uint16_t)floor_div(wh_application_minute_of(app, utc_s), MINUTES_PER_DAY);
    }
    app->running.event_a |= WH_EVENT_A_DEBITING_LOG;
    wh_application_note(app, WH_EVENT_DEBITING_STOPPED, 0, number, cause);
}

/* A date that comes again does not end a second period. */
static enum wh_err end_debiting_by_date(struct wh_application *app, struct wh_legal *legal,
                                        int32_t before, int32_t now)
{
    int32_t midnight;
    if (!crossed_day(app, before, now, is_debiting_day, &midnight) ||
        midnight / MINUTES_PER_DAY == app->running.debiting_day) {
        return WH_OK;
    }
    return wh_application_end_debiting(app, legal, utc_of(app, midnight), WH_DEBITING_BY_DATE);
}

static enum wh_err store_debiting_2(struct wh_application *app, struct wh_legal *legal,
                                    int32_t before, int32_t now)
{
    int32_t midnight;
    /* What it has already is not looked for again, though the other register may still be waiting for its memory. */
    const int32_t stored = wh_application_minute_of(app, app->running.debiting_2_s);
    if (app->running.debiting_2_s != 0 && stored > before) {
        before = stored;
    }
    if (!crossed_day(app, before, now, is_debiting_2_day, &midnight)) {
        return WH_OK;
    }
    const uint32_t utc_s = utc_of(app, midnight);
    const struct wh_reading_source source = wh_application_readings(app, legal);
    bool summer;
    (void)wh_clock_local_of(&app->clock, utc_s, &summer);
    if (utc_s == app->running.debiting_2_s) {
        return WH_OK;
    }
    const enum wh_err err =
        wh_debiting_2_store(&app->logs.log[WH_LOG_DEBITING_2], &source, utc_s, summer);
    if (err == WH_OK) {
        app->running.debiting_2_s = utc_s;
        app->running.event_a |= WH_EVENT_A_DEBITING_2_LOG;
    }
    return err;
}

/* At a debiting stop the integration period ends as well: the common boundaries are multiples of all periods, but after a
 * jump they may lie apart. */
static bool pass_periods(struct wh_application *app, struct wh_legal *legal, int32_t before,
                         int32_t now)
{
    int32_t boundary;
    bool passed = false;
    if (crossed(before, now, app->config.integration_min, &boundary)) {
        wh_application_end_period(app, legal, utc_of(app, boundary));
        passed = true;
    }
    if (app->config.profile_min != 0 && crossed(before, now, app->config.profile_min, &boundary)) {
        end_profile_interval(app, legal, utc_of(app, boundary));
        passed = true;
    }
    if (app->config.logger_min != 0 && crossed(before, now, app->config.logger_min, &boundary)) {
        end_logger_interval(app, legal, utc_of(app, boundary));
        passed = true;
    }
    return passed;
}

/* By date only with a valid clock: a bill is not cut at a time that nobody vouches for. Dates are looked for from where
 * they were worked off last, so one that fell into an outage, a time without valid clock or a failure of the memory is
 * found afterwards. Returns whether there was one. */
static bool pass_days(struct wh_application *app, struct wh_legal *legal, int32_t now)
{
    if (!app->clock.valid) {
        return false;
    }
    int32_t midnight;
    const int32_t before =
        app->running.days_s != 0 ? wh_application_minute_of(app, app->running.days_s) : now;
    const bool crossing = crossed(before, now, MINUTES_PER_DAY, &midnight);
    enum wh_err err = crossing ? store_debiting_2(app, legal, before, now) : WH_OK;
    if (crossing) {
        const enum wh_err stopped = end_debiting_by_date(app, legal, before, now);
        err = err == WH_OK ? stopped : err;
    }
    if (err == WH_OK) {
        app->running.days_s = app->clock.utc_s;
    } else {
        app->running.event_a |= WH_EVENT_A_FLASH;
    }
    return crossing;
}

void wh_application_pass_minutes(struct wh_application *app, struct wh_legal *legal, int32_t before,
                                 int32_t now)
{
    const bool passed = pass_periods(app, legal, before, now);
    if (pass_days(app, legal, now) || passed) {
        (void)wh_application_save(app); /* a refusal is in the status; the next one tries again */
    }
    wh_application_choose_tariff(app, legal);
}

/* Set back within the running integration period, that becomes longer; set back over its begin, it ends. */
static void go_back(struct wh_application *app, struct wh_legal *legal, int32_t before,
                    uint32_t from_s)
{
    const uint8_t period_min = app->config.integration_min;
    const uint32_t by_s = from_s - app->clock.utc_s;
    app->running.profile_longer_s += by_s;
    if (floor_div(app->minute, period_min) == floor_div(before, period_min)) {
        wh_demand_set_back(&app->running.demand, by_s);
    } else {
        wh_application_end_period(app, legal, from_s);
    }
    if (by_s >= SECONDS_PER_DAY) {
        app->running.debiting_day = 0;
        app->running.debiting_2_s = 0;
    }
    (void)pass_days(app, legal, app->minute);
}

void wh_application_jump(struct wh_application *app, struct wh_legal *legal, int32_t before,
                         uint32_t from_s)
{
    if (app->clock.utc_s < from_s) {
        go_back(app, legal, before, from_s);
    } else {
        wh_application_pass_minutes(app, legal, before, app->minute);
    }
}
