/* Dates of watthour show: texts that are read, texts that are not, and that writing and reading
 * are one another's reverse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/show_time.h"

enum { DAY_S = 86400, NOW_S = 813456789 /* 2025-10-11 00:13:09 UTC */ };

static const struct wh_clock clock = {.utc_s = NOW_S, .zone_min = 60, .valid = true};

static uint32_t parse(const char *text)
{
    const char *reason;
    uint32_t utc_s;
    assert_int_equal(show_time_parse(&clock, text, &utc_s, &reason), WH_OK);
    return utc_s;
}

/* Midnight in the zone is 23:00 UTC, in summer too: normal time. */
static void test_dates(void **state)
{
    (void)state;
    const uint32_t day = (uint32_t)wh_calendar_day(2025, 7, 14) * DAY_S - 3600;
    assert_int_equal(parse("2025-07-14"), day);
    assert_int_equal(parse("2025-07-14 00:00"), day);
    assert_int_equal(parse("2025-07-14T13:59:58"), day + 14 * 3600 - 2);
    assert_int_equal(parse("2000-01-01 01:00"), 0);
    assert_int_equal(parse("2024-02-29 23:59:59"),
                     (uint32_t)wh_calendar_day(2024, 3, 1) * DAY_S - 3601);
}

static void test_before_now(void **state)
{
    (void)state;
    assert_int_equal(parse("-0s"), NOW_S);
    assert_int_equal(parse("-1s"), NOW_S - 1);
    assert_int_equal(parse("-90m"), NOW_S - 5400);
    assert_int_equal(parse("-12h"), NOW_S - 43200);
    assert_int_equal(parse("-1.5d"), NOW_S - 129600);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "x",
        "2025",
        "2025-07",
        "2025-07-",
        "2025-07-1",
        "2025-7-14",
        "2025/07/14",
        "2025-07-14 ",
        "2025-07-14 1",
        "2025-13-01",
        "2025-00-10",
        "2025-07-14 12",
        "2025-07-14 12:60",
        "2025-07-14 12:00:60",
        "2025-02-29",
        "2025-07-32",
        "1999-12-31",
        "2025-07-14 12:0",
        "2025-07-14  12:00",
        "2136-12-31",
        "20250-07-14",
        "-",
        "-7",
        "-d",
        "-7x",
        "-7dd",
        "- 7d",
        "--7d",
        "-nand",
        "-infd",
        "-1e30d",
        "-99999d",
        "2025-07-14 12:00:00 ",
    };
    for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
        const char *reason = NULL;
        uint32_t utc_s = 17;
        assert_int_equal(show_time_parse(&clock, wrong[w], &utc_s, &reason), WH_ERR_ARGUMENT);
        assert_int_equal(utc_s, 17);
        assert_non_null(reason);
    }
}

static void test_round_trip(void **state)
{
    (void)state;
    static const int16_t zones_min[] = {0, 60, -210, 840, -720, 345};
    for (size_t z = 0; z < sizeof zones_min / sizeof zones_min[0]; z++) {
        const struct wh_clock there = {.zone_min = zones_min[z], .daylight = WH_DAYLIGHT_EUROPEAN};
        for (uint32_t utc_s = DAY_S; utc_s < UINT32_MAX - 10000019; utc_s += 10000019) {
            char text[SHOW_TIME_SIZE];
            const char *reason;
            uint32_t read_s;
            show_time_text(&there, utc_s, text);
            assert_int_equal(show_time_parse(&there, text, &read_s, &reason), WH_OK);
            assert_int_equal(read_s, utc_s);
        }
    }
}

static void test_written(void **state)
{
    (void)state;
    char text[SHOW_TIME_SIZE];
    struct wh_clock there = {.zone_min = -210};
    show_time_iso(&there, NOW_S, text);
    assert_string_equal(text, "2025-10-10T20:43:09-03:30");
    show_time_zone(&there, text);
    assert_string_equal(text, "UTC-03:30");
}

static void test_spans(void **state)
{
    (void)state;
    static const struct {
        uint64_t ms;
        const char *text;
    } spans[] = {
        {0, "0 ms"},
        {999, "999 ms"},
        {1000, "1.00 s"},
        {59990, "59.99 s"},
        {60000, "1 min 00 s"},
        {3599499, "59 min 59 s"},
        {3600000, "1 h 00 min"},
        {86399000, "23 h 59 min"},
        {86400000, "1 d 00 h"},
        {UINT32_MAX, "49 d 17 h"},
    };
    for (size_t s = 0; s < sizeof spans / sizeof spans[0]; s++) {
        char text[SHOW_TIME_SIZE];
        show_time_span(spans[s].ms, text);
        assert_string_equal(text, spans[s].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates),   cmocka_unit_test(test_before_now),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_written), cmocka_unit_test(test_spans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
