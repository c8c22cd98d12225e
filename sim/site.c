/* The running site. Time is cut into stretches in which nothing changes but on straight lines:
 * they end where a load, the grid or somebody does something, and at every minute. A second is
 * then a point on the lines of three phases, and noise.
 *
 * Invariant: where stretches end depends on the site's own life only, never on how it is asked;
 * noise is a function of the seed and the second. */
#include "sim/site.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/site_state.h"

enum { MINUTE_S = 60, NOMINAL_MV = 230000 };

/* Streams of random numbers; those of weather and grid are their own. */
enum { STREAM_CRYSTAL = 1, STREAM_NOISE, STREAM_PULSES, STREAM_LOADS = 1000 };

/* Reads the temperature of the meter and so the speed of its crystal. */
static void warm_meter(struct sim_site *site)
{
    const double outdoor_c = site->weather.temperature_c;
    const double meter_c = site->config.meter.indoor ? 19 + 0.15 * outdoor_c : outdoor_c + 3;
    site->meter_centi_c = (int16_t)(meter_c * 100);
    site->crystal_rate =
        sim_crystal_rate(sim_crystal_error_ppb(&site->crystal, site->meter_centi_c));
}

static void next_minute(struct sim_site *site, uint32_t utc_s)
{
    sim_weather_next(&site->weather, utc_s);
    sim_site_people_next(&site->people, utc_s);
    sim_site_grid_next_minute(&site->grid, utc_s, (uint32_t)((int64_t)utc_s + site->people.zone_s));
    site->crystal.age_s += MINUTE_S;
    warm_meter(site);
}

static void take_event(struct sim_site *site, const struct sim_site_event *event)
{
    static const uint32_t happenings[SIM_SITE_ACTIONS][2] = {
        [SIM_SITE_CLOCK_SHIFT] = {SIM_SITE_CLOCK_SHIFTED, SIM_SITE_CLOCK_SHIFTED},
        [SIM_SITE_TARIFF] = {SIM_SITE_TARIFF_SET, SIM_SITE_TARIFF_SET},
        [SIM_SITE_DEBITING_STOP] = {SIM_SITE_DEBITING_STOPPED, SIM_SITE_DEBITING_STOPPED},
        [SIM_SITE_COVER] = {SIM_SITE_COVER_CLOSED, SIM_SITE_COVER_OPENED},
        [SIM_SITE_MAGNET] = {SIM_SITE_MAGNET_GONE, SIM_SITE_MAGNET_PUT},
        [SIM_SITE_SEAL] = {SIM_SITE_SEAL_CLOSED, SIM_SITE_SEAL_OPENED},
        [SIM_SITE_PULSES] = {SIM_SITE_PULSED, SIM_SITE_PULSED},
    };
    struct sim_site_pending *pending = &site->pending;
    pending->happenings |= happenings[event->action][event->on];
    if (event->action == SIM_SITE_CLOCK_SHIFT) {
        pending->clock_shift_s = (int32_t)event->value;
    } else if (event->action == SIM_SITE_TARIFF) {
        pending->tariff = (uint8_t)event->value;
    } else if (event->action == SIM_SITE_PULSES) {
        pending->pulses += (uint32_t)event->value;
    } else if (event->action == SIM_SITE_VACATION) {
        sim_site_people_leave(&site->people, event->at_s + (uint32_t)(event->value * 86400));
    }
}

static void take_events(struct sim_site *site, uint32_t utc_s)
{
    const struct sim_site_config *config = &site->config;
    while (site->next_event < config->event_count &&
           config->events[site->next_event].at_s <= utc_s) {
        take_event(site, &config->events[site->next_event++]);
    }
}

/* One pulse when it is due; the next is drawn within the hour, as often as people are active. */
static void take_pulse(struct sim_site *site, uint32_t utc_s)
{
    if (site->next_pulse_s > utc_s) {
        return;
    }
    const double per_hour =
        sim_site_people_chance(&site->people, SIM_SITE_HABIT_ANY, site->config.pulse_input.per_day);
    const double mean_s = 3600 / fmax(per_hour, 1);
    site->pending.pulses += site->pulse_due;
    site->pending.happenings |= site->pulse_due ? SIM_SITE_PULSED : 0;
    site->pulse_due = sim_random_uniform(&site->pulse_random) < per_hour;
    site->next_pulse_s =
        utc_s + 1 + (uint32_t)(2 * mean_s * sim_random_uniform(&site->pulse_random));
}

static void run_loads(struct sim_site *site, uint32_t utc_s)
{
    const struct sim_site_world world = {&site->config, &site->weather, &site->people,
                                         utc_s,         site->alive,    site->lag_var};
    for (unsigned k = 0; k < site->load_count; k++) {
        if (site->loads[k].next_s <= utc_s) {
            sim_site_load_run(&site->loads[k], &world);
        }
    }
}

