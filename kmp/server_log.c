/* Log read-outs. The first record written fixes which registers the answer has and their formats,
 * since later records carry values alone; a record that does not fit those formats ends the answer
 * as a lack of room does, and the next request begins there. Invariant: an answer holds whole
 * records only, and its tail always fits. */
#include "kmp/server_log.h"

enum {
    HEAD = 3, /* CID, log, number of registers */
    TAIL = 5, /* last ID, newest ID, info */
    ID_WINDOW = 0x8000,
    LOGGER_HEAD = 13, /* counts of records and registers, first and newest ID, info */
};

/* A read-out under way. */
struct readout {
    struct kmp_server *server;
    struct kmp_writer *answer;
    struct kmp_log_range range;
    size_t limit;      /* the answer's writer may grow to this length for records */
    uint32_t id;       /* of the record to read next */
    uint32_t first_id; /* of the first and the last record written */
    uint32_t last_id;
    uint32_t to_read; /* records wanted still */
    unsigned count;   /* records written */
    bool is_towards_past;
    bool has_ids; /* each record begins with its ID */
    uint8_t log;
    uint8_t register_count; /* asked for; after the first record those that are there */
    uint16_t registers[KMP_LOGGER_REGISTERS];
    uint8_t formats[KMP_LOGGER_REGISTERS][3]; /* after the first record */
};

static uint32_t oldest_id(const struct kmp_log_range *range)
{
    return range->newest_id - (range->count - 1);
}

/* Whether id is a record of the log; IDs may have wrapped around. */
static bool is_in_range(const struct kmp_log_range *range, uint32_t id)
{
    return range->count > 0 && range->newest_id - id < range->count;
}

static enum wh_err get_range(struct kmp_server *server, uint8_t log, struct kmp_log_range *range)
{
    const struct kmp_meter *meter = server->setup.meter;
    *range = (struct kmp_log_range){0};
    if (meter->log_range == NULL || meter->log_record == NULL) {
        return WH_ERR_UNSUPPORTED;
    }
    return meter->log_range(server->setup.context, log, range);
}

/* ---- Records --------------------------------------------------------------------------------- */

/* Leaves only registers that the record has, and remembers their formats. */
static void keep_present(struct readout *readout, struct kmp_value *values)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < readout->register_count; i++) {
        uint8_t bytes[3 + KMP_VALUE_SIZE];
        size_t length;
        if (values[i].unit != KMP_UNIT_ABSENT &&
            kmp_value_encode(&values[i], bytes, sizeof bytes, &length) == WH_OK) {
            memcpy(readout->formats[kept], bytes, sizeof readout->formats[kept]);
            readout->registers[kept] = readout->registers[i];
            values[kept] = values[i];
            kept++;
        }
    }
    readout->register_count = (uint8_t)kept;
}

static bool has_same_formats(const struct readout *readout, const struct kmp_value *values)
{
    for (unsigned i = 0; i < readout->register_count; i++) {
        uint8_t bytes[3 + KMP_VALUE_SIZE];
        size_t length;
        if (kmp_value_encode(&values[i], bytes, sizeof bytes, &length) != WH_OK ||
            memcmp(bytes, readout->formats[i], sizeof readout->formats[i]) != 0) {
            return false;
        }
    }
    return true;
}

/* False if the record does not fit, and then nothing of it is written. */
static bool put_record(struct readout *readout, const struct kmp_value *values)
{
    struct kmp_writer *answer = readout->answer;
    const size_t start = answer->length;
    struct kmp_writer record = {.bytes = answer->bytes, .size = readout->limit, .length = start};
    if (readout->limit < start) {
        return false;
    }
    if (readout->has_ids) {
        kmp_put_u16(&record, readout->id & 0xFFFF);
    }
    for (unsigned i = 0; i < readout->register_count; i++) {
        if (readout->count == 0) {
            kmp_put_u16(&record, readout->registers[i]);
            kmp_put(&record, readout->formats[i], sizeof readout->formats[i]);
        }
        kmp_put(&record, values[i].bytes, values[i].size);
    }
    if (!record.is_full) {
        answer->length = record.length;
    }
    return !record.is_full;
}

enum { LOOKS_MAX = 512 }; /* records looked at for one request */

enum step { STEP_DONE, STEP_PASSED_OVER, STEP_NO_ROOM, STEP_OTHER_FORMAT };

