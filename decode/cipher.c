/* Protected APDUs: header fields always, contents when the keys are there. Invariant: the
 * session's memory of counters is empty for every APDU, since one overheard twice is no less
 * readable; and keys never appear in a tree. */
#include "decode/apdu.h"

#include <string.h>

#include "decode/cursor.h"
#include "decode/text.h"
#include "dlms/security.h"

/* The envelope without its contents. */
struct header {
    const uint8_t *title; /* of the sender; NULL when it is not told */
    const uint8_t *recipient;
    uint8_t control;
};

static const uint8_t *take_string(struct decode_cursor *cursor, const char *name, size_t *length)
{
    *length = decode_take_length(cursor, name);
    const uint8_t *bytes = decode_take(cursor, name, *length);
    char text[64];
    if (bytes != NULL) {
        decode_hex(text, sizeof text, bytes, *length);
        decode_field(cursor->tree, name, bytes, *length, "%s", *length > 0 ? text : "none");
    }
    return bytes;
}

static const uint8_t *take_title(struct decode_cursor *cursor, const char *name)
{
    size_t length;
    const uint8_t *title = take_string(cursor, name, &length);
    return title != NULL && length == DLMS_TITLE ? title : NULL;
}

static void take_key_info(struct decode_cursor *cursor)
{
    static const struct decode_name keys[] = {{0, "global unicast key"},
                                              {1, "global broadcast key"}};
    const uint8_t *info = decode_take(cursor, "key-info", 1);
    if (info == NULL || *info == 0) {
        return;
    }
    info = decode_take(cursor, "key-info", 2);
    if (info != NULL && info[0] == 0) {
        decode_field(cursor->tree, "key-info", info, 2, "identified, %s",
                     DECODE_NAME(keys, info[1]));
    } else if (info != NULL) {
        decode_field(cursor->tree, "key-info", info, 2, "%s, not deciphered",
                     info[0] == 1 ? "wrapped key" : "agreed key");
        cursor->is_failed = true;
    }
}

/* Of general-ciphering and general-signing. */
static void take_general(struct decode_cursor *cursor, struct header *header)
{
    size_t length;
    take_string(cursor, "transaction-id", &length);
    header->title = take_title(cursor, "originator-system-title");
    header->recipient = take_title(cursor, "recipient-system-title");
    take_string(cursor, "date-time", &length);
    take_string(cursor, "other-information", &length);
}

static void take_security(struct decode_cursor *cursor, struct header *header)
{
    static const struct decode_name bits[] = {{0x10, "authenticated"},
                                              {0x20, "encrypted"},
                                              {0x40, "broadcast key"},
                                              {0x80, "compressed"}};
    const uint8_t *control = decode_take(cursor, "security-control", 1);
    const uint8_t *counter = decode_take(cursor, "invocation-counter", 4);
    char text[96];
    if (counter == NULL) {
        return;
    }
    header->control = *control;
    decode_bits(text, sizeof text, bits, sizeof bits / sizeof bits[0], *control & 0xF0u);
    decode_field(cursor->tree, "security-control", control, 1, "suite %u, %s", *control & 0x0Fu,
                 text);
    const uint32_t number = (uint32_t)counter[0] << 24 | (uint32_t)counter[1] << 16 |
                            (uint32_t)counter[2] << 8 | counter[3];
    decode_field(cursor->tree, "invocation-counter", counter, 4, "%u", (unsigned)number);
    decode_summarise(cursor->tree, " (%s, counter %u)", text, (unsigned)number);
}

/* Everything that dlms_unprotect needs, as this APDU says it. */
static void prepare(const struct decode_context *context, const struct header *header,
                    struct dlms_security *security)
{
    *security = (struct dlms_security){.crypto = context->keys.crypto,
                                       .suite = header->control & DLMS_CONTROL_SUITE};
    memcpy(security->key, context->keys.key, sizeof security->key);
    for (int c = 0; c < DLMS_COUNTER_COUNT; c++) {
        security->counter[c].limit = UINT32_MAX;
    }
    if (header->recipient != NULL) {
        memcpy(security->own_title, header->recipient, DLMS_TITLE);
    }
    memcpy(security->peer_title,
           header->title != NULL ? header->title : context->keys.title[context->direction],
           DLMS_TITLE);
}

static const char *why_not(const struct decode_context *context, const struct header *header,
                           enum dlms_envelope envelope)
{
    const bool is_dedicated =
        envelope == DLMS_ENVELOPE_DED || envelope == DLMS_ENVELOPE_GENERAL_DED;
    const bool is_broadcast = (header->control & DLMS_CONTROL_BROADCAST) != 0;
    if (context->keys.crypto == NULL) {
        return "no keys given";
    }
    if (is_dedicated
            ? context->dedicated.size == 0
            : !context->keys.knows_key[is_broadcast ? DLMS_KEY_BROADCAST : DLMS_KEY_UNICAST]) {
        return is_dedicated ? "the dedicated key is not known" : "the key is not given";
    }
    if (header->title == NULL && !context->keys.knows_title[context->direction]) {
        return "the sender's system title is not known";
    }
    return NULL;
}

