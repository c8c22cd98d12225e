/* One measuring element (MET-1, MET-2, MET-6, MET-8): nothing is lost or made, corrections correct. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "metrology/measuring.h"

__extension__ typedef __int128 wide;

static const struct wh_calibration ideal = {.u_gain_q30 = 1u << 30, .i_gain_q30 = 1u << 30};

static const struct wh_element_design design = {
    .u_full_scale_mv = 500000,
    .i_full_scale_ma = 200000,
    .start_mva = 2300,
    .nominal_mhz = 50000,
};

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Every product of every sample is in a report, in what the element still holds, or in a remainder: the
 * sum is exact to the last bit, for any input, window length and share. */
static void test_energy_is_conserved_exactly(void **state)
{
    (void)state;
    struct wh_element e;
    uint32_t seed = 7;
    assert_int_equal(wh_element_init(&e, &design, &ideal), WH_OK);
    wide products = 0;
    wide reported_uj = 0;
    for (int window = 0; window < 400; window++) {
        const uint32_t count = 1 + next_random(&seed) % 1000;
        for (uint32_t k = 0; k < count; k++) {
            const int32_t scale = window % 7 == 0 ? 1 : 1 << (next_random(&seed) % 23);
            const int32_t u = (int32_t)(next_random(&seed) % 16777216u - 8388608u) / 2;
            const int32_t i = (int32_t)(next_random(&seed) % 16777216u - 8388608u) / scale;
            wh_element_sample(&e, &u, &i, 1, 1);
            products += (wide)e.last_u * e.last_i;
        }
        struct wh_element_report report;
        wh_element_close(&e, count, next_random(&seed) % 16384u, &report);
        reported_uj += report.active_uj;
    }
    const wide unit = (wide)1 << 58;
    const wide total = products * (wide)e.energy_factor;
    const wide found = (reported_uj + e.held_active_uj) * unit + (wide)e.active_rest +
                       (wide)e.sums.ui * (wide)e.energy_factor;
    assert_true(total == found);
}

static void refuse_design(struct wh_element_design d)
{
    struct wh_element e;
    assert_int_equal(wh_element_init(&e, &d, &ideal), WH_ERR_ARGUMENT);
}

/* A calibration out of range is refused, by an element that is made and by one that runs, unchanged. */
static void refuse_calibration(struct wh_calibration c)
{
    struct wh_element e;
    assert_int_equal(wh_element_init(&e, &design, &c), WH_ERR_ARGUMENT);
    assert_int_equal(wh_element_init(&e, &design, &ideal), WH_OK);
    const struct wh_element before = e;
    assert_int_equal(wh_element_calibrate(&e, &c), WH_ERR_ARGUMENT);
    assert_memory_equal(&before, &e, sizeof e);
}

static void test_values_out_of_range_are_refused(void **state)
{
    (void)state;
    struct wh_element_design d = design;
    d.u_full_scale_mv = 0;
    refuse_design(d);
    d = design;
    d.i_full_scale_ma = 2000001;
    refuse_design(d);
    d = design;
    d.i_full_scale_ma = 800001;
    refuse_design(d);
    d = design;
    d.start_mva = 1000001;
    refuse_design(d);
    d = design;
    d.nominal_mhz = 44999;
    refuse_design(d);
    struct wh_calibration c = ideal;
    c.u_gain_q30 = (3u << 28) - 1;
    refuse_calibration(c);
    c = ideal;
    c.i_gain_q30 = (5u << 28) + 1;
    refuse_calibration(c);
    c = ideal;
    c.delay_q15 = 32768;
    refuse_calibration(c);
    c = ideal;
    c.i_tempco_ppb_per_k = -500001;
    refuse_calibration(c);
    c = ideal;
    c.i_curvature_ppb_per_k2 = 10001;
    refuse_calibration(c);
    c = ideal;
    c.active_offset_uw = 250001;
    refuse_calibration(c);
    c = ideal;
    c.reactive_offset_uvar = -250001;
    refuse_calibration(c);
    c = ideal;
    c.i_noise_codes2 = (1u << 26) + 1;
    refuse_calibration(c);
    c = ideal;
    c.point_count = WH_CALIBRATION_POINTS + 1;
    refuse_calibration(c);
    c = ideal;
    c.point_count = 2; /* both at 0 mA */
    refuse_calibration(c);
    c.point[1] = (struct wh_calibration_point){.i_ma = 1, .lead_urad = 20001};
    refuse_calibration(c);
}

