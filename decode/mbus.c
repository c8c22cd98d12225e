/* Wired M-Bus: link layer, application headers (EN 13757-2, -3). Invariant: user data are decoded
 * only from a frame whose sum is right. */
#include <string.h>

#include "decode/context.h"
#include "decode/cursor.h"
#include "decode/mbus_record.h"
#include "decode/text.h"

enum {
    ACK = 0xE5,
    SHORT = 0x10,
    STOP = 0x16,
    HEAD = 4,
    CI_DATA = 0x51,
    CI_SELECT = 0x52,
    CI_RESET = 0x50,
    CI_VARIABLE = 0x72,
    CI_SHORT_HEADER = 0x7A,
    CI_NO_HEADER = 0x78,
    CI_ERROR = 0x70,
    CI_ALARM = 0x71,
    FROM_MASTER = 0x40,
};

/* ---- Link layer ---- */

static void show_control(struct decode_context *context, const uint8_t *c)
{
    static const struct decode_name names[] = {
        {0x40, "SND_NKE, reset of the link"},   {0x53, "SND_UD, data to the meter"},
        {0x5B, "REQ_UD2, class 2 data wanted"}, {0x5A, "REQ_UD1, alarms wanted"},
        {0x08, "RSP_UD, data of the meter"},
    };
    static const struct decode_name brief[] = {{0x40, "SND_NKE"},
                                               {0x53, "SND_UD"},
                                               {0x5B, "REQ_UD2"},
                                               {0x5A, "REQ_UD1"},
                                               {0x08, "RSP_UD"}};
    const bool is_master = (*c & FROM_MASTER) != 0;
    const uint8_t code = (uint8_t)(is_master ? *c & ~0x20u : *c & ~0x30u);
    decode_direct(context, is_master ? DECODE_TO_METER : DECODE_FROM_METER);
    if (is_master) {
        decode_field(&context->tree, "C", c, 1, "%s%s", DECODE_NAME(names, code),
                     (*c & 0x10) == 0   ? ""
                     : (*c & 0x20) != 0 ? ", FCB 1"
                                        : ", FCB 0");
    } else {
        decode_field(&context->tree, "C", c, 1, "%s%s%s", DECODE_NAME(names, code),
                     (*c & 0x20) != 0 ? ", alarms wait" : "", (*c & 0x10) != 0 ? ", busy" : "");
    }
    decode_summarise(&context->tree, "%s", DECODE_NAME(brief, code));
}

static void show_address(struct decode_context *context, const uint8_t *a)
{
    static const struct decode_name names[] = {
        {0, "not configured"},
        {251, "reserved"},
        {252, "reserved"},
        {253, "the meter selected"},
        {254, "any meter, which answers"},
        {255, "all meters, none answers"},
    };
    const char *text = decode_name_of(names, sizeof names / sizeof names[0], *a, "");
    decode_field(&context->tree, "A", a, 1, "%u%s%s", *a, text[0] != '\0' ? ", " : "", text);
    decode_summarise(&context->tree, " %s %u",
                     context->direction == DECODE_TO_METER ? "to" : "from", *a);
}

/* True: the sum is right. */
static bool show_sum(struct decode_tree *tree, const uint8_t *data, size_t length)
{
    unsigned sum = 0;
    for (size_t i = 0; i < length; i++) {
        sum += data[i];
    }
    const bool is_right = (sum & 0xFF) == data[length];
    if (is_right) {
        decode_field(tree, "checksum", data + length, 1, "right");
    } else {
        decode_fault(tree, "checksum", data + length, 1, "wrong, should be %02X", sum & 0xFF);
    }
    if (data[length + 1] != STOP) {
        decode_fault(tree, "stop", data + length + 1, 1, "should be 16");
    }
    return is_right;
}

/* ---- Headers ---- */

static void bcd_text(char text[16], const uint8_t *bytes)
{
    text[0] = '\0';
    for (int i = 3; i >= 0; i--) {
        decode_append(text, 16, "%02X", bytes[i]);
    }
}

static void maker_text(char text[8], const uint8_t *bytes)
{
    const unsigned value = (unsigned)bytes[1] << 8 | bytes[0];
    text[0] = '\0';
    for (int shift = 10; shift >= 0; shift -= 5) {
        decode_append(text, 8, "%c", (char)('@' + (value >> shift & 0x1F)));
    }
}

