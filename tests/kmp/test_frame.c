/* Frames: the vectors of the vendor's text and of real meters both ways, any portions, gaps, and
 * what is no frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "kmp/frame.h"
#include "vectors.h"

/* What a receiver makes of a stream, one letter an event: F frame, A acknowledgement, D damage,
 * X too long. */
static const char *hear(struct kmp_receiver *receiver, const uint8_t *data, size_t length,
                        uint32_t now_ms, char *seen)
{
    for (size_t at = 0; at < length;) {
        struct kmp_frame frame;
        size_t used;
        const enum kmp_reception reception =
            kmp_receiver_feed(receiver, data + at, length - at, now_ms, &used, &frame);
        assert_true(used > 0 && used <= length - at);
        at += used;
        if (reception != KMP_RECEIVED_NOTHING) {
            const size_t end = strlen(seen);
            seen[end] = " FADX"[reception];
            seen[end + 1] = '\0';
        }
    }
    return seen;
}

static const char *hear_hex(struct kmp_receiver *receiver, const char *hex, uint32_t now_ms,
                            char *seen)
{
    uint8_t data[HEX_SIZE];
    const size_t length = hex_bytes(hex, data, sizeof data);
    return hear(receiver, data, length, now_ms, seen);
}

static void test_crc_of_the_check_string(void **state)
{
    (void)state;
    assert_int_equal(kmp_crc(0, (const uint8_t *)"123456789", 9), 0x31C3);
    assert_int_equal(kmp_crc(kmp_crc(0, (const uint8_t *)"1234", 4), (const uint8_t *)"56789", 5),
                     0x31C3);
    assert_int_equal(kmp_crc(0, (const uint8_t *)"123456789\x31\xC3", 11), 0);
}

/* Receives a vector and sends what was received: the same bytes, whatever the portions. */
static void check_round_trip(const char *hex, size_t portion)
{
    uint8_t wire[HEX_SIZE];
    uint8_t buffer[HEX_SIZE];
    uint8_t again[HEX_SIZE];
    struct kmp_receiver receiver;
    struct kmp_transmitter transmitter;
    struct kmp_frame frame = {0};
    enum kmp_reception reception = KMP_RECEIVED_NOTHING;
    const size_t length = hex_bytes(hex, wire, sizeof wire);
    kmp_receiver_init(&receiver, wire[0], buffer, sizeof buffer, KMP_GAP_MS);
    for (size_t at = 0; at < length; at += portion) {
        size_t used;
        const size_t count = length - at < portion ? length - at : portion;
        assert_int_equal(reception, KMP_RECEIVED_NOTHING);
        reception = kmp_receiver_feed(&receiver, wire + at, count, (uint32_t)at, &used, &frame);
        assert_int_equal(used, count);
    }
    assert_int_equal(reception, KMP_RECEIVED_FRAME);
    assert_int_equal(frame.address, wire[1]);
    kmp_transmitter_frame(&transmitter, wire[0], buffer, frame.length + 2);
    size_t sent = 0;
    size_t got;
    while ((got = kmp_transmitter_pull(&transmitter, again + sent, portion)) > 0) {
        sent += got;
        assert_true(sent + portion <= sizeof again);
    }
    assert_int_equal(sent, length);
    assert_memory_equal(again, wire, length);
}

static void test_vectors_round_trip_in_any_portions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof frame_vectors / sizeof frame_vectors[0]; i++) {
        for (size_t portion = 1; portion <= 25; portion++) {
            check_round_trip(frame_vectors[i], portion);
        }
    }
}

/* The reference's "must stay unanswered": no frame comes of these. */
static void test_what_is_no_frame(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        const char *seen;
    } rows[] = {
        {"803F1002000155A10D", "D"}, /* wrong CRC, as seen on the Internet */
        {"803F1001000265CF0D", "D"},
        {"803F090001144A00027715C34A0D", "D"},    /* SetClock as the vendor printed it */
        {"403F10001B7F160411012AF024F38A0D", ""}, /* of the other direction */
        {"8080808080", ""},
        {"800D", "D"},
        {"803F0D", "D"},
        {"803F010D", "D"},
        {"803F01050D", "D"},
        {"803F011B058A0D", "D"}, /* 1B in front of what is not escaped */
        {"803F011BFF058A0D", "D"},
        {"803F011B1B058A0D", "D"},
        {"803F0140058A0D", "D"}, /* reserved bytes in the open */
        {"803F0106058A0D", "D"},
        {"803F011B0D058A0D", "D"},
        {"06060D0D1B1B", ""}, /* noise */
        {"0000FF3F01058A0D", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t buffer[64];
        char seen[64] = "";
        struct kmp_receiver receiver;
        kmp_receiver_init(&receiver, KMP_REQUEST, buffer, sizeof buffer, KMP_GAP_MS);
        assert_string_equal(hear_hex(&receiver, rows[i].hex, 0, seen), rows[i].seen);
        /* Nor does it harm the next one. */
        assert_string_equal(hear_hex(&receiver, "803F01058A0D", 0, seen) + strlen(rows[i].seen),
                            "F");
    }
}

