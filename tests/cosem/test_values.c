/* COM-2: every value over DLMS/COSEM is the meter's own, in the unit that its object names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client.h"

static struct client client;

static int start(void **state)
{
    (void)state;
    client_start(&client);
    client_open_meter(&client, WH_COSEM_CLIENT_OPTICAL, 0xFFFF);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    client_stop(&client);
    return 0;
}

static const struct rig_phase load[WH_PHASES] = {{231234, 4321, 800000, 600000, 0},
                                                 {229876, 10000, -2000000, 1000000, 240},
                                                 {230555, 20000, 3000000, -3000000, 120}};
/* The same the other way round, so that every direction has its turn. */
static const struct rig_phase reverse_load[WH_PHASES] = {{231234, 4321, -800000, -600000, 0},
                                                         {229876, 10000, 2000000, -1000000, 240},
                                                         {230555, 20000, -3000000, 3000000, 120}};

static uint8_t tag_of(enum wh_form form)
{
    static const uint8_t tags[] = {
        [WH_FORM_U8] = DLMS_TAG_U8,   [WH_FORM_U16] = DLMS_TAG_U16, [WH_FORM_I16] = DLMS_TAG_I16,
        [WH_FORM_U32] = DLMS_TAG_U32, [WH_FORM_I32] = DLMS_TAG_I32,
    };
    return tags[form];
}

static struct dlms_value get_value(enum wh_quantity_id id, int8_t attribute)
{
    const struct client_attribute reference = client_row(id, attribute);
    assert_int_equal(client_get(&client, &reference), 0);
    struct dlms_reader reader = dlms_reader(client.answer, client.answer_length);
    const struct dlms_value value = dlms_read_value(&reader);
    assert_true(dlms_reader_done(&reader));
    return value;
}

/* Every row that is a number: type of its form, value in 10^scaler of its unit. */
static void check_all_numbers(void)
{
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        const struct wh_quantity *row = wh_catalog_get((enum wh_quantity_id)q);
        struct wh_reading reading;
        if (!client_expects((enum wh_quantity_id)q)) {
            continue;
        }
        assert_int_equal(wh_read(&client.rig.source, row, &reading), WH_OK);
        if (reading.kind == WH_READING_NUMBER) {
            const struct dlms_value value = get_value((enum wh_quantity_id)q, 2);
            assert_int_equal(value.tag, tag_of(row->form));
            assert_true(value.integer == wh_reading_scaled(&reading, row->scaler));
        }
    }
}

/* REG-1, MET-3, MET-4: with load in either direction, and registers of every size. */
static void test_numbers_are_the_readings(void **state)
{
    (void)state;
    for (int e = 0; e < WH_STORED_ENERGY_COUNT; e++) {
        rig_set_energy(&client.rig, (enum wh_energy)e, 123456789u + 1000001u * (unsigned)e);
    }
    rig_second(&client.rig, load);
    check_all_numbers();
    rig_second(&client.rig, reverse_load);
    check_all_numbers();
}

/* The same by numbers written here, so that row, reading and projection cannot err together. */
static void test_numbers_of_a_known_load(void **state)
{
    (void)state;
    rig_set_energy(&client.rig, WH_A_PLUS, 123456789);
    rig_set_energy(&client.rig, WH_A_MINUS, 200000000);
    rig_second(&client.rig, load);
    static const struct {
        enum wh_quantity_id id;
        int64_t value;
    } expected[] = {
        {WH_QUANTITY_A_PLUS, 12345679},
        {WH_QUANTITY_A_PLUS_FINE, 123456794},
        {WH_QUANTITY_A_MINUS, 20000000},
        {WH_QUANTITY_A_NET, -7654320},
        {WH_QUANTITY_A_ABSOLUTE, 32345679},
        {WH_QUANTITY_P_PLUS, 1800},
        {WH_QUANTITY_Q_MINUS, 1400},
        {WH_QUANTITY_P_MINUS, 0},
        {WH_QUANTITY_P_MINUS_L2, 2000},
        {WH_QUANTITY_Q_PLUS_L1, 600},
        {WH_QUANTITY_U_L1, 2312},
        {WH_QUANTITY_U_L2, 2299},
        {WH_QUANTITY_I_L1, 432},
        {WH_QUANTITY_I_L3, 2000},
        {WH_QUANTITY_PF_L2, -870},
        {WH_QUANTITY_FREQUENCY, 5000},
        {WH_QUANTITY_METER_NUMBER_1, RIG_METER_NUMBER},
        {WH_QUANTITY_SERIAL_NUMBER, RIG_SERIAL_NUMBER},
        {WH_QUANTITY_STATUS, 1}, /* started */
    };
    for (size_t e = 0; e < sizeof expected / sizeof expected[0]; e++) {
        assert_int_equal(get_value(expected[e].id, 2).integer, expected[e].value);
    }
}

