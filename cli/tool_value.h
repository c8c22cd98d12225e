/* A value read from a meter, whatever language it came in, and how it is written for people,
 * spreadsheets and programs.
 */
#ifndef CLI_TOOL_VALUE_H
#define CLI_TOOL_VALUE_H

#include "app/calendar.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tool_kind {
    TOOL_NOTHING, /* the meter has no value now */
    TOOL_NUMBER,
    TOOL_REAL,
    TOOL_TEXT,
    TOOL_TIME,
};

enum { TOOL_TEXT_SIZE = 128, TOOL_VALUE_SIZE = TOOL_TEXT_SIZE + 32, TOOL_UNIT_SIZE = 16 };

struct tool_value {
    enum tool_kind kind;
    int64_t number; /* times 10^exponent of unit; exact */
    int exponent;
    double real;
    char unit[TOOL_UNIT_SIZE]; /* without prefix: "Wh", "W", "V"; "" for none */
    struct wh_datetime time;   /* as the meter's clock showed it; month 0: never */
    bool is_summer;            /* time is daylight saving time */
    bool is_time_doubtful;     /* the meter's clock was not valid */
    char text[TOOL_TEXT_SIZE]; /* UTF-8 */
};

struct tool_value tool_number(int64_t number, int exponent, const char *unit);
struct tool_value tool_text(const char *text);

/* Bytes that mean a text: as they are when all can be printed, else in hexadecimal. */
struct tool_value tool_bytes(const uint8_t *bytes, size_t length);

/* For people: "1234.5 kWh". Energies are in thousands of their unit, all else as it is. */
void tool_value_text(const struct tool_value *value, char text[TOOL_VALUE_SIZE]);

/* The same without the unit, for a column that has tool_value_unit in its head. */
void tool_value_plain(const struct tool_value *value, char text[TOOL_VALUE_SIZE]);
void tool_value_unit(const char *unit, char text[TOOL_UNIT_SIZE + 2]);

/* A number in units without prefix, a text, "2026-11-20T13:45:00", or null. A new reference. */
json_t *tool_value_json(const struct tool_value *value);

/* number · 10^exponent with all its digits, in exponent steps that text must have: the number
 * that text says, in 10^exponent. False: it is no number, or has digits beyond. */
bool tool_number_parse(const char *text, int exponent, int64_t *number);

#endif
