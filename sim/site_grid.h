/* The grid in front of a site: voltage that wanders, and what goes wrong with it. Shared by
 * site*.c.
 *
 * Once a minute it is settled how voltage and frequency move to the next minute and whether
 * something begins in this one; rates per year become chances per minute.
 */
#ifndef WH_SIM_SITE_GRID_H
#define WH_SIM_SITE_GRID_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/random.h"
#include "sim/site_config.h"
#include "sim/wander.h"

enum sim_site_trouble {
    SIM_SITE_DIP,
    SIM_SITE_SWELL,
    SIM_SITE_PHASE_LOSS,
    SIM_SITE_OUTAGE,
    SIM_SITE_TROUBLES
};

/* A dip or swell: seconds that a phase is not at its usual voltage. */
struct sim_site_sag {
    unsigned phases;
    double factor;        /* of the usual voltage */
    uint32_t from_s;      /* UTC; it begins with the second */
    uint32_t duration_ms; /* 0: none */
};

struct sim_site_grid {
    const struct sim_site_config *config; /* the site's */
    struct sim_random random;
    struct sim_wander drift[SIM_PHASES], frequency;
    /* At the start of the minute, and per second in it. */
    double voltage_v[SIM_PHASES], voltage_slope_v[SIM_PHASES];
    double frequency_hz, frequency_slope_hz;
    /* UTC; what begins within the minute, UINT32_MAX where nothing does. */
    uint32_t begins_s[SIM_SITE_TROUBLES];
    uint32_t dead_until_s[SIM_PHASES];
    struct sim_site_sag sag;
    unsigned next_outage; /* of those in the configuration */
};

void sim_site_grid_init(struct sim_site_grid *grid, const struct sim_site_config *config,
                        uint32_t utc_s);

/* On to the minute that starts at utc_s, in local time of day. */
void sim_site_grid_next_minute(struct sim_site_grid *grid, uint32_t utc_s, uint32_t day_s);

/* Begins and ends what is due at utc_s. */
void sim_site_grid_run(struct sim_site_grid *grid, uint32_t utc_s);

/* The second of the next change after utc_s, UINT32_MAX where none is known. */
uint32_t sim_site_grid_next(const struct sim_site_grid *grid, uint32_t utc_s);

/* Whether a phase has voltage in the second that starts at utc_s. */
static inline bool sim_site_grid_alive(const struct sim_site_grid *grid, int phase, uint32_t utc_s)
{
    return grid->dead_until_s[phase] <= utc_s;
}

/* How long of the second that starts at utc_s the phase sags, ms. */
unsigned sim_site_grid_sag_ms(const struct sim_site_grid *grid, int phase, uint32_t utc_s);

#endif
