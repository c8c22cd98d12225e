/* COM-14. The push machine over simulated time: windows to the second, over midnight and weeks,
 * against a plain reckoning; retries, what comes meanwhile, and the stored settings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/alarm.h"
#include "app/push_record.h"

enum { DAY_S = WH_CALENDAR_DAY_S };

static struct wh_push_moment daily(uint8_t hour, uint8_t minute, uint8_t second)
{
    return (struct wh_push_moment){.year = WH_PUSH_ANY_YEAR,
                                   .month = WH_PUSH_ANY,
                                   .day = WH_PUSH_ANY,
                                   .weekday = WH_PUSH_ANY,
                                   .hour = hour,
                                   .minute = minute,
                                   .second = second};
}

static struct wh_push_moment weekly(uint8_t weekday, uint8_t hour)
{
    struct wh_push_moment moment = daily(hour, 0, 0);
    moment.weekday = weekday;
    return moment;
}

static struct wh_push_setup with_window(struct wh_push_moment start, struct wh_push_moment end)
{
    const struct wh_push_setup setup = {.window_count = 1, .windows = {{start, end}}};
    return setup;
}

/* ---- Windows ---- */

static int64_t base_s(void)
{
    return (int64_t)wh_calendar_day(2026, 11, 16) * DAY_S; /* a Monday */
}

static bool is_open_at(const struct wh_push_setup *setup, int64_t s)
{
    const struct wh_datetime local = wh_calendar_datetime(s);
    return wh_push_is_open(setup, &local);
}

static uint32_t of_day(const struct wh_push_moment *m)
{
    return (uint32_t)((m->hour * 60 + m->minute) * 60 + m->second);
}

/* Every second of a day against "from … to … on the clock face". */
static void check_daily(struct wh_push_moment start, struct wh_push_moment end)
{
    const struct wh_push_setup setup = with_window(start, end);
    const uint32_t from = of_day(&start);
    const uint32_t to = of_day(&end);
    for (uint32_t s = 0; s < DAY_S; s++) {
        const bool inside = from < to ? s >= from && s < to : s >= from || s < to;
        assert_int_equal(is_open_at(&setup, base_s() + s), inside);
    }
}

static void test_daily_windows(void **state)
{
    (void)state;
    check_daily(daily(8, 0, 0), daily(17, 30, 0));
    check_daily(daily(22, 0, 0), daily(6, 0, 0)); /* over midnight */
    check_daily(daily(0, 0, 0), daily(0, 0, 1));
    check_daily(daily(23, 59, 59), daily(0, 0, 0));
    check_daily(daily(12, 0, 1), daily(12, 0, 0)); /* all but a second */
}

/* Every hour of a week: from Friday 20 h to Monday 06 h. */
static void test_weekly_window(void **state)
{
    (void)state;
    const struct wh_push_setup setup = with_window(weekly(5, 20), weekly(1, 6));
    for (int h = 0; h < 2 * 7 * 24; h++) {
        const int hour = h % (7 * 24);
        const bool inside = hour < 6 || hour >= 4 * 24 + 20;
        assert_int_equal(is_open_at(&setup, base_s() + (int64_t)h * 3600), inside);
        assert_int_equal(is_open_at(&setup, base_s() + (int64_t)h * 3600 + 3599), inside);
    }
}

static void test_window_with_a_date(void **state)
{
    (void)state;
    const struct wh_push_moment start = {2026, 12, 31, WH_PUSH_ANY, 23, 0, 0};
    const struct wh_push_moment end = {2027, 1, 1, WH_PUSH_ANY, 1, 0, 0};
    const struct wh_push_setup setup = with_window(start, end);
    const int64_t midnight_s = (int64_t)wh_calendar_day(2027, 1, 1) * DAY_S;
    assert_false(is_open_at(&setup, midnight_s - 3601));
    assert_true(is_open_at(&setup, midnight_s - 3600));
    assert_true(is_open_at(&setup, midnight_s + 3599));
    assert_false(is_open_at(&setup, midnight_s + 3600));
    assert_false(is_open_at(&setup, midnight_s + 365 * DAY_S));
}

static void test_no_window_or_no_time_is_open(void **state)
{
    (void)state;
    struct wh_push_setup setup = {0};
    assert_true(is_open_at(&setup, base_s()));
    setup = with_window(daily(1, 0, 0), daily(2, 0, 0));
    assert_true(wh_push_is_open(&setup, NULL));
    assert_false(is_open_at(&setup, base_s()));
    setup.window_count = 2;
    setup.windows[1] = (struct wh_push_window){daily(0, 0, 0), daily(0, 30, 0)};
    assert_true(is_open_at(&setup, base_s()));
}

