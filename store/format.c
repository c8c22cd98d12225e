/* Making an empty store, and mending its superblock. Invariant: from the first completed write
 * until everything is erased, copy A says "being formatted" or copy B does; only then may a copy
 * say ready. */
#include "store/layout.h"
#include "store/span.h"
#include "store/superblock.h"

static enum wh_err write_both(const struct wh_nvm *nvm, const struct wh_store_layout *layout,
                              enum wh_superblock_phase phase)
{
    const enum wh_err err = wh_superblock_write(nvm, layout, WH_SUPERBLOCK_A, phase);
    return err == WH_OK ? wh_superblock_write(nvm, layout, WH_SUPERBLOCK_B, phase) : err;
}

enum wh_err wh_store_format(const struct wh_nvm *nvm, const struct wh_store_layout *layout)
{
    enum wh_err err = wh_layout_check(layout, nvm);
    if (err != WH_OK) {
        return err;
    }
    err = write_both(nvm, layout, WH_SUPERBLOCK_FORMATTING);
    if (err == WH_OK) {
        err = wh_span_erase(nvm, 2 * wh_layout_superblock_area(nvm->page_size_bytes),
                            nvm->size_bytes);
    }
    if (err == WH_OK) {
        err = write_both(nvm, layout, WH_SUPERBLOCK_READY);
    }
    return err == WH_OK ? WH_OK : WH_ERR_IO;
}

enum wh_err wh_store_repair(const struct wh_store *store)
{
    static const enum wh_superblock_copy copies[] = {WH_SUPERBLOCK_A, WH_SUPERBLOCK_B};
    if (store->layout == NULL) {
        return WH_ERR_STATE;
    }
    for (unsigned i = 0; i < sizeof copies / sizeof copies[0]; i++) {
        enum wh_superblock_verdict verdict;
        enum wh_err err = wh_superblock_read(store->nvm, store->layout, copies[i], &verdict);
        if (err == WH_OK && verdict != WH_SUPERBLOCK_IS_READY) {
            err = wh_superblock_write(store->nvm, store->layout, copies[i], WH_SUPERBLOCK_READY);
        }
        if (err != WH_OK) {
            return WH_ERR_IO;
        }
    }
    return WH_OK;
}
