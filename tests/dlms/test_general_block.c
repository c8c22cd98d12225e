/* COM-2. General block transfer: the octets of its blocks, and both sides over a line that loses, doubles
 * and swaps them, at every window, plain and ciphered. Whatever the line does, a value is the value or
 * the operation says that it failed; and a method is invoked once. */
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
#include "tests/common/random.h"

enum {
    REQUEST = 1600,
    VALUE = 6000,
    BUFFER = 6000,
    FRAME = 256,
    QUEUE = 200,
    CONFORMANCE = 0xE05EDF
};

/* ---- A line ---- */

struct frame {
    uint16_t length;
    uint8_t bytes[FRAME];
};

struct queue {
    struct frame frames[QUEUE];
    size_t count;
};

struct line {
    struct secure_peer secure;
    struct dlms_association associations[8];
    struct dlms_link_blocks link_blocks;
    uint8_t link_buffer[BUFFER];
    uint8_t opened[BUFFER];
    struct dlms_client_settings settings;
    struct dlms_client client;
    struct dlms_client_cover cover;
    struct dlms_general_block blocks;
    uint8_t request[REQUEST];
    uint8_t value[VALUE];
    uint8_t plain[VALUE];
    uint8_t client_buffer[BUFFER];
    struct queue to_server;
    struct queue to_client;
    struct test_random random;
    unsigned lost; /* of 100 frames */
    unsigned doubled;
    unsigned swapped;
    size_t frames; /* from the server */
};

static bool happens(struct line *line, unsigned of_100)
{
    return random_u64(&line->random) % 100 < of_100;
}

static void put(struct line *line, struct queue *queue, const uint8_t *bytes, size_t length)
{
    const unsigned times = happens(line, line->lost) ? 0 : happens(line, line->doubled) ? 2 : 1;
    assert_true(length <= FRAME);
    for (unsigned i = 0; i < times; i++) {
        assert_true(queue->count < QUEUE);
        struct frame *frame = &queue->frames[queue->count++];
        frame->length = (uint16_t)length;
        memcpy(frame->bytes, bytes, length);
        if (queue->count > 1 && happens(line, line->swapped)) {
            const struct frame last = *frame;
            *frame = frame[-1];
            frame[-1] = last;
        }
    }
}

static struct frame take(struct queue *queue)
{
    const struct frame first = queue->frames[0];
    queue->count--;
    memmove(queue->frames, queue->frames + 1, queue->count * sizeof queue->frames[0]);
    return first;
}

/* The server hears a frame, and says all it has to say. */
static void serve(struct line *line)
{
    const struct frame frame = take(&line->to_server);
    struct peer *peer = &line->secure.peer;
    peer_send(peer, frame.bytes, frame.length);
    size_t length = peer->reply_length;
    while (length > 0) {
        line->frames++;
        put(line, &line->to_client, peer->reply, length);
        length = dlms_link_more(&peer->link, peer->client_sap, peer->server_sap, peer->reply,
                                peer->reply_size);
    }
}

static void send(struct line *line)
{
    enum dlms_client_status status = DLMS_CLIENT_SEND;
    while (status == DLMS_CLIENT_SEND) {
        const struct dlms_span apdu = dlms_client_output(&line->client);
        put(line, &line->to_server, apdu.data, apdu.length);
        status = dlms_client_more(&line->client);
    }
}

/* Until the operation ends; silence is answered by repeating. */
static enum dlms_client_status finish(struct line *line, enum dlms_client_status status)
{
    unsigned silences = 0;
    while (status == DLMS_CLIENT_SEND || status == DLMS_CLIENT_WAIT) {
        if (status == DLMS_CLIENT_SEND) {
            send(line);
        }
        while (line->to_client.count == 0 && line->to_server.count > 0) {
            serve(line);
        }
        if (line->to_client.count > 0) {
            const struct frame frame = take(&line->to_client);
            status =
                dlms_client_received(&line->client, (struct dlms_span){frame.bytes, frame.length});
        } else {
            assert_true(++silences < 1000);
            status = dlms_client_repeat(&line->client);
        }
    }
    line->to_client.count = 0; /* a pause: nothing of it is under way any more */
    line->to_server.count = 0;
    return status;
}

