/* A quantity that wanders about zero: the discrete Ornstein-Uhlenbeck process. Frequency, voltage
 * and the power of things with a mind of their own move like this: small steps, and a pull back
 * home. */
#ifndef WH_SIM_WANDER_H
#define WH_SIM_WANDER_H

#include <math.h>

#include "sim/random.h"

struct sim_wander {
    double value; /* in the unit of sigma */
};

/* Starts somewhere in the long-run distribution. */
static inline void sim_wander_start(struct sim_wander *wander, double sigma,
                                    struct sim_random *random)
{
    wander->value = sigma * sim_random_gaussian(random);
}

/* One step of step_s with long-run standard deviation sigma and memory memory_s > step_s. One
 * step's own standard deviation is sigma·√(2·step/memory) for steps much shorter than the memory.
 */
static inline void sim_wander_step(struct sim_wander *wander, double sigma, double memory_s,
                                   double step_s, struct sim_random *random)
{
    const double share = step_s / memory_s;
    wander->value +=
        -share * wander->value + sigma * sqrt(share * (2 - share)) * sim_random_gaussian(random);
}

#endif
