/* What the server says over HTTP, byte for byte where it matters. */
#include "client.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define HOST "Host: localhost:8382\r\n"
#define JSON "Content-Type: application/json\r\n"
#define POST "POST /api/command HTTP/1.1\r\n" HOST

static struct bench bench;
static struct client client;

static int setup(void **state)
{
    (void)state;
    bench_start(&bench, "127.0.0.1");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    bench_stop(&bench);
    return 0;
}

/* One request on a connection of its own; the response stays in client. */
static int status_of(const char *request)
{
    int status = client_request(&client, &bench, request);
    client_close(&client);
    return status;
}

static void test_the_page_is_served_from_memory(void **state)
{
    (void)state;
    assert_int_equal(status_of("GET / HTTP/1.1\r\n" HOST "\r\n"), 200);
    assert_string_equal(client_header(&client, "content-type"), "text/html; charset=utf-8");
    assert_string_equal(client_header(&client, "cache-control"), "no-cache");
    assert_string_equal(client_header(&client, "x-content-type-options"), "nosniff");
    assert_non_null(strstr(client_header(&client, "content-security-policy"), "script-src 'self'"));
    assert_non_null(strstr(client_body(&client), "<!doctype html>"));

    assert_int_equal(status_of("GET /app.js HTTP/1.1\r\n" HOST "\r\n"), 200);
    assert_string_equal(client_header(&client, "content-type"), "text/javascript; charset=utf-8");
    assert_int_equal(status_of("GET /vendor/uplot.js HTTP/1.1\r\n" HOST "\r\n"), 200);
    assert_true(strlen(client_body(&client)) > 100000);
    assert_int_equal(status_of("GET /style.css?x=1 HTTP/1.1\r\n" HOST "\r\n"), 200);
}

static void test_an_unchanged_file_is_not_sent_again(void **state)
{
    char request[256];
    (void)state;
    assert_int_equal(status_of("GET /app.js HTTP/1.1\r\n" HOST "\r\n"), 200);
    snprintf(request, sizeof request,
             "GET /app.js HTTP/1.1\r\n" HOST "If-None-Match: W/\"x\", %s\r\n\r\n",
             client_header(&client, "etag"));
    assert_int_equal(status_of(request), 304);
    assert_string_equal(client_body(&client), "");
    assert_int_equal(status_of("GET /app.js HTTP/1.1\r\n" HOST "If-None-Match: \"x\"\r\n\r\n"),
                     200);
}

static void test_unknown_paths_and_methods_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(status_of("GET /nothing HTTP/1.1\r\n" HOST "\r\n"), 404);
    assert_int_equal(status_of("GET /ws HTTP/1.1\r\n" HOST "\r\n"), 404);
    assert_int_not_equal(status_of("GET /../etc/passwd HTTP/1.1\r\n" HOST "\r\n"), 200);
    assert_int_equal(status_of("DELETE / HTTP/1.1\r\n" HOST "\r\n"), 405);
    assert_string_equal(client_header(&client, "allow"), "GET, HEAD");
    assert_int_equal(status_of("OPTIONS /api/state HTTP/1.1\r\n" HOST "\r\n"), 405);
    assert_int_equal(status_of("GET /api/command HTTP/1.1\r\n" HOST "\r\n"), 405);
    assert_string_equal(client_header(&client, "allow"), "POST");
    assert_int_equal(status_of("PUT /app.js HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}"), 405);
    assert_int_equal(bench.commands, 0);
}

static void test_head_gives_the_headers_alone(void **state)
{
    static const char head[] = "HEAD /app.js HTTP/1.1\r\n" HOST "\r\n";
    (void)state;
    client_open(&client, &bench);
    client_send(&client, head, strlen(head));
    client_await_close(&client);
    client_close(&client);
    assert_int_equal(strncmp(client.received, "HTTP/1.1 200", 12), 0);
    assert_string_equal(client_body(&client), "");
}

static void test_the_state_is_what_the_callback_says(void **state)
{
    (void)state;
    bench.state = "{\"powered\":true}";
    assert_int_equal(status_of("GET /api/state HTTP/1.1\r\n" HOST "\r\n"), 200);
    assert_string_equal(client_header(&client, "content-type"), "application/json");
    assert_string_equal(client_body(&client), "{\"powered\":true}");
}

static void test_a_request_may_come_in_pieces(void **state)
{
    static const char post[] = POST JSON "Content-Length: 15\r\n\r\n{\"mains\":false}";
    (void)state;
    client_open(&client, &bench);
    for (size_t i = 0; i < strlen(post); i++) {
        client_send(&client, post + i, 1);
    }
    assert_int_equal(client_response(&client), 200);
    assert_string_equal(bench.last_command, "{\"mains\":false}");
    client_close(&client);
}

