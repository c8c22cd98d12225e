/* What the standards permit: the tables of the metrology reference, sections 1 and 2, as tables.
 */
#ifndef WH_ACCURACY_LIMIT_H
#define WH_ACCURACY_LIMIT_H

#include "accuracy/factor.h"
#include "accuracy/rating.h"

/* A limit, or none: pct 0. The mark is the reference's: V checked against the standard, S against a
 * second source, U unverified, D a design figure of ours where no standard has one. */
struct acc_limit {
    double pct;
    char mark;
    const char *source;
};

bool acc_limit_exists(const struct acc_limit *limit);
bool acc_limit_is_verified(const struct acc_limit *limit); /* V or S */

/* Permitted error at a load under reference conditions; single: one phase of a polyphase meter carries it. */
struct acc_limit acc_limit_load(const struct acc_rating *rating, enum acc_factor factor, double i_a,
                                bool single);

/* Permitted change of the error. */
enum acc_influence {
    ACC_VOLTAGE,          /* ±10 % */
    ACC_VOLTAGE_EXTENDED, /* −20…−10 %, +10…+15 % */
    ACC_VOLTAGE_LOW,      /* below 0.8 Un: an error, not a change */
    ACC_FREQUENCY,        /* ±2 % */
    ACC_TEMPERATURE,      /* percent per kelvin */
    ACC_SEQUENCE,         /* reversed */
    ACC_UNBALANCE,        /* phases missing */
    ACC_HARMONICS,        /* 5th in U and I */
    ACC_DC,               /* DC and even harmonics in I */
    ACC_ODD,              /* phase-fired */
    ACC_SUB,              /* bursts */
    ACC_FAST_CHANGES,     /* of the load */
    ACC_SELF_HEATING,
    ACC_SINGLE_DIFFERENCE, /* single-phase minus balanced, at Ib */
    ACC_INFLUENCES,
};
struct acc_limit acc_limit_influence(const struct acc_rating *rating, enum acc_influence influence,
                                     enum acc_factor factor);

/* The MID's composite error at a load and a temperature of the meter (V but for single-phase loads). */
struct acc_limit acc_limit_composite(const struct acc_rating *rating, double i_a, bool single,
                                     double celsius);

#endif
