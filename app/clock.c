/* The clock. Invariant: samples are never rounded away, 4096 of them are one second whatever the
 * steps. */
#include "app/clock.h"

enum {
    TICKS_PER_SECOND = 4096,
    SECONDS_PER_DAY = 86400,
    ZONE_LOWEST_MIN = -720,
    ZONE_HIGHEST_MIN = 840,
};

enum wh_err wh_clock_set(struct wh_clock *clock, uint32_t utc_s, int16_t zone_min, bool summer_time)
{
    if (zone_min < ZONE_LOWEST_MIN || zone_min > ZONE_HIGHEST_MIN) {
        return WH_ERR_ARGUMENT;
    }
    *clock = (struct wh_clock){
        .utc_s = utc_s, .zone_min = zone_min, .summer_time = summer_time, .valid = true};
    return WH_OK;
}

void wh_clock_run(struct wh_clock *clock, uint32_t sample_count)
{
    const uint32_t ticks = clock->ticks + sample_count % TICKS_PER_SECOND;
    clock->utc_s += sample_count / TICKS_PER_SECOND + ticks / TICKS_PER_SECOND;
    clock->ticks = ticks % TICKS_PER_SECOND;
}

/* Civil date from days since 2000-03-01, in years that begin in March (so that the leap day is the
 * last day): era arithmetic after the usual derivation of the 400-year cycle. */
static void set_date(struct wh_datetime *t, uint32_t days_since_march_2000)
{
    const uint32_t era = days_since_march_2000 / 146097;
    const uint32_t day_of_era = days_since_march_2000 % 146097;
    const uint32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const uint32_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const uint32_t month = (5 * day_of_year + 2) / 153; /* 0 is March */
    t->day = (uint8_t)(day_of_year - (153 * month + 2) / 5 + 1);
    t->month = (uint8_t)(month < 10 ? month + 3 : month - 9);
    t->year = (uint16_t)(2000 + era * 400 + year_of_era + (t->month <= 2 ? 1 : 0));
}

struct wh_datetime wh_clock_local(const struct wh_clock *clock)
{
    /* One 400-year cycle earlier keeps January and February 2000, and zones west, positive. */
    const uint64_t cycle_s = (uint64_t)146097 * SECONDS_PER_DAY;
    const uint64_t local_s =
        (uint64_t)((int64_t)(clock->utc_s + cycle_s) + (int64_t)clock->zone_min * 60);
    const uint32_t second_of_day = (uint32_t)(local_s % SECONDS_PER_DAY);
    const uint32_t day = (uint32_t)(local_s / SECONDS_PER_DAY);
    struct wh_datetime t = {
        .weekday =
            (uint8_t)((day + 5) % 7 + 1), /* 2000-01-01 was a Saturday; cycles are whole weeks */
        .hour = (uint8_t)(second_of_day / 3600),
        .minute = (uint8_t)(second_of_day / 60 % 60),
        .second = (uint8_t)(second_of_day % 60),
    };
    set_date(&t, day - 60); /* 2000-03-01 is day 60 */
    t.year = (uint16_t)(t.year - 400);
    return t;
}
