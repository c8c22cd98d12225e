/* What KMP requests and answers have in common. Invariant: a part that is missing leaves the cursor failed,
 * and nothing behind it is read. */
#include "decode/kmp_message.h"

#include <stdio.h>

#include "decode/kmp_names.h"
#include "decode/kmp_value.h"
#include "decode/text.h"

void decode_kmp_register_name(char *text, size_t size, uint16_t id)
{
    const char *name = decode_kmp_register_text(id);
    snprintf(text, size, "%u%s%s", id, name[0] != '\0' ? " " : "", name);
}

bool decode_kmp_take_register(struct decode_cursor *cursor)
{
    const size_t start = cursor->at;
    const uint16_t id = (uint16_t)decode_take_number(cursor, "register", 2);
    struct kmp_value value;
    size_t used;
    char name[64], text[96];
    if (cursor->is_failed) {
        return false;
    }
    decode_kmp_register_name(name, sizeof name, id);
    const enum wh_err err =
        kmp_value_decode(cursor->data + cursor->at, cursor->length - cursor->at, &value, &used);
    if (err != WH_OK) {
        decode_fault(cursor->tree, name, cursor->data + start, cursor->length - start, "%s",
                     err == WH_ERR_FORMAT ? "ends inside the value" : "a value of too many bytes");
        cursor->is_failed = true;
        return false;
    }
    cursor->at += used;
    decode_kmp_value_text(text, sizeof text, &value);
    decode_field(cursor->tree, name, cursor->data + start, cursor->at - start, "%s", text);
    decode_summarise(cursor->tree, "%s%s = %s", start > 0 ? ", " : " ", name, text);
    return true;
}

void decode_kmp_take_ids(struct decode_cursor *cursor, unsigned count)
{
    for (unsigned i = 0; i < count && !cursor->is_failed; i++) {
        const uint8_t *bytes = decode_take(cursor, "register", 2);
        char name[64];
        if (bytes != NULL) {
            decode_kmp_register_name(name, sizeof name,
                                     (uint16_t)((unsigned)bytes[0] << 8 | bytes[1]));
            decode_field(cursor->tree, "register", bytes, 2, "%s", name);
            decode_summarise(cursor->tree, "%s %s", i > 0 ? "," : "", name);
        }
    }
}

uint8_t decode_kmp_take_count(struct decode_cursor *cursor, const char *name)
{
    const uint8_t *count = decode_take(cursor, name, 1);
    if (count == NULL) {
        return 0;
    }
    decode_field(cursor->tree, name, count, 1, "%u", *count);
    return *count;
}

void decode_kmp_take_number(struct decode_cursor *cursor, const char *name, size_t octets)
{
    const size_t start = cursor->at;
    const uint32_t number = decode_take_number(cursor, name, octets);
    if (!cursor->is_failed) {
        decode_field(cursor->tree, name, cursor->data + start, octets, "%u", (unsigned)number);
    }
}

void decode_kmp_take_events(struct decode_cursor *cursor, const char *name)
{
    static const struct decode_name bits[] = {
        {0x00000001, "reset"},
        {0x00000002, "EEPROM error"},
        {0x00000004, "magnetic field"},
        {0x00000008, "RAM"},
        {0x00000010, "ROM"},
        {0x00000020, "alarm input"},
        {0x00000040, "cover opened"},
        {0x00000080, "auxiliary supply"},
        {0x00000100, "RF data ready"},
        {0x00000200, "forced call"},
        {0x00000400, "clock adjusted"},
        {0x00000800, "status B changed"},
        {0x00001000, "disconnect"},
        {0x00002000, "flash error"},
        {0x00010000, "debiting log"},
        {0x00020000, "RTC log"},
        {0x00040000, "status log"},
        {0x00080000, "voltage quality log"},
        {0x00100000, "breaker log"},
        {0x00200000, "load profile"},
        {0x00400000, "debiting log 2"},
        {0x00800000, "transformer ratio log"},
    };
    const uint8_t *es = decode_take(cursor, name, 4);
    char text[DECODE_TEXT_SIZE];
    if (es == NULL) {
        return;
    }
    const uint32_t value =
        es[0] | (uint32_t)es[1] << 8 | (uint32_t)es[2] << 16 | (uint32_t)es[3] << 24;
    decode_bits(text, sizeof text, bits, sizeof bits / sizeof bits[0], value);
    decode_field(cursor->tree, name, es, 4, "%s", text);
    decode_summarise(cursor->tree, " %s", text);
}
