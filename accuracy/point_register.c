/* Starting, no load, meter constant, repeatability, continuity, long run, self-heating: metrology
 * reference 2.1 and 2.3…2.5. */
#include <math.h>

#include "accuracy/point_list.h"

enum {
    LONG_RUN_SECONDS = 1800,
    CONSTANT_SECONDS = 60,
    REPEAT_SECONDS = 10,
    CONTINUITY_SECONDS = 60,
    COLD_SECONDS = 4,
    NO_LOAD_TIMES = 10, /* the standard's duration */
};

/* The standards: the meter starts and goes on registering; ours is to be right within 5 %. */
static void add_start(struct acc_points *points, const struct acc_rating *rating,
                      enum acc_factor factor, bool export)
{
    struct acc_point point = {
        .test = "starting",
        .load = acc_reference_load(rating, rating->ist_a, factor),
        .method = ACC_START,
        .reference = ACC_NONE,
        .design_reference = ACC_NONE,
        .limit = {100, rating->class->start_mark, "registers at all (2.3)"},
        .design_pct = 5,
    };
    point.load.export = export;
    point.seconds = acc_seconds_for(rating, &point.load, points->quick);
    acc_points_add(points, &point);
}

/* The longer of both durations of 2.4: C·10⁶ / (k·m·Un·Imax) minutes of IEC before 2020, and
 * 240·10³ / (k·m·U·Ist) of EN 50470-3 and IEC since, at 115 % Un; m elements. */
static double no_load_seconds(const struct acc_rating *rating)
{
    const double index = rating->class->index;
    const double c = index >= 2 ? 480 : index >= 0.5 ? 600 : 900;
    const double pulses_v = rating->variant->pulses_per_kwh * acc_rating_power_w(rating, 1);
    const double before_2020 = c * 1e6 / (pulses_v * rating->imax_a);
    const double since_2020 = 240e3 / (pulses_v * 1.15 * rating->ist_a);
    return ceil(fmax(before_2020, since_2020) * 60);
}

static void add_no_load(struct acc_points *points, const struct acc_rating *rating)
{
    struct acc_point point = {
        .test = "no-load",
        .load = acc_reference_load(rating, 0, ACC_PF_1),
        .method = ACC_NO_LOAD,
        .reference = ACC_NONE,
        .design_reference = ACC_NONE,
        .seconds = no_load_seconds(rating) * (points->quick ? 1 : NO_LOAD_TIMES),
        .limit = {100, 'U', "no pulse; EN 50470-3, IEC 62053 (2.4)"},
    };
    point.load.u_pct = 115;
    point.load.loaded = 0;
    acc_points_add(points, &point);
}

static void add_constant(struct acc_points *points, const struct acc_rating *rating)
{
    const struct acc_point point = {
        .test = "constant",
        .load = acc_reference_load(rating, rating->imax_a, ACC_PF_1),
        .method = ACC_CONSTANT,
        .reference = ACC_NONE,
        .design_reference = ACC_NONE,
        .seconds = CONSTANT_SECONDS,
        .limit = {rating->class->index / 10, 'U', "a tenth of the class (2.5); by design equal"},
        .design_pct = 1e-9, /* equality: not one pulse */
    };
    acc_points_add(points, &point);
}

static void add_repeat(struct acc_points *points, const struct acc_rating *rating, double i_a)
{
    const struct acc_point point = {
        .test = "repeatability",
        .load = acc_reference_load(rating, i_a, ACC_PF_1),
        .method = ACC_REPEAT,
        .reference = ACC_NONE,
        .design_reference = ACC_NONE,
        .seconds = REPEAT_SECONDS,
        .limit = {rating->class->index / 10, 'U', "a tenth of the class index (2.5)"},
    };
    acc_points_add(points, &point);
}

/* The limit is that of the load at Ib; the load steps through the range, or stays. */
static void add_sum(struct acc_points *points, const struct acc_rating *rating, const char *test,
                    enum acc_method method, double seconds)
{
    const struct acc_load load = acc_reference_load(rating, rating->ib_a, ACC_PF_1);
    const int added = acc_points_add_load(points, rating, test, &load);
    if (added != ACC_NONE) {
        points->point[added].method = method;
        points->point[added].seconds = seconds;
    }
}

static void add_cold(struct acc_points *points, const struct acc_rating *rating)
{
    struct acc_point point = {
        .test = "self-heating",
        .load = acc_reference_load(rating, rating->imax_a, ACC_PF_1),
        .method = ACC_COLD,
        .judge = ACC_JUDGE_CHANGE,
        .seconds = COLD_SECONDS,
        .limit = acc_limit_influence(rating, ACC_SELF_HEATING, ACC_PF_1),
    };
    point.reference = acc_points_reference(points, rating, rating->imax_a, ACC_PF_1);
    point.design_reference = point.reference;
    acc_points_add(points, &point);
}

void acc_points_register(struct acc_points *points, const struct acc_rating *rating)
{
    add_start(points, rating, ACC_PF_1, false);
    if (!points->quick) {
        add_start(points, rating, ACC_PF_1, true);
        add_start(points, rating, ACC_SIN_1, false);
    }
    add_no_load(points, rating);
    add_constant(points, rating);
    add_repeat(points, rating, rating->ib_a);
    if (points->quick) {
        return;
    }
    add_repeat(points, rating, rating->itr_a);
    add_sum(points, rating, "continuity", ACC_CONTINUITY, CONTINUITY_SECONDS);
    add_sum(points, rating, "long-run", ACC_MEASURE, LONG_RUN_SECONDS);
    if (rating->direct) {
        add_cold(points, rating);
    }
}
