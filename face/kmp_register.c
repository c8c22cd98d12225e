/* Registers. Invariant: what a register shows is a reading of the catalog's row, in the unit of the row; the special ones
 * below are those that no row is for. */
#include "face/change.h"
#include "face/display_block.h"
#include "face/kmp_value.h"
#include "face/parameter_place.h"
#include "face/quantity.h"
#include <string.h>

enum { ROLL_OVER = 1000000000, KILO = 3, WIDE = 4 };

/* ---- Values ---------------------------------------------------------------------------------- */

/* The power of ten that a unit has over that of the catalog. */
static int8_t exponent_of_unit(uint8_t unit)
{
    static const uint8_t kilo[] = {
        KMP_UNIT_KWH, KMP_UNIT_KVARH, KMP_UNIT_KW, KMP_UNIT_KVAR, 18, 30};
    return memchr(kilo, unit, sizeof kilo) != NULL ? KILO : 0;
}

static enum wh_err number_of(const struct wh_application *app, const struct wh_quantity *row,
                             const struct wh_reading *reading, struct kmp_value *value)
{
    const struct wh_kmp_format *format = &row->kmp;
    const int8_t exponent =
        wh_face_follows_display(row) ? (int8_t)-app->config.energy_decimals : format->exponent;
    int64_t number =
        wh_reading_scaled(reading, (int8_t)(exponent + exponent_of_unit(format->unit)));
    if (wh_quantity_energies(row) != 0 && row->unit <= WH_UNIT_VARH) {
        number %= ROLL_OVER;
    }
    if (row->source == WH_SOURCE_CHECKSUM) {
        number &= 0xFFFF; /* the lower half, as the family shows it */
    }
    const enum wh_err err =
        kmp_value_from_number(value, format->unit, format->size, exponent, number);
    return err == WH_ERR_SPACE && format->size < WIDE
               ? kmp_value_from_number(value, format->unit, WIDE, exponent, number)
               : err;
}

/* Filled up with spaces to the register's length. */
static enum wh_err padded_text(const char *text, size_t size, struct kmp_value *value)
{
    char padded[KMP_VALUE_SIZE + 1];
    const size_t length = strlen(text) < size ? strlen(text) : size;
    memset(padded, ' ', size);
    memcpy(padded, text, length);
    padded[size] = '\0';
    return kmp_value_from_text(value, padded);
}

static struct kmp_rtc rtc_of(const struct wh_datetime *time, unsigned status)
{
    return (struct kmp_rtc){.status = (uint8_t)status,
                            .weekday = time->weekday,
                            .second = time->second,
                            .minute = time->minute,
                            .hour = time->hour,
                            .day = time->day,
                            .month = time->month,
                            .year = time->year};
}

struct kmp_rtc wh_kmp_stamp(const struct wh_clock *clock, uint32_t utc_s, bool is_valid)
{
    const struct wh_datetime time = wh_calendar_datetime(wh_clock_normal_of(clock, utc_s));
    return utc_s != 0 ? rtc_of(&time, is_valid ? KMP_RTC_VALID : 0u)
                      : (struct kmp_rtc){.year = 2000};
}

enum wh_err wh_kmp_value_of(const struct wh_application *app, const struct wh_quantity *row,
                            const struct wh_reading *reading, struct kmp_value *value)
{
    if (row->form == WH_FORM_TEXT || row->form == WH_FORM_OCTETS) {
        return padded_text(reading->text, row->kmp.size, value);
    }
    if (reading->kind == WH_READING_TIME) {
        const struct kmp_rtc stamp = wh_kmp_stamp(&app->clock, (uint32_t)reading->number, true);
        kmp_value_from_rtc(value, &stamp);
        return WH_OK;
    }
    return number_of(app, row, reading, value);
}

