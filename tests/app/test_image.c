/* Software images from the first block to the restart, in a whole meter: what is taken, what
 * is refused and why, and what the status log and the running software say of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "maker.h"
#include "ports/linux/flash_memory.h"
#include "rig.h"

static struct rig rig;
static struct flash_memory flash;
static struct maker maker;
static struct wh_flash guarded; /* flash, unless it fails */
static bool memory_fails;

static enum wh_err program(void *context, uint32_t address, const void *octets, size_t length)
{
    return memory_fails ? WH_ERR_IO : flash.flash.program(context, address, octets, length);
}

static struct wh_image *image(void)
{
    return &rig.meter.application.image;
}

static int begin(void **state)
{
    (void)state;
    assert_int_equal(flash_memory_open(&flash, MAKER_FLASH), WH_OK);
    memory_fails = false;
    guarded = flash.flash;
    guarded.program = program;
    maker_open(&maker, &guarded);
    rig_open_as(&rig, "382M", NULL, 800000000);
    rig.memory.board.image = &maker.board;
    rig_outage(&rig, RIG_ORDERLY, 1, true);
    assert_non_null(image()->board);
    return 0;
}

static int end(void **state)
{
    (void)state;
    rig_close(&rig);
    maker_close(&maker);
    flash_memory_close(&flash);
    return 0;
}

static enum wh_err put(uint32_t block)
{
    const size_t offset = (size_t)block * WH_IMAGE_BLOCK;
    const size_t rest = maker.size - offset;
    return wh_image_put(image(), block, maker.image + offset,
                        rest < WH_IMAGE_BLOCK ? rest : WH_IMAGE_BLOCK);
}

static uint32_t blocks(void)
{
    return (uint32_t)((maker.size + WH_IMAGE_BLOCK - 1) / WH_IMAGE_BLOCK);
}

static enum wh_err initiate(void)
{
    return wh_image_initiate(image(), (const uint8_t *)"new", 3, (uint32_t)maker.size);
}

static void send_all(void)
{
    assert_int_equal(initiate(), WH_OK);
    assert_int_equal(wh_image_slot_blocks(&image()->slot), blocks());
    for (uint32_t b = 0; b < blocks(); b++) {
        assert_int_equal(wh_image_slot_missing(&image()->slot), b);
        assert_int_equal(put(b), WH_OK);
    }
    assert_int_equal(wh_image_slot_missing(&image()->slot), blocks());
}

/* Seconds with a report each. */
static void live(uint32_t seconds)
{
    for (uint32_t s = 0; s < seconds; s++) {
        rig_load(&rig, 0, 0, 1);
    }
}

static enum wh_err verify(void)
{
    enum wh_err err = wh_image_verify(image());
    for (int s = 0; err == WH_ERR_BUSY && s < 60; s++) {
        assert_int_equal(image()->status, WH_IMAGE_VERIFYING);
        live(1);
        err = wh_image_verify(image());
    }
    return err;
}

static void make_good(uint32_t body_length)
{
    const struct wh_image_header header = maker_header(&maker, body_length);
    maker_make(&maker, &header);
}

/* The transfer of the image that was made, refused for that reason. */
static void assert_refused(enum wh_image_fault fault)
{
    struct wh_event event;
    const uint32_t before = rig_count_events(&rig, WH_EVENT_SOFTWARE_REFUSED, &event);
    send_all();
    assert_int_equal(verify(), WH_ERR_CORRUPT);
    assert_int_equal(image()->status, WH_IMAGE_REFUSED);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_SOFTWARE_REFUSED, &event), before + 1);
    assert_int_equal(event.detail, fault);
    assert_int_equal(wh_image_activate(image()), WH_ERR_STATE);
    assert_int_equal(maker.activations, 0);
}

