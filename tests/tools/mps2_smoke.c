/* The smallest image: the core's code gives the host's result on the emulated core, data and bss
 * are set up, main's result becomes QEMU's exit code. */
#include "common/crc32.h"

#include <inttypes.h>
#include <stdio.h>

static volatile uint32_t initialised = 0x12345678u;
static volatile uint32_t zeroed[4];

static int check(const char *what, uint32_t value, uint32_t expected)
{
    printf("%s: %08" PRIx32 ", expected %08" PRIx32 "\n", what, value, expected);
    return value != expected;
}

int main(void)
{
    int failures = check("data", initialised, 0x12345678u);
    failures += check("bss", zeroed[0] | zeroed[3], 0);
    failures += check("crc32 of \"123456789\"", wh_crc32(0, "123456789", 9), 0xcbf43926u);
    return failures > 0;
}
