/* Image transfer as a secure client finds it (6-2, class 18): blocks, verification that takes time,
 * activation at once, by script and by schedule; and that nobody else gets at it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "modern_client.h"
#include "ports/linux/flash_memory.h"
#include "tests/app/maker.h"

static struct modern_client modern;
static struct flash_memory flash;
static struct maker maker;

static const uint8_t transfer[6] = {0, 0, 44, 0, 0, 255};
static const uint8_t scripts[6] = {0, 0, 10, 0, 107, 255};
static const uint8_t schedule[6] = {0, 0, 15, 0, 2, 255};

enum { INITIATE = 1, BLOCK = 2, VERIFY = 3, ACTIVATE = 4, ROOM = 600 };

/* The meter on a board that takes images, a clock set, the client with those keys. */
static void begin(int client)
{
    assert_int_equal(flash_memory_open(&flash, MAKER_FLASH), WH_OK);
    maker_open(&maker, &flash.flash);
    const struct wh_config config = wh_config_default(wh_variant_find("382M"));
    modern_start(&modern, &config);
    modern.meter.rig.memory.board.image = &maker.board;
    modern.meter.rig.memory.board.rtc = (struct wh_rtc_reading){.valid = true, .utc_s = 800000000};
    assert_int_equal(modern_restart(&modern), WH_OK);
    modern_connect(&modern, client);
    const struct wh_image_header header = maker_header(&maker, 5000);
    maker_make(&maker, &header);
}

static int stop(void **state)
{
    (void)state;
    modern_stop(&modern);
    maker_close(&maker);
    flash_memory_close(&flash);
    return 0;
}

static int invoke(int8_t method)
{
    uint8_t bytes[2];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_i8(&data, 0);
    return modern_invoke(&modern, 18, transfer, method, &data);
}

static int initiate(uint32_t size)
{
    uint8_t bytes[32];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_structure(&data, 2);
    dlms_put_octet_string(&data, "rev6", 4);
    dlms_put_u32(&data, size);
    return modern_invoke(&modern, 18, transfer, INITIATE, &data);
}

static int put_octets(uint32_t block, const uint8_t *octets, size_t length)
{
    uint8_t bytes[ROOM];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_structure(&data, 2);
    dlms_put_u32(&data, block);
    dlms_put_octet_string(&data, octets, length);
    return modern_invoke(&modern, 18, transfer, BLOCK, &data);
}

static int put(uint32_t block)
{
    const size_t offset = (size_t)block * WH_IMAGE_BLOCK;
    const size_t rest = maker.size - offset;
    return put_octets(block, maker.image + offset, rest < WH_IMAGE_BLOCK ? rest : WH_IMAGE_BLOCK);
}

static void assert_value(const uint8_t name[6], uint16_t class_id, int8_t attribute,
                         const void *expected, size_t length)
{
    assert_int_equal(modern_get(&modern, class_id, name, attribute), 0);
    const struct dlms_span value = dlms_client_value(&modern.client);
    assert_int_equal(value.length, length);
    assert_memory_equal(value.data, expected, length);
}

static void assert_status(uint8_t status)
{
    assert_value(transfer, 18, 6, (const uint8_t[]){DLMS_TAG_ENUM, status}, 2);
}

static void live(uint32_t seconds)
{
    for (uint32_t s = 0; s < seconds; s++) {
        rig_load(&modern.meter.rig, 0, 0, 1);
    }
}

static void send_and_verify(void)
{
    assert_int_equal(initiate((uint32_t)maker.size), 0);
    for (uint32_t b = 0; b * WH_IMAGE_BLOCK < maker.size; b++) {
        assert_int_equal(put(b), 0);
    }
    assert_int_equal(invoke(VERIFY), DLMS_RESULT_TEMPORARY_FAILURE);
    assert_status(2);
    live(3);
    assert_int_equal(invoke(VERIFY), 0);
    assert_status(3);
}

