/* The TCP/UDP wrapper of IEC 62056-47: eight octets in front of every APDU.
 *
 *     0001 | source wPort | destination wPort | length | APDU …
 *
 * A client's wPort is its client SAP, a server's is the SAP of the logical device. TCP keeps no
 * boundaries, so the receiver is fed bytes as they come and gives frames as they become complete.
 */
#ifndef DLMS_WRAPPER_H
#define DLMS_WRAPPER_H

#include <stddef.h>
#include <stdint.h>

#include "dlms/types.h"

enum {
    DLMS_WRAPPER_HEADER = 8,
    DLMS_WRAPPER_VERSION = 1,
    DLMS_WRAPPER_TCP_PORT = 4059, /* registered as dlms/cosem */
};

struct dlms_wrapper_frame {
    uint16_t source;
    uint16_t destination;
    struct dlms_span apdu; /* in the receiver's buffer; valid until the next feed */
};

struct dlms_wrapper {
    uint8_t *buffer; /* room for size octets of APDU, not owned */
    size_t size;
    size_t received; /* octets of the frame under way, header included */
    enum dlms_err failed;
    uint8_t header[DLMS_WRAPPER_HEADER];
};

/* A receiver that accepts APDUs of up to size octets into buffer. Also starts anew after an error
 * or on a new connection. */
void dlms_wrapper_init(struct dlms_wrapper *wrapper, uint8_t *buffer, size_t size);

/* Takes octets from data up to the end of one frame; *used tells how many.
 * DLMS_OK: *frame is complete; call again with what is left. DLMS_ERR_MORE: all was taken, no frame
 * is complete yet. DLMS_ERR_FORMAT: the version is not 1; DLMS_ERR_SPACE: the APDU would be longer
 * than the buffer. A stream cannot be trusted after either: every later call repeats the error, and
 * the connection is to be closed. */
enum dlms_err dlms_wrapper_feed(struct dlms_wrapper *wrapper, const uint8_t *data, size_t length,
                                size_t *used, struct dlms_wrapper_frame *frame);

/* Writes the header that goes in front of an APDU of length octets. */
void dlms_wrapper_header(uint8_t header[DLMS_WRAPPER_HEADER], uint16_t source, uint16_t destination,
                         uint16_t length);

#endif
