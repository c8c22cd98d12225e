/* The reader against the server: every mode, all of programming mode, lines that damage and
 * lose, and failures by name. Characters only come through when both ends of the line have the
 * same speed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "device.h"
#include "iec62056_21/reader.h"

struct pair {
    struct line meter;
    struct iec21_reader reader;
    char buffer[2048];
    uint32_t now_ms;
    uint32_t one_in; /* a character is damaged with this chance; 0: never */
    bool loses;      /* as many get lost */
    uint32_t random;
    bool echoes; /* the reader hears itself */
    unsigned mismatches;
};

static void pair_init(struct pair *pair, enum iec21_mode mode, enum iec21_coding coding)
{
    memset(pair, 0, sizeof *pair);
    line_init(&pair->meter, mode, coding);
    pair->now_ms = pair->meter.now_ms;
    pair->random = 1;
    const struct iec21_reader_setup setup = {.coding = coding,
                                             .tries = 3,
                                             .answer_ms = 2000,
                                             .character_ms = 1500,
                                             .reaction_ms = 200,
                                             .buffer = pair->buffer,
                                             .size = sizeof pair->buffer};
    assert_int_equal(iec21_reader_init(&pair->reader, &setup), WH_OK);
}

static uint32_t next_random(struct pair *pair)
{
    pair->random ^= pair->random << 13;
    pair->random ^= pair->random >> 17;
    pair->random ^= pair->random << 5;
    return pair->random;
}

/* Whether the byte arrives; it may be damaged. */
static bool carry(struct pair *pair, uint8_t *byte)
{
    const struct iec21_line from = iec21_reader_line(&pair->reader);
    const struct iec21_line to = iec21_server_line(&pair->meter.server);
    if (from.baud != to.baud || from.format != to.format) {
        pair->mismatches++;
        *byte = (uint8_t)next_random(pair);
    }
    const uint32_t fate = pair->one_in == 0 ? 2 : next_random(pair) % pair->one_in;
    *byte ^= (uint8_t)(fate == 1 ? 1u << next_random(pair) % 8 : 0);
    return fate != 0 || !pair->loses;
}

/* Lets both talk, 10 ms at a time, until the reader waits no longer. The speed of a byte is that of
 * before it was given out: a port changes behind it. */
static enum iec21_reader_state talk(struct pair *pair)
{
    for (int i = 0; i < 60000; i++) {
        uint8_t byte;
        struct iec21_reader before = pair->reader;
        while (iec21_reader_output(&pair->reader, pair->now_ms, &byte, 1) == 1) {
            const struct iec21_line now = pair->reader.line;
            pair->reader.line = before.line;
            const bool arrives = carry(pair, &byte);
            pair->reader.line = now;
            if (arrives) {
                iec21_server_input(&pair->meter.server, &byte, 1, pair->now_ms);
            }
            if (pair->echoes) {
                iec21_reader_input(&pair->reader, &byte, 1, pair->now_ms);
            }
            before = pair->reader;
        }
        struct iec21_line line = pair->meter.server.line;
        while (iec21_server_output(&pair->meter.server, pair->now_ms, &byte, 1) == 1) {
            const struct iec21_line now = pair->meter.server.line;
            pair->meter.server.line = line;
            const bool arrives = carry(pair, &byte);
            pair->meter.server.line = now;
            if (arrives) {
                iec21_reader_input(&pair->reader, &byte, 1, pair->now_ms);
            }
            line = now;
        }
        if (iec21_reader_run(&pair->reader, pair->now_ms) != IEC21_READER_BUSY) {
            break;
        }
        pair->now_ms += 10;
    }
    return iec21_reader_run(&pair->reader, pair->now_ms);
}

static enum iec21_reader_state start(struct pair *pair, enum iec21_purpose purpose)
{
    const struct iec21_plan plan = {
        .purpose = purpose, .start_baud = 300, .fastest_baud = 4800, .address = "12345678"};
    assert_int_equal(iec21_reader_start(&pair->reader, &plan, pair->now_ms), WH_OK);
    return talk(pair);
}

