/* Both stations on a simulated line. Whatever the line does – octets lost, changed, doubled, delayed,
 * cut into any portions, whole turns lost or repeated – each APDU is answered exactly once with
 * exactly its answer, carried out exactly once, or reported as failed and carried out at most once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dlms/client.h"
#include "dlms/hdlc_client.h"
#include "dlms/hdlc_cosem.h"
#include "hdlc_recorded.h"
#include "peer.h"
#include "tests/common/random.h"

enum { APDU = 9000, QUEUE = 65536, FRAME = 2030 + DLMS_HDLC_OVERHEAD, MAX_APDUS = 4000 };

/* One direction: octets in order, each with the time at which it arrives. */
struct pipe {
    uint8_t octets[QUEUE];
    uint32_t at_ms[QUEUE];
    size_t head;
    size_t tail;
    uint32_t last_ms;
};

/* How bad the line is: chances in 10000, per turn of output or per octet. */
struct damage {
    uint32_t lose_octet;
    uint32_t flip_bit;
    uint32_t insert_octet;
    uint32_t lose_turn;
    uint32_t repeat_turn;
    uint32_t delay_turn; /* by up to twice the response time */
};

struct line {
    struct test_random random;
    struct damage damage;
    struct pipe up;   /* to the server */
    struct pipe down; /* to the client */
    uint32_t now_ms;
    struct dlms_hdlc_settings settings;
    struct dlms_hdlc_server server;
    struct dlms_hdlc_link link;
    struct dlms_hdlc_client_settings client_settings;
    struct dlms_hdlc_client client;
    uint8_t server_frame[FRAME];
    uint8_t client_frame[FRAME];
    uint8_t request[APDU + DLMS_HDLC_LLC];
    uint8_t answer[APDU];
    uint8_t client_answer[APDU + DLMS_HDLC_LLC];
    uint8_t carried_out[MAX_APDUS];
    size_t answer_length;
    size_t frames_longest;
    bool is_busy_server; /* answers nothing */
    struct peer *device; /* a COSEM server that answers instead; or NULL */
};

static uint32_t below(struct test_random *random, uint32_t limit)
{
    return (uint32_t)(random_u64(random) % limit);
}

/* An APDU is its number and octets that follow from it; the answer likewise, of another length. */
static void fill(uint8_t *apdu, size_t length, uint32_t number, uint8_t salt)
{
    for (size_t i = 0; i < length; i++) {
        apdu[i] = (uint8_t)(number * 31 + i * 7 + i / 128 + salt);
    }
    apdu[0] = (uint8_t)(number >> 8);
    apdu[1] = (uint8_t)number;
}

static bool is_filled(struct dlms_span apdu, uint32_t number, uint8_t salt, size_t length)
{
    static uint8_t expected[APDU];
    fill(expected, length, number, salt);
    return apdu.length == length && memcmp(apdu.data, expected, length) == 0;
}

static size_t handle(void *context, uint16_t client_sap, uint16_t server_sap, struct dlms_span apdu,
                     uint8_t *reply, size_t reply_size)
{
    struct line *line = context;
    assert_int_equal(client_sap, 16);
    assert_int_equal(server_sap, 1);
    if (line->device != NULL) {
        return dlms_hdlc_link_handler.handle(&line->device->link, client_sap, server_sap, apdu,
                                             reply, reply_size);
    }
    assert_true(apdu.length >= 2 && line->answer_length <= reply_size);
    const uint32_t number = (uint32_t)apdu.data[0] << 8 | apdu.data[1];
    assert_true(number < MAX_APDUS);
    assert_true(is_filled(apdu, number, 0, apdu.length));
    line->carried_out[number]++;
    if (line->is_busy_server) {
        return 0;
    }
    fill(reply, line->answer_length, number, 1);
    return line->answer_length;
}

static const struct dlms_hdlc_handler handler = {.handle = handle};

