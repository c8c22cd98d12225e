/* What carries the APDUs of a session: the wrapper on TCP or HDLC on any line. Internal to
 * tool_dlms.
 */
#ifndef CLI_TOOL_DLMS_LINK_H
#define CLI_TOOL_DLMS_LINK_H

#include "cli/endpoint_line.h"
#include "dlms/hdlc_client.h"
#include "dlms/wrapper.h"

enum {
    TOOL_DLMS_APDU_SIZE = 66000, /* the longest answer in one piece */
    TOOL_DLMS_INFORMATION = 1010,
};

struct tool_dlms_link {
    struct endpoint_line line;
    bool is_hdlc;
    uint16_t client, server;
    uint32_t timeout_ms;
    struct dlms_wrapper wrapper;
    struct dlms_hdlc_client hdlc;
    struct dlms_hdlc_client_settings settings;
    uint8_t frame[TOOL_DLMS_INFORMATION + DLMS_HDLC_OVERHEAD];
    uint8_t answer[TOOL_DLMS_APDU_SIZE];
    uint8_t octets[2048]; /* come, and not yet used */
    size_t octets_at, octets_length;
};

/* Opens the line and, with HDLC, the data link. client and server are set. TOOL_NO_ANSWER. */
bool tool_dlms_link_open(struct tool_dlms_link *link, const struct endpoint *endpoint,
                         struct tool_failure *failure);

bool tool_dlms_link_send(struct tool_dlms_link *link, struct dlms_span apdu,
                         struct tool_failure *failure);

/* The next APDU, valid until the next call. */
bool tool_dlms_link_receive(struct tool_dlms_link *link, struct dlms_span *apdu,
                            struct tool_failure *failure);

void tool_dlms_link_close(struct tool_dlms_link *link);

#endif
