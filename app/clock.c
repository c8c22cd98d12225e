/* The clock. Invariant: samples are never rounded away, 4096 of them are one second whatever the
 * steps. */
#include "app/clock.h"
#include <stddef.h>

enum {
    TICKS_PER_SECOND = 4096,
    ZONE_LOWEST_MIN = -720,
    ZONE_HIGHEST_MIN = 840,
    SUMMER_S = 3600,
};

enum wh_err wh_clock_configure(struct wh_clock *clock, int16_t zone_min, enum wh_daylight daylight)
{
    if (zone_min < ZONE_LOWEST_MIN || zone_min > ZONE_HIGHEST_MIN) {
        return WH_ERR_ARGUMENT;
    }
    if (daylight != WH_DAYLIGHT_NONE && daylight != WH_DAYLIGHT_EUROPEAN) {
        return WH_ERR_ARGUMENT;
    }
    clock->zone_min = zone_min;
    clock->daylight = (uint8_t)daylight;
    return WH_OK;
}

void wh_clock_set(struct wh_clock *clock, uint32_t utc_s)
{
    clock->utc_s = utc_s;
    clock->ticks = 0;
    clock->valid = true;
}

void wh_clock_invalidate(struct wh_clock *clock)
{
    clock->valid = false;
}

void wh_clock_run(struct wh_clock *clock, uint32_t sample_count)
{
    const uint32_t ticks = clock->ticks + sample_count % TICKS_PER_SECOND;
    clock->utc_s += sample_count / TICKS_PER_SECOND + ticks / TICKS_PER_SECOND;
    clock->ticks = (uint16_t)(ticks % TICKS_PER_SECOND);
}

static bool is_summer(const struct wh_clock *clock, uint32_t utc_s)
{
    return clock->daylight == WH_DAYLIGHT_EUROPEAN && wh_calendar_is_european_summer(utc_s);
}

int64_t wh_clock_normal_of(const struct wh_clock *clock, uint32_t utc_s)
{
    return (int64_t)utc_s + clock->zone_min * 60;
}

struct wh_datetime wh_clock_local_of(const struct wh_clock *clock, uint32_t utc_s, bool *summer)
{
    const bool in_summer = is_summer(clock, utc_s);
    if (summer != NULL) {
        *summer = in_summer;
    }
    return wh_calendar_datetime(wh_clock_normal_of(clock, utc_s) + (in_summer ? SUMMER_S : 0));
}

enum wh_err wh_clock_utc_of_normal(const struct wh_clock *clock, int64_t normal_s, uint32_t *utc_s)
{
    const int64_t zone_s = clock->zone_min * 60;
    if (normal_s < zone_s || normal_s > UINT32_MAX + zone_s) {
        return WH_ERR_ARGUMENT;
    }
    *utc_s = (uint32_t)(normal_s - zone_s);
    return WH_OK;
}

enum wh_err wh_clock_utc_of_local(const struct wh_clock *clock, const struct wh_datetime *local,
                                  bool summer, uint32_t *utc_s)
{
    int64_t local_s;
    const enum wh_err err = wh_calendar_seconds(local, &local_s);
    if (err != WH_OK) {
        return err;
    }
    return wh_clock_utc_of_normal(clock, local_s - (summer ? SUMMER_S : 0), utc_s);
}

int64_t wh_clock_normal_s(const struct wh_clock *clock)
{
    return wh_clock_normal_of(clock, clock->utc_s);
}

struct wh_datetime wh_clock_local(const struct wh_clock *clock)
{
    return wh_clock_local_of(clock, clock->utc_s, NULL);
}

bool wh_clock_is_summer(const struct wh_clock *clock)
{
    return is_summer(clock, clock->utc_s);
}
