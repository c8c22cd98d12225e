/* COM-2, LOG-1: the load profile over DLMS/COSEM: the recorded request, ranges, entries, columns.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log_client.h"

/* ---- Recorded answers ---- */

/* The types of a Data, container by container, into text. */
static void shape_of(struct dlms_span data, char *shape, size_t room)
{
    struct dlms_reader reader = dlms_reader(data.data, data.length);
    size_t length = 0;
    while (reader.length > 0) {
        const struct dlms_value value = dlms_read_value(&reader);
        const char digits[] = "0123456789ABCDEF";
        assert_false(reader.failed);
        assert_true(length + 4 < room);
        shape[length++] = digits[value.tag >> 4];
        shape[length++] = digits[value.tag & 15];
        shape[length++] = digits[value.count & 15];
    }
    shape[length] = '\0';
}

/* The first rows of a 351C's answer, as recorded, and its last block. */
static const char recorded_row[] =
    "\x02\x08\x09\x0C\x07\xDD\x0A\x19\x05\x00\x00\x00\xFF\x80\x00\x80\x12\x00\x00"
    "\x06\x00\x00\x05\x00\x0F\x01\x06\x00\x00\x00\x03\x06\x00\x00\x00\x00"
    "\x06\x00\x00\x00\x00\x06\x00\x00\x00\x01";
static const char recorded_last[] =
    "\x02\x08\x09\x0C\x07\xDD\x0A\x19\x05\x0F\x0F\x00\xFF\x80\x00\x80\x12\x00\x00"
    "\x06\x00\x00\x00\x00\x0F\x01\x06\x00\x03\x43\xF8\x06\x00\x00\x00\x00"
    "\x06\x00\x00\x0E\xE9\x06\x00\x00\x00\x01";

/* COM-2: the request recorded from the vendor's client, byte by byte; the answer has rows of the
 * recorded types in the recorded order, from the same moment on. Only bit 7 of the stamp's status
 * is not set: it is normal time. */
static void test_recorded_request(void **state)
{
    (void)state;
    char ours[400];
    char theirs[400];
    log_store_rows(200);
    client.max_pdu = 0;
    const char *block = client_ask(
        &client,
        "C0018100070101630100FF0201010204020412000809060001010000FF0F02120000090C07DD0A19FF000000"
        "00800080090C07DD0A1AFF00000000800080"
        "0100");
    assert_memory_equal(block, "C40181000161", 12); /* 97 rows: both ends are in the range */
    assert_int_equal(client.reply_length, 4 + 2 + 97 * 46);
    assert_memory_equal(client.reply + 6, recorded_row, 15);
    shape_of((struct dlms_span){client.reply + 6, 46}, ours, sizeof ours);
    shape_of((struct dlms_span){(const uint8_t *)recorded_row, sizeof recorded_row - 1}, theirs,
             sizeof theirs);
    assert_string_equal(ours, theirs);
    shape_of((struct dlms_span){(const uint8_t *)recorded_last, sizeof recorded_last - 1}, theirs,
             sizeof theirs);
    assert_string_equal(ours, theirs);
}

/* The same in blocks as that client takes them. */
static void test_recorded_request_in_blocks(void **state)
{
    (void)state;
    log_store_rows(200);
    client_open_meter(&client, 18, 480);
    assert_int_equal(log_get_range(log_base_s, log_base_s + 86400), 0);
    assert_in_range(client.blocks, 9, 11);
    assert_int_equal(log_read_rows(), 97);
    assert_int_equal(log_rows[0], 0);
    assert_int_equal(log_rows[96], 96);
}

/* ---- Selection ---- */

static unsigned pseudo_random(void)
{
    static uint32_t seed = 1;
    seed = seed * 1103515245u + 12345u;
    return seed >> 16;
}

