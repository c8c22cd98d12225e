/* A software image when the supply goes at any byte that is programmed, in every way a flash can
 * tear: the transfer goes on where it was, or up to one sector before; nothing that was not
 * verified is handed to the boot loader, and nothing twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "maker.h"
#include "tests/store/flash_sim.h"

enum { BODY = 2 * 4096 + 1000, FLASH = 12 * 4096, WORK_MAX = 100 };

static struct flash_sim sim;
static struct flash_sim saved;
static struct wh_flash flash;
static struct maker maker;
static struct wh_image image;

static void mount(void)
{
    enum wh_image_event event;
    assert_int_equal(wh_image_mount(&image, &maker.board, "382M", &event), WH_OK);
}

static uint32_t blocks(void)
{
    return (uint32_t)((maker.size + WH_IMAGE_BLOCK - 1) / WH_IMAGE_BLOCK);
}

static bool put(uint32_t block)
{
    const size_t offset = (size_t)block * WH_IMAGE_BLOCK;
    const size_t rest = maker.size - offset;
    return wh_image_put(&image, block, maker.image + offset,
                        rest < WH_IMAGE_BLOCK ? rest : WH_IMAGE_BLOCK) == WH_OK;
}

static void work(void)
{
    for (int n = 0; n < WORK_MAX && image.work != WH_IMAGE_IDLE; n++) {
        (void)wh_image_run(&image);
    }
}

/* What a client does with a meter in whatever state, until its image runs. Ends early when the
 * supply goes. */
static void client(void)
{
    if (image.status == WH_IMAGE_NOT_INITIATED || image.status == WH_IMAGE_REFUSED) {
        (void)wh_image_initiate(&image, (const uint8_t *)"n", 1, (uint32_t)maker.size);
    }
    for (uint32_t n = 0; n < blocks() && image.status == WH_IMAGE_INITIATED; n++) {
        const uint32_t block = n * 5 % blocks(); /* sectors are open together */
        if (!wh_image_slot_has(&image.slot, block)) {
            (void)put(block);
        }
    }
    (void)wh_image_verify(&image);
    work();
    (void)wh_image_schedule(&image, 0);
    (void)wh_image_activate(&image);
    work();
}

static void open_bench(void)
{
    flash_sim_open(&sim, FLASH, 4096, 256, 0xFF);
    flash_sim_open(&saved, FLASH, 4096, 256, 0xFF);
    flash = flash_sim_flash(&sim);
    maker_open(&maker, &flash);
    maker.board.size_max = 4 * 4096;
    const struct wh_image_header header = maker_header(&maker, BODY);
    maker_make(&maker, &header);
    assert_true(maker.size <= maker.board.size_max);
    mount();
}

static void close_bench(void)
{
    maker_close(&maker);
    flash_sim_close(&sim);
    flash_sim_close(&saved);
}

/* The image that the boot loader was given is the maker's, octet by octet. */
static void check_handed_over(void)
{
    uint8_t read[64];
    for (uint32_t at = 0; at < maker.size; at += sizeof read) {
        const size_t part = maker.size - at < sizeof read ? maker.size - at : sizeof read;
        assert_int_equal(wh_image_slot_read(&image.slot, at, read, part), WH_OK);
        assert_memory_equal(read, maker.image + at, part);
    }
}

/* An activation that was cut between being stored and being handed over failed, and is tried again. */
static void finish(void)
{
    for (int tries = 0; tries < 4 && maker.board.running.revision == 5; tries++) {
        client();
        mount();
    }
    assert_int_equal(maker.board.running.revision, 6);
    assert_int_equal(image.status, WH_IMAGE_ACTIVATED);
    assert_int_equal(maker.activations, 1);
    check_handed_over();
}

static void cut_at(uint64_t position, enum flash_tear tear)
{
    flash_sim_copy(&sim, &saved);
    maker.activations = 0;
    maker.board.running.revision = 5;
    mount();
    flash_sim_cut(&sim, position, tear, position);
    client();
    const bool was_cut = sim.is_off;
    const unsigned activations = maker.activations;
    flash_sim_power_on(&sim);
    mount();
    assert_true(was_cut || image.status == WH_IMAGE_ACTIVATED);
    if (activations == 0) {
        finish();
    }
    assert_int_equal(maker.board.running.revision, 6);
}

/* From the first to the last byte of a whole transfer and activation; steps that have no divisor in
 * common with anything, and every byte where states are stored. */
static void test_cut_anywhere(void **state)
{
    unsigned cuts = 0;
    (void)state;
    open_bench();
    flash_sim_copy(&saved, &sim);
    const uint64_t last = 2 * maker.size;
    for (uint64_t position = 0; position < last; position += 7, cuts++) {
        cut_at(position, (enum flash_tear)(cuts % FLASH_TEAR_COUNT));
    }
    printf("%u cut positions\n", cuts);
    close_bench();
}

