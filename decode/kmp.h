/* KMP frames taken from the line. Internal. */
#ifndef DECODE_KMP_H
#define DECODE_KMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether a frame, start to stop byte, has right stuffing and a right CRC. */
bool decode_kmp_is_good(const uint8_t *data, size_t length);

#endif
