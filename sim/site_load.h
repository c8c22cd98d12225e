/* The loads of a site, event by event: each says what it draws from now on and when it will change
 * its mind. Shared by site*.c.
 *
 * Between two steps a load draws p_w and slope_w more each second. What share of it is reactive,
 * what is distortion and what follows the voltage is its kind's.
 */
#ifndef WH_SIM_SITE_LOAD_H
#define WH_SIM_SITE_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/random.h"
#include "sim/site_config.h"
#include "sim/site_people.h"
#include "sim/weather.h"

/* Beside those of the configuration's list. */
enum { SIM_SITE_LOAD_PV = SIM_SITE_LOAD_KINDS, SIM_SITE_LOAD_EV, SIM_SITE_LOAD_ALL_KINDS };

/* What a load can look at. */
struct sim_site_world {
    const struct sim_site_config *config;
    const struct sim_weather *weather;
    const struct sim_site_people *people;
    uint32_t utc_s;
    unsigned alive; /* phases that have voltage */
    double lag_var; /* of the site but for compensations, when last reckoned */
};

struct sim_site_load;

/* Does what is due and returns in how many seconds the next step is, at least 1. */
typedef uint32_t sim_site_step(struct sim_site_load *load, const struct sim_site_world *world);

struct sim_site_kind {
    sim_site_step *step;
    double rated_w;
    double tangent;     /* reactive by active power, positive lags */
    double distortion;  /* distortion by active power */
    bool resistive;     /* goes with the square of the voltage */
    bool thermostat;    /* comes on when voltage is back */
    double on_s, off_s; /* its cycle while it runs; the power in off_s is idle_share */
    double idle_share;
    enum sim_site_habit habit;
    double per_day, lasts_s; /* of use */
};

enum sim_site_load_state { SIM_SITE_IDLE, SIM_SITE_WAITING, SIM_SITE_RUNNING };

struct sim_site_load {
    const struct sim_site_kind *kind;
    unsigned phases;
    double power_w;
    struct sim_random random;
    uint32_t next_s; /* UTC */
    uint32_t set_s;  /* UTC, of p_w */
    double p_w, slope_w;
    double q_var; /* beside what goes with p_w */
    bool on;
    enum sim_site_load_state state;
    uint32_t until_s; /* of the running use */
    double aim_w;     /* PV: at the end of the minute */
    uint32_t day;     /* EV: when last it came home */
    uint32_t step_s;  /* EV: since the last step */
    double need_wh;   /* EV */
};

/* A load with its first step due at once. kind is enum sim_site_load_kind or one of the two above;
 * power_w 0 is what is usual. */
void sim_site_load_init(struct sim_site_load *load, int kind, double power_w, unsigned phases,
                        struct sim_random random);

/* Its step. */
void sim_site_load_run(struct sim_site_load *load, const struct sim_site_world *world);

/* Voltage is back. */
void sim_site_load_wake(struct sim_site_load *load, uint32_t utc_s);

/* How the loads behave: the steps of the kinds' table, by what makes them change. */
sim_site_step sim_site_step_base, sim_site_step_cycle, sim_site_step_work, sim_site_step_shift,
    sim_site_step_use, sim_site_step_light, sim_site_step_heat_pump, sim_site_step_heater,
    sim_site_step_cooling, sim_site_step_cold_store, sim_site_step_pv, sim_site_step_ev,
    sim_site_step_compensation;

#endif
