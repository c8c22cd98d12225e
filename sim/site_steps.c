/* How loads behave. Each step leaves p_w right for the time until the next.
 *
 * Invariant: a load draws from its own random stream only, so what another one does cannot change
 * its life; times are those of the wall clock and of the weather. */
#include "sim/site_load.h"

#include <math.h>

#include "sim/turn.h"

enum { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };

static double uniform(struct sim_site_load *load)
{
    return sim_random_uniform(&load->random);
}

/* About so many seconds: ±20 %. */
static uint32_t about(struct sim_site_load *load, double seconds)
{
    const double value = seconds * (0.8 + 0.4 * uniform(load));
    return value > 1 ? (uint32_t)value : 1;
}

static double clamped(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

static uint32_t to_next(uint32_t utc_s, uint32_t period_s)
{
    return period_s - utc_s % period_s;
}

uint32_t sim_site_step_base(struct sim_site_load *load, const struct sim_site_world *world)
{
    (void)world;
    load->p_w = load->power_w * (0.9 + 0.2 * uniform(load));
    return about(load, 900);
}

uint32_t sim_site_step_cycle(struct sim_site_load *load, const struct sim_site_world *world)
{
    (void)world;
    load->on = !load->on;
    load->p_w = load->on ? load->power_w : load->power_w * load->kind->idle_share;
    return about(load, load->on ? load->kind->on_s : load->kind->off_s);
}

/* Runs its cycle in the shift, is off out of it. */
uint32_t sim_site_step_work(struct sim_site_load *load, const struct sim_site_world *world)
{
    if (world->people->activity > 0) {
        return sim_site_step_cycle(load, world);
    }
    load->on = false;
    load->p_w = 0;
    return about(load, 300); /* not all at one stroke in the morning */
}

uint32_t sim_site_step_shift(struct sim_site_load *load, const struct sim_site_world *world)
{
    const double idle = load->kind->idle_share;
    const double share = idle + (1 - idle) * world->people->activity;
    load->p_w = load->power_w * share * (0.9 + 0.2 * uniform(load));
    return about(load, 300);
}

static double uses_per_day(const struct sim_site_load *load, const struct sim_site_world *world)
{
    return load->kind->per_day * (0.4 + 0.2 * world->config->household.residents);
}

/* Decides whether somebody will use it within what is left of this hour. */
static uint32_t await_use(struct sim_site_load *load, const struct sim_site_world *world)
{
    const uint32_t left_s = to_next(world->utc_s - world->people->hour_at_s, HOUR_S);
    const double chance =
        sim_site_people_chance(world->people, load->kind->habit, uses_per_day(load, world)) *
        left_s / HOUR_S;
    const double draw = uniform(load);
    load->on = false;
    load->p_w = 0;
    load->state = draw < chance ? SIM_SITE_WAITING : SIM_SITE_IDLE;
    return draw < chance ? 1 + (uint32_t)(draw / chance * (left_s - 1)) : left_s;
}

uint32_t sim_site_step_use(struct sim_site_load *load, const struct sim_site_world *world)
{
    if (load->state == SIM_SITE_WAITING) {
        load->state = SIM_SITE_RUNNING;
        load->until_s = world->utc_s + about(load, load->kind->lasts_s);
    }
    if (load->state != SIM_SITE_RUNNING || world->utc_s >= load->until_s) {
        return await_use(load, world);
    }
    const uint32_t step_s = sim_site_step_cycle(load, world);
    const uint32_t left_s = load->until_s - world->utc_s;
    return step_s < left_s ? step_s : left_s;
}

/* On where it is dark and somebody is there; where people work, some of it by day, too. */
uint32_t sim_site_step_light(struct sim_site_load *load, const struct sim_site_world *world)
{
    const bool work = world->config->type == SIM_SITE_INDUSTRY;
    const double dark = clamped(1 - sim_weather_global_w_m2(world->weather) / 120, 0, 1);
    const double share = work ? 0.4 + 0.6 * dark : dark * (0.4 + 0.6 * uniform(load));
    load->p_w = load->power_w * (0.03 + 0.97 * world->people->activity * share);
    return about(load, 600);
}

/* Of the heat that a building needs on the coldest day. */
static double heat_need(const struct sim_site_world *world)
{
    const bool vacation = world->utc_s < world->people->away_until_s;
    const double wanted_c = vacation ? 12 : 16.5; /* the rest is sun, people and devices */
    return clamped((wanted_c - world->weather->temperature_c) / 28.5, 0, 1);
}

/* Modulates down to a quarter of its power and goes on and off below. Efficiency falls with the
 * outdoor temperature: 3.4 at 7 °C, 2.4 at -12 °C. */
uint32_t sim_site_step_heat_pump(struct sim_site_load *load, const struct sim_site_world *world)
{
    enum { RUN_S = 1200 };
    static const double least = 0.25, standby = 0.005;
    const double cop = clamped(3.4 + 0.054 * (world->weather->temperature_c - 7), 1.8, 5);
    const double hot_water = 0.02 + 0.06 * world->people->activity;
    const double share = heat_need(world) * 2.4 / cop + hot_water;
    load->on = share >= least || !load->on;
    load->p_w = load->power_w * (!load->on ? standby : share < least ? least : fmin(share, 1));
    return about(load, share >= least ? 300 : load->on ? RUN_S : RUN_S * (least / share - 1));
}

/* A thermostat with a share of time that it is on. */
static uint32_t duty(struct sim_site_load *load, double share, double period_s)
{
    const double kept = clamped(share, 0, 1);
    load->on = kept > 0.98 || (kept > 0.02 && !load->on);
    load->p_w = load->on ? load->power_w : 0;
    return about(load, kept > 0.98 || kept <= 0.02 ? period_s
                       : load->on                  ? period_s * kept
                                                   : period_s * (1 - kept));
}

uint32_t sim_site_step_heater(struct sim_site_load *load, const struct sim_site_world *world)
{
    return duty(load, heat_need(world), 900);
}

uint32_t sim_site_step_cooling(struct sim_site_load *load, const struct sim_site_world *world)
{
    const double warm = clamped((world->weather->temperature_c - 22) / 10, 0, 1);
    load->p_w = load->power_w * warm * (0.3 + 0.7 * world->people->activity);
    return about(load, 300);
}

uint32_t sim_site_step_cold_store(struct sim_site_load *load, const struct sim_site_world *world)
{
    const double outdoor = 0.02 * (world->weather->temperature_c - 10);
    return duty(load, clamped(0.35 + outdoor, 0.15, 0.95), 1200);
}

static double pv_w(const struct sim_site_pv *pv, const struct sim_weather *weather)
{
    static const double losses = 0.84, per_k = 0.004, heating = 0.03; /* inverter, dirt, cables */
    const uint32_t tilt = sim_turn(pv->tilt_deg);
    const uint32_t azimuth = sim_turn(pv->azimuth_deg);
    const double normal[3] = {sim_turn_cos(tilt), sim_turn_sin(tilt) * sim_turn_cos(azimuth),
                              sim_turn_sin(tilt) * sim_turn_sin(azimuth)};
    const double sun_w_m2 = sim_weather_plane_w_m2(weather, normal);
    const double cell_c = weather->temperature_c + heating * sun_w_m2;
    const double power_w = pv->kwp * sun_w_m2 * losses * (1 - per_k * (cell_c - 25));
    const double most_w = 1000 * (pv->inverter_kw > 0 ? pv->inverter_kw : 0.9 * pv->kwp);
    return sun_w_m2 < 8 ? 0 : fmin(power_w, most_w);
}

/* Every minute, on a straight line to what the weather is worth now. */
uint32_t sim_site_step_pv(struct sim_site_load *load, const struct sim_site_world *world)
{
    const uint32_t step_s = to_next(world->utc_s, MINUTE_S);
    const double target_w = -pv_w(&world->config->pv, world->weather);
    load->p_w = load->aim_w;
    load->aim_w = target_w;
    load->slope_w = (target_w - load->p_w) / step_s;
    return step_s;
}

static bool comes_home(struct sim_site_load *load, const struct sim_site_world *world)
{
    enum { EARLIEST_HOUR = 16, LATEST_HOUR = 21 };
    const unsigned hour = world->people->hour;
    const uint32_t day = (uint32_t)(((int64_t)world->utc_s + world->people->zone_s) / DAY_S);
    const double draw = uniform(load);
    const bool there = world->utc_s >= world->people->away_until_s;
    if (day == load->day || hour < EARLIEST_HOUR || !there || (draw > 0.35 && hour < LATEST_HOUR)) {
        return false;
    }
    load->day = day;
    return true;
}

/* Comes home once in an evening and charges what it has driven. */
uint32_t sim_site_step_ev(struct sim_site_load *load, const struct sim_site_world *world)
{
    enum { STEP_S = 300 };
    if (load->state == SIM_SITE_RUNNING) {
        const bool charged = (world->alive & load->phases) == load->phases;
        load->need_wh -= charged ? load->p_w * load->step_s / HOUR_S : 0;
    }
    const bool waited = load->state == SIM_SITE_WAITING;
    load->state = waited || (load->state == SIM_SITE_RUNNING && load->need_wh > 0)
                      ? SIM_SITE_RUNNING
                      : SIM_SITE_IDLE;
    load->p_w = load->state == SIM_SITE_RUNNING ? load->power_w : 0;
    if (load->state == SIM_SITE_RUNNING) {
        const double rest_s = load->need_wh * HOUR_S / load->power_w;
        load->step_s = rest_s < STEP_S ? 1 + (uint32_t)rest_s : STEP_S;
        return load->step_s;
    }
    const uint32_t left_s = to_next(world->utc_s - world->people->hour_at_s, HOUR_S);
    if (!comes_home(load, world)) {
        return left_s;
    }
    load->state = SIM_SITE_WAITING;
    load->need_wh = world->config->ev.kwh_per_day * (500 + 1000 * uniform(load));
    return 1 + (uint32_t)(uniform(load) * (left_s - 1));
}

/* Capacitors in eight steps, as many as the site's lag is worth. */
uint32_t sim_site_step_compensation(struct sim_site_load *load, const struct sim_site_world *world)
{
    enum { STEPS = 8, DELAY_S = 20 };
    const double step_var = load->power_w / STEPS;
    const double wanted = floor(clamped(world->lag_var / step_var + 0.3, 0, STEPS));
    load->p_w = 0.002 * wanted * step_var;
    load->q_var = -wanted * step_var;
    return about(load, DELAY_S);
}
