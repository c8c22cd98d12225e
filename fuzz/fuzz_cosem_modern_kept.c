/* Feeds any octets to the record that the modern DLMS profile keeps. Property: what is taken
 * encodes to the same octets. The checksum is put right, so that what is behind it is reached. */
#include "common/bytes.h"
#include "common/crc32.h"
#include "cosem/modern_kept.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[WH_MODERN_KEPT_SIZE] = {0};
    uint8_t again[WH_MODERN_KEPT_SIZE];
    struct wh_modern_kept kept;
    const size_t body = sizeof bytes - 4;
    memcpy(bytes, data, size < body ? size : body);
    (void)wh_modern_kept_decode(&kept, bytes);
    wh_put_u32le(bytes + body, wh_crc32(0, bytes, body));
    if (wh_modern_kept_decode(&kept, bytes) == WH_OK) {
        wh_modern_kept_encode(&kept, again);
        if (memcmp(again, bytes, sizeof bytes) != 0) {
            abort();
        }
    }
    return 0;
}
