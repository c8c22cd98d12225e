/* What a tariff plan may be. Invariant: every field that wh_tariff_plan_tariff or the encoding
 * relies on is looked at, in seasons that are not used too. */
#include "app/tariff_plan.h"
#include <stddef.h>

enum {
    MINUTES_PER_DAY = 1440,
    ALL_WEEKDAYS = 0x7F,
    LEAP_YEAR = 2000,
};

/* Finds the first fault of its field: the reason, and where in *at; NULL if there is none. */
typedef const char *finder(const struct wh_tariff_plan *plan, struct wh_plan_fault *at);

static const char *find_in_name(const struct wh_tariff_plan *plan, struct wh_plan_fault *at)
{
    bool ended = false;
    for (at->index = 0; at->index < WH_PLAN_NAME_MAX; at->index++) {
        const char c = plan->name[at->index];
        if (c == '\0') {
            ended = true;
        } else if (ended) {
            return "something after its end";
        } else if (c < ' ' || c > '~') {
            return "not a printable ASCII character";
        }
    }
    return plan->name[WH_PLAN_NAME_MAX] != '\0' ? "longer than 16 characters" : NULL;
}

static const char *find_in_working_days(const struct wh_tariff_plan *plan, struct wh_plan_fault *at)
{
    (void)at;
    return plan->working_days > ALL_WEEKDAYS ? "more than seven weekdays" : NULL;
}

static bool rises(const struct wh_season_change *change)
{
    return change[0].month > change[-1].month ||
           (change[0].month == change[-1].month && change[0].day > change[-1].day);
}

static const char *find_in_season_changes(const struct wh_tariff_plan *plan,
                                          struct wh_plan_fault *at)
{
    if (plan->season_change_count > WH_PLAN_SEASON_CHANGES_MAX) {
        at->index = WH_PLAN_SEASON_CHANGES_MAX;
        return "more than 8";
    }
    for (at->index = 0; at->index < plan->season_change_count; at->index++) {
        const struct wh_season_change *change = &plan->season_changes[at->index];
        if (change->day < 1 || change->day > wh_calendar_month_length(LEAP_YEAR, change->month)) {
            return "no such date";
        }
        if (change->season >= WH_PLAN_SEASONS) {
            return "no such season";
        }
        if (at->index > 0 && !rises(change)) {
            return "date not after the one before";
        }
    }
    return NULL;
}

static const char *find_in_day(const struct wh_tariff_day *day, struct wh_plan_fault *at)
{
    if (day->switch_count > WH_PLAN_SWITCHES_MAX) {
        at->index = WH_PLAN_SWITCHES_MAX;
        return "more than 10";
    }
    for (at->index = 0; at->index < day->switch_count; at->index++) {
        const struct wh_tariff_switch *entry = &day->switches[at->index];
        if (entry->tariff < 1 || entry->tariff > WH_PLAN_TARIFFS) {
            return "tariff is not 1 to 4";
        }
        if (entry->minute >= MINUTES_PER_DAY) {
            return "minute is not 0 to 1439";
        }
        if (at->index == 0 && entry->minute != 0) {
            return "the first one is not at 00:00";
        }
        if (at->index > 0 && entry->minute <= day->switches[at->index - 1].minute) {
            return "minute not above the one before";
        }
    }
    return NULL;
}

/* The season changes have been found good. */
static bool is_used(const struct wh_tariff_plan *plan, unsigned season)
{
    for (unsigned c = 0; c < plan->season_change_count; c++) {
        if (plan->season_changes[c].season == season) {
            return true;
        }
    }
    return plan->season_change_count == 0 && season == 0;
}

static const char *find_in_switches(const struct wh_tariff_plan *plan, struct wh_plan_fault *at)
{
    for (at->season = 0; at->season < WH_PLAN_SEASONS; at->season++) {
        for (at->day_type = 0; at->day_type < WH_DAY_TYPES; at->day_type++) {
            const struct wh_tariff_day *day = &plan->days[at->season][at->day_type];
            const char *reason = find_in_day(day, at);
            if (reason != NULL) {
                return reason;
            }
            if (day->switch_count == 0 && is_used(plan, at->season)) {
                return "none in a season that is used";
            }
        }
    }
    return NULL;
}

static const char *find_in_exceptions(const struct wh_tariff_plan *plan, struct wh_plan_fault *at)
{
    if (plan->exception_count > WH_PLAN_EXCEPTIONS_MAX) {
        at->index = WH_PLAN_EXCEPTIONS_MAX;
        return "more than 200";
    }
    const int32_t last_day = wh_calendar_day(WH_CALENDAR_LAST_YEAR, 12, 31);
    for (at->index = 0; at->index < plan->exception_count; at->index++) {
        const uint16_t *day = &plan->exceptions[at->index];
        if (*day > last_day) {
            return "after the year 2136";
        }
        if (at->index > 0 && *day <= day[-1]) {
            return "not after the one before";
        }
    }
    return NULL;
}

/* In this order: a later one may rely on an earlier. */
static const struct {
    const char *field;
    finder *find;
} fields[] = {
    {"name", find_in_name},
    {"working days", find_in_working_days},
    {"season change", find_in_season_changes},
    {"switch", find_in_switches},
    {"exception day", find_in_exceptions},
};

enum wh_err wh_tariff_plan_check(const struct wh_tariff_plan *plan, struct wh_plan_fault *fault)
{
    for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++) {
        struct wh_plan_fault at = {.field = fields[f].field};
        at.reason = fields[f].find(plan, &at);
        if (at.reason != NULL) {
            if (fault != NULL) {
                *fault = at;
            }
            return WH_ERR_ARGUMENT;
        }
    }
    return WH_OK;
}

enum wh_err wh_tariff_plan_check_ahead(const struct wh_tariff_plan *plan, int32_t today,
                                       struct wh_plan_fault *fault)
{
    for (uint8_t e = 0; e < plan->exception_count; e++) {
        if (plan->exceptions[e] - today > WH_PLAN_DAYS_AHEAD) {
            if (fault != NULL) {
                *fault = (struct wh_plan_fault){
                    .field = "exception day", .reason = "more than 20 years ahead", .index = e};
            }
            return WH_ERR_ARGUMENT;
        }
    }
    return WH_OK;
}
