/* The measuring element's arithmetic. Invariant: every sample's u.i enters exactly one window, or
 * two in complementary shares; every rounding of an energy leaves its remainder in the element. */
#include "metrology/element.h"
#include "common/intmath.h"
#include "common/trig.h"

enum {
    FULL_SCALE_HIGHEST = 2000000,
    START_HIGHEST_MVA = 1000000,
    USUAL_NOMINAL_MV = 230000,
    OFFSET_STEP = 16, /* a window's mean moves the estimate of the offset by 1/16 */
    /* uJ per code^2 and sample = mV * mA / (2^23 * 2^23 * 4096) */
    ENERGY_SHIFT = 2 * WH_ADC_BITS + WH_SAMPLE_RATE_BITS,
    COLDEST_CENTI_C = -6000,
    HOTTEST_CENTI_C = 12000,
};

/* Amplitude of the fundamental below which there is nothing to follow: 1/32 of full scale, 11 V at
 * 500 V full scale. */
static const int64_t least_voltage_codes = (int64_t)1 << (WH_ADC_BITS - 5);

static bool in_range(int64_t value, int64_t lowest, int64_t highest)
{
    return value >= lowest && value <= highest;
}

/* The product of the full scales bounds every energy: 400 kW peak for 0.3 s leave room for the shift to
 * a mean power. */
static const int64_t full_scale_highest_uw = 400000000000;

static bool design_is_valid(const struct wh_element_design *d)
{
    return (int64_t)d->u_full_scale_mv * d->i_full_scale_ma <= full_scale_highest_uw &&
           d->start_mva <= START_HIGHEST_MVA &&
           in_range(d->u_full_scale_mv, 1, FULL_SCALE_HIGHEST) &&
           in_range(d->i_full_scale_ma, 1, FULL_SCALE_HIGHEST) &&
           in_range(d->nominal_mhz, 45000, 65000);
}

/* Four-point Lagrange interpolation between the second and third newest sample (delay 1 + d
 * samples, 0 <= d < 1). d = 0 gives taps 0, 1, 0, 0: the sample itself, exactly. */
static void set_delay(struct wh_element *e, int32_t delay_q15)
{
    const int64_t one = 1 << 15;
    const int64_t d = delay_q15 & (one - 1);
    e->current_delay = (uint8_t)(delay_q15 < 0);
    /* Lagrange weights over the points 0, 1, 2, 3 at t = 1 + d, in Q45, brought to Q30. */
    const int64_t t0 = -(d * (d - one) * (d - 2 * one)) / 6;
    const int64_t t1 = (d + one) * (d - one) * (d - 2 * one) / 2;
    const int64_t t2 = -((d + one) * d * (d - 2 * one)) / 2;
    e->taps_q30[0] = (int32_t)(t0 / one);
    e->taps_q30[1] = (int32_t)(t1 / one);
    e->taps_q30[2] = (int32_t)(t2 / one);
    /* The rest to exactly 1, so that no rounding changes the gain at low frequencies. */
    e->taps_q30[3] = (1 << 30) - e->taps_q30[0] - e->taps_q30[1] - e->taps_q30[2];
}

/* Voltage in the units of a half cycle's level. Above twice the full scale it is out of reach. */
static uint32_t level_of_mv(const struct wh_element *e, uint32_t mv)
{
    const uint64_t full_scale_mv = e->design.u_full_scale_mv;
    if (mv > 2 * full_scale_mv) {
        return UINT32_MAX;
    }
    const uint64_t ungained_q16 = ((uint64_t)mv << (WH_ADC_BITS + 16)) / full_scale_mv;
    const uint64_t codes = (ungained_q16 << 14) / e->u_gain_q30;
    const uint64_t level = (codes * codes) >> 16;
    return level < UINT32_MAX ? (uint32_t)level : UINT32_MAX;
}

