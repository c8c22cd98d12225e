/* The configuration file: one function per kind of line, called in the order of the standard.
 *
 * Channel lines come before the sampling rates, so a wrong channel count shows as a line with the
 * wrong number of fields. Invariant: analogs is allocated only after the bytes that must describe
 * them were seen to be there. */
#include "sim/comtrade_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIELDS_MAX = 16,
    ANALOG_FIELDS_1991 = 10,
    ANALOG_FIELDS = 13, /* with primary, secondary, PS */
    DIGITAL_FIELDS = 3, /* more since 1999; not used */
    ANALOG_LINE_LENGTH_MIN = ANALOG_FIELDS_1991,
    MICROSECOND_DIGITS = 6,
};

static const double RATE_MIN_HZ = 100;
static const double RATE_MAX_HZ = 1e6;
static const double SKEW_MAX_US = 1e5;

/* A line in its fields; those beyond FIELDS_MAX are counted only. */
struct line {
    struct sim_comtrade_slice whole;
    unsigned field_count;
    struct sim_comtrade_slice fields[FIELDS_MAX];
};

struct parser {
    struct sim_comtrade *comtrade;
    struct sim_comtrade_reader reader;
    struct sim_comtrade_error *error;
    struct line line;
};

static bool optional_line(struct parser *p)
{
    struct line *line = &p->line;
    if (!sim_comtrade_next_line(&p->reader, &line->whole)) {
        return false;
    }
    memset(line->fields, 0, sizeof line->fields);
    line->field_count = 0;
    struct sim_comtrade_slice rest = line->whole;
    struct sim_comtrade_slice field;
    while (sim_comtrade_next_field(&rest, &field)) {
        if (line->field_count < FIELDS_MAX) {
            line->fields[line->field_count] = field;
        }
        line->field_count++;
    }
    return true;
}

static bool next_line(struct parser *p, const char *what)
{
    if (optional_line(p)) {
        return true;
    }
    p->reader.line++;
    return sim_comtrade_fail_line(p->error, &p->reader, "the file ends where %s should stand",
                                  what);
}

static bool enough_fields(struct parser *p, unsigned count, const char *what)
{
    return p->line.field_count >= count ||
           sim_comtrade_fail_line(p->error, &p->reader, "%s has %u fields, %u needed", what,
                                  p->line.field_count, count);
}

static bool fail_field(struct parser *p, unsigned index, const char *what, const char *reason)
{
    return sim_comtrade_fail_line(p->error, &p->reader, "field %u: %s \"%s\" %s", index + 1, what,
                                  sim_comtrade_quote(p->line.fields[index]).text, reason);
}

static bool real_field(struct parser *p, unsigned index, const char *what, double *value)
{
    return sim_comtrade_real(p->line.fields[index], value) ||
           fail_field(p, index, what, "is not a number");
}

static void copy_text(struct sim_comtrade_slice from, char *to, size_t size)
{
    size_t length = from.length < size ? from.length : size - 1;
    if (length > 0) {
        memcpy(to, from.text, length);
    }
    to[length] = '\0';
}

static bool station_line(struct parser *p)
{
    /* 1991 had no third field; IEC 60255-24:2001 is the 1999 revision under another year. */
    static const struct {
        const char *year;
        int revision;
    } revisions[] = {{"", 1991}, {"1991", 1991}, {"1999", 1999}, {"2001", 1999}, {"2013", 2013}};
    if (!next_line(p, "the station name") || !enough_fields(p, 2, "the station line")) {
        return false;
    }
    copy_text(p->line.fields[0], p->comtrade->station, SIM_COMTRADE_TEXT_SIZE);
    copy_text(p->line.fields[1], p->comtrade->device, SIM_COMTRADE_TEXT_SIZE);
    for (size_t k = 0; k < sizeof revisions / sizeof revisions[0]; k++) {
        if (sim_comtrade_is(p->line.fields[2], revisions[k].year)) {
            p->comtrade->revision = revisions[k].revision;
            return true;
        }
    }
    return fail_field(p, 2, "revision year", "is not 1991, 1999 or 2013");
}

