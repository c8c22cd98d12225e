/* The analysis logger (LOG-4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/app/rig.h"

enum { KW_MW = 1000000, RECORDS_MAX = 256, HOURS_PER_DAY = 24 };

static void set_columns(struct wh_config *config, const uint8_t *columns, size_t count)
{
    memset(config->logger, WH_QUANTITY_NONE, sizeof config->logger);
    memcpy(config->logger, columns, count);
}

static void open_with(struct rig *rig, const struct wh_config *config)
{
    rig_open_as(rig, "382M", config, 0);
    assert_int_equal(wh_meter_set_clock(&rig->meter, rig_utc(rig, 2026, 11, 20, 12, 0)), WH_OK);
}

static uint32_t records_of(const struct rig *rig, struct wh_logger_record *records)
{
    struct wh_log_range range;
    uint32_t count = 0;
    const struct wh_log *log = &rig->meter.application.logs.log[WH_LOG_LOGGER];
    assert_int_equal(wh_log_range_begin_entries(log, UINT32_MAX, 0, &range), WH_OK);
    while (wh_logger_next(&range, &rig->meter.application.config, &records[count]) == WH_OK) {
        count++;
        assert_true(count < RECORDS_MAX);
    }
    return count;
}

/* LOG-4: sixteen columns of any kind – energy, signed, power, voltage, time, counters, one that is not known – hold at each
 * boundary what is read then. */
static void test_sixteen_columns(void **state)
{
    (void)state;
    static const uint8_t columns[WH_LOGGER_QUANTITIES] = {
        WH_QUANTITY_A_NET,   WH_QUANTITY_A_MINUS,     WH_QUANTITY_R4,
        WH_QUANTITY_P_PLUS,  WH_QUANTITY_P_MINUS,     WH_QUANTITY_U_L1,
        WH_QUANTITY_I_L3,    WH_QUANTITY_PF,          WH_QUANTITY_FREQUENCY,
        WH_QUANTITY_CLOCK,   WH_QUANTITY_P_MINUS_MAX, WH_QUANTITY_P_MINUS_MAX_TIME,
        WH_QUANTITY_HOURS,   WH_QUANTITY_EVENTS_A,    WH_QUANTITY_SERIAL_NUMBER,
        WH_QUANTITY_SOFTWARE};
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    set_columns(&config, columns, sizeof columns);
    struct rig rig;
    static struct wh_logger_record records[RECORDS_MAX];
    open_with(&rig, &config);
    rig_load(&rig, 0, 0, 900); /* no load: no power factor */
    rig_load(&rig, -3 * KW_MW, 600000, 900);
    const uint32_t count = records_of(&rig, records);
    assert_true(count >= 2);
    const struct wh_logger_record *r = &records[count - 1];
    assert_int_equal(r->utc_s, rig.meter.application.clock.utc_s);
    assert_int_equal(r->count, WH_LOGGER_QUANTITIES);
    assert_memory_equal(r->quantity, columns, sizeof columns);
    for (size_t c = 0; c < sizeof columns; c++) {
        const int64_t now = wh_capture(&rig.source, (enum wh_quantity_id)columns[c]);
        assert_true(r->value[c] == now || columns[c] == WH_QUANTITY_EVENTS_A);
    }
    assert_int_equal(r->value[0], -7500);
    assert_int_equal(r->value[9], r->utc_s);
    assert_int_equal(r->value[15], WH_CAPTURE_UNKNOWN); /* a text */
    assert_int_equal(records[count - 2].value[7], WH_CAPTURE_UNKNOWN);
    struct wh_reading reading;
    assert_int_equal(wh_capture_reading(WH_QUANTITY_PF, records[count - 2].value[7], &reading),
                     WH_ERR_STATE);
    assert_int_equal(wh_capture_reading(WH_QUANTITY_A_NET, r->value[0], &reading), WH_OK);
    assert_int_equal(wh_reading_scaled(&reading, 0), -750);
    rig_close(&rig);
}

/* LOG-4: a captured value comes back, at all 48 bits. */
static void test_capture(void **state)
{
    (void)state;
    static const int64_t values[] = {0,
                                     1,
                                     -1,
                                     255,
                                     -256,
                                     INT32_MAX,
                                     INT32_MIN,
                                     UINT32_MAX,
                                     (INT64_C(1) << 47) - 1,
                                     -(INT64_C(1) << 47) + 1,
                                     WH_CAPTURE_UNKNOWN};
    for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
        uint8_t stored[WH_CAPTURE_SIZE];
        wh_capture_put(stored, values[v]);
        assert_int_equal(wh_capture_get(stored), values[v]);
    }
}

