/* What the meter itself watches and does with the breaker, second by second: contacts,
 * over-voltage, neutral, prepayment, load. Invariant: each second everything is measured first and
 * then at most one thing is done, the gravest. */
#include "app/application_parts.h"

enum {
    RETRY_S = 60, /* a memory that refused is spared for so long */
    MICRO_PER_UNIT = 1000000,
    MILLI = 1000,
    SECONDS_PER_DAY = 86400,
    MINUTES_PER_HOUR = 60,
};

#define NO_ACTION ((enum wh_breaker_action)0)

static bool has_basis(const struct wh_application *app, enum wh_cut_off bit)
{
    return (app->config.cut_off_basis & bit) != 0;
}

/* WH_ERR_STATE before the first second has been measured. */
static enum wh_err read_voltages(const struct wh_legal *legal, uint32_t u_mv[WH_WATCH_PHASES])
{
    enum wh_err err = WH_OK;
    for (int p = 0; p < WH_WATCH_PHASES && err == WH_OK; p++) {
        int64_t value;
        err = wh_legal_instant(legal, (enum wh_instant)(WH_U_L1_MV + p), &value);
        u_mv[p] = (uint32_t)value;
    }
    return err;
}

static uint32_t highest_of(const uint32_t u_mv[WH_WATCH_PHASES])
{
    uint32_t highest_mv = 0;
    for (int p = 0; p < WH_WATCH_PHASES; p++) {
        highest_mv = u_mv[p] > highest_mv ? u_mv[p] : highest_mv;
    }
    return highest_mv;
}

static uint32_t lowest_of(const uint32_t u_mv[WH_WATCH_PHASES])
{
    uint32_t lowest_mv = UINT32_MAX;
    for (int p = 0; p < WH_WATCH_PHASES; p++) {
        lowest_mv = u_mv[p] < lowest_mv ? u_mv[p] : lowest_mv;
    }
    return lowest_mv;
}

static uint32_t neutral_low_mv(const struct wh_application *app)
{
    const uint32_t shift_mv = app->config.neutral_shift_v * (uint32_t)MILLI;
    return app->variant->nominal_mv - shift_mv;
}

/* A quick look at the last window, since in most seconds no phase is low. */
static bool is_any_low(const struct wh_legal *legal, uint32_t low_mv)
{
    for (int p = 0; p < WH_WATCH_PHASES; p++) {
        if (wh_legal_voltage(legal, p).min_mv < low_mv) {
            return true;
        }
    }
    return false;
}

/* MET-10: for every model that has it, with breaker or without. */
static void watch_neutral(struct wh_application *app, const struct wh_legal *legal,
                          uint32_t seconds)
{
    const struct wh_config *config = &app->config;
    struct wh_delayed *neutral = &app->supervision.neutral;
    const uint32_t low_mv = neutral_low_mv(app);
    uint32_t u_mv[WH_WATCH_PHASES] = {0};
    if (!neutral->is_on && !is_any_low(legal, low_mv)) {
        neutral->passed_s = 0;
        return;
    }
    const bool shifted =
        read_voltages(legal, u_mv) == WH_OK &&
        wh_neutral_is_shifted(u_mv, low_mv, config->neutral_high_v * (uint32_t)MILLI);
    if (wh_delayed_take(neutral, shifted, !shifted, config->neutral_s, config->neutral_s,
                        seconds)) {
        wh_application_note(app,
                            neutral->is_on ? WH_EVENT_NEUTRAL_FAULT_ON : WH_EVENT_NEUTRAL_FAULT_OFF,
                            0, lowest_of(u_mv), highest_of(u_mv));
        (void)wh_application_save(app);
    }
}

static void watch_contacts(struct wh_application *app, const struct wh_legal *legal,
                           uint32_t seconds)
{
    const bool was_faulty = app->breaker.is_faulty;
    uint32_t u_mv[WH_WATCH_PHASES] = {0};
    uint8_t before = 0;
    if (app->breaker.feedback.is_voltage_known && read_voltages(legal, u_mv) == WH_OK) {
        for (int p = 0; p < WH_WATCH_PHASES; p++) {
            before |= (uint8_t)(u_mv[p] > app->variant->voltage_on_mv ? 1u << p : 0);
        }
    }
    wh_breaker_pass(&app->breaker, seconds, before);
    if (app->breaker.is_faulty && !was_faulty) {
        wh_application_note(app, WH_EVENT_BREAKER_FAULT, (uint8_t)app->breaker.state,
                            wh_breaker_feedback_bits(&app->breaker, !app->supervision.is_low_load),
                            app->breaker.changes);
    }
}

