/* The player. A loop whose resampled form repeats after a bearable number of instants is resampled
 * once and then played from memory; everything else is resampled as it is pulled.
 *
 * Invariant: exactly one of tracks and resamplers is set for each of track_count tracks, and every
 * voice's place lies inside its track. */
#include "sim/recording.h"

#include "sim/comtrade_file.h"
#include "sim/comtrade_phase.h"
#include "sim/comtrade_text.h"
#include "sim/comtrade_timeline.h"
#include "sim/resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    RENDERED_MAX = 1 << 20, /* instants of a loop kept in memory: 16 MB a track */
    BLOCK = 256,            /* instants resampled at a time */
    SHIFT_CYCLES = 50,
    NO_TRACK = -1,
};

static const double UHZ_PER_HZ = 1e6;
static const double DEFAULT_FREQUENCY_HZ = 50;
static const uint32_t SAMPLE_RATE_MIN_HZ = 100;
static const uint32_t SAMPLE_RATE_MAX_HZ = 1000000;

/* What one phase of the meter plays: a track, from its own place. */
struct voice {
    int track;                          /* or NO_TRACK */
    size_t at;                          /* place in a track in memory */
    struct sim_resampler_cursor cursor; /* place in a resampler */
};

struct sim_recording {
    struct sim_recording_info info;
    struct sim_recording_options options;
    struct sim_timeline timeline;                 /* tracks at the rate of the meter, or */
    struct sim_resampler *resamplers[SIM_PHASES]; /* how to make them */
    struct voice voices[SIM_PHASES];
    uint64_t instants_left; /* of a recording that does not loop */
};

/* ---- playing ---- */

/* Channels of one phase, from a block of pairs to instants. */
static void spread(const double (*pairs)[2], struct sim_instant *instants, size_t count, int phase)
{
    for (size_t k = 0; k < count; k++) {
        instants[k].u_v[phase] = pairs[k][0];
        instants[k].i_a[phase] = pairs[k][1];
    }
}

static void play_memory(const struct sim_recording *r, struct voice *voice,
                        struct sim_instant *instants, size_t count, int phase)
{
    const double(*pairs)[2] = (const double(*)[2])r->timeline.tracks[voice->track].pairs;
    while (count > 0) {
        size_t left = r->timeline.count - voice->at;
        size_t part = count < left ? count : left;
        spread(pairs + voice->at, instants, part, phase);
        voice->at = part == left ? 0 : voice->at + part;
        instants += part;
        count -= part;
    }
}

static void play_resampler(const struct sim_recording *r, struct voice *voice,
                           struct sim_instant *instants, size_t count, int phase)
{
    double block[BLOCK][2];
    while (count > 0) {
        size_t part = count < BLOCK ? count : BLOCK;
        sim_resampler_run(r->resamplers[voice->track], &voice->cursor, block, part);
        spread((const double(*)[2])block, instants, part, phase);
        instants += part;
        count -= part;
    }
}

static void play_nothing(struct sim_instant *instants, size_t count, int phase)
{
    for (size_t k = 0; k < count; k++) {
        instants[k].u_v[phase] = 0;
        instants[k].i_a[phase] = 0;
    }
}

static size_t pull(void *context, struct sim_instant *instants, size_t count)
{
    struct sim_recording *r = context;
    if (!r->options.loop) {
        count = count < r->instants_left ? count : (size_t)r->instants_left;
        r->instants_left -= count;
    }
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        struct voice *voice = &r->voices[phase];
        if (voice->track == NO_TRACK) {
            play_nothing(instants, count, phase);
        } else if (r->resamplers[voice->track] != NULL) {
            play_resampler(r, voice, instants, count, phase);
        } else {
            play_memory(r, voice, instants, count, phase);
        }
    }
    return count;
}

/* ---- from the file to tracks ---- */

