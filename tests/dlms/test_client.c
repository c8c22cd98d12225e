/* COM-2. The COSEM client: the requests of the recorded readers octet for octet, every operation
 * against the server of this library at every PDU size, and answers that are wrong in every way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dlms/client.h"
#include "dlms/client_acse.h"
#include "dlms/client_selection.h"
#include "hdlc_recorded.h"
#include "peer.h"
#include "tests/common/random.h"

enum { REQUEST = 1200, VALUE = 6000, ALL = 0x00FFFFFF };

struct reader {
    struct peer peer;
    struct dlms_client_settings settings;
    struct dlms_client client;
    uint8_t *request; /* exact, so that AddressSanitizer sees one octet too many */
    uint8_t *value;
    size_t longest; /* APDU sent */
    int requests;
};

static const uint8_t password[] = {'1', '2', '3', '4', '5'};

static void start_sized(struct reader *reader, uint16_t client_sap, size_t request_size,
                        size_t value_size)
{
    memset(reader, 0, sizeof *reader);
    peer_init(&reader->peer, client_sap, PEER_LONG_BUFFER);
    reader->peer.server.max_receive_pdu = REQUEST;
    reader->settings = (struct dlms_client_settings){.conformance = ALL, .max_receive_pdu = 0xFFFF};
    if (client_sap == DEVICE_PASSWORD) {
        reader->settings.mechanism = DLMS_MECHANISM_PASSWORD;
        reader->settings.authentication = (struct dlms_span){password, sizeof password};
    }
    reader->request = malloc(request_size);
    reader->value = malloc(value_size);
    assert_non_null(reader->request);
    assert_non_null(reader->value);
    dlms_client_init(&reader->client, &reader->settings, reader->request, request_size,
                     reader->value, value_size);
}

static void start(struct reader *reader, uint16_t client_sap)
{
    start_sized(reader, client_sap, REQUEST, VALUE);
}

static void stop(struct reader *reader)
{
    free(reader->request);
    free(reader->value);
}

/* Goes on until the operation ends. */
static enum dlms_client_status finish(struct reader *reader, enum dlms_client_status status)
{
    reader->requests = 0;
    while (status == DLMS_CLIENT_SEND) {
        const struct dlms_span apdu = dlms_client_output(&reader->client);
        reader->longest = apdu.length > reader->longest ? apdu.length : reader->longest;
        reader->requests++;
        assert_true(reader->requests < 3000);
        peer_send(&reader->peer, apdu.data, apdu.length);
        status = dlms_client_received(
            &reader->client, (struct dlms_span){reader->peer.reply, reader->peer.reply_length});
    }
    return status;
}

static void open_association(struct reader *reader)
{
    assert_int_equal(finish(reader, dlms_client_associate(&reader->client)), DLMS_CLIENT_DONE);
    assert_true(reader->client.is_associated);
}

static void assert_value(const struct reader *reader, const void *data, size_t length)
{
    const struct dlms_span value = dlms_client_value(&reader->client);
    assert_int_equal(value.length, length);
    assert_memory_equal(value.data, data, length);
}

static const struct dlms_client_attribute meter_number = {
    .class_id = 1, .logical_name = {1, 1, 0, 0, 1, 255}, .index = 2};
static const struct dlms_client_attribute object_list = {
    .class_id = 15, .logical_name = {0, 0, 40, 0, 0, 255}, .index = 2};
static const struct dlms_client_attribute profile = {
    .class_id = 7, .logical_name = {1, 1, 99, 1, 0, 255}, .index = 2};
static const struct dlms_client_attribute scratch = {
    .class_id = 1, .logical_name = {0, 0, 96, 50, 0, 255}, .index = 2};
static const struct dlms_client_attribute fault = {
    .class_id = 1, .logical_name = {0, 0, 43, 1, 1, 255}, .index = 2};

static struct dlms_client_attribute method(enum device_method number)
{
    return (struct dlms_client_attribute){
        .class_id = 9, .logical_name = {0, 0, 10, 0, 0, 255}, .index = (int8_t)number};
}

/* ---- Recorded ---- */

/* The APDU of an I frame of the recordings. */
static size_t recorded_apdu(const char *frame, uint8_t *apdu)
{
    uint8_t bytes[600];
    const size_t length = peer_bytes(frame, bytes, sizeof bytes) - 14;
    memcpy(apdu, bytes + 11, length);
    return length;
}

/* The client asks what was asked, and takes what was answered. */
static enum dlms_client_status answer_recorded(struct dlms_client *client, const char *const *pair)
{
    uint8_t apdu[600];
    size_t length = recorded_apdu(pair[0], apdu);
    const struct dlms_span output = dlms_client_output(client);
    assert_int_equal(output.length, length);
    assert_memory_equal(output.data, apdu, length);
    length = recorded_apdu(pair[1], apdu);
    return dlms_client_received(client, (struct dlms_span){apdu, length});
}

static void test_recorded_meter_number(void **state)
{
    (void)state;
    struct reader reader;
    start(&reader, DEVICE_PUBLIC);
    reader.settings.conformance = 0x00181D;
    assert_int_equal(dlms_client_associate(&reader.client), DLMS_CLIENT_SEND);
    assert_int_equal(answer_recorded(&reader.client, recorded_short + 2), DLMS_CLIENT_DONE);
    assert_int_equal(reader.client.conformance, 0x001010);
    assert_int_equal(reader.client.max_send_pdu, 125);
    reader.client.invoke = 0x81;
    assert_int_equal(dlms_client_get(&reader.client, &meter_number), DLMS_CLIENT_SEND);
    assert_int_equal(answer_recorded(&reader.client, recorded_short + 4), DLMS_CLIENT_DONE);
    assert_value(&reader, "\x06\x00\xBC\x61\x4F", 5);
    stop(&reader);
}

