/* From a request to its answer: one row of the table for each command. Invariant: a handler calls
 * a changing function of the meter only after the whole request was found valid, and the answer
 * buffer is not touched while an answer is being pulled. */
#include "kmp/server.h"

#include "kmp/bytes.h"
#include "kmp/server_log.h"

enum reply { NO_REPLY, REPLY_ACK, REPLY_FRAME };

/* Carries out a request whose length is within its row; the CID is in answer already. */
typedef enum reply handler(struct kmp_server *server, const struct kmp_frame *request,
                           struct kmp_writer *answer);

static enum reply frame_if(bool is_done)
{
    return is_done ? REPLY_FRAME : NO_REPLY;
}

static enum reply ack_if(bool is_done)
{
    return is_done ? REPLY_ACK : NO_REPLY;
}

static struct kmp_reader data_of(const struct kmp_frame *request)
{
    return (struct kmp_reader){.bytes = request->data, .left = request->length};
}

static enum reply get_type(struct kmp_server *server, const struct kmp_frame *request,
                           struct kmp_writer *answer)
{
    const struct kmp_meter *meter = server->setup.meter;
    struct kmp_type type = {0};
    (void)request;
    if (meter->type == NULL || meter->type(server->setup.context, &type) != WH_OK) {
        return NO_REPLY;
    }
    kmp_put_u16(answer, type.type);
    kmp_put_u8(answer, type.revision_letter);
    kmp_put_u8(answer, type.revision_number);
    return REPLY_FRAME;
}

static enum reply get_serial_number(struct kmp_server *server, const struct kmp_frame *request,
                                    struct kmp_writer *answer)
{
    const struct kmp_meter *meter = server->setup.meter;
    uint32_t serial_number = 0;
    (void)request;
    if (meter->serial_number == NULL ||
        meter->serial_number(server->setup.context, &serial_number) != WH_OK) {
        return NO_REPLY;
    }
    kmp_put_u32(answer, serial_number);
    return REPLY_FRAME;
}

static enum reply command(struct kmp_server *server, enum wh_err (*function)(void *context))
{
    return ack_if(function != NULL && function(server->setup.context) == WH_OK);
}

static enum reply reset(struct kmp_server *server, const struct kmp_frame *request,
                        struct kmp_writer *answer)
{
    (void)request;
    (void)answer;
    return command(server, server->setup.meter->reset);
}

static enum reply set_display(struct kmp_server *server, const struct kmp_frame *request,
                              struct kmp_writer *answer)
{
    (void)request;
    (void)answer;
    return command(server, server->setup.meter->set_display);
}

static enum reply debiting_stop(struct kmp_server *server, const struct kmp_frame *request,
                                struct kmp_writer *answer)
{
    (void)request;
    (void)answer;
    return command(server, server->setup.meter->debiting_stop);
}

/* Four bytes of a decimal number with pairs of digits. */
static enum wh_err take_digits(struct kmp_reader *reader, uint8_t unit, struct kmp_rtc *rtc)
{
    struct kmp_value value = {.unit = unit, .size = 4};
    memcpy(value.bytes, kmp_take(reader, 4), 4);
    return kmp_value_to_time(&value, rtc);
}

static enum reply set_clock(struct kmp_server *server, const struct kmp_frame *request,
                            struct kmp_writer *answer)
{
    const struct kmp_meter *meter = server->setup.meter;
    struct kmp_reader reader = data_of(request);
    struct kmp_rtc time = {0};
    (void)answer;
    if (take_digits(&reader, KMP_UNIT_DATE, &time) != WH_OK ||
        take_digits(&reader, KMP_UNIT_TIME, &time) != WH_OK || !kmp_rtc_is_real(&time)) {
        return NO_REPLY;
    }
    return ack_if(meter->set_clock != NULL &&
                  meter->set_clock(server->setup.context, &time) == WH_OK);
}

static void put_register_value(struct kmp_writer *answer, uint16_t id,
                               const struct kmp_value *value)
{
    uint8_t bytes[3 + KMP_VALUE_SIZE];
    size_t length;
    if (kmp_value_encode(value, bytes, sizeof bytes, &length) == WH_OK) {
        kmp_put_u16(answer, id);
        kmp_put(answer, bytes, length);
    }
}

static enum reply get_register(struct kmp_server *server, const struct kmp_frame *request,
                               struct kmp_writer *answer)
{
    const struct kmp_meter *meter = server->setup.meter;
    struct kmp_reader reader = data_of(request);
    const unsigned count = kmp_take_u8(&reader);
    if (meter->read_register == NULL || count < 1 || count > KMP_REGISTERS ||
        reader.left != 2 * (size_t)count) {
        return NO_REPLY;
    }
    for (unsigned i = 0; i < count; i++) {
        const uint16_t id = kmp_take_u16(&reader);
        struct kmp_value value = {0};
        if (meter->read_register(server->setup.context, id, &value) == WH_OK) {
            put_register_value(answer, id, &value);
        }
    }
    return REPLY_FRAME;
}