const struct wh_quantity *wh_kmp_row(const struct wh_application *app, uint16_t id,
                                     enum wh_quantity_id *quantity)
{
    for (int q = 0; id != 0 && q < WH_QUANTITY_COUNT; q++) {
        const struct wh_quantity *row = wh_catalog_get((enum wh_quantity_id)q);
        if (row->kmp.id == id) {
            *quantity = (enum wh_quantity_id)q;
            return wh_application_has(app, *quantity) ? row : NULL;
        }
    }
    return NULL;
}

/* ---- Registers without a row ----------------------------------------------------------------- */

static struct kmp_rtc now(const struct wh_clock *clock)
{
    const struct wh_datetime local = wh_clock_local(clock);
    return rtc_of(&local, (wh_clock_is_summer(clock) ? KMP_RTC_SUMMER : 0u) |
                              (clock->valid ? KMP_RTC_VALID : 0u));
}

static enum wh_err read_date(const struct wh_meter *meter, uint16_t part, struct kmp_value *value)
{
    const struct kmp_rtc time = now(&meter->application.clock);
    (void)part;
    kmp_value_from_date(value, &time);
    return WH_OK;
}

static enum wh_err read_rtc(const struct wh_meter *meter, uint16_t part, struct kmp_value *value)
{
    const struct kmp_rtc time = now(&meter->application.clock);
    (void)part;
    kmp_value_from_rtc(value, &time);
    return WH_OK;
}

/* 0 while the time is to be trusted, as seen of meters in use. */
static enum wh_err read_rtc_status(const struct wh_meter *meter, uint16_t part,
                                   struct kmp_value *value)
{
    (void)part;
    return kmp_value_from_number(value, KMP_UNIT_NONE, 1, 0, !meter->application.clock.valid);
}

/* Of the newest change in the log. */
static enum wh_err read_rtc_before(const struct wh_meter *meter, uint16_t part,
                                   struct kmp_value *value)
{
    const struct wh_application *app = &meter->application;
    struct wh_log_range range;
    struct wh_event event = {0};
    uint32_t before_s = 0;
    (void)part;
    if (wh_log_range_begin_entries(&app->logs.log[WH_LOG_CLOCK], 0, 0, &range) == WH_OK &&
        wh_event_next(&range, &event) == WH_OK && event.code == WH_EVENT_CLOCK_SET) {
        before_s = event.value_a;
    }
    const struct kmp_rtc time = wh_kmp_stamp(&app->clock, before_s, true);
    kmp_value_from_rtc(value, &time);
    return WH_OK;
}

/* Time or date of a peak: part is its quantity, and the bit above tells which. */
enum { DATE = 0x100 };

static enum wh_err read_peak_time(const struct wh_meter *meter, uint16_t part,
                                  struct kmp_value *value)
{
    const struct wh_reading_source source = wh_meter_readings(meter);
    const struct wh_quantity *row = wh_catalog_get((enum wh_quantity_id)(part & ~DATE));
    struct wh_reading reading;
    const enum wh_err err = wh_read(&source, row, &reading);
    if (err != WH_OK) {
        return err;
    }
    const struct kmp_rtc time =
        wh_kmp_stamp(&meter->application.clock, (uint32_t)reading.number, true);
    if ((part & DATE) != 0) {
        kmp_value_from_date(value, &time);
    } else {
        kmp_value_from_time(value, &time);
    }
    return WH_OK;
}

static enum wh_err read_total_number(const struct wh_meter *meter, uint16_t part,
                                     struct kmp_value *value)
{
    (void)part;
    return kmp_value_from_number(value, KMP_UNIT_NUMBER, 10, 0,
                                 wh_legal_identity(&meter->legal).meter_number);
}

static enum wh_err read_complete_type(const struct wh_meter *meter, uint16_t part,
                                      struct kmp_value *value)
{
    (void)part;
    return padded_text(meter->variant->model, 13, value);
}

/* Type, letter and number of the revision as pairs of digits: 6800 01 02. */
static enum wh_err read_software(const struct wh_meter *meter, uint16_t part,
                                 struct kmp_value *value)
{
    const uint16_t code = wh_face_type_code(&meter->application);
    uint8_t letter;
    uint8_t number;
    (void)part;
    wh_face_revision(&letter, &number);
    const int32_t type =
        (code >> 12) * 1000 + (code >> 8 & 15) * 100 + (code >> 4 & 15) * 10 + (code & 15);
    return kmp_value_from_number(value, KMP_UNIT_NUMBER, 4, 0,
                                 (int64_t)type * 10000 + letter * 100 + number);
}

