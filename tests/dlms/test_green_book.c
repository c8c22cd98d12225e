/* COM-2. Examples of the Green Book that pass more than one part: a whole APDU on the wire, what the server or the
 * client makes of it, and what it answers, byte for byte. (Those of one part are in the tests of the part.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dlms/client.h"
#include "dlms/wrapper.h"
#include "ports/linux/crypto_openssl.h"
#include "secure_peer.h"

#define AARQ "601DA109060760857405080101BE10040E01000000065F1F0400007E1F04B0"
#define AARE                                                                                       \
    "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000501F01F40007"

enum { INVOCATION = 0x01234567, SIZE = 1400 };

/* ---- Ciphered ---- */

/* AARQ of the ciphered context, with password and dedicated key. */
static const char ciphered_aarq[] =
    "6066A109060760857405080103A60A04084D4D4D0000BC614E8A0207808B0760857405080201AC0A80083132333435"
    "363738BE34043221303001234567801302FF8A7874133D414CED25B42534D28DB0047720606B175BD52211BE6841DB"
    "204D39EE6FDB8E356855";
#define CIPHERED_RESPONSE                                                                          \
    "BE230421281F3001234567891214A0845E475714383F65BC19745CA235906525E4F3E1C893"
static const char ciphered_rlre[] = "6328800100" CIPHERED_RESPONSE;

static void release(struct secure_peer *secure)
{
    const struct dlms_cover cover = {DLMS_ENVELOPE_GLO, 0x30};
    uint8_t apdu[100];
    struct dlms_keys keys;
    size_t length = peer_bytes("01000000065F1F0400007E1F04B0", apdu + 9 + dlms_cover_head(&cover),
                               sizeof apdu - 9);
    dlms_keys_take(&secure->client, NULL, &cover, &keys);
    assert_int_equal(
        dlms_protect(&secure->client, &keys, &cover, apdu + 9, sizeof apdu - 9, &length), DLMS_OK);
    const uint8_t head[] = {0x62, (uint8_t)(length + 7), 0x80, 1, 0, 0xBE, (uint8_t)(length + 2),
                            4,    (uint8_t)length};
    memcpy(apdu, head, sizeof head);
    peer_send(&secure->peer, apdu, sizeof head + length);
}

/* The example's two titles are one and the same. */
static void test_a_ciphered_association(void **state)
{
    (void)state;
    struct dlms_openssl *openssl = dlms_openssl_new();
    struct secure_peer secure;
    uint8_t dedicated[16];
    assert_non_null(openssl);
    secure_init(&secure, dlms_openssl_crypto(openssl), 0, SECURE_PASSWORD);
    struct dlms_association *association = &secure.associations[6];
    association->password = (struct dlms_span){(const uint8_t *)"12345678", 8};
    association->conformance = 0x007C1F;
    secure.peer.server.max_receive_pdu = 0x0400;
    secure.server.counter[DLMS_COUNTER_SEND].next = INVOCATION;
    const char *aare = peer_ask(&secure.peer, ciphered_aarq);
    assert_non_null(strstr(aare, "A203020100A305A103020100"));
    assert_non_null(strstr(aare, CIPHERED_RESPONSE));
    const struct dlms_session *session = &secure.peer.link.sessions[0];
    assert_ptr_equal(session->association, association);
    assert_int_equal(session->max_send_pdu, 0x04B0);
    peer_bytes("00112233445566778899AABBCCDDEEFF", dedicated, sizeof dedicated);
    assert_int_equal(secure.link_security.sessions[0].dedicated.size, 16);
    assert_memory_equal(secure.link_security.sessions[0].dedicated.key, dedicated, 16);
    aare = peer_ask(&secure.peer, ciphered_aarq); /* a replay */
    assert_non_null(strstr(aare, "A203020101A305A10302010D"));
    dlms_openssl_free(openssl);
}

static void test_a_ciphered_release(void **state)
{
    (void)state;
    struct dlms_openssl *openssl = dlms_openssl_new();
    struct secure_peer secure;
    assert_non_null(openssl);
    secure_init(&secure, dlms_openssl_crypto(openssl), 0, SECURE_PASSWORD);
    secure.associations[6].password = (struct dlms_span){(const uint8_t *)"12345678", 8};
    secure.associations[6].conformance = 0x007C1F;
    secure.peer.server.max_receive_pdu = 0x0400;
    peer_ask(&secure.peer, ciphered_aarq);
    memcpy(secure.client.own_title, keys_server_title, DLMS_TITLE);
    secure.client.counter[DLMS_COUNTER_SEND].next = INVOCATION + 1;
    secure.server.counter[DLMS_COUNTER_SEND].next = INVOCATION;
    release(&secure);
    assert_string_equal(secure.peer.hex, ciphered_rlre);
    assert_null(secure.peer.link.sessions[0].association);
    dlms_openssl_free(openssl);
}

/* ---- The client's requests and the answers to them ---- */

struct book_client {
    struct dlms_client_settings settings;
    struct dlms_client client;
    uint8_t request[SIZE], value[SIZE];
};

