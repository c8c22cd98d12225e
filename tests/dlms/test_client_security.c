/* COM-2. The client with ciphering and high level security, against the server of this library: every
 * mechanism, envelope and suite; and servers that are not who they say they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto_fixture.h"
#include "dlms/client_security.h"
#include "secure_peer.h"

enum { REQUEST = 300, VALUE = 2000 };

struct reader {
    struct secure_peer secure;
    struct dlms_client_settings settings;
    struct dlms_client client;
    struct dlms_client_cover cover;
    struct dlms_client_hls hls;
    uint8_t request[REQUEST];
    uint8_t value[VALUE];
    uint8_t plain[VALUE];
};

static void start(struct reader *reader, uint8_t suite, uint16_t client_sap, uint8_t envelope,
                  uint8_t control)
{
    memset(reader, 0, sizeof *reader);
    secure_init(&reader->secure, crypto, suite, client_sap);
    reader->settings = (struct dlms_client_settings){
        .title = {reader->secure.client.own_title, DLMS_TITLE},
        .conformance = 0x00FFFFFF,
        .max_receive_pdu = 200,
    };
    reader->hls.hls = (struct dlms_hls){
        .mechanism = (enum dlms_mechanism)(client_sap - 30),
        .crypto = crypto,
        .security = &reader->secure.client,
        .secret = {reader->secure.secret, reader->secure.secret_length},
        .own_title = reader->secure.client.own_title,
    };
    if (client_sap == SECURE_CIPHERED) {
        reader->hls.hls.mechanism = DLMS_MECHANISM_GMAC;
    }
    dlms_client_init(&reader->client, &reader->settings, reader->request, REQUEST, reader->value,
                     VALUE);
    if (envelope != DLMS_ENVELOPE_NONE) {
        dlms_client_cover_init(&reader->cover, &reader->client, &reader->secure.client,
                               (struct dlms_cover){envelope, control}, reader->plain, VALUE);
        reader->settings.protection = &reader->cover.protection;
    }
}

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

static enum dlms_client_status prove(struct reader *reader)
{
    const enum dlms_client_status status =
        finish(reader, dlms_client_prove(&reader->client, &reader->hls));
    return status == DLMS_CLIENT_DONE ? dlms_client_judge(&reader->client, &reader->hls) : status;
}

static void open_association(struct reader *reader)
{
    assert_true(dlms_client_challenge(&reader->hls, &reader->settings));
    assert_int_equal(finish(reader, dlms_client_associate(&reader->client)),
                     DLMS_CLIENT_CHALLENGED);
    assert_int_equal(prove(reader), DLMS_CLIENT_DONE);
}

static const struct dlms_client_attribute scratch = {
    .class_id = 1, .logical_name = {0, 0, 96, 50, 0, 255}, .index = 2};

/* Writes what takes blocks, and reads it back, in blocks. */
static void write_and_read(struct reader *reader)
{
    uint8_t data[500];
    uint8_t content[400];
    struct dlms_writer out = dlms_writer(data, sizeof data);
    memset(content, 0x5A, sizeof content);
    dlms_put_octet_string(&out, content, sizeof content);
    const struct dlms_span value = {data, out.total};
    assert_int_equal(finish(reader, dlms_client_set(&reader->client, &scratch, value)),
                     DLMS_CLIENT_DONE);
    assert_int_equal(finish(reader, dlms_client_get(&reader->client, &scratch)), DLMS_CLIENT_DONE);
    assert_int_equal(dlms_client_value(&reader->client).length, value.length);
    assert_memory_equal(dlms_client_value(&reader->client).data, value.data, value.length);
}

static void test_every_mechanism(void **state)
{
    (void)state;
    static const uint16_t clients[] = {SECURE_MD5, SECURE_SHA1, SECURE_GMAC, SECURE_SHA256,
                                       SECURE_ECDSA};
    for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++) {
        for (uint8_t suite = clients[i] == SECURE_ECDSA ? 1 : 0; suite <= 2; suite++) {
            struct reader reader;
            start(&reader, suite, clients[i], DLMS_ENVELOPE_NONE, 0);
            open_association(&reader);
            write_and_read(&reader);
        }
    }
}

static void use_envelope(uint8_t envelope, uint8_t suite)
{
    for (uint8_t control = 0x10; control <= 0x30; control += 0x10) {
        struct reader reader;
        start(&reader, suite, SECURE_CIPHERED, envelope, control | suite);
        if (envelope >= DLMS_ENVELOPE_GENERAL) { /* says whom it is for */
            memcpy(reader.secure.client.peer_title, keys_server_title, DLMS_TITLE);
        }
        open_association(&reader);
        write_and_read(&reader);
    }
}

