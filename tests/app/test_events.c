/* Event logs and event status (LOG-5, LOG-6), and the clock as far as they tell of it (CLK-2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/app/rig.h"

enum { KW_MW = 1000000 };

static void open_rig(struct rig *rig)
{
    rig_open_as(rig, "382M", NULL, 0);
    assert_int_equal(wh_meter_set_clock(&rig->meter, rig_utc(rig, 2026, 11, 20, 12, 0)), WH_OK);
}

static struct wh_running *running_of(struct rig *rig)
{
    return &rig->meter.application.running;
}

static uint32_t now_s(const struct rig *rig)
{
    return rig->meter.application.clock.utc_s;
}

/* LOG-5: every code has a row with one of the event logs and a text of its own. */
static void test_every_code_has_a_row(void **state)
{
    (void)state;
    for (int code = 0; code < WH_EVENT_CODES; code++) {
        const struct wh_event_row *row = wh_event_row((enum wh_event_code)code);
        assert_non_null(row);
        assert_non_null(row->text);
        assert_true(strlen(row->text) > 3);
        assert_true((row->log >= WH_LOG_STATUS && row->log <= WH_LOG_NEUTRAL) ||
                    row->log == WH_LOG_PAYMENTS);
        for (int other = 0; other < code; other++) {
            assert_string_not_equal(row->text, wh_event_row((enum wh_event_code)other)->text);
        }
    }
    assert_null(wh_event_row(WH_EVENT_CODES));
}

/* LOG-5: an event of every code comes back from its log as it was added, and raises its bits and that of its log. */
static void test_events_come_back(void **state)
{
    (void)state;
    struct rig rig;
    open_rig(&rig);
    for (int code = 1; code < WH_EVENT_CODES; code++) {
        const struct wh_event_row *row = wh_event_row((enum wh_event_code)code);
        const uint8_t phase = row->b_step != 0 ? 3 : 0;
        const struct wh_event event = {.utc_s = 840000000u + (uint32_t)code,
                                       .code = (enum wh_event_code)code,
                                       .detail = phase,
                                       .clock_valid = code % 2 != 0,
                                       .value_a = 0xA0000000u + (uint32_t)code,
                                       .value_b = 0xB0000000u + (uint32_t)code};
        uint32_t a = 0;
        uint32_t b = row->clears_b;
        struct wh_event newest;
        assert_int_equal(wh_events_add(&rig.meter.application.logs, &event, &a, &b), WH_OK);
        assert_true(rig_count_events(&rig, (enum wh_event_code)code, &newest) > 0);
        assert_int_equal(newest.utc_s, event.utc_s);
        assert_int_equal(newest.detail, event.detail);
        assert_int_equal(newest.clock_valid, event.clock_valid);
        assert_int_equal(newest.value_a, event.value_a);
        assert_int_equal(newest.value_b, event.value_b);
        assert_int_equal(a & row->a, row->a);
        /* a new record; the family has no bit for payments */
        assert_true((a & ~row->a & ~(uint32_t)WH_EVENT_A_STATUS_B) != 0 ||
                    row->log == WH_LOG_PAYMENTS);
        assert_int_equal(b, row->b << (phase != 0 ? row->b_step * (phase - 1) : 0));
        assert_int_equal((a & WH_EVENT_A_STATUS_B) != 0, b != 0);
    }
    const struct wh_event none = {.code = WH_EVENT_CODES};
    uint32_t a = 0;
    uint32_t b = 0;
    assert_int_equal(wh_events_add(&rig.meter.application.logs, &none, &a, &b), WH_ERR_ARGUMENT);
    rig_close(&rig);
}

/* LOG-5: 200 events of each log are there, if the meter was started before every one of them. */
static void test_depth(void **state)
{
    (void)state;
    struct rig rig;
    open_rig(&rig);
    struct wh_logs *logs = &rig.meter.application.logs;
    for (int name = WH_LOG_STATUS; name <= WH_LOG_NEUTRAL; name++) {
        uint8_t payload[WH_EVENT_PAYLOAD_SIZE] = {0};
        uint32_t count;
        for (uint32_t n = 0; n < 1000; n++) {
            assert_int_equal(wh_logs_mount(logs, (enum wh_log_name)name, 0, 0), WH_OK);
            assert_int_equal(wh_log_append(&logs->log[name], 1, n, payload), WH_OK);
        }
        assert_int_equal(wh_log_count(&logs->log[name], &count), WH_OK);
        assert_true(count >= WH_EVENT_LOG_DEPTH);
    }
    rig_close(&rig);
}

