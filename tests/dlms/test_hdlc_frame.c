/* HDLC frames and parameters: the check frames of the standard's field byte for byte, every address
 * form, and a receiver that finds each good frame in whatever comes around it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dlms/hdlc_frame.h"
#include "dlms/hdlc_parameters.h"
#include "hdlc_recorded.h"
#include "peer.h"
#include "tests/common/random.h"

enum { FRAME = 2048 + DLMS_HDLC_OVERHEAD };

static uint32_t below(struct test_random *random, uint32_t limit)
{
    return (uint32_t)(random_u64(random) % limit);
}

static void test_check_sequence(void **state)
{
    (void)state;
    const uint16_t check = dlms_hdlc_check(0xFFFF, (const uint8_t *)"123456789", 9);
    const uint8_t sent[] = {(uint8_t)~check, (uint8_t)(~check >> 8)};
    assert_int_equal((uint16_t)~check, 0x906E);
    assert_int_equal(dlms_hdlc_check(check, sent, 2), DLMS_HDLC_CHECK_GOOD);
}

/* Every octet is either one of the frames of 46 and comes back the same, or unknown. */
static void test_every_control_octet(void **state)
{
    (void)state;
    int known = 0;
    for (int octet = 0; octet < 256; octet++) {
        const struct dlms_hdlc_control control = dlms_hdlc_control_parse((uint8_t)octet);
        if (control.type != DLMS_HDLC_UNKNOWN) {
            assert_int_equal(dlms_hdlc_control_write(control), octet);
            known++;
        }
    }
    assert_int_equal(known, 128 + 3 * 16 + 6 * 2);
}

static void test_control_octets_by_name(void **state)
{
    (void)state;
    static const struct {
        uint8_t octet;
        struct dlms_hdlc_control control;
    } rows[] = {
        {0x93, {DLMS_HDLC_SNRM, true, 0, 0}}, {0x53, {DLMS_HDLC_DISC, true, 0, 0}},
        {0x73, {DLMS_HDLC_UA, true, 0, 0}},   {0x1F, {DLMS_HDLC_DM, true, 0, 0}},
        {0x97, {DLMS_HDLC_FRMR, true, 0, 0}}, {0x13, {DLMS_HDLC_UI, true, 0, 0}},
        {0x03, {DLMS_HDLC_UI, false, 0, 0}},  {0x11, {DLMS_HDLC_RR, true, 0, 0}},
        {0xC5, {DLMS_HDLC_RNR, false, 0, 6}}, {0x76, {DLMS_HDLC_I, true, 3, 3}},
        {0x2E, {DLMS_HDLC_I, false, 7, 1}},   {0x59, {DLMS_HDLC_REJ, true, 0, 2}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct dlms_hdlc_control control = dlms_hdlc_control_parse(rows[i].octet);
        assert_int_equal(control.type, rows[i].control.type);
        assert_int_equal(control.poll, rows[i].control.poll);
        assert_int_equal(control.send_number, rows[i].control.send_number);
        assert_int_equal(control.receive_number, rows[i].control.receive_number);
    }
    assert_int_equal(dlms_hdlc_control_parse(0xFF).type, DLMS_HDLC_UNKNOWN);
}

/* Parsed and written, each frame is itself again, from an exact-size copy. */
static void assert_written_back(const char *hex)
{
    uint8_t bytes[FRAME];
    uint8_t again[FRAME];
    struct dlms_hdlc_frame frame;
    const size_t length = peer_bytes(hex, bytes, sizeof bytes);
    uint8_t *exact = malloc(length - 2);
    assert_non_null(exact);
    memcpy(exact, bytes + 1, length - 2);
    assert_int_equal(dlms_hdlc_frame_parse(exact, length - 2, &frame), DLMS_OK);
    assert_int_equal(dlms_hdlc_frame_write(&frame, again, sizeof again), length);
    assert_memory_equal(again, bytes, length);
    memset(again, 0x55, sizeof again);
    assert_int_equal(dlms_hdlc_frame_write(&frame, again, length - 1), 0);
    assert_int_equal(again[0], 0x55);
    free(exact);
}

static const char *const check_frames[] = {
    "7EA0070321930F017E",
    "7EA01E032193CD3B818012050180060180070400000001080400000001533B7E",
    "7EA0200321937DD9818014050207EE060207EE0704000000070804000000074EE97E",
    "7EA00802232193BD647E",
    "7EA00A00020023219318717E",
    "7EA00721037301407E",
    "7EA01F21022373E6C781801205019A06019A070400000001080400000001CCA27E",
    "7EA023210002002373F6C58180140502008006020080070400000001080400000001CE6A7E",
    "7EA00703215303C77E",
    "7EA00721031F6BE97E",
    "7EA0072103972BE17E",
    "7EA00703211115A67E",
    "7EA00703213117877E",
    "7EA02B032110FBAFE6E600601DA109060760857405080101BE10040E01000000065F1F0400007E1F04B0CAEA7E",
    ("7EA0372103306C7CE6E7006129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F"
     "040000501F01F40007190A7E"),
    "7EA0190321326FD8E6E600C001C100080000010000FF0200601A7E",
    "7EA01E210352484AE6E700C401C100090C07E80205010F1E0000FFC40097A17E",
};

enum { CHECK_FRAMES = sizeof check_frames / sizeof check_frames[0] };

static void test_check_frames(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHECK_FRAMES; i++) {
        assert_written_back(check_frames[i]);
    }
}