/* The steps of 6-2, and what each attribute says meanwhile. */
static void test_transfer(void **state)
{
    (void)state;
    begin(0);
    assert_value(transfer, 18, 2, (const uint8_t[]){6, 0, 0, 2, 0}, 5);
    assert_value(transfer, 18, 5, (const uint8_t[]){3, 1}, 2);
    assert_status(0);
    assert_int_equal(initiate((uint32_t)maker.size), 0);
    assert_status(1);
    assert_int_equal(put(0), 0);
    assert_int_equal(put(1), 0);
    assert_int_equal(put(9), 0);
    assert_value(transfer, 18, 3, (const uint8_t[]){4, 11, 0xC0, 0x40}, 4);
    assert_value(transfer, 18, 4, (const uint8_t[]){6, 0, 0, 0, 2}, 5);
    assert_value(transfer, 18, 7, (const uint8_t[]){1, 0}, 2);
    assert_int_equal(invoke(VERIFY), DLMS_RESULT_OTHER_REASON);
    assert_status(1);
    send_and_verify();
    uint8_t expected[2 + 7 + 6 + 66] = {1, 1, 2, 3, 6, 0, 0, 0, 0, 9, 4, 'r', 'e', 'v', '6', 9, 64};
    expected[7] = (uint8_t)(maker.size >> 8);
    expected[8] = (uint8_t)maker.size;
    memcpy(expected + 17, maker.image + WH_IMAGE_SIGNED, WH_IMAGE_SIGNATURE);
    assert_value(transfer, 18, 7, expected, sizeof expected);
    assert_int_equal(invoke(ACTIVATE), 0);
    assert_int_equal(invoke(ACTIVATE), DLMS_RESULT_TEMPORARY_FAILURE);
    live(3);
    assert_int_equal(maker.activations, 1);
    assert_int_equal(modern_restart(&modern), WH_OK);
    modern_connect(&modern, 0);
    assert_status(6);
    assert_value((const uint8_t[]){0, 0, 0, 2, 1, 255}, 1, 2, (const uint8_t[]){6, 0, 0, 0, 6}, 5);
}

