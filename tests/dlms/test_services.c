/* COM-2. Services inside an association: single answers, lists, access rules, and what is not
 * served. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "peer.h"

struct exchange {
    const char *request;
    const char *answer;
};

static void run(uint16_t client, const struct exchange *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct peer peer;
        peer_init(&peer, client, PEER_LONG_BUFFER);
        peer_open(&peer, 0xFFFF);
        assert_string_equal(peer_ask(&peer, rows[i].request), rows[i].answer);
    }
}

#define RUN(client, rows) run(client, rows, sizeof(rows) / sizeof((rows)[0]))

static void test_known_answers(void **state)
{
    (void)state;
    static const struct exchange rows[] = {
        {"C001C1000100002B0100FF0200", "C401C1000600001391"},
        {"C001C1000100002B0101FF0200", "C401C10101"},
        {"C001C100080001010000FF0200", "C401C100090C07E80205010F1E0000FFC400"},
        {"C001C100030101010800FF0300", "C401C10002020F01161E"},
        {"C001C100010101000200FF0200", "C401C1000A0B35303938313034302D5131"},
        {"C001C1000F0000280000FF0300", "C401C10002020F01120001"},
        {"C001C1000F0000280000FF0400", "C401C1000207110211101202F41105110811011101"},
        {"C001C1000F0000280000FF0500", "C401C1000206041800521D12007D12FFFF11060F000900"},
        {"C001C1000F0000280000FF0600", "C401C1000207110211101202F41105110811021100"},
        {"C001C1000F0000280000FF0800", "C401C1001602"},
        {"C001C100110000290000FF0200",
         "C401C1000102020212000109105453543030303030303030303030303102021200100910545354303030303"
         "03030303030303136"},
        {"C001C1000100002A0000FF0200", "C401C100091054535430303030303030303030303031"},
    };
    RUN(DEVICE_EVERYTHING, rows);
}

static void test_attribute_1_is_answered_for_every_object(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_PASSWORD, PEER_LONG_BUFFER);
    peer_open(&peer, 0xFFFF);
    assert_string_equal(peer_ask(&peer, "C001C1000F0000280000FF0100"), "C401C10009060000280000FF");
    assert_string_equal(peer_ask(&peer, "C001C100010000600108FF0100"), "C401C10009060000600108FF");
    assert_string_equal(peer_ask(&peer, "C001C100030101010827FF0100"), "C401C10009060101010827FF");
}

/* 5-3: what is not there is undefined, what is there but closed is denied. */
static void test_access_rules(void **state)
{
    (void)state;
    static const struct exchange rows[] = {
        {"C001C10001000060FFFFFF0200", "C401C10104"},     /* no such object */
        {"C001C100030101000001FF0200", "C401C10109"},     /* another class */
        {"C001C100010101000001FF0300", "C401C10104"},     /* no such attribute */
        {"C001C100010101000001FF0000", "C401C10104"},     /* attribute 0 is not agreed on */
        {"C001C100010101000001FFFF00", "C401C10104"},     /* attribute -1 */
        {"C001C100010101000001FF8000", "C401C10104"},     /* attribute -128 */
        {"C001C100010000600108FF0200", "C401C10103"},     /* not readable */
        {"C001C100080001010000FF0300", "C401C10103"},     /* in the class, not readable */
        {"C001C1000F0000280000FF0700", "C401C10103"},     /* the password */
        {"C001C1000F0000280000FF0900", "C401C10104"},     /* version 0 ends at 8 */
        {"C001C100010000600109FF0200", "C401C10102"},     /* fails after writing */
        {"C001C1000100002A0000FF0200", "C401C10104"},     /* this association has no name object */
        {"C001C100010101000001FF02010100", "C401C1010D"}, /* selection where there is none */
        {"C001C100070101630100FF02010300", "C401C1010D"}, /* a selector that is not offered */
    };
    RUN(DEVICE_PASSWORD, rows);
}