static void init_client(struct line *line, uint16_t max_pdu, uint8_t window, uint8_t control)
{
    line->settings = (struct dlms_client_settings){
        .title = {line->secure.client.own_title, DLMS_TITLE},
        .mechanism = DLMS_MECHANISM_PASSWORD,
        .authentication = {line->secure.secret, line->secure.secret_length},
        .conformance = CONFORMANCE,
        .max_receive_pdu = max_pdu,
    };
    dlms_client_init(&line->client, &line->settings, line->request, REQUEST, line->value, VALUE);
    dlms_client_use_blocks(&line->client, &line->blocks, line->client_buffer, BUFFER, window);
    dlms_client_cover_init(&line->cover, &line->client, &line->secure.client,
                           (struct dlms_cover){DLMS_ENVELOPE_GLO, control}, line->plain, VALUE);
    line->settings.protection = &line->cover.protection;
}

/* Associated, ciphered with a password, both sides with these windows. The line is good so far. */
static void start(struct line *line, uint16_t max_pdu, uint8_t client_window, uint8_t server_window,
                  uint8_t control)
{
    memset(line, 0, sizeof *line);
    secure_init(&line->secure, crypto, 0, SECURE_PASSWORD);
    struct peer *peer = &line->secure.peer;
    memcpy(line->associations, line->secure.associations, sizeof line->associations);
    for (size_t i = 0; i < 8; i++) {
        line->associations[i].conformance = CONFORMANCE;
    }
    peer->server.associations = line->associations;
    peer->server.max_receive_pdu = FRAME;
    dlms_link_secure(&peer->link, &line->secure.link_security, line->opened, BUFFER);
    dlms_link_use_blocks(&peer->link, &line->link_blocks, line->link_buffer, BUFFER, server_window);
    init_client(line, max_pdu, client_window, control);
    assert_int_equal(finish(line, dlms_client_associate(&line->client)), DLMS_CLIENT_DONE);
    assert_true((line->client.conformance & DLMS_CONFORMANCE_GENERAL_BLOCK) != 0);
}

/* ---- What is asked ---- */

static const struct dlms_client_attribute scratch = {
    .class_id = 1, .logical_name = {0, 0, 96, 50, 0, 255}, .index = 2};
static const struct dlms_client_attribute methods = {
    .class_id = 9, .logical_name = {0, 0, 10, 0, 0, 255}, .index = DEVICE_ECHO};

static struct dlms_span make_string(uint8_t *data, size_t size, size_t length, uint8_t first)
{
    uint8_t content[1000];
    struct dlms_writer out = dlms_writer(data, size);
    for (size_t i = 0; i < length; i++) {
        content[i] = (uint8_t)(first + i * 7);
    }
    dlms_put_octet_string(&out, content, length);
    return (struct dlms_span){data, out.total};
}

static bool same(struct dlms_span a, struct dlms_span b)
{
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

/* Writes, reads and echoes strings of many lengths. */
static void exercise(struct line *line, size_t step)
{
    uint8_t data[1100];
    for (size_t length = 1; length < 1000; length += step) {
        const struct dlms_span value = make_string(data, sizeof data, length, (uint8_t)length);
        const uint32_t writes = line->secure.peer.device.writes;
        const uint32_t invokes = line->secure.peer.device.invokes;
        assert_int_equal(finish(line, dlms_client_set(&line->client, &scratch, value)),
                         DLMS_CLIENT_DONE);
        assert_int_equal(line->secure.peer.device.writes, writes + 1);
        assert_int_equal(finish(line, dlms_client_get(&line->client, &scratch)), DLMS_CLIENT_DONE);
        assert_true(same(dlms_client_value(&line->client), value));
        assert_int_equal(finish(line, dlms_client_action(&line->client, &methods, value)),
                         DLMS_CLIENT_DONE);
        assert_true(same(dlms_client_value(&line->client), value));
        assert_int_equal(line->secure.peer.device.invokes, invokes + 1);
    }
}

static void test_every_window_over_a_good_line(void **state)
{
    (void)state;
    static const uint8_t windows[] = {1, 2, 3, 7, DLMS_WINDOW_MAX};
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < 5; j++) {
            struct line line;
            start(&line, 80, windows[i], windows[j], 0x30);
            exercise(&line, 83);
        }
    }
}

