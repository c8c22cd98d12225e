/* Calibration of a unit as a factory does it (metrology reference 7.4): the reference energies of the test
 * bench against what the unit registers, step by step, until nothing of the error is left.
 *
 * Trials happen in the elements' working memory only. What is found is stored once, through the legal part with
 * the verification seal open (REG-7, VAR-15).
 */
#ifndef WH_ACCURACY_CALIBRATE_H
#define WH_ACCURACY_CALIBRATE_H

#include "accuracy/measure.h"

/* Format of the message for WH_ERR_STATE: unit number, step, phase 1 … 3, residual in percent. */
#define ACC_NO_CONVERGENCE                                                                         \
    "unit %u: calibration does not converge: %s, L%d, %+.3f %% left; constants unchanged"

/* Loads at which errors are looked at, before and after. */
enum { ACC_CHECK_IMIN, ACC_CHECK_IB, ACC_CHECK_IB_05, ACC_CHECK_IMAX, ACC_CHECKS };

struct acc_check {
    double active_pct[ACC_CHECKS];
    double u_pct, i_pct; /* of the rms values at Ib */
};

const char *acc_check_name(int check);

struct acc_calibration {
    struct wh_calibration constants[SIM_PHASES];
    struct acc_check before[SIM_PHASES];
    struct acc_check after[SIM_PHASES];
    /* After WH_ERR_STATE: where it came to no end. */
    const char *failed_step;
    int failed_phase; /* 0 … 2 */
    double residual_pct;
};

/* Finds the constants of a unit, starting from none: the elements work with them afterwards, nothing is
 * stored. WH_ERR_STATE: a step did not converge; the elements work with what is stored, and calibration names
 * step, phase and residual error. */
enum wh_err acc_calibrate(struct acc_unit *unit, struct acc_calibration *calibration);

/* Opens the seal of a meter, stores constants, closes the seal. Errors as wh_meter_set_seal and
 * wh_meter_calibrate; the seal is closed after all of them. */
enum wh_err acc_calibration_store(struct wh_meter *meter,
                                  const struct acc_calibration *calibration);

#endif
