/* The reader of sites on any bytes: reads or refuses, and what it accepts makes a site that runs
 * and whose reports hold together. A refusal must name the text and a line, in one line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/site.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check(const struct sim_site_second *second)
{
    for (int phase = 0; phase < WH_PHASES; phase++) {
        const struct wh_element_report *report = &second->report.phase[phase];
        const int64_t p = report->active_mw;
        const int64_t q = report->reactive_mvar;
        const int64_t s = report->apparent_mva;
        require(s * s >= p * p + q * q && s < INT32_MAX);
        require(report->u_rms_mv < 1000000 && report->i_rms_ua < INT32_MAX);
    }
}

static void run(const struct sim_site_config *config)
{
    enum { SECONDS = 4000 };
    struct sim_site *site = NULL;
    struct sim_site_second second;
    uint64_t ticks;
    require(sim_site_create(&site, config, 2300) == WH_OK);
    for (int k = 0; k < SECONDS; k++) {
        (void)sim_site_skip(site, 1000, &ticks);
        sim_site_next(site, &second);
        check(&second);
    }
    sim_site_free(site);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sim_site_config config;
    char error[SIM_SITE_ERROR_SIZE] = "";
    const enum wh_err err =
        sim_site_parse(&config, "fuzz", (const char *)data, size, error, sizeof error);
    if (err == WH_OK) {
        run(&config);
    } else {
        require(strncmp(error, "fuzz: line ", 11) == 0 && strchr(error, '\n') == NULL);
    }
    return 0;
}
