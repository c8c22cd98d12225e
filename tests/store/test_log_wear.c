/* The arithmetic of docs/store.md, counted on the simulated flash: wear is even, capacity is what
 * is kept, mounting costs one record a sector and two sectors, and a search costs its logarithm.
 * MEM-2 by endurance. */
#include "store/log.h"
#include "tests/store/flash_sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum {
    SECTOR_SIZE = 4096,
    PAGE_SIZE = 256,
    SECTORS = 70,
    PAYLOAD_SIZE = 24,
    SLOT_SIZE = PAYLOAD_SIZE + WH_LOG_OVERHEAD,
    SLOTS = SECTOR_SIZE / SLOT_SIZE,
    ERASE_CYCLES = 100000,
    INTERVAL_S = 300,
    YEAR_S = 31557600
};

static const struct wh_log_design design = {
    .id = 1, .payload_size = PAYLOAD_SIZE, .first_sector = 3, .sector_count = 64};

struct bench {
    struct flash_sim sim;
    struct wh_flash flash;
    struct wh_log log;
};

static void open_bench(struct bench *bench)
{
    struct wh_log_report report;
    flash_sim_open(&bench->sim, SECTORS * SECTOR_SIZE, SECTOR_SIZE, PAGE_SIZE, 0xff);
    bench->flash = flash_sim_flash(&bench->sim);
    assert_int_equal(wh_log_mount(&bench->log, &bench->flash, &design, &report), WH_OK);
}

static void append(struct bench *bench, uint32_t first, uint32_t count)
{
    uint8_t payload[PAYLOAD_SIZE] = {0};
    for (uint32_t i = first; i < first + count; i++) {
        payload[0] = (uint8_t)i;
        assert_int_equal(wh_log_append(&bench->log, 1, i * INTERVAL_S, payload), WH_OK);
    }
}

static void wear_is_even(void **state)
{
    enum { LAPS = 5 };
    (void)state;
    struct bench bench;
    struct wh_log_report report;
    open_bench(&bench);
    for (uint32_t i = 0; i < LAPS * 64 * SLOTS / 1000; i++) {
        append(&bench, i * 1000, 1000);
        assert_int_equal(wh_log_mount(&bench.log, &bench.flash, &design, &report), WH_OK);
    }
    uint32_t most = 0;
    for (uint32_t sector = 0; sector < SECTORS; sector++) {
        const uint32_t erases = bench.sim.sector_erases[sector];
        const bool is_log = sector >= 3 && sector < 67;
        assert_in_range(erases, is_log ? LAPS - 1 : 0, is_log ? LAPS : 0);
        most = erases > most ? erases : most;
    }
    const uint64_t records = (uint64_t)ERASE_CYCLES * 64 * SLOTS;
    const uint64_t years = records / (YEAR_S / INTERVAL_S);
    print_message("%u records of %u bytes a sector; %llu years of one every %u s; "
                  "%u.%u programs a record\n",
                  SLOTS, PAYLOAD_SIZE, (unsigned long long)years, INTERVAL_S,
                  (unsigned)(bench.sim.program_count / (LAPS * 64 * SLOTS)),
                  (unsigned)(bench.sim.program_count * 10 / (LAPS * 64 * SLOTS) % 10));
    assert_true(years >= 20);
    assert_int_equal(most, LAPS);
    flash_sim_close(&bench.sim);
}

/* At every filling of the ring, also right after a sector was erased. */
static void the_capacity_is_kept(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench);
    const uint32_t capacity = wh_log_capacity(&design, &bench.flash);
    assert_int_equal(capacity, 63 * SLOTS);
    for (uint32_t i = 0; i < 3 * 64 * SLOTS; i++) {
        uint32_t count;
        append(&bench, i, 1);
        assert_int_equal(wh_log_count(&bench.log, &count), WH_OK);
        assert_in_range(count, i + 1 < capacity ? i + 1 : capacity, capacity + SLOTS);
    }
    flash_sim_close(&bench.sim);
}

static void mounting_reads_little(void **state)
{
    static const uint32_t fillings[] = {0, 1, SLOTS, 30 * SLOTS + 5, 64 * SLOTS, 100 * SLOTS + 50};
    (void)state;
    for (unsigned i = 0; i < sizeof fillings / sizeof fillings[0]; i++) {
        struct bench bench;
        struct wh_log_report report;
        open_bench(&bench);
        append(&bench, 0, fillings[i]);
        const uint64_t before = bench.sim.read_bytes;
        assert_int_equal(wh_log_mount(&bench.log, &bench.flash, &design, &report), WH_OK);
        const uint32_t bytes = (uint32_t)(bench.sim.read_bytes - before);
        assert_in_range(bytes, 1, 64 * 4 * WH_LOG_OVERHEAD + 64 * PAYLOAD_SIZE + 2 * SECTOR_SIZE);
        assert_int_equal(report.torn_count, 0);
        assert_int_equal(report.damaged_count, 0);
        flash_sim_close(&bench.sim);
    }
}

