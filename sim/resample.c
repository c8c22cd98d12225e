/* The resampler: a table of filter rows, one per fractional position, and dot products.
 *
 * Position is sample + fraction/den with integers throughout; each instant adds num/den. Row r
 * serves the fraction r/rows + the fractional part of the offset, so an offset costs nothing per
 * instant and is exact. The source lies in memory with a margin on both sides, filled by the
 * periodic extension or by zeros, so that no dot product needs to look where it is. Invariant: a
 * window starting anywhere from sample -reach to count + reach stays inside the margins. */
#include "sim/resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    VECTORS = 4,
    LANES = 4 * VECTORS, /* partial sums */
    HALF_LENGTH = 80,    /* of the filter, in source samples */
    ROWS_MAX = 1024,     /* tabulated exactly up to here; rows per period when interpolating */
    TABLE_TAPS_MAX = 1 << 22,
    CHANNELS = 2,
};

static const double STOP_BAND_DB = 122; /* what HALF_LENGTH affords between 0.475 and 0.525 */
static const double CUT_OFF = 0.5;      /* -6 dB, of the source's rate: its Nyquist frequency */

__extension__ typedef unsigned __int128 wide;

/* GCC's and Clang's vectors: SSE2, NEON or plain code, as the machine has it. */
typedef float vector __attribute__((vector_size(4 * sizeof(float))));

struct sim_resampler {
    uint64_t num; /* in/out in lowest terms */
    uint64_t den;
    uint64_t whole_step; /* num / den and num % den */
    uint64_t fraction_step;
    int64_t first_sample; /* whole part of the offset */
    double offset;        /* the rest of it, in [0, 1) */
    size_t count;
    bool periodic;
    size_t reach;
    size_t taps;    /* of a row, a multiple of LANES */
    size_t rows;    /* per source sample */
    bool exact;     /* rows == den */
    float *table;   /* rows + 1 rows */
    float *scratch; /* the row of the instant when rows are interpolated */
    float *samples[CHANNELS];
};

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* ---- the filter ---- */

/* The modified Bessel function of order 0. */
static double bessel_i0(double x)
{
    double sum = 1;
    double term = 1;
    for (int k = 1; term > 1e-17 * sum; k++) {
        term *= x * x / (4.0 * k * k);
        sum += term;
    }
    return sum;
}

/* x in source samples. */
static double kernel(double x)
{
    double beta = 0.1102 * (STOP_BAND_DB - 8.7); /* Kaiser's formula */
    double edge = x / HALF_LENGTH;
    if (edge <= -1 || edge >= 1) {
        return 0;
    }
    double window = bessel_i0(beta * sqrt(1 - edge * edge));
    double angle = 2 * M_PI * CUT_OFF * x;
    return fabs(angle) < 1e-9 ? window : window * sin(angle) / angle;
}

/* The row for instants fraction behind a sample; its taps add up to 1, whatever rounding did. */
static void design_row(const struct sim_resampler *r, double fraction, double *work, float *row)
{
    double sum = 0;
    for (size_t k = 0; k < r->taps; k++) {
        work[k] = kernel((double)k - (double)(r->reach - 1) - fraction);
        sum += work[k];
    }
    for (size_t k = 0; k < r->taps; k++) {
        row[k] = (float)(work[k] / sum);
    }
}

static void choose_rows(struct sim_resampler *r)
{
    r->exact = r->den <= ROWS_MAX && r->den * r->taps <= TABLE_TAPS_MAX;
    r->rows = r->den;
    if (!r->exact) {
        r->rows = ROWS_MAX;
    }
}

static bool make_table(struct sim_resampler *r)
{
    choose_rows(r);
    r->table = malloc((r->rows + 1) * r->taps * sizeof *r->table);
    r->scratch = malloc(r->taps * sizeof *r->scratch);
    double *work = malloc(r->taps * sizeof *work);
    bool ok = r->table != NULL && r->scratch != NULL && work != NULL;
    for (size_t k = 0; ok && k <= r->rows; k++) {
        design_row(r, (double)k / (double)r->rows + r->offset, work, r->table + k * r->taps);
    }
    free(work);
    return ok;
}

/* ---- the source ---- */

static size_t margin(const struct sim_resampler *r)
{
    return 2 * r->taps;
}

static bool copy_channel(struct sim_resampler *r, const double (*pairs)[2], int channel)
{
    size_t lead = margin(r);
    size_t length = r->count + 2 * lead;
    float *samples = calloc(length, sizeof *samples);
    r->samples[channel] = samples;
    if (samples == NULL) {
        return false;
    }
    for (size_t k = 0; k < r->count; k++) {
        samples[lead + k] = (float)pairs[k][channel];
    }
    /* Outwards from the middle, so that a margin longer than the source repeats what it just got. */
    for (size_t k = 0; r->periodic && k < lead; k++) {
        samples[lead - 1 - k] = samples[lead - 1 - k + r->count];
        samples[lead + r->count + k] = samples[lead + k];
    }
    return true;
}

/* ---- making one ---- */

size_t sim_resampler_reach(void)
{
    return HALF_LENGTH + 1;
}

