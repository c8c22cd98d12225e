/* Frames as hexadecimal text, for tests. */
#ifndef TEST_KMP_HEX_H
#define TEST_KMP_HEX_H

#include <stddef.h>
#include <stdint.h>

enum { HEX_SIZE = 1024 }; /* of bytes; texts have twice that and a NUL */

/* Bytes of hex (capitals; spaces are skipped); aborts if they are more than size. */
size_t hex_bytes(const char *hex, uint8_t *bytes, size_t size);

/* The text of bytes. */
const char *hex_text(const uint8_t *bytes, size_t length, char text[2 * HEX_SIZE + 1]);

#endif
