/* Characters, checks, the receiver, and the short messages: the vectors of the reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "device.h"

static void test_even_parity(void **state)
{
    (void)state;
    static const uint8_t with[] = {0xAF, 0x3F, 0x21, 0x8D, 0x0A};
    static const uint8_t bare[] = {0x2F, 0x3F, 0x21, 0x0D, 0x0A};
    for (size_t i = 0; i < sizeof bare; i++) {
        assert_int_equal(iec21_with_parity(bare[i]), with[i]);
        assert_int_equal(iec21_with_parity(with[i]), with[i]);
    }
    for (unsigned byte = 0; byte < 128; byte++) {
        assert_int_equal(__builtin_popcount(iec21_with_parity((uint8_t)byte)) % 2, 0);
    }
}

/* Check characters of the reference's messages. */
static void test_block_checks(void **state)
{
    (void)state;
    static const struct {
        const char *text; /* behind SOH or STX */
        uint8_t bcc;
    } rows[] = {
        {"P0\2()\3", 0x60},
        {"P1\2(12345)\3", 0x50},
        {"P1\2(00000000)\3", 0x61},
        {"R5\2"
         "1.0.0()\3",
         0x56},
        {"1.0.0(01050201075012)\3", 0x35},
        {"W5\2"
         "1.0.0(0050321073800)\3",
         0x6A},
        {"R1\2"
         "131.0.3()\3",
         0x53},
        {"131.0.3(1)\3", 0x03},
        {"W1\2"
         "131.0.3(0)\3",
         0x66},
        {"R6\2"
         "99.1.0(0050101000000;0050101080033;6)\3",
         0x5B},
        {"W5\2"
         "131.0.17(3)(1.0.0)(1.8.0)(1.8.1)\3",
         0x65},
        {"B0\3", 0x71},
        {"0.0.0(14410000)\r\n1.8.0(0036886*kWh)\r\n1.8.1(0036886*kWh)\r\n1.8.2(0000000*kWh)\r\n"
         "1.8.3(0000000*kWh)\r\n1.8.4(0000000*kWh)\r\n96.8.0(0119899*h)\r\n0.128.1(0000000)\r\n"
         "1.6.0(1.078*kW)\r\n!\r\n\3",
         0x1F},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(iec21_bcc(0, rows[i].text, strlen(rows[i].text)), rows[i].bcc);
    }
}

