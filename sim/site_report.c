/* A second of the site as the elements report it: a point on the lines of its phases, with the
 * voltage wandering a little. This is what runs for every second. Arithmetic goes over all lanes
 * in loops that compilers turn into instructions on pairs, whose results are the same bits as one
 * by one.
 *
 * Invariant: noise is a function of the seed and the second; energies are powers times a second. */
#include <string.h>

#include "sim/site_state.h"

enum { SECOND_UJ_PER_MW = 1000, UHZ = 1000000, LANES = SIM_SITE_LANES };

static const double step_memory = 0.95;  /* of the voltage, from second to second: 20 s */
static const uint32_t locked_mv = 20000; /* elements follow a voltage from there on */

/* What the lanes carry in a second; all below 2^31 (sim_site_config_check). */
struct point {
    int32_t value[SIM_SITE_QUANTITIES][LANES];
};

/* Numbers in ±1, uniform, for every lane: splitmix64 of a counter, 16 bits each, so any second has
 * its own. Made a second ahead: loads of a pair just after stores of its halves would wait for
 * them. */
static void make_noise(struct sim_site *site, uint32_t utc_s)
{
    struct sim_random random = {site->noise_seed + utc_s * UINT64_C(0x9E3779B97F4A7C15)};
    const uint64_t bits = sim_random_bits(&random);
    for (int k = 0; k < LANES; k++) {
        site->noise[k] = (int16_t)(uint16_t)(bits >> (16 * k)) * 0x1p-15;
    }
    site->noise_at_s = utc_s;
}

static void find_point(struct sim_site *site, struct point *point)
{
    const double n = site->stretch.done_s;
    for (int k = 0; k < LANES; k++) {
        site->step_v[k] = step_memory * site->step_v[k] + site->step_noise_v * site->noise[k];
    }
    for (int q = 0; q < SIM_SITE_QUANTITIES; q++) {
        const struct sim_site_line *line = &site->lines.line[q];
        for (int k = 0; k < LANES; k++) {
            point->value[q][k] =
                (int32_t)(line->start[k] + line->slope[k] * n + line->per_v[k] * site->step_v[k]);
        }
    }
}

static void report_load(struct wh_element_report *report, const struct point *point, int phase,
                        int64_t start_square)
{
    const int64_t p_mw = point->value[SIM_SITE_P_MW][phase];
    const int64_t q_mvar = point->value[SIM_SITE_Q_MVAR][phase];
    const bool registering = p_mw * p_mw + q_mvar * q_mvar >= start_square;
    report->active_uj = registering ? p_mw * SECOND_UJ_PER_MW : 0;
    report->reactive_uj = registering ? q_mvar * SECOND_UJ_PER_MW : 0;
    report->u_rms_mv = (uint32_t)point->value[SIM_SITE_U_MV][phase];
    report->i_rms_ua = (uint32_t)point->value[SIM_SITE_I_UA][phase];
    report->active_mw = point->value[SIM_SITE_P_MW][phase];
    report->reactive_mvar = point->value[SIM_SITE_Q_MVAR][phase];
    report->apparent_mva = (uint32_t)point->value[SIM_SITE_S_MVA][phase];
    report->registering = registering;
    report->locked = report->u_rms_mv >= locked_mv;
}

/* Half cycles at one voltage, which may be the second such part of the second. */
static void spend(struct wh_element_report *report, const struct wh_voltage_bands *bands,
                  uint32_t u_mv, uint32_t half_cycles)
{
    report->voltage_state = wh_voltage_judge(bands, report->voltage_state, u_mv);
    report->half_cycles[report->voltage_state] += half_cycles;
    report->u_min_mv = u_mv < report->u_min_mv ? u_mv : report->u_min_mv;
    report->u_max_mv = u_mv > report->u_max_mv ? u_mv : report->u_max_mv;
}

/* Of the half cycles of a second those in a dip or swell: none or all only where it takes no or
 * all of the time. */
