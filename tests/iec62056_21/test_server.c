/* The meter's side: sign-on to read-out, programming mode, hand-over, and time. The read-outs
 * have the check characters of the reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "device.h"

static const char identification[] = "/KAM5 6841138BN143002\r\n";
static const char read_out[] = "\2"
                               "0.0.1(12345678)\r\n97.97.0(210)\r\n1.8.0(0000010*kWh)\r\n"
                               "1.8.1(0000010*kWh)\r\n1.8.2(0000000*kWh)\r\n96.8.0(49)\r\n"
                               "1.0.0(01131212114656)\r\n!\r\n\3\x54";

static uint32_t baud(const struct line *line)
{
    return iec21_server_line(&line->server).baud;
}

static void open_session(struct line *line, char option)
{
    char text[] = "\6"
                  "051\r\n";
    text[3] = option;
    line_init(line, IEC21_MODE_C, IEC21_SEVEN_BITS);
    assert_string_equal(line_say(line, "/?!\r\n", 300), identification);
    assert_string_equal(line_say(line, text, 300), "\1P0\2()\3\x60");
    assert_string_equal(line_say(line, "\1P1\2(12345)\3", 300), "\6");
}

static void test_mode_c_read_out(void **state)
{
    (void)state;
    struct line line;
    line_init(&line, IEC21_MODE_C, IEC21_SEVEN_BITS);
    assert_string_equal(line_say(&line, "/?!\r\n", 300), identification);
    assert_int_equal(baud(&line), 300);
    assert_string_equal(line_say(&line,
                                 "\6"
                                 "050\r\n",
                                 300),
                        read_out);
    assert_int_equal(baud(&line), 9600);
    assert_string_equal(line_say(&line, "\025", 300), read_out); /* not understood: again */
    assert_string_equal(line_say(&line, "\6", 300), "");
    assert_int_equal(baud(&line), 300);
    assert_false(iec21_server_is_busy(&line.server, line.now_ms));
}

/* COM-1 (mode A): no option select within 1.7 s, and the read-out follows at the sign-on speed. */
static void test_mode_a_fall_back(void **state)
{
    (void)state;
    struct line line;
    line_init(&line, IEC21_MODE_C, IEC21_SEVEN_BITS);
    assert_string_equal(line_say(&line, "/?12345678!\r\n", 200), identification);
    assert_string_equal(line_say(&line, "", 1690), "");
    assert_string_equal(line_say(&line, "", 20), read_out);
    assert_int_equal(baud(&line), 300);
    assert_false(iec21_server_is_busy(&line.server, line.now_ms));
    /* An option select that is none. */
    static const char *const wrong[] = {"\6"
                                        "05\r\n",
                                        "\6"
                                        "150\r\n",
                                        "\6"
                                        "0500\r\n",
                                        "\6"
                                        "252\r\n",
                                        "\6\r\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        line_init(&line, IEC21_MODE_C, IEC21_SEVEN_BITS);
        line_say(&line, "/?!\r\n", 300);
        assert_string_equal(line_say(&line, wrong[i], 300), read_out);
        assert_int_equal(baud(&line), 300);
    }
}

/* COM-1 (mode A): the 382C as published, from sign-on to check. */
static void test_mode_a_of_the_382c(void **state)
{
    (void)state;
    static const char *const energy[] = {"1.8.0", "1.8.1", "1.8.2", "1.8.3", "1.8.4"};
    struct line line;
    line_init(&line, IEC21_MODE_A, IEC21_SEVEN_BITS);
    struct device *device = &line.device;
    device->type = "68438BC450000";
    device->set_count = 0;
    device_add(device, "0.0.0", "14410000", "", "");
    for (size_t i = 0; i < 5; i++) {
        device_add(device, energy[i], i < 2 ? "0036886" : "0000000", "kWh", "");
    }
    device_add(device, "96.8.0", "0119899", "h", "");
    device_add(device, "0.128.1", "0000000", "", "");
    device_add(device, "1.6.0", "1.078", "kW", "");
    const char *text = line_say(&line, "/?!\r\n", 600);
    assert_memory_equal(text,
                        "/KAM 68438BC450000\r\n\2"
                        "0.0.0(14410000)\r\n",
                        38);
    assert_string_equal(strstr(text, "1.6.0"), "1.6.0(1.078*kW)\r\n!\r\n\3\x1F");
    assert_int_equal(baud(&line), 300);
}

