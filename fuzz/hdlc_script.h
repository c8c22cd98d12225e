/* A fuzzed dialogue: the input is a row of steps, each a frame that is well-formed on the line (or
 * raw octets), so that the fuzzer reaches the stations behind the check sequences.
 *
 *     control | bits: 0 segmented, 1 raw octets, 2 time passes, 3-4 who | length | octets */
#ifndef FUZZ_HDLC_SCRIPT_H
#define FUZZ_HDLC_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hdlc_step {
    uint8_t control;
    bool segmented;
    bool is_raw;
    bool time_passes;
    uint8_t who; /* 0 … 3 */
    const uint8_t *octets;
    size_t length;
};

/* The next step of what is left. False: none. */
static inline bool hdlc_next_step(const uint8_t **data, size_t *size, struct hdlc_step *step)
{
    if (*size < 3) {
        return false;
    }
    const uint8_t bits = (*data)[1];
    *step = (struct hdlc_step){(*data)[0],    (bits & 1) != 0, (bits & 2) != 0,   (bits & 4) != 0,
                               bits >> 3 & 3, *data + 3,       (size_t)(*data)[2]};
    *data += 3;
    *size -= 3;
    if (step->length > *size) {
        step->length = *size;
    }
    *data += step->length;
    *size -= step->length;
    return true;
}

#endif
