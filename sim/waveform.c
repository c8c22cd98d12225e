/* Builds the tables of waveform.h. Slow and exact here, so that reading them can be quick. */
#include "sim/waveform.h"

#include <math.h>

static const double degree_rad = M_PI / 180;

static double value_at(double x_rad, const struct sim_harmonic *harmonics, unsigned count)
{
    double sum = sin(x_rad);
    for (unsigned k = 0; k < count && harmonics[k].order != 0; k++) {
        sum += harmonics[k].percent / 100 *
               sin(harmonics[k].order * x_rad + harmonics[k].angle_deg * degree_rad);
    }
    return sqrt(2) * sum;
}

void sim_waveform_build(struct sim_waveform *waveform, double lag_deg,
                        const struct sim_harmonic *harmonics, unsigned count)
{
    for (int n = 0; n < SIM_WAVEFORM_POINTS; n++) {
        const double x_rad = 2 * M_PI * n / SIM_WAVEFORM_POINTS - lag_deg * degree_rad;
        waveform->point[n] = (float)value_at(x_rad, harmonics, count);
    }
    waveform->point[SIM_WAVEFORM_POINTS] = waveform->point[0];
}

void sim_waveform_build_gate(struct sim_waveform *waveform, double firing_deg)
{
    for (int n = 0; n <= SIM_WAVEFORM_POINTS; n++) {
        const double half_cycle_deg = fmod(360.0 * n / SIM_WAVEFORM_POINTS, 180);
        waveform->point[n] = half_cycle_deg >= firing_deg ? 1.0F : 0.0F;
    }
}

uint64_t sim_angle(double degrees)
{
    const double cycles = degrees / 360 - floor(degrees / 360);
    /* To 2^-32 of a cycle; a fraction that rounds to a whole cycle wraps to 0, as it should. */
    return (uint64_t)(cycles * 0x1p32) << 32;
}
