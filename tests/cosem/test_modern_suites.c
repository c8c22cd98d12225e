/* COM-2. The modern profile in suites 1 and 2: HLS 7, ciphering with keys of the suite, signatures and agreed
 * keys where the client has them, a policy that asks for them, new keys. */
#include "modern_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t clock_name[6] = {0, 1, 1, 0, 0, 255};
static const uint8_t setup_name[6] = {0, 0, 43, 0, 0, 255};

static struct modern_client modern;

static void start_suite(uint8_t suite)
{
    modern_start_suite(&modern, suite);
}

static void test_both_clients_in_every_cover(void **state)
{
    static const uint8_t envelopes[] = {
        DLMS_ENVELOPE_GLO,
        DLMS_ENVELOPE_GENERAL_GLO | DLMS_SIGNED_INSIDE,
        DLMS_ENVELOPE_GLO | DLMS_SIGNED_AROUND,
        DLMS_ENVELOPE_GENERAL_ONE_PASS,
        DLMS_ENVELOPE_GENERAL_STATIC | DLMS_SIGNED_INSIDE,
    };
    (void)state;
    for (uint8_t suite = 1; suite <= 2; suite++) {
        start_suite(suite);
        for (size_t e = 0; e < sizeof envelopes; e++) {
            modern.envelope = envelopes[e];
            for (int number = 0; number < WH_MODERN_CLIENTS; number++) {
                modern_connect(&modern, number);
                assert_int_equal(modern_get(&modern, 8, clock_name, 2), 0);
                assert_int_equal(modern_get(&modern, 64, setup_name, 3), number == 0 ? 0 : 4);
            }
        }
        modern_stop(&modern);
    }
}

/* Each key is needed: the symmetric one, the client's own, the meter's. */
static void test_every_key_is_needed(void **state)
{
    (void)state;
    start_suite(1);
    modern_become(&modern, 0);
    modern.security.key[DLMS_KEY_UNICAST][0] ^= 1;
    assert_int_equal(modern_open(&modern), DLMS_CLIENT_ERR_REFUSED);
    modern_become(&modern, 0);
    modern.security.private_key = (struct dlms_span){modern.own[1].signing, 32};
    assert_int_equal(modern_open(&modern), DLMS_CLIENT_ERR_RESULT);
    modern_become(&modern, 0);
    modern.security.public_key = (struct dlms_span){modern.keys.client[1].signing, 64};
    assert_int_equal(modern_open(&modern), DLMS_CLIENT_ERR_SECURITY);
    modern_connect(&modern, 0);
    modern_stop(&modern);
}

/* Management makes signatures the rule; it is kept over a power cut, and does not bind the other client. */
static void test_signatures_become_the_rule(void **state)
{
    (void)state;
    uint8_t data[2];
    struct dlms_writer out = dlms_writer(data, sizeof data);
    start_suite(1);
    modern_connect(&modern, 0);
    dlms_put_enum(&out, 0xFC);
    assert_int_equal(modern_invoke(&modern, 64, setup_name, 1, &out), 0);
    assert_int_equal(modern_restart(&modern), WH_OK);
    modern_become(&modern, 0);
    assert_int_not_equal(modern_open(&modern), DLMS_CLIENT_DONE); /* the proof is not signed */
    modern.envelope = DLMS_ENVELOPE_GENERAL_GLO | DLMS_SIGNED_INSIDE;
    modern_connect(&modern, 0);
    assert_int_equal(modern_get(&modern, 8, clock_name, 2), 0);
    modern.envelope = DLMS_ENVELOPE_GLO;
    modern_connect(&modern, 1);
    modern_stop(&modern);
}