/* The public client sees neither registers nor profile. */
static void test_an_association_sees_its_groups_only(void **state)
{
    (void)state;
    static const struct exchange rows[] = {
        {"C001C100030101010800FF0200", "C401C10104"},
        {"C001C100070101630100FF0200", "C401C10104"},
        {"C001C100010101000001FF0200", "C401C1000600BC614F"},
    };
    RUN(DEVICE_PUBLIC, rows);
}

static void test_selective_access_must_be_agreed_on(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_PASSWORD, PEER_LONG_BUFFER);
    peer_ask(&peer, "6033A1090607608574050801018A0207808B0760857405080201AC0780053132333435"
                    "BE10040E01000000065F1F0400FFFFFBFFFF");
    assert_string_equal(peer_ask(&peer, "C001C100070101630100FF02010100"), "C401C1010D");
}

static void test_the_invoke_id_comes_back_unchanged(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_EVERYTHING, PEER_LONG_BUFFER);
    peer_open(&peer, 0xFFFF);
    for (unsigned id = 0; id < 256; id++) {
        char request[64];
        char answer[64];
        snprintf(request, sizeof request, "C001%02X000100002B0100FF0200", id);
        snprintf(answer, sizeof answer, "C401%02X000600001391", id);
        assert_string_equal(peer_ask(&peer, request), answer);
    }
}

static void test_lists_keep_order_and_single_errors(void **state)
{
    (void)state;
    static const struct exchange rows[] = {
        {"C003C104000100002B0100FF0200000100002B0101FF0200000100FF2B0101FF0200"
         "00030101010805FF0300",
         "C403C104000600001391010101040002020F01161E"},
        {"C003C101000100002B0100FF0200", "C403C101000600001391"},
    };
    RUN(DEVICE_EVERYTHING, rows);
}

static void test_malformed_or_unknown_requests(void **state)
{
    (void)state;
    static const struct exchange rows[] = {
        {"C0", "D80103"},
        {"C001", "D80103"},
        {"C001C1000100002B0100FF02", "D80103"},       /* no access selection */
        {"C001C1000100002B0100FF020000", "D80103"},   /* one octet too many */
        {"C001C1000100002B0100FF0202", "D80103"},     /* presence octet of 2 */
        {"C001C1000100002B0100FF020101", "D80103"},   /* selector without Data */
        {"C001C1000100002B0100FF02010107", "D80103"}, /* Data of no type */
        {"C003C100", "D80103"},                       /* an empty list */
        {"C003C102000100002B0100FF0200", "D80103"},   /* shorter than it says */
        {"C003C1FF000100002B0100FF0200", "D80103"},
        {"C002C1000001", "D80103"},
        {"C000C1000100002B0100FF0200", "D80202"}, /* choices there are not */
        {"C004C1000100002B0100FF0200", "D80202"},
        {"C106C1000100002B0100FF02001100", "D80202"},
        {"C307C1000F0000280000FF0100", "D80202"},
        {"0501020008", "D80202"}, /* short names */
        {"0601020008", "D80202"},
        {"C8", "D80202"}, /* ciphered */
        {"DB", "D80202"},
        {"D9", "D80102"},
        {"E0", "D80202"},
        {"FF", "D80202"},
        {"D80102", ""}, /* what only servers send */
        {"C401C10000", ""},
        {"6129", ""},
        {"0E010600", ""},
        {"", ""},
    };
    RUN(DEVICE_EVERYTHING, rows);
}

static void test_services_that_were_not_agreed_on(void **state)
{
    (void)state;
    static const struct exchange public_rows[] = {
        {"C003C101000100002B0100FF0200", "D80102"},
        {"C101C1000100002B0100FF02001100", "D80102"},
        {"C301C1000F0000280000FF0100", "D80102"},
        {"C102C1000100002B0100FF0200000000000100", "D80102"},
        {"C306C1", "D80102"},
    };
    RUN(DEVICE_PUBLIC, public_rows);
    struct peer peer;
    peer_init(&peer, DEVICE_PUBLIC, PEER_LONG_BUFFER);
    peer_ask(&peer, "601DA109060760857405080101BE10040E01000000065F1F0400001000FFFF");
    assert_string_equal(peer_ask(&peer, "C001C1000100002B0100FF0200"), "D80102");
}

