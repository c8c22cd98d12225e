/* Log read-outs: captured answers byte for byte, every way to begin and to end, and the last-read
 * pointers of the vendor's example. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_meter.h"
#include "hex.h"
#include "vectors.h"

static struct kmp_value number(uint8_t unit, uint8_t size, int8_t exponent, int64_t n)
{
    struct kmp_value value;
    assert_int_equal(kmp_value_from_number(&value, unit, size, exponent, n), WH_OK);
    return value;
}

static struct kmp_value stamp(const struct kmp_rtc *rtc)
{
    struct kmp_value value;
    kmp_value_from_rtc(&value, rtc);
    return value;
}

/* Asks for registers of a log; query's register list is filled in. */
static const char *ask(struct fake_line *line, struct kmp_log_query query,
                       const uint16_t *registers, uint8_t count)
{
    struct kmp_request request;
    query.registers = registers;
    query.register_count = count;
    assert_int_equal(kmp_request_log(&request, &query), WH_OK);
    return fake_line_request(line, &request);
}

/* The debiting log of the 382: records 4 … 7. */
static void make_debiting_log(struct fake_log *log)
{
    static const struct {
        struct kmp_rtc time;
        int64_t a_plus;
    } records[] = {
        {{0x80, 1, 0, 0, 0, 1, 11, 2010}, 91},
        {{0x80, 3, 0, 0, 0, 1, 12, 2010}, 135},
        {{0x80, 6, 0, 0, 0, 1, 1, 2011}, 191},
        {{0x82, 6, 0, 0, 0, 1, 9, 2012}, 191},
    };
    *log = (struct fake_log){.log = KMP_LOG_DEBITING,
                             .range = {.count = 4, .newest_id = 7, .last_read_id = 3},
                             .columns = {1047, 1, 19, 23, 31}};
    for (uint32_t i = 0; i < 4; i++) {
        struct fake_record *record = fake_record(log, 4 + i);
        record->time = records[i].time;
        record->values[0] = stamp(&records[i].time);
        record->values[1] = number(2, 4, 0, records[i].a_plus);
        record->values[2] = number(2, 4, 0, records[i].a_plus);
        record->values[3] = number(2, 4, 0, 0);
        record->values[4] = number(2, 4, 0, 0);
    }
}

static void test_debiting_log_of_the_382_byte_for_byte(void **state)
{
    (void)state;
    static const uint16_t registers[] = {1047, 1, 19, 23, 31};
    struct fake_line line;
    fake_line_init(&line, 512);
    make_debiting_log(&line.meter.logs[0]);
    assert_string_equal(
        ask(&line,
            (struct kmp_log_query){.command = KMP_LOG_FROM_ID,
                                   .log = 1,
                                   .record_count = 4,
                                   .max_length = 255,
                                   .record_id = 4},
            registers, 5),
        "403FA20105000404173508001B7F01000000010B0A00010204000000005B00130204000000005B0017020400"
        "00000000001F0204000000000000051B7F03000000010C0A00000087000000870000000000000000001BF91B"
        "7F1BF900000001010B000000BF000000BF00000000000000000007821BF900000001090C000000BF000000BF"
        "0000000000000000000700070098EC0D");
}

