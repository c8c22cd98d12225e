/* The glass. Invariant: every character array of the LCD is filled to its full width or
 * NUL-terminated inside it. */
#include "app/glass.h"
#include "app/breaker.h"
#include "app/reading_state.h"
#include <string.h>

enum { KWH_EXPONENT = 3, KWH_TENTHS = 2 };

static void fill(char *field, size_t width, char with)
{
    memset(field, with, width);
    field[width] = '\0';
}

/* Right-aligned decimal digits, at least least_digits of them. */
static void write_number(char value[WH_LCD_VALUE_DIGITS + 1], int64_t number, int least_digits)
{
    fill(value, WH_LCD_VALUE_DIGITS, ' ');
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    int at = WH_LCD_VALUE_DIGITS;
    while (at > 0 && (rest > 0 || WH_LCD_VALUE_DIGITS - at < least_digits)) {
        value[--at] = (char)('0' + rest % 10);
        rest /= 10;
    }
    if (number < 0) {
        value[at > 0 ? at - 1 : 0] = '-';
    }
}

/* Right-aligned text. The glass has a point between digits and no character for it, so the last point
 * of the text becomes that of the value. */
static void write_text_value(struct wh_lcd *lcd, const char *text)
{
    char shown[WH_LCD_VALUE_DIGITS] = {0};
    uint8_t count = 0;
    uint8_t before_point = 0;
    for (; *text != '\0' && count < WH_LCD_VALUE_DIGITS; text++) {
        if (*text == '.') {
            before_point = count;
        } else {
            shown[count++] = *text;
        }
    }
    fill(lcd->value, WH_LCD_VALUE_DIGITS, ' ');
    memcpy(lcd->value + WH_LCD_VALUE_DIGITS - count, shown, count);
    lcd->decimals = before_point > 0 ? (uint8_t)(count - before_point) : 0;
}

/* hh-mm-ss: the 7-segment glass has no colon. */
static void write_clock(char value[WH_LCD_VALUE_DIGITS + 1], int64_t hhmmss)
{
    value[0] = ' ';
    value[WH_LCD_VALUE_DIGITS] = '\0';
    value[8] = (char)('0' + hhmmss % 10);
    value[7] = (char)('0' + hhmmss / 10 % 10);
    value[6] = '-';
    value[5] = (char)('0' + hhmmss / 100 % 10);
    value[4] = (char)('0' + hhmmss / 1000 % 10);
    value[3] = '-';
    value[2] = (char)('0' + hhmmss / 10000 % 10);
    value[1] = (char)('0' + hhmmss / 100000 % 10);
}

/* yy-mm-dd of normal time; dashes for never. */
static void write_date(char value[WH_LCD_VALUE_DIGITS + 1], int64_t normal_s)
{
    const struct wh_datetime date = wh_calendar_datetime(normal_s);
    if (normal_s == 0) {
        memcpy(value, "   -- -- ", WH_LCD_VALUE_DIGITS + 1);
        return;
    }
    write_clock(value, date.year % 100 * 10000 + date.month * 100 + date.day);
}

/* The state in words, with its number. */
static void write_breaker(struct wh_lcd *lcd, int64_t state)
{
    char text[] = "OPEN   00";
    enum { WORD = 6 };
    if (state == 0) {
        write_text_value(lcd, "NONE");
        return;
    }
    if (wh_breaker_is_closed_in((enum wh_breaker_state)state)) {
        memcpy(text, "CLOSED", WORD);
    }
    text[7] = (char)(state >= 10 ? '0' + state / 10 : ' ');
    text[8] = (char)('0' + state % 10);
    write_text_value(lcd, text);
}

static void write_value(const struct wh_reading *reading, const struct wh_display_format *format,
                        struct wh_lcd *lcd)
{
    switch (reading->kind) {
    case WH_READING_TEXT:
        write_text_value(lcd, reading->text);
        break;
    case WH_READING_CLOCK:
        write_clock(lcd->value, reading->number);
        break;
    case WH_READING_TIME:
        write_date(lcd->value, reading->number);
        break;
    default:
        write_number(lcd->value, wh_reading_scaled(reading, format->exponent),
                     format->decimals + 1);
        lcd->decimals = format->decimals;
    }
}

/* Energies have as many digits behind the point as the factory chose (VAR-10 A); verification resolution has all. */
static struct wh_display_format format_of(const struct wh_reading_source *source,
                                          const struct wh_quantity *quantity)
{
    struct wh_display_format format = quantity->display;
    const int decimals = wh_reading_energy_decimals(source);
    if (wh_quantity_energies(quantity) != 0 && quantity->unit <= WH_UNIT_VARH &&
        format.exponent == KWH_TENTHS && decimals >= 0) {
        format.decimals = (uint8_t)decimals;
        format.exponent = (int8_t)(KWH_EXPONENT - decimals);
    }
    return format;
}

