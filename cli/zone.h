/* The computer's time zone as a meter can have it: a normal time, and European daylight saving or
 * none.
 */
#ifndef CLI_ZONE_H
#define CLI_ZONE_H

#include "app/clock.h"
#include <time.h>

/* Configures the clock as the computer's zone (TZ) is in the year of now. A zone with another
 * daylight saving than the European becomes its normal time all year. */
void cli_zone_configure(struct wh_clock *clock, time_t now);

#endif
