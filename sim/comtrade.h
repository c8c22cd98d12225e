/* Reading IEEE C37.111 (COMTRADE, IEC 60255-24) recordings of the revisions 1991, 1999 and 2013.
 *
 * A recording is a configuration (.cfg: channels, scaling, sampling rates) and data (.dat: one
 * record per sampling instant), or both in one .cff file (2013). Everything here works on bytes in
 * memory and trusts none of them: every count is checked against the bytes that are there before
 * anything is allocated or indexed by it. comtrade_file.h loads files, comtrade_phase.h picks the
 * mains channels, comtrade_timeline.h brings them to one sampling rate. docs/recordings.md says
 * what is supported.
 *
 * Every function that can fail returns false and leaves one line in error: file, line and field
 * (text) or record and byte offset (data), reason.
 */
#ifndef WH_SIM_COMTRADE_H
#define WH_SIM_COMTRADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SIM_COMTRADE_RATES_MAX = 64,
    SIM_COMTRADE_TEXT_SIZE =
        65, /* a name of 64 characters, the longest the standard allows, and NUL */
    SIM_COMTRADE_ERROR_SIZE = 256,
};

struct sim_comtrade_error {
    char text[SIM_COMTRADE_ERROR_SIZE];
};

/* A file, or a section of one. The bytes belong to the caller and must outlive the call. */
struct sim_comtrade_bytes {
    const char *name; /* for error messages */
    const uint8_t *bytes;
    size_t length;
    size_t line;   /* number of the first line in its file, from 1 */
    size_t offset; /* place of the first byte in its file */
};

/* How the data file spells a value; field "ft". */
enum sim_comtrade_format {
    SIM_COMTRADE_ASCII,
    SIM_COMTRADE_BINARY,   /* 16-bit integers */
    SIM_COMTRADE_BINARY32, /* 32-bit integers, 2013 */
    SIM_COMTRADE_FLOAT32,  /* IEEE 754 single, 2013 */
};

struct sim_comtrade_analog {
    char id[SIM_COMTRADE_TEXT_SIZE];
    char phase[SIM_COMTRADE_TEXT_SIZE];
    char unit[SIM_COMTRADE_TEXT_SIZE];
    double multiplier; /* a: value = a · x + b, in unit */
    double adder;      /* b */
    double skew_us;    /* the channel is sampled this much later than its record says, ±100 ms */
    double max; /* greatest x the file declares; decides what is a missing-sample marker in 2013 */
    char side[2]; /* "P" values are primary, "S" secondary, "" not said. Noted, never applied. */
};

struct sim_comtrade_rate {
    double rate_hz;      /* 100 Hz … 1 MHz */
    uint64_t end_sample; /* number of the last record at this rate, from 1; increasing */
};

struct sim_comtrade {
    char station[SIM_COMTRADE_TEXT_SIZE];
    char device[SIM_COMTRADE_TEXT_SIZE];
    int revision; /* 1991, 1999 or 2013 */
    uint32_t analog_count;
    uint32_t digital_count;
    struct sim_comtrade_analog *analogs; /* analog_count of them, in the order of the data file */
    double line_frequency_hz;            /* 0 when the file leaves it blank */
    unsigned rate_count;                 /* 0: the time stamps of the records decide */
    struct sim_comtrade_rate rates[SIM_COMTRADE_RATES_MAX];
    uint64_t sample_count; /* records in the data file, at least 1 */
    enum sim_comtrade_format format;
    double time_unit_s; /* what one step of a record's time stamp is worth */
};

/* One channel to decode: values[k · stride] becomes (a · x + b) · scale of record k. */
struct sim_comtrade_column {
    uint32_t channel; /* index into analogs */
    double scale;     /* unit of the file → V or A */
    double *values;
    size_t stride;
};

/* Finds the CFG and DAT sections of a .cff file. cfg and dat point into cff. */
bool sim_comtrade_split(const struct sim_comtrade_bytes *cff, struct sim_comtrade_bytes *cfg,
                        struct sim_comtrade_bytes *dat, struct sim_comtrade_error *error);

/* Reads a configuration. On success the caller frees it with sim_comtrade_free(); on failure there
 * is nothing to free. */
bool sim_comtrade_parse(struct sim_comtrade *comtrade, const struct sim_comtrade_bytes *cfg,
                        struct sim_comtrade_error *error);

void sim_comtrade_free(struct sim_comtrade *comtrade);

/* Whether dat can hold the records that the configuration announces: exactly that many for the
 * binary formats, not more than fit for ASCII. To be asked before sample_count sizes anything. */
bool sim_comtrade_check_size(const struct sim_comtrade *comtrade,
                             const struct sim_comtrade_bytes *dat,
                             struct sim_comtrade_error *error);

/* Decodes count columns, sample_count values each, and the time stamps (NULL: not wanted; then
 * missing stamps are no error). Sample numbers must count up by one, stamps must increase, values
 * must be finite and within ±1e9. Missing samples (docs/recordings.md) are interpolated linearly,
 * in runs of up to 8 records; longer runs are an error. Requires sim_comtrade_check_size(). */
bool sim_comtrade_decode(const struct sim_comtrade *comtrade, const struct sim_comtrade_bytes *dat,
                         const struct sim_comtrade_column *columns, size_t count, double *time_s,
                         struct sim_comtrade_error *error);

#endif
