/* The parts of DLMS APDUs. Each shows the APDU at bytes, its tag included. Internal. */
#ifndef DECODE_APDU_H
#define DECODE_APDU_H

#include "decode/context.h"

/* "get-request", …; NULL for no tag of this protocol. */
const char *decode_apdu_text(uint8_t tag);

/* GET, SET, ACTION, ACCESS, exception, notifications: true when the tag is one of these. */
bool decode_service(struct decode_context *context, const uint8_t *bytes, size_t length);

/* AARQ, AARE, RLRQ, RLRE: true when the tag is one of these. */
bool decode_acse(struct decode_context *context, const uint8_t *bytes, size_t length);

/* InitiateRequest and -Response, ConfirmedServiceError: true when the tag is one of these. */
bool decode_initiate(struct decode_context *context, const uint8_t *bytes, size_t length);

/* An APDU in its protection: false when it has none. *plain is what was inside, in memory of the
 * tree, or absent when it could not be deciphered; the tree says why. */
bool decode_envelope(struct decode_context *context, const uint8_t *bytes, size_t length,
                     struct dlms_span *plain);

/* The same for general-signing; the signature is shown and not checked. */
bool decode_signed(struct decode_context *context, const uint8_t *bytes, size_t length,
                   struct dlms_span *plain);

/* The same for a block of general block transfer; *plain is the whole APDU once its last block is there. */
bool decode_general_block(struct decode_context *context, const uint8_t *bytes, size_t length,
                          struct dlms_span *plain);

#endif
