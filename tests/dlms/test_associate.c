/* COM-2. Opening and closing associations: recorded dialogues, then every reason to be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "peer.h"

#define CONTEXT     "A109060760857405080101"
#define INITIATE    "BE10040E01000000065F1F0400007E1F04B0"
#define PASSWORD_ON "8A0207808B0760857405080201"
#define AARQ        "601DA109060760857405080101" INITIATE
#define GET_NUMBER  "C0018100010101000001FF0200"
#define NOT_ALLOWED "D80102"

/* The meter number read without security: the recorded frames of a meter. */
static void test_recorded_dialogue_without_security(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_PUBLIC, PEER_LONG_BUFFER);
    assert_string_equal(
        peer_ask(&peer, "601DA109060760857405080101BE10040E01000000065F1F040000181DFFFF"),
        "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400001010007D0007");
    assert_string_equal(peer_ask(&peer, "C0018100010101000001FF0200"), "C40181000600BC614F");
}

static void test_recorded_dialogue_with_password(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_PASSWORD, PEER_LONG_BUFFER);
    assert_string_equal(
        peer_ask(&peer, "6033A1090607608574050801018A0207808B0760857405080201AC0780053132333435"
                        "BE10040E01000000065F1F040000FE1FFFFF"),
        "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000101C007D0007");
    assert_non_null(dlms_link_association(&peer.link, 18, 16));
}

/* A server as the examples of the Green Book have it. */
static void init_green_book(struct peer *peer, struct dlms_association *association)
{
    peer_init(peer, DEVICE_PUBLIC, PEER_LONG_BUFFER);
    *association = peer->server.associations[0];
    association->conformance = 0x00501F;
    peer->server.associations = association;
    peer->server.association_count = 1;
    peer->server.max_receive_pdu = 500;
}

static void test_green_book_examples(void **state)
{
    (void)state;
    struct peer peer;
    struct dlms_association association;
    init_green_book(&peer, &association);
    assert_string_equal(
        peer_ask(&peer, "601DA109060760857405080101BE10040E01000000065F1F0400007E1F04B0"),
        "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000501F01F40007");
    assert_string_equal(
        peer_ask(&peer, "601DA109060760857405080102BE10040E01000000065F1F0400007E1F04B0"),
        "6129A109060760857405080101A203020101A305A103020102BE10040E0800065F1F040000501F01F40007");
    assert_string_equal(
        peer_ask(&peer, "601DA109060760857405080101BE10040E01000000055F1F0400007E1F04B0"),
        "611FA109060760857405080101A203020101A305A103020101BE0604040E010601");
    association.mechanism = DLMS_MECHANISM_PASSWORD;
    association.password = (struct dlms_span){(const uint8_t *)"12345678", 8};
    assert_string_equal(
        peer_ask(&peer,
                 "6036A1090607608574050801018A0207808B0760857405080201AC0A80083132333435363738"
                 "BE10040E01000000065F1F0400007E1F04B0"),
        "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000501F01F40007");
}

/* result, source (A1 user, A2 provider), diagnostic, and the start of user-information. */
struct refusal {
    uint16_t client;
    const char *fields; /* of the AARQ; its length is put in front */
    const char *expected;
};

static const char *open_with(struct peer *peer, const char *fields)
{
    char text[512];
    uint8_t bytes[256];
    snprintf(text, sizeof text, "60%02X%s", (unsigned)peer_bytes(fields, bytes, sizeof bytes),
             fields);
    return peer_ask(peer, text);
}

#define ANSWER_OK "6129" CONTEXT "A203020100A305A103020100BE10040E0800065F1F0400"
#define ACSE_REFUSES(source, diagnostic)                                                           \
    "6129" CONTEXT "A203020101A305" source "030201" diagnostic "BE10040E0800065F1F0400"
#define INITIATE_REFUSES(error) "611F" CONTEXT "A203020101A305A103020101BE0604040E0106" error

