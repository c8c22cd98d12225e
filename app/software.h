/* Identification of the application: the software of the meter that is not legally relevant, and can
 * be replaced (docs/firmware.md). The legally relevant part has its own: wh_legal_software_id.
 */
#ifndef WH_APP_SOFTWARE_H
#define WH_APP_SOFTWARE_H

#include <stdint.h>

enum {
    WH_SOFTWARE_NUMBER = 8382001, /* of this program: an image with another is another program's */
    WH_SOFTWARE_REVISION = 1,     /* grows with every release */
    WH_SOFTWARE_DIGEST = 32,      /* octets of a SHA-256 */
};

struct wh_software {
    uint32_t number;
    uint32_t revision;
    uint8_t digest[WH_SOFTWARE_DIGEST]; /* of the image it came with; zeros: as delivered */
};

#endif
