/* Individual meters of each model, calibrated, are within their classes: VAR-6, MET-7; and within the design figures
 * at the points of the quick selection. */
#include "rig.h"

static void check(const char *model, const char *class_name, uint32_t number)
{
    struct rig *rig = rig_open(model, class_name, false, number, true);
    rig_run(rig);
    size_t missed = 0;
    for (size_t k = 0; k < rig->results.count; k++) {
        missed += !acc_result_is_designed(&rig->results, &rig->results.result[k]);
    }
    rig_print(rig, false);
    rig_print(rig, true);
    assert_int_equal(rig_outside(rig, NULL), 0);
    assert_int_equal(missed, 0);
    rig_close(rig);
}

static void test_382m(void **state)
{
    (void)state;
    check("382M", "B", 17);
    check("382M", "1", 3);
}

static void test_382l(void **state)
{
    (void)state;
    check("382L", "B", 5);
}

static void test_351c(void **state)
{
    (void)state;
    check("351C", "C", 17);
    check("351C", "0.5", 4);
}

/* The same number is the same meter, to the last digit. */
static void test_reproducible(void **state)
{
    (void)state;
    const struct acc_load load = {
        .u_pct = 100, .f_hz = 50, .celsius = 23, .i_a = 5, .loaded = ACC_ALL_PHASES};
    double registered[3];
    static const uint32_t numbers[3] = {7, 7, 8};
    for (int k = 0; k < 3; k++) {
        struct rig *rig = rig_open("382M", "B", false, numbers[k], true);
        struct acc_measurement measurement;
        assert_int_equal(acc_measure(&rig->unit, &load, 5, &measurement), WH_OK);
        registered[k] = measurement.registered.active_wh;
        rig_close(rig);
    }
    assert_true(registered[0] == registered[1]);
    assert_true(registered[0] != registered[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_382m),
        cmocka_unit_test(test_382l),
        cmocka_unit_test(test_351c),
        cmocka_unit_test(test_reproducible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
