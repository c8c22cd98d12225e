/* Answers of log read-outs. The first record carries the formats of all registers, later ones
 * values alone, so an answer is checked as a whole before any record is given out. Invariant:
 * values and left lie inside the frame, left records of record_length bytes each. */
#include "kmp/bytes.h"
#include "kmp/message.h"

enum {
    CLASSIC_TAIL = 5,  /* last ID, newest ID, info */
    REGISTER_HEAD = 5, /* register ID and format */
    FORMAT = 3,
};

/* Registers with formats and the values of the first record; leaves the length of all values in
 * record_length. */
static enum wh_err take_first_record(struct kmp_reader *reader, struct kmp_log_answer *answer)
{
    unsigned length = 0;
    for (unsigned i = 0; i < answer->register_count; i++) {
        answer->registers[i] = kmp_take_u16(reader);
        const uint8_t *format = kmp_take(reader, FORMAT);
        if (format == NULL) {
            return WH_ERR_FORMAT;
        }
        if (format[1] > KMP_VALUE_SIZE) {
            return WH_ERR_UNSUPPORTED;
        }
        memcpy(answer->formats[i], format, FORMAT);
        kmp_take(reader, format[1]);
        length += format[1];
    }
    answer->record_length = (uint16_t)length;
    return reader->is_short ? WH_ERR_FORMAT : WH_OK;
}

static enum wh_err take_tail(struct kmp_reader *tail, struct kmp_log_answer *answer)
{
    answer->last_id = kmp_take_u16(tail);
    answer->newest_id = kmp_take_u16(tail);
    answer->info = kmp_take_u8(tail);
    return kmp_is_done(tail) ? WH_OK : WH_ERR_FORMAT;
}

/* A0 … A3: records between a head of two bytes and the tail. */
static enum wh_err take_classic(struct kmp_reader *reader, struct kmp_log_answer *answer)
{
    if (reader->left == 1) {
        answer->info = kmp_take_u8(reader);
        return answer->info != 0 ? WH_OK : WH_ERR_FORMAT;
    }
    answer->log = kmp_take_u8(reader);
    answer->register_count = kmp_take_u8(reader);
    if (reader->left < CLASSIC_TAIL) {
        return WH_ERR_FORMAT;
    }
    struct kmp_reader body = {.bytes = reader->bytes, .left = reader->left - CLASSIC_TAIL};
    struct kmp_reader tail = {.bytes = reader->bytes + body.left, .left = CLASSIC_TAIL};
    if (body.left == 0) {
        answer->register_count = 0;
        return take_tail(&tail, answer);
    }
    if (answer->register_count > KMP_LOGGER_REGISTERS) {
        return WH_ERR_UNSUPPORTED;
    }
    answer->values = body.bytes;
    kmp_take_u16(&body);
    const enum wh_err err = take_first_record(&body, answer);
    answer->record_length = (uint16_t)(answer->record_length + 2);
    if (err != WH_OK || body.left % answer->record_length != 0) {
        return err != WH_OK ? err : WH_ERR_FORMAT;
    }
    answer->record_count = (uint16_t)(1 + body.left / answer->record_length);
    return take_tail(&tail, answer);
}

/* B8: a head with the count, then registers and values. */
static enum wh_err take_logger(struct kmp_reader *reader, struct kmp_log_answer *answer)
{
    const uint8_t command = kmp_take_u8(reader);
    if (command < KMP_LOGGER_BACK_FROM_ID || command > KMP_LOGGER_BACK_FROM_LAST) {
        return WH_ERR_FORMAT;
    }
    answer->log = kmp_take_u8(reader);
    answer->record_count = kmp_take_u16(reader);
    answer->register_count = kmp_take_u8(reader);
    answer->next_id = kmp_take_u32(reader);
    answer->newest_id = kmp_take_u32(reader);
    answer->info = kmp_take_u16(reader);
    if (reader->is_short) {
        return WH_ERR_FORMAT;
    }
    if (answer->register_count > KMP_LOGGER_REGISTERS) {
        return WH_ERR_UNSUPPORTED;
    }
    answer->values = reader->bytes;
    if (reader->left == 0 && answer->record_count == 0) {
        answer->register_count = 0;
        return WH_OK;
    }
    const enum wh_err err = take_first_record(reader, answer);
    if (err != WH_OK) {
        return err;
    }
    const size_t others = answer->record_count > 0 ? answer->record_count - 1u : 0;
    if (reader->left != others * answer->record_length) {
        return WH_ERR_FORMAT;
    }
    if ((answer->info & KMP_LOGGER_EMPTY) != 0) { /* it shows formats, but the record is none */
        answer->record_count = 0;
    }
    if (answer->record_count > 0) { /* without registers, IDs alone */
        answer->last_id = answer->next_id - (answer->record_count - 1u);
    }
    return WH_OK;
}

enum wh_err kmp_answer_log(const struct kmp_frame *frame, struct kmp_log_answer *answer)
{
    struct kmp_reader reader = {.bytes = frame->data, .left = frame->length};
    enum wh_err err = WH_ERR_FORMAT;
    *answer = (struct kmp_log_answer){.command = frame->cid};
    if (frame->cid >= KMP_LOG_FROM_TIME && frame->cid <= KMP_LOG_BACK_FROM_TIME) {
        err = take_classic(&reader, answer);
    } else if (frame->cid == KMP_LOGGER) {
        err = take_logger(&reader, answer);
    }
    answer->left = err == WH_OK ? answer->record_count : 0;
    return err;
}

/* The values of one record; only the first has formats before its values. */
static void take_values(struct kmp_log_answer *answer, bool is_first,
                        struct kmp_value values[KMP_LOGGER_REGISTERS])
{
    for (unsigned i = 0; i < answer->register_count; i++) {
        uint8_t encoded[FORMAT + KMP_VALUE_SIZE];
        size_t used;
        const uint8_t *format = answer->formats[i];
        answer->values += is_first ? REGISTER_HEAD : 0;
        memcpy(encoded, format, FORMAT);
        memcpy(encoded + FORMAT, answer->values, format[1]);
        answer->values += format[1];
        kmp_value_decode(encoded, FORMAT + (size_t)format[1], &values[i], &used);
    }
}

enum wh_err kmp_answer_log_next(struct kmp_log_answer *answer, uint32_t *record_id,
                                struct kmp_value values[KMP_LOGGER_REGISTERS])
{
    if (answer->left == 0) {
        return WH_ERR_NOT_FOUND;
    }
    if (answer->command == KMP_LOGGER) {
        *record_id = answer->next_id--;
    } else {
        *record_id = (uint32_t)answer->values[0] << 8 | answer->values[1];
        answer->values += 2;
    }
    take_values(answer, answer->left == answer->record_count, values);
    answer->left--;
    return WH_OK;
}
