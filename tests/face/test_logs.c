/* Logs over KMP equal the application's own decoders; pointers of readers last. Shows LOG-1, LOG-5 and REG-4 as far as they
 * are read over COM-1. */
#include "tests/face/meter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct face face;

static int open_face(void **state)
{
    (void)state;
    face_open(&face);
    return 0;
}

static int close_face(void **state)
{
    (void)state;
    face_close(&face);
    return 0;
}

static struct wh_application *application(void)
{
    return &face.rig.meter.application;
}

static const struct wh_log *log_of(enum wh_log_name name)
{
    return &application()->logs.log[name];
}

static struct kmp_log_answer ask(const struct kmp_log_query *query)
{
    struct kmp_request request;
    struct kmp_log_answer answer;
    bool is_acknowledged;
    assert_int_equal(kmp_request_log(&request, query), WH_OK);
    assert_true(face_ask(&face, &request, &is_acknowledged));
    assert_int_equal(kmp_answer_log(&face.frame, &answer), WH_OK);
    return answer;
}

static const uint16_t profile_registers[] = {1047, 13, 14, 15, 16, 1454, 1455};

enum { PROFILE_REGISTERS = sizeof profile_registers / sizeof profile_registers[0] };

static struct kmp_log_query profile_query(uint8_t command)
{
    return (struct kmp_log_query){.command = command,
                                  .log = KMP_LOG_LOAD_PROFILE,
                                  .register_count = PROFILE_REGISTERS,
                                  .registers = profile_registers,
                                  .record_count = 255,
                                  .max_length = 255};
}

static int64_t number_of(const struct kmp_value *value)
{
    int64_t number;
    assert_int_equal(kmp_value_to_number(value, &number), WH_OK);
    return number;
}

static uint32_t moment_of(const struct kmp_value *value)
{
    struct kmp_rtc time;
    int64_t normal_s;
    uint32_t utc_s;
    assert_int_equal(kmp_value_to_rtc(value, &time), WH_OK);
    assert_int_equal(time.status & KMP_RTC_VALID, KMP_RTC_VALID);
    const struct wh_datetime normal = {time.year, time.month,  time.day,   time.weekday,
                                       time.hour, time.minute, time.second};
    assert_int_equal(wh_calendar_seconds(&normal, &normal_s), WH_OK);
    assert_int_equal(wh_clock_utc_of_normal(&application()->clock, normal_s, &utc_s), WH_OK);
    return utc_s;
}

static void check_record(const struct kmp_value *values, const struct wh_profile_record *record)
{
    assert_int_equal(moment_of(&values[0]), record->utc_s);
    for (uint8_t e = 0; e < record->energy_count; e++) {
        assert_int_equal(number_of(&values[1 + e]), record->count_dwh[e]);
    }
    assert_int_equal(number_of(&values[5]), record->status >> 16);
    assert_int_equal(number_of(&values[6]), record->status & 0xFFFF);
}

/* A day with outages, read by IDs in as many answers as it takes: exactly the records of the log, one after the other. */
static void test_profile_by_id_is_the_log(void **state)
{
    struct wh_log_range range;
    struct wh_profile_record record;
    struct kmp_log_query query = profile_query(KMP_LOG_FROM_ID);
    unsigned read = 0;
    (void)state;
    for (int part = 0; part < 4; part++) {
        rig_load(&face.rig, 3000000 * (part + 1), -500000, 4 * 3600);
        rig_outage(&face.rig, part % 2 == 0 ? RIG_HARD : RIG_ORDERLY, 1000, true);
        wh_access_init(&face.access, &face.rig.meter, FACE_PASSWORD, WH_ACCESS_KMP_PASSWORD);
    }
    assert_int_equal(wh_log_range_begin_entries(log_of(WH_LOG_PROFILE), UINT32_MAX, 0, &range),
                     WH_OK);
    query.record_id = (uint16_t)wh_log_oldest(log_of(WH_LOG_PROFILE));
    struct kmp_log_answer answer = ask(&query);
    struct kmp_value values[KMP_LOGGER_REGISTERS];
    uint32_t id;
    while (wh_profile_next(&range, &application()->config, &record) == WH_OK) {
        if (kmp_answer_log_next(&answer, &id, values) != WH_OK) {
            assert_int_equal(answer.info, KMP_LOG_MAX_LENGTH);
            query.record_id = (uint16_t)(answer.last_id + 1);
            answer = ask(&query);
            assert_int_equal(kmp_answer_log_next(&answer, &id, values), WH_OK);
        }
        assert_int_equal(id, record.sequence);
        check_record(values, &record);
        read++;
    }
    assert_int_equal(kmp_answer_log_next(&answer, &id, values), WH_ERR_NOT_FOUND);
    assert_int_equal(answer.info, KMP_LOG_END);
    assert_true(read > 60);
}

