/* From the instants of a recording, whatever they are, to one uniform sampling rate.
 *
 * - One rate: taken as it is.
 * - Several rates: every segment is brought to the highest of them by a band-limited resampler of its
 *   own; where its filter looks beyond the segment it sees the neighbour, interpolated by cubics.
 * - Time stamps only: when they all lie within two steps of a regular grid, that grid is the rate (a
 *   whole number of Hz if one fits) and the samples stay as they are. Otherwise the signal is
 *   interpolated by cubics at the rate of the closer-lying tenth of the samples.
 * - A channel with a time skew is moved back by it with a band-limited filter.
 *
 * Where a filter or a cubic looks beyond the recording, it sees the recording repeated. */
#ifndef WH_SIM_COMTRADE_TIMELINE_H
#define WH_SIM_COMTRADE_TIMELINE_H

#include "sim/comtrade.h"
#include "sim/source.h"

/* A voltage and its current. */
struct sim_track {
    double (*pairs)[2]; /* V, A; from malloc */
    double skew_us[2];
};

struct sim_timeline {
    uint64_t rate_uhz; /* set by sim_comtrade_uniform() */
    size_t count;      /* of pairs in every track; before the call the sample count */
    unsigned track_count;
    struct sim_track tracks[SIM_PHASES];
};

/* Makes the tracks uniform, in place or by replacing pairs. time_s: the instants, increasing, when
 * the configuration has no rate; else not used. On failure (memory; instants so uneven that the
 * uniform recording would be 16 times as long) the tracks still belong to the caller, and may have
 * changed. */
bool sim_comtrade_uniform(const struct sim_comtrade *comtrade, const char *file_name,
                          const double *time_s, struct sim_timeline *timeline,
                          struct sim_comtrade_error *error);

#endif