/* LOG-5: the clock's log has changes of 7 s and more with the time before and after, and by configuration of others. */
static void test_clock_log(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_event event;
    open_rig(&rig);
    uint32_t expected = rig_count_events(&rig, WH_EVENT_CLOCK_SET, NULL);
    assert_int_equal(expected, 1);
    static const int32_t unlogged[] = {0, 1, -1, 6, -6};
    for (size_t n = 0; n < 5; n++) {
        rig_load(&rig, 0, 0, 100);
        assert_int_equal(wh_meter_set_clock(&rig.meter, now_s(&rig) + (uint32_t)unlogged[n]),
                         WH_OK);
        assert_int_equal(rig_count_events(&rig, WH_EVENT_CLOCK_SET, NULL), expected);
    }
    static const int32_t logged[] = {7, -7, 100, -86400, 1000000};
    for (size_t n = 0; n < 5; n++) {
        const uint32_t from_s = now_s(&rig);
        assert_int_equal(wh_meter_set_clock(&rig.meter, from_s + (uint32_t)logged[n]), WH_OK);
        assert_int_equal(rig_count_events(&rig, WH_EVENT_CLOCK_SET, &event), ++expected);
        assert_int_equal(event.value_a, from_s);
        assert_int_equal(event.value_b, from_s + (uint32_t)logged[n]);
        assert_int_equal(event.utc_s, event.value_b);
    }
    struct wh_config config = rig.meter.application.config;
    struct wh_config_fault fault;
    config.clock_log_s = 60;
    assert_int_equal(wh_meter_configure(&rig.meter, &config, WH_ORIGIN_OPTICAL, &fault), WH_OK);
    assert_int_equal(wh_meter_set_clock(&rig.meter, now_s(&rig) + 59), WH_OK);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_CLOCK_SET, NULL), expected);
    rig_close(&rig);
}

static enum wh_err clear_all(struct rig *rig)
{
    return wh_application_clear_events(&rig->meter.application, &rig->meter.legal, UINT32_MAX,
                                       UINT32_MAX);
}

static uint8_t symbols(const struct rig *rig)
{
    struct wh_lcd lcd;
    wh_meter_lcd(&rig->meter, &lcd);
    return lcd.symbols;
}

/* LOG-6: an opened cover and a magnet are stamped in the log, raise status and symbols; what lasts cannot be cleared, in
 * neither status; when it is over the tamper symbol stays, over power cuts too, until it is released. */
