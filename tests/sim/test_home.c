/* The home: its controls, its events, its clock, and that the same home lives the same life twice. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "measure.h"
#include "sim/home.h"

enum { RATE_HZ = 4096 };

static struct sim_home *from_yaml(const char *text)
{
    static struct sim_scenario scenario;
    char error[SIM_SCENARIO_ERROR_SIZE] = "";
    if (sim_scenario_parse(&scenario, "test", text, strlen(text), error, sizeof error) != WH_OK) {
        fail_msg("%s", error);
    }
    struct sim_home *home = NULL;
    assert_int_equal(sim_home_create(&home, &scenario, RATE_HZ), WH_OK);
    return home;
}

static bool is_on(const struct sim_home *home, const char *name)
{
    unsigned index;
    struct sim_load_status status;
    assert_int_equal(sim_home_find_load(home, name, &index), WH_OK);
    assert_int_equal(sim_home_load(home, index, &status), WH_OK);
    return status.on;
}

static void switch_load(struct sim_home *home, const char *name, bool on)
{
    unsigned index;
    assert_int_equal(sim_home_find_load(home, name, &index), WH_OK);
    assert_int_equal(sim_home_switch_load(home, index, on), WH_OK);
}

static void assert_near(double actual, double expected, double tolerance)
{
    if (!(fabs(actual - expected) <= tolerance)) {
        fail_msg("%.9g is not %.9g within %g", actual, expected, tolerance);
    }
}

enum { LIFE = 30 * RATE_HZ };

/* A life of 30 s with a hand on the switches, pulled in portions of the given size. */
static void live(uint64_t seed, size_t portion, struct sim_instant *instants)
{
    static struct sim_scenario scenario;
    sim_scenario_default(&scenario);
    scenario.seed = seed;
    struct sim_home *home = NULL;
    assert_int_equal(sim_home_create(&home, &scenario, RATE_HZ), WH_OK);
    const struct sim_source source = sim_home_source(home);
    for (size_t done = 0; done < LIFE; done += portion) {
        if (done == LIFE / 2) {
            switch_load(home, "induction hob", true);
            assert_int_equal(sim_home_hold_voltage(home, 1, 222), WH_OK);
        }
        assert_int_equal(source.pull(source.context, instants + done, portion), portion);
    }
    sim_home_free(home);
}

static void test_deterministic_in_any_portions(void **state)
{
    (void)state;
    struct sim_instant *first = malloc(LIFE * sizeof *first);
    struct sim_instant *again = malloc(LIFE * sizeof *again);
    live(1, 4096, first);
    live(1, 8, again);
    assert_memory_equal(first, again, LIFE * sizeof *first);
    live(2, 4096, again);
    assert_memory_not_equal(first, again, LIFE * sizeof *first);
    free(first);
    free(again);
}

/* The newcomer sees life at once: power flows, changes, and the kettle comes on by itself. */
static void test_default_home_is_alive(void **state)
{
    (void)state;
    struct sim_home *home = NULL;
    assert_int_equal(sim_home_create(&home, NULL, RATE_HZ), WH_OK);
    const struct sim_source source = sim_home_source(home);
    play(&source, 5 * RATE_HZ);
    assert_false(is_on(home, "kettle"));
    const struct measured before = measure(&source, RATE_HZ);
    assert_true(before.i_a[0] > 0.2 && before.i_a[1] > 0.2 && before.i_a[2] > 0.2);
    play(&source, 20 * RATE_HZ);
    assert_true(is_on(home, "kettle"));
    const struct measured after = measure(&source, RATE_HZ);
    assert_true(after.p_w[0] - before.p_w[0] > 1000);
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        assert_true(after.u_v[phase] > 220 && after.u_v[phase] < 240);
    }
    /* At noon the roof delivers more than the home needs on the phase without the kettle. */
    assert_true(after.p_w[1] < 0);
    sim_home_free(home);
}

