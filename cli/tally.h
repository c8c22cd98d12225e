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
    double window_s; /* length of the windows in the sums; not 0 once one has ended */
    double f_hz;     /* of the newest window that knew it; 0 if none did */
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

/* The result object of watthour replay, for a load that was on for so many seconds and off until the last
 * window ended. The caller owns it; NULL without memory. */
json_t *cli_tally_json(const struct cli_tally *tally, const struct wh_meter *meter, double seconds);

/* The same for people, on stdout. */
void cli_tally_print(const struct cli_tally *tally, const struct wh_meter *meter, double seconds);

#endif
