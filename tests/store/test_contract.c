/* What store.h promises apart from power cuts: arguments, states, errors that name the thing, history,
 * read errors, worn cells and sequence numbers past 32 bits. */
#include "tests/store/forge.h"
#include "tests/store/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void a_record_comes_back_bit_for_bit(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_formatted(&rig);
    for (unsigned i = 0; i < 40; i++) {
        assert_int_equal(rig_write(&rig, i % RIG_RINGS), WH_OK);
        rig_check_records(&rig);
        rig_check_history(&rig);
        if (i % 7 == 0) {
            assert_int_equal(rig_restart(&rig), WH_OK);
        }
    }
    rig_close(&rig);
}

static void a_new_store_is_empty_and_says_so(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_formatted(&rig);
    assert_int_equal(rig.report.superblock_count, 2);
    for (unsigned i = 0; i < RIG_RINGS; i++) {
        uint32_t number;
        assert_int_equal(rig.report.rings[i].state, WH_STORE_EMPTY);
        assert_int_equal(rig.report.rings[i].newest_sequence, 0);
        assert_int_equal(rig_read(&rig, i, 0, &number), WH_ERR_NOT_FOUND);
    }
    rig_close(&rig);
}

static void a_store_that_is_not_mounted_does_nothing(void **state)
{
    (void)state;
    struct rig rig;
    uint8_t byte = 0;
    rig_open(&rig, 0xff);
    assert_int_equal(rig_restart(&rig), WH_ERR_BLANK);
    assert_int_equal(wh_store_write(&rig.store, 1, 0, &byte, 1), WH_ERR_STATE);
    assert_int_equal(wh_store_read(&rig.store, 1, 0, &byte, 1, NULL), WH_ERR_STATE);
    assert_int_equal(wh_store_accept_loss(&rig.store, 1), WH_ERR_STATE);
    assert_int_equal(wh_store_repair(&rig.store), WH_ERR_STATE);
    assert_int_equal(rig.sim.write_count, 0);
    rig_close(&rig);
}

static void arguments_out_of_range_change_nothing(void **state)
{
    (void)state;
    struct rig rig;
    uint8_t payload[RIG_PAYLOAD_MAX + 1] = {0};
    rig_open_formatted(&rig);
    assert_int_equal(rig_write(&rig, 0), WH_OK);
    const uint64_t writes = rig.sim.write_count;
    assert_int_equal(wh_store_write(&rig.store, 1, 0, payload, 21), WH_ERR_ARGUMENT);
    assert_int_equal(wh_store_write(&rig.store, 3, 0, payload, 1), WH_ERR_NOT_FOUND);
    assert_int_equal(wh_store_read(&rig.store, 3, 0, payload, 1, NULL), WH_ERR_NOT_FOUND);
    assert_int_equal(wh_store_accept_loss(&rig.store, 3), WH_ERR_NOT_FOUND);
    assert_int_equal(wh_store_accept_loss(&rig.store, 1), WH_ERR_STATE);
    assert_int_equal(rig.sim.write_count, writes);
    rig_check_records(&rig);
    rig_close(&rig);
}

static void lengths_from_nothing_to_full(void **state)
{
    (void)state;
    struct rig rig;
    uint8_t payload[RIG_PAYLOAD_MAX];
    uint8_t got[RIG_PAYLOAD_MAX];
    struct wh_store_record record;
    memset(payload, 0x3c, sizeof payload);
    rig_open_formatted(&rig);
    assert_int_equal(wh_store_write(&rig.store, 700, 5, NULL, 0), WH_OK);
    assert_int_equal(wh_store_read(&rig.store, 700, 0, NULL, 0, &record), WH_OK);
    assert_int_equal(record.length, 0);
    assert_int_equal(record.version, 5);
    assert_int_equal(wh_store_write(&rig.store, 700, 6, payload, sizeof payload), WH_OK);
    assert_int_equal(wh_store_read(&rig.store, 700, 0, got, sizeof got - 1, &record), WH_ERR_SPACE);
    assert_int_equal(record.length, sizeof payload);
    assert_int_equal(wh_store_read(&rig.store, 700, 0, got, sizeof got, NULL), WH_OK);
    assert_memory_equal(got, payload, sizeof got);
    rig_close(&rig);
}