static void test_times_of_the_schedule(void **state)
{
    (void)state;
    struct wh_push_moment hourly = daily(WH_PUSH_ANY, 15, 0);
    unsigned count = 0;
    for (int64_t s = 0; s < DAY_S; s += 60) {
        const struct wh_datetime local = wh_calendar_datetime(base_s() + s);
        count += wh_push_is_at(&hourly, &local);
    }
    assert_int_equal(count, 24);
    hourly.weekday = 2;
    const struct wh_datetime monday = wh_calendar_datetime(base_s() + 900);
    const struct wh_datetime tuesday = wh_calendar_datetime(base_s() + DAY_S + 900);
    assert_false(wh_push_is_at(&hourly, &monday));
    assert_true(wh_push_is_at(&hourly, &tuesday));
}

/* ---- The machine ---- */

/* Seconds pass one by one from from_s on; when it is to be sent first, at most limit_s. -1: never. */
static int64_t seconds_to_send(struct wh_push *push, const struct wh_push_setup *setup,
                               int64_t from_s, int64_t limit_s)
{
    for (int64_t s = 0; s <= limit_s; s++) {
        const struct wh_datetime local = wh_calendar_datetime(from_s + s);
        if (wh_push_pass(push, setup, &local, s > 0)) {
            return s;
        }
    }
    return -1;
}

static void test_nothing_without_a_cause(void **state)
{
    (void)state;
    struct wh_push push = {0};
    const struct wh_push_setup setup = {0};
    assert_int_equal(seconds_to_send(&push, &setup, base_s(), 10000), -1);
}

/* Each delay there is, and none else. */
static void test_random_delay(void **state)
{
    (void)state;
    const struct wh_push_setup setup = {.randomisation_s = 60};
    bool met[61] = {false};
    for (uint32_t random = 0; random < 610; random++) {
        struct wh_push push = {0};
        wh_push_invoke(&push, &setup, random);
        const int64_t s = seconds_to_send(&push, &setup, base_s(), 100);
        assert_in_range(s, 0, 60);
        met[s] = true;
    }
    for (int s = 0; s <= 60; s++) {
        assert_true(met[s]);
    }
    struct wh_push push = {0};
    const struct wh_push_setup longest = {.randomisation_s = UINT16_MAX};
    wh_push_invoke(&push, &longest, UINT32_MAX);
    assert_int_equal(seconds_to_send(&push, &longest, base_s(), 70000), 65535);
}

/* Invoked at any minute of two days, it is sent at once in the window, else the delay after it
 * opens. */
static void test_waits_for_the_window(void **state)
{
    (void)state;
    struct wh_push_setup setup = with_window(daily(22, 0, 0), daily(6, 0, 0));
    setup.randomisation_s = 600;
    for (int64_t minute = 0; minute < 48 * 60; minute++) {
        const int64_t from_s = base_s() + minute * 60;
        const uint32_t random = (uint32_t)minute % 601;
        const int64_t of_day_s = minute % (24 * 60) * 60;
        const bool is_in = of_day_s >= 22 * 3600 || of_day_s < 6 * 3600;
        const bool closes = of_day_s < 6 * 3600 && of_day_s + random >= 6 * 3600;
        struct wh_push push = {0};
        wh_push_invoke(&push, &setup, random);
        const int64_t opens_s = is_in && !closes ? 0 : 22 * 3600 - of_day_s;
        assert_int_equal(seconds_to_send(&push, &setup, from_s, DAY_S), opens_s + random);
    }
}

/* First attempt and retries: their moments, their number, and that it ends then. */
static void test_retries(void **state)
{
    (void)state;
    struct wh_push_setup setup = {.repetition_delay_s = 45};
    for (setup.retries = 0;; setup.retries++) {
        struct wh_push push = {0};
        wh_push_invoke(&push, &setup, 0);
        assert_int_equal(seconds_to_send(&push, &setup, base_s(), 100), 0);
        for (unsigned r = 0; r < setup.retries; r++) {
            assert_int_equal(wh_push_done(&push, &setup, false), WH_PUSH_REPEATS);
            assert_int_equal(seconds_to_send(&push, &setup, base_s(), 100), 45);
        }
        assert_int_equal(wh_push_done(&push, &setup, false), WH_PUSH_GIVEN_UP);
        assert_int_equal(seconds_to_send(&push, &setup, base_s(), 10000), -1);
        if (setup.retries == UINT8_MAX) {
            break;
        }
    }
}

