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
    return (uint8_t)((error ? WH_LCD_ERROR : 0) | (tamper ? WH_LCD_TAMPER : 0));
}
