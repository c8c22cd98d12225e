/* The MID's composite error at each load and each end of the temperature bands: metrology reference 1.5.
 * Nothing is measured for it: the parts are other points' results. */
#include "accuracy/point_list.h"

/* A band's error is worst at its outer ends. */
static const double ends_c[] = {5, 40, -10, 55, -25, 70, -40};

/* Whether the loads of the temperature test, of which one is given, have to be composed. */
static bool is_load(const struct acc_point *point)
{
    return point->method == ACC_MEASURE && point->load.celsius != 23.0 &&
           acc_factor(point->load.factor)->quantity == ACC_ACTIVE;
}

static bool is_end(double celsius)
{
    for (size_t k = 0; k < sizeof ends_c / sizeof ends_c[0]; k++) {
        if (ends_c[k] == celsius) {
            return true;
        }
    }
    return false;
}

void acc_points_composite(struct acc_points *points, const struct acc_rating *rating)
{
    const size_t measured = points->count;
    for (size_t k = 0; k < measured && !points->quick; k++) {
        if (!is_load(&points->point[k]) || !is_end(points->point[k].load.celsius)) {
            continue;
        }
        struct acc_point point = points->point[k];
        point.test = "mpe";
        point.method = ACC_DERIVED;
        point.judge = ACC_JUDGE_COMPOSITE;
        point.reference = point.design_reference; /* the error at 23 °C */
        point.design_reference = (int)k;          /* the error at this temperature */
        point.limit = acc_limit_composite(rating, point.load.i_a, false, point.load.celsius);
        point.design_pct = 0;
        acc_points_add(points, &point);
    }
}
