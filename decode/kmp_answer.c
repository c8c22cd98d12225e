/* KMP answers. */
#include "decode/kmp_message.h"

#include <stdio.h>
#include <string.h>

#include "decode/kmp_names.h"
#include "decode/kmp_value.h"
#include "decode/text.h"

enum { TIME = 8 };

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
    while (!cursor->is_failed && cursor->at < cursor->length && decode_kmp_take_register(cursor)) {
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
    decode_kmp_take_events(cursor, "event status");
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
    decode_kmp_take_number(cursor, "low limit, V", 2);
    decode_kmp_take_number(cursor, "high limit, V", 2);
    decode_kmp_take_number(cursor, "minimum duration, 10 s", 1);
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
            decode_kmp_register_name(name, sizeof name, answer.registers[i]);
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

void decode_kmp_show_answer(struct decode_cursor *cursor, const struct kmp_frame *frame)
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
