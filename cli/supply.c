/* Supervision of the supply, in steps of a tenth of a second. */
#include "cli/supply.h"

enum { SAMPLES_PER_TENTH = 410, TENTHS_TO_STOP = 10 };

static const double least_v = 160;

static void judge(struct cli_supply *supply)
{
    bool enough = false;
    for (int p = 0; p < SIM_PHASES; p++) {
        enough |= supply->square[p] >= least_v * least_v * supply->count;
        supply->square[p] = 0;
    }
    supply->count = 0;
    supply->low_tenths = enough ? 0 : supply->low_tenths + 1;
    if (enough) {
        supply->on = true;
    } else if (supply->low_tenths >= TENTHS_TO_STOP) {
        supply->on = false;
    }
}

void cli_supply_run(struct cli_supply *supply, const struct sim_instant *instants, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        for (int p = 0; p < SIM_PHASES; p++) {
            supply->square[p] += instants[k].u_v[p] * instants[k].u_v[p];
        }
        if (++supply->count == SAMPLES_PER_TENTH) {
            judge(supply);
        }
    }
}