static void test_speeds(void **state)
{
    (void)state;
    static const struct {
        char speed;
        uint32_t baud;
    } rows[] = {{'0', 300},  {'1', 600},   {'2', 1200}, {'3', 2400}, {'4', 4800},
                {'5', 9600}, {'6', 19200}, {'7', 0},    {' ', 0},    {'A', 600},
                {'E', 9600}, {'F', 19200}, {'G', 0},    {'/', 0},    {'@', 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(iec21_baud(rows[i].speed), rows[i].baud);
        if (rows[i].speed <= '9' && rows[i].baud != 0) {
            assert_int_equal(iec21_speed(rows[i].baud), rows[i].speed);
        }
    }
    assert_int_equal(iec21_speed(38400), '\0');
    assert_int_equal(iec21_speed(0), '\0');
}

/* What is heard, as "kind:text|" of each message; kinds by a letter, partial blocks small. */
static void hear(struct iec21_receiver *receiver, const uint8_t *data, size_t length,
                 size_t portion, char *seen, size_t size)
{
    size_t end = strlen(seen);
    for (size_t at = 0; at < length;) {
        struct iec21_message message;
        const size_t count = length - at < portion ? length - at : portion;
        const size_t used = iec21_receiver_feed(receiver, data + at, count, 0, &message);
        assert_true(used > 0 && used <= count);
        at += used;
        if (message.kind != IEC21_NOTHING) {
            end += (size_t)snprintf(seen + end, size - end, "%c%s:%s|", " SOANDCXL"[message.kind],
                                    message.is_partial ? "+" : "", message.text);
        }
    }
}

static void test_messages_in_any_portions(void **state)
{
    (void)state;
    static const char stream[] = "noise/?!\r\n/KAM5 6841138BN143002\r\n\6\025\1P1\2(12345)\3P"
                                 "\2"
                                 "131.0.3(1)\3\3junk\1B0\3q\2a\4e/?/?1!\r\n\1B0\3X"
                                 "\2(/!\6\025)\3Y\2"
                                 "12345678901234567890123456789012\3:";
    static const char expected[] =
        "S:/?!|S:/KAM5 6841138BN143002|A:|N:|C:P1\2(12345)|D:131.0.3(1)|"
        "C:B0|D+:a|S:/?1!|X:B0|D:(/!\6\025)|L:1234567890123456789012345678901|";
    for (size_t portion = 1; portion < 60; portion++) {
        char seen[512] = "";
        char buffer[32];
        struct iec21_receiver receiver;
        uint8_t data[sizeof stream];
        size_t length = sizeof stream - 1;
        memcpy(data, stream, length);
        /* The checks of the two blocks at the end. */
        uint8_t *block = (uint8_t *)strstr((char *)data, "(/!");
        block[7] = iec21_bcc(0, (const char *)block, 7);
        data[length - 1] = iec21_bcc(0, (const char *)data + length - 34, 33);
        iec21_receiver_init(&receiver, IEC21_SEVEN_BITS, buffer, sizeof buffer, 1500);
        hear(&receiver, data, length, portion, seen, sizeof seen);
        assert_string_equal(seen, expected);
    }
}

static void test_option_select(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool has_parity;
        const char *seen;
    } rows[] = {
        {"\x06\x30\x35\x30\x0D\x0A", false, "O:050|"},
        {"\x06\x30\x35\x30\x8D\x0A", true, "O:050|"},
        {"\x06\x30\x35\xB1\x8D\x0A", true, "O:051|"},
        {"\x06\x30\x35\x36\x8D\x0A", true, "O:056|"},
        {"\x06\x30\x35\x31\x8D\x0A", true, ""}, /* wrong parity: not said */
        {"\x86\x30\x35\xB1\x8D\x0A", true, ""},
        {"\x06\x06\x30\x35\x30\x0D\x0A", false, "O:050|"},
        {"\x06\x30\x35\x0D\x0A", false, "O:05|"},
        {"\x06\x30\x35\x30\x0D\x30", false, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char seen[64] = "";
        char buffer[32];
        struct iec21_receiver receiver;
        iec21_receiver_init(&receiver,
                            rows[i].has_parity ? IEC21_SOFTWARE_PARITY : IEC21_SEVEN_BITS, buffer,
                            sizeof buffer, 1500);
        iec21_receiver_expect_option(&receiver, true);
        hear(&receiver, (const uint8_t *)rows[i].text, strlen(rows[i].text), 3, seen, sizeof seen);
        assert_string_equal(seen, rows[i].seen);
    }
}

/* The message with one bit of its byte number at wrong is not heard. */
static void check_wrong_bit(const uint8_t *right, size_t length, enum iec21_coding coding,
                            size_t at, unsigned bit)
{
    char seen[64] = "";
    char buffer[32];
    uint8_t data[32];
    struct iec21_receiver receiver;
    memcpy(data, right, length);
    data[at] ^= (uint8_t)(1u << bit);
    iec21_receiver_init(&receiver, coding, buffer, sizeof buffer, 1500);
    hear(&receiver, data, length, 64, seen, sizeof seen);
    assert_null(strchr(seen, 'C'));
}

static void test_every_wrong_bit_is_found(void **state)
{
    (void)state;
    static const char text[] = "\1R1\2"
                               "131.0.3()\3";
    uint8_t bare[32];
    uint8_t with[32];
    const size_t length = strlen(text) + 1;
    memcpy(bare, text, length - 1);
    bare[length - 1] = iec21_bcc(0, text + 1, length - 2);
    for (size_t at = 0; at < length; at++) {
        with[at] = iec21_with_parity(bare[at]);
    }
    for (size_t at = 1; at < length; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            check_wrong_bit(with, length, IEC21_SOFTWARE_PARITY, at, bit);
            if (bit < 7) {
                check_wrong_bit(bare, length, IEC21_SEVEN_BITS, at, bit);
            }
        }
    }
}

static void test_a_pause_drops_a_message(void **state)
{
    (void)state;
    for (uint32_t pause_ms = 1500; pause_ms <= 1501; pause_ms++) {
        char buffer[32];
        struct iec21_receiver receiver;
        struct iec21_message message;
        iec21_receiver_init(&receiver, IEC21_SEVEN_BITS, buffer, sizeof buffer, 1500);
        iec21_receiver_feed(&receiver, (const uint8_t *)"/?", 2, UINT32_MAX, &message);
        iec21_receiver_feed(&receiver, (const uint8_t *)"!\r\n", 3, UINT32_MAX + pause_ms,
                            &message);
        assert_int_equal(message.kind, pause_ms == 1500 ? IEC21_SLASH : IEC21_NOTHING);
    }
}

