/* APDUs over either carrier. Invariant: every wait has an end, and what comes from another
 * address is no answer. */
#include "cli/tool_dlms_link.h"
#include <string.h>

enum {
    TIMEOUT_MS = 10000,      /* to an answer on TCP */
    HDLC_RESPONSE_MS = 2500, /* the family answers within 2 s */
    HDLC_ANSWER_MS = 30000,
    HDLC_RETRIES = 3,
    HDLC_POLL_MS = 100,
    TICK_MS = 20,
    INFORMATION = 512, /* what the family's own reader proposes */
    ONE_OCTET_MAX = 127,
};

/* ---- Bytes ---- */

/* Bytes that have come, at octets_at; none after wait_ms. */
static bool fetch(struct tool_dlms_link *link, uint32_t wait_ms, struct tool_failure *failure)
{
    if (link->octets_at < link->octets_length) {
        return true;
    }
    link->octets_at = 0;
    return endpoint_line_read(&link->line, link->octets, sizeof link->octets, wait_ms,
                              &link->octets_length, failure);
}

/* ---- Wrapper ---- */

static bool send_wrapped(struct tool_dlms_link *link, struct dlms_span apdu,
                         struct tool_failure *failure)
{
    uint8_t header[DLMS_WRAPPER_HEADER];
    dlms_wrapper_header(header, link->client, link->server, (uint16_t)apdu.length);
    return endpoint_line_write(&link->line, header, sizeof header, failure) &&
           endpoint_line_write(&link->line, apdu.data, apdu.length, failure);
}

/* One frame out of the bytes at hand. DLMS_ERR_MORE: none is complete. */
static enum dlms_err take_frame(struct tool_dlms_link *link, struct dlms_wrapper_frame *frame)
{
    size_t used;
    const enum dlms_err err =
        dlms_wrapper_feed(&link->wrapper, link->octets + link->octets_at,
                          link->octets_length - link->octets_at, &used, frame);
    link->octets_at += used;
    return err;
}

static bool receive_wrapped(struct tool_dlms_link *link, struct dlms_span *apdu,
                            struct tool_failure *failure)
{
    const uint32_t start_ms = endpoint_now_ms();
    while (endpoint_now_ms() - start_ms < link->timeout_ms) {
        const uint32_t left_ms = link->timeout_ms - (endpoint_now_ms() - start_ms);
        struct dlms_wrapper_frame frame;
        if (!fetch(link, left_ms, failure)) {
            return false;
        }
        const enum dlms_err err = take_frame(link, &frame);
        if (err == DLMS_OK && frame.source == link->server && frame.destination == link->client) {
            *apdu = frame.apdu;
            return true;
        }
        if (err == DLMS_ERR_FORMAT || err == DLMS_ERR_SPACE) {
            return tool_fail(failure, TOOL_NO_ANSWER,
                             "%s: what answers does not speak the DLMS wrapper", link->line.name);
        }
    }
    return tool_fail(failure, TOOL_NO_ANSWER,
                     "%s: no answer within %u ms; is logical device %u there?", link->line.name,
                     link->timeout_ms, link->server);
}

/* ---- HDLC ---- */

static bool pump_out(struct tool_dlms_link *link, struct tool_failure *failure)
{
    uint8_t octets[512];
    size_t count;
    while ((count = dlms_hdlc_client_output(&link->hdlc, endpoint_now_ms(), octets,
                                            sizeof octets)) > 0) {
        if (!endpoint_line_write(&link->line, octets, count, failure)) {
            return false;
        }
    }
    return true;
}

static bool pump_in(struct tool_dlms_link *link, struct tool_failure *failure)
{
    if (!fetch(link, TICK_MS, failure)) {
        return false;
    }
    const size_t left = link->octets_length - link->octets_at;
    if (left == 0) {
        dlms_hdlc_client_tick(&link->hdlc, endpoint_now_ms());
        return true;
    }
    link->octets_at += dlms_hdlc_client_input(&link->hdlc, endpoint_now_ms(),
                                              link->octets + link->octets_at, left);
    return true;
}

