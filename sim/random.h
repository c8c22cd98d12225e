/* The random numbers of the simulator: seeded, fast, the same on every machine.
 *
 * splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014): a
 * counter and a mixer, so consecutive numbers do not wait for each other and any seed is a good
 * one. Not for cryptography.
 */
#ifndef WH_SIM_RANDOM_H
#define WH_SIM_RANDOM_H

#include <stdint.h>

struct sim_random {
    uint64_t state; /* any value is a valid seed */
};

/* The next 64 random bits. */
static inline uint64_t sim_random_bits(struct sim_random *random)
{
    uint64_t bits = random->state += 0x9E3779B97F4A7C15u;
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9u;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBu;
    return bits ^ (bits >> 31);
}

/* Uniform in [0, 1). */
static inline double sim_random_uniform(struct sim_random *random)
{
    return (double)(sim_random_bits(random) >> 11) * 0x1p-53;
}

/* Near-Gaussian, mean 0, sigma 1: the sum of twelve uniforms, so never beyond ±6. Grid statistics
 * have no use for longer tails, and no logarithm means the same bits on every machine. */
static inline double sim_random_gaussian(struct sim_random *random)
{
    double sum = -6.0;
    for (int i = 0; i < 12; i++) {
        sum += sim_random_uniform(random);
    }
    return sum;
}

/* A generator of its own for part number stream of something seeded with seed, so that one part
 * drawing more numbers does not change what another part draws. */
static inline struct sim_random sim_random_stream(uint64_t seed, uint64_t stream)
{
    struct sim_random mixer = {seed ^ (stream * 0xD1342543DE82EF95u)};
    return (struct sim_random){sim_random_bits(&mixer)};
}

#endif
