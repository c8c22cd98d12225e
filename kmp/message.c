/* Requests are written field by field; answers of fixed shape are read the same way. Invariant: an
 * answer is taken only when every byte of it was accounted for. Logs are in log_answer.c. */
#include "kmp/message.h"

#include "kmp/bytes.h"

uint8_t kmp_event_bit(uint8_t log)
{
    static const uint8_t bits[] = {
        [KMP_LOG_DEBITING] = 0x01,
        [KMP_LOG_STATUS] = 0x04,
        [KMP_LOG_RTC] = 0x02,
        [KMP_LOG_VOLTAGE_QUALITY] = 0x08,
        [KMP_LOG_CUT_OFF] = 0x10,
        [KMP_LOG_LOAD_PROFILE] = 0x20,
        [KMP_LOG_DEBITING_351] = 0x01,
        [KMP_LOG_DEBITING_2] = 0x40,
        [KMP_LOG_TRANSFORMER_RATIO] = 0x80,
    };
    return log < sizeof bits ? bits[log] : 0;
}

/* ---- Requests -------------------------------------------------------------------------------- */

static struct kmp_writer begin(struct kmp_request *request, uint8_t cid)
{
    *request = (struct kmp_request){.cid = cid};
    return (struct kmp_writer){.bytes = request->data, .size = sizeof request->data};
}

static enum wh_err end(struct kmp_request *request, const struct kmp_writer *writer)
{
    request->length = (uint8_t)writer->length;
    return writer->is_full ? WH_ERR_ARGUMENT : WH_OK;
}

enum wh_err kmp_request_plain(struct kmp_request *request, uint8_t command)
{
    static const struct {
        uint8_t cid;
        bool is_acknowledged;
        bool is_once;
    } plain[] = {
        {KMP_GET_TYPE, false, false},
        {KMP_GET_SERIAL_NUMBER, false, false},
        {KMP_RESET, true, true},
        {KMP_SET_DISPLAY_YES, true, false},
        {KMP_DEBITING_STOP, true, true},
        {KMP_GET_CUT_OFF, false, false},
        {KMP_GET_EVENTS, false, false},
        {KMP_GET_VOLTAGE_QUALITY, false, false},
        {KMP_GET_LOAD_PROFILE, false, false},
    };
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (plain[i].cid == command) {
            *request = (struct kmp_request){.cid = command,
                                            .is_acknowledged = plain[i].is_acknowledged,
                                            .is_once = plain[i].is_once};
            return WH_OK;
        }
    }
    return WH_ERR_ARGUMENT;
}

enum wh_err kmp_request_set_clock(struct kmp_request *request, const struct kmp_rtc *rtc)
{
    if (!kmp_rtc_is_real(rtc)) {
        return WH_ERR_ARGUMENT;
    }
    struct kmp_value date;
    struct kmp_value time;
    kmp_value_from_date(&date, rtc);
    kmp_value_from_time(&time, rtc);
    struct kmp_writer writer = begin(request, KMP_SET_CLOCK);
    request->is_acknowledged = true;
    request->is_once = true; /* later the same time would set the clock back */
    kmp_put(&writer, date.bytes, date.size);
    kmp_put(&writer, time.bytes, time.size);
    return end(request, &writer);
}

