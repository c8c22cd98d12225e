/* General block transfer, 5-3: an APDU of any length, protection included, in numbered blocks. The same
 * on both sides of a line; server.h and client.h put it where it belongs.
 *
 *     E0, control, number, number acknowledged, length, octets of the APDU
 *
 * control: 80 the last block, 40 more of this window follow without waiting (streaming), 3F how many
 * blocks the sender of it takes in one window. A block without octets is an acknowledgement and asks to
 * go on behind the number it acknowledges: that is also how lost blocks are had again. Either side numbers
 * its blocks from 1 in each exchange of request and answer, with the acknowledgements of whole windows among
 * them. One that asks for lost blocks has the number of the next, which is then used again: so both sides
 * count alike, whatever is lost.
 *
 * A stream is half-duplex: it sends an APDU or gathers one. What is out of turn is left out, never kept
 * for later, so an APDU is only ever put together from its blocks in order.
 */
#ifndef DLMS_GENERAL_BLOCK_H
#define DLMS_GENERAL_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dlms/types.h"

enum {
    DLMS_TAG_GENERAL_BLOCK = 0xE0,
    DLMS_WINDOW_MAX = 63,
    DLMS_GENERAL_BLOCK_ACK = 7, /* octets of a block without octets of an APDU */
};

/* The caller's to place, with dlms_general_block_init; all internal. */
struct dlms_general_block {
    uint8_t *buffer; /* the APDU that is gathered, from its start */
    size_t size;
    size_t gathered;
    uint32_t check_first; /* of the first and the last block gathered, to know them again */
    uint32_t check_last;
    uint16_t number_last; /* of the latter */
    uint16_t received;    /* number of the last block taken in order, or acknowledgement; 0: none */
    uint16_t own;         /* number of the last acknowledgement sent, or block before it; 0: none */
    bool is_counted;      /* it was of the window that came last */
    uint8_t window;       /* blocks taken at once; 1: this side neither takes nor sends streams */
    uint8_t peer_window;
    bool answers; /* a server: what comes while it sends may be the request once more */
    bool is_sending;
    bool ack_due;
    bool ack_counts;    /* of a whole window */
    const uint8_t *out; /* the APDU that is sent */
    size_t out_length;
    size_t frame_size;
    size_t capacity;       /* octets of it in a block */
    uint32_t count;        /* its blocks */
    uint32_t next;         /* the next to send, counted from 1 … */
    uint32_t window_end;   /* … and the last to send without waiting */
    uint32_t acknowledged; /* how many the peer has */
};

enum dlms_general_block_event {
    DLMS_BLOCK_WAIT,      /* nothing to send now */
    DLMS_BLOCK_SEND,      /* send what dlms_general_block_write gives until it gives nothing */
    DLMS_BLOCK_WHOLE,     /* buffer[0 … gathered - 1] is a whole APDU */
    DLMS_BLOCK_NO_STREAM, /* an acknowledgement, and nothing was sent or gathered */
    DLMS_BLOCK_TOO_LONG,  /* the APDU is longer than size: the stream is at its start again */
    DLMS_BLOCK_MALFORMED,
};

/* A stream that gathers into buffer, and stays at rest until something is sent or taken. window is
 * 1 … DLMS_WINDOW_MAX: with 1 each block is acknowledged before the next. answers: see above. */
void dlms_general_block_init(struct dlms_general_block *stream, uint8_t *buffer, size_t size,
                             uint8_t window, bool answers);

/* Forgets what was sent and gathered, but not the window of the peer. */
void dlms_general_block_reset(struct dlms_general_block *stream);

/* Begins to send an APDU, which must stay in place, in frames of at most frame_size octets. Of the
 * peer's window it knows what the blocks taken before said; before any, 1. False: frames are too short,
 * or the APDU is empty or would need more than 65535 of them. */
bool dlms_general_block_send(struct dlms_general_block *stream, struct dlms_span apdu,
                             size_t frame_size);

/* Takes a general-block-transfer APDU. */
enum dlms_general_block_event dlms_general_block_take(struct dlms_general_block *stream,
                                                      struct dlms_span apdu);

/* Nothing came in time: what makes the peer go on is written next, the blocks it has not acknowledged or
 * the acknowledgement once more. */
void dlms_general_block_repeat(struct dlms_general_block *stream);

/* The next block to send, or an acknowledgement that is due. 0: it is the peer's turn, or size is less than
 * the frame_size that was sent with, or than DLMS_GENERAL_BLOCK_ACK. */
size_t dlms_general_block_write(struct dlms_general_block *stream, uint8_t *out, size_t size);

#endif