static void test_what_is_wrong_is_refused(void **state)
{
    uint8_t bytes[16];
    (void)state;
    begin(0);
    assert_int_equal(put(0), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(invoke(VERIFY), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(invoke(ACTIVATE), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(initiate(MAKER_SIZE_MAX + 1), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(invoke(INITIATE), DLMS_RESULT_TYPE_UNMATCHED);
    assert_int_equal(initiate((uint32_t)maker.size), 0);
    assert_int_equal(put_octets(0, maker.image, WH_IMAGE_BLOCK - 1), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(put_octets(11, maker.image, WH_IMAGE_BLOCK), DLMS_RESULT_OTHER_REASON);
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_structure(&data, 2);
    dlms_put_u16(&data, 0);
    dlms_put_octet_string(&data, "x", 1);
    assert_int_equal(modern_invoke(&modern, 18, transfer, BLOCK, &data),
                     DLMS_RESULT_TYPE_UNMATCHED);
    assert_value(transfer, 18, 4, (const uint8_t[]){6, 0, 0, 0, 0}, 5);
    maker.image[700] ^= 1;
    for (uint32_t b = 0; b < 11; b++) {
        assert_int_equal(put(b), 0);
    }
    assert_int_equal(invoke(VERIFY), DLMS_RESULT_TEMPORARY_FAILURE);
    live(3);
    assert_int_equal(invoke(VERIFY), DLMS_RESULT_OTHER_REASON);
    assert_status(4);
    assert_value((const uint8_t[]){0, 0, 44, 128, 0, 255}, 1, 2,
                 (const uint8_t[]){DLMS_TAG_ENUM, WH_IMAGE_FAULT_BODY}, 2);
}

static void test_without_key(void **state)
{
    (void)state;
    begin(0);
    maker.board.public_key = NULL;
    assert_value(transfer, 18, 5, (const uint8_t[]){3, 0}, 2);
    assert_int_equal(initiate((uint32_t)maker.size), DLMS_RESULT_READ_WRITE_DENIED);
    assert_status(0);
}

static void test_reading_only_looks(void **state)
{
    (void)state;
    begin(1);
    assert_status(0);
    assert_int_equal(initiate((uint32_t)maker.size), DLMS_RESULT_READ_WRITE_DENIED);
    assert_status(0);
}

/* On a board without room for images there is nothing of it but what runs. */
static void test_board_without_images(void **state)
{
    (void)state;
    begin(0);
    modern.meter.rig.memory.board.image = NULL;
    assert_int_equal(modern_restart(&modern), WH_OK);
    modern_connect(&modern, 0);
    assert_int_equal(modern_get(&modern, 18, transfer, 6), DLMS_RESULT_OBJECT_UNDEFINED);
    assert_int_equal(modern_get(&modern, 9, scripts, 2), DLMS_RESULT_OBJECT_UNDEFINED);
    assert_int_equal(modern_get(&modern, 22, schedule, 4), DLMS_RESULT_OBJECT_UNDEFINED);
    assert_value((const uint8_t[]){0, 0, 0, 2, 1, 255}, 1, 2,
                 (const uint8_t[]){6, 0, 0, 0, WH_SOFTWARE_REVISION}, 5);
}

static int write_schedule(const struct wh_datetime *at)
{
    uint8_t bytes[32];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    dlms_put_array(&data, at != NULL ? 1 : 0);
    if (at != NULL) {
        const uint8_t time[4] = {at->hour, at->minute, at->second};
        const uint8_t date[5] = {(uint8_t)(at->year >> 8), (uint8_t)at->year, at->month, at->day,
                                 0xFF};
        dlms_put_structure(&data, 2);
        dlms_put_octet_string(&data, time, sizeof time);
        dlms_put_octet_string(&data, date, sizeof date);
    }
    return modern_set(&modern, 22, schedule, 4, &data);
}

static void test_schedule(void **state)
{
    (void)state;
    begin(0);
    const struct wh_clock *clock = &modern.meter.rig.meter.application.clock;
    struct wh_datetime at = wh_clock_local_of(clock, clock->utc_s + 60, NULL);
    assert_value(schedule, 22, 4, (const uint8_t[]){1, 0}, 2);
    send_and_verify();
    assert_int_equal(write_schedule(&at), 0);
    const uint8_t expected[] = {1,
                                1,
                                2,
                                2,
                                9,
                                4,
                                at.hour,
                                at.minute,
                                at.second,
                                0,
                                9,
                                5,
                                (uint8_t)(at.year >> 8),
                                (uint8_t)at.year,
                                at.month,
                                at.day,
                                0xFF};
    assert_value(schedule, 22, 4, expected, sizeof expected);
    assert_int_equal(write_schedule(NULL), 0);
    live(70);
    assert_int_equal(maker.activations, 0);
    assert_int_equal(write_schedule(&at), DLMS_RESULT_OTHER_REASON); /* has passed */
    at = wh_clock_local_of(clock, clock->utc_s + 5, NULL);
    assert_int_equal(write_schedule(&at), 0);
    at.month = 13;
    assert_int_equal(write_schedule(&at), DLMS_RESULT_OTHER_REASON);
    live(10);
    assert_int_equal(maker.activations, 1);
}

/* A time in summer is one of daylight saving, as the clock on the wall will show it. */
static void test_schedule_in_summer(void **state)
{
    (void)state;
    begin(0);
    struct wh_config config = modern.meter.rig.meter.application.config;
    struct wh_config_fault fault;
    config.zone_min = 60;
    config.daylight = WH_DAYLIGHT_EUROPEAN;
    assert_int_equal(
        wh_meter_configure(&modern.meter.rig.meter, &config, WH_ORIGIN_FACTORY, &fault), WH_OK);
    const struct wh_datetime summer = {.year = 2027, .month = 7, .day = 1, .hour = 3};
    const struct wh_datetime winter = {.year = 2027, .month = 12, .day = 1, .hour = 3};
    const struct wh_image *image = &modern.meter.rig.meter.application.image;
    uint32_t utc_s;
    assert_int_equal(write_schedule(&summer), 0);
    assert_int_equal(
        wh_clock_utc_of_local(&modern.meter.rig.meter.application.clock, &summer, true, &utc_s),
        WH_OK);
    assert_int_equal(image->record.activate_at_s, utc_s);
    assert_int_equal(write_schedule(&winter), 0);
    assert_int_equal(
        wh_clock_utc_of_local(&modern.meter.rig.meter.application.clock, &winter, false, &utc_s),
        WH_OK);
    assert_int_equal(image->record.activate_at_s, utc_s);
}

static void test_script(void **state)
{
    uint8_t bytes[3];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    (void)state;
    begin(0);
    send_and_verify();
    dlms_put_u16(&data, 2);
    assert_int_equal(modern_invoke(&modern, 9, scripts, 1, &data), DLMS_RESULT_OTHER_REASON);
    data = dlms_writer(bytes, sizeof bytes);
    dlms_put_u16(&data, 1);
    assert_int_equal(modern_invoke(&modern, 9, scripts, 1, &data), 0);
    assert_status(5);
    live(3);
    assert_int_equal(maker.activations, 1);
}

#define TEST(name) cmocka_unit_test_teardown(name, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_transfer),
        TEST(test_what_is_wrong_is_refused),
        TEST(test_without_key),
        TEST(test_reading_only_looks),
        TEST(test_board_without_images),
        TEST(test_schedule),
        TEST(test_schedule_in_summer),
        TEST(test_script),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
