/* Requests as a client writes them, and what captured answers of real meters say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "kmp/message.h"

static const char *wire(const struct kmp_request *request, char *text)
{
    uint8_t body[KMP_REQUEST_DATA + KMP_FRAME_OVERHEAD] = {KMP_ADDRESS_METER, request->cid};
    uint8_t out[128];
    struct kmp_transmitter transmitter;
    memcpy(body + 2, request->data, request->length);
    kmp_transmitter_frame(&transmitter, KMP_REQUEST, body, 2u + request->length);
    return hex_text(out, kmp_transmitter_pull(&transmitter, out, sizeof out), text);
}

/* The answer in hex; its data stays in buffer. */
static struct kmp_frame answer(const char *hex, uint8_t buffer[HEX_SIZE])
{
    uint8_t bytes[HEX_SIZE];
    struct kmp_receiver receiver;
    struct kmp_frame frame;
    size_t used;
    const size_t length = hex_bytes(hex, bytes, sizeof bytes);
    kmp_receiver_init(&receiver, KMP_ANSWER, buffer, HEX_SIZE, 0);
    assert_int_equal(kmp_receiver_feed(&receiver, bytes, length, 0, &used, &frame),
                     KMP_RECEIVED_FRAME);
    return frame;
}

static void test_plain_requests(void **state)
{
    (void)state;
    static const struct {
        uint8_t command;
        const char *wire;
        bool is_acknowledged, is_once;
    } rows[] = {
        {KMP_GET_TYPE, "803F01058A0D", false, false},
        {KMP_GET_SERIAL_NUMBER, "803F0235E90D", false, false},
        {KMP_GET_CUT_OFF, "803F98171A0D", false, false},
        {KMP_GET_EVENTS, "803F9B27790D", false, false},
        {KMP_DEBITING_STOP, "803F88052B0D", true, true},
        {KMP_RESET, "803F07654C0D", true, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[2 * HEX_SIZE + 1];
        struct kmp_request request;
        assert_int_equal(kmp_request_plain(&request, rows[i].command), WH_OK);
        assert_string_equal(wire(&request, text), rows[i].wire);
        assert_int_equal(request.is_acknowledged, rows[i].is_acknowledged);
        assert_int_equal(request.is_once, rows[i].is_once);
    }
    struct kmp_request request;
    assert_int_equal(kmp_request_plain(&request, KMP_GET_REGISTER), WH_ERR_ARGUMENT);
    assert_int_equal(kmp_request_plain(&request, 0x55), WH_ERR_ARGUMENT);
}

static void test_requests_with_data(void **state)
{
    (void)state;
    static const uint16_t eight[] = {1, 2, 1023, 1054, 1055, 1056, 1076, 1001};
    static const uint16_t one[] = {1002};
    static const uint16_t other[] = {1003};
    static const struct kmp_rtc time = {
        .year = 2007, .month = 7, .day = 30, .hour = 16, .minute = 15, .second = 57};
    static const struct kmp_rtc no_time = {.year = 2007, .month = 2, .day = 30};
    static const struct kmp_events cover = {{0x40}};
    static const struct kmp_events none = {{0}};
    char text[2 * HEX_SIZE + 1];
    struct kmp_request request;
    struct kmp_value value;
    assert_int_equal(kmp_request_registers(&request, eight, 8), WH_OK);
    assert_string_equal(wire(&request, text), "803F10080001000203FF041E041F0420043403E9CC110D");
    assert_int_equal(kmp_request_registers(&request, eight, 0), WH_ERR_ARGUMENT);
    assert_int_equal(kmp_request_registers(&request, eight, 9), WH_ERR_ARGUMENT);
    assert_int_equal(kmp_request_set_clock(&request, &time), WH_OK);
    assert_string_equal(wire(&request, text), "803F090001144A00027715774E0D");
    assert_true(request.is_acknowledged && request.is_once); /* later it would set the clock back */
    assert_int_equal(kmp_request_set_clock(&request, &no_time), WH_ERR_ARGUMENT);
    kmp_value_from_number(&value, 51, 4, 0, 12345678);
    assert_int_equal(kmp_request_put(&request, 0, 51, &value), WH_OK);
    assert_string_equal(wire(&request, text), "803F110000003333040000BC614EDD230D");
    assert_int_equal(kmp_request_cut_off(&request, KMP_DISCONNECT), WH_OK);
    assert_string_equal(wire(&request, text), "803F970178C90D");
    assert_int_equal(kmp_request_cut_off(&request, (enum kmp_cut_off_command)0), WH_ERR_ARGUMENT);
    assert_int_equal(kmp_request_cut_off(&request, (enum kmp_cut_off_command)4), WH_ERR_ARGUMENT);
    kmp_request_clear_events(&request, &cover, &none);
    assert_string_equal(wire(&request, text), "803F9C1BBF0000000000000054A60D");
    assert_int_equal(kmp_request_logger(
                         &request, &(struct kmp_logger_query){.command = KMP_LOGGER_BACK_FROM_LAST,
                                                              .log = 7,
                                                              .offset = 0xFFFF,
                                                              .record_count = 1,
                                                              .register_count = 1,
                                                              .registers = one}),
                     WH_OK);
    assert_string_equal(wire(&request, text), "803FB80707FFFF00010103EAB85E0D");
    assert_int_equal(
        kmp_request_logger(&request, &(struct kmp_logger_query){.command = KMP_LOGGER_BACK_FROM_ID,
                                                                .log = 2,
                                                                .record_id = 2,
                                                                .record_count = 2,
                                                                .register_count = 1,
                                                                .registers = other}),
        WH_OK);
    assert_string_equal(wire(&request, text), "803FB81BF9020000000200020103EB75070D");
}

/* The vendor's four examples of log read-outs; times in the order of its definition. */
static void test_log_requests(void **state)
{
    (void)state;
    static const uint16_t registers[] = {0x3C, 0x44};
    static const struct {
        struct kmp_log_query query;
        const char *data;
    } rows[] = {
        {{.command = KMP_LOG_FROM_TIME,
          .time = {.year = 2007, .month = 5, .day = 24, .hour = 10, .minute = 30}},
         "0102003C004403800705180A1E000000"},
        {{.command = KMP_LOG_FROM_LAST_READ}, "0102003C00440380"},
        {{.command = KMP_LOG_FROM_ID, .record_id = 0x10F3}, "0102003C0044038010F3"},
        {{.command = KMP_LOG_BACK_FROM_TIME,
          .id_offset = 6,
          .time = {.year = 2007, .month = 5, .day = 24, .hour = 19, .minute = 45}},
         "0102003C00440380070518132D0000000006"},
    };
    struct kmp_request request;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[2 * HEX_SIZE + 1];
        struct kmp_log_query query = rows[i].query;
        query.log = 1;
        query.register_count = 2;
        query.registers = registers;
        query.record_count = 3;
        query.max_length = 128;
        assert_int_equal(kmp_request_log(&request, &query), WH_OK);
        assert_int_equal(request.cid, query.command);
        assert_string_equal(hex_text(request.data, request.length, text), rows[i].data);
        query.register_count = 9;
        assert_int_equal(kmp_request_log(&request, &query), WH_ERR_ARGUMENT);
    }
    assert_int_equal(
        kmp_request_log(&request, &(struct kmp_log_query){.command = KMP_LOG_FROM_TIME}),
        WH_ERR_ARGUMENT); /* no time */
    assert_int_equal(kmp_request_log(&request, &(struct kmp_log_query){.command = KMP_LOGGER}),
                     WH_ERR_ARGUMENT);
}

