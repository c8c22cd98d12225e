/* COM-2, LOG-1: profiles in blocks: answers of any length, of one moment while the log goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log_client.h"

/* ---- Long answers ---- */

static void test_blocks_of_every_size(void **state)
{
    (void)state;
    static uint8_t whole[CLIENT_ANSWER];
    log_store_rows(80);
    assert_int_equal(client_get(&client, &log_profile), 0);
    const size_t length = client.answer_length;
    memcpy(whole, client.answer, length);
    for (uint16_t max_pdu = 64; max_pdu < 700; max_pdu = (uint16_t)(max_pdu + 13)) {
        client_open_meter(&client, 20, max_pdu);
        assert_int_equal(client_get(&client, &log_profile), 0);
        assert_true(client.blocks > 1);
        assert_int_equal(client.answer_length, length);
        assert_memory_equal(client.answer, whole, length);
    }
}

static uint32_t next_row;

static void another_row(struct client *changing)
{
    (void)changing;
    if (client.blocks % 50 == 7) {
        log_store_row(next_row++);
    }
}

/* An answer many times the long buffer: all rows, those of the moment of the request, while the
 * log goes on. */
static void test_an_answer_of_any_length(void **state)
{
    (void)state;
    enum { COUNT = 3500 };
    log_store_rows(COUNT);
    next_row = COUNT;
    client_open_meter(&client, 19, 125);
    client.between_blocks = another_row;
    assert_int_equal(client_get(&client, &log_profile), 0);
    assert_true(client.answer_length > 30 * WH_COSEM_LONG_BUFFER);
    assert_true(next_row > COUNT + 10);
    assert_int_equal(log_read_rows(), COUNT);
    for (uint32_t r = 0; r < COUNT; r++) {
        assert_int_equal(log_rows[r], r);
    }
    client.between_blocks = NULL;
    assert_int_equal(client_get(&client, &log_profile), 0);
    assert_int_equal(log_read_rows(), next_row);
}

/* Newest first, the entries move when the log goes on: the transfer ends with an error and never
 * mixes. */
static void test_backwards_while_the_log_goes_on(void **state)
{
    (void)state;
    log_store_rows(600);
    next_row = 600;
    client_open_meter(&client, 19, 125);
    assert_int_equal(log_get_entries(&log_profile, 0, 599, 1, 0), 0);
    assert_int_equal(log_read_rows(), 600);
    client.between_blocks = another_row;
    const int result = log_get_entries(&log_profile, 0, 599, 1, 0);
    assert_int_equal(result, DLMS_RESULT_LONG_GET_ABORTED);
}

static unsigned overwrite_at_block;

static void overwrite_all(struct client *changing)
{
    if (changing->blocks == overwrite_at_block) {
        const struct wh_logs *logs = &log_application()->logs;
        const uint32_t rounds = wh_log_capacity(&logs->design[WH_LOG_PROFILE], logs->flash);
        for (uint32_t i = 0; i < rounds + 200; i++) {
            log_store_row(next_row++);
        }
    }
}

/* Records that are overwritten while they are sent, in the first window of the answer and later:
 * an error. */
static void test_rows_that_are_overwritten(void **state)
{
    (void)state;
    static const unsigned blocks[] = {20, 100};
    next_row = 0;
    for (size_t c = 0; c < 2; c++) {
        overwrite_at_block = blocks[c];
        client_open_meter(&client, 19, 125);
        for (int r = 0; r < 1000; r++) {
            log_store_row(next_row++);
        }
        client.between_blocks = overwrite_all;
        assert_int_equal(log_get_range(log_base_s, log_base_s + next_row * LOG_INTERVAL_S),
                         DLMS_RESULT_TEMPORARY_FAILURE);
        client.between_blocks = NULL;
        assert_int_equal(log_get_entries(&log_profile, 9, 0, 1, 0), 0);
        assert_int_equal(log_read_rows(), 10);
    }
}

static unsigned change_at_block;

static void change_zone(struct client *changing)
{
    if (changing->blocks == change_at_block) {
        struct wh_config config = log_application()->config;
        struct wh_config_fault fault;
        config.zone_min = config.zone_min == 60 ? 120 : 60;
        assert_int_equal(
            wh_meter_configure(&changing->rig.meter, &config, WH_ORIGIN_OPTICAL, &fault), WH_OK);
    }
}

