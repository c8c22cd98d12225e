/* Certificates as a client sees them, 6-2 class 64 version 1. Invariant: nothing reaches the owner that is not well-formed
 * to its end. */
#include "dlms/certificates.h"

enum {
    GENERATE_KEY_PAIR = 4,
    GENERATE_REQUEST,
    IMPORT,
    EXPORT,
    REMOVE,
    REQUEST_MAX = 512, /* PKCS#10 with a key on P-384, a title and a signature: some 300 */
};

static void put_string(struct dlms_writer *out, struct dlms_span bytes)
{
    dlms_put_octet_string(out, bytes.data, bytes.length);
}

static void read_list(const struct dlms_certificates *certificates, struct dlms_writer *out)
{
    struct dlms_certificate row;
    size_t count = 0;
    while (certificates->list(certificates->context, count, &row)) {
        count++;
    }
    dlms_put_array(out, count);
    for (size_t i = 0; i < count && certificates->list(certificates->context, i, &row); i++) {
        dlms_put_structure(out, 6);
        dlms_put_enum(out, row.entity);
        dlms_put_enum(out, row.type);
        put_string(out, row.serial);
        put_string(out, row.issuer);
        put_string(out, row.subject);
        put_string(out, row.alternative_name);
    }
}

static bool read_enum(struct dlms_reader *reader, uint8_t limit, uint8_t *number)
{
    const struct dlms_value value = dlms_read_value(reader);
    *number = (uint8_t)value.integer;
    return value.tag == DLMS_TAG_ENUM && value.integer < limit;
}

static bool read_string(struct dlms_reader *reader, struct dlms_span *bytes)
{
    const struct dlms_value value = dlms_read_value(reader);
    *bytes = value.bytes;
    return value.tag == DLMS_TAG_OCTET_STRING;
}

static bool read_structure(struct dlms_reader *reader, size_t count)
{
    const struct dlms_value value = dlms_read_value(reader);
    return value.tag == DLMS_TAG_STRUCTURE && value.count == count;
}

/* {0, {entity, type, title}} or {1, {serial, issuer}} */
static bool read_choice(struct dlms_reader *reader, struct dlms_certificate_choice *choice)
{
    uint8_t form;
    if (!read_structure(reader, 2) || !read_enum(reader, 2, &form)) {
        return false;
    }
    *choice = (struct dlms_certificate_choice){.is_by_serial = form == 1};
    return choice->is_by_serial
               ? read_structure(reader, 2) && read_string(reader, &choice->serial) &&
                     read_string(reader, &choice->issuer)
               : read_structure(reader, 3) &&
                     read_enum(reader, DLMS_CERTIFICATE_OTHER_ENTITY + 1, &choice->entity) &&
                     read_enum(reader, DLMS_CERTIFICATE_OTHER_TYPE + 1, &choice->type) &&
                     read_string(reader, &choice->title);
}

/* ---- Methods ---- */

static enum dlms_result generate(const struct dlms_certificates *certificates,
                                 struct dlms_reader *reader, struct dlms_writer *out)
{
    uint8_t type;
    (void)out;
    return read_enum(reader, DLMS_CERTIFICATE_OTHER_TYPE, &type) && dlms_reader_done(reader)
               ? certificates->generate(certificates->context, type)
               : DLMS_RESULT_TYPE_UNMATCHED;
}

static enum dlms_result request(const struct dlms_certificates *certificates,
                                struct dlms_reader *reader, struct dlms_writer *out)
{
    uint8_t type;
    uint8_t made[REQUEST_MAX];
    size_t length = 0;
    if (!read_enum(reader, DLMS_CERTIFICATE_OTHER_TYPE, &type) || !dlms_reader_done(reader)) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    const enum dlms_result result =
        certificates->request(certificates->context, type, made, sizeof made, &length);
    if (result == DLMS_RESULT_SUCCESS) {
        put_string(out, (struct dlms_span){made, length});
    }
    return result;
}

static enum dlms_result import(const struct dlms_certificates *certificates,
                               struct dlms_reader *reader, struct dlms_writer *out)
{
    struct dlms_span certificate;
    (void)out;
    return read_string(reader, &certificate) && dlms_reader_done(reader)
               ? certificates->import(certificates->context, certificate)
               : DLMS_RESULT_TYPE_UNMATCHED;
}

static enum dlms_result export_one(const struct dlms_certificates *certificates,
                                   struct dlms_reader *reader, struct dlms_writer *out)
{
    struct dlms_certificate_choice choice;
    struct dlms_span certificate = {NULL, 0};
    if (!read_choice(reader, &choice) || !dlms_reader_done(reader)) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    const enum dlms_result result =
        certificates->export(certificates->context, &choice, &certificate);
    put_string(out, certificate);
    return result;
}

static enum dlms_result remove_one(const struct dlms_certificates *certificates,
                                   struct dlms_reader *reader, struct dlms_writer *out)
{
    struct dlms_certificate_choice choice;
    (void)out;
    return read_choice(reader, &choice) && dlms_reader_done(reader)
               ? certificates->remove(certificates->context, &choice)
               : DLMS_RESULT_TYPE_UNMATCHED;
}

static enum dlms_result invoke(const struct dlms_certificates *certificates, int8_t method,
                               struct dlms_span parameters, struct dlms_writer *out)
{
    static enum dlms_result (*const methods[])(const struct dlms_certificates *,
                                               struct dlms_reader *, struct dlms_writer *) = {
        [GENERATE_KEY_PAIR] = generate, [GENERATE_REQUEST] = request, [IMPORT] = import,
        [EXPORT] = export_one,          [REMOVE] = remove_one,
    };
    struct dlms_reader reader = dlms_reader(parameters.data, parameters.length);
    return methods[method](certificates, &reader, out);
}

const struct dlms_certificate_methods dlms_certificate_methods = {
    .read = read_list,
    .invoke = invoke,
};