static void test_short_answers(void **state)
{
    (void)state;
    uint8_t buffer[HEX_SIZE];
    struct kmp_type type;
    struct kmp_cut_off cut_off;
    struct kmp_events events;
    struct kmp_load_profile profile;
    uint32_t serial_number;
    struct kmp_frame frame = answer("403F0100041BF90126990D", buffer);
    assert_int_equal(kmp_answer_type(&frame, &type), WH_OK);
    assert_true(type.type == 4 && type.revision_letter == 6 && type.revision_number == 1);
    assert_int_equal(kmp_answer_serial_number(&frame, &serial_number), WH_ERR_FORMAT);
    frame = answer("403F015A001BF2013B330D", buffer);
    assert_int_equal(kmp_answer_type(&frame, &type), WH_OK);
    assert_true(type.type == 0x5A00 && type.revision_letter == 13);
    frame = answer("403F01620008016DEC0D", buffer);
    assert_int_equal(kmp_answer_type(&frame, &type), WH_OK);
    assert_true(type.type == 0x6200 && type.revision_letter == 8);
    frame = answer("403F0201234567E9560D", buffer);
    assert_int_equal(kmp_answer_serial_number(&frame, &serial_number), WH_OK);
    assert_int_equal(serial_number, 19088743);
    frame = answer("403F98043F22E70D", buffer);
    assert_int_equal(kmp_answer_cut_off(&frame, &cut_off), WH_OK);
    assert_true(cut_off.state == KMP_CUT_OFF_CONNECTED && cut_off.feedback == 0x3F);
    frame = answer("403F9B1BBF0000004E660D", buffer);
    assert_int_equal(kmp_answer_events(&frame, &events), WH_OK);
    assert_true(events.status[0] == KMP_ES0_COVER && events.status[3] == 0);
    assert_int_equal(kmp_answer_cut_off(&frame, &cut_off), WH_ERR_FORMAT);
    frame = answer("403FAA0F0F81566C0D", buffer);
    assert_int_equal(kmp_answer_load_profile(&frame, &profile), WH_OK);
    assert_true(profile.energies == 0x0F && profile.interval_min == 15 && profile.size == 0x81);
}

