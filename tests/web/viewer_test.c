/* The WebSocket: who gets in, what is sent, and that a slow reader costs nothing. */
#include "client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOST   "Host: localhost:8382\r\n"
#define ORIGIN "Origin: http://localhost:8382\r\n"
#define UPGRADE                                                                                    \
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"                   \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define PROTOCOL "Sec-WebSocket-Protocol: watthour\r\n"
#define HELLO    "GET /ws HTTP/1.1\r\n" HOST ORIGIN UPGRADE PROTOCOL "\r\n"

enum { TEXT = 1, CLOSE = 8, PING = 9, PONG = 10, CONTINUATION = 0 };

static struct bench bench;
static struct client client;
static char payload[1 << 18];

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

static void connect_viewer(struct client *viewer)
{
    assert_int_equal(client_request(viewer, &bench, HELLO), 101);
    client_next(viewer);
}

static void send_text(const char *text)
{
    client_send_frame(&client, TEXT, true, text, strlen(text));
}

static void assert_next_text(struct client *viewer, const char *expected)
{
    assert_int_equal(client_frame(viewer, payload, sizeof payload), TEXT);
    assert_string_equal(payload, expected);
}

static void test_a_viewer_gets_the_state_at_once_and_when_published(void **state)
{
    (void)state;
    assert_int_equal(client_request(&client, &bench, HELLO), 101);
    /* RFC 6455, 1.3: the example key and its answer */
    assert_string_equal(client_header(&client, "sec-websocket-accept"),
                        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_string_equal(client_header(&client, "sec-websocket-protocol"), "watthour");
    client_next(&client);
    assert_next_text(&client, "{\"model\":\"382M\"}");
    bench.state = "{\"second\":true}";
    web_server_publish(bench.server);
    assert_next_text(&client, "{\"second\":true}");
    client_close(&client);
}

static void test_the_first_viewer_after_a_while_gets_the_present_state(void **state)
{
    (void)state;
    connect_viewer(&client);
    assert_next_text(&client, "{\"model\":\"382M\"}");
    client_close(&client);
    bench.state = "{\"later\":true}";
    connect_viewer(&client);
    assert_next_text(&client, "{\"later\":true}");
    client_close(&client);
}

static void test_publishing_to_nobody_asks_for_no_state(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        web_server_publish(bench.server);
    }
    bench_turn(&bench, 20);
    assert_int_equal(bench.states_asked, 0);
}

static void test_viewers_share_one_state(void **state)
{
    static struct client viewers[10];
    (void)state;
    for (size_t i = 0; i < 10; i++) {
        connect_viewer(&viewers[i]);
        assert_next_text(&viewers[i], bench.state);
    }
    bench.states_asked = 0;
    web_server_publish(bench.server);
    for (size_t i = 0; i < 10; i++) {
        assert_next_text(&viewers[i], bench.state);
    }
    assert_int_equal(bench.states_asked, 1);
    for (size_t i = 0; i < 10; i++) {
        client_close(&viewers[i]);
    }
}

static void test_strangers_do_not_get_in(void **state)
{
    static const char *const hellos[] = {
        "GET /ws HTTP/1.1\r\n" HOST "Origin: http://evil.example\r\n" UPGRADE PROTOCOL "\r\n",
        "GET /ws HTTP/1.1\r\nHost: evil.example\r\n" UPGRADE PROTOCOL "\r\n",
        "GET /ws HTTP/1.1\r\n" HOST ORIGIN UPGRADE "\r\n",
        "GET /ws HTTP/1.1\r\n" HOST ORIGIN UPGRADE "Sec-WebSocket-Protocol: http\r\n\r\n",
        "GET /ws HTTP/1.1\r\n" HOST ORIGIN UPGRADE "Sec-WebSocket-Protocol: other\r\n\r\n",
        "GET /other HTTP/1.1\r\n" HOST ORIGIN UPGRADE PROTOCOL "\r\n",
        "GET / HTTP/1.1\r\n" HOST ORIGIN UPGRADE PROTOCOL "\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof hellos / sizeof hellos[0]; i++) {
        assert_int_not_equal(client_request(&client, &bench, hellos[i]), 101);
        client_await_close(&client);
        client_close(&client);
    }
    assert_int_equal(bench.states_asked, 0);
    web_server_publish(bench.server);
    bench_turn(&bench, 20);
}

static void test_commands_are_answered(void **state)
{
    (void)state;
    connect_viewer(&client);
    assert_next_text(&client, bench.state);
    send_text("{\"button\":\"left\"}");
    assert_next_text(&client, "{\"ok\":true}");
    assert_string_equal(bench.last_command, "{\"button\":\"left\"}");
    bench.refuse = true;
    send_text("{}");
    assert_next_text(&client, "{\"error\":\"no \\\"kettle\\\" here\"}");
    client_close(&client);
}

