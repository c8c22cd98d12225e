/* The secondary station: recorded dialogues byte for byte with the COSEM server behind it (COM-2),
 * and the cases of the data link test plan, DLMS UA 1001-3, by their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dlms/hdlc_cosem.h"
#include "hdlc_recorded.h"
#include "peer.h"

enum { LINKS = 2, FRAME = 600, REQUEST = 700, ANSWER = 474, OUTPUT = 40000 };

struct station {
    struct peer peer; /* the COSEM server */
    struct dlms_hdlc_settings settings;
    struct dlms_hdlc_server server;
    struct dlms_hdlc_link links[LINKS];
    uint8_t request[LINKS][REQUEST];
    uint8_t answer[LINKS][ANSWER];
    uint8_t *frame;
    size_t frame_size;
    int handled;
    int disconnected;
    int notified;
    uint32_t now_ms;
    char hex[2 * OUTPUT + 1];
};

static size_t handle(void *context, uint16_t client_sap, uint16_t server_sap, struct dlms_span apdu,
                     uint8_t *reply, size_t reply_size)
{
    struct station *station = context;
    station->handled++;
    return dlms_hdlc_link_handler.handle(&station->peer.link, client_sap, server_sap, apdu, reply,
                                         reply_size);
}

static bool accept_device(void *context, uint16_t client_sap, uint16_t server_sap)
{
    struct station *station = context;
    return dlms_hdlc_link_handler.accept(&station->peer.link, client_sap, server_sap);
}

static void note_disconnected(void *context, uint16_t client_sap, uint16_t server_sap)
{
    struct station *station = context;
    station->disconnected++;
    dlms_hdlc_link_handler.disconnected(&station->peer.link, client_sap, server_sap);
}

static void note_notified(void *context, uint16_t client_sap, uint16_t server_sap,
                          struct dlms_span apdu)
{
    struct station *station = context;
    (void)client_sap;
    (void)server_sap;
    assert_int_equal(apdu.length, 4);
    station->notified++;
}

static const struct dlms_hdlc_handler handler = {handle, accept_device, note_disconnected,
                                                 note_notified};

static void start(struct station *station)
{
    memset(station, 0, sizeof *station);
    peer_init(&station->peer, DEVICE_PUBLIC, PEER_LONG_BUFFER);
    station->settings = (struct dlms_hdlc_settings){
        .physical_address = 32,
        .forms = DLMS_HDLC_FORM_ANY,
        .inter_octet_ms = 25,
        .inactivity_ms = 20000,
        .parameters = {512, 128, 1, 1, false},
        .handler = &handler,
        .context = station,
    };
    for (size_t i = 0; i < LINKS; i++) {
        station->links[i] = (struct dlms_hdlc_link){.request = station->request[i],
                                                    .request_size = REQUEST,
                                                    .answer = station->answer[i],
                                                    .answer_size = ANSWER};
    }
    station->frame_size = 128 + DLMS_HDLC_OVERHEAD;
    station->frame = malloc(station->frame_size);
    assert_non_null(station->frame);
    dlms_hdlc_server_init(&station->server, &station->settings, station->links, LINKS,
                          station->frame, station->frame_size);
}

static void stop(struct station *station)
{
    free(station->frame);
}

/* Everything the station has to say, in hexadecimal, taken in odd portions. */
static const char *output(struct station *station)
{
    uint8_t portion[7];
    size_t count;
    size_t used = 0;
    station->hex[0] = '\0';
    while ((count = dlms_hdlc_server_output(&station->server, station->now_ms, portion,
                                            sizeof portion)) > 0) {
        for (size_t i = 0; i < count; i++) {
            assert_true(used + 2 < sizeof station->hex);
            used += (size_t)sprintf(station->hex + used, "%02X", portion[i]);
        }
    }
    return station->hex;
}

static const char *ask(struct station *station, const char *hex)
{
    static uint8_t bytes[OUTPUT];
    const size_t length = peer_bytes(hex, bytes, sizeof bytes);
    dlms_hdlc_server_input(&station->server, station->now_ms, bytes, length);
    return output(station);
}