static void test_sign_on(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_for_us;
    } rows[] = {
        {"/?!", true},
        {"/?12345678!", true},
        {"/?0012345678!", true},
        {"/?000012345678!", true},
        {"/?12345679!", false},
        {"/?1234567!", false},
        {"/?123456780!", false},
        {"/?2345678!", false},
        {"/?12345678", false},
        {"/?12345678!x", false},
        {"/12345678!", false},
        {"/?0!", false},
        {"/", false},
        {"", false},
        {"/?00000000000000000000000000012345678!", false}, /* more than 32 characters */
    };
    char text[48];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(iec21_is_sign_on_for(rows[i].text, "0012345678"), rows[i].is_for_us);
    }
    assert_true(iec21_is_sign_on_for("/?0!", "0"));
    assert_int_equal(iec21_write_sign_on(text, sizeof text, "Ab 12"), WH_OK);
    assert_string_equal(text, "/?Ab 12!\r\n");
    assert_int_equal(iec21_write_sign_on(text, 10, "Ab 12"), WH_ERR_SPACE);
    assert_int_equal(iec21_write_sign_on(text, sizeof text, "12!"), WH_ERR_ARGUMENT);
    assert_int_equal(iec21_write_sign_on(text, sizeof text, "123456789012345678901234567890123"),
                     WH_ERR_ARGUMENT);
}

static void test_identification(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        char speed;
        bool has_hdlc;
        const char *type;
    } rows[] = {
        {"/KAM5 6841138BN143002", '5', false, " 6841138BN143002"},
        {"/KAM 68438BC450000", ' ', false, "68438BC450000"},
        {"/KAM5 68535CC453010", '5', false, " 68535CC453010"},
        {"/KAM 685-382-OK-10", ' ', false, "685-382-OK-10"},
        {"/LGZ5\\2ZMD3104", '5', true, "ZMD3104"},
        {"/KAMA", 'A', false, ""},
    };
    static const char *const wrong[] = {"",         "/",        "/KA",  "/KAM",
                                        "/K4M5x",   "/?!",      "KAM5", "/KAM512345678901234567",
                                        "/KAM5a!b", "/KAM5a\tb"};
    struct iec21_identification identification;
    char text[64];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(iec21_read_identification(rows[i].text, &identification), WH_OK);
        assert_int_equal(identification.speed, rows[i].speed);
        assert_int_equal(identification.has_hdlc, rows[i].has_hdlc);
        assert_string_equal(identification.type, rows[i].type);
        assert_int_equal(iec21_write_identification(text, sizeof text, &identification), WH_OK);
        assert_memory_equal(text, rows[i].text, strlen(rows[i].text));
        assert_string_equal(text + strlen(rows[i].text), "\r\n");
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(iec21_read_identification(wrong[i], &identification), WH_ERR_FORMAT);
    }
    assert_int_equal(iec21_write_identification(text, 5, &identification), WH_ERR_SPACE);
    identification.type[0] = '/';
    assert_int_equal(iec21_write_identification(text, sizeof text, &identification),
                     WH_ERR_ARGUMENT);
}

static void test_commands(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum wh_err err;
        const char *split; /* code, type, address, argument */
    } rows[] = {
        {"P1\2(12345)", WH_OK, "P1,,12345"},
        {"R1\2"
         "131.0.3()",
         WH_OK, "R1,131.0.3,"},
        {"W5\2"
         "131.0.17(3)(1.0.0)(1.8.0)",
         WH_OK, "W5,131.0.17,3)(1.0.0)(1.8.0"},
        {"B0", WH_OK, "B0,,"},
        {"R1\2", WH_OK, "R1,,"},
        {"R1\2"
         "1.8.0",
         WH_OK, "R1,1.8.0,"},
        {"", WH_ERR_FORMAT, ""},
        {"R", WH_ERR_FORMAT, ""},
        {"RR\2()", WH_ERR_FORMAT, ""},
        {"R1x()", WH_ERR_FORMAT, ""},
        {"R1\2"
         "1.8.0(",
         WH_ERR_FORMAT, ""},
        {"R1\2"
         "1.8.0()x",
         WH_ERR_FORMAT, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[64];
        char split[64] = "";
        struct iec21_command command;
        snprintf(text, sizeof text, "%s", rows[i].text);
        assert_int_equal(iec21_split_command(text, &command), rows[i].err);
        if (rows[i].err == WH_OK) {
            snprintf(split, sizeof split, "%c%c,%s,%s", command.code, command.type, command.address,
                     command.argument);
            assert_string_equal(split, rows[i].split);
        }
    }
}

