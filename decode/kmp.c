/* KMP frames: stuffing, CRC, commands, registers and logs. Invariant: a body whose CRC is wrong is
 * shown but not decoded. */
#include "decode/kmp.h"

#include <stdio.h>
#include <string.h>

#include "decode/context.h"
#include "decode/cursor.h"
#include "decode/kmp_names.h"
#include "decode/kmp_value.h"
#include "decode/text.h"
#include "kmp/frame.h"
#include "kmp/message.h"

enum { BODY_MAX = 1200, CRC = 2, TIME = 8 };

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

/* ---- Commands ---- */

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

static void register_name(char *text, size_t size, uint16_t id)
{
    const char *name = decode_kmp_register_text(id);
    snprintf(text, size, "%u%s%s", id, name[0] != '\0' ? " " : "", name);
}

/* A register's ID, unit, size, exponent and value. */
static bool take_register(struct decode_cursor *cursor)
{
    const size_t start = cursor->at;
    const uint16_t id = (uint16_t)decode_take_number(cursor, "register", 2);
    struct kmp_value value;
    size_t used;
    char name[64], text[96];
    if (cursor->is_failed) {
        return false;
    }
    register_name(name, sizeof name, id);
    const enum wh_err err =
        kmp_value_decode(cursor->data + cursor->at, cursor->length - cursor->at, &value, &used);
    if (err != WH_OK) {
        decode_fault(cursor->tree, name, cursor->data + start, cursor->length - start, "%s",
                     err == WH_ERR_FORMAT ? "ends inside the value" : "a value of too many bytes");
        cursor->is_failed = true;
        return false;
    }
    cursor->at += used;
    decode_kmp_value_text(text, sizeof text, &value);
    decode_field(cursor->tree, name, cursor->data + start, cursor->at - start, "%s", text);
    decode_summarise(cursor->tree, "%s%s = %s", start > 0 ? ", " : " ", name, text);
    return true;
}

static void take_ids(struct decode_cursor *cursor, unsigned count)
{
    for (unsigned i = 0; i < count && !cursor->is_failed; i++) {
        const uint8_t *bytes = decode_take(cursor, "register", 2);
        char name[64];
        if (bytes != NULL) {
            register_name(name, sizeof name, (uint16_t)((unsigned)bytes[0] << 8 | bytes[1]));
            decode_field(cursor->tree, "register", bytes, 2, "%s", name);
            decode_summarise(cursor->tree, "%s %s", i > 0 ? "," : "", name);
        }
    }
}

static uint8_t take_count(struct decode_cursor *cursor, const char *name)
{
    const uint8_t *count = decode_take(cursor, name, 1);
    if (count == NULL) {
        return 0;
    }
    decode_field(cursor->tree, name, count, 1, "%u", *count);
    return *count;
}

/* ---- Requests ---- */

static void take_number_field(struct decode_cursor *cursor, const char *name, size_t octets)
{
    const size_t start = cursor->at;
    const uint32_t number = decode_take_number(cursor, name, octets);
    if (!cursor->is_failed) {
        decode_field(cursor->tree, name, cursor->data + start, octets, "%u", (unsigned)number);
    }
}

static void set_clock(struct decode_cursor *cursor)
{
    const uint8_t *bytes = decode_take(cursor, "date and time", 8);
    if (bytes == NULL) {
        return;
    }
    struct decode_cursor numbers = decode_cursor(cursor->tree, bytes, 8);
    const uint32_t date = decode_take_number(&numbers, "date", 4);
    const uint32_t time = decode_take_number(&numbers, "time", 4);
    char text[64];
    snprintf(text, sizeof text, "20%02u-%02u-%02u %02u:%02u:%02u", (unsigned)(date / 10000 % 100),
             (unsigned)(date / 100 % 100), (unsigned)(date % 100), (unsigned)(time / 10000),
             (unsigned)(time / 100 % 100), (unsigned)(time % 100));
    decode_field(cursor->tree, "date and time", bytes, 8, "%s", text);
    decode_summarise(cursor->tree, " %s", text);
}

