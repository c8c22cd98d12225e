/* Data records: DIF and DIFEs, VIF and VIFEs, value. Invariant: a record is shown whole or not at
 * all; without knowing a data field's length nothing behind it is read. */
#include "decode/mbus_record.h"

#include <string.h>

#include "decode/mbus_vif.h"
#include "decode/text.h"

enum {
    EXTENSION = 0x80,
    EXTENSIONS_MAX = 10,
    TEXT = 200,
    DATA_REAL = 5,
    DATA_BCD = 9, /* 9 … C and E are BCD */
    DATA_VARIABLE = 0xD,
    MAKERS = 0x0F,
    MAKERS_MORE = 0x1F,
    IDLE = 0x2F,
    GLOBAL = 0x7F,
    VIF_TEXT = 0x7C,
    VIF_MAKERS = 0x7F,
};

struct record {
    struct decode_cursor *cursor;
    const uint8_t *start;
    uint8_t dif;
    uint32_t storage;
    unsigned tariff;
    unsigned subunit;
    struct decode_mbus_quantity quantity;
    char name[TEXT]; /* quantity with all that qualifies it */
    const uint8_t *value;
    size_t length;
};

static void qualify(struct record *record, const char *text)
{
    decode_append(record->name, sizeof record->name, "%s%s",
                  record->name[0] != '\0' && text[0] != '\0' ? ", " : "", text);
}

/* ---- DIF ---- */

static bool take_dif(struct record *record)
{
    static const char *const functions[] = {"", "maximum", "minimum", "during error"};
    decode_take_u8(record->cursor, "DIF", &record->dif);
    uint8_t more = record->dif;
    record->storage = record->dif >> 6 & 1;
    for (unsigned k = 0; (more & EXTENSION) != 0; k++) {
        if (!decode_take_u8(record->cursor, "DIFE", &more)) {
            return false;
        }
        if (k == EXTENSIONS_MAX) {
            decode_fault(record->cursor->tree, "DIFE", NULL, 0, "more than 10");
            record->cursor->is_failed = true;
            return false;
        }
        record->storage |= k < 7 ? (uint32_t)(more & 0x0F) << (1 + 4 * k) : 0;
        record->tariff |= k < 7 ? (more >> 4 & 3u) << (2 * k) : 0;
        record->subunit |= k < 7 ? (more >> 6 & 1u) << k : 0;
    }
    qualify(record, functions[record->dif >> 4 & 3]);
    return !record->cursor->is_failed;
}

static void qualify_number(struct record *record, const char *text, uint32_t number)
{
    char whole[48] = "";
    decode_append(whole, sizeof whole, "%s %u", text, (unsigned)number);
    if (number > 0) {
        qualify(record, whole);
    }
}

/* ---- VIF ---- */

/* The characters of a plain-text VIF stand reversed. */
static void take_text_unit(struct record *record, char unit[32])
{
    uint8_t length = 0;
    decode_take_u8(record->cursor, "VIF text", &length);
    const uint8_t *text = decode_take(record->cursor, "VIF text", length);
    unit[0] = '\0';
    for (size_t i = length; text != NULL && i > 0; i--) {
        const uint8_t c = text[i - 1];
        decode_append(unit, 32, "%c", c >= 0x20 && c < 0x7F ? c : '.');
    }
}

static bool take_vifes(struct record *record, uint8_t more)
{
    bool is_makers = (more & ~(unsigned)EXTENSION) == VIF_MAKERS;
    uint8_t table = 0;
    for (unsigned k = 0; (more & EXTENSION) != 0; k++) {
        if (!decode_take_u8(record->cursor, "VIFE", &more)) {
            return false;
        }
        if (k == EXTENSIONS_MAX) {
            decode_fault(record->cursor->tree, "VIFE", NULL, 0, "more than 10");
            record->cursor->is_failed = true;
            return false;
        }
        const uint8_t vife = more & (uint8_t)~EXTENSION;
        if (is_makers) {
            char text[32] = "";
            decode_append(text, sizeof text, "maker's %02X", vife);
            qualify(record, text);
        } else if (table == 0 && vife == VIF_TEXT) {
            table = 0xFC;
        } else if (table == 0 && vife == VIF_MAKERS) {
            is_makers = true;
        } else {
            int exponent;
            qualify(record, decode_mbus_vife(table, vife, &exponent));
            record->quantity.exponent += exponent;
            table = 0;
        }
    }
    return true;
}

