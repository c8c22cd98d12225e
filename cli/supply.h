/* The meter's power supply: whether the mains suffices to run it.
 *
 * As the real meter: it shuts down when all phases have been below 160 V for a second, and starts as soon
 * as one is above (reference: technical description, p. 31).
 */
#ifndef CLI_SUPPLY_H
#define CLI_SUPPLY_H

#include "sim/source.h"
#include <stdbool.h>

struct cli_supply {
    double square[SIM_PHASES]; /* sums over the running tenth of a second */
    unsigned count;
    unsigned low_tenths; /* in a row */
    bool on;
};

/* Takes instants in; supply->on is then up to date. */
void cli_supply_run(struct cli_supply *supply, const struct sim_instant *instants, size_t count);

#endif
