/* Putting protection on an APDU, in place. Invariant: a number is taken before anything is encrypted, and
 * each is used once. */
#include <string.h>

#include "dlms/asymmetric.h"

enum { SECURITY_HEADER = 5 /* SC, IC */ };

/* Octets before the length of the content. */
static size_t envelope_size(const struct dlms_cover *cover)
{
    const uint8_t suite = cover->control & DLMS_CONTROL_SUITE;
    switch (cover->envelope) {
    case DLMS_ENVELOPE_GENERAL_GLO:
    case DLMS_ENVELOPE_GENERAL_DED:
        return 1 + 1 + DLMS_TITLE;
    case DLMS_ENVELOPE_GENERAL:
        return 1 + DLMS_GENERAL_HEADER + 3;
    case DLMS_ENVELOPE_GENERAL_WRAPPED:
        return 1 + DLMS_GENERAL_HEADER + 4 + dlms_suite_key_size(suite) + DLMS_KEY_WRAP;
    case DLMS_ENVELOPE_GENERAL_ONE_PASS:
        return 1 + DLMS_GENERAL_HEADER + DLMS_AGREED_FRONT + 2 + 4 * dlms_suite_coordinate(suite);
    case DLMS_ENVELOPE_GENERAL_STATIC:
        return 1 + DLMS_GENERAL_HEADER + DLMS_AGREED_FRONT + 1;
    default:
        return 1;
    }
}

size_t dlms_cipher_head(const struct dlms_cover *cover)
{
    return cover->envelope == DLMS_ENVELOPE_NONE
               ? 0
               : envelope_size(cover) + DLMS_LENGTH_MAX + SECURITY_HEADER;
}

size_t dlms_cipher_tail(const struct dlms_cover *cover)
{
    const bool has_tag =
        cover->envelope != DLMS_ENVELOPE_NONE && (cover->control & DLMS_CONTROL_AUTHENTICATED) != 0;
    return has_tag ? DLMS_GCM_TAG : 0;
}

static struct dlms_cover without_signature(const struct dlms_cover *cover)
{
    return (struct dlms_cover){cover->envelope & DLMS_ENVELOPE_KIND, cover->control};
}

static bool is_signed(const struct dlms_cover *cover)
{
    return (cover->envelope & DLMS_SIGNED) != 0;
}

size_t dlms_cover_head(const struct dlms_cover *cover)
{
    const struct dlms_cover inner = without_signature(cover);
    return dlms_cipher_head(&inner) + (is_signed(cover) ? DLMS_SIGNING_HEAD : 0);
}

size_t dlms_cover_tail(const struct dlms_cover *cover)
{
    const struct dlms_cover inner = without_signature(cover);
    const uint8_t suite = cover->control & DLMS_CONTROL_SUITE;
    return dlms_cipher_tail(&inner) + (is_signed(cover) ? 1 + 2 * dlms_suite_coordinate(suite) : 0);
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
                          struct dlms_keys *made, const struct dlms_cover *cover, uint32_t number,
                          struct dlms_writer *out)
{
    dlms_general_header_write(out, security, keys->peer_title, number);
    return cover->envelope <= DLMS_ENVELOPE_GENERAL_WRAPPED
               ? write_key_info(security, keys, cover, out)
               : made != NULL && security->asymmetric->make_key(security, cover, number, made, out);
}

/* Everything between the tag and the content. False: there is no such key. */
static bool write_front(const struct dlms_security *security, const struct dlms_keys *keys,
                        struct dlms_keys *made, const struct dlms_cover *cover, uint32_t number,
                        size_t content_length, struct dlms_writer *out)
{
    bool done = true;
    if (cover->envelope >= DLMS_ENVELOPE_GENERAL) {
        done = write_general(security, keys, made, cover, number, out);
    } else if (cover->envelope > DLMS_ENVELOPE_DED) {
        dlms_raw_u8(out, DLMS_TITLE);
        dlms_raw_bytes(out, security->own_title, DLMS_TITLE);
    }
    dlms_raw_length(out, SECURITY_HEADER + content_length);
    dlms_raw_u8(out, cover->control);
    dlms_raw_u32(out, number);
    return done;
}

/* 0: there is none. */
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

bool dlms_can_cipher(const struct dlms_cover *cover, uint8_t plain)
{
    return outer_tag(plain, cover->envelope) != 0 && (cover->control & DLMS_PROTECTION) != 0;
}

bool dlms_cipher(const struct dlms_security *security, const struct dlms_keys *keys,
                 struct dlms_keys *made, const struct dlms_cover *cover, uint32_t number,
                 uint8_t *buffer, size_t *length)
{
    const size_t head = dlms_cipher_head(cover);
    const size_t tail = dlms_cipher_tail(cover);
    struct dlms_writer out = dlms_writer(buffer, head);
    dlms_raw_u8(&out, outer_tag(buffer[head], cover->envelope));
    if (!write_front(security, keys, made, cover, number, *length + tail, &out)) {
        return false;
    }
    memmove(buffer + out.total, buffer + head, *length);
    const bool is_general = cover->envelope >= DLMS_ENVELOPE_GENERAL;
    const struct dlms_span header = {buffer + 1, is_general ? DLMS_GENERAL_HEADER : 0};
    const bool done = seal_content(security, made != NULL ? made : keys, cover, number, header,
                                   buffer + out.total, *length);
    *length += out.total + tail;
    return done;
}

/* Any cover can be put on with the table, without it those of suite 0. */
static bool is_possible(const struct dlms_security *security, const struct dlms_cover *cover,
                        uint8_t plain)
{
    if (cover->envelope > DLMS_ENVELOPE_GENERAL_WRAPPED) {
        return security->asymmetric != NULL && security->asymmetric->can_protect(cover, plain);
    }
    return dlms_can_cipher(cover, plain);
}

enum dlms_err dlms_protect(struct dlms_security *security, const struct dlms_keys *keys,
                           const struct dlms_cover *cover, uint8_t *buffer, size_t size,
                           size_t *length)
{
    const size_t head = dlms_cover_head(cover);
    const size_t room = head + *length + dlms_cover_tail(cover);
    uint32_t number;
    if (*length == 0 || room > DLMS_CONTENT_MAX || room > size) {
        return DLMS_ERR_SPACE;
    }
    if (!is_possible(security, cover, buffer[head])) {
        return DLMS_ERR_CIPHER;
    }
    if (!dlms_counter_take(security, &number)) {
        return DLMS_ERR_COUNTER;
    }
    const bool done =
        cover->envelope > DLMS_ENVELOPE_GENERAL_WRAPPED
            ? security->asymmetric->protect(security, keys, cover, number, buffer, length)
            : dlms_cipher(security, keys, NULL, cover, number, buffer, length);
    if (!done) {
        dlms_wipe(buffer, room);
    }
    return done ? DLMS_OK : DLMS_ERR_CIPHER;
}
