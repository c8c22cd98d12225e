/* The LED and S0 pulses (MET-9, PLS-1): 30 ms each, as many as the A+ register has counted.
 *
 * A pulse is given one window after the moment at which the energy was complete, so that a test bench
 * that times single pulses sees a steady rate at a steady load. Private to legal/.
 */
#ifndef WH_LEGAL_PULSE_H
#define WH_LEGAL_PULSE_H

#include <stdbool.h>
#include <stdint.h>

struct wh_pulse {
    uint32_t pending;          /* earned, not yet begun */
    uint32_t until_next;       /* samples until the next is due */
    uint32_t interval_samples; /* from one to the next */
    uint32_t hold_samples;     /* before which none may begin: the last one and a gap */
    uint32_t since_dwh;        /* of the energy followed, since the pulse that was earned last */
    uint32_t lit_samples;      /* left of the one that is lit; 0: dark */
};

/* Count new pulses, the first due in first_samples from now, then one every interval_samples. Pulses that
 * are still pending come before them, closer together. */
void wh_pulse_earn(struct wh_pulse *pulse, uint32_t count, uint32_t first_samples,
                   uint32_t interval_samples);

/* Lets time pass. At most one edge in each direction is passed when sample_count is at most 40
 * (10 ms), the shortest time between edges. */
void wh_pulse_run(struct wh_pulse *pulse, uint32_t sample_count);

static inline bool wh_pulse_is_lit(const struct wh_pulse *pulse)
{
    return pulse->lit_samples > 0;
}

#endif