static void watch_over_voltage(struct wh_application *app, const struct wh_legal *legal,
                               uint32_t seconds)
{
    const struct wh_config *config = &app->config;
    struct wh_delayed *over = &app->supervision.over_voltage;
    uint32_t u_mv[WH_WATCH_PHASES];
    if (!has_basis(app, WH_CUT_OFF_OVER_VOLTAGE)) {
        *over = (struct wh_delayed){0};
        return;
    }
    if (read_voltages(legal, u_mv) == WH_OK) {
        const uint32_t highest_mv = highest_of(u_mv);
        (void)wh_delayed_take(over, highest_mv > config->over_disconnect_v * (uint32_t)MILLI,
                              highest_mv < config->over_reconnect_v * (uint32_t)MILLI,
                              config->over_disconnect_s, config->over_reconnect_s, seconds);
    }
}

static bool low_load_is_over(const struct wh_application *app)
{
    const uint32_t start_s = app->prepayment.low_start_s;
    const uint32_t now_s = app->clock.utc_s;
    return start_s != 0 && now_s > start_s &&
           now_s - start_s >= app->config.prepayment_low_days * (uint32_t)SECONDS_PER_DAY;
}

void wh_application_look_at_prepayment(struct wh_application *app, const struct wh_legal *legal,
                                       int64_t *left_mdwh)
{
    struct wh_supervision *s = &app->supervision;
    const int64_t emergency_mdwh = (int64_t)app->config.prepayment_emergency_kwh * WH_MDWH_PER_KWH;
    *left_mdwh = 0;
    const bool counts = wh_application_prepaid(app, legal, left_mdwh) == WH_OK;
    s->is_exhausted = counts && *left_mdwh <= -emergency_mdwh;
    s->is_low_load = s->is_exhausted && app->config.prepayment_low_days != 0 &&
                     app->prepayment.low_start_s != 0 && !app->prepayment.is_low_spent &&
                     !low_load_is_over(app);
}

static void watch_alarm(struct wh_application *app, int64_t left_mdwh)
{
    const int64_t limit_mdwh = (int64_t)app->config.prepayment_alarm_kwh * WH_MDWH_PER_KWH;
    const bool was = (app->running.event_b & WH_EVENT_B_PREPAYMENT) != 0;
    const bool is = app->prepayment.is_counting && left_mdwh < limit_mdwh;
    if (is != was) {
        const int64_t left_wh = left_mdwh > 0 ? left_mdwh / WH_MDWH_PER_WH : 0;
        wh_application_note(app, is ? WH_EVENT_PREPAYMENT_ALARM : WH_EVENT_PREPAYMENT_ENOUGH, 0,
                            (uint32_t)left_wh, 0);
        (void)wh_application_save(app);
    }
}

/* Credit and low load begin anew with every payment that pays them off. */
static void watch_credit(struct wh_application *app, int64_t left_mdwh)
{
    struct wh_prepayment next = app->prepayment;
    next.is_in_credit =
        next.is_counting && app->config.prepayment_emergency_kwh != 0 && left_mdwh <= 0;
    if (!app->supervision.is_exhausted) {
        next.low_start_s = 0;
        next.is_low_spent = false;
    }
    const bool begins = next.is_in_credit && !app->prepayment.is_in_credit;
    const bool same = next.is_in_credit == app->prepayment.is_in_credit &&
                      next.low_start_s == app->prepayment.low_start_s &&
                      next.is_low_spent == app->prepayment.is_low_spent;
    if (same || app->supervision.retry_s != 0) {
        return;
    }
    if (wh_application_store_prepayment(app, &next) != WH_OK) {
        app->supervision.retry_s = RETRY_S;
    } else if (begins) {
        wh_application_note(app, WH_EVENT_EMERGENCY_CREDIT, 0, 0, 0);
    }
}

static void watch_prepayment(struct wh_application *app, const struct wh_legal *legal)
{
    int64_t left_mdwh;
    wh_application_look_at_prepayment(app, legal, &left_mdwh);
    watch_alarm(app, left_mdwh);
    watch_credit(app, left_mdwh);
}

/* The highest current, uA, or the power drawn, mW; 0 while it is not known. */
static uint64_t load_of(const struct wh_application *app, const struct wh_legal *legal)
{
    const bool by_power = has_basis(app, WH_CUT_OFF_BY_POWER);
    const int first = by_power ? WH_P_MW : WH_I_L1_UA;
    const int last = by_power ? WH_P_MW : WH_I_L3_UA;
    int64_t highest = 0;
    for (int i = first; i <= last; i++) {
        int64_t value;
        if (wh_legal_instant(legal, (enum wh_instant)i, &value) == WH_OK && value > highest) {
            highest = value;
        }
    }
    return (uint64_t)highest;
}

