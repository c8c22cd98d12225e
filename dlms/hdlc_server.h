/* The secondary station of HDLC (46, unbalanced normal response mode): the meter's end of a line.
 *
 * Octets and milliseconds in, octets out. Frames for this station become APDUs for the owner's
 * handle function, its answers go out in segments and are kept until they are acknowledged; what is
 * lost on the way either way is repeated, and no APDU is handled twice. Several clients and logical
 * devices share the line: each pair of addresses is a data link of its own.
 *
 *     loop:  n = read the line      dlms_hdlc_server_input(&server, now_ms, octets, n);
 *            or nothing for a while dlms_hdlc_server_tick(&server, now_ms);
 *            while ((n = dlms_hdlc_server_output(&server, now_ms, octets, sizeof octets)) > 0)
 *                write the line
 *
 * What a station never does: answer a frame with a wrong check sequence, another address, or the
 * address of all stations.
 */
#ifndef DLMS_HDLC_SERVER_H
#define DLMS_HDLC_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dlms/hdlc_frame.h"
#include "dlms/hdlc_parameters.h"

/* Server address forms a station listens to. Not DLMS_HDLC_FORM_1 where several stations share the
 * line: it names no physical device. */
enum dlms_hdlc_form {
    DLMS_HDLC_FORM_1 = 1 << 1,
    DLMS_HDLC_FORM_2 = 1 << 2,
    DLMS_HDLC_FORM_4 = 1 << 4,
    DLMS_HDLC_FORM_ANY = DLMS_HDLC_FORM_1 | DLMS_HDLC_FORM_2 | DLMS_HDLC_FORM_4,
};

/* What the station asks of its owner; context is that of the settings.
 *
 * handle: one APDU has come. Writes the answer, at most reply_size octets, and returns its length; 0
 * for none. reply is kept by the station until it is acknowledged.
 * accept: may this pair connect? False is silence, as for an address that is not there. NULL: yes.
 * disconnected: the link of this pair is gone, by DISC, SNRM or silence: its association ends. NULL:
 * not of interest.
 * notified: an APDU in an UI frame, which has no answer. NULL: not of interest.
 * None of them may call back into the station. */
struct dlms_hdlc_handler {
    size_t (*handle)(void *context, uint16_t client_sap, uint16_t server_sap, struct dlms_span apdu,
                     uint8_t *reply, size_t reply_size);
    bool (*accept)(void *context, uint16_t client_sap, uint16_t server_sap);
    void (*disconnected)(void *context, uint16_t client_sap, uint16_t server_sap);
    void (*notified)(void *context, uint16_t client_sap, uint16_t server_sap,
                     struct dlms_span apdu);
};

struct dlms_hdlc_settings {
    uint16_t physical_address; /* 0x10 … 0x3FFD, or as the companion standard has it */
    uint8_t forms;             /* set of enum dlms_hdlc_form */
    uint32_t inter_octet_ms;   /* 46: default 25; 0 off */
    uint32_t inactivity_ms;    /* 46: default 120000; 0 off */
    struct dlms_hdlc_parameters parameters; /* the most this station can; wide is of no account */
    const struct dlms_hdlc_handler *handler;
    void *context;
};

/* One data link. The first four are set by the owner and stay in place: room for a request that
 * comes in segments, and for an answer. The rest is internal. */
struct dlms_hdlc_link {
    uint8_t *request;
    size_t request_size;
    uint8_t *answer;
    size_t answer_size;

    uint8_t state;
    uint8_t form; /* length of the server address in the last frame */
    uint16_t client;
    uint16_t upper;
    uint16_t lower;
    struct dlms_hdlc_parameters agreed;
    uint8_t receive_number; /* V(R): N(S) of the I frame expected */
    uint8_t acknowledged;   /* the first of our numbers the client does not have */
    uint8_t outstanding;    /* I frames ever sent from there on */
    uint8_t next;           /* I frames of this turn sent from there on; V(S) is the sum */
    bool in_segments;       /* a request is being put together */
    size_t request_length;  /* of it, LLC header included */
    bool has_answer;        /* not all of it is acknowledged */
    size_t answer_length;   /* the APDU */
    size_t answer_sent;     /* of LLC header and APDU: acknowledged */
    uint8_t rejection[3];   /* information of FRMR */
    uint32_t last_ms;       /* of the last frame either way */
};

/* The station; all internal but calling. */
struct dlms_hdlc_server {
    bool calling; /* this station placed the call: it is meant by the CALLING address (7E, 3FFE) */
    const struct dlms_hdlc_settings *settings;
    struct dlms_hdlc_link *links;
    size_t link_count;
    struct dlms_hdlc_receiver receiver;
    struct dlms_hdlc_sender sender;                /* the frame that is going out */
    struct dlms_hdlc_link *sending;                /* whose I frames go out after it; NULL: none */
    uint8_t parameters[DLMS_HDLC_PARAMETERS_SIZE]; /* of the UA that is going out */
};

/* A station on a quiet line. settings, links (link_count ≥ 1, with their buffers set) and buffer stay
 * the owner's and in place. buffer takes one frame: receive_size + DLMS_HDLC_OVERHEAD octets; with
 * less, longer frames are rejected as too long. */
void dlms_hdlc_server_init(struct dlms_hdlc_server *server,
                           const struct dlms_hdlc_settings *settings, struct dlms_hdlc_link *links,
                           size_t link_count, uint8_t *buffer, size_t size);

/* Takes what came over the line at now_ms (any millisecond clock that may wrap). A frame that asks
 * for an answer replaces output not yet taken. */
void dlms_hdlc_server_input(struct dlms_hdlc_server *server, uint32_t now_ms, const uint8_t *data,
                            size_t length);

/* Lets time pass: ends what the line's silence ends. Call it every few milliseconds while nothing
 * comes. */
void dlms_hdlc_server_tick(struct dlms_hdlc_server *server, uint32_t now_ms);

/* Writes the next octets to send, at most size, and returns how many; 0 when there is nothing. */
size_t dlms_hdlc_server_output(struct dlms_hdlc_server *server, uint32_t now_ms, uint8_t *data,
                               size_t size);

/* Sends an APDU unasked, in one UI frame from the logical device to a client. apdu stays in place
 * until the output is taken. False, and nothing is sent: output is pending, or it does not fit a
 * frame of DLMS_HDLC_MAX_INFORMATION. */
bool dlms_hdlc_server_notify(struct dlms_hdlc_server *server, uint16_t client_sap,
                             uint16_t server_sap, struct dlms_span apdu);

/* The link of this pair is in normal response mode. */
bool dlms_hdlc_server_connected(const struct dlms_hdlc_server *server, uint16_t client_sap,
                                uint16_t server_sap);

#endif
