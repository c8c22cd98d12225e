/* COM-2, LOG-4, LOG-5, LOG-7, REG-2, REG-5, REG-6, COM-15: what each of the logs shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log_client.h"

static const struct client_attribute logger = {7, {1, 1, 99, 1, 1, 255}, 2};
static const struct client_attribute debiting = {7, {1, 1, 98, 1, 0, 255}, 2};
static const struct client_attribute debiting_2 = {7, {1, 1, 98, 2, 0, 255}, 2};
static const struct client_attribute status_log = {7, {1, 1, 99, 98, 2, 255}, 2};
static const struct client_attribute clock_log = {7, {1, 1, 99, 98, 3, 255}, 2};
static const struct client_attribute quality_log = {7, {1, 1, 99, 98, 4, 255}, 2};
static const struct client_attribute profile_log = {7, {1, 1, 99, 98, 10, 255}, 2};

/* ---- Attributes ---- */
static void test_attributes(void **state)
{
    (void)state;
    struct client_attribute sort = log_profile;
    log_store_rows(123);
    assert_int_equal(log_get_number(log_profile, 4, DLMS_TAG_U32), 900);
    assert_int_equal(log_get_number(log_profile, 5, DLMS_TAG_ENUM), 1);
    assert_int_equal(log_get_number(log_profile, 7, DLMS_TAG_U32), 123);
    assert_in_range(log_get_number(log_profile, 8, DLMS_TAG_U32), 175 * 96, 200 * 365); /* LOG-2 */
    assert_int_equal(log_get_number(logger, 4, DLMS_TAG_U32), 900);
    assert_int_equal(log_get_number(debiting, 4, DLMS_TAG_U32), 0);
    assert_in_range(log_get_number(debiting, 8, DLMS_TAG_U32), 36, 1000); /* REG-5 */
    assert_in_range(log_get_number(status_log, 8, DLMS_TAG_U32), 200, 10000);
    sort.attribute = 6;
    assert_int_equal(client_get(&client, &sort), 0);
    assert_int_equal(client.answer_length, 18);
    assert_memory_equal(client.answer,
                        "\x02\x04\x12\x00\x08\x09\x06\x00\x01\x01\x00\x00\xFF\x0F\x02\x12\x00\x00",
                        18);
}

static void set_period(const struct client_attribute *of, uint32_t period_s, int expected)
{
    struct client_attribute to = *of;
    uint8_t data[5];
    struct dlms_writer out = dlms_writer(data, sizeof data);
    dlms_put_u32(&out, period_s);
    to.attribute = 4;
    assert_int_equal(client_set(&client, &to, data, sizeof data), expected);
}

/* LOG-1, COM-15: another interval empties the profile, and the log of profile events says so. */
static void test_capture_period(void **state)
{
    (void)state;
    static const uint32_t wrong[] = {0, 1, 299, 301, 600, 7200, 3600u << 16, UINT32_MAX};
    static const uint32_t right[] = {300, 1800, 3600, 900};
    log_store_rows(5);
    for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
        set_period(&log_profile, wrong[w], DLMS_RESULT_OTHER_REASON);
        set_period(&logger, wrong[w], DLMS_RESULT_OTHER_REASON);
    }
    set_period(&log_profile, 900, 0); /* the same: nothing is deleted */
    assert_int_equal(log_get_number(log_profile, 7, DLMS_TAG_U32), 5);
    for (size_t r = 0; r < sizeof right / sizeof right[0]; r++) {
        set_period(&log_profile, right[r], 0);
        set_period(&logger, right[r], 0);
        assert_int_equal(log_get_number(log_profile, 4, DLMS_TAG_U32), right[r]);
        assert_int_equal(log_get_number(logger, 4, DLMS_TAG_U32), right[r]);
        assert_int_equal(log_get_number(log_profile, 7, DLMS_TAG_U32), 0);
        log_store_row((uint32_t)r);
    }
    client_restart(&client);
    client_open_meter(&client, 18, 0xFFFF);
    assert_int_equal(log_get_number(log_profile, 4, DLMS_TAG_U32), 900);
    assert_int_equal(log_get_entries(&profile_log, 7, 6, 4, 4), 0); /* the first two of eight */
    assert_int_equal(client.answer_length, 10);
    assert_memory_equal(client.answer, "\x01\x02\x02\x01\x11\x05\x02\x01\x11\x0F", 10);
}

/* ---- Every profile: rows are what its capture objects say ---- */

