/* COM-2. general-signing and agreed keys of suites 1 and 2: signed inside and around every envelope,
 * signed only, keys of C(1e, 1s) and C(0e, 2s); what is changed, replayed, turned round or meant for
 * another is refused; the server's policy; the client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto_fixture.h"
#include "dlms/client_security.h"
#include "secure_peer.h"

enum { SIZE = 1200, DF = 0xDF };

#define GET_CLOCK "C0010000080000010000FF0200"

/* ---- Both sides, APDU by APDU ---- */

struct pair {
    struct dlms_security client;
    struct dlms_security server;
    struct memory client_memory;
    struct memory server_memory;
    struct key_pairs pairs;
    struct dlms_dedicated dedicated;
    uint8_t plain[SIZE];
    struct dlms_unprotected result;
};

static void make_pair(struct pair *pair, uint8_t suite)
{
    *pair = (struct pair){.dedicated = {.size = (uint8_t)dlms_suite_key_size(suite)}};
    memory_init(&pair->client_memory, 1);
    memory_init(&pair->server_memory, 1);
    keys_init(&pair->client, crypto, &pair->client_memory, suite);
    keys_init(&pair->server, crypto, &pair->server_memory, suite);
    memcpy(pair->client.own_title, keys_client_title, DLMS_TITLE);
    memcpy(pair->client.peer_title, keys_server_title, DLMS_TITLE);
    memcpy(pair->server.own_title, keys_server_title, DLMS_TITLE);
    memcpy(pair->server.peer_title, keys_client_title, DLMS_TITLE);
    pair->client.counter[DLMS_COUNTER_SEND].next = 100;
    assert_true(keys_exchange(&pair->pairs, &pair->client, &pair->server));
}

/* Protects GET_CLOCK; the room it is given is exactly what was promised. */
static size_t protect(struct pair *pair, struct dlms_cover cover, uint8_t *buffer)
{
    struct dlms_keys keys;
    const size_t head = dlms_cover_head(&cover);
    size_t length = peer_bytes(GET_CLOCK, buffer + head, 64);
    const size_t room = head + length + dlms_cover_tail(&cover);
    buffer[room] = 0xEE;
    dlms_keys_take(&pair->client, &pair->dedicated, &cover, &keys);
    assert_int_equal(dlms_protect(&pair->client, &keys, &cover, buffer, room, &length), DLMS_OK);
    assert_true(length <= room);
    assert_int_equal(buffer[room], 0xEE);
    return length;
}

static enum dlms_err unprotect(struct pair *pair, const uint8_t *apdu, size_t length)
{
    uint8_t *exact = malloc(length > 0 ? length : 1); /* a read too far is seen */
    assert_non_null(exact);
    memcpy(exact, apdu, length);
    const enum dlms_err err =
        dlms_unprotect(&pair->server, &pair->dedicated, NULL, (struct dlms_span){exact, length},
                       pair->plain, SIZE, &pair->result);
    free(exact);
    return err;
}

static void assert_is_plain(const struct pair *pair)
{
    uint8_t expected[64];
    const size_t length = peer_bytes(GET_CLOCK, expected, sizeof expected);
    assert_int_equal(pair->result.apdu.length, length);
    assert_memory_equal(pair->result.apdu.data, expected, length);
}

static const struct dlms_cover covers[] = {
    {DLMS_SIGNED_AROUND, 0},
    {DLMS_ENVELOPE_GLO | DLMS_SIGNED_AROUND, 0x30},
    {DLMS_ENVELOPE_DED | DLMS_SIGNED_AROUND, 0x30},
    {DLMS_ENVELOPE_GENERAL_GLO | DLMS_SIGNED_INSIDE, 0x30},
    {DLMS_ENVELOPE_GENERAL_GLO | DLMS_SIGNED_INSIDE, 0x20},
    {DLMS_ENVELOPE_GENERAL_GLO | DLMS_SIGNED_AROUND, 0x20},
    {DLMS_ENVELOPE_GENERAL_DED | DLMS_SIGNED_INSIDE, 0x30},
    {DLMS_ENVELOPE_GENERAL | DLMS_SIGNED_INSIDE, 0x10},
    {DLMS_ENVELOPE_GENERAL_WRAPPED | DLMS_SIGNED_INSIDE, 0x30},
    {DLMS_ENVELOPE_GENERAL_ONE_PASS, 0x30},
    {DLMS_ENVELOPE_GENERAL_STATIC, 0x30},
    {DLMS_ENVELOPE_GENERAL_ONE_PASS | DLMS_SIGNED_INSIDE, 0x30},
    {DLMS_ENVELOPE_GENERAL_STATIC | DLMS_SIGNED_AROUND, 0x10},
};

enum { COVERS = sizeof covers / sizeof covers[0] };