static void test_mode_b(void **state)
{
    (void)state;
    struct line line;
    line_init(&line, IEC21_MODE_B, IEC21_SEVEN_BITS);
    assert_string_equal(line_say(&line, "/?!\r\n", 200), "/KAME 6841138BN143002\r\n");
    assert_int_equal(baud(&line), 9600); /* by itself, behind the identification */
    assert_string_equal(line_say(&line, "", 210), read_out);
    assert_int_equal(baud(&line), 300);
}

static void test_speeds_asked_for(void **state)
{
    (void)state;
    static const struct {
        char z;
        uint32_t baud;
    } rows[] = {{'0', 300}, {'1', 600}, {'3', 2400}, {'5', 9600},
                {'6', 300}, {'9', 300}, {'x', 300}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct line line;
        char text[] = "\6"
                      "0x0\r\n";
        line_init(&line, IEC21_MODE_C, IEC21_SEVEN_BITS);
        iec21_server_start_at(&line.server, 9600);
        assert_int_equal(baud(&line), 9600);
        line_say(&line, "/?!\r\n", 300);
        text[2] = rows[i].z;
        line_say(&line, text, 210);
        assert_int_equal(baud(&line), rows[i].baud);
        line_say(&line, "", 1600); /* nobody confirms */
        assert_int_equal(baud(&line), 9600);
    }
}

static void test_parity_as_the_reader_has_it(void **state)
{
    (void)state;
    struct line line;
    char first[2 * sizeof identification];
    line_init(&line, IEC21_MODE_C, IEC21_FOLLOW);
    snprintf(first, sizeof first, "%s", line_ask(&line, "AF3F218D0A", 300));
    assert_memory_equal(first, "AF4B414D35A0", 12);
    line_ask(&line, "063035308D0A", 300);
    assert_string_equal(line.text, read_out);
    assert_memory_equal(line.hex, "82302E30", 8);
    line_ask(&line, "06", 0);
    line_ask(&line, "2F3F210D0A", 300);
    assert_memory_equal(line.hex, "2F4B414D3520", 12);
    line_init(&line, IEC21_MODE_C, IEC21_SEVEN_BITS);
    assert_memory_equal(line_ask(&line, "AF3F218D0A", 300), "2F4B414D3520", 12);
    line_init(&line, IEC21_MODE_C, IEC21_SOFTWARE_PARITY);
    assert_string_equal(line_ask(&line, "2F3F210D0A", 300), "");
}

static void test_who_answers(void **state)
{
    (void)state;
    static const char *const silent[] = {"/?12345679!\r\n",
                                         "/?!\n",
                                         "?!\r\n",
                                         "/?12345678\r\n",
                                         "\6"
                                         "050\r\n",
                                         "\1P1\2(12345)\3",
                                         "\1R1\2"
                                         "1.8.0()\3",
                                         "\025",
                                         "\6"};
    struct line line;
    line_init(&line, IEC21_MODE_C, IEC21_SEVEN_BITS);
    for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++) {
        assert_string_equal(line_say(&line, silent[i], 3000), "");
    }
    assert_int_equal(line.device.logins, 0);
    assert_string_equal(line_say(&line, "xx\r\n/?0012345678!\r\n", 300), identification);
}