static void test_every_envelope(void **state)
{
    (void)state;
    for (uint8_t suite = 0; suite <= 2; suite++) {
        use_envelope(DLMS_ENVELOPE_GLO, suite);
        use_envelope(DLMS_ENVELOPE_GENERAL_GLO, suite);
        use_envelope(DLMS_ENVELOPE_GENERAL, suite);
        use_envelope(DLMS_ENVELOPE_GENERAL_WRAPPED, suite);
    }
}

/* Each APDU has a key of its own, and only who has the master key can read it. */
static void test_a_wrapped_key(void **state)
{
    (void)state;
    struct reader reader;
    uint8_t first[REQUEST];
    start(&reader, 0, SECURE_CIPHERED, DLMS_ENVELOPE_GENERAL_WRAPPED, 0x30);
    memcpy(reader.secure.client.peer_title, keys_server_title, DLMS_TITLE);
    open_association(&reader);
    const size_t key_info = 1 + 9 + 9 + 9 + 1 + 1;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(dlms_client_get(&reader.client, &scratch), DLMS_CLIENT_SEND);
        const struct dlms_span apdu = dlms_client_output(&reader.client);
        static const uint8_t head[] = {1, 1, 0, 24};
        assert_int_equal(apdu.data[0], 0xDD);
        assert_memory_equal(apdu.data + key_info, head, sizeof head);
        if (i > 0) {
            assert_memory_not_equal(first + key_info + 4, apdu.data + key_info + 4, 24);
        }
        memcpy(first, apdu.data, apdu.length);
        assert_int_equal(finish(&reader, DLMS_CLIENT_SEND), DLMS_CLIENT_ERR_RESULT);
        assert_int_equal(reader.secure.peer.reply[0], 0xDD);
        assert_memory_equal(reader.secure.peer.reply + key_info, head, sizeof head);
        /* The same once more has the number that was there before. */
        peer_send(&reader.secure.peer, first, apdu.length);
        assert_int_equal(strncmp(reader.secure.peer.hex, "D80106", 6), 0);
    }
    reader.secure.client.key[DLMS_KEY_MASTER][0] ^= 1;
    assert_int_equal(finish(&reader, dlms_client_get(&reader.client, &scratch)),
                     DLMS_CLIENT_ERR_EXCEPTION);
    assert_int_equal(reader.client.exception_service, 5); /* deciphering-error */
}

static void test_a_server_that_cannot_prove_itself(void **state)
{
    (void)state;
    struct reader reader;
    start(&reader, 0, SECURE_SHA256, DLMS_ENVELOPE_NONE, 0);
    assert_true(dlms_client_challenge(&reader.hls, &reader.settings));
    assert_int_equal(finish(&reader, dlms_client_associate(&reader.client)),
                     DLMS_CLIENT_CHALLENGED);
    assert_int_equal(finish(&reader, dlms_client_prove(&reader.client, &reader.hls)),
                     DLMS_CLIENT_DONE);
    reader.value[10] ^= 1;
    assert_int_equal(dlms_client_judge(&reader.client, &reader.hls), DLMS_CLIENT_ERR_SECURITY);
    assert_false(reader.client.is_associated);
}

static void test_challenges_that_are_none(void **state)
{
    (void)state;
    struct reader reader;
    start(&reader, 0, SECURE_MD5, DLMS_ENVELOPE_NONE, 0);
    assert_true(dlms_client_challenge(&reader.hls, &reader.settings));
    assert_int_equal(finish(&reader, dlms_client_associate(&reader.client)),
                     DLMS_CLIENT_CHALLENGED);
    memcpy(reader.value, reader.hls.own_challenge, 16); /* our own, sent back */
    assert_int_equal(dlms_client_prove(&reader.client, &reader.hls), DLMS_CLIENT_ERR_SECURITY);
    reader.client.value_length = 7;
    assert_int_equal(dlms_client_prove(&reader.client, &reader.hls), DLMS_CLIENT_ERR_SECURITY);
}

