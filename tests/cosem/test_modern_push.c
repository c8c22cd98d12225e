/* COM-14. Alarms and pushes of a meter over DLMS: set up by management, made when an alarm comes on
 * or the schedule says so, readable with the keys of client 2 and no others, repeated until they
 * are taken, and not lost by a power cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cosem/modern_push.h"
#include "dlms/notification.h"
#include "modern_client.h"

enum { APDU_SIZE = WH_MODERN_PUSH_SIZE, TITLE_AT = 2 };

static const uint8_t alarm_setup[6] = {0, 4, 25, 9, 0, 255};
static const uint8_t interval_setup[6] = {0, 1, 25, 9, 0, 255};
static const uint8_t scripts[6] = {0, 0, 10, 0, 108, 255};
static const uint8_t schedule[6] = {0, 0, 15, 0, 4, 255};
static const uint8_t monitor_2[6] = {0, 0, 16, 1, 1, 255};
static const uint8_t clock_name[6] = {0, 1, 1, 0, 0, 255};

static struct modern_client modern;
static struct wh_application *app(void);
static struct wh_modern_message message;
static uint8_t apdu[APDU_SIZE];
static uint8_t plain[APDU_SIZE];

static void start_suite(uint8_t suite)
{
    modern_start_suite(&modern, suite);
    rig_close(&modern.meter.rig);
    rig_open_as(&modern.meter.rig, "382M", NULL, 800000000);
    assert_int_equal(modern_restart(&modern), WH_OK);
    assert_int_equal(wh_application_acknowledge_alarms(app(), 0), WH_OK); /* of the power-up */
    assert_int_equal(wh_modern_push_to(&modern.modern, "head-end:4059"), WH_OK);
}

static int start(void **state)
{
    (void)state;
    start_suite(0);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    modern_stop(&modern);
    return 0;
}

static struct wh_application *app(void)
{
    return &modern.meter.rig.meter.application;
}

static void pass(uint32_t seconds)
{
    rig_load(&modern.meter.rig, 0, 0, seconds);
}

static bool next(void)
{
    return wh_modern_push_next(&modern.modern, &message, apdu, sizeof apdu);
}

/* Seconds until something is to be sent; -1 after limit_s. */
static int seconds_to_push(int limit_s)
{
    for (int s = 0; s <= limit_s; s++) {
        if (next()) {
            return s;
        }
        pass(1);
    }
    return -1;
}

static void input_now(enum wh_input which, bool high)
{
    assert_int_equal(wh_meter_input(&modern.meter.rig.meter, which, high), WH_OK);
}

/* And the second is over in which an alarm is stored. */
static void input(enum wh_input which, bool high)
{
    input_now(which, high);
    pass(1);
}

static uint32_t descriptor_of(uint8_t e)
{
    const uint8_t name[6] = {0, 0, 97, 98, e, 255};
    assert_int_equal(modern_get(&modern, 1, name, 2), 0);
    struct dlms_reader reader = dlms_reader(dlms_client_value(&modern.client).data,
                                            dlms_client_value(&modern.client).length);
    const struct dlms_value value = dlms_read_value(&reader);
    assert_int_equal(value.tag, DLMS_TAG_U32);
    return (uint32_t)value.integer;
}

static int set_alarms(uint8_t e, uint32_t bits)
{
    const uint8_t name[6] = {0, 0, 97, 98, e, 255};
    uint8_t bytes[5];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_u32(&data, bits);
    return modern_set(&modern, 1, name, 2, &data);
}

static int set_u16(const uint8_t name[6], int8_t attribute, uint16_t value)
{
    uint8_t bytes[3];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_u16(&data, value);
    return modern_set(&modern, 40, name, attribute, &data);
}

static int set_destination(const char *destination, uint8_t service)
{
    uint8_t bytes[128];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_structure(&data, 3);
    dlms_put_enum(&data, service);
    dlms_put_octet_string(&data, destination, strlen(destination));
    dlms_put_enum(&data, 0);
    return modern_set(&modern, 40, alarm_setup, 3, &data);
}

/* No random delay, so that moments are known. */
static void configure(uint8_t retries, uint16_t delay_s)
{
    uint8_t bytes[2];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_u8(&data, retries);
    modern_connect(&modern, 0);
    assert_int_equal(set_u16(alarm_setup, 5, 0), 0);
    assert_int_equal(set_u16(interval_setup, 5, 0), 0);
    assert_int_equal(modern_set(&modern, 40, alarm_setup, 6, &data), 0);
    assert_int_equal(set_u16(alarm_setup, 7, delay_s), 0);
}

