/* Which channels of a recording are the mains: per phase one voltage and one current, by the phase
 * and unit fields of the channels. docs/recordings.md gives the rules for users. */
#ifndef WH_SIM_COMTRADE_PHASE_H
#define WH_SIM_COMTRADE_PHASE_H

#include "sim/comtrade.h"
#include "sim/source.h"

/* A phase has two quantities; they index its arrays and its pairs of samples. */
enum { SIM_VOLTAGE, SIM_CURRENT, SIM_QUANTITIES };

enum { SIM_NO_CHANNEL = -1 };

struct sim_comtrade_choice {
    int32_t channel[SIM_PHASES][SIM_QUANTITIES]; /* index into analogs, or SIM_NO_CHANNEL */
    double scale[SIM_PHASES][SIM_QUANTITIES];    /* unit of the file → V or A */
};

/* Takes for each phase the first voltage and the first current channel whose phase field names it
 * (A L1 R 1 …, with or without N). A quantity that no channel claims for any phase is taken from
 * the first channel of its unit whose phase field is blank or unknown; it goes to the phase of the
 * other quantity, or to L1. False when there is no voltage or no current at all. */
bool sim_comtrade_choose(const struct sim_comtrade *comtrade, const char *file_name,
                         struct sim_comtrade_choice *choice, struct sim_comtrade_error *error);

#endif
