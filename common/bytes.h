/* Integers in memory images and frames, byte by byte: no alignment or endianness assumptions. */
#ifndef WH_COMMON_BYTES_H
#define WH_COMMON_BYTES_H

#include <stdint.h>

static inline void wh_put_u16le(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static inline void wh_put_u32le(uint8_t *p, uint32_t v)
{
    wh_put_u16le(p, (uint16_t)v);
    wh_put_u16le(p + 2, (uint16_t)(v >> 16));
}

static inline void wh_put_u64le(uint8_t *p, uint64_t v)
{
    wh_put_u32le(p, (uint32_t)v);
    wh_put_u32le(p + 4, (uint32_t)(v >> 32));
}

static inline uint16_t wh_get_u16le(const uint8_t *p)
{
    return (uint16_t)(p[0] | (unsigned)p[1] << 8);
}

static inline uint32_t wh_get_u32le(const uint8_t *p)
{
    return wh_get_u16le(p) | (uint32_t)wh_get_u16le(p + 2) << 16;
}

static inline uint64_t wh_get_u64le(const uint8_t *p)
{
    return wh_get_u32le(p) | (uint64_t)wh_get_u32le(p + 4) << 32;
}

#endif
