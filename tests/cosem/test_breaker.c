/* BRK-2, BRK-4, BRK-5, COM-15: breaker and prepayment over DLMS/COSEM, of a meter that has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client.h"

enum { PORT_MODULE = 18, PORT_OPTICAL = 19 };

static struct client client;

static int start(void **state)
{
    (void)state;
    struct wh_config_fault fault;
    client_start(&client);
    struct wh_config config = client.rig.meter.application.config;
    wh_config_set_breaker(&config);
    config.cut_off_basis = WH_CUT_OFF_PREPAYMENT | WH_CUT_OFF_UNRESTRICTED;
    assert_int_equal(wh_meter_set_seal(&client.rig.meter, true), WH_OK);
    assert_int_equal(wh_meter_configure(&client.rig.meter, &config, WH_ORIGIN_FACTORY, &fault),
                     WH_OK);
    assert_int_equal(wh_meter_set_seal(&client.rig.meter, false), WH_OK);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    client_stop(&client);
    return 0;
}

static int set_u8(enum wh_quantity_id id, uint8_t value)
{
    const struct client_attribute attribute = client_row(id, 2);
    const uint8_t data[] = {0x11, value};
    return client_set(&client, &attribute, data, sizeof data);
}

static int set_u32(enum wh_quantity_id id, uint32_t value)
{
    const struct client_attribute attribute = client_row(id, 2);
    const uint8_t data[] = {0x06, (uint8_t)(value >> 24), (uint8_t)(value >> 16),
                            (uint8_t)(value >> 8), (uint8_t)value};
    return client_set(&client, &attribute, data, sizeof data);
}

static void assert_reads(enum wh_quantity_id id, const void *bytes, size_t length)
{
    const struct client_attribute attribute = client_row(id, 2);
    assert_int_equal(client_get(&client, &attribute), 0);
    assert_int_equal(client.answer_length, length);
    assert_memory_equal(client.answer, bytes, length);
}

/* Written 1, 2, 3 are the commands, read is the state; what the state does not allow is a
 * temporary failure. */
static void test_commands(void **state)
{
    (void)state;
    static const struct {
        uint8_t command;
        int result;
        uint8_t state;
    } steps[] = {
        {2, DLMS_RESULT_TEMPORARY_FAILURE, 4},
        {3, DLMS_RESULT_TEMPORARY_FAILURE, 4},
        {0, DLMS_RESULT_OTHER_REASON, 4},
        {4, DLMS_RESULT_OTHER_REASON, 4},
        {1, 0, 1},
        {3, DLMS_RESULT_TEMPORARY_FAILURE, 1},
        {2, 0, 8},
        {3, 0, 4},
    };
    for (uint16_t port = 18; port <= 20; port++) {
        client_open_meter(&client, port, 0xFFFF);
        for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
            const uint8_t expected[] = {0x11, steps[s].state};
            assert_int_equal(set_u8(WH_QUANTITY_BREAKER_STATE, steps[s].command), steps[s].result);
            assert_reads(WH_QUANTITY_BREAKER_STATE, expected, sizeof expected);
        }
    }
    const struct wh_event_row *row = wh_event_row(WH_EVENT_OPENED_BY_COMMAND);
    struct wh_event newest;
    assert_int_equal(row->log, WH_LOG_BREAKER);
    assert_int_equal(rig_count_events(&client.rig, WH_EVENT_OPENED_BY_COMMAND, &newest), 3);
    assert_int_equal(newest.value_a >> 8, WH_ORIGIN_CONSUMER);
}

/* What is written to the balance is a payment, through the module port only; each has a number of
 * its own. */
