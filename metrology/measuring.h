/* The three measuring elements and the window that they share.
 *
 * Feeds samples to the elements, decides when a window ends (after whole cycles of the first phase
 * that carries voltage) and collects the three reports into one bus message. In between it ends the
 * half cycles of each phase; in the stretch up to the next such end samples are only summed.
 */
#ifndef WH_METROLOGY_MEASURING_H
#define WH_METROLOGY_MEASURING_H

#include "metrology/element.h"

struct wh_measuring {
    struct wh_element element[WH_PHASES];
    uint32_t window_samples;             /* length of the running window */
    uint32_t samples_left;               /* until it ends */
    uint32_t half_cycle_left[WH_PHASES]; /* samples from the begin of the stretch to its end */
    uint32_t stretch;                    /* samples to the first of these ends, or the window's */
    uint32_t stretch_end;                /* samples_left at its end */
    uint32_t grid_step; /* of the newest locked reference, for phases without lock; 0: none yet */
    uint8_t reference;  /* phase whose cycles are counted; WH_PHASES: none has voltage */
};

/* Makes three elements of one design, each with its calibration. WH_ERR_ARGUMENT as
 * wh_element_init. */
enum wh_err wh_measuring_init(struct wh_measuring *measuring,
                              const struct wh_element_design *design,
                              const struct wh_calibration calibration[WH_PHASES]);

/* Gives running elements other calibrations. WH_ERR_ARGUMENT, changing nothing, if one is not valid. */
enum wh_err wh_measuring_calibrate(struct wh_measuring *measuring,
                                   const struct wh_calibration calibration[WH_PHASES]);

/* Sets the limits of voltage quality of all phases; those of 230 V until then. Errors as
 * wh_element_set_voltage_limits, then nothing has changed. */
enum wh_err wh_measuring_set_voltage_limits(struct wh_measuring *measuring,
                                            const struct wh_voltage_limits *limits);

/* Tells all elements the temperature in hundredths of a degree. */
void wh_measuring_set_temperature(struct wh_measuring *measuring, int32_t centi_c);

/* Consumes sample sets up to the end of the window, but at most count. Returns how many were
 * consumed. When that ended the window, *ready is true and *report is filled; otherwise *ready is
 * false and *report untouched. Call again with the rest. count of 1 is fine: one set per sampling
 * interrupt. */
size_t wh_measuring_run(struct wh_measuring *measuring, const struct wh_sample_set *sets,
                        size_t count, struct wh_bus_report *report, bool *ready);

#endif
