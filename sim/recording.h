/* Plays a COMTRADE recording as a source of mains signals: brought to the sampling rate of the
 * meter, once or in a loop, on one phase or on three. docs/recordings.md describes it for users.
 *
 * The values are those of the file: no mean is removed, primary or secondary, as they stand. The signal
 * is reconstructed within the recording's own band (sim/resample.h); at equal rates it passes bit
 * for bit.
 */
#ifndef WH_SIM_RECORDING_H
#define WH_SIM_RECORDING_H

#include "sim/comtrade.h"
#include "sim/source.h"

struct sim_recording;

struct sim_recording_options {
    uint32_t sample_rate_hz; /* of the meter, 100 Hz … 1 MHz */

    /* Repeat for ever: N samples at rate f last exactly N/f, the step from the last sample to the
     * first is one sample like any other. Else the signal is zero before and after the recording,
     * and pull() ends with it. */
    bool loop;

    /* Play a single-phase recording on all three phases: L2 and L3 run ahead of L1 by 50 and 100
     * whole cycles of the line frequency, or by one and two times a third of the recording's whole
     * cycles when it has no more than 100. They wrap around within the recording even if it does
     * not loop. */
    bool three_phase;

    unsigned
        phase; /* which phase (0 is L1) a single-phase recording is played on; not three_phase */
};

struct sim_recording_info {
    char station[SIM_COMTRADE_TEXT_SIZE];
    char device[SIM_COMTRADE_TEXT_SIZE];
    int revision;             /* of the standard: 1991, 1999, 2013 */
    double duration_s;        /* of the recording, once */
    double line_frequency_hz; /* as the file says; 50 when it does not */
    uint64_t sample_count;    /* in the file */
    unsigned rate_count;      /* 0: time stamps */
    struct sim_comtrade_rate rates[SIM_COMTRADE_RATES_MAX];
    double played_rate_hz;            /* the uniform rate that is resampled; rates[0] when one */
    bool voltage_present[SIM_PHASES]; /* on the phases of the meter; what is not present is 0 */
    bool current_present[SIM_PHASES];
    char voltage_id[SIM_COMTRADE_TEXT_SIZE]; /* of the first voltage and current channel used */
    char current_id[SIM_COMTRADE_TEXT_SIZE];
    char side[2];          /* "P" values are primary, "S" secondary, "" not said */
    unsigned shift_cycles; /* between the phases, with three_phase */
};

/* Opens name.cfg (with its name.dat) or name.cff. NULL with one line in error: file, line and field
 * or record, reason. Causes: the file (comtrade.h), an option out of range, three_phase with a
 * recording that has several phases, memory. */
struct sim_recording *sim_recording_open(const char *path,
                                         const struct sim_recording_options *options,
                                         struct sim_comtrade_error *error);

/* The same from bytes in memory, which may go once this returns. */
struct sim_recording *sim_recording_open_bytes(const struct sim_comtrade_bytes *cfg,
                                               const struct sim_comtrade_bytes *dat,
                                               const struct sim_recording_options *options,
                                               struct sim_comtrade_error *error);

/* Valid as long as the recording. */
const struct sim_recording_info *sim_recording_info(const struct sim_recording *recording);

/* The source; its context is the recording. Pulling through any copy moves the one place. */
struct sim_source sim_recording_source(struct sim_recording *recording);

void sim_recording_close(struct sim_recording *recording); /* NULL: nothing */

#endif
