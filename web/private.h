/* What the files of the server share. Nobody else includes this. */
#ifndef WEB_PRIVATE_H
#define WEB_PRIVATE_H

#include "web/files.h"
#include "web/guard.h"
#include "web/listener.h"
#include "web/server.h"

#include <libwebsockets.h>

enum {
    WEB_COMMAND_SIZE = 4096, /* longest command accepted */
    WEB_ERROR_SIZE = 256,    /* longest reason of a refusal */
    WEB_CHUNK_SIZE = 16384,  /* of a response body, per turn of the loop */
    WEB_CONNECTIONS = 64,    /* at once; further ones are closed right away */
};

/* The state as last asked for, kept with room in front for the WebSocket frame header, and shared
 * by all connections: a slow one costs no copy of its own. */
struct web_state {
    unsigned char *frame; /* LWS_PRE bytes, then the JSON; NULL before the first */
    size_t length;        /* of the JSON */
    uint64_t generation;  /* counts the publishes */
    bool stale;           /* published since the frame was made */
};

struct web_server {
    struct web_server_config config;
    struct web_guard guard;
    struct web_listener listener;
    struct lws_context *context;
    struct lws_vhost *vhost;
    void *loops[1];     /* for libwebsockets: one service thread, one loop */
    uv_idle_t stopping; /* watches the closing handles of libwebsockets, see server.c */
    unsigned viewers;   /* WebSocket connections */
    struct web_state state;
    unsigned char
        chunk[LWS_PRE + WEB_CHUNK_SIZE]; /* passing through, holds nothing between calls */
};

/* One HTTP connection, which serves one request. All zero when libwebsockets creates it. */
struct web_request {
    const unsigned char *body; /* what is still to be sent */
    size_t body_left;
    char *owned;        /* the body if it has to be freed, else NULL */
    bool headers_only;  /* HEAD */
    bool awaiting_body; /* a command is coming in */
    size_t command_length;
    char command[WEB_COMMAND_SIZE];
};

/* One WebSocket connection. All zero when libwebsockets creates it. */
struct web_viewer {
    uint64_t seen;  /* generation of the last state sent */
    bool answering; /* answer waits to be sent; nothing more is read until it is */
    bool overlong;  /* the message coming in exceeds command */
    size_t command_length;
    char command[WEB_COMMAND_SIZE];
    char answer[LWS_PRE + 2 * WEB_ERROR_SIZE];
};

/* The callbacks of the two protocols of libwebsockets. */
int web_http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in,
                      size_t length);
int web_viewer_callback(struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in,
                        size_t length);

struct web_server *web_server_of(struct lws *wsi);

/* Hands a command over and writes the answer as JSON, {"ok":true} or {"error":"…"}. */
bool web_execute(struct web_server *server, const char *json, size_t length, char *answer,
                 size_t answer_size);

/* Writes {"error":"reason"}. answer_size of 2 * WEB_ERROR_SIZE is always enough. */
void web_error_json(const char *reason, char *answer, size_t answer_size);

/* Copies a request header into text. Returns false if it is absent (text is then empty) or longer.
 */
bool web_header(struct lws *wsi, enum lws_token_indexes token, char *text, int text_size);

/* NULL if the Host header is acceptable, and the Origin too where one matters; else the reason. */
const char *web_refusal(struct lws *wsi, bool check_origin);

#endif
