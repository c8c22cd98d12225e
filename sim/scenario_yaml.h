/* A scenario file as libcyaml reads it: the right keys and types, but values not yet looked at. Shared
 * by scenario*.c; the look at the syntax by site_yaml.c, too. */
#ifndef WH_SIM_SCENARIO_YAML_H
#define WH_SIM_SCENARIO_YAML_H

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "sim/scenario.h"

enum { SIM_YAML_WORD_SIZE = 24 };

enum sim_yaml_switch { SIM_YAML_ABSENT, SIM_YAML_OFF, SIM_YAML_ON };

/* A number or word as it stands in the file; empty where it is absent. Numbers stay words here
 * because libcyaml reads "230 V" as 230. */
typedef char sim_yaml_word[SIM_YAML_WORD_SIZE];

struct sim_yaml_harmonic {
    sim_yaml_word order, percent, angle_deg;
};

struct sim_yaml_unbalance {
    sim_yaml_word phase, percent, angle_deg;
};

struct sim_yaml_mains {
    sim_yaml_word voltage_v, frequency_hz, drift_v, step_v, frequency_wander_mhz, impedance_ohm;
    enum sim_yaml_switch reversed;
    struct sim_yaml_unbalance unbalance[SIM_PHASES];
    uint32_t unbalance_count;
    struct sim_yaml_harmonic harmonics[SIM_MAINS_HARMONICS_MAX];
    uint32_t harmonics_count;
};

struct sim_yaml_edge {
    sim_yaml_word at;
    enum sim_yaml_switch on;
};

struct sim_yaml_cycle {
    sim_yaml_word first_s, on_s, off_s;
};

struct sim_yaml_load {
    char name[SIM_LOAD_NAME_SIZE];
    sim_yaml_word kind, phase, power_w;
    enum sim_yaml_switch on;
    struct sim_yaml_edge schedule[SIM_LOAD_EDGES_MAX];
    uint32_t schedule_count;
    struct sim_yaml_cycle cycle;
};

struct sim_yaml_event {
    sim_yaml_word at_s, action, phase, value;
    char load[SIM_LOAD_NAME_SIZE];
    enum sim_yaml_switch on;
};

struct sim_yaml {
    sim_yaml_word seed, start;
    struct sim_yaml_mains mains;
    struct sim_yaml_load loads[SIM_SCENARIO_LOADS_MAX];
    uint32_t loads_count;
    struct sim_yaml_event events[SIM_SCENARIO_EVENTS_MAX];
    uint32_t events_count;
};

/* What was wrong with the YAML itself. */
struct sim_yaml_error {
    unsigned line; /* 1 is the first; 0 while there is no error */
    char what[160];
};

/* Whether text is YAML, one document without aliases, not nested deep. WH_ERR_FORMAT: see error. */
enum wh_err sim_yaml_check(const char *text, size_t length, struct sim_yaml_error *error);

/* Reads text that passed sim_yaml_check. The caller owns *yaml, sim_yaml_free. WH_ERR_FORMAT: see error. WH_ERR_SPACE: no memory. */
enum wh_err sim_yaml_read(struct sim_yaml **yaml, const char *text, size_t length,
                          struct sim_yaml_error *error);
void sim_yaml_free(struct sim_yaml *yaml);

/* The line of what path names in text that sim_yaml_read accepts, such as "loads/3/power_w"; of the last part
 * of the path that is there, where the rest is absent. 1 is the first line. */
unsigned sim_yaml_line(const char *text, size_t length, const char *path);

/* Whether all of path is there. */
bool sim_yaml_has(const char *text, size_t length, const char *path);

#endif
