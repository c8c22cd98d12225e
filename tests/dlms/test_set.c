/* COM-2. SET in every form: what is written, what is refused, and that nothing is written by a request
 * that is not complete and right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "peer.h"

static const char *const ref[DEVICE_SCRATCHES] = {
    "00010000603200FF0200",
    "00010000603201FF0200",
    "00010000603202FF0200",
};

static void open_as(struct peer *peer, uint16_t client, uint16_t max_pdu)
{
    peer_init(peer, client, PEER_LONG_BUFFER);
    peer_open(peer, max_pdu);
}

/* Puts strings together and sends them. */
/* Ends the parts of a request. */
#define END ((const char *)NULL)

static const char *ask(struct peer *peer, const char *first, ...)
{
    static char text[4 * PEER_REPLY];
    va_list rest;
    text[0] = '\0';
    va_start(rest, first);
    for (const char *part = first; part != NULL; part = va_arg(rest, const char *)) {
        strncat(text, part, sizeof text - strlen(text) - 1);
    }
    va_end(rest);
    return peer_ask(peer, text);
}

static void assert_scratch(const struct peer *peer, int n, const char *hex)
{
    uint8_t expected[DEVICE_SCRATCH_SIZE];
    const size_t length = peer_bytes(hex, expected, sizeof expected);
    assert_int_equal(peer->device.scratch_length[n], length);
    assert_memory_equal(peer->device.scratch[n], expected, length);
}

static void test_normal_writes_and_tells_who(void **state)
{
    (void)state;
    struct peer peer;
    open_as(&peer, DEVICE_WRITER, 0xFFFF);
    assert_string_equal(ask(&peer, "C101C1", ref[0], "0600001391", END), "C501C100");
    assert_scratch(&peer, 0, "0600001391");
    assert_int_equal(peer.device.writer->client_sap, DEVICE_WRITER);
    assert_string_equal(ask(&peer, "C001C1", ref[0], END), "C401C1000600001391");
    /* unconfirmed: written without an answer */
    assert_string_equal(ask(&peer, "C10181", ref[0], "1107", END), "");
    assert_scratch(&peer, 0, "1107");
}

static void test_what_may_not_be_written(void **state)
{
    (void)state;
    struct peer peer;
    open_as(&peer, DEVICE_WRITER, 0xFFFF);
    assert_string_equal(ask(&peer, "C101C1", ref[0], "00", END), "C501C10C");
    assert_string_equal(peer_ask(&peer, "C101C100010000603200FF0100 090600000000000000"),
                        "D80103"); /* one octet too many */
    assert_string_equal(peer_ask(&peer, "C101C100010000603200FF01000906000000000000"),
                        "C501C103"); /* logical_name */
    assert_string_equal(peer_ask(&peer, "C101C100010000603200FF03001100"), "C501C104");
    assert_string_equal(peer_ask(&peer, "C101C100030000603200FF02001100"), "C501C109");
    assert_string_equal(peer_ask(&peer, "C101C100010000603209FF02001100"), "C501C104");
    assert_string_equal(peer_ask(&peer, "C101C100010000603200FF020102001100"),
                        "C501C10D"); /* selector 2 is not offered, selective access not agreed on */
    assert_int_equal(peer.device.writes, 0);
    open_as(&peer, DEVICE_WATCHER, 0xFFFF);
    assert_string_equal(ask(&peer, "C101C1", ref[0], "1100", END), "C501C103");
    assert_int_equal(peer.device.writes, 0);
    open_as(&peer, DEVICE_PUBLIC, 0xFFFF);
    assert_string_equal(ask(&peer, "C101C1", ref[0], "1100", END), "D80102");
    /* a server without a function for it */
    open_as(&peer, DEVICE_WRITER, 0xFFFF);
    peer.server.write = NULL;
    assert_string_equal(ask(&peer, "C101C1", ref[0], "1100", END), "C501C103");
}

static void test_a_list_reports_item_by_item(void **state)
{
    (void)state;
    struct peer peer;
    open_as(&peer, DEVICE_WRITER, 0xFFFF);
    assert_string_equal(ask(&peer, "C104C104", ref[0], "00010000603209FF0200", ref[1], ref[2], "04",
                            "1101", "1102", "00", "1104", END),
                        "C505C10400040C00");
    assert_scratch(&peer, 0, "1101");
    assert_scratch(&peer, 1, "");
    assert_scratch(&peer, 2, "1104");
}

