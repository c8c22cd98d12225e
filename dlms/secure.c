/* Ciphered requests and the handshake of high level security. Invariants: what could not be taken for
 * genuine changes nothing but the count of failures; the answer to a protected request is protected no
 * less, with the keys of the request. */
#include "dlms/secure.h"

#include <string.h>

#include "dlms/asymmetric.h"
#include "dlms/transfer.h"

enum { TAG_EXCEPTION_RESPONSE = 0xD8, TAG_ACCESS_REQUEST = 0xD9 };

void dlms_link_secure(struct dlms_link *link, struct dlms_link_security *security, uint8_t *buffer,
                      size_t buffer_size)
{
    *security = (struct dlms_link_security){.buffer = buffer, .buffer_size = buffer_size};
    link->security = security;
}

struct dlms_secured_session *dlms_secured(const struct dlms_link *link,
                                          const struct dlms_session *session)
{
    return &link->security->sessions[session - link->sessions];
}

bool dlms_can_secure(const struct dlms_link *link, const struct dlms_association *association)
{
    const bool needs_keys = association->ciphered || association->mechanism >= DLMS_MECHANISM_GMAC;
    return link->security != NULL && link->server->crypto != NULL &&
           (!needs_keys || association->security != NULL);
}

void dlms_tell(const struct dlms_exchange *exchange, const struct dlms_association *association,
               enum dlms_event event)
{
    const struct dlms_server *server = exchange->link->server;
    if (server->notify != NULL) {
        server->notify(server->context, association, event);
    }
}

void dlms_proof_failed(const struct dlms_exchange *exchange,
                       const struct dlms_association *association, enum dlms_event event)
{
    if (exchange->link->wrong_passwords < UINT16_MAX) {
        exchange->link->wrong_passwords++;
    }
    dlms_tell(exchange, association, event);
}

/* ---- Ciphered services ---- */

uint8_t dlms_protection_of(const struct dlms_cover *cover)
{
    const bool is_authenticated = (cover->control & DLMS_CONTROL_AUTHENTICATED) != 0;
    const bool is_encrypted = (cover->control & DLMS_CONTROL_ENCRYPTED) != 0;
    const bool is_signed = (cover->envelope & DLMS_SIGNED) != 0;
    return (uint8_t)((is_authenticated ? DLMS_POLICY_REQUEST_AUTHENTICATED : 0) |
                     (is_encrypted ? DLMS_POLICY_REQUEST_ENCRYPTED : 0) |
                     (is_signed ? DLMS_POLICY_REQUEST_SIGNED : 0));
}

struct dlms_cover dlms_answer_cover(const struct dlms_security *security,
                                    const struct dlms_cover *request)
{
    static const uint8_t protection = DLMS_CONTROL_AUTHENTICATED | DLMS_CONTROL_ENCRYPTED;
    struct dlms_cover cover = *request;
    if ((security->policy & DLMS_POLICY_RESPONSE_AUTHENTICATED) != 0) {
        cover.control |= DLMS_CONTROL_AUTHENTICATED;
    }
    if ((security->policy & DLMS_POLICY_RESPONSE_ENCRYPTED) != 0) {
        cover.control |= DLMS_CONTROL_ENCRYPTED;
    }
    if ((cover.control & protection) == 0) {
        cover.envelope &= DLMS_SIGNED;
    } else if ((cover.envelope & DLMS_ENVELOPE_KIND) == DLMS_ENVELOPE_NONE) {
        cover.envelope |= DLMS_ENVELOPE_GENERAL_GLO;
    }
    const bool is_signed = (cover.envelope & DLMS_SIGNED) != 0;
    if (!is_signed && (security->policy & DLMS_POLICY_RESPONSE_SIGNED) != 0 &&
        security->asymmetric != NULL) {
        cover.envelope = security->asymmetric->add_signature(cover.envelope);
    }
    return cover;
}

bool dlms_meets_policy(const struct dlms_exchange *exchange)
{
    static const uint8_t requests = DLMS_POLICY_REQUEST_AUTHENTICATED |
                                    DLMS_POLICY_REQUEST_ENCRYPTED | DLMS_POLICY_REQUEST_SIGNED;
    const struct dlms_association *association = exchange->session->association;
    if (!association->ciphered ||
        (association->security->policy & requests & ~exchange->protection) == 0) {
        return true;
    }
    dlms_tell(exchange, association, DLMS_EVENT_POLICY_VIOLATED);
    return false;
}