static void test_a_retry_that_succeeds_ends_it(void **state)
{
    (void)state;
    const struct wh_push_setup setup = {.retries = 3, .repetition_delay_s = 5};
    struct wh_push push = {0};
    wh_push_invoke(&push, &setup, 0);
    assert_int_equal(seconds_to_send(&push, &setup, base_s(), 10), 0);
    assert_int_equal(wh_push_done(&push, &setup, false), WH_PUSH_REPEATS);
    assert_int_equal(seconds_to_send(&push, &setup, base_s(), 10), 5);
    assert_int_equal(wh_push_done(&push, &setup, true), WH_PUSH_DELIVERED);
    assert_int_equal(seconds_to_send(&push, &setup, base_s(), 1000), -1);
}

/* A window that closes between attempts holds the next one back, to the next day. */
static void test_a_retry_waits_for_the_window(void **state)
{
    (void)state;
    struct wh_push_setup setup = with_window(daily(23, 0, 0), daily(0, 0, 0));
    setup.retries = 1;
    setup.repetition_delay_s = 120;
    setup.randomisation_s = 30;
    struct wh_push push = {0};
    const int64_t from_s = base_s() + DAY_S - 60;
    wh_push_invoke(&push, &setup, 7);
    assert_int_equal(seconds_to_send(&push, &setup, from_s, 100), 7);
    assert_int_equal(wh_push_done(&push, &setup, false), WH_PUSH_REPEATS);
    assert_int_equal(seconds_to_send(&push, &setup, from_s + 7, DAY_S), 53 + 23 * 3600 + 7);
    assert_int_equal(wh_push_done(&push, &setup, false), WH_PUSH_GIVEN_UP);
}

/* What comes while it waits for a retry is in it, and has all attempts for itself. */
static void test_another_cause_while_it_waits(void **state)
{
    (void)state;
    const struct wh_push_setup setup = {.retries = 2, .repetition_delay_s = 10};
    struct wh_push push = {0};
    wh_push_invoke(&push, &setup, 0);
    for (int attempt = 0; attempt < 2; attempt++) {
        assert_true(seconds_to_send(&push, &setup, base_s(), 20) >= 0);
        assert_int_equal(wh_push_done(&push, &setup, false), WH_PUSH_REPEATS);
    }
    wh_push_invoke(&push, &setup, 0);
    for (int attempt = 0; attempt < 2; attempt++) {
        assert_int_equal(seconds_to_send(&push, &setup, base_s(), 20), 10);
        assert_int_equal(wh_push_done(&push, &setup, false), WH_PUSH_REPEATS);
    }
    assert_int_equal(seconds_to_send(&push, &setup, base_s(), 20), 10);
    assert_int_equal(wh_push_done(&push, &setup, false), WH_PUSH_GIVEN_UP);
}

/* What comes while it is sent is not in it: another follows, whatever becomes of the first. */
static void test_another_cause_while_it_is_sent(void **state)
{
    (void)state;
    const struct wh_push_setup setup = {.retries = 0, .repetition_delay_s = 10};
    for (int delivered = 0; delivered <= 1; delivered++) {
        struct wh_push push = {0};
        wh_push_invoke(&push, &setup, 0);
        assert_int_equal(seconds_to_send(&push, &setup, base_s(), 20), 0);
        wh_push_invoke(&push, &setup, 0);
        assert_int_equal(seconds_to_send(&push, &setup, base_s(), 20), -1); /* one at a time */
        assert_int_equal(wh_push_done(&push, &setup, delivered != 0),
                         delivered != 0 ? WH_PUSH_DELIVERED : WH_PUSH_REPEATS);
        assert_int_equal(seconds_to_send(&push, &setup, base_s(), 20), delivered != 0 ? 0 : 10);
        assert_int_equal(wh_push_done(&push, &setup, false), WH_PUSH_GIVEN_UP);
        assert_int_equal(seconds_to_send(&push, &setup, base_s(), 1000), -1);
    }
}

/* ---- Settings ---- */

static struct wh_push_settings full(void)
{
    struct wh_push_settings settings = wh_push_default();
    settings.alarm_filter = UINT64_C(0x0123456789ABCDEF);
    settings.time_count = WH_PUSH_TIMES;
    for (int t = 0; t < WH_PUSH_TIMES; t++) {
        settings.times[t] = daily(WH_PUSH_ANY, (uint8_t)t, 0);
    }
    for (int s = 0; s < WH_PUSH_SETUPS; s++) {
        struct wh_push_setup *setup = &settings.setup[s];
        setup->destination_length = WH_PUSH_DESTINATION;
        memset(setup->destination, 'h', sizeof setup->destination);
        setup->window_count = WH_PUSH_WINDOWS;
        for (int w = 0; w < WH_PUSH_WINDOWS; w++) {
            const uint8_t hour = (uint8_t)w;
            setup->windows[w] = (struct wh_push_window){daily(hour, 0, 0), daily(hour, 30, 0)};
        }
        setup->object_count = WH_PUSH_OBJECTS;
        memset(setup->objects, 3 + s, sizeof setup->objects);
        setup->randomisation_s = (uint16_t)(4000 + s);
    }
    return settings;
}

