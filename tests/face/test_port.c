/* One port, three languages: recorded frames, any chunking, turns between the languages, noise, what survives. Shows COM-1,
 * COM-2 and REG-7 on a port in memory. */
#include "tests/face/meter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dlms/hdlc_frame.h"
#include "tests/dlms/hdlc_recorded.h"

static struct face face;

static int open_face(void **state)
{
    (void)state;
    face_open(&face);
    return 0;
}

static int close_face(void **state)
{
    (void)state;
    face_close(&face);
    return 0;
}

/* ---- DLMS over HDLC -------------------------------------------------------------------------- */

/* The family's own dialogue: the same answers but for what this meter says differently: the PDU it takes. */
static void test_recorded_dialogue(void **state)
{
    (void)state;
    assert_string_equal(face_hex(&face, recorded_short[0]), recorded_short[1]);
    const char *aare = face_hex(&face, recorded_short[2]);
    assert_int_equal(strlen(aare), strlen(recorded_short[3]));
    assert_memory_equal(aare, recorded_short[3], 94); /* up to the conformance */
    const char *number = face_hex(&face, recorded_short[4]);
    assert_string_equal(number, recorded_short[5]); /* 12345679 is the meter number here, too */
    assert_string_equal(face_hex(&face, recorded_short[6]), recorded_short[7]);
}

/* The load profile by range that the family's client asks for: associated, and answered with an array. */
static void test_recorded_profile_request(void **state)
{
    (void)state;
    face_at(&face, WH_ORIGIN_MODULE, WH_PORT_PIPE);
    assert_string_equal(face_hex(&face, recorded_profile[0]), recorded_profile[1]);
    assert_non_null(strstr(face_hex(&face, recorded_profile[2]), "A203020100"));
    assert_non_null(strstr(face_hex(&face, recorded_profile[4]), "C40181000100")); /* empty then */
}

/* A frame from a client to device 16, and its answer. */
static const char *send_frame(uint16_t client, uint8_t control, struct dlms_span information)
{
    uint8_t bytes[128];
    char hex[2 * sizeof bytes + 1];
    const struct dlms_hdlc_frame frame = {
        .destination = {.length = 1, .upper = 16},
        .source = {.length = 1, .upper = client},
        .control = control,
        .information = information,
    };
    const size_t length = dlms_hdlc_frame_write(&frame, bytes, sizeof bytes);
    for (size_t i = 0; i < length; i++) {
        snprintf(hex + 2 * i, 3, "%02X", bytes[i]);
    }
    return face_hex(&face, hex);
}

/* SNRM, then the AARQ of the recorded client with a password as long as its own; the AARE. */
static const char *associate_with(uint16_t client, const char *password)
{
    enum { SNRM = 0x93, FIRST_I = 0x10, INFORMATION_AT = 8, BEHIND = 3 };
    uint8_t recorded[128];
    const size_t length = face_bytes(recorded_profile[2], recorded);
    char *place = memmem(recorded, length, FACE_PASSWORD, strlen(FACE_PASSWORD));
    assert_non_null(place);
    memcpy(place, password, strlen(FACE_PASSWORD));
    send_frame(client, SNRM, (struct dlms_span){NULL, 0});
    return send_frame(
        client, FIRST_I,
        (struct dlms_span){recorded + INFORMATION_AT, length - INFORMATION_AT - BEHIND});
}

static const char *associate(uint16_t client)
{
    return associate_with(client, FACE_PASSWORD);
}

/* Each port admits its own client and no other's. */
static void test_clients_by_port(void **state)
{
    static const enum wh_origin origins[] = {WH_ORIGIN_OPTICAL, WH_ORIGIN_MODULE,
                                             WH_ORIGIN_CONSUMER};
    static const uint16_t clients[] = {19, 18, 20};
    (void)state;
    for (size_t o = 0; o < 3; o++) {
        for (size_t c = 0; c < 3; c++) {
            face_at(&face, origins[o], WH_PORT_PIPE);
            const char *aare = associate(clients[c]);
            assert_non_null(strstr(aare, "A20302010")); /* answered either way */
            assert_int_equal(strstr(aare, "A203020100") != NULL, o == c);
        }
    }
}

/* ---- The guard of the passwords -------------------------------------------------------------- */

