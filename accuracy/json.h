/* Results as JSON, for programs.
 */
#ifndef WH_ACCURACY_JSON_H
#define WH_ACCURACY_JSON_H

#include <jansson.h>

#include "accuracy/result.h"

/* What was run. */
struct acc_session {
    const struct acc_rating *rating;
    const struct acc_results *results;
    uint32_t first_unit;
    size_t unit_count;
    bool quick;
};

/* The caller owns it; NULL without memory. */
json_t *acc_json(const struct acc_session *session);

#endif
