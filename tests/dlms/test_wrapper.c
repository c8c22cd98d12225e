/* The TCP wrapper: frames come out the same however TCP cuts the stream. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dlms/wrapper.h"
#include "peer.h"

/* Three frames, the middle one without an APDU. */
static const char stream_hex[] = "0001001000010005 C001C10001"
                                 "0001001200100000 "
                                 "0001001200100003 620000";

enum { SEEN_SIZE = 128 };

/* Adds "source>destination:apdu;" to seen. */
static void note(const struct dlms_wrapper_frame *frame, char *seen)
{
    size_t at = strlen(seen);
    at += (size_t)snprintf(seen + at, SEEN_SIZE - at, "%u>%u:", frame->source, frame->destination);
    for (size_t i = 0; i < frame->apdu.length; i++) {
        at += (size_t)snprintf(seen + at, SEEN_SIZE - at, "%02X", frame->apdu.data[i]);
    }
    snprintf(seen + at, SEEN_SIZE - at, ";");
}

/* Feeds the whole of data and notes each frame. */
static enum dlms_err feed(struct dlms_wrapper *wrapper, const uint8_t *data, size_t length,
                          char *seen)
{
    enum dlms_err err = DLMS_ERR_MORE;
    while (length > 0) {
        size_t used;
        struct dlms_wrapper_frame frame;
        err = dlms_wrapper_feed(wrapper, data, length, &used, &frame);
        if (err == DLMS_OK) {
            note(&frame, seen);
        } else if (err != DLMS_ERR_MORE) {
            return err;
        }
        assert_true(used > 0 && used <= length);
        data += used;
        length -= used;
    }
    return err;
}

static const char frames[] = "16>1:C001C10001;18>16:;18>16:620000;";

/* Every way to cut the stream in three, among them all of one piece and all cuts in two. */
static void test_every_chunking_gives_the_same_frames(void **state)
{
    (void)state;
    uint8_t stream[64];
    const size_t length = peer_bytes(stream_hex, stream, sizeof stream);
    for (size_t i = 0; i <= length; i++) {
        for (size_t j = i; j <= length; j++) {
            uint8_t buffer[5];
            char seen[SEEN_SIZE] = "";
            struct dlms_wrapper wrapper;
            dlms_wrapper_init(&wrapper, buffer, sizeof buffer);
            feed(&wrapper, stream, i, seen);
            feed(&wrapper, stream + i, j - i, seen);
            feed(&wrapper, stream + j, length - j, seen);
            assert_string_equal(seen, frames);
        }
    }
}

static void test_byte_by_byte_gives_the_same_frames(void **state)
{
    (void)state;
    uint8_t stream[64];
    uint8_t buffer[5];
    char seen[SEEN_SIZE] = "";
    const size_t length = peer_bytes(stream_hex, stream, sizeof stream);
    struct dlms_wrapper wrapper;
    dlms_wrapper_init(&wrapper, buffer, sizeof buffer);
    for (size_t i = 0; i < length; i++) {
        feed(&wrapper, stream + i, 1, seen);
    }
    assert_string_equal(seen, frames);
}

static void test_what_is_no_wrapper_stays_refused(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        enum dlms_err err;
    } rows[] = {
        {"01", DLMS_ERR_FORMAT},              /* known at the first octet */
        {"0002", DLMS_ERR_FORMAT},            /* a version there is not */
        {"7EA00702", DLMS_ERR_FORMAT},        /* HDLC */
        {"0001001000010006", DLMS_ERR_SPACE}, /* one octet more than the buffer takes */
        {"000100100001FFFF", DLMS_ERR_SPACE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t stream[64];
        uint8_t buffer[5];
        char seen[SEEN_SIZE] = "";
        struct dlms_wrapper wrapper;
        dlms_wrapper_init(&wrapper, buffer, sizeof buffer);
        size_t length = peer_bytes(rows[i].hex, stream, sizeof stream);
        assert_int_equal(feed(&wrapper, stream, length, seen), rows[i].err);
        length = peer_bytes(stream_hex, stream, sizeof stream);
        assert_int_equal(feed(&wrapper, stream, length, seen), rows[i].err);
        assert_string_equal(seen, "");
        dlms_wrapper_init(&wrapper, buffer, sizeof buffer);
        feed(&wrapper, stream, length, seen);
        assert_string_equal(seen, frames);
    }
}

static void test_no_octets_are_no_news(void **state)
{
    (void)state;
    uint8_t buffer[5];
    size_t used = 1;
    struct dlms_wrapper wrapper;
    struct dlms_wrapper_frame frame;
    dlms_wrapper_init(&wrapper, buffer, sizeof buffer);
    assert_int_equal(dlms_wrapper_feed(&wrapper, NULL, 0, &used, &frame), DLMS_ERR_MORE);
    assert_int_equal(used, 0);
}

static void test_the_header_written_is_the_header_read(void **state)
{
    (void)state;
    uint8_t header[DLMS_WRAPPER_HEADER];
    uint8_t expected[DLMS_WRAPPER_HEADER];
    dlms_wrapper_header(header, 16, 1, 31);
    peer_bytes("000100100001001F", expected, sizeof expected);
    assert_memory_equal(header, expected, sizeof header);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_chunking_gives_the_same_frames),
        cmocka_unit_test(test_byte_by_byte_gives_the_same_frames),
        cmocka_unit_test(test_what_is_no_wrapper_stays_refused),
        cmocka_unit_test(test_no_octets_are_no_news),
        cmocka_unit_test(test_the_header_written_is_the_header_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
