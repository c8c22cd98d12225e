/* Streams cut anywhere: whatever portions bytes come in, good frames are found the same; and
 * damage to one frame costs no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decode/hexline.h"
#include "decode/session.h"

enum { FRAMES = 8, STREAM = 512 };

/* One of each language; what follows each begins differently. */
static const char *const lines[FRAMES] = {
    "7EA0190321326FD8E6E600C0018100010101000001FF0200A8E37E",
    "803F10020001001BF26BFE0D",
    "403F1000010204420012D687001BF2020444075BCD157B480D",
    "2F3F210D0A",
    "02312E302E30283031303530323031303735303132290335",
    "68090968530151046D02108A19CB16",
    "1040FE3E16",
    "0001001000010007C4018100060000",
};

struct heard {
    size_t reports, faulty, bytes;
    enum decode_language languages[64];
};

static void hear(void *context, const struct decode_report *report)
{
    struct heard *heard = context;
    assert_true(report->length > 0);
    heard->languages[heard->reports % 64] = report->language;
    heard->reports++;
    heard->faulty += report->tree->faults > 0 ? 1 : 0;
    heard->bytes += report->length;
}

static size_t make_stream(uint8_t stream[STREAM], size_t ends[FRAMES])
{
    size_t length = 0;
    for (size_t i = 0; i < FRAMES; i++) {
        struct decode_hexline hex;
        decode_hexline_read(lines[i], strlen(lines[i]), stream + length, &hex);
        assert_null(hex.error);
        length += hex.length;
        ends[i] = length;
    }
    return length;
}

static struct heard listen(const uint8_t *stream, size_t length, size_t portion)
{
    struct heard heard = {0};
    struct decode_session *session = decode_session_new(NULL, hear, &heard);
    assert_non_null(session);
    for (size_t at = 0; at < length; at += portion) {
        const size_t count = length - at < portion ? length - at : portion;
        assert_true(decode_feed(session, DECODE_UNKNOWN, stream + at, count));
    }
    decode_flush(session);
    assert_false(decode_is_waiting(session));
    decode_session_free(session);
    return heard;
}

/* The last frame is a wrapper whose APDU ends inside its data: faulty, a frame all the same. */
static void test_any_portions(void **state)
{
    uint8_t stream[STREAM];
    size_t ends[FRAMES];
    const size_t length = make_stream(stream, ends);
    static const enum decode_language languages[FRAMES] = {DECODE_HDLC, DECODE_KMP,    DECODE_KMP,
                                                           DECODE_IEC,  DECODE_IEC,    DECODE_MBUS,
                                                           DECODE_MBUS, DECODE_WRAPPER};
    (void)state;
    for (size_t portion = 1; portion <= length; portion++) {
        const struct heard heard = listen(stream, length, portion);
        assert_int_equal(heard.reports, FRAMES);
        assert_int_equal(heard.faulty, 1);
        assert_int_equal(heard.bytes, length);
        assert_memory_equal(heard.languages, languages, sizeof languages);
    }
}

/* One byte changed to anything: all bytes are still reported, and of the other frames at most the
 * neighbour that the damage ran into is lost. */
static void test_any_byte_damaged(void **state)
{
    uint8_t stream[STREAM];
    size_t ends[FRAMES];
    const size_t length = make_stream(stream, ends);
    (void)state;
    for (size_t at = 0; at < length; at++) {
        const uint8_t was = stream[at];
        for (unsigned change = 1; change < 256; change += 6) {
            stream[at] = (uint8_t)(was ^ change);
            const struct heard heard = listen(stream, length, length);
            assert_int_equal(heard.bytes, length);
            assert_true(heard.reports - heard.faulty >= FRAMES - 1 - 2);
        }
        stream[at] = was;
    }
}

/* Cut at any byte: what is whole is decoded, the rest said. A flag alone is an idle line. */
static void test_any_end(void **state)
{
    uint8_t stream[STREAM];
    size_t ends[FRAMES];
    const size_t length = make_stream(stream, ends);
    (void)state;
    assert_int_equal(listen(stream, 1, 1).reports, 0);
    for (size_t end = 2; end < length; end++) {
        const struct heard heard = listen(stream, end, end);
        size_t whole = 0;
        while (whole < FRAMES - 1 && ends[whole] <= end) {
            whole++;
        }
        const bool is_between = whole > 0 && ends[whole - 1] == end;
        assert_int_equal(heard.bytes, end);
        assert_true(heard.reports - heard.faulty >= whole);
        assert_true(is_between || heard.faulty > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_portions),
        cmocka_unit_test(test_any_byte_damaged),
        cmocka_unit_test(test_any_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
