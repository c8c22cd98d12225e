/* Supervision. Invariant: a time runs only while its condition holds without a break. */
#include "app/breaker_watch.h"

enum { TENTHS = 10 };

static uint32_t add(uint32_t passed_s, uint32_t seconds)
{
    return seconds < UINT32_MAX - passed_s ? passed_s + seconds : UINT32_MAX;
}

enum wh_cascade_result wh_cascade_take(struct wh_cascade *cascade,
                                       const struct wh_cascade_limits *limits, uint64_t value,
                                       uint32_t seconds)
{
    enum wh_cascade_result result = WH_CASCADE_QUIET;
    uint32_t time_s = 0;
    if (limits->threshold == 0) {
        *cascade = (struct wh_cascade){{0}};
        return WH_CASCADE_QUIET;
    }
    for (int step = 0; step < WH_CASCADE_STEPS; step++) {
        const bool above = value * TENTHS > limits->threshold * limits->k_tenths[step];
        time_s += limits->t_s[step];
        cascade->above_s[step] = above ? add(cascade->above_s[step], seconds) : 0;
        if (above && cascade->above_s[step] >= time_s) {
            result = WH_CASCADE_CUT_OFF;
        } else if (above && result == WH_CASCADE_QUIET) {
            result = WH_CASCADE_WARNING;
        }
    }
    return result;
}

bool wh_delayed_take(struct wh_delayed *delayed, bool on, bool off, uint32_t on_s, uint32_t off_s,
                     uint32_t seconds)
{
    const bool otherwise = delayed->is_on ? off : on;
    const uint32_t time_s = delayed->is_on ? off_s : on_s;
    delayed->passed_s = otherwise ? add(delayed->passed_s, seconds) : 0;
    if (delayed->passed_s < time_s) {
        return false;
    }
    *delayed = (struct wh_delayed){.is_on = !delayed->is_on};
    return true;
}

bool wh_neutral_is_shifted(const uint32_t u_mv[WH_WATCH_PHASES], uint32_t low_mv, uint32_t high_mv)
{
    int low = 0;
    int high = 0;
    for (int p = 0; p < WH_WATCH_PHASES; p++) {
        low += u_mv[p] < low_mv;
        high += u_mv[p] > high_mv;
    }
    return low == 1 && high == 2;
}
