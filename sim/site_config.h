/* What a site is made of: a place, its grid, its people, what they own, and what happens when.
 *
 * A plain value: take the default, or read one from YAML (docs/simulation.md is the format and says
 * what each key means), change fields at will, hand it to sim_site_create. Names, units, ranges and
 * defaults of all fields are one table, sim_site_keys: the reader, the check of a configuration
 * and the manual are made from or tested against it.
 */
#ifndef WH_SIM_SITE_CONFIG_H
#define WH_SIM_SITE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "sim/source.h"
#include "sim/weather.h"

enum {
    SIM_SITE_LOADS_MAX = 64,
    SIM_SITE_OUTAGES_MAX = 256,
    SIM_SITE_EVENTS_MAX = 1024,
    SIM_SITE_SIZE_MAX = 256 * 1024, /* of the YAML text */
    SIM_SITE_ERROR_SIZE = 256,      /* room that any error line fits in */
    SIM_SITE_ALL_PHASES = 7,        /* a set of phases: bit 0 is L1 */
    SIM_SITE_CURRENT_MAX_A = 400,   /* at the meter, of all that is connected to a phase */
};

enum sim_site_type { SIM_SITE_HOME, SIM_SITE_INDUSTRY };
enum sim_site_daylight { SIM_SITE_DAYLIGHT_NONE, SIM_SITE_DAYLIGHT_EUROPEAN };

struct sim_site_meter {
    double transformer_a; /* primary current of x/5 A transformers; 0: directly connected */
    bool indoor;          /* or in a cabinet outside */
};

struct sim_site_grid_config {
    double voltage_v;             /* nominal to neutral */
    double drift_v;               /* sigma of each phase over half an hour */
    double step_v;                /* sigma of each phase from second to second */
    double frequency_hz;          /* nominal */
    double frequency_wander_mhz;  /* sigma over minutes */
    double impedance_ohm;         /* resistance per phase, as much reactance as 0.3 of it */
    double dips_per_year;         /* parts of seconds to seconds, to 0 … 90 % */
    double swells_per_year;       /* to 110 … 125 % */
    double phase_losses_per_year; /* of one phase, as long as an outage */
    double outages_per_year;      /* of all phases */
    double outage_shortest_s, outage_longest_s;
};

struct sim_site_household {
    double residents;
};

struct sim_site_work {
    double from_s,
        to_s;    /* of day, local; the same: round the clock; to before from: over midnight */
    double days; /* of a week, from Monday */
};

struct sim_site_pv {
    double kwp;                   /* 0: none */
    double inverter_kw;           /* 0: 0.9 of kwp */
    double tilt_deg, azimuth_deg; /* 0 is flat; 0 is south, west is positive */
    unsigned phases;
};

struct sim_site_ev {
    double power_w; /* of the charger, all phases together; 0: none */
    double kwh_per_day;
    unsigned phases;
};

struct sim_site_pulse_input {
    double per_day; /* when people are active */
};

enum sim_site_load_kind {
    SIM_SITE_LOAD_BASE,
    SIM_SITE_LOAD_REFRIGERATOR,
    SIM_SITE_LOAD_FREEZER,
    SIM_SITE_LOAD_WATER_HEATER,
    SIM_SITE_LOAD_HEAT_PUMP,
    SIM_SITE_LOAD_HEATER,
    SIM_SITE_LOAD_AIR_CONDITIONER,
    SIM_SITE_LOAD_LIGHTING,
    SIM_SITE_LOAD_KETTLE,
    SIM_SITE_LOAD_HOB,
    SIM_SITE_LOAD_OVEN,
    SIM_SITE_LOAD_DISHWASHER,
    SIM_SITE_LOAD_WASHING_MACHINE,
    SIM_SITE_LOAD_DRYER,
    SIM_SITE_LOAD_TV,
    SIM_SITE_LOAD_COMPUTER,
    SIM_SITE_LOAD_OFFICE,
    SIM_SITE_LOAD_VENTILATION,
    SIM_SITE_LOAD_MACHINE,
    SIM_SITE_LOAD_PRESS,
    SIM_SITE_LOAD_COMPRESSOR,
    SIM_SITE_LOAD_FURNACE,
    SIM_SITE_LOAD_COLD_STORE,
    SIM_SITE_LOAD_COMPENSATION,
    SIM_SITE_LOAD_KINDS,
};

/* Names of the kinds, by number; in the manual, too. */
extern const char
    *const sim_site_load_names[SIM_SITE_LOAD_KINDS + 1]; /* ends with a null pointer */

/* What power_w 0 means for a kind. */
double sim_site_load_rated_w(int kind);

