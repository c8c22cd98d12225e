/* The secondary station. A frame is judged (is it ours, whose link), its command carried out, and if
 * it polls, the turn is taken: with I frames if there are any the client does not have, else RR.
 *
 * Invariants of a link: its numbers acknowledged, … + next ≤ … + outstanding are at most 7 apart, so
 * an N(R) says for certain what the client has; and an I frame is carried out exactly when its N(S)
 * is receive_number, which is then counted up – so never twice. Who has the turn is in nobody's
 * state: every poll is answered from what is acknowledged, so whatever was lost, the next poll mends
 * it. */
#include "dlms/hdlc_server.h"

#include <string.h>

#include "dlms/hdlc_header.h"

enum link_state { DISCONNECTED, NORMAL, REJECTED };

/* Third octet of FRMR, ISO/IEC 13239. */
enum reason {
    UNDEFINED_CONTROL = 0x01,
    INFORMATION_NOT_ALLOWED = 0x03,
    INFORMATION_TOO_LONG = 0x04,
    WRONG_RECEIVE_NUMBER = 0x08,
};

static const uint8_t llc_request[DLMS_HDLC_LLC] = {0xE6, 0xE6, 0x00};
static const uint8_t llc_response[DLMS_HDLC_LLC] = {0xE6, 0xE7, 0x00};

void dlms_hdlc_server_init(struct dlms_hdlc_server *server,
                           const struct dlms_hdlc_settings *settings, struct dlms_hdlc_link *links,
                           size_t link_count, uint8_t *buffer, size_t size)
{
    *server = (struct dlms_hdlc_server){
        .settings = settings,
        .links = links,
        .link_count = link_count,
    };
    for (size_t i = 0; i < link_count; i++) {
        links[i] = (struct dlms_hdlc_link){
            .request = links[i].request,
            .request_size = links[i].request_size,
            .answer = links[i].answer,
            .answer_size = links[i].answer_size,
        };
    }
    dlms_hdlc_receiver_init(&server->receiver, buffer, size, settings->inter_octet_ms);
}

/* ---- Links ---- */

static struct dlms_hdlc_link *find_link(const struct dlms_hdlc_server *server, uint16_t client,
                                        uint16_t upper)
{
    for (size_t i = 0; i < server->link_count; i++) {
        struct dlms_hdlc_link *link = &server->links[i];
        if (link->state != DISCONNECTED && link->client == client && link->upper == upper) {
            return link;
        }
    }
    return NULL;
}

static struct dlms_hdlc_link *free_link(const struct dlms_hdlc_server *server)
{
    for (size_t i = 0; i < server->link_count; i++) {
        if (server->links[i].state == DISCONNECTED) {
            return &server->links[i];
        }
    }
    return NULL;
}

static void abandon_output(struct dlms_hdlc_server *server)
{
    server->sender = (struct dlms_hdlc_sender){0};
    server->sending = NULL;
}

static void disconnect(struct dlms_hdlc_server *server, struct dlms_hdlc_link *link)
{
    const struct dlms_hdlc_settings *settings = server->settings;
    if (server->sending == link) {
        abandon_output(server);
    }
    link->state = DISCONNECTED;
    if (settings->handler->disconnected != NULL) {
        settings->handler->disconnected(settings->context, link->client, link->upper);
    }
}

static void notice_inactivity(struct dlms_hdlc_server *server, uint32_t now_ms)
{
    const uint32_t limit_ms = server->settings->inactivity_ms;
    for (size_t i = 0; i < server->link_count && limit_ms != 0; i++) {
        struct dlms_hdlc_link *link = &server->links[i];
        if (link->state != DISCONNECTED && now_ms - link->last_ms > limit_ms) {
            disconnect(server, link);
        }
    }
}

/* ---- Answers ---- */

/* One frame back to where command came from. */
static void respond(struct dlms_hdlc_server *server, const struct dlms_hdlc_frame *command,
                    struct dlms_hdlc_control control, struct dlms_span information)
{
    static const struct dlms_span no_prefix = {NULL, 0};
    const struct dlms_hdlc_frame frame = {
        .destination = command->source,
        .source = command->destination,
        .control = dlms_hdlc_control_write(control),
        .information = information,
    };
    dlms_hdlc_sender_start(&server->sender, &frame, no_prefix);
}

