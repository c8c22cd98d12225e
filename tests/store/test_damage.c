/* Damage is found and named; a wrong payload is never handed out and nothing starts from zero by
 * itself. Every bit of a small memory is flipped, in full, half-filled and empty stores. */
#include "tests/store/forge.h"
#include "tests/store/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* What became of one ring. */
enum fate { INTACT, FOUND_OLDER, FOUND_LOST, FATE_COUNT };

/* Whatever happened, a ring gives its newest record, or an older one and says so, or none and says so.
 * rig_read fails the test if a payload is not exactly one that was written. */
static enum fate check_fate(const struct rig *rig, unsigned ring_index)
{
    const struct wh_store_ring_report *report = &rig->report.rings[ring_index];
    uint32_t number;
    const enum wh_err err = rig_read(rig, ring_index, 0, &number);
    if (err == WH_ERR_CORRUPT) {
        assert_int_equal(report->state, WH_STORE_LOST);
        assert_int_not_equal(report->damaged_count, 0);
        return FOUND_LOST;
    }
    if (number == rig->model.acknowledged[ring_index]) {
        assert_int_equal(err, number == 0 ? WH_ERR_NOT_FOUND : WH_OK);
        return INTACT;
    }
    assert_true(report->newest_lost);
    assert_int_not_equal(report->damaged_count, 0);
    return FOUND_OLDER;
}

/* Flips every bit of the memory, one at a time, and counts what became of the rings. */
static void flip_every_bit(const struct rig *start, unsigned fates[FATE_COUNT])
{
    struct rig rig;
    rig_open(&rig, 0xff);
    for (uint32_t bit = 0; bit < 8 * RIG_MEMORY_SIZE; bit++) {
        rig_copy(&rig, start);
        eeprom_sim_flip(&rig.sim, bit);
        const enum wh_err err = rig_restart(&rig);
        unsigned lost_count = 0;
        for (unsigned i = 0; i < RIG_RINGS; i++) {
            const enum fate fate = check_fate(&rig, i);
            lost_count += fate == FOUND_LOST;
            fates[fate]++;
        }
        assert_int_equal(err, lost_count > 0 ? WH_ERR_CORRUPT : WH_OK);
        assert_in_range(rig.report.superblock_count, 1, 2);
    }
    rig_close(&rig);
}

/* With several records in each ring a flip costs at most the newest record, and that is said. */
static void any_bit_flipped_in_a_full_store(void **state)
{
    (void)state;
    struct rig start;
    unsigned fates[FATE_COUNT] = {0};
    rig_open_formatted(&start);
    assert_int_equal(rig_write_many(&start, 6 * RIG_RINGS), WH_OK);
    flip_every_bit(&start, fates);
    assert_int_equal(fates[FOUND_LOST], 0);
    /* Commit and payload of each ring's sixth record: 42 % 21, 43 % 6 and 44 % 46 bytes. */
    assert_int_equal(fates[FOUND_OLDER], 8 * (3 * 16 + 0 + 1 + 44));
    rig_close(&start);
}

static void any_bit_flipped_in_the_only_records(void **state)
{
    (void)state;
    struct rig start;
    unsigned fates[FATE_COUNT] = {0};
    rig_open_formatted(&start);
    assert_int_equal(rig_write_many(&start, RIG_RINGS), WH_OK);
    flip_every_bit(&start, fates);
    assert_int_equal(fates[FOUND_OLDER], 0);
    assert_int_equal(fates[FOUND_LOST], 8 * (3 * 16 + 7 + 2 + 9));
    rig_close(&start);
}

/* In an empty ring a flipped bit of a receipt cannot be told from a lost record: it is said to be lost. */
static void any_bit_flipped_in_an_empty_store(void **state)
{
    (void)state;
    struct rig start;
    unsigned fates[FATE_COUNT] = {0};
    rig_open_formatted(&start);
    flip_every_bit(&start, fates);
    assert_int_equal(fates[FOUND_LOST], 8 * 8 * (4 + 3 + 2));
    rig_close(&start);
}

/* Heavier damage at random: still no payload that was not written, and never silence. */
static void bursts_of_damage(void **state)
{
    enum { RUNS = 20000 };
    (void)state;
    struct rig start;
    struct rig rig;
    uint64_t seed = 7;
    rig_open_formatted(&start);
    assert_int_equal(rig_write_many(&start, 5 * RIG_RINGS), WH_OK);
    rig_open(&rig, 0xff);
    for (unsigned run = 0; run < RUNS; run++) {
        rig_copy(&rig, &start);
        const unsigned flips = 2 + (unsigned)(eeprom_sim_random(&seed) % 30);
        for (unsigned i = 0; i < flips; i++) {
            const uint64_t bit = 8 * 192 + eeprom_sim_random(&seed) % (8 * (640 - 192));
            eeprom_sim_flip(&rig.sim, (uint32_t)bit);
        }
        (void)rig_restart(&rig);
        for (unsigned i = 0; i < RIG_RINGS; i++) {
            uint32_t number;
            const enum wh_err err = rig_read(&rig, i, 0, &number);
            assert_int_equal(err,
                             rig.report.rings[i].state == WH_STORE_LOST ? WH_ERR_CORRUPT : WH_OK);
            if (number != 5) {
                const struct wh_store_ring_report *report = &rig.report.rings[i];
                assert_true(report->damaged_count + report->torn_count > 0);
            }
        }
    }
    rig_close(&rig);
    rig_close(&start);
}

