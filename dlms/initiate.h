/* xDLMS Initiate, 5-3: what both sides agree on when an association opens. It travels as
 * user-information of AARQ and AARE.
 */
#ifndef DLMS_INITIATE_H
#define DLMS_INITIATE_H

#include <stdbool.h>
#include <stdint.h>

#include "dlms/axdr.h"
#include "dlms/types.h"

enum { DLMS_VERSION = 6 }; /* the only version of xDLMS there is */

/* initiateError of a ConfirmedServiceError. */
enum dlms_initiate_error {
    DLMS_INITIATE_OTHER = 0,
    DLMS_INITIATE_VERSION_TOO_LOW = 1,
    DLMS_INITIATE_INCOMPATIBLE_CONFORMANCE = 2,
    DLMS_INITIATE_PDU_SIZE_TOO_SHORT = 3,
    DLMS_INITIATE_REFUSED = 4,
};

struct dlms_initiate_request {
    struct dlms_span dedicated_key; /* data NULL: none; not owned */
    bool response_allowed;          /* false: the client wants no AARE */
    bool has_quality_of_service;
    uint8_t quality_of_service;
    uint8_t version;
    uint32_t conformance;     /* proposed */
    uint16_t max_receive_pdu; /* of the client; 0 for no limit */
};

/* DLMS_ERR_FORMAT: not an InitiateRequest, or octets missing or left over. Accepts the conformance
 * tag in its BER form 5F 1F and in the form 5F that older clients send. */
enum dlms_err dlms_initiate_parse(struct dlms_span apdu, struct dlms_initiate_request *request);

/* InitiateResponse for logical names (VAA name 0007). The quality of service is echoed if there. */
void dlms_initiate_write(const struct dlms_initiate_request *request, uint32_t conformance,
                         uint16_t max_receive_pdu, struct dlms_writer *out);

/* ConfirmedServiceError that says why the Initiate was not even read: it could not be deciphered. */
void dlms_initiate_undecipherable_write(struct dlms_writer *out);

/* ConfirmedServiceError that refuses the Initiate. */
void dlms_initiate_error_write(enum dlms_initiate_error error, struct dlms_writer *out);

#endif
