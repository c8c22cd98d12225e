/* The model against which logs are checked. Invariant: it knows only what callers of a log know,
 * which append was tried with which stamp and which got WH_OK. */
#include "tests/store/log_rig.h"

#include "tests/store/eeprom_sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

const struct wh_log_design log_rig_designs[LOG_RIG_DESIGNS] = {
    {.id = 1, .payload_size = 13, .first_sector = 1, .sector_count = 3},
    {.id = 2, .payload_size = 20, .first_sector = 2, .sector_count = 6},
    {.id = 3, .payload_size = 100, .first_sector = 0, .sector_count = 2},
    {.id = 4, .payload_size = LOG_RIG_PAYLOAD_MAX, .first_sector = 5, .sector_count = 3},
};

static uint16_t record_version(uint32_t number)
{
    return (uint16_t)(number * 7);
}

static void record_payload(const struct wh_log_design *design, uint32_t number, uint8_t *payload)
{
    uint64_t state = (uint64_t)number << 16 | design->id;
    for (unsigned i = 0; i < design->payload_size; i++) {
        payload[i] = (uint8_t)eeprom_sim_random(&state);
    }
}

void log_rig_open(struct log_rig *rig, const struct wh_log_design *design)
{
    memset(rig, 0, sizeof *rig);
    rig->design = design;
    flash_sim_open(&rig->sim, LOG_RIG_SECTORS * LOG_RIG_SECTOR_SIZE, LOG_RIG_SECTOR_SIZE,
                   LOG_RIG_PAGE_SIZE, 0xff);
    rig->flash = flash_sim_flash(&rig->sim);
    assert_int_equal(wh_log_mount(&rig->log, &rig->flash, design, &rig->report), WH_OK);
}

void log_rig_close(struct log_rig *rig)
{
    flash_sim_close(&rig->sim);
}

void log_rig_copy(struct log_rig *dst, const struct log_rig *src)
{
    flash_sim_copy(&dst->sim, &src->sim);
    dst->design = src->design;
    dst->log = src->log;
    dst->log.flash = &dst->flash;
    dst->report = src->report;
    memcpy(dst->model.records, src->model.records, src->model.count * sizeof src->model.records[0]);
    dst->model.count = src->model.count;
    dst->model.reached = src->model.reached;
    dst->model.attempted = src->model.attempted;
    dst->model.in_flight = src->model.in_flight;
}

static void keep(struct log_rig_model *model, struct log_rig_record record,
                 enum log_rig_state state)
{
    assert_true(model->count < LOG_RIG_RECORDS_MAX);
    record.state = state;
    model->records[model->count++] = record;
}

enum wh_err log_rig_append(struct log_rig *rig, uint32_t time_s)
{
    struct log_rig_model *model = &rig->model;
    uint8_t payload[LOG_RIG_PAYLOAD_MAX];
    struct log_rig_record record = {.number = ++model->attempted, .time_s = time_s};
    record_payload(rig->design, record.number, payload);
    const enum wh_err err =
        wh_log_append(&rig->log, record_version(record.number), time_s, payload);
    record.sequence = wh_log_newest(&rig->log);
    model->reached = rig->log.next > model->reached ? rig->log.next : model->reached;
    if (err == WH_OK) {
        keep(model, record, LOG_RIG_KEPT);
    } else {
        model->in_flight = record;
    }
    return err;
}

enum wh_err log_rig_append_many(struct log_rig *rig, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const struct log_rig_model *model = &rig->model;
        const uint32_t last_s = model->count == 0 ? 0 : model->records[model->count - 1].time_s;
        const enum wh_err err = log_rig_append(rig, last_s + 60);
        if (err != WH_OK) {
            return err;
        }
    }
    return WH_OK;
}

