/* Changes over KMP and IEC 62056-21. Invariant: each goes through one command of the meter, which does all of it or
 * nothing. */
#include "face/change.h"
#include <string.h>

enum { IN_USE = 1, MODES = 5 };

static enum wh_err set_meter_number(struct wh_meter *meter, enum wh_origin origin, uint32_t number)
{
    const struct wh_clock *clock = &meter->application.clock;
    const struct wh_command_context context = {origin, clock->valid ? clock->utc_s : 0};
    return wh_legal_command(&meter->legal, WH_COMMAND_SET_METER_NUMBER, number, &context);
}

static enum wh_err set_ratio(struct wh_meter *meter, enum wh_origin origin, uint32_t number)
{
    return number > UINT16_MAX ? WH_ERR_ARGUMENT
                               : wh_application_set_ratio(&meter->application, &meter->legal,
                                                          (uint16_t)number, origin);
}

static enum wh_err select_tariff(struct wh_meter *meter, enum wh_origin origin, uint32_t number)
{
    (void)origin;
    return number > UINT8_MAX
               ? WH_ERR_ARGUMENT
               : wh_application_select_tariff(&meter->application, &meter->legal, (uint8_t)number);
}

/* 2 is the verification of A+, which LED and S0 follow anyway. */
static enum wh_err set_operation(struct wh_meter *meter, enum wh_origin origin, uint32_t number)
{
    (void)origin;
    if (number < IN_USE || number > MODES) {
        return WH_ERR_ARGUMENT;
    }
    const uint8_t led = (uint8_t)(number <= IN_USE + 1 ? 0 : number - IN_USE - 1);
    return wh_application_verify(&meter->application, &meter->legal, led);
}

static enum wh_err stop_debiting(struct wh_meter *meter, enum wh_origin origin, uint32_t number)
{
    (void)origin;
    return number != 1 ? WH_ERR_ARGUMENT
                       : wh_application_stop_debiting(&meter->application, &meter->legal,
                                                      WH_DEBITING_BY_COMMAND);
}

static const struct wh_change changes[] = {
    {51, "0.0.1", WH_QUANTITY_METER_NUMBER_1, NULL, set_meter_number},
    {52, "0.0.2", WH_QUANTITY_METER_NUMBER_2, "number_2", NULL},
    {53, "0.0.3", WH_QUANTITY_METER_NUMBER_3, "number_3", NULL},
    {57, "0.130.1", WH_QUANTITY_SPECIAL_1, "special_1", NULL},
    {1021, "0.130.2", WH_QUANTITY_SPECIAL_2, "special_2", NULL},
    {1039, "96.51.1", WH_QUANTITY_POWER_THRESHOLD, "power_threshold_w", NULL},
    {2010, "129.0.0", WH_QUANTITY_TARIFF, NULL, select_tariff},
    {0, "0.4.2", WH_QUANTITY_RATIO, NULL, set_ratio},
    {1032, "96.5.1", WH_QUANTITY_NONE, NULL, set_operation},
    {199, "", WH_QUANTITY_NONE, "profile_min", NULL},
    {1175, "", WH_QUANTITY_NONE, "debiting_2_interval", NULL},
    {1195, "", WH_QUANTITY_NONE, "logger_min", NULL},
    {1240, "", WH_QUANTITY_NONE, "daylight", NULL},
    {0, "0.1.5", WH_QUANTITY_NONE, NULL, stop_debiting},
};

enum { CHANGES = sizeof changes / sizeof changes[0] };

const struct wh_change *wh_change_of_kmp(uint16_t kmp_id)
{
    for (size_t c = 0; kmp_id != 0 && c < CHANGES; c++) {
        if (changes[c].kmp_id == kmp_id) {
            return &changes[c];
        }
    }
    return NULL;
}

const struct wh_change *wh_change_of_address(const char *address)
{
    for (size_t c = 0; address[0] != '\0' && c < CHANGES; c++) {
        if (strcmp(changes[c].address, address) == 0) {
            return &changes[c];
        }
    }
    return NULL;
}

static enum wh_err configure(struct wh_meter *meter, enum wh_origin origin, const char *parameter,
                             int64_t number)
{
    const struct wh_parameter *row = wh_parameter_find(parameter);
    struct wh_config config = meter->application.config;
    struct wh_config_fault fault;
    if (wh_parameter_get(row, &config, 0) == number) {
        return WH_OK; /* the memory is spared */
    }
    const enum wh_err err = wh_parameter_set(row, &config, 0, number);
    return err != WH_OK ? err : wh_meter_configure(meter, &config, origin, &fault);
}

enum wh_err wh_change_apply(const struct wh_change *change, struct wh_meter *meter,
                            enum wh_origin origin, int64_t number)
{
    if (number < 0 || number > UINT32_MAX) {
        return WH_ERR_ARGUMENT;
    }
    return change->apply != NULL ? change->apply(meter, origin, (uint32_t)number)
                                 : configure(meter, origin, change->parameter, number);
}

enum wh_err wh_change_clock(struct wh_meter *meter, const struct wh_datetime *local, bool summer)
{
    uint32_t utc_s;
    const enum wh_err err = wh_clock_utc_of_local(&meter->application.clock, local, summer, &utc_s);
    return err == WH_OK ? wh_meter_set_clock(meter, utc_s) : err;
}

uint8_t wh_face_operation_mode(const struct wh_meter *meter)
{
    switch (wh_legal_led_energy(&meter->legal)) {
    case WH_A_MINUS:
        return IN_USE + 2;
    case WH_R_PLUS:
        return IN_USE + 3;
    case WH_R_MINUS:
        return IN_USE + 4;
    default:
        return IN_USE;
    }
}
