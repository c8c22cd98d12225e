/* The slot codec. Invariants: the commit is written after the whole payload and in one write; the
 * receipt only after the slot was read back valid (docs/store.md, invariants 2 and 3). */
#include "store/slot.h"

#include "common/bytes.h"
#include "common/crc32.h"
#include "store/layout.h"
#include "store/span.h"
#include <string.h>

/* Offsets in the tail: the receipt, then the commit. */
enum {
    RECEIPT_AT = 0,
    RECEIPT_SIZE = 8,
    COMMIT_AT = 8,
    COMMIT_SIZE = 16,
    COMMIT_CRC_AT = 12, /* in the commit */
    CHUNK_SIZE = 32,
    READ_BACK_SIZE = 128
};

/* Sequence numbers have 48 bits, so that a receipt has room for a check in eight bytes. */
static const uint64_t sequence_max = (UINT64_C(1) << 48) - 1;

struct commit {
    uint64_t sequence;
    uint16_t version;
    uint16_t length;
    uint32_t crc;
};

struct wh_slot_place wh_slot_place(const struct wh_nvm *nvm, const struct wh_store_layout *layout,
                                   unsigned ring_index, uint16_t index)
{
    const struct wh_store_ring *ring = &layout->rings[ring_index];
    const struct wh_slot_place place = {
        .nvm = nvm,
        .address = wh_layout_slot_address(layout, nvm->page_size_bytes, ring_index, index),
        .slot_size = wh_layout_slot_size(ring),
        .ring_id = ring->id,
        .payload_size = ring->payload_size,
        .slot_count = ring->slot_count,
        .index = index,
    };
    return place;
}

uint16_t wh_slot_of_sequence(uint64_t sequence, uint16_t slot_count)
{
    return (uint16_t)((sequence - 1) % slot_count);
}

uint64_t wh_slot_sequence_after(uint64_t last, uint64_t newest, uint16_t slot_count)
{
    const uint64_t next = last + 1;
    const bool would_overwrite_newest = newest != 0 && (next - newest) % slot_count == 0;
    return would_overwrite_newest ? next + 1 : next;
}

static uint32_t tail_address(const struct wh_slot_place *place)
{
    return place->address + place->slot_size - WH_SLOT_TAIL_SIZE;
}

static struct commit decode_commit(const uint8_t *bytes)
{
    const struct commit commit = {
        .sequence = wh_get_u64le(bytes),
        .version = wh_get_u16le(bytes + 8),
        .length = wh_get_u16le(bytes + 10),
        .crc = wh_get_u32le(bytes + COMMIT_CRC_AT),
    };
    return commit;
}

/* The CRC before the payload: the ring, so that a record is valid in no other, and the commit. */
static uint32_t begin_crc(const struct wh_slot_place *place, const uint8_t *commit)
{
    uint8_t ring_id[2];
    wh_put_u16le(ring_id, place->ring_id);
    return wh_crc32(wh_crc32(0, ring_id, sizeof ring_id), commit, COMMIT_CRC_AT);
}

static void encode_commit(uint8_t *bytes, const struct wh_slot_place *place,
                          const struct wh_store_record *record, const void *payload)
{
    wh_put_u64le(bytes, record->sequence);
    wh_put_u16le(bytes + 8, record->version);
    wh_put_u16le(bytes + 10, record->length);
    const uint32_t crc = wh_crc32(begin_crc(place, bytes), payload, record->length);
    wh_put_u32le(bytes + COMMIT_CRC_AT, crc);
}

/* A receipt as a number: the sequence, and above it a check that blank memory does not fulfil. */
static uint64_t receipt_of(uint64_t sequence)
{
    const uint16_t check = (uint16_t) ~(sequence ^ sequence >> 16 ^ sequence >> 32);
    return sequence | (uint64_t)check << 48;
}

static bool all_erased(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != 0xff) {
            return false;
        }
    }
    return true;
}

static void decode_receipt(const uint8_t *bytes, struct wh_slot_view *view)
{
    const uint64_t receipt = wh_get_u64le(bytes);
    const uint64_t sequence = receipt & sequence_max;
    view->receipt_is_blank = all_erased(bytes, RECEIPT_SIZE);
    view->receipt_sequence = receipt == receipt_of(sequence) ? sequence : 0;
}

