/* ACSE, the association control APDUs of 5-3 (ISO/IEC 8650-1 in BER): AARQ, AARE, RLRQ, RLRE.
 *
 * Parsers judge form only; what a value is worth is decided by the server (associate.c).
 */
#ifndef DLMS_ACSE_H
#define DLMS_ACSE_H

#include <stdbool.h>
#include <stdint.h>

#include "dlms/axdr.h"
#include "dlms/types.h"

enum {
    DLMS_TAG_AARQ = 0x60,
    DLMS_TAG_AARE = 0x61,
    DLMS_TAG_RLRQ = 0x62,
    DLMS_TAG_RLRE = 0x63,
};

/* application-context-name, its last octet: logical names without and with ciphering. */
enum { DLMS_CONTEXT_LN = 1, DLMS_CONTEXT_LN_CIPHERED = 3 };

/* Result of an AARE. */
enum dlms_associate_result {
    DLMS_ASSOCIATE_ACCEPTED = 0,
    DLMS_ASSOCIATE_REJECTED_PERMANENT = 1,
    DLMS_ASSOCIATE_REJECTED_TRANSIENT = 2,
};

/* Who gives the diagnostic: the tag of the CHOICE in result-source-diagnostic. */
enum dlms_diagnostic_source {
    DLMS_SOURCE_USER = 0xA1,
    DLMS_SOURCE_PROVIDER = 0xA2,
};

/* acse-service-user diagnostics; of the provider's only "no common ACSE version". */
enum dlms_diagnostic {
    DLMS_DIAGNOSTIC_NULL = 0,
    DLMS_DIAGNOSTIC_NO_REASON = 1,
    DLMS_DIAGNOSTIC_CONTEXT_NOT_SUPPORTED = 2,
    DLMS_DIAGNOSTIC_CALLING_TITLE = 3, /* calling AP title not recognised */
    DLMS_DIAGNOSTIC_CALLING_USER = 6,  /* calling AE invocation id not recognised */
    DLMS_DIAGNOSTIC_MECHANISM_NOT_RECOGNISED = 11,
    DLMS_DIAGNOSTIC_MECHANISM_REQUIRED = 12,
    DLMS_DIAGNOSTIC_AUTHENTICATION_FAILURE = 13,
    DLMS_DIAGNOSTIC_AUTHENTICATION_REQUIRED = 14,
    DLMS_PROVIDER_DIAGNOSTIC_NO_COMMON_VERSION = 2,
};

/* The fields of an AARQ that matter to a server, in the APDU parsed; data is NULL for a field that was
 * not there. */
struct dlms_aarq {
    struct dlms_span protocol_version; /* BIT STRING: unused bits, bits */
    struct dlms_span context_name;     /* OBJECT IDENTIFIER contents */
    struct dlms_span calling_title;    /* OCTET STRING: the client's system title */
    struct dlms_span calling_user;     /* INTEGER: the client user */
    struct dlms_span requirements;     /* BIT STRING */
    struct dlms_span mechanism_name;   /* OBJECT IDENTIFIER contents */
    struct dlms_span authentication;   /* GraphicString: password or challenge */
    struct dlms_span user_information; /* the InitiateRequest, maybe ciphered */
};

/* Parses an AARQ from its tag on. Fields may come in any order; those not listed above (titles,
 * qualifiers, invocation identifiers) are passed over. DLMS_ERR_FORMAT: a length does not fit, a
 * field comes twice, or an inner tag is not the one DLMS uses. */
enum dlms_err dlms_aarq_parse(struct dlms_span apdu, struct dlms_aarq *aarq);

struct dlms_aare {
    struct dlms_span protocol_version; /* echoed when the AARQ carried it, else absent */
    enum dlms_associate_result result;
    enum dlms_diagnostic_source source;
    uint8_t diagnostic;                /* enum dlms_diagnostic */
    uint8_t context;                   /* last octet of the application context */
    struct dlms_span responding_title; /* the server's system title, or absent */
    uint8_t mechanism;                 /* of high level security; 0: not told */
    struct dlms_span challenge;        /* of the server; with a mechanism */
    struct dlms_span user_information; /* InitiateResponse or ConfirmedServiceError; up to 120 */
};

void dlms_aare_write(const struct dlms_aare *aare, struct dlms_writer *out);

/* An RLRQ is well-formed; gives its user-information, data NULL if there is none. */
bool dlms_rlrq_parse(struct dlms_span apdu, struct dlms_span *user_information);

/* Reasons of an RLRE. */
enum { DLMS_RELEASE_NORMAL = 0, DLMS_RELEASE_NOT_FINISHED = 1 };

/* Writes the RLRE. user_information of up to 120 octets, or absent. */
void dlms_rlre_write(uint8_t reason, struct dlms_span user_information, struct dlms_writer *out);

/* The last octet of a DLMS object identifier 2.16.756.5.8.arc.n – arc 1 application contexts, arc 2
 * mechanisms – or -1 when the name is anything else. */
int dlms_object_identifier(struct dlms_span name, uint8_t arc);

#endif
