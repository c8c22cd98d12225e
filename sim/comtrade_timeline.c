/* Recordings to a uniform rate. Invariant: the uniform recording is at most GROWTH_MAX times as
 * long as the one in the file, so memory stays bounded by the size of the file. */
#include "sim/comtrade_timeline.h"

#include "sim/comtrade_text.h"
#include "sim/resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    GROWTH_MAX = 16,
    CUBIC_POINTS = 4,
    STEPS_OFF_GRID_MAX = 2, /* rounding of the stamps, and of the rate taken from first and last */
};

static const double UHZ_PER_HZ = 1e6;
static const double RATE_MIN_HZ = 100; /* as in the configuration file */
static const double RATE_MAX_HZ = 1e6;

/* A track at arbitrary instants, repeated with period_s. */
struct instants {
    const double *time_s; /* increasing */
    const double (*pairs)[2];
    size_t count;
    double period_s;
};

/* What a track is to become. */
struct grid {
    double rate_hz;
    size_t count;
};

static bool fail_memory(const char *file_name, struct sim_comtrade_error *error)
{
    return sim_comtrade_fail(error, "%.64s: out of memory", file_name);
}

static uint64_t to_uhz(double rate_hz)
{
    return (uint64_t)llround(rate_hz * UHZ_PER_HZ);
}

/* ---- cubics ---- */

