/* Accuracy of the whole chain with an ideal converter, against closed-form energies: A and Q1 within
 * 0.02 % of the apparent energy, over load 0.005 %, over frequency 0.01 % (MET-3, MET-5, MET-6,
 * MET-7). The bench is that of `watthour replay`: settle, take the registers at the end of a window,
 * play, switch the load off, read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "meter/meter.h"
#include "ports/linux/board_memory.h"
#include "sim/adc.h"
#include "sim/signal.h"

enum { SETTLE_S = 2 };

static const double count_wh = 0.1;

struct test_point {
    const char *name;
    struct sim_signal_config signal;
    double seconds;
    double limit_pct; /* of the apparent energy */
};

struct run {
    struct board_memory memory;
    struct wh_meter meter;
    struct sim_signal signal;
    struct sim_adc adc;
    bool load_off;
    uint64_t played;
};

static void feed(struct run *run, uint64_t count)
{
    const struct sim_source source = sim_signal_source(&run->signal);
    while (count > 0) {
        struct sim_instant instants[128];
        struct wh_sample_set sets[128];
        const size_t block = count < 128 ? (size_t)count : 128;
        assert_int_equal(source.pull(source.context, instants, block), block);
        for (size_t k = 0; k < block; k++) {
            if (run->load_off) {
                memset(instants[k].i_a, 0, sizeof instants[k].i_a);
            }
            sim_adc_convert(&run->adc, &instants[k], sets[k].u, sets[k].i);
        }
        wh_meter_sample(&run->meter, sets, block, NULL, NULL);
        run->played += block;
        count -= block;
    }
}

static void start(struct run *run, const struct sim_signal_config *config)
{
    const struct wh_variant *variant = wh_variant_find("382M");
    const struct sim_adc_config adc = {
        .u_full_scale_v = variant->u_full_scale_mv / 1e3,
        .i_full_scale_a = variant->i_full_scale_ma / 1e3,
        .dither = SIM_DITHER_TRIANGULAR,
        .dither_width_lsb = 2,
        .seed = 42,
    };
    struct wh_meter_start_report found;
    *run = (struct run){0};
    assert_int_equal(sim_signal_init(&run->signal, config), WH_OK);
    assert_int_equal(sim_adc_init(&run->adc, &adc), WH_OK);
    assert_int_equal(board_memory_open(&run->memory), WH_OK);
    const struct wh_order order = {.variant = variant, .serial_number = 1, .meter_number = 1};
    assert_int_equal(wh_meter_manufacture(&run->memory.board, &order, NULL), WH_OK);
    assert_int_equal(wh_meter_start(&run->meter, &run->memory.board, &found), WH_OK);
}

static double energy_wh(const struct run *run, enum wh_energy energy)
{
    struct wh_energy_value value;
    assert_int_equal(wh_legal_energy(&run->meter.legal, energy, &value), WH_OK);
    return ((double)value.count_dwh + (double)value.rest_uj / WH_UJ_PER_DWH) / 10;
}

/* What the registers gained, by direction. */
struct gain {
    double a_plus, a_minus, r_plus, r_minus;
};

static struct gain read_registers(const struct run *run)
{
    const struct gain gain = {energy_wh(run, WH_A_PLUS), energy_wh(run, WH_A_MINUS),
                              energy_wh(run, WH_R_PLUS), energy_wh(run, WH_R_MINUS)};
    return gain;
}

static void check(const char *name, const char *what, double got, double expected, double limit)
{
    const bool good = fabs(got - expected) <= limit;
    if (!good) {
        print_error("%s: %s is %.6f, should be %.6f within %.6f\n", name, what, got, expected,
                    limit);
    }
    assert_true(good);
}