static void test_load_profile_of_the_351_byte_for_byte(void **state)
{
    (void)state;
    static const uint16_t registers[] = {1047, 1, 2, 3, 4};
    struct fake_line line;
    fake_line_init(&line, 512);
    struct fake_log *log = &line.meter.logs[0];
    *log = (struct fake_log){.log = KMP_LOG_LOAD_PROFILE,
                             .range = {.count = 12, .newest_id = 0x485F},
                             .columns = {1047, 1, 2, 3, 4}};
    for (uint8_t i = 0; i < 6; i++) {
        struct fake_record *record = fake_record(log, 0x485Au + i);
        record->time = (struct kmp_rtc){.status = 2,
                                        .weekday = 1,
                                        .minute = (uint8_t)(i % 4 * 15),
                                        .hour = (uint8_t)(10 + i / 4),
                                        .day = 11,
                                        .month = 11,
                                        .year = 2013};
        record->time.weekday = 0;
        record->values[0] = stamp(&record->time);
        record->values[0].bytes[1] = 1;
        record->values[1] = number(2, 4, -2, 1762);
        record->values[2] = number(2, 4, -2, 0);
        record->values[3] = number(14, 4, -2, 3);
        record->values[4] = number(14, 4, -2, 932);
    }
    assert_string_equal(
        ask(&line,
            (struct kmp_log_query){.command = KMP_LOG_FROM_ID,
                                   .log = 6,
                                   .record_count = 6,
                                   .max_length = 255,
                                   .record_id = 0x485A},
            registers, 5),
        "403FA21BF905485A0417350800020100000A0B0B1BF2000102044200001BF9E200020204420000000000030E"
        "04420000000300040E0442000003A4485B0201000F0A0B0B1BF200001BF9E20000000000000003000003A448"
        "5C0201001E0A0B0B1BF200001BF9E20000000000000003000003A4485D0201002D0A0B0B1BF200001BF9E200"
        "00000000000003000003A4485E020100000B0B0B1BF200001BF9E20000000000000003000003A4485F020100"
        "0F0B0B0B1BF200001BF9E20000000000000003000003A4485F485F0089FA0D");
}

/* ---- Every captured read-out, by a meter that has its records ---- */

/* Takes a captured answer apart and fills a log with what it says. */
static void make_captured_log(struct fake_log *log, const struct kmp_frame *frame,
                              struct kmp_log_answer *answer, uint32_t *first_id)
{
    struct kmp_value values[KMP_LOGGER_REGISTERS];
    uint32_t id;
    assert_int_equal(kmp_answer_log(frame, answer), WH_OK);
    *log = (struct fake_log){.log = answer->log, .range = {.newest_id = answer->newest_id}};
    for (unsigned i = 0; i < answer->register_count; i++) {
        log->columns[i] = answer->registers[i];
    }
    uint32_t oldest = answer->newest_id;
    *first_id = 0;
    while (kmp_answer_log_next(answer, &id, values) == WH_OK) {
        *first_id = *first_id == 0 ? id : *first_id;
        memcpy(fake_record(log, id)->values, values, answer->register_count * sizeof values[0]);
        oldest = id < oldest ? id : oldest;
    }
    log->range.count = answer->newest_id - oldest + 1;
    log->range.last_read_id = oldest - 1;
}

/* One more than came, where the answer says that the log ended. */
static const char *ask_again(struct fake_line *line, const struct kmp_log_answer *answer,
                             uint32_t first_id)
{
    struct kmp_request request;
    const struct kmp_log_query query = {
        .command = KMP_LOG_FROM_ID,
        .log = answer->log,
        .register_count = answer->register_count,
        .registers = answer->registers,
        .record_count = (uint8_t)(answer->record_count + ((answer->info & KMP_LOG_END) != 0)),
        .max_length = 255,
        .record_id = (uint16_t)first_id};
    const struct kmp_logger_query logger = {.command = KMP_LOGGER_BACK_FROM_ID,
                                            .log = answer->log,
                                            .register_count = answer->register_count,
                                            .registers = answer->registers,
                                            .record_count = answer->record_count,
                                            .record_id = first_id};
    assert_int_equal(answer->command == KMP_LOGGER ? kmp_request_logger(&request, &logger)
                                                   : kmp_request_log(&request, &query),
                     WH_OK);
    return fake_line_request(line, &request);
}

static void test_every_read_out_comes_again(void **state)
{
    (void)state;
    unsigned seen = 0;
    for (size_t i = 0; i < sizeof frame_vectors / sizeof frame_vectors[0]; i++) {
        uint8_t wire[HEX_SIZE], buffer[HEX_SIZE];
        struct kmp_receiver receiver;
        struct kmp_frame frame;
        size_t used;
        const size_t length = hex_bytes(frame_vectors[i], wire, sizeof wire);
        kmp_receiver_init(&receiver, KMP_ANSWER, buffer, sizeof buffer, 0);
        if (wire[0] == KMP_ANSWER &&
            kmp_receiver_feed(&receiver, wire, length, 0, &used, &frame) == KMP_RECEIVED_FRAME &&
            (frame.cid == KMP_LOG_FROM_ID || frame.cid == KMP_LOGGER)) {
            struct fake_line line;
            struct kmp_log_answer answer;
            uint32_t first_id;
            fake_line_init(&line, 512);
            make_captured_log(&line.meter.logs[0], &frame, &answer, &first_id);
            if (answer.record_count > 0) { /* the empty one is in test_logger_byte_for_byte */
                assert_string_equal(ask_again(&line, &answer, first_id), frame_vectors[i]);
                seen++;
            }
        }
    }
    assert_int_equal(seen, 7);
}

