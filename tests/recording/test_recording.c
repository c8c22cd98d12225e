/* The player: from files to instants, and the ten appliances of the reference set. */
#include "sim/recording.h"
#include "tests/recording/cmocka_all.h"
#include "tests/recording/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ADC_HZ = 4096, COUNT = 6400 * 3, BLOCK = 1000 };

/* A second-by-second different signal, so that a shift is seen: 0 dB, -6 dB, -12 dB. */
static double raw_u[COUNT];
static double raw_i[COUNT];

static int make_signal(void **state)
{
    (void)state;
    for (int k = 0; k < COUNT; k++) {
        double angle = 2 * M_PI * k / 128;
        raw_u[k] = round(30000 * sin(angle) / (1 << k / 6400));
        raw_i[k] = round(20000 * sin(angle - 0.5));
    }
    return 0;
}

static struct writer make_writer(size_t count, double rate_hz)
{
    return (struct writer){
        .revision = 1999,
        .format = SIM_COMTRADE_BINARY,
        .channel_count = 2,
        .channels = {{"B", "V", 0.01, 0, 0, raw_u}, {"B", "A", 1e-3, 0, 0, raw_i}},
        .count = count,
        .rate_count = 1,
        .rates = {{rate_hz, count}},
    };
}

static struct sim_recording *open_written(const struct writer *writer,
                                          const struct sim_recording_options *options)
{
    struct written written = writer_write(writer);
    struct sim_comtrade_error error = {{0}};
    struct sim_recording *r = sim_recording_open_bytes(&written.cfg, &written.dat, options, &error);
    assert_string_equal(error.text, "");
    assert_non_null(r);
    writer_free(&written);
    return r;
}

/* In portions of odd sizes; returns how many came. */
static size_t pull_all(struct sim_recording *r, struct sim_instant *instants, size_t count)
{
    struct sim_source source = sim_recording_source(r);
    size_t done = 0;
    for (size_t portion = 1; done < count; portion = portion * 2 % 997) {
        size_t wanted = portion < count - done ? portion : count - done;
        size_t got = source.pull(source.context, instants + done, wanted);
        done += got;
        if (got < wanted) {
            break;
        }
    }
    return done;
}

static void equal_rates_pass_bit_for_bit(void **state)
{
    (void)state;
    static struct sim_instant instants[3 * COUNT];
    struct writer w = make_writer(COUNT, ADC_HZ);
    struct sim_recording *r = open_written(
        &w, &(struct sim_recording_options){.sample_rate_hz = ADC_HZ, .loop = true, .phase = 2});
    assert_int_equal(pull_all(r, instants, 3 * COUNT), 3 * COUNT);
    for (int k = 0; k < 3 * COUNT; k++) {
        assert_true(instants[k].u_v[2] == 0.01 * raw_u[k % COUNT]);
        assert_true(instants[k].i_a[2] == 1e-3 * raw_i[k % COUNT]);
        assert_true(instants[k].u_v[0] == 0 && instants[k].i_a[1] == 0);
    }
    sim_recording_close(r);
}

static void what_does_not_loop_ends(void **state)
{
    (void)state;
    static struct sim_instant instants[COUNT];
    struct writer w = make_writer(640, 6400);
    struct sim_recording *r =
        open_written(&w, &(struct sim_recording_options){.sample_rate_hz = ADC_HZ});
    assert_int_equal(pull_all(r, instants, COUNT), 410); /* 0.1 s are 409.6 instants */
    assert_int_equal(pull_all(r, instants, 5), 0);
    sim_recording_close(r);
}

/* A long loop of awkward length is resampled as it is pulled; it must be the loop all the same. */
static void a_streamed_loop_equals_the_resampled_signal(void **state)
{
    (void)state;
    static struct sim_instant instants[6 * ADC_HZ];
    struct writer w = make_writer(6399 + 1, 6399);
    w.count = w.rates[0].end_sample = 6399;
    for (size_t k = 0; k < 2; k++) {
        w.rates[0].rate_hz = k == 0 ? 6399 : 6399.001; /* a period of 4096 instants, and of 10^9 */
        struct sim_recording *r = open_written(
            &w, &(struct sim_recording_options){.sample_rate_hz = ADC_HZ, .loop = true});
        assert_int_equal(pull_all(r, instants, 6 * ADC_HZ), 6 * ADC_HZ);
        for (int n = 300; n < ADC_HZ - 300; n++) {
            double error = instants[n + 5 * ADC_HZ].u_v[0] - instants[n].u_v[0];
            assert_true(fabs(error) < (k == 0 ? 1e-9 : 0.2));
        }
        sim_recording_close(r);
    }
}

