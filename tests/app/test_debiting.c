/* Debiting periods: when they end, what is stored, and that it stays (REG-4 to REG-6, VAR-11, VAR-13). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/app/rig.h"
#include "tests/common/random.h"

enum { KW_MW = 1000000, DAY_S = 86400 };

static struct wh_config config_of(uint8_t day, uint8_t interval)
{
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    config.debiting_day = day;
    config.debiting_interval = interval;
    config.integration_min = 60;
    return config;
}

static void open_at(struct rig *rig, uint8_t day, uint8_t interval, uint16_t year, uint8_t month,
                    uint8_t date)
{
    const struct wh_config config = config_of(day, interval);
    rig_open_as(rig, "382M", &config, 0);
    assert_int_equal(wh_meter_set_clock(&rig->meter, rig_utc(rig, year, month, date, 12, 0)),
                     WH_OK);
}

/* All records, oldest first; at most room. */
static uint32_t stops(const struct rig *rig, struct wh_debiting_record *records, uint32_t room)
{
    struct wh_log_range range;
    uint32_t count = 0;
    assert_int_equal(wh_log_range_begin_entries(&rig->meter.application.logs.log[WH_LOG_DEBITING],
                                                UINT32_MAX, 0, &range),
                     WH_OK);
    struct wh_debiting_record record;
    while (wh_debiting_next(&range, &record) == WH_OK) {
        if (count < room) {
            records[count] = record;
        }
        count++;
    }
    return count;
}

static uint32_t stops_2(const struct rig *rig, struct wh_debiting_record *records, uint32_t room)
{
    struct wh_log_range range;
    uint32_t count = 0;
    assert_int_equal(wh_log_range_begin_entries(&rig->meter.application.logs.log[WH_LOG_DEBITING_2],
                                                UINT32_MAX, 0, &range),
                     WH_OK);
    struct wh_debiting_record record;
    while (wh_debiting_2_next(&range, &record) == WH_OK) {
        if (count < room) {
            records[count] = record;
        }
        count++;
    }
    return count;
}

/* The value of a quantity in a record. */
static int64_t value_of(const struct wh_debiting_record *record, enum wh_quantity_id id)
{
    size_t count;
    const uint8_t *list = wh_debiting_quantities(&count);
    const uint8_t *at = memchr(list, (int)id, count);
    assert_non_null(at);
    return record->value[at - list];
}

static void stop(struct rig *rig, enum wh_debiting_cause cause)
{
    assert_int_equal(
        wh_application_stop_debiting(&rig->meter.application, &rig->meter.legal, cause), WH_OK);
}

/* VAR-11: the months of every interval code, as the reference lists them. */
static void test_months_of_the_codes(void **state)
{
    (void)state;
    static const char *const months[25] = {
        [0] = "............",  [1] = "JFMAMJJASOND",  [2] = "J.M.M.J.S.N.",  [3] = ".F.A.J.A.O.D",
        [4] = "J..A..J..O..",  [5] = ".F..M..A..N.",  [6] = "..M..J..S..D",  [7] = "J.....J.....",
        [8] = ".F.....A....",  [9] = "..M.....S...",  [10] = "...A.....O..", [11] = "....M.....N.",
        [12] = ".....J.....D", [13] = "J...........", [14] = ".F..........", [15] = "..M.........",
        [16] = "...A........", [17] = "....M.......", [18] = ".....J......", [19] = "......J.....",
        [20] = ".......A....", [21] = "........S...", [22] = ".........O..", [23] = "..........N.",
        [24] = "...........D"};
    for (uint8_t code = 0; code < 25; code++) {
        for (uint8_t month = 1; month <= 12; month++) {
            assert_int_equal(wh_debiting_is_month(code, month), months[code][month - 1] != '.');
        }
    }
}

/* REG-6, VAR-11: over two years, leap day and both ends of daylight saving included, each code on days 1, 15 and 28 stops
 * at 00:00 normal time of its date, once, and at no other time. */
