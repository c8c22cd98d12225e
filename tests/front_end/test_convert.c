/* The conversion, one error at a time: each does to the reading what its closed form says. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "rig.h"
#include "sim/adc.h"

static const struct sim_front_end_scale usual = {500, 200};

static struct sim_front_end make(const char *kind, const struct sim_front_end_unit *unit)
{
    struct sim_front_end fe;
    assert_int_equal(sim_front_end_init_unit(&fe, sim_front_end_kind_find(kind), unit, &usual),
                     WH_OK);
    return fe;
}

static void test_bad_arguments(void **state)
{
    (void)state;
    struct sim_front_end fe;
    const struct sim_front_end_kind *kind = sim_front_end_kind_find("382");
    const struct sim_front_end_scale bad[] = {{0, 200}, {500, -1}, {NAN, 200}, {500, INFINITY}};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        assert_int_equal(sim_front_end_init(&fe, kind, 1, &bad[k]), WH_ERR_ARGUMENT);
        assert_int_equal(sim_front_end_ideal(&fe, 1, &bad[k]), WH_ERR_ARGUMENT);
    }
    assert_int_equal(sim_front_end_init(&fe, NULL, 1, &usual), WH_ERR_ARGUMENT);
}

static void run(const char *kind, uint32_t number, uint32_t noise, int32_t codes[512][6])
{
    struct sim_front_end fe = make_unit(kind, number, 200);
    sim_front_end_reseed_noise(&fe, noise);
    const struct sim_instant in = {{230, 100, -3}, {1, 2, 3}};
    for (int n = 0; n < 512; n++) {
        sim_front_end_convert(&fe, &in, codes[n], codes[n] + 3);
    }
}

static void test_unit_and_noise_run_decide_the_codes(void **state)
{
    (void)state;
    int32_t first[512][6];
    int32_t again[512][6];
    run("382", 7, 0, first);
    run("382", 7, 0, again);
    assert_memory_equal(first, again, sizeof first);
    run("382", 7, 1, again);
    assert_memory_not_equal(first, again, sizeof first);
    run("382", 8, 0, again);
    assert_memory_not_equal(first, again, sizeof first);
    run("351C", 7, 0, again);
    assert_memory_not_equal(first, again, sizeof first);
}

/* Against sim_adc with its usual dither: the same power to parts per million, less noise. */
static void test_ideal_is_as_good_as_the_ideal_converter(void **state)
{
    (void)state;
    struct sim_front_end fe;
    assert_int_equal(sim_front_end_ideal(&fe, 1, &usual), WH_OK);
    const double currents[] = {0.02, 0.25, 5, 100};
    for (size_t k = 0; k < 4; k++) {
        const struct load load = {230, currents[k], 60, 50, 10};
        const struct reading reading = measure(&fe, &load);
        const double error = error_pct(total(reading.power) / 3, true_power(&load));
        /* 5 sigma of 0.58 LSB over 3·40960 samples at pf 0.5. */
        const double noise = 5 * 0.65 * 200 / 0x1p23 / currents[k] / sqrt(3 * 40960) * 2 * 100;
        printf("ideal, %6.2f A, pf 0.5: %+.6f %%\n", currents[k], error);
        assert_true(fabs(error) < 1e-5 + noise);
    }
}

/* Any level between two codes: no bias, and √(1/3 + 1/12) LSB rms with the rounding. */
static void test_ideal_dither_is_unbiased(void **state)
{
    (void)state;
    for (double level = 0; level < 1; level += 0.25) {
        struct sim_front_end fe;
        assert_int_equal(sim_front_end_ideal(&fe, 3, &usual), WH_OK);
        const double v = level / 0x1p23 * 500;
        const struct sim_instant in = {{v, v, v}, {0, 0, 0}};
        double sum = 0;
        double squares = 0;
        for (int n = 0; n < 300000; n++) {
            int32_t u[3];
            int32_t i[3];
            sim_front_end_convert(&fe, &in, u, i);
            for (int k = 0; n >= 3 && k < 3; k++) {
                sum += u[k] - level;
                squares += (u[k] - level) * (u[k] - level);
            }
        }
        assert_true(fabs(sum / 9e5) < 4e-3);
        assert_true(fabs(sqrt(squares / 9e5) - sqrt(1. / 3 + 1. / 12)) < 2e-3);
    }
}

static void test_answers_one_sample_late(void **state)
{
    (void)state;
    struct sim_front_end fe;
    assert_int_equal(sim_front_end_ideal(&fe, 1, &usual), WH_OK);
    int32_t u[3];
    int32_t i[3];
    sim_front_end_convert(&fe, &(struct sim_instant){{250, 0, 0}, {0, 0, -100}}, u, i);
    assert_true(u[0] > -4 && u[0] < 4);
    sim_front_end_convert(&fe, &(struct sim_instant){{0}, {0}}, u, i);
    assert_true(u[0] > 4194300 && u[0] < 4194308);
    assert_true(i[2] < -4194300 && i[2] > -4194308);
}

