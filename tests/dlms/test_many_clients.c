/* COM-2. Many clients at once: on one TCP port, each on a connection of its own, in the middle of long
 * answers and long requests, with others beside them that say nothing, half a frame or nonsense, or are gone
 * in the middle of an answer; and on one HDLC line, each on a data link of its own. Octets and turns go in
 * any portions and order, and each client is served as if it were alone. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "customer.h"
#include "dlms/hdlc_client.h"
#include "dlms/hdlc_cosem.h"
#include "dlms/wrapper.h"
#include "ports/linux/dlms_listener.h"
#include "tests/common/random.h"

enum {
    AT_ONCE = 24,
    DATA_LINKS = 8,
    ROUNDS = 4,
    WRITERS = 3,
    NUISANCES = 4,
    APDU = 2048,
    OUTPUT = 8192,
    LINE = 20000,
};

static uint32_t below(struct test_random *random, uint32_t limit)
{
    return (uint32_t)(random_u64(random) % limit);
}

/* Business of every kind, and as many writers as there are objects to write. */
static void share_out(enum customer_business *business, size_t count, size_t kinds)
{
    size_t writers = 0;
    for (size_t n = 0; n < count; n++) {
        business[n] = (enum customer_business)(n % kinds);
        if (business[n] == CUSTOMER_WRITER && ++writers > WRITERS) {
            business[n] = CUSTOMER_ECHO;
        }
    }
}

static bool is_open(const struct customer *customer)
{
    return customer->client.is_associated;
}

/* ---- TCP ---- */

struct caller {
    struct customer customer;
    int socket;
    struct dlms_wrapper wrapper;
    uint8_t apdu[APDU];
    uint8_t output[OUTPUT];
    size_t output_length;
    size_t output_sent;
    unsigned portions;  /* received on this connection */
    bool hangs_up_once; /* after some portions, and calls again */
    bool is_done;
};

struct office {
    struct test_random random;
    uv_loop_t loop;
    struct device device;
    struct dlms_association rows[AT_ONCE];
    struct dlms_server server;
    struct dlms_listener *listener;
    struct caller callers[AT_ONCE];
    size_t done;
    size_t open_most; /* associations open at the same time */
};

static int call(const struct office *office)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(dlms_listener_port(office->listener)),
                                        .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const int connection = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(connection, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(fcntl(connection, F_SETFL, O_NONBLOCK), 0);
    return connection;
}

/* Puts what the client has to say behind what is not yet sent. */
static void speak(struct caller *caller, enum dlms_client_status status)
{
    struct customer *customer = &caller->customer;
    while (status == DLMS_CLIENT_SEND) {
        const struct dlms_span apdu = dlms_client_output(&customer->client);
        uint8_t *to = caller->output + caller->output_length;
        assert_true(DLMS_WRAPPER_HEADER + apdu.length <= OUTPUT - caller->output_length);
        dlms_wrapper_header(to, customer->client_sap, customer->server_sap, (uint16_t)apdu.length);
        memcpy(to + DLMS_WRAPPER_HEADER, apdu.data, apdu.length);
        caller->output_length += DLMS_WRAPPER_HEADER + apdu.length;
        status = dlms_client_more(&customer->client);
    }
}

static void start(struct office *office, struct caller *caller)
{
    caller->socket = call(office);
    caller->output_length = 0;
    caller->output_sent = 0;
    caller->portions = 0;
    dlms_wrapper_init(&caller->wrapper, caller->apdu, sizeof caller->apdu);
    speak(caller, customer_start(&caller->customer));
}

static bool has_output(const struct caller *caller)
{
    return caller->output_sent < caller->output_length;
}

static void send_some(struct office *office, struct caller *caller)
{
    const size_t left = caller->output_length - caller->output_sent;
    const size_t length = 1 + below(&office->random, (uint32_t)left);
    assert_int_equal(
        send(caller->socket, caller->output + caller->output_sent, length, MSG_NOSIGNAL), length);
    caller->output_sent += length;
    if (!has_output(caller)) {
        caller->output_length = 0;
        caller->output_sent = 0;
    }
}

