/* REG-2, TAR-1, LOG-7, COM-15. Demand registers, register activation, monitors and status mapping as
 * a secure client finds them: what the meter's registers and parameters say, nothing besides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "modern_client.h"

static struct modern_client modern;

enum { DEMAND = 5, ACTIVATION = 6, MONITOR = 21, MAPPING = 63 };

static const uint8_t demand[6] = {1, 0, 1, 4, 0, 255};
static const uint8_t activation[6] = {0, 0, 14, 0, 0, 255};
static const uint8_t power_monitor[6] = {0, 0, 16, 0, 0, 255};
static const uint8_t voltage_monitor[6] = {0, 0, 16, 0, 2, 255};
static const uint8_t words[2][6] = {{0, 0, 96, 5, 1, 255}, {0, 0, 96, 5, 2, 255}};

static int start(void **state)
{
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    (void)state;
    config.integration_min = 15;
    config.tariff_source = WH_TARIFF_BY_COMMAND;
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

static uint32_t u32_of(uint16_t class_id, const uint8_t name[6], int8_t attribute)
{
    assert_int_equal(modern_get(&modern, class_id, name, attribute), 0);
    const struct dlms_span value = dlms_client_value(&modern.client);
    struct dlms_reader reader = dlms_reader(value.data, value.length);
    const struct dlms_value number = dlms_read_value(&reader);
    assert_int_equal(number.tag, DLMS_TAG_U32);
    return (uint32_t)number.integer;
}

/* What is drawn counts over the whole period: after a third of it a third of the power; at its end
 * it is the last value, of the moment when it ended. */
static void test_demand(void **state)
{
    (void)state;
    modern_assert_value(&modern, DEMAND, demand, 4, "\x02\x02\x0F\x00\x16\x1B", 6);
    assert_int_equal(u32_of(DEMAND, demand, 8), 900);
    modern_assert_value(&modern, DEMAND, demand, 9, "\x12\x00\x01", 3);
    modern_assert_value(&modern, DEMAND, demand, 5, "\x00", 1);
    rig_load(&modern.meter.rig, 9000000, 0, 300);
    assert_in_range(u32_of(DEMAND, demand, 2), 2990, 3000);
    assert_int_equal(u32_of(DEMAND, demand, 3), 0);
    rig_load(&modern.meter.rig, 9000000, 0, 600);
    assert_int_equal(u32_of(DEMAND, demand, 2), 0);
    assert_in_range(u32_of(DEMAND, demand, 3), 8990, 9000);
    static const char quarter[] = "\x09\x0C\x07\xEA\x07\x01\x03\x0C\x0F\x00\xFF\x80\x00\x00";
    modern_assert_value(&modern, DEMAND, demand, 6, quarter, 14);
    modern_assert_value(&modern, DEMAND, demand, 7, quarter, 14);
    modern.meter.rig.memory.board.rtc = (struct wh_rtc_reading){
        .valid = true, .utc_s = modern.meter.rig.meter.application.clock.utc_s};
    assert_int_equal(modern_restart(&modern), WH_OK);
    modern_connect(&modern, 0);
    assert_in_range(u32_of(DEMAND, demand, 3), 8990, 9000);
    modern_assert_value(&modern, DEMAND, demand, 7, quarter, 14);
}

/* Of the directions that the meter has; apparent ones it has not. */
static void test_demands_there_are(void **state)
{
    (void)state;
    static const uint8_t c[] = {1, 2, 3, 4, 9, 10};
    for (size_t i = 0; i < sizeof c; i++) {
        const uint8_t name[6] = {1, 0, c[i], 4, 0, 255};
        assert_int_equal(modern_get(&modern, DEMAND, name, 2),
                         i < 4 ? 0 : DLMS_RESULT_OBJECT_UNDEFINED);
    }
}

/* Each register of a tariff is in the mask of that tariff, and in no other; the mask in force is
 * that of the tariff in force. */
static void test_activation(void **state)
{
    (void)state;
    uint8_t tariffs[64];
    assert_int_equal(modern_get(&modern, ACTIVATION, activation, 2), 0);
    struct dlms_span value = dlms_client_value(&modern.client);
    struct dlms_reader reader = dlms_reader(value.data, value.length);
    const size_t count = dlms_read_value(&reader).count;
    assert_in_range(count, 16, sizeof tariffs);
    for (size_t r = 0; r < count; r++) {
        assert_int_equal(dlms_read_value(&reader).count, 2);
        assert_in_range(dlms_read_value(&reader).integer, 3, 4);
        const struct dlms_value name = dlms_read_value(&reader);
        tariffs[r] = name.bytes.data[4];
        assert_in_range(tariffs[r], 1, 4);
    }
    assert_true(dlms_reader_done(&reader));
    assert_int_equal(modern_get(&modern, ACTIVATION, activation, 3), 0);
    value = dlms_client_value(&modern.client);
    reader = dlms_reader(value.data, value.length);
    assert_int_equal(dlms_read_value(&reader).count, 4);
    size_t seen = 0;
    for (uint8_t tariff = 1; tariff <= 4; tariff++) {
        assert_int_equal(dlms_read_value(&reader).count, 2);
        assert_int_equal(dlms_read_value(&reader).bytes.data[1], '0' + tariff);
        const size_t members = dlms_read_value(&reader).count;
        for (size_t m = 0; m < members; m++, seen++) {
            const int64_t number = dlms_read_value(&reader).integer;
            assert_in_range(number, 1, count);
            assert_int_equal(tariffs[number - 1], tariff);
        }
    }
    assert_true(dlms_reader_done(&reader));
    assert_int_equal(seen, count);
    modern_assert_value(&modern, ACTIVATION, activation, 4, "\x09\x02T1", 4);
    assert_int_equal(wh_application_select_tariff(&modern.meter.rig.meter.application,
                                                  &modern.meter.rig.meter.legal, 3),
                     WH_OK);
    modern_assert_value(&modern, ACTIVATION, activation, 4, "\x09\x02T3", 4);
}

