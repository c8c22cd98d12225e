/* The slot codec of ring logs. Invariant: the tail is programmed after the whole payload, so a head
 * that can be read tells of a record that was complete. */
#include "store/log_slot.h"

#include "common/bytes.h"
#include "common/crc32.h"
#include <string.h>

enum { FORMAT_VERSION = 1, CHUNK_SIZE = 64 };

/* Offsets in the tail, which follows the payload. */
enum {
    LAP_AT = 0,
    RUN_AT = 3, /* records since the run began */
    HOLES_AT = 6,
    TIME_AT = 8,
    VERSION_AT = 12,
    CHECK_AT = 14, /* of the head alone */
    CRC_AT = 16,   /* of head and payload */
    TAIL_SIZE = WH_LOG_OVERHEAD
};

/* A lap is 24 bits and not all ones. Below the end of 32 bits there is room for the slots of a
 * sector, so that counting on never wraps. */
enum { LAP_MAX = 0xfffffe };
static const uint32_t sequence_max = 0xfffe0000;

static uint32_t get_u24le(const uint8_t *p)
{
    return wh_get_u16le(p) | (uint32_t)p[2] << 16;
}

static void put_u24le(uint8_t *p, uint32_t v)
{
    wh_put_u16le(p, (uint16_t)v);
    p[2] = (uint8_t)(v >> 16);
}

uint32_t wh_log_slot_seed(const struct wh_log_design *design)
{
    uint8_t bytes[8];
    wh_put_u16le(bytes, FORMAT_VERSION);
    wh_put_u16le(bytes + 2, design->id);
    wh_put_u16le(bytes + 4, design->epoch);
    wh_put_u16le(bytes + 6, design->payload_size);
    return wh_crc32(0, bytes, sizeof bytes);
}

uint32_t wh_log_slot_count(const struct wh_log *log)
{
    return (uint32_t)log->design->sector_count * log->slots_per_sector;
}

bool wh_log_slot_is_possible(const struct wh_log *log, uint32_t sequence)
{
    return sequence <= sequence_max && (sequence - 1) / wh_log_slot_count(log) <= LAP_MAX;
}

bool wh_log_slot_enters_sector(const struct wh_log *log, uint32_t sequence)
{
    return (sequence - 1) % log->slots_per_sector == 0;
}

uint32_t wh_log_slot_lap_sector(const struct wh_log *log, uint32_t sequence)
{
    return (sequence - 1) / log->slots_per_sector;
}

uint32_t wh_log_slot_sector(const struct wh_log *log, uint32_t sequence)
{
    return wh_log_slot_lap_sector(log, sequence) % log->design->sector_count;
}

static uint32_t slot_of(const struct wh_log *log, uint32_t sequence)
{
    return (sequence - 1) % wh_log_slot_count(log);
}

static uint32_t address_of(const struct wh_log *log, uint32_t slot)
{
    const uint32_t sector = log->design->first_sector + slot / log->slots_per_sector;
    return sector * log->flash->sector_size_bytes +
           slot % log->slots_per_sector * (log->design->payload_size + (uint32_t)TAIL_SIZE);
}

static enum wh_err read_bytes(const struct wh_log *log, uint32_t address, void *dst, size_t length)
{
    const enum wh_err err = log->flash->read(log->flash->context, address, dst, length);
    return err == WH_OK ? WH_OK : WH_ERR_IO;
}

/* The CRC over design, sequence and head; it goes on over the payload. */
static uint32_t head_crc(const struct wh_log *log, uint32_t sequence, const uint8_t *tail)
{
    uint8_t bytes[4 + CHECK_AT];
    wh_put_u32le(bytes, sequence);
    memcpy(bytes + 4, tail, CHECK_AT);
    return wh_crc32(log->seed, bytes, sizeof bytes);
}

static uint16_t check_of(uint32_t crc)
{
    return (uint16_t)(crc ^ crc >> 16);
}

/* Decodes the tail in a slot. crc becomes that of the head, to be continued. */
static struct wh_log_head decode(const struct wh_log *log, uint32_t slot, const uint8_t *tail,
                                 uint32_t *crc)
{
    const uint32_t lap = get_u24le(tail + LAP_AT);
    const uint64_t sequence = (uint64_t)lap * wh_log_slot_count(log) + slot + 1;
    struct wh_log_head head = {0};
    if (lap > LAP_MAX || sequence > sequence_max) {
        return head;
    }
    const uint32_t distance = get_u24le(tail + RUN_AT);
    *crc = head_crc(log, (uint32_t)sequence, tail);
    if (check_of(*crc) != wh_get_u16le(tail + CHECK_AT) || distance >= sequence) {
        return head;
    }
    head.sequence = (uint32_t)sequence;
    head.run = (uint32_t)sequence - distance;
    head.time_s = wh_get_u32le(tail + TIME_AT);
    head.version = wh_get_u16le(tail + VERSION_AT);
    head.holes = wh_get_u16le(tail + HOLES_AT);
    return head;
}

