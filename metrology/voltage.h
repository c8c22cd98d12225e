/* When a phase voltage is too low, too high or not there (LOG-7).
 *
 * A limit is crossed at its value and left again only a hysteresis behind it (IEC 61000-4-30: dips,
 * swells and interruptions), so that a voltage at a limit does not chatter. The voltage judged is
 * Urms(1/2), the rms over one cycle, refreshed every half cycle: metrology/half_cycle.h.
 */
#ifndef WH_METROLOGY_VOLTAGE_H
#define WH_METROLOGY_VOLTAGE_H

#include <stdbool.h>
#include <stdint.h>

enum wh_voltage_state {
    WH_VOLTAGE_NORMAL,
    WH_VOLTAGE_UNDER, /* too low, but there */
    WH_VOLTAGE_OVER,
    WH_VOLTAGE_LOST, /* the phase has no supply */
    WH_VOLTAGE_STATES
};

/* The limits of a phase. 1000 <= lost, lost + hysteresis <= under, under + hysteresis <= over -
 * hysteresis, over <= WH_VOLTAGE_LIMIT_HIGHEST_MV. */
struct wh_voltage_limits {
    uint32_t under_mv;      /* under-voltage begins below it, ends at it plus the hysteresis */
    uint32_t over_mv;       /* over-voltage begins above it, ends below it less the hysteresis */
    uint32_t lost_mv;       /* supply loss begins below it, ends at it plus the hysteresis */
    uint32_t hysteresis_mv; /* may be 0 */
};

enum { WH_VOLTAGE_LIMIT_HIGHEST_MV = 1000000 };

/* The usual limits of a nominal phase voltage, up to 900 000 mV: 90 %, 110 % and 5/23 of it,
 * hysteresis 2 %. For 230 V: 207 V, 253 V, 50 V, 4.6 V. */
struct wh_voltage_limits wh_voltage_limits_of(uint32_t nominal_mv);

/* Whether the limits are in range and do not contradict each other. */
bool wh_voltage_limits_are_valid(const struct wh_voltage_limits *limits);

/* The levels between which a state is kept: from <= level < below. A level is whatever rises with
 * the voltage; an element takes mean squares and so needs no root. */
struct wh_voltage_bands {
    uint32_t from[WH_VOLTAGE_STATES];
    uint32_t below[WH_VOLTAGE_STATES];
};

/* The bands of valid limits with millivolts for levels. */
struct wh_voltage_bands wh_voltage_bands_of(const struct wh_voltage_limits *limits);

/* The state after a level. */
enum wh_voltage_state wh_voltage_judge(const struct wh_voltage_bands *bands,
                                       enum wh_voltage_state before, uint32_t level);

#endif