static void test_payments(void **state)
{
    (void)state;
    static const uint8_t nothing[] = {0x06, 0, 0, 0, 0};
    static const uint8_t paid[] = {0x06, 0, 0, 0x0B, 0xB8};
    client_open_meter(&client, PORT_OPTICAL, 0xFFFF);
    assert_int_equal(set_u32(WH_QUANTITY_PREPAYMENT_BALANCE, 1000), DLMS_RESULT_READ_WRITE_DENIED);
    assert_reads(WH_QUANTITY_PREPAYMENT_BALANCE, nothing, sizeof nothing);
    client_open_meter(&client, PORT_MODULE, 0xFFFF);
    assert_int_equal(set_u32(WH_QUANTITY_PREPAYMENT_BALANCE, 1000), 0);
    assert_int_equal(set_u32(WH_QUANTITY_PREPAYMENT_BALANCE, 2000), 0);
    assert_int_equal(set_u32(WH_QUANTITY_PREPAYMENT_BALANCE, 0), DLMS_RESULT_OTHER_REASON);
    assert_reads(WH_QUANTITY_PREPAYMENT_BALANCE, paid, sizeof paid);
    assert_reads(WH_QUANTITY_PREPAYMENT_CREDIT, nothing, sizeof nothing);
    assert_int_equal(rig_count_events(&client.rig, WH_EVENT_PAID, NULL), 2);
}

/* The set-up: in writing order, since factors fall, times rise, and low load needs its threshold. */
static const struct parameter {
    uint8_t code[6];
    uint8_t tag;
    uint32_t before, good, bad;
} parameters[] = {
    {{1, 1, 128, 0, 2, 255}, DLMS_TAG_U8, 10, 15, 100},
    {{1, 1, 128, 0, 3, 255}, DLMS_TAG_U8, 10, 12, 16},
    {{1, 1, 128, 0, 4, 255}, DLMS_TAG_U8, 10, 9, 13},
    {{1, 1, 128, 0, 7, 255}, DLMS_TAG_U16, 30, 300, 29},
    {{1, 1, 128, 0, 6, 255}, DLMS_TAG_U16, 30, 60, 301},
    {{1, 1, 128, 0, 5, 255}, DLMS_TAG_U16, 30, 5, 61},
    {{1, 1, 128, 0, 10, 255}, DLMS_TAG_U8, 0, 1, 2},
    {{1, 1, 128, 0, 12, 255}, DLMS_TAG_U8, 0, 6, 81},
    {{1, 1, 128, 0, 13, 255}, DLMS_TAG_U8, 80, 25, 81},
    {{1, 1, 128, 0, 11, 255}, DLMS_TAG_U8, 34, 35, 128},
    {{1, 1, 128, 0, 19, 255}, DLMS_TAG_U16, 285, 290, 321},
    {{1, 1, 128, 0, 20, 255}, DLMS_TAG_U16, 1, 3, 3601},
    {{1, 1, 128, 0, 21, 255}, DLMS_TAG_U16, 265, 255, 271},
    {{1, 1, 128, 0, 22, 255}, DLMS_TAG_U16, 60, 90, 0},
    {{1, 1, 130, 0, 2, 255}, DLMS_TAG_U32, 0, 213000, 216000},
    {{1, 1, 130, 0, 3, 255}, DLMS_TAG_U32, 0, 63000, 240000},
    {{1, 1, 134, 0, 11, 255}, DLMS_TAG_U16, 60, 120, 0},
};

static struct client_attribute value_of(const struct parameter *parameter)
{
    struct client_attribute attribute = {.class_id = 1, .attribute = 2};
    memcpy(attribute.logical_name, parameter->code, sizeof attribute.logical_name);
    return attribute;
}

static size_t encode(const struct parameter *parameter, uint32_t value, uint8_t data[5])
{
    struct dlms_writer out = dlms_writer(data, 5);
    switch (parameter->tag) {
    case DLMS_TAG_U8:
        dlms_put_u8(&out, (uint8_t)value);
        break;
    case DLMS_TAG_U16:
        dlms_put_u16(&out, (uint16_t)value);
        break;
    default:
        dlms_put_u32(&out, value);
    }
    return out.total;
}

static int set_parameter(const struct parameter *parameter, uint32_t value)
{
    const struct client_attribute attribute = value_of(parameter);
    uint8_t data[5];
    const size_t length = encode(parameter, value, data);
    return client_set(&client, &attribute, data, length);
}