static const struct dlms_column clock_column = {8, {0, 1, 1, 0, 0, 255}, 2, 0};

static struct dlms_date_time october_2013(uint8_t day)
{
    return (struct dlms_date_time){.year = 2013,
                                   .month = 10,
                                   .day = day,
                                   .weekday = 255,
                                   .deviation = DLMS_DEVIATION_UNSPECIFIED,
                                   .status = DLMS_CLOCK_DAYLIGHT_SAVING};
}

/* To the third answer; then the last block comes where the third should. */
static void test_recorded_load_profile(void **state)
{
    (void)state;
    struct reader reader;
    uint8_t range[64];
    start(&reader, DEVICE_PASSWORD);
    reader.settings.conformance = 0x00FE1F;
    assert_int_equal(dlms_client_associate(&reader.client), DLMS_CLIENT_SEND);
    assert_int_equal(answer_recorded(&reader.client, recorded_profile + 2), DLMS_CLIENT_DONE);
    assert_int_equal(reader.client.conformance, 0x00101C);
    const struct dlms_date_time from = october_2013(25);
    const struct dlms_date_time to = october_2013(26);
    struct dlms_writer out = dlms_writer(range, sizeof range);
    dlms_put_range(&out, &clock_column, &from, &to, NULL, 0);
    assert_false(dlms_writer_overflowed(&out));
    struct dlms_client_attribute attribute = profile;
    attribute.selector = DLMS_SELECT_RANGE;
    attribute.parameters = (struct dlms_span){range, out.total};
    reader.client.invoke = 0x81;
    assert_int_equal(dlms_client_get(&reader.client, &attribute), DLMS_CLIENT_SEND);
    assert_int_equal(answer_recorded(&reader.client, recorded_profile + 4), DLMS_CLIENT_SEND);
    assert_int_equal(answer_recorded(&reader.client, recorded_profile + 6), DLMS_CLIENT_SEND);
    assert_int_equal(reader.client.value_length, 462 + 460);
    uint8_t apdu[600];
    const size_t length = recorded_apdu(recorded_profile[9], apdu);
    assert_int_equal(dlms_client_received(&reader.client, (struct dlms_span){apdu, length}),
                     DLMS_CLIENT_ERR_BLOCK);
    stop(&reader);
}

/* Check APDU of the standard: password 12345678. */
static void test_aarq_with_password(void **state)
{
    (void)state;
    struct reader reader;
    uint8_t expected[64];
    start(&reader, DEVICE_PASSWORD);
    reader.settings.authentication = (struct dlms_span){(const uint8_t *)"12345678", 8};
    reader.settings.conformance = 0x007E1F;
    reader.settings.max_receive_pdu = 0x04B0;
    const size_t length =
        peer_bytes("6036A1090607608574050801018A0207808B0760857405080201AC0A8008313233343536373"
                   "8BE10040E01000000065F1F0400007E1F04B0",
                   expected, sizeof expected);
    assert_int_equal(dlms_client_associate(&reader.client), DLMS_CLIENT_SEND);
    assert_int_equal(dlms_client_output(&reader.client).length, length);
    assert_memory_equal(dlms_client_output(&reader.client).data, expected, length);
    stop(&reader);
}

/* entry_descriptor: rows 1 … 10, all columns, as 6-2 has it. */
static void test_entry_descriptor(void **state)
{
    (void)state;
    uint8_t data[32];
    uint8_t expected[32];
    struct dlms_writer out = dlms_writer(data, sizeof data);
    dlms_put_entries(&out, 1, 10, 1, 0);
    const size_t length =
        peer_bytes("0204 06 00000001 06 0000000A 12 0001 12 0000", expected, sizeof expected);
    assert_int_equal(out.total, length);
    assert_memory_equal(data, expected, length);
}

/* ---- Against the server ---- */

/* The value is the same however many blocks it comes in. */
static void test_get_at_every_pdu_size(void **state)
{
    (void)state;
    static const struct dlms_client_attribute *const attributes[] = {&meter_number, &object_list,
                                                                     &profile};
    for (size_t i = 0; i < 3; i++) {
        struct reader whole;
        start(&whole, DEVICE_EVERYTHING);
        open_association(&whole);
        whole.peer.reply_size = PEER_REPLY;
        const enum dlms_client_status status =
            finish(&whole, dlms_client_get(&whole.client, attributes[i]));
        assert_int_equal(status, DLMS_CLIENT_DONE);
        const struct dlms_span value = dlms_client_value(&whole.client);
        for (uint16_t size = 12; size <= 300; size++) {
            struct reader reader;
            start(&reader, DEVICE_EVERYTHING);
            reader.settings.max_receive_pdu = size;
            open_association(&reader);
            assert_int_equal(finish(&reader, dlms_client_get(&reader.client, attributes[i])),
                             DLMS_CLIENT_DONE);
            assert_value(&reader, value.data, value.length);
            stop(&reader);
        }
        stop(&whole);
    }
}

static void test_get_with_list(void **state)
{
    (void)state;
    for (uint16_t size = 12; size <= 300; size = (uint16_t)(size + 9)) {
        struct reader reader;
        struct dlms_client_item item;
        start(&reader, DEVICE_EVERYTHING);
        reader.settings.max_receive_pdu = size;
        open_association(&reader);
        const struct dlms_client_attribute list[] = {meter_number, fault, object_list,
                                                     meter_number};
        assert_int_equal(finish(&reader, dlms_client_get_list(&reader.client, list, 4)),
                         DLMS_CLIENT_DONE);
        struct dlms_client_items items = dlms_client_list(&reader.client);
        assert_int_equal(items.left, 4);
        assert_true(dlms_client_list_next(&items, &item));
        assert_int_equal(item.result, DLMS_RESULT_SUCCESS);
        assert_int_equal(item.data.length, 5);
        assert_true(dlms_client_list_next(&items, &item));
        assert_int_equal(item.result, DLMS_RESULT_HARDWARE_FAULT);
        assert_null(item.data.data);
        assert_true(dlms_client_list_next(&items, &item));
        assert_int_equal(item.data.data[0], DLMS_TAG_ARRAY);
        assert_true(dlms_client_list_next(&items, &item));
        assert_false(dlms_client_list_next(&items, &item));
        stop(&reader);
    }
}