static bool take_vif(struct record *record, char unit[32])
{
    uint8_t vif;
    if (!decode_take_u8(record->cursor, "VIF", &vif)) {
        return false;
    }
    uint8_t more = vif;
    uint8_t table = 0;
    if (vif == 0xFB || vif == 0xFD) {
        table = vif;
        if (!decode_take_u8(record->cursor, "VIF", &more)) {
            return false;
        }
    }
    const uint8_t code = more & (uint8_t)~EXTENSION;
    record->quantity = decode_mbus_vif(table, code);
    if (table == 0 && code == VIF_TEXT) {
        record->quantity = (struct decode_mbus_quantity){.name = "value", .unit = ""};
        take_text_unit(record, unit);
    }
    return take_vifes(record, more) && !record->cursor->is_failed;
}

/* ---- Value ---- */

static bool take_value(struct record *record)
{
    static const uint8_t lengths[] = {0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, 0, 6, 0};
    const unsigned field = record->dif & 0x0F;
    record->length = lengths[field];
    if (field == DATA_VARIABLE) {
        uint8_t lvar;
        if (!decode_take_u8(record->cursor, "LVAR", &lvar)) {
            return false;
        }
        record->length = lvar < 0xC0 ? lvar : lvar < 0xE0 ? lvar & 0x0Fu : lvar & 0x3Fu;
    }
    record->value = decode_take(record->cursor, "value", record->length);
    return record->value != NULL;
}

/* Two's complement, little-endian, 1 … 8 bytes. */
static int64_t integer_of(const uint8_t *bytes, size_t length)
{
    uint64_t value = (bytes[length - 1] & 0x80) != 0 ? UINT64_MAX : 0;
    for (size_t i = length; i > 0; i--) {
        value = value << 8 | bytes[i - 1];
    }
    return (int64_t)value;
}

/* False: a digit is none. A top nibble F is a minus. */
static bool bcd_of(const uint8_t *bytes, size_t length, int64_t *value)
{
    const bool is_negative = (bytes[length - 1] & 0xF0) == 0xF0;
    int64_t number = 0;
    for (size_t i = 2 * length; i > 0; i--) {
        const unsigned nibble = bytes[(i - 1) / 2] >> ((i - 1) % 2 * 4) & 0x0Fu;
        if (nibble > 9 && !(is_negative && i == 2 * length)) {
            return false;
        }
        number = number * 10 + (nibble > 9 ? 0 : nibble);
    }
    *value = is_negative ? -number : number;
    return true;
}

static void date_text(char text[TEXT], uint8_t low, uint8_t high)
{
    const unsigned year = 2000u + (low >> 5 | (high >> 1 & 0x78u));
    if (low == 0xFF && high == 0xFF) {
        decode_append(text, TEXT, "none");
    } else {
        decode_append(text, TEXT, "%04u-%02u-%02u", year, high & 0x0Fu, low & 0x1Fu);
    }
}

/* Type F of 4 bytes, type I of 6. */
static bool time_text(char text[TEXT], const uint8_t *bytes, size_t length)
{
    if (length != 4 && length != 6) {
        return false;
    }
    const size_t minute = length == 6 ? 1 : 0;
    date_text(text, bytes[minute + 2], bytes[minute + 3]);
    decode_append(text, TEXT, " %02u:%02u", bytes[minute + 1] & 0x1Fu, bytes[minute] & 0x3Fu);
    if (length == 6) {
        decode_append(text, TEXT, ":%02u", bytes[0] & 0x3Fu);
    }
    if (length == 4 && (bytes[1] & 0x80) != 0) {
        decode_append(text, TEXT, ", summer time");
    }
    if ((bytes[minute] & 0x80) != 0) {
        decode_append(text, TEXT, ", invalid");
    }
    return true;
}

static void real_text(const struct record *record, char text[TEXT])
{
    uint32_t bits = 0;
    float number;
    for (size_t i = record->length; i > 0; i--) {
        bits = bits << 8 | record->value[i - 1];
    }
    memcpy(&number, &bits, sizeof number);
    decode_append(text, TEXT, "%g × 10^%d", (double)number, record->quantity.exponent);
}

static void number_text(const struct record *record, char text[TEXT], int64_t number)
{
    const int exponent =
        record->quantity.form == DECODE_MBUS_NUMBER ? record->quantity.exponent : 0;
    char decimal[TEXT / 2];
    decode_decimal(decimal, sizeof decimal, number, exponent);
    decode_append(text, TEXT, "%s", decimal);
}

