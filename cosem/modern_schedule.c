/* Single action schedules (class 22) – the debiting date and a switching of the breaker – and the
 * script of the debiting stop (9). Invariant: a schedule is what the configuration or the
 * application's own schedule says; nothing is kept here. */
#include "cosem/change.h"
#include "cosem/modern_objects.h"
#include "cosem/modern_values.h"
#include <string.h>

enum { OF_DEBITING, OF_BREAKER }; /* rows */
enum { SCRIPT = 2, TYPE = 3, TIMES = 4 };
enum { MONTHS = 12, SECONDS_PER_HOUR = 3600, STOP = 1 };

static const uint8_t scripts[][6] = {
    [OF_DEBITING] = {0, 0, 10, 0, 1, 255}, [OF_BREAKER] = {0, 0, 10, 0, 106, 255}};

static void put_moment(struct dlms_writer *out, const uint8_t time[WH_MODERN_TIME_SIZE],
                       const uint8_t date[WH_MODERN_DATE_SIZE])
{
    dlms_put_structure(out, 2);
    dlms_put_octet_string(out, time, WH_MODERN_TIME_SIZE);
    dlms_put_octet_string(out, date, WH_MODERN_DATE_SIZE);
}

struct moment {
    uint8_t time[WH_MODERN_TIME_SIZE];
    uint8_t date[WH_MODERN_DATE_SIZE];
};

static struct moment get_moment(struct dlms_reader *reader)
{
    struct moment moment = {{0}, {0}};
    wh_modern_get_structure(reader, 2);
    wh_modern_get_octets(reader, moment.time, sizeof moment.time);
    wh_modern_get_octets(reader, moment.date, sizeof moment.date);
    return moment;
}

/* ---- Debiting: that day of every year in the months of the interval, at midnight ---- */

/* Bit 0 is January. */
static unsigned months_of(uint8_t interval)
{
    unsigned months = 0;
    for (uint8_t m = 1; m <= (uint8_t)MONTHS; m++) {
        months |= wh_debiting_is_month(interval, m) ? 1u << (m - 1) : 0;
    }
    return months;
}

enum { EVERY_MONTH = (1 << MONTHS) - 1 };

static void put_debiting_day(struct dlms_writer *out, uint8_t month, uint8_t day)
{
    static const uint8_t midnight[WH_MODERN_TIME_SIZE];
    const uint8_t date[WH_MODERN_DATE_SIZE] = {0xFF, 0xFF, month, day, DLMS_UNSPECIFIED};
    put_moment(out, midnight, date);
}

static void put_debiting_times(const struct wh_config *config, struct dlms_writer *out)
{
    const unsigned months = config->debiting_day != 0 ? months_of(config->debiting_interval) : 0;
    size_t count = 0;
    for (unsigned m = 0; m < MONTHS; m++) {
        count += months >> m & 1u;
    }
    if (months == EVERY_MONTH) {
        dlms_put_array(out, 1);
        put_debiting_day(out, DLMS_UNSPECIFIED, config->debiting_day);
        return;
    }
    dlms_put_array(out, count);
    for (uint8_t m = 0; m < (uint8_t)MONTHS; m++) {
        if ((months >> m & 1u) != 0) {
            put_debiting_day(out, (uint8_t)(m + 1), config->debiting_day);
        }
    }
}

/* Adds the months of one entry; *day is that of all. */
static unsigned get_debiting_day(struct dlms_reader *reader, uint8_t *day)
{
    const struct moment moment = get_moment(reader);
    const uint8_t month = moment.date[2];
    const bool is_any = month == DLMS_UNSPECIFIED;
    wh_modern_expect(reader, moment.time[0] == 0 && moment.time[1] == 0 &&
                                 wh_modern_is_zero_or_any(moment.time[2]) &&
                                 wh_modern_is_zero_or_any(moment.time[3]));
    wh_modern_expect(reader, moment.date[0] == 0xFF && moment.date[1] == 0xFF &&
                                 moment.date[4] == DLMS_UNSPECIFIED && moment.date[3] != 0 &&
                                 (*day == 0 || *day == moment.date[3]));
    wh_modern_expect(reader, is_any || (month >= 1 && month <= MONTHS));
    if (reader->failed) {
        return 0;
    }
    *day = moment.date[3];
    return is_any ? EVERY_MONTH : (1u << month) >> 1;
}