static enum wh_cascade_result watch_load(struct wh_application *app, const struct wh_legal *legal,
                                         uint32_t seconds)
{
    struct wh_supervision *s = &app->supervision;
    struct wh_cascade_limits limits = {0};
    const bool supervised = s->is_low_load || has_basis(app, WH_CUT_OFF_LOAD);
    if (supervised && app->breaker.state == WH_BREAKER_CONNECTED) {
        limits.threshold = (uint64_t)wh_application_disconnect_threshold(app) * MICRO_PER_UNIT;
    }
    for (int step = 0; step < WH_CASCADE_STEPS; step++) {
        limits.k_tenths[step] = app->config.disconnect_k_tenths[step];
        limits.t_s[step] = app->config.disconnect_t_s[step];
    }
    const uint64_t load = limits.threshold != 0 ? load_of(app, legal) : 0;
    const enum wh_cascade_result result = wh_cascade_take(&s->cascade, &limits, load, seconds);
    s->is_warning = result != WH_CASCADE_QUIET;
    return result;
}

/* Not on days off, not at the hours held; nor while nobody knows what day it is. */
static bool prepayment_may_open(const struct wh_application *app)
{
    const struct wh_config *config = &app->config;
    const struct wh_datetime local = wh_clock_local(&app->clock);
    const uint16_t minute = (uint16_t)(local.hour * MINUTES_PER_HOUR + local.minute);
    const uint16_t from = config->prepayment_hold_from_min;
    const uint16_t to = config->prepayment_hold_to_min;
    const bool held = from <= to ? minute >= from && minute < to : minute >= from || minute < to;
    if (has_basis(app, WH_CUT_OFF_UNRESTRICTED)) {
        return true;
    }
    return app->clock.valid && !held &&
           (config->prepayment_days >> (local.weekday - 1) & 1u) != 0 &&
           wh_tariff_plan_day_type(&app->plan, &local) != WH_DAY_HOLIDAY;
}

/* What low load leaves to do: nothing is allowed beside it, and it is allowed once. */
static enum wh_breaker_action prepayment_action(const struct wh_application *app, bool is_overload)
{
    const struct wh_supervision *s = &app->supervision;
    const bool low_days = app->config.prepayment_low_days != 0;
    if (!s->is_exhausted || (s->is_low_load && !is_overload)) {
        return NO_ACTION;
    }
    return low_days && !app->prepayment.is_low_spent && low_load_is_over(app)
               ? WH_BREAKER_ON_LOW_LOAD_EXPIRED
               : WH_BREAKER_ON_PREPAYMENT;
}

/* What disconnects now, the gravest first: bit by enum wh_breaker_action. */
static uint16_t causes_of(const struct wh_application *app, bool is_overload)
{
    const struct wh_supervision *s = &app->supervision;
    const enum wh_breaker_action prepayment = prepayment_action(app, is_overload);
    unsigned causes = 0;
    if (s->over_voltage.is_on) {
        causes |= 1u << WH_BREAKER_ON_OVER_VOLTAGE;
    }
    if (s->neutral.is_on && has_basis(app, WH_CUT_OFF_NEUTRAL)) {
        causes |= 1u << WH_BREAKER_ON_NEUTRAL;
    }
    if (prepayment != NO_ACTION && prepayment_may_open(app)) {
        causes |= 1u << prepayment;
    }
    if (is_overload && !s->is_low_load) {
        causes |= 1u << WH_BREAKER_ON_LOAD;
    }
    return (uint16_t)causes;
}

/* Opening for want of payment begins low load, exceeding it ends it: stored with the state. */
static enum wh_err act(struct wh_application *app, enum wh_breaker_action action)
{
    struct wh_prepayment *p = &app->prepayment;
    const struct wh_prepayment before = *p;
    if (action == WH_BREAKER_ON_PREPAYMENT) {
        p->is_low_spent = p->is_low_spent || app->supervision.is_low_load;
        p->low_start_s = p->low_start_s == 0 ? app->clock.utc_s : p->low_start_s;
    }
    const enum wh_err err = wh_application_act(app, action, WH_ORIGIN_METER);
    if (err != WH_OK) {
        *p = before;
    }
    return err;
}