/* Serves into the part of the reply where the answer can be protected, and protects it. An
 * exception-response has no protected form. */
static void serve_and_protect(struct dlms_exchange *exchange, dlms_serve_plain *serve,
                              const struct dlms_cover *cover, const struct dlms_keys *keys)
{
    struct dlms_security *security = exchange->session->association->security;
    uint8_t *const buffer = exchange->reply.data;
    const size_t size = exchange->reply.size;
    const size_t head = dlms_cover_head(cover);
    const size_t tail = dlms_cover_tail(cover);
    if (size < head + DLMS_MIN_PDU + tail) {
        dlms_refuse(exchange, DLMS_EXCEPTION_PDU_TOO_LONG);
        return;
    }
    if (!dlms_counter_ready(security)) { /* nothing is done that could not be answered */
        dlms_refuse(exchange, DLMS_EXCEPTION_NOT_POSSIBLE);
        return;
    }
    exchange->reply = dlms_writer(buffer + head, size - head - tail);
    serve(exchange);
    size_t length = dlms_writer_overflowed(&exchange->reply) ? 0 : exchange->reply.total;
    exchange->reply = dlms_writer(buffer, size);
    if (length == 0 || (cover->control & DLMS_CONTROL_BROADCAST) != 0) {
        return;
    }
    if (buffer[head] == TAG_EXCEPTION_RESPONSE) {
        memmove(buffer, buffer + head, length);
    } else if (dlms_protect(security, keys, cover, buffer, size, &length) != DLMS_OK) {
        dlms_refuse(exchange, DLMS_EXCEPTION_NOT_POSSIBLE);
        return;
    }
    exchange->reply.total = length;
}

/* What the client is told of a request whose protection could not be taken off. */
static void refuse_protected(struct dlms_exchange *exchange, enum dlms_err err, uint32_t lowest)
{
    const struct dlms_association *association = exchange->session->association;
    switch (err) {
    case DLMS_ERR_REPLAY:
        dlms_tell(exchange, association, DLMS_EVENT_REPLAY);
        dlms_refuse(exchange, DLMS_EXCEPTION_COUNTER);
        dlms_raw_u32(&exchange->reply, lowest);
        break;
    case DLMS_ERR_SPACE:
        dlms_refuse(exchange, DLMS_EXCEPTION_PDU_TOO_LONG);
        break;
    case DLMS_ERR_COUNTER:
        dlms_refuse(exchange, DLMS_EXCEPTION_NOT_POSSIBLE);
        break;
    default:
        dlms_proof_failed(exchange, association, DLMS_EVENT_DECIPHERING_FAILED);
        dlms_refuse(exchange, DLMS_EXCEPTION_DECIPHERING);
    }
}

/* The association is ciphered, general envelopes were agreed on where one is used, and signatures are
 * known. */
static bool may_be_ciphered(struct dlms_exchange *exchange)
{
    const struct dlms_session *session = exchange->session;
    const struct dlms_association *association = session->association;
    const bool is_signed = dlms_is_signed(exchange->request->apdu);
    const bool is_general =
        is_signed || dlms_envelope_of(exchange->request->apdu) > DLMS_ENVELOPE_DED;
    if (!association->ciphered || (is_signed && association->security->asymmetric == NULL)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_UNKNOWN);
        return false;
    }
    if (is_general && (session->conformance & DLMS_CONFORMANCE_GENERAL_PROTECTION) == 0) {
        dlms_refuse(exchange, DLMS_EXCEPTION_NOT_NEGOTIATED);
        return false;
    }
    return true;
}

void dlms_serve_ciphered(struct dlms_exchange *exchange, dlms_serve_plain *serve)
{
    struct dlms_unprotected opened;
    if (!may_be_ciphered(exchange)) {
        return;
    }
    struct dlms_link_security *secure = exchange->link->security;
    struct dlms_security *security = exchange->session->association->security;
    struct dlms_secured_session *secured = dlms_secured(exchange->link, exchange->session);
    const enum dlms_err err =
        dlms_unprotect(security, &secured->dedicated, secured->peer_title, exchange->request->apdu,
                       secure->buffer, secure->buffer_size, &opened);
    if (err != DLMS_OK) {
        refuse_protected(exchange, err, opened.lowest);
        return;
    }
    const struct dlms_request *outer = exchange->request;
    const struct dlms_request inner = {outer->client_sap, outer->server_sap, opened.apdu};
    const struct dlms_cover cover = dlms_answer_cover(security, &opened.cover);
    exchange->request = &inner;
    exchange->body = dlms_reader(opened.apdu.data, opened.apdu.length);
    exchange->protection = dlms_protection_of(&opened.cover);
    serve_and_protect(exchange, serve, &cover, &opened.keys);
    exchange->request = outer;
    dlms_wipe(&opened.keys, sizeof opened.keys);
}

