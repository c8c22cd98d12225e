/* The bench side of a home: what may be seen and touched while it runs. Every control changes state
 * that the next mains cycle reads, and nothing else. */
#include "sim/home_state.h"

#include <string.h>

unsigned sim_home_load_count(const struct sim_home *home)
{
    return home->load_count;
}

enum wh_err sim_home_load(const struct sim_home *home, unsigned index,
                          struct sim_load_status *status)
{
    if (index >= home->load_count) {
        return WH_ERR_NOT_FOUND;
    }
    const struct sim_load *load = &home->loads[index];
    *status = (struct sim_load_status){
        .name = load->config.name,
        .kind = load->config.appliance->kind,
        .phases = load->config.phases,
        .rated_w = load->config.power_w * sim_appliance_direction(load->config.appliance),
        .on = load->on,
        .power_w = home->load_power_w[index],
    };
    return WH_OK;
}

enum wh_err sim_home_find_load(const struct sim_home *home, const char *name, unsigned *index)
{
    for (unsigned k = 0; k < home->load_count; k++) {
        if (strcmp(home->loads[k].config.name, name) == 0) {
            *index = k;
            return WH_OK;
        }
    }
    return WH_ERR_NOT_FOUND;
}

void sim_home_mains(const struct sim_home *home, struct sim_mains_status *status)
{
    const struct sim_mains *mains = &home->mains;
    *status = (struct sim_mains_status){
        .frequency_hz = mains->frequency_hz,
        .frequency_held = mains->frequency_held,
        .rotation_reversed = mains->config.reversed,
        .cut = mains->cut,
    };
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        status->voltage_v[phase] = mains->gain_v[phase];
        status->voltage_held[phase] = mains->voltage_held[phase];
        status->current_reversed[phase] = home->current_reversed[phase];
    }
}

enum wh_err sim_home_switch_load(struct sim_home *home, unsigned index, bool on)
{
    if (index >= home->load_count) {
        return WH_ERR_NOT_FOUND;
    }
    sim_load_switch(&home->loads[index], on);
    return WH_OK;
}

enum wh_err sim_home_hold_voltage(struct sim_home *home, int phase, double voltage_v)
{
    return sim_mains_hold_voltage(&home->mains, phase, voltage_v);
}

enum wh_err sim_home_release_voltage(struct sim_home *home, int phase)
{
    return sim_mains_release_voltage(&home->mains, phase);
}

enum wh_err sim_home_hold_frequency(struct sim_home *home, double frequency_hz)
{
    return sim_mains_hold_frequency(&home->mains, frequency_hz);
}

void sim_home_release_frequency(struct sim_home *home)
{
    sim_mains_release_frequency(&home->mains);
}

enum wh_err sim_home_reverse_current(struct sim_home *home, int phase, bool reversed)
{
    if (phase < 0 || phase >= SIM_PHASES) {
        return WH_ERR_ARGUMENT;
    }
    home->current_reversed[phase] = reversed;
    return WH_OK;
}

void sim_home_reverse_rotation(struct sim_home *home, bool reversed)
{
    sim_mains_set_reversed(&home->mains, reversed);
}

void sim_home_cut(struct sim_home *home, bool cut)
{
    sim_mains_set_cut(&home->mains, cut);
}