/* A frame from client 16 to a server address, for cases the recordings do not have. */
static const char *ask_frame(struct station *station, struct dlms_hdlc_address server,
                             uint8_t control, bool segmented, const char *information)
{
    uint8_t content[2040];
    uint8_t bytes[2100];
    char hex[2 * sizeof bytes + 1] = "";
    const struct dlms_hdlc_frame frame = {
        .segmented = segmented,
        .destination = server,
        .source = {.length = 1, .upper = 16},
        .control = control,
        .information = {content, peer_bytes(information, content, sizeof content)},
    };
    const size_t length = dlms_hdlc_frame_write(&frame, bytes, sizeof bytes);
    assert_true(length > 0);
    for (size_t i = 0; i < length; i++) {
        sprintf(hex + 2 * i, "%02X", bytes[i]);
    }
    return ask(station, hex);
}

static const struct dlms_hdlc_address management = {1, DEVICE_MANAGEMENT, 0};

static const char *ask_control(struct station *station, uint8_t control, const char *information)
{
    return ask_frame(station, management, control, false, information);
}

/* Control octet of the one short-addressed frame that came back, or -1. */
static int answered(const char *hex)
{
    uint8_t control;
    return strlen(hex) >= 12 && peer_bytes(hex + 10, &control, 1) == 1 ? control : -1;
}

#define SNRM "7EA0070321930F017E"
#define DISC "7EA00703215303C77E"
#define UA   "7EA00721037301407E"
#define DM   "7EA00721031F6BE97E"
#define RR0  "7EA00703211115A67E"
#define AARQ "E6E600601DA109060760857405080101BE10040E01000000065F1F0400007E1F04B0"
#define GET  "E6E600C001C100010101000001FF0200"

/* ---- Recorded ---- */

static void test_recorded_meter_number(void **state)
{
    (void)state;
    struct station station;
    start(&station);
    for (size_t i = 0; i < RECORDED_SHORT; i += 2) {
        assert_string_equal(ask(&station, recorded_short[i]), recorded_short[i + 1]);
    }
    assert_int_equal(station.disconnected, 1);
    stop(&station);
}

/* To the first block: the meter recorded fills later blocks to whole rows, ours to the last octet. */
static void test_recorded_load_profile(void **state)
{
    (void)state;
    struct station station;
    start(&station);
    for (size_t i = 0; i < 6; i += 2) {
        assert_string_equal(ask(&station, recorded_profile[i]), recorded_profile[i + 1]);
    }
    ask(&station, recorded_profile[6]);
    assert_int_equal(answered(station.hex), 0x74);
    assert_string_equal(ask(&station, recorded_profile[10]), recorded_profile[11]);
    stop(&station);
}

/* ---- Test plan ---- */

/* FRAME_P1. */
static void test_frame_p1(void **state)
{
    (void)state;
    struct station station;
    start(&station);
    assert_string_equal(ask(&station, DISC), DM);
    /* What is proposed is the default, but 512 is more than the default this way. */
    assert_int_equal(answered(ask(&station, SNRM)), 0x73);
    assert_int_equal(answered(ask(&station, RR0)), 0x11);
    assert_string_equal(ask(&station, DISC), UA);
    assert_string_equal(ask(&station, DISC), DM);
    stop(&station);
}

/* SNRM without parameters gets UA without, since the result is the default. */
static void test_nothing_proposed_nothing_said(void **state)
{
    (void)state;
    struct station station;
    start(&station);
    station.settings.parameters.transmit_size = 2030;
    assert_string_equal(ask(&station, SNRM), UA);
    station.settings.parameters.receive_size = 64;
    assert_string_equal(ask_control(&station, 0x93, ""), ask_control(&station, 0x93, "818000"));
    assert_true(strstr(station.hex, "818012050180060140") != NULL);
    stop(&station);
}