static bool decipher(struct decode_context *context, const struct header *header,
                     const uint8_t *bytes, size_t length, struct dlms_span *plain)
{
    struct decode_tree *tree = &context->tree;
    const struct dlms_span apdu = {bytes, length};
    const char *reason = why_not(context, header, dlms_envelope_of(apdu));
    if (reason != NULL) {
        decode_field(tree, "contents", NULL, 0, "not deciphered: %s", reason);
        return false;
    }
    struct dlms_security security;
    struct dlms_unprotected result;
    struct dlms_dedicated dedicated = context->dedicated;
    prepare(context, header, &security);
    dedicated.next = 0;
    uint8_t *room = (uint8_t *)decode_keep(tree, bytes, length);
    const enum dlms_err err =
        room != NULL ? dlms_unprotect(&security, &dedicated, NULL, apdu, room, length, &result)
                     : DLMS_ERR_SPACE;
    dlms_wipe(&security, sizeof security);
    dlms_wipe(&dedicated, sizeof dedicated);
    if (err != DLMS_OK) {
        decode_fault(tree, "contents", NULL, 0, "%s",
                     err == DLMS_ERR_CIPHER ? "not genuine, or another key or system title"
                                            : "not deciphered");
        return false;
    }
    dlms_wipe(&result.keys, sizeof result.keys);
    decode_field(tree, "contents", result.apdu.data, result.apdu.length, "%s",
                 (header->control & DLMS_CONTROL_AUTHENTICATED) != 0 ? "deciphered, genuine"
                                                                     : "deciphered");
    *plain = result.apdu;
    return true;
}

bool decode_envelope(struct decode_context *context, const uint8_t *bytes, size_t length,
                     struct dlms_span *plain)
{
    struct decode_tree *tree = &context->tree;
    const enum dlms_envelope envelope = dlms_envelope_of((struct dlms_span){bytes, length});
    if (envelope == DLMS_ENVELOPE_NONE) {
        return false;
    }
    const char *name = decode_apdu_text(bytes[0]);
    struct decode_cursor cursor = decode_cursor(tree, bytes, length);
    struct header header = {0};
    decode_open(tree, name != NULL ? name : "ciphered APDU", bytes, 1, "%s", "");
    const size_t used = strlen(tree->summary); /* of an association, or "who to whom " */
    decode_summarise(tree, "%s%s", used > 0 && tree->summary[used - 1] != ' ' ? ", " : "",
                     name != NULL ? name : "ciphered APDU");
    cursor.at = 1;
    if (envelope == DLMS_ENVELOPE_GENERAL) {
        take_general(&cursor, &header);
        take_key_info(&cursor);
    } else if (envelope >= DLMS_ENVELOPE_GENERAL_GLO) {
        header.title = take_title(&cursor, "system-title");
    }
    const size_t announced = decode_take_length(&cursor, "length");
    const size_t end = cursor.at + announced;
    if (!cursor.is_failed && end < length) {
        decode_fault(tree, "left over", bytes + end, length - end, "%zu octets behind the end",
                     length - end);
    }
    take_security(&cursor, &header);
    if (!cursor.is_failed) {
        decipher(context, &header, bytes, end, plain);
    }
    decode_close(tree);
    return true;
}

bool decode_signed(struct decode_context *context, const uint8_t *bytes, size_t length,
                   struct dlms_span *plain)
{
    enum { GENERAL_SIGNING = 0xDF };
    struct decode_cursor cursor = decode_cursor(&context->tree, bytes, length);
    struct header header = {0};
    if (bytes[0] != GENERAL_SIGNING) {
        return false;
    }
    decode_open(&context->tree, decode_apdu_text(bytes[0]), bytes, 1, "%s", "");
    decode_summarise(&context->tree, "%s", decode_apdu_text(bytes[0]));
    cursor.at = 1;
    take_general(&cursor, &header);
    const size_t signed_length = decode_take_length(&cursor, "content");
    const uint8_t *content = decode_take(&cursor, "content", signed_length);
    size_t signature_length;
    const uint8_t *signature = take_string(&cursor, "signature", &signature_length);
    decode_expect_end(&cursor);
    decode_close(&context->tree);
    if (signature != NULL) {
        *plain = (struct dlms_span){content, signed_length};
    }
    return true;
}
