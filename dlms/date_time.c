/* Arithmetic of date-times as a profile's clock column needs it. Invariant: a date is valid before and
 * after. */
#include "dlms/rows.h"

enum { DAY_S = 86400, YEAR_MAX = 9999 };

static bool is_leap(uint16_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static uint8_t days_in_month(uint16_t year, uint8_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return (uint8_t)(days[month - 1] + (month == 2 && is_leap(year)));
}

static bool is_specified(const struct dlms_date_time *time)
{
    return time->year <= YEAR_MAX && time->month >= 1 && time->month <= 12 && time->day >= 1 &&
           time->day <= days_in_month(time->year, time->month) && time->hour < 24 &&
           time->minute < 60 && time->second < 60;
}

static void next_day(struct dlms_date_time *time)
{
    if (time->weekday >= 1 && time->weekday <= 7) {
        time->weekday = (uint8_t)(time->weekday % 7 + 1);
    }
    if (time->day < days_in_month(time->year, time->month)) {
        time->day++;
        return;
    }
    time->day = 1;
    time->month = (uint8_t)(time->month % 12 + 1);
    time->year = (uint16_t)(time->year + (time->month == 1));
}

bool dlms_date_time_add(struct dlms_date_time *time, uint32_t seconds)
{
    if (!is_specified(time)) {
        return false;
    }
    uint32_t of_day = ((uint32_t)time->hour * 60 + time->minute) * 60 + time->second;
    uint32_t days = seconds / DAY_S;
    of_day += seconds % DAY_S;
    days += of_day / DAY_S;
    of_day %= DAY_S;
    time->hour = (uint8_t)(of_day / 3600);
    time->minute = (uint8_t)(of_day / 60 % 60);
    time->second = (uint8_t)(of_day % 60);
    for (; days > 0; days--) {
        next_day(time);
    }
    return true;
}
