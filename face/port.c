/* A port: three servers behind the detector. Invariant: a byte is taken only when no answer waits, so that bytes that came
 * in one piece are answered as if they had come one by one; but a line's own echo is dropped. */
#include "face/port.h"
#include "dlms/hdlc_cosem.h"
#include <string.h>

enum {
    PIPE_GAP_MS = 5000, /* a frame that stopped in the middle is given up */
    INACTIVITY_MS = WH_COSEM_HDLC_INACTIVITY_S * 1000,
    HAND_OVER_MS = 5000,
    FASTEST_BAUD = 9600,
    FRAME_FORMAT = 0xA0, /* the first octet of a frame, upper half */
};

/* ---- KMP ------------------------------------------------------------------------------------- */

static size_t kmp_input(void *context, const uint8_t *data, size_t length, uint32_t now_ms)
{
    return kmp_server_input(context, data, length, now_ms);
}

static size_t kmp_output(void *context, uint32_t now_ms, uint8_t *out, size_t size)
{
    (void)now_ms;
    return kmp_server_output(context, out, size);
}

static bool kmp_is_busy(void *context, uint32_t now_ms)
{
    return kmp_server_is_busy(context, now_ms);
}

static enum wh_err init_kmp(struct wh_port *port, const struct wh_port_setup *setup)
{
    port->kmp_face = (struct wh_kmp_face){.access = setup->access, .origin = setup->origin};
    const struct kmp_server_setup kmp = {
        .meter = &wh_kmp_meter,
        .context = &port->kmp_face,
        .address = KMP_ADDRESS_METER,
        .gap_ms = setup->kind == WH_PORT_LINE ? KMP_GAP_MS : PIPE_GAP_MS,
        .answer = port->kmp_answer,
        .answer_size = sizeof port->kmp_answer,
    };
    return kmp_server_init(&port->kmp, &kmp);
}

/* ---- IEC 62056-21 ---------------------------------------------------------------------------- */

static size_t iec_input_of_line(void *context, const uint8_t *data, size_t length, uint32_t now_ms)
{
    iec21_server_input(context, data, length, now_ms);
    return length;
}

static size_t iec_input_of_pipe(void *context, const uint8_t *data, size_t length, uint32_t now_ms)
{
    if (iec21_server_is_sending(context)) {
        return 0;
    }
    iec21_server_input(context, data, length, now_ms);
    return length;
}

static size_t iec_output(void *context, uint32_t now_ms, uint8_t *out, size_t size)
{
    return iec21_server_output(context, now_ms, out, size);
}

static bool iec_is_busy(void *context, uint32_t now_ms)
{
    return iec21_server_is_busy(context, now_ms);
}

static enum wh_err init_iec(struct wh_port *port, const struct wh_port_setup *setup)
{
    port->iec_face = (struct wh_iec_face){.access = setup->access, .origin = setup->origin};
    port->times = (struct iec21_times)IEC21_TIMES_DEFAULT;
    if (setup->kind == WH_PORT_PIPE) {
        port->times.reaction_ms = 0; /* the pause is for a line to turn round */
    }
    const struct iec21_server_setup iec = {
        .meter = &wh_iec_meter,
        .context = &port->iec_face,
        .times = &port->times,
        .flag = "WTH",
        .mode = IEC21_MODE_C,
        .fastest_baud = FASTEST_BAUD,
        .start_baud = setup->start_baud,
        .coding = IEC21_FOLLOW,
        .input = port->iec_input,
        .input_size = sizeof port->iec_input,
        .output = port->iec_output,
        .output_size = sizeof port->iec_output,
    };
    return iec21_server_init(&port->iec, &iec);
}

/* ---- DLMS over HDLC -------------------------------------------------------------------------- */

static bool hdlc_is_sending(const struct wh_port_dlms *dlms)
{
    return dlms->hdlc.sending != NULL || dlms_hdlc_sender_pending(&dlms->hdlc.sender);
}