static enum reply put_register(struct kmp_server *server, const struct kmp_frame *request,
                               struct kmp_writer *answer)
{
    const struct kmp_meter *meter = server->setup.meter;
    struct kmp_reader reader = data_of(request);
    struct kmp_value value;
    size_t used;
    const uint16_t password = kmp_take_u16(&reader);
    const uint16_t id = kmp_take_u16(&reader);
    (void)answer;
    if (kmp_value_decode(reader.bytes, reader.left, &value, &used) != WH_OK ||
        used != reader.left) {
        return NO_REPLY;
    }
    return ack_if(meter->put_register != NULL &&
                  meter->put_register(server->setup.context, password, id, &value) == WH_OK);
}

static enum reply get_cut_off(struct kmp_server *server, const struct kmp_frame *request,
                              struct kmp_writer *answer)
{
    const struct kmp_meter *meter = server->setup.meter;
    struct kmp_cut_off cut_off = {0};
    (void)request;
    if (meter->cut_off == NULL || meter->cut_off(server->setup.context, &cut_off) != WH_OK) {
        return NO_REPLY;
    }
    kmp_put_u8(answer, cut_off.state);
    kmp_put_u8(answer, cut_off.feedback);
    return REPLY_FRAME;
}

static bool is_allowed(uint8_t cut_off_command, uint8_t state)
{
    switch (cut_off_command) {
    case KMP_DISCONNECT:
        return true;
    case KMP_RELEASE:
        return state == KMP_CUT_OFF_BY_COMMAND;
    case KMP_RECONNECT:
        return state == KMP_CUT_OFF_RELEASED;
    default:
        return false;
    }
}

static enum reply set_cut_off(struct kmp_server *server, const struct kmp_frame *request,
                              struct kmp_writer *answer)
{
    const struct kmp_meter *meter = server->setup.meter;
    void *context = server->setup.context;
    struct kmp_cut_off cut_off = {0};
    const uint8_t wanted = request->data[0];
    if (meter->set_cut_off == NULL || meter->cut_off == NULL ||
        meter->cut_off(context, &cut_off) != WH_OK || !is_allowed(wanted, cut_off.state) ||
        meter->set_cut_off(context, (enum kmp_cut_off_command)wanted) != WH_OK) {
        return NO_REPLY;
    }
    return get_cut_off(server, request, answer);
}

static enum reply get_events(struct kmp_server *server, const struct kmp_frame *request,
                             struct kmp_writer *answer)
{
    const struct kmp_meter *meter = server->setup.meter;
    struct kmp_events events = {{0}};
    (void)request;
    if (meter->events == NULL || meter->events(server->setup.context, &events) != WH_OK) {
        return NO_REPLY;
    }
    kmp_put(answer, events.status, sizeof events.status);
    return REPLY_FRAME;
}

/* The pointers move first: whether a log's bit may go depends on them. */
static enum reply clear_events(struct kmp_server *server, const struct kmp_frame *request,
                               struct kmp_writer *answer)
{
    const struct kmp_meter *meter = server->setup.meter;
    struct kmp_events if_gone;
    struct kmp_events always;
    memcpy(if_gone.status, request->data, sizeof if_gone.status);
    memcpy(always.status, request->data + sizeof if_gone.status, sizeof always.status);
    if (meter->clear_events == NULL) {
        return NO_REPLY;
    }
    kmp_server_mark_read(server, if_gone.status[2] | always.status[2]);
    if (meter->clear_events(server->setup.context, &if_gone, &always) != WH_OK) {
        return NO_REPLY;
    }
    return get_events(server, request, answer);
}

static enum reply get_load_profile(struct kmp_server *server, const struct kmp_frame *request,
                                   struct kmp_writer *answer)
{
    const struct kmp_meter *meter = server->setup.meter;
    struct kmp_load_profile profile = {0};
    (void)request;
    if (meter->load_profile == NULL ||
        meter->load_profile(server->setup.context, &profile) != WH_OK) {
        return NO_REPLY;
    }
    kmp_put_u8(answer, profile.energies);
    kmp_put_u8(answer, profile.interval_min);
    kmp_put_u8(answer, profile.size);
    return REPLY_FRAME;
}

static enum reply get_voltage_quality(struct kmp_server *server, const struct kmp_frame *request,
                                      struct kmp_writer *answer)
{
    const struct kmp_meter *meter = server->setup.meter;
    struct kmp_voltage_quality quality = {0};
    (void)request;
    if (meter->voltage_quality == NULL ||
        meter->voltage_quality(server->setup.context, &quality) != WH_OK) {
        return NO_REPLY;
    }
    kmp_put_u16(answer, quality.low_v);
    kmp_put_u16(answer, quality.high_v);
    kmp_put_u8(answer, quality.duration_10s);
    return REPLY_FRAME;
}

