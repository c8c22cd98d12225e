/* Checksum, byte order and error texts, on which everything stored or sent stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/bytes.h"
#include "common/crc32.h"
#include "common/err.h"
#include "tests/common/random.h"

static void test_crc32_known_answers(void **state)
{
    (void)state;
    assert_int_equal(wh_crc32(0, "123456789", 9), 0xCBF43926u);
    assert_int_equal(wh_crc32(0, "", 0), 0);
    assert_int_equal(wh_crc32(0, "a", 1), 0xE8B7BE43u);
    static const uint8_t zeros[32] = {0};
    static const uint8_t ones[32] = {[0 ... 31] = 0xFF};
    assert_int_equal(wh_crc32(0, zeros, sizeof zeros), 0x190A55ADu);
    assert_int_equal(wh_crc32(0, ones, sizeof ones), 0xFF6CAB0Bu);
}

/* Bit by bit, as IEEE 802.3 has it. */
static uint32_t crc32_by_bits(const uint8_t *data, size_t length)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < length; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc & 1 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
        }
    }
    return ~crc;
}

static void test_crc32_continues_at_every_split(void **state)
{
    (void)state;
    struct test_random random = {1};
    uint8_t data[257];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)random_u64(&random);
    }
    const uint32_t whole = crc32_by_bits(data, sizeof data);
    assert_int_equal(wh_crc32(0, data, sizeof data), whole);
    for (size_t split = 0; split <= sizeof data; split++) {
        const uint32_t first = wh_crc32(0, data, split);
        assert_int_equal(first, crc32_by_bits(data, split));
        assert_int_equal(wh_crc32(first, data + split, sizeof data - split), whole);
    }
}

/* MEM-1: what a record is worth. Every single bit, and every two neighbours, change the sum. */
static void test_crc32_sees_every_bit(void **state)
{
    (void)state;
    uint8_t data[64];
    memset(data, 0x5A, sizeof data);
    const uint32_t intact = wh_crc32(0, data, sizeof data);
    for (size_t bit = 0; bit < 8 * sizeof data; bit++) {
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(wh_crc32(0, data, sizeof data), intact);
        const size_t next = (bit + 1) % (8 * sizeof data);
        data[next / 8] ^= (uint8_t)(1u << next % 8);
        assert_int_not_equal(wh_crc32(0, data, sizeof data), intact);
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        data[next / 8] ^= (uint8_t)(1u << next % 8);
    }
}

static void test_bytes_are_little_endian(void **state)
{
    (void)state;
    static const uint8_t expected[] = {0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11};
    uint8_t bytes[8];
    wh_put_u64le(bytes, 0x1122334455667788u);
    assert_memory_equal(bytes, expected, 8);
    wh_put_u32le(bytes, 0x55667788u);
    assert_memory_equal(bytes, expected, 4);
    wh_put_u16le(bytes, 0x7788);
    assert_memory_equal(bytes, expected, 2);
}

/* At every alignment, with guards on both sides. */
static void assert_round_trip(uint64_t value, size_t offset)
{
    uint8_t memory[24];
    memset(memory, 0xA5, sizeof memory);
    uint8_t *at = memory + offset;
    wh_put_u64le(at, value);
    assert_int_equal(wh_get_u64le(at), value);
    assert_int_equal(memory[offset - 1], 0xA5);
    assert_int_equal(at[8], 0xA5);
    wh_put_u32le(at, (uint32_t)~value);
    assert_int_equal(wh_get_u32le(at), (uint32_t)~value);
    assert_int_equal(wh_get_u32le(at + 4), (uint32_t)(value >> 32));
    wh_put_u16le(at, (uint16_t)value);
    assert_int_equal(wh_get_u16le(at), (uint16_t)value);
    assert_int_equal(wh_get_u16le(at + 2), (uint16_t)(~value >> 16));
}

static void test_bytes_round_trip(void **state)
{
    (void)state;
    struct test_random random = {2};
    for (int n = 0; n < 10000; n++) {
        assert_round_trip(random_sized(&random), 1 + (size_t)n % 8);
    }
    assert_round_trip(0, 1);
    assert_round_trip(UINT64_MAX, 3);
    assert_round_trip(0x8080808080808080u, 5);
}

/* Every error has a text of its own. */
static void test_every_error_has_its_text(void **state)
{
    (void)state;
    static const enum wh_err errors[] = {
#define LIST(name, text) name,
        WH_ERR_LIST(LIST)
#undef LIST
    };
    const size_t count = sizeof errors / sizeof errors[0];
    assert_int_equal(WH_OK, 0);
    for (size_t e = 0; e < count; e++) {
        assert_int_equal(errors[e], e);
        assert_true(strlen(wh_err_text(errors[e])) > 5);
        assert_string_not_equal(wh_err_text(errors[e]), "unknown error");
        for (size_t other = 0; other < e; other++) {
            assert_string_not_equal(wh_err_text(errors[e]), wh_err_text(errors[other]));
        }
    }
}

static void test_errors_outside_the_list(void **state)
{
    (void)state;
    assert_string_equal(wh_err_text(WH_ERR_COUNT), "unknown error");
    volatile unsigned outside = UINT32_MAX; /* what -1 becomes */
    assert_string_equal(wh_err_text((enum wh_err)outside), "unknown error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crc32_known_answers),
        cmocka_unit_test(test_crc32_continues_at_every_split),
        cmocka_unit_test(test_crc32_sees_every_bit),
        cmocka_unit_test(test_bytes_are_little_endian),
        cmocka_unit_test(test_bytes_round_trip),
        cmocka_unit_test(test_every_error_has_its_text),
        cmocka_unit_test(test_errors_outside_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