static void set_voltage_bands(struct wh_element *e)
{
    const struct wh_voltage_bands mv = wh_voltage_bands_of(&e->voltage_limits);
    struct wh_voltage_bands *bands = &e->half_cycle.bands;
    for (int s = 0; s < WH_VOLTAGE_STATES; s++) {
        bands->from[s] = level_of_mv(e, mv.from[s]);
        bands->below[s] = level_of_mv(e, mv.below[s]);
    }
}

/* Gains at the present temperature, and what follows from them: the energy of a product of
 * codes, the bands of the voltage. */
static void set_gains(struct wh_element *e)
{
    const struct wh_calibration *c = &e->calibration;
    const struct wh_element_design *d = &e->design;
    e->u_gain_q30 = wh_calibration_gain(c->u_gain_q30, c->u_tempco_ppb_per_k, 0, e->centi_c);
    e->i_gain_q30 = wh_calibration_gain(c->i_gain_q30, c->i_tempco_ppb_per_k,
                                        c->i_curvature_ppb_per_k2, e->centi_c);
    const int64_t full_scale_uw = (int64_t)d->u_full_scale_mv * d->i_full_scale_ma;
    const int64_t u_scaled = wh_scale_round(full_scale_uw, e->u_gain_q30, 30);
    e->energy_factor = (uint64_t)wh_scale_round(u_scaled, e->i_gain_q30, 30);
    set_voltage_bands(e);
}

enum wh_err wh_element_calibrate(struct wh_element *e, const struct wh_calibration *calibration)
{
    if (!wh_calibration_is_valid(calibration)) {
        return WH_ERR_ARGUMENT;
    }
    e->calibration = *calibration;
    set_delay(e, calibration->delay_q15);
    set_gains(e);
    return WH_OK;
}

enum wh_err wh_element_init(struct wh_element *e, const struct wh_element_design *design,
                            const struct wh_calibration *calibration)
{
    if (!design_is_valid(design)) {
        return WH_ERR_ARGUMENT;
    }
    *e = (struct wh_element){
        .design = *design,
        .centi_c = WH_REFERENCE_CENTI_C,
        .voltage_limits = wh_voltage_limits_of(USUAL_NOMINAL_MV),
    };
    wh_oscillator_init(&e->oscillator, design->nominal_mhz);
    wh_half_cycle_init(&e->half_cycle, e->oscillator.step);
    return wh_element_calibrate(e, calibration);
}

/* A sine wave whose peak is the full scale. */
static bool converter_carries(const struct wh_element_design *d, uint64_t rms_mv)
{
    return 2 * rms_mv * rms_mv <= (uint64_t)d->u_full_scale_mv * d->u_full_scale_mv;
}

enum wh_err wh_element_set_voltage_limits(struct wh_element *e,
                                          const struct wh_voltage_limits *limits)
{
    if (!wh_voltage_limits_are_valid(limits) || !converter_carries(&e->design, limits->over_mv)) {
        return WH_ERR_ARGUMENT;
    }
    e->voltage_limits = *limits;
    set_voltage_bands(e);
    return WH_OK;
}

void wh_element_set_temperature(struct wh_element *e, int32_t centi_c)
{
    const bool cold = centi_c < COLDEST_CENTI_C;
    e->centi_c = cold ? COLDEST_CENTI_C : centi_c > HOTTEST_CENTI_C ? HOTTEST_CENTI_C : centi_c;
    set_gains(e);
}

/* The voltage at the instant of the delayed current. */
static inline int32_t interpolate(const int32_t taps[4], int32_t u0, int32_t u1, int32_t u2,
                                  int32_t u3)
{
    const int64_t sum = (int64_t)taps[0] * u0 + (int64_t)taps[1] * u1 + (int64_t)taps[2] * u2 +
                        (int64_t)taps[3] * u3;
    return (int32_t)((sum + (1 << 29)) >> 30);
}

/* The voltage of the instant that the current is for; shifts both delay lines. */
static inline int32_t aligned_voltage(struct wh_element *e, int32_t u0)
{
    int32_t *history = e->u_history;
    const int32_t aligned = interpolate(e->taps_q30, u0, history[0], history[1], history[2]);
    history[2] = history[1];
    history[1] = history[0];
    history[0] = u0;
    return aligned;
}

