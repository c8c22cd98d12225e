/* The application: everything between the legal part and the outside. Clock, configuration, tariffs, demand, debiting
 * periods, load profile, logger, events, voltage quality, inputs – one value, driven by the reports that the legal part
 * has taken and by the passing of time.
 *
 * What it keeps through a power cut lies on the flash memory (app/logs.h). Every function that changes something for good
 * has stored it when it returns WH_OK.
 */
#ifndef WH_APP_APPLICATION_H
#define WH_APP_APPLICATION_H

#include "app/breaker.h"
#include "app/breaker_watch.h"
#include "app/clock.h"
#include "app/config.h"
#include "app/debiting.h"
#include "app/demand.h"
#include "app/events.h"
#include "app/image.h"
#include "app/inputs.h"
#include "app/logger.h"
#include "app/logs.h"
#include "app/prepayment.h"
#include "app/profile.h"
#include "app/push.h"
#include "app/quality.h"
#include "app/reading.h"
#include "app/running.h"
#include "app/schedule.h"
#include "app/tariff_plan.h"

/* For wh_read; borrowed for the calls. */
struct wh_application;
struct wh_reading_source wh_application_readings(const struct wh_application *app,
                                                 const struct wh_legal *legal);

/* What the logs of profile and logger hold, stored with the configuration. */
struct wh_log_contents {
    uint16_t profile_epoch, logger_epoch;
    uint16_t logger_min; /* interval of the records; 0: none yet */
    uint8_t profile_min;
};

/* The newest change of the breaker's state, as it is stored. */
struct wh_breaker_change {
    uint32_t utc_s;
    uint8_t event;  /* enum wh_event_code */
    uint8_t origin; /* enum wh_origin */
    bool clock_valid;
};

/* What the breaker supervises, since power-up. */
struct wh_supervision {
    struct wh_cascade cascade;
    struct wh_delayed over_voltage, neutral;
    uint32_t retry_s;  /* until the memory is tried again after it refused */
    uint16_t told;     /* log only: bit by enum wh_breaker_action, as long as the cause lasts */
    bool is_warning;   /* the load is above a threshold */
    bool is_exhausted; /* prepayment is used up */
    bool is_low_load;  /* and the low threshold is in use */
};

/* The newest record of a log that a reader has acknowledged; another epoch of the log is another log. */
struct wh_read_mark {
    uint32_t sequence; /* 0: none */
    uint16_t epoch;
};

/* What somebody can try to guess. Each is counted by itself: who knows one, or a default that
 * everybody knows, learns nothing about the others by it. */
enum wh_secret {
    WH_SECRET_PASSWORD, /* of DLMS and IEC 62056-21 */
    WH_SECRET_KMP,      /* the number of PutRegister */
    WH_SECRET_KEYS,     /* of clients with keys: WH_SECRET_KEYS + which of them */
    WH_GUARDED_KEYS = 6,
    WH_SECRETS = WH_SECRET_KEYS + WH_GUARDED_KEYS,
};

/* Internal. The guard against trying one secret: since power-up. */
struct wh_guard {
    uint32_t failures; /* in a row */
    uint32_t until_s;  /* hour counter in seconds: none is judged before */
};

struct wh_application {
    const struct wh_variant *variant;
    struct wh_clock clock;
    struct wh_config config;
    struct wh_tariff_plan plan;
    struct wh_logs logs;
    struct wh_running running;
    struct wh_quality quality;
    struct wh_pulse_input pulse_input;
    struct wh_breaker breaker;
    struct wh_breaker_change change;
    struct wh_prepayment prepayment;
    struct wh_supervision supervision;
    struct wh_schedule schedule;
    uint32_t on_seconds;                     /* with supply: the hour counter */
    uint32_t second;                         /* UTC of the last second worked off */
    int32_t minute;                          /* normal time of the last minute worked off */
    struct wh_profile_record profile_before; /* the newest record, for the means (LOG-3) */
    bool has_profile_before;
    struct wh_log_contents contents;
    uint32_t verification_s; /* when verification mode ends; 0: not in it */
    uint32_t legal_status;   /* as seen last, to tell what is new */
    bool flash_failed;       /* a failure of the log memory has been told */
    uint8_t
        indications; /* reverse current by phase, then phase sequence: as logged since power-up */
    struct wh_read_mark read_mark[WH_LOG_COUNT];
    struct wh_guard guards[WH_SECRETS];
    struct wh_image image; /* board NULL: there is no image transfer */
    struct wh_push_settings push;
    struct wh_alarm_watch alarm_watch;
    struct wh_alarm_settling settling;
    uint64_t alarms_on;  /* register of alarms */
    bool alarms_unsaved; /* new ones are not in the memory yet */
};