static void test_tamper(void **state)
{
    (void)state;
    static const struct {
        enum wh_input input;
        enum wh_event_code on, off;
        uint32_t a, b;
    } rows[] = {
        {WH_INPUT_TERMINAL_COVER, WH_EVENT_COVER_OPENED, WH_EVENT_COVER_CLOSED, WH_EVENT_A_COVER,
         WH_EVENT_B_COVER},
        {WH_INPUT_MAGNET, WH_EVENT_MAGNET_ON, WH_EVENT_MAGNET_OFF, WH_EVENT_A_MAGNET,
         WH_EVENT_B_MAGNET},
    };
    for (size_t n = 0; n < 2; n++) {
        struct rig rig;
        struct wh_event event;
        open_rig(&rig);
        rig_load(&rig, KW_MW, 0, 1234);
        assert_int_equal(symbols(&rig) & (WH_LCD_TAMPER | WH_LCD_ERROR), 0);
        assert_int_equal(wh_meter_input(&rig.meter, rows[n].input, true), WH_OK);
        assert_int_equal(wh_meter_input(&rig.meter, rows[n].input, true), WH_OK); /* stays */
        assert_int_equal(rig_count_events(&rig, rows[n].on, &event), 1);
        assert_int_equal(event.utc_s, now_s(&rig));
        assert_int_equal(running_of(&rig)->event_a & rows[n].a, rows[n].a);
        assert_int_equal(running_of(&rig)->event_b & rows[n].b, rows[n].b);
        assert_true((symbols(&rig) & WH_LCD_TAMPER) != 0 && (symbols(&rig) & WH_LCD_ERROR) != 0);
        assert_int_equal(clear_all(&rig), WH_OK);
        assert_int_equal(running_of(&rig)->event_a & rows[n].a, rows[n].a);
        assert_int_equal(running_of(&rig)->event_b & rows[n].b, rows[n].b);
        assert_true((symbols(&rig) & WH_LCD_TAMPER) != 0);
        assert_int_equal(wh_meter_input(&rig.meter, rows[n].input, false), WH_OK);
        assert_int_equal(rig_count_events(&rig, rows[n].off, NULL), 1);
        assert_int_equal(running_of(&rig)->event_b & rows[n].b, 0);
        rig_outage(&rig, RIG_HARD, 30, true);
        assert_true((symbols(&rig) & WH_LCD_TAMPER) != 0);
        assert_int_equal(symbols(&rig) & WH_LCD_ERROR, 0);
        assert_int_equal(clear_all(&rig), WH_OK);
        assert_int_equal(running_of(&rig)->event_a & rows[n].a, 0);
        assert_int_equal(symbols(&rig) & WH_LCD_TAMPER, 0);
        assert_int_equal(rig_count_events(&rig, WH_EVENT_TAMPER_RELEASED, NULL), 1);
        rig_outage(&rig, RIG_HARD, 30, true);
        assert_int_equal(symbols(&rig) & WH_LCD_TAMPER, 0);
        rig_close(&rig);
    }
}

/* COM-14: the register of alarms shows one as long as its cause lasts, each time; the descriptor keeps it until it is
 * acknowledged. */
static void test_alarm_goes_with_its_cause(void **state)
{
    (void)state;
    struct rig rig;
    open_rig(&rig);
    struct wh_application *app = &rig.meter.application;
    const uint64_t fraud = WH_ALARM_BIT(WH_ALARM_FRAUD);
    for (int round = 0; round < 3; round++) {
        rig_load(&rig, KW_MW, 0, 2);
        assert_int_equal(app->alarms_on & fraud, 0);
        assert_int_equal(app->running.alarms.descriptor & fraud, 0);
        assert_int_equal(wh_meter_input(&rig.meter, WH_INPUT_MAGNET, true), WH_OK);
        rig_load(&rig, KW_MW, 0, 2);
        assert_int_equal(app->alarms_on & fraud, fraud);
        assert_int_equal(wh_meter_input(&rig.meter, WH_INPUT_MAGNET, false), WH_OK);
        rig_load(&rig, KW_MW, 0, 2);
        assert_int_equal(app->alarms_on & fraud, 0);
        assert_int_equal(app->running.alarms.descriptor & fraud, fraud);
        assert_int_equal(wh_application_acknowledge_alarms(app, 0), WH_OK);
    }
    rig_close(&rig);
}

/* A log of other records is refused where events are read: they are longer than an event. */
static void test_no_events_of_other_logs(void **state)
{
    (void)state;
    struct rig rig;
    open_rig(&rig);
    rig_load(&rig, KW_MW, 0, 7200);
    static const enum wh_log_name others[] = {WH_LOG_PROFILE, WH_LOG_RUNNING, WH_LOG_COUNTERS};
    for (size_t o = 0; o < sizeof others / sizeof others[0]; o++) {
        struct wh_log_range range;
        struct wh_event event;
        const struct wh_log *log = &rig.meter.application.logs.log[others[o]];
        assert_int_equal(wh_log_range_begin_entries(log, 1, 0, &range), WH_OK);
        assert_int_equal(wh_event_next(&range, &event), WH_ERR_ARGUMENT);
    }
    rig_close(&rig);
}