/* A data set that cannot be read now is left out, and one that is empty is a data set. */
static void test_data_sets_of_a_read_out(void **state)
{
    (void)state;
    struct line line;
    line_init(&line, IEC21_MODE_C, IEC21_SEVEN_BITS);
    line.device.set_count = 0;
    assert_string_equal(line_say(&line, "/?!\r\n", 2500), "/KAM5 6841138BN143002\r\n\2!\r\n\3"
                                                          "\x25");
    device_add(&line.device, "?", "", "", "");
    device_add(&line.device, "1.6.0", "0.000", "kW", "00000101000000");
    assert_string_equal(line_say(&line, "/?!\r\n", 2500) + 23,
                        "\2"
                        "1.6.0(0.000*kW)(00000101000000)\r\n!\r\n\3\x2D");
}

static void test_programming_mode(void **state)
{
    (void)state;
    static const struct {
        const char *asked;
        const char *said;
    } steps[] = {
        {"\1R1\2"
         "131.0.3()\3",
         "\2"
         "131.0.3(1)\3\3"},
        {"\1R5\2"
         "1.0.0()\3",
         "\2"
         "1.0.0(01050201075012)\3\x35"},
        {"\1W1\2"
         "131.0.3(0)\3",
         "\6"},
        {"\1R1\2"
         "131.0.3()\3",
         "\2"
         "131.0.3(0)\3\2"},
        {"\1W5\2"
         "1.0.0(0050321073800)\3",
         "\6"},
        {"\1R1\2"
         "1.8.0()\3",
         "\2"
         "1.8.0(0000010*kWh)\3\x74"},
        {"\1R2\2"
         "1.8.0()\3",
         "\2"
         "1.8.0(0000010*kWh)\3\x74"},
        {"\1E2\2"
         "1(2)\3",
         "\6"},
    };
    struct line line;
    open_session(&line, '1');
    assert_int_equal(baud(&line), 9600);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        assert_string_equal(line_say(&line, steps[i].asked, 300), steps[i].said);
    }
    assert_int_equal(line.device.writes, 2);
    assert_string_equal(line.device.clock, "0050321073800");
    assert_string_equal(line.device.user_data_list, "0");
    assert_int_equal(line.device.executes, 1);
    assert_int_equal(line.device.access.level, 3);
    assert_int_equal(line.device.access.option, '1');
    assert_string_equal(line_say(&line, "\1B0\3", 300), "");
    assert_int_equal(baud(&line), 300);
    assert_string_equal(line_say(&line,
                                 "\1R1\2"
                                 "131.0.3()\3",
                                 300),
                        "");
}

static void test_refused_commands(void **state)
{
    (void)state;
    static const struct {
        const char *asked;
        const char *said; /* without its check */
    } steps[] = {
        {"\1R1\2"
         "9.9.9()\3",
         "\2(ER NO SUCH OBJECT)\3"},
        {"\1W1\2"
         "131.0.3(7)\3",
         "\2(ER VALUE OUT OF RANGE)\3"},
        {"\1W1\2"
         "1.8.0(0)\3",
         "\2(ER ACCESS DENIED)\3"},
        {"\1R9\2"
         "1.8.0()\3",
         "\2(ER COMMAND NOT SUPPORTED)\3"},
        {"\1X1\2"
         "1.8.0()\3",
         "\2(ER COMMAND NOT SUPPORTED)\3"},
        {"\1R1\2"
         "1.8.0(\3",
         "\2(ER FORMAT)\3"},
        {"\1R3\2"
         "1.8.0()\4",
         "\2(ER COMMAND NOT SUPPORTED)\3"},
        {"\1W1\2"
         "131.0.3(1)\4",
         "\2(ER COMMAND NOT SUPPORTED)\3"},
    };
    struct line line;
    open_session(&line, '1');
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        const char *said = line_say(&line, steps[i].asked, 300);
        const size_t length = strlen(steps[i].said);
        assert_int_equal(strlen(said), length + 1);
        assert_memory_equal(said, steps[i].said, length);
        assert_int_equal(said[length], iec21_bcc(0, said + 1, length - 1));
    }
    assert_int_equal(line.device.writes, 0);
    assert_string_equal(line_say(&line,
                                 "\1R1\2"
                                 "1.8.0()\3",
                                 300),
                        "\2"
                        "1.8.0(0000010*kWh)\3\x74");
}

