/* Logs over KMP. Invariant: a value out of a record is the value that the register had then, in the register's own
 * format of now. */
#include "face/kmp_value.h"
#include "face/quantity.h"
#include "face/record.h"

/* Which log a number is, KMP_LOG_…; WH_LOG_COUNT: none. */
static enum wh_log_name name_of(uint8_t log)
{
    static const uint8_t names[] = {
        [KMP_LOG_DEBITING] = WH_LOG_DEBITING,
        [KMP_LOG_STATUS] = WH_LOG_STATUS,
        [KMP_LOG_RTC] = WH_LOG_CLOCK,
        [KMP_LOG_VOLTAGE_QUALITY] = WH_LOG_QUALITY,
        [KMP_LOG_CUT_OFF] = WH_LOG_BREAKER,
        [KMP_LOG_LOAD_PROFILE] = WH_LOG_PROFILE,
        [KMP_LOG_DEBITING_351] = WH_LOG_DEBITING,
        [KMP_LOG_DEBITING_2] = WH_LOG_DEBITING_2,
        [KMP_LOG_TRANSFORMER_RATIO] = WH_LOG_RATIO,
        [KMP_LOG_LOAD_PROFILE_EVENTS] = WH_LOG_PROFILE_EVENTS,
        [KMP_LOG_ANALYSIS] = WH_LOG_LOGGER,
        [KMP_LOG_NEUTRAL_FAULT] = WH_LOG_NEUTRAL,
    };
    return log >= KMP_LOG_DEBITING && log < sizeof names ? (enum wh_log_name)names[log]
                                                         : WH_LOG_COUNT;
}

static struct wh_application *application_of(void *context)
{
    const struct wh_kmp_face *face = context;
    return &face->access->meter->application;
}

enum wh_err wh_kmp_log_range(void *context, uint8_t log, struct kmp_log_range *range)
{
    const struct wh_application *app = application_of(context);
    const enum wh_log_name name = name_of(log);
    if (name == WH_LOG_COUNT) {
        return WH_ERR_NOT_FOUND;
    }
    const struct wh_log *kept = &app->logs.log[name];
    *range = (struct kmp_log_range){.last_read_id = wh_application_read_mark(app, name)};
    if (wh_log_newest(kept) != 0) {
        range->newest_id = wh_log_newest(kept);
        range->count = range->newest_id - wh_log_oldest(kept) + 1;
    }
    return WH_OK;
}

enum wh_err wh_kmp_log_find(void *context, uint8_t log, const struct kmp_rtc *time,
                            bool is_towards_past, uint32_t *record_id)
{
    const struct wh_application *app = application_of(context);
    const enum wh_log_name name = name_of(log);
    const struct wh_datetime normal = {.year = time->year,
                                       .month = time->month,
                                       .day = time->day,
                                       .hour = time->hour,
                                       .minute = time->minute,
                                       .second = time->second};
    int64_t normal_s;
    uint32_t utc_s;
    if (name == WH_LOG_COUNT) {
        return WH_ERR_NOT_FOUND;
    }
    enum wh_err err = wh_calendar_seconds(&normal, &normal_s);
    if (err == WH_OK) {
        err = wh_clock_utc_of_normal(&app->clock, normal_s, &utc_s);
    }
    return err == WH_OK ? wh_record_find(app, name, utc_s, is_towards_past, record_id) : err;
}

/* ---- Registers of a record ------------------------------------------------------------------- */

typedef enum wh_err record_value(const struct wh_application *app, const struct wh_record *record,
                                 struct kmp_value *value);

static struct kmp_rtc stamp_of(const struct wh_application *app, const struct wh_record *record)
{
    return wh_kmp_stamp(&app->clock, record->utc_s, record->is_clock_valid);
}

static enum wh_err stamp(const struct wh_application *app, const struct wh_record *record,
                         struct kmp_value *value)
{
    const struct kmp_rtc time = stamp_of(app, record);
    kmp_value_from_rtc(value, &time);
    return WH_OK;
}

static enum wh_err stamp_time(const struct wh_application *app, const struct wh_record *record,
                              struct kmp_value *value)
{
    const struct kmp_rtc time = stamp_of(app, record);
    kmp_value_from_time(value, &time);
    return WH_OK;
}

