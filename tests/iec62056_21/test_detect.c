/* One port, three languages: conversations one after the other, noise between them, and the
 * hand-over from IEC 62056-21 to HDLC. KMP and IEC 62056-21 are the real servers; HDLC is a
 * stand-in that is busy from 7E to 7E and echoes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "device.h"
#include "iec62056_21/detect.h"
#include "kmp/server.h"

struct port {
    struct line iec;
    struct kmp_server kmp;
    uint8_t kmp_answer[KMP_SERVER_ANSWER_MIN];
    bool hdlc_is_open;
    uint8_t hdlc_out[64];
    size_t hdlc_length;
    struct iec21_detector detector;
    uint32_t now_ms;
    char seen[2048];
};

static size_t kmp_input(void *context, const uint8_t *data, size_t length, uint32_t now_ms)
{
    return kmp_server_input(&((struct port *)context)->kmp, data, length, now_ms);
}

static size_t kmp_output(void *context, uint32_t now_ms, uint8_t *out, size_t size)
{
    (void)now_ms;
    return kmp_server_output(&((struct port *)context)->kmp, out, size);
}

static bool kmp_is_busy(void *context, uint32_t now_ms)
{
    return kmp_server_is_busy(&((struct port *)context)->kmp, now_ms);
}

static size_t hdlc_input(void *context, const uint8_t *data, size_t length, uint32_t now_ms)
{
    struct port *port = context;
    (void)now_ms;
    for (size_t i = 0; i < length; i++) {
        if (data[i] == 0x7E) {
            port->hdlc_is_open = !port->hdlc_is_open;
        }
        port->hdlc_out[port->hdlc_length++ % sizeof port->hdlc_out] = data[i];
    }
    return length;
}

static size_t hdlc_output(void *context, uint32_t now_ms, uint8_t *out, size_t size)
{
    struct port *port = context;
    const size_t count = port->hdlc_length < size ? port->hdlc_length : size;
    (void)now_ms;
    memcpy(out, port->hdlc_out, count);
    memmove(port->hdlc_out, port->hdlc_out + count, port->hdlc_length - count);
    port->hdlc_length -= count;
    return count;
}

static bool hdlc_is_busy(void *context, uint32_t now_ms)
{
    const struct port *port = context;
    (void)now_ms;
    return port->hdlc_is_open || port->hdlc_length > 0;
}

static size_t iec_input(void *context, const uint8_t *data, size_t length, uint32_t now_ms)
{
    iec21_server_input(&((struct port *)context)->iec.server, data, length, now_ms);
    return length;
}

static size_t iec_output(void *context, uint32_t now_ms, uint8_t *out, size_t size)
{
    return iec21_server_output(&((struct port *)context)->iec.server, now_ms, out, size);
}

static bool iec_is_busy(void *context, uint32_t now_ms)
{
    return iec21_server_is_busy(&((struct port *)context)->iec.server, now_ms);
}

static bool iec_is_handed_over(void *context)
{
    return iec21_server_is_handed_over(&((struct port *)context)->iec.server);
}

static void iec_resume(void *context)
{
    iec21_server_resume(&((struct port *)context)->iec.server);
}

static enum wh_err type(void *context, struct kmp_type *out)
{
    (void)context;
    *out = (struct kmp_type){0x6200, 8, 1};
    return WH_OK;
}

static const struct kmp_meter kmp_meter = {.type = type};

static void port_init(struct port *port)
{
    memset(port, 0, sizeof *port);
    line_init(&port->iec, IEC21_MODE_E, IEC21_FOLLOW);
    kmp_server_init(&port->kmp, &(struct kmp_server_setup){.meter = &kmp_meter,
                                                           .address = KMP_ADDRESS_METER,
                                                           .gap_ms = KMP_GAP_MS,
                                                           .answer = port->kmp_answer,
                                                           .answer_size = sizeof port->kmp_answer});
    const struct iec21_speaker speakers[IEC21_LANGUAGES] = {
        [IEC21_LANGUAGE_KMP] = {port, kmp_input, kmp_output, kmp_is_busy, NULL, NULL},
        [IEC21_LANGUAGE_HDLC] = {port, hdlc_input, hdlc_output, hdlc_is_busy, NULL, NULL},
        [IEC21_LANGUAGE_IEC] = {port, iec_input, iec_output, iec_is_busy, iec_is_handed_over,
                                iec_resume}};
    iec21_detector_init(&port->detector, speakers, 5000);
}

/* Feeds hex in portions, as one would a UART, and gathers what comes out in the next wait_ms. */
static const char *talk(struct port *port, const char *hex, size_t portion, uint32_t wait_ms)
{
    uint8_t data[128];
    size_t digits = 0;
    size_t seen = 0;
    for (; *hex != '\0'; hex++) {
        if (*hex != ' ') {
            const unsigned low = (unsigned)(*hex <= '9' ? *hex - '0' : *hex - 'A' + 10);
            const unsigned high = digits % 2 == 0 ? 0 : data[digits / 2];
            data[digits++ / 2] = (uint8_t)(high << 4 | low);
        }
    }
    const size_t length = digits / 2;
    port->seen[0] = '\0';
    size_t at = 0;
    for (uint32_t passed = 0; at < length || passed <= wait_ms; passed += 5) {
        uint8_t out[16];
        size_t got;
        const size_t count = length - at < portion ? length - at : portion;
        at += iec21_detector_input(&port->detector, data + at, count, port->now_ms);
        while ((got = iec21_detector_output(&port->detector, port->now_ms, out, sizeof out)) > 0) {
            for (size_t i = 0; i < got; i++) {
                seen +=
                    (size_t)snprintf(port->seen + seen, sizeof port->seen - seen, "%02X", out[i]);
            }
        }
        port->now_ms += 5;
    }
    return port->seen;
}

