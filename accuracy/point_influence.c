/* Voltage, frequency, temperature, phase sequence and unbalance: metrology reference 2.1. Each is
 * varied alone, at the loads that the MID's composite error needs. */
#include <math.h>
#include <stddef.h>

#include "accuracy/point_list.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct acc_step imin = {0.05, 0.01, false, false};
static const struct acc_step itr = {0.1, 0.05, false, false};
static const struct acc_step ib = {1, 1, false, true};
static const struct acc_step imax = {1, 1, true, false};

struct place {
    const struct acc_step *step;
    enum acc_factor factor;
};

static const struct place places[] = {
    {&imin, ACC_PF_1},    {&itr, ACC_PF_1},     {&itr, ACC_PF_05_IND}, {&ib, ACC_PF_1},
    {&ib, ACC_PF_05_IND}, {&ib, ACC_PF_08_CAP}, {&imax, ACC_PF_1},     {&imax, ACC_PF_05_IND},
};

/* A value of an influence quantity; only_ib: for the curve at Ib, not a point of the standards. */
struct value {
    double value;
    enum acc_influence influence;
    bool only_ib;
    bool quick;
};

static const struct value voltages[] = {
    {80, ACC_VOLTAGE_EXTENDED, false, false},
    {85, ACC_VOLTAGE_EXTENDED, true, false},
    {90, ACC_VOLTAGE, false, true},
    {95, ACC_VOLTAGE, true, false},
    {105, ACC_VOLTAGE, true, false},
    {110, ACC_VOLTAGE, false, true},
    {115, ACC_VOLTAGE_EXTENDED, false, false},
};

/* Percent off nominal. ±5 % is the 382M's own range (VAR-5), held to the limit of ±2 %. */
static const struct value frequencies[] = {
    {-5, ACC_FREQUENCY, true, false}, {-2, ACC_FREQUENCY, false, true},
    {-1, ACC_FREQUENCY, true, false}, {1, ACC_FREQUENCY, true, false},
    {2, ACC_FREQUENCY, false, true},  {5, ACC_FREQUENCY, true, false},
};

static bool is_wanted(const struct acc_points *points, const struct value *value,
                      const struct place *place)
{
    const bool at_ib = place->step == &ib;
    return (at_ib || !value->only_ib) && (!points->quick || (at_ib && value->quick));
}

static void add_change(struct acc_points *points, const struct acc_rating *rating, const char *test,
                       const struct acc_load *load, enum acc_influence influence)
{
    const int reference = acc_points_reference(points, rating, load->i_a, load->factor);
    const struct acc_point point = {
        .test = test,
        .load = *load,
        .judge = ACC_JUDGE_CHANGE,
        .reference = reference,
        .design_reference = reference,
        .seconds = acc_seconds_for(rating, load, points->quick),
        .limit = acc_limit_influence(rating, influence, load->factor),
        .design_pct = acc_design_influence_pct(rating, influence, load->factor),
    };
    acc_points_add(points, &point);
}

static void add_voltages(struct acc_points *points, const struct acc_rating *rating,
                         const struct place *place)
{
    for (size_t v = 0; v < COUNT(voltages); v++) {
        const double u_pct = voltages[v].value;
        const bool in_range =
            u_pct >= rating->approval->u_low_pct && u_pct <= rating->approval->u_high_pct;
        if (in_range && is_wanted(points, &voltages[v], place)) {
            struct acc_load load =
                acc_reference_load(rating, acc_step_a(rating, place->step), place->factor);
            load.u_pct = u_pct;
            add_change(points, rating, "voltage", &load, voltages[v].influence);
        }
    }
}

static void add_frequencies(struct acc_points *points, const struct acc_rating *rating,
                            const struct place *place)
{
    for (size_t v = 0; v < COUNT(frequencies); v++) {
        if (fabs(frequencies[v].value) <= rating->approval->f_pct &&
            is_wanted(points, &frequencies[v], place)) {
            struct acc_load load =
                acc_reference_load(rating, acc_step_a(rating, place->step), place->factor);
            load.f_hz = rating->frequency_hz * (1 + frequencies[v].value / 100);
            add_change(points, rating, "frequency", &load, ACC_FREQUENCY);
        }
    }
}