static size_t capture_objects(struct client_attribute of, struct client_attribute columns[100])
{
    of.attribute = 3;
    assert_int_equal(client_get(&client, &of), 0);
    struct dlms_reader reader = log_answer();
    const size_t count = log_container(&reader, DLMS_TAG_ARRAY);
    assert_in_range(count, 4, 99);
    for (size_t c = 0; c < count; c++) {
        assert_int_equal(log_container(&reader, DLMS_TAG_STRUCTURE), 4);
        columns[c].class_id = (uint16_t)dlms_read_value(&reader).integer;
        memcpy(columns[c].logical_name, dlms_read_value(&reader).bytes.data, 6);
        columns[c].attribute = (int8_t)dlms_read_value(&reader).integer;
        assert_int_equal(dlms_read_value(&reader).integer, 0);
        for (size_t other = 0; other < c; other++) {
            assert_memory_not_equal(&columns[other], &columns[c], sizeof columns[c]);
        }
    }
    assert_true(dlms_reader_done(&reader));
    return count;
}

static void check_head(const struct client_attribute *of, const struct client_attribute *columns)
{
    const bool has_quality = columns[2].attribute == -2;
    assert_memory_equal(columns[0].logical_name, log_stamp.logical_name, 6);
    assert_int_equal(columns[1].class_id, 7);
    assert_memory_equal(columns[1].logical_name, of->logical_name, 6);
    assert_int_equal(columns[1].attribute, -1);
    assert_int_equal(has_quality, of->logical_name[3] != 98);
    assert_memory_equal(columns[has_quality ? 3 : 2].logical_name, "\x01\x01\x86\x00\x01\xFF", 6);
}

/* A register in a row has the type that it has when it is read alone. */
static void check_type(const struct client_attribute *column, uint8_t tag)
{
    const bool is_register = column->class_id == 3 || column->class_id == 4;
    if (is_register && tag != DLMS_TAG_NULL && client_get(&client, column) == DLMS_RESULT_SUCCESS) {
        assert_int_equal(client.answer[0], tag);
    }
}

static void check_profile(struct client_attribute of)
{
    static uint8_t buffer[CLIENT_ANSWER];
    struct client_attribute columns[100];
    const size_t count = capture_objects(of, columns);
    check_head(&of, columns);
    const int64_t in_use = log_get_number(of, 7, DLMS_TAG_U32);
    assert_true(in_use <= log_get_number(of, 8, DLMS_TAG_U32));
    assert_int_equal(client_get(&client, &of), 0);
    memcpy(buffer, client.answer, client.answer_length);
    struct dlms_reader reader = dlms_reader(buffer, client.answer_length);
    assert_int_equal(log_container(&reader, DLMS_TAG_ARRAY), in_use);
    for (int64_t r = 0; r < in_use; r++) {
        assert_int_equal(log_container(&reader, DLMS_TAG_STRUCTURE), count);
        for (size_t c = 0; c < count; c++) {
            check_type(&columns[c], dlms_read_value(&reader).tag);
        }
    }
    assert_true(dlms_reader_done(&reader));
}

static void live(unsigned seconds)
{
    static const struct rig_phase load[WH_PHASES] = {{231234, 4321, 800000, 600000, 0},
                                                     {229876, 10000, -2000000, 1000000, 240},
                                                     {230555, 20000, 3000000, -3000000, 120}};
    while (seconds-- > 0) {
        rig_second(&client.rig, load);
    }
}

/* A meter that has lived through a month's end, with a few events in every log. */
static void live_a_little(void)
{
    struct wh_meter *meter = &client.rig.meter;
    assert_int_equal(wh_meter_set_clock(meter, log_base_s + 6 * 86400 + 84600),
                     WH_OK); /* 23:30 on 31 October */
    live(3600);
    assert_int_equal(wh_meter_input(meter, WH_INPUT_TERMINAL_COVER, true), WH_OK);
    assert_int_equal(wh_meter_input(meter, WH_INPUT_TERMINAL_COVER, false), WH_OK);
    wh_meter_lose_mains(meter);
    client_restart(&client);
    live(2);
}

static void check_all_profiles(const char *model)
{
    client_stop(&client);
    client_start_model(&client, model);
    live_a_little();
    client_open_meter(&client, 18, 0xFFFF);
    size_t found = 0;
    for (size_t o = 0; o < client.face.server.object_count; o++) {
        struct dlms_object object;
        client.face.server.enumerate(&client.face, o, &object);
        if (object.class_id == 7 && object.groups != 0) {
            struct client_attribute of = {.class_id = 7, .attribute = 2};
            memcpy(of.logical_name, object.logical_name, 6);
            check_profile(of);
            found++;
        }
    }
    assert_int_equal(found, strcmp(model, "351C") == 0 ? 10 : 9);
}

static void test_all_profiles(void **state)
{
    (void)state;
    check_all_profiles("382M");
    check_all_profiles("382L");
    check_all_profiles("351C");
}

/* REG-5, REG-6: the month's end is a debiting period; another ends by command, and its row has the
 * registers and the peak with its time. */
