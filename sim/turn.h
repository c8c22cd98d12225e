/* Sines for the simulator that are the same bits on every machine (common/trig.h, to 5 parts in
 * 10^6); libm's differ between processors. Angles are turns of 2^32. */
#ifndef WH_SIM_TURN_H
#define WH_SIM_TURN_H

#include "common/trig.h"

/* An angle in degrees, -10^6 … 10^6. */
static inline uint32_t sim_turn(double degrees)
{
    return (uint32_t)(int64_t)(degrees * (0x1p32 / 360));
}

/* So much of a period, at a time since it began. */
static inline uint32_t sim_turn_of(uint64_t time_s, uint32_t period_s)
{
    return (uint32_t)(((time_s % period_s) << 32) / period_s);
}

static inline double sim_turn_sin(uint32_t turn)
{
    return wh_sine(turn) * 0x1p-23;
}

static inline double sim_turn_cos(uint32_t turn)
{
    return wh_cosine(turn) * 0x1p-23;
}

#endif
