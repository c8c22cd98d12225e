/* The breaker of a meter (BRK-1 to BRK-4, MET-10, BRK-6): commands, button, Smart Disconnect,
 * over-voltage, neutral fault, with contacts, log, event status and glass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/variant_fact.h"
#include "tests/app/house.h"

enum {
    HOLD_MS = 6000,
    REST_S = 5,
    SETTLED_S = 6,
    W_MW = 1000,
    KW_MW = 1000000,
    BIG_MW = 20 * KW_MW
};

static struct house house;

static void open_with(const struct wh_config *config)
{
    house_open(&house, "382M", config, house_utc(12, 0));
}

static void open_default(void)
{
    const struct wh_config config = house_config("382M");
    open_with(&config);
}

static void assert_open(enum wh_breaker_state state)
{
    assert_int_equal(house_state(&house), state);
    assert_false(house.closed);
}

static struct wh_event newest_of(enum wh_event_code code)
{
    struct wh_event event = {0};
    assert_true(rig_count_events(&house.rig, code, &event) > 0);
    return event;
}

static uint32_t events_b(void)
{
    return (uint32_t)rig_read(&house.rig, WH_QUANTITY_EVENTS_B);
}

/* BRK-2: disconnect, release, reconnect by command; contacts, log entry with number, state and
 * origin, bits of the event status. Refused commands change nothing. */
static void test_commands(void **state)
{
    (void)state;
    open_default();
    house.load_mw = KW_MW;
    assert_int_equal(house_command(&house, WH_BREAKER_RELEASE), WH_ERR_STATE);
    assert_int_equal(house_command(&house, WH_BREAKER_RECONNECT), WH_ERR_STATE);
    assert_int_equal(house_command(&house, WH_BREAKER_BUTTON), WH_ERR_ARGUMENT);
    assert_int_equal(house_command(&house, WH_BREAKER_ON_LOAD), WH_ERR_ARGUMENT);
    assert_int_equal(house.moves, 0);
    assert_int_equal(house_command(&house, WH_BREAKER_DISCONNECT), WH_OK);
    assert_open(WH_BREAKER_BY_COMMAND);
    assert_int_equal(newest_of(WH_EVENT_OPENED_BY_COMMAND).detail, WH_BREAKER_BY_COMMAND);
    assert_int_equal(newest_of(WH_EVENT_OPENED_BY_COMMAND).value_b, 1);
    assert_int_equal(newest_of(WH_EVENT_OPENED_BY_COMMAND).value_a >> 8, WH_ORIGIN_MODULE);
    assert_int_equal(events_b() & WH_EVENT_B_OPENED, WH_EVENT_B_OPENED_BY_COMMAND);
    assert_true((uint32_t)rig_read(&house.rig, WH_QUANTITY_EVENTS_A) & WH_EVENT_A_DISCONNECT);
    assert_int_equal(house_command(&house, WH_BREAKER_DISCONNECT), WH_OK); /* as it is */
    assert_int_equal(rig_count_events(&house.rig, WH_EVENT_OPENED_BY_COMMAND, NULL), 1);
    house_live(&house, 3);
    const int64_t a_plus = rig_read(&house.rig, WH_QUANTITY_A_PLUS);
    house_live(&house, 100);
    assert_int_equal(rig_read(&house.rig, WH_QUANTITY_A_PLUS), a_plus); /* nothing is drawn */
    assert_int_equal(house_command(&house, WH_BREAKER_RECONNECT), WH_ERR_STATE);
    assert_int_equal(house_command(&house, WH_BREAKER_RELEASE), WH_OK);
    assert_open(WH_BREAKER_RELEASED);
    assert_int_equal(house_command(&house, WH_BREAKER_RECONNECT), WH_OK);
    house_live(&house, 1);
    assert_true(house.closed);
    assert_int_equal(newest_of(WH_EVENT_CLOSED_BY_COMMAND).value_b, 3);
    assert_int_equal(events_b() & WH_EVENT_B_OPENED, 0);
    house_live(&house, 100);
    assert_true(rig_read(&house.rig, WH_QUANTITY_A_PLUS) > a_plus);
    house_close(&house);
}

