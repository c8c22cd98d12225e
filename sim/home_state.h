/* The inside of a home, shared by home*.c and nobody else. */
#ifndef WH_SIM_HOME_STATE_H
#define WH_SIM_HOME_STATE_H

#include "sim/home.h"

/* One load's current on one phase in this cycle: scale · waveform, times the voltage if it is
 * fired. */
struct sim_home_current {
    const struct sim_waveform *waveform;
    double scale;
    int phase;
    bool times_voltage;
};

struct sim_home {
    struct sim_mains mains;
    double sample_rate_hz;
    double start_s;
    uint64_t sample;
    uint64_t cycle;
    unsigned samples_left;       /* in this cycle */
    unsigned samples_last_cycle; /* 0 before the first */
    bool current_reversed[SIM_PHASES];

    unsigned load_count;
    struct sim_load loads[SIM_SCENARIO_LOADS_MAX];
    double load_power_w[SIM_SCENARIO_LOADS_MAX]; /* in this cycle, signed */

    unsigned event_count, event_next;
    struct sim_event events[SIM_SCENARIO_EVENTS_MAX];

    double conductance_s[SIM_PHASES]; /* of all resistive loads in this cycle */
    unsigned current_count;
    struct sim_home_current currents[SIM_SCENARIO_LOADS_MAX * SIM_PHASES];

    struct sim_waveform gate; /* of dimmers */
    /* Per load, since kinds are few but their number is open: at usual and at low power. */
    struct sim_waveform waveforms[SIM_SCENARIO_LOADS_MAX][2];
};

/* Whether the power is so low that the appliance's low-power waveform applies is [1] of a pair. */
enum { SIM_HOME_USUAL, SIM_HOME_LOW_POWER };

/* Opens the next mains cycle: events, mains, loads, and from them the list of currents. */
void sim_home_next_cycle(struct sim_home *home);

#endif