static void test_a_command_may_come_in_fragments(void **state)
{
    (void)state;
    connect_viewer(&client);
    assert_next_text(&client, bench.state);
    client_send_frame(&client, TEXT, false, "{\"mai", 5);
    client_send_frame(&client, PING, true, "?", 1);
    client_send_frame(&client, CONTINUATION, false, "", 0);
    client_send_frame(&client, CONTINUATION, true, "ns\":true}", 9);
    assert_int_equal(client_frame(&client, payload, sizeof payload), PONG);
    assert_next_text(&client, "{\"ok\":true}");
    assert_string_equal(bench.last_command, "{\"mains\":true}");
    client_close(&client);
}

/* Three small frames that arrive in one piece: nothing is lost while answers wait. */
static void test_commands_may_come_together(void **state)
{
    static const char frames[] = "\x81\x82\0\0\0\0{}\x81\x82\0\0\0\0{}\x81\x83\0\0\0\0{3}";
    (void)state;
    connect_viewer(&client);
    assert_next_text(&client, bench.state);
    client_send(&client, frames, sizeof frames - 1);
    for (unsigned i = 0; i < 3; i++) {
        assert_next_text(&client, "{\"ok\":true}");
    }
    assert_int_equal(bench.commands, 3);
    assert_string_equal(bench.last_command, "{3}");
    client_close(&client);
}

static void test_a_command_has_a_limit(void **state)
{
    static char text[20000];
    (void)state;
    memset(text, 'x', sizeof text);
    connect_viewer(&client);
    assert_next_text(&client, bench.state);
    client_send_frame(&client, TEXT, true, text, 4096);
    assert_next_text(&client, "{\"ok\":true}");
    client_send_frame(&client, TEXT, true, text, 4097);
    assert_next_text(&client, "{\"error\":\"command is too long\"}");
    client_send_frame(&client, TEXT, true, text, sizeof text);
    assert_next_text(&client, "{\"error\":\"command is too long\"}");
    send_text("{}");
    assert_next_text(&client, "{\"ok\":true}");
    assert_int_equal(bench.commands, 2);
    client_close(&client);
}

/* Memory: the state of one message is all that can wait for a client (plus what the kernel holds).
 */
static void test_a_slow_viewer_skips_states_and_gets_the_newest(void **state)
{
    static char large[100001];
    enum { PUBLISHES = 1000 };
    unsigned received = 0;
    (void)state;
    memset(large, ' ', sizeof large - 1);
    bench.state = large;
    connect_viewer(&client);
    for (unsigned i = 0; i < PUBLISHES; i++) {
        snprintf(large, 20, "{\"n\":%u}", i);
        large[strlen(large)] = ' ';
        web_server_publish(bench.server);
        bench_turn(&bench, 2);
    }
    do {
        assert_int_equal(client_frame(&client, payload, sizeof payload), TEXT);
        received++;
    } while (strncmp(payload, "{\"n\":999}", 9) != 0);
    assert_true(received < PUBLISHES / 2);
    client_close(&client);
}

static void test_closing_is_answered(void **state)
{
    (void)state;
    connect_viewer(&client);
    assert_next_text(&client, bench.state);
    client_send_frame(&client, CLOSE, true, "\x03\xe8", 2);
    assert_int_equal(client_frame(&client, payload, sizeof payload), CLOSE);
    client_await_close(&client);
    client_close(&client);
}

/* Stopping while viewers are connected, one of them with a message stuck halfway; see teardown. */
static void test_stopping_with_viewers_leaves_nothing(void **state)
{
    static struct client stuck;
    static char large[4000001];
    (void)state;
    connect_viewer(&client);
    assert_next_text(&client, bench.state);
    memset(large, ' ', sizeof large - 1);
    bench.state = large;
    connect_viewer(&stuck);
    for (unsigned i = 0; i < 10; i++) {
        web_server_publish(bench.server);
        bench_turn(&bench, 10);
    }
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(test_a_viewer_gets_the_state_at_once_and_when_published),
        WITH_SERVER(test_the_first_viewer_after_a_while_gets_the_present_state),
        WITH_SERVER(test_publishing_to_nobody_asks_for_no_state),
        WITH_SERVER(test_viewers_share_one_state),
        WITH_SERVER(test_strangers_do_not_get_in),
        WITH_SERVER(test_commands_are_answered),
        WITH_SERVER(test_a_command_may_come_in_fragments),
        WITH_SERVER(test_commands_may_come_together),
        WITH_SERVER(test_a_command_has_a_limit),
        WITH_SERVER(test_a_slow_viewer_skips_states_and_gets_the_newest),
        WITH_SERVER(test_closing_is_answered),
        WITH_SERVER(test_stopping_with_viewers_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
