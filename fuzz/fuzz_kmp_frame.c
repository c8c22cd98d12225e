/* The frame receiver. The first byte gives its buffer's size and direction, the rest is the stream,
 * heard twice: at once and byte by byte must come to the same. Every frame found, sent again and
 * received again, is the same frame. */
#include <stdlib.h>
#include <string.h>

#include "kmp/frame.h"

enum { EVENTS = 64 };

struct heard {
    size_t count;
    struct {
        enum kmp_reception reception;
        size_t length;
        uint16_t crc;
    } events[EVENTS];
};

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_again(uint8_t start, const struct kmp_frame *frame)
{
    uint8_t body[300] = {frame->address, frame->cid};
    uint8_t wire[700];
    uint8_t buffer[300];
    struct kmp_transmitter transmitter;
    struct kmp_receiver receiver;
    struct kmp_frame again;
    size_t used;
    memcpy(body + 2, frame->data, frame->length);
    kmp_transmitter_frame(&transmitter, start, body, 2 + frame->length);
    const size_t length = kmp_transmitter_pull(&transmitter, wire, sizeof wire);
    kmp_receiver_init(&receiver, start, buffer, sizeof buffer, 0);
    require(kmp_receiver_feed(&receiver, wire, length, 0, &used, &again) == KMP_RECEIVED_FRAME);
    require(used == length && again.length == frame->length);
    require(memcmp(again.data, frame->data, frame->length) == 0);
}

static void hear(uint8_t first, const uint8_t *data, size_t size, size_t portion,
                 struct heard *heard)
{
    const uint8_t start = (first & 1) != 0 ? KMP_ANSWER : KMP_REQUEST;
    const size_t room = first;
    uint8_t *buffer = malloc(room + 1);
    struct kmp_receiver receiver;
    require(buffer != NULL);
    kmp_receiver_init(&receiver, start, buffer, room, KMP_GAP_MS);
    heard->count = 0;
    for (size_t at = 0; at < size;) {
        struct kmp_frame frame = {0};
        size_t used;
        const size_t count = size - at < portion ? size - at : portion;
        const enum kmp_reception reception =
            kmp_receiver_feed(&receiver, data + at, count, 0, &used, &frame);
        require(used > 0 && used <= count);
        at += used;
        if (reception == KMP_RECEIVED_NOTHING || heard->count == EVENTS) {
            continue;
        }
        heard->events[heard->count].reception = reception;
        heard->events[heard->count].length = frame.length;
        heard->events[heard->count].crc = kmp_crc(0, frame.data, frame.length);
        heard->count++;
        if (reception == KMP_RECEIVED_FRAME) {
            check_again(start, &frame);
        }
    }
    free(buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct heard at_once;
    static struct heard by_byte;
    if (size == 0) {
        return 0;
    }
    hear(data[0], data + 1, size - 1, size, &at_once);
    hear(data[0], data + 1, size - 1, 1, &by_byte);
    require(at_once.count == by_byte.count);
    for (size_t i = 0; i < at_once.count; i++) {
        require(at_once.events[i].reception == by_byte.events[i].reception);
        require(at_once.events[i].length == by_byte.events[i].length);
        require(at_once.events[i].crc == by_byte.events[i].crc);
    }
    return 0;
}