static struct line *line_up(struct dlms_hdlc_parameters meter, struct dlms_hdlc_parameters reader,
                            uint64_t seed)
{
    struct line *line = calloc(1, sizeof *line);
    assert_non_null(line);
    line->random.state = seed;
    line->now_ms = (uint32_t)seed * 0x10000000u;
    line->settings = (struct dlms_hdlc_settings){.physical_address = 17,
                                                 .forms = DLMS_HDLC_FORM_ANY,
                                                 .inter_octet_ms = 25,
                                                 .inactivity_ms = 120000,
                                                 .parameters = meter,
                                                 .handler = &handler,
                                                 .context = line};
    line->client_settings = (struct dlms_hdlc_client_settings){
        .client_sap = 16,
        .server = {2, 1, 17},
        .parameters = reader,
        .inter_octet_ms = 25,
        .response_ms = 500,
        .poll_ms = 100,
        .answer_ms = 60000,
        .retries = 20,
    };
    line->link = (struct dlms_hdlc_link){.request = line->request,
                                         .request_size = sizeof line->request,
                                         .answer = line->answer,
                                         .answer_size = APDU};
    dlms_hdlc_server_init(&line->server, &line->settings, &line->link, 1, line->server_frame,
                          FRAME);
    dlms_hdlc_client_init(&line->client, &line->client_settings, line->client_frame, FRAME,
                          line->client_answer, sizeof line->client_answer);
    return line;
}

static bool happens(struct line *line, uint32_t chance)
{
    return chance > 0 && below(&line->random, 10000) < chance;
}

static void put(struct pipe *pipe, uint8_t octet, uint32_t at_ms)
{
    if (at_ms - pipe->last_ms > INT32_MAX) {
        at_ms = pipe->last_ms; /* a line does not reorder */
    }
    assert_true(pipe->tail < QUEUE);
    pipe->octets[pipe->tail] = octet;
    pipe->at_ms[pipe->tail++] = at_ms;
    pipe->last_ms = at_ms;
}

/* What a station says in one go, as the line carries it on. */
static void carry(struct line *line, struct pipe *pipe, const uint8_t *octets, size_t length)
{
    uint32_t at_ms = line->now_ms + 1;
    int times = happens(line, line->damage.repeat_turn) ? 2 : 1;
    if (pipe->head == pipe->tail) {
        pipe->head = 0;
        pipe->tail = 0;
        pipe->last_ms = at_ms;
    }
    if (happens(line, line->damage.delay_turn)) {
        at_ms += below(&line->random, 1000);
    }
    if (happens(line, line->damage.lose_turn)) {
        return;
    }
    for (; times > 0; times--) {
        for (size_t i = 0; i < length; i++) {
            uint8_t octet = octets[i];
            if (happens(line, line->damage.flip_bit)) {
                octet ^= (uint8_t)(1u << below(&line->random, 8));
            }
            if (happens(line, line->damage.insert_octet)) {
                put(pipe, (uint8_t)below(&line->random, 256), at_ms);
            }
            if (!happens(line, line->damage.lose_octet)) {
                put(pipe, octet, at_ms);
            }
        }
    }
}

/* The next octets that have arrived: a portion of any length. */
static size_t arrived(struct line *line, struct pipe *pipe)
{
    size_t count = 0;
    const size_t most = 1 + below(&line->random, 300);
    while (pipe->head + count < pipe->tail && count < most &&
           line->now_ms - pipe->at_ms[pipe->head + count] <= INT32_MAX) {
        count++;
    }
    return count;
}

static void carry_output(struct line *line)
{
    static uint8_t octets[QUEUE / 2];
    size_t length = dlms_hdlc_client_output(&line->client, line->now_ms, octets, sizeof octets);
    carry(line, &line->up, octets, length);
    length = dlms_hdlc_server_output(&line->server, line->now_ms, octets, sizeof octets);
    carry(line, &line->down, octets, length);
}

