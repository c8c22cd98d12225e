/* The lists of points: nothing of the standards is missing, nothing refers to what is not there (MET-5…9). */
#include "rig.h"

#include <math.h>
#include <string.h>

static size_t count_of(const struct acc_points *points, const char *test)
{
    size_t count = 0;
    for (size_t k = 0; k < points->count; k++) {
        count += strcmp(points->point[k].test, test) == 0;
    }
    return count;
}

static struct acc_points points_of(const char *model, const char *wiring, bool quick,
                                   struct acc_rating *rating)
{
    const struct acc_request request = {.model = model, .wiring = wiring};
    struct acc_points points;
    char error[256];
    assert_int_equal(acc_rating_init(rating, &request, error, sizeof error), WH_OK);
    assert_int_equal(acc_points_make(&points, rating, quick), WH_OK);
    return points;
}

static const char *const tests_of_a_direct_meter[] = {
    "load",
    "load-export",
    "load-single",
    "single-difference",
    "voltage",
    "voltage-low",
    "frequency",
    "temperature",
    "sequence",
    "unbalance",
    "harmonics",
    "dc-even",
    "phase-fired",
    "bursts",
    "fast-changes",
    "starting",
    "no-load",
    "constant",
    "repeatability",
    "continuity",
    "long-run",
    "self-heating",
    "reactive",
    "reactive-single",
    "reactive-voltage",
    "reactive-frequency",
    "reactive-temperature",
    "mpe",
};

static void test_all_tests_are_there(void **state)
{
    (void)state;
    struct acc_rating rating;
    struct acc_points points = points_of("382M", NULL, false, &rating);
    for (size_t k = 0; k < sizeof tests_of_a_direct_meter / sizeof(char *); k++) {
        if (count_of(&points, tests_of_a_direct_meter[k]) == 0) {
            fail_msg("no test %s", tests_of_a_direct_meter[k]);
        }
    }
    assert_int_equal(count_of(&points, "unbalance"), 6);
    assert_int_equal(count_of(&points, "temperature"), 8 * 7); /* 8 loads, −40…+70 °C in 7 steps */
    acc_points_free(&points);
}

/* DC is for direct meters only, and Aron has neither neutral nor rectified currents (VAR-2). */
static void test_what_a_meter_does_not_have(void **state)
{
    (void)state;
    struct acc_rating rating;
    struct acc_points points = points_of("351C", NULL, false, &rating);
    assert_int_equal(count_of(&points, "dc-even") + count_of(&points, "self-heating"), 0);
    acc_points_free(&points);
    points = points_of("382M", "aron", false, &rating);
    assert_int_equal(count_of(&points, "dc-even") + count_of(&points, "phase-fired") +
                         count_of(&points, "unbalance") + count_of(&points, "sequence"),
                     0);
    acc_points_free(&points);
    points = points_of("382M", "1-phase", false, &rating);
    assert_int_equal(count_of(&points, "load-single") + count_of(&points, "reactive-single"), 0);
    acc_points_free(&points);
}

/* VAR-3, VAR-5: the 382L promises ±10 % of voltage and ±2 % of frequency, the 382M more. */
static void test_ranges_of_the_model(void **state)
{
    (void)state;
    static const struct {
        const char *model;
        double u_low_pct, u_high_pct, f_pct;
    } models[] = {{"382M", 80, 115, 5}, {"382L", 90, 110, 2}, {"351C", 80, 115, 2}};
    for (size_t m = 0; m < 3; m++) {
        struct acc_rating rating;
        struct acc_points points = points_of(models[m].model, NULL, false, &rating);
        double u_low = 100, u_high = 100, f_off = 0;
        for (size_t k = 0; k < points.count; k++) {
            const struct acc_point *point = &points.point[k];
            if (strcmp(point->test, "voltage") == 0) {
                u_low = fmin(u_low, point->load.u_pct);
                u_high = fmax(u_high, point->load.u_pct);
            } else if (strcmp(point->test, "frequency") == 0) {
                f_off = fmax(f_off, fabs(point->load.f_hz / 50 - 1) * 100);
            }
        }
        assert_true(u_low == models[m].u_low_pct && u_high == models[m].u_high_pct);
        assert_true(fabs(f_off - models[m].f_pct) < 1e-9);
        acc_points_free(&points);
    }
}

static void test_references_come_first(void **state)
{
    (void)state;
    for (int quick = 0; quick < 2; quick++) {
        struct acc_rating rating;
        struct acc_points points = points_of("382M", NULL, quick == 1, &rating);
        for (size_t k = 0; k < points.count; k++) {
            const struct acc_point *point = &points.point[k];
            assert_true(point->reference < (int)k && point->design_reference < (int)k);
            if (point->judge == ACC_JUDGE_CHANGE) {
                const struct acc_load *of = &points.point[point->reference].load;
                assert_true(point->reference >= 0);
                assert_true(fabs(of->i_a - point->load.i_a) < 1e-9);
                assert_int_equal(of->factor, point->load.factor);
            }
        }
        acc_points_free(&points);
    }
}

/* MET-8: ten times the standard's duration; the reference's own examples in minutes (2.4). */
static void test_duration_of_no_load(void **state)
{
    (void)state;
    static const struct {
        const char *model;
        double minutes;
    } models[] = {{"382M", 15.1}, {"351C", 14.5}};
    for (size_t m = 0; m < 2; m++) {
        struct acc_rating rating;
        struct acc_points points = points_of(models[m].model, NULL, false, &rating);
        for (size_t k = 0; k < points.count; k++) {
            if (points.point[k].method == ACC_NO_LOAD) {
                assert_true(fabs(points.point[k].seconds / 600 - models[m].minutes) < 0.06);
                assert_true(points.point[k].load.u_pct == 115);
            }
        }
        acc_points_free(&points);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_tests_are_there),
        cmocka_unit_test(test_what_a_meter_does_not_have),
        cmocka_unit_test(test_ranges_of_the_model),
        cmocka_unit_test(test_references_come_first),
        cmocka_unit_test(test_duration_of_no_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