static void test_makers_mode(void **state)
{
    (void)state;
    struct line line;
    open_session(&line, '6');
    assert_string_equal(line_say(&line,
                                 "\1W5\2"
                                 "131.0.17(3)(1.0.0)(1.8.0)(1.8.1)\3",
                                 300),
                        "\6");
    assert_string_equal(line.device.list, "3)(1.0.0)(1.8.0)(1.8.1");
    open_session(&line, '1');
    assert_memory_equal(line_say(&line,
                                 "\1W5\2"
                                 "131.0.17(1)(1.0.0)\3",
                                 300),
                        "\2(ER", 4);
}

static void test_passwords(void **state)
{
    (void)state;
    struct line line;
    line_init(&line, IEC21_MODE_C, IEC21_SEVEN_BITS);
    line_say(&line, "/?!\r\n", 300);
    line_say(&line,
             "\6"
             "051\r\n",
             300);
    /* Nothing is read or written before the password. */
    assert_memory_equal(line_say(&line,
                                 "\1R1\2"
                                 "131.0.3()\3",
                                 300),
                        "\2(ER ACCESS DENIED)\3", 20);
    assert_memory_equal(line_say(&line,
                                 "\1W1\2"
                                 "131.0.3(0)\3",
                                 300),
                        "\2(ER ACCESS DENIED)\3", 20);
    assert_int_equal(line.device.reads + line.device.writes, 0);
    /* A wrong one breaks off. */
    assert_string_equal(line_say(&line, "\1P1\2(1234)\3", 300), "\1B0\3q");
    assert_int_equal(baud(&line), 300);
    assert_false(iec21_server_is_busy(&line.server, line.now_ms));
    /* So does one in the middle. */
    open_session(&line, '1');
    assert_string_equal(line_say(&line, "\1P2\2(12345)\3", 300), "\6");
    assert_string_equal(line_say(&line, "\1P1\2()\3", 300), "\1B0\3q");
    assert_string_equal(line_say(&line,
                                 "\1R1\2"
                                 "131.0.3()\3",
                                 300),
                        "");
}

static void test_damage_and_repeats(void **state)
{
    (void)state;
    struct line line;
    open_session(&line, '1');
    assert_string_equal(line_ask(&line, "015731023133312E302E33283029 03 67", 300), "15");
    assert_int_equal(line.device.writes, 0);
    assert_string_equal(line_say(&line, "\025", 300), ""); /* that may be the echo of ours */
    assert_string_equal(line_say(&line,
                                 "\1R1\2"
                                 "131.0.3()\3",
                                 300),
                        "\2"
                        "131.0.3(1)\3\3");
    assert_string_equal(line_say(&line, "\025", 300), "\2"
                                                      "131.0.3(1)\3\3");
    assert_int_equal(line.device.reads, 1);
    char text[600];
    memset(text, 'x', sizeof text - 1);
    memcpy(text, "\1R1\2", 4);
    text[sizeof text - 2] = 3;
    text[sizeof text - 1] = '\0';
    assert_memory_equal(line_say(&line, text, 300), "\2(ER TOO LONG)\3", 15);
}

