/* COM-15, TAR-1, VAR-14: what is written over DLMS/COSEM is read back and survives a
 * restart; what is out of range or not possible is refused by name and changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client.h"

static struct client client;

static void begin(const char *model)
{
    client_start_model(&client, model);
    client_open_meter(&client, WH_COSEM_CLIENT_MODULE, 0xFFFF);
}

static int stop(void **state)
{
    (void)state;
    client_stop(&client);
    return 0;
}

static int start(void **state)
{
    (void)state;
    begin("382M");
    return 0;
}

/* What a meter must be before. */
enum preparation { PREPARE_NOTHING, PREPARE_REMOTE_TARIFF, PREPARE_OPEN_SEAL, PREPARE_OPEN_COVER };

static void configure_remote_tariff(void)
{
    struct wh_config config = client.rig.meter.application.config;
    struct wh_config_fault fault;
    config.tariff_source = WH_TARIFF_BY_COMMAND;
    assert_int_equal(wh_meter_configure(&client.rig.meter, &config, WH_ORIGIN_FACTORY, &fault),
                     WH_OK);
}

static void prepare(enum preparation preparation)
{
    if (preparation == PREPARE_REMOTE_TARIFF) {
        configure_remote_tariff();
    } else if (preparation != PREPARE_NOTHING) {
        assert_int_equal(wh_meter_input(&client.rig.meter,
                                        preparation == PREPARE_OPEN_SEAL ? WH_INPUT_UTILITY_SEAL
                                                                         : WH_INPUT_TERMINAL_COVER,
                                        true),
                         WH_OK);
    }
}

#define U32(a, b, c, d)                                                                            \
    {                                                                                              \
        5,                                                                                         \
        {                                                                                          \
            DLMS_TAG_U32, (a), (b), (c), (d)                                                       \
        }                                                                                          \
    }
#define U16(a, b)                                                                                  \
    {                                                                                              \
        3,                                                                                         \
        {                                                                                          \
            DLMS_TAG_U16, (a), (b)                                                                 \
        }                                                                                          \
    }
#define U8(a)                                                                                      \
    {                                                                                              \
        2,                                                                                         \
        {                                                                                          \
            DLMS_TAG_U8, (a)                                                                       \
        }                                                                                          \
    }
#define BOOLEAN(a)                                                                                 \
    {                                                                                              \
        2,                                                                                         \
        {                                                                                          \
            DLMS_TAG_BOOL, (a)                                                                     \
        }                                                                                          \
    }
#define DIGITS(a, b, c, d, e, f, g, h)                                                             \
    {                                                                                              \
        10,                                                                                        \
        {                                                                                          \
            DLMS_TAG_OCTET_STRING, 8, (a), (b), (c), (d), (e), (f), (g), (h)                       \
        }                                                                                          \
    }

struct data {
    uint8_t length;
    uint8_t bytes[10];
};

