/* Voltage disturbances. Invariant: a disturbance is reported once, when it has ended, with all its half cycles. */
#include "app/quality.h"

static const enum wh_event_code codes[WH_VOLTAGE_CONDITIONS] = {
    [WH_VOLTAGE_IS_NORMAL] = WH_EVENT_NONE,
    [WH_VOLTAGE_IS_UNDER] = WH_EVENT_UNDER_VOLTAGE,
    [WH_VOLTAGE_IS_OVER] = WH_EVENT_OVER_VOLTAGE,
    [WH_VOLTAGE_IS_LOST] = WH_EVENT_PHASE_LOST,
};

static uint32_t duration_ms(uint32_t half_cycles, uint32_t nominal_mhz)
{
    return (uint32_t)((uint64_t)half_cycles * 500000u / nominal_mhz);
}

static struct wh_event ended_of(const struct wh_quality_phase *p, int phase, uint32_t nominal_mhz)
{
    const struct wh_event event = {
        .utc_s = p->began_s,
        .code = codes[p->state],
        .detail = (uint8_t)(phase + 1),
        .value_a = duration_ms(p->half_cycles, nominal_mhz),
        .value_b = p->extreme_mv,
    };
    return event;
}

static void extend(struct wh_quality_phase *p, const struct wh_voltage_window *w,
                   enum wh_voltage_condition condition)
{
    const bool high = condition == WH_VOLTAGE_IS_OVER;
    const uint32_t extreme_mv = high ? w->max_mv : w->min_mv;
    const bool further = high ? extreme_mv > p->extreme_mv : extreme_mv < p->extreme_mv;
    p->half_cycles += w->half_cycles[condition];
    if (further) {
        p->extreme_mv = extreme_mv;
    }
}

static void begin(struct wh_quality_phase *p, const struct wh_voltage_window *w,
                  enum wh_voltage_condition condition, uint32_t utc_s)
{
    *p = (struct wh_quality_phase){
        .state = (uint8_t)condition,
        .began_s = utc_s,
        .extreme_mv = condition == WH_VOLTAGE_IS_OVER ? w->max_mv : w->min_mv,
    };
    extend(p, w, condition);
}

/* Disturbances inside a window that ended before its end begin and end here. */
static int take_phase(struct wh_quality_phase *p, int phase, const struct wh_voltage_window *w,
                      uint32_t utc_s, uint32_t nominal_mhz, struct wh_event *ended)
{
    int count = 0;
    for (int c = WH_VOLTAGE_IS_UNDER; c < WH_VOLTAGE_CONDITIONS; c++) {
        const enum wh_voltage_condition condition = (enum wh_voltage_condition)c;
        const bool going_on = p->state == condition;
        if (going_on) {
            extend(p, w, condition);
        }
        if (going_on && w->condition != condition) {
            ended[count++] = ended_of(p, phase, nominal_mhz);
            *p = (struct wh_quality_phase){0};
        }
        if (!going_on && w->condition != condition && w->half_cycles[c] > 0) {
            struct wh_quality_phase brief;
            begin(&brief, w, condition, utc_s);
            ended[count++] = ended_of(&brief, phase, nominal_mhz);
        }
    }
    if (w->condition != WH_VOLTAGE_IS_NORMAL && p->state != w->condition) {
        begin(p, w, w->condition, utc_s);
    }
    return count;
}

int wh_quality_take(struct wh_quality *quality, const struct wh_legal *legal, uint32_t utc_s,
                    uint32_t nominal_mhz, struct wh_event ended[WH_QUALITY_ENDED_MAX])
{
    int count = 0;
    for (int p = 0; p < WH_VOLTAGE_PHASES; p++) {
        const struct wh_voltage_window window = wh_legal_voltage(legal, p);
        count += take_phase(&quality->phase[p], p, &window, utc_s, nominal_mhz, ended + count);
    }
    return count;
}

int wh_quality_end(struct wh_quality *quality, uint32_t nominal_mhz,
                   struct wh_event ended[WH_QUALITY_ENDED_MAX])
{
    int count = 0;
    for (int p = 0; p < WH_VOLTAGE_PHASES; p++) {
        if (quality->phase[p].state != WH_VOLTAGE_IS_NORMAL) {
            ended[count++] = ended_of(&quality->phase[p], p, nominal_mhz);
        }
        quality->phase[p] = (struct wh_quality_phase){0};
    }
    return count;
}

enum wh_quality_count wh_quality_count_of(const struct wh_event *event)
{
    enum { LONG_MS = 180000 }; /* EN 50160: long interruptions last more than 3 min */
    switch (event->code) {
    case WH_EVENT_UNDER_VOLTAGE:
        return WH_QUALITY_UNDER;
    case WH_EVENT_OVER_VOLTAGE:
        return WH_QUALITY_OVER;
    case WH_EVENT_PHASE_LOST:
        return WH_QUALITY_LOST;
    case WH_EVENT_INTERRUPTION:
        return event->value_a > LONG_MS ? WH_QUALITY_LONG_INTERRUPTION
                                        : WH_QUALITY_SHORT_INTERRUPTION;
    default:
        return WH_QUALITY_COUNTS;
    }
}
