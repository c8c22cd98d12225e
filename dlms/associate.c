/* Opening and closing associations: what a verdict (opening.h) is answered with, and what it does.
 * Invariant: while an AARQ is judged, the pair that sent it has no association, so a client that
 * starts over (after a crash, say) always can. */
#include <string.h>

#include "dlms/opening.h"
#include "dlms/secure.h"

enum { USER_INFORMATION_MAX = 120 };

/* What goes along as user-information. */
enum enclosure {
    RESPONSE = -1,       /* an InitiateResponse */
    UNDECIPHERABLE = -2, /* a ConfirmedServiceError that says so */
    /* not negative: a ConfirmedServiceError with this enum dlms_initiate_error */
};

struct verdict {
    enum dlms_associate_result result;
    enum dlms_diagnostic_source source;
    uint8_t diagnostic;
    int enclosure;
};

#define PERMANENT DLMS_ASSOCIATE_REJECTED_PERMANENT, DLMS_SOURCE_USER
#define TRANSIENT DLMS_ASSOCIATE_REJECTED_TRANSIENT, DLMS_SOURCE_USER

/* 5-3: what the client is told. Where ACSE objects, an InitiateResponse is sent none the less, as
 * the examples of the standard have it; where Initiate objects, its error. */
static const struct verdict verdicts[] = {
    [DLMS_ACCEPTED] = {DLMS_ASSOCIATE_ACCEPTED, DLMS_SOURCE_USER, DLMS_DIAGNOSTIC_NULL, RESPONSE},
    [DLMS_ACCEPTED_SO_FAR] = {DLMS_ASSOCIATE_ACCEPTED, DLMS_SOURCE_USER,
                              DLMS_DIAGNOSTIC_AUTHENTICATION_REQUIRED, RESPONSE},
    [DLMS_MALFORMED] = {PERMANENT, DLMS_DIAGNOSTIC_NO_REASON, DLMS_INITIATE_OTHER},
    [DLMS_NO_COMMON_VERSION] = {DLMS_ASSOCIATE_REJECTED_PERMANENT, DLMS_SOURCE_PROVIDER,
                                DLMS_PROVIDER_DIAGNOSTIC_NO_COMMON_VERSION, RESPONSE},
    [DLMS_CONTEXT_UNKNOWN] = {PERMANENT, DLMS_DIAGNOSTIC_CONTEXT_NOT_SUPPORTED, RESPONSE},
    [DLMS_CLIENT_UNKNOWN] = {PERMANENT, DLMS_DIAGNOSTIC_NO_REASON, DLMS_INITIATE_REFUSED},
    [DLMS_TITLE_UNKNOWN] = {PERMANENT, DLMS_DIAGNOSTIC_CALLING_TITLE, RESPONSE},
    [DLMS_USER_UNKNOWN] = {PERMANENT, DLMS_DIAGNOSTIC_CALLING_USER, RESPONSE},
    [DLMS_MECHANISM_MISSING] = {PERMANENT, DLMS_DIAGNOSTIC_MECHANISM_REQUIRED, RESPONSE},
    [DLMS_MECHANISM_UNKNOWN] = {PERMANENT, DLMS_DIAGNOSTIC_MECHANISM_NOT_RECOGNISED, RESPONSE},
    [DLMS_AUTHENTICATION_MISSING] = {PERMANENT, DLMS_DIAGNOSTIC_AUTHENTICATION_REQUIRED, RESPONSE},
    [DLMS_PASSWORD_WRONG] = {PERMANENT, DLMS_DIAGNOSTIC_AUTHENTICATION_FAILURE, RESPONSE},
    [DLMS_UNDECIPHERABLE] = {PERMANENT, DLMS_DIAGNOSTIC_AUTHENTICATION_FAILURE, UNDECIPHERABLE},
    [DLMS_INITIATE_MALFORMED] = {PERMANENT, DLMS_DIAGNOSTIC_NO_REASON, DLMS_INITIATE_OTHER},
    [DLMS_VERSION_TOO_LOW] = {PERMANENT, DLMS_DIAGNOSTIC_NO_REASON, DLMS_INITIATE_VERSION_TOO_LOW},
    [DLMS_CONFORMANCE_EMPTY] = {PERMANENT, DLMS_DIAGNOSTIC_NO_REASON,
                                DLMS_INITIATE_INCOMPATIBLE_CONFORMANCE},
    [DLMS_PDU_TOO_SHORT] = {PERMANENT, DLMS_DIAGNOSTIC_NO_REASON, DLMS_INITIATE_PDU_SIZE_TOO_SHORT},
    [DLMS_BUSY] = {TRANSIENT, DLMS_DIAGNOSTIC_NO_REASON, DLMS_INITIATE_REFUSED},
    [DLMS_LOCKED] = {TRANSIENT, DLMS_DIAGNOSTIC_NO_REASON, DLMS_INITIATE_REFUSED},
};