static enum wh_err stamp_date(const struct wh_application *app, const struct wh_record *record,
                              struct kmp_value *value)
{
    const struct kmp_rtc time = stamp_of(app, record);
    kmp_value_from_date(value, &time);
    return WH_OK;
}

enum { LOGGER_STATUS_SHIFT = 16 };

static enum wh_err logger_status(const struct wh_application *app, const struct wh_record *record,
                                 struct kmp_value *value)
{
    (void)app;
    return kmp_value_from_number(value, KMP_UNIT_NUMBER, 2, 0,
                                 record->status >> LOGGER_STATUS_SHIFT);
}

static enum wh_err data_quality(const struct wh_application *app, const struct wh_record *record,
                                struct kmp_value *value)
{
    (void)app;
    return kmp_value_from_number(value, KMP_UNIT_NUMBER, 4, 0, record->status & 0xFFFF);
}

/* Bits of event status A that the event raised. */
static enum wh_err event_status(const struct wh_application *app, const struct wh_record *record,
                                struct kmp_value *value)
{
    (void)app;
    return kmp_value_from_number(value, KMP_UNIT_NUMBER, 4, 0, wh_event_row(record->event.code)->a);
}

static enum wh_err meter_status(const struct wh_application *app, const struct wh_record *record,
                                struct kmp_value *value)
{
    (void)app;
    return kmp_value_from_number(value, KMP_UNIT_NUMBER, 4, 0,
                                 wh_event_row(record->event.code)->a & 0xFF);
}

static enum wh_err time_before(const struct wh_application *app, const struct wh_record *record,
                               struct kmp_value *value)
{
    const struct kmp_rtc time = wh_kmp_stamp(&app->clock, record->event.value_a, true);
    kmp_value_from_rtc(value, &time);
    return WH_OK;
}

static enum wh_err quality_phase(const struct wh_application *app, const struct wh_record *record,
                                 struct kmp_value *value)
{
    (void)app;
    return kmp_value_from_number(value, KMP_UNIT_NUMBER, 1, 0, record->event.detail);
}

/* The family's numbers: lowest value below, highest value above, outage. */
static enum wh_err quality_event(const struct wh_application *app, const struct wh_record *record,
                                 struct kmp_value *value)
{
    enum { LOWEST = 2, HIGHEST = 3, OUTAGE = 4 };
    const enum wh_event_code code = record->event.code;
    (void)app;
    return kmp_value_from_number(value, KMP_UNIT_NUMBER, 1, 0,
                                 code == WH_EVENT_UNDER_VOLTAGE  ? LOWEST
                                 : code == WH_EVENT_OVER_VOLTAGE ? HIGHEST
                                                                 : OUTAGE);
}

/* Rounded volts of the extreme that the event is about; 0 for the other one. */
static enum wh_err put_extreme(const struct wh_record *record, bool applies,
                               struct kmp_value *value)
{
    enum { MV_PER_V = 1000 };
    const uint32_t extreme_v = (record->event.value_b + MV_PER_V / 2) / MV_PER_V;
    return kmp_value_from_number(value, KMP_UNIT_V, 2, 0, applies ? extreme_v : 0);
}

static enum wh_err quality_highest(const struct wh_application *app, const struct wh_record *record,
                                   struct kmp_value *value)
{
    (void)app;
    return put_extreme(record, record->event.code == WH_EVENT_OVER_VOLTAGE, value);
}

static enum wh_err quality_lowest(const struct wh_application *app, const struct wh_record *record,
                                  struct kmp_value *value)
{
    const enum wh_event_code code = record->event.code;
    (void)app;
    return put_extreme(record, code == WH_EVENT_UNDER_VOLTAGE || code == WH_EVENT_PHASE_LOST,
                       value);
}

static enum wh_err breaker_state(const struct wh_application *app, const struct wh_record *record,
                                 struct kmp_value *value)
{
    (void)app;
    return kmp_value_from_number(value, KMP_UNIT_NUMBER, 1, 0, record->event.detail);
}

static enum wh_err breaker_feedback(const struct wh_application *app,
                                    const struct wh_record *record, struct kmp_value *value)
{
    (void)app;
    return kmp_value_from_number(value, KMP_UNIT_NUMBER, 1, 0, record->event.value_a & 0xFF);
}

