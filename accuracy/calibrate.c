/* Calibration. Invariant: a trial that is out of range, or an error that does not go away, ends it before
 * anything is stored. */
#include "accuracy/calibrate.h"

#include <math.h>
#include <string.h>

#include "accuracy/calibrate_step.h"

static const struct {
    const char *name;
    enum acc_factor factor;
} checks[ACC_CHECKS] = {
    [ACC_CHECK_IMIN] = {"Imin", ACC_PF_1},
    [ACC_CHECK_IB] = {"Ib", ACC_PF_1},
    [ACC_CHECK_IB_05] = {"Ib, 0.5 ind", ACC_PF_05_IND},
    [ACC_CHECK_IMAX] = {"Imax", ACC_PF_1},
};

const char *acc_check_name(int check)
{
    return checks[check].name;
}

/* The order of 7.4. Gains come twice: the second time takes out what the others moved. Noise and offset
 * need gains. */
static const struct {
    const char *name;
    enum wh_err (*run)(struct acc_trial *trial);
} steps[] = {
    {"gain", acc_step_gain},
    {"phase", acc_step_phase},
    {"noise and offset", acc_step_offset},
    {"errors over current", acc_step_current},
    {"temperature", acc_step_temperature},
    {"gain after temperature", acc_step_gain},
};

enum wh_err acc_trial_use(struct acc_trial *trial)
{
    for (int p = 0; p < SIM_PHASES; p++) {
        if (!wh_calibration_is_valid(&trial->constants[p])) {
            trial->phase = p;
            return WH_ERR_STATE;
        }
    }
    return wh_measuring_calibrate(&trial->unit->meter.measuring, trial->constants);
}

struct acc_load acc_trial_load(const struct acc_trial *trial, double i_a, enum acc_factor factor)
{
    return (struct acc_load){
        .u_pct = 100,
        .f_hz = trial->rating.frequency_hz,
        .celsius = 23,
        .i_a = i_a,
        .factor = factor,
        .loaded = ACC_ALL_PHASES,
    };
}

double acc_trial_error(const struct acc_measurement *measurement, int phase)
{
    return measurement->registered.phase_wh[phase] / measurement->reference.phase_wh[phase] - 1;
}

static double check_current_a(const struct acc_rating *rating, int check)
{
    return check == ACC_CHECK_IMIN   ? rating->imin_a
           : check == ACC_CHECK_IMAX ? rating->imax_a
                                     : rating->ib_a;
}

static enum wh_err look(struct acc_trial *trial, struct acc_check found[SIM_PHASES])
{
    for (int c = 0; c < ACC_CHECKS; c++) {
        const double i_a = check_current_a(&trial->rating, c);
        const struct acc_load load = acc_trial_load(trial, i_a, checks[c].factor);
        struct acc_measurement measurement;
        const enum wh_err err = acc_measure(trial->unit, &load, 20, &measurement);
        if (err != WH_OK) {
            return err;
        }
        for (int p = 0; p < SIM_PHASES; p++) {
            found[p].active_pct[c] = 100 * acc_trial_error(&measurement, p);
            if (c == ACC_CHECK_IB) {
                found[p].u_pct = (measurement.mean[p].u_rms_v / trial->rating.un_v - 1) * 100;
                found[p].i_pct = (measurement.mean[p].i_rms_a / i_a - 1) * 100;
            }
        }
    }
    return WH_OK;
}

/* A factory has all elements on four wires, whatever the meter will be wired as. */
static void begin(struct acc_trial *trial, struct acc_unit *unit)
{
    *trial = (struct acc_trial){.unit = unit, .rating = *unit->rating};
    trial->rating.wiring = ACC_4_WIRE;
    trial->rating.elements = ACC_ALL_PHASES;
    for (int p = 0; p < SIM_PHASES; p++) {
        trial->constants[p] = wh_calibration_ideal();
    }
}

static enum wh_err run_steps(struct acc_trial *trial, struct acc_calibration *calibration)
{
    enum wh_err err = acc_trial_use(trial);
    err = err == WH_OK ? look(trial, calibration->before) : err;
    for (size_t s = 0; s < sizeof steps / sizeof steps[0] && err == WH_OK; s++) {
        calibration->failed_step = steps[s].name;
        err = steps[s].run(trial);
    }
    return err == WH_OK ? look(trial, calibration->after) : err;
}

enum wh_err acc_calibrate(struct acc_unit *unit, struct acc_calibration *calibration)
{
    struct acc_trial trial;
    const struct acc_rating *rating = unit->rating;
    begin(&trial, unit);
    *calibration = (struct acc_calibration){0};
    unit->rating = &trial.rating;
    const enum wh_err err = run_steps(&trial, calibration);
    unit->rating = rating;
    if (err != WH_OK) {
        calibration->failed_phase = trial.phase;
        calibration->residual_pct = trial.residual * 100;
        (void)wh_measuring_calibrate(&unit->meter.measuring, unit->meter.legal.calibration);
        return err;
    }
    calibration->failed_step = NULL;
    memcpy(calibration->constants, trial.constants, sizeof trial.constants);
    return WH_OK;
}

enum wh_err acc_calibration_store(struct wh_meter *meter, const struct acc_calibration *calibration)
{
    enum wh_err err = wh_meter_set_seal(meter, true);
    if (err != WH_OK) {
        return err;
    }
    err = wh_meter_calibrate(meter, calibration->constants);
    const enum wh_err closed = wh_meter_set_seal(meter, false);
    return err != WH_OK ? err : closed;
}
