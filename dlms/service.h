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
};

typedef void dlms_service(struct dlms_exchange *exchange);

dlms_service dlms_associate; /* AARQ: associate.c */
dlms_service dlms_release;   /* RLRQ */
dlms_service dlms_get;       /* get.c */
dlms_service dlms_set;       /* set.c */
dlms_service dlms_action;    /* action.c */

/* One form of a service: the octet behind the tag. */
struct dlms_form {
    uint8_t choice;
    uint32_t conformance; /* all of these must have been agreed on */
    /* NULL: the standard has the form, this server never agrees on it. */
    void (*serve)(struct dlms_exchange *exchange, uint8_t invoke_id);
};

/* Reads choice and invoke-id-and-priority and serves the form, or refuses. */
void dlms_dispatch_form(struct dlms_exchange *exchange, const struct dlms_form *forms,
                        size_t count);

/* exception-response, 5-3: state and service error. */
enum dlms_exception {
    DLMS_EXCEPTION_NOT_NEGOTIATED = 0x0102, /* service not allowed here, not supported */
    DLMS_EXCEPTION_MALFORMED = 0x0103,      /* service not allowed, other reason */
    DLMS_EXCEPTION_PDU_TOO_LONG = 0x0104,
    DLMS_EXCEPTION_UNKNOWN = 0x0202, /* service unknown, not supported */
};

/* Takes back what was written and answers with an exception-response. */
void dlms_refuse(struct dlms_exchange *exchange, enum dlms_exception exception);

/* For SET and ACTION: the client waits for an answer, 5-3 service class. */
bool dlms_is_confirmed(const struct dlms_exchange *exchange, uint8_t invoke_id);

/* Ends the session: its association and its block transfer, if any. */
void dlms_session_close(struct dlms_link *link, struct dlms_session *session);

#endif
