/* The tariff plan in use. Invariant: a plan that wh_tariff_plan_check let pass has exactly one
 * tariff at every minute of the calendar. */
#include "app/tariff_plan.h"
#include <string.h>

enum { MONDAY_TO_SATURDAY = 63 }; /* the interface description's default */

void wh_tariff_plan_flat(struct wh_tariff_plan *plan)
{
    *plan = (struct wh_tariff_plan){.name = "T1", .working_days = MONDAY_TO_SATURDAY};
    for (int type = 0; type < WH_DAY_TYPES; type++) {
        plan->days[0][type].switch_count = 1;
        plan->days[0][type].switches[0].tariff = 1;
    }
}

static bool is_before(const struct wh_datetime *local, const struct wh_season_change *change)
{
    return local->month < change->month ||
           (local->month == change->month && local->day < change->day);
}

uint8_t wh_tariff_plan_season(const struct wh_tariff_plan *plan, const struct wh_datetime *local)
{
    if (plan->season_change_count == 0) {
        return 0;
    }
    unsigned passed = 0;
    while (passed < plan->season_change_count && !is_before(local, &plan->season_changes[passed])) {
        passed++;
    }
    const unsigned last = passed > 0 ? passed : plan->season_change_count; /* the year before's */
    return plan->season_changes[last - 1].season;
}

/* Halves what is left of the list until the day can only be in one place. */
static bool is_exception(const struct wh_tariff_plan *plan, int32_t day)
{
    unsigned low = 0;
    unsigned high = plan->exception_count;
    while (low < high) {
        const unsigned middle = (low + high) / 2;
        if (plan->exceptions[middle] < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < plan->exception_count && plan->exceptions[low] == day;
}

enum wh_day_type wh_tariff_plan_day_type(const struct wh_tariff_plan *plan,
                                         const struct wh_datetime *local)
{
    const int32_t day = wh_calendar_day(local->year, local->month, local->day);
    if (is_exception(plan, day)) {
        return WH_DAY_HOLIDAY;
    }
    const unsigned weekday_bit = 1u << (wh_calendar_weekday(day) - 1);
    return (plan->working_days & weekday_bit) != 0 ? WH_DAY_WORKING : WH_DAY_NON_WORKING;
}

uint8_t wh_tariff_plan_tariff(const struct wh_tariff_plan *plan, const struct wh_datetime *local)
{
    const uint8_t season = wh_tariff_plan_season(plan, local);
    const struct wh_tariff_day *day = &plan->days[season][wh_tariff_plan_day_type(plan, local)];
    const unsigned minute = local->hour * 60u + local->minute;
    unsigned last = 0;
    while (last + 1 < day->switch_count && day->switches[last + 1].minute <= minute) {
        last++;
    }
    return day->switches[last].tariff;
}
