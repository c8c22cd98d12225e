/* Pushes (COM-14): what is sent unasked, to whom and when, and the machine that carries one push
 * through. The machine knows neither clock nor line: seconds, local time and a random number come
 * from its owner, who sends, and tells what became of it.
 *
 * Source: class 40 of IEC 62056-6-2, version 0 (reference: DLMS notes, 7.2 and 7.6). */
#ifndef WH_APP_PUSH_H
#define WH_APP_PUSH_H

#include "app/calendar.h"
#include "common/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WH_PUSH_SETUPS = 2,
    WH_PUSH_OBJECTS = 12,
    WH_PUSH_DESTINATION = 64, /* octets */
    WH_PUSH_WINDOWS = 4,
    WH_PUSH_TIMES = 8,
};

enum wh_push_id { WH_PUSH_INTERVAL, WH_PUSH_ALARM };

/* A date and time, parts of which may be any: 0xFF, of the year 0xFFFF. */
enum { WH_PUSH_ANY = 0xFF, WH_PUSH_ANY_YEAR = 0xFFFF };
struct wh_push_moment {
    uint16_t year;
    uint8_t month, day, weekday, hour, minute, second;
};

/* From start up to before end, local time. Either both have a date, year to day; or neither has,
 * and they are of every day, or of a weekday each. Hour, minute and second are given. */
struct wh_push_window {
    struct wh_push_moment start, end;
};

/* An attribute whose value goes along. */
struct wh_push_object {
    uint16_t class_id;
    uint8_t name[6];
    uint8_t attribute;
};

struct wh_push_setup {
    uint8_t object_count;
    uint8_t destination_length; /* 0: none, nothing is sent */
    uint8_t window_count;       /* 0: it may send at any time */
    uint8_t retries;            /* attempts after the first one */
    uint16_t randomisation_s;   /* the first attempt is delayed by 0 … so many seconds */
    uint16_t repetition_delay_s;
    struct wh_push_object objects[WH_PUSH_OBJECTS];
    uint8_t destination[WH_PUSH_DESTINATION]; /* "HOST:PORT", TCP; all octets printable */
    struct wh_push_window windows[WH_PUSH_WINDOWS];
};

/* All that a meter keeps of it (push_record.h). */
struct wh_push_settings {
    uint64_t alarm_filter; /* app/alarm.h */
    uint8_t time_count;
    struct wh_push_moment times[WH_PUSH_TIMES]; /* of the interval push; second is 0 */
    struct wh_push_setup setup[WH_PUSH_SETUPS]; /* by enum wh_push_id */
};

/* As a meter leaves the factory: nobody to send to. */
struct wh_push_settings wh_push_default(void);

/* WH_ERR_ARGUMENT: a count too large, a destination with other octets, a window or time as none can
 * be. */
enum wh_err wh_push_check(const struct wh_push_settings *settings);

/* Whether a moment of local time is one of those that is meant, to the second. */
bool wh_push_is_at(const struct wh_push_moment *moment, const struct wh_datetime *local);

/* Whether local time is in a window. NULL: the time is not known; then every window is open, since
 * what it closes out may be the alarm that says so. */
bool wh_push_is_open(const struct wh_push_setup *setup, const struct wh_datetime *local);

/* ---- The machine ---- */

enum wh_push_phase { WH_PUSH_IDLE, WH_PUSH_WAITS, WH_PUSH_SENDS };

/* All zero is idle. */
struct wh_push {
    uint8_t phase; /* enum wh_push_phase */
    bool is_again; /* invoked while it was being sent */
    bool was_closed;
    uint16_t delay_s; /* of this push, out of the random number */
    uint16_t failures;
    uint32_t wait_s;
};

/* There is something to send. random is any number, as likely as any other. While a push is under
 * way its attempts begin to count anew, and what is sent is made at the time of the attempt; while
 * it is being sent, another follows. */
void wh_push_invoke(struct wh_push *push, const struct wh_push_setup *setup, uint32_t random);

/* Seconds pass. True: now it is to be sent, and wh_push_done must follow. When a window opens, what
 * waits for it begins with its random delay. local as wh_push_is_open. */
bool wh_push_pass(struct wh_push *push, const struct wh_push_setup *setup,
                  const struct wh_datetime *local, uint32_t seconds);

/* What became of it. */
enum wh_push_outcome { WH_PUSH_DELIVERED, WH_PUSH_REPEATS, WH_PUSH_GIVEN_UP };
enum wh_push_outcome wh_push_done(struct wh_push *push, const struct wh_push_setup *setup,
                                  bool is_delivered);

#endif