static const struct change {
    const char *model;
    struct client_attribute of;
    enum preparation preparation;
    struct data good, wrong; /* out of range: other-reason */
    bool forgotten;          /* at a restart, as it should be */
} changes[] = {
    {"382M",
     {1, {1, 1, 0, 0, 2, 255}, 2},
     0,
     U32(0x05, 0xF5, 0xE0, 0xFF),
     U32(0x05, 0xF5, 0xE1, 0),
     false},
    {"382M", {1, {1, 1, 0, 0, 3, 255}, 2}, 0, U32(0, 0, 1, 7), U32(0xFF, 0xFF, 0xFF, 0xFF), false},
    {"382M", {1, {1, 1, 0, 130, 1, 255}, 2}, 0, U32(0, 1, 2, 3), U32(0x05, 0xF5, 0xE1, 0), false},
    {"382L", {1, {1, 1, 0, 130, 2, 255}, 2}, 0, U32(0, 3, 2, 1), U32(0x05, 0xF5, 0xE1, 0), false},
    {"382M",
     {3, {1, 1, 96, 51, 1, 255}, 2},
     0,
     U32(0, 0, 0x13, 0x88),
     U32(0, 0x98, 0x96, 0x81),
     false},
    {"382M", {1, {1, 1, 0, 128, 1, 255}, 2}, 0, U32(0xFF, 0xFF, 0xFF, 0xFE), {0}, false},
    {"351C", {1, {1, 1, 0, 1, 6, 128}, 2}, 0, U8(2), U8(3), false},
    {"382M", {1, {1, 1, 96, 52, 6, 255}, 2}, 0, U8(31), U8(128), false},
    {"382M", {1, {1, 1, 96, 52, 11, 255}, 2}, 0, U8(0), U8(2), false},
    {"382M", {8, {0, 1, 1, 0, 0, 255}, 8}, 0, BOOLEAN(0), {0}, false},
    {"382M", {1, {0, 1, 96, 3, 1, 255}, 2}, 0, U8(17), U8(14), false},
    {"382M", {1, {1, 1, 129, 0, 0, 255}, 2}, PREPARE_REMOTE_TARIFF, U8(3), U8(5), false},
    {"382M", {1, {1, 1, 129, 0, 0, 255}, 2}, PREPARE_REMOTE_TARIFF, U8(4), U8(0), false},
    {"382L", {1, {1, 1, 96, 52, 21, 255}, 2}, 0, U8(2), U8(4), false},
    {"382M", {1, {1, 1, 96, 5, 1, 255}, 2}, 0, U8(3), U8(0), true},
    {"351C", {1, {1, 1, 96, 5, 1, 255}, 2}, 0, U8(5), U8(6), true},
    {"382M",
     {1, {1, 1, 0, 0, 1, 255}, 2},
     PREPARE_OPEN_SEAL,
     U32(0x05, 0x39, 0x7F, 0xB1),
     U32(0x05, 0xF5, 0xE1, 0),
     false},
    {"382M",
     {1, {1, 1, 0, 0, 0, 255}, 2},
     PREPARE_OPEN_SEAL,
     DIGITS('0', '0', '0', '0', '0', '0', '4', '2'),
     DIGITS('1', '2', '3', '4', '5', '6', '7', 'a'),
     false},
    {"351C", {1, {1, 1, 0, 4, 2, 255}, 2}, PREPARE_OPEN_COVER, U16(0, 40), U16(2, 0x59), false},
    {"351C", {1, {1, 1, 0, 4, 2, 255}, 2}, PREPARE_OPEN_COVER, U16(2, 0x58), U16(0, 0), false},
};

static void assert_reads(const struct change *change, const struct data *expected)
{
    assert_int_equal(client_get(&client, &change->of), 0);
    assert_int_equal(client.answer_length, expected->length);
    assert_memory_equal(client.answer, expected->bytes, expected->length);
}

static int set(const struct change *change, const struct data *data)
{
    return client_set(&client, &change->of, data->bytes, data->length);
}

/* Out of range, or of another type: refused, and all as it was. */
static void check_refusals(const struct change *change)
{
    static const struct data other_type = {2, {DLMS_TAG_ENUM, 1}};
    const struct wh_meter before = client.rig.meter;
    if (change->wrong.length != 0) {
        assert_int_equal(set(change, &change->wrong), DLMS_RESULT_OTHER_REASON);
    }
    assert_int_equal(set(change, &other_type), DLMS_RESULT_TYPE_UNMATCHED);
    assert_memory_equal(&client.rig.meter, &before, sizeof before);
}

static void check_change(const struct change *change)
{
    struct data before = {0};
    begin(change->model);
    prepare(change->preparation);
    assert_int_equal(client_get(&client, &change->of), 0);
    before.length = (uint8_t)client.answer_length;
    memcpy(before.bytes, client.answer, client.answer_length);
    assert_memory_not_equal(before.bytes, change->good.bytes, sizeof before.bytes);
    check_refusals(change);
    assert_int_equal(set(change, &change->good), 0);
    assert_reads(change, &change->good);
    check_refusals(change);
    client_restart(&client);
    client_open_meter(&client, 20, 0xFFFF);
    assert_reads(change, change->forgotten ? &before : &change->good);
    client_stop(&client);
}

static void test_changes(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof changes / sizeof changes[0]; c++) {
        check_change(&changes[c]);
    }
}

