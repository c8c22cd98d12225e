/* Tariff plans for tests. */
#ifndef TESTS_APP_PLANS_H
#define TESTS_APP_PLANS_H

#include "app/tariff_plan.h"
#include "tests/common/random.h"

/* A day that begins with first at 00:00 and changes at two times, as hour * 100 + minute; 0 ends
 * it. */
struct wh_tariff_day plans_day(uint8_t first, unsigned at, uint8_t second, unsigned later,
                               uint8_t third);

/* A plan as utilities have them: winter (season 1) from 1 October, summer (season 0) from 1 April,
 * by day T1 in summer and T3 in winter, T2 at night and on non-working days, T4 on holidays; Monday
 * to Friday working; 2026-05-01, 2026-12-24 and 2028-02-29 are holidays. */
void plans_usual(struct wh_tariff_plan *plan);

/* The largest there is: everything filled to its end. */
void plans_full(struct wh_tariff_plan *plan);

/* Any plan that passes the check. */
void plans_random(struct wh_tariff_plan *plan, struct test_random *random);

#endif
