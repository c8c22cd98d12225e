/* Tariff plans for tests. Invariant: each passes wh_tariff_plan_check, which the tests assert. */
#include "tests/app/plans.h"
#include <string.h>

static uint16_t minute_of(unsigned hhmm)
{
    return (uint16_t)(hhmm / 100 * 60 + hhmm % 100);
}

struct wh_tariff_day plans_day(uint8_t first, unsigned at, uint8_t second, unsigned later,
                               uint8_t third)
{
    struct wh_tariff_day day = {.switch_count = 1, .switches = {{0, first}}};
    if (at != 0) {
        day.switches[day.switch_count++] = (struct wh_tariff_switch){minute_of(at), second};
    }
    if (later != 0) {
        day.switches[day.switch_count++] = (struct wh_tariff_switch){minute_of(later), third};
    }
    return day;
}

void plans_usual(struct wh_tariff_plan *plan)
{
    *plan = (struct wh_tariff_plan){
        .name = "USUAL",
        .working_days = 0x1F,
        .season_change_count = 2,
        .season_changes = {{4, 1, 0}, {10, 1, 1}},
        .exception_count = 3,
        .exceptions = {(uint16_t)wh_calendar_day(2026, 5, 1),
                       (uint16_t)wh_calendar_day(2026, 12, 24),
                       (uint16_t)wh_calendar_day(2028, 2, 29)},
    };
    for (int season = 0; season < 2; season++) {
        const uint8_t by_day = season == 0 ? 1 : 3;
        plan->days[season][WH_DAY_WORKING] = plans_day(2, 600, by_day, 2130, 2);
        plan->days[season][WH_DAY_NON_WORKING] = plans_day(2, 0, 0, 0, 0);
        plan->days[season][WH_DAY_HOLIDAY] = plans_day(4, 0, 0, 0, 0);
    }
}

void plans_full(struct wh_tariff_plan *plan)
{
    *plan = (struct wh_tariff_plan){.name = "SIXTEEN LETTERS.", .working_days = 0x7F};
    for (unsigned c = 0; c < WH_PLAN_SEASON_CHANGES_MAX; c++) {
        plan->season_changes[c] = (struct wh_season_change){(uint8_t)(c + 1), 28, c & 3u};
    }
    plan->season_change_count = WH_PLAN_SEASON_CHANGES_MAX;
    for (unsigned d = 0; d < WH_PLAN_SEASONS * WH_DAY_TYPES; d++) {
        struct wh_tariff_day *day = &plan->days[d / WH_DAY_TYPES][d % WH_DAY_TYPES];
        day->switch_count = WH_PLAN_SWITCHES_MAX;
        for (unsigned s = 0; s < WH_PLAN_SWITCHES_MAX; s++) {
            day->switches[s] =
                (struct wh_tariff_switch){(uint16_t)(s * (143 + d)), (uint8_t)((s + d) % 4 + 1)};
        }
        day->switches[WH_PLAN_SWITCHES_MAX - 1].minute = 1439;
    }
    plan->exception_count = WH_PLAN_EXCEPTIONS_MAX;
    for (unsigned e = 0; e < WH_PLAN_EXCEPTIONS_MAX; e++) {
        plan->exceptions[e] = (uint16_t)(9800 + 7 * e);
    }
}

static unsigned below(struct test_random *random, unsigned count)
{
    return (unsigned)(random_u64(random) % count);
}

/* Up to max numbers that rise from first, below end. Returns how many. */
static uint8_t rising(struct test_random *random, uint16_t *numbers, unsigned max, unsigned first,
                      unsigned end)
{
    const unsigned count = below(random, max + 1);
    unsigned next = first;
    uint8_t n = 0;
    while (n < count && next < end) {
        numbers[n++] = (uint16_t)next;
        next += 1 + below(random, 1 + 2 * (end - first) / (max + 1));
    }
    return n;
}

static void random_day(struct test_random *random, struct wh_tariff_day *day)
{
    uint16_t minutes[WH_PLAN_SWITCHES_MAX] = {0};
    const uint8_t count = rising(random, minutes, WH_PLAN_SWITCHES_MAX, 0, 1440);
    day->switch_count = count > 0 ? count : 1;
    for (unsigned s = 0; s < day->switch_count; s++) {
        day->switches[s] =
            (struct wh_tariff_switch){minutes[s], (uint8_t)(1 + below(random, WH_PLAN_TARIFFS))};
    }
}

void plans_random(struct wh_tariff_plan *plan, struct test_random *random)
{
    uint16_t changes[WH_PLAN_SEASON_CHANGES_MAX];
    *plan = (struct wh_tariff_plan){.name = "RANDOM", .working_days = (uint8_t)below(random, 128)};
    plan->season_change_count =
        rising(random, changes, WH_PLAN_SEASON_CHANGES_MAX, below(random, 60), 366);
    for (unsigned c = 0; c < plan->season_change_count; c++) {
        const struct wh_datetime date = wh_calendar_datetime((int64_t)changes[c] * 86400);
        plan->season_changes[c] = (struct wh_season_change){
            date.month, date.day, (uint8_t)below(random, WH_PLAN_SEASONS)};
    }
    for (unsigned d = 0; d < WH_PLAN_SEASONS * WH_DAY_TYPES; d++) {
        random_day(random, &plan->days[d / WH_DAY_TYPES][d % WH_DAY_TYPES]);
    }
    plan->exception_count =
        rising(random, plan->exceptions, WH_PLAN_EXCEPTIONS_MAX, below(random, 50039), 50039);
}
