/* Moments. Invariant: what is written as a past moment and given back as the end of a range is the
 * same second. */
#include "cosem/moment.h"

enum { SECONDS_PER_MINUTE = 60, DEVIATION_MOST_MIN = 840 };

static void put(struct dlms_writer *out, const struct wh_datetime *at, uint8_t status)
{
    const struct dlms_date_time time = {
        .year = at->year,
        .month = at->month,
        .day = at->day,
        .weekday = at->weekday,
        .hour = at->hour,
        .minute = at->minute,
        .second = at->second,
        .hundredths = DLMS_UNSPECIFIED,
        .deviation = DLMS_DEVIATION_UNSPECIFIED,
        .status = status,
    };
    dlms_put_date_time(out, &time);
}

uint8_t wh_cosem_clock_status(const struct wh_clock *clock)
{
    return (uint8_t)((clock->valid ? 0 : DLMS_CLOCK_INVALID) |
                     (wh_clock_is_summer(clock) ? DLMS_CLOCK_DAYLIGHT_SAVING : 0));
}

void wh_cosem_put_now(struct dlms_writer *out, const struct wh_clock *clock)
{
    const struct wh_datetime local = wh_clock_local(clock);
    put(out, &local, wh_cosem_clock_status(clock));
}

static void put_never(struct dlms_writer *out)
{
    const struct dlms_date_time never = {
        .year = DLMS_YEAR_UNSPECIFIED,
        .month = DLMS_UNSPECIFIED,
        .day = DLMS_UNSPECIFIED,
        .weekday = DLMS_UNSPECIFIED,
        .hour = DLMS_UNSPECIFIED,
        .minute = DLMS_UNSPECIFIED,
        .second = DLMS_UNSPECIFIED,
        .hundredths = DLMS_UNSPECIFIED,
        .deviation = DLMS_DEVIATION_UNSPECIFIED,
    };
    dlms_put_date_time(out, &never);
}

void wh_cosem_put_past(struct dlms_writer *out, const struct wh_clock *clock, uint32_t utc_s,
                       bool is_valid)
{
    if (utc_s == 0) {
        put_never(out);
        return;
    }
    const struct wh_datetime normal = wh_calendar_datetime(wh_clock_normal_of(clock, utc_s));
    put(out, &normal, is_valid ? 0 : DLMS_CLOCK_INVALID);
}

bool wh_cosem_is_date_time(const struct dlms_value *value, struct dlms_date_time *time)
{
    return (value->tag == DLMS_TAG_OCTET_STRING || value->tag == DLMS_TAG_DATE_TIME) &&
           dlms_date_time_parse(value->bytes, time);
}

void wh_cosem_put_daylight(struct dlms_writer *out, const struct wh_clock *clock, bool is_begin)
{
    enum {
        MARCH = 3,
        OCTOBER = 10,
        LAST_OF_MONTH = 0xFE,
        SUNDAY = 7,
        HOUR_MIN = 60,
        DAY_MIN = 1440
    };
    const int ahead_min = clock->zone_min + (is_begin ? 0 : HOUR_MIN); /* of UTC until then */
    const int minute = HOUR_MIN + ahead_min;
    const struct dlms_date_time moment = {
        .year = DLMS_YEAR_UNSPECIFIED,
        .month = is_begin ? MARCH : OCTOBER,
        .day = LAST_OF_MONTH,
        .weekday = SUNDAY,
        .hour = (uint8_t)(minute / HOUR_MIN),
        .minute = (uint8_t)(minute % HOUR_MIN),
        .deviation = (int16_t)-ahead_min,
        .status = is_begin ? 0 : DLMS_CLOCK_DAYLIGHT_SAVING,
    };
    if (minute < 0 || minute >= DAY_MIN) {
        put_never(out);
    } else {
        dlms_put_date_time(out, &moment);
    }
}

/* A weekday of 0 is not given, either: clients write it. */
static struct wh_datetime fields_of(const struct dlms_date_time *time)
{
    const struct wh_datetime fields = {
        .year = time->year,
        .month = time->month,
        .day = time->day,
        .weekday = time->weekday == DLMS_UNSPECIFIED ? 0 : time->weekday,
        .hour = time->hour,
        .minute = time->minute,
        .second = time->second,
    };
    return fields;
}

static bool has_deviation(const struct dlms_date_time *time)
{
    return time->deviation != DLMS_DEVIATION_UNSPECIFIED;
}

static enum wh_err add_deviation(const struct wh_datetime *fields, int16_t deviation_min,
                                 int64_t *utc_s)
{
    if (deviation_min < -DEVIATION_MOST_MIN || deviation_min > DEVIATION_MOST_MIN) {
        return WH_ERR_ARGUMENT;
    }
    const enum wh_err err = wh_calendar_seconds(fields, utc_s);
    *utc_s += (int64_t)deviation_min * SECONDS_PER_MINUTE;
    return err;
}

enum wh_err wh_cosem_moment_to_set(const struct wh_clock *clock, const struct dlms_date_time *time,
                                   uint32_t *utc_s)
{
    const struct wh_datetime fields = fields_of(time);
    if (!has_deviation(time)) {
        const bool summer = (time->status & DLMS_CLOCK_DAYLIGHT_SAVING) != 0;
        return wh_clock_utc_of_local(clock, &fields, summer, utc_s);
    }
    int64_t wide_s = 0;
    const enum wh_err err = add_deviation(&fields, time->deviation, &wide_s);
    if (err != WH_OK || wide_s < 0 || wide_s > UINT32_MAX) {
        return WH_ERR_ARGUMENT;
    }
    *utc_s = (uint32_t)wide_s;
    return WH_OK;
}

static void fill_time(struct wh_datetime *fields, enum wh_range_end end)
{
    const bool last = end == WH_RANGE_TO;
    fields->hour = fields->hour == DLMS_UNSPECIFIED ? (last ? 23 : 0) : fields->hour;
    fields->minute = fields->minute == DLMS_UNSPECIFIED ? (last ? 59 : 0) : fields->minute;
    fields->second = fields->second == DLMS_UNSPECIFIED ? (last ? 59 : 0) : fields->second;
}

static uint32_t within_clock(int64_t utc_s)
{
    if (utc_s < 0) {
        return 0;
    }
    return utc_s > UINT32_MAX ? UINT32_MAX : (uint32_t)utc_s;
}

enum wh_err wh_cosem_moment_of_range(const struct wh_clock *clock,
                                     const struct dlms_date_time *time, enum wh_range_end end,
                                     uint32_t *utc_s)
{
    struct wh_datetime fields = fields_of(time);
    int64_t wide_s = 0;
    const bool no_date = time->year == DLMS_YEAR_UNSPECIFIED && time->month == DLMS_UNSPECIFIED &&
                         time->day == DLMS_UNSPECIFIED;
    if (no_date || time->year < WH_CALENDAR_FIRST_YEAR || time->year > WH_CALENDAR_LAST_YEAR) {
        const bool last = no_date ? end == WH_RANGE_TO : time->year > WH_CALENDAR_LAST_YEAR;
        *utc_s = last ? UINT32_MAX : 0;
        return WH_OK;
    }
    fill_time(&fields, end);
    const int16_t deviation_min = has_deviation(time) ? time->deviation : (int16_t)-clock->zone_min;
    const enum wh_err err = add_deviation(&fields, deviation_min, &wide_s);
    *utc_s = within_clock(wide_s);
    return err;
}