static void test_a_start_byte_restarts(void **state)
{
    (void)state;
    uint8_t buffer[64];
    char seen[64] = "";
    struct kmp_receiver receiver;
    kmp_receiver_init(&receiver, KMP_REQUEST, buffer, sizeof buffer, KMP_GAP_MS);
    hear_hex(&receiver, "80 80 803F10 803F01 803F011B 803F01058A0D", 0, seen);
    assert_string_equal(seen, "F");
}

static void test_every_frame_cut_short_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof frame_vectors / sizeof frame_vectors[0]; i++) {
        uint8_t wire[HEX_SIZE];
        uint8_t buffer[HEX_SIZE];
        const size_t length = hex_bytes(frame_vectors[i], wire, sizeof wire);
        for (size_t cut = 0; cut < length - 1; cut++) {
            char seen[8] = "";
            struct kmp_receiver receiver;
            kmp_receiver_init(&receiver, wire[0], buffer, sizeof buffer, KMP_GAP_MS);
            assert_string_equal(hear(&receiver, wire, cut, 0, seen), "");
            /* With a stop byte behind the cut it is a frame with a wrong CRC at best. */
            assert_string_equal(hear_hex(&receiver, "0D", 0, seen), cut == 0 ? "" : "D");
        }
    }
}

/* CRC-16 finds every burst of up to 16 bits; stuffing makes others out of some. Every single wrong
 * byte of every vector is either not a frame at all or a damaged one. */
static void test_every_wrong_byte_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof frame_vectors / sizeof frame_vectors[0]; i++) {
        uint8_t wire[HEX_SIZE];
        uint8_t buffer[HEX_SIZE];
        const size_t length = hex_bytes(frame_vectors[i], wire, sizeof wire);
        const uint8_t start = wire[0];
        for (size_t at = 0; at < length; at++) {
            const uint8_t right = wire[at];
            for (unsigned wrong = 0; wrong < 256; wrong++) {
                char seen[16] = "";
                struct kmp_receiver receiver;
                kmp_receiver_init(&receiver, start, buffer, sizeof buffer, KMP_GAP_MS);
                wire[at] = (uint8_t)wrong;
                hear(&receiver, wire, length, 0, seen);
                assert_true(wrong == right ? strcmp(seen, "F") == 0 : strchr(seen, 'F') == NULL);
            }
            wire[at] = right;
        }
    }
}

