/* One-second means. Currents are squared in steps of 16 uA, so that 2 000 A over two seconds fit 64
 * bits; that is 0.0008 % of 20 mA after averaging and nothing of a larger one. */
#include "legal/second.h"
#include "common/intmath.h"

enum { CURRENT_STEP_UA = 16 };

static void add_phase(struct wh_second_sums *sums, const struct wh_element_report *r,
                      uint32_t sample_count)
{
    const uint64_t u = r->u_rms_mv;
    const uint64_t i = (r->i_rms_ua + CURRENT_STEP_UA / 2) / CURRENT_STEP_UA;
    sums->u_square += u * u * sample_count;
    sums->i_square += i * i * sample_count;
    sums->active += (int64_t)r->active_mw * sample_count;
    sums->reactive += (int64_t)r->reactive_mvar * sample_count;
}

/* Square root of a mean with 1/256 resolution kept until the end. */
static uint32_t root_mean(uint64_t square_sum, uint32_t sample_count, uint32_t step)
{
    const uint64_t mean = square_sum / sample_count;
    const bool room = mean < (uint64_t)1 << 48;
    const uint64_t root_q8 = room ? wh_sqrt(mean << 16) : (uint64_t)wh_sqrt(mean) << 8;
    return (uint32_t)((root_q8 * step + 128) >> 8);
}

static void take_mean(struct wh_second_phase *mean, const struct wh_second_sums *sums,
                      uint32_t sample_count, const struct wh_element_report *newest)
{
    mean->u_mv = root_mean(sums->u_square, sample_count, 1);
    mean->i_ua = root_mean(sums->i_square, sample_count, CURRENT_STEP_UA);
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
