/* Opening and closing associations. Each reason to refuse is a check and a row of a table; the
 * first check that objects decides. Invariant: while an AARQ is judged, the pair that sent it has
 * no association, so a client that starts over (after a crash, say) always can. */
#include "dlms/acse.h"
#include "dlms/initiate.h"
#include "dlms/service.h"

enum reason {
    ACCEPTED,
    MALFORMED,
    NO_COMMON_VERSION,
    CONTEXT_UNKNOWN,
    CLIENT_UNKNOWN,
    MECHANISM_MISSING,
    MECHANISM_UNKNOWN,
    AUTHENTICATION_MISSING,
    PASSWORD_WRONG,
    INITIATE_MALFORMED,
    VERSION_TOO_LOW,
    CONFORMANCE_EMPTY,
    PDU_TOO_SHORT,
    BUSY,
};

struct verdict {
    enum dlms_associate_result result;
    enum dlms_diagnostic_source source;
    uint8_t diagnostic;
    int initiate_error; /* the ConfirmedServiceError that goes along; -1: an InitiateResponse */
};

/* 5-3: what the client is told. Where ACSE objects, an InitiateResponse is sent none the less, as
 * the examples of the standard have it; where Initiate objects, its error. */
static const struct verdict verdicts[] = {
    [ACCEPTED] = {DLMS_ASSOCIATE_ACCEPTED, DLMS_SOURCE_USER, DLMS_DIAGNOSTIC_NULL, -1},
    [MALFORMED] = {DLMS_ASSOCIATE_REJECTED_PERMANENT, DLMS_SOURCE_USER, DLMS_DIAGNOSTIC_NO_REASON,
                   DLMS_INITIATE_OTHER},
    [NO_COMMON_VERSION] = {DLMS_ASSOCIATE_REJECTED_PERMANENT, DLMS_SOURCE_PROVIDER,
                           DLMS_PROVIDER_DIAGNOSTIC_NO_COMMON_VERSION, -1},
    [CONTEXT_UNKNOWN] = {DLMS_ASSOCIATE_REJECTED_PERMANENT, DLMS_SOURCE_USER,
                         DLMS_DIAGNOSTIC_CONTEXT_NOT_SUPPORTED, -1},
    [CLIENT_UNKNOWN] = {DLMS_ASSOCIATE_REJECTED_PERMANENT, DLMS_SOURCE_USER,
                        DLMS_DIAGNOSTIC_NO_REASON, DLMS_INITIATE_REFUSED},
    [MECHANISM_MISSING] = {DLMS_ASSOCIATE_REJECTED_PERMANENT, DLMS_SOURCE_USER,
                           DLMS_DIAGNOSTIC_MECHANISM_REQUIRED, -1},
    [MECHANISM_UNKNOWN] = {DLMS_ASSOCIATE_REJECTED_PERMANENT, DLMS_SOURCE_USER,
                           DLMS_DIAGNOSTIC_MECHANISM_NOT_RECOGNISED, -1},
    [AUTHENTICATION_MISSING] = {DLMS_ASSOCIATE_REJECTED_PERMANENT, DLMS_SOURCE_USER,
                                DLMS_DIAGNOSTIC_AUTHENTICATION_REQUIRED, -1},
    [PASSWORD_WRONG] = {DLMS_ASSOCIATE_REJECTED_PERMANENT, DLMS_SOURCE_USER,
                        DLMS_DIAGNOSTIC_AUTHENTICATION_FAILURE, -1},
    [INITIATE_MALFORMED] = {DLMS_ASSOCIATE_REJECTED_PERMANENT, DLMS_SOURCE_USER,
                            DLMS_DIAGNOSTIC_NO_REASON, DLMS_INITIATE_OTHER},
    [VERSION_TOO_LOW] = {DLMS_ASSOCIATE_REJECTED_PERMANENT, DLMS_SOURCE_USER,
                         DLMS_DIAGNOSTIC_NO_REASON, DLMS_INITIATE_VERSION_TOO_LOW},
    [CONFORMANCE_EMPTY] = {DLMS_ASSOCIATE_REJECTED_PERMANENT, DLMS_SOURCE_USER,
                           DLMS_DIAGNOSTIC_NO_REASON, DLMS_INITIATE_INCOMPATIBLE_CONFORMANCE},
    [PDU_TOO_SHORT] = {DLMS_ASSOCIATE_REJECTED_PERMANENT, DLMS_SOURCE_USER,
                       DLMS_DIAGNOSTIC_NO_REASON, DLMS_INITIATE_PDU_SIZE_TOO_SHORT},
    [BUSY] = {DLMS_ASSOCIATE_REJECTED_TRANSIENT, DLMS_SOURCE_USER, DLMS_DIAGNOSTIC_NO_REASON,
              DLMS_INITIATE_REFUSED},
};

