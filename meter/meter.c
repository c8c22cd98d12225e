/* Puts a meter together. Invariant: every sample passes measuring, clock, display and pulses
 * exactly once, and the legal part sees a report before anything else does. */
#include "meter/meter.h"
#include <string.h>

enum { HOLD_SAMPLES = 6 * WH_SAMPLE_RATE_HZ };

/* A model without transformers has no ratio to order, nor to lock. */
static bool ratio_is_valid(const struct wh_order *order)
{
    const bool transformers = wh_variant_has(order->variant, WH_FEATURE_TRANSFORMER_RATIO);
    return order->ratio <= WH_RATIO_HIGHEST &&
           (transformers || (order->ratio <= 1 && !order->ratio_locked));
}

enum wh_err wh_meter_manufacture(const struct wh_board *board, const struct wh_order *order,
                                 struct wh_config_fault *fault)
{
    const struct wh_variant *variant = order->variant;
    struct wh_identity identity = {
        .serial_number = order->serial_number,
        .meter_number = order->meter_number,
        .pulses_per_kwh = variant->pulses_per_kwh,
        .s0_pulses_per_kwh = variant->s0_pulses_per_kwh,
    };
    struct wh_config config = order->config != NULL ? *order->config : wh_config_default(variant);
    struct wh_config_fault ignored;
    strncpy(identity.model, variant->model, sizeof identity.model - 1);
    const struct wh_legal_factory factory = {.ratio = order->ratio > 1 ? order->ratio : 1,
                                             .ratio_locked = order->ratio_locked};
    if (!ratio_is_valid(order)) {
        return WH_ERR_ARGUMENT;
    }
    enum wh_err err = wh_application_manufacture(board->flash, variant, &config,
                                                 fault != NULL ? fault : &ignored);
    /* Last: a meter with identity is complete. */
    return err == WH_OK ? wh_legal_manufacture_as(board->nvm, &identity, &factory) : err;
}

uint32_t wh_meter_memory_size(uint32_t page_size_bytes)
{
    return wh_legal_memory_size(page_size_bytes);
}

static enum wh_err set_voltage_limits(struct wh_meter *meter)
{
    const struct wh_config *config = &meter->application.config;
    const struct wh_voltage_limits limits = {
        .under_mv = config->under_mv,
        .over_mv = config->over_mv,
        .lost_mv = config->lost_mv,
        .hysteresis_mv = config->hysteresis_mv,
    };
    return wh_measuring_set_voltage_limits(&meter->measuring, &limits);
}

static void set_display(struct wh_meter *meter)
{
    const struct wh_config *config = &meter->application.config;
    wh_display_set_list(&meter->display, WH_LCD_LIST_AUTOMATIC, config->automatic_list,
                        sizeof config->automatic_list);
    wh_display_set_list(&meter->display, WH_LCD_LIST_MANUAL, config->manual_list,
                        sizeof config->manual_list);
    wh_display_set_list(&meter->display, WH_LCD_LIST_BACKUP, config->backup_list,
                        sizeof config->backup_list);
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
    const enum wh_err err = wh_measuring_init(&meter->measuring, &design, meter->legal.calibration);
    return err != WH_OK ? err : set_voltage_limits(meter);
}

static enum wh_err start_application(struct wh_meter *meter, const struct wh_board *board,
                                     struct wh_application_start *found)
{
    const enum wh_err err = wh_application_start(&meter->application, &meter->legal, board->flash,
                                                 meter->variant, &board->rtc, found);
    if (err == WH_OK) {
        wh_display_init(&meter->display, meter->variant->voltage_on_mv);
        set_display(meter);
    }
    return err;
}

enum wh_err wh_meter_start(struct wh_meter *meter, const struct wh_board *board,
                           struct wh_meter_start_report *report)
{
    *meter = (struct wh_meter){0};
    *report = (struct wh_meter_start_report){0};
    enum wh_err err = wh_legal_start(&meter->legal, board->nvm, &report->legal);
    if (err != WH_OK) {
        return err;
    }
    const struct wh_identity identity = wh_legal_identity(&meter->legal);
    meter->variant = wh_variant_find(identity.model);
    if (meter->variant == NULL) {
        return WH_ERR_UNSUPPORTED;
    }
    if (board->program != NULL) {
        wh_legal_watch_program(&meter->legal, board->program, board->program_size);
    }
    err = start_application(meter, board, &report->application);
    if (err == WH_OK && board->image != NULL) {
        report->image = wh_application_start_image(&meter->application, board->image);
    }
    return err == WH_OK ? init_measuring(meter) : err;
}

enum wh_err wh_meter_inspect(const struct wh_nvm *nvm, struct wh_legal_start_report *report,
                             struct wh_identity *identity)
{
    struct wh_legal legal;
    const enum wh_err err = wh_legal_start(&legal, nvm, report);
    if (err == WH_OK) {
        *identity = wh_legal_identity(&legal);
    }
    return err;
}

