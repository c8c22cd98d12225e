/* Activity calendar (class 20) and special days (class 11) over the tariff plan. Invariant: the
 * active tables are the plan in force, seen through; the passive ones are only what was written, or
 * after a power-up the plan that waits. */
#include "cosem/change.h"
#include "cosem/modern_calendar.h"
#include "cosem/modern_objects.h"
#include "cosem/modern_values.h"
#include "cosem/moment.h"
#include <string.h>

enum {
    NAME = 2, /* of class 20, active; the passive ones are four further */
    SEASONS = 3,
    WEEKS = 4,
    PASSIVE = 4,
    ACTIVATION_TIME = 10,
    WEEKDAYS = 7,
};

static const uint8_t tariff_scripts[6] = {0, 0, 10, 0, 100, 255};

/* ---- Reading tables ---- */

static void put_name(struct dlms_writer *out, const struct wh_modern_name *name)
{
    dlms_put_octet_string(out, name->octets, name->length);
}

/* Of every year, at midnight. */
static void put_season(struct dlms_writer *out, const struct wh_modern_season *season)
{
    const bool is_any = season->month == 0;
    const struct dlms_date_time start = {
        .year = DLMS_YEAR_UNSPECIFIED,
        .month = is_any ? DLMS_UNSPECIFIED : season->month,
        .day = is_any ? DLMS_UNSPECIFIED : season->day,
        .weekday = DLMS_UNSPECIFIED,
        .deviation = DLMS_DEVIATION_UNSPECIFIED,
    };
    dlms_put_structure(out, 3);
    put_name(out, &season->name);
    dlms_put_date_time(out, &start);
    put_name(out, &season->week);
}

static void put_week(struct dlms_writer *out, const struct wh_modern_week *week)
{
    dlms_put_structure(out, 1 + WEEKDAYS);
    put_name(out, &week->name);
    for (int d = 0; d < WEEKDAYS; d++) {
        dlms_put_u8(out, week->day_id[d]);
    }
}

static void put_day(struct dlms_writer *out, const struct wh_modern_day *day)
{
    dlms_put_structure(out, 2);
    dlms_put_u8(out, day->id);
    dlms_put_array(out, day->day.switch_count);
    for (uint8_t s = 0; s < day->day.switch_count; s++) {
        const struct wh_tariff_switch *at = &day->day.switches[s];
        const uint8_t time[WH_MODERN_TIME_SIZE] = {(uint8_t)(at->minute / 60),
                                                   (uint8_t)(at->minute % 60)};
        dlms_put_structure(out, 3);
        dlms_put_octet_string(out, time, sizeof time);
        dlms_put_octet_string(out, tariff_scripts, sizeof tariff_scripts);
        dlms_put_u16(out, at->tariff);
    }
}

static void put_table(struct dlms_writer *out, const struct wh_modern_calendar *calendar,
                      int8_t table)
{
    switch (table) {
    case NAME:
        put_name(out, &calendar->name);
        break;
    case SEASONS:
        dlms_put_array(out, calendar->season_count);
        for (uint8_t s = 0; s < calendar->season_count; s++) {
            put_season(out, &calendar->seasons[s]);
        }
        break;
    case WEEKS:
        dlms_put_array(out, calendar->week_count);
        for (uint8_t w = 0; w < calendar->week_count; w++) {
            put_week(out, &calendar->weeks[w]);
        }
        break;
    default:
        dlms_put_array(out, calendar->day_count);
        for (uint8_t d = 0; d < calendar->day_count; d++) {
            put_day(out, &calendar->days[d]);
        }
    }
}

enum dlms_result wh_modern_calendar_read(struct wh_cosem_face *face,
                                         const struct wh_cosem_read *read, struct dlms_writer *out)
{
    const struct wh_application *app = face->application;
    struct wh_modern_calendar active;
    if (read->attribute == ACTIVATION_TIME) {
        wh_cosem_put_past(out, &app->clock, app->schedule.plan_s, true);
    } else if (read->attribute >= NAME + PASSIVE) {
        put_table(out, &face->modern->passive, (int8_t)(read->attribute - PASSIVE));
    } else {
        wh_modern_calendar_of_plan(&app->plan, &active);
        put_table(out, &active, read->attribute);
    }
    return DLMS_RESULT_SUCCESS;
}

/* ---- Writing tables: a value that is not as the table has it makes the reader fail ---- */