struct sim_site_load_config {
    int kind;        /* enum sim_site_load_kind */
    double power_w;  /* var for a compensation; 0: what is usual for the kind */
    unsigned phases; /* one, or all three for a third on each */
};

struct sim_site_outage {
    uint32_t at_s; /* like all times: UTC, since 2000-01-01 00:00:00 */
    double duration_s;
    unsigned phases;
};

enum sim_site_action {
    SIM_SITE_CLOCK_SHIFT,   /* the meter's clock is set by so many seconds */
    SIM_SITE_TARIFF,        /* remotely: 1 … 4, 0 gives it back to the schedule */
    SIM_SITE_DEBITING_STOP, /* by command */
    SIM_SITE_COVER,         /* the terminal cover, on: opened */
    SIM_SITE_MAGNET,        /* a magnet at the meter, on: put there */
    SIM_SITE_SEAL,          /* the verification seal, on: opened */
    SIM_SITE_PULSES,        /* so many pulses at the pulse input */
    SIM_SITE_VACATION,      /* nobody there for so many days */
    SIM_SITE_ACTIONS,
};
extern const char *const sim_site_action_names[SIM_SITE_ACTIONS + 1];

struct sim_site_event {
    uint32_t at_s;
    int action;   /* enum sim_site_action */
    double value; /* of clock-shift, tariff, pulses and vacation */
    bool on;      /* of cover, magnet and seal */
};

struct sim_site_config {
    int type; /* enum sim_site_type */
    double seed;
    uint32_t start_s;
    double zone_min; /* standard time of the people's wall clocks minus UTC */
    int daylight;    /* enum sim_site_daylight */
    struct sim_weather_config weather;
    struct sim_site_meter meter;
    struct sim_site_grid_config grid;
    struct sim_site_household household;
    struct sim_site_work work;
    struct sim_site_pv pv;
    struct sim_site_ev ev;
    struct sim_site_pulse_input pulse_input;
    unsigned load_count, outage_count, event_count;
    struct sim_site_load_config loads[SIM_SITE_LOADS_MAX];
    struct sim_site_outage outages[SIM_SITE_OUTAGES_MAX]; /* in order of time */
    struct sim_site_event events[SIM_SITE_EVENTS_MAX];    /* in order of time */
};

/* One key of the format. */
enum sim_site_key_type {
    SIM_SITE_KEY_NUMBER,  /* double */
    SIM_SITE_KEY_WHOLE,   /* double, a whole number */
    SIM_SITE_KEY_SWITCH,  /* bool */
    SIM_SITE_KEY_WORD,    /* int: which of words */
    SIM_SITE_KEY_TIME,    /* uint32_t: "2025-01-31 12:00:00" */
    SIM_SITE_KEY_DAYTIME, /* double: "07:30", seconds of day */
    SIM_SITE_KEY_PHASES,  /* unsigned: 1, 2, 3 or 123; in outages any set such as 13 */
};

struct sim_site_key {
    const char *section; /* "" at the top */
    const char *key;
    enum sim_site_key_type type;
    size_t offset; /* in sim_site_config; in lists, in an entry */
    const char *unit;
    double low, high;
    const char *fallback; /* as it would be written; a null pointer: it must be there */
    const char *const *words;
};

extern const struct sim_site_key sim_site_keys[];
extern const size_t sim_site_key_count;

/* The sections that are lists of entries. */
struct sim_site_list {
    const char *section;
    size_t count_offset, offset, entry_size; /* in sim_site_config */
    unsigned max;
};
enum { SIM_SITE_LISTS = 3 };
extern const struct sim_site_list sim_site_lists[SIM_SITE_LISTS];

/* The default of every key: a home without anything in it. */
void sim_site_config_default(struct sim_site_config *config);

/* Whether all values are in the ranges of their keys, lists are in order and all that is connected
 * fits the meter. WH_ERR_ARGUMENT. */
enum wh_err sim_site_config_check(const struct sim_site_config *config);

/* Reads a site from text (length bytes, no terminator needed). name is what errors call the text,
 * usually the file's. On any error *config is unchanged and error, of error_size bytes, holds one
 * line without newline:
 *
 *     NAME: line N: what is wrong
 *
 * WH_ERR_FORMAT: not YAML, or an unknown or missing key. WH_ERR_ARGUMENT: a value is out of its
 * range or names nothing. WH_ERR_SPACE: longer than SIM_SITE_SIZE_MAX or out of memory. */
enum wh_err sim_site_parse(struct sim_site_config *config, const char *name, const char *text,
                           size_t length, char *error, size_t error_size);

/* The same from a file. WH_ERR_IO: it cannot be read; error says why. */
enum wh_err sim_site_load(struct sim_site_config *config, const char *path, char *error,
                          size_t error_size);

#endif