/* The vendor's example log: records 10F2 … 1102 at every full hour from 2007-05-24 10:00, of which
 * this one keeps the newest twelve, 10F7 … 1102. */
static void make_hours(struct fake_line *line, uint32_t newest_id)
{
    struct fake_log *log = &line->meter.logs[0];
    *log = (struct fake_log){
        .log = 1, .range = {.count = 12, .newest_id = newest_id}, .columns = {0x3C, 0x44}};
    log->range.last_read_id = newest_id - 12;
    for (uint8_t i = 0; i < 12; i++) {
        const unsigned hour = 15u + i;
        struct fake_record *record = fake_record(log, newest_id - 11 + i);
        record->time = (struct kmp_rtc){.year = 2007,
                                        .month = 5,
                                        .day = (uint8_t)(24 + hour / 24),
                                        .hour = (uint8_t)(hour % 24)};
        record->values[0] = number(8, 4, 0, 1000 + i);
        record->values[1] = number(39, 4, 0, 2000 + i);
    }
}

static const uint16_t energy_and_volume[] = {0x3C, 0x44};

/* What an answer says: IDs of its records, and its tail. */
static void read_answer(const struct fake_line *line, struct kmp_log_answer *answer,
                        uint32_t ids[16], unsigned *count)
{
    static uint8_t buffer[1024];
    struct kmp_receiver receiver;
    struct kmp_frame frame;
    struct kmp_value values[KMP_LOGGER_REGISTERS];
    size_t used;
    kmp_receiver_init(&receiver, KMP_ANSWER, buffer, sizeof buffer, 0);
    assert_int_equal(kmp_receiver_feed(&receiver, line->out, line->out_length, 0, &used, &frame),
                     KMP_RECEIVED_FRAME);
    assert_int_equal(kmp_answer_log(&frame, answer), WH_OK);
    *count = 0;
    while (*count < 16 && kmp_answer_log_next(answer, &ids[*count], values) == WH_OK) {
        (*count)++;
    }
}

