/* Values: the vendor's examples, exactness, what does not fit, times and dates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "kmp/value.h"

static const char *encoded(const struct kmp_value *value, char *text)
{
    uint8_t bytes[32];
    size_t length;
    assert_int_equal(kmp_value_encode(value, bytes, sizeof bytes, &length), WH_OK);
    assert_int_equal(length, kmp_value_length(value));
    return hex_text(bytes, length, text);
}

/* Decodes hex, which holds one value and nothing more. */
static struct kmp_value decoded(const char *hex)
{
    uint8_t bytes[32];
    struct kmp_value value;
    size_t used;
    const size_t length = hex_bytes(hex, bytes, sizeof bytes);
    assert_int_equal(kmp_value_decode(bytes, length, &value, &used), WH_OK);
    assert_int_equal(used, length);
    return value;
}

static const struct {
    uint8_t unit, size;
    int8_t exponent;
    int64_t number;
    const char *hex;
} numbers[] = {
    {10, 4, -2, -12345, "0A04C200003039"}, /* -123.45 kcal */
    {39, 4, 3, 87654321, "27040305397FB1"},
    {40, 1, 3, 255, "280103FF"},
    {47, 4, 0, 160233, "2F0400000271E9"},
    {2, 4, -4, 1918015, "020444001D443F"},
    {33, 2, 0, 229, "21020000E5"},
    {22, 4, 17, 19591204, "160411012AF024"},
    {51, 10, 0, 14990045, "330A0000000000000000E4BADD"},
    {51, 0, 0, 0, "330000"},
    {51, 8, -63, INT64_MAX, "33087F7FFFFFFFFFFFFFFF"},
    {51, 8, 63, -INT64_MAX, "3308BF7FFFFFFFFFFFFFFF"},
    {51, 16, 0, 1, "33100000000000000000000000000000000001"},
};

static void test_numbers_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char text[2 * HEX_SIZE + 1];
        struct kmp_value value;
        int64_t number;
        assert_int_equal(kmp_value_from_number(&value, numbers[i].unit, numbers[i].size,
                                               numbers[i].exponent, numbers[i].number),
                         WH_OK);
        assert_string_equal(encoded(&value, text), numbers[i].hex);
        value = decoded(numbers[i].hex);
        assert_int_equal(value.unit, numbers[i].unit);
        assert_int_equal(value.exponent, numbers[i].exponent);
        assert_int_equal(kmp_value_to_number(&value, &number), WH_OK);
        assert_int_equal(number, numbers[i].number);
    }
}

/* For every size the largest number that fits and the smallest that does not, either sign. */
static void test_what_does_not_fit(void **state)
{
    (void)state;
    for (unsigned size = 0; size < 8; size++) {
        const int64_t limit = INT64_C(1) << (8 * size);
        for (int sign = -1; sign <= 1; sign += 2) {
            struct kmp_value value = {.unit = 99};
            int64_t number;
            assert_int_equal(kmp_value_from_number(&value, 2, (uint8_t)size, 0, sign * limit),
                             WH_ERR_SPACE);
            assert_int_equal(value.unit, 99); /* untouched */
            assert_int_equal(kmp_value_from_number(&value, 2, (uint8_t)size, 0, sign * (limit - 1)),
                             WH_OK);
            assert_int_equal(kmp_value_to_number(&value, &number), WH_OK);
            assert_int_equal(number, sign * (limit - 1));
        }
    }
    struct kmp_value value;
    char text[2 * HEX_SIZE + 1];
    assert_int_equal(kmp_value_from_number(&value, 2, 8, 0, INT64_MIN), WH_OK);
    assert_string_equal(encoded(&value, text), "0208808000000000000000");
    assert_int_equal(kmp_value_from_number(&value, 2, 17, 0, 0), WH_ERR_ARGUMENT);
    assert_int_equal(kmp_value_from_number(&value, 2, 4, 64, 0), WH_ERR_ARGUMENT);
    assert_int_equal(kmp_value_from_number(&value, 2, 4, -64, 0), WH_ERR_ARGUMENT);
}

static void test_numbers_beyond_64_bits(void **state)
{
    (void)state;
    static const char *const rows[] = {"33080080000000000000 00", "330A0001000000000000000000",
                                       "33090000FFFFFFFFFFFFFFFF",
                                       "331000FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct kmp_value value = decoded(rows[i]);
        int64_t number = 7;
        assert_int_equal(kmp_value_to_number(&value, &number), WH_ERR_SPACE);
        assert_int_equal(number, 7);
    }
}