static struct dlms_span octet_string(uint8_t *data, size_t size, size_t length)
{
    static uint8_t content[DEVICE_SCRATCH_SIZE];
    for (size_t i = 0; i < length; i++) {
        content[i] = (uint8_t)(i * 5 + length);
    }
    struct dlms_writer out = dlms_writer(data, size);
    dlms_put_octet_string(&out, content, length);
    return (struct dlms_span){data, out.total};
}

/* What is written is what is read, in one piece or in blocks of every size; never longer than the
 * server takes. */
static void test_set_at_every_pdu_size(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 100, 127, 128, 255, 256, 700};
    for (uint16_t size = 22; size <= 300; size++) {
        struct reader reader;
        start(&reader, DEVICE_WRITER);
        reader.peer.server.max_receive_pdu = size;
        open_association(&reader);
        reader.longest = 0;
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
            uint8_t data[DEVICE_SCRATCH_SIZE];
            const struct dlms_span value = octet_string(data, sizeof data, lengths[i]);
            assert_int_equal(finish(&reader, dlms_client_set(&reader.client, &scratch, value)),
                             DLMS_CLIENT_DONE);
            assert_int_equal(reader.peer.device.writes, i + 1);
            assert_int_equal(reader.peer.device.scratch_length[0], value.length);
            assert_memory_equal(reader.peer.device.scratch[0], value.data, value.length);
            assert_int_equal(reader.requests > 1, value.length + 13 > size);
        }
        assert_true(reader.longest <= size);
        assert_true(reader.longest >= size - 1u || size > 300);
        stop(&reader);
    }
}

/* Parameters there in blocks, and return parameters back in blocks. */
static void test_action_at_every_pdu_size(void **state)
{
    (void)state;
    for (uint16_t size = 21; size <= 300; size = (uint16_t)(size + 3)) {
        struct reader reader;
        uint8_t data[DEVICE_SCRATCH_SIZE];
        start(&reader, DEVICE_WRITER);
        reader.peer.server.max_receive_pdu = size;
        reader.settings.max_receive_pdu = (uint16_t)(320 - size);
        open_association(&reader);
        for (size_t length = 1; length < 600; length += 59) {
            const struct dlms_span parameters = octet_string(data, sizeof data, length);
            const struct dlms_client_attribute echo = method(DEVICE_ECHO);
            const uint32_t before = reader.peer.device.invokes;
            assert_int_equal(finish(&reader, dlms_client_action(&reader.client, &echo, parameters)),
                             DLMS_CLIENT_DONE);
            assert_int_equal(reader.peer.device.invokes, before + 1);
            assert_value(&reader, parameters.data, parameters.length);
        }
        stop(&reader);
    }
}

/* The scratch objects, of which the last one does not exist. */
static size_t scratch_list(struct dlms_client_attribute list[DEVICE_SCRATCHES + 1])
{
    for (size_t i = 0; i <= DEVICE_SCRATCHES; i++) {
        list[i] = scratch;
        list[i].logical_name[4] = (uint8_t)i;
    }
    return DEVICE_SCRATCHES + 1;
}

/* Each value in its place, in one piece or in blocks of every size; each with its own result. */
static void test_set_list_at_every_pdu_size(void **state)
{
    (void)state;
    for (uint16_t size = 64; size <= 500; size = (uint16_t)(size + 7)) {
        struct reader reader;
        struct dlms_client_attribute list[DEVICE_SCRATCHES + 1];
        uint8_t data[4 * 256];
        size_t starts[DEVICE_SCRATCHES + 2] = {0};
        const size_t count = scratch_list(list);
        start(&reader, DEVICE_WRITER);
        reader.peer.server.max_receive_pdu = size;
        open_association(&reader);
        reader.longest = 0;
        for (size_t i = 0; i < count; i++) {
            const struct dlms_span one =
                octet_string(data + starts[i], sizeof data - starts[i], 20 * i + size % 64);
            starts[i + 1] = starts[i] + one.length;
        }
        const struct dlms_span values = {data, starts[count]};
        assert_int_equal(finish(&reader, dlms_client_set_list(&reader.client, list, count, values)),
                         DLMS_CLIENT_DONE);
        assert_true(reader.longest <= size);
        struct dlms_client_items items = dlms_client_list(&reader.client);
        struct dlms_client_item item;
        for (size_t i = 0; i < DEVICE_SCRATCHES; i++) {
            assert_true(dlms_client_list_next(&items, &item));
            assert_int_equal(item.result, DLMS_RESULT_SUCCESS);
            assert_int_equal(reader.peer.device.scratch_length[i], starts[i + 1] - starts[i]);
            assert_memory_equal(reader.peer.device.scratch[i], data + starts[i],
                                starts[i + 1] - starts[i]);
        }
        assert_true(dlms_client_list_next(&items, &item));
        assert_int_equal(item.result, DLMS_RESULT_OBJECT_UNDEFINED);
        assert_false(dlms_client_list_next(&items, &item));
        stop(&reader);
    }
}