static enum wh_err neutral_fault(const struct wh_application *app, const struct wh_record *record,
                                 struct kmp_value *value)
{
    (void)app;
    return kmp_value_from_number(value, KMP_UNIT_NUMBER, 1, 0,
                                 record->event.code == WH_EVENT_NEUTRAL_FAULT_ON);
}

enum { ANY = WH_LOG_COUNT };

/* What a record has beside the values of its columns. */
static const struct {
    uint8_t name; /* enum wh_log_name */
    uint16_t id;
    record_value *value;
} fields[] = {
    {ANY, 1047, stamp},
    {ANY, 1002, stamp_time},
    {ANY, 1003, stamp_date},
    {WH_LOG_PROFILE, 1454, logger_status},
    {WH_LOG_PROFILE, 1455, data_quality},
    {WH_LOG_LOGGER, 1454, logger_status},
    {WH_LOG_LOGGER, 1455, data_quality},
    {WH_LOG_STATUS, 50, meter_status},
    {WH_LOG_STATUS, 1235, event_status},
    {WH_LOG_CLOCK, 1048, time_before},
    {WH_LOG_QUALITY, 1460, quality_phase},
    {WH_LOG_QUALITY, 1461, quality_event},
    {WH_LOG_QUALITY, 1463, quality_highest},
    {WH_LOG_QUALITY, 1464, quality_lowest},
    {WH_LOG_BREAKER, 1087, breaker_state},
    {WH_LOG_BREAKER, 1088, breaker_feedback},
    {WH_LOG_NEUTRAL, 1242, neutral_fault},
};

static enum wh_err field_of(const struct wh_application *app, enum wh_log_name name, uint16_t id,
                            const struct wh_record *record, struct kmp_value *value)
{
    for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++) {
        if (fields[f].id == id && (fields[f].name == ANY || fields[f].name == name)) {
            return fields[f].value(app, record, value);
        }
    }
    return WH_ERR_NOT_FOUND;
}

/* Main registers may also be asked for with all digits: a record holds them so. */
static enum wh_quantity_id held_as(enum wh_quantity_id id)
{
    const bool is_fine = id >= WH_QUANTITY_A_PLUS_FINE && id <= WH_QUANTITY_R_MINUS_FINE;
    return is_fine ? (enum wh_quantity_id)(id - WH_QUANTITY_A_PLUS_FINE + WH_QUANTITY_A_PLUS) : id;
}

/* Not known then is zero now: records of an answer have one format. */
static enum wh_err column_of(const struct wh_application *app, uint16_t id,
                             const struct wh_record *record, struct kmp_value *value)
{
    enum wh_quantity_id quantity;
    struct wh_reading reading;
    const struct wh_quantity *row = wh_kmp_row(app, id, &quantity);
    if (row == NULL) {
        return WH_ERR_NOT_FOUND;
    }
    const enum wh_err err = wh_record_reading(record, held_as(quantity), &reading);
    if (err == WH_ERR_NOT_FOUND) {
        return err;
    }
    if (err != WH_OK) {
        reading = wh_reading_blank(row);
    }
    return wh_kmp_value_of(app, row, &reading, value);
}

enum wh_err wh_kmp_log_record(void *context, uint8_t log, uint32_t record_id,
                              const uint16_t *registers, size_t count, struct kmp_value *values)
{
    const struct wh_application *app = application_of(context);
    const enum wh_log_name name = name_of(log);
    struct wh_record record;
    if (name == WH_LOG_COUNT) {
        return WH_ERR_NOT_FOUND;
    }
    const enum wh_err err = wh_record_read(app, name, record_id, &record);
    if (err != WH_OK) {
        return err;
    }
    for (size_t r = 0; r < count; r++) {
        if (field_of(app, name, registers[r], &record, &values[r]) != WH_OK &&
            column_of(app, registers[r], &record, &values[r]) != WH_OK) {
            values[r] = (struct kmp_value){.unit = KMP_UNIT_ABSENT};
        }
    }
    return WH_OK;
}

enum wh_err wh_kmp_log_mark_read(void *context, uint8_t log, uint32_t record_id)
{
    const enum wh_log_name name = name_of(log);
    return name == WH_LOG_COUNT
               ? WH_ERR_NOT_FOUND
               : wh_application_mark_read(application_of(context), name, record_id);
}