static void log_only(struct wh_application *app, uint16_t causes)
{
    static const uint8_t states[WH_BREAKER_ACTIONS] = {
        [WH_BREAKER_ON_LOAD] = WH_BREAKER_BY_LOAD,
        [WH_BREAKER_ON_PREPAYMENT] = WH_BREAKER_BY_PREPAYMENT,
        [WH_BREAKER_ON_LOW_LOAD_EXPIRED] = WH_BREAKER_LOW_LOAD_EXPIRED,
        [WH_BREAKER_ON_NEUTRAL] = WH_BREAKER_BY_NEUTRAL,
        [WH_BREAKER_ON_OVER_VOLTAGE] = WH_BREAKER_BY_OVER_VOLTAGE,
    };
    const unsigned fresh = (unsigned)causes & ~(unsigned)app->supervision.told;
    for (int action = 0; action < WH_BREAKER_ACTIONS; action++) {
        if ((fresh >> action & 1u) != 0) {
            wh_application_note(app, WH_EVENT_NOT_OPENED, WH_BREAKER_LOG_ONLY, states[action],
                                app->breaker.changes);
        }
    }
    app->supervision.told = causes;
}

static enum wh_err open_for(struct wh_application *app, uint16_t causes)
{
    static const uint8_t gravest_first[] = {WH_BREAKER_ON_OVER_VOLTAGE, WH_BREAKER_ON_NEUTRAL,
                                            WH_BREAKER_ON_LOW_LOAD_EXPIRED,
                                            WH_BREAKER_ON_PREPAYMENT, WH_BREAKER_ON_LOAD};
    if (has_basis(app, WH_CUT_OFF_LOG_ONLY)) {
        log_only(app, causes);
        return WH_OK;
    }
    for (size_t a = 0; a < sizeof gravest_first; a++) {
        if (((unsigned)causes >> gravest_first[a] & 1u) != 0) {
            return act(app, (enum wh_breaker_action)gravest_first[a]);
        }
    }
    return WH_OK;
}

/* Low load ends after its days; a payment closes, or releases where the consumer is to close. */
static enum wh_breaker_action action_without_payment(const struct wh_application *app)
{
    const bool automatic = app->config.reconnect_automatic != 0;
    if (!app->supervision.is_exhausted) {
        return automatic ? WH_BREAKER_ON_CLOSE : WH_BREAKER_ON_PAYMENT;
    }
    if (app->breaker.state == WH_BREAKER_BY_PREPAYMENT &&
        prepayment_action(app, false) == WH_BREAKER_ON_LOW_LOAD_EXPIRED) {
        return WH_BREAKER_ON_LOW_LOAD_EXPIRED;
    }
    return automatic && app->supervision.is_low_load ? WH_BREAKER_ON_CLOSE : NO_ACTION;
}

static enum wh_breaker_action action_while_open(const struct wh_application *app)
{
    switch (app->breaker.state) {
    case WH_BREAKER_BY_OVER_VOLTAGE:
        return WH_BREAKER_ON_CLOSE;
    case WH_BREAKER_BY_LOAD:
    case WH_BREAKER_BY_NEUTRAL:
        return app->config.reconnect_automatic != 0 ? WH_BREAKER_ON_CLOSE : NO_ACTION;
    case WH_BREAKER_BY_PREPAYMENT:
    case WH_BREAKER_LOW_LOAD_EXPIRED:
        return action_without_payment(app);
    default:
        return NO_ACTION;
    }
}

/* That the rules are against closing now is no error. */
static enum wh_err close_again(struct wh_application *app)
{
    const enum wh_breaker_action action = action_while_open(app);
    const enum wh_err err =
        action != NO_ACTION ? wh_application_act(app, action, WH_ORIGIN_METER) : WH_OK;
    return err == WH_ERR_STATE ? WH_OK : err;
}

static void decide(struct wh_application *app, bool is_overload)
{
    struct wh_supervision *s = &app->supervision;
    if (s->retry_s != 0) {
        return;
    }
    const enum wh_err err = app->breaker.state == WH_BREAKER_CONNECTED
                                ? open_for(app, causes_of(app, is_overload))
                                : close_again(app);
    s->retry_s = err != WH_OK ? RETRY_S : 0;
}

void wh_application_supervise(struct wh_application *app, struct wh_legal *legal, uint32_t seconds)
{
    struct wh_supervision *s = &app->supervision;
    if (wh_variant_has(app->variant, WH_FEATURE_NEUTRAL_LOSS)) {
        watch_neutral(app, legal, seconds);
    }
    if (app->breaker.state == WH_BREAKER_NONE) {
        return;
    }
    s->retry_s = s->retry_s > seconds ? s->retry_s - seconds : 0;
    watch_contacts(app, legal, seconds);
    watch_over_voltage(app, legal, seconds);
    watch_prepayment(app, legal);
    decide(app, watch_load(app, legal, seconds) == WH_CASCADE_CUT_OFF);
}
