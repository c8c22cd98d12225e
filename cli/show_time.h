/* Times as people and spreadsheets write them, in a meter's normal time (UTC plus its zone, never
 * daylight saving), the time of its boundaries and logs.
 */
#ifndef CLI_SHOW_TIME_H
#define CLI_SHOW_TIME_H

#include "app/clock.h"
#include <stddef.h>

enum { SHOW_TIME_SIZE = 32 };

/* "2026-11-20 14:00:00" */
void show_time_text(const struct wh_clock *clock, uint32_t utc_s, char text[SHOW_TIME_SIZE]);

/* "2026-11-20T14:00:00+01:00" (ISO 8601) */
void show_time_iso(const struct wh_clock *clock, uint32_t utc_s, char text[SHOW_TIME_SIZE]);

/* "UTC+01:00" */
void show_time_zone(const struct wh_clock *clock, char text[SHOW_TIME_SIZE]);

/* Reads "2026-11-20", with " 14:00" or " 14:00:30" (or T between), or "-7d", "-12h", "-90m",
 * "-30s" before now, which is the clock's time. WH_ERR_ARGUMENT: *reason is static text; then
 * *utc_s is unchanged. */
enum wh_err show_time_parse(const struct wh_clock *clock, const char *text, uint32_t *utc_s,
                            const char **reason);

/* A span: "250 ms", "12.3 s", "4 min 12 s", "3 h 05 min", "2 d 04 h". */
void show_time_span(uint64_t ms, char text[SHOW_TIME_SIZE]);

#endif
