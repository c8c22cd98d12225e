/* An ideal analogue-to-digital converter with dither: six channels, sampled at the same instant.
 *
 * Codes are 24-bit signed, as a metering front end gives them. Dither is not decoration: a
 * noise-free quantiser gives errors correlated between voltage and current that no real converter
 * has (metrology reference, section 6), and energy computed from them would be wrong in a way no
 * meter is. The dither's width is a whole number of LSB, which makes the mean error exactly
 * independent of the signal (Lipshitz, Wannamaker, Vanderkooy: "Quantization and dither", JAES 40,
 * 1992); triangular dither makes the noise power independent of it too.
 */
#ifndef WH_SIM_ADC_H
#define WH_SIM_ADC_H

#include <stdint.h>

#include "common/err.h"
#include "sim/random.h"
#include "sim/source.h"

#define SIM_ADC_CODE_MAX 8388607
#define SIM_ADC_CODE_MIN (-8388608)

enum sim_dither {
    SIM_DITHER_TRIANGULAR, /* rms width/√6: 0.82 LSB at the usual width of 2 */
    SIM_DITHER_RECTANGULAR /* rms width/√12: 0.58 LSB at width 2 */
};

struct sim_adc_config {
    double u_full_scale_v; /* volts at code 2^23, > 0 */
    double i_full_scale_a; /* amperes at code 2^23, > 0 */
    enum sim_dither dither;
    /* Each uniform component's width, 2…65536 LSB. 2 is a converter without noise of its own; 130,
     * triangular, is 53 LSB rms or -101 dB of full scale, the best polyphase front ends. */
    unsigned dither_width_lsb;
    uint64_t seed; /* same seed, same input: same codes */
};

struct sim_adc {
    double u_codes_per_v;
    double i_codes_per_a;
    double first_lsb; /* LSB per unit of the first of two random numbers, each of 32 bits */
    double second_lsb;
    struct sim_random random;
};

/* WH_ERR_ARGUMENT: a full scale is not a positive finite number, or the width is out of range. */
enum wh_err sim_adc_init(struct sim_adc *adc, const struct sim_adc_config *config);

/* The codes of one instant: rounded to nearest after dither, clipped to 24 bits. Not-a-number gives
 * the lowest code. */
void sim_adc_convert(struct sim_adc *adc, const struct sim_instant *in, int32_t u[SIM_PHASES],
                     int32_t i[SIM_PHASES]);

#endif
