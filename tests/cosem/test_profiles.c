/* COM-2, LOG-1, LOG-4, LOG-5, REG-5, REG-6: the logs over DLMS/COSEM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client.h"

enum { INTERVAL_S = 900, ROWS_MAX = 4000, REQUEST_ROOM = 256 };

static struct client client;

static const struct client_attribute profile = {7, {1, 1, 99, 1, 0, 255}, 2};
static const struct client_attribute logger = {7, {1, 1, 99, 1, 1, 255}, 2};
static const struct client_attribute debiting = {7, {1, 1, 98, 1, 0, 255}, 2};
static const struct client_attribute debiting_2 = {7, {1, 1, 98, 2, 0, 255}, 2};
static const struct client_attribute status_log = {7, {1, 1, 99, 98, 2, 255}, 2};
static const struct client_attribute clock_log = {7, {1, 1, 99, 98, 3, 255}, 2};
static const struct client_attribute quality_log = {7, {1, 1, 99, 98, 4, 255}, 2};
static const struct client_attribute profile_log = {7, {1, 1, 99, 98, 10, 255}, 2};

/* 2013-10-24 23:00:00 UTC: midnight of 2013-10-25 in Central Europe, normal time. */
static const uint32_t base_s = 435970800;

static int start(void **state)
{
    (void)state;
    client_start(&client);
    client_open_meter(&client, WH_COSEM_CLIENT_MODULE, 0xFFFF);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    client_stop(&client);
    return 0;
}

static struct wh_application *application(void)
{
    return &client.rig.meter.application;
}

/* A record of its own for each boundary: registers that tell which one it is. */
static void store_row(uint32_t i)
{
    struct wh_application *app = application();
    for (int e = 0; e < WH_STORED_ENERGY_COUNT; e++) {
        rig_set_energy(&client.rig, (enum wh_energy)e, 10u * (i * 100 + (unsigned)e));
    }
    assert_int_equal(wh_profile_store(&app->logs.log[WH_LOG_PROFILE], &client.rig.meter.legal,
                                      &app->config, base_s + i * INTERVAL_S,
                                      WH_PROFILE_UNDER_VOLTAGE | WH_PROFILE_OUTAGE, NULL, 0),
                     WH_OK);
}

static void store_rows(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        store_row(i);
    }
}

/* ---- Requests ---- */

static uint8_t request_bytes[REQUEST_ROOM];

static struct dlms_writer request(void)
{
    return dlms_writer(request_bytes, sizeof request_bytes);
}

static void put_place(struct dlms_writer *out, const struct client_attribute *place)
{
    dlms_put_structure(out, 4);
    dlms_put_u16(out, place->class_id);
    dlms_put_octet_string(out, place->logical_name, 6);
    dlms_put_i8(out, place->attribute);
    dlms_put_u16(out, 0);
}

static const struct client_attribute stamp = {8, {0, 1, 1, 0, 0, 255}, 2};

static void put_moment(struct dlms_writer *out, uint32_t utc_s)
{
    const struct wh_datetime t =
        wh_calendar_datetime(wh_clock_normal_of(&application()->clock, utc_s));
    const struct dlms_date_time time = {t.year,   t.month,          t.day,
                                        0xFF,     t.hour,           t.minute,
                                        t.second, DLMS_UNSPECIFIED, DLMS_DEVIATION_UNSPECIFIED,
                                        0x80};
    dlms_put_date_time(out, &time);
}

static int get_range(uint32_t from_s, uint32_t to_s)
{
    struct dlms_writer out = request();
    dlms_put_structure(&out, 4);
    put_place(&out, &stamp);
    put_moment(&out, from_s);
    put_moment(&out, to_s);
    dlms_put_array(&out, 0);
    return client_get_selected(&client, &profile, 1, &out);
}

static int get_entries(const struct client_attribute *of, uint32_t from, uint32_t to,
                       uint16_t first, uint16_t last)
{
    struct dlms_writer out = request();
    dlms_put_structure(&out, 4);
    dlms_put_u32(&out, from);
    dlms_put_u32(&out, to);
    dlms_put_u16(&out, first);
    dlms_put_u16(&out, last);
    return client_get_selected(&client, of, 2, &out);
}

