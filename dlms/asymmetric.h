/* What suites 1 and 2 add to the protection of APDUs and to class 64, as the rest calls it. Internal.
 *
 * All of it lies behind the table, so that who does not name dlms_asymmetric does not link it. */
#ifndef DLMS_ASYMMETRIC_H
#define DLMS_ASYMMETRIC_H

#include "dlms/envelope.h"

enum {
    DLMS_SIGNING_HEAD = 1 + DLMS_GENERAL_HEADER + DLMS_LENGTH_MAX, /* before the content, at most */
    DLMS_AGREED_FRONT =
        4, /* of key-info, before key-ciphered-data: key-parameters and what is before */
};

struct dlms_exchange;

struct dlms_asymmetric {
    /* Putting on the covers that suite 0 does not have: signed ones, and those with agreed keys. As
     * dlms_protect does; protect only after can_protect. */
    bool (*can_protect)(const struct dlms_cover *cover, uint8_t plain);
    bool (*protect)(const struct dlms_security *security, const struct dlms_keys *keys,
                    const struct dlms_cover *cover, uint32_t number, uint8_t *buffer,
                    size_t *length);
    /* Taking off any cover, its number accepted. */
    enum dlms_err (*unprotect)(struct dlms_taking_off *taking_off, struct dlms_span apdu,
                               struct dlms_unprotected *result);

    /* Makes the key of an APDU that is sent, and writes key-info behind its first octet. */
    bool (*make_key)(const struct dlms_security *security, const struct dlms_cover *cover,
                     uint32_t number, struct dlms_keys *keys, struct dlms_writer *out);
    /* The rest of key-info, behind its third octet, into envelope and key. */
    void (*read_key)(struct dlms_reader *reader, uint8_t third, struct dlms_parts *parts);
    /* The key of an APDU that came. */
    bool (*find_key)(const struct dlms_security *security, const struct dlms_parts *parts,
                     struct dlms_keys *keys);

    /* The envelope of an answer that must be signed. */
    uint8_t (*add_signature)(uint8_t envelope);
    /* The policy bits for signatures that can be met: there are keys for them. */
    uint8_t (*possible_policy)(const struct dlms_security *security);
    /* key_agreement of class 64. */
    enum dlms_result (*agree_keys)(struct dlms_exchange *exchange, struct dlms_span parameters,
                                   struct dlms_writer *out);
};

/* What its files are made of: signing.c, agreed_key.c, key_agreement.c. */
bool dlms_sign_can_protect(const struct dlms_cover *cover, uint8_t plain);
bool dlms_sign_protect(const struct dlms_security *security, const struct dlms_keys *keys,
                       const struct dlms_cover *cover, uint32_t number, uint8_t *buffer,
                       size_t *length);
enum dlms_err dlms_sign_unprotect(struct dlms_taking_off *taking_off, struct dlms_span apdu,
                                  struct dlms_unprotected *result);
bool dlms_may_sign(const struct dlms_security *security);
bool dlms_agreed_key_make(const struct dlms_security *security, const struct dlms_cover *cover,
                          uint32_t number, struct dlms_keys *keys, struct dlms_writer *out);
void dlms_agreed_key_read(struct dlms_reader *reader, uint8_t third, struct dlms_parts *parts);
bool dlms_agreed_key_find(const struct dlms_security *security, const struct dlms_parts *parts,
                          struct dlms_keys *keys);
enum dlms_result dlms_agree_keys(struct dlms_exchange *exchange, struct dlms_span parameters,
                                 struct dlms_writer *out);

/* Of class 64: a key_id and octets, the next of an array; false: it is none. And the array's elements,
 * 1 … DLMS_KEY_COUNT; 0: it is none. */
bool dlms_read_key(struct dlms_reader *reader, enum dlms_key *id, struct dlms_span *octets);
size_t dlms_read_key_count(struct dlms_reader *reader);

/* The key into security. */
void dlms_put_key(struct dlms_security *security, enum dlms_key id, const uint8_t *key);

/* Has the owner keep next, and puts it in force; wipes it. With another key the count of what is received
 * with it begins anew. */
enum dlms_result dlms_save_keys(struct dlms_exchange *exchange, struct dlms_security *next);

#endif
