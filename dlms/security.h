/* Protection of APDUs and high level authentication, 5-3: the same functions on both sides of a line.
 *
 * A struct dlms_security is what one side holds about one relation: suite, keys, the two system titles
 * and the invocation counters. On a server it is what an object "Security setup" (class 64) shows.
 *
 *     glo-, ded-          tag, length, SC, IC, content [, tag]
 *     general-glo, -ded   tag, system title of the sender, length, SC, IC, content [, tag]
 *     general-ciphering   tag, transaction-id, originator, recipient, date-time, other, key-info,
 *                         length, SC, IC, content [, tag]
 *     general-signing     tag, transaction-id, originator, recipient, date-time, other, length,
 *                         content, length, signature
 *
 * SC is the security control octet: suite, 10 authenticated, 20 encrypted, 40 broadcast key.
 *
 * Invocation counters. Each protected APDU of a sender has a number of its own: used twice with one
 * key, it gives the key away. So before a number is used, a limit above it is put into memory that
 * survives a power cut (struct dlms_counter_store); after one, counting goes on from the limit. The
 * same serves the receiver, who takes no number below the one it expects: what was sent once is not
 * taken a second time, not even after a power cut.
 *
 * Signatures (suites 1 and 2). general-signing has no invocation counter. So what is signed and not
 * authenticated besides is taken by its transaction-id: 8 octets, a number that must not have been there
 * before, like an invocation counter. date-time is signed but not judged, since nothing here has a clock.
 * Originator and recipient must be there: the same client signs for many servers.
 */
#ifndef DLMS_SECURITY_H
#define DLMS_SECURITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dlms/crypto.h"
#include "dlms/types.h"

enum {
    DLMS_TITLE = 8, /* octets of a system title */
    DLMS_CHALLENGE_MIN = 8,
    DLMS_CHALLENGE_MAX = 64,
    DLMS_HLS_ANSWER_MAX = DLMS_POINT_MAX, /* f(challenge) of any mechanism */
};

/* Security control octet. */
enum {
    DLMS_CONTROL_SUITE = 0x0F,
    DLMS_CONTROL_AUTHENTICATED = 0x10,
    DLMS_CONTROL_ENCRYPTED = 0x20,
    DLMS_CONTROL_BROADCAST = 0x40,
    DLMS_CONTROL_COMPRESSED = 0x80, /* not supported */
};

/* key_id of key_transfer, 6-2. */
enum dlms_key {
    DLMS_KEY_UNICAST = 0,        /* global unicast encryption key */
    DLMS_KEY_BROADCAST = 1,      /* global broadcast encryption key */
    DLMS_KEY_AUTHENTICATION = 2, /* part of the additional data */
    DLMS_KEY_MASTER = 3,         /* wraps the others */
    DLMS_KEY_COUNT = 4,
};

enum dlms_counter_id {
    DLMS_COUNTER_SEND,              /* whatever protects it */
    DLMS_COUNTER_RECEIVE,           /* with the global unicast key */
    DLMS_COUNTER_RECEIVE_BROADCAST, /* with the broadcast key */
    DLMS_COUNTER_RECEIVE_OTHER, /* with keys that go along or are agreed on, and signed only: since
                                     * no change of a global key makes those of no use, it never goes back */
    DLMS_COUNTER_COUNT,
};

struct dlms_counter {
    uint32_t next;  /* send: the next to use; receive: the lowest that is taken */
    uint32_t limit; /* in the memory that lasts: next starts here after a power cut */
};

/* Memory that survives a power cut, for the limits of counters. */
struct dlms_counter_store {
    void *context;
    /* Puts limit there, in place of the one before, for good: true only when a power cut at any time
     * from now on leaves it in place. False: it could not; the APDU at hand is then not sent, or not
     * taken. limit is the highest so far, or after a change of the key starts low again. */
    bool (*reserve)(void *context, enum dlms_counter_id id, uint32_t limit);
    uint16_t
        ahead; /* numbers reserved at a time, at least 1: a write every so many APDUs, against as
                     * many numbers lost at a power cut */
};

