/* The HDLC receiver. The first byte is the size of its buffer less 17 and, in its highest bit, whether
 * the line falls silent after every portion; the second the length of a portion. Whatever comes in:
 * octets given out were octets taken in, and a frame that fits is one that the parser accepts and
 * that is written back the same. */
#include <stdlib.h>
#include <string.h>

#include "dlms/hdlc_frame.h"

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void judge(const struct dlms_hdlc_frame *frame, const uint8_t *buffer, size_t size)
{
    static uint8_t written[2048 + DLMS_HDLC_OVERHEAD];
    struct dlms_hdlc_frame again;
    if (frame->information.length > 0 && frame->information.data == NULL) {
        require(7u + frame->destination.length + frame->source.length + frame->information.length >
                size);
        return;
    }
    if (frame->information.length > 0) {
        require(frame->information.data >= buffer);
        require(frame->information.data + frame->information.length <= buffer + size);
    }
    const size_t length = dlms_hdlc_frame_write(frame, written, sizeof written);
    require(length > 0);
    require(dlms_hdlc_frame_parse(written + 1, length - 2, &again) == DLMS_OK);
    require(again.control == frame->control && again.segmented == frame->segmented);
    require(again.information.length == frame->information.length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    const size_t buffer_size = DLMS_HDLC_OVERHEAD + (data[0] & 0x7Fu);
    const bool falls_silent = (data[0] & 0x80) != 0;
    const size_t most = 1u + data[1];
    uint8_t *buffer = malloc(buffer_size);
    struct dlms_hdlc_receiver receiver;
    uint32_t now_ms = 0;
    require(buffer != NULL);
    dlms_hdlc_receiver_init(&receiver, buffer, buffer_size, 10);
    data += 2;
    size -= 2;
    while (size > 0) {
        const size_t portion = size < most ? size : most;
        struct dlms_hdlc_frame frame;
        size_t used;
        const enum dlms_err err =
            dlms_hdlc_receiver_feed(&receiver, now_ms, data, portion, &used, &frame);
        require(used <= portion && (err == DLMS_OK || used == portion));
        if (err == DLMS_OK) {
            judge(&frame, buffer, buffer_size);
        } else if (falls_silent) {
            now_ms += 11;
        }
        data += used;
        size -= used;
    }
    free(buffer);
    return 0;
}
