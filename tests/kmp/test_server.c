/* The server: answers byte for byte, what must stay unanswered, and that a refused request changes
 * nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_meter.h"
#include "hex.h"
#include "vectors.h"

/* The 382 of the captures. */
static void make_382(struct fake_meter *meter)
{
    struct kmp_value value;
    static const struct kmp_rtc clock = {0x82, 1, 33, 2, 16, 10, 9, 2012};
    meter->type = (struct kmp_type){0x6200, 8, 1};
    meter->serial_number = 19088743;
    meter->cut_off = (struct kmp_cut_off){KMP_CUT_OFF_CONNECTED, 0x3F};
    meter->events.status[0] = KMP_ES0_COVER;
    meter->load_profile = (struct kmp_load_profile){0x0F, 15, 0x81};
    meter->voltage_quality = (struct kmp_voltage_quality){207, 253, 60};
    fake_number(meter, 1001, 51, 4, 0, 14990045);
    fake_number(meter, 13, 2, 4, -4, 1918015);
    fake_number(meter, 1, 2, 4, 0, 191);
    fake_number(meter, 19, 2, 4, 0, 191);
    fake_number(meter, 23, 2, 4, 0, 0);
    fake_number(meter, 27, 2, 4, 0, 0);
    fake_number(meter, 31, 2, 4, 0, 0);
    fake_number(meter, 58, 0, 4, 0, 3);
    fake_number(meter, 1054, 33, 2, 0, 229);
    fake_number(meter, 1055, 33, 2, 0, 0);
    fake_number(meter, 1056, 33, 2, 0, 0);
    fake_number(meter, 1076, 34, 4, -2, 0);
    fake_number(meter, 1077, 34, 4, -2, 0);
    fake_number(meter, 1078, 34, 4, -2, 0);
    fake_number(meter, 1003, 48, 4, 0, 120910);
    fake_number(meter, 1002, 47, 4, 0, 160233);
    fake_number(meter, 1004, 46, 4, 0, 5345);
    kmp_value_from_rtc(&value, &clock);
    fake_value(meter, 1047, &value);
    fake_number(meter, 1045, 0, 1, 0, 0);
    fake_number(meter, 1010, 51, 10, 0, 14990045);
    fake_number(meter, 51, 51, 4, 0, 14990045);
    fake_number(meter, 52, 51, 4, 0, 0);
    fake_number(meter, 53, 51, 4, 0, 0);
}

static void open_line(struct fake_line *line)
{
    fake_line_init(line, 256);
    make_382(&line->meter);
}

static void test_registers_of_the_382_byte_for_byte(void **state)
{
    (void)state;
    static const struct {
        uint16_t ids[8];
        size_t count;
        const char *answer;
    } rows[] = {
        {{1001}, 1, "403F1003E933040000E4BADDF4DF0D"},
        {{13, 1, 19, 23, 27, 31},
         6,
         "403F10001BF2020444001D443F0001020400000000BF0013020400000000BF0017020400000000"
         "00001BE402040000000000001F0204000000000045140D"},
        {{58}, 1, "403F10003A00040000000003011B7F0D"},
        {{1054, 1055, 1056, 1076, 1077, 1078},
         6,
         "403F10041E21020000E5041F210200000004202102000000043422044200000000043522044200"
         "00000004362204420000000070AC0D"},
        {{1003, 1002, 1004, 1047, 1045},
         5,
         "403F1003EB3004000001D84E03EA2F0400000271E903EC2E0400000014E1041735080082012102"
         "100A090C041500010000D6970D"},
        {{1010, 51, 52, 53},
         4,
         "403F1003F2330A0000000000000000E4BADD003333040000E4BADD003433040000000000003533"
         "040000000000C47A0D"},
        {{9999}, 1, "403F10079A0D"}, /* none known: an answer without records */
        {{9999, 1001, 9998}, 3, "403F1003E933040000E4BADDF4DF0D"}, /* unknown ones left out */
    };
    struct fake_line line;
    open_line(&line);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kmp_request request;
        assert_int_equal(kmp_request_registers(&request, rows[i].ids, rows[i].count), WH_OK);
        assert_string_equal(fake_line_request(&line, &request), rows[i].answer);
    }
}