static void test_debiting(void **state)
{
    (void)state;
    static const struct client_attribute command = {1, {1, 1, 0, 1, 5, 128}, 2};
    static const struct client_attribute peak = {4, {1, 1, 1, 6, 0, 255}, 2};
    static const struct client_attribute peak_sum = {3, {1, 1, 1, 2, 0, 255}, 2};
    static const uint8_t stop_now[] = {DLMS_TAG_U8, 1};
    static const uint8_t wrong[] = {DLMS_TAG_U8, 2};
    struct client_attribute columns[100];
    live_a_little();
    client_open_meter(&client, 18, 0xFFFF);
    const int64_t before = log_get_number(debiting, 7, DLMS_TAG_U32);
    assert_true(before > 0 && log_get_number(debiting_2, 7, DLMS_TAG_U32) > 0);
    live(1800);
    const int64_t peak_w = log_get_number(peak, 2, DLMS_TAG_U32);
    const int64_t sum_w = log_get_number(peak_sum, 2, DLMS_TAG_U32);
    const int64_t energy_wh = log_get_number(client_row(WH_QUANTITY_A_PLUS, 2), 2, DLMS_TAG_U32);
    assert_in_range(peak_w, 1700, 1900);
    assert_int_equal(client_set(&client, &command, wrong, 2), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(client_get(&client, &command), DLMS_RESULT_READ_WRITE_DENIED); /* a command */
    assert_int_equal(log_get_number(debiting, 7, DLMS_TAG_U32), before);
    assert_int_equal(client_set(&client, &command, stop_now, 2), 0);
    assert_int_equal(log_get_number(debiting, 7, DLMS_TAG_U32), before + 1);
    assert_int_equal(log_get_number(peak_sum, 2, DLMS_TAG_U32), sum_w + peak_w);
    const size_t count = capture_objects(debiting, columns);
    assert_int_equal(log_get_entries(&debiting, 0, 0, 1, 0), 0);
    struct dlms_reader reader = log_answer();
    assert_int_equal(log_container(&reader, DLMS_TAG_ARRAY), 1);
    assert_int_equal(log_container(&reader, DLMS_TAG_STRUCTURE), count);
    int seen = 0;
    for (size_t c = 0; c < count; c++) {
        const struct dlms_value value = dlms_read_value(&reader);
        if (memcmp(columns[c].logical_name, peak.logical_name, 6) == 0) {
            struct dlms_date_time time;
            seen++;
            if (columns[c].attribute == 2) {
                assert_int_equal(value.integer, peak_w);
            } else {
                assert_int_equal(columns[c].attribute, 5);
                assert_true(dlms_date_time_parse(value.bytes, &time));
                assert_int_equal(time.month, 11);
                assert_int_equal(time.day, 1);
            }
        } else if (memcmp(columns[c].logical_name, wh_catalog_get(WH_QUANTITY_A_PLUS)->obis, 6) ==
                   0) {
            assert_int_equal(value.integer, energy_wh);
            seen++;
        }
    }
    assert_int_equal(seen, 3);
}

/* REG-2: attribute 5 of a peak is the end of its period in the format of the clock; of none yet it
 * is not given. */
static void test_times_of_peaks(void **state)
{
    (void)state;
    struct client_attribute peak = {4, {1, 1, 1, 6, 0, 255}, 5};
    assert_int_equal(client_get(&client, &peak), 0);
    assert_int_equal(client.answer_length, 14);
    assert_memory_equal(client.answer, "\x09\x0C\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x80\x00\x00",
                        14);
    assert_int_equal(wh_meter_set_clock(&client.rig.meter, log_base_s + 60), WH_OK);
    live(900);
    assert_int_equal(client_get(&client, &peak), 0);
    assert_memory_equal(client.answer, "\x09\x0C\x07\xDD\x0A\x19\x05\x00\x0F\x00\xFF\x80\x00\x00",
                        14);
    peak.attribute = 4;
    assert_int_equal(client_get(&client, &peak), DLMS_RESULT_READ_WRITE_DENIED);
    peak.attribute = 3;
    assert_int_equal(client_get(&client, &peak), 0);
    assert_memory_equal(client.answer, "\x02\x02\x0F\x00\x16\x1B", 6);
}

/* LOG-4: what was not known when it was recorded is null-data, and the columns are those of the
 * configuration. */
static void test_logger(void **state)
{
    (void)state;
    struct wh_config config = log_application()->config;
    struct wh_config_fault fault;
    struct client_attribute columns[100];
    memset(config.logger, WH_QUANTITY_NONE, sizeof config.logger);
    config.logger[0] = WH_QUANTITY_PF;
    config.logger[1] = WH_QUANTITY_A_PLUS_FINE;
    config.logger[2] = WH_QUANTITY_P_PLUS_MAX_TIME;
    assert_int_equal(wh_meter_configure(&client.rig.meter, &config, WH_ORIGIN_OPTICAL, &fault),
                     WH_OK);
    assert_int_equal(wh_meter_set_clock(&client.rig.meter, log_base_s + 890), WH_OK);
    struct rig_phase none[WH_PHASES];
    rig_balanced(none, 0, 0);
    for (int s = 0; s < 20; s++) {
        rig_second(&client.rig, none);
    }
    assert_int_equal(capture_objects(logger, columns), 7);
    assert_int_equal(columns[6].class_id, 4);
    assert_int_equal(columns[6].attribute, 5);
    assert_int_equal(log_get_entries(&logger, 0, 0, 5, 7), 0);
    assert_int_equal(client.answer_length, 2 + 2 + 1 + 5 + 14);
    assert_memory_equal(client.answer, "\x01\x01\x02\x03\x00\x06\x00\x00\x00\x00\x09\x0C", 12);
}

static void store_logger_rows(int32_t active_mw)
{
    struct wh_application *app = log_application();
    struct rig_phase load[WH_PHASES];
    rig_balanced(load, active_mw, 0);
    rig_second(&client.rig, load);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(wh_logger_store(&app->logs.log[WH_LOG_LOGGER], &client.rig.source,
                                         &app->config, log_base_s + i * LOG_INTERVAL_S, 0),
                         WH_OK);
    }
}

