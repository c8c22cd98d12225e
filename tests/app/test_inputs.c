/* Tariff, pulse and alarm inputs (TAR-1, PLS-3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/app/rig.h"
#include "tests/common/random.h"

enum { KW_MW = 1000000 };

static void open_with(struct rig *rig, const struct wh_config *config)
{
    rig_open_as(rig, "382M", config, 0);
    assert_int_equal(wh_meter_set_clock(&rig->meter, rig_utc(rig, 2026, 11, 20, 12, 0)), WH_OK);
}

static void put(struct rig *rig, enum wh_input input, bool high)
{
    assert_int_equal(wh_meter_input(&rig->meter, input, high), WH_OK);
}

/* TAR-1: the table of the tariff modules, with one input and two, plain and inverted. */
static void test_tariff_table(void **state)
{
    (void)state;
    static const struct {
        uint8_t levels, two, two_inverted, one, one_inverted;
    } rows[] = {{0, 1, 4, 1, 2}, {1, 2, 3, 2, 1}, {2, 3, 2, 1, 2}, {3, 4, 1, 2, 1}};
    for (size_t r = 0; r < 4; r++) {
        assert_int_equal(wh_inputs_tariff(rows[r].levels, 4, false), rows[r].two);
        assert_int_equal(wh_inputs_tariff(rows[r].levels, 4, true), rows[r].two_inverted);
        assert_int_equal(wh_inputs_tariff(rows[r].levels, 2, false), rows[r].one);
        assert_int_equal(wh_inputs_tariff(rows[r].levels, 2, true), rows[r].one_inverted);
    }
}

/* TAR-1: inputs select at once, energy goes to the register of the tariff; after a restart the tariff is the one that was,
 * also with inverted inputs. */
static void test_tariff_by_inputs(void **state)
{
    (void)state;
    for (uint8_t inverted = 0; inverted < 2; inverted++) {
        struct wh_config config = wh_config_default(wh_variant_find("382M"));
        struct rig rig;
        config.tariff_source = WH_TARIFF_BY_INPUTS;
        config.tariff_inputs_inverted = inverted;
        open_with(&rig, &config);
        for (uint8_t levels = 0; levels < 4; levels++) {
            put(&rig, WH_INPUT_TARIFF_1, (levels & 1) != 0);
            put(&rig, WH_INPUT_TARIFF_2, (levels & 2) != 0);
            const uint8_t tariff = wh_inputs_tariff(levels, 4, inverted != 0);
            const enum wh_quantity_id id =
                (enum wh_quantity_id)(WH_QUANTITY_A_PLUS_T1 + tariff - 1);
            const int64_t before = rig_read(&rig, id);
            assert_int_equal(wh_legal_tariff(&rig.meter.legal), tariff);
            rig_load(&rig, 3 * KW_MW, 0, 900);
            assert_int_equal(rig_read(&rig, id) - before, 7500);
            rig_outage(&rig, levels % 2 ? RIG_HARD : RIG_ORDERLY, 10, true);
            assert_int_equal(wh_legal_tariff(&rig.meter.legal), tariff);
        }
        int64_t sum = 0;
        for (int t = 0; t < WH_TARIFFS; t++) {
            sum += rig_read(&rig, (enum wh_quantity_id)(WH_QUANTITY_A_PLUS_T1 + t));
        }
        assert_int_equal(sum, rig_read(&rig, WH_QUANTITY_A_PLUS));
        rig_close(&rig);
    }
}

/* TAR-1: by command only where it is so configured, logged, kept over a restart; without tariffs T1. */
static void test_tariff_by_command(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_config_fault fault;
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    open_with(&rig, &config);
    struct wh_application *app = &rig.meter.application;
    assert_int_equal(wh_application_select_tariff(app, &rig.meter.legal, 2), WH_ERR_STATE);
    config.tariff_source = WH_TARIFF_BY_COMMAND;
    assert_int_equal(wh_meter_configure(&rig.meter, &config, WH_ORIGIN_MODULE, &fault), WH_OK);
    assert_int_equal(wh_legal_tariff(&rig.meter.legal), 1);
    assert_int_equal(wh_application_select_tariff(app, &rig.meter.legal, 0), WH_ERR_ARGUMENT);
    assert_int_equal(wh_application_select_tariff(app, &rig.meter.legal, 5), WH_ERR_ARGUMENT);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_TARIFF_COMMANDED, NULL), 0);
    assert_int_equal(wh_application_select_tariff(app, &rig.meter.legal, 3), WH_OK);
    rig_outage(&rig, RIG_HARD, 10, true);
    assert_int_equal(wh_legal_tariff(&rig.meter.legal), 3);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_TARIFF_COMMANDED, NULL), 1);
    config.tariff_source = WH_TARIFF_BY_NOTHING;
    assert_int_equal(wh_meter_configure(&rig.meter, &config, WH_ORIGIN_MODULE, &fault), WH_OK);
    assert_int_equal(wh_legal_tariff(&rig.meter.legal), 1);
    rig_close(&rig);
}