/* A front end to correct, and a load. */
struct bench {
    double u_v, i_a, lag_rad, f_hz;
    double u_gain, i_gain;     /* of the front end */
    double i_late_samples;     /* the current channel lags */
    double u_offset, i_offset; /* codes */
    double i_harmonic;         /* 7th, part of the fundamental, in U and I alike */
};

struct means {
    double p_w, q_var, u_v, i_a;
};

static void sample(const struct bench *b, double t_samples, struct wh_sample_set *set)
{
    const double full = 1 << WH_ADC_BITS;
    for (int p = 0; p < WH_PHASES; p++) {
        const double w = 2 * M_PI * b->f_hz / WH_SAMPLE_RATE_HZ;
        const double xu = w * t_samples - p * 2 * M_PI / 3;
        const double xi = xu - w * b->i_late_samples - b->lag_rad;
        const double x7 = 7 * w * (t_samples - b->i_late_samples) - 7 * p * 2 * M_PI / 3;
        const double u = sin(xu) + b->i_harmonic * sin(7 * xu);
        const double i = sin(xi) + b->i_harmonic * sin(x7 - 0.5);
        set->u[p] = (int32_t)lrint(b->u_v * M_SQRT2 * u * b->u_gain / 500 * full + b->u_offset);
        set->i[p] = (int32_t)lrint(b->i_a * M_SQRT2 * i * b->i_gain / 200 * full + b->i_offset);
    }
}

static struct means measure(const struct bench *b, const struct wh_calibration *calibration)
{
    struct wh_measuring m;
    struct means sum = {0};
    const struct wh_calibration all[WH_PHASES] = {*calibration, *calibration, *calibration};
    assert_int_equal(wh_measuring_init(&m, &design, all), WH_OK);
    int windows = 0;
    for (int k = 0; k < 12 * WH_SAMPLE_RATE_HZ; k++) {
        struct wh_sample_set set;
        struct wh_bus_report report;
        bool ready;
        sample(b, k, &set);
        wh_measuring_run(&m, &set, 1, &report, &ready);
        if (ready && k > 2 * WH_SAMPLE_RATE_HZ) {
            sum.p_w += report.phase[1].active_mw / 1e3;
            sum.q_var += report.phase[1].reactive_mvar / 1e3;
            sum.u_v += report.phase[1].u_rms_mv / 1e3;
            sum.i_a += report.phase[1].i_rms_ua / 1e6;
            windows++;
        }
    }
    const struct means mean = {sum.p_w / windows, sum.q_var / windows, sum.u_v / windows,
                               sum.i_a / windows};
    return mean;
}

static void check(double got, double expected, double tolerance)
{
    if (fabs(got - expected) > tolerance) {
        print_error("%.7f, should be %.7f\n", got, expected);
    }
    assert_true(fabs(got - expected) <= tolerance);
}

/* Errors of the front end taken out by the constants: gains, a current channel that is late or early, also
 * for harmonics. */