/* FRAME_P2: a frame cut before its end; the link stays up. */
static void test_frame_p2(void **state)
{
    (void)state;
    struct station station;
    start(&station);
    ask(&station, SNRM);
    assert_string_equal(ask(&station, "7EA00703211115"), "");
    station.now_ms += 100;
    dlms_hdlc_server_tick(&station.server, station.now_ms);
    assert_int_equal(answered(ask(&station, RR0)), 0x11);
    stop(&station);
}

/* FRAME_P3: inactivity. */
static void test_frame_p3(void **state)
{
    (void)state;
    struct station station;
    start(&station);
    station.now_ms = UINT32_MAX - 5000;
    ask(&station, SNRM);
    station.now_ms += 20000;
    assert_int_equal(answered(ask(&station, RR0)), 0x11);
    station.now_ms += 20000;
    dlms_hdlc_server_tick(&station.server, station.now_ms);
    assert_true(dlms_hdlc_server_connected(&station.server, 16, 1));
    station.now_ms += 1;
    dlms_hdlc_server_tick(&station.server, station.now_ms);
    assert_false(dlms_hdlc_server_connected(&station.server, 16, 1));
    assert_int_equal(station.disconnected, 1);
    assert_string_equal(ask(&station, DISC), DM);
    ask(&station, SNRM);
    station.now_ms += 22000; /* nobody ticked */
    assert_string_equal(ask(&station, DISC), DM);
    station.settings.inactivity_ms = 0;
    ask(&station, SNRM);
    station.now_ms += 1u << 30;
    assert_string_equal(ask(&station, DISC), UA);
    stop(&station);
}

/* FRAME_N1 … N4, N7, N8: silence, and afterwards all is well. */
static void test_bad_frames_get_silence(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "A0070321930F01",     "7EA0070321930F0100", "7EA00703210F017E",
        "7E00070321930F017E", "7EA0080321930F017E", "7EA0060321930F017E",
        "7EA0070321930F027E", "7EA00703219300007E", "7EA0090321930F0100007E"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct station station;
        start(&station);
        assert_string_equal(ask(&station, bad[i]), "");
        station.now_ms += 100;
        assert_string_equal(ask(&station, DISC), DM);
        assert_int_equal(answered(ask(&station, SNRM)), 0x73);
        stop(&station);
    }
}

/* Every single wrong bit in a SNRM, an AARQ and a GET. */
static void test_no_answer_to_any_wrong_bit(void **state)
{
    (void)state;
    struct station station;
    start(&station);
    for (size_t i = 0; i < 6; i += 2) {
        uint8_t bytes[200];
        const size_t length = peer_bytes(recorded_short[i], bytes, sizeof bytes);
        for (size_t bit = 8; bit < 8 * (length - 1); bit++) {
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            dlms_hdlc_server_input(&station.server, station.now_ms, bytes, length);
            assert_string_equal(output(&station), "");
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            station.now_ms += 30; /* an inter-octet gap; less than the inactivity time-out */
            dlms_hdlc_server_tick(&station.server, station.now_ms);
        }
        assert_string_equal(ask(&station, recorded_short[i]), recorded_short[i + 1]);
    }
    stop(&station);
}

/* FRAME_N5: an unknown control octet. Everything but SNRM and DISC is then rejected. */
static void test_frame_n5(void **state)
{
    (void)state;
    struct station station;
    start(&station);
    ask(&station, SNRM);
    assert_int_equal(answered(ask_control(&station, 0xFF, "")), 0x97);
    assert_true(strstr(station.hex, "FF0001") != NULL); /* control, V(S) V(R), W */
    assert_int_equal(answered(ask(&station, RR0)), 0x97);
    assert_int_equal(answered(ask_control(&station, 0x10, AARQ)), 0x97);
    assert_int_equal(station.handled, 0);
    assert_int_equal(answered(ask(&station, SNRM)), 0x73);
    assert_int_equal(answered(ask(&station, RR0)), 0x11);
    ask_control(&station, 0xEF, ""); /* without P no answer, but no further dialogue either */
    assert_string_equal(station.hex, "");
    assert_int_equal(answered(ask(&station, RR0)), 0x97);
    assert_string_equal(ask(&station, DISC), UA);
    stop(&station);
}

