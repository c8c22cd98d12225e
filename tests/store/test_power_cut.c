/* MEM-2: loss of supply at any instant loses nothing that was acknowledged. Power is cut at every byte of
 * every write, in every way the simulated part knows, once, twice in a row, while formatting, and at
 * random over long workloads. After each cut the record of each ring is the last one acknowledged or
 * the one in flight, bit for bit; nothing is reported as lost or damaged; and the store goes on. */
#include "tests/store/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { WORKLOAD = 8 * RIG_RINGS };

/* Restart after a cut: what is there must be right, and what a cut can explain. */
static void check_after_cut(struct rig *rig)
{
    assert_int_equal(rig_restart(rig), WH_OK);
    rig_check_report_of_cut(rig);
    rig_check_records(rig);
    rig_check_history(rig);
}

/* Goes on for a lap of every ring and checks again. */
static void check_goes_on(struct rig *rig)
{
    assert_int_equal(rig_write_many(rig, RIG_LAP * RIG_RINGS), WH_OK);
    assert_int_equal(rig_restart(rig), WH_OK);
    rig_check_report_of_cut(rig);
    for (unsigned i = 0; i < RIG_RINGS; i++) {
        assert_int_equal(rig->report.rings[i].torn_count, 0);
    }
    rig_check_records(rig);
    rig_check_history(rig);
}

/* Cuts the workload at one position. False when the position is behind its end. */
static bool cut_once(struct rig *rig, const struct rig *start, uint64_t position,
                     enum eeprom_tear tear, unsigned writes)
{
    rig_copy(rig, start);
    eeprom_sim_cut(&rig->sim, position, tear, position);
    return rig_write_many(rig, writes) != WH_OK;
}

/* MEM-1, MEM-2: from the first record ever through several laps of every ring. */
static void every_byte_of_every_write(void **state)
{
    (void)state;
    struct rig start;
    struct rig rig;
    rig_open_formatted(&start);
    rig_open(&rig, 0xff);
    unsigned cuts = 0;
    for (int tear = 0; tear < EEPROM_TEAR_COUNT; tear++) {
        for (uint64_t p = 0; cut_once(&rig, &start, p, (enum eeprom_tear)tear, WORKLOAD); p++) {
            check_after_cut(&rig);
            check_goes_on(&rig);
            cuts++;
        }
    }
    print_message("single cuts: %u\n", cuts);
    assert_in_range(cuts, 1000, UINT32_MAX);
    rig_close(&rig);
    rig_close(&start);
}

static unsigned cut_again_everywhere(struct rig *rig, const struct rig *after_first,
                                     enum eeprom_tear tear)
{
    unsigned cuts = 0;
    for (uint64_t p = 0; cut_once(rig, after_first, p, tear, RIG_RINGS + 1); p++) {
        check_after_cut(rig);
        assert_int_equal(rig_write_many(rig, RIG_RINGS), WH_OK);
        assert_int_equal(rig_restart(rig), WH_OK);
        rig_check_records(rig);
        cuts++;
    }
    return cuts;
}

/* MEM-2: a second cut while the meter writes over what the first one left. */
static void two_cuts_in_a_row(void **state)
{
    static const enum eeprom_tear tears[][2] = {
        {EEPROM_TEAR_CLEAN, EEPROM_TEAR_CLEAN},
        {EEPROM_TEAR_NOISE, EEPROM_TEAR_GROUP},
        {EEPROM_TEAR_SUBSET, EEPROM_TEAR_SUBSET},
    };
    (void)state;
    struct rig start;
    struct rig first;
    struct rig second;
    rig_open_formatted(&start);
    assert_int_equal(rig_write_many(&start, RIG_LAP * RIG_RINGS), WH_OK);
    rig_open(&first, 0xff);
    rig_open(&second, 0xff);
    unsigned cuts = 0;
    for (unsigned i = 0; i < sizeof tears / sizeof tears[0]; i++) {
        for (uint64_t p = 0; cut_once(&first, &start, p, tears[i][0], RIG_RINGS + 1); p++) {
            check_after_cut(&first);
            cuts += cut_again_everywhere(&second, &first, tears[i][1]);
        }
    }
    print_message("double cuts: %u\n", cuts);
    rig_close(&second);
    rig_close(&first);
    rig_close(&start);
}

/* Invariants 2 and 3 of docs/store.md by what is on the part, not by what the CRC makes of it: as soon as
 * a byte of the commit is new the payload is, and as soon as a byte of the receipt is new the commit is. */