/* What comes behind a request is neither carried out nor taken for a part of it. */
static void test_a_connection_serves_one_request(void **state)
{
    static const char two[] =
        POST JSON "Content-Length: 3\r\n\r\n{1}" POST JSON "Content-Length: 3\r\n\r\n{2}";
    (void)state;
    assert_int_equal(client_request(&client, &bench, two), 200);
    assert_string_equal(client_header(&client, "connection"), "close");
    client_await_close(&client);
    client_close(&client);
    assert_int_equal(bench.commands, 1);
    assert_string_equal(bench.last_command, "{1}");
}

static void test_a_refused_command_comes_back_with_its_reason(void **state)
{
    (void)state;
    bench.refuse = true;
    assert_int_equal(status_of(POST JSON "Content-Length: 2\r\n\r\n{}"), 400);
    assert_string_equal(client_body(&client), "{\"error\":\"no \\\"kettle\\\" here\"}");
}

static void test_a_command_has_to_be_json(void **state)
{
    (void)state;
    assert_int_equal(status_of(POST "Content-Length: 2\r\n\r\n{}"), 415);
    assert_int_equal(status_of(POST "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}"),
                     415);
    assert_int_equal(bench.commands, 0);
    assert_int_equal(
        status_of(POST
                  "Content-Type: Application/JSON; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}"),
        200);
}

static void test_a_command_has_a_length_and_a_limit(void **state)
{
    static char longest[8192];
    (void)state;
    int head = snprintf(longest, sizeof longest, POST JSON "Content-Length: 4096\r\n\r\n");
    memset(longest + head, 'x', 4096);
    longest[head + 4096] = '\0';
    assert_int_equal(status_of(longest), 200);
    assert_int_equal(strlen(bench.last_command), 4096);

    head = snprintf(longest, sizeof longest, POST JSON "Content-Length: 4097\r\n\r\n");
    memset(longest + head, 'x', 4097);
    longest[head + 4097] = '\0';
    assert_int_equal(status_of(longest), 413);
    assert_int_equal(status_of(POST JSON "Content-Length: 999999999999999999\r\n\r\n"), 411);
    assert_int_equal(status_of(POST JSON "Content-Length: -1\r\n\r\n"), 411);
    assert_int_equal(status_of(POST JSON "Content-Length: 0\r\n\r\n"), 400);
    assert_int_equal(status_of(POST JSON "\r\n"), 411);
    assert_int_equal(status_of(POST JSON "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
                     411);
    assert_int_equal(bench.commands, 1);
}

/* Otherwise the body of a refused request would be taken for the next request. */
static void test_a_body_nobody_reads_ends_the_connection(void **state)
{
    static const char inner[] = POST JSON "Content-Length: 2\r\n\r\n{}";
    char request[512];
    (void)state;
    snprintf(request, sizeof request,
             "GET /api/state HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n\r\n%s", strlen(inner),
             inner);
    assert_int_equal(client_request(&client, &bench, request), 200);
    client_await_close(&client);
    client_close(&client);

    snprintf(request, sizeof request, POST "Content-Length: %zu\r\n\r\n%s", strlen(inner), inner);
    assert_int_equal(client_request(&client, &bench, request), 415);
    client_await_close(&client);
    client_close(&client);
    assert_int_equal(bench.commands, 0);
}

static void test_foreign_names_and_origins_are_refused(void **state)
{
    (void)state;
    assert_int_equal(status_of("GET / HTTP/1.1\r\nHost: evil.example:8382\r\n\r\n"), 403);
    assert_int_equal(status_of("GET /api/state HTTP/1.1\r\nHost: evil.example\r\n\r\n"), 403);
    assert_int_equal(status_of("GET / HTTP/1.0\r\n\r\n"), 403);
    assert_int_equal(status_of("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"),
                     403);
    assert_int_equal(status_of("GET / HTTP/1.1\r\nHost: [::1]:1\r\n\r\n"), 200);
    assert_int_equal(
        status_of(POST JSON "Origin: http://evil.example\r\nContent-Length: 2\r\n\r\n{}"), 403);
    assert_int_equal(status_of(POST JSON "Origin: null\r\nContent-Length: 2\r\n\r\n{}"), 403);
    assert_int_equal(
        status_of(POST JSON "Origin: http://localhost:9999\r\nContent-Length: 2\r\n\r\n{}"), 403);
    assert_int_equal(bench.commands, 0);
    assert_int_equal(
        status_of(POST JSON "Origin: http://localhost:8382\r\nContent-Length: 2\r\n\r\n{}"), 200);
}

static void test_nonsense_gets_no_page(void **state)
{
    static const char *const requests[] = {
        "BREW /pot HTTP/1.1\r\n" HOST "\r\n",
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
        "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    };
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        client_open(&client, &bench);
        client_send(&client, requests[i], strlen(requests[i]));
        bench_turn(&bench, 200);
        client_close(&client);
        assert_null(strstr(client.received, "200 OK"));
    }
    assert_int_equal(status_of("GET / HTTP/1.1\r\n" HOST "\r\n"), 200);
}

static void test_a_client_that_leaves_early_costs_nothing(void **state)
{
    static const char get[] = "GET /vendor/uplot.js HTTP/1.1\r\n" HOST "\r\n";
    static const char half[] = POST JSON "Content-Length: 100\r\n\r\n{";
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        client_open(&client, &bench);
        client_send(&client, i % 2 ? get : half, i % 2 ? strlen(get) : strlen(half));
        client_close(&client);
    }
    assert_int_equal(status_of("GET / HTTP/1.1\r\n" HOST "\r\n"), 200);
}

