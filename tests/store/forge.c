/* Everything here is written from docs/store.md, bit by bit, on purpose: agreement with store/ is then
 * a finding and not a tautology. */
#include "tests/store/forge.h"

#include <string.h>

static uint32_t crc_bits(uint32_t crc, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1u) != 0 ? crc >> 1 ^ UINT32_C(0xedb88320) : crc >> 1;
        }
    }
    return crc;
}

static void put(uint8_t *bytes, uint64_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        bytes[i] = (uint8_t)(value >> 8 * i);
    }
}

static size_t get_u16(const uint8_t *bytes)
{
    return (size_t)bytes[0] + 256u * bytes[1];
}

void forge_receipt(const struct forge_slot *slot, uint64_t sequence)
{
    uint8_t *receipt = slot->bytes + slot->size - 24;
    put(receipt, sequence, 6);
    for (unsigned i = 0; i < 2; i++) {
        receipt[6 + i] = (uint8_t) ~(receipt[i] ^ receipt[2 + i] ^ receipt[4 + i]);
    }
}

void forge_commit_crc(const struct forge_slot *slot)
{
    uint8_t *commit = slot->bytes + slot->size - 16;
    const size_t length = get_u16(commit + 10);
    if (length > slot->size - 24) {
        return;
    }
    uint8_t ring_id[2];
    put(ring_id, slot->ring_id, 2);
    uint32_t crc = crc_bits(UINT32_MAX, ring_id, sizeof ring_id);
    crc = crc_bits(crc, commit, 12);
    put(commit + 12, ~crc_bits(crc, slot->bytes, length), 4);
}

void forge_record(const struct forge_slot *slot, uint64_t sequence, uint16_t version,
                  const void *payload, uint16_t length)
{
    uint8_t *commit = slot->bytes + slot->size - 16;
    memcpy(slot->bytes, payload, length);
    put(commit, sequence, 8);
    put(commit + 8, version, 2);
    put(commit + 10, length, 2);
    forge_commit_crc(slot);
    forge_receipt(slot, sequence);
}

void forge_superblock_crc(uint8_t *superblock, size_t size)
{
    const size_t length = get_u16(superblock + 6);
    if (length >= 4 + 8 && length <= size) {
        put(superblock + length - 4, ~crc_bits(UINT32_MAX, superblock, length - 4), 4);
    }
}
