/* TAR-1, BRK-2, MEM-2. What is to be done at a moment: it is done then, or when supply is back, once;
 * a power cut at any byte leaves what was to be done, or what was to be done before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plans.h"
#include "rig.h"
#include "tests/store/eeprom_sim.h"
#include "tests/store/flash_sim.h"

enum { LATER_S = 600, MEMORY_SIZE = 512 * 1024, PAGE_SIZE = 512, EVERY_BYTES = 3 };

static struct rig rig;

static struct wh_application *app(void)
{
    return &rig.meter.application;
}

static int open_rig(void **state)
{
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    (void)state;
    wh_config_set_breaker(&config);
    config.button_connects = WH_BUTTON_CONNECTS_NEVER;
    config.reconnect_automatic = 0;
    rig_open_as(&rig, "382M", &config, 0);
    assert_int_equal(wh_meter_set_clock(&rig.meter, rig_utc(&rig, 2026, 5, 12, 12, 0)), WH_OK);
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static struct wh_tariff_plan usual(void)
{
    struct wh_tariff_plan plan;
    memset(&plan, 0, sizeof plan);
    plans_usual(&plan);
    return plan;
}

static void schedule_usual(uint32_t in_s)
{
    struct wh_plan_fault fault;
    const struct wh_tariff_plan plan = usual();
    assert_int_equal(wh_application_schedule_plan(app(), &plan, app()->clock.utc_s + in_s, &fault),
                     WH_OK);
}

static uint32_t plans_set(void)
{
    return rig_count_events(&rig, WH_EVENT_PLAN_CHANGED, NULL);
}

static void assert_flat(void)
{
    assert_int_equal(app()->plan.season_change_count, 0);
    assert_int_equal(plans_set(), 0);
}

static void assert_usual(void)
{
    const struct wh_tariff_plan plan = usual();
    assert_memory_equal(&app()->plan, &plan, sizeof plan);
    assert_int_equal(plans_set(), 1);
    assert_int_equal(app()->schedule.plan_s, 0);
}

static void test_plan_at_its_moment(void **state)
{
    (void)state;
    struct wh_tariff_plan waiting;
    const struct wh_tariff_plan plan = usual();
    assert_int_equal(wh_application_scheduled_plan(app(), &waiting), WH_ERR_NOT_FOUND);
    schedule_usual(LATER_S);
    assert_int_equal(wh_application_scheduled_plan(app(), &waiting), WH_OK);
    assert_memory_equal(&waiting, &plan, sizeof plan);
    rig_load(&rig, 0, 0, LATER_S - 1);
    assert_flat();
    rig_load(&rig, 0, 0, 1);
    assert_usual();
    rig_load(&rig, 0, 0, LATER_S);
    assert_usual();
    assert_int_equal(wh_application_scheduled_plan(app(), &waiting), WH_ERR_NOT_FOUND);
}

/* It waits through outages, and what fell into one is done after it. */
static void test_plan_and_outages(void **state)
{
    (void)state;
    static const enum rig_cut cuts[] = {RIG_ORDERLY, RIG_HARD};
    schedule_usual(LATER_S);
    for (size_t c = 0; c < sizeof cuts / sizeof cuts[0]; c++) {
        rig_outage(&rig, cuts[c], LATER_S / 4, true);
        rig_load(&rig, 0, 0, 1);
        assert_flat();
    }
    rig_outage(&rig, RIG_HARD, LATER_S, true);
    rig_load(&rig, 0, 0, 1);
    assert_usual();
}

/* Without a valid clock nobody knows what time it is. */
static void test_nothing_without_a_clock(void **state)
{
    (void)state;
    const uint32_t moment_s = app()->clock.utc_s + LATER_S;
    schedule_usual(LATER_S);
    rig_outage(&rig, RIG_HARD, LATER_S * 2, false);
    rig_load(&rig, 0, 0, LATER_S * 2);
    assert_flat();
    assert_int_equal(wh_meter_set_clock(&rig.meter, moment_s - 10), WH_OK);
    rig_load(&rig, 0, 0, 9);
    assert_flat();
    rig_load(&rig, 0, 0, 1);
    assert_usual();
}

static void test_refused_replaced_and_taken_back(void **state)
{
    (void)state;
    struct wh_tariff_plan bad = usual();
    struct wh_tariff_plan waiting;
    struct wh_plan_fault fault = {0};
    schedule_usual(LATER_S);
    bad.days[0][0].switches[0].tariff = 5;
    assert_int_equal(wh_application_schedule_plan(app(), &bad, app()->clock.utc_s + 1, &fault),
                     WH_ERR_ARGUMENT);
    assert_string_equal(fault.field, "switch");
    assert_int_equal(wh_application_scheduled_plan(app(), &waiting), WH_OK);
    assert_int_equal(waiting.days[0][0].switches[0].tariff, usual().days[0][0].switches[0].tariff);
    schedule_usual(2 * LATER_S);
    rig_load(&rig, 0, 0, LATER_S);
    assert_flat();
    assert_int_equal(wh_application_schedule_plan(app(), NULL, 0, NULL), WH_OK);
    rig_load(&rig, 0, 0, 2 * LATER_S);
    assert_flat();
}

