/* Finding out what a memory holds. Invariants: nothing is written; a read error is never taken for
 * damage; what is reported lost was acknowledged, what is reported torn was not (docs/store.md). */
#include "store/layout.h"
#include "store/slot.h"
#include "store/span.h"
#include "store/superblock.h"

#include <string.h>

/* What the pass over the slots of one ring gathers. */
struct scan {
    uint16_t valid_count;
    uint16_t invalid_count;
    uint16_t blank_count;
    bool has_receipt;          /* some receipt is not blank: something was acknowledged once */
    uint64_t newest_sequence;  /* of the valid records; 0 if there is none */
    uint64_t receipt_sequence; /* the newest in a receipt of an invalid slot; 0 if there is none */
};

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static enum wh_err blank_or_corrupt(const struct wh_nvm *nvm, uint32_t from, bool zeros_are_blank)
{
    bool is_blank;
    enum wh_err err = wh_span_is_filled(nvm, from, nvm->size_bytes, 0xff, &is_blank);
    if (err == WH_OK && !is_blank && zeros_are_blank) {
        err = wh_span_is_filled(nvm, from, nvm->size_bytes, 0x00, &is_blank);
    }
    if (err != WH_OK) {
        return WH_ERR_IO;
    }
    return is_blank ? WH_ERR_BLANK : WH_ERR_CORRUPT;
}

/* No copy says ready and copy A says nothing: was there ever anything? */
static enum wh_err judge_without_a(const struct wh_nvm *nvm, bool b_is_formatting,
                                   struct wh_store_report *report)
{
    const uint32_t area = wh_layout_superblock_area(nvm->page_size_bytes);
    if (!b_is_formatting) {
        return blank_or_corrupt(nvm, area, true);
    }
    const enum wh_err err = blank_or_corrupt(nvm, 2 * area, false);
    report->format_interrupted = err == WH_ERR_BLANK;
    return err;
}

/* The table of docs/store.md, "Mounting". WH_OK: the layout is the one on the memory. */
static enum wh_err judge_superblocks(const struct wh_nvm *nvm, const struct wh_store_layout *layout,
                                     struct wh_store_report *report)
{
    enum wh_superblock_verdict a;
    enum wh_superblock_verdict b;
    if (wh_superblock_read(nvm, layout, WH_SUPERBLOCK_A, &a) != WH_OK ||
        wh_superblock_read(nvm, layout, WH_SUPERBLOCK_B, &b) != WH_OK) {
        return WH_ERR_IO;
    }
    if (a == WH_SUPERBLOCK_IS_FORMATTING) {
        report->format_interrupted = true;
        return WH_ERR_BLANK;
    }
    const enum wh_superblock_verdict deciding = a != WH_SUPERBLOCK_IS_NONE ? a : b;
    if (deciding == WH_SUPERBLOCK_IS_FOREIGN) {
        return WH_ERR_VERSION;
    }
    if (deciding != WH_SUPERBLOCK_IS_READY) {
        return judge_without_a(nvm, deciding == WH_SUPERBLOCK_IS_FORMATTING, report);
    }
    report->superblock_count = a == b ? 2 : 1;
    return WH_OK;
}

static void count_slot(struct scan *scan, const struct wh_slot_view *view)
{
    if (view->state == WH_SLOT_BLANK) {
        scan->blank_count++;
    } else if (view->state == WH_SLOT_VALID) {
        scan->valid_count++;
        scan->newest_sequence = larger(scan->newest_sequence, view->record.sequence);
    } else {
        scan->invalid_count++;
        scan->receipt_sequence = larger(scan->receipt_sequence, view->receipt_sequence);
    }
    scan->has_receipt = scan->has_receipt || !view->receipt_is_blank;
}

static enum wh_err scan_ring(const struct wh_store *store, unsigned ring_index, struct scan *scan)
{
    memset(scan, 0, sizeof *scan);
    for (uint16_t i = 0; i < store->layout->rings[ring_index].slot_count; i++) {
        const struct wh_slot_place place = wh_slot_place(store->nvm, store->layout, ring_index, i);
        struct wh_slot_view view;
        const enum wh_err err = wh_slot_inspect(&place, NULL, 0, &view);
        if (err != WH_OK) {
            return WH_ERR_IO;
        }
        count_slot(scan, &view);
    }
    return WH_OK;
}

