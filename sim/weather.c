/* Weather, worked out once a minute.
 *
 * Invariant: every minute draws the same count of random numbers whatever the weather, so that a
 * change of the configuration leaves the sequence of fronts and clouds what it was. */
#include "sim/weather.h"

#include <math.h>

#include "sim/turn.h"

enum {
    MINUTE_S = 60,
    QUARTER_S = 21600,
    DAY_S = 86400,
    YEAR_S = 31556926,     /* tropical */
    SOLSTICE_S = 14867280, /* 2000-06-21 01:48 UTC */
    WARMEST_S = 17625600,  /* 2000-07-23: a month after the sun is highest */
};

static const double warmth_memory = 0.93; /* from one quarter day to the next: 3.5 days */
static const double cover_memory = 0.75;  /* 20 hours */
static const double cover_sigma = 0.36;
static const double summer_clearing = 0.1; /* less cover than the mean, as much more in winter */
static const double cloud_passes_min = 3;

static double clamped(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

static void next_spell(double value[2], double memory, struct sim_random *random)
{
    value[0] = value[1];
    value[1] = memory * value[0] + sqrt(1 - memory * memory) * sim_random_gaussian(random);
}

/* Declination, equation of time and season: once a day is plenty. */
static void next_day(struct sim_weather *weather, uint32_t utc_s)
{
    const uint32_t year = sim_turn_of((uint64_t)utc_s + YEAR_S - SOLSTICE_S, YEAR_S);
    weather->sin_declination = 0.39778 * sim_turn_cos(year);
    weather->cos_declination = sqrt(1 - weather->sin_declination * weather->sin_declination);
    const double equation_s =
        461 * sim_turn_sin(year - sim_turn(11.3)) - 592 * sim_turn_sin(2 * year);
    const double ahead_s = weather->config.longitude_deg * 240 + equation_s;
    weather->solar_offset_s = (uint32_t)(DAY_S + ahead_s) % DAY_S;
    const uint32_t since_warmest = sim_turn_of((uint64_t)utc_s + YEAR_S - WARMEST_S, YEAR_S);
    weather->season = sim_turn_cos(since_warmest) * (weather->config.latitude_deg < 0 ? -1 : 1);
}

static void place_sun(struct sim_weather *weather, uint32_t utc_s)
{
    const uint32_t hour =
        sim_turn_of((uint64_t)utc_s + weather->solar_offset_s, DAY_S) + 0x80000000u;
    const double along = weather->cos_declination * sim_turn_cos(hour);
    weather->sun_up =
        weather->sin_latitude * weather->sin_declination + weather->cos_latitude * along;
    weather->sun_south =
        weather->sin_latitude * along - weather->cos_latitude * weather->sin_declination;
    weather->sun_west = weather->cos_declination * sim_turn_sin(hour);
}

/* Single clouds: how long the sun is behind one grows with cover, less at first, when they are
 * thin. */
static void pass_clouds(struct sim_weather *weather, double cover)
{
    const double hidden = cover * cover;
    const double chance = (weather->covered ? 1 - hidden : hidden) / cloud_passes_min;
    weather->covered ^= sim_random_uniform(&weather->random) < chance;
    weather->open += 0.6 * ((weather->covered ? 0.0 : 1.0) - weather->open);
}

static void shine(struct sim_weather *weather, double cover)
{
    const double up = weather->sun_up;
    const double clear_w_m2 = fmax(0, 910 * up - 30);
    const double blue_w_m2 = fmin(clear_w_m2, 25 + 80 * fmax(0, up));
    const double white_w_m2 = clear_w_m2 * (0.25 + 0.3 * cover * (1 - cover));
    weather->diffuse_w_m2 = blue_w_m2 + cover * (white_w_m2 - blue_w_m2);
    weather->beam_w_m2 = clear_w_m2 > blue_w_m2 ? (clear_w_m2 - blue_w_m2) / up * weather->open : 0;
}

static void warm(struct sim_weather *weather, uint32_t utc_s, double warmth, double cover)
{
    const struct sim_weather_config *config = &weather->config;
    const double season = weather->season;
    const uint32_t day = sim_turn_of((uint64_t)utc_s + weather->solar_offset_s, DAY_S);
    const double afternoon = sim_turn_cos(day - sim_turn(15 * 15)); /* 15:00, at 15° an hour */
    weather->temperature_c = config->mean_c + config->season_c * season + config->front_c * warmth +
                             config->day_c * (0.6 + 0.4 * season) * (1 - 0.6 * cover) * afternoon;
}

static void minute(struct sim_weather *weather, uint32_t utc_s)
{
    const double share = (double)(utc_s % QUARTER_S) / QUARTER_S;
    const double warmth = weather->warmth[0] + share * (weather->warmth[1] - weather->warmth[0]);
    const double covered = weather->cover[0] + share * (weather->cover[1] - weather->cover[0]);
    const double mean = weather->config.cloud - summer_clearing * weather->season;
    const double cover = clamped(mean + cover_sigma * covered, 0, 1);
    place_sun(weather, utc_s);
    pass_clouds(weather, cover);
    shine(weather, cover);
    warm(weather, utc_s, warmth, cover);
}

void sim_weather_init(struct sim_weather *weather, const struct sim_weather_config *config,
                      uint64_t seed, uint32_t utc_s)
{
    *weather = (struct sim_weather){
        .config = *config,
        .random = sim_random_stream(seed, 0x77656174),
        .sin_latitude = sim_turn_sin(sim_turn(config->latitude_deg)),
        .cos_latitude = sim_turn_cos(sim_turn(config->latitude_deg)),
    };
    weather->warmth[1] = sim_random_gaussian(&weather->random);
    weather->cover[1] = sim_random_gaussian(&weather->random);
    next_spell(weather->warmth, warmth_memory, &weather->random);
    next_spell(weather->cover, cover_memory, &weather->random);
    next_day(weather, utc_s);
    minute(weather, utc_s - utc_s % MINUTE_S);
}

void sim_weather_next(struct sim_weather *weather, uint32_t utc_s)
{
    if (utc_s % QUARTER_S == 0) {
        next_spell(weather->warmth, warmth_memory, &weather->random);
        next_spell(weather->cover, cover_memory, &weather->random);
    }
    if (utc_s % DAY_S == 0) {
        next_day(weather, utc_s);
    }
    minute(weather, utc_s);
}

double sim_weather_global_w_m2(const struct sim_weather *weather)
{
    return weather->beam_w_m2 * fmax(0, weather->sun_up) + weather->diffuse_w_m2;
}

double sim_weather_plane_w_m2(const struct sim_weather *weather, const double normal[3])
{
    const double facing = weather->sun_up * normal[0] + weather->sun_south * normal[1] +
                          weather->sun_west * normal[2];
    const double ground = 0.2 * sim_weather_global_w_m2(weather);
    return weather->beam_w_m2 * fmax(0, facing) + weather->diffuse_w_m2 * (1 + normal[0]) / 2 +
           ground * (1 - normal[0]) / 2;
}
