/* Ciphering and high level authentication of the client. Invariant: nothing that is less protected than
 * what was asked is taken for an answer, and keys leave security only for the time of a call. */
#include "dlms/client_security.h"

#include <string.h>

#include "dlms/envelope.h"

enum {
    TAG_INITIATE_REQUEST = 0x01,
    TAG_INITIATE_RESPONSE = 0x08,
    TAG_SERVICE_ERROR = 0x0E,
    TAG_DATA_NOTIFICATION = 0x0F,
    TAG_EVENT_NOTIFICATION = 0xC2,
};

static const uint8_t no_title[DLMS_TITLE];

/* The server's title: what is known beforehand counts, else what the AARE said; NULL: neither. */
static const uint8_t *server_title(const struct dlms_security *security,
                                   const struct dlms_client *client)
{
    if (security != NULL && memcmp(security->peer_title, no_title, DLMS_TITLE) != 0) {
        return security->peer_title;
    }
    return memcmp(client->server_title, no_title, DLMS_TITLE) != 0 ? client->server_title : NULL;
}

/* An Initiate goes under the global key, unsigned; and authenticated at least, where the others are signed
 * only. general-ciphering says whom it is for: not before that is known. */
static struct dlms_cover initiate_cover(const struct dlms_cover *cover, bool knows_server)
{
    struct dlms_cover how = {cover->envelope & DLMS_ENVELOPE_KIND, cover->control};
    if (how.envelope == DLMS_ENVELOPE_NONE) {
        how.envelope = DLMS_ENVELOPE_GLO;
        how.control |= DLMS_CONTROL_AUTHENTICATED;
    }
    if (how.envelope == DLMS_ENVELOPE_DED || how.envelope == DLMS_ENVELOPE_GENERAL_DED) {
        how.envelope -= DLMS_ENVELOPE_DED - DLMS_ENVELOPE_GLO;
    }
    if (how.envelope >= DLMS_ENVELOPE_GENERAL) {
        how.envelope = knows_server ? DLMS_ENVELOPE_GENERAL : DLMS_ENVELOPE_GENERAL_GLO;
    }
    return how;
}

/* Services that have no ciphered tag of their own go in general envelopes, as does what is signed inside. */
static uint8_t service_envelope(uint8_t envelope, uint8_t tag)
{
    const uint8_t kind = envelope & DLMS_ENVELOPE_KIND;
    const bool has_tag = (envelope & DLMS_SIGNED_INSIDE) == 0 && dlms_ciphered_tag(tag, kind) != 0;
    const bool is_own = kind == DLMS_ENVELOPE_GLO || kind == DLMS_ENVELOPE_DED;
    return is_own && !has_tag
               ? (uint8_t)(envelope + (DLMS_ENVELOPE_GENERAL_GLO - DLMS_ENVELOPE_GLO))
               : envelope;
}

static enum dlms_err protect(void *context, uint8_t *buffer, size_t size, size_t *length)
{
    const struct dlms_client_cover *cover = context;
    const struct dlms_crypto *crypto = cover->security->crypto;
    const uint8_t *title = server_title(cover->security, cover->client);
    const size_t head = cover->protection.head;
    const struct dlms_cover how =
        buffer[head] == TAG_INITIATE_REQUEST
            ? initiate_cover(&cover->cover, title != NULL)
            : (struct dlms_cover){service_envelope(cover->cover.envelope, buffer[head]),
                                  cover->cover.control};
    struct dlms_keys keys;
    memmove(buffer + dlms_cover_head(&how), buffer + head, *length);
    dlms_keys_take(cover->security, &cover->dedicated, &how, &keys);
    if (title != NULL) {
        memcpy(keys.peer_title, title, DLMS_TITLE);
    }
    if ((how.envelope & DLMS_ENVELOPE_KIND) == DLMS_ENVELOPE_GENERAL_WRAPPED &&
        !crypto->random(crypto->context, keys.encryption, keys.size)) {
        dlms_wipe(&keys, sizeof keys);
        return DLMS_ERR_CIPHER;
    }
    const enum dlms_err err = dlms_protect(cover->security, &keys, &how, buffer, size, length);
    dlms_wipe(&keys, sizeof keys);
    return err;
}

/* An answer has the key of its request: one that was recorded under another, in a session before, is none. A
 * notification is unasked; and what is signed only may be answered encrypted. */
static bool is_key_expected(uint8_t asked, const struct dlms_unprotected *opened)
{
    const uint8_t kind = opened->cover.envelope & DLMS_ENVELOPE_KIND;
    const uint8_t tag = opened->apdu.data[0];
    const bool is_global = kind <= DLMS_ENVELOPE_GENERAL && !dlms_is_dedicated(kind);
    asked &= DLMS_ENVELOPE_KIND;
    if (tag == TAG_INITIATE_RESPONSE || tag == TAG_SERVICE_ERROR) {
        return is_global;
    }
    if (tag == TAG_DATA_NOTIFICATION || tag == TAG_EVENT_NOTIFICATION) {
        return is_global || dlms_is_dedicated(kind);
    }
    if (dlms_is_dedicated(asked)) {
        return dlms_is_dedicated(kind);
    }
    return asked > DLMS_ENVELOPE_GENERAL ? kind == asked : is_global;
}