const struct dlms_association *dlms_find_association(const struct dlms_server *server,
                                                     uint16_t client_sap, uint16_t server_sap)
{
    for (size_t i = 0; i < server->association_count; i++) {
        const struct dlms_association *row = &server->associations[i];
        if (row->client_sap == client_sap && row->server_sap == server_sap) {
            return row;
        }
    }
    return NULL;
}

/* ---- Opening ---- */

static struct dlms_session *free_session(struct dlms_link *link)
{
    for (size_t i = 0; i < DLMS_LINK_SESSIONS; i++) {
        if (link->sessions[i].association == NULL) {
            return &link->sessions[i];
        }
    }
    return NULL;
}

static void secure_session(const struct dlms_opening *opening, struct dlms_session *session)
{
    const struct dlms_span title = opening->aarq.calling_title;
    const struct dlms_span key = opening->initiate.dedicated_key;
    struct dlms_secured_session *secured = dlms_secured(opening->exchange->link, session);
    *secured = (struct dlms_secured_session){.dedicated.size = (uint8_t)key.length};
    if (title.length == DLMS_TITLE) {
        memcpy(secured->peer_title, title.data, DLMS_TITLE);
    }
    if (key.length > 0) {
        memcpy(secured->dedicated.key, key.data, key.length);
    }
}

static enum dlms_reason open_session(struct dlms_opening *opening)
{
    struct dlms_link *link = opening->exchange->link;
    const struct dlms_association *association = opening->association;
    struct dlms_session *session = free_session(link);
    if (session == NULL) {
        return DLMS_BUSY;
    }
    const uint16_t size = opening->initiate.max_receive_pdu;
    *session = (struct dlms_session){
        .association = association,
        .conformance = opening->initiate.conformance & dlms_offered(link, association),
        .max_send_pdu = size != 0 ? size : UINT16_MAX,
        .is_pending = association->mechanism >= DLMS_MECHANISM_MD5,
        .user = opening->user,
    };
    if (link->security != NULL) {
        secure_session(opening, session);
    }
    opening->exchange->session = session;
    if (!session->is_pending) {
        dlms_tell(opening->exchange, association, DLMS_EVENT_OPENED);
        return DLMS_ACCEPTED;
    }
    if (dlms_handshake_start(opening->exchange, session, opening->aarq.authentication)) {
        return DLMS_ACCEPTED_SO_FAR;
    }
    dlms_session_close(link, session);
    return DLMS_BUSY;
}

/* ---- Answering ---- */

/* Offered by the row alone when nothing intelligible was proposed. */
static uint32_t negotiated(const struct dlms_opening *opening)
{
    const uint32_t offered = opening->association != NULL
                                 ? dlms_offered(opening->exchange->link, opening->association)
                                 : 0;
    return opening->initiate_valid ? offered & opening->initiate.conformance : offered;
}

/* In a ciphered association a refusal tells no more than that it is one. */
static bool write_user_information(const struct dlms_opening *opening,
                                   const struct verdict *verdict, struct dlms_writer *out)
{
    const bool is_ciphered = opening->association != NULL && opening->association->ciphered;
    int enclosure = verdict->enclosure;
    if (enclosure == RESPONSE && is_ciphered && verdict->result != DLMS_ASSOCIATE_ACCEPTED) {
        enclosure = DLMS_INITIATE_REFUSED;
    }
    if (enclosure == RESPONSE) {
        return dlms_opening_write_response(opening, negotiated(opening), out);
    }
    if (enclosure == UNDECIPHERABLE) {
        dlms_initiate_undecipherable_write(out);
    } else {
        dlms_initiate_error_write((enum dlms_initiate_error)enclosure, out);
    }
    return true;
}

/* Titles are told where they are used, the challenge where there is one. */
static void add_security(const struct dlms_opening *opening, enum dlms_reason reason,
                         struct dlms_aare *aare)
{
    const struct dlms_association *association = opening->association;
    if (association == NULL) {
        return;
    }
    const bool uses_titles = association->ciphered || association->mechanism >= DLMS_MECHANISM_GMAC;
    if (association->ciphered) {
        aare->context = DLMS_CONTEXT_LN_CIPHERED;
    }
    if (uses_titles && association->security != NULL) {
        aare->responding_title = (struct dlms_span){association->security->own_title, DLMS_TITLE};
    }
    if (reason == DLMS_ACCEPTED_SO_FAR) {
        const struct dlms_handshake *handshake = &opening->exchange->link->security->handshake;
        aare->mechanism = (uint8_t)association->mechanism;
        aare->challenge = (struct dlms_span){handshake->server_challenge, handshake->server_length};
    }
}