static enum iec21_reader_state command(struct pair *pair, const char *code, const char *data)
{
    assert_int_equal(iec21_reader_command(&pair->reader, code, data, pair->now_ms), WH_OK);
    return talk(pair);
}

/* Data sets of the block as "address=value,unit;". */
static const char *list(const struct pair *pair, char *seen, size_t size)
{
    size_t length;
    size_t at = 0;
    size_t end = 0;
    struct iec21_found found;
    const char *block = iec21_reader_block(&pair->reader, &length);
    seen[0] = '\0';
    while (iec21_next_data_set(block, length, &at, &found) == WH_OK) {
        end +=
            (size_t)snprintf(seen + end, size - end, "%.*s=%.*s,%.*s;", (int)found.address.length,
                             found.address.text, (int)found.value.length, found.value.text,
                             (int)found.unit.length, found.unit.text);
    }
    return seen;
}

static const char whole[] = "0.0.1=12345678,;97.97.0=210,;1.8.0=0000010,kWh;1.8.1=0000010,kWh;"
                            "1.8.2=0000000,kWh;96.8.0=49,;1.0.0=01131212114656,;";

static void test_read_out_in_every_mode(void **state)
{
    (void)state;
    static const struct {
        enum iec21_mode mode;
        enum iec21_purpose purpose;
        uint32_t baud;
    } rows[] = {
        {IEC21_MODE_A, IEC21_READ_OUT, 300},          {IEC21_MODE_B, IEC21_READ_OUT, 9600},
        {IEC21_MODE_C, IEC21_READ_OUT, 4800}, /* the faster of the slower */
        {IEC21_MODE_C, IEC21_READ_OUT_AT_START, 300}, {IEC21_MODE_E, IEC21_READ_OUT, 4800},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int k = 0; k < 4; k++) {
            struct pair pair;
            char seen[512];
            pair_init(&pair, rows[i].mode, (k & 1) != 0 ? IEC21_SOFTWARE_PARITY : IEC21_SEVEN_BITS);
            pair.echoes = (k & 2) != 0;
            assert_int_equal(start(&pair, rows[i].purpose), IEC21_READER_DATA);
            assert_string_equal(list(&pair, seen, sizeof seen), whole);
            assert_int_equal(iec21_reader_line(&pair.reader).baud, rows[i].baud);
            assert_int_equal(pair.mismatches, 0);
            assert_string_equal(iec21_reader_identification(&pair.reader)->flag, "KAM");
        }
    }
}

static void test_programming(void **state)
{
    (void)state;
    for (int echoes = 0; echoes < 2; echoes++) {
        struct pair pair;
        char seen[512];
        size_t length;
        pair_init(&pair, IEC21_MODE_C, IEC21_SOFTWARE_PARITY);
        pair.echoes = echoes;
        assert_int_equal(start(&pair, IEC21_PROGRAM), IEC21_READER_CHALLENGE);
        assert_string_equal(iec21_reader_block(&pair.reader, &length), "P0\2()");
        assert_int_equal(command(&pair, "P1", "(12345)"), IEC21_READER_ACKNOWLEDGED);
        assert_int_equal(command(&pair, "R1", "131.0.3()"), IEC21_READER_DATA);
        assert_string_equal(list(&pair, seen, sizeof seen), "131.0.3=1,;");
        assert_int_equal(command(&pair, "W1", "131.0.3(0)"), IEC21_READER_ACKNOWLEDGED);
        assert_string_equal(pair.meter.device.user_data_list, "0");
        assert_int_equal(command(&pair, "W1", "131.0.3(9)"), IEC21_READER_REFUSED);
        assert_string_equal(iec21_reader_block(&pair.reader, &length), "(ER VALUE OUT OF RANGE)");
        assert_int_equal(command(&pair, "E2", "1()"), IEC21_READER_ACKNOWLEDGED);
        assert_int_equal(command(&pair, "R6", "99.1.0(;;4)"), IEC21_READER_MORE_DATA);
        assert_int_equal(iec21_reader_go_on(&pair.reader, pair.now_ms), WH_OK);
        assert_int_equal(talk(&pair), IEC21_READER_MORE_DATA);
        assert_int_equal(iec21_reader_go_on(&pair.reader, pair.now_ms), WH_OK);
        assert_int_equal(talk(&pair), IEC21_READER_DATA);
        assert_non_null(strstr(iec21_reader_block(&pair.reader, &length), "0000592.95"));
        assert_int_equal(iec21_reader_go_on(&pair.reader, pair.now_ms), WH_ERR_STATE);
        assert_int_equal(iec21_reader_end(&pair.reader, pair.now_ms), WH_OK);
        assert_int_equal(talk(&pair), IEC21_READER_ENDED);
        assert_false(iec21_server_is_busy(&pair.meter.server, pair.now_ms));
        assert_int_equal(iec21_reader_end(&pair.reader, pair.now_ms), WH_ERR_STATE);
        assert_int_equal(iec21_reader_command(&pair.reader, "R1", "1.8.0()", 0), WH_ERR_STATE);
        assert_int_equal(pair.mismatches, 0);
    }
}