/* ADDRESS_P1, N1, N4, N6, N7. */
static void test_addresses(void **state)
{
    (void)state;
    static const struct {
        struct dlms_hdlc_address address;
        uint8_t forms;
        bool answers;
    } rows[] = {
        {{1, 1, 0}, DLMS_HDLC_FORM_ANY, true},     {{2, 1, 32}, DLMS_HDLC_FORM_ANY, true},
        {{4, 1, 32}, DLMS_HDLC_FORM_ANY, true},    {{4, 16, 32}, DLMS_HDLC_FORM_4, true},
        {{1, 1, 0}, DLMS_HDLC_FORM_2, false},      {{2, 1, 32}, DLMS_HDLC_FORM_4, false},
        {{4, 1, 32}, DLMS_HDLC_FORM_2, false},     {{1, 2, 0}, DLMS_HDLC_FORM_ANY, false},
        {{2, 1, 33}, DLMS_HDLC_FORM_ANY, false},   {{4, 1, 33}, DLMS_HDLC_FORM_ANY, false},
        {{1, 0, 0}, DLMS_HDLC_FORM_ANY, false},    {{1, 127, 0}, DLMS_HDLC_FORM_ANY, false},
        {{2, 1, 127}, DLMS_HDLC_FORM_ANY, false},  {{4, 1, 0x3FFF}, DLMS_HDLC_FORM_ANY, false},
        {{2, 127, 32}, DLMS_HDLC_FORM_ANY, false}, {{4, 0x3FFF, 32}, DLMS_HDLC_FORM_ANY, false},
        {{2, 1, 126}, DLMS_HDLC_FORM_ANY, false},  {{4, 1, 0x3FFE}, DLMS_HDLC_FORM_ANY, false},
        {{4, 127, 32}, DLMS_HDLC_FORM_ANY, false}, {{4, 1, 127}, DLMS_HDLC_FORM_ANY, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct station station;
        start(&station);
        station.settings.forms = rows[i].forms;
        ask_frame(&station, rows[i].address, 0x93, false, "");
        assert_int_equal(station.hex[0] != '\0', rows[i].answers);
        /* The answer carries the addresses swapped and no other. */
        uint8_t bytes[64];
        struct dlms_hdlc_frame frame;
        const size_t length = peer_bytes(station.hex, bytes, sizeof bytes);
        if (length > 0) {
            assert_int_equal(dlms_hdlc_frame_parse(bytes + 1, length - 2, &frame), DLMS_OK);
            assert_memory_equal(&frame.source, &rows[i].address, sizeof frame.source);
            assert_int_equal(frame.destination.upper, 16);
            assert_int_equal(frame.control, 0x73);
        }
        stop(&station);
    }
}

/* A station that placed the call is meant by the CALLING address. */
static void test_calling_station(void **state)
{
    (void)state;
    struct station station;
    start(&station);
    station.server.calling = true;
    assert_string_not_equal(
        ask_frame(&station, (struct dlms_hdlc_address){2, 1, 126}, 0x93, false, ""), "");
    assert_string_not_equal(
        ask_frame(&station, (struct dlms_hdlc_address){4, 1, 0x3FFE}, 0x93, false, ""), "");
    stop(&station);
}

/* A client address of two octets, and frames of another secondary station. */
static void test_frames_that_are_not_a_clients(void **state)
{
    (void)state;
    struct station station;
    uint8_t bytes[64];
    start(&station);
    struct dlms_hdlc_frame frame = {
        .destination = management, .source = {2, 16, 16}, .control = 0x93};
    size_t length = dlms_hdlc_frame_write(&frame, bytes, sizeof bytes);
    dlms_hdlc_server_input(&station.server, 0, bytes, length);
    assert_string_equal(output(&station), "");
    static const uint8_t responses[] = {0x73, 0x1F, 0x97};
    for (size_t i = 0; i < sizeof responses; i++) {
        assert_string_equal(ask_control(&station, responses[i], ""), "");
    }
    static const uint16_t reserved[] = {0, 127};
    for (size_t i = 0; i < 2; i++) {
        frame.source = (struct dlms_hdlc_address){1, reserved[i], 0};
        length = dlms_hdlc_frame_write(&frame, bytes, sizeof bytes);
        dlms_hdlc_server_input(&station.server, 0, bytes, length);
        assert_string_equal(output(&station), "");
    }
    stop(&station);
}

/* NDM2NRM_P1, P2. */
static void test_negotiation(void **state)
{
    (void)state;
    struct station station;
    start(&station);
    ask_control(&station, 0x93, "818014050207EE060207EE070400000007080400000007");
    assert_non_null(strstr(station.hex, "8180140502020006020080070400000001080400000001"));
    station.settings.parameters = (struct dlms_hdlc_parameters){100, 2030, 3, 7, false};
    ask_control(&station, 0x93, "818012050180060180070400000004080400000004");
    assert_non_null(strstr(station.hex, "818012050164060180070400000003080400000004"));
    assert_string_equal(ask_control(&station, 0x93, "8180030501 00"), DM);
    stop(&station);
}

/* INFO_N1, N2, N3. */
static void test_wrong_i_frames(void **state)
{
    (void)state;
    struct station station;
    char too_long[2 * 600 + 1];
    start(&station);
    memset(too_long, '5', sizeof too_long - 1);
    too_long[sizeof too_long - 1] = '\0';
    for (size_t octets = 129; octets <= 600; octets += 157) { /* within the buffer and beyond */
        ask(&station, SNRM);
        too_long[2 * octets] = '\0';
        assert_int_equal(answered(ask_control(&station, 0x10, too_long)), 0x97);
        assert_non_null(strstr(station.hex, "100004"));
        too_long[2 * octets] = '5';
    }
    ask(&station, SNRM);
    assert_int_equal(answered(ask_control(&station, 0x30, AARQ)), 0x97); /* N(R) 1: never sent */
    assert_non_null(strstr(station.hex, "300008"));
    ask(&station, SNRM);
    assert_int_equal(answered(ask_control(&station, 0x12, AARQ)), 0x11); /* N(S) 1 instead of 0 */
    assert_int_equal(answered(ask_control(&station, 0x11, "00")), 0x97); /* RR with information */
    assert_int_equal(station.handled, 0);
    ask(&station, SNRM);
    assert_int_equal(answered(ask_control(&station, 0x10, AARQ)), 0x30);
    assert_int_equal(station.handled, 1);
    stop(&station);
}

/* GD Test101: the same I frame again, because the answer was lost. */
static void test_a_repeated_request_is_not_carried_out_again(void **state)
{
    (void)state;
    struct station station;
    char first[512];
    start(&station);
    ask(&station, SNRM);
    snprintf(first, sizeof first, "%s", ask_control(&station, 0x10, AARQ));
    assert_int_equal(answered(first), 0x30);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(ask_control(&station, 0x10, AARQ), first);
    }
    assert_string_equal(ask(&station, RR0), first); /* RR N(R) 0: not seen */
    assert_int_equal(station.handled, 1);
    assert_int_equal(answered(ask_control(&station, 0x31, "")), 0x31);   /* seen, nothing more */
    assert_int_equal(answered(ask_control(&station, 0x10, AARQ)), 0x97); /* and taken back: no */
    stop(&station);
}

