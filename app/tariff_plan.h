/* A tariff plan: the internal schedule by which the meter chooses among its four tariffs (TAR-1),
 * and which tariff it gives at a time.
 *
 * A plan follows the clock on the wall: local time with daylight saving. So an hour that does not
 * exist is passed over (a switch in it takes effect when it is over), and an hour that comes twice
 * is gone through twice.
 * A day is of one type: a holiday if it is an exception day, else working or non-working by its
 * weekday. It begins with a switch at 00:00; nothing is carried over from the day before.
 * The season is that of the last season change, in this year or the one before; season 0 if there
 * are no changes. A change on 29 February takes effect on 1 March in a year that has none.
 */
#ifndef WH_APP_TARIFF_PLAN_H
#define WH_APP_TARIFF_PLAN_H

#include "app/calendar.h"
#include "common/err.h"
#include <stdint.h>

enum {
    WH_PLAN_NAME_MAX = 16,
    WH_PLAN_SEASONS = 4,
    WH_PLAN_SEASON_CHANGES_MAX = 8,
    WH_PLAN_SWITCHES_MAX = 10,
    WH_PLAN_EXCEPTIONS_MAX = 200,
    WH_PLAN_TARIFFS = 4,
    WH_PLAN_DAYS_AHEAD = 7305, /* 20 years */
};

enum wh_day_type { WH_DAY_WORKING, WH_DAY_NON_WORKING, WH_DAY_HOLIDAY, WH_DAY_TYPES };

/* From that minute of the day on, that tariff. */
struct wh_tariff_switch {
    uint16_t minute; /* 0 … 1439 */
    uint8_t tariff;  /* 1 … 4 */
};

/* Minutes rise from switch to switch, the first is 0. */
struct wh_tariff_day {
    uint8_t switch_count;
    struct wh_tariff_switch switches[WH_PLAN_SWITCHES_MAX];
};

/* From that date of every year on, that season. */
struct wh_season_change {
    uint8_t month;
    uint8_t day;    /* a date of a leap year */
    uint8_t season; /* 0 … 3 */
};

/* A plain value. A season that no change leads to may have no switches; every other has some for
 * each type of day. */
struct wh_tariff_plan {
    char name[WH_PLAN_NAME_MAX + 1]; /* printable ASCII, the rest NUL */
    uint8_t working_days;            /* bit 0 Monday … bit 6 Sunday */
    uint8_t season_change_count;
    uint8_t exception_count;
    struct wh_season_change season_changes[WH_PLAN_SEASON_CHANGES_MAX]; /* dates rise */
    struct wh_tariff_day days[WH_PLAN_SEASONS][WH_DAY_TYPES];
    uint16_t exceptions[WH_PLAN_EXCEPTIONS_MAX]; /* as wh_calendar_day; they rise */
};

/* Where a plan is wrong. */
struct wh_plan_fault {
    const char *field;  /* static text: "name", "working days", "season change", "switch",
                           "exception day", "encoding" */
    const char *reason; /* static text */
    uint8_t season;     /* of a switch */
    uint8_t day_type;   /* of a switch: enum wh_day_type */
    uint8_t index;      /* which character, season change, switch or exception day, from 0 */
};

/* Factory default: T1 at all times, Monday to Saturday working. */
void wh_tariff_plan_flat(struct wh_tariff_plan *plan);

/* WH_ERR_ARGUMENT if anything of the plan is not as said above, also in seasons that are not used;
 * what lies beyond a count does not matter. *fault, unless it is NULL, is then the first such place,
 * else untouched. */
enum wh_err wh_tariff_plan_check(const struct wh_tariff_plan *plan, struct wh_plan_fault *fault);

/* For a new plan that passed wh_tariff_plan_check: WH_ERR_ARGUMENT if an exception day is more than
 * WH_PLAN_DAYS_AHEAD after today (as wh_calendar_day). */
enum wh_err wh_tariff_plan_check_ahead(const struct wh_tariff_plan *plan, int32_t today,
                                       struct wh_plan_fault *fault);

/* The tariff at a local time, 1 … 4. The plan must have passed wh_tariff_plan_check, the time must
 * have no wh_calendar_fault; its weekday is not used. */
uint8_t wh_tariff_plan_tariff(const struct wh_tariff_plan *plan, const struct wh_datetime *local);

/* What leads to it, on the same terms: season 0 … 3 and type of the day. */
uint8_t wh_tariff_plan_season(const struct wh_tariff_plan *plan, const struct wh_datetime *local);
enum wh_day_type wh_tariff_plan_day_type(const struct wh_tariff_plan *plan,
                                         const struct wh_datetime *local);

#endif