/* ---- The receiver ---- */

static bool reserve(void *context, enum dlms_counter_id id, uint32_t limit)
{
    (void)context;
    (void)id;
    (void)limit;
    return true;
}

static const struct dlms_counter_store store = {NULL, reserve, 1};
static struct dlms_security receiver;

static void be_receiver(int keys)
{
    receiver = (struct dlms_security){
        .crypto = dlms_openssl_crypto(modern.openssl), .store = &store, .suite = modern.keys.suite};
    memcpy(receiver.key[DLMS_KEY_UNICAST], modern.keys.encryption[keys], WH_MODERN_KEY);
    memcpy(receiver.key[DLMS_KEY_AUTHENTICATION], modern.keys.authentication[keys], WH_MODERN_KEY);
}

static enum dlms_err decipher(struct dlms_data_notification *notification)
{
    struct dlms_unprotected opened;
    assert_int_equal(apdu[0], 0xDB); /* general-glo */
    const enum dlms_err err =
        dlms_unprotect(&receiver, NULL, apdu + TITLE_AT, (struct dlms_span){apdu, message.length},
                       plain, sizeof plain, &opened);
    if (err != DLMS_OK) {
        return err;
    }
    assert_int_equal(opened.cover.control & 0x30, 0x30);
    dlms_wipe(&opened.keys, sizeof opened.keys);
    return dlms_data_notification_parse(opened.apdu, notification);
}

/* Values of the body of the push at hand, one by one. */
static struct dlms_reader receive(size_t count)
{
    struct dlms_data_notification notification = {0};
    assert_int_equal(decipher(&notification), DLMS_OK);
    assert_int_equal(notification.time.length, 12);
    assert_non_null(notification.body.data);
    struct dlms_reader reader = dlms_reader(notification.body.data, notification.body.length);
    const struct dlms_value head = dlms_read_value(&reader);
    assert_int_equal(head.tag, DLMS_TAG_STRUCTURE);
    assert_int_equal(head.count, count);
    return reader;
}

/* Both descriptors in the push at hand, which has the list of the factory. */
static uint64_t alarms_received(void)
{
    struct dlms_reader reader = receive(7);
    uint64_t alarms = 0;
    for (int i = 0; i < 3; i++) {
        dlms_skip_data(&reader);
    }
    for (int r = 0; r < 2; r++) {
        const struct dlms_value value = dlms_read_value(&reader);
        assert_int_equal(value.tag, DLMS_TAG_U32);
        alarms |= (uint64_t)value.integer << 32 * r;
    }
    return alarms;
}

/* ---- Tests ---- */

static void test_an_alarm_is_told(void **state)
{
    (void)state;
    configure(3, 60);
    be_receiver(1);
    assert_int_equal(seconds_to_push(100), -1);
    input(WH_INPUT_MAGNET, true);
    assert_int_equal(seconds_to_push(100), 0);
    assert_int_equal(message.id, WH_PUSH_ALARM);
    assert_string_equal(message.destination, "head-end:4059");
    assert_int_equal(alarms_received(), WH_ALARM_BIT(WH_ALARM_FRAUD));
    wh_modern_pushed(&modern.modern, message.id, true);
    assert_int_equal(seconds_to_push(100), -1);
    modern_connect(&modern, 0);
    assert_int_equal(descriptor_of(20), 1 << WH_ALARM_FRAUD);
    assert_int_equal(descriptor_of(0), 1 << WH_ALARM_FRAUD);
    assert_int_equal(descriptor_of(21), 0);
}

/* Not before the alarm is stored, and then with the register that it is on in. */
static void test_what_is_on_is_told_with_it(void **state)
{
    enum { BEFORE_REGISTER = 5 };
    (void)state;
    configure(3, 60);
    be_receiver(1);
    input_now(WH_INPUT_MAGNET, true);
    assert_false(next());
    pass(1);
    assert_true(next());
    struct dlms_reader reader = receive(7);
    for (int o = 0; o < BEFORE_REGISTER; o++) {
        dlms_skip_data(&reader);
    }
    assert_int_equal(dlms_read_value(&reader).integer, 1 << WH_ALARM_FRAUD);
}