/* BRK-1: it does not close within five seconds, however fast it is commanded, and opens again at
 * once. */
static void test_rest(void **state)
{
    (void)state;
    open_default();
    assert_int_equal(house_command(&house, WH_BREAKER_DISCONNECT), WH_OK);
    assert_int_equal(house_command(&house, WH_BREAKER_RELEASE), WH_OK);
    assert_int_equal(house_command(&house, WH_BREAKER_RECONNECT), WH_OK);
    house_live(&house, REST_S - 1);
    assert_false(house.closed);
    assert_true(rig_read(&house.rig, WH_QUANTITY_BREAKER_FEEDBACK) & WH_FEEDBACK_PENDING);
    assert_int_equal(house_command(&house, WH_BREAKER_DISCONNECT), WH_OK);
    house_live(&house, 20);
    assert_open(WH_BREAKER_BY_COMMAND);
    assert_int_equal(house.moves, 1);
    house_close(&house);
}

/* BRK-1: the position outlives outages of both kinds, and power-up drives contacts that someone
 * else has moved. */
static void test_position_is_kept(void **state)
{
    (void)state;
    static const enum rig_cut cuts[] = {RIG_ORDERLY, RIG_HARD};
    for (int c = 0; c < 2; c++) {
        open_default();
        house_outage(&house, cuts[c], 100);
        assert_true(house.closed);
        assert_int_equal(house.moves, 0);
        assert_int_equal(house_command(&house, WH_BREAKER_DISCONNECT), WH_OK);
        house_outage(&house, cuts[c], 86400);
        assert_open(WH_BREAKER_BY_COMMAND);
        assert_int_equal(house.moves, 1);
        assert_int_equal(events_b() & WH_EVENT_B_OPENED, WH_EVENT_B_OPENED_BY_COMMAND);
        house.closed = true;
        house_outage(&house, cuts[c], 10);
        assert_open(WH_BREAKER_BY_COMMAND);
        assert_int_equal(house_command(&house, WH_BREAKER_RELEASE), WH_OK);
        house_outage(&house, cuts[c], 10);
        assert_open(WH_BREAKER_RELEASED);
        assert_int_equal(house_command(&house, WH_BREAKER_RECONNECT), WH_OK);
        house_outage(&house, cuts[c], 10);
        assert_true(house.closed);
        assert_int_equal(rig_count_events(&house.rig, WH_EVENT_CLOSED_BY_COMMAND, NULL), 1);
        house_close(&house);
    }
}

/* On backup supply nothing moves and nothing is commanded. */
static void test_backup_supply(void **state)
{
    (void)state;
    open_default();
    struct wh_meter *meter = &house.rig.meter;
    wh_meter_lose_mains(meter);
    assert_int_equal(house_command(&house, WH_BREAKER_DISCONNECT), WH_ERR_STATE);
    wh_meter_button_level(meter, true);
    wh_meter_idle(meter, 20 * WH_SAMPLE_RATE_HZ);
    wh_meter_button_level(meter, false);
    assert_int_equal(wh_breaker_coil(&meter->application.breaker), WH_COIL_OFF);
    assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
    assert_int_equal(house.moves, 0);
    house_close(&house);
}

/* BRK-2, BRK-3: held for six seconds on its reading it opens, and closes; let go earlier it goes
 * to the next reading. */
static void test_button(void **state)
{
    (void)state;
    open_default();
    house_hold(&house, HOLD_MS - 10);
    assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
    assert_int_not_equal(wh_display_quantity(&house.rig.meter.display), WH_QUANTITY_BREAKER_STATE);
    house_hold(&house, HOLD_MS);
    assert_open(WH_BREAKER_BY_BUTTON);
    assert_int_equal(wh_display_quantity(&house.rig.meter.display), WH_QUANTITY_BREAKER_STATE);
    assert_int_equal(events_b() & WH_EVENT_B_OPENED, WH_EVENT_B_OPENED_BY_BUTTON);
    assert_true(wh_application_button_may_close(&house.rig.meter.application));
    house_hold(&house, 3 * HOLD_MS); /* once, however long it is held */
    assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
    assert_true(house.closed);
    assert_int_equal(house.moves, 2);
    assert_int_equal(rig_count_events(&house.rig, WH_EVENT_CLOSED_BY_BUTTON, NULL), 1);
    house_close(&house);
}