static uint32_t in_sag(uint32_t half_cycles, uint32_t sag_ms)
{
    const uint32_t touched = (half_cycles * sag_ms + 999) / 1000;
    return touched < half_cycles || sag_ms >= 1000 ? touched : half_cycles - 1;
}

/* A second in which the voltage changes its state, or sags at first. half_cycles are zero yet. */
static void report_change(struct sim_site *site, struct wh_element_report *report, int phase,
                          uint32_t half_cycles)
{
    const struct sim_site_lines *lines = &site->lines;
    const uint32_t sag_ms = lines->sag_ms[phase];
    const uint32_t sagging = in_sag(half_cycles, sag_ms);
    const double plain_mv =
        sag_ms > 0 ? lines->plain_mv[phase] + 1000 * site->step_v[phase] : report->u_rms_mv;
    report->voltage_state = site->voltage_state[phase];
    report->u_min_mv = UINT32_MAX;
    report->u_max_mv = 0;
    if (sagging > 0) {
        spend(report, &site->bands, (uint32_t)(plain_mv * lines->sag_factor), sagging);
    }
    if (half_cycles > sagging) {
        spend(report, &site->bands, (uint32_t)plain_mv, half_cycles - sagging);
    }
    site->voltage_state[phase] = report->voltage_state;
}

static void report_quality(struct sim_site *site, struct wh_element_report *report, int phase,
                           uint32_t half_cycles)
{
    const enum wh_voltage_state before = site->voltage_state[phase];
    const uint32_t u_mv = report->u_rms_mv;
    memset(report->half_cycles, 0, sizeof report->half_cycles);
    if (site->lines.sag_ms[phase] != 0 || u_mv < site->bands.from[before] ||
        u_mv >= site->bands.below[before]) {
        report_change(site, report, phase, half_cycles);
        return;
    }
    report->voltage_state = before;
    report->half_cycles[before] = half_cycles;
    report->u_min_mv = u_mv;
    report->u_max_mv = u_mv;
}

static void report_dead(struct sim_site *site, struct wh_element_report *report, int phase,
                        uint32_t half_cycles)
{
    *report = (struct wh_element_report){0};
    report_change(site, report, phase, half_cycles);
}

static uint32_t count_half_cycles(struct sim_site *site, uint32_t frequency_uhz)
{
    const uint32_t sum = site->half_cycle_rest + 2 * frequency_uhz;
    site->half_cycle_rest = sum % UHZ;
    return sum / UHZ;
}

static uint32_t find_frequency_uhz(const struct sim_site *site)
{
    const struct sim_site_stretch *stretch = &site->stretch;
    const double hz = stretch->frequency_hz + stretch->frequency_slope_hz * stretch->done_s;
    return (uint32_t)(int32_t)((hz + 0.001 * site->noise[SIM_PHASES]) * UHZ);
}

void sim_site_report(struct sim_site *site, struct wh_bus_report *report, uint32_t utc_s)
{
    if (site->noise_at_s != utc_s) {
        make_noise(site, utc_s);
    }
    const uint32_t frequency_uhz = find_frequency_uhz(site);
    const uint32_t half_cycles = count_half_cycles(site, frequency_uhz);
    /* 2^48 / 10^6, so that a hertz is 2^32. */
    site->u_angle += (uint32_t)(frequency_uhz * UINT64_C(281474977) >> 16);
    struct point point;
    find_point(site, &point);
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        struct wh_element_report *element = &report->phase[phase];
        if ((site->alive >> phase & 1) == 0) {
            report_dead(site, element, phase, half_cycles);
            continue;
        }
        report_load(element, &point, phase, site->start_square);
        report_quality(site, element, phase, half_cycles);
        element->frequency_uhz = element->locked ? frequency_uhz : 0;
        element->u_angle = site->u_angle - (uint32_t)phase * 0x55555555u;
    }
    make_noise(site, utc_s + 1);
}