/* Registers roll over at 2^32 of their unit, and nothing else of them changes. */
static void test_registers_roll_over(void **state)
{
    (void)state;
    rig_set_energy(&client.rig, WH_A_PLUS, 42949672959);
    assert_true(get_value(WH_QUANTITY_A_PLUS, 2).integer == UINT32_MAX);
    rig_set_energy(&client.rig, WH_A_PLUS, 42949672960);
    assert_int_equal(get_value(WH_QUANTITY_A_PLUS, 2).integer, 0);
    rig_set_energy(&client.rig, WH_A_PLUS, 42949672975);
    assert_int_equal(get_value(WH_QUANTITY_A_PLUS, 2).integer, 1);
}

/* structure { integer scaler, enum unit } */
static void test_scaler_and_unit(void **state)
{
    (void)state;
    static const struct {
        enum wh_quantity_id first;
        enum wh_quantity_id last;
        int8_t scaler;
        uint8_t unit;
    } expected[] = {
        {WH_QUANTITY_A_PLUS, WH_QUANTITY_A_MINUS, 0, 30},
        {WH_QUANTITY_R_PLUS, WH_QUANTITY_R4, 0, 32},
        {WH_QUANTITY_A_PLUS_FINE, WH_QUANTITY_A_MINUS_FINE, -1, 30},
        {WH_QUANTITY_R_PLUS_FINE, WH_QUANTITY_R_MINUS_FINE, -1, 32},
        {WH_QUANTITY_A_PLUS_L1, WH_QUANTITY_A_NET, 0, 30},
        {WH_QUANTITY_P_PLUS, WH_QUANTITY_P_MINUS, 0, 27},
        {WH_QUANTITY_Q_PLUS, WH_QUANTITY_Q_MINUS, 0, 29},
        {WH_QUANTITY_P_PLUS_L1, WH_QUANTITY_P_MINUS_L3, 0, 27},
        {WH_QUANTITY_Q_PLUS_L1, WH_QUANTITY_Q_MINUS_L3, 0, 29},
        {WH_QUANTITY_S_L1, WH_QUANTITY_S_L3, 0, 28},
        {WH_QUANTITY_U_L1, WH_QUANTITY_U_L3, -1, 35},
        {WH_QUANTITY_I_L1, WH_QUANTITY_I_L3, -2, 33},
        {WH_QUANTITY_PF_L1, WH_QUANTITY_PF, -3, 255},
        {WH_QUANTITY_FREQUENCY, WH_QUANTITY_FREQUENCY, -2, 44},
    };
    int next = 0;
    for (size_t e = 0; e < sizeof expected / sizeof expected[0]; e++) {
        assert_int_equal(expected[e].first, next);
        for (next = (int)expected[e].first; next <= (int)expected[e].last; next++) {
            const struct client_attribute attribute = client_row((enum wh_quantity_id)next, 3);
            const uint8_t bytes[] = {
                0x02, 0x02, 0x0F, (uint8_t)expected[e].scaler, 0x16, expected[e].unit};
            assert_int_equal(client_get(&client, &attribute), 0);
            assert_int_equal(client.answer_length, sizeof bytes);
            assert_memory_equal(client.answer, bytes, sizeof bytes);
        }
    }
    assert_int_equal(next, WH_QUANTITY_CLOCK);
}

static void assert_bytes(enum wh_quantity_id id, int8_t attribute, const void *bytes, size_t length)
{
    const struct client_attribute reference = client_row(id, attribute);
    assert_int_equal(client_get(&client, &reference), 0);
    assert_int_equal(client.answer_length, length);
    assert_memory_equal(client.answer, bytes, length);
}

static void test_texts(void **state)
{
    (void)state;
    assert_bytes(WH_QUANTITY_METER_NUMBER, 2,
                 "\x09\x08"
                 "12345679",
                 10);
    assert_bytes(WH_QUANTITY_TYPE, 2,
                 "\x0A\x04"
                 "382M",
                 6);
    const struct dlms_value software = get_value(WH_QUANTITY_SOFTWARE, 2);
    assert_int_equal(software.tag, DLMS_TAG_VISIBLE_STRING);
    assert_int_equal(software.bytes.length, strlen(wh_legal_software_id().version));
    assert_memory_equal(software.bytes.data, wh_legal_software_id().version, software.bytes.length);
    assert_int_equal(get_value(WH_QUANTITY_CHECKSUM, 2).bits, wh_legal_software_id().checksum_32);
}

