/* The HTTP side: files, state, commands.
 *
 * Every response goes out the same way: headers at once, the body in chunks as the connection takes
 * them, and then the connection is closed: libwebsockets 4.1 mixes up the bodies of requests that
 * arrive together, and what follows a refused body must not be taken for a request. On a loopback a
 * new connection costs nothing. Invariant: a body is either static or owned by the request, and is
 * freed with it.
 */
#include "web/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS_SIZE = 2048 };

static const char JSON_TYPE[] = "application/json";

/* Sent with every response. The page loads nothing from anywhere else and may not be framed. */
static const char *const SECURITY_HEADERS[][2] = {
    {"content-security-policy:",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
     "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"x-content-type-options:", "nosniff"},
    {"referrer-policy:", "no-referrer"},
    {"cross-origin-resource-policy:", "same-origin"},
    {"cache-control:", "no-cache"},
};

struct response {
    unsigned status;
    const char *type; /* NULL: no body */
    const void *body;
    size_t length;
    char *owned; /* body if it is to be freed */
    const char *etag;
    const char *allow;
};

struct headers {
    unsigned char *at;
    unsigned char *end;
    struct lws *wsi;
    bool failed;
};

static void add_header(struct headers *headers, const char *name, const char *value)
{
    if (value && lws_add_http_header_by_name(headers->wsi, (const unsigned char *)name,
                                             (const unsigned char *)value, (int)strlen(value),
                                             &headers->at, headers->end)) {
        headers->failed = true;
    }
}

static void add_all_headers(struct headers *headers, const struct response *response)
{
    if (lws_add_http_header_status(headers->wsi, response->status, &headers->at, headers->end)) {
        headers->failed = true;
    }
    for (size_t i = 0; i < sizeof SECURITY_HEADERS / sizeof SECURITY_HEADERS[0]; i++) {
        add_header(headers, SECURITY_HEADERS[i][0], SECURITY_HEADERS[i][1]);
    }
    add_header(headers, "content-type:", response->type);
    add_header(headers, "etag:", response->etag);
    add_header(headers, "allow:", response->allow);
    add_header(headers, "connection:", "close");
    if (response->status != HTTP_STATUS_NOT_MODIFIED &&
        lws_add_http_header_content_length(headers->wsi, response->length, &headers->at,
                                           headers->end)) {
        headers->failed = true;
    }
}

static int finish(struct web_request *request)
{
    free(request->owned);
    memset(request, 0, sizeof *request);
    return -1; /* closes, once all is sent */
}

/* Sends the headers and arranges for the body. Returns what the callback has to return. */
static int respond(struct lws *wsi, struct web_request *request, const struct response *response)
{
    unsigned char room[LWS_PRE + HEADERS_SIZE];
    unsigned char *start = room + LWS_PRE;
    struct headers headers = {.at = start, .end = room + sizeof room, .wsi = wsi};

    request->body = response->body;
    request->body_left = request->headers_only ? 0 : response->length;
    request->owned = response->owned;
    add_all_headers(&headers, response);
    if (headers.failed ||
        lws_finalize_write_http_header(wsi, start, &headers.at, headers.end) != 0) {
        return -1; /* LWS_CALLBACK_CLOSED_HTTP frees the body */
    }
    if (request->body_left == 0) {
        return finish(request);
    }
    lws_callback_on_writable(wsi);
    return 0;
}

static int send_body(struct lws *wsi, struct web_request *request)
{
    struct web_server *server = web_server_of(wsi);
    size_t length = request->body_left < WEB_CHUNK_SIZE ? request->body_left : WEB_CHUNK_SIZE;

    if (!request->body) {
        return 0;
    }
    memcpy(server->chunk + LWS_PRE, request->body, length);
    request->body += length;
    request->body_left -= length;
    if (lws_write(wsi, server->chunk + LWS_PRE, length,
                  request->body_left ? LWS_WRITE_HTTP : LWS_WRITE_HTTP_FINAL) < (int)length) {
        return -1;
    }
    if (request->body_left == 0) {
        return finish(request);
    }
    lws_callback_on_writable(wsi);
    return 0;
}

static int respond_copy(struct lws *wsi, struct web_request *request, unsigned status,
                        const char *json, const char *allow)
{
    char *copy = strdup(json);
    if (!copy) {
        return -1;
    }
    return respond(wsi, request,
                   &(struct response){.status = status,
                                      .type = JSON_TYPE,
                                      .body = copy,
                                      .length = strlen(copy),
                                      .owned = copy,
                                      .allow = allow});
}

static int refuse(struct lws *wsi, struct web_request *request, unsigned status, const char *reason,
                  const char *allow)
{
    char json[2 * WEB_ERROR_SIZE];

    web_error_json(reason, json, sizeof json);
    return respond_copy(wsi, request, status, json, allow);
}

static int send_file(struct lws *wsi, struct web_request *request, const struct web_file *file)
{
    char known[128];
    struct response response = {.status = HTTP_STATUS_OK,
                                .type = file->type,
                                .body = file->data,
                                .length = file->length,
                                .etag = file->etag};

    if (web_header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, known, sizeof known) &&
        strstr(known, file->etag)) {
        response = (struct response){.status = HTTP_STATUS_NOT_MODIFIED, .etag = file->etag};
    }
    return respond(wsi, request, &response);
}

