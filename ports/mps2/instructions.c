/* The instruction counter over CMSDK timer 0. Invariant: what the measuring itself costs is
 * measured each time with an empty function and taken away, so no number here depends on the
 * compiler. */
#include "ports/mps2/instructions.h"

#include <stddef.h>

struct timer {
    uint32_t control;
    uint32_t value; /* counts down */
    uint32_t reload;
};

static volatile struct timer *const timer0 = (volatile struct timer *)0x40000000;

static void empty(void *context)
{
    (void)context;
}

/* noipa, so that the empty call and the real one pass through the same instructions. */
__attribute__((noipa)) static uint32_t ticks(void (*work)(void *), void *context)
{
    const uint32_t start = timer0->value;
    work(context);
    return start - timer0->value;
}

uint32_t wh_mps2_instructions(void (*work)(void *context), void *context)
{
    timer0->reload = UINT32_MAX;
    timer0->value = UINT32_MAX;
    timer0->control = 1u;
    const uint32_t overhead = ticks(empty, NULL);
    const uint64_t net = ticks(work, context) - overhead;
    return (uint32_t)((net * 40u + 128u) / 256u);
}
