/* Limits against values copied by hand from the metrology reference, and classes against the models' approvals
 * (VAR-2, VAR-4, VAR-5, VAR-6). */
#include "rig.h"

#include <math.h>
#include <string.h>

struct load_case {
    const char *model, *class_name;
    double share; /* of Ib or In */
    enum acc_factor factor;
    bool single;
    double pct; /* 0: no limit */
    char mark;
};

static const struct load_case load_cases[] = {
    /* 1.1, direct: 5 A, so 0.05 Ib is 0.25 A. */
    {"382M", "1", 0.05, ACC_PF_1, false, 1.5, 'S'},
    {"382M", "1", 0.0999, ACC_PF_1, false, 1.5, 'S'},
    {"382M", "1", 0.1, ACC_PF_1, false, 1.0, 'S'},
    {"382M", "1", 20, ACC_PF_1, false, 1.0, 'S'},
    {"382M", "1", 0.04, ACC_PF_1, false, 0, 0},
    {"382M", "1", 0.1, ACC_PF_05_IND, false, 1.5, 'S'},
    {"382M", "1", 0.2, ACC_PF_08_CAP, false, 1.0, 'S'},
    {"382M", "1", 1, ACC_PF_025_IND, false, 3.5, 'S'},
    {"382M", "1", 1, ACC_PF_05_CAP, false, 2.5, 'S'},
    {"382M", "1", 1.1, ACC_PF_025_IND, false, 0, 0},
    {"382M", "2", 0.05, ACC_PF_1, false, 2.5, 'U'},
    {"382M", "2", 1, ACC_PF_05_IND, false, 2.0, 'U'},
    {"382M", "2", 1, ACC_PF_08_CAP, false, 0, 0},
    {"382M", "1", 0.1, ACC_PF_1, true, 2.0, 'S'},
    {"382M", "2", 0.2, ACC_PF_05_IND, true, 3.0, 'U'},
    {"382M", "2", 0.1, ACC_PF_05_IND, true, 0, 0},
    /* 1.1, transformers. */
    {"351C", "1", 0.02, ACC_PF_1, false, 1.5, 'S'},
    {"351C", "1", 0.05, ACC_PF_1, false, 1.0, 'S'},
    {"351C", "1", 0.01, ACC_PF_1, false, 0, 0},
    /* 1.2 */
    {"351C", "0.5S", 0.01, ACC_PF_1, false, 1.0, 'U'},
    {"351C", "0.5", 0.05, ACC_PF_1, false, 0.5, 'U'},
    {"351C", "0.5S", 0.02, ACC_PF_05_IND, false, 1.0, 'U'},
    {"351C", "0.5S", 0.1, ACC_PF_08_CAP, false, 0.6, 'U'},
    {"351C", "0.2S", 1.2, ACC_PF_1, false, 0.2, 'U'},
    {"351C", "0.2S", 1, ACC_PF_05_CAP, false, 0.5, 'U'},
    {"351C", "0.2S", 0.1, ACC_PF_05_IND, true, 0.4, 'U'},
    /* 1.5: Itr is 0.1 Ib or 0.05 In. */
    {"382M", "A", 0.05, ACC_PF_1, false, 2.5, 'U'},
    {"382L", "B", 0.05, ACC_PF_1, false, 1.5, 'U'},
    {"382M", "B", 0.1, ACC_PF_05_IND, false, 1.0, 'U'},
    {"351C", "B", 0.01, ACC_PF_1, false, 1.5, 'U'},
    {"351C", "C", 0.01, ACC_PF_1, false, 1.0, 'U'},
    {"351C", "C", 1.2, ACC_PF_1, false, 0.5, 'U'},
    {"351C", "C", 0.05, ACC_PF_08_CAP, false, 0.6, 'U'},
    {"351C", "C", 0.04, ACC_PF_05_IND, false, 0, 0},
    /* 1.3: reactive 3 goes with class 2, reactive 2 with class 1. */
    {"382M", "1", 0.05, ACC_SIN_1, false, 2.5, 'U'},
    {"382M", "1", 1, ACC_SIN_05_CAP, false, 2.0, 'U'},
    {"382M", "1", 1, ACC_SIN_025, false, 2.5, 'U'},
    {"382M", "2", 0.1, ACC_SIN_1, false, 3.0, 'U'},
    {"382M", "2", 1, ACC_SIN_1_CAP, true, 4.0, 'U'},
    /* 1.4: reactive 1. */
    {"351C", "0.2S", 0.01, ACC_SIN_1, false, 1.5, 'U'},
    {"351C", "0.2S", 1, ACC_SIN_025, false, 2.0, 'U'},
};

