/* The ideal converter: unbiased, its noise known and independent of the signal, clipped,
 * repeatable. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/adc.h"

static const struct sim_adc_config usual = {500, 200, SIM_DITHER_TRIANGULAR, 2, 1};

static struct sim_adc make(const struct sim_adc_config *config)
{
    struct sim_adc adc;
    assert_int_equal(sim_adc_init(&adc, config), WH_OK);
    return adc;
}

struct statistics {
    double mean_lsb;
    double rms_lsb;
};

/* Error of all six channels at one constant input, level LSB. */
static struct statistics errors_at(const struct sim_adc_config *config, double level, int count)
{
    struct sim_adc adc = make(config);
    struct sim_instant in;
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        in.u_v[phase] = level / 0x1p23 * config->u_full_scale_v;
        in.i_a[phase] = level / 0x1p23 * config->i_full_scale_a;
    }
    double sum = 0;
    double squares = 0;
    for (int n = 0; n < count; n++) {
        int32_t codes[6];
        sim_adc_convert(&adc, &in, codes, codes + 3);
        for (int c = 0; c < 6; c++) {
            const double error = codes[c] - level;
            sum += error;
            squares += error * error;
        }
    }
    return (struct statistics){sum / (6.0 * count), sqrt(squares / (6.0 * count))};
}

/* 2.4e7 conversions of 0.87 LSB rms have a standard error of 1.8e-4 LSB; 1e-3 is over five of it.
 */
static void test_mean_error_is_zero(void **state)
{
    (void)state;
    const double levels[] = {0, 0.25, 0.5, -0.5, 1234.37, -8000000.73};
    for (size_t k = 0; k < sizeof levels / sizeof levels[0]; k++) {
        assert_true(fabs(errors_at(&usual, levels[k], 4000000).mean_lsb) < 1e-3);
    }
}

/* Dither and rounding: √(width²/6 + 1/12), wherever between two codes the input lies. */
static void test_triangular_noise_is_independent_of_signal(void **state)
{
    (void)state;
    const double expected = sqrt(4.0 / 6 + 1.0 / 12);
    for (double level = 0; level < 1; level += 0.125) {
        assert_true(fabs(errors_at(&usual, level, 300000).rms_lsb - expected) < 2e-3);
    }
}

static void test_width_sets_noise(void **state)
{
    (void)state;
    struct sim_adc_config config = usual;
    config.dither_width_lsb = 130;
    assert_true(fabs(errors_at(&config, 10.3, 300000).rms_lsb - 130 / sqrt(6)) < 0.1);
    config.dither = SIM_DITHER_RECTANGULAR;
    assert_true(fabs(errors_at(&config, 10.3, 300000).rms_lsb - 130 / sqrt(12)) < 0.1);
}

/* A sine far below full scale: its error must not correlate with it, or small powers would be
 * wrong. */
static void test_error_uncorrelated_with_small_sine(void **state)
{
    (void)state;
    struct sim_adc adc = make(&usual);
    const double amplitude_lsb = 1.7;
    double correlation = 0;
    const int count = 4000000;
    for (int n = 0; n < count; n++) {
        const double level = amplitude_lsb * sin(0.0767 * n);
        struct sim_instant in = {{level / 0x1p23 * 500, 0, 0}, {0, 0, 0}};
        int32_t u[3];
        int32_t i[3];
        sim_adc_convert(&adc, &in, u, i);
        correlation += (u[0] - level) * level;
    }
    assert_true(fabs(correlation / count) < 5e-3);
}

static void test_clips_and_survives_nan(void **state)
{
    (void)state;
    struct sim_adc adc = make(&usual);
    const struct sim_instant in = {{501, -501, NAN}, {1e300, -INFINITY, INFINITY}};
    int32_t u[3];
    int32_t i[3];
    sim_adc_convert(&adc, &in, u, i);
    assert_int_equal(u[0], SIM_ADC_CODE_MAX);
    assert_int_equal(u[1], SIM_ADC_CODE_MIN);
    assert_int_equal(u[2], SIM_ADC_CODE_MIN);
    assert_int_equal(i[0], SIM_ADC_CODE_MAX);
    assert_int_equal(i[1], SIM_ADC_CODE_MIN);
    assert_int_equal(i[2], SIM_ADC_CODE_MAX);
}

static void run(uint64_t seed, int32_t codes[64][6])
{
    struct sim_adc_config config = usual;
    config.seed = seed;
    struct sim_adc adc = make(&config);
    const struct sim_instant in = {{230, 100, -3}, {1, 2, 3}};
    for (int n = 0; n < 64; n++) {
        sim_adc_convert(&adc, &in, codes[n], codes[n] + 3);
    }
}

static void test_seed_decides(void **state)
{
    (void)state;
    int32_t first[64][6];
    int32_t again[64][6];
    int32_t other[64][6];
    run(7, first);
    run(7, again);
    run(8, other);
    assert_memory_equal(first, again, sizeof first);
    assert_memory_not_equal(first, other, sizeof first);
}

static void test_bad_configurations(void **state)
{
    (void)state;
    const struct sim_adc_config bad[] = {
        {0, 200, SIM_DITHER_TRIANGULAR, 2, 1},   {500, -1, SIM_DITHER_TRIANGULAR, 2, 1},
        {NAN, 200, SIM_DITHER_TRIANGULAR, 2, 1}, {500, INFINITY, SIM_DITHER_TRIANGULAR, 2, 1},
        {500, 200, SIM_DITHER_TRIANGULAR, 1, 1}, {500, 200, SIM_DITHER_TRIANGULAR, 65537, 1},
    };
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        struct sim_adc adc;
        assert_int_equal(sim_adc_init(&adc, &bad[k]), WH_ERR_ARGUMENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mean_error_is_zero),
        cmocka_unit_test(test_triangular_noise_is_independent_of_signal),
        cmocka_unit_test(test_width_sets_noise),
        cmocka_unit_test(test_error_uncorrelated_with_small_sine),
        cmocka_unit_test(test_clips_and_survives_nan),
        cmocka_unit_test(test_seed_decides),
        cmocka_unit_test(test_bad_configurations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
