/* The client's state, and what all operations have in common: sending, receiving, protection, and the
 * association. Invariant: an operation is under way exactly while its request is to be sent or its
 * answer to come; whatever ends it, the next may begin. */
#include "dlms/client.h"

#include <string.h>

#include "dlms/client_acse.h"
#include "dlms/client_operation.h"

enum {
    TAG_DATA_NOTIFICATION = 0x0F,
    TAG_EVENT_NOTIFICATION = 0xC2,
    TAG_EXCEPTION_RESPONSE = 0xD8,
    VAA_NAME_LN = 7,
    INITIATE_PLAIN = 48, /* an InitiateRequest with a key of 32 octets */
    INITIATE_ROOM = 420, /* an InitiateRequest, with room for any protection around it */
};

void dlms_client_init(struct dlms_client *client, const struct dlms_client_settings *settings,
                      uint8_t *request, size_t request_size, uint8_t *value, size_t value_size)
{
    *client = (struct dlms_client){
        .settings = settings,
        .request = request,
        .request_size = request_size,
        .value = value,
        .value_size = value_size,
        .invoke = DLMS_CLIENT_INVOKE,
    };
}

void dlms_client_disconnected(struct dlms_client *client)
{
    client->is_associated = false;
    client->operation = NULL;
}

struct dlms_span dlms_client_output(const struct dlms_client *client)
{
    return client->output;
}

struct dlms_span dlms_client_value(const struct dlms_client *client)
{
    return (struct dlms_span){client->value, client->value_length};
}

bool dlms_client_begin(struct dlms_client *client)
{
    client->operation = NULL;
    client->value_length = 0;
    client->block_number = 0;
    client->request_length = 0;
    client->output = (struct dlms_span){NULL, 0};
    if (client->blocks != NULL) {
        dlms_general_block_reset(client->blocks);
    }
    client->parameters = (struct dlms_span){NULL, 0};
    client->is_last_sent = true;
    client->result = DLMS_RESULT_SUCCESS;
    return client->is_associated;
}

void dlms_client_use_blocks(struct dlms_client *client, struct dlms_general_block *blocks,
                            uint8_t *buffer, size_t buffer_size, uint8_t window)
{
    dlms_general_block_init(blocks, buffer, buffer_size, window, false);
    client->blocks = blocks;
}

static bool has_blocks(const struct dlms_client *client)
{
    return client->blocks != NULL && client->is_associated &&
           (client->conformance & DLMS_CONFORMANCE_GENERAL_BLOCK) != 0;
}

bool dlms_client_keep(struct dlms_client *client, struct dlms_span bytes)
{
    if (bytes.length > client->value_size - client->value_length) {
        return false;
    }
    if (bytes.length > 0) { /* bytes may lie in the value itself */
        memmove(client->value + client->value_length, bytes.data, bytes.length);
        client->value_length += bytes.length;
    }
    return true;
}

/* ---- Sending ---- */

struct dlms_writer dlms_client_writer(struct dlms_client *client)
{
    const struct dlms_client_protection *protection = client->settings->protection;
    const size_t head = protection != NULL ? protection->head : 0;
    const size_t overhead = protection != NULL ? head + protection->tail : 0;
    const bool is_cut = client->request_size > client->max_send_pdu && !has_blocks(client);
    const size_t room = is_cut ? client->max_send_pdu : client->request_size;
    return room > overhead ? dlms_writer(client->request + head, room - overhead)
                           : dlms_writer(client->request, 0);
}

static bool protect(const struct dlms_client *client, uint8_t *buffer, size_t size, size_t *length)
{
    const struct dlms_client_protection *protection = client->settings->protection;
    return protection == NULL ||
           protection->protect(protection->context, buffer, size, length) == DLMS_OK;
}

/* The frame that is to be sent next into the buffer of the blocks; false: there is none. */
static bool put_frame(struct dlms_client *client)
{
    struct dlms_general_block *blocks = client->blocks;
    const size_t length = dlms_general_block_write(blocks, blocks->buffer, blocks->size);
    client->output = (struct dlms_span){blocks->buffer, length};
    return length > 0;
}

