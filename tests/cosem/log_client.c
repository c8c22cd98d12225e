#include "log_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct client client;
uint32_t log_rows[LOG_ROWS_MAX];

const struct client_attribute log_profile = {7, {1, 1, 99, 1, 0, 255}, 2};
const struct client_attribute log_stamp = {8, {0, 1, 1, 0, 0, 255}, 2};

int log_start(void **state)
{
    (void)state;
    client_start(&client);
    client_open_meter(&client, WH_COSEM_CLIENT_MODULE, 0xFFFF);
    return 0;
}

int log_stop(void **state)
{
    (void)state;
    client_stop(&client);
    return 0;
}

struct wh_application *log_application(void)
{
    return &client.rig.meter.application;
}

/* A record of its own for each boundary: registers that tell which one it is. */
void log_store_row(uint32_t i)
{
    struct wh_application *app = log_application();
    for (int e = 0; e < WH_STORED_ENERGY_COUNT; e++) {
        rig_set_energy(&client.rig, (enum wh_energy)e, 10u * (i * 100 + (unsigned)e));
    }
    assert_int_equal(wh_profile_store(&app->logs.log[WH_LOG_PROFILE], &client.rig.meter.legal,
                                      &app->config, log_base_s + i * LOG_INTERVAL_S,
                                      WH_PROFILE_UNDER_VOLTAGE | WH_PROFILE_OUTAGE, NULL, 0),
                     WH_OK);
}

void log_store_rows(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        log_store_row(i);
    }
}

static uint8_t request_bytes[256];

struct dlms_writer log_request(void)
{
    return dlms_writer(request_bytes, sizeof request_bytes);
}

void log_put_place(struct dlms_writer *out, const struct client_attribute *place)
{
    dlms_put_structure(out, 4);
    dlms_put_u16(out, place->class_id);
    dlms_put_octet_string(out, place->logical_name, 6);
    dlms_put_i8(out, place->attribute);
    dlms_put_u16(out, 0);
}

void log_put_moment(struct dlms_writer *out, uint32_t utc_s)
{
    const struct wh_datetime t =
        wh_calendar_datetime(wh_clock_normal_of(&log_application()->clock, utc_s));
    const struct dlms_date_time time = {t.year,   t.month,          t.day,
                                        0xFF,     t.hour,           t.minute,
                                        t.second, DLMS_UNSPECIFIED, DLMS_DEVIATION_UNSPECIFIED,
                                        0x80};
    dlms_put_date_time(out, &time);
}

int log_get_range(uint32_t from_s, uint32_t to_s)
{
    struct dlms_writer out = log_request();
    dlms_put_structure(&out, 4);
    log_put_place(&out, &log_stamp);
    log_put_moment(&out, from_s);
    log_put_moment(&out, to_s);
    dlms_put_array(&out, 0);
    return client_get_selected(&client, &log_profile, 1, &out);
}

int log_get_entries(const struct client_attribute *of, uint32_t from, uint32_t to, uint16_t first,
                    uint16_t last)
{
    struct dlms_writer out = log_request();
    dlms_put_structure(&out, 4);
    dlms_put_u32(&out, from);
    dlms_put_u32(&out, to);
    dlms_put_u16(&out, first);
    dlms_put_u16(&out, last);
    return client_get_selected(&client, of, 2, &out);
}

struct dlms_reader log_answer(void)
{
    return dlms_reader(client.answer, client.answer_length);
}

size_t log_container(struct dlms_reader *reader, uint8_t tag)
{
    const struct dlms_value value = dlms_read_value(reader);
    assert_int_equal(value.tag, tag);
    return value.count;
}

/* Rows of the load profile: the number that store_row gave each, and that all of it belongs
 * together. */
size_t log_read_rows(void)
{
    struct dlms_reader reader = log_answer();
    const size_t count = log_container(&reader, DLMS_TAG_ARRAY);
    assert_true(count <= LOG_ROWS_MAX);
    for (size_t r = 0; r < count; r++) {
        assert_int_equal(log_container(&reader, DLMS_TAG_STRUCTURE), 8);
        struct dlms_date_time time;
        const struct dlms_value at = dlms_read_value(&reader);
        assert_int_equal(at.tag, DLMS_TAG_OCTET_STRING);
        assert_true(dlms_date_time_parse(at.bytes, &time));
        assert_int_equal(dlms_read_value(&reader).tag, DLMS_TAG_U16);
        assert_int_equal(dlms_read_value(&reader).integer, 0x500);
        assert_int_equal(dlms_read_value(&reader).tag, DLMS_TAG_I8);
        log_rows[r] = (uint32_t)dlms_read_value(&reader).integer / 100;
        assert_int_equal(dlms_read_value(&reader).integer, log_rows[r] * 100 + WH_A_MINUS);
        assert_int_equal(dlms_read_value(&reader).integer, log_rows[r] * 200 + WH_R1 + WH_R2);
        assert_int_equal(dlms_read_value(&reader).integer, log_rows[r] * 200 + WH_R3 + WH_R4);
        const struct wh_datetime t = wh_calendar_datetime(wh_clock_normal_of(
            &log_application()->clock, log_base_s + log_rows[r] * LOG_INTERVAL_S));
        assert_int_equal(time.day, t.day);
        assert_int_equal(time.hour, t.hour);
        assert_int_equal(time.minute, t.minute);
        assert_int_equal(time.status, 0);
    }
    assert_true(dlms_reader_done(&reader));
    return count;
}

void log_assert_rows(const uint32_t *expected, size_t count)
{
    assert_int_equal(log_read_rows(), count);
    for (size_t r = 0; r < count; r++) {
        assert_int_equal(log_rows[r], expected[r]);
    }
}

int64_t log_get_number(struct client_attribute of, int8_t attribute, uint8_t tag)
{
    of.attribute = attribute;
    assert_int_equal(client_get(&client, &of), 0);
    struct dlms_reader reader = log_answer();
    const struct dlms_value value = dlms_read_value(&reader);
    assert_true(dlms_reader_done(&reader));
    assert_int_equal(value.tag, tag);
    return value.integer;
}