/* Whether this meter has a reading: its model is made for it and its energy type registers what it is made of (VAR-7,
 * REG-2, REG-3, VAR-14). */
bool wh_application_has(const struct wh_application *app, enum wh_quantity_id id);

/* The clock chip at power-up (CLK-2). valid false: its backup has run out, the rest is of no use. */
struct wh_rtc_reading {
    bool valid;
    uint32_t utc_s;
    uint16_t ticks; /* 1/4096 s past it */
};

/* What a start found. */
struct wh_application_start {
    bool config_default;   /* no configuration was stored: that of the factory is in use */
    bool running_lost;     /* the running state was not found although there was one */
    uint32_t damaged_logs; /* bit by enum wh_log_name */
    uint32_t outage_s;     /* without supply; ffffffff if not known */
};

/* Factory: erases the flash and stores the configuration of a new meter. WH_ERR_ARGUMENT with *fault if wh_config_check
 * finds one, WH_ERR_SPACE if the flash is smaller than WH_LOGS_FLASH_SIZE; others as wh_log_append. */
enum wh_err wh_application_manufacture(const struct wh_flash *flash,
                                       const struct wh_variant *variant,
                                       const struct wh_config *config,
                                       struct wh_config_fault *fault);

/* Power-up: mounts the logs, restores, works off what the outage means (a profile interval and an integration period that it
 * cut are closed, a date that it hid ends the debiting period), logs it. Inputs of tariff and alarm are taken to be as they were, covers closed and
 * no magnet near, until wh_application_input tells otherwise. flash is borrowed for good. Errors as wh_log_mount: then the
 * application must not be used. */
enum wh_err wh_application_start(struct wh_application *app, struct wh_legal *legal,
                                 const struct wh_flash *flash, const struct wh_variant *variant,
                                 const struct wh_rtc_reading *rtc,
                                 struct wh_application_start *found);

/* Offers image transfer (app/image.h), right after wh_application_start; what became of an activation
 * is entered in the status log. board is borrowed for good. Errors as wh_image_mount: then there is none. */
enum wh_err wh_application_start_image(struct wh_application *app,
                                       const struct wh_image_board *board);

/* What runs: as the board says, or as it was delivered. */
struct wh_software wh_application_software(const struct wh_application *app);

/* Time passes, with supply; call it before the legal part takes the report of that time. */
void wh_application_run(struct wh_application *app, struct wh_legal *legal, uint32_t sample_count);

/* The legal part has taken a report. Works off seconds and minutes that have passed. */
void wh_application_take(struct wh_application *app, struct wh_legal *legal);

/* The supply is going: what is only in RAM is stored while the capacitors last. */
void wh_application_lose_supply(struct wh_application *app, const struct wh_legal *legal);

/* Time passes on backup supply: the clock only. */
void wh_application_idle(struct wh_application *app, uint32_t sample_count);

/* Level of an input (see enum wh_input); and pulses of the pulse input, at most 25 a second.
 * The switches under the covers act on the legal part by themselves; here they are only told. WH_ERR_ARGUMENT: no such
 * input. Others as wh_log_append: the level counts all the same. */
enum wh_err wh_application_input(struct wh_application *app, struct wh_legal *legal,
                                 enum wh_input input, bool high);
void wh_application_pulses(struct wh_application *app, uint32_t pulses);