static struct dlms_cover cover_of(size_t number, uint8_t suite)
{
    return (struct dlms_cover){covers[number].envelope, (uint8_t)(covers[number].control | suite)};
}

static bool uses_dedicated_key(struct dlms_cover cover)
{
    const uint8_t kind = cover.envelope & DLMS_ENVELOPE_KIND;
    return kind == DLMS_ENVELOPE_DED || kind == DLMS_ENVELOPE_GENERAL_DED;
}

static void test_every_cover_in_both_suites(void **state)
{
    (void)state;
    for (uint8_t suite = 1; suite <= 2; suite++) {
        struct pair pair;
        make_pair(&pair, suite);
        for (size_t i = 0; i < COVERS; i++) {
            uint8_t buffer[SIZE];
            const struct dlms_cover cover = cover_of(i, suite);
            const size_t length = protect(&pair, cover, buffer);
            assert_int_equal(buffer[0] == DF, (cover.envelope & DLMS_SIGNED_AROUND) != 0);
            assert_int_equal(unprotect(&pair, buffer, length), DLMS_OK);
            assert_is_plain(&pair);
            assert_memory_equal(&pair.result.cover, &cover, sizeof cover);
            /* once more it is not taken, nor after a power cut; the lowest number is told */
            assert_int_equal(unprotect(&pair, buffer, length), DLMS_ERR_REPLAY);
            assert_int_equal(pair.result.lowest, pair.client.counter[DLMS_COUNTER_SEND].next);
            dlms_security_restore(&pair.server, pair.server_memory.limit);
            assert_int_equal(unprotect(&pair, buffer, length), DLMS_ERR_REPLAY);
        }
    }
}

/* The octets as 5-3 has them, with the signature over what is between tag and content, and the content. */
static void test_the_form_of_a_signed_apdu(void **state)
{
    (void)state;
    struct pair pair;
    uint8_t buffer[SIZE];
    uint8_t expected[64];
    make_pair(&pair, 1);
    const size_t length = protect(&pair, cover_of(0, 1), buffer);
    const size_t front = peer_bytes("DF 08 0000000000000064 08 4D4D4D0000000001 08 4D4D4D0000BC614E"
                                    "00 00 0D" GET_CLOCK "40",
                                    expected, sizeof expected);
    assert_int_equal(length, front + 64);
    assert_memory_equal(buffer, expected, front);
    const struct dlms_span parts[] = {{buffer + 1, 29}, {buffer + 31, 13}};
    assert_true(crypto->verify(crypto->context, DLMS_CURVE_P256, pair.server.public_key, parts, 2,
                               buffer + front));
}

/* Made by another implementation (Python's cryptography): private keys are 32 or 48 times 22 (client, signing), 44
 * (client, agreement), 33 (server, agreement), 55 (ephemeral); number 01234567. */