static inline int32_t aligned_current(struct wh_element *e, int32_t i0)
{
    const int32_t aligned = e->i_history[e->current_delay];
    e->i_history[1] = e->i_history[0];
    e->i_history[0] = i0;
    return aligned;
}

/* Sums are kept in memory: on a Cortex-M4 that is cheaper than holding 18 registers of them. */
static inline void add_products(struct wh_element *e)
{
    struct wh_element_sums *s = &e->sums;
    const int32_t u = e->last_u;
    const int32_t i = e->last_i;
    const int32_t sine = e->last_sine;
    const int32_t cosine = e->last_cosine;
    s->u += u;
    s->i += i;
    s->uu += (int64_t)u * u;
    s->ii += (int64_t)i * i;
    s->ui += (int64_t)u * i;
    s->u_sine += (int64_t)u * sine;
    s->u_cosine += (int64_t)u * cosine;
    s->i_sine += (int64_t)i * sine;
    s->i_cosine += (int64_t)i * cosine;
}

/* One sample. Kept out of the loop below on purpose: inlined, compilers copy all sums to the stack and back,
 * which doubles the work of a sampling interrupt that brings one sample a call (bench/kernel.c). */
__attribute__((noinline)) static void take_sample(struct wh_element *e, int32_t u, int32_t i)
{
    e->last_u = aligned_voltage(e, u - e->u_offset);
    e->last_i = aligned_current(e, i - e->i_offset);
    e->oscillator.phase += e->oscillator.step;
    e->last_sine = wh_sine(e->oscillator.phase);
    e->last_cosine = wh_cosine(e->oscillator.phase);
    add_products(e);
}

void wh_element_sample(struct wh_element *e, const int32_t *u, const int32_t *i, size_t stride,
                       size_t count)
{
    for (; count > 0; count--) {
        take_sample(e, *u, *i);
        u += stride;
        i += stride;
    }
}

uint32_t wh_element_end_half_cycle(struct wh_element *e, uint32_t grid_step)
{
    const bool locked = wh_element_is_locked(e);
    const struct wh_half_cycle_guide guide = {
        .step = locked          ? e->oscillator.step
                : grid_step > 0 ? grid_step
                                : e->half_cycle.step,
        .phase = e->oscillator.phase,
        .locked = locked,
        .known = locked || grid_step > 0,
    };
    return wh_half_cycle_end(&e->half_cycle, e->sums.uu, e->last_u, &guide);
}

/* What of the last sample's products belongs to the next window. Products have at most 48 bits. */
static struct wh_element_sums last_sample_share(const struct wh_element *e, uint32_t share_q14)
{
    const int64_t share = share_q14;
    const int64_t u = e->last_u;
    const int64_t i = e->last_i;
    const struct wh_element_sums part = {
        .u = (u * share) >> 14,
        .i = (i * share) >> 14,
        .uu = (u * u * share) >> 14,
        .ii = (i * i * share) >> 14,
        .ui = (u * i * share) >> 14,
        .u_sine = (u * e->last_sine * share) >> 14,
        .u_cosine = (u * e->last_cosine * share) >> 14,
        .i_sine = (i * e->last_sine * share) >> 14,
        .i_cosine = (i * e->last_cosine * share) >> 14,
    };
    return part;
}

static struct wh_element_sums difference(const struct wh_element_sums *a,
                                         const struct wh_element_sums *b)
{
    const struct wh_element_sums d = {
        .u = a->u - b->u,
        .i = a->i - b->i,
        .uu = a->uu - b->uu,
        .ii = a->ii - b->ii,
        .ui = a->ui - b->ui,
        .u_sine = a->u_sine - b->u_sine,
        .u_cosine = a->u_cosine - b->u_cosine,
        .i_sine = a->i_sine - b->i_sine,
        .i_cosine = a->i_cosine - b->i_cosine,
    };
    return d;
}

