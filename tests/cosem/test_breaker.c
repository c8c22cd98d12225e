/* BRK-2, BRK-5, COM-15: breaker and prepayment over DLMS/COSEM, of a meter that has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_commands, start, stop),
        cmocka_unit_test_setup_teardown(test_payments, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