static void test_silence_ends_a_session(void **state)
{
    (void)state;
    struct line line;
    open_session(&line, '1');
    line.device.times.session_s = 5;
    line_say(&line, "", 4900);
    assert_string_equal(line_say(&line,
                                 "\1R1\2"
                                 "131.0.3()\3",
                                 300),
                        "\2"
                        "131.0.3(1)\3\3");
    assert_in_range(iec21_server_wait_ms(&line.server, line.now_ms), 4600, 5001);
    line_say(&line, "", 5200);
    assert_false(iec21_server_is_busy(&line.server, line.now_ms));
    assert_int_equal(iec21_server_wait_ms(&line.server, line.now_ms), UINT32_MAX);
    assert_string_equal(line_say(&line,
                                 "\1R1\2"
                                 "131.0.3()\3",
                                 300),
                        "");
}

static void test_reaction_time(void **state)
{
    (void)state;
    struct line line;
    uint8_t out[8];
    line_init(&line, IEC21_MODE_C, IEC21_SEVEN_BITS);
    iec21_server_input(&line.server, (const uint8_t *)"/?!\r\n", 5, line.now_ms);
    assert_int_equal(iec21_server_wait_ms(&line.server, line.now_ms), 200);
    assert_int_equal(iec21_server_output(&line.server, line.now_ms + 199, out, sizeof out), 0);
    assert_int_equal(iec21_server_wait_ms(&line.server, line.now_ms + 200), 0);
    assert_int_equal(iec21_server_output(&line.server, line.now_ms + 200, out, sizeof out), 8);
    /* What comes meanwhile is not heard: half duplex. */
    iec21_server_input(&line.server, (const uint8_t *)"/?x!\r\n", 6, line.now_ms + 200);
    assert_int_equal(iec21_server_output(&line.server, line.now_ms + 200, out, sizeof out), 8);
}

/* The load profile of the reference: six records, EOT and check 61h; then three, ETX and 77h. */
static void test_logs_in_blocks(void **state)
{
    (void)state;
    struct line line;
    open_session(&line, '1');
    char first[1024];
    const char *said = line_say(&line,
                                "\1R6\2"
                                "99.1.0(0050101000000;0050101080033;6)\3",
                                300);
    snprintf(first, sizeof first, "%s", said);
    assert_memory_equal(first,
                        "\2"
                        "99.1.0(4)(1.0.0)()(96.56.2)()(96.56.3)()(1.8.0)(kWh)\r\n"
                        "(01050101000000)(0)(0)(0000586.12)\r\n(01050101010000)(0)(0)",
                        113);
    const size_t length = strlen(first);
    assert_int_equal(first[length - 2], IEC21_EOT);
    assert_int_equal(first[length - 1], 0x61);
    assert_string_equal(line_say(&line, "\025", 300), first); /* again */
    said = line_say(&line, "\6", 300);
    assert_memory_equal(said + 55, "(01050101060000)(0)(0)(0000590.78)\r\n", 36);
    assert_int_equal(said[strlen(said) - 2], IEC21_ETX);
    assert_int_equal(said[strlen(said) - 1], 0x77);
    assert_string_equal(line_say(&line, "\6", 300), ""); /* there is no more */
    assert_string_equal(line_say(&line,
                                 "\1R1\2"
                                 "131.0.3()\3",
                                 300),
                        "\2"
                        "131.0.3(1)\3\3");
}

