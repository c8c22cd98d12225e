/* The data file: records of sample number, time stamp, analog values and digital channels.
 *
 * Both spellings are read record by record into the columns asked for; a missing sample is NaN
 * until the gaps are closed at the end. Invariant: sim_comtrade_check_size() has shown that the
 * records announced are there, so that columns of sample_count values are no larger than the file
 * allows. */
#include "sim/comtrade_text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    GAP_MAX = 8,
    STAMP_LENGTH = 8, /* sample number and time stamp of a binary record */
    DIGITALS_PER_WORD = 16,
    DIGITAL_WORD_LENGTH = 2,
    END_OF_TEXT = 0x1a,
};

static const double VALUE_MAX = 1e9;
static const uint32_t STAMP_MISSING = 0xffffffff;

struct decoder {
    const struct sim_comtrade *comtrade;
    const struct sim_comtrade_bytes *dat;
    const struct sim_comtrade_column *columns;
    size_t column_count;
    double *time_s; /* NULL: not wanted */
    struct sim_comtrade_error *error;
    uint64_t first_number; /* of the first record: 1, with some recorders 0 */
    size_t record;         /* index of the record at hand, from 0 */
    size_t at;             /* its first byte */
};

__attribute__((format(printf, 2, 3))) static bool fail_record(const struct decoder *d,
                                                              const char *format, ...)
{
    int length = snprintf(d->error->text, sizeof d->error->text,
                          "%.64s: record %zu (byte offset %zu): ", d->dat->name, d->record + 1,
                          d->dat->offset + d->at);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(d->error->text + length, sizeof d->error->text - (size_t)length, format, arguments);
    va_end(arguments);
    return false;
}

static bool fail_channel(const struct decoder *d, uint32_t channel, const char *reason)
{
    const char *id = d->comtrade->analogs[channel].id;
    struct sim_comtrade_slice name = {id, strlen(id)};
    return fail_record(d, "channel %u (%s): %s", channel + 1, sim_comtrade_quote(name).text,
                       reason);
}

/* ---- what both spellings share ---- */

static bool take_number(struct decoder *d, uint64_t number)
{
    if (d->record == 0) {
        d->first_number = number;
    }
    uint64_t expected = d->first_number + d->record;
    return number == expected ||
           fail_record(d, "sample number %llu where %llu should stand", (unsigned long long)number,
                       (unsigned long long)expected);
}

static bool take_stamp(struct decoder *d, double stamp)
{
    double *time_s = d->time_s + d->record;
    *time_s = stamp * d->comtrade->time_unit_s;
    return d->record == 0 || time_s[0] > time_s[-1] ||
           fail_record(d, "the time stamp does not increase");
}

/* raw is NaN for a missing sample. */
static bool take_value(struct decoder *d, const struct sim_comtrade_column *column, double raw)
{
    const struct sim_comtrade_analog *analog = &d->comtrade->analogs[column->channel];
    double value = (analog->multiplier * raw + analog->adder) * column->scale;
    column->values[d->record * column->stride] = isnan(raw) ? NAN : value;
    return isnan(raw) || fabs(value) <= VALUE_MAX ||
           fail_channel(d, column->channel, "the value is beyond 1e9");
}

/* ---- binary ---- */

static uint32_t get_u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static double get_binary16(const uint8_t *bytes)
{
    int16_t raw = (int16_t)(uint16_t)(bytes[0] | bytes[1] << 8);
    return raw == INT16_MIN ? (double)NAN : raw;
}

static double get_binary32(const uint8_t *bytes)
{
    int32_t raw = (int32_t)get_u32(bytes);
    return raw == INT32_MIN ? (double)NAN : raw;
}

static double get_float32(const uint8_t *bytes)
{
    uint32_t bits = get_u32(bytes);
    float raw;
    memcpy(&raw, &bits, sizeof raw);
    return isfinite(raw) ? (double)raw : NAN;
}

static const struct {
    size_t value_length;
    double (*get)(const uint8_t *bytes);
} binaries[] = {
    [SIM_COMTRADE_BINARY] = {2, get_binary16},
    [SIM_COMTRADE_BINARY32] = {4, get_binary32},
    [SIM_COMTRADE_FLOAT32] = {4, get_float32},
};