/* Each method once, each with its own result and what it returns, blocks both ways. */
static void test_action_list_at_every_pdu_size(void **state)
{
    (void)state;
    for (uint16_t size = 64; size <= 300; size = (uint16_t)(size + 7)) {
        struct reader reader;
        uint8_t data[200];
        const struct dlms_client_attribute list[] = {method(DEVICE_ECHO), method(DEVICE_COUNT),
                                                     method(DEVICE_FAIL)};
        start(&reader, DEVICE_WRITER);
        reader.peer.server.max_receive_pdu = size;
        reader.settings.max_receive_pdu = (uint16_t)(370 - size);
        open_association(&reader);
        const size_t echoed = octet_string(data, sizeof data, size % 130).length;
        data[echoed] = DLMS_TAG_NULL;
        data[echoed + 1] = DLMS_TAG_NULL;
        const uint32_t before = reader.peer.device.invokes;
        const struct dlms_span parameters = {data, echoed + 2};
        assert_int_equal(
            finish(&reader, dlms_client_action_list(&reader.client, list, 3, parameters)),
            DLMS_CLIENT_DONE);
        assert_int_equal(reader.peer.device.invokes, before + 3);
        struct dlms_client_items items = dlms_client_list(&reader.client);
        struct dlms_client_item item;
        assert_true(dlms_client_list_next(&items, &item));
        assert_int_equal(item.result, DLMS_RESULT_SUCCESS);
        assert_int_equal(item.data.length, echoed);
        assert_memory_equal(item.data.data, data, echoed);
        assert_true(dlms_client_list_next(&items, &item));
        assert_int_equal(item.result, DLMS_RESULT_SUCCESS);
        assert_int_equal(item.data.length, 0);
        assert_true(dlms_client_list_next(&items, &item));
        assert_int_equal(item.result, DLMS_RESULT_TEMPORARY_FAILURE);
        stop(&reader);
    }
}

/* As many values as references, and at least one: nothing goes out otherwise. */
static void test_lists_that_are_none(void **state)
{
    (void)state;
    struct reader reader;
    struct dlms_client_attribute list[DEVICE_SCRATCHES + 1];
    static const uint8_t nulls[] = {DLMS_TAG_NULL, DLMS_TAG_NULL, DLMS_TAG_NULL};
    (void)scratch_list(list);
    start(&reader, DEVICE_WRITER);
    open_association(&reader);
    for (size_t length = 0; length <= sizeof nulls; length++) {
        const struct dlms_span values = {nulls, length};
        const enum dlms_client_status wanted =
            length == 2 ? DLMS_CLIENT_SEND : DLMS_CLIENT_ERR_REQUEST;
        assert_int_equal(dlms_client_set_list(&reader.client, list, 2, values), wanted);
        assert_int_equal(dlms_client_action_list(&reader.client, list, 2, values), wanted);
    }
    assert_int_equal(dlms_client_set_list(&reader.client, list, 0, (struct dlms_span){NULL, 0}),
                     DLMS_CLIENT_ERR_REQUEST);
    assert_int_equal(reader.peer.device.writes, 0);
    stop(&reader);
}

/* Answers of one list with a result too few, too many, or of no kind. */
static void test_list_answers_that_are_wrong(void **state)
{
    (void)state;
    static const char *const answers[] = {"C505C00100", "C505C0030000 00", "C505C002",
                                          "C501C000",   "C504C0020000",    "C505C1020000"};
    static const uint8_t nulls[] = {DLMS_TAG_NULL, DLMS_TAG_NULL};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct reader reader;
        struct dlms_client_attribute list[DEVICE_SCRATCHES + 1];
        uint8_t apdu[32];
        (void)scratch_list(list);
        start(&reader, DEVICE_WRITER);
        open_association(&reader);
        reader.client.invoke = DLMS_CLIENT_INVOKE;
        assert_int_equal(
            dlms_client_set_list(&reader.client, list, 2, (struct dlms_span){nulls, sizeof nulls}),
            DLMS_CLIENT_SEND);
        const size_t length = peer_bytes(answers[i], apdu, sizeof apdu);
        const enum dlms_client_status status =
            dlms_client_received(&reader.client, (struct dlms_span){apdu, length});
        assert_true(status == DLMS_CLIENT_ERR_FORMAT || status == DLMS_CLIENT_ERR_UNEXPECTED);
        stop(&reader);
    }
}

static void test_action_results(void **state)
{
    (void)state;
    struct reader reader;
    const struct dlms_span none = {NULL, 0};
    start(&reader, DEVICE_WRITER);
    open_association(&reader);
    struct dlms_client_attribute action = method(DEVICE_COUNT);
    assert_int_equal(finish(&reader, dlms_client_action(&reader.client, &action, none)),
                     DLMS_CLIENT_DONE);
    assert_int_equal(dlms_client_value(&reader.client).length, 0);
    action = method(DEVICE_FAIL);
    assert_int_equal(finish(&reader, dlms_client_action(&reader.client, &action, none)),
                     DLMS_CLIENT_ERR_RESULT);
    assert_int_equal(reader.client.result, DLMS_RESULT_TEMPORARY_FAILURE);
    action = method(DEVICE_LONG);
    assert_int_equal(
        finish(&reader, dlms_client_action(&reader.client, &action,
                                           (struct dlms_span){(const uint8_t *)"\x12\x01\x00", 3})),
        DLMS_CLIENT_DONE);
    assert_int_equal(dlms_client_value(&reader.client).length, 4 + 256 * 3);
    stop(&reader);
}

