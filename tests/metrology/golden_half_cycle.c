/* Golden half cycles: the voltage quality of a fixed signal – dips, a swell, an outage,
 * distortion, noise, a frequency that drifts – must be the same bits on every target (LOG-7, the
 * detection). A plain program, so that it runs on the Cortex-M4 as well. */
#include "common/crc32.h"
#include "common/trig.h"
#include "metrology/measuring.h"
#include <stdio.h>

enum { SECONDS = 12 };

static const uint32_t expected_crc = 0xe4a392d9u;

/* Amplitude at 500 V full scale by phase and tenth of a second. */
static int32_t amplitude(uint32_t phase, uint32_t tenth)
{
    static const struct {
        uint8_t phase, from, to;
        int32_t amplitude;
    } events[] = {
        {0, 25, 27, 4400000},                                               /* 185 V */
        {1, 31, 60, 0},       {2, 33, 35, 6300000},                         /* 265 V */
        {0, 70, 90, 300000},                                                /* 13 V */
        {1, 75, 95, 0},       {2, 80, 85, 0},       {2, 100, 101, 4910000}, /* 207 V */
    };
    for (size_t e = 0; e < sizeof events / sizeof events[0]; e++) {
        if (events[e].phase == phase && tenth >= events[e].from && tenth < events[e].to) {
            return events[e].amplitude;
        }
    }
    return 5457000; /* 230 V */
}

static int32_t wave(uint32_t angle, int32_t amplitude_codes)
{
    return (int32_t)(((int64_t)wh_sine(angle) * amplitude_codes) >> WH_TRIG_Q);
}

static void make_set(uint32_t k, uint32_t *angle, uint32_t *seed, struct wh_sample_set *set)
{
    *angle += 52323942u + k * 3u; /* 49.9 Hz and rising */
    for (uint32_t p = 0; p < WH_PHASES; p++) {
        const uint32_t at = *angle - p * 0x55555555u;
        const int32_t a = amplitude(p, k * 10u / WH_SAMPLE_RATE_HZ);
        *seed = *seed * 1664525u + 1013904223u;
        set->u[p] = wave(at, a) + wave(5 * at, a / 25) + (int32_t)(*seed >> 18);
        set->i[p] = 0;
    }
}

static uint32_t add_report(uint32_t crc, const struct wh_bus_report *report)
{
    for (int p = 0; p < WH_PHASES; p++) {
        const struct wh_element_report *r = &report->phase[p];
        const uint32_t fields[] = {
            r->u_min_mv,
            r->u_max_mv,
            r->voltage_state,
            r->half_cycles[WH_VOLTAGE_NORMAL],
            r->half_cycles[WH_VOLTAGE_UNDER],
            r->half_cycles[WH_VOLTAGE_OVER],
            r->half_cycles[WH_VOLTAGE_LOST],
        };
        crc = wh_crc32(crc, fields, sizeof fields);
    }
    return crc;
}

static uint32_t run(struct wh_measuring *measuring)
{
    uint32_t angle = 0;
    uint32_t seed = 1;
    uint32_t crc = 0;
    for (uint32_t k = 0; k < SECONDS * WH_SAMPLE_RATE_HZ; k++) {
        struct wh_sample_set set;
        struct wh_bus_report report;
        bool ready;
        make_set(k, &angle, &seed, &set);
        wh_measuring_run(measuring, &set, 1, &report, &ready);
        crc = ready ? add_report(crc, &report) : crc;
    }
    return crc;
}

int main(void)
{
    static struct wh_measuring measuring;
    const struct wh_element_design design = {
        .u_full_scale_mv = 500000,
        .i_full_scale_ma = 200000,
        .start_mva = 2300,
        .nominal_mhz = 50000,
    };
    struct wh_calibration phase = wh_calibration_ideal();
    phase.u_gain_q30 += 1234567;
    phase.delay_q15 = 4321;
    const struct wh_calibration calibration[WH_PHASES] = {phase, phase, phase};
    if (wh_measuring_init(&measuring, &design, calibration) != WH_OK) {
        return 1;
    }
    const uint32_t crc = run(&measuring);
    printf("golden half cycles: 0x%08lx\n", (unsigned long)crc);
    return crc == expected_crc ? 0 : 1;
}
