/* Heads of software images (app/image_header.h). Properties: what is refused changes nothing; what is
 * accepted encodes to the same octets, passes the check, and is judged without a fault of memory. */
#include "app/image.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct wh_image_fit fit = {
        .model = "382M",
        .hardware = 1,
        .running = {.number = WH_SOFTWARE_NUMBER, .revision = WH_SOFTWARE_REVISION},
        .legal_version = "LR-0.2",
        .legal_checksum_hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    };
    uint8_t bytes[WH_IMAGE_HEADER] = {0};
    uint8_t again[WH_IMAGE_HEADER];
    const struct wh_image_header before = {.model = "before", .hardware = 4711};
    struct wh_image_header header = before;
    memcpy(bytes, data, size < sizeof bytes ? size : sizeof bytes);
    if (wh_image_header_decode(&header, bytes) != WH_OK) {
        require(memcmp(&header, &before, sizeof header) == 0);
        return 0;
    }
    require(wh_image_header_check(&header) == WH_OK);
    wh_image_header_encode(&header, again);
    require(memcmp(bytes, again, sizeof bytes) == 0);
    const enum wh_image_fault fault = wh_image_fits(&header, &fit);
    require(fault != WH_IMAGE_FAULT_NONE || header.software.revision > WH_SOFTWARE_REVISION);
    require(wh_image_fault_text(fault)[0] != '\0');
    return 0;
}