static const char *medium_text(uint8_t medium)
{
    static const struct decode_name names[] = {
        {0x00, "other"},
        {0x01, "oil"},
        {0x02, "electricity"},
        {0x03, "gas"},
        {0x04, "heat"},
        {0x05, "steam"},
        {0x06, "warm water"},
        {0x07, "water"},
        {0x08, "heat cost allocator"},
        {0x09, "compressed air"},
        {0x0A, "cooling"},
        {0x0B, "cooling"},
        {0x0C, "heat, inlet"},
        {0x0D, "heat and cooling"},
        {0x0E, "bus or system"},
        {0x0F, "unknown"},
        {0x15, "hot water"},
        {0x16, "cold water"},
        {0x18, "pressure"},
        {0x1A, "smoke"},
        {0x20, "breaker"},
        {0x21, "valve"},
        {0x25, "customer unit"},
        {0x31, "communication controller"},
        {0x36, "radio converter"},
        {0xFF, "any"},
    };
    return DECODE_NAME(names, medium);
}

/* Identification, manufacturer, version, medium: also the secondary address. */
static void take_identity(struct decode_cursor *cursor)
{
    const uint8_t *bytes = decode_take(cursor, "identification", 8);
    char id[16], maker[8];
    if (bytes == NULL) {
        return;
    }
    bcd_text(id, bytes);
    maker_text(maker, bytes + 4);
    const bool is_any = bytes[4] == 0xFF && bytes[5] == 0xFF;
    decode_field(cursor->tree, "identification", bytes, 4, "%s", id);
    decode_field(cursor->tree, "manufacturer", bytes + 4, 2, "%s", is_any ? "any" : maker);
    decode_field(cursor->tree, "version", bytes + 6, 1, "%02X", bytes[6]);
    decode_field(cursor->tree, "medium", bytes + 7, 1, "%s", medium_text(bytes[7]));
    decode_summarise(cursor->tree, ", %s %s %s", id, is_any ? "any" : maker, medium_text(bytes[7]));
}

/* Access number, status, configuration: false when what follows is encrypted. */
static bool take_short_header(struct decode_cursor *cursor)
{
    static const struct decode_name bits[] = {
        {0x04, "power low"}, {0x08, "permanent error"}, {0x10, "temporary error"}};
    static const char *const states[] = {"", "busy", "application error", "abnormal condition"};
    const uint8_t *bytes = decode_take(cursor, "header", 4);
    char text[96];
    if (bytes == NULL) {
        return false;
    }
    decode_field(cursor->tree, "access number", bytes, 1, "%u", bytes[0]);
    decode_bits(text, sizeof text, bits, sizeof bits / sizeof bits[0], bytes[1] & 0xFCu);
    decode_field(cursor->tree, "status", bytes + 1, 1, "%s%s%s", states[bytes[1] & 3],
                 (bytes[1] & 3) != 0 ? ", " : "", bytes[1] == 0 ? "no error" : text);
    const unsigned mode = bytes[3] & 0x1F;
    if (mode == 0) {
        decode_field(cursor->tree, "configuration", bytes + 2, 2, "not encrypted");
    } else {
        decode_field(cursor->tree, "configuration", bytes + 2, 2, "encrypted, mode %u", mode);
    }
    return mode == 0;
}

static void take_rest(struct decode_cursor *cursor, const char *why)
{
    size_t length;
    const uint8_t *rest = decode_rest(cursor, &length);
    if (length > 0) {
        decode_field(cursor->tree, "data", rest, length, "%s", why);
        cursor->at += length;
    }
}

static const char *ci_text(uint8_t ci)
{
    static const struct decode_name names[] = {
        {CI_RESET, "application reset"},
        {CI_DATA, "data"},
        {CI_SELECT, "selection by secondary address"},
        {0x54, "synchronise"},
        {0x5A, "data, short header"},
        {0x5B, "data, long header"},
        {CI_ERROR, "application error"},
        {CI_ALARM, "alarm"},
        {CI_VARIABLE, "variable data, long header"},
        {CI_SHORT_HEADER, "variable data, short header"},
        {CI_NO_HEADER, "variable data, no header"},
        {0xB8, "speed 300 Bd"},
        {0xB9, "speed 600 Bd"},
        {0xBA, "speed 1200 Bd"},
        {0xBB, "speed 2400 Bd"},
        {0xBC, "speed 4800 Bd"},
        {0xBD, "speed 9600 Bd"},
        {0xBE, "speed 19200 Bd"},
        {0xBF, "speed 38400 Bd"},
    };
    return decode_name_of(names, sizeof names / sizeof names[0], ci, NULL);
}