/* What is known about an association that is being opened. */
struct opening {
    struct dlms_aarq aarq;
    struct dlms_initiate_request initiate;
    bool initiate_valid;
    const struct dlms_association *association; /* the row for this pair, or NULL */
};

static enum reason check_protocol_version(const struct opening *opening)
{
    const struct dlms_span version = opening->aarq.protocol_version;
    if (version.data == NULL) {
        return ACCEPTED; /* the default is version 1 */
    }
    /* Echoed in the AARE, hence a limit: 16 bits are far more versions than there are. */
    const bool has_version_1 =
        version.length >= 2 && version.length <= 3 && (version.data[1] & 0x80) != 0;
    return has_version_1 ? ACCEPTED : NO_COMMON_VERSION;
}

static enum reason check_context(const struct opening *opening)
{
    const int context = dlms_object_identifier(opening->aarq.context_name, 1);
    return context == DLMS_CONTEXT_LN ? ACCEPTED : CONTEXT_UNKNOWN;
}

static enum reason check_client(const struct opening *opening)
{
    return opening->association != NULL ? ACCEPTED : CLIENT_UNKNOWN;
}

static enum reason check_mechanism(const struct opening *opening)
{
    const struct dlms_aarq *aarq = &opening->aarq;
    const bool is_named = aarq->mechanism_name.data != NULL;
    const int mechanism =
        is_named ? dlms_object_identifier(aarq->mechanism_name, 2) : DLMS_MECHANISM_NONE;
    if (mechanism == (int)opening->association->mechanism) {
        return ACCEPTED;
    }
    if (mechanism != DLMS_MECHANISM_NONE) {
        return MECHANISM_UNKNOWN;
    }
    return aarq->requirements.data != NULL && !is_named ? MECHANISM_MISSING
                                                        : AUTHENTICATION_MISSING;
}

/* Compares every octet offered, whatever the first difference: the time taken says nothing about
 * the secret. secret must not be empty. */
static bool secret_equal(struct dlms_span offered, struct dlms_span secret)
{
    size_t difference = offered.length ^ secret.length;
    size_t at = 0;
    for (size_t i = 0; i < offered.length; i++) {
        difference |= (size_t)(offered.data[i] ^ secret.data[at]);
        at = at + 1 < secret.length ? at + 1 : 0;
    }
    return difference == 0;
}

static enum reason check_password(const struct opening *opening)
{
    const struct dlms_association *association = opening->association;
    if (association->mechanism == DLMS_MECHANISM_NONE) {
        return ACCEPTED;
    }
    const bool is_equal = association->password.length > 0 &&
                          secret_equal(opening->aarq.authentication, association->password);
    return is_equal ? ACCEPTED : PASSWORD_WRONG;
}

/* A dedicated key is for ciphering, of which there is none here. */
static enum reason check_initiate(const struct opening *opening)
{
    const bool is_fit = opening->initiate_valid && !opening->initiate.has_dedicated_key;
    return is_fit ? ACCEPTED : INITIATE_MALFORMED;
}

static enum reason check_version(const struct opening *opening)
{
    return opening->initiate.version == DLMS_VERSION ? ACCEPTED : VERSION_TOO_LOW;
}

static enum reason check_conformance(const struct opening *opening)
{
    const uint32_t common = opening->initiate.conformance & opening->association->conformance;
    return common != 0 ? ACCEPTED : CONFORMANCE_EMPTY;
}

static enum reason check_pdu_size(const struct opening *opening)
{
    const uint16_t size = opening->initiate.max_receive_pdu;
    return size == 0 || size >= DLMS_MIN_PDU ? ACCEPTED : PDU_TOO_SHORT;
}