/* On any other reading, and in the automatic list, a long press does nothing. */
static void test_button_elsewhere(void **state)
{
    (void)state;
    struct wh_config config = house_config("382M");
    config.automatic_list[0] = WH_QUANTITY_BREAKER_STATE;
    config.automatic_list[1] = WH_QUANTITY_NONE;
    memset(config.automatic_list + 1, WH_QUANTITY_NONE, sizeof config.automatic_list - 1);
    open_with(&config);
    struct wh_meter *meter = &house.rig.meter;
    for (int reading = 0; reading < 3; reading++) {
        wh_meter_button_level(meter, true);
        house_live(&house, 10);
        wh_meter_button_level(meter, false);
        assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
        wh_meter_button(meter);
    }
    house_close(&house);
}

/* BRK-3: soft connect: the button closes after a release only; never: it does not; and opening can
 * be taken from it. */
static void test_soft_connect(void **state)
{
    (void)state;
    struct wh_config config = house_config("382M");
    config.button_connects = WH_BUTTON_CONNECTS_RELEASED;
    open_with(&config);
    house_hold(&house, HOLD_MS);
    house_hold(&house, HOLD_MS);
    assert_open(WH_BREAKER_BY_BUTTON);
    assert_false(wh_application_button_may_close(&house.rig.meter.application));
    assert_int_equal(house_command(&house, WH_BREAKER_DISCONNECT), WH_OK);
    house_hold(&house, HOLD_MS);
    assert_open(WH_BREAKER_BY_COMMAND);
    assert_int_equal(house_command(&house, WH_BREAKER_RELEASE), WH_OK);
    assert_true(wh_application_button_may_close(&house.rig.meter.application));
    house_live(&house, 1000);
    assert_open(WH_BREAKER_RELEASED); /* not by itself */
    house_hold(&house, HOLD_MS);
    assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
    config.button_connects = WH_BUTTON_CONNECTS_NEVER;
    house_configure(&house, &config);
    assert_int_equal(house_command(&house, WH_BREAKER_DISCONNECT), WH_OK);
    assert_int_equal(house_command(&house, WH_BREAKER_RELEASE), WH_OK);
    house_hold(&house, HOLD_MS);
    assert_open(WH_BREAKER_RELEASED);
    assert_int_equal(house_command(&house, WH_BREAKER_RECONNECT), WH_OK);
    config.button_opens = 0;
    house_configure(&house, &config);
    house_hold(&house, HOLD_MS);
    assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
    house_close(&house);
}

static struct wh_config smart(void)
{
    struct wh_config config = house_config("382M");
    config.cut_off_basis = WH_CUT_OFF_LOAD;
    config.disconnect_high = 20;
    config.disconnect_k_tenths[0] = 20;
    config.disconnect_t_s[0] = 10;
    return config;
}

/* BRK-4: the second in which it opens, counted from the first second of that load; 0: not within
 * the time. */
static uint32_t opens_after(int32_t load_mw, uint32_t within_s)
{
    house.load_mw = load_mw;
    for (uint32_t s = 1; s <= within_s; s++) {
        house_live(&house, 1);
        if (!house.closed) {
            return s;
        }
    }
    return 0;
}

/* BRK-4: by current: 20 A · 2.0 for 10 s, 20 A · 1.0 for 40 s; in between it warns. Off by
 * default. */
