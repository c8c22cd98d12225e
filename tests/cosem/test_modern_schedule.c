/* REG-6, TAR-1, BRK-2, COM-15. What is to be done at a moment as a secure client writes it: debiting
 * dates, a switching of the breaker, another calendar; and special days one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "modern_client.h"

static struct modern_client modern;

enum { SCRIPTS = 9, DAYS = 11, CALENDAR = 20, ACTION = 22 };

static const uint8_t stop_script[6] = {0, 0, 10, 0, 1, 255};
static const uint8_t billing[6] = {0, 0, 15, 0, 0, 255};
static const uint8_t switching[6] = {0, 0, 15, 0, 1, 255};
static const uint8_t calendar[6] = {0, 0, 13, 0, 0, 255};
static const uint8_t special_days[6] = {0, 0, 11, 0, 0, 255};

static struct wh_application *app(void)
{
    return &modern.meter.rig.meter.application;
}

/* The supply is cut and returns; the clock chip goes on. */
static void restart(void)
{
    modern.meter.rig.memory.board.rtc =
        (struct wh_rtc_reading){.valid = true, .utc_s = app()->clock.utc_s};
    assert_int_equal(modern_restart(&modern), WH_OK);
    modern_connect(&modern, 0);
}

/* A Wednesday of July, daylight saving. */
static int start(void **state)
{
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    (void)state;
    wh_config_set_breaker(&config);
    config.daylight = WH_DAYLIGHT_EUROPEAN;
    modern_start(&modern, &config);
    assert_int_equal(
        wh_meter_set_clock(&modern.meter.rig.meter, rig_utc(&modern.meter.rig, 2026, 7, 1, 12, 0)),
        WH_OK);
    modern_connect(&modern, 0);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    modern_stop(&modern);
    return 0;
}

static int set(uint16_t class_id, const uint8_t name[6], int8_t attribute, const void *bytes,
               size_t length)
{
    uint8_t room[600];
    struct dlms_writer data = dlms_writer(room, sizeof room);
    dlms_raw_bytes(&data, bytes, length);
    return modern_set(&modern, class_id, name, attribute, &data);
}

static int invoke(uint16_t class_id, const uint8_t name[6], int8_t method, const void *bytes,
                  size_t length)
{
    uint8_t room[64];
    struct dlms_writer data = dlms_writer(room, sizeof room);
    dlms_raw_bytes(&data, bytes, length);
    return modern_invoke(&modern, class_id, name, method, &data);
}

/* ---- Debiting ---- */

struct dates {
    uint8_t bytes[200];
    size_t length;
};

/* That day of the months in the mask, bit 0 January; all of them as one entry. */
static struct dates dates_of(unsigned months, uint8_t day)
{
    struct dates dates;
    struct dlms_writer out = dlms_writer(dates.bytes, sizeof dates.bytes);
    const bool is_every = months == 0xFFF;
    size_t count = 0;
    for (int m = 0; m < 12; m++) {
        count += months >> m & 1u;
    }
    dlms_put_array(&out, is_every ? 1 : count);
    const uint8_t last = is_every ? 1 : 12;
    for (uint8_t m = 0; m < last; m++) {
        const uint8_t date[5] = {0xFF, 0xFF, is_every ? 0xFF : (uint8_t)(m + 1), day, 0xFF};
        if ((months >> m & 1u) != 0) {
            dlms_put_structure(&out, 2);
            dlms_put_octet_string(&out, "\0\0\0\0", 4);
            dlms_put_octet_string(&out, date, sizeof date);
        }
    }
    dates.length = out.total;
    return dates;
}