static void a_day_reads_little_more_than_the_day(void **state)
{
    enum { DAY_S = 86400, DAY = DAY_S / INTERVAL_S };
    (void)state;
    struct bench bench;
    struct wh_log_range range;
    uint8_t payload[PAYLOAD_SIZE];
    open_bench(&bench);
    append(&bench, 0, 80 * SLOTS);
    const uint32_t from_s = 40 * SLOTS * INTERVAL_S;
    const uint64_t before = bench.sim.read_count;
    unsigned count = 0;
    assert_int_equal(wh_log_range_begin(&bench.log, from_s, from_s + DAY_S - 1, &range), WH_OK);
    while (wh_log_range_next(&range, payload, NULL) == WH_OK) {
        count++;
    }
    assert_int_equal(count, DAY);
    /* 13 steps of the search among 5952 slots, two looks at the run, two reads a record, one of
     * them beyond. */
    assert_in_range(bench.sim.read_count - before, 2 * DAY, 2 * DAY + 13 + 2 + 4);
    flash_sim_close(&bench.sim);
}

/* What mounting says of a torn append, and of a sector whose beginning is damaged. */
static void the_report_counts(void **state)
{
    (void)state;
    struct bench bench;
    struct wh_log_report report;
    uint8_t payload[PAYLOAD_SIZE] = {0};
    open_bench(&bench);
    append(&bench, 0, 70 * SLOTS + 10);
    flash_sim_cut(&bench.sim, 20, FLASH_TEAR_CLEAN, 0);
    assert_int_equal(wh_log_append(&bench.log, 1, 1, payload), WH_ERR_IO);
    flash_sim_power_on(&bench.sim);
    memset(bench.sim.cells + 40 * SECTOR_SIZE, 0, SECTOR_SIZE);
    assert_int_equal(wh_log_mount(&bench.log, &bench.flash, &design, &report), WH_OK);
    assert_int_equal(report.torn_count, 1);
    assert_int_equal(report.damaged_count, 1);
    flash_sim_close(&bench.sim);
}

/* A sector of 93 slots that cannot be erased any more costs its slots, and no append. */
static void a_dead_sector_costs_no_append(void **state)
{
    (void)state;
    struct bench bench;
    struct wh_log_report report;
    open_bench(&bench);
    append(&bench, 0, 64 * SLOTS);
    flash_sim_kill_sector(&bench.sim, 3 + 5);
    append(&bench, 64 * SLOTS, 63 * SLOTS);
    const uint32_t newest = wh_log_newest(&bench.log);
    assert_int_equal(newest, 128 * SLOTS);
    assert_int_equal(wh_log_mount(&bench.log, &bench.flash, &design, &report), WH_OK);
    assert_int_equal(wh_log_newest(&bench.log), newest);
    flash_sim_close(&bench.sim);
}

/* The numbers end before 32 bits do. */
static void sequences_end_before_they_wrap(void **state)
{
    const uint32_t last_sector = 0xfffe0000u / SLOTS;
    (void)state;
    struct bench bench;
    uint8_t payload[PAYLOAD_SIZE] = {0};
    open_bench(&bench);
    append(&bench, 0, 1);
    bench.log.next = last_sector * (uint32_t)SLOTS + 1; /* as after 136 years of one a second */
    uint32_t count = 0;
    while (wh_log_append(&bench.log, 1, 1, payload) == WH_OK) {
        count++;
    }
    assert_int_equal(count, 0xfffe0000 - last_sector * (uint32_t)SLOTS);
    assert_int_equal(wh_log_append(&bench.log, 1, 1, payload), WH_ERR_SPACE);
    assert_int_equal(wh_log_newest(&bench.log), 0xfffe0000);
    flash_sim_close(&bench.sim);
}

/* The struct is in every meter's RAM, once a log. */
static void a_log_is_small(void **state)
{
    (void)state;
    assert_true(sizeof(struct wh_log) - 2 * sizeof(void *) <= 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wear_is_even),
        cmocka_unit_test(the_capacity_is_kept),
        cmocka_unit_test(mounting_reads_little),
        cmocka_unit_test(a_day_reads_little_more_than_the_day),
        cmocka_unit_test(the_report_counts),
        cmocka_unit_test(a_dead_sector_costs_no_append),
        cmocka_unit_test(sequences_end_before_they_wrap),
        cmocka_unit_test(a_log_is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