static void respond_unnumbered(struct dlms_hdlc_server *server,
                               const struct dlms_hdlc_frame *command, enum dlms_hdlc_type type,
                               struct dlms_span information)
{
    const struct dlms_hdlc_control control = {.type = type, .poll = true};
    respond(server, command, control, information);
}

static void respond_empty(struct dlms_hdlc_server *server, const struct dlms_hdlc_frame *command,
                          enum dlms_hdlc_type type)
{
    respond_unnumbered(server, command, type, (struct dlms_span){NULL, 0});
}

static void respond_ready(struct dlms_hdlc_server *server, const struct dlms_hdlc_frame *command,
                          const struct dlms_hdlc_link *link)
{
    const struct dlms_hdlc_control control = {
        .type = DLMS_HDLC_RR, .poll = true, .receive_number = link->receive_number};
    respond(server, command, control, (struct dlms_span){NULL, 0});
}

/* The next I frame of this turn: a piece of LLC header and answer. True: it ends the turn. */
static bool start_segment(struct dlms_hdlc_server *server, struct dlms_hdlc_link *link)
{
    const size_t total = DLMS_HDLC_LLC + link->answer_length;
    const size_t offset = link->answer_sent + (size_t)link->next * link->agreed.transmit_size;
    const bool is_last = total - offset <= link->agreed.transmit_size;
    const size_t length = is_last ? total - offset : link->agreed.transmit_size;
    const bool ends_turn = is_last || link->next + 1 == link->agreed.transmit_window;
    const size_t llc = offset == 0 ? DLMS_HDLC_LLC : 0;
    const struct dlms_hdlc_frame frame = {
        .segmented = !is_last,
        .destination = {.length = 1, .upper = link->client},
        .source = {link->form, link->upper, link->lower},
        .control = dlms_hdlc_control_write((struct dlms_hdlc_control){
            DLMS_HDLC_I, ends_turn, (uint8_t)(link->acknowledged + link->next),
            link->receive_number}),
        .information = {link->answer + offset + llc - DLMS_HDLC_LLC, length - llc},
    };
    link->next++;
    if (link->outstanding < link->next) {
        link->outstanding = link->next;
    }
    dlms_hdlc_sender_start(&server->sender, &frame, (struct dlms_span){llc_response, llc});
    return ends_turn;
}

/* The client polls: everything it does not have, as far as the window goes, or RR. */
static void take_turn(struct dlms_hdlc_server *server, const struct dlms_hdlc_frame *command,
                      struct dlms_hdlc_link *link, bool is_client_busy)
{
    abandon_output(server);
    link->next = 0;
    if (link->has_answer && !is_client_busy) {
        server->sending = link;
    } else {
        respond_ready(server, command, link);
    }
}

/* From here on only SNRM and DISC help, ISO/IEC 13239. */
static void reject(struct dlms_hdlc_server *server, const struct dlms_hdlc_frame *command,
                   struct dlms_hdlc_link *link, enum reason reason)
{
    const unsigned send_number = (link->acknowledged + link->next) & 7u;
    abandon_output(server);
    link->state = REJECTED;
    link->rejection[0] = command->control;
    link->rejection[1] = (uint8_t)((unsigned)link->receive_number << 5 | send_number << 1);
    link->rejection[2] = (uint8_t)reason;
    if (dlms_hdlc_control_parse(command->control).poll) {
        const struct dlms_span information = {link->rejection, sizeof link->rejection};
        respond_unnumbered(server, command, DLMS_HDLC_FRMR, information);
    }
}

/* ---- Commands ---- */

static bool is_default(const struct dlms_hdlc_parameters *p)
{
    return p->transmit_size == DLMS_HDLC_DEFAULT_INFORMATION &&
           p->receive_size == DLMS_HDLC_DEFAULT_INFORMATION && p->transmit_window == 1 &&
           p->receive_window == 1;
}

