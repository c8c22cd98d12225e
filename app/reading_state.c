/* Readings out of the application: demand, counters, parameters. Invariant: without an application nothing of it is
 * known. */
#include "app/reading_state.h"
#include "app/application.h"
#include "app/lcd.h"

enum { SECONDS_PER_HOUR = 3600 };

enum wh_side wh_reading_side(const struct wh_reading_source *source)
{
    const struct wh_application *app = source->application;
    return app != NULL ? (enum wh_side)app->config.display_side : WH_SIDE_SECONDARY;
}

uint32_t wh_reading_status(const struct wh_reading_source *source)
{
    const struct wh_application *app = source->application;
    return app != NULL ? app->running.event_a & 0xffu : 0;
}

/* Power in the side shown, by the ratio in force now. */
static enum wh_err put_power(const struct wh_reading_source *source, uint64_t milli,
                             struct wh_reading *reading)
{
    const uint16_t ratio =
        wh_reading_side(source) == WH_SIDE_PRIMARY ? wh_legal_ratio(source->legal) : 1;
    reading->number = (int64_t)milli * ratio;
    return WH_OK;
}

enum wh_err wh_read_demand_mean(const struct wh_reading_source *source, uint8_t index,
                                struct wh_reading *reading)
{
    const struct wh_application *app = source->application;
    return app == NULL ? WH_ERR_STATE
                       : put_power(source, app->running.demand.mean_milli[index], reading);
}

enum wh_err wh_read_running_mean(const struct wh_reading_source *source,
                                 enum wh_demand_channel channel, struct wh_reading *reading)
{
    const struct wh_application *app = source->application;
    uint32_t mean_milli[WH_DEMAND_CHANNELS];
    if (app == NULL) {
        return WH_ERR_STATE;
    }
    *reading = wh_reading_blank(wh_catalog_get(WH_QUANTITY_P_PLUS_MEAN));
    wh_demand_running(&app->running.demand, source->legal, app->config.integration_min, mean_milli);
    return put_power(source, mean_milli[channel], reading);
}

enum wh_err wh_read_demand_peak(const struct wh_reading_source *source, uint8_t index,
                                struct wh_reading *reading)
{
    const struct wh_application *app = source->application;
    return app == NULL ? WH_ERR_STATE
                       : put_power(source, app->running.demand.peak[index].milli, reading);
}

enum wh_err wh_read_demand_sum(const struct wh_reading_source *source, uint8_t index,
                               struct wh_reading *reading)
{
    const struct wh_application *app = source->application;
    return app == NULL ? WH_ERR_STATE
                       : put_power(source, app->running.demand.accumulated_milli[index], reading);
}

enum wh_err wh_read_demand_time(const struct wh_reading_source *source, uint8_t index,
                                struct wh_reading *reading)
{
    const struct wh_application *app = source->application;
    if (app == NULL) {
        return WH_ERR_STATE;
    }
    reading->number = app->running.demand.peak[index].utc_s;
    return WH_OK;
}

enum wh_err wh_read_hours(const struct wh_reading_source *source, uint8_t index,
                          struct wh_reading *reading)
{
    (void)index;
    const struct wh_application *app = source->application;
    if (app == NULL) {
        return WH_ERR_STATE;
    }
    reading->number = app->on_seconds / SECONDS_PER_HOUR;
    return WH_OK;
}

enum wh_err wh_read_threshold(const struct wh_reading_source *source, uint8_t index,
                              struct wh_reading *reading)
{
    (void)index;
    const struct wh_application *app = source->application;
    if (app == NULL) {
        return WH_ERR_STATE;
    }
    reading->number = app->config.power_threshold_w;
    return WH_OK;
}

/* Whole units on display and in protocols; the thousandths are kept. */
enum wh_err wh_read_pulse_input(const struct wh_reading_source *source, uint8_t index,
                                struct wh_reading *reading)
{
    (void)index;
    const struct wh_application *app = source->application;
    if (app == NULL) {
        return WH_ERR_STATE;
    }
    reading->number = (int64_t)app->pulse_input.count_milli;
    return WH_OK;
}

