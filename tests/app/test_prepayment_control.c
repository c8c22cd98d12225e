/* Prepayment of a meter (BRK-5): what is left against the registers, warning, emergency credit,
 * disconnection, restrictions, low load, payments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/app/house.h"
#include "tests/common/random.h"

enum {
    W_MW = 1000,
    KW_MW = 1000000,
    KWH = WH_MDWH_PER_KWH,
    HOUR_S = 3600,
    DAY_S = 86400,
    HOLD_MS = 6000,
};

static struct house house;

/* Without restrictions, automatic reconnection, no low load. */
static struct wh_config prepaid(void)
{
    struct wh_config config = house_config("382M");
    config.cut_off_basis = WH_CUT_OFF_PREPAYMENT | WH_CUT_OFF_UNRESTRICTED;
    config.reconnect_automatic = 1;
    return config;
}

static void open_with(const struct wh_config *config)
{
    house_open(&house, "382M", config, house_utc(12, 0));
}

/* A new one with so much paid before anything is drawn, connected. */
static void open_paid(const struct wh_config *config, uint32_t kwh)
{
    open_with(config);
    house_pay(&house, kwh);
    house_live(&house, 70);
    assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
}

static uint64_t a_plus_dwh(void)
{
    return (uint64_t)rig_read(&house.rig, WH_QUANTITY_A_PLUS_FINE);
}

static void assert_open(enum wh_breaker_state state)
{
    assert_int_equal(house_state(&house), state);
    assert_false(house.closed);
}

static unsigned count(enum wh_event_code code)
{
    return rig_count_events(&house.rig, code, NULL);
}

static enum wh_err pay(uint32_t wh, uint32_t token, enum wh_origin origin)
{
    struct wh_meter *meter = &house.rig.meter;
    return wh_application_top_up(&meter->application, &meter->legal, wh, token, origin);
}

/* Counts down with A+ to 0.1 Wh; at nothing it opens, within a second of load; paid, it closes
 * again. A new meter that was never paid for is open. */
static void test_counts_down_and_opens_at_zero(void **state)
{
    (void)state;
    const struct wh_config config = prepaid();
    open_with(&config);
    assert_open(WH_BREAKER_BY_PREPAYMENT);
    house_pay(&house, 1);
    house_live(&house, 70);
    assert_true(house.closed);
    house.load_mw = 500 * W_MW;
    while (house.closed) {
        const int64_t left_mdwh = house_left_mdwh(&house);
        assert_true(left_mdwh == KWH - (int64_t)a_plus_dwh() * 1000);
        assert_int_equal(rig_read(&house.rig, WH_QUANTITY_PREPAYMENT_BALANCE),
                         left_mdwh > 0 ? left_mdwh : 0);
        house_live(&house, 1);
    }
    assert_open(WH_BREAKER_BY_PREPAYMENT);
    assert_true(house_left_mdwh(&house) <= 0);
    assert_true(house_left_mdwh(&house) >= -2 * 10000); /* two seconds of 1.5 kW */
    assert_true(rig_read(&house.rig, WH_QUANTITY_PREPAYMENT_CREDIT) == -house_left_mdwh(&house));
    const int64_t credit_mdwh = -house_left_mdwh(&house);
    house_live(&house, 100);
    assert_open(WH_BREAKER_BY_PREPAYMENT);
    house_pay(&house, 2); /* the credit first */
    assert_true(house_left_mdwh(&house) == 2 * KWH - credit_mdwh);
    house_live(&house, 10);
    assert_true(house.closed);
    house_close(&house);
}

/* Manual reconnection: a payment releases, the button closes; with soft connect as well (BRK-3). */
static void test_a_payment_releases(void **state)
{
    (void)state;
    struct wh_config config = prepaid();
    config.reconnect_automatic = 0;
    config.button_connects = WH_BUTTON_CONNECTS_RELEASED;
    open_with(&config);
    house_hold(&house, HOLD_MS);
    assert_open(WH_BREAKER_BY_PREPAYMENT);
    house_pay(&house, 1);
    house_live(&house, 100);
    assert_open(WH_BREAKER_RELEASED);
    house_hold(&house, HOLD_MS);
    assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
    house_close(&house);
}

