/* Half cycles where it is hard (LOG-7, the detection): before the frequency is known, when the
 * lock is lost, slowly through a limit, with noise; and that they always add up to the time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/metrology/disturbed_mains.h"

static unsigned not_normal(const struct phase_tally *t)
{
    return disturbed_mains_total(t) - t->half_cycles[WH_VOLTAGE_NORMAL];
}

static void assert_all_normal(const struct disturbed_mains *m)
{
    for (int p = 0; p < WH_PHASES; p++) {
        assert_int_equal(not_normal(&m->tally[p]), 0);
        assert_int_equal(m->tally[p].changes, 0);
    }
}

static bool within(uint32_t got_mv, double expected_v, double part)
{
    return fabs(got_mv / 1e3 - expected_v) <= part * expected_v;
}

/* Switched on at any frequency and angle, healthy mains is never called anything else. Its
 * extremes are within 7 % until the frequency is found, then within 0.1 %. */
static void test_start_up_claims_nothing(void **state)
{
    (void)state;
    static const double healthy_v[] = {214, 230, 247};
    for (int k = 0; k < 48; k++) {
        struct disturbed_mains m;
        disturbed_mains_init(&m);
        m.f_hz = 45 + k * 0.42;
        m.u_v = healthy_v[k % 3];
        m.fifth = 0.04;
        m.jump_rad = k;
        const double rms_v = disturbed_mains_rms(&m, m.u_v);
        disturbed_mains_play(&m, 300);
        assert_all_normal(&m);
        for (int p = 0; p < WH_PHASES; p++) {
            assert_true(within(m.tally[p].u_min_mv, rms_v, 0.07));
            assert_true(within(m.tally[p].u_max_mv, rms_v, 0.07));
        }
        disturbed_mains_clear_tally(&m);
        disturbed_mains_play(&m, 100);
        for (int p = 0; p < WH_PHASES; p++) {
            assert_true(within(m.tally[p].u_min_mv, rms_v, 0.001));
            assert_true(within(m.tally[p].u_max_mv, rms_v, 0.001));
        }
    }
}

/* A voltage that is low or high from the start is found as soon as the frequency is, within 1.2
 * s; one that is not there within three half cycles. */
static void test_start_into_a_disturbance(void **state)
{
    (void)state;
    static const struct {
        double u_v;
        enum wh_voltage_state state;
        unsigned late; /* half cycles */
    } starts[] = {
        {0, WH_VOLTAGE_LOST, 2}, {190, WH_VOLTAGE_UNDER, 120}, {262, WH_VOLTAGE_OVER, 120}};
    for (size_t s = 0; s < sizeof starts / sizeof starts[0]; s++) {
        struct disturbed_mains m;
        disturbed_mains_init(&m);
        m.u_v = starts[s].u_v;
        disturbed_mains_play(&m, 400);
        for (int p = 0; p < WH_PHASES; p++) {
            const struct phase_tally *t = &m.tally[p];
            assert_int_equal(t->state, starts[s].state);
            assert_int_equal(t->changes, 1);
            assert_true(t->half_cycles[WH_VOLTAGE_NORMAL] <= starts[s].late);
            assert_int_equal(not_normal(t), t->half_cycles[starts[s].state]);
        }
    }
}

/* The frequency jumps, the angle jumps: the lock is lost, nothing is claimed. */
static void test_lost_lock_claims_nothing(void **state)
{
    (void)state;
    for (int k = 0; k < 12; k++) {
        struct disturbed_mains m;
        disturbed_mains_init(&m);
        disturbed_mains_play(&m, 200 + 0.3 * k);
        m.f_hz = k % 2 == 0 ? 50 : 50 + 0.4 * (k - 6);
        m.jump_rad = k % 2 == 0 ? 0.2 * k : 0;
        disturbed_mains_clear_tally(&m);
        bool lost = false;
        for (int half = 0; half < 300; half++) {
            disturbed_mains_play(&m, 1);
            lost = lost || !wh_element_is_locked(&m.measuring.element[0]);
        }
        assert_true(lost || k == 0);
        assert_true(wh_element_is_locked(&m.measuring.element[0]));
        /* A jump of the angle makes the cycle it falls in a true swell or dip, which hysteresis
         * may keep a while. */
        assert_true(k % 2 == 0 || not_normal(&m.tally[0]) == 0);
        assert_true(not_normal(&m.tally[0]) <= 3);
        assert_int_equal(m.tally[0].state, WH_VOLTAGE_NORMAL);
    }
}