/* A new key of 32 octets, and it alone, after a power cut. */
static void test_a_key_of_suite_2_is_changed(void **state)
{
    static const uint8_t key[WH_MODERN_KEY] = {0x5A, [31] = 0xA5};
    uint8_t wrapped[WH_MODERN_KEY + DLMS_KEY_WRAP];
    uint8_t bytes[64];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    (void)state;
    start_suite(2);
    modern_connect(&modern, 0);
    const struct dlms_crypto *crypto = modern.security.crypto;
    assert_true(crypto->wrap(crypto->context, (struct dlms_span){modern.keys.master, WH_MODERN_KEY},
                             key, sizeof key, wrapped));
    dlms_put_array(&data, 1);
    dlms_put_structure(&data, 2);
    dlms_put_enum(&data, DLMS_KEY_UNICAST);
    dlms_put_octet_string(&data, wrapped, sizeof wrapped);
    assert_int_equal(modern_invoke(&modern, 64, setup_name, 2, &data), 0);
    assert_int_equal(modern_restart(&modern), WH_OK);
    modern_become(&modern, 0);
    assert_int_equal(modern_open(&modern), DLMS_CLIENT_ERR_REFUSED);
    modern_become(&modern, 0);
    memcpy(modern.security.key[DLMS_KEY_UNICAST], key, sizeof key);
    assert_int_equal(modern_open(&modern), DLMS_CLIENT_DONE);
    modern_stop(&modern);
}

/* key_agreement: both ends derive a key that was never sent. */
static void test_a_key_is_agreed_on(void **state)
{
    (void)state;
    uint8_t private_key[DLMS_HASH_MAX];
    uint8_t offer[DLMS_AGREEMENT_MAX];
    uint8_t key[DLMS_KEY_MAX];
    uint8_t bytes[160];
    struct dlms_writer data = dlms_writer(bytes, sizeof bytes);
    start_suite(1);
    modern_connect(&modern, 0);
    assert_true(dlms_agreement_offer(&modern.security, DLMS_KEY_UNICAST, private_key, offer));
    dlms_put_array(&data, 1);
    dlms_put_structure(&data, 2);
    dlms_put_enum(&data, DLMS_KEY_UNICAST);
    dlms_put_octet_string(&data, offer, 128);
    assert_int_equal(modern_invoke(&modern, 64, setup_name, 3, &data), 0);
    const struct dlms_span answer = dlms_client_value(&modern.client);
    const struct dlms_span theirs = {answer.data + answer.length - 128, 128};
    assert_true(dlms_agreement_derive(&modern.security, DLMS_KEY_UNICAST, private_key, theirs,
                                      modern.security.own_title, modern.client.server_title, key));
    modern_become(&modern, 0);
    memcpy(modern.security.key[DLMS_KEY_UNICAST], key, 16);
    assert_int_equal(modern_open(&modern), DLMS_CLIENT_DONE);
    modern_stop(&modern);
}

/* A suite that is none, or without its pairs. */
static void test_pairs_are_needed(void **state)
{
    (void)state;
    start_suite(1);
    const struct wh_modern_keys good = modern.keys;
    modern.keys.suite = 3;
    assert_int_equal(modern_restart(&modern), WH_ERR_ARGUMENT);
    modern.keys = good;
    memset(modern.keys.meter.agreement, 0, sizeof modern.keys.meter.agreement);
    assert_int_equal(modern_restart(&modern), WH_ERR_ARGUMENT);
    modern.keys = good;
    memset(modern.keys.client[1].signing, 0, sizeof modern.keys.client[1].signing);
    assert_int_equal(modern_restart(&modern), WH_ERR_ARGUMENT);
    assert_null(modern.meter.face.modern);
    modern.keys = good;
    assert_int_equal(modern_restart(&modern), WH_OK);
    modern_stop(&modern);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_clients_in_every_cover),
        cmocka_unit_test(test_every_key_is_needed),
        cmocka_unit_test(test_signatures_become_the_rule),
        cmocka_unit_test(test_a_key_of_suite_2_is_changed),
        cmocka_unit_test(test_a_key_is_agreed_on),
        cmocka_unit_test(test_pairs_are_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