/* Deleted and filled anew: nothing of the log before is left in an answer, not even its length. */
static void test_logger_after_deletion(void **state)
{
    (void)state;
    struct wh_config config = log_application()->config;
    struct wh_config_fault fault;
    memset(config.logger, WH_QUANTITY_NONE, sizeof config.logger);
    config.logger[0] = WH_QUANTITY_PF;
    assert_int_equal(wh_meter_configure(&client.rig.meter, &config, WH_ORIGIN_OPTICAL, &fault),
                     WH_OK);
    store_logger_rows(1000000);
    assert_int_equal(log_get_entries(&logger, 2, 0, 5, 5), 0);
    assert_int_equal(client.answer_length, 2 + 3 * (2 + 3));
    assert_int_equal(wh_application_delete_logger(log_application()), WH_OK);
    store_logger_rows(0); /* without a power factor */
    assert_int_equal(log_get_entries(&logger, 2, 0, 5, 5), 0);
    assert_int_equal(client.answer_length, 2 + 3 * (2 + 1));
}

/* LOG-5, CLK-2: the clock log has the time before; LOG-7: the quality log phase, event, extreme
 * and duration; no null-data among them, which a reader takes for the value of the row before. */
static void test_event_rows(void **state)
{
    (void)state;
    const struct wh_event over = {.utc_s = log_base_s,
                                  .code = WH_EVENT_OVER_VOLTAGE,
                                  .detail = 2,
                                  .clock_valid = false,
                                  .value_a = 1234,
                                  .value_b = 265499};
    uint32_t a = 0;
    uint32_t b = 0;
    assert_int_equal(wh_meter_set_clock(&client.rig.meter, log_base_s), WH_OK);
    assert_int_equal(wh_meter_set_clock(&client.rig.meter, log_base_s + 60), WH_OK);
    assert_int_equal(log_get_entries(&clock_log, 0, 0, 1, 0), 0);
    assert_int_equal(client.answer_length, 2 + 2 + 14 + 3 + 2 + 14 + 2);
    assert_memory_equal(client.answer,
                        "\x01\x01\x02\x05\x09\x0C\x07\xDD\x0A\x19\x05\x00\x01\x00\xFF\x80\x00\x00"
                        "\x12\x00\x00\x0F\x01"
                        "\x09\x0C\x07\xDD\x0A\x19\x05\x00\x00\x00\xFF\x80\x00\x00\x11\x01",
                        39);
    assert_int_equal(wh_events_add(&log_application()->logs, &over, &a, &b), WH_OK);
    assert_int_equal(log_get_entries(&quality_log, 0, 0, 1, 0), 0);
    assert_memory_equal(client.answer,
                        "\x01\x01\x02\x09\x09\x0C\x07\xDD\x0A\x19\x05\x00\x00\x00\xFF\x80\x00\x01"
                        "\x12\x00\x00\x0F\x01"
                        "\x11\x02\x11\x03\x12\x00\x00\x12\x01\x09\x12\x00\x00\x06\x00\x00\x04\xD2",
                        41);
}

#define LOG_TEST(name) cmocka_unit_test_setup_teardown(name, log_start, log_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOG_TEST(test_attributes),
        LOG_TEST(test_capture_period),
        LOG_TEST(test_all_profiles),
        LOG_TEST(test_debiting),
        LOG_TEST(test_times_of_peaks),
        LOG_TEST(test_logger),
        LOG_TEST(test_logger_after_deletion),
        LOG_TEST(test_event_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