/* Back from an outage with another angle: when the half cycles move to the new zero crossings
 * nothing is claimed. */
static void test_return_with_another_angle(void **state)
{
    (void)state;
    static const struct disturbance lost[] = {{0, 300, 400, 0}, {1, 300, 400, 0}, {2, 300, 400, 0}};
    for (int k = 0; k < 14; k++) {
        struct disturbed_mains m;
        disturbed_mains_init(&m);
        m.disturbance = lost;
        m.disturbance_count = 3;
        disturbed_mains_play(&m, 200);
        disturbed_mains_clear_tally(&m);
        disturbed_mains_play(&m, 150);
        m.jump_rad = 0.45 * k;
        disturbed_mains_play(&m, 400);
        const struct phase_tally *t = &m.tally[0];
        assert_true(wh_element_is_locked(&m.measuring.element[0]));
        assert_int_equal(t->half_cycles[WH_VOLTAGE_OVER], 0);
        assert_true(t->half_cycles[WH_VOLTAGE_UNDER] <= 3);
        assert_in_range(t->half_cycles[WH_VOLTAGE_LOST], 98, 100);
        assert_int_equal(t->changes, 4); /* too low at both edges */
    }
}

/* Down through the limit in ten seconds and up again, with noise: one begin, one end. */
static unsigned changes_of_ramp(const struct wh_voltage_limits *limits, unsigned *under)
{
    struct disturbed_mains m;
    disturbed_mains_init(&m);
    m.noise_v = 8;
    assert_int_equal(wh_measuring_set_voltage_limits(&m.measuring, limits), WH_OK);
    disturbed_mains_play(&m, 300);
    disturbed_mains_clear_tally(&m);
    for (int step = -400; step <= 400; step++) {
        m.u_v = 200 + fabs(step * 0.05); /* 220 … 200 … 220 V */
        disturbed_mains_play(&m, 5);
    }
    *under = m.tally[1].half_cycles[WH_VOLTAGE_UNDER];
    return m.tally[1].changes;
}

static void test_slow_ramp_does_not_chatter(void **state)
{
    (void)state;
    struct wh_voltage_limits limits = wh_voltage_limits_of(230000);
    unsigned under;
    assert_int_equal(changes_of_ramp(&limits, &under), 2);
    /* Five half cycles each 0.05 V; the noise may move begin and end by a volt and a half
     * together. */
    assert_true(fabs(under - 5 * (7 / 0.05 + 11.6 / 0.05)) < 5 * 1.5 / 0.05);
    limits.hysteresis_mv = 0;
    assert_true(changes_of_ramp(&limits, &under) > 2); /* so the noise is enough to show it */
}

/* A voltage at the limit, with noise: once under, it stays so until it is the hysteresis higher. */
static void test_noise_at_the_limit(void **state)
{
    (void)state;
    struct disturbed_mains m;
    disturbed_mains_init(&m);
    disturbed_mains_play(&m, 300);
    m.u_v = 207;
    m.noise_v = 3;
    disturbed_mains_clear_tally(&m);
    disturbed_mains_play(&m, 2000);
    for (int p = 0; p < WH_PHASES; p++) {
        assert_int_equal(m.tally[p].changes, 1);
        assert_int_equal(m.tally[p].state, WH_VOLTAGE_UNDER);
    }
    m.u_v = 211.8;
    disturbed_mains_play(&m, 20);
    assert_int_equal(m.tally[0].changes, 2);
}

