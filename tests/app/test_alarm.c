/* COM-14. Which alarms are on, which are told, and what a client takes away; then the same in a meter
 * whose supply goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/alarm.h"
#include "tests/app/rig.h"

#define BIT(alarm) WH_ALARM_BIT(WH_ALARM_##alarm)

enum { UTC_S = 800000000 };

static struct wh_alarm_view quiet(void)
{
    return (struct wh_alarm_view){.clock_valid = true};
}

/* ---- Tables ---- */

static void test_a_quiet_meter_has_none(void **state)
{
    (void)state;
    struct wh_alarm_view view = quiet();
    assert_int_equal(wh_alarms_on(&view), 0);
    view.clock_valid = false;
    assert_int_equal(wh_alarms_on(&view), BIT(CLOCK_INVALID));
}

static void test_each_cause_has_its_bit(void **state)
{
    (void)state;
    static const struct {
        struct wh_alarm_view view;
        uint64_t on;
    } cases[] = {
        {{.legal_status = WH_STATUS_PROGRAM_CHANGED}, BIT(PROGRAM_MEMORY)},
        {{.legal_status = WH_STATUS_PARAMETER_CHANGED}, BIT(RAM)},
        {{.legal_status = WH_STATUS_STORE_FAILED}, BIT(MEMORY)},
        {{.event_a = WH_EVENT_A_FLASH}, BIT(MEMORY)},
        {{.event_a = WH_EVENT_A_COVER | WH_EVENT_A_MAGNET}, 0}, /* was; is no more */
        {{.input_levels = 1 << WH_INPUT_MAGNET}, BIT(FRAUD)},
        {{.input_levels = 1 << WH_INPUT_TERMINAL_COVER}, BIT(FRAUD)},
        {{.input_levels = 1 << WH_INPUT_VERIFICATION_SEAL}, BIT(FRAUD)},
        {{.input_levels = 1 << WH_INPUT_TARIFF_1 | 1 << WH_INPUT_ALARM}, 0},
        {{.event_b = WH_EVENT_B_ALARM_INPUT}, BIT(EXTERNAL)},
        {{.event_b = WH_EVENT_B_NEUTRAL}, BIT(NEUTRAL)},
        {{.event_b = WH_EVENT_B_REVERSE_L1 << 2}, BIT(REVERSED)},
        {{.event_b = WH_EVENT_B_PHASE_SEQUENCE}, BIT(SEQUENCE)},
        {{.event_b = WH_EVENT_B_MISSING_L1 << 2}, BIT(MISSING_L1) << 2},
        {{.event_b = WH_EVENT_B_OVER_L1}, BIT(BAD_L1)},
        {{.event_b = WH_EVENT_B_UNDER_L1 << 4}, BIT(BAD_L1) << 2},
        {{.breaker_is_faulty = true}, BIT(BREAKER)},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct wh_alarm_watch watch = {0}; /* tells the same, come from wherever */
        struct wh_alarm_view view = cases[c].view;
        const struct wh_alarm_view before = quiet();
        view.clock_valid = true;
        assert_int_equal(wh_alarms_on(&view), cases[c].on);
        assert_int_equal(wh_alarms_watched(&watch, &view), cases[c].on);
        assert_int_equal(wh_alarms_watched(&watch, &view), cases[c].on);
        assert_int_equal(wh_alarms_watched(&watch, &before), 0);
        assert_int_equal(wh_alarms_watched(&watch, &view), cases[c].on);
    }
}

/* Whatever can be on has a text, and so has every alarm that is a moment. */
static void test_every_alarm_has_a_text(void **state)
{
    (void)state;
    const struct wh_alarm_view all = {.legal_status = UINT32_MAX,
                                      .event_a = UINT32_MAX,
                                      .event_b = UINT32_MAX,
                                      .input_levels = UINT8_MAX,
                                      .breaker_is_faulty = true};
    uint64_t known = wh_alarms_on(&all) | wh_alarms_risen(wh_alarms_on(&all), 0);
    for (unsigned code = 0; code < WH_EVENT_CODES; code++) {
        const struct wh_event event = {.code = (enum wh_event_code)code, .value_b = UINT32_MAX};
        known |= wh_alarms_of_event(&event);
    }
    for (unsigned a = 0; a < WH_ALARMS; a++) {
        assert_int_equal((known >> a & 1) != 0, wh_alarm_text(a) != NULL);
    }
    assert_null(wh_alarm_text(WH_ALARMS));
}