/* As the real meter writes it: hundredths FF, deviation 8000, of the status only bits 0 and 7. */
static void test_clock(void **state)
{
    (void)state;
    struct wh_clock *clock = &client.rig.meter.application.clock;
    assert_bytes(WH_QUANTITY_CLOCK, 2, "\x09\x0C\x07\xD0\x01\x01\x06\x01\x00\x00\xFF\x80\x00\x01",
                 14);
    assert_bytes(WH_QUANTITY_CLOCK, 4, "\x11\x01", 2);
    /* Monday 2012-09-10 16:02:33 in Central Europe */
    assert_int_equal(wh_clock_configure(clock, 60, WH_DAYLIGHT_EUROPEAN), WH_OK);
    wh_clock_set(clock, 400608153 - 7200);
    assert_bytes(WH_QUANTITY_CLOCK, 2, "\x09\x0C\x07\xDC\x09\x0A\x01\x10\x02\x21\xFF\x80\x00\x80",
                 14);
    assert_bytes(WH_QUANTITY_CLOCK, 4, "\x11\x80", 2);
    assert_bytes(WH_QUANTITY_CLOCK, 8, "\x03\x01", 2);
    assert_bytes(WH_QUANTITY_CLOCK, 3, "\x10\xFF\xC4", 3);
    assert_bytes(WH_QUANTITY_CLOCK, 5, "\x09\x0C\xFF\xFF\x03\xFE\x07\x02\x00\x00\x00\xFF\xC4\x00",
                 14);
    assert_bytes(WH_QUANTITY_CLOCK, 6, "\x09\x0C\xFF\xFF\x0A\xFE\x07\x03\x00\x00\x00\xFF\x88\x80",
                 14);
    assert_bytes(WH_QUANTITY_CLOCK, 7, "\x0F\x3C", 2);
    /* Where it is another day by then there is no such date. */
    assert_int_equal(wh_clock_configure(clock, -120, WH_DAYLIGHT_EUROPEAN), WH_OK);
    assert_bytes(WH_QUANTITY_CLOCK, 5, "\x09\x0C\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x80\x00\x00",
                 14);
    assert_int_equal(wh_clock_configure(clock, 60, WH_DAYLIGHT_NONE), WH_OK);
    wh_clock_set(clock, 400608153 - 3600);
    assert_bytes(WH_QUANTITY_CLOCK, 2, "\x09\x0C\x07\xDC\x09\x0A\x01\x10\x02\x21\xFF\x80\x00\x00",
                 14);
    assert_bytes(WH_QUANTITY_CLOCK, 4, "\x11\x00", 2);
    assert_bytes(WH_QUANTITY_CLOCK, 8, "\x03\x00", 2);
    assert_bytes(WH_QUANTITY_CLOCK, 9, "\x16\x01", 2);
    wh_meter_idle(&client.rig.meter, 2 * WH_SAMPLE_RATE_HZ);
    assert_bytes(WH_QUANTITY_CLOCK, 2, "\x09\x0C\x07\xDC\x09\x0A\x01\x10\x02\x23\xFF\x80\x00\x00",
                 14);
}

static void assert_result(enum wh_quantity_id id, int expected)
{
    const struct client_attribute attribute = client_row(id, 2);
    assert_int_equal(client_get(&client, &attribute), expected);
}

/* MET-4: what is not known now is a temporary failure, never a number; its unit is always known. */
static void test_unknown_values(void **state)
{
    (void)state;
    for (int q = WH_QUANTITY_P_PLUS; q <= WH_QUANTITY_FREQUENCY; q++) {
        assert_result((enum wh_quantity_id)q, DLMS_RESULT_TEMPORARY_FAILURE);
        const struct client_attribute scaler = client_row((enum wh_quantity_id)q, 3);
        assert_int_equal(client_get(&client, &scaler), 0);
    }
    struct rig_phase phases[WH_PHASES];
    rig_balanced(phases, 0, 0);
    rig_second(&client.rig, phases);
    for (int q = WH_QUANTITY_P_PLUS; q <= WH_QUANTITY_FREQUENCY; q++) {
        const bool is_factor = q >= WH_QUANTITY_PF_L1 && q <= WH_QUANTITY_PF;
        assert_result((enum wh_quantity_id)q, is_factor ? DLMS_RESULT_TEMPORARY_FAILURE : 0);
    }
    rig_second(&client.rig, load);
    assert_result(WH_QUANTITY_PF, 0);
}

/* REG-7: method 1 of a register would reset it. */
static void test_reset_is_refused(void **state)
{
    (void)state;
    rig_second(&client.rig, load);
    const struct wh_registers before = client.rig.meter.legal.registers;
    for (int q = 0; q <= WH_QUANTITY_A_NET; q++) {
        uint8_t action[] = {0xC3, 1, 0xC1, 0, 3, 0, 0, 0, 0, 0, 0, 1, 1, DLMS_TAG_I8, 0};
        memcpy(action + 5, wh_catalog_get((enum wh_quantity_id)q)->obis, 6);
        client_send(&client, action, sizeof action);
        assert_true(client.reply_length >= 3);
        assert_true(client.reply[0] == 0xD8 || client.reply[3] != 0);
    }
    assert_memory_equal(&client.rig.meter.legal.registers, &before, sizeof before);
}

#define VALUE_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VALUE_TEST(test_numbers_are_the_readings),
        VALUE_TEST(test_numbers_of_a_known_load),
        VALUE_TEST(test_registers_roll_over),
        VALUE_TEST(test_scaler_and_unit),
        VALUE_TEST(test_texts),
        VALUE_TEST(test_clock),
        VALUE_TEST(test_unknown_values),
        VALUE_TEST(test_reset_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
