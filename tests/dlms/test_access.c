/* COM-2. ACCESS of both sides: its octets, order, results and limits; and the notifications a server sends
 * unasked, plain and protected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto_fixture.h"
#include "dlms/client_security.h"
#include "dlms/notification.h"
#include "secure_peer.h"

enum { BUFFER = 1000, CONFORMANCE = 0x405EDF };

/* ---- The octets ---- */

struct writer {
    struct peer peer;
    struct dlms_association associations[8];
};

static void open_writer(struct writer *writer, const char *max_pdu)
{
    char aarq[100];
    peer_init(&writer->peer, DEVICE_WRITER, PEER_LONG_BUFFER);
    memcpy(writer->associations, writer->peer.server.associations,
           writer->peer.server.association_count * sizeof writer->associations[0]);
    for (size_t i = 0; i < writer->peer.server.association_count; i++) {
        writer->associations[i].conformance = CONFORMANCE;
    }
    writer->peer.server.associations = writer->associations;
    snprintf(aarq, sizeof aarq, "601DA109060760857405080101BE10040E01000000065F1F0400%06X%s",
             CONFORMANCE, max_pdu);
    assert_true(strncmp(peer_ask(&writer->peer, aarq), "6129", 4) == 0);
}

#define SCRATCH "0001 0000603200FF 02 " /* class 1, 0.0.96.50.0, attribute 2 */
#define NOBODY  "0001 0000603209FF 02 "
#define COUNT   "0009 00000A0000FF 02 " /* methods */
#define ECHO    "0009 00000A0000FF 01 "
#define LOCKED  "0009 00000A0000FF 05 "

/* Constructed from the layout of 5-3: write, read, invoke twice, read what is not there. */
static void test_octets(void **state)
{
    (void)state;
    struct writer writer;
    open_writer(&writer, "0100");
    assert_string_equal(peer_ask(&writer.peer,
                                 "D9 C0000007 00 05 02" SCRATCH "01" SCRATCH "03" COUNT "03" ECHO
                                 "01" NOBODY "05 1107 00 00 11AA 00"),
                        "DAC0000007"
                        "0000"
                        "05"
                        "00"
                        "1107"
                        "00"
                        "11AA"
                        "00"
                        "05"
                        "0200010003000300"
                        "0104");
    assert_int_equal(writer.peer.device.writes, 1);
    assert_int_equal(writer.peer.device.invokes, 2);
}

static void test_self_descriptive_and_selected(void **state)
{
    (void)state;
    struct writer writer;
    open_writer(&writer, "0100");
    peer_ask(&writer.peer, "D9 C0000001 00 01 02" SCRATCH "01 1107");
    assert_string_equal(peer_ask(&writer.peer, "D9 50000002 00 01 04" SCRATCH "01 00 01 00"),
                        "DA5000000200"
                        "010104000100006032"
                        "00FF020100"
                        "011107010100");
    /* A selector that the object does not have. */
    assert_string_equal(peer_ask(&writer.peer, "D9 40000002 00 01 04" SCRATCH "02 00 01 00"),
                        "DA400000020000010001010D");
}

static void test_break_on_error(void **state)
{
    (void)state;
    struct writer writer;
    open_writer(&writer, "0100");
    static const char rest[] = "000001 00 03 02" SCRATCH "03" LOCKED "02" SCRATCH "03 1101 00 1102";
    char request[200];
    snprintf(request, sizeof request, "D9 40 %s", rest);
    assert_string_equal(peer_ask(&writer.peer, request), "DA400000010000030000000302000303"
                                                         "0200");
    assert_int_equal(writer.peer.device.writes, 2);
    snprintf(request, sizeof request, "D9 60 %s", rest);
    assert_string_equal(peer_ask(&writer.peer, request), "DA60000001000003000000030200030302FA");
    assert_int_equal(writer.peer.device.writes, 3);
}

static void test_unconfirmed_and_malformed(void **state)
{
    (void)state;
    struct writer writer;
    open_writer(&writer, "0100");
    assert_string_equal(peer_ask(&writer.peer, "D9 00000001 00 01 02" SCRATCH "01 1101"), "");
    assert_int_equal(writer.peer.device.writes, 1);
    static const char *const malformed[] = {
        "D9",
        "D9 400000",
        "D9 40000001 00 00 00",
        "D9 40000001 00 01 02" SCRATCH "01",
        "D9 40000001 00 01 02" SCRATCH "02 1101 1101",
        "D9 40000001 00 01 02" SCRATCH "01 1101 00",
        "D9 40000001 00 01 00" SCRATCH "01 1101",
        "D9 40000001 00 01 06" SCRATCH "01 1101",
        "D9 40000001 00 02 02" SCRATCH "02 1101 1101",
    };
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        assert_string_equal(peer_ask(&writer.peer, malformed[i]), "D80103");
    }
    assert_int_equal(writer.peer.device.writes, 1);
}

