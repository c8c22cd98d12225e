/* The mains: that it wanders as a public grid does, and stays put where it is told to. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/mains.h"

enum { RATE_HZ = 4096, DAY_S = 86400 };

static struct sim_mains make(uint64_t seed)
{
    struct sim_mains_config config;
    sim_mains_default(&config);
    struct sim_mains mains;
    assert_int_equal(sim_mains_init(&mains, &config, RATE_HZ, seed), WH_OK);
    return mains;
}

struct statistics {
    double mean, sigma, step_sigma;
};

static struct statistics describe(const double *x, size_t count)
{
    double sum = 0;
    double squares = 0;
    double steps = 0;
    for (size_t n = 0; n < count; n++) {
        sum += x[n];
        squares += x[n] * x[n];
        steps += n > 0 ? (x[n] - x[n - 1]) * (x[n] - x[n - 1]) : 0;
    }
    const double mean = sum / (double)count;
    return (struct statistics){mean, sqrt(squares / (double)count - mean * mean),
                               sqrt(steps / (double)count)};
}

static double voltages_v[DAY_S];
static double frequencies_hz[DAY_S];

/* A day, a second at a time: steps of the cycles themselves are not what is looked at. */
static void live_a_day(struct sim_mains *mains, int phase)
{
    for (int second = 0; second < DAY_S; second++) {
        sim_mains_next_cycle(mains, 1);
        voltages_v[second] = mains->gain_v[phase];
        frequencies_hz[second] = mains->frequency_hz;
    }
}

static void test_frequency_statistics(void **state)
{
    (void)state;
    struct sim_mains mains = make(3);
    live_a_day(&mains, 0);
    const struct statistics found = describe(frequencies_hz, DAY_S);
    assert_true(fabs(found.mean - 50) < 0.006);
    assert_true(found.sigma > 0.015 && found.sigma < 0.025);
    assert_true(found.step_sigma < 0.003);
}

static void test_voltage_statistics(void **state)
{
    (void)state;
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        struct sim_mains mains = make(4);
        live_a_day(&mains, phase);
        const struct statistics found = describe(voltages_v, DAY_S);
        assert_true(fabs(found.mean - 230) < 0.8);
        assert_true(found.sigma > 0.8 && found.sigma < 1.6);
        assert_true(found.step_sigma > 0.2 && found.step_sigma < 0.3);
    }
}

static void test_same_seed_same_mains(void **state)
{
    (void)state;
    struct sim_mains first = make(9);
    struct sim_mains again = make(9);
    struct sim_mains other = make(10);
    for (int n = 0; n < 200; n++) {
        sim_mains_next_cycle(&first, 0.7);
        sim_mains_next_cycle(&again, 0.7);
        sim_mains_next_cycle(&other, 0.7);
    }
    assert_memory_equal(first.gain_v, again.gain_v, sizeof first.gain_v);
    assert_true(first.frequency_hz == again.frequency_hz);
    assert_memory_not_equal(first.gain_v, other.gain_v, sizeof first.gain_v);
}

/* Holding a value must not change what the grid does afterwards. */
static void test_holding_leaves_no_trace(void **state)
{
    (void)state;
    struct sim_mains touched = make(9);
    struct sim_mains untouched = make(9);
    assert_int_equal(sim_mains_hold_voltage(&touched, 1, 207.5), WH_OK);
    assert_int_equal(sim_mains_hold_frequency(&touched, 49.2), WH_OK);
    for (int n = 0; n < 100; n++) {
        sim_mains_next_cycle(&touched, 1);
        sim_mains_next_cycle(&untouched, 1);
    }
    assert_true(touched.gain_v[1] == 207.5);
    assert_true(touched.frequency_hz == 49.2);
    assert_int_equal(sim_mains_release_voltage(&touched, 1), WH_OK);
    sim_mains_release_frequency(&touched);
    sim_mains_next_cycle(&touched, 1);
    sim_mains_next_cycle(&untouched, 1);
    assert_memory_equal(touched.gain_v, untouched.gain_v, sizeof touched.gain_v);
    assert_true(touched.frequency_hz == untouched.frequency_hz);
}