static void test_from_first_block_to_restart(void **state)
{
    struct wh_event event;
    (void)state;
    assert_int_equal(wh_application_software(&rig.meter.application).revision, 5);
    make_good(50000);
    send_all();
    assert_int_equal(verify(), WH_OK);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_SOFTWARE_READY, &event), 1);
    assert_int_equal(event.value_b, 6);
    assert_int_equal(wh_image_activate(image()), WH_OK);
    assert_int_equal(initiate(), WH_ERR_BUSY);
    assert_int_equal(wh_image_activate(image()), WH_ERR_BUSY);
    live(10);
    assert_int_equal(maker.activations, 1);
    assert_int_equal(image()->status, WH_IMAGE_ACTIVATING);
    rig_outage(&rig, RIG_ORDERLY, 1, true);
    assert_int_equal(image()->status, WH_IMAGE_ACTIVATED);
    const struct wh_software software = wh_application_software(&rig.meter.application);
    assert_int_equal(software.revision, 6);
    assert_memory_equal(software.digest, maker.image + 96, WH_SOFTWARE_DIGEST);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_SOFTWARE_ACTIVATED, &event), 1);
    assert_int_equal(event.value_a, WH_SOFTWARE_NUMBER);
    assert_int_equal(event.value_b, 6);
    rig_outage(&rig, RIG_ORDERLY, 1, true);
    assert_int_equal(image()->status, WH_IMAGE_ACTIVATED);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_SOFTWARE_ACTIVATED, &event), 1);
    assert_int_equal(wh_image_activate(image()), WH_ERR_STATE);
}

static void test_what_is_refused(void **state)
{
    struct wh_image_header header = maker_header(&maker, 3000);
    (void)state;
    header.hardware++;
    maker_make(&maker, &header);
    assert_refused(WH_IMAGE_FAULT_MODEL);
    header = maker_header(&maker, 3000);
    header.software.revision--;
    maker_make(&maker, &header);
    assert_refused(WH_IMAGE_FAULT_REVISION);
    header = maker_header(&maker, 3000);
    header.legal_checksum[31] ^= 1;
    maker_make(&maker, &header);
    assert_refused(WH_IMAGE_FAULT_LEGAL);
    make_good(3000);
    maker.image[maker.size - 1] ^= 1;
    assert_refused(WH_IMAGE_FAULT_BODY);
    make_good(3000);
    maker.size--;
    assert_refused(WH_IMAGE_FAULT_HEADER);
    make_good(3000);
    maker.image[0] ^= 1;
    assert_refused(WH_IMAGE_FAULT_HEADER);
}

