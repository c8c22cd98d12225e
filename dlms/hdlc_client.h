/* The primary station of HDLC (46, unbalanced normal response mode): the reader's end of a line.
 *
 * One data link to one server. Octets and milliseconds in, octets and events out; one operation at a
 * time: connect, exchange an APDU, disconnect. Each ends with exactly one event, whatever the line
 * does: what is lost is asked for again (an RR poll tells what the other side has; only that which it
 * lacks is sent again) until it is there or the retries are used up.
 *
 *     dlms_hdlc_client_connect(&client, now_ms);
 *     loop:  while ((n = dlms_hdlc_client_output(&client, now_ms, octets, sizeof octets)) > 0)
 *                write the line
 *            used = dlms_hdlc_client_input(&client, now_ms, octets, n) – until all is used –,
 *            or nothing for a while: dlms_hdlc_client_tick(&client, now_ms)
 *            switch (dlms_hdlc_client_event(&client, &apdu)) …
 */
#ifndef DLMS_HDLC_CLIENT_H
#define DLMS_HDLC_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dlms/hdlc_frame.h"
#include "dlms/hdlc_parameters.h"

enum dlms_hdlc_event {
    DLMS_HDLC_NOTHING,
    DLMS_HDLC_CONNECTED,    /* UA: APDUs may be exchanged */
    DLMS_HDLC_ANSWER,       /* the APDU that answers is there */
    DLMS_HDLC_DELIVERED,    /* the APDU that wants no answer was acknowledged */
    DLMS_HDLC_NOTIFICATION, /* an APDU the server sent unasked; belongs to no operation */
    DLMS_HDLC_DISCONNECTED, /* as asked */
    DLMS_HDLC_FAILED,       /* the operation failed, see failure; the link is down */
};

enum dlms_hdlc_failure {
    DLMS_HDLC_FAILURE_NONE,
    DLMS_HDLC_FAILURE_TIMEOUT,    /* no good frame came, for all retries */
    DLMS_HDLC_FAILURE_NO_ANSWER,  /* the server is there, but for answer_ms there was no progress */
    DLMS_HDLC_FAILURE_DM,         /* the server is disconnected, or refused to connect */
    DLMS_HDLC_FAILURE_FRMR,       /* the server rejected a frame */
    DLMS_HDLC_FAILURE_PARAMETERS, /* its UA proposes what cannot be */
    DLMS_HDLC_FAILURE_TOO_LONG,   /* the answer does not fit the buffer */
    DLMS_HDLC_FAILURE_PROTOCOL,   /* an acknowledgement of what was never sent */
};

/* The failure in a few words of English; never NULL. */
const char *dlms_hdlc_failure_text(enum dlms_hdlc_failure failure);

struct dlms_hdlc_client_settings {
    uint16_t client_sap;                    /* 1 … 126 */
    struct dlms_hdlc_address server;        /* as dlms_hdlc_frame_write wants it */
    struct dlms_hdlc_parameters parameters; /* proposed */
    bool propose_nothing;                   /* SNRM without information: the defaults */
    uint32_t inter_octet_ms;                /* 0 off */
    uint32_t response_ms;                   /* silence after which to ask again */
    uint32_t poll_ms;   /* pause before asking a server that is not ready again */
    uint32_t answer_ms; /* most time without progress; more than all retries take */
    uint8_t retries;    /* without progress */
};

/* All internal but failure and rejection. */
struct dlms_hdlc_client {
    enum dlms_hdlc_failure failure; /* of the last DLMS_HDLC_FAILED */
    uint8_t rejection[3]; /* FRMR: control octet, numbers, flags; 0 0 0 if it said nothing */
    const struct dlms_hdlc_client_settings *settings;
    struct dlms_hdlc_receiver receiver;
    struct dlms_hdlc_sender sender; /* the frame that is going out */
    uint8_t *answer;
    size_t answer_size;
    size_t answer_length; /* LLC header included */
    struct dlms_span request;
    size_t request_sent; /* of LLC header and request: acknowledged */
    struct dlms_hdlc_parameters agreed;
    uint8_t state;
    uint8_t event; /* enum dlms_hdlc_event, not yet fetched */
    bool wants_answer;
    bool is_complete;       /* the answer */
    bool is_sending;        /* the turn is ours and frames are still to go out */
    bool is_waiting;        /* nothing to send now, but once poll_ms are over */
    uint8_t receive_number; /* V(R) */
    uint8_t acknowledged;   /* the first of our numbers the server does not have */
    uint8_t outstanding;    /* I frames ever sent from there on */
    uint8_t next;           /* of this turn; V(S) = acknowledged + next */
    uint8_t tries;          /* since the last progress */
    uint32_t since_ms;      /* of the last sign of life on the line, or the wait began */
    uint32_t progress_ms;   /* of the last progress */
    struct dlms_span notification;
    uint8_t parameters[DLMS_HDLC_PARAMETERS_SIZE];
};

/* A station that is disconnected. settings and the buffers stay the owner's and in place. frame
 * takes one frame: receive_size + DLMS_HDLC_OVERHEAD; answer the longest answer + DLMS_HDLC_LLC. */
void dlms_hdlc_client_init(struct dlms_hdlc_client *client,
                           const struct dlms_hdlc_client_settings *settings, uint8_t *frame,
                           size_t frame_size, uint8_t *answer, size_t answer_size);

/* The operations. False: the link is not in the state for it – up for an exchange, and no operation
 * under way –, or apdu is empty. connect also starts over when the link is up. apdu stays in place
 * until the event. */
bool dlms_hdlc_client_connect(struct dlms_hdlc_client *client, uint32_t now_ms);
bool dlms_hdlc_client_send(struct dlms_hdlc_client *client, uint32_t now_ms, struct dlms_span apdu,
                           bool wants_answer);
bool dlms_hdlc_client_disconnect(struct dlms_hdlc_client *client, uint32_t now_ms);

/* Takes octets that came at now_ms up to an event; returns how many. */
size_t dlms_hdlc_client_input(struct dlms_hdlc_client *client, uint32_t now_ms, const uint8_t *data,
                              size_t length);

/* Lets time pass. Call it every few milliseconds while nothing comes. */
void dlms_hdlc_client_tick(struct dlms_hdlc_client *client, uint32_t now_ms);

/* Writes the next octets to send, at most size; 0 when there are none now. */
size_t dlms_hdlc_client_output(struct dlms_hdlc_client *client, uint32_t now_ms, uint8_t *data,
                               size_t size);

/* What has happened; each event is given once. *apdu is the APDU of ANSWER and NOTIFICATION, valid
 * until the next call of anything else, and else absent. */
enum dlms_hdlc_event dlms_hdlc_client_event(struct dlms_hdlc_client *client,
                                            struct dlms_span *apdu);

bool dlms_hdlc_client_connected(const struct dlms_hdlc_client *client);

#endif
