/* Values of data sets. Invariant: a number keeps the digits that the meter's display has. */
#include "cli/tool_iec_value.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { DATE_DIGITS = 12 };

/* "[N[V]]YYMMDDhhmmss": N 1 summer, V 0 invalid. */
static bool parse_time(struct iec21_span text, struct tool_value *value)
{
    const size_t flags = text.length - DATE_DIGITS;
    unsigned field[6];
    if (text.length < DATE_DIGITS + 1 || flags > 2) {
        return false;
    }
    for (size_t i = 0; i < text.length; i++) {
        if (!isdigit((unsigned char)text.text[i])) {
            return false;
        }
    }
    for (int f = 0; f < 6; f++) {
        const char *two = text.text + flags + 2 * f;
        field[f] = (unsigned)(two[0] - '0') * 10 + (unsigned)(two[1] - '0');
    }
    *value = (struct tool_value){
        .kind = TOOL_TIME,
        .time = {.year = (uint16_t)(2000 + field[0]),
                 .month = (uint8_t)field[1],
                 .day = (uint8_t)field[2],
                 .hour = (uint8_t)field[3],
                 .minute = (uint8_t)field[4],
                 .second = (uint8_t)field[5]},
        .is_summer = text.text[0] == '1',
        .is_time_doubtful = flags == 2 && text.text[1] == '0',
    };
    if (wh_calendar_fault(&value->time) != NULL) {
        value->time = (struct wh_datetime){0};
    }
    return true;
}

int tool_iec_prefix(struct iec21_span *unit)
{
    const bool is_kilo = unit->length > 1 && unit->text[0] == 'k' && unit->text[1] != 'g';
    if (is_kilo) {
        unit->text++;
        unit->length--;
    }
    return is_kilo ? 3 : 0;
}

/* Digits with a point, kept exact; anything else is a text. */
static bool parse_number(struct iec21_span text, struct iec21_span unit, struct tool_value *value)
{
    char digits[IEC21_VALUE_SIZE];
    char name[TOOL_UNIT_SIZE];
    int64_t number;
    if (text.length == 0 || text.length >= sizeof digits) {
        return false;
    }
    snprintf(digits, sizeof digits, "%.*s", (int)text.length, text.text);
    const char *point = strchr(digits, '.');
    const int decimals = point != NULL ? (int)strlen(point + 1) : 0;
    if (!tool_number_parse(digits, -decimals, &number)) {
        return false;
    }
    const int prefix = tool_iec_prefix(&unit);
    snprintf(name, sizeof name, "%.*s", (int)unit.length, unit.text);
    *value = tool_number(number, prefix - decimals, name);
    return true;
}

struct tool_value tool_iec_value(const char *address, struct iec21_span text,
                                 struct iec21_span unit)
{
    struct tool_value value;
    if (strcmp(address, "1.0.0") == 0 && parse_time(text, &value)) {
        return value;
    }
    if (parse_number(text, unit, &value)) {
        return value;
    }
    return tool_bytes((const uint8_t *)text.text, text.length);
}