static const struct {
    uint8_t suite;
    const char *client_signing; /* public keys */
    const char *client_agreement;
    const char *server_agreement;
    const char *signed_only;
    const char *one_pass;
    const char *by_static;
} foreign[] = {
    {1,
     "D65A93977CAA3D1B081852FF57A79E465F1660577304BAEAD505DD3A48589CF350185E89"
     "5372DF6221EA3A137557E473FDDB6755F05BD507C3C533FCE9C91285",
     "5B36890DACBD7C9A96BB74A1EE28B3D2D75B72E09A20EF25CF8E6FD8A9F0350D0E14BED8"
     "D4682A34D83538BDFF5B96E89A6666EC0DB5745D02FA1210072DF75A",
     "51A7580833898EA1B183CBD7350A4099078C6EF1C1E18E970CD7683035F25E7D01105227"
     "12B0B5A7CFF081685486984A94E6831EDAC46E7360FA9D834A7A81A1",
     "DF080000000001234567084D4D4D0000000001084D4D4D0000BC614E00000DC001000008"
     "0000010000FF02004054C1709340359EA936FC53CE21D8107EA5C2B9DF117F8D1ED99627"
     "1694054A01C26697B12B716D36F7F029026934B538BC6211F96EDAD4810CE3E21A7C27B6"
     "3F",
     "DD080000000001234567084D4D4D0000000001084D4D4D0000BC614E0000010201018180"
     "57E977F6DB7E33C3FE7ACF2842ED987009CAF56D458682FCA447B7D3D762AB34C5AB3770"
     "BA573BDFF5414065640FFB5B346DFA84DEC4DB4D68E5F59CC471C2ECB33A2A8EA5E8E4FF"
     "0C1C47831FF14B1D344F216870E2EE877D75915BC21B66ACACA1B2C6AAB5847E8A3A21F3"
     "56B2891FD97A381A22703819B41DC6915D5AEB191E31012345677816363717436C25474E"
     "DB4A469E78E4C5B0059A468609279D",
     "DD080000000001234567084D4D4D0000000001084D4D4D0000BC614E000001020102001E"
     "31012345679B23EF48F26729CCB12EA01356AF5CF728132525A82759462E"},
    {2,
     "4F2BDA7FD2105F8467E21F45223AD58863FFA4C084832D9F6C64FFC47FDD519727AB53CB"
     "71F9C40DE24B64ACDE61F02FC7DCE130B612FA5DBCAC94573A2354FD005D8E9CAEFDC5FD"
     "E48304474708BBD82F77E1FD2C630BEA236F6F8DCCC1678E",
     "B01380BB42D55E316EED81928EFEBEF108186C6D6C88CDAD320CA9C4320CAD6A603BE8D8"
     "0E57DD2782B8B1A4CDBE6E82F596D07D1C2F16249A6CE4CF99B192F0C486B5A37096FC91"
     "A6C0C354546ABE352A99CDF1AD679EAEB03B7864E790C15F",
     "B34B8C0631557021DD5DA7964B0F645443A969A1AF9E0E33C1EBD1E9123D329ED7F07B9E"
     "37D6B24997351DA3656DE532BE1D328E70005C0E759F93320DBBCC0B64C0C6D5D7C2122F"
     "A3649F20EEF05795C070247BC87D81AEDBA6B03CF244DDD3",
     "DF080000000001234567084D4D4D0000000001084D4D4D0000BC614E00000DC001000008"
     "0000010000FF0200600A1F75E9C84DA9EF3931029254213948949BDB6F70799D9A029458"
     "67EEB4ECD9027A345E1ECCDE596595837648FE05DDEEB250ABF6E0D91F9DD89D0AB5BF5F"
     "0F10EF2F22C88E792A89DC26A73781E6E2228E8B80CA67EA72D1792D6B05E9D197",
     "DD080000000001234567084D4D4D0000000001084D4D4D0000BC614E00000102010181C0"
     "EF4E3CF6F1FE2A29B3E8DFD923B65D41951E365281EF009A3205003216099F6EE44EA420"
     "3B4537374C215B5AA3085316D72DC820AB3FF89CCD26E93E207F4FEB09ABDC580BB9E74F"
     "0C892694F6B928D55EF7E6E9270C4A55DAD08DDF68B26F4DDBE610EECCD961ED1B463E81"
     "E477AB11FF7628749B0A612F01279D0ACB3CC7334479060545A645A55015EA5720A13433"
     "2A6F1809EF634C18D8193456F38DFD5114CFD43FAFA4253C8C7A8F7A77009A2405024B9A"
     "AB5F04D268AE8B4C2FB3206A1E320123456798B8D86B99413320C1567C6850B9EFF94599"
     "86613A56EB2DC7",
     "DD080000000001234567084D4D4D0000000001084D4D4D0000BC614E000001020102001E"
     "32012345670AC5EB464F14303CA9F0D3F118D46850E6F761BBBEDA07E7DC"},
};

static struct dlms_span bytes_of(const char *hex, uint8_t *bytes, size_t size)
{
    return (struct dlms_span){bytes, peer_bytes(hex, bytes, size)};
}

/* What another implementation makes is understood; and of C(0e, 2s), where nothing is random, ours is the same to the
 * last octet. */
static void test_known_answers(void **state)
{
    (void)state;
    for (size_t f = 0; f < sizeof foreign / sizeof foreign[0]; f++) {
        const char *const apdus[] = {foreign[f].signed_only, foreign[f].one_pass,
                                     foreign[f].by_static};
        const uint8_t suite = foreign[f].suite;
        const size_t size = dlms_suite_coordinate(suite);
        uint8_t keys[3][DLMS_POINT_MAX];
        uint8_t private_key[2][DLMS_HASH_MAX];
        uint8_t buffer[SIZE];
        uint8_t expected[SIZE];
        struct pair pair;
        make_pair(&pair, suite);
        memset(private_key[0], 0x33, size);
        memset(private_key[1], 0x44, size);
        pair.server.public_key = bytes_of(foreign[f].client_signing, keys[0], sizeof keys[0]);
        pair.server.agreement_public =
            bytes_of(foreign[f].client_agreement, keys[1], sizeof keys[1]);
        pair.server.agreement_private = (struct dlms_span){private_key[0], size};
        for (size_t a = 0; a < 3; a++) {
            const size_t length = peer_bytes(apdus[a], buffer, sizeof buffer);
            pair.server.counter[DLMS_COUNTER_RECEIVE_OTHER].next = 0;
            assert_int_equal(unprotect(&pair, buffer, length), DLMS_OK);
            assert_is_plain(&pair);
        }
        pair.client.agreement_private = (struct dlms_span){private_key[1], size};
        pair.client.agreement_public =
            bytes_of(foreign[f].server_agreement, keys[2], sizeof keys[2]);
        pair.client.counter[DLMS_COUNTER_SEND].next = 0x01234567;
        const struct dlms_cover cover = {DLMS_ENVELOPE_GENERAL_STATIC, (uint8_t)(0x30 | suite)};
        const size_t length = protect(&pair, cover, buffer);
        assert_int_equal(length, peer_bytes(foreign[f].by_static, expected, sizeof expected));
        assert_memory_equal(buffer, expected, length);
    }
}