static void test_passwords_tried(void **state)
{
    (void)state;
    struct wh_event event = {.code = WH_EVENT_PASSWORD_WRONG, .value_b = 2};
    assert_int_equal(wh_alarms_of_event(&event), 0);
    event.value_b = 4;
    assert_int_equal(wh_alarms_of_event(&event), BIT(FRAUD));
}

/* Only voltages have to last, each by itself; a gap begins anew. */
static void test_voltages_settle(void **state)
{
    (void)state;
    struct wh_alarm_settling settling = {{0}};
    const uint64_t l1 = BIT(MISSING_L1);
    const uint64_t l3 = BIT(BAD_L1) << 2;
    assert_int_equal(wh_alarms_settled(&settling, l1 | BIT(FRAUD), 9), BIT(FRAUD));
    assert_int_equal(wh_alarms_settled(&settling, l1 | l3, 1), l1);
    assert_int_equal(wh_alarms_settled(&settling, l3, 1), 0);
    assert_int_equal(wh_alarms_settled(&settling, l1 | l3, 8), l3);
    assert_int_equal(wh_alarms_settled(&settling, l1 | l3, 4000000000u), l1 | l3);
    assert_int_equal(wh_alarms_settled(&settling, 0, 1), 0);
    assert_int_equal(wh_alarms_settled(&settling, l1, 0), 0);
}

static void test_normal_is_a_moment(void **state)
{
    (void)state;
    const uint64_t missing = BIT(MISSING_L1) << 1;
    const uint64_t bad = BIT(BAD_L1) << 1;
    const uint64_t normal = BIT(NORMAL_L1) << 1;
    assert_int_equal(wh_alarms_risen(0, missing), missing);
    assert_int_equal(wh_alarms_risen(missing, bad), bad); /* not yet as it should be */
    assert_int_equal(wh_alarms_risen(missing | bad, 0), normal);
    assert_int_equal(wh_alarms_risen(0, 0), 0);
}

static void test_told_once_until_acknowledged(void **state)
{
    (void)state;
    struct wh_alarms alarms = {0};
    const uint64_t filter = WH_ALARM_FILTER_DEFAULT;
    assert_false(wh_alarms_raise(&alarms, BIT(REVERSED) | BIT(NORMAL_L1), filter));
    assert_true(wh_alarms_raise(&alarms, BIT(FRAUD), filter));
    assert_int_equal(alarms.pending, BIT(FRAUD));
    alarms.pending = 0;
    assert_false(wh_alarms_raise(&alarms, BIT(FRAUD), filter));
    assert_true(wh_alarms_raise(&alarms, BIT(FRAUD) | BIT(BREAKER), filter));
    assert_int_equal(alarms.pending, BIT(BREAKER));
    wh_alarms_acknowledge(&alarms, BIT(FRAUD));
    assert_int_equal(alarms.descriptor, BIT(FRAUD));
    assert_int_equal(alarms.pending, 0);
    wh_alarms_acknowledge(&alarms, 0);
    assert_true(wh_alarms_raise(&alarms, BIT(FRAUD), filter));
    assert_int_equal(alarms.pending, BIT(FRAUD));
}

/* ---- In a meter ---- */

static struct rig rig;

