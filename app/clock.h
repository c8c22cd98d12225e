/* The meter's clock: Universal Time carried on by the meter's own sample count, shown in local
 * time.
 *
 * Whoever owns the meter sets it at power-up (from a battery-backed clock) or later. It never reads
 * a clock of the machine.
 */
#ifndef WH_APP_CLOCK_H
#define WH_APP_CLOCK_H

#include "common/err.h"
#include <stdbool.h>
#include <stdint.h>

/* Broken-down time of the proleptic Gregorian calendar. */
struct wh_datetime {
    uint16_t year;   /* 2000 … 2136, and 1999 in zones west at the start of the count */
    uint8_t month;   /* 1 … 12 */
    uint8_t day;     /* 1 … 31 */
    uint8_t weekday; /* 1 Monday … 7 Sunday */
    uint8_t hour, minute, second;
};

struct wh_clock {
    uint32_t utc_s;   /* since 2000-01-01 00:00:00 UTC: until the year 2136 */
    uint32_t ticks;   /* samples past utc_s, 0 … 4095 */
    int16_t zone_min; /* local time minus UTC, in use now */
    bool summer_time; /* zone_min includes an hour of daylight saving */
    bool valid;       /* false until set */
};

/* Sets time and zone. zone_min -720 … 840, else WH_ERR_ARGUMENT. */
enum wh_err wh_clock_set(struct wh_clock *clock, uint32_t utc_s, int16_t zone_min,
                         bool summer_time);

/* Lets samples pass (4096 are a second). */
void wh_clock_run(struct wh_clock *clock, uint32_t sample_count);

/* Local time, broken down. */
struct wh_datetime wh_clock_local(const struct wh_clock *clock);

#endif
