/* Ciphering and high level authentication of the client. Invariant: nothing that is less protected than
 * what was asked is taken for an answer, and keys leave security only for the time of a call. */
#include "dlms/client_security.h"

#include <string.h>

#include "dlms/envelope.h"

enum { TAG_INITIATE_REQUEST = 0x01 };

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

static enum dlms_err protect(void *context, uint8_t *buffer, size_t size, size_t *length)
{
    const struct dlms_client_cover *cover = context;
    const struct dlms_crypto *crypto = cover->security->crypto;
    const size_t head = cover->protection.head;
    struct dlms_cover how = cover->cover;
    struct dlms_keys keys;
    if (how.envelope == DLMS_ENVELOPE_GLO && dlms_ciphered_tag(buffer[head], how.envelope) == 0) {
        how.envelope = DLMS_ENVELOPE_GENERAL_GLO; /* ACCESS has no other */
    }
    if (how.envelope == DLMS_ENVELOPE_GENERAL_WRAPPED && buffer[head] == TAG_INITIATE_REQUEST) {
        how.envelope = DLMS_ENVELOPE_GENERAL;
    }
    memmove(buffer + dlms_cover_head(&how), buffer + head, *length);
    dlms_keys_take(cover->security, NULL, &how, &keys);
    if (how.envelope == DLMS_ENVELOPE_GENERAL_WRAPPED &&
        !crypto->random(crypto->context, keys.encryption, keys.size)) {
        dlms_wipe(&keys, sizeof keys);
        return DLMS_ERR_CIPHER;
    }
    const enum dlms_err err = dlms_protect(cover->security, &keys, &how, buffer, size, length);
    dlms_wipe(&keys, sizeof keys);
    return err;
}

static enum dlms_err unprotect(void *context, struct dlms_span apdu, struct dlms_span *plain)
{
    const struct dlms_client_cover *cover = context;
    const uint8_t wanted =
        cover->cover.control & (DLMS_CONTROL_AUTHENTICATED | DLMS_CONTROL_ENCRYPTED);
    struct dlms_unprotected opened;
    if (dlms_envelope_of(apdu) == DLMS_ENVELOPE_NONE) {
        return DLMS_ERR_CIPHER;
    }
    const enum dlms_err err =
        dlms_unprotect(cover->security, NULL, server_title(cover->security, cover->client), apdu,
                       cover->plain, cover->plain_size, &opened);
    if (err != DLMS_OK) {
        return err;
    }
    *plain = opened.apdu;
    const bool is_enough = (opened.cover.control & wanted) == wanted;
    dlms_wipe(&opened.keys, sizeof opened.keys);
    return is_enough ? DLMS_OK : DLMS_ERR_CIPHER;
}

void dlms_client_cover_init(struct dlms_client_cover *cover, const struct dlms_client *client,
                            struct dlms_security *security, struct dlms_cover how, uint8_t *plain,
                            size_t plain_size)
{
    struct dlms_cover widest = how;
    if (how.envelope == DLMS_ENVELOPE_GLO) {
        widest.envelope = DLMS_ENVELOPE_GENERAL_GLO;
    }
    *cover = (struct dlms_client_cover){
        .protection = {.context = cover,
                       .head = dlms_cover_head(&widest),
                       .tail = dlms_cover_tail(&how),
                       .protect = protect,
                       .unprotect = unprotect},
        .client = client,
        .security = security,
        .cover = how,
        .plain = plain,
        .plain_size = plain_size,
    };
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
