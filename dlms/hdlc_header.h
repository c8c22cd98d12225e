/* The header of a frame, format field to HCS, parsed from what has come of it so far; and
 * what the stations ask of a frame. Internal. */
#ifndef DLMS_HDLC_HEADER_H
#define DLMS_HDLC_HEADER_H

#include "dlms/hdlc_frame.h"

struct dlms_hdlc_header {
    struct dlms_hdlc_frame frame; /* information.length is set, information.data is not */
    size_t length;                /* of the header */
    size_t frame_length;          /* between the flags */
};

/* data is what follows the opening flag. DLMS_ERR_MORE: good so far. DLMS_ERR_FORMAT: no frame can
 * begin like this. DLMS_OK: the header is there and well-formed; its HCS is not judged. */
enum dlms_err dlms_hdlc_header_parse(const uint8_t *data, size_t length,
                                     struct dlms_hdlc_header *header);

/* The information was longer than the receiver's buffer, and is not there. */
static inline bool dlms_hdlc_is_cut(const struct dlms_hdlc_frame *frame)
{
    return frame->information.length > 0 && frame->information.data == NULL;
}

#endif
