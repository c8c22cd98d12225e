/* What a meter registered over a span of mains: differences of its registers, and means of the elements'
 * reports over the windows in the span.
 */
#ifndef CLI_TALLY_H
#define CLI_TALLY_H

#include "meter/meter.h"
#include <jansson.h>

struct cli_tally_phase {
    double u_square, i_square, active_w, reactive_var; /* times seconds */
};

struct cli_tally {
    struct wh_energy_value start[WH_ENERGY_COUNT]; /* registers at the start */
    uint64_t start_pulses;
    struct cli_tally_phase phase[WH_PHASES];
    double f_hz; /* of the newest window that knew it; 0 if none did */
};

/* How long a load and its mains lasted since the start, both over 0. The current flowed for seconds;
 * the voltage was there for voltage_s, which is longer when only the load was switched off. Behind either
 * there was nothing, up to the end of a window. */
struct cli_tally_span {
    double seconds;
    double voltage_s;
};

/* Takes the registers as they are now for zero. */
void cli_tally_start(struct cli_tally *tally, const struct wh_meter *meter);

/* A wh_meter_observer; context is the tally. */
wh_meter_observer cli_tally_observe;

/* Energy since the start in Wh or varh, all digits. */
double cli_tally_energy_wh(const struct cli_tally *tally, const struct wh_meter *meter,
                           enum wh_energy energy);

/* LED pulses for A+ since the start. */
uint64_t cli_tally_pulses(const struct cli_tally *tally, const struct wh_meter *meter);

/* The result object of watthour replay. The caller owns it; NULL without memory. */
json_t *cli_tally_json(const struct cli_tally *tally, const struct wh_meter *meter,
                       const struct cli_tally_span *span);

/* The same for people, on stdout. */
void cli_tally_print(const struct cli_tally *tally, const struct wh_meter *meter,
                     const struct cli_tally_span *span);

#endif