static void test_clips_and_survives_anything(void **state)
{
    (void)state;
    struct sim_front_end fe = make_unit("351C", 1, 200);
    const struct sim_instant in = {{600, -600, NAN}, {1e300, -INFINITY, INFINITY}};
    int32_t u[3];
    int32_t i[3];
    for (int n = 0; n < 3; n++) {
        sim_front_end_convert(&fe, &in, u, i);
    }
    assert_int_equal(u[0], SIM_ADC_CODE_MAX);
    assert_int_equal(u[1], SIM_ADC_CODE_MIN);
    assert_int_equal(u[2], SIM_ADC_CODE_MIN);
    assert_int_equal(i[0], SIM_ADC_CODE_MAX);
    assert_int_equal(i[1], SIM_ADC_CODE_MIN);
    assert_int_equal(i[2], SIM_ADC_CODE_MAX);
    const struct load load = {230, 5, 0, 50, 1};
    assert_true(fabs(error_pct(total(measure(&fe, &load).power) / 3, true_power(&load))) < 5);
}

/* Reference, section 6: 0.1° gives 0.302 % at pf 0.5 and 0.131 % at pf 0.8. As a delay, and as the
 * lead of a current transformer. */
static void check_tenth_of_a_degree(const char *kind, const struct sim_front_end_unit *unit)
{
    const struct sim_front_end_kind *found = sim_front_end_kind_find(kind);
    const double lags[] = {0, acos(0.8) * 180 / M_PI, 60};
    const double expected[] = {0, 0.131, 0.302};
    for (int k = 0; k < 3; k++) {
        struct sim_front_end fe;
        assert_int_equal(sim_front_end_init_unit(&fe, found, unit, &usual), WH_OK);
        const struct load load = {230, 5, lags[k], 50, 2};
        const double error = error_pct(measure(&fe, &load).power[0], true_power(&load));
        printf("%s, 0.1°, lag %2.0f°: %+.4f %%\n", kind, lags[k], error);
        assert_true(fabs(error - expected[k]) < 0.001);
    }
}

static void test_tenth_of_a_degree_as_the_reference_has_it(void **state)
{
    (void)state;
    struct sim_front_end_unit unit = perfect_unit("382");
    unit.phase[0].i_delay_ns = -0.1 / 360 / 50 * 1e9;
    check_tenth_of_a_degree("382", &unit);
    unit = perfect_unit("351C");
    unit.phase[0].ct_lead_deg = 0.1;
    check_tenth_of_a_degree("351C", &unit);
}

/* 2 nH on 300 µΩ is 0.12° at 50 Hz (reference, section 6), as a time the same at 60 Hz. */
static void test_shunt_inductance_leads(void **state)
{
    (void)state;
    struct sim_front_end_unit unit = perfect_unit("382");
    unit.phase[1].shunt_inductance_nh = 2;
    struct sim_front_end fe = make("382", &unit);
    for (unsigned hz = 50; hz <= 60; hz += 10) {
        const struct load load = {230, 5, 0, hz, 2};
        const double lead = -carg(measure(&fe, &load).power[1]);
        assert_true(fabs(lead - 2 * M_PI * hz * 2e-9 / 300e-6) < 2e-6);
    }
}

/* A transformer's lead falls as 1/f, its ratio stays. */
static void test_transformer_lead_falls_with_frequency(void **state)
{
    (void)state;
    struct sim_front_end_unit unit = perfect_unit("351C");
    unit.phase[0].ct_lead_deg = 0.3;
    struct sim_front_end fe = make("351C", &unit);
    for (unsigned hz = 50; hz <= 1050; hz += 500) {
        const struct load load = {230, 5, 0, hz, 2};
        const struct reading reading = measure(&fe, &load);
        const double half = M_PI / SIM_FRONT_END_RATE_HZ;
        const double expected = 0.3 * M_PI / 180 * tan(50 * half) / tan(hz * half);
        assert_true(fabs(-carg(reading.power[0]) - expected) < 1e-6 + 2e-3 * expected);
        assert_true(fabs(reading.i_rms_a[0] / 5 - 1) < 2e-5);
    }
}

static double amplitude_error(const struct sim_front_end_unit *unit, unsigned hz)
{
    struct sim_front_end fe = make("382", unit);
    const struct load load = {230, 100, 0, hz, 1};
    const struct reading reading = measure(&fe, &load);
    return reading.i_rms_a[0] / reading.i_rms_a[1] - 1;
}

