/* Blocks of an image on flash. Invariant: a block counts as there only after it was read back as it
 * came, and after a power cut only if its whole sector had been noted. */
#include "app/image_slot.h"
#include "common/bytes.h"
#include <string.h>

enum { PROGRESS_ID = 102, PROGRESS_SIZE = 8, PROGRESS_VERSION = 1, CHUNK = 64 };

static uint32_t sector_size(const struct wh_image_slot *slot)
{
    return slot->board->flash->sector_size_bytes;
}

static uint32_t body_sectors(const struct wh_image_board *board)
{
    const uint32_t size = board->flash->sector_size_bytes;
    return (board->size_max + size - 1) / size;
}

uint32_t wh_image_sectors(const struct wh_image_board *board)
{
    return 2 * WH_IMAGE_LOG_SECTORS + body_sectors(board);
}

static uint32_t address_of(const struct wh_image_slot *slot, uint32_t offset)
{
    const uint32_t first = slot->board->first_sector + 2 * WH_IMAGE_LOG_SECTORS;
    return first * sector_size(slot) + offset;
}

/* ---- Bits ---- */

static bool is_set(const uint8_t *bits, uint32_t index)
{
    return (bits[index / 8] >> (7 - index % 8) & 1u) != 0;
}

static void put_bit(uint8_t *bits, uint32_t index, bool value)
{
    const uint8_t bit = (uint8_t)(0x80u >> index % 8);
    bits[index / 8] = (uint8_t)(value ? bits[index / 8] | bit : bits[index / 8] & ~bit);
}

uint32_t wh_image_slot_blocks(const struct wh_image_slot *slot)
{
    return (slot->size + WH_IMAGE_BLOCK - 1) / WH_IMAGE_BLOCK;
}

bool wh_image_slot_has(const struct wh_image_slot *slot, uint32_t block)
{
    return block < wh_image_slot_blocks(slot) && is_set(slot->there, block);
}

uint32_t wh_image_slot_missing(const struct wh_image_slot *slot)
{
    uint32_t block = 0;
    while (wh_image_slot_has(slot, block)) {
        block++;
    }
    return block;
}

/* Blocks of a sector, first to before *end. */
static uint32_t blocks_of(const struct wh_image_slot *slot, uint32_t sector, uint32_t *end)
{
    const uint32_t per_sector = sector_size(slot) / WH_IMAGE_BLOCK;
    const uint32_t count = wh_image_slot_blocks(slot);
    *end = (sector + 1) * per_sector < count ? (sector + 1) * per_sector : count;
    return sector * per_sector;
}

static void mark_sector(struct wh_image_slot *slot, uint32_t sector, bool is_there)
{
    uint32_t end;
    for (uint32_t b = blocks_of(slot, sector, &end); b < end; b++) {
        put_bit(slot->there, b, is_there);
    }
}

static bool is_complete(const struct wh_image_slot *slot, uint32_t sector)
{
    uint32_t end;
    uint32_t block = blocks_of(slot, sector, &end);
    while (block < end && is_set(slot->there, block)) {
        block++;
    }
    return block == end;
}

/* ---- Progress ---- */

static void take_note(struct wh_image_slot *slot, uint32_t transfer, uint32_t sector)
{
    slot->highest = transfer > slot->highest ? transfer : slot->highest;
    if (transfer == slot->transfer && sector < body_sectors(slot->board)) {
        mark_sector(slot, sector, true);
    }
}

static enum wh_err restore(struct wh_image_slot *slot)
{
    struct wh_log_range range;
    uint8_t payload[PROGRESS_SIZE];
    enum wh_err err = wh_log_range_begin_entries(&slot->progress, UINT32_MAX, 0, &range);
    while (err == WH_OK) {
        err = wh_log_range_next(&range, payload, NULL);
        if (err == WH_OK) {
            take_note(slot, wh_get_u32le(payload), wh_get_u32le(payload + 4));
        }
    }
    return err == WH_ERR_NOT_FOUND ? WH_OK : err;
}

static enum wh_err note(struct wh_image_slot *slot, uint32_t sector)
{
    uint8_t payload[PROGRESS_SIZE];
    wh_put_u32le(payload, slot->transfer);
    wh_put_u32le(payload + 4, sector);
    return wh_log_append(&slot->progress, PROGRESS_VERSION, 0, payload);
}

static enum wh_err check(const struct wh_image_slot *slot, const struct wh_image_board *board)
{
    const struct wh_flash *flash = board->flash;
    const bool fits = flash->sector_size_bytes >= WH_IMAGE_SECTOR &&
                      board->size_max > WH_IMAGE_HEADER && board->size_max <= WH_IMAGE_SIZE_MAX;
    if (!fits) {
        return WH_ERR_ARGUMENT;
    }
    const uint32_t sectors = flash->size_bytes / flash->sector_size_bytes;
    const uint32_t needed = wh_image_sectors(board);
    const bool has_room = needed <= sectors && board->first_sector <= sectors - needed;
    return has_room && body_sectors(board) <= wh_log_capacity(&slot->design, flash) ? WH_OK
                                                                                    : WH_ERR_SPACE;
}

