/* The soak: a meter through years of everything at once – loads in all directions, outages of every length beginning at
 * any operation on its memories, a clock set both ways, daylight saving, tariff changes, debiting stops, covers and
 * seals, configurations, a breaker and its payments – and after each step the promises that must hold whatever happens.
 */
#ifndef WH_TESTS_SOAK_SOAK_H
#define WH_TESTS_SOAK_SOAK_H

#include <stdbool.h>
#include <stdint.h>

struct soak_options {
    const char *model;
    uint64_t seed;
    uint32_t days;
    bool progress; /* a line a simulated year, to stderr */
};

struct soak_result {
    uint32_t checksum; /* over both memories at the end */
    uint32_t outages, hard_cuts, clock_changes, tariff_changes, debiting_stops, configurations,
        breaker_commands;
    uint64_t profile_intervals; /* whose sums were checked */
    char broken[160];           /* the first promise that did not hold; empty if all did */
};

/* Runs it; *result is filled. Returns whether every promise held. */
bool soak_run(const struct soak_options *options, struct soak_result *result);

#endif
