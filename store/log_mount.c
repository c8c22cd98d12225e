/* Finding the newest record of a ring log. Invariants: nothing is written; a read error is never
 * taken for damage; the first slot used afterwards is above all that show any trace of programming,
 * and one more. */
#include "store/log_slot.h"

#include <string.h>

enum { FIRST_SLOTS = 4 }; /* of a sector, looked at for a record that says which lap it is of */

/* The first record that can be read among the first slots of a sector; 0 if there is none. */
static enum wh_err first_in_sector(const struct wh_log *log, uint32_t sector, uint32_t *sequence)
{
    const uint32_t first = sector * log->slots_per_sector;
    *sequence = 0;
    for (uint32_t i = 0; i < FIRST_SLOTS && i < log->slots_per_sector; i++) {
        struct wh_log_head head;
        const enum wh_err err = wh_log_slot_record(log, first + i, NULL, &head);
        if (err != WH_ERR_CORRUPT) {
            *sequence = err == WH_OK ? head.sequence : 0;
            return err;
        }
    }
    return WH_OK;
}

/* The last record of a sector; sequence 0 if there is none. */
static enum wh_err last_in_sector(const struct wh_log *log, uint32_t sector,
                                  struct wh_log_head *head)
{
    const uint32_t first = sector * log->slots_per_sector;
    for (uint32_t i = log->slots_per_sector; i > 0; i--) {
        const enum wh_err err = wh_log_slot_record(log, first + i - 1, NULL, head);
        if (err != WH_ERR_CORRUPT) {
            return err;
        }
    }
    head->sequence = 0;
    return WH_OK;
}

/* Looks at the beginnings of all sectors: the newest record below limit among them, and how many
 * there are. */
static enum wh_err survey(const struct wh_log *log, uint32_t limit, uint32_t *newest,
                          uint32_t *sector_count)
{
    *newest = 0;
    *sector_count = 0;
    for (uint32_t sector = 0; sector < log->design->sector_count; sector++) {
        uint32_t sequence;
        if (first_in_sector(log, sector, &sequence) != WH_OK) {
            return WH_ERR_IO;
        }
        *newest = sequence > *newest && sequence < limit ? sequence : *newest;
        *sector_count += sequence != 0;
    }
    return WH_OK;
}

/* The newest record from that sector on: its last one, or that of a sector after it, should the
 * beginning of that one be damaged. */
static enum wh_err follow(const struct wh_log *log, uint32_t sector, struct wh_log_head *newest)
{
    struct wh_log_head head;
    enum wh_err err = last_in_sector(log, sector, &head);
    newest->sequence = 0;
    while (err == WH_OK && head.sequence > newest->sequence) {
        *newest = head;
        sector = (sector + 1) % log->design->sector_count;
        err = last_in_sector(log, sector, &head);
    }
    return err;
}

/* The newest record of all. More than one round only if a record was read that cannot be read
 * again. */
static enum wh_err find_newest(const struct wh_log *log, struct wh_log_head *newest,
                               uint32_t *sector_count)
{
    uint32_t beginning = UINT32_MAX;
    enum wh_err err;
    do {
        err = survey(log, beginning, &beginning, sector_count);
        if (err == WH_OK) {
            err = follow(log, beginning == 0 ? 0 : wh_log_slot_sector(log, beginning), newest);
        }
    } while (err == WH_OK && newest->sequence == 0 && beginning != 0);
    return err;
}

/* The highest sequence of the newest record's sector that shows a trace, and how many above it do.
 */
static enum wh_err find_traces(const struct wh_log *log, uint32_t newest, uint32_t *highest,
                               uint32_t *count)
{
    *highest = newest;
    *count = 0;
    for (uint32_t s = newest + 1; !wh_log_slot_enters_sector(log, s); s++) {
        bool is_blank;
        if (wh_log_slot_is_blank(log, s, &is_blank) != WH_OK) {
            return WH_ERR_IO;
        }
        if (!is_blank) {
            *highest = s;
            (*count)++;
        }
    }
    return WH_OK;
}

/* Where to go on. A slot that was being programmed when power failed may look blank and not be, so
 * one is left out; at the beginning of a sector erasing takes care of that. */
static void resume(struct wh_log *log, const struct wh_log_head *newest, uint32_t highest)
{
    log->newest = newest->sequence;
    log->is_settled = newest->sequence == 0;
    log->next = highest + 1;
    if (!wh_log_slot_enters_sector(log, log->next)) {
        log->next++;
    }
    log->run = log->next;
    log->holes = (uint16_t)(newest->holes + (log->next - newest->sequence - 1));
}

/* How many of the sectors kept do not begin with a record. */
static enum wh_err count_damaged(const struct wh_log *log, uint32_t readable, uint32_t *damaged)
{
    const uint32_t first = wh_log_slot_lap_sector(log, wh_log_oldest(log));
    const uint32_t last = wh_log_slot_lap_sector(log, log->newest);
    uint32_t given_up = 0; /* the sector about to be erased may still be readable */
    if (first > 0 && last - first + 1 < log->design->sector_count) {
        const enum wh_err err =
            first_in_sector(log, (last + 1) % log->design->sector_count, &given_up);
        if (err != WH_OK) {
            return err;
        }
    }
    const uint32_t kept = readable - (given_up != 0);
    *damaged = last - first + 1 > kept ? last - first + 1 - kept : 0;
    return WH_OK;
}

static enum wh_err look_through(struct wh_log *log, struct wh_log_report *report)
{
    uint32_t readable;
    uint32_t highest = 0;
    struct wh_log_head newest = {0};
    enum wh_err err = find_newest(log, &newest, &readable);
    if (err == WH_OK && newest.sequence != 0) {
        err = find_traces(log, newest.sequence, &highest, &report->torn_count);
    }
    if (err == WH_OK) {
        resume(log, &newest, highest);
    }
    if (err == WH_OK && newest.sequence != 0) {
        err = count_damaged(log, readable, &report->damaged_count);
    }
    return err;
}

enum wh_err wh_log_mount(struct wh_log *log, const struct wh_flash *flash,
                         const struct wh_log_design *design, struct wh_log_report *report)
{
    memset(log, 0, sizeof *log);
    memset(report, 0, sizeof *report);
    enum wh_err err = wh_log_check(design, flash);
    if (err != WH_OK) {
        return err;
    }
    log->flash = flash;
    log->design = design;
    log->seed = wh_log_slot_seed(design);
    log->slots_per_sector =
        (uint16_t)(flash->sector_size_bytes / (design->payload_size + (uint32_t)WH_LOG_OVERHEAD));
    err = look_through(log, report);
    if (err != WH_OK) {
        memset(log, 0, sizeof *log);
    }
    return err;
}