static void layouts_that_break_a_rule_are_refused(void **state)
{
    static const struct wh_store_ring bad[][2] = {
        {{0, 8, 2}, {2, 8, 2}}, {{65535, 8, 2}, {2, 8, 2}}, {{1, 8, 2}, {1, 8, 2}},
        {{1, 0, 2}, {2, 8, 2}}, {{1, 489, 2}, {2, 8, 2}},   {{1, 8, 1}, {2, 8, 2}},
        {{1, 8, 2}, {2, 8, 0}},
    };
    (void)state;
    struct rig rig;
    rig_open(&rig, 0xff);
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct wh_store_layout layout = {bad[i], 2};
        assert_int_equal(wh_store_size_bytes(&layout, 32), 0);
        assert_int_equal(wh_store_format(&rig.nvm, &layout), WH_ERR_ARGUMENT);
        assert_int_equal(wh_store_mount(&rig.store, &rig.nvm, &layout, &rig.report),
                         WH_ERR_ARGUMENT);
    }
    const struct wh_store_layout none = {bad[0], 0};
    const struct wh_store_layout many = {bad[0], WH_STORE_RINGS_MAX + 1};
    assert_int_equal(wh_store_format(&rig.nvm, &none), WH_ERR_ARGUMENT);
    assert_int_equal(wh_store_format(&rig.nvm, &many), WH_ERR_ARGUMENT);
    assert_int_equal(rig.sim.write_count, 0);
    rig_close(&rig);
}

static void sizes_follow_the_map(void **state)
{
    (void)state;
    struct rig rig;
    assert_int_equal(wh_store_size_bytes(&rig_layout, 32), 640);
    assert_int_equal(wh_store_size_bytes(&rig_layout, 512), 2 * 512 + 4 * 48 + 3 * 32 + 2 * 80);
    assert_int_equal(wh_store_size_bytes(&rig_layout, 8), 0);
    assert_int_equal(wh_store_size_bytes(&rig_layout, 48), 0);
    rig_open(&rig, 0xff);
    rig.nvm.size_bytes = 639;
    assert_int_equal(wh_store_format(&rig.nvm, &rig_layout), WH_ERR_SPACE);
    rig.nvm.size_bytes = 640;
    assert_int_equal(wh_store_format(&rig.nvm, &rig_layout), WH_OK);
    rig_close(&rig);
}

static void another_layout_version_or_page_size_is_refused(void **state)
{
    static const struct wh_store_ring other[] = {{1, 20, 4}, {2, 5, 3}, {700, RIG_PAYLOAD_MAX, 3}};
    const struct wh_store_layout other_layout = {other, 3};
    const struct wh_store_layout shorter_layout = {rig_layout.rings, 2};
    (void)state;
    struct rig rig;
    rig_open_formatted(&rig);
    assert_int_equal(rig_write_many(&rig, RIG_RINGS), WH_OK);
    const uint64_t writes = rig.sim.write_count;
    struct wh_nvm other_page = rig.nvm;
    other_page.page_size_bytes = 16;
    struct wh_store store;
    struct wh_store_report report;
    assert_int_equal(wh_store_mount(&store, &rig.nvm, &other_layout, &report), WH_ERR_VERSION);
    assert_int_equal(wh_store_mount(&store, &rig.nvm, &shorter_layout, &report), WH_ERR_VERSION);
    assert_int_equal(wh_store_mount(&store, &other_page, &rig_layout, &report), WH_ERR_VERSION);
    rig.sim.cells[4] = 2;
    forge_superblock_crc(rig.sim.cells, 96);
    assert_int_equal(rig_restart(&rig), WH_ERR_VERSION);
    assert_int_equal(rig.sim.write_count, writes);
    rig_close(&rig);
}