static void destroy_slots(struct rig *rig, unsigned ring_index, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        rig->sim.cells[rig_slot_address(ring_index, i) + rig_slot_size(ring_index) - 1] ^= 0x55;
    }
}

/* A ring that had records and has none: refused until the loss is accepted by name. */
static void a_lost_ring_is_not_started_anew_by_itself(void **state)
{
    (void)state;
    struct rig rig;
    uint32_t number;
    rig_open_formatted(&rig);
    assert_int_equal(rig_write_many(&rig, 6 * RIG_RINGS), WH_OK);
    destroy_slots(&rig, 1, 3);
    assert_int_equal(rig_restart(&rig), WH_ERR_CORRUPT);
    assert_int_equal(rig.report.rings[1].state, WH_STORE_LOST);
    assert_int_equal(rig.report.rings[1].damaged_count, 3);
    assert_int_equal(rig_read(&rig, 1, 0, &number), WH_ERR_CORRUPT);
    assert_int_equal(rig_write(&rig, 1), WH_ERR_CORRUPT);
    assert_int_equal(rig_write(&rig, 0), WH_OK);
    assert_int_equal(wh_store_accept_loss(&rig.store, 2), WH_OK);
    assert_int_equal(rig_read(&rig, 1, 0, &number), WH_ERR_NOT_FOUND);
    assert_int_equal(rig_restart(&rig), WH_ERR_CORRUPT);
    assert_int_equal(wh_store_accept_loss(&rig.store, 2), WH_OK);
    assert_int_equal(rig_write(&rig, 1), WH_OK);
    assert_int_equal(rig_restart(&rig), WH_OK);
    assert_true(rig.report.rings[1].newest_sequence == 7);
    assert_false(rig.report.rings[1].newest_lost);
    rig_check_records(&rig);
    rig_close(&rig);
}

/* The loss is reported until a newer record is written, and the good one is not overwritten meanwhile. */
static void a_lost_newest_record_is_reported(void **state)
{
    (void)state;
    for (unsigned lost = 1; lost < 4; lost++) {
        struct rig rig;
        uint32_t number;
        rig_open_formatted(&rig);
        for (unsigned i = 0; i < 4; i++) {
            assert_int_equal(rig_write(&rig, 0), WH_OK);
        }
        for (unsigned i = 0; i < lost; i++) {
            rig.sim.cells[rig_slot_address(0, 3 - i) + 47] ^= 1;
        }
        assert_int_equal(rig_restart(&rig), WH_OK);
        assert_true(rig.report.rings[0].newest_lost);
        assert_int_equal(rig.report.rings[0].damaged_count, lost);
        assert_int_equal(rig.report.rings[0].torn_count, 0);
        assert_int_equal(rig_read(&rig, 0, 0, &number), WH_OK);
        assert_int_equal(number, 4 - lost);
        eeprom_sim_fail_write(&rig.sim, 1);
        assert_int_equal(rig_write(&rig, 0), WH_ERR_IO);
        assert_int_equal(rig_restart(&rig), WH_OK);
        assert_true(rig.report.rings[0].newest_lost);
        assert_int_equal(rig_read(&rig, 0, 0, &number), WH_OK);
        assert_int_equal(number, 4 - lost);
        assert_int_equal(rig_write(&rig, 0), WH_OK);
        assert_int_equal(rig_restart(&rig), WH_OK);
        assert_false(rig.report.rings[0].newest_lost);
        rig_check_records(&rig);
        rig_close(&rig);
    }
}

/* A tail wiped to FFh in the middle of used ones is not taken for a slot that was never used. */
static void a_wiped_newest_record_is_reported(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_formatted(&rig);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(rig_write(&rig, 0), WH_OK);
    }
    memset(rig.sim.cells + rig_slot_address(0, 1), 0xff, rig_slot_size(0));
    assert_int_equal(rig_restart(&rig), WH_OK);
    assert_true(rig.report.rings[0].newest_lost);
    assert_int_equal(rig.report.rings[0].damaged_count, 1);
    rig_close(&rig);
}

static void blank_is_only_what_was_never_used(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, 0xff);
    assert_int_equal(rig_restart(&rig), WH_ERR_BLANK);
    assert_false(rig.report.format_interrupted);
    rig.sim.cells[RIG_MEMORY_SIZE - 1] = 0;
    assert_int_equal(rig_restart(&rig), WH_ERR_CORRUPT);
    rig_close(&rig);
    rig_open(&rig, 0x00);
    assert_int_equal(rig_restart(&rig), WH_ERR_BLANK);
    rig.sim.cells[300] = 1;
    assert_int_equal(rig_restart(&rig), WH_ERR_CORRUPT);
    rig_close(&rig);
}