static bool try_dlms(bool is_right)
{
    face_at(&face, WH_ORIGIN_MODULE, WH_PORT_PIPE);
    const char *aare = associate_with(WH_COSEM_CLIENT_MODULE, is_right ? FACE_PASSWORD : "54321");
    return strstr(aare, "A203020100") != NULL;
}

static bool try_iec(bool is_right)
{
    face_at(&face, WH_ORIGIN_OPTICAL, WH_PORT_PIPE);
    face_send_text(&face, "/?!\r\n\006051\r\n");
    const char *said = face_command(&face, "P1", is_right ? "(" FACE_PASSWORD ")" : "(54321)");
    return strcmp(said, "ACK") == 0;
}

static bool try_kmp(bool is_right)
{
    face_at(&face, WH_ORIGIN_CONSUMER, WH_PORT_PIPE);
    return face_put(&face, is_right ? WH_ACCESS_KMP_PASSWORD : 1, 52, 51, 0, 1);
}

enum { LANGUAGES = 3, KMP = 2 };

static bool (*const tries[LANGUAGES])(bool) = {try_dlms, try_iec, try_kmp};

/* After three wrong ones, in one language or alternating, no language with that password takes the
 * right one for 10 s; the other one is judged. */
static void test_one_guard_for_one_password(void **state)
{
    static const uint8_t rounds[][3] = {{0, 0, 0}, {1, 1, 1}, {KMP, KMP, KMP}, {0, 1, 0}};
    (void)state;
    for (size_t round = 0; round < sizeof rounds / sizeof rounds[0]; round++) {
        const bool is_kmp = rounds[round][0] == KMP;
        struct wh_event newest;
        for (size_t attempt = 0; attempt < 3; attempt++) {
            assert_false(tries[rounds[round][attempt]](false));
        }
        assert_int_equal(rig_count_events(&face.rig, WH_EVENT_PASSWORD_WRONG, &newest),
                         2 * (round + 1));
        assert_int_equal(newest.value_b, 2);
        const uint32_t before = face_memory(&face);
        for (size_t language = 0; language < LANGUAGES; language++) {
            const bool is_open = (language == KMP) != is_kmp;
            if (!is_open) {
                assert_false(tries[language](true));
            }
        }
        assert_int_equal(face_memory(&face), before);
        for (size_t language = 0; language < LANGUAGES; language++) {
            const bool is_open = (language == KMP) != is_kmp;
            assert_int_equal(tries[language](true), is_open);
        }
        rig_load(&face.rig, 0, 0, 10);
        for (size_t language = 0; language < LANGUAGES; language++) {
            assert_true(tries[language](true));
        }
    }
}

/* KMP's password is that of the family as long as nobody changes it: knowing it gives no more
 * guesses of the other. */
static void test_right_one_opens_its_own_guard_only(void **state)
{
    (void)state;
    for (size_t attempt = 0; attempt < 3; attempt++) {
        assert_true(try_kmp(true));
        assert_false(tries[attempt % 2](false));
    }
    assert_true(try_kmp(true));
    assert_false(try_dlms(true));
    assert_false(try_iec(true));
    rig_load(&face.rig, 0, 0, 10);
    assert_false(try_dlms(false)); /* the fourth in a row: 20 s */
    rig_load(&face.rig, 0, 0, 19);
    assert_false(try_iec(true));
    rig_load(&face.rig, 0, 0, 1);
    assert_true(try_iec(true));
}

static void test_no_port_for_the_factory(void **state)
{
    struct wh_port_setup setup = {.access = &face.access,
                                  .cosem = &face.cosem,
                                  .origin = WH_ORIGIN_FACTORY,
                                  .start_baud = 9600};
    (void)state;
    assert_int_equal(wh_port_init(&face.port, &setup), WH_ERR_ARGUMENT);
    setup.origin = WH_ORIGIN_MODULE;
    setup.start_baud = 1234;
    assert_int_equal(wh_port_init(&face.port, &setup), WH_ERR_ARGUMENT);
}

/* Repeatable, and good enough for lengths and noise. */
static uint32_t any;

static uint32_t next_any(void)
{
    any = any * 1664525u + 1013904223u;
    return any >> 8;
}

/* ---- Any chunking ---------------------------------------------------------------------------- */

struct piece {
    const char *hex;
    const char *text;
};

