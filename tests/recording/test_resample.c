/* The resampler against sines it must pass, and sines it must not. */
#include "sim/resample.h"
#include "tests/recording/cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADC_HZ = 4096 };

static const uint64_t UHZ = 1000000;

/* A source of sine (first channel) and cosine (second), whole periods long so that it may repeat. */
struct tone {
    uint64_t rate_hz;
    size_t count;
    double frequency_hz;
    double (*pairs)[2];
};

static struct tone make_tone(uint64_t rate_hz, size_t count, double frequency_hz)
{
    struct tone tone = {rate_hz, count, frequency_hz, malloc(count * sizeof(double[2]))};
    for (size_t k = 0; k < count; k++) {
        double angle = 2 * M_PI * frequency_hz * (double)k / (double)rate_hz;
        tone.pairs[k][0] = sin(angle);
        tone.pairs[k][1] = cos(angle);
    }
    return tone;
}

static struct sim_resampler *resample(const struct tone *tone, uint64_t out_hz, double offset)
{
    struct sim_resampler *r =
        sim_resampler_new(&(struct sim_resampler_spec){.in_rate_uhz = tone->rate_hz * UHZ,
                                                       .out_rate_uhz = out_hz * UHZ,
                                                       .offset = offset,
                                                       .periodic = true,
                                                       .pairs = (const double(*)[2])tone->pairs,
                                                       .count = tone->count});
    assert_non_null(r);
    return r;
}

/* The greatest deviation from the ideal tone at the given rate; every instant's position is exact, so
 * this bounds amplitude and phase together. */
static double worst_error(uint64_t rate_hz, double frequency_hz, double offset)
{
    enum { COUNT = 4096 };
    static double out[COUNT][2];
    struct tone tone = make_tone(rate_hz, (size_t)rate_hz, frequency_hz);
    struct sim_resampler *r = resample(&tone, ADC_HZ, offset);
    struct sim_resampler_cursor cursor = sim_resampler_seek(r, 0);
    sim_resampler_run(r, &cursor, out, COUNT);
    double worst = 0;
    for (int k = 0; k < COUNT; k++) {
        double time_s = (double)k / ADC_HZ + offset / (double)rate_hz;
        double angle = 2 * M_PI * frequency_hz * time_s;
        worst = fmax(worst, fabs(out[k][0] - sin(angle)));
        worst = fmax(worst, fabs(out[k][1] - cos(angle)));
    }
    sim_resampler_free(r);
    free(tone.pairs);
    return worst;
}

static const uint64_t RATES_HZ[] = {6400, 6000, 4800, 4097, 4000, 12800, 11025, 3200};

enum { RATE_COUNT = sizeof RATES_HZ / sizeof RATES_HZ[0] };

static void sines_up_to_1_khz_pass_within_1e_5(void **state)
{
    (void)state;
    double worst = 0;
    for (size_t k = 0; k < RATE_COUNT; k++) {
        for (double frequency_hz = 0; frequency_hz <= 1000; frequency_hz += 50) {
            worst = fmax(worst, worst_error(RATES_HZ[k], frequency_hz, 0));
        }
    }
    print_message("worst error of a sine up to 1 kHz: %.1e\n", worst);
    assert_true(worst <= 1e-5);
}

static void mains_pass_within_1e_6(void **state)
{
    (void)state;
    double worst = worst_error(6400, 50, 0);
    print_message("error of 50 Hz from 6400 Hz: %.1e\n", worst);
    assert_true(worst <= 1e-6);
}

static void an_offset_is_exact(void **state)
{
    (void)state;
    static const double offsets[] = {0.5, -0.25, 1e-3, -17.123456789, 123.75};
    for (size_t k = 0; k < sizeof offsets / sizeof offsets[0]; k++) {
        assert_true(worst_error(6400, 450, offsets[k]) <= 1e-5);
        assert_true(worst_error(4096, 450, offsets[k]) <= 1e-5);
    }
}

/* 0.001 dB is 1.15e-4. */
static void the_pass_band_is_flat_up_to_046(void **state)
{
    (void)state;
    for (size_t k = 0; k < RATE_COUNT; k++) {
        double edge_hz = floor(0.46 * (double)RATES_HZ[k]);
        for (double frequency_hz = 1000; frequency_hz < edge_hz; frequency_hz += 37) {
            assert_true(worst_error(RATES_HZ[k], frequency_hz, 0) < 1.15e-4);
        }
        assert_true(worst_error(RATES_HZ[k], edge_hz, 0) < 1.15e-4);
    }
}

/* Beyond the meter's Nyquist frequency as well: the values are those of the tone itself, so its power stays. */
static void what_folds_keeps_its_power(void **state)
{
    (void)state;
    double worst = 0;
    for (double frequency_hz = 2048; frequency_hz <= 2940; frequency_hz += 16) {
        worst = fmax(worst, worst_error(6400, frequency_hz, 0));
    }
    print_message("2048 to 2940 Hz from 6400 Hz: %.1e\n", worst);
    assert_true(worst < 1.15e-4);
}

/* Upwards, nothing appears where the source had nothing: images are 90 dB down. */
static void images_are_90_db_down(void **state)
{
    (void)state;
    double worst = 0;
    for (double frequency_hz = 50; frequency_hz <= 460; frequency_hz += 10) {
        worst = fmax(worst, worst_error(1000, frequency_hz, 0));
    }
    print_message("worst image and ripple: %.1f dB\n", 20 * log10(worst));
    assert_true(worst < 1.15e-4);
}

