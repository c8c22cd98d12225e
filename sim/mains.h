/* Three-phase mains: voltages at the meter's terminals, wandering as a public grid does, or held by
 * hand.
 *
 * Figures of the default: Continental Europe's frequency wanders with a sigma of about 20 mHz;
 * household voltage moves 0.1 to 0.5 V from second to second and some volts over hours; its
 * distortion is 2 to 4 %, mostly 5th and 7th harmonic (metrology reference, 6.1; EN 50160 for the
 * limits).
 *
 * Time advances by cycles of phase L1: everything slow (amplitude, frequency, what a control set)
 * changes at their boundaries only.
 */
#ifndef WH_SIM_MAINS_H
#define WH_SIM_MAINS_H

#include <stdint.h>

#include "common/err.h"
#include "sim/random.h"
#include "sim/source.h"
#include "sim/wander.h"
#include "sim/waveform.h"

enum { SIM_MAINS_HARMONICS_MAX = 16 };

#define SIM_MAINS_VOLTAGE_MAX_V    460.0
#define SIM_MAINS_FREQUENCY_MIN_HZ 40.0
#define SIM_MAINS_FREQUENCY_MAX_HZ 70.0

struct sim_mains_config {
    double voltage_v;            /* nominal to neutral, rms of the fundamental, 10 … 460 */
    double frequency_hz;         /* nominal, SIM_MAINS_FREQUENCY_MIN_HZ … _MAX_HZ */
    double drift_v;              /* sigma of each phase's slow drift (half an hour), 0 … 50 */
    double step_v;               /* sigma of each phase's step from second to second, 0 … 10 */
    double frequency_wander_mhz; /* sigma, 0 … 500 */
    double impedance_ohm;        /* of the grid per phase, 0 … 2: loads pull their voltage down */
    double unbalance_percent[SIM_PHASES]; /* of amplitude, -50 … 50 */
    double unbalance_deg[SIM_PHASES];     /* of angle, positive leads, -60 … 60 */
    bool reversed;                        /* rotation L1 L3 L2 */
    unsigned harmonic_count;
    struct sim_harmonic harmonics[SIM_MAINS_HARMONICS_MAX]; /* the same on all phases */
};

struct sim_mains {
    struct sim_mains_config config;
    double sample_rate_hz;
    struct sim_waveform waveform;
    uint64_t angle;      /* of L1, now */
    uint64_t angle_step; /* per sample */
    uint64_t offset[SIM_PHASES];
    double gain_v[SIM_PHASES];        /* rms of the fundamental in this cycle; 0 when cut */
    double impedance_ohm[SIM_PHASES]; /* in this cycle; 0 where the voltage is held by hand */
    bool cut;
    bool voltage_held[SIM_PHASES];
    double held_v[SIM_PHASES];
    bool frequency_held;
    double held_hz;
    double frequency_hz; /* in this cycle */
    double to_next_second_s;
    struct sim_wander drift[SIM_PHASES], step[SIM_PHASES], frequency;
    struct sim_random random;
};

/* 230 V, 50 Hz, the figures above. */
void sim_mains_default(struct sim_mains_config *config);

/* WH_ERR_ARGUMENT: a value is out of its range; *mains is unchanged. sample_rate_hz is 500 … 1e6.
 */
enum wh_err sim_mains_init(struct sim_mains *mains, const struct sim_mains_config *config,
                           double sample_rate_hz, uint64_t seed);

/* Controls. They act from the next cycle on. A held voltage is that of the terminals, exactly: no
 * drift, no steps, no drop in the grid. phase is 0 … 2.
 * WH_ERR_ARGUMENT: no such phase, or a value beyond the limits above (0 V is a lost phase). */
enum wh_err sim_mains_hold_voltage(struct sim_mains *mains, int phase, double voltage_v);
enum wh_err sim_mains_release_voltage(struct sim_mains *mains, int phase);
enum wh_err sim_mains_hold_frequency(struct sim_mains *mains, double frequency_hz);
void sim_mains_release_frequency(struct sim_mains *mains);
void sim_mains_set_reversed(struct sim_mains *mains, bool reversed);
void sim_mains_set_cut(struct sim_mains *mains, bool cut); /* all phases dead; angle goes on */

/* Opens the next cycle: brings amplitudes and frequency up to date after step_s seconds and returns
 * for how many samples they hold (at least 1). Call it before the first sample, then after every so
 * many. */
unsigned sim_mains_next_cycle(struct sim_mains *mains, double step_s);

/* Angle of a phase now. */
static inline uint64_t sim_mains_angle(const struct sim_mains *mains, int phase)
{
    return mains->angle + mains->offset[phase];
}

/* Voltage of a phase now, before the drop in the grid's impedance. */
static inline double sim_mains_u_v(const struct sim_mains *mains, int phase)
{
    return mains->gain_v[phase] * sim_waveform_at(&mains->waveform, sim_mains_angle(mains, phase));
}

/* On to the next sample. */
static inline void sim_mains_advance(struct sim_mains *mains)
{
    mains->angle += mains->angle_step;
}

#endif