static void test_smart_disconnect_by_current(void **state)
{
    (void)state;
    open_default();
    assert_int_equal(opens_after(BIG_MW, 1000), 0);
    house_close(&house);
    const struct wh_config config = smart();
    open_with(&config);
    assert_int_equal(opens_after(230 * 20 * W_MW, 500), 0);
    assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
    house.load_mw = 230 * 21 * W_MW;
    house_live(&house, 2);
    assert_int_equal(house_state(&house), WH_BREAKER_WARNING);
    assert_int_equal(rig_read(&house.rig, WH_QUANTITY_BREAKER_STATE), WH_BREAKER_WARNING);
    house.load_mw = 0;
    house_live(&house, 2);
    assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
    assert_in_range(opens_after(230 * 21 * W_MW, 100), 40, 41);
    assert_open(WH_BREAKER_BY_LOAD);
    assert_int_equal(newest_of(WH_EVENT_OPENED_BY_METER).detail, WH_BREAKER_BY_LOAD);
    assert_int_equal(newest_of(WH_EVENT_OPENED_BY_METER).value_a >> 8, WH_ORIGIN_METER);
    assert_int_equal(events_b() & WH_EVENT_B_OPENED, WH_EVENT_B_OPENED_BY_METER);
    house_live(&house, 59);
    house_hold(&house, 0);
    house_live(&house, 1000);
    assert_open(WH_BREAKER_BY_LOAD); /* manual */
    house_hold(&house, HOLD_MS);
    assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
    assert_in_range(opens_after(230 * 41 * W_MW, 100), 10, 17); /* it closes meanwhile */
    house_close(&house);
}

/* BRK-4: one phase is enough. The waiting time holds the button as well. */
static void test_waiting_time(void **state)
{
    (void)state;
    struct wh_config config = smart();
    config.disconnect_t_s[0] = 0;
    open_with(&config);
    assert_in_range(opens_after(BIG_MW, 10), 1, 2);
    house_hold(&house, HOLD_MS);
    assert_open(WH_BREAKER_BY_LOAD);
    assert_false(wh_application_button_may_close(&house.rig.meter.application));
    house_live(&house, 60);
    assert_true(wh_application_button_may_close(&house.rig.meter.application));
    house_close(&house);
}

/* BRK-4: by the total power, kW; closes again by itself after the waiting time, and opens again if
 * the load is still there. */
static void test_smart_disconnect_by_power(void **state)
{
    (void)state;
    struct wh_config config = smart();
    config.cut_off_basis = WH_CUT_OFF_LOAD | WH_CUT_OFF_BY_POWER;
    config.disconnect_high = 9;
    config.reconnect_automatic = 1;
    open_with(&config);
    assert_int_equal(opens_after(3 * KW_MW, 500), 0);
    assert_int_equal(opens_after(-BIG_MW, 500), 0); /* what is fed in is no load */
    assert_in_range(opens_after(3 * KW_MW + 1000, 100), 40, 41);
    house_live(&house, 58);
    assert_open(WH_BREAKER_BY_LOAD);
    house_live(&house, 3);
    assert_true(house.closed);
    assert_int_equal(rig_count_events(&house.rig, WH_EVENT_CLOSED_BY_METER, NULL), 1);
    assert_in_range(opens_after(3 * KW_MW + 1000, 100), 39, 41);
    house_outage(&house, RIG_HARD, 100); /* the waiting time begins anew */
    house_live(&house, 50);
    assert_open(WH_BREAKER_BY_LOAD);
    house.load_mw = 0;
    house_live(&house, 10);
    assert_true(house.closed);
    house_close(&house);
}

/* Log only: nothing opens, the log tells of it once, with the state it would have been. */
static void test_log_only(void **state)
{
    (void)state;
    struct wh_config config = smart();
    config.cut_off_basis |= WH_CUT_OFF_LOG_ONLY;
    open_with(&config);
    assert_int_equal(opens_after(BIG_MW, 300), 0);
    assert_int_equal(rig_count_events(&house.rig, WH_EVENT_NOT_OPENED, NULL), 1);
    assert_int_equal(newest_of(WH_EVENT_NOT_OPENED).detail, WH_BREAKER_LOG_ONLY);
    assert_int_equal(newest_of(WH_EVENT_NOT_OPENED).value_a, WH_BREAKER_BY_LOAD);
    house.load_mw = 0;
    house_live(&house, 10);
    assert_int_equal(opens_after(BIG_MW, 300), 0);
    assert_int_equal(rig_count_events(&house.rig, WH_EVENT_NOT_OPENED, NULL), 2);
    house_close(&house);
}

/* Over-voltage on one phase: above 285 V for its time opens; below 265 V for 60 s closes, also
 * with manual reconnection; in between nothing changes. */