/* Every octet, and every cut: refused, and no counter moves. Without a signature the bit that says that
 * there is a tag can be taken off: then the caller is told. */
static void test_one_bit_changed_is_refused(void **state)
{
    (void)state;
    static const uint8_t covers_tried[] = {0, 1, 3, 9, 10};
    struct pair pair;
    make_pair(&pair, 1);
    for (size_t i = 0; i < sizeof covers_tried; i++) {
        uint8_t buffer[SIZE];
        const struct dlms_cover cover = cover_of(covers_tried[i], 1);
        const struct pair before = pair;
        const size_t length = protect(&pair, cover, buffer);
        for (size_t at = 0; at < length; at++) {
            const uint8_t bit = (uint8_t)(1u << (at * 5 + i) % 8);
            buffer[at] ^= bit;
            const enum dlms_err err = unprotect(&pair, buffer, length);
            const bool passed_unsealed =
                err == DLMS_OK && (pair.result.cover.envelope & DLMS_SIGNED) == 0 &&
                (pair.result.cover.control & DLMS_CONTROL_AUTHENTICATED) == 0;
            assert_true(err == DLMS_ERR_CIPHER || err == DLMS_ERR_FORMAT || passed_unsealed);
            buffer[at] ^= bit;
        }
        for (size_t cut = 0; cut < length; cut++) {
            assert_int_not_equal(unprotect(&pair, buffer, cut), DLMS_OK);
        }
        assert_memory_equal(&pair.server.counter, &before.server.counter,
                            sizeof before.server.counter);
        assert_int_equal(unprotect(&pair, buffer, length), DLMS_OK);
    }
}

/* Signed by one for another: a title that is missing or is not the one known, and our own APDU turned
 * round. */
static void test_it_is_from_this_client_for_this_server(void **state)
{
    (void)state;
    struct pair pair;
    uint8_t buffer[SIZE];
    make_pair(&pair, 1);
    const size_t length = protect(&pair, cover_of(0, 1), buffer);
    struct dlms_security other = pair.server;
    other.own_title[7] ^= 1;
    assert_int_equal(dlms_unprotect(&other, NULL, NULL, (struct dlms_span){buffer, length},
                                    pair.plain, SIZE, &pair.result),
                     DLMS_ERR_CIPHER);
    other = pair.server;
    other.peer_title[7] ^= 1;
    assert_int_equal(dlms_unprotect(&other, NULL, NULL, (struct dlms_span){buffer, length},
                                    pair.plain, SIZE, &pair.result),
                     DLMS_ERR_CIPHER);
    other = pair.client;
    other.public_key = pair.server.public_key;
    assert_int_equal(dlms_unprotect(&other, NULL, NULL, (struct dlms_span){buffer, length},
                                    pair.plain, SIZE, &pair.result),
                     DLMS_ERR_CIPHER);
    assert_int_equal(unprotect(&pair, buffer, length), DLMS_OK);
}

/* A foreign transaction-id: what is signed only cannot be told from a replay; what is authenticated, too,
 * has a number of its own. */
static void test_a_foreign_transaction_id(void **state)
{
    (void)state;
    struct pair pair;
    uint8_t apdu[SIZE];
    make_pair(&pair, 1);
    const size_t length = peer_bytes("DF 04 01020304 08 4D4D4D0000000001 08 4D4D4D0000BC614E"
                                     "0C 07EA0B140500000000800000 00 0D" GET_CLOCK "40",
                                     apdu, sizeof apdu);
    const size_t content = length - 14;
    const struct dlms_span parts[] = {{apdu + 1, content - 2}, {apdu + content, 13}};
    assert_true(crypto->sign(crypto->context, DLMS_CURVE_P256, pair.client.private_key, parts, 2,
                             apdu + length));
    assert_int_equal(unprotect(&pair, apdu, length + 64), DLMS_ERR_REPLAY);
    assert_int_equal(pair.server.counter[DLMS_COUNTER_RECEIVE_OTHER].next, 0);
}

