/* Weather of a place, minute by minute: temperature, clouds and sun.
 *
 * Not a forecast but a plausible climate: a season and a day, fronts that bring warm and cold
 * spells of days, cloud cover that changes over hours, and single clouds that pass the sun in
 * minutes. The same seed gives the same weather on every machine: sines come from common/trig.h,
 * not from libm.
 *
 * Clear sky and overcast sky: Kasten and Czeplak, "Solar and terrestrial radiation dependent on
 * the amount and type of cloud", Solar Energy 24 (1980): 910 sin h - 30 W/m², a quarter of it
 * under cloud.
 */
#ifndef WH_SIM_WEATHER_H
#define WH_SIM_WEATHER_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/random.h"

struct sim_weather_config {
    double latitude_deg;  /* north positive, -66 … 66 */
    double longitude_deg; /* east positive, -180 … 180 */
    double mean_c;        /* of the year, -20 … 35 */
    double season_c;      /* warmest month above the mean, 0 … 30 */
    double day_c;         /* afternoon above the mean of a clear summer day, 0 … 15 */
    double front_c;       /* sigma of warm and cold spells, 0 … 10 */
    double cloud;         /* mean cover, 0 … 1 */
};

struct sim_weather {
    struct sim_weather_config config;
    struct sim_random random;
    double sin_latitude, cos_latitude;
    double sin_declination, cos_declination; /* of the day */
    uint32_t solar_offset_s;                 /* of solar time against UTC, mod a day */
    double season;                           /* 1 in the warmest days, -1 in the coldest */
    double warmth[2], cover[2];              /* in sigma: at the last and the next quarter day */
    bool covered;                            /* a cloud before the sun */
    double open;                             /* of the sun that comes past the clouds, 0 … 1 */
    /* What there is in the running minute. */
    double temperature_c;
    double sun_up, sun_south, sun_west; /* direction to the sun, a unit vector; up < 0 at night */
    double beam_w_m2;                   /* on a plane across the beam */
    double diffuse_w_m2;                /* on the level */
};

/* Weather of the minute that holds utc_s, seconds since 2000-01-01 00:00:00 UTC. */
void sim_weather_init(struct sim_weather *weather, const struct sim_weather_config *config,
                      uint64_t seed, uint32_t utc_s);

/* On to the minute that starts at utc_s: 60 s after the one before. */
void sim_weather_next(struct sim_weather *weather, uint32_t utc_s);

/* Global irradiance on the level, W/m². */
double sim_weather_global_w_m2(const struct sim_weather *weather);

/* Irradiance of a plane whose normal is that vector (up, south, west; of length 1), W/m²: sun, sky
 * and ground. */
double sim_weather_plane_w_m2(const struct sim_weather *weather, const double normal[3]);

#endif