/* LOG-6: where it is so configured tampering is not shown, but logged all the same. */
static void test_tamper_not_shown(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    config.tamper_on_display = 0;
    rig_open_as(&rig, "382M", &config, 0);
    assert_int_equal(wh_meter_input(&rig.meter, WH_INPUT_TERMINAL_COVER, true), WH_OK);
    assert_int_equal(wh_meter_input(&rig.meter, WH_INPUT_TERMINAL_COVER, false), WH_OK);
    assert_int_equal(symbols(&rig) & WH_LCD_TAMPER, 0);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_COVER_OPENED, NULL), 1);
    assert_int_equal(
        wh_application_input(&rig.meter.application, &rig.meter.legal, WH_INPUT_COUNT, true),
        WH_ERR_ARGUMENT);
    rig_close(&rig);
}

/* LOG-5: what event status B says of the moment does not outlive it: a cover left open when the supply went and closed
 * since is no open cover. */
static void test_status_b_begins_anew(void **state)
{
    (void)state;
    struct rig rig;
    open_rig(&rig);
    assert_int_equal(wh_meter_input(&rig.meter, WH_INPUT_TERMINAL_COVER, true), WH_OK);
    running_of(&rig)->event_b |= WH_EVENT_B_MISSING_L1;
    rig_outage(&rig, RIG_ORDERLY, 30, true);
    assert_int_equal(running_of(&rig)->event_b, 0);
    assert_true((running_of(&rig)->event_a & WH_EVENT_A_COVER) != 0); /* it happened */
    rig_close(&rig);
}

/* LOG-5, CLK-2: an outage is in the log by its begin, its end and its length; estimated after a hard cut; of unknown
 * length if the clock was lost, which is told once. */
static void test_outages(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_event event;
    open_rig(&rig);
    rig_load(&rig, 3 * KW_MW, 0, 1234);
    const uint32_t gone_s = now_s(&rig);
    rig_outage(&rig, RIG_ORDERLY, 500, true);
    assert_int_equal(rig.found.outage_s, 500);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_POWER_FAILED, &event), 1);
    assert_int_equal(event.utc_s, gone_s);
    assert_int_equal(event.value_a, 0);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_POWER_RETURNED, &event), 1);
    assert_int_equal(event.utc_s, gone_s + 500);
    assert_int_equal(event.value_a, 500);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_RESET, NULL), 2);
    rig_load(&rig, 3 * KW_MW, 0, 1234);
    rig_outage(&rig, RIG_HARD, 500, true);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_POWER_FAILED, &event), 2);
    assert_int_equal(event.value_a, 1);
    assert_in_range(rig.found.outage_s, 500, 502 + 60); /* by the last change of a register */
    assert_int_equal(rig_count_events(&rig, WH_EVENT_CLOCK_LOST, NULL), 0);
    for (int n = 0; n < 2; n++) {
        rig_outage(&rig, RIG_ORDERLY, 500, false);
        assert_int_equal(rig.found.outage_s, UINT32_MAX);
        assert_false(rig.meter.application.clock.valid);
        assert_int_equal(rig_count_events(&rig, WH_EVENT_CLOCK_LOST, NULL), 1);
    }
    assert_int_equal(rig_count_events(&rig, WH_EVENT_POWER_RETURNED, &event), 4);
    assert_int_equal(event.value_a, UINT32_MAX);
    assert_false(event.clock_valid);
    rig_close(&rig);
}

/* CLK-2: the clock goes on with the chip; without it, from when the meter lived last, invalid until set; then valid for
 * good. */
static void test_clock_at_power_up(void **state)
{
    (void)state;
    struct rig rig;
    open_rig(&rig);
    rig_load(&rig, 3 * KW_MW, 0, 1234);
    const uint32_t gone_s = now_s(&rig);
    rig_outage(&rig, RIG_HARD, 6 * 86400, true);
    assert_int_equal(now_s(&rig), gone_s + 6 * 86400);
    assert_true(rig.meter.application.clock.valid);
    rig_outage(&rig, RIG_ORDERLY, 9 * 86400, false);
    assert_int_equal(now_s(&rig), gone_s + 6 * 86400);
    assert_false(rig.meter.application.clock.valid);
    rig_outage(&rig, RIG_ORDERLY, 10, true); /* the chip runs again, but nobody has set it */
    assert_false(rig.meter.application.clock.valid);
    assert_int_equal(wh_meter_set_clock(&rig.meter, gone_s + 15 * 86400), WH_OK);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_CLOCK_SET, NULL), 2);
    rig_outage(&rig, RIG_HARD, 10, true);
    assert_true(rig.meter.application.clock.valid);
    rig_close(&rig);
}

