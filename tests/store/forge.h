/* Memory images by hand: a second reading of docs/store.md that shares no code with store/, to make
 * states that the store itself never writes, and to let a fuzzer past the CRCs. */
#ifndef WH_TESTS_STORE_FORGE_H
#define WH_TESTS_STORE_FORGE_H

#include <stddef.h>
#include <stdint.h>

/* A slot in an image, by the numbers of docs/store.md. */
struct forge_slot {
    uint8_t *bytes; /* its first byte */
    size_t size;
    uint16_t ring_id;
};

/* Writes a complete record with payload, receipt and commit. */
void forge_record(const struct forge_slot *slot, uint64_t sequence, uint16_t version,
                  const void *payload, uint16_t length);

/* Writes a receipt only. */
void forge_receipt(const struct forge_slot *slot, uint64_t sequence);

/* Makes the CRC of whatever commit stands there right, if its length is possible. */
void forge_commit_crc(const struct forge_slot *slot);

/* Makes the CRC of whatever superblock stands there right, if its length is within size. */
void forge_superblock_crc(uint8_t *superblock, size_t size);

#endif
