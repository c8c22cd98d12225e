/* The scenario parser on any bytes: reads or refuses, and what it accepts makes a home that runs.
 * A refusal must name the text and a line, in one line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/home.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void run(const struct sim_scenario *scenario)
{
    struct sim_home *home = NULL;
    require(sim_home_create(&home, scenario, 1000) == WH_OK);
    const struct sim_source source = sim_home_source(home);
    struct sim_instant instants[64];
    require(source.pull(source.context, instants, 64) == 64);
    sim_home_free(home);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sim_scenario scenario;
    char error[SIM_SCENARIO_ERROR_SIZE] = "";
    const enum wh_err err =
        sim_scenario_parse(&scenario, "fuzz", (const char *)data, size, error, sizeof error);
    if (err == WH_OK) {
        run(&scenario);
    } else {
        require(strncmp(error, "fuzz: line ", 11) == 0 && strchr(error, '\n') == NULL);
    }
    return 0;
}
