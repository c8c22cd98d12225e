/* Frames of the Kamstrup Meter Protocol: byte stuffing, CRC-16, receiver and transmitter.
 *
 *     request  80 | stuffed( address, CID, data …, CRC high, CRC low ) | 0D
 *     answer   40 | the same                                           | 0D
 *     acknowledgement 06, alone
 *
 * Inside a frame 80, 40, 0D, 06 and 1B travel as 1B and the inverted byte, so a start byte is
 * always the start of a frame. The CRC is CRC-16/XMODEM (polynomial 1021h, start 0, not
 * reflected) over address, CID and data before stuffing. Lines: 1200 or 9600 Bd, 8N2; TCP
 * carries the same bytes. Source: vendor protocol description 5512-447, sections 2 and 3.
 *
 * Nothing is allocated and no clock is read: time is milliseconds of any steady count, which may
 * wrap around, handed in with the bytes. Both directions use the same code. */
#ifndef KMP_FRAME_H
#define KMP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KMP_REQUEST = 0x80, /* start byte of a frame to the meter */
    KMP_ANSWER = 0x40,  /* start byte of a frame from the meter */
    KMP_STOP = 0x0D,
    KMP_ACK = 0x06,
    KMP_ESCAPE = 0x1B,
};

enum {
    KMP_ADDRESS_METER = 0x3F,
    KMP_ADDRESS_TOP_LOGGER = 0x7F,  /* logger in the top module */
    KMP_ADDRESS_BASE_LOGGER = 0xBF, /* logger in the base module */
};

enum {
    KMP_GAP_MS = 27,        /* longest pause inside a request that a meter accepts */
    KMP_FRAME_OVERHEAD = 4, /* address, CID and CRC: what a body has beside its data */
};

/* Continues a CRC: pass 0 first, then the previous result. kmp_crc(0, "123456789", 9) is 31C3h;
 * over a body with its CRC it is 0. data is borrowed for the call. */
uint16_t kmp_crc(uint16_t crc, const uint8_t *data, size_t length);

/* ---- Receiver -------------------------------------------------------------------------------- */

struct kmp_frame {
    uint8_t address;
    uint8_t cid;
    const uint8_t *data; /* in the receiver's buffer; valid until it is fed again */
    size_t length;
};

enum kmp_reception {
    KMP_RECEIVED_NOTHING, /* all was taken, no frame is complete yet */
    KMP_RECEIVED_FRAME,   /* *frame is complete, its CRC right */
    KMP_RECEIVED_ACK,     /* an acknowledgement, outside of frames; only a receiver of answers */
    KMP_RECEIVED_DAMAGE,  /* a frame ended with a wrong CRC, wrong stuffing, or before its CRC */
    KMP_RECEIVED_EXCESS,  /* a frame is longer than the buffer; it was dropped */
};

/* Internal. */
struct kmp_receiver {
    uint8_t *buffer;
    size_t size;
    size_t length; /* unstuffed bytes of the frame under way */
    uint32_t last_ms;
    uint16_t gap_ms;
    uint8_t start;
    uint8_t state;
};

/* A receiver of frames that begin with start (KMP_REQUEST or KMP_ANSWER) and have up to size bytes
 * from address to CRC. buffer is the caller's and must stay in place. A pause of more than gap_ms
 * inside a frame drops it; 0 for no limit. */
void kmp_receiver_init(struct kmp_receiver *receiver, uint8_t start, uint8_t *buffer, size_t size,
                       uint16_t gap_ms);

/* Takes bytes up to the end of one frame or acknowledgement; *used tells how many. Call again with
 * what is left. Bytes outside of frames are skipped, those of the other direction (an optical head
 * echoes) among them. now_ms is when the bytes came; bytes of one call came without a pause. */
enum kmp_reception kmp_receiver_feed(struct kmp_receiver *receiver, const uint8_t *data,
                                     size_t length, uint32_t now_ms, size_t *used,
                                     struct kmp_frame *frame);

/* A frame has begun and not ended. */
bool kmp_receiver_is_inside(const struct kmp_receiver *receiver);

/* ---- Transmitter ----------------------------------------------------------------------------- */

/* Internal. */
struct kmp_transmitter {
    const uint8_t *body;
    size_t length;
    size_t at;
    uint8_t start;
    uint8_t state;
};

/* Nothing to send; drops what was being sent. */
void kmp_transmitter_init(struct kmp_transmitter *transmitter);

/* Sends a frame. body holds address, CID and data, length bytes of them, and has room for two more:
 * the CRC is put there. It stays the caller's, in place and unchanged until all is pulled. */
void kmp_transmitter_frame(struct kmp_transmitter *transmitter, uint8_t start, uint8_t *body,
                           size_t length);

/* Sends an acknowledgement. */
void kmp_transmitter_ack(struct kmp_transmitter *transmitter);

/* Writes the next bytes for the line to out, at most size; returns how many, 0 when all is sent. */
size_t kmp_transmitter_pull(struct kmp_transmitter *transmitter, uint8_t *out, size_t size);

#endif
