/* The superblock codec. Invariant: a copy is ready only if it is byte for byte what this layout
 * gives, so nothing of a foreign superblock is ever used to find an address. */
#include "store/superblock.h"

#include "common/bytes.h"
#include "common/crc32.h"
#include "store/layout.h"
#include "store/span.h"
#include <string.h>

enum {
    MAGIC_SIZE = 4,
    VERSION_AT = 4,
    LENGTH_AT = 6,
    PHASE_AT = 8,
    RING_COUNT_AT = 10,
    PAGE_SIZE_AT = 12,
    RINGS_AT = 16,
    RING_ENTRY_SIZE = 8,
    CRC_SIZE = 4
};

_Static_assert(RINGS_AT + WH_STORE_RINGS_MAX * RING_ENTRY_SIZE + CRC_SIZE <= WH_SUPERBLOCK_SIZE_MAX,
               "the largest superblock fits its area");

static const uint8_t magic[MAGIC_SIZE] = {'W', 'H', 'S', 'T'};

static uint32_t copy_address(const struct wh_nvm *nvm, enum wh_superblock_copy copy)
{
    return copy == WH_SUPERBLOCK_A ? 0 : wh_layout_superblock_area(nvm->page_size_bytes);
}

static void encode_ring(uint8_t *entry, const struct wh_store_ring *ring)
{
    wh_put_u16le(entry, ring->id);
    wh_put_u16le(entry + 2, ring->payload_size);
    wh_put_u16le(entry + 4, ring->slot_count);
    wh_put_u16le(entry + 6, (uint16_t)wh_layout_slot_size(ring));
}

/* Fills bytes (WH_SUPERBLOCK_SIZE_MAX of room) and returns the length. */
static size_t encode(uint8_t *bytes, const struct wh_store_layout *layout, uint32_t page_size_bytes,
                     enum wh_superblock_phase phase)
{
    const size_t crc_at = RINGS_AT + (size_t)layout->ring_count * RING_ENTRY_SIZE;
    memcpy(bytes, magic, MAGIC_SIZE);
    wh_put_u16le(bytes + VERSION_AT, WH_STORE_FORMAT_VERSION);
    wh_put_u16le(bytes + LENGTH_AT, (uint16_t)(crc_at + CRC_SIZE));
    wh_put_u16le(bytes + PHASE_AT, (uint16_t)phase);
    wh_put_u16le(bytes + RING_COUNT_AT, layout->ring_count);
    wh_put_u32le(bytes + PAGE_SIZE_AT, page_size_bytes);
    for (unsigned i = 0; i < layout->ring_count; i++) {
        encode_ring(bytes + RINGS_AT + i * RING_ENTRY_SIZE, &layout->rings[i]);
    }
    wh_put_u32le(bytes + crc_at, wh_crc32(0, bytes, crc_at));
    return crc_at + CRC_SIZE;
}

/* The length if the bytes are a superblock of any version, 0 if not. */
static size_t intact_length(const uint8_t *bytes)
{
    const size_t length = wh_get_u16le(bytes + LENGTH_AT);
    if (memcmp(bytes, magic, MAGIC_SIZE) != 0 || length < RINGS_AT + CRC_SIZE ||
        length > WH_SUPERBLOCK_SIZE_MAX) {
        return 0;
    }
    const size_t crc_at = length - CRC_SIZE;
    return wh_get_u32le(bytes + crc_at) == wh_crc32(0, bytes, crc_at) ? length : 0;
}

static enum wh_superblock_verdict judge(const uint8_t *bytes, const struct wh_store_layout *layout,
                                        uint32_t page_size_bytes)
{
    const size_t length = intact_length(bytes);
    if (length == 0) {
        return WH_SUPERBLOCK_IS_NONE;
    }
    if (wh_get_u16le(bytes + VERSION_AT) != WH_STORE_FORMAT_VERSION) {
        return WH_SUPERBLOCK_IS_FOREIGN;
    }
    if (wh_get_u16le(bytes + PHASE_AT) == WH_SUPERBLOCK_FORMATTING) {
        return WH_SUPERBLOCK_IS_FORMATTING;
    }
    uint8_t expected[WH_SUPERBLOCK_SIZE_MAX];
    const size_t expected_length = encode(expected, layout, page_size_bytes, WH_SUPERBLOCK_READY);
    return length == expected_length && memcmp(bytes, expected, length) == 0
               ? WH_SUPERBLOCK_IS_READY
               : WH_SUPERBLOCK_IS_FOREIGN;
}

enum wh_err wh_superblock_read(const struct wh_nvm *nvm, const struct wh_store_layout *layout,
                               enum wh_superblock_copy copy, enum wh_superblock_verdict *verdict)
{
    uint8_t bytes[WH_SUPERBLOCK_SIZE_MAX];
    const enum wh_err err = nvm->read(nvm->context, copy_address(nvm, copy), bytes, sizeof bytes);
    if (err != WH_OK) {
        return WH_ERR_IO;
    }
    *verdict = judge(bytes, layout, nvm->page_size_bytes);
    return WH_OK;
}

enum wh_err wh_superblock_write(const struct wh_nvm *nvm, const struct wh_store_layout *layout,
                                enum wh_superblock_copy copy, enum wh_superblock_phase phase)
{
    uint8_t bytes[WH_SUPERBLOCK_SIZE_MAX];
    const size_t length = encode(bytes, layout, nvm->page_size_bytes, phase);
    return wh_span_write(nvm, copy_address(nvm, copy), bytes, length);
}
