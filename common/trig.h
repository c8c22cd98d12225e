/* Sine and cosine for the metrology: a table of 1024 intervals, interpolated on a straight line.
 *
 * Error below 5 parts in 10^6 of full scale; the fundamental of the interpolated wave has exactly
 * full scale (the table is higher by 3.1 ppm, what straight lines lose), so a correlation with it
 * has no gain error.
 */
#ifndef WH_COMMON_TRIG_H
#define WH_COMMON_TRIG_H

#include <stdint.h>

enum {
    WH_TRIG_TABLE_BITS = 10,
    WH_TRIG_Q = 23, /* 1.0 is 2^23 */
};

extern const int32_t wh_sine_table[(1 << WH_TRIG_TABLE_BITS) + 1];

/* Straight line inside the table's interval that the angle lies in. angle: turns of 2^32. */
static inline int32_t wh_sine(uint32_t angle)
{
    const uint32_t index = angle >> (32 - WH_TRIG_TABLE_BITS);
    const int32_t fraction = (int32_t)((angle >> 7) & 0x7fff);
    const int32_t from = wh_sine_table[index];
    /* The difference has 16 bits and the fraction 15; a negative one is shifted arithmetically by
     * every compiler we accept (checked in tests/common). */
    return from + (((wh_sine_table[index + 1] - from) * fraction) >> 15);
}

static inline int32_t wh_cosine(uint32_t angle)
{
    return wh_sine(angle + 0x40000000u);
}

#endif
