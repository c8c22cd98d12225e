/* The analogue front end of one individual meter: true volts and amperes in, 24-bit codes out.
 *
 * It stands where sim/adc.h stands, for type tests: sensors, converter, drift, noise and a
 * temperature, all of one unit drawn from the tolerances of its kind (sim/front_end_kind.h). What is
 * in it and what is not: docs/front-end.md. Source: metrology reference, section 6.
 *
 * Channel by channel, in this order:
 *   transformer (351C)  a high-pass of the first order, as a magnetising inductance is: lead, no DC
 *   delays, shunt lead  a time shift by four-point Lagrange interpolation
 *   gain                ratio, shunt, converter, reference; temperature and, for the CT, current
 *   converter           crosstalk u to i, offset, noise, clipping to 24 bits
 *
 * Every channel answers one sample late: the codes of a call belong to the instants of the call
 * before. Nothing that a meter measures can see that.
 *
 * Gains follow temperature and current every 410 samples (0.1 s: five cycles of 50, six of 60 Hz).
 */
#ifndef WH_SIM_FRONT_END_H
#define WH_SIM_FRONT_END_H

#include <stdint.h>

#include "common/err.h"
#include "sim/front_end_kind.h"
#include "sim/random.h"
#include "sim/source.h"

#define SIM_FRONT_END_REFERENCE_CELSIUS 23.0

enum { SIM_FRONT_END_RATE_HZ = 4096, SIM_FRONT_END_BLOCK = 410 };

/* Nominal input at code 2^23, as the meter believes it: from its variant's row. */
struct sim_front_end_scale {
    double u_full_scale_v; /* peak volts, > 0; 500 for every variant */
    double i_full_scale_a; /* peak amperes, > 0; 200 for the 382, 20 suits the 351C's 6 A */
};

/* Six channels: u of L1…L3, then i of L1…L3. Private to front_end*.c. */
enum { SIM_FRONT_END_CHANNELS = 2 * SIM_PHASES };

struct sim_front_end_filter {
    double high_pass[SIM_FRONT_END_CHANNELS];   /* magnetising current */
    double magnetising[SIM_FRONT_END_CHANNELS]; /* its growth per sample */
    double history[3][SIM_FRONT_END_CHANNELS];  /* one, two, three samples ago */
    double taps[4][SIM_FRONT_END_CHANNELS];     /* codes per volt or ampere */
    double input_limit[SIM_FRONT_END_CHANNELS]; /* volts or amperes */
    double offset_codes[SIM_FRONT_END_CHANNELS];
    double noise_codes[SIM_FRONT_END_CHANNELS]; /* per unit of the noise generator */
};

struct sim_front_end {
    const struct sim_front_end_kind *kind;
    struct sim_front_end_unit unit;
    struct sim_front_end_scale scale;
    struct sim_front_end_filter filter;
    double crosstalk[SIM_PHASES];
    double ambient_celsius;
    double shunt_rise_k[SIM_PHASES]; /* self-heating now */
    double i_rms_a[SIM_PHASES];      /* of the last block */
    double i_square_sum[SIM_PHASES]; /* of this one so far */
    unsigned block_count;            /* samples in it */
    struct sim_random random;
};

/* Unit number of a kind, at 23 °C, cold, no current. WH_ERR_ARGUMENT: kind is NULL or a full scale is
 * not a positive finite number; *fe is unchanged. The kind must outlive fe. */
enum wh_err sim_front_end_init(struct sim_front_end *fe, const struct sim_front_end_kind *kind,
                               uint32_t unit, const struct sim_front_end_scale *scale);

/* The same with values of the caller's own: a part at its limit, one error at a time. Start from
 * sim_front_end_draw() or from zeros plus shunt_uohm. All values finite. unit->number only seeds the
 * noise. */
enum wh_err sim_front_end_init_unit(struct sim_front_end *fe, const struct sim_front_end_kind *kind,
                                    const struct sim_front_end_unit *unit,
                                    const struct sim_front_end_scale *scale);

/* No errors, only dither of 0.58 LSB rms (four uniforms of one LSB: no bias, noise independent of
 * the signal): kind "ideal". seed decides the dither. Errors as sim_front_end_init. */
enum wh_err sim_front_end_ideal(struct sim_front_end *fe, uint32_t seed,
                                const struct sim_front_end_scale *scale);

/* The codes of one instant, 1/4096 s after the one before. Clipped to -2^23 … 2^23-1. Inputs beyond
 * 32 times full scale count as 32 times full scale, so do infinities; not-a-number as minus that. */
void sim_front_end_convert(struct sim_front_end *fe, const struct sim_instant *in,
                           int32_t u[SIM_PHASES], int32_t i[SIM_PHASES]);

/* Air around the meter from now on, -40 … +70 °C; clamped to -100 … +150. All parts but the shunt
 * take this temperature at once; the shunt keeps its own rise above it. */
void sim_front_end_set_ambient(struct sim_front_end *fe, double celsius);

/* As after hours at these currents (rms, A, ≥ 0): shunts at their steady temperature, current transformers
 * at the errors of this current. Does not touch the signal path's memory. */
void sim_front_end_settle(struct sim_front_end *fe, const double i_rms_a[SIM_PHASES]);

/* Starts the noise anew, as number run of the same meter: for repeated measurements. */
void sim_front_end_reseed_noise(struct sim_front_end *fe, uint32_t run);

/* What the meter's processor reads from its temperature sensor, 0.01 °C: ambient, plus the unit's
 * error, rounded to the sensor's resolution. It does not see the shunt's self-heating. */
int32_t sim_front_end_sensor_centi_c(const struct sim_front_end *fe);

#endif