/* Nothing of what is signed can be changed, nor the signature. */
static void test_not_the_makers(void **state)
{
    (void)state;
    make_good(700);
    for (size_t bit = 8 * 12; bit < 8 * (size_t)WH_IMAGE_HEADER; bit += 29) {
        maker.image[bit / 8] ^= (uint8_t)(1u << bit % 8);
        send_all();
        assert_int_equal(verify(), WH_ERR_CORRUPT);
        assert_true(image()->fault == WH_IMAGE_FAULT_SIGNATURE ||
                    image()->fault == WH_IMAGE_FAULT_HEADER);
        maker.image[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    memset(maker.image + WH_IMAGE_SIGNED, 0, WH_IMAGE_SIGNATURE);
    assert_refused(WH_IMAGE_FAULT_SIGNATURE);
}

/* The seal of the verification is no way for another legally relevant part either. */
static void test_legal_part_stays_with_open_seal(void **state)
{
    struct wh_image_header header = maker_header(&maker, 600);
    (void)state;
    assert_int_equal(wh_meter_set_seal(&rig.meter, true), WH_OK);
    strcpy(header.legal_version, "LR-9.9");
    maker_make(&maker, &header);
    assert_refused(WH_IMAGE_FAULT_LEGAL);
}

static void test_without_key_none_is_taken(void **state)
{
    (void)state;
    maker.board.public_key = NULL;
    make_good(600);
    assert_int_equal(initiate(), WH_ERR_SEALED);
    assert_int_equal(image()->status, WH_IMAGE_NOT_INITIATED);
}

/* A meter that is started without the key its transfer was begun with. */
static void test_the_key_is_taken_away(void **state)
{
    (void)state;
    make_good(600);
    assert_int_equal(initiate(), WH_OK);
    assert_int_equal(put(0), WH_OK);
    maker.board.public_key = NULL;
    assert_int_equal(put(1), WH_ERR_SEALED);
    maker.board.public_key = maker.public_key;
    assert_int_equal(put(1), WH_OK);
    maker.board.public_key = NULL;
    assert_int_equal(wh_image_verify(image()), WH_ERR_SEALED);
    live(3);
    assert_int_equal(image()->status, WH_IMAGE_INITIATED);
    maker.board.public_key = maker.public_key;
    assert_int_equal(verify(), WH_OK);
}

static void test_arguments_of_initiate(void **state)
{
    uint8_t name[WH_IMAGE_NAME + 1] = {'n'};
    (void)state;
    assert_int_equal(wh_image_initiate(image(), name, 0, 1000), WH_ERR_ARGUMENT);
    assert_int_equal(wh_image_initiate(image(), name, sizeof name, 1000), WH_ERR_ARGUMENT);
    assert_int_equal(wh_image_initiate(image(), name, 1, WH_IMAGE_HEADER), WH_ERR_ARGUMENT);
    assert_int_equal(wh_image_initiate(image(), name, 1, MAKER_SIZE_MAX + 1), WH_ERR_ARGUMENT);
    assert_int_equal(wh_image_initiate(image(), name, WH_IMAGE_NAME, MAKER_SIZE_MAX), WH_OK);
}

/* Blocks come in any order and again; with other octets a block is refused, and changes nothing. */
static void test_blocks_in_any_order(void **state)
{
    uint8_t other[WH_IMAGE_BLOCK];
    (void)state;
    make_good(20000);
    const uint32_t count = blocks();
    assert_int_equal(put(0), WH_ERR_STATE);
    assert_int_equal(initiate(), WH_OK);
    assert_int_equal(wh_image_verify(image()), WH_ERR_NOT_FOUND);
    for (uint32_t n = 0; n < count; n++) {
        const uint32_t block = n * 17 % count;
        assert_false(wh_image_slot_has(&image()->slot, block));
        assert_int_equal(put(block), WH_OK);
        assert_int_equal(put(block), WH_OK);
        memcpy(other, maker.image + (size_t)block * WH_IMAGE_BLOCK, 32);
        other[31] ^= 0x10;
        assert_int_equal(wh_image_put(image(), block, other, sizeof other), WH_ERR_ARGUMENT);
        assert_int_equal(wh_image_verify(image()), n + 1 < count ? WH_ERR_NOT_FOUND : WH_ERR_BUSY);
    }
    assert_int_equal(put(0), WH_ERR_STATE);
    assert_int_equal(verify(), WH_OK);
}

static void test_blocks_that_do_not_exist(void **state)
{
    (void)state;
    make_good(1000); /* three blocks, the last of 168 */
    assert_int_equal(initiate(), WH_OK);
    assert_int_equal(wh_image_put(image(), 3, maker.image, 168), WH_ERR_ARGUMENT);
    assert_int_equal(wh_image_put(image(), UINT32_MAX, maker.image, 512), WH_ERR_ARGUMENT);
    assert_int_equal(wh_image_put(image(), 2, maker.image, 512), WH_ERR_ARGUMENT);
    assert_int_equal(wh_image_put(image(), 0, maker.image, 511), WH_ERR_ARGUMENT);
    assert_int_equal(wh_image_put(image(), 0, maker.image, 0), WH_ERR_ARGUMENT);
    assert_int_equal(wh_image_slot_missing(&image()->slot), 0);
}

/* An image that is dropped half way leaves nothing of it in the next. */
static void test_initiate_begins_anew(void **state)
{
    struct wh_image_header header = maker_header(&maker, 9000);
    (void)state;
    header.software.revision += 7;
    maker_make(&maker, &header);
    send_all();
    make_good(8000);
    send_all();
    assert_int_equal(verify(), WH_OK);
    rig_outage(&rig, RIG_HARD, 5, true);
    assert_int_equal(image()->status, WH_IMAGE_VERIFIED);
    assert_int_equal(image()->record.software.revision, 6);
    assert_int_equal(image()->record.name_length, 3);
}

/* Complete sectors are there after an outage; the transfer goes on behind them. */
static void test_goes_on_after_an_outage(void **state)
{
    (void)state;
    make_good(40000);
    assert_int_equal(initiate(), WH_OK);
    for (uint32_t b = 0; b < 21; b++) {
        assert_int_equal(put(b), WH_OK);
    }
    rig_outage(&rig, RIG_HARD, 100, true);
    assert_int_equal(image()->status, WH_IMAGE_INITIATED);
    assert_int_equal(wh_image_slot_missing(&image()->slot), 16);
    for (uint32_t b = 16; b < blocks(); b++) {
        assert_int_equal(put(b), WH_OK);
    }
    assert_int_equal(verify(), WH_OK);
}

static void test_at_a_time(void **state)
{
    struct wh_event event;
    (void)state;
    make_good(600);
    send_all();
    assert_int_equal(verify(), WH_OK);
    const uint32_t at_s = rig.meter.application.clock.utc_s + 100;
    assert_int_equal(wh_image_schedule(image(), at_s), WH_OK);
    rig_outage(&rig, RIG_HARD, 20, true);
    live(75);
    assert_int_equal(maker.activations, 0);
    live(10);
    assert_int_equal(maker.activations, 1);
    assert_int_equal(image()->record.activate_at_s, 0);
    rig_outage(&rig, RIG_ORDERLY, 1, true);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_SOFTWARE_ACTIVATED, &event), 1);
}

