/* CRC-32 of IEEE 802.3 (reflected, polynomial EDB88320, start and final xor FFFFFFFF).
 * Check value: wh_crc32(0, "123456789", 9) == 0xCBF43926.
 */
#ifndef WH_COMMON_CRC32_H
#define WH_COMMON_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Continues a CRC: pass 0 first, then the previous result. data is borrowed for the call. */
uint32_t wh_crc32(uint32_t crc, const void *data, size_t length);

#endif
