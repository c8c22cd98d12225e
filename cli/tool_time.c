/* Times from text. Invariant: what is not wholly understood is refused. */
#include "cli/tool_time.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DATE_ONLY = 3, WITH_MINUTES = 5, WITH_SECONDS = 6 };

static bool parse_back(const char *text, int64_t now_s, int64_t *seconds)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    char *end;
    if (!isdigit((unsigned char)text[1])) {
        return false;
    }
    const unsigned long count = strtoul(text + 1, &end, 10);
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
        if (end[0] == units[u].unit && end[1] == '\0' && count < 100000) {
            *seconds = now_s - (int64_t)count * units[u].seconds;
            return true;
        }
    }
    return false;
}

static bool parse_date(const char *text, bool is_end, int64_t *seconds)
{
    unsigned field[6] = {0};
    char separator = ' ';
    int used = 0;
    int count;
    /* NOLINTNEXTLINE(cert-err34-c): the fields are two or four digits */
    count = sscanf(text, "%4u-%2u-%2u%n%c%2u:%2u%n:%2u%n", &field[0], &field[1], &field[2], &used,
                   &separator, &field[3], &field[4], &used, &field[5], &used);
    const bool has_form =
        count == DATE_ONLY || count == WITH_MINUTES + 1 || count == WITH_SECONDS + 1;
    if (!has_form || text[used] != '\0' || (separator != ' ' && separator != 'T')) {
        return false;
    }
    const struct wh_datetime time = {.year = (uint16_t)field[0],
                                     .month = (uint8_t)field[1],
                                     .day = (uint8_t)field[2],
                                     .hour = (uint8_t)field[3],
                                     .minute = (uint8_t)field[4],
                                     .second = (uint8_t)field[5]};
    if (wh_calendar_seconds(&time, seconds) != WH_OK) {
        return false;
    }
    *seconds += is_end && count == DATE_ONLY ? WH_CALENDAR_DAY_S - 1 : 0;
    return true;
}

bool tool_time_parse(const char *text, int64_t now_s, bool is_end, int64_t *seconds, char *error,
                     size_t error_size)
{
    if (strcmp(text, "now") == 0) {
        *seconds = now_s;
        return true;
    }
    if (text[0] == '-' ? parse_back(text, now_s, seconds) : parse_date(text, is_end, seconds)) {
        return true;
    }
    snprintf(error, error_size,
             "\"%s\" is no time; \"2026-11-20\", \"2026-11-20 14:00\", \"now\" and \"-7d\" are",
             text);
    return false;
}

struct wh_datetime tool_time_local(int64_t unix_s, bool *is_summer)
{
    const time_t moment = (time_t)unix_s;
    struct tm local;
    localtime_r(&moment, &local);
    *is_summer = local.tm_isdst > 0;
    return (struct wh_datetime){.year = (uint16_t)(local.tm_year + 1900),
                                .month = (uint8_t)(local.tm_mon + 1),
                                .day = (uint8_t)local.tm_mday,
                                .weekday = (uint8_t)(local.tm_wday == 0 ? 7 : local.tm_wday),
                                .hour = (uint8_t)local.tm_hour,
                                .minute = (uint8_t)local.tm_min,
                                .second = (uint8_t)(local.tm_sec > 59 ? 59 : local.tm_sec)};
}

bool tool_time_is_summer(const struct wh_datetime *time)
{
    struct tm local = {.tm_year = time->year - 1900,
                       .tm_mon = time->month - 1,
                       .tm_mday = time->day,
                       .tm_hour = time->hour,
                       .tm_min = time->minute,
                       .tm_sec = time->second,
                       .tm_isdst = -1};
    return mktime(&local) != (time_t)-1 && local.tm_isdst > 0;
}
