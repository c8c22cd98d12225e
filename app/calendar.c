/* The calendar. Invariant: inside its years dates and counts map onto each other one to one;
 * outside of them there is no date. */
#include "app/calendar.h"
#include <stddef.h>

enum {
    DAYS_PER_CYCLE = 146097, /* of 400 years, whole weeks */
    FIRST_DAY = -365,        /* 1999-01-01 */
    LAST_DAY = 50038,        /* 2136-12-31 */
    /* Dates are computed in years that begin in March, so that the leap day is the last one, and
     * from 1600, so that everything is positive. */
    EPOCH_YEAR = 1600,
    EPOCH_TO_2000 = DAYS_PER_CYCLE - 60, /* 1600-03-01 to 2000-01-01 */
    MARCH = 3,
    OCTOBER = 10,
    SUNDAY = 7,
    HOUR_S = 3600,
};

static bool is_leap(uint16_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

uint8_t wh_calendar_month_length(uint16_t year, uint8_t month)
{
    static const uint8_t lengths[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month >= sizeof lengths) {
        return 0;
    }
    return (uint8_t)(lengths[month] + (month == 2 && is_leap(year) ? 1 : 0));
}

int32_t wh_calendar_day(uint16_t year, uint8_t month, uint8_t day)
{
    const int32_t years = year - EPOCH_YEAR - (month < MARCH ? 1 : 0);
    const int32_t months = month < MARCH ? month + 9 : month - 3; /* since March */
    const int32_t leap_days = years / 4 - years / 100 + years / 400;
    return 365 * years + leap_days + (153 * months + 2) / 5 + day - 1 - EPOCH_TO_2000;
}

uint8_t wh_calendar_weekday(int32_t day)
{
    return (uint8_t)((day + DAYS_PER_CYCLE + 5) % 7 + 1); /* 2000-01-01 was a Saturday */
}

const char *wh_calendar_fault(const struct wh_datetime *t)
{
    if (t->year < WH_CALENDAR_FIRST_YEAR || t->year > WH_CALENDAR_LAST_YEAR) {
        return "year";
    }
    if (t->month < 1 || t->month > 12) {
        return "month";
    }
    if (t->day < 1 || t->day > wh_calendar_month_length(t->year, t->month)) {
        return "day";
    }
    if (t->hour > 23) {
        return "hour";
    }
    if (t->minute > 59) {
        return "minute";
    }
    if (t->second > 59) {
        return "second";
    }
    const uint8_t weekday = wh_calendar_weekday(wh_calendar_day(t->year, t->month, t->day));
    return t->weekday != 0 && t->weekday != weekday ? "weekday" : NULL;
}

/* Nothing here is negative, and unsigned divisions by constants are shorter. */
static void set_date(struct wh_datetime *t, int32_t day)
{
    const uint32_t since_epoch = (uint32_t)(day + EPOCH_TO_2000);
    const uint32_t cycle = since_epoch / DAYS_PER_CYCLE;
    const uint32_t rest = since_epoch % DAYS_PER_CYCLE;
    const uint32_t year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
    const uint32_t day_of_year = rest - (365 * year + year / 4 - year / 100);
    const uint32_t months = (5 * day_of_year + 2) / 153; /* since March */
    t->day = (uint8_t)(day_of_year - (153 * months + 2) / 5 + 1);
    t->month = (uint8_t)(months < 10 ? months + 3 : months - 9);
    t->year = (uint16_t)(EPOCH_YEAR + 400 * cycle + year + (t->month < MARCH ? 1 : 0));
}

struct wh_datetime wh_calendar_datetime(int64_t seconds)
{
    const int64_t first_s = (int64_t)FIRST_DAY * WH_CALENDAR_DAY_S;
    const int64_t end_s = (int64_t)(LAST_DAY + 1) * WH_CALENDAR_DAY_S;
    if (seconds < first_s || seconds >= end_s) {
        return (struct wh_datetime){0};
    }
    const uint64_t from_first_s = (uint64_t)(seconds - first_s);
    const int32_t day = (int32_t)(from_first_s / WH_CALENDAR_DAY_S) + FIRST_DAY;
    const uint32_t second_of_day = (uint32_t)(from_first_s % WH_CALENDAR_DAY_S);
    struct wh_datetime t = {
        .weekday = wh_calendar_weekday(day),
        .hour = (uint8_t)(second_of_day / HOUR_S),
        .minute = (uint8_t)(second_of_day / 60 % 60),
        .second = (uint8_t)(second_of_day % 60),
    };
    set_date(&t, day);
    return t;
}

enum wh_err wh_calendar_seconds(const struct wh_datetime *t, int64_t *seconds)
{
    if (wh_calendar_fault(t) != NULL) {
        return WH_ERR_ARGUMENT;
    }
    const int32_t second_of_day = t->hour * HOUR_S + t->minute * 60 + t->second;
    *seconds =
        (int64_t)wh_calendar_day(t->year, t->month, t->day) * WH_CALENDAR_DAY_S + second_of_day;
    return WH_OK;
}

/* The last Sunday of a month of 31 days, 01:00. */
static int64_t last_sunday_s(uint16_t year, uint8_t month)
{
    const int32_t last_day = wh_calendar_day(year, month, 31);
    const int32_t sunday = last_day - wh_calendar_weekday(last_day) % SUNDAY;
    return (int64_t)sunday * WH_CALENDAR_DAY_S + HOUR_S;
}

bool wh_calendar_is_european_summer(int64_t utc_s)
{
    const uint16_t year = wh_calendar_datetime(utc_s).year;
    return year != 0 && utc_s >= last_sunday_s(year, MARCH) && utc_s < last_sunday_s(year, OCTOBER);
}
