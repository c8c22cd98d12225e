/* What protecting an APDU and taking the protection off have in common. Internal. */
#ifndef DLMS_ENVELOPE_H
#define DLMS_ENVELOPE_H

#include "dlms/security.h"

enum {
    DLMS_TAG_GENERAL_GLO = 0xDB,
    DLMS_TAG_GENERAL_DED = 0xDC,
    DLMS_TAG_GENERAL = 0xDD,
    DLMS_KEY_INFO_IDENTIFIED = 0, /* key-info of general-ciphering: a key both sides have; … */
    DLMS_KEY_INFO_WRAPPED = 1,    /* … one that goes along, wrapped with … */
    DLMS_KEK_MASTER = 0,          /* … the master key */
    DLMS_PROTECTION = DLMS_CONTROL_AUTHENTICATED | DLMS_CONTROL_ENCRYPTED,
};

/* The tag of a plain APDU in a glo- or ded-envelope, 0: there is none; and the way back. */
uint8_t dlms_ciphered_tag(uint8_t plain, unsigned envelope);
uint8_t dlms_plain_tag(uint8_t tag, unsigned envelope);

/* The dedicated key is used. */
bool dlms_is_dedicated(unsigned envelope);

/* The additional data: SC, AK, the header of general-ciphering, and what is sent in clear. */
struct dlms_additional {
    struct dlms_span span[4];
    size_t count;
};

/* control and all spans must stay in place while it is used. clear is what is sent unencrypted. */
void dlms_gather_additional(const uint8_t *control, const struct dlms_keys *keys,
                            struct dlms_span header, struct dlms_span clear,
                            struct dlms_additional *additional);

/* System title of the sender and invocation counter. */
void dlms_make_iv(uint8_t iv[DLMS_GCM_IV], const uint8_t *title, uint32_t number);

#endif
