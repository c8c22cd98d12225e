/* Every appliance's current against the figures it was made from: metrology reference, 6.2 (medians of
 * recordings, typical values for the last rows). Measured as the recordings were: 128 samples a cycle, 3 s. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "measure.h"
#include "sim/home.h"

enum { RATE_HZ = 6400, CYCLES = 150, SAMPLES = CYCLES * 128, SETTLE_S = 40, ORDERS = 26 };

/* crest of 0: none is recorded, or it is one of noise and ripple above the harmonics that are
 * simulated (desktop-pc; its recorded pf of 0.39 also needs 65° where 59° were measured). A kettle has
 * the harmonics of its voltage, whose 3rd is 0.6 % here and was 2.8 % where it was recorded. */
static const struct expected {
    const char *kind;
    double pf, thd, i3, i5, i7, crest, phi1_deg;
} expectations[] = {
    {"kettle", 1.000, 3.6, 0.6, 2.0, 1.0, 1.40, 0},
    {"water-heater", 1.000, 2.2, 0.4, 2.1, 0.4, 1.38, 0},
    {"refrigerator", 0.68, 9.6, 9.2, 1.7, 1.3, 1.81, 47},
    {"washing-machine", 0.985, 7.8, 4.3, 6.4, 1.2, 1.63, 8},
    {"air-conditioner", 0.988, 3.5, 0.6, 3.3, 0.5, 1.39, -9},
    {"induction-hob", 0.71, 2.5, 1.4, 0.9, 0.8, 2.07, -10},
    {"tv", 0.990, 2.1, 0.7, 1.2, 1.2, 1.58, -8},
    {"laptop", 0.82, 37, 31, 16, 11, 2.5, -26},
    {"desktop-pc", 0.39, 33, 17, 19, 15, 0, -65},
    {"led-lamps", 0.55, 111, 80, 60, 40, 3.1, -34},
    {"heat-pump", 0.98, 14.5, 0, 12, 7, 0, -5},
    {"ev-charger", 0.995, 2.8, 1.5, 2.0, 1.2, 0, -3},
    {"pv-inverter", -0.998, 3, 0, 2.4, 1.5, 0, 180},
    {"motor", 0.845, 3.6, 3, 2, 0, 0, 32},
};

static struct sim_instant instants[SAMPLES];

/* A steady 230 V, 50 Hz home with one appliance on L1, at noon. */
static void record(const char *kind)
{
    struct sim_scenario *scenario = calloc(1, sizeof *scenario);
    sim_mains_default(&scenario->mains);
    scenario->seed = 5;
    scenario->start_s = 13 * 3600 - SETTLE_S;
    scenario->load_count = 1;
    const struct sim_appliance *appliance = sim_appliance_find(kind);
    assert_non_null(appliance);
    scenario->loads[0] = (struct sim_load_config){.name = "it",
                                                  .appliance = appliance,
                                                  .phases = 1,
                                                  .power_w = appliance->rated_w,
                                                  .on = true};
    struct sim_home *home = NULL;
    assert_int_equal(sim_home_create(&home, scenario, RATE_HZ), WH_OK);
    assert_int_equal(sim_home_hold_voltage(home, 0, 230), WH_OK);
    assert_int_equal(sim_home_hold_frequency(home, 50), WH_OK);
    const struct sim_source source = sim_home_source(home);
    play(&source, SETTLE_S * RATE_HZ);
    assert_int_equal(source.pull(source.context, instants, SAMPLES), SAMPLES);
    sim_home_free(home);
    free(scenario);
}

struct signature {
    double pf, thd, order[ORDERS], crest, phi1_deg;
};

static struct signature analyse(void)
{
    const size_t stride = sizeof instants[0] / sizeof(double);
    double u2 = 0;
    double i2 = 0;
    double p = 0;
    double peak = 0;
    for (size_t n = 0; n < SAMPLES; n++) {
        const double u = instants[n].u_v[0];
        const double i = instants[n].i_a[0];
        u2 += u * u;
        i2 += i * i;
        p += u * i;
        peak = fmax(peak, fabs(i));
    }
    const double complex i1 = phasor(instants[0].i_a, stride, SAMPLES, CYCLES, 1);
    const double complex u1 = phasor(instants[0].u_v, stride, SAMPLES, CYCLES, 1);
    struct signature found = {
        .pf = p / sqrt(u2 * i2),
        .crest = peak / sqrt(i2 / SAMPLES),
        .phi1_deg = fabs(carg(u1 / i1)) > 3.14 ? 180 : carg(u1 / i1) * 180 / M_PI,
    };
    double sum = 0;
    for (unsigned order = 2; order < ORDERS; order++) {
        found.order[order] =
            100 * cabs(phasor(instants[0].i_a, stride, SAMPLES, CYCLES, order)) / cabs(i1);
        sum += found.order[order] * found.order[order];
    }
    found.thd = sqrt(sum);
    return found;
}

