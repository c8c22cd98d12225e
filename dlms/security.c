/* Protecting APDUs and taking the protection off. Invariants: no number is used for sending that is
 * not below a limit in lasting memory, nor twice; a counter of the receiver moves only for an APDU
 * whose tag was right, and only upwards. */
#include "dlms/security.h"

#include <string.h>

#include "dlms/axdr.h"
#include "dlms/bytes.h"

enum {
    TAG_GENERAL_GLO = 0xDB,
    TAG_GENERAL_DED = 0xDC,
    TAG_GENERAL = 0xDD,
    KEY_INFO_IDENTIFIED = 0,
    TRANSACTION_ID = 8,  /* octets this side uses: the counter again */
    SECURITY_HEADER = 5, /* SC, IC */
    LENGTH_MAX = 3,      /* octets of a length up to CONTENT_MAX */
    CONTENT_MAX = 0xFFFF,
    PROTECTION = DLMS_CONTROL_AUTHENTICATED | DLMS_CONTROL_ENCRYPTED,
};

size_t dlms_suite_key_size(uint8_t suite)
{
    return suite == 2 ? 32 : 16;
}

/* ---- Counters ---- */

void dlms_security_restore(struct dlms_security *security,
                           const uint32_t limits[DLMS_COUNTER_COUNT])
{
    for (int i = 0; i < DLMS_COUNTER_COUNT; i++) {
        security->counter[i] = (struct dlms_counter){limits[i], limits[i]};
    }
}

/* Makes the counter start at count or above after a power cut. */
static bool reserve(struct dlms_security *security, enum dlms_counter_id id, uint32_t count)
{
    const struct dlms_counter_store *store = security->store;
    struct dlms_counter *counter = &security->counter[id];
    if (count <= counter->limit) {
        return true;
    }
    if (store == NULL || store->ahead == 0) {
        return false;
    }
    const uint32_t more = (uint32_t)(store->ahead - 1);
    const uint32_t limit = count <= UINT32_MAX - more ? count + more : UINT32_MAX;
    if (!store->reserve(store->context, id, limit)) {
        return false;
    }
    counter->limit = limit;
    return true;
}

bool dlms_counter_take(struct dlms_security *security, uint32_t *number)
{
    struct dlms_counter *counter = &security->counter[DLMS_COUNTER_SEND];
    if (counter->next == UINT32_MAX || !reserve(security, DLMS_COUNTER_SEND, counter->next + 1)) {
        return false;
    }
    *number = counter->next++;
    return true;
}

enum dlms_err dlms_counter_accept(struct dlms_security *security, enum dlms_counter_id id,
                                  uint32_t number)
{
    struct dlms_counter *counter = &security->counter[id];
    if (number < counter->next || number == UINT32_MAX) {
        return DLMS_ERR_REPLAY;
    }
    if (!reserve(security, id, number + 1)) {
        return DLMS_ERR_COUNTER;
    }
    counter->next = number + 1;
    return DLMS_OK;
}

/* ---- Tags ---- */

/* 5-3: glo- and ded- variants lie a fixed distance above the plain tag. 0: there is none. */
static uint8_t ciphered_tag(uint8_t plain, uint8_t envelope)
{
    static const uint8_t low[] = {0x01, 0x05, 0x06, 0x08, 0x0C, 0x0D, 0x0E, 0x16, 0x18};
    const bool is_ded = envelope == DLMS_ENVELOPE_DED;
    if (plain >= 0xC0 && plain <= 0xC7 && plain != 0xC6) {
        return (uint8_t)(plain + (is_ded ? 0x10 : 0x08));
    }
    return memchr(low, plain, sizeof low) != NULL ? (uint8_t)(plain | (is_ded ? 0x40 : 0x20)) : 0;
}

static uint8_t plain_tag(uint8_t tag, uint8_t envelope)
{
    const bool is_ded = envelope == DLMS_ENVELOPE_DED;
    return tag >= 0xC8 ? (uint8_t)(tag - (is_ded ? 0x10 : 0x08))
                       : (uint8_t)(tag & ~(is_ded ? 0x40 : 0x20));
}

