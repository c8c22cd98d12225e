/* Plan and tables. Invariant: tables made of a plan give a plan with the same tariff at every
 * minute. */
#include "cosem/modern_calendar.h"
#include <string.h>

enum { WEEKDAYS = 7, MONDAY = 0, SUNDAY = 6, NONE = -1 };

/* ---- Of a plan ---- */

static struct wh_modern_name name_of(char letter, unsigned number)
{
    const struct wh_modern_name name = {2, {(uint8_t)letter, (uint8_t)('0' + number)}};
    return name;
}

static bool is_used(const struct wh_tariff_plan *plan, unsigned season)
{
    return plan->days[season][WH_DAY_WORKING].switch_count > 0;
}

/* Which week stands for a season, from 1. */
static unsigned week_of(const struct wh_tariff_plan *plan, unsigned season)
{
    unsigned week = 0;
    for (unsigned s = 0; s <= season; s++) {
        week += is_used(plan, s);
    }
    return week;
}

static uint8_t day_id(unsigned week, enum wh_day_type type)
{
    return (uint8_t)(WH_DAY_TYPES * (week - 1) + (unsigned)type + 1);
}

static void add_week(const struct wh_tariff_plan *plan, unsigned season,
                     struct wh_modern_calendar *calendar)
{
    const unsigned number = calendar->week_count + 1u;
    struct wh_modern_week *week = &calendar->weeks[calendar->week_count++];
    week->name = name_of('W', number);
    for (int d = 0; d < WEEKDAYS; d++) {
        const bool works = (plan->working_days >> d & 1u) != 0;
        week->day_id[d] = day_id(number, works ? WH_DAY_WORKING : WH_DAY_NON_WORKING);
    }
    for (int type = 0; type < WH_DAY_TYPES; type++) {
        calendar->days[calendar->day_count++] = (struct wh_modern_day){
            day_id(number, (enum wh_day_type)type), plan->days[season][type]};
    }
}

void wh_modern_calendar_of_plan(const struct wh_tariff_plan *plan,
                                struct wh_modern_calendar *calendar)
{
    memset(calendar, 0, sizeof *calendar);
    while (plan->name[calendar->name.length] != '\0') {
        calendar->name.octets[calendar->name.length] = (uint8_t)plan->name[calendar->name.length];
        calendar->name.length++;
    }
    for (unsigned s = 0; s < WH_PLAN_SEASONS; s++) {
        if (is_used(plan, s)) {
            add_week(plan, s, calendar);
        }
    }
    for (unsigned c = 0; c < plan->season_change_count; c++) {
        const struct wh_season_change *change = &plan->season_changes[c];
        calendar->seasons[c] =
            (struct wh_modern_season){name_of('S', c + 1), change->month, change->day,
                                      name_of('W', week_of(plan, change->season))};
    }
    calendar->season_count = plan->season_change_count;
    if (calendar->season_count == 0) {
        calendar->seasons[calendar->season_count++] =
            (struct wh_modern_season){name_of('S', 1), 0, 0, name_of('W', 1)};
    }
}

uint8_t wh_modern_holiday(const struct wh_tariff_plan *plan, int32_t day)
{
    const struct wh_datetime date = wh_calendar_datetime((int64_t)day * WH_CALENDAR_DAY_S);
    return day_id(week_of(plan, wh_tariff_plan_season(plan, &date)), WH_DAY_HOLIDAY);
}

/* ---- To a plan ---- */

static bool is_same(const struct wh_modern_name *a, const struct wh_modern_name *b)
{
    return a->length == b->length && memcmp(a->octets, b->octets, a->length) == 0;
}

static int find_week(const struct wh_modern_calendar *calendar, const struct wh_modern_name *name)
{
    for (int w = 0; w < calendar->week_count; w++) {
        if (is_same(&calendar->weeks[w].name, name)) {
            return w;
        }
    }
    return NONE;
}

static int find_day(const struct wh_modern_calendar *calendar, uint8_t id)
{
    for (int d = 0; d < calendar->day_count; d++) {
        if (calendar->days[d].id == id) {
            return d;
        }
    }
    return NONE;
}

/* Names are what finds: each must find its own row, and what is named be there. */
static bool is_whole(const struct wh_modern_calendar *calendar)
{
    bool is_found = calendar->season_count > 0;
    for (int s = 0; s < calendar->season_count; s++) {
        is_found = is_found && find_week(calendar, &calendar->seasons[s].week) != NONE;
    }
    for (int w = 0; w < calendar->week_count; w++) {
        const struct wh_modern_week *week = &calendar->weeks[w];
        is_found = is_found && find_week(calendar, &week->name) == w;
        for (int d = 0; d < WEEKDAYS; d++) {
            is_found = is_found && find_day(calendar, week->day_id[d]) != NONE;
        }
    }
    for (int d = 0; d < calendar->day_count; d++) {
        is_found = is_found && find_day(calendar, calendar->days[d].id) == d;
    }
    return is_found;
}