/* An identification keeps its leading zeros. */
static void plain_text(const struct record *record, char text[TEXT])
{
    for (size_t i = record->length; i > 0; i--) {
        decode_append(text, TEXT, "%02X", record->value[i - 1]);
    }
}

static void characters_text(const struct record *record, char text[TEXT])
{
    char reversed[64];
    size_t count = 0;
    for (size_t i = record->length; i > 0 && count < sizeof reversed; i--) {
        reversed[count++] = (char)record->value[i - 1];
    }
    decode_quote(text, TEXT, (const uint8_t *)reversed, count);
}

/* False: the bytes are no such value. */
static bool value_text(const struct record *record, char text[TEXT])
{
    const unsigned field = record->dif & 0x0F;
    const bool is_bcd = field >= DATA_BCD && field != DATA_VARIABLE;
    int64_t number = 0;
    if (record->length == 0) {
        decode_append(text, TEXT, "no data");
        return true;
    }
    if (field == DATA_VARIABLE) {
        characters_text(record, text);
        return true;
    }
    if (record->quantity.form == DECODE_MBUS_DATE && record->length == 2) {
        date_text(text, record->value[0], record->value[1]);
        return true;
    }
    if (record->quantity.form == DECODE_MBUS_TIME && !is_bcd) {
        return time_text(text, record->value, record->length);
    }
    if (field == DATA_REAL) {
        real_text(record, text);
        return true;
    }
    if (is_bcd && !bcd_of(record->value, record->length, &number)) {
        return false;
    }
    if (record->quantity.form == DECODE_MBUS_PLAIN && is_bcd) {
        plain_text(record, text);
        return true;
    }
    number_text(record, text, is_bcd ? number : integer_of(record->value, record->length));
    return true;
}

/* ---- Records ---- */

static void show_record(struct decode_cursor *cursor)
{
    struct record record = {.cursor = cursor, .start = cursor->data + cursor->at};
    char unit[32] = "";
    char text[TEXT] = "";
    char name[2 * TEXT] = "";
    if (!take_dif(&record) || !take_vif(&record, unit) || !take_value(&record)) {
        return;
    }
    qualify_number(&record, "tariff", record.tariff);
    qualify_number(&record, "storage", record.storage);
    qualify_number(&record, "subunit", record.subunit);
    const bool is_value = value_text(&record, text);
    const char *shown_unit = unit[0] != '\0' ? unit : record.quantity.unit;
    const size_t length = (size_t)(cursor->data + cursor->at - record.start);
    decode_append(name, sizeof name, "%s%s%s", record.quantity.name,
                  record.name[0] != '\0' ? ", " : "", record.name);
    if (!is_value) {
        decode_fault(cursor->tree, name, record.start, length, "not of this form");
    } else {
        const char *space = shown_unit[0] != '\0' ? " " : "";
        decode_field(cursor->tree, name, record.start, length, "%s%s%s", text, space, shown_unit);
        decode_summarise(cursor->tree, "; %s = %s%s%s", name, text, space, shown_unit);
    }
}

/* A DIF that begins no record. True: it was one, and is taken. */
static bool show_special(struct decode_cursor *cursor)
{
    const uint8_t *dif = cursor->data + cursor->at;
    const size_t left = cursor->length - cursor->at - 1;
    switch (*dif) {
    case IDLE:
        cursor->at++;
        return true;
    case MAKERS:
    case MAKERS_MORE:
        decode_field(cursor->tree, "maker's data", dif, 1 + left, "%zu bytes%s", left,
                     *dif == MAKERS_MORE ? ", more telegrams follow" : "");
        cursor->at = cursor->length;
        return true;
    case GLOBAL:
        decode_field(cursor->tree, "all data", dif, 1, "asked for");
        cursor->at++;
        return true;
    default:
        if ((*dif & 0x0F) == 0x0F) {
            decode_fault(cursor->tree, "DIF", dif, 1 + left, "%02X is reserved", *dif);
            cursor->is_failed = true;
            return true;
        }
        return false;
    }
}

void decode_mbus_records(struct decode_cursor *cursor)
{
    while (!cursor->is_failed && cursor->at < cursor->length) {
        if (!show_special(cursor)) {
            show_record(cursor);
        }
    }
}