static void renew_log(struct client *changing)
{
    if (changing->blocks == change_at_block) {
        assert_int_equal(wh_application_delete_profile(&changing->rig.meter.application), WH_OK);
        for (uint32_t i = 0; i < 450; i++) {
            log_store_row(i + changing->max_pdu);
        }
    }
}

/* In the first window of the answer and later; with blocks of many sizes, so that some window ends
 * where a row does. */
static void assert_aborted(void (*change)(struct client *changing))
{
    for (uint16_t max_pdu = 80; max_pdu < 280; max_pdu++) {
        change_at_block = max_pdu % 10 == 0 ? 10 : 6000 / max_pdu;
        client_open_meter(&client, 19, max_pdu);
        client.between_blocks = change;
        assert_int_equal(client_get(&client, &log_profile), DLMS_RESULT_LONG_GET_ABORTED);
        client.between_blocks = NULL;
    }
}

/* Stamps of one zone and of another never come in one answer, nor do a log and the one after it. */
static void test_changes_meanwhile(void **state)
{
    (void)state;
    log_store_rows(400);
    assert_aborted(change_zone);
    assert_aborted(renew_log);
}

/* Two clients on two links at once, block by block in turn, each with a selection of its own. */
static struct dlms_link other_link;
static uint8_t other_buffer[WH_COSEM_LONG_BUFFER];

static void ask_other(struct client *changing)
{
    const struct dlms_link mine = changing->link;
    uint8_t reply[sizeof changing->reply];
    const size_t length = changing->reply_length;
    static const uint8_t get[] = {0xC0, 1, 0xC1, 0, 7, 1, 1, 99, 98, 2, 255, 2, 0};
    memcpy(reply, changing->reply, length);
    changing->link = other_link;
    changing->client_sap = 20;
    client_send(changing, get, sizeof get);
    assert_int_equal(changing->reply[0], 0xC4);
    other_link = changing->link;
    changing->link = mine;
    changing->client_sap = 19;
    memcpy(changing->reply, reply, length);
    changing->reply_length = length;
}

static void test_two_clients_in_turn(void **state)
{
    (void)state;
    log_store_rows(500);
    const struct dlms_link mine = client.link;
    dlms_link_init(&client.link, &client.face.server, other_buffer, sizeof other_buffer);
    client_open_meter(&client, 20, 125);
    other_link = client.link;
    client.link = mine;
    client_open_meter(&client, 19, 125);
    client.between_blocks = ask_other;
    assert_int_equal(client_get(&client, &log_profile), 0);
    assert_int_equal(log_read_rows(), 500);
    assert_int_equal(log_rows[499], 499);
}

/* ---- A memory that fails ---- */

static enum wh_err no_read(void *context, uint32_t address, void *data, size_t size)
{
    (void)context;
    (void)address;
    (void)data;
    (void)size;
    return WH_ERR_IO;
}

static void fail_memory(struct client *failing)
{
    if (failing->blocks == 40) {
        failing->rig.memory.flash.flash.read = no_read;
    }
}

static void test_a_memory_that_fails(void **state)
{
    (void)state;
    log_store_rows(500);
    const struct wh_flash whole = client.rig.memory.flash.flash;
    client_open_meter(&client, 18, 125);
    client.between_blocks = fail_memory;
    assert_int_equal(client_get(&client, &log_profile), DLMS_RESULT_HARDWARE_FAULT);
    assert_int_equal(client_get(&client, &log_profile), DLMS_RESULT_HARDWARE_FAULT);
    client.between_blocks = NULL;
    client.rig.memory.flash.flash = whole;
    assert_int_equal(client_get(&client, &log_profile), 0);
    assert_int_equal(log_read_rows(), 500);
}

#define LONG_TEST(name) cmocka_unit_test_setup_teardown(name, log_start, log_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LONG_TEST(test_blocks_of_every_size),
        LONG_TEST(test_an_answer_of_any_length),
        LONG_TEST(test_backwards_while_the_log_goes_on),
        LONG_TEST(test_rows_that_are_overwritten),
        LONG_TEST(test_changes_meanwhile),
        LONG_TEST(test_two_clients_in_turn),
        LONG_TEST(test_a_memory_that_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
