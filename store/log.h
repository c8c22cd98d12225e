/* Ring logs on serial flash: load profile, events, periods, running state (LOG-1 to LOG-7).
 *
 * A log is a range of sectors that holds records of one size, each with a time stamp. The records
 * are numbered from 1; number s, its sequence, has one slot, so any record is found at once. A
 * record goes to the next slot; when a sector is full the next one is erased, and with it the
 * oldest records. An append that is cut by loss of supply leaves the complete record or none, and
 * every older one.
 *
 * A sequence is used up without a record when an attempt to program fails or is cut, and once after
 * every mount (docs/store.md says why); such holes are passed over by everything here. Entries do
 * not count them: entry 0 is the newest record, entry 1 the one before.
 *
 * Time stamps are the caller's and may go back. A run is a row of records whose stamps do not fall;
 * it ends where the clock was set back, or at a mount. A range by time finds the records of all
 * runs, in order of sequence, without an index in RAM: it costs two looks a run and a binary search
 * in those concerned.
 *
 * Life of a log: wh_log_mount at every start, then the rest in any order. An empty flash, or one
 * with anything else on it, is an empty log. Several logs share a flash; they must not overlap.
 * Not for use from two contexts at once. No function but wh_log_mount and the beginning of a range
 * keeps a pointer.
 * Rules: docs/store.md; MEM-2.
 */
#ifndef WH_STORE_LOG_H
#define WH_STORE_LOG_H

#include "common/err.h"
#include "store/flash.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WH_LOG_OVERHEAD = 20, /* bytes of a slot beside the payload */
    WH_LOG_ATTEMPTS = 8   /* slots that an append tries to program before it gives up */
};

/* One log: the caller's, borrowed while mounted. */
struct wh_log_design {
    uint16_t id;           /* of this log; another id finds nothing of what was stored */
    uint16_t epoch;        /* raise it to delete the log or to change payload_size; never go back */
    uint16_t payload_size; /* of every record, 1… sector size - WH_LOG_OVERHEAD bytes */
    uint16_t sector_count; /* 2 or more */
    uint32_t first_sector; /* sectors are counted from 0 */
};

/* A mounted log: a value of the caller's. Its members are private to store/. All zero = not
 * mounted. */
struct wh_log {
    const struct wh_flash *flash;
    const struct wh_log_design *design;
    uint32_t seed;   /* of all checks: format, id, epoch, payload size */
    uint32_t newest; /* sequence of the newest record; 0: none */
    uint32_t next;   /* sequence of the next attempt */
    uint32_t run;    /* where the run of the next record begins, unless its stamp falls */
    uint32_t time_s; /* stamp of the last attempt in this run */
    uint16_t holes;  /* sequences below next without a record, mod 65536 */
    uint16_t slots_per_sector;
    bool
        is_settled; /* the newest record, and the slot before next, are sure to stay as they read */
};

/* What is stored beside the payload. */
struct wh_log_record {
    uint32_t sequence;
    uint32_t entry;   /* 0 is the newest. A step of more than one in a range: records are damaged */
    uint32_t time_s;  /* as given to wh_log_append */
    uint16_t version; /* the same */
};

/* What mounting found. Only the first slots of each sector and the newest sector are looked at. */
struct wh_log_report {
    uint32_t torn_count;    /* slots after the newest record that were begun: interrupted appends */
    uint32_t damaged_count; /* sectors that should begin with a record and do not */
};

/* Checks a design against a flash.
 * - WH_ERR_ARGUMENT: a size or count is out of its range, or the geometry of the flash is
 * - WH_ERR_SPACE: the sectors lie beyond the end of the flash */
enum wh_err wh_log_check(const struct wh_log_design *design, const struct wh_flash *flash);

/* The number of newest sequences that are always kept: all sectors but one. 0 if wh_log_check
 * fails. */
uint32_t wh_log_capacity(const struct wh_log_design *design, const struct wh_flash *flash);