static void test_a_client_that_is_not_ready(void **state)
{
    (void)state;
    struct station station;
    start(&station);
    ask(&station, SNRM);
    ask_control(&station, 0x00, AARQ); /* without P: carried out, answered when polled */
    assert_string_equal(station.hex, "");
    assert_int_equal(station.handled, 1);
    assert_int_equal(answered(ask_control(&station, 0x15, "")), 0x31); /* RNR */
    assert_int_equal(answered(ask_control(&station, 0x11, "")), 0x30);
    assert_int_equal(answered(ask_control(&station, 0x19, "")), 0x30); /* REJ N(R) 0 */
    stop(&station);
}

/* INFO_P1: a request in segments of a few octets, LLC header and all; the answer in segments. */
static void test_segments_both_ways(void **state)
{
    (void)state;
    struct station station;
    start(&station);
    ask_control(&station, 0x93, "81800305012006 0120");
    ask_control(&station, 0x93, "818006050120060120");
    const char *aarq = AARQ;
    unsigned number = 0;
    for (; strlen(aarq) > 10; aarq += 10, number++) {
        char part[11];
        snprintf(part, sizeof part, "%.10s", aarq);
        const uint8_t control = (uint8_t)(0x10 | (number & 7) << 1);
        ask_frame(&station, management, control, true, part);
        assert_int_equal(answered(station.hex), 0x11 | ((number + 1) & 7) << 5);
    }
    assert_int_equal(station.handled, 0);
    ask_control(&station, (uint8_t)(0x10 | (number & 7) << 1), aarq);
    assert_int_equal(station.handled, 1);
    const unsigned next = (number + 1) & 7;
    /* 43 octets and LLC in 32 and 14, S on the first. */
    assert_int_equal(strncmp(station.hex, "7EA829", 6), 0);
    assert_int_equal(answered(station.hex), 0x10 | next << 5);
    ask_control(&station, 0x31, "");
    assert_int_equal(strncmp(station.hex, "7EA017", 6), 0);
    assert_int_equal(answered(station.hex), 0x12 | next << 5);
    stop(&station);
}

