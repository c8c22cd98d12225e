/* Judging an AARQ. Each reason to refuse is a check; the first check that objects decides, and later
 * ones rely on what earlier ones found good. */
#include "dlms/opening.h"

#include <string.h>

#include "dlms/secure.h"

/* ---- Initiate ---- */

/* Who takes this side's own title could send what it said itself: a proof, or an APDU under the same key. */
static bool is_own_title(const struct dlms_association *association, struct dlms_span title)
{
    return association->mechanism >= DLMS_MECHANISM_GMAC && association->security != NULL &&
           dlms_equal(title, (struct dlms_span){association->security->own_title, DLMS_TITLE});
}

/* Takes the protection off; what is not protected at all is not accepted in a ciphered association. */
static struct dlms_span decipher(struct dlms_opening *opening, struct dlms_span user_information)
{
    const struct dlms_association *association = opening->association;
    struct dlms_link *link = opening->exchange->link;
    const struct dlms_span none = {NULL, 0};
    const struct dlms_span title = opening->aarq.calling_title;
    const enum dlms_envelope envelope = dlms_envelope_of(user_information);
    struct dlms_unprotected opened;
    if (!dlms_can_secure(link, association) || is_own_title(association, title) ||
        envelope == DLMS_ENVELOPE_DED || envelope == DLMS_ENVELOPE_GENERAL_DED) {
        return none;
    }
    enum dlms_err err = dlms_unprotect(
        association->security, NULL, title.length == DLMS_TITLE ? title.data : NULL,
        user_information, link->security->buffer, link->security->buffer_size, &opened);
    const uint8_t kind = opened.cover.envelope & DLMS_ENVELOPE_KIND;
    if (err == DLMS_OK && kind > DLMS_ENVELOPE_GENERAL_WRAPPED) {
        err = DLMS_ERR_FORMAT; /* not for an Initiate */
        dlms_wipe(&opened.keys, sizeof opened.keys);
    }
    if (err != DLMS_OK) {
        dlms_proof_failed(opening->exchange, association,
                          err == DLMS_ERR_REPLAY ? DLMS_EVENT_REPLAY
                                                 : DLMS_EVENT_DECIPHERING_FAILED);
        return none;
    }
    opening->cover = dlms_answer_cover(association->security, &opened.cover);
    opening->cover.envelope = kind; /* an Initiate is not signed */
    opening->keys = opened.keys;
    opening->exchange->protection = dlms_protection_of(&opened.cover);
    dlms_wipe(&opened.keys, sizeof opened.keys);
    return opened.apdu;
}

void dlms_opening_read_initiate(struct dlms_opening *opening, struct dlms_span user_information)
{
    const struct dlms_association *association = opening->association;
    struct dlms_span apdu = user_information;
    if (association != NULL && association->ciphered) {
        apdu = decipher(opening, user_information);
    }
    opening->initiate_valid = dlms_initiate_parse(apdu, &opening->initiate) == DLMS_OK;
}

bool dlms_opening_write_response(const struct dlms_opening *opening, uint32_t conformance,
                                 struct dlms_writer *out)
{
    uint8_t buffer[DLMS_COVER_HEAD_MAX + 16 + DLMS_COVER_TAIL_MAX];
    const size_t head = dlms_cover_head(&opening->cover);
    struct dlms_writer plain = dlms_writer(buffer + head, 16);
    dlms_initiate_write(&opening->initiate, conformance,
                        opening->exchange->link->server->max_receive_pdu, &plain);
    size_t length = plain.total;
    if (opening->cover.envelope != DLMS_ENVELOPE_NONE &&
        dlms_protect(opening->association->security, &opening->keys, &opening->cover, buffer,
                     sizeof buffer, &length) != DLMS_OK) {
        return false;
    }
    dlms_raw_bytes(out, buffer, length);
    return true;
}

/* ---- Checks ---- */

static enum dlms_reason check_protocol_version(struct dlms_opening *opening)
{
    const struct dlms_span version = opening->aarq.protocol_version;
    if (version.data == NULL) {
        return DLMS_ACCEPTED; /* the default is version 1 */
    }
    /* Echoed in the AARE, hence a limit: 16 bits are far more versions than there are. */
    const bool has_version_1 =
        version.length >= 2 && version.length <= 3 && (version.data[1] & 0x80) != 0;
    return has_version_1 ? DLMS_ACCEPTED : DLMS_NO_COMMON_VERSION;
}