/* Away from 23 °C in steps: the mean coefficient of a step is held against the class, the one from 23 °C
 * against the design figure. */
static const struct {
    double celsius[4];
    bool quick[4];
} ways[] = {
    {{5, -10, -25, -40}, {true, false, false, true}},
    {{40, 55, 70}, {true, false, true}},
};

static void add_way(struct acc_points *points, const struct acc_rating *rating,
                    const struct place *place, size_t way)
{
    struct acc_load load =
        acc_reference_load(rating, acc_step_a(rating, place->step), place->factor);
    const int at_23 = acc_points_reference(points, rating, load.i_a, load.factor);
    const struct acc_limit limit = acc_limit_influence(rating, ACC_TEMPERATURE, load.factor);
    const double design = acc_design_influence_pct(rating, ACC_TEMPERATURE, load.factor);
    int previous = at_23;
    for (size_t t = 0; t < 4 && ways[way].celsius[t] != 0.0; t++) {
        const double celsius = ways[way].celsius[t];
        if (points->quick && !ways[way].quick[t]) {
            continue;
        }
        const double step_k = fabs(celsius - load.celsius);
        load.celsius = celsius;
        struct acc_point point = {
            .test = "temperature",
            .load = load,
            .judge = ACC_JUDGE_CHANGE,
            .reference = previous,
            .design_reference = at_23,
            .seconds = acc_seconds_for(rating, &load, points->quick),
            .limit = limit,
            .design_pct = design * fabs(celsius - 23),
        };
        point.limit.pct *= step_k;
        previous = acc_points_add(points, &point);
    }
}

static void add_sequence(struct acc_points *points, const struct acc_rating *rating)
{
    static const struct acc_step low = {0.1, 0.1, false, true};
    struct acc_load load = acc_reference_load(rating, acc_step_a(rating, &low), ACC_PF_1);
    load.reversed = true;
    add_change(points, rating, "sequence", &load, ACC_SEQUENCE);
}

static void add_unbalance(struct acc_points *points, const struct acc_rating *rating)
{
    for (unsigned missing = 1; missing < 7; missing++) {
        struct acc_load load = acc_reference_load(rating, rating->ib_a, ACC_PF_1);
        load.missing = missing;
        if (!points->quick || missing == 3) {
            add_change(points, rating, "unbalance", &load, ACC_UNBALANCE);
        }
    }
}

/* Below 0.8 Un, but above where all phases together would be no supply any more (160 V). */
static void add_low_voltage(struct acc_points *points, const struct acc_rating *rating)
{
    struct acc_load load = acc_reference_load(rating, rating->ib_a, ACC_PF_1);
    load.u_pct = 75;
    const int added = acc_points_add_load(points, rating, "voltage-low", &load);
    if (added != ACC_NONE) {
        points->point[added].limit = acc_limit_influence(rating, ACC_VOLTAGE_LOW, ACC_PF_1);
        points->point[added].design_pct = 0;
    }
}

void acc_points_influence(struct acc_points *points, const struct acc_rating *rating)
{
    for (size_t p = 0; p < COUNT(places); p++) {
        add_voltages(points, rating, &places[p]);
    }
    add_low_voltage(points, rating);
    for (size_t p = 0; p < COUNT(places); p++) {
        add_frequencies(points, rating, &places[p]);
    }
    for (size_t p = 0; p < COUNT(places); p++) {
        for (size_t way = 0; way < COUNT(ways) && (!points->quick || places[p].step == &ib);
             way++) {
            add_way(points, rating, &places[p], way);
        }
    }
    if (rating->wiring == ACC_4_WIRE) {
        add_sequence(points, rating);
        add_unbalance(points, rating);
    }
}