static void test_dates_of_two_years(void **state)
{
    (void)state;
    static const uint8_t days[] = {1, 15, 28};
    for (int n = 0; n < 25 * 3; n++) {
        const uint8_t code = (uint8_t)(n / 3);
        const uint8_t day = code != 0 ? days[n % 3] : 0;
        struct rig rig;
        static struct wh_debiting_record records[32];
        open_at(&rig, day, code, 2027, 12, 20);
        uint32_t expected = 0;
        for (uint32_t date_s = rig_utc(&rig, 2027, 12, 21, 0, 0);
             date_s < rig_utc(&rig, 2029, 12, 21, 0, 0); date_s += DAY_S) {
            const struct wh_datetime date =
                wh_calendar_datetime(wh_clock_normal_of(&rig.meter.application.clock, date_s));
            /* a minute before it, and to it: the days between are set forward */
            assert_int_equal(wh_meter_set_clock(&rig.meter, date_s - 61), WH_OK);
            rig_load(&rig, 0, 0, 1);
            assert_int_equal(stops(&rig, NULL, 0), expected);
            rig_load(&rig, 0, 0, 60);
            expected += day != 0 && date.day == day && wh_debiting_is_month(code, date.month);
            assert_int_equal(stops(&rig, records, 32), expected);
            if (expected > 0 && date.day == day && wh_debiting_is_month(code, date.month)) {
                assert_int_equal(records[expected - 1].utc_s, date_s);
                assert_int_equal(records[expected - 1].number, expected);
                assert_int_equal(records[expected - 1].cause, WH_DEBITING_BY_DATE);
            }
        }
        rig_close(&rig);
    }
}

/* REG-6: midnight in normal time is 01:00 on the wall in summer; the record says that it was summer. */
static void test_stop_is_in_normal_time(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_debiting_record record;
    open_at(&rig, 1, 1, 2026, 7, 31);
    rig_load_until(&rig, 0, 0, rig_utc(&rig, 2026, 8, 1, 0, 0) - 1);
    assert_int_equal(wh_clock_local(&rig.meter.application.clock).hour, 0);
    assert_int_equal(stops(&rig, NULL, 0), 0);
    rig_load(&rig, 0, 0, 1);
    assert_int_equal(wh_clock_local(&rig.meter.application.clock).hour, 1);
    assert_int_equal(stops(&rig, &record, 1), 1);
    assert_true(record.summer);
    assert_true(record.clock_valid);
    rig_close(&rig);
}

/* REG-4: a record holds what was shown at the stop, all of it; the energy at midnight, not later. */
static void test_record_holds_what_was_shown(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_debiting_record record;
    int64_t shown[80];
    size_t count;
    open_at(&rig, 1, 1, 2026, 8, 31);
    const uint8_t *list = wh_debiting_quantities(&count);
    rig_load(&rig, 6 * KW_MW, 3 * KW_MW, 5 * 3600);
    rig_load(&rig, -3 * KW_MW, 1 * KW_MW, 5 * 3600);
    for (size_t q = 0; q < count; q++) {
        shown[q] = wh_capture(&rig.source, (enum wh_quantity_id)list[q]);
        assert_true(shown[q] != WH_CAPTURE_UNKNOWN);
    }
    stop(&rig, WH_DEBITING_BY_BUTTON);
    assert_int_equal(stops(&rig, &record, 1), 1);
    for (size_t q = 0; q < count; q++) {
        assert_int_equal(record.value[q], shown[q]);
    }
    assert_true(value_of(&record, WH_QUANTITY_A_PLUS) > 0);
    assert_int_equal(value_of(&record, WH_QUANTITY_P_PLUS_MAX), 6 * KW_MW);
    assert_int_equal(record.cause, WH_DEBITING_BY_BUTTON);
    assert_int_equal(record.utc_s, rig.meter.application.clock.utc_s);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_DEBITING_STOPPED, NULL), 1);
    rig_close(&rig);
}

/* REG-6: a date that an outage hid ends the period, once, stamped with its midnight, with the energy counted before;
 * three dates in an outage are one stop, at the first. */
static void test_date_in_an_outage(void **state)
{
    (void)state;
    for (int cut = RIG_ORDERLY; cut <= RIG_HARD; cut++) {
        struct rig rig;
        struct wh_debiting_record record[2];
        open_at(&rig, 1, 1, 2026, 8, 31);
        rig_load(&rig, 3 * KW_MW, 0, 3600);
        const int64_t counted = rig_read(&rig, WH_QUANTITY_A_PLUS);
        rig_outage(&rig, (enum rig_cut)cut, 70 * DAY_S, true);
        assert_int_equal(stops(&rig, record, 2), 1);
        assert_int_equal(record[0].utc_s, rig_utc(&rig, 2026, 9, 1, 0, 0));
        assert_int_equal(value_of(&record[0], WH_QUANTITY_A_PLUS), counted);
        rig_load(&rig, 3 * KW_MW, 0, 7200);
        rig_outage(&rig, (enum rig_cut)cut, 30, true);
        assert_int_equal(stops(&rig, NULL, 0), 1);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_DEBITING_COUNT), 1);
        rig_close(&rig);
    }
}

