/* The computer's zone. Invariant: the European rule is chosen only if the computer's zone changes
 * at both of its moments, by an hour. */
#include "cli/zone.h"

enum { SECONDS_1970_TO_2000 = 946684800, SUMMER_S = 3600 };

static long offset_s(time_t at)
{
    struct tm local;
    return localtime_r(&at, &local) != NULL ? local.tm_gmtoff : 0;
}

/* The middle of January and of July: in one of them a zone is on its normal time. */
static time_t middle_of(int year, uint8_t month)
{
    const int32_t day = wh_calendar_day((uint16_t)year, month, 15);
    return SECONDS_1970_TO_2000 + (time_t)day * WH_CALENDAR_DAY_S;
}

/* Whether the zone is an hour ahead of normal time exactly while the European rule says so, looked
 * at every hour of the year. */
static bool is_european(int year, long normal_s)
{
    const time_t first =
        SECONDS_1970_TO_2000 + (time_t)wh_calendar_day((uint16_t)year, 1, 1) * WH_CALENDAR_DAY_S;
    for (time_t at = first; at < first + (time_t)365 * WH_CALENDAR_DAY_S; at += SUMMER_S) {
        const bool summer = wh_calendar_is_european_summer(at - SECONDS_1970_TO_2000);
        if (offset_s(at) - normal_s != (summer ? SUMMER_S : 0)) {
            return false;
        }
    }
    return true;
}

void cli_zone_configure(struct wh_clock *clock, time_t now)
{
    struct tm utc;
    if (gmtime_r(&now, &utc) == NULL) {
        return;
    }
    tzset(); /* localtime_r need not */
    const int year = utc.tm_year + 1900;
    const long january_s = offset_s(middle_of(year, 1));
    const long july_s = offset_s(middle_of(year, 7));
    const long normal_s = january_s < july_s ? january_s : july_s;
    (void)wh_clock_configure(clock, (int16_t)(normal_s / 60),
                             is_european(year, normal_s) ? WH_DAYLIGHT_EUROPEAN : WH_DAYLIGHT_NONE);
}