static void test_before_any_association(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_PUBLIC, PEER_LONG_BUFFER);
    assert_string_equal(peer_ask(&peer, "C001C1000100002B0100FF0200"), "D80102");
    assert_string_equal(peer_ask(&peer, "C101C1000100002B0100FF02001100"), "D80102");
    assert_string_equal(peer_ask(&peer, "C301C1000F0000280000FF0100"), "D80102");
    assert_string_equal(peer_ask(&peer, "0501020008"), "D80202");
}

static void test_set_and_action_where_nothing_may_be_changed(void **state)
{
    (void)state;
    static const struct exchange rows[] = {
        {"C101C1000100002B0100FF02001100", "C501C103"},
        {"C101C1000100002B0100FF01001100", "C501C103"},
        {"C101C1000100002B0100FF03001100", "C501C104"},
        {"C101C10001FF002B0100FF02001100", "C501C104"},
        {"C101C1000300002B0100FF02001100", "C501C109"},
        {"C101C1000100002B0100FF020011", "D80103"},
        {"C101C1000100002B0100FF0200110000", "D80103"},
        {"C10141000100002B0100FF02001100", "C5014103"},
        {"C10181000100002B0100FF02001100", ""}, /* unconfirmed */
        {"C104C102000100002B0100FF0200000100FF2B0100FF02000211000900", "C505C1020304"},
        {"C104C102000100002B0100FF0200000100FF2B0100FF0200011100", "D80103"},
        {"C1048101000100002B0100FF0200011100", ""},
        {"C102C1000100002B0100FF0200000000000100", "D80102"},
        {"C301C1000F0000280000FF0100", "C701C10400"},
        {"C301C1000F0000280000FF01010900", "C701C10400"},
        {"C301C1000F0000280009FF0100", "C701C10400"},
        {"C301C100080000280000FF0100", "C701C10900"},
        {"C301C1000F0000280000FF01", "D80103"},
        {"C301C1000F0000280000FF0102", "D80103"},
        {"C30181000F0000280000FF0100", ""},
        {"C303C101000F0000280000FF010100", "C703C1010400"},
    };
    RUN(DEVICE_EVERYTHING, rows);
}

static void test_a_list_of_results_longer_than_the_client_takes(void **state)
{
    (void)state;
    struct peer peer;
    char set[512] = "C104C109";
    peer_init(&peer, DEVICE_EVERYTHING, PEER_LONG_BUFFER);
    peer_open(&peer, 12);
    for (int i = 0; i < 9; i++) {
        strncat(set, "000100002B0100FF0200", sizeof set - strlen(set) - 1);
    }
    strncat(set, "09000000000000000000", sizeof set - strlen(set) - 1);
    assert_string_equal(peer_ask(&peer, set), "D80104");
    peer_open(&peer, 13);
    assert_string_equal(peer_ask(&peer, set), "C505C109030303030303030303");
}

static void test_a_table_of_objects_serves_as_well_as_a_function(void **state)
{
    (void)state;
    static const struct dlms_object objects[] = {
        {.class_id = 3,
         .logical_name = {1, 1, 1, 8, 9, 255},
         .groups = 1,
         .attribute_count = 3,
         .readable = DLMS_ATTRIBUTE(3)},
        {.class_id = 3, /* for nobody */
         .logical_name = {1, 1, 1, 8, 8, 255},
         .groups = 0,
         .attribute_count = 3,
         .readable = DLMS_ATTRIBUTE(3)},
    };
    struct peer peer;
    peer_init(&peer, DEVICE_PUBLIC, PEER_LONG_BUFFER);
    peer.server.objects = objects;
    peer.server.object_count = 2;
    peer_open(&peer, 0xFFFF);
    assert_string_equal(peer_ask(&peer, "C001C100030101010809FF0300"), "C401C10002020F01161E");
    assert_string_equal(peer_ask(&peer, "C001C100030101010808FF0300"), "C401C10104");
}