/* Until something has happened at the client. */
static enum dlms_hdlc_event run(struct line *line, struct dlms_span *apdu)
{
    for (uint32_t steps = 0; steps < 5000000; steps++) {
        carry_output(line);
        const size_t up = arrived(line, &line->up);
        const size_t down = arrived(line, &line->down);
        dlms_hdlc_server_input(&line->server, line->now_ms, line->up.octets + line->up.head, up);
        line->up.head += up;
        line->down.head += dlms_hdlc_client_input(&line->client, line->now_ms,
                                                  line->down.octets + line->down.head, down);
        const enum dlms_hdlc_event event = dlms_hdlc_client_event(&line->client, apdu);
        if (event != DLMS_HDLC_NOTHING) {
            return event;
        }
        line->now_ms += up + down > 0 ? 1 : 7;
    }
    fail_msg("nothing happens any more");
    return DLMS_HDLC_NOTHING;
}

static bool link_up(struct line *line)
{
    struct dlms_span apdu;
    assert_true(dlms_hdlc_client_connect(&line->client, line->now_ms));
    const enum dlms_hdlc_event event = run(line, &apdu);
    assert_true(event == DLMS_HDLC_CONNECTED || event == DLMS_HDLC_FAILED);
    return event == DLMS_HDLC_CONNECTED;
}

/* One APDU there and its answer back. False: reported as failed. */
static bool exchange(struct line *line, uint32_t number, size_t request_length,
                     size_t answer_length)
{
    static uint8_t request[APDU];
    struct dlms_span apdu = {request, request_length};
    fill(request, request_length, number, 0);
    line->answer_length = answer_length;
    assert_true(dlms_hdlc_client_send(&line->client, line->now_ms, apdu, true));
    const enum dlms_hdlc_event event = run(line, &apdu);
    assert_true(line->carried_out[number] <= 1);
    if (event == DLMS_HDLC_FAILED) {
        assert_false(dlms_hdlc_client_connected(&line->client));
        return false;
    }
    assert_int_equal(event, DLMS_HDLC_ANSWER);
    assert_int_equal(line->carried_out[number], 1);
    assert_true(is_filled(apdu, number, 1, answer_length));
    return true;
}

static void disconnect(struct line *line)
{
    struct dlms_span apdu;
    assert_true(dlms_hdlc_client_disconnect(&line->client, line->now_ms));
    assert_int_equal(run(line, &apdu), DLMS_HDLC_DISCONNECTED);
    assert_false(dlms_hdlc_server_connected(&line->server, 16, 1));
}

static const struct dlms_hdlc_parameters widest = {2030, 2030, 7, 7, true};

/* A good line: every window and size, and lengths around what a segment and a window hold. Nothing is
 * waited for: a good line needs no retry. */
static void exchange_every_length(uint16_t size, uint8_t window)
{
    const struct dlms_hdlc_parameters meter = {size, size, window, window, false};
    struct line *line = line_up(meter, widest, window);
    uint32_t number = 0;
    line->client_settings.response_ms = 100000; /* nothing would come before answer_ms */
    assert_true(link_up(line));
    for (int segments = 1; segments <= 17; segments += 4) {
        for (int over = -1; over <= 1; over++) {
            const size_t length = (size_t)(segments * size + over) - DLMS_HDLC_LLC;
            assert_true(exchange(line, number++, length, 5));
            assert_true(exchange(line, number++, 5, length));
            assert_true(exchange(line, number++, length, length));
        }
    }
    disconnect(line);
    free(line);
}

static void test_every_window(void **state)
{
    (void)state;
    for (uint8_t window = 1; window <= 7; window++) {
        exchange_every_length(32, window);
        exchange_every_length(80, window);
        exchange_every_length(128, window);
    }
}

