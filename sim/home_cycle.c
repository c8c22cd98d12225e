/* What a home does once per mains cycle: events happen, loads decide, and all of it is boiled down
 * to a conductance per phase and a short list of currents. */
#include "sim/home_state.h"

#include <math.h>
#include <string.h>

/* Electronics draw constant power down to this part of nominal voltage, then constant current … */
static const double constant_power_floor = 0.8;
/* … and nothing below this. */
static const double dropout = 0.5;
static const double low_power = 0.2;

/* Events: one function per action, so that adding one is a line in the table. */

static void do_voltage(struct sim_home *home, const struct sim_event *event)
{
    (void)sim_home_hold_voltage(home, event->phase, event->value);
}

static void do_release_voltage(struct sim_home *home, const struct sim_event *event)
{
    (void)sim_home_release_voltage(home, event->phase);
}

static void do_frequency(struct sim_home *home, const struct sim_event *event)
{
    (void)sim_home_hold_frequency(home, event->value);
}

static void do_release_frequency(struct sim_home *home, const struct sim_event *event)
{
    (void)event;
    sim_home_release_frequency(home);
}

static void do_reverse_current(struct sim_home *home, const struct sim_event *event)
{
    (void)sim_home_reverse_current(home, event->phase, event->on);
}

static void do_reverse_rotation(struct sim_home *home, const struct sim_event *event)
{
    sim_home_reverse_rotation(home, event->on);
}

static void do_power(struct sim_home *home, const struct sim_event *event)
{
    sim_home_cut(home, !event->on);
}

static void do_switch(struct sim_home *home, const struct sim_event *event)
{
    (void)sim_home_switch_load(home, event->load, event->on);
}

static void happen(struct sim_home *home)
{
    static void (*const actions[SIM_ACTION_COUNT])(struct sim_home *, const struct sim_event *) = {
        [SIM_ACTION_VOLTAGE] = do_voltage,
        [SIM_ACTION_RELEASE_VOLTAGE] = do_release_voltage,
        [SIM_ACTION_FREQUENCY] = do_frequency,
        [SIM_ACTION_RELEASE_FREQUENCY] = do_release_frequency,
        [SIM_ACTION_REVERSE_CURRENT] = do_reverse_current,
        [SIM_ACTION_REVERSE_ROTATION] = do_reverse_rotation,
        [SIM_ACTION_POWER] = do_power,
        [SIM_ACTION_SWITCH] = do_switch,
    };
    while (home->event_next < home->event_count &&
           home->events[home->event_next].at_s <= sim_home_time_s(home)) {
        const struct sim_event *event = &home->events[home->event_next++];
        actions[event->action](home, event);
    }
}

/* A load's part on one phase at power_w > 0 and voltage v > 0: adds what draws the current and
 * returns the power that is drawn. One function per enum sim_current_law. */

static double nominal_conductance_s(const struct sim_home *home, double power_w)
{
    const double nominal_v = home->mains.config.voltage_v;
    return power_w / (nominal_v * nominal_v);
}

static double follow(struct sim_home *home, unsigned index, int phase, double power_w)
{
    (void)index;
    const double v = home->mains.gain_v[phase];
    const double conductance_s = nominal_conductance_s(home, power_w);
    home->conductance_s[phase] += conductance_s;
    return conductance_s * v * v;
}

static void add_current(struct sim_home *home, struct sim_home_current current)
{
    home->currents[home->current_count++] = current;
}

static double draw_own(struct sim_home *home, unsigned index, int phase, double power_w)
{
    const struct sim_load *load = &home->loads[index];
    const double v = home->mains.gain_v[phase];
    const double nominal_v = home->mains.config.voltage_v;
    if (v < dropout * nominal_v) {
        return 0;
    }
    const double cosine = fabs(cos(load->config.appliance->signature.lag_deg * M_PI / 180));
    const double i_a = load->surge * power_w / (fmax(v, constant_power_floor * nominal_v) * cosine);
    const int level =
        load->power_w < low_power * load->config.power_w ? SIM_HOME_LOW_POWER : SIM_HOME_USUAL;
    add_current(home, (struct sim_home_current){&home->waveforms[index][level], i_a, phase, false});
    return v * i_a * cosine;
}

static double fire(struct sim_home *home, unsigned index, int phase, double power_w)
{
    (void)index;
    const double v = home->mains.gain_v[phase];
    const double conductance_s = nominal_conductance_s(home, power_w);
    /* power_w is what is left of twice as much: half of each half cycle conducts. */
    add_current(home, (struct sim_home_current){&home->gate, 2 * conductance_s, phase, true});
    return conductance_s * v * v;
}

static double draw(struct sim_home *home, unsigned index, int phase, double power_w)
{
    static double (*const laws[])(struct sim_home *, unsigned, int, double) = {
        [SIM_CURRENT_FOLLOWS] = follow,
        [SIM_CURRENT_OWN] = draw_own,
        [SIM_CURRENT_FIRED] = fire,
    };
    if (power_w <= 0 || home->mains.gain_v[phase] <= 0) {
        return 0;
    }
    return laws[home->loads[index].config.appliance->law](home, index, phase, power_w);
}

static void add_load(struct sim_home *home, unsigned index)
{
    const struct sim_load *load = &home->loads[index];
    const unsigned phases = load->config.phases;
    const double share_w = load->power_w / (phases == 7 ? 3 : 1);
    double power_w = 0;
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        if ((phases >> phase & 1) != 0) {
            power_w += draw(home, index, phase, share_w);
        }
    }
    home->load_power_w[index] = power_w * sim_appliance_direction(load->config.appliance);
}

static int first_phase(unsigned phases)
{
    return (phases & 1) != 0 ? 0 : (phases & 2) != 0 ? 1 : 2;
}

static void step_loads(struct sim_home *home, double step_s)
{
    const double floor_v = dropout * home->mains.config.voltage_v;
    struct sim_load_moment moment = {
        .time_s = sim_home_time_s(home),
        .time_of_day_s = sim_home_time_of_day_s(home),
        .step_s = step_s,
        .cycle = home->cycle,
    };
    memset(home->conductance_s, 0, sizeof home->conductance_s);
    home->current_count = 0;
    for (unsigned k = 0; k < home->load_count; k++) {
        moment.powered = home->mains.gain_v[first_phase(home->loads[k].config.phases)] >= floor_v;
        sim_load_step(&home->loads[k], &moment);
        add_load(home, k);
    }
}

void sim_home_next_cycle(struct sim_home *home)
{
    const double step_s = home->samples_last_cycle / home->sample_rate_hz;
    happen(home);
    home->samples_left = sim_mains_next_cycle(&home->mains, step_s);
    home->samples_last_cycle = home->samples_left;
    step_loads(home, step_s);
    home->cycle++;
}