enum wh_err kmp_request_registers(struct kmp_request *request, const uint16_t *ids, size_t count)
{
    if (count < 1 || count > KMP_REGISTERS) {
        return WH_ERR_ARGUMENT;
    }
    struct kmp_writer writer = begin(request, KMP_GET_REGISTER);
    kmp_put_u8(&writer, (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        kmp_put_u16(&writer, ids[i]);
    }
    return end(request, &writer);
}

enum wh_err kmp_request_put(struct kmp_request *request, uint16_t password, uint16_t id,
                            const struct kmp_value *value)
{
    uint8_t bytes[3 + KMP_VALUE_SIZE];
    size_t length;
    const enum wh_err err = kmp_value_encode(value, bytes, sizeof bytes, &length);
    if (err != WH_OK) {
        return err;
    }
    struct kmp_writer writer = begin(request, KMP_PUT_REGISTER);
    request->is_acknowledged = true;
    kmp_put_u16(&writer, password);
    kmp_put_u16(&writer, id);
    kmp_put(&writer, bytes, length);
    return end(request, &writer);
}

enum wh_err kmp_request_cut_off(struct kmp_request *request, enum kmp_cut_off_command command)
{
    if (command < KMP_DISCONNECT || command > KMP_RECONNECT) {
        return WH_ERR_ARGUMENT;
    }
    struct kmp_writer writer = begin(request, KMP_SET_CUT_OFF);
    kmp_put_u8(&writer, command);
    return end(request, &writer);
}

void kmp_request_clear_events(struct kmp_request *request, const struct kmp_events *if_gone,
                              const struct kmp_events *always)
{
    struct kmp_writer writer = begin(request, KMP_CLEAR_EVENTS);
    kmp_put(&writer, if_gone->status, sizeof if_gone->status);
    kmp_put(&writer, always->status, sizeof always->status);
    end(request, &writer);
}

static void put_registers(struct kmp_writer *writer, const uint16_t *registers, unsigned count)
{
    kmp_put_u8(writer, count);
    for (unsigned i = 0; i < count; i++) {
        kmp_put_u16(writer, registers[i]);
    }
}

/* The order of section 4.3, year first. */
static void put_log_time(struct kmp_writer *writer, const struct kmp_rtc *rtc)
{
    const uint8_t bytes[8] = {(uint8_t)(rtc->year - 2000),
                              rtc->month,
                              rtc->day,
                              rtc->hour,
                              rtc->minute,
                              rtc->second,
                              0,
                              0};
    kmp_put(writer, bytes, sizeof bytes);
}

static bool has_time(uint8_t command)
{
    return command == KMP_LOG_FROM_TIME || command == KMP_LOG_BACK_FROM_TIME;
}

enum wh_err kmp_request_log(struct kmp_request *request, const struct kmp_log_query *query)
{
    if (query->command < KMP_LOG_FROM_TIME || query->command > KMP_LOG_BACK_FROM_TIME ||
        query->register_count > KMP_LOG_REGISTERS ||
        (has_time(query->command) && !kmp_rtc_is_real(&query->time))) {
        return WH_ERR_ARGUMENT;
    }
    struct kmp_writer writer = begin(request, query->command);
    kmp_put_u8(&writer, query->log);
    put_registers(&writer, query->registers, query->register_count);
    kmp_put_u8(&writer, query->record_count);
    kmp_put_u8(&writer, query->max_length);
    if (has_time(query->command)) {
        put_log_time(&writer, &query->time);
    }
    if (query->command == KMP_LOG_FROM_ID) {
        kmp_put_u16(&writer, query->record_id);
    }
    if (query->command == KMP_LOG_BACK_FROM_TIME) {
        kmp_put_u16(&writer, query->id_offset);
    }
    return end(request, &writer);
}

enum wh_err kmp_request_logger(struct kmp_request *request, const struct kmp_logger_query *query)
{
    if (query->command < KMP_LOGGER_BACK_FROM_ID || query->command > KMP_LOGGER_BACK_FROM_LAST ||
        query->register_count < 1 || query->register_count > KMP_LOGGER_REGISTERS) {
        return WH_ERR_ARGUMENT;
    }
    struct kmp_writer writer = begin(request, KMP_LOGGER);
    kmp_put_u8(&writer, query->command);
    kmp_put_u8(&writer, query->log);
    if (query->command == KMP_LOGGER_BACK_FROM_ID) {
        kmp_put_u32(&writer, query->record_id);
    } else {
        kmp_put_u16(&writer, query->offset);
    }
    kmp_put_u16(&writer, query->record_count);
    put_registers(&writer, query->registers, query->register_count);
    return end(request, &writer);
}

/* ---- Answers --------------------------------------------------------------------------------- */

/* The data of an answer that has this CID and length; NULL otherwise. */
static const uint8_t *data_of(const struct kmp_frame *frame, uint8_t cid, size_t length)
{
    return frame->cid == cid && frame->length == length ? frame->data : NULL;
}

enum wh_err kmp_answer_type(const struct kmp_frame *frame, struct kmp_type *type)
{
    const uint8_t *p = data_of(frame, KMP_GET_TYPE, 4);
    if (p == NULL) {
        return WH_ERR_FORMAT;
    }
    *type = (struct kmp_type){.type = (uint16_t)((unsigned)p[0] << 8 | p[1]),
                              .revision_letter = p[2],
                              .revision_number = p[3]};
    return WH_OK;
}

enum wh_err kmp_answer_serial_number(const struct kmp_frame *frame, uint32_t *serial_number)
{
    struct kmp_reader reader = {.bytes = data_of(frame, KMP_GET_SERIAL_NUMBER, 4), .left = 4};
    if (reader.bytes == NULL) {
        return WH_ERR_FORMAT;
    }
    *serial_number = kmp_take_u32(&reader);
    return WH_OK;
}

enum wh_err kmp_answer_cut_off(const struct kmp_frame *frame, struct kmp_cut_off *cut_off)
{
    const uint8_t *p = data_of(frame, KMP_GET_CUT_OFF, 2);
    if (p == NULL) {
        p = data_of(frame, KMP_SET_CUT_OFF, 2);
    }
    if (p == NULL) {
        return WH_ERR_FORMAT;
    }
    *cut_off = (struct kmp_cut_off){.state = p[0], .feedback = p[1]};
    return WH_OK;
}

/* ClearEventStatus is answered with its own CID by the rule, with that of GetEventStatus by the
 * vendor's example. */
enum wh_err kmp_answer_events(const struct kmp_frame *frame, struct kmp_events *events)
{
    const uint8_t *p = data_of(frame, KMP_GET_EVENTS, sizeof events->status);
    if (p == NULL) {
        p = data_of(frame, KMP_CLEAR_EVENTS, sizeof events->status);
    }
    if (p == NULL) {
        return WH_ERR_FORMAT;
    }
    memcpy(events->status, p, sizeof events->status);
    return WH_OK;
}

enum wh_err kmp_answer_load_profile(const struct kmp_frame *frame, struct kmp_load_profile *profile)
{
    const uint8_t *p = data_of(frame, KMP_GET_LOAD_PROFILE, 3);
    if (p == NULL) {
        return WH_ERR_FORMAT;
    }
    *profile = (struct kmp_load_profile){.energies = p[0], .interval_min = p[1], .size = p[2]};
    return WH_OK;
}

enum wh_err kmp_answer_voltage_quality(const struct kmp_frame *frame,
                                       struct kmp_voltage_quality *quality)
{
    struct kmp_reader reader = {.bytes = data_of(frame, KMP_GET_VOLTAGE_QUALITY, 5), .left = 5};
    if (reader.bytes == NULL) {
        return WH_ERR_FORMAT;
    }
    quality->low_v = kmp_take_u16(&reader);
    quality->high_v = kmp_take_u16(&reader);
    quality->duration_10s = kmp_take_u8(&reader);
    return WH_OK;
}

enum wh_err kmp_answer_register(const struct kmp_frame *frame, size_t *offset, uint16_t *id,
                                struct kmp_value *value)
{
    if (frame->cid != KMP_GET_REGISTER || *offset > frame->length) {
        return WH_ERR_FORMAT;
    }
    struct kmp_reader reader = {.bytes = frame->data + *offset, .left = frame->length - *offset};
    if (reader.left == 0) {
        return WH_ERR_NOT_FOUND;
    }
    size_t used;
    const uint16_t found = kmp_take_u16(&reader);
    if (reader.is_short) {
        return WH_ERR_FORMAT;
    }
    const enum wh_err err = kmp_value_decode(reader.bytes, reader.left, value, &used);
    if (err == WH_OK) {
        *id = found;
        *offset += 2 + used;
    }
    return err;
}