static void test_corrections_correct(void **state)
{
    (void)state;
    static const double late[] = {0, 0.01, 0.37, 0.9, -0.05, -0.6};
    for (size_t l = 0; l < sizeof late / sizeof late[0]; l++) {
        const struct bench b = {.u_v = 230,
                                .i_a = 10,
                                .lag_rad = M_PI / 3,
                                .f_hz = 50.04,
                                .u_gain = 1.02,
                                .i_gain = 0.97,
                                .i_late_samples = late[l],
                                .i_harmonic = 0.1};
        struct wh_calibration c = ideal;
        c.u_gain_q30 = (uint32_t)lrint((1 << 30) / b.u_gain);
        c.i_gain_q30 = (uint32_t)lrint((1 << 30) / b.i_gain);
        c.delay_q15 = (int32_t)lrint(late[l] * 32768);
        const struct means mean = measure(&b, &c);
        const double s = 2300;
        check(mean.p_w, s * (cos(b.lag_rad) + 0.01 * cos(0.5)), s * 1e-4);
        check(mean.q_var, s * sin(b.lag_rad), s * 1e-4);
        check(mean.u_v, 230 * sqrt(1.01), 230 * 3e-4);
        check(mean.i_a, 10 * sqrt(1.01), 10 * 1e-5);
    }
}

/* MET-6: offsets of the converters and a DC current change nothing. */
static void test_offsets_and_dc_do_nothing(void **state)
{
    (void)state;
    const struct bench b = {.u_v = 230,
                            .i_a = 0.5,
                            .lag_rad = 1,
                            .f_hz = 50,
                            .u_gain = 1,
                            .i_gain = 1,
                            .u_offset = 30000,
                            .i_offset = -90000};
    const struct means mean = measure(&b, &ideal);
    check(mean.p_w, 115 * cos(1), 115 * 2e-5);
    check(mean.q_var, 115 * sin(1), 115 * 2e-5);
    check(mean.u_v, 230, 0.003);
    check(mean.i_a, 0.5, 5e-5);
}

static void test_offset_power_and_noise_are_subtracted(void **state)
{
    (void)state;
    const struct bench b = {.u_v = 230, .i_a = 0.1, .f_hz = 50, .u_gain = 1, .i_gain = 1};
    struct wh_calibration c = ideal;
    c.active_offset_uw = 250000;
    check(measure(&b, &c).p_w, 22.75, 0.001);
    c.active_offset_uw = -100000;
    check(measure(&b, &c).p_w, 23.1, 0.001);
    const double codes = 0.1 / 200 * (1 << WH_ADC_BITS);
    c = ideal;
    c.i_noise_codes2 = (uint32_t)(codes * codes * 0.19);
    check(measure(&b, &c).i_a, 0.09, 1e-5);
}

/* MET-7: errors that depend on the current, as a transformer has them, are taken out between the points. */
static void test_corrections_over_current(void **state)
{
    (void)state;
    struct wh_calibration c = ideal;
    c.point_count = 3;
    c.point[0] = (struct wh_calibration_point){100, 4000, 9000};
    c.point[1] = (struct wh_calibration_point){1000, 1000, 3000};
    c.point[2] = (struct wh_calibration_point){5000, -500, 1000};
    static const struct {
        double i_a, gain_ppm, lead_urad;
    } at[] = {
        {0.05, 4000, 9000}, {0.55, 2500, 6000}, {1, 1000, 3000}, {3, 250, 2000}, {9, -500, 1000}};
    for (size_t k = 0; k < sizeof at / sizeof at[0]; k++) {
        const double lag = M_PI / 3;
        const struct bench b = {.u_v = 230,
                                .i_a = at[k].i_a,
                                .lag_rad = lag - at[k].lead_urad / 1e6,
                                .f_hz = 50,
                                .u_gain = 1,
                                .i_gain = 1 - at[k].gain_ppm / 1e6};
        const struct means mean = measure(&b, &c);
        const double s = 230 * at[k].i_a;
        check(mean.p_w, s * cos(lag), s * 3e-5);
        check(mean.q_var, s * sin(lag), s * 3e-5);
        check(mean.i_a, at[k].i_a, at[k].i_a * 3e-5);
    }
}