/* The breaker refuses what is not allowed; nobody is there to be told but who looks at the glass. */
static void hold_button(struct wh_meter *meter, uint32_t sample_count)
{
    const uint32_t held = meter->held_samples;
    if (!meter->is_held || held >= HOLD_SAMPLES) {
        return;
    }
    meter->held_samples = sample_count < HOLD_SAMPLES - held ? held + sample_count : HOLD_SAMPLES;
    if (meter->held_samples == HOLD_SAMPLES && meter->display.list == WH_LCD_LIST_MANUAL &&
        wh_display_quantity(&meter->display) == WH_QUANTITY_BREAKER_STATE) {
        (void)wh_application_breaker_button(&meter->application, &meter->legal);
    }
}

static void pass_time(struct wh_meter *meter, uint32_t sample_count)
{
    wh_application_run(&meter->application, &meter->legal, sample_count);
    wh_display_run(&meter->display, meter->is_held ? 0 : sample_count);
    hold_button(meter, sample_count);
    wh_legal_run_pulses(&meter->legal, sample_count);
}

/* The legal part sees a report before anything else does. */
static void take(struct wh_meter *meter, const struct wh_bus_report *report)
{
    const int32_t minute = meter->application.minute;
    wh_legal_take(&meter->legal, report);
    wh_application_take(&meter->application, &meter->legal);
    if (meter->application.minute != minute) {
        wh_legal_check_self(&meter->legal);
    }
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
            take(meter, &report);
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
    take(meter, report);
}

static uint32_t audit_time_s(const struct wh_meter *meter)
{
    const struct wh_clock *clock = &meter->application.clock;
    return clock->valid ? clock->utc_s : 0;
}

enum wh_err wh_meter_set_seal(struct wh_meter *meter, bool open)
{
    return wh_meter_input(meter, WH_INPUT_VERIFICATION_SEAL, open);
}

enum wh_err wh_meter_input(struct wh_meter *meter, enum wh_input input, bool high)
{
    static const enum wh_switch switches[WH_INPUT_COUNT] = {
        [WH_INPUT_TERMINAL_COVER] = WH_SWITCH_TERMINAL_COVER,
        [WH_INPUT_UTILITY_SEAL] = WH_SWITCH_UTILITY_SEAL,
        [WH_INPUT_VERIFICATION_SEAL] = WH_SWITCH_VERIFICATION_SEAL,
    };
    const bool is_switch = input == WH_INPUT_TERMINAL_COVER || input == WH_INPUT_UTILITY_SEAL ||
                           input == WH_INPUT_VERIFICATION_SEAL;
    wh_legal_set_time(&meter->legal, audit_time_s(meter));
    const enum wh_err told =
        is_switch ? wh_legal_set_switch(&meter->legal, switches[input], high) : WH_OK;
    const enum wh_err err = wh_application_input(&meter->application, &meter->legal, input, high);
    return told != WH_OK ? told : err;
}

enum wh_err wh_meter_configure(struct wh_meter *meter, const struct wh_config *config,
                               enum wh_origin origin, struct wh_config_fault *fault)
{
    const struct wh_config before = meter->application.config;
    const enum wh_err err =
        wh_application_configure(&meter->application, &meter->legal, config, origin, fault);
    if (wh_config_protections(&before, &meter->application.config) == 0) {
        return err;
    }
    /* In use, also if something behind it failed: elements and glass go by it as well. */
    set_display(meter);
    const enum wh_err limits = set_voltage_limits(meter);
    return err != WH_OK ? err : limits;
}

enum wh_err wh_meter_set_clock(struct wh_meter *meter, uint32_t utc_s)
{
    return wh_application_set_clock(&meter->application, &meter->legal, utc_s);
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
    (void)wh_legal_save(
        &meter->legal); /* a refusal is in the status; the counts are stored already */
    wh_application_lose_supply(&meter->application, &meter->legal);
    wh_display_supply(&meter->display, false);
}

void wh_meter_idle(struct wh_meter *meter, uint32_t sample_count)
{
    wh_application_idle(&meter->application, sample_count);
    hold_button(meter, sample_count);
    wh_display_run(&meter->display, sample_count);
}

void wh_meter_button(struct wh_meter *meter)
{
    wh_display_button(&meter->display);
}

void wh_meter_button_level(struct wh_meter *meter, bool pressed)
{
    const bool was_held = meter->is_held;
    meter->is_held = pressed;
    if (pressed && !was_held) {
        meter->held_samples = 0;
    } else if (!pressed && was_held && meter->held_samples < HOLD_SAMPLES) {
        wh_display_button(&meter->display);
    }
}

enum wh_err wh_meter_stop(struct wh_meter *meter)
{
    const enum wh_err err = wh_legal_save(&meter->legal);
    wh_application_lose_supply(&meter->application, &meter->legal);
    return err;
}

bool wh_meter_led(const struct wh_meter *meter)
{
    const bool load =
        wh_legal_importing(&meter->legal) != 0 || wh_legal_exporting(&meter->legal) != 0;
    return wh_legal_led(&meter->legal) || (!load && meter->application.config.led_when_idle != 0);
}

struct wh_reading_source wh_meter_readings(const struct wh_meter *meter)
{
    return wh_application_readings(&meter->application, &meter->legal);
}

void wh_meter_lcd(const struct wh_meter *meter, struct wh_lcd *lcd)
{
    const struct wh_reading_source source = wh_meter_readings(meter);
    wh_display_draw(&meter->display, &source, lcd);
}