/* Finds the newest record and makes the log usable. Writes nothing. Costs one record read a sector
 * (four where there is none) and the reading of two sectors. flash and design are borrowed until
 * the log is mounted anew or given up. On an error the log is not mounted.
 * - WH_ERR_IO: the device failed to read; says nothing about what is stored: try again
 * - WH_ERR_ARGUMENT, WH_ERR_SPACE: as for wh_log_check */
enum wh_err wh_log_mount(struct wh_log *log, const struct wh_flash *flash,
                         const struct wh_log_design *design, struct wh_log_report *report);

/* Appends a record of payload_size bytes and reads it back. On WH_OK it is the newest, and durable.
 * Erases a sector when it enters one, which takes the device up to some hundred milliseconds.
 * payload is borrowed for the call.
 * - WH_ERR_IO: the device failed, or WH_LOG_ATTEMPTS slots in a row could not be programmed. The
 *   records before are as they were; calling again is right. If the device had stored the record
 *   after all and could not be made to void it, it may be found later
 * - WH_ERR_SPACE: no sequence is left (after 16 million laps or 4 thousand million records); raise
 *   the epoch
 * - WH_ERR_STATE: not mounted */
enum wh_err wh_log_append(struct wh_log *log, uint16_t version, uint32_t time_s,
                          const void *payload);

/* Sequence of the newest record; 0 if the log is empty or not mounted. */
uint32_t wh_log_newest(const struct wh_log *log);

/* The lowest sequence that is kept, of a record or a hole; 0 if the log is empty or not mounted. */
uint32_t wh_log_oldest(const struct wh_log *log);

/* The number of records kept, damaged ones included. Reads the oldest.
 * - WH_ERR_IO: the device failed to read
 * - WH_ERR_STATE: not mounted */
enum wh_err wh_log_count(const struct wh_log *log, uint32_t *count);

/* Reads a record by its sequence. payload has room for payload_size bytes and on an error holds
 * nothing of use; record may be NULL. The CRC is checked over the very bytes that are handed out.
 * - WH_ERR_NOT_FOUND: below the oldest, above the newest, or nothing was programmed there
 * - WH_ERR_CORRUPT: the record is damaged, or its append was cut. Never another record instead
 * - WH_ERR_IO: the device failed to read
 * - WH_ERR_STATE: not mounted */
enum wh_err wh_log_read(const struct wh_log *log, uint32_t sequence, void *payload,
                        struct wh_log_record *record);

/* A walk over records in order of sequence. Its members are private to store/. Borrows the log;
 * appending between two steps is allowed, what is appended is not part of the range. */
struct wh_log_range {
    const struct wh_log *log;
    uint32_t next;     /* sequence to look at */
    uint32_t last;     /* sequence; the range ends there */
    uint32_t last_run; /* no run after this one has anything */
    uint32_t from_s;
    uint32_t to_s;
};

/* Begins the range of all records with from_s <= time_s <= to_s.
 * - WH_ERR_IO: the device failed to read
 * - WH_ERR_STATE: not mounted */
enum wh_err wh_log_range_begin(const struct wh_log *log, uint32_t from_s, uint32_t to_s,
                               struct wh_log_range *range);

/* Begins the range of the entries from oldest_entry (or the oldest there is) down to newest_entry.
 * Errors as for wh_log_range_begin. */
enum wh_err wh_log_range_begin_entries(const struct wh_log *log, uint32_t oldest_entry,
                                       uint32_t newest_entry, struct wh_log_range *range);

/* Reads the next record of the range, passing over holes and damaged records. payload and record
 * as for wh_log_read.
 * - WH_ERR_NOT_FOUND: there is no further one
 * - WH_ERR_IO: the device failed to read; calling again tries the same record */
enum wh_err wh_log_range_next(struct wh_log_range *range, void *payload,
                              struct wh_log_record *record);

#endif