static enum wh_store_ring_state ring_state(const struct scan *scan)
{
    if (scan->valid_count > 0) {
        return WH_STORE_GOOD;
    }
    return scan->has_receipt ? WH_STORE_LOST : WH_STORE_EMPTY;
}

/* A ring with a record: was there a newer one, and is the next slot an interrupted write? In a ring
 * that went round, no slot can be blank unless it was wiped. */
static enum wh_err report_good(const struct scan *scan, const struct wh_slot_place *next,
                               bool went_round, struct wh_store_ring_report *report)
{
    struct wh_slot_view view;
    if (wh_slot_inspect(next, NULL, 0, &view) != WH_OK) {
        return WH_ERR_IO;
    }
    const bool was_wiped = went_round && view.state == WH_SLOT_BLANK;
    const bool was_acknowledged = view.receipt_sequence > scan->newest_sequence;
    report->newest_lost = was_wiped || scan->receipt_sequence > scan->newest_sequence;
    report->torn_count = view.state == WH_SLOT_INVALID && !was_acknowledged ? 1 : 0;
    report->damaged_count =
        (uint16_t)(scan->invalid_count - report->torn_count + (went_round ? scan->blank_count : 0));
    return WH_OK;
}

static enum wh_err report_ring(const struct wh_store *store, unsigned ring_index,
                               const struct scan *scan, struct wh_store_ring_report *report)
{
    const struct wh_store_ring *ring = &store->layout->rings[ring_index];
    report->ring_id = ring->id;
    report->state = ring_state(scan);
    report->newest_sequence = scan->newest_sequence;
    report->valid_count = scan->valid_count;
    if (report->state == WH_STORE_EMPTY) {
        report->torn_count = scan->invalid_count;
    } else if (report->state == WH_STORE_LOST) {
        report->damaged_count = scan->invalid_count;
    } else {
        const uint64_t sequence = store->cursors[ring_index].next_sequence;
        const struct wh_slot_place next = wh_slot_place(
            store->nvm, store->layout, ring_index, wh_slot_of_sequence(sequence, ring->slot_count));
        return report_good(scan, &next, sequence > ring->slot_count, report);
    }
    return WH_OK;
}

static enum wh_err mount_ring(struct wh_store *store, unsigned ring_index,
                              struct wh_store_ring_report *report)
{
    struct wh_store_cursor *cursor = &store->cursors[ring_index];
    struct scan scan;
    const enum wh_err err = scan_ring(store, ring_index, &scan);
    if (err != WH_OK) {
        return err;
    }
    cursor->is_lost = ring_state(&scan) == WH_STORE_LOST;
    cursor->newest_sequence = scan.newest_sequence;
    cursor->next_sequence =
        wh_slot_sequence_after(larger(scan.newest_sequence, scan.receipt_sequence),
                               scan.newest_sequence, store->layout->rings[ring_index].slot_count);
    return report_ring(store, ring_index, &scan, report);
}

static enum wh_err mount_rings(struct wh_store *store, struct wh_store_report *report)
{
    enum wh_err result = WH_OK;
    for (unsigned i = 0; i < store->layout->ring_count; i++) {
        const enum wh_err err = mount_ring(store, i, &report->rings[i]);
        if (err != WH_OK) {
            return err;
        }
        report->ring_count++;
        if (report->rings[i].state == WH_STORE_LOST) {
            result = WH_ERR_CORRUPT;
        }
    }
    return result;
}

enum wh_err wh_store_mount(struct wh_store *store, const struct wh_nvm *nvm,
                           const struct wh_store_layout *layout, struct wh_store_report *report)
{
    memset(store, 0, sizeof *store);
    memset(report, 0, sizeof *report);
    enum wh_err err = wh_layout_check(layout, nvm);
    if (err == WH_OK) {
        err = judge_superblocks(nvm, layout, report);
    }
    if (err != WH_OK) {
        return err;
    }
    store->nvm = nvm;
    store->layout = layout;
    err = mount_rings(store, report);
    if (err == WH_ERR_IO) {
        memset(store, 0, sizeof *store);
    }
    return err;
}