static void finish(struct office *office, struct caller *caller)
{
    close(caller->socket);
    caller->is_done = true;
    office->done++;
}

static void feed(struct office *office, struct caller *caller, const uint8_t *data, size_t length)
{
    while (length > 0) {
        struct dlms_wrapper_frame frame;
        size_t used;
        const enum dlms_err err = dlms_wrapper_feed(&caller->wrapper, data, length, &used, &frame);
        assert_true(err == DLMS_OK || err == DLMS_ERR_MORE);
        data += used;
        length -= used;
        if (err == DLMS_OK) {
            assert_int_equal(frame.destination, caller->customer.client_sap);
            const enum dlms_client_status status = customer_received(&caller->customer, frame.apdu);
            speak(caller, status);
            if (status == DLMS_CLIENT_DONE) {
                finish(office, caller);
            }
        }
    }
}

/* True: something came. */
static bool listen_to(struct office *office, struct caller *caller)
{
    uint8_t data[300];
    const size_t most = 1 + below(&office->random, sizeof data);
    const ssize_t length = recv(caller->socket, data, most, 0);
    if (length < 0) {
        assert_int_equal(errno, EAGAIN);
        return false;
    }
    assert_true(length > 0);
    if (caller->hangs_up_once && ++caller->portions > 20) {
        caller->hangs_up_once = false;
        close(caller->socket);
        start(office, caller);
        return true;
    }
    feed(office, caller, data, (size_t)length);
    return true;
}

static bool listen_to_all(struct office *office)
{
    bool came = false;
    size_t open = 0;
    for (int n = 0; n < AT_ONCE; n++) {
        struct caller *caller = &office->callers[n];
        came = (!caller->is_done && listen_to(office, caller)) || came;
        open += !caller->is_done && is_open(&caller->customer);
    }
    office->open_most = open > office->open_most ? open : office->open_most;
    return came;
}

/* One of those that have something to say says a part of it. */
static bool speak_one(struct office *office)
{
    const uint32_t first = below(&office->random, AT_ONCE);
    for (uint32_t i = 0; i < AT_ONCE; i++) {
        struct caller *caller = &office->callers[(first + i) % AT_ONCE];
        if (!caller->is_done && has_output(caller)) {
            send_some(office, caller);
            return true;
        }
    }
    return false;
}

/* Nobody has anything to say: until the server does, or hears. */
static void await(const struct office *office)
{
    struct pollfd files[AT_ONCE + 1];
    nfds_t count = 0;
    files[count++] = (struct pollfd){uv_backend_fd(&office->loop), POLLIN, 0};
    for (int n = 0; n < AT_ONCE; n++) {
        if (!office->callers[n].is_done) {
            files[count++] = (struct pollfd){office->callers[n].socket, POLLIN, 0};
        }
    }
    assert_true(poll(files, count, -1) > 0);
}

static void open_office(struct office *office)
{
    static enum customer_business business[AT_ONCE];
    char error[200];
    share_out(business, AT_ONCE, CUSTOMER_KINDS);
    office->server = customer_server(&office->device, office->rows, business, AT_ONCE);
    assert_int_equal(uv_loop_init(&office->loop), 0);
    const struct dlms_listener_config config = {
        .loop = &office->loop, .host = "127.0.0.1", .server = &office->server};
    office->listener = dlms_listener_start(&config, error, sizeof error);
    assert_non_null(office->listener);
    for (unsigned n = 0; n < AT_ONCE; n++) {
        struct caller *caller = &office->callers[n];
        customer_init(&caller->customer, &office->rows[n], business[n], n, ROUNDS);
        caller->hangs_up_once = n % 7 == 0;
        start(office, caller);
    }
}

static void close_office(struct office *office)
{
    dlms_listener_stop(office->listener);
    uv_run(&office->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&office->loop), 0);
}

