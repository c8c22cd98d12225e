/* The half cycles of one phase voltage: Urms(1/2), and how long it was too low, too high or lost
 * (LOG-7).
 *
 * Urms(1/2) as IEC 61000-4-30 has it: the rms over one cycle that begins at a zero crossing of the
 * fundamental, refreshed each half cycle. The sum of squares of the element is read where a half
 * cycle ends, between two samples, so a sample costs nothing and a cycle has its true length.
 *
 * While the phase is locked half cycles end with those of its oscillator. Without lock – no
 * voltage, or a voltage that has just come – they are counted by time, at the grid's frequency as
 * it was last known: an outage lasts as long as it does, and a cycle of a voltage that comes back
 * has its length at once, wherever it is cut. When the phase locks again, one half cycle is made
 * longer or shorter, by half of itself at the most, to end with the voltage's; the state is kept
 * meanwhile.
 */
#ifndef WH_METROLOGY_HALF_CYCLE_H
#define WH_METROLOGY_HALF_CYCLE_H

#include "metrology/voltage.h"

struct wh_half_cycle {
    struct wh_voltage_bands bands;     /* of levels: mean squares of codes / 2^16 */
    int64_t begin_uu;                  /* the element's sum of squares where it began */
    int64_t last_sum;                  /* of squares, over the one before */
    uint32_t step;                     /* turns of 2^32 per sample */
    uint32_t to_go;                    /* turns from the last sample before it to its end */
    uint32_t samples;                  /* after that one, up to the one it ends in */
    uint32_t level;                    /* of the newest cycle; 0 before the first */
    uint32_t lowest, highest;          /* in this window; lowest > highest: none */
    uint32_t count[WH_VOLTAGE_STATES]; /* half cycles of this window by state */
    enum wh_voltage_state state;
    uint8_t unjudged; /* half cycles to end before a cycle is whole */
    bool known;       /* step is the grid's */
};

/* What half cycles are cut by. */
struct wh_half_cycle_guide {
    uint32_t step;  /* advance of the fundamental per sample, turns of 2^32; 40 … 70 Hz */
    uint32_t phase; /* of the fundamental at the last sample, if locked */
    bool locked;
    bool known; /* step is the grid's: before it has been found, only supply loss is judged */
};

/* Begins with a half cycle at this step, state normal: nothing is claimed before it is measured.
 * Set the bands next. */
void wh_half_cycle_init(struct wh_half_cycle *half, uint32_t step);

/* Ends the running half cycle, h->samples after it began, and begins the next. uu is the sum of
 * squares up to and with this sample, last_u. Returns after how many samples the next one ends,
 * 15 … 77. */
uint32_t wh_half_cycle_end(struct wh_half_cycle *half, int64_t uu, int32_t last_u,
                           const struct wh_half_cycle_guide *guide);

/* The window ended: uu is what the element takes out of its sum; lowest, highest and counts
 * begin anew. */
void wh_half_cycle_close_window(struct wh_half_cycle *half, int64_t uu);

#endif
