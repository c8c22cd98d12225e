/* The superblock: what kind of store this memory holds (docs/store.md). Private to store/. */
#ifndef WH_STORE_SUPERBLOCK_H
#define WH_STORE_SUPERBLOCK_H

#include "store/store.h"

/* The states as stored. */
enum wh_superblock_phase { WH_SUPERBLOCK_FORMATTING = 1, WH_SUPERBLOCK_READY = 2 };

enum wh_superblock_verdict {
    WH_SUPERBLOCK_IS_NONE,       /* anything without a valid magic, length and CRC */
    WH_SUPERBLOCK_IS_FORMATTING, /* formatting was begun, by whatever layout */
    WH_SUPERBLOCK_IS_READY,      /* this version, this layout, this page size */
    WH_SUPERBLOCK_IS_FOREIGN     /* intact, but another version, layout or page size */
};

enum wh_superblock_copy { WH_SUPERBLOCK_A, WH_SUPERBLOCK_B };

/* Reads and judges a copy. Fails with WH_ERR_IO only. */
enum wh_err wh_superblock_read(const struct wh_nvm *nvm, const struct wh_store_layout *layout,
                               enum wh_superblock_copy copy, enum wh_superblock_verdict *verdict);

/* Writes a copy. */
enum wh_err wh_superblock_write(const struct wh_nvm *nvm, const struct wh_store_layout *layout,
                                enum wh_superblock_copy copy, enum wh_superblock_phase phase);

#endif