/* Those beside: one says nothing, one a header without its APDU, one an APDU of nonsense, one no frame. */
static void annoy(const struct office *office, int nuisance[NUISANCES])
{
    static const uint8_t torn[] = {0, 1, 0, 16, 0, 1, 0, 100, 0x60};
    static const uint8_t nonsense[] = {0, 1, 0, 32, 0, 16, 0, 3, 0xE0, 0x40, 0x00};
    static const uint8_t no_frame[] = {'G', 'E', 'T', ' ', '/', '\r', '\n', '\r', '\n'};
    for (int i = 0; i < NUISANCES; i++) {
        nuisance[i] = call(office);
    }
    assert_int_equal(send(nuisance[1], torn, sizeof torn, 0), sizeof torn);
    assert_int_equal(send(nuisance[2], nonsense, sizeof nonsense, 0), sizeof nonsense);
    assert_int_equal(send(nuisance[3], no_frame, sizeof no_frame, 0), sizeof no_frame);
}

static void test_one_tcp_port(void **state)
{
    (void)state;
    static struct office office;
    int nuisance[NUISANCES];
    office = (struct office){.random = {20}};
    open_office(&office);
    annoy(&office, nuisance);
    while (office.done < AT_ONCE) {
        const bool spoke = speak_one(&office);
        uv_run(&office.loop, UV_RUN_NOWAIT);
        if (!listen_to_all(&office) && !spoke) {
            await(&office);
        }
    }
    assert_true(office.open_most >= 16);
    for (int n = 0; n < AT_ONCE; n++) {
        assert_int_equal(office.callers[n].customer.rounds_done, ROUNDS);
    }
    for (int i = 0; i < NUISANCES; i++) {
        close(nuisance[i]);
    }
    close_office(&office);
}

/* ---- HDLC ---- */

struct station {
    struct customer customer;
    struct dlms_hdlc_client_settings settings;
    struct dlms_hdlc_client client;
    uint8_t frame[300];
    uint8_t answer[CUSTOMER_VALUE];
    bool is_done;
};

struct line {
    struct test_random random;
    struct device device;
    struct dlms_association rows[DATA_LINKS];
    struct dlms_server cosem;
    struct dlms_link links[DATA_LINKS];
    uint8_t long_buffers[DATA_LINKS][2000];
    struct dlms_hdlc_settings settings;
    struct dlms_hdlc_server server;
    struct dlms_hdlc_link data_links[DATA_LINKS];
    uint8_t requests[DATA_LINKS][300];
    uint8_t answers[DATA_LINKS][300];
    uint8_t frame[300];
    struct station stations[DATA_LINKS];
    size_t done;
    size_t open_most;
};

static struct dlms_link *link_of(struct line *line, uint16_t client_sap)
{
    assert_in_range(client_sap, CUSTOMER_FIRST_SAP, CUSTOMER_FIRST_SAP + DATA_LINKS - 1);
    return &line->links[client_sap - CUSTOMER_FIRST_SAP];
}

static size_t handle(void *context, uint16_t client_sap, uint16_t server_sap, struct dlms_span apdu,
                     uint8_t *reply, size_t reply_size)
{
    return dlms_hdlc_link_handler.handle(link_of(context, client_sap), client_sap, server_sap, apdu,
                                         reply, reply_size);
}

static void end(void *context, uint16_t client_sap, uint16_t server_sap)
{
    dlms_link_disconnect(link_of(context, client_sap), client_sap, server_sap);
}

static const struct dlms_hdlc_handler handler = {.handle = handle, .disconnected = end};

