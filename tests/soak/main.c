/* soak [YEARS]: each model for so many years (a quarter of one by default, for the ordinary test run), and one of them
 * twice, which must give the same memories bit for bit.
 * Shows: BRK-1, BRK-5, REG-1, REG-4, REG-5, LOG-1, MEM-1, MEM-2, CLK-2, VAR-14 hold together, whatever happens in whatever order. */
#include "tests/soak/soak.h"
#include <stdio.h>
#include <stdlib.h>

static bool run(const struct soak_options *options, struct soak_result *result)
{
    const bool good = soak_run(options, result);
    printf(
        "%s, %u days: %u outages (%u cut hard), clock set %u times, %u tariffs, %u debiting stops, "
        "%u configurations, %u commands to the breaker, %llu profile intervals: %s\n",
        options->model, options->days, result->outages, result->hard_cuts, result->clock_changes,
        result->tariff_changes, result->debiting_stops, result->configurations,
        result->breaker_commands, (unsigned long long)result->profile_intervals,
        good ? "every promise held" : result->broken);
    return good;
}

int main(int argc, char **argv)
{
    const double years = argc > 1 ? strtod(argv[1], NULL) : 0.25;
    const uint32_t days = (uint32_t)(years * 365);
    static const char *const models[] = {"382M", "351C", "382L"};
    struct soak_result result;
    struct soak_result again;
    for (unsigned m = 0; m < 3; m++) {
        const struct soak_options options = {
            .model = models[m], .seed = 7 + m, .days = days, .progress = years > 1};
        if (!run(&options, &result)) {
            return 1;
        }
    }
    const struct soak_options twice = {.model = "351C", .seed = 99, .days = days < 60 ? days : 60};
    if (!run(&twice, &result) || !run(&twice, &again)) {
        return 1;
    }
    if (result.checksum != again.checksum) {
        printf("the same inputs gave other memories: %08x and %08x\n", result.checksum,
               again.checksum);
        return 1;
    }
    return 0;
}