/* Every answer with registers that was captured, printed or built: taken apart, put into a meter and asked for
 * again, it comes again byte for byte. */
static void test_every_answer_comes_again(void **state)
{
    (void)state;
    unsigned seen = 0;
    for (size_t i = 0; i < sizeof frame_vectors / sizeof frame_vectors[0]; i++) {
        uint8_t wire[HEX_SIZE], buffer[HEX_SIZE];
        uint16_t ids[KMP_REGISTERS + 1];
        size_t used, offset = 0, count = 0;
        struct kmp_receiver receiver;
        struct kmp_frame frame;
        struct kmp_value value;
        struct kmp_request request;
        struct fake_line line;
        const size_t length = hex_bytes(frame_vectors[i], wire, sizeof wire);
        kmp_receiver_init(&receiver, KMP_ANSWER, buffer, sizeof buffer, 0);
        if (wire[0] != KMP_ANSWER ||
            kmp_receiver_feed(&receiver, wire, length, 0, &used, &frame) != KMP_RECEIVED_FRAME ||
            frame.cid != KMP_GET_REGISTER) {
            continue;
        }
        fake_line_init(&line, 256);
        while (kmp_answer_register(&frame, &offset, &ids[count], &value) == WH_OK) {
            fake_value(&line.meter, ids[count++], &value);
        }
        ids[count] = count == 0 ? 9999 : 0; /* one that it does not have */
        assert_int_equal(kmp_request_registers(&request, ids, count == 0 ? 1 : count), WH_OK);
        assert_string_equal(fake_line_request(&line, &request), frame_vectors[i]);
        seen++;
    }
    assert_int_equal(seen, 26);
}

/* The vendor's and the project's own dialogues. */
static void test_dialogues_byte_for_byte(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        const char *answer;
    } rows[] = {
        {"803F01058A0D", "403F01620008016DEC0D"},
        {"803F0235E90D", "403F0201234567E9560D"},
        {"803F98171A0D", "403F98043F22E70D"},
        {"803F9B27790D", "403F9B1BBF0000004E660D"},
        {"803FAA010B0D", "403FAA0F0F81566C0D"},
        {"803F090001144A00027715774E0D", "06"},
        {"803F110000003333040000BC614EDD230D", "06"},
        {"803F88052B0D", "06"},
        {"803F07654C0D", "06"},
        {"803F1001041E7ABB0D", "403F10041E21020000E5E8050D"},
        {"803F1001270F2B1E0D", "403F10079A0D"},
    };
    struct fake_line line;
    open_line(&line);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(fake_line_ask(&line, rows[i].request), rows[i].answer);
    }
    assert_int_equal(line.meter.clock_sets, 1);
    assert_int_equal(line.meter.clock.year, 2007);
    assert_int_equal(line.meter.clock.second, 57);
    assert_int_equal(line.meter.debiting_stops, 1);
    assert_int_equal(line.meter.resets, 1);
    assert_string_equal(fake_line_ask(&line, "803F1001003343B00D"),
                        "403F10003333040000BC614EF36A0D"); /* 12345678 now */
}

