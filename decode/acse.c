/* Association control, BER (IEC 62056-5-3): the fields of AARQ, AARE, RLRQ and RLRE by one table.
 * Invariant: every field is shown, known or not. */
#include "decode/apdu.h"

#include <string.h>

#include "decode/cursor.h"
#include "decode/text.h"
#include "dlms/acse.h"
#include "dlms/security.h"

enum { OBJECT_IDENTIFIER = 7, LONG_FORM = 0x80 };

typedef void show_field(struct decode_context *context, const char *name, const uint8_t *bytes,
                        size_t length);

struct field_row {
    uint8_t apdu;
    uint8_t tag;
    const char *name;
    show_field *show;
};

/* The contents of an inner element; all of it when there is none of this tag. */
static struct dlms_span inner(const uint8_t *bytes, size_t length, uint8_t tag)
{
    if (length >= 2 && bytes[0] == tag && bytes[1] < LONG_FORM && bytes[1] <= length - 2) {
        return (struct dlms_span){bytes + 2, bytes[1]};
    }
    if (length >= 3 && bytes[0] == tag && bytes[1] == 0x81 && bytes[2] <= length - 3) {
        return (struct dlms_span){bytes + 3, bytes[2]};
    }
    if (length >= 4 && bytes[0] == tag && bytes[1] == 0x82 &&
        ((size_t)bytes[2] << 8 | bytes[3]) <= length - 4) {
        return (struct dlms_span){bytes + 4, (size_t)bytes[2] << 8 | bytes[3]};
    }
    return (struct dlms_span){bytes, length};
}

static void show_context(struct decode_context *context, const char *name, const uint8_t *bytes,
                         size_t length)
{
    static const struct decode_name names[] = {
        {1, "logical names, no ciphering"},
        {2, "short names, no ciphering"},
        {3, "logical names, with ciphering"},
        {4, "short names, with ciphering"},
    };
    const int last = dlms_object_identifier(inner(bytes, length, 0x06), 1);
    if (last < 0) {
        decode_fault(&context->tree, name, bytes, length, "no application context of DLMS");
    } else {
        decode_field(&context->tree, name, bytes, length, "%s", DECODE_NAME(names, (uint32_t)last));
        decode_summarise(&context->tree, "%s", last >= 3 ? " ciphered" : "");
    }
}

static void show_mechanism(struct decode_context *context, const char *name, const uint8_t *bytes,
                           size_t length)
{
    static const struct decode_name names[] = {
        {0, "none"},
        {1, "low level security (password)"},
        {2, "high level security, of the manufacturer"},
        {3, "high level security, MD5"},
        {4, "high level security, SHA-1"},
        {5, "high level security, GMAC"},
        {6, "high level security, SHA-256"},
        {7, "high level security, ECDSA"},
    };
    const int last = dlms_object_identifier(inner(bytes, length, 0x06), 2);
    if (last < 0) {
        decode_fault(&context->tree, name, bytes, length, "no mechanism of DLMS");
    } else {
        decode_field(&context->tree, name, bytes, length, "%s", DECODE_NAME(names, (uint32_t)last));
        decode_summarise(&context->tree, ", %s", DECODE_NAME(names, (uint32_t)last));
    }
}

/* A system title: three letters of the manufacturer, five octets of its own. */
static void show_title(struct decode_context *context, const char *name, const uint8_t *bytes,
                       size_t length)
{
    const struct dlms_span title = inner(bytes, length, 0x04);
    char text[64];
    decode_hex(text, sizeof text, title.data, title.length);
    if (title.length != DLMS_TITLE) {
        decode_fault(&context->tree, name, bytes, length, "%s, a system title has 8 octets", text);
        return;
    }
    if (decode_is_text(title.data, 3)) {
        decode_append(text, sizeof text, " (%.3s)", (const char *)title.data);
    }
    decode_field(&context->tree, name, bytes, length, "%s", text);
    if (!context->keys.knows_title[context->direction]) {
        memcpy(context->keys.title[context->direction], title.data, DLMS_TITLE);
        context->keys.knows_title[context->direction] = true;
    }
}

