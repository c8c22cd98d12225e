/* TAR-1, COM-15. The tariff plan as activity calendar and special days: what a secure client reads
 * is the plan in force, what it activates is in force as a whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cosem/modern_calendar.h"
#include "modern_client.h"
#include "tests/app/plans.h"

static struct modern_client modern;

static const uint8_t calendar[6] = {0, 0, 13, 0, 0, 255};
static const uint8_t special_days[6] = {0, 0, 11, 0, 0, 255};

enum { CALENDAR = 20, SPECIAL_DAYS = 11 };

static struct wh_tariff_plan *active(void)
{
    return &modern.meter.rig.meter.application.plan;
}

static int start(void **state)
{
    struct wh_tariff_plan plan;
    struct wh_plan_fault fault;
    (void)state;
    modern_start(&modern, NULL);
    plans_usual(&plan);
    assert_int_equal(wh_application_set_plan(&modern.meter.rig.meter.application,
                                             &modern.meter.rig.meter.legal, &plan, &fault),
                     WH_OK);
    assert_int_equal(modern_restart(&modern), WH_OK);
    modern_connect(&modern, 0);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    modern_stop(&modern);
    return 0;
}

/* The same tariff at every switch of every day of four years. */
static void assert_same_tariffs(const struct wh_tariff_plan *a, const struct wh_tariff_plan *b)
{
    for (int32_t day = wh_calendar_day(2025, 1, 1); day < wh_calendar_day(2029, 1, 1); day++) {
        for (int32_t minute = 0; minute < 1440; minute += 15) {
            const struct wh_datetime time =
                wh_calendar_datetime((int64_t)day * WH_CALENDAR_DAY_S + minute * 60);
            assert_int_equal(wh_tariff_plan_tariff(a, &time), wh_tariff_plan_tariff(b, &time));
        }
    }
}

static void test_tables_of_any_plan_give_that_plan(void **state)
{
    (void)state;
    struct test_random random = {20261120};
    for (int i = 0; i < 40; i++) {
        struct wh_tariff_plan plan;
        struct wh_tariff_plan again;
        struct wh_modern_calendar tables;
        plans_random(&plan, &random);
        wh_modern_calendar_of_plan(&plan, &tables);
        assert_int_equal(wh_modern_calendar_plan(&tables, &plan, &again), WH_OK);
        assert_string_equal(again.name, plan.name);
        assert_int_equal(wh_tariff_plan_check(&again, NULL), WH_OK);
        assert_same_tariffs(&again, &plan);
    }
}

static int set(int8_t attribute, const struct dlms_writer *data)
{
    return modern_set(&modern, CALENDAR, calendar, attribute, data);
}

static int activate(void)
{
    uint8_t bytes[2];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_i8(&data, 0);
    return modern_invoke(&modern, CALENDAR, calendar, 1, &data);
}

/* The value of an attribute, as something to write. */
static struct dlms_writer value_of(uint16_t class_id, const uint8_t name[6], int8_t attribute,
                                   uint8_t *bytes, size_t size)
{
    assert_int_equal(modern_get(&modern, class_id, name, attribute), 0);
    const struct dlms_span value = dlms_client_value(&modern.client);
    struct dlms_writer data = dlms_writer(bytes, size);
    dlms_raw_bytes(&data, value.data, value.length);
    assert_false(dlms_writer_overflowed(&data));
    return data;
}