static void test_voltage_quality_answer(void **state)
{
    (void)state;
    static const uint8_t data[] = {0x00, 0xCF, 0x00, 0xFD, 0x3C};
    struct kmp_voltage_quality quality;
    struct kmp_frame frame = {.cid = KMP_GET_VOLTAGE_QUALITY, .data = data, .length = 5};
    assert_int_equal(kmp_answer_voltage_quality(&frame, &quality), WH_OK);
    assert_true(quality.low_v == 207 && quality.high_v == 253 && quality.duration_10s == 60);
    frame.length = 4;
    assert_int_equal(kmp_answer_voltage_quality(&frame, &quality), WH_ERR_FORMAT);
}

/* "id=number e exponent unit;" of each register; a time as digits, other bytes as hex. */
static void list_registers(const char *hex, char *list, size_t size)
{
    uint8_t buffer[HEX_SIZE];
    size_t offset = 0;
    uint16_t id;
    struct kmp_value value;
    const struct kmp_frame frame = answer(hex, buffer);
    enum wh_err err;
    size_t at = 0;
    list[0] = '\0';
    while ((err = kmp_answer_register(&frame, &offset, &id, &value)) == WH_OK) {
        int64_t number = -1;
        struct kmp_rtc rtc;
        if (kmp_value_to_rtc(&value, &rtc) == WH_OK) {
            at += (size_t)snprintf(
                list + at, size - at, "%u=%02X/%u %04u-%02u-%02u %02u:%02u:%02u;", id, rtc.status,
                rtc.weekday, rtc.year, rtc.month, rtc.day, rtc.hour, rtc.minute, rtc.second);
            continue;
        }
        assert_int_equal(kmp_value_to_number(&value, &number), WH_OK);
        at += (size_t)snprintf(list + at, size - at, "%u=%llde%d%s;", id, (long long)number,
                               value.exponent, kmp_unit_text(value.unit));
    }
    assert_int_equal(err, WH_ERR_NOT_FOUND);
}