static int switch_in(enum wh_scheduled_breaker breaker, uint32_t in_s)
{
    return (int)wh_application_schedule_breaker(app(), breaker, app()->clock.utc_s + in_s);
}

/* Both wait together; a command that the state does not allow is left undone. */
static void test_breaker(void **state)
{
    (void)state;
    struct wh_event event;
    schedule_usual(LATER_S);
    assert_int_equal(switch_in(WH_SCHEDULED_DISCONNECT, LATER_S / 2), WH_OK);
    rig_outage(&rig, RIG_HARD, 1, true);
    rig_load(&rig, 0, 0, LATER_S / 2 - 2);
    assert_int_equal(app()->breaker.state, WH_BREAKER_CONNECTED);
    rig_load(&rig, 0, 0, 1);
    assert_int_equal(app()->breaker.state, WH_BREAKER_BY_COMMAND);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_OPENED_BY_COMMAND, &event), 1);
    assert_int_equal(event.value_a >> 8, WH_ORIGIN_METER);
    assert_int_equal(app()->schedule.breaker_s, 0);
    assert_int_equal(switch_in(WH_SCHEDULED_RECONNECT, 10), WH_OK);
    rig_load(&rig, 0, 0, 10);
    assert_int_equal(app()->breaker.state, WH_BREAKER_CONNECTED);
    assert_int_equal(switch_in(WH_SCHEDULED_RECONNECT, 10), WH_OK);
    rig_load(&rig, 0, 0, 10);
    assert_int_equal(app()->breaker.state, WH_BREAKER_CONNECTED);
    assert_int_equal(app()->schedule.breaker_s, 0);
    assert_flat();
    rig_load(&rig, 0, 0, LATER_S / 2);
    assert_usual();
}

static void test_without_breaker(void **state)
{
    (void)state;
    rig_close(&rig);
    rig_open_as(&rig, "382M", NULL, 800000000);
    assert_int_equal(switch_in(WH_SCHEDULED_DISCONNECT, 1), WH_ERR_UNSUPPORTED);
    assert_int_equal(app()->schedule.breaker_s, 0);
}

/* ---- Cuts ---- */

struct bench {
    struct eeprom_sim eeprom;
    struct flash_sim flash_sim;
    struct wh_nvm nvm;
    struct wh_flash flash;
    struct wh_board board;
    struct wh_meter meter;
};

static enum wh_err start(struct bench *b, uint32_t utc_s)
{
    struct wh_meter_start_report found;
    b->board.rtc = (struct wh_rtc_reading){.valid = true, .utc_s = utc_s};
    return wh_meter_start(&b->meter, &b->board, &found);
}

static void feed_second(struct bench *b)
{
    const struct wh_bus_report report = {.sample_count = WH_SAMPLE_RATE_HZ,
                                         .duration_q14 = WH_SAMPLE_RATE_HZ << 14};
    if (!b->flash_sim.is_off) {
        wh_meter_report(&b->meter, &report);
    }
}

enum { MOMENT_S = 830000000 };

/* A plan waits for that moment. */
static void open_bench(struct bench *b)
{
    struct wh_plan_fault fault;
    const struct wh_tariff_plan plan = usual();
    const struct wh_order order = {
        .variant = wh_variant_find("382M"), .serial_number = 7, .meter_number = 12345678};
    memset(b, 0, sizeof *b);
    eeprom_sim_open(&b->eeprom, MEMORY_SIZE, PAGE_SIZE, 0xFF);
    flash_sim_open(&b->flash_sim, WH_LOGS_FLASH_SIZE, 4096, 256, 0xFF);
    b->nvm = eeprom_sim_nvm(&b->eeprom);
    b->flash = flash_sim_flash(&b->flash_sim);
    b->board = (struct wh_board){.nvm = &b->nvm, .flash = &b->flash};
    assert_int_equal(wh_meter_manufacture(&b->board, &order, NULL), WH_OK);
    assert_int_equal(start(b, MOMENT_S - LATER_S), WH_OK);
    assert_int_equal(wh_application_schedule_plan(&b->meter.application, &plan, MOMENT_S, &fault),
                     WH_OK);
}

static void close_bench(struct bench *b)
{
    eeprom_sim_close(&b->eeprom);
    flash_sim_close(&b->flash_sim);
}

static enum wh_err reschedule(struct bench *b)
{
    struct wh_tariff_plan plan;
    struct wh_plan_fault fault;
    memset(&plan, 0, sizeof plan);
    plans_full(&plan);
    plan.exception_count = 0;
    return wh_application_schedule_plan(&b->meter.application, &plan, MOMENT_S + LATER_S, &fault);
}