struct dlms_security {
    const struct dlms_crypto *crypto;
    const struct dlms_counter_store *store;
    uint8_t suite;  /* 0, 1 or 2 */
    uint8_t policy; /* what is asked of requests and done to answers: enum dlms_policy; server */
    uint8_t logical_name[6]; /* of the Security setup, 0.0.43.0.e.255; server */
    uint8_t own_title[DLMS_TITLE];
    uint8_t peer_title[DLMS_TITLE]; /* all zero on a server: whatever the client says it is */
    /* 16 octets are used, in suite 2 32. A broadcast key of zeros is none. */
    uint8_t key[DLMS_KEY_COUNT][DLMS_KEY_MAX];
    struct dlms_counter counter[DLMS_COUNTER_COUNT];
    /* Suites 1 and 2: mechanism 7, general-signing, agreed keys. Not owned; empty where not used. */
    struct dlms_span private_key;       /* signing key of this side */
    struct dlms_span public_key;        /* signing key of the peer */
    struct dlms_span agreement_private; /* key agreement key of this side */
    struct dlms_span agreement_public;  /* key agreement key of the peer */
    /* &dlms_asymmetric, for general-signing, agreed keys in general-ciphering and the method key_agreement;
     * NULL: without. A pointer, so that a program of suite 0 does not carry them. */
    const struct dlms_asymmetric *asymmetric;
    const struct dlms_certificates
        *certificates; /* certificates.h; NULL: none, keys are known beforehand */
};

extern const struct dlms_asymmetric dlms_asymmetric;

/* Security policy, 6-2 class 64 version 1; the same bits as in access modes of class 15 version 3. */
enum dlms_policy {
    DLMS_POLICY_REQUEST_AUTHENTICATED = 0x04,
    DLMS_POLICY_REQUEST_ENCRYPTED = 0x08,
    DLMS_POLICY_REQUEST_SIGNED = 0x10,
    DLMS_POLICY_RESPONSE_AUTHENTICATED = 0x20,
    DLMS_POLICY_RESPONSE_ENCRYPTED = 0x40,
    DLMS_POLICY_RESPONSE_SIGNED = 0x80,
};

/* Octets of a symmetric key of the suite. */
size_t dlms_suite_key_size(uint8_t suite);

/* The curve of suites 1 and 2, and the octets of a coordinate of its points. */
enum dlms_curve dlms_suite_curve(uint8_t suite);
size_t dlms_suite_coordinate(uint8_t suite);

/* The counters after a start, from the limits that the store kept. */
void dlms_security_restore(struct dlms_security *security,
                           const uint32_t limits[DLMS_COUNTER_COUNT]);

/* There is a number to send with: none is used up. */
bool dlms_counter_ready(struct dlms_security *security);

/* The next number to send with. False: none is left, or the store failed. */
bool dlms_counter_take(struct dlms_security *security, uint32_t *number);

/* The number taken last from this peer, under any key but the broadcast one; 0: none. Who goes on above it is
 * not taken for a replay. */
uint32_t dlms_counter_received(const struct dlms_security *security);

/* A genuine APDU had this number. DLMS_ERR_REPLAY: it was there before; DLMS_ERR_COUNTER: the store
 * failed. */
enum dlms_err dlms_counter_accept(struct dlms_security *security, enum dlms_counter_id id,
                                  uint32_t number);

/* ---- Protection ------------------------------------------------------------------------------ */

enum dlms_envelope {
    DLMS_ENVELOPE_NONE, /* not protected */
    DLMS_ENVELOPE_GLO,
    DLMS_ENVELOPE_DED,
    DLMS_ENVELOPE_GENERAL_GLO,
    DLMS_ENVELOPE_GENERAL_DED,
    DLMS_ENVELOPE_GENERAL, /* general-ciphering with the global unicast or broadcast key */
    /* general-ciphering with a key of its own. Not for InitiateRequest. It goes along wrapped with the
     * master key, and the answer comes with the same; … */
    DLMS_ENVELOPE_GENERAL_WRAPPED,
    /* … or both sides derive it from their key pairs, each APDU one of its own (5-3, SP 800-56A):
     * C(1e, 1s), from an ephemeral key pair of the sender; */
    DLMS_ENVELOPE_GENERAL_ONE_PASS,
    /* C(0e, 2s), from the pairs that both sides have, and the transaction-id. */
    DLMS_ENVELOPE_GENERAL_STATIC,
};