static void test_every_beginning_and_end(void **state)
{
    (void)state;
    static const struct kmp_rtc at_17 = {.year = 2007, .month = 5, .day = 24, .hour = 17};
    static const struct kmp_rtc past_17 = {
        .year = 2007, .month = 5, .day = 24, .hour = 17, .second = 1};
    static const struct kmp_rtc before = {.year = 2007, .month = 5, .day = 24, .hour = 14};
    static const struct kmp_rtc behind = {.year = 2007, .month = 5, .day = 25, .hour = 3};
    /* IDs are told as distances from the oldest, 10F7h. */
    const struct {
        uint8_t command;
        const struct kmp_rtc *time;
        int from;
        uint16_t offset;
        uint8_t wanted;
        uint8_t count;
        int first, last;
        uint8_t info;
    } rows[] = {
        {KMP_LOG_FROM_ID, NULL, 0, 0, 3, 3, 0, 2, 0},
        {KMP_LOG_FROM_ID, NULL, 9, 0, 3, 3, 9, 11, 0},
        {KMP_LOG_FROM_ID, NULL, 9, 0, 4, 3, 9, 11, KMP_LOG_END},
        {KMP_LOG_FROM_ID, NULL, 11, 0, 1, 1, 11, 11, 0},
        {KMP_LOG_FROM_ID, NULL, 11, 0, 0, 0, 0, 0, 0},
        {KMP_LOG_FROM_ID, NULL, -1, 0, 2, 2, 0, 1, KMP_LOG_OUT_OF_RANGE},
        {KMP_LOG_FROM_ID, NULL, -4000, 0, 2, 2, 0, 1, KMP_LOG_OUT_OF_RANGE},
        {KMP_LOG_FROM_ID, NULL, 12, 0, 2, 0, 0, 0, KMP_LOG_OUT_OF_RANGE},
        {KMP_LOG_FROM_ID, NULL, 4000, 0, 2, 0, 0, 0, KMP_LOG_OUT_OF_RANGE},
        {KMP_LOG_FROM_TIME, &at_17, 0, 0, 2, 2, 2, 3, 0},
        {KMP_LOG_FROM_TIME, &past_17, 0, 0, 2, 2, 3, 4, 0},
        {KMP_LOG_FROM_TIME, &before, 0, 0, 2, 2, 0, 1, 0},
        {KMP_LOG_FROM_TIME, &behind, 0, 0, 2, 0, 0, 0, KMP_LOG_OUT_OF_RANGE},
        {KMP_LOG_BACK_FROM_TIME, &past_17, 0, 0, 2, 2, 2, 1, 0},
        {KMP_LOG_BACK_FROM_TIME, &at_17, 0, 0, 5, 3, 2, 0, KMP_LOG_END},
        {KMP_LOG_BACK_FROM_TIME, &behind, 0, 6, 3, 3, 5, 3, 0},
        {KMP_LOG_BACK_FROM_TIME, &behind, 0, 11, 1, 1, 0, 0, 0},
        {KMP_LOG_BACK_FROM_TIME, &behind, 0, 12, 1, 0, 0, 0, KMP_LOG_OUT_OF_RANGE},
        {KMP_LOG_BACK_FROM_TIME, &before, 0, 0, 1, 0, 0, 0, KMP_LOG_OUT_OF_RANGE},
        {KMP_LOG_FROM_LAST_READ, NULL, 0, 0, 2, 2, 0, 1, 0},
    };
    /* The 16 bits of IDs wrap inside the log, or not. */
    static const uint32_t newest[] = {0x1102, 0x10005, 0x10000, 11, 0xFFFFFFFF, 5};
    for (size_t n = 0; n < sizeof newest / sizeof newest[0]; n++) {
        const uint32_t oldest = newest[n] - 11;
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            struct fake_line line;
            struct kmp_log_answer answer;
            uint32_t ids[16];
            unsigned count;
            fake_line_init(&line, 512);
            make_hours(&line, newest[n]);
            struct kmp_log_query query = {.command = rows[i].command,
                                          .log = 1,
                                          .record_count = rows[i].wanted,
                                          .max_length = 255,
                                          .id_offset = rows[i].offset};
            query.record_id = (uint16_t)(oldest + (uint32_t)rows[i].from);
            query.time = rows[i].time != NULL ? *rows[i].time : query.time;
            ask(&line, query, energy_and_volume, 2);
            read_answer(&line, &answer, ids, &count);
            assert_int_equal(count, rows[i].count);
            assert_int_equal(answer.info, rows[i].info);
            assert_int_equal(answer.newest_id, newest[n] & 0xFFFF);
            if (count > 0) {
                assert_int_equal(ids[0], (oldest + (uint32_t)rows[i].first) & 0xFFFF);
                assert_int_equal(ids[count - 1], (oldest + (uint32_t)rows[i].last) & 0xFFFF);
                assert_int_equal(answer.last_id, ids[count - 1]);
            } else {
                assert_int_equal(answer.last_id, (oldest - 1) & 0xFFFF); /* the pointer */
            }
        }
    }
}

