/* What a tariff plan may be, and its bytes: each thing that is wrong is named, and damaged bytes
 * never become another plan unnoticed by the rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/tariff_plan_bytes.h"
#include "tests/app/plans.h"

static struct wh_tariff_plan plan;

/* What the check says of the plan as it is now; NULL for field if it passes. */
static void assert_fault(const char *field, unsigned season, unsigned day_type, unsigned index,
                         const char *reason)
{
    struct wh_plan_fault fault = {.field = "untouched"};
    if (field == NULL) {
        assert_int_equal(wh_tariff_plan_check(&plan, &fault), WH_OK);
        assert_string_equal(fault.field, "untouched");
        return;
    }
    assert_int_equal(wh_tariff_plan_check(&plan, NULL), WH_ERR_ARGUMENT);
    assert_int_equal(wh_tariff_plan_check(&plan, &fault), WH_ERR_ARGUMENT);
    assert_string_equal(fault.field, field);
    assert_string_equal(fault.reason, reason);
    assert_int_equal(fault.season, season);
    assert_int_equal(fault.day_type, day_type);
    assert_int_equal(fault.index, index);
}

static void test_name_and_working_days(void **state)
{
    (void)state;
    plans_usual(&plan);
    assert_fault(NULL, 0, 0, 0, NULL);
    memcpy(plan.name, " ~", 2);
    assert_fault(NULL, 0, 0, 0, NULL);
    plan.name[0] = '\n';
    assert_fault("name", 0, 0, 0, "not a printable ASCII character");
    plan.name[0] = 'U';
    plan.name[2] = '\x1F';
    assert_fault("name", 0, 0, 2, "not a printable ASCII character");
    plan.name[2] = '\x7F';
    assert_fault("name", 0, 0, 2, "not a printable ASCII character");
    plan.name[2] = '\xE6';
    assert_fault("name", 0, 0, 2, "not a printable ASCII character");
    plan.name[2] = '\0';
    assert_fault("name", 0, 0, 3, "something after its end");
    plans_full(&plan);
    assert_fault(NULL, 0, 0, 0, NULL);
    plan.name[16] = 'X';
    assert_fault("name", 0, 0, 16, "longer than 16 characters");
    plans_usual(&plan);
    plan.working_days = 128;
    assert_fault("working days", 0, 0, 0, "more than seven weekdays");
}

static void check_change(unsigned index, struct wh_season_change change, const char *reason)
{
    plans_full(&plan);
    plan.season_changes[index] = change;
    assert_fault(reason != NULL ? "season change" : NULL, 0, 0, index, reason);
}

static void test_season_changes(void **state)
{
    (void)state;
    check_change(1, (struct wh_season_change){2, 29, 3}, NULL);
    check_change(1, (struct wh_season_change){2, 30, 3}, "no such date");
    check_change(7, (struct wh_season_change){13, 1, 3}, "no such date");
    check_change(0, (struct wh_season_change){0, 1, 3}, "no such date");
    check_change(0, (struct wh_season_change){1, 0, 3}, "no such date");
    check_change(3, (struct wh_season_change){4, 31, 3}, "no such date");
    check_change(3, (struct wh_season_change){4, 30, 4}, "no such season");
    check_change(3, (struct wh_season_change){3, 28, 0}, "date not after the one before");
    check_change(3, (struct wh_season_change){3, 29, 0}, NULL);
    check_change(3, (struct wh_season_change){2, 29, 0}, "date not after the one before");
    check_change(1, (struct wh_season_change){1, 28, 0}, "date not after the one before");
    plans_full(&plan);
    plan.season_change_count = 9;
    assert_fault("season change", 0, 0, 8, "more than 8");
    plan.season_change_count = 255;
    assert_fault("season change", 0, 0, 8, "more than 8");
}

static void check_switch(unsigned index, struct wh_tariff_switch entry, const char *reason)
{
    plans_full(&plan);
    plan.days[2][WH_DAY_NON_WORKING].switches[index] = entry;
    assert_fault(reason != NULL ? "switch" : NULL, 2, WH_DAY_NON_WORKING, index, reason);
}

static void test_switches(void **state)
{
    (void)state;
    check_switch(9, (struct wh_tariff_switch){1439, 4}, NULL);
    check_switch(9, (struct wh_tariff_switch){1440, 4}, "minute is not 0 to 1439");
    check_switch(9, (struct wh_tariff_switch){1439, 0}, "tariff is not 1 to 4");
    check_switch(4, (struct wh_tariff_switch){600, 5}, "tariff is not 1 to 4");
    check_switch(4, (struct wh_tariff_switch){450, 1}, "minute not above the one before");
    check_switch(4, (struct wh_tariff_switch){449, 1}, "minute not above the one before");
    check_switch(0, (struct wh_tariff_switch){1, 1}, "the first one is not at 00:00");
    check_switch(1, (struct wh_tariff_switch){0, 1}, "minute not above the one before");
    plans_full(&plan);
    plan.days[3][WH_DAY_HOLIDAY].switch_count = 11;
    assert_fault("switch", 3, WH_DAY_HOLIDAY, 10, "more than 10");
}

