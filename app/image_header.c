/* The head of an image. Invariant: a header that decodes encodes to the same octets, so nothing
 * that is signed goes unseen. */
#include "app/image_header.h"
#include "common/bytes.h"
#include <stdbool.h>
#include <string.h>

enum {
    MAGIC = 8,
    FORMAT_AT = 8,
    KIND_AT = 10,
    MODEL_AT = 12,
    HARDWARE_AT = 20,
    NUMBER_AT = 24,
    REVISION_AT = 28,
    LEGAL_VERSION_AT = 32,
    LEGAL_CHECKSUM_AT = 48,
    LENGTH_AT = 80,
    DIGEST_AT = 96,
    FORMAT = 1,
};

static const uint8_t magic[MAGIC] = {'W', 'H', 'I', 'M', 'A', 'G', 'E', 0};

/* Printable to the first NUL, and nothing behind it. */
static bool is_padded_text(const char *text, size_t size)
{
    size_t length = 0;
    while (length < size && text[length] > ' ' && text[length] < 127) {
        length++;
    }
    bool is_padded = length > 0;
    for (size_t i = length; i < size; i++) {
        is_padded = is_padded && text[i] == '\0';
    }
    return is_padded;
}

enum wh_err wh_image_header_check(const struct wh_image_header *header)
{
    const bool is_good = is_padded_text(header->model, sizeof header->model) &&
                         is_padded_text(header->legal_version, sizeof header->legal_version) &&
                         header->body_length > 0 &&
                         header->body_length <= WH_IMAGE_SIZE_MAX - WH_IMAGE_HEADER;
    return is_good ? WH_OK : WH_ERR_ARGUMENT;
}

void wh_image_header_encode(const struct wh_image_header *header, uint8_t bytes[WH_IMAGE_HEADER])
{
    memset(bytes, 0, WH_IMAGE_HEADER);
    memcpy(bytes, magic, MAGIC);
    wh_put_u16le(bytes + FORMAT_AT, FORMAT);
    bytes[KIND_AT] = WH_IMAGE_KIND_APPLICATION;
    memcpy(bytes + MODEL_AT, header->model, WH_IMAGE_MODEL);
    wh_put_u32le(bytes + HARDWARE_AT, header->hardware);
    wh_put_u32le(bytes + NUMBER_AT, header->software.number);
    wh_put_u32le(bytes + REVISION_AT, header->software.revision);
    memcpy(bytes + LEGAL_VERSION_AT, header->legal_version, WH_IMAGE_LEGAL_VERSION);
    memcpy(bytes + LEGAL_CHECKSUM_AT, header->legal_checksum, WH_SOFTWARE_DIGEST);
    wh_put_u32le(bytes + LENGTH_AT, header->body_length);
    memcpy(bytes + DIGEST_AT, header->software.digest, WH_SOFTWARE_DIGEST);
    memcpy(bytes + WH_IMAGE_SIGNED, header->signature, WH_IMAGE_SIGNATURE);
}

static void take(struct wh_image_header *header, const uint8_t *bytes)
{
    memcpy(header->model, bytes + MODEL_AT, WH_IMAGE_MODEL);
    header->hardware = wh_get_u32le(bytes + HARDWARE_AT);
    header->software.number = wh_get_u32le(bytes + NUMBER_AT);
    header->software.revision = wh_get_u32le(bytes + REVISION_AT);
    memcpy(header->legal_version, bytes + LEGAL_VERSION_AT, WH_IMAGE_LEGAL_VERSION);
    memcpy(header->legal_checksum, bytes + LEGAL_CHECKSUM_AT, WH_SOFTWARE_DIGEST);
    header->body_length = wh_get_u32le(bytes + LENGTH_AT);
    memcpy(header->software.digest, bytes + DIGEST_AT, WH_SOFTWARE_DIGEST);
    memcpy(header->signature, bytes + WH_IMAGE_SIGNED, WH_IMAGE_SIGNATURE);
}

enum wh_err wh_image_header_decode(struct wh_image_header *header,
                                   const uint8_t bytes[WH_IMAGE_HEADER])
{
    struct wh_image_header decoded;
    uint8_t again[WH_IMAGE_HEADER];
    if (memcmp(bytes, magic, MAGIC) != 0) {
        return WH_ERR_FORMAT;
    }
    if (wh_get_u16le(bytes + FORMAT_AT) != FORMAT || bytes[KIND_AT] != WH_IMAGE_KIND_APPLICATION) {
        return WH_ERR_UNSUPPORTED;
    }
    take(&decoded, bytes);
    wh_image_header_encode(&decoded, again);
    if (wh_image_header_check(&decoded) != WH_OK || memcmp(again, bytes, sizeof again) != 0) {
        return WH_ERR_FORMAT;
    }
    *header = decoded;
    return WH_OK;
}