/* The request as it is, or its first block. */
static bool put_out(struct dlms_client *client)
{
    const struct dlms_span request = {client->request, client->request_length};
    struct dlms_general_block *blocks = client->blocks;
    client->output = request;
    if (!has_blocks(client)) {
        return true;
    }
    dlms_general_block_reset(blocks);
    if (blocks->window == 1 && request.length <= client->max_send_pdu) {
        return true;
    }
    const size_t frame = blocks->size < client->max_send_pdu ? blocks->size : client->max_send_pdu;
    return dlms_general_block_send(blocks, request, frame) && put_frame(client);
}

enum dlms_client_status dlms_client_more(struct dlms_client *client)
{
    const bool is_sending = has_blocks(client) && client->blocks->is_sending;
    return is_sending && put_frame(client) ? DLMS_CLIENT_SEND : DLMS_CLIENT_WAIT;
}

/* What the stream has to say: a block of the request, or an acknowledgement, for which the request, by
 * now answered, makes room. */
static enum dlms_client_status put_reply(struct dlms_client *client)
{
    struct dlms_general_block *blocks = client->blocks;
    if (!blocks->ack_due) {
        return put_frame(client) ? DLMS_CLIENT_SEND : DLMS_CLIENT_WAIT;
    }
    const size_t length = dlms_general_block_write(blocks, client->request, client->request_size);
    client->output = (struct dlms_span){client->request, length};
    return length > 0 ? DLMS_CLIENT_SEND : DLMS_CLIENT_ERR_REQUEST;
}

enum dlms_client_status dlms_client_repeat(struct dlms_client *client)
{
    if (client->operation == NULL || !has_blocks(client)) {
        return DLMS_CLIENT_ERR_STATE;
    }
    dlms_general_block_repeat(client->blocks);
    return put_reply(client);
}

enum dlms_client_status dlms_client_send(struct dlms_client *client,
                                         const struct dlms_client_operation *operation,
                                         const struct dlms_writer *out)
{
    size_t length = out->total;
    if (dlms_writer_overflowed(out)) {
        return DLMS_CLIENT_ERR_REQUEST;
    }
    if (!protect(client, client->request, client->request_size, &length)) {
        return DLMS_CLIENT_ERR_SECURITY;
    }
    client->request_length = length;
    if (!put_out(client)) {
        return DLMS_CLIENT_ERR_REQUEST;
    }
    client->operation = operation;
    return DLMS_CLIENT_SEND;
}

/* ---- Association ---- */

static enum dlms_client_status take_refusal(struct dlms_client *client,
                                            const struct dlms_client_aare *aare)
{
    struct dlms_client_initiate initiate;
    if (dlms_client_initiate_parse(aare->user_information, &initiate) == DLMS_OK &&
        initiate.is_error) {
        client->refusal.has_error = true;
        client->refusal.error_service = initiate.error_service;
        client->refusal.error_class = initiate.error_class;
        client->refusal.error_value = initiate.error_value;
    }
    return aare->result != DLMS_ASSOCIATE_ACCEPTED ? DLMS_CLIENT_ERR_REFUSED
                                                   : DLMS_CLIENT_ERR_INITIATE;
}

static bool unprotect(const struct dlms_client *client, struct dlms_span apdu,
                      struct dlms_span *plain)
{
    const struct dlms_client_protection *protection = client->settings->protection;
    *plain = apdu;
    return protection == NULL || protection->unprotect(protection->context, apdu, plain) == DLMS_OK;
}

/* What was agreed on. */
static enum dlms_client_status take_initiate(struct dlms_client *client,
                                             const struct dlms_client_aare *aare)
{
    struct dlms_client_initiate initiate;
    struct dlms_span plain;
    if (!unprotect(client, aare->user_information, &plain)) {
        return DLMS_CLIENT_ERR_SECURITY;
    }
    if (dlms_client_initiate_parse(plain, &initiate) != DLMS_OK) {
        return DLMS_CLIENT_ERR_FORMAT;
    }
    if (initiate.is_error || initiate.version != DLMS_VERSION || initiate.vaa_name != VAA_NAME_LN) {
        return take_refusal(client, aare);
    }
    client->conformance = initiate.conformance & client->settings->conformance;
    client->max_send_pdu = initiate.max_receive_pdu != 0 ? initiate.max_receive_pdu : UINT16_MAX;
    return DLMS_CLIENT_DONE;
}

