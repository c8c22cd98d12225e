/* Alarms. Invariant: what an alarm depends on is in the tables here and nowhere else; an alarm is
 * pending only while it is in the descriptor. */
#include "app/alarm.h"
#include "app/inputs.h"
#include "legal/interface.h"

enum { PHASES = 3 };

#define VOLTAGES (UINT64_C(7) << WH_ALARM_MISSING_L1 | UINT64_C(7) << WH_ALARM_BAD_L1)

#define INPUT(input)           (1u << (input))
#define QUALITY_B(bits, phase) ((uint32_t)(bits) << (phase))

/* What makes an alarm be on: any of these bits. */
static const struct {
    uint8_t alarm;
    uint8_t inputs;
    uint32_t legal;
    uint32_t a, b;
} levels[] = {
    {WH_ALARM_PROGRAM_MEMORY, 0, WH_STATUS_PROGRAM_CHANGED, 0, 0},
    {WH_ALARM_RAM, 0, WH_STATUS_PARAMETER_CHANGED, 0, 0},
    {WH_ALARM_MEMORY, 0, WH_STATUS_STORE_FAILED | WH_STATUS_NEWEST_LOST, WH_EVENT_A_FLASH, 0},
    {WH_ALARM_FRAUD,
     INPUT(WH_INPUT_TERMINAL_COVER) | INPUT(WH_INPUT_UTILITY_SEAL) |
         INPUT(WH_INPUT_VERIFICATION_SEAL) | INPUT(WH_INPUT_MAGNET),
     0, 0, 0},
    {WH_ALARM_MISSING_L1, 0, 0, 0, QUALITY_B(WH_EVENT_B_MISSING_L1, 0)},
    {WH_ALARM_MISSING_L1 + 1, 0, 0, 0, QUALITY_B(WH_EVENT_B_MISSING_L1, 1)},
    {WH_ALARM_MISSING_L1 + 2, 0, 0, 0, QUALITY_B(WH_EVENT_B_MISSING_L1, 2)},
    {WH_ALARM_BAD_L1, 0, 0, 0, QUALITY_B(WH_EVENT_B_OVER_L1 | WH_EVENT_B_UNDER_L1, 0)},
    {WH_ALARM_BAD_L1 + 1, 0, 0, 0, QUALITY_B(WH_EVENT_B_OVER_L1 | WH_EVENT_B_UNDER_L1, 2)},
    {WH_ALARM_BAD_L1 + 2, 0, 0, 0, QUALITY_B(WH_EVENT_B_OVER_L1 | WH_EVENT_B_UNDER_L1, 4)},
    {WH_ALARM_NEUTRAL, 0, 0, 0, WH_EVENT_B_NEUTRAL},
    {WH_ALARM_REVERSED, 0, 0, 0, 7u * (uint32_t)WH_EVENT_B_REVERSE_L1},
    {WH_ALARM_SEQUENCE, 0, 0, 0, WH_EVENT_B_PHASE_SEQUENCE},
    {WH_ALARM_EXTERNAL, 0, 0, 0, WH_EVENT_B_ALARM_INPUT},
};

/* Passwords mistyped are no attempt at fraud yet. */
enum { PASSWORDS_TRIED = 4 };

static const struct {
    uint8_t code; /* enum wh_event_code */
    uint8_t alarm;
    uint32_t least_b; /* of value_b */
} moments[] = {
    {WH_EVENT_CLOCK_LOST, WH_ALARM_CLOCK_INVALID, 0},
    {WH_EVENT_STORE_FAILED, WH_ALARM_MEMORY, 0},
    {WH_EVENT_FLASH_FAILED, WH_ALARM_MEMORY, 0},
    {WH_EVENT_REGISTERS_OLDER, WH_ALARM_MEMORY, 0},
    {WH_EVENT_PROGRAM_CHANGED, WH_ALARM_PROGRAM_MEMORY, 0},
    {WH_EVENT_PARAMETER_CHANGED, WH_ALARM_RAM, 0},
    {WH_EVENT_COVER_OPENED, WH_ALARM_FRAUD, 0},
    {WH_EVENT_SEAL_OPENED, WH_ALARM_FRAUD, 0},
    {WH_EVENT_MAGNET_ON, WH_ALARM_FRAUD, 0},
    {WH_EVENT_PASSWORD_WRONG, WH_ALARM_FRAUD, PASSWORDS_TRIED},
    {WH_EVENT_POWER_FAILED, WH_ALARM_POWER_FAILED, 0},
    {WH_EVENT_POWER_RETURNED, WH_ALARM_POWER_RETURNED, 0},
    {WH_EVENT_NEUTRAL_FAULT_ON, WH_ALARM_NEUTRAL, 0},
    {WH_EVENT_PHASE_SEQUENCE, WH_ALARM_SEQUENCE, 0},
    {WH_EVENT_REVERSE_CURRENT, WH_ALARM_REVERSED, 0},
    {WH_EVENT_ALARM_INPUT_ON, WH_ALARM_EXTERNAL, 0},
    {WH_EVENT_BREAKER_FAULT, WH_ALARM_BREAKER, 0},
};