/* All intervals that the meter has, there and back; others are refused and change nothing. */
static void test_debiting_dates(void **state)
{
    (void)state;
    static const struct {
        unsigned months;
        int interval; /* -1: there is no such */
    } known[] = {{0xFFF, 1},  {0x555, 2},  {0xAAA, 3},  {0x249, -1}, {0x492, -1},
                 {0x924, -1}, {0x001, 13}, {0x800, 24}, {0x003, -1}, {0x7FF, -1}};
    modern_assert_value(&modern, ACTION, billing, 3, "\x16\x03", 2);
    modern_assert_value(&modern, ACTION, billing, 2,
                        "\x02\x02\x09\x06\x00\x00\x0A\x00\x01\xFF\x12\x00\x01", 13);
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        const struct dates dates = dates_of(known[k].months, 5);
        bool is_there = false;
        for (uint8_t interval = 1; interval <= 24; interval++) {
            unsigned months = 0;
            for (uint8_t m = 1; m <= 12; m++) {
                months |= wh_debiting_is_month(interval, m) ? 1u << (m - 1) : 0;
            }
            is_there = is_there || months == known[k].months;
        }
        assert_int_equal(set(ACTION, billing, 4, dates.bytes, dates.length),
                         is_there ? 0 : DLMS_RESULT_OTHER_REASON);
        if (is_there) {
            assert_int_equal(app()->config.debiting_day, 5);
            modern_assert_value(&modern, ACTION, billing, 4, dates.bytes, dates.length);
        }
        if (known[k].interval > 0) {
            assert_int_equal(app()->config.debiting_interval, known[k].interval);
        }
    }
    assert_int_equal(set(ACTION, billing, 4, "\x01\x00", 2), 0);
    assert_int_equal(app()->config.debiting_day, 0);
    modern_assert_value(&modern, ACTION, billing, 4, "\x01\x00", 2);
}

static void test_wrong_debiting_dates(void **state)
{
    (void)state;
    static const struct {
        uint8_t at; /* in one entry of every month */
        uint8_t byte;
    } wrong[] = {{6, 1},  {7, 30}, {12, 0x07}, {14, 0}, {14, 13}, {15, 0}, {15, 29}, {15, 32},
                 {16, 3}, {0, 2},  {1, 0},     {2, 1},  {3, 3},   {4, 10}, {5, 3},   {11, 4}};
    const struct wh_config before = app()->config;
    const struct dates good = dates_of(0xFFF, 5);
    assert_int_equal(good.length, 17);
    for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
        struct dates dates = good;
        dates.bytes[wrong[w].at] = wrong[w].byte;
        assert_int_not_equal(set(ACTION, billing, 4, dates.bytes, dates.length), 0);
        assert_memory_equal(&app()->config, &before, sizeof before);
    }
    struct dates two = dates_of(0x555, 5);
    two.bytes[2 + 15 + 13] = 6; /* not all on one day */
    assert_int_not_equal(set(ACTION, billing, 4, two.bytes, two.length), 0);
    modern_connect(&modern, 1);
    assert_int_not_equal(set(ACTION, billing, 4, good.bytes, good.length), 0);
    assert_memory_equal(&app()->config, &before, sizeof before);
}

