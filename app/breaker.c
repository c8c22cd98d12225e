/* The breaker. Invariant: an open state drives the contacts open at once, a closed one never
 * before they have rested, and without supply neither. */
#include "app/breaker.h"
#include <stddef.h>

enum { PULSE_S = 2, SETTLE_S = 2 };

/* What an action leads to; 0: not allowed. Connecting actions are further bound by the rules. */
#define COMMANDS(disconnect, release, reconnect)                                                   \
    [WH_BREAKER_DISCONNECT] = (disconnect), [WH_BREAKER_RELEASE] = (release),                      \
    [WH_BREAKER_RECONNECT] = (reconnect)

static const uint8_t transitions[WH_BREAKER_STATES][WH_BREAKER_ACTIONS] = {
    [WH_BREAKER_BY_COMMAND] = {COMMANDS(WH_BREAKER_BY_COMMAND, WH_BREAKER_RELEASED, 0)},
    [WH_BREAKER_CONNECTED] =
        {COMMANDS(WH_BREAKER_BY_COMMAND, 0, 0), [WH_BREAKER_BUTTON] = WH_BREAKER_BY_BUTTON,
         [WH_BREAKER_ON_LOAD] = WH_BREAKER_BY_LOAD,
         [WH_BREAKER_ON_PREPAYMENT] = WH_BREAKER_BY_PREPAYMENT,
         [WH_BREAKER_ON_LOW_LOAD_EXPIRED] = WH_BREAKER_LOW_LOAD_EXPIRED,
         [WH_BREAKER_ON_NEUTRAL] = WH_BREAKER_BY_NEUTRAL,
         [WH_BREAKER_ON_OVER_VOLTAGE] = WH_BREAKER_BY_OVER_VOLTAGE},
    [WH_BREAKER_BY_LOAD] =
        {COMMANDS(WH_BREAKER_BY_COMMAND, 0, 0), [WH_BREAKER_BUTTON] = WH_BREAKER_CONNECTED,
         [WH_BREAKER_ON_CLOSE] = WH_BREAKER_CONNECTED},
    [WH_BREAKER_BY_PREPAYMENT] =
        {COMMANDS(WH_BREAKER_BY_COMMAND, 0, 0), [WH_BREAKER_BUTTON] = WH_BREAKER_CONNECTED,
         [WH_BREAKER_ON_LOW_LOAD_EXPIRED] = WH_BREAKER_LOW_LOAD_EXPIRED,
         [WH_BREAKER_ON_PAYMENT] = WH_BREAKER_RELEASED,
         [WH_BREAKER_ON_CLOSE] = WH_BREAKER_CONNECTED},
    [WH_BREAKER_RELEASED] =
        {COMMANDS(WH_BREAKER_BY_COMMAND, 0, WH_BREAKER_CONNECTED), [WH_BREAKER_BUTTON] =
                                                                       WH_BREAKER_CONNECTED},
    [WH_BREAKER_LOW_LOAD_EXPIRED] =
        {COMMANDS(WH_BREAKER_BY_COMMAND, 0, 0), [WH_BREAKER_ON_PAYMENT] = WH_BREAKER_RELEASED,
         [WH_BREAKER_ON_CLOSE] = WH_BREAKER_CONNECTED},
    [WH_BREAKER_BY_BUTTON] = {COMMANDS(WH_BREAKER_BY_COMMAND, 0, 0), [WH_BREAKER_BUTTON] =
                                                                         WH_BREAKER_CONNECTED},
    [WH_BREAKER_BY_NEUTRAL] =
        {COMMANDS(WH_BREAKER_BY_COMMAND, 0, 0), [WH_BREAKER_BUTTON] = WH_BREAKER_CONNECTED,
         [WH_BREAKER_ON_CLOSE] = WH_BREAKER_CONNECTED},
    [WH_BREAKER_BY_OVER_VOLTAGE] =
        {COMMANDS(WH_BREAKER_BY_COMMAND, 0, 0), [WH_BREAKER_BUTTON] = WH_BREAKER_CONNECTED,
         [WH_BREAKER_ON_CLOSE] = WH_BREAKER_CONNECTED},
};

/* A reconnection by command is the system's own decision; all others wait until what opened it has
 * gone. */
static bool is_ruled_out(enum wh_breaker_state state, enum wh_breaker_action action,
                         const struct wh_breaker_rules *rules)
{
    const bool closed = wh_breaker_is_closed_in(state);
    if (action == WH_BREAKER_BUTTON && closed) {
        return !rules->button_opens;
    }
    if (action == WH_BREAKER_BUTTON) {
        const bool soft = rules->button_connects == WH_BUTTON_CONNECTS_RELEASED;
        return rules->button_connects == WH_BUTTON_CONNECTS_NEVER || !rules->may_close ||
               (soft && state != WH_BREAKER_RELEASED);
    }
    return action == WH_BREAKER_ON_CLOSE && !rules->may_close;
}

enum wh_err wh_breaker_next(enum wh_breaker_state state, enum wh_breaker_action action,
                            const struct wh_breaker_rules *rules, enum wh_breaker_state *next)
{
    if (state == WH_BREAKER_NONE) {
        return WH_ERR_UNSUPPORTED;
    }
    if ((unsigned)state >= WH_BREAKER_STATES || (unsigned)action < WH_BREAKER_DISCONNECT ||
        (unsigned)action >= WH_BREAKER_ACTIONS) {
        return WH_ERR_ARGUMENT;
    }
    const uint8_t to = transitions[state][action];
    if (to == 0 || is_ruled_out(state, action, rules)) {
        return WH_ERR_STATE;
    }
    *next = (enum wh_breaker_state)to;
    return WH_OK;
}

