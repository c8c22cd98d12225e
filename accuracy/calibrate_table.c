/* What is measured once and taken out: noise and offset without current, errors over the current, and
 * temperature coefficients (7.4, steps 1, 5 and 6). */
#include <math.h>
#include <string.h>

#include "accuracy/calibrate_step.h"

/* Noise and power that the elements see with voltage but no current. 7.4 has the offset measured at low current;
 * without any it is the same crosstalk, and no error of the current sensor is in it. */
enum { OFFSET_SECONDS = 600 };

enum wh_err acc_step_offset(struct acc_trial *trial)
{
    const struct acc_load load = acc_trial_load(trial, 0, ACC_PF_1);
    struct acc_measurement measurement;
    const enum wh_err err = acc_measure(trial->unit, &load, OFFSET_SECONDS, &measurement);
    if (err != WH_OK) {
        return err;
    }
    const double codes_per_a = 0x1p23 / (trial->rating.variant->i_full_scale_ma / 1e3);
    for (int p = 0; p < SIM_PHASES; p++) {
        const struct acc_means *mean = &measurement.mean[p];
        struct wh_calibration *constants = &trial->constants[p];
        const double codes2 = mean->i_square * codes_per_a * codes_per_a;
        constants->i_noise_codes2 += (uint32_t)lround(fmin(codes2, 1e9));
        constants->active_offset_uw += (int32_t)lround(mean->active_w * 1e6);
        constants->reactive_offset_uvar += (int32_t)lround(mean->reactive_var * 1e6);
    }
    return acc_trial_use(trial);
}

/* Shares of Imax: a shunt heats itself with the square of the current, and between two points the table has
 * a straight line. */
static const double shunt_shares[WH_CALIBRATION_POINTS] = {0.05, 0.2, 0.4, 0.6, 0.8, 1};

/* Shares of In: these six leave less than 0.011 % between them of the current transformers' typical curve
 * (sim/front_end_kind.c), found by a search for the smallest worst error. */
static const double ct_shares[WH_CALIBRATION_POINTS] = {0.002, 0.025, 0.05, 0.1, 0.2, 1};

static double table_current_a(const struct acc_rating *rating, int point)
{
    return rating->direct ? shunt_shares[point] * rating->imax_a : ct_shares[point] * rating->ib_a;
}

/* Until noise leaves 30 ppm of a phase's energy at power factor 0.5. */
static double table_seconds(const struct acc_rating *rating, double i_a)
{
    const double noise = rating->noise_a / (i_a * 0.5 * 30e-6);
    return fmin(fmax(ceil(noise * noise / ACC_SAMPLE_RATE_HZ), 10), 240);
}

static enum wh_err measure_point(struct acc_trial *trial, int point,
                                 struct wh_calibration_point found[SIM_PHASES])
{
    const double i_a = table_current_a(&trial->rating, point);
    const double seconds = table_seconds(&trial->rating, i_a);
    const struct acc_load unity = acc_trial_load(trial, i_a, ACC_PF_1);
    const struct acc_load half = acc_trial_load(trial, i_a, ACC_PF_05_IND);
    struct acc_measurement at_unity, at_half;
    enum wh_err err = acc_measure(trial->unit, &unity, seconds, &at_unity);
    err = err == WH_OK ? acc_measure(trial->unit, &half, seconds, &at_half) : err;
    for (int p = 0; p < SIM_PHASES && err == WH_OK; p++) {
        const double gain_error = acc_trial_error(&at_unity, p);
        const double lead_rad = (acc_trial_error(&at_half, p) - gain_error) / tan(M_PI / 3);
        const double gain_ppm = (1 / (1 + gain_error) - 1) * 1e6;
        found[p] = (struct wh_calibration_point){
            .i_ma = (uint32_t)lround(i_a * 1000),
            .gain_ppm = (int32_t)lround(fmax(fmin(gain_ppm, 1e6), -1e6)),
            .lead_urad = (int32_t)lround(fmax(fmin(lead_rad * 1e6, 1e6), -1e6)),
        };
    }
    return err;
}

enum wh_err acc_step_current(struct acc_trial *trial)
{
    struct wh_calibration table[SIM_PHASES]; /* without points until all are measured */
    memcpy(table, trial->constants, sizeof table);
    for (int point = 0; point < WH_CALIBRATION_POINTS; point++) {
        struct wh_calibration_point found[SIM_PHASES] = {0};
        const enum wh_err err = measure_point(trial, point, found);
        if (err != WH_OK) {
            return err;
        }
        for (int p = 0; p < SIM_PHASES; p++) {
            table[p].point[table[p].point_count++] = found[p];
        }
    }
    memcpy(trial->constants, table, sizeof table);
    return acc_trial_use(trial);
}

/* Two more temperatures, near the ends of the range: with 23 °C they settle a line for the voltage and a
 * parabola for the current, which a shunt has. */
static const double temperatures_c[] = {-35, 70};
enum { TEMPERATURES = 2, TEMPERATURE_SECONDS = 20 };

/* What the gains lack at one temperature, as shares, and how far it is above the reference. */
struct drift {
    double above_k;
    double u[SIM_PHASES];
    double i[SIM_PHASES];
};

static enum wh_err measure_drift(struct acc_trial *trial, double celsius, struct drift *drift)
{
    struct acc_load load = acc_trial_load(trial, trial->rating.ib_a, ACC_PF_1);
    load.celsius = celsius;
    struct acc_measurement measurement;
    const enum wh_err err = acc_measure(trial->unit, &load, TEMPERATURE_SECONDS, &measurement);
    drift->above_k =
        (sim_front_end_sensor_centi_c(&trial->unit->front_end) - WH_REFERENCE_CENTI_C) / 100.0;
    for (int p = 0; p < SIM_PHASES && err == WH_OK; p++) {
        const double u = measurement.mean[p].u_rms_v / trial->rating.un_v - 1;
        drift->u[p] = -u;
        drift->i[p] = u - acc_trial_error(&measurement, p);
    }
    return err;
}

static int32_t ppb(double share)
{
    return (int32_t)lround(fmax(fmin(share * 1e9, 1e9), -1e9));
}

/* The parabola a·d + b·d² through the origin and both drifts. */
static void set_parabola(struct wh_calibration *constants, const struct drift *cold,
                         const struct drift *warm, int phase)
{
    const double cold_slope = cold->i[phase] / cold->above_k;
    const double warm_slope = warm->i[phase] / warm->above_k;
    const double curvature = (warm_slope - cold_slope) / (warm->above_k - cold->above_k);
    constants->i_curvature_ppb_per_k2 = ppb(curvature);
    constants->i_tempco_ppb_per_k = ppb(cold_slope - curvature * cold->above_k);
}

enum wh_err acc_step_temperature(struct acc_trial *trial)
{
    struct drift drift[TEMPERATURES];
    for (int t = 0; t < TEMPERATURES; t++) {
        const enum wh_err err = measure_drift(trial, temperatures_c[t], &drift[t]);
        if (err != WH_OK) {
            return err;
        }
    }
    const struct drift *cold = &drift[0];
    const struct drift *warm = &drift[1];
    for (int p = 0; p < SIM_PHASES; p++) {
        const double slope = (cold->u[p] * cold->above_k + warm->u[p] * warm->above_k) /
                             (cold->above_k * cold->above_k + warm->above_k * warm->above_k);
        trial->constants[p].u_tempco_ppb_per_k = ppb(slope);
        set_parabola(&trial->constants[p], cold, warm, p);
    }
    return acc_trial_use(trial);
}