/* Beside an envelope: general-signing. */
enum {
    DLMS_ENVELOPE_KIND = 0x3F, /* mask: enum dlms_envelope */
    DLMS_SIGNED_INSIDE = 0x40, /* signed, then ciphered: in a general envelope */
    DLMS_SIGNED_AROUND = 0x80, /* ciphered, then signed; with DLMS_ENVELOPE_NONE signed only */
    DLMS_SIGNED = DLMS_SIGNED_INSIDE | DLMS_SIGNED_AROUND,
};

/* How an APDU is protected. */
struct dlms_cover {
    uint8_t envelope; /* enum dlms_envelope, and one of DLMS_SIGNED_… or none */
    uint8_t control;  /* SC; signed only: the suite alone */
};

/* The keys of one APDU and the title of its peer. An answer goes out with those of its request, even
 * when the request changed them. */
struct dlms_keys {
    uint8_t encryption[DLMS_KEY_MAX];
    uint8_t authentication[DLMS_KEY_MAX];
    uint8_t peer_title[DLMS_TITLE];
    uint8_t size;
};

/* The dedicated key of an association: handed over in InitiateRequest, gone with the association. */
struct dlms_dedicated {
    uint8_t key[DLMS_KEY_MAX];
    uint8_t size;  /* 0: there is none */
    uint32_t next; /* the lowest counter that is taken with it */
};

/* The envelope of an APDU by its tag; DLMS_ENVELOPE_NONE when it is not a ciphered one. */
enum dlms_envelope dlms_envelope_of(struct dlms_span apdu);

/* It is general-signing, whatever is in it. */
bool dlms_is_signed(struct dlms_span apdu);

struct dlms_unprotected {
    struct dlms_span apdu; /* in the buffer given */
    uint32_t lowest;       /* DLMS_ERR_REPLAY: the lowest number that is taken */
    struct dlms_cover cover;
    struct dlms_keys keys; /* a secret: dlms_wipe when done */
};

/* Takes the protection off an APDU that has one: apdu is whole, plain has room for size octets and does
 * not overlap it. peer_title, if not NULL, stands for that of security; dedicated may be NULL.
 *
 * DLMS_ERR_FORMAT: it is no such APDU, or of another suite, compressed, or with neither protection.
 * DLMS_ERR_SPACE: longer than size. DLMS_ERR_CIPHER: tag or signature wrong, no such key, another system
 * title, what is inside is not what the tag outside says. DLMS_ERR_REPLAY: genuine, but its number was
 * there before, or what is signed only has none. DLMS_ERR_COUNTER: the store failed. Nothing but success changes a counter; and what is only encrypted, which anybody can
 * forge, moves none that lasts. */
enum dlms_err dlms_unprotect(struct dlms_security *security, struct dlms_dedicated *dedicated,
                             const uint8_t *peer_title, struct dlms_span apdu, uint8_t *plain,
                             size_t size, struct dlms_unprotected *result);

/* Where in a buffer a plain APDU is put so that it can be protected there, and how many octets must
 * stay free behind it: at most so many with the envelopes that InitiateRequest may have, unsigned. */
enum { DLMS_COVER_HEAD_MAX = 82, DLMS_COVER_TAIL_MAX = DLMS_GCM_TAG };
size_t dlms_cover_head(const struct dlms_cover *cover);
size_t dlms_cover_tail(const struct dlms_cover *cover);