enum wh_err wh_image_slot_mount(struct wh_image_slot *slot, const struct wh_image_board *board,
                                uint32_t transfer, uint32_t size)
{
    struct wh_log_report found;
    *slot = (struct wh_image_slot){
        .board = board,
        .design = {.id = PROGRESS_ID,
                   .payload_size = PROGRESS_SIZE,
                   .sector_count = WH_IMAGE_LOG_SECTORS,
                   .first_sector = board->first_sector + WH_IMAGE_LOG_SECTORS},
    };
    enum wh_err err = check(slot, board);
    if (err == WH_OK) {
        err = wh_log_mount(&slot->progress, board->flash, &slot->design, &found);
    }
    if (err == WH_OK) {
        slot->transfer = transfer;
        slot->size = size;
        err = restore(slot);
    }
    return err;
}

void wh_image_slot_begin(struct wh_image_slot *slot, uint32_t transfer, uint32_t size)
{
    slot->transfer = transfer;
    slot->size = size;
    memset(slot->there, 0, sizeof slot->there);
    memset(slot->opened, 0, sizeof slot->opened);
}

/* ---- Blocks ---- */

enum wh_err wh_image_slot_read(const struct wh_image_slot *slot, uint32_t offset, uint8_t *to,
                               size_t length)
{
    const struct wh_flash *flash = slot->board->flash;
    if (offset > slot->size || length > slot->size - offset) {
        return WH_ERR_ARGUMENT;
    }
    return flash->read(flash->context, address_of(slot, offset), to, length);
}

static enum wh_err compare(const struct wh_image_slot *slot, uint32_t offset, const uint8_t *data,
                           size_t length)
{
    uint8_t chunk[CHUNK];
    for (size_t done = 0; done < length; done += CHUNK) {
        const size_t part = length - done < CHUNK ? length - done : CHUNK;
        const enum wh_err err = wh_image_slot_read(slot, offset + (uint32_t)done, chunk, part);
        if (err != WH_OK) {
            return err;
        }
        if (memcmp(chunk, data + done, part) != 0) {
            return WH_ERR_ARGUMENT;
        }
    }
    return WH_OK;
}

static enum wh_err program(const struct wh_image_slot *slot, uint32_t offset, const uint8_t *data,
                           size_t length)
{
    const struct wh_flash *flash = slot->board->flash;
    const uint32_t page = flash->page_size_bytes;
    enum wh_err err = WH_OK;
    for (size_t done = 0; err == WH_OK && done < length;) {
        const uint32_t address = address_of(slot, offset + (uint32_t)done);
        const size_t room = page - address % page;
        const size_t part = length - done < room ? length - done : room;
        err = flash->program(flash->context, address, data + done, part);
        done += part;
    }
    return err == WH_OK && compare(slot, offset, data, length) != WH_OK ? WH_ERR_IO : err;
}

/* Erases a sector that is to be filled anew. */
static enum wh_err open_sector(struct wh_image_slot *slot, uint32_t sector)
{
    const struct wh_flash *flash = slot->board->flash;
    if (is_set(slot->opened, sector)) {
        return WH_OK;
    }
    const enum wh_err err =
        flash->erase(flash->context, address_of(slot, sector * sector_size(slot)));
    put_bit(slot->opened, sector, err == WH_OK);
    return err;
}

/* What failed may be in any state: the sector is filled anew. */
static enum wh_err give_up(struct wh_image_slot *slot, uint32_t sector)
{
    put_bit(slot->opened, sector, false);
    mark_sector(slot, sector, false);
    return WH_ERR_IO;
}

enum wh_err wh_image_slot_put(struct wh_image_slot *slot, uint32_t block, const uint8_t *data,
                              size_t length)
{
    const uint32_t count = wh_image_slot_blocks(slot);
    const uint32_t offset = block < count ? block * WH_IMAGE_BLOCK : 0;
    const uint32_t rest = slot->size - offset;
    if (block >= count || length != (rest < WH_IMAGE_BLOCK ? rest : WH_IMAGE_BLOCK)) {
        return WH_ERR_ARGUMENT;
    }
    if (is_set(slot->there, block)) {
        return compare(slot, offset, data, length);
    }
    const uint32_t sector = offset / sector_size(slot);
    if (open_sector(slot, sector) != WH_OK || program(slot, offset, data, length) != WH_OK) {
        return give_up(slot, sector);
    }
    put_bit(slot->there, block, true);
    return is_complete(slot, sector) && note(slot, sector) != WH_OK ? give_up(slot, sector) : WH_OK;
}
