/* What log.h promises apart from power cuts: arguments and states, reading by sequence, time and
 * entry against a model that filters all records, epochs, device failures, worn cells, damage, cost
 * of mounting and searching. */
#include "tests/store/eeprom_sim.h"
#include "tests/store/log_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct log_rig *open_rig(const struct wh_log_design *design)
{
    struct log_rig *rig = test_malloc(sizeof *rig);
    log_rig_open(rig, design);
    return rig;
}

static void close_rig(struct log_rig *rig)
{
    log_rig_close(rig);
    test_free(rig);
}

static void records_come_back_bit_for_bit(void **state)
{
    (void)state;
    for (unsigned d = 0; d < LOG_RIG_DESIGNS; d++) {
        struct log_rig *rig = open_rig(&log_rig_designs[d]);
        log_rig_check(rig);
        for (unsigned i = 0; i < 120; i++) {
            assert_int_equal(log_rig_append_many(rig, 1), WH_OK);
            log_rig_check(rig);
            if (i % 11 == 5) {
                log_rig_restart(rig);
                log_rig_check(rig);
            }
        }
        close_rig(rig);
    }
}

static void designs_that_break_a_rule_are_refused(void **state)
{
    static const struct {
        struct wh_log_design design;
        enum wh_err err;
    } cases[] = {
        {{.payload_size = 0, .sector_count = 2}, WH_ERR_ARGUMENT},
        {{.payload_size = LOG_RIG_PAYLOAD_MAX + 1, .sector_count = 2}, WH_ERR_ARGUMENT},
        {{.payload_size = 8, .sector_count = 1}, WH_ERR_ARGUMENT},
        {{.payload_size = 8, .sector_count = LOG_RIG_SECTORS + 1}, WH_ERR_SPACE},
        {{.payload_size = 8, .sector_count = 2, .first_sector = 7}, WH_ERR_SPACE},
        {{.payload_size = 8, .sector_count = 2, .first_sector = UINT32_MAX}, WH_ERR_SPACE},
        {{.payload_size = LOG_RIG_PAYLOAD_MAX, .sector_count = LOG_RIG_SECTORS}, WH_OK},
    };
    (void)state;
    struct log_rig *rig = open_rig(&log_rig_designs[0]);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct wh_log_design *design = &cases[i].design;
        assert_int_equal(wh_log_check(design, &rig->flash), cases[i].err);
        assert_int_equal(wh_log_mount(&rig->log, &rig->flash, design, &rig->report), cases[i].err);
        assert_int_equal(wh_log_capacity(design, &rig->flash),
                         cases[i].err == WH_OK ? LOG_RIG_SECTORS - 1 : 0);
    }
    struct wh_flash odd = rig->flash;
    odd.sector_size_bytes = 250;
    assert_int_equal(wh_log_check(&log_rig_designs[0], &odd), WH_ERR_ARGUMENT);
    odd = rig->flash;
    odd.page_size_bytes = 512;
    assert_int_equal(wh_log_check(&log_rig_designs[0], &odd), WH_ERR_ARGUMENT);
    close_rig(rig);
}

static void a_log_that_is_not_mounted_does_nothing(void **state)
{
    (void)state;
    struct wh_log log = {0};
    struct wh_log_range range;
    uint8_t payload[16] = {0};
    uint32_t count;
    assert_int_equal(wh_log_append(&log, 1, 1, payload), WH_ERR_STATE);
    assert_int_equal(wh_log_read(&log, 1, payload, NULL), WH_ERR_STATE);
    assert_int_equal(wh_log_count(&log, &count), WH_ERR_STATE);
    assert_int_equal(wh_log_range_begin(&log, 0, 9, &range), WH_ERR_STATE);
    assert_int_equal(wh_log_range_next(&range, payload, NULL), WH_ERR_NOT_FOUND);
    assert_int_equal(wh_log_range_begin_entries(&log, 9, 0, &range), WH_ERR_STATE);
    assert_int_equal(wh_log_range_next(&range, payload, NULL), WH_ERR_NOT_FOUND);
    assert_int_equal(wh_log_newest(&log), 0);
    assert_int_equal(wh_log_oldest(&log), 0);
}

