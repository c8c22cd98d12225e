/* Scenarios: what the YAML says, checked and turned into numbers.
 *
 * Invariant: everything is built in a scratch copy and handed over only when all of it was right. */
#include "sim/scenario.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario_reader.h"
#include "sim/text_file.h"

static const char default_start[] = "00:00";

static enum wh_err read_all(const struct sim_reader *reader, const struct sim_yaml *yaml,
                            struct sim_scenario *scenario)
{
    const char *start = yaml->start[0] != '\0' ? yaml->start : default_start;
    double seed = 1;
    const struct sim_reader_number number = {"seed", yaml->seed, &seed, 0, UINT32_MAX};
    enum wh_err err = sim_reader_numbers(reader, "", &number, 1);
    scenario->seed = (uint64_t)seed;
    if (err == WH_OK && (double)scenario->seed != seed) {
        err = sim_reader_fail(reader, "seed", "seed is %s, must be a whole number", yaml->seed);
    }
    err = err != WH_OK ? err : sim_reader_time(reader, "start", start, &scenario->start_s);
    err = err != WH_OK ? err : sim_scenario_read_mains(reader, yaml, scenario);
    err = err != WH_OK ? err : sim_scenario_read_loads(reader, yaml, scenario);
    return err != WH_OK ? err : sim_scenario_read_events(reader, yaml, scenario);
}

static enum wh_err convert(const struct sim_reader *reader, const struct sim_yaml *yaml,
                           struct sim_scenario *scenario)
{
    struct sim_scenario *scratch = calloc(1, sizeof *scratch);
    if (scratch == NULL) {
        snprintf(reader->error, reader->error_size, "%s: line 1: out of memory", reader->name);
        return WH_ERR_SPACE;
    }
    const enum wh_err err = read_all(reader, yaml, scratch);
    if (err == WH_OK) {
        *scenario = *scratch;
    }
    free(scratch);
    return err;
}

static enum wh_err read_yaml(struct sim_yaml **yaml, const char *text, size_t length,
                             struct sim_yaml_error *wrong)
{
    *wrong = (struct sim_yaml_error){1, "out of memory"};
    const enum wh_err err = sim_yaml_check(text, length, wrong);
    return err != WH_OK ? err : sim_yaml_read(yaml, text, length, wrong);
}

enum wh_err sim_scenario_parse(struct sim_scenario *scenario, const char *name, const char *text,
                               size_t length, char *error, size_t error_size)
{
    if (length > SIM_SCENARIO_SIZE_MAX) {
        snprintf(error, error_size, "%s: line 1: longer than %d bytes", name,
                 SIM_SCENARIO_SIZE_MAX);
        return WH_ERR_SPACE;
    }
    struct sim_yaml *yaml = NULL;
    struct sim_yaml_error wrong;
    const enum wh_err read = read_yaml(&yaml, text, length, &wrong);
    if (read != WH_OK) {
        snprintf(error, error_size, "%s: line %u: %s", name, wrong.line, wrong.what);
        return read;
    }
    const struct sim_reader reader = {name, text, length, error, error_size};
    const enum wh_err err = convert(&reader, yaml, scenario);
    sim_yaml_free(yaml);
    return err;
}

enum wh_err sim_scenario_load(struct sim_scenario *scenario, const char *path, char *error,
                              size_t error_size)
{
    size_t length = 0;
    char *text = sim_text_file(path, SIM_SCENARIO_SIZE_MAX, &length);
    if (text == NULL) {
        snprintf(error, error_size, "%s: line 1: %s", path, strerror(errno));
        return WH_ERR_IO;
    }
    const enum wh_err err = sim_scenario_parse(scenario, path, text, length, error, error_size);
    free(text);
    return err;
}

void sim_scenario_default(struct sim_scenario *scenario)
{
    char error[SIM_SCENARIO_ERROR_SIZE];
    if (sim_scenario_parse(scenario, "home.yaml", sim_scenario_home, sim_scenario_home_length,
                           error, sizeof error) != WH_OK) {
        abort(); /* its text is compiled in and a test reads it: only memory can be missing */
    }
}