static enum dlms_reason check_context(struct dlms_opening *opening)
{
    const bool is_ciphered = opening->association != NULL && opening->association->ciphered;
    const int context = dlms_object_identifier(opening->aarq.context_name, 1);
    return context == (is_ciphered ? DLMS_CONTEXT_LN_CIPHERED : DLMS_CONTEXT_LN)
               ? DLMS_ACCEPTED
               : DLMS_CONTEXT_UNKNOWN;
}

static enum dlms_reason check_client(struct dlms_opening *opening)
{
    return opening->association != NULL ? DLMS_ACCEPTED : DLMS_CLIENT_UNKNOWN;
}

/* Where a title is used at all it must be there, and be the one known if one is. */
static enum dlms_reason check_title(struct dlms_opening *opening)
{
    static const uint8_t any[DLMS_TITLE];
    const struct dlms_association *association = opening->association;
    const struct dlms_span title = opening->aarq.calling_title;
    if (!association->ciphered && association->mechanism < DLMS_MECHANISM_GMAC) {
        return DLMS_ACCEPTED;
    }
    if (title.length != DLMS_TITLE || association->security == NULL ||
        is_own_title(association, title)) {
        return DLMS_TITLE_UNKNOWN;
    }
    const uint8_t *known = association->security->peer_title;
    const bool fits =
        memcmp(known, any, DLMS_TITLE) == 0 || memcmp(known, title.data, DLMS_TITLE) == 0;
    return fits ? DLMS_ACCEPTED : DLMS_TITLE_UNKNOWN;
}

static enum dlms_reason check_user(struct dlms_opening *opening)
{
    const struct dlms_association *association = opening->association;
    const struct dlms_span id = opening->aarq.calling_user;
    if (association->user_count == 0) {
        return DLMS_ACCEPTED;
    }
    for (size_t i = 0; id.length == 1 && i < association->user_count && i < UINT8_MAX; i++) {
        if (association->users[i].id == id.data[0]) {
            opening->user = (uint8_t)(i + 1);
            return DLMS_ACCEPTED;
        }
    }
    return DLMS_USER_UNKNOWN;
}

/* Its InitiateRequest was made with the client's own key, and nothing that can be guessed is to follow: who
 * tries is made to wait, and cannot make those wait who know. */
static bool is_known(const struct dlms_opening *opening)
{
    const struct dlms_association *association = opening->association;
    const bool has_secret = association->mechanism != DLMS_MECHANISM_NONE &&
                            association->mechanism != DLMS_MECHANISM_GMAC &&
                            association->mechanism != DLMS_MECHANISM_ECDSA;
    return association->ciphered && !has_secret && opening->cover.envelope != DLMS_ENVELOPE_NONE &&
           (opening->cover.control & DLMS_CONTROL_BROADCAST) == 0 &&
           (opening->exchange->protection & DLMS_POLICY_REQUEST_AUTHENTICATED) != 0;
}

static enum dlms_reason check_admission(struct dlms_opening *opening)
{
    const struct dlms_server *server = opening->exchange->link->server;
    const bool needs_proof =
        !is_known(opening) &&
        (opening->association->ciphered || opening->association->mechanism != DLMS_MECHANISM_NONE);
    return !needs_proof || server->admit == NULL ||
                   server->admit(server->context, opening->association)
               ? DLMS_ACCEPTED
               : DLMS_LOCKED;
}

static enum dlms_reason check_mechanism(struct dlms_opening *opening)
{
    const struct dlms_aarq *aarq = &opening->aarq;
    const bool is_named = aarq->mechanism_name.data != NULL;
    const int mechanism =
        is_named ? dlms_object_identifier(aarq->mechanism_name, 2) : DLMS_MECHANISM_NONE;
    if (mechanism == (int)opening->association->mechanism) {
        return DLMS_ACCEPTED;
    }
    if (mechanism != DLMS_MECHANISM_NONE) {
        return DLMS_MECHANISM_UNKNOWN;
    }
    return aarq->requirements.data != NULL && !is_named ? DLMS_MECHANISM_MISSING
                                                        : DLMS_AUTHENTICATION_MISSING;
}

/* Compares every octet offered, whatever the first difference: the time taken says nothing about
 * the secret, not even its length. secret must not be empty. */
