/* Closed-form test signals for accuracy tests, with their exact energy.
 *
 * Per phase, with x the angle of the current's fundamental (x = 2π·f·t + u_angle - lag):
 *
 *     u(t) = √2·U · wave_u(x + lag)
 *     i(t) = √2·I · wave_i(x) · conducts(x) + DC
 *
 * wave() as in sim/harmonic.h; conducts() is 1 or 0 by shape and burst. These are the waveforms of
 * IEC 62053-21 (harmonics; DC and even harmonics by a half-wave rectifier; odd harmonics by firing
 * at 90°; sub-harmonics by bursts of whole cycles).
 *
 * References are closed forms: integrals of products of sines between the edges of conduction,
 * taken analytically; nothing is integrated numerically. They are good to about 1e-13 of U·I·t.
 */
#ifndef WH_SIM_SIGNAL_H
#define WH_SIM_SIGNAL_H

#include <stdint.h>

#include "common/err.h"
#include "sim/harmonic.h"
#include "sim/source.h"

enum { SIM_SIGNAL_HARMONICS_MAX = 16, SIM_SIGNAL_BURST_MAX = 100000 };

enum sim_signal_shape {
    SIM_SIGNAL_CONTINUOUS,
    SIM_SIGNAL_HALF_WAVE,  /* conducts where 0 ≤ x < 180° of each cycle */
    SIM_SIGNAL_PHASE_FIRED /* conducts from firing_deg to 180° of each half cycle */
};

struct sim_signal_phase {
    double u_rms_v;     /* of the fundamental, ≥ 0 */
    double u_angle_deg; /* usually 0, -120, +120 */
    unsigned u_harmonic_count;
    struct sim_harmonic u_harmonics[SIM_SIGNAL_HARMONICS_MAX];

    double i_rms_a; /* of the fundamental of the fully conducting current, ≥ 0 */
    double lag_deg; /* current behind voltage; +60 is pf 0.5 inductive, 180 is export */
    unsigned i_harmonic_count;
    struct sim_harmonic i_harmonics[SIM_SIGNAL_HARMONICS_MAX];
    double i_dc_a; /* added to the current, not gated by shape or burst */

    enum sim_signal_shape shape;
    double firing_deg;         /* 0 … 180, SIM_SIGNAL_PHASE_FIRED only */
    unsigned burst_on_cycles;  /* 0: no bursts; else ≤ SIM_SIGNAL_BURST_MAX */
    unsigned burst_off_cycles; /* ≤ SIM_SIGNAL_BURST_MAX */
};

struct sim_signal_config {
    double sample_rate_hz; /* 500 … 1e6 */
    double frequency_hz;   /* 10 … 500, and below half the sample rate by any harmonic's order */
    uint64_t sample_count; /* the source ends after so many; 0: never */
    struct sim_signal_phase phase[SIM_PHASES];
};

/* One sine of a waveform: amplitude·sin(order·x + angle); order 0 is DC. */
struct sim_signal_term {
    double order;
    double amplitude;
    double angle_rad;
};

struct sim_signal_wave {
    unsigned count;
    struct sim_signal_term term[SIM_SIGNAL_HARMONICS_MAX + 1];
};

/* A phase worked out; private to signal*.c. */
struct sim_signal_channel {
    double start_cycles; /* x/2π at t = 0 */
    struct sim_signal_wave u;
    struct sim_signal_wave u_quadrature; /* fundamental of u, a quarter period late */
    struct sim_signal_wave i;            /* gated part */
    struct sim_signal_wave dc;
    unsigned arc_count; /* conduction in one cycle, in radians of x */
    struct {
        double from_rad, to_rad;
    } arc[2];
    unsigned burst_on_cycles, burst_cycles; /* 1 of 1 without bursts */
};

struct sim_signal {
    double frequency_hz;
    double cycles_per_sample;
    uint64_t next_sample; /* how many have been pulled */
    uint64_t sample_count;
    double sample_rate_hz;
    struct sim_signal_channel channel[SIM_PHASES];
};

/* WH_ERR_ARGUMENT: a value is outside the range given above or not finite; *signal is unchanged. */
enum wh_err sim_signal_init(struct sim_signal *signal, const struct sim_signal_config *config);

/* A three-phase sinusoidal configuration to start from: 4096 Hz, endless, every phase u_rms_v and
 * i_rms_a, current lag_deg behind, voltages at 0, -120, +120°. */
void sim_signal_balanced(struct sim_signal_config *config, double frequency_hz, double u_rms_v,
                         double i_rms_a, double lag_deg);

/* The source that plays the signal; valid as long as *signal stays where it is. */
struct sim_source sim_signal_source(struct sim_signal *signal);

/* Sample k is the signal at t = k / sample_rate_hz, to about 1e-14 of its amplitude whatever k is.
 */
void sim_signal_at(const struct sim_signal *signal, uint64_t sample, struct sim_instant *instant);

/* Means over a whole burst period (one cycle without bursts), closed form. */
struct sim_signal_power {
    double u_rms_v;      /* true rms, all harmonics */
    double i_rms_a;      /* true rms, all harmonics and DC */
    double active_w;     /* all harmonics; positive is import */
    double reactive_var; /* U1·I1·sin φ1; positive is lagging (quadrants I, II) */
};
void sim_signal_power(const struct sim_signal *signal, int phase, struct sim_signal_power *power);

/* Energy of a phase from from_s to to_s (seconds since sample 0), closed form, signed: positive is
 * import, negative export. Mean power is constant, so a phase's energy belongs wholly to one
 * direction. Over whole burst periods reactive_varh is exactly the energy of the fundamental; a
 * piece of a cycle at the end adds its own ripple, as it does to active energy. For what has been
 * played use 0 and sim_signal_played_s(). */
struct sim_signal_energy {
    double active_wh;
    double reactive_varh;
};
void sim_signal_energy(const struct sim_signal *signal, int phase, double from_s, double to_s,
                       struct sim_signal_energy *energy);

/* How much has been pulled, in seconds. */
double sim_signal_played_s(const struct sim_signal *signal);

#endif
