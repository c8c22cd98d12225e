/* AARQ and AARE as the client sees them. What a field of the AARE is wrapped in and where it goes is
 * one table row. Invariant: a span that is given out lies in the APDU that was given in. */
#include "dlms/client_acse.h"

enum {
    TAG_INITIATE_REQUEST = 0x01,
    TAG_INITIATE_RESPONSE = 0x08,
    TAG_CONFIRMED_SERVICE_ERROR = 0x0E,
    CONTEXT_LN_CIPHERED = 3,
    TAG_OID = 0x06,
    TAG_INTEGER = 0x02,
    TAG_OCTET_STRING = 0x04,
    TAG_CHARSTRING = 0x80,
};

/* ---- AARQ ---- */

static void write_element(struct dlms_writer *out, uint8_t tag, struct dlms_span contents)
{
    dlms_raw_u8(out, tag);
    dlms_raw_length(out, contents.length);
    dlms_raw_bytes(out, contents.data, contents.length);
}

static size_t element_length(size_t contents)
{
    struct dlms_writer measure = dlms_writer(NULL, 0);
    dlms_raw_length(&measure, contents);
    return 1 + measure.total + contents;
}

/* An element inside an explicit tag; nothing where it is absent. */
static void write_wrapped(struct dlms_writer *out, uint8_t tag, uint8_t inner_tag,
                          struct dlms_span contents)
{
    if (contents.data != NULL) {
        dlms_raw_u8(out, tag);
        dlms_raw_length(out, element_length(contents.length));
        write_element(out, inner_tag, contents);
    }
}

/* Everything inside the AARQ's tag, in the order of the ASN.1 type. */
static void write_fields(const struct dlms_client_aarq *aarq, struct dlms_writer *out)
{
    const uint8_t context_name[] = {0x60,
                                    0x85,
                                    0x74,
                                    0x05,
                                    0x08,
                                    0x01,
                                    aarq->is_ciphered ? CONTEXT_LN_CIPHERED : DLMS_CONTEXT_LN};
    const uint8_t mechanism_name[] = {0x60, 0x85, 0x74, 0x05, 0x08, 0x02, (uint8_t)aarq->mechanism};
    static const uint8_t requirements[] = {0x07, 0x80}; /* BIT STRING: authentication */
    write_wrapped(out, 0xA1, TAG_OID, (struct dlms_span){context_name, sizeof context_name});
    write_wrapped(out, 0xA6, TAG_OCTET_STRING, aarq->title);
    if (aarq->mechanism != DLMS_MECHANISM_NONE) {
        write_element(out, 0x8A, (struct dlms_span){requirements, sizeof requirements});
        write_element(out, 0x8B, (struct dlms_span){mechanism_name, sizeof mechanism_name});
        write_wrapped(out, 0xAC, TAG_CHARSTRING, aarq->authentication);
    }
    write_wrapped(out, 0xBE, TAG_OCTET_STRING, aarq->user_information);
}

void dlms_client_aarq_write(const struct dlms_client_aarq *aarq, struct dlms_writer *out)
{
    struct dlms_writer measure = dlms_writer(NULL, 0);
    write_fields(aarq, &measure);
    dlms_raw_u8(out, DLMS_TAG_AARQ);
    dlms_raw_length(out, measure.total);
    write_fields(aarq, out);
}

/* ---- AARE ---- */

/* One BER element whose tag takes one octet, as all in ACSE do. */
static uint8_t read_element(struct dlms_reader *reader, struct dlms_span *contents)
{
    const uint8_t tag = dlms_read_u8(reader);
    *contents = dlms_read_bytes(reader, dlms_read_length(reader));
    return tag;
}

/* The contents of the one element that span is. False: it is not one with this tag. */
static bool unwrap(struct dlms_span *span, uint8_t tag)
{
    struct dlms_reader reader = dlms_reader(span->data, span->length);
    const uint8_t found = read_element(&reader, span);
    return dlms_reader_done(&reader) && found == tag;
}

/* An integer of one octet. */
static bool unwrap_integer(struct dlms_span *span, uint8_t *value)
{
    if (!unwrap(span, TAG_INTEGER) || span->length != 1) {
        return false;
    }
    *value = span->data[0];
    return true;
}

static bool take_diagnostic(struct dlms_span contents, struct dlms_client_aare *aare)
{
    if (contents.length == 0 ||
        (contents.data[0] != DLMS_SOURCE_USER && contents.data[0] != DLMS_SOURCE_PROVIDER)) {
        return false;
    }
    aare->source = contents.data[0];
    return unwrap(&contents, aare->source) && unwrap_integer(&contents, &aare->diagnostic);
}

struct field {
    uint8_t tag;
    uint8_t inner_tag;
    uint8_t offset; /* of the span in struct dlms_client_aare */
};