/* Whatever is on a flash, without records of this log it is an empty log. */
static void foreign_content_is_an_empty_log(void **state)
{
    (void)state;
    for (unsigned d = 0; d < LOG_RIG_DESIGNS; d++) {
        for (uint64_t seed = 1; seed < 40; seed++) {
            struct log_rig *rig = open_rig(&log_rig_designs[d]);
            uint64_t random = seed;
            for (uint32_t i = 0; i < rig->sim.size_bytes; i++) {
                rig->sim.cells[i] = seed == 1   ? 0
                                    : seed == 2 ? 0x55
                                                : (uint8_t)eeprom_sim_random(&random);
            }
            log_rig_restart(rig);
            assert_int_equal(wh_log_newest(&rig->log), 0);
            assert_int_equal(rig->report.damaged_count, 0);
            assert_int_equal(log_rig_append_many(rig, 30), WH_OK);
            log_rig_restart(rig);
            log_rig_check(rig);
            close_rig(rig);
        }
    }
}

/* The clock is set back and forth at random, stamps repeat, restarts end runs: any range is what a
 * filter over all records gives, by time and by entry. */
static void ranges_are_what_a_filter_gives(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (unsigned life = 0; life < 400; life++) {
        struct log_rig *rig = open_rig(&log_rig_designs[life % LOG_RIG_DESIGNS]);
        const unsigned jumpiness = 2 + (unsigned)(eeprom_sim_random(&seed) % 40);
        uint32_t time_s = 1000;
        for (unsigned i = (unsigned)(eeprom_sim_random(&seed) % 150); i > 0; i--) {
            assert_int_equal(log_rig_append(rig, time_s), WH_OK);
            time_s += (uint32_t)(eeprom_sim_random(&seed) % 3);
            if (eeprom_sim_random(&seed) % jumpiness == 0) {
                time_s = 800 + (uint32_t)(eeprom_sim_random(&seed) % 400);
            }
            if (eeprom_sim_random(&seed) % 64 == 0) {
                log_rig_restart(rig);
            }
        }
        log_rig_check(rig);
        for (unsigned i = 0; i < 40; i++) {
            const uint32_t from_s = 790 + (uint32_t)(eeprom_sim_random(&seed) % 500);
            log_rig_check_times(rig, from_s, from_s + (uint32_t)(eeprom_sim_random(&seed) % 60));
            const uint32_t newest = (uint32_t)(eeprom_sim_random(&seed) % 50);
            log_rig_check_entries(rig, newest + (uint32_t)(eeprom_sim_random(&seed) % 9), newest);
        }
        log_rig_check_times(rig, 1200, 1100);
        close_rig(rig);
    }
}

/* A walk goes on while records are appended: what was there at its beginning and is still kept, in
 * order. */
static void a_walk_goes_on_while_records_are_appended(void **state)
{
    (void)state;
    for (unsigned d = 0; d < LOG_RIG_DESIGNS; d++) {
        struct log_rig *rig = open_rig(&log_rig_designs[d]);
        assert_int_equal(log_rig_append_many(rig, 50), WH_OK);
        struct wh_log_range range;
        struct wh_log_record record = {0};
        uint8_t payload[LOG_RIG_PAYLOAD_MAX];
        uint32_t before = 0;
        const uint32_t last = wh_log_newest(&rig->log);
        assert_int_equal(wh_log_range_begin(&rig->log, 0, UINT32_MAX, &range), WH_OK);
        while (wh_log_range_next(&range, payload, &record) == WH_OK) {
            assert_true(record.sequence > before && record.sequence <= last);
            assert_true(record.sequence >= wh_log_oldest(&rig->log));
            before = record.sequence;
            assert_int_equal(log_rig_append_many(rig, 1), WH_OK);
        }
        close_rig(rig);
    }
}

/* Raising the epoch deletes a log at once, writes nothing, and allows other records; of the old
 * ones none ever comes back, and another id sees none of either. */
static void a_new_epoch_is_an_empty_log(void **state)
{
    (void)state;
    struct log_rig *rig = open_rig(&log_rig_designs[1]);
    assert_int_equal(log_rig_append_many(rig, 100), WH_OK);
    struct wh_log_design design = log_rig_designs[1];
    for (uint16_t epoch = 1; epoch < 30; epoch++) {
        design.epoch = epoch;
        design.payload_size = (uint16_t)(epoch % 3 == 0 ? 20 : 10 + epoch);
        memset(&rig->model, 0, sizeof rig->model);
        rig->design = &design;
        log_rig_restart(rig);
        assert_int_equal(wh_log_newest(&rig->log), 0);
        for (unsigned i = 0; i < epoch * 3u; i++) {
            assert_int_equal(log_rig_append_many(rig, 1), WH_OK);
            log_rig_check(rig);
        }
        log_rig_restart(rig);
        log_rig_check(rig);
    }
    struct wh_log_design other = design;
    other.id = 77;
    assert_int_equal(wh_log_mount(&rig->log, &rig->flash, &other, &rig->report), WH_OK);
    assert_int_equal(wh_log_newest(&rig->log), 0);
    close_rig(rig);
}

