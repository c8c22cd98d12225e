/* One byte port of a meter – optical head, module UART, consumer channel – with all it speaks: KMP, IEC 62056-21 and DLMS
 * over HDLC, told apart by the first byte of a conversation. Bytes and milliseconds in, bytes out.
 *
 *     loop:  taken = wh_port_input(port, bytes, length, now_ms)      keep what was not taken
 *            while ((n = wh_port_output(port, now_ms, out, size)) > 0)
 *                write the line
 *            wait for bytes, or wh_port_wait_ms
 *
 * What a client may do depends on the port: DLMS admits the public client 16 and the port's own, 19 at the optical port, 18
 * at the module's, 20 at the consumer's, and at the first two those of the modern profile, if it is offered; the origin of every change is told to the meter. Nothing legal can be written in
 * any language (REG-7).
 *
 * All of a port is in the struct: no allocation. HDLC holds the port for the length of a frame only, so that an
 * association may stay open while another language is spoken.
 */
#ifndef WH_FACE_PORT_H
#define WH_FACE_PORT_H

#include "cosem/face.h"
#include "dlms/hdlc_server.h"
#include "face/iec_face.h"
#include "face/kmp_face.h"
#include "iec62056_21/detect.h"

enum {
    WH_PORT_LINKS = 4, /* data links at once: one for each client */
    WH_PORT_KMP_ANSWER = 512,
    WH_PORT_ASSOCIATIONS = 2 + WH_MODERN_CLIENTS,
};

/* What is at the other end. */
enum wh_port_kind {
    WH_PORT_LINE, /* a line: pauses mean something, the meter hears its own echo, sign-ons come at start_baud */
    WH_PORT_PIPE, /* bytes whenever they come: TCP, pseudo-terminals */
};

struct wh_port_setup {
    struct wh_access *access;
    const struct wh_cosem_face *cosem; /* of the same meter */
    enum wh_origin origin;             /* WH_ORIGIN_OPTICAL, _MODULE or _CONSUMER */
    enum wh_port_kind kind;
    uint32_t start_baud; /* 300, or 9600: see iec21_server_start_at */
};

/* Internal. */
struct wh_port_dlms {
    struct dlms_server server; /* the meter's, with the port's associations */
    struct dlms_association associations[WH_PORT_ASSOCIATIONS];
    struct dlms_link link;
    struct dlms_link_security security;
    struct dlms_hdlc_settings settings;
    struct dlms_hdlc_link links[WH_PORT_LINKS];
    struct dlms_hdlc_server hdlc;
    bool is_opened; /* the last octet was an opening flag */
    uint8_t frame[WH_COSEM_HDLC_RECEIVE + DLMS_HDLC_OVERHEAD];
    uint8_t request[WH_PORT_LINKS][WH_COSEM_MAX_PDU + DLMS_HDLC_LLC];
    uint8_t answer[WH_PORT_LINKS][WH_COSEM_MAX_PDU];
    uint8_t plain[WH_COSEM_MAX_PDU]; /* a request without its protection */
    uint8_t long_buffer[WH_COSEM_LONG_BUFFER];
};

/* Internal; not to be moved once it is made. */
struct wh_port {
    struct iec21_detector detector;
    struct wh_kmp_face kmp_face;
    struct kmp_server kmp;
    struct wh_iec_face iec_face;
    struct iec21_times times;
    struct iec21_server iec;
    struct wh_port_dlms dlms;
    uint8_t kmp_answer[WH_PORT_KMP_ANSWER];
    char iec_input[IEC21_SERVER_INPUT_MIN * 2];
    char iec_output[WH_IEC_OUTPUT_SIZE];
};

/* A quiet port; again after every power-up of the meter, since no session survives one. What setup points to is borrowed as
 * long as the port is used. WH_ERR_ARGUMENT: origin is no port, or start_baud no speed of IEC 62056-21. */
enum wh_err wh_port_init(struct wh_port *port, const struct wh_port_setup *setup);

/* Takes bytes that came at now_ms (any steady count, may wrap); returns how many. Fewer than length: pull the output,
 * then feed the rest. */
size_t wh_port_input(struct wh_port *port, const uint8_t *data, size_t length, uint32_t now_ms);

/* Lets time pass, and writes the next bytes to send, at most size; returns how many, 0 when there are none now. */
size_t wh_port_output(struct wh_port *port, uint32_t now_ms, uint8_t *out, size_t size);

/* Milliseconds until output has to be called again though nothing comes in; UINT32_MAX: never. */
uint32_t wh_port_wait_ms(const struct wh_port *port, uint32_t now_ms);

/* What a line is set to now. A change holds once all bytes pulled before have left. */
struct iec21_line wh_port_line(const struct wh_port *port);

/* The language spoken now; IEC21_LANGUAGES: none. */
enum iec21_language wh_port_language(const struct wh_port *port);

#endif
