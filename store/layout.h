/* Where things are: addresses from the layout and the page size (docs/store.md, "Map"). Private to
 * store/. All functions but the first take a layout that passed wh_layout_check. */
#ifndef WH_STORE_LAYOUT_H
#define WH_STORE_LAYOUT_H

#include "store/store.h"

enum { WH_SLOT_TAIL_SIZE = 24, WH_SLOT_ALIGNMENT = 16, WH_SUPERBLOCK_SIZE_MAX = 96 };

/* WH_ERR_ARGUMENT if the layout or page size breaks a rule of store.h, WH_ERR_SPACE if it does not
 * fit. */
enum wh_err wh_layout_check(const struct wh_store_layout *layout, const struct wh_nvm *nvm);

/* Bytes from one slot of the ring to the next. */
uint32_t wh_layout_slot_size(const struct wh_store_ring *ring);

/* Bytes set aside for one superblock copy: copy A is at 0, copy B at this address. */
uint32_t wh_layout_superblock_area(uint32_t page_size_bytes);

/* Address of a slot. */
uint32_t wh_layout_slot_address(const struct wh_store_layout *layout, uint32_t page_size_bytes,
                                unsigned ring_index, uint16_t slot);

#endif
