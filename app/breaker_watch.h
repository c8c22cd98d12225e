/* What the breaker supervises: Smart Disconnect (BRK-4), over-voltage and a lost neutral (MET-10).
 * Each is a value that is given a measurement of one second and the seconds that it stands for.
 * Source: docs/breaker.md; the public technical description of the meter family.
 */
#ifndef WH_APP_BREAKER_WATCH_H
#define WH_APP_BREAKER_WATCH_H

#include <stdbool.h>
#include <stdint.h>

enum { WH_CASCADE_STEPS = 3, WH_WATCH_PHASES = 3 };

/* The cascade: cut off when the value was above the threshold times k1 for t1, times k2 for t1 +
 * t2, or times k3 for t1 + t2 + t3, without a break. */
struct wh_cascade {
    uint32_t above_s[WH_CASCADE_STEPS];
};

struct wh_cascade_limits {
    uint64_t threshold;                 /* in the value's unit; 0: nothing is supervised */
    uint8_t k_tenths[WH_CASCADE_STEPS]; /* 0 … 99 */
    uint16_t t_s[WH_CASCADE_STEPS];
};

enum wh_cascade_result { WH_CASCADE_QUIET, WH_CASCADE_WARNING, WH_CASCADE_CUT_OFF };

enum wh_cascade_result wh_cascade_take(struct wh_cascade *cascade,
                                       const struct wh_cascade_limits *limits, uint64_t value,
                                       uint32_t seconds);

/* A condition that sets in after a time and goes after another. All zero: it is not there. */
struct wh_delayed {
    uint32_t passed_s; /* that it was otherwise */
    bool is_on;
};

/* on: whether it is there now; off: whether it has gone now. Neither leaves it as it is and begins
 * the times anew. on_s and off_s are at least 1. Returns whether is_on has changed. */
bool wh_delayed_take(struct wh_delayed *delayed, bool on, bool off, uint32_t on_s, uint32_t off_s,
                     uint32_t seconds);

/* Voltages as a neutral that is lost in front of the meter makes them: two phases above high_mv
 * and one below low_mv. A load that is the same on all phases hides it. */
bool wh_neutral_is_shifted(const uint32_t u_mv[WH_WATCH_PHASES], uint32_t low_mv, uint32_t high_mv);

#endif
