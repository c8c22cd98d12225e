/* BER of the association APDUs. What a field is wrapped in and where it goes is one table row; all
 * lengths are checked by the reader, so a span can never point outside the APDU. */
#include "dlms/acse.h"

#include <string.h>

/* One BER element. Tags of several octets (low bits all ones) do not occur in ACSE as DLMS uses it.
 */
struct element {
    uint8_t tag;
    struct dlms_span contents;
};

static struct element read_element(struct dlms_reader *reader)
{
    struct element element = {.tag = dlms_read_u8(reader)};
    element.contents = dlms_read_bytes(reader, dlms_read_length(reader));
    if ((element.tag & 0x1F) == 0x1F) {
        dlms_reader_fail(reader);
    }
    return element;
}

/* The APDU is one element with this tag and nothing behind it. */
static bool unwrap_apdu(struct dlms_span apdu, uint8_t tag, struct dlms_span *contents)
{
    struct dlms_reader reader = dlms_reader(apdu.data, apdu.length);
    const struct element element = read_element(&reader);
    *contents = element.contents;
    return dlms_reader_done(&reader) && element.tag == tag;
}

struct field {
    uint8_t tag;
    uint8_t inner_tag; /* of the element inside an explicit tag; 0: the tag is implicit */
    uint8_t offset;    /* of the span in struct dlms_aarq */
};

static const struct field aarq_fields[] = {
    {0x80, 0, offsetof(struct dlms_aarq, protocol_version)},
    {0xA1, 0x06, offsetof(struct dlms_aarq, context_name)},
    {0xA6, 0x04, offsetof(struct dlms_aarq, calling_title)},
    {0xA9, 0x02, offsetof(struct dlms_aarq, calling_user)},
    {0x8A, 0, offsetof(struct dlms_aarq, requirements)},
    {0x8B, 0, offsetof(struct dlms_aarq, mechanism_name)},
    {0xAC, 0x80, offsetof(struct dlms_aarq, authentication)},
    {0xBE, 0x04, offsetof(struct dlms_aarq, user_information)},
};

static const struct field *find_field(uint8_t tag)
{
    for (size_t i = 0; i < sizeof aarq_fields / sizeof aarq_fields[0]; i++) {
        if (aarq_fields[i].tag == tag) {
            return &aarq_fields[i];
        }
    }
    return NULL;
}

static enum dlms_err store_field(const struct field *field, struct dlms_span contents,
                                 struct dlms_aarq *aarq)
{
    if (field->inner_tag != 0 && !unwrap_apdu(contents, field->inner_tag, &contents)) {
        return DLMS_ERR_FORMAT;
    }
    struct dlms_span *span = (struct dlms_span *)((unsigned char *)aarq + field->offset);
    if (span->data != NULL) {
        return DLMS_ERR_FORMAT;
    }
    *span = contents;
    return DLMS_OK;
}

enum dlms_err dlms_aarq_parse(struct dlms_span apdu, struct dlms_aarq *aarq)
{
    *aarq = (struct dlms_aarq){0};
    struct dlms_span contents;
    if (!unwrap_apdu(apdu, DLMS_TAG_AARQ, &contents)) {
        return DLMS_ERR_FORMAT;
    }
    struct dlms_reader reader = dlms_reader(contents.data, contents.length);
    while (reader.length > 0) {
        const struct element element = read_element(&reader);
        const struct field *field = find_field(element.tag);
        if (reader.failed || (field != NULL && store_field(field, element.contents, aarq))) {
            return DLMS_ERR_FORMAT;
        }
    }
    return reader.failed ? DLMS_ERR_FORMAT : DLMS_OK;
}

static void write_element(struct dlms_writer *out, uint8_t tag, const void *data, size_t length)
{
    dlms_raw_u8(out, tag);
    dlms_raw_length(out, length);
    dlms_raw_bytes(out, data, length);
}

