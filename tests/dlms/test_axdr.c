/* A-XDR: known encodings, the window, and a reader that never goes too far. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "peer.h"

static void assert_written(const struct dlms_writer *writer, const char *hex)
{
    uint8_t expected[256];
    const size_t length = peer_bytes(hex, expected, sizeof expected);
    assert_int_equal(writer->total, length);
    assert_memory_equal(writer->data, expected, length);
}

static void test_every_type_has_its_known_encoding(void **state)
{
    (void)state;
    uint8_t buffer[256];
    struct dlms_writer w = dlms_writer(buffer, sizeof buffer);
    const struct dlms_date_time time = {2024, 2, 5, 1, 15, 30, 0, 0, -60, 0};
    dlms_put_null(&w);
    dlms_put_array(&w, 2);
    dlms_put_structure(&w, 3);
    dlms_put_bool(&w, true);
    dlms_put_bit_string(&w, (const uint8_t[]){0xA0, 0x80}, 9);
    dlms_put_i8(&w, -1);
    dlms_put_i16(&w, -2);
    dlms_put_i32(&w, -3);
    dlms_put_i64(&w, INT64_MIN);
    dlms_put_u8(&w, 0xFE);
    dlms_put_u16(&w, 0xFEDC);
    dlms_put_u32(&w, 0xFEDCBA98);
    dlms_put_u64(&w, UINT64_C(0xFEDCBA9876543210));
    dlms_put_enum(&w, 30);
    dlms_put_octet_string(&w, "\x01\x02", 2);
    dlms_put_visible_string(&w, "Q1");
    dlms_put_date_time(&w, &time);
    dlms_put_scaler_unit(&w, 3, 30);
    dlms_put_scaler_unit(&w, 0, 30);
    dlms_put_scaler_unit(&w, -1, 35);
    assert_written(&w, "00 0102 0203 0301 0409A080 0FFF 10FFFE 05FFFFFFFD 148000000000000000 11FE "
                       "12FEDC 06FEDCBA98 15FEDCBA9876543210 161E 09020102 0A025131 "
                       "090C07E80205010F1E0000FFC400 02020F03161E 02020F00161E 02020FFF1623");
}

static void test_lengths_take_the_shortest_form(void **state)
{
    (void)state;
    static const struct {
        size_t length;
        const char *hex;
    } rows[] = {{0, "00"},       {127, "7F"},       {128, "8180"},        {255, "81FF"},
                {256, "820100"}, {65535, "82FFFF"}, {65536, "8400010000"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t buffer[8];
        struct dlms_writer w = dlms_writer(buffer, sizeof buffer);
        dlms_raw_length(&w, rows[i].length);
        assert_written(&w, rows[i].hex);
        struct dlms_reader r = dlms_reader(buffer, w.total);
        assert_int_equal(dlms_read_length(&r), rows[i].length);
        assert_true(dlms_reader_done(&r));
    }
}

static void test_a_reader_accepts_long_lengths_but_not_the_indefinite_one(void **state)
{
    (void)state;
    static const uint8_t padded[] = {0x84, 0, 0, 0, 5};
    struct dlms_reader r = dlms_reader(padded, sizeof padded);
    assert_int_equal(dlms_read_length(&r), 5);
    assert_false(r.failed);
    r = dlms_reader((const uint8_t[]){0x80, 1}, 2);
    dlms_read_length(&r);
    assert_true(r.failed);
    r = dlms_reader((const uint8_t[]){0x85, 0, 0, 0, 0, 1}, 6);
    dlms_read_length(&r);
    assert_true(r.failed);
}

/* Every window of an answer, put together, is the answer; check is that of what was left out. */
static void test_windows_of_any_size_add_up(void **state)
{
    (void)state;
    uint8_t whole[64];
    for (size_t i = 0; i < sizeof whole; i++) {
        whole[i] = (uint8_t)(i * 37);
    }
    for (size_t size = 1; size <= sizeof whole; size++) {
        for (size_t skip = 0; skip <= sizeof whole; skip++) {
            uint8_t buffer[sizeof whole];
            struct dlms_writer w = dlms_writer(buffer, size);
            w.skip = skip;
            dlms_raw_bytes(&w, whole, sizeof whole);
            const size_t kept = sizeof whole - skip < size ? sizeof whole - skip : size;
            assert_int_equal(w.total, sizeof whole);
            assert_memory_equal(buffer, whole + skip, kept);
            assert_int_equal(w.check, dlms_check(DLMS_CHECK_START, whole, skip));
            assert_int_equal(dlms_writer_overflowed(&w), skip + size < sizeof whole);
        }
    }
}

static void test_a_copy_put_back_takes_writing_out_again(void **state)
{
    (void)state;
    for (size_t skip = 0; skip < 12; skip++) {
        uint8_t once[16];
        uint8_t twice[16];
        struct dlms_writer a = dlms_writer(once, sizeof once);
        struct dlms_writer b = dlms_writer(twice, sizeof twice);
        a.skip = b.skip = skip;
        dlms_raw_u32(&a, 1);
        dlms_raw_u32(&a, 2);
        dlms_raw_u32(&b, 1);
        const struct dlms_writer before = b;
        dlms_raw_bytes(&b, "something else entirely", 23);
        b = before;
        dlms_raw_u32(&b, 2);
        assert_int_equal(a.check, b.check);
        assert_memory_equal(once, twice, skip < 8 ? 8 - skip : 0);
    }
}