/* Who did it is in the audit log: the port of the client. */
static void test_origins(void **state)
{
    (void)state;
    static const struct client_attribute number = {1, {1, 1, 0, 0, 1, 255}, 2};
    static const enum wh_origin origins[] = {WH_ORIGIN_MODULE, WH_ORIGIN_OPTICAL,
                                             WH_ORIGIN_CONSUMER};
    prepare(PREPARE_OPEN_SEAL);
    for (uint8_t p = 0; p < 3; p++) {
        const uint8_t data[] = {DLMS_TAG_U32, 0, 0, 1, p};
        struct wh_audit_entry entry;
        client_open_meter(&client, (uint16_t)(18 + p), 0xFFFF);
        assert_int_equal(client_set(&client, &number, data, sizeof data), 0);
        assert_int_equal(wh_legal_audit(&client.rig.meter.legal, 0, &entry), WH_OK);
        assert_int_equal(entry.event, WH_AUDIT_METER_NUMBER);
        assert_int_equal(entry.origin, origins[p]);
        assert_int_equal(entry.new_value, 256 + p);
    }
    assert_string_equal(client.face.names[1],
                        "WTH382M00000258E"); /* the device is called by its number */
}

/* VAR-14: the ratio from the module port only; its log and the value before. */
static void test_ratio(void **state)
{
    (void)state;
    static const struct client_attribute ratio = {1, {1, 1, 0, 4, 2, 255}, 2};
    static const struct client_attribute before = {1, {1, 1, 0, 4, 2, 1}, 2};
    static const struct client_attribute log = {7, {1, 1, 99, 98, 9, 255}, 2};
    static const uint8_t data[] = {DLMS_TAG_U16, 0, 40};
    client_stop(&client);
    begin("351C");
    assert_int_equal(client_set(&client, &ratio, data, sizeof data), DLMS_RESULT_READ_WRITE_DENIED);
    prepare(PREPARE_OPEN_COVER);
    for (uint16_t sap = 19; sap <= 20; sap++) {
        client_open_meter(&client, sap, 0xFFFF);
        assert_int_equal(client_set(&client, &ratio, data, sizeof data),
                         DLMS_RESULT_READ_WRITE_DENIED);
    }
    client_open_meter(&client, 18, 0xFFFF);
    assert_int_equal(client_get(&client, &before), 0);
    assert_memory_equal(client.answer, "\x12\x00\x01", 3);
    assert_int_equal(client_set(&client, &ratio, data, sizeof data), 0);
    assert_int_equal(client_set(&client, &ratio, (const uint8_t[]){DLMS_TAG_U16, 0, 50}, 3), 0);
    assert_int_equal(client_get(&client, &before), 0);
    assert_memory_equal(client.answer, "\x12\x00\x28", 3);
    assert_int_equal(client_get(&client, &log), 0);
    assert_int_equal(client.answer_length, 2 + 2 * 27);
    assert_memory_equal(client.answer + 23, "\x12\x00\x01\x12\x00\x28", 6);
    assert_memory_equal(client.answer + 50, "\x12\x00\x28\x12\x00\x32", 6);
}

/* TAR-1: unless the tariff goes by command it is not switched. */
static void test_tariff_by_other_means(void **state)
{
    (void)state;
    static const struct client_attribute tariff = {1, {1, 1, 129, 0, 0, 255}, 2};
    const struct wh_meter before = client.rig.meter;
    assert_int_equal(client_set(&client, &tariff, (const uint8_t[]){DLMS_TAG_U8, 2}, 2),
                     DLMS_RESULT_TEMPORARY_FAILURE);
    assert_memory_equal(&client.rig.meter, &before, sizeof before);
}

