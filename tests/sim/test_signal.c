/* Test signals: their closed-form references against numerical integration of the very samples, and
 * against the figures the standards give for each waveform. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/signal.h"

static struct sim_signal make(const struct sim_signal_config *config)
{
    struct sim_signal signal;
    assert_int_equal(sim_signal_init(&signal, config), WH_OK);
    return signal;
}

static void assert_near(double actual, double expected, double tolerance)
{
    if (!(fabs(actual - expected) <= tolerance)) {
        fail_msg("%.15g is not %.15g within %g", actual, expected, tolerance);
    }
}

/* The trapezoid rule over samples 0 … count, of u·i in watt hours. */
static double integrated_wh(const struct sim_signal *signal, int phase, uint64_t count)
{
    double sum = 0;
    for (uint64_t n = 0; n <= count; n++) {
        struct sim_instant at;
        sim_signal_at(signal, n, &at);
        sum += at.u_v[phase] * at.i_a[phase] * (n == 0 || n == count ? 0.5 : 1);
    }
    return sum / signal->sample_rate_hz / 3600;
}

static void assert_energy_integrates(const struct sim_signal_config *config, uint64_t count,
                                     double relative)
{
    const struct sim_signal signal = make(config);
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        const double duration_s = (double)count / config->sample_rate_hz;
        struct sim_signal_energy energy;
        sim_signal_energy(&signal, phase, 0, duration_s, &energy);
        const double scale_wh =
            config->phase[phase].u_rms_v * config->phase[phase].i_rms_a * duration_s / 3600;
        assert_near(energy.active_wh, integrated_wh(&signal, phase, count), relative * scale_wh);
    }
}

static void fast(struct sim_signal_config *config, double frequency_hz, double lag_deg)
{
    sim_signal_balanced(config, frequency_hz, 230, 10, lag_deg);
    config->sample_rate_hz = 1e6;
}

/* 123456 samples are no whole number of cycles at any of these frequencies. */
static void test_sine_energy(void **state)
{
    (void)state;
    const double frequencies_hz[] = {45, 49.87, 50, 51.3, 65};
    const double lags_deg[] = {0, 60, -36.87, 90, 180, 217};
    for (size_t f = 0; f < 5; f++) {
        for (size_t l = 0; l < 6; l++) {
            struct sim_signal_config config;
            fast(&config, frequencies_hz[f], lags_deg[l]);
            assert_energy_integrates(&config, 123456, 1e-8);
        }
    }
}

static void test_shapes_energy(void **state)
{
    (void)state;
    struct sim_signal_config config;
    fast(&config, 49.3, 20);
    config.phase[0].shape = SIM_SIGNAL_HALF_WAVE;
    config.phase[0].i_dc_a = 0.7;
    config.phase[1].shape = SIM_SIGNAL_PHASE_FIRED;
    config.phase[1].firing_deg = 90;
    config.phase[1].burst_on_cycles = 1;
    config.phase[1].burst_off_cycles = 2;
    config.phase[2].burst_on_cycles = 2;
    config.phase[2].burst_off_cycles = 2;
    config.phase[2].u_harmonic_count = 2;
    config.phase[2].u_harmonics[0] = (struct sim_harmonic){5, 10, 30};
    config.phase[2].u_harmonics[1] = (struct sim_harmonic){7, 3, -70};
    config.phase[2].i_harmonic_count = 2;
    config.phase[2].i_harmonics[0] = (struct sim_harmonic){5, 40, 11};
    config.phase[2].i_harmonics[1] = (struct sim_harmonic){3, 20, 180};
    assert_energy_integrates(&config, 434343, 2e-5);
}

static void test_power_of_sine(void **state)
{
    (void)state;
    struct sim_signal_config config;
    sim_signal_balanced(&config, 50, 230, 10, 60);
    const struct sim_signal signal = make(&config);
    struct sim_signal_power power;
    sim_signal_power(&signal, 1, &power);
    assert_near(power.u_rms_v, 230, 1e-10);
    assert_near(power.i_rms_a, 10, 1e-12);
    assert_near(power.active_w, 1150, 1e-9);
    assert_near(power.reactive_var, 2300 * sqrt(0.75), 1e-9);
}

/* IEC 62053-21 8.2.1: U5 10 %, I5 40 %, in phase: 1.04 times the fundamental's power. */
static void test_fifth_harmonic(void **state)
{
    (void)state;
    struct sim_signal_config config;
    sim_signal_balanced(&config, 50, 230, 42.5, 0);
    config.phase[0].u_harmonic_count = 1;
    config.phase[0].u_harmonics[0] = (struct sim_harmonic){5, 10, 0};
    config.phase[0].i_harmonic_count = 1;
    config.phase[0].i_harmonics[0] = (struct sim_harmonic){5, 40, 0};
    const struct sim_signal signal = make(&config);
    struct sim_signal_power power;
    sim_signal_power(&signal, 0, &power);
    assert_near(power.active_w, 1.04 * 230 * 42.5, 1e-8);
    assert_near(power.u_rms_v, 230 * sqrt(1.01), 1e-10);
    assert_near(power.i_rms_a, 42.5 * sqrt(1.16), 1e-10);
    assert_near(power.reactive_var, 0, 1e-9);
}

/* IEC 62053-21 8.2.2 and 8.2.3: rectified, fired and burst currents carry half of the full power.
 */