/* The interpolation, at the longest delay there is (10 µs lead and 0.3 µs): flat to 1e-6 at the
 * mains' frequency, to 1 % at the 21st harmonic. Phase 1 has no delay and is the measure. */
static void test_delays_are_flat(void **state)
{
    (void)state;
    struct sim_front_end_unit unit = perfect_unit("382");
    unit.phase[0].i_delay_ns = -10300;
    const unsigned hz[] = {50, 60, 250, 1050};
    const double limit[] = {1e-6, 1e-6, 1e-4, 1.5e-2};
    for (int k = 0; k < 4; k++) {
        const double error = amplitude_error(&unit, hz[k]);
        printf("lead 10.3 µs, %4u Hz: amplitude %+.2e\n", hz[k], error);
        assert_true(fabs(error) < limit[k]);
    }
}

/* Offsets move the mean and, taken out, nothing else. */
static void test_offset_is_only_an_offset(void **state)
{
    (void)state;
    struct sim_front_end_unit unit = perfect_unit("382");
    unit.phase[2].u_offset_ppm = 2000;
    unit.phase[2].i_offset_ppm = -2000;
    struct sim_front_end fe = make("382", &unit);
    const struct load load = {230, 5, 0, 50, 10};
    const struct reading reading = measure(&fe, &load);
    assert_true(fabs(reading.u_mean_v[2] - 1) < 1e-5);
    assert_true(fabs(reading.i_mean_a[2] + 0.4) < 1e-5);
    assert_true(fabs(error_pct(reading.power[2], true_power(&load))) < 1e-4);
}

/* DC passes a shunt; a transformer loses it (what saturation does besides is not modelled). */
static void test_dc_passes_a_shunt_only(void **state)
{
    (void)state;
    struct sim_front_end shunt = make_unit("382", 1, 200);
    struct sim_front_end transformer = make_unit("351C", 1, 200);
    const struct sim_instant in = {{0}, {10, 10, 10}};
    int32_t u[3];
    int32_t direct[3];
    int32_t transformed[3];
    for (int n = 0; n < 60 * SIM_FRONT_END_RATE_HZ; n++) {
        sim_front_end_convert(&shunt, &in, u, direct);
        sim_front_end_convert(&transformer, &in, u, transformed);
    }
    assert_true(fabs(direct[0] * 200 / 0x1p23 - 10) < 1);
    assert_true(fabs(transformed[0] * 200 / 0x1p23) < 0.5);
}

/* Crosstalk is a power without current: share · U²-codes, however small the current is. */
static void test_crosstalk_is_a_power_offset(void **state)
{
    (void)state;
    struct sim_front_end_unit unit = perfect_unit("382");
    unit.phase[0].crosstalk_ppb = 1e5;
    struct sim_front_end fe = make("382", &unit);
    const struct load load = {230, 0, 0, 50, 4};
    const double expected = 1e-4 * 230 * 230 * 200 / 500;
    assert_true(fabs(creal(measure(&fe, &load).power[0]) / expected - 1) < 1e-3);
}

/* Total gain error before calibration: ±1…3 % a channel (reference, section 6). */
static void test_raw_gain_within_three_percent(void **state)
{
    (void)state;
    const char *const kinds[] = {"382", "351C"};
    double worst = 0;
    for (uint32_t n = 0; n < 200; n++) {
        struct sim_front_end fe = make_unit(kinds[n % 2], n, 200);
        const struct load load = {230, 5, 0, 50, 1};
        const struct reading reading = measure(&fe, &load);
        for (int k = 0; k < SIM_PHASES; k++) {
            worst = fmax(worst, fabs(reading.u_rms_v[k] / 230 - 1));
            worst = fmax(worst, fabs(reading.i_rms_a[k] / 5 - 1));
        }
    }
    printf("raw channel gain, worst of 200 units: %.2f %%\n", worst * 100);
    assert_true(worst > 0.01 && worst < 0.03);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_arguments),
        cmocka_unit_test(test_unit_and_noise_run_decide_the_codes),
        cmocka_unit_test(test_ideal_is_as_good_as_the_ideal_converter),
        cmocka_unit_test(test_ideal_dither_is_unbiased),
        cmocka_unit_test(test_answers_one_sample_late),
        cmocka_unit_test(test_clips_and_survives_anything),
        cmocka_unit_test(test_tenth_of_a_degree_as_the_reference_has_it),
        cmocka_unit_test(test_shunt_inductance_leads),
        cmocka_unit_test(test_transformer_lead_falls_with_frequency),
        cmocka_unit_test(test_delays_are_flat),
        cmocka_unit_test(test_offset_is_only_an_offset),
        cmocka_unit_test(test_dc_passes_a_shunt_only),
        cmocka_unit_test(test_crosstalk_is_a_power_offset),
        cmocka_unit_test(test_raw_gain_within_three_percent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