/* MET-7: a drift of the gains with temperature is taken out by the coefficients. */
static void test_temperature_compensation(void **state)
{
    (void)state;
    struct wh_calibration c = ideal;
    c.u_tempco_ppb_per_k = -20000;
    c.i_tempco_ppb_per_k = 35000;
    c.i_curvature_ppb_per_k2 = -300;
    assert_int_equal(wh_calibration_gain(1u << 30, 35000, -300, WH_REFERENCE_CENTI_C), 1u << 30);
    for (int32_t centi_c = -4000; centi_c <= 7000; centi_c += 1100) {
        const double kelvin = (centi_c - WH_REFERENCE_CENTI_C) / 100.0;
        const uint32_t u_gain = wh_calibration_gain(1u << 30, c.u_tempco_ppb_per_k, 0, centi_c);
        const uint32_t i_gain =
            wh_calibration_gain(1u << 30, c.i_tempco_ppb_per_k, c.i_curvature_ppb_per_k2, centi_c);
        check(u_gain / 1073741824.0, 1 - 20e-6 * kelvin, 2e-9);
        const double i_expected = 1 + 35e-6 * kelvin - 300e-9 * kelvin * kelvin;
        check(i_gain / 1073741824.0, i_expected, 2e-9);
        struct wh_element e;
        assert_int_equal(wh_element_init(&e, &design, &c), WH_OK);
        wh_element_set_temperature(&e, centi_c);
        assert_int_equal(e.u_gain_q30, u_gain);
        assert_int_equal(e.i_gain_q30, i_gain);
        check((double)e.energy_factor, 1e11 * (1 - 20e-6 * kelvin) * i_expected, 1000);
    }
}

/* Feeds one window of a square-edged DC-free load: n cycles of the window's ten carry current. */
static int64_t energy_of_windows(const int cycles_on[], int windows)
{
    struct wh_measuring m;
    const struct wh_calibration all[WH_PHASES] = {ideal, ideal, ideal};
    assert_int_equal(wh_measuring_init(&m, &design, all), WH_OK);
    struct bench b = {.u_v = 230, .i_a = 0, .f_hz = 51.2, .u_gain = 1, .i_gain = 1};
    int64_t energy_uj = 0;
    int window =
        -20; /* first it locks; 51.2 Hz are 80 samples a cycle, so that edges fall on samples */
    for (int k = 0; window < windows; k++) {
        struct wh_sample_set set;
        struct wh_bus_report report;
        bool ready;
        const uint32_t cycle = (m.window_samples - m.samples_left) / 80;
        const bool on = window >= 0 && (int)cycle < cycles_on[window];
        b.i_a = on ? 0.05 : 0;
        sample(&b, k, &set);
        wh_measuring_run(&m, &set, 1, &report, &ready);
        if (ready) {
            energy_uj += window >= 0 ? report.phase[0].active_uj : 0;
            window++;
        }
    }
    return energy_uj;
}

/* MET-8: a load's edge windows are below the start of registration but belong to it; alone they do not count. */
static void test_edges_of_a_load_count(void **state)
{
    (void)state;
    static const int edges[] = {0, 1, 10, 10, 1, 0, 0};
    static const int alone[] = {0, 1, 0, 0, 1, 0, 0};
    static const int above[] = {0, 10, 0, 0, 10, 0, 0};
    const double cycle_uj = 230 * 0.05 / 51.2 * 1e6;
    check((double)energy_of_windows(edges, 7), 22 * cycle_uj, cycle_uj * 0.3);
    assert_int_equal(energy_of_windows(alone, 7), 0);
    check((double)energy_of_windows(above, 7), 20 * cycle_uj, cycle_uj * 0.3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_energy_is_conserved_exactly),
        cmocka_unit_test(test_values_out_of_range_are_refused),
        cmocka_unit_test(test_corrections_correct),
        cmocka_unit_test(test_offsets_and_dc_do_nothing),
        cmocka_unit_test(test_offset_power_and_noise_are_subtracted),
        cmocka_unit_test(test_corrections_over_current),
        cmocka_unit_test(test_temperature_compensation),
        cmocka_unit_test(test_edges_of_a_load_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
