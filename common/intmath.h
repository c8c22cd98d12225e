/* Exact integer arithmetic of the metrology: what C's operators do not offer without overflow.
 *
 * Angles are turns in 32 bits: 0x40000000 is 90 degrees, and unsigned wrap-around is the arithmetic
 * of angles.
 */
#ifndef WH_COMMON_INTMATH_H
#define WH_COMMON_INTMATH_H

#include <stdint.h>

/* floor((value * factor + *remainder) / 2^shift), with the remainder of that division left in
 * *remainder for the next call: a sum of results never differs from the exact sum by a whole unit.
 * 0 < shift < 64, *remainder < 2^shift, and the result must fit 64 bits. */
int64_t wh_scale(int64_t value, uint64_t factor, unsigned shift, uint64_t *remainder);

/* The same rounded to nearest, for values that are shown and not summed. */
int64_t wh_scale_round(int64_t value, uint64_t factor, unsigned shift);

/* floor(sqrt(value)). */
uint32_t wh_sqrt(uint64_t value);

/* Angle of the vector (x, y) in turns of 2^32, within 2^-24 turn; 0 for the null vector. */
uint32_t wh_atan2(int64_t y, int64_t x);

/* Quotient rounded to nearest, halves away from zero. divisor > 0, |value| + divisor / 2 < 2^63. */
int64_t wh_div_round(int64_t value, int64_t divisor);

#endif
