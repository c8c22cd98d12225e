/* Frames to and from the line. Invariant of the receiver: length counts unstuffed bytes of the one
 * frame under way and never exceeds size; a start byte begins anew from any state. Invariant of the
 * transmitter: at is the body byte to send next, and a byte's escape has been sent exactly when the
 * state is ESCAPED. */
#include "kmp/frame.h"

enum receiver_state { OUTSIDE, INSIDE, AFTER_ESCAPE };
enum transmitter_state { SENT, ACKNOWLEDGE, START, BODY, ESCAPED, STOP };

/* CRC of the values of a half byte: 32 bytes of table instead of 512. */
static const uint16_t crc_table[16] = {
    0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50A5, 0x60C6, 0x70E7,
    0x8108, 0x9129, 0xA14A, 0xB16B, 0xC18C, 0xD1AD, 0xE1CE, 0xF1EF,
};

uint16_t kmp_crc(uint16_t crc, const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        crc = (uint16_t)(crc << 4 ^ crc_table[(crc >> 12 ^ data[i] >> 4) & 0xF]);
        crc = (uint16_t)(crc << 4 ^ crc_table[(crc >> 12 ^ data[i]) & 0xF]);
    }
    return crc;
}

static bool is_reserved(uint8_t byte)
{
    return byte == KMP_REQUEST || byte == KMP_ANSWER || byte == KMP_STOP || byte == KMP_ACK ||
           byte == KMP_ESCAPE;
}

/* ---- Receiver -------------------------------------------------------------------------------- */

void kmp_receiver_init(struct kmp_receiver *receiver, uint8_t start, uint8_t *buffer, size_t size,
                       uint16_t gap_ms)
{
    *receiver =
        (struct kmp_receiver){.buffer = buffer, .size = size, .gap_ms = gap_ms, .start = start};
}

static enum kmp_reception leave(struct kmp_receiver *receiver, enum kmp_reception reception)
{
    receiver->state = OUTSIDE;
    receiver->length = 0;
    return reception;
}

static enum kmp_reception store(struct kmp_receiver *receiver, uint8_t byte)
{
    receiver->state = INSIDE;
    if (receiver->length == receiver->size) {
        return leave(receiver, KMP_RECEIVED_EXCESS);
    }
    receiver->buffer[receiver->length++] = byte;
    return KMP_RECEIVED_NOTHING;
}

static enum kmp_reception finish(struct kmp_receiver *receiver, struct kmp_frame *frame)
{
    const size_t length = receiver->length;
    if (length < KMP_FRAME_OVERHEAD || kmp_crc(0, receiver->buffer, length) != 0) {
        return leave(receiver, KMP_RECEIVED_DAMAGE);
    }
    *frame = (struct kmp_frame){.address = receiver->buffer[0],
                                .cid = receiver->buffer[1],
                                .data = receiver->buffer + 2,
                                .length = length - KMP_FRAME_OVERHEAD};
    return leave(receiver, KMP_RECEIVED_FRAME);
}

static enum kmp_reception take_outside(const struct kmp_receiver *receiver, uint8_t byte)
{
    const bool is_ack = byte == KMP_ACK && receiver->start == KMP_ANSWER;
    return is_ack ? KMP_RECEIVED_ACK : KMP_RECEIVED_NOTHING;
}

static enum kmp_reception take(struct kmp_receiver *receiver, uint8_t byte, struct kmp_frame *frame)
{
    if (byte == receiver->start) {
        receiver->state = INSIDE;
        receiver->length = 0;
        return KMP_RECEIVED_NOTHING;
    }
    if (receiver->state == OUTSIDE) {
        return take_outside(receiver, byte);
    }
    if (receiver->state == AFTER_ESCAPE) {
        const uint8_t plain = (uint8_t)~byte;
        return is_reserved(plain) ? store(receiver, plain) : leave(receiver, KMP_RECEIVED_DAMAGE);
    }
    if (byte == KMP_STOP) {
        return finish(receiver, frame);
    }
    if (byte == KMP_ESCAPE) {
        receiver->state = AFTER_ESCAPE;
        return KMP_RECEIVED_NOTHING;
    }
    return is_reserved(byte) ? leave(receiver, KMP_RECEIVED_DAMAGE) : store(receiver, byte);
}

static void watch_gap(struct kmp_receiver *receiver, uint32_t now_ms)
{
    if (receiver->gap_ms != 0 && now_ms - receiver->last_ms > receiver->gap_ms) {
        leave(receiver, KMP_RECEIVED_NOTHING);
    }
    receiver->last_ms = now_ms;
}

enum kmp_reception kmp_receiver_feed(struct kmp_receiver *receiver, const uint8_t *data,
                                     size_t length, uint32_t now_ms, size_t *used,
                                     struct kmp_frame *frame)
{
    *used = 0;
    if (length > 0) {
        watch_gap(receiver, now_ms);
    }
    while (*used < length) {
        const enum kmp_reception reception = take(receiver, data[(*used)++], frame);
        if (reception != KMP_RECEIVED_NOTHING) {
            return reception;
        }
    }
    return KMP_RECEIVED_NOTHING;
}

bool kmp_receiver_is_inside(const struct kmp_receiver *receiver)
{
    return receiver->state != OUTSIDE;
}

/* ---- Transmitter ----------------------------------------------------------------------------- */

void kmp_transmitter_init(struct kmp_transmitter *transmitter)
{
    *transmitter = (struct kmp_transmitter){.state = SENT};
}

void kmp_transmitter_frame(struct kmp_transmitter *transmitter, uint8_t start, uint8_t *body,
                           size_t length)
{
    const uint16_t crc = kmp_crc(0, body, length);
    body[length] = (uint8_t)(crc >> 8);
    body[length + 1] = (uint8_t)crc;
    *transmitter = (struct kmp_transmitter){
        .body = body, .length = length + 2, .start = start, .state = START};
}

void kmp_transmitter_ack(struct kmp_transmitter *transmitter)
{
    *transmitter = (struct kmp_transmitter){.state = ACKNOWLEDGE};
}

/* After a body byte is gone. */
static void advance(struct kmp_transmitter *transmitter)
{
    transmitter->at++;
    transmitter->state = transmitter->at < transmitter->length ? BODY : STOP;
}

static uint8_t next_body_byte(struct kmp_transmitter *transmitter)
{
    const uint8_t byte = transmitter->body[transmitter->at];
    if (transmitter->state == ESCAPED) {
        advance(transmitter);
        return (uint8_t)~byte;
    }
    if (is_reserved(byte)) {
        transmitter->state = ESCAPED;
        return KMP_ESCAPE;
    }
    advance(transmitter);
    return byte;
}

static uint8_t next_byte(struct kmp_transmitter *transmitter)
{
    switch (transmitter->state) {
    case START:
        transmitter->state = BODY;
        return transmitter->start;
    case BODY:
    case ESCAPED:
        return next_body_byte(transmitter);
    case STOP:
        transmitter->state = SENT;
        return KMP_STOP;
    default:
        transmitter->state = SENT;
        return KMP_ACK;
    }
}

size_t kmp_transmitter_pull(struct kmp_transmitter *transmitter, uint8_t *out, size_t size)
{
    size_t count = 0;
    while (count < size && transmitter->state != SENT) {
        out[count++] = next_byte(transmitter);
    }
    return count;
}
