/* The receiver: octets in, good frames out. Whatever was taken since the last opening flag is kept
 * (as far as the buffer goes), so that a frame that turns out bad can be searched for the next one.
 * Invariant: buffer[0 … held-1] are octets of the line without a gap, and a frame is only given out
 * when every octet from its format field to its closing flag was judged. */
#include <string.h>

#include "dlms/hdlc_header.h"

enum verdict { WAIT, BAD, GOOD };

void dlms_hdlc_receiver_init(struct dlms_hdlc_receiver *receiver, uint8_t *buffer, size_t size,
                             uint32_t inter_octet_ms)
{
    *receiver = (struct dlms_hdlc_receiver){
        .buffer = buffer,
        .size = size,
        .inter_octet_ms = inter_octet_ms,
        .check = DLMS_HDLC_CHECK_START,
        .is_hunting = true,
    };
}

/* Forgets the first count octets of the buffer; judging starts over with the next. */
static void drop(struct dlms_hdlc_receiver *r, size_t count)
{
    if (count > r->held) {
        count = r->held;
    }
    r->held -= count;
    if (r->held > 0) {
        memmove(r->buffer, r->buffer + count, r->held);
    }
    r->judged = 0;
    r->length = 0;
    r->header_length = 0;
    r->check = DLMS_HDLC_CHECK_START;
}

/* No frame began at the flag before the buffer: to the next flag in it, or out of the buffer. */
static void search_again(struct dlms_hdlc_receiver *r)
{
    /* Octets that did not fit the buffer are gone, and what follows them has no beginning. */
    const bool is_whole = r->judged <= r->held;
    const uint8_t *flag = NULL;
    if (is_whole && r->held > 0) {
        flag = memchr(r->buffer, DLMS_HDLC_FLAG, r->held);
    }
    drop(r, flag != NULL ? (size_t)(flag - r->buffer) + 1 : r->held);
    r->is_hunting = flag == NULL;
}

static enum verdict judge_header(struct dlms_hdlc_receiver *r)
{
    struct dlms_hdlc_header header;
    const enum dlms_err err = dlms_hdlc_header_parse(r->buffer, r->judged, &header);
    if (err == DLMS_ERR_MORE) {
        return WAIT;
    }
    if (err != DLMS_OK || r->check != DLMS_HDLC_CHECK_GOOD) {
        return BAD;
    }
    r->header_length = header.length;
    r->length = header.frame_length;
    return WAIT;
}

/* The octet is number judged of the frame, counted from 1. */
static enum verdict judge(struct dlms_hdlc_receiver *r, uint8_t octet)
{
    r->judged++;
    if (r->length > 0 && r->judged > r->length) {
        return octet == DLMS_HDLC_FLAG ? GOOD : BAD;
    }
    r->check = dlms_hdlc_check(r->check, &octet, 1);
    if (r->header_length == 0) {
        return judge_header(r);
    }
    return r->judged < r->length || r->check == DLMS_HDLC_CHECK_GOOD ? WAIT : BAD;
}

static void give_out(struct dlms_hdlc_receiver *r, struct dlms_hdlc_frame *frame)
{
    struct dlms_hdlc_header header;
    dlms_hdlc_header_parse(r->buffer, r->header_length, &header);
    *frame = header.frame;
    /* The closing flag need not have fitted. */
    if (frame->information.length > 0 && r->length <= r->held) {
        frame->information.data = r->buffer + r->header_length;
    }
    r->delivered = r->judged;
}

/* The next octet to judge: one of the buffer that was taken before, or a new one. False: none. */
static bool next_octet(struct dlms_hdlc_receiver *r, const uint8_t *data, size_t length,
                       size_t *used, uint8_t *octet)
{
    if (r->judged < r->held) {
        *octet = r->buffer[r->judged];
        return true;
    }
    if (*used == length) {
        return false;
    }
    *octet = data[(*used)++];
    if (r->held < r->size && !r->is_hunting) {
        r->buffer[r->held++] = *octet;
    }
    return true;
}

/* The closing flag of the frame given out is the opening one of what comes next. */
static void take_back(struct dlms_hdlc_receiver *r)
{
    if (r->delivered > 0) {
        drop(r, r->delivered);
        r->delivered = 0;
    }
}

static void notice_silence(struct dlms_hdlc_receiver *r, uint32_t now_ms, size_t length)
{
    if (r->inter_octet_ms != 0 && r->held > 0 && now_ms - r->last_ms > r->inter_octet_ms) {
        r->is_over = true;
    }
    if (length > 0) {
        r->last_ms = now_ms;
    }
}

/* Judges until a frame is good or the octets are used up. */
static enum verdict receive(struct dlms_hdlc_receiver *r, const uint8_t *data, size_t length,
                            size_t *used)
{
    uint8_t octet;
    while (next_octet(r, data, length, used, &octet)) {
        if (r->is_hunting) {
            r->is_hunting = octet != DLMS_HDLC_FLAG;
            continue;
        }
        const enum verdict verdict = judge(r, octet);
        if (verdict == GOOD) {
            return GOOD;
        }
        if (verdict == BAD) {
            search_again(r);
        }
    }
    return WAIT;
}

enum dlms_err dlms_hdlc_receiver_feed(struct dlms_hdlc_receiver *receiver, uint32_t now_ms,
                                      const uint8_t *data, size_t length, size_t *used,
                                      struct dlms_hdlc_frame *frame)
{
    *used = 0;
    take_back(receiver);
    notice_silence(receiver, now_ms, length);
    while (receiver->is_over) { /* first what had come before the silence */
        if (receive(receiver, NULL, 0, used) == GOOD) {
            give_out(receiver, frame);
            return DLMS_OK;
        }
        receiver->is_over = receiver->held > 0;
        search_again(receiver);
    }
    if (receive(receiver, data, length, used) == GOOD) {
        give_out(receiver, frame);
        return DLMS_OK;
    }
    return DLMS_ERR_MORE;
}
