/* Writing and reading of a mounted store. Invariant: next_slot is never newest_slot, so the newest
 * acknowledged record is not written to, however many attempts fail. */
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

/* Every attempt uses up a slot and a number: a worn slot is passed over, a number is never used
 * twice. */
static void advance(struct wh_store_cursor *cursor, uint16_t slot_count)
{
    cursor->next_sequence++;
    cursor->next_slot = (uint16_t)((cursor->next_slot + 1u) % slot_count);
    if (cursor->state == WH_STORE_GOOD && cursor->next_slot == cursor->newest_slot) {
        cursor->next_slot = (uint16_t)((cursor->next_slot + 1u) % slot_count);
    }
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
    if (cursor->state == WH_STORE_LOST) {
        return WH_ERR_CORRUPT;
    }
    if (length > ring->payload_size) {
        return WH_ERR_ARGUMENT;
    }
    const struct wh_store_record record = {cursor->next_sequence, version, (uint16_t)length};
    const struct wh_slot_place place =
        wh_slot_place(store->nvm, store->layout, ring_index, cursor->next_slot);
    err = wh_slot_write(&place, &record, payload);
    if (err == WH_OK) {
        cursor->newest_sequence = record.sequence;
        cursor->newest_slot = place.index;
        cursor->state = WH_STORE_GOOD;
    }
    advance(cursor, ring->slot_count);
    return err;
}

/* What a slot that should hold the record of that age holds. */
static enum wh_err judge_aged(const struct wh_store_cursor *cursor, uint16_t age,
                              const struct wh_slot_view *view)
{
    if (view->state == WH_SLOT_INVALID) {
        return WH_ERR_CORRUPT;
    }
    if (age == 0) {
        const bool is_newest =
            view->state == WH_SLOT_VALID && view->record.sequence == cursor->newest_sequence;
        return is_newest ? WH_OK : WH_ERR_CORRUPT;
    }
    /* A newer one here is a failed attempt that was whole after all: not part of the history. */
    const bool is_older =
        view->state == WH_SLOT_VALID && view->record.sequence < cursor->newest_sequence;
    return is_older ? WH_OK : WH_ERR_NOT_FOUND;
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
    if (cursor->state != WH_STORE_GOOD) {
        return cursor->state == WH_STORE_LOST ? WH_ERR_CORRUPT : WH_ERR_NOT_FOUND;
    }
    if (age + 1 >= slot_count) {
        return WH_ERR_NOT_FOUND;
    }
    const uint16_t slot =
        (uint16_t)((cursor->newest_slot + (unsigned)slot_count - age) % slot_count);
    const struct wh_slot_place place = wh_slot_place(store->nvm, store->layout, ring_index, slot);
    struct wh_slot_view view;
    if (wh_slot_inspect(&place, dst, dst_size, &view) != WH_OK) {
        return WH_ERR_IO;
    }
    err = judge_aged(cursor, age, &view);
    if (err != WH_OK) {
        return err;
    }
    if (record != NULL) {
        *record = view.record;
    }
    return view.record.length <= dst_size ? WH_OK : WH_ERR_SPACE;
}

enum wh_err wh_store_accept_loss(struct wh_store *store, uint16_t ring_id)
{
    unsigned ring_index;
    const enum wh_err err = choose_ring(store, ring_id, &ring_index);
    if (err != WH_OK) {
        return err;
    }
    struct wh_store_cursor *cursor = &store->cursors[ring_index];
    if (cursor->state != WH_STORE_LOST) {
        return WH_ERR_STATE;
    }
    cursor->state = WH_STORE_EMPTY;
    return WH_OK;
}