static void find_voltage(struct sim_site *site, uint32_t utc_s)
{
    const unsigned before = site->alive;
    sim_site_grid_run(&site->grid, utc_s);
    site->alive = 0;
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        site->alive |= (unsigned)sim_site_grid_alive(&site->grid, phase, utc_s) << phase;
    }
    const unsigned back = site->alive & ~before;
    for (unsigned k = 0; k < site->load_count && back != 0; k++) {
        if ((site->loads[k].phases & back) != 0) {
            sim_site_load_wake(&site->loads[k], utc_s);
        }
    }
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        site->step_v[phase] = (site->alive >> phase & 1) != 0 ? site->step_v[phase] : 0;
    }
    if (site->alive == 0) { /* the meter will start anew */
        memset(site->voltage_state, 0, sizeof site->voltage_state);
        site->half_cycle_rest = 0;
    }
    if ((site->alive != 0) != (before != 0)) {
        site->pending.happenings |= site->alive != 0 ? SIM_SITE_SUPPLY_BACK : SIM_SITE_SUPPLY_LOST;
    }
}

static uint32_t next_change(const struct sim_site *site, uint32_t utc_s)
{
    uint32_t next_s = utc_s - utc_s % MINUTE_S + MINUTE_S;
    const uint32_t grid_s = sim_site_grid_next(&site->grid, utc_s);
    next_s = grid_s < next_s ? grid_s : next_s;
    next_s = site->next_pulse_s < next_s ? site->next_pulse_s : next_s;
    if (site->next_event < site->config.event_count) {
        const uint32_t at_s = site->config.events[site->next_event].at_s;
        next_s = at_s < next_s ? at_s : next_s;
    }
    for (unsigned k = 0; k < site->load_count; k++) {
        next_s = site->loads[k].next_s < next_s ? site->loads[k].next_s : next_s;
    }
    return next_s > utc_s ? next_s : utc_s + 1;
}

static void begin_stretch(struct sim_site *site)
{
    const uint32_t utc_s = site->stretch.from_s + site->stretch.length_s;
    const uint32_t since_s = utc_s % MINUTE_S;
    if (since_s == 0) {
        next_minute(site, utc_s);
    }
    take_events(site, utc_s);
    take_pulse(site, utc_s);
    find_voltage(site, utc_s);
    run_loads(site, utc_s);
    const uint32_t length_s = sim_site_draw(site, utc_s, next_change(site, utc_s) - utc_s);
    site->stretch = (struct sim_site_stretch){
        .from_s = utc_s,
        .length_s = length_s,
        .supply = site->alive != 0,
        .frequency_hz = site->grid.frequency_hz + site->grid.frequency_slope_hz * since_s,
        .frequency_slope_hz = site->grid.frequency_slope_hz,
    };
}

static void add_loads(struct sim_site *site)
{
    const struct sim_site_config *config = &site->config;
    const uint64_t seed = (uint64_t)config->seed;
    for (unsigned k = 0; k < config->load_count; k++) {
        const struct sim_site_load_config *load = &config->loads[k];
        sim_site_load_init(&site->loads[site->load_count++], load->kind, load->power_w,
                           load->phases, sim_random_stream(seed, STREAM_LOADS + k));
    }
    if (config->pv.kwp > 0) {
        sim_site_load_init(&site->loads[site->load_count++], SIM_SITE_LOAD_PV, 0, config->pv.phases,
                           sim_random_stream(seed, SIM_SITE_LOAD_PV));
    }
    if (config->ev.power_w > 0) {
        sim_site_load_init(&site->loads[site->load_count++], SIM_SITE_LOAD_EV, config->ev.power_w,
                           config->ev.phases, sim_random_stream(seed, SIM_SITE_LOAD_EV));
    }
}

static void start(struct sim_site *site)
{
    const struct sim_site_config *config = &site->config;
    const uint64_t seed = (uint64_t)config->seed;
    const uint32_t minute_s = config->start_s - config->start_s % MINUTE_S;
    const struct wh_voltage_limits limits = wh_voltage_limits_of(NOMINAL_MV);
    site->bands = wh_voltage_bands_of(&limits);
    site->step_noise_v = config->grid.step_v * sqrt(3); /* of a uniform number in ±1 */
    /* Lines touch the curve of the apparent power from below: by how much, 16 steps away. */
    const double away = 16 * config->grid.step_v / config->grid.voltage_v;
    site->margin = 1 + away * away / 2;
    site->per_ratio = config->meter.transformer_a > 0 ? 5 / config->meter.transformer_a : 1;
    site->noise_seed = sim_random_stream(seed, STREAM_NOISE).state;
    site->pulse_random = sim_random_stream(seed, STREAM_PULSES);
    site->next_pulse_s = config->pulse_input.per_day > 0 ? config->start_s : UINT32_MAX;
    site->alive = SIM_SITE_ALL_PHASES;
    sim_crystal_init(&site->crystal, sim_random_stream(seed, STREAM_CRYSTAL).state);
    sim_weather_init(&site->weather, &config->weather, seed, minute_s);
    sim_site_people_init(&site->people, config, minute_s);
    sim_site_grid_init(&site->grid, config, config->start_s);
    if (minute_s != config->start_s) { /* else the first stretch begins it */
        next_minute(site, minute_s);
    }
    warm_meter(site);
    add_loads(site);
    for (unsigned k = 0; k < site->load_count; k++) {
        site->loads[k].next_s = config->start_s;
    }
    site->stretch.from_s = config->start_s;
}