static const struct refusal refusals[] = {
    /* protocol-version without version 1 */
    {16, "80020200" CONTEXT INITIATE, ACSE_REFUSES("A2", "02")},
    {16, "80020204" CONTEXT INITIATE, ACSE_REFUSES("A2", "02")},
    {16, "800107" CONTEXT INITIATE, ACSE_REFUSES("A2", "02")},
    /* application context: short names, ciphered, foreign, too short, none */
    {16, "A109060760857405080102" INITIATE, ACSE_REFUSES("A1", "02")},
    {16, "A109060760857405080103" INITIATE, ACSE_REFUSES("A1", "02")},
    {16, "A109060760857405090101" INITIATE, ACSE_REFUSES("A1", "02")},
    {16, "A1080606608574050801" INITIATE, ACSE_REFUSES("A1", "02")},
    {16, INITIATE, ACSE_REFUSES("A1", "02")},
    /* a client nobody knows */
    {33, CONTEXT INITIATE, INITIATE_REFUSES("04")},
    /* mechanisms: password where none is used; HLS; foreign */
    {16, CONTEXT PASSWORD_ON "AC0780053132333435" INITIATE, ACSE_REFUSES("A1", "0B")},
    {18, CONTEXT "8A0207808B0760857405080205AC0780053132333435" INITIATE, ACSE_REFUSES("A1", "0B")},
    {18, CONTEXT "8A0207808B0760857405080901AC0780053132333435" INITIATE, ACSE_REFUSES("A1", "0B")},
    /* password needed: nothing offered; requirements without mechanism; lowest level named */
    {18, CONTEXT INITIATE, ACSE_REFUSES("A1", "0E")},
    {18, CONTEXT "8A020780AC0780053132333435" INITIATE, ACSE_REFUSES("A1", "0C")},
    {18, CONTEXT "8A0207808B0760857405080200" INITIATE, ACSE_REFUSES("A1", "0E")},
    /* passwords: none, empty, wrong, shorter, longer, the right one repeated */
    {18, CONTEXT PASSWORD_ON INITIATE, ACSE_REFUSES("A1", "0D")},
    {18, CONTEXT PASSWORD_ON "AC028000" INITIATE, ACSE_REFUSES("A1", "0D")},
    {18, CONTEXT PASSWORD_ON "AC0780053132333436" INITIATE, ACSE_REFUSES("A1", "0D")},
    {18, CONTEXT PASSWORD_ON "AC06800431323334" INITIATE, ACSE_REFUSES("A1", "0D")},
    {18, CONTEXT PASSWORD_ON "AC088006313233343500" INITIATE, ACSE_REFUSES("A1", "0D")},
    {18, CONTEXT PASSWORD_ON "AC0C800A31323334353132333435" INITIATE, ACSE_REFUSES("A1", "0D")},
    /* Initiate: none, empty, left over, dedicated key, wrong conformance tag, ciphered */
    {16, CONTEXT, INITIATE_REFUSES("00")},
    {16, CONTEXT "BE020400", INITIATE_REFUSES("00")},
    {16, CONTEXT "BE11040F01000000065F1F0400007E1F04B000", INITIATE_REFUSES("00")},
    {16, CONTEXT "BE1204100101AA000000065F1F0400007E1F04B0", INITIATE_REFUSES("00")},
    {16, CONTEXT "BE1204100101AA0000065F1F0400007E1F04B0AA", INITIATE_REFUSES("00")},
    {16, CONTEXT "BE10040E01000000065E1F0400007E1F04B0", INITIATE_REFUSES("00")},
    {16, CONTEXT "BE10040E01000000065F1F0401007E1F04B0", INITIATE_REFUSES("00")},
    {16, CONTEXT "BE0504032101AA", INITIATE_REFUSES("00")},
    /* version 5 and 7 */
    {16, CONTEXT "BE10040E01000000055F1F0400007E1F04B0", INITIATE_REFUSES("01")},
    {16, CONTEXT "BE10040E01000000075F1F0400007E1F04B0", INITIATE_REFUSES("01")},
    /* nothing in common */
    {16, CONTEXT "BE10040E01000000065F1F040000000004B0", INITIATE_REFUSES("02")},
    {16, CONTEXT "BE10040E01000000065F1F0400FFEFEF04B0", INITIATE_REFUSES("02")},
    /* PDU of 11 and of 1 */
    {16, CONTEXT "BE10040E01000000065F1F0400007E1F000B", INITIATE_REFUSES("03")},
    {16, CONTEXT "BE10040E01000000065F1F0400007E1F0001", INITIATE_REFUSES("03")},
    /* BER that does not hold together: a length too long, a field twice, a foreign inner tag */
    {16, CONTEXT "BE20040E01000000065F1F0400007E1F04B0", INITIATE_REFUSES("00")},
    {16, CONTEXT CONTEXT INITIATE, INITIATE_REFUSES("00")},
    {16, "A109040760857405080101" INITIATE, INITIATE_REFUSES("00")},
    {16, CONTEXT "BF0100" INITIATE, INITIATE_REFUSES("00")},
};

static void assert_starts_with(const char *text, const char *start)
{
    char head[512] = "";
    strncpy(head, text, strlen(start));
    assert_string_equal(head, start);
}

static void test_every_refusal_says_why_and_opens_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct peer peer;
        peer_init(&peer, refusals[i].client, PEER_LONG_BUFFER);
        assert_starts_with(open_with(&peer, refusals[i].fields), refusals[i].expected);
        assert_null(dlms_link_association(&peer.link, peer.client_sap, peer.server_sap));
        assert_string_equal(peer_ask(&peer, GET_NUMBER), NOT_ALLOWED);
    }
}

