/* Feeds flash images to wh_log_mount and then uses what it made of them.
 *
 * Input: one byte of flags, then the flash from address 0; what is missing is FFh. Flag 1 makes a
 * ring of it, so that the fuzzer gets past the checks: the upper four bits are the newest slot, the
 * first slot's lap is that of the newest, and each slot whose tail is not blank gets the lap and
 * the checks that it then must have. (Records of right checks and laps in disorder do not come from
 * any fault.) Properties: mounting writes nothing; a walk is in order of sequence and ends;
 * whatever a walk gives, a read by its number gives too; and a record whose append succeeded is the
 * newest afterwards, also after mounting again. */
#include "common/bytes.h"
#include "common/crc32.h"
#include "store/log.h"
#include "tests/store/flash_sim.h"

#include <stdlib.h>
#include <string.h>

enum { SECTOR_SIZE = 128, PAGE_SIZE = 32, SECTORS = 3, PAYLOAD_SIZE = 11, SLOT_SIZE = 31 };
enum { SLOTS = SECTOR_SIZE / SLOT_SIZE, MAKE_RING = 1 };

static const struct wh_log_design design = {
    .id = 1, .payload_size = PAYLOAD_SIZE, .sector_count = SECTORS};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* By the tables of docs/store.md, not by the code under test. */
static void fix_slot(uint8_t *slot, uint32_t lap, uint32_t index)
{
    static const uint8_t seed[8] = {1, 0, 1, 0, 0, 0, PAYLOAD_SIZE, 0};
    uint8_t *tail = slot + PAYLOAD_SIZE;
    uint8_t sequence[4];
    wh_put_u16le(tail, (uint16_t)lap);
    tail[2] = (uint8_t)(lap >> 16);
    wh_put_u32le(sequence, lap * (SECTORS * SLOTS) + index + 1);
    uint32_t crc = wh_crc32(0, seed, sizeof seed);
    crc = wh_crc32(wh_crc32(crc, sequence, sizeof sequence), tail, 14);
    wh_put_u16le(tail + 14, (uint16_t)(crc ^ crc >> 16));
    wh_put_u32le(tail + 16, wh_crc32(crc, slot, PAYLOAD_SIZE));
}

static void fix_ring(uint8_t *cells, uint32_t newest)
{
    const uint8_t *first = cells + PAYLOAD_SIZE;
    const uint32_t lap = wh_get_u16le(first) | (uint32_t)first[2] << 16;
    for (uint32_t i = 0; i < SECTORS * SLOTS; i++) {
        uint8_t *slot = cells + i / SLOTS * SECTOR_SIZE + i % SLOTS * SLOT_SIZE;
        const bool is_of_lap = i <= newest;
        const bool is_of_lap_before = i / SLOTS > newest / SLOTS && lap > 0;
        if (slot[PAYLOAD_SIZE] != 0xff && (is_of_lap || is_of_lap_before)) {
            fix_slot(slot, is_of_lap ? lap : lap - 1, i);
        }
    }
}

static void load_image(uint8_t *cells, const uint8_t *data, size_t size)
{
    const uint8_t flags = size > 0 ? data[0] : 0;
    const size_t length = size > 0 ? size - 1 : 0;
    if (length > 0) {
        memcpy(cells, data + 1,
               length < SECTORS * SECTOR_SIZE ? length : (size_t)SECTORS * SECTOR_SIZE);
    }
    if ((flags & MAKE_RING) != 0) {
        fix_ring(cells, flags >> 4);
    }
}

static void walk(const struct wh_log *log, struct wh_log_range *range)
{
    struct wh_log_record record;
    struct wh_log_record again;
    uint8_t payload[PAYLOAD_SIZE];
    uint32_t before = 0;
    while (wh_log_range_next(range, payload, &record) == WH_OK) {
        require(record.sequence > before);
        require(wh_log_read(log, record.sequence, payload, &again) == WH_OK);
        require(again.sequence == record.sequence && again.entry == record.entry &&
                again.time_s == record.time_s && again.version == record.version);
        before = record.sequence;
    }
}

static void read_all(const struct wh_log *log)
{
    struct wh_log_range range;
    uint32_t count;
    require(wh_log_range_begin(log, 0, UINT32_MAX, &range) == WH_OK);
    walk(log, &range);
    require(wh_log_range_begin(log, 0x20202020, 0x30303030, &range) == WH_OK);
    walk(log, &range);
    require(wh_log_range_begin_entries(log, 4, 1, &range) == WH_OK);
    walk(log, &range);
    require(wh_log_count(log, &count) == WH_OK);
}

static void append(struct wh_log *log, const struct wh_flash *flash, uint8_t fill)
{
    struct wh_log_record record;
    struct wh_log_report report;
    uint8_t payload[PAYLOAD_SIZE];
    memset(payload, fill, sizeof payload);
    const enum wh_err err = wh_log_append(log, fill, 0x25252525, payload);
    require(err == WH_OK || err == WH_ERR_SPACE);
    if (err != WH_OK) {
        return;
    }
    if (fill % 2 == 0) {
        const uint32_t newest = wh_log_newest(log);
        require(wh_log_mount(log, flash, &design, &report) == WH_OK);
        require(wh_log_newest(log) == newest);
    }
    require(wh_log_read(log, wh_log_newest(log), payload, &record) == WH_OK);
    require(record.version == fill && payload[0] == fill && record.entry == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct flash_sim sim;
    flash_sim_open(&sim, SECTORS * SECTOR_SIZE, SECTOR_SIZE, PAGE_SIZE, 0xff);
    load_image(sim.cells, data, size);
    const struct wh_flash flash = flash_sim_flash(&sim);
    struct wh_log log;
    struct wh_log_report report;
    require(wh_log_mount(&log, &flash, &design, &report) == WH_OK);
    require(sim.program_count == 0 && sim.erase_count == 0);
    for (uint8_t fill = 1; fill <= 16; fill++) {
        read_all(&log);
        append(&log, &flash, fill);
    }
    flash_sim_close(&sim);
    return 0;
}
