/* Pushes. Invariant: from an invocation on there is either an attempt to come, one under way, or an
 * outcome that says how it ended. */
#include "app/push.h"
#include "app/alarm.h"
#include <string.h>

enum {
    DAYS_OF_WEEK = 7,
    FIRST_PRINTABLE = 0x21,
    LAST_PRINTABLE = 0x7E,
    RETRIES = 3,
    REPETITION_DELAY_S = 60,
    ALARM_RANDOM_S = 10,
    INTERVAL_RANDOM_S = 300,
};

/* ---- Settings ---- */

#define SETUP(b)                                                                                   \
    {                                                                                              \
        40, {0, b, 25, 9, 0, 255}, 2                                                               \
    }
#define DEVICE_NAME                                                                                \
    {                                                                                              \
        1, {0, 0, 42, 0, 0, 255}, 2                                                                \
    }
#define CLOCK                                                                                      \
    {                                                                                              \
        8, {0, 1, 1, 0, 0, 255}, 2                                                                 \
    }
#define ALARMS(e)                                                                                  \
    {                                                                                              \
        1, {0, 0, 97, 98, e, 255}, 2                                                               \
    }
#define REGISTER(c, d)                                                                             \
    {                                                                                              \
        3, {1, 1, c, d, 0, 255}, 2                                                                 \
    }

/* The list itself goes first: who gets it needs nothing else to name the values. */
struct wh_push_settings wh_push_default(void)
{
    const struct wh_push_settings settings = {
        .alarm_filter = WH_ALARM_FILTER_DEFAULT,
        .setup[WH_PUSH_INTERVAL] = {.object_count = 7,
                                    .retries = RETRIES,
                                    .randomisation_s = INTERVAL_RANDOM_S,
                                    .repetition_delay_s = REPETITION_DELAY_S,
                                    .objects = {SETUP(1), DEVICE_NAME, CLOCK, REGISTER(1, 8),
                                                REGISTER(1, 7), ALARMS(20), ALARMS(21)}},
        .setup[WH_PUSH_ALARM] = {.object_count = 7,
                                 .retries = RETRIES,
                                 .randomisation_s = ALARM_RANDOM_S,
                                 .repetition_delay_s = REPETITION_DELAY_S,
                                 .objects = {SETUP(4), DEVICE_NAME, CLOCK, ALARMS(20), ALARMS(21),
                                             ALARMS(0), ALARMS(1)}},
    };
    return settings;
}

static bool is_any_date(const struct wh_push_moment *m)
{
    return m->year == WH_PUSH_ANY_YEAR && m->month == WH_PUSH_ANY && m->day == WH_PUSH_ANY;
}

/* Also a date that does not exist is in no calendar. */
static bool is_date(const struct wh_push_moment *m)
{
    const struct wh_datetime date = {.year = m->year, .month = m->month, .day = m->day};
    return wh_calendar_fault(&date) == NULL && m->weekday == WH_PUSH_ANY;
}

static bool is_time(const struct wh_push_moment *m)
{
    return m->hour < 24 && m->minute < 60 && m->second < 60;
}

static bool is_weekday(uint8_t weekday)
{
    return weekday == WH_PUSH_ANY || (weekday >= 1 && weekday <= DAYS_OF_WEEK);
}

static bool is_sound_window(const struct wh_push_window *window)
{
    const struct wh_push_moment *start = &window->start;
    const struct wh_push_moment *end = &window->end;
    const bool recurs = is_any_date(start) && is_any_date(end) && is_weekday(start->weekday) &&
                        is_weekday(end->weekday);
    return is_time(start) && is_time(end) && memcmp(start, end, sizeof *start) != 0 &&
           (recurs || (is_date(start) && is_date(end)));
}

/* Every part but the time of day may be any, and of that the hour. */
static bool is_sound_time(const struct wh_push_moment *m)
{
    return (m->month == WH_PUSH_ANY || (m->month >= 1 && m->month <= 12)) &&
           (m->day == WH_PUSH_ANY || (m->day >= 1 && m->day <= 31)) && is_weekday(m->weekday) &&
           (m->hour == WH_PUSH_ANY || m->hour < 24) && m->minute < 60 && m->second == 0;
}

static bool is_sound(const struct wh_push_setup *setup)
{
    bool sound = setup->object_count <= WH_PUSH_OBJECTS && setup->window_count <= WH_PUSH_WINDOWS &&
                 setup->destination_length <= WH_PUSH_DESTINATION;
    for (uint8_t i = 0; sound && i < setup->destination_length; i++) {
        sound = setup->destination[i] >= FIRST_PRINTABLE && setup->destination[i] <= LAST_PRINTABLE;
    }
    for (uint8_t w = 0; sound && w < setup->window_count; w++) {
        sound = is_sound_window(&setup->windows[w]);
    }
    return sound;
}