void wh_glass_reading(const struct wh_reading_source *source, const struct wh_quantity *quantity,
                      struct wh_lcd *lcd)
{
    const struct wh_display_format shown = format_of(source, quantity);
    const struct wh_display_format *format = &shown;
    struct wh_reading reading;
    if (wh_read(source, quantity, &reading) == WH_OK) {
        if (reading.kind == WH_READING_TIME && reading.number != 0) {
            reading.number = wh_clock_normal_of(source->clock, (uint32_t)reading.number);
        }
        write_value(&reading, format, lcd);
        if (quantity->source == WH_SOURCE_BREAKER && quantity->index == WH_BREAKER_NUMBER_STATE) {
            write_breaker(lcd, reading.number);
        }
    } else {
        write_text_value(lcd, "---");
    }
    strncpy(lcd->unit, format->unit, sizeof lcd->unit - 1);
    strncpy(lcd->id, format->id, sizeof lcd->id - 1);
    strncpy(lcd->text, format->text, sizeof lcd->text - 1);
}

static bool voltage_is_on(const struct wh_legal *legal, int phase, uint32_t threshold_mv)
{
    int64_t voltage_mv;
    const enum wh_instant instant = (enum wh_instant)(WH_U_L1_MV + phase);
    return wh_legal_instant(legal, instant, &voltage_mv) == WH_OK && voltage_mv > threshold_mv;
}

static enum wh_lcd_current current_of(const struct wh_legal *legal, int phase)
{
    if (wh_legal_importing(legal) & 1u << phase) {
        return WH_LCD_CURRENT_IMPORT;
    }
    return wh_legal_exporting(legal) & 1u << phase ? WH_LCD_CURRENT_EXPORT : WH_LCD_CURRENT_NONE;
}

/* Quadrant of the three-phase load, MET-3; none while nothing is registered. */
static uint8_t quadrant_of(const struct wh_legal *legal)
{
    int64_t active_mw;
    int64_t reactive_mvar;
    const bool load = wh_legal_importing(legal) != 0 || wh_legal_exporting(legal) != 0;
    if (!load || wh_legal_instant(legal, WH_P_MW, &active_mw) != WH_OK ||
        wh_legal_instant(legal, WH_Q_MVAR, &reactive_mvar) != WH_OK) {
        return 0;
    }
    if (active_mw >= 0) {
        return reactive_mvar >= 0 ? 1 : 4;
    }
    return reactive_mvar >= 0 ? 2 : 3;
}

/* L2 lags L1 by 120 degrees in the right sequence; 60 degrees either way are allowed for unbalance.
 */
enum wh_lcd_sequence wh_glass_sequence(const struct wh_legal *legal)
{
    int64_t l2_mdeg;
    int64_t l3_mdeg;
    if (wh_legal_instant(legal, WH_ANGLE_L2_MDEG, &l2_mdeg) != WH_OK ||
        wh_legal_instant(legal, WH_ANGLE_L3_MDEG, &l3_mdeg) != WH_OK) {
        return WH_LCD_SEQUENCE_NONE;
    }
    const bool l2_at_240 = l2_mdeg > 180000 && l2_mdeg < 300000;
    const bool l2_at_120 = l2_mdeg > 60000 && l2_mdeg < 180000;
    const bool l3_at_240 = l3_mdeg > 180000 && l3_mdeg < 300000;
    const bool l3_at_120 = l3_mdeg > 60000 && l3_mdeg < 180000;
    if (l2_at_240 && l3_at_120) {
        return WH_LCD_SEQUENCE_RIGHT;
    }
    return l2_at_120 && l3_at_240 ? WH_LCD_SEQUENCE_REVERSED : WH_LCD_SEQUENCE_NONE;
}

void wh_glass_indicators(const struct wh_reading_source *source, uint32_t voltage_on_mv,
                         struct wh_lcd *lcd)
{
    for (int p = 0; p < WH_LCD_PHASES; p++) {
        lcd->voltage_on[p] = voltage_is_on(source->legal, p, voltage_on_mv);
        lcd->current[p] = current_of(source->legal, p);
    }
    lcd->quadrant = quadrant_of(source->legal);
    lcd->sequence = wh_glass_sequence(source->legal);
    lcd->tariff = wh_reading_tariff_shown(source);
    lcd->symbols |= wh_reading_symbols(source);
    if (wh_legal_status(source->legal) != 0) {
        lcd->symbols |= WH_LCD_ERROR;
    }
}
