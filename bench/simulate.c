/* Speed of a simulated year: a site alone, and the site with its meter as watthour simulate runs
 * it, everything on. Aim: a meter-year in 5 s, that is 158 ns a second. Prints times of this
 * machine and ratios; it is no test. */
#include "cli/simulate_meter.h"
#include "ports/linux/board_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DAY_S = 86400, DAYS = 60, YEAR_S = 365 * DAY_S };

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void require(enum wh_err err, const char *what)
{
    if (err != WH_OK) {
        printf("%s: %s\n", what, wh_err_text(err));
        exit(1);
    }
}

static void print(const char *what, double seconds)
{
    const double simulated = (double)DAYS * DAY_S;
    printf("  %-10s %6.1f ns a second, %5.1f million times real time, %5.2f s a year\n", what,
           seconds / simulated * 1e9, simulated / seconds / 1e6, seconds / simulated * YEAR_S);
}

static double run_site(struct simulate_meter *sim)
{
    const double began_s = cpu_s();
    simulate_skip(sim, (uint64_t)DAYS * DAY_S);
    return cpu_s() - began_s;
}

static double run_meter(struct simulate_meter *sim)
{
    const double began_s = cpu_s();
    simulate_run(sim, DAYS * DAY_S);
    require(sim->failed, "the meter");
    return cpu_s() - began_s;
}

static void bench(const char *name, const char *model)
{
    static struct simulate_meter sim;
    static struct sim_site_config site;
    struct board_memory memory;
    struct wh_order order;
    struct wh_meter_start_report found;
    char path[512];
    char error[SIM_SITE_ERROR_SIZE];
    const struct wh_variant *variant = wh_variant_find(model);
    struct wh_config config = wh_config_default(variant);
    snprintf(path, sizeof path, "%s/scenarios/%s", WH_SOURCE_DIR, name);
    require(sim_site_load(&site, path, error, sizeof error), path);
    require(board_memory_open(&memory), "board");
    require(simulate_order(&site, variant, &config, &order), path);
    require(wh_meter_manufacture(&memory.board, &order, NULL), "new meter");
    sim = (struct simulate_meter){0};
    require(simulate_open(&sim, &site, variant, &config, &memory.board), path);
    const double site_s = run_site(&sim);
    simulate_close(&sim);
    sim = (struct simulate_meter){0};
    require(simulate_open(&sim, &site, variant, &config, &memory.board), path);
    require(simulate_start(&sim, &found), "new meter");
    const double meter_s = run_meter(&sim);
    simulate_close(&sim);
    board_memory_close(&memory);
    printf("%s, %s, %d days\n", name, model, DAYS);
    print("site", site_s);
    print("with meter", meter_s);
}

int main(void)
{
    bench("home-year.yaml", "382M");
    bench("industry-year.yaml", "351C");
    bench("bad-grid.yaml", "382L");
    return 0;
}