static void assert_parameter(const struct parameter *parameter, uint32_t value)
{
    const struct client_attribute attribute = value_of(parameter);
    uint8_t data[5];
    const size_t length = encode(parameter, value, data);
    assert_int_equal(client_get(&client, &attribute), 0);
    assert_int_equal(client.answer_length, length);
    assert_memory_equal(client.answer, data, length);
}

enum { PARAMETERS = sizeof parameters / sizeof parameters[0] };

/* Through the module port only; out of range, of another type, or against each other changes
 * nothing; what was taken is there after a power cut. */
static void test_parameters(void **state)
{
    (void)state;
    static const uint16_t others[] = {PORT_OPTICAL, 20};
    static const uint8_t text[] = {DLMS_TAG_VISIBLE_STRING, 1, '1'};
    for (size_t o = 0; o < sizeof others / sizeof others[0]; o++) {
        client_open_meter(&client, others[o], 0xFFFF);
        for (size_t p = 0; p < PARAMETERS; p++) {
            assert_int_equal(set_parameter(&parameters[p], parameters[p].good),
                             DLMS_RESULT_READ_WRITE_DENIED);
            assert_parameter(&parameters[p], parameters[p].before);
        }
    }
    client_open_meter(&client, PORT_MODULE, 0xFFFF);
    for (size_t p = 0; p < PARAMETERS; p++) {
        const struct parameter *each = &parameters[p];
        const struct client_attribute attribute = value_of(each);
        assert_int_equal(set_parameter(each, each->good), 0);
        assert_int_equal(set_parameter(each, each->bad), DLMS_RESULT_OTHER_REASON);
        assert_int_equal(client_set(&client, &attribute, text, sizeof text),
                         DLMS_RESULT_TYPE_UNMATCHED);
        assert_parameter(each, each->good);
    }
    client_restart(&client);
    client_open_meter(&client, PORT_MODULE, 0xFFFF);
    for (size_t p = 0; p < PARAMETERS; p++) {
        assert_parameter(&parameters[p], parameters[p].good);
    }
}

/* A time of day is hhmmss, of whole minutes. */
static void test_times_of_day(void **state)
{
    (void)state;
    static const uint32_t wrong[] = {1, 59, 60, 6000, 236000, 235959, UINT32_MAX};
    const struct parameter from = {{1, 1, 130, 0, 2, 255}, DLMS_TAG_U32, 0, 0, 0};
    client_open_meter(&client, PORT_MODULE, 0xFFFF);
    assert_int_equal(set_parameter(&from, 235900), 0);
    for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
        assert_int_equal(set_parameter(&from, wrong[w]), DLMS_RESULT_OTHER_REASON);
    }
    assert_parameter(&from, 235900);
    assert_int_equal(client.rig.meter.application.config.prepayment_hold_from_min, 23 * 60 + 59);
}

/* Without breaker nothing of it is there. */
static void test_without_breaker(void **state)
{
    (void)state;
    static const struct client_attribute log = {7, {1, 1, 99, 98, 5, 255}, 7};
    static const struct client_attribute payment = {4, {1, 1, 130, 0, 4, 255}, 2};
    client_stop(&client);
    client_start(&client);
    client_open_meter(&client, PORT_MODULE, 0xFFFF);
    for (size_t p = 0; p < PARAMETERS; p++) {
        const struct client_attribute attribute = value_of(&parameters[p]);
        const bool is_breaker = parameters[p].code[2] != 134;
        assert_int_equal(client_get(&client, &attribute),
                         is_breaker ? DLMS_RESULT_OBJECT_UNDEFINED : 0);
    }
    assert_int_equal(client_get(&client, &log), DLMS_RESULT_OBJECT_UNDEFINED);
    assert_int_equal(client_get(&client, &payment), DLMS_RESULT_OBJECT_UNDEFINED);
}

static void assert_bytes(const struct client_attribute *attribute, const void *bytes, size_t length)
{
    assert_int_equal(client_get(&client, attribute), 0);
    assert_int_equal(client.answer_length, length);
    assert_memory_equal(client.answer, bytes, length);
}

