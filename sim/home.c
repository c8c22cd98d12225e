/* The running home. Once per mains cycle everything slow is worked out and boiled down to a short
 * list of currents; a sample is then a walk through that list.
 *
 * Invariant: nothing depends on how samples are portioned into pulls. */
#include "sim/home_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double day_s = 86400;

static void build_waveforms(struct sim_home *home)
{
    sim_waveform_build_gate(&home->gate, 90);
    for (unsigned k = 0; k < home->load_count; k++) {
        const struct sim_appliance *appliance = home->loads[k].config.appliance;
        const struct sim_signature *usual = &appliance->signature;
        const bool has_low = appliance->low_power.harmonics[0].order != 0;
        const struct sim_signature *low = has_low ? &appliance->low_power : usual;
        sim_waveform_build(&home->waveforms[k][SIM_HOME_USUAL], usual->lag_deg, usual->harmonics,
                           SIM_APPLIANCE_HARMONICS);
        sim_waveform_build(&home->waveforms[k][SIM_HOME_LOW_POWER], low->lag_deg, low->harmonics,
                           SIM_APPLIANCE_HARMONICS);
    }
}

static bool load_valid(const struct sim_load_config *config)
{
    const bool one_phase = config->phases == 1 || config->phases == 2 || config->phases == 4;
    return config->appliance != NULL && (one_phase || config->phases == 7) && config->power_w > 0 &&
           isfinite(config->power_w) && config->edge_count <= SIM_LOAD_EDGES_MAX;
}

static bool event_valid(const struct sim_event *event, unsigned load_count)
{
    return (unsigned)event->action < SIM_ACTION_COUNT &&
           (event->action != SIM_ACTION_SWITCH || event->load < load_count);
}

static bool scenario_valid(const struct sim_scenario *scenario)
{
    if (scenario->load_count > SIM_SCENARIO_LOADS_MAX ||
        scenario->event_count > SIM_SCENARIO_EVENTS_MAX || !(scenario->start_s >= 0) ||
        !(scenario->start_s < day_s)) {
        return false;
    }
    for (unsigned k = 0; k < scenario->load_count; k++) {
        if (!load_valid(&scenario->loads[k])) {
            return false;
        }
    }
    for (unsigned k = 0; k < scenario->event_count; k++) {
        if (!event_valid(&scenario->events[k], scenario->load_count)) {
            return false;
        }
    }
    return true;
}

static void fill(struct sim_home *home, const struct sim_scenario *scenario)
{
    home->start_s = scenario->start_s;
    home->load_count = scenario->load_count;
    for (unsigned k = 0; k < scenario->load_count; k++) {
        sim_load_init(&home->loads[k], &scenario->loads[k], scenario->seed, k);
    }
    home->event_count = scenario->event_count;
    memcpy(home->events, scenario->events, scenario->event_count * sizeof scenario->events[0]);
    build_waveforms(home);
}

static enum wh_err create(struct sim_home **home, const struct sim_scenario *scenario,
                          double sample_rate_hz)
{
    if (!scenario_valid(scenario)) {
        return WH_ERR_ARGUMENT;
    }
    struct sim_home *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return WH_ERR_SPACE;
    }
    const enum wh_err err =
        sim_mains_init(&made->mains, &scenario->mains, sample_rate_hz, scenario->seed);
    if (err != WH_OK) {
        free(made);
        return err;
    }
    made->sample_rate_hz = sample_rate_hz;
    fill(made, scenario);
    *home = made;
    return WH_OK;
}

enum wh_err sim_home_create(struct sim_home **home, const struct sim_scenario *scenario,
                            double sample_rate_hz)
{
    if (scenario != NULL) {
        return create(home, scenario, sample_rate_hz);
    }
    struct sim_scenario *built_in = malloc(sizeof *built_in);
    if (built_in == NULL) {
        return WH_ERR_SPACE;
    }
    sim_scenario_default(built_in);
    const enum wh_err err = create(home, built_in, sample_rate_hz);
    free(built_in);
    return err;
}

void sim_home_free(struct sim_home *home)
{
    free(home);
}

double sim_home_time_s(const struct sim_home *home)
{
    return (double)home->sample / home->sample_rate_hz;
}

double sim_home_time_of_day_s(const struct sim_home *home)
{
    return fmod(home->start_s + sim_home_time_s(home), day_s);
}

/* Ohm's law in one step: the grid's resistance in series with all conductances, and with the
 * currents that do not care for the voltage. */
static void settle(const struct sim_home *home, struct sim_instant *instant, int phase)
{
    const double ohm = home->mains.impedance_ohm[phase];
    const double conductance_s = home->conductance_s[phase];
    const double u_v =
        (instant->u_v[phase] - ohm * instant->i_a[phase]) / (1 + ohm * conductance_s);
    const double i_a = instant->i_a[phase] + conductance_s * u_v;
    instant->u_v[phase] = u_v;
    instant->i_a[phase] = home->current_reversed[phase] ? -i_a : i_a;
}

static void sample(const struct sim_home *home, struct sim_instant *instant)
{
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        instant->u_v[phase] = sim_mains_u_v(&home->mains, phase);
        instant->i_a[phase] = 0;
    }
    for (unsigned k = 0; k < home->current_count; k++) {
        const struct sim_home_current *current = &home->currents[k];
        const int phase = current->phase;
        const double i_a = current->scale *
                           sim_waveform_at(current->waveform, sim_mains_angle(&home->mains, phase));
        instant->i_a[phase] += current->times_voltage ? i_a * instant->u_v[phase] : i_a;
    }
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        settle(home, instant, phase);
    }
}

static size_t pull(void *context, struct sim_instant *instants, size_t count)
{
    struct sim_home *home = context;
    for (size_t n = 0; n < count; n++) {
        if (home->samples_left == 0) {
            sim_home_next_cycle(home);
        }
        sample(home, &instants[n]);
        sim_mains_advance(&home->mains);
        home->samples_left--;
        home->sample++;
    }
    return count;
}

struct sim_source sim_home_source(struct sim_home *home)
{
    return (struct sim_source){.pull = pull, .context = home};
}
