/* Texts of the tool, both ways: numbers with every digit, OBIS codes, endpoints, times, registers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/endpoint.h"
#include "cli/tool_data.h"
#include "cli/tool_iec_value.h"
#include "cli/tool_kmp_value.h"
#include "cli/tool_obis.h"
#include "cli/tool_plan.h"
#include "cli/tool_target.h"
#include "cli/tool_time.h"

static void test_numbers_are_exact(void **state)
{
    static const struct {
        int64_t number;
        int exponent;
        const char *unit;
        const char *text;
    } rows[] = {
        {0, 0, "", "0"},
        {0, 3, "W", "0 W"},
        {5, -3, "", "0.005"},
        {-5, -3, "A", "-0.005 A"},
        {123456789, -1, "Wh", "12345.6789 kWh"},
        {1, 0, "Wh", "0.001 kWh"},
        {12345, 3, "Wh", "12345 kWh"},
        {7, 3, "varh", "7 kvarh"},
        {99, 2, "W", "9900 W"},
        {INT64_MAX, 0, "", "9223372036854775807"},
        {INT64_MIN, 0, "", "-9223372036854775808"},
        {INT64_MIN, -18, "", "-9.223372036854775808"},
        {1, -18, "", "0.000000000000000001"},
        {1, 40, "", "1e40"},
        {1, -40, "", "1e-40"},
    };
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        char text[TOOL_VALUE_SIZE];
        const struct tool_value value = tool_number(rows[r].number, rows[r].exponent, rows[r].unit);
        tool_value_text(&value, text);
        assert_string_equal(text, rows[r].text);
    }
}

/* What is written is read back as the same, in any power of ten; what has more digits is refused. */
static void test_numbers_come_back(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int i = 0; i < 20000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        const int64_t number = (int64_t)(random >> 1) >> (i % 60);
        const int exponent = -(i % 9);
        char text[TOOL_VALUE_SIZE];
        int64_t back;
        const struct tool_value value = tool_number(i % 2 != 0 ? -number : number, exponent, "");
        tool_value_plain(&value, text);
        if (number < INT64_MAX / 10) {
            assert_true(tool_number_parse(text, exponent, &back));
            assert_int_equal(back, value.number);
            assert_int_equal(tool_number_parse(text, exponent + 1, &back), number % 10 == 0);
        }
    }
    static const char *const none[] = {"",   "-",  ".",   "1.2.3", "1e3",
                                       " 1", "1 ", "0x1", "--1",   "99999999999999999999"};
    for (size_t n = 0; n < sizeof none / sizeof none[0]; n++) {
        int64_t back;
        assert_false(tool_number_parse(none[n], 0, &back));
    }
}

static void test_codes(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 0x10000; i++) {
        const uint8_t code[6] = {(uint8_t)(i & 3),  (uint8_t)(i >> 2 & 3),
                                 (uint8_t)(i >> 4), (uint8_t)(i >> 5),
                                 (uint8_t)(i >> 6), (uint8_t)(255 - (i >> 12))};
        char text[TOOL_OBIS_SIZE];
        struct tool_obis obis;
        tool_obis_text(code, text);
        assert_true(tool_obis_parse(text, &obis));
        assert_memory_equal(obis.code, code, 6);
        assert_true(obis.has_medium);
    }
    static const char *const none[] = {"",        "1.8",         "1.8.0.0",      "1-1.1.8.0",
                                       "1:1.8.0", "1-1:1.8.256", "1.8.0*",       "1-1:1.8.0.",
                                       "a.b.c",   "1..0",        "1-1:1.8.0*1*1"};
    for (size_t n = 0; n < sizeof none / sizeof none[0]; n++) {
        struct tool_obis obis;
        assert_false(tool_obis_parse(none[n], &obis));
    }
}

/* Every name of the catalog and of the parameters is found, and has a place in some protocol. */
static void test_every_name(void **state)
{
    (void)state;
    char error[256];
    struct tool_target target;
    const struct tool_item *item;
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        const struct wh_quantity *row = wh_catalog_get((enum wh_quantity_id)q);
        assert_true(tool_target_find(row->name, &target, error, sizeof error));
        assert_string_equal(target.name, row->name);
        assert_true(target.has_obis);
    }
    for (int i = 0; (item = tool_item_at(i)) != NULL; i++) {
        assert_true(tool_target_find(item->name, &target, error, sizeof error));
        struct tool_place place;
        assert_true(item->class_id != 0 || item->kmp_id != 0 || item->iec != NULL ||
                    tool_item_place(item, &place));
        assert_true(item->least <= item->greatest && item->text[0] != '\0');
        assert_ptr_equal(tool_item_find(item->name), item);
    }
}