/* Without supply when its time came: as soon as there is supply. */
static void test_time_passed_without_supply(void **state)
{
    (void)state;
    make_good(600);
    send_all();
    assert_int_equal(verify(), WH_OK);
    assert_int_equal(wh_image_schedule(image(), rig.meter.application.clock.utc_s + 100), WH_OK);
    rig_outage(&rig, RIG_HARD, 1000, true);
    live(3);
    assert_int_equal(maker.activations, 1);
}

/* The supply goes while the image is looked at once more: its time has not been used up. */
static void test_outage_when_its_time_has_come(void **state)
{
    (void)state;
    make_good(60000);
    send_all();
    assert_int_equal(verify(), WH_OK);
    assert_int_equal(wh_image_schedule(image(), rig.meter.application.clock.utc_s + 5), WH_OK);
    for (int s = 0; image()->status != WH_IMAGE_ACTIVATING && s < 10; s++) {
        live(1);
    }
    assert_int_equal(image()->status, WH_IMAGE_ACTIVATING);
    assert_int_equal(maker.activations, 0);
    rig_outage(&rig, RIG_HARD, 20, true);
    assert_int_equal(image()->status, WH_IMAGE_VERIFIED);
    live(10);
    assert_int_equal(maker.activations, 1);
    rig_outage(&rig, RIG_ORDERLY, 1, true);
    live(10);
    assert_int_equal(image()->status, WH_IMAGE_ACTIVATED);
    assert_int_equal(image()->record.activate_at_s, 0);
    assert_int_equal(maker.activations, 1);
}

/* Refused when its time had come: that was the time, also if the memory takes no state. */
static void test_a_time_is_used_once(void **state)
{
    struct wh_event event;
    (void)state;
    make_good(600);
    send_all();
    assert_int_equal(verify(), WH_OK);
    assert_int_equal(wh_image_schedule(image(), rig.meter.application.clock.utc_s + 2), WH_OK);
    maker.refuses = true;
    live(10);
    assert_int_equal(maker.activations, 1);
    assert_int_equal(image()->status, WH_IMAGE_NOT_ACTIVATED);
    assert_int_equal(image()->record.activate_at_s, 0);
    assert_int_equal(wh_image_schedule(image(), rig.meter.application.clock.utc_s + 2), WH_OK);
    memory_fails = true;
    live(10);
    assert_int_equal(maker.activations, 1);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_SOFTWARE_NOT_ACTIVATED, &event), 2);
    assert_int_equal(event.detail, WH_IMAGE_FAULT_MEMORY);
}

