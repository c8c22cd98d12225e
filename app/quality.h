/* Voltage quality (LOG-7): over-voltage, under-voltage and loss of a phase with begin, duration and extreme, out of the half
 * cycles that the measuring elements report; and how often each happened.
 *
 * All phases lost at once are an interruption beside (EN 50160: short up to 3 minutes, long above). It is mostly the end of
 * the supply: then the application logs it when the supply is back.
 */
#ifndef WH_APP_QUALITY_H
#define WH_APP_QUALITY_H

#include "app/events.h"
#include "legal/interface.h"

/* How often, since the factory (REG-3: quality indicators). */
enum wh_quality_count {
    WH_QUALITY_UNDER,
    WH_QUALITY_OVER,
    WH_QUALITY_LOST,
    WH_QUALITY_SHORT_INTERRUPTION,
    WH_QUALITY_LONG_INTERRUPTION,
    WH_QUALITY_COUNTS,
};

/* What is going on in a phase. All zero: nothing. */
struct wh_quality_phase {
    uint8_t state;        /* enum wh_voltage_condition that it is in */
    uint32_t began_s;     /* UTC */
    uint32_t half_cycles; /* so far */
    uint32_t extreme_mv;  /* lowest or highest so far */
};

struct wh_quality {
    struct wh_quality_phase phase[WH_VOLTAGE_PHASES];
    uint32_t interrupted_half_cycles; /* all phases lost, so far */
    uint32_t interrupted_s;           /* UTC of its begin */
};

/* Takes the voltages of the report that the legal part took last. Ended disturbances are written to ended[], at most
 * one low and one high a phase and an interruption; returns how many. nominal_mhz gives the length of a half cycle. */
enum { WH_QUALITY_ENDED_MAX = 7 };
int wh_quality_take(struct wh_quality *quality, const struct wh_legal *legal, uint32_t utc_s,
                    uint32_t nominal_mhz, struct wh_event ended[WH_QUALITY_ENDED_MAX]);

/* The supply goes: what is going on in a phase ends with it, an interruption goes on and is not among ended[]. */
int wh_quality_end(struct wh_quality *quality, uint32_t nominal_mhz,
                   struct wh_event ended[WH_QUALITY_ENDED_MAX]);

/* Bits of event status B for what is going on; WH_QUALITY_B_MASK are all of them. */
#define WH_QUALITY_B_MASK UINT32_C(0x7fc0)
#define WH_QUALITY_B_OVER UINT32_C(0x2a00)
uint32_t wh_quality_bits(const struct wh_quality *quality);

/* Whether anything is going on; and whether all phases are lost. */
bool wh_quality_is_calm(const struct wh_quality *quality);
bool wh_quality_is_all_lost(const struct wh_quality *quality);

/* The count that an event of the quality log belongs to; WH_QUALITY_COUNTS for others. */
enum wh_quality_count wh_quality_count_of(const struct wh_event *event);

#endif
