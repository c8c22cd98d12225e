/* What the parts of a phase amount to at a temperature and a current. Private to front_end*.c. */
#ifndef WH_SIM_FRONT_END_GAIN_H
#define WH_SIM_FRONT_END_GAIN_H

#include "sim/front_end_kind.h"

struct sim_front_end_path {
    double gain;     /* 1 is nominal */
    double delay_s;  /* time shift, + is late */
    double lead_rad; /* of a transformer at 50 Hz, ≥ 0 */
};

/* above_k: the air's temperature above 23 °C. */
struct sim_front_end_path sim_front_end_voltage_path(const struct sim_front_end_phase *phase,
                                                     double above_k);

/* rise_k: the shunt's self-heating; i_rms_a: what the current transformer carries, ≥ 0. */
struct sim_front_end_path sim_front_end_current_path(const struct sim_front_end_kind *kind,
                                                     const struct sim_front_end_phase *phase,
                                                     double above_k, double rise_k, double i_rms_a);

#endif