/* Conversations that leave the port free, with noise that begins none. */
static const struct piece pieces[] = {
    {"803F100103E97CD40D", NULL},
    {"803F10080001000203FF041E041F0420043403E9CC110D", NULL},
    {NULL, "noise\r\n"},
    {"803F1001000265CF0D", NULL}, /* damaged */
    {"7EA0200321937DD981801405020200060202000704000000010804000000016FEF7E", NULL},
    {"7EA02B032110FBAFE6E600601DA109060760857405080101BE10040E01000000065F1F040000181DFFFF5FAF7E",
     NULL},
    {"803F0235E90D", NULL},
    {NULL, "/?!\r\n\006050\r\n\006"},
    {"7EA0190321326FD8E6E600C0018100010101000001FF0200A8E37E", NULL},
    {"00FF0D06403F", NULL},
    {"803F9B27790D", NULL},
    {NULL, "/?99!\r\n"}, /* another meter */
    {NULL, "/?!\r\n\006051\r\n\001P1\002(12345)\003P\001R1\0021.8.0()\003\132\001B0\003q"},
    {"803F100103E97CD40D", NULL},
    {"7EA00703215303C77E", NULL},
    {"807F0108460D", NULL}, /* another address */
    {"803F01058A0D", NULL},
};

enum { PIECES = sizeof pieces / sizeof pieces[0] };

static size_t put_piece(const struct piece *piece, uint8_t *out)
{
    if (piece->text == NULL) {
        return face_bytes(piece->hex, out);
    }
    const size_t length = strlen(piece->text);
    memcpy(out, piece->text, length);
    return length;
}

static size_t all_pieces(uint8_t *out)
{
    size_t length = 0;
    for (size_t p = 0; p < PIECES; p++) {
        length += put_piece(&pieces[p], out + length);
    }
    return length;
}

/* The same bytes piece by piece, byte by byte, in portions of every size and all at once: the same answers. */
static void test_any_chunking(void **state)
{
    static uint8_t bytes[4096];
    static uint8_t expected[FACE_OUT];
    const size_t length = all_pieces(bytes);
    (void)state;
    for (size_t p = 0; p < PIECES; p++) {
        uint8_t piece[512];
        const size_t size = put_piece(&pieces[p], piece);
        face_send(&face, piece, size, size);
        face.now_ms += 1;
    }
    const size_t expected_length = face.length;
    memcpy(expected, face.out, expected_length);
    assert_non_null(memmem(expected, expected_length, "\0021.8.0(000000.0*kWh)\003", 21));
    assert_non_null(memmem(expected, expected_length, "\r\n1.6.0(0.000*kW)(", 18));
    for (size_t chunk = 1; chunk <= length; chunk += chunk < 80 ? 1 : 37) {
        face_at(&face, WH_ORIGIN_OPTICAL, WH_PORT_PIPE);
        face_send(&face, bytes, length, chunk);
        assert_int_equal(face.length, expected_length);
        assert_memory_equal(face.out, expected, expected_length);
    }
}

/* Random portions with pauses below the limits of every language. */
static void test_random_chunking(void **state)
{
    static uint8_t bytes[4096];
    static uint8_t expected[FACE_OUT];
    const size_t length = all_pieces(bytes);
    (void)state;
    face_send(&face, bytes, length, length);
    const size_t expected_length = face.length;
    memcpy(expected, face.out, expected_length);
    any = 1;
    for (int round = 0; round < 200; round++) {
        face_at(&face, WH_ORIGIN_OPTICAL, WH_PORT_PIPE);
        for (size_t at = 0; at < length;) {
            size_t portion = 1 + next_any() % 60;
            portion = portion < length - at ? portion : length - at;
            face_send(&face, bytes + at, portion, portion);
            at += portion;
            face.now_ms += next_any() % 20;
        }
        assert_int_equal(face.length, expected_length);
        assert_memory_equal(face.out, expected, expected_length);
    }
}

