/* Calibration: converges for the units of the factory, stores through the open seal only, and leaves a meter as it
 * was when it does not converge (REG-7, VAR-15). */
#include "rig.h"

#include <math.h>
#include <string.h>

static struct acc_unit unit; /* 200 kB */

static void check_good(const struct acc_calibration *calibration)
{
    for (int p = 0; p < SIM_PHASES; p++) {
        const struct acc_check *after = &calibration->after[p];
        assert_true(fabs(calibration->before[p].active_pct[ACC_CHECK_IB]) < 5);
        assert_true(fabs(after->active_pct[ACC_CHECK_IB]) < 0.005);
        assert_true(fabs(after->active_pct[ACC_CHECK_IB_05]) < 0.01);
        assert_true(fabs(after->active_pct[ACC_CHECK_IMAX]) < 0.01);
        assert_true(fabs(after->active_pct[ACC_CHECK_IMIN]) < 0.05);
        assert_true(fabs(after->u_pct) < 0.005 && fabs(after->i_pct) < 0.02);
    }
}

static void test_units_converge(void **state)
{
    (void)state;
    static const char *const models[] = {"382M", "382L", "351C"};
    for (int m = 0; m < 3; m++) {
        const struct acc_rating rating = rig_rating(models[m], NULL, false);
        for (uint32_t number = 1; number <= 4; number++) {
            struct acc_calibration calibration;
            assert_int_equal(acc_unit_open(&unit, &rating, number), WH_OK);
            assert_int_equal(acc_calibrate(&unit, &calibration), WH_OK);
            check_good(&calibration);
            acc_unit_close(&unit);
        }
    }
}

/* Stored, in use after the next power-up, and in the audit log: opened, calibrated, closed. */
static void test_stored_through_the_seal(void **state)
{
    (void)state;
    const struct acc_rating rating = rig_rating("382M", NULL, false);
    struct acc_calibration calibration;
    struct wh_meter_start_report found;
    assert_int_equal(acc_unit_open(&unit, &rating, 1), WH_OK);
    assert_int_equal(acc_calibrate(&unit, &calibration), WH_OK);
    assert_int_equal(wh_legal_audit_count(&unit.meter.legal), 0); /* trials leave no trace */
    assert_int_equal(wh_meter_calibrate(&unit.meter, calibration.constants), WH_ERR_SEALED);
    assert_int_equal(acc_calibration_store(&unit.meter, &calibration), WH_OK);
    assert_false(wh_legal_seal_is_open(&unit.meter.legal));
    assert_int_equal(wh_legal_audit_count(&unit.meter.legal), 3);
    assert_int_equal(wh_meter_start(&unit.meter, &unit.memory.board, &found), WH_OK);
    assert_memory_equal(unit.meter.legal.calibration, calibration.constants,
                        sizeof calibration.constants);
    acc_unit_close(&unit);
}

static void open_broken(const struct acc_rating *rating,
                        void (*break_it)(struct sim_front_end_phase *))
{
    const struct sim_front_end_kind *kind = sim_front_end_kind_find("382");
    const struct sim_front_end_scale scale = {500, 200};
    struct sim_front_end_unit values;
    struct sim_front_end front_end;
    sim_front_end_draw(kind, 1, &values);
    break_it(&values.phase[1]);
    assert_int_equal(sim_front_end_init_unit(&front_end, kind, &values, &scale), WH_OK);
    assert_int_equal(acc_unit_open_with(&unit, rating, 1, &front_end), WH_OK);
}

static void lose_gain(struct sim_front_end_phase *phase)
{
    phase->i_adc_ppm = -400000;
}

static void lose_quiet(struct sim_front_end_phase *phase)
{
    phase->i_noise_db = -25;
}

static void lose_current(struct sim_front_end_phase *phase)
{
    phase->i_adc_ppm = -1000000;
}

static void delay_much(struct sim_front_end_phase *phase)
{
    phase->u_delay_ns = 290e3; /* 5.2°, more than a sample */
}

static void test_broken_units_do_not_converge(void **state)
{
    (void)state;
    static void (*const faults[])(struct sim_front_end_phase *) = {lose_gain, lose_quiet,
                                                                   lose_current, delay_much};
    const struct acc_rating rating = rig_rating("382M", NULL, false);
    for (size_t k = 0; k < sizeof faults / sizeof faults[0]; k++) {
        struct acc_calibration calibration;
        open_broken(&rating, faults[k]);
        struct wh_calibration before[SIM_PHASES];
        memcpy(before, unit.meter.legal.calibration, sizeof before);
        assert_int_equal(acc_calibrate(&unit, &calibration), WH_ERR_STATE);
        assert_int_equal(calibration.failed_phase, 1);
        assert_non_null(calibration.failed_step);
        assert_true(fabs(calibration.residual_pct) > 0.002);
        assert_memory_equal(before, unit.meter.legal.calibration, sizeof before);
        assert_int_equal(wh_legal_audit_count(&unit.meter.legal), 0);
        assert_memory_equal(&before[1], &unit.meter.measuring.element[1].calibration,
                            sizeof before[1]);
        acc_unit_close(&unit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_units_converge),
        cmocka_unit_test(test_stored_through_the_seal),
        cmocka_unit_test(test_broken_units_do_not_converge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