static void measure(const struct test_point *point)
{
    struct run run;
    start(&run, &point->signal);
    feed(&run, (uint64_t)SETTLE_S * WH_SAMPLE_RATE_HZ);
    feed(&run, run.meter.measuring.samples_left);
    const struct gain before = read_registers(&run);
    const double from_s = (double)run.played / WH_SAMPLE_RATE_HZ;
    feed(&run, (uint64_t)llround(point->seconds * WH_SAMPLE_RATE_HZ));
    const double to_s = (double)run.played / WH_SAMPLE_RATE_HZ;
    run.load_off = true;
    feed(&run, run.meter.measuring.samples_left);
    feed(&run, run.meter.measuring.samples_left);
    const struct gain after = read_registers(&run);
    double active = 0;
    double reactive = 0;
    double apparent = 0;
    for (int p = 0; p < SIM_PHASES; p++) {
        struct sim_signal_energy energy;
        struct sim_signal_power power;
        sim_signal_energy(&run.signal, p, from_s, to_s, &energy);
        sim_signal_power(&run.signal, p, &power);
        active += energy.active_wh;
        reactive += energy.reactive_varh;
        apparent += power.u_rms_v * power.i_rms_a * (to_s - from_s) / 3600;
    }
    const double limit = apparent * point->limit_pct / 100;
    check(point->name, "A+ - A-", after.a_plus - before.a_plus - (after.a_minus - before.a_minus),
          active, limit);
    check(point->name, "R+ - R-", after.r_plus - before.r_plus - (after.r_minus - before.r_minus),
          reactive, limit);
    /* Nothing in the register of the other direction but a rest below a count. */
    const double a_wrong =
        active >= 0 ? after.a_minus - before.a_minus : after.a_plus - before.a_plus;
    const double r_wrong =
        reactive >= 0 ? after.r_minus - before.r_minus : after.r_plus - before.r_plus;
    check(point->name, "A of the other direction", a_wrong, 0, count_wh);
    check(point->name, "R of the other direction", r_wrong, 0, count_wh);
    board_memory_close(&run.memory);
}

static struct test_point balanced(const char *name, double f_hz, double i_a, double lag_deg)
{
    struct test_point point = {.name = name, .seconds = 20, .limit_pct = 0.02};
    sim_signal_balanced(&point.signal, f_hz, 230, i_a, lag_deg);
    return point;
}

/* MET-3, and the unlimited phase displacement of MET-5: 20 mA to 100 A at any angle. */
static void test_load_and_angle(void **state)
{
    (void)state;
    static const double currents_a[] = {0.02, 0.05, 0.25, 1, 5, 20, 100};
    static const double lags_deg[] = {0, 30, 60, 89.9, 90, 120, 180, -37, -60, -120, -150};
    for (size_t c = 0; c < sizeof currents_a / sizeof currents_a[0]; c++) {
        for (size_t l = 0; l < sizeof lags_deg / sizeof lags_deg[0]; l++) {
            char name[64];
            snprintf(name, sizeof name, "%g A, %g degrees", currents_a[c], lags_deg[l]);
            struct test_point point = balanced(name, 50.02, currents_a[c], lags_deg[l]);
            point.limit_pct = 0.005; /* over 5000:1, ideal converter */
            measure(&point);
        }
    }
}

/* VAR-5: the fundamental's reactive energy is right at every frequency, not only at the nominal one. */
static void test_frequency(void **state)
{
    (void)state;
    static const double frequencies_hz[] = {47.5, 49, 49.5, 50, 50.5, 51, 52.5, 57, 60, 63};
    for (size_t f = 0; f < sizeof frequencies_hz / sizeof frequencies_hz[0]; f++) {
        char name[32];
        snprintf(name, sizeof name, "%g Hz", frequencies_hz[f]);
        struct test_point point = balanced(name, frequencies_hz[f], 10, 60);
        point.limit_pct = 0.01;
        measure(&point);
    }
}

static void add_harmonic(struct sim_harmonic *list, unsigned *count, unsigned order, double percent,
                         double angle_deg)
{
    list[(*count)++] = (struct sim_harmonic){order, percent, angle_deg};
}

/* MET-7, the harmonics test of IEC 62053-21: 10 % of 5th in U, 40 % in I. */
static void test_fifth_harmonic(void **state)
{
    (void)state;
    struct test_point point = balanced("5th harmonic", 50, 50, 0);
    for (int p = 0; p < SIM_PHASES; p++) {
        struct sim_signal_phase *phase = &point.signal.phase[p];
        add_harmonic(phase->u_harmonics, &phase->u_harmonic_count, 5, 10, 0);
        add_harmonic(phase->i_harmonics, &phase->i_harmonic_count, 5, 40, 0);
    }
    measure(&point);
}

static void test_many_harmonics(void **state)
{
    (void)state;
    struct test_point point = balanced("harmonics to the 21st", 50.07, 8, 25);
    for (int p = 0; p < SIM_PHASES; p++) {
        struct sim_signal_phase *phase = &point.signal.phase[p];
        for (unsigned order = 3; order <= 21; order += 2) {
            add_harmonic(phase->u_harmonics, &phase->u_harmonic_count, order, 3, 17.0 * order);
            add_harmonic(phase->i_harmonics, &phase->i_harmonic_count, order, 30, 31.0 * order);
        }
    }
    measure(&point);
}

/* MET-6, MET-7: DC and even harmonics by a half-wave rectifier, odd by firing at 90 degrees, sub-harmonics by
 * bursts, DC alone. */