static void test_languages_one_after_the_other(void **state)
{
    (void)state;
    for (size_t portion = 1; portion < 12; portion++) {
        struct port port;
        port_init(&port);
        for (int round = 0; round < 3; round++) {
            assert_string_equal(talk(&port, "803F01058A0D", portion, 0), "403F01620008016DEC0D");
            assert_int_equal(iec21_detector_language(&port.detector), IEC21_LANGUAGES);
            assert_string_equal(talk(&port, "7EA0077E", portion, 10), "7EA0077E");
            assert_int_equal(iec21_detector_language(&port.detector), IEC21_LANGUAGES);
            talk(&port, "AF3F218D0A", portion, 300);
            assert_memory_equal(port.seen, "AF4B414D", 8);
            assert_int_equal(iec21_detector_language(&port.detector), IEC21_LANGUAGE_IEC);
            talk(&port, "", 1, 4000); /* mode A fall-back */
            assert_int_equal(iec21_detector_language(&port.detector), IEC21_LANGUAGES);
            talk(&port, "2F3F210D0A", portion, 300);
            assert_memory_equal(port.seen, "2F4B414D", 8);
            talk(&port, "", 1, 4000);
        }
    }
}

static void test_noise_between(void **state)
{
    (void)state;
    struct port port;
    port_init(&port);
    assert_string_equal(talk(&port, "00FF0D06403F1B00803F01058A0D00", 64, 10),
                        "403F01620008016DEC0D");
    assert_int_equal(iec21_detector_language(&port.detector), IEC21_LANGUAGES);
    /* A request cut short holds the line no longer than KMP does. */
    talk(&port, "803F01", 3, 0);
    assert_int_equal(iec21_detector_language(&port.detector), IEC21_LANGUAGE_KMP);
    port.now_ms += KMP_GAP_MS + 1;
    talk(&port, "2F3F210D0A", 1, 300);
    assert_memory_equal(port.seen, "2F4B414D", 8);
    talk(&port, "", 1, 4000);
    /* Nor does a sign-on that stopped. */
    talk(&port, "2F3F", 1, 0);
    assert_int_equal(iec21_detector_language(&port.detector), IEC21_LANGUAGE_IEC);
    port.now_ms += 1501;
    assert_string_equal(talk(&port, "803F01058A0D", 64, 0), "403F01620008016DEC0D");
}

static void test_bytes_inside_a_conversation_are_its_own(void **state)
{
    (void)state;
    struct port port;
    port_init(&port);
    assert_string_equal(talk(&port, "7E 80 2F AF 3F 7E", 1, 10), "7E802FAF3F7E");
    assert_string_equal(talk(&port, "803F7E2F0D 803F01058A0D", 1, 0), "403F01620008016DEC0D");
}

static void test_a_hand_over(void **state)
{
    (void)state;
    struct port port;
    port_init(&port);
    talk(&port, "2F3F210D0A", 1, 300);
    talk(&port, "063235320D0A", 1, 0);
    assert_int_equal(iec21_detector_language(&port.detector), IEC21_LANGUAGE_HDLC);
    assert_string_equal(talk(&port, "7EA00780", 1, 20), "7EA00780");
    talk(&port, "", 1, 6000); /* an open connection keeps the line */
    assert_int_equal(iec21_detector_language(&port.detector), IEC21_LANGUAGE_HDLC);
    assert_true(iec21_server_is_handed_over(&port.iec.server));
    assert_string_equal(talk(&port, "7E", 1, 20), "7E");
    assert_int_equal(iec21_detector_language(&port.detector), IEC21_LANGUAGES);
    assert_false(iec21_server_is_handed_over(&port.iec.server)); /* it listens again */
    talk(&port, "2F3F210D0A", 1, 300);
    assert_memory_equal(port.seen, "2F4B414D", 8);
}

static void test_a_hand_over_that_nobody_follows(void **state)
{
    (void)state;
    struct port port;
    port_init(&port);
    talk(&port, "2F3F210D0A", 1, 300);
    talk(&port, "063235320D0A", 1, 4900);
    assert_int_equal(iec21_detector_language(&port.detector), IEC21_LANGUAGE_HDLC);
    talk(&port, "", 1, 200);
    assert_int_equal(iec21_detector_language(&port.detector), IEC21_LANGUAGES);
    assert_false(iec21_server_is_handed_over(&port.iec.server));
}

static void test_a_port_without_a_language(void **state)
{
    (void)state;
    struct port port;
    port_init(&port);
    port.detector.speakers[IEC21_LANGUAGE_HDLC].input = NULL;
    assert_string_equal(talk(&port, "7EA0077E 803F01058A0D", 1, 0), "403F01620008016DEC0D");
    talk(&port, "2F3F210D0A", 1, 300);
    talk(&port, "063235320D0A", 1, 10); /* the hand-over comes to nothing */
    assert_int_equal(iec21_detector_language(&port.detector), IEC21_LANGUAGES);
    assert_false(iec21_server_is_handed_over(&port.iec.server));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_languages_one_after_the_other),
        cmocka_unit_test(test_noise_between),
        cmocka_unit_test(test_bytes_inside_a_conversation_are_its_own),
        cmocka_unit_test(test_a_hand_over),
        cmocka_unit_test(test_a_hand_over_that_nobody_follows),
        cmocka_unit_test(test_a_port_without_a_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