static uint32_t random_number(uint32_t below)
{
    static uint64_t seed = 7;
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

static void random_plan(struct wh_tariff_plan *plan)
{
    static const char characters[] = "aZ9 ;%%\"\\_-/.";
    *plan = (struct wh_tariff_plan){.working_days = (uint8_t)random_number(128)};
    for (uint32_t c = 0, count = random_number(WH_PLAN_NAME_MAX + 1); c < count; c++) {
        plan->name[c] = characters[random_number(sizeof characters - 1)];
    }
    plan->season_change_count = (uint8_t)random_number(WH_PLAN_SEASON_CHANGES_MAX + 1);
    for (uint8_t c = 0; c < plan->season_change_count; c++) {
        plan->season_changes[c] =
            (struct wh_season_change){(uint8_t)(c + 1), (uint8_t)(random_number(28) + 1),
                                      (uint8_t)random_number(WH_PLAN_SEASONS)};
    }
    for (int d = 0; d < WH_PLAN_SEASONS * WH_DAY_TYPES; d++) {
        struct wh_tariff_day *day = &plan->days[d / WH_DAY_TYPES][d % WH_DAY_TYPES];
        day->switch_count = (uint8_t)(1 + random_number(WH_PLAN_SWITCHES_MAX));
        for (uint8_t s = 0; s < day->switch_count; s++) {
            day->switches[s] =
                (struct wh_tariff_switch){(uint16_t)(s == 0 ? 0 : s * 140 + random_number(140)),
                                          (uint8_t)(1 + random_number(WH_PLAN_TARIFFS))};
        }
    }
    plan->exception_count = (uint8_t)random_number(WH_PLAN_EXCEPTIONS_MAX + 1);
    for (uint8_t e = 0; e < plan->exception_count; e++) {
        plan->exceptions[e] = (uint16_t)(9000u + 30u * e + random_number(30));
    }
}

/* TAR-1: a plan is written as text and read back as the same, the largest, too. */
static void test_plans_come_back(void **state)
{
    (void)state;
    for (int round = 0; round < 500; round++) {
        struct wh_tariff_plan plan;
        struct wh_tariff_plan back;
        char text[TOOL_PLAN_TEXT];
        char error[256];
        random_plan(&plan);
        assert_int_equal(wh_tariff_plan_check(&plan, NULL), WH_OK);
        tool_plan_text(&plan, text);
        assert_true(strlen(text) + 1 < sizeof text);
        assert_true(tool_plan_parse(text, &back, error, sizeof error));
        assert_memory_equal(&back, &plan, sizeof plan);
    }
}

static void test_endpoints(void **state)
{
    static const struct {
        const char *text, *place, *written;
        enum endpoint_language language;
        uint16_t port;
        bool is_serial;
    } rows[] = {
        {"dlms://meter", "meter", "dlms://meter:4059", ENDPOINT_DLMS, 4059, false},
        {"hdlc://meter", "meter", "hdlc://meter:1025", ENDPOINT_HDLC, 1025, false},
        {"kmp://10.0.0.1:99", "10.0.0.1", "kmp://10.0.0.1:99", ENDPOINT_KMP, 99, false},
        {"iec:///dev/ttyS0?baud=300", "/dev/ttyS0", "iec:///dev/ttyS0", ENDPOINT_IEC, 1025, true},
        {"dlms://[::1]:5?client=1", "::1", "dlms://[::1]:5", ENDPOINT_DLMS, 5, false},
        {"dlms://[fe80::2]/", "fe80::2", "dlms://[fe80::2]:4059", ENDPOINT_DLMS, 4059, false},
    };
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct endpoint endpoint;
        char text[ENDPOINT_TEXT_SIZE];
        char error[256] = "";
        const bool parsed = endpoint_parse(rows[r].text, &endpoint, error, sizeof error);
        assert_string_equal(error, "");
        assert_true(parsed);
        endpoint = endpoint_in(&endpoint, endpoint.language);
        endpoint_text(&endpoint, text);
        assert_string_equal(endpoint.place, rows[r].place);
        assert_string_equal(text, rows[r].written);
        assert_int_equal(endpoint.language, rows[r].language);
        assert_int_equal(endpoint.port, rows[r].port);
        assert_int_equal(endpoint.is_serial, rows[r].is_serial);
    }
}

static int64_t at(uint16_t year, uint8_t month, uint8_t day, uint8_t hour, uint8_t minute)
{
    const struct wh_datetime time = {
        .year = year, .month = month, .day = day, .hour = hour, .minute = minute};
    int64_t seconds;
    assert_int_equal(wh_calendar_seconds(&time, &seconds), WH_OK);
    return seconds;
}

