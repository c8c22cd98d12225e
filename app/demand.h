/* Mean power over the integration period, and its peaks (REG-2).
 *
 * Block demand, aligned to the clock in normal time (IEC 62054-21 terms): mean = growth of the register during the
 * period / the period's nominal length. A period that was cut short – power failure, clock set, debiting stop – is divided
 * by the nominal length too, and one that became longer because the clock was set back by its real length, so a peak is
 * never more than what was really drawn. All values are of the measured (secondary) side.
 */
#ifndef WH_APP_DEMAND_H
#define WH_APP_DEMAND_H

#include "catalog/catalog.h"
#include "legal/interface.h"
#include <stdint.h>

enum { WH_DEMAND_TARIFF_COUNTS = 4 }; /* A+ T1, A+ T2, R+ T1, R+ T2 */

struct wh_demand_peak {
    uint32_t milli; /* mW, mvar or mVA */
    uint32_t utc_s; /* end of its period; 0: none yet */
};

struct wh_demand {
    uint64_t start_dwh[WH_MAIN_ENERGY_COUNT]; /* registers at the start of the running period */
    uint64_t start_tariff_dwh[WH_DEMAND_TARIFF_COUNTS];
    uint64_t accumulated_milli[WH_DEMAND_CHANNELS]; /* sum of the peaks of past debiting periods */
    struct wh_demand_peak peak[WH_DEMAND_CHANNELS]; /* of this debiting period */
    uint32_t mean_milli[WH_DEMAND_CHANNELS];        /* of the last complete period */
    uint32_t threshold_count; /* periods whose P+ was above the power threshold (REG-3) */
    uint32_t longer_s;        /* than nominal: by how much the running period was set back */
    uint32_t start_s;         /* UTC when the running period began; 0: not known */
};

/* A new meter, or one whose running state is lost: the running period starts now. */
void wh_demand_begin(struct wh_demand *demand, const struct wh_legal *legal);

/* The clock was set back within the running period. */
void wh_demand_set_back(struct wh_demand *demand, uint32_t by_s);

/* The running period ends, at utc_s; the next starts. */
void wh_demand_end_period(struct wh_demand *demand, const struct wh_legal *legal, uint32_t utc_s,
                          uint8_t period_min, uint32_t threshold_w);

/* Means of the running period as they would be if nothing more was drawn in it: what has been
 * counted so far over its whole length. */
void wh_demand_running(const struct wh_demand *demand, const struct wh_legal *legal,
                       uint8_t period_min, uint32_t mean_milli[WH_DEMAND_CHANNELS]);

/* The debiting period ends: peaks are added to the accumulated ones and cleared, the count of the threshold as well. The
 * running integration period should have been ended before. */
void wh_demand_reset(struct wh_demand *demand);

#endif
