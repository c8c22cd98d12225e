/* The identification of the legally relevant software. The checksum comes from the build: SHA-256
 * over the sources, so it is the same for every target and changes with every change. */
#include "legal/interface.h"
#include "legal/version.h"
#include "legal_checksum.h"

struct wh_software_id wh_legal_software_id(void)
{
    const struct wh_software_id id = {
        .version = WH_LEGAL_VERSION,
        .checksum_hex = WH_LEGAL_CHECKSUM_HEX,
        .checksum_32 = WH_LEGAL_CHECKSUM_32,
    };
    return id;
}