static void test_half_power_shapes(void **state)
{
    (void)state;
    struct sim_signal_config config;
    sim_signal_balanced(&config, 50, 230, 60, 0);
    config.phase[0].shape = SIM_SIGNAL_HALF_WAVE;
    config.phase[1].shape = SIM_SIGNAL_PHASE_FIRED;
    config.phase[1].firing_deg = 90;
    config.phase[2].burst_on_cycles = 2;
    config.phase[2].burst_off_cycles = 2;
    const struct sim_signal signal = make(&config);
    struct sim_signal_power power[3];
    for (int phase = 0; phase < 3; phase++) {
        sim_signal_power(&signal, phase, &power[phase]);
        assert_near(power[phase].active_w, 230 * 60 / 2.0, 1e-8);
        assert_near(power[phase].i_rms_a, 60 / sqrt(2), 1e-10);
    }
    /* The fired current's fundamental lags by atan(2/π) = 32.5°. */
    assert_near(atan(power[1].reactive_var / power[1].active_w), atan(2 / M_PI), 1e-12);
    assert_near(power[0].reactive_var, 0, 1e-9);
}

static void test_dc_adds_no_energy_but_rms(void **state)
{
    (void)state;
    struct sim_signal_config config;
    sim_signal_balanced(&config, 50, 230, 10, 0);
    config.phase[0].i_dc_a = 3;
    const struct sim_signal signal = make(&config);
    struct sim_signal_power power;
    sim_signal_power(&signal, 0, &power);
    assert_near(power.active_w, 2300, 1e-9);
    assert_near(power.i_rms_a, sqrt(109), 1e-12);
}

/* A day at an awkward frequency: the mean of the closed form is the power, however long. */
static void test_long_energy_is_power_times_time(void **state)
{
    (void)state;
    struct sim_signal_config config;
    sim_signal_balanced(&config, 50, 230, 10, 137);
    const struct sim_signal signal = make(&config);
    struct sim_signal_energy energy;
    sim_signal_energy(&signal, 2, 0, 86400, &energy);
    const double angle_rad = 137 * M_PI / 180;
    assert_near(energy.active_wh, 55200 * cos(angle_rad), 1e-7);
    assert_near(energy.reactive_varh, 55200 * sin(angle_rad), 1e-7);
}

/* Sample k does not depend on how many came before: a day in, the phase is as exact as at the
 * start. */
static void test_no_drift(void **state)
{
    (void)state;
    struct sim_signal_config config;
    sim_signal_balanced(&config, 50, 230, 10, 30);
    const struct sim_signal signal = make(&config);
    struct sim_instant start;
    struct sim_instant later;
    sim_signal_at(&signal, 11, &start);
    sim_signal_at(&signal, 11 + 4096ull * 86400 * 365, &later);
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        assert_near(later.u_v[phase], start.u_v[phase], 1e-11);
        assert_near(later.i_a[phase], start.i_a[phase], 1e-12);
    }
}

static void test_source_ends(void **state)
{
    (void)state;
    struct sim_signal_config config;
    sim_signal_balanced(&config, 50, 230, 10, 30);
    config.sample_count = 100;
    struct sim_signal signal = make(&config);
    const struct sim_source source = sim_signal_source(&signal);
    struct sim_instant instants[64];
    assert_int_equal(source.pull(source.context, instants, 64), 64);
    struct sim_instant eleventh;
    sim_signal_at(&signal, 10, &eleventh);
    assert_memory_equal(&instants[10], &eleventh, sizeof eleventh);
    assert_int_equal(source.pull(source.context, instants, 64), 36);
    assert_int_equal(source.pull(source.context, instants, 64), 0);
    assert_near(sim_signal_played_s(&signal), 100 / 4096.0, 1e-15);
}

static void spoil(struct sim_signal_config *config, int how)
{
    struct sim_signal_phase *phase = &config->phase[2];
    switch (how) {
    case 0:
        config->sample_rate_hz = 0;
        break;
    case 1:
        config->frequency_hz = NAN;
        break;
    case 2:
        phase->u_rms_v = -1;
        break;
    case 3:
        phase->i_rms_a = INFINITY;
        break;
    case 4:
        phase->u_harmonic_count = SIM_SIGNAL_HARMONICS_MAX + 1;
        break;
    case 5:
        phase->i_harmonic_count = 1;
        phase->i_harmonics[0].order = 1;
        break;
    case 6:
        phase->i_harmonic_count = 1;
        phase->i_harmonics[0].order = 41;
        break;
    case 7:
        phase->firing_deg = 181;
        break;
    case 8:
        phase->burst_off_cycles = SIM_SIGNAL_BURST_MAX + 1;
        break;
    default:
        phase->lag_deg = NAN;
        break;
    }
}

static void test_bad_configurations(void **state)
{
    (void)state;
    for (int how = 0; how < 10; how++) {
        struct sim_signal_config config;
        sim_signal_balanced(&config, 50, 230, 10, 0);
        spoil(&config, how);
        struct sim_signal signal;
        assert_int_equal(sim_signal_init(&signal, &config), WH_ERR_ARGUMENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sine_energy),
        cmocka_unit_test(test_shapes_energy),
        cmocka_unit_test(test_power_of_sine),
        cmocka_unit_test(test_fifth_harmonic),
        cmocka_unit_test(test_half_power_shapes),
        cmocka_unit_test(test_dc_adds_no_energy_but_rms),
        cmocka_unit_test(test_long_energy_is_power_times_time),
        cmocka_unit_test(test_no_drift),
        cmocka_unit_test(test_source_ends),
        cmocka_unit_test(test_bad_configurations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
