/* One load of a home: an appliance on some phases, switched by hand, by clock or by a cycle.
 *
 * A load answers one question per mains cycle: what power does it want now. The home turns that
 * into currents. Switching: the last edge wins, wherever it came from. A hand on the switch
 * therefore holds until the load's next scheduled edge, and for good where it has no schedule; a
 * load that switches itself off (a kettle) does so whoever switched it on.
 */
#ifndef WH_SIM_LOAD_H
#define WH_SIM_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/appliance.h"
#include "sim/random.h"
#include "sim/wander.h"

enum { SIM_LOAD_NAME_SIZE = 32, SIM_LOAD_EDGES_MAX = 16 };

/* A daily time at which the load is switched. */
struct sim_load_edge {
    double at_s; /* seconds since midnight, 0 … 86400 exclusive */
    bool on;
};

struct sim_load_config {
    char name[SIM_LOAD_NAME_SIZE];
    const struct sim_appliance *appliance;
    unsigned phases; /* bit 0 is L1 … bit 2 is L3; one bit or all three */
    double power_w;  /* while drawing, all its phases together, > 0 */
    bool on;         /* at the start */
    unsigned edge_count;
    struct sim_load_edge edges[SIM_LOAD_EDGES_MAX];
    /* Repeatedly on for so long, off for so long, first after first_s; on_s of 0: no such cycle. */
    double cycle_first_s, cycle_on_s, cycle_off_s;
};

/* The time of a step, and what the load meets. */
struct sim_load_moment {
    double time_s;        /* since the start, at the end of the step */
    double time_of_day_s; /* at the end of the step */
    double step_s;
    uint64_t cycle; /* number of the mains cycle that follows */
    bool powered;   /* its phase has voltage */
};

struct sim_load {
    struct sim_load_config config;
    bool on;
    bool drawing;    /* not in a pause of its duty cycle */
    double on_for_s; /* since switched on or voltage came back */
    double drawing_for_s;
    double duty_left_s; /* of the running half of the duty cycle */
    double power_w;     /* wanted now, ≥ 0 even if it delivers */
    double surge;       /* current over that of the power: inrush */
    struct sim_wander flutter;
    struct sim_random random;
};

/* Copies the configuration, which must be within its ranges. */
void sim_load_init(struct sim_load *load, const struct sim_load_config *config, uint64_t seed,
                   uint64_t stream);

/* Switches by hand; nothing happens if it is in that state. */
void sim_load_switch(struct sim_load *load, bool on);

/* One step: obeys the clock, then works out power_w and surge for the mains cycle that follows. */
void sim_load_step(struct sim_load *load, const struct sim_load_moment *moment);

#endif
