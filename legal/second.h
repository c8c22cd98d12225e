/* Means of one second, from the windows that fill it: what displays and protocols show as the
 * instantaneous values (MET-4). Private to legal/.
 */
#ifndef WH_LEGAL_SECOND_H
#define WH_LEGAL_SECOND_H

#include "metrology/report.h"

/* Sums of one phase over the running second; each window weighs as its samples. */
struct wh_second_sums {
    uint64_t u_square, i_square; /* mV^2 and 4096 uA^2, times samples */
    int64_t active, reactive;    /* mW, mvar times samples */
};

struct wh_second_phase {
    uint32_t u_mv;
    uint32_t i_ua;
    int32_t active_mw;
    int32_t reactive_mvar;
    uint32_t apparent_mva;
    uint32_t frequency_uhz; /* of the newest window; 0 when unknown */
    uint32_t u_angle;
    bool locked;
    bool registering;
};

struct wh_second {
    struct wh_second_sums sums[WH_PHASES];
    uint32_t sample_count; /* in the sums */
    struct wh_second_phase mean[WH_PHASES];
    bool known; /* mean holds a whole second */
};

/* Takes a window in; renews the means when a second has been filled. */
void wh_second_add(struct wh_second *second, const struct wh_bus_report *report);

#endif