static void get_register(struct decode_cursor *cursor)
{
    take_ids(cursor, take_count(cursor, "registers"));
}

static void put_register(struct decode_cursor *cursor)
{
    take_number_field(cursor, "password", 2);
    take_register(cursor);
}

static void set_cut_off(struct decode_cursor *cursor)
{
    static const struct decode_name names[] = {{1, "disconnect"}, {2, "release"}, {3, "reconnect"}};
    const uint8_t *command = decode_take(cursor, "command", 1);
    if (command != NULL) {
        decode_field(cursor->tree, "command", command, 1, "%s", DECODE_NAME(names, *command));
        decode_summarise(cursor->tree, " %s", DECODE_NAME(names, *command));
    }
}

static void take_events(struct decode_cursor *cursor, const char *name)
{
    static const struct decode_name bits[] = {
        {0x00000001, "reset"},
        {0x00000002, "EEPROM error"},
        {0x00000004, "magnetic field"},
        {0x00000008, "RAM"},
        {0x00000010, "ROM"},
        {0x00000020, "alarm input"},
        {0x00000040, "cover opened"},
        {0x00000080, "auxiliary supply"},
        {0x00000100, "RF data ready"},
        {0x00000200, "forced call"},
        {0x00000400, "clock adjusted"},
        {0x00000800, "status B changed"},
        {0x00001000, "disconnect"},
        {0x00002000, "flash error"},
        {0x00010000, "debiting log"},
        {0x00020000, "RTC log"},
        {0x00040000, "status log"},
        {0x00080000, "voltage quality log"},
        {0x00100000, "breaker log"},
        {0x00200000, "load profile"},
        {0x00400000, "debiting log 2"},
        {0x00800000, "transformer ratio log"},
    };
    const uint8_t *es = decode_take(cursor, name, 4);
    char text[DECODE_TEXT_SIZE];
    if (es == NULL) {
        return;
    }
    const uint32_t value =
        es[0] | (uint32_t)es[1] << 8 | (uint32_t)es[2] << 16 | (uint32_t)es[3] << 24;
    decode_bits(text, sizeof text, bits, sizeof bits / sizeof bits[0], value);
    decode_field(cursor->tree, name, es, 4, "%s", text);
    decode_summarise(cursor->tree, " %s", text);
}

static void clear_events(struct decode_cursor *cursor)
{
    take_events(cursor, "if the cause is gone");
    take_events(cursor, "in any case");
}

/* Bytes that tell where a read-out begins. */
static size_t tail_length(uint8_t cid)
{
    const size_t id = 2;
    const bool has_time = cid == KMP_LOG_FROM_TIME || cid == KMP_LOG_BACK_FROM_TIME;
    const bool has_id = cid == KMP_LOG_FROM_ID || cid == KMP_LOG_BACK_FROM_TIME;
    return (has_time ? TIME : 0) + (has_id ? id : 0);
}

/* LID, registers, longest answer, then where to begin. */
static void take_log_request(struct decode_cursor *cursor, uint8_t cid)
{
    const uint8_t *log = decode_take(cursor, "log", 1);
    if (log == NULL) {
        return;
    }
    decode_field(cursor->tree, "log", log, 1, "%u %s", *log, decode_kmp_log_text(*log));
    decode_summarise(cursor->tree, " %s:", decode_kmp_log_text(*log));
    take_ids(cursor, take_count(cursor, "registers"));
    /* Some readers do not say how many records they want. */
    if (!cursor->is_failed && cursor->length - cursor->at != 1 + tail_length(cid)) {
        take_number_field(cursor, "records", 1);
    }
    take_number_field(cursor, "longest answer", 1);
    if (cid == KMP_LOG_FROM_ID) {
        take_number_field(cursor, "record", 2);
    } else if (cid != KMP_LOG_FROM_LAST_READ) {
        const uint8_t *time = decode_take(cursor, "time", TIME);
        if (time != NULL) {
            decode_field(cursor->tree, "time", time, TIME, "20%02u-%02u-%02u %02u:%02u:%02u",
                         time[0], time[1], time[2], time[3], time[4], time[5]);
        }
    }
    if (cid == KMP_LOG_BACK_FROM_TIME) {
        take_number_field(cursor, "offset", 2);
    }
}