static struct wh_modern_name get_name(struct dlms_reader *reader)
{
    struct wh_modern_name name = {0};
    const struct dlms_value value = dlms_read_value(reader);
    if (value.tag != DLMS_TAG_OCTET_STRING || value.bytes.length > WH_MODERN_NAME) {
        dlms_reader_fail(reader);
    } else if (value.bytes.length > 0) {
        name.length = (uint8_t)value.bytes.length;
        memcpy(name.octets, value.bytes.data, name.length);
    }
    return name;
}

/* A date of every year, from midnight; or no date at all. */
static void get_season(struct dlms_reader *reader, struct wh_modern_season *season)
{
    struct dlms_date_time start = {0};
    uint8_t octets[WH_MODERN_DATE_TIME_SIZE];
    wh_modern_get_structure(reader, 3);
    season->name = get_name(reader);
    wh_modern_get_octets(reader, octets, sizeof octets);
    (void)dlms_date_time_parse((struct dlms_span){octets, sizeof octets}, &start);
    season->week = get_name(reader);
    const bool is_any = start.month == DLMS_UNSPECIFIED && start.day == DLMS_UNSPECIFIED;
    wh_modern_expect(
        reader,
        start.year == DLMS_YEAR_UNSPECIFIED && start.weekday == DLMS_UNSPECIFIED &&
            wh_modern_is_zero_or_any(start.hour) && wh_modern_is_zero_or_any(start.minute) &&
            wh_modern_is_zero_or_any(start.second) && wh_modern_is_zero_or_any(start.hundredths));
    wh_modern_expect(reader, is_any || (start.day >= 1 &&
                                        start.day <= wh_calendar_month_length(2000, start.month)));
    season->month = is_any ? 0 : start.month;
    season->day = is_any ? 0 : start.day;
}

static void get_week(struct dlms_reader *reader, struct wh_modern_week *week)
{
    wh_modern_get_structure(reader, 1 + WEEKDAYS);
    week->name = get_name(reader);
    for (int d = 0; d < WEEKDAYS; d++) {
        week->day_id[d] = (uint8_t)wh_modern_get_number(reader, DLMS_TAG_U8);
    }
}

static void get_switch(struct dlms_reader *reader, struct wh_tariff_switch *at)
{
    uint8_t time[WH_MODERN_TIME_SIZE];
    uint8_t script[sizeof tariff_scripts];
    wh_modern_get_structure(reader, 3);
    wh_modern_get_octets(reader, time, sizeof time);
    wh_modern_get_octets(reader, script, sizeof script);
    const uint16_t tariff = wh_modern_get_number(reader, DLMS_TAG_U16);
    wh_modern_expect(reader, time[0] < 24 && time[1] < 60 && wh_modern_is_zero_or_any(time[2]) &&
                                 wh_modern_is_zero_or_any(time[3]));
    wh_modern_expect(reader, memcmp(script, tariff_scripts, sizeof script) == 0 && tariff >= 1 &&
                                 tariff <= WH_PLAN_TARIFFS);
    at->minute = (uint16_t)(time[0] * 60u + time[1]);
    at->tariff = (uint8_t)tariff;
}

static void get_day(struct dlms_reader *reader, struct wh_modern_day *day)
{
    wh_modern_get_structure(reader, 2);
    day->id = (uint8_t)wh_modern_get_number(reader, DLMS_TAG_U8);
    day->day.switch_count =
        wh_modern_get_container(reader, DLMS_TAG_ARRAY, 1, WH_PLAN_SWITCHES_MAX);
    for (uint8_t s = 0; s < day->day.switch_count; s++) {
        get_switch(reader, &day->day.switches[s]);
    }
}

static void get_table(struct dlms_reader *reader, struct wh_modern_calendar *calendar, int8_t table)
{
    switch (table) {
    case NAME:
        calendar->name = get_name(reader);
        break;
    case SEASONS:
        calendar->season_count =
            wh_modern_get_container(reader, DLMS_TAG_ARRAY, 1, WH_MODERN_SEASONS);
        for (uint8_t s = 0; s < calendar->season_count; s++) {
            get_season(reader, &calendar->seasons[s]);
        }
        break;
    case WEEKS:
        calendar->week_count = wh_modern_get_container(reader, DLMS_TAG_ARRAY, 1, WH_MODERN_WEEKS);
        for (uint8_t w = 0; w < calendar->week_count; w++) {
            get_week(reader, &calendar->weeks[w]);
        }
        break;
    default:
        calendar->day_count = wh_modern_get_container(reader, DLMS_TAG_ARRAY, 1, WH_MODERN_DAYS);
        for (uint8_t d = 0; d < calendar->day_count; d++) {
            get_day(reader, &calendar->days[d]);
        }
    }
}

