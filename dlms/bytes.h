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

static inline void dlms_store_u32(uint8_t *p, uint32_t value)
{
    dlms_store_u16(p, (uint16_t)(value >> 16));
    dlms_store_u16(p + 2, (uint16_t)value);
}

static inline uint32_t dlms_load_u32(const uint8_t *p)
{
    return (uint32_t)dlms_load_u16(p) << 16 | dlms_load_u16(p + 2);
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
