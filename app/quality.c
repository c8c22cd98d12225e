/* Voltage disturbances. Invariant: a disturbance is reported once, when it has ended, with all its half cycles. A run of half
 * cycles below the limits is one disturbance, a loss if any of them was lost: at its edges every interruption is an
 * under-voltage for a half cycle, since Urms(1/2) is taken over a whole one. */
#include "app/quality.h"

enum { LOW, HIGH, SIDES };

static uint32_t side_cycles(const struct wh_voltage_window *w, int side)
{
    return side == HIGH
               ? w->half_cycles[WH_VOLTAGE_IS_OVER]
               : (uint32_t)w->half_cycles[WH_VOLTAGE_IS_UNDER] + w->half_cycles[WH_VOLTAGE_IS_LOST];
}

static bool is_on_side(enum wh_voltage_condition condition, int side)
{
    return condition != WH_VOLTAGE_IS_NORMAL && (condition == WH_VOLTAGE_IS_OVER) == (side == HIGH);
}

static enum wh_event_code code_of(const struct wh_quality_phase *p)
{
    if (p->state == WH_VOLTAGE_IS_OVER) {
        return WH_EVENT_OVER_VOLTAGE;
    }
    return p->state == WH_VOLTAGE_IS_LOST ? WH_EVENT_PHASE_LOST : WH_EVENT_UNDER_VOLTAGE;
}

static uint32_t duration_ms(uint32_t half_cycles, uint32_t nominal_mhz)
{
    return (uint32_t)((uint64_t)half_cycles * 500000u / nominal_mhz);
}

static struct wh_event ended_of(const struct wh_quality_phase *p, int phase, uint32_t nominal_mhz)
{
    const struct wh_event event = {
        .utc_s = p->began_s,
        .code = code_of(p),
        .detail = (uint8_t)(phase + 1),
        .value_a = duration_ms(p->half_cycles, nominal_mhz),
        .value_b = p->extreme_mv,
    };
    return event;
}

static void extend(struct wh_quality_phase *p, const struct wh_voltage_window *w, int side)
{
    const uint32_t extreme_mv = side == HIGH ? w->max_mv : w->min_mv;
    const bool further = side == HIGH ? extreme_mv > p->extreme_mv : extreme_mv < p->extreme_mv;
    p->half_cycles += side_cycles(w, side);
    if (further) {
        p->extreme_mv = extreme_mv;
    }
    if (side == LOW && w->half_cycles[WH_VOLTAGE_IS_LOST] > 0) {
        p->state = WH_VOLTAGE_IS_LOST;
    }
}

static struct wh_quality_phase begun(const struct wh_voltage_window *w, int side, uint32_t utc_s)
{
    struct wh_quality_phase p = {
        .state = side == HIGH ? WH_VOLTAGE_IS_OVER : WH_VOLTAGE_IS_UNDER,
        .began_s = utc_s,
        .extreme_mv = side == HIGH ? w->max_mv : w->min_mv,
    };
    extend(&p, w, side);
    return p;
}

/* What began before the window goes on or ends in it; what neither began before nor lasts beyond it is brief. */
static int take_side(struct wh_quality_phase *p, int side, int phase,
                     const struct wh_voltage_window *w, uint32_t utc_s, uint32_t nominal_mhz,
                     struct wh_event *ended)
{
    const bool going_on = is_on_side((enum wh_voltage_condition)p->state, side);
    const bool lasts = is_on_side(w->condition, side);
    if (going_on) {
        extend(p, w, side);
    }
    if (going_on && !lasts) {
        *ended = ended_of(p, phase, nominal_mhz);
        *p = (struct wh_quality_phase){0};
        return 1;
    }
    if (!going_on && !lasts && side_cycles(w, side) > 0) {
        const struct wh_quality_phase brief = begun(w, side, utc_s);
        *ended = ended_of(&brief, phase, nominal_mhz);
        return 1;
    }
    return 0;
}

static int take_phase(struct wh_quality_phase *p, int phase, const struct wh_voltage_window *w,
                      uint32_t utc_s, uint32_t nominal_mhz, struct wh_event *ended)
{
    int count = 0;
    for (int side = 0; side < SIDES; side++) {
        count += take_side(p, side, phase, w, utc_s, nominal_mhz, ended + count);
    }
    for (int side = 0; side < SIDES; side++) {
        if (is_on_side(w->condition, side) && p->state == WH_VOLTAGE_IS_NORMAL) {
            *p = begun(w, side, utc_s);
        }
    }
    return count;
}

/* What is lost in all phases of a window at once, is lost together. */
static int take_interruption(struct wh_quality *quality, const struct wh_legal *legal,
                             uint32_t utc_s, uint32_t nominal_mhz, struct wh_event *ended)
{
    uint32_t lost = UINT32_MAX;
    bool lasts = true;
    for (int p = 0; p < WH_VOLTAGE_PHASES; p++) {
        const struct wh_voltage_window w = wh_legal_voltage(legal, p);
        const uint32_t here = w.half_cycles[WH_VOLTAGE_IS_LOST];
        lost = here < lost ? here : lost;
        lasts = lasts && w.condition == WH_VOLTAGE_IS_LOST;
    }
    if (quality->interrupted_half_cycles == 0) {
        quality->interrupted_s = utc_s;
    }
    quality->interrupted_half_cycles += lost;
    if (lasts || quality->interrupted_half_cycles == 0) {
        return 0;
    }
    *ended = (struct wh_event){
        .utc_s = quality->interrupted_s,
        .code = WH_EVENT_INTERRUPTION,
        .value_a = duration_ms(quality->interrupted_half_cycles, nominal_mhz),
    };
    quality->interrupted_half_cycles = 0;
    return 1;
}

int wh_quality_take(struct wh_quality *quality, const struct wh_legal *legal, uint32_t utc_s,
                    uint32_t nominal_mhz, struct wh_event ended[WH_QUALITY_ENDED_MAX])
{
    int count = take_interruption(quality, legal, utc_s, nominal_mhz, ended);
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
    }
    *quality = (struct wh_quality){0};
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

/* Missing L1 … L3 are bits 6 to 8; over and under L1, over and under L2 … bits 9 to 14. */
uint32_t wh_quality_bits(const struct wh_quality *quality)
{
    static const uint32_t bits[WH_VOLTAGE_CONDITIONS] = {
        [WH_VOLTAGE_IS_LOST] = WH_EVENT_B_MISSING_L1,
        [WH_VOLTAGE_IS_OVER] = WH_EVENT_B_OVER_L1,
        [WH_VOLTAGE_IS_UNDER] = WH_EVENT_B_UNDER_L1,
    };
    uint32_t set = 0;
    for (unsigned p = 0; p < WH_VOLTAGE_PHASES; p++) {
        const uint8_t state = quality->phase[p].state;
        set |= bits[state] << (state == WH_VOLTAGE_IS_LOST ? p : 2 * p);
    }
    return set;
}

bool wh_quality_is_calm(const struct wh_quality *quality)
{
    return (quality->phase[0].state | quality->phase[1].state | quality->phase[2].state) == 0;
}

bool wh_quality_is_all_lost(const struct wh_quality *quality)
{
    bool all = true;
    for (int p = 0; p < WH_VOLTAGE_PHASES; p++) {
        all = all && quality->phase[p].state == WH_VOLTAGE_IS_LOST;
    }
    return all;
}
