/* Breaker and prepayment when the supply goes at any byte that is programmed, and once more while
 * the meter starts (BRK-1, BRK-5, MEM-2): memory and contacts agree, what was acknowledged is
 * there, each change and each payment has one entry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "meter/meter.h"
#include "tests/store/eeprom_sim.h"
#include "tests/store/flash_sim.h"

enum {
    MEMORY_SIZE = 512 * 1024,
    PAGE_SIZE = 512,
    START_S = 845078400,
    PHASE_MW = 1000000, /* 3 kW: 1 kWh in 1200 s */
    PAID_WH = 1000,
    SETTLED_S = 8,
};

struct bench {
    struct eeprom_sim eeprom;
    struct flash_sim flash_sim;
    struct wh_nvm nvm;
    struct wh_flash flash;
    struct wh_board board;
    struct wh_meter meter;
    bool closed; /* the contacts, which stay where they are */
};

static struct wh_application *app(struct bench *b)
{
    return &b->meter.application;
}

static enum wh_err start(struct bench *b)
{
    struct wh_meter_start_report found;
    b->board.rtc = (struct wh_rtc_reading){.valid = true, .utc_s = app(b)->clock.utc_s};
    return wh_meter_start(&b->meter, &b->board, &found);
}

/* What the board does after everything: the coil moves the contacts, if there is supply. */
static void move_contacts(struct bench *b)
{
    const enum wh_breaker_coil coil = wh_breaker_coil(&app(b)->breaker);
    if (!b->flash_sim.is_off && coil != WH_COIL_OFF) {
        b->closed = coil == WH_COIL_CLOSE;
    }
}

static void feed(struct bench *b, uint32_t seconds)
{
    for (uint32_t s = 0; s < seconds && !b->flash_sim.is_off; s++) {
        struct wh_bus_report report = {.sample_count = WH_SAMPLE_RATE_HZ,
                                       .duration_q14 = WH_SAMPLE_RATE_HZ << 14};
        for (int p = 0; p < WH_PHASES; p++) {
            const int32_t mw = b->closed ? PHASE_MW : 0;
            report.phase[p] = (struct wh_element_report){.active_uj = mw * INT64_C(1000),
                                                         .u_rms_mv = 230000,
                                                         .active_mw = mw,
                                                         .apparent_mva = (uint32_t)mw,
                                                         .frequency_uhz = 50000000,
                                                         .locked = true,
                                                         .registering = b->closed};
        }
        wh_meter_report(&b->meter, &report);
        move_contacts(b);
    }
}

static enum wh_err command(struct bench *b, enum wh_breaker_action command)
{
    const enum wh_err err =
        wh_application_breaker(app(b), &b->meter.legal, command, WH_ORIGIN_MODULE);
    move_contacts(b);
    return err;
}

static enum wh_err pay(struct bench *b, uint32_t token)
{
    return wh_application_top_up(app(b), &b->meter.legal, PAID_WH, token, WH_ORIGIN_MODULE);
}

static int64_t paid_mdwh(struct bench *b)
{
    struct wh_energy_value a_plus;
    int64_t left_mdwh;
    assert_int_equal(wh_legal_energy(&b->meter.legal, WH_A_PLUS, &a_plus), WH_OK);
    assert_int_equal(wh_application_prepaid(app(b), &b->meter.legal, &left_mdwh), WH_OK);
    return left_mdwh + (int64_t)a_plus.count_dwh * 1000;
}

/* With 1 kWh paid, most of it used up. */
static void open_bench(struct bench *b)
{
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    wh_config_set_breaker(&config);
    config.cut_off_basis = WH_CUT_OFF_PREPAYMENT | WH_CUT_OFF_UNRESTRICTED;
    config.prepayment_low_days = 2;
    config.disconnect_low = 1;
    config.reconnect_automatic = 1;
    config.reconnect_wait_s = 0;
    const struct wh_order order = {.variant = wh_variant_find("382M"),
                                   .serial_number = 7,
                                   .meter_number = 12345678,
                                   .config = &config};
    *b = (struct bench){.closed = true};
    eeprom_sim_open(&b->eeprom, MEMORY_SIZE, PAGE_SIZE, 0xFF);
    flash_sim_open(&b->flash_sim, WH_LOGS_FLASH_SIZE, 4096, 256, 0xFF);
    b->nvm = eeprom_sim_nvm(&b->eeprom);
    b->flash = flash_sim_flash(&b->flash_sim);
    b->board = (struct wh_board){.nvm = &b->nvm, .flash = &b->flash};
    assert_int_equal(wh_meter_manufacture(&b->board, &order, NULL), WH_OK);
    app(b)->clock.utc_s = START_S;
    assert_int_equal(start(b), WH_OK);
    assert_int_equal(pay(b, 1), WH_OK);
    feed(b, 1150);
    assert_int_equal(app(b)->breaker.state, WH_BREAKER_CONNECTED);
}

