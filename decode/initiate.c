/* xDLMS Initiate and the errors it is refused with (IEC 62056-5-3). */
#include "decode/apdu.h"

#include <string.h>

#include "decode/cursor.h"
#include "decode/text.h"

enum {
    INITIATE_REQUEST = 0x01,
    INITIATE_RESPONSE = 0x08,
    SERVICE_ERROR = 0x0E,
    CONFORMANCE_OCTETS = 4, /* unused bits, then 24 bits */
    VAA_LN = 0x0007,
    VAA_SN = 0xFA00,
};

static void show_conformance(struct decode_cursor *cursor, const char *name)
{
    static const struct decode_name bits[] = {
        {0x400000, "general protection"},
        {0x200000, "general block transfer"},
        {0x100000, "read"},
        {0x080000, "write"},
        {0x040000, "unconfirmed write"},
        {0x020000, "delta values"},
        {0x008000, "attribute 0 with set"},
        {0x004000, "priority"},
        {0x002000, "attribute 0 with get"},
        {0x001000, "block transfer with get"},
        {0x000800, "block transfer with set"},
        {0x000400, "block transfer with action"},
        {0x000200, "multiple references"},
        {0x000100, "information report"},
        {0x000080, "data notification"},
        {0x000040, "access"},
        {0x000020, "parameterised access"},
        {0x000010, "get"},
        {0x000008, "set"},
        {0x000004, "selective access"},
        {0x000002, "event notification"},
        {0x000001, "action"},
    };
    const size_t start = cursor->at;
    const uint8_t *tag = decode_take(cursor, name, 1);
    if (tag == NULL) {
        return;
    }
    /* 5F 1F 04, or the older 5F 04 */
    if (*tag != 0x5F || cursor->at >= cursor->length) {
        decode_fault(cursor->tree, name, tag, 1, "should begin with 5F");
        cursor->is_failed = true;
        return;
    }
    cursor->at += cursor->data[cursor->at] == 0x1F ? 1 : 0;
    if (decode_take_length(cursor, name) != CONFORMANCE_OCTETS && !cursor->is_failed) {
        decode_fault(cursor->tree, name, tag, cursor->at - start, "should have 4 octets");
        cursor->is_failed = true;
    }
    const uint32_t value = decode_take_number(cursor, name, CONFORMANCE_OCTETS) & 0xFFFFFF;
    if (!cursor->is_failed) {
        char text[DECODE_TEXT_SIZE];
        decode_bits(text, sizeof text, bits, sizeof bits / sizeof bits[0], value);
        decode_field(cursor->tree, name, tag, cursor->at - start, "%s", text);
    }
}

static void show_version(struct decode_cursor *cursor)
{
    const uint8_t *version = decode_take(cursor, "DLMS version", 1);
    if (version != NULL && *version == 6) {
        decode_field(cursor->tree, "DLMS version", version, 1, "6");
    } else if (version != NULL) {
        decode_fault(cursor->tree, "DLMS version", version, 1, "%u, should be 6", *version);
    }
}

static void show_pdu_size(struct decode_cursor *cursor, const char *name)
{
    const uint8_t *bytes = decode_take(cursor, name, 2);
    if (bytes != NULL) {
        const unsigned size = (unsigned)bytes[0] << 8 | bytes[1];
        decode_field(cursor->tree, name, bytes, 2, "%u octets%s", size,
                     size == 0 ? ": no limit" : "");
        decode_summarise(cursor->tree, ", PDU up to %u", size);
    }
}

/* 00, or 01 and an octet. */
static void show_optional(struct decode_cursor *cursor, const char *name, const char *absent)
{
    const uint8_t *flag = decode_take(cursor, name, 1);
    if (flag == NULL) {
        return;
    }
    if (*flag == 0) {
        decode_field(cursor->tree, name, flag, 1, "%s", absent);
        return;
    }
    uint8_t value;
    if (decode_take_u8(cursor, name, &value)) {
        decode_field(cursor->tree, name, flag, 2, "%u", value);
    }
}