static void test_a_request_too_long_to_put_together(void **state)
{
    (void)state;
    struct station station;
    char part[2 * 128 + 1];
    start(&station);
    ask(&station, SNRM);
    memset(part, '5', sizeof part - 1);
    part[sizeof part - 1] = '\0';
    for (unsigned i = 0; i < REQUEST / 128; i++) {
        ask_frame(&station, management, (uint8_t)(0x10 | i << 1), true, part);
        assert_int_equal(answered(station.hex), 0x11 | (i + 1) << 5);
    }
    ask_frame(&station, management, 0x1A, true, part);
    assert_int_equal(answered(station.hex), 0x97);
    assert_int_equal(station.handled, 0);
    stop(&station);
}

/* What is no LLC frame of a client is not an APDU. */
static void test_llc_header(void **state)
{
    (void)state;
    static const char *const others[] = {"E6E700C001", "E6E6", "E6E600", "000000C001",
                                         "E7E600C001"};
    struct station station;
    start(&station);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ask(&station, SNRM);
        assert_int_equal(answered(ask_control(&station, 0x10, others[i])), 0x31);
    }
    assert_int_equal(station.handled, 0);
    stop(&station);
}

/* NDMOP_N1: everything but SNRM, with P, in disconnected mode. */
static void test_disconnected_mode(void **state)
{
    (void)state;
    struct station station;
    start(&station);
    assert_string_equal(ask_control(&station, 0x10, AARQ), DM);
    assert_string_equal(ask_control(&station, 0x11, ""), DM);
    assert_string_equal(ask_control(&station, 0xFF, ""), DM);
    assert_string_equal(ask_control(&station, 0x00, AARQ), "");
    assert_string_equal(ask_control(&station, 0x83, ""), ""); /* SNRM without P */
    assert_int_equal(station.handled, 0);
    stop(&station);
}

static void test_snrm_ends_what_was(void **state)
{
    (void)state;
    struct station station;
    start(&station);
    ask(&station, SNRM);
    ask_control(&station, 0x10, AARQ);
    assert_non_null(dlms_link_association(&station.peer.link, 16, 1));
    ask(&station, SNRM);
    assert_null(dlms_link_association(&station.peer.link, 16, 1));
    assert_int_equal(station.disconnected, 1);
    assert_int_equal(answered(ask_control(&station, 0x10, GET)), 0x30); /* numbers start over */
    assert_non_null(strstr(station.hex, "D80102"));
    stop(&station);
}