static bool channel_count(struct parser *p, unsigned index, char letter, uint32_t *count)
{
    static const char *const reasons[] = {"is not a number of analog channels such as 2A",
                                          "is not a number of digital channels such as 0D"};
    struct sim_comtrade_slice field = p->line.fields[index];
    uint64_t value;
    bool lettered = field.length > 0 && (field.text[field.length - 1] & ~0x20) == letter;
    field.length -= lettered;
    if (!lettered || !sim_comtrade_integer(sim_comtrade_trim(field), &value) || value > 999999) {
        return fail_field(p, index, "channel count", reasons[index - 1]);
    }
    *count = (uint32_t)value;
    return true;
}

static bool counts_line(struct parser *p)
{
    struct sim_comtrade *c = p->comtrade;
    uint64_t total;
    if (!next_line(p, "the number of channels") || !enough_fields(p, 3, "the channel count line") ||
        !channel_count(p, 1, 'A', &c->analog_count) ||
        !channel_count(p, 2, 'D', &c->digital_count)) {
        return false;
    }
    if (!sim_comtrade_integer(p->line.fields[0], &total) ||
        total != (uint64_t)c->analog_count + c->digital_count) {
        return fail_field(p, 0, "channel count", "is not the sum of the other two");
    }
    if (c->analog_count == 0) {
        return sim_comtrade_fail_line(p->error, &p->reader, "there is no analog channel");
    }
    size_t left = p->reader.source->length - p->reader.at;
    if (c->analog_count > left / ANALOG_LINE_LENGTH_MIN) {
        return sim_comtrade_fail_line(p->error, &p->reader,
                                      "%u analog channels cannot be described in the %zu bytes "
                                      "that follow",
                                      c->analog_count, left);
    }
    c->analogs = calloc(c->analog_count, sizeof *c->analogs);
    return c->analogs != NULL || sim_comtrade_fail_line(p->error, &p->reader, "out of memory");
}

/* Non-critical numbers may be left blank, which leaves *value as it is. */
static bool blank_or_real(struct parser *p, unsigned index, const char *what, double *value)
{
    return p->line.fields[index].length == 0 || real_field(p, index, what, value);
}

static bool analog_line(struct parser *p, struct sim_comtrade_analog *analog)
{
    unsigned needed = p->comtrade->revision == 1991 ? ANALOG_FIELDS_1991 : ANALOG_FIELDS;
    if (!next_line(p, "an analog channel") || !enough_fields(p, needed, "an analog channel")) {
        return false;
    }
    copy_text(p->line.fields[1], analog->id, SIM_COMTRADE_TEXT_SIZE);
    copy_text(p->line.fields[2], analog->phase, SIM_COMTRADE_TEXT_SIZE);
    copy_text(p->line.fields[4], analog->unit, SIM_COMTRADE_TEXT_SIZE);
    copy_text(p->line.fields[12], analog->side, sizeof analog->side);
    analog->max = INFINITY;
    if (!real_field(p, 5, "channel multiplier", &analog->multiplier) ||
        !real_field(p, 6, "channel adder", &analog->adder) ||
        !blank_or_real(p, 7, "time skew", &analog->skew_us) ||
        !blank_or_real(p, 9, "maximum value", &analog->max)) {
        return false;
    }
    return fabs(analog->skew_us) <= SKEW_MAX_US ||
           fail_field(p, 7, "time skew", "is more than 100000 us");
}

static bool analog_lines(struct parser *p)
{
    for (uint32_t k = 0; k < p->comtrade->analog_count; k++) {
        if (!analog_line(p, &p->comtrade->analogs[k])) {
            return false;
        }
    }
    return true;
}

/* Digital channels are only counted: their words in the data are passed over. */
static bool digital_lines(struct parser *p)
{
    for (uint32_t k = 0; k < p->comtrade->digital_count; k++) {
        if (!next_line(p, "a digital channel") ||
            !enough_fields(p, DIGITAL_FIELDS, "a digital channel")) {
            return false;
        }
    }
    return true;
}

static bool frequency_line(struct parser *p)
{
    double *frequency_hz = &p->comtrade->line_frequency_hz;
    if (!next_line(p, "the line frequency") ||
        !blank_or_real(p, 0, "line frequency", frequency_hz)) {
        return false;
    }
    return (*frequency_hz >= 0 && *frequency_hz <= 1000) ||
           fail_field(p, 0, "line frequency", "is not within 0 and 1000 Hz");
}