static void live_with_a_worn_cell(const struct wh_log_design *design, uint32_t address)
{
    struct log_rig *rig = open_rig(design);
    flash_sim_wear_out(&rig->sim, address, 0x5a);
    for (unsigned i = 0; i < 24; i++) {
        assert_int_equal(log_rig_append_many(rig, 1), WH_OK);
        if (i % 5 == 0) {
            log_rig_restart(rig);
        }
        log_rig_check(rig);
    }
    close_rig(rig);
}

/* One cell that cannot be programmed costs slots; whatever its place, every append succeeds, no
 * record is lost or found twice. */
static void a_worn_cell_costs_slots_and_no_record(void **state)
{
    (void)state;
    for (unsigned d = 0; d < LOG_RIG_DESIGNS; d++) {
        const uint32_t first = log_rig_designs[d].first_sector * LOG_RIG_SECTOR_SIZE;
        for (uint32_t at = 0; at < LOG_RIG_SECTOR_SIZE; at += 3) {
            live_with_a_worn_cell(&log_rig_designs[d], first + at);
        }
    }
}

/* A sector that cannot be erased any more is got past, and nothing is lost that was promised. Where
 * there is only one other sector, the newest record is worth more than the next one. */
static void a_dead_sector_is_got_past(void **state)
{
    (void)state;
    for (unsigned d = 0; d < LOG_RIG_DESIGNS; d++) {
        struct log_rig *rig = open_rig(&log_rig_designs[d]);
        const unsigned slots = rig->design->sector_count * (unsigned)rig->log.slots_per_sector;
        assert_int_equal(log_rig_append_many(rig, 2 * slots), WH_OK);
        flash_sim_kill_sector(&rig->sim, rig->design->first_sector);
        for (unsigned i = 0; i < 3 * slots; i++) {
            const enum wh_err err = log_rig_append_many(rig, 1);
            assert_int_equal(err, rig->design->sector_count > 2 ? WH_OK : WH_ERR_IO);
            log_rig_check(rig);
            log_rig_restart(rig);
            log_rig_check(rig);
        }
        close_rig(rig);
    }
}

static void live_with_a_failure(const struct wh_log_design *design, unsigned fail)
{
    struct log_rig *rig = open_rig(design);
    if (fail % 2 == 0) {
        flash_sim_fail_read(&rig->sim, fail / 2);
    } else {
        flash_sim_fail_change(&rig->sim, fail / 2);
    }
    for (unsigned i = 0; i < 30; i++) {
        if (log_rig_append_many(rig, 1) != WH_OK) {
            rig->model.in_flight.number = 0;
            assert_int_equal(log_rig_append_many(rig, 1), WH_OK);
        }
    }
    flash_sim_power_on(&rig->sim);
    log_rig_check(rig);
    log_rig_restart(rig);
    log_rig_check(rig);
    close_rig(rig);
}

/* The device stops answering for one read, program or erase, at each of them in turn: the append
 * says so, or was not concerned; repeated, it succeeds; nothing is lost and nothing is there twice.
 */
static void a_device_failure_changes_nothing_else(void **state)
{
    (void)state;
    for (unsigned d = 0; d < LOG_RIG_DESIGNS; d++) {
        for (unsigned fail = 0; fail < 300; fail++) {
            live_with_a_failure(&log_rig_designs[d], fail);
        }
    }
}

