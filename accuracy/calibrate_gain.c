/* Gains and phase: iterated, since one correction moves the other's ground (7.4, steps 2 to 4). */
#include <math.h>

#include "accuracy/calibrate_step.h"

enum { ATTEMPTS = 6, SECONDS = 20 };

/* Errors that are good enough: the noise of 20 s at Ib is 3 ppm on a 382. */
static const double gain_limit = 30e-6;
static const double phase_limit = 60e-6; /* of the energy at power factor 0.5 */

static void note_worst(struct acc_trial *trial, int phase, double error)
{
    if (phase == 0 || !(fabs(error) <= fabs(trial->residual))) {
        trial->phase = phase;
        trial->residual = error;
    }
}

/* A gain in Q30 times a factor; what does not fit becomes 0, which is not valid. */
static uint32_t scaled_gain(uint32_t gain_q30, double factor)
{
    const double gain = gain_q30 * factor;
    return gain > 0 && gain < UINT32_MAX ? (uint32_t)lround(gain) : 0;
}

/* The voltage's gain from its rms value, the current's from the energy. */
static void correct_gains(struct acc_trial *trial, const struct acc_measurement *measurement)
{
    for (int p = 0; p < SIM_PHASES; p++) {
        struct wh_calibration *constants = &trial->constants[p];
        const double u_factor = trial->rating.un_v / measurement->mean[p].u_rms_v;
        const double energy_factor = 1 / (1 + acc_trial_error(measurement, p));
        constants->u_gain_q30 = scaled_gain(constants->u_gain_q30, u_factor);
        constants->i_gain_q30 = scaled_gain(constants->i_gain_q30, energy_factor / u_factor);
    }
}

static double worst_gain_error(struct acc_trial *trial, const struct acc_measurement *measurement)
{
    for (int p = 0; p < SIM_PHASES; p++) {
        const double energy = acc_trial_error(measurement, p);
        const double u = measurement->mean[p].u_rms_v / trial->rating.un_v - 1;
        note_worst(trial, p, fabs(energy) > fabs(u) ? energy : u);
    }
    return fabs(trial->residual);
}

enum wh_err acc_step_gain(struct acc_trial *trial)
{
    const struct acc_load load = acc_trial_load(trial, trial->rating.ib_a, ACC_PF_1);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        struct acc_measurement measurement;
        enum wh_err err = acc_measure(trial->unit, &load, SECONDS, &measurement);
        if (err == WH_OK && worst_gain_error(trial, &measurement) <= gain_limit) {
            return WH_OK;
        }
        correct_gains(trial, &measurement);
        err = err == WH_OK ? acc_trial_use(trial) : err;
        if (err != WH_OK) {
            return err;
        }
    }
    return WH_ERR_STATE;
}

/* At power factor 0.5 a lead of the current by d makes the energy greater by d·tan 60°. */
static void correct_phase(struct acc_trial *trial, const struct acc_measurement *measurement)
{
    const double samples_per_rad = ACC_SAMPLE_RATE_HZ / (2 * M_PI * trial->rating.frequency_hz);
    for (int p = 0; p < SIM_PHASES; p++) {
        const double lead_rad = acc_trial_error(measurement, p) / tan(M_PI / 3);
        const double delay_q15 = trial->constants[p].delay_q15 - lead_rad * samples_per_rad * 32768;
        trial->constants[p].delay_q15 = (int32_t)lround(fmax(fmin(delay_q15, 1e6), -1e6));
    }
}

static double worst_phase_error(struct acc_trial *trial, const struct acc_measurement *measurement)
{
    for (int p = 0; p < SIM_PHASES; p++) {
        note_worst(trial, p, acc_trial_error(measurement, p));
    }
    return fabs(trial->residual);
}

enum wh_err acc_step_phase(struct acc_trial *trial)
{
    const struct acc_load load = acc_trial_load(trial, trial->rating.ib_a, ACC_PF_05_IND);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        struct acc_measurement measurement;
        enum wh_err err = acc_measure(trial->unit, &load, SECONDS, &measurement);
        if (err == WH_OK && worst_phase_error(trial, &measurement) <= phase_limit) {
            return WH_OK;
        }
        correct_phase(trial, &measurement);
        err = err == WH_OK ? acc_trial_use(trial) : err;
        if (err != WH_OK) {
            return err;
        }
    }
    return WH_ERR_STATE;
}
