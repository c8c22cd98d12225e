/* The linker tells where the program's text lies. Invariant: from the first byte of the executable to the end of its code
 * everything is mapped and never written. */
#include "ports/linux/program_image.h"
#include <stdint.h>

/* Names of the GNU linkers (end(3)). */
extern const char
    __executable_start[]; /* NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
extern const char etext[];

const void *program_image(size_t *size)
{
    *size = (size_t)((uintptr_t)etext - (uintptr_t)__executable_start);
    return __executable_start;
}
