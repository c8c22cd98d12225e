/* People's time and habits. Calendar dates come from the C library, daylight saving from directive
 * 2000/84/EC.
 *
 * Invariant: all is a function of the time and the vacation, without memory, so that any minute may
 * be the first. */
#include "sim/site_people.h"

#include <time.h>

enum { HOUR_S = 3600, DAY_S = 86400, HOURS = 24, EPOCH_S = 946684800, SATURDAY = 5 };

/* Share of the family that is at home and awake. */
static const double family[2][HOURS] = {
    {0.05, 0.02, 0.02, 0.02, 0.03, 0.10, 0.60, 0.80, 0.35, 0.20, 0.20, 0.25,
     0.30, 0.25, 0.30, 0.45, 0.75, 1.00, 1.00, 0.95, 0.90, 0.85, 0.55, 0.20},
    {0.10, 0.05, 0.03, 0.02, 0.02, 0.03, 0.08, 0.25, 0.55, 0.80, 0.90, 0.90,
     0.95, 0.90, 0.85, 0.85, 0.90, 1.00, 1.00, 0.95, 0.90, 0.85, 0.65, 0.30},
};

static const double habits[SIM_SITE_HABITS][HOURS] = {
    [SIM_SITE_HABIT_ANY] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
    [SIM_SITE_HABIT_MEALS] = {0, 0, 0,   0,   0, 0, 0.5, 0.6, 0.3, 0.2, 0.2, 0.8,
                              1, 0, 0.2, 0.2, 1, 3, 2.5, 0.8, 0.2, 0,   0,   0},
    [SIM_SITE_HABIT_EVENING] = {0.2, 0, 0,   0,   0,   0, 0.1, 0.2, 0.2, 0.2, 0.2, 0.2,
                                0.3, 0, 0.3, 0.5, 0.8, 1, 1.2, 2.0, 2.5, 2.5, 1.5, 0.5},
};

/* Public holidays of a fixed date, month times 100 plus day. */
static const int holidays[] = {101, 501, 1224, 1225, 1226, 1231};

static struct tm date_of(int64_t time_s)
{
    const time_t unix_s = (time_t)(time_s + EPOCH_S);
    struct tm date;
    gmtime_r(&unix_s, &date);
    return date;
}

/* 01:00 UTC on the last Sunday of a month of 31 days. */
static bool after_change(const struct tm *date)
{
    const int sunday = date->tm_mday + (7 - date->tm_wday) % 7; /* the next one, or today */
    const int last = sunday + (31 - sunday) / 7 * 7;
    return sunday > 31 || date->tm_mday > last || (date->tm_mday == last && date->tm_hour >= 1);
}

static bool is_summer_time(uint32_t utc_s)
{
    enum { MARCH = 2, OCTOBER = 9 };
    const struct tm date = date_of(utc_s);
    return date.tm_mon == MARCH     ? after_change(&date)
           : date.tm_mon == OCTOBER ? !after_change(&date)
                                    : date.tm_mon > MARCH && date.tm_mon < OCTOBER;
}

static bool is_holiday(const struct tm *date)
{
    const int day = (date->tm_mon + 1) * 100 + date->tm_mday;
    for (size_t k = 0; k < sizeof holidays / sizeof holidays[0]; k++) {
        if (holidays[k] == day) {
            return true;
        }
    }
    return false;
}

static bool in_shift(const struct sim_site_people *people, uint32_t utc_s)
{
    const struct sim_site_work *work = &people->config->work;
    const double time_s = (double)(((int64_t)utc_s + people->zone_s + DAY_S) % DAY_S);
    const bool after = time_s >= work->from_s;
    const bool before = time_s < work->to_s;
    const bool shift = work->from_s < work->to_s ? after && before : after || before;
    return shift && !people->day_off;
}

static void next_hour(struct sim_site_people *people, uint32_t utc_s)
{
    const struct sim_site_config *config = people->config;
    const bool european = config->daylight == SIM_SITE_DAYLIGHT_EUROPEAN;
    people->zone_s = (int32_t)config->zone_min * 60 + (european && is_summer_time(utc_s)) * HOUR_S;
    const struct tm local = date_of((int64_t)utc_s + people->zone_s);
    people->hour = (unsigned)local.tm_hour;
    people->hour_at_s = utc_s - (uint32_t)(local.tm_min * 60 + local.tm_sec);
    people->weekday = (unsigned)(local.tm_wday + 6) % 7;
    const double days = config->type == SIM_SITE_INDUSTRY ? config->work.days : SATURDAY;
    people->day_off = people->weekday >= days || is_holiday(&local) || utc_s < people->away_until_s;
}

void sim_site_people_next(struct sim_site_people *people, uint32_t utc_s)
{
    if (utc_s - people->hour_at_s >= HOUR_S) {
        next_hour(people, utc_s);
    }
    if (people->config->type == SIM_SITE_INDUSTRY) {
        people->activity = in_shift(people, utc_s);
    } else {
        people->activity = utc_s < people->away_until_s ? 0 : family[people->day_off][people->hour];
    }
}

void sim_site_people_init(struct sim_site_people *people, const struct sim_site_config *config,
                          uint32_t utc_s)
{
    *people = (struct sim_site_people){.config = config};
    next_hour(people, utc_s);
    sim_site_people_next(people, utc_s);
}

void sim_site_people_leave(struct sim_site_people *people, uint32_t until_s)
{
    people->away_until_s = until_s > people->away_until_s ? until_s : people->away_until_s;
    people->day_off = true;
    people->activity = 0;
}

static double habit_weight(enum sim_site_habit habit, unsigned day_off, unsigned hour)
{
    return habits[habit][hour] * family[day_off][hour];
}

double sim_site_people_chance(const struct sim_site_people *people, enum sim_site_habit habit,
                              double per_day)
{
    double sum = 0; /* of an ordinary working day */
    for (unsigned hour = 0; hour < HOURS; hour++) {
        sum += habit_weight(habit, 0, hour);
    }
    const bool nobody = people->activity <= 0;
    return nobody ? 0 : per_day * habit_weight(habit, people->day_off, people->hour) / sum;
}