/* A device that does not answer is neither blank nor damaged. */
static void read_errors_while_mounting_are_io(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_formatted(&rig);
    assert_int_equal(rig_write_many(&rig, 9), WH_OK);
    const uint64_t before = rig.sim.read_count;
    assert_int_equal(rig_restart(&rig), WH_OK);
    const uint64_t reads = rig.sim.read_count - before;
    for (uint64_t i = 0; i < reads; i++) {
        eeprom_sim_fail_read(&rig.sim, i);
        assert_int_equal(wh_store_mount(&rig.store, &rig.nvm, &rig_layout, &rig.report), WH_ERR_IO);
        assert_int_equal(wh_store_write(&rig.store, 1, 0, NULL, 0), WH_ERR_STATE);
    }
    assert_int_equal(rig_restart(&rig), WH_OK);
    rig_check_records(&rig);
    rig_close(&rig);
}

static void read_errors_later_are_io_and_pass(void **state)
{
    (void)state;
    struct rig rig;
    uint32_t number;
    rig_open_formatted(&rig);
    assert_int_equal(rig_write_many(&rig, 9), WH_OK);
    for (unsigned i = 0; i < RIG_RINGS; i++) {
        eeprom_sim_fail_read(&rig.sim, 0);
        assert_int_equal(rig_read(&rig, i, 0, &number), WH_ERR_IO);
    }
    eeprom_sim_fail_read(&rig.sim, 0); /* the read-back of the next write */
    assert_int_equal(rig_write(&rig, 0), WH_ERR_IO);
    assert_int_equal(rig_read(&rig, 0, 0, &number), WH_OK);
    assert_int_equal(number, rig.model.acknowledged[0]);
    assert_int_equal(rig_write(&rig, 0), WH_OK);
    rig_check_records(&rig);
    rig_close(&rig);
}

/* However often attempts fail, the newest acknowledged record stays, also in a ring of two slots. */
static void failing_writes_never_reach_the_newest_record(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_formatted(&rig);
    assert_int_equal(rig_write_many(&rig, 5 * RIG_RINGS), WH_OK);
    for (unsigned attempt = 0; attempt < 20; attempt++) {
        for (unsigned i = 0; i < RIG_RINGS; i++) {
            uint32_t number;
            eeprom_sim_cut(&rig.sim, 3 + attempt % 11, EEPROM_TEAR_NOISE, attempt);
            assert_int_equal(rig_write(&rig, i), WH_ERR_IO);
            eeprom_sim_power_on(&rig.sim);
            assert_int_equal(rig_read(&rig, i, 0, &number), WH_OK);
            assert_int_equal(number, 5);
        }
    }
    assert_int_equal(rig_write_many(&rig, RIG_RINGS), WH_OK);
    rig_check_records(&rig);
    assert_int_equal(rig_restart(&rig), WH_OK);
    rig_check_records(&rig);
    rig_close(&rig);
}

/* A failed attempt leaves a gap in the history; what the slot held a lap ago does not fill it. */
static void a_failed_attempt_is_a_gap_in_the_history(void **state)
{
    (void)state;
    struct rig rig;
    uint32_t number;
    rig_open_formatted(&rig);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(rig_write(&rig, 0), WH_OK);
    }
    eeprom_sim_fail_write(&rig.sim, 0);
    assert_int_equal(rig_write(&rig, 0),
                     WH_ERR_IO); /* the seventh; its slot still holds the third */
    assert_int_equal(rig_write(&rig, 0), WH_OK);
    assert_int_equal(rig_read(&rig, 0, 0, &number), WH_OK);
    assert_int_equal(number, 8);
    assert_int_equal(rig_read(&rig, 0, 1, &number), WH_ERR_NOT_FOUND);
    assert_int_equal(rig_read(&rig, 0, 2, &number), WH_OK);
    assert_int_equal(number, 6);
    assert_int_equal(rig_read(&rig, 0, 3, &number), WH_ERR_NOT_FOUND);
    rig_close(&rig);
}