static void test_malformed_values(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        enum wh_err err;
    } rows[] = {
        {"", WH_ERR_FORMAT},
        {"33", WH_ERR_FORMAT},
        {"3304", WH_ERR_FORMAT},
        {"330400", WH_ERR_FORMAT},
        {"330400000000", WH_ERR_FORMAT},
        {"33FF00000000", WH_ERR_FORMAT},
        {"3311000000000000000000000000000000000000", WH_ERR_UNSUPPORTED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t bytes[32];
        struct kmp_value value;
        size_t used;
        const size_t length = hex_bytes(rows[i].hex, bytes, sizeof bytes);
        assert_int_equal(kmp_value_decode(bytes, length, &value, &used), rows[i].err);
    }
    uint8_t out[6];
    size_t length;
    struct kmp_value value = {.size = 4};
    assert_int_equal(kmp_value_encode(&value, out, 6, &length), WH_ERR_SPACE);
    value.size = 17;
    assert_int_equal(kmp_value_encode(&value, out, 6, &length), WH_ERR_ARGUMENT);
}

/* The exponent of minus zero is the one thing that is not repeated. */
static void test_minus_zero(void **state)
{
    (void)state;
    char text[2 * HEX_SIZE + 1];
    const struct kmp_value value = decoded("0201C000");
    int64_t number;
    assert_int_equal(kmp_value_to_number(&value, &number), WH_OK);
    assert_int_equal(number, 0);
    assert_string_equal(encoded(&value, text), "02018000");
}

static void test_text(void **state)
{
    (void)state;
    char hex[2 * HEX_SIZE + 1];
    char text[KMP_VALUE_SIZE + 1];
    struct kmp_value value;
    assert_int_equal(kmp_value_from_text(&value, "6841138BN1"), WH_OK);
    assert_string_equal(encoded(&value, hex), "360A0036383431313338424E31");
    assert_int_equal(kmp_value_to_text(&value, text), WH_OK);
    assert_string_equal(text, "6841138BN1");
    value = decoded("360300 41 00 FF");
    assert_int_equal(kmp_value_to_text(&value, text), WH_OK);
    assert_string_equal(text, "A??");
    assert_int_equal(kmp_value_from_text(&value, "1234567890123456"), WH_OK);
    assert_int_equal(kmp_value_to_text(&value, text), WH_OK);
    assert_string_equal(text, "1234567890123456");
    assert_int_equal(kmp_value_from_text(&value, "12345678901234567"), WH_ERR_SPACE);
    value = decoded("330100 41");
    assert_int_equal(kmp_value_to_text(&value, text), WH_ERR_UNSUPPORTED);
}

static void assert_rtc(const struct kmp_rtc *a, const struct kmp_rtc *b)
{
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->weekday, b->weekday);
    assert_int_equal(a->second, b->second);
    assert_int_equal(a->minute, b->minute);
    assert_int_equal(a->hour, b->hour);
    assert_int_equal(a->day, b->day);
    assert_int_equal(a->month, b->month);
    assert_int_equal(a->year, b->year);
}

static void test_real_time_clock(void **state)
{
    (void)state;
    /* Captured: Monday 2012-09-10 16:02:33. */
    static const struct kmp_rtc captured = {0x82, 1, 33, 2, 16, 10, 9, 2012};
    static const struct kmp_rtc never = {.year = 2000};
    char text[2 * HEX_SIZE + 1];
    struct kmp_value value;
    struct kmp_rtc rtc;
    kmp_value_from_rtc(&value, &captured);
    assert_string_equal(encoded(&value, text), "35080082012102100A090C");
    assert_int_equal(kmp_value_to_rtc(&value, &rtc), WH_OK);
    assert_rtc(&rtc, &captured);
    value = decoded("3508000000000000000000");
    assert_int_equal(kmp_value_to_rtc(&value, &rtc), WH_OK);
    assert_rtc(&rtc, &never);
    assert_false(kmp_rtc_is_real(&rtc));
    value = decoded("35070000000000000000");
    assert_int_equal(kmp_value_to_rtc(&value, &rtc), WH_ERR_FORMAT);
    value = decoded("36080000000000000000 00");
    assert_int_equal(kmp_value_to_rtc(&value, &rtc), WH_ERR_UNSUPPORTED);
}

static void test_newer_times(void **state)
{
    (void)state;
    /* Captured of a heat meter: 2024-12-31 00:00:04. */
    static const struct kmp_rtc captured = {0, 0, 4, 0, 0, 31, 12, 2024};
    char text[2 * HEX_SIZE + 1];
    struct kmp_value value = decoded("4F070000180C1F000004");
    struct kmp_rtc rtc;
    uint8_t status;
    uint32_t seconds_s;
    assert_int_equal(kmp_value_to_rtc(&value, &rtc), WH_OK);
    assert_rtc(&rtc, &captured);
    kmp_value_from_dst_time(&value, &rtc);
    assert_string_equal(encoded(&value, text), "4F070000180C1F000004");
    kmp_value_from_seconds(&value, 0x82, 0xFFFFFFFF);
    assert_string_equal(encoded(&value, text), "48050082FFFFFFFF");
    assert_int_equal(kmp_value_to_seconds(&value, &status, &seconds_s), WH_OK);
    assert_int_equal(status, 0x82);
    assert_int_equal(seconds_s, 0xFFFFFFFF);
    value = decoded("480400FFFFFFFF");
    assert_int_equal(kmp_value_to_seconds(&value, &status, &seconds_s), WH_ERR_FORMAT);
    value = decoded("350500 0000000000");
    assert_int_equal(kmp_value_to_seconds(&value, &status, &seconds_s), WH_ERR_UNSUPPORTED);
}