static void test_wrong_password(void **state)
{
    (void)state;
    struct pair pair;
    pair_init(&pair, IEC21_MODE_C, IEC21_SEVEN_BITS);
    assert_int_equal(start(&pair, IEC21_MAKER), IEC21_READER_CHALLENGE);
    assert_int_equal(command(&pair, "P1", "(54321)"), IEC21_READER_BROKEN_OFF);
    assert_int_equal(iec21_reader_command(&pair.reader, "P1", "(12345)", 0), WH_ERR_STATE);
}

static void test_hand_over(void **state)
{
    (void)state;
    for (int confirms = 0; confirms < 2; confirms++) {
        struct pair pair;
        pair_init(&pair, IEC21_MODE_E, IEC21_SEVEN_BITS);
        pair.meter.server.setup.confirms_hand_over = confirms;
        assert_int_equal(start(&pair, IEC21_TO_HDLC), IEC21_READER_HANDED_OVER);
        assert_true(iec21_server_is_handed_over(&pair.meter.server));
        assert_int_equal(iec21_reader_line(&pair.reader).baud, 4800);
        assert_int_equal(iec21_reader_line(&pair.reader).format, IEC21_8N1);
        assert_int_equal(iec21_server_line(&pair.meter.server).baud, 4800);
        assert_int_equal(iec21_server_line(&pair.meter.server).format, IEC21_8N1);
    }
}

static void test_what_is_not_offered(void **state)
{
    (void)state;
    static const struct {
        enum iec21_mode mode;
        enum iec21_purpose purpose;
    } rows[] = {{IEC21_MODE_A, IEC21_PROGRAM},
                {IEC21_MODE_B, IEC21_MAKER},
                {IEC21_MODE_C, IEC21_TO_HDLC},
                {IEC21_MODE_A, IEC21_TO_HDLC}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pair pair;
        pair_init(&pair, rows[i].mode, IEC21_SEVEN_BITS);
        assert_int_equal(start(&pair, rows[i].purpose), IEC21_READER_NOT_OFFERED);
    }
    struct pair pair;
    struct iec21_meter without_login = device_functions;
    without_login.login = NULL;
    pair_init(&pair, IEC21_MODE_C, IEC21_SEVEN_BITS);
    pair.meter.server.setup.meter = &without_login;
    assert_int_equal(start(&pair, IEC21_PROGRAM), IEC21_READER_NOT_OFFERED);
}

static void test_no_meter(void **state)
{
    (void)state;
    struct pair pair;
    pair_init(&pair, IEC21_MODE_C, IEC21_SEVEN_BITS);
    pair.meter.device.address = "999";
    const uint32_t begun_ms = pair.now_ms;
    assert_int_equal(start(&pair, IEC21_READ_OUT), IEC21_READER_NO_ANSWER);
    assert_in_range(pair.now_ms - begun_ms, 6000, 8000); /* three tries */
    assert_string_equal(iec21_reader_text(IEC21_READER_NO_ANSWER), "no answer");
    assert_string_equal(iec21_reader_text(IEC21_READER_STATES), "unknown state");
}