/* Root of the mean square, in codes / 2^8. square_sum < 2^60. */
static uint32_t rms_q8(int64_t square_sum, uint32_t length_q14, uint32_t noise_codes2)
{
    const uint64_t sum = (uint64_t)square_sum;
    /* sum * 2^14 / length * 2^16 in two steps, since sum << 30 does not fit. */
    const uint64_t whole = sum / length_q14;
    const uint64_t part = ((sum % length_q14) << 30) / length_q14;
    const uint64_t mean_q16 = (whole << 30) + part;
    const uint64_t noise_q16 = (uint64_t)noise_codes2 << 16;
    return mean_q16 > noise_q16 ? wh_sqrt(mean_q16 - noise_q16) : 0;
}

/* Amplitude of a correlation in codes / 2^7: sum * 2 / length, out of Q23. */
static int64_t amplitude_q7(int64_t correlation, uint32_t length_q14)
{
    return wh_div_round(correlation >> 1, (int64_t)length_q14);
}

/* Mean power in mW of an energy over a window. */
static int32_t mean_power_mw(int64_t energy_uj, uint32_t length_q14)
{
    const int64_t power_uw =
        wh_div_round(energy_uj * (1 << (WH_SAMPLE_RATE_BITS + 14)), (int64_t)length_q14);
    return (int32_t)wh_div_round(power_uw, 1000);
}

/* Sums over a window in codes squared: u.i, and the same of the fundamentals in quadrature and in phase. */
struct powers {
    int64_t active;
    int64_t reactive;
    int64_t fundamental;
};

/* Q1 = U1.I1.sin(phi_u - phi_i) and P1 from the correlations; half the product of peak amplitudes. */
static struct powers powers_of(struct wh_element *e, const struct wh_element_sums *s,
                               uint32_t length_q14)
{
    const int64_t u_sine = amplitude_q7(s->u_sine, length_q14);
    const int64_t u_cosine = amplitude_q7(s->u_cosine, length_q14);
    const int64_t i_sine = amplitude_q7(s->i_sine, length_q14);
    const int64_t i_cosine = amplitude_q7(s->i_cosine, length_q14);
    const int64_t quadrature_q15 = u_cosine * i_sine - u_sine * i_cosine;
    const int64_t in_phase_q15 = u_sine * i_sine + u_cosine * i_cosine;
    const struct powers powers = {
        .active = s->ui,
        .reactive = wh_scale(quadrature_q15, length_q14, 15 + 14, &e->reactive_sum_rest),
        .fundamental = wh_scale_round(in_phase_q15, length_q14, 15 + 14),
    };
    return powers;
}

static int64_t parts_per_million(int64_t value, int32_t ppm)
{
    const uint64_t one_ppm_q44 = 17592186; /* 2^44 / 10^6 */
    const uint64_t magnitude = ppm < 0 ? (uint64_t)-ppm : (uint64_t)ppm;
    const int64_t part = wh_scale_round(value, magnitude * one_ppm_q44, 44);
    return ppm < 0 ? -part : part;
}

/* Errors that depend on the current: its gain, and a lead d that turns the fundamental,
 * P = P' cos d - Q' sin d, Q = Q' cos d + P' sin d, with sin d = d and cos d = 1 - d^2/2. */
static void correct_for_current(const struct wh_calibration_point *at, struct powers *p)
{
    const int32_t half_square_ppm = (int32_t)((int64_t)at->lead_urad * at->lead_urad / 2000000);
    const int64_t active = p->active - parts_per_million(p->reactive, at->lead_urad) -
                           parts_per_million(p->fundamental, half_square_ppm);
    const int64_t reactive = p->reactive + parts_per_million(p->fundamental, at->lead_urad) -
                             parts_per_million(p->reactive, half_square_ppm);
    p->active = active + parts_per_million(active, at->gain_ppm);
    p->reactive = reactive + parts_per_million(reactive, at->gain_ppm);
}

/* What crosses over from the voltage is not there without it. */
static int32_t offset_with_voltage(const struct wh_element *e, int32_t offset)
{
    return e->oscillator.seen ? offset : 0;
}

