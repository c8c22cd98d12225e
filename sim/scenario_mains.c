/* The mains part of a scenario. */
#include <stdio.h>

#include "sim/scenario_reader.h"

static enum wh_err read_numbers(const struct sim_reader *reader, const struct sim_yaml_mains *yaml,
                                struct sim_mains_config *mains)
{
    const struct sim_reader_number numbers[] = {
        {"voltage_v", yaml->voltage_v, &mains->voltage_v, 10, SIM_MAINS_VOLTAGE_MAX_V},
        {"frequency_hz", yaml->frequency_hz, &mains->frequency_hz, SIM_MAINS_FREQUENCY_MIN_HZ,
         SIM_MAINS_FREQUENCY_MAX_HZ},
        {"drift_v", yaml->drift_v, &mains->drift_v, 0, 50},
        {"step_v", yaml->step_v, &mains->step_v, 0, 10},
        {"frequency_wander_mhz", yaml->frequency_wander_mhz, &mains->frequency_wander_mhz, 0, 500},
        {"impedance_ohm", yaml->impedance_ohm, &mains->impedance_ohm, 0, 2},
    };
    return sim_reader_numbers(reader, "mains", numbers, sizeof numbers / sizeof numbers[0]);
}

static enum wh_err read_unbalance(const struct sim_reader *reader,
                                  const struct sim_yaml_mains *yaml, unsigned index,
                                  struct sim_mains_config *mains)
{
    const struct sim_yaml_unbalance *from = &yaml->unbalance[index];
    char stem[SIM_READER_PATH_SIZE];
    snprintf(stem, sizeof stem, "mains/unbalance/%u", index);
    int phase = 0;
    const enum wh_err err = sim_reader_phase(reader, stem, from->phase, &phase);
    if (err != WH_OK) {
        return err;
    }
    const struct sim_reader_number numbers[] = {
        {"percent", from->percent, &mains->unbalance_percent[phase], -50, 50},
        {"angle_deg", from->angle_deg, &mains->unbalance_deg[phase], -60, 60},
    };
    return sim_reader_numbers(reader, stem, numbers, sizeof numbers / sizeof numbers[0]);
}

static enum wh_err read_harmonic(const struct sim_reader *reader, const struct sim_yaml_mains *yaml,
                                 unsigned index, struct sim_mains_config *mains)
{
    const struct sim_yaml_harmonic *from = &yaml->harmonics[index];
    struct sim_harmonic *harmonic = &mains->harmonics[index];
    char stem[SIM_READER_PATH_SIZE];
    snprintf(stem, sizeof stem, "mains/harmonics/%u", index);
    *harmonic = (struct sim_harmonic){0};
    double order = 0;
    const struct sim_reader_number numbers[] = {
        {"order", from->order, &order, 2, SIM_HARMONIC_ORDER_MAX},
        {"percent", from->percent, &harmonic->percent, 0, 100},
        {"angle_deg", from->angle_deg, &harmonic->angle_deg, -360, 360},
    };
    const enum wh_err err =
        sim_reader_numbers(reader, stem, numbers, sizeof numbers / sizeof numbers[0]);
    harmonic->order = (unsigned)order;
    if (err == WH_OK && harmonic->order != order) {
        return sim_reader_fail(reader, stem, "order is %s, must be a whole number", from->order);
    }
    return err;
}

enum wh_err sim_scenario_read_mains(const struct sim_reader *reader, const struct sim_yaml *yaml,
                                    struct sim_scenario *scenario)
{
    struct sim_mains_config *mains = &scenario->mains;
    sim_mains_default(mains);
    mains->reversed = yaml->mains.reversed == SIM_YAML_ON;
    enum wh_err err = read_numbers(reader, &yaml->mains, mains);
    for (unsigned k = 0; k < yaml->mains.unbalance_count && err == WH_OK; k++) {
        err = read_unbalance(reader, &yaml->mains, k, mains);
    }
    /* No list means the default harmonics, an empty one means none. */
    if (sim_yaml_has(reader->text, reader->length, "mains/harmonics")) {
        mains->harmonic_count = yaml->mains.harmonics_count;
    }
    for (unsigned k = 0; k < yaml->mains.harmonics_count && err == WH_OK; k++) {
        err = read_harmonic(reader, &yaml->mains, k, mains);
    }
    return err;
}