/* The first weekday that is in the mask, or is not; any if there is none. */
static int first_weekday(unsigned mask, bool in)
{
    for (int d = 0; d < WEEKDAYS; d++) {
        if (((mask >> d & 1u) != 0) == in) {
            return d;
        }
    }
    return MONDAY;
}

/* In every week the days in the mask are of one kind, and those out of it. */
static bool divides(const struct wh_modern_calendar *calendar, unsigned mask)
{
    for (int w = 0; w < calendar->week_count; w++) {
        const uint8_t *id = calendar->weeks[w].day_id;
        for (int d = 0; d < WEEKDAYS; d++) {
            if (id[d] != id[first_weekday(mask, (mask >> d & 1u) != 0)]) {
                return false;
            }
        }
    }
    return true;
}

/* The days that are as Monday in the first week where not all are. */
static unsigned working_days(const struct wh_modern_calendar *calendar)
{
    enum { ALL = 127 };
    unsigned mask = ALL;
    for (int w = 0; w < calendar->week_count && mask == ALL; w++) {
        const uint8_t *id = calendar->weeks[w].day_id;
        for (int d = 0; d < WEEKDAYS; d++) {
            mask &= id[d] == id[MONDAY] ? ALL : ~(1u << d);
        }
    }
    return mask;
}

static bool is_named(const struct wh_modern_calendar *calendar, uint8_t id)
{
    for (int w = 0; w < calendar->week_count; w++) {
        if (memchr(calendar->weeks[w].day_id, id, WEEKDAYS) != NULL) {
            return true;
        }
    }
    return false;
}

static void put_week(const struct wh_modern_calendar *calendar, unsigned number, unsigned mask,
                     struct wh_tariff_day days[WH_DAY_TYPES])
{
    const uint8_t *id = calendar->weeks[number].day_id;
    const uint8_t own = day_id(number + 1, WH_DAY_HOLIDAY);
    const bool has_own = find_day(calendar, own) != NONE && !is_named(calendar, own);
    const uint8_t ids[WH_DAY_TYPES] = {
        [WH_DAY_WORKING] = id[first_weekday(mask, true)],
        [WH_DAY_NON_WORKING] = id[first_weekday(mask, false)],
        [WH_DAY_HOLIDAY] = has_own ? own : id[SUNDAY],
    };
    for (int type = 0; type < WH_DAY_TYPES; type++) {
        days[type] = calendar->days[find_day(calendar, ids[type])].day;
    }
}

static void swap(struct wh_tariff_day a[WH_DAY_TYPES], struct wh_tariff_day b[WH_DAY_TYPES])
{
    for (int type = 0; type < WH_DAY_TYPES; type++) {
        const struct wh_tariff_day day = a[type];
        a[type] = b[type];
        b[type] = day;
    }
}

/* Without a date the one season is the whole year, and its week season 0 of the plan. */
static bool put_seasons(const struct wh_modern_calendar *calendar, struct wh_tariff_plan *plan)
{
    if (calendar->season_count == 1 && calendar->seasons[0].month == 0) {
        swap(plan->days[0], plan->days[find_week(calendar, &calendar->seasons[0].week)]);
        return true;
    }
    for (int s = 0; s < calendar->season_count; s++) {
        const struct wh_modern_season *season = &calendar->seasons[s];
        plan->season_changes[plan->season_change_count++] = (struct wh_season_change){
            season->month, season->day, (uint8_t)find_week(calendar, &season->week)};
        if (season->month == 0) {
            return false;
        }
    }
    return true;
}

enum wh_err wh_modern_calendar_plan(const struct wh_modern_calendar *calendar,
                                    const struct wh_tariff_plan *before,
                                    struct wh_tariff_plan *plan)
{
    unsigned mask = before->working_days;
    if (!is_whole(calendar)) {
        return WH_ERR_ARGUMENT;
    }
    mask = divides(calendar, mask) ? mask : working_days(calendar);
    if (!divides(calendar, mask)) {
        return WH_ERR_ARGUMENT;
    }
    memset(plan, 0, sizeof *plan);
    memcpy(plan->name, calendar->name.octets, calendar->name.length);
    plan->working_days = (uint8_t)mask;
    plan->exception_count = before->exception_count;
    memcpy(plan->exceptions, before->exceptions, sizeof plan->exceptions);
    for (unsigned w = 0; w < calendar->week_count; w++) {
        put_week(calendar, w, mask, plan->days[w]);
    }
    return put_seasons(calendar, plan) ? WH_OK : WH_ERR_ARGUMENT;
}
