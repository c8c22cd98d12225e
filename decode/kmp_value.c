/* KMP values as text: by unit. */
#include "decode/kmp_value.h"

#include "decode/text.h"

static const char *weekday_text(uint8_t weekday)
{
    static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
    return weekday >= 1 && weekday <= 7 ? days[weekday - 1] : "";
}

void decode_kmp_rtc_text(char *text, size_t size, const struct kmp_rtc *rtc)
{
    static const struct decode_name bits[] = {
        {KMP_RTC_SUMMER, "daylight saving"}, {KMP_RTC_VALID, "valid"}, {KMP_RTC_STORED, "stored"}};
    text[0] = '\0';
    if (rtc->month == 0 && rtc->day == 0 && rtc->year == 2000) {
        decode_append(text, size, "never");
        return;
    }
    const char *weekday = weekday_text(rtc->weekday);
    decode_append(text, size, "%04u-%02u-%02u %02u:%02u:%02u%s%s", rtc->year, rtc->month, rtc->day,
                  rtc->hour, rtc->minute, rtc->second, weekday[0] != '\0' ? " " : "", weekday);
    if (rtc->status != 0) {
        char names[64];
        decode_bits(names, sizeof names, bits, sizeof bits / sizeof bits[0], rtc->status);
        decode_append(text, size, ", %s", names);
    }
}

static void number_text(char *text, size_t size, const struct kmp_value *value)
{
    int64_t number;
    if (kmp_value_to_number(value, &number) != WH_OK) {
        decode_hex(text, size, value->bytes, value->size);
        return;
    }
    const char *unit = kmp_unit_text(value->unit);
    decode_decimal(text, size, number, value->exponent);
    decode_append(text, size, "%s%s", unit[0] != '\0' ? " " : "", unit);
}

/* False: it is no such time. */
static bool time_text(char *text, size_t size, const struct kmp_value *value)
{
    struct kmp_rtc rtc = {0};
    if (kmp_value_to_time(value, &rtc) != WH_OK) {
        return false;
    }
    text[0] = '\0';
    switch (value->unit) {
    case KMP_UNIT_TIME:
        decode_append(text, size, "%02u:%02u:%02u", rtc.hour, rtc.minute, rtc.second);
        return true;
    case KMP_UNIT_MONTH_DAY:
        decode_append(text, size, "%02u-%02u", rtc.month, rtc.day);
        return true;
    default:
        decode_append(text, size, "%04u-%02u-%02u", rtc.year, rtc.month, rtc.day);
        return true;
    }
}

static bool seconds_text(char *text, size_t size, const struct kmp_value *value)
{
    uint8_t status;
    uint32_t seconds;
    if (kmp_value_to_seconds(value, &status, &seconds) != WH_OK) {
        return false;
    }
    text[0] = '\0';
    decode_append(text, size, "%u s since 2000-01-01, status %02X", (unsigned)seconds, status);
    return true;
}

void decode_kmp_value_text(char *text, size_t size, const struct kmp_value *value)
{
    struct kmp_rtc rtc;
    char characters[KMP_VALUE_SIZE + 1];
    text[0] = '\0';
    if (kmp_value_to_rtc(value, &rtc) == WH_OK) {
        decode_kmp_rtc_text(text, size, &rtc);
    } else if (kmp_value_to_text(value, characters) == WH_OK) {
        decode_append(text, size, "\"%s\"", characters);
    } else if (!time_text(text, size, value) && !seconds_text(text, size, value)) {
        number_text(text, size, value);
    }
}
