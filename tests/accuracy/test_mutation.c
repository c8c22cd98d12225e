/* A deliberately broken meter makes the bench fail: each mutation is one fault of an element or of the registers, put
 * between the parts, and the test that has to see it is named. MET-5…9. */
#include "rig.h"

#include <string.h>

enum { REPORT_STEP_UJ = 1000000 };

/* Wrong phase: the current delayed by an angle against the voltage, in constants that were right. */
static void turn_phase(struct rig *rig, double degrees)
{
    struct wh_calibration constants[SIM_PHASES];
    memcpy(constants, rig->unit.meter.legal.calibration, sizeof constants);
    for (int p = 0; p < SIM_PHASES; p++) {
        constants[p].delay_q15 += (int32_t)(degrees / 360 * 4096 / 50 * 32768);
    }
    assert_int_equal(wh_measuring_calibrate(&rig->unit.meter.measuring, constants), WH_OK);
}

/* Lost remainder: what is below a joule in a window goes. */
static void truncate_report(void *context, struct wh_bus_report *report)
{
    (void)context;
    for (int p = 0; p < WH_PHASES; p++) {
        report->phase[p].active_uj -= report->phase[p].active_uj % REPORT_STEP_UJ;
    }
}

/* Lost energy: one window in fifty. */
static void drop_report(void *context, struct wh_bus_report *report)
{
    unsigned *count = context;
    if (++*count % 50 == 0) {
        for (int p = 0; p < WH_PHASES; p++) {
            report->phase[p].active_uj = 0;
            report->phase[p].reactive_uj = 0;
        }
    }
}

/* Reactive energy of the wrong sign. */
static void flip_reactive(void *context, struct wh_bus_report *report)
{
    (void)context;
    for (int p = 0; p < WH_PHASES; p++) {
        report->phase[p].reactive_uj = -report->phase[p].reactive_uj;
    }
}

/* Converters with an offset: half a percent of full scale. */
static void add_dc(void *context, struct wh_meter *meter, struct wh_sample_set *sets, size_t count)
{
    (void)context;
    (void)meter;
    for (size_t k = 0; k < count; k++) {
        for (int p = 0; p < WH_PHASES; p++) {
            sets[k].u[p] += 42000;
            sets[k].i[p] += 42000;
        }
    }
}

/* The same, and the elements do not remove it. */
static void add_dc_and_keep_it(void *context, struct wh_meter *meter, struct wh_sample_set *sets,
                               size_t count)
{
    add_dc(context, meter, sets, count);
    for (int p = 0; p < WH_PHASES; p++) {
        struct wh_element *element = &meter->measuring.element[p];
        element->u_offset_q8 = element->i_offset_q8 = 0;
        element->u_offset = element->i_offset = 0;
    }
}

/* Elements that are not kept apart: L1 has the current of L2. */
static void mix_phases(void *context, struct wh_meter *meter, struct wh_sample_set *sets,
                       size_t count)
{
    (void)context;
    (void)meter;
    for (size_t k = 0; k < count; k++) {
        sets[k].i[0] = sets[k].i[1];
    }
}

/* Samples that are lost on the way: one set in fifty. */
static void lose_samples(void *context, struct wh_meter *meter, struct wh_sample_set *sets,
                         size_t count)
{
    (void)meter;
    unsigned *at = context;
    for (size_t k = 0; k < count; k++) {
        if (++*at % 50 == 0) {
            memset(&sets[k], 0, sizeof sets[k]);
        }
    }
}

struct mutation {
    const char *name;
    struct acc_tamper tamper;
    const char *seen_by; /* a test; NULL: nothing is wrong with it */
};

