/* Big-endian integers, byte by byte: no alignment or endianness assumptions. Internal. */
#ifndef DLMS_BYTES_H
#define DLMS_BYTES_H

#include <stdint.h>

static inline void dlms_store_u16(uint8_t *p, uint16_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static inline uint16_t dlms_load_u16(const uint8_t *p)
{
    return (uint16_t)((unsigned)p[0] << 8 | p[1]);
}

/* The width ≤ 8 bytes at p as an unsigned integer. */
static inline uint64_t dlms_load(const uint8_t *p, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++) {
        value = value << 8 | p[i];
    }
    return value;
}

#endif