static void test_data_sets(void **state)
{
    (void)state;
    static const char block[] = "0.0.1(12345678)\r\n1.8.0(0000010*kWh)\r\n"
                                "1.6.0(0.000*kW)(00000101000000)\r\n1.6.1()a(b*c)(d)(e)\r\n!\r\n";
    static const char expected[] = "0.0.1=12345678,,;1.8.0=0000010,kWh,;"
                                   "1.6.0=0.000,kW,(00000101000000);1.6.1=,,;a=b,c,(d)(e);";
    char seen[256] = "";
    size_t end = 0;
    size_t at = 0;
    struct iec21_found found;
    while (iec21_next_data_set(block, strlen(block), &at, &found) == WH_OK) {
        end += (size_t)snprintf(seen + end, sizeof seen - end, "%.*s=%.*s,%.*s,%.*s;",
                                (int)found.address.length, found.address.text,
                                (int)found.value.length, found.value.text, (int)found.unit.length,
                                found.unit.text, (int)found.rest.length, found.rest.text);
    }
    assert_string_equal(seen, expected);
    assert_int_equal(iec21_next_data_set(block, strlen(block), &at, &found), WH_ERR_NOT_FOUND);
    static const char *const wrong[] = {"1.8.0",  "1.8.0(",     "1.8.0(1",    "1.8.0(1\r\n)",
                                        "1.8.0)", "1.8.0(1)(2", "1.8.0((1))", "1.8\r\n.0(1)"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        at = 0;
        assert_int_equal(iec21_next_data_set(wrong[i], strlen(wrong[i]), &at, &found),
                         WH_ERR_FORMAT);
        assert_int_equal(at, 0);
    }
}

static void test_writing_data_sets(void **state)
{
    (void)state;
    static const struct iec21_data_set set = {"1.6.0", "0.000", "kW", "00000101000000"};
    char line[IEC21_LINE_SIZE];
    assert_int_equal(iec21_write_data_set(line, sizeof line, &set), 33);
    assert_string_equal(line, "1.6.0(0.000*kW)(00000101000000)\r\n");
    assert_int_equal(iec21_write_data_set(line, 34, &set), 33);
    assert_int_equal(iec21_write_data_set(line, 33, &set), 0);
    struct iec21_data_set longest;
    memset(&longest, 'x', sizeof longest);
    longest.address[IEC21_ADDRESS_SIZE - 1] = '\0';
    longest.value[IEC21_VALUE_SIZE - 1] = '\0';
    longest.unit[IEC21_UNIT_SIZE - 1] = '\0';
    longest.second[IEC21_VALUE_SIZE - 1] = '\0';
    assert_true(iec21_write_data_set(line, sizeof line, &longest) > 0);
}

static void test_groups_of_an_argument(void **state)
{
    (void)state;
    char seen[64] = "";
    size_t end = 0;
    size_t at = 0;
    struct iec21_span group;
    while (iec21_next_group("3)(1.0.0)()(1.8.0", &at, &group) == WH_OK) {
        end +=
            (size_t)snprintf(seen + end, sizeof seen - end, "%.*s;", (int)group.length, group.text);
    }
    assert_string_equal(seen, "3;1.0.0;;1.8.0;");
    at = 0;
    assert_int_equal(iec21_next_group("", &at, &group), WH_OK);
    assert_int_equal(group.length, 0);
    assert_int_equal(iec21_next_group("", &at, &group), WH_ERR_NOT_FOUND);
    at = 0;
    assert_int_equal(iec21_next_group("a)b", &at, &group), WH_ERR_FORMAT);
    assert_int_equal(iec21_next_group("a(b", &at, &group), WH_ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_even_parity),
        cmocka_unit_test(test_block_checks),
        cmocka_unit_test(test_speeds),
        cmocka_unit_test(test_messages_in_any_portions),
        cmocka_unit_test(test_option_select),
        cmocka_unit_test(test_every_wrong_bit_is_found),
        cmocka_unit_test(test_a_pause_drops_a_message),
        cmocka_unit_test(test_sign_on),
        cmocka_unit_test(test_identification),
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_data_sets),
        cmocka_unit_test(test_writing_data_sets),
        cmocka_unit_test(test_groups_of_an_argument),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