/* However little room, whole records only; and what was left out can be asked for. */
static void test_every_max_length(void **state)
{
    (void)state;
    for (unsigned max_length = 0; max_length < 256; max_length++) {
        /* CID, log, count; first record with 2 · 5 bytes of heads; others of 2 + 2 · 4; tail. */
        const int room = (int)max_length - 3 - 5 - 10;
        const unsigned fits = room < 10 ? 0 : (unsigned)room / 10;
        const unsigned expected = fits < 12 ? fits : 12;
        struct fake_line line;
        struct kmp_log_answer answer;
        uint32_t ids[16];
        unsigned count;
        fake_line_init(&line, 512);
        make_hours(&line, 0x1102);
        ask(&line,
            (struct kmp_log_query){.command = KMP_LOG_FROM_LAST_READ,
                                   .log = 1,
                                   .record_count = 12,
                                   .max_length = (uint8_t)max_length},
            energy_and_volume, 2);
        read_answer(&line, &answer, ids, &count);
        assert_int_equal(count, expected);
        assert_int_equal(answer.info, expected < 12 ? KMP_LOG_MAX_LENGTH : 0);
    }
}

/* The answer buffer bounds an answer as MaxL does. */
static void test_every_answer_size(void **state)
{
    (void)state;
    for (size_t size = KMP_SERVER_ANSWER_MIN; size < 200; size++) {
        struct fake_line line;
        struct kmp_log_answer answer;
        uint32_t ids[16];
        unsigned count;
        fake_line_init(&line, size);
        make_hours(&line, 0x1102);
        ask(&line,
            (struct kmp_log_query){
                .command = KMP_LOG_FROM_LAST_READ, .log = 1, .record_count = 12, .max_length = 255},
            energy_and_volume, 2);
        read_answer(&line, &answer, ids, &count);
        assert_int_equal(count, 12); /* 138 bytes and the frame's own fit any allowed buffer */
    }
}

static void test_registers_a_log_has_not(void **state)
{
    (void)state;
    static const uint16_t some[] = {1, 0x44, 2};
    static const uint16_t none[] = {1, 2};
    const struct kmp_log_query query = {
        .command = KMP_LOG_FROM_LAST_READ, .log = 1, .record_count = 2, .max_length = 255};
    struct fake_line line;
    struct kmp_log_answer answer;
    uint32_t ids[16];
    unsigned count;
    fake_line_init(&line, 512);
    make_hours(&line, 0x1102);
    ask(&line, query, some, 3);
    read_answer(&line, &answer, ids, &count);
    assert_int_equal(answer.register_count, 1);
    assert_int_equal(answer.registers[0], 0x44);
    assert_int_equal(count, 2);
    ask(&line, query, none, 2);
    read_answer(&line, &answer, ids, &count);
    assert_int_equal(answer.register_count, 0);
    assert_int_equal(count, 2); /* IDs alone */
    ask(&line, query, NULL, 0);
    read_answer(&line, &answer, ids, &count);
    assert_int_equal(count, 2);
}

static void test_records_that_do_not_fit_together(void **state)
{
    (void)state;
    const struct kmp_log_query query = {.command = KMP_LOG_FROM_ID,
                                        .log = 1,
                                        .record_count = 4,
                                        .max_length = 255,
                                        .record_id = 0x10F7};
    struct fake_line line;
    struct kmp_log_answer answer;
    uint32_t ids[16];
    unsigned count;
    fake_line_init(&line, 512);
    make_hours(&line, 0x1102);
    fake_record(&line.meter.logs[0], 0x10F8)->is_unreadable = true;
    ask(&line, query, energy_and_volume, 2);
    read_answer(&line, &answer, ids, &count);
    assert_int_equal(count, 4); /* the unreadable one is passed over */
    assert_int_equal(ids[1], 0x10F9);
    fake_record(&line.meter.logs[0], 0x10F9)->values[1] = number(39, 4, 0, -1);
    ask(&line, query, energy_and_volume, 2);
    read_answer(&line, &answer, ids, &count);
    assert_int_equal(count, 1); /* a sign cannot be told in a record without formats */
    assert_int_equal(answer.info, KMP_LOG_MAX_LENGTH);
}

