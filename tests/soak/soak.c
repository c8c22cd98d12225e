/* The soak. Invariant of the rig: what it remembers as acknowledged was in the memories before the power went, so it must be
 * there when the power is back. */
#include "tests/soak/soak.h"
#include "tests/soak/device.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    START_UTC_S = 845078400, /* 2026-10-12 */
    MINUTE_S = 60,
    HOUR_S = 3600,
    DAY_S = 86400,
    RTC_BACKUP_S = 7 * DAY_S,
    STORED = WH_STORED_ENERGY_COUNT,
};

struct soak {
    const struct soak_options *options;
    struct soak_result *result;
    struct device device;
    struct wh_meter meter;
    struct sim_random random;
    uint32_t true_s; /* seconds since the start */
    uint64_t acknowledged_dwh[STORED];
    uint64_t shown_hours;
    uint32_t audit_count;
    uint64_t primary_dwh[2]; /* A+, A- by the rig's own sum of increments times ratio */
    uint64_t last_dwh[2];
    uint32_t debiting_count;
    int64_t rtc_offset_s; /* clock of the meter minus true time */
    struct wh_bus_report report;
    bool contacts_closed; /* of the breaker: they stay where they are without supply */
    uint32_t breaker_changes;
    enum wh_breaker_state breaker_state;
    uint64_t tariff_dwh[WH_TARIFFS]; /* A+ as charged last */
    int64_t left_mdwh;               /* prepaid, by the rig's own sum */
    uint32_t payments, offered_wh;
};

static bool broken(struct soak *s, const char *format, ...)
{
    if (s->result->broken[0] == '\0') {
        va_list arguments;
        const int head =
            snprintf(s->result->broken, sizeof s->result->broken, "day %u: ", s->true_s / DAY_S);
        va_start(arguments, format);
        vsnprintf(s->result->broken + head, sizeof s->result->broken - (size_t)head, format,
                  arguments);
        va_end(arguments);
    }
    return false;
}

static uint32_t below(struct soak *s, uint32_t limit)
{
    return (uint32_t)(sim_random_bits(&s->random) % limit);
}

static uint64_t count_of(const struct soak *s, enum wh_energy energy)
{
    struct wh_energy_value value;
    (void)wh_legal_energy(&s->meter.legal, energy, &value);
    return value.count_dwh;
}

/* Another load, for a while: of any direction and quadrant, sometimes none. */
static void change_load(struct soak *s)
{
    const struct wh_voltage_limits limits = wh_voltage_limits_of(230000);
    s->report = (struct wh_bus_report){.sample_count = WH_SAMPLE_RATE_HZ,
                                       .duration_q14 = WH_SAMPLE_RATE_HZ << 14};
    for (int p = 0; p < WH_PHASES; p++) {
        struct wh_element_report *phase = &s->report.phase[p];
        const uint32_t u_mv = 200000 + below(s, 60000);
        const enum wh_voltage_state before = phase->voltage_state;
        phase->registering = below(s, 8) != 0;
        phase->active_mw = (int32_t)below(s, 6000000) - 1500000;
        phase->reactive_mvar = (int32_t)below(s, 1000000) - 400000;
        phase->active_uj =
            phase->registering ? (int64_t)phase->active_mw * 1000 + below(s, 999) : 0;
        phase->reactive_uj = phase->registering ? (int64_t)phase->reactive_mvar * 1000 : 0;
        phase->u_rms_mv = u_mv;
        phase->i_rms_ua = 4000000;
        phase->frequency_uhz = 50000000;
        phase->u_angle = (uint32_t)p * 0x55555555u;
        phase->locked = true;
        wh_report_steady_voltage(phase, &limits, u_mv, 100, before);
    }
}

/* REG-1: on each side the tariffs add up to the register. */
static bool tariffs_add_up(struct soak *s)
{
    static const enum wh_energy energies[] = {WH_A_PLUS, WH_A_MINUS, WH_R_PLUS, WH_R_MINUS};
    for (int e = 0; e < 4; e++) {
        for (int side = 0; side < 2; side++) {
            uint64_t sum = 0;
            uint64_t total;
            (void)wh_legal_energy_of_side(&s->meter.legal, energies[e], (enum wh_side)side, &total);
            for (uint8_t t = 1; t <= (uint8_t)WH_TARIFFS; t++) {
                uint64_t part;
                (void)wh_legal_tariff_energy(&s->meter.legal, t, energies[e], (enum wh_side)side,
                                             &part);
                sum += part;
            }
            if (sum != total) {
                return broken(s, "tariffs of energy %d side %d add up to %llu, not %llu", e, side,
                              (unsigned long long)sum, (unsigned long long)total);
            }
        }
    }
    return true;
}

