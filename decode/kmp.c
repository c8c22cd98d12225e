/* KMP frames: stuffing, CRC, commands. Invariant: a body whose CRC is wrong is
 * shown but not decoded. */
#include "decode/kmp.h"

#include <string.h>

#include "decode/context.h"
#include "decode/cursor.h"
#include "decode/kmp_message.h"
#include "decode/text.h"
#include "kmp/frame.h"
#include "kmp/message.h"

enum { BODY_MAX = 1200, CRC = 2 };

/* ---- Frame ---- */

struct body {
    uint8_t bytes[BODY_MAX];
    size_t length;
    size_t bad_at; /* offset on the line of a wrong escape; 0: none */
};

/* Between start and stop byte. */
static void unstuff(const uint8_t *data, size_t length, struct body *body)
{
    body->length = 0;
    body->bad_at = 0;
    for (size_t i = 1; i < length && body->length < BODY_MAX; i++) {
        uint8_t byte = data[i];
        if (byte == KMP_STOP) {
            break;
        }
        if (byte == KMP_ESCAPE && i + 1 < length) {
            static const uint8_t stuffed[] = {0x80, 0x40, 0x0D, 0x06, 0x1B};
            byte = (uint8_t)~data[++i];
            if (memchr(stuffed, byte, sizeof stuffed) == NULL) {
                body->bad_at = body->bad_at == 0 ? i - 1 : body->bad_at;
            }
        }
        body->bytes[body->length++] = byte;
    }
}

static bool is_whole(const struct body *body)
{
    return body->bad_at == 0 && body->length >= KMP_FRAME_OVERHEAD &&
           kmp_crc(0, body->bytes, body->length) == 0;
}

bool decode_kmp_is_good(const uint8_t *data, size_t length)
{
    struct body body;
    unstuff(data, length, &body);
    return length >= 2 && data[length - 1] == KMP_STOP && is_whole(&body);
}

/* ---- Body ---- */

static const char *command_text(uint8_t cid)
{
    static const struct decode_name names[] = {
        {KMP_GET_TYPE, "GetType"},
        {KMP_GET_SERIAL_NUMBER, "GetSerialNo"},
        {KMP_RESET, "Reset"},
        {KMP_SET_CLOCK, "SetClock"},
        {KMP_GET_REGISTER, "GetRegister"},
        {KMP_PUT_REGISTER, "PutRegister"},
        {0x85, "ResetNoBackup"},
        {KMP_SET_DISPLAY_YES, "SetDisplayYes"},
        {KMP_DEBITING_STOP, "DebitingStop"},
        {0x92, "login"},
        {KMP_SET_CUT_OFF, "SetCutOffState"},
        {KMP_GET_CUT_OFF, "GetCutOffState"},
        {KMP_GET_EVENTS, "GetEventStatus"},
        {KMP_CLEAR_EVENTS, "ClearEventStatus"},
        {KMP_LOG_FROM_TIME, "GetLogTimePresent"},
        {KMP_LOG_FROM_LAST_READ, "GetLogLastPresent"},
        {KMP_LOG_FROM_ID, "GetLogIDPresent"},
        {KMP_LOG_BACK_FROM_TIME, "GetLogTimePast"},
        {0xA6, "SetVoltageQualityConfig"},
        {KMP_GET_VOLTAGE_QUALITY, "GetVoltageQualityConfig"},
        {KMP_GET_LOAD_PROFILE, "GetLoadProfileConfig"},
        {KMP_LOGGER, "LoggerReadOut"},
    };
    return decode_name_of(names, sizeof names / sizeof names[0], cid, NULL);
}

static const char *address_text(uint8_t address)
{
    static const struct decode_name names[] = {
        {KMP_ADDRESS_METER, "the meter"},
        {KMP_ADDRESS_TOP_LOGGER, "logger in the top module"},
        {KMP_ADDRESS_BASE_LOGGER, "logger in the base module"},
    };
    return DECODE_NAME(names, address);
}

static void show_crc(struct decode_tree *tree, const uint8_t *body, size_t length)
{
    const uint16_t should = kmp_crc(0, body, length - CRC);
    const uint8_t *crc = body + length - CRC;
    if (should == ((unsigned)crc[0] << 8 | crc[1])) {
        decode_field(tree, "CRC", crc, CRC, "right");
    } else {
        decode_fault(tree, "CRC", crc, CRC, "wrong, should be %02X %02X", should >> 8,
                     should & 0xFF);
    }
}

static void show_command(struct decode_context *context, const uint8_t *body, size_t length,
                         bool is_request)
{
    struct decode_tree *tree = &context->tree;
    const struct kmp_frame frame = {.address = body[0],
                                    .cid = body[1],
                                    .data = body + 2,
                                    .length = length - KMP_FRAME_OVERHEAD};
    struct decode_cursor cursor = decode_cursor(tree, frame.data, frame.length);
    const char *name = command_text(frame.cid);
    if (name == NULL) {
        decode_field(tree, "CID", body + 1, 1, "%02X, not known", frame.cid);
        decode_summarise(tree, "CID %02X", frame.cid);
        if (frame.length > 0) {
            decode_field(tree, "data", frame.data, frame.length, "not decoded");
        }
        return;
    }
    decode_open(tree, "CID", body + 1, 1, "%s", name);
    decode_summarise(tree, "%s", name);
    if (is_request) {
        decode_kmp_show_request(&cursor, frame.cid);
    } else {
        decode_kmp_show_answer(&cursor, &frame);
    }
    decode_expect_end(&cursor);
    decode_close(tree);
}

static void show_body(struct decode_context *context, const uint8_t *body, size_t length,
                      bool is_request)
{
    struct decode_tree *tree = &context->tree;
    decode_field(tree, "address", body, 1, "%s", address_text(body[0]));
    show_crc(tree, body, length);
    if (kmp_crc(0, body, length) == 0) {
        show_command(context, body, length, is_request);
    } else {
        decode_field(tree, "body", body, length, "not decoded");
        decode_summarise(tree, "%s", is_request ? "request" : "answer");
    }
}

void decode_kmp(struct decode_context *context, const uint8_t *data, size_t length)
{
    struct decode_tree *tree = &context->tree;
    if (data[0] == KMP_ACK) {
        decode_direct(context, DECODE_FROM_METER);
        decode_field(tree, "KMP", data, 1, "acknowledgement");
        decode_summarise(tree, "acknowledgement");
        return;
    }
    const bool is_request = data[0] == KMP_REQUEST;
    struct body body;
    unstuff(data, length, &body);
    decode_direct(context, is_request ? DECODE_TO_METER : DECODE_FROM_METER);
    decode_open(tree, "KMP", data, 1, "%s", is_request ? "request" : "answer");
    const uint8_t *kept = decode_keep(tree, body.bytes, body.length);
    if (body.bad_at > 0) {
        decode_fault(tree, "stuffing", data + body.bad_at, 2, "at byte %zu: no stuffed byte",
                     body.bad_at);
    }
    if (data[length - 1] != KMP_STOP) {
        decode_fault(tree, "end", kept, body.length, "no stop byte");
    } else if (body.length < KMP_FRAME_OVERHEAD) {
        decode_fault(tree, "end", kept, body.length, "the frame ends after %zu bytes", body.length);
    } else if (kept != NULL) {
        show_body(context, kept, body.length, is_request);
    }
    decode_close(tree);
}