static void test_stop_script(void **state)
{
    (void)state;
    const uint32_t before = app()->running.debiting_count;
    modern_assert_value(
        &modern, SCRIPTS, stop_script, 2,
        "\x01\x01\x02\x02\x12\x00\x01\x01\x01\x02\x05\x16\x01\x12\x00\x01\x09\x06\x01\x01"
        "\x00\x01\x05\x80\x0F\x02\x11\x01",
        28);
    assert_int_equal(invoke(SCRIPTS, stop_script, 1, "\x12\x00\x01", 3), 0);
    assert_int_equal(app()->running.debiting_count, before + 1);
    assert_int_equal(invoke(SCRIPTS, stop_script, 1, "\x12\x00\x02", 3), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(invoke(SCRIPTS, stop_script, 1, "\x0F\x00", 2), DLMS_RESULT_TYPE_UNMATCHED);
    modern_connect(&modern, 1);
    assert_int_not_equal(invoke(SCRIPTS, stop_script, 1, "\x12\x00\x01", 3), 0);
    assert_int_equal(app()->running.debiting_count, before + 1);
}

/* ---- Breaker ---- */

/* 2026-07-01 13:10:05 by the clock on the wall, which is at 13:00:00 now. */
static const char soon[] = "\x01\x01\x02\x02\x09\x04\x0D\x0A\x05\x00\x09\x05\x07\xEA\x07\x01\xFF";
enum { SOON = 17, SOON_S = 605 };

static void test_switching(void **state)
{
    (void)state;
    static const char reconnect[] = "\x02\x02\x09\x06\x00\x00\x0A\x00\x6A\xFF\x12\x00\x02";
    modern_assert_value(&modern, ACTION, switching, 4, "\x01\x00", 2);
    modern_assert_value(&modern, ACTION, switching, 2,
                        "\x02\x02\x09\x06\x00\x00\x0A\x00\x6A\xFF\x12\x00\x01", 13);
    assert_int_equal(set(ACTION, switching, 4, soon, SOON), 0);
    modern_assert_value(&modern, ACTION, switching, 4, soon, SOON);
    restart();
    modern_assert_value(&modern, ACTION, switching, 4, soon, SOON);
    const uint32_t now_s = app()->clock.utc_s;
    rig_load_until(&modern.meter.rig, 0, 0, app()->schedule.breaker_s - 1);
    assert_in_range(app()->clock.utc_s - now_s, SOON_S - 30, SOON_S - 1);
    assert_int_equal(app()->breaker.state, WH_BREAKER_CONNECTED);
    rig_load(&modern.meter.rig, 0, 0, 1);
    assert_int_equal(app()->breaker.state, WH_BREAKER_BY_COMMAND);
    modern_assert_value(&modern, ACTION, switching, 4, "\x01\x00", 2);
    assert_int_equal(set(ACTION, switching, 2, reconnect, 13), 0);
    modern_assert_value(&modern, ACTION, switching, 2, reconnect, 13);
    assert_int_equal(set(ACTION, switching, 4, soon, SOON), DLMS_RESULT_OTHER_REASON); /* past */
}

static void test_wrong_switching(void **state)
{
    (void)state;
    static const struct {
        uint8_t at, byte;
    } wrong[] = {{6, 24}, {7, 60}, {8, 60}, {12, 0xFF}, {14, 13}, {14, 0xFF}, {15, 32}, {15, 0xFF},
                 {16, 1}, {1, 0},  {1, 2},  {0, 2},     {3, 3},   {4, 10},    {11, 4}};
    char bytes[SOON];
    for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
        memcpy(bytes, soon, SOON);
        bytes[wrong[w].at] = (char)wrong[w].byte;
        assert_int_not_equal(set(ACTION, switching, 4, bytes, SOON), 0);
        assert_int_equal(app()->schedule.breaker_s, 0);
    }
    assert_int_equal(
        set(ACTION, switching, 2, "\x02\x02\x09\x06\x00\x00\x0A\x00\x6A\xFF\x12\x00\x03", 13),
        DLMS_RESULT_OTHER_REASON);
    assert_int_equal(
        set(ACTION, switching, 2, "\x02\x02\x09\x06\x00\x00\x0A\x00\x64\xFF\x12\x00\x01", 13),
        DLMS_RESULT_OTHER_REASON);
    modern_connect(&modern, 1);
    assert_int_not_equal(set(ACTION, switching, 4, soon, SOON), 0);
    assert_int_equal(app()->schedule.breaker_s, 0);
}

/* ---- Calendar ---- */

/* A date-time with bit 7 of the status: 13:10:05 of daylight saving. */
static const char activation[] = "\x09\x0C\x07\xEA\x07\x01\xFF\x0D\x0A\x05\xFF\x80\x00\x80";
static const char never[] = "\x09\x0C\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x80\x00\x00";
/* The same moment in normal time, as it is read. */
static const char waiting[] = "\x09\x0C\x07\xEA\x07\x01\x03\x0C\x0A\x05\xFF\x80\x00\x00";

