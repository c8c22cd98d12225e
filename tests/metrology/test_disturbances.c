/* Dips, swells and interruptions of exactly known begin, end and depth (LOG-7, the detection):
 * Urms(1/2) as IEC 61000-4-30 defines it, how long each state lasts, lowest and highest voltage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "tests/metrology/disturbed_mains.h"

enum { SETTLED_HALF = 300, AFTER_HALF = 120 };

/* What the definition gives for a voltage that changes at zero crossings only. */
struct expected {
    unsigned half_cycles[WH_VOLTAGE_STATES];
    double u_min_v, u_max_v;
};

/* The limits of 230 V, written as rules. */
static enum wh_voltage_state rule(enum wh_voltage_state before, double u_v)
{
    if (u_v < 50 || (before == WH_VOLTAGE_LOST && u_v < 54.6)) {
        return WH_VOLTAGE_LOST;
    }
    if (u_v < 207 || (before == WH_VOLTAGE_UNDER && u_v < 211.6)) {
        return WH_VOLTAGE_UNDER;
    }
    if (u_v > 253 || (before == WH_VOLTAGE_OVER && u_v > 248.4)) {
        return WH_VOLTAGE_OVER;
    }
    return WH_VOLTAGE_NORMAL;
}

static double half_cycle_rms(const struct disturbed_mains *m, int phase, int half)
{
    double u_v = m->u_v;
    for (size_t d = 0; d < m->disturbance_count; d++) {
        const struct disturbance *at = &m->disturbance[d];
        if (at->phase == phase && half >= at->from_half && half < at->to_half) {
            u_v = at->u_v;
        }
    }
    return disturbed_mains_rms(m, u_v);
}

static struct expected expect(const struct disturbed_mains *m, int phase, int from, int to)
{
    struct expected e = {.u_min_v = 1e9};
    enum wh_voltage_state state = WH_VOLTAGE_NORMAL;
    for (int half = from; half < to; half++) {
        const double u_v =
            hypot(half_cycle_rms(m, phase, half - 1), half_cycle_rms(m, phase, half)) / M_SQRT2;
        state = rule(state, u_v);
        e.half_cycles[state]++;
        e.u_min_v = fmin(e.u_min_v, u_v);
        e.u_max_v = fmax(e.u_max_v, u_v);
    }
    return e;
}

/* To 0.2 %, below the nominal voltage of that (IEC 61000-4-30, class A): an odd number of half
 * cycles leaves up to half a volt in the element's estimate of the offset. */
static void check_voltage(uint32_t got_mv, double expected_v)
{
    const double tolerance_v = fmax(expected_v, 230) * 0.002;
    if (fabs(got_mv / 1e3 - expected_v) > tolerance_v) {
        print_error("%.3f V, should be %.3f V\n", got_mv / 1e3, expected_v);
    }
    assert_true(fabs(got_mv / 1e3 - expected_v) <= tolerance_v);
}

/* Every state but normal, whose count depends on where the windows end, lasts as long as it
 * should. */
static void check_phase(const struct disturbed_mains *m, int phase)
{
    const struct expected e = expect(m, phase, SETTLED_HALF, SETTLED_HALF + 2 * AFTER_HALF);
    const struct phase_tally *t = &m->tally[phase];
    for (int s = WH_VOLTAGE_NORMAL + 1; s < WH_VOLTAGE_STATES; s++) {
        assert_int_equal(t->half_cycles[s], e.half_cycles[s]);
    }
    check_voltage(t->u_min_mv, e.u_min_v);
    check_voltage(t->u_max_mv, e.u_max_v);
    assert_int_equal(t->state, WH_VOLTAGE_NORMAL);
}

/* Settles, plays the disturbances and a while of mains after them, and checks all phases. */
static void play_and_check(struct disturbed_mains *m, const struct disturbance *d, size_t count)
{
    m->disturbance = d;
    m->disturbance_count = count;
    disturbed_mains_play(m, SETTLED_HALF);
    disturbed_mains_clear_tally(m);
    disturbed_mains_play(m, 2 * AFTER_HALF);
    for (int p = 0; p < WH_PHASES; p++) {
        assert_int_equal(m->report.phase[p].voltage_state, m->tally[p].state);
        check_phase(m, p);
    }
}

/* LOG-7: from half a cycle to twenty, from a swell to nothing: durations to the half cycle, and
 * the voltage within 0.2 %. A cycle is the shortest that shows its whole depth. */
static void test_every_length_and_depth(void **state)
{
    (void)state;
    static const double depths_v[] = {265, 249, 245, 180, 120, 60, 20, 0};
    static const int lengths[] = {1, 2, 3, 4, 5, 9, 20, 37};
    for (size_t d = 0; d < sizeof depths_v / sizeof depths_v[0]; d++) {
        for (size_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++) {
            struct disturbed_mains m;
            const int from = SETTLED_HALF + 40 + (int)l;
            const struct disturbance one = {1, from, from + lengths[l], depths_v[d]};
            disturbed_mains_init(&m);
            play_and_check(&m, &one, 1);
        }
    }
}

/* LOG-7: a dip of exactly one cycle has the rms of that cycle. */
static void test_magnitude_of_one_cycle(void **state)
{
    (void)state;
    for (double u_v = 4; u_v < 340; u_v += 12.5) {
        struct disturbed_mains m;
        const struct disturbance one = {2, SETTLED_HALF + 51, SETTLED_HALF + 53, u_v};
        disturbed_mains_init(&m);
        play_and_check(&m, &one, 1);
        check_voltage(u_v < 230 ? m.tally[2].u_min_mv : m.tally[2].u_max_mv, u_v);
    }
}

