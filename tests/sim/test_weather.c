/* Weather: where the sun stands, what a year of it brings, and that it is the same twice. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/weather.h"

enum { MINUTE_S = 60, DAY_S = 86400, START_S = 9132 * DAY_S }; /* 2025-01-01 */

static const struct sim_weather_config denmark = {.latitude_deg = 56,
                                                  .longitude_deg = 10,
                                                  .mean_c = 8.5,
                                                  .season_c = 8.5,
                                                  .day_c = 5,
                                                  .front_c = 3,
                                                  .cloud = 0.62};

static double degrees(double sine)
{
    return asin(sine) * 180 / M_PI;
}

/* Highest sun of a day, and when (seconds of day, UTC). */
static double highest(double latitude_deg, double longitude_deg, uint32_t day, uint32_t *when_s)
{
    struct sim_weather_config config = denmark;
    config.latitude_deg = latitude_deg;
    config.longitude_deg = longitude_deg;
    struct sim_weather weather;
    sim_weather_init(&weather, &config, 1, START_S + day * DAY_S);
    double best = -1;
    for (uint32_t s = MINUTE_S; s < DAY_S; s += MINUTE_S) {
        sim_weather_next(&weather, START_S + day * DAY_S + s);
        if (weather.sun_up > best) {
            best = weather.sun_up;
            *when_s = s;
        }
    }
    return degrees(best);
}

static void assert_near(double actual, double expected, double tolerance)
{
    if (!(fabs(actual - expected) <= tolerance)) {
        fail_msg("%.9g is not %.9g within %g", actual, expected, tolerance);
    }
}

/* Noon by the almanac: 90° - latitude ± 23.44°; transit at 10° east is 11:20 UTC less the equation
 * of time, which is +16.4 min in early November and -14.2 min in the middle of February. */
static void test_sun_stands_where_the_almanac_says(void **state)
{
    (void)state;
    uint32_t when_s;
    assert_near(highest(56, 10, 171, &when_s), 57.44, 0.3);
    assert_near(highest(56, 10, 354, &when_s), 10.56, 0.3);
    assert_near(highest(56, 10, 78, &when_s), 34, 1);
    assert_near(highest(-35, 10, 354, &when_s), 78.44, 0.3);
    (void)highest(56, 10, 306, &when_s);
    assert_near(when_s, 11 * 3600 + 20 * 60 - 984, 120);
    (void)highest(56, 10, 42, &when_s);
    assert_near(when_s, 11 * 3600 + 20 * 60 + 852, 120);
    (void)highest(0, -75, 78, &when_s);
    assert_near(when_s, 17 * 3600 + 450, 120);
}

struct month {
    double mean_c, sun_kwh_m2;
};

static void live_a_year(const struct sim_weather_config *config, uint64_t seed,
                        struct month months[12])
{
    struct sim_weather weather;
    sim_weather_init(&weather, config, seed, START_S);
    memset(months, 0, 12 * sizeof months[0]);
    for (uint32_t minute = 1; minute < 360 * 1440; minute++) {
        sim_weather_next(&weather, START_S + minute * MINUTE_S);
        struct month *month = &months[minute / (30 * 1440)];
        month->mean_c += weather.temperature_c / (30 * 1440);
        month->sun_kwh_m2 += sim_weather_global_w_m2(&weather) / 60000;
        assert_true(weather.temperature_c > -40 && weather.temperature_c < 45);
        assert_true(weather.beam_w_m2 >= 0 && weather.beam_w_m2 < 1000);
        assert_true(weather.diffuse_w_m2 >= 0 && weather.diffuse_w_m2 < 500);
        if (weather.sun_up <= 0) {
            assert_true(sim_weather_global_w_m2(&weather) == 0);
        }
    }
}

/* Denmark has about 1000 kWh/m² a year, 8.5 °C, 0 °C in January and 17 °C in July. */
static void test_year_in_denmark(void **state)
{
    (void)state;
    double sun_kwh_m2 = 0;
    double mean_c = 0;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct month months[12];
        live_a_year(&denmark, seed, months);
        for (int k = 0; k < 12; k++) {
            sun_kwh_m2 += months[k].sun_kwh_m2 / 4;
            mean_c += months[k].mean_c / 48;
        }
        assert_true(months[6].mean_c > 13 && months[0].mean_c < 5);
        assert_true(months[5].sun_kwh_m2 > 8 * months[11].sun_kwh_m2);
    }
    assert_near(sun_kwh_m2, 1000, 100);
    assert_near(mean_c, 8.5, 1);
}

static void test_south_of_the_equator_seasons_are_turned(void **state)
{
    (void)state;
    struct sim_weather_config config = denmark;
    config.latitude_deg = -40;
    struct month months[12];
    live_a_year(&config, 1, months);
    assert_true(months[0].mean_c > months[6].mean_c + 8);
    assert_true(months[0].sun_kwh_m2 > 2 * months[5].sun_kwh_m2);
}

/* A roof that faces the sun gets more than the level in winter; a wall to the north gets no beam.
 */
static void test_planes(void **state)
{
    (void)state;
    const struct sim_weather noon = {
        .sun_up = 0.2, .sun_south = 0.979796, .beam_w_m2 = 500, .diffuse_w_m2 = 60};
    const double level[3] = {1, 0, 0};
    const double south[3] = {0.8, 0.6, 0};
    const double north[3] = {0, -1, 0};
    assert_near(sim_weather_plane_w_m2(&noon, level), 160, 1e-9);
    assert_near(sim_weather_plane_w_m2(&noon, south), 500 * 0.7478776 + 54 + 3.2, 1e-3);
    assert_near(sim_weather_plane_w_m2(&noon, north), 30 + 16, 1e-9);
}

static void test_same_seed_same_weather(void **state)
{
    (void)state;
    struct month first[12];
    struct month again[12];
    live_a_year(&denmark, 5, first);
    live_a_year(&denmark, 5, again);
    assert_memory_equal(first, again, sizeof first);
    live_a_year(&denmark, 6, again);
    assert_memory_not_equal(first, again, sizeof first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sun_stands_where_the_almanac_says),
        cmocka_unit_test(test_year_in_denmark),
        cmocka_unit_test(test_south_of_the_equator_seasons_are_turned),
        cmocka_unit_test(test_planes),
        cmocka_unit_test(test_same_seed_same_weather),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