static void payload_then_commit_then_receipt(void **state)
{
    enum { PAYLOAD = 20, RECEIPT_AT = 24, COMMIT_AT = 32, END = 48, POSITIONS = 21 + 17 + 9 };
    (void)state;
    struct rig start;
    struct rig done;
    struct rig rig;
    uint8_t payload[PAYLOAD];
    rig_open_formatted(&start);
    memset(payload, 0x11, sizeof payload);
    for (unsigned i = 0; i < RIG_LAP; i++) {
        assert_int_equal(wh_store_write(&start.store, 1, 0x1111, payload, PAYLOAD), WH_OK);
    }
    rig_open(&done, 0xff);
    rig_open(&rig, 0xff);
    memset(payload, 0x22, sizeof payload);
    rig_copy(&done, &start);
    assert_int_equal(wh_store_write(&done.store, 1, 0x2222, payload, PAYLOAD), WH_OK);
    const uint32_t slot = rig_slot_address(0, 0);
    const uint8_t *before = start.sim.cells + slot;
    const uint8_t *after = done.sim.cells + slot;
    const uint8_t *cells = rig.sim.cells + slot;
    for (uint64_t position = 0; position < POSITIONS; position++) {
        rig_copy(&rig, &start);
        eeprom_sim_cut(&rig.sim, position, EEPROM_TEAR_CLEAN, 0);
        assert_int_equal(wh_store_write(&rig.store, 1, 0x2222, payload, PAYLOAD), WH_ERR_IO);
        if (memcmp(cells + COMMIT_AT, before + COMMIT_AT, END - COMMIT_AT) != 0) {
            assert_memory_equal(cells, after, PAYLOAD);
        }
        if (memcmp(cells + RECEIPT_AT, before + RECEIPT_AT, COMMIT_AT - RECEIPT_AT) != 0) {
            assert_memory_equal(cells + COMMIT_AT, after + COMMIT_AT, END - COMMIT_AT);
        }
    }
    assert_int_equal(done.sim.write_count - start.sim.write_count, 3);
    rig_close(&rig);
    rig_close(&done);
    rig_close(&start);
}

/* The device fails but power stays: the caller tries again without a restart, then power is cut. */
static void a_failed_write_is_repeated_in_the_same_session(void **state)
{
    (void)state;
    struct rig start;
    struct rig rig;
    rig_open_formatted(&start);
    assert_int_equal(rig_write_many(&start, 2 * RIG_RINGS), WH_OK);
    rig_open(&rig, 0xff);
    for (uint64_t p = 0; cut_once(&rig, &start, p, EEPROM_TEAR_NOISE, RIG_RINGS); p++) {
        eeprom_sim_power_on(&rig.sim);
        for (unsigned i = 0; i < RIG_RINGS; i++) {
            uint32_t number;
            assert_int_equal(rig_read(&rig, i, 0, &number), WH_OK);
            assert_int_equal(number, rig.model.acknowledged[i]);
        }
        eeprom_sim_cut(&rig.sim, p * 3 % 60, EEPROM_TEAR_SUBSET, p);
        (void)rig_write_many(&rig, RIG_RINGS);
        assert_int_equal(rig_restart(&rig), WH_OK);
        for (unsigned i = 0; i < RIG_RINGS; i++) {
            assert_false(rig.report.rings[i].newest_lost);
        }
        rig_check_records(&rig);
    }
    rig_close(&rig);
    rig_close(&start);
}

/* Writes to rings at random until power is cut, with a device failure now and then. */
static void live_until_cut(struct rig *rig, uint64_t *seed)
{
    const uint64_t tear = eeprom_sim_random(seed) % EEPROM_TEAR_COUNT;
    const uint64_t position = eeprom_sim_random(seed) % 700;
    eeprom_sim_cut(&rig->sim, position, (enum eeprom_tear)tear, *seed);
    while (!rig->sim.is_off) {
        (void)rig_write(rig, (unsigned)(eeprom_sim_random(seed) % RIG_RINGS));
        if (eeprom_sim_random(seed) % 16 == 0) {
            eeprom_sim_fail_write(&rig->sim, eeprom_sim_random(seed) % 4);
        }
    }
}

/* MEM-2: long lives with cuts and device failures at random. The first lap is without failures: a slot
 * that stays blank in it is reported as wiped later on, on purpose. */
