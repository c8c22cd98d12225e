/* A test bench in double precision: plays clean three-phase sines through a front end and works out
 * from the codes what a perfect meter would. Nothing of the meter's own arithmetic is in it. */
#ifndef WH_TESTS_FRONT_END_RIG_H
#define WH_TESTS_FRONT_END_RIG_H

#include <complex.h>

#include "sim/front_end.h"

/* What the generator plays: 50 Hz unless said otherwise, balanced. */
struct load {
    double u_rms_v;
    double i_rms_a;
    double lag_deg;
    unsigned hz;      /* whole, so that a second holds whole cycles; 0: 50 */
    unsigned seconds; /* of measuring, whole */
};

/* Per phase, in the meter's volts and amperes (full scale at code 2^23), without offsets. */
struct reading {
    double complex power[SIM_PHASES]; /* mean(u·i) + j·Q of the fundamental */
    double u_rms_v[SIM_PHASES];
    double i_rms_a[SIM_PHASES];
    double u_mean_v[SIM_PHASES]; /* the offsets taken out */
    double i_mean_a[SIM_PHASES];
};

/* A unit of a kind at full scales of 500 V and i_full_scale_a. */
struct sim_front_end make_unit(const char *kind, uint32_t number, double i_full_scale_a);

/* A unit of kind "382" or "351C" without any error: for one error at a time. */
struct sim_front_end_unit perfect_unit(const char *kind);

/* Settles at the load's current, plays an eighth of a second unseen, then measures. */
struct reading measure(struct sim_front_end *fe, const struct load *load);

/* What it should have read, per phase: U·I·(cos + j·sin). */
double complex true_power(const struct load *load);

/* Of a whole meter: sum of the phases. */
double complex total(const double complex power[SIM_PHASES]);

/* Deviation of the active power, percent. */
double error_pct(double complex power, double complex truth);

#endif