static void test_release(void **state)
{
    (void)state;
    struct reader reader;
    start(&reader, DEVICE_PUBLIC);
    open_association(&reader);
    assert_int_equal(finish(&reader, dlms_client_release(&reader.client)), DLMS_CLIENT_DONE);
    assert_false(reader.client.is_associated);
    assert_null(dlms_link_association(&reader.peer.link, DEVICE_PUBLIC, DEVICE_MANAGEMENT));
    assert_int_equal(dlms_client_get(&reader.client, &meter_number), DLMS_CLIENT_ERR_STATE);
    assert_int_equal(dlms_client_release(&reader.client), DLMS_CLIENT_ERR_STATE);
    stop(&reader);
}

/* ---- Every error ---- */

static void test_association_refused(void **state)
{
    (void)state;
    struct reader reader;
    start(&reader, DEVICE_PASSWORD);
    reader.settings.authentication = (struct dlms_span){(const uint8_t *)"54321", 5};
    assert_int_equal(finish(&reader, dlms_client_associate(&reader.client)),
                     DLMS_CLIENT_ERR_REFUSED);
    assert_int_equal(reader.client.refusal.result, DLMS_ASSOCIATE_REJECTED_PERMANENT);
    assert_int_equal(reader.client.refusal.source, DLMS_SOURCE_USER);
    assert_int_equal(reader.client.refusal.diagnostic, DLMS_DIAGNOSTIC_AUTHENTICATION_FAILURE);
    assert_false(reader.client.is_associated);
    reader.settings.authentication = (struct dlms_span){password, sizeof password};
    reader.settings.max_receive_pdu = 11;
    assert_int_equal(finish(&reader, dlms_client_associate(&reader.client)),
                     DLMS_CLIENT_ERR_REFUSED);
    assert_true(reader.client.refusal.has_error);
    assert_int_equal(reader.client.refusal.error_class, 6);
    assert_int_equal(reader.client.refusal.error_value, DLMS_INITIATE_PDU_SIZE_TOO_SHORT);
    reader.settings.max_receive_pdu = 12;
    open_association(&reader);
    stop(&reader);
}

static void test_what_was_not_agreed_on(void **state)
{
    (void)state;
    struct reader reader;
    const struct dlms_span none = {NULL, 0};
    const struct dlms_span null = {(const uint8_t *)"\0", 1};
    start(&reader, DEVICE_PUBLIC);
    open_association(&reader);
    struct dlms_client_attribute attribute = meter_number;
    assert_int_equal(dlms_client_set(&reader.client, &attribute, null), DLMS_CLIENT_ERR_NOT_AGREED);
    assert_int_equal(dlms_client_action(&reader.client, &attribute, none),
                     DLMS_CLIENT_ERR_NOT_AGREED);
    assert_int_equal(dlms_client_get_list(&reader.client, &attribute, 1),
                     DLMS_CLIENT_ERR_NOT_AGREED);
    attribute.selector = DLMS_SELECT_RANGE;
    attribute.parameters = null;
    assert_int_equal(dlms_client_get(&reader.client, &attribute), DLMS_CLIENT_ERR_NOT_AGREED);
    assert_true(reader.client.is_associated);
    stop(&reader);
}

static void test_requests_too_long(void **state)
{
    (void)state;
    struct reader reader;
    uint8_t data[200];
    start_sized(&reader, DEVICE_WRITER, 60, VALUE);
    open_association(&reader);
    reader.client.conformance &= ~(uint32_t)DLMS_CONFORMANCE_BLOCK_SET;
    const struct dlms_span value = octet_string(data, sizeof data, 100);
    assert_int_equal(dlms_client_set(&reader.client, &scratch, value), DLMS_CLIENT_ERR_REQUEST);
    reader.client.conformance |= DLMS_CONFORMANCE_BLOCK_SET;
    assert_int_equal(finish(&reader, dlms_client_set(&reader.client, &scratch, value)),
                     DLMS_CLIENT_DONE);
    struct dlms_client_attribute list[8];
    for (size_t i = 0; i < 8; i++) {
        list[i] = scratch;
    }
    assert_int_equal(dlms_client_get_list(&reader.client, list, 8), DLMS_CLIENT_ERR_REQUEST);
    assert_int_equal(finish(&reader, dlms_client_get_list(&reader.client, list, 5)),
                     DLMS_CLIENT_DONE);
    for (uint16_t size = 0; size < 22; size++) { /* no room for a block, or barely */
        reader.client.max_send_pdu = size;
        const enum dlms_client_status status = dlms_client_set(&reader.client, &scratch, value);
        assert_int_equal(status, size < 20 ? DLMS_CLIENT_ERR_REQUEST : DLMS_CLIENT_SEND);
    }
    stop(&reader);
    for (size_t size = 0; size < 31; size++) {
        start_sized(&reader, DEVICE_PUBLIC, size, VALUE);
        assert_int_equal(dlms_client_associate(&reader.client), DLMS_CLIENT_ERR_REQUEST);
        stop(&reader);
    }
}

static void test_value_too_long(void **state)
{
    (void)state;
    for (uint16_t size = 30; size <= 300; size += 270) {
        struct reader reader;
        start_sized(&reader, DEVICE_EVERYTHING, REQUEST, 100);
        reader.settings.max_receive_pdu = size;
        open_association(&reader);
        assert_int_equal(finish(&reader, dlms_client_get(&reader.client, &object_list)),
                         DLMS_CLIENT_ERR_SPACE);
        assert_int_equal(finish(&reader, dlms_client_get(&reader.client, &meter_number)),
                         DLMS_CLIENT_DONE);
        stop(&reader);
    }
}