/* TAR-1, CLK-2: by the plan at its minute; while the time is invalid the tariff stays. A plan is taken without a valid
 * clock, comes back after a restart, and one that is wrong changes nothing. */
static void test_tariff_by_plan(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_plan_fault fault;
    struct wh_tariff_plan plan;
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    config.tariff_source = WH_TARIFF_BY_PLAN;
    rig_open_as(&rig, "382M", &config, 0);
    wh_tariff_plan_flat(&plan);
    for (int type = 0; type < WH_DAY_TYPES; type++) {
        plan.days[0][type] = (struct wh_tariff_day){3, {{0, 1}, {13 * 60, 2}, {14 * 60, 4}}};
    }
    plan.exception_count = 1;
    plan.exceptions[0] = (uint16_t)wh_calendar_day(2027, 1, 1);
    struct wh_application *app = &rig.meter.application;
    assert_int_equal(wh_application_set_plan(app, &rig.meter.legal, &plan, &fault), WH_OK);
    struct wh_tariff_plan wrong = plan;
    wrong.days[0][0].switches[1].tariff = 5;
    assert_int_equal(wh_application_set_plan(app, &rig.meter.legal, &wrong, &fault),
                     WH_ERR_ARGUMENT);
    assert_string_equal(fault.field, "switch");
    assert_int_equal(wh_meter_set_clock(&rig.meter, rig_utc(&rig, 2026, 11, 20, 12, 59)), WH_OK);
    assert_int_equal(wh_legal_tariff(&rig.meter.legal), 1);
    rig_load(&rig, KW_MW, 0, 60);
    assert_int_equal(wh_legal_tariff(&rig.meter.legal), 2);
    rig_outage(&rig, RIG_ORDERLY, 3600, false);
    assert_int_equal(wh_legal_tariff(&rig.meter.legal), 2);
    rig_load(&rig, KW_MW, 0, 4000);
    assert_int_equal(wh_legal_tariff(&rig.meter.legal), 2);
    assert_int_equal(wh_meter_set_clock(&rig.meter, rig_utc(&rig, 2026, 11, 20, 18, 0)), WH_OK);
    assert_int_equal(wh_legal_tariff(&rig.meter.legal), 4);
    wrong = plan;
    wrong.exceptions[0] = (uint16_t)wh_calendar_day(2047, 1, 1); /* too far ahead */
    assert_int_equal(wh_application_set_plan(app, &rig.meter.legal, &wrong, &fault),
                     WH_ERR_ARGUMENT);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_PLAN_CHANGED, NULL), 1);
    rig_close(&rig);
}

/* PLS-3: for every factor from 0.1 to 1000 and pulses in bursts of any size, renewed at any time, the register is pulses
 * divided by the factor, cut off at a thousandth, and no part of a pulse is lost. */
static void test_pulses_are_exact(void **state)
{
    (void)state;
    struct test_random random = {31};
    for (int n = 0; n < 20000; n++) {
        const uint32_t factor_milli = 100 + (uint32_t)(random_sized(&random) % 999901);
        struct wh_pulse_input input = {0};
        uint64_t pulses = 0;
        for (int burst = 0; burst < 10; burst++) {
            const uint32_t more = (uint32_t)(random_sized(&random) % 100000);
            wh_pulse_input_add(&input, more);
            pulses += more;
            if (random_u64(&random) % 2) {
                const uint64_t before = input.count_milli;
                assert_true(wh_pulse_input_renew(&input, factor_milli) ||
                            input.count_milli == before);
            }
        }
        (void)wh_pulse_input_renew(&input, factor_milli);
        assert_int_equal(input.count_milli, pulses * 1000000 / factor_milli);
        assert_int_equal(input.rest_parts, pulses * 1000000 % factor_milli);
    }
}

static int64_t pulse_register(const struct rig *rig)
{
    return rig_read(rig, WH_QUANTITY_PULSE_INPUT);
}

/* PLS-3: a water meter of 1 pulse per 25 l read in m3 has the factor 40; the register is renewed and stored every 10 s, so a
 * hard cut loses at most what came since, and an orderly stop nothing. */
