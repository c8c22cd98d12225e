/* The meter of tables, and a line to it. */
#include "fake_meter.h"

#include <stdlib.h>
#include <string.h>

#include "hex.h"

static enum wh_err type(void *context, struct kmp_type *out)
{
    *out = ((struct fake_meter *)context)->type;
    return WH_OK;
}

static enum wh_err serial_number(void *context, uint32_t *out)
{
    *out = ((struct fake_meter *)context)->serial_number;
    return WH_OK;
}

static struct fake_register *find(struct fake_meter *meter, uint16_t id)
{
    for (size_t i = 0; i < meter->register_count; i++) {
        if (meter->registers[i].id == id) {
            return &meter->registers[i];
        }
    }
    return NULL;
}

static enum wh_err read_register(void *context, uint16_t id, struct kmp_value *value)
{
    const struct fake_register *found = find(context, id);
    if (found == NULL) {
        return WH_ERR_NOT_FOUND;
    }
    *value = found->value;
    return WH_OK;
}

static enum wh_err put_register(void *context, uint16_t password, uint16_t id,
                                const struct kmp_value *value)
{
    struct fake_meter *meter = context;
    struct fake_register *found = find(meter, id);
    if (password != meter->password || found == NULL || found->value.unit != value->unit) {
        return WH_ERR_SEALED;
    }
    found->value = *value;
    return WH_OK;
}

static enum wh_err set_clock(void *context, const struct kmp_rtc *time)
{
    struct fake_meter *meter = context;
    meter->clock = *time;
    meter->clock_sets++;
    return WH_OK;
}

static enum wh_err reset(void *context)
{
    ((struct fake_meter *)context)->resets++;
    return WH_OK;
}

static enum wh_err set_display(void *context)
{
    ((struct fake_meter *)context)->displays++;
    return WH_OK;
}

static enum wh_err debiting_stop(void *context)
{
    ((struct fake_meter *)context)->debiting_stops++;
    return WH_OK;
}

static enum wh_err cut_off(void *context, struct kmp_cut_off *out)
{
    *out = ((struct fake_meter *)context)->cut_off;
    return WH_OK;
}

static enum wh_err set_cut_off(void *context, enum kmp_cut_off_command command)
{
    static const uint8_t after[] = {[KMP_DISCONNECT] = KMP_CUT_OFF_BY_COMMAND,
                                    [KMP_RELEASE] = KMP_CUT_OFF_RELEASED,
                                    [KMP_RECONNECT] = KMP_CUT_OFF_CONNECTED};
    struct fake_meter *meter = context;
    if (meter->cut_off.state == KMP_CUT_OFF_NO_BREAKER) {
        return WH_ERR_UNSUPPORTED;
    }
    meter->cut_off.state = after[command];
    return WH_OK;
}

static enum wh_err events(void *context, struct kmp_events *out)
{
    *out = ((struct fake_meter *)context)->events;
    return WH_OK;
}

static enum wh_err clear_events(void *context, const struct kmp_events *if_gone,
                                const struct kmp_events *always)
{
    struct fake_meter *meter = context;
    meter->if_gone = *if_gone;
    meter->always = *always;
    for (unsigned i = 0; i < 4; i++) {
        meter->events.status[i] &= (uint8_t)~always->status[i];
    }
    return WH_OK;
}

static enum wh_err load_profile(void *context, struct kmp_load_profile *out)
{
    *out = ((struct fake_meter *)context)->load_profile;
    return WH_OK;
}

static enum wh_err voltage_quality(void *context, struct kmp_voltage_quality *out)
{
    *out = ((struct fake_meter *)context)->voltage_quality;
    return WH_OK;
}

static struct fake_log *log_of(struct fake_meter *meter, uint8_t log)
{
    for (size_t i = 0; i < FAKE_LOGS; i++) {
        if (meter->logs[i].log == log) {
            return &meter->logs[i];
        }
    }
    return NULL;
}

struct fake_record *fake_record(struct fake_log *log, uint32_t id)
{
    return &log->records[id % FAKE_RECORDS];
}

static enum wh_err log_range(void *context, uint8_t log, struct kmp_log_range *range)
{
    const struct fake_log *found = log_of(context, log);
    if (found == NULL) {
        return WH_ERR_NOT_FOUND;
    }
    *range = found->range;
    return WH_OK;
}

static int64_t order(const struct kmp_rtc *time)
{
    return ((((time->year * 12L + time->month) * 31 + time->day) * 24 + time->hour) * 60 +
            time->minute) *
               60 +
           time->second;
}

static enum wh_err log_find(void *context, uint8_t log, const struct kmp_rtc *time,
                            bool is_towards_past, uint32_t *record_id)
{
    struct fake_log *found = log_of(context, log);
    for (uint32_t i = 0; i < found->range.count; i++) {
        const uint32_t back = is_towards_past ? i : found->range.count - 1 - i;
        const uint32_t id = found->range.newest_id - back;
        const int64_t distance = order(&fake_record(found, id)->time) - order(time);
        if (is_towards_past ? distance <= 0 : distance >= 0) {
            *record_id = id;
            return WH_OK;
        }
    }
    return WH_ERR_NOT_FOUND;
}

