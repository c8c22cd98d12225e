/* Data files: every format decodes to the same values; gaps; faults; truncation. */
#include "tests/recording/cmocka_all.h"
#include "tests/recording/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 40, CHANNELS = 2 };

static double raw_u[COUNT];
static double raw_i[COUNT];
static double stamps[COUNT];

static int make_signal(void **state)
{
    (void)state;
    for (int k = 0; k < COUNT; k++) {
        raw_u[k] = round(5300 * sin(0.31 * k));
        raw_i[k] = round(-12000 * cos(0.31 * k));
        stamps[k] = 1000 * k;
    }
    return 0;
}

static struct writer make_writer(int revision, enum sim_comtrade_format format,
                                 unsigned digital_count)
{
    return (struct writer){
        .revision = revision,
        .format = format,
        .digital_count = digital_count,
        .channel_count = CHANNELS,
        .channels = {{"A", "V", 0.0612515897, 0.25, 0, raw_u}, {"A", "A", 1e-3, -2, 0, raw_i}},
        .count = COUNT,
        .rate_count = 1,
        .rates = {{1000, COUNT}},
        .stamps = stamps,
    };
}

struct decoded {
    double values[CHANNELS][COUNT];
    double time_s[COUNT];
};

static bool decode(const struct sim_comtrade_bytes *cfg, const struct sim_comtrade_bytes *dat,
                   bool stamped, struct decoded *decoded, struct sim_comtrade_error *error)
{
    struct sim_comtrade c;
    if (!sim_comtrade_parse(&c, cfg, error)) {
        return false;
    }
    struct sim_comtrade_column columns[CHANNELS] = {{0, 1, decoded->values[0], 1},
                                                    {1, 1000, decoded->values[1], 1}};
    bool ok = sim_comtrade_check_size(&c, dat, error);
    if (ok) {
        assert_int_equal(c.sample_count, COUNT);
        ok = sim_comtrade_decode(&c, dat, columns, CHANNELS, stamped ? decoded->time_s : NULL,
                                 error);
    }
    sim_comtrade_free(&c);
    return ok;
}

static void check_values(const struct decoded *decoded)
{
    for (int k = 0; k < COUNT; k++) {
        assert_true(decoded->values[0][k] == 0.0612515897 * raw_u[k] + 0.25);
        assert_true(decoded->values[1][k] == (1e-3 * raw_i[k] + -2) * 1000);
        assert_true(fabs(decoded->time_s[k] - 1e-3 * k) < 1e-12);
    }
}

static const struct {
    int revision;
    enum sim_comtrade_format format;
    unsigned digital_count;
    const char *cff; /* also as one file, with this kind of data */
} FORMS[] = {
    {1991, SIM_COMTRADE_ASCII, 0, NULL},       {1991, SIM_COMTRADE_BINARY, 1, NULL},
    {1999, SIM_COMTRADE_ASCII, 3, NULL},       {1999, SIM_COMTRADE_BINARY, 16, NULL},
    {1999, SIM_COMTRADE_BINARY, 17, NULL},     {2013, SIM_COMTRADE_ASCII, 1, "ASCII"},
    {2013, SIM_COMTRADE_BINARY, 0, "BINARY"},  {2013, SIM_COMTRADE_BINARY32, 33, "BINARY"},
    {2013, SIM_COMTRADE_FLOAT32, 2, "BINARY"}, {2013, SIM_COMTRADE_FLOAT32, 0, "FLOAT32"},
};

enum { FORM_COUNT = sizeof FORMS / sizeof FORMS[0] };

static void every_format_gives_the_same_values(void **state)
{
    (void)state;
    for (size_t k = 0; k < FORM_COUNT; k++) {
        struct writer w = make_writer(FORMS[k].revision, FORMS[k].format, FORMS[k].digital_count);
        struct written written = writer_write(&w);
        struct decoded decoded = {0};
        struct sim_comtrade_error error = {{0}};
        bool ok = decode(&written.cfg, &written.dat, true, &decoded, &error);
        assert_string_equal(error.text, "");
        assert_true(ok);
        check_values(&decoded);
        writer_free(&written);
    }
}

