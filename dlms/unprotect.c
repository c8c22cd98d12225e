/* Taking the protection off an APDU. Invariant: a counter moves only for an APDU whose tag and signature
 * were right, and of what fails nothing is left behind. */
#include <string.h>

#include "dlms/asymmetric.h"

/* key-info: a key both sides have, one wrapped with the master key, or another that the table knows. */
static void read_key_info(struct dlms_reader *reader, const struct dlms_security *security,
                          struct dlms_parts *parts)
{
    const struct dlms_asymmetric *asymmetric = security->asymmetric;
    const uint8_t is_present = dlms_read_u8(reader);
    const uint8_t kind = dlms_read_u8(reader);
    const uint8_t key = dlms_read_u8(reader);
    if (is_present == 1 && kind == DLMS_KEY_INFO_WRAPPED && key == DLMS_KEK_MASTER) {
        parts->envelope = DLMS_ENVELOPE_GENERAL_WRAPPED;
        parts->key = dlms_read_bytes(reader, dlms_read_length(reader));
        return;
    }
    if (is_present == 1 && kind == DLMS_KEY_INFO_AGREED && asymmetric != NULL) {
        asymmetric->read_key(reader, key, parts);
        return;
    }
    parts->is_broadcast = key == DLMS_KEY_BROADCAST;
    if (is_present != 1 || kind != DLMS_KEY_INFO_IDENTIFIED || key > DLMS_KEY_BROADCAST) {
        dlms_reader_fail(reader);
    }
}

static void read_envelope(struct dlms_reader *reader, const struct dlms_security *security,
                          struct dlms_parts *parts)
{
    switch (parts->envelope) {
    case DLMS_ENVELOPE_GENERAL:
        dlms_general_header_read(reader, &parts->header);
        read_key_info(reader, security, parts);
        break;
    case DLMS_ENVELOPE_GENERAL_GLO:
    case DLMS_ENVELOPE_GENERAL_DED:
        parts->header.originator = dlms_read_bytes(reader, dlms_read_length(reader));
        break;
    default:
        break;
    }
}

