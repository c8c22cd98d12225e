/* Feeds memory images to wh_store_mount and then uses what it made of them.
 *
 * Input: one byte of flags, then the memory from address 0; what is missing is FFh. Flags: 1 makes the
 * CRCs of the superblocks right, 2 those of the commits, so that the fuzzer gets past them.
 * Properties: mounting writes nothing; whatever was mounted can be read, written, repaired and mounted
 * again; and a record that was acknowledged is the newest afterwards. */
#include "store/store.h"
#include "tests/store/eeprom_sim.h"
#include "tests/store/forge.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_SIZE = 16, AREA = 96, MEMORY_SIZE = 2 * AREA + 3 * 32 + 2 * 48, PAYLOAD_MAX = 24 };
enum { FIX_SUPERBLOCKS = 1, FIX_COMMITS = 2 };

static const struct wh_store_ring rings[] = {{1, 8, 3}, {2, PAYLOAD_MAX, 2}};
static const struct wh_store_layout layout = {rings, 2};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void fix_commits(uint8_t *cells)
{
    for (uint16_t i = 0; i < 3; i++) {
        const struct forge_slot slot = {cells + 2 * AREA + i * 32, 32, 1};
        forge_commit_crc(&slot);
    }
    for (uint16_t i = 0; i < 2; i++) {
        const struct forge_slot slot = {cells + 2 * AREA + 3 * 32 + i * 48, 48, 2};
        forge_commit_crc(&slot);
    }
}

static void load_image(uint8_t *cells, const uint8_t *data, size_t size)
{
    const uint8_t flags = size > 0 ? data[0] : 0;
    const size_t length = size > 0 ? size - 1 : 0;
    if (length > 0) {
        memcpy(cells, data + 1, length < MEMORY_SIZE ? length : MEMORY_SIZE);
    }
    if ((flags & FIX_SUPERBLOCKS) != 0) {
        forge_superblock_crc(cells, AREA);
        forge_superblock_crc(cells + AREA, AREA);
    }
    if ((flags & FIX_COMMITS) != 0) {
        fix_commits(cells);
    }
}

static void read_all(const struct wh_store *store, const struct wh_store_ring *ring)
{
    uint8_t payload[PAYLOAD_MAX];
    struct wh_store_record record;
    for (uint16_t age = 0; age <= ring->slot_count; age++) {
        const enum wh_err err =
            wh_store_read(store, ring->id, age, payload, sizeof payload, &record);
        require(err != WH_ERR_IO && err != WH_ERR_STATE && err != WH_ERR_SPACE);
        require(err != WH_OK || record.length <= ring->payload_size);
    }
}

/* True if the record was acknowledged; it must be when the numbers have not run out. */
static bool write_one(struct wh_store *store, const struct wh_store_ring *ring, uint8_t fill)
{
    uint8_t payload[PAYLOAD_MAX];
    memset(payload, fill, sizeof payload);
    const enum wh_err err = wh_store_write(store, ring->id, fill, payload, ring->payload_size);
    require(err == WH_OK || err == WH_ERR_IO);
    return err == WH_OK;
}

static void check_newest(const struct wh_store *store, const struct wh_store_ring *ring,
                         uint8_t fill)
{
    uint8_t payload[PAYLOAD_MAX];
    struct wh_store_record record;
    require(wh_store_read(store, ring->id, 0, payload, sizeof payload, &record) == WH_OK);
    require(record.version == fill && record.length == ring->payload_size && payload[0] == fill);
}

static void use_ring(struct wh_store *store, const struct wh_nvm *nvm, unsigned index)
{
    const struct wh_store_ring *ring = &rings[index];
    struct wh_store_report report;
    for (uint8_t fill = 1; fill <= 4; fill++) {
        read_all(store, ring);
        (void)wh_store_accept_loss(store, ring->id);
        const bool is_acknowledged = write_one(store, ring, fill);
        const enum wh_err err = wh_store_mount(store, nvm, &layout, &report);
        require(err == WH_OK || err == WH_ERR_CORRUPT);
        if (is_acknowledged) {
            require(report.rings[index].state == WH_STORE_GOOD);
            check_newest(store, ring, fill);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct eeprom_sim sim;
    eeprom_sim_open(&sim, MEMORY_SIZE, PAGE_SIZE, 0xff);
    load_image(sim.cells, data, size);
    const struct wh_nvm nvm = eeprom_sim_nvm(&sim);
    struct wh_store store;
    struct wh_store_report report;
    (void)wh_store_mount(&store, &nvm, &layout, &report);
    require(sim.write_count == 0);
    if (report.superblock_count > 0) {
        require(wh_store_repair(&store) == WH_OK);
        use_ring(&store, &nvm, 0);
        use_ring(&store, &nvm, 1);
        require(wh_store_mount(&store, &nvm, &layout, &report) != WH_ERR_IO);
        require(report.superblock_count == 2);
    }
    eeprom_sim_close(&sim);
    return 0;
}
