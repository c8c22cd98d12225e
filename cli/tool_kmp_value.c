/* KMP values. Invariant: what is written back in the same unit is the same number. */
#include "cli/tool_kmp_value.h"
#include <stdio.h>
#include <string.h>

/* The exponent of a unit's prefix; *unit then stands behind it. */
static int take_prefix(const char **unit)
{
    static const struct {
        char prefix;
        int exponent;
    } prefixes[] = {{'k', 3}, {'M', 6}, {'G', 9}};
    static const char *const bases[] = {"Wh", "varh", "VAh", "W", "var",
                                        "VA", "V",    "A",   "J", "cal"};
    for (size_t p = 0; p < sizeof prefixes / sizeof prefixes[0]; p++) {
        for (size_t b = 0; b < sizeof bases / sizeof bases[0]; b++) {
            if ((*unit)[0] == prefixes[p].prefix && strcmp(*unit + 1, bases[b]) == 0) {
                ++*unit;
                return prefixes[p].exponent;
            }
        }
    }
    return 0;
}

static struct tool_value time_value(const struct kmp_rtc *rtc)
{
    struct tool_value value = {
        .kind = TOOL_TIME,
        .time = {.year = rtc->year,
                 .month = rtc->month,
                 .day = rtc->day,
                 .hour = rtc->hour,
                 .minute = rtc->minute,
                 .second = rtc->second},
        .is_summer = (rtc->status & KMP_RTC_SUMMER) != 0,
        .is_time_doubtful = (rtc->status & KMP_RTC_VALID) == 0,
    };
    if (!kmp_rtc_is_real(rtc)) {
        value.time = (struct wh_datetime){0};
    }
    return value;
}

static struct tool_value clock_text(const struct kmp_value *raw)
{
    struct kmp_rtc rtc = {0};
    char text[TOOL_TEXT_SIZE] = "";
    if (kmp_value_to_time(raw, &rtc) == WH_OK && raw->unit == KMP_UNIT_TIME) {
        snprintf(text, sizeof text, "%02u:%02u:%02u", rtc.hour, rtc.minute, rtc.second);
    } else {
        snprintf(text, sizeof text, "%04u-%02u-%02u", rtc.year, rtc.month, rtc.day);
    }
    return tool_text(text);
}

static struct tool_value number_value(const struct kmp_value *raw)
{
    int64_t number;
    if (kmp_value_to_number(raw, &number) != WH_OK) {
        return tool_bytes(raw->bytes, raw->size);
    }
    const char *unit = kmp_unit_text(raw->unit);
    const int exponent = take_prefix(&unit);
    return tool_number(number, raw->exponent + exponent, unit);
}

struct tool_value tool_kmp_value(const struct kmp_value *raw)
{
    struct kmp_rtc rtc;
    char text[KMP_VALUE_SIZE + 1];
    switch (raw->unit) {
    case KMP_UNIT_RTC:
    case KMP_UNIT_DST_DATE_TIME:
        if (kmp_value_to_rtc(raw, &rtc) == WH_OK) {
            return time_value(&rtc);
        }
        return tool_bytes(raw->bytes, raw->size);
    case KMP_UNIT_TEXT:
        if (kmp_value_to_text(raw, text) == WH_OK) {
            return tool_text(text);
        }
        return tool_bytes(raw->bytes, raw->size);
    case KMP_UNIT_TIME:
    case KMP_UNIT_DATE:
    case KMP_UNIT_LONG_DATE:
        return clock_text(raw);
    case KMP_UNIT_ABSENT:
        return (struct tool_value){.kind = TOOL_NOTHING};
    default:
        return number_value(raw);
    }
}

bool tool_kmp_put_number(struct kmp_value *value, const char *name, int64_t number,
                         struct tool_failure *failure)
{
    const char *unit = kmp_unit_text(value->unit);
    int steps = value->exponent + take_prefix(&unit);
    for (; steps < 0 && number > INT64_MIN / 10 && number < INT64_MAX / 10; steps++) {
        number *= 10;
    }
    for (; steps > 0 && number % 10 == 0; steps--) {
        number /= 10;
    }
    if (steps != 0) {
        return tool_fail(failure, CLI_BAD_INPUT, "%s: the register has fewer digits than that",
                         name);
    }
    if (kmp_value_from_number(value, value->unit, value->size, value->exponent, number) != WH_OK) {
        return tool_fail(failure, CLI_BAD_INPUT, "%s: does not fit the register", name);
    }
    return true;
}
