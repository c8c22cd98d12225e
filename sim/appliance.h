/* The appliances: what kinds of load there are, what current each draws and how it behaves.
 *
 * Currents are those of recordings of household appliances (128 samples a cycle, medians of 40)
 * and, where the recordings have none, typical values: metrology reference, 6.2. docs/scenarios.md
 * shows the table to users.
 */
#ifndef WH_SIM_APPLIANCE_H
#define WH_SIM_APPLIANCE_H

#include <stdbool.h>

#include "sim/harmonic.h"

enum sim_current_law {
    SIM_CURRENT_FOLLOWS, /* resistive: the waveform of its voltage, power by the square of it */
    SIM_CURRENT_OWN,     /* its own waveform; power constant above 80 % of nominal voltage */
    SIM_CURRENT_FIRED    /* resistive behind a dimmer that fires at 90° */
};

enum { SIM_APPLIANCE_HARMONICS = 6 };

/* Waveform of a current, SIM_CURRENT_OWN only. */
struct sim_signature {
    double lag_deg; /* of the fundamental; 180 delivers power */
    struct sim_harmonic harmonics[SIM_APPLIANCE_HARMONICS]; /* up to the first of order 0 */
};

/* How power moves while the load is switched on; a row has what it needs and 0 elsewhere. */
struct sim_behaviour {
    double runs_s;          /* switches itself off after so long (a kettle boils) */
    double duty_on_s;       /* thermostat or drum: so long at power, ±15 % … */
    double duty_off_s;      /* … so long at idle */
    double idle_percent;    /* of power, in the pauses */
    unsigned burst_on;      /* mains cycles conducting, of … */
    unsigned burst_cycles;  /* … so many */
    double inrush;          /* times the current at the start, decaying … */
    double inrush_s;        /* … with this time constant */
    double ramp_s;          /* from nothing to full power */
    double flutter_percent; /* sigma of a wandering power */
    double flutter_s;       /* its memory */
    bool daylight;          /* times the sun's height: zero before 06:00 and after 20:00 */
};

struct sim_appliance {
    const char *kind; /* its name in scenario files */
    double rated_w;   /* usual power while drawing, of all its phases together */
    enum sim_current_law law;
    struct sim_signature signature;
    struct sim_signature low_power; /* below 20 % of rated power; of harmonic 0 order: the same */
    struct sim_behaviour behaviour;
};

extern const struct sim_appliance sim_appliances[];
extern const unsigned sim_appliance_count;

/* The appliance of that kind, or a null pointer. */
const struct sim_appliance *sim_appliance_find(const char *kind);

/* +1 if it consumes, -1 if it delivers. */
int sim_appliance_direction(const struct sim_appliance *appliance);

#endif
