/* Arithmetic of the map. Invariant: slots start at multiples of 16, which divides every allowed
 * page size, so the 16-byte commit and the 8-byte receipt at the end of a slot never cross a page.
 */
#include "store/layout.h"

enum { PAGE_SIZE_MAX = 65536, RING_ID_MAX = 65534, SLOT_COUNT_MIN = 2 };

static uint32_t round_up(uint32_t value, uint32_t power_of_two)
{
    return (value + power_of_two - 1) & ~(power_of_two - 1);
}

static bool page_size_is_valid(uint32_t page_size_bytes)
{
    return page_size_bytes >= WH_STORE_PAGE_SIZE_MIN && page_size_bytes <= PAGE_SIZE_MAX &&
           (page_size_bytes & (page_size_bytes - 1)) == 0;
}

static bool ring_is_valid(const struct wh_store_layout *layout, unsigned index)
{
    const struct wh_store_ring *ring = &layout->rings[index];
    for (unsigned i = 0; i < index; i++) {
        if (layout->rings[i].id == ring->id) {
            return false;
        }
    }
    return ring->id >= 1 && ring->id <= RING_ID_MAX && ring->payload_size >= 1 &&
           ring->payload_size <= WH_STORE_PAYLOAD_MAX && ring->slot_count >= SLOT_COUNT_MIN;
}

static bool layout_is_valid(const struct wh_store_layout *layout)
{
    if (layout->ring_count < 1 || layout->ring_count > WH_STORE_RINGS_MAX) {
        return false;
    }
    for (unsigned i = 0; i < layout->ring_count; i++) {
        if (!ring_is_valid(layout, i)) {
            return false;
        }
    }
    return true;
}

uint32_t wh_layout_slot_size(const struct wh_store_ring *ring)
{
    return round_up((uint32_t)ring->payload_size + WH_SLOT_TAIL_SIZE, WH_SLOT_ALIGNMENT);
}

uint32_t wh_layout_superblock_area(uint32_t page_size_bytes)
{
    return round_up(WH_SUPERBLOCK_SIZE_MAX, page_size_bytes);
}

uint32_t wh_layout_slot_address(const struct wh_store_layout *layout, uint32_t page_size_bytes,
                                unsigned ring_index, uint16_t slot)
{
    uint32_t address = 2 * wh_layout_superblock_area(page_size_bytes);
    for (unsigned i = 0; i < ring_index; i++) {
        address += layout->rings[i].slot_count * wh_layout_slot_size(&layout->rings[i]);
    }
    return ring_index < layout->ring_count
               ? address + slot * wh_layout_slot_size(&layout->rings[ring_index])
               : address;
}

uint32_t wh_store_size_bytes(const struct wh_store_layout *layout, uint32_t page_size_bytes)
{
    if (!page_size_is_valid(page_size_bytes) || !layout_is_valid(layout)) {
        return 0;
    }
    return wh_layout_slot_address(layout, page_size_bytes, layout->ring_count, 0);
}

enum wh_err wh_layout_check(const struct wh_store_layout *layout, const struct wh_nvm *nvm)
{
    const uint32_t needed = wh_store_size_bytes(layout, nvm->page_size_bytes);
    if (needed == 0) {
        return WH_ERR_ARGUMENT;
    }
    return needed <= nvm->size_bytes ? WH_OK : WH_ERR_SPACE;
}