/* No plan waits any more. */
static enum wh_err cancel(struct wh_application *app)
{
    return app->schedule.plan_s == 0 ? WH_OK : wh_application_schedule_plan(app, NULL, 0, NULL);
}

/* What waits is what the passive tables were when the time was given: another table takes the time
 * away. */
static enum dlms_result write_table(struct wh_cosem_face *face, const struct wh_cosem_write *write)
{
    struct dlms_reader reader = dlms_reader(write->data.data, write->data.length);
    struct wh_modern_calendar passive = face->modern->passive;
    get_table(&reader, &passive, (int8_t)(write->attribute - PASSIVE));
    if (!dlms_reader_done(&reader)) {
        return DLMS_RESULT_OTHER_REASON;
    }
    const enum wh_err err = cancel(face->application);
    if (err == WH_OK) {
        face->modern->passive = passive;
    }
    return wh_cosem_result(err);
}

static bool is_never(const struct dlms_date_time *time)
{
    return time->year == DLMS_YEAR_UNSPECIFIED && time->month == DLMS_UNSPECIFIED &&
           time->day == DLMS_UNSPECIFIED;
}

/* A moment to come, as one to set the clock to; or never. */
static enum dlms_result write_activation(struct wh_cosem_face *face,
                                         const struct wh_cosem_write *write)
{
    struct wh_application *app = face->application;
    struct wh_tariff_plan plan;
    struct wh_plan_fault fault;
    struct dlms_date_time time;
    uint32_t utc_s;
    if (!wh_cosem_is_date_time(&write->value, &time)) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    if (is_never(&time)) {
        return wh_cosem_result(cancel(app));
    }
    enum wh_err err = wh_cosem_moment_to_set(&app->clock, &time, &utc_s);
    if (err == WH_OK && app->clock.valid && utc_s <= app->clock.utc_s) {
        err = WH_ERR_ARGUMENT;
    }
    if (err == WH_OK) {
        err = wh_modern_calendar_plan(&face->modern->passive, &app->plan, &plan);
    }
    return wh_cosem_result(err != WH_OK ? err
                                        : wh_application_schedule_plan(app, &plan, utc_s, &fault));
}

enum dlms_result wh_modern_calendar_write(struct wh_cosem_face *face,
                                          const struct wh_cosem_write *write)
{
    return write->attribute == ACTIVATION_TIME ? write_activation(face, write)
                                               : write_table(face, write);
}

enum dlms_result wh_modern_calendar_invoke(struct wh_cosem_face *face,
                                           const struct wh_cosem_invoke *invoke)
{
    struct wh_application *app = face->application;
    struct wh_tariff_plan plan;
    struct wh_plan_fault fault;
    (void)invoke;
    enum wh_err err = wh_modern_calendar_plan(&face->modern->passive, &app->plan, &plan);
    if (err == WH_OK) {
        err = wh_application_set_plan(app, face->legal, &plan, &fault);
    }
    return wh_cosem_result(err == WH_OK ? cancel(app) : err);
}

/* ---- Special days ---- */

enum dlms_result wh_modern_days_read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                                     struct dlms_writer *out)
{
    const struct wh_tariff_plan *plan = &face->application->plan;
    (void)read;
    dlms_put_array(out, plan->exception_count);
    for (unsigned e = 0; e < plan->exception_count; e++) {
        const int32_t day = plan->exceptions[e];
        const struct wh_datetime date = wh_calendar_datetime((int64_t)day * WH_CALENDAR_DAY_S);
        const uint8_t octets[WH_MODERN_DATE_SIZE] = {(uint8_t)(date.year >> 8), (uint8_t)date.year,
                                                     date.month, date.day, DLMS_UNSPECIFIED};
        dlms_put_structure(out, 3);
        dlms_put_u16(out, (uint16_t)(e + 1));
        dlms_put_octet_string(out, octets, sizeof octets);
        dlms_put_u8(out, wh_modern_holiday(plan, day));
    }
    return DLMS_RESULT_SUCCESS;
}

