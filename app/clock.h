/* The meter's clock: Universal Time carried on by the meter's own sample count, shown in the zone's
 * time.
 *
 * Three times, all in seconds since 2000-01-01 00:00:00 of their own:
 *   UTC     what is kept: nothing but setting it makes it jump
 *   normal  UTC plus the zone, never daylight saving: log stamps and interval boundaries
 *   local   normal time plus an hour while daylight saving is in force: the clock on the wall, for
 *           the display, protocols and the tariff plan
 * Whoever owns the meter configures it (CLK-3; VAR-12, LL and PPP) and sets it at power-up (from a
 * battery-backed clock) or later. It never reads a clock of the machine.
 */
#ifndef WH_APP_CLOCK_H
#define WH_APP_CLOCK_H

#include "app/calendar.h"
#include "common/err.h"
#include <stdbool.h>
#include <stdint.h>

enum wh_daylight {
    WH_DAYLIGHT_NONE,
    WH_DAYLIGHT_EUROPEAN, /* see wh_calendar_is_european_summer */
};

/* All zero is a clock of UTC that was never set. */
struct wh_clock {
    uint32_t utc_s;   /* until 2136-02-07, then from 0 again */
    uint16_t ticks;   /* samples past utc_s, 0 … 4095 */
    int16_t zone_min; /* normal time minus UTC, -720 … 840 */
    uint8_t daylight; /* enum wh_daylight */
    bool valid;       /* false until set */
};

/* Sets zone and daylight saving; the UTC goes on. WH_ERR_ARGUMENT if zone_min is not -720 … 840 or
 * daylight is none of the list. */
enum wh_err wh_clock_configure(struct wh_clock *clock, int16_t zone_min, enum wh_daylight daylight);

/* Sets the time, to the beginning of that second; it is valid from now on. */
void wh_clock_set(struct wh_clock *clock, uint32_t utc_s);

/* The time is not to be trusted any more, until it is set (CLK-2). It runs on. */
void wh_clock_invalidate(struct wh_clock *clock);

/* Lets samples pass (4096 are a second). */
void wh_clock_run(struct wh_clock *clock, uint32_t sample_count);

/* The time now; see the functions below. */
int64_t wh_clock_normal_s(const struct wh_clock *clock);
struct wh_datetime wh_clock_local(const struct wh_clock *clock);
bool wh_clock_is_summer(const struct wh_clock *clock);

/* The same for any moment, by this clock's configuration. Nothing else of the clock is looked
 * at. */

/* Normal time; for wh_calendar_datetime. */
int64_t wh_clock_normal_of(const struct wh_clock *clock, uint32_t utc_s);

/* Local time; *summer, unless it is NULL, tells whether it includes daylight saving. */
struct wh_datetime wh_clock_local_of(const struct wh_clock *clock, uint32_t utc_s, bool *summer);

/* From normal time. WH_ERR_ARGUMENT if that moment is before 2000-01-01 00:00:00 UTC or too late
 * for utc_s. */
enum wh_err wh_clock_utc_of_normal(const struct wh_clock *clock, int64_t normal_s, uint32_t *utc_s);

/* From a given date and time, summer telling whether it includes an hour of daylight saving. What
 * is said is believed, whatever the rule has at that time, so that every date-time with its flag is
 * exactly one moment:
 *   of the two hours in October that look the same, summer is the first, not summer the second;
 *   of the hour that March does not have, 02:30 in Central Europe is 03:30 if given as not summer,
 *   01:30 if given as summer;
 *   a winter's time given as summer is an hour earlier, as IEC 62056-21 tools may write it.
 * WH_ERR_ARGUMENT as wh_clock_utc_of_normal, or if wh_calendar_fault finds one. */
enum wh_err wh_clock_utc_of_local(const struct wh_clock *clock, const struct wh_datetime *local,
                                  bool summer, uint32_t *utc_s);

#endif
