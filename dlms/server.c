/* From an APDU to the service it asks for. What a tag needs is a table row; the checks common to
 * all services are made here, once, so that a service sees only requests it may serve. */
#include "dlms/server.h"

#include "dlms/acse.h"
#include "dlms/service.h"
#include "dlms/transfer.h"

enum {
    TAG_GET_REQUEST = 0xC0,
    TAG_SET_REQUEST = 0xC1,
    TAG_ACTION_REQUEST = 0xC3,
    TAG_ACCESS_REQUEST = 0xD9,
    TAG_EXCEPTION_RESPONSE = 0xD8,
};

struct service {
    uint8_t tag;
    bool in_association; /* needs one, and keeps to its PDU size */
    dlms_service *serve;
};

static const struct service services[] = {
    {DLMS_TAG_AARQ, false, dlms_associate},  {DLMS_TAG_RLRQ, false, dlms_release},
    {TAG_GET_REQUEST, true, dlms_get},       {TAG_SET_REQUEST, true, dlms_set},
    {TAG_ACTION_REQUEST, true, dlms_action}, {TAG_ACCESS_REQUEST, true, dlms_access},
};

static const struct service *find_service(uint8_t tag)
{
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        if (services[i].tag == tag) {
            return &services[i];
        }
    }
    return NULL;
}

/* What only servers send, 5-3. An answer to it could set two servers talking for ever. */
static bool is_response(uint8_t tag)
{
    static const uint8_t responses[] = {
        0x08,          0x0C, 0x0D, 0x0E, DLMS_TAG_AARE,
        DLMS_TAG_RLRE, 0xC4, 0xC5, 0xC7, TAG_EXCEPTION_RESPONSE,
        0xDA,          0x10,
    };
    for (size_t i = 0; i < sizeof responses; i++) {
        if (responses[i] == tag) {
            return true;
        }
    }
    return false;
}

void dlms_link_init(struct dlms_link *link, const struct dlms_server *server, uint8_t *long_buffer,
                    size_t long_buffer_size)
{
    *link = (struct dlms_link){
        .server = server,
        .long_buffer = long_buffer,
        .long_buffer_size = long_buffer_size,
    };
}

static size_t session_number(const struct dlms_link *link, uint16_t client_sap, uint16_t server_sap)
{
    size_t i = 0;
    for (; i < DLMS_LINK_SESSIONS; i++) {
        const struct dlms_association *association = link->sessions[i].association;
        if (association != NULL && association->client_sap == client_sap &&
            association->server_sap == server_sap) {
            break;
        }
    }
    return i;
}

const struct dlms_association *dlms_link_association(const struct dlms_link *link,
                                                     uint16_t client_sap, uint16_t server_sap)
{
    const size_t number = session_number(link, client_sap, server_sap);
    const bool is_open = number < DLMS_LINK_SESSIONS && !link->sessions[number].is_pending;
    return is_open ? link->sessions[number].association : NULL;
}

void dlms_link_disconnect(struct dlms_link *link, uint16_t client_sap, uint16_t server_sap)
{
    const size_t number = session_number(link, client_sap, server_sap);
    if (number < DLMS_LINK_SESSIONS) {
        dlms_session_close(link, &link->sessions[number]);
    }
}

struct dlms_session *dlms_find_session(struct dlms_link *link, uint16_t client_sap,
                                       uint16_t server_sap)
{
    const size_t number = session_number(link, client_sap, server_sap);
    return number < DLMS_LINK_SESSIONS ? &link->sessions[number] : NULL;
}

void dlms_session_close(struct dlms_link *link, struct dlms_session *session)
{
    dlms_transfer_cancel(link, session);
    dlms_blocks_cancel(link, session);
    session->association = NULL;
    if (link->security != NULL) {
        struct dlms_secured_session *secured = dlms_secured(link, session);
        struct dlms_handshake *handshake = &link->security->handshake;
        dlms_wipe(secured, sizeof *secured);
        if (handshake->owner == (uint8_t)(session - link->sessions + 1)) {
            handshake->owner = 0;
        }
    }
}

void dlms_refuse(struct dlms_exchange *exchange, enum dlms_exception exception)
{
    exchange->reply.total = 0;
    dlms_raw_u8(&exchange->reply, TAG_EXCEPTION_RESPONSE);
    dlms_raw_u16(&exchange->reply, (uint16_t)exception);
}

bool dlms_is_confirmed(const struct dlms_exchange *exchange, uint8_t invoke_id)
{
    return (invoke_id & 0x40) != 0 || exchange->link->server->ignore_service_class;
}