/* The plan and its time are of one record: those before or those behind the change. */
static void look_rescheduled(struct bench *b, bool is_acknowledged)
{
    struct wh_tariff_plan waiting;
    const struct wh_application *application = &b->meter.application;
    assert_int_equal(start(b, MOMENT_S - LATER_S), WH_OK);
    assert_int_equal(wh_application_scheduled_plan(application, &waiting), WH_OK);
    const bool is_new = application->schedule.plan_s == MOMENT_S + LATER_S;
    assert_true(is_new || (!is_acknowledged && application->schedule.plan_s == MOMENT_S));
    assert_int_equal(waiting.season_change_count == WH_PLAN_SEASON_CHANGES_MAX, is_new);
}

static enum wh_err pass_moment(struct bench *b)
{
    b->meter.application.clock.utc_s = MOMENT_S - 1;
    b->meter.application.second = MOMENT_S - 1;
    feed_second(b);
    return WH_OK;
}

/* Whatever was done of it, it is in force a second after the start, and waits no more. */
static void look_passed(struct bench *b, bool is_acknowledged)
{
    const struct wh_application *application = &b->meter.application;
    const struct wh_tariff_plan plan = usual();
    (void)is_acknowledged;
    assert_int_equal(start(b, MOMENT_S + 5), WH_OK);
    feed_second(b);
    assert_memory_equal(&application->plan, &plan, sizeof plan);
    assert_int_equal(application->schedule.plan_s, 0);
    assert_int_equal(start(b, MOMENT_S + 10), WH_OK);
    assert_memory_equal(&application->plan, &plan, sizeof plan);
    assert_int_equal(application->schedule.plan_s, 0);
}

static void cut_everywhere(enum wh_err (*act)(struct bench *b),
                           void (*look)(struct bench *b, bool is_acknowledged))
{
    static struct bench b;
    static struct bench image;
    open_bench(&b);
    open_bench(&image);
    const struct wh_meter before = b.meter;
    unsigned cuts = 0;
    bool is_done = false;
    for (uint64_t position = 0; !is_done; position += EVERY_BYTES, cuts++) {
        b.meter = before;
        eeprom_sim_copy(&b.eeprom, &image.eeprom);
        flash_sim_copy(&b.flash_sim, &image.flash_sim);
        flash_sim_cut(&b.flash_sim, position, (enum flash_tear)(cuts % FLASH_TEAR_COUNT), position);
        const bool is_acknowledged = act(&b) == WH_OK && !b.flash_sim.is_off;
        is_done = !b.flash_sim.is_off;
        flash_sim_power_on(&b.flash_sim);
        look(&b, is_acknowledged);
    }
    assert_true(cuts > 100);
    close_bench(&b);
    close_bench(&image);
}

static void test_cuts_while_it_is_stored(void **state)
{
    (void)state;
    cut_everywhere(reschedule, look_rescheduled);
}

static void test_cuts_while_it_is_done(void **state)
{
    (void)state;
    cut_everywhere(pass_moment, look_passed);
}

/* A memory that refuses: all is as it was, and what is due is tried again. */
static void test_memory_refuses(void **state)
{
    (void)state;
    static struct bench b;
    open_bench(&b);
    flash_sim_fail_change(&b.flash_sim, 0);
    assert_int_not_equal(reschedule(&b), WH_OK);
    assert_int_equal(b.meter.application.schedule.plan_s, MOMENT_S);
    assert_int_equal(start(&b, MOMENT_S - 1), WH_OK);
    assert_int_equal(b.meter.application.schedule.plan_s, MOMENT_S);
    b.meter.application.clock.utc_s = MOMENT_S;
    flash_sim_fail_change(&b.flash_sim, 0);
    wh_application_work_schedule(&b.meter.application, &b.meter.legal);
    assert_int_equal(b.meter.application.schedule.plan_s, MOMENT_S);
    wh_application_work_schedule(&b.meter.application, &b.meter.legal); /* not before a minute */
    assert_int_equal(b.meter.application.schedule.plan_s, MOMENT_S);
    for (int s = 0; s <= 60; s++) {
        feed_second(&b);
    }
    assert_int_equal(b.meter.application.schedule.plan_s, 0);
    assert_int_not_equal(b.meter.application.plan.season_change_count, 0);
    close_bench(&b);
}

#define RIG_TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(test_plan_at_its_moment),
        RIG_TEST(test_plan_and_outages),
        RIG_TEST(test_nothing_without_a_clock),
        RIG_TEST(test_refused_replaced_and_taken_back),
        RIG_TEST(test_breaker),
        RIG_TEST(test_without_breaker),
        cmocka_unit_test(test_cuts_while_it_is_stored),
        cmocka_unit_test(test_cuts_while_it_is_done),
        cmocka_unit_test(test_memory_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
