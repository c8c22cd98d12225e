/* One slot of a ring log: where it is, what it holds, and programming it in the order that makes it
 * safe (docs/store.md, "Slot of a log"). Private to store/. All functions take a log whose flash,
 * design, seed and slots_per_sector are set. */
#ifndef WH_STORE_LOG_SLOT_H
#define WH_STORE_LOG_SLOT_H

#include "store/log.h"
#include <stdbool.h>

/* What stands beside the payload. */
struct wh_log_head {
    uint32_t sequence; /* 0: the slot has no head that can be read */
    uint32_t run;      /* sequence at which the run of this record began */
    uint32_t time_s;
    uint16_t version;
    uint16_t holes; /* sequences below this one without a record, mod 65536 */
};

/* The start of every check: format, id, epoch and payload size. */
uint32_t wh_log_slot_seed(const struct wh_log_design *design);

uint32_t wh_log_slot_count(const struct wh_log *log);

/* Whether this sequence can be stored, and whether it is the first of its sector. */
bool wh_log_slot_is_possible(const struct wh_log *log, uint32_t sequence);
bool wh_log_slot_enters_sector(const struct wh_log *log, uint32_t sequence);

/* The sector of a sequence: counted on through all laps, and in the design from 0. */
uint32_t wh_log_slot_lap_sector(const struct wh_log *log, uint32_t sequence);
uint32_t wh_log_slot_sector(const struct wh_log *log, uint32_t sequence);

/* Reads the head in a slot, slots counted from 0; its sequence is 0 if it is blank, torn, damaged
 * or of another log. Only the head is checked. Fails with WH_ERR_IO only. */
enum wh_err wh_log_slot_head(const struct wh_log *log, uint32_t slot, struct wh_log_head *head);

/* Reads and checks the whole record in a slot; payload may be NULL. WH_ERR_CORRUPT: there is none.
 */
enum wh_err wh_log_slot_record(const struct wh_log *log, uint32_t slot, void *payload,
                               struct wh_log_head *head);

/* The same by sequence: WH_ERR_CORRUPT unless the slot holds that very record. */
enum wh_err wh_log_slot_read(const struct wh_log *log, uint32_t sequence, void *payload,
                             struct wh_log_head *head);

/* The number of records that are newer. */
uint32_t wh_log_slot_entry(const struct wh_log *log, const struct wh_log_head *head);

/* What callers of the log see of a head. */
struct wh_log_record wh_log_slot_public(const struct wh_log *log, const struct wh_log_head *head);

/* The head of the lowest readable slot from first up, or of the highest from last down; sequence 0
 * if none of first…last can be read. Fails with WH_ERR_IO only. */
enum wh_err wh_log_slot_lowest(const struct wh_log *log, uint32_t first, uint32_t last,
                               struct wh_log_head *head);
enum wh_err wh_log_slot_highest(const struct wh_log *log, uint32_t first, uint32_t last,
                                struct wh_log_head *head);

/* Whether all bytes of the slot of a sequence are FFh. */
enum wh_err wh_log_slot_is_blank(const struct wh_log *log, uint32_t sequence, bool *is_blank);

/* Erases the sector of a sequence. */
enum wh_err wh_log_slot_erase_sector(const struct wh_log *log, uint32_t sequence);

/* Programs once more what the slot of a sequence holds, so that what reads 0 stays 0. */
enum wh_err wh_log_slot_refresh(const struct wh_log *log, uint32_t sequence);

/* Programs a record into its blank slot and reads it back. WH_ERR_CORRUPT: it reads back otherwise.
 */
enum wh_err wh_log_slot_program(const struct wh_log *log, const struct wh_log_head *head,
                                const void *payload);

/* Makes the slot of a sequence one that holds no record and shows it: its tail becomes all 00h. */
enum wh_err wh_log_slot_void(const struct wh_log *log, uint32_t sequence);

#endif
