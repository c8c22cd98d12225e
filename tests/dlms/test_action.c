/* COM-2. ACTION in every form: parameters and return parameters, whole and in blocks; and that a
 * method is invoked once for each time a client asks for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "peer.h"

#define ECHO   "000900000A0000FF01"
#define COUNT  "000900000A0000FF02"
#define FAIL   "000900000A0000FF03"
#define LONG   "000900000A0000FF04"
#define LOCKED "000900000A0000FF05"

struct step {
    const char *request;
    const char *answer;
};

static void open_as(struct peer *peer, uint16_t client, uint16_t max_pdu, size_t long_buffer_size)
{
    peer_init(peer, client, long_buffer_size);
    peer_open(peer, max_pdu);
}

static void run(struct peer *peer, const struct step *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(peer_ask(peer, rows[i].request), rows[i].answer);
    }
}

#define RUN(peer, rows) run(peer, rows, sizeof(rows) / sizeof((rows)[0]))

static const struct step normal[] = {
    {"C301C1" ECHO "011107", "C701C1000100"
                             "1107"},
    {"C301C1" ECHO "00", "C701C10000"},
    {"C301C1" ECHO "0100", "C701C10000"}, /* null-data is no parameter */
    {"C301C1" COUNT "010F00", "C701C10000"},
    {"C301C1" FAIL "00", "C701C10200"},
    {"C301C1" LONG "01120002", "C701C1000100"
                               "0102120000120001"},
    {"C301C1" LONG "011100", "C701C10C00"},
    {"C301C1" LOCKED "00", "C701C10300"},
    {"C301C1000900000A0000FF0600", "C701C10400"},
    {"C301C1000900000A0000FF0000", "C701C10400"},
    {"C301C1000900000A0000FFFF00", "C701C10400"},
    {"C301C100010000603200FF0100", "C701C10400"}, /* an object without methods */
    {"C301C100080000 0A0000FF0100", "C701C10900"},
    {"C301C1" ECHO "02", "D80103"},
    {"C301C1" ECHO "01", "D80103"},
    {"C301C1" ECHO "0000", "D80103"},
    {"C30181" COUNT "00", ""}, /* unconfirmed: done all the same */
    {"C30181" ECHO "011107", ""},
};

static void test_normal(void **state)
{
    (void)state;
    static const size_t sizes[] = {PEER_LONG_BUFFER, 0};
    for (size_t i = 0; i < 2; i++) {
        struct peer peer;
        open_as(&peer, DEVICE_WRITER, 0xFFFF, sizes[i]);
        RUN(&peer, normal);
        assert_int_equal(peer.device.invokes, 9);
        assert_int_equal(peer.device.writer->client_sap, DEVICE_WRITER);
    }
}

static void test_who_may_not(void **state)
{
    (void)state;
    struct peer peer;
    open_as(&peer, DEVICE_WATCHER, 0xFFFF, PEER_LONG_BUFFER);
    assert_string_equal(peer_ask(&peer, "C301C1" COUNT "00"), "C701C10300");
    open_as(&peer, DEVICE_PUBLIC, 0xFFFF, PEER_LONG_BUFFER);
    assert_string_equal(peer_ask(&peer, "C301C1" COUNT "00"), "D80102");
    open_as(&peer, DEVICE_WRITER, 0xFFFF, PEER_LONG_BUFFER);
    peer.server.invoke = NULL;
    assert_string_equal(peer_ask(&peer, "C301C1" COUNT "00"), "C701C10300");
}

static void test_lists(void **state)
{
    (void)state;
    static const struct step rows[] = {
        {"C303C104" ECHO COUNT FAIL LOCKED "0411070000 00", "C703C104"
                                                            "0001001107"
                                                            "0000"
                                                            "0200"
                                                            "0300"},
        {"C303C100", "D80103"},
        {"C303C102" ECHO COUNT "011107", "D80103"},
        {"C303C101" ECHO "01110700", "D80103"},
        {"C30381"
         "01" COUNT "0100",
         ""},
    };
    struct peer peer;
    open_as(&peer, DEVICE_WRITER, 0xFFFF, PEER_LONG_BUFFER);
    RUN(&peer, rows);
    assert_int_equal(peer.device.invokes, 4);
}