/* A season that is used has switches on all days; what is not used may be empty, not wrong. */
static void test_empty_days(void **state)
{
    (void)state;
    for (unsigned d = 0; d < 2 * WH_DAY_TYPES; d++) {
        plans_usual(&plan);
        plan.days[d / WH_DAY_TYPES][d % WH_DAY_TYPES].switch_count = 0;
        assert_fault("switch", d / WH_DAY_TYPES, d % WH_DAY_TYPES, 0,
                     "none in a season that is used");
    }
    plans_usual(&plan);
    plan.days[3][WH_DAY_WORKING] = plans_day(1, 600, 5, 0, 0);
    assert_fault("switch", 3, WH_DAY_WORKING, 1, "tariff is not 1 to 4");
    plans_usual(&plan);
    plan.season_changes[plan.season_change_count].season = 3; /* after the end: leads nowhere */
    assert_fault(NULL, 0, 0, 0, NULL);
    plan.season_change_count = 0;
    plan.days[1][WH_DAY_WORKING].switch_count = 0;
    assert_fault(NULL, 0, 0, 0, NULL);
    plan.days[0][WH_DAY_WORKING].switch_count = 0;
    assert_fault("switch", 0, WH_DAY_WORKING, 0, "none in a season that is used");
}

static void test_exceptions(void **state)
{
    (void)state;
    plans_full(&plan);
    plan.exceptions[199] = 50038; /* 2136-12-31 */
    assert_fault(NULL, 0, 0, 0, NULL);
    plan.exceptions[199] = 50039;
    assert_fault("exception day", 0, 0, 199, "after the year 2136");
    plan.exceptions[199] = plan.exceptions[198];
    assert_fault("exception day", 0, 0, 199, "not after the one before");
    plan.exceptions[1] = plan.exceptions[0];
    assert_fault("exception day", 0, 0, 1, "not after the one before");
    plan.exceptions[0] = UINT16_MAX;
    assert_fault("exception day", 0, 0, 0, "after the year 2136");
    plans_full(&plan);
    plan.exceptions[0] = 0; /* 2000-01-01 */
    assert_fault(NULL, 0, 0, 0, NULL);
    plan.exception_count = 201;
    assert_fault("exception day", 0, 0, 200, "more than 200");
}

static void test_twenty_years_ahead(void **state)
{
    (void)state;
    struct wh_plan_fault fault = {0};
    plans_usual(&plan);
    plan.exceptions[plan.exception_count] = UINT16_MAX; /* after the end */
    const int32_t last = wh_calendar_day(2028, 2, 29);
    assert_int_equal(wh_tariff_plan_check_ahead(&plan, last - 7305, &fault), WH_OK);
    assert_int_equal(wh_tariff_plan_check_ahead(&plan, last + 7305, &fault), WH_OK);
    assert_null(fault.field);
    assert_int_equal(wh_tariff_plan_check_ahead(&plan, last - 7306, NULL), WH_ERR_ARGUMENT);
    assert_int_equal(wh_tariff_plan_check_ahead(&plan, last - 7306, &fault), WH_ERR_ARGUMENT);
    assert_string_equal(fault.field, "exception day");
    assert_int_equal(fault.index, 2);
    const int32_t first = wh_calendar_day(2026, 5, 1);
    plan.exception_count = 1;
    assert_int_equal(wh_tariff_plan_check_ahead(&plan, first - 7305, NULL), WH_OK);
    assert_int_equal(wh_tariff_plan_check_ahead(&plan, first - 7306, &fault), WH_ERR_ARGUMENT);
    assert_int_equal(fault.index, 0);
    assert_int_equal(wh_calendar_day(2028, 2, 29) - wh_calendar_day(2008, 2, 29), 7305);
}

/* The bytes of version 1, as they may be in memories by now. */
static const uint8_t usual_bytes[] = {
    1,  'U',  'S',  'U',  'A',  'L',  0,    0,    0,    0, 0, 0, 0, 0, 0, 0, 0, /* name */
    31, 2,    4,    1,    0,    10,   1,    1,                         /* working days, seasons */
    3,  0,    0,    2,    0x68, 0x01, 1,    0x0A, 0x05, 2,             /* season 0: working day */
    1,  0,    0,    2,    1,    0,    0,    4,                         /* non-working, holiday */
    3,  0,    0,    2,    0x68, 0x01, 3,    0x0A, 0x05, 2,             /* season 1 */
    1,  0,    0,    2,    1,    0,    0,    4,    0,    0, 0, 0, 0, 0, /* 2, 3 */
    3,  0x91, 0x25, 0x7E, 0x26, 0x2E, 0x28,                            /* exception days */
};

