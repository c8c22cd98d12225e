/* The application in operation: seconds, inputs, supply. Invariant: each second of the clock is worked off once, in
 * order, and each minute after the seconds before it. */
#include "app/application_parts.h"
#include "app/glass.h"

enum {
    SECONDS_PER_MINUTE = 60,
    SECONDS_PER_HOUR = 3600,
    PULSE_RENEWAL_S = 10,
};

struct wh_reading_source wh_application_readings(const struct wh_application *app,
                                                 const struct wh_legal *legal)
{
    const struct wh_reading_source source = {
        .legal = legal, .clock = &app->clock, .application = app};
    return source;
}

void wh_application_run(struct wh_application *app, struct wh_legal *legal, uint32_t sample_count)
{
    wh_clock_run(&app->clock, sample_count);
    wh_legal_set_time(legal, app->clock.valid ? app->clock.utc_s : 0);
}

void wh_application_renew_pulses(struct wh_application *app)
{
    if (wh_pulse_input_renew(&app->pulse_input, app->config.pulse_factor_milli)) {
        (void)wh_application_save_counters(app);
    }
}

static void end_verification(struct wh_application *app, struct wh_legal *legal)
{
    const struct wh_command_context context = wh_application_context(app, WH_ORIGIN_METER);
    app->verification_s = 0;
    (void)wh_legal_command(legal, WH_COMMAND_SELECT_LED, 0, &context); /* always allowed */
    wh_application_note(app, WH_EVENT_VERIFICATION_MODE, 0, 0, 0);
}

/* The hour counter is stored when it shows another hour, so it never falls. */
static void pass_seconds(struct wh_application *app, struct wh_legal *legal, uint32_t seconds)
{
    const uint32_t hour = app->on_seconds / SECONDS_PER_HOUR;
    app->on_seconds += seconds;
    if (app->on_seconds / SECONDS_PER_HOUR != hour) {
        (void)wh_application_save_counters(app);
    }
    if (app->pulse_input.pending != 0 && app->second % PULSE_RENEWAL_S < seconds) {
        wh_application_renew_pulses(app);
    }
    if (app->verification_s != 0 && app->on_seconds >= app->verification_s) {
        end_verification(app, legal);
    }
    wh_application_supervise(app, legal, seconds);
    wh_application_time_image(app);
    wh_application_watch_alarms(app, legal, seconds);
    wh_application_work_schedule(app, legal);
}

static void note_new_status(struct wh_application *app, uint32_t fresh)
{
    static const struct {
        uint32_t bit;
        enum wh_event_code code;
    } events[] = {
        {WH_STATUS_STORE_FAILED, WH_EVENT_STORE_FAILED},
        {WH_STATUS_NEWEST_LOST, WH_EVENT_REGISTERS_OLDER},
        {WH_STATUS_STORE_DAMAGED, WH_EVENT_RECORDS_DAMAGED},
        {WH_STATUS_PROGRAM_CHANGED, WH_EVENT_PROGRAM_CHANGED},
        {WH_STATUS_PARAMETER_CHANGED, WH_EVENT_PARAMETER_CHANGED},
    };
    for (size_t e = 0; e < sizeof events / sizeof events[0]; e++) {
        if ((fresh & events[e].bit) != 0) {
            wh_application_note(app, events[e].code, 0, 0, 0);
        }
    }
}

static void watch_legal(struct wh_application *app, const struct wh_legal *legal)
{
    const uint32_t status = wh_legal_status(legal);
    note_new_status(app, status & ~app->legal_status);
    app->legal_status = status;
    /* Told once it works again, since the log itself is on that memory; a failure that lasts is in the status. */
    const bool failed = (app->running.event_a & WH_EVENT_A_FLASH) != 0;
    if (failed && !app->flash_failed) {
        wh_application_note(app, WH_EVENT_FLASH_FAILED, 0, 0, 0);
    }
    app->flash_failed = failed;
}

/* Energy that flows out of a phase while another takes it in is either a producer or a wrong connection: worth a note
 * once. */
static void watch_direction(struct wh_application *app, const struct wh_legal *legal)
{
    const uint8_t reversed = wh_legal_exporting(legal);
    const uint8_t fresh = (uint8_t)(reversed & ~app->indications);
    for (unsigned p = 0; p < WH_VOLTAGE_PHASES; p++) {
        if ((fresh >> p & 1u) != 0) {
            wh_application_note(app, WH_EVENT_REVERSE_CURRENT, (uint8_t)(p + 1), 0, 0);
        }
    }
    app->running.event_b = (app->running.event_b & ~(7u * (uint32_t)WH_EVENT_B_REVERSE_L1)) |
                           (uint32_t)reversed * WH_EVENT_B_REVERSE_L1;
    app->indications = (uint8_t)(app->indications | reversed);
}