static void test_object_refuses(void **state)
{
    (void)state;
    struct reader reader;
    start(&reader, DEVICE_EVERYTHING);
    open_association(&reader);
    assert_int_equal(finish(&reader, dlms_client_get(&reader.client, &fault)),
                     DLMS_CLIENT_ERR_RESULT);
    assert_int_equal(reader.client.result, DLMS_RESULT_HARDWARE_FAULT);
    stop(&reader);
    start(&reader, DEVICE_WATCHER);
    open_association(&reader);
    assert_int_equal(
        finish(&reader, dlms_client_set(&reader.client, &scratch,
                                        (struct dlms_span){(const uint8_t *)"\x11\x05", 2})),
        DLMS_CLIENT_ERR_RESULT);
    assert_int_equal(reader.client.result, DLMS_RESULT_READ_WRITE_DENIED);
    stop(&reader);
}

/* A GET of the meter number, answered with this. */
static enum dlms_client_status get_answered(struct reader *reader, const char *hex)
{
    uint8_t apdu[64];
    reader->client.invoke = 0xC1;
    assert_int_equal(dlms_client_get(&reader->client, &meter_number), DLMS_CLIENT_SEND);
    const size_t length = peer_bytes(hex, apdu, sizeof apdu);
    uint8_t *exact = malloc(length > 0 ? length : 1);
    assert_non_null(exact);
    memcpy(exact, apdu, length);
    const enum dlms_client_status status =
        dlms_client_received(&reader->client, (struct dlms_span){exact, length});
    free(exact);
    return status;
}

static void test_wrong_answers_to_get(void **state)
{
    (void)state;
    static const struct {
        const char *apdu;
        enum dlms_client_status status;
    } rows[] = {
        {"C401C10006 00BC614F", DLMS_CLIENT_DONE},
        {"C401410006 00BC614F", DLMS_CLIENT_DONE}, /* priority is not compared, the id is */
        {"C401C20006 00BC614F", DLMS_CLIENT_ERR_UNEXPECTED},
        {"C403C10100 0600BC614F", DLMS_CLIENT_ERR_UNEXPECTED},
        {"C404C1", DLMS_CLIENT_ERR_UNEXPECTED},
        {"C501C100", DLMS_CLIENT_ERR_UNEXPECTED},
        {"0E010601", DLMS_CLIENT_ERR_UNEXPECTED},
        {"", DLMS_CLIENT_ERR_FORMAT},
        {"C401C10006 00BC61", DLMS_CLIENT_ERR_FORMAT},
        {"C401C10006 00BC614F00", DLMS_CLIENT_ERR_FORMAT},
        {"C401C100", DLMS_CLIENT_ERR_FORMAT},
        {"C401C101", DLMS_CLIENT_ERR_FORMAT},
        {"C401C10100", DLMS_CLIENT_ERR_FORMAT}, /* an error that says success */
        {"C401C10201", DLMS_CLIENT_ERR_FORMAT},
        {"C401C10104", DLMS_CLIENT_ERR_RESULT},
        {"C402C10100000001 00 0506 00BC614F", DLMS_CLIENT_DONE},
        {"C402C10000000001 00 0206 00", DLMS_CLIENT_SEND},
        {"C402C10000000001 00 00", DLMS_CLIENT_ERR_FORMAT}, /* for ever nothing */
        {"C402C10100000001 00 0206 00", DLMS_CLIENT_ERR_FORMAT},
        {"C402C10100000002 00 0506 00BC614F", DLMS_CLIENT_ERR_BLOCK},
        {"C402C10100000000 00 0506 00BC614F", DLMS_CLIENT_ERR_BLOCK},
        {"C402C10100000001 0113", DLMS_CLIENT_ERR_RESULT},
        {"C402C1010000", DLMS_CLIENT_ERR_FORMAT},
        {"D80102", DLMS_CLIENT_ERR_EXCEPTION},
        {"D80106 00000001", DLMS_CLIENT_ERR_EXCEPTION},
        {"D801", DLMS_CLIENT_ERR_FORMAT},
        {"0F40000000 00 1105", DLMS_CLIENT_NOTIFIED},
    };
    struct reader reader;
    start(&reader, DEVICE_PUBLIC);
    open_association(&reader);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(get_answered(&reader, rows[i].apdu), rows[i].status);
        assert_true(reader.client.is_associated);
    }
    assert_int_equal(get_answered(&reader, "D80102"), DLMS_CLIENT_ERR_EXCEPTION);
    assert_int_equal(reader.client.exception_state, 1);
    assert_int_equal(reader.client.exception_service, 2);
    /* Once the operation has ended nothing is taken for an answer. */
    uint8_t apdu[16];
    const size_t length = peer_bytes("C401C100 0600BC614F", apdu, sizeof apdu);
    assert_int_equal(dlms_client_received(&reader.client, (struct dlms_span){apdu, length}),
                     DLMS_CLIENT_ERR_STATE);
    stop(&reader);
}

/* A notification between request and answer disturbs neither. */
static void test_notification_in_between(void **state)
{
    (void)state;
    struct reader reader;
    uint8_t apdu[16];
    start(&reader, DEVICE_PUBLIC);
    open_association(&reader);
    assert_int_equal(get_answered(&reader, "0F40000000 00 1105"), DLMS_CLIENT_NOTIFIED);
    const size_t length = peer_bytes("C401C100 0600BC614F", apdu, sizeof apdu);
    assert_int_equal(dlms_client_received(&reader.client, (struct dlms_span){apdu, length}),
                     DLMS_CLIENT_DONE);
    assert_value(&reader, "\x06\x00\xBC\x61\x4F", 5);
    stop(&reader);
}