static void check(const char *model, const char *class_name, const struct mutation *mutation)
{
    unsigned count = 0;
    struct acc_tamper tamper = mutation->tamper;
    struct rig *rig = rig_open(model, class_name, false, 2, true);
    tamper.context = &count;
    rig->unit.tamper = &tamper;
    rig_run(rig);
    const size_t outside = rig_outside(rig, mutation->seen_by);
    if (mutation->seen_by == NULL) {
        rig_print(rig, false);
        assert_int_equal(outside, 0);
    } else if (outside == 0) {
        fail_msg("%s: not seen by %s", mutation->name, mutation->seen_by);
    }
    rig_close(rig);
}

static void test_reports_and_samples(void **state)
{
    (void)state;
    static const struct mutation mutations[] = {
        {"nothing", {.samples = NULL}, NULL},
        {"lost remainder", {.report = truncate_report}, "starting"},
        {"lost remainder", {.report = truncate_report}, "load"},
        {"lost windows", {.report = drop_report}, "load"},
        {"reactive sign", {.report = flip_reactive}, "reactive"},
        {"an offset alone", {.samples = add_dc}, NULL},
        {"no DC removal", {.samples = add_dc_and_keep_it}, "load"},
        {"no DC removal", {.samples = add_dc_and_keep_it}, "no-load"},
        {"mixed phases", {.samples = mix_phases}, "load-single"},
        {"lost samples", {.samples = lose_samples}, "load"},
    };
    for (size_t k = 0; k < sizeof mutations / sizeof mutations[0]; k++) {
        check("382M", "B", &mutations[k]);
    }
}

/* 0.3° are 0.9 % at power factor 0.5: outside class C; class B needs 0.5° for it. */
static void test_wrong_phase(void **state)
{
    (void)state;
    struct rig *rig = rig_open("351C", "C", false, 2, true);
    turn_phase(rig, 0.3);
    rig_run(rig);
    assert_true(rig_outside(rig, "load") > 0);
    rig_close(rig);
    rig = rig_open("382M", "B", false, 2, true);
    turn_phase(rig, 0.5);
    rig_run(rig);
    assert_true(rig_outside(rig, "load") > 0);
    rig_close(rig);
}

/* Points whose class has a limit, and are outside it. */
static size_t past_class(const struct rig *rig)
{
    size_t outside = 0;
    for (size_t k = 0; k < rig->results.count; k++) {
        outside += acc_limit_exists(&rig->points.point[k].limit) &&
                   !acc_result_is_within(&rig->results, &rig->results.result[k]);
    }
    return outside;
}

static size_t past_design(const struct rig *rig, const char *test)
{
    size_t missed = 0;
    for (size_t k = 0; k < rig->results.count; k++) {
        missed += strcmp(rig->points.point[k].test, test) == 0 &&
                  !acc_result_is_designed(&rig->results, &rig->results.result[k]);
    }
    return missed;
}

/* A temperature coefficient that is off by 40 ppm/K. */
static void spoil_compensation(struct rig *rig)
{
    struct wh_calibration constants[SIM_PHASES];
    memcpy(constants, rig->unit.meter.legal.calibration, sizeof constants);
    for (int p = 0; p < SIM_PHASES; p++) {
        constants[p].i_tempco_ppb_per_k += 40000;
    }
    assert_int_equal(wh_measuring_calibrate(&rig->unit.meter.measuring, constants), WH_OK);
}

/* What is far from the limit of the class is seen by the design limit. */
static void test_small_faults(void **state)
{
    (void)state;
    struct rig *rig = rig_open("351C", "C", false, 2, true);
    turn_phase(rig, 0.03);
    rig_run(rig);
    assert_int_equal(past_class(rig), 0);
    assert_true(past_design(rig, "load") > 0);
    rig_close(rig);
    rig = rig_open("382M", "B", false, 2, true);
    spoil_compensation(rig);
    rig_run(rig);
    assert_int_equal(past_class(rig), 0);
    assert_true(past_design(rig, "temperature") > 0);
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reports_and_samples),
        cmocka_unit_test(test_wrong_phase),
        cmocka_unit_test(test_small_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
