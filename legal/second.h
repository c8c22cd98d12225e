/* Means of one second, from the windows that fill it: what displays and protocols show as the
 * instantaneous values (MET-4). Private to legal/.
 *
 * A whole second is kept as sums; divisions and roots are made when a value is read, since most seconds nobody
 * reads.
 */
#ifndef WH_LEGAL_SECOND_H
#define WH_LEGAL_SECOND_H

#include "metrology/report.h"

/* Sums of one phase over a second; each window weighs as its samples. */
struct wh_second_sums {
    uint64_t u_square, i_square; /* mV^2 and 4096 uA^2, times samples */
    int64_t active, reactive;    /* mW, mvar times samples */
};

/* What the newest window of a second says of a phase. */
struct wh_second_newest {
    uint32_t frequency_uhz; /* 0 when unknown */
    uint32_t u_angle;
    bool locked;
    bool registering;
};

struct wh_second {
    struct wh_second_sums sums[WH_PHASES];  /* of the running second */
    struct wh_second_sums whole[WH_PHASES]; /* of the last whole one */
    struct wh_second_newest newest[WH_PHASES];
    uint32_t sample_count; /* in the sums */
    uint32_t whole_count;  /* 0: no second was ever filled */
};

/* Takes a window in; renews the whole second when one has been filled. */
void wh_second_add(struct wh_second *second, const struct wh_bus_report *report);

/* Means of a phase over the last whole second; whole_count is not 0. */
uint32_t wh_second_u_mv(const struct wh_second *second, int phase);
uint32_t wh_second_i_ua(const struct wh_second *second, int phase);
int32_t wh_second_active_mw(const struct wh_second *second, int phase);
int32_t wh_second_reactive_mvar(const struct wh_second *second, int phase);
uint32_t wh_second_apparent_mva(const struct wh_second *second, int phase);

#endif