/* UA. A client that proposed nothing is told nothing where that comes to the same. */
static void respond_connected(struct dlms_hdlc_server *server,
                              const struct dlms_hdlc_frame *command,
                              const struct dlms_hdlc_link *link)
{
    struct dlms_span information = {NULL, 0};
    if (command->information.length > 0 || !is_default(&link->agreed)) {
        information.data = server->parameters;
        information.length = dlms_hdlc_parameters_write(&link->agreed, server->parameters);
    }
    respond_unnumbered(server, command, DLMS_HDLC_UA, information);
}

static void reset_link(struct dlms_hdlc_link *link, const struct dlms_hdlc_frame *command)
{
    link->state = NORMAL;
    link->client = command->source.upper;
    link->upper = command->destination.upper;
    link->lower = command->destination.lower;
    link->form = command->destination.length;
    link->receive_number = 0;
    link->acknowledged = 0;
    link->outstanding = 0;
    link->next = 0;
    link->in_segments = false;
    link->has_answer = false;
}

/* SNRM. A link that is up starts over, with its association ended. */
static void link_up(struct dlms_hdlc_server *server, const struct dlms_hdlc_frame *command,
                    struct dlms_hdlc_link *link, uint32_t now_ms)
{
    struct dlms_hdlc_parameters proposed;
    abandon_output(server);
    if (link != NULL) {
        disconnect(server, link);
    }
    link = free_link(server);
    if (link == NULL || dlms_hdlc_is_cut(command) ||
        dlms_hdlc_parameters_parse(command->information, &proposed) != DLMS_OK) {
        respond_empty(server, command, DLMS_HDLC_DM);
        return;
    }
    reset_link(link, command);
    link->last_ms = now_ms;
    link->agreed = dlms_hdlc_parameters_agree(&server->settings->parameters, &proposed);
    respond_connected(server, command, link);
}

/* Takes N(R). False: it acknowledges what was never sent. */
static bool acknowledge(struct dlms_hdlc_link *link, uint8_t receive_number)
{
    const uint8_t count = (uint8_t)((receive_number - link->acknowledged) & 7);
    if (count > link->outstanding) {
        return false;
    }
    link->acknowledged = receive_number;
    link->outstanding = (uint8_t)(link->outstanding - count);
    link->next = 0;
    link->answer_sent += (size_t)count * link->agreed.transmit_size;
    if (link->answer_sent >= DLMS_HDLC_LLC + link->answer_length) {
        link->has_answer = false;
    }
    return true;
}

/* A complete request, LLC header in front. An answer not yet read to its end gives way. */
static void deliver(struct dlms_hdlc_server *server, struct dlms_hdlc_link *link,
                    struct dlms_span request)
{
    const struct dlms_hdlc_settings *settings = server->settings;
    abandon_output(server);
    link->in_segments = false;
    link->has_answer = false;
    link->outstanding = 0;
    link->next = 0;
    if (request.length <= DLMS_HDLC_LLC ||
        memcmp(request.data, llc_request, sizeof llc_request) != 0) {
        return;
    }
    const struct dlms_span apdu = {request.data + DLMS_HDLC_LLC, request.length - DLMS_HDLC_LLC};
    link->answer_length = settings->handler->handle(settings->context, link->client, link->upper,
                                                    apdu, link->answer, link->answer_size);
    link->answer_sent = 0;
    link->has_answer = link->answer_length > 0;
}

/* The information of an I frame that is next in sequence. False: more than there is room for. */
static bool take_information(struct dlms_hdlc_server *server, struct dlms_hdlc_link *link,
                             const struct dlms_hdlc_frame *frame)
{
    if (!link->in_segments) {
        if (!frame->segmented) {
            deliver(server, link, frame->information);
            return true;
        }
        link->in_segments = true;
        link->request_length = 0;
    }
    const size_t length = frame->information.length;
    if (length > link->request_size - link->request_length) {
        return false;
    }
    if (length > 0) {
        memcpy(link->request + link->request_length, frame->information.data, length);
        link->request_length += length;
    }
    if (!frame->segmented) {
        deliver(server, link, (struct dlms_span){link->request, link->request_length});
    }
    return true;
}

