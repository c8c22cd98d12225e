/* What tests of the simulator measure on samples: rms, power, and the spectrum over whole cycles. */
#ifndef WH_TESTS_SIM_MEASURE_H
#define WH_TESTS_SIM_MEASURE_H

#include <complex.h>
#include <stddef.h>

#include "sim/source.h"

struct measured {
    double u_v[SIM_PHASES];
    double i_a[SIM_PHASES];
    double p_w[SIM_PHASES];
};

/* Pulls count instants and measures them. */
struct measured measure(const struct sim_source *source, size_t count);

/* Pulls and forgets. */
void play(const struct sim_source *source, size_t count);

/* Phasor (rms, angle of a sine) of x[0], x[stride], …, count values that hold cycles whole cycles of the
 * fundamental, at a harmonic order. */
double complex phasor(const double *x, size_t stride, size_t count, unsigned cycles,
                      unsigned order);

/* Frequency of a phase's voltage from its zero crossings in count instants. */
double frequency_hz(const struct sim_source *source, size_t count, int phase,
                    double sample_rate_hz);

#endif