static bool rate_line(struct parser *p, struct sim_comtrade_rate *rate)
{
    if (!next_line(p, "a sampling rate") || !enough_fields(p, 2, "a sampling rate") ||
        !real_field(p, 0, "sampling rate", &rate->rate_hz)) {
        return false;
    }
    bool stamped = p->comtrade->rate_count == 0;
    if (!stamped && !(rate->rate_hz >= RATE_MIN_HZ && rate->rate_hz <= RATE_MAX_HZ)) {
        return fail_field(p, 0, "sampling rate", "is not within 100 and 1000000 Hz");
    }
    if (!sim_comtrade_integer(p->line.fields[1], &rate->end_sample)) {
        return fail_field(p, 1, "last sample number", "is not a whole number");
    }
    if (rate->end_sample <= p->comtrade->sample_count) {
        return fail_field(p, 1, "last sample number", "is not above the one before");
    }
    p->comtrade->sample_count = rate->end_sample;
    return true;
}

static bool rate_lines(struct parser *p)
{
    uint64_t count;
    if (!next_line(p, "the number of sampling rates")) {
        return false;
    }
    if (!sim_comtrade_integer(p->line.fields[0], &count) || count > SIM_COMTRADE_RATES_MAX) {
        return fail_field(p, 0, "number of sampling rates", "is not within 0 and 64");
    }
    p->comtrade->rate_count = (unsigned)count;
    /* With no rate there is still one line, which gives the number of samples. */
    for (uint64_t k = 0; k < (count == 0 ? 1 : count); k++) {
        if (!rate_line(p, &p->comtrade->rates[k])) {
            return false;
        }
    }
    return true;
}

/* Of the two dates only the resolution matters: since 2013 nine digits of seconds say that the time
 * stamps of the records count nanoseconds instead of microseconds. */
static bool date_lines(struct parser *p)
{
    if (!next_line(p, "the time of the first sample")) {
        return false;
    }
    struct sim_comtrade_slice time = p->line.fields[1];
    const char *point = time.length > 0 ? memchr(time.text, '.', time.length) : NULL;
    size_t digits = point == NULL ? 0 : time.length - (size_t)(point - time.text) - 1;
    bool nanoseconds = p->comtrade->revision >= 2013 && digits > MICROSECOND_DIGITS;
    p->comtrade->time_unit_s = nanoseconds ? 1e-9 : 1e-6;
    return next_line(p, "the time of the trigger");
}

static bool format_line(struct parser *p)
{
    static const char *const names[] = {[SIM_COMTRADE_ASCII] = "ASCII",
                                        [SIM_COMTRADE_BINARY] = "BINARY",
                                        [SIM_COMTRADE_BINARY32] = "BINARY32",
                                        [SIM_COMTRADE_FLOAT32] = "FLOAT32"};
    if (!next_line(p, "the data file type")) {
        return false;
    }
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        if (sim_comtrade_is(p->line.fields[0], names[k])) {
            p->comtrade->format = (enum sim_comtrade_format)k;
            return true;
        }
    }
    return fail_field(p, 0, "data file type", "is not ASCII, BINARY, BINARY32 or FLOAT32");
}

/* Since 1999; a file that stops short of it, or leaves it blank, means 1. */
static bool multiplier_line(struct parser *p)
{
    double multiplier = 1;
    if (p->comtrade->revision == 1991 || !optional_line(p)) {
        return true;
    }
    if (!blank_or_real(p, 0, "time multiplier", &multiplier)) {
        return false;
    }
    if (!(multiplier >= 1e-9 && multiplier <= 1e9)) {
        return fail_field(p, 0, "time multiplier", "is not within 1e-9 and 1e9");
    }
    p->comtrade->time_unit_s *= multiplier;
    return true;
}

bool sim_comtrade_parse(struct sim_comtrade *comtrade, const struct sim_comtrade_bytes *cfg,
                        struct sim_comtrade_error *error)
{
    static bool (*const steps[])(struct parser *) = {
        station_line, counts_line, analog_lines, digital_lines,   frequency_line,
        rate_lines,   date_lines,  format_line,  multiplier_line,
    };
    memset(comtrade, 0, sizeof *comtrade);
    struct parser parser = {
        .comtrade = comtrade, .reader = sim_comtrade_reader(cfg), .error = error};
    for (size_t k = 0; k < sizeof steps / sizeof steps[0]; k++) {
        if (!steps[k](&parser)) {
            sim_comtrade_free(comtrade);
            return false;
        }
    }
    return true;
}

void sim_comtrade_free(struct sim_comtrade *comtrade)
{
    free(comtrade->analogs);
    comtrade->analogs = NULL;
}