static void assert_near(const char *kind, const char *what, double actual, double expected,
                        double tolerance)
{
    if (!(fabs(actual - expected) <= tolerance)) {
        fail_msg("%s: %s is %g, expected %g ± %g", kind, what, actual, expected, tolerance);
    }
}

static void test_signatures(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof expectations / sizeof expectations[0]; k++) {
        const struct expected *expected = &expectations[k];
        record(expected->kind);
        const struct signature found = analyse();
        assert_near(expected->kind, "pf", found.pf, expected->pf, 0.03);
        assert_near(expected->kind, "THDi", found.thd, expected->thd, 3);
        assert_near(expected->kind, "I3", found.order[3], expected->i3, 2);
        assert_near(expected->kind, "I5", found.order[5], expected->i5, 2);
        assert_near(expected->kind, "I7", found.order[7], expected->i7, 2);
        assert_near(expected->kind, "phi1", found.phi1_deg, expected->phi1_deg, 1.5);
        if (expected->crest > 0) {
            assert_near(expected->kind, "crest", found.crest, expected->crest, 0.25);
        }
    }
}

/* Half of the half cycle conducts: rms is 1/√2 of full conduction, the fundamental lags 32.5°. */
static void test_dimmer_is_fired_at_90_degrees(void **state)
{
    (void)state;
    record("dimmer");
    const struct signature found = analyse();
    assert_near("dimmer", "pf", found.pf, 1 / sqrt(2), 0.02);
    assert_near("dimmer", "phi1", found.phi1_deg, 32.5, 1);
    assert_near("dimmer", "crest", found.crest, 2, 0.1);
}

static double rms_of_cycle(const struct sim_source *source)
{
    return measure(source, 128).i_a[0];
}

static struct sim_home *home_with(const char *kind, unsigned phases, double power_w)
{
    static struct sim_scenario scenario;
    memset(&scenario, 0, sizeof scenario);
    sim_mains_default(&scenario.mains);
    scenario.mains.harmonic_count = 0;
    scenario.start_s = 12 * 3600;
    scenario.load_count = 1;
    scenario.loads[0] = (struct sim_load_config){
        .name = "it", .appliance = sim_appliance_find(kind), .phases = phases, .power_w = power_w};
    struct sim_home *home = NULL;
    assert_int_equal(sim_home_create(&home, &scenario, RATE_HZ), WH_OK);
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        assert_int_equal(sim_home_hold_voltage(home, phase, 230), WH_OK);
    }
    assert_int_equal(sim_home_hold_frequency(home, 50), WH_OK);
    return home;
}

static void test_motor_inrush(void **state)
{
    (void)state;
    struct sim_home *home = home_with("motor", 1, 750);
    const struct sim_source source = sim_home_source(home);
    play(&source, 128);
    assert_int_equal(sim_home_switch_load(home, 0, true), WH_OK);
    const double first_a = rms_of_cycle(&source);
    play(&source, 5 * RATE_HZ);
    const double steady_a = rms_of_cycle(&source);
    assert_true(first_a / steady_a > 5 && first_a / steady_a < 7);
    /* The mains comes back and the motor starts again. */
    sim_home_cut(home, true);
    play(&source, RATE_HZ);
    assert_true(rms_of_cycle(&source) < 1e-9);
    sim_home_cut(home, false);
    assert_true(rms_of_cycle(&source) / steady_a > 5);
    sim_home_free(home);
}

static void test_ev_ramps_on_three_phases(void **state)
{
    (void)state;
    struct sim_home *home = home_with("ev-charger", 7, 11040);
    const struct sim_source source = sim_home_source(home);
    play(&source, 128);
    assert_int_equal(sim_home_switch_load(home, 0, true), WH_OK);
    play(&source, RATE_HZ);
    const struct measured early = measure(&source, 128);
    play(&source, 10 * RATE_HZ);
    const struct measured full = measure(&source, 128);
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        assert_true(early.p_w[phase] > 1000 && early.p_w[phase] < 1700);
        assert_near("ev-charger", "power", full.p_w[phase], 3680, 4);
        assert_near("ev-charger", "current", full.i_a[phase], 16, 0.1);
    }
    sim_home_free(home);
}

