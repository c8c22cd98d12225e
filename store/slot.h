/* One slot: writing a record in the order that makes it safe, and judging what a slot holds
 * (docs/store.md, "Slot" and "Writing a record"). Private to store/. */
#ifndef WH_STORE_SLOT_H
#define WH_STORE_SLOT_H

#include "store/store.h"

/* Which slot, and where. */
struct wh_slot_place {
    const struct wh_nvm *nvm;
    uint32_t address;
    uint32_t slot_size;
    uint16_t ring_id;
    uint16_t payload_size;
    uint16_t slot_count;
    uint16_t index;
};

enum wh_slot_state { WH_SLOT_BLANK, WH_SLOT_VALID, WH_SLOT_INVALID };

/* What a slot holds. record counts only when state is VALID. */
struct wh_slot_view {
    enum wh_slot_state state;
    struct wh_store_record record;
    bool receipt_is_blank;
    uint64_t
        receipt_sequence; /* the number that was acknowledged here; 0 if the receipt is not valid */
};

/* The place of a slot of ring number ring_index of the layout. */
struct wh_slot_place wh_slot_place(const struct wh_nvm *nvm, const struct wh_store_layout *layout,
                                   unsigned ring_index, uint16_t index);

/* Judges a slot. If dst is not NULL and the payload fits dst_size, the payload is copied there on
 * the way, so that the CRC was checked over exactly these bytes. Fails with WH_ERR_IO only. */
enum wh_err wh_slot_inspect(const struct wh_slot_place *place, void *dst, size_t dst_size,
                            struct wh_slot_view *view);

/* The slot in which the record of that sequence lives: (sequence - 1) mod slot_count. */
uint16_t wh_slot_of_sequence(uint64_t sequence, uint16_t slot_count);

/* The sequence of the attempt after number last: the next one whose slot is not that of the newest
 * record (0: there is none). */
uint64_t wh_slot_sequence_after(uint64_t last, uint64_t newest, uint16_t slot_count);

/* Writes record and payload, reads them back and leaves the receipt. Any failure is WH_ERR_IO. */
enum wh_err wh_slot_write(const struct wh_slot_place *place, const struct wh_store_record *record,
                          const void *payload);

#endif