/* With high level authentication the server proves itself too: it must ask for the next step. */
static enum dlms_client_status take_challenge(struct dlms_client *client,
                                              const struct dlms_client_aare *aare)
{
    if (client->settings->mechanism <= DLMS_MECHANISM_PASSWORD) {
        return DLMS_CLIENT_DONE;
    }
    if (aare->diagnostic != DLMS_DIAGNOSTIC_AUTHENTICATION_REQUIRED ||
        aare->authentication.length == 0) {
        return DLMS_CLIENT_ERR_SECURITY;
    }
    return dlms_client_keep(client, aare->authentication) ? DLMS_CLIENT_CHALLENGED
                                                          : DLMS_CLIENT_ERR_SPACE;
}

static enum dlms_client_status take_aare(struct dlms_client *client, struct dlms_span apdu)
{
    struct dlms_client_aare aare;
    if (dlms_client_aare_parse(apdu, &aare) != DLMS_OK) {
        return DLMS_CLIENT_ERR_FORMAT;
    }
    client->refusal = (struct dlms_client_refusal){
        .result = aare.result, .source = aare.source, .diagnostic = aare.diagnostic};
    if (aare.title.length == DLMS_CLIENT_TITLE) {
        memcpy(client->server_title, aare.title.data, DLMS_CLIENT_TITLE);
    }
    if (aare.result != DLMS_ASSOCIATE_ACCEPTED) {
        return take_refusal(client, &aare);
    }
    enum dlms_client_status status = take_initiate(client, &aare);
    if (status == DLMS_CLIENT_DONE) {
        status = take_challenge(client, &aare);
    }
    client->is_associated = status == DLMS_CLIENT_DONE || status == DLMS_CLIENT_CHALLENGED;
    return status;
}

/* The AARE is read as a whole, from its tag on: see received. */
static const struct dlms_client_operation associating = {DLMS_TAG_AARE, NULL};

enum dlms_client_status dlms_client_associate(struct dlms_client *client)
{
    const struct dlms_client_settings *settings = client->settings;
    const struct dlms_client_protection *protection = settings->protection;
    const size_t head = protection != NULL ? protection->head : 0;
    uint8_t room[INITIATE_ROOM];
    client->is_associated = false;
    dlms_client_begin(client);
    memset(client->server_title, 0, sizeof client->server_title);
    if (head + INITIATE_PLAIN > sizeof room) {
        return DLMS_CLIENT_ERR_REQUEST;
    }
    struct dlms_writer initiate = dlms_writer(room + head, sizeof room - head);
    dlms_client_initiate_write(settings->conformance, settings->max_receive_pdu,
                               settings->dedicated_key, &initiate);
    size_t length = initiate.total;
    if (!protect(client, room, sizeof room, &length)) {
        return DLMS_CLIENT_ERR_SECURITY;
    }
    const struct dlms_client_aarq aarq = {
        .is_ciphered = protection != NULL,
        .title = settings->title,
        .mechanism = settings->mechanism,
        .authentication = settings->authentication,
        .user_information = {room, length},
    };
    struct dlms_writer out = dlms_writer(client->request, client->request_size);
    dlms_client_aarq_write(&aarq, &out);
    if (dlms_writer_overflowed(&out)) {
        return DLMS_CLIENT_ERR_REQUEST;
    }
    client->request_length = out.total;
    client->output = (struct dlms_span){client->request, out.total};
    client->operation = &associating;
    return DLMS_CLIENT_SEND;
}

/* ---- Release ---- */

static enum dlms_client_status take_rlre(struct dlms_client *client, struct dlms_reader *body)
{
    (void)body; /* whatever its reason, the association is over */
    client->is_associated = false;
    return DLMS_CLIENT_DONE;
}

enum dlms_client_status dlms_client_release(struct dlms_client *client)
{
    static const struct dlms_client_operation releasing = {DLMS_TAG_RLRE, take_rlre};
    static const uint8_t rlrq[] = {DLMS_TAG_RLRQ, 0x03, 0x80, 0x01, 0x00};
    if (!dlms_client_begin(client)) {
        return DLMS_CLIENT_ERR_STATE;
    }
    if (client->request_size < sizeof rlrq) {
        return DLMS_CLIENT_ERR_REQUEST;
    }
    memcpy(client->request, rlrq, sizeof rlrq);
    client->request_length = sizeof rlrq;
    client->output = (struct dlms_span){client->request, sizeof rlrq};
    client->operation = &releasing;
    return DLMS_CLIENT_SEND;
}

