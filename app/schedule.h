/* What the meter is to do by itself at a moment, stored until then: put another tariff plan in force
 * (class 20 of COSEM, activation of the passive calendar), and switch the breaker (class 22).
 *
 * Both are one record, so that a change is atomic. What is due is done first and then taken out of
 * the record: after a power cut between the two it is done again, which gives the same. What fell
 * into an outage is done when supply is back; nothing is done while the clock is not valid.
 */
#ifndef WH_APP_SCHEDULE_H
#define WH_APP_SCHEDULE_H

#include "app/tariff_plan.h"

/* Values of struct wh_schedule.breaker, as the script table 0.0.10.0.106 numbers them. */
enum wh_scheduled_breaker {
    WH_SCHEDULED_DISCONNECT = 1,
    WH_SCHEDULED_RECONNECT = 2,
};

/* The plan itself stays in the memory (wh_application_scheduled_plan). */
struct wh_schedule {
    uint32_t plan_s;    /* UTC; 0: no plan waits */
    uint32_t breaker_s; /* UTC; 0: nothing is to be switched */
    uint8_t breaker;    /* enum wh_scheduled_breaker; 0 as DISCONNECT */
    uint32_t retry_s;   /* since power-up: nothing is tried before, as the memory refused */
};

struct wh_application;
struct wh_legal;

/* Puts a plan in force at that moment, in place of one that waits; utc_s 0: none waits any more.
 *   WH_ERR_ARGUMENT  the plan is none, *fault says why
 *   others           as wh_log_append: then all is as it was */
enum wh_err wh_application_schedule_plan(struct wh_application *app,
                                         const struct wh_tariff_plan *plan, uint32_t utc_s,
                                         struct wh_plan_fault *fault);

/* The plan that waits. WH_ERR_NOT_FOUND: none; others as wh_logs_newest. */
enum wh_err wh_application_scheduled_plan(const struct wh_application *app,
                                          struct wh_tariff_plan *plan);

/* Disconnects or reconnects (wh_application_reconnect) at that moment; utc_s 0: not any more.
 *   WH_ERR_UNSUPPORTED  this meter has no breaker
 *   others              as wh_log_append: then all is as it was
 * A command that the breaker's state does not allow then is left undone. */
enum wh_err wh_application_schedule_breaker(struct wh_application *app,
                                            enum wh_scheduled_breaker breaker, uint32_t utc_s);

/* Internal. At the start, after the logs are mounted: what the record says. Errors as
 * wh_logs_newest. */
enum wh_err wh_application_restore_schedule(struct wh_application *app);

/* Internal. Does what is due. */
void wh_application_work_schedule(struct wh_application *app, struct wh_legal *legal);

#endif
