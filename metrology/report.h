/* The message of the internal bus: what the measuring elements report to the legal part (MET-2).
 *
 * A report covers the window since the last one: 10 whole cycles of the mains at 50 Hz, 12 at 60
 * Hz, the basic window of IEC 61000-4-30, and the same samples for all three elements. When no
 * phase carries voltage the window is 0.2 s of samples. This is the step in which the vector sum of
 * the phases is split by direction.
 */
#ifndef WH_METROLOGY_REPORT_H
#define WH_METROLOGY_REPORT_H

#include "metrology/samples.h"
#include "metrology/voltage.h"
#include <stdbool.h>
#include <stdint.h>

/* From one element. Energies are exact: their sum over all reports is the sum over all samples,
 * rounded down once (remainders stay in the element). */
struct wh_element_report {
    int64_t active_uj;      /* uWs, positive for import; full band, current without its DC */
    int64_t reactive_uj;    /* uvars of the fundamental, Q1; positive when current lags on import */
    uint32_t u_rms_mv;      /* without DC */
    uint32_t i_rms_ua;      /* without DC */
    int32_t active_mw;      /* mean of the window, also below the start of registration */
    int32_t reactive_mvar;  /* same, fundamental */
    uint32_t apparent_mva;  /* U rms times I rms: includes distortion */
    uint32_t frequency_uhz; /* of this phase's voltage; 0 while not known */
    uint32_t u_angle; /* of the voltage's fundamental at the end of the window, 2^32 = a turn */
    bool locked;      /* the voltage is there and its fundamental is being followed */
    bool
        registering; /* load above the start of registration, or was a window ago; energies are 0 otherwise */

    /* Voltage quality (LOG-7), of the half cycles that ended in the window. They follow each other
     * without gap, so their numbers over reports add up to the time: a half cycle of the grid each,
     * off by up to half of one whenever the phase has locked anew. */
    uint32_t u_min_mv; /* lowest Urms(1/2); if none ended, the last one; 0 before the first */
    uint32_t u_max_mv; /* highest; both within 7 % only until a first phase has locked */
    uint32_t half_cycles[WH_VOLTAGE_STATES]; /* how many ended in each state */
    enum wh_voltage_state voltage_state;     /* after the last of them */
};

/* The three elements' reports over one window. */
struct wh_bus_report {
    struct wh_element_report phase[WH_PHASES];
    uint32_t sample_count; /* samples consumed since the last report; adds up to time exactly */
    uint32_t
        duration_q14; /* length of the window in samples / 2^14, whole cycles to the fraction */
};

/* For a producer of reports without samples: fills the fields of voltage quality of a phase
 * whose voltage was u_mv all through a window of so many half cycles (100 a second at 50 Hz).
 * before is voltage_state of the phase's last report, WH_VOLTAGE_NORMAL at the start. limits
 * must be valid. */
void wh_report_steady_voltage(struct wh_element_report *report,
                              const struct wh_voltage_limits *limits, uint32_t u_mv,
                              uint32_t half_cycles, enum wh_voltage_state before);

#endif