static int open_rig(void **state)
{
    (void)state;
    rig_open_as(&rig, "382M", NULL, UTC_S);
    rig_load(&rig, 0, 0, 2);
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static const struct wh_alarms *alarms(void)
{
    return &rig.meter.application.running.alarms;
}

static uint64_t on(void)
{
    return rig.meter.application.alarms_on;
}

static void input(enum wh_input which, bool high)
{
    assert_int_equal(wh_meter_input(&rig.meter, which, high), WH_OK);
}

/* However short the field was. */
static void test_magnet(void **state)
{
    (void)state;
    assert_int_equal(on() | alarms()->descriptor, 0);
    input(WH_INPUT_MAGNET, true);
    input(WH_INPUT_MAGNET, false);
    assert_int_equal(alarms()->pending, BIT(FRAUD));
    rig_load(&rig, 0, 0, 1);
    assert_int_equal(on(), 0);
    input(WH_INPUT_MAGNET, true);
    rig_load(&rig, 0, 0, 1);
    assert_int_equal(on(), BIT(FRAUD));
}

/* Nothing that was pending is lost by a cut, with warning or without. */
static void test_alarms_survive_a_cut(void **state)
{
    (void)state;
    struct wh_application *app = &rig.meter.application;
    input(WH_INPUT_ALARM, true); /* off by configuration: no alarm */
    input(WH_INPUT_TERMINAL_COVER, true);
    rig_load(&rig, 0, 0, 1);
    rig_outage(&rig, RIG_HARD, 100, true);
    const uint64_t power = BIT(POWER_FAILED) | BIT(POWER_RETURNED);
    assert_int_equal(alarms()->descriptor, BIT(FRAUD) | power);
    assert_int_equal(alarms()->pending, BIT(FRAUD) | power);
    wh_application_told_alarms(app, power);
    assert_int_equal(wh_application_acknowledge_alarms(app, BIT(FRAUD)), WH_OK);
    rig_outage(&rig, RIG_HARD, 1, true);
    assert_int_equal(alarms()->pending, BIT(FRAUD) | power);
    wh_application_told_alarms(app, BIT(FRAUD) | power);
    rig_outage(&rig, RIG_ORDERLY, 1, true);
    assert_int_equal(alarms()->descriptor, BIT(FRAUD) | power);
    assert_int_equal(alarms()->pending, 0);
}

static void test_a_phase_missing(void **state)
{
    (void)state;
    struct rig_phase phases[WH_PHASES];
    rig_balanced(phases, 1000000, 0);
    phases[1].u_mv = 0;
    rig.meter.application.running.event_b |= WH_EVENT_B_MISSING_L1 << 1;
    for (int s = 0; s < WH_ALARM_SETTLE_S - 1; s++) {
        rig_second(&rig, phases);
    }
    assert_int_equal(on(), 0);
    rig_second(&rig, phases);
    assert_int_equal(on(), BIT(MISSING_L1) << 1);
    assert_int_equal(alarms()->pending, BIT(MISSING_L1) << 1);
}

/* A memory that refuses an acknowledgement leaves the alarms as they are; settings are all or none. */
static void test_settings_are_kept(void **state)
{
    (void)state;
    struct wh_application *app = &rig.meter.application;
    struct wh_push_settings settings = app->push;
    assert_int_equal(settings.alarm_filter, WH_ALARM_FILTER_DEFAULT);
    settings.alarm_filter = BIT(BREAKER);
    settings.setup[WH_PUSH_ALARM].retries = 9;
    assert_int_equal(wh_application_set_push(app, &settings), WH_OK);
    const uint32_t records = wh_log_newest(&app->logs.log[WH_LOG_PUSH]);
    assert_int_equal(wh_application_set_push(app, &settings), WH_OK);
    assert_int_equal(wh_log_newest(&app->logs.log[WH_LOG_PUSH]), records);
    settings.setup[WH_PUSH_ALARM].window_count = WH_PUSH_WINDOWS + 1;
    assert_int_equal(wh_application_set_push(app, &settings), WH_ERR_ARGUMENT);
    rig_outage(&rig, RIG_HARD, 1, true);
    assert_int_equal(app->push.alarm_filter, BIT(BREAKER));
    assert_int_equal(app->push.setup[WH_PUSH_ALARM].retries, 9);
    assert_int_equal(alarms()->descriptor, 0); /* filtered: not even the cut itself */
    assert_int_equal(rig_count_events(&rig, WH_EVENT_PUSH_SET, NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_quiet_meter_has_none),
        cmocka_unit_test(test_each_cause_has_its_bit),
        cmocka_unit_test(test_every_alarm_has_a_text),
        cmocka_unit_test(test_passwords_tried),
        cmocka_unit_test(test_voltages_settle),
        cmocka_unit_test(test_normal_is_a_moment),
        cmocka_unit_test(test_told_once_until_acknowledged),
        cmocka_unit_test_setup_teardown(test_magnet, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(test_alarms_survive_a_cut, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(test_a_phase_missing, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(test_settings_are_kept, open_rig, close_rig),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