static void three_phases_are_a_second_apart(void **state)
{
    (void)state;
    static struct sim_instant instants[3 * ADC_HZ];
    struct writer w = make_writer(COUNT, 6400);
    for (int loop = 0; loop < 2; loop++) {
        struct sim_recording *r =
            open_written(&w, &(struct sim_recording_options){
                                 .sample_rate_hz = ADC_HZ, .loop = loop, .three_phase = true});
        assert_int_equal(sim_recording_info(r)->shift_cycles, 50);
        assert_int_equal(pull_all(r, instants, 3 * ADC_HZ), 3 * ADC_HZ);
        for (int n = 0; n < 3 * ADC_HZ; n++) {
            for (int phase = 1; phase < SIM_PHASES; phase++) {
                const struct sim_instant *ahead = &instants[(n + phase * ADC_HZ) % (3 * ADC_HZ)];
                assert_true(instants[n].u_v[phase] == ahead->u_v[0]);
                assert_true(instants[n].i_a[phase] == ahead->i_a[0]);
            }
        }
        assert_int_equal(pull_all(r, instants, 1), loop);
        sim_recording_close(r);
    }
}

static void short_recordings_are_shifted_by_a_third(void **state)
{
    (void)state;
    static const struct {
        size_t cycles;
        unsigned shift;
    } cases[] = {{150, 50}, {101, 50}, {100, 33}, {3, 1}, {2, 0}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        struct writer w = make_writer(128 * cases[k].cycles, 6400);
        struct sim_recording *r = open_written(
            &w, &(struct sim_recording_options){.sample_rate_hz = ADC_HZ, .three_phase = true});
        assert_int_equal(sim_recording_info(r)->shift_cycles, cases[k].shift);
        sim_recording_close(r);
    }
}

static void three_phases_of_a_file_go_to_their_places(void **state)
{
    (void)state;
    struct writer w = make_writer(128, ADC_HZ);
    w.channel_count = 4;
    w.channels[0] = (struct writer_channel){"L3", "kV", 1e-5, 0, 0, raw_u};
    w.channels[2] = (struct writer_channel){"L1", "V", 0.02, 0, 0, raw_u};
    w.channels[3] = (struct writer_channel){"L1", "mA", 1, 0, 0, raw_i};
    struct sim_recording_options options = {.sample_rate_hz = ADC_HZ, .loop = true};
    struct sim_recording *r = open_written(&w, &options);
    const struct sim_recording_info *info = sim_recording_info(r);
    static const bool voltages[] = {true, false, true};
    static const bool currents[] = {true, true, false};
    assert_memory_equal(info->voltage_present, voltages, sizeof voltages);
    assert_memory_equal(info->current_present, currents, sizeof currents);
    struct sim_instant instants[128];
    pull_all(r, instants, 128);
    for (int k = 0; k < 128; k++) {
        assert_true(fabs(instants[k].u_v[2] - 0.01 * raw_u[k]) < 1e-9);
        assert_true(instants[k].u_v[0] == 0.02 * raw_u[k] && instants[k].u_v[1] == 0);
        assert_true(instants[k].i_a[0] == raw_i[k] * 1e-3 && instants[k].i_a[2] == 0);
        assert_true(instants[k].i_a[1] == 1e-3 * raw_i[k]);
    }
    sim_recording_close(r);
}

static void the_information_is_that_of_the_file(void **state)
{
    (void)state;
    struct writer w = make_writer(COUNT, 6400);
    struct sim_recording *r = open_written(
        &w, &(struct sim_recording_options){.sample_rate_hz = ADC_HZ, .loop = true, .phase = 1});
    const struct sim_recording_info *info = sim_recording_info(r);
    assert_string_equal(info->station, "a station");
    assert_string_equal(info->device, "a device");
    assert_string_equal(info->voltage_id, "channel 1");
    assert_string_equal(info->current_id, "channel 2");
    assert_string_equal(info->side, "P");
    assert_int_equal(info->revision, 1999);
    assert_true(info->duration_s == 3 && info->line_frequency_hz == 50);
    assert_true(info->rate_count == 1 && info->rates[0].rate_hz == 6400);
    assert_true(info->played_rate_hz == 6400 && info->sample_count == COUNT);
    assert_true(info->voltage_present[1] && info->current_present[1]);
    assert_false(info->voltage_present[0] || info->current_present[2]);
    sim_recording_close(r);
}