/* VAR-14: the primary side is the sum of what was counted, each times the ratio in force then. */
static bool primary_is_right(struct soak *s)
{
    for (int e = 0; e < 2; e++) {
        uint64_t primary;
        const uint64_t now = count_of(s, (enum wh_energy)e);
        s->primary_dwh[e] += (now - s->last_dwh[e]) * wh_legal_ratio(&s->meter.legal);
        s->last_dwh[e] = now;
        (void)wh_legal_energy_of_side(&s->meter.legal, (enum wh_energy)e, WH_SIDE_PRIMARY,
                                      &primary);
        if (primary != s->primary_dwh[e]) {
            return broken(s, "primary register %d is %llu, not %llu", e,
                          (unsigned long long)primary, (unsigned long long)s->primary_dwh[e]);
        }
    }
    return true;
}

static bool counters_never_fall(struct soak *s)
{
    const uint64_t hours = s->meter.application.on_seconds / HOUR_S;
    const uint32_t audits = wh_legal_audit_count(&s->meter.legal);
    const uint32_t debitings = s->meter.application.running.debiting_count;
    if (hours < s->shown_hours || audits < s->audit_count || debitings < s->debiting_count) {
        return broken(s, "a counter fell: hours %llu/%llu, audit %u/%u, periods %u/%u",
                      (unsigned long long)hours, (unsigned long long)s->shown_hours, audits,
                      s->audit_count, debitings, s->debiting_count);
    }
    s->shown_hours = hours;
    s->audit_count = audits;
    s->debiting_count = debitings;
    return true;
}

/* BRK-5: what is left is what was paid less the growth of each tariff at its factor. */
static bool prepayment_is_right(struct soak *s)
{
    const struct wh_application *app = &s->meter.application;
    int64_t left_mdwh;
    if (wh_application_prepaid(app, &s->meter.legal, &left_mdwh) != WH_OK) {
        return true; /* not in use */
    }
    for (int t = 0; t < WH_TARIFFS; t++) {
        uint64_t now;
        (void)wh_legal_tariff_energy(&s->meter.legal, (uint8_t)(t + 1), WH_A_PLUS,
                                     WH_SIDE_SECONDARY, &now);
        s->left_mdwh -= (int64_t)(now - s->tariff_dwh[t]) * app->config.prepayment_factor_milli[t];
        s->tariff_dwh[t] = now;
    }
    if (left_mdwh != s->left_mdwh || app->prepayment.payments != s->payments) {
        return broken(s, "prepaid %lld, not %lld; %u payments, not %u", (long long)left_mdwh,
                      (long long)s->left_mdwh, app->prepayment.payments, s->payments);
    }
    return true;
}

/* BRK-1: the contacts are where the state says, unless they are about to move; a state is
 * forgotten never, and changed only with a number of its own. */
static bool breaker_is_right(struct soak *s)
{
    const struct wh_breaker *breaker = &s->meter.application.breaker;
    const bool pending = (wh_breaker_feedback_bits(breaker, true) & WH_FEEDBACK_PENDING) != 0;
    const bool closed = wh_breaker_is_closed_in(breaker->state);
    if (breaker->state != WH_BREAKER_NONE && !pending && closed != s->contacts_closed) {
        return broken(s, "contacts %d in state %d", s->contacts_closed, breaker->state);
    }
    if (breaker->changes < s->breaker_changes ||
        (breaker->changes == s->breaker_changes && breaker->state != s->breaker_state)) {
        return broken(s, "state %d, change %u after %d, change %u", breaker->state,
                      breaker->changes, s->breaker_state, s->breaker_changes);
    }
    return true;
}

static bool check(struct soak *s)
{
    return tariffs_add_up(s) && primary_is_right(s) && counters_never_fall(s) &&
           prepayment_is_right(s) && breaker_is_right(s);
}