/* Sets the register of the pulse input, in whole units, to what the meter behind it shows. Errors as wh_log_append: then
 * it is as it was. */
enum wh_err wh_application_set_pulse_input(struct wh_application *app, uint32_t count);

/* Sets the clock. Logged from clock_log_s on, and always if the time was invalid; intervals and periods that the change
 * cuts are closed. A debiting date passed over ends the period, stamped with its midnight. A date that comes again
 * because the clock was set back by less than a day does not end a second one. */
enum wh_err wh_application_set_clock(struct wh_application *app, struct wh_legal *legal,
                                     uint32_t utc_s);

/* Another configuration, whole or not at all.
 *   WH_ERR_SEALED    a parameter that would change is protected and its protection closed, or comes through another port
 *                    than its own; *fault names it, whatever else is wrong
 *   WH_ERR_ARGUMENT  *fault names what is wrong
 *   WH_ERR_SPACE     the legal audit log is full
 *   others           as wh_log_append
 * A change of what load profile or logger hold deletes that log. */
enum wh_err wh_application_configure(struct wh_application *app, struct wh_legal *legal,
                                     const struct wh_config *config, enum wh_origin origin,
                                     struct wh_config_fault *fault);

/* Another tariff plan. WH_ERR_ARGUMENT with *fault; others as wh_log_append. How far ahead its exception days may be is not
 * looked at while the clock is not valid. */
enum wh_err wh_application_set_plan(struct wh_application *app, struct wh_legal *legal,
                                    const struct wh_tariff_plan *plan, struct wh_plan_fault *fault);

/* Remote tariff (TAR-1), 1 … 4. WH_ERR_ARGUMENT; WH_ERR_STATE unless the tariff goes by command. */
enum wh_err wh_application_select_tariff(struct wh_application *app, struct wh_legal *legal,
                                         uint8_t tariff);

/* Ends the debiting period now (REG-6). Errors as wh_log_append: then the period goes on. */
enum wh_err wh_application_stop_debiting(struct wh_application *app, struct wh_legal *legal,
                                         enum wh_debiting_cause cause);

/* Breaker (BRK-2, BRK-3; docs/breaker.md): commands of the protocols and the button held on its
 * reading. The breaker is never a safety function.
 *   WH_ERR_UNSUPPORTED  this meter has none
 *   WH_ERR_ARGUMENT     there is no such command
 *   WH_ERR_STATE        not allowed in this state, or on backup supply
 *   others              as wh_log_append: nothing has moved */
enum wh_err wh_application_breaker(struct wh_application *app, struct wh_legal *legal,
                                   enum wh_breaker_action command, enum wh_origin origin);
enum wh_err wh_application_breaker_button(struct wh_application *app, struct wh_legal *legal);

/* The remote command to reconnect of other standards (class 70 of COSEM): releases, and closes where
 * nobody can close at the meter, neither by the button nor the meter by itself
 * (wh_application_closes_remotely). WH_ERR_STATE if nothing is left to do; others as above. */
bool wh_application_closes_remotely(const struct wh_application *app);
enum wh_err wh_application_reconnect(struct wh_application *app, struct wh_legal *legal,
                                     enum wh_origin origin);

/* What the board sees of the contacts, whenever it changes. What it is to do:
 * wh_breaker_coil(&app->breaker). */
void wh_application_breaker_feedback(struct wh_application *app,
                                     const struct wh_breaker_feedback *feedback);

/* State as protocols tell it, with WARNING; whether the button may close now (its light flashes);
 * threshold in use, A or kW. */
enum wh_breaker_state wh_application_breaker_state(const struct wh_application *app);
bool wh_application_button_may_close(const struct wh_application *app);
uint8_t wh_application_disconnect_threshold(const struct wh_application *app);

/* A payment (BRK-5): stored when it returns WH_OK, and taken once only.
 *   WH_ERR_UNSUPPORTED  prepayment is not in use
 *   WH_ERR_SEALED       not through the module port
 *   WH_ERR_ARGUMENT     of nothing, or more than the register holds
 *   WH_ERR_STATE        that number was taken already, or is too old
 *   others              as wh_log_append: then it has not been taken */
