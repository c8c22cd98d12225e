/* A meter on a site. Invariant: every second of the site is given to the meter, or to its clock
 * chip alone, exactly once; what happens in a second has happened before it is measured. */
#include "cli/simulate_meter.h"

#include <string.h>

enum {
    FIRST_NUMBER = 10000000, /* so that meter numbers have eight digits */
    NUMBERS = 90000000,
    TRANSFORMER_SECONDARY_A = 5,
    EVER_S = UINT32_MAX,
};

enum wh_err simulate_order(const struct sim_site_config *site, const struct wh_variant *variant,
                           struct wh_config *config, struct wh_order *order)
{
    const bool has_transformers = site->meter.transformer_a > 0;
    const uint32_t number = FIRST_NUMBER + (uint32_t)site->seed % NUMBERS;
    if (has_transformers != (variant->sensor == WH_SENSOR_TRANSFORMER)) {
        return WH_ERR_ARGUMENT;
    }
    config->zone_min = (int16_t)site->zone_min;
    config->daylight = (uint8_t)(site->daylight == SIM_SITE_DAYLIGHT_EUROPEAN ? WH_DAYLIGHT_EUROPEAN
                                                                              : WH_DAYLIGHT_NONE);
    *order = (struct wh_order){
        .variant = variant,
        .serial_number = number,
        .meter_number = number,
        .config = config,
        .ratio = (uint16_t)(site->meter.transformer_a / TRANSFORMER_SECONDARY_A),
    };
    return WH_OK;
}

enum wh_err simulate_judge_voltages(struct simulate_meter *sim, const struct wh_config *config)
{
    const struct wh_voltage_limits limits = {
        .under_mv = config->under_mv,
        .over_mv = config->over_mv,
        .lost_mv = config->lost_mv,
        .hysteresis_mv = config->hysteresis_mv,
    };
    return sim_site_set_voltage_limits(sim->site, &limits);
}

enum wh_err simulate_open(struct simulate_meter *sim, const struct sim_site_config *site,
                          const struct wh_variant *variant, const struct wh_config *config,
                          struct wh_board *board)
{
    sim->board = board;
    sim->second.utc_s = site->start_s - 1; /* so that the next one is the first */
    sim_rtc_init(&sim->life.rtc,
                 variant->battery_and_supercap ? SIM_RTC_BATTERY : SIM_RTC_SUPERCAP);
    const enum wh_err err = sim_site_create(&sim->site, site, variant->start_mva);
    return err == WH_OK ? simulate_judge_voltages(sim, config) : err;
}

void simulate_close(struct simulate_meter *sim)
{
    sim_site_free(sim->site);
    sim->site = NULL;
}

uint32_t simulate_utc_s(const struct simulate_meter *sim)
{
    return sim->second.utc_s + 1;
}

/* Seconds that are all dark, at most that many: 0 if the next is not. */
static uint32_t skip_dark(struct simulate_meter *sim, uint64_t most_s, uint64_t *ticks)
{
    const uint32_t room_s = most_s < EVER_S ? (uint32_t)most_s : EVER_S;
    const uint32_t passed_s = sim_site_skip(sim->site, room_s, ticks);
    sim->second.utc_s += passed_s;
    sim->life.played_s += passed_s;
    return passed_s;
}

void simulate_skip(struct simulate_meter *sim, uint64_t seconds)
{
    while (seconds > 0) {
        uint64_t ticks;
        const uint32_t dark_s = skip_dark(sim, seconds, &ticks);
        seconds -= dark_s;
        if (dark_s == 0) {
            sim_site_next(sim->site, &sim->second);
            sim->life.played_s++;
            seconds--;
        }
    }
}

void simulate_skip_to(struct simulate_meter *sim, uint32_t utc_s)
{
    const uint32_t now_s = simulate_utc_s(sim);
    simulate_skip(sim, utc_s > now_s ? utc_s - now_s : 0);
}

static enum wh_err power_up(struct simulate_meter *sim, struct wh_meter_start_report *found)
{
    const struct sim_rtc_time now = sim_rtc_read(&sim->life.rtc);
    sim->board->rtc = (struct wh_rtc_reading){now.valid, now.utc_s, now.ticks};
    const enum wh_err err = wh_meter_start(&sim->life.meter, sim->board, found);
    sim->life.powered = err == WH_OK;
    for (unsigned i = 0; err == WH_OK && i < WH_INPUT_COUNT; i++) {
        if ((sim->life.levels >> i & 1u) != 0) {
            (void)wh_meter_input(&sim->life.meter, (enum wh_input)i, true);
        }
    }
    return err;
}

enum wh_err simulate_start(struct simulate_meter *sim, struct wh_meter_start_report *found)
{
    sim_rtc_set(&sim->life.rtc, simulate_utc_s(sim), 0);
    return power_up(sim, found);
}

/* What was asked of the meter; a meter that is off does nothing. */
static void count(struct simulate_meter *sim, enum wh_err err)
{
    sim->tally.refused += err != WH_OK;
}

static void lose_supply(struct simulate_meter *sim)
{
    if (sim->life.powered) {
        wh_meter_lose_mains(&sim->life.meter);
        sim->life.powered = false;
        sim->tally.supply_losses++;
    }
}