/* A read that fails is never taken for an empty log or a hole. */
static void read_errors_are_io(void **state)
{
    (void)state;
    struct log_rig *rig = open_rig(&log_rig_designs[1]);
    struct wh_log_range range;
    uint8_t payload[LOG_RIG_PAYLOAD_MAX];
    uint32_t count;
    assert_int_equal(log_rig_append_many(rig, 50), WH_OK);
    const uint64_t before = rig->sim.read_count;
    log_rig_restart(rig);
    for (uint64_t n = rig->sim.read_count - before; n > 0; n--) {
        flash_sim_fail_read(&rig->sim, n - 1);
        assert_int_equal(wh_log_mount(&rig->log, &rig->flash, rig->design, &rig->report),
                         WH_ERR_IO);
        assert_int_equal(wh_log_append(&rig->log, 1, 1, payload), WH_ERR_STATE);
    }
    log_rig_restart(rig);
    flash_sim_fail_read(&rig->sim, 0);
    assert_int_equal(wh_log_read(&rig->log, 45, payload, NULL), WH_ERR_IO);
    flash_sim_fail_read(&rig->sim, 0);
    assert_int_equal(wh_log_count(&rig->log, &count), WH_ERR_IO);
    flash_sim_fail_read(&rig->sim, 0);
    assert_int_equal(wh_log_range_begin(&rig->log, 0, 9, &range), WH_ERR_IO);
    assert_int_equal(wh_log_range_next(&range, payload, NULL), WH_ERR_NOT_FOUND);
    flash_sim_fail_read(&rig->sim, 0);
    assert_int_equal(wh_log_range_begin_entries(&rig->log, 9, 0, &range), WH_ERR_IO);
    assert_int_equal(wh_log_range_begin_entries(&rig->log, 9, 0, &range), WH_OK);
    flash_sim_fail_read(&rig->sim, 0);
    assert_int_equal(wh_log_range_next(&range, payload, NULL), WH_ERR_IO);
    for (unsigned i = 0; i < 10; i++) {
        assert_int_equal(wh_log_range_next(&range, payload, NULL), WH_OK);
    }
    log_rig_check(rig);
    close_rig(rig);
}

/* Counts the records that read right; any other answer than right, damaged or absent fails the
 * test. */
static unsigned count_right(const struct log_rig *rig)
{
    struct wh_log_record got;
    uint8_t payload[LOG_RIG_PAYLOAD_MAX];
    unsigned count = 0;
    for (uint32_t i = 0; i < rig->model.count; i++) {
        const struct log_rig_record *record = &rig->model.records[i];
        const enum wh_err err = wh_log_read(&rig->log, record->sequence, payload, &got);
        if (err == WH_OK) {
            assert_true(log_rig_is_record(rig, record, &got, payload));
            count++;
        } else {
            assert_true(err == WH_ERR_CORRUPT || err == WH_ERR_NOT_FOUND);
        }
    }
    return count;
}

static unsigned walk(const struct log_rig *rig)
{
    struct wh_log_range range;
    uint8_t payload[LOG_RIG_PAYLOAD_MAX];
    unsigned count = 0;
    assert_int_equal(wh_log_range_begin(&rig->log, 0, UINT32_MAX, &range), WH_OK);
    while (wh_log_range_next(&range, payload, NULL) == WH_OK) {
        count++;
    }
    return count;
}

/* Each bit of a full ring in turn flips: of all records exactly that one is lost, and no other
 * comes in its place; with power on, and after a restart. (A flip where nothing is programmed yet
 * uses up slots at the restart, as if an append had been cut there.) */
static void a_flipped_bit_costs_its_record(void **state)
{
    enum { SLOT = 33, SLOTS = 7, KEPT = 2 * SLOTS + 4, START = LOG_RIG_SECTOR_SIZE };
    (void)state;
    struct log_rig *start = open_rig(&log_rig_designs[0]);
    struct log_rig *rig = open_rig(&log_rig_designs[0]);
    assert_int_equal(log_rig_append_many(start, 6 * SLOTS + 4), WH_OK);
    assert_int_equal(count_right(start), KEPT);
    for (uint32_t bit = START * 8; bit < 4 * START * 8; bit++) {
        const uint32_t at = bit / 8 % LOG_RIG_SECTOR_SIZE;
        const bool is_ahead = bit / 8 < 2 * START && at >= 4 * SLOT;
        const unsigned right = at < SLOTS * SLOT && !is_ahead ? KEPT - 1 : KEPT;
        log_rig_copy(rig, start);
        flash_sim_flip(&rig->sim, bit);
        assert_int_equal(count_right(rig), right);
        assert_int_equal(walk(rig), right);
        assert_int_equal(wh_log_mount(&rig->log, &rig->flash, rig->design, &rig->report), WH_OK);
        assert_in_range(count_right(rig), is_ahead ? SLOTS + 4 : right, right);
        assert_int_equal(walk(rig), count_right(rig));
    }
    close_rig(rig);
    close_rig(start);
}

static void destroy(struct log_rig *rig, unsigned sector, unsigned first_slot, unsigned count)
{
    const uint32_t slot_size = rig->design->payload_size + (uint32_t)WH_LOG_OVERHEAD;
    memset(rig->sim.cells + (rig->design->first_sector + sector) * LOG_RIG_SECTOR_SIZE +
               first_slot * slot_size,
           0, count * slot_size);
}