static void test_frames_of_2030_octets(void **state)
{
    (void)state;
    struct line *line = line_up(widest, widest, 5);
    assert_true(link_up(line));
    assert_true(exchange(line, 0, 2027, 2027)); /* one frame each */
    assert_true(exchange(line, 1, 2028, 2028));
    assert_true(exchange(line, 2, APDU, APDU));
    assert_true(exchange(line, 3, 2, 2));
    disconnect(line);
    free(line);
}

/* Different limits each way are kept, each way. */
static void test_no_frame_is_longer_than_agreed(void **state)
{
    (void)state;
    const struct dlms_hdlc_parameters meter = {512, 64, 3, 2, false};
    const struct dlms_hdlc_parameters reader = {100, 200, 7, 5, false};
    struct line *line = line_up(meter, reader, 6);
    assert_true(link_up(line));
    assert_int_equal(line->client.agreed.transmit_size, 64);
    assert_int_equal(line->client.agreed.receive_size, 200);
    assert_int_equal(line->client.agreed.transmit_window, 2);
    assert_int_equal(line->client.agreed.receive_window, 3);
    assert_true(exchange(line, 0, 1000, 1000));
    assert_int_equal(line->link.agreed.transmit_size, 200);
    assert_int_equal(line->link.agreed.receive_size, 64);
    free(line);
}

/* Many exchanges over a bad line. Returns how many failed. */
static int exchange_many(struct line *line, int count)
{
    int failed = 0;
    for (int i = 0; i < count; i++) {
        while (!dlms_hdlc_client_connected(&line->client)) {
            (void)link_up(line);
        }
        const size_t request_length = 2 + below(&line->random, 400);
        const size_t answer_length = 2 + below(&line->random, 400);
        failed += !exchange(line, (uint32_t)i, request_length, answer_length);
    }
    return failed;
}

static void test_bad_lines(void **state)
{
    (void)state;
    static const struct damage damages[] = {
        {.lose_octet = 20},
        {.flip_bit = 20},
        {.insert_octet = 20},
        {.lose_turn = 1000},
        {.repeat_turn = 3000},
        {.delay_turn = 3000},
        {.repeat_turn = 2000, .delay_turn = 2000},
        {.lose_octet = 5, .flip_bit = 5, .insert_octet = 5, .lose_turn = 300, .repeat_turn = 500},
        {.lose_octet = 10, .lose_turn = 300, .repeat_turn = 500, .delay_turn = 500},
    };
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        for (uint8_t window = 1; window <= 7; window++) {
            const struct dlms_hdlc_parameters meter = {64, 64, window, window, false};
            struct line *line = line_up(meter, widest, 100 * i + window);
            line->damage = damages[i];
            /* Twenty turns in a row would have to go wrong. */
            assert_int_equal(exchange_many(line, 150), 0);
            free(line);
        }
    }
}

/* An operation of the COSEM client over the line, to its end. */
static enum dlms_client_status follow(struct line *line, struct dlms_client *client,
                                      enum dlms_client_status status)
{
    while (status == DLMS_CLIENT_SEND) {
        struct dlms_span apdu = dlms_client_output(client);
        assert_true(dlms_hdlc_client_send(&line->client, line->now_ms, apdu, true));
        assert_int_equal(run(line, &apdu), DLMS_HDLC_ANSWER);
        status = dlms_client_received(client, apdu);
    }
    return status;
}

/* COM-2. All layers of both sides: an object list, in blocks, in segments, over a bad line, is the one
 * the server gives without any of that. */