/* The interval whose months these are; -1 if there is none. */
static int interval_of(unsigned months)
{
    const struct wh_parameter *parameter = wh_parameter_find("debiting_interval");
    for (int interval = 1; interval <= (int)parameter->greatest; interval++) {
        if (months_of((uint8_t)interval) == months) {
            return interval;
        }
    }
    return -1;
}

static enum dlms_result write_debiting_times(struct wh_cosem_face *face,
                                             const struct wh_cosem_write *write)
{
    struct dlms_reader reader = dlms_reader(write->data.data, write->data.length);
    struct wh_config config = face->application->config;
    struct wh_config_fault fault;
    unsigned months = 0;
    uint8_t day = 0;
    const uint8_t count = wh_modern_get_container(&reader, DLMS_TAG_ARRAY, 0, MONTHS);
    for (uint8_t e = 0; e < count && !reader.failed; e++) {
        months |= get_debiting_day(&reader, &day);
    }
    const int interval = count == 0 ? 0 : interval_of(months);
    if (!dlms_reader_done(&reader) || interval < 0) {
        return DLMS_RESULT_OTHER_REASON;
    }
    config.debiting_day = day;
    config.debiting_interval = (uint8_t)interval;
    return wh_cosem_result(
        wh_application_configure(face->application, face->legal, &config, write->origin, &fault));
}

/* ---- Breaker: one moment, by the clock on the wall ---- */

static uint8_t breaker_script(const struct wh_application *app)
{
    return app->schedule.breaker == WH_SCHEDULED_RECONNECT ? WH_SCHEDULED_RECONNECT
                                                           : WH_SCHEDULED_DISCONNECT;
}

static void put_breaker_time(const struct wh_application *app, struct dlms_writer *out)
{
    bool summer;
    if (app->schedule.breaker_s == 0) {
        dlms_put_array(out, 0);
        return;
    }
    const struct wh_datetime local =
        wh_clock_local_of(&app->clock, app->schedule.breaker_s, &summer);
    const uint8_t time[WH_MODERN_TIME_SIZE] = {local.hour, local.minute, local.second, 0};
    const uint8_t date[WH_MODERN_DATE_SIZE] = {(uint8_t)(local.year >> 8), (uint8_t)local.year,
                                               local.month, local.day, DLMS_UNSPECIFIED};
    dlms_put_array(out, 1);
    put_moment(out, time, date);
}

/* Of an hour that comes twice the first; of one that is passed over the one behind it. */
static enum wh_err utc_of(const struct wh_clock *clock, const struct moment *moment,
                          uint32_t *utc_s)
{
    const uint8_t *date = moment->date;
    const struct wh_datetime local = {
        .year = (uint16_t)(date[0] << 8 | date[1]),
        .month = date[2],
        .day = date[3],
        .weekday = date[4] == DLMS_UNSPECIFIED ? 0 : date[4],
        .hour = moment->time[0],
        .minute = moment->time[1],
        .second = moment->time[2] == DLMS_UNSPECIFIED ? 0 : moment->time[2],
    };
    bool summer;
    const enum wh_err err = wh_clock_utc_of_local(clock, &local, false, utc_s);
    if (err == WH_OK && *utc_s > SECONDS_PER_HOUR) {
        (void)wh_clock_local_of(clock, *utc_s - SECONDS_PER_HOUR, &summer);
        *utc_s -= summer ? SECONDS_PER_HOUR : 0;
    }
    return err;
}

