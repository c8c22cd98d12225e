/* A tariff plan as tables of class 20, and back. Private to cosem/.
 *
 * Table          plan
 * season         a season change: date of every year; one season without date: no changes
 * week           a season of the plan: the same days are working days in all weeks
 * day            the switches of a type of day
 *
 * In tables made of a plan week w (from 1) has days 3w - 2 for working, 3w - 1 for non-working
 * days, and 3w for holidays, which no week names but the special days do. */
#ifndef WH_COSEM_MODERN_CALENDAR_H
#define WH_COSEM_MODERN_CALENDAR_H

#include "cosem/modern.h"

void wh_modern_calendar_of_plan(const struct wh_tariff_plan *plan,
                                struct wh_modern_calendar *calendar);

/* The plan of the tables, with working days where the tables leave a choice, and exception days, of
 * before. A week without a day 3w, or where a week names it, has its Sunday's on holidays.
 * WH_ERR_ARGUMENT: a name or number is there twice or not at all, there is no season, or the weeks
 * do not have the same two kinds of days. The plan is still to be checked by wh_tariff_plan_check.
 */
enum wh_err wh_modern_calendar_plan(const struct wh_modern_calendar *calendar,
                                    const struct wh_tariff_plan *before,
                                    struct wh_tariff_plan *plan);

/* The number of the holidays in the season of a date of the plan. */
uint8_t wh_modern_holiday(const struct wh_tariff_plan *plan, int32_t day);

#endif