static void test_an_object_list_over_a_bad_line(void **state)
{
    (void)state;
    static const struct dlms_client_attribute object_list = {
        .class_id = 15, .logical_name = {0, 0, 40, 0, 0, 255}, .index = 2};
    const struct dlms_client_settings settings = {.conformance = 0xFFFFFF, .max_receive_pdu = 150};
    const struct dlms_hdlc_parameters meter = {48, 64, 3, 1, false};
    static struct peer device;
    static struct peer quiet;
    static uint8_t request[200];
    static uint8_t value[4000];
    struct dlms_client client;
    struct line *line = line_up(meter, widest, 77);
    peer_init(&quiet, DEVICE_PUBLIC, PEER_LONG_BUFFER);
    peer_open(&quiet, 0xFFFF);
    assert_int_equal(peer_collect(&quiet, "C001C1000F0000280000FF0200"), -1);
    peer_init(&device, DEVICE_PUBLIC, PEER_LONG_BUFFER);
    line->device = &device;
    line->damage = (struct damage){.lose_octet = 20, .flip_bit = 20, .lose_turn = 500};
    dlms_client_init(&client, &settings, request, sizeof request, value, sizeof value);
    assert_true(link_up(line));
    assert_int_equal(follow(line, &client, dlms_client_associate(&client)), DLMS_CLIENT_DONE);
    assert_int_equal(follow(line, &client, dlms_client_get(&client, &object_list)),
                     DLMS_CLIENT_DONE);
    assert_int_equal(client.value_length, quiet.answer_length);
    assert_memory_equal(client.value, quiet.answer, quiet.answer_length);
    assert_int_equal(follow(line, &client, dlms_client_release(&client)), DLMS_CLIENT_DONE);
    disconnect(line);
    free(line);
}

/* A line so bad that operations do fail: each says so, and the next may work. */
static void test_hopeless_lines(void **state)
{
    (void)state;
    int failed = 0;
    int total = 0;
    for (uint8_t window = 1; window <= 7; window++) {
        const struct dlms_hdlc_parameters meter = {128, 128, window, window, false};
        struct line *line = line_up(meter, widest, 1000u + window);
        line->client_settings.retries = 2;
        line->damage = (struct damage){.lose_octet = 30,
                                       .flip_bit = 30,
                                       .lose_turn = 1000,
                                       .repeat_turn = 500,
                                       .delay_turn = 500};
        failed += exchange_many(line, 200);
        total += 200;
        free(line);
    }
    assert_true(failed > total / 20);
    assert_true(failed < total);
}

static void test_a_dead_line_is_reported(void **state)
{
    (void)state;
    struct line *line = line_up(widest, widest, 7);
    struct dlms_span apdu;
    assert_true(link_up(line));
    line->damage.lose_turn = 10000;
    const uint32_t before_ms = line->now_ms;
    assert_false(exchange(line, 0, 10, 10));
    assert_int_equal(line->client.failure, DLMS_HDLC_FAILURE_TIMEOUT);
    assert_in_range(line->now_ms - before_ms, 21 * 500, 21 * 520);
    assert_false(link_up(line));
    assert_true(dlms_hdlc_client_disconnect(&line->client, line->now_ms));
    assert_int_equal(run(line, &apdu), DLMS_HDLC_FAILED);
    free(line);
}

/* Noise without end is no sign of life for ever. */
static void test_noise_without_end(void **state)
{
    (void)state;
    struct line *line = line_up(widest, widest, 8);
    struct dlms_span apdu;
    uint8_t octets[64];
    assert_true(dlms_hdlc_client_connect(&line->client, line->now_ms));
    const uint32_t before_ms = line->now_ms;
    enum dlms_hdlc_event event = DLMS_HDLC_NOTHING;
    while (event == DLMS_HDLC_NOTHING) {
        dlms_hdlc_client_output(&line->client, line->now_ms, octets, sizeof octets);
        octets[0] = (uint8_t)below(&line->random, 256);
        dlms_hdlc_client_input(&line->client, line->now_ms, octets, 1);
        event = dlms_hdlc_client_event(&line->client, &apdu);
        line->now_ms += 5;
    }
    assert_int_equal(event, DLMS_HDLC_FAILED);
    assert_int_equal(line->client.failure, DLMS_HDLC_FAILURE_NO_ANSWER);
    assert_in_range(line->now_ms - before_ms, 60000, 61000);
    free(line);
}

