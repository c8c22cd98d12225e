/* A scenario: the mains, the loads and what happens when, as read from a YAML file.
 *
 * The format is docs/scenarios.md. A scenario is a plain value: read once, change fields at will,
 * hand it to sim_home_create.
 */
#ifndef WH_SIM_SCENARIO_H
#define WH_SIM_SCENARIO_H

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "sim/load.h"
#include "sim/mains.h"

enum {
    SIM_SCENARIO_LOADS_MAX = 64,
    SIM_SCENARIO_EVENTS_MAX = 1024,
    SIM_SCENARIO_SIZE_MAX = 256 * 1024, /* of the YAML text */
    SIM_SCENARIO_ERROR_SIZE = 256       /* room that any error line fits in */
};

enum sim_action {
    SIM_ACTION_VOLTAGE,           /* hold a phase at value V; 0 V is a lost phase */
    SIM_ACTION_RELEASE_VOLTAGE,   /* back to the grid's voltage */
    SIM_ACTION_FREQUENCY,         /* hold value Hz */
    SIM_ACTION_RELEASE_FREQUENCY, /* back to the grid's frequency */
    SIM_ACTION_REVERSE_CURRENT,   /* of a phase, on or off */
    SIM_ACTION_REVERSE_ROTATION,  /* L2 and L3 swapped, on or off */
    SIM_ACTION_POWER,             /* the whole mains: off is a power cut, on its return */
    SIM_ACTION_SWITCH,            /* a load, on or off */
    SIM_ACTION_COUNT
};

struct sim_event {
    double at_s; /* since the start, ≥ 0 */
    enum sim_action action;
    int phase;    /* 0 … 2, where the action is a phase's */
    double value; /* V or Hz */
    bool on;
    unsigned load; /* index, SIM_ACTION_SWITCH only */
};

struct sim_scenario {
    uint64_t seed;
    double start_s; /* time of day at the first sample, 0 … 86400 exclusive */
    struct sim_mains_config mains;
    unsigned load_count;
    struct sim_load_config loads[SIM_SCENARIO_LOADS_MAX];
    unsigned event_count; /* in order of time */
    struct sim_event events[SIM_SCENARIO_EVENTS_MAX];
};

/* Reads a scenario from text (length bytes, no terminator needed). name is what errors call the
 * text, usually the file's. On any error *scenario is unchanged and error, of error_size bytes,
 * holds one line without newline:
 *
 *     NAME: line N: what is wrong
 *
 * WH_ERR_FORMAT: not YAML, or an unknown or missing key. WH_ERR_ARGUMENT: a value is out of its
 * range or names nothing. WH_ERR_SPACE: longer than SIM_SCENARIO_SIZE_MAX or out of memory. */
enum wh_err sim_scenario_parse(struct sim_scenario *scenario, const char *name, const char *text,
                               size_t length, char *error, size_t error_size);

/* The same from a file. WH_ERR_IO: it cannot be read; error says why. */
enum wh_err sim_scenario_load(struct sim_scenario *scenario, const char *path, char *error,
                              size_t error_size);

/* The scenario that is built in: scenarios/home.yaml, an ordinary home. */
void sim_scenario_default(struct sim_scenario *scenario);

/* Text of the built-in scenario, sim_scenario_home_length bytes. */
extern const char sim_scenario_home[];
extern const size_t sim_scenario_home_length;

#endif
