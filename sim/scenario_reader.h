/* Checks of scenario values, with errors that name the line. Shared by scenario*.c and nobody else. */
#ifndef WH_SIM_SCENARIO_READER_H
#define WH_SIM_SCENARIO_READER_H

#include "sim/scenario.h"
#include "sim/scenario_yaml.h"

enum { SIM_READER_PATH_SIZE = 64 };

/* A file being read: where its errors go, and its text, to find lines in. */
struct sim_reader {
    const char *name;
    const char *text;
    size_t length;
    char *error;
    size_t error_size;
};

/* One number to read: the word that the file has for it, empty where absent, and the range that it
 * must be in, limits included. */
struct sim_reader_number {
    const char *key;
    const char *word;
    double *value; /* unchanged where word is empty */
    double low, high;
};

/* Writes "NAME: line N: what", N the line of path (scenario_yaml.h). Always WH_ERR_ARGUMENT. */
__attribute__((format(printf, 3, 4))) enum wh_err
sim_reader_fail(const struct sim_reader *reader, const char *path, const char *format, ...);

/* Reads numbers, each at the path stem/key (or key, where stem is empty). WH_ERR_ARGUMENT, with the error written: one is no number
 * or out of its range. */
enum wh_err sim_reader_numbers(const struct sim_reader *reader, const char *stem,
                               const struct sim_reader_number *numbers, size_t count);

/* A phase, "1" to "3", as 0 to 2. */
enum wh_err sim_reader_phase(const struct sim_reader *reader, const char *stem, const char *word,
                             int *phase);

/* "HH:MM" or "HH:MM:SS" as seconds since midnight. */
enum wh_err sim_reader_time(const struct sim_reader *reader, const char *path, const char *text,
                            double *time_s);

/* Each part of a scenario; on an error *scenario is partly filled. Events need the loads. */
enum wh_err sim_scenario_read_mains(const struct sim_reader *reader, const struct sim_yaml *yaml,
                                    struct sim_scenario *scenario);
enum wh_err sim_scenario_read_loads(const struct sim_reader *reader, const struct sim_yaml *yaml,
                                    struct sim_scenario *scenario);
enum wh_err sim_scenario_read_events(const struct sim_reader *reader, const struct sim_yaml *yaml,
                                     struct sim_scenario *scenario);

#endif