/* Protects the plain APDU of *length octets at buffer + dlms_cover_head(cover), in a buffer of size
 * octets. Afterwards the protected APDU is at buffer and *length its length; it is never longer than
 * head + plain + tail.
 * DLMS_ERR_COUNTER: no more numbers, or the store failed: the APDU must not be sent. DLMS_ERR_SPACE.
 * DLMS_ERR_CIPHER: the crypto failed, a key it needs is missing, or the plain APDU has no ciphered tag (a
 * general envelope takes any). The buffer holds nothing of use then. */
enum dlms_err dlms_protect(struct dlms_security *security, const struct dlms_keys *keys,
                           const struct dlms_cover *cover, uint8_t *buffer, size_t size,
                           size_t *length);

/* The keys dlms_protect needs where no request brought them: the global ones, or the dedicated one. For
 * DLMS_ENVELOPE_GENERAL_WRAPPED the caller then puts a random key into encryption; keys that are agreed on
 * dlms_protect derives itself. */
void dlms_keys_take(const struct dlms_security *security, const struct dlms_dedicated *dedicated,
                    const struct dlms_cover *cover, struct dlms_keys *keys);

/* ---- High level authentication --------------------------------------------------------------- */

/* One side's view of the handshake. A mechanism uses what it needs: secret 3, 4, 6; titles 6, 7;
 * security 5, 7. */
struct dlms_hls {
    enum dlms_mechanism mechanism; /* 3 … 7 */
    const struct dlms_crypto *crypto;
    struct dlms_security *security;
    struct dlms_span secret;
    const uint8_t *own_title;
    const uint8_t *peer_title;
    struct dlms_span own_challenge; /* that was sent to the peer */
    struct dlms_span peer_challenge;
};

/* Fills challenge with length random octets, as AARQ and AARE carry it: 16, in mechanism 7 32. */
bool dlms_hls_challenge(const struct dlms_crypto *crypto, enum dlms_mechanism mechanism,
                        uint8_t challenge[DLMS_CHALLENGE_MAX], size_t *length);

/* f(peer_challenge): what this side proves itself with. Room for DLMS_HLS_ANSWER_MAX octets.
 * DLMS_ERR_CIPHER: the crypto failed, or something needed is missing. DLMS_ERR_COUNTER as above. */
enum dlms_err dlms_hls_answer(const struct dlms_hls *hls, uint8_t *answer, size_t *length);

/* The peer's f(own_challenge) is right. A peer_challenge that equals own_challenge is not: it would be
 * our own answer sent back. */
bool dlms_hls_check(const struct dlms_hls *hls, struct dlms_span answer);

/* ---- Key agreement (suites 1 and 2) ----------------------------------------------------------
 *
 * key_agreement of class 64: the client makes an offer, the server answers with its own, and both derive
 * the key from the two. An offer is an ephemeral public key and its signature.
 */

enum { DLMS_AGREEMENT_MAX = 2 * DLMS_POINT_MAX };

/* Octets of an offer in the suite: 128 or 192. */
size_t dlms_agreement_size(const struct dlms_security *security);

/* A new offer for the key, and the ephemeral private key behind it: dlms_wipe it when the key is derived.
 * False: suite 0, or a function, a key or the random numbers are missing. */
bool dlms_agreement_offer(const struct dlms_security *security, enum dlms_key id,
                          uint8_t private_key[DLMS_HASH_MAX], uint8_t offer[DLMS_AGREEMENT_MAX]);

/* The key, from one's own private key and the peer's offer. originator is the client's title, recipient
 * the server's, on both sides. False: the signature of the offer is wrong, or its point is none. */
bool dlms_agreement_derive(const struct dlms_security *security, enum dlms_key id,
                           const uint8_t private_key[DLMS_HASH_MAX], struct dlms_span peer_offer,
                           const uint8_t *originator, const uint8_t *recipient,
                           uint8_t key[DLMS_KEY_MAX]);

/* The key derivation function alone, NIST SP 800-56A by concatenation: SHA-256, in suite 2 SHA-384. */
bool dlms_derive_key(const struct dlms_crypto *crypto, uint8_t suite, struct dlms_span secret,
                     struct dlms_span party_u, struct dlms_span party_v, uint8_t key[DLMS_KEY_MAX]);

#endif
