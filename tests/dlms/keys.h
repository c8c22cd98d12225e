/* The keys and titles of the examples of the Green Book, and a store for counters that can fail. */
#ifndef TEST_DLMS_KEYS_H
#define TEST_DLMS_KEYS_H

#include "dlms/security.h"

struct memory {
    struct dlms_counter_store store;
    uint32_t limit[DLMS_COUNTER_COUNT];
    unsigned writes;
    bool fails;
};

void memory_init(struct memory *memory, uint16_t ahead);

/* EK 00…0F, AK D0…DF, master key 10…1F, broadcast key 20…2F; in suite 2 counting on. Titles are all
 * zero and counters 0. */
void keys_init(struct dlms_security *security, const struct dlms_crypto *crypto,
               struct memory *memory, uint8_t suite);

/* Pairs for signing and key agreement, of a client and a server: 0 and 1, 2 and 3. */
struct key_pairs {
    uint8_t private_key[4][DLMS_HASH_MAX];
    uint8_t public_key[4][DLMS_POINT_MAX];
};

/* New pairs of the suite, 1 or 2, each side with the public keys of the other. False: the crypto failed. */
bool keys_exchange(struct key_pairs *pairs, struct dlms_security *client,
                   struct dlms_security *server);

/* 4D4D4D0000000001 and 4D4D4D0000BC614E. */
extern const uint8_t keys_client_title[DLMS_TITLE];
extern const uint8_t keys_server_title[DLMS_TITLE];

#endif