static void close_bench(struct bench *b)
{
    eeprom_sim_close(&b->eeprom);
    flash_sim_close(&b->flash_sim);
}

/* Changes of the state are in the log once each, as are payments. */
static void check_logs(struct bench *b)
{
    struct wh_log_range range;
    struct wh_event event;
    uint32_t changes = 0;
    uint32_t payments = 0;
    assert_int_equal(
        wh_log_range_begin_entries(&app(b)->logs.log[WH_LOG_BREAKER], UINT32_MAX, 0, &range),
        WH_OK);
    while (wh_event_next(&range, &event) == WH_OK) {
        assert_int_equal(event.value_b, ++changes);
    }
    assert_int_equal(app(b)->breaker.changes, changes);
    assert_true(changes == 0 || event.detail == app(b)->breaker.state);
    assert_int_equal(
        wh_log_range_begin_entries(&app(b)->logs.log[WH_LOG_PAYMENTS], UINT32_MAX, 0, &range),
        WH_OK);
    while (wh_event_next(&range, &event) == WH_OK) {
        assert_int_equal(event.value_b, ++payments);
        assert_int_equal(event.value_a, PAID_WH);
    }
    assert_int_equal(app(b)->prepayment.payments, payments);
    assert_true(paid_mdwh(b) == (int64_t)payments * PAID_WH * WH_MDWH_PER_WH);
}

/* After the rest, whatever happened. */
static void check_contacts(struct bench *b)
{
    feed(b, SETTLED_S);
    assert_int_equal(b->closed, wh_breaker_is_closed_in(app(b)->breaker.state));
}

struct scene {
    void (*prepare)(struct bench *b);
    void (*act)(struct bench *b, bool *acknowledged);
    void (*look)(struct bench *b, bool acknowledged); /* just after the start */
};

/* Starts, with a second cut at another byte of what the start programs, then for good. */
static void start_again(struct bench *b, uint64_t position)
{
    flash_sim_power_on(&b->flash_sim);
    flash_sim_cut(&b->flash_sim, position * 7 % 500, (enum flash_tear)(position / 4 % 4), position);
    const uint32_t utc_s = app(b)->clock.utc_s;
    (void)start(b);
    move_contacts(b);
    app(b)->clock.utc_s = utc_s;
    flash_sim_power_on(&b->flash_sim);
    assert_int_equal(start(b), WH_OK);
    move_contacts(b);
}

static void cut_everywhere(const struct scene *scene)
{
    static struct bench b;
    static struct bench image;
    open_bench(&b);
    scene->prepare(&b);
    open_bench(&image);
    eeprom_sim_copy(&image.eeprom, &b.eeprom);
    flash_sim_copy(&image.flash_sim, &b.flash_sim);
    const struct wh_meter before = b.meter;
    const bool closed = b.closed;
    unsigned cuts = 0;
    for (uint64_t position = 0;; position++, cuts++) {
        bool acknowledged = false;
        b.meter = before;
        b.closed = closed;
        eeprom_sim_copy(&b.eeprom, &image.eeprom);
        flash_sim_copy(&b.flash_sim, &image.flash_sim);
        flash_sim_cut(&b.flash_sim, position, (enum flash_tear)(position % FLASH_TEAR_COUNT),
                      position);
        scene->act(&b, &acknowledged);
        const bool done = !b.flash_sim.is_off;
        const bool moved = b.closed != closed;
        start_again(&b, position);
        check_logs(&b);
        scene->look(&b, acknowledged || done || moved);
        check_contacts(&b);
        check_logs(&b);
        if (done) {
            break;
        }
    }
    printf("%u cut positions\n", cuts);
    assert_true(cuts > 300);
    close_bench(&b);
    close_bench(&image);
}

static void stay(struct bench *b)
{
    (void)b;
}

static void disconnect(struct bench *b, bool *acknowledged)
{
    *acknowledged = command(b, WH_BREAKER_DISCONNECT) == WH_OK;
}