/* A new global key is no way to send again what another key, or a signature, protected. */
static void test_the_count_outlives_a_change_of_keys(void **state)
{
    (void)state;
    static const uint8_t tried[] = {0, 8, 9, 10};
    for (size_t i = 0; i < sizeof tried; i++) {
        struct pair pair;
        uint8_t buffer[SIZE];
        make_pair(&pair, 1);
        const size_t length = protect(&pair, cover_of(tried[i], 1), buffer);
        assert_int_equal(unprotect(&pair, buffer, length), DLMS_OK);
        pair.server.counter[DLMS_COUNTER_RECEIVE] = (struct dlms_counter){0, 0};
        memset(pair.server.key[DLMS_KEY_UNICAST], 0x77, DLMS_KEY_MAX);
        assert_int_equal(unprotect(&pair, buffer, length), DLMS_ERR_REPLAY);
    }
}

/* Without a key it needs, or without the table, nothing is made and nothing is taken. */
static void test_what_is_missing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COVERS; i++) {
        struct pair pair;
        uint8_t buffer[SIZE];
        const struct dlms_cover cover = cover_of(i, 1);
        make_pair(&pair, 1);
        const size_t length = protect(&pair, cover, buffer);
        struct dlms_security whole = pair.server;
        pair.server.asymmetric = NULL; /* what is signed inside stays so */
        assert_true(unprotect(&pair, buffer, length) != DLMS_OK || pair.plain[0] == DF);
        pair.server = whole;
        pair.server.public_key.length = 0;
        pair.server.agreement_public.length = 0;
        assert_int_equal(unprotect(&pair, buffer, length), DLMS_ERR_CIPHER);
        pair.server = whole;
        pair.server.suite = 0;
        assert_int_not_equal(unprotect(&pair, buffer, length), DLMS_OK);
        for (int missing = 0; missing < 2; missing++) {
            struct dlms_keys keys;
            uint8_t again[SIZE] = {0};
            size_t plain_length = peer_bytes(GET_CLOCK, again + dlms_cover_head(&cover), 64);
            whole = pair.client;
            if (missing == 0) {
                pair.client.asymmetric = NULL;
            } else {
                pair.client.private_key.length = 0;
                pair.client.agreement_private.length = 0;
            }
            dlms_keys_take(&pair.client, &pair.dedicated, &cover, &keys);
            assert_int_equal(dlms_protect(&pair.client, &keys, &cover, again, SIZE, &plain_length),
                             DLMS_ERR_CIPHER);
            pair.client = whole;
        }
    }
}

/* Covers that say nothing that can be done. */
static void test_impossible_covers(void **state)
{
    (void)state;
    static const struct dlms_cover impossible[] = {
        {DLMS_ENVELOPE_NONE, 0x01},
        {DLMS_SIGNED_INSIDE, 0x01},
        {DLMS_ENVELOPE_GLO | DLMS_SIGNED_INSIDE, 0x31},
        {DLMS_ENVELOPE_DED | DLMS_SIGNED_INSIDE, 0x31},
        {DLMS_ENVELOPE_GENERAL | DLMS_SIGNED, 0x31},
        {DLMS_ENVELOPE_GLO | DLMS_SIGNED_AROUND, 0x01},
    };
    struct pair pair;
    make_pair(&pair, 1);
    for (size_t i = 0; i < sizeof impossible / sizeof impossible[0]; i++) {
        struct dlms_keys keys;
        uint8_t buffer[SIZE];
        size_t length = peer_bytes(GET_CLOCK, buffer + dlms_cover_head(&impossible[i]), 64);
        dlms_keys_take(&pair.client, NULL, &impossible[i], &keys);
        assert_int_equal(dlms_protect(&pair.client, &keys, &impossible[i], buffer, SIZE, &length),
                         DLMS_ERR_CIPHER);
    }
    assert_int_equal(pair.client.counter[DLMS_COUNTER_SEND].next, 100);
}

/* ---- The server ---- */

static const struct dlms_cover sealed = {DLMS_ENVELOPE_GLO, 0x31};
static const struct dlms_cover signed_only = {DLMS_SIGNED_AROUND, 0x01};
static const struct dlms_cover signed_and_sealed = {DLMS_ENVELOPE_GENERAL_GLO | DLMS_SIGNED_INSIDE,
                                                    0x31};

#define GET_SCRATCH "C001C10001000060 3200FF0200"
#define SET_SCRATCH "C101C100010000603200FF02000904AABBCCDD"

static void open_suite(struct secure_peer *secure, uint8_t suite)
{
    secure_init(secure, crypto, suite, SECURE_CIPHERED);
    secure_open(secure, (struct dlms_cover){DLMS_ENVELOPE_GLO, (uint8_t)(0x30 | suite)});
}

