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
};

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
    dlms_raw_u8(out, DLMS_KEY_INFO_IDENTIFIED);
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