static void look_disconnected(struct bench *b, bool acknowledged)
{
    const enum wh_breaker_state state = app(b)->breaker.state;
    assert_true(state == WH_BREAKER_BY_COMMAND || (!acknowledged && state == WH_BREAKER_CONNECTED));
}

/* BRK-1: disconnected by command, or not; the contacts never opened without the memory knowing. */
static void test_disconnect(void **state)
{
    (void)state;
    cut_everywhere(&(const struct scene){stay, disconnect, look_disconnected});
}

static void release(struct bench *b)
{
    assert_int_equal(command(b, WH_BREAKER_DISCONNECT), WH_OK);
    assert_int_equal(command(b, WH_BREAKER_RELEASE), WH_OK);
}

static void reconnect(struct bench *b, bool *acknowledged)
{
    *acknowledged = command(b, WH_BREAKER_RECONNECT) == WH_OK;
    feed(b, SETTLED_S);
}

static void look_reconnected(struct bench *b, bool acknowledged)
{
    const enum wh_breaker_state state = app(b)->breaker.state;
    assert_true(state == WH_BREAKER_CONNECTED || (!acknowledged && state == WH_BREAKER_RELEASED));
}

/* BRK-1: the same of closing, which is five seconds behind what is stored. */
static void test_reconnect(void **state)
{
    (void)state;
    cut_everywhere(&(const struct scene){release, reconnect, look_reconnected});
}

static void use_nearly_up(struct bench *b)
{
    feed(b, 40);
}

static void use_up(struct bench *b, bool *acknowledged)
{
    feed(b, 14);
    *acknowledged = false;
}

/* The state and the beginning of low load are there together or not at all. */
static void look_used_up(struct bench *b, bool acknowledged)
{
    const bool open = app(b)->breaker.state == WH_BREAKER_BY_PREPAYMENT;
    (void)acknowledged;
    assert_int_equal(app(b)->prepayment.low_start_s != 0, app(b)->breaker.changes > 0);
    assert_true(open || app(b)->breaker.state == WH_BREAKER_CONNECTED);
}

/* BRK-5: the automatic disconnection at nothing left, and the reconnection for low load that
 * follows. */
static void test_used_up(void **state)
{
    (void)state;
    cut_everywhere(&(const struct scene){use_nearly_up, use_up, look_used_up});
}

static void pay_once(struct bench *b, bool *acknowledged)
{
    *acknowledged = pay(b, 2) == WH_OK;
}

/* Whoever pays and gets no answer pays again: in the end it was taken once. */
static void look_paid(struct bench *b, bool acknowledged)
{
    const bool taken = app(b)->prepayment.payments == 2;
    assert_true(taken || !acknowledged);
    assert_int_equal(pay(b, 2), taken ? WH_ERR_STATE : WH_OK);
    assert_int_equal(app(b)->prepayment.payments, 2);
}

/* BRK-5: a payment is never lost and never taken twice. */
static void test_payment(void **state)
{
    (void)state;
    cut_everywhere(&(const struct scene){stay, pay_once, look_paid});
}

/* A configuration with other factors and prepayment out of use: what is left is what it was. */
static void test_configuration(void **state)
{
    (void)state;
    static struct bench b;
    open_bench(&b);
    for (int n = 0; n < 40; n++) {
        struct wh_config config = app(&b)->config;
        struct wh_config_fault fault;
        int64_t before_mdwh;
        int64_t after_mdwh;
        assert_int_equal(wh_application_prepaid(app(&b), &b.meter.legal, &before_mdwh), WH_OK);
        config.prepayment_factor_milli[0] = (uint16_t)(500 + n);
        flash_sim_cut(&b.flash_sim, (uint64_t)n * 37, FLASH_TEAR_BITS, (uint64_t)n);
        (void)wh_meter_configure(&b.meter, &config, WH_ORIGIN_MODULE, &fault);
        flash_sim_power_on(&b.flash_sim);
        assert_int_equal(start(&b), WH_OK);
        assert_int_equal(wh_application_prepaid(app(&b), &b.meter.legal, &after_mdwh), WH_OK);
        assert_true(before_mdwh == after_mdwh);
        assert_int_equal(app(&b)->prepayment.factor_milli[0],
                         app(&b)->config.prepayment_factor_milli[0]);
    }
    close_bench(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_disconnect),    cmocka_unit_test(test_reconnect),
        cmocka_unit_test(test_used_up),       cmocka_unit_test(test_payment),
        cmocka_unit_test(test_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
