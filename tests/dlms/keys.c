#include "keys.h"

#include <string.h>

const uint8_t keys_client_title[DLMS_TITLE] = {0x4D, 0x4D, 0x4D, 0, 0, 0, 0, 1};
const uint8_t keys_server_title[DLMS_TITLE] = {0x4D, 0x4D, 0x4D, 0, 0, 0xBC, 0x61, 0x4E};

static bool reserve(void *context, enum dlms_counter_id id, uint32_t limit)
{
    struct memory *memory = context;
    if (memory->fails) {
        return false;
    }
    memory->limit[id] = limit;
    memory->writes++;
    return true;
}

void memory_init(struct memory *memory, uint16_t ahead)
{
    *memory = (struct memory){.store = {memory, reserve, ahead}};
}

void keys_init(struct dlms_security *security, const struct dlms_crypto *crypto,
               struct memory *memory, uint8_t suite)
{
    static const uint8_t first[DLMS_KEY_COUNT] = {
        [DLMS_KEY_UNICAST] = 0x00,
        [DLMS_KEY_BROADCAST] = 0x20,
        [DLMS_KEY_AUTHENTICATION] = 0xD0,
        [DLMS_KEY_MASTER] = 0x10,
    };
    *security = (struct dlms_security){
        .crypto = crypto,
        .store = &memory->store,
        .suite = suite,
        .logical_name = {0, 0, 43, 0, 0, 255},
    };
    for (int k = 0; k < DLMS_KEY_COUNT; k++) {
        for (int i = 0; i < DLMS_KEY_MAX; i++) {
            security->key[k][i] = (uint8_t)(first[k] + i);
        }
    }
}

bool keys_exchange(struct key_pairs *pairs, struct dlms_security *client,
                   struct dlms_security *server)
{
    const struct dlms_crypto *crypto = client->crypto;
    const enum dlms_curve curve = dlms_suite_curve(client->suite);
    const size_t size = dlms_curve_size(curve);
    struct dlms_span private_key[4];
    struct dlms_span public_key[4];
    for (int i = 0; i < 4; i++) {
        if (!crypto->generate(crypto->context, curve, pairs->private_key[i],
                              pairs->public_key[i])) {
            return false;
        }
        private_key[i] = (struct dlms_span){pairs->private_key[i], size};
        public_key[i] = (struct dlms_span){pairs->public_key[i], 2 * size};
    }
    client->private_key = private_key[0];
    client->public_key = public_key[1];
    client->agreement_private = private_key[2];
    client->agreement_public = public_key[3];
    server->private_key = private_key[1];
    server->public_key = public_key[0];
    server->agreement_private = private_key[3];
    server->agreement_public = public_key[2];
    client->asymmetric = &dlms_asymmetric;
    server->asymmetric = &dlms_asymmetric;
    return true;
}
