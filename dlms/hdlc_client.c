/* The primary station. It has the turn, or it waits for a frame with F, or it pauses because the
 * server has nothing yet; silence brings the turn back to it.
 *
 * Invariants: an operation ends with one event, since each turn that brings no progress counts
 * against retries, and all time without progress against answer_ms. The answer grows only by the I
 * frame whose N(S) is receive_number, so what is repeated is not taken twice. A frame that is a
 * repetition never makes the client send: two turns under way would otherwise keep each other alive. */
#include "dlms/hdlc_client.h"

#include <string.h>

#include "dlms/hdlc_header.h"

enum state { CLOSED, CONNECTING, OPEN, EXCHANGING, CLOSING };

static const uint8_t llc_request[DLMS_HDLC_LLC] = {0xE6, 0xE6, 0x00};
static const uint8_t llc_response[DLMS_HDLC_LLC] = {0xE6, 0xE7, 0x00};
static const struct dlms_span nothing = {NULL, 0};

const char *dlms_hdlc_failure_text(enum dlms_hdlc_failure failure)
{
    static const char *const texts[] = {
        [DLMS_HDLC_FAILURE_NONE] = "no failure",
        [DLMS_HDLC_FAILURE_TIMEOUT] = "no response",
        [DLMS_HDLC_FAILURE_NO_ANSWER] = "the server responds but does not answer",
        [DLMS_HDLC_FAILURE_DM] = "the server is disconnected",
        [DLMS_HDLC_FAILURE_FRMR] = "the server rejected a frame",
        [DLMS_HDLC_FAILURE_PARAMETERS] = "the server's connection parameters are invalid",
        [DLMS_HDLC_FAILURE_TOO_LONG] = "the answer is longer than the buffer",
        [DLMS_HDLC_FAILURE_PROTOCOL] = "the server broke the protocol",
    };
    const size_t index = (size_t)failure;
    return index < sizeof texts / sizeof texts[0] ? texts[index] : "unknown failure";
}

void dlms_hdlc_client_init(struct dlms_hdlc_client *client,
                           const struct dlms_hdlc_client_settings *settings, uint8_t *frame,
                           size_t frame_size, uint8_t *answer, size_t answer_size)
{
    *client = (struct dlms_hdlc_client){
        .settings = settings,
        .answer = answer,
        .answer_size = answer_size,
    };
    dlms_hdlc_receiver_init(&client->receiver, frame, frame_size, settings->inter_octet_ms);
}

/* ---- Sending ---- */

static void send_frame(struct dlms_hdlc_client *client, struct dlms_hdlc_control control,
                       bool segmented, struct dlms_span prefix, struct dlms_span information)
{
    const struct dlms_hdlc_frame frame = {
        .segmented = segmented,
        .destination = client->settings->server,
        .source = {.length = 1, .upper = client->settings->client_sap},
        .control = dlms_hdlc_control_write(control),
        .information = information,
    };
    dlms_hdlc_sender_start(&client->sender, &frame, prefix);
}

static void send_unnumbered(struct dlms_hdlc_client *client, enum dlms_hdlc_type type,
                            struct dlms_span information)
{
    const struct dlms_hdlc_control control = {.type = type, .poll = true};
    send_frame(client, control, false, nothing, information);
}

static void send_connect(struct dlms_hdlc_client *client)
{
    struct dlms_span information = nothing;
    if (!client->settings->propose_nothing) {
        information.data = client->parameters;
        information.length =
            dlms_hdlc_parameters_write(&client->settings->parameters, client->parameters);
    }
    send_unnumbered(client, DLMS_HDLC_SNRM, information);
}

static void send_poll(struct dlms_hdlc_client *client)
{
    const struct dlms_hdlc_control control = {
        .type = DLMS_HDLC_RR, .poll = true, .receive_number = client->receive_number};
    send_frame(client, control, false, nothing, nothing);
}

