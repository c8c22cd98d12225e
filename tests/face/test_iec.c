/* IEC 62056-21 on a whole meter: read-out, programming mode, logs. Shows COM-1 (modes A and C, settings), REG-7. */
#include "tests/face/meter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct face face;

static int open_face(void **state)
{
    (void)state;
    face_open(&face);
    return 0;
}

static int close_face(void **state)
{
    (void)state;
    face_close(&face);
    return 0;
}

/* What the meter said, as text. */
static const char *said(void)
{
    static char text[FACE_OUT + 1];
    memcpy(text, face.out, face.length);
    text[face.length] = '\0';
    return text;
}

static const char *read_out(void)
{
    face.length = 0;
    face_send_text(&face, "/?!\r\n");
    assert_string_equal(said(), "/WTH5382M\r\n");
    face.length = 0;
    face_send_text(&face, "\006050\r\n");
    assert_int_equal(iec21_bcc(0, said() + 1, face.length - 1), 0);
    face_send_text(&face, "\006"); /* thanks */
    return said();
}

static void test_read_out(void **state)
{
    (void)state;
    rig_load(&face.rig, 3000000, 0, 1800);
    rig_set_energy(&face.rig, WH_A_PLUS, 123456789); /* 12345.6789 kWh, format 6.1 */
    const char *text = read_out();
    char line[64];
    snprintf(line, sizeof line, "\0020.0.1(%u)\r\n97.97.0(", (unsigned)RIG_METER_NUMBER);
    assert_memory_equal(text, line, strlen(line));
    assert_non_null(strstr(text, "\r\n1.8.0(012345.6*kWh)\r\n"));
    assert_non_null(strstr(text, "\r\n4.8.0(000000.0*kvarh)\r\n"));
    assert_non_null(strstr(text, "\r\n1.6.0(3.000*kW)(01260302111500)\r\n"));
    assert_non_null(strstr(text, "\r\n2.6.0(0.000*kW)(00000101000000)\r\n"));
    assert_non_null(strstr(text, "\r\n96.8.0(0*h)\r\n1.0.0(01260302113000)\r\n!\r\n\003"));
}

/* Formats 7.0 and 7.2, and 7.1 behind transformers. */
static void test_formats(void **state)
{
    static const struct {
        const char *model;
        uint8_t decimals;
        const char *line;
    } formats[] = {
        {"382M", 0, "1.8.0(0012345*kWh)"},    {"382M", 1, "1.8.0(012345.6*kWh)"},
        {"351C", 0, "1.8.0(0012345*kWh)"},    {"351C", 1, "1.8.0(0012345.6*kWh)"},
        {"351C", 2, "1.8.0(0012345.67*kWh)"},
    };
    (void)state;
    for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++) {
        struct wh_config config = wh_config_default(wh_variant_find(formats[f].model));
        config.energy_decimals = formats[f].decimals;
        face_close(&face);
        face_open_as(&face, formats[f].model, &config);
        rig_set_energy(&face.rig, WH_A_PLUS, 123456789);
        face_send_text(&face, "/?!\r\n");
        face_wait(&face, 1701); /* mode A: no option select */
        assert_non_null(strstr(said(), formats[f].line));
    }
}

static void test_address_is_the_serial_number(void **state)
{
    (void)state;
    face_send_text(&face, "/?12345678!\r\n");
    assert_int_equal(face.length, 0);
    face_send_text(&face, "/?0015085488!\r\n");
    assert_string_equal(said(), "/WTH5382M\r\n");
}

static void test_reading_by_code(void **state)
{
    (void)state;
    rig_load(&face.rig, 3000000, 0, 1800);
    face_program(&face);
    assert_string_equal(face_command(&face, "R1", "1.8.0()"), "1.8.0(000001.5*kWh)");
    assert_string_equal(face_command(&face, "R5", "1-1:1.8.0()"), "1-1:1.8.0(000001.5*kWh)");
    assert_string_equal(face_command(&face, "R5", "1.0.0()"), "1.0.0(01260302113000)");
    assert_string_equal(face_command(&face, "R1", "1.6.0()"), "1.6.0(3.000*kW)(01260302111500)");
    assert_string_equal(face_command(&face, "R1", "131.0.3()"), "131.0.3(1)");
    assert_string_equal(face_command(&face, "R1", "131.0.15()"), "131.0.15(1700)");
    assert_string_equal(face_command(&face, "R1", "131.0.17()"), "(ER NO SUCH OBJECT)");
    assert_string_equal(face_command(&face, "R1", "9.9.9()"), "(ER NO SUCH OBJECT)");
    assert_string_equal(face_command(&face, "R1", "0.4.2()"), "(ER NO SUCH OBJECT)"); /* 351C */
    assert_string_equal(face_command(&face, "R1", "1.8.0*1()"), "(ER NO SUCH OBJECT)");
}

