/* Block transfer, 5-3: what GET, SET and ACTION share. A link has one transfer at a time. Internal. */
#ifndef DLMS_TRANSFER_H
#define DLMS_TRANSFER_H

#include "dlms/service.h"

enum dlms_transfer_kind {
    DLMS_TRANSFER_GET,        /* an answer goes out */
    DLMS_TRANSFER_ACTION_OUT, /* return parameters go out */
    DLMS_TRANSFER_SET,        /* a request comes in */
    DLMS_TRANSFER_ACTION_IN,  /* a request comes in */
};

/* A transfer of this kind is under way for the session of this exchange. */
bool dlms_transfer_active(const struct dlms_exchange *exchange, enum dlms_transfer_kind kind);

/* Ends the transfer of this session, leaving that of another alone. */
void dlms_transfer_cancel(struct dlms_link *link, const struct dlms_session *session);

/* Begins one in place of whatever was under way. The first request_length bytes of the long buffer are
 * the request's. */
void dlms_transfer_start(struct dlms_exchange *exchange, enum dlms_transfer_kind kind,
                         size_t request_length);

/* The APDU asks for the next block, or brings it: it does not end the transfer under way. */
bool dlms_transfer_continues(struct dlms_span apdu);

/* ---- Out ---- */

/* The most bytes a block may carry behind head_size octets (up to but not including its length), so
 * that the answer is as long as allowed, or all but. */
size_t dlms_block_capacity(const struct dlms_exchange *exchange, size_t head_size);

/* The number of bytes the next block takes, and whether it is the last. */
size_t dlms_block_length(const struct dlms_transfer *transfer, size_t capacity, bool *is_last);

/* Writes length and bytes of the next block behind a head that is already written, and moves on. */
void dlms_block_write(struct dlms_exchange *exchange, size_t length);

/* ---- In ---- */

/* DataBlock-SA of a request, 5-3. */
struct dlms_block {
    bool is_last;
    uint32_t number;
    struct dlms_span bytes;
};

struct dlms_block dlms_read_block(struct dlms_reader *reader);

/* Begins to gather a request: head, which a block has in front of it, then the block. False: the long
 * buffer is too small, or the number is not 1; nothing is under way then. */
bool dlms_gather_start(struct dlms_exchange *exchange, enum dlms_transfer_kind kind, uint8_t form,
                       const struct dlms_span *head, size_t head_count,
                       const struct dlms_block *block);

/* Adds a block. False: it does not fit, and nothing is under way any more. */
bool dlms_gather(struct dlms_link *link, struct dlms_span bytes);

#endif
