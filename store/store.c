/* Writing and reading of a mounted store. Invariant: the slot of next_sequence is never that of
 * newest_sequence, so the newest acknowledged record is not written to, however many attempts fail.
 */
#include "store/store.h"

#include "store/slot.h"

enum { RING_NOT_FOUND = -1 };

static int find_ring(const struct wh_store *store, uint16_t ring_id)
{
    for (int i = 0; i < store->layout->ring_count; i++) {
        if (store->layout->rings[i].id == ring_id) {
            return i;
        }
    }
    return RING_NOT_FOUND;
}

/* The common beginning of every call by ring id. */
static enum wh_err choose_ring(const struct wh_store *store, uint16_t ring_id, unsigned *ring_index)
{
    if (store->layout == NULL) {
        return WH_ERR_STATE;
    }
    const int found = find_ring(store, ring_id);
    if (found == RING_NOT_FOUND) {
        return WH_ERR_NOT_FOUND;
    }
    *ring_index = (unsigned)found;
    return WH_OK;
}

enum wh_err wh_store_write(struct wh_store *store, uint16_t ring_id, uint16_t version,
                           const void *payload, size_t length)
{
    unsigned ring_index;
    enum wh_err err = choose_ring(store, ring_id, &ring_index);
    if (err != WH_OK) {
        return err;
    }
    const struct wh_store_ring *ring = &store->layout->rings[ring_index];
    struct wh_store_cursor *cursor = &store->cursors[ring_index];
    if (cursor->is_lost) {
        return WH_ERR_CORRUPT;
    }
    if (length > ring->payload_size) {
        return WH_ERR_ARGUMENT;
    }
    const struct wh_store_record record = {cursor->next_sequence, version, (uint16_t)length};
    const struct wh_slot_place place =
        wh_slot_place(store->nvm, store->layout, ring_index,
                      wh_slot_of_sequence(record.sequence, ring->slot_count));
    err = wh_slot_write(&place, &record, payload);
    if (err == WH_OK) {
        cursor->newest_sequence = record.sequence;
    }
    /* A failed attempt uses up its number and its slot too: a worn slot is passed over, and no
     * number is used twice. */
    cursor->next_sequence =
        wh_slot_sequence_after(record.sequence, cursor->newest_sequence, ring->slot_count);
    return err;
}

/* Reads the record of that sequence from the slot in which it must be. */
static enum wh_err read_sequence(const struct wh_slot_place *place, uint64_t sequence, void *dst,
                                 size_t dst_size, struct wh_store_record *record)
{
    struct wh_slot_view view;
    if (wh_slot_inspect(place, dst, dst_size, &view) != WH_OK) {
        return WH_ERR_IO;
    }
    if (view.state == WH_SLOT_INVALID) {
        return WH_ERR_CORRUPT;
    }
    if (view.state == WH_SLOT_BLANK || view.record.sequence != sequence) {
        return WH_ERR_NOT_FOUND;
    }
    if (record != NULL) {
        *record = view.record;
    }
    return view.record.length <= dst_size ? WH_OK : WH_ERR_SPACE;
}

enum wh_err wh_store_read(const struct wh_store *store, uint16_t ring_id, uint16_t age, void *dst,
                          size_t dst_size, struct wh_store_record *record)
{
    unsigned ring_index;
    enum wh_err err = choose_ring(store, ring_id, &ring_index);
    if (err != WH_OK) {
        return err;
    }
    const uint16_t slot_count = store->layout->rings[ring_index].slot_count;
    const struct wh_store_cursor *cursor = &store->cursors[ring_index];
    if (cursor->is_lost) {
        return WH_ERR_CORRUPT;
    }
    if (age >= cursor->newest_sequence || age + 1 >= slot_count) {
        return WH_ERR_NOT_FOUND;
    }
    const uint64_t sequence = cursor->newest_sequence - age;
    const struct wh_slot_place place = wh_slot_place(store->nvm, store->layout, ring_index,
                                                     wh_slot_of_sequence(sequence, slot_count));
    err = read_sequence(&place, sequence, dst, dst_size, record);
    /* The newest was there when it was mounted or written: if it is gone now, that is damage. */
    return age == 0 && err == WH_ERR_NOT_FOUND ? WH_ERR_CORRUPT : err;
}

enum wh_err wh_store_accept_loss(struct wh_store *store, uint16_t ring_id)
{
    unsigned ring_index;
    const enum wh_err err = choose_ring(store, ring_id, &ring_index);
    if (err != WH_OK) {
        return err;
    }
    struct wh_store_cursor *cursor = &store->cursors[ring_index];
    if (!cursor->is_lost) {
        return WH_ERR_STATE;
    }
    cursor->is_lost = false;
    return WH_OK;
}