/* False: nothing can be answered, since no safe number is left to protect it with. */
static bool answer(const struct dlms_opening *opening, enum dlms_reason reason)
{
    const struct verdict *verdict = &verdicts[reason];
    uint8_t buffer[USER_INFORMATION_MAX];
    struct dlms_writer user_information = dlms_writer(buffer, sizeof buffer);
    if (!write_user_information(opening, verdict, &user_information)) {
        return false;
    }
    struct dlms_aare aare = {
        .result = verdict->result,
        .source = verdict->source,
        .diagnostic = verdict->diagnostic,
        .context = DLMS_CONTEXT_LN,
        .user_information = {buffer, user_information.total},
    };
    if (verdict->result == DLMS_ASSOCIATE_ACCEPTED) {
        aare.protocol_version = opening->aarq.protocol_version;
    }
    add_security(opening, reason, &aare);
    dlms_aare_write(&aare, &opening->exchange->reply);
    return true;
}

static void judge_and_answer(struct dlms_opening *opening)
{
    struct dlms_exchange *exchange = opening->exchange;
    opening->association = dlms_find_association(
        exchange->link->server, exchange->request->client_sap, exchange->request->server_sap);
    dlms_opening_read_initiate(opening, opening->aarq.user_information);
    enum dlms_reason reason = dlms_opening_judge(opening);
    if (reason == DLMS_PASSWORD_WRONG) {
        dlms_proof_failed(exchange, opening->association, DLMS_EVENT_PASSWORD_WRONG);
    }
    if (reason == DLMS_ACCEPTED) {
        reason = open_session(opening);
    }
    if (opening->initiate.response_allowed && !answer(opening, reason) &&
        exchange->session != NULL) {
        exchange->ends_session = true;
    }
}

void dlms_associate(struct dlms_exchange *exchange)
{
    struct dlms_opening opening = {
        .exchange = exchange,
        .initiate = {.response_allowed = true},
    };
    if (exchange->session != NULL) {
        dlms_session_close(exchange->link, exchange->session);
        exchange->session = NULL;
    }
    if (dlms_aarq_parse(exchange->request->apdu, &opening.aarq) == DLMS_OK) {
        judge_and_answer(&opening);
    } else {
        answer(&opening, DLMS_MALFORMED);
    }
    if (exchange->link->security != NULL) { /* a dedicated key may be in there */
        dlms_wipe(exchange->link->security->buffer, exchange->link->security->buffer_size);
    }
    dlms_wipe(&opening.keys, sizeof opening.keys);
}

/* ---- Closing ---- */

/* A ciphered association is released by a protected InitiateRequest only; the answer is protected
 * likewise. False: it was not good. */
static bool release_ciphered(struct dlms_exchange *exchange, struct dlms_span user_information,
                             struct dlms_writer *out)
{
    static const uint8_t requests =
        DLMS_POLICY_REQUEST_AUTHENTICATED | DLMS_POLICY_REQUEST_ENCRYPTED;
    const struct dlms_association *association = exchange->session->association;
    struct dlms_opening opening = {
        .exchange = exchange,
        .association = association,
        .aarq.calling_title = {dlms_secured(exchange->link, exchange->session)->peer_title,
                               DLMS_TITLE},
    };
    dlms_opening_read_initiate(&opening, user_information);
    const uint8_t asked = association->security->policy & requests;
    const bool is_good = opening.initiate_valid && (asked & ~exchange->protection) == 0 &&
                         dlms_opening_write_response(&opening, exchange->session->conformance, out);
    dlms_wipe(&opening.keys, sizeof opening.keys);
    return is_good;
}

/* A release of what is not open is granted too: afterwards it is not open, as asked. */
void dlms_release(struct dlms_exchange *exchange)
{
    uint8_t buffer[USER_INFORMATION_MAX];
    struct dlms_writer out = dlms_writer(buffer, sizeof buffer);
    struct dlms_span user_information;
    if (!dlms_rlrq_parse(exchange->request->apdu, &user_information)) {
        return;
    }
    const bool is_ciphered = exchange->session != NULL && exchange->session->association->ciphered;
    if (is_ciphered && !release_ciphered(exchange, user_information, &out)) {
        dlms_rlre_write(DLMS_RELEASE_NOT_FINISHED, (struct dlms_span){NULL, 0}, &exchange->reply);
        return;
    }
    exchange->ends_session = exchange->session != NULL;
    const struct dlms_span enclosed = {is_ciphered ? buffer : NULL, out.total};
    dlms_rlre_write(DLMS_RELEASE_NORMAL, enclosed, &exchange->reply);
}
