/* The store: small records on EEPROM that survive a power cut at any instant (MEM-1, MEM-2).
 *
 * A store is a few rings; a ring holds records of one kind in equal slots. Each write goes to the
 * next slot, so wear is even; the newest valid record is the ring's record. A write that is cut
 * leaves the previous record readable. The format, its invariants and the wear arithmetic are in
 * docs/store.md.
 *
 * The store never starts from zero by itself: memory that held something and is damaged gives
 * WH_ERR_CORRUPT, and the caller decides. Life of a memory: wh_store_format once, then at every
 * start wh_store_mount, then wh_store_write and wh_store_read in any order.
 *
 * Not for use from two contexts at once. No function keeps a pointer except wh_store_mount.
 * Rules: docs/store.md; MEM-1 and MEM-2; WELMEC 7.2 extension L (stored data are verified).
 */
#ifndef WH_STORE_STORE_H
#define WH_STORE_STORE_H

#include "common/err.h"
#include "store/nvm.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WH_STORE_FORMAT_VERSION = 1,
    WH_STORE_RINGS_MAX = 8,
    WH_STORE_PAYLOAD_MAX = 488, /* bytes; a slot is then 512 */
    WH_STORE_PAGE_SIZE_MIN = 16 /* bytes */
};

/* One ring: the caller's constant. It must never change once a memory is formatted. */
struct wh_store_ring {
    uint16_t id;           /* 1…65534, unique in the layout */
    uint16_t payload_size; /* longest record in bytes, 1…WH_STORE_PAYLOAD_MAX */
    uint16_t slot_count;   /* 2…65535; a ring endures slot_count × (cycles of a cell) records */
};

struct wh_store_layout {
    const struct wh_store_ring *rings;
    uint16_t ring_count; /* 1…WH_STORE_RINGS_MAX */
};

enum wh_store_ring_state {
    WH_STORE_EMPTY, /* no record was ever acknowledged */
    WH_STORE_GOOD,  /* has a record */
    WH_STORE_LOST   /* had records, none can be read */
};

/* What mounting found in one ring: what to tell the user that was recovered, and what was lost. */
struct wh_store_ring_report {
    uint16_t ring_id;
    enum wh_store_ring_state state;
    bool newest_lost; /* an acknowledged record is damaged or wiped, an older one was taken */
    uint64_t newest_sequence; /* of the record taken; 0 if there is none */
    uint16_t valid_count;     /* slots with a valid record */
    uint16_t torn_count;      /* writes that were interrupted; nothing acknowledged was in them */
    uint16_t damaged_count;   /* other slots that were written and cannot be read */
};

struct wh_store_report {
    uint8_t superblock_count; /* good copies: 2, or 1 (see wh_store_repair), or 0 */
    bool format_interrupted;  /* the memory is blank because formatting was cut */
    uint16_t ring_count;      /* rings that were looked at, the first so many of rings[] */
    struct wh_store_ring_report rings[WH_STORE_RINGS_MAX];
};

/* Where a ring stands. Private to store/. */
struct wh_store_cursor {
    uint64_t newest_sequence; /* of the newest acknowledged record; 0 if there is none */
    uint64_t next_sequence;   /* of the next attempt */
    bool is_lost;
};

/* A mounted store: a value of the caller's. Its members are private to store/. All zero = not
 * mounted. */
struct wh_store {
    const struct wh_nvm *nvm;
    const struct wh_store_layout *layout;
    struct wh_store_cursor cursors[WH_STORE_RINGS_MAX];
};

/* What is stored beside the payload. */
struct wh_store_record {
    uint64_t sequence; /* counts the attempted writes of this ring; never wraps */
    uint16_t version;  /* of the payload's own format, as given to wh_store_write */
    uint16_t length;   /* of the payload in bytes */
};

/* Bytes of memory that a layout needs with that page size; 0 if the layout breaks a rule above. */
uint32_t wh_store_size_bytes(const struct wh_store_layout *layout, uint32_t page_size_bytes);