static void show_secret(struct decode_context *context, const char *name, const uint8_t *bytes,
                        size_t length)
{
    const struct dlms_span secret = inner(bytes, length, 0x80);
    char text[160];
    if (decode_is_text(secret.data, secret.length)) {
        decode_quote(text, sizeof text, secret.data, secret.length);
    } else {
        decode_hex(text, sizeof text, secret.data, secret.length);
    }
    decode_field(&context->tree, name, bytes, length, "%s", text);
}

static void show_requirements(struct decode_context *context, const char *name,
                              const uint8_t *bytes, size_t length)
{
    const bool asks = length == 2 && (bytes[1] & 0x80) != 0;
    decode_field(&context->tree, name, bytes, length, "%s", asks ? "authentication" : "none");
}

static void show_result(struct decode_context *context, const char *name, const uint8_t *bytes,
                        size_t length)
{
    static const struct decode_name names[] = {
        {0, "accepted"}, {1, "rejected, permanently"}, {2, "rejected, for now"}};
    const struct dlms_span number = inner(bytes, length, 0x02);
    if (number.length != 1) {
        decode_fault(&context->tree, name, bytes, length, "no result");
        return;
    }
    decode_field(&context->tree, name, bytes, length, "%s", DECODE_NAME(names, number.data[0]));
    decode_summarise(&context->tree, ", %s", DECODE_NAME(names, number.data[0]));
}

static void show_diagnostic(struct decode_context *context, const char *name, const uint8_t *bytes,
                            size_t length)
{
    static const struct decode_name user[] = {
        {0, "nothing to say"},
        {1, "no reason given"},
        {2, "application context not supported"},
        {3, "calling AP title not recognised"},
        {4, "calling AP invocation identifier not recognised"},
        {5, "calling AE qualifier not recognised"},
        {6, "calling AE invocation identifier not recognised"},
        {7, "called AP title not recognised"},
        {11, "authentication mechanism not recognised"},
        {12, "authentication mechanism required"},
        {13, "authentication failure"},
        {14, "authentication required"},
    };
    static const struct decode_name provider[] = {
        {0, "nothing to say"}, {1, "no reason given"}, {2, "no common ACSE version"}};
    const bool is_provider = length > 0 && bytes[0] == DLMS_SOURCE_PROVIDER;
    const struct dlms_span source =
        inner(bytes, length, is_provider ? DLMS_SOURCE_PROVIDER : DLMS_SOURCE_USER);
    const struct dlms_span number = inner(source.data, source.length, 0x02);
    if (number.length != 1) {
        decode_fault(&context->tree, name, bytes, length, "no diagnostic");
        return;
    }
    const char *text =
        is_provider ? DECODE_NAME(provider, number.data[0]) : DECODE_NAME(user, number.data[0]);
    decode_field(&context->tree, name, bytes, length, "%s: %s",
                 is_provider ? "service provider" : "service user", text);
    if (number.data[0] != 0) {
        decode_summarise(&context->tree, ", %s", text);
    }
}

/* The InitiateRequest or -Response, maybe ciphered. */
static void show_information(struct decode_context *context, const char *name, const uint8_t *bytes,
                             size_t length)
{
    struct dlms_span apdu = inner(bytes, length, 0x04);
    struct dlms_span plain = {NULL, 0};
    decode_open(&context->tree, name, bytes, length - apdu.length, "%zu octets", apdu.length);
    if (apdu.length > 0 && decode_envelope(context, apdu.data, apdu.length, &plain)) {
        apdu = plain;
    }
    if (apdu.data != NULL && apdu.length > 0 && !decode_initiate(context, apdu.data, apdu.length)) {
        decode_fault(&context->tree, "APDU", apdu.data, apdu.length, "no APDU that belongs here");
    }
    decode_close(&context->tree);
}

static void show_reason(struct decode_context *context, const char *name, const uint8_t *bytes,
                        size_t length)
{
    static const struct decode_name names[] = {
        {0, "normal"}, {1, "urgent, or not finished"}, {30, "user defined"}};
    decode_field(&context->tree, name, bytes, length, "%s",
                 length == 1 ? DECODE_NAME(names, bytes[0]) : "unknown");
}

static void show_octets(struct decode_context *context, const char *name, const uint8_t *bytes,
                        size_t length)
{
    decode_field(&context->tree, name, bytes, length, "%zu octets", length);
}