static void encode(const struct wh_log *log, const struct wh_log_head *head, const void *payload,
                   uint8_t *tail)
{
    put_u24le(tail + LAP_AT, (head->sequence - 1) / wh_log_slot_count(log));
    put_u24le(tail + RUN_AT, head->sequence - head->run);
    wh_put_u16le(tail + HOLES_AT, head->holes);
    wh_put_u32le(tail + TIME_AT, head->time_s);
    wh_put_u16le(tail + VERSION_AT, head->version);
    const uint32_t crc = head_crc(log, head->sequence, tail);
    wh_put_u16le(tail + CHECK_AT, check_of(crc));
    wh_put_u32le(tail + CRC_AT, wh_crc32(crc, payload, log->design->payload_size));
}

enum wh_err wh_log_slot_head(const struct wh_log *log, uint32_t slot, struct wh_log_head *head)
{
    uint8_t tail[CRC_AT];
    uint32_t crc = 0;
    head->sequence = 0;
    const enum wh_err err =
        read_bytes(log, address_of(log, slot) + log->design->payload_size, tail, sizeof tail);
    if (err == WH_OK) {
        *head = decode(log, slot, tail, &crc);
    }
    return err;
}

/* Continues the CRC over the stored payload, without keeping it. */
static enum wh_err stream_crc(const struct wh_log *log, uint32_t address, uint32_t *crc)
{
    uint8_t chunk[CHUNK_SIZE];
    for (uint32_t done = 0; done < log->design->payload_size; done += CHUNK_SIZE) {
        const uint32_t left = log->design->payload_size - done;
        const uint32_t part = left < CHUNK_SIZE ? left : CHUNK_SIZE;
        if (read_bytes(log, address + done, chunk, part) != WH_OK) {
            return WH_ERR_IO;
        }
        *crc = wh_crc32(*crc, chunk, part);
    }
    return WH_OK;
}

/* Continues the CRC over the stored payload; it is copied to dst unless that is NULL. */
static enum wh_err read_payload(const struct wh_log *log, uint32_t address, void *dst,
                                uint32_t *crc)
{
    if (dst == NULL) {
        return stream_crc(log, address, crc);
    }
    const enum wh_err err = read_bytes(log, address, dst, log->design->payload_size);
    if (err == WH_OK) {
        *crc = wh_crc32(*crc, dst, log->design->payload_size);
    }
    return err;
}

enum wh_err wh_log_slot_record(const struct wh_log *log, uint32_t slot, void *payload,
                               struct wh_log_head *head)
{
    uint8_t tail[TAIL_SIZE];
    uint32_t crc = 0;
    const uint32_t address = address_of(log, slot);
    enum wh_err err = read_bytes(log, address + log->design->payload_size, tail, sizeof tail);
    if (err != WH_OK) {
        return err;
    }
    *head = decode(log, slot, tail, &crc);
    if (head->sequence == 0) {
        return WH_ERR_CORRUPT;
    }
    err = read_payload(log, address, payload, &crc);
    if (err == WH_OK && crc != wh_get_u32le(tail + CRC_AT)) {
        err = WH_ERR_CORRUPT;
    }
    return err;
}

enum wh_err wh_log_slot_read(const struct wh_log *log, uint32_t sequence, void *payload,
                             struct wh_log_head *head)
{
    const enum wh_err err = wh_log_slot_record(log, slot_of(log, sequence), payload, head);
    return err == WH_OK && head->sequence != sequence ? WH_ERR_CORRUPT : err;
}

uint32_t wh_log_slot_entry(const struct wh_log *log, const struct wh_log_head *head)
{
    return log->next - 1 - head->sequence - (uint16_t)(log->holes - head->holes);
}

struct wh_log_record wh_log_slot_public(const struct wh_log *log, const struct wh_log_head *head)
{
    const struct wh_log_record record = {
        .sequence = head->sequence,
        .entry = wh_log_slot_entry(log, head),
        .time_s = head->time_s,
        .version = head->version,
    };
    return record;
}

/* The head of that very sequence, or sequence 0. */
static enum wh_err head_of(const struct wh_log *log, uint32_t sequence, struct wh_log_head *head)
{
    const enum wh_err err = wh_log_slot_head(log, slot_of(log, sequence), head);
    if (head->sequence != sequence) {
        head->sequence = 0;
    }
    return err;
}

enum wh_err wh_log_slot_lowest(const struct wh_log *log, uint32_t first, uint32_t last,
                               struct wh_log_head *head)
{
    head->sequence = 0;
    for (uint32_t s = first; s <= last && head->sequence == 0; s++) {
        if (head_of(log, s, head) != WH_OK) {
            return WH_ERR_IO;
        }
    }
    return WH_OK;
}