static void test_statuses_sum_to_what_flows(void **state)
{
    (void)state;
    struct sim_home *home = from_yaml("mains: {drift_v: 0, step_v: 0, harmonics: []}\n"
                                      "loads:\n"
                                      "  - {name: a, kind: heater, phase: 1, on: on}\n"
                                      "  - {name: b, kind: led-lamps, phase: 1, on: on}\n"
                                      "  - {name: c, kind: dimmer, phase: 1, on: on}\n"
                                      "  - {name: d, kind: ev-charger, phase: 123, on: on}\n");
    sim_home_hold_frequency(home, 50); /* 100 cycles in 8192 samples, no two alike for 25 cycles */
    const struct sim_source source = sim_home_source(home);
    play(&source, 6 * RATE_HZ);
    const struct measured flow = measure(&source, 8192);
    double sum_w = 0;
    for (unsigned k = 0; k < sim_home_load_count(home); k++) {
        struct sim_load_status status;
        assert_int_equal(sim_home_load(home, k, &status), WH_OK);
        sum_w += status.power_w;
    }
    assert_near(flow.p_w[0] + flow.p_w[1] + flow.p_w[2], sum_w, 2);
    sim_home_free(home);
}

static const char plain[] = "mains: {harmonics: []}\n"
                            "loads:\n"
                            "  - {name: heater, kind: heater, phase: 1, power_w: 1150, on: on}\n"
                            "  - {name: other, kind: heater, phase: 3, power_w: 2300}\n";

static void test_voltage_and_frequency(void **state)
{
    (void)state;
    struct sim_home *home = from_yaml(plain);
    const struct sim_source source = sim_home_source(home);
    assert_int_equal(sim_home_hold_frequency(home, 51.2), WH_OK);
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        assert_int_equal(sim_home_hold_voltage(home, phase, 200 + 10 * phase), WH_OK);
    }
    play(&source, RATE_HZ / 4);
    const struct measured held = measure(&source, 80 * 40);
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        assert_near(held.u_v[phase], 200 + 10 * phase, 0.002);
    }
    assert_near(frequency_hz(&source, RATE_HZ, 1, RATE_HZ), 51.2, 1e-4);
    struct sim_mains_status status;
    sim_home_mains(home, &status);
    assert_true(status.frequency_held && status.voltage_held[2]);
    assert_near(status.voltage_v[1], 210, 0);
    assert_int_equal(sim_home_release_voltage(home, 1), WH_OK);
    sim_home_release_frequency(home);
    play(&source, RATE_HZ / 4);
    const struct measured released = measure(&source, RATE_HZ);
    assert_near(released.u_v[1], 230, 8);
    assert_near(frequency_hz(&source, RATE_HZ, 0, RATE_HZ), 50, 0.15);
    sim_home_free(home);
}

static void test_phase_loss(void **state)
{
    (void)state;
    struct sim_home *home = from_yaml(plain);
    const struct sim_source source = sim_home_source(home);
    sim_home_hold_voltage(home, 0, 0);
    play(&source, 100);
    const struct measured lost = measure(&source, RATE_HZ);
    assert_near(lost.u_v[0], 0, 0);
    assert_near(lost.i_a[0], 0, 0);
    assert_true(lost.u_v[1] > 220 && lost.u_v[2] > 220);
    sim_home_free(home);
}

static void test_reversed_current(void **state)
{
    (void)state;
    struct sim_home *home = from_yaml(plain);
    const struct sim_source source = sim_home_source(home);
    const struct measured before = measure(&source, RATE_HZ);
    assert_true(before.p_w[0] > 1000);
    assert_int_equal(sim_home_reverse_current(home, 0, true), WH_OK);
    const struct measured reversed = measure(&source, RATE_HZ);
    assert_true(reversed.p_w[0] < -1000);
    assert_int_equal(sim_home_reverse_current(home, 0, false), WH_OK);
    assert_true(measure(&source, RATE_HZ).p_w[0] > 1000);
    assert_int_equal(sim_home_reverse_current(home, 3, true), WH_ERR_ARGUMENT);
    sim_home_free(home);
}

/* Angle of L2's voltage behind L1's, degrees, 0 … 360. */
static double l2_behind_deg(const struct sim_source *source)
{
    static struct sim_instant instants[80 * 10];
    source->pull(source->context, instants, 800);
    const size_t stride = sizeof instants[0] / sizeof(double);
    const double complex ratio = phasor(&instants[0].u_v[0], stride, 800, 10, 1) /
                                 phasor(&instants[0].u_v[1], stride, 800, 10, 1);
    const double deg = carg(ratio) * 180 / M_PI;
    return deg < 0 ? deg + 360 : deg;
}