/* LOG-1: intervals add up to the register: records never fall, and none is above the register. */
static bool profile_adds_up(struct soak *s)
{
    const struct wh_application *app = &s->meter.application;
    struct wh_log_range range;
    struct wh_profile_record record;
    uint64_t first_dwh[WH_PROFILE_ENERGIES_MAX] = {0};
    uint64_t before_dwh[WH_PROFILE_ENERGIES_MAX] = {0};
    uint64_t sum_dwh[WH_PROFILE_ENERGIES_MAX] = {0};
    uint64_t records = 0;
    if (wh_log_range_begin(&app->logs.log[WH_LOG_PROFILE], 0, UINT32_MAX, &range) != WH_OK) {
        return broken(s, "the profile cannot be read");
    }
    while (wh_profile_next(&range, &app->config, &record) == WH_OK) {
        for (uint8_t e = 0; e < record.energy_count; e++) {
            if (records > 0 && record.count_dwh[e] < before_dwh[e]) {
                return broken(s, "profile record %u falls", record.sequence);
            }
            first_dwh[e] = records == 0 ? record.count_dwh[e] : first_dwh[e];
            sum_dwh[e] += records == 0 ? 0 : record.count_dwh[e] - before_dwh[e];
            before_dwh[e] = record.count_dwh[e];
        }
        records++;
    }
    for (uint8_t e = 0; records > 0 && e < record.energy_count; e++) {
        uint64_t now;
        (void)wh_legal_energy_of_side(&s->meter.legal, (enum wh_energy)record.energy[e],
                                      (enum wh_side)app->config.profile_side, &now);
        if (sum_dwh[e] != before_dwh[e] - first_dwh[e] || before_dwh[e] > now) {
            return broken(s, "profile energy %u: sum %llu, newest %llu, register %llu", e,
                          (unsigned long long)sum_dwh[e], (unsigned long long)before_dwh[e],
                          (unsigned long long)now);
        }
    }
    s->result->profile_intervals += records;
    return true;
}

/* REG-5: the newest periods follow each other, their registers never fall. */
static bool debiting_is_whole(struct soak *s)
{
    struct wh_log_range range;
    struct wh_debiting_record record;
    uint32_t before = 0;
    uint32_t count = 0;
    int64_t before_dwh = 0;
    if (wh_log_range_begin_entries(&s->meter.application.logs.log[WH_LOG_DEBITING],
                                   WH_DEBITING_DEPTH - 1, 0, &range) != WH_OK) {
        return broken(s, "the debiting log cannot be read");
    }
    while (wh_debiting_next(&range, &record) == WH_OK) {
        if (count > 0 && (record.number != before + 1 || record.value[0] < before_dwh)) {
            return broken(s, "debiting period %u follows %u", record.number, before);
        }
        before = record.number;
        before_dwh = record.value[0];
        count++;
    }
    const uint32_t ended = s->meter.application.running.debiting_count;
    if (before != ended || count < (ended < WH_DEBITING_DEPTH ? ended : WH_DEBITING_DEPTH)) {
        return broken(s, "debiting log holds %u periods up to %u of %u", count, before, ended);
    }
    return true;
}

static bool start(struct soak *s, uint32_t outage_s)
{
    struct wh_meter_start_report found;
    const struct wh_board board = {
        .nvm = &s->device.nvm,
        .flash = &s->device.flash,
        .rtc = {.valid = outage_s <= RTC_BACKUP_S,
                .utc_s = (uint32_t)(START_UTC_S + (int64_t)s->true_s + s->rtc_offset_s)},
    };
    device_power_on(&s->device);
    const enum wh_err err = wh_meter_start(&s->meter, &board, &found);
    if (err != WH_OK) {
        return broken(s, "the meter does not start: %s", wh_err_text(err));
    }
    for (int e = 0; e < STORED; e++) {
        const uint64_t now = count_of(s, (enum wh_energy)e);
        if (now < s->acknowledged_dwh[e]) {
            return broken(s, "register %d lost %llu", e,
                          (unsigned long long)(s->acknowledged_dwh[e] - now));
        }
    }
    if (s->meter.application.prepayment.payments == s->payments + 1) { /* taken, not acknowledged */
        s->payments++;
        s->left_mdwh += (int64_t)s->offered_wh * WH_MDWH_PER_WH;
    }
    if (!breaker_is_right(s)) {
        return false;
    }
    if (found.application.config_default || found.legal.registers_older) {
        return broken(s, "configuration or newest registers lost");
    }
    return true;
}