static void test_a_server_that_does_not_answer(void **state)
{
    (void)state;
    struct line *line = line_up(widest, widest, 9);
    uint8_t request[100];
    struct dlms_span apdu = {request, sizeof request};
    assert_true(link_up(line));
    line->is_busy_server = true;
    fill(request, sizeof request, 0, 0);
    assert_true(dlms_hdlc_client_send(&line->client, line->now_ms, apdu, false));
    assert_int_equal(run(line, &apdu), DLMS_HDLC_DELIVERED);
    assert_int_equal(line->carried_out[0], 1);
    assert_false(exchange(line, 1, 10, 10));
    assert_int_equal(line->client.failure, DLMS_HDLC_FAILURE_NO_ANSWER);
    assert_int_equal(line->carried_out[1], 1);
    free(line);
}

static void test_answers_that_end_the_link(void **state)
{
    (void)state;
    struct line *line = line_up(widest, widest, 10);
    assert_true(link_up(line));
    line->now_ms += 130000; /* the server's inactivity time-out */
    assert_false(exchange(line, 0, 10, 10));
    assert_int_equal(line->client.failure, DLMS_HDLC_FAILURE_DM);
    assert_true(link_up(line));
    line->client.acknowledged = 5; /* as if it were another connection */
    assert_false(exchange(line, 1, 10, 10));
    assert_true(link_up(line));
    line->client.receive_number = 3; /* N(R) of what was never sent */
    assert_false(exchange(line, 2, 10, 10));
    assert_int_equal(line->client.failure, DLMS_HDLC_FAILURE_FRMR);
    assert_int_equal(line->client.rejection[2], 0x08);
    assert_true(link_up(line));
    line->client.answer_size = 20;
    assert_false(exchange(line, 3, 10, 18));
    assert_int_equal(line->client.failure, DLMS_HDLC_FAILURE_TOO_LONG);
    assert_true(link_up(line));
    assert_true(exchange(line, 4, 10, 17));
    free(line);
}

static void test_operations_in_the_wrong_state(void **state)
{
    (void)state;
    struct line *line = line_up(widest, widest, 11);
    const struct dlms_span apdu = {(const uint8_t *)"\0\0", 2};
    struct dlms_span got;
    assert_false(dlms_hdlc_client_send(&line->client, line->now_ms, apdu, true));
    assert_true(dlms_hdlc_client_connect(&line->client, line->now_ms));
    assert_false(dlms_hdlc_client_connect(&line->client, line->now_ms));
    assert_false(dlms_hdlc_client_disconnect(&line->client, line->now_ms));
    assert_int_equal(run(line, &got), DLMS_HDLC_CONNECTED);
    assert_false(
        dlms_hdlc_client_send(&line->client, line->now_ms, (struct dlms_span){NULL, 0}, true));
    assert_true(link_up(line)); /* starts over */
    disconnect(line);
    disconnect(line); /* DM says so, too */
    free(line);
}

/* What the meter sends unasked comes between, and disturbs nothing. */
static void test_notifications(void **state)
{
    (void)state;
    struct line *line = line_up(widest, widest, 12);
    struct dlms_span apdu = {(const uint8_t *)"\x0F@\0\0\0\0\0", 7};
    assert_true(dlms_hdlc_server_notify(&line->server, 16, 1, apdu));
    line->client_settings.server.length = 1; /* the form such frames come in */
    line->client_settings.server.lower = 0;
    assert_true(dlms_hdlc_client_connect(&line->client, line->now_ms));
    assert_int_equal(run(line, &apdu), DLMS_HDLC_NOTIFICATION);
    assert_int_equal(apdu.length, 7);
    assert_int_equal(run(line, &apdu), DLMS_HDLC_CONNECTED);
    assert_true(exchange(line, 0, 10, 10));
    free(line);
}

