/* The calendar: seconds and days since 2000-01-01 to dates and back, and when European daylight
 * saving time is in force.
 *
 * It reaches from 1999-01-01 to 2136-12-31: all that a clock of 32-bit seconds can show in any
 * zone. Days are counted from 2000-01-01, which is day 0; a second is never a leap second.
 */
#ifndef WH_APP_CALENDAR_H
#define WH_APP_CALENDAR_H

#include "common/err.h"
#include <stdbool.h>
#include <stdint.h>

enum {
    WH_CALENDAR_FIRST_YEAR = 1999,
    WH_CALENDAR_LAST_YEAR = 2136,
    WH_CALENDAR_DAY_S = 86400,
};

/* Broken-down time of the proleptic Gregorian calendar. */
struct wh_datetime {
    uint16_t year;
    uint8_t month;   /* 1 … 12 */
    uint8_t day;     /* 1 … 31 */
    uint8_t weekday; /* 1 Monday … 7 Sunday; 0 not given */
    uint8_t hour, minute, second;
};

/* The name of the first field that is wrong ("year", "month", "day", "hour", "minute", "second",
 * "weekday"), static text; NULL if there is none. A weekday that is given must be that of the
 * date. */
const char *wh_calendar_fault(const struct wh_datetime *datetime);

/* Date, time and weekday of that many seconds since 2000-01-01 00:00:00. Outside the calendar all
 * fields are 0, which no date has. */
struct wh_datetime wh_calendar_datetime(int64_t seconds);

/* The way back. WH_ERR_ARGUMENT if wh_calendar_fault finds one. */
enum wh_err wh_calendar_seconds(const struct wh_datetime *datetime, int64_t *seconds);

/* Days in that month; 0 if month is not 1 … 12. */
uint8_t wh_calendar_month_length(uint16_t year, uint8_t month);

/* Days from 2000-01-01 to a date, which must exist in the calendar. */
int32_t wh_calendar_day(uint16_t year, uint8_t month, uint8_t day);

/* 1 Monday … 7 Sunday of a day of the calendar, counted as by wh_calendar_day. */
uint8_t wh_calendar_weekday(int32_t day);

/* Whether European daylight saving time is in force: from the last Sunday of March, 01:00 UTC,
 * until the last Sunday of October, 01:00 UTC, in every zone at the same moment (directive
 * 2000/84/EC, articles 2 and 3; taken for every year). utc_s counts since 2000-01-01 00:00:00 UTC;
 * outside the calendar never. */
bool wh_calendar_is_european_summer(int64_t utc_s);

#endif
