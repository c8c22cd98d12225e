/* A client with keys for the server tests: opens associations of every mechanism and sends requests
 * under any cover. It is made of the library's own functions for both sides of a line (security.h),
 * which test_security.c has checked against published examples. */
#ifndef TEST_DLMS_SECURE_PEER_H
#define TEST_DLMS_SECURE_PEER_H

#include "keys.h"
#include "peer.h"

/* Clients of the secure device, all with logical device 1. */
enum secure_client {
    SECURE_MD5 = 33, /* 32 + mechanism: high level security, not ciphered */
    SECURE_SHA1 = 34,
    SECURE_GMAC = 35,
    SECURE_SHA256 = 36,
    SECURE_ECDSA = 37,
    SECURE_CIPHERED = 48, /* ciphered, GMAC, everything allowed */
    SECURE_PASSWORD = 49, /* ciphered, low level security */
    SECURE_COUNTER = 50,  /* public: sees the invocation counter */
};

enum { SECURE_EVENTS = 64, SECURE_APDU = 700 };

struct secure_peer {
    struct peer peer; /* peer.server and peer.link are the secure device's */
    struct dlms_link_security link_security;
    uint8_t buffer[SECURE_APDU];
    struct dlms_association associations[8];
    struct memory server_memory;
    struct memory client_memory;
    struct dlms_security server; /* what the device holds */
    struct dlms_security client; /* what the client holds */
    struct dlms_dedicated dedicated;
    struct key_pairs pairs;
    uint8_t secret[32]; /* of mechanisms 1, 3, 4 and 6 */
    size_t secret_length;
    enum dlms_event events[SECURE_EVENTS];
    size_t event_count;
    bool is_locked; /* the device lets nobody try */
    bool save_fails;
    unsigned saves;
    uint8_t challenge[64]; /* of the server, in the last AARE */
    size_t challenge_length;
    uint8_t client_challenge[64];
    size_t client_challenge_length;
    char text[2 * PEER_REPLY + 1];
};

/* A device with keys of the suite, and a client that knows them. */
void secure_init(struct secure_peer *secure, const struct dlms_crypto *crypto, uint8_t suite,
                 uint16_t client_sap);

/* Sends an AARQ as the association wants it, its Initiate under the cover (envelope NONE: plain), with
 * the dedicated key if dedicated.size is not 0. Gives the AARE in hexadecimal. */
const char *secure_aarq(struct secure_peer *secure, struct dlms_cover cover);

/* The rest of the handshake, under the cover. Gives the plain answer in hexadecimal. */
const char *secure_prove(struct secure_peer *secure, struct dlms_cover cover);

/* The whole; the association is open afterwards, or the test fails. */
void secure_open(struct secure_peer *secure, struct dlms_cover cover);

/* Sends a plain APDU under a cover; gives the plain answer in hexadecimal, and checks that it came
 * under the same. An exception-response is given as it came. */
const char *secure_ask(struct secure_peer *secure, struct dlms_cover cover, const char *plain);

/* The last event was this, and there were so many. */
void secure_assert_event(const struct secure_peer *secure, enum dlms_event event, size_t count);

#endif
