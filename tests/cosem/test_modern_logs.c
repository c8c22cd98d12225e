/* LOG-1, LOG-4, LOG-5, REG-7: load profile and analysis logger are deleted by hand, with reset of their
 * objects, by management and by nobody else; and no other log can be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "modern_client.h"

enum { PROFILE_CLASS = 7, RESET = 1, CAPTURE = 2, BUFFER = 2, ENTRIES_IN_USE = 7 };
enum { MANAGEMENT, READING };
enum { LOGGER_ROWS = 4, PROFILE_ROWS = 5 /* with the interval that setting the clock cut */ };

static const uint8_t load_profile[6] = {1, 1, 99, 1, 0, 255};
static const uint8_t logger[6] = {1, 1, 99, 1, 1, 255};
static const uint8_t deletions[6] = {1, 1, 99, 98, 10, 255};

static struct modern_client modern;

static struct rig *rig(void)
{
    return &modern.meter.rig;
}

/* An hour of rows of a quarter in both logs. */
static int start(void **state)
{
    (void)state;
    modern_start(&modern, NULL);
    assert_int_equal(wh_meter_set_clock(&rig()->meter, rig_utc(rig(), 2026, 2, 3, 12, 1)), WH_OK);
    struct wh_config config = rig()->meter.application.config;
    struct wh_config_fault fault;
    config.profile_min = 15;
    config.logger_min = 15;
    memset(config.logger, WH_QUANTITY_NONE, sizeof config.logger);
    config.logger[0] = WH_QUANTITY_U_L1;
    assert_int_equal(wh_meter_configure(&rig()->meter, &config, WH_ORIGIN_OPTICAL, &fault), WH_OK);
    rig_load(rig(), 1000000, 0, 3600);
    modern_connect(&modern, MANAGEMENT);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    modern_stop(&modern);
    return 0;
}

static void assert_rows(const uint8_t name[6], uint8_t count)
{
    const uint8_t expected[5] = {DLMS_TAG_U32, 0, 0, 0, count};
    modern_assert_value(&modern, PROFILE_CLASS, name, ENTRIES_IN_USE, expected, sizeof expected);
}

static int invoke(const uint8_t name[6], int8_t method, uint8_t tag, uint8_t value)
{
    uint8_t bytes[2];
    struct dlms_writer parameter = dlms_writer(bytes, sizeof bytes);
    dlms_raw_u8(&parameter, tag);
    if (tag != DLMS_TAG_NULL) {
        dlms_raw_u8(&parameter, value);
    }
    return modern_invoke(&modern, PROFILE_CLASS, name, method, &parameter);
}

static int reset(const uint8_t name[6])
{
    return invoke(name, RESET, DLMS_TAG_I8, 0);
}

/* The newest row ends with what happened: 4, of the logger 14 (docs/cosem.md). */
static void assert_newest_deletion(uint8_t expected)
{
    assert_int_equal(modern_get(&modern, PROFILE_CLASS, deletions, BUFFER), 0);
    const struct dlms_span rows = dlms_client_value(&modern.client);
    assert_int_equal(rows.data[rows.length - 2], DLMS_TAG_U8);
    assert_int_equal(rows.data[rows.length - 1], expected);
}

static void test_load_profile(void **state)
{
    (void)state;
    const int64_t energy = rig_read(rig(), WH_QUANTITY_A_PLUS);
    assert_rows(load_profile, PROFILE_ROWS);
    assert_int_equal(reset(load_profile), 0);
    assert_rows(load_profile, 0);
    assert_rows(logger, LOGGER_ROWS);
    assert_newest_deletion(4);
    assert_int_equal(rig_count_events(rig(), WH_EVENT_PROFILE_DELETED, NULL), 1);
    assert_int_equal(rig_read(rig(), WH_QUANTITY_A_PLUS), energy);
    assert_int_equal(modern_restart(&modern), WH_OK);
    modern_connect(&modern, MANAGEMENT);
    assert_rows(load_profile, 0);
}

static void test_logger(void **state)
{
    (void)state;
    assert_int_equal(invoke(logger, RESET, DLMS_TAG_NULL, 0), 0); /* the same as the 0 */
    assert_rows(logger, 0);
    assert_rows(load_profile, PROFILE_ROWS);
    assert_newest_deletion(14);
    rig_load(rig(), 1000000, 0, 1800);
    assert_rows(logger, 2);
    assert_rows(load_profile, PROFILE_ROWS + 2);
}

/* Another parameter, another method, another log: nothing is deleted. */
static void test_nothing_else_is_deleted(void **state)
{
    (void)state;
    static const uint8_t others[][6] = {{1, 1, 98, 1, 0, 255},   {1, 1, 98, 2, 0, 255},
                                        {1, 1, 99, 98, 2, 255},  {1, 1, 99, 98, 3, 255},
                                        {1, 1, 99, 98, 4, 255},  {1, 1, 99, 98, 10, 255},
                                        {1, 1, 99, 98, 12, 255}, {1, 1, 99, 98, 16, 255}};
    const struct wh_meter before = rig()->meter;
    for (size_t o = 0; o < sizeof others / sizeof others[0]; o++) {
        assert_int_equal(reset(others[o]), DLMS_RESULT_OBJECT_UNDEFINED);
    }
    assert_int_equal(invoke(load_profile, RESET, DLMS_TAG_I8, 1), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(invoke(load_profile, RESET, DLMS_TAG_U8, 0), DLMS_RESULT_TYPE_UNMATCHED);
    assert_int_equal(invoke(load_profile, CAPTURE, DLMS_TAG_I8, 0), DLMS_RESULT_READ_WRITE_DENIED);
    assert_memory_equal(&rig()->meter, &before, sizeof before);
}

static void test_nobody_else_deletes(void **state)
{
    (void)state;
    static const uint8_t action[] = {0xC3, 1, 0xC1, 0, 7, 1, 1, 99, 1, 0, 255, 1, 1, 0x0F, 0};
    modern_connect(&modern, READING);
    const struct wh_meter before = rig()->meter;
    assert_int_equal(reset(load_profile), DLMS_RESULT_READ_WRITE_DENIED);
    assert_int_equal(reset(logger), DLMS_RESULT_READ_WRITE_DENIED);
    assert_memory_equal(&rig()->meter, &before, sizeof before);
    for (int sap = WH_COSEM_CLIENT_MODULE; sap <= WH_COSEM_CLIENT_CONSUMER; sap++) {
        modern_become(&modern, READING); /* a fresh link: one has room for four */
        client_open_meter(&modern.meter, (uint16_t)sap, 0xFFFF);
        client_send(&modern.meter, action, sizeof action);
        assert_int_equal(modern.meter.reply[0], 0xD8); /* exception-response */
        assert_int_equal(rig_count_events(rig(), WH_EVENT_PROFILE_DELETED, NULL), 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_load_profile),
        TEST(test_logger),
        TEST(test_nothing_else_is_deleted),
        TEST(test_nobody_else_deletes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
