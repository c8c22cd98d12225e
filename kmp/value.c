/* The value codec and the readings of a value's bytes. Invariant: a value made or decoded here has
 * size ≤ KMP_VALUE_SIZE and an exponent within ±63, and its bytes behind size are 0. */
#include "kmp/value.h"

#include <string.h>

enum {
    SIGN_OF_VALUE = 0x80,
    SIGN_OF_EXPONENT = 0x40,
    HEADER = 3,
    RTC_SIZE = 8,
    DST_SIZE = 7,
    SECONDS_SIZE = 5,
    CENTURY = 2000,
};

static bool is_in_range(uint8_t size, int8_t exponent)
{
    return size <= KMP_VALUE_SIZE && exponent >= -KMP_VALUE_EXPONENT &&
           exponent <= KMP_VALUE_EXPONENT;
}

/* ---- On the line ----------------------------------------------------------------------------- */

size_t kmp_value_length(const struct kmp_value *value)
{
    return HEADER + (size_t)value->size;
}

static uint8_t sign_and_exponent(const struct kmp_value *value)
{
    const int exponent = value->exponent;
    const unsigned sign = value->is_negative ? SIGN_OF_VALUE : 0;
    return (uint8_t)(exponent < 0 ? sign | SIGN_OF_EXPONENT | (unsigned)-exponent
                                  : sign | (unsigned)exponent);
}

enum wh_err kmp_value_encode(const struct kmp_value *value, uint8_t *out, size_t size,
                             size_t *length)
{
    if (!is_in_range(value->size, value->exponent)) {
        return WH_ERR_ARGUMENT;
    }
    if (size < kmp_value_length(value)) {
        return WH_ERR_SPACE;
    }
    out[0] = value->unit;
    out[1] = value->size;
    out[2] = sign_and_exponent(value);
    memcpy(out + HEADER, value->bytes, value->size);
    *length = kmp_value_length(value);
    return WH_OK;
}

enum wh_err kmp_value_decode(const uint8_t *data, size_t length, struct kmp_value *value,
                             size_t *used)
{
    if (length < HEADER || length - HEADER < data[1]) {
        return WH_ERR_FORMAT;
    }
    if (data[1] > KMP_VALUE_SIZE) {
        return WH_ERR_UNSUPPORTED;
    }
    const int exponent = data[2] & KMP_VALUE_EXPONENT;
    *value = (struct kmp_value){
        .unit = data[0],
        .size = data[1],
        .exponent = (int8_t)((data[2] & SIGN_OF_EXPONENT) != 0 ? -exponent : exponent),
        .is_negative = (data[2] & SIGN_OF_VALUE) != 0,
    };
    memcpy(value->bytes, data + HEADER, value->size);
    *used = kmp_value_length(value);
    return WH_OK;
}

/* ---- Numbers --------------------------------------------------------------------------------- */

/* Makes value from an unsigned number that fits. */
static void set_number(struct kmp_value *value, uint8_t unit, uint8_t size, uint64_t number)
{
    *value = (struct kmp_value){.unit = unit, .size = size};
    for (unsigned i = size; i > 0 && number != 0; i--) {
        value->bytes[i - 1] = (uint8_t)number;
        number >>= 8;
    }
}

enum wh_err kmp_value_from_number(struct kmp_value *value, uint8_t unit, uint8_t size,
                                  int8_t exponent, int64_t number)
{
    if (!is_in_range(size, exponent)) {
        return WH_ERR_ARGUMENT;
    }
    const uint64_t magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    if (size < 8 && magnitude >> (8 * size) != 0) {
        return WH_ERR_SPACE;
    }
    set_number(value, unit, size, magnitude);
    value->exponent = exponent;
    value->is_negative = number < 0;
    return WH_OK;
}

enum wh_err kmp_value_to_number(const struct kmp_value *value, int64_t *number)
{
    uint64_t magnitude = 0;
    for (unsigned i = 0; i < value->size; i++) {
        if (magnitude >> 56 != 0) {
            return WH_ERR_SPACE;
        }
        magnitude = magnitude << 8 | value->bytes[i];
    }
    if (magnitude > (uint64_t)INT64_MAX) {
        return WH_ERR_SPACE;
    }
    *number = value->is_negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return WH_OK;
}

/* ---- Text ------------------------------------------------------------------------------------ */

enum wh_err kmp_value_from_text(struct kmp_value *value, const char *text)
{
    uint8_t size = 0;
    while (text[size] != '\0') {
        if (size == KMP_VALUE_SIZE) {
            return WH_ERR_SPACE;
        }
        size++;
    }
    *value = (struct kmp_value){.unit = KMP_UNIT_TEXT, .size = size};
    memcpy(value->bytes, text, size);
    return WH_OK;
}

enum wh_err kmp_value_to_text(const struct kmp_value *value, char text[KMP_VALUE_SIZE + 1])
{
    if (value->unit != KMP_UNIT_TEXT) {
        return WH_ERR_UNSUPPORTED;
    }
    for (unsigned i = 0; i < value->size; i++) {
        const uint8_t byte = value->bytes[i];
        text[i] = (char)(byte >= ' ' && byte <= '~' ? byte : '?');
    }
    text[value->size] = '\0';
    return WH_OK;
}

/* ---- Times ----------------------------------------------------------------------------------- */

static unsigned days_in_month(unsigned year, unsigned month)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    /* Of the years 2000 … 2099 every fourth is a leap year. */
    return month == 2 && year % 4 == 0 ? 29 : days[month - 1];
}

