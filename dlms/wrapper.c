/* The receiver of the TCP wrapper: header octets are kept apart from the APDU, so that the caller's
 * buffer is all APDU. Invariant: received counts octets accepted of one frame, and a frame is given
 * out in the call that accepts its last octet, hence received never stays at a full frame. */
#include "dlms/wrapper.h"

#include <string.h>

#include "dlms/bytes.h"

void dlms_wrapper_init(struct dlms_wrapper *wrapper, uint8_t *buffer, size_t size)
{
    *wrapper = (struct dlms_wrapper){.buffer = buffer, .size = size};
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Judged as soon as the octets are there: a peer that speaks something else must not be able to
 * keep the connection waiting for a header that never ends. */
static enum dlms_err judge_header(const struct dlms_wrapper *wrapper)
{
    if (wrapper->received >= 1 && wrapper->header[0] != DLMS_WRAPPER_VERSION >> 8) {
        return DLMS_ERR_FORMAT;
    }
    if (wrapper->received >= 2 && wrapper->header[1] != (DLMS_WRAPPER_VERSION & 0xFF)) {
        return DLMS_ERR_FORMAT;
    }
    if (wrapper->received >= DLMS_WRAPPER_HEADER &&
        dlms_load_u16(wrapper->header + 6) > wrapper->size) {
        return DLMS_ERR_SPACE;
    }
    return DLMS_OK;
}

static size_t take_header(struct dlms_wrapper *wrapper, const uint8_t *data, size_t length)
{
    if (wrapper->received >= DLMS_WRAPPER_HEADER) {
        return 0;
    }
    const size_t count = least(length, DLMS_WRAPPER_HEADER - wrapper->received);
    memcpy(wrapper->header + wrapper->received, data, count);
    wrapper->received += count;
    return count;
}

static size_t take_apdu(struct dlms_wrapper *wrapper, const uint8_t *data, size_t length,
                        size_t apdu_length)
{
    const size_t have = wrapper->received - DLMS_WRAPPER_HEADER;
    const size_t count = least(length, apdu_length - have);
    if (count > 0) {
        memcpy(wrapper->buffer + have, data, count);
    }
    wrapper->received += count;
    return count;
}

enum dlms_err dlms_wrapper_feed(struct dlms_wrapper *wrapper, const uint8_t *data, size_t length,
                                size_t *used, struct dlms_wrapper_frame *frame)
{
    *used = 0;
    if (wrapper->failed != DLMS_OK || length == 0) {
        return wrapper->failed != DLMS_OK ? wrapper->failed : DLMS_ERR_MORE;
    }
    *used = take_header(wrapper, data, length);
    wrapper->failed = judge_header(wrapper);
    if (wrapper->failed != DLMS_OK) {
        return wrapper->failed;
    }
    if (wrapper->received < DLMS_WRAPPER_HEADER) {
        return DLMS_ERR_MORE;
    }
    const size_t apdu_length = dlms_load_u16(wrapper->header + 6);
    *used += take_apdu(wrapper, data + *used, length - *used, apdu_length);
    if (wrapper->received < DLMS_WRAPPER_HEADER + apdu_length) {
        return DLMS_ERR_MORE;
    }
    wrapper->received = 0;
    frame->source = dlms_load_u16(wrapper->header + 2);
    frame->destination = dlms_load_u16(wrapper->header + 4);
    frame->apdu = (struct dlms_span){wrapper->buffer, apdu_length};
    return DLMS_OK;
}

void dlms_wrapper_header(uint8_t header[DLMS_WRAPPER_HEADER], uint16_t source, uint16_t destination,
                         uint16_t length)
{
    dlms_store_u16(header, DLMS_WRAPPER_VERSION);
    dlms_store_u16(header + 2, source);
    dlms_store_u16(header + 4, destination);
    dlms_store_u16(header + 6, length);
}
