/* Configurations and .cff files: what is read, and what each fault is called. */
#include "sim/comtrade.h"
#include "tests/recording/cmocka_all.h"
#include "tests/recording/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const LINES[] = {
    "kitchen,logger 7,1999",
    "3,2A,1D",
    "1,Uk,A,bus,kV,0.25,0.5,3,-32767,32767,230,100,S",
    "2,Ik,L1,,A,1e-3,-2,,-32767,32767,1,1,P",
    "1,door,,,0",
    "50",
    "2",
    "1000,10",
    "6400.5,30",
    "01/01/2024,00:00:00.000000",
    "01/01/2024,00:00:00.000000",
    "BINARY",
    "2.5",
};

enum { LINE_COUNT = sizeof LINES / sizeof LINES[0], LINE_CHANNEL = 3 };

/* The lines with one of them (from 1) replaced; NULL ends the text there. */
static char *text_with(size_t line, const char *replacement)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    for (size_t k = 0; k < LINE_COUNT; k++) {
        const char *content = k + 1 == line ? replacement : LINES[k];
        if (content == NULL) {
            break;
        }
        fprintf(out, "%s\n", content);
    }
    fclose(out);
    return text;
}

static bool parse(const char *text, struct sim_comtrade *comtrade, struct sim_comtrade_error *error)
{
    struct sim_comtrade_bytes cfg = writer_bytes("kettle.cfg", text, strlen(text));
    return sim_comtrade_parse(comtrade, &cfg, error);
}

static void a_configuration_is_read(void **state)
{
    (void)state;
    struct sim_comtrade c;
    struct sim_comtrade_error error;
    char *text = text_with(0, NULL);
    assert_true(parse(text, &c, &error));
    assert_string_equal(c.station, "kitchen");
    assert_string_equal(c.device, "logger 7");
    assert_int_equal(c.revision, 1999);
    assert_int_equal(c.analog_count, 2);
    assert_int_equal(c.digital_count, 1);
    assert_string_equal(c.analogs[0].id, "Uk");
    assert_string_equal(c.analogs[0].phase, "A");
    assert_string_equal(c.analogs[0].unit, "kV");
    assert_true(c.analogs[0].multiplier == 0.25 && c.analogs[0].adder == 0.5);
    assert_true(c.analogs[0].skew_us == 3 && c.analogs[0].max == 32767);
    assert_string_equal(c.analogs[0].side, "S");
    assert_true(c.analogs[1].multiplier == 1e-3 && c.analogs[1].skew_us == 0);
    assert_int_equal(c.rate_count, 2);
    assert_true(c.rates[1].rate_hz == 6400.5 && c.rates[1].end_sample == 30);
    assert_int_equal(c.sample_count, 30);
    assert_true(c.line_frequency_hz == 50 && c.format == SIM_COMTRADE_BINARY);
    assert_true(c.time_unit_s == 2.5 * 1e-6);
    sim_comtrade_free(&c);
    free(text);
}

