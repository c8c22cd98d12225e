/* Several rates, time stamps and skews become one uniform rate. */
#include "sim/comtrade_timeline.h"
#include "tests/recording/cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double TONE_HZ = 50;

/* The signal of the tests at an instant: repeats every 20 ms. */
static double signal(int channel, double time_s)
{
    double angle = 2 * M_PI * TONE_HZ * time_s;
    return channel == 0 ? 325 * sin(angle) + 20 * sin(7 * angle) : 10 * cos(angle);
}

struct record {
    struct sim_comtrade comtrade;
    double *time_s;
    struct sim_timeline timeline;
};

static struct record make_record(size_t count)
{
    struct record record = {.comtrade = {.sample_count = count, .time_unit_s = 1e-6},
                            .time_s = malloc(count * sizeof(double)),
                            .timeline = {.count = count, .track_count = 1}};
    record.timeline.tracks[0].pairs = malloc(count * sizeof(double[2]));
    return record;
}

static void free_record(struct record *record)
{
    free(record->time_s);
    free(record->timeline.tracks[0].pairs);
}

static void sample(struct record *record)
{
    for (size_t k = 0; k < record->comtrade.sample_count; k++) {
        for (int channel = 0; channel < 2; channel++) {
            double skew_s = record->timeline.tracks[0].skew_us[channel] * 1e-6;
            record->timeline.tracks[0].pairs[k][channel] =
                signal(channel, record->time_s[k] + skew_s);
        }
    }
}

static void make_uniform(struct record *record)
{
    struct sim_comtrade_error error = {{0}};
    bool ok =
        sim_comtrade_uniform(&record->comtrade, "a.cfg", record->time_s, &record->timeline, &error);
    assert_string_equal(error.text, "");
    assert_true(ok);
}

/* The greatest deviation from the signal, relative to its peak, up to margin samples from the end. */
static double worst_error(const struct record *record, size_t margin)
{
    double worst = 0;
    double rate_hz = (double)record->timeline.rate_uhz / 1e6;
    for (size_t k = 0; k + margin < record->timeline.count; k++) {
        const double *pair = record->timeline.tracks[0].pairs[k];
        worst = fmax(worst, fabs(pair[0] - signal(0, (double)k / rate_hz)) / 345);
        worst = fmax(worst, fabs(pair[1] - signal(1, (double)k / rate_hz)) / 10);
    }
    return worst;
}

/* Sampled at the rates of the configuration, one segment after the other. */
static struct record make_segments(const struct sim_comtrade_rate *rates, unsigned count)
{
    struct record record = make_record((size_t)rates[count - 1].end_sample);
    record.comtrade.rate_count = count;
    double start_s = 0;
    size_t first = 0;
    for (unsigned k = 0; k < count; k++) {
        record.comtrade.rates[k] = rates[k];
        size_t end = (size_t)rates[k].end_sample;
        for (size_t n = first; n < end; n++) {
            record.time_s[n] = start_s + (double)(n - first) / rates[k].rate_hz;
        }
        start_s += (double)(end - first) / rates[k].rate_hz;
        first = end;
    }
    return record;
}

static void one_rate_is_left_alone(void **state)
{
    (void)state;
    static const struct sim_comtrade_rate rate = {6400, 128};
    struct record record = make_segments(&rate, 1);
    sample(&record);
    make_uniform(&record);
    assert_int_equal(record.timeline.rate_uhz, 6400000000);
    assert_int_equal(record.timeline.count, 128);
    for (size_t k = 0; k < 128; k++) {
        assert_true(record.timeline.tracks[0].pairs[k][0] == signal(0, record.time_s[k]));
    }
    free_record(&record);
}

/* 0.1 s at 1600 Hz, 0.2 s at 6400 Hz, 0.1 s at 2000 Hz and a part that is off the grid of the rest. */
static void segments_are_joined_at_the_highest_rate(void **state)
{
    (void)state;
    static const struct sim_comtrade_rate rates[] = {
        {1600, 160}, {6400, 160 + 1280}, {2000, 160 + 1280 + 200}};
    struct record record = make_segments(rates, 3);
    sample(&record);
    make_uniform(&record);
    assert_int_equal(record.timeline.rate_uhz, 6400000000);
    assert_int_equal(record.timeline.count, 640 + 1280 + 640);
    print_message("three rates: error %.1e of the peak\n", worst_error(&record, 0));
    assert_true(worst_error(&record, 0) < 1e-3);
    for (size_t k = 640; k < 640 + 1280; k++) {
        double exact = signal(0, record.time_s[160 + k - 640]);
        assert_true(record.timeline.tracks[0].pairs[k][0] == exact);
    }
    free_record(&record);
}

