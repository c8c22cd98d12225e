/* The bytes of the application's records (docs/store.md): those of version 1 must be read for ever, and are still written as
 * they were (LOG-1, LOG-4, LOG-5, REG-4, VAR-15). With an argument, writes the records of the present code to that file: how the kept
 * file of a new version is made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/application_parts.h"
#include "tests/app/rig.h"

enum { PAYLOAD_MAX = 1024, RECORDS = 8 };

static const char golden_path[] = WH_SOURCE_DIR "/tests/app/golden/records-v1.txt";

struct payload {
    char name[16];
    uint8_t bytes[PAYLOAD_MAX];
    size_t length;
};

/* The logs whose newest payload is kept, in the order of the file. */
static const struct {
    const char *name;
    enum wh_log_name log;
} kept[RECORDS] = {{"config", WH_LOG_CONFIG},         {"running", WH_LOG_RUNNING},
                   {"counters", WH_LOG_COUNTERS},     {"profile", WH_LOG_PROFILE},
                   {"logger", WH_LOG_LOGGER},         {"debiting", WH_LOG_DEBITING},
                   {"debiting_2", WH_LOG_DEBITING_2}, {"event", WH_LOG_CLOCK}};

/* Not of the factory's defaults, which may change. */
static struct wh_config story_config(void)
{
    struct wh_config config = wh_config_default(wh_variant_find("382L"));
    static const uint8_t list[] = {WH_QUANTITY_A_PLUS,  WH_QUANTITY_A_MINUS,  WH_QUANTITY_R_PLUS,
                                   WH_QUANTITY_R_MINUS, WH_QUANTITY_SOFTWARE, WH_QUANTITY_CHECKSUM,
                                   WH_QUANTITY_CLOCK};
    config.zone_min = -210;
    config.profile_of_power = 1;
    config.pulse_unit = WH_PULSE_UNIT_L;
    config.pulse_factor_milli = 123456;
    config.special_1 = 12345678;
    memset(config.automatic_list, WH_QUANTITY_NONE, sizeof config.automatic_list);
    memset(config.manual_list, WH_QUANTITY_NONE, sizeof config.manual_list);
    memset(config.backup_list, WH_QUANTITY_NONE, sizeof config.backup_list);
    memset(config.logger, WH_QUANTITY_NONE, sizeof config.logger);
    memcpy(config.automatic_list, list, 2);
    memcpy(config.manual_list, list, sizeof list);
    memcpy(config.backup_list, list, 3);
    memcpy(config.logger, list, 3);
    return config;
}

/* Every member another value. */
static struct wh_running story_running(void)
{
    struct wh_running r = {
        .utc_s = 848000000,
        .debiting_count = 37,
        .debiting_stop_s = 847000001,
        .debiting_2_s = 847000002,
        .profile_s = 847000003,
        .profile_longer_s = 847000004,
        .logger_s = 847000005,
        .event_a = 0x80402001,
        .event_b = 0x08040201,
        .configuration_count = 4711,
        .quality_count = {101, 102, 103, 104, 65535},
        .interval_status = 0x01020304,
        .logger_status = 0x05060708,
        .days_s = 847000006,
        .debiting_day = 9810,
        .input_levels = 5,
        .remote_tariff = 3,
        .tamper = 2,
        .clock_valid = true,
        .supply_lost = true,
    };
    for (unsigned e = 0; e < WH_MAIN_ENERGY_COUNT; e++) {
        r.demand.start_dwh[e] = UINT64_C(1000000000001) + e;
    }
    for (unsigned t = 0; t < WH_DEMAND_TARIFF_COUNTS; t++) {
        r.demand.start_tariff_dwh[t] = UINT64_C(2000000000001) + t;
    }
    for (unsigned c = 0; c < WH_DEMAND_CHANNELS; c++) {
        r.demand.accumulated_milli[c] = UINT64_C(3000000000001) + c;
        r.demand.peak[c] = (struct wh_demand_peak){70000001 + c, 840000001 + c};
        r.demand.mean_milli[c] = 60000001 + c;
    }
    r.demand.threshold_count = 77;
    r.demand.longer_s = 88;
    return r;
}