static void assert_name(const char *name)
{
    assert_string_equal(app()->plan.name, name);
}

static int set_name(const char *name)
{
    uint8_t room[20];
    struct dlms_writer data = dlms_writer(room, sizeof room);
    dlms_put_octet_string(&data, name, strlen(name));
    return set(CALENDAR, calendar, 6, room, data.total);
}

static void test_activation_at_a_time(void **state)
{
    (void)state;
    const char *before = "";
    char name_before[WH_PLAN_NAME_MAX + 1];
    memcpy(name_before, app()->plan.name, sizeof name_before);
    before = name_before;
    modern_assert_value(&modern, CALENDAR, calendar, 10, never, 14);
    assert_int_equal(set_name("NEXT"), 0);
    assert_int_equal(set(CALENDAR, calendar, 10, activation, 14), 0);
    modern_assert_value(&modern, CALENDAR, calendar, 10, waiting, 14);
    restart();
    modern_assert_value(&modern, CALENDAR, calendar, 10, waiting, 14);
    modern_assert_value(&modern, CALENDAR, calendar, 6, "\x09\x04NEXT", 6);
    rig_load_until(&modern.meter.rig, 0, 0, app()->schedule.plan_s - 1);
    assert_name(before);
    rig_load(&modern.meter.rig, 0, 0, 1);
    assert_name("NEXT");
    modern_assert_value(&modern, CALENDAR, calendar, 10, never, 14);
}

/* Another table, never, and activating at once take the time away. */
static void test_activation_taken_away(void **state)
{
    (void)state;
    assert_int_equal(set(CALENDAR, calendar, 10, activation, 14), 0);
    assert_int_equal(set_name("OTHER"), 0);
    modern_assert_value(&modern, CALENDAR, calendar, 10, never, 14);
    assert_int_equal(set(CALENDAR, calendar, 10, activation, 14), 0);
    assert_int_equal(set(CALENDAR, calendar, 10, never, 14), 0);
    modern_assert_value(&modern, CALENDAR, calendar, 10, never, 14);
    assert_int_equal(set(CALENDAR, calendar, 10, activation, 14), 0);
    assert_int_equal(invoke(CALENDAR, calendar, 1, "\x0F\x00", 2), 0);
    assert_name("OTHER");
    modern_assert_value(&modern, CALENDAR, calendar, 10, never, 14);
    restart();
    modern_assert_value(&modern, CALENDAR, calendar, 10, never, 14);
}

