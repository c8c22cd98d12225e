/* What the files of the application share. Private to app/. */
#ifndef WH_APP_APPLICATION_PARTS_H
#define WH_APP_APPLICATION_PARTS_H

#include "app/application.h"

#define WH_DURATION_UNKNOWN_S UINT32_MAX

/* An event now: to its log, to the status, to the flags of the running intervals. A memory that refuses is in the status. */
void wh_application_note(struct wh_application *app, enum wh_event_code code, uint8_t detail,
                         uint32_t value_a, uint32_t value_b);

/* The same of another moment. */
void wh_application_note_event(struct wh_application *app, const struct wh_event *event);

/* Sets status bits of profile and logger for the intervals that are running. */
void wh_application_flag(struct wh_application *app, uint32_t status);

/* Stores the running state, hour counter with pulse input, configuration with epochs. Errors as wh_log_append. */
enum wh_err wh_application_save(struct wh_application *app);
enum wh_err wh_application_save_counters(struct wh_application *app);
enum { WH_CONFIG_HEAD_SIZE = 9 }; /* contents, length; then the parameters */
enum wh_err wh_application_save_config(struct wh_application *app, const struct wh_config *config,
                                       const struct wh_log_contents *contents);

/* Restores the marks of readers at the start. Errors as wh_logs_newest. */
enum wh_err wh_application_restore_read_marks(struct wh_application *app);

/* Alarms: restores their settings at the start (errors as wh_logs_newest); looks each second; an event
 * was noted. */
enum wh_err wh_application_restore_push(struct wh_application *app);
void wh_application_watch_alarms(struct wh_application *app, const struct wh_legal *legal,
                                 uint32_t seconds);
void wh_application_alarm_by_event(struct wh_application *app, const struct wh_event *event);

/* Minutes of normal time since 2000 that a moment lies in. */
int32_t wh_application_minute_of(const struct wh_application *app, uint32_t utc_s);

/* Works off the boundaries between two minutes, before <= now: see application_minute.c. */
void wh_application_pass_minutes(struct wh_application *app, struct wh_legal *legal, int32_t before,
                                 int32_t now);

/* The clock went from that moment to where it is now otherwise than by running: was set, or stood while there was no
 * supply. before is the last minute that was worked off. */
void wh_application_jump(struct wh_application *app, struct wh_legal *legal, int32_t before,
                         uint32_t from_s);

/* Ends the running integration period at that moment. */
void wh_application_end_period(struct wh_application *app, const struct wh_legal *legal,
                               uint32_t utc_s);

/* Ends the debiting period as of that moment. Errors as wh_log_append. */
enum wh_err wh_application_end_debiting(struct wh_application *app, struct wh_legal *legal,
                                        uint32_t utc_s, enum wh_debiting_cause cause);

/* What follows a stored debiting period: its number, its date, the event. */
void wh_application_count_debiting(struct wh_application *app, uint32_t utc_s, uint32_t number,
                                   enum wh_debiting_cause cause);

/* Selects the tariff that is due. */
void wh_application_choose_tariff(struct wh_application *app, struct wh_legal *legal);

/* Who and when, for commands of the legal part. */
struct wh_command_context wh_application_context(const struct wh_application *app,
                                                 enum wh_origin origin);

/* Renews the register of the pulse input and stores it if it has changed. */
void wh_application_renew_pulses(struct wh_application *app);

/* Breaker and prepayment: at power-up; after another configuration; each second; when the supply
 * goes. Errors as wh_log_append or wh_log_range_begin. */
enum wh_err wh_application_start_breaker(struct wh_application *app, struct wh_legal *legal);
enum wh_err wh_application_configure_breaker(struct wh_application *app, struct wh_legal *legal);
void wh_application_supervise(struct wh_application *app, struct wh_legal *legal, uint32_t seconds);

/* Image transfer: its work, with each report; its time, each second. */
void wh_application_run_image(struct wh_application *app);
void wh_application_time_image(struct wh_application *app);

/* What there is to say of prepayment by the registers as they are now, into app->supervision;
 * *left_mdwh is what is left, 0 if it is not in use. */
void wh_application_look_at_prepayment(struct wh_application *app, const struct wh_legal *legal,
                                       int64_t *left_mdwh);

/* An action on the breaker, whose outcome is stored before anything moves. Errors as
 * wh_application_breaker. */
enum wh_err wh_application_act(struct wh_application *app, enum wh_breaker_action action,
                               enum wh_origin origin);

/* Other prepayment, stored before it counts. Errors as wh_log_append. */
enum wh_err wh_application_store_prepayment(struct wh_application *app,
                                            const struct wh_prepayment *prepayment);

/* A+ of each tariff. */
void wh_application_tariff_counts(const struct wh_legal *legal, uint64_t counts_dwh[WH_TARIFFS]);

#endif