static void read_payload(const struct wh_log *log, struct payload *payload, uint16_t size)
{
    struct wh_log_record record;
    assert_true(size <= PAYLOAD_MAX);
    assert_int_equal(wh_log_read(log, wh_log_newest(log), payload->bytes, &record), WH_OK);
    assert_int_equal(record.version, 1);
    payload->length = size;
}

/* A meter with known registers and state writes a record of each kind. */
static void write_story(struct rig *rig, struct payload payloads[RECORDS])
{
    const struct wh_config config = story_config();
    rig_open_as(rig, "382L", &config, 847999000);
    struct wh_application *app = &rig->meter.application;
    for (int e = 0; e < WH_STORED_ENERGY_COUNT; e++) {
        rig_set_energy(rig, (enum wh_energy)e, UINT64_C(123456789) * (unsigned)(e + 1));
    }
    app->running = story_running();
    app->on_seconds = 98765432;
    app->pulse_input = (struct wh_pulse_input){.count_milli = 9876543210, .rest_parts = 123455};
    assert_int_equal(wh_application_save_config(app, &config, &app->contents), WH_OK);
    assert_int_equal(wh_application_save_counters(app), WH_OK);
    app->second = app->running.utc_s;
    assert_int_equal(wh_application_save(app), WH_OK);
    const struct wh_reading_source source = wh_meter_readings(&rig->meter);
    const struct wh_profile_record before = {.count_dwh = {123456000, 246913000, 864197000, 1}};
    assert_int_equal(wh_profile_store(&app->logs.log[WH_LOG_PROFILE], &rig->meter.legal, &config,
                                      848000400, 0x00420011, &before, 0),
                     WH_OK);
    assert_int_equal(
        wh_logger_store(&app->logs.log[WH_LOG_LOGGER], &source, &config, 848000400, 0x00420012),
        WH_OK);
    assert_int_equal(wh_debiting_store(&app->logs.log[WH_LOG_DEBITING], &source, 848000500, 38,
                                       WH_DEBITING_BY_COMMAND, true),
                     WH_OK);
    assert_int_equal(
        wh_debiting_2_store(&app->logs.log[WH_LOG_DEBITING_2], &source, 848000600, false), WH_OK);
    wh_application_note(app, WH_EVENT_CLOCK_SET, 9, 0x01020304, 0x05060708);
    for (int r = 0; r < RECORDS; r++) {
        snprintf(payloads[r].name, sizeof payloads[r].name, "%s", kept[r].name);
        read_payload(&app->logs.log[kept[r].log], &payloads[r],
                     app->logs.design[kept[r].log].payload_size);
    }
}

static void read_golden(struct payload payloads[RECORDS])
{
    FILE *file = fopen(golden_path, "r");
    assert_non_null(file);
    for (int r = 0; r < RECORDS; r++) {
        static char hex[2 * PAYLOAD_MAX + 1];
        assert_int_equal(fscanf(file, "%15s %2048s", payloads[r].name, hex), 2);
        assert_string_equal(payloads[r].name, kept[r].name);
        payloads[r].length = strlen(hex) / 2;
        for (size_t b = 0; b < payloads[r].length; b++) {
            const char digits[3] = {hex[2 * b], hex[2 * b + 1], '\0'};
            payloads[r].bytes[b] = (uint8_t)strtoul(digits, NULL, 16);
        }
    }
    fclose(file);
}

/* Id, length and value of the parameter with that id; NULL if there is none. */
static const uint8_t *find_parameter(const struct payload *payload, uint8_t id)
{
    enum { LENGTH_AT = 7, PARAMETERS_AT = 9, HEAD_SIZE = 2 };
    const size_t length = payload->bytes[LENGTH_AT] | (size_t)payload->bytes[LENGTH_AT + 1] << 8;
    const uint8_t *at = payload->bytes + PARAMETERS_AT;
    const uint8_t *end = at + length;
    while (at < end && at[0] != id) {
        at += HEAD_SIZE + at[1];
    }
    return at < end ? at : NULL;
}

