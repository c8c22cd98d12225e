/* Tags, keys, additional data and initialisation vectors of protected APDUs. */
#include "dlms/envelope.h"

#include <string.h>

#include "dlms/bytes.h"

size_t dlms_suite_key_size(uint8_t suite)
{
    return suite == 2 ? 32 : 16;
}

enum dlms_curve dlms_suite_curve(uint8_t suite)
{
    return suite == 2 ? DLMS_CURVE_P384 : DLMS_CURVE_P256;
}

size_t dlms_suite_coordinate(uint8_t suite)
{
    return suite == 2 ? 48 : 32;
}

/* 5-3: glo- and ded- variants lie a fixed distance above the plain tag. 0: there is none. */
uint8_t dlms_ciphered_tag(uint8_t plain, unsigned envelope)
{
    static const uint8_t low[] = {0x01, 0x05, 0x06, 0x08, 0x0C, 0x0D, 0x0E, 0x16, 0x18};
    const bool is_ded = envelope == DLMS_ENVELOPE_DED;
    if (plain >= 0xC0 && plain <= 0xC7 && plain != 0xC6) {
        return (uint8_t)(plain + (is_ded ? 0x10 : 0x08));
    }
    return memchr(low, plain, sizeof low) != NULL ? (uint8_t)(plain | (is_ded ? 0x40 : 0x20)) : 0;
}

uint8_t dlms_plain_tag(uint8_t tag, unsigned envelope)
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
    if (tag >= DLMS_TAG_GENERAL_GLO && tag <= DLMS_TAG_GENERAL) {
        return (enum dlms_envelope)(DLMS_ENVELOPE_GENERAL_GLO + (tag - DLMS_TAG_GENERAL_GLO));
    }
    if (dlms_ciphered_tag(dlms_plain_tag(tag, DLMS_ENVELOPE_GLO), DLMS_ENVELOPE_GLO) == tag) {
        return DLMS_ENVELOPE_GLO;
    }
    if (dlms_ciphered_tag(dlms_plain_tag(tag, DLMS_ENVELOPE_DED), DLMS_ENVELOPE_DED) == tag) {
        return DLMS_ENVELOPE_DED;
    }
    return DLMS_ENVELOPE_NONE;
}

bool dlms_is_signed(struct dlms_span apdu)
{
    return apdu.length > 0 && apdu.data[0] == DLMS_TAG_SIGNED;
}

bool dlms_is_dedicated(unsigned envelope)
{
    return envelope == DLMS_ENVELOPE_DED || envelope == DLMS_ENVELOPE_GENERAL_DED;
}

void dlms_keys_take(const struct dlms_security *security, const struct dlms_dedicated *dedicated,
                    const struct dlms_cover *cover, struct dlms_keys *keys)
{
    const bool broadcast = (cover->control & DLMS_CONTROL_BROADCAST) != 0;
    const uint8_t *key = security->key[broadcast ? DLMS_KEY_BROADCAST : DLMS_KEY_UNICAST];
    if (dlms_is_dedicated(cover->envelope & DLMS_ENVELOPE_KIND) && dedicated != NULL) {
        key = dedicated->key;
    }
    keys->size = (uint8_t)dlms_suite_key_size(security->suite);
    memcpy(keys->encryption, key, DLMS_KEY_MAX);
    memcpy(keys->authentication, security->key[DLMS_KEY_AUTHENTICATION], DLMS_KEY_MAX);
    memcpy(keys->peer_title, security->peer_title, DLMS_TITLE);
}

void dlms_gather_additional(const uint8_t *control, const struct dlms_keys *keys,
                            struct dlms_span header, struct dlms_span clear,
                            struct dlms_additional *additional)
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

void dlms_make_iv(uint8_t iv[DLMS_GCM_IV], const uint8_t *title, uint32_t number)
{
    memcpy(iv, title, DLMS_TITLE);
    dlms_store_u32(iv + DLMS_TITLE, number);
}

void dlms_general_header_read(struct dlms_reader *reader, struct dlms_general_header *header)
{
    const struct dlms_reader before = *reader;
    header->transaction = dlms_read_bytes(reader, dlms_read_length(reader));
    header->originator = dlms_read_bytes(reader, dlms_read_length(reader));
    header->recipient = dlms_read_bytes(reader, dlms_read_length(reader));
    dlms_read_bytes(reader, dlms_read_length(reader)); /* date-time */
    dlms_read_bytes(reader, dlms_read_length(reader)); /* other-information */
    header->whole = (struct dlms_span){before.data, before.length - reader->length};
}

void dlms_general_header_write(struct dlms_writer *out, const struct dlms_security *security,
                               const uint8_t *recipient, uint32_t number)
{
    dlms_raw_u8(out, DLMS_TRANSACTION_ID);
    dlms_raw_u32(out, 0);
    dlms_raw_u32(out, number);
    dlms_raw_u8(out, DLMS_TITLE);
    dlms_raw_bytes(out, security->own_title, DLMS_TITLE);
    dlms_raw_u8(out, DLMS_TITLE);
    dlms_raw_bytes(out, recipient, DLMS_TITLE);
    dlms_raw_u16(out, 0); /* no date-time, no other information */
}