static bool decode_cff(const struct sim_comtrade_bytes *cff, struct decoded *decoded,
                       struct sim_comtrade_error *error)
{
    struct sim_comtrade_bytes cfg;
    struct sim_comtrade_bytes dat;
    return sim_comtrade_split(cff, &cfg, &dat, error) && decode(&cfg, &dat, true, decoded, error);
}

static void so_does_a_cff(void **state)
{
    (void)state;
    for (size_t k = 0; k < FORM_COUNT; k++) {
        if (FORMS[k].cff == NULL) {
            continue;
        }
        struct writer w = make_writer(FORMS[k].revision, FORMS[k].format, FORMS[k].digital_count);
        struct written written = writer_write(&w);
        struct sim_comtrade_bytes cff = writer_join(&written, FORMS[k].cff);
        struct decoded decoded = {0};
        struct sim_comtrade_error error = {{0}};
        bool ok = decode_cff(&cff, &decoded, &error);
        assert_string_equal(error.text, "");
        assert_true(ok);
        check_values(&decoded);
        free((void *)cff.bytes);
        writer_free(&written);
    }
}

/* ---- gaps ---- */

static void missing_samples_are_interpolated(void **state)
{
    (void)state;
    for (size_t k = 0; k < FORM_COUNT; k++) {
        double gappy[COUNT];
        for (int n = 0; n < COUNT; n++) {
            bool gap = n == 0 || (n > 9 && n < 13) || n >= COUNT - 2;
            gappy[n] = gap ? WRITER_MISSING : 10 * n;
        }
        struct writer w = make_writer(FORMS[k].revision, FORMS[k].format, FORMS[k].digital_count);
        w.channels[0] = (struct writer_channel){"A", "V", 1, 0, 0, gappy};
        struct written written = writer_write(&w);
        struct decoded decoded = {0};
        struct sim_comtrade_error error;
        assert_true(decode(&written.cfg, &written.dat, false, &decoded, &error));
        for (int n = 0; n < COUNT; n++) {
            double expected = n == 0 ? 10 : n >= COUNT - 2 ? 10 * (COUNT - 3) : 10 * n;
            assert_true(fabs(decoded.values[0][n] - expected) < 1e-9);
        }
        writer_free(&written);
    }
}

/* A 2013 channel that reaches 99999 keeps it. */
static void nines_are_values_where_the_channel_reaches_them(void **state)
{
    (void)state;
    static const char cfg_text[] = "a,b,2013\n2,2A,0D\n1,U,A,,V,1,0,0,-99999,%s,1,1,P\n"
                                   "2,I,A,,A,1,0,0,-9,9,1,1,P\n50\n1\n1000,3\n,\n,\nASCII\n1\n";
    static const char dat_text[] = "1,0,1,1\n2,0,99999,1\n3,0,3,1\n";
    static const struct {
        const char *max;
        double second;
    } cases[] = {{"99999", 99999}, {"32767", 2}};
    for (size_t k = 0; k < 2; k++) {
        char text[sizeof cfg_text + 8];
        snprintf(text, sizeof text, cfg_text, cases[k].max);
        struct sim_comtrade_bytes cfg = writer_bytes("a.cfg", text, strlen(text));
        struct sim_comtrade_bytes dat = writer_bytes("a.dat", dat_text, sizeof dat_text - 1);
        struct sim_comtrade c;
        struct sim_comtrade_error error;
        double values[3];
        struct sim_comtrade_column column = {0, 1, values, 1};
        assert_true(sim_comtrade_parse(&c, &cfg, &error));
        assert_true(sim_comtrade_check_size(&c, &dat, &error));
        assert_true(sim_comtrade_decode(&c, &dat, &column, 1, NULL, &error));
        assert_true(values[1] == cases[k].second);
        sim_comtrade_free(&c);
    }
}