/* Each tariff at its own factor, changed in operation: exact against a sum of the rig's own. */
static void test_charged_by_tariff(void **state)
{
    (void)state;
    struct test_random random = {77};
    struct wh_config config = prepaid();
    config.tariff_source = WH_TARIFF_BY_COMMAND;
    open_paid(&config, 1000);
    house.load_mw = 3 * KW_MW;
    int64_t expected_mdwh = house_left_mdwh(&house);
    uint64_t before_dwh = a_plus_dwh();
    for (int n = 0; n < 300; n++) {
        const uint8_t tariff = wh_legal_tariff(&house.rig.meter.legal);
        const uint16_t factor_milli = config.prepayment_factor_milli[tariff - 1];
        house_live_on(&house, 60 + (uint32_t)(random_u64(&random) % 200));
        expected_mdwh -= (int64_t)(a_plus_dwh() - before_dwh) * factor_milli;
        before_dwh = a_plus_dwh();
        assert_true(house_left_mdwh(&house) == expected_mdwh);
        if (n % 10 == 0) {
            config.prepayment_factor_milli[random_u64(&random) % 4] =
                (uint16_t)(random_u64(&random) % 3000);
            house_configure(&house, &config);
        }
        if (n % 25 == 0) {
            house_outage(&house, n % 2 == 0 ? RIG_HARD : RIG_ORDERLY, 1000);
            expected_mdwh -=
                (int64_t)(a_plus_dwh() - before_dwh) * config.prepayment_factor_milli[tariff - 1];
            before_dwh = a_plus_dwh();
        }
        assert_int_equal(wh_application_select_tariff(&house.rig.meter.application,
                                                      &house.rig.meter.legal,
                                                      (uint8_t)(1 + random_u64(&random) % 4)),
                         WH_OK);
        assert_true(house_left_mdwh(&house) == expected_mdwh);
    }
    house_close(&house);
}

/* Below the limit the alarm is raised once, gone with the payment; a reader cannot clear it
 * before. */
static void test_alarm(void **state)
{
    (void)state;
    struct wh_config config = prepaid();
    struct wh_meter *meter = &house.rig.meter;
    config.prepayment_alarm_kwh = 2;
    open_paid(&config, 3);
    assert_int_equal(count(WH_EVENT_PREPAYMENT_ENOUGH), 1); /* after the start with nothing */
    house.load_mw = KW_MW;
    house_live_on(&house, 1190);
    assert_int_equal(rig_read(&house.rig, WH_QUANTITY_EVENTS_B) & WH_EVENT_B_PREPAYMENT, 0);
    house_live(&house, 20);
    assert_true(rig_read(&house.rig, WH_QUANTITY_EVENTS_B) & WH_EVENT_B_PREPAYMENT);
    assert_int_equal(count(WH_EVENT_PREPAYMENT_ALARM), 2);
    assert_int_equal(
        wh_application_clear_events(&meter->application, &meter->legal, UINT32_MAX, UINT32_MAX),
        WH_OK);
    house_outage(&house, RIG_HARD, 5);
    house_live(&house, 100);
    assert_true(rig_read(&house.rig, WH_QUANTITY_EVENTS_B) & WH_EVENT_B_PREPAYMENT);
    assert_int_equal(count(WH_EVENT_PREPAYMENT_ALARM), 2);
    house_pay(&house, 5);
    house_live(&house, 2);
    assert_int_equal(rig_read(&house.rig, WH_QUANTITY_EVENTS_B) & WH_EVENT_B_PREPAYMENT, 0);
    house_close(&house);
}

/* Emergency credit: used after the balance, told once, open when it is used up; the next payment
 * pays it first. */
static void test_emergency_credit(void **state)
{
    (void)state;
    struct wh_config config = prepaid();
    config.prepayment_emergency_kwh = 2;
    open_paid(&config, 1);
    const unsigned told = count(WH_EVENT_EMERGENCY_CREDIT);
    house.load_mw = KW_MW;
    house_live_on(&house, 1230);
    assert_true(house.closed);
    assert_true(house_left_mdwh(&house) < 0);
    house_outage(&house, RIG_HARD, 5);
    house_live_on(&house, 2000);
    assert_true(house.closed);
    assert_int_equal(count(WH_EVENT_EMERGENCY_CREDIT), told + 1);
    house_live_on(&house, 500);
    assert_open(WH_BREAKER_BY_PREPAYMENT);
    assert_true(house_left_mdwh(&house) <= -2 * KWH);
    house_pay(&house, 1); /* some of the credit is there again */
    house_live(&house, 70);
    assert_true(house.closed);
    assert_true(house_left_mdwh(&house) < 0);
    house_pay(&house, 5);
    house_live(&house, 5);
    assert_true(rig_read(&house.rig, WH_QUANTITY_PREPAYMENT_CREDIT) == 0);
    house_close(&house);
}