static const struct refusal accepted[] = {
    /* protocol-version with version 1 among others: echoed */
    {16, "80020780" CONTEXT INITIATE, "612D80020780" CONTEXT "A203020100"},
    {16, "80020284" CONTEXT INITIATE, "612D80020284" CONTEXT "A203020100"},
    /* titles, qualifiers and identifiers nobody asked for */
    {16,
     CONTEXT "A20A04080000000000000000A3030401AAA403020101A503020102A60A04084D4D4D0000BC614E"
             "A7030401BBA803020103A903020104" INITIATE,
     ANSWER_OK},
    {16, CONTEXT "BD0104" INITIATE, ANSWER_OK},
    /* lowest level named; a password nobody asked for; long-form lengths */
    {16, CONTEXT "8A0207808B0760857405080200" INITIATE, ANSWER_OK},
    {16, CONTEXT "AC0780053132333435" INITIATE, ANSWER_OK},
    {16,
     CONTEXT "BE820012 81 0401"
             "00",
     INITIATE_REFUSES("00")},
    {16, CONTEXT "BE8110040E01000000065F1F0400007E1F04B0", ANSWER_OK},
    /* the conformance tag as older clients write it; PDU 12, FFFF and no limit */
    {16, CONTEXT "BE0F040D01000000065F0400007E1F04B0", ANSWER_OK},
    {16, CONTEXT "BE10040E01000000065F1F0400007E1F000C", ANSWER_OK},
    {16, CONTEXT "BE10040E01000000065F1F0400007E1FFFFF", ANSWER_OK},
    {16, CONTEXT "BE10040E01000000065F1F0400007E1F0000", ANSWER_OK},
    /* quality of service: echoed; response-allowed TRUE */
    {16, CONTEXT "BE11040F0100000105065F1F0400007E1F04B0",
     "612A" CONTEXT "A203020100A305A103020100BE11040F080105065F1F0400001010007D0007"},
    {16, CONTEXT "BE11040F01000101 00065F1F0400007E1F04B0", ANSWER_OK},
};

static void test_what_does_not_matter_is_let_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        struct peer peer;
        peer_init(&peer, accepted[i].client, PEER_LONG_BUFFER);
        assert_starts_with(open_with(&peer, accepted[i].fields), accepted[i].expected);
    }
}

static void test_no_answer_when_the_client_wants_none(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_PUBLIC, PEER_LONG_BUFFER);
    assert_string_equal(open_with(&peer, CONTEXT "BE11040F0100010000065F1F0400007E1F04B0"), "");
    assert_string_equal(peer_ask(&peer, GET_NUMBER), "C40181000600BC614F");
    assert_string_equal(open_with(&peer, CONTEXT "BE11040F0100010000055F1F0400007E1F04B0"), "");
    assert_string_equal(peer_ask(&peer, GET_NUMBER), NOT_ALLOWED);
}

static void test_wrong_passwords_are_counted(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_PASSWORD, PEER_LONG_BUFFER);
    open_with(&peer, CONTEXT PASSWORD_ON "AC0780053132333436" INITIATE);
    open_with(&peer, CONTEXT PASSWORD_ON INITIATE);
    open_with(&peer, CONTEXT INITIATE);
    assert_int_equal(peer.link.wrong_passwords, 2);
    peer_open(&peer, 0xFFFF);
    assert_int_equal(peer.link.wrong_passwords, 2);
    peer.link.wrong_passwords = UINT16_MAX;
    open_with(&peer, CONTEXT PASSWORD_ON INITIATE);
    assert_int_equal(peer.link.wrong_passwords, UINT16_MAX);
}

/* A row without a password set must not be open to everybody. */
static void test_an_empty_password_opens_nothing(void **state)
{
    (void)state;
    struct peer peer;
    struct dlms_association association;
    init_green_book(&peer, &association);
    association.mechanism = DLMS_MECHANISM_PASSWORD;
    assert_starts_with(open_with(&peer, CONTEXT PASSWORD_ON "AC028000" INITIATE),
                       ACSE_REFUSES("A1", "0D"));
}

static void test_release_ends_the_association(void **state)
{
    (void)state;
    static const char *const releases[] = {"6203800100", "6200", "6203800101",
                                           "6208800100BE030401AA"};
    for (size_t i = 0; i < sizeof releases / sizeof releases[0]; i++) {
        struct peer peer;
        peer_init(&peer, DEVICE_PUBLIC, PEER_LONG_BUFFER);
        peer_ask(&peer, AARQ);
        assert_string_equal(peer_ask(&peer, releases[i]), "6303800100");
        assert_string_equal(peer_ask(&peer, GET_NUMBER), NOT_ALLOWED);
        assert_string_equal(peer_ask(&peer, releases[i]), "6303800100");
    }
}

