/* The oscillator finds and follows the mains frequency (MET-4, VAR-5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "metrology/measuring.h"

static const struct wh_element_design design = {
    .u_full_scale_mv = 500000,
    .i_full_scale_ma = 200000,
    .start_mva = 2300,
    .nominal_mhz = 50000,
};

struct mains {
    double f_hz, u_v, fifth, third, angle;
};

static void start(struct wh_measuring *m)
{
    const struct wh_calibration ideal = wh_calibration_ideal();
    const struct wh_calibration calibration[WH_PHASES] = {ideal, ideal, ideal};
    assert_int_equal(wh_measuring_init(m, &design, calibration), WH_OK);
}

static void next_set(struct mains *mains, struct wh_sample_set *set)
{
    for (int p = 0; p < WH_PHASES; p++) {
        const double x = mains->angle - p * 2 * M_PI / 3;
        const double wave = sin(x) + mains->fifth * sin(5 * x + 1) + mains->third * sin(3 * x + 2);
        set->u[p] = (int32_t)lrint(mains->u_v * M_SQRT2 * wave / 500 * (1 << WH_ADC_BITS));
        set->i[p] = 0;
    }
    mains->angle += 2 * M_PI * mains->f_hz / WH_SAMPLE_RATE_HZ;
}

/* Plays; returns the newest report and in *locked_s when all phases were first locked, or -1. */
static struct wh_bus_report play(struct wh_measuring *m, struct mains *mains, double seconds,
                                 double *locked_s)
{
    struct wh_bus_report report = {0};
    const int samples = (int)(seconds * WH_SAMPLE_RATE_HZ);
    *locked_s = -1;
    for (int k = 0; k < samples; k++) {
        struct wh_sample_set set;
        bool ready;
        next_set(mains, &set);
        wh_measuring_run(m, &set, 1, &report, &ready);
        const bool all = report.phase[0].locked && report.phase[1].locked && report.phase[2].locked;
        if (ready && all && *locked_s < 0) {
            *locked_s = (double)k / WH_SAMPLE_RATE_HZ;
        }
    }
    return report;
}

/* VAR-5: from 45 to 65 Hz, whatever the nominal frequency, within 1.2 s; then within 1 mHz. */
static void test_every_mains_frequency_is_found(void **state)
{
    (void)state;
    double slowest_s = 0;
    for (double f_hz = 45; f_hz <= 65; f_hz += 0.37) {
        struct wh_measuring m;
        struct mains mains = {.f_hz = f_hz, .u_v = 230, .fifth = 0.06, .third = 0.03};
        double locked_s;
        start(&m);
        const struct wh_bus_report report = play(&m, &mains, 3, &locked_s);
        assert_true(locked_s > 0 && locked_s < 1.2);
        slowest_s = fmax(slowest_s, locked_s);
        for (int p = 0; p < WH_PHASES; p++) {
            assert_true(fabs(report.phase[p].frequency_uhz / 1e6 - f_hz) < 0.001);
        }
    }
    print_message("slowest lock %.2f s\n", slowest_s);
}

/* Phase angles at the end of a window are those of the mains: 120 degrees apart. */
static void test_angles_between_phases(void **state)
{
    (void)state;
    struct wh_measuring m;
    struct mains mains = {.f_hz = 49.7, .u_v = 230};
    double locked_s;
    start(&m);
    const struct wh_bus_report report = play(&m, &mains, 3, &locked_s);
    const double turn = 4294967296.0;
    const uint32_t l2 = report.phase[1].u_angle - report.phase[0].u_angle;
    const uint32_t l3 = report.phase[2].u_angle - report.phase[0].u_angle;
    assert_true(fabs(l2 / turn * 360 - 240) < 0.01);
    assert_true(fabs(l3 / turn * 360 - 120) < 0.01);
}

/* A slow drift and a step of the frequency are followed without losing the lock for long. */
static void test_follows_drift_and_step(void **state)
{
    (void)state;
    struct wh_measuring m;
    struct mains mains = {.f_hz = 50, .u_v = 230};
    double locked_s;
    start(&m);
    play(&m, &mains, 2, &locked_s);
    for (int step = 0; step < 40; step++) {
        mains.f_hz += 0.02;
        const struct wh_bus_report report = play(&m, &mains, 0.5, &locked_s);
        assert_true(report.phase[0].locked);
    }
    mains.f_hz = 48;
    play(&m, &mains, 1, &locked_s);
    const struct wh_bus_report report = play(&m, &mains, 1, &locked_s);
    assert_true(report.phase[0].locked);
    assert_true(fabs(report.phase[0].frequency_uhz / 1e6 - 48) < 0.001);
}

/* Without voltage there is no lock and no frequency; with it again, both are back. */
static void test_voltage_goes_and_comes(void **state)
{
    (void)state;
    struct wh_measuring m;
    struct mains mains = {.f_hz = 50.1, .u_v = 230};
    double locked_s;
    start(&m);
    play(&m, &mains, 2, &locked_s);
    mains.u_v = 0;
    struct wh_bus_report report = play(&m, &mains, 1, &locked_s);
    assert_false(report.phase[0].locked);
    assert_int_equal(report.phase[0].frequency_uhz, 0);
    mains.u_v = 230;
    mains.angle += 2.1;
    report = play(&m, &mains, 2, &locked_s);
    assert_true(report.phase[0].locked);
    assert_true(locked_s >= 0 && locked_s < 1);
}

/* Windows are 10 cycles at 50 Hz and 12 at 60 Hz, to a hundredth of a sample (IEC 61000-4-30's basic window). */
static void test_windows_are_whole_cycles(void **state)
{
    (void)state;
    static const struct {
        double f_hz, cycles;
    } grids[] = {{49.9, 10}, {50.2, 10}, {59.95, 12}, {60.3, 12}};
    for (size_t g = 0; g < sizeof grids / sizeof grids[0]; g++) {
        struct wh_measuring m;
        struct mains mains = {.f_hz = grids[g].f_hz, .u_v = 230};
        double locked_s;
        start(&m);
        const struct wh_bus_report report = play(&m, &mains, 3, &locked_s);
        const double samples = grids[g].cycles / grids[g].f_hz * WH_SAMPLE_RATE_HZ;
        assert_true(fabs(report.duration_q14 / 16384.0 - samples) < 0.01);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_mains_frequency_is_found),
        cmocka_unit_test(test_angles_between_phases),
        cmocka_unit_test(test_follows_drift_and_step),
        cmocka_unit_test(test_voltage_goes_and_comes),
        cmocka_unit_test(test_windows_are_whole_cycles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