/* Puts a day in its place among those before it; one that is there twice is found by the plan's
 * check. */
static void insert(struct wh_tariff_plan *plan, uint16_t day)
{
    unsigned at = plan->exception_count++;
    for (; at > 0 && plan->exceptions[at - 1] > day; at--) {
        plan->exceptions[at] = plan->exceptions[at - 1];
    }
    plan->exceptions[at] = day;
}

/* One date, that has the holiday of its season. */
static void get_special_day(struct dlms_reader *reader, struct wh_tariff_plan *plan)
{
    uint8_t octets[WH_MODERN_DATE_SIZE];
    wh_modern_get_structure(reader, 3);
    (void)wh_modern_get_number(reader, DLMS_TAG_U16);
    wh_modern_get_octets(reader, octets, sizeof octets);
    const uint16_t id = wh_modern_get_number(reader, DLMS_TAG_U8);
    const struct wh_datetime date = {
        .year = (uint16_t)(octets[0] << 8 | octets[1]),
        .month = octets[2],
        .day = octets[3],
        .weekday = octets[4] == DLMS_UNSPECIFIED ? 0 : octets[4],
    };
    const bool exists = wh_calendar_fault(&date) == NULL;
    const int32_t day = exists ? wh_calendar_day(date.year, date.month, date.day) : -1;
    wh_modern_expect(reader, day >= 0 && day <= UINT16_MAX && id == wh_modern_holiday(plan, day));
    if (!reader->failed) {
        insert(plan, (uint16_t)day);
    }
}

enum dlms_result wh_modern_days_write(struct wh_cosem_face *face,
                                      const struct wh_cosem_write *write)
{
    struct wh_application *app = face->application;
    struct dlms_reader reader = dlms_reader(write->data.data, write->data.length);
    struct wh_tariff_plan plan = app->plan;
    struct wh_plan_fault fault;
    const uint8_t count =
        wh_modern_get_container(&reader, DLMS_TAG_ARRAY, 0, WH_PLAN_EXCEPTIONS_MAX);
    plan.exception_count = 0;
    for (uint8_t e = 0; e < count && !reader.failed; e++) {
        get_special_day(&reader, &plan);
    }
    if (!dlms_reader_done(&reader)) {
        return DLMS_RESULT_OTHER_REASON;
    }
    return wh_cosem_result(wh_application_set_plan(app, face->legal, &plan, &fault));
}

/* The date goes to its place; the number that the client gives it is of no account. */
static enum dlms_result insert_day(struct wh_cosem_face *face, struct dlms_reader *reader)
{
    struct wh_application *app = face->application;
    struct wh_tariff_plan plan = app->plan;
    struct wh_plan_fault fault;
    if (plan.exception_count >= WH_PLAN_EXCEPTIONS_MAX) {
        return DLMS_RESULT_OTHER_REASON;
    }
    get_special_day(reader, &plan);
    return !dlms_reader_done(reader)
               ? DLMS_RESULT_OTHER_REASON
               : wh_cosem_result(wh_application_set_plan(app, face->legal, &plan, &fault));
}

/* By the number that it is read with. */
static enum dlms_result delete_day(struct wh_cosem_face *face, struct dlms_reader *reader)
{
    struct wh_application *app = face->application;
    struct wh_tariff_plan plan = app->plan;
    struct wh_plan_fault fault;
    const uint16_t number = wh_modern_get_number(reader, DLMS_TAG_U16);
    if (!dlms_reader_done(reader)) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    if (number < 1 || number > plan.exception_count) {
        return DLMS_RESULT_OTHER_REASON;
    }
    plan.exception_count--;
    memmove(plan.exceptions + number - 1, plan.exceptions + number,
            (plan.exception_count - (number - 1u)) * sizeof *plan.exceptions);
    return wh_cosem_result(wh_application_set_plan(app, face->legal, &plan, &fault));
}

enum dlms_result wh_modern_days_invoke(struct wh_cosem_face *face,
                                       const struct wh_cosem_invoke *invoke)
{
    enum { INSERT = 1 };
    struct dlms_reader reader = dlms_reader(invoke->parameters.data, invoke->parameters.length);
    return invoke->method == INSERT ? insert_day(face, &reader) : delete_day(face, &reader);
}