static enum step read_record(struct readout *readout)
{
    const struct kmp_server_setup *setup = &readout->server->setup;
    struct kmp_value values[KMP_LOGGER_REGISTERS] = {{0}};
    if (setup->meter->log_record(setup->context, readout->log, readout->id, readout->registers,
                                 readout->register_count, values) != WH_OK) {
        return STEP_PASSED_OVER;
    }
    if (readout->count == 0) {
        const uint8_t asked = readout->register_count;
        uint16_t registers[KMP_LOGGER_REGISTERS];
        memcpy(registers, readout->registers, sizeof registers);
        keep_present(readout, values);
        if (!put_record(readout, values)) {
            readout->register_count = asked;
            memcpy(readout->registers, registers, sizeof registers);
            return STEP_NO_ROOM;
        }
        return STEP_DONE;
    }
    if (!has_same_formats(readout, values)) {
        return STEP_OTHER_FORMAT;
    }
    return put_record(readout, values) ? STEP_DONE : STEP_NO_ROOM;
}

/* Reads until all are there, or room or the log ends. Returns why it ended; STEP_DONE: nothing is
 * missing, STEP_PASSED_OVER: the log ended. Where records have no IDs of their own they must follow
 * each other, so an unreadable one ends the answer, too. */
static enum step read_records(struct readout *readout)
{
    for (unsigned looks = 0; readout->to_read > 0; looks++) {
        if (!is_in_range(&readout->range, readout->id)) {
            return STEP_PASSED_OVER;
        }
        /* Records of nothing take no room, gaps none either: a request is not to walk a whole log by them. */
        const bool empty = readout->count > 0 && readout->register_count == 0 && !readout->has_ids;
        if (empty || looks >= LOOKS_MAX) {
            return STEP_NO_ROOM;
        }
        const enum step step = read_record(readout);
        if (step == STEP_NO_ROOM || step == STEP_OTHER_FORMAT) {
            return step;
        }
        if (step == STEP_PASSED_OVER && !readout->has_ids && readout->count > 0) {
            return STEP_NO_ROOM;
        }
        if (step == STEP_DONE) {
            readout->first_id = readout->count == 0 ? readout->id : readout->first_id;
            readout->last_id = readout->id;
            readout->count++;
            readout->to_read--;
        }
        readout->id += readout->is_towards_past ? UINT32_MAX : 1;
    }
    return STEP_DONE;
}

/* ---- A0 … A3 --------------------------------------------------------------------------------- */

static struct kmp_rtc time_of(const uint8_t year_to_second[6])
{
    const uint8_t *p = year_to_second;
    return (struct kmp_rtc){.year = (uint16_t)(2000 + p[0]),
                            .month = p[1],
                            .day = p[2],
                            .hour = p[3],
                            .minute = p[4],
                            .second = p[5]};
}

/* Year first; the vendor's examples print the same eight bytes last first, so that is taken when
 * the right order is no time. */
static bool take_time(struct kmp_reader *reader, struct kmp_rtc *time)
{
    const uint8_t *p = kmp_take(reader, 8);
    if (p == NULL) {
        return false;
    }
    *time = time_of(p);
    if (!kmp_rtc_is_real(time)) {
        const uint8_t reversed[6] = {p[7], p[6], p[5], p[4], p[3], p[2]};
        *time = time_of(reversed);
    }
    return kmp_rtc_is_real(time);
}

/* Each of these sets the first ID to read. False: the request is malformed. An ID outside the log
 * with OUT_OF_RANGE in *info: there is nothing to read. */

static bool start_at_time(struct readout *readout, struct kmp_reader *reader, uint8_t *info)
{
    const struct kmp_server_setup *setup = &readout->server->setup;
    struct kmp_rtc time;
    if (setup->meter->log_find == NULL || !take_time(reader, &time)) {
        return false;
    }
    if (readout->range.count == 0) {
        return true;
    }
    if (setup->meter->log_find(setup->context, readout->log, &time, readout->is_towards_past,
                               &readout->id) != WH_OK) {
        *info |= KMP_LOG_OUT_OF_RANGE;
        readout->to_read = 0;
    }
    return true;
}

static bool start_back_from_time(struct readout *readout, struct kmp_reader *reader, uint8_t *info)
{
    const bool is_valid = start_at_time(readout, reader, info);
    const uint16_t offset = kmp_take_u16(reader);
    if (readout->range.count == 0 || (*info & KMP_LOG_OUT_OF_RANGE) != 0 || !is_valid) {
        return is_valid;
    }
    readout->id -= offset;
    if (!is_in_range(&readout->range, readout->id)) {
        *info |= KMP_LOG_OUT_OF_RANGE;
        readout->to_read = 0;
    }
    return true;
}

static bool start_at_last_read(struct readout *readout, struct kmp_reader *reader, uint8_t *info)
{
    const struct kmp_log_range *range = &readout->range;
    (void)reader;
    (void)info;
    readout->id = is_in_range(range, range->last_read_id) ? range->last_read_id + 1
                                                          : range->newest_id - (range->count - 1);
    return true;
}

/* The 16 bits asked for are those of a record near the newest. One that is gone begins at the
 * oldest there is; one that has not been yields nothing; both say so. */
