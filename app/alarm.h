/* Alarms (COM-14): what a meter is to tell without being asked, and what has become of each.
 *
 * An alarm is a bit of one of two registers of 32 bits, numbered as IDIS meters have them
 * (reference: DLMS notes, 10.5). A set of alarms is a uint64_t: bit by enum wh_alarm.
 *
 *     register    what is on now; it goes with its cause
 *     filter      which alarms count: the others never get into the descriptor
 *     descriptor  what has come on since a client acknowledged it
 *     pending     what of that has not been told by a push
 *
 * An alarm that comes on again is told again once it was acknowledged, not before: a contact that
 * rattles makes one push. */
#ifndef WH_APP_ALARM_H
#define WH_APP_ALARM_H

#include "app/events.h"

enum { WH_ALARM_REGISTERS = 2, WH_ALARM_BITS = 32 };

enum wh_alarm {
    /* register 1 */
    WH_ALARM_CLOCK_INVALID = 0,
    WH_ALARM_PROGRAM_MEMORY = 8,
    WH_ALARM_RAM = 9,
    WH_ALARM_MEMORY = 10, /* of registers or logs */
    WH_ALARM_FRAUD = 13,  /* magnet, cover, seal, passwords tried */
    /* register 2 */
    WH_ALARM_POWER_FAILED = 32, /* no state but a moment, as is the next */
    WH_ALARM_POWER_RETURNED = 33,
    WH_ALARM_MISSING_L1 = 34, /* L2 and L3 follow, here and below */
    WH_ALARM_NORMAL_L1 = 37,  /* the moment at which it is neither missing nor bad any more */
    WH_ALARM_NEUTRAL = 40,
    WH_ALARM_REVERSED = 42, /* current of any phase */
    WH_ALARM_SEQUENCE = 43,
    WH_ALARM_BAD_L1 = 46,   /* over-voltage or under-voltage */
    WH_ALARM_EXTERNAL = 49, /* alarm input */
    WH_ALARM_BREAKER = 63,  /* it does not follow */
    WH_ALARMS = WH_ALARM_REGISTERS * WH_ALARM_BITS,
};

#define WH_ALARM_BIT(alarm) (UINT64_C(1) << (alarm))

/* All but what is ordinary where energy is produced, and that a voltage is as it should be. */
#define WH_ALARM_FILTER_DEFAULT                                                                    \
    (~(WH_ALARM_BIT(WH_ALARM_REVERSED) | UINT64_C(7) << WH_ALARM_NORMAL_L1))

/* "fraud attempt"; NULL for a bit that no alarm of this meter has. Static text. */
const char *wh_alarm_text(unsigned alarm);

/* The state of the meter as far as alarms depend on it. */
struct wh_alarm_view {
    uint32_t legal_status; /* wh_legal_status */
    uint32_t event_a, event_b;
    uint8_t input_levels; /* bit by enum wh_input */
    bool clock_valid;
    bool breaker_is_faulty;
};

/* The alarms that are on in a state. */
uint64_t wh_alarms_on(const struct wh_alarm_view *view);

/* The same for one state after the other, looked at anew only where it changed: from second to second it
 * hardly ever does. All zero at power-up. */
struct wh_alarm_watch {
    bool has_view;
    struct wh_alarm_view view;
    uint64_t on; /* in it */
};
uint64_t wh_alarms_watched(struct wh_alarm_watch *watch, const struct wh_alarm_view *view);

/* A voltage is missing or bad once it has been so for ten seconds (the family's outage time; what is
 * shorter is in the quality log). All zero at power-up. */
enum { WH_ALARM_SETTLE_S = 10, WH_ALARM_VOLTAGES = 6 };
struct wh_alarm_settling {
    uint8_t s[WH_ALARM_VOLTAGES];
};

/* What of the alarms that are on has been so for long enough, after so many more seconds. */
uint64_t wh_alarms_settled(struct wh_alarm_settling *settling, uint64_t on, uint32_t seconds);

/* The alarms that an event is, whether its cause lasts or not. */
uint64_t wh_alarms_of_event(const struct wh_event *event);

/* What the register was, to what it is: alarms that this change is. */
uint64_t wh_alarms_risen(uint64_t before, uint64_t now);

struct wh_alarms {
    uint64_t descriptor;
    uint64_t pending; /* within descriptor */
};

/* Alarms have come on. Whether any of them is new. */
bool wh_alarms_raise(struct wh_alarms *alarms, uint64_t risen, uint64_t filter);

/* A client has seen all but those in keep. */
void wh_alarms_acknowledge(struct wh_alarms *alarms, uint64_t keep);

#endif