/* Resistive: by the square of the voltage. Electronics: constant power, then nothing. */
static void test_power_follows_voltage_by_law(void **state)
{
    (void)state;
    struct sim_home *heater = home_with("heater", 1, 1000);
    struct sim_home *lamps = home_with("ev-charger", 1, 1000);
    const double voltages_v[] = {230, 207, 100};
    const double heater_w[] = {1000, 810, 1000 * 100.0 * 100 / 230 / 230};
    const double charger_w[] = {1000, 1000, 0};
    const struct sim_source heat = sim_home_source(heater);
    const struct sim_source charge = sim_home_source(lamps);
    sim_home_switch_load(heater, 0, true);
    sim_home_switch_load(lamps, 0, true);
    play(&charge, 5 * RATE_HZ);
    for (int k = 0; k < 3; k++) {
        sim_home_hold_voltage(heater, 0, voltages_v[k]);
        sim_home_hold_voltage(lamps, 0, voltages_v[k]);
        play(&heat, 256);
        play(&charge, 256);
        assert_near("heater", "power", measure(&heat, 1280).p_w[0], heater_w[k], 0.5);
        assert_near("ev-charger", "power", measure(&charge, 1280).p_w[0], charger_w[k], 1);
    }
    sim_home_free(heater);
    sim_home_free(lamps);
}

static void test_kettle_boils_and_switches_off(void **state)
{
    (void)state;
    struct sim_home *home = home_with("kettle", 1, 2000);
    const struct sim_source source = sim_home_source(home);
    sim_home_switch_load(home, 0, true);
    play(&source, 179 * RATE_HZ);
    struct sim_load_status status;
    assert_int_equal(sim_home_load(home, 0, &status), WH_OK);
    assert_true(status.on);
    assert_near("kettle", "power", status.power_w, 2000, 1);
    play(&source, 2 * RATE_HZ);
    assert_int_equal(sim_home_load(home, 0, &status), WH_OK);
    assert_false(status.on);
    assert_near("kettle", "power", status.power_w, 0, 0);
    sim_home_free(home);
}

static void test_refrigerator_cycles(void **state)
{
    (void)state;
    struct sim_home *home = home_with("refrigerator", 1, 110);
    const struct sim_source source = sim_home_source(home);
    sim_home_switch_load(home, 0, true);
    unsigned drawing = 0;
    for (unsigned minute = 0; minute < 240; minute++) {
        play(&source, 60 * RATE_HZ);
        struct sim_load_status status;
        assert_int_equal(sim_home_load(home, 0, &status), WH_OK);
        assert_true(status.on);
        drawing += status.power_w > 50;
    }
    assert_in_range(drawing, 75, 110); /* of 240 minutes; 900 of 2400 s is 90 */
    sim_home_free(home);
}

static void test_table_is_sound(void **state)
{
    (void)state;
    for (unsigned k = 0; k < sim_appliance_count; k++) {
        const struct sim_appliance *appliance = &sim_appliances[k];
        assert_ptr_equal(sim_appliance_find(appliance->kind), appliance); /* no name twice */
        assert_true(appliance->rated_w > 0);
        assert_true(appliance->behaviour.inrush == 0 || appliance->behaviour.inrush_s > 0);
        assert_true(appliance->behaviour.flutter_percent == 0 ||
                    appliance->behaviour.flutter_s > 1);
        assert_true(appliance->behaviour.burst_on <= appliance->behaviour.burst_cycles);
    }
    assert_null(sim_appliance_find("toaster"));
    assert_int_equal(sim_appliance_direction(sim_appliance_find("pv-inverter")), -1);
    assert_int_equal(sim_appliance_direction(sim_appliance_find("desktop-pc")), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_dimmer_is_fired_at_90_degrees),
        cmocka_unit_test(test_motor_inrush),
        cmocka_unit_test(test_ev_ramps_on_three_phases),
        cmocka_unit_test(test_power_follows_voltage_by_law),
        cmocka_unit_test(test_kettle_boils_and_switches_off),
        cmocka_unit_test(test_refrigerator_cycles),
        cmocka_unit_test(test_table_is_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