static void options_out_of_range_are_refused(void **state)
{
    (void)state;
    static const struct {
        struct sim_recording_options options;
        const char *message;
    } cases[] = {
        {{.sample_rate_hz = 0}, "a sampling rate of 0 Hz is not within 100 and 1000000 Hz"},
        {{.sample_rate_hz = ADC_HZ, .phase = 3}, "there is no phase L4"},
        {{.sample_rate_hz = ADC_HZ, .three_phase = true},
         "test.cfg: the recording has 2 phases and cannot be played as one phase on three"},
    };
    struct writer w = make_writer(128, 6400);
    w.channels[0].phase = "A";
    struct written written = writer_write(&w);
    for (size_t k = 0; k < 3; k++) {
        struct sim_comtrade_error error;
        assert_null(
            sim_recording_open_bytes(&written.cfg, &written.dat, &cases[k].options, &error));
        assert_string_equal(error.text, cases[k].message);
    }
    writer_free(&written);
}

/* ---- files ---- */

static void store(const char *path, const struct sim_comtrade_bytes *bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes->bytes, 1, bytes->length, file), bytes->length);
    fclose(file);
}

static void check_open(const char *path, const char *message)
{
    struct sim_recording_options options = {.sample_rate_hz = ADC_HZ, .loop = true};
    struct sim_comtrade_error error = {{0}};
    struct sim_recording *r = sim_recording_open(path, &options, &error);
    assert_string_equal(error.text, message);
    assert_true((r == NULL) == (message[0] != '\0'));
    sim_recording_close(r);
}

static void files_are_found_by_either_case_of_extension(void **state)
{
    (void)state;
    char folder[] = "/tmp/wh_recording_XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    struct writer w = make_writer(128, 6400);
    struct written written = writer_write(&w);
    struct sim_comtrade_bytes cff = writer_join(&written, "BINARY");
    store("a.cfg", &written.cfg);
    check_open("a.cfg", "cannot read a.dat: No such file or directory");
    store("a.dat", &written.dat);
    check_open("a.cfg", "");
    store("B.CFG", &written.cfg);
    check_open("./B.CFG", "cannot read ./B.DAT: No such file or directory");
    store("B.dat", &written.dat);
    check_open("./B.CFG", "");
    store("c.CFF", &cff);
    check_open("c.CFF", "");
    check_open("d.cff", "cannot read d.cff: No such file or directory");
    check_open("a.dat", "a.dat: neither a .cfg nor a .cff file");
    check_open("cfg", "cfg: neither a .cfg nor a .cff file");
    store("a.dat", &written.cfg);
    check_open("a.cfg", "a.dat: 211 bytes are 17 records of 12 bytes and 7 bytes more; 128 records "
                        "are announced");
    static const char *const names[] = {"a.cfg", "a.dat", "B.CFG", "B.dat", "c.CFF"};
    for (size_t k = 0; k < 5; k++) {
        unlink(names[k]);
    }
    assert_int_equal(chdir("/"), 0);
    rmdir(folder);
    free((void *)cff.bytes);
    writer_free(&written);
}

/* ---- the ten appliances ---- */

/* The table of the set's README. */
static const struct appliance {
    const char *name;
    size_t samples;
    double u_v;
    double i_a;
    double p_w;
} APPLIANCES[] = {
    {"refrigerator", 19200, 227.6883, 0.46097, 70.1829},
    {"desktop_pc", 19200, 226.7060, 0.09665, 8.4090},
    {"television", 19200, 232.7933, 0.57147, 131.6450},
    {"washing_machine", 19199, 225.7619, 0.76072, 169.1317},
    {"kettle", 19200, 218.9356, 5.98535, 1310.3874},
    {"induction_hob", 19200, 240.3318, 4.53889, 772.7826},
    {"rice_cooker", 19200, 238.4379, 2.64958, 631.7138},
    {"air_conditioner", 19200, 230.6747, 4.27269, 973.5981},
    {"laptop", 19199, 227.6864, 0.24366, 46.2918},
    {"water_dispenser", 19200, 224.8267, 1.42206, 319.6439},
};