static bool start_at_id(struct readout *readout, struct kmp_reader *reader, uint8_t *info)
{
    const struct kmp_log_range *range = &readout->range;
    const uint16_t back = (uint16_t)(range->newest_id - kmp_take_u16(reader));
    if (range->count == 0) {
        return true;
    }
    readout->id = range->newest_id - back;
    if (!is_in_range(range, readout->id)) {
        *info |= KMP_LOG_OUT_OF_RANGE;
        readout->id = oldest_id(range);
        readout->to_read = back >= ID_WINDOW ? 0 : readout->to_read;
    }
    return true;
}

static bool start(struct readout *readout, uint8_t cid, struct kmp_reader *reader, uint8_t *info)
{
    switch (cid) {
    case KMP_LOG_FROM_TIME:
        return start_at_time(readout, reader, info);
    case KMP_LOG_FROM_LAST_READ:
        return start_at_last_read(readout, reader, info);
    case KMP_LOG_FROM_ID:
        return start_at_id(readout, reader, info);
    default:
        return start_back_from_time(readout, reader, info);
    }
}

/* Log and registers, the beginning of both kinds of request. */
static bool take_registers(struct kmp_reader *reader, struct readout *readout, unsigned most)
{
    readout->register_count = kmp_take_u8(reader);
    if (readout->register_count > most) {
        return false;
    }
    for (unsigned i = 0; i < readout->register_count; i++) {
        readout->registers[i] = kmp_take_u16(reader);
    }
    return !reader->is_short;
}

/* Remembers what was handed out, for ClearEventStatus. */
static void remember_read(const struct readout *readout)
{
    struct kmp_server *server = readout->server;
    const uint32_t newest = readout->is_towards_past ? readout->first_id : readout->last_id;
    const unsigned log = readout->log;
    if (readout->count == 0 || kmp_event_bit(readout->log) == 0) {
        return;
    }
    const bool is_known = (server->read_logs >> log & 1) != 0;
    if (!is_known || (int32_t)(newest - server->read_ids[log]) > 0) {
        server->read_ids[log] = newest;
        server->read_logs |= (uint16_t)(1u << log);
    }
}

static uint8_t info_of(const struct readout *readout, enum step ended)
{
    if (readout->range.count == 0) {
        return KMP_LOG_EMPTY;
    }
    if (ended == STEP_NO_ROOM || ended == STEP_OTHER_FORMAT) {
        return KMP_LOG_MAX_LENGTH;
    }
    return ended == STEP_PASSED_OVER ? KMP_LOG_END : 0;
}

static void put_classic(struct readout *readout, uint8_t max_length, uint8_t info)
{
    struct kmp_writer *answer = readout->answer;
    const size_t head_at = answer->length;
    const size_t room = answer->size - (head_at - 1);
    const size_t length = max_length < room ? max_length : room;
    kmp_put_u8(answer, readout->log);
    kmp_put_u8(answer, 0);
    readout->limit = length > HEAD + TAIL ? head_at - 1 + length - TAIL : answer->length;
    readout->last_id = readout->range.last_read_id;
    info |= info_of(readout, read_records(readout));
    answer->bytes[head_at + 1] = readout->count > 0 ? readout->register_count : 0;
    kmp_put_u16(answer, readout->last_id & 0xFFFF);
    kmp_put_u16(answer, readout->range.newest_id & 0xFFFF);
    kmp_put_u8(answer, info);
}

bool kmp_server_read_log(struct kmp_server *server, const struct kmp_frame *request,
                         struct kmp_writer *answer)
{
    struct kmp_reader reader = {.bytes = request->data, .left = request->length};
    struct readout readout = {.server = server, .answer = answer, .has_ids = true};
    uint8_t info = 0;
    readout.log = kmp_take_u8(&reader);
    readout.is_towards_past = request->cid == KMP_LOG_BACK_FROM_TIME;
    if (!take_registers(&reader, &readout, KMP_LOG_REGISTERS) ||
        get_range(server, readout.log, &readout.range) != WH_OK) {
        return false;
    }
    readout.to_read = kmp_take_u8(&reader);
    const uint8_t max_length = kmp_take_u8(&reader);
    if (!start(&readout, request->cid, &reader, &info) || !kmp_is_done(&reader)) {
        return false;
    }
    put_classic(&readout, max_length, info);
    remember_read(&readout);
    return true;
}

/* ---- B8 -------------------------------------------------------------------------------------- */

/* An empty log shows the formats of its registers with a record of zeros, as recorded of a
 * meter. */
