/* What the phases carry over a stretch: the loads summed by phase, the grid's voltage less the
 * drop in its impedance, and from both the lines of all that is reported.
 *
 * Invariant: sums are made anew for every stretch, in the same order, so rounding never adds up;
 * the line of the apparent power is never below those of active and reactive power. */
#include <math.h>

#include "sim/site_state.h"

enum { MINUTE_S = 60 };

static const double reactance_share = 0.3; /* of the grid's impedance, by its resistance */
static const double largest_drop = 0.3;   /* of the voltage; a line that drops more has collapsed */
static const double drop_out = 0.5;       /* of the voltage: loads stop below */
static const double unrest_per_v = 0.008; /* of a load's power: its own small changes */
static const double largest_a = 1900; /* that a report carries, whatever a bad grid makes of it */
static const double dead_v = 0.1;     /* what a current is divided by in the depth of a dip */

/* What hangs on a phase, and how it grows each second. */
struct sum {
    double p_w, p_slope_w;
    double resistive_s; /* conductance of what follows the voltage, beside p_w */
    double q_var, q_slope_var;
    double d2_va2; /* distortion power, squared */
    double wander; /* of the voltage's wandering, what a dip leaves */
};

static void add_load(struct sum sums[SIM_PHASES], const struct sim_site_load *load,
                     uint32_t since_s, double s_per_w)
{
    const struct sim_site_kind *kind = load->kind;
    const double share = load->phases == SIM_SITE_ALL_PHASES ? 1.0 / SIM_PHASES : 1;
    const double p_w = share * (load->p_w + load->slope_w * since_s);
    const double slope_w = share * load->slope_w;
    const double q_var = p_w * kind->tangent + share * load->q_var;
    const double d_va = p_w * kind->distortion;
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        if ((load->phases >> phase & 1) == 0) {
            continue;
        }
        struct sum *sum = &sums[phase];
        sum->p_w += kind->resistive ? 0 : p_w;
        sum->p_slope_w += slope_w;
        sum->resistive_s += kind->resistive ? p_w * s_per_w : 0;
        sum->q_var += q_var;
        sum->q_slope_var += slope_w * kind->tangent;
        sum->d2_va2 += d_va * d_va;
    }
}

static void add_loads(struct sim_site *site, struct sum sums[SIM_PHASES], uint32_t utc_s)
{
    const double nominal_v = site->config.grid.voltage_v;
    const double s_per_w = 1 / (nominal_v * nominal_v);
    site->lag_var = 0;
    for (unsigned k = 0; k < site->load_count; k++) {
        const struct sim_site_load *load = &site->loads[k];
        const bool alive = (site->alive & load->phases) == load->phases; /* all it needs */
        if (alive && (load->p_w != 0 || load->slope_w != 0 || load->q_var != 0)) {
            site->lag_var += load->p_w * load->kind->tangent;
            add_load(sums, load, utc_s - load->set_s, s_per_w);
        }
    }
}

static void set_voltage(struct sim_site *site, int phase, const struct sum *sum, uint32_t since_s)
{
    const struct sim_site_grid *grid = &site->grid;
    struct sim_site_line *line = &site->lines.line[SIM_SITE_U_MV];
    const double nominal_v = site->config.grid.voltage_v;
    const double ohm_per_v = site->config.grid.impedance_ohm / nominal_v;
    const double p_w = sum->p_w + sum->resistive_s * nominal_v * nominal_v;
    const double drop_v = ohm_per_v * (p_w + reactance_share * sum->q_var);
    const double drop_slope_v = ohm_per_v * (sum->p_slope_w + reactance_share * sum->q_slope_var);
    const bool collapsed = fabs(drop_v) > largest_drop * nominal_v;
    const double u_v = grid->voltage_v[phase] + grid->voltage_slope_v[phase] * since_s -
                       (collapsed ? copysign(largest_drop * nominal_v, drop_v) : drop_v);
    line->start[phase] = 1000 * u_v;
    line->slope[phase] = 1000 * (grid->voltage_slope_v[phase] - (collapsed ? 0 : drop_slope_v));
    line->per_v[phase] = 1000;
}

/* A dip or swell is the first part of its second. Below half the voltage loads drop out meanwhile.
 */
static void sag(struct sim_site *site, int phase, struct sum *sum, uint32_t utc_s)
{
    struct sim_site_lines *lines = &site->lines;
    struct sim_site_line *line = &lines->line[SIM_SITE_U_MV];
    const double share = sim_site_grid_sag_ms(&site->grid, phase, utc_s) / 1000.0;
    const double factor = site->grid.sag.factor;
    const double rms = sqrt(1 - share + share * factor * factor);
    const double kept = factor < drop_out ? 1 - share : 1;
    lines->sag_factor = factor;
    lines->plain_mv[phase] = line->start[phase];
    line->start[phase] *= rms;
    line->per_v[phase] *= rms;
    sum->wander = rms;
    sum->p_w *= kept;
    sum->q_var *= kept;
    sum->d2_va2 *= kept * kept;
}