enum wh_err wh_application_top_up(struct wh_application *app, struct wh_legal *legal,
                                  uint32_t amount_wh, uint32_t token, enum wh_origin origin);

/* What is left, thousandths of 0.1 Wh, negative for credit. WH_ERR_STATE if prepayment is not in
 * use. */
enum wh_err wh_application_prepaid(const struct wh_application *app, const struct wh_legal *legal,
                                   int64_t *left_mdwh);

/* Transformer ratio (VAR-14): the command of the legal part, and its log. Errors as wh_legal_command. */
enum wh_err wh_application_set_ratio(struct wh_application *app, struct wh_legal *legal,
                                     uint16_t ratio, enum wh_origin origin);

/* Verification mode (MET-9): LED and S0 follow an energy (0 … 3 as SELECT_LED); ends by itself after 16 h. */
enum wh_err wh_application_verify(struct wh_application *app, struct wh_legal *legal, uint8_t led);

/* Clears bits of the event status whose cause has gone (event status B follows its causes by itself); tamper is
 * released with the bits of cover and magnet. */
enum wh_err wh_application_clear_events(struct wh_application *app, const struct wh_legal *legal,
                                        uint32_t mask_a, uint32_t mask_b);

/* How far a log has been read, by record sequence; 0: nothing of it. Survives the supply; a deleted log is unread. */
uint32_t wh_application_read_mark(const struct wh_application *app, enum wh_log_name name);

/* A reader has that record and all before it. WH_ERR_ARGUMENT: the log has no such record yet, or the mark is further
 * already; others as wh_log_append: then the mark is as it was. */
enum wh_err wh_application_mark_read(struct wh_application *app, enum wh_log_name name,
                                     uint32_t sequence);

/* A client of DLMS/COSEM has other keys, or another policy, from now on. */
void wh_application_note_keys(struct wh_application *app, uint16_t client);

/* Somebody gave a wrong password at that port, for the count-th time in a row. */
void wh_application_note_wrong_password(struct wh_application *app, enum wh_origin origin,
                                        uint32_t count);

/* The guard against trying secrets, the same for all ports and languages. Two wrong passwords in a
 * row cost nothing; from the third on none is judged for 10 s, and twice as long after each further
 * one, up to 640 s, in seconds with supply. Of keys, which nobody guesses, from the fifth on 1 s … 64 s,
 * so that who tries does not keep the right client out for long. The 1st, 2nd, 4th, 8th … in a row
 * are entered in the status log, so that trying cannot push everything else out of it. The right
 * secret, for itself alone, and a power-up begin anew.
 *
 * Whoever is given a secret asks first whether it is judged now: if not, the answer must not
 * depend on whether it is right; if so, tells how it was judged. secret below WH_SECRETS. */
bool wh_application_judges(const struct wh_application *app, enum wh_secret secret);
void wh_application_judged(struct wh_application *app, enum wh_secret secret, bool is_right,
                           enum wh_origin origin);

/* Alarms (COM-14): what is on is in app->alarms_on, the rest in app->running.alarms. What comes on
 * is stored within the second.
 *
 * A client has seen all alarms of the descriptor but those in keep. Errors as wh_log_append: then
 * nothing has changed. */
enum wh_err wh_application_acknowledge_alarms(struct wh_application *app, uint64_t keep);

/* Those alarms are no longer to be told: a push has done so, or was given up. */
void wh_application_told_alarms(struct wh_application *app, uint64_t told);

/* Other settings of alarms and pushes. WH_ERR_ARGUMENT as wh_push_check; others as wh_log_append:
 * then nothing has changed. */
enum wh_err wh_application_set_push(struct wh_application *app,
                                    const struct wh_push_settings *settings);

/* All attempts at a push have failed. */
void wh_application_note_push_failed(struct wh_application *app, enum wh_push_id id);

/* Deletes load profile or logger by hand. */
enum wh_err wh_application_delete_profile(struct wh_application *app);
enum wh_err wh_application_delete_logger(struct wh_application *app);

#endif
