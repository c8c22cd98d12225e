/* What the files that make test points share. Private to point*.c.
 */
#ifndef WH_ACCURACY_POINT_LIST_H
#define WH_ACCURACY_POINT_LIST_H

#include "accuracy/point.h"

/* A current as a share of Ib for direct meters, of In behind transformers; or of Imax. */
struct acc_step {
    double direct;
    double ct;
    bool of_imax;
    bool quick; /* also part of the quick selection */
};
double acc_step_a(const struct acc_rating *rating, const struct acc_step *step);

/* A balanced load under reference conditions. */
struct acc_load acc_reference_load(const struct acc_rating *rating, double i_a,
                                   enum acc_factor factor);

/* Appends a point and returns its index; ACC_NONE when memory ran out. */
int acc_points_add(struct acc_points *points, const struct acc_point *point);

/* Appends an ACC_MEASURE point with limit and design limit of its load and its measuring time. */
int acc_points_add_load(struct acc_points *points, const struct acc_rating *rating,
                        const char *test, const struct acc_load *load);

/* The point with that load under reference conditions, added as test "reference" if there is none. */
int acc_points_reference(struct acc_points *points, const struct acc_rating *rating, double i_a,
                         enum acc_factor factor);

/* Time to count so that noise leaves less than a tenth of the design figure. */
double acc_seconds_for(const struct acc_rating *rating, const struct acc_load *load, bool quick);

/* Design limits: figures of issue 3, "Figures to reach". */
double acc_design_load_pct(const struct acc_rating *rating, const struct acc_load *load);
double acc_design_influence_pct(const struct acc_rating *rating, enum acc_influence influence,
                                enum acc_factor factor);

/* The tests, in the order of the standards. */
void acc_points_load(struct acc_points *points, const struct acc_rating *rating);
void acc_points_influence(struct acc_points *points, const struct acc_rating *rating);
void acc_points_wave(struct acc_points *points, const struct acc_rating *rating);
void acc_points_register(struct acc_points *points, const struct acc_rating *rating);
void acc_points_reactive(struct acc_points *points, const struct acc_rating *rating);
void acc_points_composite(struct acc_points *points, const struct acc_rating *rating);

#endif
