/* The steps of a calibration. Private to calibrate*.c.
 */
#ifndef WH_ACCURACY_CALIBRATE_STEP_H
#define WH_ACCURACY_CALIBRATE_STEP_H

#include "accuracy/measure.h"

struct acc_trial {
    struct acc_unit *unit;
    struct acc_rating rating; /* the unit's, on four wires */
    struct wh_calibration constants[SIM_PHASES];
    int phase;       /* the worst in the last look */
    double residual; /* its error, as a share */
};

/* Gives the elements the trial's constants. WH_ERR_STATE: one is out of range, trial->phase says whose. */
enum wh_err acc_trial_use(struct acc_trial *trial);

/* A balanced load at Un and 23 °C. */
struct acc_load acc_trial_load(const struct acc_trial *trial, double i_a, enum acc_factor factor);

/* Error of a phase's energy, as a share. */
double acc_trial_error(const struct acc_measurement *measurement, int phase);

/* Each leaves better constants in the trial and in the elements. WH_ERR_STATE: does not converge. */
enum wh_err acc_step_gain(struct acc_trial *trial);
enum wh_err acc_step_phase(struct acc_trial *trial);
enum wh_err acc_step_offset(struct acc_trial *trial);
enum wh_err acc_step_current(struct acc_trial *trial);
enum wh_err acc_step_temperature(struct acc_trial *trial);

#endif
