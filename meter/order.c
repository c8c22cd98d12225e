/* Orders by codes. Invariant: each field of a code that the meter acts on is taken over here and nowhere else; the digits
 * themselves are kept as the configuration numbers. */
#include "meter/order.h"

/* The digits of a code as a number, as protocols and display show it: "1-1-072-05" is 1107205. */
static uint32_t digits_of(const char *text)
{
    uint32_t number = 0;
    for (; *text != '\0'; text++) {
        if (*text >= '0' && *text <= '9') {
            number = number * 10 + (uint32_t)(*text - '0');
        }
    }
    return number;
}

static void apply_type(const struct wh_code_set *codes, struct wh_config *config)
{
    if (codes->has[WH_CODE_TYPE_351C] && config->energy_type != codes->type_351c.energy_type) {
        wh_config_set_energy_type(config, codes->type_351c.energy_type);
    }
    if (codes->has[WH_CODE_TYPE_382L] && codes->type_382l.breaker && !config->breaker) {
        wh_config_set_breaker(config);
    }
}

static void apply_1(const struct wh_code_config_1 *code, struct wh_config *config)
{
    config->energy_decimals = code->decimals;
    config->led_when_idle = code->led_lit_idle;
    config->module_code = code->module;
    config->module_io_code = (uint8_t)code->io;
    config->alarm_input = code->io == WH_IO_PULSE_ALARM            ? WH_ALARM_NORMAL
                          : code->io == WH_IO_PULSE_ALARM_INVERTED ? WH_ALARM_INVERTED
                                                                   : WH_ALARM_OFF;
}

static void apply_2(const struct wh_code_config_2 *code, struct wh_config *config)
{
    enum { MONTHLY = 1, BEFORE_JANUARY = 12 };
    config->integration_min = code->integration_min;
    config->debiting_day = code->debiting == WH_AUTO_READING_NONE ? 0 : code->debiting_day;
    config->debiting_interval = 0;
    if (code->debiting_day != 0 && code->debiting != WH_AUTO_READING_NONE) {
        config->debiting_interval = code->debiting == WH_AUTO_READING_MONTHLY
                                        ? (uint8_t)MONTHLY
                                        : (uint8_t)(BEFORE_JANUARY + code->debiting_month);
    }
    config->pulse_ms = code->pulse_ms;
    if (!code->alarm_input) {
        config->alarm_input = WH_ALARM_OFF;
    }
}

static void apply_3(const struct wh_code_config_3 *code, struct wh_config *config)
{
    config->zone_min = code->zone_min;
    config->module_pulse_side = (uint8_t)code->pulse_side;
    config->pulse_unit = (uint8_t)code->pulse_unit;
    config->daylight = code->daylight_saving ? WH_DAYLIGHT_EUROPEAN : WH_DAYLIGHT_NONE;
    config->profile_side = (uint8_t)code->profile_side;
    config->tariff_source = code->tariff_schedule != 0 ? WH_TARIFF_BY_PLAN : WH_TARIFF_BY_NOTHING;
}

static void apply_5(const struct wh_code_config_5 *code, struct wh_order *order,
                    struct wh_config *config)
{
    config->radio_code = code->radio_code;
    config->debiting_2_interval = (uint8_t)code->debiting_2;
    config->display_side = code->transformer_ratio > 1 ? WH_SIDE_PRIMARY : WH_SIDE_SECONDARY;
    order->ratio = code->transformer_ratio;
    order->ratio_locked = !code->ratio_unlocked;
}

/* Configuration numbers 1, 2, 3 and 5 as the codes print. */
static void keep_digits(const struct wh_code_set *codes, struct wh_config *config)
{
    char text[WH_CODE_TEXT_SIZE];
    struct wh_code_fault fault;
    if (codes->has[WH_CODE_CONFIG_1] &&
        wh_code_config_1_print(&codes->config_1, text, &fault) == WH_OK) {
        config->code[0] = digits_of(text);
    }
    if (codes->has[WH_CODE_CONFIG_2] &&
        wh_code_config_2_print(&codes->config_2, text, &fault) == WH_OK) {
        config->code[1] = digits_of(text);
    }
    if (codes->has[WH_CODE_CONFIG_5] &&
        wh_code_config_5_print(&codes->config_5, text, &fault) == WH_OK) {
        config->code[4] = digits_of(text);
    }
}

/* Configuration 3 has 15 digits, which no register holds: its last eight, from the tariff schedule on. */
static void keep_digits_3(const struct wh_code_set *codes, struct wh_config *config)
{
    enum { SCHEDULE = 100000, DAYLIGHT = 100 };
    const struct wh_code_config_3 *code = &codes->config_3;
    if (codes->has[WH_CODE_CONFIG_3]) {
        config->code[2] = code->tariff_schedule * (uint32_t)SCHEDULE +
                          (code->daylight_saving ? (uint32_t)DAYLIGHT : 0) +
                          (code->profile_side == WH_SIDE_PRIMARY ? 1u : 2u);
    }
}

static bool is_of_model(const struct wh_code_set *codes, enum wh_model model)
{
    bool fits = true;
    for (int kind = 0; kind < WH_CODE_KINDS; kind++) {
        fits = fits && (!codes->has[kind] || wh_code_form((enum wh_code_kind)kind)->model == model);
    }
    return fits;
}

enum wh_err wh_order_apply_codes(const struct wh_code_set *codes, const struct wh_variant *variant,
                                 struct wh_order *order, struct wh_config *config)
{
    if (!is_of_model(codes, variant->id)) {
        return WH_ERR_ARGUMENT;
    }
    apply_type(codes, config);
    if (codes->has[WH_CODE_CONFIG_1]) {
        apply_1(&codes->config_1, config);
    }
    if (codes->has[WH_CODE_CONFIG_2]) {
        apply_2(&codes->config_2, config);
    }
    if (codes->has[WH_CODE_CONFIG_3]) {
        apply_3(&codes->config_3, config);
    }
    if (codes->has[WH_CODE_CONFIG_5]) {
        apply_5(&codes->config_5, order, config);
    }
    keep_digits(codes, config);
    keep_digits_3(codes, config);
    return WH_OK;
}