/* ---- Answers ---- */

static struct dlms_reader answer(void)
{
    return dlms_reader(client.answer, client.answer_length);
}

static size_t container(struct dlms_reader *reader, uint8_t tag)
{
    const struct dlms_value value = dlms_read_value(reader);
    assert_int_equal(value.tag, tag);
    return value.count;
}

/* Rows of the load profile: the number that store_row gave each, and that all of it belongs together. */
static size_t read_rows(uint32_t rows[ROWS_MAX])
{
    struct dlms_reader reader = answer();
    const size_t count = container(&reader, DLMS_TAG_ARRAY);
    assert_true(count <= ROWS_MAX);
    for (size_t r = 0; r < count; r++) {
        assert_int_equal(container(&reader, DLMS_TAG_STRUCTURE), 8);
        struct dlms_date_time time;
        const struct dlms_value at = dlms_read_value(&reader);
        assert_int_equal(at.tag, DLMS_TAG_OCTET_STRING);
        assert_true(dlms_date_time_parse(at.bytes, &time));
        assert_int_equal(dlms_read_value(&reader).tag, DLMS_TAG_U16);
        assert_int_equal(dlms_read_value(&reader).integer, 0x500);
        assert_int_equal(dlms_read_value(&reader).tag, DLMS_TAG_I8);
        rows[r] = (uint32_t)dlms_read_value(&reader).integer / 100;
        assert_int_equal(dlms_read_value(&reader).integer, rows[r] * 100 + WH_A_MINUS);
        assert_int_equal(dlms_read_value(&reader).integer, rows[r] * 200 + WH_R1 + WH_R2);
        assert_int_equal(dlms_read_value(&reader).integer, rows[r] * 200 + WH_R3 + WH_R4);
        const struct wh_datetime t = wh_calendar_datetime(
            wh_clock_normal_of(&application()->clock, base_s + rows[r] * INTERVAL_S));
        assert_int_equal(time.day, t.day);
        assert_int_equal(time.hour, t.hour);
        assert_int_equal(time.minute, t.minute);
        assert_int_equal(time.status, 0);
    }
    assert_true(dlms_reader_done(&reader));
    return count;
}

static uint32_t rows[ROWS_MAX];

static void assert_rows(const uint32_t *expected, size_t count)
{
    assert_int_equal(read_rows(rows), count);
    for (size_t r = 0; r < count; r++) {
        assert_int_equal(rows[r], expected[r]);
    }
}

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

/* COM-2: the request recorded from the vendor's client, byte by byte; the answer has rows of the recorded types in the recorded
 * order, from the same moment on. Only bit 7 of the stamp's status is not set: it is normal time. */
static void test_recorded_request(void **state)
{
    (void)state;
    char ours[400];
    char theirs[400];
    store_rows(200);
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
    store_rows(200);
    client_open_meter(&client, 18, 480);
    assert_int_equal(get_range(base_s, base_s + 86400), 0);
    assert_in_range(client.blocks, 9, 11);
    assert_int_equal(read_rows(rows), 97);
    assert_int_equal(rows[0], 0);
    assert_int_equal(rows[96], 96);
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
    struct wh_application *app = application();
    store_rows(700);
    for (int i = 0; i < 300; i++) {
        const uint32_t from_s = base_s - 2000 + pseudo_random() % (700 * INTERVAL_S + 4000);
        const uint32_t to_s = i % 7 == 0 ? from_s : from_s - 1000 + pseudo_random() * 4u;
        struct wh_log_range range;
        struct wh_profile_record record;
        uint32_t expected[ROWS_MAX];
        size_t count = 0;
        assert_int_equal(wh_log_range_begin(&app->logs.log[WH_LOG_PROFILE], from_s, to_s, &range),
                         WH_OK);
        while (wh_profile_next(&range, &app->config, &record) == WH_OK) {
            expected[count++] = (uint32_t)(record.count_dwh[0] / 1000);
        }
        assert_int_equal(get_range(from_s, to_s), 0);
        assert_rows(expected, count);
    }
}