/* LOG-4: every interval that divides a day is kept, at boundaries of normal time; others are refused by name. */
static void test_every_interval(void **state)
{
    (void)state;
    static const uint8_t columns[] = {WH_QUANTITY_A_PLUS};
    struct rig rig;
    struct wh_config_fault fault;
    static struct wh_logger_record records[RECORDS_MAX];
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    config.zone_min = -210;
    open_with(&rig, &config);
    unsigned accepted = 0;
    for (uint16_t minutes = 1; minutes <= 1440; minutes++) {
        set_columns(&config, columns, sizeof columns);
        config.logger_min = minutes;
        const enum wh_err err = wh_meter_configure(&rig.meter, &config, WH_ORIGIN_OPTICAL, &fault);
        assert_int_equal(err, 1440 % minutes == 0 ? WH_OK : WH_ERR_ARGUMENT);
        if (err != WH_OK) {
            assert_string_equal(fault.parameter->name, "logger_min");
            continue;
        }
        accepted++;
        rig_load(&rig, 0, 0, minutes * 60u + 60);
        const uint32_t count = records_of(&rig, records);
        assert_in_range(count, 1, 2);
        const int64_t normal_s = wh_clock_normal_of(&rig.meter.application.clock, records[0].utc_s);
        assert_int_equal(normal_s % (minutes * 60), 0);
    }
    assert_int_equal(accepted, 36); /* divisors of 1440 */
    rig_close(&rig);
}

/* LOG-4: from 2.5 days at the least, whatever is chosen, to 520 and more. */
static void test_depth(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig);
    struct wh_config config = rig.meter.application.config;
    struct wh_logs *logs = &rig.meter.application.logs;
    uint32_t deepest = 0;
    for (size_t columns = 1; columns <= WH_LOGGER_QUANTITIES; columns++) {
        static const uint8_t any[WH_LOGGER_QUANTITIES] = {0};
        set_columns(&config, any, columns);
        config.logger_min = 1;
        assert_int_equal(wh_logs_mount(logs, WH_LOG_LOGGER, wh_logger_payload_size(&config), 0),
                         WH_OK);
        assert_true(wh_logger_depth_hours(logs, &config) >= 5 * HOURS_PER_DAY / 2);
        config.logger_min = 60;
        const uint32_t hours = wh_logger_depth_hours(logs, &config);
        deepest = hours > deepest ? hours : deepest;
    }
    assert_true(deepest >= 520 * HOURS_PER_DAY);
    rig_close(&rig);
}

/* LOG-4: the set-up of the factory: mean powers of the energy type, voltages, currents, a quarter of an hour. */
static void test_factory_set_up(void **state)
{
    (void)state;
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    uint8_t quantity[WH_LOGGER_QUANTITIES];
    assert_int_equal(config.logger_min, 15);
    assert_int_equal(wh_logger_quantities(&config, quantity), 10);
    wh_config_set_energy_type(&config, WH_ENERGY_TYPE_A_PLUS);
    assert_int_equal(wh_logger_quantities(&config, quantity), 7);
    assert_int_equal(quantity[0], WH_QUANTITY_P_PLUS_MEAN);
    assert_int_equal(quantity[1], WH_QUANTITY_U_L1);
}

/* LOG-4, LOG-5: other columns or another interval delete the log and tell; the profile stays. */
static void test_changes_delete_the_log(void **state)
{
    (void)state;
    static const uint8_t columns[] = {WH_QUANTITY_HOURS, WH_QUANTITY_A_PLUS};
    struct rig rig;
    struct wh_config_fault fault;
    struct wh_event event;
    static struct wh_logger_record records[RECORDS_MAX];
    struct wh_config config = wh_config_default(wh_variant_find("382M"));
    open_with(&rig, &config);
    rig_load(&rig, KW_MW, 0, 3600);
    assert_true(records_of(&rig, records) >= 4);
    set_columns(&config, columns, sizeof columns);
    assert_int_equal(wh_meter_configure(&rig.meter, &config, WH_ORIGIN_OPTICAL, &fault), WH_OK);
    assert_int_equal(records_of(&rig, records), 0);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_LOGGER_DELETED, &event), 1);
    assert_int_equal(event.value_a, 2);
    rig_load(&rig, KW_MW, 0, 3600);
    assert_int_equal(records_of(&rig, records), 4);
    assert_int_equal(records[3].value[1], rig_read(&rig, WH_QUANTITY_A_PLUS));
    rig_outage(&rig, RIG_HARD, 3600, true);
    assert_int_equal(records_of(&rig, records), 5);
    assert_true((records[4].status & WH_PROFILE_OUTAGE) != 0);
    config.logger_min = 30;
    assert_int_equal(wh_meter_configure(&rig.meter, &config, WH_ORIGIN_OPTICAL, &fault), WH_OK);
    assert_int_equal(records_of(&rig, records), 0);
    assert_int_equal(wh_application_delete_logger(&rig.meter.application), WH_OK);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_LOGGER_DELETED, &event), 3);
    assert_int_equal(event.value_a, 4);
    assert_int_equal(rig_count_events(&rig, WH_EVENT_PROFILE_DELETED, NULL), 0);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sixteen_columns), cmocka_unit_test(test_capture),
        cmocka_unit_test(test_every_interval),  cmocka_unit_test(test_depth),
        cmocka_unit_test(test_factory_set_up),  cmocka_unit_test(test_changes_delete_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