static void test_a_gap_drops_the_frame(void **state)
{
    (void)state;
    static const struct {
        uint16_t gap_ms;
        uint32_t pause_ms;
        const char *seen;
    } rows[] = {{27, 27, "F"}, {27, 28, ""}, {27, UINT32_MAX / 2, ""}, {0, 1000000, "F"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t buffer[64];
        char seen[64] = "";
        struct kmp_receiver receiver;
        const uint32_t start_ms = UINT32_MAX - 10; /* the count of time wraps meanwhile */
        kmp_receiver_init(&receiver, KMP_REQUEST, buffer, sizeof buffer, rows[i].gap_ms);
        hear_hex(&receiver, "803F01", start_ms, seen);
        hear_hex(&receiver, "058A0D", start_ms + rows[i].pause_ms, seen);
        assert_string_equal(seen, rows[i].seen);
    }
}

static void test_no_bytes_are_no_time(void **state)
{
    (void)state;
    uint8_t buffer[64];
    char seen[8] = "";
    size_t used = 1;
    struct kmp_frame frame;
    struct kmp_receiver receiver;
    kmp_receiver_init(&receiver, KMP_REQUEST, buffer, sizeof buffer, KMP_GAP_MS);
    hear_hex(&receiver, "803F01", 0, seen);
    assert_int_equal(kmp_receiver_feed(&receiver, NULL, 0, 20, &used, &frame),
                     KMP_RECEIVED_NOTHING);
    assert_int_equal(used, 0);
    assert_string_equal(hear_hex(&receiver, "058A0D", 28, seen), "");
}

static void test_a_frame_too_long_for_the_buffer(void **state)
{
    (void)state;
    uint8_t buffer[8];
    char seen[8] = "";
    struct kmp_receiver receiver;
    /* Eight bytes from address to CRC fit, and nine do not. */
    kmp_receiver_init(&receiver, KMP_ANSWER, buffer, 8, KMP_GAP_MS);
    assert_string_equal(hear_hex(&receiver, "403F0201234567E9560D", 0, seen), "F");
    kmp_receiver_init(&receiver, KMP_ANSWER, buffer, 7, KMP_GAP_MS);
    seen[0] = '\0';
    assert_string_equal(hear_hex(&receiver, "403F0201234567E9560D", 0, seen), "X");
    assert_string_equal(hear_hex(&receiver, "06", 0, seen), "XA");
}

/* An optical head echoes the request in front of the answer. */
static void test_an_echo_is_skipped(void **state)
{
    (void)state;
    uint8_t buffer[64];
    char seen[8] = "";
    struct kmp_receiver receiver;
    kmp_receiver_init(&receiver, KMP_ANSWER, buffer, sizeof buffer, KMP_GAP_MS);
    hear_hex(&receiver, "803F0235E90D 00 403F0201234567E9560D 00 06", 0, seen);
    assert_string_equal(seen, "FA");
}

static void test_acknowledgement(void **state)
{
    (void)state;
    uint8_t out[4];
    struct kmp_transmitter transmitter;
    kmp_transmitter_init(&transmitter);
    assert_int_equal(kmp_transmitter_pull(&transmitter, out, sizeof out), 0);
    kmp_transmitter_ack(&transmitter);
    assert_int_equal(kmp_transmitter_pull(&transmitter, out, 0), 0);
    assert_int_equal(kmp_transmitter_pull(&transmitter, out, sizeof out), 1);
    assert_int_equal(out[0], 0x06);
    assert_int_equal(kmp_transmitter_pull(&transmitter, out, sizeof out), 0);
}

/* Any body of any bytes comes through, stuffed or not. */
static void test_any_body_round_trips(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (int round = 0; round < 5000; round++) {
        static const uint8_t reserved[] = {0x80, 0x40, 0x0D, 0x06, 0x1B};
        uint8_t body[64];
        uint8_t wire[130];
        uint8_t buffer[64];
        char seen[8] = "";
        struct kmp_receiver receiver;
        struct kmp_transmitter transmitter;
        random = random * 1664525 + 1013904223;
        const size_t length = 2 + (random >> 8) % 61;
        for (size_t i = 0; i < length; i++) {
            random = random * 1664525 + 1013904223;
            body[i] = (random >> 30) != 0 ? (uint8_t)(random >> 16) : reserved[(random >> 8) % 5];
        }
        uint8_t copy[64];
        memcpy(copy, body, length);
        kmp_transmitter_frame(&transmitter, KMP_ANSWER, body, length);
        const size_t sent = kmp_transmitter_pull(&transmitter, wire, sizeof wire);
        kmp_receiver_init(&receiver, KMP_ANSWER, buffer, sizeof buffer, KMP_GAP_MS);
        assert_string_equal(hear(&receiver, wire, sent, 0, seen), "F");
        assert_memory_equal(buffer, copy, length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crc_of_the_check_string),
        cmocka_unit_test(test_vectors_round_trip_in_any_portions),
        cmocka_unit_test(test_what_is_no_frame),
        cmocka_unit_test(test_a_start_byte_restarts),
        cmocka_unit_test(test_every_frame_cut_short_is_none),
        cmocka_unit_test(test_every_wrong_byte_is_found),
        cmocka_unit_test(test_a_gap_drops_the_frame),
        cmocka_unit_test(test_no_bytes_are_no_time),
        cmocka_unit_test(test_a_frame_too_long_for_the_buffer),
        cmocka_unit_test(test_an_echo_is_skipped),
        cmocka_unit_test(test_acknowledgement),
        cmocka_unit_test(test_any_body_round_trips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