static void a_constant_stays_what_it_is(void **state)
{
    (void)state;
    for (size_t k = 0; k < RATE_COUNT; k++) {
        double out[300][2];
        struct tone tone = make_tone(RATES_HZ[k], 7, 0);
        struct sim_resampler *r = resample(&tone, ADC_HZ, 0);
        struct sim_resampler_cursor cursor = sim_resampler_seek(r, 0);
        sim_resampler_run(r, &cursor, out, 300);
        for (int n = 0; n < 300; n++) {
            assert_true(out[n][0] == 0);
            assert_true(fabs(out[n][1] - 1) < 1e-6);
        }
        sim_resampler_free(r);
        free(tone.pairs);
    }
}

/* Pulling ends where a jump ends, after minutes as after years, and the jump is where arithmetic says:
 * 3600 s are 3600 times the rate in samples, without rest. */
static void positions_do_not_drift(void **state)
{
    (void)state;
    enum { SAMPLES = 19199, BLOCK = 9973 };
    static double out[BLOCK][2];
    static const uint64_t rates_hz[] = {6400, 5999};
    for (size_t k = 0; k < 2; k++) {
        struct tone tone = make_tone(rates_hz[k], SAMPLES, 50);
        struct sim_resampler *r = resample(&tone, ADC_HZ, 0);
        struct sim_resampler_cursor cursor = sim_resampler_seek(r, 0);
        for (uint64_t n = BLOCK; n < 40 * BLOCK; n += BLOCK) {
            sim_resampler_run(r, &cursor, out, BLOCK);
            struct sim_resampler_cursor jumped = sim_resampler_seek(r, n);
            assert_memory_equal(&cursor, &jumped, sizeof jumped);
        }
        for (uint64_t n = 1; n < (uint64_t)1 << 40; n = n * 3 + 7) {
            cursor = sim_resampler_seek(r, n - 1);
            sim_resampler_run(r, &cursor, out, 1);
            struct sim_resampler_cursor jumped = sim_resampler_seek(r, n);
            assert_memory_equal(&cursor, &jumped, sizeof jumped);
        }
        cursor = sim_resampler_seek(r, (uint64_t)ADC_HZ * 3600);
        assert_int_equal(cursor.sample, rates_hz[k] * 3600 % SAMPLES);
        assert_int_equal(cursor.fraction, 0);
        sim_resampler_free(r);
        free(tone.pairs);
    }
}

static void a_loop_repeats_after_its_period(void **state)
{
    (void)state;
    static const struct {
        uint64_t rate_hz;
        size_t count;
        uint64_t period;
    } loops[] = {{6400, 19200, 12288}, {6400, 19199, 307184}, {6000, 1, 256}, {4096, 5, 5}};
    for (size_t k = 0; k < sizeof loops / sizeof loops[0]; k++) {
        struct tone tone = make_tone(loops[k].rate_hz, loops[k].count, 50);
        struct sim_resampler *r = resample(&tone, ADC_HZ, 0);
        assert_int_equal(sim_resampler_period(r), loops[k].period);
        struct sim_resampler_cursor start = sim_resampler_seek(r, 0);
        struct sim_resampler_cursor end = sim_resampler_seek(r, loops[k].period - 1);
        double out[2];
        sim_resampler_run(r, &end, &out, 1);
        assert_memory_equal(&start, &end, sizeof start);
        sim_resampler_free(r);
        free(tone.pairs);
    }
}

static void outside_a_single_recording_there_is_nothing(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    static double out[COUNT][2];
    struct tone tone = make_tone(6400, 640, 50);
    struct sim_resampler *r =
        sim_resampler_new(&(struct sim_resampler_spec){.in_rate_uhz = 6400 * UHZ,
                                                       .out_rate_uhz = ADC_HZ * UHZ,
                                                       .offset = -300,
                                                       .pairs = (const double(*)[2])tone.pairs,
                                                       .count = tone.count});
    struct sim_resampler_cursor cursor = sim_resampler_seek(r, 0);
    sim_resampler_run(r, &cursor, out, COUNT);
    assert_true(out[0][0] == 0 && out[0][1] == 0);
    assert_true(out[COUNT - 1][0] == 0 && out[COUNT - 1][1] == 0);
    assert_true(fabs(out[300 * 16 / 25 + 200][1]) > 0.1);
    sim_resampler_free(r);
    free(tone.pairs);
    assert_int_equal(sim_resampler_instants(6400 * UHZ, ADC_HZ * UHZ, 25), 16);
    assert_int_equal(sim_resampler_instants(6400 * UHZ, ADC_HZ * UHZ, 26), 17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sines_up_to_1_khz_pass_within_1e_5),
        cmocka_unit_test(mains_pass_within_1e_6),
        cmocka_unit_test(an_offset_is_exact),
        cmocka_unit_test(the_pass_band_is_flat_up_to_046),
        cmocka_unit_test(what_folds_keeps_its_power),
        cmocka_unit_test(images_are_90_db_down),
        cmocka_unit_test(a_constant_stays_what_it_is),
        cmocka_unit_test(positions_do_not_drift),
        cmocka_unit_test(a_loop_repeats_after_its_period),
        cmocka_unit_test(outside_a_single_recording_there_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
