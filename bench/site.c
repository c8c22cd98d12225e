/* Speed of a simulated site: nanoseconds per second-report and the ratio to real time, one core,
 * CPU time. Aim: 40 ns. Prints figures; it is no test. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/site.h"

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void bench(const char *file, uint32_t start_mva, unsigned days)
{
    static struct sim_site_config config;
    char error[SIM_SITE_ERROR_SIZE];
    char path[512];
    struct sim_site *site = NULL;
    snprintf(path, sizeof path, "%s/scenarios/%s", WH_SOURCE_DIR, file);
    if (sim_site_load(&config, path, error, sizeof error) != WH_OK ||
        sim_site_create(&site, &config, start_mva) != WH_OK) {
        printf("%s: does not start\n", path);
        exit(1);
    }
    const uint32_t seconds = days * 86400;
    struct sim_site_second second;
    int64_t energy_uj = 0;
    const double start_s = cpu_s();
    for (uint32_t s = 0; s < seconds; s++) {
        sim_site_next(site, &second);
        energy_uj += second.report.phase[0].active_uj;
    }
    const double used_s = cpu_s() - start_s;
    printf("%-20s %3u days %6.1f ns a second, %11.0f times real time (L1 %.0f kWh)\n", file, days,
           used_s / seconds * 1e9, seconds / used_s, (double)energy_uj / 3.6e12);
    sim_site_free(site);
}

int main(void)
{
    bench("home-year.yaml", 2300, 365);
    bench("industry-year.yaml", 600, 365);
    bench("bad-grid.yaml", 2300, 365);
    return 0;
}
