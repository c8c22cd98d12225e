/* Values and their texts. Invariant: a number is written with exactly the digits that the meter
 * sent. */
#include "cli/tool_value.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KILO = 3, DIGITS = 20, EXPONENT_MAX = 18 };

struct tool_value tool_number(int64_t number, int exponent, const char *unit)
{
    struct tool_value value = {.kind = TOOL_NUMBER, .number = number, .exponent = exponent};
    snprintf(value.unit, sizeof value.unit, "%s", unit);
    return value;
}

/* Texts of fixed length are filled up with blanks. */
static void take_padding_off(char *text)
{
    for (size_t length = strlen(text); length > 0 && text[length - 1] == ' '; length--) {
        text[length - 1] = '\0';
    }
}

struct tool_value tool_text(const char *text)
{
    struct tool_value value = {.kind = TOOL_TEXT};
    snprintf(value.text, sizeof value.text, "%s", text);
    take_padding_off(value.text);
    return value;
}

struct tool_value tool_bytes(const uint8_t *bytes, size_t length)
{
    struct tool_value value = {.kind = TOOL_TEXT};
    bool is_text = length < sizeof value.text;
    for (size_t i = 0; i < length && is_text; i++) {
        is_text = bytes[i] >= ' ' && bytes[i] < 0x7F;
    }
    if (is_text) {
        memcpy(value.text, bytes, length);
        take_padding_off(value.text);
        return value;
    }
    const size_t room = (sizeof value.text - 4) / 2;
    for (size_t i = 0; i < length && i < room; i++) {
        snprintf(value.text + 2 * i, 3, "%02x", bytes[i]);
    }
    if (length > room) {
        memcpy(value.text + 2 * room, "...", 4);
    }
    return value;
}

/* ---- Decimal numbers ---- */

static bool is_energy(const char *unit)
{
    return strcmp(unit, "Wh") == 0 || strcmp(unit, "varh") == 0 || strcmp(unit, "VAh") == 0;
}

/* number · 10^exponent, exact. */
static void write_decimal(int64_t number, int exponent, char text[TOOL_VALUE_SIZE])
{
    const uint64_t magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    const char *sign = number < 0 ? "-" : "";
    if (exponent >= 0 || exponent < -EXPONENT_MAX) {
        if (exponent > EXPONENT_MAX || exponent < 0) {
            snprintf(text, TOOL_VALUE_SIZE, "%s%" PRIu64 "e%d", sign, magnitude, exponent);
        } else {
            snprintf(text, TOOL_VALUE_SIZE, "%s%" PRIu64 "%.*s", sign, magnitude,
                     magnitude != 0 ? exponent : 0, "000000000000000000");
        }
        return;
    }
    char digits[2 * DIGITS];
    snprintf(digits, sizeof digits, "%0*" PRIu64, 1 - exponent, magnitude);
    const int whole = (int)strlen(digits) + exponent;
    snprintf(text, TOOL_VALUE_SIZE, "%s%.*s.%s", sign, whole, digits, digits + whole);
}

bool tool_number_parse(const char *text, int exponent, int64_t *number)
{
    const bool is_negative = text[0] == '-';
    const char *at = text + (text[0] == '-' || text[0] == '+');
    int64_t sum = 0;
    int decimals = 0;
    bool has_point = false;
    bool has_digit = false;
    for (; *at != '\0'; at++) {
        if (*at == '.' && !has_point) {
            has_point = true;
            continue;
        }
        if (!isdigit((unsigned char)*at) || sum > (INT64_MAX - 9) / 10) {
            return false;
        }
        sum = sum * 10 + (*at - '0');
        decimals += has_point;
        has_digit = true;
    }
    for (; decimals < -exponent; decimals++) {
        if (sum > INT64_MAX / 10) {
            return false;
        }
        sum *= 10;
    }
    for (; decimals > -exponent; decimals--) {
        if (sum % 10 != 0) {
            return false;
        }
        sum /= 10;
    }
    *number = is_negative ? -sum : sum;
    return has_digit;
}

/* ---- Texts ---- */

static void write_time(const struct tool_value *value, char separator, char text[TOOL_VALUE_SIZE])
{
    const struct wh_datetime *t = &value->time;
    if (t->month == 0) {
        text[0] = '\0';
        return;
    }
    snprintf(text, TOOL_VALUE_SIZE, "%04u-%02u-%02u%c%02u:%02u:%02u", t->year, t->month, t->day,
             separator, t->hour, t->minute, t->second);
}

void tool_value_plain(const struct tool_value *value, char text[TOOL_VALUE_SIZE])
{
    const int kilo = is_energy(value->unit) ? KILO : 0;
    text[0] = '\0';
    switch (value->kind) {
    case TOOL_NUMBER:
        write_decimal(value->number, value->exponent - kilo, text);
        break;
    case TOOL_REAL:
        snprintf(text, TOOL_VALUE_SIZE, "%.9g", kilo != 0 ? value->real / 1000 : value->real);
        break;
    case TOOL_TEXT:
        snprintf(text, TOOL_VALUE_SIZE, "%s", value->text);
        break;
    case TOOL_TIME:
        write_time(value, ' ', text);
        break;
    default:
        break;
    }
}

void tool_value_unit(const char *unit, char text[TOOL_UNIT_SIZE + 2])
{
    snprintf(text, TOOL_UNIT_SIZE + 2, "%s%s", is_energy(unit) ? "k" : "", unit);
}

void tool_value_text(const struct tool_value *value, char text[TOOL_VALUE_SIZE])
{
    tool_value_plain(value, text);
    const size_t used = strlen(text);
    char *rest = text + used;
    const size_t room = TOOL_VALUE_SIZE - used;
    if (value->kind == TOOL_NOTHING || used == 0) {
        snprintf(rest, room, "-");
    } else if (value->kind == TOOL_TIME) {
        snprintf(rest, room, "%s%s", value->is_summer ? " summer time" : "",
                 value->is_time_doubtful ? " (the meter's clock is not valid)" : "");
    } else if (value->unit[0] != '\0') {
        snprintf(rest, room, " %s%s", is_energy(value->unit) ? "k" : "", value->unit);
    }
}

static json_t *number_json(const struct tool_value *value)
{
    int64_t number = value->number;
    int exponent = value->exponent;
    for (; exponent > 0 && number > INT64_MIN / 10 && number < INT64_MAX / 10; exponent--) {
        number *= 10;
    }
    if (exponent == 0) {
        return json_integer(number);
    }
    return json_real((double)number / pow(10, -exponent));
}

json_t *tool_value_json(const struct tool_value *value)
{
    char text[TOOL_VALUE_SIZE];
    switch (value->kind) {
    case TOOL_NUMBER:
        return number_json(value);
    case TOOL_REAL:
        return isfinite(value->real) ? json_real(value->real) : json_null();
    case TOOL_TEXT:
        return json_string(value->text);
    case TOOL_TIME:
        write_time(value, 'T', text);
        return text[0] != '\0' ? json_string(text) : json_null();
    default:
        return json_null();
    }
}