bool wh_breaker_is_closed_in(enum wh_breaker_state state)
{
    return state == WH_BREAKER_CONNECTED || state == WH_BREAKER_WARNING;
}

static void drive(struct wh_breaker *breaker, enum wh_breaker_coil coil)
{
    breaker->driven = coil;
    breaker->pulse_s = PULSE_S;
    breaker->settled_s = 0;
    breaker->is_faulty = false;
    if (coil == WH_COIL_OPEN) {
        breaker->rest_s = 0;
    }
}

static void follow(struct wh_breaker *breaker)
{
    const bool close = wh_breaker_is_closed_in(breaker->state);
    if (!breaker->is_supplied || breaker->state == WH_BREAKER_NONE) {
        return;
    }
    if (!close && breaker->driven != WH_COIL_OPEN) {
        drive(breaker, WH_COIL_OPEN);
    } else if (close && breaker->driven != WH_COIL_CLOSE && breaker->rest_s >= WH_BREAKER_REST_S) {
        drive(breaker, WH_COIL_CLOSE);
    }
}

void wh_breaker_start(struct wh_breaker *breaker, enum wh_breaker_state state, uint32_t changes)
{
    *breaker = (struct wh_breaker){.state = state, .changes = changes, .is_supplied = true};
    follow(breaker);
}

void wh_breaker_set(struct wh_breaker *breaker, enum wh_breaker_state state)
{
    breaker->state = state;
    breaker->state_s = 0;
    follow(breaker);
}

static uint32_t add(uint32_t passed_s, uint32_t seconds)
{
    return seconds < UINT32_MAX - passed_s ? passed_s + seconds : UINT32_MAX;
}

/* Open contacts with voltage behind them, or closed ones with none behind a phase that has some in
 * front. */
static bool is_elsewhere(const struct wh_breaker *breaker, uint8_t voltage_before)
{
    const uint8_t behind = breaker->feedback.voltage_behind & 7u;
    if (!breaker->feedback.is_voltage_known || breaker->settled_s < SETTLE_S) {
        return false;
    }
    return breaker->driven == WH_COIL_OPEN
               ? behind != 0
               : breaker->driven == WH_COIL_CLOSE && (voltage_before & ~behind) != 0;
}

void wh_breaker_pass(struct wh_breaker *breaker, uint32_t seconds, uint8_t voltage_before)
{
    breaker->state_s = add(breaker->state_s, seconds);
    breaker->rest_s = add(breaker->rest_s, seconds);
    breaker->settled_s = add(breaker->settled_s, seconds);
    breaker->pulse_s = (uint8_t)(breaker->pulse_s > seconds ? breaker->pulse_s - seconds : 0);
    follow(breaker);
    breaker->is_faulty = is_elsewhere(breaker, voltage_before);
}

void wh_breaker_stop(struct wh_breaker *breaker)
{
    breaker->is_supplied = false;
    breaker->pulse_s = 0;
}

enum wh_breaker_coil wh_breaker_coil(const struct wh_breaker *breaker)
{
    return breaker->pulse_s > 0 ? breaker->driven : WH_COIL_OFF;
}

uint8_t wh_breaker_feedback_bits(const struct wh_breaker *breaker, bool high)
{
    const struct wh_breaker_feedback *feedback = &breaker->feedback;
    const enum wh_breaker_coil due =
        wh_breaker_is_closed_in(breaker->state) ? WH_COIL_CLOSE : WH_COIL_OPEN;
    const bool pending = breaker->driven != due || breaker->pulse_s > 0;
    if (breaker->state == WH_BREAKER_NONE) {
        return 0;
    }
    return (uint8_t)((feedback->is_voltage_known
                          ? WH_FEEDBACK_VOLTAGE_KNOWN | (feedback->voltage_behind & 7u)
                          : 0u) |
                     (feedback->answers ? WH_FEEDBACK_ANSWERS : 0u) |
                     (high ? WH_FEEDBACK_HIGH : 0u) | (pending ? WH_FEEDBACK_PENDING : 0u) |
                     (breaker->is_faulty ? WH_FEEDBACK_ERROR : 0u));
}

const char *wh_breaker_state_text(enum wh_breaker_state state)
{
    static const char *const texts[WH_BREAKER_STATES] = {
        [WH_BREAKER_NONE] = "no breaker",
        [WH_BREAKER_BY_COMMAND] = "disconnected by command",
        [WH_BREAKER_CONNECTED] = "connected",
        [WH_BREAKER_WARNING] = "connected, load above the threshold",
        [WH_BREAKER_BY_LOAD] = "disconnected, load above the threshold",
        [WH_BREAKER_BY_PREPAYMENT] = "disconnected, prepayment used up",
        [WH_BREAKER_RELEASED] = "disconnected, released",
        [WH_BREAKER_LOW_LOAD_EXPIRED] = "disconnected, time of low load over",
        [WH_BREAKER_BY_BUTTON] = "disconnected by button",
        [WH_BREAKER_BY_NEUTRAL] = "disconnected, neutral fault",
        [WH_BREAKER_LOG_ONLY] = "would have disconnected",
        [WH_BREAKER_BY_OVER_VOLTAGE] = "disconnected, over-voltage",
    };
    const char *text = (unsigned)state < WH_BREAKER_STATES ? texts[state] : NULL;
    return text != NULL ? text : "";
}