/* Every byte of what follows the last block: its sector's note, the verified image, the activation. */
static void test_cut_at_every_byte_of_the_end(void **state)
{
    (void)state;
    open_bench();
    assert_int_equal(wh_image_initiate(&image, (const uint8_t *)"n", 1, (uint32_t)maker.size),
                     WH_OK);
    for (uint32_t b = 0; b + 1 < blocks(); b++) {
        assert_true(put(b));
    }
    flash_sim_copy(&saved, &sim);
    /* mounted anew, the sector of the last block is missing again: five blocks */
    for (uint64_t position = 1500; position < 4000; position++) {
        cut_at(position, (enum flash_tear)(position % FLASH_TEAR_COUNT));
    }
    close_bench();
}

/* Cut again and again, a few blocks further each time: what was complete stays. */
static void test_many_cuts_in_one_transfer(void **state)
{
    (void)state;
    open_bench();
    uint32_t before = 0;
    for (uint64_t n = 0; n < 200 && maker.activations == 0; n++) {
        flash_sim_cut(&sim, 1000 + n * 211 % 9000, (enum flash_tear)(n % FLASH_TEAR_COUNT), n);
        client();
        flash_sim_power_on(&sim);
        mount();
        const uint32_t complete = wh_image_slot_missing(&image.slot) / 8;
        assert_true(complete >= before || image.status != WH_IMAGE_INITIATED);
        before = complete;
    }
    finish();
    close_bench();
}

/* A cell that does not follow, and a sector that does not erase: said so, and never verified. */
static void test_worn_out(void **state)
{
    (void)state;
    open_bench();
    assert_int_equal(wh_image_initiate(&image, (const uint8_t *)"n", 1, (uint32_t)maker.size),
                     WH_OK);
    uint32_t octet = 5000;
    while ((maker.image[octet] & 0x01) != 0) {
        octet++;
    }
    flash_sim_wear_out(&sim, 8 * 4096 + octet, 0x01);
    for (uint32_t b = 0; b < blocks(); b++) {
        assert_int_equal(put(b), b != octet / WH_IMAGE_BLOCK);
    }
    assert_int_equal(wh_image_verify(&image), WH_ERR_NOT_FOUND);
    /* all blocks of that sector before it are asked for again */
    assert_int_equal(wh_image_slot_missing(&image.slot), 8);
    assert_int_equal(sim.sector_erases[8 + 1], 2); /* the rest of it went into a fresh one */
    close_bench();
}

static void test_a_change_that_fails(void **state)
{
    (void)state;
    open_bench();
    flash_sim_copy(&saved, &sim);
    for (uint64_t n = 0; n < 80; n++) {
        flash_sim_copy(&sim, &saved);
        maker.activations = 0;
        maker.board.running.revision = 5;
        mount();
        flash_sim_fail_change(&sim, n);
        for (int tries = 0; tries < 4 && maker.activations == 0; tries++) {
            client();
        }
        assert_int_equal(maker.activations, 1);
        mount();
        assert_int_equal(image.status, WH_IMAGE_ACTIVATED);
        check_handed_over();
    }
    close_bench();
}

/* A read that fails while the image is looked at: it is neither accepted nor lost. */
static void test_a_read_that_fails(void **state)
{
    (void)state;
    open_bench();
    assert_int_equal(wh_image_initiate(&image, (const uint8_t *)"n", 1, (uint32_t)maker.size),
                     WH_OK);
    for (uint32_t b = 0; b < blocks(); b++) {
        assert_true(put(b));
    }
    for (uint64_t n = 0; n < 37; n++) { /* 192 octets of head, 36 chunks of 256 */
        assert_int_equal(wh_image_verify(&image), WH_ERR_BUSY);
        flash_sim_fail_read(&sim, n);
        work();
        assert_int_equal(image.status, WH_IMAGE_INITIATED);
        assert_int_equal(image.fault, WH_IMAGE_FAULT_MEMORY);
        mount();
    }
    assert_int_equal(wh_image_verify(&image), WH_ERR_BUSY);
    work();
    assert_int_equal(image.status, WH_IMAGE_VERIFIED);
    for (uint64_t n = 0; n < 37; n += 9) {
        assert_int_equal(wh_image_activate(&image), WH_OK);
        flash_sim_fail_read(&sim, n);
        work();
        assert_int_equal(image.status, WH_IMAGE_NOT_ACTIVATED);
        assert_int_equal(maker.activations, 0);
    }
    finish();
    close_bench();
}

/* The log of states gone with its records: a transfer that begins anew takes no sector of an older
 * one for its own. */
static void test_states_lost(void **state)
{
    (void)state;
    open_bench();
    client();
    assert_int_equal(maker.activations, 1);
    maker.activations = 0;
    maker.board.running.revision = 5;
    memset(sim.cells, 0xFF, WH_IMAGE_LOG_SECTORS * 4096);
    mount();
    assert_int_equal(image.status, WH_IMAGE_NOT_INITIATED);
    assert_int_equal(wh_image_initiate(&image, (const uint8_t *)"n", 1, (uint32_t)maker.size),
                     WH_OK);
    mount();
    assert_int_equal(wh_image_slot_missing(&image.slot), 0);
    finish();
    close_bench();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_cut_at_every_byte_of_the_end),
        cmocka_unit_test(test_many_cuts_in_one_transfer),
        cmocka_unit_test(test_worn_out),
        cmocka_unit_test(test_a_change_that_fails),
        cmocka_unit_test(test_a_read_that_fails),
        cmocka_unit_test(test_states_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