/* Without room for blocks, data that does not fit is told for that element alone. */
static void test_a_list_with_too_little_room(void **state)
{
    (void)state;
    struct peer peer;
    open_as(&peer, DEVICE_WRITER, 20, 0);
    assert_string_equal(peer_ask(&peer, "C303C103" ECHO ECHO ECHO "03"
                                        "1107"
                                        "0908"
                                        "0011223344556677"
                                        "1108"),
                        "C703C103"
                        "0001001107"
                        "FA00"
                        "0001001108");
    open_as(&peer, DEVICE_WRITER, 12, 0);
    assert_string_equal(peer_ask(&peer, "C303C105" COUNT COUNT COUNT COUNT COUNT "050000000000"),
                        "D80104");
    assert_int_equal(peer.device.invokes, 0);
}

/* Collects the blocks of an answer to request; gives the number of blocks. */
static unsigned collect(struct peer *peer, const char *request)
{
    uint32_t number = 0;
    peer->answer_length = 0;
    peer_ask(peer, request);
    for (;;) {
        struct dlms_reader r = dlms_reader(peer->reply, peer->reply_length);
        assert_int_equal(dlms_read_u16(&r), 0xC702);
        assert_int_equal(dlms_read_u8(&r), 0xC1);
        const uint8_t last = dlms_read_u8(&r);
        assert_int_equal(dlms_read_u32(&r), ++number);
        const struct dlms_span raw = dlms_read_bytes(&r, dlms_read_length(&r));
        assert_true(dlms_reader_done(&r));
        memcpy(peer->answer + peer->answer_length, raw.data, raw.length);
        peer->answer_length += raw.length;
        if (last) {
            return number;
        }
        char next[32];
        snprintf(next, sizeof next, "C302C1%08X", (unsigned)number);
        peer_ask(peer, next);
    }
}

static void assert_long(const uint8_t *data, size_t length, uint16_t count)
{
    struct dlms_reader r = dlms_reader(data, length);
    assert_int_equal(dlms_read_value(&r).count, count);
    for (uint16_t i = 0; i < count; i++) {
        assert_int_equal(dlms_read_value(&r).integer, i);
    }
    assert_true(dlms_reader_done(&r));
}

static void test_long_return_parameters_go_out_in_blocks(void **state)
{
    (void)state;
    for (uint16_t pdu = 16; pdu < 200; pdu++) {
        struct peer peer;
        open_as(&peer, DEVICE_WRITER, pdu, PEER_LONG_BUFFER);
        const unsigned blocks = collect(&peer, "C301C1" LONG "01120064"); /* 302 octets of Data */
        assert_true(blocks >= 302u / pdu);
        assert_long(peer.answer, peer.answer_length, 100);
        assert_int_equal(peer.device.invokes, 1);
        assert_string_equal(peer_ask(&peer, "C302C100000001"), "C701C11000");
    }
}

static void test_a_long_list_goes_out_in_blocks(void **state)
{
    (void)state;
    struct peer peer;
    open_as(&peer, DEVICE_WRITER, 40, PEER_LONG_BUFFER);
    collect(&peer, "C303C102" LONG COUNT "02"
                   "120064"
                   "00");
    assert_memory_equal(peer.answer, "\x02\x00\x01\x00", 4);
    assert_long(peer.answer + 4, peer.answer_length - 6, 100);
    assert_memory_equal(peer.answer + peer.answer_length - 2, "\x00\x00", 2);
    assert_int_equal(peer.device.invokes, 2);
}

static void test_blocks_out_that_go_wrong(void **state)
{
    (void)state;
    struct peer peer;
    open_as(&peer, DEVICE_WRITER, 40, PEER_LONG_BUFFER);
    assert_int_equal(peer_ask(&peer, "C301C1" LONG "01120064")[3], '2');
    assert_string_equal(peer_ask(&peer, "C302C100000002"), "C701C10F00");
    assert_string_equal(peer_ask(&peer, "C302C100000001"), "C701C11000");
    assert_string_equal(peer_ask(&peer, "C302C1000001"), "D80103");
    /* longer than the buffer: done, but not told */
    open_as(&peer, DEVICE_WRITER, 40, 100);
    assert_string_equal(peer_ask(&peer, "C301C1" LONG "01120064"), "C701C1FA00");
    assert_int_equal(peer.device.invokes, 1);
}

