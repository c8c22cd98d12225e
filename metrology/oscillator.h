/* The oscillator of a measuring element: follows the fundamental of the phase voltage.
 *
 * Its sine and cosine are correlated with voltage and current over a window. From window to window
 * the angle of the voltage's correlation moves in proportion to the frequency error, so two windows
 * give the frequency without counting zero crossings, undisturbed by harmonics. The loop takes the
 * whole frequency error and half of the remaining phase error out per window: it settles in three.
 */
#ifndef WH_METROLOGY_OSCILLATOR_H
#define WH_METROLOGY_OSCILLATOR_H

#include <stdbool.h>
#include <stdint.h>

struct wh_oscillator {
    uint32_t phase;       /* at the last sample, turns of 2^32 */
    uint32_t step;        /* advance per sample */
    uint32_t error;       /* by how much the voltage led in the last window, turns of 2^32 */
    int32_t step_change;  /* by how much step was changed after the last window */
    uint32_t length_q14;  /* of the last window, samples */
    uint8_t good_windows; /* in a row, as far as it matters for the lock */
    bool seen;            /* the last window had voltage: error is valid */
};

/* What one window told about the voltage. */
struct wh_oscillator_finding {
    uint32_t frequency_uhz; /* 0 while only one window has been seen */
    uint32_t end_angle;     /* of the voltage at the last sample, turns of 2^32 */
};

/* Starts the search at a frequency: nominal_mhz 45 000 … 65 000. */
void wh_oscillator_init(struct wh_oscillator *oscillator, uint32_t nominal_mhz);

/* Evaluates a window of length_q14 samples / 2^14 in which the correlation of the voltage with sine
 * and cosine was as given, and adjusts the step. */
struct wh_oscillator_finding wh_oscillator_follow(struct wh_oscillator *oscillator, int64_t sine,
                                                  int64_t cosine, uint32_t length_q14);

/* No voltage in the last window: runs on at its frequency and is not locked. */
void wh_oscillator_lose(struct wh_oscillator *oscillator);

/* Locked: in the last three windows frequency error < 0.1 Hz and phase error < 1/64 turn. */
bool wh_oscillator_is_locked(const struct wh_oscillator *oscillator);

/* Number of samples until the oscillator has completed so many cycles, counted from the end of the
 * cycle it is in. */
uint32_t wh_oscillator_samples_for(const struct wh_oscillator *oscillator, uint32_t cycles);

#endif
