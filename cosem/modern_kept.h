/* The record that the modern profile keeps, encoded. Private to cosem/.
 *
 *     "WHM2", mark of the keys given (32)
 *     for each client: policy, four keys of 32 octets, four limits of counters, the highest number
 *                      received with any key
 *     CRC-32 over all before
 *
 * Integers are little-endian. */
#ifndef WH_COSEM_MODERN_KEPT_H
#define WH_COSEM_MODERN_KEPT_H

#include "cosem/modern.h"

struct wh_modern_kept {
    uint8_t mark[WH_MODERN_MARK];
    struct wh_modern_kept_client {
        uint8_t policy;
        uint8_t key[DLMS_KEY_COUNT][WH_MODERN_KEY];
        uint32_t limit[DLMS_COUNTER_COUNT];
        uint32_t received; /* highest limit of RECEIVE that there was with any key */
    } client[WH_MODERN_CLIENTS];
};

void wh_modern_kept_encode(const struct wh_modern_kept *kept, uint8_t bytes[WH_MODERN_KEPT_SIZE]);

/* WH_ERR_CORRUPT: it is no such record, or not a bit of it is sure; *kept is then of no use. */
enum wh_err wh_modern_kept_decode(struct wh_modern_kept *kept,
                                  const uint8_t bytes[WH_MODERN_KEPT_SIZE]);

#endif