void dlms_serve_unciphered(struct dlms_exchange *exchange, dlms_serve_plain *serve)
{
    const struct dlms_association *association = exchange->session->association;
    /* ACCESS has only general envelopes. */
    const bool is_general = exchange->request->apdu.data[0] == TAG_ACCESS_REQUEST;
    const struct dlms_cover none = {is_general ? DLMS_ENVELOPE_GENERAL_GLO : DLMS_ENVELOPE_GLO,
                                    association->ciphered ? association->security->suite : 0};
    struct dlms_cover cover = {DLMS_ENVELOPE_NONE, 0};
    if (association->ciphered) {
        cover = dlms_answer_cover(association->security, &none);
    }
    if (cover.envelope == DLMS_ENVELOPE_NONE) {
        serve(exchange);
        return;
    }
    struct dlms_keys keys;
    dlms_keys_take(association->security, NULL, &cover, &keys);
    memcpy(keys.peer_title, dlms_secured(exchange->link, exchange->session)->peer_title,
           DLMS_TITLE);
    serve_and_protect(exchange, serve, &cover, &keys);
    dlms_wipe(&keys, sizeof keys);
}

/* ---- The handshake ---- */

static struct dlms_hls describe(const struct dlms_exchange *exchange,
                                const struct dlms_session *session)
{
    const struct dlms_association *association = session->association;
    const struct dlms_handshake *handshake = &exchange->link->security->handshake;
    return (struct dlms_hls){
        .mechanism = association->mechanism,
        .crypto = exchange->link->server->crypto,
        .security = association->security,
        .secret = association->password,
        .own_title = association->security != NULL ? association->security->own_title : NULL,
        .peer_title = dlms_secured(exchange->link, session)->peer_title,
        .own_challenge = {handshake->server_challenge, handshake->server_length},
        .peer_challenge = {handshake->client_challenge, handshake->client_length},
    };
}

/* A session that was pending before can no longer be proven: it is closed. */
bool dlms_handshake_start(struct dlms_exchange *exchange, const struct dlms_session *session,
                          struct dlms_span client_challenge)
{
    struct dlms_link *link = exchange->link;
    struct dlms_handshake *handshake = &link->security->handshake;
    size_t length;
    if (handshake->owner != 0) {
        dlms_session_close(link, &link->sessions[handshake->owner - 1]);
    }
    if (!dlms_hls_challenge(link->server->crypto, session->association->mechanism,
                            handshake->server_challenge, &length)) {
        return false;
    }
    memcpy(handshake->client_challenge, client_challenge.data, client_challenge.length);
    handshake->client_length = (uint8_t)client_challenge.length;
    handshake->server_length = (uint8_t)length;
    handshake->owner = (uint8_t)(session - link->sessions + 1);
    return true;
}

enum dlms_result dlms_handshake_finish(struct dlms_exchange *exchange, struct dlms_span proof,
                                       uint8_t answer[DLMS_HLS_ANSWER_MAX], size_t *length)
{
    struct dlms_link *link = exchange->link;
    struct dlms_session *session = exchange->session;
    const struct dlms_association *association = session->association;
    struct dlms_handshake *handshake = &link->security->handshake;
    if (!session->is_pending || handshake->owner != (uint8_t)(session - link->sessions + 1)) {
        return DLMS_RESULT_READ_WRITE_DENIED;
    }
    const struct dlms_hls hls = describe(exchange, session);
    const bool is_right = dlms_hls_check(&hls, proof);
    if (!is_right || dlms_hls_answer(&hls, answer, length) != DLMS_OK) {
        if (!is_right) {
            dlms_proof_failed(exchange, association, DLMS_EVENT_PROOF_WRONG);
        }
        exchange->ends_session = true;
        return is_right ? DLMS_RESULT_TEMPORARY_FAILURE : DLMS_RESULT_READ_WRITE_DENIED;
    }
    handshake->owner = 0;
    session->is_pending = false;
    dlms_tell(exchange, association, DLMS_EVENT_OPENED);
    return DLMS_RESULT_SUCCESS;
}