static void regain_supply(struct simulate_meter *sim)
{
    struct wh_meter_start_report found;
    if (!sim->life.powered) {
        sim->failed = power_up(sim, &found);
    }
}

static enum wh_err shift_clock(struct simulate_meter *sim)
{
    const uint32_t utc_s =
        sim->life.meter.application.clock.utc_s + (uint32_t)sim->second.clock_shift_s;
    const enum wh_err err = wh_meter_set_clock(&sim->life.meter, utc_s);
    sim_rtc_set(&sim->life.rtc, utc_s, 0);
    return err;
}

/* A tariff sent from afar rules until it is given back to the plan: that is a change of the
 * configuration. */
static enum wh_err set_tariff(struct simulate_meter *sim)
{
    struct wh_meter *meter = &sim->life.meter;
    struct wh_config config = meter->application.config;
    struct wh_config_fault fault;
    config.tariff_source =
        (uint8_t)(sim->second.tariff == 0 ? WH_TARIFF_BY_PLAN : WH_TARIFF_BY_COMMAND);
    enum wh_err err = WH_OK;
    if (config.tariff_source != meter->application.config.tariff_source) {
        err = wh_meter_configure(meter, &config, WH_ORIGIN_MODULE, &fault);
    }
    return err != WH_OK || sim->second.tariff == 0
               ? err
               : wh_application_select_tariff(&meter->application, &meter->legal,
                                              sim->second.tariff);
}

static enum wh_err stop_debiting(struct simulate_meter *sim)
{
    struct wh_meter *meter = &sim->life.meter;
    return wh_application_stop_debiting(&meter->application, &meter->legal, WH_DEBITING_BY_COMMAND);
}

/* Levels outlast a power cut; a meter that is off notices them when it starts. */
static void change_input(struct simulate_meter *sim, enum wh_input input, bool high)
{
    const uint8_t bit = (uint8_t)(1u << input);
    sim->life.levels = (uint8_t)(high ? sim->life.levels | bit : sim->life.levels & ~bit);
    if (sim->life.powered) {
        count(sim, wh_meter_input(&sim->life.meter, input, high));
    }
}

static const struct {
    uint32_t bit;
    enum wh_input input;
    bool high;
} inputs[] = {
    {SIM_SITE_COVER_OPENED, WH_INPUT_TERMINAL_COVER, true},
    {SIM_SITE_COVER_CLOSED, WH_INPUT_TERMINAL_COVER, false},
    {SIM_SITE_SEAL_OPENED, WH_INPUT_VERIFICATION_SEAL, true},
    {SIM_SITE_SEAL_CLOSED, WH_INPUT_VERIFICATION_SEAL, false},
    {SIM_SITE_MAGNET_PUT, WH_INPUT_MAGNET, true},
    {SIM_SITE_MAGNET_GONE, WH_INPUT_MAGNET, false},
};

static const struct {
    uint32_t bit;
    enum wh_err (*obey)(struct simulate_meter *sim);
} commands[] = {
    {SIM_SITE_CLOCK_SHIFTED, shift_clock},
    {SIM_SITE_TARIFF_SET, set_tariff},
    {SIM_SITE_DEBITING_STOPPED, stop_debiting},
};

static void happen(struct simulate_meter *sim)
{
    const uint32_t happenings = sim->second.happenings;
    if ((happenings & SIM_SITE_SUPPLY_LOST) != 0) {
        lose_supply(sim);
    }
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        if ((happenings & inputs[i].bit) != 0) {
            change_input(sim, inputs[i].input, inputs[i].high);
        }
    }
    if ((happenings & SIM_SITE_SUPPLY_BACK) != 0) {
        regain_supply(sim);
    }
    for (size_t c = 0; c < sizeof commands / sizeof commands[0]; c++) {
        if ((happenings & commands[c].bit) != 0) {
            count(sim, sim->life.powered ? commands[c].obey(sim) : WH_ERR_STATE);
        }
    }
    if (sim->life.powered) {
        wh_application_pulses(&sim->life.meter.application, sim->second.pulses);
    }
}

static void play_second(struct simulate_meter *sim)
{
    sim_site_next(sim->site, &sim->second);
    sim->life.played_s++;
    if (sim->second.happenings != 0) {
        happen(sim);
    }
    sim_rtc_run(&sim->life.rtc, sim->second.report.sample_count, sim->second.supply);
    if (sim->life.powered) {
        wh_meter_report(&sim->life.meter, &sim->second.report);
    } else {
        sim->tally.off_seconds++;
    }
}

void simulate_run(struct simulate_meter *sim, uint32_t seconds)
{
    while (seconds > 0 && sim->failed == WH_OK) {
        uint64_t ticks = 0;
        const uint32_t dark_s = sim->life.powered ? 0 : skip_dark(sim, seconds, &ticks);
        if (dark_s > 0) {
            sim_rtc_run(&sim->life.rtc, ticks, false);
            sim->tally.off_seconds += dark_s;
        } else {
            play_second(sim);
        }
        const uint32_t passed_s = dark_s > 0 ? dark_s : 1;
        sim->tally.seconds += passed_s;
        seconds -= passed_s;
    }
}