/* Any one bit of a protected answer wrong, or the protection missing: not taken. */
static void test_forged_answers(void **state)
{
    (void)state;
    struct reader reader;
    start(&reader, 0, SECURE_CIPHERED, DLMS_ENVELOPE_GLO, 0x30);
    open_association(&reader);
    for (size_t octet = 0; octet < 24; octet++) {
        struct peer *peer = &reader.secure.peer;
        assert_int_equal(dlms_client_get(&reader.client, &scratch), DLMS_CLIENT_SEND);
        const struct dlms_span apdu = dlms_client_output(&reader.client);
        peer_send(peer, apdu.data, apdu.length);
        assert_true(octet < peer->reply_length);
        peer->reply[octet] ^= 0x04;
        const enum dlms_client_status status = dlms_client_received(
            &reader.client, (struct dlms_span){peer->reply, peer->reply_length});
        assert_int_equal(status, DLMS_CLIENT_ERR_SECURITY);
    }
    assert_int_equal(dlms_client_get(&reader.client, &scratch), DLMS_CLIENT_SEND);
    const uint8_t plain[] = {0xC4, 0x01, reader.client.invoke_sent, 0x00, 0x11, 0x05};
    assert_int_equal(dlms_client_received(&reader.client, (struct dlms_span){plain, sizeof plain}),
                     DLMS_CLIENT_ERR_SECURITY);
}

/* A key that many have says nothing of who answers. */
static void test_no_answer_under_the_broadcast_key(void **state)
{
    (void)state;
    static const struct dlms_cover covers[] = {{DLMS_ENVELOPE_GLO, 0x30},
                                               {DLMS_ENVELOPE_GLO, 0x70}};
    for (size_t i = 0; i < 2; i++) {
        struct reader reader;
        uint8_t apdu[64];
        struct dlms_keys keys;
        start(&reader, 0, SECURE_CIPHERED, DLMS_ENVELOPE_GLO, 0x30);
        open_association(&reader);
        assert_int_equal(dlms_client_get(&reader.client, &scratch), DLMS_CLIENT_SEND);
        const uint8_t plain[] = {0xC4, 0x01, reader.client.invoke_sent, 0x00, 0x11, 0x05};
        size_t length = sizeof plain;
        memcpy(apdu + dlms_cover_head(&covers[i]), plain, length);
        dlms_keys_take(&reader.secure.server, NULL, &covers[i], &keys);
        assert_int_equal(
            dlms_protect(&reader.secure.server, &keys, &covers[i], apdu, sizeof apdu, &length),
            DLMS_OK);
        assert_int_equal(dlms_client_received(&reader.client, (struct dlms_span){apdu, length}),
                         i == 0 ? DLMS_CLIENT_DONE : DLMS_CLIENT_ERR_SECURITY);
    }
}

static void test_an_answer_is_taken_once(void **state)
{
    (void)state;
    struct reader reader;
    start(&reader, 0, SECURE_CIPHERED, DLMS_ENVELOPE_GLO, 0x30);
    open_association(&reader);
    const struct peer *peer = &reader.secure.peer;
    reader.client.invoke = 0xC1;
    assert_int_equal(finish(&reader, dlms_client_get(&reader.client, &scratch)),
                     DLMS_CLIENT_ERR_RESULT); /* empty at first */
    const struct dlms_span again = {peer->reply, peer->reply_length};
    reader.client.invoke = 0xC1;
    assert_int_equal(dlms_client_get(&reader.client, &scratch), DLMS_CLIENT_SEND);
    assert_int_equal(dlms_client_received(&reader.client, again), DLMS_CLIENT_ERR_SECURITY);
}

/* The AARE names another server than the one the client has keys for. */
static void test_another_server(void **state)
{
    (void)state;
    struct reader reader;
    start(&reader, 0, SECURE_CIPHERED, DLMS_ENVELOPE_GLO, 0x30);
    memcpy(reader.secure.client.peer_title, "ABCDEFGH", DLMS_TITLE);
    assert_true(dlms_client_challenge(&reader.hls, &reader.settings));
    assert_int_equal(finish(&reader, dlms_client_associate(&reader.client)),
                     DLMS_CLIENT_ERR_SECURITY);
    assert_false(reader.client.is_associated);
}

static void test_no_numbers_no_requests(void **state)
{
    (void)state;
    struct reader reader;
    start(&reader, 0, SECURE_CIPHERED, DLMS_ENVELOPE_GLO, 0x30);
    open_association(&reader);
    reader.secure.client_memory.fails = true;
    assert_int_equal(dlms_client_get(&reader.client, &scratch), DLMS_CLIENT_ERR_SECURITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_mechanism),
        cmocka_unit_test(test_every_envelope),
        cmocka_unit_test(test_a_wrapped_key),
        cmocka_unit_test(test_a_server_that_cannot_prove_itself),
        cmocka_unit_test(test_challenges_that_are_none),
        cmocka_unit_test(test_forged_answers),
        cmocka_unit_test(test_no_answer_under_the_broadcast_key),
        cmocka_unit_test(test_an_answer_is_taken_once),
        cmocka_unit_test(test_another_server),
        cmocka_unit_test(test_no_numbers_no_requests),
    };
    return cmocka_run_group_tests(tests, crypto_setup, crypto_teardown);
}