/* An element inside another: explicit tags. */
static void write_wrapped(struct dlms_writer *out, uint8_t tag, uint8_t inner_tag,
                          struct dlms_span contents)
{
    struct dlms_writer measure = dlms_writer(NULL, 0);
    write_element(&measure, inner_tag, contents.data, contents.length);
    dlms_raw_u8(out, tag);
    dlms_raw_length(out, measure.total);
    write_element(out, inner_tag, contents.data, contents.length);
}

static void write_identifier(struct dlms_writer *out, uint8_t tag, uint8_t arc, uint8_t last)
{
    const uint8_t name[] = {0x60, 0x85, 0x74, 0x05, 0x08, arc, last};
    write_element(out, tag, name, sizeof name);
}

/* What high level security adds: requirements, mechanism, challenge. */
static void write_authentication(const struct dlms_aare *aare, struct dlms_writer *out)
{
    static const uint8_t requirements[] = {0x07, 0x80}; /* bit 0, authentication */
    write_element(out, 0x88, requirements, sizeof requirements);
    write_identifier(out, 0x89, 2, aare->mechanism);
    write_wrapped(out, 0xAA, 0x80, aare->challenge);
}

/* Everything inside the AARE's tag, in the order of the ASN.1 type. */
static void write_aare_fields(const struct dlms_aare *aare, struct dlms_writer *out)
{
    const uint8_t result[] = {0x02, 0x01, (uint8_t)aare->result};
    const uint8_t diagnostic[] = {(uint8_t)aare->source, 0x03, 0x02, 0x01, aare->diagnostic};
    if (aare->protocol_version.data != NULL) {
        write_element(out, 0x80, aare->protocol_version.data, aare->protocol_version.length);
    }
    dlms_raw_u8(out, 0xA1);
    dlms_raw_length(out, 9);
    write_identifier(out, 0x06, 1, aare->context);
    write_element(out, 0xA2, result, sizeof result);
    write_element(out, 0xA3, diagnostic, sizeof diagnostic);
    if (aare->responding_title.data != NULL) {
        write_wrapped(out, 0xA4, 0x04, aare->responding_title);
    }
    if (aare->mechanism != 0) {
        write_authentication(aare, out);
    }
    write_wrapped(out, 0xBE, 0x04, aare->user_information);
}

void dlms_aare_write(const struct dlms_aare *aare, struct dlms_writer *out)
{
    struct dlms_writer measure = dlms_writer(NULL, 0);
    write_aare_fields(aare, &measure);
    dlms_raw_u8(out, DLMS_TAG_AARE);
    dlms_raw_length(out, measure.total);
    write_aare_fields(aare, out);
}

bool dlms_rlrq_parse(struct dlms_span apdu, struct dlms_span *user_information)
{
    struct dlms_span contents;
    *user_information = (struct dlms_span){NULL, 0};
    if (!unwrap_apdu(apdu, DLMS_TAG_RLRQ, &contents)) {
        return false;
    }
    struct dlms_reader reader = dlms_reader(contents.data, contents.length);
    while (reader.length > 0) {
        const struct element element = read_element(&reader);
        if (element.tag == 0xBE && !unwrap_apdu(element.contents, 0x04, user_information)) {
            return false;
        }
    }
    return !reader.failed;
}

static void write_rlre_fields(uint8_t reason, struct dlms_span user_information,
                              struct dlms_writer *out)
{
    write_element(out, 0x80, &reason, 1);
    if (user_information.data != NULL) {
        write_wrapped(out, 0xBE, 0x04, user_information);
    }
}

void dlms_rlre_write(uint8_t reason, struct dlms_span user_information, struct dlms_writer *out)
{
    struct dlms_writer measure = dlms_writer(NULL, 0);
    write_rlre_fields(reason, user_information, &measure);
    dlms_raw_u8(out, DLMS_TAG_RLRE);
    dlms_raw_length(out, measure.total);
    write_rlre_fields(reason, user_information, out);
}

int dlms_object_identifier(struct dlms_span name, uint8_t arc)
{
    const uint8_t prefix[] = {0x60, 0x85, 0x74, 0x05, 0x08, arc};
    if (name.length != sizeof prefix + 1 || memcmp(name.data, prefix, sizeof prefix) != 0) {
        return -1;
    }
    return name.data[sizeof prefix];
}