/* Another plan is in force meanwhile; exception days are those of the plan in force. */
static void test_active_written_as_passive_and_activated_is_the_same(void **state)
{
    (void)state;
    const struct wh_tariff_plan before = *active();
    struct wh_tariff_plan other;
    struct wh_plan_fault fault;
    for (int8_t attribute = 2; attribute <= 5; attribute++) {
        uint8_t bytes[2000];
        const struct dlms_writer data =
            value_of(CALENDAR, calendar, attribute, bytes, sizeof bytes);
        assert_int_equal(set((int8_t)(attribute + 4), &data), 0);
    }
    wh_tariff_plan_flat(&other);
    other.exception_count = before.exception_count;
    memcpy(other.exceptions, before.exceptions, sizeof other.exceptions);
    assert_int_equal(wh_application_set_plan(&modern.meter.rig.meter.application,
                                             &modern.meter.rig.meter.legal, &other, &fault),
                     WH_OK);
    assert_int_equal(activate(), 0);
    assert_same_tariffs(active(), &before);
    assert_string_equal(active()->name, before.name);
    struct wh_event event;
    assert_int_equal(rig_count_events(&modern.meter.rig, WH_EVENT_PLAN_CHANGED, &event), 3);
    const struct wh_tariff_plan stored = *active();
    assert_int_equal(modern_restart(&modern), WH_OK);
    assert_memory_equal(active(), &stored, sizeof stored);
}

/* ---- Tables written by hand ---- */

static const uint8_t scripts[6] = {0, 0, 10, 0, 100, 255};

static void put_text(struct dlms_writer *data, const char *text)
{
    dlms_put_octet_string(data, text, strlen(text));
}

static int set_name(const char *name)
{
    uint8_t bytes[64];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    put_text(&data, name);
    return set(6, &data);
}

/* One season; month 0xFF: of the whole year. */
static int set_season(const char *week, uint16_t year, uint8_t month, uint8_t day)
{
    uint8_t bytes[64];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    const struct dlms_date_time time = {
        .year = year, .month = month, .day = day, .weekday = 0xFF, .deviation = -32768};
    dlms_put_array(&data, 1);
    dlms_put_structure(&data, 3);
    put_text(&data, "year");
    dlms_put_date_time(&data, &time);
    put_text(&data, week);
    return set(7, &data);
}

static int set_week(const char *name, const uint8_t ids[7])
{
    uint8_t bytes[64];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_array(&data, 1);
    dlms_put_structure(&data, 8);
    put_text(&data, name);
    for (int d = 0; d < 7; d++) {
        dlms_put_u8(&data, ids[d]);
    }
    return set(8, &data);
}

/* Day first: T1, T2 from 22:00; day first + 1: T3 from begin_hour on. */
static int set_days(uint8_t first, uint8_t begin_hour, uint16_t tariff, const uint8_t script[6])
{
    static const uint8_t midnight[4] = {0};
    static const uint8_t ten[4] = {22, 0, 0, 0};
    const uint8_t begin[4] = {begin_hour, 0, 0, 0};
    uint8_t bytes[128];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_array(&data, 2);
    dlms_put_structure(&data, 2);
    dlms_put_u8(&data, first);
    dlms_put_array(&data, 2);
    dlms_put_structure(&data, 3);
    dlms_put_octet_string(&data, midnight, 4);
    dlms_put_octet_string(&data, scripts, 6);
    dlms_put_u16(&data, 1);
    dlms_put_structure(&data, 3);
    dlms_put_octet_string(&data, ten, 4);
    dlms_put_octet_string(&data, scripts, 6);
    dlms_put_u16(&data, 2);
    dlms_put_structure(&data, 2);
    dlms_put_u8(&data, (uint8_t)(first + 1));
    dlms_put_array(&data, 1);
    dlms_put_structure(&data, 3);
    dlms_put_octet_string(&data, begin, 4);
    dlms_put_octet_string(&data, script, 6);
    dlms_put_u16(&data, tariff);
    return set(9, &data);
}

static const uint8_t usual_week[7] = {40, 40, 40, 40, 40, 41, 41};

static void set_all(void)
{
    assert_int_equal(set_name("own"), 0);
    assert_int_equal(set_season("any week", 0xFFFF, 0xFF, 0xFF), 0);
    assert_int_equal(set_week("any week", usual_week), 0);
    assert_int_equal(set_days(40, 0, 3, scripts), 0);
}

static uint8_t tariff_at(uint16_t year, uint8_t month, uint8_t day, uint8_t hour)
{
    const struct wh_datetime time = {.year = year, .month = month, .day = day, .hour = hour};
    return wh_tariff_plan_tariff(active(), &time);
}