/* The same of phases in the wrong order. */
static void watch_sequence(struct wh_application *app, const struct wh_legal *legal)
{
    enum { NOTED = 1 << WH_VOLTAGE_PHASES };
    const bool reversed = wh_glass_sequence(legal) == WH_LCD_SEQUENCE_REVERSED;
    if (reversed && (app->indications & NOTED) == 0) {
        wh_application_note(app, WH_EVENT_PHASE_SEQUENCE, 0, 0, 0);
        app->indications |= NOTED;
    }
    app->running.event_b = (app->running.event_b & ~(uint32_t)WH_EVENT_B_PHASE_SEQUENCE) |
                           (reversed ? WH_EVENT_B_PHASE_SEQUENCE : 0u);
}

static void watch_quality(struct wh_application *app, const struct wh_legal *legal)
{
    struct wh_event ended[WH_QUALITY_ENDED_MAX];
    const int count =
        wh_quality_take(&app->quality, legal, app->clock.utc_s, app->variant->nominal_mhz, ended);
    for (int e = 0; e < count; e++) {
        ended[e].clock_valid = app->clock.valid;
        wh_application_note_event(app, &ended[e]);
    }
    app->running.event_b =
        (app->running.event_b & ~WH_QUALITY_B_MASK) | wh_quality_bits(&app->quality);
    const uint32_t bits = wh_quality_bits(&app->quality);
    wh_application_flag(app, ((bits & WH_QUALITY_B_OVER) != 0 ? WH_PROFILE_OVER_VOLTAGE : 0) |
                                 ((bits & ~WH_QUALITY_B_OVER) != 0 ? WH_PROFILE_UNDER_VOLTAGE : 0));
}

static void pass_minute(struct wh_application *app, struct wh_legal *legal)
{
    const int32_t before = app->minute;
    app->minute = wh_application_minute_of(app, app->clock.utc_s);
    watch_legal(app, legal);
    watch_direction(app, legal);
    watch_sequence(app, legal);
    wh_application_pass_minutes(app, legal, before, app->minute);
}

void wh_application_take(struct wh_application *app, struct wh_legal *legal)
{
    wh_application_run_image(app);
    if (wh_legal_disturbed(legal) != 0 || !wh_quality_is_calm(&app->quality)) {
        watch_quality(app, legal);
    }
    if (app->clock.utc_s == app->second) {
        return;
    }
    const uint32_t seconds = app->clock.utc_s - app->second;
    app->second = app->clock.utc_s;
    pass_seconds(app, legal, seconds);
    if (app->second / SECONDS_PER_MINUTE != (app->second - seconds) / SECONDS_PER_MINUTE) {
        pass_minute(app, legal);
    }
}

static void end_quality(struct wh_application *app)
{
    struct wh_event ended[WH_QUALITY_ENDED_MAX];
    const bool supply = wh_quality_is_all_lost(&app->quality);
    const int count = wh_quality_end(&app->quality, app->variant->nominal_mhz, ended);
    for (int e = 0; !supply && e < count; e++) { /* all lost is the interruption itself */
        ended[e].clock_valid = app->clock.valid;
        wh_application_note_event(app, &ended[e]);
    }
}

void wh_application_lose_supply(struct wh_application *app, const struct wh_legal *legal)
{
    (void)legal;
    wh_breaker_stop(&app->breaker);
    end_quality(app);
    wh_application_note(app, WH_EVENT_POWER_FAILED, 0, 0, 0);
    (void)wh_pulse_input_renew(&app->pulse_input, app->config.pulse_factor_milli);
    (void)wh_application_save_counters(app);
    app->running.supply_lost = true;
    (void)wh_application_save(app);
}

void wh_application_idle(struct wh_application *app, uint32_t sample_count)
{
    wh_clock_run(&app->clock, sample_count);
}

void wh_application_pulses(struct wh_application *app, uint32_t pulses)
{
    if (app->config.pulse_unit != WH_PULSE_UNIT_NONE) {
        wh_pulse_input_add(&app->pulse_input, pulses);
    }
}