static size_t request_total(const struct dlms_hdlc_client *client)
{
    return DLMS_HDLC_LLC + client->request.length;
}

static bool is_request_acknowledged(const struct dlms_hdlc_client *client)
{
    return client->request_sent >= request_total(client);
}

/* The next segment of LLC header and request; the turn is given away with the last that the window
 * allows. */
static void send_segment(struct dlms_hdlc_client *client)
{
    const size_t size = client->agreed.transmit_size;
    const size_t offset = client->request_sent + client->next * size;
    const size_t rest = request_total(client) - offset;
    const bool is_last = rest <= size;
    const size_t llc = offset == 0 ? DLMS_HDLC_LLC : 0;
    const struct dlms_span information = {client->request.data + offset + llc - DLMS_HDLC_LLC,
                                          (is_last ? rest : size) - llc};
    const bool ends_turn = is_last || client->next + 1 == client->agreed.transmit_window;
    const struct dlms_hdlc_control control = {DLMS_HDLC_I, ends_turn,
                                              (uint8_t)(client->acknowledged + client->next),
                                              client->receive_number};
    client->next++;
    if (client->outstanding < client->next) {
        client->outstanding = client->next;
    }
    client->is_sending = !ends_turn;
    send_frame(client, control, !is_last, (struct dlms_span){llc_request, llc}, information);
}

/* ---- Operations ---- */

static void start(struct dlms_hdlc_client *client, uint32_t now_ms, enum state state)
{
    client->state = (uint8_t)state;
    client->tries = 0;
    client->since_ms = now_ms;
    client->progress_ms = now_ms;
    client->is_sending = false;
    client->is_waiting = false;
    client->sender = (struct dlms_hdlc_sender){0};
}

static void finish(struct dlms_hdlc_client *client, enum state state, enum dlms_hdlc_event event)
{
    client->state = (uint8_t)state;
    client->event = (uint8_t)event;
    client->is_sending = false;
    client->is_waiting = false;
    client->sender = (struct dlms_hdlc_sender){0};
}

static void fail(struct dlms_hdlc_client *client, enum dlms_hdlc_failure failure)
{
    client->failure = failure;
    finish(client, CLOSED, DLMS_HDLC_FAILED);
}

bool dlms_hdlc_client_connect(struct dlms_hdlc_client *client, uint32_t now_ms)
{
    if (client->event != DLMS_HDLC_NOTHING || (client->state != CLOSED && client->state != OPEN)) {
        return false;
    }
    start(client, now_ms, CONNECTING);
    send_connect(client);
    return true;
}

bool dlms_hdlc_client_send(struct dlms_hdlc_client *client, uint32_t now_ms, struct dlms_span apdu,
                           bool wants_answer)
{
    if (client->event != DLMS_HDLC_NOTHING || client->state != OPEN || apdu.length == 0) {
        return false;
    }
    start(client, now_ms, EXCHANGING);
    client->request = apdu;
    client->request_sent = 0;
    client->outstanding = 0;
    client->next = 0;
    client->answer_length = 0;
    client->is_complete = false;
    client->wants_answer = wants_answer;
    client->is_sending = true;
    return true;
}

bool dlms_hdlc_client_disconnect(struct dlms_hdlc_client *client, uint32_t now_ms)
{
    if (client->event != DLMS_HDLC_NOTHING || (client->state != OPEN && client->state != CLOSED)) {
        return false;
    }
    start(client, now_ms, CLOSING);
    send_unnumbered(client, DLMS_HDLC_DISC, nothing);
    return true;
}

/* ---- Turns ---- */

static void note_progress(struct dlms_hdlc_client *client, uint32_t now_ms)
{
    client->tries = 0;
    client->progress_ms = now_ms;
}

/* One more turn without progress. False: that was one too many. */
static bool may_retry(struct dlms_hdlc_client *client)
{
    if (client->tries >= client->settings->retries) {
        fail(client, DLMS_HDLC_FAILURE_TIMEOUT);
        return false;
    }
    client->tries++;
    return true;
}