static void test_parameters_in_blocks(void **state)
{
    (void)state;
    static const struct step rows[] = {
        {"C304C1" ECHO "000000000103"
         "090611",
         "C704C100000001"},
        {"C306C1"
         "000000000202"
         "2233",
         "C704C100000002"},
        {"C306C1"
         "010000000303"
         "445566",
         "C701C1000100"
         "0906112233445566"},
        {"C304C1" COUNT "010000000102"
         "1107",
         "C701C10000"},
        {"C305C102" ECHO COUNT "000000000102"
         "0211",
         "C704C100000001"},
        {"C306C1"
         "010000000202"
         "0700",
         "C703C102"
         "0001001107"
         "0000"},
        /* a block without a first; first number not 1; number left out; not Data; cut */
        {"C306C1"
         "010000000202"
         "0700",
         "C701C11000"},
        {"C304C1" ECHO "000000000203"
         "090611",
         "C701C10F00"},
        {"C304C1" ECHO "000000000101"
         "11",
         "C704C100000001"},
        {"C306C1"
         "010000000301"
         "07",
         "C701C10F00"},
        {"C306C1"
         "010000000201"
         "07",
         "C701C11000"},
        {"C304C1" ECHO "010000000101"
         "11",
         "C701C10F00"},
        {"C304C1" ECHO "0100000001021107AA", "D80103"},
        {"C305C100"
         "0100000001021107",
         "D80103"},
        {"C306C1"
         "0100000001",
         "D80103"},
    };
    struct peer peer;
    open_as(&peer, DEVICE_WRITER, 0xFFFF, PEER_LONG_BUFFER);
    RUN(&peer, rows);
    assert_int_equal(peer.device.invokes, 4);
}

static void test_long_parameters_and_long_return_together(void **state)
{
    (void)state;
    struct peer peer;
    open_as(&peer, DEVICE_WRITER, 24, PEER_LONG_BUFFER);
    assert_string_equal(peer_ask(&peer, "C304C1" ECHO "00000000010B"
                                        "0920000102030405060708"),
                        "C704C100000001");
    collect(&peer, "C306C1"
                   "010000000217"
                   "090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F");
    assert_int_equal(peer.answer_length, 34);
    for (uint8_t i = 0; i < 32; i++) {
        assert_int_equal(peer.answer[2 + i], i);
    }
    assert_int_equal(peer.device.invokes, 1);
}

/* The buffer is one for the link: who needs it last has it, and the other is told. */
static void test_an_action_ends_the_transfer_of_another_client(void **state)
{
    (void)state;
    struct peer peer;
    open_as(&peer, DEVICE_EVERYTHING, 64, PEER_LONG_BUFFER);
    assert_int_equal(peer_ask(&peer, "C001C1000F0000280000FF0200")[3], '2');
    peer.client_sap = DEVICE_WRITER;
    peer_open(&peer, 64);
    assert_string_equal(peer_ask(&peer, "C301C1" ECHO "011107"), "C701C10001001107");
    peer.client_sap = DEVICE_EVERYTHING;
    assert_string_equal(peer_ask(&peer, "C002C100000001"), "C402C101000000010110");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normal),
        cmocka_unit_test(test_who_may_not),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_a_list_with_too_little_room),
        cmocka_unit_test(test_long_return_parameters_go_out_in_blocks),
        cmocka_unit_test(test_a_long_list_goes_out_in_blocks),
        cmocka_unit_test(test_blocks_out_that_go_wrong),
        cmocka_unit_test(test_parameters_in_blocks),
        cmocka_unit_test(test_long_parameters_and_long_return_together),
        cmocka_unit_test(test_an_action_ends_the_transfer_of_another_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
