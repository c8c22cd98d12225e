/* A running home: mains, loads and the events of a scenario, as a source of samples.
 *
 * Time is simulated: it advances by what is pulled and by nothing else. The same scenario pulled in
 * whatever portions, with the same controls at the same samples, gives the same samples bit for
 * bit.
 *
 * Controls act at the next cycle of L1, that is within 25 ms (reversing a current: at once). They
 * may be called between pulls only; a home is not for several threads at once.
 */
#ifndef WH_SIM_HOME_H
#define WH_SIM_HOME_H

#include <stdbool.h>

#include "common/err.h"
#include "sim/scenario.h"
#include "sim/source.h"

struct sim_home;

/* Makes a home from a scenario (copied), or from the built-in one if scenario is a null pointer.
 * sample_rate_hz is 500 … 1e6, normally 4096. The caller owns *home; sim_home_free.
 * WH_ERR_ARGUMENT: the rate or something in the scenario is out of range. WH_ERR_SPACE: no memory.
 */
enum wh_err sim_home_create(struct sim_home **home, const struct sim_scenario *scenario,
                            double sample_rate_hz);
void sim_home_free(struct sim_home *home); /* a null pointer is fine */

/* The source of the home's samples, endless; valid until the home is freed. */
struct sim_source sim_home_source(struct sim_home *home);

/* Simulated time: since the first sample, and of day (seconds since midnight). */
double sim_home_time_s(const struct sim_home *home);
double sim_home_time_of_day_s(const struct sim_home *home);

/* What a list of loads shows. */
struct sim_load_status {
    const char *name; /* the home's */
    const char *kind; /* static */
    unsigned phases;  /* bit 0 is L1 … */
    double rated_w;   /* while drawing; negative where it delivers */
    bool on;          /* its switch */
    double power_w;   /* in the running cycle; negative where it delivers */
};
unsigned sim_home_load_count(const struct sim_home *home);
/* WH_ERR_NOT_FOUND: no load of that index. */
enum wh_err sim_home_load(const struct sim_home *home, unsigned index,
                          struct sim_load_status *status);
/* Index of the load of that name. WH_ERR_NOT_FOUND. */
enum wh_err sim_home_find_load(const struct sim_home *home, const char *name, unsigned *index);

/* What the bench shows of the mains, in the running cycle. */
struct sim_mains_status {
    double voltage_v[SIM_PHASES]; /* rms of the fundamental, before the drop in the grid */
    bool voltage_held[SIM_PHASES];
    double frequency_hz;
    bool frequency_held;
    bool current_reversed[SIM_PHASES];
    bool rotation_reversed;
    bool cut;
};
void sim_home_mains(const struct sim_home *home, struct sim_mains_status *status);

/* Switches a load; holds until its next scheduled edge, or for good if it has none.
 * WH_ERR_NOT_FOUND: no load of that index. */
enum wh_err sim_home_switch_load(struct sim_home *home, unsigned index, bool on);

/* Holds a phase (0 … 2) at voltage_v exactly, 0 … 460 V; and gives it back to the grid.
 * WH_ERR_ARGUMENT: no such phase or voltage. */
enum wh_err sim_home_hold_voltage(struct sim_home *home, int phase, double voltage_v);
enum wh_err sim_home_release_voltage(struct sim_home *home, int phase);

/* Holds the frequency at 40 … 70 Hz exactly; and gives it back. WH_ERR_ARGUMENT: out of range. */
enum wh_err sim_home_hold_frequency(struct sim_home *home, double frequency_hz);
void sim_home_release_frequency(struct sim_home *home);

/* A current sensor wired the wrong way round: the phase's current changes sign.
 * WH_ERR_ARGUMENT: no such phase. */
enum wh_err sim_home_reverse_current(struct sim_home *home, int phase, bool reversed);

/* Rotation L1 L3 L2 instead of L1 L2 L3. */
void sim_home_reverse_rotation(struct sim_home *home, bool reversed);

/* Cuts the mains, or brings it back. Time goes on; loads are as they were, motors start anew. */
void sim_home_cut(struct sim_home *home, bool cut);

#endif