/* With hours held: 22 to 8 o'clock it stays closed, and what is drawn becomes credit; at eight it
 * opens. */
static void test_hours_held(void **state)
{
    (void)state;
    struct wh_config config = prepaid();
    config.cut_off_basis = WH_CUT_OFF_PREPAYMENT;
    config.prepayment_hold_from_min = 22 * 60;
    config.prepayment_hold_to_min = 8 * 60;
    config.daylight = 0;
    house_open(&house, "382M", &config, house_utc(23, 0));
    house.load_mw = KW_MW;
    assert_true(house.closed);
    house_live_on(&house, 9 * HOUR_S - 30);
    assert_true(house.closed);
    assert_true(house_left_mdwh(&house) < -26 * (int64_t)KWH);
    house_live(&house, 60);
    assert_open(WH_BREAKER_BY_PREPAYMENT);
    house_close(&house);
}

/* Not on Sundays, not on exception days of the plan, not while the clock is not valid; on Mondays
 * it does. */
static void test_days_off(void **state)
{
    (void)state;
    struct wh_config config = prepaid();
    struct wh_tariff_plan plan;
    struct wh_plan_fault fault;
    config.cut_off_basis = WH_CUT_OFF_PREPAYMENT;
    config.daylight = 0;
    house_open(&house, "382M", &config, house_utc(12, 0) + 3 * DAY_S); /* Sunday */
    house_live_on(&house, HOUR_S);
    assert_true(house.closed);
    wh_tariff_plan_flat(&plan);
    plan.exception_count = 1;
    plan.exceptions[0] = (uint16_t)wh_calendar_day(2026, 10, 19);
    assert_int_equal(wh_application_set_plan(&house.rig.meter.application, &house.rig.meter.legal,
                                             &plan, &fault),
                     WH_OK);
    house_live_on(&house, DAY_S); /* Monday noon, a holiday */
    assert_true(house.closed);
    house_live_on(&house, 11 * HOUR_S - 60);
    assert_true(house.closed);
    house_live_on(&house, HOUR_S); /* Tuesday */
    assert_open(WH_BREAKER_BY_PREPAYMENT);
    house_close(&house);
    house_open(&house, "382M", &config, 0); /* never set */
    house_live_on(&house, DAY_S);
    assert_true(house.closed);
    house_close(&house);
}

static struct wh_config low_load(void)
{
    struct wh_config config = prepaid();
    config.prepayment_low_days = 3;
    config.disconnect_low = 5; /* A */
    config.reconnect_automatic = 0;
    return config;
}

/* The most that can be set, 255, is 255 days and not without end. */
static void test_low_load_of_most_days(void **state)
{
    enum { MOST = 255 };
    (void)state;
    struct wh_config config = low_load();
    config.prepayment_low_days = MOST;
    open_with(&config);
    house_live(&house, 60);
    house_hold(&house, HOLD_MS);
    house_live_on(&house, (MOST - 1) * DAY_S);
    assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
    house_live_on(&house, DAY_S + HOUR_S);
    assert_open(WH_BREAKER_LOW_LOAD_EXPIRED);
    house_close(&house);
}

/* Low load: after opening the button closes for a load below 5 A, on for three days, through an
 * outage; then open, and only a payment helps. */
static void test_low_load(void **state)
{
    (void)state;
    const struct wh_config config = low_load();
    open_with(&config);
    assert_open(WH_BREAKER_BY_PREPAYMENT);
    assert_int_equal(rig_read(&house.rig, WH_QUANTITY_DISCONNECT_THRESHOLD), 5);
    assert_false(rig_read(&house.rig, WH_QUANTITY_BREAKER_FEEDBACK) & WH_FEEDBACK_HIGH);
    house_live(&house, 60);
    house.load_mw = 230 * 4 * W_MW;
    house_hold(&house, HOLD_MS);
    house_live_on(&house, DAY_S);
    assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
    house_outage(&house, RIG_HARD, DAY_S);
    house_live_on(&house, DAY_S - 300);
    assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
    house_live_on(&house, 400);
    assert_open(WH_BREAKER_LOW_LOAD_EXPIRED);
    house_hold(&house, HOLD_MS);
    house_live_on(&house, HOUR_S);
    assert_open(WH_BREAKER_LOW_LOAD_EXPIRED);
    house_pay(&house, 300);
    house_live(&house, 5);
    assert_open(WH_BREAKER_RELEASED);
    house_hold(&house, HOLD_MS);
    assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
    assert_int_equal(rig_read(&house.rig, WH_QUANTITY_DISCONNECT_THRESHOLD), 80);
    house_close(&house);
}

