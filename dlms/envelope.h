/* What protecting an APDU and taking the protection off have in common. Internal. */
#ifndef DLMS_ENVELOPE_H
#define DLMS_ENVELOPE_H

#include "dlms/axdr.h"
#include "dlms/security.h"

enum {
    DLMS_TAG_GENERAL_GLO = 0xDB,
    DLMS_TAG_GENERAL_DED = 0xDC,
    DLMS_TAG_GENERAL = 0xDD,
    DLMS_TAG_SIGNED = 0xDF,
    DLMS_KEY_INFO_IDENTIFIED = 0, /* key-info of general-ciphering: a key both sides have; … */
    DLMS_KEY_INFO_WRAPPED = 1,    /* … one that goes along, wrapped with … */
    DLMS_KEK_MASTER = 0,          /* … the master key */
    DLMS_KEY_INFO_AGREED = 2,     /* one that both sides derive, by … */
    DLMS_AGREED_ONE_PASS = 1,     /* … C(1e, 1s) or … */
    DLMS_AGREED_STATIC = 2,       /* … C(0e, 2s): key-parameters */
    DLMS_TRANSACTION_ID = 8,      /* octets of the one this side uses: its number */
    /* transaction-id, both titles, date-time, other information, as this side writes them */
    DLMS_GENERAL_HEADER = (1 + DLMS_TRANSACTION_ID) + 2 * (1 + DLMS_TITLE) + 1 + 1,
    DLMS_LENGTH_MAX = 3, /* octets of a length up to DLMS_CONTENT_MAX */
    DLMS_CONTENT_MAX = 0xFFFF,
    DLMS_PROTECTION = DLMS_CONTROL_AUTHENTICATED | DLMS_CONTROL_ENCRYPTED,
};

/* The tag of a plain APDU in a glo- or ded-envelope, 0: there is none; and the way back. */
uint8_t dlms_ciphered_tag(uint8_t plain, unsigned envelope);
uint8_t dlms_plain_tag(uint8_t tag, unsigned envelope);

/* The dedicated key is used. */
bool dlms_is_dedicated(unsigned envelope);

/* transaction-id to other-information, which general-ciphering and general-signing begin with. */
struct dlms_general_header {
    struct dlms_span transaction;
    struct dlms_span originator;
    struct dlms_span recipient;
    struct dlms_span whole; /* lengths included */
};
void dlms_general_header_read(struct dlms_reader *reader, struct dlms_general_header *header);

/* From this side to recipient; the number is the transaction-id. */
void dlms_general_header_write(struct dlms_writer *out, const struct dlms_security *security,
                               const uint8_t *recipient, uint32_t number);

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

/* ---- The ciphered layer: protect.c, unprotect.c ---- */

/* Octets in front of and behind the plain APDU for the ciphering alone; cover has no signature. */
size_t dlms_cipher_head(const struct dlms_cover *cover);
size_t dlms_cipher_tail(const struct dlms_cover *cover);

/* The envelope has a tag for the APDU, and does protect it. */
bool dlms_can_cipher(const struct dlms_cover *cover, uint8_t plain);

/* Ciphers the *length octets at buffer + dlms_cipher_head: the ciphered APDU is at buffer then. made is a copy
 * of keys that gets the key which is made for the APDU, to be wiped; NULL where the cover has no such key.
 * False: the crypto failed, or there is no such key. */
bool dlms_cipher(const struct dlms_security *security, const struct dlms_keys *keys,
                 struct dlms_keys *made, const struct dlms_cover *cover, uint32_t number,
                 uint8_t *buffer, size_t *length);

/* A ciphered APDU taken apart. */
struct dlms_parts {
    enum dlms_envelope envelope;
    struct dlms_general_header
        header;           /* of general-ciphering; its originator of general-glo, -ded */
    bool is_broadcast;    /* key-info of general-ciphering says so */
    struct dlms_span key; /* wrapped, or key-ciphered-data */
    uint8_t control;
    uint32_t number;
    struct dlms_span content; /* what was encrypted, without the tag */
    const uint8_t *tag;       /* NULL: none */
};

/* An APDU on its way out of its protection. */
struct dlms_taking_off {
    struct dlms_security *security;
    struct dlms_dedicated *dedicated; /* NULL: none */
    const uint8_t *title;             /* of the peer */
    struct dlms_parts parts;
    uint8_t *plain; /* room for size octets */
    size_t size;
};

/* Deciphers apdu into plain, and sets apdu, cover and keys of the result; the number is still to be
 * accepted. */
enum dlms_err dlms_decipher(struct dlms_taking_off *taking_off, struct dlms_span apdu,
                            struct dlms_unprotected *result);

/* Accepts the number, or says in result->lowest which would have been. */
enum dlms_err dlms_accept_number(const struct dlms_taking_off *taking_off,
                                 struct dlms_unprotected *result);

#endif
