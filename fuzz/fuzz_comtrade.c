/* COMTRADE recordings, from bytes to instants. The input is a .cff file or, when it cannot be split as
 * one, a configuration and its data with a zero byte between them. */
#include "sim/recording.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { INSTANTS = 64, DEFAULT_RATE_HZ = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Mostly the rate of the file itself: the resampler's tables are costly and no parser is in them. */
static uint32_t choose_rate_hz(const struct sim_comtrade_bytes *cfg)
{
    struct sim_comtrade comtrade;
    struct sim_comtrade_error error;
    if (!sim_comtrade_parse(&comtrade, cfg, &error)) {
        return DEFAULT_RATE_HZ;
    }
    bool single = comtrade.rate_count == 1;
    sim_comtrade_free(&comtrade);
    return single ? (uint32_t)comtrade.rates[0].rate_hz : DEFAULT_RATE_HZ;
}

static void play(const struct sim_comtrade_bytes *cfg, const struct sim_comtrade_bytes *dat)
{
    struct sim_recording_options options = {.sample_rate_hz = choose_rate_hz(cfg)};
    struct sim_comtrade_error error = {{0}};
    struct sim_recording *recording = sim_recording_open_bytes(cfg, dat, &options, &error);
    if (recording == NULL) {
        if (error.text[0] == '\0' || strchr(error.text, '\n') != NULL) {
            abort(); /* a refusal is one line */
        }
        return;
    }
    struct sim_instant instants[INSTANTS];
    struct sim_source source = sim_recording_source(recording);
    source.pull(source.context, instants, INSTANTS);
    sim_recording_close(recording);
}

/* Copies so that reading one byte too far is seen. */
static struct sim_comtrade_bytes copy(const uint8_t *data, size_t size)
{
    uint8_t *bytes = malloc(size == 0 ? 1 : size);
    if (bytes == NULL) {
        abort();
    }
    if (size > 0) {
        memcpy(bytes, data, size);
    }
    return (struct sim_comtrade_bytes){.name = "input", .bytes = bytes, .length = size, .line = 1};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sim_comtrade_bytes whole = copy(data, size);
    struct sim_comtrade_bytes cfg;
    struct sim_comtrade_bytes dat;
    struct sim_comtrade_error error;
    const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;
    if (sim_comtrade_split(&whole, &cfg, &dat, &error)) {
        play(&cfg, &dat);
    } else if (zero != NULL) {
        cfg = copy(data, (size_t)(zero - data));
        dat = copy(zero + 1, size - (size_t)(zero - data) - 1);
        play(&cfg, &dat);
        free((void *)cfg.bytes);
        free((void *)dat.bytes);
    }
    free((void *)whole.bytes);
    return 0;
}
