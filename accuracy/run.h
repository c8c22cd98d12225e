/* Runs all points on a unit.
 */
#ifndef WH_ACCURACY_RUN_H
#define WH_ACCURACY_RUN_H

#include "accuracy/measure.h"
#include "accuracy/result.h"

/* Told after each point how many seconds of mains were played since the last call. */
typedef void acc_progress(void *context, double seconds);

/* Appends a result for every point. The unit is calibrated, or ideal. WH_ERR_SPACE: no room in results;
 * others as acc_measure. progress may be NULL. */
enum wh_err acc_run(struct acc_unit *unit, struct acc_results *results, acc_progress *progress,
                    void *context);

#endif