/* REG-4: past debiting periods, the last one first. */
static void test_past_periods(void **state)
{
    struct wh_application *app = &face.rig.meter.application;
    (void)state;
    for (int period = 0; period < 3; period++) {
        rig_load(&face.rig, 12000000, 0, 3600); /* 12 kWh each */
        assert_int_equal(
            wh_application_stop_debiting(app, &face.rig.meter.legal, WH_DEBITING_BY_COMMAND),
            WH_OK);
    }
    rig_load(&face.rig, 12000000, 0, 3600);
    face_program(&face);
    assert_string_equal(face_command(&face, "R1", "1.8.0()"), "1.8.0(000048.0*kWh)");
    assert_string_equal(face_command(&face, "R1", "1.8.0*1()"), "1.8.0*1(000036.0*kWh)");
    assert_string_equal(face_command(&face, "R1", "1.8.0*03()"), "1.8.0*03(000012.0*kWh)");
    assert_string_equal(face_command(&face, "R1", "1.8.0*4()"), "(ER NO SUCH OBJECT)");
    assert_string_equal(face_command(&face, "R1", "1.8.0*37()"), "(ER NO SUCH OBJECT)");
    assert_string_equal(face_command(&face, "R1", "1.6.0*1()"),
                        "1.6.0*1(12.000*kW)(01260302131500)");
}

static void test_writing(void **state)
{
    (void)state;
    face_program(&face);
    assert_string_equal(face_command(&face, "W1", "0.0.2(4711)"), "ACK");
    assert_string_equal(face_command(&face, "R1", "0.0.2()"), "0.0.2(4711)");
    assert_string_equal(face_command(&face, "W1", "1-1:0.0.3(4712)"), "ACK");
    assert_int_equal(face.rig.meter.application.config.number_3, 4712);
    assert_string_equal(face_command(&face, "W1", "1-1:0.0.3*1(4713)"), "(ER ACCESS DENIED)");
    assert_string_equal(face_command(&face, "W1", "0.0.3*x(4713)"), "(ER NO SUCH OBJECT)");
    assert_int_equal(face.rig.meter.application.config.number_3, 4712);
    assert_string_equal(face_command(&face, "W1", "96.51.1(7.5*kW)"), "ACK");
    assert_string_equal(face_command(&face, "R1", "96.51.1()"), "96.51.1(7.500*kW)");
    assert_string_equal(face_command(&face, "W1", "96.5.1(3)"), "ACK");
    assert_string_equal(face_command(&face, "R1", "96.5.1()"), "96.5.1(3)");
    assert_string_equal(face_command(&face, "W1", "0.1.5(1)"), "ACK");
    assert_string_equal(face_command(&face, "R1", "0.1.0()"), "0.1.0(1)");
    assert_string_equal(face_command(&face, "W1", "0.0.2(100000000)"), "(ER VALUE OUT OF RANGE)");
    assert_string_equal(face_command(&face, "W1", "0.0.2(1x)"), "(ER FORMAT)");
    assert_string_equal(face_command(&face, "W1", "0.0.2()"), "(ER FORMAT)");
    assert_string_equal(face_command(&face, "W1", "129.0.0(2)"), "(ER NOT POSSIBLE NOW)");
    assert_string_equal(face_command(&face, "W1", "0.0.1(1)"), "(ER ACCESS DENIED)");
    assert_string_equal(face_command(&face, "E2", "0.1.5(1)"), "(ER COMMAND NOT SUPPORTED)");
}