static void test_captured_registers(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        const char *list;
    } rows[] = {
        {"403F1003E933040000E4BADDF4DF0D", "1001=14990045e0;"},
        {"403F10001BF2020444001D443F0001020400000000BF0013020400000000BF00170204000000000000"
         "1BE402040000000000001F0204000000000045140D",
         "13=1918015e-4kWh;1=191e0kWh;19=191e0kWh;23=0e0kWh;27=0e0kWh;31=0e0kWh;"},
        {"403F10003A00040000000003011B7F0D", "58=3e0;"},
        {"403F10041E21020000E5041F21020000000420210200000004342204420000000004352204420000000004"
         "362204420000000070AC0D",
         "1054=229e0V;1055=0e0V;1056=0e0V;1076=0e-2A;1077=0e-2A;1078=0e-2A;"},
        {"403F1004193508000000000000000000040916044300000000041A3508000000000000000000040C160443"
         "00000000041BE435080000000000000000005E050D",
         "1049=00/0 2000-00-00 00:00:00;1033=0e-3kW;1050=00/0 2000-00-00 00:00:00;1036=0e-3kW;"
         "1051=00/0 2000-00-00 00:00:00;"},
        {"403F1003EB3004000001D84E03EA2F0400000271E903EC2E0400000014E1041735080082012102100A090C"
         "041500010000D6970D",
         "1003=120910e0;1002=160233e0;1004=5345e0h;1047=82/1 2012-09-10 16:02:33;1045=0e0;"},
        {"403F1003F2330A0000000000000000E4BADD003333040000E4BADD00343304000000000000353304000000"
         "0000C47A0D",
         "1010=14990045e0;51=14990045e0;52=0e0;53=0e0;"},
        {"403F1003EB3004000002002703EA2F04000001B53303EC2E0400000012160417350800820117130B0B0B1B"
         "F20415000100001BBF640D",
         "1003=131111e0;1002=111923e0;1004=4630e0h;1047=82/1 2013-11-11 11:19:23;1045=0e0;"},
        {"403F1003EC2E04000000028904173508000201310F1BF20C050E9B4A0D",
         "1004=649e0h;1047=02/1 2014-05-12 13:15:49;"},
        {"403F10003C0304430000D6DE03220D", "60=55006e-3MWh;"},
        {"403F100044280442 0002DCA47C0A0D", "68=187556e-2m3;"},
        {"403F10005625024214F569DC0D", "86=5365e-2C;"},
        {"403F10079A0D", ""},
        {"403F1000010204420012D687001BF2020444075BCD157B480D",
         "1=1234567e-2kWh;13=123456789e-4kWh;"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char list[512];
        list_registers(rows[i].hex, list, sizeof list);
        assert_string_equal(list, rows[i].list);
    }
}

static void test_registers_that_are_malformed(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        enum wh_err err;
    } rows[] = {
        {"00", WH_ERR_FORMAT},
        {"0001", WH_ERR_FORMAT},
        {"00010204", WH_ERR_FORMAT},
        {"00010204420012D6", WH_ERR_FORMAT},
        {"0001021100 0000000000000000000000000000000000", WH_ERR_UNSUPPORTED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t data[64];
        struct kmp_value value;
        uint16_t id = 7;
        size_t offset = 0;
        struct kmp_frame frame = {.cid = KMP_GET_REGISTER, .data = data};
        frame.length = hex_bytes(rows[i].data, data, sizeof data);
        assert_int_equal(kmp_answer_register(&frame, &offset, &id, &value), rows[i].err);
        assert_true(id == 7 && offset == 0);
    }
}

