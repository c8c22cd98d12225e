/* Numbers for property tests: the same in every run, and often at the edges. */
#ifndef TESTS_COMMON_RANDOM_H
#define TESTS_COMMON_RANDOM_H

#include <stdint.h>

struct test_random {
    uint64_t state;
};

/* splitmix64. */
static inline uint64_t random_u64(struct test_random *random)
{
    random->state += 0x9E3779B97F4A7C15u;
    uint64_t z = random->state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Of every magnitude alike: small numbers are as frequent as large ones. */
static inline uint64_t random_sized(struct test_random *random)
{
    const unsigned shift = (unsigned)(random_u64(random) % 64);
    return random_u64(random) >> shift;
}

#endif