/* Inside a frame: octets of it are there, or its opening flag was the last that came. */
static bool hdlc_is_receiving(const struct wh_port_dlms *dlms, uint32_t now_ms)
{
    const struct dlms_hdlc_receiver *receiver = &dlms->hdlc.receiver;
    return !receiver->is_hunting && (receiver->held > 0 || dlms->is_opened) &&
           now_ms - receiver->last_ms <= receiver->inter_octet_ms;
}

/* An octet that cannot follow an opening flag is the first of another language, and left for it. */
static bool take_octet(struct wh_port_dlms *dlms, uint8_t octet, uint32_t now_ms)
{
    const struct dlms_hdlc_receiver *receiver = &dlms->hdlc.receiver;
    const bool is_flag = octet == DLMS_HDLC_FLAG;
    const bool is_first = receiver->held == 0;
    if (is_first && dlms->is_opened && !is_flag && (octet & 0xF0) != FRAME_FORMAT) {
        dlms->is_opened = false;
        return false;
    }
    dlms_hdlc_server_input(&dlms->hdlc, now_ms, &octet, 1);
    dlms->is_opened = is_flag && is_first;
    return true;
}

static size_t hdlc_input(void *context, const uint8_t *data, size_t length, uint32_t now_ms)
{
    struct wh_port_dlms *dlms = context;
    size_t taken = 0;
    while (taken < length && !hdlc_is_sending(dlms) && take_octet(dlms, data[taken], now_ms)) {
        taken++;
    }
    return taken;
}

static size_t hdlc_output(void *context, uint32_t now_ms, uint8_t *out, size_t size)
{
    struct wh_port_dlms *dlms = context;
    return dlms_hdlc_server_output(&dlms->hdlc, now_ms, out, size);
}

static bool hdlc_is_busy(void *context, uint32_t now_ms)
{
    const struct wh_port_dlms *dlms = context;
    return hdlc_is_sending(dlms) || hdlc_is_receiving(dlms, now_ms);
}

static uint16_t client_of(enum wh_origin origin)
{
    switch (origin) {
    case WH_ORIGIN_OPTICAL:
        return WH_COSEM_CLIENT_OPTICAL;
    case WH_ORIGIN_MODULE:
        return WH_COSEM_CLIENT_MODULE;
    case WH_ORIGIN_CONSUMER:
        return WH_COSEM_CLIENT_CONSUMER;
    default:
        return 0;
    }
}

/* The port admits the client; those that are ciphered are of the modern profile, and prove themselves with keys. */
static bool is_admitted(const struct dlms_association *association, enum wh_origin origin)
{
    return association->client_sap == WH_COSEM_CLIENT_PUBLIC ||
           association->client_sap == client_of(origin) ||
           (association->ciphered && origin != WH_ORIGIN_CONSUMER);
}

/* The meter's server, with the associations of this port; a confirmed service is told by the frame's type. */
static void init_server(struct wh_port_dlms *dlms, const struct wh_cosem_face *cosem,
                        enum wh_origin origin)
{
    size_t count = 0;
    for (size_t a = 0; a < cosem->server.association_count; a++) {
        const struct dlms_association *association = &cosem->server.associations[a];
        if (is_admitted(association, origin) && count < WH_PORT_ASSOCIATIONS) {
            dlms->associations[count++] = *association;
        }
    }
    dlms->server = cosem->server;
    dlms->server.associations = dlms->associations;
    dlms->server.association_count = count;
    dlms->server.ignore_service_class = true;
}