/* A LED for an energy that the meter does not register is refused. */
static void test_led_of_another_energy_type(void **state)
{
    (void)state;
    static const struct client_attribute led = {1, {1, 1, 96, 5, 1, 255}, 2};
    client.rig.meter.application.config.energy_type = WH_ENERGY_TYPE_A_PLUS;
    for (uint8_t value = 3; value <= 5; value++) {
        assert_int_equal(client_set(&client, &led, (const uint8_t[]){DLMS_TAG_U8, value}, 2),
                         DLMS_RESULT_OTHER_REASON);
    }
    assert_int_equal(client_set(&client, &led, (const uint8_t[]){DLMS_TAG_U8, 2}, 2), 0);
    assert_int_equal(client_get(&client, &led), 0);
    assert_memory_equal(client.answer, "\x11\x01", 2); /* verification of A+ is the normal state */
}

/* Bits of event status B are taken away, never set, and not while their cause lasts. */
static void test_events_b(void **state)
{
    (void)state;
    static const struct client_attribute events = {1, {0, 1, 96, 10, 2, 255}, 2};
    static const struct rig_phase phases[WH_PHASES] = {
        {230000, 0, 0, 0, 0}, {230000, 0, 0, 0, 240}, {230000, 0, 0, 0, 120}};
    struct wh_running *running = &client.rig.meter.application.running;
    rig_second(&client.rig, phases);
    running->event_b = WH_EVENT_B_COVER | WH_EVENT_B_MAGNET | WH_EVENT_B_MISSING_L1;
    client.rig.meter.application.quality.phase[0].state = WH_VOLTAGE_IS_LOST;
    assert_int_equal(
        client_set(&client, &events, (const uint8_t[]){DLMS_TAG_U32, 0, 0x60, 0, 0x41}, 5),
        DLMS_RESULT_OTHER_REASON);
    assert_int_equal(client_set(&client, &events, (const uint8_t[]){DLMS_TAG_U32, 0, 0, 0, 0}, 5),
                     DLMS_RESULT_TEMPORARY_FAILURE);
    assert_int_equal(running->event_b,
                     WH_EVENT_B_COVER | WH_EVENT_B_MAGNET | WH_EVENT_B_MISSING_L1);
    assert_int_equal(
        client_set(&client, &events, (const uint8_t[]){DLMS_TAG_U32, 0, 0x20, 0, 0x40}, 5), 0);
    assert_int_equal(client_get(&client, &events), 0);
    assert_memory_equal(client.answer, "\x06\x00\x20\x00\x40", 5);
}

/* ---- The clock ---- */

static int set_clock(const struct dlms_date_time *time)
{
    static const struct client_attribute clock = {8, {0, 1, 1, 0, 0, 255}, 2};
    uint8_t data[14];
    struct dlms_writer out = dlms_writer(data, sizeof data);
    dlms_put_date_time(&out, time);
    return client_set(&client, &clock, data, sizeof data);
}

/* COM-15: local time with bit 7 for daylight saving, or with a deviation, which then counts. */
static void test_clock(void **state)
{
    (void)state;
    enum { NONE = DLMS_DEVIATION_UNSPECIFIED };
    static const struct {
        struct dlms_date_time time;
        uint32_t utc_s;
    } cases[] = {
        {{2012, 9, 10, 1, 16, 2, 33, 0xFF, NONE, 0x80}, 400608153 - 7200},
        {{2012, 9, 10, 0xFF, 15, 2, 33, 0, NONE, 0}, 400608153 - 7200},
        {{2012, 9, 10, 0, 16, 2, 33, 50, -120, 0x80}, 400608153 - 7200},
        {{2012, 9, 10, 1, 14, 2, 33, 0, 0, 0}, 400608153 - 7200},
        {{2012, 12, 31, 1, 0, 0, 0, 0xFF, NONE, 0}, 410223600},
        {{2012, 10, 28, 7, 2, 30, 0, 0xFF, NONE, 0x80}, 404699400}, /* the first of two */
        {{2012, 10, 28, 7, 2, 30, 0, 0xFF, NONE, 0x00}, 404703000},
        {{2000, 1, 1, 6, 1, 0, 0, 0, NONE, 0}, 0},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        assert_int_equal(set_clock(&cases[c].time), 0);
        assert_int_equal(client.rig.meter.application.clock.utc_s, cases[c].utc_s);
        assert_true(client.rig.meter.application.clock.valid);
    }
}