static void segments_off_the_grid_are_resampled_onto_it(void **state)
{
    (void)state;
    /* The second segment starts at 16/3 of a grid interval; 0.005 + 0.015 s make one period. */
    static const struct sim_comtrade_rate rates[] = {{4800, 96 * 4 + 1},
                                                     {6400, 96 * 4 + 1 + 128 * 4}};
    struct record record = make_segments(rates, 2);
    sample(&record);
    make_uniform(&record);
    assert_int_equal(record.timeline.count, 512 + 512 + 1);
    double worst = 0;
    for (size_t k = 100; k < 900; k++) {
        double error = record.timeline.tracks[0].pairs[k][0] - signal(0, (double)k / 6400);
        worst = fmax(worst, fabs(error) / 345);
    }
    print_message("two rates, off the grid: error %.1e of the peak\n", worst);
    assert_true(worst < 1e-4);
    free_record(&record);
}

static void regular_stamps_give_their_rate(void **state)
{
    (void)state;
    static const struct {
        double rate_hz;
        uint64_t expected_uhz;
    } cases[] = {{6400, 6400000000}, {4800, 4800000000}, {1000.5, 1000500000}};
    for (size_t k = 0; k < 3; k++) {
        struct record record = make_record(3000);
        for (size_t n = 0; n < 3000; n++) {
            record.time_s[n] = 0.25 + floor((double)n / cases[k].rate_hz * 1e6) * 1e-6;
        }
        sample(&record);
        double middle = record.timeline.tracks[0].pairs[1500][0];
        make_uniform(&record);
        double off_uhz = (double)record.timeline.rate_uhz - (double)cases[k].expected_uhz;
        assert_true(fabs(off_uhz) <= (cases[k].rate_hz == 1000.5 ? 1000 : 0));
        assert_int_equal(record.timeline.count, 3000);
        assert_true(record.timeline.tracks[0].pairs[1500][0] == middle);
        free_record(&record);
    }
}

/* 128 samples a cycle on average, each up to a third of an interval early or late. When the recording
 * would repeat is a guess, hence the margin. */
static void irregular_stamps_are_interpolated(void **state)
{
    (void)state;
    struct record record = make_record(1280);
    uint32_t random = 1;
    for (size_t n = 0; n < 1280; n++) {
        random = random * 1664525 + 1013904223;
        double jitter = n == 0 ? 0 : ((double)(random >> 8) / (1 << 24) - 0.5) * 0.6;
        record.time_s[n] = ((double)n + jitter) / 6400;
    }
    sample(&record);
    make_uniform(&record);
    print_message("jittered stamps: error %.1e of the peak\n", worst_error(&record, 4));
    assert_true(worst_error(&record, 4) < 5e-4);
    assert_true(record.timeline.rate_uhz > 6400000000);
    free_record(&record);
}

static void skew_is_taken_back(void **state)
{
    (void)state;
    static const struct sim_comtrade_rate rate = {6400, 1280};
    static const double skews_us[] = {20, -78.125, 312.5};
    for (size_t k = 0; k < 3; k++) {
        struct record record = make_segments(&rate, 1);
        record.timeline.tracks[0].skew_us[k % 2] = skews_us[k];
        sample(&record);
        make_uniform(&record);
        assert_true(worst_error(&record, 0) < 1e-5);
        free_record(&record);
    }
}

static void what_cannot_be_made_uniform_is_refused(void **state)
{
    (void)state;
    static const struct {
        size_t count;
        double time_s[4];
        const char *message;
    } cases[] = {
        {1, {0}, "a.cfg: one sample, and no sampling rate"},
        {4,
         {0, 1e-4, 2e-4, 1},
         "a.cfg: the sampling instants are too uneven: 4 samples in 1.9998 s, but 10000 Hz in the "
         "densest part"},
        {4,
         {0, 1, 2, 4},
         "a.cfg: the sampling instants are too uneven: 4 samples in 6 s, but 1 Hz in the densest "
         "part"},
        {4,
         {0, 1e-7, 3e-7, 9e-7},
         "a.cfg: the sampling instants are too uneven: 4 samples in 1.5e-06 s, but 10000000 Hz in "
         "the densest part"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        struct record record = make_record(cases[k].count);
        record.comtrade.time_unit_s = 1e-8;
        for (size_t n = 0; n < cases[k].count; n++) {
            record.time_s[n] = cases[k].time_s[n];
        }
        sample(&record);
        struct sim_comtrade_error error = {{0}};
        assert_false(sim_comtrade_uniform(&record.comtrade, "a.cfg", record.time_s,
                                          &record.timeline, &error));
        assert_string_equal(error.text, cases[k].message);
        free_record(&record);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_rate_is_left_alone),
        cmocka_unit_test(segments_are_joined_at_the_highest_rate),
        cmocka_unit_test(segments_off_the_grid_are_resampled_onto_it),
        cmocka_unit_test(regular_stamps_give_their_rate),
        cmocka_unit_test(irregular_stamps_are_interpolated),
        cmocka_unit_test(skew_is_taken_back),
        cmocka_unit_test(what_cannot_be_made_uniform_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