/* The vendor's heat meter answers, by a meter that has those registers. */
static void test_registers_of_the_vendor_text(void **state)
{
    (void)state;
    static const struct {
        uint16_t id;
        uint8_t unit, size;
        int8_t exponent;
        int64_t number;
        const char *request;
        const char *answer;
    } rows[] = {
        {128, 22, 4, 17, 19591204, "803F1001001B7FD4080D", "403F10001B7F160411012AF02463030D"},
        {1001, 51, 4, 0, 0, "803F100103E97CD40D", "403F1003E93304000000000063380D"},
        {60, 3, 4, -3, 55006, "803F1001003CB25F0D", "403F10003C0304430000D6DE03220D"},
        {68, 40, 4, -2, 187556, "803F100100444DC00D", "403F1000442804420002DCA47C0A0D"},
        {80, 22, 2, -1, 0, "803F100100501F750D", "403F10005016024100002F5C0D"},
        {74, 41, 2, 0, 0, "803F1001004AAC0E0D", "403F10004A2902000000F0500D"},
        {86, 37, 2, -2, 5365, "803F100100567FB30D", "403F10005625024214F569DC0D"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fake_line line;
        fake_line_init(&line, 256);
        fake_number(&line.meter, rows[i].id, rows[i].unit, rows[i].size, rows[i].exponent,
                    rows[i].number);
        assert_string_equal(fake_line_ask(&line, rows[i].request), rows[i].answer);
    }
}

/* Everything of the meter that requests could change. */
static void assert_unchanged(const struct fake_line *line)
{
    struct fake_line fresh;
    open_line(&fresh);
    assert_memory_equal(&line->meter, &fresh.meter, sizeof fresh.meter);
}

static void test_what_must_stay_unanswered(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "807F0108460D",                 /* another address */
        "803F1002000155A10D",           /* CRC wrong as seen on the Internet */
        "803F1001000265CF0D",           /* CRC wrong */
        "803F090001144A00027715C34A0D", /* SetClock with the vendor's misprinted CRC */
        "8080808080",
        "06",
        "0D",
        "00",
        "403F0100041BF90126990D", /* an answer is no request */
    };
    struct fake_line line;
    open_line(&line);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(fake_line_ask(&line, rows[i]), "");
    }
    assert_unchanged(&line);
}

/* Data (behind a right CRC) that is no valid request: no answer and no change. */
static void test_valid_frames_that_are_no_request(void **state)
{
    (void)state;
    static const struct {
        uint8_t cid;
        const char *data;
    } rows[] = {
        {0x01, "00"},
        {0x02, "00"},
        {0x07, "0000"},
        {0x09, "0001144A000277"},
        {0x09, "0001144A0002771500"},
        {0x09, "00011453 00027715"}, /* 2007-07-39 */
        {0x09, "00011191 00027715"}, /* 2007-00-73 */
        {0x09, "0001144A 0003D090"}, /* 25:00:00 */
        {0x09, "000F4240 00027715"}, /* seven digits */
        {0x10, ""},
        {0x10, "00"},
        {0x10, "01"},
        {0x10, "0003E9"},
        {0x10, "0203E9"},
        {0x10, "0103E903E9"},
        {0x10, "0100"},
        {0x10, "09 0001 0002 0003 0004 0005 0006 0007 0008 0009"},
        {0x10, "FF0001"},
        {0x11, "0000 0033 33 04 00 00BC61"},      /* too short */
        {0x11, "0000 0033 33 04 00 00BC614E 00"}, /* too long */
        {0x11, "0000 0033 33 FF 00 00BC614E"},    /* says it is longer */
        {0x11, "0001 0033 33 04 00 00BC614E"},    /* wrong password */
        {0x11, "0000 270F 33 04 00 00BC614E"},    /* no such register */
        {0x11, "0000 0033 02 04 00 00BC614E"},    /* wrong unit */
        {0x11, "0000 0033"},
        {0x88, "01"},
        {0x97, ""},
        {0x97, "00"},
        {0x97, "02"}, /* release, though connected */
        {0x97, "03"},
        {0x97, "04"},
        {0x97, "0101"},
        {0x98, "00"},
        {0x9B, "00"},
        {0x9C, "00000000000000"},
        {0x9C, "000000000000000000"},
        {0xA2, "0100 0101 0000"}, /* no such log */
        {0xAA, "00"},
        {0xB8, ""},
        {0xB8, "05 02"},
        {0x00, ""},
        {0x85, ""},
        {0x92, "0000"},
        {0xFF, ""},
    };
    struct fake_line line;
    open_line(&line);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kmp_request request = {.cid = rows[i].cid};
        request.length = (uint8_t)hex_bytes(rows[i].data, request.data, sizeof request.data);
        assert_string_equal(fake_line_request(&line, &request), "");
    }
    assert_unchanged(&line);
}

