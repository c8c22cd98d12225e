/* COM-2. Long answers: the same bytes at every PDU size, never a longer APDU, never two moments in
 * one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "peer.h"

#define OBJECT_LIST "C001C1000F0000280000FF0200"
#define NEXT_1      "C002C100000001"

/* The first block of the recorded load profile, byte for byte: 474 octets are what the meter sends. */
static void test_the_recorded_profile_begins_the_same(void **state)
{
    (void)state;
    static const char row[] = "0208090C07DD0A1905%02X%02X00FF800080120000060000050"
                              "00F010600000003060000000006000000000600000001";
    char expected[2048] = "C402810000000001008201CE013B";
    for (unsigned i = 0; i < 10; i++) {
        char text[256];
        snprintf(text, sizeof text, row, i / 4, i % 4 * 15);
        for (const char *c = text; *c != '\0'; c++) {
            if (*c != ' ') {
                expected[strlen(expected)] = *c;
            }
        }
    }
    struct peer peer;
    peer_init(&peer, DEVICE_PASSWORD, PEER_LONG_BUFFER);
    peer_open(&peer, 0xFFFF);
    peer.reply_size = 474;
    assert_string_equal(
        peer_ask(&peer, "C0018100070101630100FF0201010204020412000809060001010000FF0F02120000"
                        "090C07DD0A19FF00000000800080090C07DD0A1AFF000000008000800100"),
        expected);
}

/* The answer put together at every PDU size is the one that came in one piece. */
static void collect_at_every_size(uint16_t client, const char *get, size_t long_buffer_size)
{
    struct peer whole;
    peer_init(&whole, client, PEER_LONG_BUFFER);
    peer_open(&whole, 0xFFFF);
    assert_int_equal(peer_collect(&whole, get), -1);
    for (uint16_t pdu = 12; pdu <= 400; pdu++) {
        struct peer peer;
        peer_init(&peer, client, long_buffer_size);
        peer_open(&peer, pdu);
        assert_int_equal(peer_collect(&peer, get), -1);
        assert_int_equal(peer.answer_length, whole.answer_length);
        assert_memory_equal(peer.answer, whole.answer, whole.answer_length);
    }
}

static void test_every_pdu_size_gives_the_same_object_list(void **state)
{
    (void)state;
    collect_at_every_size(DEVICE_PASSWORD, OBJECT_LIST, PEER_LONG_BUFFER);
    collect_at_every_size(DEVICE_PASSWORD, OBJECT_LIST, 256);
    collect_at_every_size(DEVICE_EVERYTHING, OBJECT_LIST, 33);
}

static void test_every_pdu_size_gives_the_same_list(void **state)
{
    (void)state;
    char list[512];
    peer_register_list(list, sizeof list, 11);
    collect_at_every_size(DEVICE_EVERYTHING, list, PEER_LONG_BUFFER);
    collect_at_every_size(DEVICE_EVERYTHING, list, 115); /* a window of one octet */
}

static void test_a_list_may_hold_an_answer_longer_than_a_block(void **state)
{
    (void)state;
    collect_at_every_size(DEVICE_EVERYTHING,
                          "C003C104000100002B0100FF0200000F0000280000FF0200000100002B0101FF0200"
                          "00070101630100FF0200",
                          700);
}

static void test_no_apdu_is_longer_than_the_client_takes(void **state)
{
    (void)state;
    for (uint16_t pdu = 12; pdu <= 600; pdu++) {
        struct peer peer;
        peer_init(&peer, DEVICE_PASSWORD, PEER_LONG_BUFFER);
        peer_open(&peer, pdu);
        peer_ask(&peer, OBJECT_LIST);
        assert_true(peer.reply_length <= pdu);
        /* Full blocks, but for the two sizes at which the length octets leave one octet over. */
        const bool is_gap = pdu == 9 + 1 + 127 + 1 || pdu == 9 + 2 + 255 + 1;
        assert_int_equal(peer.reply_length, is_gap ? pdu - 1 : pdu);
    }
}

/* The last size without blocks and the first with. */
static void test_blocks_begin_exactly_where_the_answer_no_longer_fits(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_PUBLIC, PEER_LONG_BUFFER);
    peer_open(&peer, 17); /* C401C1 00 0A 0B + 11 */
    assert_string_equal(peer_ask(&peer, "C001C100010101000200FF0200"),
                        "C401C1000A0B35303938313034302D5131");
    peer_open(&peer, 16);
    assert_string_equal(peer_ask(&peer, "C001C100010101000200FF0200"),
                        "C402C1000000000100060A0B35303938");
    assert_string_equal(peer_ask(&peer, NEXT_1), "C402C100000000020006313034302D51");
    assert_string_equal(peer_ask(&peer, "C002C100000002"), "C402C10100000003000131");
}