/* "id:number,…;" of each record; a time as yymmddhhmm. */
static void list_records(const char *hex, struct kmp_log_answer *log, char *list, size_t size)
{
    uint8_t buffer[HEX_SIZE];
    struct kmp_value values[KMP_LOGGER_REGISTERS];
    uint32_t id;
    size_t at = 0;
    const struct kmp_frame frame = answer(hex, buffer);
    list[0] = '\0';
    assert_int_equal(kmp_answer_log(&frame, log), WH_OK);
    while (kmp_answer_log_next(log, &id, values) == WH_OK) {
        at += (size_t)snprintf(list + at, size - at, "%u:", id);
        for (unsigned i = 0; i < log->register_count; i++) {
            int64_t number = -1;
            struct kmp_rtc rtc;
            if (kmp_value_to_rtc(&values[i], &rtc) == WH_OK) {
                number = (((rtc.year - 2000LL) * 100 + rtc.month) * 100 + rtc.day) * 10000 +
                         rtc.hour * 100 + rtc.minute;
            } else {
                assert_int_equal(kmp_value_to_number(&values[i], &number), WH_OK);
            }
            at += (size_t)snprintf(list + at, size - at, "%lld,", (long long)number);
        }
        at += (size_t)snprintf(list + at, size - at, ";");
    }
}

static void test_captured_logs(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        uint8_t log;
        uint16_t info;
        uint32_t last_id, newest_id;
        const char *list;
    } rows[] = {
        {"403FA20105000404173508001B7F01000000010B0A00010204000000005B00130204000000005B00170204"
         "0000000000001F0204000000000000051B7F03000000010C0A00000087000000870000000000000000001B"
         "F91B7F1BF900000001010B000000BF000000BF00000000000000000007821BF900000001090C000000BF00"
         "0000BF0000000000000000000700070098EC0D",
         1, 0x00, 7, 7,
         "4:1011010000,91,91,0,0,;5:1012010000,135,135,0,0,;6:1101010000,191,191,0,0,;"
         "7:1209010000,191,191,0,0,;"},
        {"403FA20103000404193508001B7F05002D0B1D0A0A0027160443000008EE002B16044300000AA000051B7F"
         "04002D13040B0A000000A000000B1BBF001BF91B7F02002D1BF2150C0A000000CC00000C0C000700000000"
         "000000000000000000000C0C0007000700E5FC0D",
         1, 0x00, 7, 7, NULL},
        {"403FA20705000504173508001B7F02000000010C0B000102044200001BF9E2001302044200001BF9E20017"
         "02044200000000001F02044200000000000500051068920D",
         7, 0x10, 5, 5, "5:1112010000,1762,1762,0,0,;"},
        {"403FA20703000504193508001B7F03000F17120B0B0027160443000000DE002B160443000004D200050005"
         "1097FD0D",
         7, 0x10, 5, 5, "5:1111182315,222,1234,;"},
        {"403FA21BF905485A0417350800020100000A0B0B1BF2000102044200001BF9E200020204420000000000030E"
         "04420000000300040E0442000003A4485B0201000F0A0B0B1BF200001BF9E20000000000000003000003A4"
         "485C0201001E0A0B0B1BF200001BF9E20000000000000003000003A4485D0201002D0A0B0B1BF200001BF9"
         "E20000000000000003000003A4485E020100000B0B0B1BF200001BF9E20000000000000003000003A4485F"
         "0201000F0B0B0B1BF200001BF9E20000000000000003000003A4485F485F0089FA0D",
         6, 0x00, 0x485F, 0x485F,
         "18522:1311111000,1762,0,3,932,;18523:1311111015,1762,0,3,932,;"
         "18524:1311111030,1762,0,3,932,;18525:1311111045,1762,0,3,932,;"
         "18526:1311111100,1762,0,3,932,;18527:1311111115,1762,0,3,932,;"},
        {"403FB807070001010000000000000000000103EA2F0400000000001F2F0D", 7, KMP_LOGGER_EMPTY, 0, 0,
         ""},
        {"403FB81BF902000201000000020000000200C003EB3004000003F8050003D0F5AA3A0D", 2,
         KMP_LOGGER_OLDEST | KMP_LOGGER_NEWEST, 1, 2, "2:260101,;1:250101,;"},
        {"403FB81BF904000303000000BC00000285001BBF03EA2F04000000000403EB3004000003AE4F015C4F0700"
         "00180C1F000004000000040003AE4E00180C1E000004000000040003AE4D00180C1D000004F22D0D",
         4, KMP_LOGGER_OLDEST, 186, 645,
         "188:4,241231,2412310000,;187:4,241230,2412300000,;186:4,241229,2412290000,;"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char list[1024];
        struct kmp_log_answer log;
        list_records(rows[i].hex, &log, list, sizeof list);
        assert_int_equal(log.log, rows[i].log);
        assert_int_equal(log.info, rows[i].info);
        assert_int_equal(log.last_id, rows[i].last_id);
        assert_int_equal(log.newest_id, rows[i].newest_id);
        if (rows[i].list != NULL) {
            assert_string_equal(list, rows[i].list);
        }
    }
}