/* Makes an empty store of the whole memory; all that was in it is erased. Mount it afterwards.
 * - WH_ERR_ARGUMENT: the layout or the page size breaks a rule; nothing was written
 * - WH_ERR_SPACE: the layout needs more than the memory has; nothing was written
 * - WH_ERR_IO: the device failed, or erased bytes do not read back erased
 *
 * After WH_ERR_IO or a power cut the memory mounts as WH_ERR_BLANK; or, when the very first write
 * or the very last one was cut, as what it was before or as the complete empty store. */
enum wh_err wh_store_format(const struct wh_nvm *nvm, const struct wh_store_layout *layout);

/* Reads the whole memory, finds the newest record of each ring and makes the store usable. Writes
 * nothing. nvm and layout are borrowed until the store is mounted anew or given up; report is
 * filled as far as things are known, on errors too. Unless mounted, further calls give WH_ERR_STATE.
 * - WH_OK: mounted. Look at newest_lost in the report: an older record may have been taken
 * - WH_ERR_CORRUPT, superblock_count over 0: mounted, but at least one ring is LOST; it cannot be
 *   read or written until wh_store_accept_loss. The other rings work
 * - WH_ERR_CORRUPT, superblock_count 0: there was something, nothing is mounted
 * - WH_ERR_BLANK: the memory is factory-blank (all FFh or all 00h), or its formatting was cut
 * - WH_ERR_VERSION: formatted with another format version, layout or page size
 * - WH_ERR_IO: the device failed to read; says nothing about what is stored: try again
 * - WH_ERR_ARGUMENT, WH_ERR_SPACE: as for wh_store_format */
enum wh_err wh_store_mount(struct wh_store *store, const struct wh_nvm *nvm,
                           const struct wh_store_layout *layout, struct wh_store_report *report);

/* Writes a record and reads it back. On WH_OK it is the newest record, and durable (MEM-1).
 * version is the caller's, length 0…payload_size of the ring; payload is borrowed for the call.
 * - WH_ERR_IO: the device failed, or the record did not read back. The record before is still the
 *   newest and readable. Calling again is right: it takes the following slot. If the device had
 *   stored the record in full after all, the next mount may find it
 * - WH_ERR_CORRUPT: the ring is LOST, see wh_store_accept_loss
 * - WH_ERR_NOT_FOUND: no ring of that id
 * - WH_ERR_ARGUMENT: length over the ring's payload_size
 * - WH_ERR_STATE: not mounted */
enum wh_err wh_store_write(struct wh_store *store, uint16_t ring_id, uint16_t version,
                           const void *payload, size_t length);

/* Reads a record: age 0 is the newest, age n the one whose sequence is n lower, up to
 * slot_count - 2. The CRC is checked over the very bytes that are handed out. record may be NULL.
 * Bytes of dst beyond record->length are untouched; on an error dst holds nothing of use.
 * - WH_ERR_NOT_FOUND: no ring of that id, the ring is empty, or there is no record of that age: the
 *   ring is younger, or that attempt failed (a failed attempt uses up a sequence number)
 * - WH_ERR_CORRUPT: that one slot is damaged, or the ring is LOST. Never an older record instead
 * - WH_ERR_SPACE: dst_size is too small; record says the length needed
 * - WH_ERR_IO: the device failed to read
 * - WH_ERR_STATE: not mounted */
enum wh_err wh_store_read(const struct wh_store *store, uint16_t ring_id, uint16_t age, void *dst,
                          size_t dst_size, struct wh_store_record *record);

/* The deliberate decision to go on with a LOST ring as an empty one. Writes nothing: until the
 * first record is written, the next mount finds the ring LOST again. Sequence numbers go on above
 * all that were found.
 * - WH_ERR_STATE: the ring is not LOST, or nothing is mounted
 * - WH_ERR_NOT_FOUND: no ring of that id */
enum wh_err wh_store_accept_loss(struct wh_store *store, uint16_t ring_id);

/* Writes the superblock copies that are not as they should be; none in the ordinary case. Worth a
 * call when the report's superblock_count is 1. A cut leaves the other copy, by which this was
 * mounted.
 * - WH_ERR_IO: the device failed
 * - WH_ERR_STATE: not mounted */
enum wh_err wh_store_repair(const struct wh_store *store);

#endif
