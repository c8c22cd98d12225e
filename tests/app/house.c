#include "house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { SETTLED_S = 6, STEP_S = 60 };

struct wh_config house_config(const char *model)
{
    struct wh_config config = wh_config_default(wh_variant_find(model));
    wh_config_set_breaker(&config);
    return config;
}

uint32_t house_utc(uint8_t hour, uint8_t minute)
{
    const int64_t normal_min = wh_calendar_day(2026, 10, 15) * INT64_C(1440) + hour * 60 + minute;
    return (uint32_t)((normal_min - 60) * 60);
}

/* The board: contacts that follow the coil, and what is told of them. */
static void look_at_coil(struct house *house)
{
    const enum wh_breaker_coil coil = wh_breaker_coil(&house->rig.meter.application.breaker);
    const bool closed = coil == WH_COIL_OFF ? house->closed : coil == WH_COIL_CLOSE;
    house->moves += closed != house->closed;
    house->closed = closed;
    const struct wh_breaker_feedback feedback = {
        .answers = true, .is_voltage_known = true, .voltage_behind = closed ? 7 : 0};
    wh_application_breaker_feedback(&house->rig.meter.application, &feedback);
}

static void pass(struct house *house, uint32_t seconds)
{
    struct rig_phase phases[WH_PHASES];
    rig_balanced(phases, house->closed ? house->load_mw : 0, 0);
    for (int p = 0; p < WH_PHASES; p++) {
        phases[p].u_mv = house->u_mv[p];
    }
    rig_pass(&house->rig, phases, seconds);
    look_at_coil(house);
}

void house_live(struct house *house, uint32_t seconds)
{
    look_at_coil(house);
    for (uint32_t s = 0; s < seconds; s++) {
        pass(house, 1);
    }
}

/* A report each, so that no pulse of the coil is missed. */
void house_live_on(struct house *house, uint32_t seconds)
{
    while (seconds > 0) {
        const uint32_t to_minute = STEP_S - house->rig.meter.application.clock.utc_s % STEP_S;
        const uint32_t step = seconds < to_minute ? seconds : to_minute;
        pass(house, step);
        seconds -= step;
    }
}

void house_open(struct house *house, const char *model, const struct wh_config *config,
                uint32_t utc_s)
{
    *house = (struct house){.closed = true, .u_mv = {230000, 230000, 230000}};
    rig_open_as(&house->rig, model, config, utc_s);
    house_live(house, SETTLED_S);
}

void house_close(struct house *house)
{
    rig_close(&house->rig);
}

void house_outage(struct house *house, enum rig_cut cut, uint32_t seconds)
{
    rig_outage(&house->rig, cut, seconds, true);
    house_live(house, SETTLED_S);
}

enum wh_breaker_state house_state(const struct house *house)
{
    return wh_application_breaker_state(&house->rig.meter.application);
}

enum wh_err house_command(struct house *house, enum wh_breaker_action command)
{
    struct wh_meter *meter = &house->rig.meter;
    const enum wh_err err =
        wh_application_breaker(&meter->application, &meter->legal, command, WH_ORIGIN_MODULE);
    look_at_coil(house);
    return err;
}

static void hold_samples(struct house *house, uint32_t samples)
{
    while (samples > 0) {
        const uint32_t step = samples < 820 ? samples : 820;
        struct wh_bus_report report = {.sample_count = step, .duration_q14 = step << 14};
        wh_meter_report(&house->rig.meter, &report);
        look_at_coil(house);
        samples -= step;
    }
}

void house_hold(struct house *house, uint32_t ms)
{
    struct wh_meter *meter = &house->rig.meter;
    for (int presses = 0; presses < 64; presses++) {
        if (meter->display.list == WH_LCD_LIST_MANUAL &&
            wh_display_quantity(&meter->display) == WH_QUANTITY_BREAKER_STATE) {
            wh_meter_button_level(meter, true);
            hold_samples(house, (uint32_t)((uint64_t)ms * WH_SAMPLE_RATE_HZ / 1000));
            wh_meter_button_level(meter, false);
            return;
        }
        wh_meter_button_level(meter, true);
        hold_samples(house, 400);
        wh_meter_button_level(meter, false);
    }
    fail_msg("the breaker has no reading in the list of the button");
}

void house_pay(struct house *house, uint32_t kwh)
{
    struct wh_meter *meter = &house->rig.meter;
    const uint32_t token = meter->application.prepayment.last_token + 1;
    assert_int_equal(wh_application_top_up(&meter->application, &meter->legal, kwh * 1000, token,
                                           WH_ORIGIN_MODULE),
                     WH_OK);
}

void house_configure(struct house *house, const struct wh_config *config)
{
    struct wh_config_fault fault;
    assert_int_equal(wh_meter_configure(&house->rig.meter, config, WH_ORIGIN_MODULE, &fault),
                     WH_OK);
}

int64_t house_left_mdwh(const struct house *house)
{
    int64_t left_mdwh;
    assert_int_equal(
        wh_application_prepaid(&house->rig.meter.application, &house->rig.meter.legal, &left_mdwh),
        WH_OK);
    return left_mdwh;
}