static struct dlms_value read_hex(const char *hex)
{
    static uint8_t bytes[64];
    struct dlms_reader r = dlms_reader(bytes, peer_bytes(hex, bytes, sizeof bytes));
    const struct dlms_value value = dlms_read_value(&r);
    assert_true(dlms_reader_done(&r));
    return value;
}

static void test_values_read_back(void **state)
{
    (void)state;
    assert_int_equal(read_hex("0FFF").integer, -1);
    assert_int_equal(read_hex("108000").integer, -32768);
    assert_int_equal(read_hex("05FFFFFFFD").integer, -3);
    assert_int_equal(read_hex("148000000000000000").integer, INT64_MIN);
    assert_int_equal(read_hex("06FFFFFFFF").integer, 4294967295);
    assert_true(read_hex("15FFFFFFFFFFFFFFFF").bits == UINT64_MAX);
    assert_int_equal(read_hex("1740490FDB").bits, 0x40490FDB);
    assert_int_equal(read_hex("0409A080").count, 9);
    assert_int_equal(read_hex("0409A080").bytes.length, 2);
    assert_int_equal(read_hex("19 07E80205010F1E0000FFC400").bytes.length, 12);
    assert_int_equal(read_hex("FF").tag, DLMS_TAG_DONT_CARE);
    /* Two rows of {u32, u16} as a compact array. */
    assert_int_equal(read_hex("13 02020612 0C 000000010002000000030004").bytes.length, 12);
}

static void test_a_date_time_reads_back(void **state)
{
    (void)state;
    const struct dlms_date_time time = {2024, 2, 5, 1, 15, 30, 0, 0xFF, -120, 0x80};
    uint8_t buffer[16];
    struct dlms_writer w = dlms_writer(buffer, sizeof buffer);
    dlms_put_date_time(&w, &time);
    struct dlms_reader r = dlms_reader(buffer, w.total);
    struct dlms_date_time back;
    assert_true(dlms_date_time_parse(dlms_read_value(&r).bytes, &back));
    assert_int_equal(back.year, 2024);
    assert_int_equal(back.deviation, -120);
    assert_int_equal(back.status, 0x80);
    assert_false(dlms_date_time_parse((struct dlms_span){buffer, 11}, &back));
}

static void test_skipping_any_nesting_costs_no_memory(void **state)
{
    (void)state;
    enum { DEPTH = 100000 };
    uint8_t *nest = malloc(2 * DEPTH + 1);
    for (size_t i = 0; i < DEPTH; i++) {
        nest[2 * i] = DLMS_TAG_STRUCTURE;
        nest[2 * i + 1] = 1;
    }
    nest[2 * DEPTH] = DLMS_TAG_NULL;
    struct dlms_reader r = dlms_reader(nest, 2 * DEPTH + 1);
    assert_int_equal(dlms_skip_data(&r).length, 2 * DEPTH + 1);
    assert_true(dlms_reader_done(&r));
    r = dlms_reader(nest, 2 * DEPTH);
    assert_null(dlms_skip_data(&r).data);
    assert_true(r.failed);
    free(nest);
}

static void test_what_cannot_be_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", /* nothing */
        "07",
        "08",
        "0B",
        "0E", /* unassigned tags */
        "22",
        "80",
        "FE",                 /* beyond the table */
        "0102",               /* two elements announced, none there */
        "0184FFFFFFFF00",     /* more elements than bytes */
        "0984FFFFFFFF00",     /* longer than the input */
        "0484FFFFFFFF00",     /* bits, the same */
        "1302FF00",           /* compact array: more descriptions than bytes */
        "130284FFFFFFFF0000", /* the same with a count that would wrap */
        "130700",             /* compact array of an unassigned type */
        "0203110111",         /* ends inside an element */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint8_t bytes[32];
        struct dlms_reader r = dlms_reader(bytes, peer_bytes(wrong[i], bytes, sizeof bytes));
        dlms_skip_data(&r);
        assert_true(r.failed);
        assert_int_equal(dlms_read_u32(&r), 0);
    }
}

/* The header promises it at the container already, so that a caller may trust the count. */
static void test_a_count_is_never_more_than_the_bytes_left(void **state)
{
    (void)state;
    static const uint8_t three[] = {DLMS_TAG_ARRAY, 3, 0, 0, 0};
    struct dlms_reader r = dlms_reader(three, sizeof three);
    assert_int_equal(dlms_read_value(&r).count, 3);
    r = dlms_reader(three, sizeof three - 1);
    assert_int_equal(dlms_read_value(&r).count, 0);
    assert_true(r.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_type_has_its_known_encoding),
        cmocka_unit_test(test_lengths_take_the_shortest_form),
        cmocka_unit_test(test_a_reader_accepts_long_lengths_but_not_the_indefinite_one),
        cmocka_unit_test(test_windows_of_any_size_add_up),
        cmocka_unit_test(test_a_copy_put_back_takes_writing_out_again),
        cmocka_unit_test(test_values_read_back),
        cmocka_unit_test(test_a_date_time_reads_back),
        cmocka_unit_test(test_skipping_any_nesting_costs_no_memory),
        cmocka_unit_test(test_a_count_is_never_more_than_the_bytes_left),
        cmocka_unit_test(test_what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