static void test_empty_and_unknown_logs(void **state)
{
    (void)state;
    struct fake_line line;
    fake_line_init(&line, 512);
    line.meter.logs[0] = (struct fake_log){.log = 1};
    const struct kmp_rtc time = {.year = 2007, .month = 5, .day = 24};
    for (unsigned command = KMP_LOG_FROM_TIME; command <= KMP_LOG_BACK_FROM_TIME; command++) {
        struct kmp_log_answer answer;
        uint32_t ids[16];
        unsigned count;
        struct kmp_log_query query = {.command = (uint8_t)command,
                                      .log = 1,
                                      .record_count = 3,
                                      .max_length = 255,
                                      .time = time};
        ask(&line, query, energy_and_volume, 2);
        read_answer(&line, &answer, ids, &count);
        assert_int_equal(count, 0);
        assert_int_equal(answer.info, KMP_LOG_EMPTY);
        query.log = 9;
        assert_string_equal(ask(&line, query, energy_and_volume, 2), "");
    }
}

/* The vendor's printed examples have the eight bytes of the time last first. */
static void test_a_time_in_either_order(void **state)
{
    (void)state;
    static const char *const times[] = {"0705181100000000", "0000000011180507"};
    for (size_t i = 0; i < 2; i++) {
        struct fake_line line;
        struct kmp_log_answer answer;
        uint32_t ids[16];
        unsigned count;
        struct kmp_request request = {.cid = KMP_LOG_FROM_TIME};
        uint8_t time[8];
        fake_line_init(&line, 512);
        make_hours(&line, 0x1102);
        request.length = (uint8_t)hex_bytes("0101003C0180", request.data, sizeof request.data);
        hex_bytes(times[i], time, sizeof time);
        memcpy(request.data + request.length, time, sizeof time);
        request.length = (uint8_t)(request.length + 8);
        fake_line_request(&line, &request);
        read_answer(&line, &answer, ids, &count);
        assert_int_equal(count, 1);
        assert_int_equal(ids[0], 0x10F9);
    }
}

static void test_malformed_log_requests(void **state)
{
    (void)state;
    static const struct {
        uint8_t cid;
        const char *data;
    } rows[] = {
        {0xA0, "0101003C0180"},
        {0xA0, "0101003C01800705181100000000 00"},
        {0xA0, "0101003C0180 0000181100000011"}, /* no time in either order */
        {0xA1, "0101003C01"},
        {0xA1, "0101003C018000"},
        {0xA1, "0109003C003C003C003C003C003C003C003C003C0180"},
        {0xA1, "0102003C0180"},
        {0xA2, "0101003C0180"},
        {0xA2, "0101003C018010"},
        {0xA3, "0101003C01800705181100000000"},
        {0xA3, "0101003C01800705181100000000 00"},
        {0xB8, "06 01 00001102 0001 00"},
        {0xB8, "06 01 00001102 0001 01 003C 00"},
        {0xB8, "06 01 00001102 0001 02 003C"},
        {0xB8, "08 01 00001102 0001 01 003C"},
        {0xB8, "07 01 0000 0001 01 00"},
    };
    struct fake_line line;
    fake_line_init(&line, 512);
    make_hours(&line, 0x1102);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kmp_request request = {.cid = rows[i].cid};
        request.length = (uint8_t)hex_bytes(rows[i].data, request.data, sizeof request.data);
        assert_string_equal(fake_line_request(&line, &request), "");
    }
}

static void read_out(struct fake_line *line, uint16_t from, uint8_t count)
{
    ask(line,
        (struct kmp_log_query){.command = KMP_LOG_FROM_ID,
                               .log = 1,
                               .record_count = count,
                               .max_length = 255,
                               .record_id = from},
        energy_and_volume, 1);
}

static void clear_log_bit(struct fake_line *line, uint8_t bit)
{
    struct kmp_request request;
    kmp_request_clear_events(&request, &(struct kmp_events){{0, 0, bit, 0}},
                             &(struct kmp_events){{0}});
    fake_line_request(line, &request);
}

/* Scenario A … H of the vendor's text: read-out alone does not move the pointer, reading older
 * records does not move it back. */
