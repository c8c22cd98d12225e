/* Starts and stops the server and puts its parts together.
 *
 * libwebsockets runs on the caller's loop. It gives its memory back only when told to a second
 * time, after the loop has closed its handles; web_server_stop arranges that. Invariant: the server
 * is freed after the last callback of libwebsockets and of the loop.
 */
#include "web/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first one speaks plain HTTP; a WebSocket has to ask for the second by name. */
static const struct lws_protocols PROTOCOLS[] = {
    {.name = "http",
     .callback = web_http_callback,
     .per_session_data_size = sizeof(struct web_request)},
    {.name = "watthour",
     .callback = web_viewer_callback,
     .per_session_data_size = sizeof(struct web_viewer),
     .rx_buffer_size = WEB_COMMAND_SIZE},
    {0},
};

/* A connection that has not been heard of is asked after 30 s and given up after 45 s. */
static const lws_retry_bo_t LIVENESS = {.secs_since_valid_ping = 30, .secs_since_valid_hangup = 45};

struct web_server *web_server_of(struct lws *wsi)
{
    return lws_context_user(lws_get_context(wsi));
}

bool web_header(struct lws *wsi, enum lws_token_indexes token, char *text, int text_size)
{
    text[0] = '\0';
    return lws_hdr_total_length(wsi, token) > 0 && lws_hdr_copy(wsi, text, text_size, token) > 0;
}

const char *web_refusal(struct lws *wsi, bool check_origin)
{
    char host[256];
    char origin[256];

    if (!web_header(wsi, WSI_TOKEN_HOST, host, sizeof host) ||
        !web_host_allowed(&web_server_of(wsi)->guard, host)) {
        return "this host name is not served";
    }
    bool has_origin = lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) > 0;
    web_header(wsi, WSI_TOKEN_ORIGIN, origin, sizeof origin);
    if (check_origin && !web_same_origin(has_origin ? origin : NULL, host)) {
        return "pages of other origins may not do this";
    }
    return NULL;
}

static void on_accepted(void *context, int socket)
{
    struct web_server *server = context;
    lws_adopt_socket_vhost(server->vhost, socket); /* closes the socket if it cannot */
}

static struct lws_context *create_context(struct web_server *server)
{
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .protocols = PROTOCOLS,
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .foreign_loops = server->loops,
        .fd_limit_per_thread = WEB_CONNECTIONS + 1, /* and a pipe of its own */
        .retry_and_idle_policy = &LIVENESS,
        .server_string = "watthour",
        .gid = -1,
        .uid = -1,
        .user = server,
    };

    lws_set_log_level(LLL_ERR, NULL);
    struct lws_context *context = lws_create_context(&info);
    server->vhost = context ? lws_create_vhost(context, &info) : NULL;
    lws_set_log_level(0, NULL); /* from here on it would only report what strangers send */
    return context;
}

/* Everything but the listening socket, which is open already. */
static bool serve(struct web_server *server)
{
    server->loops[0] = server->config.loop;
    server->guard.loopback = server->listener.loopback;
    snprintf(server->guard.host, sizeof server->guard.host, "%s", server->config.host);
    server->context = create_context(server);
    return server->vhost &&
           web_listener_run(&server->listener, server->config.loop, on_accepted, server);
}

struct web_server *web_server_start(const struct web_server_config *config, char *error,
                                    size_t error_size)
{
    struct web_server *server = calloc(1, sizeof *server);
    if (!server) {
        snprintf(error, error_size, "cannot serve on %s:%u: out of memory", config->host,
                 (unsigned)config->port);
        return NULL;
    }
    server->config = *config;
    server->state.generation = 1;
    if (!web_listener_open(&server->listener, config->host, config->port, error, error_size)) {
        free(server);
        return NULL;
    }
    if (serve(server)) {
        return server;
    }
    snprintf(error, error_size,
             "cannot serve on %s:%u: libwebsockets does not start; is its libuv plugin installed?",
             config->host, (unsigned)config->port);
    web_server_stop(server);
    return NULL;
}

uint16_t web_server_port(const struct web_server *server)
{
    return server->listener.port;
}

void web_server_publish(struct web_server *server)
{
    server->state.generation++;
    server->state.stale = true;
    if (server->viewers > 0) {
        lws_callback_on_writable_all_protocol(server->context, &PROTOCOLS[1]);
    }
}

static void free_server(uv_handle_t *handle)
{
    struct web_server *server = handle->data;
    free(server->state.frame);
    free(server);
}

static void count_closing(uv_handle_t *handle, void *count)
{
    if (uv_is_closing(handle)) {
        (*(unsigned *)count)++;
    }
}

/* Once a turn of the loop: as long as libwebsockets has work to do, some handle is being closed. */
static void finish_when_closed(uv_idle_t *idle)
{
    struct web_server *server = idle->data;
    unsigned closing = 0;

    uv_walk(server->config.loop, count_closing, &closing);
    if (closing > 0) {
        return;
    }
    if (server->context) {
        lws_context_destroy(server->context); /* the second time: frees it */
    }
    uv_close((uv_handle_t *)idle, free_server);
}

void web_server_stop(struct web_server *server)
{
    if (!server) {
        return;
    }
    web_listener_close(&server->listener);
    if (server->context) {
        lws_context_destroy(server->context); /* the first time: closes its handles */
    }
    uv_idle_init(server->config.loop, &server->stopping);
    server->stopping.data = server;
    uv_idle_start(&server->stopping, finish_when_closed);
}