static const char *const texts[WH_ALARMS] = {
    [WH_ALARM_CLOCK_INVALID] = "clock invalid",
    [WH_ALARM_PROGRAM_MEMORY] = "program memory",
    [WH_ALARM_RAM] = "RAM",
    [WH_ALARM_MEMORY] = "non-volatile memory",
    [WH_ALARM_FRAUD] = "fraud attempt",
    [WH_ALARM_POWER_FAILED] = "power failed",
    [WH_ALARM_POWER_RETURNED] = "power returned",
    [WH_ALARM_MISSING_L1] = "voltage missing L1",
    [WH_ALARM_MISSING_L1 + 1] = "voltage missing L2",
    [WH_ALARM_MISSING_L1 + 2] = "voltage missing L3",
    [WH_ALARM_NORMAL_L1] = "voltage normal L1",
    [WH_ALARM_NORMAL_L1 + 1] = "voltage normal L2",
    [WH_ALARM_NORMAL_L1 + 2] = "voltage normal L3",
    [WH_ALARM_NEUTRAL] = "missing neutral",
    [WH_ALARM_REVERSED] = "current reversed",
    [WH_ALARM_SEQUENCE] = "wrong phase sequence",
    [WH_ALARM_BAD_L1] = "bad voltage L1",
    [WH_ALARM_BAD_L1 + 1] = "bad voltage L2",
    [WH_ALARM_BAD_L1 + 2] = "bad voltage L3",
    [WH_ALARM_EXTERNAL] = "alarm input",
    [WH_ALARM_BREAKER] = "breaker does not follow",
};

const char *wh_alarm_text(unsigned alarm)
{
    return alarm < WH_ALARMS ? texts[alarm] : NULL;
}

uint64_t wh_alarms_on(const struct wh_alarm_view *view)
{
    uint64_t on = (view->clock_valid ? 0 : WH_ALARM_BIT(WH_ALARM_CLOCK_INVALID)) |
                  (view->breaker_is_faulty ? WH_ALARM_BIT(WH_ALARM_BREAKER) : 0);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        const bool is_on = (levels[i].inputs & view->input_levels) != 0 ||
                           (levels[i].legal & view->legal_status) != 0 ||
                           (levels[i].a & view->event_a) != 0 || (levels[i].b & view->event_b) != 0;
        on |= is_on ? WH_ALARM_BIT(levels[i].alarm) : 0;
    }
    return on;
}

static bool is_same(const struct wh_alarm_view *a, const struct wh_alarm_view *b)
{
    return a->legal_status == b->legal_status && a->event_a == b->event_a &&
           a->event_b == b->event_b && a->input_levels == b->input_levels &&
           a->clock_valid == b->clock_valid && a->breaker_is_faulty == b->breaker_is_faulty;
}

uint64_t wh_alarms_watched(struct wh_alarm_watch *watch, const struct wh_alarm_view *view)
{
    if (!watch->has_view || !is_same(&watch->view, view)) {
        *watch = (struct wh_alarm_watch){true, *view, wh_alarms_on(view)};
    }
    return watch->on;
}

uint64_t wh_alarms_settled(struct wh_alarm_settling *settling, uint64_t on, uint32_t seconds)
{
    if ((on & VOLTAGES) == 0) {
        *settling = (struct wh_alarm_settling){{0}};
        return on;
    }
    for (unsigned v = 0; v < WH_ALARM_VOLTAGES; v++) {
        const unsigned alarm =
            v < PHASES ? (unsigned)WH_ALARM_MISSING_L1 + v : (unsigned)WH_ALARM_BAD_L1 + v - PHASES;
        const uint32_t passed_s = (on & WH_ALARM_BIT(alarm)) != 0 ? settling->s[v] + seconds : 0;
        const bool is_settled = passed_s >= WH_ALARM_SETTLE_S;
        settling->s[v] = (uint8_t)(is_settled ? WH_ALARM_SETTLE_S : passed_s);
        on &= is_settled ? ~UINT64_C(0) : ~WH_ALARM_BIT(alarm);
    }
    return on;
}

uint64_t wh_alarms_of_event(const struct wh_event *event)
{
    uint64_t alarms = 0;
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        const bool is_it =
            moments[i].code == (unsigned)event->code && event->value_b >= moments[i].least_b;
        alarms |= is_it ? WH_ALARM_BIT(moments[i].alarm) : 0;
    }
    return alarms;
}

uint64_t wh_alarms_risen(uint64_t before, uint64_t now)
{
    uint64_t risen = now & ~before;
    for (unsigned p = 0; p < PHASES; p++) {
        const uint64_t wrong =
            WH_ALARM_BIT(WH_ALARM_MISSING_L1 + p) | WH_ALARM_BIT(WH_ALARM_BAD_L1 + p);
        const bool is_normal = (before & wrong) != 0 && (now & wrong) == 0;
        risen |= is_normal ? WH_ALARM_BIT(WH_ALARM_NORMAL_L1 + p) : 0;
    }
    return risen;
}

bool wh_alarms_raise(struct wh_alarms *alarms, uint64_t risen, uint64_t filter)
{
    const uint64_t fresh = risen & filter & ~alarms->descriptor;
    alarms->descriptor |= fresh;
    alarms->pending |= fresh;
    return fresh != 0;
}

void wh_alarms_acknowledge(struct wh_alarms *alarms, uint64_t keep)
{
    alarms->descriptor &= keep;
    alarms->pending &= keep;
}