/* VAR-15: parameters at 199.id.element, of which 6 is the time zone. */
static void test_parameters(void **state)
{
    const struct wh_config *config = &face.rig.meter.application.config;
    (void)state;
    face_program(&face);
    assert_string_equal(face_command(&face, "R1", "199.6.0()"), "199.6.0(60)");
    assert_string_equal(face_command(&face, "W1", "199.6.0(-120)"), "ACK");
    assert_int_equal(config->zone_min, -120);
    assert_string_equal(face_command(&face, "R1", "1-1:199.6.0()"), "1-1:199.6.0(-120)");
    assert_string_equal(face_command(&face, "W1", "199.6.0(841)"), "(ER VALUE OUT OF RANGE)");
    assert_string_equal(face_command(&face, "W1", "199.6.0(--1)"), "(ER FORMAT)");
    assert_string_equal(face_command(&face, "W1", "199.4.0(1)"), "(ER ACCESS DENIED)");
    assert_string_equal(face_command(&face, "W1", "199.1.0(0)"),
                        "(ER ACCESS DENIED)"); /* nor would the lists fit */
    assert_string_equal(face_command(&face, "W1", "199.74.0(30)"),
                        "(ER ACCESS DENIED)"); /* module */
    static const char *const none[] = {"199.6.1", "199.17.0",  "199.255.0", "199.6",  "199..0",
                                       "199.6.",  "199.6.0.0", "199.61.0",  "199.x.0"};
    for (size_t n = 0; n < sizeof none / sizeof none[0]; n++) {
        char data[32];
        snprintf(data, sizeof data, "%s()", none[n]);
        assert_string_equal(face_command(&face, "R1", data), "(ER NO SUCH OBJECT)");
        snprintf(data, sizeof data, "%s(1)", none[n]);
        assert_string_equal(face_command(&face, "W1", data), "(ER NO SUCH OBJECT)");
    }
    face_at(&face, WH_ORIGIN_MODULE, WH_PORT_PIPE);
    face_program(&face);
    assert_string_equal(face_command(&face, "W1", "199.74.0(30)"), "ACK");
    assert_int_equal(config->neutral_shift_v, 30);
}

/* The example of the vendor: 1050321003800 is 2005-03-20 23:38 normal time. */
static void test_clock(void **state)
{
    (void)state;
    face_program(&face);
    assert_string_equal(face_command(&face, "W5", "1.0.0(1050321003800)"), "ACK");
    assert_string_equal(face_command(&face, "R5", "1.0.0()"), "1.0.0(01050320233800)");
    assert_string_equal(face_command(&face, "W5", "0-0:1.0.0(1050321003800)"), "ACK");
    assert_string_equal(face_command(&face, "W5", "1.0.0(0261301000000)"),
                        "(ER VALUE OUT OF RANGE)");
    assert_string_equal(face_command(&face, "W5", "1.0.0(2260301000000)"), "(ER FORMAT)");
    assert_string_equal(face_command(&face, "W5", "1.0.0(02603010000)"), "(ER FORMAT)");
}

static bool is_writable(const char *address)
{
    static const char *const addresses[] = {"1.0.0",   "0.0.2",   "0.0.3",
                                            "0.130.1", "0.130.2", "96.51.1"};
    for (size_t a = 0; a < sizeof addresses / sizeof addresses[0]; a++) {
        if (strcmp(addresses[a], address) == 0) {
            return true;
        }
    }
    return false;
}

/* What the meter has refuses by its right, the rest as unknown. */
static const char *refusal(const char *address)
{
    static const struct {
        const char *address, *text;
    } others[] = {
        {"129.0.0", "(ER NOT POSSIBLE NOW)"},    /* the tariff does not go by command */
        {"0.4.2", "(ER COMMAND NOT SUPPORTED)"}, /* no transformer ratio in this model */
    };
    char data[64];
    for (size_t o = 0; o < sizeof others / sizeof others[0]; o++) {
        if (strcmp(others[o].address, address) == 0) {
            return others[o].text;
        }
    }
    snprintf(data, sizeof data, "%s()", address);
    const bool is_there = strcmp(face_command(&face, "R1", data), "(ER NO SUCH OBJECT)") != 0;
    return is_there ? "(ER ACCESS DENIED)" : "(ER NO SUCH OBJECT)";
}

