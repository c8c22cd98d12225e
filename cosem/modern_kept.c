/* The record of the modern profile as octets. Invariant: encoding what was decoded gives the same
 * octets, and a changed octet is found. */
#include "cosem/modern_kept.h"
#include "common/bytes.h"
#include "common/crc32.h"
#include <string.h>

enum {
    MAGIC = 0x324D4857, /* "WHM2" */
    MAGIC_SIZE = 4,
    CLIENT_SIZE = 1 + DLMS_KEY_COUNT * WH_MODERN_KEY + 4 * DLMS_COUNTER_COUNT + 4,
    BODY_SIZE = MAGIC_SIZE + WH_MODERN_MARK + WH_MODERN_CLIENTS * CLIENT_SIZE,
};
_Static_assert(BODY_SIZE + 4 == WH_MODERN_KEPT_SIZE, "the size that the store is told");

static uint8_t *put_client(const struct wh_modern_kept_client *client, uint8_t *to)
{
    *to++ = client->policy;
    memcpy(to, client->key, sizeof client->key);
    to += sizeof client->key;
    for (int c = 0; c < DLMS_COUNTER_COUNT; c++) {
        wh_put_u32le(to, client->limit[c]);
        to += 4;
    }
    wh_put_u32le(to, client->received);
    return to + 4;
}

static const uint8_t *get_client(struct wh_modern_kept_client *client, const uint8_t *from)
{
    client->policy = *from++;
    memcpy(client->key, from, sizeof client->key);
    from += sizeof client->key;
    for (int c = 0; c < DLMS_COUNTER_COUNT; c++) {
        client->limit[c] = wh_get_u32le(from);
        from += 4;
    }
    client->received = wh_get_u32le(from);
    return from + 4;
}

void wh_modern_kept_encode(const struct wh_modern_kept *kept, uint8_t bytes[WH_MODERN_KEPT_SIZE])
{
    uint8_t *to = bytes + MAGIC_SIZE;
    wh_put_u32le(bytes, MAGIC);
    memcpy(to, kept->mark, WH_MODERN_MARK);
    to += WH_MODERN_MARK;
    for (int c = 0; c < WH_MODERN_CLIENTS; c++) {
        to = put_client(&kept->client[c], to);
    }
    wh_put_u32le(to, wh_crc32(0, bytes, BODY_SIZE));
}

enum wh_err wh_modern_kept_decode(struct wh_modern_kept *kept,
                                  const uint8_t bytes[WH_MODERN_KEPT_SIZE])
{
    if (wh_get_u32le(bytes) != MAGIC ||
        wh_get_u32le(bytes + BODY_SIZE) != wh_crc32(0, bytes, BODY_SIZE)) {
        return WH_ERR_CORRUPT;
    }
    const uint8_t *from = bytes + MAGIC_SIZE;
    memcpy(kept->mark, from, WH_MODERN_MARK);
    from += WH_MODERN_MARK;
    for (int c = 0; c < WH_MODERN_CLIENTS; c++) {
        from = get_client(&kept->client[c], from);
    }
    return WH_OK;
}