/* The limits lie where they were set, to 0.05 %, also behind a divider whose gain is calibrated. */
static void test_limits_are_where_they_were_set(void **state)
{
    (void)state;
    static const struct {
        double u_v;
        enum wh_voltage_state state;
    } near[] = {
        {49.9, WH_VOLTAGE_LOST},    {50.1, WH_VOLTAGE_UNDER},   {206.9, WH_VOLTAGE_UNDER},
        {207.1, WH_VOLTAGE_NORMAL}, {252.9, WH_VOLTAGE_NORMAL}, {253.1, WH_VOLTAGE_OVER},
    };
    struct wh_calibration calibration[WH_PHASES];
    for (int p = 0; p < WH_PHASES; p++) {
        calibration[p] = wh_calibration_ideal();
        calibration[p].u_gain_q30 = (uint32_t)(1.07 * (1 << 30));
    }
    for (int gained = 0; gained < 2; gained++) {
        for (size_t n = 0; n < sizeof near / sizeof near[0]; n++) {
            struct disturbed_mains m;
            disturbed_mains_init(&m);
            if (gained) {
                assert_int_equal(wh_measuring_calibrate(&m.measuring, calibration), WH_OK);
            }
            m.u_v = 230 / (gained ? 1.07 : 1);
            disturbed_mains_play(&m, 200);
            m.u_v = near[n].u_v / (gained ? 1.07 : 1);
            if (near[n].state == WH_VOLTAGE_UNDER && near[n].u_v < 60) {
                m.u_v = 100; /* not out of the hysteresis of what the step goes through */
                disturbed_mains_play(&m, 10);
                m.u_v = near[n].u_v / (gained ? 1.07 : 1);
            }
            disturbed_mains_play(&m, 40);
            assert_int_equal(m.tally[2].state, near[n].state);
        }
    }
}

static double uniform(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) / 16777216.0;
}

/* With those of the window that is not over. */
static unsigned reported_and_running(const struct disturbed_mains *m, int phase)
{
    unsigned total = disturbed_mains_total(&m->tally[phase]);
    for (int s = 0; s < WH_VOLTAGE_STATES; s++) {
        total += m->measuring.element[phase].half_cycle.count[s];
    }
    return total;
}

/* Property: whatever happens – phases lost, dips, jumps of the angle, drift of the frequency –
 * the half cycles of each phase are the time: off by half of one for each time it locked, and
 * what the frequency drifted by in an outage. */
static void test_half_cycles_add_up_to_the_time(void **state)
{
    (void)state;
    for (uint32_t run = 1; run <= 12; run++) {
        struct disturbed_mains m;
        struct disturbance random[30];
        uint32_t seed = run;
        disturbed_mains_init(&m);
        for (size_t d = 0; d < 30; d++) {
            const double from = 200 + uniform(&seed) * 4000;
            const double length = uniform(&seed) * uniform(&seed) * 500;
            random[d] = (struct disturbance){(int)(d % 3), from, from + length,
                                             d % 4 == 0 ? 0 : uniform(&seed) * 300};
        }
        m.disturbance = random;
        m.disturbance_count = 30;
        m.noise_v = 1;
        for (int step = 0; step < 450; step++) {
            m.f_hz += (uniform(&seed) - 0.5) * 0.02;
            m.jump_rad += step % 150 == 149 ? uniform(&seed) * 6 : 0;
            disturbed_mains_play(&m, 10);
        }
        for (int p = 0; p < WH_PHASES; p++) {
            const double off = m.angle / M_PI - reported_and_running(&m, p);
            assert_true(fabs(off) <= 2 + 0.5 * m.tally[p].locks);
        }
    }
}

/* Every window's half cycles are its length, to within one that is cut by its begin and one by
 * its end. */