/* Names and numbers of the client's own; holidays are as Sundays, and the exception days stay. */
static void test_own_tables(void **state)
{
    (void)state;
    set_all();
    const struct wh_tariff_plan before = *active();
    assert_int_equal(before.season_change_count, 2); /* passive is not in force */
    assert_int_equal(activate(), 0);
    assert_string_equal(active()->name, "own");
    assert_int_equal(tariff_at(2026, 11, 20, 12), 1); /* a Friday */
    assert_int_equal(tariff_at(2026, 11, 20, 22), 2);
    assert_int_equal(tariff_at(2026, 11, 21, 22), 3);
    assert_int_equal(tariff_at(2026, 5, 1, 12), 3); /* a holiday, a Friday */
    assert_int_equal(active()->exception_count, before.exception_count);
}

/* What is wrong with a table is found when it is written, and the passive one is as it was. */
static void test_wrong_tables_are_refused(void **state)
{
    (void)state;
    uint8_t before[2000];
    uint8_t after[2000];
    set_all();
    for (int8_t attribute = 7; attribute <= 9; attribute++) {
        const struct dlms_writer good =
            value_of(CALENDAR, calendar, attribute, before, sizeof before);
        for (size_t i = 0; i < good.total; i++) {
            struct dlms_writer bad = dlms_writer(after, sizeof after);
            dlms_raw_bytes(&bad, before, good.total);
            after[i] ^= 0xC0; /* a tag, a length, or a field */
            const bool is_taken = set(attribute, &bad) == 0;
            const struct dlms_writer now =
                value_of(CALENDAR, calendar, attribute, after, sizeof after);
            assert_int_equal(now.total, good.total);
            assert_true(is_taken || memcmp(after, before, good.total) == 0);
            assert_int_equal(set(attribute, &good), 0);
        }
    }
    assert_int_not_equal(set_name("a name of 17 octe"), 0);
    assert_int_not_equal(set_season("any week", 2026, 5, 1), 0);
    assert_int_not_equal(set_season("any week", 0xFFFF, 2, 30), 0);
    assert_int_not_equal(set_days(40, 24, 3, scripts), 0);
    assert_int_not_equal(set_days(40, 0, 5, scripts), 0);
    assert_int_not_equal(set_days(40, 0, 0, scripts), 0);
    assert_int_not_equal(set_days(40, 0, 3, calendar), 0);
    assert_int_equal(activate(), 0);
    assert_int_equal(tariff_at(2026, 11, 21, 22), 3);
}