static void test_record(void **state)
{
    (void)state;
    const struct wh_push_settings all[] = {wh_push_default(), full()};
    for (size_t i = 0; i < 2; i++) {
        uint8_t stored[WH_PUSH_RECORD_SIZE];
        uint8_t again[WH_PUSH_RECORD_SIZE];
        struct wh_push_settings decoded = {.time_count = 99};
        assert_int_equal(wh_push_check(&all[i]), WH_OK);
        wh_push_record_encode(&all[i], stored);
        assert_int_equal(wh_push_record_decode(&decoded, stored), WH_OK);
        wh_push_record_encode(&decoded, again);
        assert_memory_equal(stored, again, sizeof stored);
        assert_int_equal(decoded.alarm_filter, all[i].alarm_filter);
        assert_int_equal(decoded.setup[1].randomisation_s, all[i].setup[1].randomisation_s);
    }
}

/* What is refused leaves the settings as they were. */
static void test_damaged_record(void **state)
{
    (void)state;
    uint8_t stored[WH_PUSH_RECORD_SIZE];
    static const struct {
        size_t at;
        uint8_t octet;
    } damages[] = {
        {8, WH_PUSH_TIMES + 1},                       /* count of times */
        {9 + 5, 24},                                  /* hour of a time */
        {9 + 7, 1},                                   /* second of a time */
        {9 + WH_PUSH_TIMES * 8, WH_PUSH_OBJECTS + 1}, /* counts of a setup */
        {9 + WH_PUSH_TIMES * 8 + 1, WH_PUSH_DESTINATION + 1},
        {9 + WH_PUSH_TIMES * 8 + 1, 1}, /* octets behind the destination's end */
        {9 + WH_PUSH_TIMES * 8 + 2, WH_PUSH_WINDOWS + 1},
        {9 + WH_PUSH_TIMES * 8 + 8 + WH_PUSH_OBJECTS * 9, ' '}, /* in a destination */
    };
    for (size_t d = 0; d < sizeof damages / sizeof damages[0]; d++) {
        const struct wh_push_settings settings = full();
        struct wh_push_settings decoded = {.time_count = 99};
        wh_push_record_encode(&settings, stored);
        stored[damages[d].at] = damages[d].octet;
        assert_int_equal(wh_push_record_decode(&decoded, stored), WH_ERR_CORRUPT);
        assert_int_equal(decoded.time_count, 99);
    }
}

static void test_windows_that_cannot_be(void **state)
{
    (void)state;
    const struct wh_push_moment dated = {2026, 2, 28, WH_PUSH_ANY, 0, 0, 0};
    const struct wh_push_moment no_day = {2026, 2, 29, WH_PUSH_ANY, 0, 0, 0};
    struct wh_push_moment monthly = daily(0, 0, 0);
    monthly.day = 1;
    const struct wh_push_window wrong[] = {
        {daily(1, 0, 0), daily(1, 0, 0)},
        {daily(1, 0, 0), dated},
        {dated, no_day},
        {daily(24, 0, 0), daily(1, 0, 0)},
        {daily(0, WH_PUSH_ANY, 0), daily(1, 0, 0)},
        {weekly(8, 0), weekly(1, 0)},
        {weekly(0, 0), weekly(1, 0)},
        {monthly, daily(1, 0, 0)},
    };
    for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
        struct wh_push_settings settings = wh_push_default();
        settings.setup[0].window_count = 1;
        settings.setup[0].windows[0] = wrong[w];
        assert_int_equal(wh_push_check(&settings), WH_ERR_ARGUMENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_daily_windows),
        cmocka_unit_test(test_weekly_window),
        cmocka_unit_test(test_window_with_a_date),
        cmocka_unit_test(test_no_window_or_no_time_is_open),
        cmocka_unit_test(test_times_of_the_schedule),
        cmocka_unit_test(test_nothing_without_a_cause),
        cmocka_unit_test(test_random_delay),
        cmocka_unit_test(test_waits_for_the_window),
        cmocka_unit_test(test_retries),
        cmocka_unit_test(test_a_retry_that_succeeds_ends_it),
        cmocka_unit_test(test_a_retry_waits_for_the_window),
        cmocka_unit_test(test_another_cause_while_it_waits),
        cmocka_unit_test(test_another_cause_while_it_is_sent),
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_damaged_record),
        cmocka_unit_test(test_windows_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