/* REG-6, CLK-2: a date in an outage that the clock did not survive, or while the time was invalid, ends the period when
 * the clock is set; not before, since nobody vouches for the time. */
static void test_date_while_the_time_is_invalid(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_debiting_record record;
    open_at(&rig, 1, 1, 2026, 8, 31);
    rig_load_until(&rig, 3 * KW_MW, 0, rig_utc(&rig, 2026, 8, 31, 23, 50));
    rig_outage(&rig, RIG_ORDERLY, 600, false);
    assert_false(rig.meter.application.clock.valid);
    rig_load(&rig, 3 * KW_MW, 0, 3 * 3600); /* past a midnight that it does not know */
    assert_int_equal(stops(&rig, NULL, 0), 0);
    rig_outage(&rig, RIG_HARD, 60, true);
    assert_int_equal(stops(&rig, NULL, 0), 0);
    assert_int_equal(wh_meter_set_clock(&rig.meter, rig_utc(&rig, 2026, 9, 1, 9, 0)), WH_OK);
    assert_int_equal(stops(&rig, &record, 1), 1);
    assert_int_equal(record.utc_s, rig_utc(&rig, 2026, 9, 1, 0, 0));
    rig_close(&rig);
}

/* REG-6: the first setting of the clock of a new meter is no date passed over. */
static void test_first_setting_is_no_stop(void **state)
{
    (void)state;
    struct rig rig;
    open_at(&rig, 1, 1, 2026, 8, 31);
    assert_int_equal(stops(&rig, NULL, 0), 0);
    assert_int_equal(stops_2(&rig, NULL, 0), 0);
    rig_close(&rig);
}

/* REG-6: a meter first powered up in the minute before its date stops on it. */
static void test_powered_up_before_the_date(void **state)
{
    (void)state;
    struct rig rig;
    const struct wh_config config = config_of(1, 1);
    rig_open_as(&rig, "382M", &config, 0);
    const uint32_t date_s = rig_utc(&rig, 2026, 9, 1, 0, 0);
    rig_close(&rig);
    rig_open_as(&rig, "382M", &config, date_s - 20);
    rig_load(&rig, 0, 0, 30);
    assert_int_equal(stops(&rig, NULL, 0), 1);
    rig_close(&rig);
}

/* REG-6: the clock set forward over the date stops, set back over it and reaching it again does not once more, also with
 * a stop by command in between and over a power cut; set back by a day or more the date is due again. */
static void test_clock_set_over_the_date(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_debiting_record records[4];
    open_at(&rig, 1, 1, 2026, 8, 31);
    const uint32_t date_s = rig_utc(&rig, 2026, 9, 1, 0, 0);
    rig_load_until(&rig, 0, 0, date_s - 100);
    assert_int_equal(wh_meter_set_clock(&rig.meter, date_s + 50), WH_OK);
    assert_int_equal(stops(&rig, records, 4), 1);
    assert_int_equal(records[0].utc_s, date_s);
    assert_int_equal(wh_meter_set_clock(&rig.meter, date_s - 100), WH_OK);
    rig_load(&rig, 0, 0, 300);
    assert_int_equal(stops(&rig, NULL, 0), 1);
    stop(&rig, WH_DEBITING_BY_COMMAND);
    assert_int_equal(wh_meter_set_clock(&rig.meter, date_s - 1000), WH_OK);
    rig_outage(&rig, RIG_HARD, 500, true);
    rig_load(&rig, 0, 0, 3600);
    assert_int_equal(stops(&rig, records, 4), 2);
    assert_int_equal(records[1].cause, WH_DEBITING_BY_COMMAND);
    assert_int_equal(wh_meter_set_clock(&rig.meter, date_s - 5 * DAY_S), WH_OK);
    rig_load_until(&rig, 0, 0, date_s + 60);
    assert_int_equal(stops(&rig, records, 4), 3);
    assert_int_equal(records[2].utc_s, date_s);
    assert_int_equal(records[2].number, 3);
    rig_close(&rig);
}

/* REG-6, CLK-3: another zone over midnight is a change of date: forward one stop, and back again none. */
static void test_zone_changed_over_the_date(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_config_fault fault;
    open_at(&rig, 1, 1, 2026, 8, 31);
    rig_load_until(&rig, 0, 0, rig_utc(&rig, 2026, 8, 31, 23, 30));
    struct wh_config config = rig.meter.application.config;
    config.zone_min = 120;
    assert_int_equal(wh_meter_configure(&rig.meter, &config, WH_ORIGIN_OPTICAL, &fault), WH_OK);
    assert_int_equal(stops(&rig, NULL, 0), 1);
    config.zone_min = 60;
    assert_int_equal(wh_meter_configure(&rig.meter, &config, WH_ORIGIN_OPTICAL, &fault), WH_OK);
    rig_load(&rig, 0, 0, 3600);
    assert_int_equal(stops(&rig, NULL, 0), 1);
    rig_close(&rig);
}

