/* Texts of readings. Invariant: a number has the digits of the display, no more and no fewer in front of the point than a
 * register on the name plate, as the display cuts them off. */
#include "face/iec_value.h"
#include "face/quantity.h"
#include <string.h>

enum {
    KWH_EXPONENT = 3,
    WHOLE_DIGITS = 7,
    WHOLE_DIGITS_OF_61 = 6, /* format 6.1 of direct connected meters */
    ROLL_OVER = 1000000000,
};

static void put_number(struct wh_text *text, const struct wh_application *app,
                       const struct wh_quantity *row, const struct wh_reading *reading)
{
    const struct wh_display_format *format = &row->display;
    unsigned decimals = format->decimals;
    int8_t exponent = format->exponent;
    unsigned whole = 1;
    if (wh_face_follows_display(row)) {
        decimals = app->config.energy_decimals;
        exponent = (int8_t)(KWH_EXPONENT - (int)decimals);
        whole = decimals == 1 && app->variant->sensor == WH_SENSOR_SHUNT ? WHOLE_DIGITS_OF_61
                                                                         : WHOLE_DIGITS;
    }
    wh_text_decimal(text, wh_reading_scaled(reading, exponent) % ROLL_OVER, decimals, whole);
}

void wh_iec_put_stamp(struct wh_text *text, const struct wh_clock *clock, uint32_t utc_s,
                      bool is_valid)
{
    static const struct wh_datetime never = {.year = 2000, .month = 1, .day = 1};
    const struct wh_datetime time = wh_calendar_datetime(wh_clock_normal_of(clock, utc_s));
    wh_text_moment(text, utc_s != 0 ? &time : &never, false, utc_s != 0 && is_valid);
}

void wh_iec_put_value(struct wh_text *text, const struct wh_application *app,
                      const struct wh_quantity *row, const struct wh_reading *reading)
{
    const struct wh_datetime local = wh_clock_local(&app->clock);
    switch (reading->kind) {
    case WH_READING_TEXT:
        wh_text_string(text, reading->text);
        break;
    case WH_READING_CLOCK:
        wh_text_moment(text, &local, wh_clock_is_summer(&app->clock), app->clock.valid);
        break;
    case WH_READING_TIME:
        wh_iec_put_stamp(text, &app->clock, (uint32_t)reading->number, true);
        break;
    default:
        put_number(text, app, row, reading);
    }
}

/* Several rows share a code: verification resolution with its register, a time with its peak. The first is meant. */
enum wh_quantity_id wh_iec_quantity(const struct wh_application *app, const char *address)
{
    for (int q = 0; address[0] != '\0' && q < WH_QUANTITY_COUNT; q++) {
        const enum wh_quantity_id id = (enum wh_quantity_id)q;
        if (strcmp(wh_catalog_get(id)->display.id, address) == 0) {
            return wh_application_has(app, id) ? id : WH_QUANTITY_COUNT;
        }
    }
    return WH_QUANTITY_COUNT;
}

bool wh_iec_has_time(enum wh_quantity_id id)
{
    return wh_catalog_get(id)->source == WH_SOURCE_DEMAND_PEAK;
}
