/* What the analogue-to-digital converters hand over, 4096 times a second.
 *
 * The rate is a power of two of a watch crystal's 32768 Hz, and 81.92 samples make a cycle of 50
 * Hz: no multiple of the mains locks to the sampling.
 */
#ifndef WH_METROLOGY_SAMPLES_H
#define WH_METROLOGY_SAMPLES_H

#include <stdint.h>

enum {
    WH_PHASES = 3,
    WH_SAMPLE_RATE_HZ = 4096,
    WH_SAMPLE_RATE_BITS = 12,
    WH_ADC_BITS = 23, /* full scale is code 2^23; codes are signed, 24 bits */
};

/* One sample of every channel, taken at the same instant. */
struct wh_sample_set {
    int32_t u[WH_PHASES]; /* voltage to neutral, codes */
    int32_t i[WH_PHASES]; /* current, positive when it flows into the installation, codes */
};

#endif