static const struct field fields[] = {
    {0xA1, TAG_OID, offsetof(struct dlms_client_aare, context_name)},
    {0xA4, TAG_OCTET_STRING, offsetof(struct dlms_client_aare, title)},
    {0xAA, TAG_CHARSTRING, offsetof(struct dlms_client_aare, authentication)},
    {0xBE, TAG_OCTET_STRING, offsetof(struct dlms_client_aare, user_information)},
};

static bool take_span(uint8_t tag, struct dlms_span contents, struct dlms_client_aare *aare)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (fields[i].tag == tag) {
            struct dlms_span *span = (struct dlms_span *)((unsigned char *)aare + fields[i].offset);
            if (span->data != NULL || !unwrap(&contents, fields[i].inner_tag)) {
                return false;
            }
            *span = contents;
        }
    }
    return true;
}

enum dlms_err dlms_client_aare_parse(struct dlms_span apdu, struct dlms_client_aare *aare)
{
    bool is_good = unwrap(&apdu, DLMS_TAG_AARE);
    bool has_result = false;
    struct dlms_reader reader = dlms_reader(apdu.data, apdu.length);
    *aare = (struct dlms_client_aare){0};
    while (is_good && reader.length > 0) {
        struct dlms_span contents;
        const uint8_t tag = read_element(&reader, &contents);
        if (reader.failed) {
            is_good = false;
        } else if (tag == 0xA2) {
            is_good = !has_result && unwrap_integer(&contents, &aare->result);
            has_result = true;
        } else if (tag == 0xA3) {
            is_good = aare->source == 0 && take_diagnostic(contents, aare);
        } else {
            is_good = take_span(tag, contents, aare);
        }
    }
    return is_good && has_result ? DLMS_OK : DLMS_ERR_FORMAT;
}

/* ---- Initiate ---- */

void dlms_client_initiate_write(uint32_t conformance, uint16_t max_receive_pdu,
                                struct dlms_span dedicated_key, struct dlms_writer *out)
{
    dlms_raw_u8(out, TAG_INITIATE_REQUEST);
    dlms_raw_u8(out, dedicated_key.length > 0); /* dedicated-key is there */
    if (dedicated_key.length > 0) {
        dlms_raw_length(out, dedicated_key.length);
        dlms_raw_bytes(out, dedicated_key.data, dedicated_key.length);
    }
    dlms_raw_u8(out, 0); /* response-allowed: the default, TRUE */
    dlms_raw_u8(out, 0); /* no proposed-quality-of-service */
    dlms_raw_u8(out, DLMS_VERSION);
    dlms_raw_u16(out, 0x5F1F); /* conformance: application 31, BER */
    dlms_raw_u8(out, 4);
    dlms_raw_u32(out, conformance & 0xFFFFFF);
    dlms_raw_u16(out, max_receive_pdu);
}

static uint32_t read_conformance(struct dlms_reader *reader)
{
    uint8_t length = 0;
    if (dlms_read_u8(reader) == 0x5F) {
        length = dlms_read_u8(reader);
        if (length == 0x1F) {
            length = dlms_read_u8(reader);
        }
    }
    const uint32_t bits = dlms_read_u32(reader); /* unused-bits octet, 24 bits */
    if (length != 4 || bits > 0xFFFFFF) {
        dlms_reader_fail(reader);
    }
    return bits;
}

enum dlms_err dlms_client_initiate_parse(struct dlms_span apdu,
                                         struct dlms_client_initiate *initiate)
{
    struct dlms_reader reader = dlms_reader(apdu.data, apdu.length);
    const uint8_t tag = dlms_read_u8(&reader);
    *initiate = (struct dlms_client_initiate){.is_error = tag == TAG_CONFIRMED_SERVICE_ERROR};
    if (initiate->is_error) {
        initiate->error_service = dlms_read_u8(&reader);
        initiate->error_class = dlms_read_u8(&reader);
        initiate->error_value = dlms_read_u8(&reader);
    } else if (tag == TAG_INITIATE_RESPONSE) {
        const uint8_t has_quality_of_service = dlms_read_u8(&reader);
        if (has_quality_of_service == 1) {
            dlms_read_u8(&reader);
        } else if (has_quality_of_service != 0) {
            dlms_reader_fail(&reader);
        }
        initiate->version = dlms_read_u8(&reader);
        initiate->conformance = read_conformance(&reader);
        initiate->max_receive_pdu = dlms_read_u16(&reader);
        initiate->vaa_name = dlms_read_u16(&reader);
    } else {
        dlms_reader_fail(&reader);
    }
    return dlms_reader_done(&reader) ? DLMS_OK : DLMS_ERR_FORMAT;
}