static void test_reversed_rotation(void **state)
{
    (void)state;
    struct sim_home *home = from_yaml(plain);
    const struct sim_source source = sim_home_source(home);
    sim_home_hold_frequency(home, 51.2);
    play(&source, 80);
    assert_near(l2_behind_deg(&source), 120, 0.01);
    sim_home_reverse_rotation(home, true);
    play(&source, 80);
    assert_near(l2_behind_deg(&source), 240, 0.01);
    sim_home_free(home);
}

static void test_cut_and_return(void **state)
{
    (void)state;
    struct sim_home *home = from_yaml(plain);
    const struct sim_source source = sim_home_source(home);
    play(&source, 1000);
    sim_home_cut(home, true);
    play(&source, 100);
    const struct measured dark = measure(&source, RATE_HZ);
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        assert_near(dark.u_v[phase] + dark.i_a[phase], 0, 0);
    }
    sim_home_cut(home, false);
    play(&source, 100);
    assert_true(measure(&source, RATE_HZ).p_w[0] > 1000);
    sim_home_free(home);
}

static void test_events_happen_in_time(void **state)
{
    (void)state;
    struct sim_home *home = from_yaml("mains: {harmonics: []}\n"
                                      "loads: [{name: h, kind: heater, phase: 2}]\n"
                                      "events:\n"
                                      "  - {at_s: 4, do: power, on: on}\n"
                                      "  - {at_s: 1, do: switch, load: h, on: on}\n"
                                      "  - {at_s: 2, do: voltage, phase: 2, value: 115}\n"
                                      "  - {at_s: 2, do: reverse-current, phase: 2, on: on}\n"
                                      "  - {at_s: 3, do: power, on: off}\n"
                                      "  - {at_s: 5, do: release-voltage, phase: 2}\n"
                                      "  - {at_s: 5, do: reverse-current, phase: 2, on: off}\n"
                                      "  - {at_s: 5, do: frequency, value: 49}\n"
                                      "  - {at_s: 5, do: reverse-rotation, on: on}\n"
                                      "  - {at_s: 6, do: release-frequency}\n");
    const struct sim_source source = sim_home_source(home);
    const double watts[] = {0, 1000, -250, 0, -250, 1000};
    for (int second = 0; second < 6; second++) {
        play(&source, RATE_HZ / 2);
        assert_near(measure(&source, RATE_HZ / 2).p_w[1], watts[second],
                    fabs(watts[second]) * 0.05);
    }
    struct sim_mains_status status;
    sim_home_mains(home, &status);
    assert_near(status.frequency_hz, 49, 0);
    assert_true(status.rotation_reversed);
    play(&source, RATE_HZ / 2);
    sim_home_mains(home, &status);
    assert_false(status.frequency_held);
    sim_home_free(home);
}

static void test_schedule_and_hand(void **state)
{
    (void)state;
    struct sim_home *home = from_yaml("start: \"23:59:50\"\n"
                                      "loads:\n"
                                      "  - name: h\n"
                                      "    kind: heater\n"
                                      "    phase: 1\n"
                                      "    schedule:\n"
                                      "      - {at: \"23:00\", on: on}\n"
                                      "      - {at: \"00:00\", on: off}\n"
                                      "      - {at: \"00:00:10\", on: on}\n");
    const struct sim_source source = sim_home_source(home);
    assert_true(is_on(home, "h")); /* since 23:00 */
    play(&source, 5 * RATE_HZ);
    switch_load(home, "h", false); /* by hand, until the next edge … */
    play(&source, 10 * RATE_HZ);   /* 00:00:05: that edge switched it off too */
    assert_false(is_on(home, "h"));
    switch_load(home, "h", true);
    play(&source, 2 * RATE_HZ);
    switch_load(home, "h", false);
    play(&source, 1 * RATE_HZ);
    assert_false(is_on(home, "h"));
    play(&source, 3 * RATE_HZ); /* 00:00:11 */
    assert_true(is_on(home, "h"));
    assert_near(sim_home_time_of_day_s(home), 11, 1e-9);
    assert_near(sim_home_time_s(home), 21, 1e-9);
    sim_home_free(home);
}

