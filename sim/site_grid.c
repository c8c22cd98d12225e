/* Grid voltage and its troubles.
 *
 * Invariant: what is drawn depends on the minutes and seconds that pass and on nothing that the
 * site does. */
#include "sim/site_grid.h"

#include <math.h>

#include "sim/turn.h"

enum { MINUTE_S = 60, DAY_S = 86400, NEVER = UINT32_MAX };

static const double minutes_per_year = 525960;
static const double drift_memory_s = 1800;
static const double frequency_memory_s = 300;
static const double evening_share = 0.004; /* the load of the street, around 18:30 */
static const double evening_deg = 18.5 * 15;

/* Log-uniform, nearly: an octave, and a place in it. No logarithm, so no libm. */
static double draw_between(struct sim_random *random, double low, double high)
{
    unsigned octaves = 0;
    while (low * (double)(UINT64_C(2) << octaves) < high) {
        octaves++;
    }
    const double octave =
        (double)(UINT64_C(1) << (unsigned)(sim_random_uniform(random) * (octaves + 1)));
    const double value = low * octave * (1 + sim_random_uniform(random));
    return value < high ? value : high;
}

static unsigned draw_phases(struct sim_random *random)
{
    static const unsigned sets[] = {1, 2, 4, 1, 2, 4, 3, 6, 5, SIM_SITE_ALL_PHASES};
    return sets[sim_random_bits(random) % (sizeof sets / sizeof sets[0])];
}

static void begin_sag(struct sim_site_grid *grid, uint32_t utc_s, bool swell)
{
    const double depth = sim_random_uniform(&grid->random);
    grid->sag = (struct sim_site_sag){
        .phases = draw_phases(&grid->random),
        .factor = swell ? 1.1 + 0.15 * depth : 0.9 * (1 - depth * depth),
        .from_s = utc_s,
        .duration_ms = (uint32_t)draw_between(&grid->random, swell ? 20 : 30, 4000),
    };
}

static void cut(struct sim_site_grid *grid, unsigned phases, uint32_t utc_s, double duration_s)
{
    const uint32_t until_s = utc_s + (uint32_t)fmax(1, duration_s);
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        if ((phases >> phase & 1) != 0 && grid->dead_until_s[phase] < until_s) {
            grid->dead_until_s[phase] = until_s;
        }
    }
}

static void begin_cut(struct sim_site_grid *grid, uint32_t utc_s, bool all)
{
    const struct sim_site_grid_config *config = &grid->config->grid;
    const unsigned one = 1u << sim_random_bits(&grid->random) % SIM_PHASES;
    const double duration_s =
        draw_between(&grid->random, config->outage_shortest_s, config->outage_longest_s);
    cut(grid, all ? SIM_SITE_ALL_PHASES : one, utc_s, duration_s);
}

static void plan(struct sim_site_grid *grid, uint32_t utc_s)
{
    const struct sim_site_grid_config *config = &grid->config->grid;
    const double per_year[SIM_SITE_TROUBLES] = {config->dips_per_year, config->swells_per_year,
                                                config->phase_losses_per_year,
                                                config->outages_per_year};
    for (int kind = 0; kind < SIM_SITE_TROUBLES; kind++) {
        /* One number says both whether and when. */
        const double at = sim_random_uniform(&grid->random) * minutes_per_year;
        grid->begins_s[kind] =
            at < per_year[kind] ? utc_s + (uint32_t)(at / per_year[kind] * MINUTE_S) : NEVER;
    }
}

static void wander(struct sim_site_grid *grid)
{
    const struct sim_site_grid_config *config = &grid->config->grid;
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        sim_wander_step(&grid->drift[phase], config->drift_v, drift_memory_s, MINUTE_S,
                        &grid->random);
    }
    sim_wander_step(&grid->frequency, config->frequency_wander_mhz / 1000, frequency_memory_s,
                    MINUTE_S, &grid->random);
}

