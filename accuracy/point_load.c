/* Load and power factor: metrology reference 1.1, 1.2, 1.5; the sweep of section 8. */
#include "accuracy/point_list.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The breakpoints of the standards' tables and, below, what the data sheet's load curve begins with. */
static const struct acc_step steps[] = {
    {0.001, 0.001, false, false}, {0.004, 0.002, false, false}, {0.01, 0.005, false, false},
    {0.02, 0.01, false, false},   {0.05, 0.02, false, true},    {0.1, 0.05, false, true},
    {0.2, 0.1, false, false},     {0.5, 0.25, false, false},    {1, 1, false, true},
    {0.5, 0.5, true, false},      {1, 1, true, true},
};

static const struct acc_step single_steps[] = {
    {0.1, 0.05, false, false},
    {0.2, 0.1, false, false},
    {1, 1, false, true},
    {1, 1, true, false},
};

static const enum acc_factor factors[] = {ACC_PF_1, ACC_PF_05_IND, ACC_PF_08_CAP, ACC_PF_025_IND,
                                          ACC_PF_05_CAP};

/* With less than this a phase does not register, by design (MET-8). */
static bool registers(const struct acc_rating *rating, double i_a)
{
    return rating->un_v * i_a * 1000 > 1.05 * rating->variant->start_mva;
}

/* The two lowest power factors are asked for from 0.2 Ib to Ib only. */
static bool has_factor(const struct acc_rating *rating, double i_a, enum acc_factor factor)
{
    const bool extreme = factor == ACC_PF_025_IND || factor == ACC_PF_05_CAP;
    const double from_a = 2 * rating->itr_a;
    return !extreme || (i_a >= from_a * 0.999 && i_a <= rating->ib_a * 1.001);
}

static void add_balanced(struct acc_points *points, const struct acc_rating *rating,
                         const struct acc_step *step)
{
    const double i_a = acc_step_a(rating, step);
    for (size_t f = 0; f < COUNT(factors) && registers(rating, i_a); f++) {
        const bool quick_factor = factors[f] == ACC_PF_1 || factors[f] == ACC_PF_05_IND;
        if (has_factor(rating, i_a, factors[f]) && (!points->quick || quick_factor)) {
            const struct acc_load load = acc_reference_load(rating, i_a, factors[f]);
            acc_points_add_load(points, rating, "load", &load);
        }
    }
}

/* A two-way meter (MET-3): the same the other way. */
static void add_export(struct acc_points *points, const struct acc_rating *rating,
                       const struct acc_step *step)
{
    const double i_a = acc_step_a(rating, step);
    for (size_t f = 0; f < 2 && i_a >= rating->imin_a; f++) {
        struct acc_load load = acc_reference_load(rating, i_a, factors[f]);
        load.export = true;
        acc_points_add_load(points, rating, "load-export", &load);
    }
}

/* Single-phase minus balanced, at Ib and power factor 1. */
static void add_difference(struct acc_points *points, const struct acc_rating *rating, int single)
{
    if (single == ACC_NONE) {
        return;
    }
    struct acc_point point = points->point[single];
    point.test = "single-difference";
    point.method = ACC_DERIVED;
    point.judge = ACC_JUDGE_CHANGE;
    point.design_reference = single; /* whose error is the first term */
    point.reference = acc_points_reference(points, rating, rating->ib_a, point.load.factor);
    point.limit = acc_limit_influence(rating, ACC_SINGLE_DIFFERENCE, point.load.factor);
    point.design_pct = 0;
    acc_points_add(points, &point);
}

static void add_single(struct acc_points *points, const struct acc_rating *rating, unsigned phase,
                       const struct acc_step *step)
{
    const double i_a = acc_step_a(rating, step);
    for (size_t f = 0; f < 2; f++) {
        struct acc_load load = acc_reference_load(rating, i_a, factors[f]);
        load.loaded = 1u << phase;
        const int single = acc_points_add_load(points, rating, "load-single", &load);
        if (factors[f] == ACC_PF_1 && i_a == rating->ib_a) {
            add_difference(points, rating, single);
        }
    }
}

void acc_points_load(struct acc_points *points, const struct acc_rating *rating)
{
    for (size_t s = 0; s < COUNT(steps); s++) {
        if (!points->quick || steps[s].quick) {
            add_balanced(points, rating, &steps[s]);
        }
    }
    for (size_t s = 0; s < COUNT(steps) && !points->quick; s++) {
        add_export(points, rating, &steps[s]);
    }
    const bool polyphase = rating->wiring != ACC_1_PHASE;
    for (unsigned phase = 0; polyphase && phase < 3; phase++) {
        for (size_t s = 0; s < COUNT(single_steps); s++) {
            if ((rating->elements & 1u << phase) != 0 &&
                (!points->quick || single_steps[s].quick)) {
                add_single(points, rating, phase, &single_steps[s]);
            }
        }
    }
}
