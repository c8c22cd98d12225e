/* COM-14. Alarms and their settings when the supply goes at any byte that the flash programs: what was
 * acknowledged stays so, what came on is told after the cut, settings are the old or the new ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "meter/meter.h"
#include "tests/store/eeprom_sim.h"
#include "tests/store/flash_sim.h"

#define BIT(alarm) WH_ALARM_BIT(WH_ALARM_##alarm)

enum { MEMORY_SIZE = 512 * 1024, PAGE_SIZE = 512, UTC_S = 848000000, NEW_RETRIES = 7 };

static const uint64_t of_a_cut = BIT(POWER_FAILED) | BIT(POWER_RETURNED);

struct bench {
    struct eeprom_sim eeprom;
    struct flash_sim flash_sim;
    struct wh_nvm nvm;
    struct wh_flash flash;
    struct wh_board board;
    struct wh_meter meter;
};

static struct wh_application *app(struct bench *b)
{
    return &b->meter.application;
}

static void start(struct bench *b, uint32_t rtc_s)
{
    struct wh_meter_start_report found;
    b->board.rtc = (struct wh_rtc_reading){.valid = true, .utc_s = rtc_s};
    assert_int_equal(wh_meter_start(&b->meter, &b->board, &found), WH_OK);
}

static void pass_second(struct bench *b)
{
    const struct wh_bus_report report = {.sample_count = WH_SAMPLE_RATE_HZ,
                                         .duration_q14 = WH_SAMPLE_RATE_HZ << 14};
    wh_meter_report(&b->meter, &report);
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
    start(b, UTC_S);
    pass_second(b);
}

static void close_bench(struct bench *b)
{
    eeprom_sim_close(&b->eeprom);
    flash_sim_close(&b->flash_sim);
}

typedef void action(struct bench *b);
typedef void check(struct bench *b, bool done);

/* Cuts the action at every position, starts, and lets check look. */
static void cut_everywhere(action *prepare, action *act, check *look)
{
    static struct bench b;
    static struct bench image;
    unsigned cuts = 0;
    open_bench(&b);
    open_bench(&image);
    prepare(&b);
    eeprom_sim_copy(&image.eeprom, &b.eeprom);
    flash_sim_copy(&image.flash_sim, &b.flash_sim);
    const struct wh_meter before = b.meter;
    for (bool done = false; !done; cuts++) {
        b.meter = before;
        eeprom_sim_copy(&b.eeprom, &image.eeprom);
        flash_sim_copy(&b.flash_sim, &image.flash_sim);
        flash_sim_cut(&b.flash_sim, cuts, (enum flash_tear)(cuts % FLASH_TEAR_COUNT), cuts);
        act(&b);
        done = !b.flash_sim.is_off;
        flash_sim_power_on(&b.flash_sim);
        start(&b, app(&b)->clock.utc_s + 1);
        look(&b, done);
    }
    printf("%u cut positions\n", cuts);
    assert_true(cuts > 100);
    close_bench(&b);
    close_bench(&image);
}

static void nothing(struct bench *b)
{
    (void)b;
}

static void hold_magnet(struct bench *b)
{
    (void)wh_meter_input(&b->meter, WH_INPUT_MAGNET, true);
    pass_second(b);
}

static void check_magnet(struct bench *b, bool done)
{
    const struct wh_alarms *alarms = &app(b)->running.alarms;
    const bool is_known = (alarms->descriptor & BIT(FRAUD)) != 0;
    assert_true(is_known || !done);
    assert_int_equal(alarms->descriptor & of_a_cut, of_a_cut);
    assert_int_equal(alarms->pending, alarms->descriptor);
}

static void test_an_alarm(void **state)
{
    (void)state;
    cut_everywhere(nothing, hold_magnet, check_magnet);
}

static void tell(struct bench *b)
{
    wh_application_told_alarms(app(b), BIT(FRAUD));
}

/* Told twice at worst, and never taken out of the descriptor. */
static void check_told(struct bench *b, bool done)
{
    const struct wh_alarms *alarms = &app(b)->running.alarms;
    assert_int_equal(alarms->descriptor, BIT(FRAUD) | of_a_cut);
    assert_int_equal(alarms->pending | BIT(FRAUD), BIT(FRAUD) | of_a_cut);
    assert_true(!done || (alarms->pending & BIT(FRAUD)) == 0);
}

static void test_a_push_delivered(void **state)
{
    (void)state;
    cut_everywhere(hold_magnet, tell, check_told);
}

static void acknowledge(struct bench *b)
{
    (void)wh_application_acknowledge_alarms(app(b), 0);
}

static void check_acknowledged(struct bench *b, bool done)
{
    const struct wh_alarms *alarms = &app(b)->running.alarms;
    assert_true(!done || (alarms->descriptor & BIT(FRAUD)) == 0);
    assert_int_equal(alarms->descriptor | BIT(FRAUD), BIT(FRAUD) | of_a_cut);
}

static void test_an_acknowledgement(void **state)
{
    (void)state;
    cut_everywhere(hold_magnet, acknowledge, check_acknowledged);
}

static void set_up(struct bench *b)
{
    struct wh_push_settings settings = app(b)->push;
    settings.alarm_filter = ~UINT64_C(0);
    settings.setup[WH_PUSH_INTERVAL].retries = NEW_RETRIES;
    settings.setup[WH_PUSH_ALARM].retries = NEW_RETRIES;
    (void)wh_application_set_push(app(b), &settings);
}

static void check_set_up(struct bench *b, bool done)
{
    const struct wh_push_settings *settings = &app(b)->push;
    const struct wh_push_settings old = wh_push_default();
    const bool is_new = settings->setup[WH_PUSH_ALARM].retries == NEW_RETRIES;
    assert_true(is_new || !done);
    assert_int_equal(settings->setup[WH_PUSH_INTERVAL].retries,
                     is_new ? NEW_RETRIES : old.setup[WH_PUSH_INTERVAL].retries);
    assert_int_equal(settings->alarm_filter, is_new ? ~UINT64_C(0) : old.alarm_filter);
}

static void test_settings(void **state)
{
    (void)state;
    cut_everywhere(nothing, set_up, check_set_up);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_alarm),
        cmocka_unit_test(test_a_push_delivered),
        cmocka_unit_test(test_an_acknowledgement),
        cmocka_unit_test(test_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