static void test_load_limits(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof load_cases / sizeof load_cases[0]; k++) {
        const struct load_case *c = &load_cases[k];
        const struct acc_rating rating = rig_rating(c->model, c->class_name, false);
        const struct acc_limit limit =
            acc_limit_load(&rating, c->factor, c->share * rating.ib_a, c->single);
        if (limit.pct != c->pct || limit.mark != c->mark) {
            fail_msg("case %zu: %s class %s at %g: %g %c, should be %g %c", k, c->model,
                     c->class_name, c->share, limit.pct, limit.mark, c->pct, c->mark);
        }
    }
}

struct influence_case {
    const char *model, *class_name;
    enum acc_influence influence;
    enum acc_factor factor;
    double pct;
};

static const struct influence_case influence_cases[] = {
    {"382M", "1", ACC_VOLTAGE, ACC_PF_1, 0.7},
    {"382M", "2", ACC_VOLTAGE, ACC_PF_05_IND, 1.5},
    {"382M", "1", ACC_VOLTAGE_EXTENDED, ACC_PF_1, 2.1},
    {"351C", "0.2S", ACC_VOLTAGE_EXTENDED, ACC_PF_05_IND, 0.6},
    {"382M", "B", ACC_VOLTAGE, ACC_PF_05_IND, 1.0},
    {"351C", "C", ACC_VOLTAGE, ACC_PF_1, 0.2},
    {"382M", "A", ACC_FREQUENCY, ACC_PF_1, 0.8},
    {"351C", "0.5S", ACC_FREQUENCY, ACC_PF_05_IND, 0.2},
    {"382M", "B", ACC_TEMPERATURE, ACC_PF_1, 0.05},
    {"351C", "0.2S", ACC_TEMPERATURE, ACC_PF_05_IND, 0.02},
    {"351C", "0.5S", ACC_SEQUENCE, ACC_PF_1, 0.1},
    {"382M", "2", ACC_UNBALANCE, ACC_PF_1, 4.0},
    {"382M", "1", ACC_HARMONICS, ACC_PF_1, 0.8},
    {"382M", "A", ACC_DC, ACC_PF_1, 6.0},
    {"351C", "0.5S", ACC_DC, ACC_PF_1, 0},
    {"351C", "0.5S", ACC_SUB, ACC_PF_1, 1.5},
    {"351C", "C", ACC_SUB, ACC_PF_1, 1.5},
    {"382M", "1", ACC_FAST_CHANGES, ACC_PF_1, 0},
    {"382M", "1", ACC_SINGLE_DIFFERENCE, ACC_PF_1, 1.5},
    {"382M", "1", ACC_VOLTAGE, ACC_SIN_05, 1.5},
    {"382M", "2", ACC_FREQUENCY, ACC_SIN_1, 2.5},
    {"382M", "2", ACC_TEMPERATURE, ACC_SIN_05, 0.25},
};

static void test_influence_limits(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof influence_cases / sizeof influence_cases[0]; k++) {
        const struct influence_case *c = &influence_cases[k];
        const struct acc_rating rating = rig_rating(c->model, c->class_name, false);
        const double pct = acc_limit_influence(&rating, c->influence, c->factor).pct;
        if (fabs(pct - c->pct) > 1e-12) {
            fail_msg("case %zu: %g, should be %g", k, pct, c->pct);
        }
    }
}

