/* Plain measurements in double precision, nothing shared with what they measure. */
#include "measure.h"

#include <math.h>

struct measured measure(const struct sim_source *source, size_t count)
{
    struct measured sums = {0};
    for (size_t n = 0; n < count; n++) {
        struct sim_instant at;
        source->pull(source->context, &at, 1);
        for (int phase = 0; phase < SIM_PHASES; phase++) {
            sums.u_v[phase] += at.u_v[phase] * at.u_v[phase];
            sums.i_a[phase] += at.i_a[phase] * at.i_a[phase];
            sums.p_w[phase] += at.u_v[phase] * at.i_a[phase];
        }
    }
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        sums.u_v[phase] = sqrt(sums.u_v[phase] / (double)count);
        sums.i_a[phase] = sqrt(sums.i_a[phase] / (double)count);
        sums.p_w[phase] /= (double)count;
    }
    return sums;
}

void play(const struct sim_source *source, size_t count)
{
    struct sim_instant ignored[256];
    while (count > 0) {
        const size_t portion = count < 256 ? count : 256;
        source->pull(source->context, ignored, portion);
        count -= portion;
    }
}

double complex phasor(const double *x, size_t stride, size_t count, unsigned cycles, unsigned order)
{
    double complex sum = 0;
    for (size_t n = 0; n < count; n++) {
        sum += x[n * stride] * cexp(-2 * M_PI * I * cycles * order * (double)n / (double)count);
    }
    /* A sine of rms 1 and angle 0 gives √2·count/2·(-i) before, and 1 after. */
    return sum * I * sqrt(2) / (double)count;
}

double frequency_hz(const struct sim_source *source, size_t count, int phase, double sample_rate_hz)
{
    double previous = 0;
    double first = -1;
    double last = -1;
    unsigned cycles = 0;
    for (size_t n = 0; n < count; n++) {
        struct sim_instant at;
        source->pull(source->context, &at, 1);
        const double u = at.u_v[phase];
        if (n > 0 && previous < 0 && u >= 0) {
            last = (double)n - u / (u - previous);
            cycles += first >= 0;
            first = first >= 0 ? first : last;
        }
        previous = u;
    }
    return cycles > 0 ? cycles * sample_rate_hz / (last - first) : 0;
}