static int set_threshold(const uint8_t name[6], const void *bytes, size_t length)
{
    uint8_t room[32];
    struct dlms_writer data = dlms_writer(room, sizeof room);
    dlms_raw_bytes(&data, bytes, length);
    return modern_set(&modern, MONITOR, name, 2, &data);
}

/* The threshold that periods are counted above, written in and out of range. */
static void test_power_monitor(void **state)
{
    (void)state;
    const struct wh_config *config = &modern.meter.rig.meter.application.config;
    static const char before[] = "\x01\x01\x06\x00\x01\x82\xB8";
    static const char after[] = "\x01\x01\x06\x00\x00\x13\x88";
    modern_assert_value(&modern, MONITOR, power_monitor, 2, before, 7);
    modern_assert_value(&modern, MONITOR, power_monitor, 3,
                        "\x02\x03\x12\x00\x03\x09\x06\x01\x01\x01\x19\x00\xFF\x0F\x02", 15);
    assert_int_equal(set_threshold(power_monitor, after, 7), 0);
    assert_int_equal(config->power_threshold_w, 5000);
    modern_assert_value(&modern, MONITOR, power_monitor, 2, after, 7);
    assert_int_equal(set_threshold(power_monitor, "\x01\x01\x06\xFF\xFF\xFF\xFF", 7),
                     DLMS_RESULT_OTHER_REASON);
    assert_int_equal(set_threshold(power_monitor, "\x01\x01\x12\x00\x01", 5),
                     DLMS_RESULT_TYPE_UNMATCHED);
    assert_int_equal(set_threshold(power_monitor, "\x01\x00", 2), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(set_threshold(power_monitor, "\x06\x00\x00\x00\x01", 5),
                     DLMS_RESULT_TYPE_UNMATCHED);
    assert_int_equal(config->power_threshold_w, 5000);
    modern_connect(&modern, 1);
    assert_int_not_equal(set_threshold(power_monitor, before, 7), 0);
    assert_int_equal(config->power_threshold_w, 5000);
}

/* Under- and over-voltage of a phase, in counts of its register; only configured elsewhere. */
static void test_voltage_monitor(void **state)
{
    (void)state;
    const struct wh_config *config = &modern.meter.rig.meter.application.config;
    const uint16_t under = (uint16_t)(config->under_mv / 100);
    const uint16_t over = (uint16_t)(config->over_mv / 100);
    const uint8_t expected[] = {1,
                                2,
                                DLMS_TAG_U16,
                                (uint8_t)(under >> 8),
                                (uint8_t)under,
                                DLMS_TAG_U16,
                                (uint8_t)(over >> 8),
                                (uint8_t)over};
    modern_assert_value(&modern, MONITOR, voltage_monitor, 2, expected, sizeof expected);
    modern_assert_value(&modern, MONITOR, voltage_monitor, 3,
                        "\x02\x03\x12\x00\x03\x09\x06\x01\x01\x34\x07\x00\xFF\x0F\x02", 15);
    assert_int_equal(modern_get(&modern, MONITOR, voltage_monitor, 4), 0);
    assert_int_equal(set_threshold(voltage_monitor, expected, sizeof expected),
                     DLMS_RESULT_READ_WRITE_DENIED);
}

/* The words are those of the data objects, bit n of table 128 or 129. */
static void test_mapping(void **state)
{
    (void)state;
    for (int w = 0; w < 2; w++) {
        const uint8_t name[6] = {0, 1, 96, 10, (uint8_t)(w + 1), 255};
        const uint8_t table[] = {2, 2, DLMS_TAG_U8, (uint8_t)(128 + w), DLMS_TAG_U16, 0, 0};
        const uint32_t word = u32_of(1, name, 2);
        assert_int_equal(u32_of(MAPPING, words[w], 2), word);
        modern_assert_value(&modern, MAPPING, words[w], 3, table, sizeof table);
        assert_true(w == 1 || word != 0);
    }
}

#define REGISTER_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        REGISTER_TEST(test_demand),          REGISTER_TEST(test_demands_there_are),
        REGISTER_TEST(test_activation),      REGISTER_TEST(test_power_monitor),
        REGISTER_TEST(test_voltage_monitor), REGISTER_TEST(test_mapping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
