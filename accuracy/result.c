/* Results and what is read off them. */
#include "accuracy/result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum wh_err acc_results_open(struct acc_results *results, const struct acc_points *points,
                             size_t unit_count)
{
    *results = (struct acc_results){.points = points, .capacity = points->count * unit_count};
    results->result = calloc(results->capacity, sizeof *results->result);
    return results->result != NULL ? WH_OK : WH_ERR_SPACE;
}

void acc_results_close(struct acc_results *results)
{
    free(results->result);
    *results = (struct acc_results){0};
}

static const struct acc_point *point_of(const struct acc_results *results,
                                        const struct acc_result *result)
{
    return &results->points->point[result->point];
}

struct acc_limit acc_result_limit(const struct acc_point *point)
{
    if (acc_limit_exists(&point->limit) || point->design_pct <= 0) {
        return point->limit;
    }
    return (struct acc_limit){point->design_pct, 'D', "design figure: the class has no limit here"};
}

/* Not-a-number is never within. */
double acc_result_use(const struct acc_results *results, const struct acc_result *result)
{
    const struct acc_limit limit = acc_result_limit(point_of(results, result));
    return limit.pct > 0 ? fabs(result->judged_pct) / limit.pct : 0;
}

/* No load: no pulse at all; starting: below 100 %, which is nothing registered. */
bool acc_result_is_within(const struct acc_results *results, const struct acc_result *result)
{
    const struct acc_point *point = point_of(results, result);
    const double use = acc_result_use(results, result);
    if (point->method == ACC_NO_LOAD) {
        return result->pulses == 0 && use < 1;
    }
    return point->method == ACC_START ? use < 1 : use <= 1;
}

bool acc_results_are_within(const struct acc_results *results)
{
    for (size_t k = 0; k < results->count; k++) {
        if (!acc_result_is_within(results, &results->result[k])) {
            return false;
        }
    }
    return true;
}

bool acc_result_is_designed(const struct acc_results *results, const struct acc_result *result)
{
    const double design_pct = point_of(results, result)->design_pct;
    return design_pct <= 0 || fabs(result->design_judged_pct) <= design_pct;
}

double acc_result_margin_pct(const struct acc_results *results, const struct acc_result *result)
{
    return acc_result_limit(point_of(results, result)).pct - fabs(result->judged_pct);
}

static struct acc_summary *summary_of(struct acc_summary *summary, size_t *count, const char *test)
{
    for (size_t k = 0; k < *count; k++) {
        if (strcmp(summary[k].test, test) == 0) {
            return &summary[k];
        }
    }
    if (*count == ACC_TESTS_MAX) {
        return &summary[*count - 1];
    }
    summary[*count] = (struct acc_summary){.test = test};
    return &summary[(*count)++];
}

size_t acc_results_summarize(const struct acc_results *results,
                             struct acc_summary summary[ACC_TESTS_MAX])
{
    size_t count = 0;
    for (size_t k = 0; k < results->count; k++) {
        const struct acc_result *result = &results->result[k];
        const struct acc_point *point = point_of(results, result);
        struct acc_summary *of = summary_of(summary, &count, point->test);
        of->count++;
        of->failed += !acc_result_is_within(results, result);
        of->missed += !acc_result_is_designed(results, result);
        of->unverified += acc_limit_exists(&point->limit) && !acc_limit_is_verified(&point->limit);
        if (of->worst == NULL ||
            acc_result_use(results, result) > acc_result_use(results, of->worst)) {
            of->worst = result;
        }
    }
    return count;
}

static int by_use(const void *a, const void *b)
{
    const struct acc_ranked *left = a;
    const struct acc_ranked *right = b;
    return left->use < right->use ? 1 : left->use > right->use ? -1 : 0;
}

struct acc_ranked *acc_results_worst(const struct acc_results *results, size_t *count)
{
    struct acc_ranked *ranked = calloc(results->count + 1, sizeof *ranked);
    *count = 0;
    if (ranked == NULL) {
        return NULL;
    }
    for (size_t k = 0; k < results->count; k++) {
        const struct acc_result *result = &results->result[k];
        const struct acc_limit limit = acc_result_limit(point_of(results, result));
        if (acc_limit_exists(&limit)) {
            ranked[(*count)++] = (struct acc_ranked){acc_result_use(results, result), result};
        }
    }
    qsort(ranked, *count, sizeof *ranked, by_use);
    return ranked;
}