/* Powers of a phase some seconds into the stretch. */
struct powers {
    double p_w, q_var, s_va, u_v;
};

static struct powers powers_at(const struct sim_site *site, int phase, const struct sum *sum,
                               double after_s)
{
    const struct sim_site_line *line = &site->lines.line[SIM_SITE_U_MV];
    const double any_v = (line->start[phase] + line->slope[phase] * after_s) / 1000;
    const double u_v = any_v > dead_v ? any_v : dead_v;
    const double p_w = sum->p_w + sum->p_slope_w * after_s + sum->resistive_s * u_v * u_v;
    const double q_var = sum->q_var + sum->q_slope_var * after_s;
    return (struct powers){p_w, q_var, sqrt(p_w * p_w + q_var * q_var + sum->d2_va2), u_v};
}

static double current_a(const struct sim_site *site, const struct powers *powers)
{
    return fmin(site->per_ratio * powers->s_va / powers->u_v, largest_a);
}

static void set_line(struct sim_site *site, enum sim_site_quantity quantity, int phase,
                     double start, double slope, double per_v)
{
    struct sim_site_line *line = &site->lines.line[quantity];
    line->start[phase] = start;
    line->slope[phase] = slope;
    line->per_v[phase] = per_v;
}

/* From the powers at both ends and how they go with a wandering voltage. */
static void set_loads(struct sim_site *site, int phase, const struct sum *sum, double length_s)
{
    const struct powers from = powers_at(site, phase, sum, 0);
    const struct powers to = powers_at(site, phase, sum, length_s);
    const double k_p = 1000 * site->per_ratio;
    const double k_s = k_p * site->margin;
    const double k_i = 1e6 * site->margin;
    const double p_per_v =
        sum->wander * (unrest_per_v * sum->p_w + 2 * sum->resistive_s * from.u_v);
    const double q_per_v = sum->wander * unrest_per_v * sum->q_var;
    const double s_per_v =
        from.s_va > 0 ? (from.p_w * p_per_v + from.q_var * q_per_v) / from.s_va : 0;
    const double from_a = current_a(site, &from);
    const double to_a = current_a(site, &to);
    set_line(site, SIM_SITE_P_MW, phase, k_p * from.p_w, k_p * (to.p_w - from.p_w) / length_s,
             k_p * p_per_v);
    set_line(site, SIM_SITE_Q_MVAR, phase, k_p * from.q_var,
             k_p * (to.q_var - from.q_var) / length_s, k_p * q_per_v);
    set_line(site, SIM_SITE_S_MVA, phase, k_s * from.s_va + 1,
             k_s * (to.s_va - from.s_va) / length_s, k_s * s_per_v);
    set_line(site, SIM_SITE_I_UA, phase, k_i * from_a, k_i * (to_a - from_a) / length_s,
             k_i * (s_per_v * site->per_ratio - sum->wander * from_a) / from.u_v);
}

/* Seconds in which a phase's power moves by no more than a third of what it is. */
static uint32_t limited(uint32_t length_s, const struct sum *sum, double nominal_v)
{
    const double p_w = sum->p_w + sum->resistive_s * nominal_v * nominal_v;
    const double most_w = (fabs(p_w) + fabs(sum->q_var)) / 3 + 20;
    const double slope_w = fabs(sum->p_slope_w);
    return slope_w * length_s <= most_w ? length_s : 1 + (uint32_t)(most_w / slope_w);
}

uint32_t sim_site_draw(struct sim_site *site, uint32_t utc_s, uint32_t length_s)
{
    struct sum sums[SIM_PHASES] = {{0}};
    site->lines = (struct sim_site_lines){0};
    add_loads(site, sums, utc_s);
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        length_s = limited(length_s, &sums[phase], site->config.grid.voltage_v);
    }
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        struct sim_site_lines *lines = &site->lines;
        sums[phase].wander = 1;
        set_voltage(site, phase, &sums[phase], utc_s % MINUTE_S);
        const bool alive = (site->alive >> phase & 1) != 0;
        lines->sag_ms[phase] = alive ? sim_site_grid_sag_ms(&site->grid, phase, utc_s) : 0;
        if (lines->sag_ms[phase] > 0) {
            sag(site, phase, &sums[phase], utc_s);
        }
        set_loads(site, phase, &sums[phase], length_s);
    }
    return length_s;
}