static void test_every_pdu_size(void **state)
{
    (void)state;
    for (int size = DLMS_MIN_CIPHERED_PDU; size <= FRAME; size += 7) {
        struct line line;
        start(&line, (uint16_t)size, 4, 4, 0x30);
        exercise(&line, 333);
    }
}

/* A repeated window is found out by its octets, so a request is carried out once. */
static void test_lost_blocks_are_had_again(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct line line;
        start(&line, 80, (uint8_t)(2 + seed % 9), (uint8_t)(1 + seed % 5), 0x30);
        line.random.state = seed;
        line.lost = (unsigned)(5 + seed % 4 * 10);
        exercise(&line, 211);
    }
}

/* Blocks are not kept for later: what is out of turn is asked for again. */
static void test_doubled_and_swapped_blocks(void **state)
{
    (void)state;
    unsigned done = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct line line;
        uint8_t data[1100];
        const struct dlms_span value = make_string(data, sizeof data, 900, (uint8_t)seed);
        start(&line, 80, (uint8_t)(2 + seed % 9), 8, seed % 2 == 0 ? 0x30 : 0x10);
        assert_int_equal(finish(&line, dlms_client_set(&line.client, &scratch, value)),
                         DLMS_CLIENT_DONE);
        line.random.state = seed;
        line.lost = 10;
        line.doubled = 10;
        line.swapped = 20;
        const enum dlms_client_status status =
            finish(&line, dlms_client_get(&line.client, &scratch));
        if (status == DLMS_CLIENT_DONE) {
            assert_true(same(dlms_client_value(&line.client), value));
            done++;
        }
    }
    assert_true(done > 50);
}

/* A window of many blocks takes one request instead of one each. */
static void test_streaming_saves_requests(void **state)
{
    (void)state;
    struct line line;
    uint8_t data[1100];
    const struct dlms_span value = make_string(data, sizeof data, 1000, 3);
    start(&line, 80, DLMS_WINDOW_MAX, DLMS_WINDOW_MAX, 0x30);
    assert_int_equal(finish(&line, dlms_client_set(&line.client, &scratch, value)),
                     DLMS_CLIENT_DONE);
    line.frames = 0;
    enum dlms_client_status status = dlms_client_get(&line.client, &scratch);
    send(&line);
    assert_int_equal(status, DLMS_CLIENT_SEND);
    assert_int_equal(line.to_server.count, 1);
    serve(&line);
    assert_int_equal(line.to_client.count, 15); /* 1004 octets protected, 73 in a block of 80 */
    while (line.to_client.count > 0) {
        const struct frame frame = take(&line.to_client);
        status = dlms_client_received(&line.client, (struct dlms_span){frame.bytes, frame.length});
        assert_int_equal(status, line.to_client.count > 0 ? DLMS_CLIENT_WAIT : DLMS_CLIENT_DONE);
    }
}

/* ---- The octets, without security ---- */

static void open_plain(struct line *line, uint8_t window)
{
    static const uint8_t aarq[] = {0x60, 0x1D, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08,
                                   0x01, 0x01, 0xBE, 0x10, 0x04, 0x0E, 0x01, 0x00, 0x00, 0x00, 0x06,
                                   0x5F, 0x1F, 0x04, 0x00, 0xE0, 0x5E, 0xDF, 0x00, 0x14};
    memset(line, 0, sizeof *line);
    struct peer *peer = &line->secure.peer;
    peer_init(peer, DEVICE_WRITER, PEER_LONG_BUFFER);
    memcpy(line->associations, peer->server.associations,
           peer->server.association_count * sizeof line->associations[0]);
    for (size_t i = 0; i < peer->server.association_count; i++) {
        line->associations[i].conformance = CONFORMANCE;
    }
    peer->server.associations = line->associations;
    dlms_link_use_blocks(&peer->link, &line->link_blocks, line->link_buffer, BUFFER, window);
    assert_true(strncmp(peer_send(peer, aarq, sizeof aarq), "6129", 4) == 0);
}