/* The samples announced for a cycle end where L1's angle has wrapped, and not before. */
static void test_cycles_end_at_the_wrap(void **state)
{
    (void)state;
    struct sim_mains mains = make(1);
    double step_s = 0;
    for (int cycle = 0; cycle < 1000; cycle++) {
        const unsigned count = sim_mains_next_cycle(&mains, step_s);
        assert_in_range(count, 81, 83);
        for (unsigned n = 0; n < count; n++) {
            const uint64_t before = mains.angle;
            sim_mains_advance(&mains);
            assert_true((mains.angle < before) == (n + 1 == count));
        }
        step_s = count / (double)RATE_HZ;
    }
}

static double at_deg(const struct sim_mains *mains, int phase)
{
    return (double)(sim_mains_angle(mains, phase) - mains->angle) * 0x1p-64 * 360;
}

static void test_rotation_and_unbalance(void **state)
{
    (void)state;
    struct sim_mains_config config;
    sim_mains_default(&config);
    config.drift_v = 0;
    config.step_v = 0;
    config.unbalance_percent[1] = -2;
    config.unbalance_deg[2] = 1.5;
    struct sim_mains mains;
    assert_int_equal(sim_mains_init(&mains, &config, RATE_HZ, 1), WH_OK);
    sim_mains_next_cycle(&mains, 0);
    assert_true(fabs(at_deg(&mains, 1) - 240) < 1e-6);
    assert_true(fabs(at_deg(&mains, 2) - 121.5) < 1e-6);
    assert_true(fabs(mains.gain_v[1] - 225.4) < 1e-9);
    sim_mains_set_reversed(&mains, true);
    sim_mains_next_cycle(&mains, 0.02);
    assert_true(fabs(at_deg(&mains, 1) - 120) < 1e-6);
    assert_true(fabs(at_deg(&mains, 2) - 241.5) < 1e-6);
}

/* 2 to 4 % of distortion, 5th and 7th the greatest (EN 50160 allows 8 %). */
static void test_default_distortion(void **state)
{
    (void)state;
    struct sim_mains_config config;
    sim_mains_default(&config);
    double sum = 0;
    for (unsigned k = 0; k < config.harmonic_count; k++) {
        sum += config.harmonics[k].percent * config.harmonics[k].percent;
    }
    assert_true(sqrt(sum) > 2 && sqrt(sum) < 4);
    assert_int_equal(config.harmonics[1].order, 5);
    assert_int_equal(config.harmonics[2].order, 7);
}

static void test_limits(void **state)
{
    (void)state;
    struct sim_mains mains = make(1);
    assert_int_equal(sim_mains_hold_voltage(&mains, 3, 230), WH_ERR_ARGUMENT);
    assert_int_equal(sim_mains_hold_voltage(&mains, -1, 230), WH_ERR_ARGUMENT);
    assert_int_equal(sim_mains_hold_voltage(&mains, 0, 461), WH_ERR_ARGUMENT);
    assert_int_equal(sim_mains_hold_voltage(&mains, 0, NAN), WH_ERR_ARGUMENT);
    assert_int_equal(sim_mains_hold_frequency(&mains, 39.9), WH_ERR_ARGUMENT);
    assert_int_equal(sim_mains_hold_frequency(&mains, INFINITY), WH_ERR_ARGUMENT);
    assert_int_equal(sim_mains_release_voltage(&mains, 3), WH_ERR_ARGUMENT);
    struct sim_mains_config config;
    sim_mains_default(&config);
    assert_int_equal(sim_mains_init(&mains, &config, 100, 1), WH_ERR_ARGUMENT);
    config.harmonics[0].order = 1;
    assert_int_equal(sim_mains_init(&mains, &config, RATE_HZ, 1), WH_ERR_ARGUMENT);
    sim_mains_default(&config);
    config.impedance_ohm = -1;
    assert_int_equal(sim_mains_init(&mains, &config, RATE_HZ, 1), WH_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frequency_statistics),
        cmocka_unit_test(test_voltage_statistics),
        cmocka_unit_test(test_same_seed_same_mains),
        cmocka_unit_test(test_holding_leaves_no_trace),
        cmocka_unit_test(test_cycles_end_at_the_wrap),
        cmocka_unit_test(test_rotation_and_unbalance),
        cmocka_unit_test(test_default_distortion),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
