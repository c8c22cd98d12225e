/* What the phases carry over a stretch: the loads summed by phase, the grid's voltage less the drop in
 * its impedance.
 *
 * Invariant: sums are made anew for every stretch, in the same order, so rounding never adds up. */
#include <math.h>

#include "sim/site_state.h"

enum { MINUTE_S = 60 };

static const double reactance_share = 0.3; /* of the grid's impedance, by its resistance */

static const double drop_out = 0.5;

static unsigned count_phases(unsigned phases)
{
    return (phases & 1) + (phases >> 1 & 1) + (phases >> 2 & 1);
}

static void add_load(struct sim_site_line *line, const struct sim_site_load *load, double share,
                     uint32_t since_s)
{
    const double p_w = share * (load->p_w + load->slope_w * since_s);
    const double slope_w = share * load->slope_w;
    const struct sim_site_kind *kind = load->kind;
    if (kind->resistive) {
        line->resistive_w += p_w;
    } else {
        line->p_w += p_w;
        line->p_slope_w += slope_w;
    }
    line->q_var += p_w * kind->tangent + share * load->q_var;
    line->q_slope_var += slope_w * kind->tangent;
    line->d2_va2 += p_w * p_w * kind->distortion * kind->distortion;
}

/* A load runs while all its phases are there. */
static void add_loads(struct sim_site *site, uint32_t utc_s)
{
    site->lag_var = 0;
    for (unsigned k = 0; k < site->load_count; k++) {
        const struct sim_site_load *load = &site->loads[k];
        if ((site->alive & load->phases) != load->phases ||
            (load->p_w == 0 && load->slope_w == 0 && load->q_var == 0)) {
            continue;
        }
        site->lag_var += load->p_w * load->kind->tangent;
        const double share = 1.0 / count_phases(load->phases);
        for (int phase = 0; phase < SIM_PHASES; phase++) {
            if ((load->phases >> phase & 1) != 0) {
                add_load(&site->lines[phase], load, share, utc_s - load->set_s);
            }
        }
    }
}

static void set_voltage(struct sim_site_line *line, const struct sim_site *site, int phase,
                        uint32_t since_s)
{
    const struct sim_site_grid *grid = &site->grid;
    const double ohm_per_v = site->config.grid.impedance_ohm / site->config.grid.voltage_v;
    const double drop_v =
        ohm_per_v * (line->p_w + line->resistive_w + reactance_share * line->q_var);
    const double drop_slope_v = ohm_per_v * (line->p_slope_w + reactance_share * line->q_slope_var);
    line->u_v = grid->voltage_v[phase] + grid->voltage_slope_v[phase] * since_s - drop_v;
    line->u_slope_v = grid->voltage_slope_v[phase] - drop_slope_v;
}

/* To the secondary side of the transformers. */
static void transform(struct sim_site_line *line, double ratio)
{
    line->p_w /= ratio;
    line->p_slope_w /= ratio;
    line->resistive_w /= ratio;
    line->q_var /= ratio;
    line->q_slope_var /= ratio;
    line->d2_va2 /= ratio * ratio;
}

/* The mean square of a second of which a part sags; below half the voltage loads drop out meanwhile. */
static void sag(struct sim_site_line *line, const struct sim_site_grid *grid, int phase,
                uint32_t utc_s)
{
    const double share = sim_site_grid_sag_ms(grid, phase, utc_s) / 1000.0;
    const double factor = grid->sag.factor;
    const double kept = factor < drop_out ? 1 - share : 1;
    line->u_v *= sqrt(1 - share + share * factor * factor);
    line->p_w *= kept;
    line->q_var *= kept;
    line->d2_va2 *= kept * kept;
}

void sim_site_lines(struct sim_site *site, uint32_t utc_s)
{
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        struct sim_site_line *line = &site->lines[phase];
        const bool alive = (site->alive >> phase & 1) != 0;
        *line = (struct sim_site_line){.alive = alive, .step_v = alive ? line->step_v : 0};
    }
    add_loads(site, utc_s);
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        set_voltage(&site->lines[phase], site, phase, utc_s % MINUTE_S);
        sag(&site->lines[phase], &site->grid, phase, utc_s);
        transform(&site->lines[phase], site->ratio);
    }
}