static size_t record_length(const struct sim_comtrade *c)
{
    size_t words = (c->digital_count + DIGITALS_PER_WORD - 1) / DIGITALS_PER_WORD;
    return STAMP_LENGTH + c->analog_count * binaries[c->format].value_length +
           words * DIGITAL_WORD_LENGTH;
}

static bool decode_binary_record(struct decoder *d)
{
    const uint8_t *bytes = d->dat->bytes + d->at;
    uint32_t stamp = get_u32(bytes + 4);
    if (!take_number(d, get_u32(bytes))) {
        return false;
    }
    if (d->time_s != NULL && stamp == STAMP_MISSING) {
        return fail_record(d, "no time stamp, and the configuration gives no sampling rate");
    }
    if (d->time_s != NULL && !take_stamp(d, stamp)) {
        return false;
    }
    size_t value_length = binaries[d->comtrade->format].value_length;
    for (size_t k = 0; k < d->column_count; k++) {
        const uint8_t *value = bytes + STAMP_LENGTH + d->columns[k].channel * value_length;
        if (!take_value(d, &d->columns[k], binaries[d->comtrade->format].get(value))) {
            return false;
        }
    }
    return true;
}

static bool decode_binary(struct decoder *d)
{
    size_t length = record_length(d->comtrade);
    for (; d->record < d->comtrade->sample_count; d->record++) {
        d->at = d->record * length;
        if (!decode_binary_record(d)) {
            return false;
        }
    }
    return true;
}

/* ---- ASCII ---- */

/* 1991 and 1999 mark a missing sample with 99999 or 999999, or leave it out; 2013, where larger
 * numbers became possible, leaves it out, so that the nines count only where the channel cannot
 * reach them. */
static bool is_missing(const struct sim_comtrade *c, const struct sim_comtrade_analog *analog,
                       double raw)
{
    bool nines = raw == 99999 || raw == 999999;
    return nines && (c->revision < 2013 || raw > analog->max);
}

static bool take_field(struct decoder *d, const struct sim_comtrade_column *column,
                       struct sim_comtrade_slice field)
{
    double raw = NAN;
    if (field.length > 0 && !sim_comtrade_real(field, &raw)) {
        return fail_record(d, "channel %u: \"%s\" is not a number", column->channel + 1,
                           sim_comtrade_quote(field).text);
    }
    if (is_missing(d->comtrade, &d->comtrade->analogs[column->channel], raw)) {
        raw = NAN;
    }
    return take_value(d, column, raw);
}

/* The first two fields of a record. */
static bool take_head(struct decoder *d, struct sim_comtrade_slice *rest)
{
    struct sim_comtrade_slice field;
    uint64_t number;
    double stamp;
    sim_comtrade_next_field(rest, &field);
    if (!sim_comtrade_integer(field, &number)) {
        return fail_record(d, "sample number \"%s\" is not a whole number",
                           sim_comtrade_quote(field).text);
    }
    if (!take_number(d, number) || !sim_comtrade_next_field(rest, &field) || d->time_s == NULL) {
        return number == d->first_number + d->record;
    }
    if (!sim_comtrade_real(field, &stamp)) {
        return fail_record(d, "time stamp \"%s\" is not a number", sim_comtrade_quote(field).text);
    }
    return take_stamp(d, stamp);
}

static bool decode_ascii_record(struct decoder *d, struct sim_comtrade_slice rest)
{
    struct sim_comtrade_slice field;
    size_t field_count = 0;
    size_t expected = (size_t)d->comtrade->analog_count + d->comtrade->digital_count;
    if (!take_head(d, &rest)) {
        return false;
    }
    for (; sim_comtrade_next_field(&rest, &field); field_count++) {
        for (size_t k = 0; k < d->column_count; k++) {
            if (d->columns[k].channel == field_count && !take_field(d, &d->columns[k], field)) {
                return false;
            }
        }
    }
    return field_count == expected ||
           fail_record(d, "%zu values where %zu channels are announced", field_count, expected);
}

/* The next line that is not blank. */
static bool next_record(struct decoder *d, struct sim_comtrade_reader *reader,
                        struct sim_comtrade_slice *line)
{
    do {
        d->at = reader->at;
        if (!sim_comtrade_next_line(reader, line)) {
            return false;
        }
    } while (sim_comtrade_trim(*line).length == 0);
    return true;
}