struct opening {
    struct sim_recording *recording;
    struct sim_comtrade comtrade;
    const struct sim_comtrade_bytes *cfg;
    const struct sim_comtrade_bytes *dat;
    struct sim_comtrade_choice choice;
    int track_of_phase[SIM_PHASES]; /* of the file; or NO_TRACK */
    struct sim_comtrade_error *error;
};

static bool fail_memory(const struct opening *o)
{
    return sim_comtrade_fail(o->error, "%.64s: out of memory", o->cfg->name);
}

static bool check_options(const struct sim_recording_options *options,
                          struct sim_comtrade_error *error)
{
    if (options->sample_rate_hz < SAMPLE_RATE_MIN_HZ ||
        options->sample_rate_hz > SAMPLE_RATE_MAX_HZ) {
        return sim_comtrade_fail(error, "a sampling rate of %u Hz is not within 100 and 1000000 Hz",
                                 options->sample_rate_hz);
    }
    return options->phase < SIM_PHASES ||
           sim_comtrade_fail(error, "there is no phase L%u", options->phase + 1);
}

/* Gives every phase that has a channel a track, and lists the columns to decode into it. */
static bool add_tracks(struct opening *o, struct sim_comtrade_column *columns, size_t *count)
{
    struct sim_timeline *timeline = &o->recording->timeline;
    timeline->count = (size_t)o->comtrade.sample_count;
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        const int32_t *channels = o->choice.channel[phase];
        o->track_of_phase[phase] = NO_TRACK;
        if (channels[0] == SIM_NO_CHANNEL && channels[1] == SIM_NO_CHANNEL) {
            continue;
        }
        struct sim_track *track = &timeline->tracks[timeline->track_count];
        o->track_of_phase[phase] = (int)timeline->track_count++;
        track->pairs = calloc(timeline->count, sizeof *track->pairs);
        if (track->pairs == NULL) {
            return fail_memory(o);
        }
        for (int k = 0; k < SIM_QUANTITIES; k++) {
            if (channels[k] != SIM_NO_CHANNEL) {
                track->skew_us[k] = o->comtrade.analogs[channels[k]].skew_us;
                columns[(*count)++] =
                    (struct sim_comtrade_column){.channel = (uint32_t)channels[k],
                                                 .scale = o->choice.scale[phase][k],
                                                 .values = &track->pairs[0][k],
                                                 .stride = SIM_QUANTITIES};
            }
        }
    }
    return true;
}

static bool decode(struct opening *o)
{
    struct sim_comtrade_column columns[SIM_PHASES * SIM_QUANTITIES];
    size_t column_count = 0;
    double *time_s = NULL;
    if (!sim_comtrade_choose(&o->comtrade, o->cfg->name, &o->choice, o->error) ||
        !sim_comtrade_check_size(&o->comtrade, o->dat, o->error) ||
        !add_tracks(o, columns, &column_count)) {
        return false;
    }
    if (o->comtrade.rate_count == 0) {
        time_s = malloc((size_t)o->comtrade.sample_count * sizeof *time_s);
        if (time_s == NULL) {
            return fail_memory(o);
        }
    }
    bool ok =
        sim_comtrade_decode(&o->comtrade, o->dat, columns, column_count, time_s, o->error) &&
        sim_comtrade_uniform(&o->comtrade, o->cfg->name, time_s, &o->recording->timeline, o->error);
    free(time_s);
    return ok;
}

/* ---- from tracks to voices ---- */

static double rate_hz(const struct sim_recording *r)
{
    return (double)r->timeline.rate_uhz / UHZ_PER_HZ;
}

/* A recording of one phase goes where the options say, one of several where its channels say. */
static bool assign_voices(struct opening *o)
{
    struct sim_recording *r = o->recording;
    bool single = r->timeline.track_count == 1;
    if (r->options.three_phase && !single) {
        return sim_comtrade_fail(o->error,
                                 "%.64s: the recording has %u phases and cannot be played as one "
                                 "phase on three",
                                 o->cfg->name, r->timeline.track_count);
    }
    for (unsigned phase = 0; phase < SIM_PHASES; phase++) {
        struct voice *voice = &r->voices[phase];
        voice->track = o->track_of_phase[phase];
        if (single) {
            bool plays = r->options.three_phase || phase == r->options.phase;
            voice->track = plays ? 0 : NO_TRACK;
        }
    }
    return true;
}