/* ---- Receiving ---- */

static bool is_acse(uint8_t tag)
{
    return tag >= DLMS_TAG_AARQ && tag <= DLMS_TAG_RLRE;
}

static enum dlms_client_status take_exception(struct dlms_client *client, struct dlms_reader *body)
{
    client->exception_state = dlms_read_u8(body);
    client->exception_service = dlms_read_u8(body);
    return body->failed ? DLMS_CLIENT_ERR_FORMAT : DLMS_CLIENT_ERR_EXCEPTION;
}

/* The answer to the operation under way, or to nothing. */
static enum dlms_client_status take_answer(struct dlms_client *client, struct dlms_span apdu)
{
    struct dlms_reader body = dlms_reader(apdu.data, apdu.length);
    const uint8_t tag = dlms_read_u8(&body);
    const struct dlms_client_operation *operation = client->operation;
    if (operation == NULL) {
        return DLMS_CLIENT_ERR_STATE;
    }
    client->operation = NULL;
    if (tag == TAG_EXCEPTION_RESPONSE) {
        return take_exception(client, &body);
    }
    if (tag != operation->tag) {
        return DLMS_CLIENT_ERR_UNEXPECTED;
    }
    return operation == &associating ? take_aare(client, apdu) : operation->take(client, &body);
}

/* An APDU that came, or was put together from blocks. */
static enum dlms_client_status take_apdu(struct dlms_client *client, struct dlms_span apdu)
{
    /* An exception-response has no protected form. */
    if (!is_acse(apdu.data[0]) && apdu.data[0] != TAG_EXCEPTION_RESPONSE &&
        !unprotect(client, apdu, &apdu)) {
        client->operation = NULL;
        return DLMS_CLIENT_ERR_SECURITY;
    }
    if (apdu.length > 0 &&
        (apdu.data[0] == TAG_DATA_NOTIFICATION || apdu.data[0] == TAG_EVENT_NOTIFICATION)) {
        client->notification = apdu;
        return DLMS_CLIENT_NOTIFIED;
    }
    return take_answer(client, apdu);
}

/* A block: of an answer or a notification, or the acknowledgement of a request's. */
static enum dlms_client_status take_block(struct dlms_client *client, struct dlms_span apdu)
{
    struct dlms_general_block *blocks = client->blocks;
    enum dlms_client_status status;
    const bool is_first = apdu.length > 3 && apdu.data[2] == 0 && apdu.data[3] == 1;
    if (client->operation == NULL && blocks->gathered == 0 && !is_first) {
        return DLMS_CLIENT_WAIT; /* left over from what is done */
    }
    switch (dlms_general_block_take(blocks, apdu)) {
    case DLMS_BLOCK_WAIT:
        return DLMS_CLIENT_WAIT;
    case DLMS_BLOCK_SEND:
        return put_reply(client);
    case DLMS_BLOCK_WHOLE:
        if (blocks->buffer[0] == DLMS_TAG_GENERAL_BLOCK) {
            return DLMS_CLIENT_ERR_FORMAT;
        }
        status = take_apdu(client, (struct dlms_span){blocks->buffer, blocks->gathered});
        if (status != DLMS_CLIENT_SEND) { /* else there is the next request in it */
            dlms_general_block_reset(blocks);
        }
        return status;
    case DLMS_BLOCK_NO_STREAM:
        return DLMS_CLIENT_ERR_UNEXPECTED;
    case DLMS_BLOCK_TOO_LONG:
        return DLMS_CLIENT_ERR_SPACE;
    case DLMS_BLOCK_MALFORMED:
        break;
    }
    return DLMS_CLIENT_ERR_FORMAT;
}

enum dlms_client_status dlms_client_received(struct dlms_client *client, struct dlms_span apdu)
{
    enum dlms_client_status status = DLMS_CLIENT_ERR_FORMAT;
    if (apdu.length > 0 && apdu.data[0] == DLMS_TAG_GENERAL_BLOCK && has_blocks(client)) {
        status = take_block(client, apdu);
    } else if (apdu.length > 0) {
        status = take_apdu(client, apdu);
    }
    if (status > DLMS_CLIENT_CHALLENGED) {
        client->operation = NULL;
    }
    return status;
}