typedef enum reason check(const struct opening *opening);

/* Later checks rely on what earlier ones found good. */
static check *const checks[] = {
    check_protocol_version, check_context, check_client,      check_mechanism, check_password,
    check_initiate,         check_version, check_conformance, check_pdu_size,
};

static enum reason judge(const struct opening *opening)
{
    enum reason reason = ACCEPTED;
    for (size_t i = 0; reason == ACCEPTED && i < sizeof checks / sizeof checks[0]; i++) {
        reason = checks[i](opening);
    }
    return reason;
}

static const struct dlms_association *find_association(const struct dlms_exchange *exchange)
{
    const struct dlms_server *server = exchange->link->server;
    for (size_t i = 0; i < server->association_count; i++) {
        const struct dlms_association *row = &server->associations[i];
        if (row->client_sap == exchange->request->client_sap &&
            row->server_sap == exchange->request->server_sap) {
            return row;
        }
    }
    return NULL;
}

static enum reason open_session(struct dlms_link *link, const struct opening *opening)
{
    for (size_t i = 0; i < DLMS_LINK_SESSIONS; i++) {
        struct dlms_session *session = &link->sessions[i];
        if (session->association == NULL) {
            const uint16_t size = opening->initiate.max_receive_pdu;
            session->association = opening->association;
            session->conformance =
                opening->initiate.conformance & opening->association->conformance;
            session->max_send_pdu = size != 0 ? size : UINT16_MAX;
            return ACCEPTED;
        }
    }
    return BUSY;
}

/* Offered by the row alone when nothing intelligible was proposed. */
static uint32_t negotiated(const struct opening *opening)
{
    const uint32_t offered = opening->association != NULL ? opening->association->conformance : 0;
    return opening->initiate_valid ? offered & opening->initiate.conformance : offered;
}

static void answer(struct dlms_exchange *exchange, const struct opening *opening,
                   enum reason reason)
{
    const struct verdict *verdict = &verdicts[reason];
    uint8_t buffer[16];
    struct dlms_writer user_information = dlms_writer(buffer, sizeof buffer);
    if (verdict->initiate_error < 0) {
        dlms_initiate_write(&opening->initiate, negotiated(opening),
                            exchange->link->server->max_receive_pdu, &user_information);
    } else {
        dlms_initiate_error_write((enum dlms_initiate_error)verdict->initiate_error,
                                  &user_information);
    }
    const struct dlms_aare aare = {
        .protocol_version =
            reason == ACCEPTED ? opening->aarq.protocol_version : (struct dlms_span){NULL, 0},
        .result = verdict->result,
        .source = verdict->source,
        .diagnostic = verdict->diagnostic,
        .user_information = {buffer, user_information.total},
    };
    dlms_aare_write(&aare, &exchange->reply);
}

void dlms_associate(struct dlms_exchange *exchange)
{
    struct opening opening = {.initiate = {.response_allowed = true}};
    struct dlms_link *link = exchange->link;
    if (exchange->session != NULL) {
        dlms_session_close(link, exchange->session);
    }
    if (dlms_aarq_parse(exchange->request->apdu, &opening.aarq) != DLMS_OK) {
        answer(exchange, &opening, MALFORMED);
        return;
    }
    opening.association = find_association(exchange);
    opening.initiate_valid =
        dlms_initiate_parse(opening.aarq.user_information, &opening.initiate) == DLMS_OK;
    enum reason reason = judge(&opening);
    if (reason == PASSWORD_WRONG && link->wrong_passwords < UINT16_MAX) {
        link->wrong_passwords++;
    }
    if (reason == ACCEPTED) {
        reason = open_session(link, &opening);
    }
    if (opening.initiate.response_allowed) {
        answer(exchange, &opening, reason);
    }
}

/* A release of what is not open is granted too: afterwards it is not open, as asked. */
void dlms_release(struct dlms_exchange *exchange)
{
    if (!dlms_rlrq_valid(exchange->request->apdu)) {
        return;
    }
    if (exchange->session != NULL) {
        dlms_session_close(exchange->link, exchange->session);
    }
    dlms_rlre_write(&exchange->reply);
}