/* REG-3: the hour counter counts hours with supply, is stored in an orderly stop, never falls over hard cuts, and no clock
 * that is set moves it. */
static void test_hour_counter(void **state)
{
    (void)state;
    struct rig rig;
    open_rig(&rig);
    int64_t last = 0;
    for (int n = 1; n <= 40; n++) {
        rig_load(&rig, KW_MW, 0, 1000 + 137 * (uint32_t)n);
        const int64_t hours = rig_read(&rig, WH_QUANTITY_HOURS);
        assert_true(hours >= last);
        assert_int_equal(wh_meter_set_clock(&rig.meter, now_s(&rig) + 5000), WH_OK);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_HOURS), hours);
        rig_outage(&rig, n % 2 ? RIG_HARD : RIG_ORDERLY, 7200, true);
        assert_int_equal(rig_read(&rig, WH_QUANTITY_HOURS), hours);
        last = hours;
    }
    rig_close(&rig);
    open_rig(&rig);
    for (int n = 0; n < 8; n++) {
        rig_load(&rig, 0, 0, 1800);
        rig_outage(&rig, RIG_ORDERLY, 7200, true);
    }
    assert_int_equal(rig_read(&rig, WH_QUANTITY_HOURS), 4);
    rig_close(&rig);
}

/* LOG-5: a producer's reverse current is noted once per phase, its bit follows it. */
static void test_reverse_current(void **state)
{
    (void)state;
    struct rig rig;
    struct wh_event event;
    open_rig(&rig);
    rig_load(&rig, 3 * KW_MW, 0, 120);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_REVERSE_CURRENT, NULL), 0);
    for (int n = 0; n < 3; n++) {
        rig_load(&rig, -3 * KW_MW, 0, 120);
        assert_int_equal(rig_count_events(&rig, WH_EVENT_REVERSE_CURRENT, &event), 3);
        assert_int_equal(event.detail, 3);
        assert_int_equal(running_of(&rig)->event_b, 7u * WH_EVENT_B_REVERSE_L1);
        assert_int_equal(clear_all(&rig), WH_OK);
        assert_int_equal(running_of(&rig)->event_b, 7u * WH_EVENT_B_REVERSE_L1);
        rig_load(&rig, 3 * KW_MW, 0, 120);
        assert_int_equal(running_of(&rig)->event_b, 0);
    }
    rig_close(&rig);
}

/* LOG-5: phases in the wrong order are noted once, the bit follows them. */
static void test_phase_sequence(void **state)
{
    (void)state;
    struct rig rig;
    struct rig_phase phases[WH_PHASES];
    open_rig(&rig);
    rig_load(&rig, KW_MW, 0, 120);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_PHASE_SEQUENCE, NULL), 0);
    rig_balanced(phases, KW_MW, 0);
    phases[1].angle_deg = 120;
    phases[2].angle_deg = 240;
    for (int n = 0; n < 2; n++) {
        rig_pass(&rig, phases, 120);
        assert_int_equal(rig_count_events(&rig, WH_EVENT_PHASE_SEQUENCE, NULL), 1);
        assert_int_equal(clear_all(&rig), WH_OK);
        assert_int_equal(running_of(&rig)->event_b, WH_EVENT_B_PHASE_SEQUENCE);
        rig_load(&rig, KW_MW, 0, 120);
        assert_int_equal(running_of(&rig)->event_b, 0);
    }
    rig_close(&rig);
}

/* LOG-5: what the legal part finds wrong is in the log within a minute, once, in the status and in the running profile
 * interval. */
