/* Which zone a virtual meter takes from the computer's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cli/zone.h"

enum { NOVEMBER_2026 = 1795163553, JULY_2026 = 1783000000 };

static void check(const char *posix, int16_t zone_min, enum wh_daylight rule)
{
    static const time_t moments[] = {NOVEMBER_2026, JULY_2026, 946684800, 4102444799};
    assert_int_equal(setenv("TZ", posix, 1), 0);
    for (size_t m = 0; m < sizeof moments / sizeof moments[0]; m++) {
        struct wh_clock clock = {.utc_s = 7, .valid = true, .zone_min = 1};
        cli_zone_configure(&clock, moments[m]);
        assert_int_equal(clock.zone_min, zone_min);
        assert_int_equal(clock.daylight, rule);
        assert_int_equal(clock.utc_s, 7);
        assert_true(clock.valid);
    }
}

/* CLK-3: zones as POSIX writes them, the sign west. */
static void test_zones_of_the_computer(void **state)
{
    (void)state;
    check("UTC0", 0, WH_DAYLIGHT_NONE);
    check("CET-1CEST,M3.5.0,M10.5.0/3", 60, WH_DAYLIGHT_EUROPEAN);
    check("WET0WEST,M3.5.0/1,M10.5.0", 0, WH_DAYLIGHT_EUROPEAN);
    check("IST-1GMT0,M10.5.0,M3.5.0/1", 0,
          WH_DAYLIGHT_EUROPEAN); /* Ireland: winter is the exception */
    check("<+0530>-5:30", 330, WH_DAYLIGHT_NONE);
}

/* Another rule than the European is none, and the normal time is right in either half of the
 * year. */
static void test_other_daylight_saving(void **state)
{
    (void)state;
    check("EST5EDT,M3.2.0,M11.1.0", -300, WH_DAYLIGHT_NONE);
    check("AEST-10AEDT,M10.1.0,M4.1.0/3", 600, WH_DAYLIGHT_NONE);
    check("CET-1CEST,M3.5.0,M10.3.0/3", 60, WH_DAYLIGHT_NONE);
    check("CET-1CEST,M3.5.0/3,M10.5.0/3", 60, WH_DAYLIGHT_NONE);
    check("<+1030>-10:30<+11>-11,M3.5.0,M10.5.0", 630, WH_DAYLIGHT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zones_of_the_computer),
        cmocka_unit_test(test_other_daylight_saving),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