/* Ciphered traffic with it can be read from here on. */
static void show_dedicated_key(struct decode_context *context, struct decode_cursor *cursor)
{
    const uint8_t *flag = decode_take(cursor, "dedicated-key", 1);
    if (flag == NULL) {
        return;
    }
    context->dedicated.size = 0;
    if (*flag == 0) {
        decode_field(cursor->tree, "dedicated-key", flag, 1, "none");
        return;
    }
    const size_t length = decode_take_length(cursor, "dedicated-key");
    const uint8_t *key = decode_take(cursor, "dedicated-key", length);
    if (key == NULL) {
        return;
    }
    decode_field(cursor->tree, "dedicated-key", key, length, "%zu octets", length);
    if (length <= DLMS_KEY_MAX) {
        memcpy(context->dedicated.key, key, length);
        context->dedicated.size = (uint8_t)length;
    }
}

static void show_request(struct decode_context *context, struct decode_cursor *cursor)
{
    show_dedicated_key(context, cursor);
    show_optional(cursor, "response-allowed", "yes (default)");
    show_optional(cursor, "quality-of-service", "none");
    show_version(cursor);
    show_conformance(cursor, "proposed-conformance");
    show_pdu_size(cursor, "client-max-receive-pdu-size");
}

static void show_response(struct decode_cursor *cursor)
{
    show_optional(cursor, "quality-of-service", "none");
    show_version(cursor);
    show_conformance(cursor, "negotiated-conformance");
    show_pdu_size(cursor, "server-max-receive-pdu-size");
    const uint8_t *name = decode_take(cursor, "vaa-name", 2);
    if (name != NULL) {
        const unsigned vaa = (unsigned)name[0] << 8 | name[1];
        decode_field(cursor->tree, "vaa-name", name, 2, "%s",
                     vaa == VAA_LN   ? "logical names"
                     : vaa == VAA_SN ? "short names"
                                     : "unknown");
    }
}

static void show_error(struct decode_cursor *cursor)
{
    static const struct decode_name services[] = {{1, "initiate"}, {5, "read"}, {6, "write"}};
    static const struct decode_name kinds[] = {
        {0, "application reference"},
        {1, "hardware resource"},
        {2, "VDE state"},
        {3, "service"},
        {4, "definition"},
        {5, "access"},
        {6, "initiate"},
        {7, "load data set"},
        {9, "task"},
    };
    static const struct decode_name initiate[] = {
        {0, "other"},
        {1, "DLMS version too low"},
        {2, "incompatible conformance"},
        {3, "PDU size too short"},
        {4, "refused by the VDE handler"},
    };
    const uint8_t *bytes = decode_take(cursor, "error", 3);
    if (bytes == NULL) {
        return;
    }
    const char *value = bytes[1] == 6 ? DECODE_NAME(initiate, bytes[2]) : "";
    decode_field(cursor->tree, "service", bytes, 1, "%s", DECODE_NAME(services, bytes[0]));
    decode_field(cursor->tree, "error", bytes + 1, 2, "%s %u %s", DECODE_NAME(kinds, bytes[1]),
                 bytes[2], value);
    decode_summarise(cursor->tree, ", %s %u %s", DECODE_NAME(kinds, bytes[1]), bytes[2], value);
}

bool decode_initiate(struct decode_context *context, const uint8_t *bytes, size_t length)
{
    const uint8_t tag = bytes[0];
    if (tag != INITIATE_REQUEST && tag != INITIATE_RESPONSE && tag != SERVICE_ERROR) {
        return false;
    }
    struct decode_cursor cursor = decode_cursor(&context->tree, bytes, length);
    decode_open(&context->tree, decode_apdu_text(tag), bytes, 1, "%s", "");
    cursor.at = 1;
    if (tag == INITIATE_REQUEST) {
        show_request(context, &cursor);
    } else if (tag == INITIATE_RESPONSE) {
        show_response(&cursor);
    } else {
        decode_summarise(&context->tree, "%s", decode_apdu_text(tag));
        show_error(&cursor);
    }
    decode_expect_end(&cursor);
    decode_close(&context->tree);
    return true;
}