static void test_recorded_frames(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORDED_SHORT; i++) {
        assert_written_back(recorded_short[i]);
    }
    for (size_t i = 0; i < RECORDED_PROFILE; i++) {
        assert_written_back(recorded_profile[i]);
    }
}

/* 46: 1, 2 and 4 octets, each part as wide as it goes. */
static void test_every_address_form(void **state)
{
    (void)state;
    static const uint16_t values[] = {0,    1,    0x10,   0x3F,   0x40,  0x7E,
                                      0x7F, 0x80, 0x2000, 0x3FFE, 0x3FFF};
    static const uint8_t forms[] = {1, 2, 4};
    enum { VALUES = sizeof values / sizeof values[0] };
    int written = 0;
    for (size_t i = 0; i < 3 * VALUES * VALUES; i++) {
        const struct dlms_hdlc_address address = {forms[i / (VALUES * VALUES)],
                                                  values[i / VALUES % VALUES], values[i % VALUES]};
        struct dlms_hdlc_frame frame = {
            .destination = address, .source = {.length = 1, .upper = 16}, .control = 0x93};
        uint8_t bytes[32];
        struct dlms_hdlc_frame parsed;
        const size_t length = dlms_hdlc_frame_write(&frame, bytes, sizeof bytes);
        const uint16_t most = address.length == 4 ? 0x3FFF : 0x7F;
        const bool fits = address.upper <= most && address.lower <= most &&
                          (address.length > 1 || address.lower == 0);
        assert_int_equal(length, fits ? 8u + address.length : 0);
        if (fits) {
            assert_int_equal(dlms_hdlc_frame_parse(bytes + 1, length - 2, &parsed), DLMS_OK);
            assert_int_equal(parsed.destination.length, address.length);
            assert_int_equal(parsed.destination.upper, address.upper);
            assert_int_equal(parsed.destination.lower, address.lower);
            assert_int_equal(parsed.source.upper, 16);
            written++;
        }
    }
    assert_int_equal(written, 7 + 7 * 7 + VALUES * VALUES);
}

/* 3 and 5 octets do not exist; no check sequence makes up for that. */
static void test_addresses_of_other_lengths(void **state)
{
    (void)state;
    for (size_t octets = 1; octets <= 6; octets++) {
        uint8_t bytes[32] = {0xA0};
        struct dlms_hdlc_frame frame;
        size_t length = 2;
        for (size_t i = 0; i < octets; i++) {
            bytes[length++] = i + 1 == octets ? 0x21 : 0x02;
        }
        bytes[length++] = 0x21;
        bytes[length++] = 0x93;
        bytes[1] = (uint8_t)(length + 2);
        const uint16_t check = (uint16_t)~dlms_hdlc_check(0xFFFF, bytes, length);
        bytes[length++] = (uint8_t)check;
        bytes[length++] = (uint8_t)(check >> 8);
        const bool exists = octets == 1 || octets == 2 || octets == 4;
        assert_int_equal(dlms_hdlc_frame_parse(bytes, length, &frame),
                         exists ? DLMS_OK : DLMS_ERR_FORMAT);
    }
}

