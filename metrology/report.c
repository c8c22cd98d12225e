/* Reports of those who have no samples. Invariant: the same voltage gives the state that an element
 * would report. */
#include "metrology/report.h"

void wh_report_steady_voltage(struct wh_element_report *report,
                              const struct wh_voltage_limits *limits, uint32_t u_mv,
                              uint32_t half_cycles, enum wh_voltage_state before)
{
    const struct wh_voltage_bands bands = wh_voltage_bands_of(limits);
    report->u_min_mv = u_mv;
    report->u_max_mv = u_mv;
    report->voltage_state = wh_voltage_judge(&bands, before, u_mv);
    for (int s = 0; s < WH_VOLTAGE_STATES; s++) {
        report->half_cycles[s] = 0;
    }
    report->half_cycles[report->voltage_state] = half_cycles;
}