/* Above the low threshold it opens for good; it expires while open as well. The next payment gives
 * three days anew. */
static void test_low_load_exceeded(void **state)
{
    (void)state;
    struct wh_config config = low_load();
    open_with(&config);
    house_live(&house, 60);
    house.load_mw = 230 * 6 * W_MW;
    house_hold(&house, HOLD_MS);
    assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
    house_live(&house, 40);
    assert_open(WH_BREAKER_BY_PREPAYMENT);
    house.load_mw = 0;
    house_live(&house, 100);
    house_hold(&house, HOLD_MS);
    house_outage(&house, RIG_HARD, 5);
    house_live(&house, 100);
    house_hold(&house, HOLD_MS);
    assert_open(WH_BREAKER_BY_PREPAYMENT);
    house_pay(&house, 1);
    house_live(&house, 5);
    house_hold(&house, HOLD_MS);
    house.load_mw = KW_MW;
    house_live_on(&house, 1300);
    assert_open(WH_BREAKER_BY_PREPAYMENT);
    house_live_on(&house, 3 * DAY_S - 400);
    assert_open(WH_BREAKER_BY_PREPAYMENT);
    house_live_on(&house, 500);
    assert_open(WH_BREAKER_LOW_LOAD_EXPIRED);
    config.reconnect_automatic = 1;
    house_configure(&house, &config);
    house_live(&house, 100);
    assert_open(WH_BREAKER_LOW_LOAD_EXPIRED);
    house_pay(&house, 1);
    house_live(&house, 70);
    assert_true(house.closed);
    house_close(&house);
}

/* Exceeded once, it is over until the next payment, also when its days have passed. */
static void test_low_load_is_spent(void **state)
{
    (void)state;
    const struct wh_config config = low_load();
    open_with(&config);
    house_live(&house, 60);
    house.load_mw = 230 * 6 * W_MW;
    house_hold(&house, HOLD_MS);
    house_live(&house, 40);
    house_live_on(&house, 4 * DAY_S);
    assert_open(WH_BREAKER_BY_PREPAYMENT);
    house_close(&house);
}

/* At hours held low load may be exceeded; a payment that does not pay the credit off tells nothing
 * new of it. */
static void test_low_load_at_hours_held(void **state)
{
    (void)state;
    struct wh_config config = low_load();
    config.cut_off_basis = WH_CUT_OFF_PREPAYMENT | WH_CUT_OFF_LOAD;
    config.prepayment_hold_from_min = 20 * 60;
    config.prepayment_hold_to_min = 6 * 60;
    config.prepayment_emergency_kwh = 1;
    config.daylight = 0;
    house_open(&house, "382M", &config, house_utc(12, 0));
    house.load_mw = KW_MW;
    house_live_on(&house, HOUR_S);
    assert_open(WH_BREAKER_BY_PREPAYMENT);
    house_hold(&house, HOLD_MS);
    house.load_mw = 230 * 4 * W_MW;
    house_live_on(&house, 8 * HOUR_S);
    house.load_mw = 230 * 6 * W_MW;
    house_live_on(&house, HOUR_S);
    assert_true(house.closed);
    const unsigned told = count(WH_EVENT_EMERGENCY_CREDIT);
    house_pay(&house, (uint32_t)(-house_left_mdwh(&house) / KWH));
    house_live(&house, 5);
    assert_true(house_left_mdwh(&house) < 0 && house_left_mdwh(&house) > -KWH);
    assert_int_equal(house.rig.meter.application.prepayment.low_start_s, 0);
    assert_int_equal(count(WH_EVENT_EMERGENCY_CREDIT), told);
    house_close(&house);
}

/* Payments: through the module port only, each number once, each with its entry; not without
 * prepayment. */