static void take_i_frame(struct dlms_hdlc_server *server, const struct dlms_hdlc_frame *frame,
                         struct dlms_hdlc_link *link, struct dlms_hdlc_control control)
{
    if (frame->information.length > link->agreed.receive_size || dlms_hdlc_is_cut(frame)) {
        reject(server, frame, link, INFORMATION_TOO_LONG);
        return;
    }
    if (control.send_number == link->receive_number) {
        if (!take_information(server, link, frame)) {
            reject(server, frame, link, INFORMATION_TOO_LONG);
            return;
        }
        link->receive_number = (link->receive_number + 1) & 7;
    }
    if (control.poll) {
        take_turn(server, frame, link, false);
    }
}

/* I, RR, RNR, REJ on a link in normal response mode. */
static void take_numbered(struct dlms_hdlc_server *server, const struct dlms_hdlc_frame *frame,
                          struct dlms_hdlc_link *link, struct dlms_hdlc_control control)
{
    if (server->sending == link) {
        abandon_output(server); /* what it was about to say may be acknowledged now */
    }
    if (!acknowledge(link, control.receive_number)) {
        reject(server, frame, link, WRONG_RECEIVE_NUMBER);
    } else if (control.type == DLMS_HDLC_I) {
        take_i_frame(server, frame, link, control);
    } else if (frame->information.length > 0) {
        reject(server, frame, link, INFORMATION_NOT_ALLOWED);
    } else if (control.poll) {
        take_turn(server, frame, link, control.type == DLMS_HDLC_RNR);
    }
}

static void take_notification(const struct dlms_hdlc_server *server,
                              const struct dlms_hdlc_frame *frame)
{
    const struct dlms_hdlc_settings *settings = server->settings;
    const struct dlms_span information = frame->information;
    if (settings->handler->notified != NULL && !frame->segmented && !dlms_hdlc_is_cut(frame) &&
        information.length > DLMS_HDLC_LLC &&
        memcmp(information.data, llc_request, sizeof llc_request) == 0) {
        const struct dlms_span apdu = {information.data + DLMS_HDLC_LLC,
                                       information.length - DLMS_HDLC_LLC};
        settings->handler->notified(settings->context, frame->source.upper,
                                    frame->destination.upper, apdu);
    }
}

/* A command other than SNRM and UI on a link that is up. */
static void take_connected(struct dlms_hdlc_server *server, const struct dlms_hdlc_frame *frame,
                           struct dlms_hdlc_link *link, struct dlms_hdlc_control control)
{
    if (control.type == DLMS_HDLC_DISC) {
        disconnect(server, link);
        if (control.poll) {
            abandon_output(server);
            respond_empty(server, frame, DLMS_HDLC_UA);
        }
    } else if (link->state == REJECTED) {
        if (control.poll) {
            abandon_output(server);
            respond_unnumbered(server, frame, DLMS_HDLC_FRMR,
                               (struct dlms_span){link->rejection, sizeof link->rejection});
        }
    } else if (control.type == DLMS_HDLC_UNKNOWN) {
        reject(server, frame, link, UNDEFINED_CONTROL);
    } else {
        take_numbered(server, frame, link, control);
    }
}

/* ---- Whose frame it is ---- */

enum target { NOT_US, US, EVERYBODY };

static enum target target_of(const struct dlms_hdlc_server *server,
                             const struct dlms_hdlc_address *address)
{
    const uint16_t all_stations = address->length == 4 ? 0x3FFF : 0x7F;
    const uint16_t calling = all_stations - 1;
    if ((server->settings->forms & 1u << address->length) == 0 || address->upper == 0) {
        return NOT_US;
    }
    if (address->length > 1) {
        if (address->lower == all_stations) {
            return EVERYBODY;
        }
        if (address->lower != server->settings->physical_address &&
            !(server->calling && address->lower == calling)) {
            return NOT_US;
        }
    }
    return address->upper == all_stations ? EVERYBODY : US;
}

/* Not from a client, or what only secondary stations send. */
static bool is_foreign(const struct dlms_hdlc_frame *frame, enum dlms_hdlc_type type)
{
    return frame->source.length != 1 || frame->source.upper == 0 || frame->source.upper == 0x7F ||
           type == DLMS_HDLC_UA || type == DLMS_HDLC_DM || type == DLMS_HDLC_FRMR;
}