static void test_wrong_clocks(void **state)
{
    (void)state;
    enum { NONE = DLMS_DEVIATION_UNSPECIFIED };
    static const struct dlms_date_time wrong[] = {
        {2013, 2, 29, 0xFF, 0, 0, 0, 0, NONE, 0},  {2012, 9, 10, 2, 16, 2, 33, 0, NONE, 0},
        {2012, 9, 10, 1, 24, 0, 0, 0, NONE, 0},    {2012, 9, 10, 1, 16, 60, 0, 0, NONE, 0},
        {2012, 9, 10, 1, 16, 2, 0xFF, 0, NONE, 0}, {2012, 9, 0xFF, 0xFF, 16, 2, 33, 0, NONE, 0},
        {0xFFFF, 9, 10, 1, 16, 2, 33, 0, NONE, 0}, {1999, 12, 31, 5, 0, 0, 0, 0, NONE, 0},
        {2137, 1, 1, 0xFF, 0, 0, 0, 0, NONE, 0},   {2012, 9, 10, 1, 16, 2, 33, 0, 841, 0},
        {2012, 9, 10, 1, 16, 2, 33, 0, -841, 0},   {2000, 1, 1, 6, 0, 0, 0, 0, -60, 0},
        {2136, 12, 31, 0xFF, 0, 0, 0, 0, 0, 0},
    };
    static const struct client_attribute clock = {8, {0, 1, 1, 0, 0, 255}, 2};
    static const uint8_t short_time[] = {DLMS_TAG_OCTET_STRING, 5, 0x07, 0xDC, 9, 10, 1};
    const struct wh_meter before = client.rig.meter;
    for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
        assert_int_equal(set_clock(&wrong[w]), DLMS_RESULT_OTHER_REASON);
        assert_memory_equal(&client.rig.meter, &before, sizeof before);
    }
    assert_int_equal(client_set(&client, &clock, short_time, sizeof short_time),
                     DLMS_RESULT_TYPE_UNMATCHED);
    assert_memory_equal(&client.rig.meter, &before, sizeof before);
}

/* ---- Memories that fail ---- */

static enum wh_err no_program(void *context, uint32_t address, const void *data, size_t size)
{
    (void)context;
    (void)address;
    (void)data;
    (void)size;
    return WH_ERR_IO;
}

/* What could not be stored is not in use. */
static void test_a_memory_that_refuses(void **state)
{
    (void)state;
    static const struct {
        struct client_attribute of;
        struct data data;
    } writes[] = {
        {{1, {1, 1, 0, 0, 2, 255}, 2}, U32(0, 0, 1, 7)},
        {{1, {1, 1, 0, 128, 1, 255}, 2}, U32(0, 0, 1, 7)},
        {{1, {1, 1, 0, 1, 5, 128}, 2}, U8(1)},
        {{7, {1, 1, 99, 1, 0, 255}, 4}, U32(0, 0, 1, 0x2C)},
    };
    client.rig.memory.flash.flash.program = no_program;
    for (size_t w = 0; w < sizeof writes / sizeof writes[0]; w++) {
        const struct wh_config before = client.rig.meter.application.config;
        const struct wh_pulse_input pulses = client.rig.meter.application.pulse_input;
        const uint32_t periods = client.rig.meter.application.running.debiting_count;
        assert_int_equal(
            client_set(&client, &writes[w].of, writes[w].data.bytes, writes[w].data.length),
            DLMS_RESULT_HARDWARE_FAULT);
        assert_memory_equal(&client.rig.meter.application.config, &before, sizeof before);
        assert_memory_equal(&client.rig.meter.application.pulse_input, &pulses, sizeof pulses);
        assert_int_equal(client.rig.meter.application.running.debiting_count, periods);
    }
}

#define CHANGE_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes),
        CHANGE_TEST(test_origins),
        CHANGE_TEST(test_ratio),
        CHANGE_TEST(test_tariff_by_other_means),
        CHANGE_TEST(test_led_of_another_energy_type),
        CHANGE_TEST(test_events_b),
        CHANGE_TEST(test_clock),
        CHANGE_TEST(test_wrong_clocks),
        CHANGE_TEST(test_a_memory_that_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
