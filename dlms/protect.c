/* Putting protection on an APDU, in place. Invariant: a number is taken before anything is encrypted, and
 * each is used once. */
#include <string.h>

#include "dlms/axdr.h"
#include "dlms/envelope.h"

enum {
    TRANSACTION_ID = 8,  /* octets this side uses: the counter again */
    SECURITY_HEADER = 5, /* SC, IC */
    LENGTH_MAX = 3,      /* octets of a length up to CONTENT_MAX */
    CONTENT_MAX = 0xFFFF,
    /* transaction-id, both titles, date-time, other information */
    GENERAL_HEADER = (1 + TRANSACTION_ID) + 2 * (1 + DLMS_TITLE) + 1 + 1,
};

/* Octets before the length of the content. */
static size_t envelope_size(uint8_t envelope, size_t key_size)
{
    switch (envelope) {
    case DLMS_ENVELOPE_GENERAL_GLO:
    case DLMS_ENVELOPE_GENERAL_DED:
        return 1 + 1 + DLMS_TITLE;
    case DLMS_ENVELOPE_GENERAL:
        return 1 + GENERAL_HEADER + 3;
    case DLMS_ENVELOPE_GENERAL_WRAPPED:
        return 1 + GENERAL_HEADER + 4 + key_size + DLMS_KEY_WRAP;
    default:
        return 1;
    }
}

size_t dlms_cover_head(const struct dlms_cover *cover)
{
    const size_t key_size = dlms_suite_key_size(cover->control & DLMS_CONTROL_SUITE);
    return cover->envelope == DLMS_ENVELOPE_NONE
               ? 0
               : envelope_size(cover->envelope, key_size) + LENGTH_MAX + SECURITY_HEADER;
}

size_t dlms_cover_tail(const struct dlms_cover *cover)
{
    const bool has_tag =
        cover->envelope != DLMS_ENVELOPE_NONE && (cover->control & DLMS_CONTROL_AUTHENTICATED) != 0;
    return has_tag ? DLMS_GCM_TAG : 0;
}

/* An identified key is named a second time: SC has a bit for it, too. */
static bool write_key_info(const struct dlms_security *security, const struct dlms_keys *keys,
                           const struct dlms_cover *cover, struct dlms_writer *out)
{
    const bool broadcast = (cover->control & DLMS_CONTROL_BROADCAST) != 0;
    const struct dlms_span kek = {security->key[DLMS_KEY_MASTER], keys->size};
    uint8_t wrapped[DLMS_KEY_MAX + DLMS_KEY_WRAP];
    dlms_raw_u8(out, 1);
    if (cover->envelope == DLMS_ENVELOPE_GENERAL) {
        dlms_raw_u8(out, DLMS_KEY_INFO_IDENTIFIED);
        dlms_raw_u8(out, broadcast ? DLMS_KEY_BROADCAST : DLMS_KEY_UNICAST);
        return true;
    }
    dlms_raw_u8(out, DLMS_KEY_INFO_WRAPPED);
    dlms_raw_u8(out, DLMS_KEK_MASTER);
    dlms_raw_u8(out, (uint8_t)(keys->size + DLMS_KEY_WRAP));
    const struct dlms_crypto *crypto = security->crypto;
    const bool done =
        !broadcast && crypto->wrap(crypto->context, kek, keys->encryption, keys->size, wrapped);
    dlms_raw_bytes(out, wrapped, done ? keys->size + (size_t)DLMS_KEY_WRAP : 0);
    return done;
}

static bool write_general(const struct dlms_security *security, const struct dlms_keys *keys,
                          const struct dlms_cover *cover, uint32_t number, struct dlms_writer *out)
{
    dlms_raw_u8(out, TRANSACTION_ID);
    dlms_raw_u32(out, 0);
    dlms_raw_u32(out, number);
    dlms_raw_u8(out, DLMS_TITLE);
    dlms_raw_bytes(out, security->own_title, DLMS_TITLE);
    dlms_raw_u8(out, DLMS_TITLE);
    dlms_raw_bytes(out, keys->peer_title, DLMS_TITLE);
    dlms_raw_u16(out, 0); /* no date-time, no other information */
    return write_key_info(security, keys, cover, out);
}

/* Everything in front of the content. False: the key could not be wrapped. */
static bool write_front(const struct dlms_security *security, const struct dlms_keys *keys,
                        const struct dlms_cover *cover, uint8_t tag, uint32_t number,
                        size_t content_length, struct dlms_writer *out)
{
    dlms_raw_u8(out, tag);
    bool done = true;
    if (cover->envelope >= DLMS_ENVELOPE_GENERAL) {
        done = write_general(security, keys, cover, number, out);
    } else if (cover->envelope > DLMS_ENVELOPE_DED) {
        dlms_raw_u8(out, DLMS_TITLE);
        dlms_raw_bytes(out, security->own_title, DLMS_TITLE);
    }
    dlms_raw_length(out, SECURITY_HEADER + content_length);
    dlms_raw_u8(out, cover->control);
    dlms_raw_u32(out, number);
    return done;
}

static uint8_t outer_tag(uint8_t plain, uint8_t envelope)
{
    if (envelope >= DLMS_ENVELOPE_GENERAL) {
        return DLMS_TAG_GENERAL;
    }
    return envelope > DLMS_ENVELOPE_DED
               ? (uint8_t)(DLMS_TAG_GENERAL_GLO + (envelope - DLMS_ENVELOPE_GENERAL_GLO))
               : dlms_ciphered_tag(plain, envelope);
}

/* Encrypts length octets at content in place and puts the tag behind them. */
static bool seal_content(const struct dlms_security *security, const struct dlms_keys *keys,
                         const struct dlms_cover *cover, uint32_t number, struct dlms_span header,
                         uint8_t *content, size_t length)
{
    const struct dlms_crypto *crypto = security->crypto;
    const bool has_tag = (cover->control & DLMS_CONTROL_AUTHENTICATED) != 0;
    uint8_t iv[DLMS_GCM_IV];
    struct dlms_additional additional;
    dlms_make_iv(iv, security->own_title, number);
    dlms_gather_additional(&cover->control, keys, header, (struct dlms_span){content, length},
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
    if (tag == 0 || (cover->control & DLMS_PROTECTION) == 0) {
        return DLMS_ERR_CIPHER;
    }
    if (!dlms_counter_take(security, &number)) {
        return DLMS_ERR_COUNTER;
    }
    uint8_t front[DLMS_COVER_HEAD_MAX];
    struct dlms_writer out = dlms_writer(front, sizeof front);
    const bool is_written =
        write_front(security, keys, cover, tag, number, plain_length + tail, &out);
    memmove(buffer + out.total, buffer + head, plain_length);
    memcpy(buffer, front, out.total);
    const bool is_general = cover->envelope >= DLMS_ENVELOPE_GENERAL;
    const struct dlms_span header = {buffer + 1, is_general ? GENERAL_HEADER : 0};
    if (!is_written ||
        !seal_content(security, keys, cover, number, header, buffer + out.total, plain_length)) {
        dlms_wipe(buffer, head + plain_length + tail);
        return DLMS_ERR_CIPHER;
    }
    *length = out.total + plain_length + tail;
    return DLMS_OK;
}