static void test_over_voltage(void **state)
{
    (void)state;
    struct wh_config config = house_config("382M");
    config.cut_off_basis = WH_CUT_OFF_OVER_VOLTAGE;
    config.over_disconnect_s = 3;
    open_with(&config);
    house.u_mv[1] = 285000;
    house_live(&house, 100);
    assert_true(house.closed);
    house.u_mv[1] = 285001;
    house_live(&house, 2);
    assert_true(house.closed);
    house_live(&house, 2);
    assert_open(WH_BREAKER_BY_OVER_VOLTAGE);
    house.u_mv[1] = 266000;
    house_live(&house, 300);
    assert_open(WH_BREAKER_BY_OVER_VOLTAGE);
    house_hold(&house, HOLD_MS);
    assert_open(WH_BREAKER_BY_OVER_VOLTAGE);
    house.u_mv[1] = 286000;
    house_outage(&house, RIG_HARD, 5);
    assert_open(WH_BREAKER_BY_OVER_VOLTAGE);
    assert_int_equal(rig_count_events(&house.rig, WH_EVENT_CLOSED_BY_METER, NULL), 0);
    house.u_mv[1] = 264000;
    house_live(&house, 58);
    assert_open(WH_BREAKER_BY_OVER_VOLTAGE);
    house_live(&house, 4);
    assert_true(house.closed);
    house_close(&house);
}

static void shift_neutral(bool shifted)
{
    house.u_mv[0] = shifted ? 260000 : 230000;
    house.u_mv[1] = shifted ? 185000 : 230000;
    house.u_mv[2] = shifted ? 258000 : 230000;
}

/* MET-10: registered after 60 s by every 382, with breaker or without, with bit and voltages; gone
 * after 60 s. Not by the 351C. */
static void test_neutral_fault_is_registered(void **state)
{
    (void)state;
    static const char *const models[] = {"382M", "382L", "351C"};
    for (int m = 0; m < 3; m++) {
        const bool has = m < 2;
        const struct wh_config config = wh_config_default(wh_variant_find(models[m]));
        house_open(&house, models[m], &config, house_utc(12, 0));
        shift_neutral(true);
        house_live(&house, 59);
        assert_int_equal(rig_count_events(&house.rig, WH_EVENT_NEUTRAL_FAULT_ON, NULL), 0);
        house_live(&house, 2);
        assert_int_equal(rig_count_events(&house.rig, WH_EVENT_NEUTRAL_FAULT_ON, NULL), has);
        assert_int_equal((events_b() & WH_EVENT_B_NEUTRAL) != 0, has);
        house_live(&house, 1000);
        if (has) {
            assert_int_equal(rig_count_events(&house.rig, WH_EVENT_NEUTRAL_FAULT_ON, NULL), 1);
            assert_int_equal(newest_of(WH_EVENT_NEUTRAL_FAULT_ON).value_a, 185000);
            assert_int_equal(newest_of(WH_EVENT_NEUTRAL_FAULT_ON).value_b, 260000);
            assert_true(house.closed);
            shift_neutral(false);
            house_live(&house, 62);
            assert_int_equal(rig_count_events(&house.rig, WH_EVENT_NEUTRAL_FAULT_OFF, NULL), 1);
            assert_int_equal(events_b() & WH_EVENT_B_NEUTRAL, 0);
        }
        house_close(&house);
    }
}

/* MET-10: disconnects if that is chosen; neither button nor outage closes while it lasts. */
static void test_neutral_fault_disconnects(void **state)
{
    (void)state;
    struct wh_config config = house_config("382M");
    config.cut_off_basis = WH_CUT_OFF_NEUTRAL;
    config.reconnect_automatic = 1;
    config.reconnect_wait_s = 10;
    open_with(&config);
    shift_neutral(true);
    house_live(&house, 62);
    assert_open(WH_BREAKER_BY_NEUTRAL);
    house_live(&house, 500);
    house_hold(&house, HOLD_MS);
    assert_open(WH_BREAKER_BY_NEUTRAL);
    house_outage(&house, RIG_ORDERLY, 100);
    house_live(&house, 100);
    assert_open(WH_BREAKER_BY_NEUTRAL);
    assert_int_equal(rig_count_events(&house.rig, WH_EVENT_CLOSED_BY_METER, NULL), 0);
    shift_neutral(false);
    house_live(&house, 65);
    assert_true(house.closed);
    house_close(&house);
}