bool kmp_rtc_is_real(const struct kmp_rtc *rtc)
{
    return rtc->year >= CENTURY && rtc->year < CENTURY + 100 && rtc->month >= 1 &&
           rtc->month <= 12 && rtc->day >= 1 && rtc->day <= days_in_month(rtc->year, rtc->month) &&
           rtc->hour < 24 && rtc->minute < 60 && rtc->second < 60;
}

static uint8_t short_year(const struct kmp_rtc *rtc)
{
    return (uint8_t)(rtc->year - CENTURY);
}

void kmp_value_from_rtc(struct kmp_value *value, const struct kmp_rtc *rtc)
{
    *value = (struct kmp_value){
        .unit = KMP_UNIT_RTC,
        .size = RTC_SIZE,
        .bytes = {rtc->status, rtc->weekday, rtc->second, rtc->minute, rtc->hour, rtc->day,
                  rtc->month, short_year(rtc)},
    };
}

void kmp_value_from_dst_time(struct kmp_value *value, const struct kmp_rtc *rtc)
{
    *value = (struct kmp_value){
        .unit = KMP_UNIT_DST_DATE_TIME,
        .size = DST_SIZE,
        .bytes = {rtc->status & KMP_RTC_SUMMER, short_year(rtc), rtc->month, rtc->day, rtc->hour,
                  rtc->minute, rtc->second},
    };
}

static void rtc_from_unit_53(const uint8_t *p, struct kmp_rtc *rtc)
{
    *rtc = (struct kmp_rtc){.status = p[0],
                            .weekday = p[1],
                            .second = p[2],
                            .minute = p[3],
                            .hour = p[4],
                            .day = p[5],
                            .month = p[6],
                            .year = (uint16_t)(CENTURY + p[7])};
}

static void rtc_from_unit_79(const uint8_t *p, struct kmp_rtc *rtc)
{
    *rtc = (struct kmp_rtc){.status = p[0] & KMP_RTC_SUMMER,
                            .year = (uint16_t)(CENTURY + p[1]),
                            .month = p[2],
                            .day = p[3],
                            .hour = p[4],
                            .minute = p[5],
                            .second = p[6]};
}

enum wh_err kmp_value_to_rtc(const struct kmp_value *value, struct kmp_rtc *rtc)
{
    if (value->unit != KMP_UNIT_RTC && value->unit != KMP_UNIT_DST_DATE_TIME) {
        return WH_ERR_UNSUPPORTED;
    }
    if (value->size != (value->unit == KMP_UNIT_RTC ? RTC_SIZE : DST_SIZE)) {
        return WH_ERR_FORMAT;
    }
    if (value->unit == KMP_UNIT_RTC) {
        rtc_from_unit_53(value->bytes, rtc);
    } else {
        rtc_from_unit_79(value->bytes, rtc);
    }
    return WH_OK;
}

void kmp_value_from_time(struct kmp_value *value, const struct kmp_rtc *rtc)
{
    set_number(value, KMP_UNIT_TIME, 4, rtc->hour * 10000u + rtc->minute * 100u + rtc->second);
}

void kmp_value_from_date(struct kmp_value *value, const struct kmp_rtc *rtc)
{
    set_number(value, KMP_UNIT_DATE, 4, short_year(rtc) * 10000u + rtc->month * 100u + rtc->day);
}

/* Digits of the units that are a decimal number; 0 for the others. */
static unsigned digits_of(uint8_t unit)
{
    static const uint8_t digits[] = {6, 6, 8, 4}; /* from KMP_UNIT_TIME on */
    return unit >= KMP_UNIT_TIME && unit <= KMP_UNIT_MONTH_DAY ? digits[unit - KMP_UNIT_TIME] : 0;
}

static void fields_from_digits(uint8_t unit, uint32_t number, struct kmp_rtc *rtc)
{
    const uint8_t low = (uint8_t)(number % 100);
    const uint8_t middle = (uint8_t)(number / 100 % 100);
    const uint16_t high = (uint16_t)(number / 10000);
    if (unit == KMP_UNIT_TIME) {
        rtc->hour = (uint8_t)high;
        rtc->minute = middle;
        rtc->second = low;
        return;
    }
    rtc->month = middle;
    rtc->day = low;
    if (unit != KMP_UNIT_MONTH_DAY) {
        rtc->year = (uint16_t)(unit == KMP_UNIT_DATE ? CENTURY + high : high);
    }
}

enum wh_err kmp_value_to_time(const struct kmp_value *value, struct kmp_rtc *rtc)
{
    static const uint32_t limits[] = {[4] = 10000, [6] = 1000000, [8] = 100000000};
    const unsigned digits = digits_of(value->unit);
    int64_t number;
    if (digits == 0) {
        return WH_ERR_UNSUPPORTED;
    }
    if (kmp_value_to_number(value, &number) != WH_OK || number < 0 || number >= limits[digits]) {
        return WH_ERR_FORMAT;
    }
    fields_from_digits(value->unit, (uint32_t)number, rtc);
    return WH_OK;
}

void kmp_value_from_seconds(struct kmp_value *value, uint8_t status, uint32_t seconds_s)
{
    set_number(value, KMP_UNIT_KAM_DATE_TIME, SECONDS_SIZE, (uint64_t)status << 32 | seconds_s);
}

enum wh_err kmp_value_to_seconds(const struct kmp_value *value, uint8_t *status,
                                 uint32_t *seconds_s)
{
    int64_t number;
    if (value->unit != KMP_UNIT_KAM_DATE_TIME) {
        return WH_ERR_UNSUPPORTED;
    }
    if (value->size != SECONDS_SIZE || value->is_negative ||
        kmp_value_to_number(value, &number) != WH_OK) {
        return WH_ERR_FORMAT;
    }
    *status = (uint8_t)(number >> 32);
    *seconds_s = (uint32_t)number;
    return WH_OK;
}