static bool read_parts(const struct dlms_security *security, struct dlms_span apdu,
                       struct dlms_parts *parts)
{
    struct dlms_reader reader = dlms_reader(apdu.data, apdu.length);
    *parts = (struct dlms_parts){.envelope = dlms_envelope_of(apdu)};
    dlms_read_u8(&reader);
    read_envelope(&reader, security, parts);
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

static bool is_broadcast(const struct dlms_parts *parts)
{
    return (parts->control & DLMS_CONTROL_BROADCAST) != 0 || parts->is_broadcast;
}

/* All zero is none that was given: everybody knows it. */
static bool has_broadcast_key(const struct dlms_security *security)
{
    static const uint8_t none[DLMS_KEY_MAX];
    return memcmp(security->key[DLMS_KEY_BROADCAST], none, dlms_suite_key_size(security->suite)) !=
           0;
}

static bool title_fits(struct dlms_span told, const uint8_t *known)
{
    return told.length == 0 || dlms_equal(told, (struct dlms_span){known, DLMS_TITLE});
}

/* Decrypts to plain, or checks and copies what came in clear. */
static bool open_content(const struct dlms_crypto *crypto, const struct dlms_parts *parts,
                         const struct dlms_keys *keys, uint8_t *plain)
{
    const bool is_encrypted = (parts->control & DLMS_CONTROL_ENCRYPTED) != 0;
    uint8_t iv[DLMS_GCM_IV];
    struct dlms_additional additional;
    dlms_make_iv(iv, keys->peer_title, parts->number);
    dlms_gather_additional(&parts->control, keys, parts->header.whole, parts->content, &additional);
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

/* The envelope, as far as it can be judged before anything is deciphered. */
static enum dlms_err judge(const struct dlms_security *security,
                           const struct dlms_dedicated *dedicated, const struct dlms_parts *parts,
                           const uint8_t *peer_title)
{
    const bool has_dedicated = dedicated != NULL && dedicated->size > 0;
    if ((parts->control & DLMS_CONTROL_SUITE) != security->suite) {
        return DLMS_ERR_FORMAT;
    }
    if (dlms_is_dedicated(parts->envelope) && (!has_dedicated || is_broadcast(parts))) {
        return DLMS_ERR_CIPHER;
    }
    if (is_broadcast(parts) && !has_broadcast_key(security)) {
        return DLMS_ERR_CIPHER;
    }
    const bool fits =
        title_fits(parts->header.originator, peer_title) &&
        (is_broadcast(parts) || title_fits(parts->header.recipient, security->own_title));
    return fits ? DLMS_OK : DLMS_ERR_CIPHER;
}

/* A key of the APDU's own takes the place of the global one. */
static bool take_key(const struct dlms_security *security, const struct dlms_parts *parts,
                     struct dlms_keys *keys)
{
    const struct dlms_crypto *crypto = security->crypto;
    const struct dlms_span kek = {security->key[DLMS_KEY_MASTER], keys->size};
    if (parts->envelope <= DLMS_ENVELOPE_GENERAL) {
        return true;
    }
    if (parts->envelope > DLMS_ENVELOPE_GENERAL_WRAPPED) {
        return security->asymmetric != NULL && !is_broadcast(parts) &&
               security->asymmetric->find_key(security, parts, keys);
    }
    return !is_broadcast(parts) && parts->key.length == keys->size + (size_t)DLMS_KEY_WRAP &&
           crypto->unwrap(crypto->context, kek, parts->key.data, parts->key.length,
                          keys->encryption);
}

static bool inner_tag_fits(const struct dlms_parts *parts, const struct dlms_span apdu,
                           const uint8_t *plain)
{
    if (parts->content.length == 0) {
        return false;
    }
    return parts->envelope > DLMS_ENVELOPE_DED ||
           plain[0] == dlms_plain_tag(apdu.data[0], parts->envelope);
}

enum dlms_err dlms_decipher(struct dlms_taking_off *taking_off, struct dlms_span apdu,
                            struct dlms_unprotected *result)
{
    const struct dlms_security *security = taking_off->security;
    struct dlms_parts *parts = &taking_off->parts;
    uint8_t *const plain = taking_off->plain;
    if (!read_parts(security, apdu, parts)) {
        return DLMS_ERR_FORMAT;
    }
    const enum dlms_err err = judge(security, taking_off->dedicated, parts, taking_off->title);
    if (err != DLMS_OK) {
        return err;
    }
    if (parts->content.length > taking_off->size) {
        return DLMS_ERR_SPACE;
    }
    result->cover.envelope = (uint8_t)parts->envelope;
    result->cover.control = parts->control;
    if (parts->is_broadcast) {
        result->cover.control |= DLMS_CONTROL_BROADCAST;
    }
    dlms_keys_take(security, taking_off->dedicated, &result->cover, &result->keys);
    memcpy(result->keys.peer_title, taking_off->title, DLMS_TITLE);
    result->apdu = (struct dlms_span){plain, parts->content.length};
    return take_key(security, parts, &result->keys) &&
                   open_content(security->crypto, parts, &result->keys, plain) &&
                   inner_tag_fits(parts, apdu, plain)
               ? DLMS_OK
               : DLMS_ERR_CIPHER;
}

/* Where the number of an APDU is counted. */
static enum dlms_counter_id counter_of(const struct dlms_parts *parts)
{
    if (parts->envelope > DLMS_ENVELOPE_GENERAL) {
        return DLMS_COUNTER_RECEIVE_OTHER;
    }
    return is_broadcast(parts) ? DLMS_COUNTER_RECEIVE_BROADCAST : DLMS_COUNTER_RECEIVE;
}

enum dlms_err dlms_accept_number(const struct dlms_taking_off *taking_off,
                                 struct dlms_unprotected *result)
{
    struct dlms_security *security = taking_off->security;
    struct dlms_dedicated *dedicated = taking_off->dedicated;
    const struct dlms_parts *parts = &taking_off->parts;
    const bool is_dedicated = dlms_is_dedicated(parts->envelope);
    const enum dlms_counter_id id = counter_of(parts);
    result->lowest = is_dedicated ? dedicated->next : security->counter[id].next;
    if (parts->number < result->lowest || parts->number == UINT32_MAX) {
        return DLMS_ERR_REPLAY;
    }
    if (parts->tag == NULL) {
        return DLMS_OK;
    }
    if (is_dedicated) {
        dedicated->next = parts->number + 1;
        return DLMS_OK;
    }
    return dlms_counter_accept(security, id, parts->number);
}

static enum dlms_err take_off(struct dlms_taking_off *taking_off, struct dlms_span apdu,
                              struct dlms_unprotected *result)
{
    const struct dlms_asymmetric *asymmetric = taking_off->security->asymmetric;
    if (asymmetric != NULL) {
        return asymmetric->unprotect(taking_off, apdu, result);
    }
    const enum dlms_err err = dlms_decipher(taking_off, apdu, result);
    return err == DLMS_OK ? dlms_accept_number(taking_off, result) : err;
}

enum dlms_err dlms_unprotect(struct dlms_security *security, struct dlms_dedicated *dedicated,
                             const uint8_t *peer_title, struct dlms_span apdu, uint8_t *plain,
                             size_t size, struct dlms_unprotected *result)
{
    struct dlms_taking_off taking_off = {
        .security = security,
        .dedicated = dedicated,
        .title = peer_title != NULL ? peer_title : security->peer_title,
        .plain = plain,
        .size = size,
    };
    result->cover = (struct dlms_cover){DLMS_ENVELOPE_NONE, 0};
    result->apdu = (struct dlms_span){plain, 0};
    result->lowest = 0;
    const enum dlms_err err = take_off(&taking_off, apdu, result);
    if (err != DLMS_OK) {
        dlms_wipe(&result->keys, sizeof result->keys);
        dlms_wipe(plain, apdu.length < size ? apdu.length : size);
    }
    return err;
}
