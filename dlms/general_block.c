/* General block transfer. Invariants: what is gathered is always one APDU from its first block on, in
 * order; acknowledged < next ≤ count + 1, and a block has the same number and octets however often it is
 * sent. */
#include "dlms/general_block.h"

#include <string.h>

#include "dlms/axdr.h"

enum {
    LAST = 0x80,
    STREAMING = 0x40,
    WINDOW = 0x3F,
    HEAD = 6, /* tag, control, both numbers; then a length */
    NUMBER_MAX = 0xFFFF,
};

struct block {
    bool is_last;
    bool is_streaming;
    uint8_t window;
    uint16_t number;
    uint16_t acknowledged;
    struct dlms_span bytes;
};

void dlms_general_block_init(struct dlms_general_block *stream, uint8_t *buffer, size_t size,
                             uint8_t window, bool answers)
{
    *stream = (struct dlms_general_block){
        .buffer = buffer,
        .size = size,
        .window = window,
        .peer_window = 1,
        .answers = answers,
    };
}

void dlms_general_block_reset(struct dlms_general_block *stream)
{
    const uint8_t peer_window = stream->peer_window;
    dlms_general_block_init(stream, stream->buffer, stream->size, stream->window, stream->answers);
    stream->peer_window = peer_window;
}

/* ---- Sending ---- */

/* Octets of an APDU that a frame has room for; 0: none. */
static size_t capacity_of(size_t frame_size)
{
    const size_t room = frame_size > HEAD ? frame_size - HEAD : 0;
    if (room <= 0x80) {
        return room > 0 ? room - 1 : 0;
    }
    if (room <= 0x101) {
        return room - 2;
    }
    return room - 3 < NUMBER_MAX ? room - 3 : NUMBER_MAX;
}

/* The blocks behind those the peer has, as many as go without waiting. */
static void open_window(struct dlms_general_block *stream)
{
    const uint32_t own = stream->window > 1 ? DLMS_WINDOW_MAX : 1;
    const uint32_t most = stream->peer_window < own ? stream->peer_window : own;
    stream->next = stream->acknowledged + 1;
    stream->window_end = stream->acknowledged + most;
    if (stream->window_end > stream->count) {
        stream->window_end = stream->count;
    }
}

bool dlms_general_block_send(struct dlms_general_block *stream, struct dlms_span apdu,
                             size_t frame_size)
{
    const size_t capacity = capacity_of(frame_size);
    if (capacity == 0 || apdu.length == 0 ||
        (apdu.length - 1) / capacity >= (size_t)(NUMBER_MAX - stream->own)) {
        return false;
    }
    stream->is_sending = true;
    stream->ack_due = false;
    stream->out = apdu.data;
    stream->out_length = apdu.length;
    stream->frame_size = frame_size;
    stream->capacity = capacity;
    stream->count = (uint32_t)((apdu.length - 1) / capacity + 1);
    stream->acknowledged = 0;
    open_window(stream);
    return true;
}

static size_t write_block(const struct dlms_general_block *stream, uint8_t control, uint32_t number,
                          struct dlms_span bytes, uint8_t *out)
{
    struct dlms_writer writer = dlms_writer(out, HEAD + 3 + bytes.length);
    dlms_raw_u8(&writer, DLMS_TAG_GENERAL_BLOCK);
    dlms_raw_u8(&writer, control | stream->window);
    dlms_raw_u16(&writer, (uint16_t)number);
    dlms_raw_u16(&writer, stream->received);
    dlms_raw_length(&writer, bytes.length);
    dlms_raw_bytes(&writer, bytes.data, bytes.length);
    return writer.total;
}

static size_t write_ack(struct dlms_general_block *stream, uint8_t *out)
{
    static const struct dlms_span nothing;
    const uint32_t number = stream->own + (stream->is_counted ? 0u : 1u);
    if (stream->ack_counts && number <= NUMBER_MAX) {
        stream->own = (uint16_t)number;
        stream->is_counted = true;
    }
    stream->ack_due = false;
    return write_block(stream, LAST, number, nothing, out);
}

size_t dlms_general_block_write(struct dlms_general_block *stream, uint8_t *out, size_t size)
{
    if (stream->ack_due && size >= DLMS_GENERAL_BLOCK_ACK) {
        return write_ack(stream, out);
    }
    if (!stream->is_sending || stream->next > stream->window_end || size < stream->frame_size) {
        return 0;
    }
    const size_t offset = (stream->next - 1) * stream->capacity;
    const size_t left = stream->out_length - offset;
    const struct dlms_span bytes = {stream->out + offset,
                                    left < stream->capacity ? left : stream->capacity};
    uint8_t control = 0;
    if (stream->next == stream->count) {
        control = LAST;
    } else if (stream->next < stream->window_end) {
        control = STREAMING;
    }
    return write_block(stream, control, stream->own + stream->next++, bytes, out);
}

void dlms_general_block_repeat(struct dlms_general_block *stream)
{
    if (stream->is_sending) {
        open_window(stream);
    } else {
        stream->ack_due = true;
        stream->ack_counts = false;
    }
}