static int64_t state_number(const struct wh_application *app, const struct wh_legal *legal,
                            enum wh_state_number number)
{
    switch (number) {
    case WH_STATE_DEBITING_COUNT:
        return app->running.debiting_count;
    case WH_STATE_THRESHOLD_COUNT:
        return app->running.demand.threshold_count;
    case WH_STATE_TARIFF:
        return wh_legal_tariff(legal);
    case WH_STATE_RATIO:
        return wh_legal_ratio(legal);
    case WH_STATE_EVENTS_A:
        return app->running.event_a;
    case WH_STATE_EVENTS_B:
        return app->running.event_b;
    case WH_STATE_CONFIGURATION_COUNT:
        return app->running.configuration_count;
    default:
        return app->running.quality_count[number - WH_STATE_UNDER_VOLTAGES];
    }
}

enum wh_err wh_read_state(const struct wh_reading_source *source, uint8_t index,
                          struct wh_reading *reading)
{
    if (source->application == NULL) {
        return WH_ERR_STATE;
    }
    reading->number = state_number(source->application, source->legal, (enum wh_state_number)index);
    return WH_OK;
}

enum wh_err wh_read_parameter(const struct wh_reading_source *source, uint8_t index,
                              struct wh_reading *reading)
{
    if (source->application == NULL) {
        return WH_ERR_STATE;
    }
    const struct wh_config *config = &source->application->config;
    const uint32_t numbers[WH_PARAMETER_NUMBERS] = {
        config->number_2, config->number_3, config->special_1, config->special_2, config->code[0],
        config->code[1],  config->code[2],  config->code[3],   config->code[4],
    };
    reading->number = numbers[index];
    return WH_OK;
}

static int64_t breaker_number(const struct wh_application *app, enum wh_breaker_number number)
{
    switch (number) {
    case WH_BREAKER_NUMBER_FEEDBACK:
        return wh_breaker_feedback_bits(&app->breaker, !app->supervision.is_low_load);
    case WH_BREAKER_NUMBER_THRESHOLD:
        return wh_application_disconnect_threshold(app);
    default:
        return wh_application_breaker_state(app);
    }
}

enum wh_err wh_read_breaker(const struct wh_reading_source *source, uint8_t index,
                            struct wh_reading *reading)
{
    if (source->application == NULL) {
        return WH_ERR_STATE;
    }
    reading->number = breaker_number(source->application, (enum wh_breaker_number)index);
    return WH_OK;
}

/* What is left, or what was used beyond it: one of the two is nothing. */
enum wh_err wh_read_prepayment(const struct wh_reading_source *source, uint8_t index,
                               struct wh_reading *reading)
{
    int64_t left_mdwh = 0;
    const enum wh_err err =
        source->application == NULL
            ? WH_ERR_STATE
            : wh_application_prepaid(source->application, source->legal, &left_mdwh);
    const int64_t shown_mdwh = index == 0 ? left_mdwh : -left_mdwh;
    reading->number = shown_mdwh > 0 ? shown_mdwh : 0;
    return err;
}

int wh_reading_energy_decimals(const struct wh_reading_source *source)
{
    return source->application != NULL ? source->application->config.energy_decimals : -1;
}

uint8_t wh_reading_tariff_shown(const struct wh_reading_source *source)
{
    const struct wh_application *app = source->application;
    const bool used = app != NULL && app->config.tariff_source != WH_TARIFF_BY_NOTHING;
    return used ? wh_legal_tariff(source->legal) : 0;
}

/* Neither of them on a meter without breaker. */
static uint8_t breaker_symbol(const struct wh_application *app)
{
    if (app->breaker.state == WH_BREAKER_NONE) {
        return 0;
    }
    return wh_breaker_is_closed_in(app->breaker.state) ? WH_LCD_BREAKER_CLOSED
                                                       : WH_LCD_BREAKER_OPEN;
}

/* An open cover, a magnet or a failed memory is an error symbol while it lasts; a tamper symbol stays (DSP-1). */
uint8_t wh_reading_symbols(const struct wh_reading_source *source)
{
    const struct wh_application *app = source->application;
    if (app == NULL) {
        return 0;
    }
    const uint32_t errors = WH_EVENT_A_EEPROM | WH_EVENT_A_RAM | WH_EVENT_A_ROM | WH_EVENT_A_FLASH;
    const bool now =
        (app->running.input_levels & (1u << WH_INPUT_TERMINAL_COVER | 1u << WH_INPUT_MAGNET)) != 0;
    const bool error = now || (app->running.event_a & errors) != 0;
    const bool tamper = app->config.tamper_on_display != 0 && app->running.tamper != 0;
    return (uint8_t)((error ? WH_LCD_ERROR : 0) | (tamper ? WH_LCD_TAMPER : 0) |
                     (app->prepayment.is_counting ? WH_LCD_PREPAYMENT : 0) | breaker_symbol(app));
}