/* What the server lacks, from the first frame it has not acknowledged; else a poll. */
static void take_turn(struct dlms_hdlc_client *client)
{
    client->is_waiting = false;
    client->next = 0;
    if (is_request_acknowledged(client)) {
        send_poll(client);
    } else {
        client->is_sending = true;
    }
}

static void ask_again(struct dlms_hdlc_client *client)
{
    if (!may_retry(client)) {
        return;
    }
    if (client->state == CONNECTING) {
        send_connect(client);
    } else if (client->state == CLOSING) {
        send_unnumbered(client, DLMS_HDLC_DISC, nothing);
    } else {
        send_poll(client); /* what it has decides what is sent again */
    }
}

static bool is_under_way(const struct dlms_hdlc_client *client)
{
    return client->state == CONNECTING || client->state == EXCHANGING || client->state == CLOSING;
}

static void notice_time(struct dlms_hdlc_client *client, uint32_t now_ms)
{
    const struct dlms_hdlc_client_settings *settings = client->settings;
    const uint32_t silence_ms = now_ms - client->since_ms;
    if (!is_under_way(client)) {
        return;
    }
    if (now_ms - client->progress_ms > settings->answer_ms) {
        fail(client, DLMS_HDLC_FAILURE_NO_ANSWER);
    } else if (client->is_sending || dlms_hdlc_sender_pending(&client->sender)) {
        return;
    } else if (client->is_waiting && silence_ms >= settings->poll_ms) {
        take_turn(client);
    } else if (!client->is_waiting && silence_ms >= settings->response_ms) {
        ask_again(client);
    }
}

/* ---- Responses ---- */

static void take_connected(struct dlms_hdlc_client *client, const struct dlms_hdlc_frame *frame)
{
    struct dlms_hdlc_parameters said;
    if (dlms_hdlc_is_cut(frame) ||
        dlms_hdlc_parameters_parse(frame->information, &said) != DLMS_OK) {
        fail(client, DLMS_HDLC_FAILURE_PARAMETERS);
        return;
    }
    struct dlms_hdlc_parameters own = client->settings->parameters;
    if (client->settings->propose_nothing) {
        own = dlms_hdlc_parameters_default();
    }
    client->agreed = dlms_hdlc_parameters_agree(&own, &said);
    client->receive_number = 0;
    client->acknowledged = 0;
    client->outstanding = 0;
    finish(client, OPEN, DLMS_HDLC_CONNECTED);
}

static void take_rejection(struct dlms_hdlc_client *client, const struct dlms_hdlc_frame *frame)
{
    memset(client->rejection, 0, sizeof client->rejection);
    if (frame->information.length >= sizeof client->rejection && frame->information.data != NULL) {
        memcpy(client->rejection, frame->information.data, sizeof client->rejection);
    }
    fail(client, DLMS_HDLC_FAILURE_FRMR);
}

/* Takes N(R). Returns how many frames it acknowledges, or -1: some that were never sent. */
static int acknowledge(struct dlms_hdlc_client *client, uint8_t receive_number)
{
    const uint8_t count = (uint8_t)((receive_number - client->acknowledged) & 7);
    if (count > client->outstanding) {
        return -1;
    }
    client->acknowledged = receive_number;
    client->outstanding = (uint8_t)(client->outstanding - count);
    client->request_sent += (size_t)count * client->agreed.transmit_size;
    return count;
}

/* The information of the I frame that is next in sequence. False: more than there is room for. */
static bool take_information(struct dlms_hdlc_client *client, const struct dlms_hdlc_frame *frame)
{
    const struct dlms_span information = frame->information;
    client->receive_number = (client->receive_number + 1) & 7;
    if (!client->wants_answer || client->is_complete) {
        return true;
    }
    if (information.length > client->answer_size - client->answer_length ||
        dlms_hdlc_is_cut(frame)) {
        return false;
    }
    if (information.length > 0) {
        memcpy(client->answer + client->answer_length, information.data, information.length);
        client->answer_length += information.length;
    }
    client->is_complete = !frame->segmented;
    return true;
}