/* Another transfer begins while an image is looked at: nothing comes of that look. */
static void test_initiate_during_verification(void **state)
{
    struct wh_event event;
    (void)state;
    make_good(60000);
    send_all();
    assert_int_equal(wh_image_verify(image()), WH_ERR_BUSY);
    live(1);
    assert_int_equal(image()->status, WH_IMAGE_VERIFYING);
    assert_int_equal(initiate(), WH_OK);
    live(10);
    assert_int_equal(image()->status, WH_IMAGE_INITIATED);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_SOFTWARE_READY, &event), 0);
}

static void test_time_without_an_image(void **state)
{
    struct wh_event event;
    (void)state;
    make_good(600);
    assert_int_equal(wh_image_schedule(image(), rig.meter.application.clock.utc_s + 5), WH_OK);
    assert_int_equal(initiate(), WH_OK);
    assert_int_equal(put(0), WH_OK);
    live(10);
    assert_int_equal(image()->status, WH_IMAGE_INITIATED);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_SOFTWARE_NOT_ACTIVATED, &event), 1);
    assert_int_equal(event.detail, WH_IMAGE_FAULT_STATE);
    assert_int_equal(put(1), WH_OK);
    assert_int_equal(verify(), WH_OK);
}

/* A boot loader that does not take it, or did not put it in place: the old software runs, and the
 * activation can be tried again. */
static void test_boot_loader_refuses(void **state)
{
    struct wh_event event;
    (void)state;
    make_good(600);
    send_all();
    assert_int_equal(verify(), WH_OK);
    maker.refuses = true;
    assert_int_equal(wh_image_activate(image()), WH_OK);
    live(3);
    assert_int_equal(image()->status, WH_IMAGE_NOT_ACTIVATED);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_SOFTWARE_NOT_ACTIVATED, &event), 1);
    assert_int_equal(event.detail, WH_IMAGE_FAULT_LOADER);
    maker.refuses = false;
    assert_int_equal(wh_image_activate(image()), WH_OK);
    live(3);
    assert_int_equal(maker.activations, 2);
    maker.board.running.revision = 5; /* it fell back */
    rig_outage(&rig, RIG_ORDERLY, 1, true);
    assert_int_equal(image()->status, WH_IMAGE_NOT_ACTIVATED);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_SOFTWARE_NOT_ACTIVATED, &event), 2);
}

/* What has gone bad in the memory since it was verified is not handed over. */
static void test_verified_once_more_at_activation(void **state)
{
    (void)state;
    make_good(600);
    send_all();
    assert_int_equal(verify(), WH_OK);
    flash.inverted[(2 * WH_IMAGE_LOG_SECTORS) * WH_IMAGE_SECTOR + 300] ^= 0x04;
    assert_int_equal(wh_image_activate(image()), WH_OK);
    live(3);
    assert_int_equal(maker.activations, 0);
    assert_int_equal(image()->status, WH_IMAGE_NOT_ACTIVATED);
    assert_int_equal(image()->fault, WH_IMAGE_FAULT_BODY);
}

/* A memory that is too small takes the transfer away, not the meter. */
static void test_no_room(void **state)
{
    (void)state;
    maker.board.size_max = MAKER_SIZE_MAX + 1;
    rig_outage(&rig, RIG_ORDERLY, 1, true);
    assert_null(image()->board);
    rig_load(&rig, 3000000, 0, 60);
    assert_int_equal(wh_application_software(&rig.meter.application).revision,
                     WH_SOFTWARE_REVISION);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_from_first_block_to_restart),
        TEST(test_what_is_refused),
        TEST(test_not_the_makers),
        TEST(test_legal_part_stays_with_open_seal),
        TEST(test_without_key_none_is_taken),
        TEST(test_the_key_is_taken_away),
        TEST(test_arguments_of_initiate),
        TEST(test_blocks_in_any_order),
        TEST(test_blocks_that_do_not_exist),
        TEST(test_initiate_begins_anew),
        TEST(test_goes_on_after_an_outage),
        TEST(test_at_a_time),
        TEST(test_time_passed_without_supply),
        TEST(test_outage_when_its_time_has_come),
        TEST(test_a_time_is_used_once),
        TEST(test_initiate_during_verification),
        TEST(test_time_without_an_image),
        TEST(test_boot_loader_refuses),
        TEST(test_verified_once_more_at_activation),
        TEST(test_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
