/* Voltage quality (LOG-7): over-voltage, under-voltage and loss per phase, with begin and duration, out of the half cycles
 * that the measuring elements report; interruptions of all phases; and counters of how often. */
#ifndef WH_APP_QUALITY_H
#define WH_APP_QUALITY_H

#include "app/events.h"
#include "legal/interface.h"

/* An event that is going on. */
struct wh_quality_phase {
    uint8_t state;        /* as the element reports it; see wh_legal_voltage */
    uint32_t began_s;     /* UTC */
    uint32_t half_cycles; /* so far */
    uint32_t extreme_mv;  /* lowest or highest so far */
};

struct wh_quality {
    struct wh_quality_phase phase[3];
    uint16_t count[3][3]; /* under, over, lost of each phase since power-up or reset */
    uint16_t interruptions_short, interruptions_long; /* up to and above 3 min (EN 50160) */
};

/* Takes what a report said of the voltages. Returns an event that has ended, or WH_EVENT_NONE; call again until
 * none: a report can end one per phase. */
struct wh_voltage_report; /* of one phase */
struct wh_event wh_quality_take(struct wh_quality *quality, int phase,
                                const struct wh_voltage_report *report, uint32_t utc_s,
                                uint32_t half_cycle_us);

#endif
