#include "rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

void rig_open(struct rig *rig)
{
    struct wh_meter_start_report report;
    const struct wh_order order = {.variant = wh_variant_find("382M"),
                                   .serial_number = RIG_SERIAL_NUMBER,
                                   .meter_number = RIG_METER_NUMBER};
    *rig = (struct rig){0};
    assert_int_equal(board_memory_open(&rig->memory), WH_OK);
    assert_int_equal(wh_meter_manufacture(&rig->memory.board, &order, NULL), WH_OK);
    assert_int_equal(wh_meter_start(&rig->meter, &rig->memory.board, &report), WH_OK);
    rig->source = wh_meter_readings(&rig->meter);
}

void rig_close(struct rig *rig)
{
    board_memory_close(&rig->memory);
}

static struct wh_element_report element(const struct rig_phase *phase)
{
    const uint64_t apparent_mva = (uint64_t)phase->u_mv * phase->i_ma / 1000;
    const bool registering = apparent_mva >= 2300;
    const struct wh_element_report report = {
        .active_uj = registering ? (int64_t)phase->active_mw * 1000 : 0,
        .reactive_uj = registering ? (int64_t)phase->reactive_mvar * 1000 : 0,
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

void rig_second(struct rig *rig, const struct rig_phase phases[WH_PHASES])
{
    struct wh_bus_report report = {
        .sample_count = WH_SAMPLE_RATE_HZ,
        .duration_q14 = WH_SAMPLE_RATE_HZ << 14,
    };
    for (int p = 0; p < WH_PHASES; p++) {
        report.phase[p] = element(&phases[p]);
    }
    wh_meter_report(&rig->meter, &report);
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