static void test_the_last_read_pointer(void **state)
{
    (void)state;
    struct fake_line line;
    fake_line_init(&line, 512);
    make_hours(&line, 0x1008);
    const struct kmp_log_range *range = &line.meter.logs[0].range;
    line.meter.logs[0].range.last_read_id = 0x1001;
    read_out(&line, 0x1002, 2);
    assert_int_equal(range->last_read_id, 0x1001); /* B */
    clear_log_bit(&line, 0x02);
    assert_int_equal(range->last_read_id, 0x1001); /* the bit of another log */
    clear_log_bit(&line, kmp_event_bit(1));
    assert_int_equal(range->last_read_id, 0x1003); /* C */
    read_out(&line, 0x0FFE, 3);
    clear_log_bit(&line, kmp_event_bit(1));
    assert_int_equal(range->last_read_id, 0x1003); /* E */
    read_out(&line, 0x1006, 3);
    assert_int_equal(range->last_read_id, 0x1003); /* F */
    clear_log_bit(&line, kmp_event_bit(1));
    assert_int_equal(range->last_read_id, 0x1008); /* G */
    clear_log_bit(&line, kmp_event_bit(1));
    assert_int_equal(range->last_read_id, 0x1008);
}

/* Reading backwards reads the first record last. */
static void test_the_pointer_when_reading_backwards(void **state)
{
    (void)state;
    struct fake_line line;
    fake_line_init(&line, 512);
    make_hours(&line, 0x1102);
    ask(&line,
        (struct kmp_log_query){.command = KMP_LOG_BACK_FROM_TIME,
                               .log = 1,
                               .record_count = 3,
                               .max_length = 255,
                               .time = {.year = 2007, .month = 5, .day = 24, .hour = 20}},
        energy_and_volume, 1);
    clear_log_bit(&line, kmp_event_bit(1));
    assert_int_equal(line.meter.logs[0].range.last_read_id, 0x10FC);
}

static const char *ask_logger(struct fake_line *line, struct kmp_logger_query query,
                              const uint16_t *registers, uint8_t count)
{
    struct kmp_request request;
    query.registers = registers;
    query.register_count = count;
    assert_int_equal(kmp_request_logger(&request, &query), WH_OK);
    return fake_line_request(line, &request);
}

/* B8 as recorded of heat meters. */
static void test_logger_byte_for_byte(void **state)
{
    (void)state;
    static const uint16_t time[] = {1002};
    static const uint16_t date[] = {1003};
    struct fake_line line;
    fake_line_init(&line, 512);
    line.meter.logs[0] = (struct fake_log){.log = 7};
    fake_number(&line.meter, 1002, 47, 4, 0, 123456);
    assert_string_equal(ask_logger(&line,
                                   (struct kmp_logger_query){.command = KMP_LOGGER_BACK_FROM_LAST,
                                                             .log = 7,
                                                             .offset = 0xFFFF,
                                                             .record_count = 1},
                                   time, 1),
                        "403FB807070001010000000000000000000103EA2F0400000000001F2F0D");
    line.meter.logs[1] =
        (struct fake_log){.log = 2, .range = {.count = 2, .newest_id = 2}, .columns = {1003}};
    fake_record(&line.meter.logs[1], 2)->values[0] = number(48, 4, 0, 260101);
    fake_record(&line.meter.logs[1], 1)->values[0] = number(48, 4, 0, 250101);
    assert_string_equal(ask_logger(&line,
                                   (struct kmp_logger_query){.command = KMP_LOGGER_BACK_FROM_ID,
                                                             .log = 2,
                                                             .record_id = 2,
                                                             .record_count = 2},
                                   date, 1),
                        "403FB81BF902000201000000020000000200C003EB3004000003F8050003D0F5AA3A0D");
}