/* From a moment to three weeks, the short ones more often. */
static uint32_t outage_length_s(struct soak *s)
{
    static const uint32_t longest[] = {2, 30, 400, 3 * HOUR_S, DAY_S, 10 * DAY_S, 21 * DAY_S};
    return 1 + below(s, longest[below(s, sizeof longest / sizeof longest[0])]);
}

static bool lose_power(struct soak *s)
{
    const uint32_t outage_s = outage_length_s(s);
    s->result->outages++;
    s->true_s += outage_s;
    if (outage_s > RTC_BACKUP_S) {
        s->rtc_offset_s = 0; /* what the reader sets it to, below */
    }
    if (!start(s, outage_s)) {
        return false;
    }
    if (!s->meter.application.clock.valid && below(s, 2) == 0) {
        const uint32_t utc_s = (uint32_t)(START_UTC_S + (int64_t)s->true_s);
        s->rtc_offset_s = 0;
        return wh_meter_set_clock(&s->meter, utc_s) == WH_OK || broken(s, "the clock is not set");
    }
    return true;
}

/* The rig's clock chip is the meter's clock: it goes on from what the meter has. */
static void note_clock(struct soak *s)
{
    s->rtc_offset_s = (int64_t)s->meter.application.clock.utc_s - START_UTC_S - (int64_t)s->true_s;
}

static void acknowledge(struct soak *s)
{
    s->breaker_changes = s->meter.application.breaker.changes;
    s->breaker_state = s->meter.application.breaker.state;
    for (int e = 0; e < STORED; e++) {
        s->acknowledged_dwh[e] = count_of(s, (enum wh_energy)e);
    }
}

static bool set_clock(struct soak *s)
{
    static const int32_t by_s[] = {3,    -3,    8,      -8,      40,         -40,
                                   1000, -1000, HOUR_S, -HOUR_S, 40 * DAY_S, -DAY_S};
    const int32_t change_s = by_s[below(s, sizeof by_s / sizeof by_s[0])];
    const uint32_t now_s = s->meter.application.clock.utc_s;
    const enum wh_err err = wh_meter_set_clock(&s->meter, (uint32_t)((int64_t)now_s + change_s));
    s->result->clock_changes++;
    return err == WH_OK || s->device.is_off || broken(s, "clock: %s", wh_err_text(err));
}

static bool command_tariff(struct soak *s)
{
    const uint8_t tariff = (uint8_t)(1 + below(s, WH_TARIFFS));
    const enum wh_err err =
        wh_application_select_tariff(&s->meter.application, &s->meter.legal, tariff);
    s->result->tariff_changes++;
    return err == WH_OK || s->device.is_off || broken(s, "tariff: %s", wh_err_text(err));
}

static bool stop_debiting(struct soak *s)
{
    const enum wh_err err = wh_application_stop_debiting(&s->meter.application, &s->meter.legal,
                                                         WH_DEBITING_BY_COMMAND);
    s->result->debiting_stops++;
    return err == WH_OK || s->device.is_off || broken(s, "debiting: %s", wh_err_text(err));
}

static bool change_ratio(struct soak *s)
{
    if (s->meter.variant->sensor != WH_SENSOR_TRANSFORMER || !primary_is_right(s)) {
        return s->result->broken[0] == '\0';
    }
    if (wh_legal_audit_count(&s->meter.legal) > 200) {
        return true; /* the audit log would be full before the years are over */
    }
    enum wh_err err = wh_meter_input(&s->meter, WH_INPUT_TERMINAL_COVER, true);
    err = err != WH_OK ? err
                       : wh_application_set_ratio(&s->meter.application, &s->meter.legal,
                                                  (uint16_t)(1 + below(s, WH_RATIO_HIGHEST)),
                                                  WH_ORIGIN_MODULE);
    err = err != WH_OK ? err : wh_meter_input(&s->meter, WH_INPUT_TERMINAL_COVER, false);
    return err == WH_OK || s->device.is_off || broken(s, "ratio: %s", wh_err_text(err));
}

static bool touch_covers(struct soak *s)
{
    const enum wh_input input = below(s, 2) == 0 ? WH_INPUT_TERMINAL_COVER : WH_INPUT_MAGNET;
    const enum wh_err err = wh_meter_input(&s->meter, input, below(s, 2) == 0);
    wh_application_pulses(&s->meter.application, below(s, 50));
    return err == WH_OK || s->device.is_off || broken(s, "input: %s", wh_err_text(err));
}