static void test_logs_that_are_malformed(void **state)
{
    (void)state;
    static const struct {
        uint8_t cid;
        const char *data;
        enum wh_err err;
    } rows[] = {
        {0xA2, "", WH_ERR_FORMAT},
        {0xA2, "00", WH_ERR_FORMAT},
        {0xA2, "0105", WH_ERR_FORMAT},
        {0xA2, "01", WH_OK}, /* only an info byte: log is empty */
        {0xA2, "0100 0007 0007 01", WH_OK},
        {0xA2, "0100 0007 0007", WH_ERR_FORMAT},
        {0xA2, "0101 0004 0001020400 0000005B 0005 0000 0007 0007 00", WH_ERR_FORMAT},
        {0xA2, "0101 0004 0001020400 0000005B 0007 0007 00", WH_OK},
        {0xA2, "0101 0004 0001021100 00000000000000000000000000000000000007000700",
         WH_ERR_UNSUPPORTED},
        {0xA2, "0111 0004 0001020400 0000005B 0007 0007 00", WH_ERR_UNSUPPORTED},
        {0xA2, "0102 0004 0001020400 0000005B 0007 0007 00", WH_ERR_FORMAT},
        {0xB8, "", WH_ERR_FORMAT},
        {0xB8, "06020002010000000200000002", WH_ERR_FORMAT},
        {0xB8, "0602000201000000020000000200C0", WH_ERR_FORMAT}, /* counts records, has none */
        {0xB8, "0602000001000000000000000200C0", WH_OK},
        {0xB8, "0602000200000000020000000200C0", WH_OK}, /* IDs alone */
        {0xB8, "0502000201000000020000000200C003EB3004000003F8050003D0F5", WH_ERR_FORMAT},
        {0xB8, "0602000201000000020000000200C003EB3004000003F8050003D0", WH_ERR_FORMAT},
        {0xB8, "0602000301000000020000000200C003EB3004000003F8050003D0F5", WH_ERR_FORMAT},
        {0xB8, "0602000211000000020000000200C003EB3004000003F8050003D0F5", WH_ERR_UNSUPPORTED},
        {0x10, "0001020400000000BF", WH_ERR_FORMAT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t data[128];
        struct kmp_log_answer log;
        struct kmp_value values[KMP_LOGGER_REGISTERS];
        uint32_t id;
        struct kmp_frame frame = {.cid = rows[i].cid, .data = data};
        frame.length = hex_bytes(rows[i].data, data, sizeof data);
        assert_int_equal(kmp_answer_log(&frame, &log), rows[i].err);
        if (rows[i].err != WH_OK) {
            assert_int_equal(kmp_answer_log_next(&log, &id, values), WH_ERR_NOT_FOUND);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_requests),
        cmocka_unit_test(test_requests_with_data),
        cmocka_unit_test(test_log_requests),
        cmocka_unit_test(test_short_answers),
        cmocka_unit_test(test_voltage_quality_answer),
        cmocka_unit_test(test_captured_registers),
        cmocka_unit_test(test_registers_that_are_malformed),
        cmocka_unit_test(test_captured_logs),
        cmocka_unit_test(test_logs_that_are_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