static void records_without_superblocks_are_corrupt(void **state)
{
    static const uint8_t fills[] = {0xff, 0x00, 0x77};
    (void)state;
    for (unsigned i = 0; i < sizeof fills; i++) {
        struct rig rig;
        rig_open_formatted(&rig);
        assert_int_equal(rig_write_many(&rig, RIG_RINGS), WH_OK);
        memset(rig.sim.cells, fills[i], 192);
        assert_int_equal(rig_restart(&rig), WH_ERR_CORRUPT);
        assert_int_equal(rig.report.superblock_count, 0);
        assert_int_equal(rig_write(&rig, 0), WH_ERR_STATE);
        rig_close(&rig);
    }
}

/* Formatting was cut before its very last write, the meter ran for years on copy A, and then copy A is
 * damaged: copy B still says "being formatted", and the answer must not be "blank". */
static void a_late_damage_does_not_revive_an_old_format(void **state)
{
    (void)state;
    struct rig start;
    struct rig rig;
    rig_open(&start, 0xff);
    rig_open(&rig, 0xff);
    uint64_t position = 0;
    do {
        rig_copy(&rig, &start);
        eeprom_sim_cut(&rig.sim, position++, EEPROM_TEAR_CLEAN, 0);
        assert_int_not_equal(wh_store_format(&rig.nvm, &rig_layout), WH_OK);
    } while (rig_restart(&rig) != WH_OK);
    assert_int_equal(rig.report.superblock_count, 1);
    assert_int_equal(rig_write_many(&rig, RIG_RINGS), WH_OK);
    rig.sim.cells[0] ^= 1;
    assert_int_equal(rig_restart(&rig), WH_ERR_CORRUPT);
    rig_close(&rig);
    rig_close(&start);
}

/* A record is valid in its own slot of its own ring only. */
static void a_record_in_a_wrong_place_is_refused(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_formatted(&rig);
    assert_int_equal(rig_write(&rig, 0), WH_OK);
    memcpy(rig.sim.cells + rig_slot_address(0, 1), rig.sim.cells + rig_slot_address(0, 0), 48);
    assert_int_equal(rig_restart(&rig), WH_OK);
    assert_int_equal(rig.report.rings[0].valid_count, 1);
    assert_int_equal(rig.report.rings[0].torn_count, 1);
    const struct forge_slot foreign = {rig.sim.cells + rig_slot_address(0, 1), 48, 2};
    forge_record(&foreign, 2, 0, "", 0);
    assert_int_equal(rig_restart(&rig), WH_OK);
    assert_int_equal(rig.report.rings[0].valid_count, 1);
    const struct forge_slot right = {rig.sim.cells + rig_slot_address(0, 1), 48, 1};
    forge_record(&right, 2, 0, "", 0);
    assert_int_equal(rig_restart(&rig), WH_OK);
    assert_int_equal(rig.report.rings[0].valid_count, 2);
    rig_close(&rig);
}

/* A cell that changes after mounting is noticed when the record is read, not covered up by an older one. */
static void damage_after_mounting_is_noticed(void **state)
{
    (void)state;
    struct rig rig;
    uint32_t number;
    rig_open_formatted(&rig);
    assert_int_equal(rig_write_many(&rig, 3 * RIG_RINGS), WH_OK);
    const uint32_t slot = rig_slot_address(0, 2);
    rig.sim.cells[slot + 47] ^= 4;
    assert_int_equal(rig_read(&rig, 0, 0, &number), WH_ERR_CORRUPT);
    memset(rig.sim.cells + slot, 0xff, 48);
    assert_int_equal(rig_read(&rig, 0, 0, &number), WH_ERR_CORRUPT);
    assert_int_equal(rig_read(&rig, 0, 1, &number), WH_OK);
    assert_int_equal(number, 2);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bit_flipped_in_a_full_store),
        cmocka_unit_test(any_bit_flipped_in_the_only_records),
        cmocka_unit_test(any_bit_flipped_in_an_empty_store),
        cmocka_unit_test(bursts_of_damage),
        cmocka_unit_test(a_lost_ring_is_not_started_anew_by_itself),
        cmocka_unit_test(a_lost_newest_record_is_reported),
        cmocka_unit_test(a_wiped_newest_record_is_reported),
        cmocka_unit_test(blank_is_only_what_was_never_used),
        cmocka_unit_test(records_without_superblocks_are_corrupt),
        cmocka_unit_test(a_late_damage_does_not_revive_an_old_format),
        cmocka_unit_test(a_record_in_a_wrong_place_is_refused),
        cmocka_unit_test(damage_after_mounting_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
