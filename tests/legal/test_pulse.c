/* The LED and S0 pulses: 30 ms within 10 %, evenly spread, none lost (MET-9). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "legal/pulse.h"
#include "metrology/samples.h"

enum { WINDOW = 819 };

struct seen {
    unsigned edges;         /* dark to lit */
    unsigned lit_samples;   /* of the last complete pulse */
    unsigned shortest_dark; /* between two pulses */
    unsigned least_interval, greatest_interval;
};

/* Runs sample by sample and measures. */
static void watch(struct wh_pulse *pulse, unsigned samples, struct seen *seen)
{
    static const unsigned never = 1u << 30;
    unsigned since_rise = never;
    unsigned run = 0;
    bool lit = wh_pulse_is_lit(pulse);
    for (unsigned k = 0; k < samples; k++) {
        wh_pulse_run(pulse, 1);
        const bool now = wh_pulse_is_lit(pulse);
        if (now && !lit) {
            if (since_rise < never) {
                const unsigned interval = k - since_rise;
                seen->least_interval =
                    interval < seen->least_interval ? interval : seen->least_interval;
                seen->greatest_interval =
                    interval > seen->greatest_interval ? interval : seen->greatest_interval;
                seen->shortest_dark = run < seen->shortest_dark ? run : seen->shortest_dark;
            }
            since_rise = k;
            seen->edges++;
            run = 0;
        } else if (!now && lit) {
            seen->lit_samples = run;
            run = 0;
        }
        run++;
        lit = now;
    }
}

static struct seen nothing_seen(void)
{
    const struct seen seen = {.shortest_dark = 1u << 30, .least_interval = 1u << 30};
    return seen;
}

/* MET-9: 30 ms within 10 %. The first sample of a pulse is spent in the step that lights it. */
static void test_a_pulse_is_30_ms(void **state)
{
    (void)state;
    struct wh_pulse pulse = {0};
    struct seen seen = nothing_seen();
    wh_pulse_earn(&pulse, 1, 0, WINDOW);
    watch(&pulse, WINDOW, &seen);
    assert_int_equal(seen.edges, 1);
    const double milliseconds = (seen.lit_samples + 1) * 1000.0 / WH_SAMPLE_RATE_HZ;
    assert_true(milliseconds > 27 && milliseconds < 33);
}

/* 105 A on three phases at 230 V: 20.1 pulses a second, evenly spread, all of them seen. */
static void test_full_load_is_even_and_complete(void **state)
{
    (void)state;
    struct wh_pulse pulse = {0};
    struct seen seen = nothing_seen();
    for (int window = 0; window < 500; window++) {
        wh_pulse_earn(&pulse, 4, 100, WINDOW / 4);
        watch(&pulse, WINDOW, &seen);
    }
    watch(&pulse, 2 * WINDOW, &seen);
    assert_int_equal(seen.edges, 2000);
    assert_int_equal(pulse.pending, 0);
    assert_true(seen.greatest_interval - seen.least_interval <= 4);
    assert_true(seen.shortest_dark >= 40);
}

/* More than can be shown waits and is shown later; nothing merges. */
static void test_overload_waits(void **state)
{
    (void)state;
    struct wh_pulse pulse = {0};
    struct seen seen = nothing_seen();
    wh_pulse_earn(&pulse, 100, 0, WINDOW / 100);
    watch(&pulse, 100 * 200, &seen);
    assert_int_equal(seen.edges, 100);
    assert_true(seen.shortest_dark >= 39);
}

/* Time may come in any steps. */
static void test_steps_of_time_do_not_matter(void **state)
{
    (void)state;
    struct wh_pulse fine = {0};
    struct wh_pulse coarse = {0};
    for (unsigned k = 0; k < 2000; k++) {
        const unsigned step = 1 + k % 40;
        if (k % 13 == 0) {
            wh_pulse_earn(&fine, k % 3, k % 100, WINDOW / 3);
            wh_pulse_earn(&coarse, k % 3, k % 100, WINDOW / 3);
        }
        wh_pulse_run(&coarse, step);
        for (unsigned s = 0; s < step; s++) {
            wh_pulse_run(&fine, 1);
        }
        assert_int_equal(fine.pending, coarse.pending);
        assert_int_equal(wh_pulse_is_lit(&fine), wh_pulse_is_lit(&coarse));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_pulse_is_30_ms),
        cmocka_unit_test(test_full_load_is_even_and_complete),
        cmocka_unit_test(test_overload_waits),
        cmocka_unit_test(test_steps_of_time_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