static void finish_exchange(struct dlms_hdlc_client *client)
{
    if (!client->wants_answer) {
        finish(client, OPEN, DLMS_HDLC_DELIVERED);
    } else if (client->answer_length <= DLMS_HDLC_LLC ||
               memcmp(client->answer, llc_response, sizeof llc_response) != 0) {
        fail(client, DLMS_HDLC_FAILURE_PROTOCOL);
    } else {
        finish(client, OPEN, DLMS_HDLC_ANSWER);
    }
}

/* The server gave the turn back. brought: the frame had something new. */
static void take_turn_back(struct dlms_hdlc_client *client, enum dlms_hdlc_type type, bool brought)
{
    const bool is_acknowledged = is_request_acknowledged(client);
    if (is_acknowledged && (client->is_complete || !client->wants_answer)) {
        finish_exchange(client);
    } else if (type == DLMS_HDLC_RNR || (type == DLMS_HDLC_RR && is_acknowledged)) {
        client->is_waiting = true;
        client->tries = 0; /* it is there; answer_ms limits how long it may not be ready */
    } else if (brought || may_retry(client)) {
        take_turn(client);
    }
}

/* An I frame that is not the next and not behind a lost one: what is here already. */
static bool is_repetition(const struct dlms_hdlc_client *client, struct dlms_hdlc_control control)
{
    const uint8_t gap = (uint8_t)((control.send_number - client->receive_number) & 7);
    return control.type == DLMS_HDLC_I && gap >= client->agreed.receive_window;
}

static void take_numbered(struct dlms_hdlc_client *client, const struct dlms_hdlc_frame *frame,
                          struct dlms_hdlc_control control, uint32_t now_ms)
{
    const int acknowledged = acknowledge(client, control.receive_number);
    const bool is_old = is_repetition(client, control);
    bool brought = acknowledged > 0;
    if (acknowledged < 0) {
        fail(client, DLMS_HDLC_FAILURE_PROTOCOL);
        return;
    }
    if (!brought && is_old) {
        return;
    }
    client->is_sending = false; /* the server is still speaking; what it lacks may have changed */
    client->sender = (struct dlms_hdlc_sender){0};
    if (control.type == DLMS_HDLC_I && control.send_number == client->receive_number) {
        brought = true;
        if (!take_information(client, frame)) {
            fail(client, DLMS_HDLC_FAILURE_TOO_LONG);
            return;
        }
    }
    if (brought) {
        note_progress(client, now_ms);
    }
    if (control.poll && !is_old) {
        take_turn_back(client, control.type, brought);
    }
}

static void take_notification(struct dlms_hdlc_client *client, const struct dlms_hdlc_frame *frame)
{
    const struct dlms_span information = frame->information;
    if (!frame->segmented && !dlms_hdlc_is_cut(frame) && information.length > DLMS_HDLC_LLC &&
        memcmp(information.data, llc_response, sizeof llc_response) == 0) {
        client->notification = (struct dlms_span){information.data + DLMS_HDLC_LLC,
                                                  information.length - DLMS_HDLC_LLC};
        client->event = DLMS_HDLC_NOTIFICATION;
    }
}

static void take_exchanged(struct dlms_hdlc_client *client, const struct dlms_hdlc_frame *frame,
                           struct dlms_hdlc_control control, uint32_t now_ms)
{
    switch (control.type) {
    case DLMS_HDLC_I:
    case DLMS_HDLC_RR:
    case DLMS_HDLC_RNR:
    case DLMS_HDLC_REJ:
        take_numbered(client, frame, control, now_ms);
        break;
    case DLMS_HDLC_DM:
        fail(client, DLMS_HDLC_FAILURE_DM);
        break;
    case DLMS_HDLC_FRMR:
        take_rejection(client, frame);
        break;
    default:
        break; /* a UA that comes late */
    }
}