/* More connections than the server takes, on descriptors beyond its own count. */
static void test_too_many_connections_do_not_stop_the_server(void **state)
{
    static struct client crowd[100];
    static const char get[] = "GET /api/state HTTP/1.1\r\n" HOST "\r\n";
    (void)state;
    for (size_t i = 0; i < 100; i++) {
        client_open(&crowd[i], &bench);
    }
    client_await_close(&crowd[99]);
    client_send(&crowd[0], get, strlen(get));
    assert_int_equal(client_response(&crowd[0]), 200);
    for (size_t i = 0; i < 100; i++) {
        client_close(&crowd[i]);
    }
    assert_int_equal(status_of("GET / HTTP/1.1\r\n" HOST "\r\n"), 200);
}

static void test_a_taken_port_is_named(void **state)
{
    char error[256];
    char expected[256];
    struct web_server_config config = {
        .loop = &bench.loop, .host = "127.0.0.1", .port = web_server_port(bench.server)};
    (void)state;
    assert_null(web_server_start(&config, error, sizeof error));
    snprintf(expected, sizeof expected,
             "cannot listen on 127.0.0.1:%u: address already in use; choose another with "
             "--web HOST:PORT",
             (unsigned)config.port);
    assert_string_equal(error, expected);
}

static void test_a_foreign_address_is_named(void **state)
{
    char error[256];
    struct web_server_config config = {.loop = &bench.loop, .host = "192.0.2.1", .port = 1};
    (void)state;
    assert_null(web_server_start(&config, error, sizeof error));
    assert_string_equal(error, "cannot listen on 192.0.2.1:1: cannot assign requested address; "
                               "choose another with --web HOST:PORT");
    config.host = "not a host";
    assert_null(web_server_start(&config, error, sizeof error));
    assert_non_null(strstr(error, "cannot listen on not a host:1: "));
}

static void test_stopping_ends_open_connections(void **state)
{
    static const char post[] = POST JSON "Content-Length: 100\r\n\r\n{";
    static struct client idle;
    static struct client busy;
    (void)state;
    client_open(&idle, &bench);
    client_open(&busy, &bench);
    client_send(&busy, post, strlen(post));
    bench_turn(&bench, 20);
    web_server_stop(bench.server);
    assert_int_equal(uv_run(&bench.loop, UV_RUN_DEFAULT), 0);
    client_await_close(&idle);
    client_await_close(&busy);
    assert_int_equal(uv_loop_close(&bench.loop), 0);
    close(idle.socket);
    close(busy.socket);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(test_the_page_is_served_from_memory),
        WITH_SERVER(test_an_unchanged_file_is_not_sent_again),
        WITH_SERVER(test_unknown_paths_and_methods_are_told_apart),
        WITH_SERVER(test_head_gives_the_headers_alone),
        WITH_SERVER(test_the_state_is_what_the_callback_says),
        WITH_SERVER(test_a_request_may_come_in_pieces),
        WITH_SERVER(test_a_connection_serves_one_request),
        WITH_SERVER(test_a_refused_command_comes_back_with_its_reason),
        WITH_SERVER(test_a_command_has_to_be_json),
        WITH_SERVER(test_a_command_has_a_length_and_a_limit),
        WITH_SERVER(test_a_body_nobody_reads_ends_the_connection),
        WITH_SERVER(test_foreign_names_and_origins_are_refused),
        WITH_SERVER(test_nonsense_gets_no_page),
        WITH_SERVER(test_a_client_that_leaves_early_costs_nothing),
        WITH_SERVER(test_too_many_connections_do_not_stop_the_server),
        WITH_SERVER(test_a_taken_port_is_named),
        WITH_SERVER(test_a_foreign_address_is_named),
        cmocka_unit_test_setup(test_stopping_ends_open_connections, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
