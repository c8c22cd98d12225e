/* A server on a meter of tables. The first byte chooses the size of the answer buffer; then come
 * requests as length, CID and data, which the target frames, so that it need not find CRCs, or
 * with length 255 a rest of raw bytes. Every answer is a whole frame to its request, or an
 * acknowledgement, and a client can read it. */
#include <stdlib.h>
#include <string.h>

#include "tests/kmp/fake_meter.h"

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void make_logs(struct fake_meter *meter)
{
    static const uint32_t newest[FAKE_LOGS] = {12, 0x10004, 0};
    static const uint8_t logs[FAKE_LOGS] = {KMP_LOG_DEBITING, KMP_LOG_LOAD_PROFILE, KMP_LOG_RTC};
    for (unsigned i = 0; i < FAKE_LOGS; i++) {
        struct fake_log *log = &meter->logs[i];
        log->log = logs[i];
        log->range = (struct kmp_log_range){newest[i] != 0 ? 12 : 0, newest[i], newest[i] - 4};
        log->columns[0] = 1047;
        log->columns[1] = 1;
        log->columns[2] = 1202;
        for (uint32_t k = 0; k < 12; k++) {
            struct fake_record *record = fake_record(log, newest[i] - k);
            record->time = (struct kmp_rtc){.year = 2024, .month = 1, .day = (uint8_t)(20 - k)};
            record->is_unreadable = k == 3;
            kmp_value_from_rtc(&record->values[0], &record->time);
            kmp_value_from_number(&record->values[1], 2, 4, -2, k == 9 ? -1 : 1000 - (int64_t)k);
            kmp_value_from_text(&record->values[2], "1234567890123456");
        }
    }
}

static void make_meter(struct fake_meter *meter)
{
    struct kmp_value text;
    meter->cut_off.state = KMP_CUT_OFF_CONNECTED;
    fake_number(meter, 1, 2, 4, -2, 123456);
    fake_number(meter, 51, 51, 4, 0, 12345678);
    fake_number(meter, 1047, 53, 8, 0, 0);
    kmp_value_from_text(&text, "\x06\x0D\x1B\x40\x06\x0D\x1B\x40\x06\x0D\x1B\x40\x06\x0D\x1B\x40");
    fake_value(meter, 1202, &text);
    make_logs(meter);
}

static void check_answer(const struct fake_line *line, uint8_t cid)
{
    uint8_t buffer[700];
    struct kmp_receiver receiver;
    struct kmp_frame frame;
    struct kmp_log_answer log;
    size_t used;
    if (line->out_length == 0 || (line->out_length == 1 && line->out[0] == KMP_ACK)) {
        return;
    }
    kmp_receiver_init(&receiver, KMP_ANSWER, buffer, sizeof buffer, 0);
    require(kmp_receiver_feed(&receiver, line->out, line->out_length, 0, &used, &frame) ==
            KMP_RECEIVED_FRAME);
    require(used == line->out_length && frame.cid == cid && frame.address == KMP_ADDRESS_METER);
    if (cid == KMP_LOGGER || (cid >= KMP_LOG_FROM_TIME && cid <= KMP_LOG_BACK_FROM_TIME)) {
        require(kmp_answer_log(&frame, &log) == WH_OK);
    }
    if (cid == KMP_GET_REGISTER) {
        size_t offset = 0;
        uint16_t id;
        struct kmp_value value;
        while (kmp_answer_register(&frame, &offset, &id, &value) == WH_OK) {
        }
        require(offset == frame.length);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fake_line line;
    if (size == 0) {
        return 0;
    }
    fake_line_init(&line, KMP_SERVER_ANSWER_MIN + (size_t)data[0]);
    make_meter(&line.meter);
    size_t at = 1;
    while (size - at >= 2 && data[at] != 0xFF) {
        struct kmp_request request = {.cid = data[at + 1]};
        const size_t left = size - at - 2;
        request.length = data[at] % (KMP_REQUEST_DATA + 1);
        request.length = (uint8_t)(request.length < left ? request.length : left);
        memcpy(request.data, data + at + 2, request.length);
        fake_line_request(&line, &request);
        check_answer(&line, request.cid);
        at += 2u + request.length;
    }
    while (at < size) { /* what these make of the line matters not, as long as nothing breaks */
        uint8_t out[64];
        const size_t used = kmp_server_input(&line.server, data + at, size - at, 0);
        size_t got;
        do {
            got = kmp_server_output(&line.server, out, sizeof out);
        } while (got > 0);
        at += used;
    }
    return 0;
}
