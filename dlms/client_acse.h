/* The client's half of opening an association, 5-3: AARQ and InitiateRequest are written, AARE and
 * InitiateResponse parsed. What they mean is judged in client.c.
 */
#ifndef DLMS_CLIENT_ACSE_H
#define DLMS_CLIENT_ACSE_H

#include <stdbool.h>
#include <stdint.h>

#include "dlms/acse.h"
#include "dlms/initiate.h"

/* An AARQ with logical name referencing. What is absent is left out. */
struct dlms_client_aarq {
    bool is_ciphered;                  /* application context: APDUs may be protected */
    struct dlms_span title;            /* calling-AP-title: the client's system title */
    enum dlms_mechanism mechanism;     /* NONE: no authentication fields at all */
    struct dlms_span authentication;   /* calling-authentication-value: password or challenge */
    struct dlms_span user_information; /* InitiateRequest, perhaps protected */
};

void dlms_client_aarq_write(const struct dlms_client_aarq *aarq, struct dlms_writer *out);

/* The fields of an AARE that matter; absent ones have data NULL. They point into the APDU. */
struct dlms_client_aare {
    uint8_t result; /* enum dlms_associate_result */
    uint8_t source; /* enum dlms_diagnostic_source; 0: not said */
    uint8_t diagnostic;
    struct dlms_span context_name;     /* OBJECT IDENTIFIER contents */
    struct dlms_span title;            /* responding-AP-title */
    struct dlms_span authentication;   /* responding-authentication-value: a challenge */
    struct dlms_span user_information; /* InitiateResponse or ConfirmedServiceError */
};

/* DLMS_ERR_FORMAT: no AARE, a length that does not fit, a field twice or with other contents than DLMS
 * gives it, or no result. Fields not listed above are passed over. */
enum dlms_err dlms_client_aare_parse(struct dlms_span apdu, struct dlms_client_aare *aare);

/* InitiateRequest: with the dedicated key, unless it is empty; response allowed, no quality of service. */
void dlms_client_initiate_write(uint32_t conformance, uint16_t max_receive_pdu,
                                struct dlms_span dedicated_key, struct dlms_writer *out);

struct dlms_client_initiate {
    bool is_error;         /* a ConfirmedServiceError came instead: only the next three count */
    uint8_t error_service; /* 1 initiateError */
    uint8_t error_class;   /* 6 initiate */
    uint8_t error_value;   /* enum dlms_initiate_error in class 6 */
    uint8_t version;
    uint32_t conformance;     /* agreed on */
    uint16_t max_receive_pdu; /* of the server; 0 for no limit */
    uint16_t vaa_name;        /* 7: logical names */
};

/* DLMS_ERR_FORMAT: neither of the two, or octets missing or left over. */
enum dlms_err dlms_client_initiate_parse(struct dlms_span apdu,
                                         struct dlms_client_initiate *initiate);

#endif
