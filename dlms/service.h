/* What every service of the server is given, and the services. Internal.
 *
 * A service reads the rest of the request from body and writes the whole answer to reply, or
 * nothing if the client is to get no answer. */
#ifndef DLMS_SERVICE_H
#define DLMS_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "dlms/server.h"

struct dlms_exchange {
    struct dlms_link *link;
    const struct dlms_request *request;
    struct dlms_session *session; /* NULL for ACSE services while nothing is associated */
    struct dlms_reader body;      /* the request behind its tag */
    struct dlms_writer reply;     /* exactly the room an answer may take */
    uint8_t protection;           /* of the request: DLMS_POLICY_REQUEST_… bits */
    bool ends_session;            /* the association is over when the answer is made */
    bool is_long;                 /* room and request have nothing to do with the size of a PDU */
};

typedef void dlms_service(struct dlms_exchange *exchange);

dlms_service dlms_associate; /* AARQ: associate.c */
dlms_service dlms_release;   /* RLRQ */
dlms_service dlms_get;       /* get.c */
dlms_service dlms_set;       /* set.c */
dlms_service dlms_action;    /* action.c */
dlms_service dlms_access;    /* access.c */

/* One form of a service: the octet behind the tag. */
struct dlms_form {
    uint8_t choice;
    uint32_t conformance; /* all of these must have been agreed on */
    void (*serve)(struct dlms_exchange *exchange, uint8_t invoke_id);
};

/* Reads choice and invoke-id-and-priority and serves the form, or refuses. */
void dlms_dispatch_form(struct dlms_exchange *exchange, const struct dlms_form *forms,
                        size_t count);

/* exception-response, 5-3: state and service error. */
enum dlms_exception {
    DLMS_EXCEPTION_NOT_POSSIBLE = 0x0101,   /* service not allowed, operation not possible */
    DLMS_EXCEPTION_NOT_NEGOTIATED = 0x0102, /* service not allowed here, not supported */
    DLMS_EXCEPTION_MALFORMED = 0x0103,      /* service not allowed, other reason */
    DLMS_EXCEPTION_PDU_TOO_LONG = 0x0104,
    DLMS_EXCEPTION_DECIPHERING = 0x0105,
    DLMS_EXCEPTION_COUNTER = 0x0106, /* followed by the lowest number that is taken */
    DLMS_EXCEPTION_UNKNOWN = 0x0202, /* service unknown, not supported */
};

/* Takes back what was written and answers with an exception-response. */
void dlms_refuse(struct dlms_exchange *exchange, enum dlms_exception exception);

/* For SET and ACTION: the client waits for an answer, 5-3 service class. */
bool dlms_is_confirmed(const struct dlms_exchange *exchange, uint8_t invoke_id);

/* Serves a request that needs an association, its protection taken off and put into exchange. */
typedef void dlms_serve_plain(struct dlms_exchange *exchange);

/* Takes the protection off a ciphered request, has it served, and protects the answer: secure.c. */
void dlms_serve_ciphered(struct dlms_exchange *exchange, dlms_serve_plain *serve);

/* Serves a plain request of an association whose policy may want its answer protected. */
void dlms_serve_unciphered(struct dlms_exchange *exchange, dlms_serve_plain *serve);

/* The request is protected as the association's policy asks; tells the owner if it is not. */
bool dlms_meets_policy(const struct dlms_exchange *exchange);

/* Tells the owner. */
void dlms_tell(const struct dlms_exchange *exchange, const struct dlms_association *association,
               enum dlms_event event);

/* The part of the link's security that belongs to the session; link->security is not NULL. */
struct dlms_secured_session *dlms_secured(const struct dlms_link *link,
                                          const struct dlms_session *session);

/* Serves an exchange whose session has agreed on general block transfer; gives the length of the reply:
 * link_blocks.c. */
size_t dlms_serve_blocks(struct dlms_exchange *exchange, dlms_serve_plain *serve);

/* Ends the block stream of this session, leaving that of another alone. */
void dlms_blocks_cancel(struct dlms_link *link, const struct dlms_session *session);

/* What the association offers on this link. */
uint32_t dlms_offered(const struct dlms_link *link, const struct dlms_association *association);

/* The row of the pair; NULL: none. */
const struct dlms_association *dlms_find_association(const struct dlms_server *server,
                                                     uint16_t client_sap, uint16_t server_sap);

/* The stream, now this session's: that of another ends. */
struct dlms_general_block *dlms_blocks_claim(struct dlms_link *link,
                                             const struct dlms_session *session);

/* The open session of the pair, pending or not; NULL: none. */
struct dlms_session *dlms_find_session(struct dlms_link *link, uint16_t client_sap,
                                       uint16_t server_sap);

/* Ends the session: its association and its block transfer, if any. */
void dlms_session_close(struct dlms_link *link, struct dlms_session *session);

#endif
