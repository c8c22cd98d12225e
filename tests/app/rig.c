#include "rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void start(struct rig *rig)
{
    struct wh_meter_start_report report;
    assert_int_equal(wh_meter_start(&rig->meter, &rig->memory.board, &report), WH_OK);
    rig->source = wh_meter_readings(&rig->meter);
    rig->found = report.application;
}

void rig_open_as(struct rig *rig, const char *model, const struct wh_config *config, uint32_t utc_s)
{
    const struct wh_order order = {.variant = wh_variant_find(model),
                                   .serial_number = RIG_SERIAL_NUMBER,
                                   .meter_number = RIG_METER_NUMBER,
                                   .config = config};
    *rig = (struct rig){0};
    assert_int_equal(board_memory_open(&rig->memory), WH_OK);
    assert_int_equal(wh_meter_manufacture(&rig->memory.board, &order, NULL), WH_OK);
    rig->memory.board.rtc = (struct wh_rtc_reading){.valid = utc_s != 0, .utc_s = utc_s};
    start(rig);
}

void rig_open(struct rig *rig)
{
    rig_open_as(rig, "382M", NULL, 0);
}

void rig_close(struct rig *rig)
{
    board_memory_close(&rig->memory);
}

static struct wh_element_report element(const struct rig_phase *phase, uint32_t seconds)
{
    const uint64_t apparent_mva = (uint64_t)phase->u_mv * phase->i_ma / 1000;
    const bool registering = apparent_mva >= 2300;
    const struct wh_element_report report = {
        .active_uj = registering ? (int64_t)phase->active_mw * 1000 * seconds : 0,
        .reactive_uj = registering ? (int64_t)phase->reactive_mvar * 1000 * seconds : 0,
        .u_rms_mv = phase->u_mv,
        .i_rms_ua = phase->i_ma * 1000,
        .active_mw = phase->active_mw,
        .reactive_mvar = phase->reactive_mvar,
        .apparent_mva = (uint32_t)apparent_mva,
        .frequency_uhz = phase->u_mv >= 10000 ? 50000000 : 0,
        .u_angle = (uint32_t)(((uint64_t)phase->angle_deg << 32) / 360),
        .locked = phase->u_mv >= 10000,
        .registering = registering,
    };
    return report;
}

static void report_seconds(struct rig *rig, const struct rig_phase phases[WH_PHASES],
                           uint32_t seconds)
{
    struct wh_bus_report report = {
        .sample_count = WH_SAMPLE_RATE_HZ * seconds,
        .duration_q14 = (WH_SAMPLE_RATE_HZ << 14) * seconds,
    };
    for (int p = 0; p < WH_PHASES; p++) {
        report.phase[p] = element(&phases[p], seconds);
    }
    wh_meter_report(&rig->meter, &report);
}

void rig_second(struct rig *rig, const struct rig_phase phases[WH_PHASES])
{
    report_seconds(rig, phases, 1);
}

void rig_pass(struct rig *rig, const struct rig_phase phases[WH_PHASES], uint32_t seconds)
{
    while (seconds > 0) {
        const uint32_t to_minute = 60 - rig->meter.application.clock.utc_s % 60;
        const uint32_t step = seconds < to_minute ? seconds : to_minute;
        report_seconds(rig, phases, step);
        seconds -= step;
    }
}

void rig_load(struct rig *rig, int32_t total_mw, int32_t total_mvar, uint32_t seconds)
{
    struct rig_phase phases[WH_PHASES];
    rig_balanced(phases, total_mw / WH_PHASES, total_mvar / WH_PHASES);
    rig_pass(rig, phases, seconds);
}

void rig_load_until(struct rig *rig, int32_t total_mw, int32_t total_mvar, uint32_t utc_s)
{
    assert_true(utc_s >= rig->meter.application.clock.utc_s);
    rig_load(rig, total_mw, total_mvar, utc_s - rig->meter.application.clock.utc_s);
}

void rig_outage(struct rig *rig, enum rig_cut cut, uint32_t seconds, bool rtc_survives)
{
    if (cut == RIG_ORDERLY) {
        wh_meter_lose_mains(&rig->meter);
    }
    rig->memory.board.rtc = (struct wh_rtc_reading){
        .valid = rtc_survives, .utc_s = rig->meter.application.clock.utc_s + seconds};
    start(rig);
}

uint32_t rig_utc(const struct rig *rig, uint16_t year, uint8_t month, uint8_t day, uint8_t hour,
                 uint8_t minute)
{
    const int64_t normal_s =
        ((int64_t)wh_calendar_day(year, month, day) * 1440 + hour * 60 + minute) * 60;
    return (uint32_t)(normal_s - rig->meter.application.config.zone_min * 60);
}

int64_t rig_read(const struct rig *rig, enum wh_quantity_id id)
{
    struct wh_reading reading;
    assert_int_equal(wh_read(&rig->source, wh_catalog_get(id), &reading), WH_OK);
    return reading.number;
}

uint32_t rig_count_events(const struct rig *rig, enum wh_event_code code, struct wh_event *newest)
{
    const struct wh_log *log = &rig->meter.application.logs.log[wh_event_row(code)->log];
    struct wh_log_range range;
    struct wh_event event;
    uint32_t count = 0;
    assert_int_equal(wh_log_range_begin_entries(log, UINT32_MAX, 0, &range), WH_OK);
    while (wh_event_next(&range, &event) == WH_OK) {
        if (event.code == code) {
            count++;
            if (newest != NULL) {
                *newest = event;
            }
        }
    }
    return count;
}

void rig_balanced(struct rig_phase phases[WH_PHASES], int32_t active_mw, int32_t reactive_mvar)
{
    static const uint32_t angles_deg[] = {0, 240, 120};
    for (int p = 0; p < WH_PHASES; p++) {
        const double apparent_mva = hypot(active_mw, reactive_mvar);
        phases[p] = (struct rig_phase){
            .u_mv = 230000,
            .i_ma = (uint32_t)lrint(apparent_mva / 230),
            .active_mw = active_mw,
            .reactive_mvar = reactive_mvar,
            .angle_deg = angles_deg[p],
        };
    }
}

void rig_set_energy(struct rig *rig, enum wh_energy energy, uint64_t count_dwh)
{
    assert_true((int)energy < (int)WH_STORED_ENERGY_COUNT);
    rig->meter.legal.registers.count_dwh[energy] = count_dwh;
}