enum dlms_envelope dlms_envelope_of(struct dlms_span apdu)
{
    if (apdu.length == 0) {
        return DLMS_ENVELOPE_NONE;
    }
    const uint8_t tag = apdu.data[0];
    if (tag >= TAG_GENERAL_GLO && tag <= TAG_GENERAL) {
        return (enum dlms_envelope)(DLMS_ENVELOPE_GENERAL_GLO + (tag - TAG_GENERAL_GLO));
    }
    if (ciphered_tag(plain_tag(tag, DLMS_ENVELOPE_GLO), DLMS_ENVELOPE_GLO) == tag) {
        return DLMS_ENVELOPE_GLO;
    }
    if (ciphered_tag(plain_tag(tag, DLMS_ENVELOPE_DED), DLMS_ENVELOPE_DED) == tag) {
        return DLMS_ENVELOPE_DED;
    }
    return DLMS_ENVELOPE_NONE;
}

/* ---- Taking the protection off ---- */

/* A protected APDU taken apart. */
struct parts {
    enum dlms_envelope envelope;
    struct dlms_span sender;    /* system title; empty when it is not told */
    struct dlms_span recipient; /* the same */
    struct dlms_span aad;       /* of general-ciphering: its header */
    bool is_broadcast;          /* key-info of general-ciphering says so */
    uint8_t control;
    uint32_t number;
    struct dlms_span content; /* what was encrypted, without the tag */
    const uint8_t *tag;       /* NULL: none */
};

/* general-ciphering from behind its tag up to the ciphered content. Only keys both sides have. */
static void read_general(struct dlms_reader *reader, struct parts *parts)
{
    const struct dlms_reader before = *reader;
    dlms_read_bytes(reader, dlms_read_length(reader)); /* transaction-id */
    parts->sender = dlms_read_bytes(reader, dlms_read_length(reader));
    parts->recipient = dlms_read_bytes(reader, dlms_read_length(reader));
    dlms_read_bytes(reader, dlms_read_length(reader)); /* date-time */
    dlms_read_bytes(reader, dlms_read_length(reader)); /* other-information */
    parts->aad = (struct dlms_span){before.data, before.length - reader->length};
    const uint8_t is_present = dlms_read_u8(reader);
    const uint8_t kind = dlms_read_u8(reader);
    const uint8_t key = dlms_read_u8(reader);
    parts->is_broadcast = key == DLMS_KEY_BROADCAST;
    if (is_present != 1 || kind != KEY_INFO_IDENTIFIED || key > DLMS_KEY_BROADCAST) {
        dlms_reader_fail(reader);
    }
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
    return parts->envelope != DLMS_ENVELOPE_NONE && (parts->control & PROTECTION) != 0 &&
           (parts->control & DLMS_CONTROL_COMPRESSED) == 0;
}

static bool is_dedicated(unsigned envelope)
{
    return envelope == DLMS_ENVELOPE_DED || envelope == DLMS_ENVELOPE_GENERAL_DED;
}

static bool is_broadcast(const struct parts *parts)
{
    return (parts->control & DLMS_CONTROL_BROADCAST) != 0 || parts->is_broadcast;
}

static bool title_fits(struct dlms_span told, const uint8_t *known)
{
    return told.length == 0 || dlms_equal(told, (struct dlms_span){known, DLMS_TITLE});
}

void dlms_keys_take(const struct dlms_security *security, const struct dlms_dedicated *dedicated,
                    const struct dlms_cover *cover, struct dlms_keys *keys)
{
    const bool broadcast = (cover->control & DLMS_CONTROL_BROADCAST) != 0;
    const uint8_t *key = security->key[broadcast ? DLMS_KEY_BROADCAST : DLMS_KEY_UNICAST];
    if (is_dedicated(cover->envelope) && dedicated != NULL) {
        key = dedicated->key;
    }
    keys->size = (uint8_t)dlms_suite_key_size(security->suite);
    memcpy(keys->encryption, key, DLMS_KEY_MAX);
    memcpy(keys->authentication, security->key[DLMS_KEY_AUTHENTICATION], DLMS_KEY_MAX);
    memcpy(keys->peer_title, security->peer_title, DLMS_TITLE);
}

/* The additional data: SC, AK, the header of general-ciphering, and what is sent in clear. */
struct additional {
    struct dlms_span span[4];
    size_t count;
};

