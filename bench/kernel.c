/* Instructions of the metrology on the Cortex-M4, per three-phase sample set (-O2, everything on: offsets, phase
 * correction, rms, active, fundamental reactive, frequency). Budget: 500. Run by the cortex-m4 preset
 * under QEMU with exact instruction counting; returns 1 over budget. */
#include "common/trig.h"
#include "metrology/measuring.h"
#include "ports/mps2/instructions.h"
#include <stdio.h>

enum { BUDGET_PER_SET = 500, SETS = 4096, SECONDS = 3 };

struct run {
    struct wh_measuring measuring;
    const struct wh_sample_set *sets;
    size_t block;
    unsigned reports;
};

static void make_sets(struct wh_sample_set *sets)
{
    for (uint32_t k = 0; k < SETS; k++) {
        for (uint32_t p = 0; p < WH_PHASES; p++) {
            const uint32_t angle = k * 52428800u - p * 0x55555555u; /* 50 Hz: SETS are 50 cycles */
            sets[k].u[p] = wh_sine(angle) / 2;
            sets[k].i[p] = wh_sine(angle - 0x10000000u) / 8;
        }
    }
}

/* A second of mains, given in blocks. */
static void measure_second(void *context)
{
    struct run *run = context;
    for (size_t at = 0; at < SETS;) {
        struct wh_bus_report report;
        bool ready;
        const size_t room = SETS - at < run->block ? SETS - at : run->block;
        at += wh_measuring_run(&run->measuring, run->sets + at, room, &report, &ready);
        run->reports += ready;
    }
}

static uint32_t count_per_set(struct run *run, size_t block)
{
    run->block = block;
    run->reports = 0;
    const uint32_t instructions = wh_mps2_instructions(measure_second, run);
    return instructions / SETS;
}

int main(void)
{
    static struct wh_sample_set sets[SETS];
    static struct run run;
    const struct wh_element_design design = {
        .u_full_scale_mv = 500000,
        .i_full_scale_ma = 200000,
        .start_mva = 2300,
        .nominal_mhz = 50000,
    };
    const struct wh_calibration phase = {
        .u_gain_q30 = (1u << 30) + 12345,
        .i_gain_q30 = (1u << 30) - 54321,
        .delay_q15 = 1234,
        .active_offset_uw = 50,
        .i_noise_codes2 = 3,
        .point_count = 2,
        .point = {{.i_ma = 10, .gain_ppm = 500, .lead_urad = 2000}, {.i_ma = 5000}},
    };
    const struct wh_calibration calibration[WH_PHASES] = {phase, phase, phase};
    make_sets(sets);
    run.sets = sets;
    run.block = SETS;
    if (wh_measuring_init(&run.measuring, &design, calibration) != WH_OK) {
        return 1;
    }
    for (int s = 0; s < SECONDS; s++) {
        measure_second(&run); /* until it is locked */
    }
    if (!wh_element_is_locked(&run.measuring.element[2])) {
        printf("not locked\n");
        return 1;
    }
    const uint32_t single = count_per_set(&run, 1);
    const uint32_t blocks = count_per_set(&run, 64);
    printf("metrology, instructions per three-phase sample set, Cortex-M4 -O2 (budget %d):\n"
           "  one set a call (sampling interrupt) %lu\n  64 sets a call %lu\n",
           BUDGET_PER_SET, (unsigned long)single, (unsigned long)blocks);
    return single <= BUDGET_PER_SET ? 0 : 1;
}