/* Every request cut short, and every request with one wrong byte: nothing is said or done, but
 * for a wrong byte that makes no difference. */
static void test_damaged_requests_change_nothing(void **state)
{
    (void)state;
    struct fake_line line;
    open_line(&line);
    for (size_t i = 0; i < sizeof frame_vectors / sizeof frame_vectors[0]; i++) {
        uint8_t wire[HEX_SIZE];
        const size_t length = hex_bytes(frame_vectors[i], wire, sizeof wire);
        for (size_t at = 0; wire[0] == KMP_REQUEST && at < length; at++) {
            assert_string_equal(fake_line_send(&line, wire, at, HEX_SIZE), "");
            for (unsigned flip = 1; flip < 256; flip++) {
                wire[at] = (uint8_t)(wire[at] ^ flip);
                assert_string_equal(fake_line_send(&line, wire, length, HEX_SIZE), "");
                wire[at] = (uint8_t)(wire[at] ^ flip);
            }
        }
    }
    assert_unchanged(&line);
}

static void test_any_portions(void **state)
{
    (void)state;
    for (size_t portion = 1; portion < 30; portion++) {
        uint8_t wire[HEX_SIZE];
        struct fake_line line;
        const size_t length = hex_bytes("00803F01058A0D 803F07 803F1001003343B00D 00 803F98171A0D",
                                        wire, sizeof wire);
        open_line(&line);
        assert_string_equal(fake_line_send(&line, wire, length, portion),
                            "403F01620008016DEC0D403F10003333040000E4BADD7E020D403F98043F22E70D");
    }
}

static void test_a_gap_drops_the_request(void **state)
{
    (void)state;
    struct fake_line line;
    open_line(&line);
    fake_line_ask(&line, "803F01");
    line.now_ms += KMP_GAP_MS;
    assert_string_equal(fake_line_ask(&line, "058A0D"), "403F01620008016DEC0D");
    fake_line_ask(&line, "803F01");
    line.now_ms += KMP_GAP_MS + 1;
    assert_string_equal(fake_line_ask(&line, "058A0D"), "");
}

/* Until its answer is gone a meter takes nothing: the answer must not change under way. */
static void test_input_waits_for_the_answer(void **state)
{
    (void)state;
    struct fake_line line;
    uint8_t wire[64];
    uint8_t out[64];
    open_line(&line);
    const size_t length = hex_bytes("803F01058A0D803F0235E90D", wire, sizeof wire);
    assert_int_equal(kmp_server_input(&line.server, wire, length, 0), 6);
    assert_int_equal(kmp_server_input(&line.server, wire + 6, 6, 0), 0);
    assert_int_equal(kmp_server_output(&line.server, out, 3), 3);
    assert_int_equal(kmp_server_input(&line.server, wire + 6, 6, 0), 0);
    assert_int_equal(kmp_server_output(&line.server, out, sizeof out), 7);
    assert_int_equal(kmp_server_input(&line.server, wire + 6, 6, 0), 6);
    assert_int_equal(kmp_server_output(&line.server, out, sizeof out), 10);
    assert_int_equal(kmp_server_output(&line.server, out, sizeof out), 0);
}

