/* COM-2. The server with high level security and ciphering: every mechanism, envelope and suite; what
 * forged, replayed and weakly protected requests are answered with; keys, secrets and policy changed
 * from afar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto_fixture.h"
#include "secure_peer.h"

#define SCRATCH     "00010000603200FF0200"
#define GET_SCRATCH "C001C1" SCRATCH
#define SET_SCRATCH "C101C1" SCRATCH "0600001391"
#define UNAVAILABLE "C401C1010B"

static const struct dlms_cover none = {DLMS_ENVELOPE_NONE, 0};
static const struct dlms_cover sealed = {DLMS_ENVELOPE_GLO, 0x30};

static struct dlms_cover under(enum dlms_envelope envelope, unsigned control)
{
    return (struct dlms_cover){(uint8_t)envelope, (uint8_t)control};
}

static bool is_open(const struct secure_peer *secure)
{
    return dlms_link_association(&secure->peer.link, secure->peer.client_sap,
                                 secure->peer.server_sap) != NULL;
}

static void open_ciphered(struct secure_peer *secure)
{
    secure_init(secure, crypto, 0, SECURE_CIPHERED);
    secure_open(secure, sealed);
}

/* ---- High level security ---- */

static void test_every_mechanism_opens(void **state)
{
    (void)state;
    static const uint16_t clients[] = {SECURE_MD5, SECURE_SHA1, SECURE_GMAC, SECURE_SHA256,
                                       SECURE_ECDSA};
    for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++) {
        for (uint8_t suite = clients[i] == SECURE_ECDSA ? 1 : 0; suite <= 2; suite++) {
            struct secure_peer secure;
            secure_init(&secure, crypto, suite, clients[i]);
            secure_open(&secure, none);
            secure_assert_event(&secure, DLMS_EVENT_OPENED, 1);
            assert_string_equal(peer_ask(&secure.peer, SET_SCRATCH), "C501C100");
        }
    }
}

/* The form of the second pass: accepted, authentication required, title, mechanism, challenge. */
static void test_the_aare_asks_for_the_proof(void **state)
{
    (void)state;
    struct secure_peer secure;
    secure_init(&secure, crypto, 0, SECURE_GMAC);
    const char *aare = secure_aarq(&secure, none);
    char expected[512];
    int used = snprintf(expected, sizeof expected,
                        "6156A109060760857405080101A203020100A305A10302010EA40A04084D4D4D0000BC614E"
                        "88020780890760857405080205AA128010");
    for (size_t i = 0; i < secure.challenge_length; i++) {
        used += snprintf(expected + used, 3, "%02X", secure.challenge[i]);
    }
    snprintf(expected + used, sizeof expected - (size_t)used,
             "BE10040E0800065F1F0400405E1D02580007");
    assert_string_equal(aare, expected);
    assert_int_equal(secure.challenge_length, 16);
}

static void test_challenges_are_fresh(void **state)
{
    (void)state;
    uint8_t seen[50][16];
    for (int i = 0; i < 50; i++) {
        struct secure_peer secure;
        secure_init(&secure, crypto, 0, SECURE_MD5);
        secure_aarq(&secure, none);
        memcpy(seen[i], secure.challenge, 16);
        for (int k = 0; k < i; k++) {
            assert_memory_not_equal(seen[i], seen[k], 16);
        }
    }
}

/* Before the proof there is nothing but the proof. */
static void test_a_pending_association_gives_nothing(void **state)
{
    (void)state;
    struct secure_peer secure;
    secure_init(&secure, crypto, 0, SECURE_SHA256);
    secure_aarq(&secure, none);
    assert_false(is_open(&secure));
    assert_string_equal(peer_ask(&secure.peer, GET_SCRATCH), "D80102");
    assert_string_equal(peer_ask(&secure.peer, "C001C1000F0000280000FF0200"), "D80102");
    assert_string_equal(peer_ask(&secure.peer, SET_SCRATCH), "D80102");
    assert_string_equal(peer_ask(&secure.peer, "C301C1000900000A0000FF0200"), "C701C10300");
    assert_string_equal(peer_ask(&secure.peer, "C301C1000F0000280000FF0201090141"), "C701C10300");
    assert_int_equal(secure.peer.device.writes + secure.peer.device.invokes, 0);
    assert_int_equal(secure_prove(&secure, none)[7], '0');
    assert_true(is_open(&secure));
    /* once proven, a second proof is nobody's business */
    assert_string_equal(peer_ask(&secure.peer, "C301C1000F0000280000FF01010901AA"), "C701C10300");
    assert_true(is_open(&secure));
}

static void test_a_wrong_proof_ends_it(void **state)
{
    (void)state;
    static const uint16_t clients[] = {SECURE_MD5, SECURE_SHA1, SECURE_GMAC, SECURE_SHA256,
                                       SECURE_ECDSA};
    for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++) {
        struct secure_peer secure;
        secure_init(&secure, crypto, 1, clients[i]);
        secure_aarq(&secure, none);
        secure.challenge[0] ^= 1;
        assert_string_equal(secure_prove(&secure, none), "C701C10300");
        secure_assert_event(&secure, DLMS_EVENT_PROOF_WRONG, 1);
        assert_int_equal(secure.peer.link.wrong_passwords, 1);
        secure.challenge[0] ^= 1;
        assert_string_equal(secure_prove(&secure, none), "D80102"); /* too late */
        secure_open(&secure, none);                                 /* but a new attempt is one */
    }
}

static void test_what_is_no_proof_at_all(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "C301C1000F0000280000FF0100",
        "C301C1000F0000280000FF01010900",
        "C301C1000F0000280000FF01011107",
        "C301C1000F0000280000FF010109021000",
    };
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        struct secure_peer secure;
        secure_init(&secure, crypto, 0, SECURE_GMAC);
        secure_aarq(&secure, none);
        assert_string_equal(peer_ask(&secure.peer, requests[i]), "C701C10300");
        assert_string_equal(peer_ask(&secure.peer, GET_SCRATCH), "D80102");
        secure_assert_event(&secure, DLMS_EVENT_PROOF_WRONG, 1);
    }
}

/* What an eavesdropper heard does not open anything: the challenge is another. */
static void test_a_handshake_cannot_be_replayed(void **state)
{
    (void)state;
    struct secure_peer secure;
    secure_init(&secure, crypto, 0, SECURE_GMAC);
    secure_aarq(&secure, none);
    char heard[256];
    const struct dlms_security before = secure.client;
    secure_prove(&secure, none);
    assert_true(is_open(&secure));
    /* the same proof again, made with the same number and the old challenge */
    secure.client = before;
    uint8_t old[64];
    memcpy(old, secure.challenge, sizeof old);
    secure_aarq(&secure, none);
    memcpy(secure.challenge, old, sizeof old);
    snprintf(heard, sizeof heard, "%s", secure_prove(&secure, none));
    assert_string_equal(heard, "C701C10300");
    assert_false(is_open(&secure));
}