static void test_every_window_has_its_half_cycles(void **state)
{
    (void)state;
    static const struct disturbance lost[] = {{1, 250, 400, 0}, {0, 500, 700, 0}, {2, 600, 620, 90},
                                              {1, 600, 640, 0}, {2, 650, 800, 0}, {1, 690, 900, 0}};
    struct disturbed_mains m;
    disturbed_mains_init(&m);
    m.f_hz = 49.6;
    m.disturbance = lost;
    m.disturbance_count = sizeof lost / sizeof lost[0];
    disturbed_mains_play(&m, 200);
    for (int half = 0; half < 1000; half++) {
        disturbed_mains_clear_tally(&m);
        disturbed_mains_play(&m, 1);
        for (int p = 0; p < WH_PHASES && m.reports > 0; p++) {
            const double time = (double)m.samples * 2 * m.f_hz / WH_SAMPLE_RATE_HZ;
            assert_true(fabs(disturbed_mains_total(&m.tally[p]) - time) < 1.6);
        }
    }
}

/* A window in which no half cycle ends has the voltage of the one before, none before the first. */
static void test_window_without_end_of_a_half_cycle(void **state)
{
    (void)state;
    struct disturbed_mains m;
    struct wh_element_report report;
    disturbed_mains_init(&m);
    struct wh_element *e = &m.measuring.element[0];
    wh_element_close(e, 10, 0, &report);
    assert_int_equal(report.u_min_mv, 0);
    assert_int_equal(report.u_max_mv, 0);
    disturbed_mains_play(&m, 200);
    wh_element_close(e, 10, 0, &report);
    wh_element_close(e, 10, 0, &report);
    assert_in_range(report.u_min_mv, 229900, 230100);
    assert_int_equal(report.u_max_mv, report.u_min_mv);
    assert_int_equal(report.half_cycles[WH_VOLTAGE_NORMAL], 0);
    assert_int_equal(report.voltage_state, WH_VOLTAGE_NORMAL);
}

/* The same samples in blocks of any size give the same reports, bit for bit. */
static void test_blocks_do_not_matter(void **state)
{
    (void)state;
    static const size_t blocks[] = {1, 7, 64, 1000};
    enum { SETS = 4 * WH_SAMPLE_RATE_HZ };
    static struct wh_sample_set sets[SETS];
    for (int k = 0; k < SETS; k++) {
        const double u_v = k > 9000 && k < 9300 ? 0 : k > 11000 ? 190 : 230;
        for (int p = 0; p < WH_PHASES; p++) {
            const double x = 2 * M_PI * 50.3 * k / WH_SAMPLE_RATE_HZ - p * 2 * M_PI / 3;
            sets[k].u[p] = (int32_t)lrint(u_v * M_SQRT2 * sin(x) / 500 * (1 << WH_ADC_BITS));
            sets[k].i[p] = sets[k].u[p] / 100;
        }
    }
    struct wh_measuring first = {0};
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
        struct disturbed_mains m;
        disturbed_mains_init(&m);
        for (size_t at = 0; at < SETS;) {
            const size_t count = SETS - at < blocks[b] ? SETS - at : blocks[b];
            bool ready;
            at += wh_measuring_run(&m.measuring, sets + at, count, &m.report, &ready);
        }
        if (b == 0) {
            first = m.measuring;
        }
        assert_memory_equal(&first, &m.measuring, sizeof first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start_up_claims_nothing),
        cmocka_unit_test(test_start_into_a_disturbance),
        cmocka_unit_test(test_lost_lock_claims_nothing),
        cmocka_unit_test(test_return_with_another_angle),
        cmocka_unit_test(test_slow_ramp_does_not_chatter),
        cmocka_unit_test(test_noise_at_the_limit),
        cmocka_unit_test(test_limits_are_where_they_were_set),
        cmocka_unit_test(test_half_cycles_add_up_to_the_time),
        cmocka_unit_test(test_every_window_has_its_half_cycles),
        cmocka_unit_test(test_window_without_end_of_a_half_cycle),
        cmocka_unit_test(test_blocks_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
