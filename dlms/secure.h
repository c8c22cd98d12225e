/* Ciphering and high level security in the server: what associate.c and association_ln.c need of
 * secure.c. Internal. */
#ifndef DLMS_SECURE_H
#define DLMS_SECURE_H

#include "dlms/service.h"

/* The association may be ciphered, or its client proven, on this link. */
bool dlms_can_secure(const struct dlms_link *link, const struct dlms_association *association);

/* Counts a failed proof and tells the owner. */
void dlms_proof_failed(const struct dlms_exchange *exchange,
                       const struct dlms_association *association, enum dlms_event event);

/* How the answer to a request with this cover is protected: no less than the request, and as the policy
 * asks. */
struct dlms_cover dlms_answer_cover(const struct dlms_security *security,
                                    const struct dlms_cover *request);

/* The policy bits that a request with this cover meets. */
uint8_t dlms_protection_of(const struct dlms_cover *cover);

/* ---- The handshake ---- */

/* Begins one for the session: keeps the client's challenge and makes the server's. False: the random
 * numbers failed. */
bool dlms_handshake_start(struct dlms_exchange *exchange, const struct dlms_session *session,
                          struct dlms_span client_challenge);

/* The proof of the client: right, it opens the association and the server's own is in answer; wrong, it
 * ends the association. */
enum dlms_result dlms_handshake_finish(struct dlms_exchange *exchange, struct dlms_span proof,
                                       uint8_t answer[DLMS_HLS_ANSWER_MAX], size_t *length);

#endif
