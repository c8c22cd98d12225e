/* The loads of a scenario. */
#include <stdio.h>
#include <string.h>

#include "sim/scenario_reader.h"

static const double power_max_w = 100000;
static const double cycle_max_s = 7 * 86400;

static void path_of(char path[SIM_READER_PATH_SIZE], unsigned load, const char *key)
{
    snprintf(path, SIM_READER_PATH_SIZE, "loads/%u/%s", load, key);
}

static enum wh_err read_name(const struct sim_reader *reader, const struct sim_yaml_load *yaml,
                             struct sim_scenario *scenario, unsigned index)
{
    char path[SIM_READER_PATH_SIZE];
    path_of(path, index, "name");
    for (const char *c = yaml->name; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f) {
            return sim_reader_fail(reader, path, "a name has no control characters");
        }
    }
    for (unsigned k = 0; k < index; k++) {
        if (strcmp(scenario->loads[k].name, yaml->name) == 0) {
            return sim_reader_fail(reader, path, "there is already a load named '%s'", yaml->name);
        }
    }
    memcpy(scenario->loads[index].name, yaml->name, sizeof yaml->name);
    return WH_OK;
}

static enum wh_err read_kind(const struct sim_reader *reader, const struct sim_yaml_load *yaml,
                             struct sim_load_config *load, unsigned index)
{
    char path[SIM_READER_PATH_SIZE];
    path_of(path, index, "kind");
    load->appliance = sim_appliance_find(yaml->kind);
    return load->appliance != NULL
               ? WH_OK
               : sim_reader_fail(reader, path, "no appliance is of kind '%s'", yaml->kind);
}

static enum wh_err read_phases(const struct sim_reader *reader, const struct sim_yaml_load *yaml,
                               struct sim_load_config *load, unsigned index)
{
    static const struct {
        const char *word;
        unsigned phases;
    } known[] = {{"1", 1}, {"2", 2}, {"3", 4}, {"123", 7}};
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        if (strcmp(known[k].word, yaml->phase) == 0) {
            load->phases = known[k].phases;
            return WH_OK;
        }
    }
    char path[SIM_READER_PATH_SIZE];
    path_of(path, index, "phase");
    return sim_reader_fail(reader, path, "phase is '%s', must be 1, 2, 3 or 123", yaml->phase);
}

static enum wh_err read_power(const struct sim_reader *reader, const struct sim_yaml_load *yaml,
                              struct sim_load_config *load, unsigned index)
{
    char stem[SIM_READER_PATH_SIZE];
    snprintf(stem, sizeof stem, "loads/%u", index);
    load->power_w = load->appliance->rated_w;
    const struct sim_reader_number power = {"power_w", yaml->power_w, &load->power_w, 0.1,
                                            power_max_w};
    return sim_reader_numbers(reader, stem, &power, 1);
}

static enum wh_err read_schedule(const struct sim_reader *reader, const struct sim_yaml_load *yaml,
                                 struct sim_load_config *load, unsigned index)
{
    load->edge_count = yaml->schedule_count;
    for (unsigned k = 0; k < yaml->schedule_count; k++) {
        char path[SIM_READER_PATH_SIZE];
        snprintf(path, sizeof path, "loads/%u/schedule/%u/at", index, k);
        load->edges[k].on = yaml->schedule[k].on == SIM_YAML_ON;
        const enum wh_err err =
            sim_reader_time(reader, path, yaml->schedule[k].at, &load->edges[k].at_s);
        if (err != WH_OK) {
            return err;
        }
    }
    return WH_OK;
}

/* Without a cycle all its words are empty, and the load's stays 0. */
static enum wh_err read_cycle(const struct sim_reader *reader, const struct sim_yaml_load *yaml,
                              struct sim_load_config *load, unsigned index)
{
    char stem[SIM_READER_PATH_SIZE];
    path_of(stem, index, "cycle");
    const struct sim_reader_number numbers[] = {
        {"first_s", yaml->cycle.first_s, &load->cycle_first_s, 0, cycle_max_s},
        {"on_s", yaml->cycle.on_s, &load->cycle_on_s, 0.1, cycle_max_s},
        {"off_s", yaml->cycle.off_s, &load->cycle_off_s, 0.1, cycle_max_s},
    };
    return sim_reader_numbers(reader, stem, numbers, sizeof numbers / sizeof numbers[0]);
}

/* What the schedule said last before the start, looking back over midnight; off without one. */
static bool scheduled_on(const struct sim_load_config *load, double start_s)
{
    double latest_ago_s = 2 * 86400.0;
    bool on = false;
    for (unsigned k = 0; k < load->edge_count; k++) {
        const double ago_s = start_s - load->edges[k].at_s;
        const double wrapped_s = ago_s < 0 ? ago_s + 86400 : ago_s;
        if (wrapped_s <= latest_ago_s) {
            latest_ago_s = wrapped_s;
            on = load->edges[k].on;
        }
    }
    return on;
}

static enum wh_err read_load(const struct sim_reader *reader, const struct sim_yaml_load *yaml,
                             struct sim_scenario *scenario, unsigned index)
{
    struct sim_load_config *load = &scenario->loads[index];
    enum wh_err err = read_name(reader, yaml, scenario, index);
    err = err != WH_OK ? err : read_kind(reader, yaml, load, index);
    err = err != WH_OK ? err : read_phases(reader, yaml, load, index);
    err = err != WH_OK ? err : read_power(reader, yaml, load, index);
    err = err != WH_OK ? err : read_schedule(reader, yaml, load, index);
    err = err != WH_OK ? err : read_cycle(reader, yaml, load, index);
    load->on = yaml->on == SIM_YAML_ABSENT ? scheduled_on(load, scenario->start_s)
                                           : yaml->on == SIM_YAML_ON;
    return err;
}

enum wh_err sim_scenario_read_loads(const struct sim_reader *reader, const struct sim_yaml *yaml,
                                    struct sim_scenario *scenario)
{
    enum wh_err err = WH_OK;
    scenario->load_count = yaml->loads_count;
    for (unsigned k = 0; k < yaml->loads_count && err == WH_OK; k++) {
        err = read_load(reader, &yaml->loads[k], scenario, k);
    }
    return err;
}