enum wh_err wh_push_check(const struct wh_push_settings *settings)
{
    bool sound = settings->time_count <= WH_PUSH_TIMES;
    for (uint8_t t = 0; sound && t < settings->time_count; t++) {
        sound = is_sound_time(&settings->times[t]);
    }
    for (int s = 0; sound && s < WH_PUSH_SETUPS; s++) {
        sound = is_sound(&settings->setup[s]);
    }
    return sound ? WH_OK : WH_ERR_ARGUMENT;
}

/* ---- Time ---- */

static bool fits(uint8_t meant, uint8_t is)
{
    return meant == WH_PUSH_ANY || meant == is;
}

bool wh_push_is_at(const struct wh_push_moment *moment, const struct wh_datetime *local)
{
    return (moment->year == WH_PUSH_ANY_YEAR || moment->year == local->year) &&
           fits(moment->month, local->month) && fits(moment->day, local->day) &&
           fits(moment->weekday, local->weekday) && fits(moment->hour, local->hour) &&
           fits(moment->minute, local->minute) && fits(moment->second, local->second);
}

static int32_t second_of_day(uint8_t hour, uint8_t minute, uint8_t second)
{
    return (hour * 60 + minute) * 60 + second;
}

/* How long ago a moment was, s: of one with a date negative if it is to come, of one of every day or
 * week the last time. */
static int64_t age_s(const struct wh_push_moment *moment, const struct wh_datetime *now)
{
    const int32_t today_s = second_of_day(now->hour, now->minute, now->second);
    const int32_t then_s = second_of_day(moment->hour, moment->minute, moment->second);
    int32_t days;
    if (moment->year != WH_PUSH_ANY_YEAR) {
        days = wh_calendar_day(now->year, now->month, now->day) -
               wh_calendar_day(moment->year, moment->month, moment->day);
        return (int64_t)days * WH_CALENDAR_DAY_S + today_s - then_s;
    }
    const bool is_weekly = moment->weekday != WH_PUSH_ANY;
    days = is_weekly ? (now->weekday - moment->weekday + DAYS_OF_WEEK) % DAYS_OF_WEEK : 0;
    if (days == 0 && then_s > today_s) {
        days = is_weekly ? DAYS_OF_WEEK : 1;
    }
    return (int64_t)days * WH_CALENDAR_DAY_S + today_s - then_s;
}

static bool is_inside(const struct wh_push_window *window, const struct wh_datetime *local)
{
    const int64_t start_s = age_s(&window->start, local);
    const int64_t end_s = age_s(&window->end, local);
    return start_s >= 0 && (end_s < 0 || end_s > start_s);
}

bool wh_push_is_open(const struct wh_push_setup *setup, const struct wh_datetime *local)
{
    bool is_open = setup->window_count == 0 || local == NULL;
    for (uint8_t w = 0; !is_open && w < setup->window_count; w++) {
        is_open = is_inside(&setup->windows[w], local);
    }
    return is_open;
}

/* ---- The machine ---- */

static void begin(struct wh_push *push)
{
    push->phase = WH_PUSH_WAITS;
    push->wait_s = push->delay_s;
    push->failures = 0;
    push->is_again = false;
    push->was_closed = false;
}

void wh_push_invoke(struct wh_push *push, const struct wh_push_setup *setup, uint32_t random)
{
    switch (push->phase) {
    case WH_PUSH_SENDS:
        push->is_again = true;
        break;
    case WH_PUSH_WAITS:
        push->failures = 0;
        break;
    default:
        push->delay_s = (uint16_t)(random % (setup->randomisation_s + 1u));
        begin(push);
    }
}

bool wh_push_pass(struct wh_push *push, const struct wh_push_setup *setup,
                  const struct wh_datetime *local, uint32_t seconds)
{
    if (push->phase != WH_PUSH_WAITS) {
        return false;
    }
    if (!wh_push_is_open(setup, local)) {
        push->was_closed = true;
        return false;
    }
    if (push->was_closed) {
        push->was_closed = false;
        push->wait_s = push->delay_s;
        seconds = 0;
    }
    if (push->wait_s > seconds) {
        push->wait_s -= seconds;
        return false;
    }
    push->phase = WH_PUSH_SENDS;
    return true;
}

enum wh_push_outcome wh_push_done(struct wh_push *push, const struct wh_push_setup *setup,
                                  bool is_delivered)
{
    push->phase = WH_PUSH_IDLE;
    if (is_delivered) {
        if (push->is_again) {
            begin(push);
        }
        return WH_PUSH_DELIVERED;
    }
    push->failures = push->is_again ? 0 : (uint16_t)(push->failures + 1);
    push->is_again = false;
    if (push->failures > setup->retries) {
        return WH_PUSH_GIVEN_UP;
    }
    push->phase = WH_PUSH_WAITS;
    push->wait_s = setup->repetition_delay_s;
    return WH_PUSH_REPEATS;
}
