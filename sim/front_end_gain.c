/* Gain, delay and lead of a phase's two paths from its parts. Each part is a factor; drifts count
 * from 23 °C, so that a front end at 23 °C shows exactly its initial errors. */
#include "sim/front_end_gain.h"

#include <math.h>

static double parts(double ppm)
{
    return 1 + ppm * 1e-6;
}

/* One reference feeds the converters of both channels: its drift is in both gains. */
static double reference(const struct sim_front_end_phase *phase, double above_k)
{
    return parts((phase->reference_ppm_per_k + phase->reference_ppm_per_k2 * above_k) * above_k);
}

struct sim_front_end_path sim_front_end_voltage_path(const struct sim_front_end_phase *phase,
                                                     double above_k)
{
    const double drift_ppm = (phase->u_divider_ppm_per_k + phase->u_adc_ppm_per_k) * above_k;
    return (struct sim_front_end_path){
        .gain = parts(phase->u_divider_ppm) * parts(phase->u_adc_ppm) * parts(drift_ppm) *
                reference(phase, above_k),
        .delay_s = phase->u_delay_ns * 1e-9,
        .lead_rad = phase->u_lead_deg * M_PI / 180,
    };
}

/* Errors of the transformer at a current: between two points of the kind's table, linear in the
 * logarithm; beyond its ends as at the ends. */
static struct sim_front_end_ct_point ct_at(const struct sim_front_end_kind *kind, double i_rms_a)
{
    const struct sim_front_end_ct_point *ct = kind->ct;
    const size_t last = kind->ct_count - 1;
    const double share = fmin(fmax(i_rms_a / kind->i_rated_a, ct[0].i_share), ct[last].i_share);
    size_t k = 1;
    while (k < last && ct[k].i_share < share) {
        k++;
    }
    const double along = log(share / ct[k - 1].i_share) / log(ct[k].i_share / ct[k - 1].i_share);
    return (struct sim_front_end_ct_point){
        .i_share = share,
        .droop = ct[k - 1].droop + along * (ct[k].droop - ct[k - 1].droop),
        .lead = ct[k - 1].lead + along * (ct[k].lead - ct[k - 1].lead),
    };
}

static void apply_ct(struct sim_front_end_path *path, const struct sim_front_end_kind *kind,
                     const struct sim_front_end_phase *phase, double above_k, double i_rms_a)
{
    const struct sim_front_end_ct_point at = ct_at(kind, i_rms_a);
    path->gain *= parts(phase->ct_ratio_ppm + phase->ct_droop_ppm * at.droop +
                        phase->ct_ratio_ppm_per_k * above_k);
    const double lead_deg =
        phase->ct_lead_deg * at.lead * parts(phase->ct_lead_ppm_per_k * above_k);
    path->lead_rad = fmax(lead_deg, 0) * M_PI / 180;
}

/* Voltage of the shunt per ampere, against nominal; u = R·i + L·di/dt is ahead of R·i by L/R. */
static void apply_shunt(struct sim_front_end_path *path, const struct sim_front_end_kind *kind,
                        const struct sim_front_end_phase *phase, double shunt_above_k)
{
    const double drift_ppm =
        (phase->shunt_ppm_per_k + phase->shunt_ppm_per_k2 * shunt_above_k) * shunt_above_k;
    const double uohm = phase->shunt_uohm * parts(drift_ppm);
    path->gain *= uohm / kind->shunt_nominal_uohm;
    path->delay_s -= phase->shunt_inductance_nh * 1e-9 / (uohm * 1e-6);
}

struct sim_front_end_path sim_front_end_current_path(const struct sim_front_end_kind *kind,
                                                     const struct sim_front_end_phase *phase,
                                                     double above_k, double rise_k, double i_rms_a)
{
    struct sim_front_end_path path = {
        .gain = parts(phase->i_adc_ppm) * parts(phase->i_adc_ppm_per_k * above_k) *
                reference(phase, above_k),
        .delay_s = phase->i_delay_ns * 1e-9,
    };
    if (kind->ct_count > 0) {
        apply_ct(&path, kind, phase, above_k, i_rms_a);
    }
    if (kind->shunt_nominal_uohm > 0) {
        apply_shunt(&path, kind, phase, above_k + rise_k);
    }
    return path;
}
