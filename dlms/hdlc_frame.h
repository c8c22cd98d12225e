/* HDLC frames of format type 3 (IEC 62056-46, ISO/IEC 13239): encoding, and a receiver for a line.
 *
 *     7E | A/S length | destination | source | control | HCS | information | FCS | 7E
 *
 * There is no byte stuffing: a 7E may stand anywhere inside, and only the length says where a frame
 * ends. A frame without information ends with the HCS. "46" below is IEC 62056-46.
 */
#ifndef DLMS_HDLC_FRAME_H
#define DLMS_HDLC_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dlms/types.h"

enum {
    DLMS_HDLC_FLAG = 0x7E,
    DLMS_HDLC_MAX_INFORMATION = 2030,
    /* Flags, format, addresses of 4 and 4 octets, control, HCS, FCS: what a frame has at most
     * around its information. A buffer of this plus the information holds any frame. */
    DLMS_HDLC_OVERHEAD = 17,
    DLMS_HDLC_LLC = 3, /* octets in front of an APDU: E6 E6 00 to the server, E6 E7 00 from it */
};

/* A client's address has 1 octet and only the upper part; a server's has 1, 2 or 4, 46 and 1.2. */
struct dlms_hdlc_address {
    uint8_t length; /* octets on the line: 1, 2 or 4 */
    uint16_t upper; /* SAP of the client or logical device: 7 bits, with 4 octets 14 bits */
    uint16_t lower; /* the physical device, as wide; 0 when length is 1 */
};

enum dlms_hdlc_type {
    DLMS_HDLC_I,
    DLMS_HDLC_RR,
    DLMS_HDLC_RNR,
    DLMS_HDLC_REJ, /* not used by 46, understood all the same */
    DLMS_HDLC_SNRM,
    DLMS_HDLC_DISC,
    DLMS_HDLC_UA,
    DLMS_HDLC_DM,
    DLMS_HDLC_FRMR,
    DLMS_HDLC_UI,
    DLMS_HDLC_UNKNOWN,
};

/* What a control octet says. */
struct dlms_hdlc_control {
    enum dlms_hdlc_type type;
    bool poll;              /* P of a command, F of a response */
    uint8_t send_number;    /* N(S), 0 … 7: of I */
    uint8_t receive_number; /* N(R), 0 … 7: of I, RR, RNR, REJ */
};

struct dlms_hdlc_control dlms_hdlc_control_parse(uint8_t octet);

/* The octet; numbers are taken modulo 8. type must not be DLMS_HDLC_UNKNOWN. */
uint8_t dlms_hdlc_control_write(struct dlms_hdlc_control control);

struct dlms_hdlc_frame {
    bool segmented; /* more segments of the same APDU follow */
    struct dlms_hdlc_address destination;
    struct dlms_hdlc_address source;
    uint8_t control;
    /* Absent when length is 0. From a receiver with data NULL and length not 0: the frame was
     * good, but its information longer than the receiver's buffer. */
    struct dlms_span information;
};

/* CRC-16/X.25 continued over length octets: start with 0xFFFF, invert the end. Run over a block and
 * its check sequence, low octet first, it gives DLMS_HDLC_CHECK_GOOD. */
enum { DLMS_HDLC_CHECK_START = 0xFFFF, DLMS_HDLC_CHECK_GOOD = 0xF0B8 };
uint16_t dlms_hdlc_check(uint16_t check, const uint8_t *data, size_t length);

/* Parses what stands between the flags, from the format field to the last octet of the check
 * sequence. DLMS_ERR_FORMAT: other format type, a length that is not this one, an address of 3 or
 * more than 4 octets, a wrong HCS or FCS. The information stays in data. */
enum dlms_err dlms_hdlc_frame_parse(const uint8_t *data, size_t length,
                                    struct dlms_hdlc_frame *frame);

/* Writes a frame with both flags. Returns its length; 0, data untouched, when size is too small,
 * the information longer than DLMS_HDLC_MAX_INFORMATION, or an address cannot be written: its length
 * is not 1, 2 or 4, or a part does not fit. */
size_t dlms_hdlc_frame_write(const struct dlms_hdlc_frame *frame, uint8_t *data, size_t size);

/* ---- Sender: a frame on its way out, in any portions, without a copy of its information -------- */

struct dlms_hdlc_sender {
    uint8_t head[DLMS_HDLC_OVERHEAD]; /* opening flag to HCS, then the prefix */
    uint8_t tail[3];                  /* FCS, closing flag */
    uint8_t head_length;
    uint8_t tail_length;
    size_t sent;
    struct dlms_span information;
};

/* Starts a frame; what was under way is forgotten. prefix (at most DLMS_HDLC_LLC octets, may be
 * empty) goes in front of frame->information, which must stay in place until all is taken. False,
 * and nothing to send: the frame cannot be written (as dlms_hdlc_frame_write). */
bool dlms_hdlc_sender_start(struct dlms_hdlc_sender *sender, const struct dlms_hdlc_frame *frame,
                            struct dlms_span prefix);

bool dlms_hdlc_sender_pending(const struct dlms_hdlc_sender *sender);

/* Takes the next octets, at most size; 0 when the frame is out. */
size_t dlms_hdlc_sender_take(struct dlms_hdlc_sender *sender, uint8_t *data, size_t size);

/* ---- Receiver: octets in as they come, good frames out ----------------------------------------
 *
 * Everything that is no good frame is passed over in silence: noise, frames with a wrong length,
 * address form, HCS, FCS or closing flag. A header is judged as soon as it is there, and after every
 * disappointment the octets already taken are searched again from the next 7E on, so noise or a torn
 * frame costs no good frame behind it. One 7E may close a frame and open the next.
 */
struct dlms_hdlc_receiver {
    uint8_t *buffer; /* what came after an opening flag; not owned */
    size_t size;
    size_t held;          /* octets in buffer */
    size_t judged;        /* of the frame under way, in buffer or beyond its end */
    size_t length;        /* of that frame, between the flags; 0: not known yet */
    size_t header_length; /* format field to HCS; 0: not known yet */
    size_t delivered;     /* octets at the start of buffer that belong to the frame given out */
    uint32_t last_ms;     /* when octets came last */
    uint32_t inter_octet_ms;
    uint16_t check;  /* over the octets judged */
    bool is_hunting; /* no opening flag yet */
    bool is_over;    /* the line has fallen silent: what is incomplete stays so */
};

/* buffer of size octets, at least DLMS_HDLC_OVERHEAD, stays the caller's and in place. A silence
 * longer than inter_octet_ms inside a frame ends it (46: 20 … 6000, default 25); 0 never does, for
 * lines that are not lines (TCP). */
void dlms_hdlc_receiver_init(struct dlms_hdlc_receiver *receiver, uint8_t *buffer, size_t size,
                             uint32_t inter_octet_ms);

/* Takes octets that came at now_ms (any clock that counts milliseconds and may wrap), up to the end
 * of one frame; *used tells how many. DLMS_OK: *frame is a good frame; it is in the buffer and valid
 * until the next call. Call again with what is left, even when nothing is. DLMS_ERR_MORE: all is
 * taken. With length 0 only the silence is judged. */
enum dlms_err dlms_hdlc_receiver_feed(struct dlms_hdlc_receiver *receiver, uint32_t now_ms,
                                      const uint8_t *data, size_t length, size_t *used,
                                      struct dlms_hdlc_frame *frame);

#endif
