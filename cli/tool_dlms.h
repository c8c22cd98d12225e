/* A DLMS/COSEM session with a meter: an association over the TCP wrapper or HDLC, and blocking
 * services on it.
 */
#ifndef CLI_TOOL_DLMS_H
#define CLI_TOOL_DLMS_H

#include "cli/endpoint.h"
#include "cli/tool_secret.h"
#include "dlms/client.h"

struct tool_dlms;

enum {
    TOOL_DLMS_CLIENT_PUBLIC = 16,
    TOOL_DLMS_CLIENT_MODULE = 18, /* each of one port, all with the same password */
    TOOL_DLMS_CLIENT_OPTICAL = 19,
    TOOL_DLMS_CLIENT_CONSUMER = 20,
    TOOL_DLMS_SERVER_MANAGEMENT = 1,
    TOOL_DLMS_SERVER = 16,
};

/* Connects and associates. With a password or keys as the first of clients 18, 19, 20 (on a serial
 * port 19 first) of logical device 16 that the port admits, else as the public client 16 of device
 * 1; the endpoint's parameters go before. NULL: *failure says why –
 * TOOL_NO_ANSWER or TOOL_REFUSED. */
struct tool_dlms *tool_dlms_open(const struct endpoint *endpoint,
                                 const struct tool_secrets *secrets, struct tool_failure *failure);

/* Whether the association is that of the public client. */
bool tool_dlms_is_public(const struct tool_dlms *dlms);

/* The value, valid until the next call. TOOL_ABSENT: no such object or attribute; TOOL_REFUSED;
 * TOOL_NO_ANSWER, after which the session is of no use. */
bool tool_dlms_get(struct tool_dlms *dlms, const struct dlms_client_attribute *attribute,
                   struct dlms_span *data, struct tool_failure *failure);

/* data is one Data. Errors as get. */
bool tool_dlms_set(struct tool_dlms *dlms, const struct dlms_client_attribute *attribute,
                   struct dlms_span data, struct tool_failure *failure);

/* Invokes a method; parameters are one Data. Errors as get. */
bool tool_dlms_invoke(struct tool_dlms *dlms, const struct dlms_client_attribute *method,
                      struct dlms_span parameters, struct tool_failure *failure);

/* The attribute without selection. */
struct dlms_client_attribute tool_dlms_attribute(uint16_t class_id, const uint8_t obis[6],
                                                 int8_t index);

/* Ends association and connection as far as the meter takes part. NULL is allowed. */
void tool_dlms_close(struct tool_dlms *dlms);

#endif