/* The last payment with its time, normal time as all stamps; nobody writes it. */
static void test_last_payment(void **state)
{
    (void)state;
    static const struct client_attribute value = {4, {1, 1, 130, 0, 4, 255}, 2};
    static const struct client_attribute unit = {4, {1, 1, 130, 0, 4, 255}, 3};
    static const struct client_attribute time = {4, {1, 1, 130, 0, 4, 255}, 5};
    static const uint8_t thousand[] = {0x06, 0, 0, 0x03, 0xE8};
    const uint32_t july_s = (uint32_t)wh_calendar_day(2026, 7, 1) * WH_CALENDAR_DAY_S + 36000;
    assert_int_equal(wh_meter_set_clock(&client.rig.meter, july_s), WH_OK);
    client_open_meter(&client, PORT_MODULE, 0xFFFF);
    assert_bytes(&time, "\x09\x0C\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x80\x00\x00", 14);
    assert_int_equal(set_u32(WH_QUANTITY_PREPAYMENT_BALANCE, 1000), 0);
    assert_bytes(&value, thousand, sizeof thousand);
    assert_bytes(&unit, "\x02\x02\x0F\x00\x16\x1E", 6);
    assert_bytes(&time, "\x09\x0C\x07\xEA\x07\x01\x03\x0B\x00\x00\xFF\x80\x00\x00", 14);
    assert_int_equal(client_set(&client, &value, thousand, sizeof thousand),
                     DLMS_RESULT_READ_WRITE_DENIED);
}

/* State, feedback, event, by whom, cause, number of the change; an entry of what was only logged
 * has the cause and no feedback. */
static void test_log(void **state)
{
    (void)state;
    static const struct client_attribute buffer = {7, {1, 1, 99, 98, 5, 255}, 2};
    const struct wh_event logged = {.utc_s = 800000000,
                                    .code = WH_EVENT_NOT_OPENED,
                                    .detail = WH_BREAKER_LOG_ONLY,
                                    .clock_valid = true,
                                    .value_a = WH_BREAKER_BY_LOAD,
                                    .value_b = 1};
    struct wh_application *app = &client.rig.meter.application;
    client_open_meter(&client, PORT_OPTICAL, 0xFFFF);
    assert_int_equal(set_u8(WH_QUANTITY_BREAKER_STATE, 1), 0);
    assert_int_equal(client_get(&client, &buffer), 0);
    assert_int_equal(client.answer_length, 2 + 2 + 14 + 3 + 2 + 5 * 2 + 5);
    const uint8_t *row = client.answer + client.answer_length - 15;
    assert_memory_equal(row, "\x11\x01", 2);
    assert_int_equal(row[5], WH_EVENT_OPENED_BY_COMMAND);
    assert_int_equal(row[7], WH_ORIGIN_OPTICAL);
    assert_memory_equal(row + 8, "\x11\x01\x06\x00\x00\x00\x01", 7);
    assert_int_equal(
        wh_events_add(&app->logs, &logged, &app->running.event_a, &app->running.event_b), WH_OK);
    assert_int_equal(client_get(&client, &buffer), 0);
    row = client.answer + client.answer_length - 15;
    assert_memory_equal(row, "\x11\x0D\x11\x00", 4);
    assert_int_equal(row[5], WH_EVENT_NOT_OPENED);
    assert_int_equal(row[7], WH_ORIGIN_METER);
    assert_memory_equal(row + 8, "\x11\x06\x06\x00\x00\x00\x01", 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_commands, start, stop),
        cmocka_unit_test_setup_teardown(test_payments, start, stop),
        cmocka_unit_test_setup_teardown(test_parameters, start, stop),
        cmocka_unit_test_setup_teardown(test_times_of_day, start, stop),
        cmocka_unit_test_setup_teardown(test_without_breaker, start, stop),
        cmocka_unit_test_setup_teardown(test_last_payment, start, stop),
        cmocka_unit_test_setup_teardown(test_log, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
