/* The list of test points. Invariant: a reference is in the list before the point that needs it. */
#include "accuracy/point.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "accuracy/point_list.h"

double acc_step_a(const struct acc_rating *rating, const struct acc_step *step)
{
    return (rating->direct ? step->direct : step->ct) *
           (step->of_imax ? rating->imax_a : rating->ib_a);
}

struct acc_load acc_reference_load(const struct acc_rating *rating, double i_a,
                                   enum acc_factor factor)
{
    return (struct acc_load){
        .u_pct = 100,
        .f_hz = rating->frequency_hz,
        .celsius = 23,
        .i_a = i_a,
        .factor = factor,
        .loaded = ACC_ALL_PHASES,
    };
}

int acc_points_add(struct acc_points *points, const struct acc_point *point)
{
    if (points->count == points->capacity) {
        const size_t capacity = points->capacity > 0 ? 2 * points->capacity : 64;
        struct acc_point *larger = realloc(points->point, capacity * sizeof *larger);
        if (larger == NULL) {
            points->err = WH_ERR_SPACE;
            return ACC_NONE;
        }
        points->point = larger;
        points->capacity = capacity;
    }
    points->point[points->count] = *point;
    return (int)points->count++;
}

int acc_points_add_load(struct acc_points *points, const struct acc_rating *rating,
                        const char *test, const struct acc_load *load)
{
    const bool single = load->loaded != ACC_ALL_PHASES;
    const struct acc_point point = {
        .test = test,
        .load = *load,
        .reference = ACC_NONE,
        .design_reference = ACC_NONE,
        .seconds = acc_seconds_for(rating, load, points->quick),
        .limit = acc_limit_load(rating, load->factor, load->i_a, single),
        .design_pct = acc_design_load_pct(rating, load),
    };
    return acc_points_add(points, &point);
}

/* Shares of Ib and of Imax may meet in one current, not in the last bit. */
static bool same_current(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fabs(b);
}

static bool is_reference(const struct acc_rating *rating, const struct acc_point *point)
{
    const struct acc_load *load = &point->load;
    return point->method == ACC_MEASURE && load->u_pct == 100.0 && load->missing == 0 &&
           !load->reversed && load->f_hz == rating->frequency_hz && load->celsius == 23.0 &&
           !load->export && load->loaded == ACC_ALL_PHASES && load->wave == ACC_SINE &&
           load->on_cycles == 0;
}

int acc_points_reference(struct acc_points *points, const struct acc_rating *rating, double i_a,
                         enum acc_factor factor)
{
    for (size_t k = 0; k < points->count; k++) {
        const struct acc_point *point = &points->point[k];
        if (is_reference(rating, point) && same_current(point->load.i_a, i_a) &&
            point->load.factor == factor) {
            return (int)k;
        }
    }
    const struct acc_load load = acc_reference_load(rating, i_a, factor);
    return acc_points_add_load(points, rating, "reference", &load);
}

enum wh_err acc_points_make(struct acc_points *points, const struct acc_rating *rating, bool quick)
{
    *points = (struct acc_points){.quick = quick};
    acc_points_load(points, rating);
    acc_points_influence(points, rating);
    acc_points_wave(points, rating);
    acc_points_register(points, rating);
    acc_points_reactive(points, rating);
    acc_points_composite(points, rating);
    return points->err;
}

void acc_points_free(struct acc_points *points)
{
    free(points->point);
    *points = (struct acc_points){0};
}

double acc_points_seconds(const struct acc_points *points)
{
    double seconds = 0;
    for (size_t k = 0; k < points->count; k++) {
        const struct acc_point *point = &points->point[k];
        seconds += point->method == ACC_REPEAT ? ACC_REPEAT_RUNS * point->seconds : point->seconds;
    }
    return seconds;
}

const char *acc_phases_text(const struct acc_rating *rating, unsigned loaded)
{
    static const char *const texts[] = {"none", "L1",    "L2",    "L1+L2",
                                        "L3",   "L1+L3", "L2+L3", "balanced"};
    loaded &= 7;
    return (loaded & rating->elements) == rating->elements ? texts[7] : texts[loaded];
}