static void long_gaps_are_refused(void **state)
{
    (void)state;
    double gappy[COUNT];
    for (int n = 0; n < COUNT; n++) {
        gappy[n] = n >= 10 && n < 19 ? WRITER_MISSING : n;
    }
    struct writer w = make_writer(1999, SIM_COMTRADE_BINARY, 0);
    w.channels[1].raw = gappy;
    struct written written = writer_write(&w);
    struct decoded decoded = {0};
    struct sim_comtrade_error error;
    assert_false(decode(&written.cfg, &written.dat, false, &decoded, &error));
    assert_string_equal(error.text,
                        "test.dat: record 11: channel 2: too many samples missing in a row (9)");
    writer_free(&written);
}

/* ---- faults ---- */

/* What is done to the bytes of a good data file: bytes [at, at + erase) replaced by text. */
static const struct {
    enum sim_comtrade_format format;
    const char *find; /* ASCII: replaced here; binary: NULL */
    size_t at;
    size_t erase;
    const char *insert;
    const char *message;
} FAULTS[] = {
    {SIM_COMTRADE_ASCII, "3,2000", 0, 1, "4",
     "test.dat: record 3 (byte offset 34): sample number 4 where 3 should stand"},
    {SIM_COMTRADE_ASCII, "3,2000", 0, 1, "x",
     "test.dat: record 3 (byte offset 34): sample number \"x\" is not a whole number"},
    {SIM_COMTRADE_ASCII, "3,2000", 2, 4, "",
     "test.dat: record 3 (byte offset 34): time stamp \"\" is not a number"},
    {SIM_COMTRADE_ASCII, "3,2000", 2, 4, "1000",
     "test.dat: record 3 (byte offset 34): the time stamp does not increase"},
    {SIM_COMTRADE_ASCII, "3,2000", 6, 1, "!",
     "test.dat: record 3 (byte offset 34): time stamp \"2000!3079\" is not a number"},
    {SIM_COMTRADE_ASCII, "3079", 0, 4, "3 8",
     "test.dat: record 3 (byte offset 34): channel 1: \"3 8\" is not a number"},
    {SIM_COMTRADE_ASCII, "3079", 0, 4, "1e15",
     "test.dat: record 3 (byte offset 34): channel 1 (channel 1): the value is beyond 1e9"},
    {SIM_COMTRADE_ASCII, "3079", 0, 5, "",
     "test.dat: record 3 (byte offset 34): 1 values where 2 channels are announced"},
    {SIM_COMTRADE_ASCII, "3079", 0, 0, "1,",
     "test.dat: record 3 (byte offset 34): 3 values where 2 channels are announced"},
    {SIM_COMTRADE_BINARY, NULL, 24, 1, "\x09",
     "test.dat: record 3 (byte offset 24): sample number 9 where 3 should stand"},
    {SIM_COMTRADE_BINARY, NULL, 28, 4, "\x01\x01\x01\x01",
     "test.dat: record 4 (byte offset 36): the time stamp does not increase"},
    {SIM_COMTRADE_BINARY, NULL, 28, 4, "\xff\xff\xff\xff",
     "test.dat: record 3 (byte offset 24): no time stamp, and the configuration gives no sampling "
     "rate"},
    {SIM_COMTRADE_BINARY, NULL, 24, 1, "",
     "test.dat: 479 bytes are 39 records of 12 bytes and 11 bytes more; 40 records are announced"},
    {SIM_COMTRADE_BINARY, NULL, 24, 0, "x",
     "test.dat: 481 bytes are 40 records of 12 bytes and 1 bytes more; 40 records are announced"},
    {SIM_COMTRADE_FLOAT32, NULL, 40, 4, "\xff\xff\x7f\x7f",
     "test.dat: record 3 (byte offset 32): channel 1 (channel 1): the value is beyond 1e9"},
};

static struct sim_comtrade_bytes edit(const struct sim_comtrade_bytes *from, size_t at,
                                      size_t erase, const char *insert)
{
    size_t length = strlen(insert);
    uint8_t *bytes = malloc(from->length - erase + length);
    memcpy(bytes, from->bytes, at);
    memcpy(bytes + at, insert, length);
    memcpy(bytes + at + length, from->bytes + at + erase, from->length - at - erase);
    struct sim_comtrade_bytes edited = *from;
    edited.bytes = bytes;
    edited.length += length - erase;
    return edited;
}