/* What comes without being asked for. */
static const char *more(struct peer *peer)
{
    peer->reply_length = dlms_link_more(&peer->link, peer->client_sap, peer->server_sap,
                                        peer->reply, peer->reply_size);
    for (size_t i = 0; i < peer->reply_length; i++) {
        snprintf(peer->hex + 2 * i, 3, "%02X", peer->reply[i]);
    }
    return peer->reply_length > 0 ? peer->hex : "";
}

#define ECHO_HEAD "C301C100090000 0A0000FF 01 01 "

/* 20 octets a frame, 13 of them of the APDU: constructed from the layout of 5-3. */
static void test_octets_of_blocks(void **state)
{
    (void)state;
    struct line line;
    open_plain(&line, 4);
    struct peer *peer = &line.secure.peer;
    assert_string_equal(peer_ask(peer, ECHO_HEAD "0910 000102030405060708090A0B0C0D0E0F"),
                        "E004000100000DC701C100010009100001020304");
    /* Two at once from now on. */
    assert_string_equal(peer_ask(peer, "E0 82 0001 0001 00"),
                        "E084000200010B05060708090A0B0C0D0E0F");
    assert_string_equal(more(peer), "");
    /* The last once more. */
    assert_string_equal(peer_ask(peer, "E0 82 0001 0001 00"),
                        "E084000200010B05060708090A0B0C0D0E0F");
    assert_string_equal(peer_ask(peer, ECHO_HEAD "0910 000102030405060708090A0B0C0D0E0F"),
                        "E044000100000DC701C100010009100001020304");
    assert_string_equal(more(peer), "E084000200000B05060708090A0B0C0D0E0F");
    assert_string_equal(more(peer), "");
    assert_string_equal(peer_ask(peer, "E0 82 0001 0000 00"),
                        "E044000100010DC701C100010009100001020304");
    assert_string_equal(more(peer), "E084000200010B05060708090A0B0C0D0E0F");
}

/* A request in three blocks whose second is lost, and whose last comes twice. */
static void test_octets_of_a_request(void **state)
{
    (void)state;
    struct line line;
    open_plain(&line, 3);
    struct peer *peer = &line.secure.peer;
    assert_string_equal(peer_ask(peer, "E0 43 0001 0000 05 C301C10009"), "");
    assert_string_equal(peer_ask(peer, "E0 83 0003 0000 05 FF02011105"), "E0830001000100");
    assert_string_equal(peer_ask(peer, "E0 43 0002 0000 05 00000A0000"), "");
    assert_string_equal(peer_ask(peer, "E0 83 0003 0000 05 FF02011105"),
                        "E0830001000305C701C10000");
    assert_int_equal(peer->device.invokes, 1);
    assert_string_equal(peer_ask(peer, "E0 83 0003 0000 05 FF02011105"),
                        "E0830001000305C701C10000");
    assert_int_equal(peer->device.invokes, 1);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    struct line line;
    open_plain(&line, 3);
    struct peer *peer = &line.secure.peer;
    assert_string_equal(peer_ask(peer, "E0 83 0001 0000 00"), "D80101"); /* nothing to go on with */
    assert_string_equal(peer_ask(peer, "E0 83 0001 0000"), "D80103");
    assert_string_equal(peer_ask(peer, "E0 83 0001 0000 02 C3"), "D80103");
    assert_string_equal(peer_ask(peer, "E0 83 0001 0000 01 E0"), "D80202"); /* blocks in blocks */
    assert_string_equal(peer_ask(peer, "E0 83 0001 0000 01 62"), "D80202");
    assert_string_equal(peer_ask(peer, "E0 83 0001 0000 01 C0"), "E0830001000103D80103");
    /* Longer than the buffer. */
    line.link_blocks.stream.size = 8;
    assert_string_equal(peer_ask(peer, "E0 03 0001 0000 08 C301C10009000001"), "E0830001000100");
    assert_string_equal(peer_ask(peer, "E0 83 0002 0000 01 00"), "D80104");
}