static void show_logger_request(struct decode_cursor *cursor)
{
    static const struct decode_name names[] = {
        {0, "by time"},       {2, "by record"},           {3, "backwards by time"},
        {5, "configuration"}, {6, "backwards by record"}, {7, "backwards from the newest"},
    };
    const uint8_t *sub = decode_take(cursor, "sub-command", 1);
    if (sub == NULL) {
        return;
    }
    decode_field(cursor->tree, "sub-command", sub, 1, "%u %s", *sub, DECODE_NAME(names, *sub));
    decode_summarise(cursor->tree, " %s:", DECODE_NAME(names, *sub));
    if (*sub != KMP_LOGGER_BACK_FROM_ID && *sub != KMP_LOGGER_BACK_FROM_LAST) {
        size_t length;
        const uint8_t *rest = decode_rest(cursor, &length);
        decode_field(cursor->tree, "query", rest, length, "not decoded");
        cursor->at += length;
        return;
    }
    take_number_field(cursor, "logger", 1);
    if (*sub == KMP_LOGGER_BACK_FROM_ID) {
        take_number_field(cursor, "record", 4);
    } else {
        take_number_field(cursor, "offset", 2);
    }
    take_number_field(cursor, "records", 2);
    take_ids(cursor, take_count(cursor, "registers"));
}

static void show_request(struct decode_cursor *cursor, uint8_t cid)
{
    switch (cid) {
    case KMP_SET_CLOCK:
        set_clock(cursor);
        break;
    case KMP_GET_REGISTER:
        get_register(cursor);
        break;
    case KMP_PUT_REGISTER:
        put_register(cursor);
        break;
    case KMP_SET_CUT_OFF:
        set_cut_off(cursor);
        break;
    case KMP_CLEAR_EVENTS:
        clear_events(cursor);
        break;
    case KMP_LOG_FROM_TIME:
    case KMP_LOG_FROM_LAST_READ:
    case KMP_LOG_FROM_ID:
    case KMP_LOG_BACK_FROM_TIME:
        take_log_request(cursor, cid);
        break;
    case KMP_LOGGER:
        show_logger_request(cursor);
        break;
    default:
        break;
    }
}

/* ---- Answers ---- */

static void type_answer(struct decode_cursor *cursor)
{
    const uint8_t *bytes = decode_take(cursor, "type", 4);
    char revision[32] = "";
    if (bytes == NULL) {
        return;
    }
    const uint16_t type = (uint16_t)((unsigned)bytes[0] << 8 | bytes[1]);
    if (bytes[2] >= 1 && bytes[2] <= 26) {
        snprintf(revision, sizeof revision, "%c%u", 'A' + bytes[2] - 1, bytes[3]);
    } else {
        snprintf(revision, sizeof revision, "%u.%u", bytes[2], bytes[3]);
    }
    decode_field(cursor->tree, "type", bytes, 2, "%04X %s", type, decode_kmp_type_text(type));
    decode_field(cursor->tree, "software revision", bytes + 2, 2, "%s", revision);
    decode_summarise(cursor->tree, " %04X %s, revision %s", type, decode_kmp_type_text(type),
                     revision);
}

static void serial_answer(struct decode_cursor *cursor)
{
    const uint8_t *bytes = decode_take(cursor, "serial number", 4);
    if (bytes != NULL) {
        const uint32_t number = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
                                (uint32_t)bytes[2] << 8 | bytes[3];
        decode_field(cursor->tree, "serial number", bytes, 4, "%u", (unsigned)number);
        decode_summarise(cursor->tree, " %u", (unsigned)number);
    }
}

