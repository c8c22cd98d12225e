/* The application when its supply goes at any byte that it programs (MEM-2, REG-4, REG-6, LOG-1): what was acknowledged is
 * there, what was begun is finished or never was, and nothing is there twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "meter/meter.h"
#include "tests/store/eeprom_sim.h"
#include "tests/store/flash_sim.h"

enum {
    MEMORY_SIZE = 512 * 1024,
    PAGE_SIZE = 512,
    ZONE_S = 3600,
    PHASE_MW = 1000000,
    QUARTER_S = 900,
    RECORDS_MAX = 64,
};

struct bench {
    struct eeprom_sim eeprom;
    struct flash_sim flash_sim;
    struct wh_nvm nvm;
    struct wh_flash flash;
    struct wh_board board;
    struct wh_meter meter;
    struct wh_meter_start_report found;
};

/* A quarter of an hour before the first of a month, normal time. */
static uint32_t before_the_date_s(void)
{
    return (uint32_t)wh_calendar_day(2026, 9, 1) * 86400 - ZONE_S - QUARTER_S;
}

static uint32_t date_s(void)
{
    return before_the_date_s() + QUARTER_S;
}

static uint32_t now_s(const struct bench *b)
{
    return b->meter.application.clock.utc_s;
}

static enum wh_err start(struct bench *b, uint32_t rtc_s)
{
    b->board.rtc = (struct wh_rtc_reading){.valid = true, .utc_s = rtc_s};
    return wh_meter_start(&b->meter, &b->board, &b->found);
}

/* 3 kW for so many seconds, or until the supply of the flash has gone. */
static void feed(struct bench *b, uint32_t seconds)
{
    for (uint32_t s = 0; s < seconds && !b->flash_sim.is_off; s++) {
        struct wh_bus_report report = {.sample_count = WH_SAMPLE_RATE_HZ,
                                       .duration_q14 = WH_SAMPLE_RATE_HZ << 14};
        for (int p = 0; p < WH_PHASES; p++) {
            report.phase[p] = (struct wh_element_report){.active_uj = PHASE_MW * INT64_C(1000),
                                                         .u_rms_mv = 230000,
                                                         .i_rms_ua = 4347826,
                                                         .active_mw = PHASE_MW,
                                                         .apparent_mva = PHASE_MW,
                                                         .frequency_uhz = 50000000,
                                                         .locked = true,
                                                         .registering = true};
        }
        wh_meter_report(&b->meter, &report);
    }
}

static void open_bench(struct bench *b)
{
    const struct wh_order order = {
        .variant = wh_variant_find("382M"), .serial_number = 7, .meter_number = 12345678};
    eeprom_sim_open(&b->eeprom, MEMORY_SIZE, PAGE_SIZE, 0xFF);
    flash_sim_open(&b->flash_sim, WH_LOGS_FLASH_SIZE, 4096, 256, 0xFF);
    b->nvm = eeprom_sim_nvm(&b->eeprom);
    b->flash = flash_sim_flash(&b->flash_sim);
    b->board = (struct wh_board){.nvm = &b->nvm, .flash = &b->flash};
    assert_int_equal(wh_meter_manufacture(&b->board, &order, NULL), WH_OK);
    assert_int_equal(start(b, before_the_date_s() - 2 * QUARTER_S), WH_OK);
    feed(b, 3 * QUARTER_S - 1);
}

static void close_bench(struct bench *b)
{
    eeprom_sim_close(&b->eeprom);
    flash_sim_close(&b->flash_sim);
}

static uint32_t debiting(const struct bench *b, struct wh_debiting_record *records)
{
    struct wh_log_range range;
    uint32_t count = 0;
    const struct wh_log *log = &b->meter.application.logs.log[WH_LOG_DEBITING];
    assert_int_equal(wh_log_range_begin_entries(log, UINT32_MAX, 0, &range), WH_OK);
    while (wh_debiting_next(&range, &records[count]) == WH_OK) {
        count++;
        assert_true(count < RECORDS_MAX);
    }
    return count;
}

static int64_t value_of(const struct wh_debiting_record *record, enum wh_quantity_id id)
{
    size_t count;
    const uint8_t *list = wh_debiting_quantities(&count);
    const uint8_t *at = memchr(list, (int)id, count);
    assert_non_null(at);
    return record->value[at - list];
}

/* How many records of a log have that stamp; stamps must rise. */
static uint32_t stamped(const struct bench *b, enum wh_log_name name, uint32_t utc_s)
{
    struct wh_log_range range;
    struct wh_log_record record;
    uint8_t payload[1024];
    uint32_t found = 0;
    uint32_t last_s = 0;
    const struct wh_log *log = &b->meter.application.logs.log[name];
    assert_int_equal(wh_log_range_begin_entries(log, UINT32_MAX, 0, &range), WH_OK);
    while (wh_log_range_next(&range, payload, &record) == WH_OK) {
        assert_true(record.time_s > last_s);
        last_s = record.time_s;
        found += record.time_s == utc_s;
    }
    return found;
}