/* A breaker that does not follow: error bit and one event. */
static void test_stuck_contacts(void **state)
{
    (void)state;
    open_default();
    assert_int_equal(house_command(&house, WH_BREAKER_DISCONNECT), WH_OK);
    const struct wh_breaker_feedback stuck = {true, true, 7};
    struct rig_phase phases[WH_PHASES];
    rig_balanced(phases, 0, 0);
    for (int s = 0; s < 20; s++) {
        wh_application_breaker_feedback(&house.rig.meter.application, &stuck);
        rig_second(&house.rig, phases);
    }
    assert_true(rig_read(&house.rig, WH_QUANTITY_BREAKER_FEEDBACK) & WH_FEEDBACK_ERROR);
    assert_int_equal(rig_count_events(&house.rig, WH_EVENT_BREAKER_FAULT, NULL), 1);
    house_close(&house);
}

/* The bits of the event status are released by what ends their cause, not by a reader. */
static void test_bits_last(void **state)
{
    (void)state;
    open_default();
    struct wh_meter *meter = &house.rig.meter;
    assert_int_equal(house_command(&house, WH_BREAKER_DISCONNECT), WH_OK);
    assert_int_equal(
        wh_application_clear_events(&meter->application, &meter->legal, UINT32_MAX, UINT32_MAX),
        WH_OK);
    assert_int_equal(events_b() & WH_EVENT_B_OPENED, WH_EVENT_B_OPENED_BY_COMMAND);
    assert_false((uint32_t)rig_read(&house.rig, WH_QUANTITY_EVENTS_A) & WH_EVENT_A_DISCONNECT);
    house_close(&house);
}

/* BRK-1: only with breaker (382M, 382L), only by the factory, and neither readings nor symbols
 * without. */
static void test_builds(void **state)
{
    (void)state;
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    struct wh_config_fault fault;
    struct wh_lcd lcd;
    house_open(&house, "382M", &config, house_utc(12, 0));
    assert_int_equal(house_command(&house, WH_BREAKER_DISCONNECT), WH_ERR_UNSUPPORTED);
    assert_int_equal(house_command(&house, (enum wh_breaker_action)9), WH_ERR_UNSUPPORTED);
    assert_int_equal(rig_read(&house.rig, WH_QUANTITY_BREAKER_STATE), 0);
    wh_meter_lcd(&house.rig.meter, &lcd);
    assert_int_equal(lcd.symbols & (WH_LCD_BREAKER_CLOSED | WH_LCD_BREAKER_OPEN), 0);
    assert_false(wh_config_has(&config, WH_QUANTITY_BREAKER_STATE));
    config.cut_off_basis = WH_CUT_OFF_LOAD;
    assert_int_equal(wh_config_check(&config, wh_variant_find("382M"), &fault), WH_ERR_ARGUMENT);
    assert_string_equal(fault.parameter->name, "cut_off_basis");
    config = house_config("382M");
    assert_int_equal(wh_meter_configure(&house.rig.meter, &config, WH_ORIGIN_MODULE, &fault),
                     WH_ERR_SEALED);
    assert_string_equal(fault.parameter->name, "breaker");
    assert_int_equal(wh_meter_set_seal(&house.rig.meter, true), WH_OK);
    house_configure(&house, &config); /* fitted later */
    assert_int_equal(house_state(&house), WH_BREAKER_CONNECTED);
    house_close(&house);
    config = house_config("351C");
    assert_int_equal(wh_config_check(&config, wh_variant_find("351C"), &fault), WH_ERR_ARGUMENT);
    assert_string_equal(fault.parameter->name, "breaker");
}

/* BRK-6, DSP-1: the reading that the breaker is operated on says that it is no safety function,
 * beside its state; one of the two symbols is on. */