uint64_t sim_resampler_instants(uint64_t in_rate_uhz, uint64_t out_rate_uhz, uint64_t count)
{
    return (uint64_t)(((wide)count * out_rate_uhz + in_rate_uhz - 1) / in_rate_uhz);
}

static void set_ratio(struct sim_resampler *r, const struct sim_resampler_spec *spec)
{
    uint64_t divisor = gcd(spec->in_rate_uhz, spec->out_rate_uhz);
    r->num = spec->in_rate_uhz / divisor;
    r->den = spec->out_rate_uhz / divisor;
    r->whole_step = r->num / r->den;
    r->fraction_step = r->num % r->den;
    r->first_sample = (int64_t)floor(spec->offset);
    r->offset = spec->offset - floor(spec->offset);
    r->reach = sim_resampler_reach();
    r->taps = (2 * r->reach + LANES - 1) / LANES * LANES;
}

struct sim_resampler *sim_resampler_new(const struct sim_resampler_spec *spec)
{
    struct sim_resampler *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return NULL;
    }
    r->count = spec->count;
    r->periodic = spec->periodic;
    set_ratio(r, spec);
    if (!make_table(r) || !copy_channel(r, spec->pairs, 0) || !copy_channel(r, spec->pairs, 1)) {
        sim_resampler_free(r);
        return NULL;
    }
    return r;
}

void sim_resampler_free(struct sim_resampler *resampler)
{
    if (resampler != NULL) {
        free(resampler->samples[0]);
        free(resampler->samples[1]);
        free(resampler->table);
        free(resampler->scratch);
        free(resampler);
    }
}

/* ---- running ---- */

static int64_t wrap(const struct sim_resampler *r, int64_t sample)
{
    int64_t count = (int64_t)r->count;
    if (!r->periodic || (sample >= 0 && sample < count)) {
        return sample;
    }
    sample %= count;
    return sample < 0 ? sample + count : sample;
}

struct sim_resampler_cursor sim_resampler_seek(const struct sim_resampler *resampler, uint64_t n)
{
    wide position = (wide)n * resampler->num;
    int64_t sample = (int64_t)(position / resampler->den) + resampler->first_sample;
    return (struct sim_resampler_cursor){wrap(resampler, sample),
                                         (uint64_t)(position % resampler->den)};
}

uint64_t sim_resampler_period(const struct sim_resampler *resampler)
{
    return resampler->count / gcd(resampler->num, resampler->count) * resampler->den;
}

static const float *row_of(struct sim_resampler *r, uint64_t fraction)
{
    if (r->exact) {
        return r->table + fraction * r->taps;
    }
    double place = (double)fraction * (double)r->rows / (double)r->den;
    size_t below = (size_t)place < r->rows ? (size_t)place : r->rows - 1;
    float weight = (float)(place - (double)below);
    const float *low = r->table + below * r->taps;
    const float *high = low + r->taps;
    for (size_t k = 0; k < r->taps; k++) {
        r->scratch[k] = low[k] + weight * (high[k] - low[k]);
    }
    return r->scratch;
}

static vector load(const float *from)
{
    vector v;
    memcpy(&v, from, sizeof v);
    return v;
}

static double add_up(const vector sums[VECTORS])
{
    vector sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    return (double)((sum[0] + sum[2]) + (sum[1] + sum[3]));
}

/* Independent partial sums, added in a fixed order: the additions need not wait for one another, and
 * the result is the same whatever the machine makes of the vectors. */
static void dot(const float *row, const float *u, const float *i, size_t taps, double out[2])
{
    vector u_sums[VECTORS] = {{0}};
    vector i_sums[VECTORS] = {{0}};
    for (size_t k = 0; k < taps; k += LANES) {
        for (size_t v = 0; v < VECTORS; v++) {
            vector weights = load(row + k + 4 * v);
            u_sums[v] += weights * load(u + k + 4 * v);
            i_sums[v] += weights * load(i + k + 4 * v);
        }
    }
    out[0] = add_up(u_sums);
    out[1] = add_up(i_sums);
}

static void advance(const struct sim_resampler *r, struct sim_resampler_cursor *cursor)
{
    cursor->sample += (int64_t)r->whole_step;
    cursor->fraction += r->fraction_step;
    if (cursor->fraction >= r->den) {
        cursor->fraction -= r->den;
        cursor->sample++;
    }
    cursor->sample = wrap(r, cursor->sample);
}

void sim_resampler_run(struct sim_resampler *resampler, struct sim_resampler_cursor *cursor,
                       double (*out)[2], size_t count)
{
    int64_t reach = (int64_t)resampler->reach;
    int64_t lead = (int64_t)margin(resampler) - (reach - 1);
    for (size_t k = 0; k < count; k++) {
        if (cursor->sample < -reach || cursor->sample > (int64_t)resampler->count + reach) {
            out[k][0] = out[k][1] = 0;
        } else {
            size_t start = (size_t)(cursor->sample + lead);
            dot(row_of(resampler, cursor->fraction), resampler->samples[0] + start,
                resampler->samples[1] + start, resampler->taps, out[k]);
        }
        advance(resampler, cursor);
    }
}