static void show_code(struct decode_cursor *cursor, uint8_t ci)
{
    static const struct decode_name errors[] = {
        {0, "unspecified"},        {1, "CI not implemented"},
        {2, "buffer too long"},    {3, "too many records"},
        {4, "premature end"},      {5, "too many DIFEs"},
        {6, "too many VIFEs"},     {8, "busy"},
        {9, "too many read-outs"},
    };
    static const struct decode_name resets[] = {
        {0x00, "all"},
        {0x10, "user data"},
        {0x20, "simple billing"},
        {0x30, "enhanced billing"},
        {0x40, "multi-tariff"},
        {0x50, "instantaneous values"},
        {0x60, "load management"},
        {0x80, "installation"},
        {0x90, "test"},
    };
    if (cursor->at == cursor->length) {
        return;
    }
    const uint8_t *code = decode_take(cursor, "code", 1);
    const char *text = ci == CI_ERROR   ? DECODE_NAME(errors, *code)
                       : ci == CI_RESET ? DECODE_NAME(resets, *code & 0xF0u)
                                        : "";
    decode_field(cursor->tree, ci == CI_ALARM ? "alarms" : "code", code, 1, "%s", text);
    decode_summarise(cursor->tree, ": %s", text);
}

static void show_user_data(struct decode_cursor *cursor, uint8_t ci)
{
    switch (ci) {
    case CI_VARIABLE:
    case 0x5B:
        take_identity(cursor);
        if (take_short_header(cursor)) {
            decode_mbus_records(cursor);
        } else {
            take_rest(cursor, "encrypted");
        }
        break;
    case CI_SHORT_HEADER:
    case 0x5A:
        if (take_short_header(cursor)) {
            decode_mbus_records(cursor);
        } else {
            take_rest(cursor, "encrypted");
        }
        break;
    case CI_NO_HEADER:
    case CI_DATA:
        decode_mbus_records(cursor);
        break;
    case CI_SELECT:
        take_identity(cursor);
        decode_mbus_records(cursor);
        break;
    case CI_RESET:
    case CI_ERROR:
    case CI_ALARM:
        show_code(cursor, ci);
        break;
    default:
        take_rest(cursor, "not decoded");
    }
}

static void show_application(struct decode_context *context, const uint8_t *data, size_t length)
{
    struct decode_tree *tree = &context->tree;
    const char *text = ci_text(data[0]);
    struct decode_cursor cursor = decode_cursor(tree, data, length);
    cursor.at = 1;
    decode_open(tree, "CI", data, 1, "%s", text != NULL ? text : "not known");
    decode_summarise(tree, ", %s", text != NULL ? text : "CI not known");
    show_user_data(&cursor, data[0]);
    decode_expect_end(&cursor);
    decode_close(tree);
}

/* ---- Frames ---- */

static void show_long(struct decode_context *context, const uint8_t *data, size_t length)
{
    struct decode_tree *tree = &context->tree;
    if (length < HEAD || length < (size_t)HEAD + data[1] + 2) {
        decode_fault(tree, "end", data, length, "the frame ends after %zu of %zu bytes", length,
                     length > 1 ? (size_t)HEAD + data[1] + 2 : HEAD);
        return;
    }
    const size_t size = data[1];
    decode_field(tree, "length", data + 1, 2, "%zu bytes", size);
    show_control(context, data + HEAD);
    show_address(context, data + HEAD + 1);
    if (show_sum(tree, data + HEAD, size)) {
        show_application(context, data + HEAD + 2, size - 2);
    } else {
        decode_field(tree, "user data", data + HEAD + 2, size - 2, "not decoded");
    }
}

void decode_mbus(struct decode_context *context, const uint8_t *data, size_t length)
{
    struct decode_tree *tree = &context->tree;
    if (data[0] == ACK) {
        decode_direct(context, DECODE_FROM_METER);
        decode_field(tree, "M-Bus", data, 1, "acknowledgement");
        decode_summarise(tree, "acknowledgement");
        return;
    }
    decode_open(tree, "M-Bus", data, 1, "%s", data[0] == SHORT ? "short frame" : "long frame");
    if (data[0] != SHORT) {
        show_long(context, data, length);
    } else if (length < 5) {
        decode_fault(tree, "end", data, length, "the frame ends after %zu of 5 bytes", length);
    } else {
        show_control(context, data + 1);
        show_address(context, data + 2);
        show_sum(tree, data + 1, 2);
    }
    decode_close(tree);
}
