/* Times on the command line.
 */
#ifndef CLI_TOOL_TIME_H
#define CLI_TOOL_TIME_H

#include "app/calendar.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "2026-11-20", "2026-11-20 14:00", "2026-11-20T14:00:30"; "now", and back from it "-7d", "-12h",
 * "-90m", "-3w". A date alone is its first second, or with is_end its last. Both in seconds since
 * 2000-01-01 of one clock. False, with one line in error. */
bool tool_time_parse(const char *text, int64_t now_s, bool is_end, int64_t *seconds, char *error,
                     size_t error_size);

/* The computer's time zone: what its clock shows at that moment. */
struct wh_datetime tool_time_local(int64_t unix_s, bool *is_summer);

/* A time as parsed, as this computer's clock shows it, is daylight saving time there. */
bool tool_time_is_summer(const struct wh_datetime *time);

#endif
