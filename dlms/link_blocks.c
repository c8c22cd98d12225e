/* General block transfer in the server: requests that come in blocks, and answers that are too long.
 * Invariant: the buffer holds the request of one session from its start on, and behind it the answer, for
 * as long as the client may ask for blocks of it again. */
#include <string.h>

#include "dlms/acse.h"
#include "dlms/service.h"

void dlms_link_use_blocks(struct dlms_link *link, struct dlms_link_blocks *blocks, uint8_t *buffer,
                          size_t buffer_size, uint8_t window)
{
    *blocks = (struct dlms_link_blocks){.buffer = buffer, .buffer_size = buffer_size};
    dlms_general_block_init(&blocks->stream, buffer, buffer_size, window, true);
    link->blocks = blocks;
}

uint32_t dlms_offered(const struct dlms_link *link, const struct dlms_association *association)
{
    const uint32_t missing = link->blocks == NULL ? DLMS_CONFORMANCE_GENERAL_BLOCK : 0;
    return association->conformance & ~missing;
}

static uint8_t owner_of(const struct dlms_link *link, const struct dlms_session *session)
{
    return (uint8_t)(session - link->sessions + 1);
}

void dlms_blocks_cancel(struct dlms_link *link, const struct dlms_session *session)
{
    if (link->blocks != NULL && link->blocks->owner == owner_of(link, session)) {
        link->blocks->owner = 0;
        dlms_general_block_reset(&link->blocks->stream);
    }
}

struct dlms_general_block *dlms_blocks_claim(struct dlms_link *link,
                                             const struct dlms_session *session)
{
    struct dlms_link_blocks *blocks = link->blocks;
    const uint8_t owner = owner_of(link, session);
    if (blocks->owner != owner) {
        dlms_general_block_reset(&blocks->stream);
        blocks->stream.peer_window = 1;
        blocks->owner = owner;
    }
    return &blocks->stream;
}

static size_t frame_size(const struct dlms_session *session, size_t reply_size)
{
    return reply_size < session->max_send_pdu ? reply_size : session->max_send_pdu;
}

static size_t refuse(struct dlms_exchange *exchange, enum dlms_exception exception)
{
    dlms_refuse(exchange, exception);
    return exchange->reply.total;
}

/* Serves apdu into the buffer behind the first start octets. */
static struct dlms_span serve_into_buffer(struct dlms_exchange *exchange, struct dlms_span apdu,
                                          size_t start, dlms_serve_plain *serve)
{
    const struct dlms_link_blocks *blocks = exchange->link->blocks;
    const struct dlms_request *outer = exchange->request;
    const struct dlms_request inner = {outer->client_sap, outer->server_sap, apdu};
    const struct dlms_writer reply = exchange->reply;
    exchange->request = &inner;
    exchange->body = dlms_reader(apdu.data, apdu.length);
    exchange->reply = dlms_writer(blocks->buffer + start, blocks->buffer_size - start);
    exchange->is_long = true;
    serve(exchange);
    const size_t length = dlms_writer_overflowed(&exchange->reply) ? 0 : exchange->reply.total;
    exchange->request = outer;
    exchange->reply = reply;
    return (struct dlms_span){blocks->buffer + start, length};
}

/* An answer goes out in blocks when its request came so, or when it is too long. */
static size_t send(struct dlms_exchange *exchange, struct dlms_span answer, bool in_blocks)
{
    struct dlms_general_block *stream = &exchange->link->blocks->stream;
    struct dlms_writer *reply = &exchange->reply;
    const size_t size = frame_size(exchange->session, reply->size);
    if (answer.length == 0) {
        dlms_general_block_reset(stream);
        return 0;
    }
    if (!in_blocks && answer.length <= size) {
        memcpy(reply->data, answer.data, answer.length);
        return answer.length;
    }
    if (!dlms_general_block_send(stream, answer, size)) {
        return refuse(exchange, DLMS_EXCEPTION_PDU_TOO_LONG);
    }
    return dlms_general_block_write(stream, reply->data, reply->size);
}

/* Associations begin and end outside of blocks, and blocks carry no blocks. */
static bool may_come_in_blocks(uint8_t tag)
{
    return tag != DLMS_TAG_AARQ && tag != DLMS_TAG_RLRQ && tag != DLMS_TAG_GENERAL_BLOCK;
}

static size_t serve_whole(struct dlms_exchange *exchange, dlms_serve_plain *serve)
{
    const struct dlms_general_block *stream = &exchange->link->blocks->stream;
    const struct dlms_span apdu = {stream->buffer, stream->gathered};
    if (!may_come_in_blocks(apdu.data[0])) {
        dlms_blocks_cancel(exchange->link, exchange->session);
        return refuse(exchange, DLMS_EXCEPTION_UNKNOWN);
    }
    const struct dlms_span answer = serve_into_buffer(exchange, apdu, apdu.length, serve);
    return send(exchange, answer, true);
}

static size_t take_block(struct dlms_exchange *exchange, dlms_serve_plain *serve)
{
    struct dlms_general_block *stream = dlms_blocks_claim(exchange->link, exchange->session);
    switch (dlms_general_block_take(stream, exchange->request->apdu)) {
    case DLMS_BLOCK_WHOLE:
        return serve_whole(exchange, serve);
    case DLMS_BLOCK_SEND:
        return dlms_general_block_write(stream, exchange->reply.data, exchange->reply.size);
    case DLMS_BLOCK_NO_STREAM:
        return refuse(exchange, DLMS_EXCEPTION_NOT_POSSIBLE);
    case DLMS_BLOCK_TOO_LONG:
        return refuse(exchange, DLMS_EXCEPTION_PDU_TOO_LONG);
    case DLMS_BLOCK_MALFORMED:
        return refuse(exchange, DLMS_EXCEPTION_MALFORMED);
    case DLMS_BLOCK_WAIT:
        break;
    }
    return 0;
}

size_t dlms_serve_blocks(struct dlms_exchange *exchange, dlms_serve_plain *serve)
{
    const struct dlms_span apdu = exchange->request->apdu;
    const uint8_t tag = apdu.data[0];
    if (apdu.length > exchange->link->server->max_receive_pdu && tag != DLMS_TAG_AARQ) {
        return refuse(exchange, DLMS_EXCEPTION_PDU_TOO_LONG);
    }
    if (tag == DLMS_TAG_GENERAL_BLOCK) {
        return take_block(exchange, serve);
    }
    if (!may_come_in_blocks(tag)) {
        serve(exchange);
        return dlms_writer_overflowed(&exchange->reply) ? 0 : exchange->reply.total;
    }
    dlms_general_block_reset(dlms_blocks_claim(exchange->link, exchange->session));
    return send(exchange, serve_into_buffer(exchange, apdu, 0, serve), false);
}

size_t dlms_link_more(struct dlms_link *link, uint16_t client_sap, uint16_t server_sap,
                      uint8_t *reply, size_t reply_size)
{
    struct dlms_link_blocks *blocks = link->blocks;
    const struct dlms_session *session = dlms_find_session(link, client_sap, server_sap);
    const bool is_owner =
        blocks != NULL && session != NULL && blocks->owner == owner_of(link, session);
    return is_owner ? dlms_general_block_write(&blocks->stream, reply, reply_size) : 0;
}