/* REG-7: every code of the catalog, and every setting of the protocol, with the right password, at every port. */
static void test_nothing_legal_can_be_written(void **state)
{
    static const char *const commands[] = {"W1", "W2", "W5"};
    static const enum wh_origin origins[] = {WH_ORIGIN_OPTICAL, WH_ORIGIN_MODULE};
    char data[64];
    (void)state;
    rig_load(&face.rig, 3000000, 0, 600);
    const uint32_t before = face_memory(&face);
    for (size_t o = 0; o < sizeof origins / sizeof origins[0]; o++) {
        face_at(&face, origins[o], WH_PORT_PIPE);
        face_program(&face);
        for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
            const char *address = wh_catalog_get((enum wh_quantity_id)q)->display.id;
            const char *expected = refusal(address);
            snprintf(data, sizeof data, "%s(1)", address);
            for (size_t c = 0; c < 3 && !is_writable(address); c++) {
                assert_string_equal(face_command(&face, commands[c], data), expected);
            }
            assert_string_equal(face_command(&face, "E2", data), "(ER COMMAND NOT SUPPORTED)");
        }
        for (int setting = 1; setting <= 17; setting++) {
            snprintf(data, sizeof data, "131.0.%d(1)", setting);
            assert_string_equal(face_command(&face, "W1", data),
                                setting < 17 ? "(ER ACCESS DENIED)" : "(ER NO SUCH OBJECT)");
        }
    }
    assert_int_equal(face_memory(&face), before);
}

/* A wrong password ends the session, and guessing costs time; the right one of KMP saves none. */
static void test_passwords(void **state)
{
    (void)state;
    for (int attempt = 0; attempt < 3; attempt++) {
        face.length = 0;
        face_send_text(&face, "/?!\r\n\006051\r\n");
        assert_string_equal(face_command(&face, "P1", "(54321)"), "B0");
    }
    assert_true(face_put(&face, 0, 52, 51, 0, 1));
    face_send_text(&face, "/?!\r\n\006051\r\n");
    assert_string_equal(face_command(&face, "P1", "(" FACE_PASSWORD ")"), "B0");
    rig_load(&face.rig, 0, 0, 10);
    face_send_text(&face, "/?!\r\n\006051\r\n");
    assert_string_equal(face_command(&face, "P2", "(" FACE_PASSWORD ")"), "B0");
    face_program(&face);
}

/* ---- Logs ------------------------------------------------------------------------------------ */

/* The lines of a log in all its blocks: text behind the header, one after the other. */
static char lines[FACE_OUT];

static unsigned read_log(const char *data, const char *header)
{
    unsigned blocks = 1;
    size_t length = 0;
    const char *block = face_command(&face, "R6", data);
    for (;;) {
        const bool is_last = face.out[face.length - 2] == IEC21_ETX;
        assert_memory_equal(block, header, strlen(header));
        length +=
            (size_t)snprintf(lines + length, sizeof lines - length, "%s", block + strlen(header));
        assert_true(length < sizeof lines);
        if (is_last) {
            return blocks;
        }
        static char next[FACE_OUT];
        face.length = 0;
        face_send_text(&face, "\006");
        assert_int_equal(iec21_bcc(0, (const char *)face.out + 1, face.length - 1), 0);
        memcpy(next, face.out + 1, face.length - 3);
        next[face.length - 3] = '\0';
        block = next;
        blocks++;
    }
}

#define PROFILE_HEADER                                                                             \
    "99.1.0(7)(1.0.0)()(96.56.2)()(96.56.3)()(1.8.0)(kWh)(2.8.0)(kWh)(3.8.0)(kvarh)(4.8.0)(kvarh)" \
    "\r\n"