static void test_the_server_serves_every_cover(void **state)
{
    (void)state;
    for (uint8_t suite = 1; suite <= 2; suite++) {
        struct secure_peer secure;
        open_suite(&secure, suite);
        for (size_t i = 0; i < COVERS; i++) {
            const struct dlms_cover cover = cover_of(i, suite);
            if (uses_dedicated_key(cover)) {
                continue; /* none was handed over */
            }
            const unsigned writes = secure.peer.device.writes;
            assert_string_equal(secure_ask(&secure, cover, SET_SCRATCH), "C501C100");
            assert_int_equal(secure.peer.device.writes, writes + 1);
            assert_memory_equal(secure_ask(&secure, cover, GET_SCRATCH), "C401C100", 8);
        }
    }
}

/* COM-2: policy bits 10 and 80. */
static void test_the_policy_asks_for_signatures(void **state)
{
    (void)state;
    struct secure_peer secure;
    open_suite(&secure, 1);
    assert_string_equal(secure_ask(&secure, sealed, "C301C1004000002B0000FF010116FC"),
                        "C701C10000");
    assert_int_equal(secure.server.policy, 0xFC);
    const size_t events = secure.event_count;
    assert_string_equal(secure_ask(&secure, sealed, SET_SCRATCH), "D80101");
    assert_string_equal(secure_ask(&secure, signed_only, SET_SCRATCH), "D80101");
    secure_assert_event(&secure, DLMS_EVENT_POLICY_VIOLATED, events + 2);
    assert_int_equal(secure.peer.device.writes, 0);
    assert_string_equal(secure_ask(&secure, signed_and_sealed, SET_SCRATCH), "C501C100");
    assert_int_equal(secure.peer.device.writes, 1);
}

/* Answers alone are to be signed: also those to requests that are not, and those that are ciphered come
 * signed inside. */
static void test_answers_are_signed_unasked(void **state)
{
    (void)state;
    struct secure_peer secure;
    uint8_t plain[SIZE];
    struct dlms_unprotected opened;
    open_suite(&secure, 1);
    secure.server.policy = DLMS_POLICY_RESPONSE_SIGNED;
    peer_ask(&secure.peer, GET_SCRATCH);
    assert_int_equal(secure.peer.reply[0], DF);
    for (int i = 0; i < 2; i++) {
        if (i == 1) {
            uint8_t apdu[SIZE];
            struct dlms_keys keys;
            size_t length = peer_bytes(GET_SCRATCH, apdu + dlms_cover_head(&sealed), 64);
            dlms_keys_take(&secure.client, NULL, &sealed, &keys);
            assert_int_equal(
                dlms_protect(&secure.client, &keys, &sealed, apdu, sizeof apdu, &length), DLMS_OK);
            peer_send(&secure.peer, apdu, length);
        }
        assert_int_equal(
            dlms_unprotect(&secure.client, NULL, keys_server_title,
                           (struct dlms_span){secure.peer.reply, secure.peer.reply_length}, plain,
                           sizeof plain, &opened),
            DLMS_OK);
        assert_int_equal(opened.cover.envelope,
                         i == 0 ? DLMS_SIGNED_AROUND
                                : DLMS_ENVELOPE_GENERAL_GLO | DLMS_SIGNED_INSIDE);
        assert_int_equal(opened.apdu.data[0], 0xC4);
    }
}

/* Nobody can ask for signatures that cannot be made or checked: it would lock everybody out. */
static void test_no_policy_without_keys(void **state)
{
    (void)state;
    struct secure_peer secure;
    open_suite(&secure, 1);
    secure.server.private_key.length = 0;
    assert_string_equal(secure_ask(&secure, sealed, "C301C1004000002B0000FF01011680"),
                        "C701C1FA00");
    secure.server.public_key.length = 0;
    assert_string_equal(secure_ask(&secure, sealed, "C301C1004000002B0000FF01011610"),
                        "C701C1FA00");
    assert_int_equal(secure.server.policy, 0);
}

/* A replayed or forged signature does nothing, is told apart, and is counted. */
static void test_forged_and_replayed_requests(void **state)
{
    (void)state;
    struct secure_peer secure;
    uint8_t apdu[SIZE];
    struct dlms_keys keys;
    open_suite(&secure, 1);
    size_t length = peer_bytes(SET_SCRATCH, apdu + dlms_cover_head(&signed_only), 64);
    dlms_keys_take(&secure.client, NULL, &signed_only, &keys);
    assert_int_equal(dlms_protect(&secure.client, &keys, &signed_only, apdu, sizeof apdu, &length),
                     DLMS_OK);
    apdu[length - 1] ^= 1;
    assert_string_equal(peer_send(&secure.peer, apdu, length), "D80105");
    secure_assert_event(&secure, DLMS_EVENT_DECIPHERING_FAILED, 2);
    apdu[length - 1] ^= 1;
    peer_send(&secure.peer, apdu, length);
    assert_int_equal(secure.peer.reply[0], DF);
    assert_int_equal(secure.peer.device.writes, 1);
    assert_memory_equal(peer_send(&secure.peer, apdu, length), "D80106", 6);
    secure_assert_event(&secure, DLMS_EVENT_REPLAY, 3);
    assert_int_equal(secure.peer.device.writes, 1);
}

