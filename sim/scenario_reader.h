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

/* One number of a list entry: its key, and the range that it must be in, limits included. */
struct sim_reader_member {
    const char *key;
    double value, low, high;
};

/* Writes "NAME: line N: what", N the line of path (scenario_yaml.h). Always WH_ERR_ARGUMENT. */
__attribute__((format(printf, 3, 4))) enum wh_err
sim_reader_fail(const struct sim_reader *reader, const char *path, const char *format, ...);

/* WH_ERR_ARGUMENT, with the error written: value is not in low … high, or not a number. */
enum wh_err sim_reader_range(const struct sim_reader *reader, const char *path, double value,
                             double low, double high);

/* The same for some members of what stem names. */
enum wh_err sim_reader_members(const struct sim_reader *reader, const char *stem,
                               const struct sim_reader_member *members, size_t count);

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
