/* State of the image transfer as it is stored: one record holds all of it, so that a change is
 * atomic.
 */
#ifndef WH_APP_IMAGE_RECORD_H
#define WH_APP_IMAGE_RECORD_H

#include "app/software.h"
#include "common/err.h"

/* image_transfer_status of 6-2, class 18. */
enum wh_image_status {
    WH_IMAGE_NOT_INITIATED,
    WH_IMAGE_INITIATED,
    WH_IMAGE_VERIFYING, /* never stored: a power cut ends it */
    WH_IMAGE_VERIFIED,
    WH_IMAGE_REFUSED,
    WH_IMAGE_ACTIVATING, /* stored: the boot loader has it */
    WH_IMAGE_ACTIVATED,
    WH_IMAGE_NOT_ACTIVATED,
    WH_IMAGE_STATUSES,
};

enum { WH_IMAGE_NAME = 32, WH_IMAGE_RECORD_SIZE = 96 };

struct wh_image_record {
    enum wh_image_status status;
    uint8_t name_length; /* octets of the identification that the client gave */
    uint8_t name[WH_IMAGE_NAME];
    uint32_t transfer;           /* number of the newest one */
    uint32_t size;               /* octets of its image, header included; 0: none */
    struct wh_software software; /* of the image, from WH_IMAGE_VERIFIED on; else zeros */
    uint32_t activate_at_s;      /* UTC; 0: not by itself */
};

void wh_image_record_encode(const struct wh_image_record *record,
                            uint8_t stored[WH_IMAGE_RECORD_SIZE]);

/* WH_ERR_CORRUPT for anything that encoding cannot have made; then *record is unchanged. */
enum wh_err wh_image_record_decode(struct wh_image_record *record,
                                   const uint8_t stored[WH_IMAGE_RECORD_SIZE]);

#endif
