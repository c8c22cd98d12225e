/* The instruction counter is exact: loops of known length are counted to the instruction, and a
 * second run counts the same. */
#include "ports/mps2/instructions.h"

#include <inttypes.h>
#include <stdio.h>

/* Two instructions a turn; what stands around the loop drops out of the difference of two runs. */
static void known_loop(void *context)
{
    uint32_t turns = *(const uint32_t *)context;
    __asm__ volatile("1: subs %0, #1\n bne 1b" : "+r"(turns) : : "cc");
}

static void nothing(void *context)
{
    (void)context;
}

int main(void)
{
    int failures = wh_mps2_instructions(nothing, NULL) != 0;
    uint32_t turns = 1;
    const uint32_t base = wh_mps2_instructions(known_loop, &turns);
    for (turns = 2; turns < 10000000; turns = turns * 5 / 2) {
        const uint32_t counted = wh_mps2_instructions(known_loop, &turns) - base;
        const uint32_t expected = 2u * (turns - 1u);
        printf("%" PRIu32 " counted, %" PRIu32 " expected\n", counted, expected);
        failures += counted != expected;
    }
    return failures > 0;
}
