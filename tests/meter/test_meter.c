/* The whole meter: power cuts, restarts, sizes, independence of how samples are cut into calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "common/trig.h"
#include "meter/meter.h"
#include "tests/store/eeprom_sim.h"
#include "tests/store/flash_sim.h"

enum { MEMORY_SIZE = 512 * 1024, PAGE_SIZE = 512 };

struct bench {
    struct eeprom_sim eeprom;
    struct flash_sim flash_sim;
    struct wh_nvm nvm;
    struct wh_flash flash;
    struct wh_board board;
    struct wh_meter meter;
    struct wh_meter_start_report found;
};

static void open_bench(struct bench *b)
{
    eeprom_sim_open(&b->eeprom, MEMORY_SIZE, PAGE_SIZE, 0xFF);
    b->nvm = eeprom_sim_nvm(&b->eeprom);
    const struct wh_variant *variant = wh_variant_find("382M");
    const struct wh_order order = {
        .variant = variant, .serial_number = 7, .meter_number = 12345678};
    flash_sim_open(&b->flash_sim, WH_LOGS_FLASH_SIZE, 4096, 256, 0xFF);
    b->flash = flash_sim_flash(&b->flash_sim);
    b->board = (struct wh_board){.nvm = &b->nvm, .flash = &b->flash};
    assert_int_equal(wh_meter_manufacture(&b->board, &order, NULL), WH_OK);
    assert_int_equal(wh_meter_start(&b->meter, &b->board, &b->found), WH_OK);
}

static void close_bench(struct bench *b)
{
    eeprom_sim_close(&b->eeprom);
    flash_sim_close(&b->flash_sim);
}

/* 230 V, 50 Hz on three phases with the given current, from a phase of mains that goes on. */
static void make_sets(struct wh_sample_set *sets, size_t count, uint32_t *angle, int32_t amplitude)
{
    for (size_t k = 0; k < count; k++) {
        *angle += 52428800u;
        for (int p = 0; p < WH_PHASES; p++) {
            const int32_t sine = wh_sine(*angle - (uint32_t)p * 0x55555555u);
            sets[k].u[p] = (int32_t)(((int64_t)sine * 5457000) >> WH_TRIG_Q);
            sets[k].i[p] = (int32_t)(((int64_t)sine * amplitude) >> WH_TRIG_Q);
        }
    }
}

static void feed(struct bench *b, uint32_t *angle, int32_t amplitude, size_t count)
{
    struct wh_sample_set sets[256];
    while (count > 0) {
        const size_t block = count < 256 ? count : 256;
        make_sets(sets, block, angle, amplitude);
        wh_meter_sample(&b->meter, sets, block, NULL, NULL);
        count -= block;
    }
}

static struct wh_energy_value a_plus(const struct bench *b)
{
    struct wh_energy_value value;
    assert_int_equal(wh_legal_energy(&b->meter.legal, WH_A_PLUS, &value), WH_OK);
    return value;
}

/* A meter of one struct below 8 KiB: its state is all in there (docs/design.md, idea 1). */
static void test_a_meter_is_a_small_value(void **state)
{
    (void)state;
    printf("sizeof(struct wh_meter) = %zu bytes\n", sizeof(struct wh_meter));
    assert_true(sizeof(struct wh_meter) < 8192);
}

/* The same samples give the same registers, however they are cut into calls. */
static void test_registers_do_not_depend_on_block_sizes(void **state)
{
    (void)state;
    static struct wh_sample_set sets[3 * WH_SAMPLE_RATE_HZ];
    const size_t total = sizeof sets / sizeof sets[0];
    uint32_t angle = 0;
    make_sets(sets, total, &angle, 3000000);
    static const size_t blocks[] = {1, 7, 64, 819, 820, 4096, 3 * WH_SAMPLE_RATE_HZ};
    struct wh_registers first = {0};
    for (size_t n = 0; n < sizeof blocks / sizeof blocks[0]; n++) {
        struct bench b;
        open_bench(&b);
        for (size_t at = 0; at < total; at += blocks[n]) {
            const size_t block = total - at < blocks[n] ? total - at : blocks[n];
            wh_meter_sample(&b.meter, sets + at, block, NULL, NULL);
        }
        if (n == 0) {
            first = b.meter.legal.registers;
            assert_true(first.count_dwh[WH_A_PLUS] > 0);
        }
        for (int e = 0; e < WH_STORED_ENERGY_COUNT; e++) {
            assert_int_equal(first.count_dwh[e], b.meter.legal.registers.count_dwh[e]);
        }
        for (int pair = 0; pair < WH_PAIR_COUNT; pair++) {
            assert_int_equal(first.rest_uj[pair], b.meter.legal.registers.rest_uj[pair]);
        }
        close_bench(&b);
    }
}