/* Entry 0 is the newest; the order is that of the two ends. */
static void test_entries(void **state)
{
    (void)state;
    store_rows(50);
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
        assert_int_equal(get_entries(&profile, cases[c].from, cases[c].to, 1, 0), 0);
        assert_int_equal(read_rows(rows), cases[c].count);
        if (cases[c].count > 0) {
            assert_int_equal(rows[0], cases[c].first);
            assert_int_equal(rows[cases[c].count - 1], cases[c].last);
        }
    }
}

static void test_entries_of_an_empty_log(void **state)
{
    (void)state;
    static const uint32_t ends[][2] = {{0, 0}, {0, 5}, {5, 0}, {0, UINT32_MAX}, {UINT32_MAX, 0}};
    for (size_t e = 0; e < sizeof ends / sizeof ends[0]; e++) {
        assert_int_equal(get_entries(&profile, ends[e][0], ends[e][1], 1, 0), 0);
        assert_rows(NULL, 0);
    }
    assert_int_equal(client_get(&client, &profile), 0);
    assert_rows(NULL, 0);
    assert_int_equal(get_range(0, UINT32_MAX - 1000000), 0);
    assert_rows(NULL, 0);
}

/* Damaged records are left out, forwards and backwards, and no other is missed. */
static void test_damaged_records(void **state)
{
    (void)state;
    static const uint32_t forwards[] = {0, 1, 3, 4}, backwards[] = {4, 3, 1, 0};
    store_rows(5);
    const struct wh_logs *logs = &application()->logs;
    uint8_t *bytes = client.rig.memory.flash.inverted +
                     logs->design[WH_LOG_PROFILE].first_sector * FLASH_MEMORY_SECTOR_SIZE;
    const size_t slot = (size_t)logs->design[WH_LOG_PROFILE].payload_size + WH_LOG_OVERHEAD;
    bytes[2 * slot + 8] ^= 0x10;
    assert_int_equal(client_get(&client, &profile), 0);
    assert_rows(forwards, 4);
    assert_int_equal(get_entries(&profile, 0, 4, 1, 0), 0);
    assert_rows(backwards, 4);
    assert_int_equal(get_entries(&profile, 4, 0, 1, 0), 0);
    assert_rows(forwards, 4);
}