struct sums {
    double u;
    double i;
    double uu;
    double ii;
    double ui;
};

static void add_up(struct sums *sums, const struct sim_instant *instants, size_t count, int phase)
{
    for (size_t k = 0; k < count; k++) {
        double u_v = instants[k].u_v[phase];
        double i_a = instants[k].i_a[phase];
        sums->u += u_v;
        sums->i += i_a;
        sums->uu += u_v * u_v;
        sums->ii += i_a * i_a;
        sums->ui += u_v * i_a;
    }
}

/* Whole loops: of 19200 samples one is 12288 instants; 16 of 19199 are 196597.76, 25 are 307184. */
static void play_whole_loops(struct sim_recording *r, size_t instant_count,
                             struct sums sums[SIM_PHASES])
{
    struct sim_source source = sim_recording_source(r);
    struct sim_instant instants[BLOCK];
    for (size_t done = 0; done < instant_count;) {
        size_t part = instant_count - done < BLOCK ? instant_count - done : BLOCK;
        assert_int_equal(source.pull(source.context, instants, part), part);
        for (int phase = 0; phase < SIM_PHASES; phase++) {
            add_up(&sums[phase], instants, part, phase);
        }
        done += part;
    }
}

static void check_phase(const struct appliance *a, const struct sums *s, double count, int phase)
{
    double u_v = sqrt(s->uu / count - s->u * s->u / count / count);
    double i_a = sqrt(s->ii / count - s->i * s->i / count / count);
    double p_w = s->ui / count - s->u * s->i / count / count;
    if (phase == 0) {
        print_message("%-16s U %8.4f V %+6.1f ppm  I %7.5f A %+7.0f ppm  P %9.4f W %+6.1f ppm\n",
                      a->name, u_v, (u_v / a->u_v - 1) * 1e6, i_a, (i_a / a->i_a - 1) * 1e6, p_w,
                      (p_w / a->p_w - 1) * 1e6);
    }
    assert_true(fabs(p_w / a->p_w - 1) < 2e-4);
    assert_true(fabs(u_v / a->u_v - 1) < 5e-4);
    assert_true(fabs(i_a / a->i_a - 1) < 1e-3);
}

static void appliances_keep_their_power(void **state)
{
    (void)state;
    static const char folder[] = WH_SOURCE_DIR "/../shared/recordings";
    if (access(folder, R_OK) != 0) {
        print_message("no recordings in %s: not tested\n", folder);
        skip();
    }
    for (size_t k = 0; k < sizeof APPLIANCES / sizeof APPLIANCES[0]; k++) {
        const struct appliance *a = &APPLIANCES[k];
        struct sim_recording_options options = {
            .sample_rate_hz = ADC_HZ, .loop = true, .three_phase = true};
        struct sim_comtrade_error error = {{0}};
        struct sums sums[SIM_PHASES] = {{0}};
        char path[sizeof folder + 40];
        snprintf(path, sizeof path, "%s/%s.cfg", folder, a->name);
        struct sim_recording *r = sim_recording_open(path, &options, &error);
        assert_string_equal(error.text, "");
        assert_int_equal(sim_recording_info(r)->sample_count, a->samples);
        size_t count = a->samples == 19200 ? 12288 * 2 : 307184;
        play_whole_loops(r, count, sums);
        for (int phase = 0; phase < SIM_PHASES; phase++) {
            check_phase(a, &sums[phase], (double)count, phase);
        }
        sim_recording_close(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_rates_pass_bit_for_bit),
        cmocka_unit_test(what_does_not_loop_ends),
        cmocka_unit_test(a_streamed_loop_equals_the_resampled_signal),
        cmocka_unit_test(three_phases_are_a_second_apart),
        cmocka_unit_test(short_recordings_are_shifted_by_a_third),
        cmocka_unit_test(three_phases_of_a_file_go_to_their_places),
        cmocka_unit_test(the_information_is_that_of_the_file),
        cmocka_unit_test(options_out_of_range_are_refused),
        cmocka_unit_test(files_are_found_by_either_case_of_extension),
        cmocka_unit_test(appliances_keep_their_power),
    };
    return cmocka_run_group_tests(tests, make_signal, NULL);
}
