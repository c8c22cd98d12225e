/* Lines of hex as people write and tools log them:
 *
 *     7EA0210002002303934FA07E            7E A0 21 00      0x7E, 0xA0
 *     -> 7EA007…   > …   → …   TX: …      to the meter
 *     <- 7EA007…   < …   ← …   RX: …      from the meter
 *     # comment
 */
#ifndef DECODE_HEXLINE_H
#define DECODE_HEXLINE_H

#include <stddef.h>

#include "decode/session.h"

struct decode_hexline {
    enum decode_direction direction; /* UNKNOWN: no mark */
    size_t length;                   /* bytes written */
    /* What was wrong, NULL for nothing; then nothing of the line counts. */
    const char *error;
    size_t column; /* 1 … of it, in bytes */
};

/* Reads one line of length characters, without its end. bytes has room for length / 2 + 1. */
void decode_hexline_read(const char *line, size_t length, uint8_t *bytes,
                         struct decode_hexline *result);

#endif