/* Columns by number, and by name. */
static void test_columns(void **state)
{
    (void)state;
    static const struct client_attribute a_minus = {3, {1, 1, 2, 8, 0, 255}, 2};
    static const struct client_attribute unknown = {3, {1, 1, 2, 8, 1, 255}, 2};
    store_rows(3);
    assert_int_equal(get_entries(&profile, 0, 0, 5, 6), 0);
    assert_int_equal(client.answer_length, 14);
    assert_memory_equal(client.answer, "\x01\x01\x02\x02\x06\x00\x00\x00\xC8\x06\x00\x00\x00\xC9",
                        14);
    assert_int_equal(get_entries(&profile, 0, 0, 8, 8), 0);
    assert_int_equal(client.answer_length, 9);
    assert_int_equal(get_entries(&profile, 0, 0, 8, 99), 0); /* to the last */
    assert_int_equal(client.answer_length, 9);
    assert_int_equal(get_entries(&profile, 0, 0, 9, 0), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(get_entries(&profile, 0, 0, 0, 0), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(get_entries(&profile, 0, 0, 6, 5), DLMS_RESULT_OTHER_REASON);
    struct dlms_writer out = request();
    dlms_put_structure(&out, 4);
    put_place(&out, &stamp);
    put_moment(&out, base_s);
    put_moment(&out, base_s);
    struct dlms_writer wrong = out;
    dlms_put_array(&out, 2);
    put_place(&out, &stamp);
    put_place(&out, &a_minus);
    assert_int_equal(client_get_selected(&client, &profile, 1, &out), 0);
    assert_int_equal(client.answer_length, 2 + 2 + 14 + 5);
    assert_memory_equal(client.answer + 18, "\x06\x00\x00\x00\x01", 5);
    dlms_put_array(&wrong, 1);
    put_place(&wrong, &unknown);
    assert_int_equal(client_get_selected(&client, &profile, 1, &wrong), DLMS_RESULT_OTHER_REASON);
}

/* What is no selection is refused by name. */
static void test_wrong_selections(void **state)
{
    (void)state;
    static const struct client_attribute register_1 = {3, {1, 1, 1, 8, 0, 255}, 2};
    store_rows(3);
    struct dlms_writer out = request();
    dlms_put_u8(&out, 0);
    assert_int_equal(client_get_selected(&client, &profile, 1, &out), DLMS_RESULT_TYPE_UNMATCHED);
    assert_int_equal(client_get_selected(&client, &profile, 2, &out), DLMS_RESULT_TYPE_UNMATCHED);
    assert_int_equal(client_get_selected(&client, &profile, 3, &out),
                     DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED);
    assert_int_equal(client_get_selected(&client, &register_1, 1, &out),
                     DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED);
    assert_int_equal(client_get_selected(&client, &profile, 0, &out), 0);
    assert_int_equal(read_rows(rows), 3);
    out = request();
    dlms_put_structure(&out, 4);
    put_place(&out, &register_1);
    put_moment(&out, base_s);
    put_moment(&out, base_s);
    dlms_put_array(&out, 0);
    assert_int_equal(client_get_selected(&client, &profile, 1, &out),
                     DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED);
    out = request();
    dlms_put_structure(&out, 4);
    put_place(&out, &stamp);
    static const struct dlms_date_time leap = {
        2013, 2, 29, 0xFF, 0, 0, 0, 0, DLMS_DEVIATION_UNSPECIFIED, 0};
    dlms_put_date_time(&out, &leap);
    put_moment(&out, base_s);
    dlms_put_array(&out, 0);
    assert_int_equal(client_get_selected(&client, &profile, 1, &out), DLMS_RESULT_OTHER_REASON);
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
    store_rows(200);
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct dlms_writer out = request();
        dlms_put_structure(&out, 4);
        put_place(&out, &stamp);
        dlms_put_date_time(&out, &cases[c].from);
        dlms_put_date_time(&out, &cases[c].to);
        dlms_put_array(&out, 0);
        assert_int_equal(client_get_selected(&client, &profile, 1, &out), 0);
        assert_int_equal(read_rows(rows), cases[c].count);
    }
    assert_int_equal(get_range(base_s + 3600, base_s + 3600),
                     0); /* 01:00 normal time = 02:00 above */
    assert_int_equal(read_rows(rows), 1);
    assert_int_equal(rows[0], 4);
}

/* ---- Long answers ---- */

static void test_blocks_of_every_size(void **state)
{
    (void)state;
    static uint8_t whole[CLIENT_ANSWER];
    store_rows(80);
    assert_int_equal(client_get(&client, &profile), 0);
    const size_t length = client.answer_length;
    memcpy(whole, client.answer, length);
    for (uint16_t max_pdu = 64; max_pdu < 700; max_pdu = (uint16_t)(max_pdu + 13)) {
        client_open_meter(&client, 20, max_pdu);
        assert_int_equal(client_get(&client, &profile), 0);
        assert_true(client.blocks > 1);
        assert_int_equal(client.answer_length, length);
        assert_memory_equal(client.answer, whole, length);
    }
}

static uint32_t next_row;

static void another_row(struct client *changing)
{
    (void)changing;
    if (client.blocks % 50 == 7) {
        store_row(next_row++);
    }
}

/* An answer many times the long buffer: all rows, those of the moment of the request, while the log goes on. */
static void test_an_answer_of_any_length(void **state)
{
    (void)state;
    enum { COUNT = 3500 };
    store_rows(COUNT);
    next_row = COUNT;
    client_open_meter(&client, 19, 125);
    client.between_blocks = another_row;
    assert_int_equal(client_get(&client, &profile), 0);
    assert_true(client.answer_length > 30 * WH_COSEM_LONG_BUFFER);
    assert_true(next_row > COUNT + 10);
    assert_int_equal(read_rows(rows), COUNT);
    for (uint32_t r = 0; r < COUNT; r++) {
        assert_int_equal(rows[r], r);
    }
    client.between_blocks = NULL;
    assert_int_equal(client_get(&client, &profile), 0);
    assert_int_equal(read_rows(rows), next_row);
}

/* Newest first, the entries move when the log goes on: the transfer ends with an error and never mixes. */
static void test_backwards_while_the_log_goes_on(void **state)
{
    (void)state;
    store_rows(600);
    next_row = 600;
    client_open_meter(&client, 19, 125);
    assert_int_equal(get_entries(&profile, 0, 599, 1, 0), 0);
    assert_int_equal(read_rows(rows), 600);
    client.between_blocks = another_row;
    const int result = get_entries(&profile, 0, 599, 1, 0);
    assert_int_equal(result, DLMS_RESULT_LONG_GET_ABORTED);
}

static unsigned overwrite_at_block;

static void overwrite_all(struct client *changing)
{
    if (changing->blocks == overwrite_at_block) {
        const struct wh_logs *logs = &application()->logs;
        const uint32_t rounds = wh_log_capacity(&logs->design[WH_LOG_PROFILE], logs->flash);
        for (uint32_t i = 0; i < rounds + 200; i++) {
            store_row(next_row++);
        }
    }
}

/* Records that are overwritten while they are sent, in the first window of the answer and later: an error. */
static void test_rows_that_are_overwritten(void **state)
{
    (void)state;
    static const unsigned blocks[] = {20, 100};
    next_row = 0;
    for (size_t c = 0; c < 2; c++) {
        overwrite_at_block = blocks[c];
        client_open_meter(&client, 19, 125);
        for (int r = 0; r < 1000; r++) {
            store_row(next_row++);
        }
        client.between_blocks = overwrite_all;
        assert_int_equal(get_range(base_s, base_s + next_row * INTERVAL_S),
                         DLMS_RESULT_TEMPORARY_FAILURE);
        client.between_blocks = NULL;
        assert_int_equal(get_entries(&profile, 9, 0, 1, 0), 0);
        assert_int_equal(read_rows(rows), 10);
    }
}

static void change_zone(struct client *changing)
{
    if (changing->blocks == 30) {
        struct wh_config config = application()->config;
        struct wh_config_fault fault;
        config.zone_min = 120;
        assert_int_equal(
            wh_meter_configure(&changing->rig.meter, &config, WH_ORIGIN_OPTICAL, &fault), WH_OK);
    }
}

/* Stamps of one zone and of another never come in one answer. */
static void test_a_configuration_that_changes_meanwhile(void **state)
{
    (void)state;
    store_rows(1000);
    client_open_meter(&client, 19, 125);
    client.between_blocks = change_zone;
    assert_int_equal(client_get(&client, &profile), DLMS_RESULT_LONG_GET_ABORTED);
}

/* Two clients on two links at once, block by block in turn, each with a selection of its own. */
static struct dlms_link other_link;
static uint8_t other_buffer[WH_COSEM_LONG_BUFFER];

static void ask_other(struct client *changing)
{
    const struct dlms_link mine = changing->link;
    uint8_t reply[sizeof changing->reply];
    const size_t length = changing->reply_length;
    static const uint8_t get[] = {0xC0, 1, 0xC1, 0, 7, 1, 1, 99, 98, 2, 255, 2, 0};
    memcpy(reply, changing->reply, length);
    changing->link = other_link;
    changing->client_sap = 20;
    client_send(changing, get, sizeof get);
    assert_int_equal(changing->reply[0], 0xC4);
    other_link = changing->link;
    changing->link = mine;
    changing->client_sap = 19;
    memcpy(changing->reply, reply, length);
    changing->reply_length = length;
}

static void test_two_clients_in_turn(void **state)
{
    (void)state;
    store_rows(500);
    const struct dlms_link mine = client.link;
    dlms_link_init(&client.link, &client.face.server, other_buffer, sizeof other_buffer);
    client_open_meter(&client, 20, 125);
    other_link = client.link;
    client.link = mine;
    client_open_meter(&client, 19, 125);
    client.between_blocks = ask_other;
    assert_int_equal(client_get(&client, &profile), 0);
    assert_int_equal(read_rows(rows), 500);
    assert_int_equal(rows[499], 499);
}

/* ---- Attributes ---- */

static int64_t get_number(struct client_attribute of, int8_t attribute, uint8_t tag)
{
    of.attribute = attribute;
    assert_int_equal(client_get(&client, &of), 0);
    struct dlms_reader reader = answer();
    const struct dlms_value value = dlms_read_value(&reader);
    assert_true(dlms_reader_done(&reader));
    assert_int_equal(value.tag, tag);
    return value.integer;
}

static void test_attributes(void **state)
{
    (void)state;
    struct client_attribute sort = profile;
    store_rows(123);
    assert_int_equal(get_number(profile, 4, DLMS_TAG_U32), 900);
    assert_int_equal(get_number(profile, 5, DLMS_TAG_ENUM), 1);
    assert_int_equal(get_number(profile, 7, DLMS_TAG_U32), 123);
    assert_in_range(get_number(profile, 8, DLMS_TAG_U32), 175 * 96, 200 * 365); /* LOG-2 */
    assert_int_equal(get_number(logger, 4, DLMS_TAG_U32), 900);
    assert_int_equal(get_number(debiting, 4, DLMS_TAG_U32), 0);
    assert_in_range(get_number(debiting, 8, DLMS_TAG_U32), 36, 1000); /* REG-5 */
    assert_in_range(get_number(status_log, 8, DLMS_TAG_U32), 200, 10000);
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
    store_rows(5);
    for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
        set_period(&profile, wrong[w], DLMS_RESULT_OTHER_REASON);
        set_period(&logger, wrong[w], DLMS_RESULT_OTHER_REASON);
    }
    set_period(&profile, 900, 0); /* the same: nothing is deleted */
    assert_int_equal(get_number(profile, 7, DLMS_TAG_U32), 5);
    for (size_t r = 0; r < sizeof right / sizeof right[0]; r++) {
        set_period(&profile, right[r], 0);
        set_period(&logger, right[r], 0);
        assert_int_equal(get_number(profile, 4, DLMS_TAG_U32), right[r]);
        assert_int_equal(get_number(logger, 4, DLMS_TAG_U32), right[r]);
        assert_int_equal(get_number(profile, 7, DLMS_TAG_U32), 0);
        store_row((uint32_t)r);
    }
    client_restart(&client);
    client_open_meter(&client, 18, 0xFFFF);
    assert_int_equal(get_number(profile, 4, DLMS_TAG_U32), 900);
    assert_int_equal(get_entries(&profile_log, 7, 6, 4, 4), 0); /* the first two of eight */
    assert_int_equal(client.answer_length, 10);
    assert_memory_equal(client.answer, "\x01\x02\x02\x01\x11\x05\x02\x01\x11\x0F", 10);
}