static void put_no_record(struct readout *readout)
{
    const struct kmp_server_setup *setup = &readout->server->setup;
    struct kmp_value values[KMP_LOGGER_REGISTERS];
    for (unsigned i = 0; i < readout->register_count; i++) {
        values[i] = (struct kmp_value){.unit = KMP_UNIT_ABSENT};
        if (setup->meter->read_register == NULL ||
            setup->meter->read_register(setup->context, readout->registers[i], &values[i]) !=
                WH_OK) {
            values[i].unit = KMP_UNIT_ABSENT;
        }
        values[i].is_negative = false;
        memset(values[i].bytes, 0, sizeof values[i].bytes);
    }
    keep_present(readout, values);
    if (put_record(readout, values)) {
        readout->count = 1;
    }
}

static uint16_t logger_info(const struct readout *readout, enum step ended)
{
    const struct kmp_log_range *range = &readout->range;
    unsigned info = 0;
    if (readout->count > 0) {
        info |= readout->first_id == range->newest_id ? KMP_LOGGER_NEWEST : 0u;
        info |= readout->last_id == oldest_id(range) ? KMP_LOGGER_OLDEST : 0u;
    }
    info |= ended == STEP_NO_ROOM ? KMP_LOGGER_NOT_ALL : 0u;
    info |= ended == STEP_OTHER_FORMAT ? KMP_LOGGER_NOT_ALL | KMP_LOGGER_FORMAT_CHANGED : 0u;
    return (uint16_t)info;
}

static void put_u32_at(uint8_t *p, uint32_t value)
{
    struct kmp_writer writer = {.bytes = p, .size = 4};
    kmp_put_u32(&writer, value);
}

static void put_logger(struct readout *readout, uint8_t command)
{
    struct kmp_writer *answer = readout->answer;
    uint8_t *head = answer->bytes + answer->length;
    uint16_t info = KMP_LOGGER_EMPTY;
    const uint8_t asked = readout->register_count;
    kmp_put_u8(answer, command);
    kmp_put_u8(answer, readout->log);
    kmp_put(answer, (const uint8_t[LOGGER_HEAD]){0}, LOGGER_HEAD); /* written below */
    readout->limit = answer->size;
    if (readout->range.count == 0) {
        put_no_record(readout);
    } else if (!is_in_range(&readout->range, readout->id)) {
        info = KMP_LOGGER_OUT_OF_RANGE;
    } else {
        info = logger_info(readout, read_records(readout));
    }
    if (readout->count > 0 && readout->register_count < asked) {
        info |= KMP_LOGGER_UNKNOWN_REGISTER;
    }
    head[2] = (uint8_t)(readout->count >> 8);
    head[3] = (uint8_t)readout->count;
    head[4] = readout->count > 0 ? readout->register_count : 0;
    put_u32_at(head + 5, readout->first_id);
    put_u32_at(head + 9, readout->range.count > 0 ? readout->range.newest_id : 0);
    head[13] = (uint8_t)(info >> 8);
    head[14] = (uint8_t)info;
}

bool kmp_server_read_logger(struct kmp_server *server, const struct kmp_frame *request,
                            struct kmp_writer *answer)
{
    struct kmp_reader reader = {.bytes = request->data, .left = request->length};
    struct readout readout = {.server = server, .answer = answer, .is_towards_past = true};
    const uint8_t command = kmp_take_u8(&reader);
    readout.log = kmp_take_u8(&reader);
    if (get_range(server, readout.log, &readout.range) != WH_OK) {
        return false;
    }
    const struct kmp_log_range *range = &readout.range;
    if (command == KMP_LOGGER_BACK_FROM_ID) {
        readout.id = kmp_take_u32(&reader);
    } else if (command == KMP_LOGGER_BACK_FROM_LAST) {
        const uint32_t offset = kmp_take_u16(&reader);
        readout.id = range->newest_id - (offset < range->count ? offset : range->count - 1);
    } else {
        return false;
    }
    readout.to_read = kmp_take_u16(&reader);
    if (!take_registers(&reader, &readout, KMP_LOGGER_REGISTERS) || !kmp_is_done(&reader) ||
        readout.register_count == 0) {
        return false;
    }
    put_logger(&readout, command);
    return true;
}

/* ---- Pointers -------------------------------------------------------------------------------- */

void kmp_server_mark_read(struct kmp_server *server, uint8_t mask)
{
    const struct kmp_meter *meter = server->setup.meter;
    for (unsigned log = 0; log < KMP_SERVER_LOGS; log++) {
        const bool is_read = (server->read_logs >> log & 1) != 0;
        struct kmp_log_range range;
        if (!is_read || (kmp_event_bit((uint8_t)log) & mask) == 0 || meter->log_mark_read == NULL ||
            get_range(server, (uint8_t)log, &range) != WH_OK) {
            continue;
        }
        /* What was read before is never unread again. */
        if ((int32_t)(server->read_ids[log] - range.last_read_id) > 0) {
            meter->log_mark_read(server->setup.context, (uint8_t)log, server->read_ids[log]);
        }
        server->read_logs &= (uint16_t) ~(1u << log);
    }
}
