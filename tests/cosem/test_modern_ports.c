/* COM-7, COM-15, VAR-15. Set-up of ports, the parameter that was changed last, and keys that were, as
 * a secure client finds them: read only, and as the meter is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "modern_client.h"

static struct modern_client modern;

enum { LOCAL_PORT = 19, TCP = 41, MONITOR = 65 };

static const uint8_t optical[6] = {0, 0, 20, 0, 0, 255};
static const uint8_t tcp[6] = {0, 0, 25, 0, 0, 255};
static const uint8_t monitor[6] = {0, 0, 16, 2, 0, 255};

static const char never[] = "\x09\x0C\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x80\x00\x00";

static int start(void **state)
{
    (void)state;
    modern_start(&modern, NULL);
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

static int set(uint16_t class_id, const uint8_t name[6], int8_t attribute)
{
    uint8_t bytes[4];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_u16(&data, 1);
    return modern_set(&modern, class_id, name, attribute, &data);
}

/* IEC 62056-21, sign-on at 300, up to 9600; the address is the serial number; no password is read. */
static void test_optical(void **state)
{
    (void)state;
    uint8_t address[2 + 10] = {DLMS_TAG_OCTET_STRING};
    uint32_t divisor = 1000000000;
    for (; RIG_SERIAL_NUMBER / divisor == 0; divisor /= 10) {
    }
    for (; divisor > 0; divisor /= 10) {
        address[2 + address[1]++] = (uint8_t)('0' + RIG_SERIAL_NUMBER / divisor % 10);
    }
    modern_assert_value(&modern, LOCAL_PORT, optical, 2, "\x16\x00", 2);
    modern_assert_value(&modern, LOCAL_PORT, optical, 3, "\x16\x00", 2);
    modern_assert_value(&modern, LOCAL_PORT, optical, 4, "\x16\x05", 2);
    modern_assert_value(&modern, LOCAL_PORT, optical, 5, "\x16\x01", 2);
    modern_assert_value(&modern, LOCAL_PORT, optical, 6, address, 2u + address[1]);
    for (int8_t a = 7; a <= 9; a++) {
        assert_int_equal(modern_get(&modern, LOCAL_PORT, optical, a),
                         DLMS_RESULT_READ_WRITE_DENIED);
        assert_int_equal(set(LOCAL_PORT, optical, a), DLMS_RESULT_READ_WRITE_DENIED);
    }
}

/* Only where the owner of the meter says what there is. */
static void test_tcp(void **state)
{
    (void)state;
    assert_int_equal(modern_get(&modern, TCP, tcp, 2), DLMS_RESULT_OBJECT_UNDEFINED);
    modern.modern.tcp = (struct wh_modern_tcp){4059, 32, 600};
    modern_assert_value(&modern, TCP, tcp, 2, "\x12\x0F\xDB", 3);
    modern_assert_value(&modern, TCP, tcp, 3, "\x09\x06\x00\x00\x00\x00\x00\x00", 8);
    assert_int_equal(modern_get(&modern, TCP, tcp, 4), DLMS_RESULT_READ_WRITE_DENIED);
    modern_assert_value(&modern, TCP, tcp, 5, "\x11\x20", 2);
    modern_assert_value(&modern, TCP, tcp, 6, "\x12\x02\x58", 3);
    for (int8_t a = 2; a <= 6; a++) {
        assert_int_equal(set(TCP, tcp, a), DLMS_RESULT_READ_WRITE_DENIED);
    }
}

/* Nothing, then a parameter and its value now, then the plan; with the time of the change. */
static void test_parameter_monitor(void **state)
{
    (void)state;
    static const char nothing[] =
        "\x02\x04\x12\x00\x00\x09\x06\x00\x00\x00\x00\x00\x00\x0F\x00\x00";
    static const char day[] =
        "\x02\x04\x12\x00\x01\x09\x06\x01\x01\xC7\x0A\x00\xFF\x0F\x02\x11\x07";
    static const char noon[] = "\x09\x0C\x07\xEA\x07\x01\x03\x0C\x00\x00\xFF\x80\x00\x00";
    struct wh_application *app = &modern.meter.rig.meter.application;
    struct wh_config config = app->config;
    struct wh_config_fault fault;
    struct wh_tariff_plan plan = app->plan;
    struct wh_plan_fault plan_fault;
    modern_assert_value(&modern, MONITOR, monitor, 2, nothing, sizeof nothing - 1);
    modern_assert_value(&modern, MONITOR, monitor, 3, never, 14);
    config.debiting_day = 7;
    config.debiting_interval = 1;
    assert_int_equal(
        wh_meter_configure(&modern.meter.rig.meter, &config, WH_ORIGIN_OPTICAL, &fault), WH_OK);
    modern_assert_value(&modern, MONITOR, monitor, 2, day, sizeof day - 1);
    modern_assert_value(&modern, MONITOR, monitor, 3, noon, 14);
    plan.working_days = 31;
    assert_int_equal(
        wh_application_set_plan(app, &modern.meter.rig.meter.legal, &plan, &plan_fault), WH_OK);
    assert_int_equal(modern_get(&modern, MONITOR, monitor, 2), 0);
    assert_memory_equal(dlms_client_value(&modern.client).data,
                        "\x02\x04\x12\x00\x01\x09\x06\x01\x01\xC7\x00\x00\xFF\x0F\x02\x09", 16);
    assert_int_equal(set(MONITOR, monitor, 4), DLMS_RESULT_READ_WRITE_DENIED);
}

/* Each parameter in the list can be read where the list says. */
static void test_parameter_list(void **state)
{
    (void)state;
    static uint8_t list[4096];
    assert_int_equal(modern_get(&modern, MONITOR, monitor, 4), 0);
    const struct dlms_span value = dlms_client_value(&modern.client);
    assert_true(value.length <= sizeof list);
    memcpy(list, value.data, value.length);
    struct dlms_reader reader = dlms_reader(list, value.length);
    const size_t count = dlms_read_value(&reader).count;
    assert_in_range(count, 40, 120);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(dlms_read_value(&reader).count, 3);
        const uint16_t class_id = (uint16_t)dlms_read_value(&reader).integer;
        const struct dlms_value name = dlms_read_value(&reader);
        const int8_t attribute = (int8_t)dlms_read_value(&reader).integer;
        assert_int_equal(modern_get(&modern, class_id, name.bytes.data, attribute), 0);
    }
    assert_true(dlms_reader_done(&reader));
}

#define PORT_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PORT_TEST(test_optical),
        PORT_TEST(test_tcp),
        PORT_TEST(test_parameter_monitor),
        PORT_TEST(test_parameter_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