static int send_state(struct lws *wsi, struct web_request *request)
{
    struct web_server *server = web_server_of(wsi);
    char *json = server->config.state(server->config.context);

    if (!json) {
        return refuse(wsi, request, HTTP_STATUS_SERVICE_UNAVAILABLE, "out of memory", NULL);
    }
    return respond(wsi, request,
                   &(struct response){.status = HTTP_STATUS_OK,
                                      .type = JSON_TYPE,
                                      .body = json,
                                      .length = strlen(json),
                                      .owned = json});
}

static bool is_json(struct lws *wsi)
{
    char type[128];

    if (!web_header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, type, sizeof type)) {
        return false;
    }
    type[strcspn(type, "; ")] = '\0';
    return strcasecmp(type, JSON_TYPE) == 0;
}

/* The length a request declares for its body; -1 if it declares none, or badly. */
static long declared_length(struct lws *wsi)
{
    char text[16];
    char *end;

    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) ||
        !web_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, text, sizeof text) ||
        text[strspn(text, "0123456789")] != '\0') {
        return -1;
    }
    long length = strtol(text, &end, 10);
    return end == text ? -1 : length;
}

/* A command whose body is about to come in: checks what the headers promise. */
static int expect_command(struct lws *wsi, struct web_request *request)
{
    long length = declared_length(wsi);
    const char *refusal = web_refusal(wsi, true);

    if (refusal) {
        return refuse(wsi, request, HTTP_STATUS_FORBIDDEN, refusal, NULL);
    }
    if (!is_json(wsi)) {
        return refuse(wsi, request, HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE,
                      "a command has to be application/json", NULL);
    }
    if (length < 0) {
        return refuse(wsi, request, HTTP_STATUS_LENGTH_REQUIRED, "content-length is needed", NULL);
    }
    if (length > WEB_COMMAND_SIZE) {
        return refuse(wsi, request, HTTP_STATUS_REQ_ENTITY_TOO_LARGE, "command is too long", NULL);
    }
    if (length == 0) {
        return refuse(wsi, request, HTTP_STATUS_BAD_REQUEST, "command is empty", NULL);
    }
    request->awaiting_body = true;
    return 0;
}

static int take_body(struct web_request *request, const void *in, size_t length)
{
    if (!request->awaiting_body) {
        return 0; /* refused already: the rest of its body is nobody's */
    }
    if (length > sizeof request->command - request->command_length) {
        return -1;
    }
    memcpy(request->command + request->command_length, in, length);
    request->command_length += length;
    return 0;
}

static int carry_out(struct lws *wsi, struct web_request *request)
{
    char answer[2 * WEB_ERROR_SIZE];

    if (!request->awaiting_body) {
        return 0;
    }
    request->awaiting_body = false;
    bool ok = web_execute(web_server_of(wsi), request->command, request->command_length, answer,
                          sizeof answer);
    return respond_copy(wsi, request, ok ? HTTP_STATUS_OK : HTTP_STATUS_BAD_REQUEST, answer, NULL);
}

static int answer_get(struct lws *wsi, struct web_request *request, const char *path)
{
    const struct web_file *file = web_find_file(path);
    const char *refusal = web_refusal(wsi, false);

    if (refusal) {
        return refuse(wsi, request, HTTP_STATUS_FORBIDDEN, refusal, NULL);
    }
    if (file) {
        return send_file(wsi, request, file);
    }
    return send_state(wsi, request);
}

static int answer_request(struct lws *wsi, struct web_request *request)
{
    char *path = NULL;
    int path_length = 0;
    int method = lws_http_get_uri_and_method(wsi, &path, &path_length);

    free(request->owned);
    memset(request, 0, sizeof *request);
    request->headers_only = method == LWSHUMETH_HEAD;
    if (method < 0) {
        return -1;
    }
    bool command = strcmp(path, "/api/command") == 0;
    bool known = command || strcmp(path, "/api/state") == 0 || web_find_file(path);
    bool get = method == LWSHUMETH_GET || method == LWSHUMETH_HEAD;

    if (!known) {
        return refuse(wsi, request, HTTP_STATUS_NOT_FOUND, "no such page", NULL);
    }
    if (command && method == LWSHUMETH_POST) {
        return expect_command(wsi, request);
    }
    if (!command && get) {
        return answer_get(wsi, request, path);
    }
    return refuse(wsi, request, HTTP_STATUS_METHOD_NOT_ALLOWED, "method not allowed",
                  command ? "POST" : "GET, HEAD");
}

int web_http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in,
                      size_t length)
{
    struct web_request *request = session;

    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return answer_request(wsi, request);
    case LWS_CALLBACK_HTTP_BODY:
        return take_body(request, in, length);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return carry_out(wsi, request);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return send_body(wsi, request);
    case LWS_CALLBACK_CLOSED_HTTP:
        if (request) {
            free(request->owned);
            request->owned = NULL;
        }
        return 0;
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: /* no HTTP/2 */
        return strcasecmp(in, "websocket") == 0 ? 0 : -1;
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        return -1; /* a WebSocket has to name the subprotocol */
    default:
        return 0;
    }
}