static void test_legal_findings(void **state)
{
    (void)state;
    static const struct {
        uint32_t status;
        enum wh_event_code code;
        uint32_t a;
    } rows[] = {{WH_STATUS_STORE_FAILED, WH_EVENT_STORE_FAILED, WH_EVENT_A_EEPROM},
                {WH_STATUS_PROGRAM_CHANGED, WH_EVENT_PROGRAM_CHANGED, WH_EVENT_A_ROM},
                {WH_STATUS_PARAMETER_CHANGED, WH_EVENT_PARAMETER_CHANGED, WH_EVENT_A_RAM}};
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct rig rig;
        open_rig(&rig);
        rig_load(&rig, 0, 0, 70);
        assert_int_equal(running_of(&rig)->event_a & rows[r].a, 0);
        rig.meter.legal.status |= rows[r].status;
        rig_load(&rig, 0, 0, 180);
        assert_int_equal(rig_count_events(&rig, rows[r].code, NULL), 1);
        assert_int_equal(running_of(&rig)->event_a & rows[r].a, rows[r].a);
        assert_true((running_of(&rig)->interval_status & WH_PROFILE_PARAMETER_ERROR) != 0);
        rig_close(&rig);
    }
}

/* LOG-5: a running state that is gone is told; the count of debiting periods is that of their log, and no peak comes of
 * registers that had no begin. */
static void test_running_state_lost(void **state)
{
    (void)state;
    struct rig rig;
    open_rig(&rig);
    rig_load(&rig, 3 * KW_MW, 0, 7200);
    struct wh_application *app = &rig.meter.application;
    assert_int_equal(wh_application_stop_debiting(app, &rig.meter.legal, WH_DEBITING_BY_COMMAND),
                     WH_OK);
    assert_false(rig.found.running_lost);
    const struct wh_log_design *design = &app->logs.design[WH_LOG_RUNNING];
    const struct wh_flash *flash = app->logs.flash;
    for (uint32_t s = 0; s < design->sector_count; s++) {
        const uint32_t sector = design->first_sector + s;
        assert_int_equal(flash->erase(flash->context, sector * flash->sector_size_bytes), WH_OK);
    }
    rig_outage(&rig, RIG_HARD, 60, true);
    assert_true(rig.found.running_lost);
    assert_int_equal(rig_read(&rig, WH_QUANTITY_DEBITING_COUNT), 1);
    rig_load(&rig, 3 * KW_MW, 0, 1800);
    assert_in_range(rig_read(&rig, WH_QUANTITY_P_PLUS_MAX), 1, 3 * KW_MW);
    rig_close(&rig);
}

/* MET-9, LOG-5: verification mode is logged and ends by itself after 16 hours. */
static void test_verification_mode_ends(void **state)
{
    (void)state;
    struct rig rig;
    open_rig(&rig);
    assert_int_equal(wh_application_verify(&rig.meter.application, &rig.meter.legal, 2), WH_OK);
    rig_load(&rig, 0, 0, 16 * 3600 - 60);
    assert_int_equal(wh_legal_led_energy(&rig.meter.legal), WH_R_PLUS);
    rig_load(&rig, 0, 0, 60);
    assert_int_equal(wh_legal_led_energy(&rig.meter.legal), WH_A_PLUS);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_VERIFICATION_MODE, NULL), 2);
    assert_int_equal(wh_application_verify(&rig.meter.application, &rig.meter.legal, 4),
                     WH_ERR_ARGUMENT);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_has_a_row),
        cmocka_unit_test(test_events_come_back),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_clock_log),
        cmocka_unit_test(test_tamper),
        cmocka_unit_test(test_alarm_goes_with_its_cause),
        cmocka_unit_test(test_no_events_of_other_logs),
        cmocka_unit_test(test_tamper_not_shown),
        cmocka_unit_test(test_status_b_begins_anew),
        cmocka_unit_test(test_outages),
        cmocka_unit_test(test_clock_at_power_up),
        cmocka_unit_test(test_hour_counter),
        cmocka_unit_test(test_reverse_current),
        cmocka_unit_test(test_phase_sequence),
        cmocka_unit_test(test_legal_findings),
        cmocka_unit_test(test_running_state_lost),
        cmocka_unit_test(test_verification_mode_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