static void open_line(struct line *line)
{
    static enum customer_business business[DATA_LINKS];
    share_out(business, DATA_LINKS, CUSTOMER_STREAM);
    line->cosem = customer_server(&line->device, line->rows, business, DATA_LINKS);
    line->settings = (struct dlms_hdlc_settings){.physical_address = 17,
                                                 .forms = DLMS_HDLC_FORM_ANY,
                                                 .parameters = {64, 128, 3, 2, false},
                                                 .handler = &handler,
                                                 .context = line};
    for (unsigned n = 0; n < DATA_LINKS; n++) {
        struct station *station = &line->stations[n];
        customer_init(&station->customer, &line->rows[n], business[n], n, ROUNDS);
        dlms_link_init(&line->links[n], &line->cosem, line->long_buffers[n],
                       sizeof line->long_buffers[n]);
        line->data_links[n] = (struct dlms_hdlc_link){.request = line->requests[n],
                                                      .request_size = sizeof line->requests[n],
                                                      .answer = line->answers[n],
                                                      .answer_size = sizeof line->answers[n]};
        station->settings = (struct dlms_hdlc_client_settings){
            .client_sap = station->customer.client_sap,
            .server = {2, station->customer.server_sap, 17},
            .parameters = {128, 128, 7, 7, false},
            .response_ms = 1000,
            .answer_ms = 100000,
            .retries = 3,
        };
        dlms_hdlc_client_init(&station->client, &station->settings, station->frame,
                              sizeof station->frame, station->answer, sizeof station->answer);
        assert_true(dlms_hdlc_client_connect(&station->client, 0));
    }
    dlms_hdlc_server_init(&line->server, &line->settings, line->data_links, DATA_LINKS, line->frame,
                          sizeof line->frame);
}

/* What has happened at a station, and what follows of it. */
static void attend(struct line *line, struct station *station)
{
    struct customer *customer = &station->customer;
    enum dlms_client_status status = DLMS_CLIENT_WAIT;
    struct dlms_span apdu;
    switch (dlms_hdlc_client_event(&station->client, &apdu)) {
    case DLMS_HDLC_CONNECTED:
        status = customer_start(customer);
        break;
    case DLMS_HDLC_ANSWER:
        status = customer_received(customer, apdu);
        break;
    case DLMS_HDLC_DISCONNECTED:
        station->is_done = true;
        line->done++;
        break;
    case DLMS_HDLC_FAILED:
        fail_msg("%s", dlms_hdlc_failure_text(station->client.failure));
    default:
        break;
    }
    if (status == DLMS_CLIENT_SEND) {
        assert_true(dlms_hdlc_client_send(&station->client, 0,
                                          dlms_client_output(&customer->client), true));
    } else if (status == DLMS_CLIENT_DONE) {
        assert_true(dlms_hdlc_client_disconnect(&station->client, 0));
    }
}

/* A turn of one client and one of the server, which all clients hear. */
static void take_turn(struct line *line, struct station *speaker)
{
    static uint8_t octets[LINE];
    size_t length = dlms_hdlc_client_output(&speaker->client, 0, octets, sizeof octets);
    dlms_hdlc_server_input(&line->server, 0, octets, length);
    length = dlms_hdlc_server_output(&line->server, 0, octets, sizeof octets);
    for (int n = 0; n < DATA_LINKS; n++) {
        struct station *station = &line->stations[n];
        for (size_t used = 0; !station->is_done && used < length;) {
            used += dlms_hdlc_client_input(&station->client, 0, octets + used, length - used);
            attend(line, station);
        }
    }
}

static void test_one_hdlc_line(void **state)
{
    (void)state;
    static struct line line;
    line = (struct line){.random = {21}};
    open_line(&line);
    while (line.done < DATA_LINKS) {
        struct station *station = &line.stations[below(&line.random, DATA_LINKS)];
        size_t open = 0;
        if (!station->is_done) {
            take_turn(&line, station);
        }
        for (int n = 0; n < DATA_LINKS; n++) {
            open += is_open(&line.stations[n].customer);
        }
        line.open_most = open > line.open_most ? open : line.open_most;
    }
    assert_int_equal(line.open_most, DATA_LINKS);
    for (int n = 0; n < DATA_LINKS; n++) {
        assert_int_equal(line.stations[n].customer.rounds_done, ROUNDS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_tcp_port),
        cmocka_unit_test(test_one_hdlc_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
