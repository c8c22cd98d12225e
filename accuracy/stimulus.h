/* From a test point's load to the signal at the terminals.
 */
#ifndef WH_ACCURACY_STIMULUS_H
#define WH_ACCURACY_STIMULUS_H

#include "accuracy/point.h"
#include "sim/signal.h"

/* The signal of a load in a rating's wiring; at its first sample the voltage of L1 (Aron: of L1 to neutral) is
 * at u_angle_deg. */
struct sim_signal_config acc_stimulus(const struct acc_rating *rating, const struct acc_load *load,
                                      double u_angle_deg);

#endif