static void test_without_block_transfer_a_long_answer_is_refused(void **state)
{
    (void)state;
    struct peer peer;
    char list[512];
    peer_init(&peer, DEVICE_EVERYTHING, PEER_LONG_BUFFER);
    peer_ask(&peer, "601DA109060760857405080101BE10040E01000000065F1F0400FFEFFF0014"); /* 20 */
    assert_string_equal(peer_ask(&peer, OBJECT_LIST), "C401C101FA");
    assert_string_equal(peer_ask(&peer, NEXT_1), "D80102");
    peer_register_list(list, sizeof list, 3); /* 4 + 3 * 6 > 20: the last has to give way */
    assert_string_equal(peer_ask(&peer, list), "C403C10300060000000000060000000101FA");
    peer_register_list(list, sizeof list, 8); /* 4 + 8 * 2 = 20 */
    assert_string_equal(peer_ask(&peer, list), "C403C10801FA01FA01FA01FA01FA01FA01FA01FA");
    peer_register_list(list, sizeof list, 9);
    assert_string_equal(peer_ask(&peer, list), "D80104");
}

static void test_without_a_long_buffer_a_long_answer_is_refused(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_EVERYTHING, 0);
    peer_open(&peer, 128);
    assert_string_equal(peer_ask(&peer, OBJECT_LIST), "C401C101FA");
    peer_init(&peer, DEVICE_EVERYTHING, 13); /* takes the request and nothing else */
    peer_open(&peer, 128);
    assert_string_equal(peer_ask(&peer, OBJECT_LIST), "C401C101FA");
}

static void init_long(struct peer *peer)
{
    peer_init(peer, DEVICE_EVERYTHING, PEER_LONG_BUFFER);
    peer_open(peer, 64);
    peer_ask(peer, OBJECT_LIST);
    assert_int_equal(peer->reply[1], 2);
}

static void test_a_wrong_block_number_ends_the_transfer(void **state)
{
    (void)state;
    static const char *const numbers[] = {"C002C100000000", "C002C100000002", "C002C1FFFFFFFF"};
    for (size_t i = 0; i < 3; i++) {
        struct peer peer;
        char expected[64];
        init_long(&peer);
        snprintf(expected, sizeof expected, "C402C101%s0113", numbers[i] + 6);
        assert_string_equal(peer_ask(&peer, numbers[i]), expected);
        assert_string_equal(peer_ask(&peer, NEXT_1), "C402C101000000010110");
    }
}

static void test_next_without_a_transfer(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_EVERYTHING, PEER_LONG_BUFFER);
    peer_open(&peer, 64);
    assert_string_equal(peer_ask(&peer, NEXT_1), "C402C101000000010110");
    init_long(&peer);
    assert_int_equal(peer_collect(&peer, OBJECT_LIST), -1);
    char after[32];
    snprintf(after, sizeof after, "C002C1%08X", (unsigned)peer.blocks);
    peer_ask(&peer, after);
    assert_string_equal(peer.hex + 16, "0110"); /* the last block was sent */
}

static void test_any_other_request_ends_the_transfer(void **state)
{
    (void)state;
    static const char *const others[] = {
        "C001C1000100002B0100FF0200",
        "C101C1000100002B0100FF02001100",
        "C004",
        "FF",
        "601DA109060760857405080101BE10040E01000000065F1F0400FFFFFF0040",
        OBJECT_LIST};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct peer peer;
        init_long(&peer);
        peer_ask(&peer, NEXT_1);
        peer_ask(&peer, others[i]);
        peer_ask(&peer, "C002C100000002");
        /* A new long GET has begun over: for it the number is wrong. */
        assert_string_equal(peer.hex, others[i] == others[5] ? "C402C101000000020113"
                                                             : "C402C101000000020110");
    }
}

/* The buffer belongs to whoever filled it last; short requests of others leave it alone. */
static void test_two_pairs_share_the_long_buffer(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_EVERYTHING, PEER_LONG_BUFFER);
    peer_open(&peer, 64);
    peer.client_sap = DEVICE_PUBLIC;
    peer_open(&peer, 64);
    peer.client_sap = DEVICE_EVERYTHING;
    peer_ask(&peer, OBJECT_LIST);
    peer.client_sap = DEVICE_PUBLIC;
    assert_string_equal(peer_ask(&peer, "C002C100000001"), "C402C101000000010110");
    assert_string_equal(peer_ask(&peer, "C001C100010101000001FF0200"), "C401C1000600BC614F");
    peer.client_sap = DEVICE_EVERYTHING;
    peer_ask(&peer, "C002C100000001");
    assert_int_equal(peer.reply[8], 0); /* a block, not an error */
    peer.client_sap = DEVICE_PUBLIC;
    peer_ask(&peer, OBJECT_LIST);
    peer.client_sap = DEVICE_EVERYTHING;
    assert_string_equal(peer_ask(&peer, "C002C100000002"), "C402C101000000020110");
}

/* Register n reads epoch * 1000 + n: a list of one moment has one epoch in it. */
static bool is_one_moment(const struct peer *peer)
{
    struct dlms_reader r = dlms_reader(peer->answer, peer->answer_length);
    const size_t count = dlms_read_length(&r);
    uint32_t epoch = 0;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(dlms_read_u8(&r), 0);
        const uint32_t value = (uint32_t)dlms_read_value(&r).integer;
        assert_int_equal(value % 1000, i);
        epoch = i == 0 ? value / 1000 : epoch;
        if (value / 1000 != epoch) {
            return false;
        }
    }
    assert_true(dlms_reader_done(&r));
    return true;
}

