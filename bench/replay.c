/* Speed of a replay against real time: recording, resampler, converter and whole meter, one core, CPU time.
 * Aim: 1000 times real time, resampling included. Prints ratios; it is no test. */
#include "cli/feed.h"
#include "ports/linux/board_memory.h"
#include "sim/recording.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A three-phase recording written here: cfg and dat text in memory. */
struct text {
    char *bytes;
    size_t length;
};

static void write_config(struct text *cfg, unsigned rate_hz, unsigned samples)
{
    cfg->bytes = malloc(2048);
    int length = sprintf(cfg->bytes, "bench,bench,1999\n6,6A,0D\n");
    for (int p = 0; p < 3; p++) {
        length += sprintf(cfg->bytes + length, "%d,U%d,%c,,V,0.02,0,0,-32767,32767,1,1,P\n", p + 1,
                          p + 1, 'A' + p);
    }
    for (int p = 0; p < 3; p++) {
        length += sprintf(cfg->bytes + length, "%d,I%d,%c,,A,0.005,0,0,-32767,32767,1,1,P\n", p + 4,
                          p + 1, 'A' + p);
    }
    length += sprintf(cfg->bytes + length,
                      "50\n1\n%u,%u\n01/01/2024,00:00:00.000000\n01/01/2024,00:00:00.000000\n"
                      "BINARY\n1\n",
                      rate_hz, samples);
    cfg->length = (size_t)length;
}

static void write_samples(struct text *dat, unsigned rate_hz, unsigned samples)
{
    dat->length = samples * 20u;
    dat->bytes = malloc(dat->length);
    for (unsigned k = 0; k < samples; k++) {
        char *record = dat->bytes + k * 20u;
        const unsigned head[2] = {k + 1, k};
        memcpy(record, head, 8);
        for (int p = 0; p < 3; p++) {
            const double angle = 2 * M_PI * (50.0 * k / rate_hz - p / 3.0);
            const short u = (short)lrint(16000 * sin(angle));
            const short i = (short)lrint(3000 * sin(angle - 0.3) + 600 * sin(5 * angle));
            memcpy(record + 8 + 2 * p, &u, 2);
            memcpy(record + 14 + 2 * p, &i, 2);
        }
    }
}

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void bench(const char *name, unsigned rate_hz, unsigned samples, bool loop, unsigned mains_s)
{
    struct text cfg;
    struct text dat;
    write_config(&cfg, rate_hz, samples);
    write_samples(&dat, rate_hz, samples);
    const struct sim_recording_options options = {.sample_rate_hz = WH_SAMPLE_RATE_HZ,
                                                  .loop = loop};
    const struct sim_comtrade_bytes cfg_bytes = {
        .name = "bench", .bytes = (const uint8_t *)cfg.bytes, .length = cfg.length, .line = 1};
    const struct sim_comtrade_bytes dat_bytes = {
        .name = "bench", .bytes = (const uint8_t *)dat.bytes, .length = dat.length, .line = 1};
    struct sim_comtrade_error error;
    const double start_s = cpu_s();
    struct sim_recording *recording =
        sim_recording_open_bytes(&cfg_bytes, &dat_bytes, &options, &error);
    struct board_memory memory;
    static struct wh_meter meter;
    struct wh_meter_start_report found;
    const struct wh_variant *variant = wh_variant_find("382M");
    const struct wh_order order = {.variant = variant, .serial_number = 1, .meter_number = 1};
    if (recording == NULL || board_memory_open(&memory) != WH_OK ||
        wh_meter_manufacture(&memory.board, &order, NULL) != WH_OK ||
        wh_meter_start(&meter, &memory.board, &found) != WH_OK) {
        printf("%-40s does not start %s\n", name, recording == NULL ? error.text : "");
        exit(1);
    }
    struct cli_feed feed;
    const struct sim_source source = sim_recording_source(recording);
    cli_feed_init(&feed, &source, variant, 1);
    cli_feed_run(&feed, &meter, (uint64_t)mains_s * WH_SAMPLE_RATE_HZ, NULL, NULL);
    const double used_s = cpu_s() - start_s;
    printf("%-52s %7.0f times real time (%.0f ns a sample set)\n", name, mains_s / used_s,
           used_s / mains_s / WH_SAMPLE_RATE_HZ * 1e9);
    sim_recording_close(recording);
    board_memory_close(&memory);
    free(cfg.bytes);
    free(dat.bytes);
}

int main(void)
{
    printf("sizeof(struct wh_meter) %zu bytes\n", sizeof(struct wh_meter));
    bench("three phases at 4096 Hz, no resampling", 4096, 4096 * 60, true, 600);
    bench("three phases from 6400 Hz, loop kept in memory", 6400, 6400 * 3, true, 600);
    bench("three phases from 6400 Hz, resampled as it plays", 6400, 6400 * 120, false, 119);
    bench("three phases from 4000 Hz, resampled as it plays", 4000, 4000 * 120, false, 119);
    bench("three phases from 5999 Hz, interpolated filter", 5999, 5999 * 120, false, 119);
    return 0;
}