static void assert_sent(const struct book_client *book, const char *hex)
{
    uint8_t expected[SIZE];
    const struct dlms_span output = dlms_client_output(&book->client);
    assert_int_equal(output.length, peer_bytes(hex, expected, sizeof expected));
    assert_memory_equal(output.data, expected, output.length);
}

static enum dlms_client_status take(struct book_client *book, const char *hex)
{
    uint8_t apdu[SIZE];
    const size_t length = peer_bytes(hex, apdu, sizeof apdu);
    return dlms_client_received(&book->client, (struct dlms_span){apdu, length});
}

/* Opened by the book's AARQ and AARE. */
static void open_book(struct book_client *book)
{
    memset(book, 0, sizeof *book);
    book->settings.conformance = 0x007E1F;
    book->settings.max_receive_pdu = 0x04B0;
    dlms_client_init(&book->client, &book->settings, book->request, SIZE, book->value, SIZE);
    assert_int_equal(dlms_client_associate(&book->client), DLMS_CLIENT_SEND);
    assert_sent(book, AARQ);
    assert_int_equal(take(book, AARE), DLMS_CLIENT_DONE);
    assert_int_equal(book->client.max_send_pdu, 0x01F4);
    book->client.invoke = 0xC1;
}

static const struct dlms_client_attribute counter = {
    .class_id = 1, .logical_name = {0, 0, 43, 1, 0, 255}, .index = 2};

static void test_get(void **state)
{
    (void)state;
    struct book_client book;
    uint8_t value[5];
    open_book(&book);
    assert_int_equal(dlms_client_get(&book.client, &counter), DLMS_CLIENT_SEND);
    assert_sent(&book, "C001C1000100002B0100FF0200");
    assert_int_equal(take(&book, "C401C1000600001391"), DLMS_CLIENT_DONE);
    peer_bytes("0600001391", value, sizeof value); /* 5009 */
    assert_int_equal(dlms_client_value(&book.client).length, sizeof value);
    assert_memory_equal(dlms_client_value(&book.client).data, value, sizeof value);
    book.client.invoke = 0xC1;
    dlms_client_get(&book.client, &counter);
    assert_int_equal(take(&book, "C401C10101"), DLMS_CLIENT_ERR_RESULT);
    assert_int_equal(book.client.result, DLMS_RESULT_HARDWARE_FAULT);
}

/* A first block of 049Eh octets: the next is asked for by its number. */
static void test_get_in_blocks(void **state)
{
    (void)state;
    struct book_client book;
    uint8_t block[12 + 0x049E] = {0};
    open_book(&book);
    dlms_client_get(&book.client, &counter);
    peer_bytes("C402C100000000010082049E 090A", block, sizeof block);
    assert_int_equal(dlms_client_received(&book.client, (struct dlms_span){block, sizeof block}),
                     DLMS_CLIENT_SEND);
    assert_sent(&book, "C002C100000001");
}

static void test_set(void **state)
{
    (void)state;
    static const struct dlms_client_attribute clock = {
        .class_id = 8, .logical_name = {0, 0, 1, 0, 0, 255}, .index = 2};
    struct book_client book;
    uint8_t time[14];
    open_book(&book);
    const size_t length = peer_bytes("090C07E50118FF0E393050FFC400", time, sizeof time);
    assert_int_equal(dlms_client_set(&book.client, &clock, (struct dlms_span){time, length}),
                     DLMS_CLIENT_SEND);
    assert_sent(&book, "C101C100080000010000FF0200090C07E50118FF0E393050FFC400");
    assert_int_equal(take(&book, "C501C100"), DLMS_CLIENT_DONE);
}

static void test_release(void **state)
{
    (void)state;
    struct book_client book;
    open_book(&book);
    assert_int_equal(dlms_client_release(&book.client), DLMS_CLIENT_SEND);
    assert_sent(&book, "6203800100");
    assert_int_equal(take(&book, "6303800100"), DLMS_CLIENT_DONE);
    assert_false(book.client.is_associated);
}

/* ---- On TCP and UDP ---- */

static void test_wrapper(void **state)
{
    (void)state;
    uint8_t stream[64], buffer[64], header[DLMS_WRAPPER_HEADER], push[10];
    struct dlms_wrapper wrapper;
    struct dlms_wrapper_frame frame;
    size_t used;
    const size_t length = peer_bytes("000100100001001F" AARQ, stream, sizeof stream);
    dlms_wrapper_init(&wrapper, buffer, sizeof buffer);
    assert_int_equal(dlms_wrapper_feed(&wrapper, stream, length, &used, &frame), DLMS_OK);
    assert_int_equal(used, length);
    assert_true(frame.source == 16 && frame.destination == 1 && frame.apdu.length == 31);
    assert_memory_equal(frame.apdu.data, stream + DLMS_WRAPPER_HEADER, 31);
    dlms_wrapper_header(header, 16, 1, 31);
    assert_memory_equal(header, stream, sizeof header);
    peer_bytes("0001 0001 0001 0046 DB08", push, sizeof push); /* of a push, one of 70 octets */
    dlms_wrapper_header(header, 1, 1, 0x46);
    assert_memory_equal(header, push, sizeof header);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_ciphered_association),
        cmocka_unit_test(test_a_ciphered_release),
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_get_in_blocks),
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_release),
        cmocka_unit_test(test_wrapper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