/* Another profile interval deletes the profile; another integration period must not disturb anything. */
static bool configure(struct soak *s)
{
    static const uint8_t periods[] = {5, 15, 30, 60};
    struct wh_config config = s->meter.application.config;
    struct wh_config_fault fault;
    config.integration_min = periods[below(s, 4)];
    config.daylight = (uint8_t)below(s, 2);
    config.special_1 = below(s, 99999999);
    if (below(s, 10) == 0) {
        config.profile_min = periods[below(s, 4)];
    }
    s->result->configurations++;
    const enum wh_err err = wh_meter_configure(&s->meter, &config, WH_ORIGIN_MODULE, &fault);
    return err == WH_OK || s->device.is_off || broken(s, "configuration: %s", wh_err_text(err));
}

static void move_contacts(struct soak *s)
{
    const enum wh_breaker_coil coil = wh_breaker_coil(&s->meter.application.breaker);
    if (!s->device.is_off && coil != WH_COIL_OFF) {
        s->contacts_closed = coil == WH_COIL_CLOSE;
    }
}

static bool command_breaker(struct soak *s, enum wh_breaker_action action)
{
    struct wh_meter *meter = &s->meter;
    const enum wh_err err =
        action == WH_BREAKER_BUTTON
            ? wh_application_breaker_button(&meter->application, &meter->legal)
            : wh_application_breaker(&meter->application, &meter->legal, action, WH_ORIGIN_MODULE);
    move_contacts(s);
    s->result->breaker_commands++;
    return err == WH_OK || err == WH_ERR_STATE || s->device.is_off ||
           broken(s, "breaker: %s", wh_err_text(err));
}

static bool open_breaker(struct soak *s)
{
    if (!wh_breaker_is_closed_in(s->meter.application.breaker.state)) {
        return true;
    }
    return command_breaker(s, below(s, 2) == 0 ? WH_BREAKER_DISCONNECT : WH_BREAKER_BUTTON);
}

static bool close_breaker(struct soak *s)
{
    switch (s->meter.application.breaker.state) {
    case WH_BREAKER_BY_COMMAND:
        return command_breaker(s, WH_BREAKER_RELEASE);
    case WH_BREAKER_RELEASED:
        return command_breaker(s, below(s, 2) == 0 ? WH_BREAKER_RECONNECT : WH_BREAKER_BUTTON);
    case WH_BREAKER_NONE:
    case WH_BREAKER_CONNECTED:
        return true;
    default:
        return command_breaker(s, WH_BREAKER_BUTTON);
    }
}

static bool pay(struct soak *s)
{
    struct wh_application *app = &s->meter.application;
    if (!app->prepayment.is_counting) {
        return true;
    }
    s->offered_wh = 1 + below(s, 60000);
    const enum wh_err err = wh_application_top_up(app, &s->meter.legal, s->offered_wh,
                                                  s->payments + 1, WH_ORIGIN_MODULE);
    if (err == WH_OK) {
        s->payments++;
        s->left_mdwh += (int64_t)s->offered_wh * WH_MDWH_PER_WH;
    }
    return err == WH_OK || s->device.is_off || broken(s, "payment: %s", wh_err_text(err));
}

/* What someone does, on the average once in so many minutes. */
static const struct {
    uint32_t every_min;
    bool (*act)(struct soak *soak);
} actions[] = {
    {3 * 24 * 60, set_clock},     {90, command_tariff},        {20 * 24 * 60, stop_debiting},
    {15 * 24 * 60, change_ratio}, {2 * 24 * 60, touch_covers}, {30 * 24 * 60, configure},
    {8 * 60, open_breaker},       {20, close_breaker},         {5 * 60, pay},
};

static bool act(struct soak *s)
{
    for (size_t a = 0; a < sizeof actions / sizeof actions[0]; a++) {
        if (below(s, actions[a].every_min) == 0 && !s->device.is_off && !actions[a].act(s)) {
            return false;
        }
    }
    return true;
}