/* Any one bit wrong, anywhere between the flags, and the frame is none: FRAME_N3, N4, N7, N8. */
static void test_every_bit_matters(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHECK_FRAMES; i++) {
        uint8_t bytes[FRAME];
        struct dlms_hdlc_frame frame;
        const size_t length = peer_bytes(check_frames[i], bytes, sizeof bytes) - 2;
        for (size_t bit = 0; bit < 8 * length; bit++) {
            bytes[1 + bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(dlms_hdlc_frame_parse(bytes + 1, length, &frame), DLMS_ERR_FORMAT);
            bytes[1 + bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        for (size_t cut = 0; cut < length; cut++) {
            assert_int_equal(dlms_hdlc_frame_parse(bytes + 1, cut, &frame), DLMS_ERR_FORMAT);
        }
    }
}

static size_t long_frame(size_t information, uint8_t *bytes)
{
    static uint8_t content[DLMS_HDLC_MAX_INFORMATION + 1];
    memset(content, DLMS_HDLC_FLAG, sizeof content); /* nothing but flags inside */
    const struct dlms_hdlc_frame frame = {.destination = {1, 16, 0},
                                          .source = {4, 1, 17},
                                          .control = 0x30,
                                          .information = {content, information}};
    return dlms_hdlc_frame_write(&frame, bytes, FRAME);
}

static void test_the_longest_frame(void **state)
{
    (void)state;
    uint8_t bytes[FRAME];
    struct dlms_hdlc_frame frame;
    const size_t length = long_frame(DLMS_HDLC_MAX_INFORMATION, bytes);
    assert_int_equal(length, 2030 + 14);
    assert_int_equal(dlms_hdlc_frame_parse(bytes + 1, length - 2, &frame), DLMS_OK);
    assert_int_equal(frame.information.length, 2030);
    assert_int_equal(long_frame(DLMS_HDLC_MAX_INFORMATION + 1, bytes), 0);
}

/* ---- Receiver ---- */

struct listener {
    struct dlms_hdlc_receiver receiver;
    uint8_t *buffer;
    int frames;
    int too_long;
    uint8_t last_control;
    uint32_t now_ms;
};

static void listen(struct listener *listener, size_t size, uint32_t inter_octet_ms)
{
    *listener = (struct listener){.buffer = malloc(size)};
    assert_non_null(listener->buffer);
    dlms_hdlc_receiver_init(&listener->receiver, listener->buffer, size, inter_octet_ms);
}

static void hear(struct listener *listener, const uint8_t *data, size_t length)
{
    struct dlms_hdlc_frame frame;
    size_t used;
    while (dlms_hdlc_receiver_feed(&listener->receiver, listener->now_ms, data, length, &used,
                                   &frame) == DLMS_OK) {
        listener->frames++;
        listener->last_control = frame.control;
        listener->too_long += frame.information.length > 0 && frame.information.data == NULL;
        data = used > 0 ? data + used : data;
        length -= used;
    }
    assert_int_equal(used, length);
}

static void hear_hex(struct listener *listener, const char *hex)
{
    uint8_t bytes[FRAME];
    hear(listener, bytes, peer_bytes(hex, bytes, sizeof bytes));
}

static void test_a_frame_octet_by_octet(void **state)
{
    (void)state;
    struct listener listener;
    listen(&listener, FRAME, 0);
    for (size_t i = 0; i < CHECK_FRAMES; i++) {
        uint8_t bytes[FRAME];
        const size_t length = peer_bytes(check_frames[i], bytes, sizeof bytes);
        for (size_t at = 0; at < length; at++) {
            assert_int_equal(listener.frames, i);
            hear(&listener, bytes + at, 1);
        }
    }
    assert_int_equal(listener.frames, CHECK_FRAMES);
    free(listener.buffer);
}

static void test_flags_shared_and_repeated(void **state)
{
    (void)state;
    struct listener listener;
    listen(&listener, FRAME, 0);
    hear_hex(&listener, "7EA0070321930F017EA00703215303C77E");
    assert_int_equal(listener.frames, 2);
    hear_hex(&listener, "7E7E7EA0070321930F017E7E7E7EA00703215303C77E7E");
    assert_int_equal(listener.frames, 4);
    free(listener.buffer);
}

/* FRAME_N1 and N2: a missing flag, a frame cut short. What follows is heard. */
static void test_missing_flags_and_cut_frames(void **state)
{
    (void)state;
    static const char *const torn[] = {"A0070321930F017E",   "7EA0070321930F01",
                                       "7EA0070321930F0100", "7EA00703210F017E",
                                       "7E50070321930F017E", "7EA0080321930F017E"};
    for (size_t i = 0; i < sizeof torn / sizeof torn[0]; i++) {
        struct listener listener;
        listen(&listener, FRAME, 0);
        hear_hex(&listener, torn[i]);
        assert_int_equal(listener.frames, 0);
        hear_hex(&listener, "7EA00703215303C77E");
        /* A closing flag that was missing may be the opening one of what follows. */
        assert_int_equal(listener.last_control, 0x53);
        free(listener.buffer);
    }
}

/* A header promises more than comes: it is believed until the line falls silent, not longer. */
static void test_silence_ends_a_frame(void **state)
{
    (void)state;
    struct listener listener;
    listen(&listener, FRAME, 25);
    uint8_t bytes[FRAME];
    const size_t length = long_frame(500, bytes);
    listener.now_ms = UINT32_MAX - 10; /* the clock may wrap */
    hear(&listener, bytes, length / 2);
    listener.now_ms += 25;
    hear(&listener, bytes + length / 2, length - length / 2);
    assert_int_equal(listener.frames, 1);
    hear(&listener, bytes, length / 2);
    hear_hex(&listener, "7EA00703215303C77E");
    assert_int_equal(listener.frames, 1); /* it might all be information */
    listener.now_ms += 26;
    hear(&listener, NULL, 0);
    assert_int_equal(listener.frames, 2);
    assert_int_equal(listener.last_control, 0x53);
    hear(&listener, bytes + length / 2, length - length / 2);
    assert_int_equal(listener.frames, 2);
    hear(&listener, bytes, length);
    assert_int_equal(listener.frames, 3);
    free(listener.buffer);
}

/* A good frame longer than the buffer is told of as such, and nothing of it taken for a frame. */
static void test_longer_than_the_buffer(void **state)
{
    (void)state;
    for (size_t size = DLMS_HDLC_OVERHEAD; size < 540; size++) {
        struct listener listener;
        uint8_t bytes[FRAME];
        listen(&listener, size, 0);
        const size_t length = long_frame(500, bytes);
        hear(&listener, bytes, length);
        hear_hex(&listener, "A00703215303C77E");
        assert_int_equal(listener.frames, 2);
        assert_int_equal(listener.too_long, size < length - 2);
        assert_int_equal(listener.last_control, 0x53);
        bytes[length - 2] ^= 1;
        hear(&listener, bytes, length);
        hear_hex(&listener, "7EA00703215303C77E");
        assert_int_equal(listener.frames, 3);
        free(listener.buffer);
    }
}

/* Good frames between noise, in portions: each is found, whatever the noise pretends to be. At once,
 * but for the odd time that noise by chance is a header with a good HCS; then when silence shows that
 * the rest of it does not come. */
static void test_noise_costs_no_good_frame(void **state)
{
    (void)state;
    static const uint8_t tempting[] = {0x7E, 0xA0, 0x07, 0x03, 0x21, 0x93, 0x7E, 0x02};
    struct test_random random = {17};
    struct listener listener;
    int late = 0;
    listen(&listener, FRAME, 25);
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[FRAME];
        size_t length = below(&random, 40);
        for (size_t i = 0; i < length; i++) {
            bytes[i] = tempting[below(&random, sizeof tempting)];
        }
        length += peer_bytes(check_frames[below(&random, CHECK_FRAMES)], bytes + length, 1024);
        for (size_t at = 0; at < length;) {
            const size_t most = 1 + below(&random, 64);
            const size_t portion = length - at < most ? length - at : most;
            hear(&listener, bytes + at, portion);
            at += portion;
        }
        if (listener.frames <= round) {
            listener.now_ms += 26;
            hear(&listener, NULL, 0);
            late++;
        }
        assert_true(listener.frames > round);
        listener.frames = round + 1; /* noise may by chance be a frame */
    }
    assert_true(late < 20);
    free(listener.buffer);
}

/* ---- Parameters ---- */

static enum dlms_err parse_hex(const char *hex, struct dlms_hdlc_parameters *parameters)
{
    uint8_t bytes[64];
    const size_t length = peer_bytes(hex, bytes, sizeof bytes);
    uint8_t *exact = malloc(length > 0 ? length : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, length);
    const enum dlms_err err =
        dlms_hdlc_parameters_parse((struct dlms_span){exact, length}, parameters);
    free(exact);
    return err;
}

static void assert_parameters(const struct dlms_hdlc_parameters *p, uint16_t transmit,
                              uint16_t receive, uint8_t transmit_window, uint8_t receive_window)
{
    assert_int_equal(p->transmit_size, transmit);
    assert_int_equal(p->receive_size, receive);
    assert_int_equal(p->transmit_window, transmit_window);
    assert_int_equal(p->receive_window, receive_window);
}

static void test_parameters_parse(void **state)
{
    (void)state;
    struct dlms_hdlc_parameters p;
    assert_int_equal(parse_hex("", &p), DLMS_OK);
    assert_parameters(&p, 128, 128, 1, 1);
    assert_int_equal(parse_hex("818000", &p), DLMS_OK);
    assert_parameters(&p, 128, 128, 1, 1);
    assert_int_equal(parse_hex("81801405020200060200800704000000010804 00000001", &p), DLMS_OK);
    assert_parameters(&p, 512, 128, 1, 1);
    assert_true(p.wide);
    assert_int_equal(parse_hex("81800C 05019A 06019B 070107 080104", &p), DLMS_OK);
    assert_parameters(&p, 154, 155, 7, 4);
    assert_false(p.wide);
    assert_int_equal(parse_hex("818009 0904FFFFFFFF 060120", &p), DLMS_OK); /* 09 is not ours */
    assert_parameters(&p, 128, 32, 1, 1);
    assert_int_equal(parse_hex("818010 0502FFFF 0604FFFFFFFF 070108 0801FF AABB", &p), DLMS_OK);
    assert_parameters(&p, 2030, 2030, 7, 7);
}

static void test_parameters_malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "81",           "8180",         "818001",     "80800305 0180",     "81810305 0180",
        "81800305011F", "818003070100", "8180020500", "8180050503000080 ", "81800705050000000080",
        "81800105"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct dlms_hdlc_parameters p;
        const bool is_three_octets = i == 8; /* 1 … 4 octets are fine */
        assert_int_equal(parse_hex(bad[i], &p), is_three_octets ? DLMS_OK : DLMS_ERR_FORMAT);
        assert_parameters(&p, 128, 128, 1, 1);
    }
}