static void register_answer(struct decode_cursor *cursor)
{
    if (cursor->length == 0) {
        decode_field(cursor->tree, "registers", NULL, 0, "none known to the meter");
        decode_summarise(cursor->tree, " no known register");
    }
    while (!cursor->is_failed && cursor->at < cursor->length && take_register(cursor)) {
    }
}

static void cut_off_answer(struct decode_cursor *cursor)
{
    static const struct decode_name states[] = {
        {0, "no breaker"},
        {1, "disconnected by command"},
        {4, "connected"},
        {5, "warning before cut-off"},
        {6, "cut off by smart disconnect"},
        {7, "cut off by prepayment"},
        {8, "released, awaits reconnect"},
        {9, "prepayment low limit expired"},
        {11, "disconnected by the button"},
        {12, "neutral fault"},
        {13, "log only"},
        {14, "over-voltage"},
    };
    static const struct decode_name bits[] = {
        {0x01, "voltage L1"},         {0x02, "voltage L2"},      {0x04, "voltage L3"},
        {0x08, "voltages valid"},     {0x10, "breaker answers"}, {0x20, "high threshold"},
        {0x40, "transition pending"}, {0x80, "switch error"},
    };
    const uint8_t *bytes = decode_take(cursor, "state", 2);
    char text[160];
    if (bytes == NULL) {
        return;
    }
    decode_bits(text, sizeof text, bits, sizeof bits / sizeof bits[0], bytes[1]);
    decode_field(cursor->tree, "state", bytes, 1, "%u %s", bytes[0], DECODE_NAME(states, bytes[0]));
    decode_field(cursor->tree, "feedback", bytes + 1, 1, "%s", text);
    decode_summarise(cursor->tree, " %s, %s", DECODE_NAME(states, bytes[0]), text);
}

static void events_answer(struct decode_cursor *cursor)
{
    take_events(cursor, "event status");
}

static void profile_answer(struct decode_cursor *cursor)
{
    static const struct decode_name bits[] = {{1, "A+"}, {2, "A-"}, {4, "R+"}, {8, "R-"}};
    const uint8_t *bytes = decode_take(cursor, "load profile", 3);
    char text[64];
    if (bytes == NULL) {
        return;
    }
    decode_bits(text, sizeof text, bits, sizeof bits / sizeof bits[0], bytes[0]);
    decode_field(cursor->tree, "registers", bytes, 1, "%s", text);
    decode_field(cursor->tree, "interval", bytes + 1, 1, "%u min", bytes[1]);
    decode_field(cursor->tree, "size", bytes + 2, 1, "%02Xh", bytes[2]);
    decode_summarise(cursor->tree, " %s, %u min", text, bytes[1]);
}

static void quality_answer(struct decode_cursor *cursor)
{
    take_number_field(cursor, "low limit, V", 2);
    take_number_field(cursor, "high limit, V", 2);
    take_number_field(cursor, "minimum duration, 10 s", 1);
}