static void test_breaker(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        const char *answer;
        uint8_t state;
    } steps[] = {
        {"803F970178C90D", "403F97013FF1230D", KMP_CUT_OFF_BY_COMMAND},
        {"803F9703588B0D", "", KMP_CUT_OFF_BY_COMMAND}, /* first a release */
        {"803F970248AA0D", "403F97083F4BBB0D", KMP_CUT_OFF_RELEASED},
        {"803F970248AA0D", "", KMP_CUT_OFF_RELEASED},
        {"803F9703588B0D", "403F97043F0ED60D", KMP_CUT_OFF_CONNECTED},
        {"803F970178C90D", "403F97013FF1230D", KMP_CUT_OFF_BY_COMMAND},
        {"803F970178C90D", "403F97013FF1230D", KMP_CUT_OFF_BY_COMMAND}, /* always allowed */
    };
    struct fake_line line;
    open_line(&line);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        assert_string_equal(fake_line_ask(&line, steps[i].request), steps[i].answer);
        assert_int_equal(line.meter.cut_off.state, steps[i].state);
    }
    line.meter.cut_off.state = KMP_CUT_OFF_NO_BREAKER;
    assert_string_equal(fake_line_ask(&line, "803F970178C90D"), "");
}

static void test_clearing_events(void **state)
{
    (void)state;
    struct fake_line line;
    struct kmp_request request;
    open_line(&line);
    fake_line_ask(&line, "803F9C1BBF0000000000000054A60D");
    assert_int_equal(line.meter.if_gone.status[0], KMP_ES0_COVER);
    assert_int_equal(line.meter.always.status[0], 0);
    assert_int_equal(line.meter.events.status[0], KMP_ES0_COVER); /* this meter's cover is open */
    kmp_request_clear_events(&request, &(struct kmp_events){{0}}, &(struct kmp_events){{0xFF}});
    assert_string_equal(fake_line_request(&line, &request), "403F9C00000000472E0D");
    assert_int_equal(line.meter.events.status[0], 0);
}

/* A meter without a function does not know the command. */
static void test_a_meter_that_has_nothing(void **state)
{
    (void)state;
    static const struct kmp_meter nothing = {0};
    uint8_t answer[KMP_SERVER_ANSWER_MIN];
    struct fake_line line = {0};
    const struct kmp_server_setup setup = {
        .meter = &nothing, .address = 0x3F, .answer = answer, .answer_size = sizeof answer};
    assert_int_equal(kmp_server_init(&line.server, &setup), WH_OK);
    for (size_t i = 0; i < sizeof frame_vectors / sizeof frame_vectors[0]; i++) {
        assert_string_equal(fake_line_ask(&line, frame_vectors[i]), "");
    }
}

/* Eight registers of the largest size fit the smallest buffer, stuffed to twice the length. */
static void test_the_longest_answer(void **state)
{
    (void)state;
    struct fake_line line;
    struct kmp_value value = {.unit = 54, .size = 16};
    uint16_t ids[8];
    struct kmp_request request;
    fake_line_init(&line, KMP_SERVER_ANSWER_MIN);
    memset(value.bytes, 0x80, sizeof value.bytes);
    for (uint16_t i = 0; i < 8; i++) {
        ids[i] = (uint16_t)(1202 + i);
        fake_value(&line.meter, ids[i], &value);
    }
    assert_int_equal(kmp_request_registers(&request, ids, 8), WH_OK);
    fake_line_request(&line, &request);
    assert_true(line.out_length > 8 * (5 + 2 * 16));
    const struct kmp_server_setup setup = {.answer_size = KMP_SERVER_ANSWER_MIN - 1};
    assert_int_equal(kmp_server_init(&line.server, &setup), WH_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registers_of_the_382_byte_for_byte),
        cmocka_unit_test(test_every_answer_comes_again),
        cmocka_unit_test(test_dialogues_byte_for_byte),
        cmocka_unit_test(test_registers_of_the_vendor_text),
        cmocka_unit_test(test_what_must_stay_unanswered),
        cmocka_unit_test(test_valid_frames_that_are_no_request),
        cmocka_unit_test(test_damaged_requests_change_nothing),
        cmocka_unit_test(test_any_portions),
        cmocka_unit_test(test_a_gap_drops_the_request),
        cmocka_unit_test(test_input_waits_for_the_answer),
        cmocka_unit_test(test_breaker),
        cmocka_unit_test(test_clearing_events),
        cmocka_unit_test(test_a_meter_that_has_nothing),
        cmocka_unit_test(test_the_longest_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