static void check_composite(const char *model, const char *class_name, double i_a, bool single,
                            double celsius, double pct, char mark)
{
    const struct acc_rating rating = rig_rating(model, class_name, false);
    const struct acc_limit limit = acc_limit_composite(&rating, i_a, single, celsius);
    assert_true(limit.pct == pct);
    assert_int_equal(limit.mark, mark);
}

static void test_composite_limits(void **state)
{
    (void)state;
    check_composite("382M", "A", 0.25, false, 23, 3.5, 'V');
    check_composite("382M", "B", 0.25, false, 40, 2.5, 'V');
    check_composite("382M", "B", 100, false, -25, 3.5, 'V');
    check_composite("351C", "C", 5, false, 5, 0.7, 'V');
    check_composite("351C", "C", 0.1, false, 70, 2, 'V');
    check_composite("351C", "C", 5, true, -40, 2, 'U');
}

static void test_ratings(void **state)
{
    (void)state;
    const struct acc_rating direct = rig_rating("382M", "B", false);
    assert_true(direct.imin_a == 0.25 && direct.itr_a == 0.5 && direct.ib_a == 5);
    assert_true(direct.imax_a == 100 && direct.ist_a == 0.02);
    assert_true(rig_rating("382M", "2", false).ist_a == 0.025);
    const struct acc_rating behind = rig_rating("351C", "C", false);
    assert_true(behind.imin_a == 0.05 && behind.itr_a == 0.25 && behind.ist_a == 0.005);
    assert_true(rig_rating("351C", "1", false).ist_a == 0.01);
}

static void check_refused(const struct acc_request *request, const char *named)
{
    struct acc_rating rating;
    char error[256] = "";
    assert_int_equal(acc_rating_init(&rating, request, error, sizeof error), WH_ERR_ARGUMENT);
    if (strstr(error, named) == NULL) {
        fail_msg("\"%s\" does not name %s", error, named);
    }
}

/* VAR-2, VAR-4, VAR-6: what a model is not made for. */
static void test_what_does_not_exist(void **state)
{
    (void)state;
    check_refused(&(struct acc_request){.model = "383"}, "383");
    check_refused(&(struct acc_request){.model = "382M", .class_name = "C"}, "class C");
    check_refused(&(struct acc_request){.model = "382L", .class_name = "0.5"}, "class 0.5");
    check_refused(&(struct acc_request){.model = "382M", .class_name = "0.2S"}, "0.2S");
    check_refused(&(struct acc_request){.model = "351C", .class_name = "A"}, "class A");
    check_refused(&(struct acc_request){.model = "351C", .class_name = "2"}, "class 2");
    check_refused(&(struct acc_request){.model = "382M", .class_name = "b"}, "class b");
    check_refused(&(struct acc_request){.model = "351C", .wiring = "1-phase"}, "1-phase");
    check_refused(&(struct acc_request){.model = "382M", .wiring = "star"}, "star");
    check_refused(&(struct acc_request){.model = "382M", .range = "3"}, "range 3");
    check_refused(&(struct acc_request){.model = "382M", .frequency_hz = 55}, "55");
}

static void test_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *range;
        double ib_a, imax_a;
    } ranges[] = {{"1", 5, 85}, {"3", 10, 60}, {"0.5–10(60) A", 10, 60}, {"0.5-10(60)", 10, 60}};
    for (size_t k = 0; k < sizeof ranges / sizeof ranges[0]; k++) {
        const struct acc_request request = {.model = "382L", .range = ranges[k].range};
        struct acc_rating rating;
        char error[256];
        assert_int_equal(acc_rating_init(&rating, &request, error, sizeof error), WH_OK);
        assert_true(rating.ib_a == ranges[k].ib_a && rating.imax_a == ranges[k].imax_a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_load_limits),         cmocka_unit_test(test_influence_limits),
        cmocka_unit_test(test_composite_limits),    cmocka_unit_test(test_ratings),
        cmocka_unit_test(test_what_does_not_exist), cmocka_unit_test(test_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
