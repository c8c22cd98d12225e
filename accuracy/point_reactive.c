/* Reactive energy: metrology reference 1.3, 1.4 and 2.1. */
#include "accuracy/point_list.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
    struct acc_step step;
    enum acc_factor factor;
} loads[] = {
    {{0.05, 0.02, false, false}, ACC_SIN_1},
    {{0.05, 0.02, false, false}, ACC_SIN_1_CAP},
    {{0.1, 0.05, false, false}, ACC_SIN_1},
    {{0.1, 0.05, false, false}, ACC_SIN_05},
    {{0.1, 0.05, false, false}, ACC_SIN_05_CAP},
    {{0.2, 0.1, false, false}, ACC_SIN_05},
    {{0.2, 0.1, false, false}, ACC_SIN_025},
    {{0.2, 0.1, false, false}, ACC_SIN_025_CAP},
    {{1, 1, false, true}, ACC_SIN_1},
    {{1, 1, false, true}, ACC_SIN_05},
    {{1, 1, false, false}, ACC_SIN_025},
    {{1, 1, false, false}, ACC_SIN_1_CAP},
    {{1, 1, true, true}, ACC_SIN_1},
    {{1, 1, true, false}, ACC_SIN_05},
    {{1, 1, true, false}, ACC_SIN_05_CAP},
    {{1, 1, true, false}, ACC_SIN_025},
};

static const struct {
    struct acc_step step;
    enum acc_factor factor;
} single_loads[] = {
    {{0.1, 0.05, false, false}, ACC_SIN_1},
    {{0.2, 0.1, false, false}, ACC_SIN_05},
    {{1, 1, false, false}, ACC_SIN_1},
    {{1, 1, true, false}, ACC_SIN_05},
};

/* Conditions under which the change is taken, at Ib. */
static const struct {
    const char *test;
    enum acc_influence influence;
    double u_pct, f_pct, celsius;
} conditions[] = {
    {"reactive-voltage", ACC_VOLTAGE, 90, 0, 23},
    {"reactive-voltage", ACC_VOLTAGE, 110, 0, 23},
    {"reactive-frequency", ACC_FREQUENCY, 100, -5, 23},
    {"reactive-frequency", ACC_FREQUENCY, 100, -2, 23},
    {"reactive-frequency", ACC_FREQUENCY, 100, 2, 23},
    {"reactive-frequency", ACC_FREQUENCY, 100, 5, 23},
    {"reactive-temperature", ACC_TEMPERATURE, 100, 0, -40},
    {"reactive-temperature", ACC_TEMPERATURE, 100, 0, -10},
    {"reactive-temperature", ACC_TEMPERATURE, 100, 0, 40},
    {"reactive-temperature", ACC_TEMPERATURE, 100, 0, 70},
};

static double kelvins(enum acc_influence influence, double celsius)
{
    const double off_k = celsius > 23 ? celsius - 23 : 23 - celsius;
    return influence == ACC_TEMPERATURE ? off_k : 1;
}

static void add_condition(struct acc_points *points, const struct acc_rating *rating, size_t c,
                          enum acc_factor factor)
{
    struct acc_point point = {
        .test = conditions[c].test,
        .load = acc_reference_load(rating, rating->ib_a, factor),
        .judge = ACC_JUDGE_CHANGE,
        .limit = acc_limit_influence(rating, conditions[c].influence, factor),
        .design_pct = acc_design_influence_pct(rating, conditions[c].influence, factor),
    };
    point.load.u_pct = conditions[c].u_pct;
    point.load.f_hz = rating->frequency_hz * (1 + conditions[c].f_pct / 100);
    point.load.celsius = conditions[c].celsius;
    point.reference = acc_points_reference(points, rating, rating->ib_a, factor);
    point.design_reference = point.reference;
    point.seconds = acc_seconds_for(rating, &point.load, points->quick);
    point.limit.pct *= kelvins(conditions[c].influence, conditions[c].celsius);
    acc_points_add(points, &point);
}

static void add_conditions(struct acc_points *points, const struct acc_rating *rating)
{
    for (size_t c = 0; c < COUNT(conditions); c++) {
        const double off = conditions[c].f_pct < 0 ? -conditions[c].f_pct : conditions[c].f_pct;
        if (off <= rating->approval->f_pct) {
            add_condition(points, rating, c, ACC_SIN_1);
            add_condition(points, rating, c, ACC_SIN_05);
        }
    }
}

static void add_single(struct acc_points *points, const struct acc_rating *rating, unsigned phase)
{
    for (size_t k = 0; k < COUNT(single_loads); k++) {
        struct acc_load load = acc_reference_load(rating, acc_step_a(rating, &single_loads[k].step),
                                                  single_loads[k].factor);
        load.loaded = 1u << phase;
        acc_points_add_load(points, rating, "reactive-single", &load);
    }
}

void acc_points_reactive(struct acc_points *points, const struct acc_rating *rating)
{
    for (size_t k = 0; k < COUNT(loads); k++) {
        const double i_a = acc_step_a(rating, &loads[k].step);
        const struct acc_load load = acc_reference_load(rating, i_a, loads[k].factor);
        if (!points->quick || loads[k].step.quick) {
            acc_points_add_load(points, rating, "reactive", &load);
        }
    }
    if (points->quick) {
        return;
    }
    for (unsigned phase = 0; rating->wiring != ACC_1_PHASE && phase < 3; phase++) {
        if ((rating->elements & 1u << phase) != 0) {
            add_single(points, rating, phase);
        }
    }
    add_conditions(points, rating);
}
