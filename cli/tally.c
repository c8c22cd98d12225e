/* The tally. Energies are register differences in exact integers, made floating only to be printed. */
#include "cli/tally.h"
#include <math.h>
#include <stdio.h>

static const double wh_per_dwh = 0.1;

/* JSON names and titles of the totals. */
static const struct {
    enum wh_energy energy;
    const char *name;
    const char *title;
    const char *unit;
} totals[] = {
    {WH_A_PLUS, "a_plus_wh", "A+", "Wh"},     {WH_A_MINUS, "a_minus_wh", "A-", "Wh"},
    {WH_R_PLUS, "r_plus_varh", "R+", "varh"}, {WH_R_MINUS, "r_minus_varh", "R-", "varh"},
    {WH_R1, "r1_varh", "R1", "varh"},         {WH_R2, "r2_varh", "R2", "varh"},
    {WH_R3, "r3_varh", "R3", "varh"},         {WH_R4, "r4_varh", "R4", "varh"},
};
enum { TOTALS = sizeof totals / sizeof totals[0] };

void cli_tally_start(struct cli_tally *tally, const struct wh_meter *meter)
{
    *tally = (struct cli_tally){0};
    for (int e = 0; e < WH_ENERGY_COUNT; e++) {
        (void)wh_legal_energy(&meter->legal, (enum wh_energy)e, &tally->start[e]);
    }
    tally->start_pulses = wh_legal_pulse_count(&meter->legal);
}

void cli_tally_observe(void *context, const struct wh_bus_report *report)
{
    struct cli_tally *tally = context;
    const double seconds = report->duration_q14 / 16384.0 / WH_SAMPLE_RATE_HZ;
    for (int p = 0; p < WH_PHASES; p++) {
        const struct wh_element_report *r = &report->phase[p];
        const double u = r->u_rms_mv / 1e3;
        const double i = r->i_rms_ua / 1e6;
        tally->phase[p].u_square += u * u * seconds;
        tally->phase[p].i_square += i * i * seconds;
        tally->phase[p].active_w += r->active_mw / 1e3 * seconds;
        tally->phase[p].reactive_var += r->reactive_mvar / 1e3 * seconds;
    }
    for (int p = WH_PHASES; p-- > 0;) {
        if (report->phase[p].locked && report->phase[p].frequency_uhz != 0) {
            tally->f_hz = report->phase[p].frequency_uhz / 1e6;
        }
    }
}

double cli_tally_energy_wh(const struct cli_tally *tally, const struct wh_meter *meter,
                           enum wh_energy energy)
{
    struct wh_energy_value now;
    (void)wh_legal_energy(&meter->legal, energy, &now);
    const struct wh_energy_value *then = &tally->start[energy];
    const double whole = (double)(now.count_dwh - then->count_dwh);
    const double rest = ((double)now.rest_uj - (double)then->rest_uj) / WH_UJ_PER_DWH;
    return (whole + rest) * wh_per_dwh;
}

uint64_t cli_tally_pulses(const struct cli_tally *tally, const struct wh_meter *meter)
{
    return wh_legal_pulse_count(&meter->legal) - tally->start_pulses;
}

/* Means of a phase over the windows of the span. */
struct phase_means {
    double u_rms_v, i_rms_a, p_w, q_var, s_va;
};

static struct phase_means means_of(const struct cli_tally *tally, int p,
                                   const struct cli_tally_span *span)
{
    const struct cli_tally_phase *sum = &tally->phase[p];
    struct phase_means mean = {
        .u_rms_v = sqrt(sum->u_square / span->voltage_s),
        .i_rms_a = sqrt(sum->i_square / span->seconds),
        .p_w = sum->active_w / span->seconds,
        .q_var = sum->reactive_var / span->seconds,
    };
    mean.s_va = mean.u_rms_v * mean.i_rms_a;
    return mean;
}

/* A power factor below 1 VA is noise over noise: null. */
static json_t *factor_json(const struct phase_means *mean)
{
    return mean->s_va >= 1 ? json_real(mean->p_w / mean->s_va) : json_null();
}

static json_t *phase_json(const struct cli_tally *tally, const struct wh_meter *meter, int p,
                          const struct cli_tally_span *span)
{
    const struct phase_means mean = means_of(tally, p, span);
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:o, s:f, s:f}", "u_rms_v", mean.u_rms_v, "i_rms_a",
                     mean.i_rms_a, "p_w", mean.p_w, "q_var", mean.q_var, "s_va", mean.s_va, "pf",
                     factor_json(&mean), "a_plus_wh",
                     cli_tally_energy_wh(tally, meter, (enum wh_energy)(WH_A_PLUS_L1 + p)),
                     "a_minus_wh",
                     cli_tally_energy_wh(tally, meter, (enum wh_energy)(WH_A_MINUS_L1 + p)));
}

json_t *cli_tally_json(const struct cli_tally *tally, const struct wh_meter *meter,
                       const struct cli_tally_span *span)
{
    json_t *energy = json_object();
    for (int t = 0; t < TOTALS; t++) {
        const double wh = cli_tally_energy_wh(tally, meter, totals[t].energy);
        json_object_set_new(energy, totals[t].name, json_real(wh));
    }
    json_t *phases = json_array();
    for (int p = 0; p < WH_PHASES; p++) {
        json_array_append_new(phases, phase_json(tally, meter, p, span));
    }
    return json_pack("{s:s, s:f, s:o, s:I, s:o, s:f}", "model", meter->variant->model, "seconds",
                     span->seconds, "energy", energy, "pulses",
                     (json_int_t)cli_tally_pulses(tally, meter), "phase", phases, "f_hz",
                     tally->f_hz);
}

void cli_tally_print(const struct cli_tally *tally, const struct wh_meter *meter,
                     const struct cli_tally_span *span)
{
    printf("%s over %.6g s of mains at %.3f Hz\n\n", meter->variant->model, span->seconds,
           tally->f_hz);
    for (int t = 0; t < TOTALS; t++) {
        printf("  %-3s %16.6f %s\n", totals[t].title,
               cli_tally_energy_wh(tally, meter, totals[t].energy), totals[t].unit);
    }
    printf("  LED %12llu pulses\n\n", (unsigned long long)cli_tally_pulses(tally, meter));
    printf("       U / V      I / A        P / W      Q / var       S / VA      PF\n");
    for (int p = 0; p < WH_PHASES; p++) {
        const struct phase_means mean = means_of(tally, p, span);
        printf("  L%d %8.3f %10.5f %12.4f %12.4f %12.4f  %6.4f\n", p + 1, mean.u_rms_v,
               mean.i_rms_a, mean.p_w, mean.q_var, mean.s_va,
               mean.s_va >= 1 ? mean.p_w / mean.s_va : 0.0);
    }
}