/* Where general protection was not agreed on, and where there are no signatures. */
static void test_where_there_are_none(void **state)
{
    (void)state;
    struct secure_peer secure;
    open_suite(&secure, 1);
    secure.server.asymmetric = NULL;
    assert_string_equal(secure_ask(&secure, signed_only, GET_SCRATCH), "D80202");
    secure.server.asymmetric = &dlms_asymmetric;
    secure.peer.link.sessions[0].conformance &= ~(uint32_t)DLMS_CONFORMANCE_GENERAL_PROTECTION;
    assert_string_equal(secure_ask(&secure, signed_only, GET_SCRATCH), "D80102");
    secure_init(&secure, crypto, 1, SECURE_GMAC); /* not a ciphered association */
    secure_open(&secure, (struct dlms_cover){DLMS_ENVELOPE_NONE, 0});
    assert_string_equal(secure_ask(&secure, signed_only, GET_SCRATCH), "D80202");
}

/* An InitiateRequest under an agreed key is refused: there is no room for an answer like it. */
static void test_no_initiate_under_an_agreed_key(void **state)
{
    (void)state;
    struct secure_peer secure;
    secure_init(&secure, crypto, 2, SECURE_CIPHERED);
    const struct dlms_cover one_pass = {DLMS_ENVELOPE_GENERAL_ONE_PASS, 0x32};
    memcpy(secure.client.peer_title, keys_server_title, DLMS_TITLE);
    const char *aare = secure_aarq(&secure, one_pass);
    assert_memory_equal(aare + 26, "A203020101A305A10302010D", 24);
    assert_null(dlms_link_association(&secure.peer.link, SECURE_CIPHERED, 1));
    assert_false(secure.peer.link.sessions[0].association != NULL);
}

/* ---- The client ---- */

struct reader {
    struct secure_peer secure;
    struct dlms_client_settings settings;
    struct dlms_client client;
    struct dlms_client_cover cover;
    struct dlms_client_hls hls;
    uint8_t request[SIZE];
    uint8_t value[SIZE];
    uint8_t plain[SIZE];
};

static enum dlms_client_status finish(struct reader *reader, enum dlms_client_status status)
{
    struct peer *peer = &reader->secure.peer;
    while (status == DLMS_CLIENT_SEND) {
        const struct dlms_span apdu = dlms_client_output(&reader->client);
        peer_send(peer, apdu.data, apdu.length);
        status = dlms_client_received(&reader->client,
                                      (struct dlms_span){peer->reply, peer->reply_length});
    }
    return status;
}

static void open_reader(struct reader *reader, uint8_t suite, struct dlms_cover cover)
{
    memset(reader, 0, sizeof *reader);
    secure_init(&reader->secure, crypto, suite, SECURE_CIPHERED);
    reader->settings = (struct dlms_client_settings){
        .title = {reader->secure.client.own_title, DLMS_TITLE},
        .conformance = 0x00FFFFFF,
        .max_receive_pdu = 500,
        .protection = &reader->cover.protection,
    };
    reader->hls.hls = (struct dlms_hls){
        .mechanism = DLMS_MECHANISM_GMAC,
        .crypto = crypto,
        .security = &reader->secure.client,
        .own_title = reader->secure.client.own_title,
    };
    dlms_client_init(&reader->client, &reader->settings, reader->request, SIZE, reader->value,
                     SIZE);
    dlms_client_cover_init(&reader->cover, &reader->client, &reader->secure.client, cover,
                           reader->plain, SIZE);
    if (uses_dedicated_key(cover)) {
        assert_true(dlms_client_dedicate(&reader->cover, &reader->settings));
    }
    assert_true(dlms_client_challenge(&reader->hls, &reader->settings));
    assert_int_equal(finish(reader, dlms_client_associate(&reader->client)),
                     DLMS_CLIENT_CHALLENGED);
    assert_int_equal(finish(reader, dlms_client_prove(&reader->client, &reader->hls)),
                     DLMS_CLIENT_DONE);
    assert_int_equal(dlms_client_judge(&reader->client, &reader->hls), DLMS_CLIENT_DONE);
}

static const struct dlms_client_attribute scratch = {
    .class_id = 1, .logical_name = {0, 0, 96, 50, 0, 255}, .index = 2};