static void test_glass(void **state)
{
    (void)state;
    struct wh_lcd lcd;
    open_default();
    house_hold(&house, 0);
    house_hold(&house, HOLD_MS);
    wh_meter_lcd(&house.rig.meter, &lcd);
    assert_string_equal(lcd.text, "NOSAFETY");
    assert_string_equal(lcd.id, "128.0.0");
    assert_string_equal(lcd.value, "OPEN   11");
    assert_int_equal(lcd.symbols & (WH_LCD_BREAKER_CLOSED | WH_LCD_BREAKER_OPEN),
                     WH_LCD_BREAKER_OPEN);
    house_hold(&house, HOLD_MS);
    wh_meter_lcd(&house.rig.meter, &lcd);
    assert_string_equal(lcd.value, "CLOSED  4");
    assert_int_equal(lcd.symbols & (WH_LCD_BREAKER_CLOSED | WH_LCD_BREAKER_OPEN),
                     WH_LCD_BREAKER_CLOSED);
    house_close(&house);
}

/* LOG-5: 200 changes are kept, each once, their numbers in a row. */
static void test_log_depth(void **state)
{
    (void)state;
    struct wh_log_range range;
    struct wh_event event;
    open_default();
    for (int n = 0; n < 150; n++) {
        assert_int_equal(house_command(&house, WH_BREAKER_DISCONNECT), WH_OK);
        assert_int_equal(house_command(&house, WH_BREAKER_RELEASE), WH_OK);
        if (n % 10 == 0) {
            house_outage(&house, RIG_HARD, 1);
        }
        assert_int_equal(house_command(&house, WH_BREAKER_RECONNECT), WH_OK);
    }
    assert_int_equal(
        wh_log_range_begin_entries(&house.rig.meter.application.logs.log[WH_LOG_BREAKER],
                                   WH_EVENT_LOG_DEPTH - 1, 0, &range),
        WH_OK);
    for (uint32_t n = 450 - WH_EVENT_LOG_DEPTH + 1; n <= 450; n++) {
        assert_int_equal(wh_event_next(&range, &event), WH_OK);
        assert_int_equal(event.value_b, n);
    }
    assert_int_equal(wh_event_next(&range, &event), WH_ERR_NOT_FOUND);
    house_close(&house);
}

/* A flash that refuses: a command is refused and nothing moves; what the meter does itself it
 * tries again later. */
static enum wh_err refuse_program(void *context, uint32_t address, const void *src, size_t length)
{
    (void)context;
    (void)address;
    (void)src;
    (void)length;
    return WH_ERR_IO;
}

static void test_memory_that_refuses(void **state)
{
    (void)state;
    struct wh_config config = smart();
    config.disconnect_t_s[0] = 0;
    open_with(&config);
    const struct wh_flash *flash = house.rig.meter.application.logs.flash;
    struct wh_flash broken = *flash;
    broken.program = refuse_program;
    struct wh_log *log = &house.rig.meter.application.logs.log[WH_LOG_CONTROL];
    log->flash = &broken;
    assert_int_equal(house_command(&house, WH_BREAKER_DISCONNECT), WH_ERR_IO);
    assert_int_equal(opens_after(BIG_MW, 30), 0);
    assert_int_equal(house.moves, 0);
    assert_int_equal(rig_count_events(&house.rig, WH_EVENT_OPENED_BY_COMMAND, NULL), 0);
    log->flash = flash;
    assert_in_range(opens_after(BIG_MW, 100), 20, 60);
    house_close(&house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_rest),
        cmocka_unit_test(test_position_is_kept),
        cmocka_unit_test(test_backup_supply),
        cmocka_unit_test(test_button),
        cmocka_unit_test(test_button_elsewhere),
        cmocka_unit_test(test_soft_connect),
        cmocka_unit_test(test_smart_disconnect_by_current),
        cmocka_unit_test(test_waiting_time),
        cmocka_unit_test(test_smart_disconnect_by_power),
        cmocka_unit_test(test_log_only),
        cmocka_unit_test(test_over_voltage),
        cmocka_unit_test(test_neutral_fault_is_registered),
        cmocka_unit_test(test_neutral_fault_disconnects),
        cmocka_unit_test(test_stuck_contacts),
        cmocka_unit_test(test_bits_last),
        cmocka_unit_test(test_builds),
        cmocka_unit_test(test_glass),
        cmocka_unit_test(test_log_depth),
        cmocka_unit_test(test_memory_that_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
