/* What SNRM and UA agree on (46, ISO/IEC 13239): the longest information field and the window, for
 * each direction.
 *
 *     81 80 LL { 05 length transmit | 06 length receive | 07 window transmit | 08 window receive }
 *
 * "Transmit" and "receive" are those of the station that sends the frame.
 */
#ifndef DLMS_HDLC_PARAMETERS_H
#define DLMS_HDLC_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dlms/types.h"

enum {
    DLMS_HDLC_DEFAULT_INFORMATION = 128,
    DLMS_HDLC_MIN_INFORMATION = 32,
    DLMS_HDLC_MAX_WINDOW = 7,
    DLMS_HDLC_PARAMETERS_SIZE = 23, /* the longest information field that is written */
};

struct dlms_hdlc_parameters {
    uint16_t transmit_size; /* octets of information in a frame, 32 … 2030 */
    uint16_t receive_size;
    uint8_t transmit_window; /* I frames in a row without acknowledgement, 1 … 7 */
    uint8_t receive_window;
    bool wide; /* lengths are written in two octets even where one would do */
};

/* 128 and 1, both ways. */
struct dlms_hdlc_parameters dlms_hdlc_parameters_default(void);

/* Parses the information field of SNRM or UA; what it does not say, and an absent field, is the
 * default. Values of 1 … 4 octets are understood, unknown parameters and what follows the group
 * (user data) passed over; values above the range count as its end, since "at most" then holds.
 * DLMS_ERR_FORMAT, *parameters the default: not the form above, or a value below the range.
 * wide tells whether a length came in more than one octet. */
enum dlms_err dlms_hdlc_parameters_parse(struct dlms_span information,
                                         struct dlms_hdlc_parameters *parameters);

/* Writes the information field: lengths in one octet, or two when they need it or wide asks for it;
 * windows in four. Returns its length. */
size_t dlms_hdlc_parameters_write(const struct dlms_hdlc_parameters *parameters,
                                  uint8_t information[DLMS_HDLC_PARAMETERS_SIZE]);

/* What this station may do, given what it can and what the other said: the smaller of its transmit
 * and the other's receive, and the reverse. wide is the other's. */
struct dlms_hdlc_parameters dlms_hdlc_parameters_agree(const struct dlms_hdlc_parameters *own,
                                                       const struct dlms_hdlc_parameters *other);

#endif