/* On HDLC the frame says what is confirmed, and clients leave the bit clear. */
static void test_the_service_class_bit_can_be_ignored(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_EVERYTHING, PEER_LONG_BUFFER);
    peer.server.ignore_service_class = true;
    peer_open(&peer, 0xFFFF);
    assert_string_equal(peer_ask(&peer, "C10181000100002B0100FF02001100"), "C5018103");
    assert_string_equal(peer_ask(&peer, "C30181000F0000280000FF0100"), "C701810400");
}

static void test_a_request_longer_than_announced_is_refused(void **state)
{
    (void)state;
    struct peer peer;
    char list[512];
    peer_init(&peer, DEVICE_EVERYTHING, PEER_LONG_BUFFER);
    peer_open(&peer, 0xFFFF);
    peer_register_list(list, sizeof list, 12); /* 4 + 12 * 10 = 124 */
    assert_int_equal(peer_ask(&peer, list)[3], '3');
    peer_register_list(list, sizeof list, 13);
    assert_string_equal(peer_ask(&peer, list), "D80104");
}

static void test_the_object_list_names_what_the_association_sees(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_PUBLIC, PEER_LONG_BUFFER);
    peer_open(&peer, 0xFFFF);
    assert_int_equal(peer_collect(&peer, "C001C1000F0000280000FF0200"), -1);
    struct dlms_reader r = dlms_reader(peer.answer, peer.answer_length);
    const struct dlms_value list = dlms_read_value(&r);
    assert_int_equal(list.tag, DLMS_TAG_ARRAY);
    assert_int_equal(list.count, 2 + 8); /* association, SAPs, and the public objects */
    for (size_t i = 0; i < list.count; i++) {
        assert_int_equal(dlms_read_value(&r).count, 4);
        const uint16_t class_id = (uint16_t)dlms_read_value(&r).integer;
        dlms_read_value(&r);
        const struct dlms_span name = dlms_read_value(&r).bytes;
        const struct dlms_span rights = dlms_skip_data(&r);
        if (class_id == 17) {
            uint8_t expected[64];
            const size_t length =
                peer_bytes("0202010202030F0116010002030F021601000100", expected, 64);
            assert_memory_equal(name.data, "\x00\x00\x29\x00\x00\xFF", 6);
            assert_int_equal(rights.length, length);
            assert_memory_equal(rights.data, expected, length);
        }
    }
    assert_true(dlms_reader_done(&r));
}

static void test_the_object_list_tells_closed_attributes_and_selectors(void **state)
{
    (void)state;
    struct peer peer;
    uint8_t expected[128];
    peer_init(&peer, DEVICE_PASSWORD, PEER_LONG_BUFFER);
    peer_open(&peer, 0xFFFF);
    assert_int_equal(peer_collect(&peer, "C001C1000F0000280000FF0200"), -1);
    const size_t length = peer_bytes("0204120007110109060101630100FF0202010802030F01160100"
                                     "02030F02160101020F010F0202030F03160000",
                                     expected, sizeof expected);
    assert_non_null(memmem(peer.answer, peer.answer_length, expected, length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_attribute_1_is_answered_for_every_object),
        cmocka_unit_test(test_access_rules),
        cmocka_unit_test(test_an_association_sees_its_groups_only),
        cmocka_unit_test(test_selective_access_must_be_agreed_on),
        cmocka_unit_test(test_the_invoke_id_comes_back_unchanged),
        cmocka_unit_test(test_lists_keep_order_and_single_errors),
        cmocka_unit_test(test_malformed_or_unknown_requests),
        cmocka_unit_test(test_services_that_were_not_agreed_on),
        cmocka_unit_test(test_before_any_association),
        cmocka_unit_test(test_set_and_action_where_nothing_may_be_changed),
        cmocka_unit_test(test_a_list_of_results_longer_than_the_client_takes),
        cmocka_unit_test(test_a_table_of_objects_serves_as_well_as_a_function),
        cmocka_unit_test(test_the_service_class_bit_can_be_ignored),
        cmocka_unit_test(test_a_request_longer_than_announced_is_refused),
        cmocka_unit_test(test_the_object_list_names_what_the_association_sees),
        cmocka_unit_test(test_the_object_list_tells_closed_attributes_and_selectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
