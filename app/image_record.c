/* Stored form of the state of the image transfer. Invariant: a record that decodes encodes to the
 * same bytes. */
#include "app/image_record.h"
#include "app/image_header.h"
#include "common/bytes.h"
#include <stdbool.h>
#include <string.h>

enum offset {
    STATUS = 0,
    NAME_LENGTH = 1,
    NAME = 4,
    TRANSFER = NAME + WH_IMAGE_NAME,
    SIZE = TRANSFER + 4,
    NUMBER = SIZE + 4,
    REVISION = NUMBER + 4,
    DIGEST = REVISION + 4,
    ACTIVATE_AT = DIGEST + WH_SOFTWARE_DIGEST,
    END = ACTIVATE_AT + 4,
};

_Static_assert((int)END <= (int)WH_IMAGE_RECORD_SIZE, "all members have room");

void wh_image_record_encode(const struct wh_image_record *record,
                            uint8_t stored[WH_IMAGE_RECORD_SIZE])
{
    memset(stored, 0, WH_IMAGE_RECORD_SIZE);
    stored[STATUS] = (uint8_t)record->status;
    stored[NAME_LENGTH] = record->name_length;
    memcpy(stored + NAME, record->name, record->name_length);
    wh_put_u32le(stored + TRANSFER, record->transfer);
    wh_put_u32le(stored + SIZE, record->size);
    wh_put_u32le(stored + NUMBER, record->software.number);
    wh_put_u32le(stored + REVISION, record->software.revision);
    memcpy(stored + DIGEST, record->software.digest, WH_SOFTWARE_DIGEST);
    wh_put_u32le(stored + ACTIVATE_AT, record->activate_at_s);
}

static bool is_sound(const struct wh_image_record *record)
{
    const bool has_image = record->size > WH_IMAGE_HEADER && record->size <= WH_IMAGE_SIZE_MAX;
    const bool is_none = record->status == WH_IMAGE_NOT_INITIATED;
    return record->status < WH_IMAGE_STATUSES && record->status != WH_IMAGE_VERIFYING &&
           (is_none ? record->size == 0 : has_image);
}

enum wh_err wh_image_record_decode(struct wh_image_record *record,
                                   const uint8_t stored[WH_IMAGE_RECORD_SIZE])
{
    uint8_t again[WH_IMAGE_RECORD_SIZE];
    struct wh_image_record decoded = {
        .status = (enum wh_image_status)stored[STATUS],
        .name_length = stored[NAME_LENGTH],
        .transfer = wh_get_u32le(stored + TRANSFER),
        .size = wh_get_u32le(stored + SIZE),
        .software = {.number = wh_get_u32le(stored + NUMBER),
                     .revision = wh_get_u32le(stored + REVISION)},
        .activate_at_s = wh_get_u32le(stored + ACTIVATE_AT),
    };
    if (decoded.name_length > WH_IMAGE_NAME) {
        return WH_ERR_CORRUPT;
    }
    memcpy(decoded.name, stored + NAME, decoded.name_length);
    memcpy(decoded.software.digest, stored + DIGEST, WH_SOFTWARE_DIGEST);
    wh_image_record_encode(&decoded, again);
    if (!is_sound(&decoded) || memcmp(again, stored, sizeof again) != 0) {
        return WH_ERR_CORRUPT;
    }
    *record = decoded;
    return WH_OK;
}