static void test_times_as_digits(void **state)
{
    (void)state;
    static const struct kmp_rtc rtc = {
        .year = 2006, .month = 8, .day = 24, .hour = 23, .minute = 59, .second = 59};
    static const struct {
        const char *hex;
        enum wh_err err;
        struct kmp_rtc rtc;
    } rows[] = {
        {"2F0400000399B7", WH_OK, {.hour = 23, .minute = 59, .second = 59}},
        {"30040000 00ED98", WH_OK, {.year = 2006, .month = 8, .day = 24}},
        {"300400000F1FFF", WH_OK, {.year = 2099, .month = 12, .day = 31}},
        {"3104000134D9BF", WH_OK, {.year = 2024, .month = 8, .day = 31}},
        {"320400000004CF", WH_OK, {.month = 12, .day = 31}},
        {"2F0400 000F4240", WH_ERR_FORMAT, {0}}, /* seven digits */
        {"300400 000F4240", WH_ERR_FORMAT, {0}},
        {"310400 05F5E100", WH_ERR_FORMAT, {0}},
        {"320400 00002710", WH_ERR_FORMAT, {0}},
        {"2F0480 00000001", WH_ERR_FORMAT, {0}},
        {"330400 00000001", WH_ERR_UNSUPPORTED, {0}},
        {"2E0400 00000001", WH_ERR_UNSUPPORTED, {0}},
    };
    char text[2 * HEX_SIZE + 1];
    struct kmp_value value;
    kmp_value_from_time(&value, &rtc);
    assert_string_equal(encoded(&value, text), "2F0400000399B7");
    kmp_value_from_date(&value, &rtc);
    assert_string_equal(encoded(&value, text), "3004000000ED98");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kmp_rtc found = {0};
        value = decoded(rows[i].hex);
        assert_int_equal(kmp_value_to_time(&value, &found), rows[i].err);
        assert_rtc(&found, &rows[i].rtc);
    }
}

static void test_real_times(void **state)
{
    (void)state;
    static const struct {
        struct kmp_rtc rtc;
        bool is_real;
    } rows[] = {
        {{.year = 2000, .month = 1, .day = 1}, true},
        {{.year = 2099, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 59}, true},
        {{.year = 2000, .month = 2, .day = 29}, true},
        {{.year = 2024, .month = 2, .day = 29}, true},
        {{.year = 2023, .month = 2, .day = 29}, false},
        {{.year = 2024, .month = 4, .day = 31}, false},
        {{.year = 2024, .month = 0, .day = 1}, false},
        {{.year = 2024, .month = 13, .day = 1}, false},
        {{.year = 2024, .month = 1, .day = 0}, false},
        {{.year = 2024, .month = 1, .day = 32}, false},
        {{.year = 2024, .month = 1, .day = 1, .hour = 24}, false},
        {{.year = 2024, .month = 1, .day = 1, .minute = 60}, false},
        {{.year = 2024, .month = 1, .day = 1, .second = 60}, false},
        {{.year = 1999, .month = 1, .day = 1}, false},
        {{.year = 2100, .month = 1, .day = 1}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(kmp_rtc_is_real(&rows[i].rtc), rows[i].is_real);
    }
}

static void test_unit_texts(void **state)
{
    (void)state;
    static const struct {
        uint8_t unit;
        const char *text;
    } rows[] = {{0, ""},      {1, "Wh"},    {2, "kWh"}, {14, "kvarh"}, {21, "W"},     {22, "kW"},
                {25, "var"},  {26, "kvar"}, {33, "V"},  {34, "A"},     {37, "C"},     {40, "m3"},
                {43, "m3*C"}, {46, "h"},    {47, ""},   {52, "bar"},   {57, "GJx10"}, {58, "min"},
                {60, "s"},    {61, "ms"},   {62, "d"},  {65, "imp/l"}, {67, "Hz"},    {68, "deg"},
                {69, ""},     {255, ""}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(kmp_unit_text(rows[i].unit), rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_both_ways),
        cmocka_unit_test(test_what_does_not_fit),
        cmocka_unit_test(test_numbers_beyond_64_bits),
        cmocka_unit_test(test_malformed_values),
        cmocka_unit_test(test_minus_zero),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_real_time_clock),
        cmocka_unit_test(test_newer_times),
        cmocka_unit_test(test_times_as_digits),
        cmocka_unit_test(test_real_times),
        cmocka_unit_test(test_unit_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
