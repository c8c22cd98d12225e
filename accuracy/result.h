/* Results: one row per unit and point.
 */
#ifndef WH_ACCURACY_RESULT_H
#define WH_ACCURACY_RESULT_H

#include "accuracy/point.h"

/* Parts of a composite error. */
enum acc_part {
    ACC_PART_LOAD,
    ACC_PART_VOLTAGE,
    ACC_PART_FREQUENCY,
    ACC_PART_TEMPERATURE,
    ACC_PARTS
};

struct acc_result {
    uint32_t unit;
    size_t point;
    double reference_wh; /* or varh */
    double registered_wh;
    double error_pct;
    double judged_pct;        /* what is held against the limit: the error, its change, … */
    double design_judged_pct; /* what is held against the design limit */
    double seconds;           /* that were counted */
    uint64_t pulses;
    double part_pct[ACC_PARTS]; /* of a composite error, signs as they were */
};

/* All points of one unit after the other. */
struct acc_results {
    const struct acc_points *points; /* borrowed */
    struct acc_result *result;
    size_t count;
    size_t capacity;
};

enum wh_err acc_results_open(struct acc_results *results, const struct acc_points *points,
                             size_t unit_count);
void acc_results_close(struct acc_results *results);

/* Limit that a result is held against: of the class, or ours where the class has none; pct 0: none. */
struct acc_limit acc_result_limit(const struct acc_point *point);

/* Share of the limit that is used; over 1 is outside. 0 without a limit. */
double acc_result_use(const struct acc_results *results, const struct acc_result *result);
bool acc_result_is_within(const struct acc_results *results, const struct acc_result *result);

bool acc_results_are_within(const struct acc_results *results);

/* The same for the design limit; without one, it is within. */
bool acc_result_is_designed(const struct acc_results *results, const struct acc_result *result);

/* Limit less what is held against it, percent. */
double acc_result_margin_pct(const struct acc_results *results, const struct acc_result *result);

/* Worst of a test over all its points and units. */
struct acc_summary {
    const char *test;
    size_t count;                   /* results */
    size_t failed;                  /* outside the limit */
    size_t missed;                  /* outside the design limit */
    size_t unverified;              /* limits */
    const struct acc_result *worst; /* by use */
};
enum { ACC_TESTS_MAX = 48 };

/* Summaries in the order of the tests; returns how many. */
size_t acc_results_summarize(const struct acc_results *results,
                             struct acc_summary summary[ACC_TESTS_MAX]);

struct acc_ranked {
    double use; /* of its limit */
    const struct acc_result *result;
};

/* All results that have a limit, worst first; NULL without memory. The caller frees. */
struct acc_ranked *acc_results_worst(const struct acc_results *results, size_t *count);

#endif
