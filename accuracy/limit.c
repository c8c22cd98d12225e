/* Lookups in limits of several shapes: one function for each shape. */
#include "accuracy/limit.h"

#include <math.h>

#include "accuracy/limit_table.h"

bool acc_limit_exists(const struct acc_limit *limit)
{
    return limit->pct > 0;
}

bool acc_limit_is_verified(const struct acc_limit *limit)
{
    return limit->mark == 'V' || limit->mark == 'S';
}

static struct acc_limit pick(const struct acc_limit_row *row, enum acc_column column)
{
    return (struct acc_limit){row->pct[column], row->marks[column], row->source[column]};
}

static struct acc_limit pick_reactive(const struct acc_reactive_limit_row *row,
                                      enum acc_reactive_column column)
{
    return (struct acc_limit){row->pct[column], 'U', row->source};
}

/* Currents are products of shares: compared with room for their rounding. */
static bool in_span(const struct acc_span *span, const struct acc_rating *rating, double i_a)
{
    const double share = i_a / rating->ib_a * (1 + 1e-9);
    const double from = rating->direct ? span->direct_from : span->ct_from;
    const double to = rating->direct ? span->direct_to : span->ct_to;
    return from > 0 && share >= from && share < to;
}

/* An inductive and a capacitive sin φ have the same limits. */
static unsigned set_of(enum acc_factor factor)
{
    return 1u << factor;
}

static struct acc_limit reactive_load(const struct acc_rating *rating, enum acc_factor factor,
                                      double i_a, bool single)
{
    const enum acc_reactive_column column = rating->class->reactive;
    for (const struct acc_reactive_limit_row *row = acc_reactive_load_limits; row->factors != 0;
         row++) {
        if ((row->factors & set_of(factor)) != 0 && row->single == single && row->pct[column] > 0 &&
            in_span(&row->span, rating, i_a)) {
            return pick_reactive(row, column);
        }
    }
    return (struct acc_limit){0};
}

struct acc_limit acc_limit_load(const struct acc_rating *rating, enum acc_factor factor, double i_a,
                                bool single)
{
    if (acc_factor(factor)->quantity == ACC_REACTIVE) {
        return reactive_load(rating, factor, i_a, single);
    }
    const enum acc_column column = rating->class->column;
    for (const struct acc_limit_row *row = acc_load_limits; row->factors != 0; row++) {
        if ((row->factors & set_of(factor)) != 0 && row->single == single && row->pct[column] > 0 &&
            in_span(&row->span, rating, i_a)) {
            return pick(row, column);
        }
    }
    return (struct acc_limit){0};
}

struct acc_limit acc_limit_influence(const struct acc_rating *rating, enum acc_influence influence,
                                     enum acc_factor factor)
{
    if (acc_factor(factor)->quantity == ACC_REACTIVE) {
        for (const struct acc_reactive_influence_row *row = acc_reactive_influence_limits;
             row->limit.factors != 0; row++) {
            if (row->influence == influence && (row->limit.factors & set_of(factor)) != 0) {
                return pick_reactive(&row->limit, rating->class->reactive);
            }
        }
        return (struct acc_limit){0};
    }
    for (const struct acc_influence_row *row = acc_influence_limits; row->limit.factors != 0;
         row++) {
        if (row->influence == influence && (row->limit.factors & set_of(factor)) != 0) {
            return pick(&row->limit, rating->class->column);
        }
    }
    return (struct acc_limit){0};
}

struct acc_limit acc_limit_composite(const struct acc_rating *rating, double i_a, bool single,
                                     double celsius)
{
    for (const struct acc_composite_row *row = acc_composite_limits; row->load != 0; row++) {
        const enum acc_composite_load load = single ? ACC_COMPOSITE_SINGLE
                                             : i_a * (1 + 1e-9) < rating->itr_a
                                                 ? ACC_COMPOSITE_LOW
                                                 : ACC_COMPOSITE_FULL;
        if (row->load == load && celsius >= row->low_c && celsius <= row->high_c) {
            return (struct acc_limit){row->pct[rating->class->mid], row->mark, row->source};
        }
    }
    return (struct acc_limit){0};
}
