/* Measuring a unit: what its registers gained against what flowed.
 *
 * The voltage is there until the meter has settled. Where a window of the meter ends the current is switched on,
 * for an exact number of samples – whole cycles at whole hertz – and off again; when two more windows
 * have passed the registers are read, with all their digits. So neither the resolution of pulses nor where an
 * edge falls is in any result.
 */
#ifndef WH_ACCURACY_MEASURE_H
#define WH_ACCURACY_MEASURE_H

#include "accuracy/unit.h"

struct acc_energy {
    double active_wh;            /* import less export */
    double reactive_varh;        /* R+ less R- */
    double phase_wh[SIM_PHASES]; /* active */
};

/* What the elements reported of a phase over the same time. */
struct acc_means {
    double u_rms_v, i_rms_a;
    double active_w, reactive_var;
    double i_square; /* mean of the square, A²: for noise */
};

struct acc_measurement {
    struct acc_energy reference; /* closed form, in double precision */
    struct acc_energy registered;
    struct acc_means mean[SIM_PHASES];
    uint64_t pulses;          /* of A+ */
    uint64_t expected_pulses; /* that the register of A+ stands for */
    double seconds;
};

/* The elements' estimate of DC moves by 1/16 a window: after DC it takes 20 s to forget it to 0.2 %. */
enum { ACC_SETTLE_SECONDS = 2, ACC_SETTLE_AFTER_DC_SECONDS = 20 };

/* Measures a load, all parts at the temperature that they reach in time. Errors as acc_unit_apply. */
enum wh_err acc_measure(struct acc_unit *unit, const struct acc_load *load, double seconds,
                        struct acc_measurement *measurement);

/* The same with shunts that are cold when the current comes. */
enum wh_err acc_measure_cold(struct acc_unit *unit, const struct acc_load *load, double seconds,
                             struct acc_measurement *measurement);

/* Loads follow each other while energy is counted through, each for seconds. */
enum wh_err acc_measure_sequence(struct acc_unit *unit, const struct acc_load *loads, size_t count,
                                 double seconds, struct acc_measurement *measurement);

double acc_error_pct(double registered, double reference);

#endif