/* Each parameter of the kept bytes; those of later versions are among them. */
static void check_config(const struct payload *written, const struct payload *golden)
{
    unsigned found = 0;
    assert_memory_equal(written->bytes, golden->bytes, 7); /* what the logs hold */
    for (int id = 0; id < 256; id++) {
        const uint8_t *old = find_parameter(golden, (uint8_t)id);
        const uint8_t *now = find_parameter(written, (uint8_t)id);
        if (old != NULL) {
            assert_non_null(now);
            assert_memory_equal(now, old, 2u + old[1]);
            found++;
        }
    }
    assert_int_equal(found, 41);
}

static void test_written_as_it_was(void **state)
{
    (void)state;
    struct rig rig;
    static struct payload golden[RECORDS];
    static struct payload written[RECORDS];
    read_golden(golden);
    write_story(&rig, written);
    check_config(&written[0], &golden[0]);
    for (int r = 1; r < RECORDS; r++) {
        assert_int_equal(written[r].length, golden[r].length);
        assert_memory_equal(written[r].bytes, golden[r].bytes, golden[r].length);
    }
    rig_close(&rig);
}

/* The kept payloads as the newest records of a meter that starts. */
static void start_from(struct rig *rig, const struct payload golden[RECORDS])
{
    const struct wh_config config = story_config();
    rig_open_as(rig, "382L", &config, 848001000);
    struct wh_logs *logs = &rig->meter.application.logs;
    for (int r = 0; r < RECORDS; r++) {
        assert_int_equal(golden[r].length, logs->design[kept[r].log].payload_size);
        assert_int_equal(wh_log_append(&logs->log[kept[r].log], 1, 848000500, golden[r].bytes),
                         WH_OK);
    }
}

static void begin(const struct wh_logs *logs, enum wh_log_name name, struct wh_log_range *range)
{
    assert_int_equal(wh_log_range_begin_entries(&logs->log[name], 0, 0, range), WH_OK);
}

static void check_intervals(const struct wh_logs *logs)
{
    struct wh_log_range range;
    const struct wh_config config = story_config();
    struct wh_profile_record profile;
    begin(logs, WH_LOG_PROFILE, &range);
    assert_int_equal(wh_profile_next(&range, &config, &profile), WH_OK);
    assert_int_equal(profile.status, 0x00420011);
    assert_int_equal(profile.count_dwh[1], 2 * 123456789);
    assert_int_equal(profile.count_dwh[3], (5 + 6) * UINT64_C(123456789));
    assert_int_equal(profile.power_milli[0], 789 * 360000 / 900);

    struct wh_logger_record logger;
    begin(logs, WH_LOG_LOGGER, &range);
    assert_int_equal(wh_logger_next(&range, &config, &logger), WH_OK);
    assert_int_equal(logger.status, 0x00420012);
    assert_int_equal(logger.count, 3);
    assert_int_equal(logger.value[2], (3 + 4) * 123456789);
}

static void check_debiting(const struct wh_logs *logs)
{
    struct wh_log_range range;
    static struct wh_debiting_record debiting;
    begin(logs, WH_LOG_DEBITING, &range);
    assert_int_equal(wh_debiting_next(&range, &debiting), WH_OK);
    assert_int_equal(debiting.number, 38);
    assert_int_equal(debiting.cause, WH_DEBITING_BY_COMMAND);
    assert_true(debiting.summer && debiting.clock_valid);
    assert_int_equal(debiting.value[7], 6 * 123456789);        /* R4 */
    assert_int_equal(debiting.value[24], 70000001);            /* P+max */
    assert_int_equal(debiting.value[25], 840000001);           /* its time */
    assert_int_equal(debiting.value[51], 98765432 / 3600);     /* hours */
    assert_int_equal(debiting.value[54], INT64_C(9876543210)); /* pulse input */
    assert_int_equal(debiting.value[60], 65535);               /* long interruptions */
    assert_int_equal(debiting.value[61], WH_CAPTURE_UNKNOWN);  /* none yet */
    begin(logs, WH_LOG_DEBITING_2, &range);
    assert_int_equal(wh_debiting_2_next(&range, &debiting), WH_OK);
    assert_false(debiting.summer);
    assert_int_equal(debiting.value[20], 98765432 / 3600);
}

