/* How loads behave over time: each kind of behaviour is one small function, giving a factor of the
 * load's power; kinds that lack it get 1. */
#include "sim/load.h"

#include <math.h>

static const double day_s = 86400;
static const double sunrise_s = 6 * 3600;
static const double daylight_s = 14 * 3600;

void sim_load_init(struct sim_load *load, const struct sim_load_config *config, uint64_t seed,
                   uint64_t stream)
{
    *load = (struct sim_load){
        .config = *config,
        .surge = 1,
        .random = sim_random_stream(seed, 1000 + stream),
    };
    sim_load_switch(load, config->on);
}

/* Thermostats never take quite the same time twice. */
static double vary_s(struct sim_load *load, double time_s)
{
    return time_s * (0.85 + 0.3 * sim_random_uniform(&load->random));
}

static void start_drawing(struct sim_load *load)
{
    load->drawing = true;
    load->drawing_for_s = 0;
    load->duty_left_s = vary_s(load, load->config.appliance->behaviour.duty_on_s);
}

static void stop_drawing(struct sim_load *load)
{
    load->drawing = false;
    load->duty_left_s = vary_s(load, load->config.appliance->behaviour.duty_off_s);
}

void sim_load_switch(struct sim_load *load, bool on)
{
    if (on && !load->on) {
        load->on_for_s = 0;
        start_drawing(load);
    }
    load->on = on;
}

/* Whether a time of day was passed in the step that ended at end_s; steps may cross midnight. */
static bool passed(double at_s, double end_s, double step_s)
{
    const double ago_s = end_s - at_s;
    return (ago_s < 0 ? ago_s + day_s : ago_s) < step_s;
}

static void obey_schedule(struct sim_load *load, const struct sim_load_moment *moment)
{
    for (unsigned k = 0; k < load->config.edge_count; k++) {
        if (passed(load->config.edges[k].at_s, moment->time_of_day_s, moment->step_s)) {
            sim_load_switch(load, load->config.edges[k].on);
        }
    }
}

static bool cycle_is_on(const struct sim_load_config *config, double time_s)
{
    const double since_s = time_s - config->cycle_first_s;
    return since_s >= 0 &&
           fmod(since_s, config->cycle_on_s + config->cycle_off_s) < config->cycle_on_s;
}

static void obey_cycle(struct sim_load *load, const struct sim_load_moment *moment)
{
    if (load->config.cycle_on_s <= 0) {
        return;
    }
    /* The first step has length 0 and no past: its cycle was off. */
    const bool was_on =
        moment->step_s > 0 && cycle_is_on(&load->config, moment->time_s - moment->step_s);
    const bool is_on = cycle_is_on(&load->config, moment->time_s);
    if (is_on != was_on) {
        sim_load_switch(load, is_on);
    }
}

static void age(struct sim_load *load, const struct sim_load_moment *moment)
{
    const struct sim_behaviour *behaviour = &load->config.appliance->behaviour;
    load->on_for_s += moment->step_s;
    load->drawing_for_s += moment->step_s;
    load->duty_left_s -= moment->step_s;
    if (!moment->powered) {
        load->on_for_s = 0;
        load->drawing_for_s = 0;
    }
    if (behaviour->runs_s > 0 && load->on_for_s >= behaviour->runs_s) {
        load->on = false;
    }
    if (behaviour->duty_on_s > 0 && load->duty_left_s <= 0) {
        if (load->drawing) {
            stop_drawing(load);
        } else {
            start_drawing(load);
        }
    }
    if (behaviour->flutter_percent > 0) {
        sim_wander_step(&load->flutter, behaviour->flutter_percent / 100, behaviour->flutter_s,
                        moment->step_s, &load->random);
    }
}

static double burst_factor(const struct sim_behaviour *behaviour, uint64_t cycle)
{
    return behaviour->burst_cycles == 0 || cycle % behaviour->burst_cycles < behaviour->burst_on
               ? 1
               : 0;
}

static double ramp_factor(const struct sim_load *load, const struct sim_behaviour *behaviour)
{
    return behaviour->ramp_s > 0 ? fmin(1, load->drawing_for_s / behaviour->ramp_s) : 1;
}

static double sun_factor(const struct sim_behaviour *behaviour, double time_of_day_s)
{
    const double height = sin(M_PI * (time_of_day_s - sunrise_s) / daylight_s);
    const bool is_day = time_of_day_s > sunrise_s && time_of_day_s < sunrise_s + daylight_s;
    if (!behaviour->daylight) {
        return 1;
    }
    /* The power 1.5 stands for the longer way through the air when the sun is low. */
    return is_day ? pow(height, 1.5) : 0;
}

static double surge_factor(const struct sim_load *load, const struct sim_behaviour *behaviour)
{
    return behaviour->inrush > 1
               ? 1 + (behaviour->inrush - 1) * exp(-load->drawing_for_s / behaviour->inrush_s)
               : 1;
}

void sim_load_step(struct sim_load *load, const struct sim_load_moment *moment)
{
    const struct sim_behaviour *behaviour = &load->config.appliance->behaviour;
    obey_schedule(load, moment);
    obey_cycle(load, moment);
    age(load, moment);
    const double duty = load->drawing ? 1 : behaviour->idle_percent / 100;
    const double factor =
        duty * burst_factor(behaviour, moment->cycle) * ramp_factor(load, behaviour) *
        sun_factor(behaviour, moment->time_of_day_s) * fmax(0, 1 + load->flutter.value);
    load->power_w = load->on ? load->config.power_w * factor : 0;
    load->surge = load->drawing ? surge_factor(load, behaviour) : 1;
}