/* LOG-1: any range is what the log itself gives. */
static void test_ranges(void **state)
{
    (void)state;
    struct wh_application *app = log_application();
    log_store_rows(700);
    for (int i = 0; i < 300; i++) {
        const uint32_t from_s = log_base_s - 2000 + pseudo_random() % (700 * LOG_INTERVAL_S + 4000);
        const uint32_t to_s = i % 7 == 0 ? from_s : from_s - 1000 + pseudo_random() * 4u;
        struct wh_log_range range;
        struct wh_profile_record record;
        uint32_t expected[LOG_ROWS_MAX];
        size_t count = 0;
        assert_int_equal(wh_log_range_begin(&app->logs.log[WH_LOG_PROFILE], from_s, to_s, &range),
                         WH_OK);
        while (wh_profile_next(&range, &app->config, &record) == WH_OK) {
            expected[count++] = (uint32_t)(record.count_dwh[0] / 1000);
        }
        assert_int_equal(log_get_range(from_s, to_s), 0);
        log_assert_rows(expected, count);
    }
}

/* Entry 0 is the newest; the order is that of the two ends. */
static void test_entries(void **state)
{
    (void)state;
    log_store_rows(50);
    static const struct {
        uint32_t from, to;
        size_t count;
        uint32_t first, last;
    } cases[] = {
        {0, 0, 1, 49, 49},          {1, 3, 3, 48, 46},          {1, 0, 2, 48, 49},
        {3, 1, 3, 46, 48},          {49, 49, 1, 0, 0},          {49, 0, 50, 0, 49},
        {0, 49, 50, 49, 0},         {1000, 0, 50, 0, 49},       {0, 1000, 50, 49, 0},
        {48, 90, 2, 1, 0},          {50, 60, 0, 0, 0},          {60, 50, 0, 0, 0},
        {0, UINT32_MAX, 50, 49, 0}, {UINT32_MAX, 0, 50, 0, 49}, {UINT32_MAX, UINT32_MAX, 0, 0, 0},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        assert_int_equal(log_get_entries(&log_profile, cases[c].from, cases[c].to, 1, 0), 0);
        assert_int_equal(log_read_rows(), cases[c].count);
        if (cases[c].count > 0) {
            assert_int_equal(log_rows[0], cases[c].first);
            assert_int_equal(log_rows[cases[c].count - 1], cases[c].last);
        }
    }
}

/* An answer asked for again is made of what the log holds then, in every order. */
static void test_entries_of_a_growing_log(void **state)
{
    (void)state;
    for (uint32_t count = 1; count < 20; count++) {
        log_store_row(count - 1);
        assert_int_equal(log_get_entries(&log_profile, 0, 1000, 1, 0), 0); /* as the last before */
        assert_int_equal(log_read_rows(), count);
        assert_int_equal(log_rows[0], count - 1);
        assert_int_equal(log_get_entries(&log_profile, 1000, 0, 1, 0), 0);
        assert_int_equal(log_read_rows(), count);
        assert_int_equal(log_rows[0], 0);
        assert_int_equal(log_get_entries(&log_profile, 0, 1000, 1, 0), 0);
        assert_int_equal(log_read_rows(), count);
    }
}

static void test_entries_of_an_empty_log(void **state)
{
    (void)state;
    static const uint32_t ends[][2] = {{0, 0}, {0, 5}, {5, 0}, {0, UINT32_MAX}, {UINT32_MAX, 0}};
    for (size_t e = 0; e < sizeof ends / sizeof ends[0]; e++) {
        assert_int_equal(log_get_entries(&log_profile, ends[e][0], ends[e][1], 1, 0), 0);
        log_assert_rows(NULL, 0);
    }
    assert_int_equal(client_get(&client, &log_profile), 0);
    log_assert_rows(NULL, 0);
    assert_int_equal(log_get_range(0, UINT32_MAX - 1000000), 0);
    log_assert_rows(NULL, 0);
}

/* Damaged records are left out, forwards and backwards, and no other is missed. */
static void test_damaged_records(void **state)
{
    (void)state;
    static const uint32_t forwards[] = {0, 1, 3, 4}, backwards[] = {4, 3, 1, 0};
    log_store_rows(5);
    const struct wh_logs *logs = &log_application()->logs;
    uint8_t *bytes = client.rig.memory.flash.inverted +
                     logs->design[WH_LOG_PROFILE].first_sector * FLASH_MEMORY_SECTOR_SIZE;
    const size_t slot = (size_t)logs->design[WH_LOG_PROFILE].payload_size + WH_LOG_OVERHEAD;
    bytes[2 * slot + 8] ^= 0x10;
    assert_int_equal(client_get(&client, &log_profile), 0);
    log_assert_rows(forwards, 4);
    assert_int_equal(log_get_entries(&log_profile, 0, 4, 1, 0), 0);
    log_assert_rows(backwards, 4);
    assert_int_equal(log_get_entries(&log_profile, 4, 0, 1, 0), 0);
    log_assert_rows(forwards, 4);
}

