/* The model against which the store is checked. Invariant: it knows only what callers of the store
 * know, which write was attempted and which got WH_OK. */
#include "tests/store/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct wh_store_ring rings[RIG_RINGS] = {
    {.id = 1, .payload_size = 20, .slot_count = 4},
    {.id = 2, .payload_size = 5, .slot_count = 3},
    {.id = 700, .payload_size = RIG_PAYLOAD_MAX, .slot_count = 2},
};

const struct wh_store_layout rig_layout = {rings, RIG_RINGS};

static uint16_t record_version(uint32_t number)
{
    return (uint16_t)(number & 0xffff);
}

static uint16_t record_length(unsigned ring_index, uint32_t number)
{
    return (uint16_t)((number * 7 + ring_index) % (rings[ring_index].payload_size + 1u));
}

static void record_payload(unsigned ring_index, uint32_t number, uint8_t *payload)
{
    uint64_t state = (uint64_t)number << 8 | ring_index;
    for (unsigned i = 0; i < RIG_PAYLOAD_MAX; i++) {
        payload[i] = (uint8_t)eeprom_sim_random(&state);
    }
}

uint32_t rig_slot_size(unsigned ring_index)
{
    static const uint32_t sizes[RIG_RINGS] = {48, 32, 80};
    return sizes[ring_index];
}

uint32_t rig_slot_address(unsigned ring_index, unsigned slot)
{
    static const uint32_t starts[RIG_RINGS] = {192, 192 + 4 * 48, 192 + 4 * 48 + 3 * 32};
    return starts[ring_index] + slot * rig_slot_size(ring_index);
}

void rig_open(struct rig *rig, uint8_t fill)
{
    memset(rig, 0, sizeof *rig);
    eeprom_sim_open(&rig->sim, RIG_MEMORY_SIZE, RIG_PAGE_SIZE, fill);
    rig->nvm = eeprom_sim_nvm(&rig->sim);
}

void rig_close(struct rig *rig)
{
    eeprom_sim_close(&rig->sim);
}

void rig_open_formatted(struct rig *rig)
{
    rig_open(rig, 0xff);
    assert_int_equal(wh_store_format(&rig->nvm, &rig_layout), WH_OK);
    assert_int_equal(rig_restart(rig), WH_OK);
}

void rig_copy(struct rig *dst, const struct rig *src)
{
    eeprom_sim_copy(&dst->sim, &src->sim);
    dst->store = src->store;
    dst->store.nvm = src->store.nvm == NULL ? NULL : &dst->nvm;
    dst->report = src->report;
    dst->model = src->model;
}

enum wh_err rig_restart(struct rig *rig)
{
    eeprom_sim_power_on(&rig->sim);
    return wh_store_mount(&rig->store, &rig->nvm, &rig_layout, &rig->report);
}

enum wh_err rig_write(struct rig *rig, unsigned ring_index)
{
    struct rig_model *model = &rig->model;
    const uint32_t number = ++model->attempted[ring_index];
    uint8_t payload[RIG_PAYLOAD_MAX];
    record_payload(ring_index, number, payload);
    const enum wh_err err =
        wh_store_write(&rig->store, rings[ring_index].id, record_version(number), payload,
                       record_length(ring_index, number));
    if (err == WH_OK) {
        model->acknowledged[ring_index] = number;
    }
    return err;
}

enum wh_err rig_write_many(struct rig *rig, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const enum wh_err err = rig_write(rig, i % RIG_RINGS);
        if (err != WH_OK) {
            return err;
        }
    }
    return WH_OK;
}

/* The number of the record with this version, at or below the last attempted one. */
static uint32_t number_of(const struct rig_model *model, unsigned ring_index, uint16_t version)
{
    const uint32_t attempted = model->attempted[ring_index];
    return attempted - (uint16_t)(record_version(attempted) - version);
}

enum wh_err rig_read(const struct rig *rig, unsigned ring_index, uint16_t age, uint32_t *number)
{
    uint8_t got[RIG_PAYLOAD_MAX];
    uint8_t expected[RIG_PAYLOAD_MAX];
    struct wh_store_record record;
    *number = 0;
    const enum wh_err err =
        wh_store_read(&rig->store, rings[ring_index].id, age, got, sizeof got, &record);
    if (err == WH_OK) {
        *number = number_of(&rig->model, ring_index, record.version);
        assert_in_range(*number, 1, rig->model.attempted[ring_index]);
        assert_int_equal(record.length, record_length(ring_index, *number));
        record_payload(ring_index, *number, expected);
        assert_memory_equal(got, expected, record.length);
    }
    return err;
}

void rig_check_history(const struct rig *rig)
{
    for (unsigned i = 0; i < RIG_RINGS; i++) {
        const uint32_t newest = rig->model.acknowledged[i];
        for (uint16_t age = 1; age + 1 < rings[i].slot_count && age < newest; age++) {
            uint32_t number;
            assert_int_equal(rig_read(rig, i, age, &number), WH_OK);
            assert_int_equal(number, newest - age);
        }
    }
}

static void check_ring(struct rig *rig, unsigned ring_index)
{
    struct rig_model *model = &rig->model;
    uint32_t number;
    const enum wh_err err = rig_read(rig, ring_index, 0, &number);
    if (err == WH_ERR_NOT_FOUND) {
        assert_int_equal(model->acknowledged[ring_index], 0);
    } else {
        assert_int_equal(err, WH_OK);
        assert_in_range(number, model->acknowledged[ring_index], model->attempted[ring_index]);
    }
    model->acknowledged[ring_index] = number;
    model->attempted[ring_index] = number;
}

void rig_check_records(struct rig *rig)
{
    for (unsigned i = 0; i < RIG_RINGS; i++) {
        check_ring(rig, i);
    }
}

void rig_check_report_of_cut(const struct rig *rig)
{
    assert_int_equal(rig->report.superblock_count, 2);
    assert_int_equal(rig->report.ring_count, RIG_RINGS);
    for (unsigned i = 0; i < RIG_RINGS; i++) {
        const struct wh_store_ring_report *ring = &rig->report.rings[i];
        assert_int_not_equal(ring->state, WH_STORE_LOST);
        assert_false(ring->newest_lost);
        assert_int_equal(ring->damaged_count, 0);
        assert_in_range(ring->torn_count, 0, 1);
    }
}