/* In the list that goes first every value has its name. */
static void test_a_push_names_its_values(void **state)
{
    (void)state;
    configure(3, 60);
    be_receiver(1);
    input(WH_INPUT_MAGNET, true);
    assert_true(next());
    struct dlms_reader reader = receive(7);
    const struct dlms_value list = dlms_read_value(&reader);
    assert_int_equal(list.tag, DLMS_TAG_ARRAY);
    assert_int_equal(list.count, 7);
    for (int o = 0; o < 7; o++) {
        dlms_skip_data(&reader);
    }
    const struct dlms_value name = dlms_read_value(&reader);
    assert_int_equal(name.tag, DLMS_TAG_OCTET_STRING);
    assert_memory_equal(name.bytes.data, "WTH382M", 7);
    const struct dlms_value clock = dlms_read_value(&reader);
    assert_int_equal(clock.bytes.length, 12);
}

/* Not with the keys of management, and not twice. */
static void test_keys_and_counters(void **state)
{
    (void)state;
    struct dlms_data_notification notification;
    configure(3, 0);
    be_receiver(0);
    input(WH_INPUT_MAGNET, true);
    assert_true(next());
    assert_int_equal(decipher(&notification), DLMS_ERR_CIPHER);
    be_receiver(1);
    apdu[message.length - 1] ^= 1;
    assert_int_equal(decipher(&notification), DLMS_ERR_CIPHER);
    apdu[message.length - 1] ^= 1;
    assert_int_equal(decipher(&notification), DLMS_OK);
    assert_int_equal(decipher(&notification), DLMS_ERR_REPLAY);
    for (int i = 0; i < 3; i++) { /* each attempt has a number of its own */
        wh_modern_pushed(&modern.modern, message.id, false);
        assert_true(next());
        assert_int_equal(decipher(&notification), DLMS_OK);
    }
}

/* Protected with the symmetric keys of client 2 alone. */
static void test_suites_1_and_2(void **state)
{
    (void)state;
    for (uint8_t suite = 1; suite <= 2; suite++) {
        start_suite(suite);
        configure(3, 60);
        be_receiver(1);
        input(WH_INPUT_MAGNET, true);
        assert_int_equal(seconds_to_push(100), 0);
        assert_int_equal(alarms_received(), WH_ALARM_BIT(WH_ALARM_FRAUD));
        modern_stop(&modern);
    }
}

static void test_attempts_fail(void **state)
{
    (void)state;
    struct wh_event event;
    configure(2, 30);
    be_receiver(1);
    input(WH_INPUT_MAGNET, true);
    assert_int_equal(seconds_to_push(100), 0);
    for (int retry = 0; retry < 2; retry++) {
        wh_modern_pushed(&modern.modern, message.id, false);
        assert_int_equal(rig_count_events(&modern.meter.rig, WH_EVENT_PUSH_FAILED, NULL), 0);
        assert_int_equal(seconds_to_push(100), 30);
    }
    wh_modern_pushed(&modern.modern, message.id, false);
    assert_int_equal(rig_count_events(&modern.meter.rig, WH_EVENT_PUSH_FAILED, &event), 1);
    assert_int_equal(event.value_a, WH_PUSH_ALARM);
    assert_int_equal(seconds_to_push(1000), -1);
    assert_int_equal(rig_count_events(&modern.meter.rig, WH_EVENT_MAGNET_ON, NULL), 1);
    input(WH_INPUT_ALARM, true); /* not configured: the next alarm is the breaker's */
    app()->breaker.is_faulty = true;
    pass(1);
    assert_int_equal(seconds_to_push(100), 0);
    assert_int_equal(alarms_received(),
                     WH_ALARM_BIT(WH_ALARM_FRAUD) | WH_ALARM_BIT(WH_ALARM_BREAKER));
}

/* A cut while a retry is due, or while it is sent: after it the alarm is told, with the cut. */
static void test_power_cut_during_retries(void **state)
{
    (void)state;
    for (int sent = 0; sent <= 1; sent++) {
        configure(3, 60);
        input(WH_INPUT_MAGNET, true);
        assert_int_equal(seconds_to_push(100), 0);
        if (sent == 0) {
            wh_modern_pushed(&modern.modern, message.id, false);
        }
        pass(20);
        assert_int_equal(modern_restart(&modern), WH_OK);
        assert_int_equal(wh_modern_push_to(&modern.modern, "head-end:4059"), WH_OK);
        be_receiver(1);
        assert_int_equal(seconds_to_push(100), 1);
        assert_int_equal(alarms_received(), WH_ALARM_BIT(WH_ALARM_FRAUD) |
                                                WH_ALARM_BIT(WH_ALARM_POWER_FAILED) |
                                                WH_ALARM_BIT(WH_ALARM_POWER_RETURNED));
        wh_modern_pushed(&modern.modern, message.id, true);
        modern_connect(&modern, 0);
        input(WH_INPUT_MAGNET, false);
        assert_int_equal(set_alarms(20, 0), 0);
        assert_int_equal(set_alarms(21, 0), 0);
    }
}