/* By how many instants a phase runs ahead of the one before it. */
static uint64_t phase_shift(struct sim_recording *r)
{
    double cycles = r->info.duration_s * r->info.line_frequency_hz;
    bool short_recording = cycles <= 2 * SHIFT_CYCLES;
    r->info.shift_cycles =
        short_recording ? (unsigned)((cycles + 1e-6) / SIM_PHASES) : SHIFT_CYCLES;
    return (uint64_t)llround(r->info.shift_cycles / r->info.line_frequency_hz *
                             r->options.sample_rate_hz);
}

/* Whether the signal goes on behind the end of the recording with its beginning. */
static bool is_periodic(const struct sim_recording *r)
{
    return r->options.loop || r->options.three_phase;
}

static bool make_resamplers(struct sim_recording *r)
{
    struct sim_timeline *timeline = &r->timeline;
    for (unsigned k = 0; k < timeline->track_count; k++) {
        r->resamplers[k] = sim_resampler_new(&(struct sim_resampler_spec){
            .in_rate_uhz = timeline->rate_uhz,
            .out_rate_uhz = (uint64_t)r->options.sample_rate_hz * (uint64_t)UHZ_PER_HZ,
            .periodic = is_periodic(r),
            .pairs = (const double(*)[2])timeline->tracks[k].pairs,
            .count = timeline->count});
        free(timeline->tracks[k].pairs);
        timeline->tracks[k].pairs = NULL;
        if (r->resamplers[k] == NULL) {
            return false;
        }
    }
    return true;
}

/* One period of each loop from its resampler into memory. */
static bool render(struct sim_recording *r)
{
    uint64_t period = sim_resampler_period(r->resamplers[0]);
    if (!is_periodic(r) || period > RENDERED_MAX) {
        return true;
    }
    r->timeline.count = (size_t)period;
    for (unsigned k = 0; k < r->timeline.track_count; k++) {
        struct sim_track *track = &r->timeline.tracks[k];
        track->pairs = malloc((size_t)period * sizeof *track->pairs);
        if (track->pairs == NULL) {
            return false;
        }
        struct sim_resampler_cursor cursor = sim_resampler_seek(r->resamplers[k], 0);
        sim_resampler_run(r->resamplers[k], &cursor, track->pairs, (size_t)period);
        sim_resampler_free(r->resamplers[k]);
        r->resamplers[k] = NULL;
    }
    return true;
}

static void place_voices(struct sim_recording *r, uint64_t shift)
{
    for (unsigned phase = 0; phase < SIM_PHASES; phase++) {
        struct voice *voice = &r->voices[phase];
        uint64_t instant = r->options.three_phase ? phase * shift : 0;
        if (voice->track != NO_TRACK && r->resamplers[voice->track] != NULL) {
            voice->cursor = sim_resampler_seek(r->resamplers[voice->track], instant);
        }
        voice->at = (size_t)(instant % r->timeline.count);
    }
}

static bool prepare(struct opening *o)
{
    struct sim_recording *r = o->recording;
    uint64_t out_rate_uhz = (uint64_t)r->options.sample_rate_hz * (uint64_t)UHZ_PER_HZ;
    r->instants_left =
        sim_resampler_instants(r->timeline.rate_uhz, out_rate_uhz, r->timeline.count);
    if (r->timeline.rate_uhz != out_rate_uhz && (!make_resamplers(r) || !render(r))) {
        return fail_memory(o);
    }
    place_voices(r, r->options.three_phase ? phase_shift(r) : 0);
    return true;
}

/* ---- information ---- */

/* There is one: sim_comtrade_choose() insists on it. */
static const struct sim_comtrade_analog *first_channel(const struct opening *o, int quantity)
{
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        int32_t channel = o->choice.channel[phase][quantity];
        if (channel != SIM_NO_CHANNEL) {
            return &o->comtrade.analogs[channel];
        }
    }
    return &o->comtrade.analogs[0];
}