static void test_format_stays(void **state)
{
    (void)state;
    uint8_t bytes[WH_PLAN_BYTES_MAX];
    struct wh_tariff_plan decoded;
    plans_usual(&plan);
    assert_int_equal(wh_tariff_plan_encode(&plan, bytes), sizeof usual_bytes);
    assert_memory_equal(bytes, usual_bytes, sizeof usual_bytes);
    assert_int_equal(wh_tariff_plan_decode(usual_bytes, sizeof usual_bytes, &decoded, NULL), WH_OK);
    assert_int_equal(decoded.exceptions[0], wh_calendar_day(2026, 5, 1));
    assert_int_equal(decoded.days[1][WH_DAY_WORKING].switches[2].minute, 21 * 60 + 30);
}

/* The promise that room for a plan is planned by. */
static void test_sizes(void **state)
{
    (void)state;
    uint8_t bytes[WH_PLAN_BYTES_MAX];
    plans_full(&plan);
    assert_int_equal(wh_tariff_plan_encode(&plan, bytes), WH_PLAN_BYTES_MAX);
    assert_int_equal(WH_PLAN_BYTES_MAX, 816);
    assert_true(sizeof(struct wh_tariff_plan) <= 1024);
}

static void assert_refused(const uint8_t *bytes, size_t length, enum wh_err expected,
                           const char *reason)
{
    struct wh_tariff_plan decoded;
    struct wh_tariff_plan before;
    struct wh_plan_fault fault = {0};
    memset(&decoded, 0xA5, sizeof decoded);
    memcpy(&before, &decoded, sizeof before);
    assert_int_equal(wh_tariff_plan_decode(bytes, length, &decoded, NULL), expected);
    assert_int_equal(wh_tariff_plan_decode(bytes, length, &decoded, &fault), expected);
    assert_string_equal(fault.reason, reason);
    assert_memory_equal(&decoded, &before, sizeof decoded);
}

static void test_length(void **state)
{
    (void)state;
    uint8_t bytes[WH_PLAN_BYTES_MAX + 1] = {0};
    plans_full(&plan);
    const size_t length = wh_tariff_plan_encode(&plan, bytes);
    for (size_t l = 0; l < length; l++) {
        assert_refused(bytes, l, WH_ERR_FORMAT, "ends early");
    }
    assert_refused(bytes, length + 1, WH_ERR_FORMAT, "goes on after its end");
}

static void test_refused_bytes(void **state)
{
    (void)state;
    uint8_t bytes[sizeof usual_bytes];
    memcpy(bytes, usual_bytes, sizeof bytes);
    bytes[0] = 2;
    assert_refused(bytes, sizeof bytes, WH_ERR_VERSION, "another version");
    assert_refused(bytes, 1, WH_ERR_VERSION, "another version");
    bytes[0] = 1;
    bytes[18] = 9;
    assert_refused(bytes, sizeof bytes, WH_ERR_FORMAT, "a count is too large");
    bytes[18] = 2;
    bytes[25] = 11;
    assert_refused(bytes, sizeof bytes, WH_ERR_FORMAT, "a count is too large");
    bytes[25] = 3;
    bytes[sizeof bytes - 7] = 201;
    assert_refused(bytes, sizeof bytes, WH_ERR_FORMAT, "a count is too large");
    bytes[sizeof bytes - 7] = 3;
    bytes[28] = 5;
    assert_refused(bytes, sizeof bytes, WH_ERR_FORMAT, "tariff is not 1 to 4");
}

/* Decoded bytes encode to themselves; two encodings never mean the same plan. */
static void check_bytes(const uint8_t *bytes, size_t length, bool must_pass)
{
    uint8_t again[WH_PLAN_BYTES_MAX];
    struct wh_tariff_plan decoded;
    const enum wh_err err = wh_tariff_plan_decode(bytes, length, &decoded, NULL);
    if (err == WH_OK) {
        assert_int_equal(wh_tariff_plan_encode(&decoded, again), length);
        assert_memory_equal(again, bytes, length);
    } else {
        assert_false(must_pass);
    }
}

static void test_random_plans_and_damage(void **state)
{
    (void)state;
    uint8_t bytes[WH_PLAN_BYTES_MAX];
    struct test_random random = {78};
    for (int p = 0; p < 500; p++) {
        plans_random(&plan, &random);
        const size_t length = wh_tariff_plan_encode(&plan, bytes);
        check_bytes(bytes, length, true);
        for (int n = 0; n < 200; n++) {
            const size_t at = random_u64(&random) % length;
            const uint8_t change = (uint8_t)(1 + random_u64(&random) % 255);
            bytes[at] ^= change;
            check_bytes(bytes, length, false);
            bytes[at] ^= change;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_name_and_working_days),
        cmocka_unit_test(test_season_changes),
        cmocka_unit_test(test_switches),
        cmocka_unit_test(test_empty_days),
        cmocka_unit_test(test_exceptions),
        cmocka_unit_test(test_twenty_years_ahead),
        cmocka_unit_test(test_format_stays),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_refused_bytes),
        cmocka_unit_test(test_random_plans_and_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
