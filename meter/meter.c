/* Puts a meter together. Invariant: every sample passes measuring, clock, display and pulses
 * exactly once, and the legal part sees a report before anything else does. */
#include "meter/meter.h"
#include <string.h>

enum wh_err wh_meter_manufacture(const struct wh_nvm *nvm, const struct wh_variant *variant,
                                 uint32_t serial_number, uint32_t meter_number)
{
    struct wh_identity identity = {
        .serial_number = serial_number,
        .meter_number = meter_number,
        .pulses_per_kwh = variant->pulses_per_kwh,
    };
    strncpy(identity.model, variant->model, sizeof identity.model - 1);
    return wh_legal_manufacture(nvm, &identity);
}

uint32_t wh_meter_memory_size(uint32_t page_size_bytes)
{
    return wh_legal_memory_size(page_size_bytes);
}

static enum wh_err init_measuring(struct wh_meter *meter)
{
    const struct wh_variant *variant = meter->variant;
    const struct wh_element_design design = {
        .u_full_scale_mv = variant->u_full_scale_mv,
        .i_full_scale_ma = variant->i_full_scale_ma,
        .start_mva = variant->start_mva,
        .nominal_mhz = variant->nominal_mhz,
    };
    const struct wh_voltage_limits limits = wh_voltage_limits_of(variant->nominal_mv);
    const enum wh_err err = wh_measuring_init(&meter->measuring, &design, meter->legal.calibration);
    return err != WH_OK ? err : wh_measuring_set_voltage_limits(&meter->measuring, &limits);
}

enum wh_err wh_meter_start(struct wh_meter *meter, const struct wh_nvm *nvm,
                           struct wh_legal_start_report *report)
{
    *meter = (struct wh_meter){0};
    const enum wh_err err = wh_legal_start(&meter->legal, nvm, report);
    if (err != WH_OK) {
        return err;
    }
    const struct wh_identity identity = wh_legal_identity(&meter->legal);
    meter->variant = wh_variant_find(identity.model);
    if (meter->variant == NULL) {
        return WH_ERR_UNSUPPORTED;
    }
    wh_display_init(&meter->display, meter->variant->voltage_on_mv);
    return init_measuring(meter);
}

static void pass_time(struct wh_meter *meter, uint32_t sample_count)
{
    wh_clock_run(&meter->clock, sample_count);
    wh_display_run(&meter->display, sample_count);
    wh_legal_run_pulses(&meter->legal, sample_count);
}

void wh_meter_sample(struct wh_meter *meter, const struct wh_sample_set *sets, size_t count,
                     wh_meter_observer *observer, void *context)
{
    while (count > 0) {
        struct wh_bus_report report;
        bool ready;
        const size_t taken = wh_measuring_run(&meter->measuring, sets, count, &report, &ready);
        pass_time(meter, (uint32_t)taken);
        if (ready) {
            wh_legal_take(&meter->legal, &report);
            if (observer != NULL) {
                observer(context, &report);
            }
        }
        sets += taken;
        count -= taken;
    }
}

void wh_meter_report(struct wh_meter *meter, const struct wh_bus_report *report)
{
    pass_time(meter, report->sample_count);
    wh_legal_take(&meter->legal, report);
}

static uint32_t audit_time_s(const struct wh_meter *meter)
{
    return meter->clock.valid ? meter->clock.utc_s : 0;
}

enum wh_err wh_meter_set_seal(struct wh_meter *meter, bool open)
{
    return wh_legal_set_seal(&meter->legal, open, audit_time_s(meter));
}

enum wh_err wh_meter_calibrate(struct wh_meter *meter,
                               const struct wh_calibration calibration[WH_PHASES])
{
    const enum wh_err err = wh_legal_calibrate(&meter->legal, calibration, audit_time_s(meter));
    return err == WH_OK ? wh_measuring_calibrate(&meter->measuring, calibration) : err;
}

void wh_meter_set_temperature(struct wh_meter *meter, int32_t centi_c)
{
    wh_measuring_set_temperature(&meter->measuring, centi_c);
}

void wh_meter_lose_mains(struct wh_meter *meter)
{
    wh_display_supply(&meter->display, false);
}

void wh_meter_idle(struct wh_meter *meter, uint32_t sample_count)
{
    wh_clock_run(&meter->clock, sample_count);
    wh_display_run(&meter->display, sample_count);
}

void wh_meter_button(struct wh_meter *meter)
{
    wh_display_button(&meter->display);
}

enum wh_err wh_meter_stop(struct wh_meter *meter)
{
    return wh_legal_save(&meter->legal);
}

struct wh_reading_source wh_meter_readings(const struct wh_meter *meter)
{
    const struct wh_reading_source source = {.legal = &meter->legal, .clock = &meter->clock};
    return source;
}

void wh_meter_lcd(const struct wh_meter *meter, struct wh_lcd *lcd)
{
    const struct wh_reading_source source = wh_meter_readings(meter);
    wh_display_draw(&meter->display, &source, lcd);
}