/* The beginnings of sectors tell the laps; damage there loses what it hit and nothing else. */
static void beginnings_of_sectors_may_be_lost(void **state)
{
    (void)state;
    struct log_rig *rig = open_rig(&log_rig_designs[1]); /* six sectors of six slots */
    assert_int_equal(log_rig_append_many(rig, 36 + 6 + 6), WH_OK);
    for (unsigned sector = 0; sector < 6; sector++) {
        destroy(rig, sector, 0, 1);
    }
    assert_int_equal(wh_log_mount(&rig->log, &rig->flash, rig->design, &rig->report), WH_OK);
    assert_int_equal(wh_log_newest(&rig->log), 48);
    assert_int_equal(count_right(rig), 5 * 5); /* the sixth sector is the next to be erased */
    assert_int_equal(walk(rig), 5 * 5);
    destroy(rig, 1, 1, 4);
    assert_int_equal(wh_log_mount(&rig->log, &rig->flash, rig->design, &rig->report), WH_OK);
    assert_int_equal(wh_log_newest(&rig->log), 48);
    assert_int_equal(count_right(rig), 4 * 5 + 1);
    close_rig(rig);
}

/* Large parts of the memory are gone: no wrong record, no endless search, and the log goes on. */
static void damage_at_random_never_gives_a_wrong_record(void **state)
{
    (void)state;
    uint64_t seed = 99;
    for (unsigned life = 0; life < 2000; life++) {
        struct log_rig *rig = open_rig(&log_rig_designs[life % LOG_RIG_DESIGNS]);
        assert_int_equal(log_rig_append_many(rig, (unsigned)(eeprom_sim_random(&seed) % 90)),
                         WH_OK);
        for (uint64_t n = eeprom_sim_random(&seed) % 60; n > 0; n--) {
            flash_sim_flip(&rig->sim,
                           (uint32_t)(eeprom_sim_random(&seed) % (8u * rig->sim.size_bytes)));
        }
        (void)walk(rig);
        assert_int_equal(wh_log_mount(&rig->log, &rig->flash, rig->design, &rig->report), WH_OK);
        assert_in_range(walk(rig), 0, count_right(rig));
        assert_int_equal(log_rig_append_many(rig, 10), WH_OK);
        close_rig(rig);
    }
}

/* The numbers end before they wrap. */
static void sequences_end_with_an_error(void **state)
{
    (void)state;
    struct log_rig *rig = open_rig(&log_rig_designs[1]);
    uint8_t payload[20] = {0};
    assert_int_equal(log_rig_append_many(rig, 1), WH_OK);
    rig->log.next =
        0xfffe0000 / 36 * 36 + 1; /* the first slot of the last lap, as after 119 million laps */
    assert_int_equal(wh_log_append(&rig->log, 1, 1, payload), WH_ERR_SPACE);
    rig->log.next = 0xffffffu * 36u - 5; /* the last sector before 24 bits of laps end */
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(wh_log_append(&rig->log, 1, 1, payload), WH_OK);
    }
    assert_int_equal(wh_log_append(&rig->log, 1, 1, payload), WH_ERR_SPACE);
    assert_int_equal(wh_log_mount(&rig->log, &rig->flash, rig->design, &rig->report), WH_OK);
    assert_int_equal(wh_log_newest(&rig->log), 0xffffffu * 36u);
    assert_int_equal(wh_log_append(&rig->log, 1, 1, payload), WH_ERR_SPACE);
    close_rig(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_back_bit_for_bit),
        cmocka_unit_test(designs_that_break_a_rule_are_refused),
        cmocka_unit_test(a_log_that_is_not_mounted_does_nothing),
        cmocka_unit_test(foreign_content_is_an_empty_log),
        cmocka_unit_test(ranges_are_what_a_filter_gives),
        cmocka_unit_test(a_walk_goes_on_while_records_are_appended),
        cmocka_unit_test(a_new_epoch_is_an_empty_log),
        cmocka_unit_test(a_worn_cell_costs_slots_and_no_record),
        cmocka_unit_test(a_dead_sector_is_got_past),
        cmocka_unit_test(a_device_failure_changes_nothing_else),
        cmocka_unit_test(read_errors_are_io),
        cmocka_unit_test(a_flipped_bit_costs_its_record),
        cmocka_unit_test(beginnings_of_sectors_may_be_lost),
        cmocka_unit_test(damage_at_random_never_gives_a_wrong_record),
        cmocka_unit_test(sequences_end_with_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
