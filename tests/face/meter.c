#include "tests/face/meter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/crc32.h"

void face_at(struct face *face, enum wh_origin origin, enum wh_port_kind kind)
{
    const struct wh_port_setup setup = {
        .access = &face->access,
        .cosem = &face->cosem,
        .origin = origin,
        .kind = kind,
        .start_baud = kind == WH_PORT_LINE ? 300 : 9600,
    };
    face->length = 0;
    assert_int_equal(wh_port_init(&face->port, &setup), WH_OK);
}

void face_open_as(struct face *face, const char *model, const struct wh_config *config)
{
    enum { MARCH_2ND_2026 = 825760800 }; /* 10:00 UTC */
    memset(face, 0, sizeof *face);
    rig_open_as(&face->rig, model, config, MARCH_2ND_2026);
    wh_access_init(&face->access, &face->rig.meter, FACE_PASSWORD, WH_ACCESS_KMP_PASSWORD);
    assert_int_equal(wh_cosem_face_init(&face->cosem, &face->rig.meter.application,
                                        &face->rig.meter.legal, FACE_PASSWORD),
                     WH_OK);
    face_at(face, WH_ORIGIN_OPTICAL, WH_PORT_PIPE);
}

void face_open(struct face *face)
{
    face_open_as(face, "382M", NULL);
}

void face_close(struct face *face)
{
    rig_close(&face->rig);
}

static void collect(struct face *face)
{
    size_t count;
    do {
        assert_true(face->length < sizeof face->out);
        count = wh_port_output(&face->port, face->now_ms, face->out + face->length,
                               sizeof face->out - face->length);
        face->length += count;
    } while (count > 0);
}

void face_send(struct face *face, const void *bytes, size_t length, size_t chunk)
{
    const uint8_t *at = bytes;
    unsigned stuck = 0;
    while (length > 0) {
        const size_t portion = length < chunk ? length : chunk;
        const size_t taken = wh_port_input(&face->port, at, portion, face->now_ms);
        at += taken;
        length -= taken;
        collect(face);
        stuck = taken == 0 ? stuck + 1 : 0;
        assert_true(stuck < 3);
    }
}

void face_send_text(struct face *face, const char *text)
{
    face_send(face, text, strlen(text), 1000);
}

void face_wait(struct face *face, uint32_t ms)
{
    face->now_ms += ms;
    collect(face);
}

static uint8_t digit_of(char digit)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *found = strchr(digits, digit);
    assert_non_null(found);
    return (uint8_t)(found - digits);
}

size_t face_bytes(const char *hex, uint8_t *bytes)
{
    size_t length = 0;
    for (; *hex != '\0'; hex += 2) {
        bytes[length++] = (uint8_t)(digit_of(hex[0]) << 4 | digit_of(hex[1]));
    }
    return length;
}

const char *face_hex(struct face *face, const char *hex)
{
    static char said[2 * FACE_OUT + 1];
    uint8_t bytes[1024];
    const size_t length = face_bytes(hex, bytes);
    face->length = 0;
    face_send(face, bytes, length, sizeof bytes);
    said[0] = '\0';
    for (size_t i = 0; i < face->length; i++) {
        snprintf(said + 2 * i, 3, "%02X", face->out[i]);
    }
    return said;
}

bool face_ask(struct face *face, const struct kmp_request *request, bool *is_acknowledged)
{
    uint8_t body[KMP_REQUEST_DATA + KMP_FRAME_OVERHEAD] = {KMP_ADDRESS_METER, request->cid};
    uint8_t wire[2 * sizeof body + 2];
    struct kmp_transmitter transmitter;
    size_t used;
    memcpy(body + 2, request->data, request->length);
    kmp_transmitter_init(&transmitter);
    kmp_transmitter_frame(&transmitter, KMP_REQUEST, body, 2u + request->length);
    const size_t length = kmp_transmitter_pull(&transmitter, wire, sizeof wire);
    face->length = 0;
    face_send(face, wire, length, sizeof wire);
    *is_acknowledged = face->length == 1 && face->out[0] == KMP_ACK;
    kmp_receiver_init(&face->receiver, KMP_ANSWER, face->answer, sizeof face->answer, 0);
    return kmp_receiver_feed(&face->receiver, face->out, face->length, 0, &used, &face->frame) ==
           KMP_RECEIVED_FRAME;
}

bool face_register(struct face *face, uint16_t id, struct kmp_value *value)
{
    struct kmp_request request;
    bool is_acknowledged;
    size_t offset = 0;
    uint16_t found;
    assert_int_equal(kmp_request_registers(&request, &id, 1), WH_OK);
    assert_true(face_ask(face, &request, &is_acknowledged));
    const enum wh_err err = kmp_answer_register(&face->frame, &offset, &found, value);
    assert_true(err == WH_OK || err == WH_ERR_NOT_FOUND);
    if (err == WH_OK) {
        assert_int_equal(found, id);
    }
    return err == WH_OK;
}

int64_t face_number(struct face *face, uint16_t id)
{
    struct kmp_value value;
    int64_t number;
    assert_true(face_register(face, id, &value));
    assert_int_equal(kmp_value_to_number(&value, &number), WH_OK);
    return number;
}

bool face_put(struct face *face, uint16_t password, uint16_t id, uint8_t unit, int8_t exponent,
              int64_t number)
{
    struct kmp_request request;
    struct kmp_value value;
    bool is_acknowledged;
    assert_int_equal(kmp_value_from_number(&value, unit, 4, exponent, number), WH_OK);
    assert_int_equal(kmp_request_put(&request, password, id, &value), WH_OK);
    assert_false(face_ask(face, &request, &is_acknowledged));
    assert_true(is_acknowledged || face->length == 0);
    return is_acknowledged;
}

void face_program(struct face *face)
{
    face->length = 0;
    face_send_text(face, "/?!\r\n");
    face_send_text(face, "\006051\r\n");
    assert_non_null(memchr(face->out, 'P', face->length));
    assert_string_equal(face_command(face, "P1", "(" FACE_PASSWORD ")"), "ACK");
}

const char *face_command(struct face *face, const char *code, const char *data)
{
    static char said[FACE_OUT];
    char message[700];
    const int length = snprintf(message, sizeof message, "\001%s\002%s\003", code, data);
    message[length] = (char)iec21_bcc(0, message + 1, (size_t)length - 1);
    face->length = 0;
    face_send(face, message, (size_t)length + 1, sizeof message);
    if (face->length == 1 && face->out[0] == IEC21_ACK) {
        return "ACK";
    }
    assert_true(face->length > 3);
    assert_int_equal(iec21_bcc(0, (const char *)face->out + 1, face->length - 2),
                     face->out[face->length - 1]);
    memcpy(said, face->out + 1, face->length - 3);
    said[face->length - 3] = '\0';
    return said;
}

uint32_t face_memory(const struct face *face)
{
    const struct board_memory *memory = &face->rig.memory;
    const uint32_t eeprom = wh_crc32(0, memory->eeprom.bytes, memory->board.nvm->size_bytes);
    return wh_crc32(eeprom, memory->flash.inverted, FLASH_MEMORY_SIZE);
}