/* Columns by number, and by name. */
static void test_columns(void **state)
{
    (void)state;
    static const struct client_attribute a_minus = {3, {1, 1, 2, 8, 0, 255}, 2};
    static const struct client_attribute unknown = {3, {1, 1, 2, 8, 1, 255}, 2};
    log_store_rows(3);
    assert_int_equal(log_get_entries(&log_profile, 0, 0, 5, 6), 0);
    assert_int_equal(client.answer_length, 14);
    assert_memory_equal(client.answer, "\x01\x01\x02\x02\x06\x00\x00\x00\xC8\x06\x00\x00\x00\xC9",
                        14);
    assert_int_equal(log_get_entries(&log_profile, 0, 0, 8, 8), 0);
    assert_int_equal(client.answer_length, 9);
    assert_int_equal(log_get_entries(&log_profile, 0, 0, 8, 99), 0); /* to the last */
    assert_int_equal(client.answer_length, 9);
    assert_int_equal(log_get_entries(&log_profile, 0, 0, 9, 0), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(log_get_entries(&log_profile, 0, 0, 0, 0), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(log_get_entries(&log_profile, 0, 0, 6, 5), DLMS_RESULT_OTHER_REASON);
    struct dlms_writer out = log_request();
    dlms_put_structure(&out, 4);
    log_put_place(&out, &log_stamp);
    log_put_moment(&out, log_base_s);
    log_put_moment(&out, log_base_s);
    struct dlms_writer wrong = out;
    dlms_put_array(&out, 2);
    log_put_place(&out, &log_stamp);
    log_put_place(&out, &a_minus);
    assert_int_equal(client_get_selected(&client, &log_profile, 1, &out), 0);
    assert_int_equal(client.answer_length, 2 + 2 + 14 + 5);
    assert_memory_equal(client.answer + 18, "\x06\x00\x00\x00\x01", 5);
    dlms_put_array(&wrong, 1);
    log_put_place(&wrong, &unknown);
    assert_int_equal(client_get_selected(&client, &log_profile, 1, &wrong),
                     DLMS_RESULT_OTHER_REASON);
}

/* Of the clock under its own name, and under 0.0.1.0.0.255, which some clients give every meter's. */
static void test_names_of_the_clock(void **state)
{
    (void)state;
    static const struct {
        struct client_attribute clock;
        int result;
    } names[] = {
        {{8, {0, 1, 1, 0, 0, 255}, 2}, 0},
        {{8, {0, 0, 1, 0, 0, 255}, 2}, 0},
        {{8, {0, 0, 1, 0, 1, 255}, 2}, DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED},
        {{8, {0, 0, 1, 0, 0, 255}, 3}, DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED},
        {{3, {0, 0, 1, 0, 0, 255}, 2}, DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED},
    };
    log_store_rows(5);
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        struct dlms_writer out = log_request();
        dlms_put_structure(&out, 4);
        log_put_place(&out, &names[n].clock);
        log_put_moment(&out, log_base_s + LOG_INTERVAL_S);
        log_put_moment(&out, log_base_s + 3 * LOG_INTERVAL_S);
        dlms_put_array(&out, 0);
        assert_int_equal(client_get_selected(&client, &log_profile, 1, &out), names[n].result);
        if (names[n].result == 0) {
            log_assert_rows((const uint32_t[]){1, 2, 3}, 3);
        }
    }
}

/* What is no selection is refused by name. */
static void test_wrong_selections(void **state)
{
    (void)state;
    static const struct client_attribute register_1 = {3, {1, 1, 1, 8, 0, 255}, 2};
    log_store_rows(3);
    struct dlms_writer out = log_request();
    dlms_put_u8(&out, 0);
    assert_int_equal(client_get_selected(&client, &log_profile, 1, &out),
                     DLMS_RESULT_TYPE_UNMATCHED);
    assert_int_equal(client_get_selected(&client, &log_profile, 2, &out),
                     DLMS_RESULT_TYPE_UNMATCHED);
    assert_int_equal(client_get_selected(&client, &log_profile, 3, &out),
                     DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED);
    assert_int_equal(client_get_selected(&client, &register_1, 1, &out),
                     DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED);
    assert_int_equal(client_get_selected(&client, &log_profile, 0, &out), 0);
    assert_int_equal(log_read_rows(), 3);
    out = log_request();
    dlms_put_structure(&out, 4);
    log_put_place(&out, &register_1);
    log_put_moment(&out, log_base_s);
    log_put_moment(&out, log_base_s);
    dlms_put_array(&out, 0);
    assert_int_equal(client_get_selected(&client, &log_profile, 1, &out),
                     DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED);
    out = log_request();
    dlms_put_structure(&out, 4);
    log_put_place(&out, &log_stamp);
    static const struct dlms_date_time leap = {
        2013, 2, 29, 0xFF, 0, 0, 0, 0, DLMS_DEVIATION_UNSPECIFIED, 0};
    dlms_put_date_time(&out, &leap);
    log_put_moment(&out, log_base_s);
    dlms_put_array(&out, 0);
    assert_int_equal(client_get_selected(&client, &log_profile, 1, &out), DLMS_RESULT_OTHER_REASON);
}

/* Ends that are open, before and after the clock's years, and with a deviation. */
static void test_ends_of_ranges(void **state)
{
    (void)state;
    static const struct {
        struct dlms_date_time from, to;
        size_t count;
    } cases[] = {
        {{0xFFFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, DLMS_DEVIATION_UNSPECIFIED, 0},
         {0xFFFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, DLMS_DEVIATION_UNSPECIFIED, 0},
         200},
        {{1970, 1, 1, 0xFF, 0, 0, 0, 0, DLMS_DEVIATION_UNSPECIFIED, 0},
         {9999, 12, 31, 0xFF, 0, 0, 0, 0, DLMS_DEVIATION_UNSPECIFIED, 0},
         200},
        {{2013, 10, 25, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, DLMS_DEVIATION_UNSPECIFIED, 0},
         {2013, 10, 25, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, DLMS_DEVIATION_UNSPECIFIED, 0},
         96},
        {{2013, 10, 25, 0xFF, 2, 0, 0, 0, -120, 0x80}, /* daylight saving time of Central Europe */
         {2013, 10, 25, 0xFF, 3, 0, 0, 0, -120, 0x80},
         5},
        {{2013, 10, 24, 0xFF, 23, 0, 0, 0, 0, 0}, {2013, 10, 24, 0xFF, 23, 0, 0, 0, 0, 0}, 1},
        {{2013, 10, 25, 0xFF, 1, 0, 0, 0, DLMS_DEVIATION_UNSPECIFIED, 0},
         {2013, 10, 25, 0xFF, 0, 0, 0, 0, DLMS_DEVIATION_UNSPECIFIED, 0},
         0},
    };
    log_store_rows(200);
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct dlms_writer out = log_request();
        dlms_put_structure(&out, 4);
        log_put_place(&out, &log_stamp);
        dlms_put_date_time(&out, &cases[c].from);
        dlms_put_date_time(&out, &cases[c].to);
        dlms_put_array(&out, 0);
        assert_int_equal(client_get_selected(&client, &log_profile, 1, &out), 0);
        assert_int_equal(log_read_rows(), cases[c].count);
    }
    assert_int_equal(log_get_range(log_base_s + 3600, log_base_s + 3600),
                     0); /* 01:00 normal time = 02:00 above */
    assert_int_equal(log_read_rows(), 1);
    assert_int_equal(log_rows[0], 4);
}

#define PROFILE_TEST(name) cmocka_unit_test_setup_teardown(name, log_start, log_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROFILE_TEST(test_recorded_request),
        PROFILE_TEST(test_recorded_request_in_blocks),
        PROFILE_TEST(test_ranges),
        PROFILE_TEST(test_entries),
        PROFILE_TEST(test_entries_of_a_growing_log),
        PROFILE_TEST(test_entries_of_an_empty_log),
        PROFILE_TEST(test_damaged_records),
        PROFILE_TEST(test_columns),
        PROFILE_TEST(test_names_of_the_clock),
        PROFILE_TEST(test_wrong_selections),
        PROFILE_TEST(test_ends_of_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
