/* What a client makes of an answer: the first byte is the CID, the rest its data. Every value
 * that is decoded can be encoded again, and no reading of it harms. */
#include <stdlib.h>
#include <string.h>

#include "kmp/message.h"

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_value(const struct kmp_value *value)
{
    uint8_t bytes[3 + KMP_VALUE_SIZE];
    char text[KMP_VALUE_SIZE + 1];
    struct kmp_value again;
    struct kmp_rtc rtc = {0};
    size_t length;
    size_t used;
    int64_t number;
    uint8_t status;
    uint32_t seconds_s;
    require(kmp_value_encode(value, bytes, sizeof bytes, &length) == WH_OK);
    require(kmp_value_decode(bytes, length, &again, &used) == WH_OK && used == length);
    require(memcmp(value, &again, sizeof again) == 0);
    if (kmp_value_to_number(value, &number) == WH_OK && number != 0) {
        require(kmp_value_from_number(&again, value->unit, value->size, value->exponent, number) ==
                WH_OK);
        require(memcmp(value, &again, sizeof again) == 0);
    }
    if (kmp_value_to_text(value, text) == WH_OK) {
        require(strlen(text) == value->size);
    }
    if (kmp_value_to_rtc(value, &rtc) == WH_OK) {
        kmp_rtc_is_real(&rtc);
    }
    kmp_value_to_time(value, &rtc);
    kmp_value_to_seconds(value, &status, &seconds_s);
    require(kmp_unit_text(value->unit) != NULL);
}

static void check_registers(const struct kmp_frame *frame)
{
    size_t offset = 0;
    size_t before = 0;
    uint16_t id;
    struct kmp_value value = {0};
    while (kmp_answer_register(frame, &offset, &id, &value) == WH_OK) {
        require(offset > before && offset <= frame->length);
        before = offset;
        check_value(&value);
    }
}

static void check_log(const struct kmp_frame *frame)
{
    struct kmp_log_answer answer;
    struct kmp_value values[KMP_LOGGER_REGISTERS];
    uint32_t id;
    unsigned count = 0;
    memset(values, 0, sizeof values);
    const enum wh_err err = kmp_answer_log(frame, &answer);
    while (kmp_answer_log_next(&answer, &id, values) == WH_OK) {
        count++;
        for (unsigned i = 0; i < answer.register_count; i++) {
            check_value(&values[i]);
        }
    }
    require(count == (err == WH_OK ? answer.record_count : 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kmp_type type;
    struct kmp_cut_off cut_off;
    struct kmp_events events;
    struct kmp_load_profile profile;
    struct kmp_voltage_quality quality;
    uint32_t serial_number;
    if (size == 0) {
        return 0;
    }
    const struct kmp_frame frame = {.cid = data[0], .data = data + 1, .length = size - 1};
    check_registers(&frame);
    check_log(&frame);
    kmp_answer_type(&frame, &type);
    kmp_answer_serial_number(&frame, &serial_number);
    kmp_answer_cut_off(&frame, &cut_off);
    kmp_answer_events(&frame, &events);
    kmp_answer_load_profile(&frame, &profile);
    kmp_answer_voltage_quality(&frame, &quality);
    return 0;
}