static void test_wrong_activations(void **state)
{
    (void)state;
    static const char past[] = "\x09\x0C\x07\xEA\x07\x01\xFF\x0C\x3B\x3B\xFF\x80\x00\x80";
    static const char no_date[] = "\x09\x0C\x07\xEA\x02\x1E\xFF\x0C\x00\x00\xFF\x80\x00\x00";
    static const char any_month[] = "\x09\x0C\x07\xEA\xFF\x01\xFF\x0C\x00\x00\xFF\x80\x00\x00";
    assert_int_equal(set(CALENDAR, calendar, 10, past, 14), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(set(CALENDAR, calendar, 10, no_date, 14), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(set(CALENDAR, calendar, 10, any_month, 14), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(set(CALENDAR, calendar, 10, "\x06\x00\x00\x00\x01", 5),
                     DLMS_RESULT_TYPE_UNMATCHED);
    assert_int_equal(set(CALENDAR, calendar, 8,
                         "\x01\x01\x02\x08\x09\x01X\x11\x01\x11\x01\x11\x01"
                         "\x11\x01\x11\x01\x11\x01\x11\x01",
                         21),
                     0); /* a week that no season names */
    assert_int_equal(set(CALENDAR, calendar, 10, activation, 14), DLMS_RESULT_OTHER_REASON);
    modern_assert_value(&modern, CALENDAR, calendar, 10, never, 14);
    modern_connect(&modern, 1);
    assert_int_not_equal(set(CALENDAR, calendar, 10, activation, 14), 0);
    assert_int_equal(app()->schedule.plan_s, 0);
}

/* ---- Special days ---- */

static int insert_day(uint8_t month, uint8_t day, uint8_t id)
{
    const uint8_t bytes[] = {2,    3,    DLMS_TAG_U16, 0,   9,    DLMS_TAG_OCTET_STRING, 5,
                             0x07, 0xEA, month,        day, 0xFF, DLMS_TAG_U8,           id};
    return invoke(DAYS, special_days, 1, bytes, sizeof bytes);
}

static int delete_day(uint8_t number)
{
    const uint8_t bytes[] = {DLMS_TAG_U16, 0, number};
    return invoke(DAYS, special_days, 2, bytes, sizeof bytes);
}

/* They stand by date, whatever number the client gives; a wrong one changes nothing. */
static void test_special_days_one_by_one(void **state)
{
    (void)state;
    assert_int_equal(insert_day(12, 24, 3), 0);
    assert_int_equal(insert_day(8, 15, 3), 0);
    assert_int_equal(insert_day(12, 25, 3), 0);
    assert_int_equal(app()->plan.exception_count, 3);
    assert_int_equal(app()->plan.exceptions[0], wh_calendar_day(2026, 8, 15));
    assert_int_equal(insert_day(12, 24, 3), DLMS_RESULT_OTHER_REASON); /* twice */
    assert_int_equal(insert_day(2, 30, 3), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(insert_day(10, 3, 1), DLMS_RESULT_OTHER_REASON); /* not the holidays */
    assert_int_equal(app()->plan.exception_count, 3);
    assert_int_equal(delete_day(0), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(delete_day(4), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(invoke(DAYS, special_days, 2, "\x11\x01", 2), DLMS_RESULT_TYPE_UNMATCHED);
    assert_int_equal(delete_day(2), 0);
    restart();
    assert_int_equal(app()->plan.exception_count, 2);
    assert_int_equal(app()->plan.exceptions[0], wh_calendar_day(2026, 8, 15));
    assert_int_equal(app()->plan.exceptions[1], wh_calendar_day(2026, 12, 25));
    modern_connect(&modern, 1);
    assert_int_not_equal(insert_day(10, 3, 3), 0);
    assert_int_not_equal(delete_day(1), 0);
    assert_int_equal(app()->plan.exception_count, 2);
}

static void test_special_days_are_full(void **state)
{
    (void)state;
    struct wh_tariff_plan plan = app()->plan;
    struct wh_plan_fault fault;
    for (int32_t d = 0; d < WH_PLAN_EXCEPTIONS_MAX; d++) {
        plan.exceptions[d] = (uint16_t)(wh_calendar_day(2027, 1, 1) + d);
    }
    plan.exception_count = WH_PLAN_EXCEPTIONS_MAX;
    assert_int_equal(wh_application_set_plan(app(), &modern.meter.rig.meter.legal, &plan, &fault),
                     WH_OK);
    assert_int_equal(insert_day(12, 24, 3), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(delete_day(WH_PLAN_EXCEPTIONS_MAX), 0);
    assert_int_equal(insert_day(12, 24, 3), 0);
    assert_int_equal(app()->plan.exception_count, WH_PLAN_EXCEPTIONS_MAX);
}

#define SCHEDULE_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHEDULE_TEST(test_debiting_dates),
        SCHEDULE_TEST(test_wrong_debiting_dates),
        SCHEDULE_TEST(test_stop_script),
        SCHEDULE_TEST(test_switching),
        SCHEDULE_TEST(test_wrong_switching),
        SCHEDULE_TEST(test_activation_at_a_time),
        SCHEDULE_TEST(test_activation_taken_away),
        SCHEDULE_TEST(test_wrong_activations),
        SCHEDULE_TEST(test_special_days_one_by_one),
        SCHEDULE_TEST(test_special_days_are_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
