/* Values as KMP registers carry them: a unit, an unsigned integer of some bytes, its sign and an
 * exponent of ten.
 *
 *     unit | number of bytes | sign and exponent | bytes, big-endian
 *     value = ± integer · 10^exponent
 *
 * A value keeps the very bytes of the frame, so decoding loses nothing and encoding repeats
 * them; the one exception is an exponent of minus zero, which comes back as zero. Numbers,
 * texts, times and dates are readings of those bytes. Source: 5512-447, sections 4.2 to 4.4 and
 * 5.1. */
#ifndef KMP_VALUE_H
#define KMP_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

enum {
    KMP_VALUE_SIZE = 16,    /* the most bytes a value has here; 1202 … 1209 have them */
    KMP_VALUE_EXPONENT = 63 /* largest exponent, either sign */
};

/* The units that readings depend on; kmp_unit_text knows all. */
enum kmp_unit {
    KMP_UNIT_NONE = 0,
    KMP_UNIT_KWH = 2,
    KMP_UNIT_KVARH = 14,
    KMP_UNIT_KW = 22,
    KMP_UNIT_KVAR = 26,
    KMP_UNIT_V = 33,
    KMP_UNIT_A = 34,
    KMP_UNIT_H = 46,
    KMP_UNIT_TIME = 47,          /* the number hhmmss */
    KMP_UNIT_DATE = 48,          /* yymmdd */
    KMP_UNIT_LONG_DATE = 49,     /* yyyymmdd */
    KMP_UNIT_MONTH_DAY = 50,     /* mmdd */
    KMP_UNIT_NUMBER = 51,        /* plain */
    KMP_UNIT_RTC = 53,           /* 8 bytes */
    KMP_UNIT_TEXT = 54,          /* ASCII */
    KMP_UNIT_KAM_DATE_TIME = 72, /* 5 bytes: status, seconds since 2000-01-01 */
    KMP_UNIT_DST_DATE_TIME = 79, /* 7 bytes: daylight saving, then year to second */
    KMP_UNIT_ABSENT = 255,       /* on no line: this value is not there */
};

/* The usual text of a unit, "kWh"; "" for those without one or unknown. Static storage. */
const char *kmp_unit_text(uint8_t unit);

struct kmp_value {
    uint8_t unit;
    uint8_t size; /* bytes used, 0 … KMP_VALUE_SIZE */
    int8_t exponent;
    bool is_negative;
    uint8_t bytes[KMP_VALUE_SIZE]; /* most significant first */
};

/* ---- On the line ----------------------------------------------------------------------------- */

/* Bytes that encoding takes: 3 + size. */
size_t kmp_value_length(const struct kmp_value *value);

/* Writes unit, size, sign and exponent, and the value. WH_ERR_SPACE if out is too small,
 * WH_ERR_ARGUMENT for a size above KMP_VALUE_SIZE or an exponent beyond ±63. *length: bytes
 * written. */
enum wh_err kmp_value_encode(const struct kmp_value *value, uint8_t *out, size_t size,
                             size_t *length);

/* Reads one value at the start of data. WH_ERR_FORMAT if data ends before the value does,
 * WH_ERR_UNSUPPORTED for one of more than KMP_VALUE_SIZE bytes. *used: bytes read. */
enum wh_err kmp_value_decode(const uint8_t *data, size_t length, struct kmp_value *value,
                             size_t *used);

/* ---- Numbers --------------------------------------------------------------------------------- */

/* number · 10^exponent in size bytes. WH_ERR_SPACE if the number does not fit them, and value is as
 * it was; WH_ERR_ARGUMENT for a size or exponent out of range. */
enum wh_err kmp_value_from_number(struct kmp_value *value, uint8_t unit, uint8_t size,
                                  int8_t exponent, int64_t number);

/* The number, to be multiplied by 10^value->exponent. WH_ERR_SPACE if it does not fit 64 bits. */
enum wh_err kmp_value_to_number(const struct kmp_value *value, int64_t *number);

/* ---- Text ------------------------------------------------------------------------------------ */

/* Unit KMP_UNIT_TEXT, as many bytes as text has characters. WH_ERR_SPACE above KMP_VALUE_SIZE. */
enum wh_err kmp_value_from_text(struct kmp_value *value, const char *text);

/* text becomes NUL-terminated, unprintable characters '?'. WH_ERR_UNSUPPORTED for another unit. */
enum wh_err kmp_value_to_text(const struct kmp_value *value, char text[KMP_VALUE_SIZE + 1]);

/* ---- Times ----------------------------------------------------------------------------------- */

/* A time with the status it is carried with. All zero where a meter never had one: peaks that have
 * not been, debiting that was not. */
struct kmp_rtc {
    uint8_t status;  /* set of enum kmp_rtc_status */
    uint8_t weekday; /* 1 Monday … 7 Sunday, 0 unknown */
    uint8_t second, minute, hour, day, month;
    uint16_t year; /* 2000 … 2255 */
};

enum kmp_rtc_status {
    KMP_RTC_SUMMER = 0x01, /* daylight saving is in force */
    KMP_RTC_VALID = 0x02,
    KMP_RTC_STORED = 0x80, /* seen on clock readings that come from storage */
};

/* The date exists in the calendar and the time of day on the clock; years 2000 … 2099. */
bool kmp_rtc_is_real(const struct kmp_rtc *rtc);

/* As unit 53, or as unit 79 (which has no status but daylight saving, and no weekday). Values are
 * written as they are: see kmp_rtc_is_real. */
void kmp_value_from_rtc(struct kmp_value *value, const struct kmp_rtc *rtc);
void kmp_value_from_dst_time(struct kmp_value *value, const struct kmp_rtc *rtc);

/* From unit 53 or 79. WH_ERR_UNSUPPORTED for another unit, WH_ERR_FORMAT for a wrong size. */
enum wh_err kmp_value_to_rtc(const struct kmp_value *value, struct kmp_rtc *rtc);

/* As unit 47 and unit 48, 4 bytes each. */
void kmp_value_from_time(struct kmp_value *value, const struct kmp_rtc *rtc);
void kmp_value_from_date(struct kmp_value *value, const struct kmp_rtc *rtc);

/* From unit 47: hour, minute and second; from 48 and 49: year, month and day (two digits of a
 * year are 2000 … 2099); from 50: month and day. The other fields of rtc stay.
 * WH_ERR_UNSUPPORTED for another unit, WH_ERR_FORMAT for a number that has more digits. What the
 * digits say is not judged. */
enum wh_err kmp_value_to_time(const struct kmp_value *value, struct kmp_rtc *rtc);

/* Unit 72: status and seconds since 2000-01-01 00:00:00. */
void kmp_value_from_seconds(struct kmp_value *value, uint8_t status, uint32_t seconds_s);
enum wh_err kmp_value_to_seconds(const struct kmp_value *value, uint8_t *status,
                                 uint32_t *seconds_s);

#endif