static enum reply read_log(struct kmp_server *server, const struct kmp_frame *request,
                           struct kmp_writer *answer)
{
    return frame_if(kmp_server_read_log(server, request, answer));
}

static enum reply read_logger(struct kmp_server *server, const struct kmp_frame *request,
                              struct kmp_writer *answer)
{
    return frame_if(kmp_server_read_logger(server, request, answer));
}

/* Data lengths that a request may have; handlers of counted lists check their own further. */
static const struct row {
    uint8_t cid;
    uint8_t min_length;
    uint8_t max_length;
    handler *handle;
} rows[] = {
    {KMP_GET_TYPE, 0, 0, get_type},
    {KMP_GET_SERIAL_NUMBER, 0, 0, get_serial_number},
    {KMP_RESET, 0, 0, reset},
    {KMP_SET_CLOCK, 8, 8, set_clock},
    {KMP_GET_REGISTER, 3, 17, get_register},
    {KMP_PUT_REGISTER, 7, 7 + KMP_VALUE_SIZE, put_register},
    {KMP_SET_DISPLAY_YES, 0, 0, set_display},
    {KMP_DEBITING_STOP, 0, 0, debiting_stop},
    {KMP_SET_CUT_OFF, 1, 1, set_cut_off},
    {KMP_GET_CUT_OFF, 0, 0, get_cut_off},
    {KMP_GET_EVENTS, 0, 0, get_events},
    {KMP_CLEAR_EVENTS, 8, 8, clear_events},
    {KMP_LOG_FROM_TIME, 12, 28, read_log},
    {KMP_LOG_FROM_LAST_READ, 4, 20, read_log},
    {KMP_LOG_FROM_ID, 6, 22, read_log},
    {KMP_LOG_BACK_FROM_TIME, 14, 30, read_log},
    {KMP_GET_VOLTAGE_QUALITY, 0, 0, get_voltage_quality},
    {KMP_GET_LOAD_PROFILE, 0, 0, get_load_profile},
    {KMP_LOGGER, 9, 9 + 2 * KMP_LOGGER_REGISTERS, read_logger},
};

static enum reply handle(struct kmp_server *server, const struct kmp_frame *request,
                         struct kmp_writer *answer)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].cid == request->cid) {
            return request->length >= rows[i].min_length && request->length <= rows[i].max_length
                       ? rows[i].handle(server, request, answer)
                       : NO_REPLY;
        }
    }
    return NO_REPLY;
}

static void reply_to(struct kmp_server *server, const struct kmp_frame *request)
{
    const struct kmp_server_setup *setup = &server->setup;
    /* Two bytes are kept for the CRC. */
    struct kmp_writer answer = {.bytes = setup->answer, .size = setup->answer_size - 2};
    if (request->address != setup->address) {
        return;
    }
    kmp_put_u8(&answer, request->address);
    kmp_put_u8(&answer, request->cid);
    const enum reply reply = handle(server, request, &answer);
    if (reply == REPLY_ACK) {
        kmp_transmitter_ack(&server->transmitter);
    } else if (reply == REPLY_FRAME && !answer.is_full) {
        kmp_transmitter_frame(&server->transmitter, KMP_ANSWER, setup->answer, answer.length);
    } else {
        return;
    }
    server->is_answering = true;
}

enum wh_err kmp_server_init(struct kmp_server *server, const struct kmp_server_setup *setup)
{
    if (setup->answer_size < KMP_SERVER_ANSWER_MIN) {
        return WH_ERR_ARGUMENT;
    }
    *server = (struct kmp_server){.setup = *setup};
    kmp_receiver_init(&server->receiver, KMP_REQUEST, server->request, sizeof server->request,
                      setup->gap_ms);
    kmp_transmitter_init(&server->transmitter);
    return WH_OK;
}

size_t kmp_server_input(struct kmp_server *server, const uint8_t *data, size_t length,
                        uint32_t now_ms)
{
    size_t taken = 0;
    while (taken < length && !server->is_answering) {
        struct kmp_frame request;
        size_t used;
        const enum kmp_reception reception = kmp_receiver_feed(
            &server->receiver, data + taken, length - taken, now_ms, &used, &request);
        taken += used;
        if (reception == KMP_RECEIVED_FRAME) {
            reply_to(server, &request);
        }
    }
    return taken;
}

size_t kmp_server_output(struct kmp_server *server, uint8_t *out, size_t size)
{
    const size_t count = kmp_transmitter_pull(&server->transmitter, out, size);
    if (count < size) {
        server->is_answering = false;
    }
    return count;
}

bool kmp_server_is_busy(const struct kmp_server *server, uint32_t now_ms)
{
    const struct kmp_receiver *receiver = &server->receiver;
    const bool is_late = receiver->gap_ms != 0 && now_ms - receiver->last_ms > receiver->gap_ms;
    return server->is_answering || (kmp_receiver_is_inside(receiver) && !is_late);
}