static void test_cycle(void **state)
{
    (void)state;
    struct sim_home *home =
        from_yaml("loads:\n"
                  "  - name: h\n"
                  "    kind: heater\n"
                  "    phase: 1\n"
                  "    cycle: {first_s: 2, on_s: 3, off_s: 1}\n"
                  "  - {name: at-once, kind: heater, phase: 1, cycle: {on_s: 1, off_s: 1}}\n");
    const struct sim_source source = sim_home_source(home);
    const bool expected[] = {false, false, true, true, true, false, true, true, true, false};
    for (int second = 0; second < 10; second++) {
        play(&source, RATE_HZ / 2);
        assert_int_equal(is_on(home, "h"), expected[second]);
        assert_int_equal(is_on(home, "at-once"), second % 2 == 0);
        play(&source, RATE_HZ / 2);
    }
    sim_home_free(home);
}

/* A load of 2.3 kW through 0.5 Ω: 10 A pull the voltage down by 5 V, but not where it is held. */
static void test_grid_impedance(void **state)
{
    (void)state;
    struct sim_home *home = from_yaml("mains: {drift_v: 0, step_v: 0, harmonics: [],\n"
                                      "        impedance_ohm: 0.5}\n"
                                      "loads: [{name: h, kind: heater, phase: 1,\n"
                                      "         power_w: 2300, on: on}]\n");
    const struct sim_source source = sim_home_source(home);
    sim_home_hold_frequency(home, 51.2);
    play(&source, 160);
    const struct measured loaded = measure(&source, 8000);
    assert_near(loaded.u_v[0], 230 * 23 / 23.5, 0.01);
    assert_near(loaded.u_v[1], 230, 0.01);
    sim_home_hold_voltage(home, 0, 230);
    play(&source, 160);
    assert_near(measure(&source, 8000).u_v[0], 230, 0.01);
    sim_home_free(home);
}

static void test_sun(void **state)
{
    (void)state;
    const struct {
        const char *start;
        double low_w, high_w;
    } times[] = {{"03:00", 0, 0}, {"07:00", -1000, -100}, {"13:00", -7500, -4800}, {"21:00", 0, 0}};
    for (int k = 0; k < 4; k++) {
        char text[160];
        snprintf(text, sizeof text,
                 "start: \"%s\"\n"
                 "loads: [{name: s, kind: pv-inverter, phase: 123, on: on}]\n",
                 times[k].start);
        struct sim_home *home = from_yaml(text);
        const struct sim_source source = sim_home_source(home);
        play(&source, 60 * RATE_HZ);
        const struct measured flow = measure(&source, RATE_HZ);
        const double sum_w = flow.p_w[0] + flow.p_w[1] + flow.p_w[2];
        assert_true(sum_w >= times[k].low_w - 1e-9 && sum_w <= times[k].high_w + 1e-9);
        sim_home_free(home);
    }
}

static void test_errors(void **state)
{
    (void)state;
    struct sim_home *home = from_yaml(plain);
    unsigned index = 77;
    struct sim_load_status status;
    assert_int_equal(sim_home_find_load(home, "nothing", &index), WH_ERR_NOT_FOUND);
    assert_int_equal(index, 77);
    assert_int_equal(sim_home_load(home, 2, &status), WH_ERR_NOT_FOUND);
    assert_int_equal(sim_home_switch_load(home, 2, true), WH_ERR_NOT_FOUND);
    assert_int_equal(sim_home_hold_voltage(home, 0, 1000), WH_ERR_ARGUMENT);
    assert_int_equal(sim_home_hold_voltage(home, 4, 230), WH_ERR_ARGUMENT);
    assert_int_equal(sim_home_hold_frequency(home, 0), WH_ERR_ARGUMENT);
    struct sim_home *none = NULL;
    assert_int_equal(sim_home_create(&none, NULL, 0), WH_ERR_ARGUMENT);
    assert_null(none);
    sim_home_free(NULL);
    sim_home_free(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deterministic_in_any_portions),
        cmocka_unit_test(test_default_home_is_alive),
        cmocka_unit_test(test_statuses_sum_to_what_flows),
        cmocka_unit_test(test_voltage_and_frequency),
        cmocka_unit_test(test_phase_loss),
        cmocka_unit_test(test_reversed_current),
        cmocka_unit_test(test_reversed_rotation),
        cmocka_unit_test(test_cut_and_return),
        cmocka_unit_test(test_events_happen_in_time),
        cmocka_unit_test(test_schedule_and_hand),
        cmocka_unit_test(test_cycle),
        cmocka_unit_test(test_grid_impedance),
        cmocka_unit_test(test_sun),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