static const struct {
    size_t line;
    const char *replacement;
    const char *message;
} FAULTS[] = {
    {1, NULL, "line 1: the file ends where the station name should stand"},
    {1, "kitchen", "line 1: the station line has 1 fields, 2 needed"},
    {1, "a,b,2005", "line 1: field 3: revision year \"2005\" is not 1991, 1999 or 2013"},
    {2, NULL, "line 2: the file ends where the number of channels should stand"},
    {2, "3,2A", "line 2: the channel count line has 2 fields, 3 needed"},
    {2, "3,2X,1D",
     "line 2: field 2: channel count \"2X\" is not a number of analog channels such as 2A"},
    {2, "3,A,1D",
     "line 2: field 2: channel count \"A\" is not a number of analog channels such as 2A"},
    {2, "3,2A,1",
     "line 2: field 3: channel count \"1\" is not a number of digital channels such as 0D"},
    {2, "4,2A,1D", "line 2: field 1: channel count \"4\" is not the sum of the other two"},
    {2, "1,0A,1D", "line 2: there is no analog channel"},
    {2, "999999,999999A,0D",
     "line 2: 999999 analog channels cannot be described in the 186 bytes that follow"},
    {2, "5000000,5000000A,0D",
     "line 2: field 2: channel count \"5000000A\" is not a number of analog channels such as 2A"},
    {2, "4,3A,1D", "line 5: an analog channel has 5 fields, 13 needed"},
    {3, NULL, "line 2: 2 analog channels cannot be described in the 0 bytes that follow"},
    {4, NULL, "line 4: the file ends where an analog channel should stand"},
    {3, "1,U,A,,V,1,0,0,-1,1", "line 3: an analog channel has 10 fields, 13 needed"},
    {3, "1,U,A,,V,abc,0,0,-1,1,1,1,P",
     "line 3: field 6: channel multiplier \"abc\" is not a number"},
    {3, "1,U,A,,V,0x10,0,0,-1,1,1,1,P",
     "line 3: field 6: channel multiplier \"0x10\" is not a number"},
    {3, "1,U,A,,V,nan,0,0,-1,1,1,1,P",
     "line 3: field 6: channel multiplier \"nan\" is not a number"},
    {3, "1,U,A,,V,1e999,0,0,-1,1,1,1,P",
     "line 3: field 6: channel multiplier \"1e999\" is not a number"},
    {3, "1,U,A,,V,,0,0,-1,1,1,1,P", "line 3: field 6: channel multiplier \"\" is not a number"},
    {3, "1,U,A,,V,1,\x01 is a very long text that is cut,0,-1,1,1,1,P",
     "line 3: field 7: channel adder \"? is a very long text th...\" is not a number"},
    {3, "1,U,A,,V,1,0,soon,-1,1,1,1,P", "line 3: field 8: time skew \"soon\" is not a number"},
    {3, "1,U,A,,V,1,0,2e5,-1,1,1,1,P", "line 3: field 8: time skew \"2e5\" is more than 100000 us"},
    {3, "1,U,A,,V,1,0,0,-1,top,1,1,P", "line 3: field 10: maximum value \"top\" is not a number"},
    {5, NULL, "line 5: the file ends where a digital channel should stand"},
    {5, "1,door", "line 5: a digital channel has 2 fields, 3 needed"},
    {6, NULL, "line 6: the file ends where the line frequency should stand"},
    {6, "fifty", "line 6: field 1: line frequency \"fifty\" is not a number"},
    {6, "-50", "line 6: field 1: line frequency \"-50\" is not within 0 and 1000 Hz"},
    {7, NULL, "line 7: the file ends where the number of sampling rates should stand"},
    {7, "-1", "line 7: field 1: number of sampling rates \"-1\" is not within 0 and 64"},
    {7, "65", "line 7: field 1: number of sampling rates \"65\" is not within 0 and 64"},
    {8, NULL, "line 8: the file ends where a sampling rate should stand"},
    {8, "1000", "line 8: a sampling rate has 1 fields, 2 needed"},
    {8, "fast,10", "line 8: field 1: sampling rate \"fast\" is not a number"},
    {8, "0,10", "line 8: field 1: sampling rate \"0\" is not within 100 and 1000000 Hz"},
    {8, "2e6,10", "line 8: field 1: sampling rate \"2e6\" is not within 100 and 1000000 Hz"},
    {8, "1000,-1", "line 8: field 2: last sample number \"-1\" is not a whole number"},
    {8, "1000,0", "line 8: field 2: last sample number \"0\" is not above the one before"},
    {9, "6400,10", "line 9: field 2: last sample number \"10\" is not above the one before"},
    {10, NULL, "line 10: the file ends where the time of the first sample should stand"},
    {11, NULL, "line 11: the file ends where the time of the trigger should stand"},
    {12, NULL, "line 12: the file ends where the data file type should stand"},
    {12, "BINARY64",
     "line 12: field 1: data file type \"BINARY64\" is not ASCII, BINARY, BINARY32 or FLOAT32"},
    {13, "often", "line 13: field 1: time multiplier \"often\" is not a number"},
    {13, "0", "line 13: field 1: time multiplier \"0\" is not within 1e-9 and 1e9"},
};

static void each_fault_has_its_message(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof FAULTS / sizeof FAULTS[0]; k++) {
        struct sim_comtrade c;
        struct sim_comtrade_error error;
        char expected[SIM_COMTRADE_ERROR_SIZE];
        char *text = text_with(FAULTS[k].line, FAULTS[k].replacement);
        assert_false(parse(text, &c, &error));
        snprintf(expected, sizeof expected, "kettle.cfg: %s", FAULTS[k].message);
        assert_string_equal(error.text, expected);
        free(text);
    }
}