static bool is_for_us(const struct dlms_hdlc_client *client, const struct dlms_hdlc_frame *frame)
{
    const struct dlms_hdlc_address *server = &client->settings->server;
    return frame->destination.length == 1 &&
           frame->destination.upper == client->settings->client_sap &&
           frame->source.length == server->length && frame->source.upper == server->upper &&
           frame->source.lower == server->lower;
}

static void take_frame(struct dlms_hdlc_client *client, const struct dlms_hdlc_frame *frame,
                       uint32_t now_ms)
{
    const struct dlms_hdlc_control control = dlms_hdlc_control_parse(frame->control);
    if (!is_for_us(client, frame)) {
        return;
    }
    if (control.type == DLMS_HDLC_UI) {
        take_notification(client, frame);
        return;
    }
    switch ((enum state)client->state) {
    case CONNECTING:
        if (control.type == DLMS_HDLC_UA) {
            take_connected(client, frame);
        } else if (control.type == DLMS_HDLC_DM) {
            fail(client, DLMS_HDLC_FAILURE_DM);
        }
        break;
    case EXCHANGING:
        take_exchanged(client, frame, control, now_ms);
        break;
    case CLOSING:
        if (control.type == DLMS_HDLC_UA || control.type == DLMS_HDLC_DM) {
            finish(client, CLOSED, DLMS_HDLC_DISCONNECTED);
        }
        break;
    case CLOSED:
    case OPEN:
        break;
    }
}

/* ---- The line ---- */

size_t dlms_hdlc_client_input(struct dlms_hdlc_client *client, uint32_t now_ms, const uint8_t *data,
                              size_t length)
{
    struct dlms_hdlc_frame frame;
    size_t total = 0;
    while (client->event == DLMS_HDLC_NOTHING) {
        size_t used;
        const enum dlms_err err =
            dlms_hdlc_receiver_feed(&client->receiver, now_ms, data, length - total, &used, &frame);
        if (used > 0) {
            data += used;
            total += used;
            client->since_ms = client->is_waiting ? client->since_ms : now_ms;
        }
        if (err != DLMS_OK) {
            break;
        }
        take_frame(client, &frame, now_ms);
        if (client->is_waiting) {
            client->since_ms = now_ms;
        }
    }
    if (client->event == DLMS_HDLC_NOTHING) {
        notice_time(client, now_ms);
    }
    return total;
}

void dlms_hdlc_client_tick(struct dlms_hdlc_client *client, uint32_t now_ms)
{
    dlms_hdlc_client_input(client, now_ms, NULL, 0);
}

size_t dlms_hdlc_client_output(struct dlms_hdlc_client *client, uint32_t now_ms, uint8_t *data,
                               size_t size)
{
    size_t total = 0;
    while (total < size) {
        const size_t count = dlms_hdlc_sender_take(&client->sender, data + total, size - total);
        total += count;
        if (count == 0) {
            if (!client->is_sending) {
                break;
            }
            send_segment(client);
        }
    }
    if (total > 0) {
        client->since_ms = now_ms;
    }
    return total;
}

enum dlms_hdlc_event dlms_hdlc_client_event(struct dlms_hdlc_client *client, struct dlms_span *apdu)
{
    const enum dlms_hdlc_event event = (enum dlms_hdlc_event)client->event;
    *apdu = nothing;
    if (event == DLMS_HDLC_ANSWER) {
        *apdu = (struct dlms_span){client->answer + DLMS_HDLC_LLC,
                                   client->answer_length - DLMS_HDLC_LLC};
    } else if (event == DLMS_HDLC_NOTIFICATION) {
        *apdu = client->notification;
    }
    client->event = DLMS_HDLC_NOTHING;
    return event;
}

bool dlms_hdlc_client_connected(const struct dlms_hdlc_client *client)
{
    return client->state == OPEN || client->state == EXCHANGING;
}