static void init_hdlc(struct wh_port_dlms *dlms, enum wh_port_kind kind)
{
    dlms->settings = (struct dlms_hdlc_settings){
        .physical_address = WH_COSEM_HDLC_ADDRESS,
        .forms = DLMS_HDLC_FORM_ANY,
        .inter_octet_ms = kind == WH_PORT_LINE ? WH_COSEM_HDLC_INTER_OCTET_MS : PIPE_GAP_MS,
        .inactivity_ms = INACTIVITY_MS,
        .parameters = {.transmit_size = WH_COSEM_HDLC_TRANSMIT,
                       .receive_size = WH_COSEM_HDLC_RECEIVE,
                       .transmit_window = 1,
                       .receive_window = 1},
        .handler = &dlms_hdlc_link_handler,
        .context = &dlms->link,
    };
    for (size_t l = 0; l < WH_PORT_LINKS; l++) {
        dlms->links[l] = (struct dlms_hdlc_link){.request = dlms->request[l],
                                                 .request_size = sizeof dlms->request[l],
                                                 .answer = dlms->answer[l],
                                                 .answer_size = sizeof dlms->answer[l]};
    }
    dlms_hdlc_server_init(&dlms->hdlc, &dlms->settings, dlms->links, WH_PORT_LINKS, dlms->frame,
                          sizeof dlms->frame);
}

static void init_dlms(struct wh_port_dlms *dlms, const struct wh_port_setup *setup)
{
    dlms->is_opened = false;
    init_server(dlms, setup->cosem, setup->origin);
    dlms_link_init(&dlms->link, &dlms->server, dlms->long_buffer, sizeof dlms->long_buffer);
    dlms_link_secure(&dlms->link, &dlms->security, dlms->plain, sizeof dlms->plain);
    init_hdlc(dlms, setup->kind);
}

/* ---- The port -------------------------------------------------------------------------------- */

enum wh_err wh_port_init(struct wh_port *port, const struct wh_port_setup *setup)
{
    const bool is_pipe = setup->kind == WH_PORT_PIPE;
    const struct iec21_speaker speakers[IEC21_LANGUAGES] = {
        [IEC21_LANGUAGE_KMP] = {.context = &port->kmp,
                                .input = kmp_input,
                                .output = kmp_output,
                                .is_busy = kmp_is_busy},
        [IEC21_LANGUAGE_HDLC] = {.context = &port->dlms,
                                 .input = hdlc_input,
                                 .output = hdlc_output,
                                 .is_busy = hdlc_is_busy},
        [IEC21_LANGUAGE_IEC] = {.context = &port->iec,
                                .input = is_pipe ? iec_input_of_pipe : iec_input_of_line,
                                .output = iec_output,
                                .is_busy = iec_is_busy},
    };
    if (client_of(setup->origin) == 0) {
        return WH_ERR_ARGUMENT;
    }
    enum wh_err err = init_kmp(port, setup);
    if (err == WH_OK) {
        err = init_iec(port, setup);
    }
    init_dlms(&port->dlms, setup);
    iec21_detector_init(&port->detector, speakers, HAND_OVER_MS);
    return err;
}

/* A server that leaves a byte to another language takes none, and then the port is free for that. */
size_t wh_port_input(struct wh_port *port, const uint8_t *data, size_t length, uint32_t now_ms)
{
    size_t taken = 0;
    bool is_stuck = false;
    while (taken < length && !is_stuck) {
        const size_t count =
            iec21_detector_input(&port->detector, data + taken, length - taken, now_ms);
        taken += count;
        is_stuck = count == 0 && wh_port_language(port) != IEC21_LANGUAGES;
    }
    return taken;
}

size_t wh_port_output(struct wh_port *port, uint32_t now_ms, uint8_t *out, size_t size)
{
    return iec21_detector_output(&port->detector, now_ms, out, size);
}

uint32_t wh_port_wait_ms(const struct wh_port *port, uint32_t now_ms)
{
    return wh_port_language(port) == IEC21_LANGUAGE_IEC ? iec21_server_wait_ms(&port->iec, now_ms)
                                                        : UINT32_MAX;
}

struct iec21_line wh_port_line(const struct wh_port *port)
{
    static const struct iec21_line eight_bits = {FASTEST_BAUD, IEC21_8N1};
    const enum iec21_language language = wh_port_language(port);
    return language == IEC21_LANGUAGE_IEC || language == IEC21_LANGUAGES
               ? iec21_server_line(&port->iec)
               : eight_bits;
}

enum iec21_language wh_port_language(const struct wh_port *port)
{
    return iec21_detector_language(&port->detector);
}