static void each_fault_has_its_message(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof FAULTS / sizeof FAULTS[0]; k++) {
        struct writer w = make_writer(1999, FAULTS[k].format, 0);
        struct written written = writer_write(&w);
        const uint8_t *bytes = written.dat.bytes;
        size_t at = FAULTS[k].at;
        if (FAULTS[k].find != NULL) {
            const char *found = strstr((const char *)bytes, FAULTS[k].find);
            assert_non_null(found);
            at += (size_t)(found - (const char *)bytes);
        }
        struct sim_comtrade_bytes dat = edit(&written.dat, at, FAULTS[k].erase, FAULTS[k].insert);
        struct decoded decoded = {0};
        struct sim_comtrade_error error;
        assert_false(decode(&written.cfg, &dat, true, &decoded, &error));
        assert_string_equal(error.text, FAULTS[k].message);
        free((void *)dat.bytes);
        writer_free(&written);
    }
}

static void ascii_of_another_length_is_refused(void **state)
{
    (void)state;
    static const struct {
        size_t keep;
        const char *more;
        const char *message;
    } cases[] = {
        {100, "", "test.dat: 40 records announced, but 100 bytes cannot hold them"},
        {800, "",
         "test.dat: record 40 (byte offset 800): the data end here, 40 records are "
         "announced"},
        {0, "41,40000,1,2\r\n",
         "test.dat: record 41 (byte offset 823): there are more records than the 40 announced"},
    };
    struct writer w = make_writer(1999, SIM_COMTRADE_ASCII, 0);
    struct written written = writer_write(&w);
    assert_int_equal(written.dat.length, 823);
    for (size_t k = 0; k < 3; k++) {
        size_t erase = cases[k].keep == 0 ? 0 : written.dat.length - cases[k].keep;
        struct sim_comtrade_bytes dat =
            edit(&written.dat, written.dat.length - erase, erase, cases[k].more);
        struct decoded decoded = {0};
        struct sim_comtrade_error error;
        assert_false(decode(&written.cfg, &dat, false, &decoded, &error));
        assert_string_equal(error.text, cases[k].message);
        free((void *)dat.bytes);
    }
    writer_free(&written);
}

/* Every beginning of a good file is either readable or refused with a line; the copies are exactly as
 * long as they claim, so that reading further is seen by the sanitizers. */
static void every_truncation_is_refused_cleanly(void **state)
{
    (void)state;
    for (size_t k = 0; k < FORM_COUNT; k++) {
        struct writer w = make_writer(FORMS[k].revision, FORMS[k].format, FORMS[k].digital_count);
        struct written written = writer_write(&w);
        struct sim_comtrade_bytes whole =
            writer_join(&written, FORMS[k].format == SIM_COMTRADE_ASCII ? "ASCII" : "BINARY");
        unsigned accepted = 0;
        for (size_t length = 0; length <= whole.length; length++) {
            uint8_t *copy = malloc(length == 0 ? 1 : length);
            memcpy(copy, whole.bytes, length);
            struct sim_comtrade_bytes part = writer_bytes("test.cff", copy, length);
            struct decoded decoded = {0};
            struct sim_comtrade_error error = {{0}};
            bool ok = decode_cff(&part, &decoded, &error);
            assert_true(ok || error.text[0] != '\0');
            accepted += ok;
            free(copy);
        }
        /* The whole file; with text, also without its last line end, and shorter last values. */
        assert_in_range(accepted, 1, FORMS[k].format == SIM_COMTRADE_ASCII ? 8 : 1);
        free((void *)whole.bytes);
        writer_free(&written);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_gives_the_same_values),
        cmocka_unit_test(so_does_a_cff),
        cmocka_unit_test(missing_samples_are_interpolated),
        cmocka_unit_test(nines_are_values_where_the_channel_reaches_them),
        cmocka_unit_test(long_gaps_are_refused),
        cmocka_unit_test(each_fault_has_its_message),
        cmocka_unit_test(ascii_of_another_length_is_refused),
        cmocka_unit_test(every_truncation_is_refused_cleanly),
    };
    return cmocka_run_group_tests(tests, make_signal, NULL);
}