static int64_t active_energy_uj(struct wh_element *e, int64_t sum, uint32_t length_q14)
{
    const int64_t offset_uj =
        wh_scale(offset_with_voltage(e, e->calibration.active_offset_uw), length_q14,
                 WH_SAMPLE_RATE_BITS + 14, &e->active_offset_rest);
    return wh_scale(sum, e->energy_factor, ENERGY_SHIFT, &e->active_rest) - offset_uj;
}

static int64_t reactive_energy_uj(struct wh_element *e, int64_t sum, uint32_t length_q14)
{
    const int64_t offset_uj =
        wh_scale(offset_with_voltage(e, e->calibration.reactive_offset_uvar), length_q14,
                 WH_SAMPLE_RATE_BITS + 14, &e->reactive_offset_rest);
    return wh_scale(sum, e->energy_factor, ENERGY_SHIFT, &e->reactive_rest) - offset_uj;
}

static bool is_above_start(const struct wh_element *e, const struct wh_element_report *r)
{
    const int64_t active = r->active_mw;
    const int64_t reactive = r->reactive_mvar;
    const int64_t start = e->design.start_mva;
    return active * active + reactive * reactive >= start * start;
}

/* Energy below the start waits for a window: if the next one is above, it was the edge of a load. */
static void register_load(struct wh_element *e, int64_t active_uj, int64_t reactive_uj,
                          struct wh_element_report *r)
{
    const bool above = is_above_start(e, r);
    r->registering = above || e->above_start;
    r->active_uj = r->registering ? active_uj + e->held_active_uj : 0;
    r->reactive_uj = r->registering ? reactive_uj + e->held_reactive_uj : 0;
    e->held_active_uj = r->registering ? 0 : active_uj;
    e->held_reactive_uj = r->registering ? 0 : reactive_uj;
    e->above_start = above;
}

static void report_energies(struct wh_element *e, const struct wh_element_sums *s,
                            uint32_t length_q14, const struct wh_calibration_point *at,
                            struct wh_element_report *r)
{
    struct powers powers = powers_of(e, s, length_q14);
    if (e->calibration.point_count > 0) {
        correct_for_current(at, &powers);
    }
    const int64_t active_uj = active_energy_uj(e, powers.active, length_q14);
    const int64_t reactive_uj = reactive_energy_uj(e, powers.reactive, length_q14);
    r->active_mw = mean_power_mw(active_uj, length_q14);
    r->reactive_mvar = mean_power_mw(reactive_uj, length_q14);
    register_load(e, active_uj, reactive_uj, r);
}

/* Fills rms values and returns the corrections that hold at this current. */
static struct wh_calibration_point report_rms(const struct wh_element *e,
                                              const struct wh_element_sums *s, uint32_t length_q14,
                                              struct wh_element_report *r)
{
    const unsigned shift = 8 + WH_ADC_BITS + 30;
    const uint64_t u_factor = (uint64_t)e->design.u_full_scale_mv * e->u_gain_q30;
    const uint64_t i_factor = (uint64_t)e->design.i_full_scale_ma * 1000u * e->i_gain_q30;
    const int64_t u_q8 = rms_q8(s->uu, length_q14, 0);
    const int64_t i_q8 = rms_q8(s->ii, length_q14, e->calibration.i_noise_codes2);
    const int64_t i_ua = wh_scale_round(i_q8, i_factor, shift);
    const struct wh_calibration_point at =
        wh_calibration_at(&e->calibration, (uint32_t)(i_ua / 1000));
    r->u_rms_mv = (uint32_t)wh_scale_round(u_q8, u_factor, shift);
    r->i_rms_ua = (uint32_t)(i_ua + parts_per_million(i_ua, at.gain_ppm));
    r->apparent_mva = (uint32_t)(((uint64_t)r->u_rms_mv * r->i_rms_ua + 500000u) / 1000000u);
    return at;
}

static uint32_t mv_of_level(const struct wh_element *e, uint32_t level)
{
    const uint64_t factor = (uint64_t)e->design.u_full_scale_mv * e->u_gain_q30;
    const uint32_t u_q8 = wh_sqrt((uint64_t)level << 32);
    return (uint32_t)wh_scale_round(u_q8, factor, 8 + WH_ADC_BITS + 30);
}