/* What does not fit together is found by activating; then the plan in force stays. */
static void test_what_does_not_fit_is_not_activated(void **state)
{
    (void)state;
    static const uint8_t three_kinds[7] = {40, 41, 42, 40, 40, 40, 40};
    static const uint8_t unknown[7] = {40, 40, 40, 40, 40, 40, 9};
    const struct wh_tariff_plan before = *active();
    set_all();
    assert_int_equal(set_season("no week", 0xFFFF, 0xFF, 0xFF), 0);
    assert_int_equal(activate(), DLMS_RESULT_OTHER_REASON);
    set_all();
    assert_int_equal(set_week("any week", unknown), 0);
    assert_int_equal(activate(), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(set_week("any week", three_kinds), 0);
    assert_int_equal(activate(), DLMS_RESULT_OTHER_REASON);
    set_all();
    assert_int_equal(set_days(40, 1, 3, scripts), 0); /* a day that does not begin at midnight */
    assert_int_equal(activate(), DLMS_RESULT_OTHER_REASON);
    assert_memory_equal(active(), &before, sizeof before);
    set_all();
    assert_int_equal(activate(), 0);
}

/* ---- Special days ---- */

static int set_day(uint16_t year, uint8_t month, uint8_t day, uint8_t weekday, uint8_t id)
{
    const uint8_t date[5] = {(uint8_t)(year >> 8), (uint8_t)year, month, day, weekday};
    uint8_t bytes[64];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_array(&data, 1);
    dlms_put_structure(&data, 3);
    dlms_put_u16(&data, 1);
    dlms_put_octet_string(&data, date, sizeof date);
    dlms_put_u8(&data, id);
    return modern_set(&modern, SPECIAL_DAYS, special_days, 2, &data);
}

static void test_special_days(void **state)
{
    (void)state;
    uint8_t bytes[2000];
    const struct wh_tariff_plan before = *active();
    const struct dlms_writer all = value_of(SPECIAL_DAYS, special_days, 2, bytes, sizeof bytes);
    assert_int_equal(bytes[1], 3);
    assert_int_equal(set_day(2027, 7, 14, 0xFF, 3), 0); /* summer is season 0, so week 1 */
    assert_int_equal(active()->exception_count, 1);
    assert_int_equal(tariff_at(2027, 7, 14, 12), 4);
    assert_int_equal(tariff_at(2026, 12, 24, 12), 3);
    const struct wh_tariff_plan one = *active();
    assert_int_not_equal(set_day(2027, 7, 14, 0xFF, 6), 0); /* winter's holiday */
    assert_int_not_equal(set_day(0xFFFF, 7, 14, 0xFF, 3), 0);
    assert_int_not_equal(set_day(2027, 2, 29, 0xFF, 6), 0);
    assert_int_not_equal(set_day(2027, 7, 14, 1, 3), 0); /* it is a Wednesday */
    assert_memory_equal(active(), &one, sizeof one);
    assert_int_equal(modern_set(&modern, SPECIAL_DAYS, special_days, 2, &all), 0);
    assert_same_tariffs(active(), &before);
}

/* As many as there may be go out and come back in blocks. */
static void test_many_special_days(void **state)
{
    (void)state;
    uint8_t bytes[3600];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_array(&data, WH_PLAN_EXCEPTIONS_MAX);
    for (unsigned i = WH_PLAN_EXCEPTIONS_MAX; i-- > 0;) { /* in any order */
        const int32_t day = wh_calendar_day(2026, 1, 1) + (int32_t)i;
        const struct wh_datetime date = wh_calendar_datetime((int64_t)day * WH_CALENDAR_DAY_S);
        const uint8_t octets[5] = {(uint8_t)(date.year >> 8), (uint8_t)date.year, date.month,
                                   date.day, 0xFF};
        dlms_put_structure(&data, 3);
        dlms_put_u16(&data, (uint16_t)i);
        dlms_put_octet_string(&data, octets, sizeof octets);
        dlms_put_u8(&data, wh_modern_holiday(active(), day));
    }
    assert_false(dlms_writer_overflowed(&data));
    assert_int_equal(modern_set(&modern, SPECIAL_DAYS, special_days, 2, &data), 0);
    assert_int_equal(active()->exception_count, WH_PLAN_EXCEPTIONS_MAX);
    assert_int_equal(modern_get(&modern, SPECIAL_DAYS, special_days, 2), 0);
    assert_int_equal(dlms_client_value(&modern.client).length, data.total);
}

static void test_reading_changes_no_calendar(void **state)
{
    (void)state;
    const struct wh_tariff_plan before = *active();
    modern_connect(&modern, 1);
    assert_int_not_equal(set_name("other"), 0);
    assert_int_not_equal(activate(), 0);
    assert_int_not_equal(set_day(2027, 7, 14, 0xFF, 3), 0);
    assert_memory_equal(active(), &before, sizeof before);
    for (int8_t attribute = 2; attribute <= 10; attribute++) {
        assert_int_equal(modern_get(&modern, CALENDAR, calendar, attribute), 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_of_any_plan_give_that_plan),
        TEST(test_active_written_as_passive_and_activated_is_the_same),
        TEST(test_own_tables),
        TEST(test_wrong_tables_are_refused),
        TEST(test_what_does_not_fit_is_not_activated),
        TEST(test_special_days),
        TEST(test_many_special_days),
        TEST(test_reading_changes_no_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