static void show_log_info(struct decode_tree *tree, const struct kmp_log_answer *answer,
                          const uint8_t *bytes, size_t length)
{
    static const struct decode_name classic[] = {
        {KMP_LOG_EMPTY, "log empty"},
        {KMP_LOG_OUT_OF_RANGE, "out of range"},
        {KMP_LOG_MAX_LENGTH, "more to come"},
        {KMP_LOG_END, "end of the log"},
    };
    static const struct decode_name newer[] = {
        {KMP_LOGGER_EMPTY, "log empty"},        {KMP_LOGGER_OUT_OF_RANGE, "out of range"},
        {0x0004, "interval changed"},           {KMP_LOGGER_UNKNOWN_REGISTER, "unknown register"},
        {KMP_LOGGER_NOT_ALL, "more to come"},   {KMP_LOGGER_FORMAT_CHANGED, "format changed"},
        {KMP_LOGGER_OLDEST, "oldest included"}, {KMP_LOGGER_NEWEST, "newest included"},
    };
    char text[160];
    if (answer->command == KMP_LOGGER) {
        decode_bits(text, sizeof text, newer, sizeof newer / sizeof newer[0], answer->info);
    } else {
        decode_bits(text, sizeof text, classic, sizeof classic / sizeof classic[0], answer->info);
    }
    decode_field(tree, "info", bytes, length, "%s", text);
    decode_field(tree, "newest record", NULL, 0, "%u", (unsigned)answer->newest_id);
    decode_summarise(tree, " %u records of %s", answer->record_count,
                     answer->command == KMP_LOGGER ? "a logger" : decode_kmp_log_text(answer->log));
}

static void log_answer(struct decode_cursor *cursor, const struct kmp_frame *frame)
{
    struct kmp_log_answer answer;
    struct kmp_value values[KMP_LOGGER_REGISTERS];
    uint32_t id;
    const enum wh_err err = kmp_answer_log(frame, &answer);
    cursor->at = cursor->length;
    if (err != WH_OK) {
        decode_fault(cursor->tree, "log", frame->data, frame->length, "%s",
                     err == WH_ERR_UNSUPPORTED ? "more than is decoded"
                                               : "not of the form of a log answer");
        return;
    }
    const bool is_newer = answer.command == KMP_LOGGER;
    if (!is_newer && frame->length > 1) {
        decode_field(cursor->tree, "log", frame->data, 1, "%u %s", answer.log,
                     decode_kmp_log_text(answer.log));
    }
    while (kmp_answer_log_next(&answer, &id, values) == WH_OK) {
        decode_open(cursor->tree, "record", NULL, 0, "%u", (unsigned)id);
        for (unsigned i = 0; i < answer.register_count; i++) {
            char name[64], text[96];
            register_name(name, sizeof name, answer.registers[i]);
            decode_kmp_value_text(text, sizeof text, &values[i]);
            decode_field(cursor->tree, name,
                         decode_keep(cursor->tree, values[i].bytes, values[i].size), values[i].size,
                         "%s", text);
        }
        decode_close(cursor->tree);
    }
    if (!is_newer && answer.record_count > 0) {
        decode_field(cursor->tree, "last read record", NULL, 0, "%u", (unsigned)answer.last_id);
    }
    show_log_info(cursor->tree, &answer, frame->data + frame->length - 1, is_newer ? 0 : 1);
}

static void show_answer(struct decode_cursor *cursor, const struct kmp_frame *frame)
{
    switch (frame->cid) {
    case KMP_GET_TYPE:
        type_answer(cursor);
        break;
    case KMP_GET_SERIAL_NUMBER:
        serial_answer(cursor);
        break;
    case KMP_GET_REGISTER:
        register_answer(cursor);
        break;
    case KMP_SET_CUT_OFF:
    case KMP_GET_CUT_OFF:
        cut_off_answer(cursor);
        break;
    case KMP_GET_EVENTS:
    case KMP_CLEAR_EVENTS:
        events_answer(cursor);
        break;
    case KMP_GET_LOAD_PROFILE:
        profile_answer(cursor);
        break;
    case KMP_GET_VOLTAGE_QUALITY:
        quality_answer(cursor);
        break;
    case KMP_LOG_FROM_TIME:
    case KMP_LOG_FROM_LAST_READ:
    case KMP_LOG_FROM_ID:
    case KMP_LOG_BACK_FROM_TIME:
    case KMP_LOGGER:
        log_answer(cursor, frame);
        break;
    default:
        break;
    }
}

/* ---- All ---- */

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
        show_request(&cursor, frame.cid);
    } else {
        show_answer(&cursor, &frame);
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