static void test_log_queries(void **state)
{
    (void)state;
    static const struct {
        const char *argument;
        unsigned records; /* in the first block */
        char end;
    } rows[] = {
        {"", 6, IEC21_EOT},
        {";;", 6, IEC21_EOT},
        {";;9", 9, IEC21_ETX},
        {";;8", 8, IEC21_EOT},
        {";;1000", 9, IEC21_ETX},
        {";;0", 0, 'E'},
        {";;1001", 0, 'E'},
        {";;x", 0, 'E'},
        {";0050101000000;", 0, 'E'},
        {";;1;", 0, 'E'},
        {"00501010000000000;;", 0, 'E'},
        {"0050101000000;;2", 2, IEC21_EOT},
        {";;99999999999999999999", 0, 'E'},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct line line;
        char text[96];
        unsigned records = 0;
        open_session(&line, '1');
        snprintf(text, sizeof text,
                 "\1R6\2"
                 "99.1.0(%s)\3",
                 rows[i].argument);
        const char *said = line_say(&line, text, 300);
        for (const char *p = said; (p = strstr(p, "\r\n(")) != NULL; p++) {
            records++;
        }
        assert_int_equal(records, rows[i].records);
        if (rows[i].end == 'E') {
            assert_memory_equal(said, "\2(ER", 4);
        } else {
            assert_int_equal(said[strlen(said) - 2], rows[i].end);
        }
    }
    struct line line;
    open_session(&line, '1');
    assert_memory_equal(line_say(&line,
                                 "\1R6\2"
                                 "99.9.9()\3",
                                 300),
                        "\2(ER NO SUCH OBJECT)", 20);
    line.device.record_count = 0; /* a log without records: its header */
    assert_memory_equal(line_say(&line,
                                 "\1R6\2"
                                 "99.1.0()\3",
                                 300) +
                            53,
                        "\r\n\3", 3);
    line.device.record_count = 6; /* a block that is just full is the last */
    const char *said = line_say(&line,
                                "\1R6\2"
                                "99.1.0()\3",
                                300);
    assert_int_equal(said[strlen(said) - 2], IEC21_ETX);
}

static void test_hand_over_to_hdlc(void **state)
{
    (void)state;
    for (int confirms = 0; confirms < 2; confirms++) {
        struct line line;
        line_init(&line, IEC21_MODE_E, IEC21_SEVEN_BITS);
        line.server.setup.confirms_hand_over = confirms;
        assert_string_equal(line_say(&line, "/?!\r\n", 300), "/KAM5\\2 6841138BN143002\r\n");
        iec21_server_input(&line.server,
                           (const uint8_t *)"\6"
                                            "252\r\n",
                           6, line.now_ms);
        assert_int_equal(iec21_server_is_handed_over(&line.server), !confirms);
        assert_string_equal(line_say(&line, "", 300), confirms ? "\6"
                                                                 "252\r\n"
                                                               : "");
        assert_true(iec21_server_is_handed_over(&line.server));
        assert_int_equal(baud(&line), 9600);
        assert_int_equal(iec21_server_line(&line.server).format, IEC21_8N1);
        assert_string_equal(line_say(&line, "/?!\r\n", 300), ""); /* not ours now */
        iec21_server_resume(&line.server);
        assert_int_equal(iec21_server_line(&line.server).format, IEC21_7E1);
        assert_int_equal(baud(&line), 300);
        assert_string_equal(line_say(&line, "/?!\r\n", 300), "/KAM5\\2 6841138BN143002\r\n");
    }
}

static void test_a_new_sign_on_starts_over(void **state)
{
    (void)state;
    struct line line;
    open_session(&line, '1');
    assert_string_equal(line_say(&line, "/?!\r\n", 300), identification);
    assert_int_equal(baud(&line), 300);
    open_session(&line, '1');
    assert_string_equal(line_say(&line, "/?999!\r\n", 300), ""); /* for another: we are out */
    assert_false(iec21_server_is_busy(&line.server, line.now_ms));
}

static void test_a_meter_that_has_little(void **state)
{
    (void)state;
    static const struct iec21_meter nothing = {0};
    struct line line;
    line_init(&line, IEC21_MODE_C, IEC21_SEVEN_BITS);
    line.server.setup.meter = &nothing;
    assert_string_equal(line_say(&line, "/?!\r\n", 3000), "");
    const struct iec21_meter only_type = {.type = device_functions.type};
    line.server.setup.meter = &only_type;
    line_say(&line, "/?!\r\n", 300);
    /* No programming mode: the read-out, here an empty one. */
    assert_string_equal(line_say(&line,
                                 "\6"
                                 "051\r\n",
                                 300),
                        "\2!\r\n\3\x25");
}

