/* Half cycles without work per sample. Invariant: they follow each other without gap, each
 * square is in exactly one or shared by two in proportion, so counts over windows add up to the
 * time. */
#include "metrology/half_cycle.h"

enum {
    SUM_SHIFT = 24, /* a cycle's sum of squares has at most 55 bits */
    UNJUDGED_AFTER_JUMP = 2,
};

static const uint32_t half_turn = 1u << 31;

/* By more than this, 1/512 turn, no begin is moved within a cycle that is judged: 0.1 % of
 * rms. */
static const uint32_t jump = 1u << (32 - 9);

static void open_window(struct wh_half_cycle *h)
{
    h->lowest = UINT32_MAX;
    h->highest = 0;
    for (int s = 0; s < WH_VOLTAGE_STATES; s++) {
        h->count[s] = 0;
    }
}

static void begin(struct wh_half_cycle *h, uint32_t step, uint32_t to_go)
{
    h->step = step;
    h->to_go = to_go;
    h->samples = (to_go + step - 1) / step;
}

void wh_half_cycle_init(struct wh_half_cycle *h, uint32_t step)
{
    *h = (struct wh_half_cycle){.unjudged = UNJUDGED_AFTER_JUMP};
    open_window(h);
    begin(h, step, half_turn);
}

/* Mean of the squares over a cycle: sum / (2^32 / step), in units of 2^16. */
static uint32_t level_of(int64_t sum, uint32_t step)
{
    const uint64_t level = ((uint64_t)(uint32_t)(sum >> SUM_SHIFT) * step) >> (48 - SUM_SHIFT);
    return level < UINT32_MAX ? (uint32_t)level : UINT32_MAX;
}

static enum wh_voltage_state judge(const struct wh_half_cycle *h)
{
    const enum wh_voltage_state state = wh_voltage_judge(&h->bands, h->state, h->level);
    return h->known || state == WH_VOLTAGE_LOST ? state : WH_VOLTAGE_NORMAL;
}

static void take_cycle(struct wh_half_cycle *h, int64_t sum)
{
    h->level = level_of(sum, h->step);
    h->lowest = h->level < h->lowest ? h->level : h->lowest;
    h->highest = h->level > h->highest ? h->level : h->highest;
    h->state = judge(h);
}

/* A sample stands for the time from half a sample before it to half a one after. */
static uint32_t to_zero_crossing(const struct wh_half_cycle_guide *g)
{
    const uint32_t to_go = half_turn - ((g->phase + g->step / 2) & (half_turn - 1));
    return to_go < half_turn / 2 ? to_go + half_turn : to_go;
}

static uint32_t distance(uint32_t a, uint32_t b)
{
    return a > b ? a - b : b - a;
}

/* past: turns from the end of the last half cycle to the last sample. */
static void begin_next(struct wh_half_cycle *h, uint32_t past, const struct wh_half_cycle_guide *g)
{
    const uint32_t expected = half_turn - past;
    const uint32_t to_go = g->locked ? to_zero_crossing(g) : expected;
    if (distance(to_go, expected) > jump || distance(g->step, h->step) > h->step >> 9) {
        h->unjudged = UNJUDGED_AFTER_JUMP;
    }
    h->known = g->known;
    begin(h, g->step, to_go);
}

uint32_t wh_half_cycle_end(struct wh_half_cycle *h, int64_t uu, int32_t last_u,
                           const struct wh_half_cycle_guide *guide)
{
    const uint32_t past = h->step * h->samples - h->to_go; /* less than a step */
    const uint32_t share_q14 = (past << 5) / ((h->step >> 9) + 1);
    const int64_t end_uu = uu - (((int64_t)last_u * last_u * share_q14) >> 14);
    const int64_t sum = end_uu - h->begin_uu;
    if (h->unjudged > 0) {
        h->unjudged--;
    } else {
        take_cycle(h, h->last_sum + sum);
    }
    h->count[h->state]++;
    h->last_sum = sum;
    h->begin_uu = end_uu;
    begin_next(h, past, guide);
    return h->samples;
}

void wh_half_cycle_close_window(struct wh_half_cycle *h, int64_t uu)
{
    h->begin_uu -= uu;
    open_window(h);
}