static const struct kmp_value *column(const struct fake_log *log, const struct fake_record *record,
                                      uint16_t id)
{
    for (size_t i = 0; i < FAKE_COLUMNS; i++) {
        if (id != 0 && log->columns[i] == id) {
            return &record->values[i];
        }
    }
    return NULL;
}

static enum wh_err log_record(void *context, uint8_t log, uint32_t record_id,
                              const uint16_t *registers, size_t count, struct kmp_value *values)
{
    struct fake_log *found = log_of(context, log);
    const struct fake_record *record = fake_record(found, record_id);
    if (found->range.newest_id - record_id >= found->range.count) {
        abort(); /* the server asked for a record there is not */
    }
    if (record->is_unreadable) {
        return WH_ERR_CORRUPT;
    }
    for (size_t i = 0; i < count; i++) {
        const struct kmp_value *value = column(found, record, registers[i]);
        values[i] = value != NULL ? *value : (struct kmp_value){.unit = KMP_UNIT_ABSENT};
    }
    return WH_OK;
}

static enum wh_err log_mark_read(void *context, uint8_t log, uint32_t record_id)
{
    log_of(context, log)->range.last_read_id = record_id;
    return WH_OK;
}

const struct kmp_meter fake_meter_functions = {
    .type = type,
    .serial_number = serial_number,
    .read_register = read_register,
    .put_register = put_register,
    .set_clock = set_clock,
    .reset = reset,
    .set_display = set_display,
    .debiting_stop = debiting_stop,
    .cut_off = cut_off,
    .set_cut_off = set_cut_off,
    .events = events,
    .clear_events = clear_events,
    .load_profile = load_profile,
    .voltage_quality = voltage_quality,
    .log_range = log_range,
    .log_find = log_find,
    .log_record = log_record,
    .log_mark_read = log_mark_read,
};

void fake_value(struct fake_meter *meter, uint16_t id, const struct kmp_value *value)
{
    struct fake_register *entry = find(meter, id);
    if (entry == NULL) {
        if (meter->register_count == FAKE_REGISTERS) {
            abort();
        }
        entry = &meter->registers[meter->register_count++];
    }
    entry->id = id;
    entry->value = *value;
}

void fake_number(struct fake_meter *meter, uint16_t id, uint8_t unit, uint8_t size, int8_t exponent,
                 int64_t number)
{
    struct kmp_value value;
    if (kmp_value_from_number(&value, unit, size, exponent, number) != WH_OK) {
        abort();
    }
    fake_value(meter, id, &value);
}

/* ---- The line -------------------------------------------------------------------------------- */

void fake_line_init(struct fake_line *line, size_t answer_size)
{
    memset(line, 0, sizeof *line);
    const struct kmp_server_setup setup = {
        .meter = &fake_meter_functions,
        .context = &line->meter,
        .address = KMP_ADDRESS_METER,
        .gap_ms = KMP_GAP_MS,
        .answer = line->answer,
        .answer_size = answer_size,
    };
    if (answer_size > sizeof line->answer || kmp_server_init(&line->server, &setup) != WH_OK) {
        abort();
    }
}

const char *fake_line_send(struct fake_line *line, const uint8_t *data, size_t length,
                           size_t portion)
{
    line->out_length = 0;
    for (size_t at = 0; at < length;) {
        const size_t count = length - at < portion ? length - at : portion;
        const size_t taken = kmp_server_input(&line->server, data + at, count, line->now_ms);
        size_t got;
        at += taken;
        do {
            const size_t room = sizeof line->out - line->out_length;
            got = kmp_server_output(&line->server, line->out + line->out_length,
                                    room < portion ? room : portion);
            line->out_length += got;
        } while (got > 0);
    }
    return hex_text(line->out, line->out_length, line->hex);
}

const char *fake_line_ask(struct fake_line *line, const char *hex)
{
    uint8_t data[HEX_SIZE];
    const size_t length = hex_bytes(hex, data, sizeof data);
    return fake_line_send(line, data, length, length);
}

const char *fake_line_request(struct fake_line *line, const struct kmp_request *request)
{
    uint8_t body[KMP_REQUEST_DATA + KMP_FRAME_OVERHEAD] = {KMP_ADDRESS_METER, request->cid};
    uint8_t data[2 * sizeof body + 2];
    struct kmp_transmitter transmitter;
    memcpy(body + 2, request->data, request->length);
    kmp_transmitter_frame(&transmitter, KMP_REQUEST, body, 2u + request->length);
    const size_t length = kmp_transmitter_pull(&transmitter, data, sizeof data);
    return fake_line_send(line, data, length, length);
}