bool log_rig_is_record(const struct log_rig *rig, const struct log_rig_record *expected,
                       const struct wh_log_record *got, const uint8_t *payload)
{
    uint8_t right[LOG_RIG_PAYLOAD_MAX];
    record_payload(rig->design, expected->number, right);
    return got->time_s == expected->time_s && got->version == record_version(expected->number) &&
           memcmp(payload, right, rig->design->payload_size) == 0;
}

/* Sequence of the last record that is there for sure; 0: there is none. */
static uint32_t last_kept(const struct log_rig_model *model)
{
    uint32_t i = model->count;
    while (i > 0 && model->records[i - 1].state != LOG_RIG_KEPT) {
        i--;
    }
    return i == 0 ? 0 : model->records[i - 1].sequence;
}

/* The record in flight when power failed: found whole, or not at all. */
static void settle_in_flight(struct log_rig *rig)
{
    struct log_rig_model *model = &rig->model;
    struct log_rig_record *record = &model->in_flight;
    record->sequence = wh_log_newest(&rig->log);
    if (rig->sim.tear == FLASH_TEAR_WEAK) {
        keep(model, *record, LOG_RIG_DOUBTFUL);
    } else if (record->sequence != last_kept(model)) {
        struct wh_log_record got;
        uint8_t payload[LOG_RIG_PAYLOAD_MAX];
        assert_int_equal(wh_log_read(&rig->log, record->sequence, payload, &got), WH_OK);
        assert_true(log_rig_is_record(rig, record, &got, payload));
        keep(model, *record, LOG_RIG_KEPT);
    }
    record->number = 0;
}

void log_rig_restart(struct log_rig *rig)
{
    struct log_rig_model *model = &rig->model;
    flash_sim_power_on(&rig->sim);
    const uint64_t changes = rig->sim.program_count + rig->sim.erase_count;
    assert_int_equal(wh_log_mount(&rig->log, &rig->flash, rig->design, &rig->report), WH_OK);
    assert_true(rig->sim.program_count + rig->sim.erase_count == changes);
    assert_true(wh_log_newest(&rig->log) >= last_kept(model));
    if (model->in_flight.number != 0) {
        settle_in_flight(rig);
    } else if (rig->sim.tear != FLASH_TEAR_WEAK) {
        assert_int_equal(wh_log_newest(&rig->log), last_kept(model));
    }
}

uint32_t log_rig_promised(const struct log_rig *rig)
{
    const uint32_t capacity = wh_log_capacity(rig->design, &rig->flash);
    const uint32_t next = rig->log.next > rig->model.reached ? rig->log.next : rig->model.reached;
    return next > capacity ? next - capacity : 1;
}

/* Every record of the capacity is there, under its sequence. */
static void check_by_sequence(const struct log_rig *rig)
{
    const uint32_t promised = log_rig_promised(rig);
    for (uint32_t i = rig->model.count; i > 0; i--) {
        const struct log_rig_record *record = &rig->model.records[i - 1];
        struct wh_log_record got;
        uint8_t payload[LOG_RIG_PAYLOAD_MAX];
        if (record->state == LOG_RIG_KEPT && record->sequence >= promised) {
            assert_int_equal(wh_log_read(&rig->log, record->sequence, payload, &got), WH_OK);
            assert_true(log_rig_is_record(rig, record, &got, payload));
            assert_int_equal(got.sequence, record->sequence);
        } else if (record->sequence + 2 * rig->log.slots_per_sector < promised) {
            break;
        }
    }
}

/* Index of the first model record that may still be in the ring. */
static uint32_t first_of_ring(const struct log_rig *rig)
{
    const uint32_t slots = rig->design->sector_count * (uint32_t)rig->log.slots_per_sector;
    uint32_t i = rig->model.count;
    while (i > 0 && rig->model.records[i - 1].sequence + 2 * slots > rig->log.newest) {
        i--;
    }
    return i;
}

/* After a restart the log may not know how far attempts had come that left no trace: then what it
 * thinks it keeps may be gone. */
static bool has_fallen_back(const struct log_rig *rig)
{
    return rig->log.next < rig->model.reached;
}