static void random_cuts_over_long_workloads(void **state)
{
    enum { LIVES = 40, CUTS_PER_LIFE = 1500 };
    (void)state;
    uint64_t seed = 20240601;
    for (unsigned life = 0; life < LIVES; life++) {
        struct rig rig;
        rig_open_formatted(&rig);
        assert_int_equal(rig_write_many(&rig, RIG_LAP * RIG_RINGS), WH_OK);
        for (unsigned i = 0; i < CUTS_PER_LIFE; i++) {
            live_until_cut(&rig, &seed);
            assert_int_equal(rig_restart(&rig), WH_OK);
            for (unsigned r = 0; r < RIG_RINGS; r++) {
                assert_false(rig.report.rings[r].newest_lost);
            }
            rig_check_records(&rig);
        }
        rig_close(&rig);
    }
    print_message("random cuts: %u\n", LIVES * CUTS_PER_LIFE);
}

/* What a memory may be after formatting was cut: blank, an empty store, or untouched. */
static void check_cut_format(struct rig *rig)
{
    const enum wh_err err = rig_restart(rig);
    if (err == WH_OK) {
        rig_check_records(rig);
        for (unsigned i = 0; i < RIG_RINGS; i++) {
            assert_int_equal(rig->report.rings[i].torn_count, 0);
            assert_int_equal(rig->report.rings[i].damaged_count, 0);
        }
    } else {
        assert_int_equal(err, WH_ERR_BLANK);
    }
}

/* All records or none: formatting must not leave a part of what was there. */
static void check_all_or_none(const struct rig *rig)
{
    unsigned good_count = 0;
    for (unsigned i = 0; i < rig->report.ring_count; i++) {
        good_count += rig->report.rings[i].state == WH_STORE_GOOD;
    }
    assert_true(good_count == 0 || good_count == RIG_RINGS);
}

static unsigned cut_format_everywhere(const struct rig *start, enum eeprom_tear tear)
{
    struct rig rig;
    rig_open(&rig, 0xff);
    uint64_t position = 0;
    for (;; position++) {
        rig_copy(&rig, start);
        eeprom_sim_cut(&rig.sim, position, tear, position);
        const bool was_cut = wh_store_format(&rig.nvm, &rig_layout) != WH_OK;
        memset(rig.model.acknowledged, 0, sizeof rig.model.acknowledged);
        check_cut_format(&rig);
        check_all_or_none(&rig);
        if (!was_cut) {
            break;
        }
        memset(&rig.model, 0, sizeof rig.model);
        assert_int_equal(wh_store_format(&rig.nvm, &rig_layout), WH_OK);
        check_after_cut(&rig);
    }
    rig_close(&rig);
    return (unsigned)position;
}

/* An interrupted format is blank or complete, never half: new parts of either kind, and used ones. */
static void every_byte_of_formatting(void **state)
{
    (void)state;
    struct rig starts[3];
    rig_open(&starts[0], 0xff);
    rig_open(&starts[1], 0x00);
    rig_open_formatted(&starts[2]);
    assert_int_equal(rig_write_many(&starts[2], WORKLOAD), WH_OK);
    unsigned cuts = 0;
    for (unsigned i = 0; i < 3; i++) {
        for (int tear = 0; tear < EEPROM_TEAR_COUNT; tear++) {
            cuts += cut_format_everywhere(&starts[i], (enum eeprom_tear)tear);
        }
        rig_close(&starts[i]);
    }
    print_message("cuts while formatting: %u\n", cuts);
}

/* The half that formatting left undone is mended, and a cut while mending is harmless. */
static void repair_survives_cuts(void **state)
{
    (void)state;
    struct rig start;
    struct rig rig;
    rig_open_formatted(&start);
    assert_int_equal(rig_write_many(&start, RIG_RINGS), WH_OK);
    rig_open(&rig, 0xff);
    for (unsigned copy = 0; copy < 2; copy++) {
        bool was_cut = true;
        for (uint64_t position = 0; was_cut; position++) {
            rig_copy(&rig, &start);
            memset(rig.sim.cells + copy * 96, 0x5a, 44);
            assert_int_equal(rig_restart(&rig), WH_OK);
            assert_int_equal(rig.report.superblock_count, 1);
            eeprom_sim_cut(&rig.sim, position, EEPROM_TEAR_NOISE, position);
            was_cut = wh_store_repair(&rig.store) != WH_OK;
            assert_int_equal(rig_restart(&rig), WH_OK);
            assert_true(was_cut || rig.report.superblock_count == 2);
            rig_check_records(&rig);
        }
    }
    rig_close(&rig);
    rig_close(&start);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_of_every_write),
        cmocka_unit_test(two_cuts_in_a_row),
        cmocka_unit_test(payload_then_commit_then_receipt),
        cmocka_unit_test(a_failed_write_is_repeated_in_the_same_session),
        cmocka_unit_test(random_cuts_over_long_workloads),
        cmocka_unit_test(every_byte_of_formatting),
        cmocka_unit_test(repair_survives_cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