/* Answers pulled in portions of any size are the same bytes. */
static void test_small_portions_of_output(void **state)
{
    static const uint8_t request[] = {0x80, 0x3F, 0x10, 0x01, 0x03, 0xE9, 0x7C, 0xD4, 0x0D};
    (void)state;
    face_send(&face, request, sizeof request, sizeof request);
    assert_true(face.length > 10);
    for (size_t portion = 1; portion < face.length; portion++) {
        uint8_t out[64];
        size_t length = 0;
        size_t count;
        assert_int_equal(wh_port_input(&face.port, request, sizeof request, 0), sizeof request);
        while ((count = wh_port_output(&face.port, 0, out + length, portion)) > 0) {
            length += count;
        }
        assert_int_equal(length, face.length);
        assert_memory_equal(out, face.out, length);
    }
}

/* Whatever was cut off somewhere, after the pause that ends it a request is answered. */
static void test_recovers_from_any_cut(void **state)
{
    static uint8_t bytes[4096];
    const size_t length = all_pieces(bytes);
    (void)state;
    for (size_t cut = 0; cut < length; cut++) {
        face_at(&face, WH_ORIGIN_OPTICAL, WH_PORT_PIPE);
        face_send(&face, bytes, cut, length);
        face_wait(&face, 5001);
        face_wait(&face, 90001); /* programming mode */
        face_wait(&face, 5001);
        assert_string_equal(face_hex(&face, "803F01058A0D"), "403F01680001028FBC0D");
    }
}

/* Random bytes with many that begin something: nothing breaks, and nothing lasting changes without a password. */
static void test_noise(void **state)
{
    static const uint8_t starts[] = {0x80, 0x7E, 0x2F, 0xAF, 0x06, 0x0D, 0x01, 0x02, 0x3F, 0xA0};
    const uint32_t before = face_memory(&face);
    uint8_t bytes[64];
    (void)state;
    any = 2;
    for (int round = 0; round < 5000; round++) {
        for (size_t b = 0; b < sizeof bytes; b++) {
            bytes[b] =
                next_any() % 3 == 0 ? starts[next_any() % sizeof starts] : (uint8_t)next_any();
        }
        face.length = 0;
        face_send(&face, bytes, sizeof bytes, 1 + next_any() % sizeof bytes);
        face.now_ms += next_any() % 3000;
    }
    face_wait(&face, 100000);
    assert_int_equal(face_memory(&face), before);
    face_wait(&face, 100000);
    assert_string_equal(face_hex(&face, "803F01058A0D"), "403F01680001028FBC0D");
}

/* ---- A line ---------------------------------------------------------------------------------- */

/* On a line the meter takes its time before it answers IEC 62056-21, hears its own echo, and changes the speed. */
static void test_line(void **state)
{
    (void)state;
    face_at(&face, WH_ORIGIN_OPTICAL, WH_PORT_LINE);
    assert_int_equal(wh_port_line(&face.port).baud, 300);
    face_send_text(&face, "/?!\r\n");
    assert_int_equal(face.length, 0);
    assert_int_equal(wh_port_wait_ms(&face.port, face.now_ms), 200);
    face_wait(&face, 200);
    assert_memory_equal(face.out, "/WTH5382M\r\n", 11);
    face_send(&face, face.out, 11, 11); /* the echo */
    face.length = 0;
    face_send_text(&face, "\006050\r\n");
    assert_int_equal(wh_port_line(&face.port).baud, 9600);
    face_wait(&face, 200);
    assert_int_equal(face.out[0], IEC21_STX);
    assert_int_equal(wh_port_wait_ms(&face.port, face.now_ms), 1501);
    face_wait(&face, 1501);
    assert_int_equal(wh_port_line(&face.port).baud, 300);
    assert_int_equal(wh_port_language(&face.port), IEC21_LANGUAGES);
    assert_int_equal(wh_port_wait_ms(&face.port, face.now_ms), UINT32_MAX);
    face.length = 0;
    face_send(&face, "\x80\x3F\x01", 3, 3); /* a pause of more than 27 ms inside a frame */
    face_wait(&face, 28);
    face_send(&face, "\x05\x8A\x0D", 3, 3);
    assert_int_equal(face.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_recorded_dialogue, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_recorded_profile_request, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_clients_by_port, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_one_guard_for_one_password, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_right_one_opens_its_own_guard_only, open_face,
                                        close_face),
        cmocka_unit_test_setup_teardown(test_no_port_for_the_factory, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_any_chunking, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_random_chunking, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_small_portions_of_output, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_recovers_from_any_cut, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_noise, open_face, close_face),
        cmocka_unit_test_setup_teardown(test_line, open_face, close_face),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