/* By time, either way: the record at or behind that boundary, and the one at or before it. */
static void test_profile_by_time(void **state)
{
    struct kmp_log_query query = profile_query(KMP_LOG_FROM_TIME);
    struct kmp_value values[KMP_LOGGER_REGISTERS];
    uint32_t id;
    (void)state;
    rig_load(&face.rig, 3000000, 0, 4 * 3600);
    query.record_count = 1;
    query.time = (struct kmp_rtc){.year = 2026, .month = 3, .day = 2, .hour = 11, .minute = 50};
    struct kmp_log_answer answer = ask(&query);
    assert_int_equal(kmp_answer_log_next(&answer, &id, values), WH_OK);
    assert_int_equal(moment_of(&values[0]), rig_utc(&face.rig, 2026, 3, 2, 12, 0));
    query.command = KMP_LOG_BACK_FROM_TIME;
    answer = ask(&query);
    assert_int_equal(kmp_answer_log_next(&answer, &id, values), WH_OK);
    assert_int_equal(moment_of(&values[0]), rig_utc(&face.rig, 2026, 3, 2, 11, 45));
    query.id_offset = 2;
    answer = ask(&query);
    assert_int_equal(kmp_answer_log_next(&answer, &id, values), WH_OK);
    assert_int_equal(moment_of(&values[0]), rig_utc(&face.rig, 2026, 3, 2, 11, 15));
    query.command = KMP_LOG_FROM_TIME;
    query.time.year = 2027;
    answer = ask(&query);
    assert_int_equal(answer.record_count, 0);
    assert_int_equal(answer.info & KMP_LOG_OUT_OF_RANGE, KMP_LOG_OUT_OF_RANGE);
    query.command = KMP_LOG_BACK_FROM_TIME; /* a year later: still the newest */
    query.id_offset = 0;
    answer = ask(&query);
    assert_int_equal(kmp_answer_log_next(&answer, &id, values), WH_OK);
    assert_int_equal(id, wh_log_newest(log_of(WH_LOG_PROFILE)));
}

/* ---- Last-read pointers ---------------------------------------------------------------------- */

static void acknowledge(uint8_t es2)
{
    const struct kmp_events if_gone = {{0, 0, es2, 0}};
    const struct kmp_events always = {{0}};
    struct kmp_request request;
    bool is_acknowledged;
    kmp_request_clear_events(&request, &if_gone, &always);
    assert_true(face_ask(&face, &request, &is_acknowledged));
}

static bool has_unread(void)
{
    return (face.rig.meter.application.running.event_a & WH_EVENT_A_PROFILE) != 0;
}

/* What was read is asked for again until it is acknowledged; then the pointer stays where it is, over power cuts, too, and
 * the bit of the log is gone only when nothing is unread. */
static void test_last_read_pointer(void **state)
{
    struct kmp_log_query query = profile_query(KMP_LOG_FROM_LAST_READ);
    struct kmp_value values[KMP_LOGGER_REGISTERS];
    uint32_t first;
    uint32_t id;
    (void)state;
    rig_load(&face.rig, 3000000, 0, 2 * 3600);
    query.record_count = 3;
    struct kmp_log_answer answer = ask(&query);
    assert_int_equal(kmp_answer_log_next(&answer, &first, values), WH_OK);
    answer = ask(&query);
    assert_int_equal(kmp_answer_log_next(&answer, &id, values), WH_OK);
    assert_int_equal(id, first);
    acknowledge(kmp_event_bit(KMP_LOG_LOAD_PROFILE));
    assert_true(has_unread());
    answer = ask(&query);
    assert_int_equal(kmp_answer_log_next(&answer, &id, values), WH_OK);
    assert_int_equal(id, first + 3);
    rig_outage(&face.rig, RIG_HARD, 10, true);
    face_at(&face, WH_ORIGIN_OPTICAL, WH_PORT_PIPE);
    query.record_count = 255;
    answer = ask(&query);
    assert_int_equal(kmp_answer_log_next(&answer, &id, values), WH_OK);
    assert_true(id >= first + 3 && id <= first + 4); /* a start may use a number up */
    do {
        acknowledge(kmp_event_bit(KMP_LOG_LOAD_PROFILE));
        answer = ask(&query);
    } while (answer.record_count > 0);
    assert_false(has_unread());
}