/* What the standard calls non-critical may be blank, and old files are what they are. */
static void blanks_and_old_habits_are_accepted(void **state)
{
    (void)state;
    static const struct {
        size_t line;
        const char *replacement;
    } habits[] = {
        {1, ",,2001"},
        {1, ",,2013"},
        {2, " 3 , 2a, 1d "},
        {3, " 1 , , , , v, 1.0E-02, .5, , , , , , "},
        {3, "1,Uk,A,bus,kV,0.25,0.5,3,-32767,32767,230,100,P,more,and,more,than,fits,in,it"},
        {6, ""},
        {10, ""},
        {11, ","},
        {12, "binary\r"},
        {13, ""},
        {13, NULL},
        {13, "1\n\x1a"},
    };
    for (size_t k = 0; k < sizeof habits / sizeof habits[0]; k++) {
        struct sim_comtrade c;
        struct sim_comtrade_error error = {{0}};
        char *text = text_with(habits[k].line, habits[k].replacement);
        bool ok = parse(text, &c, &error);
        assert_string_equal(error.text, "");
        assert_true(ok);
        sim_comtrade_free(&c);
        free(text);
    }
}

static void nine_digits_of_seconds_mean_nanoseconds_since_2013(void **state)
{
    (void)state;
    static const struct {
        const char *station;
        double unit_s;
    } revisions[] = {{"a,b,1999", 2.5 * 1e-6}, {"a,b,2013", 2.5 * 1e-9}};
    for (size_t k = 0; k < 2; k++) {
        struct sim_comtrade c;
        struct sim_comtrade_error error;
        char *text = text_with(10, "01/01/2024,00:00:00.000000000");
        char *rest = strchr(text, '\n');
        char *whole = NULL;
        assert_true(asprintf(&whole, "%s%s", revisions[k].station, rest) > 0);
        assert_true(parse(whole, &c, &error));
        assert_true(c.time_unit_s == revisions[k].unit_s);
        sim_comtrade_free(&c);
        free(whole);
        free(text);
    }
}

/* ---- .cff ---- */

static void a_cff_is_split(void **state)
{
    (void)state;
    static const char text[] = "--- file type: CFG ---\r\none\r\ntwo\r\n"
                               "--- FILE TYPE: HDR ---\nhello\n"
                               "---file type:DAT BINARY:5---\r\n---\n-x";
    struct sim_comtrade_bytes cff = writer_bytes("a.cff", text, sizeof text - 1);
    struct sim_comtrade_bytes cfg;
    struct sim_comtrade_bytes dat;
    struct sim_comtrade_error error;
    assert_true(sim_comtrade_split(&cff, &cfg, &dat, &error));
    assert_int_equal(cfg.length, 10);
    assert_memory_equal(cfg.bytes, "one\r\ntwo\r\n", 10);
    assert_int_equal(cfg.line, 2);
    assert_int_equal(cfg.offset, 24);
    assert_int_equal(dat.length, 5);
    assert_memory_equal(dat.bytes, "---\n-", 5);
    assert_int_equal(dat.offset, sizeof text - 1 - 6);
}

static void each_fault_of_a_cff_has_its_message(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } faults[] = {
        {"", "a.cff: there is no line \"--- file type: CFG ---\""},
        {"--- file type: DAT ASCII ---\n", "a.cff: there is no line \"--- file type: CFG ---\""},
        {"--- file type: CFG ---\nx\n", "a.cff: there is no line \"--- file type: DAT ... ---\""},
        {"--- file type: CFG ---\n--- file type: CFG ---\n", "a.cff: line 2: a second CFG section"},
        {"--- file type: DAT ASCII ---\n1\n--- file type: DAT ASCII ---\n",
         "a.cff: line 3: a second DAT section"},
        {"--- file type: DAT BINARY: 7 ---\n123456",
         "a.cff: line 1: 7 bytes of data announced, 6 follow"},
        {"\n--- file type: DAT BINARY ---\n123456",
         "a.cff: line 2: byte count \"\" of the data is no number"},
        {"--- file type: DAT BINARY: -1 ---\n123456",
         "a.cff: line 1: byte count \"-1\" of the data is no number"},
    };
    for (size_t k = 0; k < sizeof faults / sizeof faults[0]; k++) {
        struct sim_comtrade_bytes cff =
            writer_bytes("a.cff", faults[k].text, strlen(faults[k].text));
        struct sim_comtrade_bytes cfg;
        struct sim_comtrade_bytes dat;
        struct sim_comtrade_error error;
        assert_false(sim_comtrade_split(&cff, &cfg, &dat, &error));
        assert_string_equal(error.text, faults[k].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_configuration_is_read),
        cmocka_unit_test(each_fault_has_its_message),
        cmocka_unit_test(blanks_and_old_habits_are_accepted),
        cmocka_unit_test(nine_digits_of_seconds_mean_nanoseconds_since_2013),
        cmocka_unit_test(a_cff_is_split),
        cmocka_unit_test(each_fault_of_a_cff_has_its_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
