/* One-second means. Squares of currents are kept in units of 4096 uA^2: exact to 5 ppm at 20 mA, and room
 * for 2 000 A. */
#include "legal/second.h"
#include "common/intmath.h"

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

/* Root rounded to nearest; square < 2^62. */
static uint32_t root(uint64_t square)
{
    return (wh_sqrt(square * 4) + 1) / 2;
}

static void take_mean(struct wh_second_phase *mean, const struct wh_second_sums *sums,
                      uint32_t sample_count, const struct wh_element_report *newest)
{
    mean->u_mv = root(sums->u_square / sample_count);
    mean->i_ua = root((sums->i_square / sample_count) << CURRENT_SQUARE_SHIFT);
    mean->active_mw = (int32_t)wh_div_round(sums->active, sample_count);
    mean->reactive_mvar = (int32_t)wh_div_round(sums->reactive, sample_count);
    mean->apparent_mva = (uint32_t)(((uint64_t)mean->u_mv * mean->i_ua + 500000u) / 1000000u);
    mean->frequency_uhz = newest->frequency_uhz;
    mean->u_angle = newest->u_angle;
    mean->locked = newest->locked;
    mean->registering = newest->registering;
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
        take_mean(&second->mean[p], &second->sums[p], second->sample_count, &report->phase[p]);
        second->sums[p] = (struct wh_second_sums){0};
    }
    second->sample_count = 0;
    second->known = true;
}