/* MEM-1, MEM-2: power fails at every byte of every store of a running meter; after the restart the registers are
 * those before the store or those of the store, and counting goes on from there. */
static void test_power_cut_at_every_byte_of_every_store(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b);
    uint32_t angle = 0;
    feed(&b, &angle, 6000000,
         WH_SAMPLE_RATE_HZ); /* locked, 50 kW: every window changes registers */
    struct eeprom_sim image;
    eeprom_sim_open(&image, MEMORY_SIZE, PAGE_SIZE, 0xFF);
    eeprom_sim_copy(&image, &b.eeprom);
    const struct wh_meter before_meter = b.meter;
    const uint64_t before = a_plus(&b).count_dwh;
    unsigned cuts = 0;
    for (uint64_t position = 0;; position++) {
        b.meter = before_meter;
        eeprom_sim_copy(&b.eeprom, &image);
        const enum eeprom_tear tear = (enum eeprom_tear)(position % EEPROM_TEAR_COUNT);
        eeprom_sim_cut(&b.eeprom, position, tear, position);
        uint32_t mains = angle;
        feed(&b, &mains, 6000000, WH_SAMPLE_RATE_HZ / 4); /* one window ends in here, or two */
        const uint64_t counted = a_plus(&b).count_dwh;
        const bool was_cut = b.eeprom.is_off;
        eeprom_sim_power_on(&b.eeprom);
        assert_int_equal(wh_meter_start(&b.meter, &b.board, &b.found), WH_OK);
        const uint64_t restored = a_plus(&b).count_dwh;
        assert_in_range(restored, before, counted);
        assert_false(b.found.legal.registers_older);
        if (!was_cut) {
            assert_int_equal(restored, counted);
            break;
        }
        cuts++;
        feed(&b, &mains, 6000000, WH_SAMPLE_RATE_HZ);
        assert_true(a_plus(&b).count_dwh > restored);
    }
    printf("%u cut positions\n", cuts);
    assert_true(cuts > 150);
    eeprom_sim_close(&image);
    close_bench(&b);
}

/* MEM-1: every change of a register value is in the memory when the next window begins. */
static void test_every_change_is_stored(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b);
    uint32_t angle = 0;
    for (int step = 0; step < 200; step++) {
        feed(&b, &angle, 800000 + step * 20000, 211);
        struct bench other = {.board = b.board};
        assert_int_equal(wh_meter_start(&other.meter, &other.board, &other.found), WH_OK);
        for (int e = 0; e < WH_STORED_ENERGY_COUNT; e++) {
            assert_int_equal(other.meter.legal.registers.count_dwh[e],
                             b.meter.legal.registers.count_dwh[e]);
        }
    }
    assert_true(a_plus(&b).count_dwh > 10);
    close_bench(&b);
}

/* An orderly stop keeps all digits, not only those that count. */
static void test_stop_keeps_all_digits(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b);
    uint32_t angle = 0;
    feed(&b, &angle, 500000, 3 * WH_SAMPLE_RATE_HZ);
    const struct wh_energy_value last = a_plus(&b);
    assert_true(last.rest_uj != 0);
    assert_int_equal(wh_meter_stop(&b.meter), WH_OK);
    assert_int_equal(wh_meter_start(&b.meter, &b.board, &b.found), WH_OK);
    assert_int_equal(a_plus(&b).count_dwh, last.count_dwh);
    assert_int_equal(a_plus(&b).rest_uj, last.rest_uj);
    close_bench(&b);
}

/* MET-9: pulses and register come from one accumulator, also over a restart in the middle of a Wh. */
static void test_pulses_equal_the_register(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b);
    uint32_t angle = 0;
    uint64_t pulses = 0;
    for (int part = 0; part < 4; part++) {
        const uint64_t from = a_plus(&b).count_dwh / 10;
        feed(&b, &angle, 4000000, 5 * WH_SAMPLE_RATE_HZ + (size_t)part * 1000);
        assert_int_equal(wh_legal_pulse_count(&b.meter.legal), a_plus(&b).count_dwh / 10 - from);
        pulses += wh_legal_pulse_count(&b.meter.legal);
        assert_int_equal(wh_meter_stop(&b.meter), WH_OK);
        assert_int_equal(wh_meter_start(&b.meter, &b.board, &b.found), WH_OK);
    }
    assert_true(pulses > 100);
    assert_int_equal(pulses, a_plus(&b).count_dwh / 10);
    close_bench(&b);
}

