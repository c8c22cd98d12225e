/* BRK-2, BRK-3, COM-15, TAR-1. Breaker, limiter and scripts as a secure client finds them: what it
 * commands happens to the meter's breaker, what is not allowed changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "modern_client.h"

static struct modern_client modern;

static const uint8_t control[6] = {0, 0, 96, 3, 10, 255};
static const uint8_t limiter[6] = {0, 0, 17, 0, 0, 255};
static const uint8_t breaker_scripts[6] = {0, 0, 10, 0, 106, 255};
static const uint8_t tariff_scripts[6] = {0, 0, 10, 0, 100, 255};

static void begin(const struct wh_config *config)
{
    modern_start(&modern, config);
    modern_connect(&modern, 0);
}

static struct wh_config with_breaker(void)
{
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    wh_config_set_breaker(&config);
    return config;
}

static int stop(void **state)
{
    (void)state;
    modern_stop(&modern);
    return 0;
}

static enum wh_breaker_state breaker(void)
{
    return modern.meter.rig.meter.application.breaker.state;
}

static int invoke(uint16_t class_id, const uint8_t name[6], int8_t method)
{
    uint8_t bytes[2];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_i8(&data, 0);
    return modern_invoke(&modern, class_id, name, method, &data);
}

static int execute(const uint8_t name[6], uint16_t script)
{
    uint8_t bytes[3];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_u16(&data, script);
    return modern_invoke(&modern, 9, name, 1, &data);
}

/* The last octet of an attribute. */
static uint8_t last_of(uint16_t class_id, const uint8_t name[6], int8_t attribute)
{
    assert_int_equal(modern_get(&modern, class_id, name, attribute), 0);
    const struct dlms_span value = dlms_client_value(&modern.client);
    return value.data[value.length - 1];
}

static void assert_control(bool output, uint8_t state)
{
    assert_int_equal(last_of(70, control, 2), output);
    assert_int_equal(last_of(70, control, 3), state);
}

static void test_without_breaker_there_is_none(void **state)
{
    (void)state;
    begin(NULL);
    assert_int_equal(modern_get(&modern, 70, control, 3), DLMS_RESULT_OBJECT_UNDEFINED);
    assert_int_equal(modern_get(&modern, 71, limiter, 3), DLMS_RESULT_OBJECT_UNDEFINED);
    assert_int_equal(execute(breaker_scripts, 1), DLMS_RESULT_OBJECT_UNDEFINED);
}

static void test_disconnect_and_release(void **state)
{
    (void)state;
    struct wh_config config = with_breaker();
    config.button_connects = WH_BUTTON_CONNECTS;
    config.reconnect_automatic = 0;
    config.button_opens = 0;
    begin(&config);
    assert_int_equal(last_of(70, control, 4), 3);
    assert_control(true, 1);
    assert_int_equal(invoke(70, control, 2), DLMS_RESULT_TEMPORARY_FAILURE);
    assert_control(true, 1);
    assert_int_equal(invoke(70, control, 1), 0);
    assert_int_equal(breaker(), WH_BREAKER_BY_COMMAND);
    assert_control(false, 0);
    assert_int_equal(invoke(70, control, 2), 0);
    assert_int_equal(breaker(), WH_BREAKER_RELEASED);
    assert_control(false, 2);
    assert_int_equal(invoke(70, control, 2), DLMS_RESULT_TEMPORARY_FAILURE);
    assert_int_equal(breaker(), WH_BREAKER_RELEASED);
    assert_int_equal(modern_restart(&modern), WH_OK);
    modern_connect(&modern, 0);
    assert_control(false, 2);
}

/* Where nobody can close at the meter the remote command does. */
static void test_remote_reconnection(void **state)
{
    (void)state;
    struct wh_config config = with_breaker();
    config.button_connects = WH_BUTTON_CONNECTS_NEVER;
    config.reconnect_automatic = 0;
    config.button_opens = 0;
    begin(&config);
    assert_int_equal(last_of(70, control, 4), 4);
    assert_int_equal(execute(breaker_scripts, 1), 0);
    assert_int_equal(breaker(), WH_BREAKER_BY_COMMAND);
    assert_int_equal(execute(breaker_scripts, 2), 0);
    assert_int_equal(breaker(), WH_BREAKER_CONNECTED);
    assert_int_equal(execute(breaker_scripts, 3), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(execute(breaker_scripts, 0), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(invoke(9, breaker_scripts, 1), DLMS_RESULT_TYPE_UNMATCHED);
    assert_control(true, 1);
}

static void test_reading_commands_nothing(void **state)
{
    (void)state;
    const struct wh_config config = with_breaker();
    begin(&config);
    modern_connect(&modern, 1);
    assert_int_not_equal(invoke(70, control, 1), 0);
    assert_int_not_equal(execute(breaker_scripts, 1), 0);
    assert_int_not_equal(execute(tariff_scripts, 1), 0);
    assert_int_equal(breaker(), WH_BREAKER_CONNECTED);
    assert_control(true, 1);
}

static int set_threshold(uint32_t counts)
{
    uint8_t bytes[5];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_u32(&data, counts);
    return modern_set(&modern, 71, limiter, 4, &data);
}

static uint32_t u32_of(int8_t attribute)
{
    assert_int_equal(modern_get(&modern, 71, limiter, attribute), 0);
    struct dlms_reader reader = dlms_reader(dlms_client_value(&modern.client).data,
                                            dlms_client_value(&modern.client).length);
    const struct dlms_value value = dlms_read_value(&reader);
    assert_int_equal(value.tag, DLMS_TAG_U32);
    return (uint32_t)value.integer;
}

/* In counts of the register that is monitored: 0.01 A, or W. */
static void test_limiter_threshold(void **state)
{
    (void)state;
    struct wh_config config = with_breaker();
    config.cut_off_basis = WH_CUT_OFF_LOAD;
    config.disconnect_high = 40;
    begin(&config);
    assert_int_equal(u32_of(4), 4000);
    assert_int_equal(set_threshold(3200), 0);
    assert_int_equal(modern.meter.rig.meter.application.config.disconnect_high, 32);
    assert_int_equal(u32_of(3), 3200);
    assert_int_equal(set_threshold(3250), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(set_threshold(8100), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(set_threshold(0), DLMS_RESULT_OTHER_REASON); /* nothing to supervise */
    assert_int_equal(u32_of(3), 3200);
    for (int8_t a = 2; a <= 11; a++) {
        assert_int_equal(modern_get(&modern, 71, limiter, a), 0);
    }
    modern_stop(&modern);
    config.cut_off_basis |= WH_CUT_OFF_BY_POWER;
    begin(&config);
    assert_int_equal(u32_of(4), 40000);
}

static void test_tariff_scripts(void **state)
{
    (void)state;
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    config.tariff_source = WH_TARIFF_BY_COMMAND;
    begin(&config);
    assert_int_equal(execute(tariff_scripts, 3), 0);
    assert_int_equal(wh_legal_tariff(&modern.meter.rig.meter.legal), 3);
    assert_int_equal(execute(tariff_scripts, 5), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(wh_legal_tariff(&modern.meter.rig.meter.legal), 3);
    assert_int_equal(last_of(9, tariff_scripts, 2), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_without_breaker_there_is_none, stop),
        cmocka_unit_test_teardown(test_disconnect_and_release, stop),
        cmocka_unit_test_teardown(test_remote_reconnection, stop),
        cmocka_unit_test_teardown(test_reading_commands_nothing, stop),
        cmocka_unit_test_teardown(test_limiter_threshold, stop),
        cmocka_unit_test_teardown(test_tariff_scripts, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