static const struct field_row rows[] = {
    {DLMS_TAG_AARQ, 0x80, "protocol-version", show_octets},
    {DLMS_TAG_AARQ, 0xA1, "application-context-name", show_context},
    {DLMS_TAG_AARQ, 0xA2, "called-AP-title", show_octets},
    {DLMS_TAG_AARQ, 0xA3, "called-AE-qualifier", show_octets},
    {DLMS_TAG_AARQ, 0xA4, "called-AP-invocation-id", show_octets},
    {DLMS_TAG_AARQ, 0xA5, "called-AE-invocation-id", show_octets},
    {DLMS_TAG_AARQ, 0xA6, "calling-AP-title", show_title},
    {DLMS_TAG_AARQ, 0xA7, "calling-AE-qualifier", show_octets},
    {DLMS_TAG_AARQ, 0xA8, "calling-AP-invocation-id", show_octets},
    {DLMS_TAG_AARQ, 0xA9, "calling-AE-invocation-id", show_octets},
    {DLMS_TAG_AARQ, 0x8A, "sender-acse-requirements", show_requirements},
    {DLMS_TAG_AARQ, 0x8B, "mechanism-name", show_mechanism},
    {DLMS_TAG_AARQ, 0xAC, "calling-authentication-value", show_secret},
    {DLMS_TAG_AARQ, 0xBE, "user-information", show_information},
    {DLMS_TAG_AARE, 0x80, "protocol-version", show_octets},
    {DLMS_TAG_AARE, 0xA1, "application-context-name", show_context},
    {DLMS_TAG_AARE, 0xA2, "result", show_result},
    {DLMS_TAG_AARE, 0xA3, "result-source-diagnostic", show_diagnostic},
    {DLMS_TAG_AARE, 0xA4, "responding-AP-title", show_title},
    {DLMS_TAG_AARE, 0xA5, "responding-AE-qualifier", show_octets},
    {DLMS_TAG_AARE, 0x88, "responder-acse-requirements", show_requirements},
    {DLMS_TAG_AARE, 0x89, "mechanism-name", show_mechanism},
    {DLMS_TAG_AARE, 0xAA, "responding-authentication-value", show_secret},
    {DLMS_TAG_AARE, 0xBE, "user-information", show_information},
    {DLMS_TAG_RLRQ, 0x80, "reason", show_reason},
    {DLMS_TAG_RLRQ, 0xBE, "user-information", show_information},
    {DLMS_TAG_RLRE, 0x80, "reason", show_reason},
    {DLMS_TAG_RLRE, 0xBE, "user-information", show_information},
};

static void show_row(struct decode_context *context, uint8_t apdu, uint8_t tag,
                     const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].apdu == apdu && rows[i].tag == tag) {
            rows[i].show(context, rows[i].name, bytes, length);
            return;
        }
    }
    decode_field(&context->tree, "field", bytes, length, "tag %02X, not known", tag);
}

bool decode_acse(struct decode_context *context, const uint8_t *bytes, size_t length)
{
    struct decode_tree *tree = &context->tree;
    const uint8_t apdu = bytes[0];
    if (apdu < DLMS_TAG_AARQ || apdu > DLMS_TAG_RLRE) {
        return false;
    }
    decode_open(tree, decode_apdu_text(apdu), bytes, 1, "%s", "");
    decode_summarise(tree, "%s", decode_apdu_text(apdu));
    struct decode_cursor cursor = decode_cursor(tree, bytes, length);
    cursor.at = 1;
    const size_t announced = decode_take_length(&cursor, "length");
    struct decode_cursor fields =
        decode_cursor(tree, bytes + cursor.at, cursor.is_failed ? 0 : announced);
    while (!fields.is_failed && fields.at < fields.length) {
        uint8_t tag;
        decode_take_u8(&fields, "field", &tag);
        const size_t size = decode_take_length(&fields, "field");
        const uint8_t *contents = decode_take(&fields, "field", size);
        if (contents != NULL) {
            show_row(context, apdu, tag, contents, size);
        }
    }
    cursor.at += cursor.is_failed ? 0 : announced;
    decode_expect_end(&cursor);
    decode_close(tree);
    return true;
}
