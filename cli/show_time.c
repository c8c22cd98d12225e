/* Times in words. Invariant: a text that was written is read as the same second. */
#include "cli/show_time.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write(const struct wh_clock *clock, uint32_t utc_s, char between,
                  char text[SHOW_TIME_SIZE])
{
    const struct wh_datetime t = wh_calendar_datetime(wh_clock_normal_of(clock, utc_s));
    snprintf(text, SHOW_TIME_SIZE, "%04u-%02u-%02u%c%02u:%02u:%02u", t.year, t.month, t.day,
             between, t.hour, t.minute, t.second);
}

void show_time_text(const struct wh_clock *clock, uint32_t utc_s, char text[SHOW_TIME_SIZE])
{
    write(clock, utc_s, ' ', text);
}

static void write_zone(const struct wh_clock *clock, char *text, size_t size)
{
    const int minutes = abs(clock->zone_min);
    snprintf(text, size, "%c%02d:%02d", clock->zone_min < 0 ? '-' : '+', minutes / 60,
             minutes % 60);
}

void show_time_iso(const struct wh_clock *clock, uint32_t utc_s, char text[SHOW_TIME_SIZE])
{
    write(clock, utc_s, 'T', text);
    const size_t length = strlen(text);
    write_zone(clock, text + length, SHOW_TIME_SIZE - length);
}

void show_time_zone(const struct wh_clock *clock, char text[SHOW_TIME_SIZE])
{
    const int length = snprintf(text, SHOW_TIME_SIZE, "UTC");
    write_zone(clock, text + length, SHOW_TIME_SIZE - (size_t)length);
}

static enum wh_err parse_ago(const struct wh_clock *clock, const char *text, uint32_t *utc_s,
                             const char **reason)
{
    static const struct {
        char letter;
        uint32_t seconds;
    } units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
    char *end = NULL;
    *reason = "is no time ago such as -7d, -12h, -90m";
    if (!isdigit((unsigned char)text[1])) {
        return WH_ERR_ARGUMENT;
    }
    const double number = strtod(text + 1, &end);
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
        const double ago_s = number * units[u].seconds;
        if (end[0] == units[u].letter && end[1] == '\0' && ago_s <= clock->utc_s) {
            *utc_s = clock->utc_s - (uint32_t)ago_s;
            return WH_OK;
        }
    }
    return WH_ERR_ARGUMENT;
}

/* So many digits, then the end or one of the next characters with more behind it. Returns what
 * follows, NULL if it is not so. */
static const char *digits(const char *text, int count, const char *next, unsigned *number)
{
    *number = 0;
    for (int d = 0; text != NULL && d < count; d++, text++) {
        if (!isdigit((unsigned char)*text)) {
            return NULL;
        }
        *number = *number * 10 + (unsigned)(*text - '0');
    }
    if (text == NULL || *text == '\0') {
        return text;
    }
    return strchr(next, *text) != NULL && text[1] != '\0' ? text + 1 : NULL;
}

static bool split(const char *text, struct wh_datetime *date)
{
    unsigned year, month, day, part[3] = {0};
    text = digits(text, 4, "-", &year);
    text = text != NULL && *text != '\0' ? digits(text, 2, "-", &month) : NULL;
    text = text != NULL && *text != '\0' ? digits(text, 2, " T", &day) : NULL;
    for (int p = 0; text != NULL && p < 3 && *text != '\0'; p++) {
        text = digits(text, 2, p < 2 ? ":" : "", &part[p]);
        if (p == 0 && text != NULL && *text == '\0') {
            text = NULL; /* an hour without minutes */
        }
    }
    if (text == NULL || *text != '\0') {
        return false;
    }
    *date = (struct wh_datetime){.year = (uint16_t)year,
                                 .month = (uint8_t)month,
                                 .day = (uint8_t)day,
                                 .hour = (uint8_t)part[0],
                                 .minute = (uint8_t)part[1],
                                 .second = (uint8_t)part[2]};
    return true;
}

enum wh_err show_time_parse(const struct wh_clock *clock, const char *text, uint32_t *utc_s,
                            const char **reason)
{
    if (text[0] == '-') {
        return parse_ago(clock, text, utc_s, reason);
    }
    struct wh_datetime date;
    int64_t normal_s;
    *reason = "is no date such as 2026-11-20, \"2026-11-20 14:00\" or -7d";
    if (!split(text, &date)) {
        return WH_ERR_ARGUMENT;
    }
    *reason = "does not exist in the calendar";
    if (wh_calendar_seconds(&date, &normal_s) != WH_OK) {
        return WH_ERR_ARGUMENT;
    }
    *reason = "is beyond the times that a meter can store, 2000 to 2136";
    return wh_clock_utc_of_normal(clock, normal_s, utc_s);
}

void show_time_span(uint64_t ms, char text[SHOW_TIME_SIZE])
{
    const uint64_t s = (ms + 500) / 1000;
    if (ms < 1000) {
        snprintf(text, SHOW_TIME_SIZE, "%u ms", (unsigned)ms);
    } else if (ms < 60000) {
        snprintf(text, SHOW_TIME_SIZE, "%.2f s", (double)ms / 1000);
    } else if (s < 3600) {
        snprintf(text, SHOW_TIME_SIZE, "%u min %02u s", (unsigned)(s / 60), (unsigned)(s % 60));
    } else if (s < 86400) {
        snprintf(text, SHOW_TIME_SIZE, "%u h %02u min", (unsigned)(s / 3600),
                 (unsigned)(s / 60 % 60));
    } else {
        snprintf(text, SHOW_TIME_SIZE, "%u d %02u h", (unsigned)(s / 86400),
                 (unsigned)(s / 3600 % 24));
    }
}