/* LOG-7: at other frequencies and with the harmonics of a bad grid, which count. */
static void test_frequencies_and_harmonics(void **state)
{
    (void)state;
    static const double frequencies_hz[] = {45, 47.3, 49.99, 52.5, 59.9, 60, 65};
    for (size_t f = 0; f < sizeof frequencies_hz / sizeof frequencies_hz[0]; f++) {
        struct disturbed_mains m;
        const struct disturbance dips[] = {
            {0, SETTLED_HALF + 30, SETTLED_HALF + 33, 150},
            {0, SETTLED_HALF + 60, SETTLED_HALF + 65, 262},
        };
        disturbed_mains_init(&m);
        m.f_hz = frequencies_hz[f];
        m.fifth = 0.06;
        m.third = 0.05;
        play_and_check(&m, dips, 2);
    }
}

/* LOG-7: each phase has its own: at the same time one dips, one swells and one is lost. */
static void test_phases_are_independent(void **state)
{
    (void)state;
    static const struct disturbance all[] = {
        {0, SETTLED_HALF + 50, SETTLED_HALF + 61, 170}, /* dips */
        {1, SETTLED_HALF + 55, SETTLED_HALF + 58, 290}, /* swells, twice */
        {1, SETTLED_HALF + 70, SETTLED_HALF + 74, 280},
        {2, SETTLED_HALF + 45, SETTLED_HALF + 85, 0}, /* lost */
    };
    struct disturbed_mains m;
    disturbed_mains_init(&m);
    play_and_check(&m, all, sizeof all / sizeof all[0]);
    assert_true(m.tally[0].half_cycles[WH_VOLTAGE_UNDER] >= 10);
    assert_int_equal(m.tally[0].half_cycles[WH_VOLTAGE_OVER], 0);
    assert_int_equal(m.tally[2].half_cycles[WH_VOLTAGE_LOST], 39);
}

/* LOG-7: a disturbance that begins and ends anywhere lasts, by the definition, a cycle longer
 * than it was less what of the first and last cycles is too little to count: here 0.85 of a half
 * cycle. To within one. */
static void test_begin_and_end_anywhere(void **state)
{
    (void)state;
    for (int k = 0; k < 60; k++) {
        struct disturbed_mains m;
        const double length = 4 + k * 0.173;
        const double from = SETTLED_HALF + 40 + k * 0.317;
        const struct disturbance one = {0, from, from + length, 100};
        disturbed_mains_init(&m);
        m.disturbance = &one;
        m.disturbance_count = 1;
        disturbed_mains_play(&m, SETTLED_HALF);
        disturbed_mains_clear_tally(&m);
        disturbed_mains_play(&m, 2 * AFTER_HALF);
        assert_true(fabs(m.tally[0].half_cycles[WH_VOLTAGE_UNDER] - (length + 1.15)) <= 1);
        assert_int_equal(m.tally[0].half_cycles[WH_VOLTAGE_LOST], 0);
        assert_int_equal(m.tally[0].changes, 2);
        check_voltage(m.tally[0].u_min_mv, 100);
    }
}

/* LOG-7: an outage lasts as long as it does: one phase or all of them, ten seconds without
 * anything to follow, at frequencies that are not nominal; and the voltage that comes back is
 * right at once. */
static void test_long_outages(void **state)
{
    (void)state;
    static const double frequencies_hz[] = {47.5, 49.8, 50, 50.2, 60};
    for (size_t f = 0; f < 5; f++) {
        for (int phases = 1; phases <= WH_PHASES; phases++) {
            struct disturbed_mains m;
            const double length = 20 * frequencies_hz[f];
            const struct disturbance lost[WH_PHASES] = {
                {0, SETTLED_HALF + 40, SETTLED_HALF + 40 + length, 0},
                {1, SETTLED_HALF + 40, SETTLED_HALF + 40 + length, 0},
                {2, SETTLED_HALF + 40, SETTLED_HALF + 40 + length, 0},
            };
            disturbed_mains_init(&m);
            m.f_hz = frequencies_hz[f];
            m.disturbance = lost;
            m.disturbance_count = (size_t)phases;
            disturbed_mains_play(&m, SETTLED_HALF);
            disturbed_mains_clear_tally(&m);
            disturbed_mains_play(&m, length + 300);
            for (int p = 0; p < phases; p++) {
                assert_true(fabs(m.tally[p].half_cycles[WH_VOLTAGE_LOST] - (length - 1)) <= 1);
                assert_true(m.tally[p].half_cycles[WH_VOLTAGE_UNDER] <= 3); /* its two edges */
                assert_int_equal(m.tally[p].half_cycles[WH_VOLTAGE_OVER], 0);
                check_voltage(m.tally[p].u_max_mv, 230);
                assert_int_equal(m.tally[p].state, WH_VOLTAGE_NORMAL);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_length_and_depth),
        cmocka_unit_test(test_magnitude_of_one_cycle),
        cmocka_unit_test(test_frequencies_and_harmonics),
        cmocka_unit_test(test_phases_are_independent),
        cmocka_unit_test(test_begin_and_end_anywhere),
        cmocka_unit_test(test_long_outages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
