/* Writes COMTRADE recordings for the tests, into memory. */
#ifndef TESTS_RECORDING_WRITER_H
#define TESTS_RECORDING_WRITER_H

#include "sim/comtrade.h"

#include <math.h>

enum { WRITER_CHANNELS_MAX = 8 };

/* A raw value that is written as the format's mark of a missing sample. */
#define WRITER_MISSING ((double)NAN)

struct writer_channel {
    const char *phase;
    const char *unit;
    double multiplier;
    double adder;
    double skew_us;
    const double *raw; /* count of them; whole numbers unless the format is FLOAT32 */
};

struct writer {
    int revision;
    enum sim_comtrade_format format;
    unsigned digital_count;
    unsigned channel_count;
    struct writer_channel channels[WRITER_CHANNELS_MAX];
    size_t count;
    unsigned rate_count; /* 0: stamps decide */
    struct sim_comtrade_rate rates[4];
    const double *stamps; /* in units of time_multiplier µs; NULL: missing */
    double time_multiplier;
    bool nanoseconds;
};

struct written {
    struct sim_comtrade_bytes cfg;
    struct sim_comtrade_bytes dat;
};

/* "test.cfg" and "test.dat"; free with writer_free(). */
struct written writer_write(const struct writer *writer);
void writer_free(struct written *written);

/* The same as one .cff file; free its bytes. */
struct sim_comtrade_bytes writer_join(const struct written *written, const char *data_kind);

struct sim_comtrade_bytes writer_bytes(const char *name, const void *bytes, size_t length);

#endif