void dlms_dispatch_form(struct dlms_exchange *exchange, const struct dlms_form *forms, size_t count)
{
    const uint8_t choice = dlms_read_u8(&exchange->body);
    const uint8_t invoke_id = dlms_read_u8(&exchange->body);
    const uint32_t agreed = exchange->session->conformance;
    if (exchange->body.failed) {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (forms[i].choice != choice) {
            continue;
        }
        if ((forms[i].conformance & ~agreed) != 0) {
            dlms_refuse(exchange, DLMS_EXCEPTION_NOT_NEGOTIATED);
        } else {
            forms[i].serve(exchange, invoke_id);
        }
        return;
    }
    dlms_refuse(exchange, DLMS_EXCEPTION_UNKNOWN);
}

/* A service inside an association, without its protection. A new request ends a transfer under way,
 * 5-3; and before the client is proven there is nothing but its proof, which is an ACTION. */
static void serve_plain(struct dlms_exchange *exchange)
{
    const uint8_t tag = dlms_read_u8(&exchange->body);
    const struct service *service = find_service(tag);
    if (service == NULL || !service->in_association) {
        if (!is_response(tag)) {
            dlms_refuse(exchange, DLMS_EXCEPTION_UNKNOWN);
        }
        return;
    }
    if (exchange->session->is_pending && service->serve != dlms_action) {
        dlms_refuse(exchange, DLMS_EXCEPTION_NOT_NEGOTIATED);
        return;
    }
    if (!dlms_meets_policy(exchange)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_NOT_POSSIBLE);
        return;
    }
    if (!dlms_transfer_continues(exchange->request->apdu)) {
        dlms_transfer_cancel(exchange->link, exchange->session);
    }
    service->serve(exchange);
}

/* The client's PDU size limits its answers here only: an AARE is sent before any size is agreed on. */
static bool fits_association(struct dlms_exchange *exchange)
{
    if (exchange->session == NULL) {
        dlms_refuse(exchange, DLMS_EXCEPTION_NOT_NEGOTIATED);
        return false;
    }
    if (exchange->is_long) {
        return true;
    }
    if (exchange->request->apdu.length > exchange->link->server->max_receive_pdu) {
        dlms_refuse(exchange, DLMS_EXCEPTION_PDU_TOO_LONG);
        return false;
    }
    if (exchange->reply.size > exchange->session->max_send_pdu) {
        exchange->reply.size = exchange->session->max_send_pdu;
    }
    return true;
}

static void serve(struct dlms_exchange *exchange)
{
    const struct dlms_span apdu = exchange->request->apdu;
    const bool is_ciphered = dlms_envelope_of(apdu) != DLMS_ENVELOPE_NONE || dlms_is_signed(apdu);
    const struct service *service = find_service(apdu.data[0]);
    struct dlms_session *session = exchange->session;
    if (session != NULL && !session->association->ciphered && !dlms_transfer_continues(apdu)) {
        dlms_transfer_cancel(exchange->link, session); /* also by what is no request at all */
    }
    if (service != NULL && !service->in_association) {
        service->serve(exchange);
    } else if (service == NULL && !is_ciphered) {
        if (!is_response(apdu.data[0])) {
            dlms_refuse(exchange, DLMS_EXCEPTION_UNKNOWN);
        }
    } else if (fits_association(exchange)) {
        if (is_ciphered) {
            dlms_serve_ciphered(exchange, serve_plain);
        } else {
            dlms_serve_unciphered(exchange, serve_plain);
        }
    }
}

static bool has_device(const struct dlms_server *server, uint16_t sap)
{
    for (size_t i = 0; i < server->device_count; i++) {
        if (server->devices[i].sap == sap) {
            return true;
        }
    }
    return false;
}

size_t dlms_link_handle(struct dlms_link *link, const struct dlms_request *request, uint8_t *reply,
                        size_t reply_size)
{
    const struct dlms_span apdu = request->apdu;
    if (apdu.length == 0 || reply_size < DLMS_MIN_PDU ||
        !has_device(link->server, request->server_sap)) {
        return 0;
    }
    struct dlms_session *session =
        dlms_find_session(link, request->client_sap, request->server_sap);
    struct dlms_exchange exchange = {
        .link = link,
        .request = request,
        .session = session,
        .body = dlms_reader(apdu.data, apdu.length),
        .reply = dlms_writer(reply, reply_size),
    };
    size_t length;
    if (link->blocks != NULL && session != NULL &&
        (session->conformance & DLMS_CONFORMANCE_GENERAL_BLOCK) != 0) {
        length = dlms_serve_blocks(&exchange, serve);
    } else {
        serve(&exchange);
        length = dlms_writer_overflowed(&exchange.reply) ? 0 : exchange.reply.total;
    }
    if (exchange.ends_session) {
        dlms_session_close(link, exchange.session);
    }
    return length;
}