/* What was acknowledged is told anew, what was not is not; nothing can be put in. */
static void test_acknowledging(void **state)
{
    (void)state;
    configure(3, 60);
    input(WH_INPUT_MAGNET, true);
    assert_true(next());
    wh_modern_pushed(&modern.modern, message.id, true);
    input(WH_INPUT_MAGNET, false);
    input(WH_INPUT_MAGNET, true);
    assert_int_equal(seconds_to_push(100), -1);
    modern_connect(&modern, 0);
    assert_int_equal(set_alarms(20, 1 << WH_ALARM_FRAUD | 1), DLMS_RESULT_OTHER_REASON);
    assert_int_not_equal(set_alarms(0, 0), 0); /* the register is what it is */
    assert_int_equal(set_alarms(20, 0), 0);
    assert_int_equal(descriptor_of(20), 0);
    input(WH_INPUT_MAGNET, false);
    input(WH_INPUT_MAGNET, true);
    assert_int_equal(seconds_to_push(100), 0);
}

static void test_filter(void **state)
{
    (void)state;
    configure(3, 60);
    const uint32_t filter = descriptor_of(10);
    assert_int_equal(set_alarms(10, filter & ~(UINT32_C(1) << WH_ALARM_FRAUD)), 0);
    assert_int_equal(descriptor_of(11), (uint32_t)(WH_ALARM_FILTER_DEFAULT >> 32));
    input(WH_INPUT_MAGNET, true);
    assert_int_equal(seconds_to_push(10), -1);
    assert_int_equal(descriptor_of(20), 0);
    assert_int_equal(descriptor_of(0), 1 << WH_ALARM_FRAUD); /* it is on all the same */
}

