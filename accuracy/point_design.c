/* Measuring times and design limits. The design limits are the figures that the project asks of its
 * meters (issue 3, "Figures to reach"); no standard has them. */
#include <math.h>

#include "accuracy/point_list.h"

enum {
    LEAST_SECONDS = 10, /* whole windows: 500 or 600 cycles */
    MOST_SECONDS = 300,
    MOST_QUICK_SECONDS = 20,
    SAMPLES_PER_SECOND = 4096,
};

static int ones(unsigned mask)
{
    return (int)(mask & 1) + (int)(mask >> 1 & 1) + (int)(mask >> 2 & 1);
}

/* Noise of the current, multiplied with the voltage, averages as 1/sqrt(samples):
 * sigma(E)/E = noise / (I · factor) / sqrt(4096 · T · elements). */
double acc_seconds_for(const struct acc_rating *rating, const struct acc_load *load, bool quick)
{
    const double sigma = 0.0001; /* of the energy */
    const double loaded = ones(load->loaded & rating->elements);
    const double noise = rating->noise_a / (load->i_a * acc_factor(load->factor)->value);
    const double seconds = noise * noise / (sigma * sigma * SAMPLES_PER_SECOND * loaded);
    return fmin(fmax(ceil(seconds), LEAST_SECONDS), quick ? MOST_QUICK_SECONDS : MOST_SECONDS);
}

double acc_design_load_pct(const struct acc_rating *rating, const struct acc_load *load)
{
    if (rating->ideal) {
        return 0.005;
    }
    if (acc_factor(load->factor)->quantity == ACC_REACTIVE) {
        return 0;
    }
    const double starting_a = 0.009 * rating->ib_a; /* below 50 mA a 382 is only to start */
    if (rating->direct) {
        return load->i_a < starting_a ? 5 : 0.1;
    }
    return load->i_a < 0.0199 ? 0.1 : 0.05;
}

/* Voltage, frequency: a fifth of class B. */
double acc_design_influence_pct(const struct acc_rating *rating, enum acc_influence influence,
                                enum acc_factor factor)
{
    static const double figures[ACC_INFLUENCES][2] = {
        [ACC_VOLTAGE] = {0.7 / 5, 1.0 / 5},
        [ACC_VOLTAGE_EXTENDED] = {0.7 / 5, 1.0 / 5},
        [ACC_FREQUENCY] = {0.5 / 5, 0.7 / 5},
        [ACC_TEMPERATURE] = {0.003, 0.003},
        [ACC_HARMONICS] = {0.05, 0.05},
        [ACC_DC] = {0.05, 0.05},
        [ACC_ODD] = {0.05, 0.05},
        [ACC_SUB] = {0.05, 0.05},
        [ACC_FAST_CHANGES] = {0.05, 0.05},
    };
    const bool unity = acc_factor(factor)->value == 1.0;
    if (acc_factor(factor)->quantity == ACC_REACTIVE) {
        return influence == ACC_FREQUENCY && rating->ideal ? 0.01 : 0;
    }
    return figures[influence][unity ? 0 : 1];
}