static void test_parameters_come_back(void **state)
{
    (void)state;
    static const uint16_t sizes[] = {32, 127, 128, 255, 256, 2030};
    for (unsigned i = 0; i < 6 * 6 * 7 * 7 * 2; i++) {
        const struct dlms_hdlc_parameters p = {sizes[i % 6], sizes[i / 6 % 6],
                                               (uint8_t)(1 + i / 36 % 7),
                                               (uint8_t)(1 + i / 252 % 7), i / 1764 != 0};
        uint8_t information[DLMS_HDLC_PARAMETERS_SIZE];
        struct dlms_hdlc_parameters again;
        const struct dlms_span span = {information, dlms_hdlc_parameters_write(&p, information)};
        assert_int_equal(dlms_hdlc_parameters_parse(span, &again), DLMS_OK);
        assert_parameters(&again, p.transmit_size, p.receive_size, p.transmit_window,
                          p.receive_window);
        assert_int_equal(again.wide, p.wide || p.transmit_size > 255 || p.receive_size > 255);
    }
}

/* Neither side ends up allowed what the other cannot take, and both come to the same. */
static void test_parameters_agree(void **state)
{
    (void)state;
    const struct dlms_hdlc_parameters meter = {512, 128, 3, 5, false};
    const struct dlms_hdlc_parameters reader = {512, 256, 7, 2, true};
    const struct dlms_hdlc_parameters of_meter = dlms_hdlc_parameters_agree(&meter, &reader);
    assert_parameters(&of_meter, 256, 128, 2, 5);
    assert_true(of_meter.wide);
    const struct dlms_hdlc_parameters of_reader = dlms_hdlc_parameters_agree(&reader, &of_meter);
    assert_parameters(&of_reader, 128, 256, 5, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_sequence),
        cmocka_unit_test(test_every_control_octet),
        cmocka_unit_test(test_control_octets_by_name),
        cmocka_unit_test(test_check_frames),
        cmocka_unit_test(test_recorded_frames),
        cmocka_unit_test(test_every_address_form),
        cmocka_unit_test(test_addresses_of_other_lengths),
        cmocka_unit_test(test_every_bit_matters),
        cmocka_unit_test(test_the_longest_frame),
        cmocka_unit_test(test_a_frame_octet_by_octet),
        cmocka_unit_test(test_flags_shared_and_repeated),
        cmocka_unit_test(test_missing_flags_and_cut_frames),
        cmocka_unit_test(test_silence_ends_a_frame),
        cmocka_unit_test(test_longer_than_the_buffer),
        cmocka_unit_test(test_noise_costs_no_good_frame),
        cmocka_unit_test(test_parameters_parse),
        cmocka_unit_test(test_parameters_malformed),
        cmocka_unit_test(test_parameters_come_back),
        cmocka_unit_test(test_parameters_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
