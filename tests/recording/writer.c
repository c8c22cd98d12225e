/* Test recordings. Everything is printed into a growing memory stream. */
#include "tests/recording/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const FORMATS[] = {"ASCII", "BINARY", "BINARY32", "FLOAT32"};

struct sim_comtrade_bytes writer_bytes(const char *name, const void *bytes, size_t length)
{
    return (struct sim_comtrade_bytes){.name = name, .bytes = bytes, .length = length, .line = 1};
}

/* ---- configuration ---- */

static void write_channels(const struct writer *w, FILE *out)
{
    for (unsigned k = 0; k < w->channel_count; k++) {
        const struct writer_channel *c = &w->channels[k];
        fprintf(out, "%u,channel %u,%s,,%s,%.17g,%.17g,%.17g,-32767,32767", k + 1, k + 1, c->phase,
                c->unit, c->multiplier, c->adder, c->skew_us);
        fputs(w->revision == 1991 ? "\r\n" : ",1,1,P\r\n", out);
    }
    for (unsigned k = 0; k < w->digital_count; k++) {
        fprintf(out, w->revision == 1991 ? "%u,trip,0\r\n" : "%u,trip,,,0\r\n", k + 1);
    }
}

static void write_rates(const struct writer *w, FILE *out)
{
    fprintf(out, "50\r\n%u\r\n", w->rate_count);
    if (w->rate_count == 0) {
        fprintf(out, "0,%zu\r\n", w->count);
    }
    for (unsigned k = 0; k < w->rate_count; k++) {
        fprintf(out, "%.9g,%zu\r\n", w->rates[k].rate_hz, (size_t)w->rates[k].end_sample);
    }
}

static void write_cfg(const struct writer *w, FILE *out)
{
    fputs("a station,a device", out);
    if (w->revision != 1991) {
        fprintf(out, ",%d", w->revision);
    }
    fprintf(out, "\r\n%u,%uA,%uD\r\n", w->channel_count + w->digital_count, w->channel_count,
            w->digital_count);
    write_channels(w, out);
    write_rates(w, out);
    for (int k = 0; k < 2; k++) {
        fprintf(out, "01/02/2024,12:00:00.000000%s\r\n", w->nanoseconds ? "000" : "");
    }
    fprintf(out, "%s\r\n", FORMATS[w->format]);
    if (w->revision != 1991) {
        fprintf(out, "%.9g\r\n", w->time_multiplier == 0 ? 1 : w->time_multiplier);
    }
    if (w->revision == 2013) {
        fputs("0,0\r\n0,3\r\n", out);
    }
}

/* ---- data ---- */

static void put(FILE *out, uint64_t value, int length)
{
    for (int k = 0; k < length; k++) {
        fputc((int)(value >> 8 * k & 0xff), out);
    }
}

static void put_float(FILE *out, double value)
{
    float single = (float)value;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    put(out, bits, 4);
}

static void write_binary_value(enum sim_comtrade_format format, double raw, FILE *out)
{
    if (format == SIM_COMTRADE_BINARY) {
        put(out, isnan(raw) ? 0x8000 : (uint64_t)(int64_t)raw, 2);
    } else if (format == SIM_COMTRADE_BINARY32) {
        put(out, isnan(raw) ? 0x80000000 : (uint64_t)(int64_t)raw, 4);
    } else {
        put_float(out, raw);
    }
}

static void write_binary(const struct writer *w, size_t k, FILE *out)
{
    put(out, k + 1, 4);
    put(out, w->stamps == NULL ? 0xffffffff : (uint64_t)w->stamps[k], 4);
    for (unsigned c = 0; c < w->channel_count; c++) {
        write_binary_value(w->format, w->channels[c].raw[k], out);
    }
    for (unsigned d = 0; d < w->digital_count; d += 16) {
        put(out, 0xa5a5, 2);
    }
}

static void write_ascii(const struct writer *w, size_t k, FILE *out)
{
    fprintf(out, "%zu,", k + 1);
    if (w->stamps != NULL) {
        fprintf(out, "%.0f", w->stamps[k]);
    }
    for (unsigned c = 0; c < w->channel_count; c++) {
        double raw = w->channels[c].raw[k];
        if (isnan(raw)) {
            fputs(w->revision == 2013 ? "," : w->revision == 1999 ? ",99999" : ",999999", out);
        } else {
            fprintf(out, ",%.9g", raw);
        }
    }
    for (unsigned d = 0; d < w->digital_count; d++) {
        fprintf(out, ",%zu", (k + d) % 2);
    }
    fputs("\r\n", out);
}

static void write_dat(const struct writer *w, FILE *out)
{
    for (size_t k = 0; k < w->count; k++) {
        if (w->format == SIM_COMTRADE_ASCII) {
            write_ascii(w, k, out);
        } else {
            write_binary(w, k, out);
        }
    }
}

static struct sim_comtrade_bytes collect(const struct writer *w, const char *name,
                                         void (*write)(const struct writer *, FILE *))
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);
    write(w, out);
    fclose(out);
    return writer_bytes(name, bytes, length);
}

struct written writer_write(const struct writer *writer)
{
    return (struct written){collect(writer, "test.cfg", write_cfg),
                            collect(writer, "test.dat", write_dat)};
}

void writer_free(struct written *written)
{
    free((void *)written->cfg.bytes);
    free((void *)written->dat.bytes);
}

struct sim_comtrade_bytes writer_join(const struct written *written, const char *data_kind)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);
    fputs("--- file type: CFG ---\r\n", out);
    fwrite(written->cfg.bytes, 1, written->cfg.length, out);
    fputs("--- file type: INF ---\r\n\r\n--- file type: HDR ---\r\nsome words\r\n", out);
    if (strcmp(data_kind, "ASCII") == 0) {
        fputs("--- file type: DAT ASCII ---\r\n", out);
    } else {
        fprintf(out, "--- file type: DAT %s: %zu ---\r\n", data_kind, written->dat.length);
    }
    fwrite(written->dat.bytes, 1, written->dat.length, out);
    fclose(out);
    return writer_bytes("test.cff", bytes, length);
}
