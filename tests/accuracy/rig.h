/* What the tests of the bench share: ratings that have to exist, units, and runs of all points.
 */
#ifndef TESTS_ACCURACY_RIG_H
#define TESTS_ACCURACY_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "accuracy/calibrate.h"
#include "accuracy/run.h"

/* A rating that exists, or the test fails. class_name may be NULL. */
struct acc_rating rig_rating(const char *model, const char *class_name, bool ideal);

/* One unit on the bench with the points that it is run through. */
struct rig {
    struct acc_rating rating;
    struct acc_points points;
    struct acc_results results;
    struct acc_unit unit;
};

/* A calibrated (or ideal) unit with quick or standard points, not run yet. Close it. */
struct rig *rig_open(const char *model, const char *class_name, bool ideal, uint32_t number,
                     bool quick);
void rig_close(struct rig *rig);

/* Runs all points. */
void rig_run(struct rig *rig);

/* Results of a test that are outside their limits; NULL: of all tests. */
size_t rig_outside(const struct rig *rig, const char *test);

/* Prints what is outside a limit, or outside the design limit. */
void rig_print(const struct rig *rig, bool design);

#endif
