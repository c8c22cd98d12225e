/* What the operations of the client share. Internal. */
#ifndef DLMS_CLIENT_OPERATION_H
#define DLMS_CLIENT_OPERATION_H

#include "dlms/client.h"

/* An operation takes the answers whose first octet is tag; body is what follows it. */
struct dlms_client_operation {
    uint8_t tag;
    enum dlms_client_status (*take)(struct dlms_client *client, struct dlms_reader *body);
};

/* Ends what was under way. False: nothing is associated. */
bool dlms_client_begin(struct dlms_client *client);

/* A writer on the room there is for the plain APDU, no longer than the server takes. */
struct dlms_writer dlms_client_writer(struct dlms_client *client);

/* The APDU written with out is complete: it is protected, and operation waits for the answer. */
enum dlms_client_status dlms_client_send(struct dlms_client *client,
                                         const struct dlms_client_operation *operation,
                                         const struct dlms_writer *out);

/* Adds to the value. False: no room. */
bool dlms_client_keep(struct dlms_client *client, struct dlms_span bytes);

#endif
