/* The breaker (BRK-1…3): the states that the family's protocols tell, what leads from one to
 * another, and how the contacts are moved. It is bistable: the contacts stay where they are
 * without supply, and what moves them is a pulse of a coil. It is never a safety function (BRK-6,
 * WH_BREAKER_IS_NO_SAFETY).
 *
 * The contacts follow the state, never the other way round: a state is stored before the coil is
 * told, and after every power-up the contacts are driven to what the state says. So memory and
 * contacts agree after any power cut.
 * Source: docs/breaker.md; numbers of states, commands and feedback bits as KMP 97/98 and DLMS
 * 1.1.128.0.0 have them.
 */
#ifndef WH_APP_BREAKER_H
#define WH_APP_BREAKER_H

#include "common/err.h"
#include <stdbool.h>
#include <stdint.h>

/* CutOffState. WARNING is connected with a load above a threshold, LOG_ONLY what a record of the
 * log says instead of opening; neither is stored as a state. */
enum wh_breaker_state {
    WH_BREAKER_NONE = 0, /* this meter has none */
    WH_BREAKER_BY_COMMAND = 1,
    WH_BREAKER_CONNECTED = 4,
    WH_BREAKER_WARNING = 5,
    WH_BREAKER_BY_LOAD = 6, /* Smart Disconnect */
    WH_BREAKER_BY_PREPAYMENT = 7,
    WH_BREAKER_RELEASED = 8, /* still open: awaits reconnect or the button */
    WH_BREAKER_LOW_LOAD_EXPIRED = 9,
    WH_BREAKER_BY_BUTTON = 11,
    WH_BREAKER_BY_NEUTRAL = 12,
    WH_BREAKER_LOG_ONLY = 13,
    WH_BREAKER_BY_OVER_VOLTAGE = 14,
    WH_BREAKER_STATES,
};

/* What may change the state. The first three are the commands of the protocols. */
enum wh_breaker_action {
    WH_BREAKER_DISCONNECT = 1, /* always allowed */
    WH_BREAKER_RELEASE = 2,    /* only when disconnected by command */
    WH_BREAKER_RECONNECT = 3,  /* only when released */
    WH_BREAKER_BUTTON,         /* held on its reading: opens or closes */
    WH_BREAKER_ON_LOAD,        /* from here the meter itself */
    WH_BREAKER_ON_PREPAYMENT,
    WH_BREAKER_ON_LOW_LOAD_EXPIRED,
    WH_BREAKER_ON_NEUTRAL,
    WH_BREAKER_ON_OVER_VOLTAGE,
    WH_BREAKER_ON_PAYMENT, /* credit is back: released, the consumer closes */
    WH_BREAKER_ON_CLOSE,   /* automatic reconnection */
    WH_BREAKER_ACTIONS,
};

/* When the button may close (BRK-3). */
enum wh_button_connect {
    WH_BUTTON_CONNECTS_NEVER,
    WH_BUTTON_CONNECTS,
    WH_BUTTON_CONNECTS_RELEASED, /* soft connect: only after a release */
};

struct wh_breaker_rules {
    bool button_opens;
    enum wh_button_connect button_connects;
    bool may_close; /* what opened it has gone and its waiting time is over */
};

/* The state an action leads to, which may be the one it is in. WH_ERR_UNSUPPORTED without a
 * breaker, WH_ERR_ARGUMENT if there is no such action, WH_ERR_STATE if it is not allowed in this
 * state or by the rules. */
enum wh_err wh_breaker_next(enum wh_breaker_state state, enum wh_breaker_action action,
                            const struct wh_breaker_rules *rules, enum wh_breaker_state *next);

/* Whether the contacts are to be closed in that state. */
bool wh_breaker_is_closed_in(enum wh_breaker_state state);

/* What the board is to do with the coil. A pulse lasts for one to two seconds; a board that needs
 * a shorter one makes it when the pulse begins. */
enum wh_breaker_coil { WH_COIL_OFF, WH_COIL_OPEN, WH_COIL_CLOSE };

/* What the board tells of the contacts. All zero: nothing is known. */
struct wh_breaker_feedback {
    bool answers;           /* the breaker communicates */
    bool is_voltage_known;  /* it has means to tell the voltage behind it */
    uint8_t voltage_behind; /* bit 0 = L1 */
};

/* Bits of the feedback as protocols have it. */
enum wh_breaker_feedback_bit {
    WH_FEEDBACK_VOLTAGE_L1 = 1 << 0, /* L2 and L3 follow */
    WH_FEEDBACK_VOLTAGE_KNOWN = 1 << 3,
    WH_FEEDBACK_ANSWERS = 1 << 4,
    WH_FEEDBACK_HIGH = 1 << 5, /* the disconnect threshold in use is the high one */
    WH_FEEDBACK_PENDING = 1 << 6,
    WH_FEEDBACK_ERROR = 1 << 7,
};

enum { WH_BREAKER_REST_S = 5 }; /* at least so long open before it closes again */

struct wh_breaker {
    enum wh_breaker_state state; /* as stored */
    uint32_t changes;            /* of the state, since the factory: the number of the newest one */
    /* since power-up */
    uint32_t state_s;            /* in this state */
    uint32_t rest_s;             /* since the contacts were driven open, or power-up */
    uint32_t settled_s;          /* since they were driven */
    enum wh_breaker_coil driven; /* where to, WH_COIL_OFF: not yet */
    uint8_t pulse_s;             /* of the coil still to come */
    bool is_supplied;            /* on backup supply nothing moves */
    bool is_faulty;              /* the contacts are not where they were driven */
    struct wh_breaker_feedback feedback;
};

/* Power-up with the state that is stored. Nothing is known of the contacts: they are driven. */
void wh_breaker_start(struct wh_breaker *breaker, enum wh_breaker_state state, uint32_t changes);

/* Another state, which the caller has stored: opens at once, closes when the rest is over. */
void wh_breaker_set(struct wh_breaker *breaker, enum wh_breaker_state state);

/* Seconds pass with supply. voltage_before: phases with voltage in front of the contacts, bit 0 =
 * L1. */
void wh_breaker_pass(struct wh_breaker *breaker, uint32_t seconds, uint8_t voltage_before);

/* The supply is gone: nothing moves any more until wh_breaker_start. */
void wh_breaker_stop(struct wh_breaker *breaker);

enum wh_breaker_coil wh_breaker_coil(const struct wh_breaker *breaker);

/* Set of enum wh_breaker_feedback_bit. */
uint8_t wh_breaker_feedback_bits(const struct wh_breaker *breaker, bool high);

/* "disconnected by command"; "" if there is no such state. */
const char *wh_breaker_state_text(enum wh_breaker_state state);

#endif
