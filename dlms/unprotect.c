/* Taking the protection off an APDU. Invariant: a counter moves only for an APDU whose tag was right, and
 * of what fails nothing is left behind. */
#include <string.h>

#include "dlms/axdr.h"
#include "dlms/envelope.h"

/* A protected APDU taken apart. */
struct parts {
    enum dlms_envelope envelope;
    struct dlms_span sender;    /* system title; empty when it is not told */
    struct dlms_span recipient; /* the same */
    struct dlms_span aad;       /* of general-ciphering: its header */
    bool is_broadcast;          /* key-info of general-ciphering says so */
    struct dlms_span wrapped;   /* the key that went along; empty: none */
    uint8_t control;
    uint32_t number;
    struct dlms_span content; /* what was encrypted, without the tag */
    const uint8_t *tag;       /* NULL: none */
};

/* key-info: a key both sides have, or one wrapped with the master key. */
static void read_key_info(struct dlms_reader *reader, struct parts *parts)
{
    const uint8_t is_present = dlms_read_u8(reader);
    const uint8_t kind = dlms_read_u8(reader);
    const uint8_t key = dlms_read_u8(reader);
    if (is_present == 1 && kind == DLMS_KEY_INFO_WRAPPED && key == DLMS_KEK_MASTER) {
        parts->envelope = DLMS_ENVELOPE_GENERAL_WRAPPED;
        parts->wrapped = dlms_read_bytes(reader, dlms_read_length(reader));
        return;
    }
    parts->is_broadcast = key == DLMS_KEY_BROADCAST;
    if (is_present != 1 || kind != DLMS_KEY_INFO_IDENTIFIED || key > DLMS_KEY_BROADCAST) {
        dlms_reader_fail(reader);
    }
}

/* general-ciphering from behind its tag up to the ciphered content. */
static void read_general(struct dlms_reader *reader, struct parts *parts)
{
    const struct dlms_reader before = *reader;
    dlms_read_bytes(reader, dlms_read_length(reader)); /* transaction-id */
    parts->sender = dlms_read_bytes(reader, dlms_read_length(reader));
    parts->recipient = dlms_read_bytes(reader, dlms_read_length(reader));
    dlms_read_bytes(reader, dlms_read_length(reader)); /* date-time */
    dlms_read_bytes(reader, dlms_read_length(reader)); /* other-information */
    parts->aad = (struct dlms_span){before.data, before.length - reader->length};
    read_key_info(reader, parts);
}

static void read_envelope(struct dlms_reader *reader, struct parts *parts)
{
    switch (parts->envelope) {
    case DLMS_ENVELOPE_GENERAL:
        read_general(reader, parts);
        break;
    case DLMS_ENVELOPE_GENERAL_GLO:
    case DLMS_ENVELOPE_GENERAL_DED:
        parts->sender = dlms_read_bytes(reader, dlms_read_length(reader));
        break;
    default:
        break;
    }
}

static bool read_parts(struct dlms_span apdu, struct parts *parts)
{
    struct dlms_reader reader = dlms_reader(apdu.data, apdu.length);
    *parts = (struct parts){.envelope = dlms_envelope_of(apdu)};
    dlms_read_u8(&reader);
    read_envelope(&reader, parts);
    if (dlms_read_length(&reader) != reader.length) {
        return false;
    }
    parts->control = dlms_read_u8(&reader);
    parts->number = dlms_read_u32(&reader);
    const bool has_tag = (parts->control & DLMS_CONTROL_AUTHENTICATED) != 0;
    if (reader.failed || reader.length < (has_tag ? DLMS_GCM_TAG : 0)) {
        return false;
    }
    parts->content = dlms_read_bytes(&reader, reader.length - (has_tag ? DLMS_GCM_TAG : 0));
    parts->tag = has_tag ? reader.data : NULL;
    return parts->envelope != DLMS_ENVELOPE_NONE && (parts->control & DLMS_PROTECTION) != 0 &&
           (parts->control & DLMS_CONTROL_COMPRESSED) == 0;
}

static bool is_broadcast(const struct parts *parts)
{
    return (parts->control & DLMS_CONTROL_BROADCAST) != 0 || parts->is_broadcast;
}

static bool title_fits(struct dlms_span told, const uint8_t *known)
{
    return told.length == 0 || dlms_equal(told, (struct dlms_span){known, DLMS_TITLE});
}

