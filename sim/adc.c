/* The ideal converter: scale, dither, clip, round. This runs for every sample of every simulated
 * day, so the six conversions use only what compiles to single instructions: no libm, no branches.
 */
#include "sim/adc.h"

#include <math.h>

enum { WIDTH_MIN_LSB = 2, WIDTH_MAX_LSB = 65536 };

static bool is_positive(double value)
{
    return isfinite(value) && value > 0;
}

enum wh_err sim_adc_init(struct sim_adc *adc, const struct sim_adc_config *config)
{
    if (!is_positive(config->u_full_scale_v) || !is_positive(config->i_full_scale_a) ||
        config->dither_width_lsb < WIDTH_MIN_LSB || config->dither_width_lsb > WIDTH_MAX_LSB) {
        return WH_ERR_ARGUMENT;
    }
    const double width_lsb = config->dither_width_lsb * 0x1p-32;
    *adc = (struct sim_adc){
        .u_codes_per_v = 0x1p23 / config->u_full_scale_v,
        .i_codes_per_a = 0x1p23 / config->i_full_scale_a,
        .first_lsb = width_lsb,
        .second_lsb = config->dither == SIM_DITHER_TRIANGULAR ? width_lsb : 0,
        .random = sim_random_stream(config->seed, 0),
    };
    return WH_OK;
}

/* Zero mean exactly: the signed halves are symmetric about -1/2, which the added 1/2 takes out. */
static double dither_lsb(struct sim_adc *adc)
{
    const uint64_t bits = sim_random_bits(&adc->random);
    const double first = (double)(int32_t)(uint32_t)(bits >> 32) + 0.5;
    const double second = (double)(int32_t)(uint32_t)bits + 0.5;
    return first * adc->first_lsb + second * adc->second_lsb;
}

static int32_t convert(struct sim_adc *adc, double codes)
{
    double level = codes + dither_lsb(adc);
    level = level > SIM_ADC_CODE_MIN ? level : SIM_ADC_CODE_MIN;
    level = level < SIM_ADC_CODE_MAX ? level : SIM_ADC_CODE_MAX;
    /* Moved to where all values are positive, truncation is rounding: one instruction, not lround.
     */
    return (int32_t)(level + 8388608.5) - 8388608;
}

void sim_adc_convert(struct sim_adc *adc, const struct sim_instant *in, int32_t u[SIM_PHASES],
                     int32_t i[SIM_PHASES])
{
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        u[phase] = convert(adc, in->u_v[phase] * adc->u_codes_per_v);
        i[phase] = convert(adc, in->i_a[phase] * adc->i_codes_per_a);
    }
}