enum wh_err wh_log_slot_highest(const struct wh_log *log, uint32_t first, uint32_t last,
                                struct wh_log_head *head)
{
    head->sequence = 0;
    for (uint32_t s = last; s >= first && head->sequence == 0; s--) {
        if (head_of(log, s, head) != WH_OK) {
            return WH_ERR_IO;
        }
    }
    return WH_OK;
}

static bool all_erased(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != 0xff) {
            return false;
        }
    }
    return true;
}

enum wh_err wh_log_slot_is_blank(const struct wh_log *log, uint32_t sequence, bool *is_blank)
{
    uint8_t chunk[CHUNK_SIZE];
    const uint32_t address = address_of(log, slot_of(log, sequence));
    const uint32_t size = log->design->payload_size + (uint32_t)TAIL_SIZE;
    *is_blank = true;
    for (uint32_t done = 0; done < size && *is_blank; done += CHUNK_SIZE) {
        const uint32_t part = size - done < CHUNK_SIZE ? size - done : CHUNK_SIZE;
        if (read_bytes(log, address + done, chunk, part) != WH_OK) {
            return WH_ERR_IO;
        }
        *is_blank = all_erased(chunk, part);
    }
    return WH_OK;
}

enum wh_err wh_log_slot_erase_sector(const struct wh_log *log, uint32_t sequence)
{
    const uint32_t sector = log->design->first_sector + wh_log_slot_sector(log, sequence);
    const enum wh_err err =
        log->flash->erase(log->flash->context, sector * log->flash->sector_size_bytes);
    return err == WH_OK ? WH_OK : WH_ERR_IO;
}

/* Programs bytes in ascending order, one call per page touched. */
static enum wh_err program_bytes(const struct wh_flash *flash, uint32_t address, const void *src,
                                 size_t length)
{
    const uint8_t *from = src;
    while (length > 0) {
        const size_t room = flash->page_size_bytes - (address & (flash->page_size_bytes - 1));
        const size_t part = length < room ? length : room;
        if (flash->program(flash->context, address, from, part) != WH_OK) {
            return WH_ERR_IO;
        }
        address += (uint32_t)part;
        from += part;
        length -= part;
    }
    return WH_OK;
}

enum wh_err wh_log_slot_refresh(const struct wh_log *log, uint32_t sequence)
{
    uint8_t chunk[CHUNK_SIZE];
    const uint32_t address = address_of(log, slot_of(log, sequence));
    const uint32_t size = log->design->payload_size + (uint32_t)TAIL_SIZE;
    for (uint32_t done = 0; done < size; done += CHUNK_SIZE) {
        const uint32_t part = size - done < CHUNK_SIZE ? size - done : CHUNK_SIZE;
        if (read_bytes(log, address + done, chunk, part) != WH_OK ||
            program_bytes(log->flash, address + done, chunk, part) != WH_OK) {
            return WH_ERR_IO;
        }
    }
    return WH_OK;
}

static enum wh_err check_bytes(const struct wh_log *log, uint32_t address, const void *expected,
                               uint32_t length)
{
    uint8_t chunk[CHUNK_SIZE];
    const uint8_t *from = expected;
    for (uint32_t done = 0; done < length; done += CHUNK_SIZE) {
        const uint32_t part = length - done < CHUNK_SIZE ? length - done : CHUNK_SIZE;
        if (read_bytes(log, address + done, chunk, part) != WH_OK) {
            return WH_ERR_IO;
        }
        if (memcmp(chunk, from + done, part) != 0) {
            return WH_ERR_CORRUPT;
        }
    }
    return WH_OK;
}

enum wh_err wh_log_slot_program(const struct wh_log *log, const struct wh_log_head *head,
                                const void *payload)
{
    uint8_t tail[TAIL_SIZE];
    const uint16_t payload_size = log->design->payload_size;
    const uint32_t address = address_of(log, slot_of(log, head->sequence));
    encode(log, head, payload, tail);
    enum wh_err err = program_bytes(log->flash, address, payload, payload_size);
    if (err == WH_OK) {
        err = program_bytes(log->flash, address + payload_size, tail, TAIL_SIZE);
    }
    if (err == WH_OK) {
        err = check_bytes(log, address, payload, payload_size);
    }
    if (err == WH_OK) {
        err = check_bytes(log, address + payload_size, tail, TAIL_SIZE);
    }
    return err;
}

enum wh_err wh_log_slot_void(const struct wh_log *log, uint32_t sequence)
{
    static const uint8_t zeros[TAIL_SIZE] = {0};
    const uint32_t address = address_of(log, slot_of(log, sequence));
    return program_bytes(log->flash, address + log->design->payload_size, zeros, TAIL_SIZE);
}