/* What does not fit is told element by element; where not even that fits, nothing is done. */
static void test_little_room(void **state)
{
    (void)state;
    struct writer writer;
    open_writer(&writer, "001A");
    assert_string_equal(peer_ask(&writer.peer, "D9 40000001 00 03 02" SCRATCH "03" ECHO "01" SCRATCH
                                               "03 0908 0102030405060708 0908 0102030405060708 00"),
                        "DA4000000100000300000003020003FA01FA");
    assert_int_equal(writer.peer.device.writes, 1);
    open_writer(&writer, "000F");
    assert_string_equal(peer_ask(&writer.peer, "D9 40000001 00 03 02" SCRATCH "03" ECHO "01" SCRATCH
                                               "03 0908 0102030405060708 0908 0102030405060708 00"),
                        "D80104");
    assert_int_equal(writer.peer.device.writes, 0);
}

/* ---- The client ---- */

struct reader {
    struct secure_peer secure;
    struct dlms_association associations[8];
    struct dlms_client_settings settings;
    struct dlms_client client;
    struct dlms_client_cover cover;
    uint8_t request[BUFFER];
    uint8_t value[BUFFER];
    uint8_t plain[BUFFER];
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

static void open_reader(struct reader *reader, uint8_t envelope, uint8_t policy)
{
    memset(reader, 0, sizeof *reader);
    secure_init(&reader->secure, crypto, 0, SECURE_PASSWORD);
    memcpy(reader->associations, reader->secure.associations, sizeof reader->associations);
    for (size_t i = 0; i < 8; i++) {
        reader->associations[i].conformance = CONFORMANCE;
    }
    reader->secure.peer.server.associations = reader->associations;
    reader->secure.server.policy = policy;
    reader->settings = (struct dlms_client_settings){
        .title = {reader->secure.client.own_title, DLMS_TITLE},
        .mechanism = DLMS_MECHANISM_PASSWORD,
        .authentication = {reader->secure.secret, reader->secure.secret_length},
        .conformance = CONFORMANCE,
        .max_receive_pdu = 250,
    };
    dlms_client_init(&reader->client, &reader->settings, reader->request, BUFFER, reader->value,
                     BUFFER);
    dlms_client_cover_init(&reader->cover, &reader->client, &reader->secure.client,
                           (struct dlms_cover){envelope, 0x30}, reader->plain, BUFFER);
    if (envelope == DLMS_ENVELOPE_GENERAL) { /* the AARQ already says whom it is for */
        memcpy(reader->secure.client.peer_title, keys_server_title, DLMS_TITLE);
    }
    reader->settings.protection = &reader->cover.protection;
    assert_int_equal(finish(reader, dlms_client_associate(&reader->client)), DLMS_CLIENT_DONE);
}

/* Under glo- it goes in a general envelope, since it has no other. */
static void test_client_in_every_envelope(void **state)
{
    (void)state;
    static const uint8_t envelopes[] = {DLMS_ENVELOPE_GLO, DLMS_ENVELOPE_GENERAL_GLO,
                                        DLMS_ENVELOPE_GENERAL};
    static const uint8_t seven[] = {DLMS_TAG_U8, 7};
    const struct dlms_client_attribute scratch = {
        .class_id = 1, .logical_name = {0, 0, 96, 50, 0, 255}, .index = 2};
    const struct dlms_client_attribute locked = {
        .class_id = 9, .logical_name = {0, 0, 10, 0, 0, 255}, .index = DEVICE_LOCKED};
    const struct dlms_client_access list[] = {
        {DLMS_ACCESS_SET, scratch, {seven, 2}},
        {DLMS_ACCESS_ACTION, locked, {NULL, 0}},
        {DLMS_ACCESS_GET, scratch, {NULL, 0}},
    };
    for (size_t i = 0; i < 3; i++) {
        struct reader reader;
        struct dlms_client_item item;
        open_reader(&reader, envelopes[i], 0);
        assert_int_equal(finish(&reader, dlms_client_access(&reader.client, list, 3, false)),
                         DLMS_CLIENT_DONE);
        struct dlms_client_access_items items = dlms_client_access_list(&reader.client);
        assert_true(dlms_client_access_next(&items, &item));
        assert_int_equal(item.result, DLMS_RESULT_SUCCESS);
        assert_true(dlms_client_access_next(&items, &item));
        assert_int_equal(item.result, DLMS_RESULT_READ_WRITE_DENIED);
        assert_true(dlms_client_access_next(&items, &item));
        assert_int_equal(item.result, DLMS_RESULT_SUCCESS);
        assert_int_equal(item.data.length, 2);
        assert_memory_equal(item.data.data, seven, 2);
        assert_false(dlms_client_access_next(&items, &item));
        assert_int_equal(finish(&reader, dlms_client_access(&reader.client, list, 3, true)),
                         DLMS_CLIENT_DONE);
        items = dlms_client_access_list(&reader.client);
        while (dlms_client_access_next(&items, &item)) {
        }
        assert_int_equal(item.result, DLMS_RESULT_OTHER_REASON);
    }
}

/* ---- Notifications ---- */

/* The start of a real push on HDLC, without its LLC: 0F 40000000 00, then Data. */
static void test_data_notification_octets(void **state)
{
    (void)state;
    static const uint8_t expected[] = {0x0F, 0x40, 0, 0, 0, 0, DLMS_TAG_U8, 5};
    uint8_t apdu[64];
    struct dlms_data_notification notification;
    struct dlms_writer out = dlms_writer(apdu, sizeof apdu);
    dlms_data_notification_write(&out, DLMS_LONG_INVOKE_CONFIRMED, NULL);
    dlms_put_u8(&out, 5);
    assert_int_equal(out.total, sizeof expected);
    assert_memory_equal(apdu, expected, sizeof expected);
    assert_int_equal(
        dlms_data_notification_parse((struct dlms_span){apdu, out.total}, &notification), DLMS_OK);
    assert_int_equal(notification.invoke, DLMS_LONG_INVOKE_CONFIRMED);
    assert_int_equal(notification.time.length, 0);
    assert_int_equal(notification.body.length, 2);
    for (size_t length = 0; length < out.total; length++) {
        assert_int_equal(
            dlms_data_notification_parse((struct dlms_span){apdu, length}, &notification),
            DLMS_ERR_FORMAT);
    }
}

/* What a client answers to a push that asks for it: tag 10, the number as it came, no date-time. */
static void test_data_notification_confirm_octets(void **state)
{
    (void)state;
    static const uint8_t push[] = {0x0F, 0xC0, 0x12, 0x34, 0x56, 0, DLMS_TAG_NULL};
    static const uint8_t expected[] = {0x10, 0xC0, 0x12, 0x34, 0x56, 0};
    uint8_t apdu[16];
    struct dlms_data_notification notification;
    struct dlms_writer out = dlms_writer(apdu, sizeof apdu);
    assert_int_equal(
        dlms_data_notification_parse((struct dlms_span){push, sizeof push}, &notification),
        DLMS_OK);
    assert_int_equal(notification.invoke,
                     DLMS_LONG_INVOKE_HIGH | DLMS_LONG_INVOKE_CONFIRMED | 0x123456);
    dlms_data_notification_confirm(&out, notification.invoke);
    assert_int_equal(out.total, sizeof expected);
    assert_memory_equal(apdu, expected, sizeof expected);
    assert_int_equal(
        dlms_data_notification_parse((struct dlms_span){apdu, out.total}, &notification),
        DLMS_ERR_FORMAT); /* and is no push itself */
}

static void test_event_notification_octets(void **state)
{
    (void)state;
    const struct dlms_date_time time = {2024, 2, 5, 1, 15, 30, 0, 0, -60, 0};
    const struct dlms_event_notification event = {
        .class_id = 1, .logical_name = {0, 0, 97, 98, 0, 255}, .attribute = 2};
    for (int with_time = 0; with_time < 2; with_time++) {
        uint8_t apdu[64];
        struct dlms_event_notification taken;
        struct dlms_date_time read;
        struct dlms_writer out = dlms_writer(apdu, sizeof apdu);
        dlms_event_notification_write(&out, &event, with_time ? &time : NULL);
        dlms_put_u32(&out, 1);
        assert_int_equal(apdu[0], 0xC2);
        assert_int_equal(apdu[1], with_time);
        assert_int_equal(out.total, 2 + (with_time ? 13 : 0) + 9 + 5);
        assert_int_equal(dlms_event_notification_parse((struct dlms_span){apdu, out.total}, &taken),
                         DLMS_OK);
        assert_memory_equal(taken.logical_name, event.logical_name, 6);
        assert_int_equal(taken.attribute, 2);
        assert_int_equal(taken.value.length, 5);
        assert_int_equal(dlms_date_time_parse(taken.time, &read), with_time);
        for (size_t length = 0; length < out.total; length++) {
            assert_int_equal(
                dlms_event_notification_parse((struct dlms_span){apdu, length}, &taken),
                DLMS_ERR_FORMAT);
        }
    }
}

static size_t make_push(uint8_t *apdu, size_t size, bool is_event)
{
    static const struct dlms_event_notification event = {
        .class_id = 1, .logical_name = {0, 0, 97, 98, 0, 255}, .attribute = 2};
    struct dlms_writer out = dlms_writer(apdu, size);
    if (is_event) {
        dlms_event_notification_write(&out, &event, NULL);
    } else {
        dlms_data_notification_write(&out, 1, NULL);
    }
    dlms_put_u32(&out, 1);
    return out.total;
}

/* A push comes while the client waits for an answer, and the answer still counts. */
static void test_protected_push(void **state)
{
    (void)state;
    static const uint8_t tags[] = {0xDB, 0xCA};
    for (int is_event = 0; is_event < 2; is_event++) {
        struct reader reader;
        uint8_t apdu[64];
        uint8_t out[200];
        open_reader(&reader, DLMS_ENVELOPE_GLO, 0x60);
        struct peer *peer = &reader.secure.peer;
        const size_t plain = make_push(apdu, sizeof apdu, is_event);
        const struct dlms_push push = {peer->client_sap, peer->server_sap, {apdu, plain}, 0};
        const size_t length = dlms_link_push(&peer->link, &push, out, sizeof out);
        assert_true(length > plain);
        assert_int_equal(out[0], tags[is_event]); /* by the policy */
        assert_int_equal(dlms_client_received(&reader.client, (struct dlms_span){out, length}),
                         DLMS_CLIENT_NOTIFIED);
        assert_int_equal(reader.client.notification.length, plain);
        assert_memory_equal(reader.client.notification.data, apdu, plain);
        /* Once more is not taken. */
        assert_int_equal(dlms_client_received(&reader.client, (struct dlms_span){out, length}),
                         DLMS_CLIENT_ERR_SECURITY);
    }
}

static void test_push_without_association(void **state)
{
    (void)state;
    struct reader reader;
    uint8_t apdu[64];
    uint8_t out[200];
    open_reader(&reader, DLMS_ENVELOPE_GLO, 0);
    struct peer *peer = &reader.secure.peer;
    struct dlms_push push = {SECURE_CIPHERED, 1, {apdu, make_push(apdu, sizeof apdu, false)}, 0};
    assert_int_equal(dlms_link_push(&peer->link, &push, out, sizeof out), push.apdu.length);
    assert_memory_equal(out, apdu, push.apdu.length);
    push.control = 0x30;
    assert_true(dlms_link_push(&peer->link, &push, out, sizeof out) > push.apdu.length);
    assert_int_equal(dlms_link_push(&peer->link, &push, out, 40), 0); /* no room, no blocks */
    push.client_sap = 99;
    assert_int_equal(dlms_link_push(&peer->link, &push, out, sizeof out), 0);
    push.client_sap = SECURE_CIPHERED;
    reader.secure.server_memory.fails = true; /* no safe number */
    assert_int_equal(dlms_link_push(&peer->link, &push, out, sizeof out), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_octets),
        cmocka_unit_test(test_self_descriptive_and_selected),
        cmocka_unit_test(test_break_on_error),
        cmocka_unit_test(test_unconfirmed_and_malformed),
        cmocka_unit_test(test_little_room),
        cmocka_unit_test(test_client_in_every_envelope),
        cmocka_unit_test(test_data_notification_octets),
        cmocka_unit_test(test_data_notification_confirm_octets),
        cmocka_unit_test(test_event_notification_octets),
        cmocka_unit_test(test_protected_push),
        cmocka_unit_test(test_push_without_association),
    };
    return cmocka_run_group_tests(tests, crypto_setup, crypto_teardown);
}