/* What holds of every meter: the count is that of the newest record, the accumulated peak is the sum of those in the
 * records, and no peak is more than the load. */
static void check_sums(const struct bench *b)
{
    static struct wh_debiting_record records[RECORDS_MAX];
    const struct wh_running *running = &b->meter.application.running;
    const uint32_t count = debiting(b, records);
    uint64_t sum = 0;
    for (uint32_t r = 0; r < count; r++) {
        sum += (uint64_t)value_of(&records[r], WH_QUANTITY_P_PLUS_MAX);
        assert_int_equal(records[r].number, r + 1);
    }
    assert_int_equal(running->debiting_count, count);
    assert_int_equal(running->demand.accumulated_milli[WH_DEMAND_P_PLUS], sum);
    assert_in_range(running->demand.peak[WH_DEMAND_P_PLUS].milli, 0, 3 * PHASE_MW);
    assert_in_range(running->demand.mean_milli[WH_DEMAND_P_PLUS], 0, 3 * PHASE_MW);
}

typedef void action(struct bench *b);
typedef void check(const struct bench *b, bool done);

/* Cuts the action at every position; starts, lets check look, runs on and lets check_sums look again. */
static void cut_everywhere(action *act, check *look)
{
    static struct bench b;
    static struct bench image;
    open_bench(&b);
    open_bench(&image);
    eeprom_sim_copy(&image.eeprom, &b.eeprom);
    flash_sim_copy(&image.flash_sim, &b.flash_sim);
    const struct wh_meter before = b.meter;
    unsigned cuts = 0;
    for (uint64_t position = 0;; position++) {
        b.meter = before;
        eeprom_sim_copy(&b.eeprom, &image.eeprom);
        flash_sim_copy(&b.flash_sim, &image.flash_sim);
        const enum flash_tear tear = (enum flash_tear)(position % FLASH_TEAR_COUNT);
        flash_sim_cut(&b.flash_sim, position, tear, position);
        act(&b);
        const bool done = !b.flash_sim.is_off;
        flash_sim_power_on(&b.flash_sim);
        assert_int_equal(start(&b, now_s(&b)), WH_OK);
        look(&b, done);
        check_sums(&b);
        feed(&b, 2 * QUARTER_S);
        look(&b, done);
        check_sums(&b);
        if (done) {
            break;
        }
        cuts++;
    }
    printf("%u cut positions\n", cuts);
    assert_true(cuts > 300);
    close_bench(&b);
    close_bench(&image);
}

static void pass_midnight(struct bench *b)
{
    feed(b, 2);
}

/* Midnight may have been the moment of the cut, or it comes now. */
static void check_midnight(const struct bench *b, bool done)
{
    (void)done;
    if (now_s(b) < date_s()) {
        return;
    }
    assert_int_equal(stamped(b, WH_LOG_PROFILE, date_s()), 1);
    assert_int_equal(stamped(b, WH_LOG_LOGGER, date_s()), 1);
    assert_int_equal(stamped(b, WH_LOG_DEBITING_2, date_s()), 1);
    assert_int_equal(stamped(b, WH_LOG_DEBITING, date_s()), 1);
    assert_int_equal(b->meter.application.running.debiting_count, 1);
}

/* REG-4, REG-6, LOG-1, LOG-4: all that ends at midnight of the debiting date is stored once. */
static void test_midnight(void **state)
{
    (void)state;
    cut_everywhere(pass_midnight, check_midnight);
}

static void stop_by_command(struct bench *b)
{
    (void)wh_application_stop_debiting(&b->meter.application, &b->meter.legal,
                                       WH_DEBITING_BY_COMMAND);
}

static void check_command(const struct bench *b, bool done)
{
    static struct wh_debiting_record records[RECORDS_MAX];
    const uint32_t count = debiting(b, records);
    const uint32_t by_date = now_s(b) >= date_s();
    assert_in_range(count, done + by_date, 1 + by_date);
    assert_int_equal(stamped(b, WH_LOG_DEBITING, date_s()), by_date);
}

/* REG-6: a stop by command is done or was never, and the date that follows is another. */
static void test_stop_by_command(void **state)
{
    (void)state;
    cut_everywhere(stop_by_command, check_command);
}

/* Another interval and another zone for the profile: the log begins anew. */
static void configure(struct bench *b)
{
    struct wh_config config = b->meter.application.config;
    struct wh_config_fault fault;
    config.profile_min = 5;
    config.integration_min = 5;
    config.logger[3] = WH_QUANTITY_NONE;
    memset(config.logger + 3, WH_QUANTITY_NONE, sizeof config.logger - 3);
    config.special_1 = 4711;
    (void)wh_meter_configure(&b->meter, &config, WH_ORIGIN_OPTICAL, &fault);
}