static enum dlms_err unprotect(void *context, struct dlms_span apdu, struct dlms_span *plain)
{
    struct dlms_client_cover *cover = context;
    const uint8_t wanted =
        cover->cover.control & (DLMS_CONTROL_AUTHENTICATED | DLMS_CONTROL_ENCRYPTED);
    struct dlms_unprotected opened;
    if (dlms_envelope_of(apdu) == DLMS_ENVELOPE_NONE && !dlms_is_signed(apdu)) {
        return DLMS_ERR_CIPHER;
    }
    const enum dlms_err err = dlms_unprotect(cover->security, &cover->dedicated,
                                             server_title(cover->security, cover->client), apdu,
                                             cover->plain, cover->plain_size, &opened);
    if (err != DLMS_OK) {
        return err;
    }
    *plain = opened.apdu;
    const bool is_initiate =
        opened.apdu.data[0] == TAG_INITIATE_RESPONSE || opened.apdu.data[0] == TAG_SERVICE_ERROR;
    const bool has_signature = (opened.cover.envelope & DLMS_SIGNED) != 0;
    const bool needs_signature = (cover->cover.envelope & DLMS_SIGNED) != 0 && !is_initiate;
    const bool is_broadcast = (opened.cover.control & DLMS_CONTROL_BROADCAST) != 0;
    const bool is_enough = (opened.cover.control & wanted) == wanted && !is_broadcast &&
                           (has_signature || !needs_signature) &&
                           is_key_expected(cover->cover.envelope, &opened);
    dlms_wipe(&opened.keys, sizeof opened.keys);
    return is_enough ? DLMS_OK : DLMS_ERR_CIPHER;
}

void dlms_client_cover_init(struct dlms_client_cover *cover, const struct dlms_client *client,
                            struct dlms_security *security, struct dlms_cover how, uint8_t *plain,
                            size_t plain_size)
{
    struct dlms_cover widest = how;
    if ((how.envelope & DLMS_ENVELOPE_KIND) <= DLMS_ENVELOPE_DED) {
        widest.envelope = DLMS_ENVELOPE_GENERAL_GLO | (how.envelope & DLMS_SIGNED);
        widest.control |= DLMS_CONTROL_AUTHENTICATED;
    }
    *cover = (struct dlms_client_cover){
        .protection = {.context = cover,
                       .head = dlms_cover_head(&widest),
                       .tail = dlms_cover_tail(&widest),
                       .protect = protect,
                       .unprotect = unprotect},
        .client = client,
        .security = security,
        .cover = how,
        .plain = plain,
        .plain_size = plain_size,
    };
}

bool dlms_client_dedicate(struct dlms_client_cover *cover, struct dlms_client_settings *settings)
{
    const struct dlms_crypto *crypto = cover->security->crypto;
    const size_t size = dlms_suite_key_size(cover->security->suite);
    cover->dedicated = (struct dlms_dedicated){.size = (uint8_t)size};
    settings->dedicated_key = (struct dlms_span){cover->dedicated.key, size};
    return crypto->random(crypto->context, cover->dedicated.key, size);
}

/* ---- High level authentication ---- */

bool dlms_client_challenge(struct dlms_client_hls *hls, struct dlms_client_settings *settings)
{
    size_t length;
    if (!dlms_hls_challenge(hls->hls.crypto, hls->hls.mechanism, hls->own_challenge, &length)) {
        return false;
    }
    hls->hls.own_challenge = (struct dlms_span){hls->own_challenge, length};
    settings->mechanism = hls->hls.mechanism;
    settings->authentication = hls->hls.own_challenge;
    return true;
}

enum dlms_client_status dlms_client_prove(struct dlms_client *client, struct dlms_client_hls *hls)
{
    static const struct dlms_client_attribute reply = {
        .class_id = 15, .logical_name = {0, 0, 40, 0, 0, 255}, .index = 1};
    const struct dlms_span challenge = dlms_client_value(client);
    size_t length;
    if (challenge.length < DLMS_CHALLENGE_MIN || challenge.length > DLMS_CHALLENGE_MAX ||
        dlms_equal(challenge, hls->hls.own_challenge)) {
        return DLMS_CLIENT_ERR_SECURITY;
    }
    memcpy(hls->server_challenge, challenge.data, challenge.length);
    hls->hls.peer_challenge = (struct dlms_span){hls->server_challenge, challenge.length};
    const uint8_t *title = server_title(hls->hls.security, client);
    hls->hls.peer_title = title != NULL ? title : no_title;
    if (dlms_hls_answer(&hls->hls, hls->proof + 2, &length) != DLMS_OK) {
        return DLMS_CLIENT_ERR_SECURITY;
    }
    hls->proof[0] = DLMS_TAG_OCTET_STRING;
    hls->proof[1] = (uint8_t)length; /* at most DLMS_HLS_ANSWER_MAX, below 128 */
    return dlms_client_action(client, &reply, (struct dlms_span){hls->proof, 2 + length});
}

enum dlms_client_status dlms_client_judge(struct dlms_client *client,
                                          const struct dlms_client_hls *hls)
{
    const struct dlms_span data = dlms_client_value(client);
    struct dlms_reader reader = dlms_reader(data.data, data.length);
    const struct dlms_value answer = dlms_read_value(&reader);
    if (dlms_reader_done(&reader) && answer.tag == DLMS_TAG_OCTET_STRING &&
        dlms_hls_check(&hls->hls, answer.bytes)) {
        return DLMS_CLIENT_DONE;
    }
    dlms_client_disconnected(client);
    return DLMS_CLIENT_ERR_SECURITY;
}