static void test_a_malformed_release_releases_nothing(void **state)
{
    (void)state;
    static const char *const releases[] = {"62", "620380010000", "6203800101AA", "6203800200",
                                           "62048001"};
    struct peer peer;
    peer_init(&peer, DEVICE_PUBLIC, PEER_LONG_BUFFER);
    peer_ask(&peer, AARQ);
    for (size_t i = 0; i < sizeof releases / sizeof releases[0]; i++) {
        assert_string_equal(peer_ask(&peer, releases[i]), "");
        assert_string_equal(peer_ask(&peer, GET_NUMBER), "C40181000600BC614F");
    }
}

static void test_pairs_on_one_link_do_not_touch_each_other(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_PUBLIC, PEER_LONG_BUFFER);
    peer_open(&peer, 0xFFFF);
    peer.client_sap = DEVICE_PASSWORD;
    peer.server_sap = DEVICE_METER;
    assert_string_equal(peer_ask(&peer, GET_NUMBER), NOT_ALLOWED);
    peer_open(&peer, 0xFFFF);
    peer_ask(&peer, "6200");
    assert_string_equal(peer_ask(&peer, GET_NUMBER), NOT_ALLOWED);
    peer.client_sap = DEVICE_PUBLIC;
    peer.server_sap = DEVICE_MANAGEMENT;
    assert_string_equal(peer_ask(&peer, GET_NUMBER), "C40181000600BC614F");
    dlms_link_disconnect(&peer.link, DEVICE_PUBLIC, DEVICE_MANAGEMENT);
    assert_string_equal(peer_ask(&peer, GET_NUMBER), NOT_ALLOWED);
    dlms_link_disconnect(&peer.link, DEVICE_PUBLIC, DEVICE_MANAGEMENT);
}

static void test_one_pair_too_many_is_refused_for_now(void **state)
{
    (void)state;
    struct peer peer;
    struct dlms_association rows[DLMS_LINK_SESSIONS + 1];
    peer_init(&peer, DEVICE_PUBLIC, PEER_LONG_BUFFER);
    for (int i = 0; i < DLMS_LINK_SESSIONS + 1; i++) {
        rows[i] = peer.server.associations[0];
        rows[i].client_sap = (uint16_t)(100 + i);
    }
    peer.server.associations = rows;
    peer.server.association_count = DLMS_LINK_SESSIONS + 1;
    for (int i = 0; i < DLMS_LINK_SESSIONS; i++) {
        peer.client_sap = (uint16_t)(100 + i);
        assert_starts_with(peer_ask(&peer, AARQ), ANSWER_OK);
    }
    peer.client_sap = 100 + DLMS_LINK_SESSIONS;
    assert_string_equal(peer_ask(&peer, AARQ),
                        "611F" CONTEXT "A203020102A305A103020101BE0604040E010604");
    dlms_link_disconnect(&peer.link, 101, DEVICE_MANAGEMENT);
    assert_starts_with(peer_ask(&peer, AARQ), ANSWER_OK);
}

/* A client that lost its memory starts over; a wrong password then leaves nothing open. */
static void test_a_new_aarq_replaces_the_association(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_PASSWORD, PEER_LONG_BUFFER);
    peer_open(&peer, 12); /* the AARE is longer than this and must come all the same */
    assert_starts_with(peer_open(&peer, 12), ANSWER_OK);
    open_with(&peer, CONTEXT PASSWORD_ON "AC0780053132333436" INITIATE);
    assert_string_equal(peer_ask(&peer, GET_NUMBER), NOT_ALLOWED);
}

static void test_a_logical_device_that_is_not_there_says_nothing(void **state)
{
    (void)state;
    struct peer peer;
    peer_init(&peer, DEVICE_PUBLIC, PEER_LONG_BUFFER);
    peer.server_sap = 17;
    assert_string_equal(peer_ask(&peer, AARQ), "");
    assert_string_equal(peer_ask(&peer, GET_NUMBER), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded_dialogue_without_security),
        cmocka_unit_test(test_recorded_dialogue_with_password),
        cmocka_unit_test(test_green_book_examples),
        cmocka_unit_test(test_every_refusal_says_why_and_opens_nothing),
        cmocka_unit_test(test_what_does_not_matter_is_let_pass),
        cmocka_unit_test(test_no_answer_when_the_client_wants_none),
        cmocka_unit_test(test_wrong_passwords_are_counted),
        cmocka_unit_test(test_an_empty_password_opens_nothing),
        cmocka_unit_test(test_release_ends_the_association),
        cmocka_unit_test(test_a_malformed_release_releases_nothing),
        cmocka_unit_test(test_pairs_on_one_link_do_not_touch_each_other),
        cmocka_unit_test(test_one_pair_too_many_is_refused_for_now),
        cmocka_unit_test(test_a_new_aarq_replaces_the_association),
        cmocka_unit_test(test_a_logical_device_that_is_not_there_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
