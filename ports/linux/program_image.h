/* The code and constants of the running program, for the meter's self-check (WELMEC 7.2 P5). */
#ifndef PORTS_LINUX_PROGRAM_IMAGE_H
#define PORTS_LINUX_PROGRAM_IMAGE_H

#include <stddef.h>

/* Where it begins in memory, and its length in bytes, page by page readable. */
const void *program_image(size_t *size);

#endif