/* A list that breaks off, or whose results would not fit the client, writes none of it. */
static void test_a_list_that_cannot_be_answered_writes_nothing(void **state)
{
    (void)state;
    struct peer peer;
    open_as(&peer, DEVICE_WRITER, 12);
    assert_string_equal(ask(&peer, "C104C102", ref[0], ref[1], "0211011102AA", END), "D80103");
    assert_string_equal(ask(&peer, "C104C102", ref[0], ref[1], "011101", END), "D80103");
    assert_string_equal(ask(&peer, "C104C102", ref[0], ref[1], "021101", END), "D80103");
    char list[1024] = "C104C109";
    for (int i = 0; i < 9; i++) {
        strncat(list, ref[0], sizeof list - strlen(list) - 1);
    }
    assert_string_equal(ask(&peer, list, "09110111011101110111011101110111011101", END), "D80104");
    assert_int_equal(peer.device.writes, 0);
}

/* value in blocks of block_size octets; gives the last answer. */
static const char *set_in_blocks(struct peer *peer, const char *head, const char *value,
                                 size_t block_size)
{
    uint8_t bytes[DEVICE_SCRATCH_SIZE + 8];
    const size_t length = peer_bytes(value, bytes, sizeof bytes);
    const char *answer = "";
    uint32_t number = 1;
    for (size_t at = 0; at < length || at == 0; at += block_size, number++) {
        char text[3 * DEVICE_SCRATCH_SIZE];
        const size_t part = length - at < block_size ? length - at : block_size;
        int used = snprintf(text, sizeof text, "%s%02X%08X82%04X", at == 0 ? head : "C103C1",
                            at + part == length, (unsigned)number, (unsigned)part);
        for (size_t i = 0; i < part; i++) {
            used += snprintf(text + used, 3, "%02X", bytes[at + i]);
        }
        answer = peer_ask(peer, text);
        if (at + part < length) {
            char expected[32];
            snprintf(expected, sizeof expected, "C502C1%08X", (unsigned)number);
            assert_string_equal(answer, expected);
        }
    }
    return answer;
}

static void test_blocks_of_every_size(void **state)
{
    (void)state;
    char value[256] = "0932";
    for (int i = 0; i < 50; i++) {
        snprintf(value + strlen(value), 3, "%02X", i);
    }
    for (size_t size = 1; size <= 52; size++) {
        struct peer peer;
        char expected[32];
        open_as(&peer, DEVICE_WRITER, 0xFFFF);
        snprintf(expected, sizeof expected, "C503C100%08X", (unsigned)((52 + size - 1) / size));
        assert_string_equal(set_in_blocks(&peer, "C102C100010000603201FF0200", value, size),
                            expected);
        assert_scratch(&peer, 1, value);
        assert_int_equal(peer.device.writes, 1);
    }
}

static void test_a_list_in_blocks_of_every_size(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 8; size++) {
        struct peer peer;
        char head[128];
        char expected[64];
        open_as(&peer, DEVICE_WRITER, 0xFFFF);
        snprintf(head, sizeof head, "C105C103%s%s%s", ref[0], ref[1], ref[2]);
        snprintf(expected, sizeof expected, "C504C103000C00%08X",
                 (unsigned)((6 + size - 1) / size));
        assert_string_equal(set_in_blocks(&peer, head, "031101001103", size), expected);
        assert_scratch(&peer, 0, "1101");
        assert_scratch(&peer, 2, "1103");
        assert_int_equal(peer.device.writes, 2);
    }
}

struct step {
    const char *request;
    const char *answer;
};

static void test_blocks_that_go_wrong(void **state)
{
    (void)state;
    static const struct step rows[] = {
        /* a block without a first; the number is told back */
        {"C103C1010000000201AA", "C503C11200000002"},
        /* a first block that is not number 1 */
        {"C102C100010000603200FF0200000000000201AA", "C503C11300000002"},
        /* a number left out: over */
        {"C102C100010000603200FF020000000000010111", "C502C100000001"},
        {"C103C101000000030107", "C503C11300000003"},
        {"C103C101000000020107", "C503C11200000002"},
        /* the same number again: over */
        {"C102C100010000603200FF020000000000010111", "C502C100000001"},
        {"C103C101000000010107", "C503C11300000001"},
        /* complete, but not Data */
        {"C102C100010000603200FF020000000000010111", "C502C100000001"},
        {"C103C10100000002020000", "C503C11100000002"},
        /* an attribute that may not be written is refused at once */
        {"C102C100010000603200FF010000000000010111", "C503C10300000001"},
        {"C102C100010000603209FF020000000000010111", "C503C10400000001"},
        {"C103C101000000020107", "C503C11200000002"},
        /* another request comes between: over */
        {"C102C100010000603200FF020000000000010111", "C502C100000001"},
        {"C001C100010000603200FF0200", "C401C1010B"},
        {"C103C101000000020107", "C503C11200000002"},
        /* a GET next does not end it, and is told that there is no long get */
        {"C102C100010000603200FF020000000000010111", "C502C100000001"},
        {"C002C100000001", "C402C101000000010110"},
        {"C103C101000000020107", "C503C10000000002"},
        /* malformed: over length, under length, an empty list */
        {"C102C100010000603200FF02000100000001021107AA", "D80103"},
        {"C102C100010000603200FF020001000000010311", "D80103"},
        {"C105C1000100000001021107", "D80103"},
        {"C103C1010000000102", "D80103"},
    };
    struct peer peer;
    open_as(&peer, DEVICE_WRITER, 0xFFFF);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(peer_ask(&peer, rows[i].request), rows[i].answer);
    }
    assert_int_equal(peer.device.writes, 1);
}