/* ---- Every profile: rows are what its capture objects say ---- */

static size_t capture_objects(struct client_attribute of, struct client_attribute columns[100])
{
    of.attribute = 3;
    assert_int_equal(client_get(&client, &of), 0);
    struct dlms_reader reader = answer();
    const size_t count = container(&reader, DLMS_TAG_ARRAY);
    assert_in_range(count, 4, 99);
    for (size_t c = 0; c < count; c++) {
        assert_int_equal(container(&reader, DLMS_TAG_STRUCTURE), 4);
        columns[c].class_id = (uint16_t)dlms_read_value(&reader).integer;
        memcpy(columns[c].logical_name, dlms_read_value(&reader).bytes.data, 6);
        columns[c].attribute = (int8_t)dlms_read_value(&reader).integer;
        assert_int_equal(dlms_read_value(&reader).integer, 0);
    }
    assert_true(dlms_reader_done(&reader));
    return count;
}

static void check_head(const struct client_attribute *of, const struct client_attribute *columns)
{
    const bool has_quality = columns[2].attribute == -2;
    assert_memory_equal(columns[0].logical_name, stamp.logical_name, 6);
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
    const int64_t in_use = get_number(of, 7, DLMS_TAG_U32);
    assert_true(in_use <= get_number(of, 8, DLMS_TAG_U32));
    assert_int_equal(client_get(&client, &of), 0);
    memcpy(buffer, client.answer, client.answer_length);
    struct dlms_reader reader = dlms_reader(buffer, client.answer_length);
    assert_int_equal(container(&reader, DLMS_TAG_ARRAY), in_use);
    for (int64_t r = 0; r < in_use; r++) {
        assert_int_equal(container(&reader, DLMS_TAG_STRUCTURE), count);
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
    assert_int_equal(wh_meter_set_clock(meter, base_s + 6 * 86400 + 84600),
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

/* REG-5, REG-6: the month's end is a debiting period; another ends by command, and its row has the registers and the peak with its
 * time. */
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
    const int64_t before = get_number(debiting, 7, DLMS_TAG_U32);
    assert_true(before > 0 && get_number(debiting_2, 7, DLMS_TAG_U32) > 0);
    live(1800);
    const int64_t peak_w = get_number(peak, 2, DLMS_TAG_U32);
    const int64_t sum_w = get_number(peak_sum, 2, DLMS_TAG_U32);
    const int64_t energy_wh = get_number(client_row(WH_QUANTITY_A_PLUS, 2), 2, DLMS_TAG_U32);
    assert_in_range(peak_w, 1700, 1900);
    assert_int_equal(client_set(&client, &command, wrong, 2), DLMS_RESULT_OTHER_REASON);
    assert_int_equal(client_get(&client, &command), DLMS_RESULT_READ_WRITE_DENIED); /* a command */
    assert_int_equal(get_number(debiting, 7, DLMS_TAG_U32), before);
    assert_int_equal(client_set(&client, &command, stop_now, 2), 0);
    assert_int_equal(get_number(debiting, 7, DLMS_TAG_U32), before + 1);
    assert_int_equal(get_number(peak_sum, 2, DLMS_TAG_U32), sum_w + peak_w);
    const size_t count = capture_objects(debiting, columns);
    assert_int_equal(get_entries(&debiting, 0, 0, 1, 0), 0);
    struct dlms_reader reader = answer();
    assert_int_equal(container(&reader, DLMS_TAG_ARRAY), 1);
    assert_int_equal(container(&reader, DLMS_TAG_STRUCTURE), count);
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

/* REG-2: attribute 5 of a peak is the end of its period in the format of the clock; of none yet it is not given. */
static void test_times_of_peaks(void **state)
{
    (void)state;
    struct client_attribute peak = {4, {1, 1, 1, 6, 0, 255}, 5};
    assert_int_equal(client_get(&client, &peak), 0);
    assert_int_equal(client.answer_length, 14);
    assert_memory_equal(client.answer, "\x09\x0C\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x80\x00\x00",
                        14);
    assert_int_equal(wh_meter_set_clock(&client.rig.meter, base_s + 60), WH_OK);
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

/* LOG-4: what was not known when it was recorded is null-data, and the columns are those of the configuration. */
static void test_logger(void **state)
{
    (void)state;
    struct wh_config config = application()->config;
    struct wh_config_fault fault;
    struct client_attribute columns[100];
    memset(config.logger, WH_QUANTITY_NONE, sizeof config.logger);
    config.logger[0] = WH_QUANTITY_PF;
    config.logger[1] = WH_QUANTITY_A_PLUS_FINE;
    config.logger[2] = WH_QUANTITY_P_PLUS_MAX_TIME;
    assert_int_equal(wh_meter_configure(&client.rig.meter, &config, WH_ORIGIN_OPTICAL, &fault),
                     WH_OK);
    assert_int_equal(wh_meter_set_clock(&client.rig.meter, base_s + 890), WH_OK);
    struct rig_phase none[WH_PHASES];
    rig_balanced(none, 0, 0);
    for (int s = 0; s < 20; s++) {
        rig_second(&client.rig, none);
    }
    assert_int_equal(capture_objects(logger, columns), 7);
    assert_int_equal(columns[6].class_id, 4);
    assert_int_equal(columns[6].attribute, 5);
    assert_int_equal(get_entries(&logger, 0, 0, 5, 7), 0);
    assert_int_equal(client.answer_length, 2 + 2 + 1 + 5 + 14);
    assert_memory_equal(client.answer, "\x01\x01\x02\x03\x00\x06\x00\x00\x00\x00\x09\x0C", 12);
}

/* LOG-5, CLK-2: the clock log has the time before; LOG-7: the quality log phase, event, extreme and duration. */
static void test_event_rows(void **state)
{
    (void)state;
    const struct wh_event over = {.utc_s = base_s,
                                  .code = WH_EVENT_OVER_VOLTAGE,
                                  .detail = 2,
                                  .clock_valid = false,
                                  .value_a = 1234,
                                  .value_b = 265499};
    uint32_t a = 0;
    uint32_t b = 0;
    assert_int_equal(wh_meter_set_clock(&client.rig.meter, base_s), WH_OK);
    assert_int_equal(wh_meter_set_clock(&client.rig.meter, base_s + 60), WH_OK);
    assert_int_equal(get_entries(&clock_log, 0, 0, 1, 0), 0);
    assert_int_equal(client.answer_length, 2 + 2 + 14 + 3 + 2 + 14 + 2);
    assert_memory_equal(client.answer,
                        "\x01\x01\x02\x05\x09\x0C\x07\xDD\x0A\x19\x05\x00\x01\x00\xFF\x80\x00\x00"
                        "\x12\x00\x00\x0F\x01"
                        "\x09\x0C\x07\xDD\x0A\x19\x05\x00\x00\x00\xFF\x80\x00\x00\x11\x01",
                        39);
    assert_int_equal(wh_events_add(&application()->logs, &over, &a, &b), WH_OK);
    assert_int_equal(get_entries(&quality_log, 0, 0, 1, 0), 0);
    assert_memory_equal(client.answer,
                        "\x01\x01\x02\x09\x09\x0C\x07\xDD\x0A\x19\x05\x00\x00\x00\xFF\x80\x00\x01"
                        "\x12\x00\x00\x0F\x01"
                        "\x11\x02\x11\x01\x00\x12\x01\x09\x00\x06\x00\x00\x04\xD2",
                        37);
}

/* ---- A memory that fails ---- */

static enum wh_err no_read(void *context, uint32_t address, void *data, size_t size)
{
    (void)context;
    (void)address;
    (void)data;
    (void)size;
    return WH_ERR_IO;
}

static void fail_memory(struct client *failing)
{
    if (failing->blocks == 40) {
        failing->rig.memory.flash.flash.read = no_read;
    }
}

static void test_a_memory_that_fails(void **state)
{
    (void)state;
    store_rows(500);
    const struct wh_flash whole = client.rig.memory.flash.flash;
    client_open_meter(&client, 18, 125);
    client.between_blocks = fail_memory;
    assert_int_equal(client_get(&client, &profile), DLMS_RESULT_HARDWARE_FAULT);
    assert_int_equal(client_get(&client, &profile), DLMS_RESULT_HARDWARE_FAULT);
    client.between_blocks = NULL;
    client.rig.memory.flash.flash = whole;
    assert_int_equal(client_get(&client, &profile), 0);
    assert_int_equal(read_rows(rows), 500);
}

#define PROFILE_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROFILE_TEST(test_recorded_request),
        PROFILE_TEST(test_recorded_request_in_blocks),
        PROFILE_TEST(test_ranges),
        PROFILE_TEST(test_entries),
        PROFILE_TEST(test_entries_of_an_empty_log),
        PROFILE_TEST(test_damaged_records),
        PROFILE_TEST(test_columns),
        PROFILE_TEST(test_wrong_selections),
        PROFILE_TEST(test_ends_of_ranges),
        PROFILE_TEST(test_blocks_of_every_size),
        PROFILE_TEST(test_an_answer_of_any_length),
        PROFILE_TEST(test_backwards_while_the_log_goes_on),
        PROFILE_TEST(test_rows_that_are_overwritten),
        PROFILE_TEST(test_a_configuration_that_changes_meanwhile),
        PROFILE_TEST(test_two_clients_in_turn),
        PROFILE_TEST(test_attributes),
        PROFILE_TEST(test_capture_period),
        PROFILE_TEST(test_all_profiles),
        PROFILE_TEST(test_debiting),
        PROFILE_TEST(test_times_of_peaks),
        PROFILE_TEST(test_logger),
        PROFILE_TEST(test_event_rows),
        PROFILE_TEST(test_a_memory_that_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