static bool is_accepted(const struct dlms_hdlc_server *server, const struct dlms_hdlc_frame *frame)
{
    const struct dlms_hdlc_settings *settings = server->settings;
    return settings->handler->accept == NULL ||
           settings->handler->accept(settings->context, frame->source.upper,
                                     frame->destination.upper);
}

static void take_frame(struct dlms_hdlc_server *server, const struct dlms_hdlc_frame *frame,
                       uint32_t now_ms)
{
    const struct dlms_hdlc_control control = dlms_hdlc_control_parse(frame->control);
    const enum target target = target_of(server, &frame->destination);
    if (target == NOT_US || is_foreign(frame, control.type)) {
        return;
    }
    if (control.type == DLMS_HDLC_UI) {
        if (target == EVERYBODY || is_accepted(server, frame)) {
            take_notification(server, frame);
        }
        return;
    }
    if (target == EVERYBODY || !is_accepted(server, frame)) {
        return;
    }
    struct dlms_hdlc_link *link = find_link(server, frame->source.upper, frame->destination.upper);
    if (link != NULL) {
        link->last_ms = now_ms;
        link->form = frame->destination.length;
        link->lower = frame->destination.lower;
    }
    if (control.type == DLMS_HDLC_SNRM) {
        if (control.poll) {
            link_up(server, frame, link, now_ms);
        }
    } else if (link != NULL) {
        take_connected(server, frame, link, control);
    } else if (control.poll) {
        abandon_output(server);
        respond_empty(server, frame, DLMS_HDLC_DM);
    }
}

/* ---- The line ---- */

void dlms_hdlc_server_input(struct dlms_hdlc_server *server, uint32_t now_ms, const uint8_t *data,
                            size_t length)
{
    struct dlms_hdlc_frame frame;
    size_t used;
    notice_inactivity(server, now_ms);
    while (dlms_hdlc_receiver_feed(&server->receiver, now_ms, data, length, &used, &frame) ==
           DLMS_OK) {
        take_frame(server, &frame, now_ms);
        if (used > 0) {
            data += used;
            length -= used;
        }
    }
}

void dlms_hdlc_server_tick(struct dlms_hdlc_server *server, uint32_t now_ms)
{
    dlms_hdlc_server_input(server, now_ms, NULL, 0);
}

size_t dlms_hdlc_server_output(struct dlms_hdlc_server *server, uint32_t now_ms, uint8_t *data,
                               size_t size)
{
    size_t total = 0;
    while (total < size) {
        const size_t count = dlms_hdlc_sender_take(&server->sender, data + total, size - total);
        total += count;
        if (count > 0) {
            continue;
        }
        struct dlms_hdlc_link *link = server->sending;
        if (link == NULL) {
            break;
        }
        link->last_ms = now_ms;
        if (start_segment(server, link)) {
            server->sending = NULL;
        }
    }
    return total;
}

bool dlms_hdlc_server_notify(struct dlms_hdlc_server *server, uint16_t client_sap,
                             uint16_t server_sap, struct dlms_span apdu)
{
    const uint16_t physical = server->settings->physical_address;
    const bool has_form_1 = (server->settings->forms & DLMS_HDLC_FORM_1) != 0;
    const bool is_wide = physical > 0x7F || server_sap > 0x7F;
    const uint8_t form = is_wide ? 4 : has_form_1 ? 1 : 2;
    const struct dlms_hdlc_frame frame = {
        .destination = {.length = 1, .upper = client_sap},
        .source = {form, server_sap, form == 1 ? 0 : physical},
        .control = dlms_hdlc_control_write((struct dlms_hdlc_control){.type = DLMS_HDLC_UI}),
        .information = apdu,
    };
    if (server->sending != NULL || dlms_hdlc_sender_pending(&server->sender)) {
        return false;
    }
    return dlms_hdlc_sender_start(&server->sender, &frame,
                                  (struct dlms_span){llc_response, sizeof llc_response});
}

bool dlms_hdlc_server_connected(const struct dlms_hdlc_server *server, uint16_t client_sap,
                                uint16_t server_sap)
{
    const struct dlms_hdlc_link *link = find_link(server, client_sap, server_sap);
    return link != NULL && link->state == NORMAL;
}