static bool secret_equal(struct dlms_span offered, struct dlms_span secret)
{
    volatile size_t difference = offered.length ^ secret.length;
    size_t at = 0;
    for (size_t i = 0; i < offered.length; i++) {
        difference = difference | (size_t)(offered.data[i] ^ secret.data[at]);
        at = at + 1 < secret.length ? at + 1 : 0;
    }
    return difference == 0;
}

static enum dlms_reason check_challenge(const struct dlms_opening *opening)
{
    const size_t least =
        opening->association->mechanism == DLMS_MECHANISM_ECDSA ? 32 : DLMS_CHALLENGE_MIN;
    const size_t length = opening->aarq.authentication.length;
    if (!dlms_can_secure(opening->exchange->link, opening->association)) {
        return DLMS_MECHANISM_UNKNOWN;
    }
    return length >= least && length <= DLMS_CHALLENGE_MAX ? DLMS_ACCEPTED : DLMS_PASSWORD_WRONG;
}

static enum dlms_reason check_authentication(struct dlms_opening *opening)
{
    const struct dlms_association *association = opening->association;
    if (association->mechanism == DLMS_MECHANISM_NONE) {
        return DLMS_ACCEPTED;
    }
    if (association->mechanism != DLMS_MECHANISM_PASSWORD) {
        return check_challenge(opening);
    }
    const bool is_equal = association->password.length > 0 &&
                          secret_equal(opening->aarq.authentication, association->password);
    return is_equal ? DLMS_ACCEPTED : DLMS_PASSWORD_WRONG;
}

/* It was deciphered, and is protected as the policy asks of every request. */
static enum dlms_reason check_cipher(struct dlms_opening *opening)
{
    static const uint8_t requests =
        DLMS_POLICY_REQUEST_AUTHENTICATED | DLMS_POLICY_REQUEST_ENCRYPTED;
    if (!opening->association->ciphered) {
        return DLMS_ACCEPTED;
    }
    const uint8_t asked = opening->association->security->policy & requests;
    const bool is_good = opening->cover.envelope != DLMS_ENVELOPE_NONE &&
                         (asked & ~opening->exchange->protection) == 0;
    return is_good ? DLMS_ACCEPTED : DLMS_UNDECIPHERABLE;
}

/* A dedicated key is for ciphering, and of the suite's length. */
static enum dlms_reason check_initiate(struct dlms_opening *opening)
{
    const struct dlms_association *association = opening->association;
    const struct dlms_span key = opening->initiate.dedicated_key;
    const bool key_fits =
        key.data == NULL ||
        (association->ciphered && key.length == dlms_suite_key_size(association->security->suite));
    return opening->initiate_valid && key_fits ? DLMS_ACCEPTED : DLMS_INITIATE_MALFORMED;
}

static enum dlms_reason check_version(struct dlms_opening *opening)
{
    return opening->initiate.version == DLMS_VERSION ? DLMS_ACCEPTED : DLMS_VERSION_TOO_LOW;
}

static enum dlms_reason check_conformance(struct dlms_opening *opening)
{
    const uint32_t common =
        opening->initiate.conformance & dlms_offered(opening->exchange->link, opening->association);
    return common != 0 ? DLMS_ACCEPTED : DLMS_CONFORMANCE_EMPTY;
}

static enum dlms_reason check_pdu_size(struct dlms_opening *opening)
{
    const uint16_t size = opening->initiate.max_receive_pdu;
    const uint16_t least = opening->association->ciphered ? DLMS_MIN_CIPHERED_PDU : DLMS_MIN_PDU;
    return size == 0 || size >= least ? DLMS_ACCEPTED : DLMS_PDU_TOO_SHORT;
}

enum dlms_reason dlms_opening_judge(struct dlms_opening *opening)
{
    static enum dlms_reason (*const checks[])(struct dlms_opening *) = {
        check_protocol_version,
        check_context,
        check_client,
        check_title,
        check_user,
        check_admission,
        check_mechanism,
        check_authentication,
        check_cipher,
        check_initiate,
        check_version,
        check_conformance,
        check_pdu_size,
    };
    enum dlms_reason reason = DLMS_ACCEPTED;
    for (size_t i = 0; reason == DLMS_ACCEPTED && i < sizeof checks / sizeof checks[0]; i++) {
        reason = checks[i](opening);
    }
    return reason;
}
