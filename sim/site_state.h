/* The inside of a site, for site.c and site_line.c. */
#ifndef WH_SIM_SITE_STATE_H
#define WH_SIM_SITE_STATE_H

#include "sim/crystal.h"
#include "sim/site.h"
#include "sim/site_grid.h"
#include "sim/site_load.h"
#include "sim/site_people.h"
#include "sim/weather.h"

/* A phase over a stretch: what it is at its first second, and how it moves with each. Currents and
 * powers are those at the meter's terminals, behind transformers if there are any. */
struct sim_site_line {
    bool alive;
    double u_v, u_slope_v;
    double p_w, p_slope_w;
    double resistive_w; /* at nominal voltage, on top of p_w */
    double q_var, q_slope_var;
    double d2_va2; /* distortion power, squared */
    double step_v; /* wandering from second to second, a state of its own */
};

/* Seconds in which everything moves on straight lines. */
struct sim_site_stretch {
    uint32_t from_s; /* UTC */
    uint32_t length_s;
    uint32_t done_s;
    bool supply;
    double frequency_hz, frequency_slope_hz;
};

/* Happenings that the next second will tell of. */
struct sim_site_pending {
    uint32_t happenings;
    uint32_t pulses;
    int32_t clock_shift_s;
    uint8_t tariff;
};

struct sim_site {
    struct sim_site_config config;
    uint32_t start_mva;
    double ratio; /* of the current transformers, 1 where there are none */
    struct sim_crystal crystal;
    uint64_t crystal_rate;
    int16_t meter_centi_c;
    struct sim_weather weather;
    struct sim_site_people people;
    struct sim_site_grid grid;
    unsigned load_count;
    struct sim_site_load loads[SIM_SITE_LOADS_MAX + 2];
    struct sim_random pulse_random;
    unsigned next_event;
    uint32_t next_pulse_s; /* UTC */
    bool pulse_due;        /* then; or only the next draw */
    double lag_var;
    unsigned alive; /* phases */
    struct sim_site_stretch stretch;
    struct sim_site_line lines[SIM_PHASES];
    uint32_t u_angle; /* of L1 */
    uint64_t noise_seed;
    double step_noise_v, per_nominal_v;
    struct sim_site_pending pending;
};

/* Fills the lines for the stretch that starts at utc_s. */
void sim_site_lines(struct sim_site *site, uint32_t utc_s);

#endif