static enum dlms_result write_breaker_time(struct wh_cosem_face *face,
                                           const struct wh_cosem_write *write)
{
    struct wh_application *app = face->application;
    struct dlms_reader reader = dlms_reader(write->data.data, write->data.length);
    uint32_t utc_s = 0;
    const uint8_t count = wh_modern_get_container(&reader, DLMS_TAG_ARRAY, 0, 1);
    if (count > 0) {
        const struct moment moment = get_moment(&reader);
        wh_modern_expect(&reader, !reader.failed && utc_of(&app->clock, &moment, &utc_s) == WH_OK &&
                                      (!app->clock.valid || utc_s > app->clock.utc_s));
    }
    return !dlms_reader_done(&reader)
               ? DLMS_RESULT_OTHER_REASON
               : wh_cosem_result(wh_application_schedule_breaker(
                     app, (enum wh_scheduled_breaker)breaker_script(app), utc_s));
}

static enum dlms_result write_breaker_script(struct wh_cosem_face *face,
                                             const struct wh_cosem_write *write)
{
    struct wh_application *app = face->application;
    struct dlms_reader reader = dlms_reader(write->data.data, write->data.length);
    uint8_t name[6];
    wh_modern_get_structure(&reader, 2);
    wh_modern_get_octets(&reader, name, sizeof name);
    const uint16_t script = wh_modern_get_number(&reader, DLMS_TAG_U16);
    wh_modern_expect(&reader,
                     memcmp(name, scripts[OF_BREAKER], sizeof name) == 0 &&
                         (script == WH_SCHEDULED_DISCONNECT || script == WH_SCHEDULED_RECONNECT));
    return !dlms_reader_done(&reader)
               ? DLMS_RESULT_OTHER_REASON
               : wh_cosem_result(wh_application_schedule_breaker(
                     app, (enum wh_scheduled_breaker)script, app->schedule.breaker_s));
}

/* ---- Both ---- */

enum dlms_result wh_modern_action_read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                                       struct dlms_writer *out)
{
    /* Once, dates without wildcards; several, at the same time, with wildcards. */
    static const uint8_t types[] = {[OF_DEBITING] = 3, [OF_BREAKER] = 1};
    const struct wh_application *app = face->application;
    if (read->attribute == SCRIPT) {
        dlms_put_structure(out, 2);
        dlms_put_octet_string(out, scripts[read->index], sizeof scripts[read->index]);
        dlms_put_u16(out, read->index == OF_BREAKER ? breaker_script(app) : (uint16_t)STOP);
    } else if (read->attribute == TYPE) {
        dlms_put_enum(out, types[read->index]);
    } else if (read->index == OF_BREAKER) {
        put_breaker_time(app, out);
    } else {
        put_debiting_times(&app->config, out);
    }
    return DLMS_RESULT_SUCCESS;
}

enum dlms_result wh_modern_action_write(struct wh_cosem_face *face,
                                        const struct wh_cosem_write *write)
{
    if (write->index == OF_DEBITING) {
        return write_debiting_times(face, write);
    }
    return write->attribute == SCRIPT ? write_breaker_script(face, write)
                                      : write_breaker_time(face, write);
}

/* ---- Script of the debiting stop ---- */

enum dlms_result wh_modern_stop_read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                                     struct dlms_writer *out)
{
    static const uint8_t stop[6] = {1, 1, 0, 1, 5, 128};
    (void)face;
    (void)read;
    dlms_put_array(out, 1);
    wh_modern_put_action(
        out, STOP,
        &(struct wh_modern_action){WH_MODERN_WRITES, WH_COSEM_DATA, stop, WH_COSEM_VALUE});
    dlms_put_u8(out, 1);
    return DLMS_RESULT_SUCCESS;
}

enum dlms_result wh_modern_stop_invoke(struct wh_cosem_face *face,
                                       const struct wh_cosem_invoke *invoke)
{
    enum dlms_result result;
    return wh_modern_script_of(invoke, STOP, &result) != STOP
               ? result
               : wh_cosem_result(wh_application_stop_debiting(face->application, face->legal,
                                                              WH_DEBITING_BY_COMMAND));
}