static void test_times(void **state)
{
    const int64_t now = at(2026, 3, 1, 12, 0);
    const struct {
        const char *text;
        bool is_end;
        int64_t seconds;
    } rows[] = {
        {"2026-11-20", false, at(2026, 11, 20, 0, 0)},
        {"2026-11-20", true, at(2026, 11, 21, 0, 0) - 1},
        {"2026-11-20 14:05", true, at(2026, 11, 20, 14, 5)},
        {"2026-11-20T14:05:09", false, at(2026, 11, 20, 14, 5) + 9},
        {"now", false, now},
        {"-90m", false, at(2026, 3, 1, 10, 30)},
        {"-12h", true, at(2026, 3, 1, 0, 0)},
        {"-1d", false, at(2026, 2, 28, 12, 0)},
        {"-2w", false, at(2026, 2, 15, 12, 0)},
    };
    static const char *const none[] = {"",
                                       "-",
                                       "-d",
                                       "-1",
                                       "-1y",
                                       "20261120",
                                       "2026-11-31",
                                       "2026-02-29",
                                       "2026-11-20 14",
                                       "2026-11-20 24:00",
                                       "2026-11-20x14:00",
                                       "2026-11-20 14:00:60",
                                       "tomorrow"};
    int64_t seconds;
    char error[256];
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        assert_true(
            tool_time_parse(rows[r].text, now, rows[r].is_end, &seconds, error, sizeof error));
        assert_int_equal(seconds, rows[r].seconds);
    }
    for (size_t n = 0; n < sizeof none / sizeof none[0]; n++) {
        assert_false(tool_time_parse(none[n], now, false, &seconds, error, sizeof error));
    }
}

/* Registers as recorded from meters: kWh become Wh, without losing a digit; and the way back. */
static void test_kmp_registers(void **state)
{
    static const uint8_t energy[] = {2, 4, 0x42, 0x00, 0x12, 0xD6, 0x87}; /* 12345.67 kWh */
    static const uint8_t clock[] = {53, 8, 0, 0x82, 1, 0x21, 2, 0x10, 0x0A, 9, 0x0C};
    struct kmp_value raw;
    struct tool_failure failure;
    char text[TOOL_VALUE_SIZE];
    size_t used;
    (void)state;
    assert_int_equal(kmp_value_decode(energy, sizeof energy, &raw, &used), WH_OK);
    struct tool_value value = tool_kmp_value(&raw);
    tool_value_text(&value, text);
    assert_string_equal(text, "12345.67 kWh");
    assert_string_equal(value.unit, "Wh");
    assert_true(tool_kmp_put_number(&raw, "x", 99990, &failure));
    value = tool_kmp_value(&raw);
    tool_value_text(&value, text);
    assert_string_equal(text, "99.99 kWh");
    assert_false(tool_kmp_put_number(&raw, "x", 99991, &failure)); /* 10 Wh are its last digit */
    assert_int_equal(failure.code, CLI_BAD_INPUT);
    assert_int_equal(kmp_value_decode(clock, sizeof clock, &raw, &used), WH_OK);
    value = tool_kmp_value(&raw);
    tool_value_text(&value, text);
    assert_string_equal(text, "2012-09-10 16:02:33");
}

static void test_data_sets(void **state)
{
    static const struct {
        const char *address, *value, *unit, *text;
    } rows[] = {
        {"1.8.0", "0036886", "kWh", "36886 kWh"},
        {"1.6.0", "1.078", "kW", "1078 W"},
        {"96.8.0", "0119899", "h", "119899 h"},
        {"0.0.0", "14410000", "", "14410000"},
        {"1.0.0", "01131212114656", "", "2013-12-12 11:46:56"},
        {"1.0.0", "10130712114656", "",
         "2013-07-12 11:46:56 summer time (the meter's clock is not valid)"},
        {"0.2.0", "LR-0.2", "", "LR-0.2"},
        {"1.0.0", "99999999999999", "", "-"},
    };
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        char text[TOOL_VALUE_SIZE];
        const struct tool_value value = tool_iec_value(
            rows[r].address, (struct iec21_span){rows[r].value, strlen(rows[r].value)},
            (struct iec21_span){rows[r].unit, strlen(rows[r].unit)});
        tool_value_text(&value, text);
        assert_string_equal(text, rows[r].text);
    }
}

/* A row of the load profile recorded from a 351C. */
static void test_cosem_data(void **state)
{
    static const uint8_t row[] = {0x02, 0x08, 0x09, 0x0C, 0x07, 0xDD, 0x0A, 0x19, 0x05, 0x0F,
                                  0x00, 0x00, 0xFF, 0x80, 0x00, 0x80, 0x12, 0x00, 0x00, 0x06,
                                  0x00, 0x00, 0x00, 0x00, 0x0F, 0x01, 0x06, 0x00, 0x02, 0xE3,
                                  0x0D, 0x06, 0x00, 0x00, 0x00, 0x00, 0x06, 0x00, 0x00, 0x0D,
                                  0x2F, 0x06, 0x00, 0x00, 0x00, 0x01};
    (void)state;
    json_t *json = tool_data_json((struct dlms_span){row, sizeof row});
    char *text = json_dumps(json, JSON_COMPACT);
    assert_string_equal(text, "[\"2013-10-25T15:00:00\",0,0,1,189197,0,3375,1]");
    free(text);
    json_decref(json);
    for (size_t length = 0; length < sizeof row; length++) {
        struct tool_value value;
        assert_null(tool_data_json((struct dlms_span){row, length}));
        assert_false(tool_data_value((struct dlms_span){row, length}, true, &value));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_exact),
        cmocka_unit_test(test_numbers_come_back),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_every_name),
        cmocka_unit_test(test_plans_come_back),
        cmocka_unit_test(test_endpoints),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_kmp_registers),
        cmocka_unit_test(test_data_sets),
        cmocka_unit_test(test_cosem_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
