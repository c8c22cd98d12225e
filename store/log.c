/* Appending to a ring log and reading one record. Invariants: a sector is erased whenever it is
 * entered, and never the one that holds the newest record; no slot is programmed that does not read
 * blank. */
#include "store/log.h"

#include "store/log_slot.h"

enum { RUN_LENGTH_MAX = 0xff0000 }; /* 24 bits, less what one append may pass over */

static bool is_power_of_two(uint32_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

static bool geometry_is_good(const struct wh_flash *flash)
{
    return is_power_of_two(flash->sector_size_bytes) && flash->sector_size_bytes <= 65536 &&
           is_power_of_two(flash->page_size_bytes) &&
           flash->page_size_bytes <= flash->sector_size_bytes &&
           flash->size_bytes % flash->sector_size_bytes == 0;
}

static uint32_t slots_per_sector(const struct wh_log_design *design, const struct wh_flash *flash)
{
    return flash->sector_size_bytes / (design->payload_size + (uint32_t)WH_LOG_OVERHEAD);
}

enum wh_err wh_log_check(const struct wh_log_design *design, const struct wh_flash *flash)
{
    if (!geometry_is_good(flash) || design->sector_count < 2 || design->payload_size == 0 ||
        slots_per_sector(design, flash) == 0) {
        return WH_ERR_ARGUMENT;
    }
    const uint32_t sectors = flash->size_bytes / flash->sector_size_bytes;
    const bool fits =
        design->first_sector < sectors && design->sector_count <= sectors - design->first_sector;
    return fits ? WH_OK : WH_ERR_SPACE;
}

uint32_t wh_log_capacity(const struct wh_log_design *design, const struct wh_flash *flash)
{
    if (wh_log_check(design, flash) != WH_OK) {
        return 0;
    }
    return (design->sector_count - 1u) * slots_per_sector(design, flash);
}

/* Uses up sequences without a record. */
static void pass_over(struct wh_log *log, uint16_t count)
{
    log->next += count;
    log->holes = (uint16_t)(log->holes + count);
}

/* Erases the sector of the next sequence if that is its first one. */
static enum wh_err enter_sector(struct wh_log *log)
{
    if (!wh_log_slot_enters_sector(log, log->next)) {
        return WH_OK;
    }
    const bool holds_newest = log->newest != 0 && wh_log_slot_sector(log, log->next) ==
                                                      wh_log_slot_sector(log, log->newest);
    if (holds_newest) {
        pass_over(log, log->slots_per_sector);
    }
    return wh_log_slot_is_possible(log, log->next) ? wh_log_slot_erase_sector(log, log->next)
                                                   : WH_ERR_SPACE;
}

/* Goes to the next slot that reads blank, at most to the end of the sector. WH_ERR_CORRUPT: there
 * is none. */
static enum wh_err find_blank(struct wh_log *log)
{
    bool is_blank;
    do {
        const enum wh_err err = wh_log_slot_is_blank(log, log->next, &is_blank);
        if (err != WH_OK || is_blank) {
            return err;
        }
        pass_over(log, 1);
    } while (!wh_log_slot_enters_sector(log, log->next));
    return WH_ERR_CORRUPT;
}

/* WH_ERR_CORRUPT: a slot, or the rest of a sector, is used up, and the next one may do. */
static enum wh_err attempt(struct wh_log *log, struct wh_log_head *head, const void *payload)
{
    enum wh_err err = wh_log_slot_is_possible(log, log->next) ? enter_sector(log) : WH_ERR_SPACE;
    if (err == WH_OK) {
        err = find_blank(log);
    }
    if (err != WH_OK) {
        return err;
    }
    head->sequence = log->next;
    head->holes = log->holes;
    err = wh_log_slot_program(log, head, payload);
    if (err == WH_OK) {
        log->newest = log->next++;
    } else {
        /* The caller gets it into another slot, or tries again: it must not be found twice. */
        log->is_settled = wh_log_slot_void(log, log->next) == WH_OK;
        pass_over(log, 1);
    }
    return err;
}

/* The newest record that mounting found may be one whose programming was cut near its end: whole
 * now, but not for sure tomorrow. WH_ERR_CORRUPT: it cannot be read any more. */
static enum wh_err settle_newest(const struct wh_log *log)
{
    struct wh_log_head head;
    enum wh_err err = log->newest == 0 ? WH_OK : WH_ERR_CORRUPT;
    for (int i = 0; i < WH_LOG_ATTEMPTS && err == WH_ERR_CORRUPT; i++) {
        err = wh_log_slot_refresh(log, log->newest);
        if (err == WH_OK) {
            err = wh_log_slot_read(log, log->newest, NULL, &head);
        }
    }
    return err;
}

/* The slot left out at the mount may look blank and not be, or the other way round tomorrow. It
 * gets a trace that stays, so that there is never more than one such slot. */
static enum wh_err settle_slot(const struct wh_log *log)
{
    return wh_log_slot_enters_sector(log, log->next) ? WH_OK : wh_log_slot_void(log, log->next - 1);
}

/* A newest record that turns out not to last was never acknowledged; the one before takes its
 * place. */
static enum wh_err mount_again(struct wh_log *log)
{
    struct wh_log again;
    struct wh_log_report report;
    const enum wh_err err = wh_log_mount(&again, log->flash, log->design, &report);
    *log = err == WH_OK ? again : *log;
    return err;
}

/* Before the first append, so that nothing is erased as long as the newest record is in doubt. */
static enum wh_err settle(struct wh_log *log)
{
    enum wh_err err = WH_OK;
    for (int i = 0; i < WH_LOG_ATTEMPTS && err == WH_OK && !log->is_settled; i++) {
        err = settle_newest(log);
        if (err == WH_ERR_CORRUPT) {
            err = mount_again(log);
        } else if (err == WH_OK) {
            err = settle_slot(log);
            log->is_settled = err == WH_OK;
        }
    }
    return log->is_settled ? WH_OK : WH_ERR_IO;
}

enum wh_err wh_log_append(struct wh_log *log, uint16_t version, uint32_t time_s,
                          const void *payload)
{
    if (log->design == NULL) {
        return WH_ERR_STATE;
    }
    enum wh_err err = settle(log);
    if (err != WH_OK) {
        return err;
    }
    if (time_s < log->time_s || log->next - log->run > RUN_LENGTH_MAX) {
        log->run = log->next;
    }
    log->time_s = time_s;
    struct wh_log_head head = {.run = log->run, .time_s = time_s, .version = version};
    err = WH_ERR_CORRUPT;
    for (int i = 0; i < WH_LOG_ATTEMPTS && err == WH_ERR_CORRUPT; i++) {
        err = attempt(log, &head, payload);
    }
    return err == WH_ERR_CORRUPT ? WH_ERR_IO : err;
}

uint32_t wh_log_newest(const struct wh_log *log)
{
    return log->newest;
}

uint32_t wh_log_oldest(const struct wh_log *log)
{
    if (log->newest == 0) {
        return 0;
    }
    const uint32_t kept = log->design->sector_count - 1u;
    const uint32_t sector = wh_log_slot_lap_sector(log, log->next);
    const uint32_t oldest = sector > kept ? (sector - kept) * log->slots_per_sector + 1 : 1;
    return oldest < log->newest ? oldest : log->newest;
}

enum wh_err wh_log_count(const struct wh_log *log, uint32_t *count)
{
    struct wh_log_head head;
    *count = 0;
    if (log->design == NULL) {
        return WH_ERR_STATE;
    }
    if (log->newest == 0) {
        return WH_OK;
    }
    const enum wh_err err = wh_log_slot_lowest(log, wh_log_oldest(log), log->newest, &head);
    if (err == WH_OK && head.sequence != 0) {
        *count = wh_log_slot_entry(log, &head) + 1;
    }
    return err;
}

/* Nothing readable is there: was nothing ever, or is it damaged? */
static enum wh_err blank_or_corrupt(const struct wh_log *log, uint32_t sequence)
{
    bool is_blank;
    const enum wh_err err = wh_log_slot_is_blank(log, sequence, &is_blank);
    if (err != WH_OK) {
        return err;
    }
    return is_blank && sequence != log->newest ? WH_ERR_NOT_FOUND : WH_ERR_CORRUPT;
}

enum wh_err wh_log_read(const struct wh_log *log, uint32_t sequence, void *payload,
                        struct wh_log_record *record)
{
    struct wh_log_head head;
    if (log->design == NULL) {
        return WH_ERR_STATE;
    }
    if (log->newest == 0 || sequence < wh_log_oldest(log) || sequence > log->newest) {
        return WH_ERR_NOT_FOUND;
    }
    const enum wh_err err = wh_log_slot_read(log, sequence, payload, &head);
    if (err == WH_ERR_CORRUPT) {
        return blank_or_corrupt(log, sequence);
    }
    if (err == WH_OK && record != NULL) {
        *record = wh_log_slot_public(log, &head);
    }
    return err;
}
