/* One-second means. Squares of currents are kept in units of 4096 uA^2: exact to 5 ppm at 20 mA, and room
 * for 2 000 A. */
#include "legal/second.h"
#include "common/intmath.h"
#include <string.h>

enum { CURRENT_SQUARE_SHIFT = 12 };

static void add_phase(struct wh_second_sums *sums, const struct wh_element_report *r,
                      uint32_t sample_count)
{
    const uint64_t u = r->u_rms_mv;
    const uint64_t i = r->i_rms_ua;
    const uint64_t half = 1u << (CURRENT_SQUARE_SHIFT - 1);
    sums->u_square += u * u * sample_count;
    sums->i_square += ((i * i + half) >> CURRENT_SQUARE_SHIFT) * sample_count;
    sums->active += (int64_t)r->active_mw * sample_count;
    sums->reactive += (int64_t)r->reactive_mvar * sample_count;
}

static void take_newest(struct wh_second_newest *newest, const struct wh_element_report *r)
{
    newest->frequency_uhz = r->frequency_uhz;
    newest->u_angle = r->u_angle;
    newest->locked = r->locked;
    newest->registering = r->registering;
}

void wh_second_add(struct wh_second *second, const struct wh_bus_report *report)
{
    second->sample_count += report->sample_count;
    for (int p = 0; p < WH_PHASES; p++) {
        add_phase(&second->sums[p], &report->phase[p], report->sample_count);
    }
    /* Five windows of 10 cycles are hardly ever 4096 samples; half a window early is near enough.
     */
    if (second->sample_count < WH_SAMPLE_RATE_HZ - WH_SAMPLE_RATE_HZ / 10) {
        return;
    }
    for (int p = 0; p < WH_PHASES; p++) {
        take_newest(&second->newest[p], &report->phase[p]);
    }
    memcpy(second->whole, second->sums, sizeof second->whole);
    memset(second->sums, 0, sizeof second->sums);
    second->whole_count = second->sample_count;
    second->sample_count = 0;
}

/* Root rounded to nearest; square < 2^62. */
static uint32_t root(uint64_t square)
{
    return (wh_sqrt(square * 4) + 1) / 2;
}

uint32_t wh_second_u_mv(const struct wh_second *second, int phase)
{
    return root(second->whole[phase].u_square / second->whole_count);
}

uint32_t wh_second_i_ua(const struct wh_second *second, int phase)
{
    return root((second->whole[phase].i_square / second->whole_count) << CURRENT_SQUARE_SHIFT);
}

int32_t wh_second_active_mw(const struct wh_second *second, int phase)
{
    return (int32_t)wh_div_round(second->whole[phase].active, second->whole_count);
}

int32_t wh_second_reactive_mvar(const struct wh_second *second, int phase)
{
    return (int32_t)wh_div_round(second->whole[phase].reactive, second->whole_count);
}

uint32_t wh_second_apparent_mva(const struct wh_second *second, int phase)
{
    const uint64_t u_mv = wh_second_u_mv(second, phase);
    return (uint32_t)((u_mv * wh_second_i_ua(second, phase) + 500000u) / 1000000u);
}
