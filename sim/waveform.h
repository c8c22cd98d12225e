/* One cycle of a waveform as a table over the angle of the mains: what makes the simulator fast.
 *
 * A sine of a sum of harmonics costs a sin() per harmonic and sample; a table costs one
 * interpolation however many harmonics there are. Angles are 64-bit fractions of a cycle, so they
 * wrap by themselves and never lose digits: 2^64 is one cycle.
 */
#ifndef WH_SIM_WAVEFORM_H
#define WH_SIM_WAVEFORM_H

#include <stdint.h>

#include "sim/harmonic.h"

enum { SIM_WAVEFORM_BITS = 10, SIM_WAVEFORM_POINTS = 1 << SIM_WAVEFORM_BITS };

struct sim_waveform {
    float point[SIM_WAVEFORM_POINTS + 1]; /* the last repeats the first */
};

/* √2·(sin(x - lag) + harmonics, as sim/harmonic.h): a fundamental of 1 rms. lag_deg is behind the
 * angle by which the table is read. harmonics ends after count, or at the first of order 0. */
void sim_waveform_build(struct sim_waveform *waveform, double lag_deg,
                        const struct sim_harmonic *harmonics, unsigned count);

/* 1 where a phase-fired switch conducts, from firing_deg to 180° of each half cycle, else 0. */
void sim_waveform_build_gate(struct sim_waveform *waveform, double firing_deg);

/* Degrees as an angle. */
uint64_t sim_angle(double degrees);

/* The value at an angle, interpolated: within 5e-6 of a sine's amplitude. */
static inline double sim_waveform_at(const struct sim_waveform *waveform, uint64_t angle)
{
    const float *point = &waveform->point[angle >> (64 - SIM_WAVEFORM_BITS)];
    const double fraction = (double)(uint32_t)(angle >> (32 - SIM_WAVEFORM_BITS)) * 0x1p-32;
    return (double)point[0] + fraction * (double)(point[1] - point[0]);
}

#endif
