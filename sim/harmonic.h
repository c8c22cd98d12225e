/* A harmonic of a waveform, as every list of harmonics in sim/ gives it:
 *
 *     wave(x) = sin(x) + Σ percent/100 · sin(order·x + angle)
 *
 * where x is the angle of the waveform's own fundamental: angle 0 means in phase with it at its
 * positive zero crossing, as in the harmonic test of IEC 62053-21, 8.2.1.
 */
#ifndef WH_SIM_HARMONIC_H
#define WH_SIM_HARMONIC_H

struct sim_harmonic {
    unsigned order;   /* 2 … SIM_HARMONIC_ORDER_MAX */
    double percent;   /* of the fundamental, 0 … 1000 */
    double angle_deg; /* any finite angle */
};

enum { SIM_HARMONIC_ORDER_MAX = 50 };

#endif
