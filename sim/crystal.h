/* The meter's watch crystal: how many of its ticks of 1/4096 s pass in true time (CLK-1).
 *
 * A 32.768 kHz tuning fork: an error of its own at 23 °C within ±5 ppm, a parabola of
 * -0.034 ppm/K² around 25 °C, and aging. Ticks are counted exactly: what is left of a tick is kept,
 * so a stretch of time gives the same ticks in whatever portions it is asked for.
 */
#ifndef WH_SIM_CRYSTAL_H
#define WH_SIM_CRYSTAL_H

#include <stdint.h>

enum {
    SIM_CRYSTAL_TICKS_PER_S = 4096,
    SIM_CRYSTAL_TOLERANCE_PPB = 5000, /* at 23 °C, new: the limit of what a seed gives */
    SIM_CRYSTAL_AGING_PPB = 3000,     /* in the first year: the limit of what a seed gives */
    SIM_CRYSTAL_REST_BITS = 40,
};

struct sim_crystal {
    int32_t tolerance_ppb; /* at 23 °C when new */
    int32_t aging_ppb;     /* what the first year adds; as much again in all later years together */
    uint64_t age_s;
    uint64_t rest; /* of a tick, in 2^-SIM_CRYSTAL_REST_BITS */
};

/* A new crystal, an individual by its seed. */
void sim_crystal_init(struct sim_crystal *crystal, uint64_t seed);

/* Its error now at a temperature in hundredths of a degree (-60 … 100 °C), positive when it is
 * fast. A meter with a crystal of +1000 ppb is ahead by a second after 10^6 seconds. */
int32_t sim_crystal_error_ppb(const struct sim_crystal *crystal, int32_t centi_c);

/* Lets true seconds pass at a temperature and returns the ticks in them. Aging counts in whole
 * days. */
uint64_t sim_crystal_run(struct sim_crystal *crystal, uint32_t true_s, int32_t centi_c);

/* Ticks per second with that error, in 2^-SIM_CRYSTAL_REST_BITS of a tick. For those who keep the
 * rest themselves, second by second. */
uint64_t sim_crystal_rate(int32_t error_ppb);

#endif