/* Two pairs side by side; a third finds no link free. */
static void test_two_links(void **state)
{
    (void)state;
    struct station station;
    start(&station);
    const struct dlms_hdlc_address meter = {2, DEVICE_METER, 32};
    ask(&station, SNRM);
    assert_int_equal(station.hex[0], '7');
    assert_string_not_equal(ask_frame(&station, meter, 0x93, false, ""), "");
    assert_int_equal(answered(ask_control(&station, 0x10, AARQ)), 0x30);
    ask_frame(&station, meter, 0x11, false, "");
    assert_string_equal(station.hex, "7EA0082120411108E37E");
    assert_int_equal(answered(ask_control(&station, 0x32, GET)), 0x52);
    assert_true(dlms_hdlc_server_connected(&station.server, 16, DEVICE_METER));
    assert_string_equal(ask(&station, "7EA02021259 3"), "");
    station.now_ms += 100;
    assert_int_equal(answered(ask(&station, recorded_profile[0])), 0x1F); /* client 18 */
    ask(&station, DISC);
    assert_int_equal(answered(ask(&station, recorded_profile[0])), 0x73);
    stop(&station);
}

static void test_ui_frames(void **state)
{
    (void)state;
    struct station station;
    start(&station);
    ask_frame(&station, (struct dlms_hdlc_address){2, 1, 127}, 0x03, false, "E6E60001020304");
    ask_frame(&station, (struct dlms_hdlc_address){1, 127, 0}, 0x13, false, "E6E60001020304");
    ask_control(&station, 0x03, "E6E60001020304");
    assert_int_equal(station.notified, 3);
    ask_control(&station, 0x03, "E6E70001020304");
    ask_frame(&station, (struct dlms_hdlc_address){1, 2, 0}, 0x03, false, "E6E60001020304");
    assert_int_equal(station.notified, 3);
    assert_string_equal(station.hex, "");
    const uint8_t push[] = {0x0F, 0x40, 0, 0, 0, 0, 0};
    const struct dlms_span apdu = {push, sizeof push};
    assert_true(dlms_hdlc_server_notify(&station.server, 16, 1, apdu));
    assert_false(dlms_hdlc_server_notify(&station.server, 16, 1, apdu));
    assert_string_equal(output(&station), "7EA013210303CB82E6E7000F4000000000007EF07E");
    assert_true(dlms_hdlc_server_notify(&station.server, 16, 1, apdu));
    stop(&station);
}

/* The answer not yet fetched gives way to the answer to what came later. */
static void test_output_not_taken(void **state)
{
    (void)state;
    struct station station;
    uint8_t octets[5];
    start(&station);
    ask(&station, SNRM);
    uint8_t bytes[128];
    const size_t length = peer_bytes(recorded_short[2], bytes, sizeof bytes);
    dlms_hdlc_server_input(&station.server, 0, bytes, length);
    assert_int_equal(dlms_hdlc_server_output(&station.server, 0, octets, sizeof octets), 5);
    assert_string_equal(ask(&station, DISC), UA);
    stop(&station);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded_meter_number),
        cmocka_unit_test(test_recorded_load_profile),
        cmocka_unit_test(test_frame_p1),
        cmocka_unit_test(test_nothing_proposed_nothing_said),
        cmocka_unit_test(test_frame_p2),
        cmocka_unit_test(test_frame_p3),
        cmocka_unit_test(test_bad_frames_get_silence),
        cmocka_unit_test(test_no_answer_to_any_wrong_bit),
        cmocka_unit_test(test_frame_n5),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_calling_station),
        cmocka_unit_test(test_frames_that_are_not_a_clients),
        cmocka_unit_test(test_negotiation),
        cmocka_unit_test(test_wrong_i_frames),
        cmocka_unit_test(test_a_repeated_request_is_not_carried_out_again),
        cmocka_unit_test(test_a_client_that_is_not_ready),
        cmocka_unit_test(test_segments_both_ways),
        cmocka_unit_test(test_a_request_too_long_to_put_together),
        cmocka_unit_test(test_llc_header),
        cmocka_unit_test(test_disconnected_mode),
        cmocka_unit_test(test_snrm_ends_what_was),
        cmocka_unit_test(test_two_links),
        cmocka_unit_test(test_ui_frames),
        cmocka_unit_test(test_output_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