/* REG-5: 36 periods are there after 100 of them, each with restarts of both kinds around it, in order and whole. */
static void test_depth_over_restarts(void **state)
{
    (void)state;
    struct rig rig;
    static struct wh_debiting_record records[200];
    int64_t at_stop[100];
    open_at(&rig, 0, 0, 2026, 8, 31);
    for (uint32_t n = 0; n < 100; n++) {
        rig_load(&rig, 3 * KW_MW, 0, 1000 + n);
        rig_outage(&rig, n % 2 ? RIG_HARD : RIG_ORDERLY, 40, true);
        at_stop[n] = rig_read(&rig, WH_QUANTITY_A_PLUS);
        stop(&rig, WH_DEBITING_BY_COMMAND);
        rig_outage(&rig, n % 3 ? RIG_HARD : RIG_ORDERLY, 40, true);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_DEBITING_COUNT), n + 1);
    }
    const uint32_t count = stops(&rig, records, 200);
    assert_true(count >= WH_DEBITING_DEPTH);
    for (uint32_t r = 0; r < count; r++) {
        const uint32_t number = 100 - count + 1 + r;
        assert_int_equal(records[r].number, number);
        assert_int_equal(value_of(&records[r], WH_QUANTITY_A_PLUS), at_stop[number - 1]);
    }
    rig_close(&rig);
}

/* REG-6, VAR-13: the second register daily, weekly on Mondays, monthly on the first, at midnight normal time. */
static void test_second_register(void **state)
{
    (void)state;
    static const uint32_t expected[] = {62, 8, 3}; /* 2026-08-31 12:00 to 2026-11-01 12:00 */
    for (uint8_t interval = 0; interval <= 2; interval++) {
        struct wh_config config = config_of(0, 0);
        static struct wh_debiting_record records[80];
        struct rig rig;
        config.debiting_2_interval = interval;
        rig_open_as(&rig, "351C", &config, 0);
        assert_int_equal(wh_meter_set_clock(&rig.meter, rig_utc(&rig, 2026, 8, 31, 12, 0)), WH_OK);
        rig_load_until(&rig, 3 * KW_MW, 0, rig_utc(&rig, 2026, 11, 1, 12, 0));
        assert_int_equal(stops_2(&rig, records, 80), expected[interval]);
        for (uint32_t r = 0; r < expected[interval]; r++) {
            const struct wh_datetime at = wh_calendar_datetime(
                wh_clock_normal_of(&rig.meter.application.clock, records[r].utc_s));
            assert_int_equal(at.hour * 60 + at.minute, 0);
            assert_true(interval != 1 || at.weekday == 1);
            assert_true(interval != 2 || at.day == 1);
            /* 3 kW: 0.8333 counts of 0.1 Wh a second, exactly 30 000 an hour */
            const uint32_t hours = (records[r].utc_s - rig_utc(&rig, 2026, 8, 31, 12, 0)) / 3600;
            assert_int_equal(records[r].value[0], hours * 30000);
        }
        rig_close(&rig);
    }
}

/* REG-6: a day of the second register in an outage is one record, at the first. */
static void test_second_register_after_an_outage(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_debiting_record records[4] = {0};
    open_at(&rig, 0, 0, 2026, 8, 31);
    rig_outage(&rig, RIG_HARD, 3 * DAY_S, true);
    assert_int_equal(stops_2(&rig, records, 4), 1);
    assert_int_equal(records[0].utc_s, rig_utc(&rig, 2026, 9, 1, 0, 0));
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_months_of_the_codes),
        cmocka_unit_test(test_dates_of_two_years),
        cmocka_unit_test(test_stop_is_in_normal_time),
        cmocka_unit_test(test_record_holds_what_was_shown),
        cmocka_unit_test(test_date_in_an_outage),
        cmocka_unit_test(test_date_while_the_time_is_invalid),
        cmocka_unit_test(test_first_setting_is_no_stop),
        cmocka_unit_test(test_powered_up_before_the_date),
        cmocka_unit_test(test_clock_set_over_the_date),
        cmocka_unit_test(test_zone_changed_over_the_date),
        cmocka_unit_test(test_depth_over_restarts),
        cmocka_unit_test(test_second_register),
        cmocka_unit_test(test_second_register_after_an_outage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