/* Presence on the phases of the meter. A recording of one phase has both quantities on it, wherever
 * it is played. */
static void fill_presence(struct opening *o)
{
    struct sim_recording *r = o->recording;
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        bool single = r->timeline.track_count == 1;
        bool plays = r->voices[phase].track != NO_TRACK;
        const int32_t *channels = o->choice.channel[phase];
        r->info.voltage_present[phase] = plays && (single || channels[0] != SIM_NO_CHANNEL);
        r->info.current_present[phase] = plays && (single || channels[1] != SIM_NO_CHANNEL);
    }
}

static void fill_info(struct opening *o)
{
    struct sim_recording_info *info = &o->recording->info;
    const struct sim_comtrade *c = &o->comtrade;
    double frequency_hz = c->line_frequency_hz;
    memcpy(info->station, c->station, sizeof info->station);
    memcpy(info->device, c->device, sizeof info->device);
    memcpy(info->rates, c->rates, sizeof info->rates);
    memcpy(info->voltage_id, first_channel(o, SIM_VOLTAGE)->id, sizeof info->voltage_id);
    memcpy(info->current_id, first_channel(o, SIM_CURRENT)->id, sizeof info->current_id);
    memcpy(info->side, first_channel(o, SIM_VOLTAGE)->side, sizeof info->side);
    info->revision = c->revision;
    info->sample_count = c->sample_count;
    info->rate_count = c->rate_count;
    info->line_frequency_hz = frequency_hz > 0 ? frequency_hz : DEFAULT_FREQUENCY_HZ;
    info->played_rate_hz = rate_hz(o->recording);
    info->duration_s = (double)o->recording->timeline.count / info->played_rate_hz;
    fill_presence(o);
}

/* ---- opening and closing ---- */

static bool open_steps(struct opening *o)
{
    if (!sim_comtrade_parse(&o->comtrade, o->cfg, o->error)) {
        return false;
    }
    bool ok = decode(o) && assign_voices(o);
    if (ok) {
        fill_info(o);
        ok = prepare(o);
    }
    sim_comtrade_free(&o->comtrade);
    return ok;
}

struct sim_recording *sim_recording_open_bytes(const struct sim_comtrade_bytes *cfg,
                                               const struct sim_comtrade_bytes *dat,
                                               const struct sim_recording_options *options,
                                               struct sim_comtrade_error *error)
{
    if (!check_options(options, error)) {
        return NULL;
    }
    struct opening opening = {.recording = calloc(1, sizeof(struct sim_recording)),
                              .cfg = cfg,
                              .dat = dat,
                              .error = error};
    if (opening.recording == NULL) {
        fail_memory(&opening);
        return NULL;
    }
    opening.recording->options = *options;
    if (!open_steps(&opening)) {
        sim_recording_close(opening.recording);
        return NULL;
    }
    return opening.recording;
}

struct sim_recording *sim_recording_open(const char *path,
                                         const struct sim_recording_options *options,
                                         struct sim_comtrade_error *error)
{
    struct sim_comtrade_files files;
    if (!sim_comtrade_load(&files, path, error)) {
        return NULL;
    }
    struct sim_recording *recording =
        sim_recording_open_bytes(&files.cfg, &files.dat, options, error);
    sim_comtrade_unload(&files);
    return recording;
}

const struct sim_recording_info *sim_recording_info(const struct sim_recording *recording)
{
    return &recording->info;
}

struct sim_source sim_recording_source(struct sim_recording *recording)
{
    return (struct sim_source){.pull = pull, .context = recording};
}

void sim_recording_close(struct sim_recording *recording)
{
    if (recording == NULL) {
        return;
    }
    for (int k = 0; k < SIM_PHASES; k++) {
        free(recording->timeline.tracks[k].pairs);
        sim_resampler_free(recording->resamplers[k]);
    }
    free(recording);
}
