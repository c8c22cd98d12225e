/* A reader in a hundred and some lines: DLMS/COSEM over HDLC to a program whose standard input and
 * output are the line:
 *
 *     dlms_example_client dlms_example_server
 *     dlms_example_client socat - /dev/ttyUSB0,b9600,raw,echo=0
 *
 * Connects as client 18 with password 12345 to logical device 1, prints the device name and the energy
 * register with its unit, writes a text and reads it back. Exit 1, with a line that says what failed,
 * when anything does.
 */
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "dlms/client.h"
#include "dlms/hdlc_client.h"

enum { PDU = 512, VALUE = 4096 };

struct session {
    int line;
    struct dlms_hdlc_client hdlc;
    struct dlms_client cosem;
};

static uint32_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* Sends and receives until something has happened. */
static enum dlms_hdlc_event run(struct session *session, struct dlms_span *apdu)
{
    struct dlms_hdlc_client *hdlc = &session->hdlc;
    uint8_t octets[256];
    enum dlms_hdlc_event event;
    size_t count;
    while ((event = dlms_hdlc_client_event(hdlc, apdu)) == DLMS_HDLC_NOTHING) {
        while ((count = dlms_hdlc_client_output(hdlc, now_ms(), octets, sizeof octets)) > 0) {
            if (send(session->line, octets, count, MSG_NOSIGNAL) != (ssize_t)count) {
                fail("line", "lost");
            }
        }
        struct pollfd line = {.fd = session->line, .events = POLLIN};
        if (poll(&line, 1, 50) <= 0) {
            dlms_hdlc_client_tick(hdlc, now_ms());
            continue;
        }
        const ssize_t got = recv(session->line, octets, sizeof octets, 0);
        if (got <= 0) {
            fail("line", "lost");
        }
        /* What comes behind an event belongs to no answer: the turn is ours. */
        dlms_hdlc_client_input(hdlc, now_ms(), octets, (size_t)got);
    }
    if (event == DLMS_HDLC_FAILED) {
        fail("HDLC", dlms_hdlc_failure_text(hdlc->failure));
    }
    return event;
}

/* Follows an operation of the COSEM client to its end. */
static struct dlms_span follow(struct session *session, const char *what,
                               enum dlms_client_status status)
{
    while (status == DLMS_CLIENT_SEND || status == DLMS_CLIENT_NOTIFIED) {
        struct dlms_span apdu;
        if (status == DLMS_CLIENT_SEND) {
            apdu = dlms_client_output(&session->cosem);
            dlms_hdlc_client_send(&session->hdlc, now_ms(), apdu, true);
        }
        run(session, &apdu);
        status = dlms_client_received(&session->cosem, apdu);
    }
    if (status == DLMS_CLIENT_ERR_RESULT) {
        fail(what, dlms_client_result_text(session->cosem.result));
    } else if (status != DLMS_CLIENT_DONE) {
        fail(what, dlms_client_status_text(status));
    }
    return dlms_client_value(&session->cosem);
}

static struct dlms_value get(struct session *session, const char *what,
                             const struct dlms_client_attribute *attribute)
{
    const struct dlms_span data =
        follow(session, what, dlms_client_get(&session->cosem, attribute));
    struct dlms_reader reader = dlms_reader(data.data, data.length);
    return dlms_read_value(&reader);
}

static void print_text(const char *what, const struct dlms_value *value)
{
    printf("%s: %.*s\n", what, (int)value->bytes.length, (const char *)value->bytes.data);
}

static void read_meter(struct session *session)
{
    static const struct dlms_client_attribute name = {1, {0, 0, 42, 0, 0, 255}, 2, 0, {NULL, 0}};
    static const struct dlms_client_attribute energy = {3, {1, 0, 1, 8, 0, 255}, 2, 0, {NULL, 0}};
    static const struct dlms_client_attribute text = {1, {0, 0, 96, 1, 0, 255}, 2, 0, {NULL, 0}};
    static const uint8_t hello[] = {DLMS_TAG_VISIBLE_STRING, 5, 'h', 'e', 'l', 'l', 'o'};
    follow(session, "association", dlms_client_associate(&session->cosem));
    struct dlms_value value = get(session, "device name", &name);
    print_text("device name", &value);
    value = get(session, "energy", &energy);
    printf("energy: %" PRId64 " Wh\n", value.integer);
    follow(session, "writing the text",
           dlms_client_set(&session->cosem, &text, (struct dlms_span){hello, sizeof hello}));
    value = get(session, "text", &text);
    print_text("text", &value);
    follow(session, "release", dlms_client_release(&session->cosem));
}

/* Starts the program at the other end of the line. */
static int start_program(char **arguments)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
        fail("line", "cannot be made");
    }
    if (fork() == 0) {
        dup2(ends[1], STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execvp(arguments[0], arguments);
        perror(arguments[0]);
        _exit(127);
    }
    close(ends[1]);
    return ends[0];
}

int main(int argc, char **argv)
{
    static uint8_t frame[128 + DLMS_HDLC_OVERHEAD];
    static uint8_t answer[PDU + DLMS_HDLC_LLC];
    static uint8_t request[PDU];
    static uint8_t value[VALUE];
    static const struct dlms_hdlc_client_settings line_settings = {
        .client_sap = 18,
        .server = {.length = 2, .upper = 1, .lower = 17},
        .parameters = {128, 128, 1, 1, false},
        .inter_octet_ms = 500,
        .response_ms = 2000,
        .poll_ms = 100,
        .answer_ms = 30000,
        .retries = 3};
    static const struct dlms_client_settings settings = {
        .mechanism = DLMS_MECHANISM_PASSWORD,
        .authentication = {(const uint8_t *)"12345", 5},
        .conformance = DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_SET | DLMS_CONFORMANCE_BLOCK_GET,
        .max_receive_pdu = PDU};
    struct session session;
    struct dlms_span none;
    if (argc < 2) {
        fail("usage", "dlms_example_client PROGRAM [ARGUMENT ...]");
    }
    session.line = start_program(argv + 1);
    dlms_hdlc_client_init(&session.hdlc, &line_settings, frame, sizeof frame, answer,
                          sizeof answer);
    dlms_client_init(&session.cosem, &settings, request, sizeof request, value, sizeof value);
    dlms_hdlc_client_connect(&session.hdlc, now_ms());
    run(&session, &none);
    read_meter(&session);
    dlms_hdlc_client_disconnect(&session.hdlc, now_ms());
    run(&session, &none);
    close(session.line);
    return 0;
}
