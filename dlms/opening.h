/* An association while it is being opened: what is known of it, and why it is refused. Internal. */
#ifndef DLMS_OPENING_H
#define DLMS_OPENING_H

#include "dlms/acse.h"
#include "dlms/initiate.h"
#include "dlms/service.h"

enum dlms_reason {
    DLMS_ACCEPTED,
    DLMS_ACCEPTED_SO_FAR, /* high level security: the proof is still to come */
    DLMS_MALFORMED,
    DLMS_NO_COMMON_VERSION,
    DLMS_CONTEXT_UNKNOWN,
    DLMS_CLIENT_UNKNOWN,
    DLMS_TITLE_UNKNOWN,
    DLMS_USER_UNKNOWN,
    DLMS_MECHANISM_MISSING,
    DLMS_MECHANISM_UNKNOWN,
    DLMS_AUTHENTICATION_MISSING,
    DLMS_PASSWORD_WRONG,
    DLMS_UNDECIPHERABLE,
    DLMS_INITIATE_MALFORMED,
    DLMS_VERSION_TOO_LOW,
    DLMS_CONFORMANCE_EMPTY,
    DLMS_PDU_TOO_SHORT,
    DLMS_BUSY,
    DLMS_LOCKED, /* too many failed before */
};

struct dlms_opening {
    struct dlms_exchange *exchange;
    const struct dlms_association *association; /* the row for this pair, or NULL */
    struct dlms_aarq aarq;
    struct dlms_initiate_request initiate;
    bool initiate_valid;
    uint8_t user; /* 1 + number of the client user; 0: none */
    /* A ciphered InitiateRequest. */
    struct dlms_cover cover; /* envelope NONE: it was not, or could not be deciphered */
    struct dlms_keys keys;   /* to be wiped */
};

/* Takes the user-information apart, deciphering it where the association is ciphered. */
void dlms_opening_read_initiate(struct dlms_opening *opening, struct dlms_span user_information);

/* The first reason there is to refuse, or ACCEPTED. */
enum dlms_reason dlms_opening_judge(struct dlms_opening *opening);

/* InitiateResponse, protected as the InitiateRequest was. False: it could not be protected. */
bool dlms_opening_write_response(const struct dlms_opening *opening, uint32_t conformance,
                                 struct dlms_writer *out);

#endif