static void report_half_cycles(const struct wh_element *e, struct wh_element_report *r)
{
    const struct wh_half_cycle *h = &e->half_cycle;
    const bool any = h->lowest <= h->highest;
    r->u_min_mv = mv_of_level(e, any ? h->lowest : h->level);
    r->u_max_mv = mv_of_level(e, any ? h->highest : h->level);
    r->voltage_state = h->state;
    for (int s = 0; s < WH_VOLTAGE_STATES; s++) {
        r->half_cycles[s] = h->count[s];
    }
}

/* Whether the correlation has the least amplitude worth following; either component suffices. */
static bool has_voltage(const struct wh_element_sums *s, uint32_t length_q14)
{
    const int64_t limit = least_voltage_codes << 7;
    const int64_t sine = amplitude_q7(s->u_sine, length_q14);
    const int64_t cosine = amplitude_q7(s->u_cosine, length_q14);
    if (sine >= limit || sine <= -limit || cosine >= limit || cosine <= -limit) {
        return true; /* also what is too large to be squared: a very short window */
    }
    return sine * sine + cosine * cosine >= limit * limit;
}

static void follow_voltage(struct wh_element *e, const struct wh_element_sums *s,
                           uint32_t length_q14, struct wh_element_report *r)
{
    r->frequency_uhz = 0;
    r->u_angle = 0;
    if (has_voltage(s, length_q14)) {
        const struct wh_oscillator_finding finding =
            wh_oscillator_follow(&e->oscillator, s->u_sine, s->u_cosine, length_q14);
        r->frequency_uhz = finding.frequency_uhz;
        r->u_angle = finding.end_angle;
    } else {
        wh_oscillator_lose(&e->oscillator);
    }
    r->locked = wh_oscillator_is_locked(&e->oscillator);
}

static int32_t moved_offset_q8(int32_t offset_q8, int64_t sum, uint32_t length_q14, int32_t part)
{
    const int64_t mean_q8 = wh_div_round(sum * (1 << 14) * 256, (int64_t)length_q14);
    return offset_q8 + (int32_t)wh_div_round(mean_q8, part);
}

/* Only whole cycles have a meaningful mean, hence only with lock, or without any voltage. The first
 * locked window sets the estimate at once, so that there is no settling after power-up. */
static void follow_offsets(struct wh_element *e, const struct wh_element_sums *s,
                           uint32_t length_q14, bool locked)
{
    if (!locked && e->oscillator.seen) {
        return;
    }
    const int32_t part = e->primed ? OFFSET_STEP : 1;
    e->u_offset_q8 = moved_offset_q8(e->u_offset_q8, s->u, length_q14, part);
    e->i_offset_q8 = moved_offset_q8(e->i_offset_q8, s->i, length_q14, part);
    e->u_offset = (e->u_offset_q8 + 128) >> 8;
    e->i_offset = (e->i_offset_q8 + 128) >> 8;
    e->primed = e->primed || locked;
}

void wh_element_close(struct wh_element *e, uint32_t sample_count, uint32_t share_q14,
                      struct wh_element_report *report)
{
    const struct wh_element_sums next = last_sample_share(e, share_q14);
    const struct wh_element_sums s = difference(&e->sums, &next);
    const uint32_t length_q14 = (sample_count << 14) + e->carried_q14 - share_q14;
    e->sums = next;
    e->carried_q14 = share_q14;
    const struct wh_calibration_point at = report_rms(e, &s, length_q14, report);
    report_energies(e, &s, length_q14, &at, report);
    report_half_cycles(e, report);
    wh_half_cycle_close_window(&e->half_cycle, s.uu);
    follow_voltage(e, &s, length_q14, report);
    follow_offsets(e, &s, length_q14, report->locked);
}

bool wh_element_is_locked(const struct wh_element *e)
{
    return wh_oscillator_is_locked(&e->oscillator);
}