static void test_set_ups_that_cannot_be(void **state)
{
    (void)state;
    struct line line;
    struct iec21_server server;
    line_init(&line, IEC21_MODE_C, IEC21_SEVEN_BITS);
    struct iec21_server_setup setup = line.server.setup;
    assert_int_equal(iec21_server_init(&server, &setup), WH_OK);
    setup.input_size = IEC21_SERVER_INPUT_MIN - 1;
    assert_int_equal(iec21_server_init(&server, &setup), WH_ERR_ARGUMENT);
    setup = line.server.setup;
    setup.output_size = IEC21_SERVER_OUTPUT_MIN - 1;
    assert_int_equal(iec21_server_init(&server, &setup), WH_ERR_ARGUMENT);
    setup = line.server.setup;
    setup.fastest_baud = 38400;
    assert_int_equal(iec21_server_init(&server, &setup), WH_ERR_ARGUMENT);
    setup = line.server.setup;
    setup.flag[1] = '1';
    assert_int_equal(iec21_server_init(&server, &setup), WH_ERR_ARGUMENT);
    setup = line.server.setup;
    setup.mode = IEC21_MODE_B;
    setup.fastest_baud = 300; /* no letter stands for it */
    assert_int_equal(iec21_server_init(&server, &setup), WH_ERR_ARGUMENT);
}

/* A message begins as the time is about to be over. Whoever waits as long as it is told always finds
 * something to do afterwards, and does not have to ask again at the same moment. */
static void test_waits_have_an_end(void **state)
{
    (void)state;
    struct line line;
    uint8_t out[64];
    const uint8_t begun[] = {0x06, '0'}; /* of an option select */
    line_init(&line, IEC21_MODE_C, IEC21_SEVEN_BITS);
    line_ask(&line, "2F 3F 21 0D 0A", 500);
    for (uint32_t before = 0; before < 3; before++) {
        const uint32_t wait_ms = iec21_server_wait_ms(&line.server, line.now_ms);
        assert_in_range(wait_ms, 2, 2000);
        line.now_ms += wait_ms - 1;
        iec21_server_input(&line.server, begun, sizeof begun, line.now_ms);
        line.now_ms += 1;
        for (int asked = 0; asked < 3; asked++) {
            const size_t length = iec21_server_output(&line.server, line.now_ms, out, sizeof out);
            const uint32_t next_ms = iec21_server_wait_ms(&line.server, line.now_ms);
            assert_true(length > 0 || next_ms > 0);
            if (length > 0) {
                return; /* the read-out of mode A */
            }
            line.now_ms += next_ms;
        }
    }
    fail_msg("the read-out never comes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mode_c_read_out),
        cmocka_unit_test(test_mode_a_fall_back),
        cmocka_unit_test(test_mode_a_of_the_382c),
        cmocka_unit_test(test_mode_b),
        cmocka_unit_test(test_speeds_asked_for),
        cmocka_unit_test(test_parity_as_the_reader_has_it),
        cmocka_unit_test(test_who_answers),
        cmocka_unit_test(test_data_sets_of_a_read_out),
        cmocka_unit_test(test_programming_mode),
        cmocka_unit_test(test_refused_commands),
        cmocka_unit_test(test_makers_mode),
        cmocka_unit_test(test_passwords),
        cmocka_unit_test(test_damage_and_repeats),
        cmocka_unit_test(test_silence_ends_a_session),
        cmocka_unit_test(test_reaction_time),
        cmocka_unit_test(test_logs_in_blocks),
        cmocka_unit_test(test_log_queries),
        cmocka_unit_test(test_hand_over_to_hdlc),
        cmocka_unit_test(test_a_new_sign_on_starts_over),
        cmocka_unit_test(test_a_meter_that_has_little),
        cmocka_unit_test(test_set_ups_that_cannot_be),
        cmocka_unit_test(test_waits_have_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