/* The last instant that is not behind time_s, which lies within one period of the first. */
static size_t find_instant(const struct instants *s, double time_s)
{
    size_t low = 0;
    size_t high = s->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (s->time_s[middle] <= time_s) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Four neighbouring instants, continued periodically, for Lagrange's formula. */
struct cubic {
    double time_s[CUBIC_POINTS];
    const double *pair[CUBIC_POINTS];
};

static struct cubic neighbours(const struct instants *s, size_t below)
{
    struct cubic cubic;
    for (int k = 0; k < CUBIC_POINTS; k++) {
        int64_t index = (int64_t)below + k - 1;
        int64_t count = (int64_t)s->count;
        int64_t turn = index < 0 ? -1 : index / count;
        index -= turn * count;
        cubic.time_s[k] = s->time_s[index] + (double)turn * s->period_s;
        cubic.pair[k] = s->pairs[index];
    }
    return cubic;
}

static double weight(const struct cubic *cubic, int point, double time_s)
{
    double product = 1;
    for (int k = 0; k < CUBIC_POINTS; k++) {
        if (k != point) {
            product *= (time_s - cubic->time_s[k]) / (cubic->time_s[point] - cubic->time_s[k]);
        }
    }
    return product;
}

static void interpolate(const struct instants *s, double time_s, double out[2])
{
    double start_s = s->time_s[0];
    time_s -= floor((time_s - start_s) / s->period_s) * s->period_s;
    struct cubic cubic = neighbours(s, find_instant(s, time_s));
    out[0] = out[1] = 0;
    for (int k = 0; k < CUBIC_POINTS; k++) {
        double part = weight(&cubic, k, time_s);
        out[0] += part * cubic.pair[k][0];
        out[1] += part * cubic.pair[k][1];
    }
}

/* ---- several rates ---- */

struct segment {
    double start_s;
    double rate_hz;
    size_t first; /* sample */
    size_t count;
};

static struct segment get_segment(const struct sim_comtrade *c, unsigned index)
{
    struct segment segment = {.start_s = 0};
    for (unsigned k = 0; k <= index; k++) {
        segment.start_s += k == 0 ? 0 : (double)segment.count / segment.rate_hz;
        segment.first += segment.count;
        segment.count = (size_t)c->rates[k].end_sample - segment.first;
        segment.rate_hz = c->rates[k].rate_hz;
    }
    return segment;
}

static double segment_end_s(const struct segment *segment)
{
    return segment->start_s + (double)segment->count / segment->rate_hz;
}

/* The first grid instant not before time_s; the sum of periods may be a hair off the grid. */
static size_t grid_index(double time_s, double rate_hz)
{
    double place = time_s * rate_hz;
    return (size_t)(fabs(place - round(place)) < 1e-6 ? round(place) : ceil(place));
}

/* The samples of the segment with extra ones on both sides, taken from the whole recording. */
static double (*extend(const struct instants *s, const struct segment *segment, size_t extra))[2]
{
    size_t length = segment->count + 2 * extra;
    double(*pairs)[2] = malloc(length * sizeof *pairs);
    for (size_t k = 0; pairs != NULL && k < length; k++) {
        size_t sample = k - extra;
        if (k >= extra && sample < segment->count) {
            memcpy(pairs[k], s->pairs[segment->first + sample], sizeof *pairs);
        } else {
            double place = (double)k - (double)extra;
            interpolate(s, segment->start_s + place / segment->rate_hz, pairs[k]);
        }
    }
    return pairs;
}

/* Fills the part of the grid that lies in the segment. */
static bool fill_segment(const struct instants *s, const struct segment *segment,
                         const struct grid *grid, double (*out)[2])
{
    size_t from = grid_index(segment->start_s, grid->rate_hz);
    size_t to = grid_index(segment_end_s(segment), grid->rate_hz);
    to = to > grid->count ? grid->count : to;
    if (from >= to) {
        return true;
    }
    double offset = ((double)from / grid->rate_hz - segment->start_s) * segment->rate_hz;
    if (segment->rate_hz == grid->rate_hz && fabs(offset) < 1e-6 && to - from <= segment->count) {
        memcpy(out + from, s->pairs + segment->first, (to - from) * sizeof *out);
        return true;
    }
    uint64_t in_rate_uhz = to_uhz(segment->rate_hz);
    uint64_t out_rate_uhz = to_uhz(grid->rate_hz);
    size_t extra = sim_resampler_reach() + 2;
    double(*pairs)[2] = extend(s, segment, extra);
    struct sim_resampler *resampler = NULL;
    if (pairs != NULL) {
        resampler =
            sim_resampler_new(&(struct sim_resampler_spec){.in_rate_uhz = in_rate_uhz,
                                                           .out_rate_uhz = out_rate_uhz,
                                                           .offset = (double)extra + offset,
                                                           .pairs = (const double(*)[2])pairs,
                                                           .count = segment->count + 2 * extra});
    }
    if (resampler != NULL) {
        struct sim_resampler_cursor cursor = sim_resampler_seek(resampler, 0);
        sim_resampler_run(resampler, &cursor, out + from, to - from);
    }
    sim_resampler_free(resampler);
    free(pairs);
    return resampler != NULL;
}

static bool fill_segments(const struct sim_comtrade *c, const struct instants *s,
                          const struct grid *grid, double (*out)[2])
{
    for (unsigned k = 0; k < c->rate_count; k++) {
        struct segment segment = get_segment(c, k);
        if (!fill_segment(s, &segment, grid, out)) {
            return false;
        }
    }
    return true;
}

static void make_segment_times(const struct sim_comtrade *c, double *time_s)
{
    for (unsigned k = 0; k < c->rate_count; k++) {
        struct segment segment = get_segment(c, k);
        for (size_t n = 0; n < segment.count; n++) {
            time_s[segment.first + n] = segment.start_s + (double)n / segment.rate_hz;
        }
    }
}

/* ---- time stamps ---- */

/* Whether every stamp lies within two steps of the grid that starts at the first of them. */
static bool is_regular(const double *time_s, size_t count, double rate_hz, double step_s)
{
    for (size_t k = 0; k < count; k++) {
        if (fabs(time_s[k] - time_s[0] - (double)k / rate_hz) > STEPS_OFF_GRID_MAX * step_s) {
            return false;
        }
    }
    return true;
}

/* The rate of the grid the stamps lie on, or 0. */
static double regular_rate_hz(const double *time_s, size_t count, double step_s)
{
    double mean_hz = (double)(count - 1) / (time_s[count - 1] - time_s[0]);
    if (is_regular(time_s, count, round(mean_hz), step_s)) {
        return round(mean_hz);
    }
    return is_regular(time_s, count, mean_hz, step_s) ? mean_hz : 0;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

/* The interval that a tenth of the samples keep to or undercut; NAN when memory is short. */
static double close_interval_s(const double *time_s, size_t count)
{
    double *intervals = malloc(count * sizeof *intervals);
    if (intervals == NULL) {
        return NAN;
    }
    for (size_t k = 0; k + 1 < count; k++) {
        intervals[k] = time_s[k + 1] - time_s[k];
    }
    qsort(intervals, count - 1, sizeof *intervals, compare);
    double interval_s = intervals[(count - 1) / 10];
    free(intervals);
    return interval_s;
}

/* ---- replacing the tracks ---- */

static bool replace_track(const struct sim_comtrade *c, const struct instants *s,
                          const struct grid *grid, struct sim_track *track)
{
    double(*pairs)[2] = calloc(grid->count, sizeof *pairs);
    bool ok = pairs != NULL;
    if (ok && c->rate_count > 0) {
        ok = fill_segments(c, s, grid, pairs);
    }
    for (size_t k = 0; ok && c->rate_count == 0 && k < grid->count; k++) {
        interpolate(s, s->time_s[0] + (double)k / grid->rate_hz, pairs[k]);
    }
    double(*old)[2] = track->pairs;
    if (ok) {
        track->pairs = pairs;
    }
    free(ok ? old : pairs);
    return ok;
}

static bool replace_tracks(const struct sim_comtrade *c, const char *file_name,
                           const double *time_s, double period_s, double rate_hz,
                           struct sim_timeline *timeline, struct sim_comtrade_error *error)
{
    double length = round(period_s * rate_hz);
    if (!(length <= (double)timeline->count * GROWTH_MAX) || !(rate_hz <= RATE_MAX_HZ) ||
        !(rate_hz >= RATE_MIN_HZ)) {
        return sim_comtrade_fail(error,
                                 "%.64s: the sampling instants are too uneven: %zu samples in "
                                 "%.9g s, but %.9g Hz in the densest part",
                                 file_name, timeline->count, period_s, rate_hz);
    }
    struct grid grid = {rate_hz, length < 1 ? 1 : (size_t)length};
    for (unsigned k = 0; k < timeline->track_count; k++) {
        struct instants s = {time_s, (const double(*)[2])timeline->tracks[k].pairs, timeline->count,
                             period_s};
        if (!replace_track(c, &s, &grid, &timeline->tracks[k])) {
            return fail_memory(file_name, error);
        }
    }
    timeline->rate_uhz = to_uhz(rate_hz);
    timeline->count = grid.count;
    return true;
}

static bool from_segments(const struct sim_comtrade *c, const char *file_name,
                          struct sim_timeline *timeline, struct sim_comtrade_error *error)
{
    double *time_s = malloc(timeline->count * sizeof *time_s);
    if (time_s == NULL) {
        return fail_memory(file_name, error);
    }
    make_segment_times(c, time_s);
    double rate_hz = 0;
    for (unsigned k = 0; k < c->rate_count; k++) {
        rate_hz = fmax(rate_hz, c->rates[k].rate_hz);
    }
    struct segment last = get_segment(c, c->rate_count - 1);
    bool ok = replace_tracks(c, file_name, time_s, segment_end_s(&last), rate_hz, timeline, error);
    free(time_s);
    return ok;
}

static bool from_stamps(const struct sim_comtrade *c, const char *file_name, const double *time_s,
                        struct sim_timeline *timeline, struct sim_comtrade_error *error)
{
    size_t count = timeline->count;
    if (count < 2) {
        return sim_comtrade_fail(error, "%.64s: one sample, and no sampling rate", file_name);
    }
    double rate_hz = regular_rate_hz(time_s, count, c->time_unit_s);
    if (rate_hz >= RATE_MIN_HZ && rate_hz <= RATE_MAX_HZ) {
        timeline->rate_uhz = to_uhz(rate_hz);
        return true;
    }
    double last_interval_s = time_s[count - 1] - time_s[count - 2];
    double period_s = time_s[count - 1] - time_s[0] + last_interval_s;
    double interval_s = close_interval_s(time_s, count);
    if (isnan(interval_s)) {
        return fail_memory(file_name, error);
    }
    return replace_tracks(c, file_name, time_s, period_s, 1 / interval_s, timeline, error);
}

/* ---- time skew ---- */

static bool move_channel(struct sim_timeline *timeline, struct sim_track *track, int channel)
{
    double seconds = track->skew_us[channel] * 1e-6;
    double rate_hz = (double)timeline->rate_uhz / UHZ_PER_HZ;
    if (seconds == 0) {
        return true;
    }
    struct sim_resampler *resampler =
        sim_resampler_new(&(struct sim_resampler_spec){.in_rate_uhz = timeline->rate_uhz,
                                                       .out_rate_uhz = timeline->rate_uhz,
                                                       .offset = -seconds * rate_hz,
                                                       .periodic = true,
                                                       .pairs = (const double(*)[2])track->pairs,
                                                       .count = timeline->count});
    if (resampler == NULL) {
        return false;
    }
    struct sim_resampler_cursor cursor = sim_resampler_seek(resampler, 0);
    for (size_t k = 0; k < timeline->count; k++) {
        double moved[1][2];
        sim_resampler_run(resampler, &cursor, moved, 1);
        track->pairs[k][channel] = moved[0][channel];
    }
    sim_resampler_free(resampler);
    return true;
}

static bool remove_skew(struct sim_timeline *timeline)
{
    for (unsigned k = 0; k < timeline->track_count; k++) {
        if (!move_channel(timeline, &timeline->tracks[k], 0) ||
            !move_channel(timeline, &timeline->tracks[k], 1)) {
            return false;
        }
    }
    return true;
}

bool sim_comtrade_uniform(const struct sim_comtrade *comtrade, const char *file_name,
                          const double *time_s, struct sim_timeline *timeline,
                          struct sim_comtrade_error *error)
{
    bool ok = true;
    timeline->rate_uhz = to_uhz(comtrade->rates[0].rate_hz);
    if (comtrade->rate_count == 0) {
        ok = from_stamps(comtrade, file_name, time_s, timeline, error);
    } else if (comtrade->rate_count > 1) {
        ok = from_segments(comtrade, file_name, timeline, error);
    }
    return ok && (remove_skew(timeline) || fail_memory(file_name, error));
}