enum { WHOLE = -1, ABORTED = DLMS_RESULT_LONG_GET_ABORTED };

/* Reads 11 registers in blocks of 14 octets while they move on after each so many blocks. Returns
 * WHOLE, having seen that the list is of one moment, or the data-access-result. */
static int run_moving(size_t long_buffer_size, uint32_t every)
{
    struct peer peer;
    char list[512];
    peer_register_list(list, sizeof list, 11);
    peer_init(&peer, DEVICE_EVERYTHING, long_buffer_size);
    peer_open(&peer, 24);
    peer.device.epoch = 7;
    uint8_t all[256];
    size_t length = 0;
    int result = WHOLE;
    peer_ask(&peer, list);
    for (uint32_t block = 1;; block++) {
        if (peer.reply[8] != 0) {
            result = peer.reply[9];
            break;
        }
        memcpy(all + length, peer.reply + 10, peer.reply[9]);
        length += peer.reply[9];
        if (peer.reply[3] != 0) {
            break;
        }
        peer.device.epoch += block % every == 0;
        char next[32];
        snprintf(next, sizeof next, "C002C1%08X", (unsigned)block);
        peer_ask(&peer, next);
    }
    if (result == WHOLE) {
        memcpy(peer.answer, all, length);
        peer.answer_length = length;
        assert_true(is_one_moment(&peer));
    }
    return result;
}

/* With room for the whole list the client gets the moment of its request; with less it gets one
 * moment or long-get-aborted. */
static void test_no_client_assembles_two_moments(void **state)
{
    (void)state;
    enum { REQUEST = 4 + 11 * 10, ANSWER = 1 + 11 * 6 };
    assert_int_equal(run_moving(PEER_LONG_BUFFER, 1), WHOLE);
    assert_int_equal(run_moving(REQUEST + ANSWER, 1), WHOLE);
    assert_int_equal(run_moving(REQUEST + ANSWER - 1, 1), ABORTED);
    assert_int_equal(run_moving(REQUEST + 1, 1), ABORTED);
    assert_int_equal(run_moving(REQUEST + 1, 1000), WHOLE); /* nothing moves in time */
    for (size_t room = 1; room < ANSWER; room++) {
        for (uint32_t every = 1; every < 8; every++) {
            const int result = run_moving(REQUEST + room, every);
            assert_true(result == WHOLE || result == ABORTED);
        }
    }
}

/* An answer that has become shorter or longer than what was sent. */
static void test_an_answer_that_changes_its_length(void **state)
{
    (void)state;
    for (uint32_t before = 0; before < 50; before += 7) {
        for (uint32_t after = 0; after < 50; after++) {
            struct peer peer;
            peer_init(&peer, DEVICE_EVERYTHING, 40);
            peer_open(&peer, 30);
            peer.device.epoch = before;
            peer_ask(&peer, "C001C100010000600107FF0200");
            assert_int_equal(peer.reply[1], 2);
            peer_ask(&peer, NEXT_1);
            peer.device.epoch = after;
            peer_ask(&peer, "C002C100000002");
            assert_int_equal(peer.reply[8], before == after ? 0 : 1);
        }
    }
}

/* Read once to see that it is too long, and no longer readable when the blocks are to be made. */
static void test_an_answer_that_fails_before_the_first_block(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_EVERYTHING, PEER_LONG_BUFFER);
    peer_open(&peer, 30);
    peer.device = (struct device){.epoch = DEVICE_END - 1, .period = 1};
    assert_string_equal(peer_ask(&peer, "C001C100010000600107FF0200"), "C401C10102");
    assert_string_equal(peer_ask(&peer, NEXT_1), "C402C101000000010110");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_recorded_profile_begins_the_same),
        cmocka_unit_test(test_every_pdu_size_gives_the_same_object_list),
        cmocka_unit_test(test_every_pdu_size_gives_the_same_list),
        cmocka_unit_test(test_a_list_may_hold_an_answer_longer_than_a_block),
        cmocka_unit_test(test_no_apdu_is_longer_than_the_client_takes),
        cmocka_unit_test(test_blocks_begin_exactly_where_the_answer_no_longer_fits),
        cmocka_unit_test(test_without_block_transfer_a_long_answer_is_refused),
        cmocka_unit_test(test_without_a_long_buffer_a_long_answer_is_refused),
        cmocka_unit_test(test_a_wrong_block_number_ends_the_transfer),
        cmocka_unit_test(test_next_without_a_transfer),
        cmocka_unit_test(test_any_other_request_ends_the_transfer),
        cmocka_unit_test(test_two_pairs_share_the_long_buffer),
        cmocka_unit_test(test_no_client_assembles_two_moments),
        cmocka_unit_test(test_an_answer_that_changes_its_length),
        cmocka_unit_test(test_an_answer_that_fails_before_the_first_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