/* Every record of the profile, block after block, as wh_profile_next gives it. */
static void test_profile_is_the_log(void **state)
{
    const struct wh_application *app = &face.rig.meter.application;
    struct wh_log_range range;
    struct wh_profile_record record;
    char line[160];
    (void)state;
    rig_load(&face.rig, 30000000, 4000000, 6 * 3600);
    face_program(&face);
    assert_true(read_log("99.1.0(;;)", PROFILE_HEADER) >= 4);
    const char *at = lines;
    assert_int_equal(
        wh_log_range_begin_entries(&app->logs.log[WH_LOG_PROFILE], UINT32_MAX, 0, &range), WH_OK);
    while (wh_profile_next(&range, &app->config, &record) == WH_OK) {
        const struct wh_datetime time =
            wh_calendar_datetime(wh_clock_normal_of(&app->clock, record.utc_s));
        const unsigned tenths[] = {
            (unsigned)(record.count_dwh[0] / 1000), (unsigned)(record.count_dwh[1] / 1000),
            (unsigned)(record.count_dwh[2] / 1000), (unsigned)(record.count_dwh[3] / 1000)};
        snprintf(line, sizeof line,
                 "(01%02u%02u%02u%02u%02u00)(%u)(%u)(%06u.%u)(%06u.%u)(%06u.%u)(%06u.%u)\r\n",
                 time.year % 100u, time.month, time.day, time.hour, time.minute,
                 (unsigned)record.status >> 16, (unsigned)record.status & 0xFFFF, tenths[0] / 10,
                 tenths[0] % 10, tenths[1] / 10, tenths[1] % 10, tenths[2] / 10, tenths[2] % 10,
                 tenths[3] / 10, tenths[3] % 10);
        assert_memory_equal(at, line, strlen(line));
        at += strlen(line);
    }
    assert_string_equal(at, "");
}

static void test_profile_by_time(void **state)
{
    (void)state;
    rig_load(&face.rig, 3000000, 0, 6 * 3600);
    face_program(&face);
    assert_int_equal(read_log("99.1.0(0260302120000;0260302130000;2)", PROFILE_HEADER), 3);
    assert_memory_equal(lines, "(01260302120000)", 16);
    assert_non_null(strstr(lines, "(01260302130000)"));
    assert_null(strstr(lines, "(01260302131500)"));
    /* Summer time is an hour ahead of the stamps. */
    assert_int_equal(read_log("99.1.0(1260302130000;1260302130000;)", PROFILE_HEADER), 1);
    assert_memory_equal(lines, "(01260302120000)", 16);
    assert_string_equal(face_command(&face, "R6", "99.1.0(x;;)"), "(ER FORMAT)");
    assert_string_equal(face_command(&face, "R6", "99.9.9(;;)"), "(ER NO SUCH OBJECT)");
    read_log("99.1.0(0270101000000;;)", PROFILE_HEADER);
    assert_string_equal(lines, "");
}

/* Each log has a header whose count is that of its columns, and lines of as many groups. */
static void test_all_logs(void **state)
{
    static const char *const logs[] = {"98.1.0",  "98.2.0",   "99.1.0",  "99.1.1",
                                       "99.98.2", "99.98.3",  "99.98.4", "99.98.5",
                                       "99.98.9", "99.98.10", "99.98.12"};
    (void)state;
    rig_load(&face.rig, 3000000, 0, 2 * 3600);
    assert_int_equal(wh_application_stop_debiting(&face.rig.meter.application,
                                                  &face.rig.meter.legal, WH_DEBITING_BY_COMMAND),
                     WH_OK);
    face_program(&face);
    for (size_t l = 0; l < sizeof logs / sizeof logs[0]; l++) {
        char data[32];
        unsigned groups = 0;
        snprintf(data, sizeof data, "%s(;;1)", logs[l]);
        const char *block = face_command(&face, "R6", data);
        assert_memory_equal(block, logs[l], strlen(logs[l]));
        const unsigned long columns = strtoul(block + strlen(logs[l]) + 1, NULL, 10);
        const char *line = strstr(block, "\r\n");
        assert_non_null(line);
        for (const char *c = block; c < line; c++) {
            groups += *c == '(';
        }
        assert_int_equal(groups, 1 + 2 * columns);
        groups = 0;
        for (line += 2; *line != '\0'; line++) {
            groups += *line == '(';
        }
        assert_true(groups == columns || groups == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_read_out, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_formats, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_address_is_the_serial_number, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_reading_by_code, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_past_periods, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_writing, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_parameters, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_clock, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_nothing_legal_can_be_written, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_passwords, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_profile_is_the_log, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_profile_by_time, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_all_logs, open_face, close_face),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