/* Decrypts to plain, or checks and copies what came in clear. */
static bool open_content(const struct dlms_crypto *crypto, const struct parts *parts,
                         const struct dlms_keys *keys, uint8_t *plain)
{
    const bool is_encrypted = (parts->control & DLMS_CONTROL_ENCRYPTED) != 0;
    uint8_t iv[DLMS_GCM_IV];
    struct dlms_additional additional;
    dlms_make_iv(iv, keys->peer_title, parts->number);
    dlms_gather_additional(&parts->control, keys, parts->aad, parts->content, &additional);
    const struct dlms_gcm gcm = {
        .key = {keys->encryption, keys->size},
        .iv = iv,
        .aad = additional.span,
        .aad_count = additional.count,
        .in = parts->content.data,
        .out = plain,
        .length = is_encrypted ? parts->content.length : 0,
    };
    if (!crypto->gcm_decrypt(crypto->context, &gcm, parts->tag)) {
        return false;
    }
    if (!is_encrypted && parts->content.length > 0) {
        memcpy(plain, parts->content.data, parts->content.length);
    }
    return true;
}

static enum dlms_err accept_number(struct dlms_security *security, struct dlms_dedicated *dedicated,
                                   const struct parts *parts)
{
    const enum dlms_counter_id id =
        is_broadcast(parts) ? DLMS_COUNTER_RECEIVE_BROADCAST : DLMS_COUNTER_RECEIVE;
    const uint32_t lowest =
        dlms_is_dedicated(parts->envelope) ? dedicated->next : security->counter[id].next;
    if (parts->number < lowest || parts->number == UINT32_MAX) {
        return DLMS_ERR_REPLAY;
    }
    if (parts->tag == NULL) {
        return DLMS_OK;
    }
    if (dlms_is_dedicated(parts->envelope)) {
        dedicated->next = parts->number + 1;
        return DLMS_OK;
    }
    return dlms_counter_accept(security, id, parts->number);
}

/* The envelope, as far as it can be judged before anything is deciphered. */
static enum dlms_err judge(const struct dlms_security *security,
                           const struct dlms_dedicated *dedicated, const struct parts *parts,
                           const uint8_t *peer_title)
{
    const bool has_dedicated = dedicated != NULL && dedicated->size > 0;
    if ((parts->control & DLMS_CONTROL_SUITE) != security->suite) {
        return DLMS_ERR_FORMAT;
    }
    if (dlms_is_dedicated(parts->envelope) && (!has_dedicated || is_broadcast(parts))) {
        return DLMS_ERR_CIPHER;
    }
    const bool fits = title_fits(parts->sender, peer_title) &&
                      (is_broadcast(parts) || title_fits(parts->recipient, security->own_title));
    return fits ? DLMS_OK : DLMS_ERR_CIPHER;
}

/* The key that went along takes the place of the global one. */
static bool take_key(const struct dlms_security *security, const struct parts *parts,
                     struct dlms_keys *keys)
{
    const struct dlms_crypto *crypto = security->crypto;
    const struct dlms_span kek = {security->key[DLMS_KEY_MASTER], keys->size};
    if (parts->envelope != DLMS_ENVELOPE_GENERAL_WRAPPED) {
        return true;
    }
    return !is_broadcast(parts) && parts->wrapped.length == keys->size + (size_t)DLMS_KEY_WRAP &&
           crypto->unwrap(crypto->context, kek, parts->wrapped.data, parts->wrapped.length,
                          keys->encryption);
}

static bool inner_tag_fits(const struct parts *parts, const struct dlms_span apdu,
                           const uint8_t *plain)
{
    if (parts->content.length == 0) {
        return false;
    }
    return parts->envelope > DLMS_ENVELOPE_DED ||
           plain[0] == dlms_plain_tag(apdu.data[0], parts->envelope);
}

enum dlms_err dlms_unprotect(struct dlms_security *security, struct dlms_dedicated *dedicated,
                             const uint8_t *peer_title, struct dlms_span apdu, uint8_t *plain,
                             size_t size, struct dlms_unprotected *result)
{
    struct parts parts;
    const uint8_t *title = peer_title != NULL ? peer_title : security->peer_title;
    if (!read_parts(apdu, &parts)) {
        return DLMS_ERR_FORMAT;
    }
    enum dlms_err err = judge(security, dedicated, &parts, title);
    if (err != DLMS_OK) {
        return err;
    }
    if (parts.content.length > size) {
        return DLMS_ERR_SPACE;
    }
    result->cover.envelope = (uint8_t)parts.envelope;
    result->cover.control = parts.control;
    if (parts.is_broadcast) {
        result->cover.control |= DLMS_CONTROL_BROADCAST;
    }
    dlms_keys_take(security, dedicated, &result->cover, &result->keys);
    memcpy(result->keys.peer_title, title, DLMS_TITLE);
    err = take_key(security, &parts, &result->keys) &&
                  open_content(security->crypto, &parts, &result->keys, plain) &&
                  inner_tag_fits(&parts, apdu, plain)
              ? accept_number(security, dedicated, &parts)
              : DLMS_ERR_CIPHER;
    result->apdu = (struct dlms_span){plain, parts.content.length};
    if (err != DLMS_OK) {
        dlms_wipe(&result->keys, sizeof result->keys);
        dlms_wipe(plain, parts.content.length);
    }
    return err;
}