/* A deleted log is unread, whatever was read of the one before. */
static void test_a_deleted_log_is_unread(void **state)
{
    struct wh_application *app = application();
    (void)state;
    rig_load(&face.rig, 3000000, 0, 2 * 3600);
    assert_int_equal(wh_application_mark_read(app, WH_LOG_PROFILE, 5), WH_OK);
    assert_int_equal(wh_application_mark_read(app, WH_LOG_PROFILE, 4), WH_ERR_ARGUMENT);
    assert_int_equal(wh_application_mark_read(app, WH_LOG_PROFILE, 5000), WH_ERR_ARGUMENT);
    assert_int_equal(wh_application_read_mark(app, WH_LOG_PROFILE), 5);
    assert_int_equal(wh_application_delete_profile(app), WH_OK);
    assert_int_equal(wh_application_read_mark(app, WH_LOG_PROFILE), 0);
}

/* ---- Other logs ------------------------------------------------------------------------------ */

/* REG-4: the registers of a debiting period, as they were at its stop. */
static void test_debiting(void **state)
{
    static const uint16_t registers[] = {1047, 1, 19, 39, 1049, 47, 51};
    struct kmp_log_query query = {.command = KMP_LOG_FROM_LAST_READ,
                                  .log = KMP_LOG_DEBITING,
                                  .register_count = 7,
                                  .registers = registers,
                                  .record_count = 10,
                                  .max_length = 255};
    struct kmp_value values[KMP_LOGGER_REGISTERS];
    uint32_t id;
    (void)state;
    rig_load(&face.rig, 3000000, 0, 3600);
    const int64_t energy = face_number(&face, 1);
    const int64_t peak = face_number(&face, 39);
    const uint32_t stop_s = application()->clock.utc_s;
    assert_int_equal(
        wh_application_stop_debiting(application(), &face.rig.meter.legal, WH_DEBITING_BY_COMMAND),
        WH_OK);
    rig_load(&face.rig, 3000000, 0, 3600);
    struct kmp_log_answer answer = ask(&query);
    assert_int_equal(answer.register_count, 6); /* the meter number is in no record */
    assert_int_equal(kmp_answer_log_next(&answer, &id, values), WH_OK);
    assert_int_equal(moment_of(&values[0]), stop_s);
    assert_int_equal(number_of(&values[1]), energy);
    assert_int_equal(number_of(&values[2]), energy);
    assert_int_equal(number_of(&values[3]), peak);
    assert_int_equal(values[4].unit, KMP_UNIT_RTC);
    query.log = KMP_LOG_DEBITING_351;
    assert_int_equal(ask(&query).record_count, 1);
}

static void test_event_logs(void **state)
{
    static const uint16_t registers[] = {1047, 50, 1048};
    struct kmp_log_query query = {.command = KMP_LOG_FROM_LAST_READ,
                                  .log = KMP_LOG_RTC,
                                  .register_count = 3,
                                  .registers = registers,
                                  .record_count = 10,
                                  .max_length = 255};
    struct kmp_value values[KMP_LOGGER_REGISTERS];
    const uint32_t before_s = application()->clock.utc_s;
    uint32_t id;
    (void)state;
    assert_int_equal(wh_meter_set_clock(&face.rig.meter, before_s + 3600), WH_OK);
    struct kmp_log_answer answer = ask(&query);
    assert_int_equal(answer.register_count, 2);
    assert_int_equal(kmp_answer_log_next(&answer, &id, values), WH_OK);
    assert_int_equal(moment_of(&values[1]), before_s);
    query.log = KMP_LOG_STATUS;
    answer = ask(&query);
    assert_true(answer.record_count >= 1);
    assert_int_equal(answer.register_count, 2);
    assert_int_equal(kmp_answer_log_next(&answer, &id, values), WH_OK);
    assert_int_equal(number_of(&values[1]), KMP_ES0_RESET);
}

/* Every number a log could have, empty or not, is answered soundly or not at all. */
static void test_all_logs(void **state)
{
    static const uint16_t registers[] = {1047, 1, 1087, 1460, 1242};
    (void)state;
    rig_load(&face.rig, 3000000, 0, 3600);
    for (unsigned log = 0; log < 256; log++) {
        const struct kmp_log_query query = {.command = KMP_LOG_FROM_LAST_READ,
                                            .log = (uint8_t)log,
                                            .register_count = 5,
                                            .registers = registers,
                                            .record_count = 10,
                                            .max_length = 200};
        struct kmp_request request;
        struct kmp_log_answer answer;
        bool is_acknowledged;
        assert_int_equal(kmp_request_log(&request, &query), WH_OK);
        const bool is_there = log >= KMP_LOG_DEBITING && log <= KMP_LOG_NEUTRAL_FAULT;
        assert_int_equal(face_ask(&face, &request, &is_acknowledged), is_there);
        if (is_there) {
            assert_int_equal(kmp_answer_log(&face.frame, &answer), WH_OK);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_profile_by_id_is_the_log, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_profile_by_time, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_last_read_pointer, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_a_deleted_log_is_unread, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_debiting, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_event_logs, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_all_logs, open_face, close_face),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