static void test_logger_ends(void **state)
{
    (void)state;
    static const uint16_t registers[] = {0x3C, 7};
    static const struct {
        uint8_t command;
        uint32_t from;
        uint16_t wanted;
        uint8_t unreadable;
        unsigned count;
        uint32_t first;
        uint16_t info;
    } rows[] = {
        {KMP_LOGGER_BACK_FROM_ID, 0x1102, 3, 99, 3, 0x1102, KMP_LOGGER_NEWEST},
        {KMP_LOGGER_BACK_FROM_ID, 0x1100, 3, 99, 3, 0x1100, 0},
        {KMP_LOGGER_BACK_FROM_ID, 0x10F8, 3, 99, 2, 0x10F8, KMP_LOGGER_OLDEST},
        {KMP_LOGGER_BACK_FROM_ID, 0x1102, 99, 99, 12, 0x1102,
         KMP_LOGGER_OLDEST | KMP_LOGGER_NEWEST},
        {KMP_LOGGER_BACK_FROM_ID, 0x1103, 3, 99, 0, 0, KMP_LOGGER_OUT_OF_RANGE},
        {KMP_LOGGER_BACK_FROM_ID, 0x10F6, 3, 99, 0, 0, KMP_LOGGER_OUT_OF_RANGE},
        {KMP_LOGGER_BACK_FROM_LAST, 0, 2, 99, 2, 0x1102, KMP_LOGGER_NEWEST},
        {KMP_LOGGER_BACK_FROM_LAST, 2, 2, 99, 2, 0x1100, 0},
        {KMP_LOGGER_BACK_FROM_LAST, 0xFFFF, 2, 99, 1, 0x10F7, KMP_LOGGER_OLDEST},
        {KMP_LOGGER_BACK_FROM_LAST, 0, 3, 11, 2, 0x1101, 0}, /* begins at the first readable */
        {KMP_LOGGER_BACK_FROM_LAST, 0, 3, 10, 1, 0x1102, KMP_LOGGER_NEWEST | KMP_LOGGER_NOT_ALL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fake_line line;
        struct kmp_log_answer answer;
        uint32_t ids[16];
        unsigned count;
        fake_line_init(&line, 512);
        make_hours(&line, 0x1102);
        if (rows[i].unreadable != 99) {
            fake_record(&line.meter.logs[0], 0x10F7u + rows[i].unreadable)->is_unreadable = true;
        }
        const uint16_t wanted = rows[i].unreadable == 11 ? 2 : rows[i].wanted;
        ask_logger(&line,
                   (struct kmp_logger_query){.command = rows[i].command,
                                             .log = 1,
                                             .record_id = rows[i].from,
                                             .offset = (uint16_t)rows[i].from,
                                             .record_count = wanted},
                   registers, 2);
        read_answer(&line, &answer, ids, &count);
        const unsigned unknown = rows[i].count > 0 ? KMP_LOGGER_UNKNOWN_REGISTER : 0;
        assert_int_equal(count, rows[i].count);
        assert_int_equal(answer.info, rows[i].info | unknown);
        for (unsigned k = 0; k < count; k++) {
            assert_int_equal(ids[k], rows[i].first - k);
        }
    }
}

/* A record of which the log has no register asked for takes no room: one of them says so, the log is not walked. */
static void test_logger_of_nothing(void **state)
{
    (void)state;
    static const uint16_t unknown[] = {60000};
    struct fake_line line;
    struct kmp_log_answer answer;
    uint32_t ids[16];
    unsigned count;
    fake_line_init(&line, 512);
    make_hours(&line, 0x1102);
    ask_logger(
        &line,
        (struct kmp_logger_query){
            .command = KMP_LOGGER_BACK_FROM_ID, .log = 1, .record_id = 0x1102, .record_count = 99},
        unknown, 1);
    read_answer(&line, &answer, ids, &count);
    assert_int_equal(answer.register_count, 0);
    assert_int_equal(answer.record_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_debiting_log_of_the_382_byte_for_byte),
        cmocka_unit_test(test_load_profile_of_the_351_byte_for_byte),
        cmocka_unit_test(test_every_read_out_comes_again),
        cmocka_unit_test(test_every_beginning_and_end),
        cmocka_unit_test(test_every_max_length),
        cmocka_unit_test(test_every_answer_size),
        cmocka_unit_test(test_registers_a_log_has_not),
        cmocka_unit_test(test_records_that_do_not_fit_together),
        cmocka_unit_test(test_empty_and_unknown_logs),
        cmocka_unit_test(test_a_time_in_either_order),
        cmocka_unit_test(test_malformed_log_requests),
        cmocka_unit_test(test_the_last_read_pointer),
        cmocka_unit_test(test_the_pointer_when_reading_backwards),
        cmocka_unit_test(test_logger_byte_for_byte),
        cmocka_unit_test(test_logger_ends),
        cmocka_unit_test(test_logger_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
