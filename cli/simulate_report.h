/* What a simulation came to: for people and for programs.
 */
#ifndef CLI_SIMULATE_REPORT_H
#define CLI_SIMULATE_REPORT_H

#include "cli/simulate_meter.h"

enum { SIMULATE_ENERGIES = 4 }; /* A+, A-, R+, R- */

struct simulate_report {
    const char *scenario;
    bool is_new, is_interrupted;
    double wall_s;
    uint32_t from_s; /* UTC of the site */
    uint64_t start_dwh[SIMULATE_ENERGIES];
};

/* Notes where it begins. */
void simulate_report_begin(struct simulate_report *report, const struct simulate_meter *sim);

/* Prints text, or one JSON object. false: it could not be printed. */
bool simulate_report_print(const struct simulate_report *report, const struct simulate_meter *sim,
                           bool json);

#endif