/* Two clients on one link: the handshake is that of the last. */
static void test_one_handshake_at_a_time(void **state)
{
    (void)state;
    struct secure_peer secure;
    secure_init(&secure, crypto, 0, SECURE_MD5);
    secure_aarq(&secure, none);
    secure.peer.client_sap = SECURE_SHA1;
    secure_aarq(&secure, none);
    secure_prove(&secure, none);
    assert_true(is_open(&secure));
    secure.peer.client_sap = SECURE_MD5;
    assert_string_equal(secure_prove(&secure, none), "D80102");
    /* who is proven already is left alone */
    secure_open(&secure, none);
    secure.peer.client_sap = SECURE_SHA1;
    assert_true(is_open(&secure));
    secure.peer.client_sap = SECURE_GMAC;
    secure_aarq(&secure, none);
    secure.peer.client_sap = SECURE_SHA1;
    assert_true(is_open(&secure));
}

/* Who takes the server's name could send it what it said itself: its proof to another client that was handed
 * this one's challenge, or anything under the same key. */
static void test_nobody_else_has_the_servers_title(void **state)
{
    (void)state;
    static const uint16_t clients[] = {SECURE_GMAC, SECURE_ECDSA, SECURE_CIPHERED};
    for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++) {
        struct secure_peer secure;
        secure_init(&secure, crypto, 1, clients[i]);
        secure_open(&secure, clients[i] == SECURE_CIPHERED ? under(DLMS_ENVELOPE_GLO, 0x31) : none);
        memcpy(secure.client.own_title, keys_server_title, DLMS_TITLE);
        secure.client.counter[DLMS_COUNTER_SEND].next = 0x1000;
        const char *aare = secure_aarq(
            &secure, clients[i] == SECURE_CIPHERED ? under(DLMS_ENVELOPE_GLO, 0x31) : none);
        assert_memory_equal(aare + 26, "A203020101A305A103020103", 24);
        assert_int_equal(secure_prove(&secure, none)[0], 'D');
        assert_false(is_open(&secure));
        assert_true(secure.server.counter[DLMS_COUNTER_RECEIVE].next < 0x1000);
    }
}

static void test_challenges_of_the_wrong_length(void **state)
{
    (void)state;
    static const char *const fields[] = {
        "",
        "AC068004AABBCCDD",
        "AC028000",
        "AC438041" /* 65 */
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "00000000000000000000000000000000000000000000000000",
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct secure_peer secure;
        char text[512];
        uint8_t bytes[256];
        char body[400];
        secure_init(&secure, crypto, 0, SECURE_MD5);
        snprintf(body, sizeof body,
                 "A1090607608574050801018A0207808B0760857405080203%sBE10040E0100"
                 "0000065F1F040000FE1FFFFF",
                 fields[i]);
        snprintf(text, sizeof text, "60%02X%s", (unsigned)peer_bytes(body, bytes, sizeof bytes),
                 body);
        assert_memory_equal(peer_ask(&secure.peer, text) + 26, "A203020101A305A10302010D", 24);
        secure_assert_event(&secure, DLMS_EVENT_PASSWORD_WRONG, 1);
    }
}

static void test_without_random_numbers_nothing_opens(void **state)
{
    (void)state;
    struct secure_peer secure;
    secure_init(&secure, crypto, 0, SECURE_MD5);
    secure.peer.server.crypto = NULL;
    assert_memory_equal(secure_aarq(&secure, none) + 26, "A203020101A305A10302010B", 24);
    secure_init(&secure, crypto, 0, SECURE_MD5);
    secure.peer.link.security = NULL;
    assert_memory_equal(secure_aarq(&secure, none) + 26, "A203020101A305A10302010B", 24);
}

/* A row that asks for keys and has none lets nobody in. */
static void test_a_row_without_keys_opens_nothing(void **state)
{
    (void)state;
    static const struct {
        uint16_t client;
        size_t row;
    } rows[] = {{SECURE_GMAC, 2}, {SECURE_SHA256, 3}, {SECURE_ECDSA, 4}, {SECURE_PASSWORD, 6}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct secure_peer secure;
        secure_init(&secure, crypto, 1, rows[i].client);
        secure.associations[rows[i].row].security = NULL;
        assert_memory_equal(secure_aarq(&secure, none) + 26, "A203020101A305A103020103", 24);
        assert_string_equal(peer_ask(&secure.peer, GET_SCRATCH), "D80102");
    }
}

static void test_a_device_may_lock_its_door(void **state)
{
    (void)state;
    struct secure_peer secure;
    secure_init(&secure, crypto, 0, SECURE_MD5);
    secure.is_locked = true;
    assert_memory_equal(secure_aarq(&secure, none) + 26, "A203020102A305A103020101", 24);
    assert_int_equal(secure.event_count, 0);
    secure.peer.client_sap = SECURE_COUNTER; /* who needs no proof is let in */
    secure_open(&secure, none);
}

