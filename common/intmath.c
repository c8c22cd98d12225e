/* Exact integer arithmetic. Invariant: no operation here loses a bit that its header promises to
 * keep, and none depends on the width of int or on implementation-defined shifts of negative
 * numbers. */
#include "common/intmath.h"

struct product {
    uint64_t high;
    uint64_t low;
};

static struct product multiply(uint64_t a, uint64_t b)
{
    const uint64_t a_low = (uint32_t)a;
    const uint64_t a_high = a >> 32;
    const uint64_t b_low = (uint32_t)b;
    const uint64_t b_high = b >> 32;
    const uint64_t low = a_low * b_low;
    const uint64_t middle = a_high * b_low + (low >> 32);
    const uint64_t cross = a_low * b_high + (uint32_t)middle;
    const struct product result = {
        a_high * b_high + (middle >> 32) + (cross >> 32),
        (cross << 32) | (uint32_t)low,
    };
    return result;
}

static struct product negate(struct product p)
{
    p.low = ~p.low + 1;
    p.high = ~p.high + (p.low == 0);
    return p;
}

int64_t wh_scale(int64_t value, uint64_t factor, unsigned shift, uint64_t *remainder)
{
    const uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    struct product p = multiply(magnitude, factor);
    if (value < 0) {
        p = negate(p);
    }
    p.low += *remainder;
    p.high += p.low < *remainder;
    *remainder = p.low & (((uint64_t)1 << shift) - 1);
    /* Two's complement makes the bit pattern of the quotient the floor of the signed division. */
    return (int64_t)((p.low >> shift) | (p.high << (64 - shift)));
}

int64_t wh_scale_round(int64_t value, uint64_t factor, unsigned shift)
{
    uint64_t half = (uint64_t)1 << (shift - 1);
    return wh_scale(value, factor, shift, &half);
}

uint32_t wh_sqrt(uint64_t value)
{
    uint64_t root = 0;
    for (uint64_t bit = (uint64_t)1 << 62; bit != 0; bit >>= 2) {
        const uint64_t trial = root + bit;
        root >>= 1;
        if (value >= trial) {
            value -= trial;
            root += bit;
        }
    }
    return (uint32_t)root;
}

/* atan(2^-k) in turns of 2^32. */
static const uint32_t cordic_angle[] = {
    0x20000000, 0x12e4051e, 0x09fb385b, 0x051111d4, 0x028b0d43, 0x0145d7e1, 0x00a2f61e,
    0x00517c55, 0x0028be53, 0x00145f2f, 0x000a2f98, 0x000517cc, 0x00028be6, 0x000145f3,
    0x0000a2fa, 0x0000517d, 0x000028be, 0x0000145f, 0x00000a30, 0x00000518, 0x0000028c,
    0x00000146, 0x000000a3, 0x00000051, 0x00000029, 0x00000014,
};

/* Brings both into about 2^57 … 2^60, so that the steps below neither overflow nor lose angle. */
static void normalise(int64_t *x, int64_t *y)
{
    const int64_t limit = (int64_t)1 << 60;
    while (*x > limit || *y > limit || *y < -limit) {
        *x /= 2;
        *y /= 2;
    }
    const int64_t low = (int64_t)1 << 57;
    while (*x < low && *y<low && * y> - low) {
        *x *= 2;
        *y *= 2;
    }
}

uint32_t wh_atan2(int64_t y, int64_t x)
{
    if (x == 0 && y == 0) {
        return 0;
    }
    uint32_t angle = 0;
    if (x < 0) { /* turn by half a turn into the right half plane */
        x = x == INT64_MIN ? INT64_MAX : -x;
        y = y == INT64_MIN ? INT64_MAX : -y;
        angle = 0x80000000u;
    }
    normalise(&x, &y);
    for (unsigned k = 0; k < sizeof cordic_angle / sizeof cordic_angle[0]; k++) {
        const int64_t power = (int64_t)1 << k;
        const int64_t dx = y / power;
        const int64_t dy = x / power;
        if (y > 0) {
            x += dx;
            y -= dy;
            angle += cordic_angle[k];
        } else {
            x -= dx;
            y += dy;
            angle -= cordic_angle[k];
        }
    }
    return angle;
}

int64_t wh_div_round(int64_t value, int64_t divisor)
{
    const int64_t half = divisor / 2;
    return value >= 0 ? (value + half) / divisor : -((-value + half) / divisor);
}