/* One write in each lap fails and says so; the repetition succeeds in the next slot. */
static void a_worn_cell_costs_one_slot(void **state)
{
    (void)state;
    struct rig rig;
    unsigned failure_count = 0;
    rig_open_formatted(&rig);
    eeprom_sim_wear_out(&rig.sim, rig_slot_address(0, 2) + 40, 0xff); /* in the commit */
    for (unsigned i = 0; i < 12; i++) {
        if (rig_write(&rig, 0) != WH_OK) {
            failure_count++;
            assert_int_equal(rig_write(&rig, 0), WH_OK);
        }
        uint32_t number;
        assert_int_equal(rig_read(&rig, 0, 0, &number), WH_OK);
        assert_int_equal(number, rig.model.acknowledged[0]);
        assert_int_equal(rig_restart(&rig), WH_OK);
        assert_false(rig.report.rings[0].newest_lost);
        rig_check_records(&rig);
    }
    assert_int_equal(failure_count, 4);
    rig_close(&rig);
}

/* Thirty years at five records a second are more than 2^32 attempts. */
static void sequence_numbers_pass_32_bits(void **state)
{
    (void)state;
    static const uint64_t starts[] = {UINT32_MAX - 3, (UINT64_C(1) << 47) - 3};
    for (unsigned s = 0; s < 2; s++) {
        struct rig rig;
        rig_open_formatted(&rig);
        const uint64_t first = starts[s];
        const unsigned index = (unsigned)((first - 1) % 4);
        const struct forge_slot slot = {rig.sim.cells + rig_slot_address(0, index), 48, 1};
        forge_record(&slot, first, 0, "", 0);
        assert_int_equal(rig_restart(&rig), WH_OK);
        assert_true(rig.report.rings[0].newest_sequence == first);
        for (unsigned i = 1; i < 10; i++) {
            struct wh_store_record record;
            uint8_t payload[20];
            assert_int_equal(rig_write(&rig, 0), WH_OK);
            assert_int_equal(rig_restart(&rig), WH_OK);
            assert_int_equal(wh_store_read(&rig.store, 1, 0, payload, sizeof payload, &record),
                             WH_OK);
            assert_true(record.sequence == first + i);
            rig_check_records(&rig);
        }
        rig_close(&rig);
    }
}

/* The struct is part of every meter's RAM. */
static void the_store_is_small(void **state)
{
    (void)state;
    print_message("struct wh_store: %zu bytes\n", sizeof(struct wh_store));
    assert_true(sizeof(struct wh_store) <= 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_comes_back_bit_for_bit),
        cmocka_unit_test(a_new_store_is_empty_and_says_so),
        cmocka_unit_test(a_store_that_is_not_mounted_does_nothing),
        cmocka_unit_test(arguments_out_of_range_change_nothing),
        cmocka_unit_test(lengths_from_nothing_to_full),
        cmocka_unit_test(layouts_that_break_a_rule_are_refused),
        cmocka_unit_test(sizes_follow_the_map),
        cmocka_unit_test(another_layout_version_or_page_size_is_refused),
        cmocka_unit_test(read_errors_while_mounting_are_io),
        cmocka_unit_test(read_errors_later_are_io_and_pass),
        cmocka_unit_test(failing_writes_never_reach_the_newest_record),
        cmocka_unit_test(a_failed_attempt_is_a_gap_in_the_history),
        cmocka_unit_test(a_worn_cell_costs_one_slot),
        cmocka_unit_test(sequence_numbers_pass_32_bits),
        cmocka_unit_test(the_store_is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