static void test_pulses_in_a_meter(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    config.pulse_unit = WH_PULSE_UNIT_M3;
    config.pulse_factor_milli = 40000;
    open_with(&rig, &config);
    wh_application_pulses(&rig.meter.application, 4);
    rig_load(&rig, 0, 0, 9);
    assert_int_equal(pulse_register(&rig), 0);
    rig_load(&rig, 0, 0, 1);
    assert_int_equal(pulse_register(&rig), 100);
    rig_outage(&rig, RIG_HARD, 5, true);
    assert_int_equal(pulse_register(&rig), 100);
    wh_application_pulses(&rig.meter.application, 1);
    rig_outage(&rig, RIG_ORDERLY, 5, true);
    assert_int_equal(pulse_register(&rig), 125);
    for (int n = 0; n < 250; n++) { /* 25 a second, 100 s, in steps that do not end with tens */
        wh_application_pulses(&rig.meter.application, 10);
        rig_load(&rig, 0, 0, (uint32_t)(n % 3));
    }
    rig_load(&rig, 0, 0, 10);
    assert_int_equal(pulse_register(&rig), 125 + 2500 * 25);
    rig_close(&rig);
}

/* PLS-3: without a unit nothing is counted; another factor takes effect from the next pulse on, makes no unit and loses
 * none. */
static void test_another_factor(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_config_fault fault;
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    open_with(&rig, &config);
    wh_application_pulses(&rig.meter.application, 1000);
    rig_load(&rig, 0, 0, 20);
    assert_int_equal(pulse_register(&rig), 0);
    config.pulse_unit = WH_PULSE_UNIT_KWH;
    config.pulse_factor_milli = 1000000;
    assert_int_equal(wh_meter_configure(&rig.meter, &config, WH_ORIGIN_OPTICAL, &fault), WH_OK);
    for (int n = 0; n < 999; n++) { /* 0.999 thousandths left over at the end */
        wh_application_pulses(&rig.meter.application, 1);
        rig_load(&rig, 0, 0, 10);
    }
    config.pulse_factor_milli = 999999;
    assert_int_equal(wh_meter_configure(&rig.meter, &config, WH_ORIGIN_OPTICAL, &fault), WH_OK);
    wh_application_pulses(&rig.meter.application, 999); /* all but 1 of 1 000 000 */
    config.pulse_factor_milli = 100;
    assert_int_equal(wh_meter_configure(&rig.meter, &config, WH_ORIGIN_OPTICAL, &fault), WH_OK);
    assert_int_equal(pulse_register(&rig), 999 + 999);
    rig_outage(&rig, RIG_HARD, 5, true);
    wh_application_pulses(&rig.meter.application, 1);
    rig_load(&rig, 0, 0, 10);
    assert_int_equal(pulse_register(&rig), 999 + 999 + 10000);
    rig_close(&rig);
}

/* PLS-3: an alarm input raises its event when it becomes active and another when it ceases, plain and inverted; off it does
 * nothing; the event status follows. */
static void test_alarm_input(void **state)
{
    (void)state;
    for (int kind = WH_ALARM_OFF; kind <= WH_ALARM_INVERTED; kind++) {
        struct rig rig;
        struct wh_config config = wh_config_default(wh_variant_find("382M"));
        config.alarm_input = (uint8_t)kind;
        open_with(&rig, &config);
        const uint32_t *b = &rig.meter.application.running.event_b;
        put(&rig, WH_INPUT_ALARM, true);
        const bool on_when_high = kind == WH_ALARM_NORMAL;
        assert_int_equal(rig_count_events(&rig, WH_EVENT_ALARM_INPUT_ON, NULL), on_when_high);
        assert_int_equal(rig_count_events(&rig, WH_EVENT_ALARM_INPUT_OFF, NULL),
                         kind == WH_ALARM_INVERTED);
        assert_int_equal(*b, on_when_high ? WH_EVENT_B_ALARM_INPUT : 0);
        rig_outage(&rig, RIG_HARD, 10, true); /* the level is the same afterwards */
        put(&rig, WH_INPUT_ALARM, true);
        assert_int_equal(rig_count_events(&rig, WH_EVENT_ALARM_INPUT_ON, NULL), on_when_high);
        put(&rig, WH_INPUT_ALARM, false);
        assert_int_equal(rig_count_events(&rig, WH_EVENT_ALARM_INPUT_ON, NULL),
                         kind != WH_ALARM_OFF);
        assert_int_equal(*b, kind == WH_ALARM_INVERTED ? WH_EVENT_B_ALARM_INPUT : 0);
        assert_int_equal(rig.meter.application.running.event_a & WH_EVENT_A_ALARM_INPUT,
                         kind != WH_ALARM_OFF ? WH_EVENT_A_ALARM_INPUT : 0);
        rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tariff_table),      cmocka_unit_test(test_tariff_by_inputs),
        cmocka_unit_test(test_tariff_by_command), cmocka_unit_test(test_tariff_by_plan),
        cmocka_unit_test(test_pulses_are_exact),  cmocka_unit_test(test_pulses_in_a_meter),
        cmocka_unit_test(test_another_factor),    cmocka_unit_test(test_alarm_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