static void test_wrong_aares(void **state)
{
    (void)state;
    static const struct {
        const char *apdu;
        enum dlms_client_status status;
    } rows[] = {
        {"6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000501F01F40007",
         DLMS_CLIENT_DONE},
        {"6129A109060760857405080101A203020101A305A103020102BE10040E0800065F1F040000501F01F40007",
         DLMS_CLIENT_ERR_REFUSED},
        {"611FA109060760857405080101A203020101A305A103020101BE0604040E010601",
         DLMS_CLIENT_ERR_REFUSED},
        {"611FA109060760857405080101A203020100A305A103020100BE0604040E010601",
         DLMS_CLIENT_ERR_INITIATE},
        {"6129A109060760857405080101A203020100A305A103020100BE10040E0800055F1F040000501F01F40007",
         DLMS_CLIENT_ERR_INITIATE},
        {"6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000501F01F4FA00",
         DLMS_CLIENT_ERR_INITIATE},
        {"6117A109060760857405080101A203020100A305A103020100", DLMS_CLIENT_ERR_FORMAT},
        {"6100", DLMS_CLIENT_ERR_FORMAT},
        {"6103A20102", DLMS_CLIENT_ERR_FORMAT},
        {"610AA203020100A203020100", DLMS_CLIENT_ERR_FORMAT},
        {"610CA203020100A305A303020100", DLMS_CLIENT_ERR_FORMAT},
        {"601DA109060760857405080101BE10040E01000000065F1F040000181DFFFF",
         DLMS_CLIENT_ERR_UNEXPECTED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct reader reader;
        uint8_t apdu[64];
        start(&reader, DEVICE_PUBLIC);
        assert_int_equal(dlms_client_associate(&reader.client), DLMS_CLIENT_SEND);
        const size_t length = peer_bytes(rows[i].apdu, apdu, sizeof apdu);
        assert_int_equal(dlms_client_received(&reader.client, (struct dlms_span){apdu, length}),
                         rows[i].status);
        assert_int_equal(reader.client.is_associated, rows[i].status == DLMS_CLIENT_DONE);
        stop(&reader);
    }
}

/* High level: the challenge is handed out; a server that needs none cannot be the right one. */
static void test_challenge(void **state)
{
    (void)state;
    static const char pending[] =
        "6142A109060760857405080101A203020100A305A10302010E88020780890760857405080205AA0A80085036"
        "77524A323146BE10040E0800065F1F040000501F01F40007";
    static const char accepted[] =
        "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000501F01F40007";
    struct reader reader;
    uint8_t apdu[80];
    start(&reader, DEVICE_PUBLIC);
    reader.settings.mechanism = DLMS_MECHANISM_GMAC;
    reader.settings.authentication = (struct dlms_span){(const uint8_t *)"K56iVagY", 8};
    assert_int_equal(dlms_client_associate(&reader.client), DLMS_CLIENT_SEND);
    size_t length = peer_bytes(pending, apdu, sizeof apdu);
    assert_int_equal(dlms_client_received(&reader.client, (struct dlms_span){apdu, length}),
                     DLMS_CLIENT_CHALLENGED);
    assert_value(&reader, "P6wRJ21F", 8);
    /* The next step needs no agreement on ACTION. */
    reader.client.conformance = 0;
    const struct dlms_client_attribute reply = {
        .class_id = 15, .logical_name = {0, 0, 40, 0, 0, 255}, .index = 1};
    assert_int_equal(dlms_client_action(&reader.client, &reply,
                                        (struct dlms_span){(const uint8_t *)"\x09\x00", 2}),
                     DLMS_CLIENT_SEND);
    assert_int_equal(dlms_client_associate(&reader.client), DLMS_CLIENT_SEND);
    length = peer_bytes(accepted, apdu, sizeof apdu);
    assert_int_equal(dlms_client_received(&reader.client, (struct dlms_span){apdu, length}),
                     DLMS_CLIENT_ERR_SECURITY);
    assert_false(reader.client.is_associated);
    stop(&reader);
}

/* ---- The seam for protection ---- */

/* A protection that anybody could break: two octets in front, one behind, all inverted between. */
static enum dlms_err invert(void *context, uint8_t *buffer, size_t size, size_t *length)
{
    int *calls = context;
    ++*calls;
    if (*length + 3 > size) {
        return DLMS_ERR_SPACE;
    }
    buffer[0] = 0xC8;
    buffer[1] = (uint8_t)*calls;
    for (size_t i = 0; i < *length; i++) {
        buffer[2 + i] = (uint8_t)~buffer[2 + i];
    }
    buffer[2 + *length] = 0x55;
    *length += 3;
    return DLMS_OK;
}

static enum dlms_err revert(void *context, struct dlms_span apdu, struct dlms_span *plain)
{
    static uint8_t buffer[64];
    (void)context;
    if (apdu.length < 3 || apdu.length > 64 || apdu.data[0] != 0xC8) {
        return DLMS_ERR_CIPHER;
    }
    for (size_t i = 0; i < apdu.length - 3; i++) {
        buffer[i] = (uint8_t)~apdu.data[2 + i];
    }
    *plain = (struct dlms_span){buffer, apdu.length - 3};
    return DLMS_OK;
}

static void test_protection_passes_one_place(void **state)
{
    (void)state;
    int calls = 0;
    const struct dlms_client_protection protection = {&calls, 2, 1, invert, revert};
    struct reader reader;
    uint8_t apdu[64];
    start(&reader, DEVICE_PUBLIC);
    reader.settings.protection = &protection;
    reader.settings.title = (struct dlms_span){(const uint8_t *)"MMM\0\0\xBC\x61\x4E", 8};
    assert_int_equal(dlms_client_associate(&reader.client), DLMS_CLIENT_SEND);
    struct dlms_span output = dlms_client_output(&reader.client);
    size_t length =
        peer_bytes("602CA109060760857405080103A60A04084D4D4D0000BC614EBE130411C801FEFFFF"
                   "FFF9A0E0FBFF00000000005 5",
                   apdu, sizeof apdu);
    assert_int_equal(output.length, length);
    assert_memory_equal(output.data, apdu, length);
    length =
        peer_bytes("612CA109060760857405080103A203020100A305A103020100BE130411C801F7FFF9A0E0FBFF"
                   "FFAFE0FFE0FFF855",
                   apdu, sizeof apdu); /* the server takes 31 octets */
    assert_int_equal(dlms_client_received(&reader.client, (struct dlms_span){apdu, length}),
                     DLMS_CLIENT_DONE);
    assert_int_equal(reader.client.max_send_pdu, 31);
    reader.client.invoke = 0xC1;
    assert_int_equal(dlms_client_get(&reader.client, &meter_number), DLMS_CLIENT_SEND);
    output = dlms_client_output(&reader.client);
    assert_int_equal(output.length, 13 + 3);
    assert_int_equal(output.data[1], 2);
    assert_int_equal(output.data[2], 0xC0 ^ 0xFF);
    /* Not protected: not taken. But for the exception-response, which never is. */
    length = peer_bytes("C401C100 0600BC614F", apdu, sizeof apdu);
    assert_int_equal(dlms_client_received(&reader.client, (struct dlms_span){apdu, length}),
                     DLMS_CLIENT_ERR_SECURITY);
    assert_int_equal(get_answered(&reader, "D80105"), DLMS_CLIENT_ERR_EXCEPTION);
    assert_int_equal(get_answered(&reader, "C802 3BFE3EFF F9FF439EB0 55"), DLMS_CLIENT_DONE);
    assert_value(&reader, "\x06\x00\xBC\x61\x4F", 5);
    /* The protection counts: 13 octets fit 16, not 15. */
    reader.client.max_send_pdu = 15;
    assert_int_equal(dlms_client_get(&reader.client, &meter_number), DLMS_CLIENT_ERR_REQUEST);
    stop(&reader);
}

/* ---- Whatever comes ---- */

/* Real answers, damaged: the client ends or goes on, and never reads outside them. */
static void test_damaged_answers(void **state)
{
    (void)state;
    struct test_random random = {4059};
    for (int round = 0; round < 3000; round++) {
        struct reader reader;
        start_sized(&reader, DEVICE_WRITER, 100, 600);
        reader.settings.max_receive_pdu = (uint16_t)(20 + random_u64(&random) % 100);
        reader.peer.server.max_receive_pdu = (uint16_t)(25 + random_u64(&random) % 100);
        enum dlms_client_status status = dlms_client_associate(&reader.client);
        uint8_t data[300];
        const struct dlms_span parameters = octet_string(data, sizeof data, 200);
        const struct dlms_client_attribute echo = method(DEVICE_ECHO);
        for (int step = 0; step < 60 && status == DLMS_CLIENT_SEND; step++) {
            const struct dlms_span output = dlms_client_output(&reader.client);
            peer_send(&reader.peer, output.data, output.length);
            size_t length = reader.peer.reply_length;
            if (length > 0 && random_u64(&random) % 8 == 0) {
                reader.peer.reply[random_u64(&random) % length] ^=
                    (uint8_t)(1u << random_u64(&random) % 8);
                length -= random_u64(&random) % 4 == 0 ? random_u64(&random) % length : 0;
            }
            uint8_t *exact = malloc(length > 0 ? length : 1);
            assert_non_null(exact);
            memcpy(exact, reader.peer.reply, length);
            status = dlms_client_received(&reader.client, (struct dlms_span){exact, length});
            free(exact);
            if (status != DLMS_CLIENT_SEND && reader.client.is_associated) {
                status = random_u64(&random) % 2 == 0
                             ? dlms_client_action(&reader.client, &echo, parameters)
                             : dlms_client_set(&reader.client, &scratch, parameters);
            }
        }
        stop(&reader);
    }
}

static void test_texts(void **state)
{
    (void)state;
    for (int i = 0; i <= DLMS_CLIENT_ERR_SECURITY; i++) {
        assert_string_not_equal(dlms_client_status_text((enum dlms_client_status)i),
                                "unknown status");
    }
    assert_string_equal(dlms_client_status_text((enum dlms_client_status)99), "unknown status");
    assert_string_equal(dlms_client_result_text(DLMS_RESULT_OBJECT_UNDEFINED), "object undefined");
    assert_string_equal(dlms_client_result_text((enum dlms_result)99), "unknown result");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded_meter_number),
        cmocka_unit_test(test_recorded_load_profile),
        cmocka_unit_test(test_aarq_with_password),
        cmocka_unit_test(test_entry_descriptor),
        cmocka_unit_test(test_get_at_every_pdu_size),
        cmocka_unit_test(test_get_with_list),
        cmocka_unit_test(test_set_at_every_pdu_size),
        cmocka_unit_test(test_action_at_every_pdu_size),
        cmocka_unit_test(test_action_results),
        cmocka_unit_test(test_set_list_at_every_pdu_size),
        cmocka_unit_test(test_action_list_at_every_pdu_size),
        cmocka_unit_test(test_lists_that_are_none),
        cmocka_unit_test(test_list_answers_that_are_wrong),
        cmocka_unit_test(test_release),
        cmocka_unit_test(test_association_refused),
        cmocka_unit_test(test_what_was_not_agreed_on),
        cmocka_unit_test(test_requests_too_long),
        cmocka_unit_test(test_value_too_long),
        cmocka_unit_test(test_object_refuses),
        cmocka_unit_test(test_wrong_answers_to_get),
        cmocka_unit_test(test_notification_in_between),
        cmocka_unit_test(test_wrong_aares),
        cmocka_unit_test(test_challenge),
        cmocka_unit_test(test_protection_passes_one_place),
        cmocka_unit_test(test_damaged_answers),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