enum wh_err sim_site_create(struct sim_site **site, const struct sim_site_config *config,
                            uint32_t start_mva)
{
    if (sim_site_config_check(config) != WH_OK) {
        return WH_ERR_ARGUMENT;
    }
    struct sim_site *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return WH_ERR_SPACE;
    }
    made->config = *config;
    made->start_square = (int64_t)start_mva * start_mva;
    start(made);
    *site = made;
    return WH_OK;
}

void sim_site_free(struct sim_site *site)
{
    free(site);
}

enum wh_err sim_site_set_voltage_limits(struct sim_site *site,
                                        const struct wh_voltage_limits *limits)
{
    if (!wh_voltage_limits_are_valid(limits)) {
        return WH_ERR_ARGUMENT;
    }
    site->bands = wh_voltage_bands_of(limits);
    return WH_OK;
}

static uint32_t run_crystal(struct sim_site *site)
{
    site->crystal.rest += site->crystal_rate;
    const uint32_t ticks = (uint32_t)(site->crystal.rest >> SIM_CRYSTAL_REST_BITS);
    site->crystal.rest &= (UINT64_C(1) << SIM_CRYSTAL_REST_BITS) - 1;
    return ticks;
}

static void tell(struct sim_site *site, struct sim_site_second *second)
{
    second->happenings = site->pending.happenings;
    second->tariff = site->pending.tariff;
    second->clock_shift_s = site->pending.clock_shift_s;
    second->pulses = site->pending.pulses;
    site->pending = (struct sim_site_pending){0};
}

void sim_site_next(struct sim_site *site, struct sim_site_second *second)
{
    struct sim_site_stretch *stretch = &site->stretch;
    if (stretch->done_s == stretch->length_s) {
        begin_stretch(site);
    }
    second->utc_s = stretch->from_s + stretch->done_s;
    second->supply = stretch->supply;
    second->meter_centi_c = site->meter_centi_c;
    tell(site, second);
    if (stretch->supply) {
        sim_site_report(site, &second->report, second->utc_s);
    } else {
        second->report = (struct wh_bus_report){0};
    }
    second->report.sample_count = run_crystal(site);
    second->report.duration_q14 = second->report.sample_count << 14;
    stretch->done_s++;
}

uint32_t sim_site_skip(struct sim_site *site, uint32_t max_s, uint64_t *ticks)
{
    struct sim_site_stretch *stretch = &site->stretch;
    uint32_t skipped_s = 0;
    *ticks = 0;
    while (skipped_s < max_s) {
        if (stretch->done_s == stretch->length_s) {
            begin_stretch(site);
        }
        if (stretch->supply || site->pending.happenings != 0) {
            break;
        }
        for (; skipped_s < max_s && stretch->done_s < stretch->length_s; skipped_s++) {
            *ticks += run_crystal(site);
            stretch->done_s++;
        }
    }
    return skipped_s;
}

static double load_w(const struct sim_site *site, const struct sim_site_load *load)
{
    const bool alive = (site->alive & load->phases) == load->phases;
    return alive ? load->p_w + load->slope_w * (site->stretch.from_s - load->set_s) : 0;
}

void sim_site_view(const struct sim_site *site, struct sim_site_view *view)
{
    *view = (struct sim_site_view){
        .outdoor_c = site->weather.temperature_c,
        .sun_w_m2 = sim_weather_global_w_m2(&site->weather),
        .activity = site->people.activity,
    };
    for (unsigned k = 0; k < site->load_count; k++) {
        const struct sim_site_load *load = &site->loads[k];
        sim_site_step *step = load->kind->step;
        const double power_w = load_w(site, load);
        view->pv_w -= step == sim_site_step_pv ? power_w : 0;
        view->ev_w += step == sim_site_step_ev ? power_w : 0;
        view->heating_w +=
            step == sim_site_step_heat_pump || step == sim_site_step_heater ? power_w : 0;
    }
}