static void test_payments(void **state)
{
    (void)state;
    struct wh_config config = prepaid();
    struct wh_event event;
    open_paid(&config, 1);
    assert_int_equal(pay(1000, 900, WH_ORIGIN_OPTICAL), WH_ERR_SEALED);
    assert_int_equal(pay(1000, 900, WH_ORIGIN_CONSUMER), WH_ERR_SEALED);
    assert_int_equal(pay(0, 900, WH_ORIGIN_MODULE), WH_ERR_ARGUMENT);
    assert_true(house_left_mdwh(&house) == KWH);
    assert_int_equal(count(WH_EVENT_PAID), 1);
    assert_int_equal(pay(1500, 900, WH_ORIGIN_MODULE), WH_OK);
    assert_int_equal(pay(1500, 900, WH_ORIGIN_MODULE), WH_ERR_STATE);
    house_outage(&house, RIG_HARD, 5);
    assert_int_equal(pay(1500, 900, WH_ORIGIN_MODULE), WH_ERR_STATE);
    assert_true(house_left_mdwh(&house) == 2 * KWH + KWH / 2);
    assert_int_equal(rig_count_events(&house.rig, WH_EVENT_PAID, &event), 2);
    assert_int_equal(event.value_a, 1500);
    assert_int_equal(event.value_b, 900);
    config.cut_off_basis = 0;
    house_configure(&house, &config);
    assert_int_equal(pay(1000, 901, WH_ORIGIN_MODULE), WH_ERR_UNSUPPORTED);
    house_close(&house);
}

/* While it is not in use nothing is charged, and what was left is there again afterwards. */
static void test_out_of_use(void **state)
{
    (void)state;
    struct wh_config config = prepaid();
    struct wh_lcd lcd;
    open_paid(&config, 10);
    wh_meter_lcd(&house.rig.meter, &lcd);
    assert_true(lcd.symbols & WH_LCD_PREPAYMENT);
    house.load_mw = KW_MW;
    house_live_on(&house, HOUR_S);
    const int64_t left_mdwh = house_left_mdwh(&house);
    config.cut_off_basis = WH_CUT_OFF_LOAD;
    house_configure(&house, &config);
    house_live_on(&house, 5 * HOUR_S);
    assert_true(house.closed);
    wh_meter_lcd(&house.rig.meter, &lcd);
    assert_false(lcd.symbols & WH_LCD_PREPAYMENT);
    house_outage(&house, RIG_HARD, 60);
    house.load_mw = 0;
    config.cut_off_basis = prepaid().cut_off_basis;
    house_configure(&house, &config);
    assert_true(house_left_mdwh(&house) == left_mdwh);
    house_close(&house);
}

/* A year of loads, outages and payments at random: balance and consumption are always what was
 * paid. */
static void test_sums_through_outages(void **state)
{
    (void)state;
    struct test_random random = {9};
    const struct wh_config config = prepaid();
    int64_t paid_mdwh = 0;
    open_with(&config);
    for (int n = 0; n < 1500; n++) {
        house.load_mw = (int32_t)(random_u64(&random) % (8 * KW_MW)) - 2 * KW_MW;
        house_live_on(&house, (uint32_t)(random_u64(&random) % 5000));
        switch (random_u64(&random) % 6) {
        case 0:
            house_outage(&house, RIG_HARD, (uint32_t)(random_u64(&random) % 100000));
            break;
        case 1:
            house_outage(&house, RIG_ORDERLY, (uint32_t)(random_u64(&random) % 100000));
            break;
        case 2: {
            const uint32_t wh = 1 + (uint32_t)(random_u64(&random) % 40000);
            const uint32_t token = house.rig.meter.application.prepayment.last_token + 1;
            assert_int_equal(pay(wh, token, WH_ORIGIN_MODULE), WH_OK);
            paid_mdwh += (int64_t)wh * WH_MDWH_PER_WH;
            break;
        }
        default:
            break;
        }
        assert_true(house_left_mdwh(&house) + (int64_t)a_plus_dwh() * 1000 == paid_mdwh);
    }
    assert_true(house.moves > 20);
    house_close(&house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_down_and_opens_at_zero),
        cmocka_unit_test(test_a_payment_releases),
        cmocka_unit_test(test_charged_by_tariff),
        cmocka_unit_test(test_alarm),
        cmocka_unit_test(test_emergency_credit),
        cmocka_unit_test(test_hours_held),
        cmocka_unit_test(test_days_off),
        cmocka_unit_test(test_low_load),
        cmocka_unit_test(test_low_load_of_most_days),
        cmocka_unit_test(test_low_load_exceeded),
        cmocka_unit_test(test_low_load_is_spent),
        cmocka_unit_test(test_low_load_at_hours_held),
        cmocka_unit_test(test_payments),
        cmocka_unit_test(test_out_of_use),
        cmocka_unit_test(test_sums_through_outages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
