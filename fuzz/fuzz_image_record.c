/* States of the image transfer as stored (app/image_record.h). Properties: what is refused changes
 * nothing; what is accepted comes back the same when stored again, and has an image that can be. */
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
    uint8_t stored[WH_IMAGE_RECORD_SIZE] = {0};
    uint8_t again[WH_IMAGE_RECORD_SIZE];
    const struct wh_image_record before = {.status = WH_IMAGE_REFUSED, .transfer = 4711};
    struct wh_image_record record = before;
    memcpy(stored, data, size < sizeof stored ? size : sizeof stored);
    if (wh_image_record_decode(&record, stored) != WH_OK) {
        wh_image_record_encode(&before, stored);
        wh_image_record_encode(&record, again);
        require(memcmp(stored, again, sizeof stored) == 0);
        return 0;
    }
    require(record.status != WH_IMAGE_VERIFYING && record.size <= WH_IMAGE_SIZE_MAX);
    require((record.status == WH_IMAGE_NOT_INITIATED) == (record.size == 0));
    wh_image_record_encode(&record, again);
    require(memcmp(stored, again, sizeof stored) == 0);
    return 0;
}
