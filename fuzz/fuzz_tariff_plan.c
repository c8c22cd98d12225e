/* Tariff plans as bytes (app/tariff_plan_bytes.h). Properties: what is refused changes nothing and
 * is named; what is accepted encodes to the same bytes and has a tariff at every time, looked at
 * around each of its switches on each of its exception days and season changes. */
#include "app/tariff_plan_bytes.h"

#include <stdlib.h>
#include <string.h>

enum { UNTOUCHED = 0x5A };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static bool is_untouched(const struct wh_tariff_plan *plan)
{
    const uint8_t *bytes = (const uint8_t *)plan;
    size_t same = 0;
    while (same < sizeof *plan && bytes[same] == UNTOUCHED) {
        same++;
    }
    return same == sizeof *plan;
}

static void check_minute(const struct wh_tariff_plan *plan, int64_t day, int64_t minute)
{
    const struct wh_datetime at = wh_calendar_datetime((day * 1440 + minute) * 60);
    const uint8_t tariff = wh_tariff_plan_tariff(plan, &at);
    require(tariff >= 1 && tariff <= WH_PLAN_TARIFFS);
}

/* The switches of its own type and season, a minute before, and its last minute. */
static void check_day(const struct wh_tariff_plan *plan, int64_t day)
{
    const struct wh_datetime noon = wh_calendar_datetime(day * WH_CALENDAR_DAY_S + 43200);
    const uint8_t season = wh_tariff_plan_season(plan, &noon);
    const enum wh_day_type type = wh_tariff_plan_day_type(plan, &noon);
    const struct wh_tariff_day *program = &plan->days[season][type];
    for (unsigned s = 0; s < program->switch_count; s++) {
        const struct wh_datetime at =
            wh_calendar_datetime(day * WH_CALENDAR_DAY_S + program->switches[s].minute * 60);
        require(wh_tariff_plan_tariff(plan, &at) == program->switches[s].tariff);
        check_minute(plan, day, program->switches[s].minute - 1);
    }
    check_minute(plan, day, 1439);
}

static void use(const struct wh_tariff_plan *plan)
{
    require(wh_tariff_plan_check(plan, NULL) == WH_OK);
    for (unsigned e = 0; e < plan->exception_count; e++) {
        check_day(plan, plan->exceptions[e]);
        check_day(plan, plan->exceptions[e] - 1);
    }
    for (unsigned c = 0; c < plan->season_change_count; c++) {
        const struct wh_season_change *change = &plan->season_changes[c];
        check_day(plan, wh_calendar_day(2028, change->month, change->day));
        check_day(plan, wh_calendar_day(2028, change->month, change->day) - 1);
    }
    check_day(plan, 0);
    check_day(plan, 50038);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wh_tariff_plan plan;
    struct wh_plan_fault fault = {0};
    memset(&plan, UNTOUCHED, sizeof plan);
    if (wh_tariff_plan_decode(data, size, &plan, &fault) != WH_OK) {
        require(fault.field != NULL && fault.reason != NULL);
        require(is_untouched(&plan));
        return 0;
    }
    uint8_t bytes[WH_PLAN_BYTES_MAX];
    require(fault.field == NULL);
    require(wh_tariff_plan_encode(&plan, bytes) == size && memcmp(bytes, data, size) == 0);
    use(&plan);
    return 0;
}