/* An order to the power: soon, at some operation on the memories, or by way of a brown-out that the meter notices. */
static void order_outage(struct soak *s)
{
    if (below(s, 2 * 24 * 60) != 0) {
        return;
    }
    if (below(s, 3) == 0) {
        wh_meter_lose_mains(&s->meter);
        acknowledge(s);
        s->device.is_off = true;
        return;
    }
    s->result->hard_cuts++;
    s->device.cut_in_changes = below(s, 400);
}

/* Behind open contacts nothing is drawn. */
static void run_second(struct soak *s)
{
    struct wh_bus_report report = s->report;
    for (int p = 0; !s->contacts_closed && p < WH_PHASES; p++) {
        report.phase[p].registering = false;
        report.phase[p].active_uj = 0;
        report.phase[p].reactive_uj = 0;
        report.phase[p].active_mw = 0;
        report.phase[p].i_rms_ua = 0;
    }
    wh_meter_report(&s->meter, &report);
    move_contacts(s);
    s->true_s++;
}

static bool run_minute(struct soak *s)
{
    change_load(s);
    for (int second = 0; second < MINUTE_S && !s->device.is_off; second++) {
        run_second(s);
        if (!s->device.is_off) {
            acknowledge(s);
        }
    }
    note_clock(s);
    if (!s->device.is_off) {
        order_outage(s);
        if (!act(s)) {
            return false;
        }
        note_clock(s);
    }
    if (!s->device.is_off) {
        return true;
    }
    /* Counts that the memory never got are gone; so the rig's own sum goes by what came back. */
    if (!lose_power(s)) {
        return false;
    }
    return true;
}

static bool run_day(struct soak *s)
{
    const uint32_t end_s = s->true_s + DAY_S;
    while (s->true_s < end_s) {
        if (!run_minute(s) || !check(s)) {
            return false;
        }
    }
    return true;
}

/* Both models that can have one; the 382L with prepayment by tariff. */
static void order_breaker(struct soak *s, struct wh_config *config)
{
    static const uint16_t factors_milli[WH_TARIFFS] = {1000, 1500, 700, 0};
    s->contacts_closed = true;
    s->breaker_state = WH_BREAKER_NONE;
    if (!wh_variant_has(wh_variant_find(s->options->model), WH_FEATURE_BREAKER)) {
        return;
    }
    wh_config_set_breaker(config);
    s->breaker_state = WH_BREAKER_CONNECTED;
    if (strcmp(s->options->model, "382L") == 0) {
        memcpy(config->prepayment_factor_milli, factors_milli, sizeof factors_milli);
        config->cut_off_basis = WH_CUT_OFF_PREPAYMENT | WH_CUT_OFF_LOAD | WH_CUT_OFF_NEUTRAL;
        config->disconnect_high = 20;
        config->disconnect_low = 10;
        config->prepayment_low_days = 2;
        config->prepayment_emergency_kwh = 3;
        config->reconnect_automatic = 1;
    }
}

static bool open_meter(struct soak *s)
{
    struct wh_config config = wh_config_default(wh_variant_find(s->options->model));
    config.tariff_source = WH_TARIFF_BY_COMMAND;
    config.pulse_unit = WH_PULSE_UNIT_M3;
    order_breaker(s, &config);
    const struct wh_order order = {.variant = wh_variant_find(s->options->model),
                                   .serial_number = 1,
                                   .meter_number = 1,
                                   .config = &config};
    const struct wh_board board = {.nvm = &s->device.nvm, .flash = &s->device.flash};
    if (wh_meter_manufacture(&board, &order, NULL) != WH_OK) {
        return broken(s, "no meter can be made");
    }
    return start(s, 0);
}

bool soak_run(const struct soak_options *options, struct soak_result *result)
{
    static struct soak soak;
    *result = (struct soak_result){0};
    soak = (struct soak){
        .options = options, .result = result, .random = sim_random_stream(options->seed, 1)};
    device_open(&soak.device, options->seed);
    bool good = open_meter(&soak);
    for (uint32_t day = 0; good && day < options->days; day++) {
        good = run_day(&soak);
        if (good && day % 10 == 0) {
            good = profile_adds_up(&soak) && debiting_is_whole(&soak);
        }
        if (options->progress && day % 365 == 364) {
            fprintf(stderr, "soak: year %u, %u outages\n", day / 365 + 1, result->outages);
        }
    }
    result->checksum = device_checksum(&soak.device);
    device_close(&soak.device);
    return good;
}