static void test_a_value_longer_than_the_buffer_is_given_up(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_WRITER, 16); /* 10 of the reference, 6 of the value */
    peer_open(&peer, 0xFFFF);
    assert_string_equal(set_in_blocks(&peer, "C102C100010000603201FF0200", "090411223344", 3),
                        "C503C10000000002");
    peer_ask(&peer, "C102C100010000603201FF0200 0000000001 0409051122");
    assert_string_equal(peer_ask(&peer, "C103C1010000000203334455"), "C503C11100000002");
    assert_string_equal(peer_ask(&peer, "C103C1010000000203334455"), "C503C11200000002");
    assert_int_equal(peer.device.writes, 1);
    peer_init(&peer, DEVICE_WRITER, 0);
    peer_open(&peer, 0xFFFF);
    assert_string_equal(peer_ask(&peer, "C102C100010000603201FF020001000000010209 00"),
                        "C503C11100000001");
}

static void test_two_clients_do_not_mix_their_blocks(void **state)
{
    (void)state;
    struct peer peer;
    open_as(&peer, DEVICE_WRITER, 0xFFFF);
    peer_ask(&peer, "C102C100010000603200FF020000000000010111");
    peer.client_sap = DEVICE_WATCHER;
    peer_open(&peer, 0xFFFF);
    assert_string_equal(peer_ask(&peer, "C103C101000000020107"), "C503C11200000002");
    peer.client_sap = DEVICE_WRITER;
    assert_string_equal(peer_ask(&peer, "C103C101000000020107"), "C503C10000000002");
    assert_scratch(&peer, 0, "1107");
}

/* The object list tells who may write and invoke. */
static void test_the_object_list_tells_rights(void **state)
{
    (void)state;
    static const struct {
        uint16_t client;
        const char *rights[2];
    } rows[] = {
        {DEVICE_WRITER,
         {"02020102 02030F01160100 02030F02160301010F01 0100",
          "02020102 02030F01160100 02030F02160000 0105 02020F010301 02020F020301 02020F030301"
          "02020F040301 02020F050300"}},
        {DEVICE_WATCHER,
         {"02020102 02030F01160100 02030F02160101010F01 0100",
          "02020102 02030F01160100 02030F02160000 0105 02020F010300 02020F020300 02020F030300"
          "02020F040300 02020F050300"}},
    };
    for (size_t i = 0; i < 2; i++) {
        struct peer peer;
        open_as(&peer, rows[i].client, 0xFFFF);
        assert_int_equal(peer_collect(&peer, "C001C1000F0000280000FF0200"), -1);
        for (int k = 0; k < 2; k++) {
            uint8_t expected[128];
            const size_t length = peer_bytes(rows[i].rights[k], expected, sizeof expected);
            assert_non_null(memmem(peer.answer, peer.answer_length, expected, length));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normal_writes_and_tells_who),
        cmocka_unit_test(test_what_may_not_be_written),
        cmocka_unit_test(test_a_list_reports_item_by_item),
        cmocka_unit_test(test_a_list_that_cannot_be_answered_writes_nothing),
        cmocka_unit_test(test_blocks_of_every_size),
        cmocka_unit_test(test_a_list_in_blocks_of_every_size),
        cmocka_unit_test(test_blocks_that_go_wrong),
        cmocka_unit_test(test_a_value_longer_than_the_buffer_is_given_up),
        cmocka_unit_test(test_two_clients_do_not_mix_their_blocks),
        cmocka_unit_test(test_the_object_list_tells_rights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