static void test_records_are_read(void **state)
{
    (void)state;
    struct rig rig;
    static struct payload golden[RECORDS];
    struct wh_log_range range;
    struct wh_event event;
    read_golden(golden);
    start_from(&rig, golden);
    const struct wh_logs *logs = &rig.meter.application.logs;
    check_intervals(logs);
    check_debiting(logs);
    begin(logs, WH_LOG_CLOCK, &range);
    assert_int_equal(wh_event_next(&range, &event), WH_OK);
    assert_int_equal(event.code, WH_EVENT_CLOCK_SET);
    assert_int_equal(event.detail, 9);
    assert_true(event.clock_valid);
    assert_int_equal(event.value_a, 0x01020304);
    assert_int_equal(event.value_b, 0x05060708);
    rig_close(&rig);
}

/* MEM-2: state, counters and configuration are in use after a start from the kept bytes. */
static void test_meter_starts_from_them(void **state)
{
    (void)state;
    struct rig rig;
    static struct payload golden[RECORDS];
    const struct wh_running expected = story_running();
    const struct wh_config config = story_config();
    read_golden(golden);
    start_from(&rig, golden);
    struct wh_running decoded = {0};
    wh_running_decode(&decoded, golden[1].bytes);
    assert_memory_equal(&decoded.demand, &expected.demand, sizeof expected.demand);
    assert_int_equal(decoded.utc_s, expected.utc_s);
    assert_int_equal(decoded.days_s, expected.days_s);
    assert_int_equal(decoded.debiting_day, expected.debiting_day);
    assert_int_equal(decoded.profile_longer_s, expected.profile_longer_s);
    assert_int_equal(decoded.logger_status, expected.logger_status);
    assert_true(decoded.clock_valid && decoded.supply_lost);
    rig_outage(&rig, RIG_HARD, 60, true);
    const struct wh_application *app = &rig.meter.application;
    assert_false(rig.found.config_default);
    assert_memory_equal(&app->config, &config, sizeof config);
    assert_int_equal(app->on_seconds, 98765432);
    assert_int_equal(app->pulse_input.count_milli, INT64_C(9876543210));
    assert_int_equal(app->pulse_input.rest_parts, 123455);
    assert_int_equal(app->running.configuration_count, 4711);
    assert_int_equal(app->running.tamper, 2);
    assert_int_equal(app->running.debiting_count, 38); /* of the record after it */
    rig_close(&rig);
}

/* The state has room in its record. */
static void test_running_fits(void **state)
{
    (void)state;
    uint8_t stored[WH_RUNNING_STORED_SIZE + 64];
    const struct wh_running running = story_running();
    struct wh_running decoded;
    memset(&decoded, 0x5A, sizeof decoded); /* whatever was there */
    memset(stored, 0xA5, sizeof stored);
    wh_running_encode(&running, stored);
    for (size_t b = WH_RUNNING_STORED_SIZE; b < sizeof stored; b++) {
        assert_int_equal(stored[b], 0xA5);
    }
    wh_running_decode(&decoded, stored);
    assert_memory_equal(&decoded.demand, &running.demand, sizeof running.demand);
    uint8_t again[WH_RUNNING_STORED_SIZE];
    wh_running_encode(&decoded, again);
    assert_memory_equal(again, stored, sizeof again);
}

static int write_golden(const char *path)
{
    struct rig rig;
    static struct payload payloads[RECORDS];
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return 1;
    }
    write_story(&rig, payloads);
    for (int r = 0; r < RECORDS; r++) {
        fprintf(file, "%s ", payloads[r].name);
        for (size_t b = 0; b < payloads[r].length; b++) {
            fprintf(file, "%02x", payloads[r].bytes[b]);
        }
        fprintf(file, "\n");
    }
    rig_close(&rig);
    return fclose(file) != 0;
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        return write_golden(argv[1]);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_as_it_was),
        cmocka_unit_test(test_records_are_read),
        cmocka_unit_test(test_meter_starts_from_them),
        cmocka_unit_test(test_running_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