static void check_configured(const struct bench *b, bool done)
{
    const struct wh_config *config = &b->meter.application.config;
    const bool is_new = config->special_1 == 4711;
    struct wh_profile_record newest;
    assert_true(is_new || !done);
    assert_int_equal(config->profile_min, is_new ? 5 : 15);
    assert_int_equal(config->integration_min, is_new ? 5 : 15);
    assert_int_equal(wh_logger_payload_size(config), 4 + (is_new ? 3 : 10) * 6);
    const struct wh_log *log = &b->meter.application.logs.log[WH_LOG_PROFILE];
    if (is_new && now_s(b) < date_s()) {
        assert_int_equal(wh_profile_newest(log, config, &newest), WH_ERR_NOT_FOUND);
    } else {
        assert_int_equal(wh_profile_newest(log, config, &newest), WH_OK);
        assert_int_equal(newest.utc_s % (config->profile_min * 60u), 0);
    }
}

/* VAR-15, LOG-1: a configuration is the old or the new one as a whole, with the logs that go with it. */
static void test_configure(void **state)
{
    (void)state;
    cut_everywhere(configure, check_configured);
}

static void lose_supply(struct bench *b)
{
    wh_meter_lose_mains(&b->meter);
}

static void check_lost(const struct bench *b, bool done)
{
    (void)done;
    struct wh_log_range range;
    struct wh_event event;
    uint32_t failed = 0;
    uint32_t returned = 0;
    const struct wh_log *log = &b->meter.application.logs.log[WH_LOG_STATUS];
    assert_int_equal(wh_log_range_begin_entries(log, UINT32_MAX, 0, &range), WH_OK);
    while (wh_event_next(&range, &event) == WH_OK) {
        failed += event.code == WH_EVENT_POWER_FAILED;
        returned += event.code == WH_EVENT_POWER_RETURNED;
    }
    assert_int_equal(returned, 1);
    assert_in_range(failed, 1, 2); /* twice if its record was in and the state was not */
}

/* LOG-5: the loss of the supply is in the log however long the capacitors lasted. */
static void test_lose_supply(void **state)
{
    (void)state;
    cut_everywhere(lose_supply, check_lost);
}

/* The meter starts after an outage over midnight, and its supply goes again meanwhile. */
static void start_after_the_date(struct bench *b)
{
    struct wh_meter_start_report found;
    b->board.rtc = (struct wh_rtc_reading){.valid = true, .utc_s = date_s() + 4000};
    (void)wh_meter_start(&b->meter, &b->board, &found);
    b->meter.application.clock.utc_s = date_s() + 4000; /* as start_clock may not have come to it */
}

static void check_midnight_passed(const struct bench *b, bool done)
{
    (void)done;
    check_midnight(b, true);
    assert_true(now_s(b) >= date_s());
}

/* REG-6, LOG-1: a date hidden by an outage is worked off once, also if the power is cut while that is done. */
static void test_cut_while_starting(void **state)
{
    (void)state;
    cut_everywhere(start_after_the_date, check_midnight_passed);
}

/* REG-4, REG-6: a memory that answers no more over midnight costs the records of its time, not the debiting period: that ends
 * when the memory is back, stamped with its midnight; the status tells of the failure. */
static void test_memory_away_over_midnight(void **state)
{
    (void)state;
    static struct bench b;
    open_bench(&b);
    flash_sim_cut(&b.flash_sim, 0, FLASH_TEAR_CLEAN, 1);
    for (int s = 0; s < 3 * 60; s++) {
        struct wh_bus_report second = {.sample_count = WH_SAMPLE_RATE_HZ,
                                       .duration_q14 = WH_SAMPLE_RATE_HZ << 14};
        wh_meter_report(&b.meter, &second);
    }
    assert_true((b.meter.application.running.event_a & WH_EVENT_A_FLASH) != 0);
    assert_int_equal(b.meter.application.running.debiting_count, 0);
    flash_sim_power_on(&b.flash_sim);
    feed(&b, QUARTER_S);
    assert_int_equal(stamped(&b, WH_LOG_DEBITING, date_s()), 1);
    assert_int_equal(stamped(&b, WH_LOG_DEBITING_2, date_s()), 1);
    assert_int_equal(b.meter.application.running.debiting_count, 1);
    assert_int_equal(start(&b, now_s(&b)), WH_OK);
    feed(&b, QUARTER_S);
    assert_int_equal(stamped(&b, WH_LOG_DEBITING, date_s()), 1);
    check_sums(&b);
    close_bench(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_midnight),           cmocka_unit_test(test_stop_by_command),
        cmocka_unit_test(test_configure),          cmocka_unit_test(test_lose_supply),
        cmocka_unit_test(test_cut_while_starting), cmocka_unit_test(test_memory_away_over_midnight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
