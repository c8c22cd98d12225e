/* Blocks out of the long buffer and into it. Invariants: sent never passes total; what is gathered is
 * a prefix of the request as it would have come in one piece, without the octets of the blocks. */
#include "dlms/transfer.h"

#include <string.h>

static uint8_t owner_of(const struct dlms_link *link, const struct dlms_session *session)
{
    return (uint8_t)(session - link->sessions + 1);
}

bool dlms_transfer_active(const struct dlms_exchange *exchange, enum dlms_transfer_kind kind)
{
    const struct dlms_transfer *transfer = &exchange->link->transfer;
    return transfer->owner == owner_of(exchange->link, exchange->session) &&
           transfer->kind == (uint8_t)kind && (transfer->protection & ~exchange->protection) == 0;
}

void dlms_transfer_cancel(struct dlms_link *link, const struct dlms_session *session)
{
    if (link->transfer.owner == owner_of(link, session)) {
        link->transfer.owner = 0;
    }
}

void dlms_transfer_start(struct dlms_exchange *exchange, enum dlms_transfer_kind kind,
                         size_t request_length)
{
    exchange->link->transfer = (struct dlms_transfer){
        .owner = owner_of(exchange->link, exchange->session),
        .kind = (uint8_t)kind,
        .protection = exchange->protection,
        .request_length = request_length,
        .check = DLMS_CHECK_START,
    };
}

bool dlms_transfer_continues(struct dlms_span apdu)
{
    static const uint8_t heads[][2] = {
        {0xC0, 2}, /* GET next */
        {0xC1, 3}, /* SET with data block */
        {0xC3, 2}, /* ACTION next pblock */
        {0xC3, 6}, /* ACTION with pblock */
    };
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        if (apdu.length >= 2 && memcmp(apdu.data, heads[i], 2) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- Out ---- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t dlms_block_capacity(const struct dlms_exchange *exchange, size_t head_size)
{
    const size_t room = exchange->reply.size - head_size;
    if (room - 1 <= 0x7F) { /* the length takes 1, 2 or 3 octets */
        return room - 1;
    }
    if (room - 2 <= 0xFF) {
        return room - 2;
    }
    return least(room - 3, 0xFFFF);
}

size_t dlms_block_length(const struct dlms_transfer *transfer, size_t capacity, bool *is_last)
{
    const size_t offset = transfer->sent - transfer->window_start;
    const size_t length = least(capacity, transfer->window_length - offset);
    *is_last = transfer->sent + length == transfer->total;
    return length;
}

void dlms_block_write(struct dlms_exchange *exchange, size_t length)
{
    struct dlms_link *link = exchange->link;
    struct dlms_transfer *transfer = &link->transfer;
    const size_t offset = transfer->sent - transfer->window_start;
    const uint8_t *bytes = link->long_buffer + transfer->request_length + offset;
    transfer->sent += length;
    dlms_raw_length(&exchange->reply, length);
    dlms_raw_bytes(&exchange->reply, bytes, length);
    if (transfer->sent == transfer->total) {
        transfer->owner = 0;
    }
}

/* ---- In ---- */

struct dlms_block dlms_read_block(struct dlms_reader *reader)
{
    struct dlms_block block = {.is_last = dlms_read_u8(reader) != 0};
    block.number = dlms_read_u32(reader);
    block.bytes = dlms_read_bytes(reader, dlms_read_length(reader));
    return block;
}

bool dlms_gather(struct dlms_link *link, struct dlms_span bytes)
{
    struct dlms_transfer *transfer = &link->transfer;
    if (bytes.length > link->long_buffer_size - transfer->request_length) {
        transfer->owner = 0;
        return false;
    }
    if (bytes.length > 0) {
        memcpy(link->long_buffer + transfer->request_length, bytes.data, bytes.length);
        transfer->request_length += bytes.length;
    }
    return true;
}

bool dlms_gather_start(struct dlms_exchange *exchange, enum dlms_transfer_kind kind, uint8_t form,
                       const struct dlms_span *head, size_t head_count,
                       const struct dlms_block *block)
{
    struct dlms_link *link = exchange->link;
    dlms_transfer_start(exchange, kind, 0);
    link->transfer.form = form;
    link->transfer.block_number = 1;
    bool fits = block->number == 1;
    for (size_t i = 0; fits && i < head_count; i++) {
        fits = dlms_gather(link, head[i]);
    }
    fits = fits && dlms_gather(link, block->bytes);
    if (!fits) {
        link->transfer.owner = 0;
    }
    return fits;
}