static enum wh_err read_operation(const struct wh_meter *meter, uint16_t part,
                                  struct kmp_value *value)
{
    (void)part;
    return kmp_value_from_number(value, KMP_UNIT_NUMBER, 1, 0, wh_face_operation_mode(meter));
}

/* Settings by name. */
static const struct {
    const char *name;
    uint8_t size;
} settings[] = {
    {"profile_min", 1}, {"debiting_2_interval", 1}, {"logger_min", 2},
    {"daylight", 1},    {"tariff_source", 1},
};

static enum wh_err read_setting(const struct wh_meter *meter, uint16_t part,
                                struct kmp_value *value)
{
    const struct wh_parameter *row = wh_parameter_find(settings[part].name);
    return kmp_value_from_number(value, KMP_UNIT_NUMBER, settings[part].size, 0,
                                 wh_parameter_get(row, &meter->application.config, 0));
}

static enum wh_err read_voltage_limit(const struct wh_meter *meter, uint16_t part,
                                      struct kmp_value *value)
{
    const struct wh_config *config = &meter->application.config;
    enum { MV_PER_V = 1000 };
    return kmp_value_from_number(value, KMP_UNIT_V, 2, 0,
                                 (part == 0 ? config->under_mv : config->over_mv) / MV_PER_V);
}

static const struct {
    uint16_t id;
    uint16_t part;
    enum wh_err (*read)(const struct wh_meter *meter, uint16_t part, struct kmp_value *value);
} specials[] = {
    {199, 0, read_setting},
    {1003, 0, read_date},
    {1005, 0, read_software},
    {1010, 0, read_total_number},
    {1027, WH_QUANTITY_P_PLUS_MAX_TIME, read_peak_time},
    {1028, DATE | WH_QUANTITY_P_PLUS_MAX_TIME, read_peak_time},
    {1032, 0, read_operation},
    {1034, WH_QUANTITY_P_PLUS_T1_MAX_TIME, read_peak_time},
    {1035, DATE | WH_QUANTITY_P_PLUS_T1_MAX_TIME, read_peak_time},
    {1037, WH_QUANTITY_P_PLUS_T2_MAX_TIME, read_peak_time},
    {1038, DATE | WH_QUANTITY_P_PLUS_T2_MAX_TIME, read_peak_time},
    {1045, 0, read_rtc_status},
    {1047, 0, read_rtc},
    {1048, 0, read_rtc_before},
    {1126, 0, read_complete_type},
    {1175, 1, read_setting},
    {1195, 2, read_setting},
    {1212, 0, read_voltage_limit},
    {1213, 1, read_voltage_limit},
    {1240, 3, read_setting},
    {2011, 4, read_setting},
};

enum wh_err wh_kmp_read_register(void *context, uint16_t id, struct kmp_value *value)
{
    const struct wh_kmp_face *face = context;
    const struct wh_meter *meter = face->access->meter;
    const struct wh_reading_source source = wh_meter_readings(meter);
    enum wh_quantity_id quantity;
    struct wh_reading reading;
    for (size_t s = 0; s < sizeof specials / sizeof specials[0]; s++) {
        if (specials[s].id == id) {
            return specials[s].read(meter, specials[s].part, value);
        }
    }
    const struct wh_quantity *row = wh_kmp_row(&meter->application, id, &quantity);
    if (row == NULL) {
        const enum wh_err err = wh_display_block_read(meter, id, value);
        return err == WH_ERR_NOT_FOUND ? wh_place_read(meter, id, value) : err;
    }
    const enum wh_err err = wh_read(&source, row, &reading);
    return err == WH_OK ? wh_kmp_value_of(&meter->application, row, &reading, value) : err;
}
