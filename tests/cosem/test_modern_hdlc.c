/* COM-2. The modern profile on the byte ports: HLS 5 and ciphering over HDLC, at the optical head and the
 * module's port; not at the consumer's; beside the family's own client. */
#include "modern_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dlms/hdlc_client.h"
#include "face/port.h"

enum { INFORMATION = 512, ANSWER = 4096 };

/* A line to a port of the meter. */
static struct line {
    struct modern_client modern; /* first: what carries an APDU finds the line by it */
    struct wh_access access;
    struct wh_port port;
    uint32_t now_ms;
    struct dlms_hdlc_client_settings settings;
    struct dlms_hdlc_client hdlc;
    uint8_t frame[INFORMATION + DLMS_HDLC_OVERHEAD];
    uint8_t answer[ANSWER];
} line;

/* Octets to and fro until something has happened. */
static enum dlms_hdlc_event run(struct dlms_span *apdu)
{
    enum dlms_hdlc_event event;
    while ((event = dlms_hdlc_client_event(&line.hdlc, apdu)) == DLMS_HDLC_NOTHING) {
        uint8_t octets[700];
        size_t length = dlms_hdlc_client_output(&line.hdlc, line.now_ms, octets, sizeof octets);
        assert_int_equal(wh_port_input(&line.port, octets, length, line.now_ms), length);
        length = wh_port_output(&line.port, line.now_ms, octets, sizeof octets);
        for (size_t used = 0; used < length;) {
            used += dlms_hdlc_client_input(&line.hdlc, line.now_ms, octets + used, length - used);
        }
        line.now_ms++;
        dlms_hdlc_client_tick(&line.hdlc, line.now_ms);
    }
    return event;
}

static void carry(struct modern_client *modern, struct dlms_span apdu)
{
    struct dlms_span answer;
    assert_true(dlms_hdlc_client_send(&line.hdlc, line.now_ms, apdu, true));
    assert_int_equal(run(&answer), DLMS_HDLC_ANSWER);
    memcpy(modern->meter.reply, answer.data, answer.length);
    modern->meter.reply_length = answer.length;
}

/* A port of the meter as it stands, and a data link to it. */
static void connect_to(enum wh_origin origin, int number)
{
    const struct wh_port_setup setup = {.access = &line.access,
                                        .cosem = &line.modern.meter.face,
                                        .origin = origin,
                                        .kind = WH_PORT_PIPE,
                                        .start_baud = 9600};
    struct dlms_span none;
    wh_access_init(&line.access, &line.modern.meter.rig.meter, CLIENT_PASSWORD,
                   WH_ACCESS_KMP_PASSWORD);
    assert_int_equal(wh_port_init(&line.port, &setup), WH_OK);
    line.settings = (struct dlms_hdlc_client_settings){
        .client_sap = number == 0 ? WH_COSEM_CLIENT_MANAGEMENT : WH_COSEM_CLIENT_READING,
        .server = {.length = 1, .upper = WH_COSEM_DEVICE_MANAGEMENT},
        .parameters = {INFORMATION, INFORMATION, 1, 1, true},
        .response_ms = 2500,
        .poll_ms = 100,
        .answer_ms = 30000,
        .retries = 3,
    };
    dlms_hdlc_client_init(&line.hdlc, &line.settings, line.frame, sizeof line.frame, line.answer,
                          sizeof line.answer);
    assert_true(dlms_hdlc_client_connect(&line.hdlc, line.now_ms));
    assert_int_equal(run(&none), DLMS_HDLC_CONNECTED);
    modern_become(&line.modern, number);
    line.modern.carry = carry;
}

static int start(void **state)
{
    (void)state;
    memset(&line, 0, sizeof line);
    modern_start(&line.modern, NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    modern_stop(&line.modern);
    return 0;
}

static const uint8_t clock_name[6] = {0, 1, 1, 0, 0, 255};
static const uint8_t association_name[6] = {0, 0, 40, 0, 0, 255};
static const uint8_t setup_names[][6] = {{0, 0, 43, 0, 0, 255}, {0, 0, 43, 0, 1, 255}};

/* Reads what takes segments and blocks, too. */
static void test_both_clients_at_both_ports(void **state)
{
    static const enum wh_origin origins[] = {WH_ORIGIN_OPTICAL, WH_ORIGIN_MODULE};
    (void)state;
    for (size_t o = 0; o < 2; o++) {
        for (int number = 0; number < WH_MODERN_CLIENTS; number++) {
            connect_to(origins[o], number);
            assert_int_equal(modern_open(&line.modern), DLMS_CLIENT_DONE);
            assert_int_equal(modern_get(&line.modern, 8, clock_name, 2), 0);
            assert_int_equal(modern_get(&line.modern, 15, association_name, 2), 0);
            assert_true(dlms_client_value(&line.modern.client).length > 2000);
            assert_int_equal(line.modern.sent[0], 0xC8); /* glo-get-request */
        }
    }
}

static void test_management_alone_may_invoke(void **state)
{
    (void)state;
    uint8_t data[16];
    struct dlms_writer out = dlms_writer(data, sizeof data);
    connect_to(WH_ORIGIN_OPTICAL, 0);
    assert_int_equal(modern_open(&line.modern), DLMS_CLIENT_DONE);
    dlms_put_enum(&out, 0x6C);
    assert_int_equal(modern_invoke(&line.modern, 64, setup_names[0], 1, &out), 0);
    connect_to(WH_ORIGIN_OPTICAL, 1);
    assert_int_equal(modern_open(&line.modern), DLMS_CLIENT_DONE);
    assert_int_equal(modern_invoke(&line.modern, 64, setup_names[1], 1, &out),
                     DLMS_RESULT_READ_WRITE_DENIED);
}

static void test_not_with_the_wrong_key(void **state)
{
    (void)state;
    connect_to(WH_ORIGIN_MODULE, 0);
    line.modern.security.key[DLMS_KEY_UNICAST][3] ^= 1;
    assert_int_equal(modern_open(&line.modern), DLMS_CLIENT_ERR_REFUSED);
}

/* The consumer's port is for the consumer's client alone. */
static void test_not_at_the_consumers_port(void **state)
{
    (void)state;
    connect_to(WH_ORIGIN_CONSUMER, 0);
    assert_int_equal(modern_open(&line.modern), DLMS_CLIENT_ERR_REFUSED);
}

/* A data link that ends takes the association with it. */
static void test_the_association_ends_with_its_data_link(void **state)
{
    struct dlms_span none;
    (void)state;
    connect_to(WH_ORIGIN_OPTICAL, 1);
    assert_int_equal(modern_open(&line.modern), DLMS_CLIENT_DONE);
    assert_true(dlms_hdlc_client_disconnect(&line.hdlc, line.now_ms));
    assert_int_equal(run(&none), DLMS_HDLC_DISCONNECTED);
    assert_true(dlms_hdlc_client_connect(&line.hdlc, line.now_ms));
    assert_int_equal(run(&none), DLMS_HDLC_CONNECTED);
    assert_int_equal(modern_get(&line.modern, 8, clock_name, 2), 1000 + DLMS_CLIENT_ERR_EXCEPTION);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_both_clients_at_both_ports),
        TEST(test_management_alone_may_invoke),
        TEST(test_not_with_the_wrong_key),
        TEST(test_not_at_the_consumers_port),
        TEST(test_the_association_ends_with_its_data_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