/* ---- Taking ---- */

static bool parse(struct dlms_span apdu, struct block *block)
{
    struct dlms_reader reader = dlms_reader(apdu.data, apdu.length);
    const uint8_t tag = dlms_read_u8(&reader);
    const uint8_t control = dlms_read_u8(&reader);
    block->is_last = (control & LAST) != 0;
    block->is_streaming = (control & STREAMING) != 0 && !block->is_last;
    block->window = control & WINDOW;
    block->number = dlms_read_u16(&reader);
    block->acknowledged = dlms_read_u16(&reader);
    block->bytes = dlms_read_bytes(&reader, dlms_read_length(&reader));
    return tag == DLMS_TAG_GENERAL_BLOCK && dlms_reader_done(&reader);
}

static uint32_t check_of(struct dlms_span bytes)
{
    return dlms_check(DLMS_CHECK_START, bytes.data, bytes.length);
}

/* The peer has the blocks up to number, as far as they were sent. */
static enum dlms_general_block_event go_on(struct dlms_general_block *stream, uint32_t number)
{
    if (number > stream->own + stream->acknowledged && number < stream->own + stream->next) {
        stream->acknowledged = number - stream->own;
    }
    open_window(stream);
    return stream->acknowledged < stream->count ? DLMS_BLOCK_SEND : DLMS_BLOCK_WAIT;
}

static enum dlms_general_block_event take_ack(struct dlms_general_block *stream,
                                              const struct block *block)
{
    if (stream->is_sending) {
        const bool is_whole = block->acknowledged == stream->own + stream->window_end;
        if (block->number > stream->received && (stream->answers || is_whole)) {
            stream->received = block->number;
        }
        return go_on(stream, block->acknowledged);
    }
    if (stream->gathered == 0) {
        return DLMS_BLOCK_NO_STREAM;
    }
    stream->ack_due = true;
    stream->ack_counts = false;
    return DLMS_BLOCK_SEND;
}

/* A server sends, and nothing of it is acknowledged: the last block of the request, or what comes before
 * it in a window, once more. The client has not heard the answer. */
static bool is_repeated(const struct dlms_general_block *stream, const struct block *block)
{
    const uint32_t check = check_of(block->bytes);
    return stream->answers && stream->is_sending && stream->acknowledged == 0 &&
           stream->number_last > 0 &&
           ((block->number == stream->number_last && check == stream->check_last) ||
            (block->number == 1 && check == stream->check_first) ||
            (block->number > 1 && block->number < stream->number_last && block->is_streaming));
}

/* An answer goes on with the numbers of its request's acknowledgements, and is acknowledged with those
 * behind the request's; anything else starts with 1. */
static void start_gathering(struct dlms_general_block *stream)
{
    const bool is_answer = stream->is_sending && !stream->answers;
    stream->own = is_answer ? (uint16_t)(stream->own + stream->count) : 0;
    stream->received = is_answer ? stream->received : 0;
    stream->is_sending = false;
    stream->is_counted = false;
    stream->gathered = 0;
}

/* The next block of the APDU that is gathered. */
static enum dlms_general_block_event append(struct dlms_general_block *stream,
                                            const struct block *block)
{
    if (block->bytes.length > stream->size - stream->gathered) {
        dlms_general_block_reset(stream);
        return DLMS_BLOCK_TOO_LONG;
    }
    memcpy(stream->buffer + stream->gathered, block->bytes.data, block->bytes.length);
    stream->check_last = check_of(block->bytes);
    if (stream->gathered == 0) {
        stream->check_first = stream->check_last;
    }
    stream->gathered += block->bytes.length;
    stream->received = block->number;
    stream->number_last = block->number;
    stream->is_counted = false;
    return block->is_last ? DLMS_BLOCK_WHOLE : DLMS_BLOCK_WAIT;
}

enum dlms_general_block_event dlms_general_block_take(struct dlms_general_block *stream,
                                                      struct dlms_span apdu)
{
    struct block block;
    if (!parse(apdu, &block)) {
        return DLMS_BLOCK_MALFORMED;
    }
    stream->peer_window = block.window > 0 ? block.window : 1;
    if (block.bytes.length == 0) {
        return take_ack(stream, &block);
    }
    if (is_repeated(stream, &block)) {
        return block.is_streaming ? DLMS_BLOCK_WAIT : go_on(stream, 0);
    }
    const bool starts_over =
        block.number == 1 && stream->gathered > 0 && check_of(block.bytes) != stream->check_first;
    if (stream->is_sending || starts_over) {
        start_gathering(stream);
    }
    if (block.number == (uint32_t)stream->received + 1) {
        const enum dlms_general_block_event event = append(stream, &block);
        if (event != DLMS_BLOCK_WAIT) {
            return event;
        }
    }
    stream->ack_due = !block.is_streaming;
    stream->ack_counts = block.number <= stream->received;
    return stream->ack_due ? DLMS_BLOCK_SEND : DLMS_BLOCK_WAIT;
}