static void test_destination(void **state)
{
    (void)state;
    configure(0, 60);
    assert_int_equal(wh_modern_push_to(&modern.modern, ""), WH_OK);
    input(WH_INPUT_MAGNET, true);
    assert_int_equal(seconds_to_push(100), -1); /* nobody to be told yet */
    assert_int_equal(set_destination("10.0.0.1:4059", 1), DLMS_RESULT_OTHER_REASON); /* UDP */
    assert_int_equal(set_destination("a b:1", 0), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(set_destination("10.0.0.1:4059", 0), 0);
    assert_int_equal(seconds_to_push(100), 0);
    assert_string_equal(message.destination, "10.0.0.1:4059");
    wh_modern_pushed(&modern.modern, message.id, true);
    assert_int_equal(modern_restart(&modern), WH_OK);
    assert_int_equal(seconds_to_push(100), 1);
    assert_string_equal(message.destination, "10.0.0.1:4059");
    char longest[WH_PUSH_DESTINATION + 2];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(wh_modern_push_to(&modern.modern, longest), WH_ERR_ARGUMENT);
}

static void put_time(struct dlms_writer *data, uint8_t hour, uint8_t minute)
{
    const uint8_t time[4] = {hour, minute, 0, 0};
    const uint8_t date[5] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    dlms_put_structure(data, 2);
    dlms_put_octet_string(data, time, sizeof time);
    dlms_put_octet_string(data, date, sizeof date);
}

/* Every hour at a quarter past, and once a day. */
static void test_schedule(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    configure(3, 60);
    be_receiver(1);
    dlms_put_array(&data, 2);
    put_time(&data, 0xFF, 15);
    put_time(&data, 3, 0);
    assert_int_equal(modern_set(&modern, 22, schedule, 4, &data), 0);
    unsigned count = 0;
    for (int s = 0; s < 24 * 60; s++) {
        pass(60);
        if (!next()) {
            continue;
        }
        const struct wh_datetime local = wh_clock_local(&app()->clock);
        assert_true(local.minute == 15 || (local.hour == 3 && local.minute == 0));
        assert_int_equal(message.id, WH_PUSH_INTERVAL);
        receive(7);
        wh_modern_pushed(&modern.modern, message.id, true);
        count++;
    }
    assert_int_equal(count, 25);
    bytes[6] = 61; /* a minute */
    assert_int_equal(modern_set(&modern, 22, schedule, 4, &data), DLMS_RESULT_OTHER_REASON);
}

/* By the method and by script; not by the client that only reads. */
static void test_pushed_by_hand(void **state)
{
    (void)state;
    uint8_t bytes[3];
    struct dlms_writer script = dlms_writer(bytes, sizeof bytes);
    uint8_t zero[2];
    struct dlms_writer parameter = dlms_writer(zero, sizeof zero);
    dlms_put_u16(&script, 1);
    dlms_put_i8(&parameter, 0);
    configure(3, 60);
    assert_int_equal(modern_invoke(&modern, 40, alarm_setup, 1, &parameter), 0);
    assert_int_equal(seconds_to_push(10), 0);
    assert_int_equal(message.id, WH_PUSH_ALARM);
    assert_int_equal(modern_invoke(&modern, 9, scripts, 1, &script), 0);
    assert_int_equal(seconds_to_push(10), -1); /* one after the other, as their numbers are */
    wh_modern_pushed(&modern.modern, WH_PUSH_ALARM, true);
    assert_int_equal(seconds_to_push(10), 0);
    assert_int_equal(message.id, WH_PUSH_INTERVAL);
    bytes[2] = 2;
    assert_int_equal(modern_invoke(&modern, 9, scripts, 1, &script), DLMS_RESULT_OTHER_REASON);
    wh_modern_pushed(&modern.modern, WH_PUSH_INTERVAL, true);
    assert_int_equal(wh_modern_push_to(&modern.modern, ""), WH_OK);
    assert_int_equal(modern_invoke(&modern, 40, alarm_setup, 1, &parameter),
                     DLMS_RESULT_TEMPORARY_FAILURE);
    modern_connect(&modern, 1);
    assert_int_not_equal(modern_invoke(&modern, 40, alarm_setup, 1, &parameter), 0);
    assert_int_equal(seconds_to_push(10), -1);
}

static void put_object(struct dlms_writer *data, uint16_t class_id, const uint8_t name[6],
                       int8_t attribute, uint16_t data_index)
{
    dlms_put_structure(data, 4);
    dlms_put_u16(data, class_id);
    dlms_put_octet_string(data, name, 6);
    dlms_put_i8(data, attribute);
    dlms_put_u16(data, data_index);
}

static int set_object(uint16_t class_id, const uint8_t name[6], int8_t attribute,
                      uint16_t data_index)
{
    uint8_t bytes[64];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_array(&data, 1);
    put_object(&data, class_id, name, attribute, data_index);
    return modern_set(&modern, 40, alarm_setup, 2, &data);
}

/* Only what client 2 may read, and no log; the rest is refused when it is written. */
static void test_what_a_push_carries(void **state)
{
    (void)state;
    static const uint8_t profile[6] = {1, 1, 99, 1, 0, 255};
    static const uint8_t nothing[6] = {1, 1, 99, 77, 0, 255};
    configure(3, 60);
    be_receiver(1);
    assert_int_equal(set_object(8, nothing, 2, 0), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(set_object(3, clock_name, 2, 0), DLMS_RESULT_OTHER_REASON); /* class */
    assert_int_equal(set_object(8, clock_name, 0, 0), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(set_object(8, clock_name, 31, 0), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(set_object(8, clock_name, 2, 1), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(set_object(7, profile, 2, 0), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(set_object(7, profile, 4, 0), 0);
    assert_int_equal(set_object(8, clock_name, 1, 0), 0);
    input(WH_INPUT_MAGNET, true);
    assert_true(next());
    struct dlms_reader reader = receive(1);
    const struct dlms_value name = dlms_read_value(&reader);
    assert_memory_equal(name.bytes.data, clock_name, 6);
    assert_true(dlms_reader_done(&reader));
}

/* Twelve of the longest values there are do not burst it. */
static void test_a_small_buffer(void **state)
{
    (void)state;
    configure(0, 60);
    be_receiver(1);
    input(WH_INPUT_MAGNET, true);
    for (size_t size = 0; size < sizeof apdu; size += 37) {
        uint8_t guarded[APDU_SIZE + 64];
        memset(guarded, 0xA5, sizeof guarded);
        if (wh_modern_push_next(&modern.modern, &message, guarded, size)) {
            assert_true(message.length <= size);
            memcpy(apdu, guarded, message.length);
            receive(7);
            wh_modern_pushed(&modern.modern, message.id, false);
        }
        for (size_t i = size; i < sizeof guarded; i++) {
            assert_int_equal(guarded[i], 0xA5);
        }
        assert_int_equal(wh_modern_push_invoke(&modern.modern, WH_PUSH_ALARM), WH_OK);
    }
}

static void put_daily(struct dlms_writer *data, uint8_t hour)
{
    const struct dlms_date_time time = {.year = DLMS_YEAR_UNSPECIFIED,
                                        .month = DLMS_UNSPECIFIED,
                                        .day = DLMS_UNSPECIFIED,
                                        .weekday = DLMS_UNSPECIFIED,
                                        .hour = hour,
                                        .deviation = DLMS_DEVIATION_UNSPECIFIED};
    dlms_put_date_time(data, &time);
}

/* Local time of the meter, and what was written reads back the same. */
static void test_window(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    configure(3, 60);
    const uint8_t hour = wh_clock_local(&app()->clock).hour;
    dlms_put_array(&data, 1);
    dlms_put_structure(&data, 2);
    put_daily(&data, (uint8_t)((hour + 2) % 24));
    put_daily(&data, (uint8_t)((hour + 3) % 24));
    assert_int_equal(modern_set(&modern, 40, alarm_setup, 4, &data), 0);
    assert_int_equal(modern_get(&modern, 40, alarm_setup, 4), 0);
    assert_int_equal(dlms_client_value(&modern.client).length, data.total);
    assert_memory_equal(dlms_client_value(&modern.client).data, bytes, data.total);
    input(WH_INPUT_MAGNET, true);
    const struct wh_datetime local = wh_clock_local(&app()->clock);
    const int to_hour_s = 3600 - local.minute * 60 - local.second;
    assert_int_equal(seconds_to_push(3 * 3600), to_hour_s + 3600);
}

static void test_all_attributes_can_be_read(void **state)
{
    (void)state;
    modern_connect(&modern, 1);
    for (int8_t a = 1; a <= 7; a++) {
        assert_int_equal(modern_get(&modern, 40, alarm_setup, a), 0);
        assert_int_equal(modern_get(&modern, 40, interval_setup, a), 0);
    }
    for (int8_t a = 1; a <= 4; a++) {
        assert_int_equal(modern_get(&modern, 21, monitor_2, a), 0);
        assert_int_equal(modern_get(&modern, 22, schedule, a), 0);
    }
    assert_int_equal(modern_get(&modern, 9, scripts, 2), 0);
}

/* The destination of the factory is nobody, for a meter that was set up by nobody. */
static void test_values_of_another_type(void **state)
{
    (void)state;
    uint8_t bytes[4];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    configure(3, 60);
    dlms_put_u8(&data, 1);
    for (int8_t a = 2; a <= 7; a++) {
        assert_int_equal(modern_set(&modern, 40, alarm_setup, a, &data),
                         a == 6 ? 0 : DLMS_RESULT_TYPE_UNMATCHED);
    }
    assert_int_equal(modern_set(&modern, 22, schedule, 4, &data), DLMS_RESULT_TYPE_UNMATCHED);
    assert_int_equal(app()->push.setup[WH_PUSH_ALARM].retries, 1);
    assert_int_equal(app()->push.setup[WH_PUSH_ALARM].destination_length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_alarm_is_told, start, stop),
        cmocka_unit_test_setup_teardown(test_a_push_names_its_values, start, stop),
        cmocka_unit_test_setup_teardown(test_keys_and_counters, start, stop),
        cmocka_unit_test(test_suites_1_and_2),
        cmocka_unit_test_setup_teardown(test_attempts_fail, start, stop),
        cmocka_unit_test_setup_teardown(test_power_cut_during_retries, start, stop),
        cmocka_unit_test_setup_teardown(test_acknowledging, start, stop),
        cmocka_unit_test_setup_teardown(test_filter, start, stop),
        cmocka_unit_test_setup_teardown(test_what_is_on_is_told_with_it, start, stop),
        cmocka_unit_test_setup_teardown(test_destination, start, stop),
        cmocka_unit_test_setup_teardown(test_schedule, start, stop),
        cmocka_unit_test_setup_teardown(test_pushed_by_hand, start, stop),
        cmocka_unit_test_setup_teardown(test_what_a_push_carries, start, stop),
        cmocka_unit_test_setup_teardown(test_a_small_buffer, start, stop),
        cmocka_unit_test_setup_teardown(test_window, start, stop),
        cmocka_unit_test_setup_teardown(test_all_attributes_can_be_read, start, stop),
        cmocka_unit_test_setup_teardown(test_values_of_another_type, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