/* Continues the CRC over the stored payload, copying it to dst unless that is NULL. */
static enum wh_err stream_payload(const struct wh_slot_place *place, size_t length, uint8_t *dst,
                                  uint32_t *crc)
{
    uint8_t chunk[CHUNK_SIZE];
    for (size_t done = 0; done < length;) {
        const size_t part = length - done < sizeof chunk ? length - done : sizeof chunk;
        const enum wh_err err =
            place->nvm->read(place->nvm->context, place->address + (uint32_t)done, chunk, part);
        if (err != WH_OK) {
            return err;
        }
        *crc = wh_crc32(*crc, chunk, part);
        if (dst != NULL) {
            memcpy(dst + done, chunk, part);
        }
        done += part;
    }
    return WH_OK;
}

static bool commit_is_plausible(const struct commit *commit, const struct wh_slot_place *place)
{
    return commit->sequence >= 1 && commit->sequence <= sequence_max &&
           wh_slot_of_sequence(commit->sequence, place->slot_count) == place->index &&
           commit->length <= place->payload_size;
}

enum wh_err wh_slot_inspect(const struct wh_slot_place *place, void *dst, size_t dst_size,
                            struct wh_slot_view *view)
{
    uint8_t tail[WH_SLOT_TAIL_SIZE];
    memset(view, 0, sizeof *view);
    enum wh_err err = place->nvm->read(place->nvm->context, tail_address(place), tail, sizeof tail);
    if (err != WH_OK) {
        return err;
    }
    decode_receipt(tail + RECEIPT_AT, view);
    view->state = all_erased(tail, sizeof tail) ? WH_SLOT_BLANK : WH_SLOT_INVALID;
    const struct commit commit = decode_commit(tail + COMMIT_AT);
    if (!commit_is_plausible(&commit, place)) {
        return WH_OK;
    }
    uint32_t crc = begin_crc(place, tail + COMMIT_AT);
    err = stream_payload(place, commit.length, commit.length <= dst_size ? dst : NULL, &crc);
    if (err == WH_OK && crc == commit.crc) {
        view->state = WH_SLOT_VALID;
        view->record = (struct wh_store_record){commit.sequence, commit.version, commit.length};
    }
    return err;
}

/* Compares bytes, not checksums: it is both stricter and faster. */
static enum wh_err read_back(const struct wh_slot_place *place, uint32_t address,
                             const void *written, size_t length)
{
    uint8_t chunk[READ_BACK_SIZE];
    const uint8_t *expected = written;
    for (size_t done = 0; done < length;) {
        const size_t part = length - done < sizeof chunk ? length - done : sizeof chunk;
        const enum wh_err err =
            place->nvm->read(place->nvm->context, address + (uint32_t)done, chunk, part);
        if (err != WH_OK || memcmp(chunk, expected + done, part) != 0) {
            return WH_ERR_IO;
        }
        done += part;
    }
    return WH_OK;
}

static enum wh_err write_receipt(const struct wh_slot_place *place, uint64_t sequence)
{
    uint8_t receipt[RECEIPT_SIZE];
    wh_put_u64le(receipt, receipt_of(sequence));
    return wh_span_write(place->nvm, tail_address(place) + RECEIPT_AT, receipt, sizeof receipt);
}

enum wh_err wh_slot_write(const struct wh_slot_place *place, const struct wh_store_record *record,
                          const void *payload)
{
    uint8_t commit[COMMIT_SIZE];
    if (record->sequence > sequence_max) {
        return WH_ERR_IO; /* the numbers have run out: nobody lives to see it, but a forged memory may say so */
    }
    encode_commit(commit, place, record, payload);
    enum wh_err err = wh_span_write(place->nvm, place->address, payload, record->length);
    if (err == WH_OK) {
        err = wh_span_write(place->nvm, tail_address(place) + COMMIT_AT, commit, sizeof commit);
    }
    if (err == WH_OK) {
        err = read_back(place, place->address, payload, record->length);
    }
    if (err == WH_OK) {
        err = read_back(place, tail_address(place) + COMMIT_AT, commit, sizeof commit);
    }
    if (err == WH_OK) {
        err = write_receipt(place, record->sequence);
    }
    return err == WH_OK ? WH_OK : WH_ERR_IO;
}