static void gather_additional(const uint8_t *control, const struct dlms_keys *keys,
                              struct dlms_span header, struct dlms_span clear,
                              struct additional *additional)
{
    additional->count = 0;
    if ((*control & DLMS_CONTROL_AUTHENTICATED) == 0) {
        return;
    }
    additional->span[additional->count++] = (struct dlms_span){control, 1};
    additional->span[additional->count++] = (struct dlms_span){keys->authentication, keys->size};
    if (header.length > 0) {
        additional->span[additional->count++] = header;
    }
    if ((*control & DLMS_CONTROL_ENCRYPTED) == 0) {
        additional->span[additional->count++] = clear;
    }
}

static void make_iv(uint8_t iv[DLMS_GCM_IV], const uint8_t *title, uint32_t number)
{
    memcpy(iv, title, DLMS_TITLE);
    dlms_store_u32(iv + DLMS_TITLE, number);
}

/* Decrypts to plain, or checks and copies what came in clear. */
static bool open_content(const struct dlms_crypto *crypto, const struct parts *parts,
                         const struct dlms_keys *keys, uint8_t *plain)
{
    const bool is_encrypted = (parts->control & DLMS_CONTROL_ENCRYPTED) != 0;
    uint8_t iv[DLMS_GCM_IV];
    struct additional additional;
    make_iv(iv, keys->peer_title, parts->number);
    gather_additional(&parts->control, keys, parts->aad, parts->content, &additional);
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
        is_dedicated(parts->envelope) ? dedicated->next : security->counter[id].next;
    if (parts->number < lowest || parts->number == UINT32_MAX) {
        return DLMS_ERR_REPLAY;
    }
    if (parts->tag == NULL) {
        return DLMS_OK;
    }
    if (is_dedicated(parts->envelope)) {
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
    if (is_dedicated(parts->envelope) && (!has_dedicated || is_broadcast(parts))) {
        return DLMS_ERR_CIPHER;
    }
    const bool fits = title_fits(parts->sender, peer_title) &&
                      (is_broadcast(parts) || title_fits(parts->recipient, security->own_title));
    return fits ? DLMS_OK : DLMS_ERR_CIPHER;
}

static bool inner_tag_fits(const struct parts *parts, const struct dlms_span apdu,
                           const uint8_t *plain)
{
    if (parts->content.length == 0) {
        return false;
    }
    return parts->envelope > DLMS_ENVELOPE_DED ||
           plain[0] == plain_tag(apdu.data[0], (uint8_t)parts->envelope);
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
    err = open_content(security->crypto, &parts, &result->keys, plain) &&
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

/* ---- Putting protection on ---- */

/* Octets before the length of the content. */
static size_t envelope_size(uint8_t envelope)
{
    switch (envelope) {
    case DLMS_ENVELOPE_GENERAL_GLO:
    case DLMS_ENVELOPE_GENERAL_DED:
        return 1 + 1 + DLMS_TITLE;
    case DLMS_ENVELOPE_GENERAL:
        return 1 + (1 + TRANSACTION_ID) + 2 * (1 + DLMS_TITLE) + 1 + 1 + 3;
    default:
        return 1;
    }
}

size_t dlms_cover_head(const struct dlms_cover *cover)
{
    return cover->envelope == DLMS_ENVELOPE_NONE
               ? 0
               : envelope_size(cover->envelope) + LENGTH_MAX + SECURITY_HEADER;
}

size_t dlms_cover_tail(const struct dlms_cover *cover)
{
    const bool has_tag =
        cover->envelope != DLMS_ENVELOPE_NONE && (cover->control & DLMS_CONTROL_AUTHENTICATED) != 0;
    return has_tag ? DLMS_GCM_TAG : 0;
}

/* key-info names the key a second time: SC has a bit for it, too. */
static void write_general(const struct dlms_security *security, const struct dlms_keys *keys,
                          const struct dlms_cover *cover, uint32_t number, struct dlms_writer *out)
{
    const bool broadcast = (cover->control & DLMS_CONTROL_BROADCAST) != 0;
    dlms_raw_u8(out, TRANSACTION_ID);
    dlms_raw_u32(out, 0);
    dlms_raw_u32(out, number);
    dlms_raw_u8(out, DLMS_TITLE);
    dlms_raw_bytes(out, security->own_title, DLMS_TITLE);
    dlms_raw_u8(out, DLMS_TITLE);
    dlms_raw_bytes(out, keys->peer_title, DLMS_TITLE);
    dlms_raw_u16(out, 0); /* no date-time, no other information */
    dlms_raw_u8(out, 1);
    dlms_raw_u8(out, KEY_INFO_IDENTIFIED);
    dlms_raw_u8(out, broadcast ? DLMS_KEY_BROADCAST : DLMS_KEY_UNICAST);
}

/* Everything in front of the content. */
static void write_front(const struct dlms_security *security, const struct dlms_keys *keys,
                        const struct dlms_cover *cover, uint8_t tag, uint32_t number,
                        size_t content_length, struct dlms_writer *out)
{
    dlms_raw_u8(out, tag);
    if (cover->envelope == DLMS_ENVELOPE_GENERAL) {
        write_general(security, keys, cover, number, out);
    } else if (cover->envelope > DLMS_ENVELOPE_DED) {
        dlms_raw_u8(out, DLMS_TITLE);
        dlms_raw_bytes(out, security->own_title, DLMS_TITLE);
    }
    dlms_raw_length(out, SECURITY_HEADER + content_length);
    dlms_raw_u8(out, cover->control);
    dlms_raw_u32(out, number);
}

static uint8_t outer_tag(uint8_t plain, uint8_t envelope)
{
    return envelope > DLMS_ENVELOPE_DED
               ? (uint8_t)(TAG_GENERAL_GLO + (envelope - DLMS_ENVELOPE_GENERAL_GLO))
               : ciphered_tag(plain, envelope);
}

/* Encrypts length octets at content in place and puts the tag behind them. */
static bool seal_content(const struct dlms_security *security, const struct dlms_keys *keys,
                         const struct dlms_cover *cover, uint32_t number, struct dlms_span header,
                         uint8_t *content, size_t length)
{
    const struct dlms_crypto *crypto = security->crypto;
    const bool has_tag = (cover->control & DLMS_CONTROL_AUTHENTICATED) != 0;
    uint8_t iv[DLMS_GCM_IV];
    struct additional additional;
    make_iv(iv, security->own_title, number);
    gather_additional(&cover->control, keys, header, (struct dlms_span){content, length},
                      &additional);
    const struct dlms_gcm gcm = {
        .key = {keys->encryption, keys->size},
        .iv = iv,
        .aad = additional.span,
        .aad_count = additional.count,
        .in = content,
        .out = content,
        .length = (cover->control & DLMS_CONTROL_ENCRYPTED) != 0 ? length : 0,
    };
    return crypto->gcm_encrypt(crypto->context, &gcm, has_tag ? content + length : NULL);
}

enum dlms_err dlms_protect(struct dlms_security *security, const struct dlms_keys *keys,
                           const struct dlms_cover *cover, uint8_t *buffer, size_t size,
                           size_t *length)
{
    const size_t head = dlms_cover_head(cover);
    const size_t tail = dlms_cover_tail(cover);
    const size_t plain_length = *length;
    if (plain_length == 0 || plain_length + tail + SECURITY_HEADER > CONTENT_MAX ||
        head + plain_length + tail > size) {
        return DLMS_ERR_SPACE;
    }
    const uint8_t tag = outer_tag(buffer[head], cover->envelope);
    uint32_t number;
    if (tag == 0 || (cover->control & PROTECTION) == 0) {
        return DLMS_ERR_CIPHER;
    }
    if (!dlms_counter_take(security, &number)) {
        return DLMS_ERR_COUNTER;
    }
    uint8_t front[DLMS_COVER_HEAD_MAX];
    struct dlms_writer out = dlms_writer(front, sizeof front);
    write_front(security, keys, cover, tag, number, plain_length + tail, &out);
    memmove(buffer + out.total, buffer + head, plain_length);
    memcpy(buffer, front, out.total);
    const bool is_general = cover->envelope == DLMS_ENVELOPE_GENERAL;
    const size_t header_size = envelope_size(DLMS_ENVELOPE_GENERAL) - 1 - 3; /* key-info left out */
    const struct dlms_span header = {buffer + 1, is_general ? header_size : 0};
    if (!seal_content(security, keys, cover, number, header, buffer + out.total, plain_length)) {
        dlms_wipe(buffer, head + plain_length + tail);
        return DLMS_ERR_CIPHER;
    }
    *length = out.total + plain_length + tail;
    return DLMS_OK;
}