/* The line to where voltage and frequency are in a minute. */
static void aim(struct sim_site_grid *grid, uint32_t day_s)
{
    const struct sim_site_grid_config *config = &grid->config->grid;
    const uint32_t hour = sim_turn_of(day_s, DAY_S) - sim_turn(evening_deg);
    const double common_v = config->voltage_v * (1 - evening_share * sim_turn_cos(hour));
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        const double next_v = common_v + grid->drift[phase].value;
        grid->voltage_slope_v[phase] = (next_v - grid->voltage_v[phase]) / MINUTE_S;
    }
    const double next_hz = config->frequency_hz + grid->frequency.value;
    grid->frequency_slope_hz = (next_hz - grid->frequency_hz) / MINUTE_S;
}

void sim_site_grid_init(struct sim_site_grid *grid, const struct sim_site_config *config,
                        uint32_t utc_s)
{
    *grid = (struct sim_site_grid){.config = config,
                                   .random = sim_random_stream((uint64_t)config->seed, 0x67726964)};
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        sim_wander_start(&grid->drift[phase], config->grid.drift_v, &grid->random);
        grid->voltage_v[phase] = config->grid.voltage_v + grid->drift[phase].value;
    }
    grid->frequency_hz = config->grid.frequency_hz;
    while (grid->next_outage < config->outage_count &&
           config->outages[grid->next_outage].at_s < utc_s) {
        grid->next_outage++;
    }
}

void sim_site_grid_next_minute(struct sim_site_grid *grid, uint32_t utc_s, uint32_t day_s)
{
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        grid->voltage_v[phase] += MINUTE_S * grid->voltage_slope_v[phase];
    }
    grid->frequency_hz += MINUTE_S * grid->frequency_slope_hz;
    wander(grid);
    aim(grid, day_s);
    plan(grid, utc_s);
}

static void begin(struct sim_site_grid *grid, enum sim_site_trouble kind, uint32_t utc_s)
{
    if (kind == SIM_SITE_DIP || kind == SIM_SITE_SWELL) {
        begin_sag(grid, utc_s, kind == SIM_SITE_SWELL);
    } else {
        begin_cut(grid, utc_s, kind == SIM_SITE_OUTAGE);
    }
}

static bool sagging(const struct sim_site_grid *grid, uint32_t utc_s)
{
    return grid->sag.duration_ms > 0 &&
           (uint64_t)(utc_s - grid->sag.from_s) * 1000 < grid->sag.duration_ms;
}

void sim_site_grid_run(struct sim_site_grid *grid, uint32_t utc_s)
{
    if (!sagging(grid, utc_s)) {
        grid->sag.duration_ms = 0;
    }
    for (int kind = 0; kind < SIM_SITE_TROUBLES; kind++) {
        if (grid->begins_s[kind] <= utc_s) {
            grid->begins_s[kind] = NEVER;
            begin(grid, (enum sim_site_trouble)kind, utc_s);
        }
    }
    const struct sim_site_config *config = grid->config;
    while (grid->next_outage < config->outage_count &&
           config->outages[grid->next_outage].at_s <= utc_s) {
        const struct sim_site_outage *outage = &config->outages[grid->next_outage++];
        cut(grid, outage->phases, utc_s, outage->duration_s);
    }
}

uint32_t sim_site_grid_next(const struct sim_site_grid *grid, uint32_t utc_s)
{
    uint32_t next_s = grid->sag.duration_ms > 0 ? utc_s + 1 : NEVER;
    for (int kind = 0; kind < SIM_SITE_TROUBLES; kind++) {
        next_s = grid->begins_s[kind] < next_s ? grid->begins_s[kind] : next_s;
    }
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        const uint32_t until_s = grid->dead_until_s[phase];
        next_s = until_s > utc_s && until_s < next_s ? until_s : next_s;
    }
    if (grid->next_outage < grid->config->outage_count) {
        const uint32_t at_s = grid->config->outages[grid->next_outage].at_s;
        next_s = at_s < next_s ? at_s : next_s;
    }
    return next_s;
}

unsigned sim_site_grid_sag_ms(const struct sim_site_grid *grid, int phase, uint32_t utc_s)
{
    if (!sagging(grid, utc_s) || (grid->sag.phases >> phase & 1) == 0) {
        return 0;
    }
    const uint32_t left_ms = grid->sag.duration_ms - (utc_s - grid->sag.from_s) * 1000;
    return left_ms < 1000 ? left_ms : 1000;
}
