/* One measuring element: current and voltage samples of one phase in, a report per window out
 * (MET-1).
 *
 * Chain, per sample: offset removed from both channels, voltage shifted against the current by a
 * four-point Lagrange interpolator (phase correction), products summed: u.i over the full band,
 * u.u, i.i, and u and i with the sine and cosine of an oscillator that follows the voltage. Per
 * window: rms, active energy, and Q1 = U1.I1.sin(phi1) from the four correlations, which is exact
 * for the fundamental at any frequency the oscillator has locked to (reference: IEC 62053-24's
 * definition of reactive energy).
 *
 * The last sample of a window is shared with the next one in proportion to where the cycle ended
 * between two samples. So a window is a whole number of cycles to a fraction of a sample, without
 * ripple, and what one window gives up the next one gets.
 *
 * While the oscillator is still searching (up to a second after the voltage has come, longer for frequencies far from
 * the nominal one) Q1 is approximate, within some 5 %; active energy is exact from the first sample.
 *
 * Start of registration: a window whose load is below it counts only beside one that is above, so that
 * a load loses nothing at its edges, wherever they fall in a window.
 *
 * Offsets: the mean of a window moves the estimate by 1/16, and the estimate stays constant inside
 * a window. Unlike a high-pass filter this has no phase error to match between channels.
 */
#ifndef WH_METROLOGY_ELEMENT_H
#define WH_METROLOGY_ELEMENT_H

#include "common/err.h"
#include "metrology/calibration.h"
#include "metrology/half_cycle.h"
#include "metrology/oscillator.h"
#include "metrology/report.h"
#include <stddef.h>

/* Design figures of an element: the same for every meter of a variant. */
struct wh_element_design {
    uint32_t u_full_scale_mv; /* voltage at code 2^23; 1 … 2 000 000, … */
    uint32_t i_full_scale_ma; /* current at code 2^23; the same; product up to 4e11 uW */
    uint32_t start_mva;   /* below this apparent power, sqrt(P^2 + Q^2), nothing is registered */
    uint32_t nominal_mhz; /* where the search for the mains begins; 45 000 … 65 000 */
};

/* Sums over a window, in codes; each below 2^62 for windows up to 1100 samples. */
struct wh_element_sums {
    int64_t u, i; /* for the offsets */
    int64_t uu, ii, ui;
    int64_t u_sine, u_cosine, i_sine, i_cosine; /* sine and cosine in Q23 */
};

struct wh_element {
    struct wh_element_sums sums;
    struct wh_oscillator oscillator;
    struct wh_half_cycle half_cycle;
    struct wh_voltage_limits voltage_limits;
    struct wh_element_design design;
    struct wh_calibration calibration;
    uint32_t u_gain_q30, i_gain_q30; /* at the present temperature */
    uint64_t energy_factor;          /* uJ per code^2 and sample, times 2^58 */
    uint64_t active_rest;            /* remainders carried between windows, see wh_scale */
    uint64_t reactive_rest;
    uint64_t reactive_sum_rest;
    uint64_t active_offset_rest;
    uint64_t reactive_offset_rest;
    int32_t taps_q30[4]; /* of the voltage's interpolator */
    int32_t u_history[3];
    int32_t i_history[2];
    int32_t u_offset_q8, i_offset_q8; /* estimates */
    int32_t u_offset, i_offset;       /* the same, rounded: what is subtracted */
    uint8_t current_delay; /* 1: the current waits a sample more, delay_q15 is negative */
    int32_t last_u, last_i, last_sine, last_cosine; /* the sample that two windows share */
    uint32_t carried_q14;   /* share of this window in the sample before its first */
    int64_t held_active_uj; /* of the last window, while it was below the start of registration */
    int64_t held_reactive_uj;
    bool above_start; /* the last window was above it */
    int32_t centi_c;  /* temperature */
    bool primed;      /* the offsets have been taken from a first locked window */
};

/* Makes an element, with all sums and remainders zero, at the reference temperature.
 * WH_ERR_ARGUMENT if a value is out of range; then the element is unusable. */
enum wh_err wh_element_init(struct wh_element *element, const struct wh_element_design *design,
                            const struct wh_calibration *calibration);

/* Gives a running element another calibration; sums and remainders stay. WH_ERR_ARGUMENT, changing
 * nothing, if a value is out of range. */
enum wh_err wh_element_calibrate(struct wh_element *element,
                                 const struct wh_calibration *calibration);

/* Sets the limits of voltage quality; those of 230 V until then. WH_ERR_ARGUMENT, changing
 * nothing, if they are not valid or the over-voltage limit is more than the converter can carry
 * of a sine wave. */
enum wh_err wh_element_set_voltage_limits(struct wh_element *element,
                                          const struct wh_voltage_limits *limits);

/* Tells the element its temperature, -60 … 120 degrees, in hundredths; outside it is limited. */
void wh_element_set_temperature(struct wh_element *element, int32_t centi_c);

/* Takes count samples; u and i point to the first, consecutive ones are stride int32_t apart.
 * At most 1100 samples between two calls of wh_element_close. */
void wh_element_sample(struct wh_element *element, const int32_t *u, const int32_t *i,
                       size_t stride, size_t count);

/* Ends the running half cycle with the last sample taken and begins the next: to be called when
 * as many samples have been taken since the last call as it returned, since the start as
 * half_cycle.samples tells. grid_step is the advance of the fundamental per sample in a phase
 * that is locked, or was the last to be; 0 if none has been. */
uint32_t wh_element_end_half_cycle(struct wh_element *element, uint32_t grid_step);

/* Ends a window of sample_count samples. share_q14 (0 … 2^14) of the last one belongs to the next
 * window. Fills the report and adjusts oscillator and offsets. */
void wh_element_close(struct wh_element *element, uint32_t sample_count, uint32_t share_q14,
                      struct wh_element_report *report);

/* Whether the voltage is being followed: the last windows agreed in phase and frequency. */
bool wh_element_is_locked(const struct wh_element *element);

#endif
