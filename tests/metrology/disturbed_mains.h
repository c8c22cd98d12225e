/* Three phases with disturbances whose begin, end and depth are known in closed form, and the
 * element that measures them. Times are in half cycles of the phase concerned, since its angle
 * was zero. */
#ifndef WH_TESTS_METROLOGY_DISTURBED_MAINS_H
#define WH_TESTS_METROLOGY_DISTURBED_MAINS_H

#include "metrology/measuring.h"
#include <stddef.h>

/* From one moment to another the phase has another voltage. Whole numbers are zero crossings. */
struct disturbance {
    int phase;
    double from_half, to_half;
    double u_v;
};

/* What the reports of a phase said since the tally was cleared. */
struct phase_tally {
    unsigned half_cycles[WH_VOLTAGE_STATES];
    uint32_t u_min_mv, u_max_mv;
    enum wh_voltage_state state;
    unsigned changes; /* of the state, seen after every sample */
    unsigned locks;   /* how often it has locked */
    bool locked;
};

struct disturbed_mains {
    struct wh_measuring measuring;
    double f_hz, u_v;
    double fifth, third; /* harmonics, parts of the fundamental */
    double noise_v;      /* uniform, peak, every sample */
    double jump_rad;     /* added to all angles */
    const struct disturbance *disturbance;
    size_t disturbance_count;
    struct phase_tally tally[WH_PHASES];
    struct wh_bus_report report; /* the newest */
    unsigned reports;            /* since the tally was cleared */
    uint64_t samples;            /* in them */
    double angle;                /* of L1, since the start */
    uint32_t seed;
};

/* 230 V, 50 Hz, measured by elements of 500 V and 200 A full scale with their usual limits. */
void disturbed_mains_init(struct disturbed_mains *mains);

void disturbed_mains_clear_tally(struct disturbed_mains *mains);

/* The rms of a phase of so many volts with these harmonics. */
double disturbed_mains_rms(const struct disturbed_mains *mains, double u_v);

/* Plays for so many half cycles of the present frequency. */
void disturbed_mains_play(struct disturbed_mains *mains, double half_cycles);

/* Half cycles of all states. */
unsigned disturbed_mains_total(const struct phase_tally *tally);

#endif
