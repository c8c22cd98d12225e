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
};

/* The three elements' reports over one window. */
struct wh_bus_report {
    struct wh_element_report phase[WH_PHASES];
    uint32_t sample_count; /* samples consumed since the last report; adds up to time exactly */
    uint32_t
        duration_q14; /* length of the window in samples / 2^14, whole cycles to the fraction */
};

#endif