/* Sends and receives until something has happened. */
static bool await_event(struct tool_dlms_link *link, enum dlms_hdlc_event *event,
                        struct dlms_span *apdu, struct tool_failure *failure)
{
    while ((*event = dlms_hdlc_client_event(&link->hdlc, apdu)) == DLMS_HDLC_NOTHING) {
        if (!pump_out(link, failure) || !pump_in(link, failure)) {
            return false;
        }
    }
    if (*event == DLMS_HDLC_FAILED) {
        return tool_fail(failure, TOOL_NO_ANSWER, "%s: HDLC: %s (client %u, server %u)",
                         link->line.name, dlms_hdlc_failure_text(link->hdlc.failure), link->client,
                         link->server);
    }
    return true;
}

static struct dlms_hdlc_address server_address(uint16_t upper, uint32_t lower)
{
    struct dlms_hdlc_address address = {.length = 1, .upper = upper, .lower = (uint16_t)lower};
    if (upper > ONE_OCTET_MAX || lower > ONE_OCTET_MAX) {
        address.length = 4;
    } else if (lower != 0) {
        address.length = 2;
    }
    return address;
}

static bool open_hdlc(struct tool_dlms_link *link, const struct endpoint *endpoint,
                      struct tool_failure *failure)
{
    const uint32_t response_ms =
        endpoint->timeout_ms != 0 ? endpoint->timeout_ms : HDLC_RESPONSE_MS;
    link->settings = (struct dlms_hdlc_client_settings){
        .client_sap = link->client,
        .server = server_address(link->server, endpoint->physical),
        .parameters = {INFORMATION, INFORMATION, 1, 1, true},
        .inter_octet_ms = 0,
        .response_ms = response_ms,
        .poll_ms = HDLC_POLL_MS,
        .answer_ms = HDLC_ANSWER_MS + response_ms * (HDLC_RETRIES + 1),
        .retries = HDLC_RETRIES,
    };
    dlms_hdlc_client_init(&link->hdlc, &link->settings, link->frame, sizeof link->frame,
                          link->answer, sizeof link->answer);
    dlms_hdlc_client_connect(&link->hdlc, endpoint_now_ms());
    enum dlms_hdlc_event event;
    struct dlms_span none;
    return await_event(link, &event, &none, failure);
}

static bool receive_hdlc(struct tool_dlms_link *link, struct dlms_span *apdu,
                         struct tool_failure *failure)
{
    enum dlms_hdlc_event event;
    do {
        if (!await_event(link, &event, apdu, failure)) {
            return false;
        }
    } while (event != DLMS_HDLC_ANSWER && event != DLMS_HDLC_NOTIFICATION);
    return true;
}

/* ---- Either ---- */

bool tool_dlms_link_open(struct tool_dlms_link *link, const struct endpoint *endpoint,
                         struct tool_failure *failure)
{
    link->is_hdlc = endpoint->language == ENDPOINT_HDLC;
    link->timeout_ms = endpoint->timeout_ms != 0 ? endpoint->timeout_ms : TIMEOUT_MS;
    link->octets_at = link->octets_length = 0;
    const uint32_t connect_ms =
        endpoint->timeout_ms != 0 ? endpoint->timeout_ms : ENDPOINT_CONNECT_MS;
    if (!endpoint_line_open(&link->line, endpoint, connect_ms, failure)) {
        return false;
    }
    dlms_wrapper_init(&link->wrapper, link->answer, sizeof link->answer);
    return !link->is_hdlc || open_hdlc(link, endpoint, failure);
}

bool tool_dlms_link_send(struct tool_dlms_link *link, struct dlms_span apdu,
                         struct tool_failure *failure)
{
    if (!link->is_hdlc) {
        return send_wrapped(link, apdu, failure);
    }
    if (!dlms_hdlc_client_send(&link->hdlc, endpoint_now_ms(), apdu, true)) {
        return tool_fail(failure, TOOL_NO_ANSWER, "%s: the HDLC link is down", link->line.name);
    }
    return true;
}

bool tool_dlms_link_receive(struct tool_dlms_link *link, struct dlms_span *apdu,
                            struct tool_failure *failure)
{
    return link->is_hdlc ? receive_hdlc(link, apdu, failure) : receive_wrapped(link, apdu, failure);
}

void tool_dlms_link_close(struct tool_dlms_link *link)
{
    struct tool_failure none;
    enum dlms_hdlc_event event;
    struct dlms_span apdu;
    if (link->line.fd >= 0 && link->is_hdlc && dlms_hdlc_client_connected(&link->hdlc) &&
        dlms_hdlc_client_disconnect(&link->hdlc, endpoint_now_ms())) {
        await_event(link, &event, &apdu, &none);
    }
    endpoint_line_close(&link->line);
}
