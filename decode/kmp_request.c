/* KMP requests. */
#include "decode/kmp_message.h"

#include <stdio.h>

#include "decode/kmp_names.h"
#include "decode/text.h"

enum { TIME = 8 };

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
    decode_kmp_take_ids(cursor, decode_kmp_take_count(cursor, "registers"));
}

static void put_register(struct decode_cursor *cursor)
{
    decode_kmp_take_number(cursor, "password", 2);
    decode_kmp_take_register(cursor);
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

static void clear_events(struct decode_cursor *cursor)
{
    decode_kmp_take_events(cursor, "if the cause is gone");
    decode_kmp_take_events(cursor, "in any case");
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
    decode_kmp_take_ids(cursor, decode_kmp_take_count(cursor, "registers"));
    /* Some readers do not say how many records they want. */
    if (!cursor->is_failed && cursor->length - cursor->at != 1 + tail_length(cid)) {
        decode_kmp_take_number(cursor, "records", 1);
    }
    decode_kmp_take_number(cursor, "longest answer", 1);
    if (cid == KMP_LOG_FROM_ID) {
        decode_kmp_take_number(cursor, "record", 2);
    } else if (cid != KMP_LOG_FROM_LAST_READ) {
        const uint8_t *time = decode_take(cursor, "time", TIME);
        if (time != NULL) {
            decode_field(cursor->tree, "time", time, TIME, "20%02u-%02u-%02u %02u:%02u:%02u",
                         time[0], time[1], time[2], time[3], time[4], time[5]);
        }
    }
    if (cid == KMP_LOG_BACK_FROM_TIME) {
        decode_kmp_take_number(cursor, "offset", 2);
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
    decode_kmp_take_number(cursor, "logger", 1);
    if (*sub == KMP_LOGGER_BACK_FROM_ID) {
        decode_kmp_take_number(cursor, "record", 4);
    } else {
        decode_kmp_take_number(cursor, "offset", 2);
    }
    decode_kmp_take_number(cursor, "records", 2);
    decode_kmp_take_ids(cursor, decode_kmp_take_count(cursor, "registers"));
}

void decode_kmp_show_request(struct decode_cursor *cursor, uint8_t cid)
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
