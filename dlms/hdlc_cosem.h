/* The HDLC station in front of the COSEM server: what server.h and hdlc_server.h have to do with each
 * other.
 */
#ifndef DLMS_HDLC_COSEM_H
#define DLMS_HDLC_COSEM_H

#include "dlms/hdlc_server.h"
#include "dlms/server.h"

/* Hands APDUs to a struct dlms_link, the context of the settings. Only logical devices of its server may
 * be connected to; an association ends with its data link. An APDU in an UI frame is carried out and
 * its answer, if it has one, dropped. */
extern const struct dlms_hdlc_handler dlms_hdlc_link_handler;

#endif
