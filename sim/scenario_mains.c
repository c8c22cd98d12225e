/* The mains part of a scenario. */
#include <stdio.h>

#include "sim/scenario_reader.h"

static enum wh_err read_mains_numbers(const struct sim_reader *reader,
                                      const struct sim_yaml_mains *yaml,
                                      struct sim_mains_config *mains)
{
    const struct {
        const char *path;
        const double *given;
        double *value;
        double low, high;
    } numbers[] = {
        {"mains/voltage_v", yaml->voltage_v, &mains->voltage_v, 10, SIM_MAINS_VOLTAGE_MAX_V},
        {"mains/frequency_hz", yaml->frequency_hz, &mains->frequency_hz, SIM_MAINS_FREQUENCY_MIN_HZ,
         SIM_MAINS_FREQUENCY_MAX_HZ},
        {"mains/drift_v", yaml->drift_v, &mains->drift_v, 0, 50},
        {"mains/step_v", yaml->step_v, &mains->step_v, 0, 10},
        {"mains/frequency_wander_mhz", yaml->frequency_wander_mhz, &mains->frequency_wander_mhz, 0,
         500},
        {"mains/impedance_ohm", yaml->impedance_ohm, &mains->impedance_ohm, 0, 2},
    };
    for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) {
        if (numbers[k].given == NULL) {
            continue;
        }
        *numbers[k].value = *numbers[k].given;
        const enum wh_err err = sim_reader_range(reader, numbers[k].path, *numbers[k].value,
                                                 numbers[k].low, numbers[k].high);
        if (err != WH_OK) {
            return err;
        }
    }
    return WH_OK;
}

static enum wh_err read_unbalance(const struct sim_reader *reader,
                                  const struct sim_yaml_mains *yaml, struct sim_mains_config *mains)
{
    for (unsigned k = 0; k < yaml->unbalance_count; k++) {
        const struct sim_yaml_unbalance *from = &yaml->unbalance[k];
        char stem[SIM_READER_PATH_SIZE];
        snprintf(stem, sizeof stem, "mains/unbalance/%u", k);
        const struct sim_reader_member members[] = {
            {"phase", from->phase, 1, SIM_PHASES},
            {"percent", from->percent, -50, 50},
            {"angle_deg", from->angle_deg, -60, 60},
        };
        const enum wh_err err = sim_reader_members(reader, stem, members, 3);
        if (err != WH_OK) {
            return err;
        }
        mains->unbalance_percent[from->phase - 1] = from->percent;
        mains->unbalance_deg[from->phase - 1] = from->angle_deg;
    }
    return WH_OK;
}

static enum wh_err read_harmonics(const struct sim_reader *reader,
                                  const struct sim_yaml_mains *yaml, struct sim_mains_config *mains)
{
    if (!sim_yaml_has(reader->text, reader->length, "mains/harmonics")) {
        return WH_OK; /* the default ones; an empty list means none */
    }
    mains->harmonic_count = yaml->harmonics_count;
    for (unsigned k = 0; k < yaml->harmonics_count; k++) {
        const struct sim_yaml_harmonic *from = &yaml->harmonics[k];
        char stem[SIM_READER_PATH_SIZE];
        snprintf(stem, sizeof stem, "mains/harmonics/%u", k);
        const struct sim_reader_member members[] = {
            {"order", from->order, 2, SIM_HARMONIC_ORDER_MAX},
            {"percent", from->percent, 0, 100},
            {"angle_deg", from->angle_deg, -360, 360},
        };
        const enum wh_err err = sim_reader_members(reader, stem, members, 3);
        if (err != WH_OK) {
            return err;
        }
        mains->harmonics[k] = (struct sim_harmonic){from->order, from->percent, from->angle_deg};
    }
    return WH_OK;
}

enum wh_err sim_scenario_read_mains(const struct sim_reader *reader, const struct sim_yaml *yaml,
                                    struct sim_scenario *scenario)
{
    sim_mains_default(&scenario->mains);
    scenario->mains.reversed = yaml->mains.reversed == SIM_YAML_ON;
    enum wh_err err = read_mains_numbers(reader, &yaml->mains, &scenario->mains);
    err = err != WH_OK ? err : read_unbalance(reader, &yaml->mains, &scenario->mains);
    return err != WH_OK ? err : read_harmonics(reader, &yaml->mains, &scenario->mains);
}