/* Without room for blocks the server does not offer them. */
static void test_not_offered_without_a_buffer(void **state)
{
    (void)state;
    struct line line;
    open_plain(&line, 1);
    line.secure.peer.link.blocks = NULL;
    peer_ask(&line.secure.peer, "601DA109060760857405080101BE10040E01000000065F1F0400E05EDF0014");
    assert_string_equal(peer_ask(&line.secure.peer, "E0 83 0001 0000 01 C0"), "D80202");
}

/* ---- Notifications in blocks ---- */

/* The answer in reply, and all that follows it unasked. */
static void pour(struct line *line, size_t length)
{
    struct peer *peer = &line->secure.peer;
    while (length > 0) {
        put(line, &line->to_client, peer->reply, length);
        length = dlms_link_more(&peer->link, peer->client_sap, peer->server_sap, peer->reply,
                                peer->reply_size);
    }
}

/* A server has no clock: when nothing comes any more, the client asks on. */
static void hear_notification(struct line *line)
{
    static const uint8_t ack[] = {0xE0, 0x85, 0, 1, 0, 0, 0};
    enum dlms_client_status status = DLMS_CLIENT_WAIT;
    for (unsigned rounds = 0; status != DLMS_CLIENT_NOTIFIED; rounds++) {
        assert_true(rounds < 1000);
        if (line->to_client.count == 0) {
            put(line, &line->to_server, ack, sizeof ack);
        } else {
            const struct frame frame = take(&line->to_client);
            status =
                dlms_client_received(&line->client, (struct dlms_span){frame.bytes, frame.length});
            if (status == DLMS_CLIENT_SEND) {
                send(line);
            }
        }
        while (line->to_server.count > 0) {
            serve(line);
        }
    }
}

static void test_a_long_notification(void **state)
{
    (void)state;
    for (unsigned lost = 0; lost < 40; lost += 13) {
        struct line line;
        uint8_t apdu[1200];
        uint8_t data[1100];
        struct dlms_data_notification notification;
        start(&line, 80, 5, 5, 0x30);
        line.random.state = lost;
        line.lost = lost;
        /* The server learns the client's window from any request. */
        assert_int_equal(finish(&line, dlms_client_get(&line.client, &methods)), DLMS_CLIENT_DONE);
        struct dlms_writer out = dlms_writer(apdu, sizeof apdu);
        const struct dlms_span body = make_string(data, sizeof data, 900, 9);
        dlms_data_notification_write(&out, 0x12345, NULL);
        dlms_raw_bytes(&out, body.data, body.length);
        struct peer *peer = &line.secure.peer;
        const struct dlms_push push = {peer->client_sap, peer->server_sap, {apdu, out.total}, 0x30};
        const size_t length = dlms_link_push(&peer->link, &push, peer->reply, peer->reply_size);
        assert_true(length > 0);
        pour(&line, length);
        hear_notification(&line);
        assert_int_equal(dlms_data_notification_parse(line.client.notification, &notification),
                         DLMS_OK);
        assert_int_equal(notification.invoke, 0x12345);
        assert_true(same(notification.body, body));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_window_over_a_good_line),
        cmocka_unit_test(test_every_pdu_size),
        cmocka_unit_test(test_lost_blocks_are_had_again),
        cmocka_unit_test(test_doubled_and_swapped_blocks),
        cmocka_unit_test(test_streaming_saves_requests),
        cmocka_unit_test(test_octets_of_blocks),
        cmocka_unit_test(test_octets_of_a_request),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_not_offered_without_a_buffer),
        cmocka_unit_test(test_a_long_notification),
    };
    return cmocka_run_group_tests(tests, crypto_setup, crypto_teardown);
}
