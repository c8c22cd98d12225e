/* Calibration of one measuring element: what a factory finds out about an individual meter and takes
 * out of its readings (MET, VAR-15). Legally relevant parameters, kept sealed by legal/.
 */
#ifndef WH_METROLOGY_CALIBRATION_H
#define WH_METROLOGY_CALIBRATION_H

#include <stdbool.h>
#include <stdint.h>

enum {
    WH_CALIBRATION_POINTS = 6,
    WH_REFERENCE_CENTI_C = 2300, /* reference temperature of the standards, 23 degrees */
};

/* Errors that depend on the current (a current transformer, a shunt that heats itself), at one
 * current; straight lines between points, constant beyond the ends. */
struct wh_calibration_point {
    uint32_t i_ma;     /* ascending over the points */
    int32_t gain_ppm;  /* added to the current's gain, -20 000 … 20 000 */
    int32_t lead_urad; /* by which the current appears early; -20 000 … 20 000 */
};

struct wh_calibration {
    uint32_t u_gain_q30; /* 2^30 is 1; 0.75 … 1.25 */
    uint32_t i_gain_q30; /* at the reference temperature */
    int32_t
        u_tempco_ppb_per_k; /* change of the gain needed per kelvin above it, -500 000 … 500 000 */
    int32_t i_tempco_ppb_per_k;
    int32_t
        i_curvature_ppb_per_k2; /* the same per kelvin squared (a shunt's parabola), -10 000 … 10 000 */
    int32_t delay_q15; /* by which the current lags its true position: the voltage is delayed by
                                    as much; samples / 2^15, -32768 … 32767 */
    int32_t active_offset_uw; /* subtracted from active power (crosstalk), -250 000 … 250 000 */
    int32_t reactive_offset_uvar;
    uint32_t
        i_noise_codes2; /* noise power of the current channel, codes squared, out of I^2; up to 2^26 */
    uint8_t point_count; /* 0 … WH_CALIBRATION_POINTS */
    struct wh_calibration_point point[WH_CALIBRATION_POINTS];
};

/* The calibration of an ideal front end: gains of 1, everything else 0. */
struct wh_calibration wh_calibration_ideal(void);

/* Whether every value is in its range and the points ascend. */
bool wh_calibration_is_valid(const struct wh_calibration *calibration);

/* A gain (2^30 is 1) at a temperature, d kelvin above the reference: gain * (1 + tempco*d + curvature*d^2). */
uint32_t wh_calibration_gain(uint32_t gain_q30, int32_t tempco_ppb_per_k,
                             int32_t curvature_ppb_per_k2, int32_t centi_c);

/* Gain and lead at a current, from the points; zero without points. */
struct wh_calibration_point wh_calibration_at(const struct wh_calibration *calibration,
                                              uint32_t i_ma);

#endif