static void test_shapes_of_the_current(void **state)
{
    (void)state;
    struct test_point half_wave = balanced("half wave", 50, 100, 0);
    /* A jump is not band-limited: without a filter in front of the converter only the many places where
     * it falls between two samples give its mean, so not exactly 50 Hz (25 cycles are 2048 samples). */
    struct test_point fired = balanced("fired at 90 degrees", 50.013, 20, 0);
    struct test_point burst = balanced("2 cycles on, 2 off", 50, 20, 0);
    struct test_point slow_burst = balanced("75 cycles on, 75 off", 50, 20, 30);
    struct test_point direct = balanced("DC in the current", 50, 5, 60);
    slow_burst.seconds = 30;
    for (int p = 0; p < SIM_PHASES; p++) {
        half_wave.signal.phase[p].shape = SIM_SIGNAL_HALF_WAVE;
        fired.signal.phase[p].shape = SIM_SIGNAL_PHASE_FIRED;
        fired.signal.phase[p].firing_deg = 90;
        burst.signal.phase[p].burst_on_cycles = 2;
        burst.signal.phase[p].burst_off_cycles = 2;
        slow_burst.signal.phase[p].burst_on_cycles = 75;
        slow_burst.signal.phase[p].burst_off_cycles = 75;
        direct.signal.phase[p].i_dc_a = 4;
    }
    measure(&half_wave);
    measure(&fired);
    measure(&burst);
    measure(&slow_burst);
    measure(&direct);
}

/* VAR-2, MET-1: one phase loaded, two phases, unequal ones, one exporting, voltages unequal; and the reversed sequence
 * of MET-5. */
static void test_unbalance(void **state)
{
    (void)state;
    struct test_point point = balanced("L1 only", 50, 10, 0);
    point.signal.phase[1].i_rms_a = 0;
    point.signal.phase[2].i_rms_a = 0;
    measure(&point);
    point = balanced("two phases, one exports", 50, 10, 0);
    point.signal.phase[0].lag_deg = 180;
    point.signal.phase[0].i_rms_a = 4;
    point.signal.phase[2].i_rms_a = 0;
    measure(&point);
    point = balanced("unequal voltages", 50, 10, 45);
    point.signal.phase[0].u_rms_v = 184;
    point.signal.phase[2].u_rms_v = 264.5;
    measure(&point);
    point = balanced("L1 and L2 without voltage", 50, 10, 0);
    point.signal.phase[0].u_rms_v = 0;
    point.signal.phase[1].u_rms_v = 0;
    measure(&point);
    point = balanced("reversed phase sequence", 50, 10, 60);
    point.signal.phase[1].u_angle_deg = 120;
    point.signal.phase[2].u_angle_deg = -120;
    measure(&point);
}

/* Vector sum (REG-1): import on one phase and the same export on another is no energy at all. */
static void test_opposite_phases_cancel(void **state)
{
    (void)state;
    struct test_point point = balanced("import and export cancel", 50.03, 10, 0);
    point.signal.phase[1].lag_deg = 180;
    point.signal.phase[2].i_rms_a = 0;
    measure(&point);
}

/* MET-8: nothing is registered below 2.3 W a phase, everything above; no pulse without current at 115 % Un. */
static void test_no_load_and_start(void **state)
{
    (void)state;
    struct run run;
    struct sim_signal_config config;
    sim_signal_balanced(&config, 50, 1.15 * 230, 0, 0);
    start(&run, &config);
    feed(&run, 60 * 10 * WH_SAMPLE_RATE_HZ);
    assert_int_equal(wh_legal_pulse_count(&run.meter.legal), 0);
    assert_true(energy_wh(&run, WH_A_PLUS) == 0.0);
    board_memory_close(&run.memory);
    sim_signal_balanced(&config, 50, 230, 0.009, 0);
    start(&run, &config);
    feed(&run, 30 * WH_SAMPLE_RATE_HZ);
    assert_true(energy_wh(&run, WH_A_PLUS) == 0.0);
    board_memory_close(&run.memory);
    const struct test_point just_above = balanced("10.1 mA, just above the start", 50, 0.0101, 0);
    measure(&just_above);
    const struct test_point starting = balanced("starting current 20 mA", 50, 0.02, 0);
    measure(&starting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_load_and_angle),         cmocka_unit_test(test_frequency),
        cmocka_unit_test(test_fifth_harmonic),         cmocka_unit_test(test_many_harmonics),
        cmocka_unit_test(test_shapes_of_the_current),  cmocka_unit_test(test_unbalance),
        cmocka_unit_test(test_opposite_phases_cancel), cmocka_unit_test(test_no_load_and_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