/* A failing memory is shown and does not stop counting; when it works again, everything is stored. */
static void test_a_failing_memory_loses_nothing_that_power_keeps(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b);
    uint32_t angle = 0;
    feed(&b, &angle, 6000000, WH_SAMPLE_RATE_HZ);
    eeprom_sim_fail_write(&b.eeprom, 0);
    const uint64_t before = a_plus(&b).count_dwh;
    feed(&b, &angle, 6000000, WH_SAMPLE_RATE_HZ / 4);
    assert_true(a_plus(&b).count_dwh > before);
    feed(&b, &angle, 6000000, WH_SAMPLE_RATE_HZ);
    assert_int_equal(wh_legal_status(&b.meter.legal) & WH_STATUS_STORE_FAILED, 0);
    const uint64_t counted = a_plus(&b).count_dwh;
    assert_int_equal(wh_meter_start(&b.meter, &b.board, &b.found), WH_OK);
    assert_int_equal(a_plus(&b).count_dwh, counted);
    close_bench(&b);
}

/* VAR-1: the model comes from the memory; one that this software does not know is refused. */
static void test_an_unknown_model_is_refused(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b);
    struct wh_variant other = *wh_variant_find("382M");
    other.model = "999X";
    const struct wh_order order = {.variant = &other, .serial_number = 1, .meter_number = 1};
    assert_int_equal(wh_meter_manufacture(&b.board, &order, NULL), WH_OK);
    assert_int_equal(wh_meter_start(&b.meter, &b.board, &b.found), WH_ERR_UNSUPPORTED);
    close_bench(&b);
}

static void configure_anything(struct bench *b)
{
    struct wh_config config = b->meter.application.config;
    struct wh_config_fault fault;
    config.special_1++;
    assert_int_equal(wh_meter_configure(&b->meter, &config, WH_ORIGIN_MODULE, &fault), WH_OK);
}

/* REG-2, LOG-1: a configuration that comes while the window over a boundary is being measured does not swallow the
 * boundary: the interval ends, and its peak is what was drawn. */
static void test_a_configuration_on_a_boundary(void **state)
{
    (void)state;
    struct bench b;
    uint32_t angle = 0;
    open_bench(&b);
    const struct wh_application *app = &b.meter.application;
    const uint32_t boundary_s = 846424800; /* 14:00 UTC */
    assert_int_equal(wh_meter_set_clock(&b.meter, boundary_s - 3), WH_OK);
    while (app->clock.utc_s < boundary_s || app->second >= boundary_s) {
        feed(&b, &angle, 6000000, 16);
        assert_true(app->clock.utc_s <= boundary_s);
    }
    configure_anything(&b);
    feed(&b, &angle, 6000000, WH_SAMPLE_RATE_HZ);
    assert_int_equal(app->running.profile_s, boundary_s);
    assert_int_equal(app->running.demand.peak[WH_DEMAND_P_PLUS].utc_s, boundary_s);
    close_bench(&b);
}

/* Reports behind the internal bus give the registers that samples in front of it gave (MET-2). */
static void copy_report(void *context, const struct wh_bus_report *report)
{
    wh_meter_report(context, report);
}

static void test_reports_and_samples_are_the_same_meter(void **state)
{
    (void)state;
    struct bench a;
    struct bench b;
    open_bench(&a);
    open_bench(&b);
    uint32_t angle = 0;
    struct wh_sample_set sets[500];
    for (int k = 0; k < 50; k++) {
        make_sets(sets, 500, &angle, 2000000);
        wh_meter_sample(&a.meter, sets, 500, copy_report, &b.meter);
    }
    assert_true(a_plus(&a).count_dwh > 0);
    assert_int_equal(a_plus(&a).count_dwh, a_plus(&b).count_dwh);
    assert_int_equal(a_plus(&a).rest_uj, a_plus(&b).rest_uj);
    close_bench(&a);
    close_bench(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_meter_is_a_small_value),
        cmocka_unit_test(test_registers_do_not_depend_on_block_sizes),
        cmocka_unit_test(test_power_cut_at_every_byte_of_every_store),
        cmocka_unit_test(test_every_change_is_stored),
        cmocka_unit_test(test_stop_keeps_all_digits),
        cmocka_unit_test(test_pulses_equal_the_register),
        cmocka_unit_test(test_a_failing_memory_loses_nothing_that_power_keeps),
        cmocka_unit_test(test_an_unknown_model_is_refused),
        cmocka_unit_test(test_a_configuration_on_a_boundary),
        cmocka_unit_test(test_reports_and_samples_are_the_same_meter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