/* Nobody who tries keys keeps out who has them; what anybody could have made, or a password, still waits. */
static void test_a_locked_door_opens_to_the_key(void **state)
{
    (void)state;
    static const struct {
        uint16_t client;
        uint8_t control;
        bool opens;
    } rows[] = {
        {SECURE_CIPHERED, 0x30, true},  {SECURE_CIPHERED, 0x10, true},
        {SECURE_CIPHERED, 0x20, false}, {SECURE_CIPHERED, 0x70, false},
        {SECURE_PASSWORD, 0x30, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct secure_peer secure;
        secure_init(&secure, crypto, 0, rows[i].client);
        secure.is_locked = true;
        const char *aare = secure_aarq(&secure, under(DLMS_ENVELOPE_GLO, rows[i].control));
        assert_memory_equal(aare + 26, rows[i].opens ? "A203020100" : "A203020102", 10);
    }
    struct secure_peer secure;
    secure_init(&secure, crypto, 0, SECURE_CIPHERED);
    secure.is_locked = true;
    secure.client.key[DLMS_KEY_UNICAST][0] ^= 1;
    assert_memory_equal(secure_aarq(&secure, sealed) + 26, "A203020102", 10);
}

/* ---- Ciphered associations ---- */

static void test_every_envelope_level_and_suite(void **state)
{
    (void)state;
    static const uint8_t levels[] = {0x10, 0x20, 0x30};
    for (uint8_t suite = 0; suite <= 2; suite++) {
        struct secure_peer secure;
        secure_init(&secure, crypto, suite, SECURE_CIPHERED);
        secure.dedicated.size = (uint8_t)dlms_suite_key_size(suite);
        memset(secure.dedicated.key, 0x55, sizeof secure.dedicated.key);
        secure_open(&secure, under(DLMS_ENVELOPE_GLO, 0x30u | suite));
        for (size_t i = 0; i < 3; i++) {
            for (unsigned envelope = DLMS_ENVELOPE_GLO; envelope <= DLMS_ENVELOPE_GENERAL;
                 envelope++) {
                const struct dlms_cover cover =
                    under((enum dlms_envelope)envelope, levels[i] | (unsigned)suite);
                assert_string_equal(secure_ask(&secure, cover, SET_SCRATCH), "C501C100");
                assert_string_equal(secure_ask(&secure, cover, GET_SCRATCH), "C401C1000600001391");
                assert_string_equal(secure_ask(&secure, cover, "C301C1000900000A0000FF01011107"),
                                    "C701C10001001107");
            }
        }
        secure_assert_event(&secure, DLMS_EVENT_OPENED, 1);
    }
}

static void test_password_inside_ciphering(void **state)
{
    (void)state;
    struct secure_peer secure;
    secure_init(&secure, crypto, 0, SECURE_PASSWORD);
    secure_open(&secure, sealed);
    assert_string_equal(secure_ask(&secure, sealed, GET_SCRATCH), UNAVAILABLE);
    secure.secret[0] ^= 1;
    secure.associations[6].password = (struct dlms_span){(const uint8_t *)"other", 5};
    const char *aare = secure_aarq(&secure, sealed);
    assert_memory_equal(aare + 26, "A203020101A305A10302010D", 24);
    assert_non_null(strstr(aare, "BE0604040E010604"));
    assert_false(is_open(&secure));
}

/* Any bit of a request changed: never carried out, and the answer is what 5-3 has for it. */
static void test_a_forged_request_does_nothing(void **state)
{
    (void)state;
    static const uint8_t envelopes[] = {DLMS_ENVELOPE_GLO, DLMS_ENVELOPE_GENERAL_GLO,
                                        DLMS_ENVELOPE_GENERAL};
    for (size_t i = 0; i < sizeof envelopes; i++) {
        struct secure_peer secure;
        open_ciphered(&secure);
        const struct dlms_cover cover = {envelopes[i], 0x30};
        uint8_t apdu[SECURE_APDU];
        struct dlms_keys keys;
        size_t length = peer_bytes(SET_SCRATCH, apdu + dlms_cover_head(&cover), 100);
        dlms_keys_take(&secure.client, NULL, &cover, &keys);
        memcpy(secure.client.peer_title, keys_server_title, DLMS_TITLE);
        assert_int_equal(dlms_protect(&secure.client, &keys, &cover, apdu, sizeof apdu, &length),
                         DLMS_OK);
        const struct dlms_counter before = secure.server.counter[DLMS_COUNTER_RECEIVE];
        for (size_t bit = 0; bit < 8 * length; bit++) {
            apdu[bit / 8] ^= (uint8_t)(1u << bit % 8);
            const char *answer = peer_send(&secure.peer, apdu, length);
            /* without its tag taken for encrypted only, it is garbage behind the Data: malformed */
            assert_true(strcmp(answer, "D80105") == 0 || strcmp(answer, "D80103") == 0 ||
                        strcmp(answer, "D80202") == 0 || strcmp(answer, "D80102") == 0 ||
                        answer[0] == '\0');
            assert_int_equal(secure.peer.device.writes, 0);
            assert_memory_equal(&secure.server.counter[DLMS_COUNTER_RECEIVE], &before,
                                sizeof before);
            apdu[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        peer_send(&secure.peer, apdu, length);
        assert_int_equal(secure.peer.device.writes, 1);
    }
}

static void test_a_forgery_is_told_and_counted(void **state)
{
    (void)state;
    struct secure_peer secure;
    open_ciphered(&secure);
    secure.client.key[DLMS_KEY_AUTHENTICATION][0] ^= 1;
    assert_string_equal(secure_ask(&secure, sealed, GET_SCRATCH), "D80105");
    secure_assert_event(&secure, DLMS_EVENT_DECIPHERING_FAILED, 2);
    assert_int_equal(secure.peer.link.wrong_passwords, 1);
    assert_true(is_open(&secure));
}

/* 5-3: the answer tells the lowest number that is taken. */
static void test_a_replay_is_refused(void **state)
{
    (void)state;
    struct secure_peer secure;
    open_ciphered(&secure);
    secure.client.counter[DLMS_COUNTER_SEND].next = 0x1000;
    assert_string_equal(secure_ask(&secure, sealed, SET_SCRATCH), "C501C100");
    secure.client.counter[DLMS_COUNTER_SEND].next = 0x1000;
    assert_string_equal(secure_ask(&secure, sealed, SET_SCRATCH), "D8010600001001");
    secure_assert_event(&secure, DLMS_EVENT_REPLAY, 2);
    secure.client.counter[DLMS_COUNTER_SEND].next = 0xFFF;
    assert_string_equal(secure_ask(&secure, sealed, SET_SCRATCH), "D8010600001001");
    assert_int_equal(secure.peer.device.writes, 1);
    secure.client.counter[DLMS_COUNTER_SEND].next = 0x1001;
    assert_string_equal(secure_ask(&secure, sealed, SET_SCRATCH), "C501C100");
}

/* Not after a power cut either, and not the AARQ. */
static void test_a_replay_over_a_power_cut(void **state)
{
    (void)state;
    struct secure_peer secure;
    secure_init(&secure, crypto, 0, SECURE_PASSWORD);
    secure_open(&secure, sealed);
    const uint32_t sent = secure.server.counter[DLMS_COUNTER_SEND].next;
    dlms_security_restore(&secure.server, secure.server_memory.limit);
    dlms_link_disconnect(&secure.peer.link, SECURE_PASSWORD, DEVICE_MANAGEMENT);
    secure.client.counter[DLMS_COUNTER_SEND].next = 1;
    const char *aare = secure_aarq(&secure, sealed);
    assert_memory_equal(aare + 26, "A203020101A305A10302010D", 24);
    assert_non_null(strstr(aare, "BE0604040E010006"));
    secure_assert_event(&secure, DLMS_EVENT_REPLAY, 2);
    assert_false(is_open(&secure));
    secure_open(&secure, sealed);
    assert_true(secure.server.counter[DLMS_COUNTER_SEND].next > sent);
}

static void test_what_a_ciphered_initiate_must_be(void **state)
{
    (void)state;
    struct secure_peer secure;
    /* not protected at all */
    secure_init(&secure, crypto, 0, SECURE_CIPHERED);
    assert_memory_equal(secure_aarq(&secure, none) + 26, "A203020101A305A10302010D", 24);
    /* with another key */
    secure.client.key[DLMS_KEY_UNICAST][0] ^= 1;
    assert_memory_equal(secure_aarq(&secure, sealed) + 26, "A203020101A305A10302010D", 24);
    secure_assert_event(&secure, DLMS_EVENT_DECIPHERING_FAILED, 2);
    /* weaker than the policy */
    secure_init(&secure, crypto, 0, SECURE_CIPHERED);
    secure.server.policy = DLMS_POLICY_REQUEST_AUTHENTICATED | DLMS_POLICY_REQUEST_ENCRYPTED;
    assert_memory_equal(secure_aarq(&secure, under(DLMS_ENVELOPE_GLO, 0x10)) + 26,
                        "A203020101A305A10302010D", 24);
    /* a dedicated key of a wrong length */
    secure_init(&secure, crypto, 0, SECURE_CIPHERED);
    secure.dedicated.size = 15;
    assert_memory_equal(secure_aarq(&secure, sealed) + 26, "A203020101A305A103020101", 24);
    /* another client than the one that is known */
    secure_init(&secure, crypto, 0, SECURE_CIPHERED);
    memcpy(secure.server.peer_title, keys_server_title, DLMS_TITLE);
    assert_memory_equal(secure_aarq(&secure, sealed) + 26, "A203020101A305A103020103", 24);
    memcpy(secure.server.peer_title, keys_client_title, DLMS_TITLE);
    secure_open(&secure, sealed);
}

/* Long answers and requests, every block ciphered, and none longer than the client takes. */
static void test_blocks_inside_ciphering(void **state)
{
    (void)state;
    struct secure_peer secure;
    open_ciphered(&secure);
    secure.peer.link.sessions[0].max_send_pdu = 100;
    secure_ask(&secure, sealed, "C301C1000900000A0000FF04011200FF");
    assert_true(secure.peer.reply_length <= 100 && secure.peer.reply_length >= 98);
    assert_memory_equal(secure.text, "C702C10000000001", 16);
    for (unsigned number = 1; secure.text[7] == '0'; number++) {
        char next[32];
        snprintf(next, sizeof next, "C302C1%08X", number);
        secure_ask(&secure, sealed, next);
        assert_true(secure.peer.reply_length <= 100);
        assert_memory_equal(secure.text, "C702C1", 6);
    }
    assert_int_equal(secure.peer.device.invokes, 1);
    assert_string_equal(
        secure_ask(&secure, sealed, "C102C100010000603200FF020000000000010309 0411"),
        "C502C100000001");
    assert_string_equal(secure_ask(&secure, sealed, "C103C1010000000203223344"),
                        "C503C10000000002");
}

/* Who sends a block without the protection of the first one does not continue it. */
/* Without memory for the counter nothing is done that could not be answered. */
static void test_what_cannot_be_answered_is_not_done(void **state)
{
    (void)state;
    struct secure_peer secure;
    open_ciphered(&secure);
    secure.server.counter[DLMS_COUNTER_RECEIVE].limit = UINT32_MAX;
    secure.server_memory.fails = true;
    assert_string_equal(secure_ask(&secure, sealed, SET_SCRATCH), "D80101");
    assert_int_equal(secure.peer.device.writes, 0);
    secure.server.counter[DLMS_COUNTER_RECEIVE].limit = 0;
    assert_string_equal(secure_ask(&secure, sealed, SET_SCRATCH), "D80101");
    secure.server_memory.fails = false;
    assert_string_equal(secure_ask(&secure, sealed, SET_SCRATCH), "C501C100");
    assert_int_equal(secure.peer.device.writes, 1);
    /* nor can an association be opened */
    secure.server_memory.fails = true;
    assert_memory_equal(secure_aarq(&secure, sealed) + 26, "A203020101A305A10302010D", 24);
    assert_false(is_open(&secure));
}

static void test_a_transfer_keeps_its_protection(void **state)
{
    (void)state;
    struct secure_peer secure;
    open_ciphered(&secure);
    secure.peer.link.sessions[0].max_send_pdu = 100;
    secure_ask(&secure, sealed, "C001C1000F0000280000FF0200");
    assert_memory_equal(secure.text, "C402C100", 8);
    assert_string_equal(secure_ask(&secure, none, "C002C100000001"), "C402C101000000010110");
    assert_string_equal(secure_ask(&secure, under(DLMS_ENVELOPE_GLO, 0x10), "C002C100000001"),
                        "C402C101000000010110");
    assert_memory_equal(secure_ask(&secure, sealed, "C002C100000001"), "C402C10000000002", 16);
    secure_ask(&secure, sealed, "C102C100010000603200FF020000000000010311 0711");
    assert_string_equal(secure_ask(&secure, none, "C103C1010000000100"), "C503C11200000001");
}

static void test_ciphered_requests_out_of_place(void **state)
{
    (void)state;
    struct secure_peer secure;
    secure_init(&secure, crypto, 0, SECURE_CIPHERED);
    assert_string_equal(secure_ask(&secure, sealed, GET_SCRATCH), "D80102");
    secure.peer.client_sap = SECURE_MD5; /* not a ciphered one */
    secure_open(&secure, none);
    assert_string_equal(secure_ask(&secure, sealed, GET_SCRATCH), "D80202");
    open_ciphered(&secure);
    /* a dedicated key nobody agreed on; general envelopes nobody agreed on */
    assert_string_equal(secure_ask(&secure, under(DLMS_ENVELOPE_DED, 0x30), GET_SCRATCH), "D80105");
    secure.peer.link.sessions[0].conformance &= ~(uint32_t)DLMS_CONFORMANCE_GENERAL_PROTECTION;
    assert_string_equal(secure_ask(&secure, under(DLMS_ENVELOPE_GENERAL_GLO, 0x30), GET_SCRATCH),
                        "D80102");
    /* what may not be inside */
    open_ciphered(&secure);
    const struct dlms_cover general = under(DLMS_ENVELOPE_GENERAL_GLO, 0x30);
    assert_string_equal(secure_ask(&secure, general, "6200"), "D80202");
    assert_string_equal(secure_ask(&secure, general, "C81E30"), "D80202");
    assert_string_equal(secure_ask(&secure, general, "D80101"), "");
    assert_string_equal(secure_ask(&secure, general, "C401C10000"), "");
    assert_true(is_open(&secure));
}

/* With the broadcast key: carried out, and never answered. */
static void test_a_broadcast_is_not_answered(void **state)
{
    (void)state;
    struct secure_peer secure;
    open_ciphered(&secure);
    assert_string_equal(secure_ask(&secure, under(DLMS_ENVELOPE_GLO, 0x70), SET_SCRATCH), "");
    assert_int_equal(secure.peer.device.writes, 1);
}

/* ---- Policy and rights ---- */

static void test_the_policy_is_enforced(void **state)
{
    (void)state;
    static const struct {
        uint8_t policy;
        uint8_t control; /* of the request */
        bool is_served;
        uint8_t answer; /* control of the answer, at least */
    } rows[] = {
        {0x00, 0x00, true, 0x00}, {0x00, 0x10, true, 0x10}, {0x04, 0x00, false, 0},
        {0x04, 0x10, true, 0x10}, {0x04, 0x20, false, 0},   {0x04, 0x30, true, 0x30},
        {0x08, 0x10, false, 0},   {0x08, 0x20, true, 0x20}, {0x0C, 0x10, false, 0},
        {0x0C, 0x20, false, 0},   {0x0C, 0x30, true, 0x30}, {0x20, 0x00, true, 0x10},
        {0x60, 0x00, true, 0x30}, {0x64, 0x10, true, 0x30}, {0x40, 0x10, true, 0x30},
        {0x10, 0x30, false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct secure_peer secure;
        open_ciphered(&secure);
        secure.server.policy = rows[i].policy;
        const struct dlms_cover cover =
            rows[i].control == 0 ? none : under(DLMS_ENVELOPE_GLO, rows[i].control);
        const char *answer = secure_ask(&secure, cover, SET_SCRATCH);
        assert_int_equal(secure.peer.device.writes, rows[i].is_served);
        if (!rows[i].is_served) {
            assert_string_equal(answer, "D80101");
            secure_assert_event(&secure, DLMS_EVENT_POLICY_VIOLATED, 2);
        } else if (rows[i].answer != 0) {
            assert_int_equal(secure.peer.reply[0], 0xCD);
            assert_int_equal(secure.peer.reply[2], rows[i].answer);
        } else {
            assert_string_equal(answer, "C501C100");
        }
    }
}

static void test_objects_that_ask_for_protection(void **state)
{
    (void)state;
    static const struct dlms_object objects[] = {{
        .class_id = 1,
        .logical_name = {0, 0, 96, 50, 0, 255},
        .groups = 4,
        .attribute_count = 2,
        .readable = DLMS_ATTRIBUTE(2),
        .tag = 12, /* scratch 0 of the device */
        .writers = 4,
        .method_count = 1,
        .writable = DLMS_ATTRIBUTE(2),
        .invocable = DLMS_METHOD(1),
        .protection = DLMS_POLICY_REQUEST_AUTHENTICATED,
    }};
    struct secure_peer secure;
    open_ciphered(&secure);
    secure.peer.server.objects = objects;
    secure.peer.server.object_count = 1;
    assert_string_equal(secure_ask(&secure, none, GET_SCRATCH), "C401C10103");
    assert_string_equal(secure_ask(&secure, none, SET_SCRATCH), "C501C103");
    assert_string_equal(secure_ask(&secure, none, "C301C100010000603200FF0100"), "C701C10300");
    assert_string_equal(secure_ask(&secure, none, "C001C100010000603200FF0100"),
                        "C401C10009060000603200FF");
    assert_string_equal(secure_ask(&secure, sealed, SET_SCRATCH), "C501C100");
    static const struct {
        uint8_t version;
        const char *rights; /* of attribute 2 and method 1 */
    } lists[] = {
        {0, "02030F02160600"
            "0101"
            "02020F010301"},
        {1, "02030F02160600"
            "0101"
            "02020F011602"},
        {3, "02030F02160700"
            "0101"
            "02020F011605"},
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        secure.associations[5].version = lists[i].version;
        const char *list = secure_ask(&secure, sealed, "C001C1000F0000280000FF0200");
        assert_non_null(strstr(list, lists[i].rights));
    }
}

/* ---- Objects ---- */

static void test_association_versions(void **state)
{
    (void)state;
    static const struct dlms_user users[] = {{7, "reader"}, {9, "installer"}};
    struct secure_peer secure;
    open_ciphered(&secure);
    struct dlms_association *row = &secure.associations[5];
    row->version = 0;
    assert_string_equal(secure_ask(&secure, sealed, "C001C1000F0000280000FF0900"), "C401C10104");
    assert_string_equal(secure_ask(&secure, sealed, "C001C1000F0000280000FF0400"),
                        "C401C1000207110211101202F41105110811011103");
    assert_string_equal(secure_ask(&secure, sealed, "C001C1000F0000280000FF0600"),
                        "C401C1000207110211101202F41105110811021105");
    row->version = 1;
    assert_string_equal(secure_ask(&secure, sealed, "C001C1000F0000280000FF0900"),
                        "C401C10009060000"
                        "2B0000FF");
    assert_string_equal(secure_ask(&secure, sealed, "C001C1000F0000280000FF0A00"), "C401C10104");
    row->version = 2;
    row->users = users;
    row->user_count = 2;
    assert_string_equal(secure_ask(&secure, sealed, "C001C1000F0000280000FF0A00"),
                        "C401C10001020202"
                        "11070A06726561646572"
                        "0202"
                        "11090A09696E7374616C6C6572");
    assert_string_equal(secure_ask(&secure, sealed, "C001C1000F0000280000FF0B00"),
                        "C401C100020211000A00");
    assert_string_equal(secure_ask(&secure, sealed, "C001C1000F0000280000FF0700"), "C401C10103");
}

static void test_client_users(void **state)
{
    (void)state;
    static const struct dlms_user users[] = {{7, "reader"}, {9, "installer"}};
    static const struct {
        const char *field;
        const char *result;
    } rows[] = {
        {"A903020109", "A203020100A305A103020100"},   {"A903020107", "A203020100A305A103020100"},
        {"A903020108", "A203020101A305A103020106"},   {"", "A203020101A305A103020106"},
        {"A90402020009", "A203020101A305A103020106"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct secure_peer secure;
        char body[256];
        char text[300];
        uint8_t bytes[128];
        secure_init(&secure, crypto, 0, SECURE_COUNTER);
        secure.associations[7].users = users;
        secure.associations[7].user_count = 2;
        secure.associations[7].version = 2;
        snprintf(body, sizeof body, "A109060760857405080101%sBE10040E01000000065F1F040000FE1FFFFF",
                 rows[i].field);
        snprintf(text, sizeof text, "60%02X%s", (unsigned)peer_bytes(body, bytes, sizeof bytes),
                 body);
        assert_memory_equal(peer_ask(&secure.peer, text) + 26, rows[i].result, 24);
        if (i == 0) {
            assert_string_equal(peer_ask(&secure.peer, "C001C1000F0000280000FF0B00"),
                                "C401C100020211090A09696E7374616C6C6572");
        }
    }
}

static void test_security_setup_is_read(void **state)
{
    (void)state;
    struct secure_peer secure;
    open_ciphered(&secure);
    secure.server.policy = 0x24;
    static const char *const rows[][2] = {
        {"C001C1004000002B0000FF0100", "C401C10009060000"
                                       "2B0000FF"},
        {"C001C1004000002B0000FF0200", "C401C1001624"},
        {"C001C1004000002B0000FF0300", "C401C1001600"},
        {"C001C1004000002B0000FF0400", "C401C10009080000000000000000"},
        {"C001C1004000002B0000FF0500", "C401C10009084D4D4D0000BC614E"},
        {"C001C1004000002B0000FF0600", "C401C1000100"},
        {"C001C1004000002B0000FF0700", "C401C10104"},
        {"C101C1004000002B0000FF02001600", "C501C103"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(secure_ask(&secure, sealed, rows[i][0]), rows[i][1]);
    }
}

/* A client that lost its count reads it where nothing is ciphered. */
static void test_the_counter_is_public(void **state)
{
    (void)state;
    struct secure_peer secure;
    secure_init(&secure, crypto, 0, SECURE_COUNTER);
    secure_open(&secure, none);
    assert_string_equal(peer_ask(&secure.peer, "C001C1000100002B0100FF0200"), "C401C1000600000000");
    secure.server.counter[DLMS_COUNTER_RECEIVE].next = 0x1235;
    assert_string_equal(peer_ask(&secure.peer, "C001C1000100002B0100FF0200"), "C401C1000600001234");
    assert_string_equal(peer_ask(&secure.peer, "C001C1004000002B0000FF0200"), "C401C10104");
}

static void test_policy_can_only_grow(void **state)
{
    (void)state;
    struct secure_peer secure;
    open_ciphered(&secure);
    assert_string_equal(secure_ask(&secure, none, "C301C1004000002B0000FF01011604"), "C701C10D00");
    assert_string_equal(secure_ask(&secure, sealed, "C301C1004000002B0000FF01011104"),
                        "C701C10C00");
    assert_string_equal(secure_ask(&secure, sealed, "C301C1004000002B0000FF01011610"),
                        "C701C1FA00");
    assert_string_equal(secure_ask(&secure, sealed, "C301C1004000002B0000FF01011624"),
                        "C701C10000");
    secure_assert_event(&secure, DLMS_EVENT_POLICY_CHANGED, 2);
    assert_int_equal(secure.server.policy, 0x24);
    assert_string_equal(secure_ask(&secure, sealed, "C301C1004000002B0000FF01011604"),
                        "C701C1FA00");
    assert_string_equal(secure_ask(&secure, none, GET_SCRATCH), "D80101");
    secure.save_fails = true;
    assert_string_equal(secure_ask(&secure, sealed, "C301C1004000002B0000FF0101166C"),
                        "C701C10100");
    assert_int_equal(secure.server.policy, 0x24);
}

/* The request of key_transfer: keys in their order, each wrapped with the client's master key. */
static void transfer_text(const struct secure_peer *secure, const enum dlms_key *ids,
                          const uint8_t (*keys)[DLMS_KEY_MAX], size_t count, char *text,
                          size_t size)
{
    const size_t key_size = dlms_suite_key_size(secure->client.suite);
    int used = snprintf(text, size, "C301C1004000002B0000FF020101%02X", (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        uint8_t wrapped[DLMS_KEY_MAX + DLMS_KEY_WRAP];
        const struct dlms_span kek = {secure->client.key[DLMS_KEY_MASTER], key_size};
        assert_true(crypto->wrap(crypto->context, kek, keys[i], key_size, wrapped));
        used += snprintf(text + used, size - (size_t)used, "020216%02X09%02X", (unsigned)ids[i],
                         (unsigned)(key_size + DLMS_KEY_WRAP));
        for (size_t k = 0; k < key_size + DLMS_KEY_WRAP; k++) {
            used += snprintf(text + used, size - (size_t)used, "%02X", wrapped[k]);
        }
    }
}

static void test_keys_are_changed_by_wrapped_keys(void **state)
{
    (void)state;
    static const enum dlms_key ids[] = {DLMS_KEY_UNICAST, DLMS_KEY_AUTHENTICATION, DLMS_KEY_MASTER,
                                        DLMS_KEY_BROADCAST};
    for (uint8_t suite = 0; suite <= 2; suite++) {
        struct secure_peer secure;
        uint8_t keys[4][DLMS_KEY_MAX];
        char text[600];
        const struct dlms_cover cover = under(DLMS_ENVELOPE_GLO, 0x30u | suite);
        secure_init(&secure, crypto, suite, SECURE_CIPHERED);
        secure_open(&secure, cover);
        assert_true(crypto->random(crypto->context, keys[0], sizeof keys));
        transfer_text(&secure, ids, keys, 4, text, sizeof text);
        /* the answer still comes under the old keys: secure_ask deciphers it with them */
        assert_string_equal(secure_ask(&secure, cover, text), "C701C10000");
        secure_assert_event(&secure, DLMS_EVENT_KEYS_CHANGED, 2);
        assert_int_equal(secure.saves, 1);
        assert_string_equal(secure_ask(&secure, cover, GET_SCRATCH), "D80105");
        for (int i = 0; i < 4; i++) {
            memcpy(secure.client.key[ids[i]], keys[i], dlms_suite_key_size(suite));
        }
        secure.client.counter[DLMS_COUNTER_SEND].next = 0; /* a new key, a new count */
        assert_string_equal(secure_ask(&secure, cover, GET_SCRATCH), UNAVAILABLE);
        assert_string_equal(
            secure_ask(&secure, under(DLMS_ENVELOPE_GLO, 0x70u | suite), SET_SCRATCH), "");
        assert_int_equal(secure.peer.device.writes, 1);
    }
}

/* The key that was there before: what was sent under it is not taken again. */
static void test_the_same_key_begins_no_new_count(void **state)
{
    (void)state;
    static const enum dlms_key ids[] = {DLMS_KEY_UNICAST, DLMS_KEY_BROADCAST, DLMS_KEY_UNICAST,
                                        DLMS_KEY_BROADCAST};
    struct secure_peer secure;
    uint8_t keys[4][DLMS_KEY_MAX] = {{1}, {2}};
    char text[600];
    open_ciphered(&secure);
    memcpy(keys[2], secure.server.key[DLMS_KEY_UNICAST], DLMS_KEY_MAX);
    memcpy(keys[3], secure.server.key[DLMS_KEY_BROADCAST], DLMS_KEY_MAX);
    secure.client.counter[DLMS_COUNTER_SEND].next = 0x1000;
    assert_string_equal(secure_ask(&secure, under(DLMS_ENVELOPE_GLO, 0x70), SET_SCRATCH), "");
    for (size_t first = 0; first <= 2; first += 2) {
        transfer_text(&secure, ids + first, (const uint8_t(*)[DLMS_KEY_MAX])keys + first, 4 - first,
                      text, sizeof text);
        assert_string_equal(secure_ask(&secure, sealed, text), "C701C10000");
    }
    assert_int_equal(secure.server.counter[DLMS_COUNTER_RECEIVE].next, 0x1003);
    assert_int_equal(secure.server.counter[DLMS_COUNTER_RECEIVE_BROADCAST].next, 0x1001);
    secure.client.counter[DLMS_COUNTER_SEND].next = 0x1002;
    assert_string_equal(secure_ask(&secure, sealed, SET_SCRATCH), "D8010600001003");
}

static void test_key_transfers_that_change_nothing(void **state)
{
    (void)state;
    static const enum dlms_key ids[] = {DLMS_KEY_UNICAST, DLMS_KEY_AUTHENTICATION};
    struct secure_peer secure;
    uint8_t keys[2][DLMS_KEY_MAX] = {{1}, {2}};
    char text[600];
    char damaged[600];
    open_ciphered(&secure);
    const struct dlms_security before = secure.server;
    transfer_text(&secure, ids, keys, 2, text, sizeof text);
    const size_t end = strlen(text);
    /* the last key damaged: the first is not taken either */
    memcpy(damaged, text, sizeof damaged);
    damaged[end - 1] = damaged[end - 1] == '0' ? '1' : '0';
    assert_string_equal(secure_ask(&secure, sealed, damaged), "C701C1FA00");
    /* key_id 4; wrong length; no array; an empty one; not authenticated; memory that fails */
    memcpy(damaged, text, sizeof damaged);
    memcpy(damaged + 36, "04", 2);
    assert_string_equal(secure_ask(&secure, sealed, damaged), "C701C10C00");
    assert_string_equal(
        secure_ask(&secure, sealed, "C301C1004000002B0000FF020101010202160009021122"),
        "C701C1FA00");
    assert_string_equal(secure_ask(&secure, sealed, "C301C1004000002B0000FF02010F00"),
                        "C701C10C00");
    assert_string_equal(secure_ask(&secure, sealed, "C301C1004000002B0000FF0200"), "C701C10C00");
    assert_string_equal(secure_ask(&secure, sealed, "C301C1004000002B0000FF02010100"),
                        "C701C10C00");
    assert_string_equal(secure_ask(&secure, under(DLMS_ENVELOPE_GLO, 0x20), text), "C701C10D00");
    secure.save_fails = true;
    assert_string_equal(secure_ask(&secure, sealed, text), "C701C10100");
    assert_memory_equal(secure.server.key, before.key, sizeof before.key);
    assert_int_equal(secure.saves, 0);
    /* who may not */
    secure.save_fails = false;
    secure.associations[5].builtins &= (uint8_t)~DLMS_BUILTIN_CHANGE_SECRETS;
    assert_string_equal(secure_ask(&secure, sealed, text), "C701C10300");
    assert_memory_equal(secure.server.key, before.key, sizeof before.key);
}

/* A client's offer for a key, as the parameter of key_agreement. */
static void agreement_text(const uint8_t *offer, size_t length, enum dlms_key id, char *text,
                           size_t size)
{
    int used = snprintf(text, size, "C301C1004000002B0000FF03010101020216%02X0981%02X",
                        (unsigned)id, (unsigned)length);
    for (size_t i = 0; i < length; i++) {
        used += snprintf(text + used, size - (size_t)used, "%02X", offer[i]);
    }
}

static void test_a_key_is_agreed_on(void **state)
{
    (void)state;
    for (uint8_t suite = 1; suite <= 2; suite++) {
        struct secure_peer secure;
        uint8_t private_key[DLMS_HASH_MAX];
        uint8_t offer[DLMS_AGREEMENT_MAX];
        uint8_t answer[300];
        char text[600];
        const struct dlms_cover cover = under(DLMS_ENVELOPE_GLO, 0x30u | suite);
        secure_init(&secure, crypto, suite, SECURE_CIPHERED);
        secure_open(&secure, cover);
        const size_t size = dlms_agreement_size(&secure.client);
        assert_true(dlms_agreement_offer(&secure.client, DLMS_KEY_UNICAST, private_key, offer));
        agreement_text(offer, size, DLMS_KEY_UNICAST, text, sizeof text);
        const size_t length = peer_bytes(secure_ask(&secure, cover, text), answer, sizeof answer);
        assert_int_equal(length, 15 + size);
        assert_memory_equal(answer, "\xC7\x01\xC1\x00\x01\x00\x01\x01\x02\x02\x16\x00\x09\x81", 14);
        assert_true(dlms_agreement_derive(&secure.client, DLMS_KEY_UNICAST, private_key,
                                          (struct dlms_span){answer + 15, size}, keys_client_title,
                                          keys_server_title, secure.client.key[DLMS_KEY_UNICAST]));
        assert_memory_equal(secure.client.key[DLMS_KEY_UNICAST],
                            secure.server.key[DLMS_KEY_UNICAST], dlms_suite_key_size(suite));
        assert_string_equal(secure_ask(&secure, cover, SET_SCRATCH), "C501C100");
        secure_assert_event(&secure, DLMS_EVENT_KEYS_CHANGED, 2);
        /* a signature for another key, and one that is wrong */
        const struct dlms_security before = secure.server;
        agreement_text(offer, size, DLMS_KEY_AUTHENTICATION, text, sizeof text);
        assert_string_equal(secure_ask(&secure, cover, text), "C701C1FA00");
        offer[size - 1] ^= 1;
        agreement_text(offer, size, DLMS_KEY_UNICAST, text, sizeof text);
        assert_string_equal(secure_ask(&secure, cover, text), "C701C1FA00");
        assert_memory_equal(secure.server.key, before.key, sizeof before.key);
    }
}

/* No room to tell the client: a key that it could not learn of is not taken. */
static void test_a_key_that_cannot_be_told_is_not_agreed_on(void **state)
{
    (void)state;
    struct secure_peer secure;
    uint8_t private_key[DLMS_HASH_MAX];
    uint8_t offer[DLMS_AGREEMENT_MAX];
    char text[600];
    const struct dlms_cover cover = under(DLMS_ENVELOPE_GLO, 0x32);
    secure_init(&secure, crypto, 2, SECURE_CIPHERED);
    secure_open(&secure, cover);
    secure.peer.link.sessions[0].conformance &= ~(uint32_t)DLMS_CONFORMANCE_BLOCK_ACTION;
    const struct dlms_security before = secure.server;
    assert_true(dlms_agreement_offer(&secure.client, DLMS_KEY_UNICAST, private_key, offer));
    agreement_text(offer, dlms_agreement_size(&secure.client), DLMS_KEY_UNICAST, text, sizeof text);
    secure.peer.link.sessions[0].max_send_pdu = 128;
    assert_string_equal(secure_ask(&secure, cover, text), "C701C1FA00");
    assert_memory_equal(secure.server.key, before.key, sizeof before.key);
    assert_int_equal(secure.saves, 0);
    secure.peer.link.sessions[0].max_send_pdu = 300;
    assert_int_equal(strncmp(secure_ask(&secure, cover, text), "C701C10001", 10), 0);
    assert_int_equal(secure.saves, 1);
}

/* In a list, too, at whatever room there is: taken is what was told. */
static void test_an_agreed_key_in_a_list(void **state)
{
    (void)state;
    static const char behind[] = "000900000A0000FF02"; /* a method without parameters */
    const struct dlms_cover cover = under(DLMS_ENVELOPE_GENERAL_GLO, 0x31);
    struct secure_peer secure;
    uint8_t private_key[DLMS_HASH_MAX];
    uint8_t offer[DLMS_AGREEMENT_MAX];
    char single[600];
    unsigned told = 0;
    unsigned untold = 0;
    for (unsigned n = 0; n < 2 * 48; n++) {
        char text[700];
        const bool is_access = n % 2 == 1;
        secure_init(&secure, crypto, 1, SECURE_CIPHERED);
        secure_open(&secure, cover);
        struct dlms_session *session = &secure.peer.link.sessions[0];
        session->conformance &= ~(uint32_t)DLMS_CONFORMANCE_BLOCK_ACTION;
        session->conformance |= DLMS_CONFORMANCE_ACCESS;
        session->max_send_pdu = (uint16_t)(170 + n / 2);
        assert_true(dlms_agreement_offer(&secure.client, DLMS_KEY_UNICAST, private_key, offer));
        agreement_text(offer, dlms_agreement_size(&secure.client), DLMS_KEY_UNICAST, single,
                       sizeof single);
        snprintf(text, sizeof text,
                 is_access ? "D940000001000203%.18s03%s02%s00" : "C303C102%.18s%s02%s00",
                 single + 6, behind, single + 26);
        const struct dlms_security before = secure.server;
        const char *answer = secure_ask(&secure, cover, text);
        const size_t length = strlen(answer);
        assert_int_equal(strncmp(answer, is_access ? "DA40000001" : "C703C102", 8), 0);
        const bool is_told = strncmp(is_access ? answer + length - 6 : answer + 8, "00", 2) == 0;
        assert_int_equal(memcmp(secure.server.key, before.key, sizeof before.key) != 0, is_told);
        told += is_told;
        untold += !is_told;
    }
    assert_true(told > 10 && untold > 10);
}

static void test_suite_0_agrees_on_nothing(void **state)
{
    (void)state;
    struct secure_peer secure;
    open_ciphered(&secure);
    assert_string_equal(secure_ask(&secure, sealed, "C301C1004000002B0000FF03010100"),
                        "C701C10300");
}

static void test_secrets_are_changed(void **state)
{
    (void)state;
    struct secure_peer secure;
    secure_init(&secure, crypto, 0, SECURE_PASSWORD);
    secure_open(&secure, sealed);
    /* in a ciphered association only encrypted; not empty; an octet-string */
    assert_string_equal(secure_ask(&secure, under(DLMS_ENVELOPE_GLO, 0x10),
                                   "C101C1000F0000280000FF0700090431323334"),
                        "C501C10D");
    assert_string_equal(secure_ask(&secure, sealed, "C101C1000F0000280000FF07000900"), "C501C10C");
    assert_string_equal(secure_ask(&secure, sealed, "C101C1000F0000280000FF07001107"), "C501C10C");
    assert_string_equal(secure_ask(&secure, sealed, "C101C1000F0000280000FF0700090431323334"),
                        "C501C100");
    secure_assert_event(&secure, DLMS_EVENT_SECRET_CHANGED, 2);
    secure_open(&secure, sealed); /* with 1234 */
    secure_init(&secure, crypto, 0, SECURE_SHA1);
    secure_open(&secure, none);
    assert_string_equal(peer_ask(&secure.peer, "C301C1000F0000280000FF0201090441424344"),
                        "C701C10000");
    secure_open(&secure, none); /* with ABCD */
    secure.associations[1].builtins = 0;
    assert_string_equal(peer_ask(&secure.peer, "C301C1000F0000280000FF0201090441424344"),
                        "C701C10300");
    assert_string_equal(peer_ask(&secure.peer, "C101C1000F0000280000FF0700090431323334"),
                        "C501C103");
}

/* ---- Release ---- */

/* The InitiateRequest that goes along with an RLRQ. */
static const char *release(struct secure_peer *secure, struct dlms_cover cover)
{
    uint8_t apdu[200];
    uint8_t covered[150];
    struct dlms_keys keys;
    size_t length =
        peer_bytes("01000000065F1F0400405E1D01F4", covered + dlms_cover_head(&cover), 50);
    dlms_keys_take(&secure->client, NULL, &cover, &keys);
    if (cover.envelope != DLMS_ENVELOPE_NONE) {
        assert_int_equal(
            dlms_protect(&secure->client, &keys, &cover, covered, sizeof covered, &length),
            DLMS_OK);
    }
    struct dlms_writer out = dlms_writer(apdu, sizeof apdu);
    dlms_raw_u8(&out, 0x62);
    dlms_raw_length(&out, 3 + 4 + length);
    dlms_raw_bytes(&out, "\x80\x01\x00\xBE", 4);
    dlms_raw_length(&out, 2 + length);
    dlms_raw_u8(&out, 4);
    dlms_raw_length(&out, length);
    dlms_raw_bytes(&out, covered, length);
    return peer_send(&secure->peer, apdu, out.total);
}

static void test_release_must_be_protected(void **state)
{
    (void)state;
    struct secure_peer secure;
    open_ciphered(&secure);
    secure.server.policy = DLMS_POLICY_REQUEST_AUTHENTICATED;
    assert_string_equal(peer_ask(&secure.peer, "6203800100"), "6303800101");
    assert_string_equal(peer_ask(&secure.peer, "6200"), "6303800101");
    assert_string_equal(release(&secure, none), "6303800101");
    assert_string_equal(release(&secure, under(DLMS_ENVELOPE_GLO, 0x20)), "6303800101");
    assert_true(is_open(&secure));
    const char *answer = release(&secure, sealed);
    assert_memory_equal(answer, "6328800100BE230421281F30", 24);
    assert_false(is_open(&secure));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_mechanism_opens),
        cmocka_unit_test(test_the_aare_asks_for_the_proof),
        cmocka_unit_test(test_challenges_are_fresh),
        cmocka_unit_test(test_a_pending_association_gives_nothing),
        cmocka_unit_test(test_a_wrong_proof_ends_it),
        cmocka_unit_test(test_what_is_no_proof_at_all),
        cmocka_unit_test(test_a_handshake_cannot_be_replayed),
        cmocka_unit_test(test_one_handshake_at_a_time),
        cmocka_unit_test(test_nobody_else_has_the_servers_title),
        cmocka_unit_test(test_challenges_of_the_wrong_length),
        cmocka_unit_test(test_without_random_numbers_nothing_opens),
        cmocka_unit_test(test_a_row_without_keys_opens_nothing),
        cmocka_unit_test(test_a_device_may_lock_its_door),
        cmocka_unit_test(test_a_locked_door_opens_to_the_key),
        cmocka_unit_test(test_every_envelope_level_and_suite),
        cmocka_unit_test(test_password_inside_ciphering),
        cmocka_unit_test(test_a_forged_request_does_nothing),
        cmocka_unit_test(test_a_forgery_is_told_and_counted),
        cmocka_unit_test(test_a_replay_is_refused),
        cmocka_unit_test(test_a_replay_over_a_power_cut),
        cmocka_unit_test(test_what_a_ciphered_initiate_must_be),
        cmocka_unit_test(test_blocks_inside_ciphering),
        cmocka_unit_test(test_what_cannot_be_answered_is_not_done),
        cmocka_unit_test(test_a_transfer_keeps_its_protection),
        cmocka_unit_test(test_ciphered_requests_out_of_place),
        cmocka_unit_test(test_a_broadcast_is_not_answered),
        cmocka_unit_test(test_the_policy_is_enforced),
        cmocka_unit_test(test_objects_that_ask_for_protection),
        cmocka_unit_test(test_association_versions),
        cmocka_unit_test(test_client_users),
        cmocka_unit_test(test_security_setup_is_read),
        cmocka_unit_test(test_the_counter_is_public),
        cmocka_unit_test(test_policy_can_only_grow),
        cmocka_unit_test(test_keys_are_changed_by_wrapped_keys),
        cmocka_unit_test(test_the_same_key_begins_no_new_count),
        cmocka_unit_test(test_key_transfers_that_change_nothing),
        cmocka_unit_test(test_a_key_is_agreed_on),
        cmocka_unit_test(test_a_key_that_cannot_be_told_is_not_agreed_on),
        cmocka_unit_test(test_an_agreed_key_in_a_list),
        cmocka_unit_test(test_suite_0_agrees_on_nothing),
        cmocka_unit_test(test_secrets_are_changed),
        cmocka_unit_test(test_release_must_be_protected),
    };
    return cmocka_run_group_tests(tests, crypto_setup, crypto_teardown);
}