static void test_too_small_a_buffer(void **state)
{
    (void)state;
    struct pair pair;
    pair_init(&pair, IEC21_MODE_C, IEC21_SEVEN_BITS);
    pair.reader.setup.size = 64;
    assert_int_equal(start(&pair, IEC21_READ_OUT), IEC21_READER_TOO_LONG);
    const struct iec21_reader_setup small = {.buffer = pair.buffer, .size = 63};
    const struct iec21_reader_setup follow = {
        .buffer = pair.buffer, .size = 64, .coding = IEC21_FOLLOW};
    assert_int_equal(iec21_reader_init(&pair.reader, &small), WH_ERR_ARGUMENT);
    assert_int_equal(iec21_reader_init(&pair.reader, &follow), WH_ERR_ARGUMENT);
}

static void test_plans_and_commands_that_cannot_be(void **state)
{
    (void)state;
    struct pair pair;
    char long_data[IEC21_COMMAND_SIZE];
    pair_init(&pair, IEC21_MODE_C, IEC21_SEVEN_BITS);
    struct iec21_plan plan = {.start_baud = 300, .fastest_baud = 9600, .address = "1!"};
    assert_int_equal(iec21_reader_start(&pair.reader, &plan, 0), WH_ERR_ARGUMENT);
    plan.address[0] = '\0';
    plan.start_baud = 301;
    assert_int_equal(iec21_reader_start(&pair.reader, &plan, 0), WH_ERR_ARGUMENT);
    assert_int_equal(start(&pair, IEC21_PROGRAM), IEC21_READER_CHALLENGE);
    assert_int_equal(iec21_reader_command(&pair.reader, "R", "", 0), WH_ERR_ARGUMENT);
    assert_int_equal(iec21_reader_command(&pair.reader, "Rx", "", 0), WH_ERR_ARGUMENT);
    assert_int_equal(iec21_reader_command(&pair.reader, "R11", "", 0), WH_ERR_ARGUMENT);
    memset(long_data, 'x', sizeof long_data);
    long_data[IEC21_COMMAND_SIZE - 5] = '\0';
    assert_int_equal(iec21_reader_command(&pair.reader, "W5", long_data, 0), WH_ERR_SPACE);
    long_data[IEC21_COMMAND_SIZE - 6] = '\0';
    assert_int_equal(iec21_reader_command(&pair.reader, "W5", long_data, 0), WH_OK);
    assert_int_equal(iec21_reader_command(&pair.reader, "W5", "", 0), WH_ERR_STATE); /* busy */
}

/* On a bad line every exchange ends. Where bits go wrong one at a time, parity finds each of
 * them and data that arrive are right. (Where characters get lost two equal ones may, and
 * neither parity nor an exclusive or notices.) */
static void test_a_bad_line(void **state)
{
    (void)state;
    unsigned done = 0;
    for (uint32_t round = 0; round < 300; round++) {
        struct pair pair;
        char seen[512];
        pair_init(&pair, IEC21_MODE_C, IEC21_SOFTWARE_PARITY);
        pair.one_in = 50u << round % 8;
        pair.random = round + 1;
        pair.loses = round % 2 != 0;
        const enum iec21_reader_state result = start(&pair, IEC21_READ_OUT);
        assert_int_not_equal(result, IEC21_READER_BUSY);
        if (result == IEC21_READER_DATA && !pair.loses) {
            assert_string_equal(list(&pair, seen, sizeof seen), whole);
            done++;
        }
    }
    assert_true(done > 50 && done < 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_out_in_every_mode),
        cmocka_unit_test(test_programming),
        cmocka_unit_test(test_wrong_password),
        cmocka_unit_test(test_hand_over),
        cmocka_unit_test(test_what_is_not_offered),
        cmocka_unit_test(test_no_meter),
        cmocka_unit_test(test_too_small_a_buffer),
        cmocka_unit_test(test_plans_and_commands_that_cannot_be),
        cmocka_unit_test(test_a_bad_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
