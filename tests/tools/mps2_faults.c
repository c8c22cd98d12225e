/* An image that faults must not look like one that passed: each FAULT ends in the fault line and
 * exit code 70 (cortex-m4.cmake expects both). Returning 0 here means that the fault went
 * unnoticed. */
#include <stdint.h>

enum { FAULT_NULL_WRITE = 1, FAULT_DIVISION = 2, FAULT_CONSTANT_WRITE = 3 };

/* Not volatile: gcc would put it into .data. */
static const uint32_t constant = 7;
static volatile uint32_t sink = 0;

int main(void)
{
    switch (FAULT) {
    case FAULT_NULL_WRITE: {
        volatile uint32_t *volatile null = 0;
        *null = 1;
        break;
    }
    case FAULT_DIVISION:
        sink = constant / sink;
        break;
    case FAULT_CONSTANT_WRITE:
        *(volatile uint32_t *)(uintptr_t)&constant = 8;
        break;
    default:
        break;
    }
    return 0;
}
