/* The WebSocket side: sends the newest state, takes commands.
 *
 * A connection is written to only when it can take more, and what it then gets is the newest state:
 * a slow one skips states instead of piling them up. While an answer waits, nothing more is read.
 * Invariant: per connection at most one message is on its way.
 */
#include "web/private.h"

#include <stdlib.h>
#include <string.h>

/* Makes the frame of the present state, if it is not there yet. */
static bool refresh(struct web_server *server)
{
    struct web_state *state = &server->state;
    if (!state->stale && state->frame) {
        return true;
    }

    char *json = server->config.state(server->config.context);
    size_t length = json ? strlen(json) : 0;
    unsigned char *frame = json ? realloc(state->frame, LWS_PRE + length) : NULL;
    if (frame) {
        memcpy(frame + LWS_PRE, json, length);
        state->frame = frame;
        state->length = length;
        state->stale = false;
    }
    free(json);
    return frame != NULL;
}

static int send_text(struct lws *wsi, unsigned char *text, size_t length)
{
    return lws_write(wsi, text, length, LWS_WRITE_TEXT) < (int)length ? -1 : 0;
}

static int send_answer(struct lws *wsi, struct web_viewer *viewer)
{
    char *text = viewer->answer + LWS_PRE;

    viewer->answering = false;
    lws_rx_flow_control(wsi, 1);
    lws_callback_on_writable(wsi);
    return send_text(wsi, (unsigned char *)text, strlen(text));
}

static int send_state(struct lws *wsi, struct web_viewer *viewer)
{
    struct web_server *server = web_server_of(wsi);

    if (viewer->seen == server->state.generation || !refresh(server)) {
        return 0;
    }
    viewer->seen = server->state.generation;
    return send_text(wsi, server->state.frame + LWS_PRE, server->state.length);
}

static int carry_out(struct lws *wsi, struct web_viewer *viewer)
{
    char *answer = viewer->answer + LWS_PRE;
    size_t size = sizeof viewer->answer - LWS_PRE;

    if (viewer->overlong) {
        web_error_json("command is too long", answer, size);
    } else {
        web_execute(web_server_of(wsi), viewer->command, viewer->command_length, answer, size);
    }
    viewer->command_length = 0;
    viewer->overlong = false;
    viewer->answering = true;
    lws_rx_flow_control(wsi, 0);
    lws_callback_on_writable(wsi);
    return 0;
}

static int take(struct lws *wsi, struct web_viewer *viewer, const void *in, size_t length)
{
    if (length > sizeof viewer->command - viewer->command_length) {
        viewer->overlong = true;
    }
    if (!viewer->overlong) {
        memcpy(viewer->command + viewer->command_length, in, length);
        viewer->command_length += length;
    }
    if (lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0) {
        return carry_out(wsi, viewer);
    }
    return 0;
}

static bool admitted(struct lws *wsi)
{
    char path[8];

    return web_header(wsi, WSI_TOKEN_GET_URI, path, sizeof path) && strcmp(path, "/ws") == 0 &&
           web_refusal(wsi, true) == NULL;
}

static void welcome(struct lws *wsi)
{
    struct web_server *server = web_server_of(wsi);

    if (server->viewers++ == 0) {
        server->state.stale = true; /* nobody was there to see the changes */
    }
    lws_callback_on_writable(wsi);
}

int web_viewer_callback(struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in,
                        size_t length)
{
    struct web_viewer *viewer = session;

    switch (reason) {
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        return admitted(wsi) ? 0 : -1;
    case LWS_CALLBACK_ESTABLISHED:
        welcome(wsi);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return viewer->answering ? send_answer(wsi, viewer) : send_state(wsi, viewer);
    case LWS_CALLBACK_RECEIVE:
        return take(wsi, viewer, in, length);
    case LWS_CALLBACK_CLOSED:
        web_server_of(wsi)->viewers--;
        return 0;
    default:
        return 0;
    }
}