static bool decode_ascii(struct decoder *d)
{
    struct sim_comtrade_reader reader = sim_comtrade_reader(d->dat);
    struct sim_comtrade_slice line;
    for (; d->record < d->comtrade->sample_count; d->record++) {
        if (!next_record(d, &reader, &line)) {
            return fail_record(d, "the data end here, %llu records are announced",
                               (unsigned long long)d->comtrade->sample_count);
        }
        if (!decode_ascii_record(d, line)) {
            return false;
        }
    }
    return !next_record(d, &reader, &line) ||
           fail_record(d, "there are more records than the %llu announced",
                       (unsigned long long)d->comtrade->sample_count);
}

/* ---- gaps ---- */

/* Joins the samples before and behind a gap [from, to) by a straight line; at the ends of the
 * recording there is only one neighbour, whose value is held. */
static void close_gap(const struct sim_comtrade_column *column, size_t from, size_t to,
                      size_t sample_count)
{
    const double *values = column->values;
    double after = to < sample_count ? values[to * column->stride] : NAN;
    double before = from > 0 ? values[(from - 1) * column->stride] : after;
    if (to == sample_count) {
        after = before;
    }
    for (size_t k = from; k < to; k++) {
        double weight = (double)(k - from + 1) / (double)(to - from + 1);
        column->values[k * column->stride] = before + weight * (after - before);
    }
}

static bool close_gaps(struct decoder *d, const struct sim_comtrade_column *column)
{
    size_t count = d->comtrade->sample_count;
    size_t run = 0;
    for (d->record = 0; d->record < count; d->record++) {
        if (isnan(column->values[d->record * column->stride])) {
            run++;
        } else {
            close_gap(column, d->record - run, d->record, count);
            run = 0;
        }
        if (run > GAP_MAX || run == count) {
            return sim_comtrade_fail(
                d->error, "%.64s: record %zu: channel %u: too many samples missing in a row (%zu)",
                d->dat->name, d->record + 2 - run, column->channel + 1, run);
        }
    }
    close_gap(column, count - run, count, count);
    return true;
}

/* ---- the two calls ---- */

static bool check_ascii_size(const struct sim_comtrade *c, const struct sim_comtrade_bytes *dat,
                             struct sim_comtrade_error *error)
{
    /* A digit, a comma before each further field, a line end (which the last record may lack). */
    uint64_t shortest = 3 + (uint64_t)c->analog_count + c->digital_count;
    return c->sample_count <= (dat->length + 1) / shortest ||
           sim_comtrade_fail(error, "%.64s: %llu records announced, but %zu bytes cannot hold them",
                             dat->name, (unsigned long long)c->sample_count, dat->length);
}

bool sim_comtrade_check_size(const struct sim_comtrade *comtrade,
                             const struct sim_comtrade_bytes *dat, struct sim_comtrade_error *error)
{
    if (comtrade->format == SIM_COMTRADE_ASCII) {
        return check_ascii_size(comtrade, dat, error);
    }
    size_t length = record_length(comtrade);
    size_t count = dat->length / length;
    size_t left = dat->length % length;
    bool dos_end = left == 1 && dat->bytes[dat->length - 1] == END_OF_TEXT;
    if (count != comtrade->sample_count || (left != 0 && !dos_end)) {
        return sim_comtrade_fail(error,
                                 "%.64s: %zu bytes are %zu records of %zu bytes and %zu bytes "
                                 "more; %llu records are announced",
                                 dat->name, dat->length, count, length, left,
                                 (unsigned long long)comtrade->sample_count);
    }
    return true;
}

bool sim_comtrade_decode(const struct sim_comtrade *comtrade, const struct sim_comtrade_bytes *dat,
                         const struct sim_comtrade_column *columns, size_t count, double *time_s,
                         struct sim_comtrade_error *error)
{
    struct decoder decoder = {.comtrade = comtrade,
                              .dat = dat,
                              .columns = columns,
                              .column_count = count,
                              .time_s = time_s,
                              .error = error};
    bool ascii = comtrade->format == SIM_COMTRADE_ASCII;
    if (!(ascii ? decode_ascii(&decoder) : decode_binary(&decoder))) {
        return false;
    }
    for (size_t k = 0; k < count; k++) {
        if (!close_gaps(&decoder, &columns[k])) {
            return false;
        }
    }
    return true;
}