static void test_the_client_in_every_cover(void **state)
{
    (void)state;
    for (uint8_t suite = 1; suite <= 2; suite++) {
        for (size_t i = 0; i < COVERS; i++) {
            struct reader reader;
            const struct dlms_cover cover = cover_of(i, suite);
            const uint8_t *data = (const uint8_t *)"\x09\x02\x12\x34";
            open_reader(&reader, suite, cover);
            assert_int_equal(finish(&reader, dlms_client_set(&reader.client, &scratch,
                                                             (struct dlms_span){data, 4})),
                             DLMS_CLIENT_DONE);
            assert_int_equal(finish(&reader, dlms_client_get(&reader.client, &scratch)),
                             DLMS_CLIENT_DONE);
            assert_memory_equal(dlms_client_value(&reader.client).data, data, 4);
        }
    }
}

/* A server that leaves the signature out is not believed. */
static void test_an_answer_without_signature_is_not_taken(void **state)
{
    (void)state;
    struct reader reader;
    open_reader(&reader, 1, signed_and_sealed);
    assert_int_equal(dlms_client_get(&reader.client, &scratch), DLMS_CLIENT_SEND);
    const struct dlms_cover unsigned_cover = {DLMS_ENVELOPE_GENERAL_GLO, 0x31};
    uint8_t answer[SIZE];
    struct dlms_keys keys;
    size_t length = peer_bytes("C401C10009020102", answer + dlms_cover_head(&unsigned_cover), 64);
    dlms_keys_take(&reader.secure.server, NULL, &unsigned_cover, &keys);
    assert_int_equal(
        dlms_protect(&reader.secure.server, &keys, &unsigned_cover, answer, sizeof answer, &length),
        DLMS_OK);
    assert_int_equal(dlms_client_received(&reader.client, (struct dlms_span){answer, length}),
                     DLMS_CLIENT_ERR_SECURITY);
}

/* What was recorded under the global key is no answer to a request under another. */
static void test_an_answer_has_the_key_of_its_request(void **state)
{
    (void)state;
    unsigned refused = 0;
    for (size_t i = 0; i < COVERS; i++) {
        struct reader reader;
        struct dlms_keys keys;
        uint8_t answer[SIZE];
        const struct dlms_cover cover = cover_of(i, 1);
        const uint8_t kind = cover.envelope & DLMS_ENVELOPE_KIND;
        const struct dlms_cover global = {
            (uint8_t)(DLMS_ENVELOPE_GENERAL_GLO | (cover.envelope & DLMS_SIGNED)), 0x31};
        const bool is_global = kind <= DLMS_ENVELOPE_GENERAL && !uses_dedicated_key(cover);
        open_reader(&reader, 1, cover);
        assert_int_equal(dlms_client_get(&reader.client, &scratch), DLMS_CLIENT_SEND);
        uint8_t *plain = answer + dlms_cover_head(&global);
        size_t length = peer_bytes("C401C10009020102", plain, 64);
        plain[2] = reader.client.invoke_sent;
        dlms_keys_take(&reader.secure.server, NULL, &global, &keys);
        memcpy(keys.peer_title, keys_client_title, DLMS_TITLE);
        assert_int_equal(
            dlms_protect(&reader.secure.server, &keys, &global, answer, sizeof answer, &length),
            DLMS_OK);
        assert_int_equal(dlms_client_received(&reader.client, (struct dlms_span){answer, length}),
                         is_global ? DLMS_CLIENT_DONE : DLMS_CLIENT_ERR_SECURITY);
        refused += !is_global;
    }
    assert_true(refused > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cover_in_both_suites),
        cmocka_unit_test(test_the_form_of_a_signed_apdu),
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_one_bit_changed_is_refused),
        cmocka_unit_test(test_it_is_from_this_client_for_this_server),
        cmocka_unit_test(test_a_foreign_transaction_id),
        cmocka_unit_test(test_the_count_outlives_a_change_of_keys),
        cmocka_unit_test(test_what_is_missing),
        cmocka_unit_test(test_impossible_covers),
        cmocka_unit_test(test_the_server_serves_every_cover),
        cmocka_unit_test(test_the_policy_asks_for_signatures),
        cmocka_unit_test(test_answers_are_signed_unasked),
        cmocka_unit_test(test_no_policy_without_keys),
        cmocka_unit_test(test_forged_and_replayed_requests),
        cmocka_unit_test(test_where_there_are_none),
        cmocka_unit_test(test_no_initiate_under_an_agreed_key),
        cmocka_unit_test(test_the_client_in_every_cover),
        cmocka_unit_test(test_an_answer_without_signature_is_not_taken),
        cmocka_unit_test(test_an_answer_has_the_key_of_its_request),
    };
    return cmocka_run_group_tests(tests, crypto_setup, crypto_teardown);
}