/* The recorded reader: the same octets from this client, answered with those recorded. */
static void play_reader(const char *const *frames, size_t count, struct dlms_hdlc_address server,
                        uint16_t client_sap)
{
    const struct dlms_hdlc_client_settings settings = {
        .client_sap = client_sap,
        .server = server,
        .parameters = {512, 512, 1, 1, true},
        .response_ms = 2000,
        .answer_ms = 60000,
        .retries = 3,
    };
    static uint8_t frame[FRAME];
    static uint8_t answer[APDU];
    struct dlms_hdlc_client client;
    dlms_hdlc_client_init(&client, &settings, frame, sizeof frame, answer, sizeof answer);
    for (size_t i = 0; i < count; i += 2) {
        uint8_t asked[200];
        uint8_t answered[600];
        uint8_t got[200];
        struct dlms_span apdu;
        const size_t asked_length = peer_bytes(frames[i], asked, sizeof asked);
        const size_t answered_length = peer_bytes(frames[i + 1], answered, sizeof answered);
        if (i == 0) {
            assert_true(dlms_hdlc_client_connect(&client, 0));
        } else if (i + 2 == count) {
            assert_true(dlms_hdlc_client_disconnect(&client, 0));
        } else {
            apdu = (struct dlms_span){asked + 11, asked_length - 14};
            assert_true(dlms_hdlc_client_send(&client, 0, apdu, true));
        }
        assert_int_equal(dlms_hdlc_client_output(&client, 0, got, sizeof got), asked_length);
        assert_memory_equal(got, asked, asked_length);
        assert_int_equal(dlms_hdlc_client_input(&client, 0, answered, answered_length),
                         answered_length);
        const enum dlms_hdlc_event event = dlms_hdlc_client_event(&client, &apdu);
        assert_int_equal(event, i == 0           ? DLMS_HDLC_CONNECTED
                                : i + 2 == count ? DLMS_HDLC_DISCONNECTED
                                                 : DLMS_HDLC_ANSWER);
        assert_int_equal(apdu.length, event == DLMS_HDLC_ANSWER ? answered_length - 14 : 0);
    }
}

static void test_recorded_reader(void **state)
{
    (void)state;
    play_reader(recorded_short, RECORDED_SHORT, (struct dlms_hdlc_address){1, 1, 0}, 16);
    /* To block 2; the blocks behind it were not published, but the end of the dialogue was. */
    const char *const profile[] = {recorded_profile[0], recorded_profile[1], recorded_profile[2],
                                   recorded_profile[3], recorded_profile[4], recorded_profile[5],
                                   recorded_profile[6], recorded_profile[7], recorded_profile[10],
                                   recorded_profile[11]};
    play_reader(profile, 10, (struct dlms_hdlc_address){1, 16, 0}, 18);
}

static void test_every_failure_has_a_text(void **state)
{
    (void)state;
    for (int i = 0; i <= DLMS_HDLC_FAILURE_PROTOCOL; i++) {
        assert_string_not_equal(dlms_hdlc_failure_text((enum dlms_hdlc_failure)i),
                                "unknown failure");
    }
    assert_string_equal(dlms_hdlc_failure_text((enum dlms_hdlc_failure)99), "unknown failure");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_window),
        cmocka_unit_test(test_frames_of_2030_octets),
        cmocka_unit_test(test_no_frame_is_longer_than_agreed),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_an_object_list_over_a_bad_line),
        cmocka_unit_test(test_hopeless_lines),
        cmocka_unit_test(test_a_dead_line_is_reported),
        cmocka_unit_test(test_noise_without_end),
        cmocka_unit_test(test_a_server_that_does_not_answer),
        cmocka_unit_test(test_answers_that_end_the_link),
        cmocka_unit_test(test_operations_in_the_wrong_state),
        cmocka_unit_test(test_notifications),
        cmocka_unit_test(test_recorded_reader),
        cmocka_unit_test(test_every_failure_has_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
