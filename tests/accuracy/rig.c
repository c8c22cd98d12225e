/* Fixtures of the bench's tests. */
#include "rig.h"

#include <stdlib.h>
#include <string.h>

struct acc_rating rig_rating(const char *model, const char *class_name, bool ideal)
{
    const struct acc_request request = {.model = model, .class_name = class_name, .ideal = ideal};
    struct acc_rating rating;
    char error[256] = "";
    if (acc_rating_init(&rating, &request, error, sizeof error) != WH_OK) {
        fail_msg("%s", error);
    }
    return rating;
}

static void calibrate(struct rig *rig)
{
    struct acc_calibration calibration;
    assert_int_equal(acc_calibrate(&rig->unit, &calibration), WH_OK);
    assert_int_equal(acc_calibration_store(&rig->unit.meter, &calibration), WH_OK);
}

struct rig *rig_open(const char *model, const char *class_name, bool ideal, uint32_t number,
                     bool quick)
{
    struct rig *rig = calloc(1, sizeof *rig);
    assert_non_null(rig);
    rig->rating = rig_rating(model, class_name, ideal);
    assert_int_equal(acc_points_make(&rig->points, &rig->rating, quick), WH_OK);
    assert_int_equal(acc_results_open(&rig->results, &rig->points, 1), WH_OK);
    assert_int_equal(acc_unit_open(&rig->unit, &rig->rating, number), WH_OK);
    if (!ideal) {
        calibrate(rig);
    }
    return rig;
}

void rig_close(struct rig *rig)
{
    acc_unit_close(&rig->unit);
    acc_results_close(&rig->results);
    acc_points_free(&rig->points);
    free(rig);
}

void rig_run(struct rig *rig)
{
    rig->results.count = 0;
    assert_int_equal(acc_run(&rig->unit, &rig->results, NULL, NULL), WH_OK);
    assert_int_equal(rig->results.count, rig->points.count);
}

size_t rig_outside(const struct rig *rig, const char *test)
{
    size_t outside = 0;
    for (size_t k = 0; k < rig->results.count; k++) {
        const bool is_of = test == NULL || strcmp(rig->points.point[k].test, test) == 0;
        outside += is_of && !acc_result_is_within(&rig->results, &rig->results.result[k]);
    }
    return outside;
}

void rig_print(const struct rig *rig, bool design)
{
    for (size_t k = 0; k < rig->results.count; k++) {
        const struct acc_result *result = &rig->results.result[k];
        const struct acc_point *point = &rig->points.point[k];
        const bool good = design ? acc_result_is_designed(&rig->results, result)
                                 : acc_result_is_within(&rig->results, result);
        if (!good) {
            print_error("%s, %g A, %s, %g %% Un, %g Hz, %g degrees: %+.4f %%\n", point->test,
                        point->load.i_a, acc_factor(point->load.factor)->name, point->load.u_pct,
                        point->load.f_hz, point->load.celsius, result->judged_pct);
        }
    }
}
