/* Lines of hex: forms, marks, columns of errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "decode/hexline.h"

static struct decode_hexline read_line(const char *line, uint8_t bytes[64])
{
    struct decode_hexline hex;
    decode_hexline_read(line, strlen(line), bytes, &hex);
    return hex;
}

static void check(const char *line, enum decode_direction direction)
{
    static const uint8_t wanted[] = {0x7E, 0xA0, 0x07};
    uint8_t bytes[64];
    const struct decode_hexline hex = read_line(line, bytes);
    assert_null(hex.error);
    assert_int_equal(hex.direction, direction);
    assert_int_equal(hex.length, sizeof wanted);
    assert_memory_equal(bytes, wanted, sizeof wanted);
}

static void test_forms(void **state)
{
    (void)state;
    check("7EA007", DECODE_UNKNOWN);
    check("7e a0 07", DECODE_UNKNOWN);
    check("\t7E,A0:07 \r", DECODE_UNKNOWN);
    check("0x7E 0XA0 0x07", DECODE_UNKNOWN);
    check("7E-A0-07", DECODE_UNKNOWN);
    check("7EA007# 00", DECODE_UNKNOWN);
    check("> 7EA007", DECODE_TO_METER);
    check("->7EA007", DECODE_TO_METER);
    check(" → 7EA007", DECODE_TO_METER);
    check("TX: 7E A0 07", DECODE_TO_METER);
    check("< 7EA007", DECODE_FROM_METER);
    check("<-7EA007", DECODE_FROM_METER);
    check("← 7EA007", DECODE_FROM_METER);
    check("RX 7EA007", DECODE_FROM_METER);
}

static void test_empty(void **state)
{
    static const char *const lines[] = {"", "   ", "# 7E", "->", ", , ,"};
    uint8_t bytes[64];
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const struct decode_hexline hex = read_line(lines[i], bytes);
        assert_null(hex.error);
        assert_int_equal(hex.length, 0);
    }
}

static void test_errors(void **state)
{
    static const struct {
        const char *line;
        size_t column;
    } cases[] = {
        {"7EA", 3}, {"7E A 07", 4}, {"7Ex", 3}, {"7E7G", 4}, {"G7", 1}, {"7E 0x", 6}, {"7E\xFF", 3},
    };
    uint8_t bytes[64];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct decode_hexline hex = read_line(cases[i].line, bytes);
        assert_non_null(hex.error);
        assert_int_equal(hex.column, cases[i].column);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