static uint32_t sure_oldest(const struct log_rig *rig)
{
    return has_fallen_back(rig) ? log_rig_promised(rig) : wh_log_oldest(&rig->log);
}

/* The records that a range must give are model records first…, in this order, those of kept state
 * without exception; it may give doubtful ones. */
static void check_range(const struct log_rig *rig, struct wh_log_range *range, uint32_t from_s,
                        uint32_t to_s)
{
    const struct log_rig_model *model = &rig->model;
    const uint32_t oldest = sure_oldest(rig);
    struct wh_log_record got;
    uint8_t payload[LOG_RIG_PAYLOAD_MAX];
    enum wh_err err = wh_log_range_next(range, payload, &got);
    for (uint32_t i = first_of_ring(rig); i < model->count; i++) {
        const struct log_rig_record *record = &model->records[i];
        const bool is_due = record->state == LOG_RIG_KEPT && record->sequence >= oldest &&
                            record->time_s >= from_s && record->time_s <= to_s;
        const bool is_given = err == WH_OK && log_rig_is_record(rig, record, &got, payload);
        if (is_due) {
            assert_int_equal(err, WH_OK);
            assert_true(is_given);
            assert_int_equal(got.sequence, record->sequence);
        }
        if (is_given) {
            assert_in_range(got.time_s, from_s, to_s);
            err = wh_log_range_next(range, payload, &got);
        }
    }
    assert_int_equal(err, WH_ERR_NOT_FOUND);
}

void log_rig_check_times(const struct log_rig *rig, uint32_t from_s, uint32_t to_s)
{
    struct wh_log_range range;
    assert_int_equal(wh_log_range_begin(&rig->log, from_s, to_s, &range), WH_OK);
    check_range(rig, &range, from_s, to_s);
}

/* The number of model records that the log must still have. */
static uint32_t kept_count(const struct log_rig *rig)
{
    const uint32_t oldest = wh_log_oldest(&rig->log);
    uint32_t count = 0;
    for (uint32_t i = rig->model.count; i > 0 && rig->model.records[i - 1].sequence >= oldest;
         i--) {
        count++;
    }
    return count;
}

void log_rig_check_entries(const struct log_rig *rig, uint32_t oldest_entry, uint32_t newest_entry)
{
    const uint32_t kept = kept_count(rig);
    struct wh_log_range range;
    struct wh_log_record got;
    uint8_t payload[LOG_RIG_PAYLOAD_MAX];
    assert_int_equal(wh_log_range_begin_entries(&rig->log, oldest_entry, newest_entry, &range),
                     WH_OK);
    for (uint32_t entry = oldest_entry < kept ? oldest_entry + 1 : kept; entry > newest_entry;
         entry--) {
        const struct log_rig_record *record = &rig->model.records[rig->model.count - entry];
        assert_int_equal(wh_log_range_next(&range, payload, &got), WH_OK);
        assert_true(log_rig_is_record(rig, record, &got, payload));
        assert_int_equal(got.entry, entry - 1);
    }
    assert_int_equal(wh_log_range_next(&range, payload, &got), WH_ERR_NOT_FOUND);
}

static bool has_doubtful(const struct log_rig *rig)
{
    for (uint32_t i = 0; i < rig->model.count; i++) {
        if (rig->model.records[i].state == LOG_RIG_DOUBTFUL) {
            return true;
        }
    }
    return false;
}

void log_rig_check(const struct log_rig *rig)
{
    assert_true(wh_log_oldest(&rig->log) <= log_rig_promised(rig));
    check_by_sequence(rig);
    log_rig_check_times(rig, 0, UINT32_MAX);
    if (!has_doubtful(rig) && !has_fallen_back(rig)) {
        uint32_t count;
        assert_int_equal(wh_log_count(&rig->log, &count), WH_OK);
        assert_int_equal(count, kept_count(rig));
        log_rig_check_entries(rig, UINT32_MAX, 0);
    }
}
