/* The crystal's error in integers, so that every machine counts the same ticks.
 *
 * Invariant: ticks given so far plus rest are the sum of the rates of all seconds, exactly. */
#include "sim/crystal.h"

#include "sim/random.h"

enum { DAY_S = 86400, YEAR_S = 31557600, SIGMA_PPB = 2000 };

static int32_t limited(double value, int32_t limit)
{
    return value > limit ? limit : value < -limit ? -limit : (int32_t)value;
}

void sim_crystal_init(struct sim_crystal *crystal, uint64_t seed)
{
    struct sim_random random = sim_random_stream(seed, 0xc);
    *crystal = (struct sim_crystal){
        .tolerance_ppb =
            limited(SIGMA_PPB * sim_random_gaussian(&random), SIM_CRYSTAL_TOLERANCE_PPB),
    };
    crystal->aging_ppb =
        limited(SIM_CRYSTAL_AGING_PPB / 2.0 * sim_random_gaussian(&random), SIM_CRYSTAL_AGING_PPB);
}

/* Fast at first, slower and slower: half of all of it is in the first year. */
static int32_t aged_ppb(const struct sim_crystal *crystal)
{
    const int64_t age_s = (int64_t)(crystal->age_s / DAY_S * DAY_S);
    return (int32_t)(2 * (int64_t)crystal->aging_ppb * age_s / (age_s + YEAR_S));
}

/* -0.034 ppm/K² around 25 °C, less what it is at 23 °C. */
static int32_t parabola_ppb(int32_t centi_c)
{
    const int64_t off = centi_c - 2500;
    return (int32_t)(-34 * (off * off - 200 * 200) / 10000);
}

int32_t sim_crystal_error_ppb(const struct sim_crystal *crystal, int32_t centi_c)
{
    return crystal->tolerance_ppb + aged_ppb(crystal) + parabola_ppb(centi_c);
}

uint64_t sim_crystal_rate(int32_t error_ppb)
{
    /* 2^52 · 10^-9 is 4503599.627…: to 10^-7 of the error. */
    const int64_t nominal = (int64_t)SIM_CRYSTAL_TICKS_PER_S << SIM_CRYSTAL_REST_BITS;
    return (uint64_t)(nominal + (int64_t)error_ppb * 45035996 / 10);
}

uint64_t sim_crystal_run(struct sim_crystal *crystal, uint32_t true_s, int32_t centi_c)
{
    const uint64_t mask = (UINT64_C(1) << SIM_CRYSTAL_REST_BITS) - 1;
    uint64_t ticks = 0;
    while (true_s > 0) {
        const uint32_t to_midnight_s = DAY_S - (uint32_t)(crystal->age_s % DAY_S);
        uint32_t step_s = true_s < to_midnight_s ? true_s : to_midnight_s;
        step_s = step_s < 2048 ? step_s : 2048; /* seconds times rate fits 64 bits */
        crystal->rest += step_s * sim_crystal_rate(sim_crystal_error_ppb(crystal, centi_c));
        ticks += crystal->rest >> SIM_CRYSTAL_REST_BITS;
        crystal->rest &= mask;
        crystal->age_s += step_s;
        true_s -= step_s;
    }
    return ticks;
}
