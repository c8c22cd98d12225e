/* The mains: slow quantities once per cycle, so that a sample is a table lookup per phase.
 *
 * Invariant: what is drawn from the random stream depends on elapsed seconds only, never on
 * controls, so that holding a voltage for a while does not change the grid's later wandering. */
#include "sim/mains.h"

#include <math.h>

static const double drift_memory_s = 1800;
static const double step_memory_s = 20;
static const double frequency_memory_s = 300;

void sim_mains_default(struct sim_mains_config *config)
{
    *config = (struct sim_mains_config){
        .voltage_v = 230,
        .frequency_hz = 50,
        .drift_v = 0.8,
        .step_v = 0.25,
        .frequency_wander_mhz = 20,
        .harmonic_count = 5,
        .harmonics = {{3, 0.6, 10}, {5, 2.2, 170}, {7, 1.4, 20}, {11, 0.5, 150}, {13, 0.3, 40}},
    };
}

static bool in_range(double value, double low, double high)
{
    return value >= low && value <= high;
}

static bool harmonics_valid(const struct sim_mains_config *config)
{
    if (config->harmonic_count > SIM_MAINS_HARMONICS_MAX) {
        return false;
    }
    for (unsigned k = 0; k < config->harmonic_count; k++) {
        const struct sim_harmonic *harmonic = &config->harmonics[k];
        if (harmonic->order < 2 || harmonic->order > SIM_HARMONIC_ORDER_MAX ||
            !in_range(harmonic->percent, 0, 100) || !in_range(harmonic->angle_deg, -360, 360)) {
            return false;
        }
    }
    return true;
}

static bool unbalance_valid(const struct sim_mains_config *config)
{
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        if (!in_range(config->unbalance_percent[phase], -50, 50) ||
            !in_range(config->unbalance_deg[phase], -60, 60)) {
            return false;
        }
    }
    return true;
}

static bool config_valid(const struct sim_mains_config *config)
{
    return in_range(config->voltage_v, 10, SIM_MAINS_VOLTAGE_MAX_V) &&
           in_range(config->frequency_hz, SIM_MAINS_FREQUENCY_MIN_HZ, SIM_MAINS_FREQUENCY_MAX_HZ) &&
           in_range(config->drift_v, 0, 50) && in_range(config->step_v, 0, 10) &&
           in_range(config->frequency_wander_mhz, 0, 500) &&
           in_range(config->impedance_ohm, 0, 2) && unbalance_valid(config) &&
           harmonics_valid(config);
}

static double step_sigma_v(const struct sim_mains *mains)
{
    return mains->config.step_v / sqrt(2 / step_memory_s);
}

static void place_phases(struct sim_mains *mains)
{
    const double turn_deg = mains->config.reversed ? 120 : -120;
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        mains->offset[phase] = sim_angle(phase * turn_deg + mains->config.unbalance_deg[phase]);
    }
}

static void start_wandering(struct sim_mains *mains)
{
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        sim_wander_start(&mains->drift[phase], mains->config.drift_v, &mains->random);
        sim_wander_start(&mains->step[phase], step_sigma_v(mains), &mains->random);
    }
    sim_wander_start(&mains->frequency, mains->config.frequency_wander_mhz, &mains->random);
}

enum wh_err sim_mains_init(struct sim_mains *mains, const struct sim_mains_config *config,
                           double sample_rate_hz, uint64_t seed)
{
    if (!config_valid(config) || !in_range(sample_rate_hz, 500, 1e6)) {
        return WH_ERR_ARGUMENT;
    }
    *mains = (struct sim_mains){
        .config = *config,
        .sample_rate_hz = sample_rate_hz,
        .to_next_second_s = 1,
        .random = sim_random_stream(seed, 1),
    };
    sim_waveform_build(&mains->waveform, 0, config->harmonics, config->harmonic_count);
    place_phases(mains);
    start_wandering(mains);
    return WH_OK;
}

enum wh_err sim_mains_hold_voltage(struct sim_mains *mains, int phase, double voltage_v)
{
    if (phase < 0 || phase >= SIM_PHASES || !in_range(voltage_v, 0, SIM_MAINS_VOLTAGE_MAX_V)) {
        return WH_ERR_ARGUMENT;
    }
    mains->voltage_held[phase] = true;
    mains->held_v[phase] = voltage_v;
    return WH_OK;
}

enum wh_err sim_mains_release_voltage(struct sim_mains *mains, int phase)
{
    if (phase < 0 || phase >= SIM_PHASES) {
        return WH_ERR_ARGUMENT;
    }
    mains->voltage_held[phase] = false;
    return WH_OK;
}

enum wh_err sim_mains_hold_frequency(struct sim_mains *mains, double frequency_hz)
{
    if (!in_range(frequency_hz, SIM_MAINS_FREQUENCY_MIN_HZ, SIM_MAINS_FREQUENCY_MAX_HZ)) {
        return WH_ERR_ARGUMENT;
    }
    mains->frequency_held = true;
    mains->held_hz = frequency_hz;
    return WH_OK;
}

void sim_mains_release_frequency(struct sim_mains *mains)
{
    mains->frequency_held = false;
}

void sim_mains_set_reversed(struct sim_mains *mains, bool reversed)
{
    mains->config.reversed = reversed;
}

void sim_mains_set_cut(struct sim_mains *mains, bool cut)
{
    mains->cut = cut;
}

static void wander_one_second(struct sim_mains *mains)
{
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        sim_wander_step(&mains->drift[phase], mains->config.drift_v, drift_memory_s, 1,
                        &mains->random);
        sim_wander_step(&mains->step[phase], step_sigma_v(mains), step_memory_s, 1, &mains->random);
    }
    sim_wander_step(&mains->frequency, mains->config.frequency_wander_mhz, frequency_memory_s, 1,
                    &mains->random);
}

static double grid_voltage_v(const struct sim_mains *mains, int phase)
{
    const double nominal_v =
        mains->config.voltage_v * (1 + mains->config.unbalance_percent[phase] / 100);
    return fmax(0, nominal_v + mains->drift[phase].value + mains->step[phase].value);
}

static void set_amplitudes(struct sim_mains *mains)
{
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        const bool held = mains->voltage_held[phase];
        const double voltage_v = held ? mains->held_v[phase] : grid_voltage_v(mains, phase);
        mains->gain_v[phase] = mains->cut ? 0 : voltage_v;
        mains->impedance_ohm[phase] = held ? 0 : mains->config.impedance_ohm;
    }
}

static void set_frequency(struct sim_mains *mains)
{
    const double grid_hz = mains->config.frequency_hz + mains->frequency.value / 1000;
    mains->frequency_hz = mains->frequency_held ? mains->held_hz : grid_hz;
    mains->angle_step = (uint64_t)(mains->frequency_hz / mains->sample_rate_hz * 0x1p64);
}

unsigned sim_mains_next_cycle(struct sim_mains *mains, double step_s)
{
    for (mains->to_next_second_s -= step_s; mains->to_next_second_s <= 0;
         mains->to_next_second_s += 1) {
        wander_one_second(mains);
    }
    set_amplitudes(mains);
    set_frequency(mains);
    place_phases(mains);
    /* Samples until L1's angle wraps: the rest of the cycle divided by the step, rounded up. */
    const uint64_t rest = UINT64_MAX - mains->angle;
    return (unsigned)(rest / mains->angle_step) + 1;
}
